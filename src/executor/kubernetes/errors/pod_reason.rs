//! Why something failed in the cluster, in words and as one CamelCase code.

use super::stderr::{tidy, unquoted};
use crate::executor::Reason;
use crate::executor::known_words::Table;
use crate::executor::kubernetes::kubectl::pod_status::{Condition, ContainerStatus, PodState};
use crate::executor::kubernetes::stream::recorder::LENDER;
use crate::executor::reason::{Drain, InvalidImage, NotStarted, OutOfMemory, Pull, PullFault};

/// What runs the recorder's script, in the words of a runtime that does not find it.
const SHELL: &str = "/bin/sh";

/// How a pod that has not started is doing.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// It may still come.
    Coming,
    /// It may still come, but this is in the way.
    Obstacle(Reason),
    /// It will never come.
    Hopeless(Reason),
}

/// An image that cannot be pulled.
fn pull(image: &str, state: &str, message: &str, fault: PullFault) -> Pull {
    Pull::Kubelet { image: image.to_owned(), state: state.to_owned(), message: tidy_or_none(message), fault }
}

/// A pull that failed, by the kubelet's word.
pub fn failed_pull(image: &str, message: &str) -> Pull {
    pull(image, "ErrImagePull", message, pull_fault(image, message))
}

/// Registry faults may pass by themselves; that there is no such image or host does not.
pub fn judge_pull(pull: Pull) -> Start {
    match &pull {
        Pull::Kubelet { fault: PullFault::Lasting, .. } => Start::Hopeless(Reason::ImagePull(pull)),
        _ => Start::Obstacle(Reason::ImagePull(pull)),
    }
}

fn tidy_or_none(message: &str) -> String {
    if message.is_empty() { String::new() } else { tidy(message) }
}

/// What the kubelet says of a pull, in words of its own: without quotes, addresses and images.
///
/// That a host cannot be reached, or answers so, may pass; all else lasts.
static PULLS: Table<PullFault> = Table::new(&[
    (r"\bconnection refused\b", PullFault::Refused),
    (r"(?i)\b(?:50[234]|429)\b|\b500 internal|\btoomanyrequests\b|\bunavailable\b", PullFault::Passing),
    (r"(?i)\btimeout\b|\btimed out\b|\bdeadline exceeded\b|\bEOF\b", PullFault::Passing),
    (r"(?i)\bconnection reset\b|\btemporary failure\b", PullFault::Passing),
]);

fn pull_fault(image: &str, message: &str) -> PullFault {
    let message = unquoted(message).replace(image, "");
    // An address, an image, a digest: whatever has a slash or a colon in it. `429:` ends in one.
    let is_name = |word: &&str| word.trim_end_matches([':', ',', '.']).contains(['/', ':']);
    // As Go has it in the midst of words: `i/o timeout`, `(Client.Timeout exceeded …)`.
    let own: Vec<&str> = message.split_whitespace().filter(|word| !is_name(word)).collect();
    PULLS.look([own.join(" ").as_str()]).copied().unwrap_or(PullFault::Lasting)
}

/// Judges a pod whose program has not started.
pub fn start_progress(pod: &PodState, image: &str) -> Start {
    for container in pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses) {
        let Some(waiting) = &container.state.waiting else { continue };
        // Of one that waits it is the image that was asked for, be it by the overrides.
        let image = if container.image.is_empty() { image } else { &container.image };
        let (image, state, message) = (image.to_owned(), waiting.reason.clone(), tidy_or_none(&waiting.message));
        match waiting.reason.as_str() {
            "InvalidImageName" => {
                return Start::Hopeless(Reason::InvalidImageName(InvalidImage::Kubelet { image, message }));
            }
            "ErrImageNeverPull" => return Start::Hopeless(Reason::ErrImageNeverPull { image, message }),
            "ErrImagePull" => return judge_pull(failed_pull(&image, &waiting.message)),
            // The back-off's own message says nothing of the cause: the pull's message was seen before, or stands in the events.
            "ImagePullBackOff" | "ImageInspectError" | "RegistryUnavailable" => {
                return Start::Obstacle(Reason::ImagePull(pull(&image, &state, &waiting.message, PullFault::BackOff)));
            }
            "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
                return Start::Obstacle(Reason::ContainerConfig { state, message });
            }
            // A sidecar that fails does not keep a program from running beside it.
            "CrashLoopBackOff" if pod.running() && pod.is_sidecar(&container.name) => {}
            "CrashLoopBackOff" => {
                return Start::Obstacle(Reason::CrashLoop { container: container.name.clone(), message });
            }
            _ => {}
        }
    }
    match unscheduled(pod).filter(|condition| !gets_its_node_from_others(condition)) {
        Some(condition) => Start::Obstacle(Reason::Unschedulable {
            state: condition.reason.clone(),
            message: tidy(&condition.message),
        }),
        None => Start::Coming,
    }
}

