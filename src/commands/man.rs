//! `man`: writes the man pages, for packagers. It is not in the help.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::Command;
use serde_json::json;

use crate::commands::{Noun, PROGRAM, Program, Scope, Verb, examples, program_verb};
use crate::config::known::{self, Known};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Outcome;

/// What the program needs to know of its surroundings.
pub const SETTINGS: &str = "Settings are KEY=VALUE lines of the file that -e names, else of /etc/multiflexi/multiflexi.env, \
     else of .env, or come from the environment: DB_CONNECTION (sqlite, mysql or pgsql), DB_DATABASE, DB_HOST, DB_PORT, \
     DB_USERNAME, DB_PASSWORD, MULTIFLEXI_TIMEZONE, ENCRYPTION_MASTER_KEY. Without any, data is kept in \
     ~/.local/share/multiflexi/multiflexi.sqlite3.";

/// What the program exits with.
pub const EXIT_CODES: &str = "Exit codes: 0 done, 1 refused or failed, 2 wrong command line. `job run` exits with the job's own \
     code; 75 blocked by a credential, 124 time limit, 125 could not be run, 130 or 143 cancelled.";

#[derive(clap::Args)]
pub struct Man {
    /// The directory to write the pages to; it is made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

async fn man(_: &mut Context, program: &Program, args: Man) -> Result<Outcome> {
    let shown = args.directory.display().to_string();
    let mut root = (program.root)().disable_help_subcommand(true);
    root.build();
    let written = std::fs::create_dir_all(&args.directory).and_then(|()| pages(program, &root, &args.directory));
    written.map_err(|cause| {
        Error::file(format!("cannot write man pages to {shown}"), cause).hint("Name a directory that you may write")
    })?;
    Ok(Outcome::message(format!("Man pages written to {shown}"), json!({"written": true, "directory": shown})))
}

/// A page of the program, one of each noun, one of each verb.
fn pages(program: &Program, root: &Command, folder: &Path) -> io::Result<()> {
    write(Page { program, command: root, noun: None, verb: None }, folder)?;
    for noun in program.nouns.iter().filter(|noun| !noun.is_hidden()) {
        let Some(command) = root.find_subcommand(noun.name) else { continue };
        let only = noun.verbs.iter().find(|verb| verb.name.is_empty());
        write(Page { program, command, noun: Some(noun), verb: only }, folder)?;
        for verb in noun.verbs.iter().filter(|verb| !verb.name.is_empty()) {
            let Some(command) = command.find_subcommand(verb.name) else { continue };
            write(Page { program, command, noun: Some(noun), verb: Some(verb) }, folder)?;
        }
    }
    Ok(())
}

struct Page<'a> {
    program: &'a Program,
    command: &'a Command,
    noun: Option<&'static Noun>,
    verb: Option<&'static Verb>,
}

fn write(page: Page, folder: &Path) -> io::Result<()> {
    let man = clap_mangen::Man::new(page.command.clone());
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if page.command.get_arguments().any(|argument| !argument.is_hide_set()) {
        man.render_options_section(&mut text)?;
    }
    if page.command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    page.own_sections(&mut text)?;
    std::fs::write(folder.join(man.get_filename()), text)
}

const FILES: &[(&str, &str)] = &[
    ("/etc/multiflexi/multiflexi.env", "Settings, KEY=VALUE lines, unless -e names another file."),
    (".env", "The same, in the current directory, where the other is not there."),
    ("~/.local/share/multiflexi/multiflexi.sqlite3", "The data, where no database is set."),
    ("~/.local/state/multiflexi/recovery/", "Results that a database did not take."),
];

/// Variables of the environment that are no settings.
const VARIABLES: &[(&str, &str)] = &[
    ("XDG_STATE_HOME, STATE_DIRECTORY", "Where results are kept that a database did not take; else ~/.local/state."),
    ("NO_COLOR, CLICOLOR_FORCE", "No colours; colours everywhere."),
    ("KUBECONFIG", "The cluster of jobs in Kubernetes, as for kubectl."),
];

const EXIT_STATUS: &[(&str, &str)] =
    &[("0", "Done."), ("1", "Refused or failed."), ("2", "The command line is wrong.")];

