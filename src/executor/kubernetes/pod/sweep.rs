//! Sweeps what the runner of a job left in the cluster that was killed after the job's result was saved. Where that lies is
//! noted in the job's run file when it is made.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::database::Fingerprint;
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::own_pod::OwnPod;
use crate::executor::kubernetes::{Kubernetes, pod};
use crate::executor::{ClaimId, Job, Reason};
use crate::id::JobId;

/// Nobody waits longer for a cluster to be swept.
const LIMIT: Duration = Duration::from_secs(10);

/// Where a job's pod and Secret are.
#[derive(Debug, Serialize, Deserialize)]
struct MadePod {
    cluster: Cluster,
    /// [`Cluster::identity`]; not in the notes of older versions.
    #[serde(default)]
    identity: Option<String>,
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
        let identity = self.cluster.identity();
        let made = MadePod { cluster, identity, environment, keep_pod_on_failure, is_to_go, claim };
        if let Ok(message) = serde_json::to_string(&made) {
            job.note_made(&message);
        }
    }
}

/// The way to the cluster in which a job's pod was made, by its runner's note: what cannot be removed by it keeps others from that too.
pub fn way(made: &str) -> Option<String> {
    let MadePod { cluster: Cluster { context, kubeconfig, .. }, environment, .. } = serde_json::from_str(made).ok()?;
    Some(format!("{context:?} {kubeconfig:?} {environment:?}"))
}

/// Removes pods and Secrets of a job that ended, by their labels.
///
/// Of one that failed only the Secrets, where its pod is to be kept and its runner had not decided otherwise. `made` is what its
/// runner noted. Where its kubeconfig is of no use any more, our own is taken, if that leads to the same cluster.
///
/// # Errors
/// Why that cannot be done.
pub async fn sweep(made: &str, job: JobId, database: &Fingerprint, failed: bool) -> Result<Swept, Reason> {
    let Ok(made) = serde_json::from_str::<MadePod>(made) else { return Ok(Swept::Nothing) };
    let kinds = if failed && made.keep_pod_on_failure && !made.is_to_go { "secrets" } else { "pods,secrets" };
    let selector = pod::selector_of(job, database, made.claim.as_ref());
    let arguments = ["delete", kinds, "--wait=false", "--ignore-not-found", "-o", "name", "-l", &selector];
    match delete(&made.cluster, made.environment.as_deref(), &arguments).await {
        Err(
            reason @ (Reason::NoKubeconfig { .. }
            | Reason::BadKubeconfig(_)
            | Reason::Unauthorized(_)
            | Reason::UnknownContext(_)),
        ) => match made.by_own_kubeconfig().await {
            Some(own) => match delete(&own, None, &arguments).await {
                // Two clusters may look the same: that one has nothing proves nothing.
                Ok(Swept::Nothing) => Err(reason),
                swept => swept,
            },
            None => Err(reason),
        },
        swept => swept,
    }
}

impl MadePod {
    /// The cluster by this runner's own kubeconfig, where it is the same one.
    async fn by_own_kubeconfig(&self) -> Option<Cluster> {
        let namespace = self.cluster.namespace.clone();
        let mut own = Cluster { context: None, kubeconfig: None, namespace };
        own.context = match &self.cluster.context {
            Some(context) if own.has_context(context) => Some(context.clone()),
            _ => own.read_context().await.ok()?,
        };
        own.identity().filter(|identity| self.identity.as_ref() == Some(identity)).map(|_| own)
    }
}

async fn delete(cluster: &Cluster, environment: Option<&str>, arguments: &[&str]) -> Result<Swept, Reason> {
    let mut command = cluster.kubectl();
    if let Some(list) = environment {
        command.env("KUBECONFIG", list);
    }
    command.args(arguments);
    let what = format!("what is left of it in namespace {} cannot be removed", cluster.namespace);
    let captured = cluster.call(command, "kubectl delete", None, LIMIT).await?;
    if !captured.ok() {
        return Err(cluster.explain(&what, &captured));
    }
    // kubectl also says in a sentence that there was nothing.
    let is_name = |line: &&str| line.contains('/') && !line.contains(' ');
    let removed: Vec<String> = captured.stdout_text().lines().filter(is_name).map(str::to_owned).collect();
    Ok(if removed.is_empty() { Swept::Nothing } else { Swept::Removed(removed) })
}
