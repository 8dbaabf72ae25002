//! What commands give back and how it is shown: the only code that writes to stdout.

use std::cell::Cell;
use std::io::{self, IsTerminal as _, Write};

use comfy_table::presets::ASCII_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use serde_json::{Map, Value as Json, json};

use crate::db::{Row, Value};
use crate::error::{Error, Kind, Result};

/// How many rows of a listing for people are laid out together. More would make memory grow with the table.
const PAGE: usize = 500;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    Text,
    Json,
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
    /// As `Written`, and the process exits with this.
    Exit(u8),
}

impl Outcome {
    pub fn message(text: impl Into<String>, json: Json) -> Outcome {
        Outcome::Message { text: text.into(), json }
    }
}

/// Where and how output goes.
pub struct Printer {
    pub format: Format,
    /// No sentences for people; errors and data still come.
    pub quiet: bool,
    /// The terminal's width in columns, where stdout is one.
    width: Option<u16>,
    stdout_closed: Cell<bool>,
}

impl Printer {
    pub fn new(format: Format, quiet: bool) -> Printer {
        let width = io::stdout().is_terminal().then(|| terminal_size::terminal_size().map_or(80, |(w, _)| w.0));
        Printer { format, quiet, width, stdout_closed: Cell::new(false) }
    }

    /// Writes bytes to stdout as they are. A reader that went away ends no command: what it does is worth finishing.
    pub fn raw(&self, bytes: &[u8]) -> Result<()> {
        if self.stdout_closed.get() {
            return Ok(());
        }
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => {
                self.stdout_closed.set(true);
                Ok(())
            }
            Err(cause) => Err(Error::file("cannot write to stdout", cause)),
            Ok(()) => Ok(()),
        }
    }

    /// True once the reader of stdout went away: a listing need not go on.
    pub fn is_closed(&self) -> bool {
        self.stdout_closed.get()
    }

    /// A sentence on stderr: progress, a warning. Never part of the data.
    pub fn note(&self, words: &str) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{words}");
        }
    }

    /// A question on stderr, also when quiet: somebody waits for the answer.
    pub fn ask(&self, question: &str) {
        let mut stderr = io::stderr().lock();
        let _ = write!(stderr, "{question}").and_then(|()| stderr.flush());
    }

    /// Bytes of a job's stderr, as they are.
    pub fn raw_stderr(&self, bytes: &[u8]) {
        let mut stderr = io::stderr().lock();
        let _ = stderr.write_all(bytes).and_then(|()| stderr.flush());
    }

    /// Shows an outcome and tells the exit code.
    pub fn show(&self, outcome: Outcome) -> Result<u8> {
        let json = self.format == Format::Json;
        match outcome {
            Outcome::Message { json: value, .. } if json => self.raw(&pretty(&value))?,
            Outcome::Message { text, .. } if !self.quiet => self.raw(format!("{text}\n").as_bytes())?,
            Outcome::Message { .. } | Outcome::Written => {}
            Outcome::Record(record) if json => self.raw(&pretty(&Json::Object(record)))?,
            Outcome::Record(record) => self.raw(record_text(&record).as_bytes())?,
            Outcome::Report { json: value, .. } if json => self.raw(&pretty(&value))?,
            Outcome::Report { text, .. } => self.raw(format!("{}\n", text.trim_end()).as_bytes())?,
            Outcome::Raw(bytes) => self.raw(&bytes)?,
            Outcome::Exit(code) => return Ok(code),
        }
        Ok(crate::error::exit::DONE)
    }

    /// Shows an error: one JSON object on stdout, or words on stderr.
    pub fn error(&self, error: &Error) {
        if error.kind == Kind::ReaderGone {
        } else if self.format == Format::Json {
            let _ = self.raw(&pretty(&error.to_json()));
        } else {
            let _ = writeln!(io::stderr(), "error: {error}");
        }
    }

    /// Starts a record with these properties; texts may follow.
    pub fn object(&self, record: &Map<String, Json>) -> Result<Object<'_>> {
        match self.format {
            Format::Json => {
                let mut head = pretty(&Json::Object(record.clone()));
                // Without the closing brace, and for an empty object `{}` without both.
                head.truncate(head.len() - if record.is_empty() { 2 } else { 3 });
                self.raw(&head)?;
            }
            Format::Text => self.raw(record_text(record).as_bytes())?,
        }
        Ok(Object { printer: self, is_begun: !record.is_empty(), at_line_start: true })
    }

    /// Starts a listing of these columns.
    pub fn list(&self, columns: Vec<String>) -> List<'_> {
        List { printer: self, columns, buffer: Vec::with_capacity(1 << 16), page: Vec::new(), rows: 0 }
    }
}

/// One record of which some texts are longer than memory is meant to hold: they are printed piece by piece.
pub struct Object<'p> {
    printer: &'p Printer,
    /// Something stands before the next key.
    is_begun: bool,
    /// The text that is being printed ended in a line end.
    at_line_start: bool,
}

