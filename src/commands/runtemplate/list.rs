//! `runtemplate list`: for programs the rows as they are, for people on a terminal when each runs next and how it went lately.

use chrono::NaiveDateTime;
use clap::ArgMatches;
use sea_query::{Asterisk, Expr, ExprTrait};

use super::recent::{self, BlockedJob, Recent};
use crate::clock::Clock;
use crate::commands::job::filter::Filter;
use crate::commands::reference;
use crate::commands::runtemplate::{TABLE, executors};
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::id::RunTemplateId;
use crate::job::model::Origin;
use crate::job::queue::schedule::Schedule;
use crate::job::state::State;
use crate::output::sheet::{Cell, Sheet, SheetColumn};
use crate::output::signs::Signs;
use crate::output::{Outcome, colour};
use crate::schedule::Interval;
use crate::table::args;
use crate::table::joined::{self, Joined};
use crate::table::paging::{Columns, Paging};

#[derive(clap::Args)]
#[command(next_help_heading = args::FILTERS)]
pub struct ListArgs {
    #[command(flatten)]
    application: reference::Application,
    #[command(flatten)]
    company: reference::Company,
    /// What runs it
    #[arg(long, value_name = "WORD", ignore_case = true, hide_short_help = true, value_parser = executors())]
    executor: Option<ExecutorName>,
    #[command(flatten)]
    filter: Filter,
}

/// Lists runtemplates: for programs as they are, on a terminal when each runs next and how it went.
///
/// # Errors
/// A company, an application or a runtemplate that is named does not exist, `--fields` or the order names a column that is not
/// there, or stdout cannot be written.
pub async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let clock = ctx.clock();
    let (db, printer) = ctx.open().await?;
    let mut query = select::from(TABLE.sql)
        .column((TABLE.sql, Asterisk))
        .expr_as(Expr::col((tables::APPS, "uuid")), "app_uuid")
        .expr_as(Expr::col((tables::COMPANY, "slug")), "company_slug")
        .take();
    for (table, column) in [(tables::APPS, "app_id"), (tables::COMPANY, "company_id")] {
        query.left_join(table, refers_to((TABLE.sql, column), table));
    }
    if let Some(company) = args.company.find(db).await? {
        query.and_where(Expr::col((TABLE.sql, "company_id")).eq(company.int("id")));
    }
    if let Some(application) = args.application.find(db).await? {
        query.and_where(Expr::col((TABLE.sql, "app_id")).eq(application.int("id")));
    }
    if let Some(executor) = &args.executor {
        query.and_where(Expr::col((TABLE.sql, "executor")).eq(executor.as_str()));
    }
    query.cond_where(args.filter.of_runtemplates(db, clock).await?);
    let mut columns = db.require_columns(TABLE.sql).await?.to_vec();
    columns.extend(JOINED.iter().map(|name| (*name).to_owned()));
    let paging = Paging::from_args(matches);
    let columns = Columns { all: columns.into(), secret: &[] };
    let Some(sheet) = printer.sheet(SHEET).filter(|_| !paging.names_fields()) else {
        let listed = Joined { query, columns, listing: TABLE.listing };
        return joined::stream(db, printer, listed, &paging, |_| {}).await;
    };
    query
        .expr_as(Expr::col((tables::COMPANY, "name")), COMPANY)
        .expr_as(Expr::col((tables::APPS, "name")), APPLICATION);
    let all = select::from_query(query.clone(), "listed");
    let mut select = select::from_query(query, "listed").column(Asterisk).take();
    paging.apply(&mut select, &columns, db.dialect)?;
    // They are few beside their jobs.
    let runtemplates = db.fetch_all(&select).await?;
    let rows = show(db, sheet, &runtemplates, clock).await?;
    paging.tell_cut(db, printer, rows, all).await?;
    Ok(Outcome::Written)
}

/// What the listing has beside the columns of its table.
pub const JOINED: &[&str] = &["app_uuid", "company_slug"];

/// Beside the columns of the listing.
const COMPANY: &str = "company_name_shown";
const APPLICATION: &str = "app_name_shown";

const SHEET: &[SheetColumn] = &[
    SheetColumn::new("ID").number(),
    SheetColumn::new("NAME").shrinking(9),
    SheetColumn::new("COMPANY").shrinking(7).going(3),
    SheetColumn::new("APPLICATION").shrinking(11).extra(),
    SheetColumn::new("EXECUTOR").extra(),
    SheetColumn::new("SCHEDULE").extra(),
    SheetColumn::new("NEXT"),
    SheetColumn::new("LEFT").going(4),
    SheetColumn::new("LAST").going(2),
    SheetColumn::new("AT").extra(),
    SheetColumn::new("TOOK").extra(),
    SheetColumn::new("RESULT"),
    SheetColumn::new("LAST TEN").going(1),
];

async fn show(db: &mut Db, mut sheet: Sheet<'_>, runtemplates: &[Row], clock: Clock) -> Result<u64> {
    let signs = Signs::of_locale();
    let is_wide = sheet.is_wide();
    // One query for many, and never more in memory than belongs to these.
    for page in runtemplates.chunks(recent::PAGE) {
        let ids = page.iter().map(|row| row.id("id").map(RunTemplateId)).collect::<Result<Vec<_>>>()?;
        let recent = recent::load(db, &ids).await?;
        for (row, id) in page.iter().zip(&ids) {
            let of_it = recent.get(id);
            sheet.row(cells(row, of_it.unwrap_or(&Recent::default()), clock, signs, is_wide))?;
        }
    }
    sheet.finish()
}

