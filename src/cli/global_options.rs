//! The options that every command has.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum as _, value_parser};

use crate::argv;
use crate::commands::Verb;
use crate::output::Format;
use crate::output::colour::Colour;
use crate::table::args;

const FORMAT: &str = "format";
const ENVIRONMENT: &str = "environment";
const COLOUR: &str = "color";

/// Adds them to a command. A letter that the command has for an option of its own stays the command's.
pub fn add(command: Command, verb: &Verb) -> Command {
    let has = |letter| command.get_arguments().any(|arg| arg.get_short() == Some(letter));
    // `-f` is `--force` in some of the suite's commands; there the format has its long form only.
    let (force, environment) = (has('f'), has('e'));
    let format = format().value_parser(formats(verb)).help(format_help(verb.is_listing));
    let format = if force { format.short('F') } else { format.short('f').short_alias('F') };
    let environment = if environment { self::environment() } else { self::environment().short('e') };
    command.arg(format).arg(environment).args(others())
}

/// They as most commands have them.
pub fn all() -> Vec<Arg> {
    let format = format().short('f').help(format_help(true)).help_heading(args::GLOBAL);
    [format, environment().short('e')].into_iter().chain(others()).collect()
}

/// Is this word an option of every command whose value may be the next word?
pub fn takes_value(word: &str) -> bool {
    let named = [format().short('f').short_alias('F'), environment().short('e')].into_iter().chain(others());
    named.filter(|arg| arg.get_action().takes_values()).any(|arg| match word.strip_prefix("--") {
        Some(long) => arg.get_long() == Some(long),
        None => args::is_letter(&arg, word),
    })
}

/// An option in front of a command with its long name (`-vfjson` as `-v --format=json`).
///
/// A letter there is the one of every command, even where the command has it for an option of its own, which stands behind the
/// command.
pub fn by_long_name(word: String) -> Vec<String> {
    let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.starts_with('-')) else { return vec![word] };
    let rest = letters.trim_start_matches(argv::FLAGS);
    let (name, value) = match rest.split_at_checked(1) {
        Some(("f" | "F", value)) => (FORMAT, value),
        Some(("e", value)) => (ENVIRONMENT, value),
        _ => return vec![word],
    };
    let flags = letters.strip_suffix(rest).filter(|flags| !flags.is_empty()).map(|flags| format!("-{flags}"));
    let option = match value.strip_prefix('=').unwrap_or(value) {
        "" if value.is_empty() => format!("--{name}"),
        value => format!("--{name}={value}"),
    };
    flags.into_iter().chain([option]).collect()
}

/// A line that has no command, without the options that every command has: the root, which shows help and version, has none of them.
pub fn left_out(line: Vec<String>) -> Vec<String> {
    let all = || [format().short('f').short_alias('F'), environment().short('e')].into_iter().chain(others());
    let is_ours = |word: &str| match word.strip_prefix("--") {
        Some(long) => all().any(|arg| arg.get_long() == long.split('=').next()),
        None => word.chars().nth(1).is_some_and(|letter| {
            all().any(|arg| {
                arg.get_short() == Some(letter)
                    || arg.get_all_short_aliases().into_iter().flatten().any(|c| c == letter)
            })
        }),
    };
    let (mut left, mut words) = (Vec::new(), line.into_iter());
    while let Some(word) = words.next() {
        if !is_ours(&word) {
            left.push(word);
        } else if takes_value(&word) {
            words.next();
        }
    }
    left
}

fn format() -> Arg {
    Arg::new(FORMAT)
        .long(FORMAT)
        .value_name("FORMAT")
        .ignore_case(true)
        .num_args(0..=1)
        .default_value("text")
        .default_missing_value("text")
        // Its help names them, in one line.
        .hide_possible_values(true)
        .help_heading(None::<&str>)
}

fn format_help(is_listing: bool) -> &'static str {
    if is_listing { "Output as text, json, yaml or csv" } else { "Output as text, json or yaml" }
}

fn environment() -> Arg {
    global(ENVIRONMENT)
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help("Read settings from this file instead of /etc/multiflexi/multiflexi.env")
}

