//! Several jobs in one process, one after the other: what `queue run` starts for each job that it runs at a time. To start a
//! process and to connect takes longer than many a job.
//!
//! A job's process is still that job's alone for as long as it runs. It takes another one only after a job that came to its end
//! in good order; after anything else (a signal, an error, a program out of our reach) it ends, as if it had run that job alone,
//! so that what a job did to it cannot reach the next one, and a job that was not brought to its end has no living runner.

use std::os::fd::AsFd as _;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::net::unix::pipe;

use crate::commands::job::run::{self, Execution};
use crate::context::Context;
use crate::error::{Error, Kind, Result, exit};
use crate::executor::Ending;
use crate::executor::native::orphans;
use crate::id::JobId;
use crate::job::run::options::Options;
use crate::job::run::run_result::RunResult;
use crate::job::run::signals::Signals;
use crate::output::Outcome;

/// Ends what is said of one job on stderr.
pub const END: &[u8] = b"\0\n";

/// The number of a job has so many digits at most, and a line end.
const LINE_MAX: u64 = 20;

/// What is told of a job on stdout, in one line.
#[derive(Serialize, Deserialize)]
pub struct SeriesAnswer {
    #[serde(rename = "said")]
    pub result: RunResult,
    /// The process takes another job.
    pub goes_on: bool,
}

impl SeriesAnswer {
    fn line(&self) -> Result<String> {
        let json = serde_json::to_string(self);
        json.map(|json| json + "\n").map_err(|cause| Error::new(Kind::Internal, "a result is no JSON").because(cause))
    }

    /// Reads a line; None where it is no answer.
    pub fn parse(line: &[u8]) -> Option<SeriesAnswer> {
        serde_json::from_slice(line).ok()
    }
}

/// Runs a job, and then those whose numbers come on stdin, each when the one before has ended.
///
/// # Errors
/// Nobody can be heard or told. What is wrong with a job is told to the process that hands them out.
pub async fn run(ctx: &mut Context, id: JobId, options: &Options) -> Result<Outcome> {
    let mut numbers = JobNumbers::listen()?;
    ctx.printer.omit_own_name();
    orphans::note_inherited();
    let mut next = Some(id);
    let mut signals = None;
    let mut code = exit::DONE;
    while let Some(id) = next.take() {
        let ran = run::execute_after(ctx, signals.as_mut(), id, options).await;
        let answer = match &ran {
            Ok(execution) => {
                SeriesAnswer { result: RunResult::from_execution(execution), goes_on: is_in_order(execution) }
            }
            Err(error) => SeriesAnswer { result: error.into(), goes_on: false },
        };
        code = match &ran {
            Ok(execution) => run::exit_status(execution),
            Err(error) => error.kind.exit_code(),
        };
        let goes_on = answer.goes_on;
        ctx.printer.raw_stderr(END);
        ctx.printer.raw(answer.line()?.as_bytes())?;
        if !goes_on {
            break;
        }
        if let Some(db) = ctx.opened() {
            db.expect_as_usual();
        }
        let heard = match &mut signals {
            Some(signals) => signals,
            none => none.insert(Signals::listen()?),
        };
        next = tokio::select! {
            biased;
            _ = heard.next() => None,
            number = numbers.next() => number,
        };
    }
    Ok(Outcome::Written.with_code(code))
}

/// Has a job left nothing behind in this process?
fn is_in_order(execution: &Execution) -> bool {
    let Execution::Ended(ended) = execution else { return false };
    matches!(ended.ending, Ending::Exited(_) | Ending::TimeLimit) && orphans::is_none()
}

/// The numbers of further jobs, from stdin.
struct JobNumbers(BufReader<pipe::Receiver>);

impl JobNumbers {
    fn listen() -> Result<JobNumbers> {
        let opened = std::io::stdin().as_fd().try_clone_to_owned().and_then(pipe::Receiver::from_owned_fd);
        opened.map(|pipe| JobNumbers(BufReader::new(pipe))).map_err(|cause| {
            Error::new(Kind::Usage, "--further-from-stdin wants a pipe on stdin")
                .because(cause)
                .hint("`queue run` starts such processes")
        })
    }

    /// None when there are no more, or what comes is no number.
    async fn next(&mut self) -> Option<JobId> {
        let mut line = Vec::new();
        (&mut self.0).take(LINE_MAX).read_until(b'\n', &mut line).await.ok()?;
        std::str::from_utf8(&line).ok()?.strip_suffix('\n')?.parse().ok().map(JobId)
    }
}
