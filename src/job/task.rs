//! Tasks: what a runtemplate owes in one window of its schedule, how its jobs fulfil it, and when a failed one is tried again.

use chrono::{DateTime, Duration, NaiveDateTime, SubsecRound as _};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, Query};
use strum::{IntoStaticStr, VariantNames};

use crate::clock;
use crate::context::Context;
use crate::db::rows::Values;
use crate::db::{Db, Row, select, tables};
use crate::encryption::keyring;
use crate::error::Result;
use crate::executor::reason::{Code, StoredReason};
use crate::id::{JobId, TaskId};
use crate::job::create::CreateSettings;
use crate::job::create::retry;
use crate::job::model::Job;
use crate::job::runner::overlap;
use crate::job::verdict;
use crate::schedule::{DeadlineOffset, past_instant_of, shown};
use crate::secret::Secret;
use crate::telemetry::Collector;

/// How a task stands: the words of the column `state`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TaskState {
    /// Nobody has made a job for it.
    Open,
    /// A job was made for it.
    Running,
    Fulfilled,
    /// After its deadline, where that counts.
    FulfilledLate,
    /// The last of its attempts failed.
    Failed,
    /// It was not fulfilled in time.
    Missed,
}

impl From<TaskState> for sea_query::Value {
    fn from(state: TaskState) -> sea_query::Value {
        <&str>::from(state).into()
    }
}

/// Opens the task of a window, for which a job is about to be made; None where the schema has no tasks.
///
/// # Errors
/// The database cannot be asked, or does not take the task.
pub async fn open(
    db: &mut Db,
    runtemplate: &Row,
    start: NaiveDateTime,
    end: NaiveDateTime,
    now: &DateTime<Tz>,
) -> Result<Option<TaskId>> {
    if !db.has_table(tables::TASK).await? {
        return Ok(None);
    }
    let mut select = select::column(tables::TASK, "id", Expr::col("runtemplate_id").eq(runtemplate.int("id")));
    let there = db.fetch_optional(select.and_where(Expr::col("window_start").eq(start)).limit(1)).await?;
    if let Some(id) = there.as_ref().and_then(Row::first_int).map(TaskId) {
        set(db, id, TaskState::Running).await?;
        return Ok(Some(id));
    }
    // Anything else is the window's end, as the suite has it.
    let offset = runtemplate.text("deadline_offset").and_then(|text| text.parse::<DeadlineOffset>().ok());
    let deadline = offset.and_then(|offset| offset.after(start, &now.timezone())).unwrap_or(end);
    let row: Values = vec![
        ("runtemplate_id", runtemplate.int("id").into()),
        ("window_start", start.into()),
        ("window_end", end.into()),
        ("deadline", deadline.into()),
        ("state", TaskState::Running.into()),
        // Not the server's default: SQLite's is of another zone.
        ("created_at", now.naive_local().trunc_subsecs(0).into()),
    ];
    db.insert_row(tables::TASK, row).await.map(|id| Some(TaskId(id)))
}

/// Is the deadline of a job's task over? A job without a task has none.
///
/// # Errors
/// The database cannot be asked.
pub async fn is_late(db: &mut Db, job: &Job, now: NaiveDateTime) -> Result<bool> {
    let Some(id) = job.task else { return Ok(false) };
    let Some(task) = db.find(tables::TASK, id).await? else { return Ok(false) };
    Ok(task.time("deadline").or_else(|| task.time("window_end")).is_some_and(|deadline| deadline < now))
}

async fn set(db: &mut Db, id: TaskId, state: TaskState) -> Result<()> {
    db.update_where(tables::TASK, Expr::col("id").eq(id), [("state", state.into())]).await.map(drop)
}

/// Tasks whose window and deadline are over, and which no job is at work on, were missed. Returns how many.
///
/// # Errors
/// The database cannot be asked.
pub async fn miss(db: &mut Db, now: NaiveDateTime) -> Result<u64> {
    if !db.has_table(tables::TASK).await? {
        return Ok(0);
    }
    let mut at_work = select::column(tables::JOB, "task_id", Expr::col("task_id").is_not_null());
    let long_ago = now.checked_sub_signed(overlap::UNKNOWN_LIMIT).unwrap_or(now);
    at_work.and_where(Expr::col("exitcode").is_null()).and_where(Expr::col("begin").gt(long_ago));
    let is_over = |column: &'static str| Expr::col(column).is_null().or(Expr::col(column).lt(now));
    let is_missed = Expr::col("state")
        .is_in([TaskState::Open, TaskState::Running])
        .and(Expr::col("window_end").lt(now))
        .and(is_over("deadline"))
        .and(Expr::col("id").not_in_subquery(at_work));
    db.transaction(async |db| {
        db.update_where(tables::TASK, is_missed.clone(), [("state", TaskState::Missed.into())]).await
    })
    .await
}

/// The longest pause before a next attempt at a task of the runtemplate.
pub fn longest_pause(runtemplate: &Row) -> Duration {
    pause(runtemplate, std::cmp::max(1, runtemplate.int("max_attempts").unwrap_or_default()))
}

/// What a next attempt is made with, and who is told of the one that has ended.
pub struct RetryContext {
    /// Opens its credentials, where it cannot have the environment of the one before.
    master_key: Option<Secret>,
    /// The zone on whose clock it waits for its moment, and on whose clock the one before it ended.
    pub zone: Tz,
    /// Is told of each job that ends.
    pub collector: Option<Collector>,
}

