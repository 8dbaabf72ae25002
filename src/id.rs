//! The ids of rows, a type for each table that others refer to: one is never taken for another.

use std::fmt;

use serde::{Deserialize, Serialize};

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
