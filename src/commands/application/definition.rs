//! `application import-json`, `export-json`, `remove-json`, `validate-json` and `show-config`: an application's definition.

use std::path::{Path, PathBuf};

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::{Value, json};

use crate::commands::NoArgs;
use crate::commands::application::TABLE;
use crate::commands::definition_files::{self, DASH, ExportArgs, FilesArgs};
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::definition::{self, Application, DefinitionKind};
use crate::error::{Error, Result};
use crate::id::AppId;
use crate::job::queue::withdraw::{Changed, withdraw};
use crate::output::{Outcome, on_one_line};
use crate::secret::field_is_secret;
use crate::table::deletion;
use crate::table::mask;
use crate::table::paging::Paging;
use crate::table::{Values, crud};

#[derive(clap::Args)]
pub struct File {
    /// The definition, a *.multiflexi.app.json
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
}

/// Imports applications from their definitions: files, folders of them, or stdin.
///
/// Scheduled jobs of an application that wait are taken back, to be made anew.
///
/// # Errors
/// Of one definition: it cannot be read or is not valid, or the database refuses it. Of several: a folder cannot be read or
/// holds none, the database cannot be worked with, or a signal came; what is done by then stays. What is wrong with one of
/// several is told, and in the exit code.
pub async fn import(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    definition_files::each(ctx, args, DefinitionKind::Application, import_one).await
}

async fn import_one(ctx: &mut Context, file: &Path) -> Result<Outcome> {
    let (mut value, mut notes) = definition_files::read(ctx, file, DefinitionKind::Application)?;
    let file = match (file.as_os_str() == DASH, std::env::current_dir()) {
        (true, Ok(folder)) => {
            definition::paths::resolve_in(&mut value, &folder);
            PathBuf::new()
        }
        (true, Err(_)) => PathBuf::new(),
        (false, _) => {
            definition::paths::resolve(&mut value, file);
            // The path has to mean the same from wherever the next command is called.
            std::fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
        }
    };
    let application = Application::from_value(&value)?;
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let withdraw = async |db: &mut Db, id| withdraw(db, Changed::Application(AppId(id))).await;
    let check =
        async |db: &mut Db, values: &Values, row: Option<&Row>| crud::require_free(db, &TABLE, values, row).await;
    let (imported, withdrawn) =
        definition::import::import(db, &application, &file.display().to_string(), now, check, withdraw).await?;
    imported.notes.iter().for_each(|note| printer.note(&format!("warning: {note}")));
    notes.extend(imported.notes);
    let columns = application.columns();
    let name = on_one_line(application.name.main());
    let shown: serde_json::Map<_, _> =
        columns.iter().map(|(column, value)| ((*column).to_owned(), Value::from(value.as_str()))).collect();
    let mut json = json!({
        "imported": shown, "application_id": imported.id, "created": imported.created, "notes": notes,
    });
    withdrawn.tell(printer, &mut json);
    Ok(Outcome::message(format!("MultiFlexi Application imported successfully: {name} (ID: {})", imported.id), json))
}

/// Writes the definition of an application to a file, or to stdout.
///
/// # Errors
/// No option names an application, there is no such application, or the file cannot be written.
pub async fn export(ctx: &mut Context, matches: &ArgMatches, args: ExportArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick(db, &TABLE, matches).await?;
    let application = definition::load::application(db, row.id("id")?).await?;
    definition_files::export(&ctx.printer, args, application.export(), |file| {
        Outcome::message(format!("Application exported to: {file}"), json!({"exported": true, "file": file}))
    })
}

/// Removes the application that a definition describes.
///
/// # Errors
/// The definition cannot be read or is not valid, no application or one of another UUID is what it describes, something uses
/// the application, or somebody answers no: nothing is removed then.
pub async fn remove(ctx: &mut Context, args: File) -> Result<Outcome> {
    let application = Application::from_value(&definition::read_valid(&args.file, DefinitionKind::Application)?.value)?;
    let db = ctx.db().await?;
    let row = definition::import::find(db, &application).await?.ok_or_else(|| {
        Error::not_found(format!(
            "there is no application {}, which {} describes",
            application.name.main(),
            args.file.display()
        ))
        .hint("`multiflexi-cli application list` shows what there is")
    })?;
    let id = row.id("id")?;
    if let (Some(given), Some(stored)) = (&application.uuid, row.filled("uuid"))
        && !given.eq_ignore_ascii_case(&stored)
    {
        let name = application.name.main();
        return Err(Error::refused(format!(
            "the application {name} has the UUID {stored}, the definition {given}: another one"
        ))
        .hint(format!("`multiflexi-cli application delete --id={id}` deletes the one that is there")));
    }
    if let Some(answer) = deletion::delete_row(ctx, &TABLE, &row, "removed").await? {
        return Ok(answer);
    }
    let json = json!({"removed": true, "application_id": id.to_string()});
    Ok(Outcome::message(format!("Application removed: {} (ID: {id})", application.name.main()), json))
}

/// Checks definitions of applications against the schema; nothing is imported.
///
/// # Errors
/// Of one definition: it cannot be read or is not valid. Of several: a folder cannot be read or holds none, or a signal came.
/// What is wrong with one of several is told, and in the exit code.
pub async fn validate(ctx: &mut Context, args: FilesArgs) -> Result<Outcome> {
    definition_files::each(ctx, args, DefinitionKind::Application, async |ctx, file| validate_one(ctx, file)).await
}

fn validate_one(ctx: &Context, file: &Path) -> Result<Outcome> {
    let (_, notes) = definition_files::read(ctx, file, DefinitionKind::Application)?;
    let json = json!({
        "status": "success", "file": file, "schema": format!("https://multiflexi.eu/schema/{}", DefinitionKind::Application.schema_name()), "message": "JSON is valid",
        "notes": notes,
    });
    Ok(Outcome::message("JSON is valid", json))
}

/// The fields that an application takes, with their defaults; those of secrets masked.
///
/// # Errors
/// No option names an application, there is no such application, `--fields` names a column that is not there, or stdout cannot
/// be written.
pub async fn show_config(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let row = crud::pick(db, &TABLE, matches).await?;
    let there = db.columns(tables::CONFFIELD).await?;
    let fields = Paging::fields_only(matches).pick(&there)?;
    let select = select::columns(tables::CONFFIELD, there.iter().map(sea_query::Alias::new))
        .and_where(Expr::col("app_id").eq(row.int("id")))
        .order_by("id", sea_query::Order::Asc)
        .take();
    let mut list = printer.list(fields);
    db.for_each(&select, |row| {
        let text = |column| row.text(column).unwrap_or_default();
        let is_secret = field_is_secret(&text("keyname"), row.truth("secret"), &text("type"), &text("defval"));
        let mut record = crate::output::record(&row);
        if is_secret {
            record.insert("defval".into(), mask(row.get("defval")).to_json());
        }
        list.json_row(&record)
    })
    .await?;
    list.finish()
}
