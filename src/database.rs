//! Where a database is: a file, or a server with its login and how the connection is secured.

use std::fmt;
use std::path::PathBuf;

use crate::error::{Error, Result};
use crate::hex::{is_short_hex, short_digest};
use crate::secret::{self, Secret};

/// A database server and how to log in.
#[derive(Clone, Debug)]
pub struct Server {
    /// A host name or address, or the path of a Unix socket.
    pub host: String,
    pub port: u16,
    pub user: String,
    /// Empty where there is no password.
    pub password: Secret,
    pub database: String,
    pub tls: Tls,
}

impl Server {
    /// Is it reached without leaving this machine?
    pub fn is_here(&self) -> bool {
        let address = self.host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
        self.host.starts_with('/') || self.host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// Its host for people: without the login that somebody may have written there too.
    pub fn shown_host(&self) -> &str {
        secret::host_alone(&self.host)
    }

    /// Why somebody in between could read the password, if that is so and nobody chose it.
    pub fn exposure(&self) -> Option<String> {
        (!self.is_here() && !self.tls.is_chosen).then(|| {
            format!(
                "DB_SSLMODE is not set: if something between here and {} says that the server takes no TLS, it gets the password in \
                 clear. Set it to require, better to verify-full",
                self.shown_host()
            )
        })
    }
}

/// Which database to open.
#[derive(Clone, Debug)]
pub enum Database {
    Sqlite { path: PathBuf },
    MySql(Server),
    Postgres(Server),
}

impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Database::Sqlite { path } => write!(f, "{}", path.display()),
            Database::MySql(server) | Database::Postgres(server) => {
                let Server { port, user, database, .. } = server;
                let host = server.shown_host();
                let place = if host.starts_with('/') { host.to_owned() } else { format!("{host}:{port}") };
                let role = if user.is_empty() { String::new() } else { format!(" as {user}") };
                write!(f, "{database} on {place}{role}")
            }
        }
    }
}

impl Database {
    /// A SQLite file, which the value of `key` names.
    ///
    /// # Errors
    /// SQLite would open something else than a file, and nothing would be kept.
    pub fn file(path: &str, key: &str) -> Result<Database> {
        if path.starts_with(':') || path.starts_with("file:") {
            return Err(Error::refused(format!("{key} is {path:?}, which is no file: nothing would be kept"))
                .hint(format!("Set {key} to the path of the SQLite file; `./` in front makes a path of any name")));
        }
        let why = match path {
            _ if path.trim().is_empty() => "it is blank",
            _ if path.contains("://") => "it is a URL",
            _ if path.starts_with("~/") => "`~` is for shells to replace, and is the name of a folder here",
            _ => return Ok(Database::Sqlite { path: path.into() }),
        };
        Err(Error::refused(format!("{key} is {path:?}, which names no SQLite file: {why}"))
            .hint(format!("Set {key} to the whole path of the file, such as /var/lib/multiflexi/multiflexi.sqlite3")))
    }

    /// Refuses a SQLite file that is not there, or has not a byte: opened, it would be made, and be an empty database.
    ///
    /// # Errors
    /// There is no such database. Whether a server has one it tells when it is asked.
    pub fn require_there(&self) -> Result<()> {
        match self {
            // What cannot be looked at may be there: to open it tells why it cannot be read.
            Database::Sqlite { path } if matches!(path.try_exists(), Ok(false)) => {
                Err(Error::not_found(format!("there is no database {self}")))
            }
            Database::Sqlite { path } if path.metadata().is_ok_and(|file| file.is_file() && file.len() == 0) => {
                Err(Error::not_found(format!("the file {self} is empty: there is no database in it")))
            }
            _ => Ok(()),
        }
    }

    /// Names the database in labels of pods and containers and in file names: 12 hex digits.
    ///
    /// They are the same for each path to one SQLite file, but not for each name of one server (`localhost`, `127.0.0.1`): what
    /// is made for a job keeps the name that its first runner gave it, which stands in the runner's record
    /// ([`crate::job::runner`]).
    pub fn fingerprint(&self) -> Fingerprint {
        let name = match self {
            Database::Sqlite { path } => {
                std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display().to_string()
            }
            Database::MySql(server) | Database::Postgres(server) => {
                format!("{}:{}/{}", server.host, server.port, server.database)
            }
        };
        Fingerprint(short_digest(name))
    }
}

/// A database's name in labels and file names: 12 hex digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Reads it from a record; None where it is of another form.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        is_short_hex(text).then(|| Fingerprint(text.to_owned()))
    }
}

impl std::ops::Deref for Fingerprint {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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

impl Mode {
    /// The mode of this name, in any case.
    pub fn parse(word: &str) -> Option<Mode> {
        MODES.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)).map(|(_, mode)| *mode)
    }

    /// The names of all modes.
    pub fn names() -> String {
        MODES.map(|(word, _)| word).join(", ")
    }
}

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
