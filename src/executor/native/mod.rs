//! Runs a job's program on this machine.

pub mod orphans;

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::Signal;

use super::artifacts::Collector;
use super::deadline::{Deadline, Stop, TERM_GRACE};
use super::process::{self, Group, Pump, drain};
use super::reason::NotStarted;
use super::{Cancel, Ended, Ending, Job, Output, Reason, Step, Stream, size};
use crate::error::exit;
use crate::failpoint;
use orphans::Orphans;

/// The executor `Native`. It keeps nothing between runs.
#[derive(Default)]
pub struct Native;

impl Native {
    /// Runs the job's program in its directory for as long as it may, and collects its artifacts.
    ///
    /// Where it could not be started, `reason` says why, and `started` is not set.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        let mut ended = Ended::not_run(job);
        let Some(work) = &job.files.work else {
            ended.reason = Some(Reason::NoDirectory);
            return ended;
        };
        let artifacts = Collector::new(&job.files);
        let mut left = Orphans::new();
        let spawned = match job.permit.to_begin().await {
            Ok(()) => spawn(job, work),
            Err(reason) => Err(reason),
        };
        let mut group = match spawned {
            Ok(group) => group,
            Err(reason) => {
                ended.reason = Some(reason);
                return ended;
            }
        };
        ended.started = true;
        output.step(Step::Running);
        (ended.ending, ended.reason) = follow(&mut group, &mut left, job.time_limit, output, cancel).await;
        output.step(Step::Collecting);
        ended.artifacts = artifacts.collect(output).await;
        ended
    }
}

fn spawn(job: &Job, work: &Path) -> Result<Group, Reason> {
    let Some((program, arguments)) = job.command.split_first() else {
        return Err(Reason::NoCommand(job.application.clone()));
    };
    // A path is meant from where we are, not from the job's own directory.
    let path = if program.contains('/') { std::path::absolute(program).ok() } else { None };
    let mut command = process::command(path.as_deref().unwrap_or(Path::new(program)));
    command.args(arguments).current_dir(work);
    for variable in &job.environment {
        command.env(&variable.name, &variable.value);
    }
    // The result may lie deeper in the job's directory.
    let result = job.files.result.as_deref().map(Path::new).filter(|path| path.starts_with(work));
    if let Some(folder) = result.and_then(Path::parent) {
        // Where that fails the program says so when it writes.
        let _ = std::fs::create_dir_all(folder);
    }
    job.note_start();
    let spawned = job.lends_run_file(|| Group::spawn(process::pipe(&mut command, Stdio::null())));
    failpoint::at("spawned");
    spawned.map_err(|error| not_started(job, program, path.as_deref(), &error))
}

/// Why the system did not start the program.
fn not_started(job: &Job, program: &str, path: Option<&Path>, error: &std::io::Error) -> Reason {
    let exists = path.is_some_and(Path::exists);
    let (reason, advice): (fn(NotStarted) -> Reason, String) = match (
        error.kind(),
        error.raw_os_error().map(Errno::from_raw),
    ) {
        (ErrorKind::NotFound, _) if exists => (
            Reason::ProgramNotFound,
            "the file is there, but not what its first line (#!) names, or the loader it was built for; install that"
                .into(),
        ),
        (ErrorKind::NotFound, _) => (
            Reason::ProgramNotFound,
            "install it, or correct the application's executable or the PATH of this process".into(),
        ),
        (ErrorKind::PermissionDenied, _) if path.is_some_and(Path::is_dir) => {
            (Reason::ProgramNotExecutable, "it is a directory; correct the application's executable".into())
        }
        (ErrorKind::PermissionDenied, _) => (Reason::ProgramNotExecutable, "make it executable for this user".into()),
        (_, Some(Errno::ENOEXEC)) => (
            Reason::ExecFormatError,
            "it is no program for this machine: install one that is built for it; a script has to begin with a line \
             #!INTERPRETER"
                .into(),
        ),
        (_, Some(Errno::E2BIG)) => (Reason::TooLarge, too_large(job)),
        _ => (Reason::StartError, "the system's words say why".into()),
    };
    reason(NotStarted::Here { program: program.to_owned(), cause: error.to_string(), advice })
}

/// What of the arguments and variables is too large: one of them, or all together.
fn too_large(job: &Job) -> String {
    let (part, total) = size::largest(job);
    if part.size > size::ONE_MAX {
        return part.too_long();
    }
    // The program has our environment below its own.
    let is_own = |name: &std::ffi::OsStr| job.environment.iter().any(|variable| *variable.name == *name);
    let inherited =
        std::env::vars_os().filter(|(name, _)| !is_own(name)).map(|(name, value)| name.len() + value.len() + 2);
    let total = inherited.fold(total, usize::saturating_add);
    part.too_much_together(total)
}

async fn follow(
    group: &mut Group,
    left: &mut Orphans,
    limit: Option<Duration>,
    output: &Output,
    cancel: &Cancel,
) -> (Ending, Option<Reason>) {
    let (stdout, stderr) = (Pump::new(Stream::Stdout), Pump::new(Stream::Stderr));
    let (out, err) = (group.child.stdout.take(), group.child.stderr.take());
    let streams = async { tokio::join!(stdout.run(out, output), stderr.run(err, output)) };
    tokio::pin!(streams);
    let mut open = true;
    let mut stop = None;
    let mut deadline = Deadline::after(limit);
    let status = loop {
        let why = tokio::select! {
            biased;
            status = group.wait() => break status,
            _ = &mut streams, if open => {
                open = false;
                continue;
            }
            signal = cancel.cancelled(), if stop.is_none() => Stop::Cancelled(signal),
            () = deadline.passed(), if stop.is_none() => Stop::TimeLimit,
            () = deadline.passed() => {
                group.signal(Signal::SIGKILL);
                deadline = Deadline::after(None);
                continue;
            }
        };
        // While we were stopped, or the machine asleep, it may have ended by itself.
        if let Some(status) = group.ended().transpose() {
            break status;
        }
        stop = Some(why);
        group.signal(Signal::SIGTERM);
        deadline = Deadline::after(Some(TERM_GRACE));
    };
    let kill = || {
        group.signal(Signal::SIGKILL);
        left.kill();
    };
    if open && drain(async { _ = streams.await }, [&stdout, &stderr], kill).await {
        output
            .notice("processes that the program left running in the background held its output; they were ended")
            .await;
    }
    if stop.is_some() {
        group.signal(Signal::SIGKILL);
    }
    let ended = left.end().await;
    if !ended.is_empty() && stop.is_none() {
        let names = ended.join(", ");
        output.notice(format!("processes that the program left running in the background were ended: {names}")).await;
    }
    match (stop, status) {
        (Some(Stop::Cancelled(signal)), _) => (Ending::Cancelled(signal), None),
        (Some(Stop::TimeLimit), _) => (Ending::TimeLimit, Some(Reason::TimeLimit(limit))),
        (None, Ok(status)) => exited(status),
        (None, Err(error)) => {
            let message = format!("the program's exit code cannot be learned: {error}");
            (Ending::NotRun, Some(Reason::ResultUnknown(message)))
        }
    }
}

fn exited(status: ExitStatus) -> (Ending, Option<Reason>) {
    if let Some(code) = status.code() {
        return (Ending::Exited(code), None);
    }
    let number = status.signal().unwrap_or_default();
    (Ending::Exited(exit::of_signal(number).into()), Some(Reason::Signal(number)))
}
