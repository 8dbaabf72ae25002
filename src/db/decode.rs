//! Rows of the drivers as [`Row`]s, decoded by the type that the driver reports for each column.

use std::rc::Rc;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
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
                Err(_) => {
                    let bytes: Vec<u8> = self.try_get_unchecked(index)?;
                    Value::Text(String::from_utf8_lossy(&bytes).into_owned())
                }
            },
        })
    }
}

impl DriverRow for sqlx::mysql::MySqlRow {
    fn read(&self, index: usize, name: &str) -> Result<Value, sqlx::Error> {
        Ok(match name {
            _ if name.contains("UNSIGNED") => {
                let value: u64 = self.try_get_unchecked(index)?;
                i64::try_from(value).map_or_else(|_| text(value), Value::Int)
            }
            "BOOLEAN" => Value::Int(self.try_get_unchecked(index)?),
            "DATETIME" | "TIMESTAMP" => time(self.try_get_unchecked::<NaiveDateTime, _>(index)?),
            "DATE" => text(self.try_get_unchecked::<NaiveDate, _>(index)?),
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
            "TIMESTAMP" => time(self.try_get_unchecked::<NaiveDateTime, _>(index)?),
            "TIMESTAMPTZ" => time(self.try_get_unchecked::<DateTime<Utc>, _>(index)?.naive_utc()),
            "DATE" => text(self.try_get_unchecked::<NaiveDate, _>(index)?),
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
