//! The command line: what was typed is brought to one spelling (`noun verb --options`), then parsed by clap.
//!
//! Nouns are built only when they are asked for, so start-up does not grow with the number of commands.

mod errors;
mod help;
mod matching;
mod named;
mod naming;
mod root;
mod spelling;

use clap::ArgMatches;
use clap::ValueEnum as _;
use clap::builder::StyledStr;
use clap::error::ErrorKind;
use clap::parser::ValueSource;

use crate::commands::{Noun, Program, Verb, registry};
use crate::context::Globals;
use crate::error::{Error, Kind, Result};
use crate::output::Format;
use crate::output::colour::Colour;
use matching::{command, matched};
pub use named::Named;
use root::root;
use spelling::spell;

/// The program, for its commands that show it.
pub static PROGRAM: Program =
    Program { nouns: registry::ALL, tables: registry::TABLES, root, spell: spelling::spell, help: help_of };

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
    let matches = match matched(&spelled) {
        Ok(matches) => matches,
        Err(error) => return shown(&error, &spelled),
    };
    let (noun, verb, leaf) = command(&matches).ok_or_else(|| Error::usage("no command is given"))?;
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
        colour: colour(leaf),
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

/// What `--color` says, and the suite's two words for it.
fn colour(leaf: &ArgMatches) -> Colour {
    match (leaf.get_flag("no-ansi"), leaf.get_flag("ansi")) {
        (true, _) => Colour::Never,
        (_, true) => Colour::Always,
        _ => leaf.get_one("color").copied().unwrap_or_default(),
    }
}

/// Help and versions are shown; everything else that clap says is an error of ours.
fn shown(error: &clap::Error, spelled: &[String]) -> Result<Parsed> {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ok(Parsed::Show(error.render()))
        }
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

/// Whether a command line asks that nothing be printed, looked at before it is parsed.
pub fn wants_silence(arguments: &[String]) -> bool {
    arguments.iter().any(|argument| argument == "--silent")
}

/// The format that a command line asks for, looked at before it is parsed, so that its errors come in it too. The last one
/// counts, as it does when the line is parsed.
pub fn wanted_format(arguments: &[String]) -> Format {
    let attached = |argument: &str| {
        if let Some(value) = argument.strip_prefix("--format") {
            return Some(value.to_owned());
        }
        // Flags may stand before it: `-vf json`.
        let flags = argument.strip_prefix('-')?.trim_start_matches(['v', 'q', 'n']);
        flags.strip_prefix(['f', 'F']).map(str::to_owned)
    };
    let given = |(i, argument): (usize, &String)| match attached(argument)? {
        value if value.is_empty() => arguments.get(i + 1).cloned(),
        value => Some(value.strip_prefix('=').unwrap_or(&value).to_owned()),
    };
    match arguments.iter().enumerate().filter_map(given).next_back() {
        Some(value) if value.eq_ignore_ascii_case("json") => Format::Json,
        Some(value) if ["yaml", "yml"].iter().any(|name| value.eq_ignore_ascii_case(name)) => Format::Yaml,
        _ => Format::Text,
    }
}

/// The same of colours, for help and for errors of the command line.
pub fn wanted_colour(arguments: &[String]) -> Colour {
    let given = |(i, argument): (usize, &String)| match argument.as_str() {
        "--ansi" => Some(Colour::Always),
        "--no-ansi" => Some(Colour::Never),
        "--color" => Colour::from_str(arguments.get(i + 1)?, true).ok(),
        other => Colour::from_str(other.strip_prefix("--color=")?, true).ok(),
    };
    arguments.iter().enumerate().filter_map(given).next_back().unwrap_or_default()
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
