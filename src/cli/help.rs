//! The help of the program as a whole: its nouns in groups, and what a page of its own would say of every command.

use std::collections::HashMap;

use anstream::adapter::strip_str;
use clap::builder::StyledStr;
use clap::{Arg, Command};

use super::{global_options, root};
use crate::commands::man::{EXIT_CODES, SETTINGS};
use crate::commands::{Noun, PROGRAM, Verb, registry};
use crate::output::colour::{HEADER, paint};
use crate::table::args;
use crate::width::{width, wrapped};

/// Help is readable on a terminal of so many columns.
const SCREEN: usize = 80;

/// Nouns that belong together, in the order of the help. What is in no group stands in the last one.
const GROUPS: &[(&str, &[&str])] = &[
    ("Running", &["runtemplate", "job", "queue", "task", "artifact"]),
    ("Applications", &["application", "company", "company-app"]),
    ("Credentials", &["credential", "credential-type", "credential-prototype", "encryption"]),
    ("People", &["user", "token", "user-company", "user-role", "user-erasure"]),
    ("Events", &["event-source", "event-rule"]),
    ("The tool", &[]),
];

/// The nouns of each group.
fn groups() -> impl Iterator<Item = (&'static str, Vec<&'static Noun>)> {
    let is_in = |names: &[&str], noun: &Noun| names.contains(&noun.name);
    GROUPS.iter().map(move |(title, names)| {
        let mut nouns: Vec<_> = registry::ALL.iter().filter(|noun| !noun.is_hidden()).collect();
        match names.is_empty() {
            true => nouns.retain(|noun| !GROUPS.iter().any(|(_, names)| is_in(names, noun))),
            false => {
                nouns.retain(|noun| is_in(names, noun));
                nouns.sort_by_key(|noun| names.iter().position(|name| *name == noun.name));
            }
        }
        (*title, nouns)
    })
}

const FIRST_STEPS: &[(&str, &str)] = &[
    ("What failed most recently", "job list --status=failed --order=D --limit=10"),
    ("Why", "job get 2"),
    ("Run it here and now", "runtemplate run nightly"),
];

/// Gives the root command its help; built only when that is shown.
pub fn with_help(root: Command) -> Command {
    let header = |text: &str| paint(true, HEADER, text);
    let (mut short, mut long) = (String::new(), String::new());
    for (title, nouns) in groups() {
        let names: Vec<_> = nouns.iter().map(|noun| noun.name).collect();
        short.push_str(&format!("  {} {}\n", header(&format!("{title:<15}")), hanging(&names.join(", "), 18)));
        long.push_str(&format!("{}\n", header(&format!("{title}:"))));
        for noun in nouns {
            long.push_str(&format!("  {:<21} {}\n", noun.name, hanging(noun.about, 24)));
        }
        long.push('\n');
    }
    let first: String =
        FIRST_STEPS.iter().map(|(purpose, command)| format!("  # {purpose}\n  {PROGRAM} {command}\n")).collect();
    let more = format!(
        "`{PROGRAM} NOUN --help` lists the verbs of a noun,\n`{PROGRAM} NOUN VERB --help` the options of a command, with examples."
    );
    let short = format!("{}\n{short}\n{more}\n`{PROGRAM} --help` explains the nouns.", header("Nouns:"));
    let long = format!(
        "{long}{}\n{first}\n{}\n{}\n{more}\n\n{SETTINGS}\n\n{EXIT_CODES}",
        header("Examples:"),
        header(&format!("{}:", args::GLOBAL)),
        options_text()
    );
    root.term_width(SCREEN)
        .help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{options}{after-help}")
        .override_usage(format!("{PROGRAM} NOUN VERB [OPTIONS]"))
        .after_help(short)
        .after_long_help(long)
}

/// A text behind so many columns, whose further lines begin there too.
fn hanging(text: &str, indent: usize) -> String {
    wrapped(text, SCREEN - indent).join(&format!("\n{}", " ".repeat(indent)))
}

