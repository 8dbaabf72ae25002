//! `runtemplate create` and `runtemplate update`.

use clap::ArgMatches;
use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::job::withdraw::{Changed, withdraw};
use crate::nouns::reference::{self, KeyValue};
use crate::nouns::runtemplate::{TABLE, config};
use crate::output::Outcome;
use crate::table::{args, crud, now};

/// What both take beside the table's own options.
#[derive(clap::Args)]
pub struct Save {
    #[command(flatten)]
    application: reference::Application,
    #[command(flatten)]
    company: reference::Company,
    /// A setting of the application; may be given several times
    #[arg(long, value_name = "KEY=VALUE")]
    config: Vec<KeyValue>,
}

/// `--interv=c` is nothing without `--cron`.
fn check_cron(values: &crate::table::Values) -> Result<()> {
    let text = |name| crate::table::text_of(values, name).filter(|text| !text.is_empty());
    match (text("interv"), text("cron")) {
        (Some("c"), None) => Err(Error::usage("--interv=c needs --cron").hint("For instance --cron=\"0 6 * * *\"")),
        _ => Ok(()),
    }
}

/// With another interval `--cron` is stored and not used, as in the suite: words that say so. `stored` is the interval so far.
fn unused_cron(values: &crate::table::Values, stored: Option<String>) -> Option<String> {
    let text = |name| crate::table::text_of(values, name);
    let interval = text("interv").map(str::to_owned).or(stored).unwrap_or_default();
    (text("cron").is_some_and(|cron| !cron.is_empty()) && interval != "c")
        .then(|| format!("warning: --cron is stored, but used with --interv=c only; the interval is {interval}"))
}

pub async fn create(ctx: &mut Context, matches: &ArgMatches, args: Save) -> Result<Outcome> {
    let mut values = args::created(matches, &TABLE)?;
    check_cron(&values)?;
    let unused = unused_cron(&values, None);
    let now = now(ctx);
    let id = ctx.db().await?.transaction(async |db| {
        let application = args.application.find(db).await?;
        let company = args.company.find(db).await?;
        let application = application.ok_or_else(|| {
            Error::usage("Missing --app_id, --app_uuid or --app")
                .hint("`multiflexi-cli application list` shows what there is")
        })?;
        let company = company.ok_or_else(reference::missing_company)?;
        let app_id = application.int("id").unwrap_or_default();
        values.push(("app_id", app_id.into()));
        values.push(("company_id", company.int("id").into()));
        let fields = config::fields_of(db, app_id).await?;
        config::check(&args.config, &fields)?;
        let id = crud::insert(db, &TABLE, values, now).await?;
        let row = TABLE.require(db, id).await?;
        config::store(db, &row, &args.config, &fields, true).await?;
        Ok(id)
    });
    let id = id.await?;
    unused.iter().for_each(|words| ctx.printer.note(words));
    crud::created(ctx, &TABLE, id).await
}

pub async fn update(ctx: &mut Context, matches: &ArgMatches, args: Save) -> Result<Outcome> {
    let id = args::given_id(matches)?;
    let mut values = args::updated(matches, &TABLE);
    let now = now(ctx);
    let (unused, withdrawn) = ctx
        .db()
        .await?
        .transaction(async |db| {
            let row = TABLE.require(db, id).await?;
            let unused = unused_cron(&values, row.text("interv"));
            if let Some(application) = args.application.find(db).await? {
                values.push(("app_id", application.int("id").into()));
            }
            if let Some(company) = args.company.find(db).await? {
                values.push(("company_id", company.int("id").into()));
            }
            if values.is_empty() && args.config.is_empty() {
                return Err(Error::usage("No fields to update").hint("See `multiflexi-cli runtemplate update --help`"));
            }
            let given = |name| crate::table::text_of(&values, name);
            let interval = given("interv").map(str::to_owned).or_else(|| row.text("interv")).unwrap_or_default();
            if given("cron") == Some("") && interval == "c" {
                return Err(
                    Error::usage("--cron is empty, and the interval is c").hint("Give another --interv with it")
                );
            }
            if row.filled("cron").is_none() {
                check_cron(&values)?;
            }
            if !values.is_empty() {
                crud::change(db, &TABLE, id, values, now).await?;
            }
            if !args.config.is_empty() {
                let row = TABLE.require(db, id).await?;
                let fields = config::fields_of(db, row.int("app_id").unwrap_or_default()).await?;
                config::check(&args.config, &fields)?;
                config::store(db, &row, &args.config, &fields, false).await?;
            }
            Ok((unused, withdraw(db, Changed::Runtemplate(id)).await?))
        })
        .await?;
    unused.iter().chain(&withdrawn.words()).for_each(|words| ctx.printer.note(words));
    if ctx.verbose > 0 {
        return crud::updated(ctx, &TABLE, id).await;
    }
    let mut json = json!({"runtemplate_id": id.to_string(), "updated": true});
    withdrawn.enter(&mut json);
    Ok(Outcome::message(format!("RunTemplate updated successfully (ID: {id})"), json))
}
