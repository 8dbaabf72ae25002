//! Keeps what a running job brings: in the database, and while that is away in a recovery file.

use std::borrow::Cow;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::db::{ANSWER_LIMIT, Db};
use crate::error::{Error, Kind, Result};
use crate::executor::{AskedPod, Cancel, Question, Questions, Stream};
use crate::failpoint;
use crate::id::JobId;
use crate::job::cancel;
use crate::job::output_rows::OutputStore;
use crate::job::recovery::spill_file::{Spill, SpillFile};
use crate::job::recovery::spill_load;
use crate::job::run::Terminal;
use crate::job::run::cancel_poll::Requests;
use crate::job::runner::lease::Lease;
use crate::job::runner;
use crate::job::result::{Finished, finish};
use crate::secret::Redactor;

/// How long saving is tried again when the database went away.
const SAVE_LIMIT: Duration = Duration::from_secs(60);
const SAVE_PAUSE: Duration = Duration::from_secs(2);
/// A server that has not answered for so long when the result is saved is gone: artifacts of any size go with it.
const SAVE_ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// No test takes a slow machine for a server that is gone.
const ANSWER_LIMIT_MIN: Duration = Duration::from_secs(5);

/// Where a job's output goes.
enum Destination {
    Database,
    /// The database stayed away, or refused it.
    File(Detour),
    /// Neither database nor file took it: from some place on it is missing, and this notice says so.
    Lost {
        /// The file that it went to before.
        file: Option<Detour>,
        notice: String,
    },
}

/// The recovery file that has what the database did not take.
struct Detour {
    spill: Spill,
    /// Why the database did not take it.
    because: Error,
}

/// What the recovery file came to when the job ended.
enum EndedFile {
    Whole(SpillFile),
    /// It holds a part of the output, and could not be written to its end.
    Partial(SpillFile, Error),
    /// There is none.
    Missing(Error),
}

impl EndedFile {
    /// What it holds is saved, or of no use to anybody.
    fn remove(&self) {
        match self {
            EndedFile::Whole(file) | EndedFile::Partial(file, _) => file.remove(),
            EndedFile::Missing(_) => {}
        }
    }
}

/// Writes a job's output and result into its record, or to a recovery file where the database does not take them.
pub struct JobWriter<'a, T> {
    pub db: &'a mut Db,
    /// Its name in the job's record.
    database: &'a str,
    terminal: &'a T,
    cancel: &'a Cancel,
    pub store: OutputStore,
    /// Takes the job's secrets out of all that is told about it. What its program prints is the program's.
    pub redactor: &'a Redactor,
    destination: Destination,
    job: JobId,
}

