//! The database that a copy goes to: given the schema, written without a WAL meanwhile, emptied when the copy fails.

use std::collections::HashSet;

use crate::db::copy::foreign_keys;
use crate::db::{Db, Dialect, migrate};
use crate::error::{Error, Result};

/// Sees to it that the target has the suite's schema.
///
/// True where it had nothing at all before, and what is made here has to go when the copy fails. A part of the schema without a
/// single row is what a killed copy left: it is made anew, and stays.
///
/// # Errors
/// The target lacks something, but is not empty: whose it is only its operator knows. Or the source has rows that it would not take;
/// nothing is changed there then.
pub async fn prepare(source: &mut Db, target: &mut Db) -> Result<bool> {
    let state = migrate::inspect(target).await?;
    let is_empty = target.tables().await?.is_empty();
    let is_part = !state.missing_tables.is_empty() && state.unknown_tables.is_empty();
    if !is_empty && is_part && has_no_rows(target).await? {
        // As far as that can be asked before its tables go.
        let keys = target.enforced_keys().await?;
        foreign_keys::require_parents(source, &keys).await?;
        undo(target).await?;
        if target.tables().await?.is_empty() {
            migrate::complete(target, |_| ()).await?;
            return Ok(false);
        }
    }
    if is_empty {
        migrate::complete(target, |_| ()).await?;
    } else if !state.missing_tables.is_empty() || !state.missing_columns.is_empty() {
        return Err(Error::refused(format!("{} has not the whole schema", target.target()))
            .hint("Complete it by `multiflexi-cli database migrate -e FILE`, or name an empty database by --to"));
    }
    Ok(is_empty)
}

async fn has_no_rows(target: &mut Db) -> Result<bool> {
    for table in target.tables().await? {
        if !table.starts_with("sqlite_") && target.count_rows(&table).await? > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Has a SQLite file that nobody else uses yet written without a WAL.
///
/// That would take all rows a second time, and more memory the more they are.
///
/// # Errors
/// The database does not take it.
pub async fn leave_wal(target: &mut Db) -> Result<()> {
    target.control("PRAGMA journal_mode = DELETE").await
}

/// The file is as all of ours are again.
///
/// # Errors
/// The database does not take it.
pub async fn return_to_wal(target: &mut Db) -> Result<()> {
    target.control("PRAGMA journal_mode = WAL").await
}

/// Takes away all tables: of a database that had none before.
///
/// # Errors
/// The database does not take it: some tables may still be there.
pub async fn undo(target: &mut Db) -> Result<()> {
    let tables: HashSet<String> = target.tables().await?.into_iter().collect();
    if tables.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = tables.iter().map(|name| target.dialect.quoted(name)).collect();
    match target.dialect {
        Dialect::MySql => {
            target.raw("SET foreign_key_checks = 0").await?;
            target.control(&format!("DROP TABLE {}", names.join(", "))).await
        }
        Dialect::Postgres => target.control(&format!("DROP TABLE {} CASCADE", names.join(", "))).await,
        // Its file goes as a whole.
        Dialect::Sqlite => Ok(()),
    }
}
