//! Actions that make another job, or see to it that none is made.

use chrono::{Duration, SubsecRound as _};
use sea_query::{Expr, ExprTrait, Order as Direction};

use crate::clock;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::id::{AppId, RunTemplateId};
use crate::job::action::After;
use crate::job::create::retry::{self, NextAttempt};
use crate::job::create::{self, JobOrder};
use crate::job::model::Origin;
use crate::row::TIME_FORMAT;
use crate::schedule::shown;

/// Ends the runtemplate's schedule.
///
/// # Errors
/// The job has no runtemplate, or the database does not take it.
pub async fn stop(db: &mut Db, after: &After<'_>) -> Result<String> {
    let id = after.job.runtemplate.ok_or_else(|| Error::refused("the job has no runtemplate"))?;
    db.update_where(
        tables::RUNTEMPLATE,
        Expr::col("id").eq(id),
        [("interv", "n".into()), ("next_schedule", Expr::null())],
    )
    .await?;
    Ok(format!("runtemplate {id} runs no more by its schedule"))
}

/// Makes a job like this one, to run so many seconds later.
///
/// # Errors
/// The moment lies beyond the calendar, or the job cannot be made (see [`retry::create_attempt`]); nothing is written then.
pub async fn reschedule(db: &mut Db, after: &After<'_>, delay: u64) -> Result<String> {
    let delay = i64::try_from(delay).ok().and_then(Duration::try_seconds);
    let at = delay.and_then(|delay| shown(&clock::instant(after.zone).checked_add_signed(delay)?));
    let at = at.map(|at| at.trunc_subsecs(0));
    let at = at.ok_or_else(|| Error::refused("its delay leads beyond the calendar"))?;
    let made = db.transaction(async |db| {
        let attempt = NextAttempt { after: at, task: None, origin: Some(Origin::RESCHEDULED.into()) };
        retry::create_attempt(db, after.settings, after.job, attempt).await
    });
    let made = made.await?;
    Ok(format!("job {} is scheduled for {}", made.id, at.format(TIME_FORMAT)))
}

/// Makes a job of another runtemplate, to run at once.
///
/// # Errors
/// The runtemplate is not chosen, is the job's own, does not exist or is not active, or its job cannot be made; nothing is written
/// then.
pub async fn chain(db: &mut Db, after: &After<'_>, runtemplate: u64) -> Result<String> {
    let id = i64::try_from(runtemplate).map_or(RunTemplateId(0), RunTemplateId);
    if id.0 == 0 {
        return Err(Error::refused("no runtemplate is chosen (its setting rtid)"));
    }
    if Some(id) == after.job.runtemplate {
        return Err(Error::refused(format!(
            "runtemplate {id} would follow itself without end; the action Reschedule runs it again after a while"
        )));
    }
    let row = db.find(tables::RUNTEMPLATE, id).await?;
    let row = row.ok_or_else(|| Error::refused(format!("runtemplate {id} does not exist")))?;
    start(db, after, row).await
}

/// Makes a job of the company's runtemplate of another application: the suite's form lets one choose an application.
///
/// # Errors
/// No application is chosen, the company has no other active runtemplate of it or several, or the job cannot be made; nothing is
/// written then.
pub async fn launch(db: &mut Db, after: &After<'_>, application: u64) -> Result<String> {
    let id = i64::try_from(application).map_or(AppId(0), AppId);
    if id.0 == 0 {
        return Err(Error::refused("no application is chosen (its setting jobid)"));
    }
    let company = after.job.company;
    let select = select::rows(
        tables::RUNTEMPLATE,
        Expr::col("app_id")
            .eq(id)
            .and(Expr::col("company_id").eq(company))
            .and(Expr::col("active").eq(true))
            .and(Expr::col("id").ne(after.job.runtemplate)),
    )
    .limit(2)
    .order_by("id", Direction::Asc)
    .take();
    let mut rows = db.fetch_all(&select).await?;
    match (rows.pop(), rows.pop()) {
        (Some(row), None) => start(db, after, row).await,
        (None, _) => Err(Error::refused(format!("application {id} has no other active runtemplate of this company"))),
        (Some(_), Some(_)) => Err(Error::refused(format!(
            "application {id} has several active runtemplates of this company; the action ChainRuntemplate names one"
        ))),
    }
}

async fn start(db: &mut Db, after: &After<'_>, runtemplate: Row) -> Result<String> {
    let id = runtemplate.id("id")?;
    if !runtemplate.truth("active") {
        return Err(Error::refused(format!("runtemplate {id} is not active")));
    }
    let order = JobOrder::new(runtemplate, clock::now(after.zone), Origin::CHAINED);
    let made = db.transaction(async |db| create::create(db, after.settings, &order).await).await?;
    Ok(format!("job {} of runtemplate {id} is in the queue", made.id))
}
