//! The run file of the job that this process runs, and what an earlier runner noted there.
//!
//! Before the claim it is a [`HeldRunFile`]. With our own note in it, it is an [`OfferedRunFile`], which the claim turns into what the
//! executor is told ([`Handover`]), or into what is left to be removed.

use std::io;
use std::rc::Rc;
use std::time::Duration;

use chrono_tz::Tz;
use tokio::time::Instant;

use crate::db::{Db, Fingerprint};
use crate::error::{Error, Result};
use crate::executor::{EarlierRun, KnownEnd, LastPod};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::model::{Job, JobState};
use crate::job::recovery::leftovers::JobLeftovers;
use crate::job::recovery::recovery_file::{NOT_WHOLE, RecoveryFile, RecoveryFileState};
use crate::job::recovery::resolution::{self, Fate};
use crate::job::recovery::{crashed, recovery_load};
use crate::job::run::claim::{Claim, ClaimKind};
use crate::job::run::execute::RunContext;
use crate::job::run::options::{Options, TakeOver};
use crate::job::runner::{self, RunnerPlace, UnfinishedJob, lease};
use crate::job::task::RetryContext;
use crate::output::Printer;
use crate::state::run_file::{DeadRun, Offer, Progress, RunFile};

/// After a claim, how long another process that wanted the job may take to learn that it came too late.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// A job's run file, taken before the job is claimed. One whose runner died is brought to its end first.
pub struct HeldRunFile<'a> {
    subject: Subject<'a>,
    hold: Hold<RunFile>,
    earlier: EarlierRunner,
}

/// A run file with a note of this process, which is believed only once the claim names this process too.
///
/// What is known of an earlier runner stays until then.
pub struct OfferedRunFile<'a> {
    subject: Subject<'a>,
    hold: Hold<Offer>,
    earlier: EarlierRunner,
}

/// What an executor is told of the run file, and of an earlier runner.
pub struct Handover {
    pub run_file: Option<Rc<RunFile>>,
    pub earlier: EarlierRun,
    pub known_end: Option<KnownEnd>,
    /// The signal by which an earlier runner was told to end the program.
    pub interrupted_by: Option<i32>,
}

/// Have we the run file?
enum Hold<F> {
    Ours(F),
    /// Another process had it when it was to be taken: its runner, or one that was about to claim the job, too.
    Busy,
    /// None can be kept.
    Missing,
}

impl<F> From<Option<F>> for Hold<F> {
    fn from(file: Option<F>) -> Hold<F> {
        file.map_or(Hold::Missing, Hold::Ours)
    }
}

/// The job that a run file is of.
struct Subject<'a> {
    job: JobId,
    is_kubernetes: bool,
    database: Fingerprint,
    printer: &'a Printer,
}

impl Subject<'_> {
    /// Of a job in Kubernetes its pod tells the same.
    fn warn_untracked(&self, cause: &io::Error) {
        if !self.is_kubernetes {
            self.printer.note(&format!(
                "warning: no file can be kept about job {} ({cause}): if this process is killed, it will not be known whether the \
                 program had begun",
                self.job
            ));
        }
    }

    /// Takes the file.
    ///
    /// # Errors
    /// No folder belongs to this user alone, and nothing else would tell how far the job has come.
    fn take(&self) -> Result<Hold<RunFile>> {
        match RunFile::take(&self.database, self.job) {
            Ok(Some(file)) => Ok(Hold::Ours(file)),
            // The claim will tell.
            Ok(None) => Ok(Hold::Busy),
            // Not a full disk.
            Err(cause) if !self.is_kubernetes && cause.kind() == io::ErrorKind::Other => Err(Error::refused(format!(
                "job {} is not run, since what is to be known of it if this process is killed has no safe place",
                self.job
            ))
            .because(cause)
            .hint("Set XDG_STATE_HOME to a folder of this user's; a systemd unit may say StateDirectory=multiflexi")),
            Err(cause) => {
                self.warn_untracked(&cause);
                Ok(self.in_memory().into())
            }
        }
    }

    /// A run file in memory, where none can be kept.
    fn in_memory(&self) -> Option<RunFile> {
        if self.is_kubernetes { None } else { RunFile::in_memory(&self.database, self.job).ok() }
    }

    fn offer(&self, file: RunFile, earlier: &EarlierRunner) -> Offer {
        let (offer, noted) = file.offer(&earlier.progress());
        if let Err(cause) = noted {
            // Nothing will be known of this process; what is known of an earlier one stays.
            self.warn_untracked(&cause);
        }
        offer
    }

    /// Takes the file that another process had, who wanted the job too.
    ///
    /// If the other process keeps it, we go on without one.
    async fn take_again(&self) -> Option<RunFile> {
        let until = Instant::now() + LOCK_TIMEOUT;
        let cause = loop {
            match RunFile::take(&self.database, self.job) {
                Ok(Some(file)) => return Some(file),
                Ok(None) if Instant::now() < until => tokio::time::sleep(PAUSE).await,
                Ok(None) => break io::Error::other("another process has it and does not let go of it"),
                Err(cause) => break cause,
            }
        };
        self.warn_untracked(&cause);
        self.in_memory()
    }
}

