//! A listing in the making: JSON and CSV go out row by row, a table page by page, so memory stays flat.

use std::borrow::Cow;

use comfy_table::presets::ASCII_FULL_CONDENSED;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width};
use serde_json::{Map, Value as Json};

use super::signs::Signs;
use super::steering::{steers, visible};
use super::{Begun, Format, Outcome, Printer, colour, yaml};
use crate::error::{Error, Kind, Result};
use crate::row::Value;
use crate::width::shortened_with;

/// How many rows of a listing for people are laid out together. More would make memory grow with the table.
const PAGE: usize = 500;

/// How much of a value a terminal gets: a command of a Kubernetes job would fill the screen.
const SHOWN: usize = 120;

/// The buffer goes out once it holds so much.
const FULL: usize = (1 << 16) - 4096;

/// A listing that is being printed, row by row, in any format.
pub struct List<'p> {
    printer: &'p Printer,
    columns: Vec<String>,
    /// What stands before each value of a row in JSON.
    keys: Vec<String>,
    buffer: Vec<u8>,
    page: Vec<Vec<String>>,
    rows: usize,
    /// A cell is begun that comes piece by piece; how many bytes of it came.
    in_text: Option<usize>,
    ellipsis: char,
}

impl Printer {
    /// Starts a listing of these columns.
    pub fn list(&self, columns: Vec<String>) -> List<'_> {
        let key = |(i, column): (usize, &String)| {
            format!("{}{}: ", if i == 0 { "" } else { ", " }, Json::from(column.as_str()))
        };
        let keys = columns.iter().enumerate().map(key).collect();
        let ellipsis = Signs::of_locale().ellipsis();
        let (buffer, page) = (Vec::with_capacity(1 << 16), Vec::new());
        let mut list = List { printer: self, columns, keys, buffer, page, rows: 0, in_text: None, ellipsis };
        if self.format == Format::Csv {
            for (i, column) in list.columns.iter().enumerate() {
                list.buffer.extend_from_slice(if i == 0 { b"" } else { b"," });
                write_csv(&mut list.buffer, column);
            }
            list.buffer.push(b'\n');
        }
        list
    }
}

