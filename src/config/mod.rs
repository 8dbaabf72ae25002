//! Settings: where each comes from and who wins, in the suite's order: the environment file, then the process
//! environment, then the built-in default.

pub mod known;
mod tls;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;

use crate::database::{Database, Server};
use crate::error::{Error, Result};
use crate::schedule::parse_limit;
use crate::secret::Secret;
use crate::unix_user;

/// The language of the texts in the database's main columns, where a definition has it.
pub const MAIN_LANGUAGE: &str = "en";

/// The environment file of the suite's packages.
const PACKAGED_FILE: &str = "/etc/multiflexi/multiflexi.env";

/// The one that belongs to a folder.
const OF_FOLDER: &str = ".env";

/// All settings of one call.
pub struct Settings {
    /// The environment file that was read, if any.
    pub file: Option<PathBuf>,
    pairs: Vec<(String, String)>,
    /// The numbers of the file's lines that are neither settings nor comments.
    pub passed_over: Vec<usize>,
    /// The file was named by `-e`.
    pub is_named: bool,
    /// What the file does not say is not looked for in the process environment.
    is_alone: bool,
    /// Why the file that is meant could not be read; then nothing says which database is.
    pub unread: Option<Error>,
}

impl Settings {
    /// No file is read; the process environment is all there is.
    pub fn none() -> Settings {
        Settings {
            file: None,
            pairs: Vec::new(),
            passed_over: Vec::new(),
            is_named: false,
            is_alone: false,
            unread: None,
        }
    }

    fn from_lines(file: &Path, lines: SettingsLines) -> Settings {
        let SettingsLines { pairs, passed_over } = lines;
        Settings { file: Some(file.into()), pairs, passed_over, ..Settings::none() }
    }

    /// The file that is meant cannot be read.
    pub fn unread(cause: Error) -> Settings {
        Settings { unread: Some(cause), ..Settings::none() }
    }

    /// Reads the file that `-e` names; without it the suite's packaged file, else `.env` in the current directory.
    ///
    /// # Errors
    /// A file that `-e` names cannot be read, or is not of a form that the suite reads. (The suite goes on with the process
    /// environment then, and so on another database than the one asked for.) The same of one that lies in its usual place,
    /// unless the process environment names a database.
    pub fn load(named: Option<&Path>) -> Result<Settings> {
        let settings = Settings::read(named)?;
        settings.require_texts()?;
        Ok(settings)
    }

    /// Refuses a setting of the process environment that is no text: what counts as not set could mean another database.
    fn require_texts(&self) -> Result<()> {
        let is_no_text = |key: &&str| std::env::var_os(key).is_some_and(|value| value.to_str().is_none());
        // Where a file says it, that counts, but for this one.
        let counts = |key: &&str| !self.says(key) || *key == "ENCRYPTION_MASTER_KEY";
        match known::keys().filter(counts).find(is_no_text) {
            Some(key) => Err(Error::refused(format!("{key} in the environment is not UTF-8"))
                .hint("Set it in UTF-8, or in a file given by -e")),
            None => Ok(()),
        }
    }

    fn read(named: Option<&Path>) -> Result<Settings> {
        let unreadable =
            |path: &Path, cause| Error::file(format!("cannot read the environment file {}", path.display()), cause);
        if let Some(path) = named {
            let settings = |lines| Settings { is_named: true, ..Settings::from_lines(path, lines) };
            return read_file(path).map(settings).map_err(|cause| {
                let hint = match cause.kind() {
                    io::ErrorKind::PermissionDenied => "Run this as a user who may read it",
                    _ => "-e FILE takes a file of KEY=VALUE lines (.env) or a JSON object (.json)",
                };
                unreadable(path, cause).hint(hint)
            });
        }
        for path in [Path::new(PACKAGED_FILE), Path::new(OF_FOLDER)] {
            if path == Path::new(OF_FOLDER) {
                refuse_foreign(path)?;
                // Whoever opens a pipe waits for its other end.
                if std::fs::metadata(path).is_ok_and(|found| !found.is_file()) {
                    continue;
                }
            }
            match read_file(path) {
                Ok(lines) => return Ok(Settings::from_lines(path, lines)),
                Err(cause) if is_no_file(&cause) || std::env::var_os("DB_CONNECTION").is_some() => {}
                // Going on would mean the embedded database, where the suite's is meant.
                Err(cause) => {
                    return Err(unreadable(path, cause).hint(
                        "Run this as a user who may read it, name another file by -e, or set DB_CONNECTION in the environment",
                    ));
                }
            }
        }
        Ok(Settings::none())
    }

