//! Values that one database takes and no other would: SQLite texts in columns of numbers and times, PostgreSQL and MySQL times that
//! no calendar has.

use sea_query::{Alias, Cond, Expr};

use crate::db::copy::column::{CopyColumn, Form};
use crate::db::copy::fit::{self, Misfit};
use crate::db::{Db, Dialect, Row, Value, select};
use crate::error::{Error, Result};

/// Of a value so many characters are shown.
const SHOWN: usize = 40;

/// The values of one column that do not fit it.
pub struct Misfits {
    pub table: String,
    pub column: String,
    pub rows: i64,
    /// The first of them: its row, what it holds, and why it does not fit.
    row: String,
    value: Value,
    why: Misfit,
}

impl Misfits {
    /// What the first of them is.
    pub fn example(&self) -> String {
        format!("where {} {}", self.row, holds(&self.value, self.why))
    }

    /// What mends the first of them.
    pub fn remedy(&self) -> String {
        self.why.remedy(&self.table, &self.column, &self.row)
    }

    /// Why a copy cannot be.
    pub fn refusal(&self) -> Error {
        refusal(self.why, &self.table, &self.column, &self.row, &self.value)
    }
}

/// The condition that names a row: its id, where it has one.
pub fn label(row: &Row) -> String {
    match row.int("id") {
        Some(id) => format!("id = {id}"),
        None => row.pairs().next().map_or_else(String::new, |(name, value)| format!("{name} is {}", value.to_text())),
    }
}

fn holds(value: &Value, why: Misfit) -> String {
    let text = value.to_text();
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    match value {
        Value::Null => format!("it holds NULL, {why}"),
        _ => format!("it holds {shown:?}{more}, {why}"),
    }
}

/// Why a value cannot be copied, and what to do about it.
pub fn refusal(why: Misfit, table: &str, column: &str, row: &str, value: &Value) -> Error {
    Error::refused(format!("{table}.{column} does not fit the other database where {row}"))
        .because(anyhow::anyhow!(holds(value, why)))
        .hint(why.remedy(table, column, row))
}

/// The values that fit no column of numbers or times of another database, table by table.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db) -> Result<Vec<Misfits>> {
    let mut found = Vec::new();
    let mut tables: Vec<_> = db.columns_by_table().await?.into_iter().collect();
    tables.sort_by(|one, other| one.0.cmp(&other.0));
    for (table, columns) in tables {
        found.append(&mut of_table(db, &table, &columns).await?);
    }
    Ok(found)
}

/// Only SQLite takes other things than numbers as such, and a time of day is one everywhere.
fn may_hold_misfits(dialect: Dialect, column: &CopyColumn) -> bool {
    match column.form {
        Form::Number | Form::Bool => dialect == Dialect::Sqlite,
        Form::Time => dialect == Dialect::Sqlite || column.has_date(),
        Form::Bytes | Form::Json | Form::Text => false,
    }
}

async fn of_table(db: &mut Db, table: &str, columns: &[CopyColumn]) -> Result<Vec<Misfits>> {
    let typed: Vec<&CopyColumn> = columns.iter().filter(|column| may_hold_misfits(db.dialect, column)).collect();
    let mut found: Vec<Misfits> = Vec::new();
    if typed.is_empty() {
        return Ok(found);
    }
    let mut select = select::from(Alias::new(table));
    let mut suspicious = Cond::any();
    let has_id = columns.iter().any(|column| column.name == "id");
    if has_id && !typed.iter().any(|column| column.name == "id") {
        select.column("id");
    }
    for column in &typed {
        select.expr_as(column.read(db.dialect, table), Alias::new(column.name.as_str()));
        suspicious = suspicious.add(db.dialect.may_misfit(&column.name, column.form == Form::Time));
    }
    if has_id {
        select.order_by_expr(Expr::col("id"), sea_query::Order::Asc);
    }
    db.for_each(&select.cond_where(suspicious).take(), |row| {
        for column in &typed {
            let value = row.get(&column.name);
            let Err(why) = fit::typed(value.clone(), column, column, false) else { continue };
            match found.iter_mut().find(|it| it.column == column.name) {
                Some(known) => known.rows = known.rows.saturating_add(1),
                None => found.push(Misfits {
                    table: table.to_owned(),
                    column: column.name.clone(),
                    rows: 1,
                    row: label(&row),
                    value: value.clone(),
                    why,
                }),
            }
        }
        Ok(())
    })
    .await?;
    Ok(found)
}