/// A value of a row.
#[derive(Clone, Copy)]
enum ListCell<'v> {
    Value(&'v Value),
    Json(&'v Json),
    /// JSON that is written already.
    Raw(&'v [u8]),
}

impl ListCell<'_> {
    fn write_json(self, buffer: &mut Vec<u8>) -> Result<()> {
        match self {
            ListCell::Value(Value::Text(text)) => write_json(buffer, text),
            ListCell::Value(Value::Int(number)) => write_json(buffer, number),
            ListCell::Value(Value::Null) => {
                buffer.extend_from_slice(b"null");
                Ok(())
            }
            ListCell::Value(other) => write_json(buffer, &other.to_json()),
            ListCell::Json(value) => write_json(buffer, value),
            ListCell::Raw(json) => {
                buffer.extend_from_slice(json);
                Ok(())
            }
        }
    }

    fn into_json(self) -> Json {
        match self {
            ListCell::Value(value) => value.to_json(),
            ListCell::Json(value) => value.clone(),
            ListCell::Raw(json) => serde_json::from_slice(json).unwrap_or_default(),
        }
    }

    /// Only texts can be formulas; a number below zero cannot.
    fn write_csv(self, buffer: &mut Vec<u8>, escapes_formulas: bool) {
        match self {
            ListCell::Value(Value::Null) => {}
            ListCell::Value(Value::Text(text)) | ListCell::Json(Json::String(text)) => {
                let text = if escapes_formulas { without_formula(text) } else { text.into() };
                write_csv(buffer, &text);
            }
            other => write_csv(buffer, &other.text()),
        }
    }

    fn text(self) -> String {
        match self {
            ListCell::Value(value) => value.to_text(),
            ListCell::Json(Json::Null) => String::new(),
            ListCell::Json(Json::String(text)) => text.clone(),
            ListCell::Json(other) => other.to_string(),
            ListCell::Raw(json) => String::from_utf8_lossy(json).into_owned(),
        }
    }
}

impl List<'_> {
    /// Adds a row whose values stand in the order of the columns.
    ///
    /// # Errors
    /// What has piled up goes out with this row, and stdout cannot be written, or its reader went away ([`Kind::ReaderGone`]).
    pub fn row(&mut self, values: &[Value]) -> Result<()> {
        self.add(values.iter().map(ListCell::Value))
    }

    /// As [`List::row`], with this JSON in the place `at`.
    ///
    /// # Errors
    /// Same as [`List::row`].
    pub fn row_with(&mut self, values: &[Value], at: usize, json: &[u8]) -> Result<()> {
        let cell = |(i, stored)| if i == at { ListCell::Raw(json) } else { ListCell::Value(stored) };
        self.add(values.iter().enumerate().map(cell))
    }

    /// Adds a row made of JSON values, by the names of the columns.
    ///
    /// # Errors
    /// Same as [`List::row`].
    pub fn json_row(&mut self, record: &Map<String, Json>) -> Result<()> {
        let cells: Vec<ListCell<'_>> =
            self.columns.iter().map(|column| ListCell::Json(record.get(column).unwrap_or(&Json::Null))).collect();
        self.add(cells.into_iter())
    }

    fn add<'v>(&mut self, cells: impl Iterator<Item = ListCell<'v>>) -> Result<()> {
        if self.printer.format == Format::Text {
            let (is_terminal, ellipsis) = (self.printer.width.is_some(), self.ellipsis);
            let text = |cell: ListCell<'v>| match cell.text() {
                text if is_terminal => shortened_with(&text, SHOWN, ellipsis).into_owned(),
                text => text,
            };
            self.rows += 1;
            self.page.push(cells.map(|cell| one_line(text(cell))).collect());
            return if self.page.len() >= PAGE { self.flush_page() } else { Ok(()) };
        }
        self.open_row();
        self.cells(0, cells)?;
        self.close_row();
        // The first row goes out at once: the reader sees that something comes.
        if self.rows == 1 || self.buffer.len() > FULL { self.flush() } else { Ok(()) }
    }

    /// Begins a row of data, behind what parts it from the one before.
    fn open_row(&mut self) {
        self.rows += 1;
        if self.printer.format == Format::Json {
            self.buffer.extend_from_slice(if self.rows == 1 { b"[\n    {" } else { b",\n    {" });
        }
    }

    /// Writes a row's cells, of which the first stands in the column `at`.
    fn cells<'v>(&mut self, at: usize, cells: impl Iterator<Item = ListCell<'v>>) -> Result<()> {
        match self.printer.format {
            Format::Json => {
                for (key, cell) in self.keys[at..].iter().zip(cells) {
                    self.buffer.extend_from_slice(key.as_bytes());
                    cell.write_json(&mut self.buffer)?;
                }
            }
            Format::Yaml => {
                let names = self.columns[at..].iter().cloned();
                self.buffer.extend_from_slice(yaml::row(at, names.zip(cells.map(ListCell::into_json))).as_bytes());
            }
            Format::Csv | Format::Text => {
                for (i, cell) in cells.enumerate() {
                    self.buffer.extend_from_slice(if at == 0 && i == 0 { b"" } else { b"," });
                    cell.write_csv(&mut self.buffer, self.printer.escapes_formulas);
                }
            }
        }
        Ok(())
    }

    fn close_row(&mut self) {
        match self.printer.format {
            Format::Json => self.buffer.push(b'}'),
            Format::Yaml => {}
            Format::Csv | Format::Text => self.buffer.push(b'\n'),
        }
    }

    /// Begins a row of data, of which a text comes piece by piece behind these values. A table has no such rows: it is laid out.
    ///
    /// # Errors
    /// As of [`List::row`].
    pub fn begin_row(&mut self, before: &[Value]) -> Result<()> {
        let at = before.len();
        self.open_row();
        self.cells(0, before.iter().map(ListCell::Value))?;
        match self.printer.format {
            Format::Json => self.buffer.extend_from_slice(self.keys[at].as_bytes()),
            Format::Yaml => self.buffer.extend_from_slice(yaml::key(at, &self.columns[at]).as_bytes()),
            Format::Csv | Format::Text => self.buffer.extend_from_slice(if at == 0 { b"" } else { b"," }),
        }
        self.buffer.push(b'"');
        self.in_text = Some(0);
        self.flush()
    }

    /// A piece of that text.
    ///
    /// # Errors
    /// As of [`List::row`].
    pub fn piece(&mut self, piece: &str) -> Result<()> {
        let is_first = self.in_text.replace(self.in_text.unwrap_or_default().saturating_add(piece.len())) == Some(0);
        match self.printer.format {
            Format::Json | Format::Yaml => {
                self.buffer.extend_from_slice(self.printer.format.inside_quotes(piece).as_bytes());
            }
            Format::Csv | Format::Text => {
                let is_formula = is_first && self.printer.escapes_formulas;
                let piece = if is_formula { without_formula(piece) } else { piece.into() };
                self.buffer.extend_from_slice(piece.replace('"', "\"\"").as_bytes());
            }
        }
        if self.buffer.len() > FULL { self.flush() } else { Ok(()) }
    }

    /// Ends that text and, with these values behind it, the row.
    ///
    /// # Errors
    /// As of [`List::row`].
    pub fn end_row(&mut self, after: &[Value]) -> Result<()> {
        let at = self.columns.len().saturating_sub(after.len());
        self.buffer.extend_from_slice(if self.printer.format == Format::Yaml { b"\"\n" } else { b"\"" });
        self.in_text = None;
        self.cells(at, after.iter().map(ListCell::Value))?;
        self.close_row();
        self.flush()
    }

    fn flush(&mut self) -> Result<()> {
        match self.printer.format {
            // Each cell is one line without what steers; the colours of the header may.
            Format::Text => self.printer.raw_while_reading(&self.buffer)?,
            Format::Json | Format::Yaml | Format::Csv => {
                self.printer.raw_while_reading(&self.printer.harmless(&self.buffer))?;
            }
        }
        self.buffer.clear();
        if self.rows > 0 {
            self.printer.begun.set(Begun::List { in_text: self.in_text.is_some() });
        }
        if self.printer.is_closed() {
            return Err(Error::new(Kind::ReaderGone, "the reader of stdout went away"));
        }
        Ok(())
    }

    fn flush_page(&mut self) -> Result<()> {
        let layout = self.printer.width.map(|width| self.layout(width.into()));
        if let Some(None) = layout {
            return self.flush_records();
        }
        let mut table = Table::new();
        // One line a row: no line between them.
        table.load_style(ASCII_FULL_CONDENSED);
        match self.printer.width {
            Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
            None => table.set_content_arrangement(ContentArrangement::Disabled),
        };
        let layout = layout.flatten();
        let heading = |(at, name): (usize, &String)| match layout.as_ref().and_then(|(widths, _)| widths.get(at)) {
            Some(width) => broken(name, (*width).into()),
            None => name.clone(),
        };
        table.set_header(self.columns.iter().enumerate().map(heading));
        if let Some((widths, padding)) = layout {
            for (column, width) in table.column_iter_mut().zip(widths) {
                column.set_padding((padding.div_ceil(2), padding / 2));
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width.saturating_add(padding))));
            }
        }
        table.add_rows(self.page.drain(..));
        let table = colour::table(self.printer.colours.stdout, table.to_string());
        self.buffer.extend_from_slice(format!("{table}\n").as_bytes());
        self.flush()
    }

    /// A page that is too wide for the terminal as a table: each row as `get` prints it, an empty line behind it.
    fn flush_records(&mut self) -> Result<()> {
        for row in self.page.drain(..) {
            for (column, cell) in self.columns.iter().zip(row) {
                self.buffer.extend_from_slice(format!("{column}: {cell}\n").as_bytes());
            }
            self.buffer.push(b'\n');
        }
        self.flush()
    }

    /// The least width of each column, and the padding of all, with which the page fits a terminal and its words stay whole.
    ///
    /// Where it is narrow, first the headers are broken at their `_`, then the padding goes; None where even that is too wide.
    fn layout(&self, terminal: usize) -> Option<(Vec<u16>, u16)> {
        // A UUID stays whole; a longer word is a path, which may be broken.
        const WORD: usize = 36;
        let longest = |words: &mut dyn Iterator<Item = &str>| words.map(|word| word.chars().count()).max().unwrap_or(0);
        let contents: Vec<usize> = (0..self.columns.len())
            .map(|at| longest(&mut self.page.iter().filter_map(|row| row.get(at)).flat_map(|cell| cell.split(' '))))
            .collect();
        [(true, 2), (false, 2), (false, 1), (false, 0)].into_iter().find_map(|(is_whole, padding)| {
            let width = |(name, content): (&String, &usize)| {
                let heading = if is_whole { name.chars().count() } else { longest(&mut name.split_inclusive('_')) };
                heading.max((*content).min(WORD))
            };
            let widths: Vec<usize> = self.columns.iter().zip(&contents).map(width).collect();
            // A border stands before each column, and one at the end.
            let whole = widths.iter().map(|width| width + usize::from(padding) + 1).sum::<usize>() + 1;
            let narrow = || widths.iter().map(|width| u16::try_from(*width).unwrap_or(u16::MAX)).collect();
            (whole <= terminal).then(|| (narrow(), padding))
        })
    }

    /// Ends the listing. Nothing found is `[]`, a header alone, or a sentence on stderr.
    ///
    /// # Errors
    /// Stdout cannot be written, or its reader went away ([`Kind::ReaderGone`]).
    pub fn finish(mut self) -> Result<Outcome> {
        match self.printer.format {
            Format::Json => {
                self.buffer.extend_from_slice(if self.rows == 0 { b"[]\n" } else { b"\n]\n" });
                self.flush()?;
            }
            Format::Yaml => {
                if self.rows == 0 {
                    self.buffer.extend_from_slice(b"[]\n");
                }
                self.flush()?;
            }
            Format::Csv => self.flush()?,
            Format::Text if !self.page.is_empty() => self.flush_page()?,
            Format::Text if self.rows == 0 => self.printer.note("Nothing found"),
            Format::Text => {}
        }
        self.printer.begun.take();
        Ok(Outcome::Written)
    }
}

