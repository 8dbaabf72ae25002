//! Runs a job's program on this machine.

use std::os::unix::process::ExitStatusExt;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::Signal;
use tokio::time::{Instant, sleep_until};

use super::process::{self, Group, Pump, drain};
use super::{Cancel, Ended, Ending, Job, Output, Reason, Stream, shell_line};
use crate::stop;

/// Between TERM and KILL.
const TERM_GRACE: Duration = Duration::from_secs(10);

/// The executor `Native`. It keeps nothing between runs.
#[derive(Default)]
pub struct Native;

impl Native {
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        let line = shell_line(&job.command, &job.environment);
        let mut ended =
            Ended { ending: Ending::NotRun, reason: None, started: false, command: line, artifacts: Vec::new() };
        let mut group = match spawn(job) {
            Ok(group) => group,
            Err(reason) => {
                ended.reason = Some(reason);
                return ended;
            }
        };
        ended.started = true;
        let (ending, reason) = follow(&mut group, job.time_limit, output, cancel).await;
        ended.ending = ending;
        ended.reason = reason;
        ended
    }
}

fn spawn(job: &Job) -> Result<Group, Reason> {
    let Some((program, arguments)) = job.command.split_first() else {
        return Err(Reason {
            code: "NoCommand",
            message: "the application names no program to run: set its executable".into(),
        });
    };
    let mut command = process::command(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for variable in &job.environment {
        command.env(&variable.name, &variable.value);
    }
    job.note_start();
    let spawned = match &job.run_file {
        Some(file) => file.inherited_by(|| Group::spawn(&mut command)),
        None => Group::spawn(&mut command),
    };
    stop::at("spawned");
    spawned.map_err(|error| {
        let (code, advice) = match error.kind() {
            std::io::ErrorKind::NotFound => {
                ("ProgramNotFound", "install it, or correct the application's executable or the PATH of this process")
            }
            std::io::ErrorKind::PermissionDenied => ("ProgramNotExecutable", "make it executable for this user"),
            _ => ("StartError", "see the system's words above"),
        };
        Reason { code, message: format!("the program {program} cannot be started on this machine: {error}; {advice}") }
    })
}

/// Why the program is being ended by us.
enum Stop {
    TimeLimit,
    Cancelled(i32),
}

async fn follow(
    group: &mut Group,
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
    let far = Instant::now() + Duration::from_secs(100 * 365 * 86_400);
    let mut deadline = limit.map_or(far, |limit| Instant::now() + limit);
    let status = loop {
        tokio::select! {
            _ = &mut streams, if open => open = false,
            status = group.wait() => break status,
            signal = cancel.cancelled(), if stop.is_none() => {
                stop = Some(Stop::Cancelled(signal));
                group.signal(Signal::SIGTERM);
                deadline = Instant::now() + TERM_GRACE;
            }
            () = sleep_until(deadline) => {
                if stop.is_none() {
                    stop = Some(Stop::TimeLimit);
                    group.signal(Signal::SIGTERM);
                    deadline = Instant::now() + TERM_GRACE;
                } else {
                    group.signal(Signal::SIGKILL);
                    deadline = far;
                }
            }
        }
    };
    if open && drain(async { _ = streams.await }, [&stdout, &stderr], group).await {
        output
            .notice("processes that the program left running in the background held its output; they were ended")
            .await;
    }
    if stop.is_some() {
        group.signal(Signal::SIGKILL);
    }
    match (stop, status) {
        (Some(Stop::Cancelled(signal)), _) => (Ending::Cancelled(signal), None),
        (Some(Stop::TimeLimit), _) => {
            let seconds = limit.unwrap_or_default().as_secs();
            let message = format!("the program was ended because its time limit of {seconds} s was reached");
            (Ending::TimeLimit, Some(Reason { code: "TimeLimit", message }))
        }
        (None, Ok(status)) => exited(status),
        (None, Err(error)) => {
            let message = format!("the program's exit code cannot be learned: {error}");
            (Ending::NotRun, Some(Reason { code: "ResultUnknown", message }))
        }
    }
}

fn exited(status: ExitStatus) -> (Ending, Option<Reason>) {
    if let Some(code) = status.code() {
        return (Ending::Exited(code), None);
    }
    let number = status.signal().unwrap_or_default();
    let name = Signal::try_from(number).map_or("an unknown signal", Signal::as_str);
    let advice = if number == 9 { "; if nobody sent it, the system was out of memory" } else { "" };
    let message = format!("the program was ended by signal {number} ({name}){advice}");
    (Ending::Exited(128 + number), Some(Reason { code: "Signal", message }))
}
