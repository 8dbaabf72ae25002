//! What the three servers' errors mean, in the same words.

use std::time::Duration;

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::PgDatabaseError;
use sqlx::sqlite::SqliteError;

use crate::database::{Database, Server};
use crate::db::sqlite_file;
use crate::error::{Error, Fact, Kind};
use crate::width::first_of;

/// What to tell when the database cannot be reached.
pub fn connect_error(target: &Database, cause: &sqlx::Error) -> Error {
    // To open a SQLite file is to read it.
    if matches!(Cause::classify(cause), Cause::Locked | Cause::FileFull) {
        return query_error(cause);
    }
    let is_malformed = cause.as_database_error().is_some_and(|said| said.message().contains("malformed"));
    if let (Database::Postgres(server), sqlx::Error::Configuration(_)) = (target, cause)
        && let Some(what) = unsendable(server)
    {
        // The driver's own words repeat the character.
        return Error::new(
            Kind::Statement,
            format!("cannot open the database {target}: {what} has a character that the PostgreSQL driver cannot send"),
        )
        .hint("Give the role another one, of ASCII letters, digits and signs (`ALTER ROLE`), and set that");
    }
    let hint = match target {
        Database::Sqlite { path }
            if matches!(Cause::classify(cause), Cause::NoFile | Cause::ReadOnly) && sqlite_file::has_log(path) =>
        {
            "A writer died and left changes in the file beside it that ends in -wal: whoever may write there has to open it once \
             (`multiflexi-cli status`); or copy both files to a folder that you may write, and open it there"
        }
        Database::Sqlite { .. } if is_malformed => {
            "If the file was put there over another one, remove those beside it that end in -wal and -shm and put it there again: \
             they are of the old one. Else restore a backup"
        }
        Database::Sqlite { .. } => {
            "Check that the file is a SQLite database and that you may read and write it and its directory"
        }
        _ if Cause::classify(cause) == Cause::TooManyConnections => TOO_MANY_CONNECTIONS,
        _ if is_about_tls(cause) => {
            "Check DB_SSLMODE, DB_SSLROOTCERT, DB_SSLCERT and DB_SSLKEY against what the server takes; the password was not sent"
        }
        _ => {
            "Check DB_HOST, DB_PORT, DB_USERNAME, DB_PASSWORD and DB_DATABASE, and that the server runs and lets this host in"
        }
    };
    let mut error = Error::new(Kind::Database, format!("cannot open the database {target}")).hint(hint);
    // One that is only away says nothing.
    let is_refused = cause.as_database_error().is_some() && Cause::classify(cause) == Cause::Other;
    if is_refused || is_about_tls(cause) {
        error = error.fact(Fact::NotLetIn);
    }
    error.because(message_cause(
        &cause.as_database_error().map_or_else(|| cause.to_string(), |said| said.message().to_owned()),
    ))
}

/// Names what in a login cannot be sent by SASL (RFC 4013).
///
/// It knows the characters of Unicode 3.2, and no control characters. libpq sends such a login as it is, the driver does not.
fn unsendable(server: &Server) -> Option<&'static str> {
    let is_unfit = |text: &str| stringprep::saslprep(text).is_err();
    match server {
        Server { password, .. } if is_unfit(password.expose()) => Some("the password (DB_PASSWORD)"),
        Server { user, .. } if is_unfit(user) => Some("the user's name (DB_USERNAME)"),
        _ => None,
    }
}

/// Did the two not agree on how to encrypt, or did one not trust the other?
fn is_about_tls(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::Tls(_) => true,
        sqlx::Error::Io(cause) => cause.get_ref().is_some_and(|cause| cause.is::<rustls::Error>()),
        _ => false,
    }
}

/// The error of a database that does not answer.
pub fn no_answer(target: &Database, limit: Duration) -> Error {
    Error::new(Kind::Database, format!("the database {target} has not answered for {} s", limit.as_secs()))
        .hint("See whether its server runs and is not stopped or overloaded; --db-timeout=TIME or DB_TIMEOUT gives it more time")
}

