//! The last line of a terminal, which says what goes on and goes away when it is over.
//!
//! Not indicatif's bar: that draws itself over a line which a program has begun and not ended. This one is not there as long as
//! there is such a line, and what the program writes is written to a clean one.

use std::cell::Cell;
use std::time::{Duration, Instant};

use tracing::level_filters::LevelFilter;

use super::signs::Signs;
use super::{Printer, Standard, visible};
use crate::width::shortened_with;

/// What is over sooner needs no line.
const SHOW_AFTER: Duration = Duration::from_millis(500);
/// The line goes away, and what follows begins where it stood.
const CLEAR: &str = "\r\x1b[2K";
/// One after the other, so that it is seen to live.
const SIGNS: [char; 4] = ['|', '/', '-', '\\'];

/// The status line of a terminal, which is drawn again and again until it is taken away.
pub struct StatusLine<'p> {
    printer: &'p Printer,
    begun: Instant,
    drawn: Cell<usize>,
    is_there: Cell<bool>,
    /// A program's line is begun and not ended.
    is_mid_line: Cell<bool>,
}

impl Printer {
    /// Is stderr a terminal that people read, and nothing else is told of what happens inside?
    pub fn shows_progress(&self) -> bool {
        let is_able = std::env::var_os("TERM").is_some_and(|term| !term.is_empty() && term != "dumb");
        let is_wanted = !self.quiet && LevelFilter::current() <= LevelFilter::WARN;
        is_wanted && is_able && self.is_terminal(Standard::Err)
    }

    /// A status line on stderr, where that is a terminal that people read, and nothing else is told of what happens inside.
    pub fn status_line(&self) -> Option<StatusLine<'_>> {
        self.shows_progress().then(|| StatusLine {
            printer: self,
            begun: Instant::now(),
            drawn: Cell::default(),
            is_there: Cell::default(),
            is_mid_line: Cell::default(),
        })
    }
}

impl StatusLine<'_> {
    /// Writes it anew, unless a program's line would be overwritten.
    pub fn draw(&self, words: &str) {
        if self.is_mid_line.get() || self.begun.elapsed() < SHOW_AFTER {
            return;
        }
        let drawn = self.drawn.replace(self.drawn.get().wrapping_add(1));
        let width = terminal_size::terminal_size_of(std::io::stderr()).map_or(80, |(width, _)| usize::from(width.0));
        // A line that is wider would go on in a second one, which stays.
        let words = visible(words, |_| false);
        let words = shortened_with(&words, width.max(20) - 3, Signs::of_locale().ellipsis());
        self.printer.raw_stderr(format!("{CLEAR}{} {words}", SIGNS[drawn % SIGNS.len()]).as_bytes());
        self.is_there.set(true);
    }

    /// Takes it away; call before anything else is written to the terminal.
    pub fn clear(&self) {
        if self.is_there.take() {
            self.printer.raw_stderr(CLEAR.as_bytes());
        }
    }

    /// A program wrote this to the terminal.
    pub fn wrote(&self, bytes: &[u8]) {
        if let Some(last) = bytes.last() {
            self.is_mid_line.set(*last != b'\n');
        }
    }

    /// Begins a new line for a sentence of ours, where a program's is begun and not ended.
    pub fn end_line(&self) {
        self.clear();
        if self.is_mid_line.take() {
            self.printer.raw_stderr(b"\n");
        }
    }
}
