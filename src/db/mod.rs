//! One way to three databases: an enum over typed sqlx connections, and statements made with sea-query that are rendered
//! for the dialect at hand. Not `sqlx::Any`, which cannot read most of the suite's tables.
//!
//! One connection, opened by the first command that needs it. Rows come as [`Row`]s, decoded by the type that the
//! driver reports, so that columns of an older or newer schema do no harm.

pub mod content;
pub mod copy;
mod decode;
pub mod dialect;
mod encoding;
pub mod expression;
mod long_contents;
mod lossy;
pub mod migrate;
mod patience;
pub mod references;
pub mod rows;
pub mod select;
mod sqlite;

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;

use futures_util::TryStreamExt;
use sea_query::{
    Asterisk, DeleteStatement, Expr, ExprTrait, InsertStatement, LockType, PostgresQueryBuilder, Query,
    SelectStatement, SqliteQueryBuilder, UpdateStatement, WithQuery,
};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, SqliteConnection};

pub use crate::database::{Database, Fingerprint, Server};
pub use crate::row::{Row, Value};
pub use dialect::Dialect;
pub use dialect::compare::same_key;
pub use migrate::Found;

use crate::error::{Error, Kind, Result};
use crate::log;
use dialect::compare::ByBytes;
use dialect::{connect, errors};
use lossy::Lossy;
use patience::Patience;

/// How long connecting may take before it counts as failed, where nothing else is said.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// A server that has not answered a statement for so long is gone.
pub const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// How long taking leave of a server may take: nothing depends on it.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long a server that did not answer is given to let another connection in.
const SECOND_LOOK: Duration = Duration::from_secs(1);

/// How often a transaction is begun in all whose server undid it because of a deadlock.
const DEADLOCKS: u32 = 6;

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

/// A statement that can be rendered for any of the dialects.
pub trait Statement {
    fn render(&self, dialect: Dialect) -> (String, SqlxValues);
}

macro_rules! statements {
    ($($statement:ty),*) => {$(
        impl Statement for $statement {
            fn render(&self, dialect: Dialect) -> (String, SqlxValues) {
                match dialect {
                    Dialect::Sqlite => self.build_sqlx(SqliteQueryBuilder),
                    Dialect::MySql => self.build_sqlx(ByBytes),
                    Dialect::Postgres => self.build_sqlx(PostgresQueryBuilder),
                }
            }
        }
    )*};
}
statements!(SelectStatement, InsertStatement, UpdateStatement, DeleteStatement, WithQuery);

/// SQL text without parameters, for what sea-query has no words for.
pub struct Sql<'a>(pub &'a str);

