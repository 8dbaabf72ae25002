//! `job get 5`, `company get acme`: one word without an option names the row that a command is about.
//!
//! A number is an id. Any other word is looked up in the columns by which people call such a row, and the command is then
//! parsed as if it had been given the id: no command has to know of this.

use clap::{Arg, ArgMatches, Command};

use super::matching::{command, matched};
use crate::commands::{Noun, registry};
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::table::{Column, Table};

/// The word's name in a command's matches.
const WORD: &str = "row";

/// By which columns people call a row, the first that has it wins. Two companies may have one name, and no two one slug.
const NAMES: &[&str] = &["slug", "code", "login", "name", "email", "uuid", "ic"];

/// An option that names the row by its id.
pub struct IdOption {
    /// As clap's matches have it.
    pub id: &'static str,
    pub long: &'static str,
}

const OPTIONS: [IdOption; 2] = [IdOption { id: "id", long: "id" }, IdOption { id: "request_id", long: "request-id" }];

/// Lets a command that takes an `--id` take the same as a word.
pub fn take_word(own: Command, noun: &Noun) -> Command {
    let options: Vec<_> = own.get_arguments().map(|arg| arg.get_id().as_str()).collect();
    let Some(option) = OPTIONS.iter().find(|option| options.contains(&option.id)) else { return own };
    if own.get_positionals().next().is_some() {
        return own;
    }
    let names = table(noun).map(names).unwrap_or_default();
    let ways: Vec<&str> = std::iter::once("id").chain(names.iter().map(|column| column.name)).collect();
    let shown = ways.iter().take(3).map(|way| way.to_uppercase()).collect::<Vec<_>>().join("|");
    let help = match ways.as_slice() {
        [only] => format!("By its {only}"),
        [first @ .., last] => format!("By its {} or {last}", first.join(", ")),
        [] => String::new(),
    };
    own.mut_arg(
        option.id,
        |arg| {
            if arg.is_required_set() { arg.required(false).required_unless_present(WORD) } else { arg }
        },
    )
    .arg(Arg::new(WORD).value_name(shown).help(help))
}

/// The word that a command was given.
pub fn word(leaf: &ArgMatches) -> Option<&str> {
    leaf.try_get_one::<String>(WORD).ok().flatten().map(String::as_str)
}

/// The option that the word stands for.
pub fn option(leaf: &ArgMatches) -> &'static IdOption {
    OPTIONS.iter().find(|option| leaf.try_contains_id(option.id).is_ok()).unwrap_or(&OPTIONS[0])
}

/// A command line with the id that its word means.
pub fn with_id(mut line: Vec<String>, option: &IdOption, id: &str) -> Vec<String> {
    // What stands behind a `--` would be words too.
    let at = line.iter().position(|word| word == "--").unwrap_or(line.len());
    line.insert(at, format!("--{}={id}", option.long));
    line
}

fn table(noun: &Noun) -> Option<&'static Table> {
    registry::TABLES.iter().copied().find(|table| table.noun == noun.name)
}

fn names(table: &'static Table) -> Vec<&'static Column> {
    NAMES.iter().filter_map(|name| table.column(name)).collect()
}

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
        let matches = matched(&line).map_err(|error| super::errors::explained(&error, &line))?;
        let (_, _, leaf) =
            command(&matches).ok_or_else(|| Error::new(Kind::Internal, "the command was not understood twice"))?;
        Ok(leaf.clone())
    }
}
