//! One way to three databases: an enum over typed sqlx connections, and statements made with sea-query that are rendered
//! for the dialect at hand. Not `sqlx::Any`, which cannot read most of the suite's tables.
//!
//! One connection, opened by the first command that needs it. Rows come as [`Row`]s, decoded by the type that the
//! driver reports, so that columns of an older or newer schema do no harm.

pub mod dialect;
pub mod migrate;
pub mod row;
pub mod rows;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::TryStreamExt;
use sea_query::{
    DeleteStatement, Expr, ExprTrait, InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, Query, SelectStatement,
    SqliteQueryBuilder, UpdateStatement, WithQuery,
};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection, SqliteConnection};

pub use dialect::Dialect;
pub use row::{Row, Value};

use crate::config::Database;
use crate::error::{Error, Kind, Result};

/// How long connecting may take before it counts as failed.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);

/// How often a transaction is begun in all whose server undid it because of a deadlock.
const DEADLOCKS: u32 = 6;

enum Connection {
    Sqlite(SqliteConnection),
    MySql(MySqlConnection),
    Postgres(PgConnection),
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
                    Dialect::MySql => self.build_sqlx(MysqlQueryBuilder),
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

/// An open database.
pub struct Db {
    connection: Connection,
    pub dialect: Dialect,
    target: Database,
    state: Rc<State>,
    limit: Option<Duration>,
}

/// What is known of a connection.
#[derive(Default)]
struct State {
    /// A transaction has begun and not ended.
    in_transaction: Cell<bool>,
    /// It was left in the middle of something: of a transaction whose caller was dropped, or of a statement that was not
    /// answered. It is of no more use.
    is_left: Cell<bool>,
}

/// A transaction that has not ended yet. Dropped with its caller, it says so to whoever uses the connection next.
struct Open {
    state: Rc<State>,
    has_ended: bool,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.state.in_transaction.set(false);
        if !self.has_ended {
            self.state.is_left.set(true);
        }
    }
}

