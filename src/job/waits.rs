//! Why a job waits although its moment has come, for listings.

use crate::clock::Clock;
use crate::db::Row;
use crate::executor;
use crate::id::RunTemplateId;
use crate::job::run::overlap::RunningJobs;
use crate::job::run::requeue;

/// Why the job of a row waits, which has its executor, its runtemplate, its moment and what blocks it; `tries` is what is kept of those
/// that were in vain. None where nothing but time keeps it.
pub fn why(row: &Row, tries: Option<&str>, running: &RunningJobs, clock: Clock) -> Option<String> {
    if let Some(reason) = row.filled("block_reason") {
        return Some(format!("blocked: {reason}"));
    }
    if let Some(name) = row.filled("executor").filter(|name| !executor::is_ours(name)) {
        return Some(executor::foreign(&name));
    }
    let is_due = row.time("schedule").is_none_or(|moment| moment <= clock.now);
    let other = row.int("runtemplate_id").and_then(|id| running.get(&RunTemplateId(id))).filter(|_| is_due);
    if let Some(other) = other {
        return Some(format!("job {other} of the same runtemplate runs"));
    }
    requeue::reason_of(tries?)
}
