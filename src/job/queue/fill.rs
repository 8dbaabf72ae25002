//! Making the jobs whose moment has come, as the suite's scheduler does each second, once.
//!
//! Whoever finds `runtemplate.next_schedule` NULL, under a lock of the row, makes the job and sets it in the same transaction:
//! two at once make no second one. A job that ends clears it, which lets the next one be made. A slot that was missed is caught up once: the
//! latest one.

// What stands in a row may be any number; one runtemplate's must not stop the others.
#![warn(clippy::arithmetic_side_effects)]

use chrono::{DateTime, Datelike, Duration, NaiveDateTime};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, JoinType, LockType, Order as Direction, Query};

use crate::db::{Db, Row, select};
use crate::error::{Error, Result};
use crate::failpoint;
use crate::id::RunTemplateId;
use crate::job::create::{self, CreateSettings, Created, Order};
use crate::job::delete::delete_jobs;
use crate::job::model::Job;
use crate::job::queue::pending;
use crate::job::queue::withdraw::{Changed, withdraw};
use crate::job::task::{self, TaskEnd};
use crate::schedule::{Cron, Interval};

/// The last year that the servers' columns of times hold.
const LAST_YEAR: i32 = 9999;

/// When a runtemplate is to run next.
struct NextRun {
    /// The moment of its schedule.
    start: NaiveDateTime,
    /// Where the next window begins.
    end: NaiveDateTime,
}

/// A job that was made.
pub struct Filled {
    pub runtemplate: RunTemplateId,
    pub after: NaiveDateTime,
    pub job: Created,
}

/// Active runtemplates with a schedule that no job of theirs waits for.
///
/// # Errors
/// The database cannot be asked.
pub async fn candidates(db: &mut Db) -> Result<Vec<RunTemplateId>> {
    let mut select = select::column(
        "runtemplate",
        "id",
        Expr::col("active").eq(true).and(Expr::col("interv").ne("n")).and(Expr::col("next_schedule").is_null()),
    );
    Ok(db
        .fetch_all(select.order_by("id", Direction::Asc))
        .await?
        .iter()
        .filter_map(Row::first_int)
        .map(RunTemplateId)
        .collect())
}

/// Makes the next job of a runtemplate. None where another process has just made it, or the schedule has no next moment.
///
/// # Errors
/// Its schedule cannot be read, or its job cannot be made; nothing is written then.
pub async fn fill(
    db: &mut Db,
    settings: &CreateSettings,
    now: &DateTime<Tz>,
    runtemplate: RunTemplateId,
) -> Result<Option<Filled>> {
    db.contended_transaction(async |db| {
        let Some(row) = claim(db, runtemplate).await? else { return Ok(None) };
        let Some(NextMoment { slot, after, interval }) = moment(db, &row, now).await? else { return Ok(None) };
        db.update_where("runtemplate", Expr::col("id").eq(runtemplate), [("next_schedule", after.into())]).await?;
        failpoint::at("filling");
        let task = task::open(db, &row, slot.start, slot.end, now).await?;
        let kind = interval.name().to_owned();
        let order = Order { runtemplate: row, after, executor: None, overrides: Vec::new(), kind, task, queued: true };
        let job = create::create(db, settings, &order).await?;
        failpoint::at("job-made");
        Ok(Some(Filled { runtemplate, after, job }))
    })
    .await
    .inspect(|_| failpoint::at("filled"))
}

/// When the next job of a runtemplate would be, which [`fill`] would make now. Nothing is locked or written.
///
/// # Errors
/// Its schedule cannot be read.
pub async fn due(db: &mut Db, now: &DateTime<Tz>, runtemplate: RunTemplateId) -> Result<Option<NaiveDateTime>> {
    let row = db.find("runtemplate", runtemplate).await?.filter(has_schedule);
    let Some(row) = row else { return Ok(None) };
    Ok(moment(db, &row, now).await?.map(|moment| moment.after))
}

