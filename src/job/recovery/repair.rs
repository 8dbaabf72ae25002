//! `queue fix`: what of the queue is wrong, and mending it.

use std::collections::HashSet;

use chrono::{Duration, NaiveDateTime};
use sea_query::{Cond, Expr, ExprTrait, JoinType, Order, SelectStatement};

use crate::clock;
use crate::db::select;
use crate::db::{Db, Dialect, Row, tables};
use crate::error::Result;
use crate::id::{JobId, RunTemplateId};
use crate::job::credential_check;
use crate::job::delete::{delete_jobs, log_deletion};
use crate::job::hints;
use crate::job::model::Job;
use crate::job::queue::{lock_waiting, pending, schedule, waits_outside};
use crate::job::recovery::crashed::{self, LostJobs, LostReport};
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::runner::{lease, overlap};
use crate::job::task::{self, RetryContext, TaskEnd};
use crate::row::{TIME_FORMAT, Value};
use crate::width::first_of;

/// Another executor takes a job's queue row before the job begins. One that was due so short a time ago may be starting.
const STARTING: Duration = Duration::minutes(10);

/// What was found, in words.
pub struct QueueFinding {
    pub kind: FindingKind,
    pub text: String,
}

/// What a [`QueueFinding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// It is repaired, or would be.
    Repaired,
    /// It is only told.
    Reported,
    /// A lost job that cannot be brought to its end: an operator has to know.
    Unmended,
}

/// What is done about what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RepairMode {
    Mend,
    /// Nothing: it is only told what would be done.
    DryRun,
}

/// Mends the queue and what waits in it; call inside a transaction.
///
/// Removes queue rows without a waiting job, and jobs that wait and refer to nothing or stand in no queue; lets runtemplates go
/// on whose next job is lost.
///
/// # Errors
/// The database cannot be asked, or does not take a repair; nothing of the transaction may stand then.
pub async fn fix(db: &mut Db, now: NaiveDateTime, mode: RepairMode) -> Result<Vec<QueueFinding>> {
    let mut repair = Repair { now, mode, found: Vec::new() };
    repair.broken_jobs(db).await?;
    repair.broken_rows(db).await?;
    repair.jobs_outside(db).await?;
    repair.lost_moments(db).await?;
    Ok(repair.found)
}

/// A [`fix`] at work.
struct Repair {
    now: NaiveDateTime,
    mode: RepairMode,
    found: Vec<QueueFinding>,
}

impl Repair {
    /// Waiting jobs whose application, company or runtemplate is gone. SQLite databases of the suite hold such.
    async fn broken_jobs(&mut self, db: &mut Db) -> Result<()> {
        let mut select = waiting_jobs();
        let references =
            [(tables::APPS, "app_id"), (tables::COMPANY, "company_id"), (tables::RUNTEMPLATE, "runtemplate_id")];
        let mut gone = Cond::any();
        for (table, column) in references {
            select.join(JoinType::LeftJoin, table, Expr::col((table, "id")).equals((tables::JOB, column)));
            gone = gone.add(Expr::col((table, "id")).is_null());
        }
        let jobs = jobs_of(db, select.cond_where(gone)).await?;
        self.remove(db, &jobs, "its application, company or runtemplate does not exist").await
    }

    async fn remove(&mut self, db: &mut Db, jobs: &[Job], why: &str) -> Result<()> {
        let Repair { now, mode, .. } = *self;
        let mut ids: Vec<JobId> = jobs.iter().map(|job| job.id).collect();
        if mode == RepairMode::Mend {
            ids = lock_waiting(db, &ids).await?;
        }
        let known: HashSet<JobId> = ids.iter().copied().collect();
        for job in jobs.iter().filter(|job| known.contains(&job.id)) {
            let id = job.id;
            let runtemplate = job.runtemplate.map(|id| id.to_string()).unwrap_or_default();
            let moment = job.schedule.map(|moment| moment.format(TIME_FORMAT).to_string()).unwrap_or_default();
            let what = format!("orphaned job #{id} (runtemplate #{runtemplate}, scheduled {moment}) - {why}");
            self.found.push(repaired(mode, REMOVE, &what));
            if mode == RepairMode::Mend {
                task::record_attempt(db, now, job, TaskEnd::Failed).await?;
            }
        }
        if mode == RepairMode::DryRun {
            return Ok(());
        }
        log_deletion(db, &ids, now).await?;
        delete_jobs(db, &ids).await
    }

