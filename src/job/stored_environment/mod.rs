//! `job.env`: a job's environment as the suite stores it, a serialised `MultiFlexi\ConfigFields`.
//!
//! All sixteen properties of a field are written, in the suite's order: its executor needs three of them, its web interface stops
//! on any that is absent. What is read may have fewer, and may be one of the forms that older suites left behind.

mod scan;

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::error::{Error, Result};
use crate::job::field::Field;
use crate::php::{Key, Object, Value, parse, private};
pub use scan::{EnvironmentReader, Variable};

const FIELDS_CLASS: &str = r"MultiFlexi\ConfigFields";
const FIELD_CLASS: &str = r"MultiFlexi\ConfigField";
/// The name of the collection; the suite gives each the same.
const COLLECTION: &str = "Job Env";

/// Writes fields as the suite's executor and web interface read them: sorted by code, of several with one code the last.
pub fn write(fields: &[Field]) -> Vec<u8> {
    collection(fields).to_bytes()
}

/// As [`write()`] for a column that cannot hold a NUL (PostgreSQL). PHP reads it to the same object.
pub fn write_without_nul(fields: &[Field]) -> Vec<u8> {
    collection(fields).to_bytes_without_nul()
}

fn collection(fields: &[Field]) -> Value {
    let sorted: BTreeMap<&str, &Field> = fields.iter().map(|field| (field.code.as_str(), field)).collect();
    let entries =
        sorted.values().map(|field| (Key::String(field.code.clone().into_bytes()), field_object(field))).collect();
    let properties = vec![
        (b"debug".to_vec(), Value::Bool(false)),
        (b"objectName".to_vec(), Value::text(COLLECTION)),
        (private(FIELDS_CLASS, "fields"), Value::Array(entries)),
        (private(FIELDS_CLASS, "name"), Value::text(COLLECTION)),
    ];
    Value::Object(Object { class: FIELDS_CLASS.into(), properties })
}

fn field_object(field: &Field) -> Value {
    let optional = |text: &Option<String>| text.as_ref().map_or(Value::Null, Value::text);
    let properties = [
        ("code", Value::text(&field.code)),
        ("name", Value::text(&field.name)),
        ("description", Value::text(&field.description)),
        ("hint", Value::text(&field.hint)),
        ("source", Value::text(&field.source)),
        ("note", Value::text(&field.note)),
        ("value", optional(&field.value)),
        ("type", Value::text(&field.kind)),
        ("category", Value::text(&field.category)),
        ("defaultValue", optional(&field.default)),
        ("required", Value::Bool(field.required)),
        ("isSecret", Value::Bool(field.secret)),
        ("isManual", Value::Bool(field.manual)),
        ("multiLine", Value::Bool(field.multiline)),
        ("logo", optional(&field.logo)),
        ("isExpiring", Value::Bool(field.expiring)),
    ];
    let properties = properties.into_iter().map(|(name, value)| (private(FIELD_CLASS, name), value)).collect();
    Value::Object(Object { class: FIELD_CLASS.into(), properties })
}

/// Reads `job.env` in any form it was ever stored in, sorted by code.
///
/// The collection object, an array `name => value`, an array `name => [value, source, …]`, or either as JSON. Nothing at all is
/// an empty environment.
///
/// # Errors
/// The text is none of these; the error names the byte.
pub fn read(bytes: &[u8]) -> Result<Vec<Field>> {
    let text = bytes.trim_ascii();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut fields = match text[0] {
        b'{' | b'[' => read_json(text)?,
        _ => read_serialised(&parse(text).map_err(|error| unreadable().because(error))?)?,
    };
    fields.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(fields)
}

fn unreadable() -> Error {
    Error::refused("the stored environment of the job cannot be read")
        .hint("make a new job of its runtemplate with `multiflexi-cli runtemplate schedule --id=ID`")
}

fn read_serialised(value: &Value) -> Result<Vec<Field>> {
    let entries = match value {
        // What `serialize` makes of "no environment".
        Value::Null | Value::Bool(false) => return Ok(Vec::new()),
        Value::Array(entries) => entries,
        Value::Object(object) => match object.property("fields") {
            Some(Value::Array(entries)) => entries,
            _ => {
                let problem = anyhow::anyhow!("the object of class {} has no array `fields`", object.class);
                return Err(unreadable().because(problem));
            }
        },
        _ => {
            return Err(unreadable()
                .because(anyhow::anyhow!("a single value is stored where an object of class {FIELDS_CLASS} belongs")));
        }
    };
    Ok(entries.iter().map(|(key, value)| read_field(key.to_text(), value)).collect())
}

