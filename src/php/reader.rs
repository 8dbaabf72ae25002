//! Reads PHP's `serialize` format. Any bytes give a value or an error with an offset, never a panic, and nothing is allocated on the
//! word of a length alone.

use std::borrow::Cow;

use super::{Key, Object, ParseError, Value};

/// Deeper values are refused. The suite's are three deep.
const MAX_DEPTH: usize = 64;

/// Reads one value that takes up all of `bytes`.
///
/// # Errors
/// The bytes are no serialised value, hold a reference or a class with a format of its own, or are nested too deep.
pub fn parse(bytes: &[u8]) -> Result<Value, ParseError> {
    let mut reader = Reader::new(bytes);
    let value = reader.value(0)?;
    reader.end()?;
    Ok(value)
}

/// A value that holds no other.
pub enum Scalar<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(Cow<'a, [u8]>),
}

impl From<Scalar<'_>> for Value {
    fn from(scalar: Scalar<'_>) -> Value {
        match scalar {
            Scalar::Null => Value::Null,
            Scalar::Bool(value) => Value::Bool(value),
            Scalar::Int(value) => Value::Int(value),
            Scalar::Float(value) => Value::Float(value),
            Scalar::String(bytes) => Value::String(bytes.into_owned()),
        }
    }
}

/// Reads a text from its beginning on: whole values, or step by step what of it is wanted.
pub struct Reader<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader of a text.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, offset: 0 }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }

    /// Goes on behind `known`, where that is what comes next.
    pub fn skip(&mut self, known: &[u8]) -> bool {
        let is_next = self.rest().starts_with(known);
        if is_next {
            self.offset += known.len();
        }
        is_next
    }

    /// Checks that the text ends here.
    ///
    /// # Errors
    /// More follows.
    pub fn end(&self) -> Result<(), ParseError> {
        if self.offset < self.bytes.len() { Err(self.problem("more follows after the value")) } else { Ok(()) }
    }

    /// The head of an array up to its entries, of which it tells the number. Behind them comes [`close`](Self::close).
    ///
    /// # Errors
    /// It is no array.
    pub fn array(&mut self) -> Result<usize, ParseError> {
        self.expect(b'a')?;
        self.expect(b':')?;
        self.count()
    }

    /// The head of an object up to its properties: its class, and their number. Behind them comes [`close`](Self::close).
    ///
    /// # Errors
    /// It is no object.
    pub fn object(&mut self) -> Result<(&'a [u8], usize), ParseError> {
        self.expect(b'O')?;
        self.expect(b':')?;
        let class = self.quoted()?;
        self.expect(b':')?;
        Ok((class, self.count()?))
    }

    /// The end of an array or an object.
    ///
    /// # Errors
    /// It has more.
    pub fn close(&mut self) -> Result<(), ParseError> {
        self.expect(b'}')
    }

    /// A value that holds no other.
    ///
    /// # Errors
    /// It holds others, or is of a kind that is not read.
    pub fn scalar(&mut self) -> Result<Scalar<'a>, ParseError> {
        let tag = self.peek()?;
        if let Some(problem) = refused(tag) {
            return Err(self.problem(problem));
        }
        self.offset += 1;
        if tag == b'N' {
            self.expect(b';')?;
            return Ok(Scalar::Null);
        }
        self.expect(b':')?;
        match tag {
            b'b' => match self.until(b';')? {
                b"0" => Ok(Scalar::Bool(false)),
                b"1" => Ok(Scalar::Bool(true)),
                _ => Err(self.problem("a boolean is 0 or 1")),
            },
            b'i' => Ok(Scalar::Int(self.number(b';')?)),
            b'd' => Ok(Scalar::Float(self.number(b';')?)),
            b's' => {
                let bytes = self.quoted()?;
                self.expect(b';')?;
                Ok(Scalar::String(bytes.into()))
            }
            b'S' => {
                let bytes = self.escaped()?;
                self.expect(b';')?;
                Ok(Scalar::String(bytes.into()))
            }
            _ => Err(self.problem("a value without others in it is expected")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.problem(format!("values are nested more than {MAX_DEPTH} deep")));
        }
        match self.peek()? {
            b'a' => {
                let count = self.array()?;
                let mut entries = Vec::new();
                self.members(count, depth, |key, value| entries.push((key, value)))?;
                Ok(Value::Array(entries))
            }
            b'O' => {
                let (class, count) = self.object()?;
                let class = String::from_utf8_lossy(class).into_owned();
                let mut properties = Vec::new();
                self.members(count, depth, |key, value| {
                    let name = match key {
                        Key::Int(number) => number.to_string().into_bytes(),
                        Key::String(name) => name,
                    };
                    properties.push((name, value));
                })?;
                Ok(Value::Object(Object { class, properties }))
            }
            _ => self.scalar().map(Value::from),
        }
    }

    /// This many keys with values, and the end.
    fn members(&mut self, count: usize, depth: usize, mut put: impl FnMut(Key, Value)) -> Result<(), ParseError> {
        for _ in 0..count {
            let start = self.offset;
            let key = match self.value(depth + 1)? {
                Value::Int(number) => Key::Int(number),
                Value::String(bytes) => Key::String(bytes),
                _ => return Err(ParseError { offset: start, problem: "a key is an integer or a string".into() }),
            };
            put(key, self.value(depth + 1)?);
        }
        self.close()
    }

    fn problem(&self, problem: impl Into<String>) -> ParseError {
        ParseError { offset: self.offset, problem: problem.into() }
    }

    fn peek(&self) -> Result<u8, ParseError> {
        self.bytes.get(self.offset).copied().ok_or_else(|| self.problem("the text ends too early (was it cut off?)"))
    }

    fn expect(&mut self, wanted: u8) -> Result<(), ParseError> {
        let found = self.peek()?;
        if found != wanted {
            let problem = format!("`{}` is expected, `{}` found", char::from(wanted), found.escape_ascii());
            return Err(self.problem(problem));
        }
        self.offset += 1;
        Ok(())
    }

    /// The text up to `end`, which is skipped.
    fn until(&mut self, end: u8) -> Result<&'a [u8], ParseError> {
        let rest = self.rest();
        // No number is longer; a missing end must not make us look through megabytes.
        let length = rest
            .iter()
            .take(64)
            .position(|&byte| byte == end)
            .ok_or_else(|| self.problem(format!("a number that ends in `{}` is expected", char::from(end))))?;
        self.offset += length + 1;
        Ok(&rest[..length])
    }

    fn number<T: std::str::FromStr>(&mut self, end: u8) -> Result<T, ParseError> {
        let offset = self.offset;
        let digits = self.until(end)?;
        let text =
            std::str::from_utf8(digits).map_err(|_| ParseError { offset, problem: "a number is expected".into() })?;
        text.parse()
            .map_err(|_| ParseError { offset, problem: format!("`{}` is no number that fits", text.escape_debug()) })
    }

    /// How many members follow, and the brace before them.
    fn count(&mut self) -> Result<usize, ParseError> {
        let count = self.number(b':')?;
        self.expect(b'{')?;
        Ok(count)
    }

    /// The length and the bytes of a string or class name, without what follows the closing quote.
    fn quoted(&mut self) -> Result<&'a [u8], ParseError> {
        let offset = self.offset;
        let length: usize = self.number(b':')?;
        self.expect(b'"')?;
        let Some((bytes, _)) = self.rest().split_at_checked(length) else {
            return Err(ParseError { offset, problem: format!("{length} bytes are announced, fewer are there") });
        };
        self.offset += length;
        self.expect(b'"')?;
        Ok(bytes)
    }

    /// As [`Reader::quoted`], where a byte may be written as a backslash and two hexadecimal digits.
    fn escaped(&mut self) -> Result<Vec<u8>, ParseError> {
        let length: usize = self.number(b':')?;
        self.expect(b'"')?;
        let mut bytes = Vec::new();
        for _ in 0..length {
            let byte = self.peek()?;
            self.offset += 1;
            if byte != b'\\' {
                bytes.push(byte);
                continue;
            }
            let digits =
                self.bytes.get(self.offset..self.offset + 2).filter(|two| two.iter().all(u8::is_ascii_hexdigit));
            let byte = digits
                .and_then(|two| std::str::from_utf8(two).ok())
                .and_then(|two| u8::from_str_radix(two, 16).ok())
                .ok_or_else(|| self.problem("two hexadecimal digits are expected after a backslash"))?;
            bytes.push(byte);
            self.offset += 2;
        }
        self.expect(b'"')?;
        Ok(bytes)
    }
}

