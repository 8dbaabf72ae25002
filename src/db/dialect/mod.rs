//! The words in which the three servers differ: how to begin, ask for tables and columns; below it what each can do, how to connect, what their
//! errors mean, and how they compare texts. Where they need other steps too, these stand in `db/content.rs`, `db/copy` and `db/mod.rs`.

mod abilities;
pub mod compare;
pub mod connect;
pub mod errors;
pub mod statement;

use std::borrow::Cow;

use sea_query::{Alias, CaseStatement, Expr, ExprTrait, Query, SelectStatement};

use crate::database::Database;
use crate::db::expression::literal;
use crate::row::Value;

/// The tables of PostgreSQL that statements mean, with their schemas.
///
/// Of several of one name the first along the search path, whichever of its schemas that is in.
const RESOLVED_TABLES: &str = "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY(current_schemas(false)) AND pg_table_is_visible(c.oid)";

/// The kind of a database's server, which is asked for what differs between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    MySql,
    Postgres,
}

impl Dialect {
    /// Holds it no time? SQLite takes any text for one.
    pub fn is_no_time(self, column: Expr) -> Expr {
        match self {
            Dialect::Sqlite => Expr::cust_with_exprs("datetime(?) IS NULL", [column]),
            Dialect::MySql | Dialect::Postgres => column.is_null(),
        }
    }

    /// A column of moments, to be read in the same form from each server.
    ///
    /// Rows have them in whole seconds, and SQLite may have one in any spelling. [`read_moment`](Dialect::read_moment) makes a
    /// moment of it again.
    pub fn exact_moment(self, column: Expr) -> Expr {
        match self {
            Dialect::Sqlite => column,
            Dialect::MySql => Expr::cust_with_exprs("CAST(? AS CHAR)", [column]),
            Dialect::Postgres => Expr::cust_with_exprs("CAST($1 AS TEXT)", [column]),
        }
    }

    /// What was read as [`exact_moment`](Dialect::exact_moment), to be compared with a column of moments: equal to what it was read of.
    pub fn read_moment(self, read: &Value) -> Expr {
        let text = || Expr::val(read.to_text());
        match (self, read) {
            (Dialect::Sqlite, Value::Int(number)) => Expr::val(*number),
            (Dialect::Sqlite, Value::Float(number)) => Expr::val(*number),
            (Dialect::Sqlite, _) => text(),
            (Dialect::MySql, _) => Expr::cust_with_exprs("CAST(? AS DATETIME(6))", [text()]),
            (Dialect::Postgres, _) => Expr::cust_with_exprs("CAST($1 AS TIMESTAMP)", [text()]),
        }
    }

    /// One more than a counter holds, up to what its column takes.
    ///
    /// The least of the servers' ends there. A count is worth less than what it stands beside.
    pub fn one_more(self, counter: &'static str) -> Expr {
        let count = || Expr::col(counter).if_null(0);
        CaseStatement::new().case(count().lt(i32::MAX), count().add(1)).finally(Expr::col(counter)).into()
    }

    /// Asks by how many seconds the clock of the connection's zone is ahead of UTC at moments, a column for each.
    ///
    /// None where no time is stored by such a clock.
    pub fn zone_offsets(self, moments: impl Iterator<Item = i64>) -> Option<SelectStatement> {
        let mut select = Query::select();
        for moment in moments {
            select.expr(Expr::cust(format!("TIMESTAMPDIFF(SECOND, '1970-01-01', FROM_UNIXTIME({moment})) - {moment}")));
        }
        (self == Dialect::MySql).then_some(select)
    }

    /// Which values of a column may be no number, or no time that the others take: a quick look that misses none.
    ///
    /// SQLite takes any value, PostgreSQL times beyond the years of four digits, and MySQL days without a month, each as its
    /// settings are.
    pub fn may_misfit(self, column: &str, is_time: bool) -> Expr {
        let name = Expr::col(Alias::new(column));
        match (self, is_time) {
            (Dialect::Sqlite, true) => {
                Expr::cust_with_exprs("? IS NOT NULL AND datetime(?) IS NOT ?", [name.clone(), name.clone(), name])
            }
            (Dialect::Sqlite, false) => Expr::cust_with_exprs("typeof(?) NOT IN ('integer', 'null')", [name]),
            (Dialect::MySql, true) => {
                Expr::cust_with_exprs("(MONTH(?) = 0 OR DAYOFMONTH(?) = 0)", [name.clone(), name])
            }
            (Dialect::Postgres, true) => {
                Expr::cust_with_exprs("($1 < '0001-01-01' OR $2 >= '10000-01-01')", [name.clone(), name])
            }
            (Dialect::MySql | Dialect::Postgres, false) => Expr::cust("FALSE"),
        }
    }

