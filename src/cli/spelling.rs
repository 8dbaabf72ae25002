//! Spellings that mean the same: `run-template:create`, `runtemplate create`, unambiguous beginnings, and what hands type.
//!
//! A command that destroys is never found by its beginning. What is no command at all is left to clap, which knows what
//! is alike.

use super::{global_options, suggestion};
use crate::commands::{Noun, Verb, registry};
use crate::error::{Error, Result};

/// What hands type that are used to other tools, and the verbs that it may mean.
const HABITS: &[(&str, &[&str])] = &[
    ("ls", &["list"]),
    ("show", &["get"]),
    ("rm", &["delete", "remove"]),
    ("logs", &["output"]),
    ("stop", &["cancel"]),
];

/// The short word for a verb of this name, if there is one.
pub fn habit(verb: &str) -> Option<&'static str> {
    HABITS.iter().find(|(_, verbs)| verbs.contains(&verb)).map(|(short, _)| *short)
}

/// Brings a command line to the one spelling that clap knows: `noun verb`, options behind.
///
/// # Errors
/// A beginning fits several commands, or one that destroys.
pub fn spell(arguments: Vec<String>) -> Result<Vec<String>> {
    let mut words = arguments.into_iter();
    let mut before = Vec::new();
    let Some(first) = next_word(&mut words, &mut before) else { return Ok(before) };
    if first == "version" {
        return Ok(vec!["--version".into()]);
    }
    let (noun_word, mut verb_word) = match first.split_once(':') {
        // An old noun that has a colon itself: `user:data-erasure list`.
        Some(_) if registry::ALL.iter().any(|noun| noun.aliases.contains(&first.as_str())) => (first, None),
        Some((noun, verb)) => (noun.to_owned(), Some(verb.to_owned())),
        None => (first, None),
    };
    let with_colon = verb_word.is_some();
    let without_noun = |rest: &[String]| match with_colon {
        true => None,
        false => suggestion::without_noun(&noun_word, rest),
    };
    let Some((noun, is_in_full)) = find_noun(&noun_word)? else {
        return without_noun(words.as_slice()).map_or_else(|| Ok(vec![noun_word.clone()]), Err);
    };
    let style = match (with_colon, is_in_full) {
        (false, _) => NounStyle::Word,
        (true, true) => NounStyle::ColonInFull,
        (true, false) => NounStyle::ColonBeginning,
    };
    let mut spelled = vec![noun.name.to_owned()];
    if !noun.verbs.iter().any(|verb| verb.name.is_empty()) {
        if verb_word.is_none() {
            verb_word = next_word(&mut words, &mut before);
        }
        if let Some(mut word) = verb_word {
            join_second_word(noun, &mut word, &mut words);
            match find_verb(noun, &word, style)? {
                Some(verb) => spelled.push(verb.name.to_owned()),
                // `run 5`, where `run` is the beginning of a noun too.
                None if !is_in_full => {
                    let rest: Vec<String> = std::iter::once(word.clone()).chain(words).collect();
                    return without_noun(&rest).map_or_else(|| Ok(vec![noun.name.to_owned(), word]), Err);
                }
                None => {
                    let Some(meant) = suggestion::meant(noun, &word, words.as_slice()) else {
                        return Ok(vec![noun.name.to_owned(), word]);
                    };
                    return Err(Error::usage(format!("`{}` has no command `{word}`", noun.name))
                        .hint(format!("Did you mean `{meant}`?")));
                }
            }
        }
    } else if let Some(verb) = verb_word {
        return Err(Error::usage(format!("`{}` has no command `{verb}`", noun.name))
            .hint(format!("It is a command by itself: `multiflexi-cli {} --help`", noun.name)));
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

/// The next argument that is no option.
///
/// Options before it are kept in `skipped`, with their long names and the values of those that take one.
fn next_word(words: &mut std::vec::IntoIter<String>, skipped: &mut Vec<String>) -> Option<String> {
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            return Some(word);
        }
        skipped.extend(global_options::by_long_name(word));
        if skipped.last().is_some_and(|last| global_options::takes_value(last)) {
            skipped.extend(words.next());
        }
    }
    None
}

/// Names compare without dashes and underscores: `run-template`, `run_template` and `runtemplate` are one.
pub fn bare(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// Finds a noun by its name, an older name, or an unambiguous beginning. Also tells whether the name was given in full.
fn find_noun(word: &str) -> Result<Option<(&'static Noun, bool)>> {
    let wanted = bare(word);
    let full = |noun: &&Noun| bare(noun.name) == wanted || noun.aliases.iter().any(|alias| bare(alias) == wanted);
    if let Some(noun) = registry::ALL.iter().find(full) {
        return Ok(Some((noun, true)));
    }
    // What is for programs has no beginnings.
    let nouns = registry::ALL.iter().filter(|noun| !noun.name.starts_with('_'));
    let found: Vec<_> = nouns.filter(|noun| bare(noun.name).starts_with(&wanted)).collect();
    match found.as_slice() {
        [] => Ok(None),
        [noun] => match noun.verbs {
            [only] if only.name.is_empty() && only.destroys => Err(in_full(word, noun.name)),
            _ => Ok(Some((noun, false))),
        },
        several => Err(ambiguous(word, several.iter().filter(|noun| !noun.is_hidden()).map(|noun| noun.name))),
    }
}

/// How the noun before a verb is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum NounStyle {
    /// As a word of its own: `run-template list`.
    Word,
    /// In full, with a colon behind it, as the suite's tool has it: `run-template:list`.
    ColonInFull,
    /// Only its beginning, with a colon: `run-t:list`.
    ColonBeginning,
}

/// Finds a verb of a noun.
///
/// A verb named in full is taken even where longer ones begin the same; with a colon the suite does so only when the noun was
/// written in full too. What hands type comes before beginnings, but not with a colon, where a beginning means what it means to
/// the suite.
fn find_verb(noun: &'static Noun, word: &str, style: NounStyle) -> Result<Option<&'static Verb>> {
    let wanted = bare(word);
    let full = |verb: &&Verb| bare(verb.name) == wanted || verb.aliases.iter().any(|alias| bare(alias) == wanted);
    if style != NounStyle::ColonBeginning
        && let Some(verb) = noun.verbs.iter().find(full)
    {
        return Ok(Some(verb));
    }
    let habit = || noun.verbs.iter().find(|verb| habit(verb.name) == Some(wanted.as_str()));
    if style == NounStyle::Word
        && let Some(verb) = habit()
    {
        return Ok(Some(verb));
    }
    let found: Vec<_> = noun.verbs.iter().filter(|verb| bare(verb.name).starts_with(&wanted)).collect();
    match found.as_slice() {
        [] => Ok(habit()),
        [verb] if verb.destroys && bare(verb.name) != wanted => {
            Err(in_full(word, &format!("{} {}", noun.name, verb.name)))
        }
        [verb] => Ok(Some(verb)),
        several => Err(ambiguous(word, several.iter().map(|verb| verb.name))),
    }
}

fn ambiguous<'a>(word: &str, names: impl Iterator<Item = &'a str>) -> Error {
    Error::usage(format!("`{word}` may mean several commands"))
        .hint(format!("One of {}", names.collect::<Vec<_>>().join(", ")))
}

/// A slip of the hand must not delete anything.
fn in_full(word: &str, command: &str) -> Error {
    Error::usage(format!("`{word}` is not taken for `{command}`: a command that destroys is written in full"))
        .hint(format!("Did you mean `multiflexi-cli {command}`?"))
}
