//! The check before a job: are the credentials there that it needs?
//!
//! The suite asks each assigned credential's prototype, a PHP class, whether its service answers; those checks are not ours
//! to make, and what is not known never blocks. What can be told from the database is what the suite calls misconfigured: a
//! value that a prototype requires and the job does not have. Such a job is not run, leaves the queue and says why.

mod blocked;
mod lacks;
mod remedy;

use chrono::NaiveDateTime;
use sea_query::{Asterisk, Expr, ExprTrait};

use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};
use crate::id::{JobId, RunTemplateId};
use crate::job::create::{self, CreateSettings};
use crate::job::credential_check::blocked::is_blocked;
use crate::job::credential_check::remedy::remedies;
use crate::job::field::Field;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::queue::withdraw::{Changed, withdraw};
use crate::job::queue::{lock_waiting, pending};

pub use blocked::{BlockedJob, blocked, blocked_ids, can_block, count_blocked, find_blocked};

/// Returns whether a job may run, and saves why if it may not. A job that began is let through.
///
/// # Errors
/// A credential that it needs is missing ([`Kind::Blocked`]), and each is named.
pub async fn check(db: &mut Db, job: &Job, application: &Row, fields: &[Field], now: NaiveDateTime) -> Result<()> {
    if job.state != JobState::Waiting {
        return Ok(());
    }
    let (id, runtemplate) = (job.id, job.runtemplate);
    let lacks = lacks::of_job(db, application, fields, runtemplate).await?;
    if lacks.is_empty() {
        return match &job.block_reason {
            Some(_) => db.transaction(async |db| save(db, id, None, now).await).await,
            None => Ok(()),
        };
    }
    let reason = lacks::sentences(db, id, runtemplate, &lacks).await?.join("; ");
    let is_ours = db.transaction(async |db| {
        if lock_waiting(db, &[id]).await?.is_empty() {
            return Ok(false);
        }
        db.delete_where(tables::SCHEDULE, Expr::col("job").eq(id)).await?;
        save(db, id, Some(&reason), now).await?;
        output_rows::add(db, id, kind::NOTICE, &format!("blocked: {reason}"), now).await?;
        Ok(true)
    });
    if !is_ours.await? {
        // Somebody else has it by now, as the claim will tell.
        return Ok(());
    }
    let blocked = find_blocked(db, id).await?;
    let blocked = match blocked {
        Some(blocked) => blocked,
        // A schema of before the check does not say of the job that it is blocked.
        None => {
            let mut remedies = remedies(db, runtemplate.as_slice()).await?;
            let remedy = runtemplate.and_then(|id| remedies.remove(&id));
            BlockedJob { job: id, runtemplate, name: String::new(), reason, remedy, is_scheduled: false }
        }
    };
    Err(Error::new(Kind::Blocked, format!("job {id} is blocked by a credential: {}", blocked.reason))
        .hint(format!("It is out of the queue. {}", blocked.remedy())))
}

/// Why and since when it is blocked; a schema of before the credential check has no columns for that.
async fn save(db: &mut Db, id: JobId, reason: Option<&str>, now: NaiveDateTime) -> Result<()> {
    if !can_block(db).await? {
        return Ok(());
    }
    db.update_where(
        tables::JOB,
        Expr::col("id").eq(id).and(Expr::col("begin").is_null()),
        [("block_reason", reason.into()), ("blocked_at", reason.map(|_| now).into())],
    )
    .await
    .map(drop)
}

/// Lets a schedule go on whose next job is blocked: that is taken back, to be made anew with the value that it lacked.
///
/// # Errors
/// The database cannot be asked, or somebody else keeps the runtemplate locked.
pub async fn reopen(db: &mut Db, runtemplate: RunTemplateId) -> Result<()> {
    db.transaction(async |db| withdraw(db, Changed::Runtemplate(runtemplate)).await).await.map(drop)
}

/// The runtemplates whose next job is blocked for want of values that are there by now. Nothing is written.
///
/// # Errors
/// The database cannot be asked. A runtemplate whose variables cannot be composed is left out.
pub async fn reopenable(db: &mut Db, settings: &CreateSettings) -> Result<Vec<RunTemplateId>> {
    if !can_block(db).await? {
        return Ok(Vec::new());
    }
    let mut select = select::from(tables::JOB).column((tables::RUNTEMPLATE, Asterisk)).take();
    let is_of_job = refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE);
    select.inner_join(tables::RUNTEMPLATE, is_of_job).cond_where(pending());
    select.and_where(is_blocked());
    select.and_where(Expr::col((tables::RUNTEMPLATE, "next_schedule")).equals((tables::JOB, "schedule")));
    select.and_where(Expr::col((tables::RUNTEMPLATE, "active")).eq(true));
    let mut reopened = Vec::new();
    for runtemplate in db.fetch_all(&select).await? {
        let Some(id) = runtemplate.int("id").map(RunTemplateId) else { continue };
        let Ok((application, fields)) = create::environment(db, settings, runtemplate).await else { continue };
        if lacks::of_job(db, &application, &fields, Some(id)).await?.is_empty() {
            reopened.push(id);
        }
    }
    Ok(reopened)
}