/// All whose letters are theirs in every command.
fn others() -> [Arg; 8] {
    [
        global("verbose")
            .short('v')
            .action(ArgAction::Count)
            .help("Print the whole record after a create or update; -vv logs each statement and call"),
        global("db-timeout")
            .value_name("TIME")
            .value_parser(args::limit)
            .help("How long to wait for the database to answer: 90, 90s, 15m [default: 30s]"),
        flag("quiet").short('q').help("Print only data and errors"),
        flag("silent").help("Print nothing, not even errors; only the exit code tells"),
        flag("no-interaction").short('n').help("Never ask: what destroys goes ahead, secrets stay masked"),
        flag("ansi").hide(true),
        global(COLOUR)
            .value_name("WHEN")
            .value_parser(value_parser!(Colour))
            .ignore_case(true)
            .default_value("auto")
            .hide_default_value(true)
            .hide_possible_values(true)
            .help("Use colours: auto (on a terminal, unless NO_COLOR is set), always or never"),
        flag("no-ansi").help("No colours, as --color=never").hide(true),
    ]
}

/// `-h` stays on a screen: these are told by `--help`.
fn global(name: &'static str) -> Arg {
    Arg::new(name).long(name).help_heading(args::GLOBAL).hide_short_help(true)
}

fn flag(name: &'static str) -> Arg {
    global(name).action(ArgAction::SetTrue)
}

/// A listing has rows and can be CSV too; nothing else has.
fn formats(verb: &Verb) -> impl TypedValueParser<Value = Format> + use<> {
    let names: &[&str] = if verb.is_listing { &["text", "json", "yaml", "csv"] } else { &["text", "json", "yaml"] };
    // The suite's `help` and `list` say `txt`.
    let names = names.iter().map(|name| match *name {
        "text" => PossibleValue::new("text").alias("txt"),
        "yaml" => PossibleValue::new("yaml").alias("yml"),
        name => PossibleValue::new(name),
    });
    PossibleValuesParser::new(names).map(|name| Format::from_str(&name, true).unwrap_or_default())
}

/// What `--color` says, and the suite's two words for it.
pub fn colour(leaf: &ArgMatches) -> Colour {
    match (leaf.get_flag("no-ansi"), leaf.get_flag("ansi")) {
        (true, _) => Colour::Never,
        (_, true) => Colour::Always,
        _ => leaf.get_one(COLOUR).copied().unwrap_or_default(),
    }
}

/// Whether a line asks that nothing be printed, looked at before it is parsed.
pub fn wants_silence(line: &[String]) -> bool {
    argv::has_flag(line, "silent")
}

/// The format that a line asks for, looked at before it is parsed, so that its errors come in it too.
///
/// `own` are the letters that its command has for options of its own.
pub fn wanted_format(line: &[String], own: &[char]) -> Format {
    match argv::value_of(line, FORMAT, &except(&['f', 'F'], own)) {
        Some(value) if value.eq_ignore_ascii_case("json") => Format::Json,
        Some(value) if ["yaml", "yml"].iter().any(|name| value.eq_ignore_ascii_case(name)) => Format::Yaml,
        _ => Format::Text,
    }
}

/// The file of settings that the line names, for the commands that errors of the line suggest.
pub fn wanted_environment(line: &[String], own: &[char]) -> Option<PathBuf> {
    argv::value_of(line, ENVIRONMENT, &except(&['e'], own)).map(PathBuf::from)
}

fn except(letters: &[char], own: &[char]) -> Vec<char> {
    letters.iter().copied().filter(|letter| !own.contains(letter)).collect()
}

/// Which colours the line asks for, for help and for errors of the line.
pub fn wanted_colour(line: &[String]) -> Colour {
    let given = |word: &String| match word.as_str() {
        "--ansi" => Some(Colour::Always),
        "--no-ansi" => Some(Colour::Never),
        _ => None,
    };
    let named = argv::value_of(line, COLOUR, &[]).and_then(|value| Colour::from_str(&value, true).ok());
    line.iter().rev().find_map(given).or(named).unwrap_or_default()
}
