//! `job status`: how many jobs there are, by how they stand.

use sea_query::Expr;
use serde_json::json;

use crate::commands::NoArgs;
use crate::context::Context;
use crate::db::select;
use crate::error::Result;
use crate::output::Outcome;

/// Counts jobs by how they stand.
///
/// # Errors
/// The database cannot be asked.
pub async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let select = select::from("job")
        .expr_as(Expr::cust("count(case when exitcode = 0 then 1 end)"), "successful")
        .expr_as(Expr::cust("count(case when exitcode <> 0 then 1 end)"), "failed")
        .expr_as(Expr::cust("count(case when exitcode is null then 1 end)"), "incomplete")
        // Each by itself, so that an index of one column answers it and no row is read, with its environment.
        .expr_as(Expr::cust("(select count(distinct app_id) from job)"), "applications")
        .expr_as(Expr::cust("(select count(schedule) from job)"), "scheduled")
        .expr_as(Expr::cust("count(*)"), "total")
        .take();
    let counts = db.fetch_optional(&select).await?;
    let count = |name: &str| counts.as_ref().and_then(|row| row.int(name)).unwrap_or_default();
    let queued = db.count_where("schedule", select::all()).await?;
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
