//! The numbers about jobs and their queue that monitoring asks for.

use chrono::{Duration, NaiveDateTime};
use sea_query::{Expr, ExprTrait, SelectStatement, WindowStatement};

use crate::db::expression::{refers_to, row_count};
use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::id::{JobId, RunTemplateId};
use crate::job::credential_check;
use crate::job::heartbeat::{self, Round};
use crate::job::queue;
use crate::job::recovery::obstacles;
use crate::job::runner::overlap;
use crate::job::runner::{self, RunnerPlace};

/// How jobs and their queue stand.
pub struct Health {
    /// Jobs of the queue whose moment has come.
    pub due: u64,
    /// The one of them that waits the longest, and since when.
    pub oldest: Option<(JobId, NaiveDateTime)>,
    /// Jobs that began, and failed within a day.
    pub failed: u64,
    /// Jobs that began and did not end, and whose runner does not run them any more.
    pub lost: Vec<JobId>,
    /// Jobs that wait for a credential, in no queue.
    pub blocked: Vec<JobId>,
    /// Runtemplates whose schedule waits for the end of a job that is not there any more.
    pub stuck: Vec<RunTemplateId>,
    pub last_fill: Option<NaiveDateTime>,
    pub last_run: Option<NaiveDateTime>,
}

impl Health {
    /// Reads how the queue stands at `now`.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn read(db: &mut Db, now: NaiveDateTime) -> Result<Health> {
        let mut first = due(now);
        first.columns([(tables::SCHEDULE, "job"), (tables::SCHEDULE, "after")]);
        first.expr_window_as(row_count(), WindowStatement::new(), "due");
        let oldest =
            db.fetch_optional(first.order_by((tables::SCHEDULE, "after"), sea_query::Order::Asc).limit(1)).await?;
        let failed = db
            .count_where(
                tables::JOB,
                Expr::col("end")
                    .gte(now.checked_sub_signed(Duration::days(1)).unwrap_or(now))
                    .and(Expr::col("exitcode").ne(0))
                    // What was cancelled while it waited did not fail.
                    .and(Expr::col("begin").is_not_null()),
            )
            .await?;
        let blocked = credential_check::blocked_ids(db).await?;
        let unfinished = runner::unfinished_jobs(db, None).await?;
        let lost = unfinished.iter().filter(|job| match job.place() {
            RunnerPlace::Here(_) | RunnerPlace::Elsewhere(_) => false,
            RunnerPlace::Unknown => overlap::is_forgotten(job, now),
            RunnerPlace::Gone | RunnerPlace::Lapsed(_) | RunnerPlace::Damaged(_) => true,
        });
        Ok(Health {
            due: oldest.as_ref().and_then(|row| row.int("due")).and_then(|due| due.try_into().ok()).unwrap_or_default(),
            oldest: oldest.and_then(|row| row.int("job").map(JobId).zip(row.time("after"))),
            failed,
            lost: lost.map(|job| job.id).collect(),
            blocked,
            stuck: obstacles::dead_schedules(db).await?,
            last_fill: heartbeat::last(db, Round::Fill).await?,
            last_run: heartbeat::last(db, Round::Run).await?,
        })
    }
}

/// The rows of the queue whose moment has come, and whose job neither began nor ended.
fn due(now: NaiveDateTime) -> SelectStatement {
    select::from(tables::SCHEDULE)
        .inner_join(tables::JOB, refers_to((tables::SCHEDULE, "job"), tables::JOB))
        .and_where(Expr::col((tables::SCHEDULE, "after")).lte(now))
        .cond_where(queue::pending())
        .take()
}
