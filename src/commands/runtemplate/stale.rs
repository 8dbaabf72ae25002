//! `runtemplate stale`: runtemplates that should have run, and wait for a job that does not come.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Value, json};

use crate::context::Context;
use crate::db::{select, tables};
use crate::error::Result;
use crate::job::queue::schedule::scheduled;
use crate::output::{Format, Outcome};
use crate::table::args;

#[derive(clap::Args)]
pub struct Stale {
    /// How many hours the next run may lie in the past
    #[arg(long = "tolerance-hours", value_name = "HOURS", default_value_t = 6, value_parser = args::number::<u32>(0, 999_999))]
    tolerance_hours: u32,
}

/// Lists the active runtemplates whose next run lies further in the past than is tolerated.
///
/// # Errors
/// The database cannot be asked, or stdout cannot be written.
pub async fn stale(ctx: &mut Context, args: Stale) -> Result<Outcome> {
    let tolerance = chrono::Duration::hours(args.tolerance_hours.into());
    let before = ctx.now().checked_sub_signed(tolerance).unwrap_or(NaiveDateTime::MIN);
    let select = select::rows(tables::RUNTEMPLATE, scheduled().and(Expr::col("next_schedule").lt(before)))
        .order_by("id", Order::Asc)
        .take();
    let (mut stale, mut text) = (Vec::new(), String::new());
    let db = ctx.db().await?;
    let columns = db.columns(tables::RUNTEMPLATE).await?.to_vec();
    // No more than there are runtemplates, of which people make each.
    db.for_each(&select, |row| {
        let shown = |column| row.text(column).unwrap_or_default();
        text.push_str(&format!("RunTemplate {} ({}): {}\n", shown("id"), shown("name"), shown("next_schedule")));
        stale.push(Value::Object(crate::output::record(&row)));
        Ok(())
    })
    .await?;
    if stale.is_empty() {
        text = "No stale run-templates found.".into();
    } else {
        text.push_str("`multiflexi-cli queue fix` lets those go on whose job is lost");
    }
    if ctx.printer.format == Format::Csv {
        let mut list = ctx.printer.list(columns);
        stale.iter().filter_map(Value::as_object).try_for_each(|row| list.json_row(row))?;
        return list.finish();
    }
    let message = format!("{} stale run-template(s) found", stale.len());
    let json = json!({"status": "success", "message": message, "count": stale.len(), "stale": stale});
    Ok(Outcome::Report { text, json })
}