    /// Only what the file says counts.
    pub fn alone(self) -> Settings {
        Settings { is_alone: true, ..self }
    }

    /// The keys that the file sets.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().map(|(key, _)| key.as_str())
    }

    /// Does the file itself set this key to something?
    pub fn says(&self, key: &str) -> bool {
        self.pairs.iter().any(|(name, value)| name == key && !value.is_empty())
    }

    /// The value of a key; an empty value counts as not set.
    pub fn get(&self, key: &str) -> Option<String> {
        let from_file = self.pairs.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        from_file
            .or_else(|| if self.is_alone { None } else { std::env::var(key).ok() })
            .filter(|value| !value.is_empty())
    }

    /// Is it said which kind of database it is? Else it is the embedded one.
    pub fn names_database(&self) -> bool {
        self.get("DB_CONNECTION").or_else(|| self.get("DB_TYPE")).is_some()
    }

    /// The database that is configured; with nothing configured the embedded one, a SQLite file in the user's data directory.
    ///
    /// # Errors
    /// The file of settings could not be read; or what is set for the database is incomplete, no value that the setting takes, or
    /// of a kind that this tool does not speak. With nothing configured: nothing says where the user's data directory is.
    pub fn database(&self) -> Result<Database> {
        if let Some(cause) = &self.unread {
            return Err(Error::refused(cause.line()));
        }
        let Some(connection) = self.get("DB_CONNECTION").or_else(|| self.get("DB_TYPE")) else {
            // In the process environment the others may be there for another program.
            let of_server = ["DB_HOST", "DB_USERNAME", "DB_PASSWORD"].into_iter().find(|key| self.says(key));
            return match self.get("DB_DATABASE").map(|_| "DB_DATABASE").or(of_server) {
                Some(key) => Err(Error::refused(format!("{key} is set, but DB_CONNECTION is not"))
                    .hint("Set DB_CONNECTION to sqlite, mysql or pgsql")),
                None => Ok(Database::Sqlite { path: embedded_path()? }),
            };
        };
        if connection.starts_with("sqlite") {
            return match self.get("DB_DATABASE") {
                Some(path) => Database::file(&path, "DB_DATABASE"),
                None => Err(Error::refused("DB_CONNECTION is sqlite, but DB_DATABASE is not set")
                    .hint("Set DB_DATABASE to the path of the SQLite file")),
            };
        }
        let (make, port): (fn(Server) -> Database, u16) = match connection.as_str() {
            "mysql" | "mariadb" => (Database::MySql, 3306),
            "pgsql" | "postgres" | "postgresql" => (Database::Postgres, 5432),
            other => {
                let shown = shown(other);
                return Err(Error::refused(format!("DB_CONNECTION is {shown:?}, which this tool does not speak"))
                    .hint("It takes sqlite, mysql or pgsql"));
            }
        };
        let missing: Vec<&str> =
            ["DB_HOST", "DB_DATABASE", "DB_USERNAME"].into_iter().filter(|key| self.get(key).is_none()).collect();
        if !missing.is_empty() {
            let (names, are) = (missing.join(", "), if missing.len() == 1 { "is" } else { "are" });
            return Err(Error::refused(format!("DB_CONNECTION is {connection}, but {names} {are} not set"))
                .hint(self.where_to_set()));
        }
        let port = match self.get("DB_PORT") {
            Some(text) => text.parse().map_err(|_| {
                Error::refused(format!("DB_PORT is {:?}, which is no port number", shown(&text)))
                    .hint(self.where_to_set())
            })?,
            None => port,
        };
        let value = |key| self.get(key).unwrap_or_default();
        Ok(make(Server {
            host: value("DB_HOST"),
            port,
            user: value("DB_USERNAME"),
            password: Secret::new(value("DB_PASSWORD")),
            database: value("DB_DATABASE"),
            tls: tls::from_settings(self)?,
        }))
    }

    /// How long a statement may stay without an answer, where `DB_TIMEOUT` says so.
    ///
    /// # Errors
    /// It is no duration.
    pub fn database_limit(&self) -> Result<Option<Duration>> {
        let Some(text) = self.get("DB_TIMEOUT") else { return Ok(None) };
        let limit = parse_limit(&text);
        limit.map(Some).map_err(|why| {
            Error::refused(format!("DB_TIMEOUT is {:?}: {}", shown(&text), why.advice())).hint(self.where_to_set())
        })
    }

    pub(crate) fn where_to_set(&self) -> String {
        match &self.file {
            Some(path) => format!("Set that in {}", path.display()),
            None => format!("Set that in the environment, in {PACKAGED_FILE}, or in a file given by -e"),
        }
    }

    /// The zone in which the suite stores and shows times.
    ///
    /// # Errors
    /// `MULTIFLEXI_TIMEZONE` is set to something that is no zone.
    pub fn zone(&self) -> Result<Tz> {
        if let Some(name) = self.get("MULTIFLEXI_TIMEZONE") {
            return name.parse().map_err(|_| {
                Error::refused(format!("MULTIFLEXI_TIMEZONE is {:?}, which is no time zone", shown(&name)))
                    .hint("It takes a name as in /usr/share/zoneinfo, for instance Europe/Prague")
            });
        }
        let from_file = std::fs::read_to_string("/etc/timezone").ok().and_then(|name| name.trim().parse().ok());
        let from_link = || {
            let target = std::fs::read_link("/etc/localtime").ok()?;
            target.to_str()?.split_once("zoneinfo/")?.1.parse().ok()
        };
        Ok(from_file.or_else(from_link).unwrap_or(Tz::UTC))
    }
}

