//! The ids of rows, a type for each table that others refer to: one is never taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

macro_rules! ids {
    ($($(#[$doc:meta])* $id:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $id(pub i64);

        impl fmt::Display for $id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<i64> for $id {
            fn from(id: i64) -> $id {
                $id(id)
            }
        }

        impl From<$id> for i64 {
            fn from(id: $id) -> i64 {
                id.0
            }
        }

        impl From<$id> for serde_json::Value {
            fn from(id: $id) -> serde_json::Value {
                id.0.into()
            }
        }

        impl From<$id> for sea_query::Value {
            fn from(id: $id) -> sea_query::Value {
                id.0.into()
            }
        }

        impl sea_query::Nullable for $id {
            fn null() -> sea_query::Value {
                i64::null()
            }
        }
    )*};
}

ids! {
    /// A job's.
    JobId,
    /// A runtemplate's.
    RunTemplateId,
    /// An application's.
    AppId,
    /// A company's.
    CompanyId,
    /// A credential's.
    CredentialId,
    /// A task's, which a job is an attempt at.
    TaskId,
}

/// Are these 12 hex digits, as short checksums and random ids are written?
pub fn is_short_hex(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Random hex digits, two a byte; at most 16 bytes.
pub fn random_hex(bytes: usize) -> String {
    let mut random = vec![0; bytes];
    // Without the system's random numbers the time has to do: only accidents are to be kept out.
    if getrandom::fill(&mut random).is_err() {
        let time = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default()
            .as_nanos()
            .to_le_bytes();
        random.copy_from_slice(&time[..bytes]);
    }
    hex(&random)
}

/// The first 12 hex digits of a digest (SHA-256), which tell some thousand things apart.
pub fn short_digest(content: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(content)[..6])
}

/// Two digits a byte.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
