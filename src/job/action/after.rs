//! What the actions after a job are given.

use crate::executor::{self, Ended};
use crate::id::JobId;
use crate::job::create::CreateSettings;
use crate::job::model::Job;
use crate::secret::Redactor;

/// What actions are given.
pub struct After<'a> {
    pub settings: &'a CreateSettings,
    pub zone: chrono_tz::Tz,
    /// The job's row, as it was before it began.
    pub job: &'a Job,
    /// The same job as the executor was given it.
    pub executor_job: &'a executor::Job,
    pub ended: &'a Ended,
    /// Takes the job's secrets out of what is said of its actions: a command of the action's may print them.
    pub redactor: &'a Redactor,
}

impl After<'_> {
    /// The job's id.
    pub fn id(&self) -> JobId {
        self.executor_job.id
    }
}
