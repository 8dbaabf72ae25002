//! Of a stored environment only what is shown, read without building values: a listing reads very many of them, each with
//! some two hundred strings of which it needs forty.

use std::borrow::Cow;

use super::read;
use crate::error::Result;
use crate::job::field::Field;
use crate::php::plain_name;
use crate::secret::field_is_secret;

/// A variable of an environment.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    pub code: String,
    /// The value, or the default where there is none; empty without either.
    pub value: String,
    pub is_secret: bool,
}

/// Reads environments, one after the other. Jobs that follow each other in a listing have most of their fields in common, to the
/// byte: what stands where the same stood in the one before is not read again.
#[derive(Default)]
pub struct Reader {
    fields: Vec<Known>,
    /// The places of the fields that count, by their codes; None where codes changed.
    order: Option<Vec<usize>>,
    /// Of an environment in another form.
    other: Vec<Variable>,
}

/// A field that was read.
struct Known {
    bytes: Vec<u8>,
    variable: Variable,
}

impl Reader {
    /// The variables of `job.env` in any form it was ever stored in, sorted by code, each once.
    ///
    /// # Errors
    /// As [`read`].
    pub fn variables(&mut self, bytes: &[u8]) -> Result<Vec<&Variable>> {
        if (Scanner { rest: bytes }).collection(self).is_some() {
            let Reader { fields, order, .. } = self;
            let order = order.get_or_insert_with(|| in_order(fields));
            return Ok(order.iter().map(|at| &fields[*at].variable).collect());
        }
        let variable = |field: Field| {
            let value = field.effective().unwrap_or_default().to_owned();
            Variable { is_secret: field.is_secret(), value, code: field.code }
        };
        self.other = read(bytes)?.into_iter().map(variable).collect();
        let mut found: Vec<&Variable> = self.other.iter().collect();
        // Of several with one code the last counts.
        found.reverse();
        found.sort_by(|a, b| a.code.cmp(&b.code));
        found.dedup_by(|later, kept| later.code == kept.code);
        Ok(found)
    }

    /// Takes the field at this place of the array, which is read unless it is known.
    fn take(&mut self, place: usize, scanner: &mut Scanner<'_>) -> Option<()> {
        let begin = scanner.rest;
        if let Some(known) = self.fields.get(place)
            && let Some(rest) = begin.strip_prefix(known.bytes.as_slice())
        {
            scanner.rest = rest;
            return Some(());
        }
        let variable = scanner.field()?;
        let bytes = begin[..begin.len() - scanner.rest.len()].to_vec();
        match self.fields.get_mut(place) {
            Some(known) => {
                if known.variable.code != variable.code {
                    self.order = None;
                }
                *known = Known { bytes, variable };
            }
            None => {
                self.order = None;
                self.fields.push(Known { bytes, variable });
            }
        }
        Some(())
    }
}

/// The places of the fields, by their codes; of several with one code the last counts.
fn in_order(fields: &[Known]) -> Vec<usize> {
    let code = |at: usize| &fields[at].variable.code;
    let mut order: Vec<usize> = (0..fields.len()).rev().collect();
    order.sort_by(|a, b| code(*a).cmp(code(*b)));
    order.dedup_by(|later, kept| code(*later) == code(*kept));
    order
}

/// What a property of a field can be.
enum Scalar<'a> {
    Null,
    Bool(bool),
    /// A text, or a number as it is written.
    Text(Cow<'a, [u8]>),
}

impl<'a> Scalar<'a> {
    fn into_text(self) -> Option<Cow<'a, str>> {
        let bytes = match self {
            Scalar::Null => return None,
            Scalar::Bool(value) => Cow::Borrowed(if value { &b"1"[..] } else { b"" }),
            Scalar::Text(bytes) => bytes,
        };
        Some(match bytes {
            Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
            Cow::Owned(bytes) => String::from_utf8_lossy(&bytes).into_owned().into(),
        })
    }

    fn is_true(&self) -> bool {
        match self {
            Scalar::Null => false,
            Scalar::Bool(value) => *value,
            Scalar::Text(bytes) => !matches!(bytes.as_ref(), b"" | b"0" | b"false"),
        }
    }
}

