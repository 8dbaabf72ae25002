//! `database copy`: moves a database into another one.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::wide;
use crate::commands::work::Work;
use crate::config::Settings;
use crate::context::Context;
use crate::db::copy::{self, CopiedTable, Report};
use crate::db::{Database, Db, Dialect, Found};
use crate::error::{Error, Kind, Result};
use crate::output::{Outcome, Printer};

#[derive(clap::Args)]
pub struct Copy {
    /// The environment file of the database to copy
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The environment file of the database to copy into, which must be empty
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// The database that a file of settings names, and nothing else: not one that only the environment knows.
fn database_of_file(path: &Path, option: &str) -> Result<Database> {
    let settings = Settings::load(Some(path))?.alone();
    if settings.get("DB_CONNECTION").is_none() && settings.get("DB_TYPE").is_none() {
        return Err(Error::refused(format!("{option} {}: it does not say DB_CONNECTION", path.display()))
            .hint("It takes an environment file with the DB_ settings of one database"));
    }
    settings.database()
}

/// Copies all rows of a database into an empty one, of any kind, and compares what arrived.
///
/// # Errors
/// A file names no database, both name the same, one does not answer, the target is not empty or differs at the end, or a
/// signal came: nothing of the rows is left in the target then.
pub async fn copy(ctx: &mut Context, args: Copy) -> Result<Outcome> {
    let (from, to) = (database_of_file(&args.from, "--from")?, database_of_file(&args.to, "--to")?);
    if from.fingerprint() == to.fingerprint() {
        return Err(Error::refused(format!("--from and --to are one database: {from}")));
    }
    from.require_there().map_err(|error| error.hint("Check DB_DATABASE in the file that --from names"))?;
    let limits = ctx.limits()?;
    let mut source = Db::connect(&from, limits).await?;
    // Before the target is connected, which makes a file that is not there.
    if let Err(error) = copy::examine(&mut source, Dialect::for_database(&to)).await {
        source.close().await;
        return Err(error);
    }
    let mut target = Db::connect(&to, limits).await?;
    let found = target.found();
    let new_file = match &to {
        Database::Sqlite { path } if found != Found::There => Some(path),
        _ => None,
    };
    let mut copied = fill(&ctx.printer, &mut source, &mut target, new_file.is_some()).await;
    if let Err(error) = &copied
        && error.kind == Kind::TooLong
        && let Some(first) = wide::find(&mut source).await?.into_iter().next()
    {
        let hint = format!("{}; `multiflexi-cli database check` on the source lists all that are too long", first.mend);
        copied = copied.map_err(|error| error.hint(hint));
    }
    source.close().await;
    target.close().await;
    if let (Err(_), Some(path)) = (&copied, new_file) {
        undo_file(path, found);
    }
    let copied = copied?;
    let rows: u64 = copied.tables.iter().map(|table| table.rows).fold(0, u64::saturating_add);
    let mut text: String = copied
        .tables
        .iter()
        .filter(|table| table.rows > 0)
        .map(|table| format!("{}: {} rows, checksum {}{}\n", table.table, table.rows, table.checksum, changes(table)))
        .collect();
    if !copied.left.is_empty() {
        text.push_str(&format!("left, as they are not the suite's: {}\n", copied.left.join(", ")));
    }
    text.push_str(&format!("{from} is in {to}: {rows} rows of {} tables, compared", copied.tables.len()));
    let tables: Vec<_> = copied
        .tables
        .iter()
        .map(|table| {
            json!({
                "table": table.table, "rows": table.rows, "checksum": table.checksum, "replaced": table.replaced,
                "in_file_store": table.stored_apart,
            })
        })
        .collect();
    let json =
        json!({"from": from.to_string(), "to": to.to_string(), "rows": rows, "tables": tables, "left": copied.left});
    Ok(Outcome::Report { text, json })
}

/// What is otherwise in the target, in words.
fn changes(table: &CopiedTable) -> String {
    let mut text = String::new();
    if table.replaced > 0 {
        text.push_str(&format!("; in {} values bytes that this database does not take are U+FFFD now", table.replaced));
    }
    if table.stored_apart > 0 {
        text.push_str(&format!("; of {} the content, which is no text, is in file_store now", table.stored_apart));
    }
    text
}

/// Copies all of it into an empty database, which is as before where that fails; a file that was made for it is not.
async fn fill(printer: &Printer, source: &mut Db, target: &mut Db, is_new_file: bool) -> Result<Report> {
    let hint = "Nothing of them is left in the target: the same command begins again";
    let mut work = Work::begin(printer, 0, ("rows", "had been copied"), hint)?;
    let bar = work.bar();
    let is_made = copy::target::prepare(source, target).await?;
    if is_new_file {
        copy::target::leave_wal(target).await?;
    }
    let copying = copy::copy(source, target, |table, done, all| {
        bar.set_length(all);
        bar.set_message(format!("({table})"));
        bar.set_position(done);
    });
    let copied = work.at_once(copying).await;
    drop(work);
    if copied.is_err() {
        // What keeps it from being undone kept it from being filled, which is told.
        if is_made {
            let _ = copy::target::undo(target).await;
        }
        // The log of a file that was there is as long as what was undone, on a disk that may be full.
        if let Some(sql) = target.dialect.empty_log() {
            let _ = target.control(sql).await;
        }
    }
    let copied = copied?;
    if is_new_file {
        copy::target::return_to_wal(target).await?;
    }
    Ok(copied)
}

/// Takes away a file that was made for the copy, with what SQLite keeps beside it; one that was there, and empty, is empty again. A link
/// stays, and names what it named.
fn undo_file(path: &Path, found: Found) {
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    for end in ["-wal", "-shm", "-journal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(end);
        let _ = fs::remove_file(name);
    }
    let _ = match found {
        Found::Made => fs::remove_file(file),
        Found::Empty => fs::OpenOptions::new().write(true).open(file).and_then(|file| file.set_len(0)),
        Found::There => Ok(()),
    };
}
