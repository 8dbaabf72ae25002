//! Saving what a run came to: in the database, and where that stays away in a recovery file.

use std::time::Duration;

use crate::error::{Error, Kind, Result};
use crate::job::recovery::recovery_file::{RecoveryFile, RecoveryWriter};
use crate::job::recovery::recovery_load;
use crate::job::result::{Finished, Saver, finish};
use crate::job::run::terminal::Terminal;
use crate::job::run::writer::{Detour, JobWriter};
use crate::job::runner;

/// A server that has not answered for so long when the result is saved is gone: artifacts of any size go with it.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);

/// What the recovery file came to when the job ended.
enum EndedFile {
    Whole(RecoveryFile),
    /// It holds a part of the output, and could not be written to its end.
    Partial(RecoveryFile, Error),
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

impl<T: Terminal> JobWriter<'_, T> {
    /// Saves the rest of the output and the result.
    ///
    /// When the database went away, again over a new connection for a minute, and then to a recovery file. Where there can be
    /// none, the database may be back. `is_noted`: the run file tells the exit code.
    ///
    /// # Errors
    /// The result is in the recovery file, which the words name; or it could not be written there either. Or the job is
    /// another runner's by now, and nothing is saved.
    pub async fn save(&mut self, finished: &Finished<'_>, is_noted: bool) -> Result<()> {
        let (begun, error) = match self.take_file() {
            None => match self.save_in_time(finished).await {
                Ok(()) => return Ok(()),
                Err(error) if runner::is_taken_over(&error) => return Err(error),
                Err(error) => (None, error),
            },
            Some(Detour { recovery, because }) => (Some(recovery), because),
        };
        let was_away = begun.is_some();
        let (job, code) = (finished.job, finished.exit_code);
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
                let noted = "Its exit code is noted: the next `queue run` on this machine saves it with what there is of the output, unless \
                             another machine has ended the job by then";
                let hints: Vec<&str> = worse.hint.as_deref().into_iter().chain(is_noted.then_some(noted)).collect();
                let hint = (!hints.is_empty()).then(|| hints.join(". "));
                return Err(Error { message, hint, ..worse });
            }
        };
        let when = match error.kind {
            Kind::Database => "when the database is back",
            _ => "once the database takes it",
        };
        let message = format!("the result of job {job} cannot be saved; it is in {}", path.display());
        Err(Error::new(Kind::NotRun, message).because(error).hint(format!(
            "Load it {when}: `multiflexi-cli job recover {}`, or the next `queue run` on this machine does; if another machine has ended \
             the job by then, its result stays, and `queue run` says so",
            path.display()
        )))
    }

    /// Makes the recovery file whole that was begun, or a new one.
    fn end_file(&mut self, begun: Option<RecoveryWriter>, finished: &Finished<'_>) -> EndedFile {
        let mut recovery = match begun.map_or_else(|| RecoveryWriter::new(self.database, finished.job), Ok) {
            Ok(recovery) => recovery,
            Err(error) => return EndedFile::Missing(error),
        };
        match recovery.end(&mut self.store, finished) {
            Ok(()) => EndedFile::Whole(recovery.written),
            Err(error) if recovery.is_empty() => {
                recovery.written.remove();
                EndedFile::Missing(error)
            }
            Err(error) => EndedFile::Partial(recovery.written, error),
        }
    }

    /// Loads the recovery file: all of it, or where it could not be made whole what it has, and the rest from here.
    async fn bring_back(&mut self, finished: &Finished<'_>, file: &EndedFile) -> Result<()> {
        match file {
            EndedFile::Whole(file) => {
                let (retry, job) = (finished.retry, finished.job);
                return recovery_load::load(self.db, retry, file, Some(job), Saver::Runner).await.map(drop);
            }
            EndedFile::Partial(file, _) => {
                recovery_load::load_output(self.db, finished.retry.zone, file, finished.job).await?
            }
            EndedFile::Missing(_) => {}
        }
        finish(self.db, &mut self.store, finished, Saver::Runner).await
    }

    /// Saves it in the database, for a minute if it has to be.
    async fn save_in_time(&mut self, finished: &Finished<'_>) -> Result<()> {
        self.expect_answers(ANSWER_LIMIT);
        let store = &mut self.store;
        self.database_retry
            .keep_trying(self.db, async |db, _| finish(db, store, finished, Saver::Runner).await)
            .await?;
        self.tell_replaced();
        Ok(())
    }
}
