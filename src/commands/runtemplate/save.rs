//! `runtemplate create` and `runtemplate update`.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Value, json};

use crate::audit::{self, Action};
use crate::commands::application;
use crate::commands::reference::{self, KeyValue};
use crate::commands::runtemplate::{TABLE, config};
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::id::RunTemplateId;
use crate::job::queue::fill::{self, Outlook};
use crate::job::queue::withdraw::{self, Changed, withdraw};
use crate::output::{Outcome, Standard};
use crate::row::TIME_FORMAT;
use crate::schedule::Interval;
use crate::table::given::{SecretReader, is_reference};
use crate::table::{args, crud, now};

/// What both take beside the table's own options.
#[derive(clap::Args)]
pub struct Save {
    #[command(flatten)]
    application: reference::Application,
    #[command(flatten)]
    company: reference::Company,
    /// A variable; may be given several times
    ///
    /// KEY=@FILE reads a secret from a file, KEY=- from stdin or asks
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<KeyValue>,
    /// Accept a variable that is not declared, although its name is close to one that is
    #[arg(long, hide_short_help = true)]
    undeclared: bool,
    /// The time to begin with: latest or next
    ///
    /// The latest one has passed already, so it runs at once
    #[arg(long, value_name = "MOMENT", value_enum, ignore_case = true)]
    from: Option<Start>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Start {
    Latest,
    Next,
}

impl Save {
    /// The settings with their secrets read from where they are, before anything is locked for them.
    ///
    /// `of` is the application of the runtemplate so far.
    async fn config(&self, ctx: &mut Context, of: Option<i64>) -> Result<Vec<KeyValue>> {
        let mut config = self.config.clone();
        if config.iter().any(|pair| is_reference(&pair.value)) {
            let may_ask = ctx.interactive;
            let db = ctx.db().await?;
            let application = self.application.find(db).await?.and_then(|row| row.int("id")).or(of);
            let fields = match application {
                Some(id) => config::fields_of(db, id).await?,
                None => Vec::new(),
            };
            let is_secret = |key: &str| config::is_secret(&fields, key);
            reference::read_secrets(
                &mut SecretReader::default(),
                "--config",
                &mut config,
                may_ask,
                &ctx.printer,
                is_secret,
            )?;
        }
        Ok(config)
    }

    /// Adds the application and the company that are named to what changes.
    async fn add_owners(&self, db: &mut Db, values: &mut crate::table::Values) -> Result<()> {
        if let Some(application) = self.application.find(db).await? {
            values.push(("app_id", application.int("id").into()));
        }
        if let Some(company) = self.company.find(db).await? {
            values.push(("company_id", company.int("id").into()));
        }
        Ok(())
    }

