//! The command line: the root command, options that every command has, and the spellings that mean the same.
//!
//! What the user typed is first brought to one spelling (`noun verb --options`), then parsed by clap. Nouns are built only
//! when they are asked for, so start-up does not grow with the number of commands.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Command, ValueEnum as _, value_parser};

use crate::error::{Error, Kind, Result};
use crate::nouns::{self, Noun, Verb};
use crate::output::Format;
use crate::secret::name_looks_secret;

/// The program's name, as help, completion and man pages have it.
pub const PROGRAM: &str = "multiflexi-cli";

/// A command line that was understood.
pub struct Invocation {
    pub verb: &'static Verb,
    pub matches: ArgMatches,
    pub globals: Globals,
}

/// The options that every command has.
pub struct Globals {
    pub format: Format,
    pub environment: Option<PathBuf>,
    pub verbose: u8,
    pub quiet: bool,
    pub interactive: bool,
    /// The command needs neither settings nor a database.
    pub standalone: bool,
}

/// What parsing a command line came to.
pub enum Parsed {
    Run(Invocation),
    /// Help or a version, to be printed as it is.
    Show(String),
}

/// The root command. Nouns are deferred: they cost nothing until they are used.
pub fn root() -> Command {
    let mut root = Command::new(PROGRAM)
        .version(env!("CARGO_PKG_VERSION"))
        .about("Manage MultiFlexi's applications, companies, runtemplates and jobs, and run jobs")
        .after_help(
            "Settings are KEY=VALUE lines of the file that -e names, else of /etc/multiflexi/multiflexi.env, else of .env, \
             or come from the environment: DB_CONNECTION (sqlite, mysql or pgsql), DB_DATABASE, DB_HOST, DB_PORT, DB_USERNAME, \
             DB_PASSWORD, MULTIFLEXI_TIMEZONE, ENCRYPTION_MASTER_KEY. Without any, data is kept in \
             ~/.local/share/multiflexi/multiflexi.sqlite3.\n\n\
             Exit codes: 0 done, 1 refused or failed, 2 wrong command line. `job run` exits with the job's own code; \
             75 blocked by a credential, 124 time limit, 125 could not be run, 130 or 143 cancelled.",
        )
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true);
    for noun in nouns::ALL {
        let command = Command::new(noun.name).about(noun.about).hide(noun.is_hidden());
        root = root.subcommand(command.defer(expand));
    }
    root
}

/// Builds a noun's command when clap needs it; clap gives only the command, so it is looked up by name.
fn expand(command: Command) -> Command {
    let Some(noun) = nouns::ALL.iter().find(|noun| noun.name == command.get_name()) else { return command };
    if let [only] = noun.verbs
        && only.name.is_empty()
    {
        return complete(command, only);
    }
    let verbs = noun.verbs.iter().map(|verb| complete(Command::new(verb.name).about(verb.about), verb));
    command.subcommands(verbs).subcommand_required(true).arg_required_else_help(true).disable_help_subcommand(true)
}

/// Adds a verb's own options, those that every command has, and the other spelling of each.
fn complete(command: Command, verb: &Verb) -> Command {
    // clap takes the doc comment of a flattened group of options for the command's description.
    let own = (verb.args)(command).about(verb.about).long_about(None::<&str>);
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
        .help("Read settings from this file instead of /etc/multiflexi/multiflexi.env");
    let environment = if environment_taken { environment } else { environment.short('e') };
    // Of an option that is given twice the last one counts, as in the suite: scripts append theirs.
    own.args_override_self(true)
        .arg(format)
        .arg(environment)
        .arg(
            flag("verbose", Some('v')).action(ArgAction::Count).help("After a create or update print the whole record"),
        )
        .arg(flag("quiet", Some('q')).help("Print no sentences, only data and errors"))
        .arg(flag("no-interaction", Some('n')).help("Ask nothing"))
        .arg(flag("ansi", None).hide(true))
        .arg(flag("no-ansi", None).help("No colours (none are used)"))
        .mut_args(other_spelling)
}

