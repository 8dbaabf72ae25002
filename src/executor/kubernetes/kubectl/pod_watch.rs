//! One kubectl that tells what becomes of a pod. Asking again and again costs the machine a kubectl each time, and where twenty pods
//! start at once that is most of what it does.

use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::AsyncReadExt as _;
use tokio::process::ChildStdout;
use tokio::time::{Instant, sleep_until};

use super::client::Cluster;
use super::pod_status::PodState;
use crate::executor::Reason;
use crate::executor::process::Group;

/// A watch says at once how a pod is that is there. Where the machine is busy, its kubectl takes a while to begin.
const FIRST: Duration = Duration::from_secs(10);
/// A watch that says nothing for so long may be dead: the pod is asked for. kubectl itself ends one whose connection is, in 45 s.
const SILENCE: Duration = Duration::from_secs(30);
/// How often the pod is asked for where it cannot be watched.
const PAUSE: Duration = Duration::from_secs(1);
/// Of a pod's state, which is some KiB.
const STATE_MAX: usize = 4 * 1024 * 1024;

/// Watches one pod by one long-lived kubectl.
pub struct PodWatch<'a> {
    cluster: &'a Cluster,
    name: &'a str,
    watch: Watch,
    /// As it was told or asked for last; none where there is no such pod.
    state: Option<PodState>,
    /// When it is asked for.
    ask_at: Instant,
    /// The cluster did not answer when it was asked last: nothing is known until it is asked again.
    is_unanswered: bool,
}

enum Watch {
    NotBegun,
    Runs {
        _group: Box<Group>,
        stdout: ChildStdout,
        buffer: Vec<u8>,
    },
    /// It ended, or could not be begun.
    Over,
}

/// A piece of what `kubectl get --watch --output-watch-events` says.
#[derive(Deserialize)]
struct WatchEvent {
    #[serde(rename = "type")]
    kind: EventKind,
    object: PodState,
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "UPPERCASE")]
enum EventKind {
    Added,
    Modified,
    Deleted,
    /// `ERROR`, `BOOKMARK`.
    #[serde(other)]
    Other,
}

impl<'a> PodWatch<'a> {
    /// A watch of the pod of this name, which the first [`look`](PodWatch::look) begins.
    pub fn new(cluster: &'a Cluster, name: &'a str) -> PodWatch<'a> {
        PodWatch {
            cluster,
            name,
            watch: Watch::NotBegun,
            state: None,
            ask_at: Instant::now() + FIRST,
            is_unanswered: false,
        }
    }

    /// The pod as it is known to be; waits for news until `until`. None where there is no such pod.
    ///
    /// # Errors
    /// The cluster was asked and did not answer, or not to us.
    pub async fn look(&mut self, until: Instant) -> Result<Option<&PodState>, Reason> {
        if matches!(self.watch, Watch::NotBegun) {
            self.watch = self.begin();
            self.ask_at = Instant::now() + FIRST;
        }
        let until = if self.is_unanswered { self.ask_at } else { until.min(self.ask_at) };
        tokio::select! {
            told = self.watch.next_event() => match told {
                Some(told) => {
                    self.ask_at = Instant::now() + SILENCE;
                    self.is_unanswered = false;
                    match told.kind {
                        EventKind::Added | EventKind::Modified => self.state = Some(told.object),
                        EventKind::Deleted => self.state = None,
                        EventKind::Other => {}
                    }
                }
                None => {
                    self.watch = Watch::Over;
                    self.ask_at = self.ask_at.min(Instant::now());
                }
            },
            () = sleep_until(until) => {}
        }
        if Instant::now() >= self.ask_at {
            let asked = self.cluster.pod(self.name).await;
            let is_trusted = asked.is_ok() && !matches!(self.watch, Watch::Over);
            self.ask_at = Instant::now() + if is_trusted { SILENCE } else { PAUSE };
            self.is_unanswered = asked.is_err();
            self.state = asked?;
        }
        Ok(self.state.as_ref())
    }

    fn begin(&self) -> Watch {
        let mut command = self.cluster.kubectl();
        let selector = format!("--field-selector=metadata.name={}", self.name);
        command.args(["get", "pods", &selector, "--watch", "--output-watch-events", "-o", "json"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut group) = Group::spawn(&mut command) else { return Watch::Over };
        match group.child.stdout.take() {
            Some(stdout) => Watch::Runs { _group: Box::new(group), stdout, buffer: Vec::new() },
            None => Watch::Over,
        }
    }
}

impl Watch {
    /// What is told next; none where nothing will be any more. It may be dropped and called again.
    async fn next_event(&mut self) -> Option<WatchEvent> {
        let Watch::Runs { stdout, buffer, .. } = self else { return std::future::pending().await };
        loop {
            let mut values = serde_json::Deserializer::from_slice(buffer).into_iter::<WatchEvent>();
            match values.next() {
                Some(Ok(told)) => {
                    let end = values.byte_offset();
                    buffer.drain(..end);
                    return Some(told);
                }
                Some(Err(error)) if !error.is_eof() => return None,
                _ => {}
            }
            if buffer.len() > STATE_MAX {
                return None;
            }
            if !stdout.read_buf(buffer).await.is_ok_and(|read| read > 0) {
                return None;
            }
        }
    }
}
