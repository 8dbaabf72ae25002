//! `prune`: keeps the newest of the logs and jobs.

use sea_query::{Expr, ExprTrait};
use serde_json::{Map, json};

use crate::commands::work::{STAYS, Work};
use crate::commands::{Noun, Scope, verb};
use crate::context::Context;
use crate::count::counted;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::job::delete;
use crate::output::loss::Loss;
use crate::output::{Outcome, Standard};
use crate::table::args;

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
    /// Prune jobs that have ended, with their output and artifacts
    #[arg(long)]
    jobs: bool,
    /// How many of the newest rows to keep
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = args::number::<u64>(0, i32::MAX.into()))]
    keep: u64,
    /// Show what would be deleted, without deleting it
    #[arg(long = "dry-run")]
    dry_run: bool,
}

async fn prune(ctx: &mut Context, args: Prune) -> Result<Outcome> {
    if !args.logs && !args.jobs {
        return Err(Error::usage("No table specified. Use --logs and/or --jobs"));
    }
    if !args.dry_run {
        let loss = async |db: &mut Db| {
            let logs = if args.logs { count(db, tables::LOG, args.keep).await? } else { 0 };
            let jobs = if args.jobs { count(db, tables::JOB, args.keep).await? } else { 0 };
            Ok(Loss::counted().with(jobs, "old jobs").with(logs, "old log records"))
        };
        if let Some(answer) = ctx.guard("deleted", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let (db, printer) = ctx.open().await?;
    let mut found = Vec::new();
    for (_, table) in
        [(args.logs, tables::LOG), (args.jobs, tables::JOB)].into_iter().filter(|(is_wanted, _)| *is_wanted)
    {
        let old = OldRows::find(db, table, args.keep).await?;
        let count = match &old {
            Some(old) => old.count(db).await?,
            None => 0,
        };
        found.push((table, old, count));
    }
    let all = found.iter().map(|(_, _, count)| count).sum();
    let mut work = Work::begin(printer, all, ("records", "are deleted"), STAYS)?;
    let (mut text, mut json) = (String::new(), Map::new());
    for (table, old, mut count) in found {
        if let Some(old) = old.filter(|_| !args.dry_run) {
            count = work.batches(async || old.delete_some(db).await).await?;
        }
        let done = if args.dry_run { "Would delete" } else { "Deleted" };
        text.push_str(&match printer.is_terminal(Standard::Out) {
            true => format!("{done} {} from {table}.\n", counted(count, "records")),
            // As the suite writes it, for scripts.
            false if args.dry_run => format!("{done} {count} records from {table}.\n"),
            false => {
                let keep = args.keep;
                format!("Pruning {table}s, keeping latest {keep} records...\n{done} {count} records from {table}.\n")
            }
        });
        json.insert(format!("deleted_{table}s"), count.into());
    }
    drop(work);
    text.push_str(if args.dry_run { "Nothing was deleted (dry run)." } else { "Prune completed." });
    json.insert("status".into(), json!("success"));
    json.insert("kept".into(), args.keep.into());
    json.insert("dry_run".into(), args.dry_run.into());
    Ok(Outcome::message(text, json.into()))
}

/// Old rows of one kind.
enum OldRows {
    /// Of the log, up to this id.
    Logs(i64),
    Jobs(delete::OldJobs),
}

impl OldRows {
    /// What of the log, or of the jobs, is to go; None where nothing is.
    async fn find(db: &mut Db, table: &str, keep: u64) -> Result<Option<OldRows>> {
        Ok(match table {
            tables::LOG => delete::newest_to_go(db, tables::LOG, keep).await?.map(OldRows::Logs),
            _ => delete::OldJobs::but_newest(db, keep).await?.map(OldRows::Jobs),
        })
    }

    async fn count(&self, db: &mut Db) -> Result<u64> {
        match self {
            OldRows::Jobs(jobs) => jobs.count(db).await,
            OldRows::Logs(newest) => Ok(db.count_where(tables::LOG, Expr::col("id").lte(*newest)).await?),
        }
    }

    /// Deletes the next of them; 0 once there are no more.
    async fn delete_some(&self, db: &mut Db) -> Result<u64> {
        let newest = match self {
            OldRows::Jobs(jobs) => return jobs.delete_some(db).await,
            OldRows::Logs(newest) => *newest,
        };
        db.transaction(async |db| {
            let select = select::column(tables::LOG, "id", Expr::col("id").lte(newest))
                .order_by("id", sea_query::Order::Asc)
                .limit(1)
                .offset(BATCH - 1)
                .take();
            // The id up to which this batch goes: the last of its rows, or of all.
            let up_to = db.fetch_optional(&select).await?.as_ref().and_then(Row::first_int).unwrap_or(newest);
            db.delete_where(tables::LOG, Expr::col("id").lte(up_to)).await
        })
        .await
    }
}

/// How many are to go.
async fn count(db: &mut Db, table: &str, keep: u64) -> Result<u64> {
    match OldRows::find(db, table, keep).await? {
        Some(old) => old.count(db).await,
        None => Ok(0),
    }
}
