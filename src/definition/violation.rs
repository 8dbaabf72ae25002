//! One thing that is wrong with a definition, in plain words.

use std::fmt;

use serde_json::Value;

use crate::secret::without_url_password;

/// One thing that is wrong with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: `environment.FOO.type`, `fields[0].name`; empty for the whole definition.
    pub path: String,
    /// What, as the rest of a sentence that begins with the path.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A name in the file may have anything in it.
        let path: String = self.path.chars().flat_map(printable).collect();
        let path = if path.is_empty() { "the definition" } else { &path };
        write!(f, "{path}: {}", self.message)
    }
}

fn printable(c: char) -> impl Iterator<Item = char> {
    let escaped = c.is_control().then(|| c.escape_default());
    escaped.clone().into_iter().flatten().chain(escaped.is_none().then_some(c))
}

/// What is wrong at this path of a definition: `message` is the rest of a sentence that begins with the path.
pub fn violation(path: impl Into<String>, message: impl Into<String>) -> Violation {
    Violation { path: path.into(), message: message.into() }
}

/// The path of a member of the object at `path`, as `environment.FOO`; an empty path is the whole definition.
pub fn member(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A value as a message shows it: short, on one line.
pub fn shown(value: &Value) -> String {
    const WIDTH: usize = 60;
    let text = match value {
        Value::Object(_) => return "this".to_owned(),
        Value::Array(_) => return "this".to_owned(),
        scalar => without_url_password(&scalar.to_string()),
    };
    match text.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The type of a value as a message names it: `a text`, `a list`, `null`.
pub fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
