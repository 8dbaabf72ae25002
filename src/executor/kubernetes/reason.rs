//! Why something failed in the cluster, in words and as one CamelCase code.

use super::cluster::Cluster;
use super::pod_state::{Container, PodState};
use super::recorder::LENDER;
use crate::executor::Reason;
use crate::executor::reason::{InvalidImage, NotStarted, OutOfMemory, Pull, PullFault};

/// What runs the recorder's script, in the words of a runtime that does not find it.
const SHELL: &str = "/bin/sh";

/// Do these words of kubectl or helm say that the API server could not be reached?
pub fn unreachable(words: &str) -> bool {
    let words = words.to_lowercase();
    [
        "connection refused",
        "unable to connect",
        "cluster unreachable",
        "no such host",
        "i/o timeout",
        "no route to host",
        "network is unreachable",
        "tls handshake timeout",
        "connection reset",
        "unexpected eof",
        "server misbehaving",
        "x509:",
        "context deadline exceeded (client.timeout",
        "http2: client connection lost",
        "the server is currently unable",
        "was refused - did you specify the right host",
        "etcdserver: ",
        "too many requests",
        "apiserver not ready",
    ]
    .iter()
    .any(|needle| words.contains(needle))
}

/// Where kubectl looked for a kubeconfig in vain.
pub fn no_kubeconfig(cluster: &Cluster, words: &str) -> Reason {
    let place = match (&cluster.kubeconfig, std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty())) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(path)) => format!("{} (from KUBECONFIG)", path.to_string_lossy()),
        (None, None) => match std::env::var_os("HOME") {
            Some(home) => format!("{}/.kube/config", home.to_string_lossy()),
            None => "~/.kube/config (HOME is not set)".to_owned(),
        },
    };
    Reason::NoKubeconfig { place, words: tidy(words) }
}

/// A helper's words on one line, without warnings and repeated lines.
pub fn tidy(words: &str) -> String {
    let mut lines: Vec<&str> = Vec::new();
    for line in words.lines().map(str::trim) {
        let line = line.strip_prefix("Error: ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line);
        let noise = line.is_empty()
            || line.starts_with("WARNING: ")
            || line.starts_with("Warning: ")
            // klog: E1125 04:15:05.123456   12345 memcache.go:265] "Unhandled Error" …
            || (line.starts_with(['E', 'W', 'I']) && line.as_bytes().get(1..5).is_some_and(|digits| digits.iter().all(u8::is_ascii_digit)));
        if !noise && !lines.contains(&line) {
            lines.push(line);
        }
    }
    if !lines.is_empty() {
        return lines.join(" ");
    }
    logged_error(words).unwrap_or_else(|| words.trim().replace('\n', " "))
}

/// The error in a log line: `E1125 … "Failed to watch" err="pods \"x\" is forbidden: …" reflector="…"`.
fn logged_error(words: &str) -> Option<String> {
    let (_, rest) = words.split_once(" err=\"")?;
    let quote = |(at, _): &(usize, &str)| !rest[..*at].ends_with('\\');
    let (end, _) = rest.match_indices('"').find(quote)?;
    Some(rest[..end].replace("\\\"", "\""))
}

/// How a pod that has not started is doing.
#[derive(Debug, PartialEq, Eq)]
pub enum Start {
    /// It may still come.
    Coming,
    /// It may still come, but this is in the way.
    Hindered(Reason),
    /// It will never come.
    Hopeless(Reason),
}

/// An image that cannot be pulled.
fn pull(image: &str, state: &str, words: &str, fault: PullFault) -> Pull {
    Pull::Kubelet { image: image.to_owned(), state: state.to_owned(), words: tidy_or_none(words), fault }
}

/// A pull that failed, by the kubelet's word.
pub fn failed_pull(image: &str, words: &str) -> Pull {
    pull(image, "ErrImagePull", words, pull_fault(words))
}

/// Registry faults may pass by themselves; that there is no such image or host does not.
pub fn judge_pull(pull: Pull) -> Start {
    match &pull {
        Pull::Kubelet { fault: PullFault::Lasting, .. } => Start::Hopeless(Reason::ImagePull(pull)),
        _ => Start::Hindered(Reason::ImagePull(pull)),
    }
}

fn tidy_or_none(words: &str) -> String {
    if words.is_empty() { String::new() } else { tidy(words) }
}

fn pull_fault(words: &str) -> PullFault {
    let words = words.to_lowercase();
    let passing = [
        "503",
        "502",
        "500 internal",
        "504",
        "429",
        "toomanyrequests",
        "timeout",
        "eof",
        "connection reset",
        "temporary failure",
        "unavailable",
        "deadline exceeded",
    ];
    if words.contains("connection refused") {
        PullFault::Refused
    } else if passing.iter().any(|needle| words.contains(needle)) {
        PullFault::Passing
    } else {
        PullFault::Lasting
    }
}

/// Judges a pod whose program has not started.
pub fn of_start(pod: &PodState, image: &str) -> Start {
    for container in pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses) {
        let Some(waiting) = &container.state.waiting else { continue };
        let image =
            if container.name == pod.metadata.name || container.image.is_empty() { image } else { &container.image };
        let (image, state, words) = (image.to_owned(), waiting.reason.clone(), tidy_or_none(&waiting.message));
        match waiting.reason.as_str() {
            "InvalidImageName" => {
                return Start::Hopeless(Reason::InvalidImageName(InvalidImage::Kubelet { image, words }));
            }
            "ErrImageNeverPull" => return Start::Hopeless(Reason::ErrImageNeverPull { image, words }),
            "ErrImagePull" => return judge_pull(failed_pull(&image, &waiting.message)),
            // The back-off's own message says nothing of the cause: the pull's message was seen before, or stands in the events.
            "ImagePullBackOff" | "ImageInspectError" | "RegistryUnavailable" => {
                return Start::Hindered(Reason::ImagePull(pull(&image, &state, &waiting.message, PullFault::BackOff)));
            }
            "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
                return Start::Hindered(Reason::ContainerConfig { state, words });
            }
            "CrashLoopBackOff" => {
                return Start::Hindered(Reason::CrashLoop { container: container.name.clone(), words });
            }
            _ => {}
        }
    }
    let unscheduled =
        pod.status.conditions.iter().find(|condition| condition.kind == "PodScheduled" && condition.status == "False");
    if let Some(condition) = unscheduled {
        let (state, words) = (condition.reason.clone(), tidy(&condition.message));
        return Start::Hindered(Reason::Unschedulable { state, words });
    }
    Start::Coming
}