impl Db {
    /// Connects. A SQLite file that is not there, or is empty, is created with the suite's schema.
    ///
    /// # Errors
    /// The database does not answer within 10 s, or refuses: the words name it and what to check.
    pub async fn connect(target: &Database) -> Result<Db> {
        let connecting = async {
            Ok::<_, sqlx::Error>(match target {
                Database::Sqlite { path } => Connection::Sqlite(dialect::open_sqlite(path).await?),
                Database::MySql(server) => {
                    Connection::MySql(MySqlConnection::connect_with(&dialect::mysql_options(server)).await?)
                }
                Database::Postgres(server) => {
                    Connection::Postgres(PgConnection::connect_with(&dialect::postgres_options(server)).await?)
                }
            })
        };
        let is_new = migrate::prepare_file(target)?;
        let connection = match tokio::time::timeout(CONNECT_LIMIT, connecting).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(cause)) => return Err(dialect::connect_error(target, Some(cause))),
            Err(_) => return Err(dialect::connect_error(target, None)),
        };
        let (dialect, target) = (Dialect::of(target), target.clone());
        let mut db = Db { connection, dialect, target, state: Rc::default(), limit: None };
        if is_new {
            migrate::create(&mut db).await?;
        }
        Ok(db)
    }

    /// Connects and goes away again. Nothing is created or changed there.
    ///
    /// # Errors
    /// As [`Db::connect`]; a SQLite file has to be there.
    pub async fn probe(target: &Database) -> Result<()> {
        let Database::Sqlite { path } = target else {
            Db::connect(target).await?.close().await;
            return Ok(());
        };
        let reading = async { dialect::open_sqlite_reader(path).await?.close().await };
        match tokio::time::timeout(CONNECT_LIMIT, reading).await {
            Ok(done) => done.map_err(|cause| dialect::connect_error(target, Some(cause))),
            Err(_) => Err(dialect::connect_error(target, None)),
        }
    }

    /// A new connection to the same database, for work that outlives a server's idle limit or a restart.
    pub async fn reconnect(&mut self) -> Result<()> {
        *self = Db { limit: self.limit, ..Db::connect(&self.target).await? };
        Ok(())
    }

    /// From here on a server that does not answer a statement for so long counts as gone: a connection that is dropped without
    /// a word would be waited for until TCP gives up, a quarter of an hour. Not for a file, which has no such connection.
    pub fn expect_answers(&mut self, limit: Duration) {
        self.limit = Some(limit).filter(|_| self.dialect != Dialect::Sqlite);
    }

    /// Sees to it that the connection can be used.
    async fn mend(&mut self) -> Result<()> {
        match (self.state.is_left.get(), self.state.in_transaction.get()) {
            (false, _) => Ok(()),
            // What comes is part of what is lost.
            (true, true) => Err(Error::new(Kind::Database, "the connection to the database broke")),
            // Boxed, since connecting may run statements of its own.
            (true, false) => Box::pin(self.reconnect()).await,
        }
    }

    /// What every statement goes through.
    async fn answered<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> Result<T>) -> Result<T> {
        self.mend().await?;
        let Some(limit) = self.limit else { return work(self).await };
        match tokio::time::timeout(limit, work(self)).await {
            Ok(done) => done,
            Err(_) => {
                self.state.is_left.set(true);
                Err(Error::new(Kind::Database, format!("the database has not answered for {} s", limit.as_secs())))
            }
        }
    }

    pub fn target(&self) -> &Database {
        &self.target
    }

    /// Runs a statement and tells how many rows it changed.
    pub async fn execute(&mut self, statement: &impl Statement) -> Result<u64> {
        let (sql, values) = statement.render(self.dialect);
        self.answered(async |db| {
            let done = each_driver!(db, c => sqlx::query_with(AssertSqlSafe(sql), values).execute(c).await
                .map(|done| done.rows_affected()));
            done.map_err(|cause| dialect::query_error(&cause))
        })
        .await
    }

    /// Inserts one row and tells its id.
    pub async fn insert(&mut self, statement: &mut InsertStatement) -> Result<i64> {
        if self.dialect == Dialect::MySql {
            let (sql, values) = statement.render(self.dialect);
            let inserted = self.answered(async |db| {
                let Connection::MySql(connection) = &mut db.connection else {
                    return Err(Error::new(Kind::Internal, "the connection is not of its dialect"));
                };
                let done = sqlx::query_with(AssertSqlSafe(sql), values).execute(connection).await;
                done.map(|done| i64::try_from(done.last_insert_id()).unwrap_or(i64::MAX))
                    .map_err(|cause| dialect::query_error(&cause))
            });
            return inserted.await;
        }
        let row = self.fetch_optional(statement.returning_col("id")).await?;
        Ok(row.and_then(|row| row.int("id")).unwrap_or_default())
    }

    /// Hands each row to `take` as it comes; nothing is kept. `take` may end it early by an error.
    pub async fn for_each(
        &mut self,
        statement: &impl Statement,
        mut take: impl FnMut(Row) -> Result<()>,
    ) -> Result<()> {
        let (sql, values) = statement.render(self.dialect);
        self.answered(async |db| {
            each_driver!(db, c => {
                let mut rows = sqlx::query_with(AssertSqlSafe(sql), values).fetch(c);
                let mut names = None;
                while let Some(row) = rows.try_next().await.map_err(|cause| dialect::query_error(&cause))? {
                    take(row::decode(&row, &mut names)?)?;
                }
                Ok(())
            })
        })
        .await
    }

    /// All rows. For what is known to be small; listings use [`Db::for_each`].
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
    pub async fn fetch_optional(&mut self, statement: &impl Statement) -> Result<Option<Row>> {
        let (sql, values) = statement.render(self.dialect);
        self.answered(async |db| {
            each_driver!(db, c => {
                let row = sqlx::query_with(AssertSqlSafe(sql), values).fetch_optional(c).await;
                row.map_err(|cause| dialect::query_error(&cause))?.map(|row| row::decode(&row, &mut None)).transpose()
            })
        })
        .await
    }

    /// The row of `table` with this id.
    pub async fn find(&mut self, table: &'static str, id: i64) -> Result<Option<Row>> {
        let select = Query::select().expr(Expr::cust("*")).from(table).and_where(Expr::col("id").eq(id)).take();
        self.fetch_optional(&select).await
    }

    /// The number that a statement such as `SELECT count(*)` answers with.
    pub async fn count(&mut self, statement: &impl Statement) -> Result<i64> {
        Ok(self.fetch_optional(statement).await?.and_then(|row| row.first_int()).unwrap_or_default())
    }

    /// The names of all tables.
    pub async fn tables(&mut self) -> Result<Vec<String>> {
        let rows = self.fetch_all(&Sql(self.dialect.tables())).await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    /// The columns of a table as the server has it, empty where there is no such table.
    pub async fn columns(&mut self, table: &str) -> Result<Vec<String>> {
        let rows = self.fetch_all(&self.dialect.columns_of(table)).await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    /// The columns of a table that has to be there.
    ///
    /// # Errors
    /// The database lacks the table.
    pub async fn require_columns(&mut self, table: &str) -> Result<Vec<String>> {
        let columns = self.columns(table).await?;
        if columns.is_empty() { Err(dialect::lacks_a_table()) } else { Ok(columns) }
    }

    /// The names of a table's indexes.
    pub async fn indexes(&mut self, table: &str) -> Result<Vec<String>> {
        let rows = self.fetch_all(&self.dialect.indexes_of(table)).await?;
        Ok(rows.iter().filter_map(|row| row.text("name")).collect())
    }

    /// Does all that `work` does, or nothing of it. On SQLite nobody else writes meanwhile, so that reading and then writing is
    /// safe inside. A server lets others write: what is read and then relied on is to be locked there
    /// ([`lock`](SelectStatement::lock), which SQLite does without), or asked for again by the statement that writes, whose count
    /// of rows tells who was first.
    pub async fn transaction<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> Result<T>) -> Result<T> {
        self.mend().await?;
        self.state.in_transaction.set(true);
        let mut open = Open { state: self.state.clone(), has_ended: false };
        self.control(self.dialect.begin()).await?;
        match work(self).await {
            Ok(value) => {
                self.control("COMMIT").await?;
                open.has_ended = true;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one worth telling; a rollback that fails means the connection is gone with it.
                open.has_ended = self.control("ROLLBACK").await.is_ok();
                Err(error)
            }
        }
    }

    /// As [`Db::transaction`], for what many do at once: where a server undid it to let another one go on, it is begun again.
    pub async fn contended_transaction<T>(&mut self, work: impl AsyncFn(&mut Db) -> Result<T>) -> Result<T> {
        for turn in 1..DEADLOCKS {
            match self.transaction(async |db| work(db).await).await {
                // Not all at the same moment again.
                Err(error) if error.kind == Kind::Contended => {
                    let pause = turn * (10 + std::process::id() % 40);
                    tokio::time::sleep(Duration::from_millis(pause.into())).await;
                }
                done => return done,
            }
        }
        self.transaction(async |db| work(db).await).await
    }

    /// Runs text that takes no parameters and cannot be prepared everywhere: transaction control and migrations.
    pub async fn control(&mut self, sql: &str) -> Result<()> {
        let sql = sql.to_owned();
        self.answered(async |db| {
            let done = each_driver!(db, c => sqlx::raw_sql(AssertSqlSafe(sql)).execute(c).await.map(drop));
            done.map_err(|cause| dialect::query_error(&cause))
        })
        .await
    }

    /// Ends the connection in good order; what was written is on disk before.
    pub async fn close(self) {
        let _ = match self.connection {
            Connection::Sqlite(connection) => connection.close().await,
            Connection::MySql(connection) => connection.close().await,
            Connection::Postgres(connection) => connection.close().await,
        };
    }
}