/// The error of a statement that a server does not answer which lets another connection in: it waits there for something.
pub fn no_answer_to_statement(target: &Database, limit: Duration) -> Error {
    let error = no_answer(target, limit);
    Error {
        hint: Some(format!(
            "Its server runs and lets others in, so somebody may hold a lock on what this needs. {}",
            find_holder(target)
        )),
        fact: Some(Fact::Locked),
        ..error
    }
}

/// How the holder of a lock is found on a server.
fn find_holder(target: &Database) -> &'static str {
    match target {
        Database::Postgres(_) => {
            "`SELECT pid, pg_blocking_pids(pid), state, query FROM pg_stat_activity` shows who waits for whom there; `pg_terminate_backend` \
             ends one, --db-timeout=TIME or DB_TIMEOUT waits for longer"
        }
        Database::MySql(_) | Database::Sqlite { .. } => {
            "`SELECT trx_mysql_thread_id, trx_started, trx_query FROM information_schema.innodb_trx` and `SHOW FULL PROCESSLIST` show who works \
             there; `KILL` ends one, --db-timeout=TIME or DB_TIMEOUT waits for longer"
        }
    }
}

/// The error of a connection that is of no more use.
pub fn broken() -> Error {
    Error::new(Kind::Database, "the connection to the database broke").hint(
        "Its server ended it or was stopped, or the network in between broke: the server's log says which. Try it again",
    )
}

/// What to do where a server takes no more connections.
const TOO_MANY_CONNECTIONS: &str = "The server takes no more connections: of all, of this user's or to this database. Let others end, or have \
     its administrator raise the limit: max_connections; on PostgreSQL a role's or a database's CONNECTION LIMIT, on MariaDB a user's \
     MAX_USER_CONNECTIONS";

/// What to tell where a server did not answer whether a change stands; what it answered stays as it is.
pub fn at_commit(error: Error) -> Error {
    if error.kind != Kind::Database {
        return error;
    }
    Error::new(Kind::Database, "the database did not say whether a change was done")
        .because(error)
        .hint("It may have been done: look before you repeat it")
        .fact(Fact::MayBeDone)
}

/// Which times a database takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    /// Those of MariaDB's TIMESTAMP.
    Timestamp,
    Calendar,
}

/// What a server's error is, by its code: its words are for people, and may be in their language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cause {
    /// Another row has what only one may have.
    Taken,
    /// A row's number is taken, which the server gave it itself.
    NumberTaken,
    Referred,
    Missing,
    TooLong,
    BadTime(Range),
    Unfit,
    /// The disk is full, or the quota of it.
    Full,
    /// SQLite's disk is full: it may be that of its temporary files, too.
    FileFull,
    /// SQLite cannot make a file that it needs beside the database or among the temporary ones.
    NoFile,
    /// The database's encoding lacks a character.
    Unstorable,
    NoTable,
    NoColumn,
    Locked,
    /// A row or a table, on a server.
    RowLocked,
    TooManyConnections,
    ReadOnly,
    /// Nobody may write, for a while.
    ReadOnlyServer,
    Deadlock,
    /// A pooler has a prepared statement of ours on another connection.
    Pooled,
    /// It may pass.
    Passing,
    /// The connection is of no more use.
    Broken,
    Other,
}

