//! Reading on: after the attach broke, or when a dead runner's job is taken over, the rest of each record is fetched from
//! the byte where we stopped.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::{Instant, sleep, timeout};

use super::marks::Marks;
use super::recorder::{self, Mark, ProgramEnd, RecordEnd, RecordState};
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::errors::{pod_reason, stderr};
use crate::executor::kubernetes::kubectl::node::Node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::process::{CHUNK, Group, listening, pipe};
use crate::executor::{Reason, Stream};
use crate::failpoint;

/// How long an unreachable cluster is asked again before the job is left to a later take-over.
pub const UNREACHABLE: Duration = Duration::from_secs(180);
/// A connection that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);
/// A connection that says nothing for so long is dead if the cluster does not hear of its node either.
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
    /// The recorder's word.
    Recorded(ProgramEnd),
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
    let mut reading = Reading::new(attempt);
    let mut look_first = !attempt.started();
    loop {
        if !std::mem::take(&mut look_first) {
            match reading.fetch(attempt).await {
                Round::Rest => continue,
                Round::Finish(finish) => return finish,
                Round::Nothing => {}
            }
        }
        if let Some(finish) = reading.look(attempt).await {
            return finish;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// What one try at the rest of the records brought.
enum Round {
    /// What there was, and there may be more.
    Rest,
    Finish(Finish),
    /// They cannot be read now: its pod tells why.
    Nothing,
}

/// Reading both records on: what is known meanwhile.
struct Reading {
    node: Node,
    blocked: Blocked,
    /// Since when the cluster does not answer.
    unreachable_since: Option<Instant>,
    /// The pod as it was seen last: one that is drained or makes room may be gone before the next look.
    last: Option<PodState>,
    /// What kubectl said when it failed last.
    message: String,
    /// How long the pod waits for news.
    wait: Duration,
    has_restarted: bool,
}

impl Reading {
    fn new(attempt: &Attempt<'_>) -> Reading {
        Reading {
            node: Node::new(attempt),
            blocked: Blocked::default(),
            unreachable_since: None,
            last: None,
            message: String::new(),
            wait: Duration::ZERO,
            has_restarted: false,
        }
    }

    /// Fetches what came to the records since the last time.
    async fn fetch(&mut self, attempt: &mut Attempt<'_>) -> Round {
        let (cluster, name) = (attempt.cluster.clone(), attempt.pod.name.clone());
        let is_seen = self.last.is_some();
        let seen = async { if is_seen { None } else { cluster.pod(&name).await.ok().flatten() } };
        let (fetched, seen) = tokio::join!(fetch(attempt, self.wait, &mut self.node), seen);
        self.last = seen.filter(|state| attempt.is_same(state)).or(self.last.take());
        let rest = match fetched {
            Ok(Peeked::Gate) => return Round::Finish(Finish::Gate),
            Ok(Peeked::Rest(rest)) => rest,
            Err(message) => {
                self.message = message;
                return Round::Nothing;
            }
        };
        self.unreachable_since = None;
        self.blocked = Blocked::default();
        self.node.answers(attempt).await;
        self.wait = WAIT;
        match rest.end {
            Some(end) if self.is_settled(attempt, &end).await => Round::Finish(Finish::Recorded(end.program)),
            _ => Round::Rest,
        }
    }

    /// The program has ended: is what came all that will? It is said what is wrong with it.
    async fn is_settled(&mut self, attempt: &mut Attempt<'_>, end: &RecordEnd) -> bool {
        if attempt.out.is(&end.stdout) && attempt.err.is(&end.stderr) {
            // Of a program that printed nothing no byte takes the place of what came before.
            attempt.drop_void().await;
            attempt.report_unproven(&end.stdout).await;
        } else if end.stdout.is_cut || end.stderr.is_cut {
            // It has no more than what came.
            attempt.report_cut().await;
        } else if std::mem::replace(&mut self.has_restarted, true) {
            report_mismatch(attempt, end).await;
        } else {
            attempt.restart();
            return false;
        }
        true
    }

    /// Asks for the pod whose records cannot be read. Says how the job ended where they will not be any more.
    async fn look(&mut self, attempt: &Attempt<'_>) -> Option<Finish> {
        match attempt.pod_state().await {
            Ok(None) => Some(pod_gone(attempt, &self.node, self.last.take())),
            Ok(Some(state)) if state.ended() => Some(container_ended(attempt, &self.node, state)),
            Ok(Some(state)) => {
                self.unreachable_since = None;
                if let Some(reason) = self.node.look(attempt, &state).await {
                    return Some(Finish::Unknown(reason));
                }
                if !self.node.is_lost() && attempt.started() {
                    self.blocked.tell(attempt, &self.message).await;
                }
                self.last = Some(state);
                None
            }
            Err(reason) => {
                let since = *self.unreachable_since.get_or_insert_with(Instant::now);
                let is_given_up = since.elapsed() > failpoint::at_most(UNREACHABLE)
                    || !matches!(reason, Reason::ClusterUnreachable(_)) && since.elapsed() > SILENCE;
                is_given_up.then_some(Finish::Unknown(reason))
            }
        }
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

/// Fetches what there is so far, once. Returns whether the program has ended.
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
    let mut group = Group::spawn(pipe(&mut command, Stdio::null())).map_err(|error| error.to_string())?;
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
        let silence = if node.is_lost() { LOST } else { failpoint::at_most(SILENCE) };
        let read = tokio::select! {
            read = timeout(silence, stdout.read(&mut buffer)) => read,
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
    let code = state.exit_code();
    let reason = pod_reason::end_reason(state).unwrap_or_else(|| pod_reason::recorder_lost(&attempt.pod.name, code));
    (code, reason)
}
