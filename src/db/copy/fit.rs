//! Whether a value fits a column of another database, and what it becomes there.
//!
//! SQLite takes any value in any column, and the suite makes use of it: PHP's `false` becomes an empty text in a column of
//! numbers, and a program's output keeps the bytes that are no text. A server takes neither.

use std::fmt;

use chrono::Timelike as _;

use crate::db::copy::column::{CopyColumn, Form};
use crate::db::{Dialect, Value, tables};
use crate::php;
use crate::row::{self, TIME_FORMAT};

/// Where bytes that are no text are shown as U+FFFD by everything that shows them, the suite too.
const OUTPUT: (&str, &str) = (tables::JOB_OUTPUT_LINES, "line");

/// The columns and the servers between which a value is copied.
#[derive(Clone, Copy)]
pub struct Transfer<'a> {
    pub table: &'a str,
    pub source: &'a CopyColumn,
    pub target: &'a CopyColumn,
    pub from: Dialect,
    pub to: Dialect,
}

/// What a value becomes in the target.
#[derive(Debug, PartialEq)]
pub enum Fitted {
    /// As this, which means the same.
    Same(Value),
    /// As this, with U+FFFD where something was that the target does not take.
    Replaced(Value),
    /// The bytes of an artifact that are no text: as an empty one, and into the file store.
    Apart,
}

/// Why a value does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Misfit {
    NoNumber,
    NoTruth,
    NoTime,
    Missing,
    NoText,
    Nul,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Misfit::NoNumber => "which is no whole number",
            Misfit::NoTruth => "which is neither true nor false",
            Misfit::NoTime => "which is no time",
            Misfit::Missing => "which is no value, where one has to be",
            Misfit::NoText => "which is no text in UTF-8",
            Misfit::Nul => "which has the character NUL in it",
        })
    }
}

impl Misfit {
    /// What to do about it.
    pub fn remedy(self, table: &str, column: &str, row: &str) -> String {
        let value = match self {
            Misfit::NoNumber | Misfit::NoTruth => "a number, such as 0",
            Misfit::NoTime => "a time such as '2026-01-31 12:00:00', or NULL where it takes that",
            Misfit::Missing => "a value",
            Misfit::NoText | Misfit::Nul => "a text without those bytes",
        };
        format!(
            "Set {table}.{column} to {value} in the source, where {row}; keep what it holds elsewhere if it matters"
        )
    }
}

/// Converts a value to what the target's column takes.
///
/// # Errors
/// It does not fit the target's column.
pub fn fit(way: Transfer<'_>, value: Value) -> Result<Fitted, Misfit> {
    if way.from == Dialect::Sqlite && way.to == Dialect::Sqlite {
        return Ok(Fitted::Same(value));
    }
    let fitted = match way.target.form {
        Form::Bytes => Fitted::Same(as_bytes(value)),
        Form::Number | Form::Bool | Form::Time => {
            let is_kin = way.from == way.to;
            Fitted::Same(typed(value, way.source, way.target, is_kin)?)
        }
        Form::Json | Form::Text if way.to == Dialect::Sqlite => Fitted::Same(for_file(way, value)),
        Form::Json | Form::Text => as_text(way, value)?,
    };
    let is_missing =
        fitted == Fitted::Same(Value::Null) && way.target.is_required && !way.target.is_content_of(way.table);
    if is_missing { Err(Misfit::Missing) } else { Ok(fitted) }
}

/// A value as a column of numbers, truths or times takes it.
///
/// `is_kin`: it comes out of such a column of a server of the same kind, which takes whatever it gave.
///
/// # Errors
/// The column does not take such a value.
pub fn typed(value: Value, source: &CopyColumn, target: &CopyColumn, is_kin: bool) -> Result<Value, Misfit> {
    // PHP's false and null, which it binds as an empty text.
    if matches!(&value, Value::Text(text) if text.trim().is_empty()) {
        return match target.form {
            _ if !target.is_required => Ok(Value::Null),
            Form::Number => Ok(Value::Int(0)),
            Form::Bool => Ok(Value::Bool(false)),
            _ => Err(Misfit::Missing),
        };
    }
    if value.is_null() {
        return if target.is_required { Err(Misfit::Missing) } else { Ok(value) };
    }
    match target.form {
        Form::Bool => truth(&value).map(Value::Bool).ok_or(Misfit::NoTruth),
        // Where a number names a row of another table, the suite writes 0 for none.
        Form::Number if !is_kin && target.is_reference && !target.is_required && value.to_int() == Some(0) => {
            Ok(Value::Null)
        }
        Form::Number => number(value, source.is_truth() || target.is_truth()),
        Form::Time => match time(&value, source.fraction.min(target.fraction)) {
            Ok(Value::Null) if target.is_required => Err(Misfit::Missing),
            Err(_) if is_kin => Ok(value),
            fitted => fitted,
        },
        _ => Ok(value),
    }
}

fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(value) => Some(*value),
        Value::Float(number) => Some(*number != 0.0),
        Value::Text(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "t" => Some(true),
            "false" | "f" => Some(false),
            text => text.parse::<i64>().ok().map(|number| number != 0),
        },
        value => value.to_int().map(|number| number != 0),
    }
}

fn number(value: Value, is_truth: bool) -> Result<Value, Misfit> {
    if let Some(number) = value.to_int() {
        return Ok(Value::Int(number));
    }
    match value {
        // Beyond what a number of ours has: the server knows whether it fits.
        Value::Text(text) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(Value::Text(text))
        }
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            format!("{number:.0}").parse().map(Value::Int).map_err(|_| Misfit::NoNumber)
        }
        value if is_truth => truth(&value).map(|value| Value::Int(value.into())).ok_or(Misfit::NoNumber),
        _ => Err(Misfit::NoNumber),
    }
}

/// A time with at most so many digits of its second's fraction. MySQL's `0000-00-00` becomes NULL.
fn time(value: &Value, digits: usize) -> Result<Value, Misfit> {
    let Value::Text(text) = value else { return Err(Misfit::NoTime) };
    if text.starts_with("0000-00-00") {
        return Ok(Value::Null);
    }
    written_time(text, digits).map(Value::Text).ok_or(Misfit::NoTime)
}

fn written_time(text: &str, digits: usize) -> Option<String> {
    let time = row::parse_time(text)?;
    let fraction = format!("{:09}", time.nanosecond() % 1_000_000_000);
    let fraction = fraction.get(..digits).unwrap_or(&fraction).trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{}{point}{fraction}", time.format(TIME_FORMAT)))
}

fn as_bytes(value: Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bytes(bytes) | Value::RawText(bytes) => Value::Bytes(bytes),
        value => Value::Bytes(value.to_text().into_bytes()),
    }
}

/// SQLite holds what a server gives; its times are texts, and it has no truth.
fn for_file(way: Transfer<'_>, value: Value) -> Value {
    match value {
        Value::Bool(value) => Value::Int(value.into()),
        value if way.source.form == Form::Bytes || value.is_null() => value,
        Value::Text(text) => {
            let canonical = canonical(&Value::Text(text.clone()), [way.source, way.target]);
            Value::Text(canonical.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or(text))
        }
        value => value,
    }
}

fn as_text(way: Transfer<'_>, value: Value) -> Result<Fitted, Misfit> {
    let is_artifact = way.target.is_content_of(way.table);
    let is_output = (way.table, way.target.name.as_str()) == OUTPUT;
    let takes_nul = way.to.takes_nul();
    let text = match value {
        Value::Null => return Ok(Fitted::Same(Value::Null)),
        Value::Float(_) if way.target.is_fractional() => return Ok(Fitted::Same(value)),
        Value::Bytes(bytes) | Value::RawText(bytes) => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(_) if is_artifact => return Ok(Fitted::Apart),
            Err(error) if is_output => {
                let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
                return Ok(Fitted::Replaced(Value::Text(if takes_nul { text } else { without_nul(&text) })));
            }
            Err(_) => return Err(Misfit::NoText),
        },
        value => value.to_text(),
    };
    if !takes_nul && text.contains('\0') {
        // PHP has another way to write the same object.
        return match php::parse(text.as_bytes()).map(|value| String::from_utf8(value.to_bytes_without_nul())) {
            Ok(Ok(text)) => Ok(Fitted::Same(Value::Text(text))),
            _ if is_artifact => Ok(Fitted::Apart),
            _ if is_output => Ok(Fitted::Replaced(Value::Text(without_nul(&text)))),
            _ => Err(Misfit::Nul),
        };
    }
    let is_json = way.source.form == Form::Json || way.target.form == Form::Json;
    Ok(Fitted::Same(Value::Text(if is_json { json(&text).unwrap_or(text) } else { text })))
}

fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}

fn json(text: &str) -> Option<String> {
    serde_json::from_str::<serde_json::Value>(text).ok().map(|value| value.to_string())
}

/// A value as both columns hold it, the same on all servers.
///
/// `true` is 1, a date its midnight, a time has the digits that both keep, JSON no blanks.
pub fn canonical(value: &Value, columns: [&CopyColumn; 2]) -> Option<Vec<u8>> {
    let forms = columns.map(|column| column.form);
    let text = match value {
        Value::Null => return None,
        Value::Bytes(bytes) | Value::RawText(bytes) => return Some(bytes.clone()),
        value => value.to_text(),
    };
    if forms.contains(&Form::Time) {
        if text.starts_with("0000-00-00") {
            return None;
        }
        let digits = columns.map(|column| column.fraction).into_iter().min().unwrap_or_default();
        if let Some(time) = written_time(&text, digits) {
            return Some(time.into_bytes());
        }
    }
    if forms.contains(&Form::Json)
        && let Some(text) = json(&text)
    {
        return Some(text.into_bytes());
    }
    Some(text.into_bytes())
}
