//! How the jobs of runtemplates went lately, and what waits and runs of them: four queries for many runtemplates, which read few
//! of their jobs however many there are.

use std::collections::{HashMap, VecDeque};

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Func, Order, SelectStatement, WindowStatement};

use crate::db::expression::refers_to;
use crate::db::{Db, Dialect, Row, select, tables};
use crate::error::Result;
use crate::id::{JobId, RunTemplateId};
use crate::job::credential_check;
use crate::job::model::JobState;
use crate::job::queue;
use crate::job::state::State;
use crate::job::state::is_run;
use crate::job::verdict;

/// For so many runtemplates at once.
pub const PAGE: usize = 500;

/// How many results are looked at.
const RESULTS: usize = 10;

/// A job that ended.
pub struct JobResult {
    job: JobId,
    pub code: i64,
    /// Why it failed for want of something: code and sentence. Only of the last one.
    reason: Option<String>,
    pub begin: Option<NaiveDateTime>,
    pub end: Option<NaiveDateTime>,
    /// The moment for which it was made.
    schedule: Option<NaiveDateTime>,
}

impl JobResult {
    /// The state in which the job ended; why is known of a runtemplate's last job alone.
    pub fn state(&self) -> State {
        State::with_reason(JobState::Ended(self.code), self.reason.as_deref())
    }
}

/// A job that waits for a credential.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockedJob {
    /// Somebody made it by hand.
    ByHand,
    /// The schedule waits for its end.
    Awaited,
}

/// What is known of a runtemplate's jobs.
#[derive(Default)]
pub struct Recent {
    /// The newest results, the last one last.
    pub results: VecDeque<JobResult>,
    /// When the job began that runs.
    pub running: Option<NaiveDateTime>,
    /// The moment of the job that waits; of several the first.
    pub waiting: Option<NaiveDateTime>,
    /// A job waits for a credential, in no queue.
    pub blocked: Option<BlockedJob>,
    /// The job that its schedule waits for is blocked, in the queue, or runs.
    pub is_awaited_job_there: bool,
    /// The moments for which jobs were made lately that were cancelled before they began. Such a job is no run.
    cancelled: VecDeque<NaiveDateTime>,
}

impl Recent {
    /// Adds a result that is newer than the others.
    fn add(&mut self, result: JobResult) {
        match (result.begin, result.schedule) {
            (Some(_), _) => push_newest(&mut self.results, result),
            (None, Some(moment)) => push_newest(&mut self.cancelled, moment),
            (None, None) => {}
        }
    }

    /// Was a job made for this moment?
    pub fn has_job_of(&self, moment: NaiveDateTime) -> bool {
        self.results.iter().any(|result| result.schedule == Some(moment)) || self.cancelled.contains(&moment)
    }
}

/// Of many the newest are kept.
fn push_newest<T>(newest: &mut VecDeque<T>, item: T) {
    if newest.len() == RESULTS {
        newest.pop_front();
    }
    newest.push_back(item);
}

/// The recent jobs of these runtemplates, by their ids.
///
/// # Errors
/// The database cannot be asked.
pub async fn load(db: &mut Db, runtemplates: &[RunTemplateId]) -> Result<HashMap<RunTemplateId, Recent>> {
    let mut found: HashMap<RunTemplateId, Recent> = HashMap::new();
    let columns = ["runtemplate_id", "begin", "schedule", "exitcode"].map(|column| (tables::JOB, column));
    let may_be_blocked = credential_check::can_block(db).await?;
    let is_awaited = Expr::col((tables::JOB, "schedule")).equals((tables::RUNTEMPLATE, "next_schedule"));
    let of = refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE);
    let mut open = select::columns(tables::JOB, columns)
        .expr_as(is_awaited, "is_awaited")
        .expr_as(queue::is_queued(), queue::IS_QUEUED)
        .left_join(tables::RUNTEMPLATE, of)
        .and_where(Expr::col("exitcode").is_null())
        .and_where(Expr::col("runtemplate_id").is_in(runtemplates.iter().copied()))
        .take();
    if may_be_blocked {
        open.column((tables::JOB, "block_reason"));
    }
    db.for_each(&open, |row| {
        let recent = found.entry(RunTemplateId(row.id("runtemplate_id")?)).or_default();
        let is_awaited = row.truth("is_awaited");
        let is_outside = row.int(queue::IS_QUEUED) == Some(0);
        match (row.time("begin"), row.filled("block_reason")) {
            // Nobody will run it.
            (None, None) if is_outside => return Ok(()),
            (Some(begin), _) => recent.running = std::cmp::max(recent.running, Some(begin)),
            (None, Some(_)) => {
                let job = if is_awaited { BlockedJob::Awaited } else { BlockedJob::ByHand };
                recent.blocked = std::cmp::max(recent.blocked, Some(job));
            }
            (None, None) => recent.waiting = [recent.waiting, row.time("schedule")].into_iter().flatten().min(),
        }
        recent.is_awaited_job_there |= is_awaited;
        Ok(())
    })
    .await?;
    for results in [endless_results(runtemplates), newest_results(db.dialect, runtemplates)] {
        db.for_each(&results, |row| {
            let runtemplate = RunTemplateId(row.id("runtemplate_id")?);
            if let Some(result) = result(&row)? {
                found.entry(runtemplate).or_default().add(result);
            }
            Ok(())
        })
        .await?;
    }
    let mut last: Vec<_> = found.values_mut().filter_map(|recent| recent.results.back_mut()).collect();
    let failed: Vec<_> = last.iter().filter(|result| result.code != 0).map(|result| result.job).collect();
    let mut reasons = verdict::reasons(db, &failed).await?;
    for result in &mut last {
        result.reason = reasons.remove(&result.job);
    }
    Ok(found)
}

