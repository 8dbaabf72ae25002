//! What databases answer with, as values: rows, their columns, and times as the suite writes them.

use std::rc::Rc;

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, Timelike as _};

use crate::error::{Error, Kind, Result};

/// How times are written everywhere: as the suite does.
pub const TIME_FORMAT: &str = "%Y-%m-%d %H:%M:%S";

/// A value as the database holds it. Times, decimals and JSON come as text, as the suite prints them.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// What SQLite holds as a text though it is not: bytes that are no UTF-8.
    RawText(Vec<u8>),
    Bytes(Vec<u8>),
}

impl Value {
    /// How many bytes a text or binary value has; None of the other kinds.
    pub fn length(&self) -> Option<usize> {
        match self {
            Value::Text(text) => Some(text.len()),
            Value::RawText(bytes) | Value::Bytes(bytes) => Some(bytes.len()),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => None,
        }
    }

    /// Has the column no value (SQL's NULL)?
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// As a person reads it: NULL is empty, true is 1.
    pub fn to_text(&self) -> String {
        match self {
            Value::Null => String::new(),
            Value::Bool(value) => i64::from(*value).to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => value.to_string(),
            Value::Text(value) => value.clone(),
            Value::RawText(value) | Value::Bytes(value) => String::from_utf8_lossy(value).into_owned(),
        }
    }

    /// As a number, also where a text holds one (SQLite keeps what it is given).
    pub fn to_int(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Text(value) => value.trim().parse().ok(),
            _ => None,
        }
    }

    /// As JSON output has it: NULL is null, true is 1, and bytes are text with wrong UTF-8 replaced.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Value::Null => serde_json::Value::Null,
            // The suite prints what its database driver gives: booleans of tables are numbers.
            Value::Bool(value) => i64::from(*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) => (*value).into(),
            Value::Text(_) | Value::RawText(_) | Value::Bytes(_) => self.to_text().into(),
        }
    }
}

/// One row of an answer.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub names: Rc<[String]>,
    pub values: Vec<Value>,
}

impl Row {
    /// The value of this column; NULL where the schema has no such column.
    pub fn get(&self, name: &str) -> &Value {
        self.names.iter().position(|n| n == name).and_then(|i| self.values.get(i)).unwrap_or(&Value::Null)
    }

    /// Puts another value in place of a column's; nothing where there is no such column.
    pub fn set(&mut self, name: &str, value: Value) {
        if let Some(at) = self.names.iter().position(|n| n == name) {
            self.values[at] = value;
        }
    }

    /// Its bytes, about.
    pub fn size(&self) -> usize {
        self.values.iter().map(|value| value.length().unwrap_or(8)).fold(0, usize::saturating_add)
    }

    /// The whole number in a column; None where it is NULL, holds no whole number, or is not in the answer.
    pub fn int(&self, name: &str) -> Option<i64> {
        self.get(name).to_int()
    }

    /// The id in a column that has to have one.
    ///
    /// # Errors
    /// The column is empty, or not in the answer.
    pub fn id(&self, column: &str) -> Result<i64> {
        self.int(column).ok_or_else(|| Error::new(Kind::Statement, format!("a row has no id in its column {column}")))
    }

    /// The whole number in the first column, as of `SELECT max(id)`; None where that is NULL or no number.
    pub fn first_int(&self) -> Option<i64> {
        self.values.first().and_then(Value::to_int)
    }

    /// The text of a column; None where it is NULL.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Value::Null => None,
            value => Some(value.to_text()),
        }
    }

    /// Text that says something; None where it is NULL or empty.
    pub fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    /// Is the flag in this column set? NULL, 0, `false`, `f`, an empty text and a column that is missing say no.
    pub fn truth(&self, name: &str) -> bool {
        match self.get(name) {
            Value::Text(text) => !matches!(text.as_str(), "" | "0" | "false" | "f"),
            Value::RawText(_) => true,
            value => value.to_int().is_some_and(|n| n != 0),
        }
    }

    /// A moment; a date alone (as the suite writes on SQLite) is its midnight.
    pub fn time(&self, name: &str) -> Option<NaiveDateTime> {
        match self.get(name) {
            Value::Null => None,
            Value::Text(text) => parse_time(text),
            value => parse_time(&value.to_text()),
        }
    }

    /// Names and values of all columns, in the order of the answer.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.names.iter().map(String::as_str).zip(&self.values)
    }
}

/// Reads a stored time in any of the forms that databases of the suite hold.
pub fn parse_time(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    if let Some(time) = parse_plain(text.as_bytes()) {
        return Some(time);
    }
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f"))
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
}

/// Reads [`TIME_FORMAT`], in which nearly all times are: a statistic reads two of each job.
fn parse_plain(text: &[u8]) -> Option<NaiveDateTime> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ', h1, h2, b':', i1, i2, b':', s1, s2] = text else {
        return None;
    };
    let number = |digits: &[&u8]| {
        digits
            .iter()
            .try_fold(0, |number: u32, digit| number.checked_mul(10)?.checked_add(char::from(**digit).to_digit(10)?))
    };
    let year = i32::try_from(number(&[y1, y2, y3, y4])?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number(&[m1, m2])?, number(&[d1, d2])?)?;
    day.and_hms_opt(number(&[h1, h2])?, number(&[i1, i2])?, number(&[s1, s2])?)
}

/// A time in [`TIME_FORMAT`], digit by digit: to read that format anew for each value took a third of a long listing.
pub fn written(value: NaiveDateTime) -> String {
    let Ok(year @ 0..=9999) = u32::try_from(value.year()) else { return value.format(TIME_FORMAT).to_string() };
    let mut text = String::with_capacity("2026-01-01 00:00:00".len());
    let mut push = |before: &str, number: u32, digits: &[u32]| {
        text.push_str(before);
        text.extend(digits.iter().filter_map(|unit| char::from_digit(number.checked_div(*unit)? % 10, 10)));
    };
    push("", year, &[1000, 100, 10, 1]);
    push("-", value.month(), &[10, 1]);
    push("-", value.day(), &[10, 1]);
    push(" ", value.hour(), &[10, 1]);
    push(":", value.minute(), &[10, 1]);
    push(":", value.second(), &[10, 1]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_their_format() {
        for (year, month, day) in
            [(0, 1, 1), (7, 12, 31), (1970, 1, 1), (2026, 11, 29), (9999, 12, 31), (10_000, 1, 2), (-1, 2, 3)]
        {
            for (hour, minute, second) in [(0, 0, 0), (4, 5, 6), (23, 59, 59)] {
                let day = NaiveDate::from_ymd_opt(year, month, day).unwrap();
                let value = day.and_hms_micro_opt(hour, minute, second, 999_999).unwrap();
                assert_eq!(written(value), value.format(TIME_FORMAT).to_string());
            }
        }
    }
}
