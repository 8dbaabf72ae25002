//! The attached run: makes the pod, lets the program go once the attach stands, and hands both streams on until both end
//! marks were seen. Meanwhile it watches a connection that fell silent.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::recorder::{End, Mark, RecordState};
use super::resume;
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::errors::stderr;
use crate::executor::kubernetes::kubectl::node::Node;
use crate::executor::kubernetes::pod::startup::{AttachTarget, StartWatch, Startup, watch_start};
use crate::executor::process::{CHUNK, Group, pipe};
use crate::executor::{Reason, Stream};
use crate::failpoint;

/// Silence after which the record is compared with what came.
const SILENCE: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What the record has more than came is believed to be lost after so much more silence.
const LAG: Duration = Duration::from_secs(3);

/// How long output may still come once the API server does not know the pod any more.
///
/// A container may still print, and kubectl still hands that on.
const GONE: Duration = Duration::from_secs(10);

/// What a kubectl that ended left in its pipes is there at once.
const LEFT_IN_PIPES: Duration = Duration::from_secs(1);
/// A kubectl that has told why it ends has ended within so long, also on a busy machine.
const ENDING: Duration = Duration::from_secs(1);

/// How the attached run went.
#[derive(Debug)]
pub enum AttachResult {
    /// Both end marks were seen; stdout's.
    Over(End),
    /// kubectl ended, or is no longer believed: the record has to be read on.
    Broken,
    /// The image lacks what the recorder needs, or the program.
    Special(Mark),
}

/// The start gate: until it is open no program is let go.
pub struct Gate(watch::Receiver<bool>);

/// Opens its gate.
pub struct Opener(watch::Sender<bool>);

impl Gate {
    /// A gate at which no program has to wait.
    pub fn open() -> Gate {
        Gate(watch::channel(true).1)
    }

    /// A gate that is closed, and what opens it; once that is dropped, it stays closed for ever.
    pub fn closed() -> (Gate, Opener) {
        let (sender, receiver) = watch::channel(false);
        (Gate(receiver), Opener(sender))
    }

    /// Waits until it is open, or will never be. Says which.
    async fn opened(&mut self) -> bool {
        self.0.wait_for(|open| *open).await.is_ok()
    }
}

impl Opener {
    /// Opens the gate: a program that waits at it may begin, and one that comes later too.
    pub fn open(&self) {
        self.0.send_replace(true);
    }
}

/// The kubectl that is attached, its streams, and how far it has come.
struct Attached {
    group: Group,
    /// Open until it is known that the gate stays closed: kubectl asks there for a password, where it has no credentials.
    stdin: Option<ChildStdin>,
    stdout: Pipe<ChildStdout>,
    stderr: Pipe<ChildStderr>,
    has_ended: bool,
    /// The program was let go by it.
    has_let_go: bool,
    /// What may be its own last words is held back for so long: it ends behind them.
    held_until: Instant,
}

