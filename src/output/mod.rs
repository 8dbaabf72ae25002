//! What commands give back and how it is shown: the only code that writes to stdout.

pub mod colour;
pub mod file;
mod list;
pub mod loss;
pub mod object;
pub mod page;
pub mod sheet;
pub mod signs;
mod spool;
pub mod status_line;
mod steering;
mod yaml;

use std::borrow::Cow;
use std::cell::Cell;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::path::{Path, PathBuf};

use anstyle::Style;
use clap::builder::StyledStr;
use colour::Colour;
use serde_json::{Map, Value as Json, json};

use crate::error::{Error, Kind, Result, exit};
use crate::row::Row;
use crate::shell::quote_word;
pub use list::{List, write_json};
use signs::Signs;
use spool::Spool;
pub use steering::{StreamFilter, escaped_json, on_one_line, steers, visible};
use steering::{is_layout, visible_json};

/// How a command of ours begins that a sentence suggests.
const OURS: &str = "multiflexi-cli ";

/// How a command's answer is printed, as `--format` names it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    #[value(alias = "txt")]
    Text,
    Json,
    /// The values of JSON, as YAML.
    #[value(alias = "yml")]
    Yaml,
    /// Of listings only.
    Csv,
}

impl Format {
    /// A piece of a text as it stands between the quotes of JSON or YAML.
    fn inside_quotes(self, piece: &str) -> String {
        let mut quoted = if self == Format::Yaml { yaml::in_quotes(piece) } else { Json::from(piece).to_string() };
        quoted.pop();
        quoted.split_off(1)
    }

    /// Is stdout for one value that a program reads?
    pub fn is_one_value(self) -> bool {
        matches!(self, Format::Json | Format::Yaml)
    }
}

/// What a command gives back.
pub enum Outcome {
    /// One sentence for people, one object for programs.
    Message { text: String, json: Json },
    /// One thing with its properties.
    Record(Map<String, Json>),
    /// Lines for people, one value for programs.
    Report { text: String, json: Json },
    /// Something that is the same in both formats: a completion script.
    Raw(Vec<u8>),
    /// All is written already: the rows of a listing.
    Written,
    /// As the outcome in it, and the process exits with this.
    WithCode(Box<Outcome>, u8),
}

impl Outcome {
    /// One sentence for people, and one object for programs.
    pub fn message(text: impl Into<String>, json: Json) -> Outcome {
        Outcome::Message { text: text.into(), json }
    }

    /// Has the command end with an exit code of its own.
    pub fn with_code(self, code: u8) -> Outcome {
        Outcome::WithCode(Box::new(self), code)
    }
}

/// Where and how output goes.
pub struct Printer {
    pub format: Format,
    /// No sentences for people; errors and data still come.
    pub quiet: bool,
    /// Nothing at all is printed.
    silent: bool,
    /// Our name stands before each note about a job.
    names_itself: bool,
    /// The terminal's width in columns, where stdout is one.
    width: Option<u16>,
    colours: Colours,
    /// In CSV no text is left a formula.
    escapes_formulas: bool,
    /// What `-e` named: a command that is suggested has to act on the same database.
    environment: Option<PathBuf>,
    stdout_closed: Cell<bool>,
    /// A line could not be written to stdout, which was told.
    is_incomplete: Cell<bool>,
    spool: Spool,
    begun: Cell<Begun>,
}

/// Which of our streams are coloured.
#[derive(Clone, Copy)]
struct Colours {
    stdout: bool,
    stderr: bool,
}

/// Which value for programs is begun on stdout and not ended: an error in the middle has to end it.
#[derive(Clone, Copy, Default)]
enum Begun {
    #[default]
    Nothing,
    /// At least one row of it is written, or begun.
    List {
        in_text: bool,
    },
    Record {
        in_text: bool,
    },
}

impl Printer {
    /// Asks once whether stdout is a terminal, and how wide it is.
    pub fn new(format: Format, quiet: bool, colour: Colour) -> Printer {
        let width = io::stdout().is_terminal().then(|| terminal_size::terminal_size().map_or(80, |(w, _)| w.0));
        let colours = Colours { stdout: colour.on_stdout(), stderr: colour.on_stderr() };
        Printer {
            format,
            quiet,
            silent: false,
            names_itself: true,
            width,
            colours,
            escapes_formulas: false,
            stdout_closed: Cell::new(false),
            is_incomplete: Cell::new(false),
            spool: Spool::default(),
            environment: None,
            begun: Cell::default(),
        }
    }

