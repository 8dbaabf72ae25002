//! The run file of the job that this process runs, and what an earlier runner noted there.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use chrono_tz::Tz;
use tokio::time::Instant;

use crate::db::{Db, Fingerprint};
use crate::error::{Error, Result};
use crate::executor::{self, EarlierRun, LastPod};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::model::{Job, JobState};
use crate::job::recovery::leftovers::JobLeftovers;
use crate::job::recovery::resolution::{self, Fate};
use crate::job::recovery::spill_file::{SpillFile, SpillState};
use crate::job::recovery::{crashed, spill_load};
use crate::job::run::claim::Claim;
use crate::job::run::lease::{self, Lease};
use crate::job::run::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::task::RetryContext;
use crate::output::Printer;
use crate::state::run_file::{DeadRun, Progress, RunFile};

/// After a claim, how long another process that wanted the job may take to learn that it came too late.
const PATIENCE: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A job's run file, taken before the job is claimed. One whose runner died is brought to its end first.
pub struct HeldRunFile {
    database: Fingerprint,
    file: Option<RunFile>,
    /// Another process had it when it was to be taken: one that was about to claim the job, too.
    is_busy: bool,
    left: Option<DeadRun>,
    runner: Option<i64>,
    /// The unfinished recovery file of an earlier runner.
    half: Option<SpillFile>,
    /// The pod that was asked for last, by its record. None stands there of what began on a machine.
    pod: LastPod,
    /// The earlier runner is known to be dead: it will not make a pod any more.
    is_dead: bool,
}

fn warn_untracked(printer: &Printer, id: JobId, cause: &io::Error) {
    printer.note(&format!(
        "warning: no file can be kept about job {id} ({cause}): if this process is killed, it will not be known whether the program \
         had begun"
    ));
}

impl HeldRunFile {
    /// Takes the job's run file before the claim, and learns what earlier runners left.
    ///
    /// Of a job whose lease lapsed it `looks_twice`, unless that was done already.
    ///
    /// # Errors
    /// The job had begun already, and has ended by that; or there is no place that is this user's alone, where it could be
    /// noted how far the job has come.
    pub async fn take(
        db: &mut Db,
        retry: &RetryContext,
        facts: &Job,
        database: &Fingerprint,
        printer: &Printer,
        looks_twice: bool,
    ) -> Result<HeldRunFile> {
        let id = facts.id;
        let mut unfinished = match facts.state {
            JobState::Running => runner::unfinished_job(db, id).await?,
            JobState::Waiting | JobState::Ended(_) => None,
        };
        if looks_twice && unfinished.as_ref().is_some_and(|job| job.has_lapsed() && !job.is_released()) {
            tokio::time::sleep(lease::second_look()).await;
            unfinished = runner::unfinished_job(db, id).await?;
        }
        let mut half = None;
        let of_cluster = unfinished.as_ref().filter(|job| job.is_kubernetes());
        let pod = of_cluster.map_or(LastPod::Unknown, UnfinishedJob::last_pod);
        let is_dead = unfinished.as_ref().is_some_and(|job| job.place() == RunnerPlace::Gone);
        if let Some(job) = unfinished.as_ref().filter(|job| job.has_lapsed() && !job.is_kubernetes()) {
            crashed::resolve(db, retry, job.id).await?.refuse_ended(id)?;
        }
        if let Some(job) = unfinished.filter(|job| job.place() == RunnerPlace::Gone) {
            match crashed::find_spill_file(db, &job)? {
                SpillState::Partial(file) if job.is_kubernetes() => half = Some(file),
                SpillState::Missing if job.is_kubernetes() => {}
                _ => crashed::resolve(db, retry, id).await?.refuse_ended(id)?,
            }
        }
        let mut is_busy = false;
        let (file, left) = match RunFile::take(database, id) {
            Ok(Some((file, left))) => (Some(file), left),
            // Its runner has it, or somebody who wants to be that: the claim will tell.
            Ok(None) => {
                is_busy = true;
                (None, None)
            }
            // Of a job in Kubernetes its pod tells the same.
            Err(_) if facts.is_kubernetes() => (None, None),
            // Not a full disk: no folder belongs to this user alone.
            Err(cause) if cause.kind() == io::ErrorKind::Other => {
                return Err(Error::refused(format!(
                    "job {id} is not run, since what is to be known of it if this process is killed has no safe place"
                ))
                .because(cause)
                .hint(
                    "Set XDG_STATE_HOME to a folder of this user's; a systemd unit may say StateDirectory=multiflexi",
                ));
            }
            Err(cause) => {
                warn_untracked(printer, id, &cause);
                (RunFile::in_memory(database, id).ok(), None)
            }
        };
        Ok(HeldRunFile { database: database.clone(), file, is_busy, left, runner: facts.pid, half, pod, is_dead })
    }