impl Cause {
    fn classify(cause: &sqlx::Error) -> Cause {
        let Some(error) = cause.as_database_error() else {
            return if is_broken(cause) { Cause::Broken } else { Cause::Other };
        };
        let code = error.code().unwrap_or_default();
        let (mysql, sqlite, postgres) = codes(error, &code);
        match error.kind() {
            ErrorKind::UniqueViolation if is_primary_key(error) => return Cause::NumberTaken,
            ErrorKind::UniqueViolation => return Cause::Taken,
            ErrorKind::ForeignKeyViolation => return Cause::Referred,
            ErrorKind::NotNullViolation => return Cause::Missing,
            _ => {}
        }
        match (mysql, sqlite, postgres) {
            // A value that its column cannot hold: a text that the column's character set lacks, or one that is no number.
            (Some(1366), ..) if !shows_bytes(error.message()) => Cause::Unfit,
            // To be stored there (1366), or compared with what is (1267).
            (Some(1366 | 1267 | 3854 | 3988), ..) | (_, _, Some("22P05" | "22021")) => Cause::Unstorable,
            (Some(1406), ..) | (_, _, Some("22001")) => Cause::TooLong,
            (Some(1292), ..) => Cause::BadTime(Range::Timestamp),
            (_, _, Some("22007" | "22008")) => Cause::BadTime(Range::Calendar),
            // SQLite has no code of its own for that.
            (_, Some(1), _) if error.message().starts_with("no such table") => Cause::NoTable,
            (Some(1146), ..) | (_, _, Some("42P01")) => Cause::NoTable,
            (_, Some(1), _) if lacks_column(error.message()) => Cause::NoColumn,
            (Some(1054), ..) | (_, _, Some("42703")) => Cause::NoColumn,
            (_, Some(5 | 6), _) => Cause::Locked,
            (Some(1205), ..) | (_, _, Some("55P03")) => Cause::RowLocked,
            // It stops, or somebody ended this connection.
            (Some(1053 | 1927), ..) | (_, _, Some("57P01" | "57P02")) => Cause::Broken,
            // Too many of all, of this user at once, or of what a limit of this user counts.
            (Some(1040 | 1203 | 1226), ..) | (_, _, Some("53300")) => Cause::TooManyConnections,
            (_, Some(8), _) => Cause::ReadOnly,
            (Some(1021 | 1114), ..) | (_, _, Some("53100")) => Cause::Full,
            (_, Some(13), _) => Cause::FileFull,
            (_, Some(14), _) => Cause::NoFile,
            _ if sqlite.is_some() && code == NO_TEMPORARY_FOLDER => Cause::NoFile,
            _ if sqlite.is_some() && code == NO_SHARED_MEMORY => Cause::FileFull,
            (Some(1213), ..) | (_, _, Some("40001" | "40P01")) => Cause::Deadlock,
            (Some(1290 | 1836), ..) | (_, _, Some("25006")) => Cause::ReadOnlyServer,
            (_, _, Some("26000" | "42P05")) => Cause::Pooled,
            _ if may_heal(mysql, sqlite, &code) => Cause::Passing,
            // Class 22 of the SQL standard: data that does not fit.
            _ if code.starts_with("22") => Cause::Unfit,
            _ => Cause::Other,
        }
    }
}

/// The error's number on MySQL; on SQLite the kind of error, the low byte of its code; PostgreSQL's state.
fn codes<'c>(error: &dyn DatabaseError, code: &'c str) -> (Option<u16>, Option<u32>, Option<&'c str>) {
    if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
        (Some(error.number()), None, None)
    } else if error.try_downcast_ref::<SqliteError>().is_some() {
        (None, code.parse().ok().map(|code: u32| code & 0xff), None)
    } else {
        (None, None, Some(code))
    }
}

/// Does SQLite name a column that is not there? It has no code of its own for that.
fn lacks_column(message: &str) -> bool {
    message.starts_with("no such column") || message.contains(" has no column named ")
}

/// Does MySQL name bytes that are no text to it? It writes them so in each of its languages.
fn shows_bytes(message: &str) -> bool {
    message.contains("\\x")
}

/// Is it PostgreSQL, and the key the table's primary one? We give no ids: such a one came from the sequence.
fn is_primary_key(error: &dyn DatabaseError) -> bool {
    let error = error.try_downcast_ref::<PgDatabaseError>();
    error.is_some_and(|error| match (error.table(), error.constraint()) {
        (Some(table), Some(key)) => key.strip_suffix("_pkey") == Some(table),
        _ => false,
    })
}

/// Turns a driver's error into words that are the same for the three servers.
pub fn query_error(cause: &sqlx::Error) -> Error {
    let database = cause.as_database_error();
    // The server's own words; the driver's would add codes, and places in the server's source.
    let message = database.map_or_else(|| cause.to_string(), |error| error.message().to_owned());
    let table = database.and_then(DatabaseError::table).unwrap_or_default();
    explained(Cause::classify(cause), table, &message)
}

/// The error that SQLite has this code for, and that did not come by sqlx.
pub fn sqlite_error(code: Option<i32>, message: &str) -> Error {
    let kind = code.and_then(|code| u32::try_from(code & 0xff).ok());
    let cause = match kind {
        Some(5 | 6) => Cause::Locked,
        Some(8) => Cause::ReadOnly,
        Some(13) => Cause::FileFull,
        Some(14) => Cause::NoFile,
        Some(kind) if SQLITE_HEALS.contains(&kind) => Cause::Passing,
        _ => Cause::Other,
    };
    explained(cause, "", message)
}

