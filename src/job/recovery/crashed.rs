//! Jobs whose runner died with them on this machine. What its run file says decides what becomes of each: none is run again
//! whose program may have begun, for that is an operator's decision, or a task's next attempt.

use std::collections::HashSet;
use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use nix::sys::signal::{Signal, kill};
use tokio::time::Instant;

use crate::db::{Db, Fingerprint};
use crate::error::{Error, Result};
use crate::executor::reason::Cancellation;
use crate::executor::{self, container};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::recovery::leftovers::{self, JobLeftovers};
use crate::job::recovery::resolution::{self, Resolution};
use crate::job::recovery::spill_file::{SpillFile, SpillState};
use crate::job::recovery::spill_load;
use crate::job::run::artifacts::StorableArtifact;
use crate::job::run::lease::{Lease, LeaseDuration};
use crate::job::run::requeue::{self, Return};
use crate::job::run::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::run::runner_record::{self, Recorded};
use crate::job::run::save_result::{self, Finished, FurtherAttempt};
use crate::job::task::RetryContext;
use crate::state::run_file::{self, DeadRun, RunFile};
use crate::{clock, failpoint};

/// Between TERM and KILL, and between KILL and giving up.
const GRACE: Duration = Duration::from_secs(10);

/// Jobs that nobody runs any more, the oldest first.
#[derive(Default)]
pub struct LostJobs {
    /// Their pods know how they ended: whoever runs them again brings it home.
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
    /// Its pod knows how it ended: whoever runs it again brings that home.
    InKubernetes(&'a UnfinishedJob),
    /// It ended, or waits again, and how that came in a sentence.
    Ended(&'a UnfinishedJob, Resolution, String),
    /// It cannot be brought to its end, and stays as it is.
    Unmended(JobId, Error),
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

    /// Ends the jobs whose result no pod holds, each in a transaction of its own, and removes what their runners left of jobs that had
    /// ended. `report` is told what became of each.
    ///
    /// # Errors
    /// The database cannot be asked, or `report` failed. The jobs that were ended before that stay ended.
    pub async fn end(
        mut self,
        db: &mut Db,
        retry: &RetryContext,
        mut report: impl FnMut(LostReport<'_>) -> Result<()>,
    ) -> Result<()> {
        for (id, error) in std::mem::take(&mut self.unknown) {
            report(LostReport::Unmended(id, error))?;
        }
        for job in &self.in_kubernetes {
            report(LostReport::InKubernetes(job))?;
        }
        for job in &self.others {
            match resolve(db, retry, job.id).await {
                Ok(resolution) => {
                    if let Some(message) = resolution.message() {
                        report(LostReport::Ended(job, resolution, message))?;
                    }
                }
                Err(error) if error.may_pass() => return Err(error),
                // Those that wait must not wait for that.
                Err(error) => report(LostReport::Unmended(job.id, error))?,
            }
        }
        let remains = self.remains(db).await?;
        let mut reported = Ok(());
        leftovers::settle(db, retry.zone, remains, |job, message| {
            let last = report(LostReport::Leftovers(job, message));
            reported = std::mem::replace(&mut reported, Ok(())).and(last);
        })
        .await?;
        reported
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
pub async fn find(db: &mut Db) -> Result<LostJobs> {
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
            RunnerPlace::Lapsed(_) => lost.lapsed.push(job),
            RunnerPlace::Gone => match has_result(db, &job) {
                Ok(false) if job.is_kubernetes() => lost.in_kubernetes.push(job),
                Ok(_) => lost.others.push(job),
                Err(error) => lost.unknown.push((job.id, error)),
            },
            RunnerPlace::Damaged(_) => lost.unknown.extend(job.recorded(db).err().map(|error| (job.id, error))),
            RunnerPlace::Here(_) | RunnerPlace::Elsewhere(_) | RunnerPlace::Unknown => {}
        }
    }
    lost.settled = files.into_iter().filter(|(_, id)| !unfinished.contains(id)).collect();
    Ok(lost)
}

/// Looks again at jobs whose lease had lapsed, [`second_look`](crate::job::run::lease::second_look) later: those whose runner has not renewed it
/// by now are lost.
///
/// # Errors
/// The database cannot be asked.
pub async fn find_again(db: &mut Db, lapsed: &[UnfinishedJob]) -> Result<LostJobs> {
    let mut lost = LostJobs::default();
    for job in runner::unfinished_jobs(db, None).await?.into_iter().rev() {
        let is_same = |it: &UnfinishedJob| it.id == job.id && it.record() == job.record();
        if has_lapsed(&job) && lapsed.iter().any(is_same) {
            if job.is_kubernetes() { &mut lost.in_kubernetes } else { &mut lost.others }.push(job);
        }
    }
    Ok(lost)
}

/// Is its runner on another machine, and has not renewed its lease?
pub fn has_lapsed(job: &UnfinishedJob) -> bool {
    matches!(job.place(), RunnerPlace::Lapsed(_))
}

/// The recovery file that the runner of a job wrote, and whether it is whole.
///
/// # Errors
/// It cannot be looked for or read, or the runner's record is damaged.
pub fn find_spill_file(db: &Db, job: &UnfinishedJob) -> Result<SpillState> {
    let recorded = job.recorded(db)?;
    let Some(pid) = job.pid else { return Ok(SpillState::Missing) };
    let file = SpillFile::left_by(&recorded, job.id, pid).map_err(|cause| unreadable(job.id, &recorded, cause))?;
    file.map_or(Ok(SpillState::Missing), SpillState::read)
}

/// Did the runner of a job write its result to a recovery file, so that its pod has nothing more to tell?
fn has_result(db: &Db, job: &UnfinishedJob) -> Result<bool> {
    Ok(matches!(find_spill_file(db, job)?, SpillState::Whole(_)))
}

/// Ends, requeues or recovers a job whose runner died, and whose result no pod holds. `retry` is what the next attempt at its task is
/// made with.
///
/// # Errors
/// The database does not take it, or what is left of its program cannot be ended: then all stays as it is.
pub async fn resolve(db: &mut Db, retry: &RetryContext, id: JobId) -> Result<Resolution> {
    // What is told of it names paths and machines, and no job stays open for a character of those.
    db.replacing_unstorable(async |db| resolve_lost(db, retry, id).await).await
}

async fn resolve_lost(db: &mut Db, retry: &RetryContext, id: JobId) -> Result<Resolution> {
    let still_lost = async |db: &mut Db| {
        let job = runner::unfinished_job(db, id).await?;
        Ok::<_, Error>(job.filter(|job| job.place() == RunnerPlace::Gone || has_lapsed(job)))
    };
    let Some(job) = still_lost(db).await? else { return Ok(Resolution::EndedElsewhere) };
    if has_lapsed(&job) {
        // Neither its program nor what its runner noted is within our reach: it is not begun again.
        return close_or_requeue(db, retry, id, Resolution::Lapsed, None, &still_lost).await;
    }
    let recorded = job.recorded(db)?;
    let spilled = find_spill_file(db, &job)?;
    let taken = match end_program(db, id, &recorded, &still_lost).await? {
        ProgramEnd::Taken(file, left) => Some((file, left)),
        ProgramEnd::OthersToMend => return Ok(Resolution::EndedElsewhere),
        // Its result is there all the same.
        ProgramEnd::Unreadable(_) if matches!(spilled, SpillState::Whole(_)) => None,
        // Whether the program goes on is not known, and its result may be there.
        ProgramEnd::Unreadable(cause) => return Err(unreadable(id, &recorded, cause)),
    };
    container::leftover::remove(&job.executor, id, &recorded.database).await.map_err(|reason| {
        Error::refused(format!("the runner of job {id} died, and its container cannot be ended: {reason}"))
            .hint("Remove it by hand, and try it again")
    })?;
    let left = taken.as_ref().and_then(|(_, left)| left.as_ref());
    let judged = resolution::judge(left, job.pid);
    let resolution = match &spilled {
        SpillState::Whole(file) => {
            let (_, code) = spill_load::load(db, retry, file).await?;
            file.remove();
            Resolution::Recovered(code)
        }
        SpillState::Partial(file) => close_or_requeue(db, retry, id, judged, Some(file), &still_lost).await?,
        SpillState::Missing => close_or_requeue(db, retry, id, judged, None, &still_lost).await?,
    };
    // What was made in a cluster is swept once its job has ended.
    let is_made = left.is_some_and(|left| left.made.is_some());
    if let (Some((file, _)), false) = (taken, is_made) {
        file.remove();
    }
    Ok(resolution)
}

/// What ending what is left of a dead runner's program came to.
enum ProgramEnd {
    /// Nothing is left of it, and its run file is ours.
    Taken(RunFile, Option<DeadRun>),
    /// Somebody else mends the job, or has done so and runs it again.
    OthersToMend,
    Unreadable(std::io::Error),
}

/// Ends what is left of a dead runner's program, first by TERM and then by KILL.
async fn end_program(
    db: &mut Db,
    id: JobId,
    recorded: &Recorded,
    still_lost: &impl AsyncFn(&mut Db) -> Result<Option<UnfinishedJob>>,
) -> Result<ProgramEnd> {
    for signal in [None, Some(Signal::SIGTERM), Some(Signal::SIGKILL)] {
        match take_run_file(recorded, id, signal).await {
            Ok(Some((file, left))) => return Ok(ProgramEnd::Taken(file, left)),
            Ok(None) if still_lost(db).await?.is_none() => return Ok(ProgramEnd::OthersToMend),
            Ok(None) => {}
            Err(cause) => return Ok(ProgramEnd::Unreadable(cause)),
        }
    }
    Err(Error::refused(format!("the runner of job {id} died, and what is left of its program cannot be ended"))
        .hint("Try it as the user who ran it, or as root"))
}

/// What was loaded of a recovery file whose writer died before its last line.
struct PartialSpill<'a> {
    file: &'a SpillFile,
    artifacts: Vec<StorableArtifact>,
}

async fn close_or_requeue(
    db: &mut Db,
    retry: &RetryContext,
    id: JobId,
    fate: Resolution,
    half: Option<&SpillFile>,
    still_lost: &impl AsyncFn(&mut Db) -> Result<Option<UnfinishedJob>>,
) -> Result<Resolution> {
    let zone = retry.zone;
    let half = match half {
        Some(file) => Some(PartialSpill { file, artifacts: spill_load::load_what_there_is(db, zone, file, id).await? }),
        None => None,
    };
    let resolution = save_result::with_further_attempt(async |next| {
        db.transaction(async |db| {
            // Whoever has no part in our run files is kept out by the row's lock.
            let Some(job) = Job::lock(db, id).await? else { return Ok(Resolution::EndedElsewhere) };
            let Some(unfinished) = still_lost(db).await? else { return Ok(Resolution::EndedElsewhere) };
            if has_lapsed(&unfinished) {
                // Should its runner come back, it sees by that that the job is not its own any more.
                let (database, pod) = (unfinished.recorded(db)?.database, unfinished.last_pod());
                let ours = Lease::new(id, database, LeaseDuration::default(), pod, unfinished.claim());
                if !ours.take_over(db, unfinished.record(), clock::now(zone)).await? {
                    return Ok(Resolution::EndedElsewhere);
                }
            }
            let fate = match (fate, cancel::requested(db, id).await?) {
                // Whoever asked for that ends it, and not the signal that its runner was sent.
                (
                    Resolution::Requeued | Resolution::Unknown | Resolution::Lapsed | Resolution::Interrupted(_),
                    Some(_),
                ) => Resolution::Cancelled,
                (fate, _) => fate,
            };
            match fate.exit_code() {
                Some(code) => close(db, retry, &job, &unfinished, (fate, code), next, half.as_ref()).await?,
                None => requeue(db, retry.zone, &job).await?,
            }
            Ok(fate)
        })
        .await
    })
    .await?;
    if let (Some(half), false) = (half, resolution == Resolution::EndedElsewhere) {
        half.file.put_aside();
    }
    Ok(resolution)
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

/// Removes the run file of a job that ended without its runner. It stays for the next `queue run` where it names something in a
/// cluster that is still to be removed.
pub async fn forget_run_file(db: &mut Db, id: JobId) {
    if let Ok(recorded) = runner_record::read_record(db, id).await
        && let Ok(Some((file, left))) = RunFile::take_in(recorded.state.as_ref(), &recorded.database, id)
        && left.is_none_or(|left| left.made.is_none())
    {
        file.remove();
    }
}

/// The error where the dead runner's files, such as the run file, cannot be read.
fn unreadable(id: JobId, recorded: &Recorded, cause: std::io::Error) -> Error {
    let place = recorded
        .state
        .as_ref()
        .map_or_else(|| "the state directory ($XDG_STATE_HOME)".to_owned(), |state| state.path().display().to_string());
    let whose = Some(&recorded.user).filter(|user| !user.is_empty()).map(|user| format!(", of {user},"));
    let whose = whose.unwrap_or_default();
    Error::refused(format!(
        "the runner of job {id} died, and what it knew of the job, in {place}{whose} cannot be read; the job stays as it is"
    ))
    .because(cause)
    .hint(format!(
        "`multiflexi-cli queue fix` as the user who ran it, or as root, ends it; if that is lost for good, `multiflexi-cli job delete \
         --id={id} --force` removes the job"
    ))
}

/// Takes the run file of a job, once what is left of its program ended by this signal. None where that still holds it.
async fn take_run_file(
    recorded: &Recorded,
    id: JobId,
    signal: Option<Signal>,
) -> std::io::Result<Option<(RunFile, Option<DeadRun>)>> {
    let (state, database) = (recorded.state.as_ref(), &recorded.database);
    if let Some(signal) = signal {
        for process in run_file::heirs(state, database, id) {
            let _ = kill(process, signal);
        }
    }
    let until = Instant::now() + signal.map_or(Duration::ZERO, |_| failpoint::at_most(GRACE));
    loop {
        let taken = match RunFile::take_in(state, database, id)? {
            // Its runner had one, which was removed, or had none for want of room: this one has just been made.
            Some((file, None)) if !run_file::heirs(state, database, id).is_empty() => {
                file.remove();
                None
            }
            taken => taken,
        };
        match taken {
            None if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
            taken => return Ok(taken),
        }
    }
}

/// Puts a job back into the queue: nothing of its program has run.
async fn requeue(db: &mut Db, zone: Tz, job: &Job) -> Result<()> {
    let (id, runner) = (job.id, job.pid.map(|pid| pid.to_string()).unwrap_or_default());
    let now = clock::now(zone);
    let message =
        format!("process {runner}, which had taken this job, died before its program began; it was queued again");
    output_rows::add(db, id, kind::NOTICE, &message, now).await?;
    requeue::wait_again(db, job, now, Return::ToQueue).await
}

/// Ends a job whose program had begun, or may have. A task's next attempt is made, as after every failure.
async fn close(
    db: &mut Db,
    retry: &RetryContext,
    job: &Job,
    unfinished: &UnfinishedJob,
    (fate, exit_code): (Resolution, i32),
    next: FurtherAttempt<'_>,
    half: Option<&PartialSpill<'_>>,
) -> Result<()> {
    let (id, now) = (job.id, clock::now(retry.zone));
    if let Some(PartialSpill { file, .. }) = half {
        let message = format!(
            "the recovery file {} was not whole, for its runner did not come to the end of it: what it held of the output is \
             saved, and what came after that is lost",
            file.path.display()
        );
        output_rows::add(db, id, kind::NOTICE, &message, now).await?;
    }
    explain_end(db, job, unfinished, fate, now).await?;
    let finished = Finished {
        job: id,
        end: now,
        exit_code,
        command: &job.command,
        app_version: None,
        artifacts: half.map_or(&[], |half| &half.artifacts),
        by_runner: false,
        retry,
    };
    save_result::enter(db, job, &finished, next).await
}

/// Notes how the job came to its end.
async fn explain_end(
    db: &mut Db,
    job: &Job,
    unfinished: &UnfinishedJob,
    fate: Resolution,
    now: NaiveDateTime,
) -> Result<()> {
    let (id, runner) = (job.id, job.pid.map(|pid| pid.to_string()).unwrap_or_default());
    let unended = || format!("process {runner}, which ran this job, died before it could end it");
    match fate {
        Resolution::Ended(_) => {
            let message = format!(
                "process {runner}, which ran this job, died when the program had ended; the last of its output may be missing"
            );
            output_rows::add(db, id, kind::NOTICE, &message, now).await
        }
        Resolution::Cancelled => {
            let by = cancel::requested(db, id).await?.unwrap_or_default();
            output_rows::add(db, id, kind::NOTICE, &unended(), now).await?;
            let reason = executor::Reason::Cancelled(Cancellation::Requested(by));
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await?;
            cancel::answer(db, id).await
        }
        Resolution::Interrupted(signal) => {
            output_rows::add(db, id, kind::NOTICE, &unended(), now).await?;
            let reason = executor::Reason::Interrupted(signal);
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await
        }
        Resolution::Unknown | Resolution::Lapsed => {
            let host = match unfinished.place() {
                RunnerPlace::Lapsed(host) => Some(host),
                _ => None,
            };
            let reason = executor::Reason::RunnerLost { runner, host, job: id };
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await
        }
        // Its result came with its recovery file, or it has no end by this.
        Resolution::Recovered(_) | Resolution::Requeued | Resolution::EndedElsewhere => Ok(()),
    }
}
