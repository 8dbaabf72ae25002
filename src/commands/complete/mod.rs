//! `_complete`: what may stand where the cursor is. Shells ask it through the stubs of `completion`, and so do those of the suite,
//! whose hidden command has this name and these options.
//!
//! clap's engine knows commands, options, fixed words and files. What only the database knows is asked for in between: the
//! engine tells which option's value it wants, and the rows are looked up then.

mod source;
mod values;

use std::ffi::{OsStr, OsString};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use crate::argv;
use crate::commands::{Noun, PROGRAM, Program, Scope, Verb, program_verb};
use crate::config::Settings;
use crate::context::Context;
use crate::db::Database;
use crate::db::{Db, Limits};
use crate::error::{Error, Result};
use crate::output::{Outcome, steers, visible};
use source::Source;

/// A key was pressed: a database that does not answer by then has no say.
const TIMEOUT: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Complete {
    /// The shell: bash, zsh or fish
    #[arg(short, long, value_name = "SHELL", value_parser = ["bash", "zsh", "fish"])]
    shell: String,
    /// A word of the command line, the program's name first; may be given several times
    #[arg(short, long, value_name = "WORD", allow_hyphen_values = true, num_args = 0..=1, default_missing_value = "")]
    input: Vec<String>,
    /// Which of the words the cursor is in, counted from 0
    #[arg(short, long, value_name = "INDEX")]
    current: usize,
    /// The protocol's version
    #[arg(short, long = "api-version", value_name = "VERSION", default_value = "1")]
    _api_version: String,
    /// Accepted for older callers
    #[arg(short = 'S', long = "symfony", value_name = "VERSION")]
    _symfony: Option<String>,
}

/// One thing that may stand there.
struct Candidate {
    value: String,
    about: String,
}

async fn run(_: &mut Context, program: &Program, args: Complete) -> Result<Outcome> {
    let before: Vec<String> = args.input.iter().take(args.current).skip(1).cloned().collect();
    let current = args.input.get(args.current).cloned().unwrap_or_default();
    let mut lines = String::new();
    for Candidate { value, about } in candidates(program, before, &current).await {
        // One line is one candidate; and what would steer the terminal cannot be typed.
        if value.contains(steers) {
            continue;
        }
        let about = visible(&about.lines().next().unwrap_or_default().replace('\t', " "), |_| false);
        match args.shell.as_str() {
            "bash" => lines.push_str(&format!("{value}\n")),
            _ => lines.push_str(&format!("{value}\t{about}\n")),
        }
    }
    Ok(Outcome::Raw(lines.into_bytes()))
}

/// What may stand behind these words, beginning with `current`.
///
/// Whatever goes wrong, nothing is offered: nobody reads an error while typing.
async fn candidates(program: &Program, before: Vec<String>, current: &str) -> Vec<Candidate> {
    let is_word = |word: &&String| !word.starts_with('-');
    if before.iter().find(is_word).is_none()
        && let Some((noun, verb)) = current.split_once(':')
    {
        // `job:g` is one word for two.
        let found = Box::pin(candidates(program, vec![noun.to_owned()], verb)).await;
        let whole = |found: Candidate| Candidate { value: format!("{noun}:{}", found.value), about: found.about };
        return found.into_iter().filter(|found| !found.value.starts_with('-')).map(whole).collect();
    }
    if let Some(about) = before.strip_prefix(&["help".to_owned()])
        && !current.starts_with('-')
        && about.iter().all(|word| is_word(&word))
    {
        // What `help` is about is the beginning of a line.
        let mut found = Box::pin(candidates(program, about.to_vec(), current)).await;
        found.retain(|found| is_command(program, about, &found.value));
        return found;
    }
    let settings = before.clone();
    let Ok(line) = (program.spell)(before) else { return second_words(program, &settings, current) };
    let line = if has_command(program, &line) { line } else { behind_a_command(program, line, current) };
    if !is_known(program, &line) {
        return Vec::new();
    }
    let asked: AskedFor = Arc::default();
    let mut found: Vec<Candidate> = fixed(program, &line, current, &asked);
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some((source, prefix)) = asked {
        let looking = looked_up(&settings, &line, source, &prefix);
        let rows = tokio::time::timeout(TIMEOUT, looking).await.ok().and_then(Result::ok).unwrap_or_default();
        // The engine has the words of `--id=4` in one: what stands before the value comes back with it.
        let head = current.strip_suffix(&prefix).unwrap_or_default();
        let may_stand = |row: &Candidate| !head.is_empty() || source.takes_dash() || !row.value.starts_with('-');
        let mut rows: Vec<_> = rows
            .into_iter()
            .filter(may_stand)
            .map(|row| Candidate { value: format!("{head}{}", row.value), about: row.about })
            .collect();
        if current.is_empty() && !rows.is_empty() {
            // Where a row is to be named, nobody looks for options.
            found.retain(|candidate| !candidate.value.starts_with('-'));
        }
        rows.append(&mut found);
        found = rows;
    }
    found
}

