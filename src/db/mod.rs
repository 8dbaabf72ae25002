//! One way to three databases: an enum over typed sqlx connections, and statements made with sea-query that are rendered
//! for the dialect at hand. Not `sqlx::Any`, which cannot read most of the suite's tables.
//!
//! One connection, opened by the first command that needs it. Rows come as [`Row`]s, decoded by the type that the
//! driver reports, so that columns of an older or newer schema do no harm.

mod answer_timeout;
pub mod content;
pub mod copy;
mod decode;
pub mod dialect;
mod encoding;
pub mod expression;
mod long_contents;
mod lossy;
pub mod migrate;
pub mod references;
pub mod rows;
mod schema;
pub mod select;
mod sqlite;
mod sqlite_file;
pub mod tables;
mod transaction;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use chrono::Utc;
use futures_util::TryStreamExt;
use sea_query::{Asterisk, Expr, ExprTrait, InsertStatement, LockType, Query};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, SqliteConnection};

pub use crate::database::{Database, Fingerprint, Server};
pub use crate::row::{Row, Value};
pub use dialect::Dialect;
pub use dialect::compare::same_key;
pub use dialect::statement::{Sql, Statement};
pub use sqlite_file::Found;

use crate::error::{Error, Kind, Result};
use crate::log;
use answer_timeout::AnswerTimeout;
use dialect::{connect, errors};
use lossy::Lossy;

/// How long connecting may take before it counts as failed, where nothing else is said.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A server that has not answered a statement for so long is gone.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long taking leave of a server may take: nothing depends on it.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long a server that did not answer is given to let another connection in.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// Counts the locks of others that were waited for in vain.
#[derive(Default)]
pub struct LockWaits(u32);

impl LockWaits {
    /// Enters one; false where it is no use to wait for another: somebody has locked more than a row.
    pub fn goes_on_after(&mut self) -> bool {
        self.0 = self.0.saturating_add(1);
        self.0 < 3
    }
}

enum Connection {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
    Postgres(PgConnection),
}

impl Connection {
    async fn open(target: &Database, answer: Duration) -> Result<Connection, sqlx::Error> {
        Ok(match target {
            Database::Sqlite { path } => Connection::Sqlite(connect::open_sqlite(path, answer).await?),
            Database::MySql(server) => Connection::MySql(connect::open_mysql(server).await?),
            Database::Postgres(server) => {
                Connection::Postgres(PgConnection::connect_with(&connect::postgres_options(server)).await?)
            }
        })
    }
}

/// Runs `$body` with `$connection` bound to the typed connection. Each body is compiled three times: keep it tiny.
macro_rules! each_driver {
    ($db:expr, $connection:ident => $body:expr) => {
        match &mut $db.connection {
            Connection::Sqlite($connection) => $body,
            Connection::MySql($connection) => $body,
            Connection::Postgres($connection) => $body,
        }
    };
}

/// How long we wait for a database: to connect, and for the answer to a statement, or the next part of it.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    connect: Duration,
    answer: Duration,
    /// Somebody chose them: they are not to be changed for any part of the work.
    is_chosen: bool,
}

impl Limits {
    /// Both are what somebody chose, else 10 s and 30 s.
    pub fn chosen_or_default(chosen: Option<Duration>) -> Limits {
        match chosen {
            Some(limit) => Limits { connect: limit, answer: limit, is_chosen: true },
            None => Limits { connect: CONNECT_LIMIT, answer: ANSWER_LIMIT, is_chosen: false },
        }
    }
}

/// An open database.
pub struct Db {
    connection: Connection,
    pub dialect: Dialect,
    target: Database,
    found: Found,
    state: Rc<ConnectionState>,
    limits: Limits,
    /// The columns of the tables that were asked for.
    columns: HashMap<String, Rc<[String]>>,
    /// The indexes there are, each with its table, once they were asked for.
    indexes: Option<HashSet<(String, String)>>,
    /// The server's `max_allowed_packet`, once it was asked for.
    packet: Option<u64>,
    lossy: Lossy,
}

