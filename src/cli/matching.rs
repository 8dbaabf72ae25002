//! Clap's look at a command line in its one spelling.

use clap::ArgMatches;

use super::help;
use super::root::root;
use crate::commands::{Noun, PROGRAM, Verb, registry};

/// A command line in its one spelling as clap understands it.
///
/// # Errors
/// The command line is wrong, or asks for help or for the version, which clap tells as an error too.
pub fn matched(spelled: &[String]) -> Result<ArgMatches, clap::Error> {
    let program = std::iter::once(PROGRAM);
    // Only without a noun may the help of the whole be asked for.
    let has_noun = spelled.first().is_some_and(|word| !word.starts_with('-'));
    let root = if has_noun { root() } else { help::with_help(root()) };
    let mut root = root;
    root.try_get_matches_from_mut(program.chain(spelled.iter().map(String::as_str)))
}

/// The command that was given, and its own options.
pub fn command(matches: &ArgMatches) -> Option<(&'static Noun, &'static Verb, &ArgMatches)> {
    let (name, of_noun) = matches.subcommand()?;
    let noun = registry::ALL.iter().find(|noun| noun.name == name)?;
    let (name, leaf) = of_noun.subcommand().unwrap_or(("", of_noun));
    let verb = noun.verbs.iter().find(|verb| verb.name == name)?;
    Some((noun, verb, leaf))
}
