//! An application's definition: what the file says, in the form in which the database keeps it, and back.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::coerce;
use super::kind::APPLICATION_SCHEMA;
use super::localized::{Localized, by_language};
use super::prune::prune;
use super::violation::Violation;
use super::{DefinitionKind, variable::Variable};
use crate::error::{Error, Result};

/// The version of the definition format that is written.
const SCHEMA_VERSION: &str = "3.4.0";

/// What a definition says of an application.
///
/// `None` means that the definition does not speak of it: an import then leaves alone what the database has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Application {
    /// A link to a picture, or the picture itself as `data:` URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    pub name: Localized,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<Localized>,
    pub description: Localized,
    pub executable: String,
    /// Run once when the application is given to a company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub setup: Option<String>,
    /// The command line's parameters with macros such as `{NAME}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cmdparams: Option<String>,
    /// The documented name of `cmdparams`. The suite's import knows only the other: both are written, either is read.
    #[serde(skip_serializing_if = "Option::is_none")]
    cmdparams_template: Option<String>,
    /// How the application is installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deploy: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ociimage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(deserialize_with = "coerce::strings", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The older name of `tags`; wins where a definition has both, as in the suite.
    #[serde(deserialize_with = "coerce::strings", skip_serializing)]
    topics: Vec<String>,
    /// Codes of the credential prototypes that the application needs.
    #[serde(deserialize_with = "coerce::strings", skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resultfile: Option<String>,
    pub environment: IndexMap<String, Variable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<Vec<Artifact>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub produces: Option<IndexMap<String, Product>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumes: Option<IndexMap<String, Supply>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_codes: Option<IndexMap<String, ExitCode>>,
    /// The whole `kubernetes` object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubernetes: Option<Value>,
}

/// A file that the application makes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Artifact {
    pub name: Localized,
    /// A pattern (regular expression) that the file's name matches.
    pub path: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Localized>,
}

/// Data that the application makes for others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Product {
    #[serde(deserialize_with = "coerce::format")]
    pub format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patterns: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Value>,
}

/// Data that the application takes from others.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Supply {
    #[serde(deserialize_with = "coerce::format")]
    pub format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<Value>,
    /// Not said: required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    /// The variable that is told where the data lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<Value>,
}

/// What an exit code means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExitCode {
    pub description: Localized,
    /// success, info, warning, error or critical.
    pub severity: String,
    /// Is a job that ends with it worth another try?
    pub retry: bool,
}

impl Default for ExitCode {
    fn default() -> Self {
        ExitCode { description: Localized::default(), severity: "error".to_owned(), retry: false }
    }
}

/// A row of `app_exit_codes`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExitCodeRow {
    pub code: u32,
    pub language: String,
    pub description: String,
    pub severity: String,
    pub retry: bool,
}

impl Application {
    /// Takes over what a valid definition says.
    ///
    /// # Errors
    /// The definition has a value of the wrong type: it was not validated.
    pub fn from_value(definition: &Value) -> Result<Self> {
        let mut application: Application = serde_json::from_value(definition.clone()).map_err(|cause| {
            Error::refused("the application's definition cannot be understood")
                .because(cause)
                .hint("application validate-json --file=PATH says what is wrong with it")
        })?;
        if !application.topics.is_empty() {
            application.tags = std::mem::take(&mut application.topics);
        }
        let template = application.cmdparams_template.take();
        if application.cmdparams.is_none() {
            application.cmdparams = template.map(|template| application.macros_without_dollar(&template));
        }
        for text in [&mut application.image, &mut application.uuid, &mut application.code] {
            // These columns are unique or have a meaning of their own when empty: nothing is better than an empty text.
            text.take_if(|text| text.is_empty());
        }
        application.uuid = application.uuid.map(with_dashes);
        Ok(application)
    }

    /// Turns `${NAME}`, as the documentation writes a macro, into `{NAME}`, as the suite's runner reads it.
    ///
    /// The runner would leave the dollar in the command line. A name that is no variable of the application is the shell's own.
    fn macros_without_dollar(&self, template: &str) -> String {
        let mut params = template.to_owned();
        for name in self.environment.keys() {
            params = params.replace(&format!("${{{name}}}"), &format!("{{{name}}}"));
        }
        params
    }

