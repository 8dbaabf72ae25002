//! How the connection to a database server is secured: `DB_SSLMODE` and the files that go with it.

use std::path::PathBuf;

use crate::config::Settings;
use crate::database::{Mode, Tls};
use crate::error::{Error, Result};

/// What the settings say. Roots alone mean that they are to be used: the server's certificate is verified by them.
///
/// # Errors
/// A mode that there is not, a file that cannot be read, or a certificate without its key.
pub fn from_settings(settings: &Settings) -> Result<Tls> {
    let file = |key: &str| -> Result<Option<PathBuf>> {
        let Some(path) = settings.get(key).map(PathBuf::from) else { return Ok(None) };
        std::fs::File::open(&path).map_err(|cause| {
            Error::file(format!("{key} is {}, which cannot be read", path.display()), cause)
                .hint(settings.where_to_set())
        })?;
        Ok(Some(path))
    };
    let root = file("DB_SSLROOTCERT")?;
    let client = match (file("DB_SSLCERT")?, file("DB_SSLKEY")?) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => return Err(incomplete_pair("DB_SSLCERT", "DB_SSLKEY")),
        (None, Some(_)) => return Err(incomplete_pair("DB_SSLKEY", "DB_SSLCERT")),
    };
    let chosen = settings.get("DB_SSLMODE");
    let mode = match &chosen {
        Some(word) => Mode::parse(word).ok_or_else(|| {
            Error::refused(format!("DB_SSLMODE is {word:?}, which is no mode"))
                .hint(format!("It takes {}", Mode::names()))
        })?,
        None if root.is_some() => Mode::VerifyFull,
        // A certificate that is shown to whoever answers protects nobody.
        None if client.is_some() => Mode::Require,
        None => Mode::Prefer,
    };
    Ok(Tls { mode, is_chosen: chosen.is_some() || mode != Mode::Prefer, root, client })
}

fn incomplete_pair(there: &str, missing: &str) -> Error {
    Error::refused(format!("{there} is set, but {missing} is not"))
        .hint("A client certificate takes both: DB_SSLCERT and DB_SSLKEY")
}
