//! `job create` and `job update`.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::commands::application;
use crate::commands::job::{TABLE, get};
use crate::commands::runtemplate::{self, executors};
use crate::context::Context;
use crate::db::{Db, Row, tables};
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::id::{AppId, JobId, RunTemplateId};
use crate::job::create::{self, JobOrder};
use crate::job::model::{Job, JobState, Origin};
use crate::job::{cancel, scheduled_moment, stored_environment};
use crate::output::{Outcome, changed};
use crate::schedule::parse_planned;
use crate::table::{Values, args, crud};

#[derive(clap::Args)]
pub struct Create {
    /// The runtemplate of the new job
    #[arg(long = "runtemplate_id", value_name = "ID", value_parser = args::row_id::<RunTemplateId>())]
    runtemplate_id: RunTemplateId,
    /// When it is to run: 2026-12-31 18:30, +1 hour, now
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    scheduled: String,
    /// What runs it, instead of the runtemplate's executor
    #[arg(long, value_name = "WORD", ignore_case = true, value_parser = executors())]
    executor: Option<ExecutorName>,
    /// How the job came about, in the suite's terms
    #[arg(long = "schedule_type", value_name = "WORD", default_value = Origin::SHELL, value_parser = schedule_type)]
    schedule_type: String,
}

#[derive(clap::Args)]
pub struct Update {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Its runtemplate
    #[arg(long = "runtemplate_id", value_name = "ID", value_parser = args::row_id::<RunTemplateId>())]
    runtemplate_id: Option<RunTemplateId>,
    /// When it is to run; its place in the queue changes accordingly
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    scheduled: Option<String>,
    /// What runs it
    #[arg(long, value_name = "WORD", ignore_case = true, value_parser = executors())]
    executor: Option<ExecutorName>,
    /// How the job came about, in the suite's terms
    #[arg(long = "schedule_type", value_name = "WORD", value_parser = schedule_type)]
    schedule_type: Option<String>,
    /// Its application
    #[arg(long = "app_id", value_name = "ID", value_parser = args::row_id::<AppId>())]
    app_id: Option<AppId>,
}

fn schedule_type(text: &str) -> Result<String, String> {
    let fits =
        !text.is_empty() && text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if fits { Ok(text.into()) } else { Err("it takes a word such as adhoc, CommandLine or daily".into()) }
}

/// Makes a job that is not in the queue, as the suite's command does: `job run --unqueued` runs it.
///
/// # Errors
/// The time cannot be read, there is no such runtemplate, its application or company is gone, or a credential cannot be opened:
/// no job is made then.
pub async fn create(ctx: &mut Context, args: Create) -> Result<Outcome> {
    ctx.follow_server_clock().await?;
    let after = parse_planned(&args.scheduled, ctx.now(), ctx.zone)?;
    let settings = create::CreateSettings::with_key(ctx.now(), &ctx.settings);
    let made = ctx.db().await?.transaction(async |db| {
        let runtemplate = runtemplate::TABLE.require(db, args.runtemplate_id).await?;
        let order = JobOrder {
            runtemplate,
            after,
            executor: args.executor.clone(),
            overrides: Vec::new(),
            origin: args.schedule_type.clone().into(),
            task: None,
            queued: false,
        };
        create::create(db, &settings, &order).await
    });
    let job = made.await?;
    tell_unqueued(ctx, job.id, args.runtemplate_id);
    if ctx.verbose > 0 {
        let row = TABLE.require(ctx.db().await?, job.id).await?;
        return Ok(Outcome::Record(get::shown(&row)));
    }
    let json = json!({"job_id": job.id, "created": true, "executor": job.executor.as_str(), "queued": false});
    Ok(Outcome::message(format!("Job created with ID: {}", job.id), json))
}

/// Says what becomes of a job that has a moment and is in no queue: nothing runs it at that.
fn tell_unqueued(ctx: &Context, id: JobId, runtemplate: RunTemplateId) {
    ctx.printer.note(&format!(
        "job {id} is in no queue: `multiflexi-cli job run --id={id} --unqueued` runs it, `multiflexi-cli queue fix` deletes it; \
         `multiflexi-cli runtemplate schedule --id={runtemplate} --schedule_time=TIME` makes one that is queued"
    ));
}