/// What is known of a connection.
#[derive(Default)]
struct ConnectionState {
    /// A transaction has begun and not ended.
    in_transaction: Cell<bool>,
    /// It was left in the middle of something, and is of no more use.
    ///
    /// Of a transaction whose caller was dropped, or of a statement that was not answered.
    is_left: Cell<bool>,
    /// SQLite's locks are waited for in steps of ours.
    has_short_steps: Cell<bool>,
}

/// Something that has begun and not ended yet: a transaction, a statement.
///
/// Dropped with its caller, it says so to the connection's next user.
struct Open {
    state: Rc<ConnectionState>,
    is_transaction: bool,
    has_ended: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.is_transaction {
            self.state.in_transaction.set(false);
        }
        if !self.has_ended {
            self.state.is_left.set(true);
        }
    }
}

impl Db {
    /// Connects. A SQLite file that is not there, or is empty, is created with the suite's schema.
    ///
    /// # Errors
    /// The database does not answer in time, or refuses: the words name it and what to check.
    pub async fn connect(target: &Database, limits: Limits) -> Result<Db> {
        // A lock is waited for by SQLite itself, and says in the end what it was.
        let found = sqlite_file::prepare_file(target)?;
        let answer = limits.answer;
        let connection = match tokio::time::timeout(limits.connect, Connection::open(target, answer)).await {
            Ok(done) => done.map_err(|cause| errors::connect_error(target, &cause))?,
            Err(_) => return Err(errors::no_answer(target, limits.connect)),
        };
        let (dialect, target) = (Dialect::for_database(target), target.clone());
        let mut db = Db {
            connection,
            dialect,
            target,
            found,
            state: Rc::default(),
            limits,
            columns: HashMap::new(),
            indexes: None,
            packet: None,
            lossy: Lossy::default(),
        };
        match found {
            Found::There => {}
            Found::Empty | Found::Made => migrate::create(&mut db).await?,
        }
        Ok(db)
    }

    /// What there was of it before we connected.
    pub fn found(&self) -> Found {
        self.found
    }

    /// Connects and goes away again. Nothing is created or changed there.
    ///
    /// # Errors
    /// As [`Db::connect`]; a SQLite file has to be there.
    pub async fn probe(target: &Database, limits: Limits) -> Result<()> {
        let Database::Sqlite { path } = target else {
            Db::connect(target, limits).await?.close().await;
            return Ok(());
        };
        let reading = async { connect::open_sqlite_reader(path).await?.close().await };
        match tokio::time::timeout(limits.connect, reading).await {
            Ok(done) => done.map_err(|cause| errors::connect_error(target, &cause)),
            Err(_) => Err(errors::no_answer(target, limits.connect)),
        }
    }

    /// A new connection to the same database, for work that outlives a server's idle limit or a restart.
    ///
    /// # Errors
    /// Same as [`Db::connect`]; the old connection stays.
    pub async fn reconnect(&mut self) -> Result<()> {
        let connected = Db::connect(&self.target, self.limits).await?;
        *self = Db { lossy: std::mem::take(&mut self.lossy), ..connected };
        Ok(())
    }

    /// Sees what others have written since it was connected: a SQLite file that this user may only read may be read as it was then.
    ///
    /// # Errors
    /// Same as [`Db::connect`].
    pub async fn refresh(&mut self) -> Result<()> {
        match &self.target {
            Database::Sqlite { path } if connect::is_read_only(path) => self.reconnect().await,
            _ => Ok(()),
        }
    }

    /// Does this, and once more over a new connection where it fails for a reason that may pass.
    ///
    /// A server closes a connection that lay idle for long, and may have been started again.
    ///
    /// # Errors
    /// There is no new connection, or it failed again.
    pub async fn over_new_connection<T>(&mut self, mut work: impl AsyncFnMut(&mut Db) -> Result<T>) -> Result<T> {
        match work(self).await {
            // Who waited for a lock would only do so again.
            Err(error) if error.may_pass() && !error.is_locked() => {
                self.reconnect().await?;
                work(self).await
            }
            done => done,
        }
    }

    /// From here on a server that does not answer a statement for so long counts as gone.
    ///
    /// Unless somebody chose another limit. A connection that is dropped without a word would be waited for until TCP gives up,
    /// a quarter of an hour.
    pub fn expect_answers(&mut self, limit: Duration) {
        if !self.limits.is_chosen {
            self.limits.answer = limit;
        }
    }

