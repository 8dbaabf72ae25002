//! `database`: what the database has of the suite's schema, and making it complete.

mod backup;
mod check;
mod copy;
mod wide;

use serde_json::json;

use crate::commands::work::{STAYS, Work};
use crate::commands::{NoArgs, Noun, Scope, verb};
use crate::context::Context;
use crate::db::{Database, Found, migrate};
use crate::error::Result;
use crate::output::Outcome;

#[derive(clap::Args)]
struct Migrate {
    /// Show what would be done, without doing it
    #[arg(long = "dry-run")]
    dry_run: bool,
}

pub const NOUN: Noun = Noun {
    name: "database",
    aliases: &["db"],
    about: "The database: schema, checks, backup, copies",
    scope: Scope::Data,
    verbs: &[
        verb!("status", "Show the schema's version and what it lacks", NoArgs, status).reading(),
        verb!("migrate", "Create the suite's schema, or add what it lacks", Migrate, migrate),
        verb!("check", "Look for inconsistent data and say how to fix it", NoArgs, check::check).reading(),
        verb!("repair", "Fix what `database check` finds, where that is possible", check::Repair, check::repair),
        verb!("backup", "Copy the SQLite file, even while others write to it", backup::Backup, backup::backup),
        verb!("copy", "Copy a whole database into an empty one of any kind", copy::Copy, copy::copy),
    ],
};

async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    ctx.require_database()?;
    let (db, printer) = ctx.open().await?;
    let state = migrate::inspect(db).await?;
    let is_newer = !state.unknown_required.is_empty();
    let is_complete = state.steps.is_empty() && state.missing_columns.is_empty() && !is_newer;
    if is_newer {
        printer.note_always(&format!(
            "warning: the schema is newer than this tool, which adds no row where it has no value for a column: {}. Install a newer \
             version of the tool",
            state.unknown_required.join(", ")
        ));
    }
    let list = |names: &[String]| match names.len() {
        0 => "none".to_owned(),
        1..=5 => names.join(", "),
        count => format!("{count} (--format=json names them)"),
    };
    let missing: Vec<String> = state.missing_tables.iter().map(ToString::to_string).collect();
    let missing_indexes: Vec<String> = state.missing_indexes.iter().map(ToString::to_string).collect();
    let version = state.version.clone().unwrap_or_else(|| "none".into());
    let warning = match db.target() {
        Database::MySql(server) | Database::Postgres(server) => server.exposure(),
        Database::Sqlite { .. } => None,
    };
    if let Some(message) = &warning {
        printer.note(&format!("warning: {message}"));
    }
    let text = format!(
        "database: {}\nversion: {version}\nmissing tables: {}\nmissing columns: {}\nmissing indexes: {}\nunknown tables: {}\n{}",
        db.target(),
        list(&missing),
        list(&state.missing_columns),
        list(&missing_indexes),
        list(&state.unknown_tables),
        match () {
            () if state.is_foreign => "this is not a database of MultiFlexi: none of the suite's tables is there",
            () if is_complete => "complete",
            () if state.is_empty => "empty: `multiflexi-cli database migrate` creates the tables",
            () if is_newer && state.steps.is_empty() => "newer than this tool: it cannot add rows",
            () => "`multiflexi-cli database migrate` adds what is missing",
        },
    );
    let json = json!({
        "database": db.target().to_string(), "version": state.version, "complete": is_complete, "foreign": state.is_foreign,
        "missing_tables": missing, "missing_columns": state.missing_columns,
        "missing_indexes": missing_indexes, "unknown_tables": state.unknown_tables,
        "unknown_required_columns": state.unknown_required, "warning": warning,
    });
    Ok(Outcome::Report { text, json })
}

async fn migrate(ctx: &mut Context, args: Migrate) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let is_made = db.found() == Found::Made;
    let mut state = migrate::inspect(db).await?;
    if !args.dry_run && !state.steps.is_empty() {
        let hint = if db.dialect.undoes_schema_changes() {
            "None of them is kept: the same command begins again"
        } else {
            STAYS
        };
        let mut work = Work::begin(printer, state.steps.len() as u64, ("statements", "had been run"), hint)?;
        let bar = work.bar();
        state.steps = work.at_once(migrate::complete(db, |done| bar.set_position(done))).await?;
    }
    let steps: Vec<_> = state.steps.iter().map(|step| migrate::first_line(&step.sql)).collect();
    let text = match (steps.len(), args.dry_run) {
        (0, _) if !state.unknown_required.is_empty() => {
            "Nothing is missing; the schema is newer than this tool, which cannot add rows: install a newer version"
                .to_owned()
        }
        (0, _) if is_made => "The schema is complete: the new database was made with all tables".to_owned(),
        (0, _) => "The schema is complete, nothing to do".to_owned(),
        (count, true) => format!("{count} statements would be run:\n{}", steps.join("\n")),
        (count, false) => format!("The schema is complete now: {count} statements were run"),
    };
    let json = json!({"statements": steps, "dry_run": args.dry_run, "done": !args.dry_run});
    // What would be run is what was asked for; that it was run is a sentence.
    Ok(if args.dry_run && !steps.is_empty() { Outcome::Report { text, json } } else { Outcome::message(text, json) })
}