    /// Queue rows of jobs that are gone or ended.
    async fn broken_rows(&mut self, db: &mut Db) -> Result<()> {
        for row in db.fetch_all(&broken(db.dialect)).await? {
            let id = row.id("id")?;
            let job = row.text("job").unwrap_or_default();
            let what = format!("broken queue row #{id} - job #{job} does not wait for its moment");
            self.found.push(repaired(self.mode, REMOVE, &what));
            if self.mode == RepairMode::Mend {
                db.delete_where(tables::SCHEDULE, Expr::col("id").eq(id)).await?;
            }
        }
        Ok(())
    }

    async fn jobs_outside(&mut self, db: &mut Db) -> Result<()> {
        let mut select = waiting_jobs();
        if credential_check::can_block(db).await? {
            select.column((tables::JOB, "block_reason"));
        }
        let mut jobs = Vec::new();
        for job in jobs_of(db, select.cond_where(waits_outside())).await? {
            let why = if let Some(reason) = &job.block_reason {
                format!("it is blocked: {reason}")
            } else if is_starting(&job, self.now) {
                "it was due just now, an executor may be starting it".to_owned()
            } else {
                jobs.push(job);
                continue;
            };
            let id = job.id;
            self.found.push(QueueFinding {
                kind: FindingKind::Reported,
                text: format!("Kept job #{id}, which has no queue entry: {why}"),
            });
        }
        self.remove(db, &jobs, "no schedule entry").await
    }

    /// Lets the schedules go on whose next job is lost.
    async fn lost_moments(&mut self, db: &mut Db) -> Result<()> {
        for (id, moment) in dead_moments(db).await? {
            if self.mode == RepairMode::Mend {
                let changed = db.update_where(
                    tables::RUNTEMPLATE,
                    // By now it may wait for another one, which was made meanwhile.
                    Expr::col("id").eq(id).and(Expr::col("next_schedule").eq(db.dialect.read_moment(&moment))),
                    [("next_schedule", Option::<NaiveDateTime>::None.into()), ("DatSave", self.now.into())],
                );
                if changed.await? == 0 {
                    continue;
                }
            }
            let what = format!("next_schedule for runtemplate #{id} - missing job in queue");
            self.found.push(repaired(self.mode, RESET, &what));
        }
        Ok(())
    }
}

/// Something that is repaired, or would be.
fn repaired(mode: RepairMode, (past, verb): (&str, &str), what: &str) -> QueueFinding {
    let text = match mode {
        RepairMode::Mend => format!("{past} {what}"),
        RepairMode::DryRun => format!("Would {verb} {what}"),
    };
    QueueFinding { kind: FindingKind::Repaired, text }
}

const REMOVE: (&str, &str) = ("Removed", "remove");

const RESET: (&str, &str) = ("Reset", "reset");

const MEND: (&str, &str) = ("Mended", "mend");

fn waiting_jobs() -> SelectStatement {
    let columns = ["id", "runtemplate_id", "schedule", "schedule_type", "task_id"].map(|column| (tables::JOB, column));
    select::columns(tables::JOB, columns).cond_where(pending()).take()
}

async fn jobs_of(db: &mut Db, select: &SelectStatement) -> Result<Vec<Job>> {
    db.fetch_all(select).await?.iter().map(Job::read).collect()
}

/// Asks for queue rows of jobs that are gone or ended or have a number that none of ours has, and those without a moment.
fn broken(dialect: Dialect) -> SelectStatement {
    select::columns(tables::SCHEDULE, [(tables::SCHEDULE, "id"), (tables::SCHEDULE, "job")])
        .join(JoinType::LeftJoin, tables::JOB, Expr::col((tables::JOB, "id")).equals((tables::SCHEDULE, "job")))
        .cond_where(
            never_due(dialect)
                .add(Expr::col((tables::JOB, "id")).is_null())
                .add(Expr::col((tables::JOB, "exitcode")).is_not_null()),
        )
        .order_by((tables::SCHEDULE, "id"), Order::Asc)
        .take()
}