    /// The seconds since 1970 by the clock of the database.
    pub fn epoch_seconds(self) -> Expr {
        Expr::cust(match self {
            Dialect::Sqlite => "CAST(strftime('%s', 'now') AS INTEGER)",
            Dialect::MySql => "UNIX_TIMESTAMP()",
            Dialect::Postgres => "CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)",
        })
    }

    /// A moment before all that a column of moments may hold.
    pub fn before_all_moments(self) -> Expr {
        literal(match self {
            Dialect::Sqlite | Dialect::MySql => "0001-01-01 00:00:00",
            Dialect::Postgres => "-infinity",
        })
    }

    /// The dialect that this database speaks, by the kind that it is of.
    pub fn for_database(target: &Database) -> Dialect {
        match target {
            Database::Sqlite { .. } => Dialect::Sqlite,
            Database::MySql(_) => Dialect::MySql,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that reads and then writes.
    ///
    /// SQLite takes the write lock at once: a lock that is upgraded later fails at once when somebody else wrote, whatever the
    /// busy timeout is.
    pub fn begin(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN IMMEDIATE",
            Dialect::MySql => "START TRANSACTION",
            // A role or a database may have another level: what was read before a lock was waited for would be believed.
            Dialect::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// Begins a transaction that sees the database as it is at its beginning.
    pub fn begin_reading(self) -> &'static str {
        match self {
            Dialect::Sqlite => "BEGIN",
            Dialect::MySql => {
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
            }
            Dialect::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Asks for the lock of those who change the schema: 1 where it is ours now. PostgreSQL's is one of the transaction.
    pub fn lock_schema(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::MySql => Some("SELECT GET_LOCK(CONCAT('multiflexi-schema-', MD5(DATABASE())), 1)"),
            Dialect::Postgres => {
                Some("SELECT CASE WHEN pg_try_advisory_xact_lock(hashtext('multiflexi-schema')) THEN 1 ELSE 0 END")
            }
        }
    }

    /// Gives it back, where it does not end with the transaction.
    pub fn unlock_schema(self) -> Option<&'static str> {
        (self == Dialect::MySql).then_some("SELECT RELEASE_LOCK(CONCAT('multiflexi-schema-', MD5(DATABASE())))")
    }

    /// Asks for the lock of those who give a row a name that only one may have, though no key of the table sees to that.
    ///
    /// PostgreSQL's ends with the transaction, MySQL's with the connection; on SQLite nobody else writes meanwhile.
    pub fn lock_names(self) -> Option<&'static str> {
        match self {
            Dialect::Sqlite => None,
            Dialect::MySql => Some("SELECT GET_LOCK(CONCAT('multiflexi-names-', MD5(DATABASE())), 60)"),
            Dialect::Postgres => Some("SELECT 1 FROM pg_advisory_xact_lock(hashtext('multiflexi-names'))"),
        }
    }

    /// Has new tables made in the schema of this table, for the rest of the transaction.
    ///
    /// The first schema of the search path may be another, and then part of the tables would lie there. The other servers know
    /// one schema a connection.
    pub fn create_beside(self, table: &str) -> Option<String> {
        (self == Dialect::Postgres).then(|| {
            format!(
                "SELECT set_config('search_path', concat_ws(', ', quote_ident(n.nspname), current_setting('search_path')), true) \
                 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                 WHERE c.oid = to_regclass('{table}') AND n.nspname <> current_schema()"
            )
        })
    }

    /// Asks for the names of all tables.
    pub fn tables(self) -> Cow<'static, str> {
        match self {
            Dialect::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name".into(),
            Dialect::MySql => {
                "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name".into()
            }
            Dialect::Postgres => format!(
                "SELECT table_name AS name FROM information_schema.tables \
                 WHERE (table_schema, table_name) IN ({RESOLVED_TABLES}) ORDER BY table_name"
            )
            .into(),
        }
    }