/// Reads the form that the suite and this program write. Whatever else it meets makes it answer None.
struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    /// The whole text: an object, one of whose properties is the array of fields.
    fn collection(mut self, reader: &mut Reader) -> Option<()> {
        let mut found = None;
        for _ in 0..self.object()? {
            let name = self.text()?;
            if plain_name(&name) == b"fields" {
                found = Some(self.fields(reader)?);
            } else {
                self.scalar()?;
            }
        }
        self.eat(b"}")?;
        if self.rest.is_empty() { found } else { None }
    }

    fn fields(&mut self, reader: &mut Reader) -> Option<()> {
        self.eat(b"a:")?;
        let count = self.number(b':')?;
        self.eat(b"{")?;
        for place in 0..count {
            reader.take(place, self)?;
        }
        if reader.fields.len() > count {
            reader.fields.truncate(count);
            reader.order = None;
        }
        self.eat(b"}")
    }

    fn field(&mut self) -> Option<Variable> {
        let key = self.scalar()?.into_text()?;
        let (mut code, mut value, mut default, mut kind, mut secret) = (None, None, None, None, false);
        for _ in 0..self.object()? {
            let name = self.text()?;
            let scalar = self.scalar()?;
            match plain_name(&name) {
                b"code" => code = scalar.into_text().filter(|code| !code.is_empty()),
                b"value" => value = scalar.into_text(),
                b"defaultValue" => default = scalar.into_text(),
                b"type" => kind = scalar.into_text(),
                b"isSecret" => secret = scalar.is_true(),
                _ => {}
            }
        }
        self.eat(b"}")?;
        let code = code.unwrap_or(key);
        let value = value.or(default).unwrap_or_default();
        let is_secret = field_is_secret(&code, secret, kind.as_deref().unwrap_or_default(), &value);
        Some(Variable { code: code.into_owned(), value: value.into_owned(), is_secret })
    }

    /// The head of an object, up to its properties, of which it tells the number.
    fn object(&mut self) -> Option<usize> {
        self.eat(b"O:")?;
        self.quoted()?;
        self.eat(b":")?;
        let count = self.number(b':')?;
        self.eat(b"{")?;
        Some(count)
    }

    fn text(&mut self) -> Option<Cow<'a, [u8]>> {
        match self.scalar()? {
            Scalar::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn scalar(&mut self) -> Option<Scalar<'a>> {
        let (head, rest) = self.rest.split_at_checked(2)?;
        self.rest = rest;
        let scalar = match head {
            b"N;" => return Some(Scalar::Null),
            b"b:" => {
                let value = self.number(b';')? == 1;
                return Some(Scalar::Bool(value));
            }
            b"i:" => {
                let digits = self.rest;
                self.number(b';')?;
                return Some(Scalar::Text(digits[..digits.len() - self.rest.len() - 1].into()));
            }
            b"s:" => Cow::Borrowed(self.quoted()?),
            b"S:" => Cow::Owned(self.escaped()?),
            _ => return None,
        };
        self.eat(b";")?;
        Some(Scalar::Text(scalar))
    }

    /// The length and the bytes of a string, without what follows the closing quote.
    fn quoted(&mut self) -> Option<&'a [u8]> {
        let length = self.number(b':')?;
        self.eat(b"\"")?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        self.eat(b"\"")?;
        Some(bytes)
    }

    /// As [`Scanner::quoted`], where a byte may be written as a backslash and two hexadecimal digits.
    fn escaped(&mut self) -> Option<Vec<u8>> {
        let length = self.number(b':')?;
        self.eat(b"\"")?;
        let mut bytes = Vec::with_capacity(length.min(self.rest.len()));
        for _ in 0..length {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            if byte == b'\\' {
                let (digits, rest) = self.rest.split_at_checked(2)?;
                self.rest = rest;
                bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
            } else {
                bytes.push(byte);
            }
        }
        self.eat(b"\"")?;
        Some(bytes)
    }

    fn eat(&mut self, wanted: &[u8]) -> Option<()> {
        self.rest = self.rest.strip_prefix(wanted)?;
        Some(())
    }

    /// A number from 0 up and the `end` behind it.
    fn number(&mut self, end: u8) -> Option<usize> {
        let mut number: usize = 0;
        for (i, &byte) in self.rest.iter().enumerate() {
            match byte {
                b'0'..=b'9' => number = number.checked_mul(10)?.checked_add(usize::from(byte & 0x0f))?,
                _ if byte == end && i > 0 => {
                    self.rest = &self.rest[i + 1..];
                    return Some(number);
                }
                _ => return None,
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;
    use crate::job::stored_environment::{write, write_without_nul};

    fn fields() -> impl Strategy<Value = Vec<Field>> {
        let field = ("[A-Z]{1,2}", ".*", prop::option::of(".*"), "string|password|bool|", any::<bool>());
        let field = field.prop_map(|(code, value, default, kind, secret)| Field {
            default,
            kind,
            secret,
            value: Some(value).filter(|value| value != "-"),
            ..Field::new(code, "", "Company")
        });
        prop::collection::vec(field, 0..6)
    }

    /// As the reader that builds all values sees it.
    fn wanted(bytes: &[u8]) -> Vec<Variable> {
        let variable = |field: Field| Variable {
            value: field.effective().unwrap_or_default().to_owned(),
            is_secret: field.is_secret(),
            code: field.code,
        };
        read(bytes).unwrap().into_iter().map(variable).collect()
    }

    fn is_scanned(bytes: &[u8]) -> bool {
        Scanner { rest: bytes }.collection(&mut Reader::default()).is_some()
    }

    proptest! {
        #[test]
        fn both_readers_see_the_same(environments in prop::collection::vec(fields(), 1..4)) {
            // The one reader has seen the others before.
            let mut reader = Reader::default();
            for fields in environments {
                for bytes in [write(&fields), write_without_nul(&fields), write(&fields)] {
                    prop_assert!(is_scanned(&bytes));
                    let wanted = wanted(&bytes);
                    prop_assert_eq!(reader.variables(&bytes).unwrap(), wanted.iter().collect::<Vec<_>>());
                }
            }
        }

        #[test]
        fn a_changed_field_is_read_again(mut fields in fields(), at in any::<prop::sample::Index>(), value in ".*") {
            let mut reader = Reader::default();
            reader.variables(&write(&fields)).unwrap();
            if !fields.is_empty() {
                let at = at.index(fields.len());
                fields[at].value = Some(value);
            }
            let wanted = wanted(&write(&fields));
            prop_assert_eq!(reader.variables(&write(&fields)).unwrap(), wanted.iter().collect::<Vec<_>>());
        }

        #[test]
        fn damage_is_left_to_the_other_reader(fields in fields(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let whole = write(&fields);
            let at = at.index(whole.len());
            prop_assert!(!is_scanned(&whole[..at]));
            let mut bytes = whole.clone();
            bytes[at] = byte;
            let mut reader = Reader::default();
            let _ = reader.variables(&bytes);
            let wanted = wanted(&whole);
            prop_assert_eq!(reader.variables(&whole).unwrap(), wanted.iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn other_forms_are_read_all_the_same() {
        for text in [r#"{"A":"x"}"#, r#"a:1:{s:1:"A";s:1:"x";}"#] {
            let mut reader = Reader::default();
            let variable = Variable { code: "A".into(), value: "x".into(), is_secret: false };
            assert_eq!(reader.variables(text.as_bytes()).unwrap(), [&variable]);
        }
        assert!(Reader::default().variables(b"O:1:\"A\":1:{").is_err());
    }
}