impl Object<'_> {
    /// Begins a text.
    pub fn open_text(&mut self, key: &str) -> Result<()> {
        let head = match self.printer.format {
            Format::Json => format!("{}\n    {}: \"", if self.is_begun { "," } else { "" }, Json::from(key)),
            Format::Text => format!("{key}:\n"),
        };
        self.is_begun = true;
        self.at_line_start = true;
        self.printer.raw(head.as_bytes())
    }

    /// A piece of the text.
    pub fn text(&mut self, piece: &str) -> Result<()> {
        self.at_line_start = if piece.is_empty() { self.at_line_start } else { piece.ends_with('\n') };
        match self.printer.format {
            Format::Json => {
                let quoted = Json::from(piece).to_string();
                self.printer.raw(&quoted.as_bytes()[1..quoted.len() - 1])
            }
            Format::Text => self.printer.raw(piece.as_bytes()),
        }
    }

    pub fn close_text(&mut self) -> Result<()> {
        match self.printer.format {
            Format::Json => self.printer.raw(b"\""),
            Format::Text if !self.at_line_start => self.printer.raw(b"\n"),
            Format::Text => Ok(()),
        }
    }

    pub fn finish(self) -> Result<Outcome> {
        if self.printer.format == Format::Json {
            self.printer.raw(b"\n}\n")?;
        }
        Ok(Outcome::Written)
    }
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

/// `key: value` lines; what is itself an object or a list is shown as JSON.
fn record_text(record: &Map<String, Json>) -> String {
    let mut text = String::new();
    for (key, value) in record {
        let value = match value {
            Json::Null => String::new(),
            Json::String(value) => value.clone(),
            Json::Bool(value) => i64::from(*value).to_string(),
            other => other.to_string(),
        };
        text.push_str(&format!("{key}: {value}\n"));
    }
    text
}

/// A listing in the making: JSON goes out row by row, a table page by page, so memory stays flat.
pub struct List<'p> {
    printer: &'p Printer,
    columns: Vec<String>,
    buffer: Vec<u8>,
    page: Vec<Vec<String>>,
    rows: usize,
}

impl List<'_> {
    /// Adds a row whose values stand in the order of the columns.
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        if self.printer.format == Format::Json {
            self.open_row();
            for (i, (column, value)) in self.columns.iter().zip(values).enumerate() {
                self.buffer.extend_from_slice(if i == 0 { b"" } else { b", " });
                write_json(&mut self.buffer, column)?;
                self.buffer.extend_from_slice(b": ");
                match value {
                    Value::Text(text) => write_json(&mut self.buffer, text)?,
                    other => write_json(&mut self.buffer, &other.to_json())?,
                }
            }
            self.close_row()
        } else {
            self.page_row(values.iter().map(|value| one_line(&value.to_text())).collect())
        }
    }

    /// Adds a row made of JSON values, by the names of the columns.
    pub fn json_row(&mut self, record: &Map<String, Json>) -> Result<()> {
        if self.printer.format == Format::Json {
            self.open_row();
            for (i, column) in self.columns.iter().enumerate() {
                self.buffer.extend_from_slice(if i == 0 { b"" } else { b", " });
                write_json(&mut self.buffer, column)?;
                self.buffer.extend_from_slice(b": ");
                write_json(&mut self.buffer, record.get(column).unwrap_or(&Json::Null))?;
            }
            self.close_row()
        } else {
            let cell = |column| match record.get(column) {
                None | Some(Json::Null) => String::new(),
                Some(Json::String(text)) => one_line(text),
                Some(other) => other.to_string(),
            };
            let cells = self.columns.iter().map(cell).collect();
            self.page_row(cells)
        }
    }

    fn open_row(&mut self) {
        self.buffer.extend_from_slice(if self.rows == 0 { b"[\n    {" } else { b",\n    {" });
        self.rows += 1;
    }

    fn close_row(&mut self) -> Result<()> {
        self.buffer.push(b'}');
        // The first row goes out at once: whoever reads sees that something comes.
        if self.rows == 1 || self.buffer.len() > (1 << 16) - 4096 {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<()> {
        self.printer.raw(&self.buffer)?;
        self.buffer.clear();
        if self.printer.is_closed() {
            return Err(Error::new(Kind::ReaderGone, "the reader of stdout went away"));
        }
        Ok(())
    }

    fn page_row(&mut self, cells: Vec<String>) -> Result<()> {
        self.page.push(cells);
        self.rows += 1;
        if self.page.len() >= PAGE { self.flush_page() } else { Ok(()) }
    }

    fn flush_page(&mut self) -> Result<()> {
        let mut table = Table::new();
        // One line a row: no line between them.
        table.load_style(ASCII_FULL_CONDENSED);
        table.set_header(&self.columns);
        match self.printer.width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        table.add_rows(self.page.drain(..));
        self.buffer.extend_from_slice(format!("{table}\n").as_bytes());
        self.flush()
    }

    /// Ends the listing. Nothing found is `[]`, or a sentence on stderr.
    pub fn finish(mut self) -> Result<Outcome> {
        if self.printer.format == Format::Json {
            self.buffer.extend_from_slice(if self.rows == 0 { b"[]\n" } else { b"\n]\n" });
            self.flush()?;
        } else if !self.page.is_empty() {
            self.flush_page()?;
        } else if self.rows == 0 {
            self.printer.note("Nothing found");
        }
        Ok(Outcome::Written)
    }
}

fn write_json(buffer: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(buffer, value).map_err(|cause| Error::new(Kind::Internal, "cannot write JSON").because(cause))
}

/// Control characters made visible, so that one row is one line and no value steers the terminal.
fn one_line(text: &str) -> String {
    if !text.contains(|c: char| c.is_control()) {
        return text.to_owned();
    }
    text.chars().flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] }).collect()
}

/// A row of the database as a JSON object.
pub fn record(row: &Row) -> Map<String, Json> {
    row.pairs().map(|(name, value)| (name.to_owned(), value.to_json())).collect()
}

/// The object that the suite prints after a change of one thing: its id as a text, and what was done.
pub fn changed(done: &str, id_key: &str, id: i64) -> Json {
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
