//! `prune`: keeps the newest of the logs and jobs.

use sea_query::{Expr, ExprTrait, Query};
use serde_json::{Map, json};

use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::job::delete::{delete_but_newest, newest_to_go};
use crate::output::Outcome;
use crate::output::loss::Loss;

pub const NOUN: Noun = Noun {
    name: "prune",
    aliases: &[],
    about: "Delete old logs and jobs",
    scope: Scope::Data,
    verbs: &[verb!("", "Delete old logs and jobs", Prune, prune).destroying()],
};

/// Rows deleted in one transaction.
const BATCH: u64 = 5000;

#[derive(clap::Args)]
struct Prune {
    /// Prune the log
    #[arg(long)]
    logs: bool,
    /// Prune jobs that ended, with what hangs on them
    #[arg(long)]
    jobs: bool,
    /// How many of the newest to keep
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(..=i32::MAX as u64))]
    keep: u64,
    /// Only say what would be deleted
    #[arg(long = "dry-run")]
    dry_run: bool,
}

async fn prune(ctx: &mut Context, args: Prune) -> Result<Outcome> {
    if !args.logs && !args.jobs {
        return Err(Error::usage("No table specified. Use --logs and/or --jobs"));
    }
    if !args.dry_run {
        let loss = async |db: &mut Db| {
            let logs = if args.logs { delete_logs(db, args.keep, true).await? } else { 0 };
            let jobs = if args.jobs { delete_but_newest(db, args.keep, true).await? } else { 0 };
            Ok(Loss::of("what is old").with(jobs, "jobs").with(logs, "log records"))
        };
        if let Some(answer) = ctx.guard("deleted", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let db = ctx.db().await?;
    let (mut text, mut json) = (String::new(), Map::new());
    for (wanted, table) in [(args.logs, "log"), (args.jobs, "job")] {
        if wanted {
            let deleted = match table {
                "log" => delete_logs(db, args.keep, args.dry_run).await?,
                _ => delete_but_newest(db, args.keep, args.dry_run).await?,
            };
            let done = if args.dry_run { "Would delete" } else { "Deleted" };
            text.push_str(&format!("{done} {deleted} records from {table}.\n"));
            json.insert(format!("deleted_{table}s"), deleted.into());
        }
    }
    text.push_str(if args.dry_run { "Nothing was deleted (dry run)." } else { "Prune completed." });
    json.insert("status".into(), json!("success"));
    json.insert("kept".into(), args.keep.into());
    json.insert("dry_run".into(), args.dry_run.into());
    Ok(Outcome::message(text, json.into()))
}

async fn delete_logs(db: &mut Db, keep: u64, dry_run: bool) -> Result<u64> {
    let Some(newest) = newest_to_go(db, "log", keep).await? else { return Ok(0) };
    if dry_run {
        let mut select = Query::select();
        select.expr(Expr::cust("count(*)")).from("log").and_where(Expr::col("id").lte(newest));
        return Ok(db.count(&select).await?.unsigned_abs());
    }
    let mut deleted = 0;
    loop {
        let batch = db.transaction(async |db| {
            let mut select = Query::select();
            select.column("id").from("log").and_where(Expr::col("id").lte(newest));
            select.order_by("id", sea_query::Order::Asc).limit(1).offset(BATCH - 1);
            // The id up to which this batch goes: the last of its rows, or of all.
            let up_to = db.fetch_optional(&select).await?.as_ref().and_then(Row::first_int).unwrap_or(newest);
            let mut delete = Query::delete();
            db.execute(delete.from_table("log").and_where(Expr::col("id").lte(up_to))).await
        });
        match batch.await? {
            0 => return Ok(deleted),
            count => deleted = u64::saturating_add(deleted, count),
        }
    }
}
