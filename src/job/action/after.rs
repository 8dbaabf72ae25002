//! What the actions after a job are given.

use crate::executor::{self, Ended};
use crate::id::JobId;
use crate::job::create::Settings;
use crate::job::model::Job;

/// What actions are given.
pub struct After<'a> {
    pub settings: &'a Settings,
    pub zone: chrono_tz::Tz,
    /// The job's row, as it was before it began.
    pub job: &'a Job,
    /// What the executor was told of it.
    pub told: &'a executor::Job,
    pub ended: &'a Ended,
}

impl After<'_> {
    /// The job's id.
    pub fn id(&self) -> JobId {
        self.told.id
    }
}