/// Changes a job that has not begun; with another time its place in the queue moves along, and the schedule that waits for it.
///
/// One that gets another runtemplate, or counts as made by hand, leaves its schedule, which goes on.
///
/// # Errors
/// Nothing new is given, the time cannot be read, there is no such job or it has begun, or what it is to refer to does not
/// exist: the job stays as it was then.
pub async fn update(ctx: &mut Context, args: Update) -> Result<Outcome> {
    ctx.follow_server_clock().await?;
    let id = args.id;
    let now = ctx.now();
    let scheduled = args.scheduled.as_deref().map(|text| parse_planned(text, now, ctx.zone)).transpose()?;
    let mut values: Values = Vec::new();
    values.extend(args.runtemplate_id.map(|id| ("runtemplate_id", id.into())));
    values.extend(args.app_id.map(|id| ("app_id", id.into())));
    values.extend(scheduled.map(|time| ("schedule", time.into())));
    values.extend(args.executor.as_ref().map(|name| ("executor", name.as_str().into())));
    values.extend(args.schedule_type.clone().map(|kind| ("schedule_type", kind.into())));
    if values.is_empty() {
        return Err(Error::usage("No fields to update")
            .hint("It takes --runtemplate_id, --scheduled, --executor, --schedule_type, --app_id"));
    }
    let db = ctx.db().await?;
    let changing = db.transaction(async |db| {
        let mut values = values.clone();
        let waiting = lock_waiting(db, id).await?;
        let job = TABLE.require(db, id).await?;
        if let Some(runtemplate) = args.runtemplate_id {
            runtemplate::TABLE.require(db, runtemplate).await?;
        }
        if let Some(application) = args.app_id {
            application::TABLE.require(db, application).await?;
        }
        if let Some(executor) = &args.executor {
            values.extend(environment_for(db, &job, executor)?);
        }
        if leaves_schedule(&waiting, &args) {
            cancel::give_up(db, &waiting, now).await?;
            // Its task is not its own any more, and no other schedule is to take it for one of its jobs.
            values.extend(waiting.task.map(|_| ("task_id", Option::<i64>::None.into())));
            if args.schedule_type.is_none() {
                values.push(("schedule_type", Origin::SHELL.into()));
            }
        } else if let Some(after) = scheduled {
            scheduled_moment::move_to(db, &waiting, after).await?;
        }
        crud::change(db, &TABLE, id.0, values, now.into()).await?;
        let is_left_out = match scheduled {
            Some(after) => move_in_queue(db, id, after).await? == 0 && waiting.block_reason.is_none(),
            None => false,
        };
        Ok(args.runtemplate_id.or(waiting.runtemplate).filter(|_| is_left_out))
    });
    if let Some(runtemplate) = changing.await? {
        tell_unqueued(ctx, id, runtemplate);
    }
    if ctx.verbose > 0 {
        let row = TABLE.require(ctx.db().await?, id).await?;
        let mut record = get::shown(&row);
        record.insert("updated".into(), true.into());
        record.insert("job_id".into(), id.to_string().into());
        return Ok(Outcome::Record(record));
    }
    Ok(Outcome::message(format!("Job updated successfully (ID: {id})"), changed("updated", "job_id", id)))
}

/// The job as it was, as long as it has not begun; it goes on waiting until the transaction ends.
async fn lock_waiting(db: &mut Db, id: JobId) -> Result<Job> {
    let job = Job::lock(db, id).await?.ok_or_else(|| Job::unknown(id))?;
    let hint = match job.state {
        JobState::Waiting => return Ok(job),
        JobState::Ended(_) => format!("`multiflexi-cli job retry --id={id}` makes a new job like it"),
        JobState::Running => format!(
            "`multiflexi-cli job cancel --id={id}` ends it, `multiflexi-cli job wait {id}` waits for its end; then \
             `multiflexi-cli job retry --id={id}` makes a new job like it"
        ),
    };
    Err(Error::refused(format!("job {id} has begun: what it was made of is no longer changed")).hint(hint))
}

/// Is it one of a schedule's jobs, and none after the update?
fn leaves_schedule(job: &Job, args: &Update) -> bool {
    let is_given_away = args.runtemplate_id.is_some_and(|id| Some(id) != job.runtemplate);
    let becomes_ad_hoc = args.schedule_type.clone().is_some_and(|kind| Origin::from(kind).is_ad_hoc());
    !job.origin.is_ad_hoc() && (is_given_away || becomes_ad_hoc)
}

/// A job is told which executor runs it: that has to stay true.
fn environment_for(db: &Db, job: &Row, executor: &ExecutorName) -> Result<Option<(&'static str, sea_query::Value)>> {
    let Some(stored) = job.filled("env") else { return Ok(None) };
    let mut fields = stored_environment::read(stored.as_bytes())?;
    let Some(field) = fields.iter_mut().find(|field| field.code == "MULTIFLEXI_EXECUTOR") else { return Ok(None) };
    field.value = Some(executor.to_string());
    Ok(Some(("env", create::serialized(db, &fields)?.into())))
}

/// Returns how many rows of the queue that are.
async fn move_in_queue(db: &mut Db, job: JobId, after: NaiveDateTime) -> Result<u64> {
    db.update_where(tables::SCHEDULE, Expr::col("job").eq(job), [("after", after.into())]).await
}
