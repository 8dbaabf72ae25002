//! Rows of the drivers as [`Row`]s, decoded by the type that the driver reports for each column.

use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _};

use crate::error::{Error, Kind, Result};
use crate::row::{Row, Value, written};

/// What differs between the drivers' rows when a value is read.
pub trait DriverRow: sqlx::Row {
    /// The value at `index`, which is not NULL and of the driver's type `name`.
    fn read(&self, index: usize, name: &str) -> Result<Value, sqlx::Error>;
}

/// A column type that reads as `i64` on MySQL and PostgreSQL.
fn is_integer(name: &str) -> bool {
    name.contains("INT") || matches!(name, "YEAR" | "OID")
}

/// Where PostgreSQL counts from.
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("it is a day");

fn text<T: ToString>(value: T) -> Value {
    Value::Text(value.to_string())
}

fn time(value: NaiveDateTime) -> Value {
    Value::Text(written(value))
}

impl DriverRow for sqlx::sqlite::SqliteRow {
    fn read(&self, index: usize, name: &str) -> Result<Value, sqlx::Error> {
        Ok(match name {
            "INTEGER" | "BOOLEAN" => Value::Int(self.try_get_unchecked(index)?),
            "REAL" => Value::Float(self.try_get_unchecked(index)?),
            "BLOB" => Value::Bytes(self.try_get_unchecked(index)?),
            // Text that is not UTF-8 is possible in SQLite; it must not fail the whole row.
            _ => match self.try_get_unchecked::<String, _>(index) {
                Ok(text) => Value::Text(text),
                Err(_) => Value::RawText(self.try_get_unchecked(index)?),
            },
        })
    }
}

/// A date that is none, such as `2024-00-00`, which a server takes as its settings are: its length, year, month and day, and
/// where it has one a time, each as a number.
fn mysql_date(bytes: &[u8]) -> Option<Value> {
    let [_, low, high, month, day, rest @ ..] = bytes else { return None };
    let date = format!("{:04}-{month:02}-{day:02}", u16::from_le_bytes([*low, *high]));
    Some(Value::Text(match rest {
        [hour, minute, second, ..] => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        _ => date,
    }))
}

/// A moment in microseconds since 2000. The server knows some that no calendar has, and others that ours does not reach.
fn postgres_moment(microseconds: i64) -> Value {
    match EPOCH.and_time(NaiveTime::MIN).checked_add_signed(TimeDelta::microseconds(microseconds)) {
        Some(moment) => time(moment),
        None => beyond(microseconds.signum()),
    }
}

/// A day, in days since 2000.
fn postgres_day(days: i32) -> Value {
    match EPOCH.checked_add_signed(TimeDelta::days(days.into())) {
        Some(day) => text(day),
        None => beyond(days.signum().into()),
    }
}

/// As the server writes what lies beyond every calendar.
fn beyond(sign: i64) -> Value {
    Value::Text(if sign < 0 { "-infinity" } else { "infinity" }.into())
}

impl DriverRow for sqlx::mysql::MySqlRow {
    fn read(&self, index: usize, name: &str) -> Result<Value, sqlx::Error> {
        Ok(match name {
            _ if name.contains("UNSIGNED") => {
                let value: u64 = self.try_get_unchecked(index)?;
                i64::try_from(value).map_or_else(|_| text(value), Value::Int)
            }
            "BOOLEAN" => Value::Int(self.try_get_unchecked(index)?),
            "DATETIME" | "TIMESTAMP" => match self.try_get_unchecked::<NaiveDateTime, _>(index) {
                Ok(moment) => time(moment),
                Err(error) => mysql_date(self.try_get_unchecked(index)?).ok_or(error)?,
            },
            "DATE" => match self.try_get_unchecked::<NaiveDate, _>(index) {
                Ok(day) => text(day),
                Err(error) => mysql_date(self.try_get_unchecked(index)?).ok_or(error)?,
            },
            "TIME" => text(self.try_get_unchecked::<NaiveTime, _>(index)?),
            "FLOAT" => Value::Float(self.try_get_unchecked::<f32, _>(index)?.into()),
            "DOUBLE" => Value::Float(self.try_get_unchecked(index)?),
            _ if is_integer(name) => Value::Int(self.try_get_unchecked(index)?),
            _ if name.contains("BLOB") || name.contains("BINARY") => Value::Bytes(self.try_get_unchecked(index)?),
            _ => Value::Text(self.try_get_unchecked(index)?),
        })
    }
}

impl DriverRow for sqlx::postgres::PgRow {
    fn read(&self, index: usize, name: &str) -> Result<Value, sqlx::Error> {
        Ok(match name {
            "BOOL" => Value::Bool(self.try_get_unchecked(index)?),
            "INT2" => Value::Int(self.try_get_unchecked::<i16, _>(index)?.into()),
            "INT4" => Value::Int(self.try_get_unchecked::<i32, _>(index)?.into()),
            "INT8" => Value::Int(self.try_get_unchecked(index)?),
            "FLOAT4" => Value::Float(self.try_get_unchecked::<f32, _>(index)?.into()),
            "FLOAT8" => Value::Float(self.try_get_unchecked(index)?),
            "TIMESTAMP" | "TIMESTAMPTZ" => postgres_moment(self.try_get_unchecked(index)?),
            "DATE" => postgres_day(self.try_get_unchecked(index)?),
            "TIME" => text(self.try_get_unchecked::<NaiveTime, _>(index)?),
            "BYTEA" => Value::Bytes(self.try_get_unchecked(index)?),
            "JSON" | "JSONB" => text(self.try_get_unchecked::<serde_json::Value, _>(index)?),
            _ => Value::Text(self.try_get_unchecked(index)?),
        })
    }
}

/// Decodes a driver's row. The names are made once for an answer and shared by its rows.
pub fn decode<R: DriverRow>(row: &R, names: &mut Option<Rc<[String]>>) -> Result<Row>
where
    usize: sqlx::ColumnIndex<R>,
{
    let names = names.get_or_insert_with(|| row.columns().iter().map(|column| column.name().to_owned()).collect());
    let values = (0..names.len())
        .map(|index| {
            let raw = row.try_get_raw(index)?;
            if raw.is_null() {
                return Ok(Value::Null);
            }
            let kind = raw.type_info().into_owned();
            row.read(index, kind.name())
        })
        .collect::<Result<_, sqlx::Error>>()
        .map_err(|cause| Error::new(Kind::Statement, "a row cannot be read").because(cause))?;
    Ok(Row { names: names.clone(), values })
}
