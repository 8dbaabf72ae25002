//! What a job waits for, and why it waits although its moment has come.

use crate::clock::Clock;
use crate::db::{Db, Row};
use crate::error::Result;
use crate::executor::ExecutorName;
use crate::id::{JobId, RunTemplateId};
use crate::job::credential_check::{self, BlockedJob};
use crate::job::model::{Wait, executor_name};
use crate::job::queue::IS_QUEUED;
use crate::job::queue::requeue;
use crate::job::runner::overlap::{self, RunningJob, RunningJobs};

/// What one job waits for, and all that is known of why it has not begun.
pub struct WaitReason {
    job: JobId,
    wait: Wait,
    /// The credential that it lacks.
    blocked: Option<BlockedJob>,
    /// Another job of its runtemplate.
    running: Option<RunningJob>,
    /// Why it could not be begun so far: code and sentence.
    last_try: Option<String>,
}

impl WaitReason {
    /// Looks for what keeps a job that waits so; `last_try` is why it could not be begun so far.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn read(
        db: &mut Db,
        job: JobId,
        runtemplate: Option<RunTemplateId>,
        wait: Wait,
        last_try: Option<String>,
        clock: Clock,
    ) -> Result<WaitReason> {
        let blocked = match wait {
            Wait::Outside => credential_check::find_blocked(db, job).await?,
            Wait::Until(_) | Wait::Queued(_) => None,
        };
        let running = match (wait, runtemplate) {
            (Wait::Queued(_), Some(runtemplate)) => overlap::find(db, runtemplate, job, clock.now).await?,
            _ => None,
        };
        Ok(WaitReason { job, wait, blocked, running, last_try })
    }

    /// As a sentence: `job 5 waits in the queue since ...`.
    pub fn sentence(&self, clock: Clock) -> String {
        let verb = match self.wait {
            Wait::Until(_) | Wait::Queued(_) => "waits ",
            Wait::Outside => "",
        };
        format!("job {} {verb}{}", self.job, self.text(clock))
    }

    /// What it waits for, where `waits` is told already: `in the queue since ...`.
    pub fn text(&self, clock: Clock) -> String {
        let id = self.job;
        let mut text = match (self.wait, &self.blocked) {
            (Wait::Until(moment), _) => format!("for its moment at {moment} ({})", clock.until(moment)),
            (Wait::Queued(since), _) => format!("in the queue since {since} ({})", clock.relative(since)),
            (Wait::Outside, Some(blocked)) => format!("is blocked: {}. {}", blocked.reason, blocked.remedy()),
            (Wait::Outside, None) => {
                format!("stands in no queue: `multiflexi-cli job run --id={id} --unqueued` runs it")
            }
        };
        if let Some(running) = &self.running {
            text.push_str(&format!("; job {} of the same runtemplate is running {}", running.job, running.message));
        }
        if let Some(reason) = &self.last_try {
            text.push_str(&format!("; it could not be begun so far: {reason}"));
        }
        text
    }
}

/// Why the job of a row waits; None where nothing but time keeps it.
///
/// The row has its executor, its runtemplate, its moment, what blocks it and, where it may be in no queue,
/// [`IS_QUEUED`]; `tries` is the record of earlier attempts that failed.
pub fn why(row: &Row, tries: Option<&str>, running: &RunningJobs, clock: Clock) -> Option<String> {
    if let Some(reason) = row.filled("block_reason") {
        return Some(format!("blocked: {reason}"));
    }
    if row.int(IS_QUEUED) == Some(0) {
        return Some("in no queue".into());
    }
    if let ExecutorName::Foreign(name) = executor_name(row) {
        return Some(format!("this tool does not run jobs for {name}; the suite's executor does"));
    }
    let is_due = row.time("schedule").is_none_or(|moment| moment <= clock.now);
    let other = row.int("runtemplate_id").and_then(|id| running.get(&RunTemplateId(id))).filter(|_| is_due);
    if let Some(other) = other {
        return Some(format!("job {other} of the same runtemplate runs"));
    }
    requeue::reason_of(tries?)
}
