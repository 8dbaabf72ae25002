//! A record in the making: its texts go out piece by piece, so memory stays flat.

use serde_json::{Map, Value as Json, json};

use super::steering::{is_layout, visible};
use super::{Begun, Format, Outcome, Printer, colour, pretty, yaml};
use crate::error::Result;

/// One record of which some texts are longer than memory is meant to hold: they are printed piece by piece.
pub struct Object<'p> {
    printer: &'p Printer,
    /// Something stands before the next key.
    is_begun: bool,
    /// The text that is being printed ended in a line end.
    at_line_start: bool,
    /// A terminal gets the texts as they are.
    is_raw: bool,
    /// The text that is being printed stands behind its key, as the other values do.
    is_value: bool,
}

impl Printer {
    /// Starts a record with these properties; texts may follow.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn object(&self, record: &Map<String, Json>) -> Result<Object<'_>> {
        match self.format {
            Format::Json => {
                let mut head = pretty(&Json::Object(record.clone()));
                // Without the closing brace, and for an empty object `{}` without both.
                head.truncate(head.len() - if record.is_empty() { 2 } else { 3 });
                self.data(&head)?;
            }
            Format::Yaml if record.is_empty() => {}
            Format::Yaml => self.value(&Json::Object(record.clone()))?,
            Format::Text | Format::Csv => self.raw(self.record_text(record, self.colours.stdout).as_bytes())?,
        }
        self.begun.set(Begun::Record { in_text: false });
        Ok(Object { printer: self, is_begun: !record.is_empty(), at_line_start: true, is_raw: false, is_value: false })
    }
}

impl Object<'_> {
    /// Shows the texts as they are on a terminal too, whatever they do to it.
    pub fn raw(mut self, is_raw: bool) -> Self {
        self.is_raw = is_raw;
        self
    }

    /// Begins a text.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn open_text(&mut self, key: &str) -> Result<()> {
        self.open(key, false)
    }

    /// As [`open_text`](Self::open_text), of a property like the others: it stands behind its key.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn open_value(&mut self, key: &str) -> Result<()> {
        self.open(key, true)
    }

    fn open(&mut self, key: &str, is_value: bool) -> Result<()> {
        let head = match self.printer.format {
            Format::Json => format!("{}\n    {}: \"", if self.is_begun { "," } else { "" }, Json::from(key)),
            // What JSON quotes is quoted for YAML too: a text whose end is not known yet cannot be laid out.
            Format::Yaml => format!("{}: \"", Json::from(key)),
            Format::Text | Format::Csv if is_value => {
                format!("{} ", colour::paint(self.printer.colours.stdout, colour::HEADER, &format!("{key}:")))
            }
            Format::Text | Format::Csv => format!("{key}:\n"),
        };
        self.is_value = is_value;
        self.is_begun = true;
        self.at_line_start = true;
        self.printer.begun.set(Begun::Record { in_text: true });
        self.printer.raw(head.as_bytes())
    }

    /// A piece of the text.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn text(&mut self, piece: &str) -> Result<()> {
        self.at_line_start = if piece.is_empty() { self.at_line_start } else { piece.ends_with('\n') };
        match self.printer.format {
            Format::Json | Format::Yaml => self
                .printer
                .raw_while_reading(&self.printer.harmless(self.printer.format.inside_quotes(piece).as_bytes())),
            Format::Text | Format::Csv if self.is_value => {
                self.printer.raw_while_reading(visible(piece, is_layout).as_bytes())
            }
            Format::Text | Format::Csv => self.printer.stream(piece, self.is_raw),
        }
    }

    /// Ends the text: its quotes in JSON and YAML, for people its last line where that is not ended.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn close_text(&mut self) -> Result<()> {
        match self.printer.format {
            Format::Json => self.printer.raw(b"\""),
            Format::Yaml => self.printer.raw(b"\"\n"),
            Format::Text | Format::Csv if self.is_value || !self.at_line_start => self.printer.raw(b"\n"),
            Format::Text | Format::Csv => Ok(()),
        }?;
        self.printer.begun.set(Begun::Record { in_text: false });
        Ok(())
    }

    /// A property behind the texts.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn value(&mut self, key: &str, value: &Json) -> Result<()> {
        let line = match self.printer.format {
            Format::Json => format!(",\n    {}: {value}", Json::from(key)),
            Format::Yaml => yaml::write(&json!({ key: value })),
            Format::Text | Format::Csv => {
                self.printer.record_text(&Map::from_iter([(key.to_owned(), value.clone())]), false)
            }
        };
        self.printer.data(line.as_bytes())
    }

    /// Ends the record, all of which is then written.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn finish(self) -> Result<Outcome> {
        match self.printer.format {
            Format::Json => self.printer.raw(b"\n}\n")?,
            Format::Yaml if !self.is_begun => self.printer.raw(b"{}\n")?,
            Format::Yaml | Format::Text | Format::Csv => {}
        }
        self.printer.begun.take();
        Ok(Outcome::Written)
    }
}
