//! Watching jobs from outside, wherever they run: by the database alone, a little at a time.

use std::time::Duration;

use chrono::NaiveDateTime;
use sea_query::{CaseStatement, Expr, ExprTrait, Order};
use tokio::time::Instant;

use crate::clock::Clock;
use crate::db::{Db, Row, select, tables};
use crate::error::{Kind, Result, exit};
use crate::failpoint;
use crate::id::{JobId, RunTemplateId};
use crate::job::model::{JobState, Wait};
use crate::job::queue::requeue;
use crate::job::recovery::crashed::{self, RunnerState};
use crate::job::tail::{self, Shown, Start};
use crate::job::waits::WaitReason;
use crate::output::{Outcome, Printer};

/// Between two looks: soon after something came, and after a while without anything.
const SOON: Duration = Duration::from_millis(250);
const LATER: Duration = Duration::from_secs(1);
/// How often it is looked whether a runner died, which takes more than a look at the database.
const RUNNER_LOOK: Duration = Duration::from_secs(5);

/// How long a database that went away is asked again.
const AWAY: Duration = Duration::from_secs(60);

/// Asks the database, and again over new connections where it went away: until then, else for a minute. The job goes on without it.
///
/// # Errors
/// That of the last try.
pub async fn ask<T>(
    db: &mut Db,
    printer: &Printer,
    until: Option<Instant>,
    mut work: impl AsyncFnMut(&mut Db) -> Result<T>,
) -> Result<T> {
    let mut end = None;
    loop {
        let asked = match db.refresh().await {
            Ok(()) => work(db).await,
            Err(error) => Err(error),
        };
        let error = match asked {
            Err(error) if error.may_pass() => error,
            done => return done,
        };
        if end.is_none() {
            printer.job_note(&format!("warning: {}; it is asked again, and the job goes on", error.line()));
        }
        let end = *end.get_or_insert_with(|| until.unwrap_or_else(|| Instant::now() + failpoint::at_most(AWAY)));
        if Instant::now() >= end {
            return Err(error);
        }
        tokio::time::sleep(LATER).await;
        // A failure to connect shows when it is asked next.
        let _ = db.reconnect().await;
    }
}

/// The outcome under `--exit-status`: what keeps a job's exit code from being learned is told, and is not to be taken for that code.
///
/// # Errors
/// The command line is wrong.
pub fn exit_status(printer: &Printer, done: Result<Outcome>) -> Result<Outcome> {
    done.or_else(|error| {
        if matches!(error.kind, Kind::Usage | Kind::ReaderGone) {
            return Err(error);
        }
        printer.error(&error);
        Ok(Outcome::Written.with_code(exit::NOT_RUN))
    })
}

/// A job as one look finds it.
#[derive(Clone, Copy, Debug)]
pub struct JobSnapshot {
    pub job: JobId,
    pub state: JobState,
    pub runtemplate: Option<RunTemplateId>,
    pub begin: Option<NaiveDateTime>,
    /// The moment of its row in the queue.
    pub queued: Option<NaiveDateTime>,
}

/// Looks at some jobs by one query. Those that are gone are left out.
///
/// # Errors
/// The database cannot be asked.
pub async fn snapshot(db: &mut Db, ids: &[JobId]) -> Result<Vec<JobSnapshot>> {
    let select =
        select::columns(tables::JOB, ["id", "runtemplate_id", "begin", "exitcode"].map(|column| (tables::JOB, column)))
            .expr_as(Expr::col((tables::SCHEDULE, "after")), "queued")
            .left_join(tables::SCHEDULE, Expr::col((tables::SCHEDULE, "job")).equals((tables::JOB, "id")))
            .take();
    let rows = db.fetch_for(&select, (tables::JOB, "id"), ids).await?;
    let snapshot = |row: &Row| {
        Some(JobSnapshot {
            job: row.int("id").map(JobId)?,
            state: JobState::read(row),
            runtemplate: row.int("runtemplate_id").map(RunTemplateId),
            begin: row.time("begin"),
            queued: row.time("queued"),
        })
    };
    Ok(rows.iter().filter_map(snapshot).collect())
}

/// When the next look is due: looks become rarer while nothing happens.
pub struct Pace(Duration);

impl Pace {
    /// Begins with the shortest pause, as after something has happened.
    pub fn new() -> Pace {
        Pace(SOON)
    }

    /// Something happened: the next look comes soon.
    pub fn quicken(&mut self) {
        self.0 = SOON;
    }

    /// Sleeps until the next look is due, and doubles the pause for the time after, up to a second.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LATER);
    }

    /// Pauses, but no longer than until then.
    pub async fn pause_until(&mut self, end: Option<Instant>) {
        match end {
            Some(end) => drop(tokio::time::timeout_at(end, self.pause()).await),
            None => self.pause().await,
        }
    }
}