fn explained(cause: Cause, table: &str, message: &str) -> Error {
    let error = match cause {
        Cause::Taken => Error::new(Kind::Taken, "this exists already"),
        Cause::NumberTaken => Error::new(
            Kind::Statement,
            format!("the sequence that gives the rows of {table} their ids is behind the ids that are in use"),
        )
        .hint("`multiflexi-cli database repair` sets it; the data is not touched"),
        Cause::Referred => {
            Error::new(Kind::Referred, "this is still used by something else, or refers to what does not exist")
        }
        Cause::Missing => Error::refused("a required value is missing").hint(
            "If the schema is newer than this tool, install a newer version of it: `multiflexi-cli database status` tells",
        ),
        Cause::TooLong => Error::new(Kind::TooLong, "a value does not fit its column in the database")
            .hint("Give a shorter text or a smaller number"),
        Cause::BadTime(Range::Timestamp) => Error::refused("a value does not fit its column in the database")
            .hint(
                "Give a time such as 2026-01-31 12:00:00. MariaDB's TIMESTAMP columns hold those from 1970 to 2038-01-19 only, and none of \
                 the hour that the clock of the server's zone leaves out in spring: `multiflexi-cli doctor` tells where that zone is not \
                 MULTIFLEXI_TIMEZONE's",
            ),
        Cause::BadTime(Range::Calendar) => Error::refused("a value does not fit its column in the database")
            .hint("Give a time that is on the calendar, such as 2026-01-31 12:00:00"),
        Cause::Full => Error::new(Kind::Database, "the database cannot write: its disk is full").hint(
            "Make room on the disk of the database (`df -h`), or raise what this user may use of it, and try again",
        ),
        Cause::FileFull => {
            Error::new(Kind::Database, "the database cannot work: its disk is full, or that of the temporary files").hint(
                "Make room on the disk of the database and on that of the folder that TMPDIR names, else /var/tmp (`df -h`), or raise \
                 what this user may use of them, and try again",
            )
        }
        Cause::NoFile => Error::new(Kind::Database, "the database cannot make a file that it needs").hint(
            "SQLite makes files in the folder of the database, and temporary ones in the folder that TMPDIR names, else in /var/tmp: \
             this user has to be able to write there",
        ),
        Cause::Unfit => Error::refused("a value does not fit its column in the database")
            .hint("Give a shorter text or a smaller number"),
        Cause::Unstorable => Error::new(Kind::Unstorable, "the database's encoding lacks a character of a text").hint(
            "Leave the character out; or have the database's administrator convert it to an encoding that has all: \
             utf8mb4 on MariaDB, UTF8 on PostgreSQL",
        ),
        Cause::NoTable => lacks_a_table(),
        Cause::NoColumn => Error::new(Kind::Statement, "the database lacks a column").hint(SCHEMA),
        Cause::Locked => Error::new(
            Kind::Database,
            "the database is locked by another process, and stayed so for as long as we wait",
        )
        .hint(
            "Find the process that holds the file open (`fuser FILE`), try again, or wait longer by --db-timeout=TIME",
        ),
        Cause::RowLocked => Error::new(
            Kind::Database,
            "what this needs is locked by another connection to the database, and stayed so for as long as the server waits",
        )
        .hint("Try it again once that has ended; the server's list of processes shows who works there")
        .fact(Fact::Locked),
        Cause::TooManyConnections => {
            Error::new(Kind::Database, "the database takes no more connections").hint(TOO_MANY_CONNECTIONS)
        }
        Cause::ReadOnly => Error::new(Kind::Statement, "this user may only read the database")
            .hint("Run this as a user who may write the file and its directory"),
        Cause::ReadOnlyServer => Error::new(Kind::Database, "the database server takes no changes now").hint(
            "It is a standby, or was set to read-only: let DB_HOST name the primary, or have its administrator let it be written",
        ),
        Cause::Deadlock => Error::new(Kind::Contended, "others changed the same rows of the database at this moment")
            .hint("Try it again"),
        Cause::Pooled => Error::new(
            Kind::Database,
            "a connection pooler before the database gives what this prepares to another connection of its own",
        )
        .hint(
            "Have it keep a connection for each client (PgBouncer: pool_mode = session) or follow prepared statements (from 1.21 on: \
             max_prepared_statements); or let DB_HOST and DB_PORT name the server itself",
        ),
        Cause::Passing => Error::new(Kind::Database, "the database cannot do this now"),
        Cause::Broken => broken(),
        Cause::Other => Error::new(Kind::Statement, "the database refused a statement"),
    };
    error.because(message_cause(message))
}

