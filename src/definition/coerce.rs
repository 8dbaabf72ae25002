//! Reading what schemas leave open: flags written as text or number, words as a list or with commas.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::Value;

/// Is this value a yes? `true`, 1, and the words `true`, `yes`, `on` and `1` in any case.
pub fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => number.as_f64() == Some(1.0),
        Value::String(text) => ["true", "yes", "on", "1"].iter().any(|yes| text.trim().eq_ignore_ascii_case(yes)),
        _ => false,
    }
}

pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|value| is_true(&value))
}

/// Words from a list, or from one text with commas between them. Empty words are passed over.
pub(super) fn strings<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(split(&text)),
        Value::Array(items) => items
            .into_iter()
            .filter(|item| item.as_str() != Some(""))
            .map(|item| match item {
                Value::String(word) => Ok(word),
                other => Err(D::Error::custom(format!("{other} is not a word"))),
            })
            .collect(),
        other => Err(D::Error::custom(format!("{other} is not a list of words"))),
    }
}

/// A value as a column of text holds it: a text as it is, nothing as an empty text, anything else as its JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The words of a column that holds them with commas between.
pub fn split(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The format of a product or supply; the suite's default is `json`.
pub(super) fn format<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_else(|| "json".to_owned()))
}