impl<'a, T: Terminal> JobWriter<'a, T> {
    /// Begins to keep what a job brings; `database` is the database's name in the job's record.
    ///
    /// From here on the connection replaces characters that the database's encoding lacks, and takes a server that is silent for
    /// 30 s for gone, unless the user chose another limit.
    pub fn new(
        db: &'a mut Db,
        database: &'a str,
        terminal: &'a T,
        cancel: &'a Cancel,
        store: OutputStore,
        redactor: &'a Redactor,
    ) -> JobWriter<'a, T> {
        let job = store.job();
        // What it printed is kept as far as it can be.
        db.replace_unstorable();
        db.expect_answers(failpoint::at_most(ANSWER_LIMIT).max(ANSWER_LIMIT_MIN));
        JobWriter { db, database, terminal, cancel, store, redactor, destination: Destination::Database, job }
    }

    /// Where the job is shown while it runs.
    pub fn terminal(&self) -> &'a T {
        self.terminal
    }

    /// Takes output until its streams end: to the terminal at once, to the database in batches.
    ///
    /// What neither the database nor a recovery file takes is shown all the same, and the job goes on.
    ///
    /// # Errors
    /// The job is another runner's by now.
    pub async fn keep(
        &mut self,
        mut receiver: mpsc::Receiver<(Stream, Vec<u8>)>,
        requests: &mut Requests<'_>,
        questions: &mut Questions,
    ) -> Result<()> {
        loop {
            let at = async |moment: Option<Instant>| match moment {
                Some(moment) => tokio::time::sleep_until(moment).await,
                None => std::future::pending().await,
            };
            tokio::select! {
                // The look comes first: a process that was stopped for a while learns whether its job is still its own
                // before it writes anything.
                biased;
                () = at(Some(requests.next)) => requests.look(self.db, self.terminal).await?,
                Some(Question { pod, answer }) = questions.recv() => {
                    let is_granted = self.may_begin(requests.lease, pod.as_ref()).await?;
                    let _ = answer.send(is_granted);
                }
                () = at(self.store.due().filter(|_| !self.is_lost())) => self.write_or_lose(requests.lease).await?,
                chunk = receiver.recv() => match chunk {
                    Some((stream, bytes)) => {
                        let bytes = if stream == Stream::Notice { self.without_secrets(bytes) } else { bytes };
                        self.terminal.show(stream, &bytes);
                        if !self.is_lost() {
                            self.store.push(stream, &bytes);
                            if self.store.is_full() {
                                self.write_or_lose(requests.lease).await?;
                            }
                        }
                    }
                    None => break,
                },
            }
        }
        self.store.end();
        if let Destination::Lost { notice, .. } = &self.destination {
            self.store.push_notice(notice);
        }
        Ok(())
    }

    /// Does the output go nowhere?
    fn is_lost(&self) -> bool {
        matches!(self.destination, Destination::Lost { .. })
    }

    /// Takes the recovery file that was begun, if there is one: nothing more goes there.
    fn take_file(&mut self) -> Option<Detour> {
        match std::mem::replace(&mut self.destination, Destination::Database) {
            Destination::Database => None,
            Destination::File(file) => Some(file),
            Destination::Lost { file, .. } => file,
        }
    }

    /// May the program begin, in a pod of this name or on this machine?
    ///
    /// The lease is renewed for a pod, and where it may have run out. Returns false if the database does not answer and it has: then
    /// it is not known whether the job is still ours.
    ///
    /// # Errors
    /// It is another runner's by now.
    async fn may_begin(&mut self, lease: &Lease, pod: Option<&AskedPod>) -> Result<bool> {
        if pod.is_none() && !lease.held.has_run_out() {
            // A machine that was stopped from outside may not have counted that time. What the database does not answer now is no reason
            // to wait.
            let record = cancel::heads(self.db, self.job).await;
            if let Some(taken) =
                record.ok().and_then(|heads| runner::taken_over_error(self.job, heads.runner.as_deref()))
            {
                return Err(taken);
            }
            if !lease.held.has_run_out() {
                return Ok(true);
            }
        }
        let trial = RetryWindow::new();
        loop {
            let cancel = self.cancel;
            let begun = tokio::select! {
                biased;
                begun = begin(lease, self.db, pod) => begun,
                () = cancel.aborted() => Err(trial.give_up()),
            };
            let error = match begun {
                Ok(true) => return Ok(true),
                Ok(false) => match cancel::heads(self.db, self.job).await {
                    Ok(heads) => {
                        return runner::taken_over_error(self.job, heads.runner.as_deref()).map_or(Ok(true), Err);
                    }
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if trial.is_over(&error) {
                return Ok(false);
            }
            self.again(&trial, &error).await;
        }
    }

    /// Writes the batch. Where that cannot be done, the batch stays for the end, and what follows it is lost.
    async fn write_or_lose(&mut self, lease: &Lease) -> Result<()> {
        match self.write(lease).await {
            Err(error) if !runner::is_taken_over(&error) => {
                let notice = format!("warning: the output is incomplete from here on: {}", error.line());
                self.terminal.show(Stream::Notice, notice.as_bytes());
                self.destination = Destination::Lost { file: self.take_file(), notice };
                Ok(())
            }
            done => done,
        }
    }

    /// Writes the batch; to the recovery file once the database has been away for a minute, or has refused it.
    async fn write(&mut self, lease: &Lease) -> Result<()> {
        if let Destination::File(Detour { spill, .. }) = &mut self.destination {
            return spill.take(&mut self.store);
        }
        let trial = RetryWindow::new();
        loop {
            let cancel = self.cancel;
            let flushed = tokio::select! {
                biased;
                flushed = self.flush(trial.is_told.get() || lease.held.has_run_out()) => flushed,
                () = cancel.aborted() => Err(trial.give_up()),
            };
            let Err(error) = flushed else {
                self.tell_replaced();
                return Ok(());
            };
            if runner::is_taken_over(&error) {
                return Err(error);
            }
            if trial.is_over(&error) {
                let mut spill = match Spill::new(self.database, self.job) {
                    Ok(spill) => spill,
                    Err(worse) => return Err(worse.because(anyhow::anyhow!(error.line()))),
                };
                let message = format!("{}; the output goes to {} from here on", error.line(), spill.path().display());
                self.terminal.show(Stream::Notice, message.as_bytes());
                let taken = spill.take(&mut self.store);
                self.destination = Destination::File(Detour { spill, because: error });
                return taken;
            }
            self.again(&trial, &error).await;
        }
    }

    /// Writes the batch. While the database was away, or we were stopped, another runner may have taken the job over.
    async fn flush(&mut self, is_in_doubt: bool) -> Result<()> {
        if is_in_doubt { self.store.flush_as_runner(self.db).await } else { self.store.flush(self.db).await }
    }

    /// The job is another runner's by now: what we know of it is of no use to anybody.
    pub fn abandon(&mut self) {
        if let Some(file) = self.take_file() {
            file.spill.written.remove();
        }
    }

    /// Saves the rest of the output and the result.
    ///
    /// When the database went away, again over a new connection for a minute, and then to a recovery file. Where there can be
    /// none, the database may be back.
    ///
    /// # Errors
    /// The result is in the recovery file, which the words name; or it could not be written there either. Or the job is
    /// another runner's by now, and nothing is saved.
    pub async fn save(&mut self, finished: &Finished<'_>) -> Result<()> {
        let (begun, error) = match self.take_file() {
            None => match self.save_in_time(finished).await {
                Ok(()) => return Ok(()),
                Err(error) if runner::is_taken_over(&error) => return Err(error),
                Err(error) => (None, error),
            },
            Some(Detour { spill, because }) => (Some(spill), because),
        };
        let was_away = begun.is_some();
        let (job, code) = (self.job, finished.exit_code);
        let file = self.end_file(begun, finished);
        // It went away in the middle, and may be back by now.
        if was_away && self.db.reconnect().await.is_ok() {
            match self.bring_back(finished, &file).await {
                Ok(()) => {
                    file.remove();
                    return Ok(());
                }
                Err(error) if runner::is_taken_over(&error) => {
                    file.remove();
                    return Err(error);
                }
                Err(_) => {}
            }
        }
        let path = match file {
            EndedFile::Whole(file) => file.path,
            EndedFile::Partial(_, worse) | EndedFile::Missing(worse) => {
                let message = format!("the result of job {job}, exit code {code}, cannot be saved: {}", worse.message);
                return Err(Error { message, ..worse });
            }
        };
        let when = match error.kind {
            Kind::Database => "when the database is back",
            _ => "once the database takes it",
        };
        let message = format!("the result of job {job} cannot be saved; it is in {}", path.display());
        Err(Error::new(Kind::NotRun, message).because(error).hint(format!(
            "Load it {when}: `multiflexi-cli job recover {}`, or the next `queue run` does",
            path.display()
        )))
    }

    /// Makes the recovery file whole that was begun, or a new one.
    fn end_file(&mut self, begun: Option<Spill>, finished: &Finished<'_>) -> EndedFile {
        let mut spill = match begun.map_or_else(|| Spill::new(self.database, self.job), Ok) {
            Ok(spill) => spill,
            Err(error) => return EndedFile::Missing(error),
        };
        match spill.end(&mut self.store, finished) {
            Ok(()) => EndedFile::Whole(spill.written),
            Err(error) if spill.is_empty() => {
                spill.written.remove();
                EndedFile::Missing(error)
            }
            Err(error) => EndedFile::Partial(spill.written, error),
        }
    }

    /// Loads the recovery file: all of it, or where it could not be made whole what it has, and the rest from here.
    async fn bring_back(&mut self, finished: &Finished<'_>, file: &EndedFile) -> Result<()> {
        match file {
            EndedFile::Whole(file) => {
                return spill_load::load_as_runner(self.db, finished.retry, file).await;
            }
            EndedFile::Partial(file, _) => {
                spill_load::load_output(self.db, finished.retry.zone, file, self.job).await?
            }
            EndedFile::Missing(_) => {}
        }
        finish(self.db, &mut self.store, finished).await
    }

    /// Tells the user something about the job, and puts it among the notices of its record.
    pub fn tell(&mut self, message: &str) {
        let message = self.redactor.redact(message);
        self.terminal.show(Stream::Notice, message.as_bytes());
        self.store.push(Stream::Notice, message.as_bytes());
    }

    /// A notice as it is told.
    fn without_secrets(&self, notice: Vec<u8>) -> Vec<u8> {
        match self.redactor.redact(&String::from_utf8_lossy(&notice)) {
            Cow::Borrowed(_) => notice,
            Cow::Owned(redacted) => redacted.into_bytes(),
        }
    }

    /// Adds what was said while the job was cleaned up. Its result is saved, and its user was told already.
    pub async fn keep_warnings(&mut self) {
        let _ = self.store.flush_behind(self.db).await;
    }

    fn tell_replaced(&mut self) {
        if let Some(message) = self.db.replaced() {
            self.tell(message);
        }
    }

    async fn save_in_time(&mut self, finished: &Finished<'_>) -> Result<()> {
        let trial = RetryWindow::new();
        self.db.expect_answers(failpoint::at_most(SAVE_ANSWER_LIMIT).max(ANSWER_LIMIT_MIN));
        loop {
            let saved = tokio::select! {
                biased;
                saved = finish(self.db, &mut self.store, finished) => saved,
                () = self.cancel.aborted() => Err(trial.give_up()),
            };
            match saved {
                Err(error) if trial.is_over(&error) => return Err(error),
                Err(error) => self.again(&trial, &error).await,
                Ok(()) => {
                    self.tell_replaced();
                    return Ok(());
                }
            }
        }
    }

    async fn again(&mut self, trial: &RetryWindow, error: &Error) {
        if !trial.is_told.replace(true) {
            let message = format!("warning: {}; trying again for {} s", error.line(), trial.limit.as_secs());
            self.terminal.show(Stream::Notice, message.as_bytes());
        }
        tokio::select! {
            () = tokio::time::sleep(SAVE_PAUSE.min(trial.limit)) => {}
            () = self.cancel.aborted() => return,
        }
        // A failure to connect shows when the statement is tried next.
        let _ = self.db.reconnect().await;
    }
}

/// Trying again for a minute.
struct RetryWindow {
    limit: Duration,
    until: Instant,
    is_told: std::cell::Cell<bool>,
    is_given_up: std::cell::Cell<bool>,
}

impl RetryWindow {
    fn new() -> RetryWindow {
        let limit = failpoint::at_most(SAVE_LIMIT);
        RetryWindow { limit, until: Instant::now() + limit, is_told: false.into(), is_given_up: false.into() }
    }

    /// What the database refused, or a row says, will be no other in a minute.
    fn is_over(&self, error: &Error) -> bool {
        !error.may_pass() || self.is_given_up.get() || Instant::now() >= self.until
    }

    /// The user wants us gone, and the database has not answered.
    fn give_up(&self) -> Error {
        self.is_given_up.set(true);
        Error::new(Kind::Database, "the database did not answer before the second signal ended the wait for it")
    }
}

/// Holds on to the job for what is about to begin.
async fn begin(lease: &Lease, db: &mut Db, pod: Option<&AskedPod>) -> Result<bool> {
    match pod {
        Some(pod) => lease.begin(db, pod.clone()).await,
        None => lease.renew(db).await,
    }
}