/// Does the line name all of a command, its noun and its verb?
fn has_command(program: &Program, line: &[String]) -> bool {
    let is_word = |at: usize| line.get(at).is_some_and(|word| !word.starts_with('-'));
    let noun = line.first().and_then(|noun| program.noun(noun));
    is_word(0) && (is_word(1) || noun.is_none_or(|noun| noun.verbs.iter().any(|verb| verb.name.is_empty())))
}

/// A line that has no command yet, or its noun only, so that the engine knows what comes next.
///
/// The options that every command has are those of a command: where the value of one is being typed a listing stands before
/// them, else they do not matter.
fn behind_a_command(program: &Program, line: Vec<String>, current: &str) -> Vec<String> {
    const LISTING: [&str; 2] = ["job", "list"];
    let (nouns, options): (Vec<String>, Vec<String>) = match line.first() {
        Some(noun) if !noun.starts_with('-') => (vec![noun.clone()], line[1..].to_vec()),
        _ => (Vec::new(), line),
    };
    let listing = LISTING.map(str::to_owned).to_vec();
    let with_next = [options.clone(), listing.clone()].concat();
    let takes_next = (program.spell)(with_next).is_ok_and(|line| line.first() != listing.first());
    let is_value = takes_next || current.starts_with("--") && current.contains('=');
    if is_value { [listing, options].concat() } else { nouns }
}

/// Do these words and the next one name a noun or a command?
fn is_command(program: &Program, words: &[String], next: &str) -> bool {
    match words {
        [] => program.noun(next).is_some(),
        [noun, ..] => {
            let noun = (program.spell)(vec![noun.clone()]).ok().and_then(|line| program.noun(line.first()?));
            words.len() == 1 && noun.is_some_and(|noun| noun.verbs.iter().any(|verb| verb.name == next))
        }
    }
}

/// Is what stands before it a command, or the beginning of one?
fn is_known(program: &Program, line: &[String]) -> bool {
    let mut words = line.iter().filter(|word| !word.starts_with('-'));
    let Some(noun) = words.next() else { return true };
    let Some(noun) = program.noun(noun) else { return false };
    let is_verb = |word: &String| noun.verbs.iter().any(|verb| verb.name.is_empty() || verb.name == *word);
    words.next().is_none_or(is_verb)
}

/// The second word of a verb that has two: `company env list`.
fn second_words(program: &Program, before: &[String], current: &str) -> Vec<Candidate> {
    let [noun, first] = before else { return Vec::new() };
    let Some(noun) = program.noun(noun) else { return Vec::new() };
    let second = |verb: &Verb| {
        let rest = verb.name.strip_prefix(first.as_str())?.strip_prefix('-')?;
        rest.starts_with(current).then(|| Candidate { value: rest.to_owned(), about: verb.about.to_owned() })
    };
    noun.verbs.iter().filter_map(second).collect()
}

/// What the engine asked for that only the database knows, and how it begins.
type AskedFor = Arc<Mutex<Option<(Source, String)>>>;