/// The next jobs of a runtemplate's schedule.
pub struct Outlook {
    /// The moment for which the next job is or will be made.
    pub first: NaiveDateTime,
    /// It has passed, and no job was made for it: that will be made and run at once.
    pub is_missed: bool,
    /// The schedule's next moment from now on.
    pub following: Option<NaiveDateTime>,
}

/// When a runtemplate runs next. None where it is not active, has no schedule, or that has no next moment.
///
/// # Errors
/// Its schedule cannot be read.
pub async fn outlook(db: &mut Db, runtemplate: &Row, now: &DateTime<Tz>) -> Result<Option<Outlook>> {
    if !has_schedule(runtemplate) {
        return Ok(None);
    }
    let (interval, cron) = schedule_of(runtemplate)?;
    let following = next(interval, &cron, now).map(|slot| delayed(runtemplate, slot.start)).transpose()?;
    if let Some(first) = runtemplate.time("next_schedule") {
        return Ok(Some(Outlook { first, is_missed: false, following }));
    }
    let first = moment(db, runtemplate, now).await?.map(|moment| moment.after);
    Ok(first.map(|first| Outlook { first, is_missed: first <= now.naive_local(), following }))
}

/// Lets a schedule begin with its next moment: the one before counts as over. To be called inside the transaction that made or
/// changed the runtemplate.
///
/// # Errors
/// It has no schedule, or that cannot be read.
pub async fn skip_missed(db: &mut Db, runtemplate: &Row, now: &DateTime<Tz>) -> Result<()> {
    let id = runtemplate.id("id")?;
    if runtemplate.text("interv").is_none_or(|interval| interval == "n") {
        return Err(Error::refused(format!("RunTemplate {id} has no schedule that could begin with its next moment"))
            .hint("Give it one: --interv=d, or --interv=c with --cron"));
    }
    let (interval, cron) = schedule_of(runtemplate)?;
    let Some(slot) = latest(interval, &cron, now) else { return Ok(()) };
    let over = delayed(runtemplate, slot.start)?;
    if runtemplate.time("last_schedule").is_some_and(|last| last >= over) {
        return Ok(());
    }
    db.update_where("runtemplate", Expr::col("id").eq(id), [("last_schedule", over.into())]).await.map(drop)
}

/// The moment of a runtemplate's next job.
struct NextMoment {
    slot: NextRun,
    /// The slot's start and the runtemplate's delay.
    after: NaiveDateTime,
    interval: Interval,
}

/// The latest moment that is not over yet: one that was missed, else the next one.
async fn moment(db: &mut Db, runtemplate: &Row, now: &DateTime<Tz>) -> Result<Option<NextMoment>> {
    let (interval, cron) = schedule_of(runtemplate)?;
    let Some(mut slot) = latest(interval, &cron, now) else { return Ok(None) };
    let next = next(interval, &cron, now);
    let newest = next.as_ref().map(|slot| delayed(runtemplate, slot.start)).transpose()?;
    if is_over(db, runtemplate, &slot, newest).await? {
        let Some(next) = next else { return Ok(None) };
        slot = next;
    }
    if is_over(db, runtemplate, &slot, newest).await? {
        return Ok(None);
    }
    let after = delayed(runtemplate, slot.start)?;
    Ok(Some(NextMoment { slot, after, interval }))
}

/// When a runtemplate that no job waits for is to run next, by its schedule: where that is over already, the next
/// [`fill`] makes its job at once. `has_job` tells of moments for which there is a job; nothing else is asked.
///
/// # Errors
/// Its schedule cannot be read.
pub fn upcoming(
    runtemplate: &Row,
    now: &DateTime<Tz>,
    has_job: impl Fn(NaiveDateTime) -> bool,
) -> Result<Option<NaiveDateTime>> {
    let (interval, cron) = schedule_of(runtemplate)?;
    let next = next(interval, &cron, now);
    let newest = next.as_ref().map(|slot| delayed(runtemplate, slot.start)).transpose()?;
    let latest = latest(interval, &cron, now).map(|slot| delayed(runtemplate, slot.start)).transpose()?;
    let is_open = |moment: &NaiveDateTime| !was_last(runtemplate, *moment, newest) && !has_job(*moment);
    // A job that was moved or run early took the next one.
    let behind = || next.map(|slot| delayed(runtemplate, slot.end)).transpose();
    match latest.filter(is_open).or(newest.filter(is_open)) {
        Some(moment) => Ok(Some(moment)),
        None => behind(),
    }
}

