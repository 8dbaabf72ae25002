//! What is asked of a database, as each server words it.

use sea_query::{
    DeleteStatement, InsertStatement, PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder, UpdateStatement,
    WithQuery,
};
use sea_query_sqlx::{SqlxBinder, SqlxValues};

use super::Dialect;
use super::compare::ByBytes;

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