    /// Takes back what was wanted of this connection for one job: [`Db::expect_answers`], [`Db::replace_unstorable`].
    pub fn expect_as_usual(&mut self) {
        self.expect_answers(ANSWER_LIMIT);
        self.lossy = Lossy::default();
    }

    /// The limit of what is asked now. A file has no connection that could break: SQLite limits the wait for its locks.
    fn answer_timeout(&self) -> AnswerTimeout {
        AnswerTimeout::new(Some(self.limits.answer).filter(|_| self.dialect.is_server()))
    }

    /// Sees to it that the connection can be used.
    async fn mend(&mut self) -> Result<()> {
        match (self.state.is_left.get(), self.state.in_transaction.get()) {
            (false, _) => Ok(()),
            // What comes is part of what is lost.
            (true, true) => Err(errors::broken()),
            // Boxed, since connecting may run statements of its own.
            (true, false) => Box::pin(self.reconnect()).await,
        }
    }

    fn open(&self, is_transaction: bool) -> Open {
        Open { state: self.state.clone(), is_transaction, has_ended: false }
    }

    /// Runs a statement: mends the connection first, limits the wait for the answer, and words the error.
    async fn answered<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> Result<T, sqlx::Error>) -> Result<T> {
        self.mend().await?;
        let mut open = self.open(false);
        let mut timeout = self.answer_timeout();
        match timeout.wait(work(self)).await {
            Ok(done) => {
                open.has_ended = true;
                match done {
                    Ok(done) => Ok(done),
                    Err(cause) => Err(self.explained(errors::query_error(&cause)).await),
                }
            }
            Err(limit) => Err(self.unanswered(limit).await),
        }
    }

    /// The error of a statement that was not answered in time.
    ///
    /// Whether its server answers at all is looked at once, by another connection.
    async fn unanswered(&self, limit: Duration) -> Error {
        match self.is_reachable().await {
            true => errors::no_answer_to_statement(&self.target, limit),
            false => errors::no_answer(&self.target, limit),
        }
    }

    /// Does the database let another connection in? It is given a moment for that.
    pub async fn is_reachable(&self) -> bool {
        let look = tokio::time::timeout(SECOND_LOOK, Connection::open(&self.target, SECOND_LOOK));
        matches!(look.await, Ok(Ok(_)))
    }

    /// What is missing may be everything: then the database is another program's.
    async fn explained(&mut self, error: Error) -> Error {
        // PostgreSQL answers nothing any more in a transaction that failed: it is asked when that has ended.
        if error.kind != Kind::NoTable || self.state.in_transaction.get() {
            return error;
        }
        // Boxed, since it asks in turn.
        match Box::pin(self.tables()).await {
            Ok(tables) if !tables.is_empty() && !migrate::has_ours(&tables) => {
                errors::foreign_database(&self.target, &tables)
            }
            _ => error,
        }
    }

    /// The database that it is connected to.
    pub fn target(&self) -> &Database {
        &self.target
    }

    /// Runs a statement and tells how many rows it changed.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn execute(&mut self, statement: &impl Statement) -> Result<u64> {
        let (sql, values) = statement.render(self.dialect);
        let logged = log::Statement::begin(&sql);
        let done = self.run_stored(sql, values, async |db: &mut Db, sql, values| {
            db.answered(async |db| {
                each_driver!(db, c => sqlx::query_with(AssertSqlSafe(sql), values).execute(c).await
                    .map(|done| done.rows_affected()))
            })
            .await
        });
        let done = done.await;
        logged.end(&done, |rows| Some(*rows));
        done
    }

    /// Inserts one row and tells its id.
    ///
    /// # Errors
    /// The database does not take the row, does not answer in time, or tells no id.
    pub async fn insert(&mut self, statement: &mut InsertStatement) -> Result<i64> {
        if self.dialect == Dialect::MySql {
            let (sql, values) = statement.render(self.dialect);
            let logged = log::Statement::begin(&sql);
            let inserted = self.run_stored(sql, values, async |db: &mut Db, sql, values| {
                db.answered(async |db| {
                    let Connection::MySql(connection) = &mut db.connection else {
                        return Err(sqlx::Error::WorkerCrashed);
                    };
                    let done = sqlx::query_with(AssertSqlSafe(sql), values).execute(connection).await;
                    done.map(|done| i64::try_from(done.last_insert_id()).unwrap_or(i64::MAX))
                })
                .await
            });
            let inserted = inserted.await;
            logged.end(&inserted, |_| Some(1));
            return inserted;
        }
        let (sql, values) = statement.returning_col("id").render(self.dialect);
        let inserted = self.run_stored(sql, values, async |db: &mut Db, sql, values| db.fetch_one(sql, values).await);
        let row = inserted.await?.ok_or_else(|| Error::new(Kind::Statement, "an inserted row has told no id"))?;
        row.id("id")
    }

    /// Hands each row to `take` as it comes; nothing is kept.
    ///
    /// `take` may end it early by an error. What `take` needs does not count as the database's silence.
    ///
    /// # Errors
    /// The database does not take the statement, falls silent or breaks off, or `take` fails: the rows before that were handed on.
    pub async fn for_each(
        &mut self,
        statement: &impl Statement,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        self.stream(statement, async |row| row.map_or(Ok(()), &mut take)).await
    }

    /// Hands on rows in batches of at most so many, and some bytes.
    ///
    /// What `take` does meanwhile is waited for, and the server with it: nothing more is kept than a batch.
    ///
    /// # Errors
    /// Same as [`Db::for_each`]; the rows of the batch that was being filled were not handed on.
    pub async fn for_each_batch(
        &mut self,
        statement: &impl Statement,
        rows: usize,
        bytes: usize,
        mut take: impl AsyncFnMut(Vec<Row>) -> Result<()>,
    ) -> Result<()> {
        let (mut batch, mut size) = (Vec::new(), 0_usize);
        let enter = async |row: Option<Row>| {
            let is_last = row.is_none();
            size = size.saturating_add(row.as_ref().map_or(0, Row::size));
            batch.extend(row);
            if batch.is_empty() || !(is_last || batch.len() >= rows || size >= bytes) {
                return Ok(());
            }
            size = 0;
            take(std::mem::take(&mut batch)).await
        };
        self.stream(statement, enter).await
    }

    /// Hands on each row as it comes, and None behind the last one.
    async fn stream(
        &mut self,
        statement: &impl Statement,
        mut take: impl AsyncFnMut(Option<Row>) -> Result<()>,
    ) -> Result<()> {
        let (sql, values) = statement.render(self.dialect);
        let logged = log::Statement::begin(&sql);
        let mut count = 0_u64;
        self.mend().await?;
        let mut open = self.open(false);
        let mut timeout = self.answer_timeout();
        let done = each_driver!(self, c => {
            let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch(c);
            let mut columns = None;
            loop {
                let row = match timeout.wait(rows.try_next()).await {
                    Ok(Ok(row)) => row.map(|row| decode::decode(&row, &mut columns)).transpose(),
                    Ok(Err(cause)) => Err(errors::query_error(&cause)),
                    Err(limit) => break Err(limit),
                };
                let is_last = matches!(row, Ok(None));
                let taken = match row {
                    Ok(row) => take(row).await,
                    Err(error) => Err(error),
                };
                match taken {
                    Ok(()) if is_last => break Ok(Ok(())),
                    Ok(()) => count = count.saturating_add(1),
                    Err(error) => break Ok(Err(error)),
                }
            }
        });
        let done = match done {
            Ok(done) => {
                open.has_ended = true;
                match done {
                    Ok(()) => Ok(()),
                    Err(error) => Err(self.explained(error).await),
                }
            }
            Err(limit) => Err(self.unanswered(limit).await),
        };
        logged.end(&done, |()| Some(count));
        done
    }

    /// All rows. For what is known to be small; listings use [`Db::for_each`].
    ///
    /// # Errors
    /// The database does not take the statement, falls silent or breaks off.
    pub async fn fetch_all(&mut self, statement: &impl Statement) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        self.for_each(statement, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn fetch_optional(&mut self, statement: &impl Statement) -> Result<Option<Row>> {
        let (sql, values) = statement.render(self.dialect);
        self.fetch_one(sql, values).await
    }

    async fn fetch_one(&mut self, sql: String, values: SqlxValues) -> Result<Option<Row>> {
        let logged = log::Statement::begin(&sql);
        let found = self.answered(async |db| {
            each_driver!(db, c => {
                let row = sqlx::query_with(AssertSqlSafe(sql), values).fetch_optional(c).await?;
                Ok(row.map(|row| decode::decode(&row, &mut None)))
            })
        });
        let found = found.await.and_then(Option::transpose);
        logged.end(&found, |row| Some(row.is_some().into()));
        found
    }

    /// The row of `table` with this id.
    ///
    /// # Errors
    /// The database cannot be asked, or lacks the table.
    pub async fn find(&mut self, table: &'static str, id: impl Into<i64>) -> Result<Option<Row>> {
        let id: i64 = id.into();
        let select = Query::select().column(Asterisk).from(table).and_where(Expr::col("id").eq(id)).take();
        self.fetch_optional(&select).await
    }

    /// Locks the row of `table` with this id until the transaction ends, and returns it as it is by then; call inside one.
    ///
    /// Of several who look at what belongs to it and then change that, one does so after the other. None: it is gone.
    ///
    /// # Errors
    /// The database cannot be asked, or somebody else keeps the row for too long.
    pub async fn lock_row(&mut self, table: &'static str, id: impl Into<i64>) -> Result<Option<Row>> {
        let id: i64 = id.into();
        let mut select = Query::select();
        select.column(Asterisk).from(table).and_where(Expr::col("id").eq(id)).lock(LockType::Update);
        self.fetch_optional(&select).await
    }

    /// How many seconds this machine's clock is ahead of the server's; 0 with SQLite, which has no other.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn seconds_ahead(&mut self) -> Result<i64> {
        if !self.dialect.is_server() {
            return Ok(0);
        }
        let asked = Utc::now().timestamp();
        let theirs = self.number(&Query::select().expr(self.dialect.epoch_seconds()).take()).await?;
        Ok(seconds_ahead(theirs, asked))
    }

    /// The row that a column refers to; None where the column is empty, too.
    ///
    /// # Errors
    /// The database cannot be asked, or lacks the table.
    pub async fn find_referred(&mut self, table: &'static str, id: Option<impl Into<i64>>) -> Result<Option<Row>> {
        match id {
            Some(id) => self.find(table, id).await,
            None => Ok(None),
        }
    }

    /// The number that a statement such as `SELECT max(id)` answers with; 0 where it is NULL.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn number(&mut self, statement: &impl Statement) -> Result<i64> {
        Ok(self.fetch_optional(statement).await?.and_then(|row| row.first_int()).unwrap_or_default())
    }

    /// What a `SELECT count(*)` answers with.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn count(&mut self, statement: &impl Statement) -> Result<u64> {
        self.number(statement).await.map(i64::unsigned_abs)
    }

    /// Runs text that takes no parameters and cannot be prepared everywhere.
    async fn raw(&mut self, sql: &str) -> Result<()> {
        let logged = log::Statement::begin(sql);
        let sql = sql.to_owned();
        let done = self
            .answered(async |db| each_driver!(db, c => sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.map(drop)))
            .await;
        logged.end(&done, |()| None);
        done
    }

    /// Ends the connection in good order; what was written is on disk before.
    pub async fn close(self) {
        // One that was left in the middle would be waited for.
        if self.state.is_left.get() {
            return;
        }
        let closing = async {
            match self.connection {
                Connection::Sqlite(connection) => connection.close().await,
                Connection::MySql(connection) => connection.close().await,
                Connection::Postgres(connection) => connection.close().await,
            }
        };
        let _ = tokio::time::timeout(FAREWELL, closing).await;
    }
}

/// How many seconds our clock is ahead of one that showed `theirs` between `asked` and now: what the answer took is no difference.
pub fn seconds_ahead(theirs: i64, asked: i64) -> i64 {
    match theirs < asked {
        true => asked.saturating_sub(theirs),
        false => std::cmp::min(Utc::now().timestamp().saturating_sub(theirs), 0),
    }
}

/// sea-query refuses a statement that is put together wrongly: a fault of ours.
pub fn internal(cause: impl std::fmt::Display) -> Error {
    Error::new(Kind::Internal, "a statement is put together wrongly").because(anyhow::anyhow!("{cause}"))
}
