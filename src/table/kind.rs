//! What values a column takes: checked before the database is opened, and bound as the servers want them.

use sea_query::Value;

use crate::config::parse_bool;

/// The kind of a column's values.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A whole number from 1 up that names a row.
    Id,
    /// As [`Kind::Id`], of a row that nobody looks for: what is stored has to fit its column.
    Reference,
    /// A whole number from 0 up.
    Number,
    Bool,
    /// Text of at most so many characters.
    Text(usize),
    /// Text that must say something, of at most so many characters.
    Name(usize),
    Email,
    Uuid,
    /// A date and time, `YYYY-MM-DD HH:MM:SS`.
    Time,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Checked and translated by a function of the noun's.
    Custom {
        takes: &'static str,
        parse: fn(&str) -> Result<String, String>,
    },
}

impl Kind {
    /// As `--help` shows the value.
    pub fn placeholder(self) -> &'static str {
        match self {
            Kind::Id | Kind::Reference => "ID",
            Kind::Number => "N",
            Kind::Bool => "BOOL",
            Kind::Text(_) => "TEXT",
            Kind::Name(_) => "NAME",
            Kind::Email => "EMAIL",
            Kind::Uuid => "UUID",
            Kind::Time => "TIME",
            Kind::Choice(_) => "WORD",
            Kind::Custom { takes, .. } => takes,
        }
    }

    /// Reads an option's text; says what it takes when that fails.
    ///
    /// # Errors
    /// The text is no value of this kind; the words say what the option takes.
    pub fn parse(self, text: &str) -> Result<Value, String> {
        match self {
            Kind::Id => match text.parse::<i64>() {
                Ok(id) if id > 0 => Ok(id.into()),
                _ => Err("it takes a number from 1 up".into()),
            },
            Kind::Reference => match text.parse::<i32>() {
                Ok(id) if id > 0 => Ok(i64::from(id).into()),
                _ => Err(format!("it takes a number from 1 to {}", i32::MAX)),
            },
            Kind::Number => match text.parse::<i32>() {
                Ok(number) if number >= 0 => Ok(i64::from(number).into()),
                _ => Err(format!("it takes a whole number from 0 to {}", i32::MAX)),
            },
            Kind::Bool => {
                parse_bool(text).map(Value::from).ok_or_else(|| "it takes true or false, 1 or 0, yes or no".into())
            }
            Kind::Text(limit) => limited(text, limit),
            Kind::Name(_) if text.trim().is_empty() => Err("it must not be empty".into()),
            Kind::Name(limit) => limited(text, limit),
            Kind::Email => match text.split_once('@') {
                _ if text.contains(char::is_whitespace) => Err("it takes an e-mail address".into()),
                Some((user, host)) if !user.is_empty() && !host.is_empty() && !host.contains('@') => limited(text, 128),
                _ => Err("it takes an e-mail address".into()),
            },
            Kind::Uuid => match uuid::Uuid::try_parse(text) {
                Ok(uuid) => Ok(uuid.to_string().into()),
                Err(_) => Err("it takes a UUID like 123e4567-e89b-12d3-a456-426614174000".into()),
            },
            Kind::Time => crate::row::parse_time(text)
                .map(Value::from)
                .ok_or_else(|| "it takes a time like 2026-12-31 18:30:00".into()),
            Kind::Choice(words) => words
                .iter()
                .find(|word| word.eq_ignore_ascii_case(text))
                .map(|word| (*word).into())
                .ok_or_else(|| format!("it takes one of {}", words.join(", "))),
            Kind::Custom { parse, .. } => parse(text).map(Value::from),
        }
    }

    /// NULL of this kind: PostgreSQL wants to know the kind even then.
    pub fn null(self) -> Value {
        match self {
            Kind::Id | Kind::Reference | Kind::Number => Value::BigInt(None),
            Kind::Bool => Value::Bool(None),
            Kind::Time => Value::ChronoDateTime(None),
            _ => Value::String(None),
        }
    }
}

fn limited(text: &str, limit: usize) -> Result<Value, String> {
    let length = text.chars().count();
    if length > limit { Err(format!("it takes at most {limit} characters, not {length}")) } else { Ok(text.into()) }
}
