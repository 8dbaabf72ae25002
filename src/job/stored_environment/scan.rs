//! Of a stored environment only what is shown, read without building values: a listing reads very many of them, each with
//! some two hundred strings of which it needs forty.

use std::borrow::Cow;

use super::read;
use crate::error::Result;
use crate::job::field::Field;
use crate::php::{self, Scalar, Value, plain_name};
use crate::secret::field_is_secret;

/// A variable of an environment.
#[derive(Debug, PartialEq, Eq)]
pub struct Variable {
    pub code: String,
    /// The value, or the default where there is none; empty without either.
    pub value: String,
    pub is_secret: bool,
}

/// Reads environments, one after the other.
///
/// Jobs that follow each other in a listing have most of their fields in common, to the byte: what stands where the same stood
/// in the one before is not read again.
#[derive(Default)]
pub struct EnvironmentReader {
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

impl EnvironmentReader {
    /// The variables of `job.env` in any form it was ever stored in, sorted by code, each once.
    ///
    /// # Errors
    /// As [`read`].
    pub fn variables(&mut self, bytes: &[u8]) -> Result<Vec<&Variable>> {
        if collection(bytes, self).is_some() {
            let EnvironmentReader { fields, order, .. } = self;
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
    fn take(&mut self, place: usize, php: &mut php::Reader<'_>) -> Option<()> {
        if self.fields.get(place).is_some_and(|known| php.skip(&known.bytes)) {
            return Some(());
        }
        let begin = php.rest();
        let variable = field(php)?;
        let bytes = begin.get(..begin.len().checked_sub(php.rest().len())?)?.to_vec();
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

/// The property `fields` of an environment in the form that the suite and this program write, which is read into `known`.
///
/// None for any other form.
fn collection(bytes: &[u8], known: &mut EnvironmentReader) -> Option<()> {
    let mut php = php::Reader::new(bytes);
    let mut found = None;
    let (_, count) = php.object().ok()?;
    for _ in 0..count {
        let name = name(&mut php)?;
        if plain_name(&name) == b"fields" {
            found = Some(fields(&mut php, known)?);
        } else {
            php.scalar().ok()?;
        }
    }
    php.close().and_then(|()| php.end()).ok()?;
    found
}

fn fields(php: &mut php::Reader<'_>, known: &mut EnvironmentReader) -> Option<()> {
    let count = php.array().ok()?;
    for place in 0..count {
        known.take(place, php)?;
    }
    if known.fields.len() > count {
        known.fields.truncate(count);
        known.order = None;
    }
    php.close().ok()
}

/// A field with its key.
fn field(php: &mut php::Reader<'_>) -> Option<Variable> {
    let key = text(php.scalar().ok()?)?;
    let (mut code, mut value, mut default, mut kind, mut secret) = (None, None, None, None, false);
    let (_, count) = php.object().ok()?;
    for _ in 0..count {
        let name = name(php)?;
        let property = php.scalar().ok()?;
        match plain_name(&name) {
            b"code" => code = text(property).filter(|code| !code.is_empty()),
            b"value" => value = text(property),
            b"defaultValue" => default = text(property),
            b"type" => kind = text(property),
            // The second is how older suites marked it.
            b"isSecret" | b"secret" => secret |= is_true(property),
            _ => {}
        }
    }
    php.close().ok()?;
    let code = code.unwrap_or(key);
    let value = value.or(default).unwrap_or_default();
    let is_secret = field_is_secret(&code, secret, kind.as_deref().unwrap_or_default(), &value);
    Some(Variable { code: code.into_owned(), value: value.into_owned(), is_secret })
}

/// The name of a property.
fn name<'a>(php: &mut php::Reader<'a>) -> Option<Cow<'a, [u8]>> {
    match php.scalar().ok()? {
        Scalar::String(bytes) => Some(bytes),
        _ => None,
    }
}

fn text(scalar: Scalar<'_>) -> Option<Cow<'_, str>> {
    match scalar {
        Scalar::String(Cow::Borrowed(bytes)) => Some(String::from_utf8_lossy(bytes)),
        other => Value::from(other).to_text().map(Cow::Owned),
    }
}

fn is_true(scalar: Scalar<'_>) -> bool {
    let value = Value::from(scalar);
    value.is_truthy() && value != Value::text("false")
}

#[cfg(test)]
mod tests {
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
        collection(bytes, &mut EnvironmentReader::default()).is_some()
    }

    proptest! {
        #[test]
        fn both_readers_see_the_same(environments in prop::collection::vec(fields(), 1..4)) {
            // The one reader has seen the others before.
            let mut reader = EnvironmentReader::default();
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
            let mut reader = EnvironmentReader::default();
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
            let mut reader = EnvironmentReader::default();
            let _ = reader.variables(&bytes);
            let wanted = wanted(&whole);
            prop_assert_eq!(reader.variables(&whole).unwrap(), wanted.iter().collect::<Vec<_>>());
        }
    }

    #[test]
    fn other_forms_are_read_all_the_same() {
        for text in [r#"{"A":"x"}"#, r#"a:1:{s:1:"A";s:1:"x";}"#] {
            let mut reader = EnvironmentReader::default();
            let variable = Variable { code: "A".into(), value: "x".into(), is_secret: false };
            assert_eq!(reader.variables(text.as_bytes()).unwrap(), [&variable]);
        }
        assert!(EnvironmentReader::default().variables(b"O:1:\"A\":1:{").is_err());
    }
}