/// Why a value that begins so is not read.
fn refused(tag: u8) -> Option<String> {
    match tag {
        b'N' | b'b' | b'i' | b'd' | b's' | b'S' | b'a' | b'O' => None,
        b'r' | b'R' => Some("there is a reference to another value; references are not read".into()),
        b'C' => Some("there is an object of a class with a format of its own (`C:`); such objects are not read".into()),
        b'E' => Some("there is a case of a PHP enumeration (`E:`); those are not read".into()),
        other => Some(format!("`{}` begins no value", other.escape_ascii())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(bytes: &[u8]) -> (usize, String) {
        let error = parse(bytes).unwrap_err();
        (error.offset, error.problem)
    }

    #[test]
    fn errors_say_where_and_what() {
        assert_eq!(problem(b"").0, 0);
        assert_eq!(problem(b"i:1;i:2;"), (4, "more follows after the value".into()));
        assert_eq!(problem(b"s:9:\"abc\";"), (2, "9 bytes are announced, fewer are there".into()));
        assert_eq!(problem(b"s:2:\"abc\";"), (7, "`\"` is expected, `c` found".into()));
        assert_eq!(problem(b"i:99999999999999999999;"), (2, "`99999999999999999999` is no number that fits".into()));
        assert!(problem(b"a:1:{i:0;R:1;}").1.contains("reference"));
        assert!(problem(b"C:1:\"A\":0:{}").1.contains("format of its own"));
        assert!(problem(b"a:9999999999:{").1.contains("ends too early"));
        assert_eq!(problem(b"a:1:{N;N;}"), (5, "a key is an integer or a string".into()));
        assert!(problem(b"S:18446744073709551615:\"\\0").1.contains("hexadecimal"));
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = [b"a:1:{i:0;".repeat(100_000), b"N;".to_vec()].concat();
        assert!(problem(&deep).1.contains("nested more than 64 deep"));
    }
}
