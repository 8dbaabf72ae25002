//! A row that is named by something that only the database knows, and the command that is about it.

use clap::ArgMatches;

use super::errors;
use super::matching::{command, matched};
use super::naming::{IdOption, names, table, with_id};
use crate::commands::Noun;
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::table::Table;

/// A row that is named by something that only the database knows.
pub struct Named {
    word: String,
    table: &'static Table,
    option: &'static IdOption,
    line: Vec<String>,
}

impl Named {
    /// # Errors
    /// Rows of this noun have no names.
    pub fn new(noun: &Noun, word: &str, option: &'static IdOption, line: Vec<String>) -> Result<Named> {
        match table(noun).filter(|table| !names(table).is_empty()) {
            Some(table) => Ok(Named { word: word.into(), table, option, line }),
            None => Err(Error::usage(format!("{word:?} is no id")).hint(format!(
                "`{}` takes an id, a number from 1 up: `multiflexi-cli {0} list` shows them",
                noun.name
            ))),
        }
    }

    /// The command's options with the id of the row.
    ///
    /// # Errors
    /// No row is called so, or several are.
    pub async fn find(&self, db: &mut Db) -> Result<ArgMatches> {
        let there = db.columns(self.table.sql).await?;
        let mut id = None;
        let mut ways = Vec::new();
        for column in names(self.table).into_iter().filter(|column| there.iter().any(|name| name == column.name)) {
            ways.push(column.name);
            // A column of UUIDs takes nothing else, and no such text is too long for any.
            if column.kind.parse(&self.word).is_err() {
                continue;
            }
            if let Some(row) = self.table.find_only(db, column.name, self.word.as_str()).await? {
                id = row.int("id");
                break;
            }
        }
        let Some(id) = id else { return Err(self.table.unknown(&ways.join(" or "), &format!("{:?}", self.word))) };
        let line = with_id(self.line.clone(), self.option, &id.to_string());
        let matches = matched(&line).map_err(|error| errors::explained(&error, &line))?;
        let (_, _, leaf) =
            command(&matches).ok_or_else(|| Error::new(Kind::Internal, "the command was not understood twice"))?;
        Ok(leaf.clone())
    }
}
