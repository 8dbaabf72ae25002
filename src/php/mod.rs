//! PHP's `serialize` format: the values, a reader and a writer.
//!
//! The suite keeps `job.env` and a runtemplate's actions in it. Strings are bytes and lengths count bytes. References (`r:`, `R:`)
//! and classes with a format of their own (`C:`) are refused: no value of the suite has them, and honouring them is how
//! `unserialize` became a hole.

mod reader;

use std::fmt;

pub use reader::{Reader, Scalar, parse};

/// A value that PHP serialised, or will read.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    /// Bytes in no particular encoding.
    String(Vec<u8>),
    /// Keys in the order in which they were put in.
    Array(Vec<(Key, Value)>),
    Object(Object),
}

/// A key of an array.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    Int(i64),
    String(Vec<u8>),
}

impl Key {
    /// The key as text, wrong UTF-8 replaced.
    pub fn to_text(&self) -> String {
        match self {
            Key::Int(number) => number.to_string(),
            Key::String(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// An object: its class and its properties under their mangled names.
///
/// PHP stores a private property as NUL class NUL name, a protected one as NUL `*` NUL name, a public one under its plain name.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    pub class: String,
    pub properties: Vec<(Vec<u8>, Value)>,
}

impl Object {
    /// The property of this plain name, whatever its visibility.
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.iter().find(|(mangled, _)| plain_name(mangled) == name.as_bytes()).map(|(_, value)| value)
    }
}

/// The name of a private property as it is stored.
pub fn private(class: &str, name: &str) -> Vec<u8> {
    format!("\0{class}\0{name}").into_bytes()
}

/// The name of a property as the class has it, without what marks it as private or protected.
pub fn plain_name(mangled: &[u8]) -> &[u8] {
    match mangled.iter().rposition(|&byte| byte == 0) {
        Some(last) => &mangled[last + 1..],
        None => mangled,
    }
}

impl Value {
    /// A string of this text's bytes.
    pub fn text(text: impl Into<String>) -> Value {
        Value::String(text.into().into_bytes())
    }

    /// A scalar as PHP converts it to a string (wrong UTF-8 replaced); `None` for null, arrays and objects.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Value::Null | Value::Array(_) | Value::Object(_) => None,
            Value::Bool(true) => Some("1".into()),
            Value::Bool(false) => Some(String::new()),
            Value::Int(number) => Some(number.to_string()),
            Value::Float(number) => Some(float_text(*number)),
            Value::String(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// Whether PHP takes the value for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Value::Null => false,
            Value::Bool(value) => *value,
            Value::Int(number) => *number != 0,
            Value::Float(number) => *number != 0.0,
            Value::String(bytes) => !bytes.is_empty() && bytes != b"0",
            Value::Array(entries) => !entries.is_empty(),
            Value::Object(_) => true,
        }
    }

    /// The value as `serialize` writes it.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write(self, &mut out, write_string);
        out
    }

    /// The value for a column that cannot hold a NUL (PostgreSQL's `text`).
    ///
    /// Strings with one are written in the escaped form `S:`, which `unserialize` reads too.
    pub fn to_bytes_without_nul(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write(self, &mut out, write_string_without_nul);
        out
    }
}

fn write(value: &Value, out: &mut Vec<u8>, string: fn(&[u8], &mut Vec<u8>)) {
    match value {
        Value::Null => out.extend_from_slice(b"N;"),
        Value::Bool(value) => out.extend_from_slice(if *value { b"b:1;" } else { b"b:0;" }),
        Value::Int(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
        Value::Float(number) => out.extend_from_slice(format!("d:{};", float_text(*number)).as_bytes()),
        Value::String(bytes) => string(bytes, out),
        Value::Array(entries) => {
            out.extend_from_slice(format!("a:{}:{{", entries.len()).as_bytes());
            for (key, value) in entries {
                match key {
                    Key::Int(number) => out.extend_from_slice(format!("i:{number};").as_bytes()),
                    Key::String(bytes) => string(bytes, out),
                }
                write(value, out, string);
            }
            out.push(b'}');
        }
        Value::Object(object) => {
            let head = format!("O:{}:\"{}\":{}:{{", object.class.len(), object.class, object.properties.len());
            out.extend_from_slice(head.as_bytes());
            for (name, value) in &object.properties {
                string(name, out);
                write(value, out, string);
            }
            out.push(b'}');
        }
    }
}

fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(format!("s:{}:\"", bytes.len()).as_bytes());
    out.extend_from_slice(bytes);
    out.extend_from_slice(b"\";");
}

