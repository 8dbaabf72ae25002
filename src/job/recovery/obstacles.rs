//! What of the queue does not go on by itself, and is mended by `queue fix` alone.

use chrono::{Duration, NaiveDateTime};
use sea_query::{Cond, Expr, ExprTrait, Order, SelectStatement};

use crate::db::expression::refers_to;
use crate::db::{Db, Dialect, Row, select, tables};
use crate::error::Result;
use crate::id::RunTemplateId;
use crate::job::credential_check;
use crate::job::model::Job;
use crate::job::queue::{schedule, waits_outside};
use crate::row::Value;
use crate::width::first_of;

/// Another executor takes a job's queue row before the job begins. One that was due so short a time ago may be starting.
const STARTING: Duration = Duration::minutes(10);

/// Asks for queue rows of jobs that are gone or ended or have a number that none of ours has, and those without a moment.
pub(super) fn broken(dialect: Dialect) -> SelectStatement {
    select::columns(tables::SCHEDULE, [(tables::SCHEDULE, "id"), (tables::SCHEDULE, "job")])
        .left_join(tables::JOB, refers_to((tables::SCHEDULE, "job"), tables::JOB))
        .cond_where(
            never_due(dialect)
                .add(Expr::col((tables::JOB, "id")).is_null())
                .add(Expr::col((tables::JOB, "exitcode")).is_not_null()),
        )
        .order_by((tables::SCHEDULE, "id"), Order::Asc)
        .take()
}

/// The queue rows whose job is there, and does not wait for their moment: nothing but [`fix`](super::repair::fix) takes them out again.
///
/// # Errors
/// The database cannot be asked.
pub async fn stale_rows(db: &mut Db) -> Result<Vec<i64>> {
    let mut select = broken(db.dialect);
    db.fetch_ids(select.and_where(Expr::col((tables::JOB, "id")).is_not_null())).await
}

/// What keeps a part of the queue from going on, and is mended by [`fix`](super::repair::fix) alone: a line for each kind of it, with what to do.
///
/// # Errors
/// The database cannot be asked.
pub async fn report(db: &mut Db, now: NaiveDateTime) -> Result<Vec<String>> {
    const SHOWN: usize = 5;
    let line = |ids: Vec<i64>, what: &str, remedy: &str| {
        let shown = first_of(&ids, SHOWN);
        (!ids.is_empty()).then(|| format!("{what}: {} ({shown}); `multiflexi-cli queue fix` {remedy}", ids.len()))
    };
    let schedules = db.fetch_ids(dead().and_where(schedule::scheduled())).await?;
    let rows = db.fetch_ids(&without_moment(db.dialect)).await?;
    let unqueued = unqueued_schedules(db, now).await?;
    let lines = [
        line(schedules, "schedules that wait for a job which is not there, by their runtemplates", "lets them go on"),
        line(rows, "rows of the queue without a moment or a job, which never come to be due", "removes them"),
        line(unqueued, "schedules whose next job is in no queue, by their runtemplates", "removes it, and they go on"),
    ];
    Ok(lines.into_iter().flatten().collect())
}

/// Asks for the queue rows that never come to be due, whatever their jobs are: no other table is read for that.
fn without_moment(dialect: Dialect) -> SelectStatement {
    select::columns(tables::SCHEDULE, [(tables::SCHEDULE, "id")])
        .cond_where(never_due(dialect))
        .order_by((tables::SCHEDULE, "id"), Order::Asc)
        .take()
}

/// Rows without a moment, or with the number of a job that none of ours has.
fn never_due(dialect: Dialect) -> Cond {
    Cond::any()
        .add(Expr::col((tables::SCHEDULE, "job")).lte(0))
        .add(dialect.is_no_time(Expr::col((tables::SCHEDULE, "after"))))
}

