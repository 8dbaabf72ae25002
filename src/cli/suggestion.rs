//! What was probably meant by a word that is no command.
//!
//! What help does not show is never suggested, and what destroys only where a single slip of the hand lies between.

use super::naming;
use super::spelling::{bare, habit};
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::error::Error;
use crate::nearest::{is_one_slip, likeness};
use crate::shell::quote_word;

/// A name that is less alike than the likeliest by more than this was not meant.
const CLOSE: f64 = 0.03;

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
    let is_meant = |verb: &&Verb| bare(verb.name) == wanted || habit(verb.name) == Some(wanted.as_str());
    let shown = registry::ALL.iter().filter(|noun| !noun.is_hidden());
    let found: Vec<(&Noun, &Verb)> = shown.filter_map(|noun| Some((noun, noun.verbs.iter().find(is_meant)?))).collect();
    if wanted.is_empty() || found.is_empty() {
        return None;
    }
    let object = rest.first().filter(|word| !word.starts_with('-')).map(String::as_str);
    let takes = |(noun, verb): &&(&Noun, &Verb)| object.is_none_or(|object| naming::takes_word(noun, verb, object));
    let mut fitting: Vec<_> = found.iter().filter(takes).collect();
    // A number is rather the id of what has no name.
    fitting.sort_by_key(|(noun, _)| naming::table(noun).is_none_or(|table| !table.names().is_empty()));
    let object = object.map(|object| format!(" {}", quote_word(object))).unwrap_or_default();
    let command = |(noun, verb): &&(&Noun, &Verb)| format!("`{PROGRAM} {} {}{object}`", noun.name, verb.name);
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