/// The next moment of a runtemplate's schedule, whether or not a job waits for an earlier one.
///
/// # Errors
/// Its schedule cannot be read.
pub fn following(runtemplate: &Row, now: &DateTime<Tz>) -> Result<Option<NaiveDateTime>> {
    let (interval, cron) = schedule_of(runtemplate)?;
    next(interval, &cron, now).map(|slot| delayed(runtemplate, slot.start)).transpose()
}

/// A runtemplate whose next job waited for a moment that its schedule does not have.
pub struct CorrectedSchedule {
    pub runtemplate: RunTemplateId,
    pub moment: NaiveDateTime,
}

/// Takes back next jobs that wait for a moment beyond the next one of their schedule, as a clock wrote them that was ahead: they
/// would be waited for until then. [`fill`] makes them anew.
///
/// # Errors
/// The database cannot be asked. A runtemplate whose schedule cannot be read stays as it is.
pub async fn recall(db: &mut Db, now: &DateTime<Tz>) -> Result<Vec<CorrectedSchedule>> {
    let mut select = select::rows(
        "runtemplate",
        Expr::col("active")
            .eq(true)
            .and(Expr::col("interv").ne("n"))
            .and(Expr::col("next_schedule").gt(now.naive_local())),
    );
    let mut recalled = Vec::new();
    for row in db.fetch_all(select.order_by("id", Direction::Asc)).await? {
        let Some((runtemplate, moment)) = row.int("id").map(RunTemplateId).zip(row.time("next_schedule")) else {
            continue;
        };
        if latest_sensible(&row, now).is_ok_and(|latest| latest.is_some_and(|latest| moment > latest))
            && !was_moved(db, &row, moment, now).await?
            && db.contended_transaction(async |db| take_back(db, runtemplate, moment, now).await).await?
        {
            recalled.push(CorrectedSchedule { runtemplate, moment });
        }
    }
    Ok(recalled)
}

/// The latest moment for which a job of this runtemplate can wait: the schedule's next one, or the next attempt at a task.
fn latest_sensible(runtemplate: &Row, now: &DateTime<Tz>) -> Result<Option<NaiveDateTime>> {
    let (interval, cron) = schedule_of(runtemplate)?;
    let Some(next) = next(interval, &cron, now) else { return Ok(None) };
    let next = delayed(runtemplate, next.start)?;
    let attempt = now.naive_local().checked_add_signed(task::longest_pause(runtemplate));
    Ok(attempt.map(|attempt| std::cmp::max(next, attempt)))
}

/// Waits this runtemplate until this moment because somebody moved its job there? Its window began, or is the next one to begin, and
/// no attempt before it ended in the future, as one does by a clock that is ahead.
async fn was_moved(db: &mut Db, runtemplate: &Row, moment: NaiveDateTime, now: &DateTime<Tz>) -> Result<bool> {
    let (interval, cron) = schedule_of(runtemplate)?;
    let Some(next) = next(interval, &cron, now) else { return Ok(false) };
    if db.columns("task").await?.is_empty() {
        return Ok(false);
    }
    let is_its = Expr::col(("task", "id")).equals(("job", "task_id"));
    let mut select = select::columns("job", [("job", "id")]).cond_where(pending()).take();
    select.join(JoinType::InnerJoin, "task", is_its).and_where(Expr::col(("job", "schedule")).eq(moment));
    select.and_where(Expr::col(("job", "runtemplate_id")).eq(runtemplate.int("id")));
    select.and_where(Expr::col(("task", "window_start")).lte(next.start));
    let is_attempt = Expr::col(("earlier", "task_id")).equals(("task", "id"));
    let ended_ahead = Expr::col(("earlier", "end")).gt(now.naive_local());
    let mut ahead = Query::select();
    ahead.expr(Expr::val(1)).from_as("job", "earlier").and_where(is_attempt.and(ended_ahead));
    select.and_where(Expr::exists(ahead).not());
    Ok(db.fetch_optional(select.limit(1)).await?.is_some())
}

