//! A runner's look at the database for whether somebody cancelled its job, or took it over, here or elsewhere. From time to
//! time it renews its hold on the job by that.

use std::time::Duration;

use tokio::time::Instant;

use crate::db::Db;
use crate::error::Result;
use crate::executor::{Cancel, Stream};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::run::Terminal;
use crate::job::runner::lease::Lease;
use crate::job::runner;

/// How often a runner looks.
const LOOK: Duration = Duration::from_secs(1);

/// Looks while a job runs whether somebody wants it ended, and renews its lease.
pub struct Requests<'a> {
    job: JobId,
    /// When to look next.
    pub next: Instant,
    cancel: &'a Cancel,
    pub lease: &'a Lease,
    /// When the lease is to be renewed.
    renew: Instant,
    /// Who cancelled it.
    pub message: Option<String>,
}

impl<'a> Requests<'a> {
    /// A job that ends soon is not looked at: nobody else can have it yet.
    pub fn new(job: JobId, cancel: &'a Cancel, lease: &'a Lease) -> Requests<'a> {
        let now = Instant::now();
        Requests { job, next: now + LOOK.min(lease.pace()), cancel, lease, renew: now + lease.pace(), message: None }
    }

    /// Renews the lease where that is due, and learns whether somebody wants the job ended.
    ///
    /// # Errors
    /// The job is another runner's by now. What the database does not answer is no error here.
    pub async fn look(&mut self, db: &mut Db, terminal: &impl Terminal) -> Result<()> {
        let begun = Instant::now();
        let asked = async {
            // Where it is not ours any more the record tells whose it is.
            if begun >= self.renew && self.lease.renew(db).await? {
                self.renew = begun + self.lease.pace();
            }
            cancel::heads(db, self.job).await
        };
        let heads = match asked.await {
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
        if let Some(taken) = runner::taken_over_error(self.job, heads.runner.as_deref()) {
            return Err(taken);
        }
        if let Some(message) = heads.request.filter(|_| self.message.is_none()) {
            self.cancel.cancel(nix::libc::SIGTERM);
            terminal.show(Stream::Notice, message.as_bytes());
            self.message = Some(message);
            // Should that fail, the job's end still shows that it was cancelled.
            let _ = cancel::answer(db, self.job).await;
        }
        Ok(())
    }

    /// Who cancelled a job that is ended for that.
    ///
    /// Where it ended before the first look, or the database was silent at each, it is asked once more.
    pub async fn requester(&mut self, db: &mut Db) -> Option<String> {
        if self.message.is_some() {
            return self.message.take();
        }
        let message = cancel::requested(db, self.job).await.ok().flatten()?;
        let _ = cancel::answer(db, self.job).await;
        Some(message)
    }
}
