//! Which jobs nobody runs any more.

use std::collections::HashSet;

use chrono::NaiveDateTime;

use crate::db::{Db, Fingerprint, LockWaits};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::job::hints;
use crate::job::recovery::crashed::resolve::{find_recovery_file, resolve};
use crate::job::recovery::leftovers::{self, JobLeftovers};
use crate::job::recovery::recovery_file::RecoveryFileState;
use crate::job::recovery::resolution::Resolution;
use crate::job::recovery::superseded;
use crate::job::runner::overlap;
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::task::RetryContext;
use crate::state::run_file;

/// Jobs that nobody runs any more, the oldest first.
#[derive(Default)]
pub struct LostJobs {
    /// Their pods know how they ended: whoever runs them again fetches it.
    pub in_kubernetes: Vec<UnfinishedJob>,
    pub others: Vec<UnfinishedJob>,
    /// Their leases lapsed. Their runners may be about to renew them: to be looked at again.
    pub lapsed: Vec<UnfinishedJob>,
    /// It cannot be told what became of these, and why.
    pub unknown: Vec<(JobId, Error)>,
    /// The free run files of jobs that ended or wait: their runner died before the claim, or after all was saved.
    settled: Vec<(Fingerprint, JobId)>,
}

/// What became of a lost job.
pub enum LostReport<'a> {
    /// Its pod knows how it ended: whoever runs it again fetches that.
    InKubernetes(&'a UnfinishedJob),
    /// It ended, or waits again, and how that came in a sentence.
    Ended(&'a UnfinishedJob, Resolution, String),
    /// It cannot be brought to its end, and stays as it is.
    Unmended(JobId, Error),
    /// Its recovery file came too late, and what became of that in a sentence.
    Superseded(JobId, String),
    /// It had ended; what its runner left is removed, or stays where that is an error.
    Leftovers(JobId, Result<String, String>),
}

impl LostJobs {
    /// Leaves out all but this job.
    pub fn keep_only(&mut self, job: JobId) {
        self.in_kubernetes.retain(|it| it.id == job);
        self.others.retain(|it| it.id == job);
        self.lapsed.retain(|it| it.id == job);
        self.unknown.retain(|(id, _)| *id == job);
        self.settled.retain(|(_, id)| *id == job);
    }

    /// Ends the jobs whose result no pod holds, and removes what runners left of jobs that had ended.
    ///
    /// Each in a transaction of its own. `report` is told what became of each.
    ///
    /// # Errors
    /// The database cannot be asked. The jobs that were ended before that stay ended.
    pub async fn end(
        mut self,
        db: &mut Db,
        retry: &RetryContext,
        mut report: impl FnMut(LostReport<'_>),
    ) -> Result<()> {
        for (id, error) in std::mem::take(&mut self.unknown) {
            report(LostReport::Unmended(id, error));
        }
        for job in &self.in_kubernetes {
            report(LostReport::InKubernetes(job));
        }
        let mut lock_waits = LockWaits::default();
        for job in &self.others {
            match resolve(db, retry, job.id).await {
                Ok(resolution) => {
                    if let Some(message) = resolution.message() {
                        report(LostReport::Ended(job, resolution, message));
                    }
                }
                Err(error) if error.may_pass() && !(error.is_locked() && lock_waits.goes_on_after()) => {
                    return Err(error.within(format!("job {} cannot be ended, whose runner died", job.id)));
                }
                // Those that wait must not wait for that.
                Err(error) => report(LostReport::Unmended(job.id, error)),
            }
        }
        for file in superseded::find(db).await? {
            let job = file.job;
            match file.put_aside(db, retry.zone).await {
                Err(error) if error.may_pass() && !(error.is_locked() && lock_waits.goes_on_after()) => {
                    return Err(error);
                }
                told => report(LostReport::Superseded(job, told.unwrap_or_else(|error| error.line()))),
            }
        }
        let remains = self.remains(db).await?;
        leftovers::settle(db, retry.zone, remains, |job, message| report(LostReport::Leftovers(job, message))).await
    }

    /// The leftovers of jobs that ended although their runner died. Run files of jobs that have none are removed.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn remains(&mut self, db: &mut Db) -> Result<Vec<JobLeftovers>> {
        leftovers::find(db, std::mem::take(&mut self.settled)).await
    }
}

/// Finds the jobs that nobody runs any more, sorted by what is to become of each.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db, now: NaiveDateTime) -> Result<LostJobs> {
    // Before the jobs are looked at: what is claimed after that has its file still.
    let files = run_file::without_runner().unwrap_or_else(|cause| {
        // Jobs in a cluster need no such folder, so that it is no error; but what runners left beside it is not seen.
        tracing::warn!(%cause, "the run files of this user cannot be looked at");
        Vec::new()
    });
    let mut lost = LostJobs::default();
    let mut unfinished = HashSet::new();
    for job in runner::unfinished_jobs(db, None).await?.into_iter().rev() {
        unfinished.insert(job.id);
        match job.place() {
            // Its runner has let go of it, and is not going to renew its lease.
            RunnerPlace::Lapsed(_) if job.is_released() => lost.in_kubernetes.push(job),
            RunnerPlace::Lapsed(_) => lost.lapsed.push(job),
            RunnerPlace::Gone => match has_result(db, &job) {
                Ok(false) if job.is_kubernetes() => lost.in_kubernetes.push(job),
                Ok(_) => lost.others.push(job),
                Err(error) => lost.unknown.push((job.id, error)),
            },
            RunnerPlace::Damaged(_) => lost.unknown.extend(job.recorded(db).err().map(|error| (job.id, error))),
            RunnerPlace::Unknown if overlap::is_forgotten(&job, now) => lost.unknown.push((job.id, forgotten(&job))),
            RunnerPlace::Here(_) | RunnerPlace::Elsewhere(_) | RunnerPlace::Unknown => {}
        }
    }
    lost.settled = files.into_iter().filter(|(_, id)| !unfinished.contains(id)).collect();
    Ok(lost)
}

