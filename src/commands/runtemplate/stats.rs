//! `runtemplate stats`: how often runtemplates ran, how often well, and how long.

use std::collections::{BTreeMap, HashMap, VecDeque};

use anstyle::Style;
use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Map, Value as Json, json};

use crate::clock::Clock;
use crate::commands::job::filter::Filter;
use crate::commands::reference;
use crate::commands::runtemplate::TABLE;
use crate::context::Context;
use crate::count::thousands;
use crate::db::expression::refers_to;
use crate::db::{Row, select, tables};
use crate::error::Result;
use crate::job::state::is_run;
use crate::output::sheet::{Cell, Sheet, SheetColumn};
use crate::output::signs::Signs;
use crate::output::{Format, List, Outcome};
use crate::span;
use crate::table::args;

/// How many runs are shown one by one.
const LAST: usize = 30;
/// How many runtemplates count as few.
const FEW: usize = 20;

#[derive(clap::Args)]
#[command(next_help_heading = args::FILTERS)]
pub struct Stats {
    /// Only this runtemplate
    #[arg(long, value_parser = args::row_id::<i64>())]
    id: Option<i64>,
    #[command(flatten)]
    application: reference::Application,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    filter: Filter,
}

const FIELDS: &[&str] = &[
    "runtemplate_id", "name", "company", "runs", "succeeded", "failed", "success_rate", "median_seconds",
    "p95_seconds", "last",
];

const SHEET: &[SheetColumn] = &[
    SheetColumn::new("ID").number(),
    SheetColumn::new("NAME").shrinking(10),
    SheetColumn::new("COMPANY").shrinking(7).going(4),
    SheetColumn::new("RUNS").number().going(1),
    SheetColumn::new("FAILED").number().extra(),
    SheetColumn::new("OK").number(),
    SheetColumn::new("MEDIAN").number().going(2),
    SheetColumn::new("95%").number().going(3),
    SheetColumn::new("LONGEST").number().extra(),
    SheetColumn::new("LAST").keeping_end(10),
];

/// Tells how often runtemplates ran, how often they succeeded, and how long they took.
///
/// # Errors
/// A runtemplate, an application or a company that is named does not exist, the database cannot be asked, or stdout cannot be
/// written.
pub async fn stats(ctx: &mut Context, args: Stats) -> Result<Outcome> {
    let clock = ctx.clock();
    let (db, printer) = ctx.open().await?;
    let mut select = select::columns(TABLE.sql, [(TABLE.sql, "id"), (TABLE.sql, "name")])
        .expr_as(Expr::col((tables::COMPANY, "name")), "company")
        .left_join(tables::COMPANY, refers_to((TABLE.sql, "company_id"), tables::COMPANY))
        .take();
    if let Some(id) = args.id {
        TABLE.require(db, id).await?;
        select.and_where(Expr::col((TABLE.sql, "id")).eq(id));
    }
    if let Some(application) = args.application.find(db).await? {
        select.and_where(Expr::col((TABLE.sql, "app_id")).eq(application.int("id")));
    }
    if let Some(company) = args.company.find(db).await? {
        select.and_where(Expr::col((TABLE.sql, "company_id")).eq(company.int("id")));
    }
    select.cond_where(args.filter.of_whose(db).await?);
    let conditions = args.filter.of_jobs(db, clock).await?;
    let runtemplates = db.fetch_all(select.order_by((TABLE.sql, "id"), Order::Asc)).await?;
    let ids = || runtemplates.iter().filter_map(|row| row.int("id"));
    let mut runs = select::columns(
        tables::JOB,
        ["runtemplate_id", "id", "begin", "end", "exitcode"].map(|column| (tables::JOB, column)),
    )
    .cond_where(conditions)
    .and_where(is_run(tables::JOB))
    .take();
    // Jobs of a few are found by their index; those of many in one pass over the table, in the order in which it has them.
    if runtemplates.len() <= FEW {
        runs.and_where(Expr::col((tables::JOB, "runtemplate_id")).is_in(ids()));
    }
    let mut summaries: HashMap<i64, Summary> = ids().map(|id| (id, Summary::default())).collect();
    db.for_each(&runs, |job| {
        if let Some(summary) = job.int("runtemplate_id").and_then(|id| summaries.get_mut(&id)) {
            summary.enter(&job, clock);
        }
        Ok(())
    })
    .await?;
    let mut rows = match printer.sheet(SHEET) {
        Some(sheet) => Rows::Table(sheet, Signs::of_locale()),
        None => Rows::List(printer.list(fields(printer.format))),
    };
    for row in &runtemplates {
        rows.add(row, row.int("id").and_then(|id| summaries.get(&id)).unwrap_or(&Summary::default()))?;
    }
    rows.finish()
}

