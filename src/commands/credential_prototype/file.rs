//! Definitions of credential prototypes and types as files: import, export, validate.

use std::path::Path;

use chrono::NaiveDateTime;
use clap::ArgMatches;
use serde_json::json;

use super::TABLE;
use crate::commands::definition_files::{self, ExportArgs, FilesArgs};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::definition::credential::Prototype;
use crate::definition::import::Imported;
use crate::definition::{self, DefinitionKind, import_credential};
use crate::error::Result;
use crate::output::{Outcome, success};
use crate::table::{Values, crud};

/// Imports credential prototypes from their definitions: files, folders of them, or stdin.
///
/// # Errors
/// Of one definition: it cannot be read or is not valid, or the database refuses it. Of several: a folder cannot be read or
/// holds none, the database cannot be worked with, or a signal came; what is done by then stays. What is wrong with one of
/// several is told, and in the exit code.
pub async fn import(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    import_as(ctx, args, DefinitionKind::CredentialPrototype).await
}

/// As [`import`], of definitions of this kind.
///
/// # Errors
/// Same as [`import`].
pub async fn import_as(ctx: &mut Context, files: FilesArgs, kind: DefinitionKind) -> Result<Outcome> {
    definition_files::each(ctx, files, kind, async |ctx, file| import_one(ctx, file, kind).await).await
}

async fn import_one(ctx: &mut Context, file: &Path, kind: DefinitionKind) -> Result<Outcome> {
    let (value, notes) = definition_files::read(ctx, file, kind)?;
    let prototype = Prototype::from_value(&value)?;
    let now = ctx.now();
    let imported = write(ctx.db().await?, &prototype, now, &[]).await?;
    let done = if imported.created { "imported" } else { "updated" };
    let message = format!("Credential prototype {done} successfully");
    let more = json!({"file": file, "credential_prototype_id": imported.id, done: true, "notes": notes});
    let text = format!("{message}: {} (ID: {})", prototype.code, imported.id);
    Ok(Outcome::message(text, success(&message, &more)))
}

/// Writes a prototype of a definition to the database; `kept` stays as it is where the prototype is there already.
///
/// # Errors
/// Another prototype has its UUID or code, or the database refuses it; nothing is written then.
pub async fn write(db: &mut Db, prototype: &Prototype, now: NaiveDateTime, kept: &[&str]) -> Result<Imported> {
    let check =
        async |db: &mut Db, values: &Values, row: Option<&Row>| crud::require_free(db, &TABLE, values, row).await;
    import_credential::import(db, prototype, now, kept, check).await
}

/// Writes the definition of a credential prototype to a file, or to stdout.
///
/// # Errors
/// No option names a prototype, there is no such prototype, or the file cannot be written.
pub async fn export(ctx: &mut Context, matches: &ArgMatches, args: ExportArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick(db, &TABLE, matches).await?;
    let prototype = definition::load::prototype(db, row.id("id")?).await?;
    definition_files::export(&ctx.printer, args, prototype.export(), |file| {
        let text = format!("Credential prototype exported to: {file}");
        Outcome::message(text, success("Exported successfully", &json!({"file": file})))
    })
}

/// Checks definitions of credential prototypes against the schema; nothing is imported.
///
/// # Errors
/// Of one definition: it cannot be read or is not valid. Of several: a folder cannot be read or holds none, or a signal came.
/// What is wrong with one of several is told, and in the exit code.
pub async fn validate(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    validate_as(ctx, args, DefinitionKind::CredentialPrototype).await
}

/// As [`validate`], of definitions of this kind.
///
/// # Errors
/// Same as [`validate`].
pub async fn validate_as(ctx: &mut Context, files: FilesArgs, kind: DefinitionKind) -> Result<Outcome> {
    definition_files::each(ctx, files, kind, async |ctx, file| validate_one(ctx, file, kind)).await
}

fn validate_one(ctx: &Context, file: &Path, kind: DefinitionKind) -> Result<Outcome> {
    let (_, notes) = definition_files::read(ctx, file, kind)?;
    let more = json!({"file": file, "schema": kind.schema_name(), "notes": notes});
    Ok(Outcome::message("JSON is valid", success("JSON is valid", &more)))
}
