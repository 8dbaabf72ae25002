//! Secrets that an option is given: in the argv, where everybody on the machine can read them, or from a file, from stdin, or
//! by a question on the terminal.
//!
//! `@FILE` is the content of a file, `-` what comes on stdin, and where that is a terminal what is typed there unseen; `@@…`
//! is a value that begins with one `@`. Only options and keys that are secret read their values so: of others `@name` is a name.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Nobody has a longer secret. A file could have any length, and a pipe none.
const SIZE_LIMIT: u64 = 1 << 20;

/// Does this value name a place where the secret is?
pub fn is_reference(value: &str) -> bool {
    value == "-" || value.starts_with('@')
}

/// Reads secrets from where their options say that they are.
#[derive(Default)]
pub struct Reader {
    /// The option that took what came on stdin.
    taken: Option<String>,
}

impl Reader {
    /// The secret that a value stands for; `what` names the option, and its key where it has one. `is_interactive`: a question
    /// may be asked.
    ///
    /// # Errors
    /// The file cannot be read, or holds no text; stdin was taken already; or there is nobody to ask.
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
            return text(stdin).map_err(|why| why.of(&format!("what came on stdin for {what}")));
        }
        if !is_interactive {
            return Err(Error::usage(format!("{what} is to be asked for, and -n says to ask nothing"))
                .hint("Give it as @FILE, or on stdin"));
        }
        rpassword::prompt_password(format!("{what}: ")).map_err(|cause| {
            Error::file(format!("{what} cannot be asked for"), cause).hint("Give it as @FILE, or on stdin")
        })
    }
}

fn from_file(what: &str, path: &Path) -> Result<String> {
    let shown = path.display();
    let file = File::open(path).map_err(|cause| {
        Error::file(format!("{what}: the file {shown} cannot be read"), cause)
            .hint("A value that begins with @ itself is written with two: @@…")
    })?;
    text(file).map_err(|why| why.of(&format!("the file {shown} for {what}")))
}

/// Why a secret cannot be taken.
enum Unfit {
    Failed(io::Error),
    TooLarge,
    NoText,
}

impl Unfit {
    fn of(self, whole: &str) -> Error {
        match self {
            Unfit::Failed(cause) => Error::file(format!("{whole} cannot be read"), cause),
            Unfit::TooLarge => Error::usage(format!("{whole} is larger than 1 MiB")).hint("Is it the right one?"),
            Unfit::NoText => Error::usage(format!("{whole} is no UTF-8 text, or holds a NUL byte"))
                .hint("Encode it, for instance by base64, if the application decodes it"),
        }
    }
}

/// A text without the line end that editors and `echo` put behind it.
fn text(from: impl Read) -> Result<String, Unfit> {
    let mut bytes = Vec::new();
    from.take(SIZE_LIMIT + 1).read_to_end(&mut bytes).map_err(Unfit::Failed)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(Unfit::TooLarge);
    }
    let mut text = String::from_utf8(bytes).map_err(|_| Unfit::NoText)?;
    if text.contains('\0') {
        return Err(Unfit::NoText);
    }
    if text.ends_with('\n') {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn where_a_value_comes_from() {
        let mut reader = Reader::default();
        let file = tempfile::NamedTempFile::new().unwrap();
        for (content, wanted) in
            [("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("two\nlines\n\n", "two\nlines\n"), ("", "")]
        {
            std::fs::write(file.path(), content).unwrap();
            let value = format!("@{}", file.path().display());
            assert_eq!(reader.read("--x", &value, false).unwrap(), wanted);
        }
        assert_eq!(reader.read("--x", "plain", false).unwrap(), "plain");
        assert_eq!(reader.read("--x", "@@home", false).unwrap(), "@home");
        assert!(reader.read("--x", "@/nowhere", false).unwrap_err().hint.unwrap().contains("@@"));
        for content in [&b"a\0b"[..], b"\xff", &[b'x'; (1 << 20) + 1]] {
            std::fs::write(file.path(), content).unwrap();
            assert!(reader.read("--x", &format!("@{}", file.path().display()), false).is_err());
        }
    }
}
