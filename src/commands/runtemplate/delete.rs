//! `runtemplate delete`: takes along what hangs on a runtemplate, its jobs included, as the suite does.

use chrono::NaiveDateTime;
use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, LockType};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::NoArgs;
use crate::commands::runtemplate::TABLE;
use crate::context::Context;
use crate::db::{Db, Row, references, select};
use crate::error::{Error, Kind, Result};
use crate::id::{JobId, RunTemplateId};
use crate::job::delete::{delete_jobs, log_deletion};
use crate::job::model::JobState;
use crate::job::run::overlap;
use crate::job::state::State;
use crate::output::Outcome;
use crate::output::loss::Loss;
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
    let Along { jobs, .. } = ctx.db().await?.transaction(async |db| remove(db, id, now).await).await?;
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
        let running = State::Running.condition().add(of_it());
        let select = select::column("job", "id", running).limit(1).take();
        if let Some(running) = db.fetch_optional(&select).await?.as_ref().and_then(Row::first_int) {
            return Err(refusal(id, running));
        }
        Ok(Along {
            jobs: db.count_where("job", of_it()).await?,
            event_rules: db.count_where("event_rule", of_it()).await?,
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

fn refusal(id: i64, job: i64) -> Error {
    Error::new(Kind::InUse, format!("RunTemplate {id} cannot be deleted: its job {job} is running"))
        .hint(format!("Wait for it, or end it: `multiflexi-cli job cancel --id={job}`"))
}

/// Deletes a runtemplate; call inside a transaction. Returns what went with it.
///
/// # Errors
/// One of its jobs is running.
pub async fn remove(db: &mut Db, id: i64, now: NaiveDateTime) -> Result<Along> {
    let of_it = || Expr::col("runtemplate_id").eq(id);
    overlap::lock(db, RunTemplateId(id)).await?;
    let select = select::columns("job", ["id", "begin", "exitcode"]).and_where(of_it()).lock(LockType::Update).take();
    let jobs = db.fetch_all(&select).await?;
    if let Some(job) = jobs.iter().find(|job| JobState::read(job) == JobState::Running) {
        return Err(refusal(id, job.id("id")?));
    }
    let ids: Vec<JobId> = jobs.iter().filter_map(|job| job.int("id")).map(JobId).collect();
    log_deletion(db, &ids, now).await?;
    delete_jobs(db, &ids).await?;
    let tables = db.tables().await?;
    references::delete_parts(db, references::existing_parts(TABLE.sql, id, &tables)).await?;
    // A rule that starts nothing is of no use, and only its author can name another runtemplate.
    let event_rules = db.delete_where("event_rule", of_it()).await?;
    db.delete_where(TABLE.sql, Expr::col("id").eq(id)).await?;
    audit::changed(db, TABLE.sql, id, Action::Delete, now).await?;
    Ok(Along { jobs: ids.len() as u64, event_rules })
}