/// A listing has rows and can be CSV too; nothing else has.
fn formats(verb: &Verb) -> impl TypedValueParser<Value = Format> + use<> {
    let names: &[&str] = if verb.is_listing { &["text", "json", "csv"] } else { &["text", "json"] };
    PossibleValuesParser::new(names).map(|name| Format::from_str(&name, true).unwrap_or_default())
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

/// Parses a command line (without the program's name).
pub fn parse(arguments: Vec<String>) -> Result<Parsed> {
    let spelled = spell(arguments)?;
    let mut root = root();
    let program = std::iter::once(PROGRAM.to_owned());
    let matches = match root.try_get_matches_from_mut(program.chain(spelled)) {
        Ok(matches) => matches,
        Err(error) => return shown(&error),
    };
    let Some((noun_name, noun_matches)) = matches.subcommand() else { return Err(usage("no command is given")) };
    let noun = nouns::ALL.iter().find(|noun| noun.name == noun_name).ok_or_else(|| usage("no such command"))?;
    let (verb_name, leaf) = noun_matches.subcommand().unwrap_or(("", noun_matches));
    let verb = noun.verbs.iter().find(|verb| verb.name == verb_name).ok_or_else(|| usage("no such command"))?;
    let globals = Globals {
        format: leaf.get_one::<Format>("format").copied().unwrap_or_default(),
        environment: leaf.get_one::<PathBuf>("environment").cloned(),
        verbose: leaf.get_count("verbose"),
        quiet: leaf.get_flag("quiet"),
        interactive: !leaf.get_flag("no-interaction"),
        standalone: noun.is_standalone(),
    };
    Ok(Parsed::Run(Invocation { verb, matches: leaf.clone(), globals }))
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
        _ => Format::Text,
    }
}

/// Help and versions are shown; everything else that clap says is an error of ours.
fn shown(error: &clap::Error) -> Result<Parsed> {
    use clap::error::{ContextKind, ContextValue, ErrorKind};
    let mut text = error.render().to_string();
    if let Some(ContextValue::String(given)) = error.get(ContextKind::InvalidValue)
        && let Some(instead) = shortened(given, error.get(ContextKind::InvalidArg))
    {
        text = text.replace(given, &instead);
    }
    if let (ErrorKind::UnknownArgument, Some(ContextValue::String(given))) =
        (error.kind(), error.get(ContextKind::InvalidArg))
        && let Some(instead) = shortened(given, None)
    {
        text = text.replace(given, &instead);
    }
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            Ok(Parsed::Show(text))
        }
        _ => {
            // clap's first paragraph says what is wrong; its usage and pointer to --help become the hint.
            let text = text.strip_prefix("error: ").unwrap_or(&text);
            let (what, rest) = text.split_once("\n\n").unwrap_or((text, ""));
            let usage = rest.lines().find_map(|line| line.strip_prefix("Usage: "));
            let tip = rest.lines().find_map(|line| line.trim().strip_prefix("tip: "));
            let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
            let hints = [tip.map(str::to_owned), usage.map(|usage| format!("Usage: {usage}"))];
            let mut hints: Vec<_> = hints.into_iter().flatten().collect();
            hints.push("See --help".into());
            Err(Error::usage(what).hint(hints.join(". ")))
        }
    }
}

/// What an error shows in place of a value that may be secret, or is longer than anybody reads.
fn shortened(given: &str, option: Option<&clap::error::ContextValue>) -> Option<String> {
    const LONGEST: usize = 60;
    let option = option.map(ToString::to_string).unwrap_or_default();
    let name = option.split([' ', '=']).next().unwrap_or_default().trim_start_matches('-');
    // What stands behind the `=` of a KEY=VALUE may be a secret, and so may what stands there instead of it.
    if let Some((key, _)) = given.split_once('=').filter(|(key, _)| key.len() <= LONGEST) {
        Some(format!("{key}=…"))
    } else if let Some(at) = given.find(|c: char| !c.is_alphanumeric() && c != '_')
        && option.contains("KEY=VALUE")
        && at <= LONGEST
    {
        Some(format!("{}…", &given[..at]))
    } else if name_looks_secret(name) && !given.is_empty() {
        Some("…".into())
    } else if given.chars().count() > LONGEST {
        Some(given.chars().take(LONGEST).chain(['…']).collect())
    } else {
        None
    }
}

fn usage(message: impl Into<String>) -> Error {
    Error::new(Kind::Usage, message).hint("`multiflexi-cli --help` lists the commands")
}

/// Brings a command line to the one spelling that clap knows: `noun verb`, options behind.
fn spell(arguments: Vec<String>) -> Result<Vec<String>> {
    let format = wanted_format(&arguments);
    let mut words = arguments.into_iter();
    let mut before = Vec::new();
    let Some(mut first) = next_word(&mut words, &mut before) else { return Ok(before) };
    if first == "list" && format == Format::Json {
        return Ok(["describe", "--format=json"].map(str::to_owned).to_vec());
    }
    if first == "help" || first == "list" {
        // `help noun verb` is `noun verb --help`.
        before.push("--help".into());
        match next_word(&mut words, &mut before) {
            Some(word) => first = word,
            None => return Ok(vec!["--help".into()]),
        }
    }
    let (noun_word, mut verb_word) = match first.split_once(':') {
        // An old noun that has a colon itself: `user:data-erasure list`.
        Some(_) if nouns::ALL.iter().any(|noun| noun.aliases.contains(&first.as_str())) => (first, None),
        Some((noun, verb)) => (noun.to_owned(), Some(verb.to_owned())),
        None => (first, None),
    };
    let with_colon = verb_word.is_some();
    let (noun, is_exact) = find_noun(&noun_word)?;
    let mut spelled = vec![noun.name.to_owned()];
    if !noun.verbs.iter().any(|verb| verb.name.is_empty()) {
        if verb_word.is_none() {
            verb_word = next_word(&mut words, &mut before);
        }
        if let Some(mut word) = verb_word {
            join_second_word(noun, &mut word, &mut words);
            spelled.push(find_verb(noun, &word, is_exact || !with_colon)?.name.to_owned());
        }
    } else if let Some(verb) = verb_word {
        return Err(usage(format!("`{}` has no command `{verb}`", noun.name)));
    }
    spelled.append(&mut before);
    spelled.extend(words);
    Ok(spelled)
}