    /// Takes an operator's word (`--take-over`) that the earlier runner is dead, though nothing on this machine shows it.
    pub fn believe_dead(&mut self, is_dead: bool) {
        self.is_dead |= is_dead;
    }

    /// Call right before the claim: the note names this process, and is believed only once the claim does too.
    ///
    /// What is known of an earlier runner stays until then.
    pub fn note(&self, job: &Job, printer: &Printer) {
        if let Some(file) = &self.file
            && let Err(cause) = file.offer(&self.progress())
        {
            // Nothing will be known of this process; what is known of an earlier one stays.
            let _ = file.refused();
            // Of a job in Kubernetes its pod tells the same.
            if !job.is_kubernetes() {
                warn_untracked(printer, job.id, &cause);
            }
        }
    }

    /// Call once the claim stands: takes the file that another process had, who wanted the job, too.
    ///
    /// If the other process keeps it, we go on without a run file.
    pub async fn take_again(&mut self, job: &Job, printer: &Printer) {
        if !std::mem::take(&mut self.is_busy) {
            return;
        }
        let until = Instant::now() + PATIENCE;
        let cause = loop {
            match RunFile::take(&self.database, job.id) {
                Ok(Some((file, left))) => {
                    (self.file, self.left) = (Some(file), left);
                    break None;
                }
                Ok(None) if Instant::now() < until => tokio::time::sleep(PAUSE).await,
                Ok(None) => break Some(io::Error::other("another process has it and does not let go of it")),
                Err(cause) => break Some(cause),
            }
        };
        // Of a job in Kubernetes its pod tells the same.
        if let Some(cause) = cause.filter(|_| !job.is_kubernetes()) {
            warn_untracked(printer, job.id, &cause);
            self.file = RunFile::in_memory(&self.database, job.id).ok();
        }
        self.note(job, printer);
    }

    fn progress(&self) -> Progress {
        if self.may_have_run() { Progress::Started } else { Progress::Claimed }
    }

    /// The runner that had the job before may have let the program go.
    fn may_have_run(&self) -> bool {
        self.runner.is_some()
            && self.pod != LastPod::None
            && resolution::judge(self.left.as_ref(), self.runner) != Fate::Requeue
    }

    /// The claim failed. Where that is not certain, what it noted stays. Returns what a runner left that died after the job ended.
    pub fn refused(self, error: &Error, facts: &Job) -> Option<JobLeftovers> {
        let file = self.file?;
        if error.may_pass() {
            return None;
        }
        let _ = file.refused();
        match self.left {
            Some(left) if facts.exit_code().is_some() => {
                JobLeftovers::from_run_file(facts.clone(), self.database, file, left)
            }
            None => {
                file.remove();
                None
            }
            _ => None,
        }
    }

    /// The claim succeeded: tells the executor of the file, and of an earlier runner.
    ///
    /// Returns the signal that told that runner to end the job, where it died before it had.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn hand_over(
        mut self,
        db: &mut Db,
        zone: Tz,
        (claim, lease): (Claim, &Lease),
        job: &mut executor::Job,
    ) -> Result<Option<i32>> {
        if claim == Claim::Resumed {
            // As it stood when the claim came to stand: its runner may have gone on since the job was read.
            self.pod = lease.last_pod();
        }
        let may_have_run = self.may_have_run();
        let place = self.pod.place().cloned();
        if let Some(file) = &self.file {
            // Where that cannot be noted, our own record stands beside the other one, and is the one that is believed.
            let _ = file.claimed(&self.progress());
        }
        if let (Claim::Resumed, Some(file)) = (claim, &self.half) {
            // The pod tells all of it again if it is still there; else that is all there is.
            spill_load::load_what_there_is(db, zone, file, job.id).await?;
            file.put_aside();
        }
        let mut interrupted_by = None;
        if claim == Claim::Resumed {
            match self.left.as_ref().and_then(|left| left.progress(self.runner)) {
                Some(Progress::Ended(code, _)) => job.pods.known_code = Some(code),
                Some(Progress::Cancelled(signal)) => interrupted_by = Some(signal),
                _ => {}
            }
        }
        let is_cancelled = claim == Claim::Resumed && cancel::requested(db, job.id).await?.is_some();
        if is_cancelled {
            // The cancel request ends it, and not the signal that its runner was sent.
            interrupted_by = None;
        }
        job.pods.earlier = match claim {
            Claim::Fresh { .. } => EarlierRun::Nothing,
            // What its runner had begun to end is ended, and not waited for.
            Claim::Resumed if is_cancelled || interrupted_by.is_some() => EarlierRun::End { place },
            Claim::Resumed => {
                EarlierRun::Finish { may_have_run, last: if self.is_dead { LastPod::None } else { self.pod }, place }
            }
        };
        job.run_file = self.file.map(Rc::new);
        Ok(interrupted_by)
    }
}
