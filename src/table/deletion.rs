//! Deleting a row with what is a part of it; what still refers to it keeps it.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait};
use serde_json::json;

use crate::audit::{self, Action};
use crate::context::Context;
use crate::count::counted;
use crate::db::{Db, Row, references, select};
use crate::error::{Error, Kind as ErrorKind, Result};
use crate::output::loss::Loss;
use crate::output::{Outcome, changed};
use crate::table::crud::{name_table, pick_to_delete};
use crate::table::{Dependent, Freeing, Table, now};

/// Deletes a row and what hangs on it; `done` is the word for it that this noun has.
///
/// # Errors
/// No row is named, or several are; something still uses the row; or somebody answers no. Nothing is deleted then.
pub async fn delete(ctx: &mut Context, table: &'static Table, matches: &ArgMatches, done: &str) -> Result<Outcome> {
    let row = pick_to_delete(ctx.brief_db().await?, table, matches).await?;
    let id = row.id("id")?;
    if let Some(answer) = delete_row(ctx, table, &row, done).await? {
        return Ok(answer);
    }
    Ok(Outcome::message(table.sentence(done, id), changed(done, table.id_key, id)))
}

/// Deletes a row and what hangs on it, after [`Context::guard`]. An outcome is that guard's: nothing is deleted then.
///
/// # Errors
/// Something still uses the row, or somebody answers no. Nothing is deleted then.
pub async fn delete_row(ctx: &mut Context, table: &'static Table, row: &Row, done: &str) -> Result<Option<Outcome>> {
    let id = row.id("id")?;
    let json = json!({table.id_key: id.to_string(), done: false});
    let answer = ctx.guard(done, json, async |db| loss(db, table, row).await).await?;
    if answer.is_none() {
        let now = now(ctx);
        ctx.db().await?.transaction(async |db| remove(db, table, id, now.clone()).await).await?;
    }
    Ok(answer)
}

/// Deletes a row and what hangs on it; call inside a transaction.
///
/// # Errors
/// It is still used by something: the words say by what, and how many; or somebody else has just deleted it.
pub async fn remove(db: &mut Db, table: &'static Table, id: i64, now: sea_query::Value) -> Result<()> {
    // Whoever is just giving it something that hangs on it is waited for: that goes along, or keeps it.
    table.lock(db, id).await?;
    let tables = db.tables().await?;
    refuse_used(db, table, &tables, id).await?;
    let parts = references::existing_parts(table.sql, id, &tables);
    references::delete_parts(db, parts).await?;
    db.delete_where(table.sql, Expr::col("id").eq(id)).await.map_err(|error| name_table(table, error))?;
    audit::changed(db, table.sql, id, Action::Delete, now).await
}

async fn refuse_used(db: &mut Db, table: &Table, tables: &[String], id: i64) -> Result<()> {
    let (mut users, mut hint) = (Vec::new(), "Delete those first".to_owned());
    for dependent in table.dependents.iter().filter(|dependent| tables.iter().any(|name| name == dependent.table)) {
        let count = db.count_where(dependent.table, Expr::col(dependent.column).eq(id)).await?;
        if count > 0 {
            users.push(counted(count, dependent.plural));
            if let Some(freeing) = &dependent.freeing {
                hint = freed_by(db, dependent, freeing, id).await?;
            }
        }
    }
    if users.is_empty() {
        return Ok(());
    }
    let message = format!("{} {id} is still used by {}", table.label, users.join(", "));
    Err(Error::new(ErrorKind::InUse, message).hint(hint))
}

/// The commands that free a row of what refers to it; of many the first.
async fn freed_by(db: &mut Db, dependent: &Dependent, freeing: &Freeing, id: i64) -> Result<String> {
    const SHOWN: usize = 3;
    let mut select = select::column(dependent.table, freeing.owner, Expr::col(dependent.column).eq(id));
    select.distinct().order_by(freeing.owner, sea_query::Order::Asc).limit((SHOWN as u64).saturating_add(1));
    let owners: Vec<i64> = db.fetch_ids(&select).await?;
    let command = |owner: &i64| format!("`multiflexi-cli {}`", (freeing.command)(id, *owner));
    let commands: Vec<String> = owners.iter().take(SHOWN).map(command).collect();
    let more = if owners.len() > SHOWN { ", and so on for the others" } else { "" };
    Ok(format!("Free it first: {}{more}", commands.join(", ")))
}

/// What goes when a row is [removed](remove).
///
/// # Errors
/// Same as [`remove`]: what could not be deleted would not go.
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