/// The result of a job; None where its exit code is no number, as SQLite may hold it.
fn result(row: &Row) -> Result<Option<JobResult>> {
    let (begin, end, schedule) = (row.time("begin"), row.time("end"), row.time("schedule"));
    let job = JobId(row.id("id")?);
    Ok(row.int("exitcode").map(|code| JobResult { job, code, reason: None, begin, end, schedule }))
}

const COLUMNS: [&str; 6] = ["id", "runtemplate_id", "begin", "end", "schedule", "exitcode"];

/// The results of which nobody noted when they ended: they count as older than all others. There are few of them.
fn endless_results(runtemplates: &[RunTemplateId]) -> SelectStatement {
    let is_of_them = Expr::col("runtemplate_id").is_in(runtemplates.iter().copied());
    let condition = is_of_them.and(Expr::col("end").is_null()).and(Expr::col("exitcode").is_not_null());
    select::columns(tables::JOB, COLUMNS).and_where(condition).order_by("id", Order::Asc).take()
}

/// The newest results of each by their ends, the oldest first.
///
/// All jobs are numbered in one pass, or the tenth of each runtemplate is found in the index. A schedule's job is made long
/// before it runs, so that ids tell nothing. What was cancelled before it began is not counted, but comes along.
fn newest_results(dialect: Dialect, runtemplates: &[RunTemplateId]) -> SelectStatement {
    if dialect.prefers_one_pass() {
        let mut of_each = WindowStatement::partition_by("runtemplate_id");
        of_each.order_by("end", Order::Desc).order_by("id", Order::Desc);
        let mut numbered = select::columns(tables::JOB, COLUMNS);
        numbered.expr_window_as(Func::count(Expr::col("begin")), of_each, "place");
        numbered.and_where(Expr::col("exitcode").is_not_null()).and_where(Expr::col("end").is_not_null());
        numbered.and_where(Expr::col("runtemplate_id").is_in(runtemplates.iter().copied()));
        let mut newest = select::from_query(numbered, "newest").columns(COLUMNS).take();
        newest.and_where(Expr::col("place").lte(RESULTS as u64));
        return newest.order_by("end", Order::Asc).order_by("id", Order::Asc).take();
    }
    // The limit keeps servers from asking anew for each job. Some that ended in the tenth's second may come before it.
    let is_of_it = Expr::col((tables::JOB, "runtemplate_id")).equals((tables::RUNTEMPLATE, "id"));
    let mut tenth = select::column(tables::JOB, "end", is_of_it.and(is_run(tables::JOB)));
    tenth.order_by((tables::JOB, "end"), Order::Desc).limit(1).offset((RESULTS as u64).saturating_sub(1));
    let tenth = Func::coalesce([tenth.into(), dialect.before_all_moments()]);
    let oldest = select::from(tables::RUNTEMPLATE)
        .column("id")
        .expr_as(tenth, "oldest")
        .and_where(Expr::col("id").is_in(runtemplates.iter().copied()))
        .limit(runtemplates.len() as u64)
        .take();
    select::from_query(oldest, "newest")
        .columns(COLUMNS.map(|column| (tables::JOB, column)))
        .inner_join(tables::JOB, Expr::col((tables::JOB, "runtemplate_id")).equals(("newest", "id")))
        .and_where(Expr::col((tables::JOB, "end")).gte(Expr::col(("newest", "oldest"))))
        .and_where(Expr::col((tables::JOB, "exitcode")).is_not_null())
        .order_by((tables::JOB, "end"), Order::Asc)
        .order_by((tables::JOB, "id"), Order::Asc)
        .take()
}
