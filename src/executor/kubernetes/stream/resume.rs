//! Reading on: after the attach broke, or when a dead runner's job is taken over, the rest of each record is fetched from
//! the byte where we stopped.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, sleep, timeout};

use super::marks::Marks;
use super::recorder::{self, Mark, RecordEnd, RecordState};
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::errors::{pod_reason, stderr};
use crate::executor::kubernetes::kubectl::node::Node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::process::{CHUNK, Group, listening};
use crate::executor::{Reason, Stream};
use crate::failpoint;

/// How long an unreachable cluster is asked again before the job is left to a later take-over.
pub const UNREACHABLE: Duration = Duration::from_secs(180);
/// A connection that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// The same while the cluster does not hear of its node.
const LOST: Duration = Duration::from_secs(10);
/// What cannot be read for so long is told.
const BLOCKED: Duration = Duration::from_secs(10);
/// How long the pod waits for news before it answers.
const WAIT: Duration = Duration::from_secs(5);
/// What is kept of kubectl's words.
const WORDS_MAX: usize = 16 * 1024;

/// What became of the job.
#[derive(Debug)]
pub enum Finish {
    /// The recorder's word: the exit code, the processes that the kernel killed for want of memory, and whether somebody told the
    /// container to end.
    Recorded { code: i32, oom: u64, asked_to_end: bool },
    /// The program had not been let go.
    Gate,
    /// The container ended without the recorder's last word.
    Container(Box<PodState>),
    /// The pod is gone.
    Gone,
    /// The program's end went with its node.
    Lost(Reason),
    /// Nobody answers; the pod may still run.
    Unknown(Reason),
}

