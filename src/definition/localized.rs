//! Texts in one or several languages.

use indexmap::IndexMap;

use super::language::LANGUAGES;
use crate::config::MAIN_LANGUAGE;

/// A text as a definition gives it: plain, or by language code.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Localized {
    Plain(String),
    Languages(IndexMap<String, String>),
}

impl Default for Localized {
    fn default() -> Self {
        Localized::Plain(String::new())
    }
}

impl From<&str> for Localized {
    fn from(text: &str) -> Self {
        Localized::Plain(text.to_owned())
    }
}

impl Localized {
    /// The text for the database's main column: English, else the first language there is.
    pub fn main(&self) -> &str {
        match self {
            Localized::Plain(text) => text,
            Localized::Languages(texts) => {
                texts.get(MAIN_LANGUAGE).or_else(|| texts.values().next()).map_or("", String::as_str)
            }
        }
    }

    /// Language and text of each translation. A plain text has no translation: it has no language.
    pub fn translations(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = match self {
            Localized::Plain(_) => None,
            Localized::Languages(texts) => Some(texts),
        };
        texts.into_iter().flatten().map(|(language, text)| (language.as_str(), text.as_str()))
    }

    /// As [`Self::translations`], but a plain text counts as English: so the suite does where no main column exists.
    pub fn translations_or_main(&self) -> impl Iterator<Item = (&str, &str)> {
        let plain = match self {
            Localized::Plain(text) => Some((MAIN_LANGUAGE, text.as_str())),
            Localized::Languages(_) => None,
        };
        plain.into_iter().chain(self.translations())
    }

    /// A text read back from its main column and its translations.
    ///
    /// The main column wins over the English translation, for it is the one that users change.
    pub fn from_rows<'a>(main: &str, translations: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut texts: IndexMap<String, String> = translations
            .into_iter()
            .filter(|(language, text)| !text.is_empty() && LANGUAGES.contains(language))
            .map(|(language, text)| (language.to_owned(), text.to_owned()))
            .collect();
        if texts.is_empty() {
            return Localized::Plain(main.to_owned());
        }
        if !main.is_empty() {
            if let Some(text) = texts.get_mut(MAIN_LANGUAGE) {
                *text = main.to_owned();
            } else if let Some(at) = texts.values().position(|text| text == main) {
                // Without English the first one is the main text, also when this is imported.
                texts.move_index(at, 0);
            } else {
                texts.shift_insert(0, MAIN_LANGUAGE.to_owned(), main.to_owned());
            }
        }
        Localized::Languages(texts)
    }
}

/// Several localized texts side by side: one row a language, `N` texts a row.
///
/// Languages come in the order in which they first appear.
pub fn by_language<const N: usize>(texts: [Vec<(&str, &str)>; N]) -> Vec<(String, [Option<String>; N])> {
    let mut rows: IndexMap<String, [Option<String>; N]> = IndexMap::new();
    for (column, texts) in texts.into_iter().enumerate() {
        for (language, text) in texts {
            rows.entry(language.to_owned()).or_insert([const { None }; N])[column] = Some(text.to_owned());
        }
    }
    rows.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_main_text_is_english_or_the_first() {
        let text = |value| serde_json::from_value::<Localized>(value).unwrap();
        assert_eq!(text(json!("Hello")).main(), "Hello");
        assert_eq!(text(json!({"cs": "Ahoj", "en": "Hello"})).main(), "Hello");
        assert_eq!(text(json!({"cs": "Ahoj", "sk": "Čau"})).main(), "Ahoj");
        assert_eq!(
            serde_json::to_string(&text(json!({"cs": "Ahoj", "en": "Hi"}))).unwrap(),
            r#"{"cs":"Ahoj","en":"Hi"}"#
        );
    }

    #[test]
    fn read_back_the_main_column_wins() {
        let back = |main, rows: &[(&'static str, &'static str)]| {
            serde_json::to_value(Localized::from_rows(main, rows.iter().copied())).unwrap()
        };
        assert_eq!(back("Plain", &[]), json!("Plain"));
        assert_eq!(back("Renamed", &[("en", "Old"), ("cs", "Staré")]), json!({"en": "Renamed", "cs": "Staré"}));
        assert_eq!(back("Ahoj", &[("cs", "Ahoj")]), json!({"cs": "Ahoj"}));
        let back_in_order =
            serde_json::to_string(&back("Čau", &[("cs", "Ahoj"), ("de", "Hallo"), ("sk", "Čau")])).unwrap();
        assert_eq!(back_in_order, r#"{"sk":"Čau","cs":"Ahoj","de":"Hallo"}"#);
        assert_eq!(back("Hi", &[("cs", "Ahoj")]), json!({"en": "Hi", "cs": "Ahoj"}));
        assert_eq!(back("Hi", &[("cs_CZ", "no such code")]), json!("Hi"));
    }

    #[test]
    fn rows_by_language() {
        let rows = by_language([vec![("en", "a")], vec![("cs", "b"), ("en", "c")]]);
        assert_eq!(
            rows,
            [("en".into(), [Some("a".into()), Some("c".into())]), ("cs".into(), [None, Some("b".into())]),]
        );
    }
}
