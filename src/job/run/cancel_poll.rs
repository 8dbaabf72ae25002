//! A runner's look at the database for whether somebody cancelled its job, or took it over, here or elsewhere.

use std::time::Duration;

use tokio::time::Instant;

use crate::db::Db;
use crate::error::Result;
use crate::executor::{Cancel, Stream};
use crate::job::cancel;
use crate::job::run::Terminal;
use crate::job::run::runner;

/// How often a runner looks.
const LOOK: Duration = Duration::from_secs(1);

pub struct Requests<'a> {
    job: i64,
    /// When to look next.
    pub next: Instant,
    cancel: &'a Cancel,
    /// Who cancelled it.
    pub words: Option<String>,
}

impl<'a> Requests<'a> {
    pub fn new(job: i64, cancel: &'a Cancel) -> Requests<'a> {
        Requests { job, next: Instant::now(), cancel, words: None }
    }

    /// # Errors
    /// The job is another runner's by now. What the database does not answer is no error here.
    pub async fn look(&mut self, db: &mut Db, terminal: &impl Terminal) -> Result<()> {
        let begun = Instant::now();
        let heads = match cancel::heads(db, self.job).await {
            Ok(heads) => heads,
            Err(error) => {
                if error.may_pass() {
                    // A failure to connect shows when the output or the result is written.
                    let _ = db.reconnect().await;
                }
                // The job's output waits meanwhile: a database that takes long to say nothing is asked less often.
                self.next = Instant::now() + LOOK.max(begun.elapsed());
                return Ok(());
            }
        };
        self.next = Instant::now() + LOOK;
        if let Some(taken) = heads.runner.and_then(|record| runner::taken(self.job, &record)) {
            return Err(taken);
        }
        if let Some(words) = heads.request.filter(|_| self.words.is_none()) {
            self.cancel.cancel(nix::libc::SIGTERM);
            terminal.show(Stream::Notice, words.as_bytes());
            self.words = Some(words);
            // Should that fail, whoever cancelled sees it by the job's end.
            let _ = cancel::answer(db, self.job).await;
        }
        Ok(())
    }
}
