//! `runtemplate delete`: takes along what hangs on a runtemplate, its jobs included, as the suite does.

use chrono::NaiveDateTime;
use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, LockType};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::NoArgs;
use crate::commands::runtemplate::TABLE;
use crate::commands::work::{STAYS, Work};
use crate::context::Context;
use crate::count::counted;
use crate::db::select::AT_ONCE;
use crate::db::{Db, Row, references, select, tables};
use crate::error::{Error, Kind, Result};
use crate::id::{JobId, RunTemplateId};
use crate::job::delete::{OldJobs, delete_jobs, log_deletion};
use crate::job::runner::overlap;
use crate::job::state::State;
use crate::output::loss::Loss;
use crate::output::{Outcome, Printer};
use crate::table::crud;

/// Deletes a runtemplate and all that hangs on it, its jobs included.
///
/// # Errors
/// No runtemplate is named, or several are; one of its jobs is running; or somebody answers no. Nothing is deleted then.
pub async fn delete(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_delete(ctx.db().await?, &TABLE, matches).await?;
    let id = row.id("id")?;
    let json = json!({"runtemplate_id": id.to_string(), "deleted": false});
    if let Some(answer) = ctx.guard("deleted", json, async |db| loss(db, &row).await).await? {
        return Ok(answer);
    }
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let first = delete_many_jobs(db, printer, &[id], now).await?;
    let last = db.transaction(async |db| remove(db, id, now).await).await.map_err(|error| after(first, error))?;
    let jobs = first.saturating_add(last.jobs);
    let also = if jobs > 0 { format!(", and its {jobs} jobs") } else { String::new() };
    let json = json!({"runtemplate_id": id.to_string(), "deleted": true, "deleted_jobs": jobs});
    Ok(Outcome::message(format!("RunTemplate deleted successfully (ID: {id}){also}"), json))
}

/// What goes when a runtemplate is [removed](remove).
///
/// # Errors
/// One of its jobs is running.
async fn loss(db: &mut Db, row: &Row) -> Result<Loss> {
    let along = Along::count(db, row.id("id")?).await?;
    Ok(along.add_to(Loss::of_row(TABLE.noun, row)?))
}

/// How much goes along with a runtemplate, or with several.
#[derive(Clone, Copy, Debug, Default)]
pub struct Along {
    pub jobs: u64,
    pub event_rules: u64,
}

impl Along {
    /// What would go with this runtemplate.
    ///
    /// # Errors
    /// One of its jobs is running.
    pub async fn count(db: &mut Db, id: i64) -> Result<Along> {
        let of_it = || Expr::col("runtemplate_id").eq(id);
        refuse_running(db, id).await?;
        Ok(Along {
            jobs: db.count_where(tables::JOB, of_it()).await?,
            event_rules: db.count_where(tables::EVENT_RULE, of_it()).await?,
        })
    }

    /// Both together.
    pub fn and(self, other: Along) -> Along {
        Along {
            jobs: self.jobs.saturating_add(other.jobs),
            event_rules: self.event_rules.saturating_add(other.event_rules),
        }
    }

    /// Says it of what is to be deleted.
    pub fn add_to(self, loss: Loss) -> Loss {
        loss.with(self.jobs, "jobs").with(self.event_rules, "event rules")
    }
}

/// Refuses where a job of the runtemplate is running.
async fn refuse_running(db: &mut Db, id: i64) -> Result<()> {
    let running = State::Running.condition().add(Expr::col("runtemplate_id").eq(id));
    let select = select::column(tables::JOB, "id", running).limit(1).take();
    match db.fetch_optional(&select).await?.as_ref().and_then(Row::first_int) {
        Some(job) => {
            Err(Error::new(Kind::InUse, format!("RunTemplate {id} cannot be deleted: its job {job} is running"))
                .hint(format!("Wait for it, or end it: `multiflexi-cli job cancel --id={job}`")))
        }
        None => Ok(()),
    }
}

/// Deletes the ended jobs of runtemplates that are to go, in several transactions where they are too many for one.
///
/// What is left of them goes with the runtemplate. Returns how many were deleted.
///
/// # Errors
/// A job of one of them is running: before the first one nothing is deleted then. Later, and where a signal came, the words tell how
/// many were.
pub async fn delete_many_jobs(db: &mut Db, printer: &Printer, ids: &[i64], now: NaiveDateTime) -> Result<u64> {
    let (mut many, mut all) = (Vec::new(), 0_u64);
    for id in ids {
        refuse_running(db, *id).await?;
        let jobs = OldJobs::of_runtemplate(RunTemplateId(*id));
        let count = jobs.count(db).await?;
        if count > AT_ONCE as u64 {
            many.push((*id, jobs));
            all = all.saturating_add(count);
        }
    }
    let mut done = 0;
    if many.is_empty() {
        return Ok(done);
    }
    let mut work = Work::begin(printer, all, ("jobs", "are deleted"), STAYS)?;
    for (id, jobs) in many {
        let deleting = work.batches(async || {
            let count = db
                .transaction(async |db| {
                    overlap::lock(db, RunTemplateId(id)).await?;
                    refuse_running(db, id).await?;
                    jobs.delete_and_log_some(db, now).await
                })
                .await
                .map_err(|error| after(done, error))?;
            done = done.saturating_add(count);
            Ok(count)
        });
        deleting.await?;
    }
    Ok(done)
}

/// What failed once so many jobs were deleted.
pub fn after(jobs: u64, mut error: Error) -> Error {
    if jobs == 0 {
        return error;
    }
    error.message.push_str(&format!("; {} that ended are deleted already", counted(jobs, "jobs")));
    error.detail("deleted_jobs", jobs)
}

/// Deletes a runtemplate; call inside a transaction. Returns what went with it.
///
/// # Errors
/// One of its jobs is running.
pub async fn remove(db: &mut Db, id: i64, now: NaiveDateTime) -> Result<Along> {
    let of_it = || Expr::col("runtemplate_id").eq(id);
    overlap::lock(db, RunTemplateId(id)).await?;
    // Those that ended are nobody's any more.
    let not_ended = of_it().and(Expr::col("exitcode").is_null());
    let waiting: Vec<JobId> = db.fetch_ids(select::column(tables::JOB, "id", not_ended).lock(LockType::Update)).await?;
    refuse_running(db, id).await?;
    log_deletion(db, &waiting, now).await?;
    delete_jobs(db, &waiting).await?;
    let (old, mut jobs) = (OldJobs::of_runtemplate(RunTemplateId(id)), waiting.len() as u64);
    loop {
        match old.delete_and_log_some(db, now).await? {
            0 => break,
            count => jobs = jobs.saturating_add(count),
        }
    }
    let tables = db.tables().await?;
    references::delete_parts(db, references::existing_parts(TABLE.sql, id, &tables)).await?;
    // A rule that starts nothing is of no use, and only its author can name another runtemplate.
    let event_rules = db.delete_where(tables::EVENT_RULE, of_it()).await?;
    db.delete_where(TABLE.sql, Expr::col("id").eq(id)).await?;
    audit::changed(db, TABLE.sql, id, Action::Delete, now).await?;
    Ok(Along { jobs, event_rules })
}
