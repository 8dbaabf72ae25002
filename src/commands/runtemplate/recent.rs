//! How the jobs of runtemplates went lately, and what waits and runs of them: three queries for many runtemplates, which read few
//! of their jobs however many there are.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, JoinType, Order, SelectStatement};

use crate::db::{Db, Dialect, Row, select};
use crate::error::Result;
use crate::id::JobId;
use crate::job::model::JobState;
use crate::job::state::State;
use crate::job::verdict;

/// For so many runtemplates at once.
pub const PAGE: usize = 500;

/// So many results are looked at.
const RESULTS: i32 = 10;

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
        State::from(JobState::Ended(self.code), self.reason.as_deref())
    }
}

/// What is known of a runtemplate's jobs.
#[derive(Default)]
pub struct Recent {
    /// The newest results, the last one last.
    pub results: Vec<JobResult>,
    /// When the job began that runs.
    pub running: Option<NaiveDateTime>,
    /// The moment of the job that waits; of several the first.
    pub waiting: Option<NaiveDateTime>,
}

impl Recent {
    /// Was a job made for this moment?
    pub fn has_job_of(&self, moment: NaiveDateTime) -> bool {
        self.results.iter().any(|result| result.schedule == Some(moment))
    }
}

/// The recent jobs of these runtemplates, by their ids.
///
/// # Errors
/// The database cannot be asked.
pub async fn of(db: &mut Db, runtemplates: &[i64]) -> Result<HashMap<i64, Recent>> {
    let mut found: HashMap<i64, Recent> = HashMap::new();
    let columns = ["runtemplate_id", "begin", "schedule", "exitcode"].map(|column| ("job", column));
    let open = select::columns("job", columns)
        .and_where(Expr::col("exitcode").is_null())
        .and_where(Expr::col("runtemplate_id").is_in(runtemplates.iter().copied()))
        .take();
    db.for_each(&open, |row| {
        let Some(recent) = row.int("runtemplate_id").map(|id| found.entry(id).or_default()) else { return Ok(()) };
        match row.time("begin") {
            Some(begin) => recent.running = std::cmp::max(recent.running, Some(begin)),
            None => recent.waiting = [recent.waiting, row.time("schedule")].into_iter().flatten().min(),
        }
        Ok(())
    })
    .await?;
    let results = newest_results(db.dialect, runtemplates);
    db.for_each(&results, |row| {
        let result = |row: &Row| {
            let (begin, end, schedule) = (row.time("begin"), row.time("end"), row.time("schedule"));
            let (job, code) = (JobId(row.int("id")?), row.int("exitcode")?);
            Some((row.int("runtemplate_id")?, JobResult { job, code, reason: None, begin, end, schedule }))
        };
        if let Some((id, result)) = result(&row) {
            found.entry(id).or_default().results.push(result);
        }
        Ok(())
    })
    .await?;
    let mut last: Vec<_> = found.values_mut().filter_map(|recent| recent.results.last_mut()).collect();
    let failed: Vec<_> = last.iter().filter(|result| result.code != 0).map(|result| result.job).collect();
    let mut reasons = verdict::reasons(db, &failed).await?;
    for result in &mut last {
        result.reason = reasons.remove(&result.job);
    }
    Ok(found)
}

/// The newest results of each, the oldest first: all jobs numbered in one pass, or the tenth of each runtemplate found in the index.
fn newest_results(dialect: Dialect, runtemplates: &[i64]) -> SelectStatement {
    let columns = ["id", "runtemplate_id", "begin", "end", "schedule", "exitcode"];
    if dialect.prefers_one_pass() {
        let number = "row_number() OVER (PARTITION BY job.runtemplate_id ORDER BY job.id DESC)";
        let mut numbered = select::from("job").columns(columns).expr_as(Expr::cust(number), "place").take();
        numbered.and_where(Expr::col("exitcode").is_not_null());
        numbered.and_where(Expr::col("runtemplate_id").is_in(runtemplates.iter().copied()));
        let mut newest = select::from_query(numbered, "newest").columns(columns).take();
        return newest.and_where(Expr::col("place").lte(RESULTS)).order_by("id", Order::Asc).take();
    }
    // The limit keeps servers from asking anew for each job.
    let tenth = format!(
        "COALESCE((SELECT j.id FROM job j WHERE j.runtemplate_id = runtemplate.id AND j.exitcode IS NOT NULL \
         ORDER BY j.id DESC LIMIT 1 OFFSET {}), 0)",
        RESULTS - 1
    );
    let oldest = select::from("runtemplate")
        .column("id")
        .expr_as(Expr::cust(tenth), "oldest")
        .and_where(Expr::col("id").is_in(runtemplates.iter().copied()))
        .limit(runtemplates.len() as u64)
        .take();
    select::from_query(oldest, "newest")
        .columns(columns.map(|column| ("job", column)))
        .join(JoinType::InnerJoin, "job", Expr::col(("job", "runtemplate_id")).equals(("newest", "id")))
        .and_where(Expr::col(("job", "id")).gte(Expr::col(("newest", "oldest"))))
        .and_where(Expr::col(("job", "exitcode")).is_not_null())
        .order_by(("job", "id"), Order::Asc)
        .take()
}