/// What is listed off a terminal. The single runs are for programs.
fn fields(format: Format) -> Vec<String> {
    let is_shown = |field: &&&str| matches!(format, Format::Json | Format::Yaml) || **field != "last";
    FIELDS.iter().filter(is_shown).map(|field| (*field).to_owned()).collect()
}

/// Where the rows go.
enum Rows<'p> {
    Table(Sheet<'p>, Signs),
    List(List<'p>),
}

impl Rows<'_> {
    fn add(&mut self, runtemplate: &Row, summary: &Summary) -> Result<()> {
        match self {
            Rows::Table(sheet, signs) => {
                let is_wide = sheet.is_wide();
                sheet.row(summary.cells(runtemplate, *signs, is_wide))
            }
            Rows::List(list) => list.json_row(&summary.record(runtemplate)),
        }
    }

    fn finish(self) -> Result<Outcome> {
        match self {
            Rows::Table(sheet, _) => sheet.finish().map(|_| Outcome::Written),
            Rows::List(list) => list.finish(),
        }
    }
}

/// One of the last runs.
#[derive(Clone, Copy)]
struct PastRun {
    job: i64,
    end: Option<NaiveDateTime>,
    code: i64,
    /// None where begin or end is not known.
    seconds: Option<i64>,
}

/// The runs of one runtemplate. It grows with how many different durations they had, not with how many they are.
#[derive(Default)]
struct Summary {
    succeeded: usize,
    failed: usize,
    /// How many runs took so many seconds.
    durations: BTreeMap<i64, usize>,
    /// In the order in which they ended: a job may be made long before it runs.
    last: VecDeque<PastRun>,
}

impl Summary {
    fn enter(&mut self, job: &Row, clock: Clock) {
        let Some((id, code)) = job.int("id").zip(job.int("exitcode")) else { return };
        let end = job.time("end");
        *(if code == 0 { &mut self.succeeded } else { &mut self.failed }) += 1;
        let seconds = job.time("begin").zip(end).and_then(|(begin, end)| clock.seconds_between(begin, end));
        // Clocks of two machines may differ.
        let seconds = seconds.map(|seconds| std::cmp::max(seconds, 0));
        if let Some(seconds) = seconds {
            *self.durations.entry(seconds).or_default() += 1;
        }
        // They come nearly in their order: databases have them as they were made.
        let place = self.last.iter().rposition(|run| (run.end, run.job) < (end, id)).map_or(0, |before| before + 1);
        self.last.insert(place, PastRun { job: id, end, code, seconds });
        if self.last.len() > LAST {
            self.last.pop_front();
        }
    }

    fn runs(&self) -> usize {
        self.succeeded + self.failed
    }

    /// From 0 to 1; None where nothing ran.
    fn success_rate(&self) -> Option<f64> {
        // No database holds so many jobs that a float could not count them.
        #[allow(clippy::cast_precision_loss)]
        (self.runs() > 0).then(|| (self.succeeded as f64 / self.runs() as f64 * 1e4).round() / 1e4)
    }

    /// The duration at a place in the order of all, counted from 0.
    fn duration_at(&self, place: usize) -> Option<i64> {
        let mut seen = 0;
        self.durations.iter().find_map(|(seconds, count)| {
            seen += *count;
            (seen > place).then_some(*seconds)
        })
    }

    /// The middle duration in seconds, of two the mean.
    fn median(&self) -> Option<f64> {
        let count: usize = self.durations.values().sum();
        let middle = |place| self.duration_at(place).and_then(|seconds| i32::try_from(seconds).ok()).map(f64::from);
        Some(f64::midpoint(middle(count.saturating_sub(1) / 2)?, middle(count / 2)?))
    }

    /// The duration in seconds that 95 of a hundred runs did not exceed.
    fn p95(&self) -> Option<i64> {
        let count: usize = self.durations.values().sum();
        self.duration_at((count * 95).div_ceil(100).checked_sub(1)?)
    }

    fn record(&self, runtemplate: &Row) -> Map<String, Json> {
        let last: Vec<Json> = self
            .last
            .iter()
            .map(|run| json!({"job_id": run.job, "exitcode": run.code, "seconds": run.seconds}))
            .collect();
        let values = [
            runtemplate.int("id").into(),
            runtemplate.text("name").into(),
            runtemplate.text("company").into(),
            self.runs().into(),
            self.succeeded.into(),
            self.failed.into(),
            self.success_rate().into(),
            // A whole number where it is one, as the other.
            self.median().map_or(Json::Null, whole),
            self.p95().into(),
            last.into(),
        ];
        FIELDS.iter().map(|field| (*field).to_owned()).zip(values).collect()
    }

