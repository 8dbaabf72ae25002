//! `_complete`: what the shells' scripts of the suite's tool ask while somebody types. It is not in the help.

use clap::Arg;
use clap::builder::PossibleValue;

use crate::cli;
use crate::context::Context;
use crate::error::Result;
use crate::nouns::{Noun, Scope, describe, verb};
use crate::output::Outcome;

#[derive(clap::Args)]
struct Complete {
    /// The shell: bash, fish or zsh
    #[arg(long, short = 's', value_name = "SHELL", default_value = "bash")]
    shell: String,
    /// A word of the command line; may be given several times
    #[arg(long, short = 'i', value_name = "WORD", num_args = 0..=1, default_missing_value = "")]
    input: Vec<String>,
    /// Which of the words the cursor is in, counted from 0
    #[arg(long, short = 'c', value_name = "N")]
    current: usize,
    /// Of the shell's script; there is one
    #[arg(long = "api-version", short = 'a', value_name = "N")]
    _api_version: Option<String>,
    /// Of older scripts
    #[arg(long = "symfony", short = 'S', value_name = "VERSION")]
    _symfony: Option<String>,
}

/// Something that may stand where the cursor is.
struct Suggestion {
    word: String,
    help: String,
}

async fn complete(_: &mut Context, args: Complete) -> Result<Outcome> {
    let word = args.input.get(args.current).map_or("", String::as_str);
    let before = args.input.get(1..args.current.min(args.input.len())).unwrap_or_default();
    let mut suggestions = suggest(before, word);
    suggestions.retain(|suggestion| suggestion.word.starts_with(word));
    let described = args.shell != "bash";
    let line = |Suggestion { word, help }: &Suggestion| match described {
        true if !help.is_empty() => format!("{word}\t{help}\n"),
        _ => format!("{word}\n"),
    };
    Ok(Outcome::Raw(suggestions.iter().map(line).collect::<String>().into_bytes()))
}

/// What may stand behind these words, the first of which is the command.
fn suggest(before: &[String], word: &str) -> Vec<Suggestion> {
    if before.iter().all(|word| word.starts_with('-')) {
        let commands = describe::all().into_iter().filter(|(name, _)| !name.starts_with('_'));
        let help = |described: &serde_json::Value| described["description"].as_str().unwrap_or_default().to_owned();
        return commands.map(|(word, described)| Suggestion { help: help(&described), word }).collect();
    }
    let Some(command) = cli::command_of(before) else { return Vec::new() };
    let shown = || command.get_arguments().filter(|arg| !arg.is_hide_set());
    let last = before.last().map_or("", String::as_str);
    if let Some(option) =
        shown().find(|arg| takes_value(arg) && arg.get_long().is_some_and(|long| last == format!("--{long}")))
    {
        return values(option, "");
    }
    if let Some((name, _)) = word.split_once('=') {
        let option = shown().find(|arg| arg.get_long().is_some_and(|long| name == format!("--{long}")));
        return option.map(|option| values(option, &format!("{name}="))).unwrap_or_default();
    }
    let option = |arg: &Arg| Some(Suggestion { word: format!("--{}", arg.get_long()?), help: text(arg.get_help()) });
    if word.starts_with('-') {
        return shown().filter_map(option).collect();
    }
    shown().filter(|arg| arg.is_positional()).flat_map(|arg| values(arg, "")).collect()
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_action().takes_values()
}

fn values(arg: &Arg, before: &str) -> Vec<Suggestion> {
    let of = |value: &PossibleValue| Suggestion {
        word: format!("{before}{}", value.get_name()),
        help: text(value.get_help()),
    };
    arg.get_possible_values().iter().filter(|value| !value.is_hide_set()).map(of).collect()
}

fn text(help: Option<&clap::builder::StyledStr>) -> String {
    help.map(ToString::to_string).unwrap_or_default()
}

pub const NOUN: Noun = Noun {
    name: "_complete",
    aliases: &[],
    about: "Tell what may stand where the cursor is",
    scope: Scope::Packaging,
    verbs: &[verb!("", "Tell what may stand where the cursor is", Complete, complete)],
};
