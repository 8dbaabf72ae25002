//! Runs the program without the recorder, in an image that lacks what the recorder needs. Its output comes from the pod's
//! log, both streams in one where the server does not give them apart. That it is whole cannot be proven: containerd was seen
//! to drop tens of KiB that a program printed in one go right before its end.

use std::cell::OnceCell;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::checksum::{Program, RunningChecksum};
use super::log::{FIRST_WORDS, LogEnd, LogPart, LogRead};
use super::resume::UNREACHABLE;
use crate::executor::kubernetes::attempt::{Attempt, PodResult};
use crate::executor::kubernetes::errors::pod_reason;
use crate::executor::kubernetes::kubectl::node::Node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::pod::startup::{Startup, until_it_runs};
use crate::executor::{Reason, Stream, exec_format};
use crate::failpoint;

/// How long the log of a container that has ended is asked for.
const LOST: Duration = Duration::from_secs(30);
/// How long reading what a log holds by now may take, from its beginning.
const SO_FAR: Duration = Duration::from_secs(20);
/// A job that takes longer is worth a kubectl that waits for news of its node.
const SHORT_JOB: Duration = Duration::from_secs(10);
/// How long the log of a pod on a lost node is read before the node is looked at again.
const NODE_LOST: Duration = Duration::from_secs(10);

/// The program's output, as far as the log gave it.
#[derive(Default)]
struct LogSource {
    /// Does the server give each stream by itself?
    split: bool,
    /// The time stamp of the log's first line.
    begins: OnceCell<String>,
    /// Its beginning is not there any more: what it holds cannot be told from what came before.
    rotated: bool,
    /// What was handed on of stdout (or both in one), and of stderr.
    delivered: [RunningChecksum; 2],
}

impl LogSource {
    /// How long to wait until it is read again.
    fn pause(&self) -> Duration {
        if self.rotated { Duration::from_secs(5) } else { Duration::from_millis(300) }
    }

    fn bytes(&self) -> u64 {
        self.delivered.iter().map(RunningChecksum::length).sum()
    }
}