/// What a command says that needs a table which is not there.
pub fn lacks_a_table() -> Error {
    Error::new(Kind::NoTable, "the database lacks a table").hint(SCHEMA)
}

/// What to do where something of the schema is missing.
const SCHEMA: &str = "Is this the suite's database? `multiflexi-cli database status` tells what is missing, `multiflexi-cli database migrate` \
     creates it";

/// The error of a database with tables, none of which is the suite's: it is another program's.
pub fn foreign_database(target: &Database, tables: &[String]) -> Error {
    const SHOWN: usize = 5;
    let shown = first_of(tables, SHOWN);
    Error::new(Kind::Statement, format!("{target} is not a database of MultiFlexi"))
        .because(message_cause(&format!("it has the tables {shown}, and none of the suite's")))
        .hint("Check DB_DATABASE. `multiflexi-cli database migrate` would make the suite's tables beside those")
}

/// Is the connection of no more use, whatever was asked?
fn is_broken(cause: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, Protocol, Tls, WorkerCrashed};
    matches!(cause, Io(_) | Protocol(_) | Tls(_) | WorkerCrashed)
}

/// Does the server refuse this for a reason that passes?
///
/// It stops or starts, is full, may not write for a while, or somebody else holds a lock.
fn may_heal(mysql: Option<u16>, sqlite: Option<u32>, code: &str) -> bool {
    match (mysql, sqlite) {
        (Some(number), _) => code.starts_with("08") || code.starts_with("40") || MYSQL_HEALS.contains(&number),
        (_, Some(kind)) => SQLITE_HEALS.contains(&kind),
        _ => POSTGRES_HEALS.iter().any(|class| code.starts_with(class)),
    }
}

/// SQLite's code where it finds no folder for temporary files.
const NO_TEMPORARY_FOLDER: &str = "6410";
/// SQLite's code where the `-shm` beside the file cannot grow, which whoever only reads has need of too.
const NO_SHARED_MEMORY: &str = "4874";

/// Busy, locked, out of memory, I/O error, full, cannot be opened, protocol of locks, the schema changed.
const SQLITE_HEALS: [u32; 8] = [5, 6, 7, 10, 13, 14, 15, 17];

/// The numbers of MySQL's errors that pass.
///
/// Beside the states of the classes 08 (connection) and 40 (rolled back, deadlock): a record changed meanwhile (1020), a disk
/// or table is full or fails (1021, 1026, 1030, 1114), memory (1037, 1038, 1041), connections and limits of them (1040, 1203,
/// 1226), the server stops (1053), network (1158 to 1161), a commit failed (1180), locks (1205, 1213), it may only be read
/// (1290, 1836), it was interrupted or took too long (1317, 1927, 1969, 3024), idle for too long (4031).
const MYSQL_HEALS: [u16; 26] = [
    1020, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1053, 1114, 1158, 1159, 1160, 1161, 1180, 1203, 1205, 1213, 1226,
    1290, 1317, 1836, 1927, 1969, 3024, 4031,
];

/// The classes and states of PostgreSQL's errors that pass.
///
/// Connection; read-only; a transaction that failed or was idle for too long; a prepared statement that a pooler lost; rolled
/// back or deadlock; resources; a lock; the operator stops it; its system fails.
const POSTGRES_HEALS: [&str; 10] = ["08", "25006", "25P02", "25P03", "26", "40", "53", "55", "57", "58"];

fn message_cause(message: &str) -> anyhow::Error {
    anyhow::Error::msg(message.to_owned())
}