/// What keeps the pod from getting a node.
fn unscheduled(pod: &PodState) -> Option<&Condition> {
    let condition =
        pod.status.conditions.iter().find(|condition| condition.kind == "PodScheduled" && condition.status == "False");
    // What makes room for it has its grace to end, which is longer than it is waited for elsewise.
    condition.filter(|_| pod.status.nominated_node_name.is_empty())
}

/// A volume is just being made for its claim, or whoever set a scheduling gate has to remove it: that takes as long as it takes.
fn gets_its_node_from_others(condition: &Condition) -> bool {
    condition.reason == "SchedulingGated" || condition.message.contains("unbound immediate PersistentVolumeClaims")
}

/// Why a pod ended, where that is more than an exit code.
pub fn end_reason(pod: &PodState) -> Option<Reason> {
    if let Some(reason) = pod_end_reason(pod).or_else(|| init_container_reason(pod)) {
        return Some(reason);
    }
    let terminated = pod.terminated()?;
    match terminated.reason.as_str() {
        "OOMKilled" => Some(Reason::OOMKilled(OutOfMemory::Pod { code: terminated.exit_code })),
        "StartError" | "ContainerCannotRun" => {
            let (state, message) = (terminated.reason.clone(), tidy_or_none(&terminated.message));
            let is_shell = terminated.message.contains(SHELL);
            Some(Reason::StartError(NotStarted::InPod { state, message, is_shell }))
        }
        _ => disruption(pod).or_else(|| pod.metadata.deletion_timestamp.as_ref().map(|_| deleted(&pod.metadata.name))),
    }
}

/// Why the pod as a whole ended, by its status.
pub fn pod_end_reason(pod: &PodState) -> Option<Reason> {
    let is_failed = pod.status.phase == "Failed";
    let (pod, state, message) = (pod.metadata.name.clone(), &pod.status.reason, tidy_or_none(&pod.status.message));
    match state.as_str() {
        "Evicted" => Some(Reason::Evicted { pod, message }),
        "DeadlineExceeded" => Some(Reason::DeadlineExceeded { pod, message }),
        "Preempting" => Some(Reason::Preempted { pod, message }),
        // Its name differs from version to version.
        "Shutdown" | "NodeShutdown" | "Terminated" => Some(Reason::NodeShutdown { pod, message }),
        "NodeLost" | "NodeAffinity" | "UnexpectedAdmissionError" => {
            Some(Reason::NodeFault { pod, state: state.clone(), message })
        }
        lack if lack.starts_with("OutOf") => Some(Reason::NodeFault { pod, state: state.clone(), message }),
        // A kubelet that does not take the pod says so in many words: `SysctlForbidden`, `NodePorts`, `PodOSNotSupported`, …
        rejected if !rejected.is_empty() && is_failed => Some(Reason::NodeFault { pod, state: state.clone(), message }),
        _ => None,
    }
}

/// What the condition `DisruptionTarget` says (Kubernetes 1.26 and later).
pub fn disruption(pod: &PodState) -> Option<Reason> {
    let condition = pod.disruption()?;
    let (name, message) = (pod.metadata.name.clone(), condition.message.clone());
    match condition.reason.as_str() {
        "EvictionByEvictionAPI" | "DeletionByTaintManager" => {
            Some(Reason::Drained { pod: name, how: Drain::Told(message) })
        }
        "PreemptionByScheduler" => Some(Reason::Preempted { pod: name, message }),
        // The kubelet's own reason follows in the status.
        "TerminationByKubelet" => None,
        state => Some(Reason::NodeFault { pod: name, state: state.to_owned(), message }),
    }
}

