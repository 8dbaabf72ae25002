//! Updates of what jobs are made of, an application or a company: those that wait are taken back, to be made anew.

use clap::ArgMatches;
use serde_json::Value;

use crate::context::Context;
use crate::db::Db;
use crate::error::Result;
use crate::job::queue::withdraw::{self, Changed, Withdrawn, withdraw};
use crate::output::Outcome;
use crate::table::{Table, Values, crud};

/// Changes a row.
///
/// Where one of the columns becomes another of which jobs are made when they begin to wait, those that wait are taken back, and
/// it is said which keep what they have.
///
/// # Errors
/// Same as [`crud::update`].
pub async fn update(
    ctx: &mut Context,
    table: &'static Table,
    matches: &ArgMatches,
    columns: &[&str],
    changed: fn(i64) -> Changed,
) -> Result<Outcome> {
    // A process that makes a job of a runtemplate has that locked, and then looks at the row that is changed here: in the same order nobody
    // waits for somebody who waits for them.
    let first =
        async |db: &mut Db, id: i64, values: &Values| match values.iter().any(|(name, _)| columns.contains(name)) {
            true => {
                db.take_turns_at_names().await?;
                withdraw::lock(db, changed(id)).await
            }
            false => Ok(()),
        };
    let updating = crud::update_then(ctx, table, matches, first, async |db, before| {
        let id = before.id("id")?;
        let after = table.require(db, id).await?;
        match columns.iter().any(|column| before.text(column) != after.text(column)) {
            true => withdraw(db, changed(id)).await,
            false => Ok(Withdrawn::default()),
        }
    });
    let (mut outcome, withdrawn) = updating.await?;
    // With -v the answer is the row.
    let mut no_answer = Value::Null;
    let answer = if let Outcome::Message { json, .. } = &mut outcome { json } else { &mut no_answer };
    withdrawn.tell(&ctx.printer, answer);
    Ok(outcome)
}
