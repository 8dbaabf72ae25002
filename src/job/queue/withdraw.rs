//! Taking back jobs that wait for their moment, because what they were made of has changed.
//!
//! A job's variables are composed when it is made, which for a schedule is right after the job before it. Without this a new
//! schedule, a setting or a rotated password would miss the next run. What is taken back `queue fill` (or the suite's
//! scheduler) makes anew, for the moment that the schedule then has.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait, LockType, Order, SelectStatement};
use serde_json::{Value, json};

use crate::db::expression::refers_to;
use crate::db::select::{self, AT_ONCE};
use crate::db::{Db, tables};
use crate::error::Result;
use crate::id::{AppId, CompanyId, CredentialId, JobId, RunTemplateId, TaskId};
use crate::job::delete::delete_jobs;
use crate::job::model::Job;
use crate::job::queue::schedule::is_scheduled;
use crate::job::queue::{lock_waiting, pending};
use crate::output::Printer;

/// The row whose change makes waiting jobs out of date.
#[derive(Clone, Copy)]
pub enum Changed {
    Runtemplate(RunTemplateId),
    /// A credential: of each runtemplate that it is assigned to.
    Credential(CredentialId),
    Company(CompanyId),
    Application(AppId),
}

impl Changed {
    /// The runtemplates whose jobs are made of it.
    fn runtemplates(self) -> Expr {
        match self {
            Changed::Runtemplate(id) => Expr::col("id").eq(id),
            Changed::Company(id) => Expr::col("company_id").eq(id),
            Changed::Application(id) => Expr::col("app_id").eq(id),
            Changed::Credential(id) => Expr::col("id").in_subquery(assigned(id)),
        }
    }

    fn condition(self) -> Cond {
        let is = |column, id: i64| Cond::all().add(Expr::col((tables::JOB, column)).eq(id));
        match self {
            Changed::Runtemplate(id) => is("runtemplate_id", id.0),
            Changed::Company(id) => is("company_id", id.0),
            Changed::Application(id) => is("app_id", id.0),
            Changed::Credential(id) => {
                Cond::all().add(Expr::col((tables::JOB, "runtemplate_id")).in_subquery(assigned(id)))
            }
        }
    }
}

/// The runtemplates that a credential is assigned to.
fn assigned(credential: CredentialId) -> SelectStatement {
    select::column(tables::RUNTPLCREDS, "runtemplate_id", Expr::col("credentials_id").eq(credential))
}

/// What became of the jobs that waited.
#[derive(Debug, Default)]
pub struct Withdrawn {
    /// Taken back: a schedule that is on makes them anew.
    pub jobs: Vec<JobId>,
    /// Jobs that waited and whose schedule is off by now.
    off: HashSet<JobId>,
    /// Made by a person or a program, or the next attempt at a failed one: they keep what they were made with.
    pub kept: Vec<JobId>,
}

impl Withdrawn {
    /// Tells the user what became of them, and puts their ids into the command's answer.
    pub fn tell(&self, printer: &Printer, answer: &mut Value) {
        let list = |jobs: &[JobId]| jobs.iter().map(JobId::to_string).collect::<Vec<_>>().join(", ");
        let (off, on): (Vec<JobId>, Vec<JobId>) = self.jobs.iter().partition(|job| self.off.contains(job));
        match on.as_slice() {
            [] => {}
            [job] => printer
                .note(&format!("job {job} is withdrawn; the next `queue fill` creates it again with the new values")),
            jobs => printer.note(&format!(
                "jobs {} are withdrawn; the next `queue fill` creates them again with the new values",
                list(jobs)
            )),
        }
        match off.as_slice() {
            [] => {}
            [job] => {
                printer.note(&format!("job {job}, which waited, is withdrawn; the schedule is off and makes no other"))
            }
            jobs => printer.note(&format!(
                "jobs {}, which waited, are withdrawn; their schedules are off and make no others",
                list(jobs)
            )),
        }
        match self.kept.as_slice() {
            [] => {}
            [job] => printer.note(&format!(
                "warning: keeps the values from before this change: job {job}, which waits; `multiflexi-cli job cancel --id={job}` ends it"
            )),
            jobs => printer.note(&format!(
                "warning: keep the values from before this change: jobs {}, which wait; `multiflexi-cli job cancel --id={}` ends the \
                 first, and so on for the others",
                list(jobs),
                jobs[0]
            )),
        }
        if !self.jobs.is_empty() {
            answer["jobs_withdrawn"] = json!(self.jobs);
        }
        if !self.kept.is_empty() {
            answer["jobs_kept"] = json!(self.kept);
        }
    }
}

