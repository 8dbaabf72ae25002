//! A row that is named by something that only the database knows, and the command that is about it.

use clap::ArgMatches;

use super::errors;
use super::matching::{command, matched};
use super::naming::{IdOption, table, with_id};
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
    /// None where the word can be nothing but an id.
    ///
    /// # Errors
    /// Rows of this noun have no names, and the word is no number.
    pub fn new(noun: &Noun, word: &str, option: &'static IdOption, line: &[String]) -> Result<Option<Named>> {
        match table(noun).filter(|table| !table.names().is_empty()) {
            Some(table) => Ok(Some(Named { word: word.into(), table, option, line: line.to_vec() })),
            None if word.parse::<i64>().is_ok() => Ok(None),
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
        let (word, shown, option) = (&self.word, format!("{:?}", self.word), format!("--{}", self.option.long));
        let id = match self.table.find_named(db, word, &shown, &option).await? {
            Some(row) => row.id("id")?.to_string(),
            // The command says so itself.
            None if word.parse::<i64>().is_ok() => word.clone(),
            None => {
                let there = db.columns(self.table.sql).await?;
                let names = self.table.names().into_iter().map(|column| column.name);
                let ways: Vec<&str> = names.filter(|name| there.iter().any(|known| known == name)).collect();
                return Err(self.table.unknown_name(db, &ways.join(" or "), &shown, word).await);
            }
        };
        let line = with_id(self.line.clone(), self.option, &id);
        let matches = matched(&line).map_err(|error| errors::explained(&error, &line))?;
        let (_, _, leaf) =
            command(&matches).ok_or_else(|| Error::new(Kind::Internal, "the command was not understood twice"))?;
        Ok(leaf.clone())
    }
}