/// The runtemplates whose schedule waits for a job that nobody will run: it waits in no queue, and not for a credential.
async fn unqueued_schedules(db: &mut Db, now: NaiveDateTime) -> Result<Vec<i64>> {
    let queued = select::from(tables::SCHEDULE)
        .expr(Expr::val(1))
        .and_where(Expr::col((tables::SCHEDULE, "job")).equals((tables::JOB, "id")))
        .take();
    let mut outside = awaited();
    outside.and_where(Expr::col((tables::JOB, "begin")).is_null()).and_where(Expr::exists(queued).not());
    if credential_check::can_block(db).await? {
        outside.and_where(Expr::col((tables::JOB, "block_reason")).is_null());
    }
    let mut select = select::columns(tables::RUNTEMPLATE, [(tables::RUNTEMPLATE, "id")]);
    select
        .and_where(schedule::scheduled())
        .cond_where(is_settled((tables::RUNTEMPLATE, "next_schedule"), now))
        .and_where(Expr::exists(outside))
        .order_by((tables::RUNTEMPLATE, "id"), Order::Asc);
    db.fetch_ids(&select).await
}

/// Asks for the job without an end that a runtemplate's schedule waits for.
fn awaited() -> SelectStatement {
    select::from(tables::JOB)
        .expr(Expr::val(1))
        .and_where(Expr::col((tables::JOB, "runtemplate_id")).equals((tables::RUNTEMPLATE, "id")))
        .and_where(Expr::col((tables::JOB, "schedule")).equals((tables::RUNTEMPLATE, "next_schedule")))
        .and_where(Expr::col((tables::JOB, "exitcode")).is_null())
        .take()
}

/// Is this moment none at which an executor may be starting a job now? What [`starting_until`] asks of a job, as a condition.
fn is_settled(moment: (&'static str, &'static str), now: NaiveDateTime) -> Cond {
    let recently = now.checked_sub_signed(STARTING).unwrap_or(now);
    let moment = || Expr::col(moment);
    Cond::any().add(moment().is_null()).add(moment().gt(now)).add(moment().lte(recently))
}

/// Jobs that wait in no queue, not for a credential, and that no executor may be starting: [`fix`](super::repair::fix) removes them.
///
/// # Errors
/// The database cannot be asked.
pub async fn outside(db: &mut Db, now: NaiveDateTime) -> Result<Cond> {
    let outside = waits_outside().add(is_settled((tables::JOB, "schedule"), now));
    let can_block = credential_check::can_block(db).await?;
    Ok(outside.add_option(can_block.then(|| Expr::col((tables::JOB, "block_reason")).is_null())))
}

/// Until when an executor may be starting a job; None for one that was due longer ago.
pub(super) fn starting_until(job: &Job, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let until = job.schedule.filter(|schedule| *schedule <= now)?.checked_add_signed(STARTING)?;
    (until > now).then_some(until)
}

/// The runtemplates that wait for the end of a job which is not there any more: nothing makes another one for them.
///
/// # Errors
/// The database cannot be asked.
pub async fn dead_schedules(db: &mut Db) -> Result<Vec<RunTemplateId>> {
    db.fetch_ids(&dead()).await
}

/// Asks for their ids.
fn dead() -> SelectStatement {
    select::from(tables::RUNTEMPLATE)
        .column((tables::RUNTEMPLATE, "id"))
        .and_where(Expr::col((tables::RUNTEMPLATE, "next_schedule")).is_not_null())
        .and_where(Expr::exists(awaited()).not())
        .order_by((tables::RUNTEMPLATE, "id"), Order::Asc)
        .take()
}

/// Those runtemplates, each with the moment that it waits for, as it stands there.
pub(super) async fn dead_moments(db: &mut Db) -> Result<Vec<(RunTemplateId, Value)>> {
    let mut select = dead();
    select.expr_as(db.dialect.exact_moment(Expr::col((tables::RUNTEMPLATE, "next_schedule"))), "moment");
    let waits = |row: &Row| Ok((RunTemplateId(row.id("id")?), row.get("moment").clone()));
    db.fetch_all(&select).await?.iter().map(waits).collect()
}
