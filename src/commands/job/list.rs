//! `job list`: for programs the rows as they are, for people on a terminal the newest ones, with what became of each and why.

use clap::ArgMatches;
use sea_query::{Alias, CaseStatement, Expr, ExprTrait, SelectStatement};

use super::filter::{App, Filter};
use super::get;
use crate::clock::Clock;
use crate::commands::job::{SECRET, TABLE};
use crate::commands::{application, company, reference, runtemplate};
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, Value, select, tables};
use crate::error::Result;
use crate::job::queue;
use crate::job::runner::overlap::{self, RunningJobs};
use crate::job::state::State;
use crate::job::stored_environment::EnvironmentReader;
use crate::job::waits;
use crate::job::{exit_code, output_kind as kind};
use crate::output::sheet::{Cell, Sheet, SheetColumn};
use crate::output::{Outcome, Printer, colour};
use crate::table::paging::{Columns, Paging};
use crate::table::{args, crud};

/// How many jobs are on a screen.
const SHOWN: i64 = 30;

#[derive(clap::Args)]
#[command(
    next_help_heading = args::FILTERS,
    mut_arg("runtemplate_id", |arg| arg.hide_short_help(true)),
    mut_arg("app_id", |arg| arg.hide_short_help(true)),
    mut_arg("executor", |arg| arg.hide_short_help(true))
)]
pub struct ListArgs {
    /// Only jobs in this state, in the suite's terms; --state has more
    #[arg(long, value_name = "STATE", ignore_case = true, hide_short_help = true)]
    status: Option<Status>,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    app: App,
    #[command(flatten)]
    filter: Filter,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Status {
    Pending,
    Running,
    #[value(alias = "successful")]
    Success,
    Failed,
}

impl Status {
    fn state(self) -> State {
        match self {
            Status::Pending => State::Pending,
            Status::Running => State::Running,
            Status::Success => State::Success,
            Status::Failed => State::Failed,
        }
    }
}

/// Lists jobs: for programs all that fit, on a terminal the newest and why they failed.
///
/// # Errors
/// A company, an application or a runtemplate that is named does not exist, `--fields` or the order names a column that is not
/// there, or stdout cannot be written.
pub async fn list(ctx: &mut Context, matches: &ArgMatches, args: ListArgs) -> Result<Outcome> {
    let paging = Paging::from_args(matches);
    let clock = ctx.clock();
    let (db, printer) = ctx.open().await?;
    let mut select = crud::filtered(db, &TABLE, matches).await?;
    if let Some(status) = args.status {
        select.cond_where(status.state().condition());
    }
    if let Some(company) = args.company.find(db).await? {
        select.and_where(Expr::col("company_id").eq(company.int("id")));
    }
    select.cond_where(args.app.of_jobs(db).await?).cond_where(args.filter.of_jobs(db, clock).await?);
    select.from(TABLE.sql);
    match printer.sheet(COLUMNS).filter(|_| !paging.names_fields()) {
        Some(sheet) => show(db, printer, sheet, select, paging, clock).await,
        None => print(db, printer, select, &paging).await,
    }
}

/// Prints rows with the table's own columns.
async fn print(db: &mut Db, printer: &Printer, mut select: SelectStatement, paging: &Paging) -> Result<Outcome> {
    let there = db.require_columns(TABLE.sql).await?;
    let fields = paging.columns(&TABLE, printer, &there)?;
    let place = |name: &str| fields.iter().position(|field| field == name);
    let (env, command) = (place("env"), place("command"));
    select.columns(fields.iter().map(Alias::new));
    if env.is_none() && command.is_some() {
        // Behind what is shown: it tells what is secret in a command. It is long, so it is read where it may be needed.
        let env = CaseStatement::new().case(Expr::col("command").like("% %"), Expr::col("env"));
        select.expr_as(env, "env");
    }
    paging.apply(&mut select, &Columns { all: there.clone(), secret: SECRET }, db.dialect)?;
    let shown = fields.len();
    let mut list = printer.list(fields);
    let (mut reader, mut environment) = (EnvironmentReader::default(), Vec::new());
    db.for_each(&select, |mut row| {
        if env.is_none() && command.is_none() {
            return list.row(&row.values);
        }
        let stored = get::stored_environment(&row);
        let variables = reader.variables(stored.as_bytes()).ok();
        if env.is_some() {
            get::write_environment(variables.as_deref(), &mut environment)?;
        }
        let hidden = variables.as_deref().and_then(|variables| get::hidden_command(&row, variables));
        drop(variables);
        drop(stored);
        if let Some(hidden) = hidden {
            row.set("command", Value::Text(hidden));
        }
        match env {
            Some(at) => list.row_with(&row.values, at, &environment),
            None => list.row(&row.values[..shown]),
        }
    })
    .await?;
    list.finish()
}

const COLUMNS: &[SheetColumn] = &[
    SheetColumn::new("ID").number(),
    SheetColumn::new("STATE"),
    SheetColumn::new("RUNTEMPLATE").shrinking(11).going(1),
    SheetColumn::new("COMPANY").shrinking(7).going(3),
    SheetColumn::new("EXECUTOR").extra(),
    SheetColumn::new("BEGAN").going(2),
    SheetColumn::new("AT").extra(),
    SheetColumn::new("TOOK").going(4),
    SheetColumn::new("APPLICATION").shrinking(11).extra(),
    SheetColumn::new("WHY").answering(22),
];

/// Shows the newest rows, or those that are asked for, to somebody at a terminal.
async fn show(
    db: &mut Db,
    printer: &Printer,
    mut sheet: Sheet<'_>,
    jobs: SelectStatement,
    paging: Paging,
    clock: Clock,
) -> Result<Outcome> {
    let paging = paging.or_order("D").or_limit(SHOWN);
    let there = db.require_columns(TABLE.sql).await?;
    let tables = db.tables().await?;
    let columns = Columns { all: there.clone(), secret: SECRET };
    // Joined are only the rows that are shown.
    let mut cut = jobs.clone();
    paging.apply(cut.columns(columns.open().map(Alias::new)), &columns, db.dialect)?;
    let mut select = select::from_query(cut, TABLE.sql);
    select
        .columns(
            ["id", "begin", "end", "schedule", "exitcode", "executor", "runtemplate_id"]
                .map(|column| (TABLE.sql, column)),
        )
        .expr_as(Expr::col((runtemplate::TABLE.sql, "name")), "runtemplate")
        .expr_as(Expr::col((company::TABLE.sql, "name")), "company")
        .expr_as(Expr::col((application::TABLE.sql, "name")), "application")
        .expr_as(queue::is_queued(), queue::IS_QUEUED);
    for (table, column) in [
        (runtemplate::TABLE.sql, "runtemplate_id"),
        (company::TABLE.sql, "company_id"),
        (application::TABLE.sql, "app_id"),
    ] {
        select.left_join(table, refers_to((TABLE.sql, column), table));
    }
    if there.iter().any(|column| column == "block_reason") {
        select.column((TABLE.sql, "block_reason"));
    }
    // An older schema lacks some tables.
    for (table, name, expression) in
        [(tables::JOB_OUTPUT_LINES, "reason", reason()), (tables::APP_EXIT_CODES, "meaning", exit_code::text_column())]
    {
        if tables.iter().any(|there| there == table) {
            select.expr_as(expression, name);
        }
    }
    paging.order(&mut select, &columns, db.dialect, Some(TABLE.sql))?;
    let is_wide = sheet.is_wide();
    let running = overlap::all(db, clock.now).await?;
    db.for_each(&select, |row| sheet.row(cells(&row, clock, is_wide, &running))).await?;
    let rows = sheet.finish()?;
    paging.tell_cut(db, printer, rows, jobs).await?;
    Ok(Outcome::Written)
}

/// Why a job failed for want of something; of one that waits, why it could not be begun.
fn reason() -> Expr {
    let exit_code = || Expr::col((tables::JOB, "exitcode"));
    CaseStatement::new()
        .case(exit_code().ne(0), kind::newest_line(kind::REASON))
        .case(exit_code().is_null(), kind::newest_line(kind::TRIES))
        .into()
}

fn cells(row: &Row, clock: Clock, is_wide: bool, running: &RunningJobs) -> Vec<Cell> {
    let reason = row.filled("reason");
    let state = State::read(row, reason.as_deref());
    let (begin, end) = (row.time("begin"), row.time("end"));
    let at = if state == State::Pending { row.time("schedule") } else { begin };
    let began = at.map(|moment| if state == State::Pending { clock.due(moment) } else { clock.relative(moment) });
    let ended = if state == State::Running { Some(clock.now) } else { end };
    let took = begin.zip(ended).map(|(begin, end)| match is_wide {
        true => clock.between(begin, end),
        false => clock.briefly_between(begin, end),
    });
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".into()).into();
    vec![
        row.text("id").unwrap_or_default().into(),
        Cell::styled(state.word(), colour::of_state(state.word())),
        or_dash(row.filled("runtemplate")),
        or_dash(row.filled("company")),
        row.filled("executor").unwrap_or_default().into(),
        or_dash(began),
        at.map(|moment| moment.to_string()).unwrap_or_default().into(),
        took.unwrap_or_default().into(),
        or_dash(row.filled("application")),
        match state {
            State::Pending => waits::why(row, reason.as_deref(), running, clock).unwrap_or_default().into(),
            _ => why(row, state, reason).into(),
        },
    ]
}

/// The exit code with the application's own text for it, and the reason.
fn why(row: &Row, state: State, reason: Option<String>) -> String {
    let code = row.text("exitcode").unwrap_or_default();
    match (state, row.filled("meaning"), reason) {
        (State::Pending | State::Running | State::Success, _, _) => String::new(),
        (_, Some(meaning), Some(reason)) => format!("{code}: {meaning}; {reason}"),
        (_, Some(meaning), None) => format!("{code}: {meaning}"),
        (_, None, Some(reason)) => reason,
        (_, None, None) => format!("exit code {code}"),
    }
}
