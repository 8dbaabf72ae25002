//! The definition of a credential prototype or type. Both are kept as a prototype with its fields: so does the suite.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::localized::Localized;
use super::prune::prune;
use super::violation::Violation;
use super::{DefinitionKind, coerce};
use crate::error::{self, Error};

/// What an exported definition names as its schema.
const SCHEMA_URI: &str = "https://multiflexi.eu/schema/credential-prototype.json";

/// What a definition says of a kind of credential.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prototype {
    pub uuid: String,
    /// What applications name in their requirements.
    pub code: String,
    pub name: Localized,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Localized>,
    pub version: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    #[serde(deserialize_with = "coerce::strings", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    pub fields: Vec<PrototypeField>,
    /// Where credential types may keep the translations of name and description.
    #[serde(skip_serializing)]
    localized: IndexMap<String, IndexMap<String, String>>,
}

/// One value that a credential of this kind has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrototypeField {
    /// The variable that jobs find it in.
    pub keyword: String,
    #[serde(rename = "type", serialize_with = "documented_kind")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Localized>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Localized>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Localized>,
    /// Files write `default` as well.
    #[serde(alias = "default", serialize_with = "as_text", skip_serializing_if = "Value::is_null")]
    pub default_value: Value,
    pub required: bool,
    /// A list of objects with value and label, or of texts that are both.
    #[serde(serialize_with = "documented_options", skip_serializing_if = "Option::is_none")]
    pub options: Option<Value>,
}

/// The type as prototypes name it; credential types and databases have other names too.
fn documented_kind<S: Serializer>(kind: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match kind {
        "password" | "email" | "url" | "integer" | "boolean" | "select" | "textarea" | "file" => kind,
        "secret" => "password",
        "number" => "integer",
        "bool" | "checkbox" | "switch" => "boolean",
        "set" => "select",
        "text" => "textarea",
        "file-path" | "directory" => "file",
        _ => "string",
    })
}

fn documented_options<S: Serializer>(options: &Option<Value>, serializer: S) -> Result<S::Ok, S::Error> {
    match options {
        Some(Value::Array(options)) => serializer.collect_seq(options.iter().map(|option| match option {
            Value::String(text) => json!({"value": text, "label": text}),
            other => other.clone(),
        })),
        other => other.serialize(serializer),
    }
}

/// A text is kept as it is, anything else is its JSON.
fn as_text<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&coerce::text(value))
}

impl Prototype {
    /// Takes over what a valid definition says.
    ///
    /// # Errors
    /// The definition has a value of the wrong type: it was not validated.
    pub fn from_value(definition: &Value) -> error::Result<Self> {
        let mut prototype: Prototype = serde_json::from_value(definition.clone()).map_err(|cause| {
            Error::refused("the credential's definition cannot be understood")
                .because(cause)
                .hint("credential-prototype validate-json --file=PATH says what is wrong with it")
        })?;
        for (member, texts) in std::mem::take(&mut prototype.localized) {
            match member.as_str() {
                "name" => prototype.name = with_translations(&prototype.name, texts),
                "description" => {
                    let plain = prototype.description.unwrap_or_default();
                    prototype.description = Some(with_translations(&plain, texts));
                }
                _ => {}
            }
        }
        Ok(prototype)
    }

    /// The definition in the documented format. What the database holds may not fit it: see [`Self::export`].
    pub fn to_value(&self) -> Value {
        let mut definition = Map::new();
        definition.insert("$schema".to_owned(), SCHEMA_URI.into());
        // Only maps with keys that are no texts fail to become JSON, and there are none.
        if let Ok(Value::Object(members)) = serde_json::to_value(self) {
            definition.extend(members);
        }
        Value::Object(definition)
    }

    /// A definition that is valid, and what had to be left out for that.
    pub fn export(&self) -> (Value, Vec<Violation>) {
        prune(DefinitionKind::CredentialPrototype, self.to_value())
    }

    /// The columns of `credential_prototype` but for the times.
    pub fn columns(&self) -> Vec<(&'static str, String)> {
        let or_empty = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            ("uuid", self.uuid.clone()),
            ("code", self.code.clone()),
            ("name", self.name.main().to_owned()),
            ("description", self.description.as_ref().map_or("", Localized::main).to_owned()),
            ("version", self.version.clone()),
            ("url", or_empty(&self.url)),
            ("logo", or_empty(&self.logo)),
            ("homepage", or_empty(&self.homepage)),
            ("tags", self.tags.join(",")),
        ]
    }
}

/// A text with translations that stand elsewhere; what the text itself says in a language wins.
fn with_translations(text: &Localized, more: IndexMap<String, String>) -> Localized {
    let mut texts = match text {
        Localized::Plain(plain) if plain.is_empty() => IndexMap::new(),
        Localized::Plain(plain) => IndexMap::from([(crate::config::MAIN_LANGUAGE.to_owned(), plain.clone())]),
        Localized::Languages(texts) => texts.clone(),
    };
    for (language, translation) in more {
        texts.entry(language).or_insert(translation);
    }
    if texts.is_empty() { text.clone() } else { Localized::Languages(texts) }
}

impl PrototypeField {
    /// The column `name`: the keyword where the definition gives none.
    pub fn name(&self) -> &str {
        self.name.as_ref().map_or(&self.keyword, Localized::main)
    }

    /// The column `default_value`: a text is kept as it is, anything else as its JSON.
    pub fn default_text(&self) -> String {
        coerce::text(&self.default_value)
    }

    /// The column `options`: JSON, or NULL.
    pub fn options_json(&self) -> Option<String> {
        self.options.as_ref().map(Value::to_string)
    }
}

#[cfg(test)]
#[path = "credential_tests.rs"]
mod tests;
