//! How each of the databases is connected to.

use std::path::Path;
use std::time::Duration;

use nix::unistd::{AccessFlags, access};
use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, SqliteConnection};

use crate::database::{Mode, Server};
use crate::db::{sqlite, sqlite_file};

/// SQLite counts milliseconds in 32 bits: a lock is never waited for longer than this.
const LONGEST: Duration = Duration::from_secs(86_400);

/// Opens a SQLite file.
///
/// One that this user may only read is opened for that: a monitor needs no more. Its journal mode stays what it is: that is a
/// property of the file, which a listing must not change.
///
/// # Errors
/// SQLite cannot open the file.
pub async fn open_sqlite(path: &Path, limit: Duration) -> Result<SqliteConnection, sqlx::Error> {
    sqlite::set_up();
    if is_read_only(path) {
        return open_sqlite_reader(path).await;
    }
    let options = SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(limit.min(LONGEST))
        .foreign_keys(true)
        // What is deleted from a page that is written anyway, is overwritten there: tokens, values of credentials.
        .pragma("secure_delete", "FAST")
        // Rows are read on a thread of their own: a longer queue wakes it less often. A row is a few kilobytes.
        .row_buffer_size(256);
    SqliteConnection::connect_with(&options).await
}

/// Opens a SQLite file to read it and leave it as it is.
///
/// # Errors
/// SQLite cannot open the file or read its schema: it may be no database.
pub async fn open_sqlite_reader(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    sqlite::set_up();
    let options = SqliteConnectOptions::new()
        .filename(path)
        .read_only(true)
        // A database whose writers have all gone has its log in it. To read it otherwise needs a file beside it.
        .immutable(is_settled(path))
        .busy_timeout(Duration::from_secs(5));
    let mut connection = SqliteConnection::connect_with(&options).await?;
    // SQLite looks into the file only when it is asked for something.
    sqlx::query("SELECT count(*) FROM sqlite_master").execute(&mut connection).await?;
    Ok(connection)
}

/// SQLite writes the file and makes others beside it.
pub fn is_read_only(path: &Path) -> bool {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    path.exists() && (access(path, AccessFlags::W_OK).is_err() || access(folder, AccessFlags::W_OK).is_err())
}

/// Is this file in WAL mode, and has nobody written it who has not put all into it and gone?
fn is_settled(path: &Path) -> bool {
    use std::io::Read as _;
    // The format's versions for writing and reading stand at 18 and 19: 2 is WAL.
    let mut header = [0; 20];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    read.is_ok() && header[19] == 2 && !sqlite_file::has_log(path)
}

/// Connects to a MySQL server, and makes it strict, whatever its own setting is.
///
/// It would cut texts, put `?` for characters and NULL for an empty text, without a word. As on PostgreSQL, each statement of a transaction sees what
/// others have committed by then: by the server's default it would see what was there at the transaction's first plain read,
/// and so decide by rows that have changed while a lock was waited for.
///
/// # Errors
/// The server cannot be reached, refuses the login, or does not take the modes. The wait is the caller's to limit.
pub async fn open_mysql(server: &Server) -> Result<MySqlConnection, sqlx::Error> {
    let mut connection = MySqlConnection::connect_with(&mysql_options(server)).await?;
    let modes = "PIPES_AS_CONCAT,NO_ENGINE_SUBSTITUTION,STRICT_ALL_TABLES";
    // A server that logs statements for others to repeat takes no writes at that level. It is asked in the same round.
    let sql = format!(
        "SET {MYSQL_SESSION}, sql_mode = (SELECT CONCAT(REPLACE(@@sql_mode, 'EMPTY_STRING_IS_NULL', ''), ',{modes}')); SHOW VARIABLES WHERE Variable_name = 'binlog_format' AND Value = 'STATEMENT'"
    );
    if sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut connection).await?.is_empty() {
        let sql = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        sqlx::raw_sql(sql).execute(&mut connection).await?;
    }
    Ok(connection)
}

/// What an administrator may have set otherwise for all connections, and each of our statements relies on.
///
/// A change stands when its statement has ended, as for others to see a lease that is renewed; a transaction that ends is followed
/// by none; a listing has all its rows; `IS NULL` finds those that are.
const MYSQL_SESSION: &str = "autocommit = 1, completion_type = 0, sql_select_limit = 18446744073709551615, sql_auto_is_null = 0, sql_safe_updates = 0";

fn mysql_options(server: &Server) -> MySqlConnectOptions {
    let mut options = MySqlConnectOptions::new()
        .username(&server.user)
        .database(&server.database)
        // The suite sets no session time zone and writes local times: leave the server's alone.
        .timezone(None)
        // Both are set with what else is.
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .ssl_mode(match server.tls.mode {
            Mode::Disable => MySqlSslMode::Disabled,
            Mode::Prefer => MySqlSslMode::Preferred,
            Mode::Require => MySqlSslMode::Required,
            Mode::VerifyCa => MySqlSslMode::VerifyCa,
            Mode::VerifyFull => MySqlSslMode::VerifyIdentity,
        });
    if !server.password.expose().is_empty() {
        options = options.password(server.password.expose());
    }
    if let Some(root) = &server.tls.root {
        options = options.ssl_ca(root);
    }
    if let Some((certificate, key)) = &server.tls.client {
        options = options.ssl_client_cert(certificate).ssl_client_key(key);
    }
    if server.host.starts_with('/') {
        options.socket(&server.host)
    } else {
        options.host(&server.host).port(server.port)
    }
}

/// How to connect to a PostgreSQL server: by these settings alone, whatever `PG*` variables and ~/.pgpass say.
pub fn postgres_options(server: &Server) -> PgConnectOptions {
    // Not `new()`: that reads ~/.pgpass, which the suite's settings must not be mixed with. Nor PG* variables, and so each of
    // those that have a setting of ours is set, the password too where it is empty.
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(&server.host)
        .port(server.port)
        .username(&server.user)
        .password(server.password.expose())
        .database(&server.database)
        // PgBouncer knows no such parameter. Numbers with a fraction come as bytes, or with all their digits.
        .extra_float_digits(None)
        .ssl_mode(match server.tls.mode {
            Mode::Disable => PgSslMode::Disable,
            Mode::Prefer => PgSslMode::Prefer,
            Mode::Require => PgSslMode::Require,
            Mode::VerifyCa => PgSslMode::VerifyCa,
            Mode::VerifyFull => PgSslMode::VerifyFull,
        });
    if let Some(root) = &server.tls.root {
        options = options.ssl_root_cert(root);
    }
    if let Some((certificate, key)) = &server.tls.client {
        options = options.ssl_client_cert(certificate).ssl_client_key(key);
    }
    options
}
