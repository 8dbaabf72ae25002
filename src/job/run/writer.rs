//! Keeps what a running job brings: in the database, and while that is away in a recovery file.

use std::borrow::Cow;
use std::path::PathBuf;
use std::time::Duration;

use chrono_tz::Tz;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::executor::{AskedPod, Cancel, Question, Questions, Stream};
use crate::failpoint;
use crate::id::JobId;
use crate::job::cancel;
use crate::job::output_rows::OutputStore;
use crate::job::recovery::spill_file::Spill;
use crate::job::recovery::spill_load;
use crate::job::run::Terminal;
use crate::job::run::cancel_poll::Requests;
use crate::job::run::lease::Lease;
use crate::job::run::runner;
use crate::job::run::save_result::{Finished, finish};
use crate::job::task::RetryContext;
use crate::secret::Redactor;

/// How long saving is tried again when the database went away.
const SAVE_LIMIT: Duration = Duration::from_secs(60);
const SAVE_PAUSE: Duration = Duration::from_secs(2);
/// A server that has not answered a statement for so long is gone.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);
/// The same when the result is saved, with which artifacts of any size go.
const SAVE_ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// No test takes a slow machine for a server that is gone.
const ANSWER_LIMIT_MIN: Duration = Duration::from_secs(5);

pub struct JobWriter<'a, T> {
    pub db: &'a mut Db,
    /// Its name in the job's record.
    database: &'a str,
    terminal: &'a T,
    cancel: &'a Cancel,
    pub store: OutputStore,
    /// Takes the job's secrets out of all that is told about it. What its program prints is the program's.
    pub redactor: Redactor,
    /// The database stayed away: this has what it did not take.
    pub spill: Option<Spill>,
    /// Why it stayed away.
    away: Option<Error>,
    /// Neither database nor file took the output: from some place on it is missing, and these words say so.
    incomplete: Option<String>,
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
        redactor: Redactor,
    ) -> JobWriter<'a, T> {
        let job = store.job();
        // What it printed is kept as far as it can be.
        db.replace_unstorable();
        db.expect_answers(failpoint::at_most(ANSWER_LIMIT).max(ANSWER_LIMIT_MIN));
        JobWriter { db, database, terminal, cancel, store, redactor, spill: None, away: None, incomplete: None, job }
    }

    /// Where the job is shown while it runs.
    pub fn terminal(&self) -> &'a T {
        self.terminal
    }

    /// Takes output until its streams end: to the terminal at once, to the database in batches. What neither the database nor
    /// a recovery file takes is shown all the same, and the job goes on.
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
                () = at(self.store.due().filter(|_| self.incomplete.is_none())) => self.write_or_lose(requests.lease).await?,
                chunk = receiver.recv() => match chunk {
                    Some((stream, bytes)) => {
                        let bytes = if stream == Stream::Notice { self.without_secrets(bytes) } else { bytes };
                        self.terminal.show(stream, &bytes);
                        if self.incomplete.is_none() {
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
        if let Some(words) = &self.incomplete {
            self.store.push_notice(words);
        }
        Ok(())
    }

    /// Renews the lease, so that the program may begin, in a pod of this name or on this machine. Says no where that does not answer: then it is not known whether the job is still ours.
    ///
    /// # Errors
    /// It is another runner's by now.
    async fn may_begin(&mut self, lease: &Lease, pod: Option<&AskedPod>) -> Result<bool> {
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
                        return runner::taken_over_error(self.job, heads.runner.as_deref().unwrap_or_default())
                            .map_or(Ok(true), Err);
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
                let words = format!("warning: the output is incomplete from here on: {}", error.line());
                self.terminal.show(Stream::Notice, words.as_bytes());
                self.incomplete = Some(words);
                Ok(())
            }
            done => done,
        }
    }

    /// Writes the batch; to the recovery file once the database has been away for a minute, or has refused it.
    async fn write(&mut self, lease: &Lease) -> Result<()> {
        if let Some(spill) = &mut self.spill {
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
                let spill = match Spill::new(self.database, self.job) {
                    Ok(spill) => spill,
                    Err(worse) => return Err(worse.because(anyhow::anyhow!(error.line()))),
                };
                let words = format!("{}; the output goes to {} from here on", error.line(), spill.path().display());
                self.terminal.show(Stream::Notice, words.as_bytes());
                self.away = Some(error);
                return self.spill.insert(spill).take(&mut self.store);
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
        if let Some(spill) = self.spill.take() {
            spill.written.remove();
        }
    }

    /// Saves the rest of the output and the result; when the database went away, again over a new connection for a minute,
    /// and then to a recovery file. Where there can be none, the database may be back.
    ///
    /// # Errors
    /// The result is in the recovery file, which the words name; or it could not be written there either. Or the job is
    /// another runner's by now, and nothing is saved.
    pub async fn save(&mut self, zone: Tz, finished: &Finished<'_>) -> Result<()> {
        let was_away = self.spill.is_some();
        let error = match self.away.take() {
            None => match self.save_in_time(finished).await {
                Ok(()) => return Ok(()),
                Err(error) if runner::is_taken_over(&error) => return Err(error),
                Err(error) => error,
            },
            Some(error) => error,
        };
        let (job, code) = (self.job, finished.exit_code);
        let file = self.end_file(finished);
        // It went away in the middle, and may be back by now.
        if was_away && self.db.reconnect().await.is_ok() {
            match self.bring_back(zone, finished, file.is_ok()).await {
                Ok(()) => {
                    self.abandon();
                    return Ok(());
                }
                Err(error) if runner::is_taken_over(&error) => return Err(error),
                Err(_) => {}
            }
        }
        let path = file.map_err(|worse| {
            let words = format!("the result of job {job}, exit code {code}, cannot be saved: {}", worse.message);
            Error { message: words, ..worse }
        })?;
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

    /// Makes the recovery file whole, and tells its path.
    fn end_file(&mut self, finished: &Finished<'_>) -> Result<PathBuf> {
        let spill = match self.spill.take() {
            Some(spill) => spill,
            None => Spill::new(self.database, self.job)?,
        };
        let spill = self.spill.insert(spill);
        let ended = spill.end(&mut self.store, finished);
        let path = spill.path().to_owned();
        if ended.is_err() && spill.is_empty() {
            self.abandon();
        }
        ended.map(|()| path)
    }

    /// Loads the recovery file: all of it, or where it could not be made whole what it has, and the rest from here.
    async fn bring_back(&mut self, zone: Tz, finished: &Finished<'_>, is_whole: bool) -> Result<()> {
        let Some(spill) = &self.spill else { return finish(self.db, &mut self.store, finished).await };
        if is_whole {
            let retry = RetryContext { master_key: finished.master_key, zone };
            return spill_load::load_as_runner(self.db, retry, &spill.written).await;
        }
        spill_load::load_output(self.db, zone, &spill.written, self.job).await?;
        finish(self.db, &mut self.store, finished).await
    }

    /// Tells the user something about the job, and puts it among the notices of its record.
    pub fn tell(&mut self, words: &str) {
        let words = self.redactor.redact(words);
        self.terminal.show(Stream::Notice, words.as_bytes());
        self.store.push(Stream::Notice, words.as_bytes());
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
        if let Some(words) = self.db.replaced() {
            self.tell(words);
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
            let words = format!("warning: {}; trying again for {} s", error.line(), trial.limit.as_secs());
            self.terminal.show(Stream::Notice, words.as_bytes());
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
