//! Encrypted values of credentials: the envelope that holds one, and the keys that open it.

mod envelope;
pub mod keyring;

pub use envelope::{Envelope, Key, unwrap_key, wrap_key};
