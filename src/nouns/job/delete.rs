//! `job delete` and `job cleanup`: jobs go with their output, artifacts and queue rows.

use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Kind, Result};
use crate::job::{cancel, delete};
use crate::nouns::job::TABLE;
use crate::output::{Outcome, changed};
use crate::schedule::parse_age;

#[derive(clap::Args)]
pub struct Delete {
    /// The job
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
    /// Delete it even if it began and did not end: its runner died
    #[arg(long)]
    force: bool,
    /// Only say what would be deleted
    #[arg(long = "dry-run")]
    dry_run: bool,
}

pub async fn delete(ctx: &mut Context, args: Delete) -> Result<Outcome> {
    let (id, now) = (args.id, ctx.now());
    ctx.db()
        .await?
        .transaction(async |db| {
            let job = TABLE.require(db, id).await?;
            if !job.get("begin").is_null() && job.get("exitcode").is_null() && !args.force {
                return Err(Error::new(Kind::InUse, format!("job {id} is running")).hint(format!(
                    "End it: `multiflexi-cli job cancel --id={id}`; if its runner died: `job delete --id={id} --force`"
                )));
            }
            if args.dry_run {
                return Ok(());
            }
            if job.get("exitcode").is_null() {
                cancel::give_up(db, &job, now).await?;
            }
            delete::uncount(db, &job).await?;
            delete::delete_jobs(db, &[id]).await
        })
        .await?;
    if args.dry_run {
        let json = json!({"job_id": id, "deleted": false, "dry_run": true});
        return Ok(Outcome::message(format!("Job would be deleted: ID={id} (dry run)"), json));
    }
    Ok(Outcome::message(format!("Job deleted: ID={id}"), changed("deleted", "job_id", id)))
}

#[derive(clap::Args)]
pub struct Cleanup {
    /// Delete jobs that ended longer ago than this: 30d, 12h, 2w
    #[arg(long = "older-than", value_name = "AGE", value_parser = age)]
    older_than: chrono::Duration,
    /// Keep jobs that failed
    #[arg(long = "keep-failed")]
    keep_failed: bool,
    /// Only say what would be deleted
    #[arg(long = "dry-run")]
    dry_run: bool,
}

fn age(text: &str) -> Result<chrono::Duration, String> {
    parse_age(text).map_err(|_| "it takes a number and a unit: 45s, 90m (minutes), 12h, 30d, 2w".into())
}

/// Jobs that have not ended stay, however old they are.
pub async fn cleanup(ctx: &mut Context, args: Cleanup) -> Result<Outcome> {
    let before = ctx.now().checked_sub_signed(args.older_than).ok_or_else(|| {
        Error::usage("--older-than reaches back beyond the calendar").hint("It takes an age such as 30d")
    })?;
    let old = delete::Ended { before, keep_failed: args.keep_failed };
    let db = ctx.db().await?;
    let deleted = if args.dry_run { old.count(db).await? } else { old.delete(db).await? };
    let (verb, also) = if args.dry_run { ("would be deleted", " (dry run)") } else { ("deleted", "") };
    let text = format!("{deleted} jobs that ended before {before} {verb}{also}");
    let json = json!({"deleted_jobs": deleted, "before": before.to_string(), "dry_run": args.dry_run});
    Ok(Outcome::message(text, json))
}
