//! `runtemplate delete`: takes along what hangs on a runtemplate, its jobs included, as the suite does.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Query};
use serde_json::json;

use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::job::delete::delete_jobs;
use crate::nouns::NoArgs;
use crate::nouns::runtemplate::TABLE;
use crate::output::Outcome;
use crate::table::crud;

/// What refers to a runtemplate and means nothing without it.
const CHILDREN: &[&str] =
    &["configuration", "actionconfig", "runtplcreds", "runtemplate_topics", "file_store", "event_rule", "task"];

pub async fn delete(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_only(ctx.db().await?, &TABLE, matches).await?;
    let id = row.int("id").unwrap_or_default();
    let jobs = ctx.db().await?.transaction(async |db| remove(db, id).await).await?;
    let also = if jobs > 0 { format!(", and its {jobs} jobs") } else { String::new() };
    let json = json!({"runtemplate_id": id.to_string(), "deleted": true, "deleted_jobs": jobs});
    Ok(Outcome::message(format!("RunTemplate deleted successfully (ID: {id}){also}"), json))
}

/// Deletes a runtemplate; to be called inside a transaction. Tells how many jobs went with it.
///
/// # Errors
/// One of its jobs is running.
pub async fn remove(db: &mut Db, id: i64) -> Result<usize> {
    let of_it = || Expr::col("runtemplate_id").eq(id);
    let mut select = Query::select();
    select.columns(["id", "begin", "exitcode"]).from("job").and_where(of_it());
    let jobs = db.fetch_all(&select).await?;
    if let Some(job) = jobs.iter().find(|job| !job.get("begin").is_null() && job.get("exitcode").is_null()) {
        let running = job.int("id").unwrap_or_default();
        return Err(Error::new(
            Kind::InUse,
            format!("RunTemplate {id} cannot be deleted: its job {running} is running"),
        )
        .hint(format!("Wait for it, or end it: `multiflexi-cli job cancel --id={running}`")));
    }
    let ids: Vec<i64> = jobs.iter().filter_map(|job| job.int("id")).collect();
    delete_jobs(db, &ids).await?;
    for table in CHILDREN {
        let mut delete = Query::delete();
        db.execute(delete.from_table(*table).and_where(of_it())).await?;
    }
    let mut delete = Query::delete();
    db.execute(delete.from_table(TABLE.sql).and_where(Expr::col("id").eq(id))).await?;
    Ok(ids.len())
}
