//! `artifact list`: a long content is printed as it is read.

use std::collections::HashMap;

use clap::ArgMatches;
use sea_query::{Alias, Expr, ExprTrait, SelectStatement};

use crate::commands::NoArgs;
use crate::commands::artifact::table::{CONTENT, LONG, TABLE, in_row};
use crate::context::Context;
use crate::count::thousands;
use crate::db::expression::{beginning, byte_length};
use crate::db::select::{self, AT_ONCE};
use crate::db::{Db, Row, Value};
use crate::error::{Error, Result};
use crate::output::{Format, Outcome, Printer, Standard};
use crate::table::crud;
use crate::table::paging::{Columns, Paging};

/// A terminal shows less of a value.
const SHOWN: u64 = 1000;

/// How many bytes a table off a terminal may have, which is laid out in memory.
const TABLE_LIMIT: u64 = 4 << 20;

/// Lists artifacts.
///
/// # Errors
/// As of [`crud::list`]; a content is deleted while it is read, or a table of them would be too large.
pub async fn list(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let select = crud::filtered(db, &TABLE, matches).await?;
    let paging = Paging::from_args(matches);
    let there = db.require_columns(TABLE.sql).await?;
    let fields = paging.columns(&TABLE, printer, &there)?;
    let Some(at) = fields.iter().position(|field| field == CONTENT) else {
        return crud::stream(db, printer, &TABLE, select, &paging).await;
    };
    let paged = |mut select: SelectStatement, db: &Db| {
        paging.apply(select.from(TABLE.sql), &Columns { all: there.clone(), secret: &[] }, db.dialect).map(|()| select)
    };
    if printer.format == Format::Text && printer.is_terminal(Standard::Out) {
        let mut select = select;
        for field in &fields {
            match field == CONTENT {
                true => select.expr_as(beginning(CONTENT, SHOWN), CONTENT),
                false => select.column(Alias::new(field)),
            };
        }
        let select = paged(select, db)?;
        let mut list = printer.list(fields);
        db.for_each(&select, |row| list.row(&row.values)).await?;
        return list.finish();
    }
    let sizes = select.clone().column("id").expr(byte_length(CONTENT)).take();
    let sizes = paged(sizes, db)?;
    let mut found = Vec::new();
    db.for_each(&sizes, |row| {
        let size = row.values.get(1).and_then(Value::to_int).unwrap_or_default();
        found.push(Size { id: row.id("id")?, bytes: size.unsigned_abs() });
        Ok(())
    })
    .await?;
    if printer.format == Format::Text {
        refuse_too_large(&found)?;
    }
    if printer.format == Format::Text || found.iter().all(|size| size.bytes <= LONG) {
        return crud::stream(db, printer, &TABLE, select, &paging).await;
    }
    stream(db, printer, fields, at, &found).await
}

/// How long the content of an artifact is.
struct Size {
    id: i64,
    bytes: u64,
}

/// Refuses a table that would be larger than memory is meant to hold: all its lines are as wide as the longest.
fn refuse_too_large(found: &[Size]) -> Result<()> {
    let Some(longest) = found.iter().max_by_key(|size| size.bytes) else { return Ok(()) };
    if longest.bytes.saturating_mul(found.len().min(AT_ONCE) as u64) <= TABLE_LIMIT {
        return Ok(());
    }
    let message = format!(
        "the contents are too long for a table: artifact {} has {} bytes",
        longest.id,
        thousands(longest.bytes)
    );
    Err(Error::refused(message).hint(format!(
        "--format=csv, json or yaml takes them; `multiflexi-cli artifact save --id={} --file=FILE` writes it into a file",
        longest.id
    )))
}

/// Lists artifacts of which some are long, whose column of contents is the one `at`.
async fn stream(db: &mut Db, printer: &Printer, fields: Vec<String>, at: usize, found: &[Size]) -> Result<Outcome> {
    let short: Vec<String> = fields.iter().filter(|field| *field != CONTENT).cloned().collect();
    let whole = fields.clone();
    let mut list = printer.list(fields);
    let mut rest = found;
    while let Some(first) = rest.first() {
        if first.bytes > LONG {
            rest = &rest[1..];
            let row = rows(db, &short, &[first.id]).await?.remove(&first.id);
            // One that has just been deleted is not there.
            let size = db.content_size(in_row(first.id)).await?;
            let (Some(row), Some(size)) = (row, size) else { continue };
            list.begin_row(&row.values[..at])?;
            db.read_text(in_row(first.id), size, |piece| list.piece(piece)).await?;
            list.end_row(&row.values[at..row.values.len().saturating_sub(1)])?;
            continue;
        }
        let mut bytes = 0_u64;
        let fits = |size: &&Size| {
            bytes = bytes.saturating_add(size.bytes);
            bytes <= LONG
        };
        let (batch, after) = rest.split_at(rest.iter().take(AT_ONCE).take_while(fits).count());
        rest = after;
        let ids: Vec<i64> = batch.iter().map(|size| size.id).collect();
        let mut rows = rows(db, &whole, &ids).await?;
        for row in ids.iter().filter_map(|id| rows.remove(id)) {
            list.row(&row.values[..row.values.len().saturating_sub(1)])?;
        }
    }
    list.finish()
}

/// The rows of these ids, each with its id behind these columns.
async fn rows(db: &mut Db, columns: &[String], ids: &[i64]) -> Result<HashMap<i64, Row>> {
    let of_them = Expr::col("id").is_in(ids.iter().copied());
    let select = select::columns(TABLE.sql, columns.iter().map(Alias::new)).column("id").and_where(of_them).take();
    let rows = db.fetch_all(&select).await?;
    Ok(rows.into_iter().filter_map(|row| Some((row.values.last()?.to_int()?, row))).collect())
}
