//! Executors run one job's program. They know nothing of the database: they are given a [`Job`], hand both streams to an
//! [`Output`] while the program runs, and say how it [`Ended`].

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::state::run_file::{Progress, RunFile};

use crate::secret::{self, MASK};

pub mod artifacts;
pub mod container;
mod deadline;
pub mod kubernetes;
pub mod native;
mod permit;
pub mod process;
pub mod reason;
pub mod workdir;

pub use artifacts::{Artifact, Files, Uploaded, Wanted};
pub use permit::{Held, Permit, Question, Questions};
pub use reason::Reason;

/// The executors' names, as the suite writes them.
pub const NATIVE: &str = "Native";
pub const KUBERNETES: &str = "Kubernetes";
pub const DOCKER: &str = "Docker";
pub const PODMAN: &str = "Podman";

/// The executors there are.
pub enum Executor {
    Native(native::Native),
    Kubernetes(Box<kubernetes::Kubernetes>),
    Container(container::Container),
}

impl Executor {
    /// Runs the job to its end. Dropped before that, it leaves no helper process, no pod and no container behind.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        match self {
            Executor::Native(native) => native.run(job, output, cancel).await,
            Executor::Container(container) => container.run(job, output, cancel).await,
            Executor::Kubernetes(kubernetes) if job.earlier == Earlier::End => kubernetes.end(job, output).await,
            Executor::Kubernetes(kubernetes) => kubernetes.run(job, output, cancel).await,
        }
    }

    /// Removes what the run left, a pod or a container; to be called once the result is saved. Limited in time. Says what could
    /// not be removed, or is kept on purpose.
    pub async fn clean_up(&mut self, job: &Job, ended: &Ended) -> Vec<String> {
        match self {
            Executor::Native(_) => Vec::new(),
            Executor::Container(container) => container.clean_up().await,
            Executor::Kubernetes(kubernetes) => kubernetes.clean_up(job, ended).await,
        }
    }

    /// Has the job not come to its end, though the run has? Then there is no result to be saved, and nothing to be removed.
    pub fn is_unsettled(&self) -> bool {
        matches!(self, Executor::Kubernetes(kubernetes) if kubernetes.is_unsettled())
    }

    /// Was nothing of the job begun here, or made anywhere?
    pub fn has_made_nothing(&self, ended: &Ended) -> bool {
        let is_made = match self {
            Executor::Native(_) => false,
            Executor::Kubernetes(kubernetes) => kubernetes.is_made(),
            Executor::Container(container) => container.is_made(),
        };
        ended.ending == Ending::NotRun && !ended.started && !is_made
    }

    /// The job is somebody else's by now: what was made for it is left to them.
    pub fn abandon(&mut self) {
        if let Executor::Kubernetes(kubernetes) = self {
            kubernetes.abandon();
        }
    }
}

/// A command as one line that a shell would read back, secret values masked.
fn shell_line(command: &[String], environment: &[Variable]) -> String {
    let mut words = Vec::with_capacity(command.len());
    for word in command {
        let secrets = environment.iter().filter(|variable| variable.secret).map(|variable| variable.value.as_str());
        let word = secret::redact(word, secrets);
        let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+".contains(c) || MASK.contains(c);
        words.push(match word.is_empty() || !word.chars().all(plain) {
            true => format!("'{}'", word.replace('\'', "'\\''")),
            false => word.into_owned(),
        });
    }
    words.join(" ")
}

/// What an executor is told of a job.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: i64,
    /// Names the database in a pod's label, so that two databases' jobs of one number are never mixed up: 12 hex digits.
    pub database: String,
    /// The application's name; the default release name is made of it.
    pub application: String,
    /// The program and its arguments, macros already expanded, one element an argument.
    pub command: Vec<String>,
    /// The job's environment, in the order of its names.
    pub environment: Vec<Variable>,
    /// After so long the program is ended (TERM, then KILL).
    pub time_limit: Option<Duration>,
    pub files: Files,
    pub earlier: Earlier,
    /// An earlier job of the same runtemplate succeeded: what it needed is most probably still there.
    pub succeeded_before: bool,
    /// What tells the next runner how far this one came; a native program inherits it.
    pub run_file: Option<Rc<RunFile>>,
    /// The exit code of its program, where an earlier runner that died had noted that it ended.
    pub known_code: Option<i32>,
    pub traces: Traces,
    pub permit: Permit,
}

/// What an executor made for a job outside of this process, in words, for whoever has to leave in the middle.
#[derive(Clone, Debug, Default)]
pub struct Traces(Rc<RefCell<Option<String>>>);

impl Traces {
    pub fn note(&self, words: String) {
        self.0.replace(Some(words));
    }

    pub fn told(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

impl Job {
    /// To be called before anything of the program can run.
    pub fn note_start(&self) {
        if let Some(file) = &self.run_file
            && !file.is_saved()
            && file.note(&Progress::Started).is_err()
        {
            // Without a file nothing is known of the job, and it is not started again.
            file.remove();
        }
    }

    /// To be called before anything is made elsewhere that has to go when the job has ended.
    pub fn note_made(&self, words: &str) {
        if let Some(file) = &self.run_file {
            // Where it cannot be noted, only the death of this process would leave it behind.
            let _ = file.note_made(words);
        }
    }

    /// What was made is removed, or is to stay.
    pub fn forget_made(&self) {
        if let Some(file) = &self.run_file {
            let _ = file.forget_made();
        }
    }
}

/// What is to become of what an earlier runner left of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// There was none.
    Nothing,
    /// It died, or does not hold the job any more: what it left is finished before anything is started. Where it may have let
    /// the program go (`may_have_run`), and nothing of that is found, nothing is started.
    Finish { may_have_run: bool, last: LastPod },
    /// It died, and the job was cancelled: what came so far is brought home, what it left is removed, nothing is started.
    End,
}

/// The pod that an earlier runner asked for last, and may still be about to make or to let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastPod {
    /// It asked for none, or is dead and does nothing more.
    None,
    Named(String),
    /// There may be any.
    Unknown,
}