/// What a job that has not ended waits for, told once and again when that changes.
#[derive(Default)]
pub struct WaitReporter {
    told: Option<ToldWait>,
    runner_looked: Option<Instant>,
    is_lost_told: bool,
}

/// What was told of a job that waits.
#[derive(PartialEq)]
struct ToldWait {
    wait: Wait,
    /// Why it could not be begun so far.
    last_try: Option<String>,
}

impl WaitReporter {
    /// The words to be told now, if there are any.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn waiting_message(&mut self, db: &mut Db, job: &JobSnapshot, clock: Clock) -> Result<Option<String>> {
        match job.state {
            JobState::Waiting => self.waiting(db, job, clock).await,
            JobState::Running => self.running(db, job, clock).await,
            JobState::Ended(_) => Ok(None),
        }
    }

    async fn waiting(&mut self, db: &mut Db, job: &JobSnapshot, clock: Clock) -> Result<Option<String>> {
        let wait = Wait::for_moment(job.queued, clock.now);
        let is_same = self.told.as_ref().is_some_and(|told| told.wait == wait);
        // What was tried in vain meanwhile is looked for no more often than the rest changes.
        if is_same && self.runner_looked.is_some_and(|looked| looked.elapsed() < RUNNER_LOOK) {
            return Ok(None);
        }
        self.runner_looked = Some(Instant::now());
        let last_try = requeue::last_reason(db, job.job).await?;
        let told = Some(ToldWait { wait, last_try: last_try.clone() });
        if self.told == told {
            return Ok(None);
        }
        let reason = WaitReason::read(db, job.job, job.runtemplate, wait, last_try, clock).await?;
        self.told = told;
        Ok(Some(reason.sentence(clock)))
    }

    async fn running(&mut self, db: &mut Db, job: &JobSnapshot, clock: Clock) -> Result<Option<String>> {
        let id = job.job;
        let was_waiting = self.told.take().is_some();
        if self.is_lost_told || self.runner_looked.is_some_and(|looked| looked.elapsed() < RUNNER_LOOK && !was_waiting)
        {
            return Ok(None);
        }
        self.runner_looked = Some(Instant::now());
        // What cannot be told of its runner keeps nobody from watching the job.
        let message = match crashed::runner_state(db, id).await {
            Ok(RunnerState::InPod) => format!(
                "the runner of job {id} died, and its pod knows how it ends: the next `queue run`, or `multiflexi-cli job run \
                 --id={id}`, brings it home"
            ),
            Ok(RunnerState::Lost) => {
                format!("the runner of job {id} died: the next `queue run`, or `multiflexi-cli queue fix`, ends it")
            }
            Ok(RunnerState::Runs) | Err(_) if was_waiting => {
                let since = job.begin.map(|begin| format!(" ({})", clock.relative(begin))).unwrap_or_default();
                return Ok(Some(format!("job {id} has begun{since}")));
            }
            Ok(RunnerState::Runs) | Err(_) => return Ok(None),
        };
        self.is_lost_told = true;
        Ok(Some(message))
    }
}

/// Reads a job's output as it grows: each row once.
pub struct OutputReader {
    job: JobId,
    shown: Vec<Shown>,
    start: Start,
    seen: i64,
}

impl OutputReader {
    /// From the beginning, or the last `lines` of what is there.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn new(db: &mut Db, job: JobId, shown: &[Shown], lines: Option<u64>) -> Result<OutputReader> {
        let start = match lines {
            Some(lines) => tail::start(db, job, shown, lines).await?,
            None => Start::default(),
        };
        Ok(OutputReader { job, shown: shown.to_vec(), start, seen: start.before() })
    }

    /// Hands on what came since the last time; tells whether that was anything.
    ///
    /// # Errors
    /// The database cannot be asked, or `take` fails.
    pub async fn read(&mut self, db: &mut Db, mut take: impl FnMut(Shown, &str) -> Result<()>) -> Result<bool> {
        // Rows of other types are passed by too, without their text: they are not to be looked through again and again.
        let is_shown = Expr::col("type").is_in(tail::types(&self.shown));
        let line = CaseStatement::new().case(is_shown, Expr::col("line"));
        let mut select = select::columns(tables::JOB_OUTPUT_LINES, ["id", "type"])
            .expr_as(line, "line")
            .and_where(Expr::col("job_id").eq(self.job))
            .and_where(Expr::col("id").gt(self.seen))
            .take();
        let (mut came, start, seen) = (false, self.start, &mut self.seen);
        db.for_each(select.order_by("id", Order::Asc), |row| {
            let id = row.id("id")?;
            *seen = id;
            let shown = row.text("type").as_deref().and_then(Shown::of_type);
            let (Some(shown), Some(text)) = (shown, row.text("line")) else { return Ok(()) };
            match start.part(shown, id, &text) {
                Some(part) if !part.is_empty() => {
                    came = true;
                    take(shown, part)
                }
                _ => Ok(()),
            }
        })
        .await?;
        Ok(came)
    }
}
