//! Deleting jobs with what hangs on them.

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait, Order};

use crate::audit;
use crate::db::select::{self, AT_ONCE};
use crate::db::{Db, references, tables};
use crate::error::Result;
use crate::id::{JobId, RunTemplateId};
use crate::job::model::Job;

/// Deletes jobs and their output, artifacts and queue rows; call inside a transaction.
///
/// # Errors
/// The database does not take it; a part may be deleted by then, so that nothing of the transaction may stand.
pub async fn delete_jobs(db: &mut Db, ids: &[JobId]) -> Result<()> {
    for ids in ids.chunks(AT_ONCE) {
        let of_them = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
        references::delete_parts(db, references::parts(tables::JOB, &of_them)).await?;
        db.delete_where(tables::JOB, of_them("id")).await?;
    }
    Ok(())
}

/// Logs that these jobs are deleted; call inside the transaction, before they are.
///
/// # Errors
/// The database does not take it.
pub async fn log_deletion(db: &mut Db, ids: &[JobId], now: NaiveDateTime) -> Result<()> {
    for ids in ids.chunks(AT_ONCE) {
        audit::deleted(db, tables::JOB, Expr::col("id").is_in(ids.iter().copied()), now).await?;
    }
    Ok(())
}

/// Takes a job that ended out of its runtemplate's counters; call inside a transaction.
///
/// # Errors
/// The database does not take it. A runtemplate that is gone, or whose counter is 0, is no failure.
pub async fn uncount(db: &mut Db, job: &Job) -> Result<()> {
    // One that was cancelled while it waited never counted.
    let (Some(code), Some(runtemplate), Some(_)) = (job.exit_code(), job.runtemplate, job.begin) else { return Ok(()) };
    let counter = if code == 0 { "successfull_jobs_count" } else { "failed_jobs_count" };
    db.update_where(
        tables::RUNTEMPLATE,
        Expr::col("id").eq(runtemplate).and(Expr::col(counter).gt(0)),
        [(counter, Expr::col(counter).sub(1))],
    )
    .await
    .map(drop)
}

/// Jobs that ended and are to go. The runtemplates' counters stay: they count what ran, not what is kept.
pub struct OldJobs(Cond);

impl OldJobs {
    /// Those that ended before a moment. One that never began counts by when it was to run. Those that failed may stay.
    pub fn before(moment: NaiveDateTime, keep_failed: bool) -> OldJobs {
        let before = |column: &'static str| Expr::col(column).lt(moment);
        let old =
            Cond::any().add(before("end")).add(Cond::all().add(Expr::col("end").is_null()).add(before("schedule")));
        let code = Expr::col("exitcode");
        OldJobs(Cond::all().add(if keep_failed { code.eq(0) } else { code.is_not_null() }).add(old))
    }

    /// Those that are not among the newest `keep` of all jobs; None where there are no more of them.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn but_newest(db: &mut Db, keep: u64) -> Result<Option<OldJobs>> {
        let newest = newest_to_go(db, tables::JOB, keep).await?;
        Ok(newest.map(|id| OldJobs(Cond::all().add(Expr::col("id").lte(id)).add(Expr::col("exitcode").is_not_null()))))
    }

    /// Those of one runtemplate.
    pub fn of_runtemplate(runtemplate: RunTemplateId) -> OldJobs {
        let of_it = Expr::col("runtemplate_id").eq(runtemplate);
        OldJobs(Cond::all().add(of_it).add(Expr::col("exitcode").is_not_null()))
    }

    /// How many they are.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn count(&self, db: &mut Db) -> Result<u64> {
        db.count_where(tables::JOB, self.0.clone()).await
    }

    /// Deletes the next of them, in a transaction of its own, so that others get their turn before the next call.
    ///
    /// Returns how many; 0 once there are no more.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn delete_some(&self, db: &mut Db) -> Result<u64> {
        db.transaction(async |db| {
            let ids = self.next(db).await?;
            delete_jobs(db, &ids).await?;
            Ok(ids.len() as u64)
        })
        .await
    }

    /// As [`delete_some`](Self::delete_some), inside a transaction of its caller, and logged.
    ///
    /// # Errors
    /// The database does not take it.
    pub async fn delete_and_log_some(&self, db: &mut Db, now: NaiveDateTime) -> Result<u64> {
        let ids = self.next(db).await?;
        log_deletion(db, &ids, now).await?;
        delete_jobs(db, &ids).await?;
        Ok(ids.len() as u64)
    }

    /// So many of them as are deleted at once.
    async fn next(&self, db: &mut Db) -> Result<Vec<JobId>> {
        let mut select = select::column(tables::JOB, "id", self.0.clone());
        db.fetch_ids(select.order_by("id", Order::Asc).limit(AT_ONCE as u64)).await
    }
}

/// The id of the newest row of a table that is not among the newest `keep`.
///
/// # Errors
/// The database cannot be asked.
pub async fn newest_to_go(db: &mut Db, table: &'static str, keep: u64) -> Result<Option<i64>> {
    let select = select::from(table).column("id").order_by("id", Order::Desc).limit(1).offset(keep).take();
    Ok(db.fetch_optional(&select).await?.and_then(|row| row.first_int()))
}
