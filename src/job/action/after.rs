//! What the actions after a job are given.

use crate::db::Row;
use crate::executor::{Ended, Job};
use crate::job::create::Settings;

/// What actions are given.
pub struct After<'a> {
    pub settings: &'a Settings,
    pub zone: chrono_tz::Tz,
    /// The job's row, as it was before it began.
    pub job: &'a Row,
    /// What the executor was told of it.
    pub told: &'a Job,
    pub ended: &'a Ended,
}

impl After<'_> {
    /// The job's id.
    pub fn id(&self) -> i64 {
        self.told.id
    }
}
