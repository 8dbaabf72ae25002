//! `artifact get`: a long content is printed as it is read.

use clap::ArgMatches;
use sea_query::{Alias, Expr, ExprTrait};
use serde_json::{Map, Value as Json};

use crate::commands::NoArgs;
use crate::commands::artifact::table::{CONTENT, LONG, TABLE, in_row};
use crate::context::Context;
use crate::db::select;
use crate::error::{Error, Result};
use crate::output::Outcome;
use crate::table::paging::Paging;
use crate::table::{args, crud};

/// Shows an artifact.
///
/// # Errors
/// As of [`crud::get`]; or its content is deleted while it is read, or stdout cannot be written.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let Some(id) = args::int(matches, "id") else { return crud::get(ctx, &TABLE, matches).await };
    let content = in_row(id);
    let Some(size) = ctx.brief_db().await?.content_size(content).await?.filter(|size| *size > LONG) else {
        return crud::get(ctx, &TABLE, matches).await;
    };
    let (db, printer) = ctx.open().await?;
    let there = db.require_columns(TABLE.sql).await?;
    let fields = Paging::fields_only(matches).pick(&there)?;
    let short = there.iter().filter(|column| *column != CONTENT).map(Alias::new);
    let select = select::columns(TABLE.sql, short).and_where(Expr::col("id").eq(id)).take();
    let row = db.fetch_optional(&select).await?;
    let row = row.ok_or_else(|| TABLE.unknown("id", &id.to_string())).map_err(Error::with_status_of_absence)?;
    let mut record = TABLE.show(&row);
    let mut take = |fields: &[String]| -> Map<String, Json> {
        fields.iter().filter_map(|field| record.remove_entry(field)).collect()
    };
    let mut parts = fields.splitn(2, |field| field == CONTENT);
    let (before, after) = (take(parts.next().unwrap_or_default()), parts.next().map(take));
    let Some(after) = after else { return Ok(Outcome::Record(before)) };
    let mut object = printer.object(&before)?;
    object.open_value(CONTENT)?;
    db.read_text(content, size, |piece| object.text(piece)).await?;
    object.close_text()?;
    for (key, value) in &after {
        object.value(key, value)?;
    }
    object.finish()
}