/// Reads both records to the end of the program.
pub async fn read_on(attempt: &mut Attempt<'_>) -> Finish {
    let mut unreachable_since: Option<Instant> = None;
    let mut node = Node::new(attempt);
    let mut blocked = Blocked::default();
    let mut restarted = false;
    // What kubectl said when it failed last.
    let mut message = String::new();
    let mut wait = Duration::ZERO;
    let mut look_first = !attempt.started();
    // The pod as it was seen last: one that is drained or makes room may be gone before the next look.
    let mut last = None;
    let (cluster, name) = (attempt.cluster.clone(), attempt.pod.name.clone());
    loop {
        if !look_first {
            let seen = async { if last.is_none() { cluster.pod(&name).await.ok().flatten() } else { None } };
            let (fetched, seen) = tokio::join!(fetch(attempt, wait, &mut node), seen);
            last = seen.or(last);
            match fetched {
                Ok(Peeked::Gate) => return Finish::Gate,
                Ok(Peeked::Rest(rest)) => {
                    unreachable_since = None;
                    blocked = Blocked::default();
                    node.answers(attempt).await;
                    wait = WAIT;
                    let Some(end) = rest.end else { continue };
                    let whole = attempt.out.is(&end.stdout) && attempt.err.is(&end.stderr);
                    let is_cut = end.stdout.is_cut || end.stderr.is_cut;
                    // A record that was cut has no more than what came.
                    if !whole && !is_cut && !restarted {
                        restarted = true;
                        attempt.restart();
                        continue;
                    }
                    if whole {
                        attempt.report_unproven(&end.stdout).await;
                    } else if is_cut {
                        attempt.report_cut().await;
                    } else {
                        report_mismatch(attempt, &end).await;
                    }
                    return Finish::Recorded { code: end.code, oom: end.oom, asked_to_end: end.asked_to_end };
                }
                Err(captured) => message = captured,
            }
        }
        look_first = false;
        match attempt.cluster.pod(&attempt.pod.name).await {
            Ok(None) => return pod_gone(attempt, &node, last),
            Ok(Some(state)) if state.ended() => return container_ended(attempt, &node, state),
            Ok(Some(state)) => {
                unreachable_since = None;
                if let Some(reason) = node.look(attempt, &state).await {
                    return Finish::Unknown(reason);
                }
                if !node.is_lost() && attempt.started() {
                    blocked.tell(attempt, &message).await;
                }
                last = Some(state);
            }
            Err(reason) => {
                let since = *unreachable_since.get_or_insert_with(Instant::now);
                if since.elapsed() > failpoint::at_most(UNREACHABLE)
                    || !matches!(reason, Reason::ClusterUnreachable(_)) && since.elapsed() > SILENCE
                {
                    return Finish::Unknown(reason);
                }
            }
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// The container ended, and the recorder never said so.
fn container_ended(attempt: &Attempt<'_>, node: &Node, state: PodState) -> Finish {
    let what = format!("the container of pod {} is not alive any more", attempt.pod.name);
    match node.fault(attempt, &what) {
        Some(reason) if pod_reason::end_reason(&state).is_none() => Finish::Lost(reason),
        _ => Finish::Container(Box::new(state)),
    }
}

/// The pod is gone: what it said last tells more than its absence.
fn pod_gone(attempt: &Attempt<'_>, node: &Node, last: Option<PodState>) -> Finish {
    if let Some(last) = last.filter(|_| attempt.started()) {
        if last.ended() {
            return container_ended(attempt, node, last);
        }
        if let Some(reason) = pod_reason::disruption(&last) {
            return Finish::Lost(reason);
        }
    }
    let what = format!("its pod {} has been removed", attempt.pod.name);
    node.fault(attempt, &what).map_or(Finish::Gone, Finish::Lost)
}

/// What was read from the record is not what its recorder saw in it.
async fn report_mismatch(attempt: &Attempt<'_>, end: &RecordEnd) {
    let sizes = [(&end.stdout, attempt.out.delivered()), (&end.stderr, attempt.err.delivered())];
    let message = if sizes.iter().all(|(record, came)| record.size.is_none_or(|size| size == *came)) {
        "the output is not proven: the record in the pod is not what it was at the program's end"
    } else {
        "the output is incomplete: the record could not be read as it is"
    };
    attempt.output.notice(message).await;
}

/// A pod that runs, on a node that answers, and yet cannot be read from.
#[derive(Default)]
struct Blocked {
    since: Option<Instant>,
    is_told: bool,
}

impl Blocked {
    async fn tell(&mut self, attempt: &Attempt<'_>, message: &str) {
        let since = *self.since.get_or_insert_with(Instant::now);
        if since.elapsed() < BLOCKED || std::mem::replace(&mut self.is_told, true) {
            return;
        }
        let message = stderr::tidy(message);
        let why = if message.is_empty() { "kubectl exec says nothing" } else { &message };
        let message = format!(
            "waiting: the output of pod {} cannot be read on: {why}. The program is not touched; what is missing is fetched once that \
             works again",
            attempt.pod.name
        );
        attempt.output.notice(message).await;
    }
}

/// Fetches what there is so far, once. Says whether the program has ended.
///
/// # Errors
/// The connection failed, in kubectl's words: nothing is known then of the program.
pub async fn fetch_available(attempt: &mut Attempt<'_>) -> Result<bool, String> {
    let mut node = Node::new(attempt);
    let peeked = fetch(attempt, Duration::ZERO, &mut node).await?;
    Ok(matches!(peeked, Peeked::Rest(rest) if rest.end.is_some()))
}

enum Peeked {
    Gate,
    Rest(RecordState),
}

/// What the recorder is asked for.
#[derive(Clone, Copy)]
enum Peek {
    /// How long both records are.
    Sizes,
    /// What is in them behind what came, once there is something: it is waited for so long.
    Rest { wait: Duration },
}

fn peek(attempt: &Attempt<'_>, what: Peek) -> tokio::process::Command {
    let mut command = attempt.cluster.kubectl();
    let [out, err] = [&attempt.out, &attempt.err].map(|marks| marks.delivered().saturating_add(1).to_string());
    let (wait, what) = match what {
        Peek::Sizes => (Duration::ZERO, "sizes"),
        Peek::Rest { wait } => (wait, "read"),
    };
    let begun = if attempt.started() { "begun" } else { "-" };
    command.args(attempt.pod.exec(recorder::PEEK)).args(["peek", &attempt.pod.nonce]);
    command.args([&out, &err, &wait.as_secs().to_string(), what, begun]);
    command
}

/// Asks how long both records are, without reading them.
pub async fn sizes(attempt: &Attempt<'_>) -> Option<RecordState> {
    let captured =
        attempt.cluster.call(peek(attempt, Peek::Sizes), "kubectl exec", None, Duration::from_secs(20)).await.ok()?;
    let mut marks = Marks::new(&attempt.pod.nonce);
    marks.push(&captured.stdout);
    marks.marks.into_iter().find_map(|mark| if let Mark::Rest(rest) = mark { rest } else { None })
}

/// Fetches what there is from where we stopped. Where the connection failed, it gives kubectl's words back.
async fn fetch(attempt: &mut Attempt<'_>, wait: Duration, node: &mut Node) -> Result<Peeked, String> {
    attempt.out.reconnect();
    attempt.err.reconnect();
    let mut command = peek(attempt, Peek::Rest { wait });
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(&mut command).map_err(|error| error.to_string())?;
    let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
    let ((), captured) = listening(stderr, WORDS_MAX, read(attempt, stdout, node)).await;
    let mut marks = attempt.out.marks.iter().chain(&attempt.err.marks);
    let peeked = marks.find_map(|mark| match mark {
        Mark::Gate => Some(Peeked::Gate),
        Mark::Rest(Some(rest)) => Some(Peeked::Rest(*rest)),
        _ => None,
    });
    peeked.ok_or(captured)
}

/// Takes the rest of both records, to its end or until nothing more is to be hoped for.
async fn read(attempt: &mut Attempt<'_>, stdout: Option<impl AsyncRead + Unpin>, node: &mut Node) {
    let Some(mut stdout) = stdout else { return };
    let mut buffer = vec![0; CHUNK];
    loop {
        let patience = if node.is_lost() { LOST } else { failpoint::at_most(SILENCE) };
        let read = tokio::select! {
            read = timeout(patience, stdout.read(&mut buffer)) => read,
            () = node.until_lost() => return,
        };
        let Ok(Ok(n @ 1..)) = read else { return };
        let bytes = attempt.out.push(&buffer[..n]);
        attempt.pass(Stream::Stdout, bytes).await;
        if let Some(turned) = attempt.out.turned() {
            let bytes = attempt.err.push(&turned);
            attempt.pass(Stream::Stderr, bytes).await;
        }
    }
}

/// Puts a finish without the recorder's word into a code and a reason.
pub fn judge(attempt: &Attempt<'_>, state: &PodState) -> (i32, Reason) {
    let code = state.terminated().map_or(137, |terminated| terminated.exit_code);
    let reason = pod_reason::end_reason(state).unwrap_or_else(|| pod_reason::recorder_lost(&attempt.pod.name, code));
    (code, reason)
}
