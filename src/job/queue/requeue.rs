//! A job that could not be begun for what is wrong here, whatever the job: it waits again, as if nobody had taken it.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};
use serde::{Deserialize, Serialize};

use crate::db::{Db, select, tables};
use crate::error::{Error, Kind, Result};
use crate::executor::Reason;
use crate::id::JobId;
use crate::job::hints;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::runner;
use crate::job::{cancel, create, task};
use crate::row::TIME_FORMAT;

/// After so many tries it is a person's to mend what is wrong.
const MAX_TRIES: u32 = 10;

/// What is kept of the vain tries of a job that waits, as JSON, in one row numbered 0.
#[derive(Debug, Serialize, Deserialize)]
struct FailedTries {
    count: u32,
    /// When it was tried first, in the database's zone.
    since: String,
    /// Why the last one failed: code and sentence.
    reason: String,
}

/// Where a job goes that cannot be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Return {
    ToQueue,
    /// It was taken from outside of the queue.
    OutOfQueue,
    /// It was made for this run, and its maker removes it.
    ToMaker,
}

/// A claimed job of which nothing was begun or made.
pub struct Unbegun<'a> {
    /// Its row, as it was before it was claimed.
    pub job: &'a Job,
    pub back: Return,
    /// The last number of an output row before this try; what stands behind it goes.
    pub last_seq: i64,
    pub reason: &'a Reason,
    /// Somebody wants it ended, and its runner has seen that already.
    pub is_cancelled: bool,
}

/// What became of a job that could not be begun.
pub enum PutBack {
    /// It waits again; the error of this try.
    Waits(Error),
    /// It is to be ended for what kept it from being begun: its task's deadline is over.
    TooLate,
    /// Somebody asked for its end; putting it back would leave that request for the next run.
    Cancelled,
}

impl Unbegun<'_> {
    /// Lets the job wait again, unless it is to be ended.
    ///
    /// # Errors
    /// Another runner has taken it over, or the database does not take it.
    pub async fn put_back(&self, db: &mut Db, now: NaiveDateTime) -> Result<PutBack> {
        let id = self.job.id;
        db.transaction(async |db| {
            let held = runner::lock_held(db, id).await?;
            if held.is_some_and(|job| job.exit_code().is_some()) {
                // Somebody has loaded a recovery file of the runner before, and what that holds stays.
                return Err(hints::ended_meanwhile(id));
            }
            if self.is_cancelled || cancel::requested(db, id).await?.is_some() {
                return Ok(PutBack::Cancelled);
            }
            if task::is_late(db, self.job, now).await? {
                return Ok(PutBack::TooLate);
            }
            db.delete_where(
                tables::JOB_OUTPUT_LINES,
                Expr::col("job_id").eq(id).and(Expr::col("seq").gt(self.last_seq)),
            )
            .await?;
            wait_again(db, self.job, now, self.back).await?;
            let tries = self.count(db, id, now).await?;
            Ok(PutBack::Waits(self.error(id, &tries)))
        })
        .await
    }

    /// The error of one that could not be put back, since the database was away.
    pub fn still_running_error(&self, job: JobId, error: Error) -> Error {
        if !error.may_pass() {
            return error;
        }
        let message = format!("{}. Nothing of job {job} was begun, and it still counts as running", self.reason.line());
        Error::new(Kind::NotRun, message).because(error).hint(
            "Once the database is back, the next `queue run` on this machine puts it back into the queue; one on another machine goes \
             on with it, or ends it, when its lease lapsed",
        )
    }

    async fn count(&self, db: &mut Db, id: JobId, now: NaiveDateTime) -> Result<FailedTries> {
        let before = read(db, id).await?;
        let since = before.as_ref().map_or_else(|| now.format(TIME_FORMAT).to_string(), |tries| tries.since.clone());
        let count = before.as_ref().map_or(1, |tries| tries.count.saturating_add(1));
        let tries = FailedTries { count, since, reason: self.reason.line() };
        let line = serde_json::to_string(&tries).unwrap_or_default();
        if before.is_none() {
            output_rows::insert(db, id, 0, kind::TRIES, &line, now).await?;
        } else {
            db.update_where(tables::JOB_OUTPUT_LINES, kind::head_row(id, kind::TRIES), [("line", line.into())]).await?;
        }
        Ok(tries)
    }

    fn error(&self, id: JobId, tries: &FailedTries) -> Error {
        let FailedTries { count, since, reason } = tries;
        let code: &str = self.reason.code().into();
        let place = match self.back {
            Return::ToQueue => "in the queue",
            Return::OutOfQueue => "outside of the queue, as before",
            Return::ToMaker => {
                return Error::new(Kind::NotRun, format!("{reason}. Nothing was begun")).detail("reason", code);
            }
        };
        let message = match *count {
            1..MAX_TRIES => format!("{reason}. Nothing of job {id} was begun, and it waits {place}"),
            _ => format!(
                "{reason}. Job {id} waits {place}; it was tried {count} times since {since}, so that somebody has to mend this, or end \
                 it by `multiflexi-cli job cancel --id={id}`"
            ),
        };
        let again = match self.back {
            Return::ToQueue => format!("The next `queue run`, or `multiflexi-cli job run --id={id}`, tries it again"),
            _ => format!("`multiflexi-cli job run --id={id} --unqueued` tries it again"),
        };
        Error::new(Kind::NotRun, message).hint(again).detail("reason", code).detail("tries", *count)
    }
}

/// Puts a job back that had been claimed; call inside a transaction.
///
/// # Errors
/// The database does not take it; nothing of the transaction may stand then.
pub async fn wait_again(db: &mut Db, job: &Job, now: NaiveDateTime, back: Return) -> Result<()> {
    let id = job.id;
    db.update_where(tables::JOB, Expr::col("id").eq(id), [("begin", Expr::null()), ("pid", Expr::null())]).await?;
    db.delete_where(tables::JOB_OUTPUT_LINES, kind::head_row(id, kind::RUNNER)).await?;
    match back {
        Return::ToQueue => create::enqueue(db, id, job.schedule.unwrap_or(now)).await,
        Return::OutOfQueue | Return::ToMaker => Ok(()),
    }
}

async fn read(db: &mut Db, job: JobId) -> Result<Option<FailedTries>> {
    let row =
        db.fetch_optional(&select::column(tables::JOB_OUTPUT_LINES, "line", kind::head_row(job, kind::TRIES))).await?;
    Ok(row.and_then(|row| serde_json::from_str(&row.text("line")?).ok()))
}

/// Why the last try failed, code and sentence, read from the record of the tries.
pub fn reason_of(line: &str) -> Option<String> {
    serde_json::from_str(line).ok().map(|tries: FailedTries| tries.reason)
}

/// Why the last try of a waiting job failed, code and sentence; None where it was not tried.
///
/// # Errors
/// The database cannot be asked.
pub async fn last_reason(db: &mut Db, job: JobId) -> Result<Option<String>> {
    Ok(read(db, job).await?.map(|tries| tries.reason))
}
