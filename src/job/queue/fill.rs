//! Making the jobs whose moment has come, as the suite's scheduler does each second, once.
//!
//! Whoever finds `runtemplate.next_schedule` NULL, under a lock of the row, makes the job and sets it in the same transaction:
//! two at once make no second one. A job that ends clears it, which lets the next one be made. A window that was missed is caught up once:
//! the latest one.

use chrono::{DateTime, NaiveDateTime};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, LockType, Order as Direction, Query};

use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::failpoint;
use crate::id::RunTemplateId;
use crate::job::create::{self, CreateSettings, Created, JobOrder};
use crate::job::delete::delete_jobs;
use crate::job::model::Job;
use crate::job::queue::pending;
use crate::job::queue::schedule::{Schedule, Window, has_schedule, is_scheduled, scheduled};
use crate::job::queue::withdraw::{Changed, withdraw};
use crate::job::task::{self, TaskEnd};

/// A job that was made.
pub struct FilledJob {
    pub runtemplate: RunTemplateId,
    pub after: NaiveDateTime,
    pub job: Created,
}

/// Active runtemplates with a schedule that no job of theirs waits for.
///
/// # Errors
/// The database cannot be asked.
pub async fn candidates(db: &mut Db) -> Result<Vec<RunTemplateId>> {
    let mut select = select::column(tables::RUNTEMPLATE, "id", scheduled().and(Expr::col("next_schedule").is_null()));
    db.fetch_ids(select.order_by("id", Direction::Asc)).await
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
) -> Result<Option<FilledJob>> {
    db.transaction(async |db| {
        let Some(row) = claim(db, runtemplate).await? else { return Ok(None) };
        let schedule = Schedule::read(&row)?;
        let Some(Window { start, end, after }) = open_window(db, &row, &schedule, now).await? else { return Ok(None) };
        db.update_where(tables::RUNTEMPLATE, Expr::col("id").eq(runtemplate), [("next_schedule", after.into())])
            .await?;
        failpoint::at("filling");
        let task = task::open(db, &row, start, end, now).await?;
        let order = JobOrder { task, ..JobOrder::new(row, after, schedule.interval.name()) };
        let job = create::create(db, settings, &order).await?;
        failpoint::at("job-made");
        Ok(Some(FilledJob { runtemplate, after, job }))
    })
    .await
    .inspect(|_| failpoint::at("filled"))
}

/// When the next job of a runtemplate would be, which [`fill`] would make now. Nothing is locked or written.
///
/// # Errors
/// Its schedule cannot be read.
pub async fn due(db: &mut Db, now: &DateTime<Tz>, runtemplate: RunTemplateId) -> Result<Option<NaiveDateTime>> {
    let row = db.find(tables::RUNTEMPLATE, runtemplate).await?.filter(is_scheduled);
    let Some(row) = row else { return Ok(None) };
    Ok(open_window(db, &row, &Schedule::read(&row)?, now).await?.map(|window| window.after))
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
    if !is_scheduled(runtemplate) {
        return Ok(None);
    }
    let schedule = Schedule::read(runtemplate)?;
    let following = schedule.next(now)?.map(|window| window.after);
    if let Some(first) = runtemplate.time("next_schedule") {
        return Ok(Some(Outlook { first, is_missed: false, following }));
    }
    let first = match open_window(db, runtemplate, &schedule, now).await? {
        Some(window) => Some(window.after),
        // The job of the next moment has run early, or was cancelled.
        None => schedule.next_but_one(now)?,
    };
    Ok(first.map(|first| Outlook { first, is_missed: first <= now.naive_local(), following }))
}

/// Lets a schedule begin with its next moment: the one before counts as over.
///
/// Call inside the transaction that made or changed the runtemplate.
///
/// # Errors
/// It has no schedule, or that cannot be read.
pub async fn skip_missed(db: &mut Db, runtemplate: &Row, now: &DateTime<Tz>) -> Result<()> {
    let id = runtemplate.id("id")?;
    if !has_schedule(runtemplate) {
        return Err(Error::refused(format!("RunTemplate {id} has no schedule that could begin with its next moment"))
            .hint("Give it one: --interv=d, or --interv=c with --cron"));
    }
    let Some(over) = Schedule::read(runtemplate)?.around(now)?.missed() else { return Ok(()) };
    db.update_where(tables::RUNTEMPLATE, Expr::col("id").eq(id), [("last_schedule", over.into())]).await.map(drop)
}