/// Takes back what waits for this moment; not where a job of it runs, whose end lets the schedule go on.
async fn take_back(db: &mut Db, runtemplate: RunTemplateId, moment: NaiveDateTime, now: &DateTime<Tz>) -> Result<bool> {
    let select =
        select::column("runtemplate", "id", Expr::col("id").eq(runtemplate).and(Expr::col("next_schedule").eq(moment)))
            .lock(LockType::Update)
            .take();
    if db.fetch_optional(&select).await?.is_none() {
        return Ok(false);
    }
    let of_moment = |columns: &[&'static str]| {
        let mut select = select::columns("job", columns.iter().copied())
            .and_where(Expr::col("runtemplate_id").eq(runtemplate))
            .take();
        select.and_where(Expr::col("schedule").eq(moment)).and_where(Expr::col("exitcode").is_null()).take()
    };
    let mut running = of_moment(&["id"]);
    if db.fetch_optional(running.and_where(Expr::col("begin").is_not_null())).await?.is_some() {
        return Ok(false);
    }
    withdraw(db, Changed::Runtemplate(runtemplate)).await?;
    // A later attempt at a task is none of the schedule's jobs, and its window is not what the clock said.
    let mut waiting = of_moment(&["id", "runtemplate_id", "task_id"]);
    for row in db.fetch_all(waiting.lock(LockType::Update)).await? {
        let job = Job::read(&row)?;
        task::record_attempt(db, now.naive_local(), &job, TaskEnd::Failed).await?;
        delete_jobs(db, &[job.id]).await?;
    }
    db.update_where(
        "runtemplate",
        Expr::col("id").eq(runtemplate),
        [("next_schedule", Option::<NaiveDateTime>::None.into())],
    )
    .await?;
    Ok(true)
}

/// The runtemplate's row, locked until the transaction ends, if its next job is still to be made. The lock comes before
/// anything else is read: what is decided by that has to be so still when it is written.
async fn claim(db: &mut Db, id: RunTemplateId) -> Result<Option<Row>> {
    let select = select::rows("runtemplate", Expr::col("id").eq(id)).lock(LockType::Update).take();
    let row = db.fetch_optional(&select).await?;
    Ok(row.filter(|row| row.get("next_schedule").is_null() && has_schedule(row)))
}

/// Is a runtemplate to run by itself: it is active, and has a schedule?
fn has_schedule(runtemplate: &Row) -> bool {
    runtemplate.truth("active") && runtemplate.text("interv").is_some_and(|interval| interval != "n")
}

