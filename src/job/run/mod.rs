//! Running a job that is ours: its facts to the executor, its output into the database while it runs, its result saved.

pub mod claim;
mod database_retry;
pub mod execute;
mod facts;
pub mod held_run_file;
mod hold;
pub mod leave;
mod live;
mod make_executor;
pub mod options;
pub mod run_result;
mod save;
pub mod signals;
mod terminal;
mod writer;

use chrono::NaiveDateTime;

use crate::clock;
use crate::db::Db;
use crate::error::{Error, Kind, Result, exit};
use crate::executor::reason::Cancellation;
use crate::executor::{self, Cancel, Ended, Executor, Output, Questions, Step, Stream};
use crate::failpoint;
use crate::id::JobId;
use crate::job::create::environment;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::output_rows::OutputStore;
use crate::job::queue::requeue::{PutBack, Unbegun};
use crate::job::result::Finished;
use crate::job::result::artifacts;
use crate::job::run::database_retry::DatabaseRetry;
use crate::job::run::facts::RunFacts;
use crate::job::run::hold::JobHold;
use crate::job::run::writer::JobWriter;
use crate::job::runner;
use crate::job::runner::lease::Lease;
use crate::job::task::RetryContext;
use crate::secret::Redactor;
use crate::state::run_file::Progress;
pub use terminal::Terminal;

/// Chunks of output between an executor and the database at most; each is 64 KiB at most.
const CHUNKS: usize = 16;

/// A claimed job, and what running it takes.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub facts: &'a RunFacts,
    pub job: &'a executor::Job,
    /// The signal that told an earlier runner to end it, where that died before it had.
    pub interrupted_by: Option<i32>,
    /// Takes the job's secrets out of all that is told about it. What its program prints is the program's.
    pub redactor: &'a Redactor,
    /// What its task's next attempt is made with, and the zone of all clocks.
    pub retry: &'a RetryContext,
    /// By which it is ours.
    pub lease: &'a Lease,
    /// Tells that its program is to end.
    pub cancel: &'a Cancel,
}

impl Run<'_> {
    /// Notes in the run file how the job ended: the next runner is to know it if this one dies before it is saved.
    ///
    /// Where that cannot be noted, the next runner says that it does not know it.
    fn note_end(&self, ended: &Ended) {
        let Some(file) = &self.job.run_file else { return };
        let _ = match ended.ending {
            executor::Ending::Cancelled(signal) => file.note(&Progress::Cancelled(signal)),
            _ => {
                let reason = ended.reason.as_ref().map(executor::Reason::line);
                file.note_end(ended.ending.exit_code(), reason.as_deref())
            }
        };
    }
}

/// Runs a job that was claimed, saves its result, and cleans up.
///
/// By `questions` its executor asks whether the program may begin.
///
/// # Errors
/// The result could not be saved: the words say where it is instead.
pub async fn run(
    db: &mut Db,
    run: Run<'_>,
    executor: Executor,
    questions: Questions,
    terminal: &impl Terminal,
) -> Result<Ended> {
    let Run { job, redactor, lease, cancel, .. } = run;
    let last_seq = output_rows::last_seq(db, job.id).await?;
    let store = OutputStore::new(job.id, run.retry.zone, last_seq);
    let writer = JobWriter::new(db, &job.database, DatabaseRetry { terminal, cancel }, store, redactor);
    failpoint::at("claimed");
    let mut running = Running { run, executor, writer, last_seq };
    running.tell_undelivered();
    let mut hold = JobHold::new(job.id, lease, cancel, questions);
    let (ended, end) = match running.execute(&mut hold).await {
        Ok(ended) => ended,
        Err(taken) => {
            running.abandon();
            return Err(taken);
        }
    };
    let mut ended = running.with_known_code(ended);
    if running.executor.is_unsettled() {
        return Err(running.leave_unsettled(ended).await);
    }
    running.put_back(&mut ended, hold.is_cancelled()).await?;
    running.run.note_end(&ended);
    failpoint::at("ended");
    running.record_reason(&mut ended, &mut hold).await;
    let saved = running.save(&mut ended, end).await;
    if saved.as_ref().is_err_and(runner::is_taken_over) {
        running.abandon();
        return saved.map(|()| ended);
    }
    failpoint::at("finished");
    if saved.is_ok() {
        running.note(&Progress::Saved);
    }
    running.clean_up(&mut ended).await;
    failpoint::at("cleaned");
    saved?;
    running.writer.keep_warnings().await;
    Ok(ended)
}

