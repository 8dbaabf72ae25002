//! `queue overview`: how much waits, and when it is due.

use std::collections::HashSet;

use chrono::{Duration, NaiveDateTime, NaiveTime};
use serde_json::json;

use crate::commands::NoArgs;
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{select, tables};
use crate::error::Result;
use crate::job::credential_check;
use crate::job::queue;
use crate::output::Outcome;

/// Counts the jobs in the queue, by the days on which they are due, and those that wait outside it.
///
/// # Errors
/// The database cannot be asked.
pub async fn overview(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let today = ctx.now().date().and_time(NaiveTime::MIN);
    let days = |count| today.checked_add_signed(Duration::days(count)).unwrap_or(NaiveDateTime::MAX);
    let db = ctx.db().await?;
    let select = select::from(tables::SCHEDULE)
        .column((tables::SCHEDULE, "after"))
        .columns([(tables::JOB, "app_id"), (tables::JOB, "company_id"), (tables::JOB, "runtemplate_id")])
        .left_join(tables::JOB, refers_to((tables::SCHEDULE, "job"), tables::JOB))
        .take();
    let (mut total, mut overdue, mut within) = (0_usize, 0_usize, [0_usize; 4]);
    // Today, tomorrow, the next 7 and the next 30 days: each from the day's beginning on.
    let spans = [(0, 1), (1, 2), (0, 7), (0, 30)].map(|(from, to)| days(from)..days(to));
    let [mut apps, mut companies, mut runtemplates] = [HashSet::new(), HashSet::new(), HashSet::new()];
    db.for_each(&select, |row| {
        total += 1;
        apps.extend(row.int("app_id"));
        companies.extend(row.int("company_id"));
        runtemplates.extend(row.int("runtemplate_id"));
        if let Some(after) = row.time("after") {
            overdue += usize::from(after < today);
            for (count, span) in within.iter_mut().zip(&spans) {
                *count += usize::from(span.contains(&after));
            }
        }
        Ok(())
    })
    .await?;
    let orphans = db.count_where(tables::JOB, queue::waits_outside()).await?;
    let blocked = credential_check::count_blocked(db).await?;
    let [today, tomorrow, week, month] = within;
    let json = json!({"comprehensive_queue_metrics": {
        "total_jobs_in_queue": total,
        "orphaned_jobs": orphans,
        "blocked_jobs": blocked,
        "unique_applications": apps.len(),
        "unique_companies": companies.len(),
        "unique_runtemplates": runtemplates.len(),
        "schedule_breakdown": {
            "overdue_jobs": overdue,
            "jobs_today": today,
            "jobs_tomorrow": tomorrow,
            "jobs_this_week": week,
            "jobs_this_month": month,
        },
    }});
    // The labels are the suite's.
    let text = format!(
        "Total jobs in queue: {total}\nOrphaned jobs: {orphans}\nBlocked jobs: {blocked}\nUnique applications: {}\n\
         Unique companies: {}\nUnique runtemplates: {}\nOverdue jobs (before today): {overdue}\n\
         Jobs scheduled for today: {today}\nJobs scheduled for tomorrow: {tomorrow}\nJobs within next 7 days: {week}\n\
         Jobs within next 30 days: {month}",
        apps.len(),
        companies.len(),
        runtemplates.len()
    );
    Ok(Outcome::Report { text, json })
}
