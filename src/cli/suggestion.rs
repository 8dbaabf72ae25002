//! What was probably meant by a word that is no command.
//!
//! What help does not show is never suggested, and what destroys only where a single slip of the hand lies between.

use clap::{Arg, Command};

use super::naming;
use super::spelling::{bare, habit};
use crate::argv;
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::error::Error;
use crate::nearest::{is_one_slip, likeness};
use crate::shell::quote_word;
use crate::table::args;

/// A name that is less alike than the likeliest by more than this was not meant.
const CLOSE: f64 = 0.03;

/// Words of kubectl, gh and systemctl, with the verb that does it here and the option that it takes for it; the first one that
/// a noun has is meant.
const SYNONYMS: &[(&str, &str, &str)] = &[
    ("view", "get", ""),
    ("describe", "get", ""),
    ("add", "create", ""),
    ("new", "create", ""),
    ("edit", "update", ""),
    ("set", "update", ""),
    ("start", "run", ""),
    ("rerun", "retry", ""),
    ("rerun", "run", ""),
    ("restart", "retry", ""),
    ("kill", "cancel", ""),
    ("tail", "output", "--follow"),
    ("top", "list", ""),
    ("enable", "update", "--active=1"),
    ("enable", "update", "--enabled=1"),
    ("resume", "update", "--active=1"),
    ("disable", "update", "--active=0"),
    ("disable", "update", "--enabled=0"),
    ("pause", "update", "--active=0"),
    ("suspend", "update", "--active=0"),
];

/// The command of a noun that another tool's word means, with what it is about; None where the noun has none.
pub fn meant(noun: &Noun, word: &str, rest: &[String]) -> Option<String> {
    let word = bare(word);
    let takes =
        |verb: &Verb, option: &str| option.is_empty() || has_option(verb, option.split('=').next().unwrap_or_default());
    let (verb, option) = match noun.verbs.iter().find(|verb| is_called(verb, &word)) {
        Some(verb) => (verb, ""),
        None => SYNONYMS.iter().filter(|(synonym, ..)| *synonym == word).find_map(|(_, name, option)| {
            let verb = noun.verbs.iter().find(|verb| verb.name == *name)?;
            takes(verb, option).then_some((verb, *option))
        })?,
    };
    let object = object_of(noun, verb, rest);
    // kubectl's `get` without a name lists.
    let lists = verb.name == "get" && object.is_none() && noun.verbs.iter().any(|verb| verb.name == "list");
    let verb = if lists { "list" } else { verb.name };
    let words = [PROGRAM, noun.name, verb, object.as_deref().unwrap_or_default(), option];
    Some(words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
}

/// The row that the words behind a command name, as it takes that: a word, or an id. What other options have may be secret.
fn object_of(noun: &Noun, verb: &Verb, rest: &[String]) -> Option<String> {
    let word = rest.first().filter(|word| !word.starts_with('-') && naming::takes_word(noun, verb, word));
    let id = || argv::value_of(rest, "id", &[]).filter(|id| has_option(verb, "--id") && id.parse::<i64>().is_ok());
    word.map(|word| quote_word(word)).or_else(|| Some(format!("--id={}", id()?)))
}

/// What stands in place of an option that a command does not have.
pub fn option(noun: &Noun, verb: &Verb, given: &str, line: &[String]) -> Option<String> {
    let has = |option| has_option(verb, option);
    let command = format!("`{} {}`", noun.name, verb.name);
    match given {
        "--dry-run" => Some(format!("{command} has no --dry-run; nothing was done")),
        "--yes" | "-y" => Some(format!("{command} asks nothing, so it has no --yes")),
        "-o" | "--output" => {
            let format = argv::value_of(line, "output", &['o']).filter(|value| value == "yaml");
            Some(format!("Did you mean --format={}?", format.as_deref().unwrap_or("json")))
        }
        "--json" | "--yaml" => Some(format!("Did you mean --format={}?", given.trim_start_matches('-'))),
        "--all" | "-a" | "-A" if has("--limit") => Some("Did you mean --limit=0? It shows all".into()),
        "-L" if has("--limit") => {
            let number = argv::value_of(line, "limit", &['L']).filter(|value| value.parse::<u64>().is_ok())?;
            Some(format!("Did you mean --limit={number}?"))
        }
        _ if has("--limit") && line.windows(2).any(|pair| pair == ["-n", given]) => {
            Some(format!("Did you mean --limit={given}?"))
        }
        _ if given.starts_with('-') || !has("--id") => None,
        _ if is_rest_of_value(verb, given, line) => Some("Quote a value that has blanks".into()),
        _ => Some(format!("One {command} takes one: call it once for each")),
    }
}

/// Is this word rather a piece of an option's value that has blanks than one more row?
fn is_rest_of_value(verb: &Verb, given: &str, line: &[String]) -> bool {
    let before: Vec<&str> = line.iter().rev().skip_while(|word| *word != given).skip(1).map(String::as_str).collect();
    let Some(between) = before.iter().position(|word| word.starts_with('-')) else { return false };
    let (name, is_with_value) = match before[between].split_once('=') {
        Some((name, _)) => (name, true),
        None => (before[between], false),
    };
    // Behind the option's own value the row may be named.
    let names_row = if is_with_value { between > 0 } else { between > 1 };
    takes_value(verb, name) && (!names_row || given.parse::<i64>().is_err())
}

/// Has a command an option of its own by this name or letter that takes a value?
fn takes_value(verb: &Verb, name: &str) -> bool {
    let is_called = |arg: &Arg| match name.strip_prefix("--") {
        Some(long) => {
            arg.get_long() == Some(long) || arg.get_all_aliases().is_some_and(|others| others.contains(&long))
        }
        None => args::is_letter(arg, name),
    };
    (verb.args)(Command::new(verb.name)).get_arguments().any(|arg| arg.get_action().takes_values() && is_called(arg))
}

fn has_option(verb: &Verb, option: &str) -> bool {
    (verb.args)(Command::new(verb.name)).get_arguments().any(|arg| arg.get_long() == option.strip_prefix("--"))
}

fn is_called(verb: &Verb, word: &str) -> bool {
    bare(verb.name) == word || habit(verb.name) == Some(word)
}

/// The nouns that are alike, the likeliest first.
pub fn nouns(word: &str) -> Vec<&'static str> {
    let shown = registry::ALL.iter().filter(|noun| !noun.is_hidden());
    let destroys = |noun: &Noun| noun.verbs.iter().any(|verb| verb.name.is_empty() && verb.destroys);
    likeliest(shown.filter_map(|noun| alike(word, noun.name, noun.aliases.iter().copied(), destroys(noun))))
}

