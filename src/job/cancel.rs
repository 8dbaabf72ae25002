//! Cancelling jobs: one that waits is ended here; one that runs is ended by its runner, which finds the request in the
//! database, wherever it runs.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};

use crate::db::{Db, select, tables};
use crate::error::{Error, Result, exit};
use crate::executor::Reason;
use crate::executor::reason::Cancellation;
use crate::id::JobId;
use crate::job::hints;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::scheduled_moment;
use crate::job::state::State;
use crate::job::task::{self, TaskEnd};
use crate::unix_user;

/// The exit code of a job that was cancelled before it began: as if it had been ended by TERM.
pub const EXIT_CODE: i32 = exit::SIGNAL_BASE as i32 + nix::libc::SIGTERM;

/// What cancelling found.
pub enum Cancelled {
    /// It waited, and is ended now. `queued` tells whether it was in the queue.
    Pending { queued: bool },
    /// It runs since then; its runner is asked to end it.
    Requested { began: String },
}

/// Cancels a job.
///
/// # Errors
/// There is no such job, or it ended.
pub async fn cancel(db: &mut Db, id: JobId, now: NaiveDateTime) -> Result<Cancelled> {
    db.transaction(async |db| {
        // Somebody may be claiming it: then it runs, and its runner is the one to end it.
        Job::lock(db, id).await?;
        let job = unended(db, id).await?;
        if job.state == JobState::Running {
            request(db, id, now).await?;
            return Ok(Cancelled::Requested { began: job.began() });
        }
        let ended = [("end", now.into()), ("exitcode", EXIT_CODE.into())];
        if db.update_where(tables::JOB, State::Pending.condition().add(Expr::col("id").eq(id)), ended).await? == 0 {
            return Err(Error::refused(format!("job {id} has just begun"))
                .hint(format!("`multiflexi-cli job cancel --id={id}` again ends it")));
        }
        let queued = db.delete_where(tables::SCHEDULE, Expr::col("job").eq(id)).await? > 0;
        // A runner that put it back may have left one.
        retract_request(db, id).await?;
        // Why it has an exit code though it never ran.
        output_rows::add(db, id, kind::REASON, &Reason::Cancelled(Cancellation::Waiting).line(), now).await?;
        give_up(db, &job, now).await?;
        Ok(Cancelled::Pending { queued })
    })
    .await
}

/// The job, as long as it can be cancelled.
///
/// # Errors
/// There is no such job, or it ended.
pub async fn unended(db: &mut Db, id: JobId) -> Result<Job> {
    let job = Job::require(db, id).await?;
    match job.exit_code() {
        Some(code) => {
            Err(hints::ended_already(id, code).hint(format!("`multiflexi-cli job get --id={id}` shows its result")))
        }
        None => Ok(job),
    }
}

/// Gives up a job that waited: its schedule goes on, and its task is not fulfilled by it.
///
/// Call inside a transaction.
///
/// # Errors
/// The database cannot be asked, or does not take it; nothing of the transaction may stand then.
pub async fn give_up(db: &mut Db, job: &Job, now: NaiveDateTime) -> Result<()> {
    free_schedule(db, job).await?;
    task::record_attempt(db, now, job, TaskEnd::Failed).await.map(drop)
}

/// A job of a schedule leaves its moment, as one that ended does: that lets the next one be made.
async fn free_schedule(db: &mut Db, job: &Job) -> Result<()> {
    let (Some(runtemplate), values) = (job.runtemplate, scheduled_moment::leave(job)) else { return Ok(()) };
    if values.is_empty() {
        return Ok(());
    }
    db.update_where(tables::RUNTEMPLATE, Expr::col("id").eq(runtemplate), values).await.map(drop)
}

/// Asks a job's runner, on whatever machine, to end it: the runner looks for this row. The streams' rows begin at 1.
async fn request(db: &mut Db, id: JobId, now: NaiveDateTime) -> Result<()> {
    if requested(db, id).await?.is_some() {
        return Ok(());
    }
    let message = format!("cancelled by {}", unix_user::at_host(&unix_user::login()));
    output_rows::insert(db, id, 0, kind::CANCEL, &message, now).await
}

/// What stands at the head of a job's output rows.
#[derive(Default)]
pub struct HeadRows {
    /// Who wants the job ended, where nobody has answered that yet.
    pub request: Option<String>,
    /// The record of who runs it.
    pub runner: Option<String>,
}

/// Reads the head of a job's output rows.
///
/// # Errors
/// The database cannot be asked.
pub async fn heads(db: &mut Db, id: JobId) -> Result<HeadRows> {
    let select = select::columns(tables::JOB_OUTPUT_LINES, ["type", "line"])
        .and_where(Expr::col("job_id").eq(id))
        .and_where(Expr::col("seq").eq(0))
        .and_where(Expr::col("type").is_in([kind::CANCEL, kind::RUNNER]))
        .take();
    let mut heads = HeadRows::default();
    for row in db.fetch_all(&select).await? {
        let is_request = row.text("type").as_deref() == Some(kind::CANCEL);
        *(if is_request { &mut heads.request } else { &mut heads.runner }) = row.text("line");
    }
    Ok(heads)
}

/// Who wants the job ended, where nobody has answered that yet.
///
/// # Errors
/// The database cannot be asked.
pub async fn requested(db: &mut Db, id: JobId) -> Result<Option<String>> {
    heads(db, id).await.map(|heads| heads.request)
}

/// Who wanted the job ended, also where its runner had answered that and was ending it.
///
/// # Errors
/// The database cannot be asked.
pub async fn requester(db: &mut Db, id: JobId) -> Result<Option<String>> {
    if let Some(message) = requested(db, id).await? {
        return Ok(Some(message));
    }
    let answered = select::column(tables::JOB_OUTPUT_LINES, "line", kind::head_row(id, kind::NOTICE));
    Ok(db.fetch_optional(&answered).await?.and_then(|row| row.text("line")))
}

/// Answers a request: from now on it is a notice.
///
/// # Errors
/// The database cannot be asked.
pub async fn answer(db: &mut Db, id: JobId) -> Result<()> {
    db.update_where(tables::JOB_OUTPUT_LINES, kind::head_row(id, kind::CANCEL), [("type", kind::NOTICE.into())])
        .await
        .map(drop)
}

/// Takes a request back that nobody is to answer any more: the job ended by itself, or is ended here.
///
/// # Errors
/// The database cannot be asked.
pub async fn retract_request(db: &mut Db, id: JobId) -> Result<()> {
    db.delete_where(tables::JOB_OUTPUT_LINES, kind::head_row(id, kind::CANCEL)).await.map(drop)
}