/// An init container that failed, so that the job's own could not begin.
///
/// One that did began after them; what becomes of those that run beside it (sidecars) says nothing of the job.
fn init_container_reason(pod: &PodState) -> Option<Reason> {
    if pod.running() || pod.terminated().is_some() {
        return None;
    }
    let failed = |container: &&ContainerStatus| {
        let ended = container.state.terminated.as_ref();
        ended.is_some_and(|ended| ended.exit_code != 0) && !pod.is_sidecar(&container.name)
    };
    let container = pod.status.init_container_statuses.iter().find(failed)?;
    let ended = container.state.terminated.as_ref()?;
    let ContainerStatus { name, image, .. } = container;
    let advice = if name == LENDER {
        format!("the recorder image {image} has to hold a shell and busybox")
    } else {
        "correct the pod overrides".to_owned()
    };
    Some(Reason::InitContainer { container: name.clone(), code: ended.exit_code, state: ended.reason.clone(), advice })
}

/// The container ended without the recorder's last word.
pub fn recorder_lost(pod: &str, code: i32) -> Reason {
    Reason::RecorderLost { pod: pod.to_owned(), code, started: true, message: String::new() }
}

/// The reason of a job whose pod was there and is not any more.
pub fn deleted(pod: &str) -> Reason {
    Reason::PodDeleted { pod: pod.to_owned() }
}

/// Why a pod is not ready, in one phrase; none when it is.
pub fn unready_phrase(pod: &PodState) -> Option<String> {
    let name = &pod.metadata.name;
    match start_progress(pod, "") {
        Start::Coming | Start::Obstacle(Reason::CrashLoop { .. }) => {}
        Start::Obstacle(reason) | Start::Hopeless(reason) => return Some(format!("pod {name}: {reason}")),
    }
    if let Some(condition) = unscheduled(pod) {
        return Some(format!("pod {name}: {}: {}", condition.reason, tidy(&condition.message)));
    }
    let container = pod
        .status
        .container_statuses
        .iter()
        .chain(&pod.status.init_container_statuses)
        .find(|container| !container.ready)?;
    let last = container.state.terminated.as_ref().or(container.last_state.terminated.as_ref());
    Some(match (last, &container.state.waiting) {
        (Some(last), waiting) => {
            let now = waiting.as_ref().map_or("", |waiting| waiting.reason.as_str());
            let now = if now.is_empty() { String::new() } else { format!("{now}: ") };
            format!(
                "pod {name}: {now}container {} ended with {} (exit code {}, {} restarts)",
                container.name, last.reason, last.exit_code, container.restart_count
            )
        }
        (None, Some(waiting)) => format!("pod {name}: container {} waits ({})", container.name, waiting.reason),
        (None, None) => format!("pod {name}: container {} runs but is not ready (readiness probe)", container.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What kubelets say, and what it means: in the first ones image and digest look like faults that pass.
    const PULL_WORDS: [(&str, &str, PullFault); 9] = [
        (
            "localhost/eof:503",
            "failed to pull and unpack image \"localhost/eof:503\": failed to resolve reference \"localhost/eof:503\": \
             localhost/eof:503: not found",
            PullFault::Lasting,
        ),
        (
            "eof@sha256:5035035035035035035035035035035035035035035035035035035035035429",
            "rpc error: code = NotFound desc = failed to pull and unpack image \
             \"docker.io/library/eof@sha256:5035035035035035035035035035035035035035035035035035035035035429\": \
             docker.io/library/eof@sha256:5035035035035035035035035035035035035035035035035035035035035429: not found",
            PullFault::Lasting,
        ),
        ("eof:429", "Error: image eof:429 not found", PullFault::Lasting),
        (
            "r.example:503/x",
            "failed to do request: Head \"https://r.example:503/v2/x/manifests/1\": dial tcp: lookup r.example: no such host",
            PullFault::Lasting,
        ),
        ("r/x", "Head \"https://r/v2/x/manifests/1\": EOF", PullFault::Passing),
        (
            "r/x",
            "unexpected status from HEAD request to https://r/v2/x/manifests/1: 503 Service Unavailable",
            PullFault::Passing,
        ),
        (
            "r/x",
            "unexpected status code https://r/v2/x: 429 Too Many Requests - Server message: toomanyrequests: slow down",
            PullFault::Passing,
        ),
        ("r/x", "dial tcp 10.0.0.1:443: i/o timeout", PullFault::Passing),
        ("r/x", "Head \"https://r/v2/\": dial tcp 127.0.0.1:5000: connect: connection refused", PullFault::Refused),
    ];

    #[test]
    fn no_name_is_taken_for_a_fault() {
        for (image, message, fault) in PULL_WORDS {
            assert_eq!(pull_fault(image, message), fault, "{message}");
        }
        assert!(PULLS.compiles());
    }
}
