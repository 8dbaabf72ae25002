//! Rows of the drivers as [`Row`]s, decoded by the type that the driver reports for each column.

use std::rc::Rc;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use sqlx::error::BoxDynError;
use sqlx::mysql::{MySqlColumn, MySqlRow, MySqlValueRef};
use sqlx::postgres::{PgColumn, PgRow, PgValueRef};
use sqlx::sqlite::{SqliteColumn, SqliteRow, SqliteValueRef};
use sqlx::{Column as _, Database, Decode, TypeInfo as _, ValueRef as _};

use crate::error::{Error, Kind, Result};
use crate::row::{Row, Value, written};

/// What differs between the drivers' rows when a value is read.
pub trait DriverRow: sqlx::Row {
    /// How the values of a column are read: found out once for each answer, since it takes a look at the type's name.
    type ColumnKind: Copy;

    /// How the values of this column are read.
    fn kind_of(column: &<Self::Database as Database>::Column) -> Self::ColumnKind;

    /// A value that is not NULL.
    fn read(value: <Self::Database as Database>::ValueRef<'_>, kind: Self::ColumnKind) -> Result<Value, BoxDynError>;

    /// A value that is not NULL, as a type of Rust's.
    fn value<'r, T: Decode<'r, Self::Database>>(
        value: <Self::Database as Database>::ValueRef<'r>,
    ) -> Result<T, BoxDynError> {
        T::decode(value)
    }
}

/// Where PostgreSQL counts from.
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("it is a day");

fn text<T: ToString>(value: T) -> Value {
    Value::Text(value.to_string())
}

fn time(value: NaiveDateTime) -> Value {
    Value::Text(written(value))
}

impl DriverRow for SqliteRow {
    // Each value has a type of its own.
    type ColumnKind = ();

    fn kind_of(_: &SqliteColumn) {}

    fn read(value: SqliteValueRef<'_>, (): ()) -> Result<Value, BoxDynError> {
        Ok(match value.type_info().name() {
            "INTEGER" | "BOOLEAN" => Value::Int(Self::value(value)?),
            "REAL" => Value::Float(Self::value(value)?),
            "BLOB" => Value::Bytes(Self::value(value)?),
            // Text that is not UTF-8 is possible in SQLite; it must not fail the whole row.
            _ => match String::from_utf8(Self::value(value)?) {
                Ok(text) => Value::Text(text),
                Err(cause) => Value::RawText(cause.into_bytes()),
            },
        })
    }
}

/// As what values of a MySQL column are read.
#[derive(Clone, Copy)]
pub enum MySqlKind {
    Unsigned,
    Integer,
    Moment,
    Day,
    Time,
    Float,
    Double,
    Bytes,
    Text,
}

impl DriverRow for MySqlRow {
    type ColumnKind = MySqlKind;

    fn kind_of(column: &MySqlColumn) -> MySqlKind {
        match column.type_info().name() {
            name if name.contains("UNSIGNED") || name == "BIT" => MySqlKind::Unsigned,
            "DATETIME" | "TIMESTAMP" => MySqlKind::Moment,
            "DATE" => MySqlKind::Day,
            "TIME" => MySqlKind::Time,
            "FLOAT" => MySqlKind::Float,
            "DOUBLE" => MySqlKind::Double,
            "BOOLEAN" | "YEAR" => MySqlKind::Integer,
            name if name.contains("INT") => MySqlKind::Integer,
            name if name.contains("BLOB") || name.contains("BINARY") => MySqlKind::Bytes,
            _ => MySqlKind::Text,
        }
    }