/// Locks the runtemplates whose jobs are made of what is about to change, until the transaction ends.
///
/// Nobody makes a job of it meanwhile: those who fill the queue lock them too. Call it first in the transaction of the change,
/// before anything is locked that those who hold the runtemplates wait for.
///
/// # Errors
/// The database cannot be asked, or somebody else keeps one of them for too long.
pub async fn lock(db: &mut Db, changed: Changed) -> Result<()> {
    let mut select = select::column(tables::RUNTEMPLATE, "id", changed.runtemplates());
    db.fetch_all(select.order_by("id", Order::Asc).lock(LockType::Update)).await.map(drop)
}

/// Takes back the waiting jobs that were made of what has changed.
///
/// Call inside the transaction of the change, which has [locked](lock) what its jobs are made of.
///
/// # Errors
/// The database cannot be asked, or does not take it; nothing of the transaction may stand then, the change included.
pub async fn withdraw(db: &mut Db, changed: Changed) -> Result<Withdrawn> {
    // Those too that are concerned only by the change.
    lock(db, changed).await?;
    let mut select = select::columns(
        tables::JOB,
        [(tables::JOB, "id"), (tables::JOB, "schedule"), (tables::JOB, "schedule_type"), (tables::JOB, "task_id")],
    )
    .columns(["next_schedule", "active", "interv"].map(|name| (tables::RUNTEMPLATE, name)))
    .take();
    let is_of_job = refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE);
    select.inner_join(tables::RUNTEMPLATE, is_of_job).cond_where(pending()).cond_where(changed.condition());
    let rows = db.fetch_all(select.order_by((tables::JOB, "id"), Order::Asc)).await?;
    let waiting =
        rows.iter().map(|row| Ok((Job::read(row)?, row.time("next_schedule")))).collect::<Result<Vec<_>>>()?;
    let off = rows.iter().filter(|row| !is_scheduled(row)).filter_map(|row| row.int("id").map(JobId)).collect();
    let tasks: Vec<TaskId> = waiting.iter().filter_map(|(job, _)| job.task).collect();
    let retried = retried(db, &tasks).await?;
    let (scheduled, kept): (Vec<_>, Vec<_>) = waiting.iter().partition(|(job, next)| {
        job.schedule.is_some()
            && job.schedule == *next
            && !job.origin.is_ad_hoc()
            && !job.task.is_some_and(|task| retried.contains(&task))
    });
    let ids = |jobs: &[&(Job, Option<NaiveDateTime>)]| jobs.iter().map(|(job, _)| job.id).collect::<Vec<_>>();
    let withdrawn = Withdrawn { jobs: lock_waiting(db, &ids(&scheduled)).await?, off, kept: ids(&kept) };
    for ids in withdrawn.jobs.chunks(AT_ONCE) {
        free(db, ids).await?;
    }
    delete_jobs(db, &withdrawn.jobs).await?;
    for ids in tasks.chunks(AT_ONCE) {
        forget(db, ids).await?;
    }
    Ok(withdrawn)
}

/// Those of the tasks of which an attempt failed. Their next one would not come again: the window has had its job.
async fn retried(db: &mut Db, tasks: &[TaskId]) -> Result<HashSet<TaskId>> {
    let mut retried = HashSet::new();
    for ids in tasks.chunks(AT_ONCE) {
        let mut select = select::column(tables::TASK, "id", Expr::col("id").is_in(ids.iter().copied()));
        retried.extend(db.fetch_ids::<TaskId>(select.and_where(Expr::col("attempts").gt(0))).await?);
    }
    Ok(retried)
}

/// The runtemplates of these jobs wait for nothing any more.
async fn free(db: &mut Db, jobs: &[JobId]) -> Result<()> {
    let runtemplates = select::column(tables::JOB, "runtemplate_id", Expr::col("id").is_in(jobs.iter().copied()));
    db.update_where(tables::RUNTEMPLATE, Expr::col("id").in_subquery(runtemplates), [("next_schedule", Expr::null())])
        .await
        .map(drop)
}

/// Removes tasks that have no job left: with another schedule their windows may never come.
async fn forget(db: &mut Db, tasks: &[TaskId]) -> Result<()> {
    let used = select::column(tables::JOB, "task_id", Expr::col("task_id").is_in(tasks.iter().copied()));
    db.delete_where(
        tables::TASK,
        Expr::col("id").is_in(tasks.iter().copied()).and(Expr::col("id").not_in_subquery(used)),
    )
    .await
    .map(drop)
}
