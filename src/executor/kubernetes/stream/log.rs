//! The container's log: all that is left of a container that ended, and the only source where there is no recorder. It holds
//! both streams in one; only a newer server, where its operator allowed it, gives them apart.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::marks::Marks;
use super::recorder::{End, Mark};
use crate::executor::Stream;
use crate::executor::kubernetes::attempt::{Attempt, PodResult};
use crate::executor::kubernetes::errors::pod_reason;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::process::{CHUNK, Group, listening, pipe};
use crate::failpoint;

/// What a kubelet says in place of a log that it has not any more, and calls it success.
const NO_LOG: &[u8] = b"unable to retrieve container logs for ";

/// The feature gate that a kubelet names which does not give one stream of a log.
const NOT_SPLIT: &str = "PodLogsQuerySplitStreams";
/// What is kept of kubectl's words.
const WORDS_MAX: usize = 4 * 1024;

/// How many bytes are read as the beginning of a log.
pub const FIRST_WORDS: u64 = 1000;

/// After so much silence it is asked whether more can come at all.
const SILENCE: Duration = Duration::from_secs(20);

/// What the recorder's marks in a log say.
#[derive(Debug, Default)]
struct LogMarks {
    started: bool,
    /// The recorder did not begin the program, which is not there or cannot be run.
    is_refused: bool,
    stdout: Option<End>,
    stderr: Option<End>,
    bytes: u64,
}

impl LogMarks {
    /// Are the program's bytes all there?
    fn whole(&self) -> bool {
        let size = |end: Option<End>| end.and_then(|end| end.record.size.filter(|_| !end.record.is_cut));
        size(self.stdout).zip(size(self.stderr)).and_then(|(stdout, stderr)| stdout.checked_add(stderr))
            == Some(self.bytes)
    }

    /// Did the program begin, as far as the log tells? A node keeps no more than the end of a log that grew long.
    fn has_begun(&self) -> bool {
        self.started || self.bytes > 0 || self.stdout.is_some() || self.stderr.is_some()
    }

    /// Did the program print nothing, by its recorder's word?
    fn printed_nothing(end: Option<End>) -> bool {
        end.is_some_and(|end| end.record.size == Some(0) && !end.record.is_cut)
    }
}

/// Where a log that is read ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogEnd {
    /// With what there is.
    Now,
    /// When the container ends.
    WithContainer,
}

/// What of a log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogPart {
    /// Both streams, in one.
    All,
    /// One of them; only where [`Attempt::log_is_split`].
    Only(Stream),
}

/// How a log was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogRead {
    /// To its end.
    Whole,
    Broken,
    /// It does not begin with what came before.
    Altered,
    /// The pod's node does not tell its streams apart.
    NotSplit,
}

