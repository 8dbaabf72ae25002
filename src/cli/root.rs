//! The root command with its nouns, and what every command has beside its own options.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, Command, ValueEnum as _, value_parser};

use super::{naming, spelling};
use crate::commands::examples;
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::output::Format;
use crate::output::colour::Colour;
use crate::table::args;

/// Above the options that every command has.
const EVERYWHERE: &str = "Global options";

/// The root command. Nouns are deferred: they cost nothing until they are used.
pub fn root() -> Command {
    let mut root = Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about("Manage MultiFlexi's applications, companies, runtemplates and jobs, and run jobs")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true);
    for noun in registry::ALL {
        // Hidden aliases: clap offers them to who wrote something alike.
        let command = Command::new(noun.name).about(noun.about).hide(noun.is_hidden()).aliases(noun.aliases);
        root = root.subcommand(command.defer(expand));
    }
    root
}

/// Builds a noun's command when clap needs it; clap gives only the command, so it is looked up by name.
fn expand(command: Command) -> Command {
    let Some(noun) = registry::ALL.iter().find(|noun| noun.name == command.get_name()) else { return command };
    if let [only] = noun.verbs
        && only.name.is_empty()
    {
        return complete(command, noun, only);
    }
    let command = command.after_help(format!("`{PROGRAM} {} COMMAND --help` shows options and examples.", noun.name));
    let verbs = noun.verbs.iter().map(|verb| {
        let older = verb.aliases.iter().filter(|alias| **alias != verb.name);
        let command = Command::new(verb.name).about(verb.about).aliases(older);
        complete(command.visible_aliases(spelling::habit(verb.name)), noun, verb)
    });
    command.subcommands(verbs).subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// Adds a verb's own options, those that every command has, and the other spelling of each.
fn complete(command: Command, noun: &Noun, verb: &Verb) -> Command {
    // clap takes the doc comment of a flattened group of options for the command's description.
    let own = (verb.args)(command).about(verb.about).long_about(None::<&str>);
    let own = naming::take_word(own, noun);
    let own = if verb.destroys { guarded(own) } else { own };
    let own = if verb.is_listing { own.arg(formulas()) } else { own };
    let own = with_examples(own, noun, verb);
    // `-f` is `--force` in some of the suite's commands; there the format has its long form only.
    let force = own.get_arguments().any(|arg| arg.get_short() == Some('f'));
    let environment_taken = own.get_arguments().any(|arg| arg.get_short() == Some('e'));
    let format = Arg::new("format")
        .long("format")
        .value_name("FORMAT")
        .value_parser(formats(verb))
        .ignore_case(true)
        .num_args(0..=1)
        .default_value("text")
        .default_missing_value("text")
        .global(false)
        .help("How to print the result");
    let format = if force { format.short('F') } else { format.short('f').short_alias('F') };
    let environment = Arg::new("environment")
        .long("environment")
        .value_name("FILE")
        .value_parser(value_parser!(PathBuf))
        .help_heading(EVERYWHERE)
        .hide_short_help(true)
        .help("Read settings from this file instead of /etc/multiflexi/multiflexi.env");
    let environment = if environment_taken { environment } else { environment.short('e') };
    // Of an option that is given twice the last one counts, as in the suite: scripts append theirs.
    own.args_override_self(true)
        .arg(format)
        .arg(environment)
        .arg(
            everywhere("verbose", Some('v'))
                .action(ArgAction::Count)
                .help("After a create or update print the whole record; -vv tells what happens inside"),
        )
        .arg(
            Arg::new("db-timeout")
                .long("db-timeout")
                .value_name("TIME")
                .value_parser(args::limit)
                .help_heading(EVERYWHERE)
                .hide_short_help(true)
                .help("How long to wait for an answer of the database: 90, 90s, 15m; 30s unless given"),
        )
        .arg(everywhere("quiet", Some('q')).help("Print no sentences, only data and errors"))
        .arg(everywhere("silent", None).help("Print nothing at all, not even errors: the exit code tells"))
        .arg(everywhere("no-interaction", Some('n')).help("Ask nothing"))
        .arg(flag("ansi", None).hide(true))
        .arg(
            Arg::new("color")
                .long("color")
                .value_name("WHEN")
                .value_parser(value_parser!(Colour))
                .ignore_case(true)
                .default_value("auto")
                .hide_default_value(true)
                .hide_possible_values(true)
                .help_heading(EVERYWHERE)
                .hide_short_help(true)
                .help("Colours: auto (on a terminal, unless NO_COLOR is set), always or never"),
        )
        .arg(flag("no-ansi", None).help("No colours, as --color=never").hide(true))
        .mut_args(other_spelling)
}

/// `-h` stays on a screen; `--help` has examples, and the options that every command has.
fn with_examples(own: Command, noun: &Noun, verb: &Verb) -> Command {
    let examples = examples::of(noun.name, verb.name);
    if examples.is_empty() {
        return own;
    }
    let notes = own.get_after_help().map(|notes| format!("{notes}\n\n")).unwrap_or_default();
    let short = format!("{notes}`--help` shows examples and the options that every command has.");
    own.after_help(short).after_long_help(format!("{notes}{}", examples::text(examples)))
}

/// What a command has that destroys: a look at what would go, and a way not to be asked.
fn guarded(own: Command) -> Command {
    let has = |own: &Command, name: &str| own.get_arguments().any(|arg| arg.get_long() == Some(name));
    let own =
        if has(&own, "dry-run") { own } else { own.arg(flag("dry-run", None).help("Only say what would be done")) };
    own.arg(flag("yes", Some('y')).help("Do not ask, also on a terminal"))
}

/// What a listing has whose rows may be opened in a spreadsheet.
fn formulas() -> Arg {
    flag("escape-formulas", None)
        .help_heading(args::SHOWN)
        .help("With --format=csv: put a ' before texts that a spreadsheet would compute (=, +, -, @)")
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

fn flag(name: &'static str, short: Option<char>) -> Arg {
    let arg = Arg::new(name).long(name).action(ArgAction::SetTrue);
    match short {
        Some(short) => arg.short(short),
        None => arg,
    }
}

/// A flag that every command has.
fn everywhere(name: &'static str, short: Option<char>) -> Arg {
    flag(name, short).help_heading(EVERYWHERE).hide_short_help(true)
}

/// `--app_id` and `--app-id` are one option.
fn other_spelling(arg: Arg) -> Arg {
    let other = match arg.get_long() {
        Some(long) if long.contains('_') => long.replace('_', "-"),
        Some(long) if long.contains('-') => long.replace('-', "_"),
        _ => return arg,
    };
    arg.alias(other)
}
