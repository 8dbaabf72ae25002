//! Every difference between the three servers: how to connect, begin, ask for columns, and what their errors mean.

use std::path::Path;
use std::time::Duration;

use sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sqlx::error::ErrorKind;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection as _, SqliteConnection};

use crate::config::{Database, Server};
use crate::error::{Error, Kind};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    MySql,
    Postgres,
}

impl Dialect {
    pub fn of(target: &Database) -> Dialect {
        match target {
            Database::Sqlite { .. } => Dialect::Sqlite,
            Database::MySql(_) => Dialect::MySql,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that reads and then writes. SQLite takes the write lock at once: a lock that is upgraded
    /// later fails at once when somebody else wrote, whatever the busy timeout is.
    pub fn begin(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::MySql => "START TRANSACTION",
            Dialect::Postgres => "BEGIN",
        }
    }

    /// Asks for the names of all tables.
    pub fn tables(self) -> &'static str {
        match self {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
            Dialect::MySql => {
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name"
            }
            Dialect::Postgres => {
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY table_name"
            }
        }
    }

    /// Asks for the names of a table's columns, in their order.
    pub fn columns_of(self, table: &str) -> SelectStatement {
        let mut select = Query::select();
        match self {
            Dialect::Sqlite => {
                select.column("name").from_function(sea_query::Func::cust("pragma_table_info").arg(table), "c");
            }
            Dialect::MySql | Dialect::Postgres => {
                let schema = if self == Dialect::MySql { "DATABASE()" } else { "current_schema()" };
                select
                    .expr_as(Expr::cust("column_name"), "name")
                    .from(("information_schema", "columns"))
                    .and_where(Expr::col("table_schema").eq(Expr::cust(schema)))
                    .and_where(Expr::col("table_name").eq(table))
                    .order_by("ordinal_position", sea_query::Order::Asc);
            }
        }
        select
    }

    /// Asks for the names of a table's indexes.
    pub fn indexes_of(self, table: &str) -> SelectStatement {
        let mut select = Query::select();
        match self {
            Dialect::Sqlite => {
                select.column("name").from_function(sea_query::Func::cust("pragma_index_list").arg(table), "i");
            }
            Dialect::MySql => {
                select
                    .distinct()
                    .expr_as(Expr::cust("index_name"), "name")
                    .from(("information_schema", "statistics"))
                    .and_where(Expr::col("table_schema").eq(Expr::cust("DATABASE()")))
                    .and_where(Expr::col("table_name").eq(table));
            }
            Dialect::Postgres => {
                select
                    .expr_as(Expr::cust("indexname"), "name")
                    .from("pg_indexes")
                    .and_where(Expr::col("schemaname").eq(Expr::cust("current_schema()")))
                    .and_where(Expr::col("tablename").eq(table));
            }
        }
        select
    }
}

/// The SQL standard's code for a text that is longer than its column. SQLite has no such limit.
const TEXT_TOO_LONG: &str = "22001";
/// SQLite's code for a file that may not be written.
const SQLITE_READONLY: u32 = 8;

fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        // As the suite opens each file; readers then see a job's output grow while it runs.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(Duration::from_secs(30))
        .foreign_keys(true)
        // Rows are read on a thread of their own: a longer queue wakes it less often. A row is a few kilobytes.
        .row_buffer_size(256)
}

/// Opens a SQLite file. One that this user may only read is opened for that: a monitor needs no more.
pub async fn open_sqlite(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let cause = match SqliteConnection::connect_with(&sqlite_options(path)).await {
        Ok(connection) => return Ok(connection),
        Err(cause) => cause,
    };
    let code = cause.as_database_error().and_then(|error| error.code()?.parse::<u32>().ok()).unwrap_or_default();
    // The low byte is the kind of an error, the others say more of it.
    if code & 0xff != SQLITE_READONLY {
        return Err(cause);
    }
    open_sqlite_reader(path).await.map_err(|_| cause)
}

/// Opens a SQLite file to read it and leave it as it is.
pub async fn open_sqlite_reader(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new().filename(path).read_only(true).busy_timeout(Duration::from_secs(5));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    // SQLite looks into the file only when it is asked for something.
    sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut connection).await?;
    Ok(connection)
}

pub fn mysql_options(server: &Server) -> MySqlConnectOptions {
    let options = MySqlConnectOptions::new()
        .username(&server.user)
        .password(server.password.expose())
        .database(&server.database)
        // The suite sets no session time zone and writes local times: leave the server's alone.
        .timezone(None);
    if server.host.starts_with('/') {
        options.socket(&server.host)
    } else {
        options.host(&server.host).port(server.port)
    }
}

pub fn postgres_options(server: &Server) -> PgConnectOptions {
    // Not `new()`: that reads PG* variables and ~/.pgpass, which the suite's settings must not be mixed with.
    PgConnectOptions::new_without_pgpass()
        .host(&server.host)
        .port(server.port)
        .username(&server.user)
        .password(server.password.expose())
        .database(&server.database)
}

/// What to tell when the database cannot be reached; without a cause it did not answer in time.
pub fn connect_error(target: &Database, cause: Option<sqlx::Error>) -> Error {
    let hint = match target {
        Database::Sqlite { .. } => {
            "Check that the file is a SQLite database and that you may read and write it and its directory"
        }
        _ => {
            "Check DB_HOST, DB_PORT, DB_USERNAME, DB_PASSWORD and DB_DATABASE, and that the server runs and lets this host in"
        }
    };
    let error = Error::new(Kind::Database, format!("cannot open the database {target}")).hint(hint);
    match cause {
        Some(cause) => error.because(match cause.as_database_error() {
            Some(said) => words(said.message()),
            None => cause.into(),
        }),
        None => error.because(anyhow::anyhow!("no answer within 10 s")),
    }
}