impl RetryContext {
    /// With the master key, the zone and the collector of a command.
    pub fn new(ctx: &Context) -> RetryContext {
        RetryContext {
            master_key: keyring::master_key(&ctx.settings),
            zone: ctx.zone,
            collector: Collector::from_settings(&ctx.settings),
        }
    }

    /// What a job is made with at this moment, by the same master key.
    pub fn create_settings(&self, now: NaiveDateTime) -> CreateSettings {
        CreateSettings { master_key: self.master_key.clone(), ..CreateSettings::without_key(now) }
    }
}

/// What the end of a job means for its task.
#[derive(Clone, Copy)]
pub enum TaskEnd<'a> {
    Fulfilled,
    /// A next attempt is made where one is left.
    FailedMayRetry(&'a RetryContext),
    Failed,
}

/// Records an attempt's end and creates the next one. Returns its id.
///
/// Call inside a transaction.
///
/// # Errors
/// The database does not take it, or the next attempt cannot be made; nothing of the transaction may stand then.
pub async fn record_attempt(db: &mut Db, now: NaiveDateTime, job: &Job, end: TaskEnd<'_>) -> Result<Option<JobId>> {
    let Some(id) = job.task else { return Ok(None) };
    let Some(task) = db.find(tables::TASK, id).await? else { return Ok(None) };
    let Some(runtemplate) = db.find_referred(tables::RUNTEMPLATE, job.runtemplate).await? else { return Ok(None) };
    let deadline = task.time("deadline").or_else(|| task.time("window_end")).unwrap_or(now);
    let mut update = Query::update();
    update.table(tables::TASK).and_where(Expr::col("id").eq(id));
    if matches!(end, TaskEnd::Fulfilled) {
        let state = match now > deadline {
            false => TaskState::Fulfilled,
            true if runtemplate.truth("allow_late") => TaskState::FulfilledLate,
            true => TaskState::Missed,
        };
        update.value("state", state);
        if state != TaskState::Missed {
            update.value("fulfilled_by_job_id", job.id).value("fulfilled_at", now);
        }
        db.execute(&update).await?;
        return Ok(None);
    }
    let attempts = task.int("attempts").unwrap_or_default();
    // Nobody's result is lost for a number that its column does not take.
    let attempts = if attempts < i32::MAX.into() { attempts.saturating_add(1) } else { attempts };
    update.value("attempts", attempts);
    let after = match end {
        TaskEnd::FailedMayRetry(next) => {
            let ended = past_instant_of(now, &clock::instant(next.zone));
            ended.and_then(|ended| shown(&ended.checked_add_signed(pause(&runtemplate, attempts))?))
        }
        TaskEnd::Fulfilled | TaskEnd::Failed => None,
    };
    let after = after.filter(|after| *after <= deadline && task.time("window_end").is_some_and(|end| now < end));
    let is_left = attempts < runtemplate.int("max_attempts").unwrap_or(1);
    let (after, next) = match (end, after) {
        (TaskEnd::FailedMayRetry(next), Some(after)) if is_left && !is_cancelled(db, job).await? => (after, next),
        _ => {
            db.execute(update.value("state", TaskState::Failed)).await?;
            return Ok(None);
        }
    };
    db.execute(update.value("state", TaskState::Running)).await?;
    let settings = next.create_settings(now);
    let next =
        retry::create_attempt(db, &settings, job, retry::NextAttempt { after, task: Some(id), origin: None }).await?;
    // The schedule waits for this attempt too: the next window's job is made when it has ended. Not where it waits for another job
    // already, since somebody emptied the queue meanwhile.
    if !job.origin.is_ad_hoc() {
        let is_idle = Expr::col("id").eq(runtemplate.int("id")).and(Expr::col("next_schedule").is_null());
        db.update_where(tables::RUNTEMPLATE, is_idle, [("next_schedule", after.into())]).await?;
    }
    Ok(Some(next.id))
}

/// Did somebody cancel the job by `job cancel`?
///
/// Then no next attempt is wanted. A signal to its runner, which comes when the machine is shut down, is another matter.
async fn is_cancelled(db: &mut Db, job: &Job) -> Result<bool> {
    let reasons = verdict::reasons(db, &[job.id]).await?;
    Ok(reasons.get(&job.id).and_then(|line| StoredReason::read(line).code) == Some(Code::Cancelled))
}

/// How long to wait before the next attempt, `attempts` having failed.
fn pause(runtemplate: &Row, attempts: i64) -> Duration {
    let gap = runtemplate.int("retry_min_gap").unwrap_or_default().clamp(0, 31_556_926);
    let factor = match runtemplate.text("retry_backoff").as_deref() {
        Some("linear") => attempts,
        // A pause of more than a year is beyond every window.
        Some("exponential") => 1 << attempts.clamp(0, 25),
        _ => 1,
    };
    Duration::seconds(gap.saturating_mul(factor).clamp(0, 31_556_926))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Value;

    #[test]
    fn pauses() {
        let pauses = |backoff: &str, gap: i64| {
            let names: std::rc::Rc<[String]> = ["retry_backoff".to_owned(), "retry_min_gap".to_owned()].into();
            let row = Row { names, values: vec![Value::Text(backoff.into()), Value::Int(gap)] };
            [1, 2, 3, 100].map(|attempts| pause(&row, attempts).num_seconds())
        };
        assert_eq!((pauses("none", 0), pauses("fixed", 60)), ([0; 4], [60; 4]));
        assert_eq!(pauses("linear", 60), [60, 120, 180, 6000]);
        // More than a year is beyond every window.
        assert_eq!(pauses("exponential", 60), [120, 240, 480, 31_556_926]);
        assert_eq!(pauses("exponential", i64::MAX), [31_556_926; 4]);
    }
}
