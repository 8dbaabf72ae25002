//! What a definition describes, and its schema.

/// What an application's exported definition names as its schema, as the suite does.
pub const APPLICATION_SCHEMA: &str = "https://multiflexi.eu/schema/application.json";

/// What a definition describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefinitionKind {
    Application,
    CredentialPrototype,
    CredentialType,
}

impl DefinitionKind {
    /// What users call it.
    pub fn noun(self) -> &'static str {
        match self {
            DefinitionKind::Application => "application",
            DefinitionKind::CredentialPrototype => "credential prototype",
            DefinitionKind::CredentialType => "credential type",
        }
    }

    /// How the names of its files end.
    pub fn suffix(self) -> &'static str {
        match self {
            DefinitionKind::Application => ".multiflexi.app.json",
            DefinitionKind::CredentialPrototype => ".credprototype.json",
            DefinitionKind::CredentialType => ".credtype.json",
        }
    }

    /// The name of its schema's file, as the suite calls it.
    pub fn schema_name(self) -> &'static str {
        match self {
            DefinitionKind::Application => "application.json",
            DefinitionKind::CredentialPrototype => "credential-prototype.json",
            DefinitionKind::CredentialType => "credential-type.json",
        }
    }

    /// Its JSON schema.
    pub fn schema(self) -> &'static str {
        match self {
            DefinitionKind::Application => include_str!("application.schema.json"),
            DefinitionKind::CredentialPrototype => include_str!("credential_prototype.schema.json"),
            DefinitionKind::CredentialType => include_str!("credential_type.schema.json"),
        }
    }
}
