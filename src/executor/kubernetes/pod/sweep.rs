//! Sweeps what the runner of a job left in the cluster that was killed after the job's result was saved. Where that lies is
//! noted in the job's run file when it is made.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::database::Fingerprint;
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::own_pod::OwnPod;
use crate::executor::kubernetes::{Kubernetes, pod};
use crate::executor::{ClaimId, Job};
use crate::id::JobId;

/// Nobody waits longer for a cluster to be swept.
const LIMIT: Duration = Duration::from_secs(10);

/// Where a job's pod and Secret are.
#[derive(Debug, Serialize, Deserialize)]
struct MadePod {
    cluster: Cluster,
    /// `KUBECONFIG` of the runner's environment; another one's may lead elsewhere.
    environment: Option<String>,
    keep_pod_on_failure: bool,
    /// Its runner had decided that the pod goes, whatever the job came to. Not in the notes of older versions.
    #[serde(default)]
    is_to_go: bool,
    /// None in the notes of older versions.
    claim: Option<ClaimId>,
}

/// What sweeping found.
#[derive(Debug, PartialEq, Eq)]
pub enum Swept {
    /// These were there, and are removed.
    Removed(Vec<String>),
    Nothing,
}

impl Kubernetes {
    /// From here on we answer for this pod, and if we die, the process that finds the job's run file.
    pub fn take_ownership(&mut self, job: &Job, pod: OwnPod) {
        self.own = pod;
        self.note_pod(job, false);
    }

    /// Notes that the pod is to go, also where its deletion fails and its job has failed.
    ///
    /// A program that was cancelled, or outlived its time limit, must not run on.
    pub fn note_removal(&self, job: &Job) {
        if self.own.pod().is_some() {
            self.note_pod(job, true);
        }
    }

    fn note_pod(&self, job: &Job, is_to_go: bool) {
        let mut cluster = self.cluster.clone();
        // The sweep may run on another machine.
        cluster.kubeconfig = cluster.kubeconfig.and_then(|path| std::path::absolute(path).ok());
        let environment = std::env::var("KUBECONFIG").ok().filter(|_| cluster.kubeconfig.is_none());
        let (keep_pod_on_failure, claim) = (self.settings.keep_pod_on_failure, job.pods.claim.clone());
        let made = MadePod { cluster, environment, keep_pod_on_failure, is_to_go, claim };
        if let Ok(message) = serde_json::to_string(&made) {
            job.note_made(&message);
        }
    }
}

/// Removes pods and Secrets of a job that ended, by their labels.
///
/// Of one that failed only the Secrets, where its pod is to be kept and its runner had not decided otherwise. `made` is what its
/// runner noted.
///
/// # Errors
/// In words why that cannot be done.
pub async fn sweep(made: &str, job: JobId, database: &Fingerprint, failed: bool) -> Result<Swept, String> {
    let Ok(made) = serde_json::from_str::<MadePod>(made) else { return Ok(Swept::Nothing) };
    let cluster = &made.cluster;
    let kinds = if failed && made.keep_pod_on_failure && !made.is_to_go { "secrets" } else { "pods,secrets" };
    let mut command = cluster.kubectl();
    if let Some(list) = &made.environment {
        command.env("KUBECONFIG", list);
    }
    let selector = pod::selector_of(job, database, made.claim.as_ref());
    command.args(["delete", kinds, "--wait=false", "--ignore-not-found", "-o", "name", "-l", &selector]);
    let what = format!("what is left of it in namespace {} cannot be removed", cluster.namespace);
    let captured = cluster.call(command, "kubectl delete", None, LIMIT).await.map_err(|reason| reason.to_string())?;
    if !captured.ok() {
        return Err(cluster.explain(&what, &captured).to_string());
    }
    // kubectl also says in a sentence that there was nothing.
    let is_name = |line: &&str| line.contains('/') && !line.contains(' ');
    let removed: Vec<String> = captured.stdout_text().lines().filter(is_name).map(str::to_owned).collect();
    Ok(if removed.is_empty() { Swept::Nothing } else { Swept::Removed(removed) })
}
