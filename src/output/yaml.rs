//! Values as YAML: what JSON has, in blocks, for people's eyes and for tools that take nothing else.

use serde_json::{Map, Value};
use serde_saphyr::ser_options;

/// A value as a document, its last line ended.
pub fn write(value: &Value) -> String {
    // Blocks end in line ends that a program's output may lack; a text in quotes says which it has.
    let options = ser_options! { compact_list_indent: true, prefer_block_scalars: false };
    // JSON is YAML too, should it ever come to that.
    serde_saphyr::to_string_with_options(value, options).unwrap_or_else(|_| format!("{value}\n"))
}

/// Values of one row of a listing, from its column `at` on: an item of the sequence that all rows are.
pub fn row(at: usize, values: impl Iterator<Item = (String, Value)>) -> String {
    let values: Map<String, Value> = values.collect();
    if values.is_empty() {
        return String::new();
    }
    let mut text = String::new();
    for line in write(&Value::Object(values)).lines() {
        text.push_str(indent(at == 0 && text.is_empty()));
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What stands before the value in a row's column `at`.
pub fn key(at: usize, name: &str) -> String {
    format!("{}{name}: ", indent(at == 0))
}

fn indent(begins_item: bool) -> &'static str {
    if begins_item { "- " } else { "  " }
}

/// A text in quotes, as a part of one that is printed piece by piece.
///
/// Beyond what JSON escapes, YAML does not print some, and breaks lines at others.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn blocks() {
        let value =
            json!({"a": {"b": [1, {"c": null, "d": []}, [true, "x"]], "e": {}}, "f": "two words", "g h": "1.5"});
        let text =
            "a:\n  b:\n  - 1\n  - c: null\n    d: []\n  - - true\n    - x\n  e: {}\nf: two words\ng h: \"1.5\"\n";
        assert_eq!(write(&value), text);
        assert_eq!((write(&json!([])).as_str(), write(&json!({})).as_str()), ("[]\n", "{}\n"));
    }

    #[test]
    fn a_piece_of_a_text() {
        assert_eq!(in_quotes("a\u{85}\u{2028}\n\""), r#""a\u0085\u2028\n\"""#);
    }
}
