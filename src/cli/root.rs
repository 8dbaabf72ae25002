//! The root command with its nouns, and what every command has beside its own options.

use clap::{Arg, ArgAction, Command};

use super::{global_options, naming, spelling};
use crate::commands::examples;
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::table::args;

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
    // So that they may stand in front of a noun alone, whose help is asked for.
    let command = command.args(global_options::all().into_iter().map(|arg| arg.hide(true)));
    command.subcommands(verbs).subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// One command by itself, as its help shows it.
pub fn leaf(noun: &Noun, verb: &Verb) -> Command {
    let words: Vec<_> = [PROGRAM, noun.name, verb.name].into_iter().filter(|word| !word.is_empty()).collect();
    let name = words.last().copied().unwrap_or(PROGRAM);
    complete(Command::new(name), noun, verb).bin_name(words.join(" "))
}

/// Adds a verb's own options, those that every command has, and the other spelling of each.
fn complete(command: Command, noun: &Noun, verb: &Verb) -> Command {
    // clap takes the doc comment of a flattened group of options for the command's description.
    let own = (verb.args)(command).about(verb.about).long_about(None::<&str>);
    let own = if let Some(codes) = verb.exit_codes { own.after_help(codes) } else { own };
    let own = naming::take_word(own, noun);
    let own = if verb.destroys { guarded(own) } else { own };
    let own = if verb.is_listing { own.arg(formulas()) } else { own };
    let own = with_examples(own, noun, verb);
    // Of an option that is given twice the last one counts, as in the suite: scripts append theirs.
    global_options::add(own.args_override_self(true), verb).mut_args(other_spelling)
}

/// `-h` stays on a screen; `--help` has all options, what there is to note, and examples.
fn with_examples(own: Command, noun: &Noun, verb: &Verb) -> Command {
    let examples = examples::for_verb(noun.name, verb.name);
    if examples.is_empty() {
        return own;
    }
    let notes = own.get_after_help().map(|notes| format!("{notes}\n\n")).unwrap_or_default();
    own.after_help("`--help` shows all options and examples.")
        .after_long_help(format!("{notes}{}", examples::text(examples)))
}

/// What a command has that destroys: a look at what would go, and a way not to be asked.
fn guarded(own: Command) -> Command {
    let has = |own: &Command, name: &str| own.get_arguments().any(|arg| arg.get_long() == Some(name));
    let own = if has(&own, "dry-run") {
        own
    } else {
        own.arg(flag("dry-run", None).help("Show what would be done, without doing it"))
    };
    own.arg(flag("yes", Some('y')).help("Do not ask for confirmation"))
}

/// What a listing has whose rows may be opened in a spreadsheet.
fn formulas() -> Arg {
    flag("escape-formulas", None)
        .help_heading(args::SHOWN)
        .hide_short_help(true)
        .help("With --format=csv: put a ' before texts that a spreadsheet would evaluate (=, +, -, @)")
}

fn flag(name: &'static str, short: Option<char>) -> Arg {
    let arg = Arg::new(name).long(name).action(ArgAction::SetTrue);
    match short {
        Some(short) => arg.short(short),
        None => arg,
    }
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