/// A job that runs, or has just ended.
struct Running<'a, T: Terminal> {
    run: Run<'a>,
    executor: Executor,
    writer: JobWriter<'a, T>,
    /// The number of its last row of output before this run.
    last_seq: i64,
}

impl<T: Terminal> Running<'_, T> {
    /// Says which variables the program does not get.
    fn tell_undelivered(&mut self) {
        let facts = self.run.facts;
        for message in environment::undelivered(&facts.fields, &facts.job.executor, facts.command.shell) {
            self.writer.tell(&message);
        }
    }

    /// Runs the program and writes its output into the database meanwhile.
    ///
    /// The time is that of the program's end, however long the database takes.
    ///
    /// # Errors
    /// The job is another runner's by now; its run was dropped.
    async fn execute(&mut self, hold: &mut JobHold<'_>) -> Result<(Ended, NaiveDateTime)> {
        let Running { run, executor, writer, .. } = self;
        let (sender, receiver) = Output::channel(CHUNKS);
        let sender = sender.watched(writer.terminal().steps());
        let running = async {
            let mut ended = executor.run(run.job, &sender, run.cancel).await;
            ended.reason = ended.reason.map(|reason| reason.redacted(run.redactor));
            // The database may be away, and take the rest of the output only later. What an earlier runner knew is looked at first.
            let is_resumed = run.interrupted_by.is_some() || run.job.pods.known_end.is_some();
            if ended.started && !is_resumed && !executor.is_unsettled() {
                run.note_end(&ended);
            }
            drop(sender);
            (ended, clock::now(run.retry.zone))
        };
        let keeping = writer.keep(receiver, hold);
        tokio::pin!(running, keeping);
        tokio::select! {
            ended = &mut running => keeping.await.map(|()| ended),
            kept = &mut keeping => match kept {
                Ok(()) => Ok(running.await),
                Err(taken) => Err(taken),
            },
        }
    }

    /// Lets go of the job, its process or pod and its files: all of it is another runner's by now.
    fn abandon(&mut self) {
        self.executor.abandon();
        self.writer.abandon();
    }

    /// Notes in the run file how far the job came.
    fn note(&self, progress: &Progress) {
        if let Some(file) = &self.run.job.run_file {
            let _ = file.note(progress);
        }
    }

    /// Takes exit code and reason from the earlier runner's run file, where the pod that could tell them is gone.
    fn with_known_code(&mut self, ended: Ended) -> Ended {
        if let Some(signal) = self.run.interrupted_by {
            // A program that obeyed the TERM which its pod was sent did not end by itself.
            let obeyed: i32 = exit::of_signal(nix::libc::SIGTERM).into();
            let is_cancelled = match ended.ending {
                executor::Ending::Cancelled(_) => true,
                executor::Ending::Exited(code) => code == obeyed,
                _ => false,
            };
            if is_cancelled {
                return Ended { ending: executor::Ending::Cancelled(signal), ..ended };
            }
        }
        let (Some(known), Some(executor::Reason::RunnerDied { .. })) = (&self.run.job.pods.known_end, &ended.reason)
        else {
            return ended;
        };
        let reason = known.reason.as_deref().map(executor::Reason::noted);
        let never_began = |reason: &executor::Reason| !reason.code().may_have_begun();
        let started = known.exit_code != i32::from(exit::NOT_RUN) || !reason.as_ref().is_some_and(never_began);
        if started {
            self.writer.tell(
                "its earlier runner died when the program had ended, and its pod is gone: the output may be incomplete",
            );
        }
        Ended { ending: executor::Ending::Exited(known.exit_code), reason, started, ..ended }
    }

    /// Leaves a job as running of which cannot be learned now how it ends, and lets go of it: another machine may learn it.
    async fn leave_unsettled(&mut self, ended: Ended) -> Error {
        let id = self.run.job.id;
        if let Some(reason) = &ended.reason {
            let line = reason.line();
            // Each look at the queue may come to the same.
            let last = output_rows::last_line(self.writer.db, id, kind::NOTICE).await.ok().flatten();
            if last.as_ref() != Some(&line) {
                // Of this run, not of the job: that has not come to its end.
                self.writer.store.push_notice(&line);
            }
        }
        self.writer.keep_warnings().await;
        self.writer.abandon();
        // Where that fails it lapses by itself.
        let _ = self.run.lease.release(self.writer.db).await;
        unsettled_error(id, ended.reason.as_ref())
    }

    /// Puts a job back of which nothing was begun, because this machine or its settings cannot run it.
    ///
    /// A job that somebody has cancelled meanwhile ends as cancelled.
    ///
    /// # Errors
    /// It waits again, and why; the database does not take it; or another runner has taken it over.
    async fn put_back(&mut self, ended: &mut Ended, is_cancelled: bool) -> Result<()> {
        let Run { facts, job, retry, .. } = self.run;
        let nothing_made = self.executor.has_made_nothing(ended);
        let reason = ended.reason.as_ref().filter(|reason| nothing_made && reason.is_of_this_place());
        let Some(reason) = reason else { return Ok(()) };
        // Where the database does not take it back, the recovery knows that nothing was begun.
        self.note(&Progress::Claimed);
        let unbegun = Unbegun { job: &facts.job, back: facts.back, last_seq: self.last_seq, reason, is_cancelled };
        let put_back = unbegun.put_back(self.writer.db, clock::now(retry.zone)).await;
        match put_back.map_err(|error| unbegun.still_running_error(job.id, error))? {
            PutBack::TooLate => Ok(()),
            PutBack::Cancelled => {
                self.writer.store.push_notice(&reason.line());
                ended.reason = None;
                ended.ending = executor::Ending::Cancelled(nix::libc::SIGTERM);
                Ok(())
            }
            PutBack::Waits(waits) => {
                self.writer.abandon();
                if let Some(file) = &job.run_file {
                    file.remove();
                }
                Err(waits)
            }
        }
    }

    /// Adds the versions of the tools and the reason of a failure to the record, and shows the reason.
    async fn record_reason(&mut self, ended: &mut Ended, hold: &mut JobHold<'_>) {
        let writer = &mut self.writer;
        writer.store.push_versions(&ended.versions);
        writer.terminal().step(Step::Saving);
        if let Some(reason) = &ended.reason {
            writer.store.push_reason(&reason.line());
            writer.terminal().show(Stream::Notice, reason.line().as_bytes());
            // Readers that know only stdout and stderr should see too why nothing ran.
            if !ended.started {
                writer.store.push(Stream::Stderr, format!("{}\n", reason.line()).as_bytes());
                writer.store.end();
            }
        }
        if let (executor::Ending::Cancelled(signal), None) = (&ended.ending, &ended.reason) {
            let reason = match hold.requester(writer.db).await {
                Some(message) => executor::Reason::Cancelled(Cancellation::Requested(message)),
                None => executor::Reason::Interrupted(*signal),
            };
            writer.store.push_reason(&reason.line());
            ended.reason = Some(reason);
        }
    }

    /// Saves the result with its artifacts.
    ///
    /// # Errors
    /// Same as [`run`]; or another runner has taken the job over.
    async fn save(&mut self, ended: &mut Ended, end: NaiveDateTime) -> Result<()> {
        let Run { facts, job, retry, .. } = self.run;
        let (artifacts, notices) = artifacts::examine(std::mem::take(&mut ended.artifacts));
        for message in notices {
            self.writer.tell(&message);
        }
        let finished = Finished {
            job: job.id,
            end,
            exit_code: ended.ending.exit_code(),
            command: if ended.command.is_empty() { &facts.command.display } else { &ended.command },
            app_version: facts.application.filled("version"),
            artifacts: &artifacts,
            retry,
        };
        failpoint::at("examined");
        let is_noted = job.run_file.as_ref().is_some_and(|file| file.tells_end());
        self.writer.save(&finished, is_noted).await
    }

    /// Removes what was made for the job, as far as it may go.
    async fn clean_up(&mut self, ended: &mut Ended) {
        self.writer.terminal().step(Step::CleaningUp);
        for warning in self.executor.clean_up(self.run.job, ended).await {
            self.writer.tell(&warning);
        }
        ended.is_left_behind = self.executor.has_left_behind();
    }
}

/// The error of a job of which cannot be learned now, from here, how it ends.
pub fn unsettled_error(id: JobId, reason: Option<&executor::Reason>) -> Error {
    let reason = reason.map(|reason| format!(": {}", reason.line())).unwrap_or_default();
    Error::new(Kind::NotRun, format!("how job {id} ends cannot be learned now{reason}")).hint(format!(
        "It is not ended by that, and neither is its pod: the next `queue run`, or `multiflexi-cli job run --id={id}`, here or on another \
         machine, looks again; `multiflexi-cli job cancel --id={id}` ends it"
    ))
}
