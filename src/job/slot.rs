//! The moment for which a job was made, and its runtemplate's schedule that waits for the job's end.

use sea_query::{CaseStatement, Expr, ExprTrait, SimpleExpr};

use crate::db::select;
use crate::job::model::Job;

/// What of a runtemplate changes when a job of it ends or is given up: values of its columns, to be set in this order. Empty where its
/// schedule has nothing to do with the job.
///
/// Its next job may be made where the schedule waited for this very one. Where it waits for another, since somebody emptied the
/// queue meanwhile, it goes on waiting. A later attempt at a task takes no moment of the schedule: the one that may come while it
/// waits has a job of its own.
pub fn leave(job: &Job) -> Vec<(&'static str, SimpleExpr)> {
    let Some(slot) = job.schedule.filter(|_| !job.origin.is_ad_hoc()) else { return Vec::new() };
    let next = || Expr::col("next_schedule");
    let mut is_first = next().eq(slot);
    if let Some(task) = job.task {
        let failed_before = Expr::col(("task", "id")).eq(task).and(Expr::col(("task", "attempts")).gt(0));
        is_first =
            is_first.and(Expr::exists(select::from("task").expr(Expr::val(1)).and_where(failed_before).take()).not());
    }
    let last = CaseStatement::new().case(is_first, next()).finally(Expr::col("last_schedule"));
    let free = CaseStatement::new().case(next().ne(slot), next());
    vec![("last_schedule", last.into()), ("next_schedule", free.into())]
}
