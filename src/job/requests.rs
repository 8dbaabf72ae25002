//! A runner's look at the database for whether somebody cancelled its job, here or elsewhere.

use std::time::Duration;

use tokio::time::Instant;

use crate::db::Db;
use crate::executor::{Cancel, Stream};
use crate::job::cancel;
use crate::job::run::Terminal;

/// How often a runner looks whether its job was cancelled.
const LOOK: Duration = Duration::from_secs(1);

pub struct Requests<'a> {
    job: i64,
    /// When to look next; never again once there was one.
    pub next: Option<Instant>,
    cancel: &'a Cancel,
    /// Who cancelled it.
    pub words: Option<String>,
}

impl<'a> Requests<'a> {
    pub fn new(job: i64, cancel: &'a Cancel) -> Requests<'a> {
        Requests { job, next: Some(Instant::now()), cancel, words: None }
    }

    pub async fn look(&mut self, db: &mut Db, terminal: &impl Terminal) {
        self.next = None;
        match cancel::requested(db, self.job).await {
            Ok(Some(words)) => {
                self.cancel.cancel(nix::libc::SIGTERM);
                terminal.show(Stream::Notice, words.as_bytes());
                self.words = Some(words);
                // Should that fail, whoever cancelled sees it by the job's end.
                let _ = cancel::answer(db, self.job).await;
                return;
            }
            Ok(None) => {}
            // A failure to connect shows when the output or the result is written.
            Err(_) => _ = db.reconnect().await,
        }
        self.next = Some(Instant::now() + LOOK);
    }
}