/// Was this moment's job made already? Its row may have been deleted since: then `last_schedule` tells. One that is later than
/// the next moment was written while the clock was ahead, and must not keep the schedule from going on.
async fn is_over(db: &mut Db, runtemplate: &Row, slot: &NextRun, newest: Option<NaiveDateTime>) -> Result<bool> {
    let after = delayed(runtemplate, slot.start)?;
    if was_last(runtemplate, after, newest) {
        return Ok(true);
    }
    let is_its = |table: &'static str| Expr::col((table, "runtemplate_id")).eq(runtemplate.int("id"));
    let mut of_moment = select::column("job", "id", is_its("job").and(Expr::col(("job", "schedule")).eq(after)));
    if db.columns("task").await?.is_empty() {
        return Ok(db.fetch_optional(of_moment.limit(1)).await?.is_some());
    }
    // A later attempt of a window before, or a job of it that was moved, happens to wait for this very second.
    let of_another =
        Expr::col(("task", "id")).equals(("job", "task_id")).and(Expr::col(("task", "window_start")).ne(slot.start));
    of_moment.and_where(Expr::exists(select::from("task").expr(Expr::val(1)).and_where(of_another).take()).not());
    // One that was moved is of its window all the same. Each question has an index, both in one have none.
    let task = select::column("task", "id", is_its("task").and(Expr::col(("task", "window_start")).eq(slot.start)));
    let of_window = select::column("job", "id", is_its("job").and(Expr::col(("job", "task_id")).in_subquery(task)));
    for mut select in [of_moment, of_window] {
        if db.fetch_optional(select.limit(1)).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Does `last_schedule` say that this moment is over?
fn was_last(runtemplate: &Row, after: NaiveDateTime, newest: Option<NaiveDateTime>) -> bool {
    let is_late = |last: NaiveDateTime| last >= after && newest.is_none_or(|newest| last <= newest);
    runtemplate.time("last_schedule").is_some_and(is_late)
}

fn schedule_of(runtemplate: &Row) -> Result<(Interval, Cron)> {
    let id = runtemplate.id("id")?;
    let about = |error: Error| Error { message: format!("RunTemplate {id}: {}", error.message), ..error };
    let interval: Interval = runtemplate.text("interv").unwrap_or_default().parse().map_err(about)?;
    let line = match interval.cron_line() {
        Some(line) => line.to_owned(),
        None => runtemplate.filled("cron").ok_or_else(|| {
            Error::refused(format!("RunTemplate {id} is to run by its cron expression, but has none")).hint(format!(
                "`multiflexi-cli runtemplate update --id={id} --cron=\"0 6 * * *\"` sets one, --interv=n ends it"
            ))
        })?,
    };
    Ok((interval, Cron::parse(&line).map_err(about)?))
}

/// A moment of a schedule with the runtemplate's delay, which only the suite's web interface sets.
fn delayed(runtemplate: &Row, moment: NaiveDateTime) -> Result<NaiveDateTime> {
    let id = runtemplate.id("id")?;
    let delay = runtemplate.int("delay").unwrap_or_default();
    let later = Duration::try_seconds(delay).and_then(|delay| moment.checked_add_signed(delay));
    later.filter(|later| later.year() <= LAST_YEAR).ok_or_else(|| {
        Error::refused(format!("RunTemplate {id} has a delay of {delay} s, which leads beyond the calendar")).hint(
            format!("Correct it in the suite's web interface, or `UPDATE runtemplate SET delay = 0 WHERE id = {id}`"),
        )
    })
}

fn window(interval: Interval, cron: &Cron, start: DateTime<Tz>) -> Option<NextRun> {
    let end = match interval.seconds() {
        0 => cron.next_after_in(&start)?,
        seconds => start.checked_add_signed(Duration::try_seconds(seconds)?)?,
    };
    let length = end - start;
    let (start, end) = (start.naive_local(), end.naive_local());
    // Across an hour that a change of the clock repeats: what is stored has no offset, and would end before it begins.
    let end = if end > start { end } else { start.checked_add_signed(length)? };
    Some(NextRun { start, end })
}

fn latest(interval: Interval, cron: &Cron, now: &DateTime<Tz>) -> Option<NextRun> {
    window(interval, cron, cron.latest_at_or_before_in(now)?)
}

fn next(interval: Interval, cron: &Cron, now: &DateTime<Tz>) -> Option<NextRun> {
    window(interval, cron, cron.next_after_in(now)?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_window_ends_after_it_begins_whatever_the_clock_does() {
        let instant = |text: &str| text.parse::<DateTime<chrono::Utc>>().unwrap().with_timezone(&Tz::Europe__Prague);
        for (interval, at, from, to) in [
            ("h", "2026-10-25T00:00:05Z", "2026-10-25 02:00:00", "2026-10-25 03:00:00"),
            ("i", "2026-10-25T00:59:05Z", "2026-10-25 02:59:00", "2026-10-25 03:00:00"),
            ("h", "2026-03-29T00:10:00Z", "2026-03-29 01:00:00", "2026-03-29 03:00:00"),
        ] {
            let interval: Interval = interval.parse().unwrap();
            let cron = Cron::parse(interval.cron_line().unwrap()).unwrap();
            let slot = latest(interval, &cron, &instant(at)).unwrap();
            assert_eq!((slot.start.to_string(), slot.end.to_string()), (from.to_owned(), to.to_owned()), "{at}");
        }
    }
}
