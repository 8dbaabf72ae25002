//! Macros, `{X}` and `${X}`: where one stands in a text, how a value is quoted, and macros in values.

use std::collections::HashMap;

use crate::job::field::Field;

/// The name of the macro at the beginning of `text`, and the length of the macro in bytes.
///
/// A name is one that a variable may have anywhere, or that a field has (`is_field`): definitions may call theirs `2FA_TOKEN`.
pub fn macro_at(text: &str, is_field: impl Fn(&str) -> bool) -> Option<(&str, usize)> {
    let inner = text.strip_prefix('$').unwrap_or(text).strip_prefix('{')?;
    let name = &inner[..inner.find('}')?];
    let is_macro = super::environment::is_name(name) || is_field(name);
    is_macro.then_some((name, text.len() - inner.len() + name.len() + 1))
}

/// A value within single quotes.
pub fn quote_single(value: &str) -> String {
    value.replace('\'', r"'\''")
}

/// A value within double quotes.
pub fn quote_double(value: &str) -> String {
    let mut quoted = String::with_capacity(value.len());
    for c in value.chars() {
        if matches!(c, '\\' | '"' | '$' | '`') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted
}

/// Puts values into values, in one pass: what was put in is not expanded again.
///
/// Unknown names stay, and a field does not go into itself. A value into which a secret was put is secret.
pub fn expand_values(fields: &mut [Field]) {
    let known: HashMap<String, (String, bool)> = fields
        .iter()
        .map(|field| (field.code.clone(), (field.effective().unwrap_or_default().to_string(), field.is_secret())))
        .collect();
    for field in fields {
        let Some(value) = field.effective().filter(|value| value.contains('{')) else { continue };
        let mut expanded = String::with_capacity(value.len());
        let (mut changed, mut secret) = (false, false);
        let mut rest = value;
        while let Some(next) = rest.chars().next() {
            let found = macro_at(rest, |name| known.contains_key(name)).filter(|(name, _)| *name != field.code);
            let length = match found.and_then(|(name, length)| Some((known.get(name)?, length))) {
                Some(((text, is_secret), length)) => {
                    expanded.push_str(text);
                    changed = true;
                    secret |= *is_secret && !text.is_empty();
                    length
                }
                None => {
                    expanded.push(next);
                    next.len_utf8()
                }
            };
            rest = &rest[length..];
        }
        if changed {
            field.value = Some(expanded);
            field.secret |= secret;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_macro_stands() {
        let macro_at = |text| super::macro_at(text, |name| matches!(name, "2FA" | "BANKA+"));
        assert_eq!(macro_at("{A_1}b"), Some(("A_1", 5)));
        assert_eq!(macro_at("${A}"), Some(("A", 4)));
        assert_eq!(macro_at("{2FA}{A}"), Some(("2FA", 5)));
        assert_eq!(macro_at("${BANKA+}"), Some(("BANKA+", 9)));
        for text in ["{}", "{1A}", "{A", "$A", "{A B}", "A{B}", "{ž}", "$${A}", "${A:-x}"] {
            assert_eq!(macro_at(text), None, "{text}");
        }
    }

    #[test]
    fn values_in_values() {
        let mut fields = vec![
            Field::new("A_1", "{B}-${B}-{NO}-{A_1}", "x"),
            Field::new("B", "{C}", "x"),
            Field::new("C", "x", "x"),
            Field { default: Some("u:{P}@h".into()), value: None, ..Field::new("D", "", "x") },
            Field { kind: "password".into(), ..Field::new("P", "pw", "x") },
            Field::new("Z9", "{ž", "x"),
        ];
        expand_values(&mut fields);
        let values: Vec<_> = fields.iter().filter_map(Field::effective).collect();
        assert_eq!(values, ["{C}-{C}-{NO}-{A_1}", "x", "x", "u:pw@h", "pw", "{ž"]);
        let secret: Vec<_> = fields.iter().filter(|field| field.is_secret()).map(|field| field.code.as_str()).collect();
        assert_eq!(secret, ["D", "P"]);
    }
}
