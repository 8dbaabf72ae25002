//! `job cancel`.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use crate::commands::job::delete;
use crate::commands::job::run::{self, Cluster, Execution};
use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::executor::Ending;
use crate::id::JobId;
use crate::job::cancel::{self, Cancelled};
use crate::job::model::{Job, JobState};
use crate::job::recovery::crashed::{self, RunnerState};
use crate::job::recovery::resolution::{EndReason, Resolution};
use crate::job::task::RetryContext;
use crate::output::Outcome;
use crate::table::args;

/// How long a runner may take to see that it is asked to end its job; it looks every second.
const SILENCE: Duration = Duration::from_secs(10);
/// How long a runner that saw it may take; a program that ignores TERM gets 10 seconds.
const LIMIT: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
pub struct Cancel {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Where its pod is if its runner does not answer.
    #[command(flatten)]
    cluster: Cluster,
}

/// Cancels a job: one that waits is ended at once, one that runs by its runner or else by its pod.
///
/// # Errors
/// There is no such job, it has ended or ends by itself meanwhile, somebody answers no, or neither its runner answers nor is
/// its pod found.
pub async fn cancel(ctx: &mut Context, args: Cancel) -> Result<Outcome> {
    ctx.follow_server_clock().await?;
    let (id, now) = (args.id, ctx.now());
    let retry = RetryContext::new(ctx);
    let json = json!({"job_id": id, "cancelled": false});
    let loss = async |db: &mut Db| {
        let job = cancel::unended(db, id).await?;
        delete::loss_of(db, &job).await
    };
    if let Some(answer) = ctx.guard("cancelled", json, loss).await? {
        return Ok(answer);
    }
    let db = ctx.db().await?;
    let (began, answer) = loop {
        let began = match cancel::cancel(db, id, now).await? {
            Cancelled::Pending { queued } => return Ok(pending_outcome(id, queued)),
            Cancelled::Requested { began } => began,
        };
        if let Some(answer) = answer_to_request(db, &retry, id).await? {
            break (began, answer);
        }
    };
    let (text, code) = match answer {
        CancelAnswer::Lost => {
            let code = cancel::EXIT_CODE;
            (format!("Job {id} cancelled: its runner had died; it is ended with exit code {code}"), Some(code.into()))
        }
        CancelAnswer::Ended(code) => {
            (format!("Job {id} cancelled: its runner ended it with exit code {code}"), Some(code))
        }
        CancelAnswer::Slow => {
            let limit = LIMIT.as_secs();
            (format!("Job {id} is being cancelled: its runner is told, and has not ended it within {limit} s"), None)
        }
        CancelAnswer::TooLate(code) => {
            cancel::retract_request(db, id).await?;
            return Err(ended_by_itself(id, code));
        }
        CancelAnswer::None => {
            let note = format!("job {id} is running since {began}; its runner does not answer: looking for its pod");
            ctx.printer.note(&note);
            match run::end_by_pod(ctx, id, args.cluster).await? {
                abandoned @ Execution::Abandoned(_) => return Ok(run::execution_outcome(&ctx.printer, id, &abandoned)),
                Execution::Ended(ended) => match (&ended.ending, ended.ending.exit_code()) {
                    (Ending::Cancelled(_), code) if ended.is_left_behind => return Err(not_deleted(id, code)),
                    (Ending::Cancelled(_), code) => {
                        (format!("Job {id} cancelled: its pod is deleted, its exit code is {code}"), Some(code.into()))
                    }
                    (_, code) => return Err(ended_by_itself(id, code.into())),
                },
            }
        }
    };
    let json = json!({"job_id": id, "cancelled": true, "was": "running", "exitcode": code});
    Ok(Outcome::message(text, json))
}

/// A job that waited, in the queue or outside of it, is cancelled.
fn pending_outcome(id: JobId, queued: bool) -> Outcome {
    let also = if queued {
        "it is out of the queue and will not run"
    } else {
        "it was not in the queue; if another executor has just taken it, it runs all the same"
    };
    let json = json!({"job_id": id, "cancelled": true, "was": "pending", "exitcode": cancel::EXIT_CODE});
    Outcome::message(format!("Job {id} cancelled before it began: {also}"), json)
}

fn ended_by_itself(id: JobId, code: i64) -> Error {
    Error::refused(format!("job {id} ended by itself before it could be cancelled, with exit code {code}"))
        .hint(format!("`multiflexi-cli job get --id={id}` shows its result"))
}

fn not_deleted(id: JobId, code: i32) -> Error {
    Error::refused(format!(
        "job {id} is ended with exit code {code}, but its pod could not be deleted, and its program may still run"
    ))
    .hint("The next `queue run` or `queue fix` on this machine deletes it")
}

/// What became of a request.
enum CancelAnswer {
    /// Its runner ended the job with this exit code.
    Ended(i64),
    /// Its runner saw it, and has not ended the job yet.
    Slow,
    /// The job ended before its runner saw it.
    TooLate(i64),
    /// Its runner had died, and it is ended now.
    Lost,
    None,
}

/// What becomes of a request: a job whose runner died is brought to its end.
///
/// None where the job waits again, for its runner could not begin it.
async fn answer_to_request(db: &mut Db, retry: &RetryContext, id: JobId) -> Result<Option<CancelAnswer>> {
    Ok(Some(match crashed::runner_state(db, id).await? {
        RunnerState::Runs => return answer(db, id).await,
        // Nobody is there to answer.
        RunnerState::InPod => CancelAnswer::None,
        RunnerState::Lost => match crashed::resolve(db, retry, id).await? {
            Resolution::EndedElsewhere | Resolution::Requeued => return answer(db, id).await,
            Resolution::Ended(EndReason::Cancelled) => CancelAnswer::Lost,
            Resolution::Ended(reason) => CancelAnswer::TooLate(reason.exit_code().into()),
            Resolution::Recovered(code) => CancelAnswer::TooLate(code.into()),
        },
    }))
}

/// Waits for its runner; None where that has put the job back.
async fn answer(db: &mut Db, id: JobId) -> Result<Option<CancelAnswer>> {
    let asked = Instant::now();
    loop {
        let state = Job::require(db, id).await?.state;
        let seen = cancel::requested(db, id).await?.is_none();
        match (state, seen) {
            (JobState::Waiting, _) => return Ok(None),
            (JobState::Ended(code), true) => return Ok(Some(CancelAnswer::Ended(code))),
            (JobState::Ended(code), false) => return Ok(Some(CancelAnswer::TooLate(code))),
            (JobState::Running, true) if asked.elapsed() >= LIMIT => return Ok(Some(CancelAnswer::Slow)),
            (JobState::Running, false) if asked.elapsed() >= SILENCE => return Ok(Some(CancelAnswer::None)),
            (JobState::Running, _) => tokio::time::sleep(PAUSE).await,
        }
    }
}