    /// Checks the settings of an application's runtemplate; words that warn.
    async fn check(
        &self,
        db: &mut Db,
        application: &Row,
        fields: &[Row],
        config: &[KeyValue],
    ) -> Result<Option<String>> {
        if config.is_empty() {
            return Ok(None);
        }
        reference::check_keys(db, "--config", config, application.int("id")).await?;
        config::check(config, fields)?;
        if self.undeclared {
            return Ok(None);
        }
        let declared = config::declared(db, application, fields).await?;
        config::check_declared(config, &declared, application)
    }
}

/// Says which required settings have no value yet.
fn tell_missing(ctx: &Context, id: i64, missing: &[String]) {
    if !missing.is_empty() {
        ctx.printer.note(&format!(
            "warning: required and without a value: {}; set it with `multiflexi-cli runtemplate update --id={id} --config={}=VALUE`, \
             or assign a credential that has it",
            missing.join(", "),
            missing[0],
        ));
    }
}

/// Says which other runtemplate of its company has its name; the suite has nothing against it.
///
/// Where the database cannot be asked it is not said: what was done is done.
pub async fn tell_namesake(ctx: &mut Context, id: i64) {
    if let Ok(Some((other, name))) = namesake(ctx, id).await {
        ctx.printer.note(&format!(
            "warning: runtemplate {other} of the same company has the name {name:?} too: no command takes it by that name any more; \
             `multiflexi-cli runtemplate update --id={id} --name=NAME` gives this one another"
        ));
    }
}

/// The other runtemplate of its company that has its name, and that name.
async fn namesake(ctx: &mut Context, id: i64) -> Result<Option<(i64, String)>> {
    let db = ctx.db().await?;
    let row = TABLE.require(db, id).await?;
    let (name, company) = (row.text("name").unwrap_or_default(), row.int("company_id"));
    let same = Expr::col("name").eq(name.as_str()).and(Expr::col("company_id").eq(company)).and(Expr::col("id").ne(id));
    let other =
        db.fetch_optional(select::column(tables::RUNTEMPLATE, "id", same).order_by("id", Order::Asc).limit(1)).await?;
    Ok(other.and_then(|row| row.int("id")).map(|other| (other, name)))
}

/// When it runs next: for people in a sentence, for programs in the answer's JSON.
///
/// `is_new`: the schedule was given or changed; otherwise people know already.
async fn tell_next(ctx: &mut Context, id: i64, json: Option<&mut Value>, is_new: bool) -> Result<()> {
    let now = ctx.instant();
    let db = ctx.db().await?;
    let row = TABLE.require(db, id).await?;
    // What of an older row cannot be read does not concern this change.
    let Ok(Some(Outlook { first, is_missed, following })) = fill::outlook(db, &row, &now).await else { return Ok(()) };
    if let Some(json) = json {
        json["next_run"] = first.format(TIME_FORMAT).to_string().into();
        json["next_run_is_missed"] = is_missed.into();
    }
    // Off a terminal only what nobody may expect is told.
    if !is_new || (!is_missed && !ctx.printer.is_terminal(Standard::Err)) {
        return Ok(());
    }
    let message = match (is_missed, following) {
        (false, _) => format!("it runs next at {first}"),
        (true, following) => {
            let instead = following.map_or_else(String::new, |following| {
                format!(". To wait until {following}: `multiflexi-cli runtemplate update --id={id} --from=next`")
            });
            format!("it was due at {first}, so the next `multiflexi-cli queue run --fill` runs it at once{instead}")
        }
    };
    ctx.printer.note(&message);
    Ok(())
}

/// `--interv=c` is nothing without `--cron`.
fn check_cron(values: &crate::table::Values) -> Result<()> {
    let text = |name| crate::table::text_of(values, name).filter(|text| !text.is_empty());
    match (text("interv"), text("cron")) {
        (Some("c"), None) => Err(Error::usage("--interv=c needs --cron").hint("For instance --cron=\"0 6 * * *\"")),
        _ => Ok(()),
    }
}

/// Checks that of a runtemplate as it is to be after a change.
fn check_changed_cron(values: &crate::table::Values, stored: &Row) -> Result<()> {
    let given = |name| crate::table::text_of(values, name);
    let interval = given("interv").map(str::to_owned).or_else(|| stored.text("interv")).unwrap_or_default();
    if given("cron") == Some("") && interval == "c" {
        return Err(Error::usage("--cron is empty, and the interval is c").hint("Give another --interv with it"));
    }
    if stored.filled("cron").is_none() { check_cron(values) } else { Ok(()) }
}

/// No schedule, no first moment.
fn check_start(values: &crate::table::Values, from: Option<Start>) -> Result<()> {
    let has_schedule = crate::table::text_of(values, "interv").is_some_and(|interval| !Interval::is_never(interval));
    match from {
        Some(Start::Next) if !has_schedule => {
            Err(Error::usage("--from=next needs a schedule, and --interv is n: never")
                .hint("Give another --interv with it, or leave --from out"))
        }
        _ => Ok(()),
    }
}

/// With another interval `--cron` is stored and not used, as in the suite: what it is then. `stored` is the interval so far.
fn unused_cron(values: &crate::table::Values, stored: Option<String>) -> Option<String> {
    let text = |name| crate::table::text_of(values, name);
    let interval = text("interv").map(str::to_owned).or(stored).unwrap_or_default();
    (text("cron").is_some_and(|cron| !cron.is_empty()) && interval != "c").then_some(interval)
}

/// The words that say so.
fn cron_is_unused(id: i64, interval: &str) -> String {
    format!(
        "warning: --cron is stored, but used with --interv=c only; the interval is {interval}: \
         `multiflexi-cli runtemplate update --id={id} --interv=c` uses it"
    )
}

/// What is said of an executor whose jobs this tool does not run: the suite knows it, so that it is taken.
fn foreign_executor(values: &crate::table::Values) -> Option<String> {
    match crate::table::text_of(values, "executor").map(ExecutorName::from)? {
        ExecutorName::Foreign(name) => Some(format!(
            "warning: this tool does not run jobs for {name}, the suite's executor does; it runs Native, Kubernetes, Docker and Podman"
        )),
        _ => None,
    }
}

/// Makes a runtemplate of an application for a company, with its settings.
///
/// # Errors
/// No application or company is named, or it does not exist; a setting seems misspelt, or is not of its field's type; a secret
/// cannot be read; or `--interv=c` has no `--cron`. No runtemplate is made then.
pub async fn create(ctx: &mut Context, matches: &ArgMatches, args: Save) -> Result<Outcome> {
    let values = args::created(matches, &TABLE)?;
    check_cron(&values)?;
    check_start(&values, args.from)?;
    let (unused, foreign) = (unused_cron(&values, None), foreign_executor(&values));
    ctx.follow_server_clock().await?;
    let (now, clock) = (now(ctx), ctx.instant());
    let config = args.config(ctx, None).await?;
    let created = ctx.db().await?.transaction(async |db| {
        let mut values = values.clone();
        let application = args.application.find(db).await?;
        let company = args.company.find(db).await?;
        let application = application.ok_or_else(|| {
            Error::usage("Missing --app_id, --app_uuid or --app")
                .hint("`multiflexi-cli application list` shows what there is")
        })?;
        let company = company.ok_or_else(reference::missing_company)?;
        let app_id = application.id("id")?;
        values.push(("app_id", app_id.into()));
        values.push(("company_id", company.int("id").into()));
        let fields = config::fields_of(db, app_id).await?;
        let unknown = args.check(db, &application, &fields, &config).await?;
        let id = crud::insert(db, &TABLE, values, now.clone()).await?;
        let row = TABLE.require(db, id).await?;
        config::store_first(db, &row, &config, &fields).await?;
        if args.from == Some(Start::Next) {
            fill::skip_missed(db, &row, &clock).await?;
        }
        Ok((id, unknown, config::missing(db, &row, &fields).await?))
    });
    let (id, unknown, missing) = created.await?;
    let unused = unused.map(|interval| cron_is_unused(id, &interval));
    unused.iter().chain(&unknown).chain(&foreign).for_each(|message| ctx.printer.note(message));
    tell_missing(ctx, id, &missing);
    tell_namesake(ctx, id).await;
    let mut outcome = crud::created(ctx, &TABLE, id).await?;
    let mut json = match &mut outcome {
        Outcome::Message { json, .. } => Some(json),
        _ => None,
    };
    if let Some(json) = json.as_mut().filter(|_| !missing.is_empty()) {
        json["missing"] = missing.into();
    }
    tell_next(ctx, id, json, true).await?;
    Ok(outcome)
}

/// Changes a runtemplate and its settings; scheduled jobs that wait are taken back, to be made anew.
///
/// # Errors
/// Nothing new is given; there is no such runtemplate, application or company; a setting seems misspelt, or is not of its
/// field's type; a secret cannot be read; or `--interv=c` has no `--cron`. The runtemplate stays as it was then.
pub async fn update(ctx: &mut Context, matches: &ArgMatches, args: Save) -> Result<Outcome> {
    let id = args::given_id(matches)?;
    let values = args::updated(matches, &TABLE)?;
    let foreign = foreign_executor(&values);
    ctx.follow_server_clock().await?;
    let (now, clock) = (now(ctx), ctx.instant());
    let of = match args.config.iter().any(|pair| is_reference(&pair.value)) {
        true => TABLE.require(ctx.db().await?, id).await?.int("app_id"),
        false => None,
    };
    let config = args.config(ctx, of).await?;
    let (warnings, missing, withdrawn) = ctx
        .db()
        .await?
        .transaction(async |db| {
            // As filling the queue does: what is read here must still be so when the job that waits is taken back.
            withdraw::lock(db, Changed::Runtemplate(RunTemplateId(id))).await?;
            let mut values = values.clone();
            let row = TABLE.require(db, id).await?;
            let unused = unused_cron(&values, row.text("interv")).map(|interval| cron_is_unused(id, &interval));
            args.add_owners(db, &mut values).await?;
            if values.is_empty() && args.config.is_empty() && args.from.is_none() {
                return Err(Error::usage("No fields to update").hint("See `multiflexi-cli runtemplate update --help`"));
            }
            check_changed_cron(&values, &row)?;
            if values.is_empty() {
                // Its settings lie in another table, and are its own all the same.
                audit::changed(db, TABLE.sql, id, Action::Update, now.clone()).await?;
            } else {
                crud::change(db, &TABLE, id, values, now.clone()).await?;
            }
            let row = TABLE.require(db, id).await?;
            let app_id = row.id("app_id")?;
            let fields = config::fields_of(db, app_id).await?;
            let mut warnings: Vec<String> = unused.into_iter().chain(foreign.clone()).collect();
            if !config.is_empty() {
                let application = application::TABLE.require(db, app_id).await?;
                warnings.extend(args.check(db, &application, &fields, &config).await?);
                config::store(db, &row, &config, &fields).await?;
            }
            let missing = config::missing(db, &row, &fields).await?;
            if args.from == Some(Start::Next) {
                fill::skip_missed(db, &row, &clock).await?;
            }
            Ok((warnings, missing, withdraw(db, Changed::Runtemplate(RunTemplateId(id))).await?))
        })
        .await?;
    warnings.iter().for_each(|message| ctx.printer.note(message));
    let mut json = json!({"runtemplate_id": id.to_string(), "updated": true});
    if !missing.is_empty() {
        json["missing"] = missing.clone().into();
    }
    withdrawn.tell(&ctx.printer, &mut json);
    tell_missing(ctx, id, &missing);
    if args.company.is_given() || values.iter().any(|(column, _)| *column == "name") {
        tell_namesake(ctx, id).await;
    }
    let is_new = args.from.is_some() || values.iter().any(|(name, _)| ["interv", "cron", "active"].contains(name));
    if ctx.verbose > 0 {
        tell_next(ctx, id, None, is_new).await?;
        return crud::updated(ctx, &TABLE, id).await;
    }
    tell_next(ctx, id, Some(&mut json), is_new).await?;
    Ok(Outcome::message(format!("RunTemplate updated successfully (ID: {id})"), json))
}
