//! A job that ended without its result, because nobody could be asked, while its pod was left alone: a later run may still
//! bring the result home, in place of the one that is saved.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Query};

use crate::db::{Db, Row};
use crate::error::{Error, Result, exit};
use crate::job::output::kind;
use crate::job::runner;

/// Makes such a job ours again; to be called inside the transaction that claims it. Says no where there is nothing to be
/// learned any more.
pub async fn reopen(db: &mut Db, id: i64, job: &Row, now: NaiveDateTime) -> Result<bool> {
    let unlearned = i32::from(exit::NOT_RUN);
    let of_kind = |kind: &'static str| Expr::col("job_id").eq(id).and(Expr::col("type").eq(kind));
    let mut left = Query::select();
    left.column("id").from("job_output_lines").and_where(of_kind(kind::LEFT)).limit(1);
    if job.int("exitcode") != Some(unlearned.into()) || db.fetch_optional(&left).await?.is_none() {
        return Ok(false);
    }
    let mut update = Query::update();
    update.table("job").value("exitcode", Option::<i32>::None).value("end", Option::<NaiveDateTime>::None);
    update.value("pid", i64::from(std::process::id())).and_where(Expr::col("id").eq(id));
    if db.execute(update.and_where(Expr::col("exitcode").eq(unlearned))).await? == 0 {
        return Err(Error::refused(format!("job {id} has just been taken over by another process")));
    }
    let mut delete = Query::delete();
    db.execute(delete.from_table("job_output_lines").and_where(of_kind(kind::LEFT))).await?;
    // Why the first run gave up is part of the story, and not of how it ended.
    let mut update = Query::update();
    update.table("job_output_lines").value("type", kind::NOTICE).and_where(of_kind(kind::REASON));
    db.execute(&update).await?;
    if let Some(runtemplate) = job.int("runtemplate_id") {
        let mut update = Query::update();
        update.table("runtemplate").value("failed_jobs_count", Expr::col("failed_jobs_count").sub(1));
        update.and_where(Expr::col("id").eq(runtemplate)).and_where(Expr::col("failed_jobs_count").gt(0));
        db.execute(&update).await?;
    }
    runner::renew(db, id, now).await?;
    Ok(true)
}
