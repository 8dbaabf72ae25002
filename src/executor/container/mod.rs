//! Runs a job as one container, by way of `podman` or `docker`: both take the same commands.
//!
//! The container is created, given the job's uploaded files, started with both streams attached, asked how it ended, asked
//! for its artifacts, and removed. Creating comes apart from starting so that the words of a pull are not the program's.
//! Variables go over stdin, since an argv is for everybody to read.

mod artifact;
mod create;
mod fault;
pub mod leftover;
mod refusal;
mod tar;
mod variables;

use std::process::Stdio;
use std::time::Duration;

use nix::errno::Errno;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use self::fault::Fault;
use super::deadline::{Deadline, Stop, TERM_GRACE};
use super::process::{self, CHUNK, Captured, Group, capture};
use super::reason::{NotStarted, OutOfMemory};
use super::{Cancel, Ended, Ending, ExecutorName, Job, Output, Reason, Step, Stream, exec_format};

/// An engine that does not answer for so long is dead.
const SHORT: Duration = Duration::from_secs(60);
/// A program that is to be ended is not let run for longer by the question whether it has ended by itself.
const LOOK: Duration = Duration::from_secs(1);
/// What is kept of an engine's words.
const WORDS: usize = 16 * 1024;
/// The two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Docker,
    Podman,
}

impl Engine {
    /// The engine of an executor, where that is one.
    pub fn for_executor(executor: &ExecutorName) -> Option<Engine> {
        match executor {
            ExecutorName::Docker => Some(Engine::Docker),
            ExecutorName::Podman => Some(Engine::Podman),
            ExecutorName::Native | ExecutorName::Kubernetes | ExecutorName::Foreign(_) => None,
        }
    }

    /// The command that it is used by.
    pub fn program(self) -> &'static str {
        match self {
            Engine::Docker => "docker",
            Engine::Podman => "podman",
        }
    }
}

/// The executors `Docker` and `Podman` for one job.
pub struct Container {
    engine: Engine,
    image: String,
    /// The container we answer for.
    name: Option<String>,
}

/// What an engine says of a container.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct InspectedState {
    #[serde(default)]
    status: String,
    #[serde(default)]
    running: bool,
    #[serde(default)]
    exit_code: i32,
    #[serde(default, rename = "OOMKilled")]
    oom_killed: bool,
    #[serde(default)]
    error: String,
}

impl Container {
    /// A container of this image, without the space around its name; nothing is made yet.
    pub fn new(engine: Engine, image: &str) -> Container {
        Container { engine, image: image.trim().to_owned(), name: None }
    }

