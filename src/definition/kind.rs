//! What a definition describes, and its schema.

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