/// What is known of the runner that had the job before.
struct EarlierRunner {
    /// The number of its process; None where nobody had the job.
    process: Option<i64>,
    left: Option<DeadRun>,
    /// Its unfinished recovery file.
    partial: Option<RecoveryFile>,
    /// The job as it was looked at, if it had begun.
    seen: Option<UnfinishedJob>,
    /// The pod that was asked for last, by its record. None stands there of what began on a machine.
    pod: LastPod,
    /// It is known to be dead: it will not make a pod any more.
    is_dead: bool,
}

impl EarlierRunner {
    /// May it have let the program go?
    fn may_have_begun(&self) -> bool {
        self.process.is_some()
            && self.pod != LastPod::None
            && resolution::judge(self.left.as_ref(), self.process) != Fate::Requeue
    }

    /// How far the job has come as soon as it is ours.
    fn progress(&self) -> Progress {
        if self.may_have_begun() { Progress::Started } else { Progress::Claimed }
    }
}

/// The job as its earlier runner left it, if it is running. One whose lease lapsed is looked at twice.
async fn unfinished_job(db: &mut Db, job: &Job, options: &Options) -> Result<Option<UnfinishedJob>> {
    if job.state != JobState::Running {
        return Ok(None);
    }
    let unfinished = runner::unfinished_job(db, job.id).await?;
    // `queue run` has looked twice by now, and whoever says that the runner is dead, or silent, need not wait.
    let looks_twice = !options.is_queue_run() && options.take_over == TakeOver::DeadOnly;
    if looks_twice && unfinished.as_ref().is_some_and(|job| job.has_lapsed() && !job.is_released()) {
        tokio::time::sleep(lease::second_look()).await;
        return runner::unfinished_job(db, job.id).await;
    }
    Ok(unfinished)
}

/// Brings a job to its end whose runner died, but for one whose pod tells the rest. Gives the unfinished recovery file of that one.
///
/// # Errors
/// It has ended by that, or the database cannot be asked.
async fn end_earlier(db: &mut Db, retry: &RetryContext, job: &UnfinishedJob) -> Result<Option<RecoveryFile>> {
    if job.has_lapsed() && !job.is_kubernetes() {
        crashed::resolve(db, retry, job.id).await?.refuse_ended(job.id)?;
    }
    if job.place() != RunnerPlace::Gone {
        return Ok(None);
    }
    match crashed::find_recovery_file(db, job)? {
        RecoveryFileState::Partial(file) if job.is_kubernetes() => Ok(Some(file)),
        RecoveryFileState::Missing if job.is_kubernetes() => Ok(None),
        _ => crashed::resolve(db, retry, job.id).await?.refuse_ended(job.id).map(|()| None),
    }
}