    /// The definition in the documented format. What the database holds may not fit it: see [`Self::export`].
    pub fn to_value(&self) -> Value {
        let mut copy = self.clone();
        copy.cmdparams_template.clone_from(&self.cmdparams);
        let mut definition = Map::new();
        definition.insert("$schema".to_owned(), APPLICATION_SCHEMA.into());
        definition.insert("schemaVersion".to_owned(), SCHEMA_VERSION.into());
        // Only maps with keys that are no texts fail to become JSON, and there are none.
        if let Ok(Value::Object(members)) = serde_json::to_value(copy) {
            definition.extend(members);
        }
        Value::Object(definition)
    }

    /// A definition that is valid, and what had to be left out for that: a version such as `1.0-beta`, say.
    pub fn export(&self) -> (Value, Vec<Violation>) {
        prune(DefinitionKind::Application, self.to_value())
    }

    /// The columns of `apps` of which the definition speaks, in the suite's order.
    ///
    /// Those that the suite empties where a definition does not speak of them are here too. Not here: `image`, `deffile`,
    /// `enabled` and the times.
    pub fn columns(&self) -> Vec<(&'static str, String)> {
        let text = |column, value: &Option<String>| value.clone().map(|value| (column, value));
        let or_empty = |column, value: &Option<String>| Some((column, value.clone().unwrap_or_default()));
        [
            Some(("name", self.name.main().to_owned())),
            Some(("description", self.description.main().to_owned())),
            Some(("executable", self.executable.clone())),
            text("setup", &self.setup),
            text("cmdparams", &self.cmdparams),
            or_empty("deploy", &self.deploy),
            or_empty("homepage", &self.homepage),
            Some(("requirements", self.requirements.join(","))),
            text("ociimage", &self.ociimage),
            text("version", &self.version),
            text("code", &self.code),
            text("uuid", &self.uuid),
            Some(("tags", self.tags.join(","))),
            text("resultfile", &self.resultfile),
            self.artifact_paths().map(|paths| ("artifacts", paths)),
            self.helm_chart().map(|chart| ("helmchart", chart.to_owned())),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn artifact_paths(&self) -> Option<String> {
        let artifacts = self.artifacts.as_ref()?;
        Some(artifacts.iter().map(|artifact| artifact.path.as_str()).collect::<Vec<_>>().join(","))
    }

    /// `kubernetes.helm.chart`, if there is one.
    pub fn helm_chart(&self) -> Option<&str> {
        helm_chart(self.kubernetes.as_ref()?)
    }

    /// Rows of `app_translations`: language, then name, title, description. Plain texts have no row.
    pub fn translations(&self) -> Vec<(String, [Option<String>; 3])> {
        let title = self.title.as_ref().map(|title| title.translations_or_main().collect());
        by_language([
            self.name.translations().collect(),
            title.unwrap_or_default(),
            self.description.translations().collect(),
        ])
    }

    /// Rows of `app_exit_codes`, one a code and language.
    pub fn exit_code_rows(&self) -> Vec<ExitCodeRow> {
        let mut rows = Vec::new();
        for (code, meaning) in self.exit_codes.iter().flatten() {
            let Ok(code) = code.parse() else { continue };
            for (language, description) in meaning.description.translations_or_main() {
                rows.push(ExitCodeRow {
                    code,
                    language: language.to_owned(),
                    description: description.to_owned(),
                    severity: meaning.severity.clone(),
                    retry: meaning.retry,
                });
            }
        }
        rows
    }
}

/// A UUID in braces or without its dashes in the form that the column has room for; any other text as it is.
fn with_dashes(uuid: String) -> String {
    const FORM: usize = uuid::fmt::Hyphenated::LENGTH;
    match uuid::Uuid::try_parse(&uuid) {
        Ok(read) if uuid.len() != FORM => read.to_string(),
        _ => uuid,
    }
}

/// `helm.chart` of a `kubernetes` object, if there is one.
pub fn helm_chart(kubernetes: &Value) -> Option<&str> {
    kubernetes["helm"]["chart"].as_str().filter(|chart| !chart.is_empty())
}

impl Artifact {
    /// Rows of `app_artifact_translations`: language, then name and description. A plain text is English.
    pub fn translations(&self) -> Vec<(String, [Option<String>; 2])> {
        let description = self.description.as_ref().map(|text| text.translations_or_main().collect());
        by_language([self.name.translations_or_main().collect(), description.unwrap_or_default()])
    }
}

#[cfg(test)]
#[path = "application_tests.rs"]
mod tests;
