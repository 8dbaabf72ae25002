//! `runtemplate schedule`: makes a job of a runtemplate and queues it.

use chrono::NaiveDateTime;
use serde_json::json;

use crate::commands::reference::{self, KeyValue};
use crate::commands::runtemplate::{TABLE, config};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::{Error, Fact, Result};
use crate::executor::ExecutorName;
use crate::job::create::{self, JobOrder};
use crate::job::model::Origin;
use crate::nearest::nearest;
use crate::output::{Outcome, Printer};
use crate::row::TIME_FORMAT;
use crate::schedule::parse_planned;
use crate::shell::quote_word;
use crate::table::given::SecretReader;

#[derive(clap::Args)]
pub struct Schedule {
    /// The runtemplate, by its id or name
    #[arg(long, value_name = "ID", required_unless_present_any = ["name", "row"])]
    id: Option<IdOrName>,
    /// The runtemplate, by its name
    #[arg(long, conflicts_with = "id", hide_short_help = true)]
    name: Option<String>,
    /// When to run: now, 2026-12-31 18:30, +1 hour, tomorrow 6:00
    #[arg(long = "schedule_time", value_name = "TIME", default_value = "now", num_args = 0..=1, allow_hyphen_values = true)]
    schedule_time: String,
    /// What runs it, instead of the runtemplate's executor
    #[arg(long, value_name = "WORD", num_args = 0..=1, ignore_case = true, value_parser = crate::commands::runtemplate::executors())]
    executor: Option<ExecutorName>,
    /// A variable of the application, for this job only
    ///
    /// May be given several times. KEY=@FILE reads a secret from a file, KEY=- from stdin or asks
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<KeyValue>,
    /// Any other variable, for this job only
    ///
    /// May be given several times; secrets as with --config
    #[arg(long, value_name = "KEY=VALUE")]
    env: Vec<KeyValue>,
    /// Accepted for older callers; the suite ignores it too
    #[arg(long = "schedule_type", hide = true)]
    _schedule_type: Option<String>,
}

impl Schedule {
    /// No other time than the present is asked for.
    pub fn is_now(&self) -> bool {
        self.schedule_time == "now"
    }

    /// The command that makes a job for this moment.
    pub fn command(&self) -> String {
        let which = match (&self.id, &self.name) {
            (Some(IdOrName::Id(id)), _) => format!("--id={id}"),
            (Some(IdOrName::Name(name)), _) | (None, Some(name)) => quote_word(&format!("--name={name}")),
            (None, None) => "--id=ID".to_owned(),
        };
        let time = quote_word(&format!("--schedule_time={}", self.schedule_time));
        format!("multiflexi-cli runtemplate schedule {which} {time}")
    }
}

/// What `--id` takes: older callers give a name there.
#[derive(Clone)]
enum IdOrName {
    Id(i64),
    Name(String),
}

impl std::str::FromStr for IdOrName {
    type Err = String;

    fn from_str(text: &str) -> Result<IdOrName, String> {
        match text.parse::<i64>() {
            Ok(id) if id > 0 => Ok(IdOrName::Id(id)),
            Ok(_) => Err("it takes a number from 1 up".into()),
            Err(_) if text.trim().is_empty() => Err("it takes a number from 1 up".into()),
            Err(_) => Ok(IdOrName::Name(text.into())),
        }
    }
}

/// Makes a job of a runtemplate and puts it into the queue, for now or a later time.
///
/// # Errors
/// Same as [`plan`] and [`PlannedJob::make`].
pub async fn schedule(ctx: &mut Context, args: Schedule) -> Result<Outcome> {
    let planned = plan(ctx, args, Place::Queue).await?;
    let (runtemplate, after) = (planned.order.runtemplate.id("id")?, planned.order.after);
    let job = planned.make(ctx).await?;
    let scheduled = after.format(TIME_FORMAT).to_string();
    let text = format!(
        "RunTemplate {runtemplate} scheduled for execution at {scheduled}\nExecutor: {}\nJob ID: {}",
        job.executor, job.id
    );
    let json = json!({
        "runtemplate_id": runtemplate.to_string(), "scheduled": scheduled, "executor": job.executor.as_str(), "job_id": job.id,
    });
    Ok(Outcome::message(text, json))
}

/// Where a job stands once it is made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Queue,
    /// In the queue too, but due only when its maker must have begun it, or died: no other executor takes it before that.
    Hand,
}

/// How long that takes at most.
const AT_HAND: chrono::Duration = chrono::Duration::seconds(60);

/// A job that is to be made: all that is asked for is known.
pub struct PlannedJob {
    order: JobOrder,
    settings: create::CreateSettings,
}

