//! Secrets that an option is given: in the argv, where everybody on the machine can read them, or from a file, from stdin, or
//! by a question on the terminal.
//!
//! `@FILE` is the content of a file, `-` what comes on stdin, and where that is a terminal what is typed there unseen; `@@…`
//! is a value that begins with one `@`. Only options and keys that are secret read their values so: of others `@name` is a name.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::Path;
use std::time::Duration;

use nix::libc::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use nix::sys::signal::{Signal, killpg};
use nix::sys::termios::{LocalFlags, SetArg, SpecialCharacterIndices, Termios, tcgetattr, tcsetattr};
use nix::unistd::getpgrp;
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level::emulate_default_handler;

use crate::error::{Error, Result};
use crate::proc;

/// Nobody has a longer secret. A file could have any length, and a pipe none.
const SIZE_LIMIT: u64 = 1 << 20;

/// Does this value name a place where the secret is?
pub fn is_reference(value: &str) -> bool {
    value == "-" || value.starts_with('@')
}

/// Reads secrets from where their options say that they are.
#[derive(Default)]
pub struct SecretReader {
    /// The option that took what came on stdin.
    taken: Option<String>,
}

impl SecretReader {
    /// The secret that a value stands for; `what` names the option, and its key where it has one.
    ///
    /// `is_interactive`: a question may be asked.
    ///
    /// # Errors
    /// The file cannot be read, or holds no text or nothing; stdin was taken already, or has not one line; or there is nobody to ask.
    pub fn read(&mut self, what: &str, value: &str, is_interactive: bool) -> Result<String> {
        if value == "-" {
            return self.stdin(what, is_interactive);
        }
        match value.strip_prefix('@') {
            Some(literal) if literal.starts_with('@') => Ok(literal.to_owned()),
            Some(file) => from_file(what, Path::new(file)),
            None => Ok(value.to_owned()),
        }
    }

    fn stdin(&mut self, what: &str, is_interactive: bool) -> Result<String> {
        if !io::stdin().is_terminal() {
            if let Some(other) = self.taken.replace(what.to_owned()) {
                return Err(Error::usage(format!("stdin can be taken once: by {other} or by {what}"))
                    .hint("Give the other one as @FILE"));
            }
            let stdin = io::stdin().lock();
            return text(stdin)
                .and_then(one_line)
                .map_err(|why| why.into_error(&format!("what came on stdin for {what}")));
        }
        if !is_interactive {
            return Err(Error::usage(format!("{what} is to be asked for, and -n says to ask nothing"))
                .hint("Give it as @FILE, or on stdin"));
        }
        let typed = ask_hidden(&format!("{what}: ")).map_err(|cause| {
            Error::file(format!("{what} cannot be asked for"), cause).hint("Give it as @FILE, or on stdin")
        })?;
        if typed.is_empty() { Err(Unfit::Empty.into_error(&format!("what was typed for {what}"))) } else { Ok(typed) }
    }
}

fn from_file(what: &str, path: &Path) -> Result<String> {
    let shown = path.display();
    let file = File::open(path).map_err(|cause| {
        Error::file(format!("{what}: the file {shown} cannot be read"), cause)
            .hint("A value that begins with @ itself is written with two: @@…")
    })?;
    text(file).map_err(|why| why.into_error(&format!("the file {shown} for {what}")))
}

/// Asks on the terminal. What is typed is hidden before the question is seen: a program that answers is as quick as that.
fn ask_hidden(question: &str) -> io::Result<String> {
    let terminal = File::options().read(true).write(true).open("/dev/tty")?;
    loop {
        let hidden = Hidden::begin(&terminal)?;
        (&terminal).write_all(question.as_bytes())?;
        let line = hidden.line()?;
        let Some(signal) = hidden.signal(&line) else {
            drop(hidden);
            let line = String::from_utf8(line).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
            return Ok(without_line_end(line));
        };
        hidden.show();
        (&terminal).write_all(b"\n")?;
        // As the terminal would: all its foreground processes get it, a script that called us too.
        killpg(getpgrp(), signal)?;
        if signal != Signal::SIGTSTP {
            // What sees to signals from elsewhere ends us.
            std::thread::sleep(ENDING);
            return Err(io::ErrorKind::Interrupted.into());
        }
    }
}

/// A terminal keeps no longer line.
const LONGEST_LINE: usize = 4096;

/// How long a signal may take to end us.
const ENDING: Duration = Duration::from_secs(1);

/// The keys that send signals, and the signals.
const KEYS: [(SpecialCharacterIndices, Signal); 3] = [
    (SpecialCharacterIndices::VINTR, Signal::SIGINT),
    (SpecialCharacterIndices::VSUSP, Signal::SIGTSTP),
    (SpecialCharacterIndices::VQUIT, Signal::SIGQUIT),
];

/// A terminal that does not show what is typed, for as long as this is there.
///
/// Its keys for signals send none: they would end us before it shows again what is typed. They end the line instead.
struct Hidden<'t> {
    terminal: &'t File,
    before: Termios,
    /// Sees to signals that come from elsewhere, where the system lets us listen to them.
    watch: Option<Handle>,
}

/// The signals that end us, and would leave the terminal as it is: nothing else is done while a question waits.
fn ending_signals() -> impl Iterator<Item = i32> {
    [SIGINT, SIGTERM, SIGQUIT, SIGHUP].into_iter().filter(|signal| !proc::ignores(*signal))
}

