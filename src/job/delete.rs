//! Deleting jobs with what hangs on them.

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement};

use crate::db::{Db, Row};
use crate::error::Result;
use crate::id::JobId;
use crate::job::model::Job;

/// What refers to a job and means nothing without it, and by which column.
const CHILDREN: &[(&str, &str)] =
    &[("schedule", "job"), ("job_output_lines", "job_id"), ("artifacts", "job_id"), ("file_store", "job_id")];

/// Servers take a limited number of parameters in one statement.
pub const AT_ONCE: usize = 500;

/// Deletes jobs and their output, artifacts and queue rows; to be called inside a transaction.
pub async fn delete_jobs(db: &mut Db, ids: &[JobId]) -> Result<()> {
    for ids in ids.chunks(AT_ONCE) {
        let of_them = |column: &'static str| Expr::col(column).is_in(ids.iter().copied());
        for (table, column) in CHILDREN {
            let mut delete = Query::delete();
            db.execute(delete.from_table(*table).and_where(of_them(column))).await?;
        }
        let mut delete = Query::delete();
        db.execute(delete.from_table("job").and_where(of_them("id"))).await?;
    }
    Ok(())
}

/// Takes a job that ended out of its runtemplate's counters; to be called inside a transaction.
pub async fn uncount(db: &mut Db, job: &Job) -> Result<()> {
    let (Some(code), Some(runtemplate)) = (job.exit_code(), job.runtemplate) else { return Ok(()) };
    let counter = if code == 0 { "successfull_jobs_count" } else { "failed_jobs_count" };
    let mut update = Query::update();
    update.table("runtemplate").value(counter, Expr::col(counter).sub(1));
    update.and_where(Expr::col("id").eq(runtemplate)).and_where(Expr::col(counter).gt(0));
    db.execute(&update).await.map(drop)
}

/// Jobs that ended before a moment. One that never began counts by when it was to run.
pub struct Ended {
    pub before: NaiveDateTime,
    /// Leave out those that failed.
    pub keep_failed: bool,
}

impl Ended {
    fn condition(&self) -> Cond {
        let before = |column: &'static str| Expr::col(column).lt(self.before);
        let old =
            Cond::any().add(before("end")).add(Cond::all().add(Expr::col("end").is_null()).add(before("schedule")));
        let code = Expr::col("exitcode");
        Cond::all().add(if self.keep_failed { code.eq(0) } else { code.is_not_null() }).add(old)
    }

    pub async fn count(&self, db: &mut Db) -> Result<u64> {
        count(db, self.condition()).await
    }

    /// Deletes them and tells how many. The runtemplates' counters stay: they count what ran, not what is kept.
    pub async fn delete(&self, db: &mut Db) -> Result<u64> {
        in_batches(db, |select| {
            select.cond_where(self.condition());
        })
        .await
    }
}

async fn count(db: &mut Db, which: Cond) -> Result<u64> {
    let mut select = Query::select();
    let count = db.count(select.expr(Expr::cust("count(*)")).from("job").cond_where(which)).await?;
    Ok(count.unsigned_abs())
}

/// Deletes ended jobs but the newest `keep` of all jobs, and tells how many.
pub async fn delete_but_newest(db: &mut Db, keep: u64, dry_run: bool) -> Result<u64> {
    let Some(newest) = newest_to_go(db, "job", keep).await? else { return Ok(0) };
    let which = Cond::all().add(Expr::col("id").lte(newest)).add(Expr::col("exitcode").is_not_null());
    if dry_run {
        return count(db, which).await;
    }
    in_batches(db, |select| {
        select.cond_where(which.clone());
    })
    .await
}

/// The id of the newest row of a table that is not among the newest `keep`.
pub async fn newest_to_go(db: &mut Db, table: &'static str, keep: u64) -> Result<Option<i64>> {
    let mut select = Query::select();
    select.column("id").from(table).order_by("id", Order::Desc).limit(1).offset(keep);
    Ok(db.fetch_optional(&select).await?.and_then(|row| row.first_int()))
}

/// Deletes the jobs that `narrow` lets through, each batch in a transaction of its own: others get their turn between.
async fn in_batches(db: &mut Db, narrow: impl Fn(&mut SelectStatement)) -> Result<u64> {
    let mut select = Query::select();
    select.column("id").from("job").order_by("id", Order::Asc).limit(AT_ONCE as u64);
    narrow(&mut select);
    let mut deleted = 0;
    loop {
        let batch = db.transaction(async |db| {
            let ids: Vec<JobId> = db.fetch_all(&select).await?.iter().filter_map(Row::first_int).map(JobId).collect();
            delete_jobs(db, &ids).await?;
            Ok(ids.len())
        });
        match batch.await? {
            0 => return Ok(deleted),
            count => deleted = u64::saturating_add(deleted, count as u64),
        }
    }
}
