//! Jobs of one runtemplate side by side: who runs one already.

use chrono::{Duration, NaiveDateTime};
use sea_query::{Expr, ExprTrait, LockType};

use crate::db::{Db, select};
use crate::error::{Error, Result};
use crate::id::{JobId, RunTemplateId};
use crate::job::run::runner::{self, RunnerPlace};

/// The suite keeps no record of who runs a job, and leaves jobs unfinished for ever when an action of theirs crashes: one
/// that began longer ago does not count.
const UNKNOWN_LIMIT: Duration = Duration::days(1);

/// A job that runs.
pub struct Running {
    pub job: JobId,
    /// Since when and by whom, in words.
    pub message: String,
}

/// Locks a runtemplate until the transaction ends, so that of several processes one after the other looks and claims. Has to
/// come before anything else is read: MariaDB shows a transaction the database as of its first plain read.
///
/// # Errors
/// The database cannot be asked, or somebody else keeps the row for too long. A runtemplate that is gone is no failure.
pub async fn lock(db: &mut Db, runtemplate: RunTemplateId) -> Result<()> {
    let select = select::column("runtemplate", "id", Expr::col("id").eq(runtemplate)).lock(LockType::Update).take();
    db.fetch_optional(&select).await.map(drop)
}

/// A running job of the runtemplate other than this one.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db, runtemplate: RunTemplateId, job: JobId, now: NaiveDateTime) -> Result<Option<Running>> {
    let of = Expr::col(("job", "runtemplate_id")).eq(runtemplate).and(Expr::col(("job", "id")).ne(job));
    for other in runner::unfinished(db, Some(of)).await? {
        let by = match other.place() {
            RunnerPlace::Here(pid) => format!("by process {pid}"),
            // Of one whose lease lapsed the next `queue run` judges.
            RunnerPlace::Elsewhere(host) | RunnerPlace::Lapsed(host) => format!("on {host}"),
            // Its pod may still run.
            RunnerPlace::Gone if other.is_kubernetes() => "in Kubernetes, its runner died".to_owned(),
            RunnerPlace::Unknown if other.begin.is_some_and(|begin| now - begin < UNKNOWN_LIMIT) => {
                "by another program".to_owned()
            }
            RunnerPlace::Gone | RunnerPlace::Unknown | RunnerPlace::Damaged(_) => continue,
        };
        return Ok(Some(Running { job: other.id, message: format!("since {}, {by}", other.began) }));
    }
    Ok(None)
}

/// The key in an error's JSON that tells which job runs.
pub const BUSY: &str = "running_job";

/// Refuses a job while another of its runtemplate runs.
pub fn refused(job: JobId, runtemplate: RunTemplateId, running: &Running) -> Error {
    let other = running.job;
    Error::refused(format!(
        "job {job} is left: job {other} of the same runtemplate {runtemplate} is running {}",
        running.message
    ))
    .hint(format!(
        "It stays in the queue. `multiflexi-cli job get --id={other}` shows the running one; `queue run --allow-overlap` runs \
         both; if its runner died, `job run --id={other}` or `queue fix` ends it"
    ))
    .detail(BUSY, other.0)
}
