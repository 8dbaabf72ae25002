//! Deleting a row with what is a part of it; what still refers to it keeps it.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::context::Context;
use crate::db::{Db, Row, references};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::output::loss::{self, Loss};
use crate::output::{Outcome, changed};
use crate::table::crud::{name_table, pick_to_delete};
use crate::table::{Table, now};

/// Deletes a row and what hangs on it; `done` is the word for it that this noun has.
///
/// # Errors
/// No row is named, or several are; something still uses the row; or somebody answers no. Nothing is deleted then.
pub async fn delete(ctx: &mut Context, table: &'static Table, matches: &ArgMatches, done: &str) -> Result<Outcome> {
    let row = pick_to_delete(ctx.brief_db().await?, table, matches).await?;
    let id = row.id("id")?;
    if let Some(answer) = guard(ctx, table, &row, done).await? {
        return Ok(answer);
    }
    let now = now(ctx);
    ctx.db().await?.contended_transaction(async |db| remove(db, table, id, now.clone()).await).await?;
    Ok(Outcome::message(format!("{} {done}: ID={id}", table.label), changed(done, table.id_key, id)))
}

/// Deletes a row and what hangs on it; to be called inside a transaction.
///
/// # Errors
/// It is still used by something: the words say by what, and how many.
pub async fn remove(db: &mut Db, table: &'static Table, id: i64, now: sea_query::Value) -> Result<()> {
    let tables = db.tables().await?;
    refuse_used(db, table, &tables, id).await?;
    let parts = references::existing_parts(table.sql, id, &tables);
    references::delete_parts(db, parts).await?;
    db.delete_where(table.sql, Expr::col("id").eq(id)).await.map_err(|error| name_table(table, error))?;
    audit::changed(db, table.sql, id, Action::Delete, now).await
}

async fn refuse_used(db: &mut Db, table: &Table, tables: &[String], id: i64) -> Result<()> {
    let (mut users, mut hint) = (Vec::new(), "Delete those first");
    for dependent in table.dependents.iter().filter(|dependent| tables.iter().any(|name| name == dependent.table)) {
        let count = db.count_where(dependent.table, Expr::col(dependent.column).eq(id)).await?;
        if count > 0 {
            users.push(loss::counted(count, dependent.plural));
            hint = Some(dependent.remedy).filter(|remedy| !remedy.is_empty()).unwrap_or(hint);
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    let message = format!("{} {id} is still used by {}", table.label, users.join(", "));
    Err(Error::new(ErrorKind::InUse, message).hint(hint))
}

/// [`Context::guard`] before a row is [removed](remove).
///
/// # Errors
/// Something still uses the row, so that it would not go; or somebody answers no.
pub async fn guard(ctx: &mut Context, table: &'static Table, row: &Row, done: &str) -> Result<Option<Outcome>> {
    let id = row.id("id")?;
    let json = json!({table.id_key: id.to_string(), done: false});
    ctx.guard(done, json, async |db| loss(db, table, row).await).await
}

/// What goes when a row is [removed](remove).
///
/// # Errors
/// As of [`remove`]: what could not be deleted would not go.
pub async fn loss(db: &mut Db, table: &'static Table, row: &Row) -> Result<Loss> {
    let id = row.id("id")?;
    let tables = db.tables().await?;
    refuse_used(db, table, &tables, id).await?;
    let mut rows = 0_u64;
    for part in references::existing_parts(table.sql, id, &tables) {
        rows = rows.saturating_add(db.count_where(part.table, part.rows).await?);
    }
    Ok(Loss::of_row(table.noun, row)?.with(rows, "dependent rows"))
}