/// What clap's engine knows by itself.
fn fixed(program: &Program, line: &[String], current: &str, asked: &AskedFor) -> Vec<Candidate> {
    let mut root = (program.root)();
    root.build();
    let taken = taken(&root, line, current);
    let words: Vec<&str> = line.iter().map(String::as_str).filter(|word| !word.starts_with('-')).collect();
    if let Some(noun) = words.first().and_then(|word| program.noun(word)) {
        root = root.mut_subcommand(noun.name, |command| match words.get(1) {
            _ if !command.has_subcommands() => asking(program, command, noun, "", asked),
            Some(verb) if command.find_subcommand(verb).is_some() => {
                command.mut_subcommand(*verb, |command| asking(program, command, noun, verb, asked))
            }
            _ => command,
        });
    }
    let name = std::iter::once(PROGRAM);
    let arguments: Vec<OsString> =
        name.chain(line.iter().map(String::as_str)).chain([current]).map(OsString::from).collect();
    let at = arguments.len() - 1;
    let here = std::env::current_dir().ok();
    let found = complete(&mut root, arguments, at, here.as_deref()).unwrap_or_default();
    let text = |value: &OsStr| value.to_string_lossy().into_owned();
    let is_taken = |value: &str| value.rsplit_once(',').is_some_and(|(_, last)| taken.contains(&last));
    let is_shown =
        |candidate: &&CompletionCandidate| !candidate.is_hide_set() && !is_taken(&text(candidate.get_value()));
    let candidate = |candidate: &CompletionCandidate| Candidate {
        value: text(candidate.get_value()),
        about: candidate.get_help().map(ToString::to_string).unwrap_or_default(),
    };
    found.iter().filter(is_shown).map(candidate).collect()
}

/// The words that an option which takes several, with commas between, has in this word already.
fn taken<'c>(root: &Command, line: &[String], current: &'c str) -> Vec<&'c str> {
    let mut leaf = root;
    for word in line.iter().filter(|word| !word.starts_with('-')).take(2) {
        leaf = leaf.find_subcommand(word).unwrap_or(leaf);
    }
    let (option, value) = match current.split_once('=') {
        Some((option, value)) if option.starts_with("--") => (option, value),
        _ => (line.last().map_or("", String::as_str), current),
    };
    let is_called = |arg: &Arg| option.strip_prefix("--").is_some_and(|name| arg.get_long() == Some(name));
    let takes_several = |arg: &Arg| is_called(arg) && arg.get_value_delimiter() == Some(',');
    match value.rsplit_once(',') {
        Some((head, _)) if leaf.get_arguments().any(takes_several) => head.split(',').collect(),
        _ => Vec::new(),
    }
}

/// A command whose options say what they want to know instead of knowing nothing.
fn asking(program: &Program, command: Command, noun: &'static Noun, verb: &str, asked: &AskedFor) -> Command {
    let verb = verb.to_owned();
    command.mut_args(|arg| {
        let Some(source) = source::for_option(program, noun, &verb, &arg) else { return arg };
        let asked = asked.clone();
        arg.add(ArgValueCompleter::new(move |current: &OsStr| {
            let current = current.to_string_lossy().into_owned();
            *asked.lock().unwrap_or_else(PoisonError::into_inner) = Some((source, current));
            Vec::new()
        }))
    })
}

async fn looked_up(typed: &[String], line: &[String], source: Source, prefix: &str) -> Result<Vec<Candidate>> {
    if let Some(fixed) = values::without_database(source, prefix) {
        return Ok(fixed);
    }
    let settings = Settings::load(argv::value_of(typed, "environment", &['e']).as_deref().map(std::path::Path::new))?;
    let target = settings.database()?;
    // To look is not to make one.
    if matches!(&target, Database::Sqlite { path } if !path.exists()) {
        return Err(Error::not_found("there is no database yet"));
    }
    let mut db = Db::connect(&target, Limits::chosen_or_default(Some(TIMEOUT))).await?;
    let found = values::find(&mut db, line, source, prefix).await;
    db.close().await;
    found
}

pub const NOUN: Noun = Noun {
    name: "_complete",
    aliases: &[],
    about: "Tell a shell what may stand where the cursor is",
    scope: Scope::Packaging,
    verbs: &[program_verb!("Tell a shell what may stand where the cursor is", Complete, run)],
};
