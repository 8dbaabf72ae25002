//! `job cancel` and `job retry`.

use std::time::Duration;

use serde_json::json;

use crate::context::Context;
use crate::db::row::TIME_FORMAT;
use crate::error::{Error, Result};
use crate::job::cancel::{self, Cancelled};
use crate::job::create::Settings;
use crate::job::retry::{self, Attempt};
use crate::nouns::job::TABLE;
use crate::output::Outcome;
use crate::schedule::parse_when;

/// How long a runner that was told to end its job is waited for.
const LIMIT: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
pub struct Cancel {
    /// The job
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
}

pub async fn cancel(ctx: &mut Context, args: Cancel) -> Result<Outcome> {
    let (id, now) = (args.id, ctx.now());
    let db = ctx.db().await?;
    let pid = match cancel::cancel(db, id, now).await? {
        Cancelled::Pending { queued } => {
            let also = if queued {
                "it is out of the queue and will not run"
            } else {
                "it was not in the queue; if another executor has just taken it, it runs all the same"
            };
            let json = json!({
                "job_id": id.to_string(), "cancelled": true, "was": "pending", "exitcode": cancel::EXIT_CODE,
            });
            return Ok(Outcome::message(format!("Job {id} cancelled before it began: {also}"), json));
        }
        Cancelled::Running { pid } => pid,
    };
    let until = tokio::time::Instant::now() + LIMIT;
    let code = loop {
        let row = TABLE.require(db, id).await?;
        if let Some(code) = row.int("exitcode") {
            break Some(code);
        }
        if tokio::time::Instant::now() >= until {
            break None;
        }
        tokio::time::sleep(PAUSE).await;
    };
    let text = match code {
        Some(code) => format!("Job {id} cancelled: its runner, process {pid}, ended it with exit code {code}"),
        None => format!("Job {id} is being cancelled: process {pid} was told to end it, and has not yet"),
    };
    let json = json!({"job_id": id.to_string(), "cancelled": true, "was": "running", "exitcode": code, "pid": pid});
    Ok(Outcome::message(text, json))
}

#[derive(clap::Args)]
pub struct Retry {
    /// The job that ended
    #[arg(long, value_parser = clap::value_parser!(i64).range(1..))]
    id: i64,
    /// When to run the new one: now, 2026-12-31 18:30, +1 hour
    #[arg(long = "schedule_time", value_name = "TIME", default_value = "now", allow_hyphen_values = true)]
    schedule_time: String,
}

pub async fn retry(ctx: &mut Context, args: Retry) -> Result<Outcome> {
    let id = args.id;
    let after = parse_when(&args.schedule_time, ctx.now(), ctx.zone)?;
    let settings = Settings::of(ctx);
    let made = ctx.db().await?.transaction(async |db| {
        let job = TABLE.require(db, id).await?;
        if job.get("exitcode").is_null() {
            let state = if job.get("begin").is_null() { "has not run yet" } else { "has not ended yet" };
            return Err(Error::refused(format!("job {id} {state}"))
                .hint(format!("`multiflexi-cli job run --id={id}` runs it; `job cancel --id={id}` ends it")));
        }
        retry::again(db, &settings, &job, Attempt { after, task: None, kind: None }).await
    });
    let job = made.await?;
    let scheduled = after.format(TIME_FORMAT).to_string();
    let text = format!("Job {id} is tried again as job {}, scheduled for {scheduled}", job.id);
    let json = json!({"job_id": job.id, "retry_of": id, "scheduled": scheduled, "executor": job.executor});
    Ok(Outcome::message(text, json))
}