    /// Asks for the columns of all tables, table by table, in their order.
    pub fn all_columns(self) -> Cow<'static, str> {
        match self {
            Dialect::Sqlite => {
                "SELECT m.name AS table_name, c.name AS name, c.type AS kind, 6 AS fraction, c.\"notnull\" AS required FROM sqlite_master m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table' ORDER BY m.name, c.cid"
                    .into()
            }
            Dialect::MySql => {
                "SELECT table_name AS table_name, column_name AS name, data_type AS kind, \
                 CAST(datetime_precision AS SIGNED) AS fraction, CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS required \
                 FROM information_schema.columns WHERE table_schema = DATABASE() \
                 ORDER BY table_name, ordinal_position"
                    .into()
            }
            Dialect::Postgres => format!(
                "SELECT table_name, column_name AS name, udt_name AS kind, CAST(datetime_precision AS bigint) AS fraction, \
                 CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END AS required \
                 FROM information_schema.columns WHERE (table_schema, table_name) IN ({RESOLVED_TABLES}) \
                 ORDER BY table_name, ordinal_position"
            )
            .into(),
        }
    }

    /// Asks for the columns of all tables that an insert has to give: neither NULL nor a default stands in for them.
    pub fn required_columns(self) -> Cow<'static, str> {
        match self {
            Dialect::Sqlite => {
                "SELECT m.name AS table_name, c.name AS name FROM sqlite_master m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND c.\"notnull\" = 1 AND c.dflt_value IS NULL AND c.pk = 0 ORDER BY m.name, c.cid"
                    .into()
            }
            Dialect::MySql => {
                "SELECT table_name AS table_name, column_name AS name FROM information_schema.columns \
                 WHERE table_schema = DATABASE() AND is_nullable = 'NO' AND column_default IS NULL \
                 AND extra NOT LIKE '%auto_increment%' AND extra NOT LIKE '%GENERATED%' ORDER BY table_name, ordinal_position"
                    .into()
            }
            Dialect::Postgres => format!(
                "SELECT table_name, column_name AS name FROM information_schema.columns \
                 WHERE (table_schema, table_name) IN ({RESOLVED_TABLES}) AND is_nullable = 'NO' AND column_default IS NULL \
                 AND is_identity = 'NO' AND is_generated = 'NEVER' ORDER BY table_name, ordinal_position"
            )
            .into(),
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
                let is_meant = match self {
                    Dialect::Postgres => Expr::cust(format!("(table_schema, table_name) IN ({RESOLVED_TABLES})")),
                    _ => Expr::col("table_schema").eq(Expr::cust("DATABASE()")),
                };
                select
                    .expr_as(Expr::cust("column_name"), "name")
                    .from(("information_schema", "columns"))
                    .and_where(is_meant)
                    .and_where(Expr::col("table_name").eq(table))
                    .order_by("ordinal_position", sea_query::Order::Asc);
            }
        }
        select
    }

    /// Asks for the columns of a table's unique keys, key by key, where different texts may be the same to one.
    pub fn unique_keys_of(self, table: &str) -> Option<SelectStatement> {
        if self != Dialect::MySql {
            return None;
        }
        let mut select = Query::select();
        select
            .expr_as(Expr::cust("index_name"), "key_name")
            .expr_as(Expr::cust("column_name"), "name")
            .from(("information_schema", "statistics"))
            .and_where(Expr::col("table_schema").eq(Expr::cust("DATABASE()")))
            .and_where(Expr::col("table_name").eq(table))
            .and_where(Expr::col("non_unique").eq(0))
            .order_by("index_name", sea_query::Order::Asc)
            .order_by("seq_in_index", sea_query::Order::Asc);
        Some(select)
    }

    /// Asks for the indexes of all tables.
    pub fn indexes(self) -> SelectStatement {
        let mut select = Query::select();
        match self {
            Dialect::Sqlite => {
                select
                    .expr_as(Expr::col("tbl_name"), "table_name")
                    .column("name")
                    .from("sqlite_master")
                    .and_where(Expr::col("type").eq("index"));
            }
            Dialect::MySql => {
                select
                    .distinct()
                    .expr_as(Expr::cust("table_name"), "table_name")
                    .expr_as(Expr::cust("index_name"), "name")
                    .from(("information_schema", "statistics"))
                    .and_where(Expr::col("table_schema").eq(Expr::cust("DATABASE()")));
            }
            Dialect::Postgres => {
                select
                    .expr_as(Expr::cust("tablename"), "table_name")
                    .expr_as(Expr::cust("indexname"), "name")
                    .from("pg_indexes")
                    .and_where(Expr::cust(format!("(schemaname, tablename) IN ({RESOLVED_TABLES})")));
            }
        }
        select
    }
}