/// Reads what job is to be made, and asks for its secrets. Nothing is written.
///
/// # Errors
/// There is no such runtemplate, or several have the name; it is not active; the time cannot be read; a key is no name; or a
/// secret cannot be read.
pub async fn plan(ctx: &mut Context, args: Schedule, place: Place) -> Result<PlannedJob> {
    ctx.follow_server_clock().await?;
    let (now, zone) = (ctx.now(), ctx.zone);
    let after: NaiveDateTime = parse_planned(&args.schedule_time, now, zone)?;
    let settings = create::CreateSettings::with_key(ctx.now(), &ctx.settings);
    let may_ask = ctx.interactive;
    let (db, printer) = ctx.open().await?;
    let row = active_runtemplate(db, args.id.as_ref(), args.name.as_deref()).await?;
    let overrides = overrides(db, printer, row.id("app_id")?, may_ask, args.config, args.env).await?;
    let order = JobOrder {
        runtemplate: row,
        after,
        executor: args.executor,
        overrides,
        origin: origin_of(after, now),
        task: None,
        queued: place == Place::Queue,
    };
    Ok(PlannedJob { order, settings })
}

impl PlannedJob {
    /// Makes the job.
    ///
    /// # Errors
    /// It cannot be made. There is no job then, unless the error says that there may be one.
    pub async fn make(self, ctx: &mut Context) -> Result<create::Created> {
        let PlannedJob { order, settings } = self;
        let now = ctx.now();
        let mut made = None;
        let job = ctx.db().await?.transaction(async |db| {
            let job = create::create(db, &settings, &order).await?;
            made = Some(job.id);
            if !order.queued {
                create::enqueue(db, job.id, now.checked_add_signed(AT_HAND).unwrap_or(now)).await?;
            }
            Ok(job)
        });
        let job = job.await;
        job.map_err(|error| match made.filter(|_| error.fact == Some(Fact::MayBeDone)) {
            Some(job) => error.hint(format!(
                "Job {job} may have been made, and then `queue run` runs it: look by `multiflexi-cli job get --id={job}` before you repeat this"
            )),
            None => error,
        })
    }
}

async fn active_runtemplate(db: &mut Db, id: Option<&IdOrName>, name: Option<&str>) -> Result<Row> {
    let row = match (id, name) {
        (Some(IdOrName::Id(id)), _) => TABLE.require(db, *id).await?,
        (Some(IdOrName::Name(name)), _) => TABLE.require_only(db, "name", name, &format!("{name:?}")).await?,
        (None, Some(name)) => TABLE.require_only(db, "name", name, &format!("{name:?}")).await?,
        (None, None) => {
            return Err(
                Error::usage("Missing --id or --name").hint("`multiflexi-cli runtemplate list` shows what there is")
            );
        }
    };
    let id = row.id("id")?;
    if !row.truth("active") {
        return Err(Error::refused(format!("RunTemplate {id} is not active. Scheduling forbidden"))
            .hint(format!("Activate it: `multiflexi-cli runtemplate update --id={id} --active=1`")));
    }
    Ok(row)
}

/// The variables for this job only, their secrets read. A name that seems misspelt is told.
async fn overrides(
    db: &mut Db,
    printer: &Printer,
    app_id: i64,
    may_ask: bool,
    mut config: Vec<KeyValue>,
    mut env: Vec<KeyValue>,
) -> Result<Vec<(String, String)>> {
    if !config.is_empty() || !env.is_empty() {
        let fields = config::fields_of(db, app_id).await?;
        let mut secrets = SecretReader::default();
        for (option, pairs) in [("--config", &mut config), ("--env", &mut env)] {
            reference::check_keys(db, option, pairs, Some(app_id)).await?;
            reference::read_secrets(&mut secrets, option, pairs, may_ask, printer, |key| {
                config::is_secret(&fields, key)
            })?;
        }
        let declared: Vec<String> = fields.iter().filter_map(|field| field.text("keyname")).collect();
        // Programs hand over variables of their own here: only what looks like a slip is told.
        for key in config::undeclared(&config, &declared) {
            if let Some(near) = nearest(key, declared.iter().map(String::as_str)) {
                printer.note(&format!("warning: the application has no variable {key}; is {near} meant?"));
            }
        }
    }
    // What was shown in a value's place stands for the value that the job would have.
    let given = config.into_iter().chain(env).filter(|pair| !crate::secret::is_mask(&pair.value));
    Ok(given.map(|pair| (pair.key, pair.value)).collect())
}

/// What the suite calls a job that a person made: by whether it is meant to run at once.
fn origin_of(after: NaiveDateTime, now: NaiveDateTime) -> Origin {
    if after - now <= chrono::Duration::seconds(5) { Origin::SHELL.into() } else { Origin::COMMAND_LINE.into() }
}