/// What is shown of a setting's value: its first word, with the quotes that are a part of it, and `…` for what follows.
///
/// That is not shown: it may be a password, where several settings stand in one line.
pub fn shown(value: &str) -> String {
    let is_quote = |c: char| c == '"' || c == '\'';
    let value = value.trim_start();
    let opening = value.len() - value.trim_start_matches(is_quote).len();
    let (quotes, rest) = value.split_at(opening);
    let word = rest.split(|c: char| c.is_whitespace() || is_quote(c)).next().unwrap_or_default();
    let rest = &rest[word.len()..];
    let closing = rest.len() - rest.trim_start_matches(is_quote).len();
    let more = if rest[closing..].trim().is_empty() { "" } else { " …" };
    format!("{quotes}{word}{}{more}", &rest[..closing])
}

/// Reads a yes or no in the words people use.
pub fn parse_bool(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" => Some(true),
        "0" | "false" | "no" | "off" => Some(false),
        _ => None,
    }
}

/// `$XDG_DATA_HOME/multiflexi/multiflexi.sqlite3`, else the same under `~/.local/share`.
fn embedded_path() -> Result<PathBuf> {
    // A relative one is ignored, as their specification has it: it would be another database in each directory.
    let filled = |key| std::env::var_os(key).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = filled("XDG_DATA_HOME").or_else(|| Some(filled("HOME")?.join(".local/share"))).ok_or_else(|| {
        Error::refused("no database is configured, and neither XDG_DATA_HOME nor HOME is set to keep one in")
            .hint("Set DB_CONNECTION=sqlite and DB_DATABASE to a path, or HOME")
    })?;
    Ok(data.join("multiflexi/multiflexi.sqlite3"))
}

/// Refuses a file that somebody else than this user or root has put into a folder such as /tmp.
///
/// It would say which database is meant, and so which programs are run.
///
/// # Errors
/// It is such a one, or a link of somebody else's.
fn refuse_foreign(file: &Path) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(link) = std::fs::symlink_metadata(file) else { return Ok(()) };
    let trusted = [0, nix::unistd::geteuid().as_raw()];
    let is_open = std::fs::metadata(".").is_ok_and(|folder| folder.mode() & 0o002 != 0);
    // Of the link, and of what it leads to.
    let mut owners = std::iter::once(link).chain(std::fs::metadata(file)).map(|metadata| metadata.uid());
    match owners.find(|owner| !trusted.contains(owner)) {
        Some(owner) if is_open => Err(Error::refused(format!(
            "the environment file {} in this folder, where everybody may write, is that of {}: it is not read",
            file.display(),
            unix_user::name_of(owner)
        ))
        .hint("It could name a database of theirs. Work in another folder; `-e .env` takes it all the same")),
        _ => Ok(()),
    }
}

