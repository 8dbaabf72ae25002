//! A column as a copy sees it: how it holds its values, and how they are read to be compared.

use std::collections::HashMap;

use sea_query::{Alias, Expr, ExprTrait};

use crate::db::references::REFERENCES;
use crate::db::{Db, Dialect, Row, Sql, long_contents};
use crate::error::Result;

/// How a column holds its values, as far as that decides how they compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Bool,
    Bytes,
    Time,
    Json,
    Number,
    Text,
}

/// A column that is copied, as its database describes it.
#[derive(Clone, Debug)]
pub struct CopyColumn {
    pub name: String,
    /// The server's word for its type.
    pub kind: String,
    pub form: Form,
    /// Of a time: how many digits of a second's fraction it keeps.
    pub fraction: usize,
    /// It takes no NULL.
    pub is_required: bool,
    /// It names rows of another table.
    pub is_reference: bool,
}

impl CopyColumn {
    /// A column of this name and type, as the server calls it, and the digits of a second that its times keep.
    pub fn new(name: String, kind: String, fraction: usize, is_required: bool) -> CopyColumn {
        let word = kind.to_ascii_lowercase();
        let form = match word.as_str() {
            "bool" => Form::Bool,
            _ if word.contains("json") => Form::Json,
            _ if word.contains("bytea") || word.contains("blob") || word.contains("binary") => Form::Bytes,
            _ if word.contains("time") || word.contains("date") => Form::Time,
            _ if word.contains("int") => Form::Number,
            _ => Form::Text,
        };
        CopyColumn { name, kind, form, fraction, is_required, is_reference: false }
    }

    fn read_from(row: &Row) -> CopyColumn {
        let text = |name| row.text(name).unwrap_or_default();
        let fraction = row.int("fraction").and_then(|digits| usize::try_from(digits).ok()).unwrap_or_default();
        let is_reference = REFERENCES.iter().any(|it| it.table == text("table_name") && it.column == text("name"));
        CopyColumn { is_reference, ..CopyColumn::new(text("name"), text("kind"), fraction, row.truth("required")) }
    }

    /// Asks for its values as the server has them: the driver's times have no fraction. Long contents read as NULL.
    pub fn read(&self, dialect: Dialect, table: &str) -> Expr {
        let column = Expr::col(Alias::new(self.name.as_str()));
        if self.is_content_of(table) {
            return Expr::cust(long_contents::unless_long(&self.name));
        }
        let is_time = matches!(self.kind.as_str(), "datetime" | "timestamp") && self.fraction > 0;
        match dialect {
            Dialect::MySql if is_time => column.cast_as(Alias::new("CHAR")),
            Dialect::Postgres if is_time => column.cast_as(Alias::new("text")),
            _ => column,
        }
    }

    /// Does a server's column of times hold a day, and not only a time of day?
    pub fn has_date(&self) -> bool {
        matches!(self.kind.as_str(), "date" | "datetime" | "timestamp" | "timestamptz")
    }

    /// Does it hold files, of which the long ones go over by themselves?
    pub fn is_content_of(&self, table: &str) -> bool {
        long_contents::column_of(table).is_some_and(|content| content.column == self.name)
    }

    /// Was it made for yes and no? Servers without such a type have a small number for it.
    pub fn is_truth(&self) -> bool {
        let kind = self.kind.to_ascii_lowercase();
        kind.contains("bool") || kind == "tinyint"
    }

    /// May it hold numbers with a fraction?
    pub fn is_fractional(&self) -> bool {
        let kind = self.kind.to_ascii_lowercase();
        ["float", "double", "real", "numeric", "decimal"].iter().any(|word| kind.contains(word))
    }
}

impl Db {
    /// The columns of all tables.
    pub(super) async fn columns_by_table(&mut self) -> Result<HashMap<String, Vec<CopyColumn>>> {
        let mut tables: HashMap<String, Vec<CopyColumn>> = HashMap::new();
        for row in self.fetch_all(&Sql(&self.dialect.all_columns())).await? {
            tables.entry(row.text("table_name").unwrap_or_default()).or_default().push(CopyColumn::read_from(&row));
        }
        tables.retain(|name, _| !name.starts_with("sqlite_"));
        Ok(tables)
    }
}
