//! `job status`: how many jobs there are, by how they stand.

use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::commands::NoArgs;
use crate::context::Context;
use crate::db::expression::{count_if, row_count};
use crate::db::{select, tables};
use crate::error::Result;
use crate::output::Outcome;

/// Counts jobs by how they stand.
///
/// # Errors
/// The database cannot be asked.
pub async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let exit_code = || Expr::col("exitcode");
    let all = |number: Expr| Expr::from(select::from(tables::JOB).expr(number).take());
    let select = select::from(tables::JOB)
        .expr_as(count_if(exit_code().eq(0)), "successful")
        .expr_as(count_if(exit_code().ne(0)), "failed")
        .expr_as(count_if(exit_code().is_null()), "incomplete")
        // Each by itself, so that an index of one column answers it and no row is read, with its environment.
        .expr_as(all(Expr::col("app_id").count_distinct()), "applications")
        .expr_as(all(Expr::col("schedule").count()), "scheduled")
        .expr_as(row_count(), "total")
        .take();
    let counts = db.fetch_optional(&select).await?;
    let count = |name: &str| counts.as_ref().and_then(|row| row.int(name)).unwrap_or_default();
    let queued = db.count_where(tables::SCHEDULE, select::all()).await?;
    let json = json!({
        "successful_jobs": count("successful"),
        "failed_jobs": count("failed"),
        "incomplete_jobs": count("incomplete"),
        "total_applications": count("applications"),
        "repeated_jobs": count("scheduled"),
        "total_jobs": count("total"),
        "queue_length": queued,
    });
    let text = format!(
        "jobs: {}\n  success: {}\n  failed: {}\n  pending or running: {}\nin the queue: {queued}\napplications: {}",
        count("total"),
        count("successful"),
        count("failed"),
        count("incomplete"),
        count("applications")
    );
    Ok(Outcome::Report { text, json })
}