/// Whoever ran it left no word of it: whether it is to be given up is for a person to say.
fn forgotten(job: &UnfinishedJob) -> Error {
    let UnfinishedJob { id, began, .. } = job;
    let began = match job.begin {
        Some(_) => format!("at {began}"),
        // MariaDB's zero is none.
        None if began.is_empty() => "at an empty or zero date, which is no time,".to_owned(),
        None => format!("at {began:?}, which is no time,"),
    };
    Error::refused(format!(
        "it began {began} and did not end; the suite's executor or an older version of this tool ran it, and a schedule that waits for it does not go on"
    ))
    .hint(format!("If nobody runs it any more, {}", hints::force_delete(*id)))
}

/// Looks again at jobs whose lease had lapsed; those whose runner has not renewed it by now are lost.
///
/// [`second_look`](crate::job::runner::lease::second_look) later than the first time.
///
/// # Errors
/// The database cannot be asked.
pub async fn find_again(db: &mut Db, lapsed: &[UnfinishedJob]) -> Result<LostJobs> {
    let mut lost = LostJobs::default();
    for job in runner::unfinished_jobs(db, None).await?.into_iter().rev() {
        let is_same = |it: &UnfinishedJob| it.id == job.id && it.record() == job.record();
        if job.has_lapsed() && lapsed.iter().any(is_same) {
            if job.is_kubernetes() { &mut lost.in_kubernetes } else { &mut lost.others }.push(job);
        }
    }
    Ok(lost)
}

/// Did the runner of a job write its result to a recovery file, so that its pod has nothing more to tell?
fn has_result(db: &Db, job: &UnfinishedJob) -> Result<bool> {
    Ok(matches!(find_recovery_file(db, job)?, RecoveryFileState::Whole(_)))
}

/// How a job stands that began and did not end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunnerState {
    /// Its runner may live, or it has just ended.
    Runs,
    /// Its runner died, and its pod knows how it ended.
    InPod,
    /// Its runner died, and there is nothing to be waited for.
    Lost,
}

/// Says who is responsible for a job that began and has not ended.
///
/// # Errors
/// What its runner left cannot be looked at, or the database cannot be asked.
pub async fn runner_state(db: &mut Db, id: JobId) -> Result<RunnerState> {
    let Some(job) = runner::unfinished_job(db, id).await? else { return Ok(RunnerState::Runs) };
    match job.place() {
        RunnerPlace::Gone if job.is_kubernetes() && !has_result(db, &job)? => Ok(RunnerState::InPod),
        RunnerPlace::Lapsed(_) if job.is_kubernetes() => Ok(RunnerState::InPod),
        RunnerPlace::Gone | RunnerPlace::Lapsed(_) => Ok(RunnerState::Lost),
        RunnerPlace::Damaged(_) => job.recorded(db).map(|_| RunnerState::Runs),
        RunnerPlace::Here(_) | RunnerPlace::Elsewhere(_) | RunnerPlace::Unknown => Ok(RunnerState::Runs),
    }
}
