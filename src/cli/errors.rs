//! clap's errors in our words: what is wrong, what was probably meant, and how the command is written.

use std::borrow::Cow;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::suggestion;
use crate::commands::{Noun, registry};
use crate::error::Error;
use crate::nearest::likeness;
use crate::secret::name_looks_secret;
use crate::width::shortened;

/// A wrong command line as an error of ours.
///
/// What clap knows of it is asked for piece by piece: the names it has found alike come from its matcher.
pub fn explained(error: &clap::Error, spelled: &[String]) -> Error {
    let noun = spelled.first().and_then(|word| registry::ALL.iter().find(|noun| noun.name == *word));
    let shown = |kind| text(error, kind).map(|given| instead_of(error, &given).unwrap_or(given)).unwrap_or_default();
    let mut what = match error.kind() {
        ErrorKind::UnknownArgument => format!("unexpected argument '{}' found", shown(ContextKind::InvalidArg)),
        ErrorKind::InvalidSubcommand => {
            let given = shown(ContextKind::InvalidSubcommand);
            match noun {
                Some(noun) => format!("`{}` has no command `{given}`", noun.name),
                None => format!("there is no command `{given}`"),
            }
        }
        ErrorKind::MissingRequiredArgument => {
            format!("the following required arguments were not provided: {}", shown(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => {
            let (this, other) = (shown(ContextKind::InvalidArg), shown(ContextKind::PriorArg));
            if this == other || other.is_empty() {
                format!("the argument '{this}' cannot be used multiple times")
            } else {
                format!("the argument '{this}' cannot be used with '{other}'")
            }
        }
        ErrorKind::InvalidValue if shown(ContextKind::InvalidValue).is_empty() => {
            format!("a value is required for '{}' but none was supplied", shown(ContextKind::InvalidArg))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("invalid value '{}' for '{}'", shown(ContextKind::InvalidValue), shown(ContextKind::InvalidArg))
        }
        // The other kinds are rare, and their first paragraph says it.
        _ => {
            let rendered = error.render().to_string();
            let words = rendered.split("\n\n").next().unwrap_or_default();
            words.strip_prefix("error: ").unwrap_or(words).split_whitespace().collect::<Vec<_>>().join(" ")
        }
    };
    if let Some(source) = std::error::Error::source(error) {
        let mut why = source.to_string();
        // A parser may repeat what it was given.
        if let Some(given) = text(error, ContextKind::InvalidValue)
            && let Some(instead) = instead_of(error, &given)
        {
            why = why.replace(&given, &instead);
        }
        what.push_str(&format!(": {why}"));
    }
    let values = list(error, ContextKind::ValidValue).filter(|values| values.iter().any(|value| !value.is_empty()));
    if let Some(values) = values {
        what.push_str(&format!(" [possible values: {}]", values.join(", ")));
    }
    Error::usage(what).hint(hint(error, noun, spelled))
}

/// What was probably meant, how the command is written, and where more is said.
fn hint(error: &clap::Error, noun: Option<&Noun>, spelled: &[String]) -> String {
    let mut hints = Vec::new();
    // Which commands are alike clap knows too, but not which of them are hidden, or destroy.
    let command = text(error, ContextKind::InvalidSubcommand).filter(|_| error.kind() == ErrorKind::InvalidSubcommand);
    let commands = command.map(|word| match noun {
        Some(noun) => suggestion::verbs(noun, &word),
        None => suggestion::nouns(&word),
    });
    let unknown = text(error, ContextKind::InvalidArg).filter(|_| error.kind() == ErrorKind::UnknownArgument);
    let instead = unknown.as_ref().and_then(|given| {
        let (noun, verb) = super::named_command(spelled)?;
        suggestion::option(noun, verb, given, spelled)
    });
    // clap's guess may be far off, and its usage is then that of the guess.
    let bare = |option: &str| option.trim_start_matches('-').to_owned();
    let is_guess =
        |option: &String| unknown.as_ref().is_some_and(|given| likeness(&bare(given), &bare(option)).is_none());
    let is_far_off =
        instead.is_some() || list(error, ContextKind::SuggestedArg).is_some_and(|all| all.iter().all(is_guess));
    hints.extend(instead);
    let known = [ContextKind::SuggestedArg, ContextKind::SuggestedValue].map(|kind| {
        if kind == ContextKind::SuggestedArg && is_far_off {
            return Vec::new();
        }
        // The likeliest is the last one.
        let mut alike = list(error, kind).unwrap_or_default();
        alike.reverse();
        alike.dedup();
        alike
    });
    let commands: Vec<String> = commands.unwrap_or_default().into_iter().map(str::to_owned).collect();
    for alike in std::iter::once(commands).chain(known) {
        if !alike.is_empty() {
            hints.push(format!("Did you mean {}?", alike.join(" or ")));
        }
    }
    if let Some(ContextValue::StyledStrs(more)) = error.get(ContextKind::Suggested) {
        // No option of ours is a value of another command's.
        hints.extend(more.iter().map(ToString::to_string).filter(|hint| !hint.starts_with("to pass ")));
    }
    if error.kind() == ErrorKind::InvalidSubcommand {
        if hints.is_empty() {
            let names: Vec<_> = match noun {
                Some(noun) => noun.verbs.iter().map(|verb| verb.name).collect(),
                None => registry::ALL.iter().filter(|noun| !noun.is_hidden()).map(|noun| noun.name).collect(),
            };
            hints.push(format!("It takes {}", names.join(", ")));
        }
    } else if let Some(ContextValue::StyledStr(usage)) = error.get(ContextKind::Usage)
        && !is_far_off
    {
        let usage = usage.to_string();
        hints.extend(usage.lines().find(|line| line.starts_with("Usage: ")).map(str::to_owned));
    }
    hints.push("See --help".into());
    // A question ends with a mark of its own.
    hints.join(". ").replace("?. ", "? ")
}

/// A piece of what clap knows, as a text; of several with commas between.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    Some(list(error, kind)?.join(", "))
}

fn list(error: &clap::Error, kind: ContextKind) -> Option<Vec<String>> {
    match error.get(kind)? {
        ContextValue::String(one) => Some(vec![one.clone()]),
        ContextValue::Strings(several) => Some(several.clone()),
        _ => None,
    }
}

/// What an error shows in place of a value that may be secret, or is longer than anybody reads.
fn instead_of(error: &clap::Error, given: &str) -> Option<String> {
    const LONGEST: usize = 60;
    let option = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => text(error, ContextKind::InvalidArg),
        // Here the argument itself is what was given.
        ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand => None,
        _ => return None,
    };
    let option = option.unwrap_or_default();
    if given == option {
        return None;
    }
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
    } else {
        match shortened(given, LONGEST) {
            Cow::Owned(beginning) => Some(beginning),
            Cow::Borrowed(_) => None,
        }
    }
}
