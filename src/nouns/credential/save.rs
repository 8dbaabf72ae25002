//! `credential create`, `credential update` and `credential remove`.

use clap::ArgMatches;
use serde_json::json;

use super::TABLE;
use super::values::{self, Store};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::job::withdraw::{Changed, withdraw};
use crate::nouns::reference::{self, KeyValue};
use crate::nouns::{NoArgs, credential_type};
use crate::output::{Outcome, success};
use crate::table::{args, crud, now};

#[derive(clap::Args)]
pub struct Fields {
    #[command(flatten)]
    company: reference::Company,
    /// A value, KEY=VALUE or KEY:VALUE; may be given several times. An empty secret stays as it is
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    field: Vec<KeyValue>,
}

/// The suite writes a colon, everybody else an equals sign: the first of them parts key and value.
fn pair(text: &str) -> Result<KeyValue, String> {
    match text.find([':', '=']) {
        Some(at) => format!("{}={}", &text[..at], &text[at + 1..]).parse(),
        None => Err("it takes KEY=VALUE".into()),
    }
}

/// Refuses a company or a credential type that is not there: only some servers would. Tells the company, if one is given.
async fn check(db: &mut Db, matches: &ArgMatches, args: &Fields) -> Result<Option<i64>> {
    if let Some(id) = args::int(matches, "credential-type-id") {
        credential_type::TABLE.require(db, id).await?;
    }
    Ok(args.company.find(db).await?.and_then(|row| row.int("id")))
}

/// Stores the values that were given. Tells the names of secrets that this schema keeps in clear.
async fn store(db: &mut Db, store: &mut Store, row: &Row, pairs: &[KeyValue]) -> Result<Vec<String>> {
    let mut in_clear = Vec::new();
    if pairs.is_empty() {
        return Ok(in_clear);
    }
    let type_id = row.int("credential_type_id").unwrap_or_default();
    let credential_type = credential_type::TABLE.require(db, type_id).await?;
    let fields = values::fields_of(db, &credential_type).await?;
    for KeyValue { key, value } in pairs {
        if !fields.is_empty() && !fields.iter().any(|field| field.name == *key) {
            let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
            let type_name = credential_type.text("name").unwrap_or_default();
            return Err(Error::usage(format!("--field {key}: the credential type {type_name:?} has no such field"))
                .hint(format!("It takes {}", names.join(", "))));
        }
        if store.put(db, row.int("id").unwrap_or_default(), key, value, &fields).await? {
            in_clear.push(key.clone());
        }
    }
    Ok(in_clear)
}

fn warn(ctx: &Context, in_clear: &[String]) {
    if !in_clear.is_empty() {
        ctx.printer.note(&format!(
            "warning: stored in clear, because this database has no columns for encrypted values or encryption is \
             switched off: {}. `multiflexi-cli encryption status` tells more",
            in_clear.join(", ")
        ));
    }
}

pub async fn create(ctx: &mut Context, matches: &ArgMatches, args: Fields) -> Result<Outcome> {
    let mut values = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let mut storage = Store::of(&ctx.settings);
    let (id, in_clear) = ctx
        .db()
        .await?
        .transaction(async |db| {
            values
                .push(("company_id", check(db, matches, &args).await?.ok_or_else(reference::missing_company)?.into()));
            let id = crud::insert(db, &TABLE, values, now).await?;
            let row = TABLE.require(db, id).await?;
            Ok((id, store(db, &mut storage, &row, &args.field).await?))
        })
        .await?;
    warn(ctx, &in_clear);
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    let more = json!({"credential_id": id, "created": true});
    Ok(Outcome::message(
        format!("Credential created successfully with ID: {id}"),
        success("Credential created successfully", &more),
    ))
}

pub async fn update(ctx: &mut Context, matches: &ArgMatches, args: Fields) -> Result<Outcome> {
    let id = args::given_id(matches)?;
    let mut values = args::updated(matches, &TABLE);
    if values.is_empty() && args.field.is_empty() && !args.company.is_given() {
        return Err(crud::nothing_to_update(&TABLE, &["field"]));
    }
    let now = now(ctx);
    let mut storage = Store::of(&ctx.settings);
    let (in_clear, withdrawn) = ctx
        .db()
        .await?
        .transaction(async |db| {
            let row = TABLE.require(db, id).await.map_err(Error::with_status_of_absence)?;
            values.extend(check(db, matches, &args).await?.map(|id| ("company_id", id.into())));
            let row = if values.is_empty() {
                row
            } else {
                crud::change(db, &TABLE, id, values, now).await?;
                TABLE.require(db, id).await?
            };
            let in_clear = store(db, &mut storage, &row, &args.field).await?;
            Ok((in_clear, withdraw(db, Changed::Credential(id)).await?))
        })
        .await?;
    warn(ctx, &in_clear);
    withdrawn.words().iter().for_each(|words| ctx.printer.note(words));
    if ctx.verbose > 0 {
        return crud::updated(ctx, &TABLE, id).await;
    }
    let done = "Credential updated successfully";
    let mut json = json!({"credential_id": id, "updated": true});
    withdrawn.enter(&mut json);
    Ok(Outcome::message(done, success(done, &json)))
}

pub async fn remove(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_show(ctx.db().await?, &TABLE, matches).await?;
    let id = row.int("id").unwrap_or_default();
    if let Some(answer) = crud::guard(ctx, &TABLE, &row, "removed").await? {
        return Ok(answer);
    }
    let now = now(ctx);
    ctx.db().await?.transaction(async |db| crud::remove(db, &TABLE, id, now).await).await?;
    let done = "Credential removed successfully";
    Ok(Outcome::message(done, success(done, &json!({"credential_id": id, "removed": true}))))
}