    /// Makes the container, runs the job's program in it for as long as it may, and collects its artifacts.
    ///
    /// The container stays until [`clean_up`](Container::clean_up). Where the program was not started, `reason` says why.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        let mut ended = Ended::not_run(job);
        // Only an image that is not here is pulled, and the engine does not say so before it is done.
        output.step(Step::Pulling { image: self.image.clone() });
        let name = match self.create(job, cancel, &mut ended).await {
            Ok(Some(name)) => name,
            Ok(None) => return ended,
            Err(reason) => {
                ended.reason = Some(reason);
                return ended;
            }
        };
        if let Err(reason) = self.start(&name, job, output, cancel, &mut ended).await {
            ended.reason = Some(reason);
        }
        if ended.started {
            output.step(Step::Collecting);
            self.collect(&name, job, output, cancel, &mut ended).await;
        }
        ended
    }

    /// Fetches the artifacts. Of a program that came to its own end before the job is cancelled nobody waits for them.
    async fn collect(&self, name: &str, job: &Job, output: &Output, cancel: &Cancel, ended: &mut Ended) {
        let was_cancelled = cancel.is_cancelled();
        let cancelled = tokio::select! {
            () = artifact::collect(self, name, &job.files, output, ended) => None,
            signal = cancel.cancelled(), if !was_cancelled => Some(signal),
        };
        let Some(signal) = cancelled else { return };
        for notice in ended.forgo_artifacts(signal) {
            output.notice(notice).await;
        }
    }

    /// May there be a container of the job?
    pub fn is_made(&self) -> bool {
        self.name.is_some()
    }

    /// Removes the container. Returns what the user should know.
    pub async fn clean_up(&mut self, job: &Job) -> Vec<String> {
        let Some(name) = self.name.take() else { return Vec::new() };
        let captured = self.query(&["rm", "-f", &name]).await;
        match captured
            .map_err(|reason| reason.to_string())
            .and_then(|captured| if captured.ok() { Ok(()) } else { Err(message_of(&captured)) })
        {
            Ok(()) => Vec::new(),
            Err(why) => {
                if let Some(file) = &job.run_file {
                    file.keep();
                }
                let program = self.engine.program();
                vec![format!(
                    "the container {name} could not be removed: {why}; the next `queue run` or `queue fix` tries again, or remove it \
                     with `{program} rm -f {name}`"
                )]
            }
        }
    }

    fn command(&self) -> Command {
        process::command(self.engine.program())
    }

    async fn query(&self, arguments: &[&str]) -> Result<Captured, Reason> {
        let mut command = self.command();
        command.args(arguments);
        self.call(command, None, SHORT).await
    }

    async fn call(&self, command: Command, input: Option<Vec<u8>>, limit: Duration) -> Result<Captured, Reason> {
        self.call_keeping(WORDS, command, input, limit).await
    }

    /// As `call`, keeping so many bytes of what the engine says.
    async fn call_keeping(
        &self,
        keep: usize,
        command: Command,
        input: Option<Vec<u8>>,
        limit: Duration,
    ) -> Result<Captured, Reason> {
        capture(command, input, limit, keep).await.map_err(|error| self.missing(&error))
    }

    fn missing(&self, error: &std::io::Error) -> Reason {
        if error.raw_os_error() == Some(Errno::E2BIG as i32) {
            let advice = "what goes to it by its own environment, variables of more than one line or 60,000 bytes, is more than the \
                          system takes: hand them over in files";
            let program = self.engine.program().to_owned();
            return Reason::TooLarge(NotStarted::Here { program, cause: error.to_string(), advice: advice.to_owned() });
        }
        Reason::EngineMissing { engine: self.engine.program(), cause: error.to_string() }
    }

    /// Lets the program run and follows it to its end.
    async fn start(
        &self,
        name: &str,
        job: &Job,
        output: &Output,
        cancel: &Cancel,
        ended: &mut Ended,
    ) -> Result<(), Reason> {
        job.permit.to_begin().await?;
        job.note_start();
        output.step(Step::Running);
        let mut stop = None;
        let mut stopping = None;
        let mut stderr_head = Vec::new();
        let state = {
            let follow = self.follow(name, output, &mut stderr_head);
            tokio::pin!(follow);
            let mut deadline = Deadline::after(job.time_limit);
            loop {
                let why = tokio::select! {
                    biased;
                    state = &mut follow => break state,
                    signal = cancel.cancelled(), if stop.is_none() => Stop::Cancelled(signal),
                    () = deadline.passed() => match stop {
                        None => Stop::TimeLimit,
                        Some(_) => break self.state(name).await,
                    },
                };
                if stop.is_none() && self.has_ended(name).await {
                    // What it printed is still to come.
                    break match timeout(SHORT, &mut follow).await {
                        Ok(state) => state,
                        Err(_) => self.state(name).await,
                    };
                }
                stop = Some(why);
                deadline = Deadline::after(Some(TERM_GRACE + SHORT));
                let mut command = self.command();
                command.args(["stop", "-t", &TERM_GRACE.as_secs().to_string(), name]);
                command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                // An engine that cannot be started any more is noticed by the deadline.
                stopping = Group::spawn(&mut command).ok();
            }
        };
        if let Some(mut stopping) = stopping {
            let _ = timeout(SHORT, stopping.wait()).await;
        }
        let state = state.map_err(|reason| {
            ended.started = true;
            match reason {
                Reason::ResultUnknown(_) => reason,
                reason => Reason::ResultUnknown(format!("how the program ended cannot be learned: {reason}")),
            }
        })?;
        if state.never_started() || exec_format::is_told(state.exit_code, &String::from_utf8_lossy(&stderr_head)) {
            // What came on stderr are the engine's words.
            output.restart().await;
            if let Some(Stop::Cancelled(signal)) = stop {
                ended.ending = Ending::Cancelled(signal);
                return Ok(());
            }
            return Err(self.not_started(job, &state, &stderr_head));
        }
        ended.started = true;
        (ended.ending, ended.reason) = match stop {
            Some(Stop::Cancelled(signal)) => (Ending::Cancelled(signal), None),
            Some(Stop::TimeLimit) => (Ending::TimeLimit, Some(Reason::TimeLimit(job.time_limit))),
            None => (
                Ending::Exited(state.exit_code),
                state.oom_killed.then_some(Reason::OOMKilled(OutOfMemory::Container { code: state.exit_code })),
            ),
        };
        Ok(())
    }

    /// Starts the container and hands its streams on until it ended. `stderr_head` is the beginning of its stderr.
    async fn follow(&self, name: &str, output: &Output, stderr_head: &mut Vec<u8>) -> Result<InspectedState, Reason> {
        self.stream(&["start", "--attach", name], output, stderr_head).await?;
        let mut state = self.state(name).await?;
        for _ in 0..10 {
            if !state.running {
                return Ok(state);
            }
            sleep(Duration::from_millis(100)).await;
            state = self.state(name).await?;
        }
        output.notice("the connection to the container broke; its output follows again from the engine's log").await;
        output.restart().await;
        stderr_head.clear();
        self.stream(&["logs", "--follow", name], output, stderr_head).await?;
        self.state(name).await
    }

    /// Has its program ended by itself, as it may have while we were stopped or the machine asleep?
    ///
    /// An engine that does not say so in a moment is not waited for.
    async fn has_ended(&self, name: &str) -> bool {
        let state = timeout(LOOK, self.state(name)).await;
        matches!(state, Ok(Ok(state)) if !state.running && !state.never_started())
    }

    async fn stream(&self, arguments: &[&str], output: &Output, stderr_head: &mut Vec<u8>) -> Result<(), Reason> {
        let mut command = self.command();
        command.args(arguments);
        let mut group =
            Group::spawn(process::pipe(&mut command, Stdio::null())).map_err(|error| self.missing(&error))?;
        let (stdout, stderr) = (group.child.stdout.take(), group.child.stderr.take());
        tokio::join!(
            pass(stdout, Stream::Stdout, output, None),
            pass(stderr, Stream::Stderr, output, Some(stderr_head))
        );
        let _ = group.wait().await;
        Ok(())
    }

    async fn state(&self, name: &str) -> Result<InspectedState, Reason> {
        let captured = self.query(&["inspect", "--type=container", "--format={{json .State}}", name]).await?;
        serde_json::from_slice(&captured.stdout).map_err(|_| {
            let why = message_of(&captured);
            let message = format!(
                "how the program ended cannot be learned: {} does not tell of the container {name}: {why}",
                self.engine.program()
            );
            Reason::ResultUnknown(message)
        })
    }

    /// Why the program never ran.
    fn not_started(&self, job: &Job, state: &InspectedState, stderr_head: &[u8]) -> Reason {
        let program = job.command.first().map_or("", String::as_str);
        let captured = String::from_utf8_lossy(stderr_head);
        let why = if state.error.trim().is_empty() { tidy(&captured) } else { tidy(&state.error) };
        let (reason, advice): (fn(NotStarted) -> Reason, _) = match Fault::classify(&why) {
            Some(Fault::NotFound) => (Reason::ProgramNotFound, "correct the application's executable or its ociimage"),
            Some(Fault::NotExecutable) => (Reason::ProgramNotExecutable, "make it executable in the image"),
            Some(Fault::Foreign) => (
                Reason::ExecFormatError,
                "it is not for this machine's processor, or is no program: name an image that is built for it; a script has to begin \
                 with a line #!INTERPRETER",
            ),
            Some(Fault::TooLarge) => (
                Reason::TooLarge,
                "its arguments and variables are more than the system takes: hand them over in files",
            ),
            None => (Reason::StartError, "the engine's words say why"),
        };
        reason(NotStarted::InImage { program: program.to_owned(), image: self.image.clone(), message: why, advice })
    }
}

