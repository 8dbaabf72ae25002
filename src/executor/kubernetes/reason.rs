//! Why something failed in the cluster, in words and as one CamelCase code.

use super::cluster::Cluster;
use super::pod_state::{Container, PodState};
use super::recorder::LENDER;
use crate::executor::Reason;

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

pub fn no_kubeconfig(cluster: &Cluster, words: &str) -> Reason {
    let place = match (&cluster.kubeconfig, std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty())) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(path)) => format!("{} (from KUBECONFIG)", path.to_string_lossy()),
        (None, None) => match std::env::var_os("HOME") {
            Some(home) => format!("{}/.kube/config", home.to_string_lossy()),
            None => "~/.kube/config (HOME is not set)".to_owned(),
        },
    };
    let message = format!(
        "there is no usable kubeconfig: looked for {place}: {}; put one there, or name it in KUBECONFIG",
        tidy(words)
    );
    Reason { code: "NoKubeconfig", message }
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
pub fn pull(image: &str, state: &str, words: &str) -> Reason {
    let words = if words.is_empty() { String::new() } else { format!(": {}", tidy(words)) };
    let message = format!(
        "the image {image} cannot be pulled ({state}){words}; check its name and tag, and the registry's credentials"
    );
    Reason { code: "ImagePull", message }
}

/// Registry faults may pass by themselves; that there is no such image or host does not.
pub fn judge_pull(reason: Reason) -> Start {
    let message = reason.message.to_lowercase();
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
        "connection refused",
    ];
    if passing.iter().any(|needle| message.contains(needle)) {
        Start::Hindered(reason)
    } else {
        Start::Hopeless(reason)
    }
}

/// Judges a pod whose program has not started.
pub fn of_start(pod: &PodState, image: &str) -> Start {
    for container in pod.status.init_container_statuses.iter().chain(&pod.status.container_statuses) {
        let Some(waiting) = &container.state.waiting else { continue };
        let image =
            if container.name == pod.metadata.name || container.image.is_empty() { image } else { &container.image };
        let words = if waiting.message.is_empty() { String::new() } else { format!(": {}", tidy(&waiting.message)) };
        match waiting.reason.as_str() {
            "InvalidImageName" => {
                return Start::Hopeless(Reason {
                    code: "InvalidImageName",
                    message: format!(
                        "the image name {image} is not valid (InvalidImageName){words}; correct the application's ociimage"
                    ),
                });
            }
            "ErrImageNeverPull" => {
                return Start::Hopeless(Reason {
                    code: "ErrImageNeverPull",
                    message: format!(
                        "the image {image} is not on the node and its pull policy is Never (ErrImageNeverPull){words}; load it there, or change the policy"
                    ),
                });
            }
            "ErrImagePull" => return judge_pull(pull(image, "ErrImagePull", &waiting.message)),
            // The back-off's own message says nothing of the cause: the pull's message was seen before, or stands in the events.
            "ImagePullBackOff" | "ImageInspectError" | "RegistryUnavailable" => {
                return Start::Hindered(pull(image, &waiting.reason, &waiting.message));
            }
            "CreateContainerConfigError" | "CreateContainerError" | "RunContainerError" => {
                return Start::Hindered(Reason {
                    code: "ContainerConfig",
                    message: format!(
                        "the container cannot be made ({}){words}; correct the pod's settings",
                        waiting.reason
                    ),
                });
            }
            "CrashLoopBackOff" => {
                return Start::Hindered(Reason {
                    code: "CrashLoop",
                    message: format!("the container {} crashes again and again{words}", container.name),
                });
            }
            _ => {}
        }
    }
    let unscheduled =
        pod.status.conditions.iter().find(|condition| condition.kind == "PodScheduled" && condition.status == "False");
    if let Some(condition) = unscheduled {
        let message = format!(
            "no node can take the pod ({}): {}; change its requests or node selector, or add a node",
            condition.reason,
            tidy(&condition.message)
        );
        return Start::Hindered(Reason { code: "Unschedulable", message });
    }
    Start::Coming
}

/// Why a pod ended, where that is more than an exit code.
pub fn of_end(pod: &PodState) -> Option<Reason> {
    let (status, terminated) = (&pod.status, pod.terminated());
    let name = &pod.metadata.name;
    let say = |words: &str| if words.is_empty() { String::new() } else { format!(": {}", tidy(words)) };
    if status.reason == "Evicted" {
        return Some(Reason {
            code: "Evicted",
            message: format!(
                "the pod {name} was evicted from its node{}; give it more of what it lacked, or ask for less",
                say(&status.message)
            ),
        });
    }
    if status.reason == "DeadlineExceeded" {
        return Some(Reason {
            code: "DeadlineExceeded",
            message: format!(
                "the pod {name} was ended by its deadline (activeDeadlineSeconds){}",
                say(&status.message)
            ),
        });
    }
    if matches!(
        status.reason.as_str(),
        "NodeLost"
            | "NodeAffinity"
            | "Shutdown"
            | "NodeShutdown"
            | "Terminated"
            | "Preempting"
            | "UnexpectedAdmissionError"
    ) || status.reason.starts_with("OutOf")
    {
        return Some(Reason {
            code: "NodeFault",
            message: format!("the pod {name} was ended by its node ({}){}", status.reason, say(&status.message)),
        });
    }
    if let Some(reason) = status.init_container_statuses.iter().find_map(of_init) {
        return Some(reason);
    }
    let terminated = terminated?;
    match terminated.reason.as_str() {
        "OOMKilled" => Some(oom(terminated.exit_code)),
        "StartError" | "ContainerCannotRun" => Some(Reason {
            code: "StartError",
            message: format!(
                "the program cannot be started in the container ({}){}",
                terminated.reason,
                say(&terminated.message)
            ),
        }),
        _ if pod.metadata.deletion_timestamp.is_some() => Some(deleted(name)),
        _ => None,
    }
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
    let message = format!("the init container {name} ended with code {} ({}); {advice}", ended.exit_code, ended.reason);
    Some(Reason { code: "InitContainer", message })
}

pub fn oom(code: i32) -> Reason {
    let message = format!(
        "the program was killed because it used more memory than its limit allows (OOMKilled, exit code {code}); raise the pod's memory limit"
    );
    Reason { code: "OOMKilled", message }
}

/// The container ended without the recorder's last word.
pub fn recorder_lost(pod: &str, code: i32) -> Reason {
    let message = format!("the container of pod {pod} ended with code {code} before its recorder could finish");
    Reason { code: "RecorderLost", message }
}

pub fn deleted(pod: &str) -> Reason {
    Reason { code: "PodDeleted", message: format!("somebody deleted the pod {pod} while the job ran") }
}

/// Why a chart's pod is not ready, in one phrase; none when it is.
pub fn of_unready(pod: &PodState) -> Option<String> {
    let name = &pod.metadata.name;
    match of_start(pod, "") {
        Start::Hindered(reason) | Start::Hopeless(reason) if reason.code != "CrashLoop" => {
            return Some(format!("pod {name}: {}", reason.message));
        }
        _ => {}
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
