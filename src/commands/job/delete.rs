//! `job delete` and `job cleanup`: jobs go with their output, artifacts and queue rows.

use std::time::SystemTime;

use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::work::{STAYS, Work};
use crate::context::Context;
use crate::count::counted;
use crate::db::{Db, tables};
use crate::error::{Error, Kind, Result};
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::recovery::recovery_file::{self, RecoveryFile};
use crate::job::{cancel, delete};
use crate::output::loss::Loss;
use crate::output::{Outcome, changed};
use crate::table::args;

#[derive(clap::Args)]
pub struct Delete {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Delete it even if it began and never ended, because its runner died
    #[arg(long)]
    force: bool,
}

fn refuse_running(job: &Job, args: &Delete) -> Result<()> {
    if job.state != JobState::Running || args.force {
        return Ok(());
    }
    let id = job.id;
    Err(Error::new(Kind::InUse, format!("job {id} is running")).hint(format!(
        "End it: `multiflexi-cli job cancel --id={id}`; if its runner died: `multiflexi-cli job delete --id={id} --force`"
    )))
}

/// What goes with a job.
async fn loss(db: &mut Db, args: &Delete) -> Result<Loss> {
    let job = Job::require(db, args.id).await?;
    refuse_running(&job, args)?;
    let mut counts = [0; 2];
    for (count, table) in counts.iter_mut().zip([tables::JOB_OUTPUT_LINES, tables::ARTIFACTS]) {
        *count = db.count_where(table, Expr::col("job_id").eq(args.id)).await?;
    }
    Ok(loss_of(db, &job).await?.with(counts[0], "rows of output").with(counts[1], "artifacts"))
}

/// A job as people know it: whose it is, and how it stands.
///
/// # Errors
/// The database cannot be asked.
pub async fn loss_of(db: &mut Db, job: &Job) -> Result<Loss> {
    let runtemplate = db.find_referred(tables::RUNTEMPLATE, job.runtemplate).await?;
    let of_runtemplate =
        runtemplate.and_then(|row| row.filled("name")).map(|name| format!(" of {name:?}")).unwrap_or_default();
    let state = match job.state {
        JobState::Ended(code) => format!(", which ended with {code},"),
        JobState::Waiting => ", which has not begun,".into(),
        JobState::Running => ", which began and did not end,".into(),
    };
    Ok(Loss::new(format!("job {}{of_runtemplate}{state}", job.id)))
}

/// Deletes a job with its output, artifacts and queue rows.
///
/// # Errors
/// There is no such job, it runs and `--force` is not given, or somebody answers no: nothing is deleted then.
pub async fn delete(ctx: &mut Context, args: Delete) -> Result<Outcome> {
    let (id, now) = (args.id, ctx.now());
    let json = json!({"job_id": id, "deleted": false});
    if let Some(answer) = ctx.guard("deleted", json, async |db| loss(db, &args).await).await? {
        return Ok(answer);
    }
    ctx.db()
        .await?
        .transaction(async |db| {
            let job = Job::lock(db, id).await?.ok_or_else(|| Job::unknown(id))?;
            refuse_running(&job, &args)?;
            if job.exit_code().is_none() {
                cancel::give_up(db, &job, now).await?;
            }
            delete::uncount(db, &job).await?;
            delete::delete_jobs(db, &[id]).await?;
            audit::changed(db, tables::JOB, id.into(), Action::Delete, now).await
        })
        .await?;
    Ok(Outcome::message(format!("Job deleted: ID={id}"), changed("deleted", "job_id", id)))
}

#[derive(clap::Args)]
pub struct Cleanup {
    /// Delete jobs that ended longer ago than this: 30d, 12h, 2w
    #[arg(long = "older-than", value_name = "AGE", value_parser = args::age)]
    older_than: chrono::Duration,
    /// Keep jobs that failed
    #[arg(long = "keep-failed")]
    keep_failed: bool,
    /// Show what would be deleted, without deleting it
    #[arg(long = "dry-run")]
    dry_run: bool,
}

const ASIDE: &str = "old recovery files";

/// Jobs that have not ended stay, however old they are. Recovery files that were put aside here that long ago go, too.
///
/// # Errors
/// The age reaches back beyond the calendar, somebody answers no, the database refuses, or a signal came; jobs that were
/// deleted before that stay deleted.
pub async fn cleanup(ctx: &mut Context, args: Cleanup) -> Result<Outcome> {
    let before = ctx.now().checked_sub_signed(args.older_than).ok_or_else(|| {
        Error::usage("--older-than reaches back beyond the calendar").hint("It takes an age such as 30d")
    })?;
    let old = delete::OldJobs::before(before, args.keep_failed);
    let written_before = SystemTime::now().checked_sub(args.older_than.to_std().unwrap_or_default());
    let files = |db: &Db| {
        let database = db.target().fingerprint();
        written_before.map_or_else(Vec::new, |moment| recovery_file::put_aside_before(&database, moment))
    };
    if !args.dry_run {
        let loss = async |db: &mut Db| {
            let jobs = counted(old.count(db).await?, "jobs");
            let loss = Loss::new(format!("{jobs} that ended before {before}"));
            Ok(loss.with(files(db).len() as u64, ASIDE))
        };
        if let Some(answer) = ctx.guard("deleted", json!({}), loss).await? {
            return Ok(answer);
        }
    }
    let (db, printer) = ctx.open().await?;
    let mut deleted = old.count(db).await?;
    if !args.dry_run {
        let mut work = Work::begin(printer, deleted, ("jobs", "are deleted"), STAYS)?;
        deleted = work.batches(async || old.delete_some(db).await).await?;
    }
    let files = files(db);
    if !args.dry_run {
        for file in files.iter().filter_map(|name| RecoveryFile::own(name).ok()) {
            file.remove();
        }
    }
    let also_files =
        if files.is_empty() { String::new() } else { format!(" and {}", counted(files.len() as u64, ASIDE)) };
    let (verb, also) = if args.dry_run { ("would be deleted", " (dry run)") } else { ("deleted", "") };
    let text = format!("{deleted} jobs that ended before {before}{also_files} {verb}{also}");
    let json = json!({"deleted_jobs": deleted, "deleted_recovery_files": files.len(), "before": before.to_string(), "dry_run": args.dry_run});
    Ok(Outcome::message(text, json))
}