/// Until its handle is closed, a signal that ends us has the terminal shown again first what is typed.
fn watch(terminal: &File, before: &Termios) -> io::Result<Handle> {
    let (terminal, before) = (terminal.try_clone()?, before.clone());
    let mut signals = Signals::new(ending_signals())?;
    let handle = signals.handle();
    std::thread::spawn(move || {
        if let Some(signal) = signals.forever().next() {
            let _ = tcsetattr(&terminal, SetArg::TCSANOW, &before);
            let _ = emulate_default_handler(signal);
        }
    });
    Ok(handle)
}

impl Hidden<'_> {
    fn begin(terminal: &File) -> io::Result<Hidden<'_>> {
        let before = tcgetattr(terminal)?;
        // Before anything is hidden.
        let watch = watch(terminal, &before).ok();
        let mut hidden = before.clone();
        hidden.local_flags.remove(LocalFlags::ECHO);
        // The end of the line is seen.
        hidden.local_flags.insert(LocalFlags::ECHONL);
        hidden.local_flags.remove(LocalFlags::ISIG);
        for (end, (key, _)) in [SpecialCharacterIndices::VEOL, SpecialCharacterIndices::VEOL2].into_iter().zip(KEYS) {
            hidden.control_chars[end as usize] = before.control_chars[key as usize];
        }
        let hiding = Hidden { terminal, before, watch };
        tcsetattr(terminal, SetArg::TCSANOW, &hidden)?;
        Ok(hiding)
    }

    /// Has the terminal show again what is typed.
    fn show(&self) {
        let _ = tcsetattr(self.terminal, SetArg::TCSANOW, &self.before);
    }

    /// What is typed up to the end of the line, or to a key that ends it.
    fn line(&self) -> io::Result<Vec<u8>> {
        let mut line = vec![0; LONGEST_LINE];
        let length = self.terminal.take(LONGEST_LINE as u64).read(&mut line)?;
        line.truncate(length);
        Ok(line)
    }

    /// The signal of a key in what was typed.
    fn signal(&self, line: &[u8]) -> Option<Signal> {
        let is_typed = |index: SpecialCharacterIndices| {
            let key = self.before.control_chars[index as usize];
            key != 0 && line.contains(&key)
        };
        let sends = self.before.local_flags.contains(LocalFlags::ISIG);
        KEYS.into_iter().find(|(key, _)| sends && is_typed(*key)).map(|(_, signal)| signal)
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        self.show();
        if let Some(watch) = self.watch.take() {
            watch.close();
        }
    }
}

/// Why a secret cannot be taken.
enum Unfit {
    Failed(io::Error),
    TooLarge,
    NoText,
    Empty,
    ManyLines,
}

impl Unfit {
    fn into_error(self, whole: &str) -> Error {
        match self {
            Unfit::Failed(cause) => Error::file(format!("{whole} cannot be read"), cause),
            Unfit::TooLarge => Error::usage(format!("{whole} is larger than 1 MiB")).hint("Is it the right one?"),
            Unfit::NoText => Error::usage(format!("{whole} is no UTF-8 text, or holds a NUL byte"))
                .hint("Encode it, for instance by base64, if the application decodes it"),
            Unfit::Empty => Error::usage(format!("{whole} is empty"))
                .hint("Check what is to give it; an empty value of a KEY is given as KEY= with nothing behind it"),
            Unfit::ManyLines => Error::usage(format!("{whole} has more than one line"))
                .hint("A value of several lines is given as @FILE"),
        }
    }
}

/// A text of one line.
fn one_line(text: String) -> Result<String, Unfit> {
    if text.contains('\n') { Err(Unfit::ManyLines) } else { Ok(text) }
}

/// Without the line end that editors and `echo` put behind a text.
fn without_line_end(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

/// A text that says something, without its line end.
fn text(from: impl Read) -> Result<String, Unfit> {
    let mut bytes = Vec::new();
    from.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(Unfit::Failed)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Unfit::TooLarge);
    }
    let text = String::from_utf8(bytes).map_err(|_| Unfit::NoText)?;
    if text.contains('\0') {
        return Err(Unfit::NoText);
    }
    let text = without_line_end(text);
    if text.is_empty() { Err(Unfit::Empty) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_value_comes_from() {
        let mut reader = SecretReader::default();
        let file = tempfile::NamedTempFile::new().unwrap();
        for (content, wanted) in
            [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("two\nlines\n\n", "two\nlines\n"), (" ", " ")]
        {
            std::fs::write(file.path(), content).unwrap();
            let value = format!("@{}", file.path().display());
            assert_eq!(reader.read("--x", &value, false).unwrap(), wanted);
        }
        assert_eq!(reader.read("--x", "plain", false).unwrap(), "plain");
        assert_eq!(reader.read("--x", "@@home", false).unwrap(), "@home");
        assert!(reader.read("--x", "@/nowhere", false).unwrap_err().hint.unwrap().contains("@@"));
        for content in [&b"a\0b"[..], b"\xff", b"", b"\n", &[b'x'; (1 << 20) + 1]] {
            std::fs::write(file.path(), content).unwrap();
            assert!(reader.read("--x", &format!("@{}", file.path().display()), false).is_err());
        }
    }
}
