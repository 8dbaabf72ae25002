//! The foreign keys of PostgreSQL, which enforces them also while rows are copied.

use crate::db::references::{Link, LostRows};
use crate::db::{Db, Row, Sql};
use crate::error::{Error, Result};

/// A foreign key of PostgreSQL.
pub struct ForeignKey {
    table: String,
    column: String,
    parent: String,
    name: String,
    /// Each row has to refer to something.
    is_required: bool,
    is_deferrable: bool,
}

const FOREIGN_KEYS: &str = "SELECT t.relname::text AS table_name, a.attname::text AS column_name, p.relname::text AS parent, \
     c.conname::text AS name, a.attnotnull AS required, c.condeferrable AS deferrable \
     FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class p ON p.oid = c.confrelid \
     JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
     WHERE c.contype = 'f' AND pg_table_is_visible(c.conrelid) ORDER BY 1, 2";

/// Refuses a source whose rows refer to what is not there, where the target would not take them.
///
/// # Errors
/// It has such rows; the words name each kind. Or it cannot be asked.
pub async fn require_parents(source: &mut Db, keys: &[ForeignKey]) -> Result<()> {
    let mut found = Vec::new();
    for ForeignKey { table, column, parent, is_required, .. } in keys {
        let link = Link { table, column, parent, is_required: *is_required };
        if let Some(LostRows { rows, example }) = link.unenforced(source).await? {
            found.push(format!("{rows} rows of {table} refer by {column} to a {parent} that is not there ({example})"));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(Error::refused("the source has rows that refer to nothing, which this database does not take")
        .because(anyhow::anyhow!(found.join("\n")))
        .hint("`multiflexi-cli database check` on the source tells what mends each; `multiflexi-cli database repair --remove-dangling` what it can"))
}

impl Db {
    /// The foreign keys of a database that enforces them also for what is copied.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn enforced_keys(&mut self) -> Result<Vec<ForeignKey>> {
        if !self.dialect.enforces_keys_in_copies() {
            return Ok(Vec::new());
        }
        let key = |row: &Row| {
            let text = |name| row.text(name).unwrap_or_default();
            ForeignKey {
                table: text("table_name"),
                column: text("column_name"),
                parent: text("parent"),
                name: text("name"),
                is_required: row.truth("required"),
                is_deferrable: row.truth("deferrable"),
            }
        };
        Ok(self.fetch_all(&Sql(FOREIGN_KEYS)).await?.iter().map(key).collect())
    }

    /// Has these keys checked at the end of the transaction, rather than row by row.
    ///
    /// # Errors
    /// The tables are another one's.
    pub async fn defer_keys(&mut self, keys: &[ForeignKey]) -> Result<()> {
        self.set_deferrable(keys, "DEFERRABLE INITIALLY DEFERRED").await
    }

    async fn set_deferrable(&mut self, keys: &[ForeignKey], word: &str) -> Result<()> {
        for ForeignKey { table, name, .. } in keys.iter().filter(|it| !it.is_deferrable) {
            let (table, name) = (self.dialect.quoted(table), self.dialect.quoted(name));
            let done = self.raw(&format!("ALTER TABLE {table} ALTER CONSTRAINT {name} {word}")).await;
            done.map_err(|error| {
                let error = error.within(format!("the foreign keys of {table} cannot be checked at the end of the copy"));
                match error.hint {
                    Some(_) => error,
                    None => error.hint(
                        "Rows refer to each other across tables, so that their keys are made deferrable meanwhile, which only the owner of the \
                         tables may do: name that role, or a member of it, by DB_USERNAME for the copy; rights on rows are enough afterwards",
                    ),
                }
            })?;
        }
        Ok(())
    }

    /// Checks them, and has them checked row by row again.
    ///
    /// # Errors
    /// A row refers to nothing, or the tables are another one's.
    pub async fn check_keys(&mut self, keys: &[ForeignKey]) -> Result<()> {
        if !self.dialect.enforces_keys_in_copies() {
            return Ok(());
        }
        self.raw("SET CONSTRAINTS ALL IMMEDIATE").await.map_err(|error| {
            error
                .within("the source has rows that refer to nothing, which this database does not take")
                .hint("`multiflexi-cli database check` on the source lists them, and tells what mends each")
        })?;
        self.set_deferrable(keys, "NOT DEFERRABLE").await
    }
}
