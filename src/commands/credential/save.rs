//! `credential create`, `credential update` and `credential remove`.

use clap::ArgMatches;
use serde_json::json;

use super::TABLE;
use super::values::{self, ValueStore};
use crate::audit::{self, Action};
use crate::commands::reference::{self, KeyValue};
use crate::commands::{NoArgs, company, credential_type};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::id::CredentialId;
use crate::job::queue::withdraw::{self, Changed, withdraw};
use crate::output::{Outcome, success};
use crate::table::deletion;
use crate::table::given::{SecretReader, is_reference};
use crate::table::{args, crud, now, text_of};

#[derive(clap::Args)]
pub struct Fields {
    #[command(flatten)]
    company: reference::DashedCompany,
    /// A value, KEY=VALUE or KEY:VALUE; may be given several times. An empty secret is left unchanged. KEY=@FILE reads a secret
    /// from a file, KEY=- from stdin or asks
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

/// Refuses a company or a credential type that is not there: only some servers would. Returns the company, if one is given,
/// which the suite's table has no key to keep until this is done.
async fn check(db: &mut Db, matches: &ArgMatches, args: &Fields) -> Result<Option<Row>> {
    if let Some(id) = args::int(matches, "credential-type-id") {
        credential_type::TABLE.require(db, id).await?;
    }
    match args.company.0.find(db).await? {
        Some(row) => company::TABLE.lock(db, row.id("id")?).await.map(Some),
        None => Ok(None),
    }
}

impl Fields {
    /// The values with their secrets read from where they are, before anything is locked for them.
    ///
    /// `of` is the credential's type so far.
    async fn values(&self, ctx: &mut Context, matches: &ArgMatches, of: Option<i64>) -> Result<Vec<KeyValue>> {
        let mut pairs = self.field.clone();
        if pairs.iter().any(|pair| is_reference(&pair.value)) {
            let may_ask = ctx.interactive;
            let db = ctx.db().await?;
            let type_id = args::int(matches, "credential-type-id").or(of).ok_or_else(no_type)?;
            let credential_type = credential_type::TABLE.require(db, type_id).await?;
            let fields = values::fields_of(db, &credential_type).await?;
            let is_secret = |key: &str| values::secret_field(key, "", &fields);
            reference::read_secrets(
                &mut SecretReader::default(),
                "--field",
                &mut pairs,
                may_ask,
                &ctx.printer,
                is_secret,
            )?;
        }
        Ok(pairs)
    }
}

/// The fields that a credential's type requires and the credential has no value for.
async fn missing(db: &mut Db, id: i64) -> Result<Vec<String>> {
    let credential = TABLE.require(db, id).await?;
    let type_id = credential.int("credential_type_id");
    let Some(credential_type) = db.find_referred(credential_type::TABLE.sql, type_id).await? else {
        return Ok(Vec::new());
    };
    let stored = values::load(db, id).await?;
    let has = |name: &str| {
        stored.iter().any(|row| row.filled("value").is_some() && row.text("name").as_deref() == Some(name))
    };
    let fields = values::fields_of(db, &credential_type).await?;
    Ok(fields.into_iter().filter(|field| field.required && !has(&field.name)).map(|field| field.name).collect())
}

/// What is said of a credential whose type is another company's. The suite allows it.
async fn foreign_type(db: &mut Db, credential: &Row) -> Result<Option<String>> {
    let type_id = credential.int("credential_type_id");
    let Some(credential_type) = db.find_referred(credential_type::TABLE.sql, type_id).await? else { return Ok(None) };
    let (own, other) = (credential.int("company_id"), credential_type.int("company_id"));
    Ok(match (credential.int("id"), type_id, own, other) {
        (Some(id), Some(type_id), Some(own), Some(other)) if own != other && other > 0 => Some(format!(
            "warning: credential {id} is company {own}'s, and its credential type {type_id} is company {other}'s: what is assigned \
             it gets its secrets in either company; `multiflexi-cli credential-type list` shows whose each is"
        )),
        _ => None,
    })
}

/// The error of a credential whose fields are not known, since it is of no type.
fn no_type() -> Error {
    Error::refused("the credential has no type, which would say what fields it has")
        .hint("Give it one: --credential-type-id; `multiflexi-cli credential-type list` shows what there is")
}

/// Says which required fields have no value, without which no job that needs the credential is run.
fn tell_missing(ctx: &Context, id: i64, missing: &[String]) {
    if let Some(first) = missing.first() {
        ctx.printer.note(&format!(
            "warning: required and without a value: {}; no job that needs the credential is run before it is set: `multiflexi-cli \
             credential update --id={id} --field={first}=-`",
            missing.join(", ")
        ));
    }
}

/// Stores the values that were given. Returns the names of secrets that this schema keeps in clear.
async fn store(db: &mut Db, store: &mut ValueStore, row: &Row, pairs: &[KeyValue]) -> Result<Vec<String>> {
    let mut in_clear = Vec::new();
    if pairs.is_empty() {
        return Ok(in_clear);
    }
    let type_id = row.int("credential_type_id").ok_or_else(no_type)?;
    let credential_type = credential_type::TABLE.require(db, type_id).await?;
    let fields = values::fields_of(db, &credential_type).await?;
    if fields.is_empty() {
        reference::check_keys(db, "--field", pairs, None).await?;
    }
    for KeyValue { key, value } in pairs {
        if !fields.is_empty() && !fields.iter().any(|field| field.name == *key) {
            let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
            let type_name = credential_type.text("name").unwrap_or_default();
            return Err(Error::usage(format!("--field {key}: the credential type {type_name:?} has no such field"))
                .hint(format!("It takes {}", names.join(", "))));
        }
        if store.put(db, row.id("id")?, key, value, &fields).await? {
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

/// Makes a credential with its values; secrets are encrypted where the schema has columns for that.
///
/// # Errors
/// No company is named, the company or the credential type does not exist, the type has no such field, or a secret cannot be
/// read or encrypted: no credential is made then.
pub async fn create(ctx: &mut Context, matches: &ArgMatches, args: Fields) -> Result<Outcome> {
    let given = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let mut storage = ValueStore::from_settings(&ctx.settings);
    let pairs = args.values(ctx, matches, None).await?;
    let (id, in_clear, missing, foreign) = ctx
        .db()
        .await?
        .transaction(async |db| {
            let mut values = given.clone();
            let company = check(db, matches, &args).await?.ok_or_else(reference::missing_company)?;
            values.push(("company_id", company.int("id").into()));
            if text_of(&values, "name").is_none_or(str::is_empty) {
                let name = company.text("name").unwrap_or_default();
                values.retain(|(column, _)| *column != "name");
                values.push(("name", name.into()));
            }
            let id = crud::insert(db, &TABLE, values, now.clone()).await?;
            let row = TABLE.require(db, id).await?;
            let in_clear = store(db, &mut storage, &row, &pairs).await?;
            Ok((id, in_clear, missing(db, id).await?, foreign_type(db, &row).await?))
        })
        .await?;
    warn(ctx, &in_clear);
    foreign.iter().for_each(|message| ctx.printer.note(message));
    tell_missing(ctx, id, &missing);
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    let mut more = json!({"credential_id": id, "created": true});
    if !missing.is_empty() {
        more["missing"] = missing.into();
    }
    Ok(Outcome::message(
        format!("Credential created successfully with ID: {id}"),
        success("Credential created successfully", &more),
    ))
}

/// Changes a credential and its values; scheduled jobs that wait are taken back, to be made anew.
///
/// # Errors
/// Nothing new is given, there is no such credential, company or credential type, the type has no such field, or a secret
/// cannot be read or encrypted: the credential stays as it was then.
pub async fn update(ctx: &mut Context, matches: &ArgMatches, args: Fields) -> Result<Outcome> {
    let id = args::given_id(matches)?;
    let values = args::updated(matches, &TABLE)?;
    if text_of(&values, "name").is_some_and(str::is_empty) {
        return Err(Error::usage("--name must not be empty").hint("Leave it out, and the credential keeps its name"));
    }
    if values.is_empty() && args.field.is_empty() && !args.company.0.is_given() {
        return Err(crud::nothing_to_update(&TABLE, &["field"]));
    }
    let now = now(ctx);
    let mut storage = ValueStore::from_settings(&ctx.settings);
    let of = match args.field.iter().any(|pair| is_reference(&pair.value)) {
        true => TABLE.require(ctx.db().await?, id).await?.int("credential_type_id"),
        false => None,
    };
    let pairs = args.values(ctx, matches, of).await?;
    let (in_clear, missing, foreign, withdrawn) = ctx
        .db()
        .await?
        .transaction(async |db| {
            let mut values = values.clone();
            withdraw::lock(db, Changed::Credential(CredentialId(id))).await?;
            values.extend(check(db, matches, &args).await?.map(|company| ("company_id", company.int("id").into())));
            // The suite's table of values has no key: two that set a new one would make a row each.
            let row = TABLE.lock(db, id).await.map_err(Error::with_status_of_absence)?;
            let row = if values.is_empty() {
                // Its values lie in another table, and are its own all the same.
                audit::changed(db, TABLE.sql, id, Action::Update, now.clone()).await?;
                row
            } else {
                crud::change(db, &TABLE, id, values, now.clone()).await?;
                TABLE.require(db, id).await?
            };
            let in_clear = store(db, &mut storage, &row, &pairs).await?;
            let (missing, foreign) = (missing(db, id).await?, foreign_type(db, &row).await?);
            Ok((in_clear, missing, foreign, withdraw(db, Changed::Credential(CredentialId(id))).await?))
        })
        .await?;
    warn(ctx, &in_clear);
    foreign.iter().for_each(|message| ctx.printer.note(message));
    tell_missing(ctx, id, &missing);
    let mut json = json!({"credential_id": id, "updated": true});
    if !missing.is_empty() {
        json["missing"] = missing.into();
    }
    withdrawn.tell(&ctx.printer, &mut json);
    if ctx.verbose > 0 {
        return crud::updated(ctx, &TABLE, id).await;
    }
    let done = "Credential updated successfully";
    Ok(Outcome::message(done, success(done, &json)))
}

/// Removes a credential with its values.
///
/// # Errors
/// No option names a credential, there is no such credential, runtemplates use it, or somebody answers no: nothing is removed
/// then.
pub async fn remove(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_show(ctx.db().await?, &TABLE, matches).await?;
    let id = row.id("id")?;
    if let Some(answer) = deletion::delete_row(ctx, &TABLE, &row, "removed").await? {
        return Ok(answer);
    }
    let done = "Credential removed successfully";
    Ok(Outcome::message(done, success(done, &json!({"credential_id": id, "removed": true}))))
}
