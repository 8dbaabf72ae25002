//! Bringing a job to its end whose runner died, or back into the queue.

use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use nix::sys::signal::{Signal, kill};
use tokio::time::Instant;

use crate::db::Db;
use crate::error::{Error, Result};
use crate::executor::container::{self, Engine};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::files;
use crate::job::hints;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::queue::requeue::{self, Return};
use crate::job::recovery::crashed::explain::{Known, explain_end};
use crate::job::recovery::recovery_file::{NOT_WHOLE, RecoveryFile, RecoveryFileState};
use crate::job::recovery::recovery_load;
use crate::job::recovery::resolution::{self, EndReason, Fate, Resolution};
use crate::job::result::artifacts::StorableArtifact;
use crate::job::result::{self, Finished, Saver};
use crate::job::runner::lease::{Lease, LeaseDuration};
use crate::job::runner::record::{self, Recorded};
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::task::RetryContext;
use crate::state::run_file::{self, RunFile};
use crate::{clock, failpoint};

/// Between TERM and KILL, and between KILL and giving up.
const GRACE: Duration = Duration::from_secs(10);

/// The recovery file that the runner of a job wrote, and whether it is whole.
///
/// # Errors
/// It cannot be looked for or read, or the runner's record is damaged.
pub fn find_recovery_file(db: &Db, job: &UnfinishedJob) -> Result<RecoveryFileState> {
    let recorded = job.recorded(db)?;
    let Some(pid) = job.pid else { return Ok(RecoveryFileState::Missing) };
    let file = RecoveryFile::left_by(&recorded, job.id, pid).map_err(|cause| unreadable(job.id, &recorded, cause))?;
    file.map_or(Ok(RecoveryFileState::Missing), RecoveryFileState::read)
}

/// Ends, requeues or recovers a job whose runner died, and whose result no pod holds.
///
/// `retry` is what the next attempt at its task is made with.
///
/// # Errors
/// The database does not take it, or what is left of its program cannot be ended: then all stays as it is.
pub async fn resolve(db: &mut Db, retry: &RetryContext, id: JobId) -> Result<Resolution> {
    // What is told of it names paths and machines, and no job stays open for a character of those.
    let resolution = db.replacing_unstorable(async |db| resolve_lost(db, retry, id).await).await?;
    if let (Some(collector), Some(_)) = (&retry.collector, resolution.exit_code()) {
        collector.tell_ended(db, id).await;
    }
    Ok(resolution)
}

/// The job, as long as its runner is dead or has lost it.
async fn still_lost(db: &mut Db, id: JobId) -> Result<Option<UnfinishedJob>> {
    let job = runner::unfinished_job(db, id).await?;
    Ok(job.filter(|job| job.place() == RunnerPlace::Gone || job.has_lapsed()))
}

async fn resolve_lost(db: &mut Db, retry: &RetryContext, id: JobId) -> Result<Resolution> {
    let Some(job) = still_lost(db, id).await? else { return Ok(Resolution::EndedElsewhere) };
    if job.has_lapsed() {
        // Neither its program nor what its runner noted is within our reach: it is not begun again.
        return close_or_requeue(db, retry, id, Fate::End(EndReason::Lapsed), Known::default(), None).await;
    }
    let recorded = job.recorded(db)?;
    let recovery_file = find_recovery_file(db, &job)?;
    let taken = match end_program(db, id, &recorded).await? {
        ProgramEnd::Taken(file) => Some(file),
        ProgramEnd::OthersToMend => return Ok(Resolution::EndedElsewhere),
        // Its result is there all the same.
        ProgramEnd::Unreadable(_) if matches!(recovery_file, RecoveryFileState::Whole(_)) => None,
        // Whether the program goes on is not known, and its result may be there.
        ProgramEnd::Unreadable(cause) => return Err(unreadable(id, &recorded, cause)),
    };
    let removed = container::leftover::remove(&job.executor, id, &recorded.database).await.map_err(|reason| {
        Error::refused(format!("the runner of job {id} died, and its container cannot be ended: {reason}"))
            .hint("Remove it by hand, and try it again")
    })?;
    let unseen = Engine::for_executor(&job.executor).filter(|_| removed == 0);
    let left = taken.as_ref().and_then(RunFile::left);
    let fate = resolution::judge(left, job.pid);
    let known = Known { noted: left.and_then(|left| left.reason.as_deref()), unseen };
    let resolution = match &recovery_file {
        RecoveryFileState::Whole(file) => match recovery_load::load(db, retry, file, Some(id), Saver::Loader).await {
            Ok((_, code)) => {
                file.remove();
                Resolution::Recovered(code)
            }
            // Trying that again comes to the same: what it holds is saved, and the job ends with what is known.
            Err(error) if recovery_load::is_malformed(&error) => {
                close_or_requeue(db, retry, id, fate, known, Some(file)).await?
            }
            Err(error) => return Err(error),
        },
        RecoveryFileState::Partial(file) => close_or_requeue(db, retry, id, fate, known, Some(file)).await?,
        RecoveryFileState::Missing => close_or_requeue(db, retry, id, fate, known, None).await?,
    };
    files::remove_left_directory(id);
    // What was made in a cluster is swept once its job has ended.
    let is_made = left.is_some_and(|left| left.made.is_some());
    if let (Some(file), false) = (taken, is_made) {
        file.remove();
    }
    Ok(resolution)
}

