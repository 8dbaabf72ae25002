//! `queue fix`: mending what of the queue is wrong.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait, SelectStatement};

use crate::db::expression::refers_to;
use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::id::JobId;
use crate::job::credential_check;
use crate::job::delete::{delete_jobs, log_deletion};
use crate::job::model::Job;
use crate::job::queue::{lock_waiting, pending, waits_outside};
use crate::job::recovery::obstacles;
use crate::job::task::{self, TaskEnd};
use crate::row::TIME_FORMAT;

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
    /// This waiting job is deleted, or would be.
    Deleted(JobId),
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
            select.left_join(table, refers_to((tables::JOB, column), table));
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
            self.found.push(QueueFinding { kind: FindingKind::Deleted(id), ..repaired(mode, REMOVE, &what) });
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
        for row in db.fetch_all(&obstacles::broken(db.dialect)).await? {
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
            } else if let Some(until) = obstacles::starting_until(&job, self.now) {
                format!(
                    "it was due just now, an executor may be starting it; from {} on `queue fix` removes it",
                    until.format(TIME_FORMAT)
                )
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
        for (id, moment) in obstacles::dead_moments(db).await? {
            if self.mode == RepairMode::Mend {
                let changed = db.update_where(
                    tables::RUNTEMPLATE,
                    // By now it may wait for another one, which was made meanwhile.
                    Expr::col("id").eq(id).and(Expr::col("next_schedule").eq(db.dialect.read_moment(&moment))),
                    [("next_schedule", Expr::null()), ("DatSave", self.now.into())],
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
pub(super) fn repaired(mode: RepairMode, (past, verb): (&str, &str), what: &str) -> QueueFinding {
    let text = match mode {
        RepairMode::Mend => format!("{past} {what}"),
        RepairMode::DryRun => format!("Would {verb} {what}"),
    };
    QueueFinding { kind: FindingKind::Repaired, text }
}

pub(super) const REMOVE: (&str, &str) = ("Removed", "remove");

const RESET: (&str, &str) = ("Reset", "reset");

pub(super) const PUT_ASIDE: (&str, &str) = ("Put aside", "put aside");

pub(super) const MEND: (&str, &str) = ("Mended", "mend");

fn waiting_jobs() -> SelectStatement {
    let columns = ["id", "runtemplate_id", "schedule", "schedule_type", "task_id"].map(|column| (tables::JOB, column));
    select::columns(tables::JOB, columns).cond_where(pending()).take()
}

async fn jobs_of(db: &mut Db, select: &SelectStatement) -> Result<Vec<Job>> {
    db.fetch_all(select).await?.iter().map(Job::read).collect()
}
