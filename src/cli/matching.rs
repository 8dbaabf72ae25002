//! Clap's look at a command line in its one spelling.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgMatches, Command};

use super::root::root;
use super::{global_options, help};
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::output::Format;
use crate::table::args;

/// A command line in its one spelling as clap understands it.
///
/// # Errors
/// The command line is wrong, or asks for help or for the version, which clap tells as an error too.
pub fn matched(spelled: &[String]) -> Result<ArgMatches, clap::Error> {
    let program = std::iter::once(PROGRAM);
    // Only without a noun may the help of the whole be asked for.
    let has_noun = spelled.first().is_some_and(|word| !word.starts_with('-'));
    let mut root = if has_noun { root() } else { help::with_help(root()) };
    let matches = root.try_get_matches_from_mut(program.chain(spelled.iter().map(String::as_str)));
    match (&matches, without_value(&root, spelled)) {
        // That it took an option for a value may be all that clap has against the line.
        (Err(error), Some(_)) if error.exit_code() == 0 => matches,
        (_, Some(Lacking::Needed(option))) => Err(no_value(option)),
        // As the suite takes it.
        (_, Some(Lacking::Optional(at))) => matched(&[&spelled[..at], &spelled[at.saturating_add(1)..]].concat()),
        (_, None) => matches,
    }
}

/// An option that stands without a value.
enum Lacking<'l> {
    /// It needs one.
    Needed(&'l str),
    /// It is as if it were not there; its place in the line.
    Optional(usize),
}

/// An option of a line whose value is missing, so that clap took the next option for it, or found none.
///
/// Numbers below zero, a `-` and texts that only begin with one are values; whatever stands behind a `=` is one.
///
/// `root` has parsed the line: only then it has the options of the command.
fn without_value<'l>(root: &Command, spelled: &'l [String]) -> Option<Lacking<'l>> {
    let mut leaf = root;
    for word in spelled.iter().take(2) {
        leaf = leaf.find_subcommand(word).unwrap_or(leaf);
    }
    let line = spelled.split(|word| word == "--").next()?;
    line.iter().enumerate().find_map(|(at, option)| {
        let name = option.strip_prefix("--")?;
        let arg = leaf.get_arguments().find(|arg| is_called(arg, name))?;
        let next = line.get(at.saturating_add(1));
        let is_behind = next.is_some_and(|next| is_option(leaf, next));
        if args::needs_value(arg) && arg.is_allow_hyphen_values_set() && is_behind {
            Some(Lacking::Needed(option))
        } else {
            (args::may_lack_value(arg) && (is_behind || next.is_none())).then_some(Lacking::Optional(at))
        }
    })
}

/// The error of an option without its value; what stands there instead may be a secret, and is not repeated.
fn no_value(option: &str) -> clap::Error {
    let mut error = clap::Error::new(ErrorKind::InvalidValue);
    let hint = format!("An option follows it. A value that begins with dashes stands behind a `=`: {option}=--x");
    error.insert(ContextKind::InvalidArg, ContextValue::String(option.to_owned()));
    error.insert(ContextKind::InvalidValue, ContextValue::String(String::new()));
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![hint.into()]));
    error
}

fn is_called(arg: &Arg, name: &str) -> bool {
    arg.get_long() == Some(name) || arg.get_all_aliases().is_some_and(|others| others.contains(&name))
}

/// Whether a word is an option: two dashes and a letter, or a letter of the command's.
fn is_option(leaf: &Command, word: &str) -> bool {
    if let Some(name) = word.strip_prefix("--") {
        return name.starts_with(|c: char| c.is_ascii_alphabetic());
    }
    leaf.get_arguments().any(|arg| args::is_letter(arg, word))
        || global_options::wanted_format(&[word.to_owned()], &[]) != Format::Text
}

/// The command that was given, and its own options.
pub fn command(matches: &ArgMatches) -> Option<(&'static Noun, &'static Verb, &ArgMatches)> {
    let (name, of_noun) = matches.subcommand()?;
    let noun = registry::ALL.iter().find(|noun| noun.name == name)?;
    let (name, leaf) = of_noun.subcommand().unwrap_or(("", of_noun));
    let verb = noun.verbs.iter().find(|verb| verb.name == name)?;
    Some((noun, verb, leaf))
}
