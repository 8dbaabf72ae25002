//! Colours: only where somebody sees them, and never alone: each coloured word says the same without its colour.

use std::io;

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

/// `--color`. Auto looks at the stream, at `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and at `TERM`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

impl Colour {
    /// Is what goes to stdout to be coloured?
    pub fn on_stdout(self) -> bool {
        self.is_on(|| AutoStream::choice(&io::stdout()))
    }

    /// Is what goes to stderr to be coloured?
    pub fn on_stderr(self) -> bool {
        self.is_on(|| AutoStream::choice(&io::stderr()))
    }

    fn is_on(self, look: impl FnOnce() -> ColorChoice) -> bool {
        match self {
            Colour::Auto => !matches!(look(), ColorChoice::Never),
            Colour::Always => true,
            Colour::Never => false,
        }
    }
}

/// The heads of columns, and titles.
pub const HEADER: Style = Style::new().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The word that a warning begins with.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// The word before what to do about an error.
pub const HINT: Style = AnsiColor::Cyan.on_default();
/// What is beside the point.
pub const ASIDE: Style = Style::new().dimmed();
/// A job's stderr beside its stdout.
pub const STDERR: Style = AnsiColor::Red.on_default();
const GOOD: Style = AnsiColor::Green.on_default();
const BAD: Style = AnsiColor::Red.on_default();
const BUSY: Style = AnsiColor::Cyan.on_default();
const WAITING: Style = AnsiColor::Yellow.on_default();

/// The colour of a state: of a job, a task, or a request.
pub fn of_state(word: &str) -> Style {
    match word.to_ascii_lowercase().as_str() {
        "success" | "fulfilled" | "completed" | "ready" => GOOD,
        "failed" | "missed" | "error" | "not_run" | "lost" | "cancelled" | "time_limit" | "rejected" => BAD,
        "running" => BUSY,
        "pending" | "open" | "approved" | "fulfilled_late" => WAITING,
        _ => Style::new(),
    }
}

/// A text in a style, where `is_on`.
pub fn paint(is_on: bool, style: Style, text: &str) -> String {
    if is_on && !style.is_plain() { format!("{style}{text}{style:#}") } else { text.to_owned() }
}

/// A sentence on stderr with its first word, and what to do next, in their colours.
pub fn sentence(is_on: bool, words: &str) -> String {
    if !is_on {
        return words.to_owned();
    }
    let mut text = words.to_owned();
    for (label, style) in [("error:", ERROR), ("warning:", WARNING), ("multiflexi: warning:", WARNING)] {
        if let Some(rest) = words.strip_prefix(label) {
            text = format!("{}{rest}", paint(true, style, label));
        }
    }
    text.replace("\n  hint:", &format!("\n  {}", paint(true, HINT, "hint:")))
}

/// The lines of a table above the one that is drawn with `=`, which are its header.
pub fn table(is_on: bool, table: String) -> String {
    if !is_on {
        return table;
    }
    let header = table.lines().position(|line| line.starts_with("+=") || line.starts_with("|="));
    let line = |(at, line): (usize, &str)| match header {
        // The first line is a border.
        Some(end) if (1..end).contains(&at) => paint(true, HEADER, line),
        _ => line.to_owned(),
    };
    table.lines().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_around_words_that_stay() {
        assert_eq!(paint(true, of_state("failed"), "failed"), "\u{1b}[31mfailed\u{1b}[0m");
        assert_eq!(paint(true, of_state("nothing"), "nothing"), "nothing");
        assert_eq!(
            sentence(true, "error: a\n  hint: b"),
            "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m a\n  \u{1b}[36mhint:\u{1b}[0m b"
        );
        assert_eq!(sentence(false, "error: a"), "error: a");
        assert_eq!(table(true, "+-\n| a\n+=\n| b\n+-".into()), "+-\n\u{1b}[1m| a\u{1b}[0m\n+=\n| b\n+-");
    }
}
