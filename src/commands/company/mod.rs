//! `company`: for whom applications run.

mod env;
mod table;

use clap::ArgMatches;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, parent, table_verb, verb};
use crate::context::Context;
use crate::db::{Db, Dialect};
use crate::error::{Error, Kind, Result};
use crate::id::CompanyId;
use crate::job::queue::withdraw::Changed;
use crate::output::{Outcome, Standard};
use crate::table::{args, crud, now, text_of};
use table::SLUG_LIMIT;
pub use table::TABLE;

/// A name as the suite makes a slug of it: what is no lower-case letter or digit becomes `_`, several in a row one.
///
/// Servers take 10 characters; SQLite takes what the suite writes there.
fn slug_of(name: &str, dialect: Dialect) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | '0'..='9' => slug.push(c),
            _ if slug.ends_with('_') => {}
            _ => slug.push('_'),
        }
    }
    if dialect.limits_texts() {
        slug.truncate(SLUG_LIMIT);
    }
    slug
}

/// The slug of a company that was given none: its name's, and where another company has that, one with a number behind it.
async fn free_slug(db: &mut Db, name: &str) -> Result<String> {
    let slug = slug_of(name, db.dialect);
    for number in 1..999 {
        let free = if number == 1 { slug.clone() } else { numbered(&slug, number) };
        match TABLE.find_by(db, "slug", free.as_str().into()).await? {
            Some(_) => {}
            None => return Ok(free),
        }
    }
    Ok(slug)
}

/// A slug with a number behind it, which fits into the column.
fn numbered(slug: &str, number: u32) -> String {
    let number = number.to_string();
    let room = SLUG_LIMIT.saturating_sub(number.len());
    slug.chars().take(room).chain(number.chars()).collect()
}

async fn create(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let given = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let creating = ctx.db().await?.transaction(async |db| {
        // The suite's tables have no key on the name or the slug alone.
        db.take_turns_at_names().await?;
        let mut values = given.clone();
        let name = text_of(&values, "name").unwrap_or_default();
        if let Some(other) = TABLE.find_by(db, "name", name.into()).await? {
            let id = other.id("id")?;
            return Err(Error::new(Kind::Exists, format!("Company with name {name:?} exists already: its id is {id}"))
                .hint(format!(
                    "`multiflexi-cli company get --id={id}` shows it; of one name the suite makes one company"
                )));
        }
        if text_of(&values, "slug").is_none_or(str::is_empty) {
            let slug = free_slug(db, text_of(&values, "name").unwrap_or_default()).await?;
            values.retain(|(name, _)| *name != "slug");
            values.push(("slug", slug.into()));
        }
        crud::insert(db, &TABLE, values, now.clone()).await
    });
    let id = creating.await?;
    if text_of(&given, "slug").is_none_or(str::is_empty) && ctx.printer.is_terminal(Standard::Err) {
        let row = TABLE.require(ctx.db().await?, id).await;
        if let Some(slug) = row.ok().and_then(|row| row.text("slug")) {
            ctx.printer
                .note(&format!("its slug is {slug}; `multiflexi-cli company update --id={id} --slug=SLUG` changes it"));
        }
    }
    if !matches!(args::value(matches, "enabled"), Some(sea_query::Value::Bool(Some(true)))) {
        // The suite stores it so, and asks nobody.
        ctx.printer
            .note("warning: the company is not marked as enabled (--enabled=1 does that); its jobs run all the same");
    }
    crud::created(ctx, &TABLE, id).await
}

/// The columns of which a job's variables are made when it begins to wait.
const JOB_COLUMNS: &[&str] = &["name", "slug"];

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let outcome = parent::update(ctx, &TABLE, matches, JOB_COLUMNS, |id| Changed::Company(CompanyId(id))).await?;
    if let Some(sea_query::Value::Bool(Some(false))) = args::value(matches, "enabled") {
        ctx.printer.note(
            "warning: the company is not marked as enabled any more; its jobs run all the same; to stop them: \
             `multiflexi-cli runtemplate update --id=N --active=0`",
        );
    }
    // The suite's form does so.
    if args::text(matches, "slug").is_some_and(|slug| slug.is_empty()) {
        ctx.printer.note("warning: the company has no slug now; only its id and its name find it");
    }
    Ok(outcome)
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Companies, for which applications run",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List companies").listing(),
        table_verb!(get, TABLE, "Show a company"),
        mixed_verb!("create", create, TABLE, NoArgs, create, "Create a company"),
        mixed_verb!("update", update, TABLE, NoArgs, update, "Change a company"),
        table_verb!(delete as "remove" "removed", TABLE, "Remove a company that nothing uses"),
        verb!("env-list", "List the variables that a company's jobs get", env::List, env::list).listing(),
        verb!("env-set", "Set variables that a company's jobs get", env::Set, env::set),
        verb!("env-unset", "Remove variables from a company's jobs", env::Unset, env::unset).destroying(),
    ],
};
