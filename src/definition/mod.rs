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
pub mod load;
pub mod localized;
pub mod paths;
mod prune;
mod rules;
pub mod schema;
pub mod unknown_members;
pub mod variable;

use std::path::Path;

pub use application::Application;
pub use file::read;
use schema::Violation;
#[cfg(test)]
pub use schema::validate;
pub use schema::{examine, refuse};

use crate::error::Result;

/// A definition that may be imported.
pub struct Valid {
    pub value: serde_json::Value,
    /// What is odd about it, and what the suite's validator lets pass.
    pub warnings: Vec<Violation>,
}

impl Valid {
    /// What whoever imports it should know, a sentence each: the warnings, and what is not stored.
    pub fn notes(&self, kind: Kind) -> Vec<String> {
        let warnings = self.warnings.iter().map(Violation::to_string);
        warnings.chain(unknown_members::not_stored(kind, &self.value)).collect()
    }
}

/// Reads a definition and refuses what the schema does not allow, every violation named.
pub fn read_valid(file: &Path, kind: Kind) -> Result<Valid> {
    let value = read(file)?.value;
    let found = examine(kind, &value);
    if found.violations.is_empty() {
        Ok(Valid { value, warnings: found.warnings })
    } else {
        Err(refuse(kind, &file.display().to_string(), &found.violations))
    }
}

/// What a definition describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Application,
    CredentialPrototype,
    CredentialType,
}

impl Kind {
    /// What users call it.
    pub fn noun(self) -> &'static str {
        match self {
            Kind::Application => "application",
            Kind::CredentialPrototype => "credential prototype",
            Kind::CredentialType => "credential type",
        }
    }

    /// How the names of its files end.
    pub fn suffix(self) -> &'static str {
        match self {
            Kind::Application => ".multiflexi.app.json",
            Kind::CredentialPrototype => ".credprototype.json",
            Kind::CredentialType => ".credtype.json",
        }
    }

    /// The name of its schema's file, as the suite calls it.
    pub fn schema_name(self) -> &'static str {
        match self {
            Kind::Application => "application.json",
            Kind::CredentialPrototype => "credential-prototype.json",
            Kind::CredentialType => "credential-type.json",
        }
    }

    /// Its JSON schema.
    pub fn schema(self) -> &'static str {
        match self {
            Kind::Application => include_str!("application.schema.json"),
            Kind::CredentialPrototype => include_str!("credential_prototype.schema.json"),
            Kind::CredentialType => include_str!("credential_type.schema.json"),
        }
    }
}