    /// Has it print nothing at all, where `silent`.
    pub fn silenced(self, silent: bool) -> Printer {
        Printer { quiet: self.quiet || silent, silent, ..self }
    }

    /// Has it leave no text in CSV a formula, where that is asked for.
    pub fn escaping_formulas(self, escapes_formulas: bool) -> Printer {
        Printer { escapes_formulas, ..self }
    }

    /// Has it put `-e FILE` into each command of ours that it suggests, where there is such a file.
    pub fn with_environment(self, file: Option<&Path>) -> Printer {
        Printer { environment: file.map(Path::to_path_buf), ..self }
    }

    /// Sentences in which each command of ours, between backticks, has the `-e` of this call.
    pub fn suggesting<'t>(&self, sentences: &'t str) -> Cow<'t, str> {
        match &self.environment {
            Some(file) if sentences.contains(OURS) => {
                let part = |(at, part): (usize, &str)| {
                    if at % 2 == 0 || part.contains(" -e ") {
                        return part.to_owned();
                    }
                    // cron runs its lines in another folder.
                    let absolute = part.starts_with("* ").then(|| std::path::absolute(file).ok()).flatten();
                    let file = absolute.as_deref().unwrap_or(file);
                    part.replace(OURS, &format!("{OURS}-e {} ", quote_word(&file.display().to_string())))
                };
                Cow::Owned(sentences.split('`').enumerate().map(part).collect::<Vec<_>>().join("`"))
            }
            _ => Cow::Borrowed(sentences),
        }
    }

    /// Is nothing at all printed?
    pub fn is_silent(&self) -> bool {
        self.silent
    }

    /// Writes to stderr; that it cannot be written is nobody's failure.
    fn tell(&self, words: fmt::Arguments<'_>) {
        if !self.silent {
            let mut stderr = io::stderr().lock();
            let _ = stderr.write_fmt(words).and_then(|()| stderr.flush());
        }
    }

    /// Shows a page of help on stdout, in colours where these are wanted.
    ///
    /// # Errors
    /// Same as [`raw`](Self::raw).
    pub fn help(&self, page: &StyledStr) -> Result<()> {
        let page = if self.colours.stdout { page.ansi().to_string() } else { page.to_string() };
        self.raw(self.in_known_signs(&page, Standard::Out).as_bytes())
    }

    /// Writes bytes to stdout as they are. A reader that went away ends no command: what it does is worth finishing.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn raw(&self, bytes: &[u8]) -> Result<()> {
        self.put(|| self.spool.write_through(bytes))
    }

    /// As [`raw`](Self::raw), while the database is being read: a slow reader does not hold that up, and is waited for at the end.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn raw_while_reading(&self, bytes: &[u8]) -> Result<()> {
        self.put(|| self.spool.write(bytes))
    }

    /// Waits until the reader of stdout has all that was written while the database was read.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn deliver(&self) -> Result<()> {
        self.put(|| self.spool.deliver())
    }

    fn put(&self, write: impl FnOnce() -> io::Result<()>) -> Result<()> {
        if self.silent || self.stdout_closed.get() {
            return Ok(());
        }
        match write() {
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                self.stdout_closed.set(true);
                Ok(())
            }
            // That was told.
            Err(_) if self.is_incomplete.get() => Ok(()),
            Err(cause) => Err(Error::file("cannot write to stdout", cause)),
            Ok(()) => Ok(()),
        }
    }

    /// True once the reader of stdout went away: a listing need not go on.
    pub fn is_closed(&self) -> bool {
        self.stdout_closed.get()
    }

    /// Writes data to stdout: as it is, but that on a terminal no value of it steers that.
    fn data(&self, bytes: &[u8]) -> Result<()> {
        self.raw(&self.harmless(bytes))
    }

    /// The data as it may be written to stdout.
    fn harmless<'b>(&self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        match std::str::from_utf8(bytes) {
            Ok(text) if self.width.is_some() && text.contains(|c| steers(c) && !is_layout(c)) => {
                let shown = if self.format == Format::Json { visible_json(text) } else { visible(text, is_layout) };
                Cow::Owned(shown.into_bytes())
            }
            _ => Cow::Borrowed(bytes),
        }
    }

    /// Writes the one value that a program reads.
    fn value(&self, value: &Json) -> Result<()> {
        match self.format {
            Format::Yaml => self.data(yaml::write(value).as_bytes()),
            _ => self.data(&pretty(value)),
        }
    }

    /// Writes sentences for people to stdout.
    fn sentences(&self, words: &str) -> Result<()> {
        let words = self.suggesting(words);
        self.raw(format!("{}\n", visible(&self.in_known_signs(&words, Standard::Out), is_layout)).as_bytes())
    }

    /// Is what goes to this stream of ours seen on a terminal?
    pub fn is_terminal(&self, stream: Standard) -> bool {
        match stream {
            Standard::Out => self.width.is_some(),
            Standard::Err => io::stderr().is_terminal(),
        }
    }

    /// A sentence on stderr: progress, a warning. Never part of the data.
    pub fn note(&self, words: &str) {
        if !self.quiet {
            self.note_always(words);
        }
    }

    /// A note about a job, where what that prints may stand too: our name is before it, so that it is known for ours.
    pub fn job_note(&self, words: &str) {
        if self.names_itself { self.note(&format!("multiflexi: {words}")) } else { self.note(words) }
    }

    /// From here on notes about a job come without our name: `queue run` puts the job before them.
    pub fn omit_own_name(&mut self) {
        self.names_itself = false;
    }

    /// A line of a report that grows while the command works: on stdout, or a note where stdout is for one JSON value.
    ///
    /// A line end in it is made visible. That stdout cannot be written ends no work: it is told once, and [`Printer::show`] has the exit
    /// code of a failure.
    pub fn line(&self, words: &str) {
        let words = on_one_line(words);
        match self.format {
            Format::Text if self.quiet => {}
            Format::Text => {
                if let Err(error) = self.sentences(&words) {
                    self.error(&error.hint("The work goes on, and may not be told there"));
                    self.is_incomplete.set(true);
                }
            }
            Format::Json | Format::Yaml | Format::Csv => self.note(&words),
        }
    }

    /// What went wrong with one thing of several, on stderr, also when quiet: under cron nothing else tells.
    pub fn note_always(&self, words: &str) {
        let words = self.suggesting(words);
        let words = visible(&self.in_known_signs(&words, Standard::Err), is_layout);
        self.tell(format_args!("{}\n", colour::sentence(self.colours.stderr, &words)));
    }

    /// Sentences with three dots for each `…`, where they go to a terminal that lacks that sign.
    fn in_known_signs<'t>(&self, words: &'t str, stream: Standard) -> Cow<'t, str> {
        let lacks_it = || self.is_terminal(stream) && Signs::of_locale() == Signs::Letters;
        if words.contains('…') && lacks_it() { words.replace('…', "...").into() } else { words.into() }
    }

    /// A question on stderr, also when quiet: somebody waits for the answer.
    pub fn ask(&self, question: &str) {
        self.tell(format_args!("{}", visible(question, is_layout)));
    }

    /// Writes a piece of a job's stored output to stdout.
    ///
    /// On a terminal what steers that is made visible, unless `is_raw`.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn stream(&self, piece: &str, is_raw: bool) -> Result<()> {
        match self.width {
            Some(_) if !is_raw => self.raw_while_reading(visible(piece, |c| is_layout(c) || c == '\r').as_bytes()),
            _ => self.raw_while_reading(piece.as_bytes()),
        }
    }

    /// Writes a piece of a job's stderr to ours, told apart from stdout by its colour alone.
    pub fn stream_on_stderr(&self, piece: &str, is_raw: bool) {
        if is_raw {
            return self.raw_stderr(piece.as_bytes());
        }
        let shown = match self.is_terminal(Standard::Err) {
            true => Cow::Owned(visible(piece, |c| is_layout(c) || c == '\r')),
            false => Cow::Borrowed(piece),
        };
        self.raw_stderr(colour::paint(self.colours.stderr, colour::STDERR, &shown).as_bytes());
    }

    /// Bytes of a job's stderr, as they are.
    pub fn raw_stderr(&self, bytes: &[u8]) {
        if !self.silent {
            let mut stderr = io::stderr().lock();
            let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
        }
    }

    /// Shows an outcome and tells the exit code, that of a failure where a [`line`](Self::line) was lost.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn show(&self, outcome: Outcome) -> Result<u8> {
        let json = self.format.is_one_value();
        match outcome {
            Outcome::Message { json: value, .. } if json => self.value(&value)?,
            Outcome::Message { text, .. } if !self.quiet => self.sentences(&text)?,
            Outcome::Message { .. } | Outcome::Written => {}
            Outcome::Record(record) if json => self.value(&Json::Object(record))?,
            Outcome::Record(record) => self.raw(self.record_text(&record, self.colours.stdout).as_bytes())?,
            Outcome::Report { json: value, .. } if json => self.value(&value)?,
            Outcome::Report { text, .. } => self.sentences(text.trim_end())?,
            Outcome::Raw(bytes) => self.raw(&bytes)?,
            Outcome::WithCode(outcome, code) => {
                let shown = self.show(*outcome)?;
                return Ok(if code == exit::DONE { shown } else { code });
            }
        }
        Ok(if self.is_incomplete.get() { exit::FAILED } else { exit::DONE })
    }

    /// Shows an error: one JSON object on stdout, or words on stderr.
    ///
    /// What is begun on stdout ends with it: as the last element of a list, or the `error` of a record. A stdout that takes
    /// nothing leaves the words.
    pub fn error(&self, error: &Error) {
        if error.kind == Kind::ReaderGone {
            return;
        }
        let mut json = error.to_json();
        for key in ["message", "hint"] {
            if let Some(text) = json[key].as_str() {
                json[key] = self.suggesting(text).into();
            }
        }
        if !self.format.is_one_value() || self.end_with(json).is_err() {
            self.note_always(&format!("error: {error}"));
        }
    }

    /// Ends what is begun on stdout with an error, or writes that alone.
    fn end_with(&self, error: Json) -> Result<()> {
        let is_yaml = self.format == Format::Yaml;
        match self.begun.take() {
            Begun::Nothing => self.value(&error),
            Begun::List { in_text } if is_yaml => {
                let end = if in_text { "\"\n" } else { "" };
                self.data(format!("{end}{}", yaml::write(&json!([error]))).as_bytes())
            }
            Begun::List { in_text } => {
                let end = if in_text { "\"}" } else { "" };
                self.data(format!("{end},\n    {error}\n]\n").as_bytes())
            }
            Begun::Record { in_text } if is_yaml => {
                let end = if in_text { "\"\n" } else { "" };
                self.data(format!("{end}{}", yaml::write(&json!({ "error": error }))).as_bytes())
            }
            Begun::Record { in_text } => {
                let end = if in_text { "\"" } else { "" };
                self.data(format!("{end},\n    \"error\": {error}\n}}\n").as_bytes())
            }
        }
    }

    /// `key: value` lines; what is itself an object or a list is shown as JSON. Line ends stay, what else steers a terminal is made
    /// visible. On a terminal the further lines of a value are indented, so that none looks like another property.
    fn record_text(&self, record: &Map<String, Json>, is_coloured: bool) -> String {
        let mut text = String::new();
        for (key, value) in record {
            let mut value = match value {
                Json::Null => String::new(),
                Json::String(value) => visible(value, is_layout),
                Json::Bool(value) => i64::from(*value).to_string(),
                other => visible_json(&other.to_string()),
            };
            if self.width.is_some() {
                value = value.replace('\n', "\n  ");
            }
            let style =
                if matches!(key.as_str(), "state" | "status") { colour::of_state(&value) } else { Style::new() };
            let key = colour::paint(is_coloured, colour::HEADER, &format!("{}:", visible(key, |_| false)));
            text.push_str(&format!("{key} {}\n", colour::paint(is_coloured, style, &value)));
        }
        text
    }
}

/// One of the two streams on which people see us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    Out,
    Err,
}

/// JSON as the suite lays it out: indented by four blanks.
fn pretty(value: &Json) -> Vec<u8> {
    let mut bytes = Vec::new();
    let layout = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, layout);
    if serde::Serialize::serialize(value, &mut serializer).is_err() {
        bytes.clear();
    }
    bytes.push(b'\n');
    bytes
}

/// A row of the database as a JSON object.
pub fn record(row: &Row) -> Map<String, Json> {
    row.pairs().map(|(name, value)| (name.to_owned(), value.to_json())).collect()
}

/// The object that the suite prints after a change of one thing: its id as a text, and what was done.
pub fn changed(done: &str, id_key: &str, id: impl std::fmt::Display) -> Json {
    json!({ id_key: id.to_string(), done: true })
}

/// What the suite prints where it tells a status: `status`, `message`, and what else there is to say.
pub fn success(message: &str, more: &Json) -> Json {
    let mut json = json!({"status": "success", "message": message});
    for (key, value) in more.as_object().into_iter().flatten() {
        json[key] = value.clone();
    }
    json
}
