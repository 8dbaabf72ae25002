//! Saving a job's result, in one transaction.

pub mod artifacts;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Query};

use crate::db::{Db, tables};
use crate::error::{Error, Result};
use crate::failpoint;
use crate::id::JobId;
use crate::job::hints;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows::{self, OutputStore};
use crate::job::result::artifacts::StorableArtifact;
use crate::job::runner::{self, overlap};
use crate::job::scheduled_moment;
use crate::job::task::{self, RetryContext, TaskEnd};
use crate::schedule::may_follow;

/// `job.command` takes 65,535 bytes on MariaDB.
const COMMAND_LIMIT: usize = 60_000;

/// What is saved of a run.
pub struct Finished<'a> {
    pub job: JobId,
    pub end: NaiveDateTime,
    pub exit_code: i32,
    /// The command line that ran it, secrets masked.
    pub command: &'a str,
    pub app_version: Option<String>,
    pub artifacts: &'a [StorableArtifact],
    /// What its task's next attempt is made with. `end` was read from the clock of its zone.
    pub retry: &'a RetryContext,
}

/// Who saves a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saver {
    /// The job's own runner: only while the job is still its.
    Runner,
    /// Whoever loads a recovery file.
    Loader,
}

impl Finished<'_> {
    /// As much of its command line as the database takes.
    pub fn stored_command(&self) -> &str {
        &self.command[..self.command.floor_char_boundary(COMMAND_LIMIT)]
    }
}

/// Saves the result and the rest of the output.
///
/// Artifacts come first, so that whoever sees the job ended sees them too. A next attempt that cannot be made does not keep
/// this one's result from being saved; why there is none is noted.
///
/// # Errors
/// The job's row is gone, or has another exit code already; or another runner has taken the job over.
pub async fn finish(db: &mut Db, store: &mut OutputStore, finished: &Finished<'_>, saver: Saver) -> Result<()> {
    let saved = with_further_attempt(async |next| save(db, store, finished, saver, next).await).await;
    if saved.is_ok() {
        store.written();
    }
    saved
}

async fn save(
    db: &mut Db,
    store: &mut OutputStore,
    finished: &Finished<'_>,
    saver: Saver,
    next: FurtherAttempt<'_>,
) -> Result<()> {
    db.transaction(async |db| {
        // First, since another runner may have saved the same in the same second.
        let job = match saver {
            Saver::Runner => runner::lock_held(db, finished.job).await?,
            Saver::Loader => Job::find(db, finished.job).await?,
        };
        let job = job.ok_or_else(|| {
            Error::not_found(format!("job {} was deleted while it ran", finished.job))
                .hint("Its result is in the recovery file")
        })?;
        if is_saved(&job, finished) {
            return Ok(());
        }
        store.write(db).await?;
        enter(db, &job, finished, next).await
    })
    .await
}

/// What becomes of a task whose job failed.
#[derive(Clone, Copy)]
pub enum FurtherAttempt<'a> {
    /// Another attempt is made, where the task is to have one.
    IfDue,
    /// None is made, since that failed before, by this error. It is noted.
    Impossible(&'a Error),
}

/// Saves a result with the next attempt at its task, or where that fails without: no job stays open for want of a next attempt.
///
/// `save` is one transaction.
///
/// # Errors
/// It failed by what may pass; or another runner has taken the job over; or it fails without a next attempt too.
pub async fn with_further_attempt<T>(mut save: impl AsyncFnMut(FurtherAttempt<'_>) -> Result<T>) -> Result<T> {
    match save(FurtherAttempt::IfDue).await {
        Err(error) if !error.may_pass() && !runner::is_taken_over(&error) => {
            save(FurtherAttempt::Impossible(&error)).await
        }
        saved => saved,
    }
}

/// Enters a result; call inside a transaction, one of those of [`with_further_attempt`].
///
/// # Errors
/// Somebody else has ended the job meanwhile, an artifact cannot be read, the next attempt cannot be made, or the database does not
/// take it; nothing of the transaction may stand then.
pub async fn enter(db: &mut Db, job: &Job, finished: &Finished<'_>, next: FurtherAttempt<'_>) -> Result<()> {
    let id = finished.job;
    if let Some(runtemplate) = job.runtemplate.filter(|_| !finished.artifacts.is_empty()) {
        // An artifact's row refers to it, and what is counted changes it: of two jobs that end together each would wait for the other.
        overlap::lock(db, runtemplate).await?;
    }
    for storable in finished.artifacts {
        artifacts::store(db, job, storable, finished.end).await?;
    }
    let mut update = Query::update();
    update
        .table(tables::JOB)
        .value("end", end_of(job, finished))
        .value("exitcode", finished.exit_code)
        .value("command", finished.stored_command())
        .value("pid", Option::<i64>::None)
        .and_where(Expr::col("id").eq(id))
        .and_where(Expr::col("exitcode").is_null());
    if let Some(version) = &finished.app_version {
        update.value("app_version", version.as_str());
    }
    if db.execute(&update).await? == 0 {
        return Err(hints::ended_meanwhile(id));
    }
    failpoint::at("finishing");
    let is_success = finished.exit_code == 0;
    count(db, job, is_success, finished.end).await?;
    let ending = match (is_success, next) {
        (true, _) => TaskEnd::Fulfilled,
        (false, FurtherAttempt::IfDue) => TaskEnd::FailedMayRetry(finished.retry),
        (false, FurtherAttempt::Impossible(_)) => TaskEnd::Failed,
    };
    task::record_attempt(db, finished.end, job, ending).await?;
    if let (FurtherAttempt::Impossible(error), Some(_)) = (next, job.task) {
        let message = format!("no further attempt at its task was made: {}", error.line());
        output_rows::add(db, id, kind::NOTICE, &message, finished.end).await?;
    }
    Ok(())
}

/// A clock that was set back does not make a job end before it began; in the hour that comes twice its end may be the lesser text.
fn end_of(job: &Job, finished: &Finished<'_>) -> NaiveDateTime {
    match job.begin {
        Some(begin) if !may_follow(finished.end, begin, &finished.retry.zone) => begin,
        _ => finished.end,
    }
}

/// Did an earlier attempt at saving succeed, though the connection broke before the database said so?
fn is_saved(job: &Job, finished: &Finished<'_>) -> bool {
    job.exit_code() == Some(finished.exit_code.into()) && job.end == Some(end_of(job, finished)) && job.pid.is_none()
}

/// The runtemplate's counters, and for a job of its schedule the moments: clearing the next one is what lets it be made.
async fn count(db: &mut Db, job: &Job, is_success: bool, end: NaiveDateTime) -> Result<()> {
    let Some(runtemplate) = job.runtemplate else { return Ok(()) };
    let counter = if is_success { "successfull_jobs_count" } else { "failed_jobs_count" };
    let mut update = Query::update();
    update
        .table(tables::RUNTEMPLATE)
        .value(counter, db.dialect.one_more(counter))
        .value("DatSave", end)
        .and_where(Expr::col("id").eq(runtemplate));
    db.execute(update.values(scheduled_moment::leave(job))).await.map(drop)
}