/// Turns a driver's error into words that are the same for the three servers.
pub fn query_error(cause: &sqlx::Error) -> Error {
    let database = cause.as_database_error();
    // The server's own words; the driver's would add codes, and places in the server's source.
    let message = database.map_or_else(|| cause.to_string(), |error| error.message().to_owned());
    let missing_table = ["no such table", "doesn't exist", "relation \""].iter().any(|words| message.contains(words));
    match database.map(sqlx::error::DatabaseError::kind) {
        Some(ErrorKind::UniqueViolation) => Error::new(Kind::Exists, "this exists already").because(words(&message)),
        Some(ErrorKind::ForeignKeyViolation) => {
            Error::new(Kind::InUse, "this is still used by something else, or refers to what does not exist")
                .because(words(&message))
        }
        Some(ErrorKind::NotNullViolation) => Error::refused("a required value is missing").because(words(&message)),
        // Class 22 of the SQL standard: data that does not fit.
        _ if database.and_then(|error| error.code()).is_some_and(|code| code.starts_with("22")) => {
            let hint = if message.contains("datetime") {
                "MariaDB's TIMESTAMP columns hold times from 1970 to 2038-01-19: choose an earlier one"
            } else {
                "Give a shorter text or a smaller number"
            };
            let is_too_long = database.and_then(|error| error.code()).is_some_and(|code| code == TEXT_TOO_LONG);
            let kind = if is_too_long { Kind::TooLong } else { Kind::Refused };
            Error::new(kind, "a value does not fit its column in the database").because(words(&message)).hint(hint)
        }
        _ if missing_table => lacks_a_table().because(words(&message)),
        _ if message.contains("database is locked") => {
            Error::new(Kind::Database, "the database is locked by another process for more than 30 s")
                .hint("Find the process that holds the file open (`fuser FILE`), or try again")
        }
        _ if message.contains("readonly database") => {
            Error::new(Kind::Statement, "this user may only read the database")
                .because(words(&message))
                .hint("Run this as a user who may write the file and its directory")
        }
        Some(_) if database.is_some_and(is_deadlock) => {
            Error::new(Kind::Contended, "others changed the same rows of the database at this moment")
                .because(words(&message))
                .hint("Try it again")
        }
        Some(_) if may_heal(cause) => {
            Error::new(Kind::Database, "the database cannot do this now").because(words(&message))
        }
        None if is_broken(cause) => {
            Error::new(Kind::Database, "the connection to the database broke").because(words(&message))
        }
        _ => Error::new(Kind::Statement, "the database refused a statement").because(words(&message)),
    }
}

/// What a command says that needs a table which is not there.
pub fn lacks_a_table() -> Error {
    Error::new(Kind::Statement, "the database lacks a table").hint(
        "Is this the suite's database? `multiflexi-cli database status` tells what is missing, `database migrate` creates it",
    )
}

/// Is the connection of no more use, whatever was asked?
fn is_broken(cause: &sqlx::Error) -> bool {
    use sqlx::Error::{Io, Protocol, Tls, WorkerCrashed};
    matches!(cause, Io(_) | Protocol(_) | Tls(_) | WorkerCrashed)
}

/// Did the server undo a transaction so that another one could go on?
fn is_deadlock(error: &dyn sqlx::error::DatabaseError) -> bool {
    match error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        Some(error) => error.number() == 1213,
        // PostgreSQL's states; SQLite has no such codes.
        None => error.code().is_some_and(|state| matches!(&*state, "40001" | "40P01")),
    }
}

/// Does the server refuse this for a reason that passes: it stops or starts, is full, may not write for a while, or
/// somebody else holds a lock?
fn may_heal(cause: &sqlx::Error) -> bool {
    let Some(error) = cause.as_database_error() else { return false };
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return error.code().is_some_and(|state| state.starts_with("08") || state.starts_with("40"))
            || MYSQL_HEALS.contains(&error.number());
    }
    let code = error.code().unwrap_or_default();
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        return code.parse::<u32>().is_ok_and(|code| SQLITE_HEALS.contains(&(code & 0xff)));
    }
    POSTGRES_HEALS.iter().any(|class| code.starts_with(class))
}

/// Busy, locked, out of memory, I/O error, full, cannot be opened, protocol of locks, the schema changed.
const SQLITE_HEALS: [u32; 8] = [5, 6, 7, 10, 13, 14, 15, 17];

/// Beside the states of the classes 08 (connection) and 40 (rolled back, deadlock): a record changed meanwhile (1020), a disk or
/// table is full or fails (1021, 1026, 1030, 1114), memory (1037, 1038, 1041), connections and limits of them (1040, 1203,
/// 1226), the server stops (1053), network (1158 to 1161), a commit failed (1180), locks (1205, 1213), it may only be read
/// (1290, 1836), it was interrupted or took too long (1317, 1927, 1969, 3024), idle for too long (4031).
const MYSQL_HEALS: [u16; 26] = [
    1020, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1053, 1114, 1158, 1159, 1160, 1161, 1180, 1203, 1205, 1213, 1226,
    1290, 1317, 1836, 1927, 1969, 3024, 4031,
];

/// Classes and states: connection; read-only; a transaction that failed or was idle for too long; a prepared statement that
/// a pooler lost; rolled back or deadlock; resources; a lock; the operator stops it; its system fails.
const POSTGRES_HEALS: [&str; 10] = ["08", "25006", "25P02", "25P03", "26", "40", "53", "55", "57", "58"];

fn words(message: &str) -> anyhow::Error {
    anyhow::Error::msg(message.to_owned())
}