/// A heading in lines of this width, broken behind its `_`.
fn broken(name: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for part in name.split_inclusive('_') {
        match lines.last_mut() {
            Some(line) if line.is_empty() || line.len() + part.len() <= width => line.push_str(part),
            _ => lines.push(part.to_owned()),
        }
    }
    lines.join("\n")
}

/// Appends a value as JSON.
///
/// # Errors
/// The value has no form in JSON, which is a fault of this program.
pub fn write_json(buffer: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(buffer, value).map_err(|cause| Error::new(Kind::Internal, "cannot write JSON").because(cause))
}

/// An apostrophe makes a text of what a spreadsheet would compute.
fn without_formula(field: &str) -> Cow<'_, str> {
    if field.starts_with(begins_formula) { format!("'{field}").into() } else { field.into() }
}

/// Appends a field of RFC 4180: what holds a comma, a quote or a line end stands in quotes.
fn write_csv(buffer: &mut Vec<u8>, field: &str) {
    if field.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        buffer.extend_from_slice(format!("\"{}\"", field.replace('"', "\"\"")).as_bytes());
    } else {
        buffer.extend_from_slice(field.as_bytes());
    }
}

/// The characters that OWASP names (CSV injection), those of full width too, as some spreadsheets take them for the others.
fn begins_formula(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠')
}

/// Steering characters made visible, so that one row is one line and no value steers the terminal.
fn one_line(text: String) -> String {
    if text.contains(steers) { visible(&text, |_| false) } else { text }
}
