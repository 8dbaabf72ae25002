//! A page for people on a terminal: facts in two columns, and parts below titles. What others wrote does not steer it.

use anstyle::Style;

use super::{Printer, colour, is_layout, visible};
use crate::error::Result;
use crate::width::{width, wrapped};

/// How wide the column of names is.
const NAMES: usize = 13;
/// How wide the column of a check's names is.
const CHECKS: usize = 15;
/// The narrowest that values are laid out for.
const NARROWEST: usize = 30;

/// A page for people that is being put together; shown as a whole.
pub struct Page<'p> {
    printer: &'p Printer,
    width: usize,
    text: String,
}

impl Printer {
    /// Begins a page, where stdout is a terminal.
    pub fn page(&self) -> Option<Page<'_>> {
        let width = usize::from(self.width?).max(NAMES + NARROWEST);
        Some(Page { printer: self, width, text: String::new() })
    }
}

impl Page<'_> {
    fn paint(&self, style: Style, text: &str) -> String {
        colour::paint(self.printer.colours.stdout, style, text)
    }

    /// The first line: what the page is about.
    pub fn head(&mut self, text: &str) {
        let line = self.paint(colour::HEADER, &one_line(text));
        self.text.push_str(&format!("{line}\n"));
    }

    /// How it stands: a word, and what there is to say of it.
    pub fn state(&mut self, style: Style, word: &str, more: &str) {
        let lines = wrapped(&format!("{word}{}", one_line(more)), self.width);
        for (at, line) in lines.iter().enumerate() {
            let rest = line.strip_prefix(word).filter(|_| at == 0);
            let line = rest.map_or_else(|| line.clone(), |rest| format!("{}{rest}", self.paint(style, word)));
            self.text.push_str(&format!("{line}\n"));
        }
        self.text.push('\n');
    }

    /// A fact; one that says nothing is left out.
    pub fn fact(&mut self, name: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let value = one_line(&self.printer.suggesting(value));
        let name = self.paint(colour::HEADER, &format!("{name:<NAMES$}"));
        let lines = wrapped(&value, self.width - NAMES).join(&format!("\n{:NAMES$}", ""));
        self.text.push_str(&format!("{name}{lines}\n"));
    }

    /// What a check came to: its sign and name, what there is to say of it, and below that what is to be done.
    pub fn check(&mut self, style: Style, sign: &str, name: &str, message: &str, remedy: Option<&str>) {
        let indent = width(sign) + 1 + CHECKS + 1;
        let text = |text: &str| wrapped(&one_line(&self.printer.suggesting(text)), self.width - indent);
        let message = text(message).join(&format!("\n{:indent$}", ""));
        let line = format!("{} {name:<CHECKS$} {message}\n", self.paint(style, sign));
        let remedy: String = remedy
            .into_iter()
            .flat_map(text)
            .map(|line| format!("{:indent$}{}\n", "", self.paint(colour::HINT, &line)))
            .collect();
        self.text.push_str(&line);
        self.text.push_str(&remedy);
    }

    /// Begins a part.
    pub fn part(&mut self, title: &str, more: &str) {
        let title = self.paint(colour::HEADER, title);
        self.text.push_str(&format!("\n{title}{more}\n"));
    }

    /// A line of a part, in as many lines of the terminal as it needs.
    pub fn line(&mut self, text: &str) {
        for line in wrapped(&one_line(&self.printer.suggesting(text)), self.width - 2) {
            self.text.push_str(&format!("  {line}\n"));
        }
    }

    /// A command of ours that may be typed next.
    pub fn command(&mut self, command: &str) {
        let suggested = format!("`{command}`");
        self.text.push_str(&format!("  {}\n", one_line(self.printer.suggesting(&suggested).trim_matches('`'))));
    }

    /// Lines of a job's output, each indented, so that none of them passes for a part of the page; as they are where it `is_raw`.
    pub fn output(&mut self, text: &str, is_raw: bool) {
        if is_raw {
            self.text.extend(text.split_inclusive('\n').map(|line| format!("  {line}")));
            if !text.is_empty() && !text.ends_with('\n') {
                self.text.push('\n');
            }
            return;
        }
        for line in text.lines() {
            // The terminal's own line ends would begin at its edge.
            for shown in broken(&visible(last_state(line), is_layout), self.width - 2) {
                self.text.push_str(&format!("  {shown}\n"));
            }
        }
    }

    /// Prints the page on stdout.
    ///
    /// # Errors
    /// Stdout cannot be written; that its reader went away is no failure.
    pub fn show(self) -> Result<()> {
        self.printer.raw(self.text.as_bytes())
    }
}

/// A value without line ends and what else would steer a terminal.
fn one_line(text: &str) -> String {
    visible(&text.replace(['\n', '\r', '\t'], " "), |_| false)
}

/// What a terminal shows of a line in the end that was begun again by carriage returns, as by a progress bar.
fn last_state(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    line.rsplit('\r').next().unwrap_or(line)
}

/// A line in pieces of at most so many columns.
fn broken(line: &str, columns: usize) -> Vec<&str> {
    const TAB: usize = 8;
    let (mut pieces, mut from, mut taken) = (Vec::new(), 0, 0_usize);
    for (at, c) in line.char_indices() {
        let wide = if c == '\t' { TAB } else { width(c.encode_utf8(&mut [0; 4])) };
        if taken > 0 && taken + wide > columns {
            pieces.push(&line[from..at]);
            (from, taken) = (at, 0);
        }
        taken += wide;
    }
    pieces.push(&line[from..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_steers_the_terminal() {
        assert_eq!(one_line("a\nb\u{1b}[2J"), "a b\\u{1b}[2J");
    }

    #[test]
    fn a_line_of_output_stays_one() {
        for (line, state) in [("\rnext\r", "next"), ("10%\r100%", "100%"), ("done\r\r", "done"), ("\r", ""), ("", "")] {
            assert_eq!(last_state(line), state);
        }
        assert_eq!(broken("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(broken("日本語", 5), ["日本", "語"]);
        assert_eq!(broken("a\tb", 8), ["a", "\t", "b"]);
        assert_eq!(broken("", 4), [""]);
    }
}
