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
use crate::executor::kubernetes::pod::startup::{AttachTarget, StartWatch, watch_start};
use crate::executor::process::{CHUNK, Group, pipe};
use crate::executor::{Reason, Stream};
use crate::failpoint;

/// Silence after which the record is compared with what came.
const SILENCE: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(30);
/// What the record has more than came is believed to be lost after so much more silence.
const LAG: Duration = Duration::from_secs(3);

/// What a container still prints, and kubectl still hands on, once the API server does not know the pod any more, comes within so
/// long.
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

    async fn opened(&mut self) {
        if self.0.wait_for(|open| *open).await.is_err() {
            std::future::pending().await
        }
    }
}

impl Opener {
    /// Opens the gate: a program that waits at it may begin, and one that comes later too.
    pub fn open(&self) {
        self.0.send_replace(true);
    }
}

/// The kubectl that is attached, and its streams.
struct Attached {
    group: Group,
    stdin: ChildStdin,
    stdout: Pipe<ChildStdout>,
    stderr: Pipe<ChildStderr>,
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
        Ok(Attached { group, stdin, stdout: Pipe::new(stdout), stderr: Pipe::new(stderr) })
    }

    /// Attaches to the job's container alone: `kubectl run` waits until the pod is ready as a whole, and one in which another container
    /// has ended is so never.
    fn start_alone(attempt: &mut Attempt<'_>) -> Result<Attached, Reason> {
        let mut command = attempt.cluster.kubectl();
        let name = &attempt.pod.name;
        command.args(["attach", "--stdin", "--quiet", name, "-c", name]);
        Attached::start(attempt, command, "kubectl attach")
    }
}

/// Runs `kubectl run --attach` until the program ended. An error means that the program never started.
///
/// # Errors
/// kubectl cannot be started, the pod does not come up or may not be attached to, or the job may be another runner's by now.
pub async fn attach(attempt: &mut Attempt<'_>, command: Command, mut gate: Gate) -> Result<AttachResult, Reason> {
    let Attached { mut group, mut stdin, mut stdout, mut stderr } = Attached::start(attempt, command, "kubectl run")?;
    failpoint::at("asked");
    let mut exited = false;
    let mut held_until = Instant::now();
    let (cluster, name, image) = (attempt.cluster.clone(), attempt.pod.name.clone(), attempt.settings.image.clone());
    let output = attempt.output.clone();
    let limit = attempt.settings.start_limit;
    let watch = watch_start(&cluster, &name, &image, limit, &output, AttachTarget::Pod);
    tokio::pin!(watch);
    let mut silence = Silence::new();
    let mut let_go = false;
    // A node that died closes no connection. A program that prints is on one that lives.
    let (mut node, mut silent) = (Node::new(attempt), false);
    loop {
        tokio::select! {
            biased;
            () = gate.opened(), if !let_go => {
                let_program_go(attempt, &mut stdin).await?;
                let_go = true;
                continue;
            }
            // stderr first: kubectl's warning that it falls back to the log is to be seen before the log is.
            read = stderr.read(), if stderr.is_open => {
                let bytes = attempt.err.push(read);
                attempt.pass(Stream::Stderr, bytes).await;
                held_until = Instant::now() + ENDING;
            }
            read = stdout.read(), if stdout.is_open => {
                let bytes = attempt.out.push(read);
                attempt.pass(Stream::Stdout, bytes).await;
            }
            _ = group.wait(), if !exited => {
                exited = true;
                silence.next = Instant::now() + LEFT_IN_PIPES;
            }
            () = sleep_until(held_until), if attempt.err.holds_words() && !exited => {
                let bytes = attempt.err.flush();
                attempt.pass(Stream::Stderr, bytes).await;
                continue;
            }
            verdict = &mut watch, if !attempt.started() => {
                if let StartWatch::Hopeless(reason) = verdict {
                    return Err(reason);
                }
                // The first one goes, and with it the word that it was to deliver.
                Attached { group, stdin, stdout, stderr } = Attached::start_alone(attempt)?;
                (exited, let_go) = (false, false);
                watch.set(watch_start(&cluster, &name, &image, limit, &output, AttachTarget::Container));
            }
            () = node.until_lost(), if silent => return Ok(AttachResult::Broken),
            () = sleep_until(silence.next) => {
                if exited {
                    return Ok(AttachResult::Broken);
                }
                silent |= attempt.started();
                if silence.has_lost(attempt, &mut node).await {
                    return Ok(AttachResult::Broken);
                }
                continue;
            }
        }
        if let Some(over) = attach_result(attempt, !stdout.is_open && !stderr.is_open && exited) {
            return over;
        }
        if !exited {
            silence = Silence::new();
        }
    }
}

async fn let_program_go(attempt: &Attempt<'_>, stdin: &mut ChildStdin) -> Result<(), Reason> {
    // We may have been stopped since the pod was asked for.
    attempt.job.permit.to_begin().await?;
    attempt.job.note_start();
    // kubectl delivers it when the attach stands. The pipe stays open, the container's stdin with it.
    let _ = stdin.write_all(b"go\n").await;
    failpoint::at("let-go");
    Ok(())
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

/// Tells by what came whether the attached run is over; `ended` says that nothing more can come.
fn attach_result(attempt: &mut Attempt<'_>, ended: bool) -> Option<Result<AttachResult, Reason>> {
    if let Some(given_up) = given_up(attempt) {
        return Some(given_up);
    }
    if let (Some(end), Some(_)) = (attempt.out.end, attempt.err.end) {
        return Some(Ok(AttachResult::Over(end)));
    }
    if let Some(mark @ (Mark::Unusable(_) | Mark::Absent | Mark::Denied)) = attempt.out.marks.pop() {
        return Some(Ok(AttachResult::Special(mark)));
    }
    (attempt.out.broken || attempt.err.broken || ended).then_some(Ok(AttachResult::Broken))
}

/// A connection that says nothing. It may be the program that is silent, or something may have been lost.
struct Silence {
    /// When it is looked at.
    next: Instant,
    wait: Duration,
    /// At the last look the record held more than came.
    behind: bool,
    /// At the last look there was no pod.
    gone: bool,
}

impl Silence {
    fn new() -> Silence {
        Silence { next: Instant::now() + SILENCE, wait: SILENCE, behind: false, gone: false }
    }

    /// Compares the record with what came. Says yes where more than that was lost for a while, with its node, or with the pod:
    /// of one that was deleted by force kubectl never hears again.
    async fn has_lost(&mut self, attempt: &Attempt<'_>, node: &mut Node) -> bool {
        if attempt.started() {
            let sizes = tokio::select! {
                sizes = resume::sizes(attempt) => sizes,
                () = node.until_lost() => return true,
            };
            let gone = sizes.is_none() && matches!(attempt.cluster.pod(&attempt.pod.name).await, Ok(None));
            let ahead = sizes.is_some_and(|rest| record_is_ahead(attempt, &rest));
            if ahead && self.behind || gone && self.gone {
                return true;
            }
            (self.behind, self.gone) = (ahead, gone);
            self.wait = (self.wait * 2).min(SILENCE_MAX);
        }
        let wait = if self.gone { GONE } else { self.wait };
        self.next = Instant::now() + if self.behind { LAG } else { wait };
        false
    }
}

/// kubectl says that it will never attach, and goes on without: it reads the log of a program that waits for its start, or
/// asks again and again to watch a pod that we may not watch.
fn given_up(attempt: &Attempt<'_>) -> Option<Result<AttachResult, Reason>> {
    if attempt.started() {
        return None;
    }
    let message = attempt.err.messages();
    let attach = message.contains("couldn't attach to pod/");
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
