//! Jobs of one runtemplate side by side: who runs one already.

use chrono::{Duration, NaiveDateTime};
use sea_query::{Expr, ExprTrait, LockType, Query};

use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::executor;
use crate::job::runner::{self, Whereabouts};

/// The suite keeps no record of who runs a job, and leaves jobs unfinished for ever when an action of theirs crashes: one
/// that began longer ago does not count.
const UNKNOWN_LIMIT: Duration = Duration::days(1);

/// A job that runs.
pub struct Running {
    pub job: i64,
    /// Since when and by whom, in words.
    pub words: String,
}

/// Locks a runtemplate until the transaction ends, so that of several processes one after the other looks and claims. Has to
/// come before anything else is read: MariaDB shows a transaction the database as of its first plain read.
pub async fn lock(db: &mut Db, runtemplate: i64) -> Result<()> {
    let mut select = Query::select();
    select.column("id").from("runtemplate").and_where(Expr::col("id").eq(runtemplate)).lock(LockType::Update);
    db.fetch_optional(&select).await.map(drop)
}

/// A running job of the runtemplate other than this one.
pub async fn find(db: &mut Db, runtemplate: i64, job: i64, now: NaiveDateTime) -> Result<Option<Running>> {
    let mut select = runner::unfinished();
    select.and_where(Expr::col(("job", "runtemplate_id")).eq(runtemplate)).and_where(Expr::col(("job", "id")).ne(job));
    for row in db.fetch_all(&select).await? {
        let by = match runner::whereabouts(&row) {
            Whereabouts::Here(pid) => format!("by process {pid}"),
            Whereabouts::Elsewhere(host) => format!("on {host}"),
            // Its pod may still run.
            Whereabouts::Gone if is_kubernetes(&row) => "in Kubernetes, its runner died".to_owned(),
            Whereabouts::Unknown if row.time("begin").is_some_and(|begin| begin > now - UNKNOWN_LIMIT) => {
                "by another program".to_owned()
            }
            Whereabouts::Gone | Whereabouts::Unknown => continue,
        };
        let began = row.text("begin").unwrap_or_default();
        return Ok(Some(Running { job: row.int("id").unwrap_or_default(), words: format!("since {began}, {by}") }));
    }
    Ok(None)
}

pub fn is_kubernetes(job: &Row) -> bool {
    job.text("executor").as_deref() == Some(executor::KUBERNETES)
}

/// The key in an error's JSON that tells which job runs.
pub const BUSY: &str = "running_job";

/// Refuses a job while another of its runtemplate runs.
pub fn refused(job: i64, runtemplate: i64, running: &Running) -> Error {
    let other = running.job;
    Error::refused(format!(
        "job {job} is left: job {other} of the same runtemplate {runtemplate} is running {}",
        running.words
    ))
    .hint(format!(
        "It stays in the queue. `multiflexi-cli job get --id={other}` shows the running one; `queue run --allow-overlap` runs \
         both; if its runner died, `job run --id={other}` or `queue fix` ends it"
    ))
    .detail(BUSY, other)
}