/// The latest window that is not over yet: one that was missed, else the next one.
async fn open_window(
    db: &mut Db,
    runtemplate: &Row,
    schedule: &Schedule,
    now: &DateTime<Tz>,
) -> Result<Option<Window>> {
    for window in schedule.around(now)?.open() {
        if !has_job(db, runtemplate, &window).await? {
            return Ok(Some(window));
        }
    }
    Ok(None)
}

/// A runtemplate whose next job waited for a moment that its schedule does not have.
pub struct CorrectedSchedule {
    pub runtemplate: RunTemplateId,
    pub moment: NaiveDateTime,
}

/// Takes back the next job of a runtemplate, which waits for this moment; [`fill`] makes it anew.
///
/// False where it is not there any more, or runs.
///
/// # Errors
/// The database cannot be asked, or somebody else keeps the runtemplate locked.
pub async fn recall(db: &mut Db, runtemplate: RunTemplateId, moment: &Expr, now: &DateTime<Tz>) -> Result<bool> {
    db.transaction(async |db| take_back(db, runtemplate, moment, now).await).await
}

/// Next jobs that wait for a moment beyond the next one of their schedule, which stands there as the database has it.
///
/// A clock that was ahead wrote them, and they would be waited for until then. Nothing is locked or written.
///
/// # Errors
/// The database cannot be asked. A runtemplate whose schedule cannot be read is left out.
pub async fn recallable(db: &mut Db, now: &DateTime<Tz>) -> Result<Vec<(CorrectedSchedule, Expr)>> {
    let mut select =
        select::rows(tables::RUNTEMPLATE, scheduled().and(Expr::col("next_schedule").gt(now.naive_local())));
    // What is compared with it later is compared with what stands there, which need not be how we write a moment.
    select.expr_as(db.dialect.exact_moment(Expr::col("next_schedule")), "exact");
    let mut found = Vec::new();
    for row in db.fetch_all(select.order_by("id", Direction::Asc)).await? {
        let Some((runtemplate, moment)) = row.int("id").map(RunTemplateId).zip(row.time("next_schedule")) else {
            continue;
        };
        let exact = db.dialect.read_moment(row.get("exact"));
        if latest_sensible(&row, now).is_ok_and(|latest| latest.is_some_and(|latest| moment > latest))
            && !was_moved(db, &row, &exact, now).await?
        {
            found.push((CorrectedSchedule { runtemplate, moment }, exact));
        }
    }
    Ok(found)
}

/// The latest moment for which a job of this runtemplate can wait: the schedule's next one, or the next attempt at a task.
fn latest_sensible(runtemplate: &Row, now: &DateTime<Tz>) -> Result<Option<NaiveDateTime>> {
    let Some(next) = Schedule::read(runtemplate)?.next(now)? else { return Ok(None) };
    let attempt = now.naive_local().checked_add_signed(task::longest_pause(runtemplate));
    Ok(attempt.map(|attempt| std::cmp::max(next.after, attempt)))
}

/// Was the waiting job moved to this moment by a person?
///
/// Its window began, or is the next one to begin, and no attempt before it ended in the future, as one does by a clock that is
/// ahead.
async fn was_moved(db: &mut Db, runtemplate: &Row, moment: &Expr, now: &DateTime<Tz>) -> Result<bool> {
    let Some(next) = Schedule::read(runtemplate)?.next(now)? else { return Ok(false) };
    if !db.has_table(tables::TASK).await? {
        return Ok(false);
    }
    let is_its = refers_to((tables::JOB, "task_id"), tables::TASK);
    let mut select = select::columns(tables::JOB, [(tables::JOB, "id")]).cond_where(pending()).take();
    select.inner_join(tables::TASK, is_its).and_where(Expr::col((tables::JOB, "schedule")).eq(moment.clone()));
    select.and_where(Expr::col((tables::JOB, "runtemplate_id")).eq(runtemplate.int("id")));
    select.and_where(Expr::col((tables::TASK, "window_start")).lte(next.start));
    let is_attempt = Expr::col(("earlier", "task_id")).equals((tables::TASK, "id"));
    let ended_ahead = Expr::col(("earlier", "end")).gt(now.naive_local());
    let mut ahead = Query::select();
    ahead.expr(Expr::val(1)).from_as(tables::JOB, "earlier").and_where(is_attempt.and(ended_ahead));
    select.and_where(Expr::exists(ahead).not());
    Ok(db.fetch_optional(select.limit(1)).await?.is_some())
}