impl Statement for Sql<'_> {
    fn render(&self, _: Dialect) -> (String, SqlxValues) {
        (self.0.to_owned(), SqlxValues(sea_query::Values(Vec::new())))
    }
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
        let found = migrate::prepare_file(target)?;
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
    fn patience(&self) -> Patience {
        Patience::new(Some(self.limits.answer).filter(|_| self.dialect.is_server()))
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
        let mut patience = self.patience();
        match patience.wait(work(self)).await {
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
        let mut patience = self.patience();
        let done = each_driver!(self, c => {
            let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch(c);
            let mut columns = None;
            loop {
                let row = match patience.wait(rows.try_next()).await {
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

    /// Locks the row of `table` with this id until the transaction ends; call inside one.
    ///
    /// Of several who look at what belongs to it and then change that, one does so after the other. That it is gone is no error.
    ///
    /// # Errors
    /// The database cannot be asked, or somebody else keeps the row for too long.
    pub async fn lock_row(&mut self, table: &'static str, id: i64) -> Result<()> {
        let mut select = Query::select();
        select.column("id").from(table).and_where(Expr::col("id").eq(id)).lock(LockType::Update);
        self.fetch_optional(&select).await.map(drop)
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

    /// The names of all tables.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        let rows = self.fetch_all(&Sql(&self.dialect.tables())).await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    /// The columns of a table as the server has it, empty where there is no such table. Asked once a table and connection.
    ///
    /// # Errors
    /// The database cannot be asked. That there is no such table is no error here: see [`Db::require_columns`].
    pub async fn columns(&mut self, table: &str) -> Result<Rc<[String]>> {
        if let Some(columns) = self.columns.get(table) {
            return Ok(columns.clone());
        }
        let rows = self.fetch_all(&self.dialect.columns_of(table)).await?;
        let columns: Rc<[String]> = rows.iter().filter_map(|row| row.text("name")).collect();
        self.columns.insert(table.to_owned(), columns.clone());
        Ok(columns)
    }

    /// Asks for the columns of all tables, for who wants to know many.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn learn_columns(&mut self) -> Result<()> {
        let rows = self.fetch_all(&Sql(&self.dialect.all_columns())).await?;
        self.columns.clear();
        self.indexes = None;
        for of_table in rows.chunk_by(|a, b| a.get("table_name") == b.get("table_name")) {
            let table = of_table.first().and_then(|row| row.text("table_name")).unwrap_or_default();
            self.columns.insert(table, of_table.iter().filter_map(|row| row.text("name")).collect());
        }
        Ok(())
    }

    /// The columns of a table that has to be there.
    ///
    /// # Errors
    /// The database lacks the table.
    pub async fn require_columns(&mut self, table: &str) -> Result<Rc<[String]>> {
        let columns = self.columns(table).await?;
        if columns.is_empty() { Err(self.explained(errors::lacks_a_table()).await) } else { Ok(columns) }
    }

    /// Has the table an index of this name? All are asked for at once, and once a connection.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn has_index(&mut self, table: &str, index: &str) -> Result<bool> {
        let indexes = match self.indexes.take() {
            Some(indexes) => indexes,
            None => {
                let rows = self.fetch_all(&self.dialect.indexes()).await?;
                rows.iter().filter_map(|row| Some((row.text("table_name")?, row.text("name")?))).collect()
            }
        };
        Ok(self.indexes.insert(indexes).contains(&(table.to_owned(), index.to_owned())))
    }

    /// As [`Db::transaction`], for work that cannot be begun again: where a server undoes it, it has failed.
    ///
    /// # Errors
    /// Same as [`Db::transaction`].
    pub async fn transaction_once<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> Result<T>) -> Result<T> {
        self.mend().await?;
        // Not at the beginning: what only reads waits for nobody.
        if let Connection::Sqlite(connection) = &mut self.connection
            && !self.state.has_short_steps.replace(true)
        {
            sqlite::wait_in_short_steps(connection, self.limits.answer).await?;
        }
        self.state.in_transaction.set(true);
        let mut open = self.open(true);
        self.raw(self.dialect.begin()).await?;
        match work(self).await {
            Ok(value) => {
                let committed = self.raw("COMMIT").await;
                // A file is written by ourselves, and what fails there is not done.
                let is_server = !matches!(self.connection, Connection::Sqlite(_));
                committed.map_err(|error| if is_server { errors::at_commit(error) } else { error })?;
                open.has_ended = true;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one worth telling; a rollback that fails means the connection is gone with it.
                open.has_ended = self.raw("ROLLBACK").await.is_ok();
                drop(open);
                Err(self.explained(error).await)
            }
        }
    }

    /// Does all that `work` does, or nothing of it.
    ///
    /// On SQLite nobody else writes meanwhile, so that reading and then writing is safe inside. A server lets others write:
    /// what is read and then relied on is to be locked there ([`lock`](SelectStatement::lock), which SQLite does without), or
    /// asked for again by the statement that writes, whose count of rows tells who was first. Where a server undid it to let
    /// another one go on, it is begun again.
    ///
    /// # Errors
    /// `work` failed, or the database did not take what it did, or undid it each of six times: nothing of it stands. Only where the
    /// connection broke at the commit itself is it not known whether it stands.
    pub async fn transaction<T>(&mut self, mut work: impl AsyncFnMut(&mut Db) -> Result<T>) -> Result<T> {
        for turn in 1..DEADLOCKS {
            match self.transaction_once(async |db| work(db).await).await {
                // Not all at the same moment again.
                Err(error) if error.kind == Kind::Contended => {
                    let pause = (std::process::id() % 40).saturating_add(10).saturating_mul(turn);
                    tokio::time::sleep(Duration::from_millis(pause.into())).await;
                }
                done => return done,
            }
        }
        self.transaction_once(async |db| work(db).await).await
    }

    /// As [`Db::transaction`], for work that looks whether something is there and makes it where it is not.
    ///
    /// Where somebody else makes it at the same moment, it is begun again, and finds it there.
    ///
    /// # Errors
    /// Same as [`Db::transaction`].
    pub async fn transaction_looking_first<T>(&mut self, mut work: impl AsyncFnMut(&mut Db) -> Result<T>) -> Result<T> {
        match self.transaction(async |db| work(db).await).await {
            // Words of ours have what to do with them: they look.
            Err(error) if error.kind == Kind::Exists && error.hint.is_none() => self.transaction(work).await,
            done => done,
        }
    }

    /// Runs a statement that changes the schema, or how the connection works.
    ///
    /// # Errors
    /// The database does not take the statement, or does not answer in time.
    pub async fn control(&mut self, sql: &str) -> Result<()> {
        self.columns.clear();
        self.indexes = None;
        self.raw(sql).await
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

/// sea-query refuses a statement that is put together wrongly: a fault of ours.
pub fn internal(cause: impl std::fmt::Display) -> Error {
    Error::new(Kind::Internal, "a statement is put together wrongly").because(anyhow::anyhow!("{cause}"))
}
