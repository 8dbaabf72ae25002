//! The command line: what was typed is brought to one spelling (`noun verb --options`), then parsed by clap.
//!
//! Nouns are built only when they are asked for, so start-up does not grow with the number of commands.

mod errors;
pub mod global_options;
mod help;
#[cfg(test)]
mod hint_tests;
mod matching;
mod named;
mod naming;
mod root;
mod spelling;
mod suggestion;

use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

use crate::commands::{Noun, Program, Verb, registry};
use crate::context::Globals;
use crate::error::{Error, Kind, Result};
use crate::output::Format;
use matching::{command, matched};
pub use named::Named;
use root::root;
use spelling::spell;

/// The program, for its commands that show it.
pub static PROGRAM: Program = Program {
    nouns: registry::ALL,
    tables: registry::TABLES,
    root,
    global_options: global_options::all,
    spell: spelling::spell,
    help: help_of,
};

/// A command line that was understood.
pub struct Invocation {
    pub verb: &'static Verb,
    pub matches: ArgMatches,
    pub globals: Globals,
    /// The row that the command is about, where it is named by something that only the database knows.
    pub named: Option<Named>,
}

/// What parsing a command line came to.
pub enum Parsed {
    Run(Box<Invocation>),
    /// Help or a version.
    Show(StyledStr),
}

/// Parses a command line (without the program's name).
///
/// # Errors
/// It is wrong: the words say what, and what was probably meant.
pub fn parse(arguments: Vec<String>) -> Result<Parsed> {
    let spelled = spell(arguments)?;
    let spelled = match spelled.first() {
        Some(first) if first.starts_with('-') => {
            let left = global_options::left_out(spelled);
            if left.is_empty() {
                return Err(
                    Error::usage("no command is given").hint("`multiflexi-cli list` names the commands. See --help")
                );
            }
            left
        }
        _ => spelled,
    };
    let matches = match matched(&spelled) {
        Ok(matches) => matches,
        Err(error) => return shown(&error, &spelled),
    };
    let (noun, verb, leaf) = command(&matches).ok_or_else(|| Error::usage("no command is given"))?;
    if verb.destroys
        && let Some((option, [first, second])) = naming::named_twice(noun, &spelled)
    {
        let message =
            format!("--{option} is given twice, {first} and {second}: one `{} {}` takes one", noun.name, verb.name);
        return Err(Error::usage(message).hint("Call it once for each"));
    }
    let Some((option, word)) = naming::word(leaf) else { return Ok(run(noun, verb, leaf, None)) };
    if leaf.value_source(option.id) == Some(ValueSource::CommandLine) {
        return Err(Error::usage(format!(
            "--{} and {word:?} both name what `{} {}` is about",
            option.long, noun.name, verb.name
        ))
        .hint("Name it once"));
    }
    if let Some(named) = Named::new(noun, word, option, &spelled)? {
        return Ok(run(noun, verb, leaf, Some(named)));
    }
    let line = naming::with_id(spelled, option, word);
    match matched(&line) {
        Ok(matches) => {
            let (noun, verb, leaf) = command(&matches).ok_or_else(|| Error::usage("no command is given"))?;
            Ok(run(noun, verb, leaf, None))
        }
        Err(error) => shown(&error, &line),
    }
}

fn run(noun: &Noun, verb: &'static Verb, leaf: &ArgMatches, named: Option<Named>) -> Parsed {
    // What only listings have, or only commands that destroy.
    let flag = |name| leaf.try_get_one::<bool>(name).ok().flatten().is_some_and(|is_given| *is_given);
    let globals = Globals {
        format: leaf.get_one::<Format>("format").copied().unwrap_or_default(),
        environment: leaf.get_one("environment").cloned(),
        verbose: leaf.get_count("verbose"),
        quiet: leaf.get_flag("quiet"),
        colour: global_options::colour(leaf),
        escape_formulas: flag("escape-formulas"),
        silent: leaf.get_flag("silent"),
        interactive: !leaf.get_flag("no-interaction"),
        yes: flag("yes"),
        dry_run: flag("dry-run") || flag("dry_run"),
        database_limit: leaf.get_one("db-timeout").copied(),
        standalone: noun.is_standalone(),
        examines_settings: noun.examines_settings(),
    };
    Parsed::Run(Box::new(Invocation { verb, matches: leaf.clone(), globals, named }))
}

/// A line in its one spelling, for those who cannot have it parsed: with its command, if any, and that command's own letters.
pub fn without_parsing(line: Vec<String>) -> (Vec<String>, Vec<char>) {
    let Ok(spelled) = spell(line.clone()) else { return (line, Vec::new()) };
    let Some((_, verb)) = named_command(&spelled) else { return (line, Vec::new()) };
    let own = (verb.args)(Command::new(verb.name));
    let letters = own.get_arguments().filter_map(Arg::get_short).collect();
    (spelled, letters)
}

/// The command that a line in its one spelling names; None where it names none.
fn named_command(spelled: &[String]) -> Option<(&'static Noun, &'static Verb)> {
    let noun = registry::ALL.iter().find(|noun| spelled.first().is_some_and(|word| word == noun.name))?;
    let is_given = |verb: &&Verb| verb.name.is_empty() || spelled.get(1).is_some_and(|word| word == verb.name);
    Some((noun, noun.verbs.iter().find(is_given)?))
}

/// Help and versions are shown; everything else that clap says is an error of ours.
fn shown(error: &clap::Error, spelled: &[String]) -> Result<Parsed> {
    match (error.kind(), named_command(spelled)) {
        (ErrorKind::DisplayHelp, Some((noun, verb))) => {
            let mut own = spelled.iter().take_while(|word| *word != "--");
            Ok(Parsed::Show(help::of_verb(noun, verb, own.any(|word| word == "--help"))))
        }
        (
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand,
            _,
        ) => Ok(Parsed::Show(error.render())),
        _ => Err(errors::explained(error, spelled)),
    }
}

/// The help of a command, or of the program where the words name none.
fn help_of(mut words: Vec<String>) -> Result<String> {
    words.push("--help".into());
    match parse(words)? {
        Parsed::Show(text) => Ok(text.to_string()),
        Parsed::Run(_) => Err(Error::new(Kind::Internal, "the help was not understood as such")),
    }
}

#[cfg(test)]
mod tests {
    /// clap's own checks of every command and option.
    #[test]
    fn commands_are_well_formed() {
        let mut root = super::root();
        root.build();
        root.debug_assert();
    }
}
