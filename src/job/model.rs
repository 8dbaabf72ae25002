//! What a row of the table `job` means.

use chrono::NaiveDateTime;

use crate::db::Row;

/// How far a job came. There is no column of that: it is in `begin` and `exitcode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    /// With this exit code; it may never have begun.
    Ended(i64),
}

impl JobState {
    pub fn of(job: &Row) -> JobState {
        match job.int("exitcode") {
            Some(code) => JobState::Ended(code),
            None if job.get("begin").is_null() => JobState::Waiting,
            None => JobState::Running,
        }
    }
}

/// What a job that has not begun waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For its moment.
    Until(NaiveDateTime),
    /// In the queue, since then, for somebody who runs it.
    Queued(NaiveDateTime),
    /// For somebody who runs it by hand: it stands in no queue.
    Outside,
}

impl Wait {
    /// By the moment of its row in the queue, where it has one.
    pub fn of(after: Option<NaiveDateTime>, now: NaiveDateTime) -> Wait {
        match after {
            Some(after) if after > now => Wait::Until(after),
            Some(after) => Wait::Queued(after),
            None => Wait::Outside,
        }
    }
}