/// A verb of two words may be written with a blank between: `company env list` is `company env-list`.
fn join_second_word(noun: &Noun, word: &mut String, words: &mut std::vec::IntoIter<String>) {
    let has = |name: &str| noun.verbs.iter().any(|verb| bare(verb.name) == bare(name));
    let Some(second) = words.as_slice().first().filter(|second| !second.starts_with('-')) else { return };
    let both = format!("{word}-{second}");
    if !has(word) && has(&both) {
        *word = both;
        words.next();
    }
}

/// The next argument that is no option. Options before it are kept in `skipped`, with the values of those that take one.
fn next_word(words: &mut std::vec::IntoIter<String>, skipped: &mut Vec<String>) -> Option<String> {
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return Some(word);
        }
        let takes_value = matches!(word.as_str(), "-f" | "-F" | "--format" | "-e" | "--environment");
        skipped.push(word);
        if takes_value {
            skipped.extend(words.next());
        }
    }
    None
}

/// Names compare without dashes and underscores: `run-template`, `run_template` and `runtemplate` are one.
fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// Finds a noun by its name, an older name, or an unambiguous beginning. Also tells whether the name was given in full.
fn find_noun(word: &str) -> Result<(&'static Noun, bool)> {
    let wanted = bare(word);
    let full = |noun: &&Noun| bare(noun.name) == wanted || noun.aliases.iter().any(|alias| bare(alias) == wanted);
    if let Some(noun) = nouns::ALL.iter().find(full) {
        return Ok((noun, true));
    }
    let found: Vec<_> = nouns::ALL.iter().filter(|noun| bare(noun.name).starts_with(&wanted)).collect();
    match found.as_slice() {
        [noun] => Ok((noun, false)),
        [] => {
            let shown = nouns::ALL.iter().filter(|noun| !noun.is_hidden());
            Err(unknown(word, "there is no command", shown.map(|noun| noun.name)))
        }
        several => Err(ambiguous(word, several.iter().filter(|noun| !noun.is_hidden()).map(|noun| noun.name))),
    }
}

/// Finds a verb of a noun. `exact_wins`: a verb named in full is taken even where longer ones begin the same; the suite
/// does so only when the noun was written in full too.
fn find_verb(noun: &'static Noun, word: &str, exact_wins: bool) -> Result<&'static Verb> {
    let wanted = bare(word);
    let full = |verb: &&Verb| bare(verb.name) == wanted || verb.aliases.iter().any(|alias| bare(alias) == wanted);
    if exact_wins && let Some(verb) = noun.verbs.iter().find(full) {
        return Ok(verb);
    }
    let found: Vec<_> = noun.verbs.iter().filter(|verb| bare(verb.name).starts_with(&wanted)).collect();
    match found.as_slice() {
        [verb] => Ok(verb),
        [] => Err(unknown(word, &format!("`{}` has no command", noun.name), noun.verbs.iter().map(|verb| verb.name))),
        several => Err(ambiguous(word, several.iter().map(|verb| verb.name))),
    }
}

fn ambiguous<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Error {
    Error::usage(format!("`{word}` may mean several commands"))
        .hint(format!("One of {}", names.collect::<Vec<_>>().join(", ")))
}

fn unknown<'a>(word: &str, what: &str, names: impl Iterator<Item = &'a str>) -> Error {
    let names: Vec<_> = names.collect();
    let alike: Vec<_> = names.iter().copied().filter(|name| is_alike(name, word)).collect();
    let (words, names) = if alike.is_empty() { ("It takes", names) } else { ("Did you mean", alike) };
    Error::usage(format!("{what} `{word}`")).hint(format!("{words} {}", names.join(", ")))
}

/// Shares its beginning or end, or most letters in their order.
fn is_alike(name: &str, word: &str) -> bool {
    let (name, word) = (bare(name), bare(word));
    let mut letters = name.chars();
    let in_order = word.chars().filter(|c| letters.any(|letter| letter == *c)).count();
    !word.is_empty() && (name.contains(&word) || word.contains(&name) || in_order * 3 >= word.len().max(name.len()) * 2)
}
