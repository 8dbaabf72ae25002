//! A variable of an application's environment: a row of `conffield`.

use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

use super::coerce;
use super::localized::Localized;
use crate::field_kind;

/// One variable that an application understands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Variable {
    /// string, file-path, email, url, integer, float, bool, password, set or text; empty means string.
    #[serde(rename = "type", serialize_with = "documented_kind")]
    pub kind: String,
    pub description: Localized,
    /// The default as the definition gives it; [`Self::default_text`] is what is stored.
    pub defval: Value,
    pub required: bool,
    /// API, Database, Behavior, Security or Other; empty where none is said.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub category: String,
    #[serde(skip_serializing_if = "is_empty")]
    pub hint: Localized,
    #[serde(skip_serializing_if = "is_empty")]
    pub note: Localized,
    #[serde(deserialize_with = "coerce::flag", skip_serializing_if = "is_false")]
    pub secret: bool,
    #[serde(deserialize_with = "coerce::flag", skip_serializing_if = "is_false")]
    pub multiline: bool,
    #[serde(deserialize_with = "coerce::flag", skip_serializing_if = "is_false")]
    pub expiring: bool,
}

impl Variable {
    /// The column `type`.
    pub fn kind(&self) -> &str {
        if self.kind.is_empty() { "string" } else { &self.kind }
    }

    /// The column `defval`: a bool is `1` or `0`, anything else the text as it is written, nothing an empty text.
    ///
    /// The suite takes only `true` in lower case for true, and definitions write `True`; here that is true as well.
    pub fn default_text(&self) -> String {
        match &self.defval {
            value if self.kind() != "bool" => coerce::text(value),
            value if coerce::is_true(value) => "1".to_owned(),
            _ => "0".to_owned(),
        }
    }
}

/// The type as the format names it today; databases hold older names too.
fn documented_kind<S: Serializer>(kind: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match field_kind::suite_word(kind) {
        "secret" => "password",
        kind => kind,
    })
}

fn is_false(flag: &bool) -> bool {
    !flag
}

fn is_empty(text: &Localized) -> bool {
    text.main().is_empty()
}
