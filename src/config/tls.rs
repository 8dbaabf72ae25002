//! How the connection to a database server is secured: `DB_SSLMODE` and the files that go with it.

use std::fmt;
use std::path::PathBuf;

use crate::config::Settings;
use crate::error::{Error, Result};

/// How much a server has to prove before it is told a password. The words are libpq's, which both servers' people know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Never encrypted.
    Disable,
    /// Encrypted where the server can; in clear where it cannot.
    #[default]
    Prefer,
    /// Encrypted, or no connection. Whose certificate it is does not matter.
    Require,
    /// The certificate is signed by a root that we know.
    VerifyCa,
    /// And it is of the host that we asked for.
    VerifyFull,
}

const MODES: [(&str, Mode); 5] = [
    ("disable", Mode::Disable),
    ("prefer", Mode::Prefer),
    ("require", Mode::Require),
    ("verify-ca", Mode::VerifyCa),
    ("verify-full", Mode::VerifyFull),
];

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = MODES.iter().find(|(_, mode)| mode == self).map_or("", |(word, _)| word);
        f.write_str(word)
    }
}

/// How a connection is secured.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    pub mode: Mode,
    /// Roots to trust in place of the system's, as PEM.
    pub root: Option<PathBuf>,
    /// Our own certificate and its key, as PEM.
    pub client: Option<(PathBuf, PathBuf)>,
    /// Somebody chose the mode.
    pub is_chosen: bool,
}

impl Tls {
    /// What the settings say. Roots alone mean that they are to be used: the server's certificate is verified by them.
    ///
    /// # Errors
    /// A mode that there is not, a file that cannot be read, or a certificate without its key.
    pub fn of(settings: &Settings) -> Result<Tls> {
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
            (Some(_), None) => return Err(half("DB_SSLCERT", "DB_SSLKEY")),
            (None, Some(_)) => return Err(half("DB_SSLKEY", "DB_SSLCERT")),
        };
        let chosen = settings.get("DB_SSLMODE");
        let mode = match &chosen {
            Some(word) => match MODES.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)) {
                Some((_, mode)) => *mode,
                None => {
                    let words: Vec<_> = MODES.iter().map(|(word, _)| *word).collect();
                    return Err(Error::refused(format!("DB_SSLMODE is {word:?}, which is no mode"))
                        .hint(format!("It takes {}", words.join(", "))));
                }
            },
            None if root.is_some() => Mode::VerifyFull,
            // A certificate that is shown to whoever answers protects nobody.
            None if client.is_some() => Mode::Require,
            None => Mode::Prefer,
        };
        Ok(Tls { mode, is_chosen: chosen.is_some() || mode != Mode::Prefer, root, client })
    }
}

fn half(there: &str, missing: &str) -> Error {
    Error::refused(format!("{there} is set, but {missing} is not"))
        .hint("A client certificate takes both: DB_SSLCERT and DB_SSLKEY")
}