fn read_field(key: String, value: &Value) -> Field {
    match value {
        Value::Object(object) => field_from(key, |name| object.property(name).cloned()),
        Value::Array(entries) => field_from(key, |name| {
            entries
                .iter()
                .find(|(key, _)| *key == Key::String(name.as_bytes().to_vec()))
                .map(|(_, value)| value.clone())
        }),
        scalar => Field { value: scalar.to_text(), ..Field::bare(key) },
    }
}

fn read_json(text: &[u8]) -> Result<Vec<Field>> {
    let json: Json = serde_json::from_slice(text).map_err(|error| unreadable().because(error))?;
    match json {
        Json::Object(map) => Ok(map.into_iter().map(|(key, value)| read_field(key, &from_json(value))).collect()),
        // A list of records, each with its code; the empty list is what PHP makes of an empty array.
        Json::Array(list) => Ok(list
            .into_iter()
            .map(|record| read_field(String::new(), &from_json(record)))
            .filter(|field| !field.code.is_empty())
            .collect()),
        _ => Err(unreadable().because(anyhow::anyhow!("the JSON is neither an object nor a list"))),
    }
}

fn from_json(value: Json) -> Value {
    match value {
        Json::Null => Value::Null,
        // The words, not PHP's "1" and "": the program that reads the variable expects them.
        Json::Bool(value) => Value::text(value.to_string()),
        Json::Number(number) => Value::text(number.to_string()),
        Json::String(text) => Value::text(text),
        Json::Array(list) => {
            Value::Array((0..).zip(list).map(|(index, value)| (Key::Int(index), from_json(value))).collect())
        }
        Json::Object(map) => Value::Array(
            map.into_iter().map(|(key, value)| (Key::String(key.into_bytes()), from_json(value))).collect(),
        ),
    }
}