/// What comes of a kubectl that is attached.
enum Came<'a> {
    Stdout(&'a [u8]),
    Stderr(&'a [u8]),
    /// It ended; its pipes may still hold something.
    End,
    /// It did not end: what was held back are no last words.
    NoLastWords,
}

impl Attached {
    fn start(attempt: &mut Attempt<'_>, mut command: Command, what: &str) -> Result<Attached, Reason> {
        let mut group = Group::spawn(pipe(&mut command, Stdio::piped()))
            .map_err(|error| attempt.cluster.not_started("kubectl", what, &error))?;
        let (stdin, stdout, stderr) = (group.child.stdin.take(), group.child.stdout.take(), group.child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = (stdin, stdout, stderr) else {
            return Err(Reason::Internal("kubectl's streams are not there"));
        };
        attempt.err.comes_from(group.leader());
        let (stdout, stderr, held_until) = (Pipe::new(stdout), Pipe::new(stderr), Instant::now() + ENDING);
        Ok(Attached { group, stdin: Some(stdin), stdout, stderr, has_ended: false, has_let_go: false, held_until })
    }

    /// Attaches to the job's container alone.
    ///
    /// `kubectl run` waits until the pod is ready as a whole, and one in which another container has ended never is, nor one whose
    /// readiness waits for the program.
    fn start_alone(attempt: &mut Attempt<'_>) -> Result<Attached, Reason> {
        let mut command = attempt.cluster.kubectl();
        let name = &attempt.pod.name;
        command.args(["attach", "--stdin", "--quiet", name, "-c", name]);
        Attached::start(attempt, command, "kubectl attach")
    }

    async fn let_program_go(&mut self, attempt: &Attempt<'_>) -> Result<(), Reason> {
        // We may have been stopped since the pod was asked for.
        attempt.job.permit.to_begin().await?;
        attempt.job.note_start();
        // kubectl delivers it when the attach stands. The pipe stays open, the container's stdin with it.
        if let Some(stdin) = &mut self.stdin {
            let _ = stdin.write_all(b"go\n").await;
        }
        failpoint::at("let-go");
        self.has_let_go = true;
        Ok(())
    }

    /// What comes next, for ever pending once all has come. It may be dropped and called again.
    async fn next(&mut self, holds_words: bool) -> Came<'_> {
        tokio::select! {
            biased;
            // stderr first: kubectl's warning that it falls back to the log is to be seen before the log is.
            read = self.stderr.read(), if self.stderr.is_open => Came::Stderr(read),
            read = self.stdout.read(), if self.stdout.is_open => Came::Stdout(read),
            _ = self.group.wait(), if !self.has_ended => {
                self.has_ended = true;
                Came::End
            }
            () = sleep_until(self.held_until), if holds_words && !self.has_ended => Came::NoLastWords,
            else => std::future::pending().await,
        }
    }

    /// Can nothing more come of it?
    fn is_over(&self) -> bool {
        !self.stdout.is_open && !self.stderr.is_open && self.has_ended
    }
}

/// Runs `kubectl run --attach` until the program ended. An error means that the program never started.
///
/// # Errors
/// kubectl cannot be started, the pod does not come up or may not be attached to, or the job may be another runner's by now.
pub async fn attach(attempt: &mut Attempt<'_>, command: Command, mut gate: Gate) -> Result<AttachResult, Reason> {
    let mut attached = Attached::start(attempt, command, "kubectl run")?;
    failpoint::at("asked");
    let (cluster, name, output) = (attempt.cluster.clone(), attempt.pod.name.clone(), attempt.output.clone());
    let settings = attempt.settings;
    let seen = attempt.seen_cell();
    let watch = |target| {
        let startup = Startup { cluster: &cluster, name: &name, image: &settings.image, output: &output, seen: &seen };
        watch_start(startup, settings.start_limit, target)
    };
    let start = watch(AttachTarget::Pod);
    tokio::pin!(start);
    let mut connection = Connection::new(attempt);
    loop {
        let next_look = connection.next_look;
        tokio::select! {
            biased;
            is_open = gate.opened(), if attached.stdin.is_some() && !attached.has_let_go => {
                if is_open {
                    attached.let_program_go(attempt).await?;
                } else {
                    attached.stdin = None;
                }
                continue;
            }
            came = attached.next(attempt.err.holds_words()) => match came {
                Came::Stderr(bytes) => {
                    let bytes = attempt.err.push(bytes);
                    attempt.pass(Stream::Stderr, bytes).await;
                    attached.held_until = Instant::now() + ENDING;
                }
                Came::Stdout(bytes) => {
                    let bytes = attempt.out.push(bytes);
                    attempt.pass(Stream::Stdout, bytes).await;
                }
                Came::End => connection.next_look = Instant::now() + LEFT_IN_PIPES,
                Came::NoLastWords => {
                    let bytes = attempt.err.flush();
                    attempt.pass(Stream::Stderr, bytes).await;
                    continue;
                }
            },
            verdict = &mut start, if !attempt.started() => match verdict {
                // Word of the start may be on its way, and the recorder knows.
                _ if attached.has_let_go && resume::sizes(attempt).await.is_some() => return Ok(AttachResult::Broken),
                StartWatch::Hopeless(reason) => return Err(reason),
                StartWatch::NeverReady => {
                    // The first one goes, and with it the word that it was to deliver.
                    attached = Attached::start_alone(attempt)?;
                    start.set(watch(AttachTarget::Container));
                }
            },
            () = connection.until_node_lost() => return Ok(AttachResult::Broken),
            () = sleep_until(next_look) => {
                if attached.has_ended || connection.is_lost(attempt).await {
                    return Ok(AttachResult::Broken);
                }
                continue;
            }
        }
        if let Some(result) = attach_result(attempt, attached.is_over()) {
            return result;
        }
        if !attached.has_ended {
            connection.reset_silence();
        }
    }
}

/// One of kubectl's streams.
struct Pipe<R> {
    stream: R,
    buffer: Vec<u8>,
    is_open: bool,
}

impl<R: AsyncRead + Unpin> Pipe<R> {
    fn new(stream: R) -> Pipe<R> {
        Pipe { stream, buffer: vec![0; CHUNK], is_open: true }
    }

    /// What comes next; nothing once it is closed. It may be dropped and called again.
    async fn read(&mut self) -> &[u8] {
        let n = self.stream.read(&mut self.buffer).await.unwrap_or(0);
        self.is_open = n > 0;
        &self.buffer[..n]
    }
}

/// Returns whether the attached run is over, by what came; `is_over` says that nothing more can come.
fn attach_result(attempt: &mut Attempt<'_>, is_over: bool) -> Option<Result<AttachResult, Reason>> {
    if let Some(given_up) = given_up(attempt) {
        return Some(given_up);
    }
    if let (Some(end), Some(_)) = (attempt.out.end, attempt.err.end) {
        return Some(Ok(AttachResult::Over(end)));
    }
    if let Some(mark @ (Mark::Unusable(_) | Mark::Absent | Mark::Denied)) = attempt.out.marks.pop() {
        return Some(Ok(AttachResult::Special(mark)));
    }
    (attempt.out.broken || attempt.err.broken || is_over).then_some(Ok(AttachResult::Broken))
}

/// What kubectl says where it has made a pod, or found it, and cannot attach to it.
pub const ATTACH_FAILED: &str = "couldn't attach to pod/";

/// The connection to the program's streams.
///
/// Where it says nothing, it may be the program that is silent, or something may have been lost.
struct Connection {
    /// A node that died closes no connection.
    node: Node,
    /// A program that printed all the time was on a node that lives.
    was_silent: bool,
    /// When a silent one is looked at.
    next_look: Instant,
    wait: Duration,
    /// At the last look the record held more than came.
    behind: bool,
    /// At the last look there was no pod.
    gone: bool,
}

impl Connection {
    fn new(attempt: &Attempt<'_>) -> Connection {
        Connection {
            node: Node::new(attempt),
            was_silent: false,
            next_look: Instant::now() + SILENCE,
            wait: SILENCE,
            behind: false,
            gone: false,
        }
    }

    /// Something came: its silence counts anew.
    fn reset_silence(&mut self) {
        (self.next_look, self.wait) = (Instant::now() + SILENCE, SILENCE);
        (self.behind, self.gone) = (false, false);
    }

    /// Waits until the cluster says that it lost the node. It may be dropped and called again.
    async fn until_node_lost(&mut self) {
        if self.was_silent { self.node.until_lost().await } else { std::future::pending().await }
    }

    /// Compares the record with what came.
    ///
    /// Says yes where more than that was lost for a while, with its node, or with the pod: of one that was deleted by force
    /// kubectl never hears again.
    async fn is_lost(&mut self, attempt: &Attempt<'_>) -> bool {
        if attempt.started() {
            self.was_silent = true;
            let sizes = tokio::select! {
                sizes = resume::sizes(attempt) => sizes,
                () = self.node.until_lost() => return true,
            };
            let gone = sizes.is_none() && matches!(attempt.pod_state().await, Ok(None));
            let ahead = sizes.is_some_and(|rest| record_is_ahead(attempt, &rest));
            if ahead && self.behind || gone && self.gone {
                return true;
            }
            (self.behind, self.gone) = (ahead, gone);
            self.wait = (self.wait * 2).min(SILENCE_MAX);
        }
        let wait = if self.gone { GONE } else { self.wait };
        self.next_look = Instant::now() + if self.behind { LAG } else { wait };
        false
    }
}

/// kubectl says that it will never attach, and goes on without.
///
/// It reads the log of a program that waits for its start, or asks again and again to watch a pod that we may not watch.
fn given_up(attempt: &Attempt<'_>) -> Option<Result<AttachResult, Reason>> {
    if attempt.started() {
        return None;
    }
    let message = attempt.err.messages();
    let attach = message.contains(ATTACH_FAILED);
    if message.contains("is forbidden") && (attach || message.contains("Failed to watch")) {
        let what = format!("the job's pod cannot be attached to in namespace {}", attempt.cluster.namespace);
        return Some(Err(stderr::kubectl_reason(&attempt.cluster, &what, &message)));
    }
    attach.then_some(Ok(AttachResult::Broken))
}

/// Does the record hold more than came?
fn record_is_ahead(attempt: &Attempt<'_>, rest: &RecordState) -> bool {
    rest.end.is_some() || rest.stdout > attempt.out.delivered() || rest.stderr > attempt.err.delivered()
}
