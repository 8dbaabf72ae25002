//! `credential-type`: a prototype of credentials, set up for one company.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::commands::credential_prototype::{self, file};
use crate::commands::definition_files::FilesArgs;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, reference, table_verb, verb};
use crate::context::Context;
use crate::db::{Db, Row, tables};
use crate::definition;
use crate::error::{Error, Result};
use crate::output::Outcome;
use crate::table::{Column, Dependent, Kind, Table, args, crud, now, text_of};

pub static TABLE: Table = Table {
    sql: tables::CREDENTIAL_TYPE,
    noun: "credential-type",
    label: "Credential type",
    id_key: "credential_type_id",
    columns: &[
        Column::new("uuid", Kind::Uuid, "Its UUID").lookup().only_update().unique(&["uuid"]),
        Column::new("name", Kind::Name(255), "Its name; by default its prototype's"),
        Column::new("company_id", Kind::Id, "Its company's id").only_read(),
        Column::new("prototype", Kind::Name(255), "The code of its prototype").option("class").required(),
    ],
    dependents: &[Dependent::new(tables::CREDENTIALS, "credential_type_id", "credentials")],
    ..Table::DEFAULT
};

#[derive(clap::Args)]
pub struct Create {
    #[command(flatten)]
    company: reference::DashedCompany,
}

/// The prototype that `--class` names, if it is given, locked: no key keeps it and its code until this is done.
async fn prototype(db: &mut Db, matches: &ArgMatches) -> Result<Option<Row>> {
    let Some(sea_query::Value::String(Some(code))) = args::value(matches, "class") else { return Ok(None) };
    let mut found = credential_prototype::TABLE.find_by(db, "code", code.as_str().into()).await?;
    if let Some(row) = found {
        db.lock_row(credential_prototype::TABLE.sql, row.id("id")?).await?;
        found = credential_prototype::TABLE.find_by(db, "code", code.as_str().into()).await?;
    }
    found.map(Some).ok_or_else(|| {
        Error::not_found(format!("No credential prototype found for class: {code}"))
            .hint("`multiflexi-cli credential-prototype list` shows the codes that there are")
    })
}

async fn create(ctx: &mut Context, matches: &ArgMatches, args: Create) -> Result<Outcome> {
    let given = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let (id, uuid) = ctx
        .db()
        .await?
        .transaction_looking_first(async |db| {
            let mut values = given.clone();
            let company = args.company.0.find(db).await?.ok_or_else(reference::missing_company)?;
            values.push(("company_id", company.int("id").into()));
            let prototype = prototype(db, matches).await?.ok_or_else(|| {
                Error::usage("Missing --class")
                    .hint("`multiflexi-cli credential-prototype list` shows the codes that there are")
            })?;
            let uuid = free_uuid(db, &prototype).await?;
            values.push(("uuid", uuid.as_str().into()));
            if text_of(&values, "name").is_none_or(str::is_empty) {
                values.retain(|(column, _)| *column != "name");
                values.push(("name", prototype.text("name").into()));
            }
            values.push(("version", "1".into()));
            Ok((crud::insert(db, &TABLE, values, now.clone()).await?, uuid))
        })
        .await?;
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    Ok(Outcome::message(
        format!("Credential type created successfully. ID: {id}"),
        json!({"uuid": uuid, "id": id, "created": true}),
    ))
}

/// The prototype's UUID, as the suite has it; where another company's type has that one, a new one.
async fn free_uuid(db: &mut Db, prototype: &Row) -> Result<String> {
    let uuid = prototype.filled("uuid").unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    Ok(if db.count_where(TABLE.sql, Expr::col("uuid").eq(uuid.as_str())).await? == 0 {
        uuid
    } else {
        uuid::Uuid::new_v4().to_string()
    })
}

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    crud::update_by_lookup(ctx, &TABLE, matches, async |db| prototype(db, matches).await.map(drop)).await
}

/// Both kinds of definition are kept as a prototype with its fields: so does the suite.
async fn import(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    file::import_as(ctx, args, definition::DefinitionKind::CredentialType).await
}

async fn validate(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    file::validate_as(ctx, args, definition::DefinitionKind::CredentialType).await
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["credtype"],
    about: "Credential types: prototypes set up for a company",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List credential types").listing(),
        table_verb!(get, TABLE, "Show a credential type"),
        mixed_verb!("create", create, TABLE, Create, create, "Set a prototype up for a company"),
        mixed_verb!("update", update_by_lookup, TABLE, NoArgs, update, "Change a credential type"),
        table_verb!(delete as "delete" "deleted", TABLE, "Delete a credential type that no credential uses"),
        verb!("import-json", "Import a credential type's definition as a prototype", FilesArgs, import),
        verb!("validate-json", "Check a credential type's definition", FilesArgs, validate).reading(),
    ],
};