    fn cells(&self, runtemplate: &Row, signs: Signs, is_wide: bool) -> Vec<Cell> {
        let text = |name: &str| runtemplate.filled(name).unwrap_or_else(|| "-".into());
        let rate = self.success_rate().map(|rate| format!("{:.1}%", rate * 100.0));
        // Stored are whole seconds, as `job list` has them.
        let span = |seconds: f64| match (seconds > 0.0, is_wide) {
            (false, _) => "< 1 s".to_owned(),
            (true, true) => span::span(seconds),
            (true, false) => span::brief(seconds),
        };
        let float = |seconds: Option<i64>| seconds.and_then(|seconds| i32::try_from(seconds).ok()).map(f64::from);
        let longest = self.durations.last_key_value().map(|(seconds, _)| *seconds);
        vec![
            text("id").into(),
            text("name").into(),
            text("company").into(),
            thousands(self.runs() as u64).into(),
            thousands(self.failed as u64).into(),
            rate.unwrap_or_default().into(),
            self.median().map(span).unwrap_or_default().into(),
            float(self.p95()).map(span).unwrap_or_default().into(),
            float(longest).map(span).unwrap_or_default().into(),
            Cell::from_parts(self.graph(signs)),
        ]
    }

    /// The last runs, the newest at the end: a bar as high as a run was long, and a mark for one that failed.
    fn graph(&self, signs: Signs) -> Vec<(String, Style)> {
        let longest = self.last.iter().filter_map(|run| run.seconds).max().unwrap_or_default();
        let sign = |run: &PastRun| match run.code {
            0 => (signs.bar(run.seconds.unwrap_or_default(), longest), Style::new()),
            _ => signs.of_result(false),
        };
        self.last.iter().map(sign).collect()
    }
}

/// A number without a fraction where it has none.
fn whole(seconds: f64) -> Json {
    #[allow(clippy::cast_possible_truncation)]
    if seconds.fract() == 0.0 { json!(seconds as i64) } else { json!(seconds) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc() -> Clock {
        Clock::in_zone(chrono_tz::Tz::UTC)
    }

    fn summary(runs: &[(i64, i64)]) -> Summary {
        let mut summary = Summary::default();
        for (job, (code, seconds)) in runs.iter().enumerate() {
            let begin = crate::row::parse_time("2026-05-04 12:00:00").unwrap();
            let begin = begin + chrono::Duration::hours(i64::try_from(job).unwrap());
            let end = begin + chrono::Duration::seconds(*seconds);
            let text = |moment: chrono::NaiveDateTime| crate::db::Value::Text(moment.to_string());
            let names = ["id", "exitcode", "begin", "end"].map(str::to_owned);
            let id = crate::db::Value::Int(i64::try_from(job).unwrap());
            let values = vec![id, crate::db::Value::Int(*code), text(begin), text(end)];
            summary.enter(&Row { names: std::rc::Rc::new(names), values }, utc());
        }
        summary
    }

    #[test]
    fn durations_are_in_order() {
        let of = |seconds: &[i64]| {
            let summary = summary(&seconds.iter().map(|seconds| (0, *seconds)).collect::<Vec<_>>());
            (summary.median(), summary.p95())
        };
        assert_eq!(of(&[]), (None, None));
        assert_eq!(of(&[7]), (Some(7.0), Some(7)));
        assert_eq!(of(&[9, 1]), (Some(5.0), Some(9)));
        assert_eq!(of(&[3, 1, 2]), (Some(2.0), Some(3)));
        let hundred: Vec<i64> = (1..=100).rev().collect();
        assert_eq!(of(&hundred), (Some(50.5), Some(95)));
    }

    #[test]
    fn runs_are_counted_and_drawn() {
        let summary = summary(&[(0, 1), (3, 5), (0, 70), (0, 35)]);
        assert_eq!((summary.runs(), summary.success_rate()), (4, Some(0.75)));
        let drawn = |signs| summary.graph(signs).into_iter().map(|(text, _)| text).collect::<String>();
        assert_eq!((drawn(Signs::Unicode), drawn(Signs::Letters)), ("▁✗█▄".into(), "1F84".into()));
        let mut late = self::summary(&[(0, 1); 3]);
        late.last.clear();
        for job in [5, 9, 7, 8, 6] {
            let names = ["id", "exitcode"].map(str::to_owned);
            let values = vec![crate::db::Value::Int(job), crate::db::Value::Int(0)];
            late.enter(&Row { names: std::rc::Rc::new(names), values }, utc());
        }
        assert_eq!(late.last.iter().map(|run| run.job).collect::<Vec<_>>(), [5, 6, 7, 8, 9]);
        let many = self::summary(&vec![(0, 1); 40]);
        assert_eq!((many.runs(), many.last.len(), many.last[29].job), (40, 30, 39));
    }
}
