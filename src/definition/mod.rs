//! Definitions: the JSON files that describe an application, a credential prototype or a credential type.
//!
//! [`read`] reads one, [`schema::examine`] says everything that is wrong with it, [`read_valid`] does both; and [`Application`] and
//! [`credential::Prototype`] hold what is in it, in the form in which the database keeps it. [`import`],
//! [`import_credential`] and [`load`] alone know a database: they write it and read it back. Nothing is prepared before a
//! command asks for it: the schemas are compiled by the first validation.

pub mod application;
pub mod coerce;
mod column_widths;
pub mod credential;
pub mod file;
pub mod import;
pub mod import_credential;
mod kind;
pub mod language;
pub mod load;
pub mod localized;
pub mod paths;
mod prune;
mod rules;
pub mod schema;
pub mod unknown_members;
pub mod variable;
mod violation;

use std::path::Path;

pub use application::Application;
pub use file::read;
pub use kind::DefinitionKind;
#[cfg(test)]
pub use schema::validate;
pub use schema::{examine, refuse};
pub use violation::Violation;

use crate::error::Result;

/// A definition that may be imported.
pub struct Valid {
    pub value: serde_json::Value,
    /// What is odd about it, and what the suite's validator lets pass.
    pub warnings: Vec<Violation>,
}

impl Valid {
    /// What whoever imports it should know, a sentence each: the warnings, and what is not stored.
    pub fn notes(&self, kind: DefinitionKind) -> Vec<String> {
        let warnings = self.warnings.iter().map(Violation::to_string);
        warnings.chain(unknown_members::not_stored(kind, &self.value)).collect()
    }
}

/// Refuses a definition that has longer texts than a database takes whose columns have widths.
///
/// # Errors
/// Each text that is too long, by its place; or the definition was not validated.
pub fn require_fitting(
    has_widths: bool,
    kind: DefinitionKind,
    file: &Path,
    definition: &serde_json::Value,
) -> Result<()> {
    if !has_widths {
        return Ok(());
    }
    let too_long = match kind {
        DefinitionKind::Application => column_widths::of_application(&Application::from_value(definition)?),
        DefinitionKind::CredentialPrototype | DefinitionKind::CredentialType => {
            column_widths::of_prototype(&credential::Prototype::from_value(definition)?)
        }
    };
    if too_long.is_empty() { Ok(()) } else { Err(refuse(kind, &file.display().to_string(), &too_long)) }
}

/// Reads a definition and refuses what the schema does not allow, every violation named.
///
/// # Errors
/// The file cannot be read or is no JSON (see [`read`]), or violates the schema: then the error names the file and each violation.
pub fn read_valid(file: &Path, kind: DefinitionKind) -> Result<Valid> {
    let value = read(file)?;
    let found = examine(kind, &value);
    if found.violations.is_empty() {
        Ok(Valid { value, warnings: found.warnings })
    } else {
        Err(refuse(kind, &file.display().to_string(), &found.violations))
    }
}
