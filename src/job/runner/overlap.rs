//! Jobs of one runtemplate side by side: who runs one already.

use std::collections::HashMap;

use chrono::{Duration, NaiveDateTime};
use sea_query::{Expr, ExprTrait};

use crate::db::{Db, tables};
use crate::error::{Error, Fact, Result};
use crate::id::{JobId, RunTemplateId};
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};

/// A job that began longer ago, and of which no record tells who runs it, does not count as running.
///
/// The suite keeps no such record, and leaves jobs unfinished for ever when an action of theirs crashes.
pub const UNKNOWN_LIMIT: Duration = Duration::days(1);

/// A job that runs.
pub struct RunningJob {
    pub job: JobId,
    /// Since when and by whom, in words.
    pub message: String,
}

/// A job that runs, of each runtemplate.
pub type RunningJobs = HashMap<RunTemplateId, JobId>;

/// Locks a runtemplate until the transaction ends, so that of several processes one after the other looks and claims.
///
/// Lock first: later reads must not be stale.
///
/// # Errors
/// The database cannot be asked, or somebody else keeps the row for too long. A runtemplate that is gone is no failure.
pub async fn lock(db: &mut Db, runtemplate: RunTemplateId) -> Result<()> {
    db.lock_row(tables::RUNTEMPLATE, runtemplate).await.map(drop)
}

/// A running job of the runtemplate other than this one.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(
    db: &mut Db,
    runtemplate: RunTemplateId,
    job: JobId,
    now: NaiveDateTime,
) -> Result<Option<RunningJob>> {
    let is_other =
        Expr::col((tables::JOB, "runtemplate_id")).eq(runtemplate).and(Expr::col((tables::JOB, "id")).ne(job));
    let others = runner::unfinished_jobs(db, Some(is_other)).await?;
    Ok(others.iter().find_map(|other| {
        let message = format!("since {}, {}", other.began, who_runs(other, now)?);
        Some(RunningJob { job: other.id, message })
    }))
}

/// The job that runs of each runtemplate: others of it wait for its end.
///
/// # Errors
/// The database cannot be asked.
pub async fn all(db: &mut Db, now: NaiveDateTime) -> Result<RunningJobs> {
    let unfinished = runner::unfinished_jobs(db, None).await?;
    let running = unfinished.iter().filter(|job| who_runs(job, now).is_some());
    Ok(running.filter_map(|job| Some((job.runtemplate?, job.id))).collect())
}

/// Is nothing known of who runs a job, and did it begin so long ago that nobody does?
///
/// Or at a time that is none, such as an empty text or `0000-00-00`, which no executor that runs one writes.
pub fn is_forgotten(job: &UnfinishedJob, now: NaiveDateTime) -> bool {
    job.place() == RunnerPlace::Unknown && job.begin.is_none_or(|begin| now - begin >= UNKNOWN_LIMIT)
}

/// Who runs a job, in words; None where it does not count as running.
fn who_runs(job: &UnfinishedJob, now: NaiveDateTime) -> Option<String> {
    Some(match job.place() {
        RunnerPlace::Here(pid) => format!("by process {pid}"),
        // Of one whose lease lapsed the next `queue run` judges.
        RunnerPlace::Elsewhere(host) | RunnerPlace::Lapsed(host) => format!("on {host}"),
        // Its pod may still run, and so may its program until somebody ends it.
        RunnerPlace::Gone if job.is_kubernetes() => "in Kubernetes, its runner died".to_owned(),
        RunnerPlace::Gone => "by a runner that died".to_owned(),
        RunnerPlace::Unknown if job.begin.is_some_and(|begin| now - begin < UNKNOWN_LIMIT) => {
            "by another program".to_owned()
        }
        RunnerPlace::Unknown | RunnerPlace::Damaged(_) => return None,
    })
}

/// Refuses a job while another of its runtemplate runs.
pub fn refused(job: JobId, runtemplate: RunTemplateId, running: &RunningJob) -> Error {
    let other = running.job;
    Error::refused(format!(
        "job {job} is left: job {other} of the same runtemplate {runtemplate} is running {}",
        running.message
    ))
    .hint(format!(
        "It stays in the queue. `multiflexi-cli job get --id={other}` shows the running one; `multiflexi-cli queue run --allow-overlap` runs \
         both; if its runner died, `multiflexi-cli job run --id={other}` or `multiflexi-cli queue fix` ends it"
    ))
    .fact(Fact::Busy { job: other.0 })
}