/// A field of what `get` gives for each property; what is absent gets what the suite gives a new field.
fn field_from(key: String, get: impl Fn(&str) -> Option<Value>) -> Field {
    let text = |name: &str| get(name).and_then(|value| value.to_text());
    // JSON's `"false"` came here as text.
    let flag =
        |name: &str, absent: bool| get(name).map_or(absent, |value| value.is_truthy() && value != Value::text("false"));
    let code = text("code").filter(|code| !code.is_empty()).unwrap_or(key);
    let bare = Field::bare(code);
    Field {
        name: text("name").unwrap_or_else(|| bare.name.clone()),
        description: text("description").unwrap_or_default(),
        hint: text("hint").unwrap_or_default(),
        source: text("source").unwrap_or_default(),
        note: text("note").unwrap_or_default(),
        value: text("value"),
        kind: text("type").filter(|kind| !kind.is_empty()).unwrap_or_else(|| bare.kind.clone()),
        category: text("category").unwrap_or_default(),
        default: text("defaultValue"),
        required: flag("required", false),
        // The second is how older suites marked it.
        secret: flag("isSecret", false) || flag("secret", false),
        manual: flag("isManual", true),
        multiline: flag("multiLine", false),
        logo: text("logo"),
        expiring: flag("isExpiring", false),
        ..bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What PHP makes of one string field, written out by hand.
    const ONE: &[u8] = b"O:23:\"MultiFlexi\\ConfigFields\":4:{s:5:\"debug\";b:0;s:10:\"objectName\";s:7:\"Job Env\";\
s:31:\"\0MultiFlexi\\ConfigFields\0fields\";a:1:{s:1:\"A\";O:22:\"MultiFlexi\\ConfigField\":16:{\
s:28:\"\0MultiFlexi\\ConfigField\0code\";s:1:\"A\";s:28:\"\0MultiFlexi\\ConfigField\0name\";s:1:\"A\";\
s:35:\"\0MultiFlexi\\ConfigField\0description\";s:0:\"\";s:28:\"\0MultiFlexi\\ConfigField\0hint\";s:0:\"\";\
s:30:\"\0MultiFlexi\\ConfigField\0source\";s:7:\"Company\";s:28:\"\0MultiFlexi\\ConfigField\0note\";s:0:\"\";\
s:29:\"\0MultiFlexi\\ConfigField\0value\";s:2:\"\xc5\xbe\";s:28:\"\0MultiFlexi\\ConfigField\0type\";s:6:\"string\";\
s:32:\"\0MultiFlexi\\ConfigField\0category\";s:0:\"\";s:36:\"\0MultiFlexi\\ConfigField\0defaultValue\";N;\
s:32:\"\0MultiFlexi\\ConfigField\0required\";b:0;s:32:\"\0MultiFlexi\\ConfigField\0isSecret\";b:0;\
s:32:\"\0MultiFlexi\\ConfigField\0isManual\";b:1;s:33:\"\0MultiFlexi\\ConfigField\0multiLine\";b:0;\
s:28:\"\0MultiFlexi\\ConfigField\0logo\";N;s:34:\"\0MultiFlexi\\ConfigField\0isExpiring\";b:0;}}\
s:29:\"\0MultiFlexi\\ConfigFields\0name\";s:7:\"Job Env\";}";

    #[test]
    fn the_suites_bytes() {
        let field = Field::new("A", "ž", "Company");
        assert_eq!(write(std::slice::from_ref(&field)), ONE);
        assert_eq!(read(ONE).unwrap(), std::slice::from_ref(&field));
        let escaped = write_without_nul(std::slice::from_ref(&field));
        assert!(!escaped.contains(&0));
        assert_eq!(read(&escaped).unwrap(), [field]);
    }

    #[test]
    fn sorted_by_code_and_the_last_of_one_code_counts() {
        let fields = [Field::new("B", "1", "x"), Field::new("A", "2", "x"), Field::new("B", "3", "x")];
        let read = read(&write(&fields)).unwrap();
        assert_eq!(read, [fields[1].clone(), fields[2].clone()]);
    }

    #[test]
    fn three_properties_are_enough() {
        let text = "O:23:\"MultiFlexi\\ConfigFields\":1:{s:6:\"fields\";a:1:{s:1:\"P\";O:22:\"MultiFlexi\\ConfigField\":3:{\
                    s:4:\"code\";s:1:\"P\";s:5:\"value\";s:1:\"x\";s:4:\"type\";s:8:\"password\";}}}";
        let [field] = &read(text.as_bytes()).unwrap()[..] else { panic!("one field") };
        assert!(field.is_secret() && field.manual && !field.secret);
        assert_eq!((field.name.as_str(), field.effective()), ("P", Some("x")));
        assert!(!format!("{field:?}").contains('x'));
    }

    #[test]
    fn older_forms() {
        let read = |text: &str| {
            let fields = read(text.as_bytes()).unwrap();
            fields.into_iter().map(|field| (field.code, field.value)).collect::<Vec<_>>()
        };
        let some = |code: &str, value: &str| (code.to_string(), Some(value.to_string()));
        assert_eq!(read(r#"a:2:{s:1:"B";s:1:"x";s:1:"A";i:5;}"#), [some("A", "5"), some("B", "x")]);
        assert_eq!(read(r#"a:1:{s:1:"A";a:2:{s:5:"value";s:1:"v";s:6:"source";s:3:"App";}}"#), [some("A", "v")]);
        assert_eq!(
            read(r#"{"A":"x","B":true,"C":{"value":"y","isSecret":false}}"#),
            [some("A", "x"), some("B", "true"), some("C", "y")]
        );
        for nothing in ["", " ", "[]", "{}", "a:0:{}", "N;", "b:0;"] {
            assert_eq!(read(nothing), [], "{nothing}");
        }
    }

    #[test]
    fn an_older_mark_of_a_secret_counts() {
        for text in [
            r#"a:1:{s:1:"K";a:3:{s:5:"value";s:1:"v";s:4:"type";s:6:"string";s:6:"secret";b:1;}}"#,
            r#"a:1:{s:1:"K";a:2:{s:5:"value";s:1:"v";s:4:"type";s:6:"secret";}}"#,
            r#"{"K":{"value":"v","secret":1}}"#,
            r#"O:23:"MultiFlexi\ConfigFields":1:{s:6:"fields";a:1:{s:1:"K";O:22:"MultiFlexi\ConfigField":2:{s:5:"value";s:1:"v";s:6:"secret";i:1;}}}"#,
        ] {
            let mut reader = EnvironmentReader::default();
            let [variable] = reader.variables(text.as_bytes()).unwrap()[..] else { panic!("one variable") };
            assert!(variable.is_secret && variable.value == "v", "{text}: {variable:?}");
        }
    }

    #[test]
    fn a_cut_off_text_is_told() {
        let error = read(&ONE[..200]).unwrap_err();
        assert!(error.to_string().contains("at byte"), "{error}");
        assert!(error.hint.is_some());
    }
}
