//! Keeps what a running job prints: in the database, and while that is away in a recovery file.

use std::borrow::Cow;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep_until;

use crate::db::{ANSWER_LIMIT, Db, Fingerprint};
use crate::error::{Error, Result};
use crate::executor::deadline::sleep_until_some;
use crate::executor::{Question, Stream};
use crate::failpoint;
use crate::job::output_rows::OutputStore;
use crate::job::recovery::recovery_file::RecoveryWriter;
use crate::job::run::database_retry::DatabaseRetry;
use crate::job::run::hold::JobHold;
use crate::job::run::terminal::Terminal;
use crate::job::runner;
use crate::job::runner::lease::Lease;
use crate::secret::Redactor;

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
pub struct Detour {
    pub recovery: RecoveryWriter,
    /// Why the database did not take it.
    pub because: Error,
}

/// Writes a job's output into its record, or to a recovery file where the database does not take it.
pub struct JobWriter<'a, T> {
    pub db: &'a mut Db,
    /// Its name in the job's record.
    pub database: &'a Fingerprint,
    pub database_retry: DatabaseRetry<'a, T>,
    pub store: OutputStore,
    /// Takes the job's secrets out of all that is told about it. What its program prints is the program's.
    redactor: &'a Redactor,
    destination: Destination,
}

impl<'a, T: Terminal> JobWriter<'a, T> {
    /// Begins to keep what a job brings; `database` is the database's name in the job's record.
    ///
    /// From here on the connection replaces characters that the database's encoding lacks, and takes a server that is silent for
    /// 30 s for gone, unless the user chose another limit.
    pub fn new(
        db: &'a mut Db,
        database: &'a Fingerprint,
        database_retry: DatabaseRetry<'a, T>,
        store: OutputStore,
        redactor: &'a Redactor,
    ) -> JobWriter<'a, T> {
        // What it printed is kept as far as it can be.
        db.replace_unstorable();
        let mut writer =
            JobWriter { db, database, database_retry, store, redactor, destination: Destination::Database };
        writer.expect_answers(ANSWER_LIMIT);
        writer
    }

    /// A server that is silent for so long is gone.
    pub fn expect_answers(&mut self, limit: Duration) {
        self.db.expect_answers(failpoint::at_most(limit).max(ANSWER_LIMIT_MIN));
    }

    /// Where the job is shown while it runs.
    pub fn terminal(&self) -> &'a T {
        self.database_retry.terminal
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
        hold: &mut JobHold<'_>,
    ) -> Result<()> {
        loop {
            tokio::select! {
                // The look comes first: a process that was stopped for a while learns whether its job is still its own
                // before it writes anything.
                biased;
                () = sleep_until(hold.next) => hold.look(self.db, self.database_retry.terminal).await?,
                Some(Question { pod, answer }) = hold.questions.recv() => {
                    let is_granted = hold.may_begin(self.db, &self.database_retry, pod.as_ref()).await?;
                    let _ = answer.send(is_granted);
                }
                () = sleep_until_some(self.store.due().filter(|_| !self.is_lost())) => self.write_or_lose(hold.lease).await?,
                chunk = receiver.recv() => match chunk {
                    Some((stream, bytes)) => {
                        let bytes = if stream == Stream::Notice { self.without_secrets(bytes) } else { bytes };
                        self.terminal().show(stream, &bytes);
                        if !self.is_lost() {
                            self.store.push(stream, &bytes);
                            if self.store.is_full() {
                                self.write_or_lose(hold.lease).await?;
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
    pub fn take_file(&mut self) -> Option<Detour> {
        match std::mem::replace(&mut self.destination, Destination::Database) {
            Destination::Database => None,
            Destination::File(file) => Some(file),
            Destination::Lost { file, .. } => file,
        }
    }

    /// Writes the batch. Where that cannot be done, the batch stays for the end, and what follows it is lost.
    async fn write_or_lose(&mut self, lease: &Lease) -> Result<()> {
        match self.write(lease).await {
            Err(error) if !runner::is_taken_over(&error) => {
                let notice = format!("warning: the output is incomplete from here on: {}", error.line());
                self.terminal().show(Stream::Notice, notice.as_bytes());
                self.destination = Destination::Lost { file: self.take_file(), notice };
                Ok(())
            }
            done => done,
        }
    }

    /// Writes the batch; to the recovery file once the database has been away for a minute, or has refused it.
    async fn write(&mut self, lease: &Lease) -> Result<()> {
        if let Destination::File(Detour { recovery, .. }) = &mut self.destination {
            return recovery.take(&mut self.store);
        }
        // While the database was away, or we were stopped, another runner may have taken the job over.
        let store = &mut self.store;
        let flushed = self.database_retry.keep_trying(self.db, async |db, is_again| {
            let is_in_doubt = is_again || lease.held.has_run_out();
            if is_in_doubt { store.flush_as_runner(db).await } else { store.flush(db).await }
        });
        let error = match flushed.await {
            Ok(()) => {
                self.tell_replaced();
                return Ok(());
            }
            Err(error) if runner::is_taken_over(&error) => return Err(error),
            Err(error) => error,
        };
        let mut recovery = match RecoveryWriter::new(self.database, self.store.job()) {
            Ok(recovery) => recovery,
            Err(worse) => return Err(worse.because(anyhow::anyhow!(error.line()))),
        };
        let message = format!("{}; the output goes to {} from here on", error.line(), recovery.path().display());
        self.terminal().show(Stream::Notice, message.as_bytes());
        let taken = recovery.take(&mut self.store);
        self.destination = Destination::File(Detour { recovery, because: error });
        taken
    }

    /// The job is another runner's by now: what we know of it is of no use to anybody.
    pub fn abandon(&mut self) {
        if let Some(file) = self.take_file() {
            file.recovery.written.remove();
        }
    }

    /// Tells the user something about the job, and puts it among the notices of its record.
    pub fn tell(&mut self, message: &str) {
        let message = self.redactor.redact(message);
        self.terminal().show(Stream::Notice, message.as_bytes());
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

    /// Tells what the database's encoding lacks of what was written.
    pub fn tell_replaced(&mut self) {
        if let Some(message) = self.db.replaced() {
            self.tell(message);
        }
    }
}