    fn read(value: MySqlValueRef<'_>, kind: MySqlKind) -> Result<Value, BoxDynError> {
        Ok(match kind {
            MySqlKind::Unsigned => {
                let value: u64 = Self::value(value)?;
                i64::try_from(value).map_or_else(|_| text(value), Value::Int)
            }
            MySqlKind::Integer => Value::Int(Self::value(value)?),
            MySqlKind::Moment => match Self::value::<NaiveDateTime>(value.clone()) {
                Ok(moment) => time(moment),
                Err(error) => mysql_date(Self::value(value)?).ok_or(error)?,
            },
            MySqlKind::Day => match Self::value::<NaiveDate>(value.clone()) {
                Ok(day) => text(day),
                Err(error) => mysql_date(Self::value(value)?).ok_or(error)?,
            },
            MySqlKind::Time => match Self::value::<NaiveTime>(value.clone()) {
                Ok(moment) => text(moment),
                Err(error) => mysql_time(Self::value(value)?).ok_or(error)?,
            },
            MySqlKind::Float => Value::Float(Self::value::<f32>(value)?.into()),
            MySqlKind::Double => Value::Float(Self::value(value)?),
            MySqlKind::Bytes => Value::Bytes(Self::value(value)?),
            MySqlKind::Text => match Self::value::<String>(value.clone()) {
                Ok(text) => Value::Text(text),
                Err(_) => any_text(Self::value(value)?),
            },
        })
    }
}

/// A time that no day has: below zero, or of more than 24 hours, which stand in it as days.
fn mysql_time(bytes: &[u8]) -> Option<Value> {
    let [_, negative, d1, d2, d3, d4, hour, minute, second, ..] = bytes else { return None };
    let hours = u64::from(u32::from_le_bytes([*d1, *d2, *d3, *d4])).checked_mul(24)?.checked_add((*hour).into())?;
    let minus = if *negative == 0 { "" } else { "-" };
    Some(Value::Text(format!("{minus}{hours:02}:{minute:02}:{second:02}")))
}

/// A date that does not exist, such as `2024-00-00`: its length, year, month and day, and maybe a time, each as a number.
///
/// A server takes such a date or not, as its settings are.
fn mysql_date(bytes: &[u8]) -> Option<Value> {
    let [_, low, high, month, day, rest @ ..] = bytes else { return None };
    let date = format!("{:04}-{month:02}-{day:02}", u16::from_le_bytes([*low, *high]));
    Some(Value::Text(match rest {
        [hour, minute, second, ..] => format!("{date} {hour:02}:{minute:02}:{second:02}"),
        _ => date,
    }))
}

/// As what values of a PostgreSQL column are read.
#[derive(Clone, Copy)]
pub enum PgKind {
    Bool,
    Int2,
    Int4,
    Int8,
    Float4,
    Float8,
    Moment,
    Day,
    Time,
    Bytes,
    Numeric,
    Uuid,
    Jsonb,
    Text,
    /// A type that no table of the suite has: an enumeration's comes as text, what another one means is not known here.
    Other,
}

impl DriverRow for PgRow {
    type ColumnKind = PgKind;

    fn kind_of(column: &PgColumn) -> PgKind {
        match column.type_info().name() {
            "BOOL" => PgKind::Bool,
            "INT2" => PgKind::Int2,
            "INT4" => PgKind::Int4,
            "INT8" => PgKind::Int8,
            "FLOAT4" => PgKind::Float4,
            "FLOAT8" => PgKind::Float8,
            "TIMESTAMP" | "TIMESTAMPTZ" => PgKind::Moment,
            "DATE" => PgKind::Day,
            "TIME" => PgKind::Time,
            "BYTEA" => PgKind::Bytes,
            "NUMERIC" => PgKind::Numeric,
            "UUID" => PgKind::Uuid,
            "JSONB" => PgKind::Jsonb,
            // JSON comes as the text that it is: a number that no other has a place for is still one.
            "JSON" | "TEXT" | "VARCHAR" | "CHAR" | "NAME" | "UNKNOWN" => PgKind::Text,
            _ => PgKind::Other,
        }
    }

    fn read(value: PgValueRef<'_>, kind: PgKind) -> Result<Value, BoxDynError> {
        Ok(match kind {
            PgKind::Bool => Value::Bool(Self::value(value)?),
            PgKind::Int2 => Value::Int(Self::value::<i16>(value)?.into()),
            PgKind::Int4 => Value::Int(Self::value::<i32>(value)?.into()),
            PgKind::Int8 => Value::Int(Self::value(value)?),
            PgKind::Float4 => Value::Float(Self::value::<f32>(value)?.into()),
            PgKind::Float8 => Value::Float(Self::value(value)?),
            PgKind::Moment => postgres_moment(Self::value(value)?),
            PgKind::Day => postgres_day(Self::value(value)?),
            PgKind::Time => text(Self::value::<NaiveTime>(value)?),
            PgKind::Bytes => Value::Bytes(Self::value(value)?),
            PgKind::Numeric => postgres_numeric(value.as_bytes()?).ok_or("it is no number")?,
            PgKind::Uuid => text(uuid::Uuid::from_slice(value.as_bytes()?)?),
            // A number of its form comes first.
            PgKind::Jsonb => Value::Text(str::from_utf8(value.as_bytes()?.get(1..).unwrap_or_default())?.to_owned()),
            PgKind::Text => Value::Text(Self::value(value)?),
            PgKind::Other => any_text(value.as_bytes()?),
        })
    }
}

/// What comes as text, and else its bytes as the server writes such.
fn any_text(bytes: &[u8]) -> Value {
    match str::from_utf8(bytes) {
        Ok(whole) if !whole.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) => text(whole),
        _ => Value::Text(bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))),
    }
}

