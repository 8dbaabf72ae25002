//! Texts in one or several languages, and objects whose order is kept.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::language::LANGUAGES;
use crate::config::MAIN_LANGUAGE;

/// An object's members in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<T> Entries<T> {
    /// Keys and values, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value under this key; None where the object has no such member.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.iter().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// Has the object no members?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T: Serialize> Serialize for Entries<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Members(PhantomData))
    }
}

/// A text as a definition gives it: plain, or by language code.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Localized {
    Plain(String),
    Languages(Entries<String>),
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
                texts.get(MAIN_LANGUAGE).or_else(|| texts.0.first().map(|(_, text)| text)).map_or("", String::as_str)
            }
        }
    }

    /// Language and text of each translation. A plain text has no translation: it has no language.
    pub fn translations(&self) -> impl Iterator<Item = (&str, &str)> {
        let texts = match self {
            Localized::Plain(_) => None,
            Localized::Languages(texts) => Some(texts),
        };
        texts.into_iter().flat_map(|texts| texts.iter().map(|(language, text)| (language, text.as_str())))
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
        let mut texts: Vec<(String, String)> = translations
            .into_iter()
            .filter(|(language, text)| !text.is_empty() && LANGUAGES.contains(language))
            .map(|(language, text)| (language.to_owned(), text.to_owned()))
            .collect();
        if texts.is_empty() {
            return Localized::Plain(main.to_owned());
        }
        if !main.is_empty() {
            if let Some((_, text)) = texts.iter_mut().find(|(language, _)| language == MAIN_LANGUAGE) {
                *text = main.to_owned();
            } else if let Some(at) = texts.iter().position(|(_, text)| text == main) {
                // Without English the first one is the main text, also when this is imported.
                texts[..=at].rotate_right(1);
            } else {
                texts.insert(0, (MAIN_LANGUAGE.to_owned(), main.to_owned()));
            }
        }
        Localized::Languages(Entries(texts))
    }
}

/// Several localized texts side by side: one row a language, `N` texts a row.
///
/// Languages come in the order in which they first appear.
pub fn by_language<const N: usize>(texts: [Vec<(&str, &str)>; N]) -> Vec<(String, [Option<String>; N])> {
    let mut rows: Vec<(String, [Option<String>; N])> = Vec::new();
    for (column, texts) in texts.into_iter().enumerate() {
        for (language, text) in texts {
            let row = match rows.iter().position(|(known, _)| known == language) {
                Some(row) => row,
                None => {
                    rows.push((language.to_owned(), [const { None }; N]));
                    rows.len() - 1
                }
            };
            rows[row].1[column] = Some(text.to_owned());
        }
    }
    rows
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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