/// The verbs of a noun that are alike, the likeliest first.
pub fn verbs(noun: &Noun, word: &str) -> Vec<&'static str> {
    likeliest(noun.verbs.iter().filter_map(|verb| {
        let others = verb.aliases.iter().copied().chain(habit(verb.name));
        alike(word, verb.name, others, verb.destroys)
    }))
}

/// How alike a word is to one of the names that something has, and that name: the first, unless only another one is alike.
fn alike(
    word: &str,
    name: &'static str,
    others: impl Iterator<Item = &'static str>,
    destroys: bool,
) -> Option<(f64, &'static str)> {
    let may_be_meant = |name: &str| !destroys || is_one_slip(word, name);
    let alike =
        |name: &'static str| likeness(word, name).filter(|_| may_be_meant(name)).map(|likeness| (likeness, name));
    let found: Vec<_> = std::iter::once(name).chain(others).filter_map(alike).collect();
    let most = found.iter().map(|(likeness, _)| *likeness).max_by(f64::total_cmp)?;
    let shown = found.iter().find(|(_, known)| *known == name);
    shown.or_else(|| found.iter().find(|(likeness, _)| *likeness >= most)).map(|(_, name)| (most, *name))
}

fn likeliest(found: impl Iterator<Item = (f64, &'static str)>) -> Vec<&'static str> {
    let mut found: Vec<_> = found.collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let most = found.first().map_or(0.0, |(likeness, _)| *likeness);
    found.retain(|(likeness, _)| *likeness >= most - CLOSE);
    found.into_iter().map(|(_, name)| name).collect()
}

/// `run 5`: the error of a line that begins with a verb, which says with which nouns it is a command. None where no noun has such a verb.
pub fn without_noun(word: &str, rest: &[String]) -> Option<Error> {
    let wanted = bare(word);
    let shown = || registry::ALL.iter().filter(|noun| !noun.is_hidden());
    // A word that is a verb of ours means that.
    let is_verb = shown().any(|noun| noun.verbs.iter().any(|verb| is_called(verb, &wanted)));
    let same = SYNONYMS.iter().find(|(synonym, _, option)| !is_verb && *synonym == wanted && option.is_empty());
    let wanted = same.map_or(wanted, |(_, verb, _)| (*verb).to_owned());
    let behind = rest.first().and_then(|word| nouns(word).first().copied());
    if let Some(noun) = registry::ALL.iter().find(|noun| Some(noun.name) == behind)
        && let Some(command) = meant(noun, word, rest.get(1..).unwrap_or_default())
    {
        return Some(
            Error::usage(format!("`{word}` comes after `{}`", noun.name)).hint(format!("Did you mean `{command}`?")),
        );
    }
    let is_meant = |verb: &&Verb| is_called(verb, &wanted);
    let found: Vec<(&Noun, &Verb)> =
        shown().filter_map(|noun| Some((noun, noun.verbs.iter().find(is_meant)?))).collect();
    if wanted.is_empty() || found.is_empty() {
        return None;
    }
    let object = rest.first().filter(|word| !word.starts_with('-')).map(String::as_str);
    let takes = |(noun, verb): &&(&Noun, &Verb)| object.is_none_or(|object| naming::takes_word(noun, verb, object));
    let mut fitting: Vec<_> = found.iter().filter(takes).collect();
    // A number is rather the id of what has no name.
    fitting.sort_by_key(|(noun, _)| naming::table(noun).is_none_or(|table| !table.names().is_empty()));
    let command = |(noun, verb): &&(&Noun, &Verb)| {
        let object = object_of(noun, verb, rest).map(|object| format!(" {object}")).unwrap_or_default();
        format!("`{PROGRAM} {} {}{object}`", noun.name, verb.name)
    };
    let hint = match fitting.as_slice() {
        few @ [_, ..] if few.len() <= 3 => {
            format!("Did you mean {}?", few.iter().map(command).collect::<Vec<_>>().join(" or "))
        }
        _ => {
            let nouns: Vec<_> = found.iter().map(|(noun, _)| noun.name).collect();
            format!("It stands behind what it is done with, one of {}", nouns.join(", "))
        }
    };
    Some(Error::usage(format!("`{word}` does not say with what")).hint(hint))
}