/// A number of any length: how many digits of base 10,000 there are, which power the first is of, the sign, how many decimals it has,
/// and the digits.
fn postgres_numeric(bytes: &[u8]) -> Option<Value> {
    let mut words = bytes.chunks_exact(2).map(|two| i16::from_be_bytes([two[0], two[1]]));
    let (count, weight, sign, scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
    let digits: Vec<i16> = words.take(usize::try_from(count).ok()?).collect();
    let minus = match sign.cast_unsigned() {
        0 => "",
        0x4000 => "-",
        0xC000 => return Some(text("NaN")),
        0xD000 => return Some(beyond(1)),
        0xF000 => return Some(beyond(-1)),
        _ => return None,
    };
    // The digit of a power of 10,000.
    let digit = |power: i32| {
        let at = i32::from(weight).checked_sub(power).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| digits.get(at)).copied().unwrap_or_default()
    };
    let whole: String = (0..=i32::from(weight)).rev().map(|power| format!("{:04}", digit(power))).collect();
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let scale = usize::try_from(scale).ok()?;
    let groups = i32::try_from(scale.div_ceil(4)).ok()?;
    let mut fraction: String =
        (1..=groups).map(|power| format!("{:04}", digit(power.checked_neg().unwrap_or_default()))).collect();
    fraction.truncate(scale);
    let point = if fraction.is_empty() { "" } else { "." };
    Some(Value::Text(format!("{minus}{whole}{point}{fraction}")))
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

/// The columns of an answer: their names, which its rows share, and how they are read.
pub struct Columns<R: DriverRow> {
    names: Rc<[String]>,
    kinds: Vec<R::ColumnKind>,
}

/// Decodes a driver's row. What holds for the whole answer is made of its first row.
///
/// # Errors
/// A value is not of the form that the driver reports.
pub fn decode<R: DriverRow>(row: &R, columns: &mut Option<Columns<R>>) -> Result<Row>
where
    usize: sqlx::ColumnIndex<R>,
{
    let columns = columns.get_or_insert_with(|| Columns {
        names: row.columns().iter().map(|column| column.name().to_owned()).collect(),
        kinds: row.columns().iter().map(R::kind_of).collect(),
    });
    let mut values = Vec::with_capacity(columns.kinds.len());
    for (index, kind) in columns.kinds.iter().enumerate() {
        let unreadable = |cause: BoxDynError| {
            let what = format!("the column {} of a row cannot be read", columns.names[index]);
            Error::new(Kind::Statement, what).because(anyhow::Error::from_boxed(cause))
        };
        let value = row.try_get_raw(index).map_err(|cause| unreadable(cause.into()))?;
        values.push(match value.is_null() {
            true => Value::Null,
            false => R::read(value, *kind).map_err(unreadable)?,
        });
    }
    Ok(Row { names: columns.names.clone(), values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length() {
        let number = |weight: i16, sign: u16, scale: i16, digits: &[i16]| {
            let count = i16::try_from(digits.len()).unwrap();
            let words = [count, weight, sign.cast_signed(), scale].into_iter().chain(digits.iter().copied());
            let bytes: Vec<u8> = words.flat_map(i16::to_be_bytes).collect();
            postgres_numeric(&bytes).map(|value| value.to_text())
        };
        for (weight, sign, scale, digits, wanted) in [
            (0, 0, 0, &[][..], "0"),
            (0, 0, 2, &[], "0.00"),
            (1, 0, 0, &[1, 2345], "12345"),
            (1, 0x4000, 3, &[1, 0, 5000], "-10000.500"),
            (-1, 0, 4, &[1], "0.0001"),
            (-2, 0, 8, &[12], "0.00000012"),
            (2, 0, 0, &[7], "700000000"),
            (0, 0xC000, 0, &[], "NaN"),
        ] {
            assert_eq!(number(weight, sign, scale, digits).as_deref(), Some(wanted));
        }
        assert_eq!(postgres_numeric(b"\0\x01"), None);
    }
}