/// One variable of a job's environment.
#[derive(Clone)]
pub struct Variable {
    pub name: String,
    pub value: String,
    /// Never shown, never in an argv, never in a pod's spec.
    pub secret: bool,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.name, if self.secret { MASK } else { &self.value })
    }
}

/// Where a chunk of output belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
    /// The executor's own words: helm's output, warnings, "incomplete". One notice is one line without its end.
    Notice,
    /// Carries nothing. What came of both streams so far is void: all of it follows again, from the first byte. Sent when
    /// a dead runner's job is taken over, and when a broken connection lost bytes in the middle.
    Restart,
}

/// Takes a job's output while it runs. Cloning it is cheap. Writing waits when the reader is slower, so memory stays flat.
#[derive(Clone)]
pub struct Output(mpsc::Sender<(Stream, Vec<u8>)>);

impl Output {
    /// The two ends of a job's output. At most `chunks` chunks are in flight.
    pub fn channel(chunks: usize) -> (Output, mpsc::Receiver<(Stream, Vec<u8>)>) {
        let (sender, receiver) = mpsc::channel(chunks);
        (Output(sender), receiver)
    }

    /// Hands on bytes as they came. A reader that went away is no error here: whoever reads reports its own fault.
    pub async fn write(&self, stream: Stream, bytes: impl Into<Vec<u8>>) {
        let _ = self.0.send((stream, bytes.into())).await;
    }

    /// Voids what was written to both streams so far.
    pub async fn restart(&self) {
        self.write(Stream::Restart, Vec::new()).await;
    }

    /// Tells the user and the record something of the executor's own, as one line without its end; never part of the program's
    /// output. Waits as [`write`](Self::write) does.
    pub async fn notice(&self, words: impl Into<String>) {
        self.write(Stream::Notice, words.into()).await;
    }
}

/// So long a database may still take when the user wants us gone at once.
const HURRY: Duration = Duration::from_millis(500);

/// Tells an executor that the user wants the job ended: the number of the signal that said so (2 or 15).
#[derive(Clone, Default)]
pub struct Cancel {
    signal: watch::Sender<Option<i32>>,
    /// The user wants us gone at once; until when anything may take.
    hurry: watch::Sender<Option<Instant>>,
}

impl Cancel {
    /// From now on the job is to be ended, for all who wait for that or ask. It cannot be taken back; of several signals the
    /// last one counts.
    pub fn cancel(&self, signal: i32) {
        self.signal.send_replace(Some(signal));
    }

    /// Has the user wanted that? Says nothing of whether the job has ended.
    pub fn is_cancelled(&self) -> bool {
        self.signal.borrow().is_some()
    }

    /// The user wants us gone at once.
    pub fn hurry(&self) {
        self.hurry.send_replace(Some(Instant::now() + HURRY));
    }

    /// Waits until there is no time left to wait for a database; never ends where there is no hurry.
    pub async fn hurried(&self) {
        let mut receiver = self.hurry.subscribe();
        match receiver.wait_for(Option::is_some).await.map(|until| *until) {
            Ok(Some(until)) => sleep_until(until).await,
            _ => std::future::pending().await,
        }
    }

    /// Waits until the job is cancelled; never ends where that does not happen.
    pub async fn cancelled(&self) -> i32 {
        let mut receiver = self.signal.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(signal) => signal.unwrap_or(nix::libc::SIGTERM),
            Err(_) => std::future::pending().await,
        }
    }
}

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program ended by itself with this code (128 + N by signal N, as shells tell it).
    Exited(i32),
    TimeLimit,
    /// By this signal to us.
    Cancelled(i32),
    /// The program never started, or its result cannot be learned.
    NotRun,
}

impl Ending {
    /// What is saved as the job's exit code and what `job run` exits with.
    pub fn exit_code(&self) -> i32 {
        use crate::error::exit;
        match self {
            Ending::Exited(code) => *code,
            Ending::TimeLimit => exit::TIME_LIMIT.into(),
            Ending::Cancelled(signal) => i32::from(exit::SIGNAL_BASE) + signal,
            Ending::NotRun => exit::NOT_RUN.into(),
        }
    }
}

/// The result of a run.
#[derive(Debug)]
pub struct Ended {
    pub ending: Ending,
    pub reason: Option<Reason>,
    /// Did the program start at all? When not, the reason is told on stderr too.
    pub started: bool,
    /// The command line that ran the job, secrets masked.
    pub command: String,
    pub artifacts: Vec<Artifact>,
}

impl Ended {
    /// Nothing has run yet.
    fn not_run(command: String) -> Ended {
        Ended { ending: Ending::NotRun, reason: None, started: false, command, artifacts: Vec::new() }
    }
}
