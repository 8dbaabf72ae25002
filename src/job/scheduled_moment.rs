//! The moment for which a job was made, and its runtemplate's schedule that waits for the job's end.
//!
//! That it waits for a job is said by two columns: the schedule's `next_schedule` is the job's `schedule`. Whatever changes one of
//! them for a job that waits changes the other, or takes the job out of its schedule.

use chrono::NaiveDateTime;
use sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};

use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::job::model::Job;

/// What of a runtemplate changes when a job of it ends or is given up: values of its columns, to be set in this order.
///
/// Empty where its schedule has nothing to do with the job.
///
/// Its next job may be made where the schedule waited for this very one. Where it waits for another, since somebody emptied the
/// queue meanwhile, it goes on waiting. A later attempt at a task takes no moment of the schedule: the one that may come while it
/// waits has a job of its own. One that somebody moved takes the moment that it was made for.
pub fn leave(job: &Job) -> Vec<(&'static str, SimpleExpr)> {
    let Some(moment) = job.schedule.filter(|_| !job.origin.is_ad_hoc()) else { return Vec::new() };
    let next = || Expr::col("next_schedule");
    let mut is_first = next().eq(moment);
    let mut last = CaseStatement::new();
    if let Some(task) = job.task {
        let failed_before = Expr::col((tables::TASK, "id")).eq(task).and(Expr::col((tables::TASK, "attempts")).gt(0));
        is_first = is_first
            .and(Expr::exists(select::from(tables::TASK).expr(Expr::val(1)).and_where(failed_before).take()).not());
        // A job that was moved is for its window all the same. With a delay the window's start is not yet the job's moment.
        let window = select::column(tables::TASK, "window_start", Expr::col((tables::TASK, "id")).eq(task));
        let has_no_delay = Expr::col("delay").if_null(0).eq(0);
        last = last
            .case(is_first.clone().and(has_no_delay), Expr::SubQuery(None, Box::new(window.into())).if_null(next()));
    }
    let last = last.case(is_first, next()).finally(Expr::col("last_schedule"));
    let free = CaseStatement::new().case(next().ne(moment), next());
    vec![("last_schedule", last.into()), ("next_schedule", free.into())]
}

/// A waiting job gets another moment: its schedule goes on waiting for it; call inside a transaction, with the job as it was.
///
/// # Errors
/// The database does not take it; nothing of the transaction may stand then.
pub async fn move_to(db: &mut Db, job: &Job, after: NaiveDateTime) -> Result<()> {
    let (Some(runtemplate), Some(moment)) = (job.runtemplate, job.schedule.filter(|_| !job.origin.is_ad_hoc())) else {
        return Ok(());
    };
    let waits_for_it = Expr::col("id").eq(runtemplate).and(Expr::col("next_schedule").eq(moment));
    db.update_where(tables::RUNTEMPLATE, waits_for_it, [("next_schedule", after.into())]).await.map(drop)
}