impl Attempt<'_> {
    /// Can the server tell the log's streams apart?
    ///
    /// Asked for a stream that does not exist, one that can names those that do; one that cannot refuses the question (1.32 and
    /// later), or does not hear it and answers with both streams.
    pub async fn log_is_split(&self) -> bool {
        let captured = self.cluster.query(&["get", "--raw", &self.log_path("stream=None&limitBytes=1")]).await;
        captured.is_ok_and(|captured| {
            let message = captured.stderr_text();
            !captured.ok() && message.contains("Unsupported value") && message.contains("Stderr")
        })
    }

    /// The time stamp of the first line that the log still holds. It changes when the log is rotated.
    pub async fn log_begins(&self) -> Option<String> {
        let captured =
            self.cluster.query(&["get", "--raw", &self.log_path("timestamps=true&limitBytes=40")]).await.ok()?;
        let text = captured.stdout_text();
        text.split_once(' ').filter(|_| captured.ok()).map(|(stamp, _)| stamp.to_owned())
    }

    /// The beginning of the container's log: what the runtime or the shell had to say where no program started.
    ///
    /// None where it cannot be read.
    pub async fn first_words(&self) -> Option<String> {
        let captured =
            self.cluster.query(&["get", "--raw", &self.log_path(&format!("limitBytes={FIRST_WORDS}"))]).await;
        let captured = captured.ok().filter(|captured| captured.ok() && !captured.stdout.starts_with(NO_LOG))?;
        Some(captured.stdout_text().trim().to_owned())
    }

    fn log_path(&self, query: &str) -> String {
        let (namespace, name) = (&self.cluster.namespace, &self.pod.name);
        format!("/api/v1/namespaces/{namespace}/pods/{name}/log?container={name}&{query}")
    }

    /// Hands over the log as it comes.
    pub async fn read_log(&self, part: LogPart, until: LogEnd, take: impl AsyncFnMut(&[u8])) -> LogRead {
        let follow = until == LogEnd::WithContainer;
        let query = match part {
            LogPart::All => format!("follow={follow}"),
            LogPart::Only(Stream::Stderr) => format!("follow={follow}&stream=Stderr"),
            LogPart::Only(_) => format!("follow={follow}&stream=Stdout"),
        };
        let mut command = self.cluster.kubectl();
        command.args(["get", "--raw", &self.log_path(&query)]);
        let Ok(mut group) = Group::spawn(pipe(&mut command, Stdio::null())) else { return LogRead::Broken };
        let stderr = group.child.stderr.take();
        let (is_whole, captured) = listening(stderr, WORDS_MAX, self.copy_log(&mut group, until, take)).await;
        match is_whole {
            true => LogRead::Whole,
            false if captured.contains(NOT_SPLIT) => LogRead::NotSplit,
            false => LogRead::Broken,
        }
    }

    /// Returns false if the log could not be read to its end.
    async fn copy_log(&self, group: &mut Group, until: LogEnd, mut take: impl AsyncFnMut(&[u8])) -> bool {
        let Some(mut stdout) = group.child.stdout.take() else { return false };
        let mut buffer = vec![0; CHUNK];
        let mut first = true;
        loop {
            match timeout(failpoint::at_most(SILENCE), stdout.read(&mut buffer)).await {
                Ok(Ok(0) | Err(_)) => break,
                Ok(Ok(n)) if std::mem::take(&mut first) && buffer[..n].starts_with(NO_LOG) => return false,
                Ok(Ok(n)) => take(&buffer[..n]).await,
                // A kubelet that rotated the log meanwhile may not even say that it ended.
                Err(_) if until == LogEnd::Now || self.has_ended().await => return false,
                Err(_) => {}
            }
        }
        group.wait().await.is_ok_and(|status| status.success())
    }

    /// Takes what is left of a container that ended before its record was read.
    pub async fn learn_from_log(&mut self, state: &PodState) -> PodResult {
        let code = state.exit_code();
        let mut reason = pod_reason::end_reason(state);
        let Some(log) = self.take_log(Some(Stream::Stdout)).await else {
            if !self.may_have_begun() {
                return PodResult::NotStarted;
            }
            self.set_started();
            let message = format!(
                "the output is lost: the container of pod {} ended before its record was read, and its log cannot be read",
                self.pod.name
            );
            self.output.notice(message).await;
            return PodResult::Container { code, reason };
        };
        // An empty log says nothing of a program that was let go: its node may have rotated away all that it held.
        if !log.has_begun() && (log.is_refused || !self.may_have_begun()) {
            return PodResult::NotStarted;
        }
        self.set_started();
        self.report_log(&log).await;
        if let Some(end) = log.stdout.or(log.stderr) {
            return PodResult::Logged(end.program);
        }
        if reason.is_none() {
            reason = Some(pod_reason::recorder_lost(&self.pod.name, code));
        }
        PodResult::Container { code, reason }
    }

    /// Notes what the output lacks that was taken from the log.
    async fn report_log(&self, log: &LogMarks) {
        let source = "the container ended before its record was read: the output comes from its log";
        if !log.whole() && !log.started {
            let message = format!(
                "{source}, the beginning of which its node has rotated away: what had come before is kept, {} bytes follow, and between \
                 them output is missing or comes twice",
                log.bytes
            );
            self.output.notice(message).await;
        } else if !log.whole() {
            let message = format!(
                "{source}, with stdout and stderr in one, and is incomplete as far as can be told; {} bytes came",
                log.bytes
            );
            self.output.notice(message).await;
        } else if LogMarks::printed_nothing(log.stdout) && log.bytes > 0 {
            // The log does not say which stream a line is of, but here the sizes do.
            self.take_log(Some(Stream::Stderr)).await;
        } else if !LogMarks::printed_nothing(log.stderr) {
            self.output.notice(format!("{source}, complete, but with stdout and stderr in one")).await;
        }
    }

    /// Learns from the log how a program ended whose container is over while its runner could not see it.
    ///
    /// None where the log does not tell, as that of a container that took its program along.
    pub async fn learn_end_from_log(&mut self, state: &PodState) -> Option<PodResult> {
        let log = self.take_log(None).await?;
        let (stdout, stderr) = log.stdout.zip(log.stderr)?;
        if self.out.is(&stdout.record) && self.err.is(&stderr.record) {
            self.drop_void().await;
            return Some(PodResult::Logged(stdout.program));
        }
        Some(self.learn_from_log(state).await)
    }

    /// Reads the whole log, into this stream if into any; none when that fails.
    ///
    /// What came before is void where the log has it from its beginning.
    async fn take_log(&self, into: Option<Stream>) -> Option<LogMarks> {
        let mut marks = Marks::of_log(&self.pod.nonce);
        let mut is_first = true;
        let mut take = async |marks: &Marks, bytes: Vec<u8>| {
            let Some(stream) = into.filter(|_| !bytes.is_empty()) else { return };
            if std::mem::take(&mut is_first) && marks.marks.contains(&Mark::Start) {
                self.output.restart().await;
            }
            self.output.write(stream, bytes).await;
        };
        let read = self
            .read_log(LogPart::All, LogEnd::Now, async |bytes| {
                let bytes = marks.push(bytes);
                take(&marks, bytes).await;
            })
            .await;
        if read != LogRead::Whole {
            return None;
        }
        let rest = marks.flush();
        take(&marks, rest).await;
        let mut log = LogMarks { bytes: marks.delivered(), ..LogMarks::default() };
        for mark in marks.marks {
            match mark {
                Mark::Start => log.started = true,
                Mark::Absent | Mark::Denied => log.is_refused = true,
                Mark::End(end) if end.of_stderr => log.stderr = Some(end),
                Mark::End(end) => log.stdout = Some(end),
                _ => {}
            }
        }
        if into.is_some() && log.started && log.bytes == 0 && log.whole() {
            // The program printed nothing: no byte takes the place of what came before.
            self.output.restart().await;
        }
        Some(log)
    }
}