impl InspectedState {
    fn never_started(&self) -> bool {
        matches!(self.status.as_str(), "created" | "configured" | "initialized")
    }
}

impl Drop for Container {
    /// A run that was dropped in the middle leaves no container behind.
    fn drop(&mut self) {
        if let Some(name) = self.name.take() {
            let mut command = self.command();
            command.args(["rm", "-f", &name]);
            command.as_std_mut().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            // Nobody is left to wait for it or to be told.
            process::detach(command.as_std_mut());
        }
    }
}

/// Hands a stream on as it comes, and keeps its beginning.
async fn pass(reader: Option<impl AsyncRead + Unpin>, stream: Stream, output: &Output, mut head: Option<&mut Vec<u8>>) {
    let Some(mut reader) = reader else { return };
    let mut buffer = vec![0; CHUNK];
    while let Ok(n @ 1..) = reader.read(&mut buffer).await {
        if let Some(head) = &mut head {
            let room = WORDS.saturating_sub(head.len());
            head.extend_from_slice(&buffer[..n.min(room)]);
        }
        output.write(stream, &buffer[..n]).await;
    }
}

/// An engine's last words: what it tried before is of no use to anybody.
fn tidy(message: &str) -> String {
    let lines: Vec<&str> = message.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let last = lines.iter().rfind(|line| line.starts_with("Error")).or(lines.last());
    last.map_or("it says nothing".into(), |line| line.trim_start_matches("Error:").trim().to_owned())
}

fn message_of(captured: &Captured) -> String {
    if captured.timed_out { "it does not answer".into() } else { tidy(&captured.stderr_text()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_words() {
        assert_eq!(tidy("Trying to pull x...\nError: no such image\n"), "no such image");
        assert_eq!(tidy("a\n\nb\n"), "b");
    }
}