impl<'a> HeldRunFile<'a> {
    /// Takes the job's run file before the claim, and learns what earlier runners left.
    ///
    /// A job whose lease lapsed is looked at twice, unless that was done already, or an operator says that its runner is dead.
    ///
    /// # Errors
    /// The job had begun already, and has ended by that; or there is no place that is this user's alone, where it could be
    /// noted how far the job has come.
    pub async fn take(
        db: &mut Db,
        context: &RunContext<'a>,
        job: &Job,
        database: Fingerprint,
    ) -> Result<HeldRunFile<'a>> {
        let take_over = context.options.take_over;
        let unfinished = unfinished_job(db, job, context.options).await?;
        let of_cluster = unfinished.as_ref().filter(|job| job.is_kubernetes());
        let pod = of_cluster.map_or(LastPod::Unknown, UnfinishedJob::last_pod);
        let is_gone = unfinished.as_ref().is_some_and(|job| job.place() == RunnerPlace::Gone);
        let partial = match &unfinished {
            Some(unfinished) => end_earlier(db, &context.retry, unfinished).await?,
            None => None,
        };
        let subject = Subject { job: job.id, is_kubernetes: job.is_kubernetes(), database, printer: context.printer };
        let hold = subject.take()?;
        let left = match &hold {
            Hold::Ours(file) => file.left().cloned(),
            Hold::Busy | Hold::Missing => None,
        };
        // That may be an operator's word, though nothing on this machine shows it.
        let is_dead = is_gone || take_over == TakeOver::OfLostMachine;
        let earlier = EarlierRunner { process: job.pid, left, partial, seen: unfinished, pod, is_dead };
        Ok(HeldRunFile { subject, hold, earlier })
    }

    /// Notes in it, right before the claim, how far the job will have come by that.
    pub fn offer(self) -> OfferedRunFile<'a> {
        let HeldRunFile { subject, hold, earlier } = self;
        let hold = match hold {
            Hold::Ours(file) => Hold::Ours(subject.offer(file, &earlier)),
            Hold::Busy => Hold::Busy,
            Hold::Missing => Hold::Missing,
        };
        OfferedRunFile { subject, hold, earlier }
    }
}

impl OfferedRunFile<'_> {
    /// The job as it was looked at, if it had begun: the claim holds it to that.
    pub fn seen(&self) -> Option<&UnfinishedJob> {
        self.earlier.seen.as_ref()
    }

    /// The claim failed. Where that is not certain, what it noted stays. Returns what a runner left that died after the job ended.
    pub fn refused(self, error: &Error, job: &Job) -> Option<JobLeftovers> {
        let Hold::Ours(offer) = self.hold else { return None };
        if error.may_pass() {
            return None;
        }
        let file = offer.refused();
        // What is left of a job that has not ended stays.
        let is_in_use = file.left().is_some() && job.exit_code().is_none();
        if is_in_use { None } else { JobLeftovers::from_run_file(job.clone(), self.subject.database, file) }
    }

    /// The claim stands: our note takes the place of what earlier runners left.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn claimed(self, db: &mut Db, zone: Tz, claim: &Claim) -> Result<Handover> {
        let OfferedRunFile { subject, hold, mut earlier } = self;
        let offer = match hold {
            Hold::Ours(offer) => Some(offer),
            Hold::Missing => None,
            Hold::Busy => {
                let file = subject.take_again().await;
                earlier.left = file.as_ref().and_then(RunFile::left).cloned();
                file.map(|file| subject.offer(file, &earlier))
            }
        };
        let id = subject.job;
        let is_resumed = claim.kind == ClaimKind::Resumed;
        let progress = earlier.progress();
        let run_file = offer.map(|offer| Rc::new(offer.claimed(&progress)));
        if !is_resumed {
            return Ok(Handover { run_file, earlier: EarlierRun::Nothing, known_end: None, interrupted_by: None });
        }
        if let Some(file) = &earlier.partial {
            // The pod tells all of it again if it is still there; else that is all there is.
            recovery_load::salvage(db, zone, file, id).await?;
            let _ = file.put_aside(NOT_WHOLE);
        }
        let left = earlier.left.as_ref();
        let (known_end, signal) = match left.and_then(|left| left.progress(earlier.process)) {
            Some(Progress::Ended(exit_code)) => {
                (Some(KnownEnd { exit_code, reason: left.and_then(|left| left.reason.clone()) }), None)
            }
            Some(Progress::Cancelled(signal)) => (None, Some(signal)),
            _ => (None, None),
        };
        // A cancel request ends it, and not the signal that its runner was sent.
        let is_cancelled = cancel::requested(db, id).await?.is_some();
        let interrupted_by = signal.filter(|_| !is_cancelled);
        let may_have_run = earlier.may_have_begun();
        let place = earlier.pod.place().cloned();
        let earlier = if is_cancelled || interrupted_by.is_some() {
            // What its runner had begun to end is ended, and not waited for.
            EarlierRun::End { place }
        } else {
            EarlierRun::Finish { may_have_run, last: if earlier.is_dead { LastPod::None } else { earlier.pod }, place }
        };
        Ok(Handover { run_file, earlier, known_end, interrupted_by })
    }
}
