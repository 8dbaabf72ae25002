//! `man`: writes the man pages, for packagers. It is not in the help.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use clap::{Arg, ArgGroup, Command};
use serde_json::json;

use crate::commands::{Noun, PROGRAM, Program, Scope, Verb, examples, program_verb};
use crate::config::known::{self, Known};
use crate::context::Context;
use crate::error::{Error, Result};
use crate::output::Outcome;

/// What the program needs to know of its surroundings.
pub const SETTINGS: &str = "Settings are KEY=VALUE lines of the file that -e names, or else of /etc/multiflexi/multiflexi.env, \
     or else of .env. What it does not set comes from the environment: DB_CONNECTION (sqlite, mysql or pgsql), DB_DATABASE, DB_HOST, DB_PORT, \
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
    // The program takes no options without a command; its page has those that every command takes.
    let mut root = (program.root)().disable_help_subcommand(true).args((program.global_options)());
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
    // Of what `-h` leaves out clap_mangen would print the name alone.
    let command = page.command.clone().mut_args(|argument| argument.hide_short_help(false));
    // man's own words for section 1 leave no room between the names of a page at 80 columns.
    let man =
        clap_mangen::Man::new(command).source(format!("{PROGRAM} {}", env!("CARGO_PKG_VERSION"))).manual("MultiFlexi");
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    // It leaves out the date that there is none of, and man would take what follows for it.
    let mut text = String::from_utf8_lossy(&text).replacen(" 1  ", " 1 \"\" ", 1).into_bytes();
    man.render_name_section(&mut text)?;
    page.synopsis(&mut text)?;
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
    (".env", "The same, in the current directory, if the other does not exist."),
    ("~/.local/share/multiflexi/multiflexi.sqlite3", "The data, if no database is set."),
    ("~/.local/state/multiflexi/recovery/", "Results that could not be saved to the database."),
];

/// Variables of the environment that are no settings.
const VARIABLES: &[(&str, &str)] = &[
    (
        "XDG_STATE_HOME, STATE_DIRECTORY",
        "Results that could not be saved to the database are kept in recovery/ below $XDG_STATE_HOME/multiflexi, else below \
         $STATE_DIRECTORY, which systemd sets (the package's units: /var/lib/multiflexi-cli), else below \
         ~/.local/state/multiflexi.",
    ),
    ("KUBECONFIG", "The kubeconfig for jobs in Kubernetes, as kubectl reads it."),
];
/// Those that every command reads.
const COLOURS: &[(&str, &str)] = &[("NO_COLOR, CLICOLOR_FORCE", "Never use colours; use them off a terminal, too.")];

const EXIT_STATUS: &[(&str, &str)] =
    &[("0", "Done."), ("1", "Refused or failed."), ("2", "The command line is wrong.")];

impl Page<'_> {
    /// How the command is called, each option with its value: clap_mangen names options alone.
    fn synopsis(&self, page: &mut Vec<u8>) -> io::Result<()> {
        let name = self.command.get_bin_name().unwrap_or(PROGRAM);
        let mut words = vec![format!("\\fB{}\\fR", escaped(name))];
        if self.command.has_subcommands() {
            words.push(if self.noun.is_some() { "\\fIVERB\\fR" } else { "\\fINOUN VERB\\fR" }.to_owned());
            words.push("[\\fIOPTIONS\\fR]".into());
        } else {
            words.extend(self.options());
        }
        writeln!(page, ".SH SYNOPSIS\n{}", words.join(" "))
    }

    /// Options in brackets, then those that have to be given, then words without an option.
    fn options(&self) -> Vec<String> {
        let shown = |argument: &&Arg| !argument.is_hide_set();
        let group = |group: &ArgGroup| {
            let members =
                self.command.get_arguments().filter(|argument| group.get_args().any(|id| id == argument.get_id()));
            members.collect::<Vec<_>>()
        };
        let groups: Vec<_> = self.command.get_groups().filter(|group| group.is_required_set()).map(group).collect();
        let is_of_one = |argument: &&Arg| groups.iter().flatten().any(|other| other.get_id() == argument.get_id());
        let (named, words): (Vec<_>, Vec<_>) = self
            .command
            .get_arguments()
            .filter(shown)
            .filter(|argument| !is_of_one(argument))
            .partition(|argument| !argument.is_positional());
        let (needed, others): (Vec<_>, Vec<_>) = named.into_iter().partition(|argument| argument.is_required_set());
        let others = others.into_iter().map(|argument| format!("[{}]", option(argument)));
        let groups = groups.iter().map(|members| {
            format!("{{{}}}", members.iter().map(|argument| option(argument)).collect::<Vec<_>>().join(" | "))
        });
        let words = words.into_iter().map(|argument| format!("\\fI{}\\fR", escaped(&argument.to_string())));
        others.chain(needed.into_iter().map(option)).chain(groups).chain(words).collect()
    }

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
        let needs_database = self.noun.is_none_or(|noun| !noun.is_standalone());
        writeln!(page, ".SH ENVIRONMENT")?;
        if needs_database {
            settings(page, known::OF_DATABASE)?;
        }
        if is_program {
            settings(page, known::OTHERS)?;
            terms(page, VARIABLES)?;
        }
        terms(page, COLOURS)?;
        writeln!(page, ".SH FILES")?;
        match needs_database {
            true => terms(page, if is_program { FILES } else { &FILES[..1] })?,
            false => writeln!(page, "None. This command reads no settings.")?,
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

/// An option by its names with what it takes.
fn option(argument: &Arg) -> String {
    let shown = argument.to_string();
    let (name, value) = shown.split_once(' ').map_or((shown.as_str(), None), |(name, value)| (name, Some(value)));
    let letter = argument.get_short().map(|letter| format!("\\fB\\-{letter}\\fR|")).unwrap_or_default();
    let value = value.map(|value| format!(" \\fI{}\\fR", escaped(value))).unwrap_or_default();
    format!("{letter}\\fB{}\\fR{value}", escaped(name))
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