/// What ending what is left of a dead runner's program came to.
enum ProgramEnd {
    /// Nothing is left of it, and its run file is ours.
    Taken(RunFile),
    /// Somebody else mends the job, or has done so and runs it again.
    OthersToMend,
    Unreadable(std::io::Error),
}

/// Ends what is left of a dead runner's program, first by TERM and then by KILL.
async fn end_program(db: &mut Db, id: JobId, recorded: &Recorded) -> Result<ProgramEnd> {
    for signal in [None, Some(Signal::SIGTERM), Some(Signal::SIGKILL)] {
        match take_run_file(recorded, id, signal).await {
            Ok(Some(file)) => return Ok(ProgramEnd::Taken(file)),
            Ok(None) if still_lost(db, id).await?.is_none() => return Ok(ProgramEnd::OthersToMend),
            Ok(None) => {}
            Err(cause) => return Ok(ProgramEnd::Unreadable(cause)),
        }
    }
    Err(Error::refused(format!("the runner of job {id} died, and what is left of its program cannot be ended"))
        .hint("Try it as the user who ran it, or as root"))
}

/// What was loaded of a recovery file that is not whole.
struct PartialRecovery<'a> {
    file: &'a RecoveryFile,
    artifacts: Vec<StorableArtifact>,
}

async fn close_or_requeue(
    db: &mut Db,
    retry: &RetryContext,
    id: JobId,
    fate: Fate,
    known: Known<'_>,
    partial: Option<&RecoveryFile>,
) -> Result<Resolution> {
    let zone = retry.zone;
    let fate = fate.with_known_code(partial.and_then(|file| file.known_code(id)));
    let partial = match partial {
        Some(file) => Some(PartialRecovery { file, artifacts: recovery_load::salvage(db, zone, file, id).await? }),
        None => None,
    };
    let resolution = result::with_further_attempt(async |next| {
        db.transaction(async |db| {
            // Whoever has no part in our run files is kept out by the row's lock.
            let Some(job) = Job::lock(db, id).await? else { return Ok(Resolution::EndedElsewhere) };
            let Some(unfinished) = still_lost(db, id).await? else { return Ok(Resolution::EndedElsewhere) };
            // Should its runner live after all, it sees by that that the job is not its own any more.
            let (database, pod) = (unfinished.recorded(db)?.database, unfinished.last_pod());
            let ours = Lease::new(id, database, LeaseDuration::default(), pod, unfinished.claim());
            if !ours.take_over(db, unfinished.record(), clock::now(zone)).await? {
                return Ok(Resolution::EndedElsewhere);
            }
            let fate = if cancel::requester(db, id).await?.is_some() { fate.of_cancelled() } else { fate };
            match fate {
                Fate::Requeue => requeue(db, retry.zone, &job).await?,
                Fate::End(reason) => {
                    let now = clock::now(zone);
                    if let Some(partial) = &partial {
                        note_partial(db, id, partial.file, now).await?;
                    }
                    explain_end(db, &job, &unfinished, reason, known, now).await?;
                    let finished = Finished {
                        job: id,
                        end: now,
                        exit_code: reason.exit_code(),
                        command: &job.command,
                        app_version: None,
                        artifacts: partial.as_ref().map_or(&[], |partial| &partial.artifacts),
                        retry,
                    };
                    // A task's next attempt is made, as after every failure.
                    result::enter(db, &job, &finished, next).await?;
                }
            }
            Ok(Resolution::from(fate))
        })
        .await
    })
    .await?;
    if let (Some(partial), false) = (partial, resolution == Resolution::EndedElsewhere) {
        let _ = partial.file.put_aside(NOT_WHOLE);
    }
    Ok(resolution)
}

/// Removes the run file of a job that ended without its runner.
///
/// It stays for the next `queue run` where it names something in a cluster that is still to be removed.
pub async fn forget_run_file(db: &mut Db, id: JobId) {
    if let Ok(recorded) = record::read_record(db, id).await
        && let Ok(Some(file)) = RunFile::take_in(recorded.state.as_ref(), &recorded.database, id)
        && file.left().is_none_or(|left| left.made.is_none())
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
        "`multiflexi-cli queue fix` as the user who ran it, or as root, ends it; if that is lost for good, {}",
        hints::force_delete(id)
    ))
}

/// Takes the run file of a job, once what is left of its program ended by this signal. None where that still holds it.
async fn take_run_file(recorded: &Recorded, id: JobId, signal: Option<Signal>) -> std::io::Result<Option<RunFile>> {
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
            Some(file) if file.left().is_none() && !run_file::heirs(state, database, id).is_empty() => {
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

/// Notes that a job's recovery file was not whole.
async fn note_partial(db: &mut Db, id: JobId, file: &RecoveryFile, now: NaiveDateTime) -> Result<()> {
    let message = format!(
        "the recovery file {} was not whole, for its runner did not come to the end of it, or it was damaged since: what it held of \
         the output is saved as far as it can be read, and the rest is lost",
        file.path.display()
    );
    output_rows::add(db, id, kind::NOTICE, &message, now).await
}
