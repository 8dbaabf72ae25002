//! `job get 5`, `company get acme`: one word without an option names the row that a command is about.
//!
//! The word is looked up as an id and in the columns by which people call such a row, and the command is then parsed as if it had
//! been given the id: no command has to know of this.

use clap::{Arg, ArgMatches, Command};

use crate::commands::{Noun, Verb, registry};
use crate::table::{Table, args};

/// An option that names the row by its id.
pub struct IdOption {
    /// As clap's matches have it.
    pub id: &'static str,
    pub long: &'static str,
    /// The name of the word that stands for it, by which matches tell which option a command has.
    word: &'static str,
}

const OPTIONS: [IdOption; 2] = [
    IdOption { id: "id", long: "id", word: "row" },
    IdOption { id: "request_id", long: "request-id", word: "request" },
];

/// Lets a command that takes an `--id` take the same as a word.
pub fn take_word(own: Command, noun: &Noun) -> Command {
    let options: Vec<_> = own.get_arguments().map(|arg| arg.get_id().as_str()).collect();
    let Some(option) = OPTIONS.iter().find(|option| options.contains(&option.id)) else { return own };
    if own.get_positionals().next().is_some() {
        return own;
    }
    let names = table(noun).map(Table::names).unwrap_or_default();
    let ways: Vec<&str> = std::iter::once("id").chain(names.iter().map(|column| column.name)).collect();
    let shown = ways.iter().take(3).map(|way| way.to_uppercase()).collect::<Vec<_>>().join("|");
    let spoken: Vec<&str> = ways.iter().map(|way| args::spoken(way)).collect();
    let help = match spoken.as_slice() {
        [only] => format!("By its {only}"),
        [first @ .., last] => format!("By its {} or {last}", first.join(", ")),
        [] => String::new(),
    };
    own.mut_arg(option.id, |arg| {
        // On the screen of `-h` the word stands for it.
        let arg = arg.hide_short_help(true);
        if arg.is_required_set() { arg.required(false).required_unless_present(option.word) } else { arg }
    })
    .arg(Arg::new(option.word).value_name(shown).help(help).help_heading(None::<&str>))
}

/// Does a command take such a word for the row that it is about?
pub fn takes_word(noun: &Noun, verb: &Verb, word: &str) -> bool {
    let own = take_word((verb.args)(Command::new(verb.name)), noun);
    let has_names = || table(noun).is_some_and(|table| !table.names().is_empty());
    own.get_positionals().next().is_some() && (word.parse::<i64>().is_ok() || has_names())
}

/// The word that a command was given, and the option that it stands for.
pub fn word(leaf: &ArgMatches) -> Option<(&'static IdOption, &str)> {
    let given = |option: &'static IdOption| leaf.try_get_one::<String>(option.word).ok().flatten();
    OPTIONS.iter().find_map(|option| Some((option, given(option)?.as_str())))
}

/// The option by which a line names two rows, and the two names. Of any other option that is given twice the last one counts.
pub fn named_twice(noun: &Noun, line: &[String]) -> Option<(&'static str, [String; 2])> {
    let lookups = table(noun).into_iter().flat_map(|table| table.columns).filter(|column| column.lookup);
    let options = OPTIONS.iter().map(|option| option.long).chain(lookups.map(|column| column.option));
    let own = line.split(|word| word == "--").next()?;
    let given = |option: &str| {
        let spelled = |name: &str| name.replace('_', "-") == option.replace('_', "-");
        let value = |(at, word): (usize, &String)| {
            let named = word.strip_prefix("--")?;
            match named.split_once('=') {
                Some((name, value)) => spelled(name).then(|| value.to_owned()),
                None => own.get(at.saturating_add(1)).filter(|_| spelled(named)).cloned(),
            }
        };
        own.iter().enumerate().filter_map(value).collect::<Vec<_>>()
    };
    options.into_iter().find_map(|option| {
        let mut values = given(option).into_iter();
        let first = values.next()?;
        let other = values.find(|value| *value != first)?;
        Some((option, [first, other]))
    })
}

/// A command line with the id that its word means.
pub fn with_id(mut line: Vec<String>, option: &IdOption, id: &str) -> Vec<String> {
    // What stands behind a `--` would be words too.
    let at = line.iter().position(|word| word == "--").unwrap_or(line.len());
    line.insert(at, format!("--{}={id}", option.long));
    line
}

/// The table that holds a noun's rows; None where the noun has none.
pub fn table(noun: &Noun) -> Option<&'static Table> {
    registry::TABLES.iter().copied().find(|table| table.noun == noun.name)
}
