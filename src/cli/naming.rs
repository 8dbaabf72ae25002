//! `job get 5`, `company get acme`: one word without an option names the row that a command is about.
//!
//! A number is an id. Any other word is looked up in the columns by which people call such a row, and the command is then
//! parsed as if it had been given the id: no command has to know of this.

use clap::{Arg, ArgMatches, Command};

use crate::commands::{Noun, registry};
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

pub fn table(noun: &Noun) -> Option<&'static Table> {
    registry::TABLES.iter().copied().find(|table| table.noun == noun.name)
}

pub fn names(table: &'static Table) -> Vec<&'static Column> {
    NAMES.iter().filter_map(|name| table.column(name)).collect()
}