impl Attempt<'_> {
    /// Runs the program as the container's own. An error means that it never started.
    ///
    /// # Errors
    /// kubectl cannot be started or makes no pod, or the pod's program does not start.
    pub async fn run_plain(&mut self, command: Command) -> Result<PodResult, Reason> {
        let captured = self
            .cluster
            .call(command, "kubectl run", None, crate::executor::kubernetes::kubectl::client::SHORT)
            .await?;
        // A kubectl that failed may have made the pod all the same.
        if !captured.ok() && !matches!(self.pod_state().await, Ok(Some(_))) {
            let what = self.cluster.pod_failed();
            let reason = self.cluster.explain(&what, &captured);
            self.made = !self.is_replaced() && !reason.nothing_was_done();
            return Err(reason);
        }
        self.read_plainly().await
    }

    /// Reads the output of a program that its pod runs, or ran. An error means that it never started.
    ///
    /// # Errors
    /// The pod does not come up, is deleted before that, or its program cannot be started.
    pub async fn read_plainly(&mut self) -> Result<PodResult, Reason> {
        let side = self.side_tasks();
        tokio::select! {
            biased;
            learned = self.follow_log() => learned,
            () = side => Ok(self.report_outlived("").await),
        }
    }

    async fn follow_log(&mut self) -> Result<PodResult, Reason> {
        self.started_plainly().await?;
        let mut source = self.log_source().await;
        let mut node = Node::new(self);
        let (mut unreachable_since, mut unreadable_since) = (None, None);
        loop {
            // Looked at first, so that a log read after the end holds everything.
            let state = match self.look_at_pod(&node, &mut unreachable_since).await {
                ControlFlow::Break(result) => {
                    if unreadable_since.is_some() {
                        self.report_missing(&source, false).await;
                    }
                    return Ok(result);
                }
                ControlFlow::Continue(Some(state)) => state,
                ControlFlow::Continue(None) => {
                    sleep(source.pause()).await;
                    continue;
                }
            };
            if let Some(reason @ Reason::StartError(_)) = pod_reason::end_reason(&state) {
                return Err(reason);
            }
            self.set_started();
            if !state.on_lost_node() {
                node.answers(self).await;
            } else if let Some(reason) = node.look(self, &state).await {
                return Ok(PodResult::Unknown(reason));
            }
            let is_over = state.ended();
            let until = if state.is_silent() { LogEnd::Now } else { LogEnd::WithContainer };
            let read = self.read_while_node_answers(&mut node, &mut source, until).await;
            if let Some(anew) = self.other_source(&source, read).await {
                source = anew;
                continue;
            }
            let is_read = read == LogRead::Whole;
            if is_read {
                self.drop_void().await;
                unreadable_since = None;
            }
            let is_lost =
                !is_read && unreadable_since.get_or_insert_with(Instant::now).elapsed() > failpoint::at_most(LOST);
            if is_over && (is_read || is_lost) {
                if source.split && !source.rotated && !self.streams_match_log(&source).await {
                    source = self.merge().await;
                    continue;
                }
                if self.is_foreign(&state, &source).await {
                    self.output.restart().await;
                    return Err(self.foreign());
                }
                self.report_missing(&source, is_read).await;
                return Ok(PodResult::Container { code: state.exit_code(), reason: pod_reason::end_reason(&state) });
            }
            sleep(source.pause()).await;
        }
    }

    /// Says that the log of an earlier runner's pod is read from its beginning, and what that may cost.
    pub async fn report_read_again(&self) {
        let message = "the output is read from the pod's log again: what its node has rotated away is missing";
        self.output.notice(message).await;
    }

    /// Hands on what the log holds by now. What came of it before is void once it comes again: where it does not, it is kept.
    pub async fn read_log_so_far(&mut self) {
        self.report_read_again().await;
        self.void();
        let mut source = LogSource { split: self.log_is_split().await, ..LogSource::default() };
        let until = Instant::now() + failpoint::at_most(SO_FAR);
        loop {
            match timeout_at(until, self.read_from_start(&mut source, LogEnd::Now)).await {
                Ok(LogRead::Whole) => return self.drop_void().await,
                Ok(LogRead::Broken) if Instant::now() < until => sleep(source.pause()).await,
                Ok(LogRead::Broken) | Err(_) => return self.report_missing(&source, false).await,
                Ok(read) => {
                    if let Some(other) = self.other_source(&source, read).await {
                        source = other;
                    }
                }
            }
        }
    }

    /// The log, of which nothing was read yet.
    async fn log_source(&self) -> LogSource {
        let source = LogSource { split: self.log_is_split().await, ..LogSource::default() };
        if !source.split {
            self.output.notice("stdout and stderr come in one: the cluster's log does not give them apart").await;
        }
        source
    }

    /// The log to begin anew with, where what was read says that it has to be; none where it is read on.
    async fn other_source(&self, source: &LogSource, read: LogRead) -> Option<LogSource> {
        match read {
            LogRead::Whole | LogRead::Broken => None,
            LogRead::Altered => {
                // A kubelet that fails in the middle of a log ends it with words of its own.
                self.void();
                Some(LogSource { split: source.split, ..LogSource::default() })
            }
            LogRead::NotSplit => Some(self.merge().await),
        }
    }

    /// Asks for the pod; none where the cluster does not answer now. Breaks off where the pod is gone, or nobody answered for too long.
    async fn look_at_pod(
        &self,
        node: &Node,
        unreachable_since: &mut Option<Instant>,
    ) -> ControlFlow<PodResult, Option<PodState>> {
        match self.pod_state().await {
            Ok(Some(state)) => {
                *unreachable_since = None;
                ControlFlow::Continue(Some(state))
            }
            Ok(None) => {
                let what = format!("its pod {} has been removed", self.pod.name);
                let reason = node.fault(self, &what).unwrap_or_else(|| pod_reason::deleted(&self.pod.name));
                ControlFlow::Break(PodResult::Lost(reason))
            }
            Err(reason) => {
                let since = *unreachable_since.get_or_insert_with(Instant::now);
                if since.elapsed() > failpoint::at_most(UNREACHABLE) {
                    ControlFlow::Break(PodResult::Unknown(reason))
                } else {
                    ControlFlow::Continue(None)
                }
            }
        }
    }

    /// Is all that the log has the runtime's word that the system does not take the program?
    async fn is_foreign(&self, state: &PodState, source: &LogSource) -> bool {
        let is_short = (1..FIRST_WORDS).contains(&source.bytes());
        is_short && self.first_words().await.is_some_and(|words| exec_format::is_told(state.exit_code(), &words))
    }

    /// Waits until the container runs or has ended.
    async fn started_plainly(&self) -> Result<(), Reason> {
        let (name, image) = (&self.pod.name, &self.settings.image);
        let seen = self.seen_cell();
        let startup = Startup { cluster: &self.cluster, name, image, output: &self.output, seen: &seen };
        until_it_runs(startup, self.settings.start_limit).await
    }

    /// Reads the log as [`read_from_start`](Self::read_from_start) does, but not for longer than the pod's node answers.
    async fn read_while_node_answers(&self, node: &mut Node, source: &mut LogSource, until: LogEnd) -> LogRead {
        if node.is_lost() {
            return timeout(NODE_LOST, self.read_from_start(source, until)).await.unwrap_or(LogRead::Broken);
        }
        let lost = async {
            sleep(SHORT_JOB).await;
            node.until_lost().await;
        };
        tokio::select! {
            read = self.read_from_start(source, until) => read,
            () = lost => LogRead::Broken,
        }
    }

    /// Can nothing more come of the container?
    pub async fn has_ended(&self) -> bool {
        match self.pod_state().await {
            Ok(Some(state)) => state.ended(),
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// Reads the log from its beginning and hands on what is new.
    async fn read_from_start(&self, source: &mut LogSource, until: LogEnd) -> LogRead {
        if self.is_rotated(source).await {
            source.rotated = true;
            return LogRead::Whole;
        }
        let [stdout, stderr] = &mut source.delivered;
        let begins = &source.begins;
        let read = if source.split {
            let stdout = self.take_part(LogPart::Only(Stream::Stdout), until, begins, stdout);
            let stderr = self.take_part(LogPart::Only(Stream::Stderr), until, begins, stderr);
            let (stdout, stderr) = tokio::join!(stdout, stderr);
            stdout.max(stderr)
        } else {
            self.take_part(LogPart::All, until, begins, stdout).await
        };
        if read == LogRead::Altered && self.is_rotated(source).await {
            source.rotated = true;
            return LogRead::Whole;
        }
        read
    }

    async fn is_rotated(&self, source: &LogSource) -> bool {
        match source.begins.get() {
            Some(begins) => self.log_begins().await.is_some_and(|now| now != *begins),
            None => false,
        }
    }

    async fn take_part(
        &self,
        part: LogPart,
        until: LogEnd,
        begins: &OnceCell<String>,
        delivered: &mut RunningChecksum,
    ) -> LogRead {
        let stream = if let LogPart::Only(stream) = part { stream } else { Stream::Stdout };
        let before = delivered.checksum(Program::Cksum);
        let mut again = RunningChecksum::default();
        let mut is_altered = false;
        let read = self
            .read_log(part, until, async |bytes| {
                if begins.get().is_none()
                    && let Some(stamp) = self.log_begins().await
                {
                    let _ = begins.set(stamp);
                }
                let left = usize::try_from(before.length.saturating_sub(again.length())).unwrap_or(usize::MAX);
                let (old, new) = bytes.split_at(left.min(bytes.len()));
                again.add(old);
                is_altered |= again.length() == before.length && !again.is(&before);
                if !is_altered && !new.is_empty() {
                    self.write(stream, new).await;
                    delivered.add(new);
                }
            })
            .await;
        let is_shorter = read == LogRead::Whole && again.length() < before.length;
        if is_altered || is_shorter { LogRead::Altered } else { read }
    }

    /// Are both streams together what the log holds? An old kubelet below a newer server gives both for each.
    async fn streams_match_log(&self, source: &LogSource) -> bool {
        let mut size = 0;
        let read = self
            .read_log(LogPart::All, LogEnd::Now, async |bytes| size = u64::saturating_add(size, bytes.len() as u64))
            .await;
        read == LogRead::Whole && size == source.bytes()
    }

    /// Begins anew with both streams in one.
    async fn merge(&self) -> LogSource {
        self.void();
        self.output.notice("stdout and stderr come in one: the pod's node does not give them apart").await;
        LogSource::default()
    }

    async fn report_missing(&self, source: &LogSource, read: bool) {
        let why = match (source.rotated, read) {
            (false, true) => return,
            (true, _) => {
                "its node rotated the log while the job ran; a recorder image (--recorder-image) keeps output whole"
            }
            (_, false) => "the container's log cannot be read any more",
        };
        let bytes = source.bytes();
        self.output.notice(format!("the output may be incomplete: {why}; {bytes} bytes came")).await;
    }
}
