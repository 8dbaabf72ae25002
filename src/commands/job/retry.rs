//! `job retry`.

use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::context::Context;
use crate::db::{Db, tables};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::job::create::CreateSettings;
use crate::job::create::retry::{self, NextAttempt};
use crate::job::credential_check;
use crate::job::model::{Job, JobState, Origin};
use crate::output::Outcome;
use crate::row::TIME_FORMAT;
use crate::schedule::parse_planned;
use crate::table::args;

#[derive(clap::Args)]
pub struct Retry {
    /// The job that ended
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// When to run the new one: now, 2026-12-31 18:30, +1 hour
    #[arg(long = "schedule_time", value_name = "TIME", default_value = "now", allow_hyphen_values = true)]
    schedule_time: String,
}

/// How a job that waits is run.
async fn way_to_run(db: &mut Db, id: JobId) -> Result<String> {
    if let Some(blocked) = credential_check::find_blocked(db, id).await? {
        return Ok(blocked.remedy());
    }
    let is_queued = db.count_where(tables::SCHEDULE, Expr::col("job").eq(id)).await? > 0;
    let option = if is_queued { "" } else { " --unqueued" };
    Ok(format!("`multiflexi-cli job run --id={id}{option}` runs it"))
}

/// Makes a new job like one that ended, and puts it into the queue.
///
/// # Errors
/// The time cannot be read, there is no such job, it has not ended, or its application is gone: no job is made then.
pub async fn retry(ctx: &mut Context, args: Retry) -> Result<Outcome> {
    let id = args.id;
    ctx.follow_server_clock().await?;
    let after = parse_planned(&args.schedule_time, ctx.now(), ctx.zone)?;
    let settings = CreateSettings::with_key(ctx.now(), &ctx.settings);
    let made = ctx.db().await?.transaction(async |db| {
        let job = Job::require(db, id).await?;
        // Nothing of the runtemplate's schedule is owed by it.
        let by_hand = NextAttempt { after, task: None, origin: Some(Origin::SHELL.into()) };
        let (state, way) = match job.state {
            JobState::Ended(_) => {
                return retry::create_attempt(db, &settings, &job, by_hand).await;
            }
            JobState::Waiting => ("has not run yet", way_to_run(db, id).await?),
            JobState::Running => ("has not ended yet", format!("`multiflexi-cli job wait {id}` waits for its end")),
        };
        Err(Error::refused(format!("job {id} {state}"))
            .hint(format!("{way}; `multiflexi-cli job cancel --id={id}` ends it")))
    });
    let job = made.await?;
    let scheduled = after.format(TIME_FORMAT).to_string();
    let text = format!("Job {id} is tried again as job {}, scheduled for {scheduled}", job.id);
    let json = json!({"job_id": job.id, "retry_of": id, "scheduled": scheduled, "executor": job.executor.as_str()});
    Ok(Outcome::message(text, json))
}
