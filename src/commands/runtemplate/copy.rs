//! `runtemplate clone`: a copy with settings, files, actions, credentials and topics, that does not run until it is
//! activated.

use chrono::NaiveDateTime;
use clap::ArgMatches;
use sea_query::{Alias, Cond, Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::runtemplate::TABLE;
use crate::commands::runtemplate::save::tell_namesake;
use crate::context::Context;
use crate::db::expression::refers_to_none;
use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::output::{Outcome, on_one_line};
use crate::table::{Kind, args, crud};

/// What belongs to a runtemplate and is copied with it, by `runtemplate_id`.
const PARTS: &[&str] = &[tables::CONFIGURATION, tables::ACTIONCONFIG, tables::RUNTPLCREDS, tables::RUNTEMPLATE_TOPICS];
/// `runtemplate.name` takes so many characters.
const NAME_LIMIT: usize = 250;

#[derive(clap::Args)]
pub struct Clone {
    /// The copy's name; by default the original's with "(copy)" appended. Together with an id, --name means the same
    #[arg(long = "new_name", value_name = "NAME", value_parser = name)]
    new_name: Option<String>,
}

fn name(text: &str) -> Result<String, String> {
    Kind::Name(NAME_LIMIT).parse(text).map(|_| text.into())
}

fn unfit_name(why: String) -> Error {
    Error::usage(format!("--name, which names the copy beside an id: {why}"))
        .hint("Give the copy a name, or leave the option out: then it is the original's with \"(copy)\" behind it")
}

/// What `--name` says where the original is named by its id; else it names that.
fn other_name(matches: &ArgMatches) -> Option<String> {
    args::int(matches, "id")?;
    match args::value(matches, "name")? {
        sea_query::Value::String(name) => name,
        _ => None,
    }
}

/// Copies a runtemplate with all that belongs to it; the copy does not run until it is activated.
///
/// # Errors
/// No runtemplate is named, or several are; the copy is given two names, or one that is empty or too long; or the database
/// refuses. No copy is made then.
pub async fn clone(ctx: &mut Context, matches: &ArgMatches, args: Clone) -> Result<Outcome> {
    let now = ctx.now();
    let row = crud::pick_only(ctx.db().await?, &TABLE, matches).await?;
    let original = row.id("id")?;
    let new_name = match (args.new_name, other_name(matches)) {
        (Some(_), Some(_)) => {
            return Err(Error::usage("--new_name and --name both name the copy").hint("Name it once"));
        }
        (new_name, other) => new_name.or(other.map(|text| name(&text).map_err(unfit_name)).transpose()?),
    };
    let new_name = new_name.unwrap_or_else(|| {
        let name: String = row.text("name").unwrap_or_default().chars().take(NAME_LIMIT - 7).collect();
        format!("{name} (copy)")
    });
    let id = ctx.db().await?.transaction(async |db| copy(db, original, &new_name, now).await).await?;
    tell_namesake(ctx, id).await;
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    let text = format!(
        "RunTemplate {original} cloned as {id} ({}), which is not active\n\
         Activate it: `multiflexi-cli runtemplate update --id={id} --active=1`",
        on_one_line(&new_name)
    );
    let json = json!({"runtemplate_id": id, "cloned_from": original, "name": new_name, "active": 0, "created": true});
    Ok(Outcome::message(text, json))
}

async fn copy(db: &mut Db, original: i64, name: &str, now: NaiveDateTime) -> Result<i64> {
    let nothing = || Expr::val(Option::<NaiveDateTime>::None);
    let id = copy_rows(db, tables::RUNTEMPLATE, column_is("id", original), |column| match column {
        "name" => Some(Expr::val(name)),
        "active" => Some(Expr::val(false)),
        "DatCreate" => Some(Expr::val(now)),
        "DatSave" | "last_schedule" | "next_schedule" => Some(nothing()),
        "successfull_jobs_count" | "failed_jobs_count" => Some(Expr::val(0)),
        _ => None,
    })
    .await?;
    let id = id.ok_or_else(|| Error::not_found(format!("RunTemplate with id {original} not found")))?;
    let belongs = |column: &str| (column == "runtemplate_id").then(|| Expr::val(id));
    for table in PARTS {
        copy_rows(db, table, column_is("runtemplate_id", original), belongs).await?;
    }
    // Files of its jobs stay theirs.
    let own = column_is("runtemplate_id", original).add(refers_to_none("job_id"));
    copy_rows(db, tables::FILE_STORE, own, belongs).await?;
    audit::changed(db, TABLE.sql, id, Action::Create, now).await?;
    Ok(id)
}

fn column_is(column: &'static str, id: i64) -> Cond {
    Cond::all().add(Expr::col(column).eq(id))
}

/// Copies rows of a table inside the database, and returns the id of one of the copies; None where there is none.
///
/// So each column keeps its kind. What `instead` names is written in place of a column's value.
async fn copy_rows(
    db: &mut Db,
    table: &'static str,
    which: Cond,
    instead: impl Fn(&str) -> Option<sea_query::Expr>,
) -> Result<Option<i64>> {
    let columns: Vec<String> = db.columns(table).await?.iter().filter(|column| *column != "id").cloned().collect();
    if columns.is_empty() {
        return Ok(None);
    }
    let value = |column: &String| instead(column).unwrap_or_else(|| Expr::col(Alias::new(column)));
    let select = select::from(table).exprs(columns.iter().map(value)).cond_where(which.clone()).take();
    if db.count_where(table, which).await? == 0 {
        return Ok(None);
    }
    db.insert(&mut select::into(table, columns.iter().map(Alias::new), select)?).await.map(Some)
}