/// A state in its colour, with the exit code of a failure.
fn state_cell(state: State, code: Option<i64>) -> Cell {
    let code = code.map(|code| format!(" ({code})")).unwrap_or_default();
    Cell::styled(format!("{}{code}", state.word()), colour::of_state(state.word()))
}

fn cells(row: &Row, recent: &Recent, clock: Clock, signs: Signs, is_wide: bool) -> Vec<Cell> {
    let last = recent.running.or(recent.results.back().and_then(|result| result.begin));
    let (next, left) = match next(row, recent, clock) {
        NextStart::At(moment) => {
            let left = match (moment > clock.now, is_wide) {
                (false, _) => "due".into(),
                (true, true) => clock.before(moment),
                (true, false) => clock.briefly_before(moment),
            };
            (if is_wide { moment.format("%a %Y-%m-%d %H:%M").to_string() } else { short(moment, clock.now) }, left)
        }
        NextStart::Inactive => ("inactive".into(), String::new()),
        NextStart::Never => ("-".into(), String::new()),
        NextStart::Unreadable => ("bad cron".into(), String::new()),
        NextStart::Stuck => ("stuck".into(), String::new()),
        NextStart::Blocked => ("blocked".into(), String::new()),
    };
    let result = match (recent.running, recent.results.back()) {
        (Some(_), _) => state_cell(State::Running, None),
        (None, Some(result)) => state_cell(result.state(), Some(result.code).filter(|code| *code != 0)),
        (None, None) => Cell::default(),
    };
    let took = match (recent.running, recent.results.back()) {
        (Some(begin), _) => Some((begin, clock.now)),
        (None, Some(result)) => result.begin.zip(result.end),
        (None, None) => None,
    };
    vec![
        row.text("id").unwrap_or_default().into(),
        row.text("name").unwrap_or_default().into(),
        row.filled(COMPANY).unwrap_or_else(|| "-".into()).into(),
        row.filled(APPLICATION).unwrap_or_else(|| "-".into()).into(),
        row.filled("executor").unwrap_or_default().into(),
        schedule(row).into(),
        next.into(),
        left.into(),
        last.map(|moment| clock.relative(moment)).unwrap_or_default().into(),
        last.map(|moment| moment.to_string()).unwrap_or_default().into(),
        took.map(|(begin, end)| clock.between(begin, end)).unwrap_or_default().into(),
        result,
        Cell::from_parts(recent.results.iter().map(|result| signs.of_result(result.code == 0)).collect()),
    ]
}

/// When a runtemplate runs next.
enum NextStart {
    At(NaiveDateTime),
    Inactive,
    /// It has no schedule, and no job waits.
    Never,
    /// Its schedule cannot be read.
    Unreadable,
    /// Its schedule waits for the end of a job that is not there any more: nothing but `queue fix` lets it go on.
    Stuck,
    /// Its job waits for a credential, in no queue, and so does its schedule.
    Blocked,
}

fn next(row: &Row, recent: &Recent, clock: Clock) -> NextStart {
    // A job that somebody made by hand may wait for a moment behind the schedule's next one.
    match (by_schedule(row, recent, clock), recent.waiting) {
        (NextStart::Stuck, _) => NextStart::Stuck,
        (NextStart::Blocked, Some(waiting)) => NextStart::At(waiting),
        (NextStart::At(moment), Some(waiting)) => NextStart::At(std::cmp::min(moment, waiting)),
        (_, Some(waiting)) => NextStart::At(waiting),
        (NextStart::Never | NextStart::Inactive, None) if recent.blocked.is_some() => NextStart::Blocked,
        (next, None) => next,
    }
}

/// When it runs next by its schedule, whatever waits for it.
fn by_schedule(row: &Row, recent: &Recent, clock: Clock) -> NextStart {
    if !row.truth("active") {
        return NextStart::Inactive;
    }
    let interval = row.text("interv").and_then(|letter| letter.parse::<Interval>().ok());
    if interval == Some(Interval::Never) {
        return NextStart::Never;
    }
    let moment = match row.time("next_schedule") {
        Some(_) if !recent.is_awaited_job_there => return NextStart::Stuck,
        Some(_) if recent.blocked == Some(BlockedJob::Awaited) => return NextStart::Blocked,
        // The next one is made when the one that runs has ended.
        Some(_) => Schedule::read(row).and_then(|schedule| Ok(schedule.next(&clock.instant)?.map(|next| next.after))),
        None => Schedule::read(row)
            .and_then(|schedule| schedule.upcoming(&clock.instant, |moment| recent.has_job_of(moment))),
    };
    match moment {
        Ok(Some(moment)) => NextStart::At(moment),
        Ok(None) => NextStart::Never,
        Err(_) => NextStart::Unreadable,
    }
}

/// How often it runs: the interval's word, or the fields of cron.
fn schedule(row: &Row) -> String {
    match row.text("interv").and_then(|letter| letter.parse::<Interval>().ok()) {
        Some(Interval::Custom) => row.filled("cron").unwrap_or_default(),
        Some(interval) => Origin::in_words(interval.name()).into(),
        None => String::new(),
    }
}

/// A moment as a clock on the wall says it: `18:00`, `Mon 06:00` within a week, else the day.
fn short(moment: NaiveDateTime, now: NaiveDateTime) -> String {
    let days = (moment.date() - now.date()).num_days();
    let format = match days {
        0 => "%H:%M",
        1..7 => "%a %H:%M",
        _ => "%Y-%m-%d",
    };
    moment.format(format).to_string()
}