/// The options that every command has, each with its help below it.
fn options_text() -> String {
    let options = global_options::all();
    let shown = options.iter().filter(|option| !option.is_hide_set());
    let text = |option: &Arg| {
        let letter = option.get_short().map_or("    ".into(), |letter| format!("-{letter}, "));
        let value =
            option.get_value_names().and_then(|names| names.first()).filter(|_| option.get_action().takes_values());
        let value = value.map(|name| format!(" <{name}>")).unwrap_or_default();
        let help = option.get_help().map(ToString::to_string).unwrap_or_default();
        format!("  {letter}--{}{value}\n          {}\n", option.get_long().unwrap_or_default(), hanging(&help, 10))
    };
    shown.map(text).collect()
}

/// The help of a command: on a screen what is used most, an option a line, or all of it.
pub fn of_verb(noun: &Noun, verb: &Verb, is_whole: bool) -> StyledStr {
    let mut leaf = root::leaf(noun, verb);
    leaf.build();
    let mut leaf = with_narrow_usage(leaf);
    if is_whole { leaf.render_long_help() } else { on_a_screen(leaf).render_help() }
}

/// The same command, whose usage fits into a screen: clap breaks none.
fn with_narrow_usage(mut leaf: Command) -> Command {
    let usage = leaf.render_usage().ansi().to_string();
    let shown = |text: &str| width(&strip_str(text).to_string());
    if shown(&usage) <= SCREEN {
        return leaf;
    }
    let Some((title, usage)) = usage.split_once(' ') else { return leaf };
    let indent = shown(title) + 1;
    let mut lines = vec![String::new()];
    for (joint, part) in usage_parts(usage) {
        let line = lines.last().map(String::as_str).unwrap_or_default();
        if indent + shown(line) + joint.len() + shown(&part) > SCREEN {
            lines.push(part);
        } else if let Some(line) = lines.last_mut() {
            line.push_str(joint);
            line.push_str(&part);
        }
    }
    leaf.override_usage(lines.join(&format!("\n{}", " ".repeat(indent))))
}

/// The parts of a usage that are not to be split, each with what joins it to the one before.
///
/// An option and its value for instance, also of several of which one is given.
fn usage_parts(usage: &str) -> Vec<(&'static str, String)> {
    let mut parts: Vec<(&'static str, String)> = Vec::new();
    for word in usage.split(' ') {
        for (at, piece) in word.split_inclusive('|').enumerate() {
            let is_value = at == 0 && piece.starts_with('<') && !piece.starts_with("<-");
            let joint = if parts.is_empty() || at > 0 { "" } else { " " };
            match parts.last_mut().filter(|_| is_value) {
                Some((_, option)) => option.push_str(&format!(" {piece}")),
                None => parts.push((joint, piece.to_owned())),
            }
        }
    }
    parts
}

/// The same command, of which the values that an option takes are named where they have room in its line.
fn on_a_screen(leaf: Command) -> Command {
    let heading = |arg: &Arg| arg.get_help_heading().map(str::to_owned);
    let mut columns: HashMap<Option<String>, usize> = HashMap::new();
    for arg in leaf.get_arguments().filter(|arg| !arg.is_hide_set() && !arg.is_hide_short_help_set()) {
        // As clap has them: a letter and a comma before the name, two blanks around both.
        let column = width(&arg.to_string()) + if arg.get_long().is_some() { 8 } else { 4 };
        let widest = columns.entry(heading(arg)).or_default();
        *widest = column.max(*widest);
    }
    leaf.mut_args(|arg| {
        let values: Vec<_> = arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let line = format!("{help} [possible values: {}]", values.join(", "));
        let column = columns.get(&heading(&arg)).copied().unwrap_or_default();
        if column + width(&line) > SCREEN { arg.hide_possible_values(true) } else { arg }
    })
}