/// Takes back what waits for this moment; not where a job of it runs, whose end lets the schedule go on.
async fn take_back(db: &mut Db, runtemplate: RunTemplateId, moment: &Expr, now: &DateTime<Tz>) -> Result<bool> {
    let waits_for_it = Expr::col("id").eq(runtemplate).and(Expr::col("next_schedule").eq(moment.clone()));
    let select = select::column(tables::RUNTEMPLATE, "id", waits_for_it).lock(LockType::Update).take();
    if db.fetch_optional(&select).await?.is_none() {
        return Ok(false);
    }
    let of_moment = |columns: &[&'static str]| {
        let mut select = select::columns(tables::JOB, columns.iter().copied())
            .and_where(Expr::col("runtemplate_id").eq(runtemplate))
            .take();
        select.and_where(Expr::col("schedule").eq(moment.clone())).and_where(Expr::col("exitcode").is_null()).take()
    };
    let mut running = of_moment(&["id"]);
    if db.fetch_optional(running.and_where(Expr::col("begin").is_not_null())).await?.is_some() {
        return Ok(false);
    }
    withdraw(db, Changed::Runtemplate(runtemplate)).await?;
    // A later attempt at a task is not one of the schedule's jobs, and its window is not what the clock said.
    let mut waiting = of_moment(&["id", "runtemplate_id", "task_id"]);
    for row in db.fetch_all(waiting.lock(LockType::Update)).await? {
        let job = Job::read(&row)?;
        task::record_attempt(db, now.naive_local(), &job, TaskEnd::Failed).await?;
        delete_jobs(db, &[job.id]).await?;
    }
    db.update_where(tables::RUNTEMPLATE, Expr::col("id").eq(runtemplate), [("next_schedule", Expr::null())]).await?;
    Ok(true)
}

/// The runtemplate's row, locked until the transaction ends, if its next job is still to be made.
///
/// Lock first: later reads must not be stale.
async fn claim(db: &mut Db, id: RunTemplateId) -> Result<Option<Row>> {
    let row = db.lock_row(tables::RUNTEMPLATE, id).await?;
    Ok(row.filter(|row| row.get("next_schedule").is_null() && is_scheduled(row)))
}

/// Was a window's job made already? One that `last_schedule` does not tell of may wait or run, or have been moved.
async fn has_job(db: &mut Db, runtemplate: &Row, window: &Window) -> Result<bool> {
    let is_its = |table: &'static str| Expr::col((table, "runtemplate_id")).eq(runtemplate.int("id"));
    let mut of_moment = select::column(
        tables::JOB,
        "id",
        is_its(tables::JOB).and(Expr::col((tables::JOB, "schedule")).eq(window.after)),
    );
    if !db.has_table(tables::TASK).await? {
        return Ok(db.fetch_optional(of_moment.limit(1)).await?.is_some());
    }
    // A later attempt of a window before, or a job of it that was moved, happens to wait for this very second.
    let of_another = refers_to((tables::JOB, "task_id"), tables::TASK)
        .and(Expr::col((tables::TASK, "window_start")).ne(window.start));
    of_moment.and_where(Expr::exists(select::from(tables::TASK).expr(Expr::val(1)).and_where(of_another).take()).not());
    // One that was moved is of its window all the same. Each question has an index, both in one have none; and where the runtemplate is
    // asked for too, its whole history may be read for that.
    let task = select::column(
        tables::TASK,
        "id",
        is_its(tables::TASK).and(Expr::col((tables::TASK, "window_start")).eq(window.start)),
    );
    let of_window = select::column(tables::JOB, "id", Expr::col((tables::JOB, "task_id")).in_subquery(task));
    for mut select in [of_moment, of_window] {
        if db.fetch_optional(select.limit(1)).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
