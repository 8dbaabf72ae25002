//! Values as YAML: what JSON has, in blocks, for people's eyes and for tools that take nothing else.
//!
//! A text stands without quotes only where no reader, of YAML 1.1 or 1.2, takes it for anything else; every other one is quoted
//! as JSON quotes it, which is YAML too. So nothing has to be known of the many things that plain texts may mean.

use serde_json::{Map, Value};

/// A value as a document, its last line ended.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => mapping(&mut text, map, 0, false),
        Value::Array(items) if !items.is_empty() => sequence(&mut text, items, 0, false),
        scalar => line(&mut text, scalar),
    }
    text
}

/// One row of a listing: an item of the sequence that all of them are.
pub fn item(row: Map<String, Value>) -> String {
    write(&Value::Array(vec![Value::Object(row)]))
}

/// `is_begun`: the first line's indentation stands there already.
fn mapping(text: &mut String, map: &Map<String, Value>, indent: usize, is_begun: bool) {
    for (at, (key, value)) in map.iter().enumerate() {
        if at > 0 || !is_begun {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str(&quoted(key));
        text.push(':');
        match value {
            Value::Object(map) if !map.is_empty() => {
                text.push('\n');
                mapping(text, map, indent + 2, false);
            }
            Value::Array(items) if !items.is_empty() => {
                text.push('\n');
                sequence(text, items, indent, false);
            }
            scalar => {
                text.push(' ');
                line(text, scalar);
            }
        }
    }
}

fn sequence(text: &mut String, items: &[Value], indent: usize, is_begun: bool) {
    for (at, value) in items.iter().enumerate() {
        if at > 0 || !is_begun {
            text.extend(std::iter::repeat_n(' ', indent));
        }
        text.push_str("- ");
        match value {
            Value::Object(map) if !map.is_empty() => mapping(text, map, indent + 2, true),
            Value::Array(items) if !items.is_empty() => sequence(text, items, indent + 2, true),
            scalar => line(text, scalar),
        }
    }
}

fn line(text: &mut String, scalar: &Value) {
    match scalar {
        Value::String(value) => text.push_str(&quoted(value)),
        Value::Number(number) => text.push_str(&decimal(&number.to_string())),
        // Nothing is in it, or it is a word.
        other => text.push_str(&other.to_string()),
    }
    text.push('\n');
}

/// A number as YAML 1.1 reads it too, which asks for a point and a sign where there is an exponent.
fn decimal(number: &str) -> String {
    let Some((mantissa, exponent)) = number.split_once('e') else { return number.to_owned() };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{point}e{sign}{exponent}")
}

/// A text, in quotes unless it means itself.
fn quoted(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { in_quotes(text) }
}

/// A text in quotes, as a part of one may stand too. Beyond what JSON escapes, YAML does not print some, and breaks lines at
/// others.
pub fn in_quotes(text: &str) -> String {
    let mut quoted = String::new();
    for c in Value::from(text).to_string().chars() {
        match c {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                quoted.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted
}

/// Words that are none to some reader.
const RESERVED: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

/// Is it a word, a path or a few of them, and nothing else to anybody? What begins with a letter is no number and no time.
fn is_plain(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '/'));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '@' | '+' | ' ');
    begins
        && text.chars().all(is_plain)
        && !text.ends_with(' ')
        && !RESERVED.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks() {
        let value =
            json!({"a": {"b": [1, {"c": null, "d": []}, [true, "x"]], "e": {}}, "f": "two words", "g h": 1.5e300});
        let text =
            "a:\n  b:\n  - 1\n  - c: null\n    d: []\n  - - true\n    - x\n  e: {}\nf: two words\ng h: 1.5e+300\n";
        assert_eq!(write(&value), text);
        assert_eq!((write(&json!([])).as_str(), write(&json!({})).as_str()), ("[]\n", "{}\n"));
    }

    #[test]
    fn what_means_something_else_is_quoted() {
        for text in
            ["", "1", "1.0", "-", "yes", "No", "null", "~", "2026-11-28 06:00:00", "a: b", "a #b", "'", "x ", "é", ".5"]
        {
            assert!(quoted(text).starts_with('"'), "{text}");
        }
        for text in ["Native", "/bin/true", "a b", "name@host", "_x", "nothing", "yesterday"] {
            assert_eq!(quoted(text), text);
        }
        assert_eq!(in_quotes("a\u{85}\u{2028}\n\""), r#""a\u0085\u2028\n\"""#);
    }
}