/// The queue rows whose job is there, and does not wait for their moment: nothing but [`fix`] takes them out again.
///
/// # Errors
/// The database cannot be asked.
pub async fn rows_in_vain(db: &mut Db) -> Result<Vec<i64>> {
    let mut select = broken(db.dialect);
    let rows = db.fetch_all(select.and_where(Expr::col((tables::JOB, "id")).is_not_null())).await?;
    Ok(rows.iter().filter_map(Row::first_int).collect())
}

/// What keeps a part of the queue from going on, and is mended by [`fix`] alone: a line for each kind of it, with what to do.
///
/// # Errors
/// The database cannot be asked.
pub async fn obstacles(db: &mut Db, now: NaiveDateTime) -> Result<Vec<String>> {
    const SHOWN: usize = 5;
    let line = |ids: Vec<i64>, what: &str, remedy: &str| {
        let shown = first_of(&ids, SHOWN);
        (!ids.is_empty()).then(|| format!("{what}: {} ({shown}); `multiflexi-cli queue fix` {remedy}", ids.len()))
    };
    let schedules = ids(db, dead().and_where(schedule::scheduled())).await?;
    let rows = ids(db, &mut without_moment(db.dialect)).await?;
    let unqueued = unqueued_schedules(db, now).await?;
    let lines = [
        line(schedules, "schedules that wait for a job which is not there, by their runtemplates", "lets them go on"),
        line(rows, "rows of the queue without a moment or a job, which never come to be due", "removes them"),
        line(unqueued, "schedules whose next job is in no queue, by their runtemplates", "removes it, and they go on"),
    ];
    Ok(lines.into_iter().flatten().collect())
}