impl Page<'_> {
    /// What clap knows nothing of.
    fn own_sections(&self, page: &mut Vec<u8>) -> io::Result<()> {
        let is_program = self.noun.is_none();
        writeln!(page, ".SH EXIT STATUS")?;
        match self.verb.and_then(|verb| verb.exit_codes) {
            Some(codes) => writeln!(page, "{}", escaped(codes))?,
            None => terms(page, EXIT_STATUS)?,
        }
        if is_program {
            writeln!(page, ".PP\n{}", escaped(EXIT_CODES))?;
        }
        if is_program || self.noun.is_some_and(|noun| !noun.is_standalone()) {
            writeln!(page, ".SH ENVIRONMENT")?;
            settings(page, known::OF_DATABASE)?;
            if is_program {
                settings(page, known::OTHERS)?;
                terms(page, VARIABLES)?;
            }
            writeln!(page, ".SH FILES")?;
            terms(page, if is_program { FILES } else { &FILES[..1] })?;
        }
        if is_program {
            writeln!(page, ".SH NOTES\n{}", escaped(SETTINGS))?;
        }
        let examples = match (self.noun, self.verb) {
            (Some(noun), Some(verb)) => examples::for_verb(noun.name, verb.name),
            (Some(noun), None) => noun.verbs.first().map_or(&[][..], |verb| examples::for_verb(noun.name, verb.name)),
            (None, _) => examples::for_verb("job", "list"),
        };
        writeln!(page, ".SH EXAMPLES")?;
        for (purpose, command) in examples {
            writeln!(page, ".PP\n{}\n.PP\n.nf\n.RS 4", escaped(&format!("{purpose}:")))?;
            for line in examples::lines(command) {
                writeln!(page, "{}", escaped(&line))?;
            }
            writeln!(page, ".RE\n.fi")?;
        }
        let name = |parts: &[&str]| {
            parts.iter().filter(|part| !part.is_empty()).fold(PROGRAM.to_owned(), |name, part| format!("{name}-{part}"))
        };
        let mut others = Vec::new();
        if let Some(noun) = self.noun {
            others.push(name(&[]));
            if self.verb.is_some_and(|verb| !verb.name.is_empty()) {
                others.push(name(&[noun.name]));
            }
            let beside = noun.verbs.iter().filter(|verb| self.verb.is_none_or(|own| own.name != verb.name));
            others.extend(beside.map(|verb| name(&[noun.name, verb.name])));
        } else {
            others.extend(self.program.nouns.iter().filter(|noun| !noun.is_hidden()).map(|noun| name(&[noun.name])));
        }
        let others: Vec<_> = others.iter().map(|name| format!("\\fB{}\\fR(1)", escaped(name))).collect();
        writeln!(page, ".SH SEE ALSO\n{}", others.join(", "))
    }
}

/// A list of settings with what they mean.
fn settings(page: &mut Vec<u8>, settings: &[Known]) -> io::Result<()> {
    for Known { keys, meaning } in settings {
        terms(page, &[(&keys.join(", "), &format!("{}.", sentence(meaning)))])?;
    }
    Ok(())
}

/// Without the backticks of Markdown, and begun with a capital letter unless by a word of a program.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if first.is_alphabetic() => first.to_uppercase().chain(rest).filter(|c| *c != '`').collect(),
        _ => text.replace('`', ""),
    }
}

/// A list of words with what they mean.
fn terms(page: &mut Vec<u8>, terms: &[(&str, &str)]) -> io::Result<()> {
    for (term, meaning) in terms {
        writeln!(page, ".TP\n\\fB{}\\fR\n{}", escaped(term), escaped(meaning))?;
    }
    Ok(())
}

/// A text that means nothing to roff: a dash is no hyphen, and no line is a request.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    if text.starts_with(['.', '\'']) { format!("\\&{text}") } else { text }
}

pub const NOUN: Noun = Noun {
    name: "man",
    aliases: &[],
    about: "Write the man pages to a directory",
    scope: Scope::Packaging,
    verbs: &[program_verb!("Write the man pages to a directory", Man, man)],
};