fn write_string_without_nul(bytes: &[u8], out: &mut Vec<u8>) {
    if !bytes.contains(&0) {
        return write_string(bytes, out);
    }
    // The length counts the bytes meant, not the ones written.
    out.extend_from_slice(format!("S:{}:\"", bytes.len()).as_bytes());
    for &byte in bytes {
        match byte {
            0 | b'\\' => out.extend_from_slice(format!("\\{byte:02x}").as_bytes()),
            _ => out.push(byte),
        }
    }
    out.extend_from_slice(b"\";");
}

fn float_text(number: f64) -> String {
    if number.is_nan() {
        "NAN".into()
    } else if number.is_infinite() {
        if number > 0.0 { "INF".into() } else { "-INF".into() }
    } else if number != 0.0 && !(1e-5..1e15).contains(&number.abs()) {
        format!("{number:E}")
    } else {
        number.to_string()
    }
}

/// Why bytes are no serialised value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Counted in bytes from 0.
    pub offset: usize,
    pub problem: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no serialised PHP value: at byte {}, {}", self.offset, self.problem)
    }
}

impl std::error::Error for ParseError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            any::<f64>().prop_filter("NaN equals nothing", |f| !f.is_nan()).prop_map(Value::Float),
            any::<Vec<u8>>().prop_map(Value::String),
        ];
        let key = || prop_oneof![any::<i64>().prop_map(Key::Int), any::<Vec<u8>>().prop_map(Key::String)];
        leaf.prop_recursive(4, 32, 4, move |inner| {
            prop_oneof![
                prop::collection::vec((key(), inner.clone()), 0..4).prop_map(Value::Array),
                ("[A-Za-z\\\\]{1,9}", prop::collection::vec((any::<Vec<u8>>(), inner), 0..4))
                    .prop_map(|(class, properties)| Value::Object(Object { class, properties })),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in values()) {
            prop_assert_eq!(parse(&value.to_bytes()).unwrap(), value.clone());
            let escaped = value.to_bytes_without_nul();
            prop_assert!(!escaped.contains(&0));
            prop_assert_eq!(parse(&escaped).unwrap(), value);
        }

        #[test]
        fn no_bytes_panic(bytes in any::<Vec<u8>>()) {
            let _ = parse(&bytes);
        }

        #[test]
        fn damaged_values_do_not_panic(value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut bytes = value.to_bytes();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = parse(&bytes);
            let _ = parse(&bytes[..at]);
        }
    }

    #[test]
    fn the_forms_php_writes() {
        let value = Value::Array(vec![
            (Key::String(b"\xc5\xbe".to_vec()), Value::Float(0.1)),
            (
                Key::Int(-7),
                Value::Object(Object { class: "A\\B".into(), properties: vec![(private("A\\B", "p"), Value::Null)] }),
            ),
        ]);
        let bytes = b"a:2:{s:2:\"\xc5\xbe\";d:0.1;i:-7;O:3:\"A\\B\":1:{s:6:\"\0A\\B\0p\";N;}}";
        assert_eq!(value.to_bytes(), bytes);
        assert_eq!(parse(bytes).unwrap(), value);
        assert_eq!(parse(b"d:1.0E+25;").unwrap(), Value::Float(1e25));
        assert_eq!(parse(b"d:-INF;").unwrap(), Value::Float(f64::NEG_INFINITY));
        assert_eq!(Value::Float(1.0).to_bytes(), b"d:1;");
    }
}
