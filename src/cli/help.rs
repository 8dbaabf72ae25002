//! The help of the program as a whole: its nouns in groups, and what a page of its own would say of every command.

use clap::Command;

use crate::commands::man::{EXIT_CODES, SETTINGS};
use crate::commands::{Noun, PROGRAM, registry};
use crate::output::colour::{HEADER, paint};

/// Nouns that belong together, in the order of the help. What is in no group stands in the last one.
const GROUPS: &[(&str, &[&str])] = &[
    ("Running", &["runtemplate", "job", "queue", "task", "artifact"]),
    ("For whom, what", &["company", "application", "company-app"]),
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
    ("What failed last", "job list --status=failed --order=D --limit=10"),
    ("Why", "job get 2"),
    ("Run it here and now", "runtemplate run nightly"),
];

/// Gives the root command its help; built only when that is shown.
pub fn with_help(root: Command) -> Command {
    let header = |text: &str| paint(true, HEADER, text);
    let (mut short, mut long) = (String::new(), String::new());
    for (title, nouns) in groups() {
        let names: Vec<_> = nouns.iter().map(|noun| noun.name).collect();
        short.push_str(&format!("  {} {}\n", header(&format!("{title:<15}")), names.join(", ")));
        long.push_str(&format!("{}\n", header(&format!("{title}:"))));
        for noun in nouns {
            long.push_str(&format!("  {:<21} {}\n", noun.name, noun.about));
        }
        long.push('\n');
    }
    let first: String =
        FIRST_STEPS.iter().map(|(purpose, command)| format!("  # {purpose}\n  {PROGRAM} {command}\n")).collect();
    let more = format!(
        "`{PROGRAM} NOUN --help` lists what can be done with a noun, `{PROGRAM} NOUN VERB --help` its options with examples."
    );
    let short = format!("{}\n{short}\n{more} `{PROGRAM} --help` says more.", header("Nouns:"));
    let long = format!("{long}{}\n{first}\n{more}\n\n{SETTINGS}\n\n{EXIT_CODES}", header("Examples:"));
    root.help_template("{about-with-newline}\n{usage-heading} {usage}\n\n{options}{after-help}")
        .override_usage(format!("{PROGRAM} NOUN VERB [OPTIONS]"))
        .after_help(short)
        .after_long_help(long)
}
