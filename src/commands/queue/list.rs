//! `queue list`: what waits, for whom, and how long still.

use chrono::NaiveDateTime;
use clap::ArgMatches;
use sea_query::{Asterisk, Expr, ExprTrait};

use crate::clock::Clock;
use crate::commands::job::filter::{App, Filter};
use crate::commands::reference;
use crate::commands::runtemplate::executors;
use crate::context::Context;
use crate::db::{Db, Row, Value, select, tables};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::job::credential_check;
use crate::job::model::Origin;
use crate::job::output_kind as kind;
use crate::job::recovery::obstacles;
use crate::job::runner::overlap;
use crate::job::waits;
use crate::output::sheet::{Sheet, SheetColumn};
use crate::output::{Outcome, Printer};
use crate::schedule::Interval;
use crate::table::args;
use crate::table::joined::{self, Joined};
use crate::table::paging::Paging;

#[derive(clap::Args)]
#[command(next_help_heading = args::FILTERS)]
pub struct ListArgs {
    /// ASC or DESC
    #[arg(
        long,
        value_name = "DIRECTION",
        value_enum,
        ignore_case = true,
        default_value = "ASC",
        hide_short_help = true,
        conflicts_with = "sort",
        help_heading = args::SHOWN
    )]
    direction: Direction,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    app: App,
    /// What runs it
    #[arg(long, value_name = "WORD", ignore_case = true, hide_short_help = true, value_parser = executors())]
    executor: Option<ExecutorName>,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum Direction {
    #[value(name = "ASC", alias = "A")]
    Asc,
    #[value(name = "DESC", alias = "D")]
    Desc,
}

/// The columns of the listing.
pub const COLUMNS: &[&str] = &[
    "id", "job", "schedule_type", "runtemplate_id", "runtemplate_name", "app_id", "app_name", "company_id",
    "company_name", "after",
];

/// Lists the jobs that wait in the queue: of what, for whom, and for how long still.
///
/// # Errors
/// A company, an application or a runtemplate that is named does not exist, `--fields` or the order names a column that is not
/// there, or stdout cannot be written.
pub async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let column = |table: &'static str, column: &'static str| Expr::col((table, column));
    let mut query = select::from(tables::SCHEDULE)
        .column((tables::SCHEDULE, "id"))
        .column((tables::SCHEDULE, "job"))
        .expr_as(column(tables::RUNTEMPLATE, "interv"), "schedule_type")
        .expr_as(column(tables::JOB, "runtemplate_id"), "runtemplate_id")
        .expr_as(column(tables::RUNTEMPLATE, "name"), "runtemplate_name")
        .expr_as(column(tables::JOB, "app_id"), "app_id")
        .expr_as(column(tables::APPS, "name"), "app_name")
        .expr_as(column(tables::JOB, "company_id"), "company_id")
        .expr_as(column(tables::COMPANY, "name"), "company_name")
        .column((tables::SCHEDULE, "after"))
        .take();
    for (table, key, refers) in [
        (tables::JOB, (tables::SCHEDULE, "job"), (tables::JOB, "id")),
        (tables::RUNTEMPLATE, (tables::JOB, "runtemplate_id"), (tables::RUNTEMPLATE, "id")),
        (tables::APPS, (tables::JOB, "app_id"), (tables::APPS, "id")),
        (tables::COMPANY, (tables::JOB, "company_id"), (tables::COMPANY, "id")),
    ] {
        query.left_join(table, Expr::col(key).equals(refers));
    }
    let clock = ctx.clock();
    let (db, printer) = ctx.open().await?;
    if let Some(company) = args.company.find(db).await? {
        query.and_where(column(tables::JOB, "company_id").eq(company.int("id")));
    }
    if let Some(executor) = &args.executor {
        query.and_where(column(tables::JOB, "executor").eq(executor.as_str()));
    }
    query.cond_where(args.app.of_jobs(db).await?).cond_where(args.filter.of_jobs(db, clock).await?);
    let paging = Paging::from_args(matches).or_order("after").turned(args.direction == Direction::Desc);
    let listed = Joined::new(query, COLUMNS);
    if let Some(sheet) = printer.sheet(SHEET).filter(|_| !paging.names_fields()) {
        show(db, printer, sheet, listed, &paging, clock).await?;
        tell_outside(db, printer, clock.now).await?;
        return Ok(Outcome::Written);
    }
    joined::stream(db, printer, listed, &paging, |row| in_words(row, clock)).await
}