/// Why a pod ended, where that is more than an exit code.
pub fn of_end(pod: &PodState) -> Option<Reason> {
    let (status, terminated) = (&pod.status, pod.terminated());
    let (name, words) = (pod.metadata.name.clone(), tidy_or_none(&status.message));
    match status.reason.as_str() {
        "Evicted" => return Some(Reason::Evicted { pod: name, words }),
        "DeadlineExceeded" => return Some(Reason::DeadlineExceeded { pod: name, words }),
        state if of_node(state) => return Some(Reason::NodeFault { pod: name, state: state.to_owned(), words }),
        _ => {}
    }
    if let Some(reason) = status.init_container_statuses.iter().find_map(of_init) {
        return Some(reason);
    }
    let terminated = terminated?;
    match terminated.reason.as_str() {
        "OOMKilled" => Some(Reason::OOMKilled(OutOfMemory::Pod { code: terminated.exit_code })),
        "StartError" | "ContainerCannotRun" => {
            let (state, words) = (terminated.reason.clone(), tidy_or_none(&terminated.message));
            let is_shell = terminated.message.contains(SHELL);
            Some(Reason::StartError(NotStarted::InPod { state, words, is_shell }))
        }
        _ if pod.metadata.deletion_timestamp.is_some() => Some(Reason::PodDeleted { pod: name }),
        _ => None,
    }
}

/// Did the node itself end the pod?
fn of_node(state: &str) -> bool {
    let states = ["NodeLost", "NodeAffinity", "Shutdown", "NodeShutdown", "Terminated", "Preempting"];
    states.contains(&state) || state == "UnexpectedAdmissionError" || state.starts_with("OutOf")
}

/// An init container that failed.
fn of_init(container: &Container) -> Option<Reason> {
    let ended = container.state.terminated.as_ref().filter(|ended| ended.exit_code != 0)?;
    let Container { name, image, .. } = container;
    let advice = if name == LENDER {
        format!("the recorder image {image} has to hold a shell and busybox")
    } else {
        "correct the pod overrides".to_owned()
    };
    Some(Reason::InitContainer { container: name.clone(), code: ended.exit_code, state: ended.reason.clone(), advice })
}

/// The container ended without the recorder's last word.
pub fn recorder_lost(pod: &str, code: i32) -> Reason {
    Reason::RecorderLost { pod: pod.to_owned(), code, started: true, words: String::new() }
}

pub fn deleted(pod: &str) -> Reason {
    Reason::PodDeleted { pod: pod.to_owned() }
}

/// Why a chart's pod is not ready, in one phrase; none when it is.
pub fn of_unready(pod: &PodState) -> Option<String> {
    let name = &pod.metadata.name;
    match of_start(pod, "") {
        Start::Coming | Start::Hindered(Reason::CrashLoop { .. }) => {}
        Start::Hindered(reason) | Start::Hopeless(reason) => return Some(format!("pod {name}: {reason}")),
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
