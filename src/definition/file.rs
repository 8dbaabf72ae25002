//! Reading a definition's file: every way in which that fails has its own words.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Kind, Result};
use crate::limited_file;

/// In place of a path: what comes on stdin.
const STDIN: &str = "-";

/// Reads a definition. A byte order mark at the beginning is passed over.
///
/// # Errors
/// The file is not there, not readable, a directory, too large, not UTF-8, or not JSON.
pub fn read(path: impl AsRef<Path>) -> Result<Value> {
    let path = path.as_ref();
    let bytes = read_bytes(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|cause| not_utf8(path, &bytes, cause))?;
    let json = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(json).map_err(|cause| not_json(path, json, &cause))
}

/// Reads the definition that a row of the database names: a regular file, for a row could name a pipe that never ends.
///
/// None where it is not there, may not be read, or is no definition: it lay on the machine on which it was imported.
///
/// # Errors
/// It is something else than a file, or too large.
pub fn read_stored(path: &Path) -> Result<Option<Value>> {
    // Without waiting for whoever writes into a pipe.
    let opened = OpenOptions::new().read(true).custom_flags(nix::libc::O_NONBLOCK | nix::libc::O_CLOEXEC).open(path);
    let Ok(file) = opened else { return Ok(None) };
    let metadata = file.metadata().map_err(|cause| cannot_read(path, cause))?;
    if !metadata.is_file() {
        return Err(Error::new(Kind::File, format!("{} is no regular file", path.display()))
            .hint("Import the application's definition again, from its file"));
    }
    let bytes = limited(file, path)?;
    let json = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    Ok(serde_json::from_slice(json).ok())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    if path.as_os_str().is_empty() {
        return Err(Error::usage("no definition file is named").hint("give its path: --file=PATH"));
    }
    if path.as_os_str() == STDIN {
        return limited(io::stdin().lock(), path);
    }
    let file = File::open(path).map_err(|cause| cannot_read(path, cause))?;
    let metadata = file.metadata().map_err(|cause| cannot_read(path, cause))?;
    if metadata.is_dir() {
        return Err(Error::new(Kind::File, format!("{shown} is a directory, not a definition file"))
            .hint("name the file in it: --file=PATH"));
    }
    limited(file, path)
}

fn limited(file: impl io::Read, path: &Path) -> Result<Vec<u8>> {
    limited_file::read_from(file).map_err(|cause| match cause.kind() {
        io::ErrorKind::FileTooLarge => {
            Error::new(Kind::File, format!("{} is larger than 16 MiB, the limit for a definition", path.display()))
                .hint("check that this is the right file")
        }
        _ => cannot_read(path, cause),
    })
}

fn cannot_read(path: &Path, cause: io::Error) -> Error {
    let shown = path.display();
    let (message, hint) = match cause.kind() {
        io::ErrorKind::NotFound => (format!("there is no file {shown}"), "check the path given with --file"),
        io::ErrorKind::PermissionDenied => {
            (format!("{shown} may not be read by this user"), "let this user read the file and the folders above it")
        }
        io::ErrorKind::NotADirectory => (
            format!("there is no file {shown}: a part of its path is not a folder"),
            "check the path given with --file",
        ),
        _ => (format!("{shown} cannot be read"), "check the path given with --file and the disk it is on"),
    };
    Error::file(message, cause).hint(hint)
}

fn not_utf8(path: &Path, bytes: &[u8], cause: std::str::Utf8Error) -> Error {
    let good = &bytes[..cause.valid_up_to()];
    let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
    Error::new(Kind::Refused, format!("{} is not UTF-8: line {line}, byte {}", path.display(), good.len()))
        .because(cause)
        .hint("save the file as UTF-8, for instance: iconv -f WINDOWS-1250 -t UTF-8")
}

fn not_json(path: &Path, json: &str, cause: &serde_json::Error) -> Error {
    let shown = path.display();
    if json.trim().is_empty() {
        return Error::refused(format!("{shown} is empty")).hint("a definition is one JSON object");
    }
    // serde_json ends its text with the place, which the message already names.
    let text = cause.to_string();
    let why = text.split(" at line ").next().unwrap_or(&text);
    let (line, column) = place(json, cause);
    Error::refused(format!("{shown} is not JSON: line {line}, column {column}: {why}"))
        .detail("violations", vec![format!("line {line}, column {column}: {why}")])
        .hint(match cause.classify() {
            serde_json::error::Category::Eof => "the file ends too early: was it cut off?",
            _ if why.starts_with("trailing comma") => "take away the comma before the closing bracket",
            _ if why.starts_with("control character") => "a text is not closed by a quotation mark on its line",
            _ => "mend the file at that place",
        })
}

/// Line and column of a syntax error, from 1. A line end within a text is told of the line that it ends.
fn place(json: &str, cause: &serde_json::Error) -> (usize, usize) {
    let before = cause.line().saturating_sub(2);
    match json.lines().nth(before) {
        Some(line) if cause.column() == 0 && cause.line() > 1 => (before + 1, line.chars().count() + 1),
        _ => (cause.line(), cause.column()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(bytes: &[u8]) -> Result<Value> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        read(file.path())
    }

    #[test]
    fn json_with_and_without_a_byte_order_mark() {
        assert_eq!(from(b"{\"a\": 1}").unwrap()["a"], 1);
        assert_eq!(from("\u{feff}{\"a\": 1}\n".as_bytes()).unwrap()["a"], 1);
    }

    #[test]
    fn each_failure_has_its_own_words() {
        let dir = tempfile::tempdir().unwrap();
        let line = |result: Result<Value>| {
            let error = result.unwrap_err();
            assert!(error.hint.is_some(), "{error}");
            error.line()
        };
        assert!(line(read(dir.path().join("none.json"))).starts_with("there is no file "));
        assert!(line(read(dir.path())).ends_with("is a directory, not a definition file"));
        assert!(line(read("")).contains("no definition file is named"));
        assert!(line(from(b"")).ends_with("is empty"));
        assert!(line(from(b"{\n  \"a\": [1,]\n}")).ends_with("is not JSON: line 2, column 11: trailing comma"));
        assert!(line(from(b"{\"a\": ")).contains("is not JSON: line 1, column 6: EOF while parsing a value"));
        assert!(line(from(b"{\n\"a\": \"b\n}")).contains("line 2, column 8: control character"));
        assert!(line(from(b"{\n\"a\": \"\xe8\"}")).contains("is not UTF-8: line 2, byte 8"));
        assert!(line(from(&vec![b' '; 16 * 1024 * 1024 + 1])).contains("is larger than 16 MiB"));
    }
}