const SHEET: &[SheetColumn] = &[
    SheetColumn::new("JOB").number(),
    SheetColumn::new("DUE"),
    SheetColumn::new("AT").extra(),
    SheetColumn::new("RUNTEMPLATE").shrinking(11).going(1),
    SheetColumn::new("COMPANY").shrinking(7).going(2),
    SheetColumn::new("APPLICATION").shrinking(11).going(4),
    SheetColumn::new("EXECUTOR").extra(),
    SheetColumn::new("SCHEDULE").going(3),
    SheetColumn::new("WHY").answering(22),
];

/// Shows the queue to somebody at a terminal, with the reasons of failed tries.
async fn show(
    db: &mut Db,
    printer: &Printer,
    mut sheet: Sheet<'_>,
    listed: Joined<'_>,
    paging: &Paging,
    clock: Clock,
) -> Result<()> {
    let Joined { mut query, columns, .. } = listed;
    query.expr_as(kind::newest_line(kind::TRIES), "tries");
    query.columns([(tables::JOB, "executor"), (tables::JOB, "schedule")]);
    let running = overlap::all(db, clock.now).await?;
    let all = select::from_query(query.clone(), "listed");
    let mut select = select::from_query(query, "listed").column(Asterisk).take();
    paging.apply(&mut select, &columns, db.dialect)?;
    db.for_each(&select, |mut row| {
        let due = row.time("after").map(|after| clock.due(after)).unwrap_or_default();
        let at = row.text("after").unwrap_or_default();
        in_words(&mut row, clock);
        let tries = row.filled("tries");
        let text = |name: &str| row.filled(name).unwrap_or_else(|| "-".into());
        let why = waits::why(&row, tries.as_deref(), &running, clock);
        sheet.row(vec![
            text("job").into(),
            due.into(),
            at.into(),
            text("runtemplate_name").into(),
            text("company_name").into(),
            text("app_name").into(),
            row.filled("executor").unwrap_or_default().into(),
            Origin::in_words(&text("schedule_type")).into(),
            why.unwrap_or_default().into(),
        ])
    })
    .await?;
    let rows = sheet.finish()?;
    paging.tell_cut(db, printer, rows, all).await
}

/// Says how many jobs wait that are in no queue, and that nobody may be starting now.
async fn tell_outside(db: &mut Db, printer: &Printer, now: NaiveDateTime) -> Result<()> {
    let blocked = credential_check::count_blocked(db).await?;
    let outside = obstacles::outside(db, now).await?;
    let outside = db.count_where(tables::JOB, outside).await?;
    if outside > 0 {
        printer.note(&format!("{outside} more wait in no queue, so nothing runs them: `multiflexi-cli job list --state=pending` shows which"));
    }
    if blocked > 0 {
        printer.note(&format!("{blocked} more wait for a credential, in no queue: `multiflexi-cli job list --state=pending` says for which"));
    }
    Ok(())
}

/// The letter as the suite's word, behind the moment how far it is, and an empty text for what is not known, as the suite has it.
fn in_words(row: &mut Row, clock: Clock) {
    for column in COLUMNS {
        if row.get(column).is_null() {
            row.set(column, Value::Text(String::new()));
        }
    }
    if let Some(interval) = row.text("schedule_type").and_then(|letter| letter.parse::<Interval>().ok()) {
        row.set("schedule_type", Value::Text(interval.name().into()));
    }
    if let (Some(text), Some(after)) = (row.text("after"), row.time("after")) {
        row.set("after", Value::Text(format!("{text} ({})", distance(clock.seconds_since(after).saturating_neg()))));
    }
}

/// How far a moment is, in the suite's words: `now`, `59m`, `3871d 18h 56m`, `overdue 2h`.
fn distance(seconds: i64) -> String {
    let minutes = seconds.abs() / 60;
    if minutes == 0 {
        return "now".into();
    }
    let parts = [(minutes / 1440, 'd'), (minutes / 60 % 24, 'h'), (minutes % 60, 'm')];
    let parts: Vec<_> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, unit)| format!("{count}{unit}")).collect();
    format!("{}{}", if seconds < 0 { "overdue " } else { "" }, parts.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance(-5), "now");
        assert_eq!(distance(59 * 60 + 55), "59m");
        assert_eq!(distance(-(9458 * 86_400 + 15 * 3600 + 3 * 60)), "overdue 9458d 15h 3m");
        assert_eq!(distance(86_400), "1d");
    }
}