async fn ids(db: &mut Db, select: &mut SelectStatement) -> Result<Vec<i64>> {
    Ok(db.fetch_all(select).await?.iter().filter_map(Row::first_int).collect())
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
    let moment = || Expr::col((tables::RUNTEMPLATE, "next_schedule"));
    let recently = now.checked_sub_signed(STARTING).unwrap_or(now);
    // An executor may be starting one that was due just now.
    let is_settled = moment().gt(now).or(moment().lte(recently));
    let mut select = select::columns(tables::RUNTEMPLATE, [(tables::RUNTEMPLATE, "id")]);
    select
        .and_where(schedule::scheduled())
        .and_where(is_settled)
        .and_where(Expr::exists(outside))
        .order_by((tables::RUNTEMPLATE, "id"), Order::Asc);
    ids(db, &mut select).await
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

/// Was it due so short a time ago that an executor may be starting it?
fn is_starting(job: &Job, now: NaiveDateTime) -> bool {
    job.schedule.is_some_and(|schedule| schedule <= now && now - schedule < STARTING)
}

/// The runtemplates that wait for the end of a job which is not there any more: nothing makes another one for them.
///
/// # Errors
/// The database cannot be asked.
pub async fn dead_schedules(db: &mut Db) -> Result<Vec<RunTemplateId>> {
    Ok(ids(db, &mut dead()).await?.into_iter().map(RunTemplateId).collect())
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

/// The same, each with the moment that it waits for, as it stands there.
async fn dead_moments(db: &mut Db) -> Result<Vec<(RunTemplateId, Value)>> {
    let mut select = dead();
    select.expr_as(db.dialect.exact_moment(Expr::col((tables::RUNTEMPLATE, "next_schedule"))), "moment");
    let waits = |row: &Row| Ok((RunTemplateId(row.id("id")?), row.get("moment").clone()));
    db.fetch_all(&select).await?.iter().map(waits).collect()
}

/// Jobs that began and did not end.
///
/// One whose runner died on this machine is ended, where its result cannot be learned any more; the others are told. Each in a
/// transaction of its own.
///
/// # Errors
/// The database cannot be asked. The jobs that were ended before that stay ended. One that cannot be ended for another reason is a
/// [`FindingKind::Unmended`], and the others have their turn.
pub async fn end_lost(db: &mut Db, retry: &RetryContext, mode: RepairMode) -> Result<Vec<QueueFinding>> {
    let mut found = Vec::new();
    let now = clock::now(retry.zone);
    let lost = find_lost(db, now).await?;
    match mode {
        RepairMode::DryRun => foresee_end(db, lost, &mut found).await?,
        RepairMode::Mend => {
            lost.end(db, retry, |report| {
                found.push(lost_finding(report));
                Ok(())
            })
            .await?;
        }
    }
    report_unended(db, now, &mut found).await?;
    Ok(found)
}

/// The lost jobs; among them those whose lease had lapsed, and was not renewed until a second look.
async fn find_lost(db: &mut Db, now: NaiveDateTime) -> Result<LostJobs> {
    let mut lost = crashed::find(db, now).await?;
    if !lost.lapsed.is_empty() {
        tokio::time::sleep(lease::second_look()).await;
        let again = crashed::find_again(db, &lost.lapsed).await?;
        lost.in_kubernetes.extend(again.in_kubernetes);
        lost.others.extend(again.others);
    }
    Ok(lost)
}

fn lost_finding(report: LostReport<'_>) -> QueueFinding {
    match report {
        LostReport::Unmended(id, error) => {
            QueueFinding { kind: FindingKind::Unmended, text: format!("Job #{id}: {}", error.advice()) }
        }
        // It is not for us to bring home, and nothing is wrong with it.
        LostReport::InKubernetes(UnfinishedJob { id, began, .. }) => QueueFinding {
            kind: FindingKind::Reported,
            text: format!(
                "Job #{id} began at {began} and its runner died: `multiflexi-cli queue run`, or `multiflexi-cli job run --id={id}`, learns how it ended"
            ),
        },
        LostReport::Ended(UnfinishedJob { id, began, .. }, _, message) => {
            repaired(RepairMode::Mend, MEND, &format!("job #{id}, which began at {began}: {message}"))
        }
        LostReport::Leftovers(id, message) => QueueFinding {
            kind: if message.is_err() { FindingKind::Reported } else { FindingKind::Repaired },
            text: format!("Job #{id}: {}", message.unwrap_or_else(|message| message)),
        },
    }
}

/// What [`LostJobs::end`] would do.
async fn foresee_end(db: &mut Db, mut lost: LostJobs, found: &mut Vec<QueueFinding>) -> Result<()> {
    let unknown = std::mem::take(&mut lost.unknown).into_iter();
    found.extend(unknown.map(|(id, error)| lost_finding(LostReport::Unmended(id, error))));
    found.extend(lost.in_kubernetes.iter().map(|job| lost_finding(LostReport::InKubernetes(job))));
    for UnfinishedJob { id, began, .. } in &lost.others {
        let what = format!("job #{id}, which began at {began}: its runner died");
        found.push(repaired(RepairMode::DryRun, MEND, &what));
    }
    for left in lost.remains(db).await?.iter().filter(|left| left.made().is_some()) {
        let what = format!("what the runner of job #{} left in the cluster: it died after all was saved", left.id);
        found.push(repaired(RepairMode::DryRun, REMOVE, &what));
    }
    Ok(())
}

/// Reports the jobs that began and did not end, and are not for us to end.
async fn report_unended(db: &mut Db, now: NaiveDateTime, found: &mut Vec<QueueFinding>) -> Result<()> {
    for job in runner::unfinished_jobs(db, None).await? {
        let UnfinishedJob { id, began, .. } = &job;
        let what = match job.place() {
            RunnerPlace::Here(_) | RunnerPlace::Gone | RunnerPlace::Lapsed(_) | RunnerPlace::Damaged(_) => continue,
            RunnerPlace::Elsewhere(host) => {
                format!("is run on {host}; if its runner died, its lease lapses, and the next `queue run` ends it")
            }
            // That was found lost.
            RunnerPlace::Unknown if overlap::is_forgotten(&job, now) => continue,
            RunnerPlace::Unknown => format!(
                "did not end; the suite's executor or an older version of this tool ran it. If it died, {}",
                hints::force_delete(*id)
            ),
        };
        found
            .push(QueueFinding { kind: FindingKind::Reported, text: format!("Job #{id} began at {began} and {what}") });
    }
    Ok(())
}