/// There is nothing of this name to read: a folder `.env` is a Python programmer's.
fn is_no_file(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::IsADirectory)
}

fn read_file(path: &Path) -> io::Result<SettingsLines> {
    let bytes = crate::limited_file::read(path)?;
    // Editors on Windows begin a file with a byte order mark.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    if path.extension().is_some_and(|extension| extension == "json") {
        let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(bytes)?;
        let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = object.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, text(value)));
        return Ok(SettingsLines { pairs: pairs.collect(), passed_over: Vec::new() });
    }
    parse_lines(bytes)
}

/// What a file of settings says.
#[derive(Debug, Default)]
struct SettingsLines {
    pairs: Vec<(String, String)>,
    /// The numbers of lines that are neither settings nor comments.
    passed_over: Vec<usize>,
}

/// What the suite takes away around a value, as PHP's `trim` does: not what else is a blank to Unicode.
const BLANKS: &[char] = &[' ', '\t', '\n', '\r', '\0', '\x0b'];

/// `KEY=VALUE` lines: split at the first `=`, the value without [`BLANKS`] and quotes around it, nothing expanded.
///
/// Comments may be in any encoding, since nothing reads them.
fn parse_lines(bytes: &[u8]) -> io::Result<SettingsLines> {
    let quotes: &[char] = &['"', '\''];
    let mut lines = SettingsLines::default();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().starts_with(b"#") {
            continue;
        }
        let line = std::str::from_utf8(line)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, format!("line {number} is not UTF-8")))?
            .trim_matches(BLANKS);
        let exported = line.strip_prefix("export ").map(|text| text.trim_matches(BLANKS));
        let is_assignment = |word: &&str| {
            let name = word.split_once('=').map(|(name, _)| name);
            name.is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
        };
        let words = exported.map(|text| text.split(BLANKS).filter(|word| !word.is_empty()).collect::<Vec<_>>());
        let words = words.unwrap_or_default();
        // A shell takes several at once.
        let several = words.len() > 1 && words.iter().all(is_assignment);
        for assignment in if several { words } else { vec![exported.unwrap_or(line)] } {
            match assignment.split_once('=') {
                Some((key, value)) => {
                    let value = value.trim_matches(BLANKS).trim_matches(quotes);
                    lines.pairs.push((key.trim_matches(BLANKS).to_owned(), value.to_owned()));
                }
                None if assignment.is_empty() => {}
                None => lines.passed_over.push(number),
            }
        }
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_may_have_several_settings_and_a_value_blanks() {
        let text = "A=1\n# no=setting\nexport B=2 C=3\nexport D=/srv/My Data/x\nexport E=x # was F=old\n\
                    export G=\"7\" H=\"8\"\nexport I='9'\nno setting\nJ = 10 \nK=\u{a0}11\u{a0}\t\n";
        let lines = parse_lines(text.as_bytes()).unwrap();
        let pairs: Vec<(&str, &str)> = lines.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(
            pairs,
            [
                ("A", "1"),
                ("B", "2"),
                ("C", "3"),
                ("D", "/srv/My Data/x"),
                ("E", "x # was F=old"),
                ("G", "7"),
                ("H", "8"),
                ("I", "9"),
                ("J", "10"),
                ("K", "\u{a0}11\u{a0}"),
            ]
        );
        assert_eq!(lines.passed_over, [8]);
    }

    #[test]
    fn no_more_of_a_value_is_shown_than_its_first_word() {
        for (value, word) in [
            ("3306 DB_PASSWORD=s", "3306 …"),
            ("\"3306\" DB_PASSWORD=s", "\"3306\" …"),
            ("'3306'DB_PASSWORD=s", "'3306' …"),
            ("\"sqlite\"", "\"sqlite\""),
            ("UTC # zone", "UTC …"),
            ("' x", "' …"),
            ("x", "x"),
            ("x ", "x"),
            ("", ""),
        ] {
            assert_eq!(shown(value), word);
        }
    }
}
