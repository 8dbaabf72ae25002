//! What each of the servers can do, takes or is quick at: what others ask a [`Dialect`] instead of which one it is.

use sea_query::{Expr, IntoColumnRef, NullOrdering, Order, SelectStatement};

use crate::db::Dialect;
use crate::db::expression::literal;

impl Dialect {
    /// What the suite calls its driver.
    pub fn driver(self) -> &'static str {
        match self {
            Dialect::Sqlite => "sqlite",
            Dialect::MySql => "mysql",
            Dialect::Postgres => "pgsql",
        }
    }

    /// Does a text take the character NUL? PHP's names of private properties have it.
    pub fn takes_nul(self) -> bool {
        self != Dialect::Postgres
    }

    /// Has a column a longest text? SQLite's take any, whatever the schema says.
    pub fn limits_texts(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Asks for the columns in which a text may have been cut off, with what they take.
    ///
    /// The answer has `table_name`, `name`, `kind`, `length`. A server that is not strict cuts without a word. Short ones are
    /// filled on purpose: uuids, hashes, words.
    pub fn columns_that_cut(self) -> Option<&'static str> {
        (self == Dialect::MySql).then_some(
            "SELECT table_name AS table_name, column_name AS name, data_type AS kind, \
             CAST(character_maximum_length AS SIGNED) AS length FROM information_schema.columns \
             WHERE table_schema = DATABASE() AND data_type IN ('varchar', 'text') AND character_maximum_length >= 100 \
             ORDER BY table_name, ordinal_position",
        )
    }

    /// Do the suite's columns of moments have microseconds?
    pub fn has_microseconds(self) -> bool {
        self == Dialect::MySql
    }

    /// Is a change of the schema undone with its transaction?
    pub fn undoes_schema_changes(self) -> bool {
        self != Dialect::MySql
    }

    /// Is it quicker to go through a table once than to ask its index for each of some rows of another?
    ///
    /// The others find them in the index in their order.
    pub fn prefers_one_pass(self) -> bool {
        self == Dialect::Postgres
    }

    /// Are several conditions on indexed columns quick at once?
    ///
    /// SQLite would go through the whole table for them; servers know from their statistics better than to ask for each alone.
    pub fn combines_indexes(self) -> bool {
        self != Dialect::Sqlite
    }

    /// A text, then a number, then the text `end`: as one text.
    pub fn text_and_number(self, text: String, number: Expr, end: &'static str) -> Expr {
        let sql = match self {
            Dialect::Sqlite => "? || (?) || ?",
            Dialect::MySql => "CONCAT(?, ?, ?)",
            Dialect::Postgres => "$1 || CAST($2 AS TEXT) || $3",
        };
        Expr::cust_with_exprs(sql, [Expr::val(text), number, literal(end)])
    }

    /// Lets what this connection deletes be overwritten where it stood. Servers see to their free space themselves.
    pub fn overwrite_deleted(self) -> Option<&'static str> {
        (self == Dialect::Sqlite).then_some("PRAGMA secure_delete = ON")
    }

    /// Asks what is damaged in a file: a line for each thing, ten at most, or `ok`. Servers see to their files themselves.
    pub fn integrity_check(self) -> Option<&'static str> {
        (self == Dialect::Sqlite).then_some("PRAGMA integrity_check(10)")
    }

    /// Puts what the log of a file still holds into the file, and empties it.
    pub fn empty_log(self) -> Option<&'static str> {
        (self == Dialect::Sqlite).then_some("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// The condition that a column, of texts or of JSON, holds a text, in whichever case.
    pub fn holds_text(self, column: Expr, text: &str) -> Expr {
        let sql = match self {
            Dialect::Sqlite => "instr(lower(?), lower(?)) > 0",
            Dialect::MySql => "locate(lower(?), lower(?)) > 0",
            Dialect::Postgres => "strpos(lower(CAST($1 AS TEXT)), lower($2)) > 0",
        };
        let mut parts = [column, Expr::val(text)];
        if self == Dialect::MySql {
            parts.reverse();
        }
        Expr::cust_with_exprs(sql, parts)
    }

    /// Asks how the connection is encrypted, in a column `Value`. SQLite has no connection.
    pub fn tls_version(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::MySql => Some("SHOW SESSION STATUS LIKE 'Ssl_version'"),
            Dialect::Postgres => {
                Some("SELECT version AS \"Value\" FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl")
            }
        }
    }

    /// A name as SQL has it where it could be a keyword.
    pub fn quoted(self, name: &str) -> String {
        let quote = if self == Dialect::MySql { '`' } else { '"' };
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    }

    /// Is it a server, with a connection that can fall silent? A file has only locks to be waited for.
    pub fn is_server(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Has a new id a sequence of its own, which stays behind when ids are given? The others look at what a table holds.
    pub fn has_sequences(self) -> bool {
        self == Dialect::Postgres
    }

    /// Are foreign keys enforced while a database is copied? The others can be told not to look.
    pub fn enforces_keys_in_copies(self) -> bool {
        self == Dialect::Postgres
    }

    /// Does a column of texts take those of its encoding alone? SQLite takes any bytes.
    pub fn checks_texts(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Does a statement that fails end its transaction?
    pub fn ends_transaction_at_error(self) -> bool {
        self == Dialect::Postgres
    }

    /// Does a column that is added to a table take as its default what is computed for each row?
    ///
    /// SQLite wants a value that it can write down.
    pub fn adds_computed_defaults(self) -> bool {
        self != Dialect::Sqlite
    }

    /// Orders by a column in which nothing is less than all else, as it is to SQLite and MariaDB.
    pub fn order(self, select: &mut SelectStatement, column: impl IntoColumnRef, order: Order) {
        if self == Dialect::Postgres {
            let nulls = if order == Order::Asc { NullOrdering::First } else { NullOrdering::Last };
            select.order_by_with_nulls(column, order, nulls);
        } else {
            select.order_by(column, order);
        }
    }
}
