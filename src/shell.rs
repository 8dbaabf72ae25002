//! Words as a shell reads them, and finding them again in a line for one.

use std::borrow::Cow;

use crate::secret::{MASK, redact};

/// Does a shell leave this character alone?
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() || "_-./:,+=@%".contains(c)
}

/// A word as a shell reads it back: as it is where a shell would leave it alone, else in single quotes.
pub fn quote_word(word: &str) -> String {
    if !word.is_empty() && word.chars().all(|c| is_plain(c) || MASK.contains(c)) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A command line with [`MASK`] in place of each of these values, however a line for a shell may have them; None where it has none.
pub fn redact_command<'a>(line: &str, values: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let forms: Vec<String> = values.into_iter().flat_map(forms_in_command).collect();
    match redact(line, forms.iter().map(String::as_str)) {
        Cow::Owned(redacted) => Some(redacted),
        Cow::Borrowed(_) => None,
    }
}

/// A value in every form in which it may stand in a command line.
///
/// As it is, within single and within double quotes, with its blanks behind backslashes (so the suite puts it in), and with all
/// that a shell would read behind them.
fn forms_in_command(value: &str) -> Vec<String> {
    let escaped = |is_special: fn(char) -> bool| {
        let pieces = value.chars().flat_map(|c| is_special(c).then_some('\\').into_iter().chain([c]));
        pieces.collect::<String>()
    };
    let mut forms = vec![
        value.to_owned(),
        value.replace('\'', r"'\''"),
        escaped(|c| matches!(c, '\\' | '"' | '$' | '`')),
        escaped(|c| c == ' '),
        escaped(|c| !is_plain(c)),
    ];
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_hides_a_value_however_it_is_quoted() {
        for line in [
            r#"tool --x=it's $5 now"#, r#"tool --x='it'\''s $5 now'"#, r#"tool --x="it's \$5 now""#,
            r#"tool --x=it's\ $5\ now"#, r#"tool --x=it\'s\ \$5\ now"#,
        ] {
            let hidden = redact_command(line, ["it's $5 now"]).unwrap_or_default();
            assert!(hidden.contains(MASK) && !hidden.contains("now"), "{line}: {hidden}");
        }
        assert_eq!(redact_command("tool --x=1", ["it's"]), None);
    }
}
