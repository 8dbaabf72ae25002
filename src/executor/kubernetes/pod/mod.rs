//! The job's pod: its name and labels, and the kubectl command that makes it.

pub mod ended_by;
pub mod files;
pub mod manifest;
pub mod overrides;
pub mod removal;
pub mod secret;
pub mod standby;
pub mod startup;
pub mod sweep;
pub mod variables;

use super::kubectl::pod_status::PodState;
use super::settings::KubernetesSettings;
use super::stream::recorder::{self, Tools};
use crate::database::Fingerprint;
use crate::executor::{ClaimId, Job};
use crate::hex::random_hex;
use crate::id::JobId;

const MANAGED_BY: &str = "app.kubernetes.io/managed-by=multiflexi-cli";
/// Says in the pod's annotations which nonce its recorder was given.
pub const NONCE: &str = "multiflexi.eu/recorder";

/// By what a pod's output is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// The recorder runs the program, and keeps both streams.
    Recorder,
    /// The program is the container's own, and its output is in the pod's log.
    Log,
}

/// When a deletion is over for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionWait {
    /// As soon as the server knows of it.
    UntilAccepted,
    /// When the objects are gone, or 20 s have passed.
    UntilGone,
}

/// The pod of one attempt at a job.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Name of the pod, its container and its Secret.
    pub name: String,
    pub nonce: String,
    pub recording: Recording,
    /// Where the recorder's tools are.
    pub tools: Tools,
    /// Is there a Secret of that name?
    pub secret: bool,
    /// Somebody else's pod has its name by now, and is to be left alone.
    pub is_replaced: bool,
}

impl Pod {
    /// A pod for one attempt at the job, under a new name and with a new nonce; it is not made here.
    pub fn new(job: JobId, recording: Recording, settings: &KubernetesSettings) -> Pod {
        let tools = if settings.recorder_image.is_some() { Tools::Lent } else { Tools::Image };
        let (name, nonce) = (format!("mf-job-{job}-{}", random_hex(3)), random_hex(8));
        Pod { name, nonce, recording, tools, secret: false, is_replaced: false }
    }

    /// Is its program run by the recorder?
    pub fn is_recorded(&self) -> bool {
        self.recording == Recording::Recorder
    }

    /// The pod of an earlier runner. Whether it has a Secret is not known; deleting one that is not there does no harm.
    pub fn from_state(state: &PodState) -> Pod {
        let nonce = state.metadata.annotations.get(NONCE).cloned();
        let lent = state.spec.init_containers.iter().any(|container| container.name == recorder::LENDER);
        Pod {
            name: state.metadata.name.clone(),
            recording: if nonce.is_some() { Recording::Recorder } else { Recording::Log },
            nonce: nonce.unwrap_or_default(),
            tools: if lent { Tools::Lent } else { Tools::Image },
            secret: true,
            is_replaced: false,
        }
    }

    /// The arguments of a `kubectl exec` that runs a script of ours in it.
    pub fn exec<'a>(&'a self, script: &'a str) -> Vec<&'a str> {
        vec!["exec", &self.name, "-c", &self.name, "--", self.tools.shell(), "-c", script]
    }

    /// What the user is told where this run is left before it could remove its pod.
    pub fn trace(&self, namespace: &str) -> String {
        format!("its pod {name} in namespace {namespace} may still be there", name = self.name)
    }
}

/// The label selector of all pods of a job.
pub fn selector(job: &Job) -> String {
    selector_of(job.id, &job.database, job.pods.claim.as_ref())
}

/// Has the pod the labels of those of the job?
pub fn is_labelled(state: &PodState, job: &Job) -> bool {
    let labels = selector(job);
    let mut labels = labels.split(',').filter_map(|label| label.split_once('='));
    labels.all(|(name, value)| state.metadata.labels.get(name).is_some_and(|it| it == value))
}

/// The argument by which `kubectl run` labels a job's pod.
pub fn label_argument(job: &Job) -> String {
    format!("--labels={}", selector(job))
}

/// The label selector of all pods of a job in this database; without a claim, of those of any claim.
pub fn selector_of(job: JobId, database: &Fingerprint, claim: Option<&ClaimId>) -> String {
    let claim = claim.map(|claim| format!(",multiflexi.eu/claim={claim}")).unwrap_or_default();
    format!("{MANAGED_BY},multiflexi.eu/job={job},multiflexi.eu/database={database}{claim}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_differ() {
        let settings = KubernetesSettings::new("App", "img", None, &serde_json::Value::Null);
        let (a, b) = (
            Pod::new(crate::id::JobId(7), Recording::Recorder, &settings),
            Pod::new(crate::id::JobId(7), Recording::Recorder, &settings),
        );
        assert!(a.name.starts_with("mf-job-7-") && a.name.len() == 15 && a.name != b.name);
        assert_eq!(a.nonce.len(), 16);
    }
}
