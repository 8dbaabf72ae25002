//! A runner's hold on its job: it looks in the database from time to time whether somebody cancelled the job, or took it over, here
//! or elsewhere, renews its lease, and answers its executor whether the program may begin.

use std::time::Duration;

use tokio::time::Instant;

use crate::db::Db;
use crate::error::Result;
use crate::executor::{AskedPod, Cancel, Questions, Stream};
use crate::id::JobId;
use crate::job::cancel;
use crate::job::run::database_retry::DatabaseRetry;
use crate::job::run::terminal::Terminal;
use crate::job::runner;
use crate::job::runner::lease::Lease;

/// How often a runner looks.
const LOOK: Duration = Duration::from_secs(1);

/// How a runner holds a job while that runs.
pub struct JobHold<'a> {
    job: JobId,
    pub lease: &'a Lease,
    cancel: &'a Cancel,
    /// Where its executor asks whether the program may begin.
    pub questions: Questions,
    /// When to look next.
    pub next: Instant,
    /// When the lease is to be renewed.
    renew: Instant,
    /// Who cancelled it.
    request: Option<String>,
}

impl<'a> JobHold<'a> {
    /// A job that ends soon is not looked at: nobody else can have it yet.
    pub fn new(job: JobId, lease: &'a Lease, cancel: &'a Cancel, questions: Questions) -> JobHold<'a> {
        let (now, pace) = (Instant::now(), lease.pace());
        JobHold { job, lease, cancel, questions, next: now + LOOK.min(pace), renew: now + pace, request: None }
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
        runner::require_ours(self.job, heads.runner.as_deref())?;
        if let Some(message) = heads.request.filter(|_| self.request.is_none()) {
            self.cancel.cancel(nix::libc::SIGTERM);
            terminal.show(Stream::Notice, message.as_bytes());
            self.request = Some(message);
            // Should that fail, the job's end still shows that it was cancelled.
            let _ = cancel::answer(db, self.job).await;
        }
        Ok(())
    }

    /// Has somebody cancelled it, as far as was seen?
    pub fn is_cancelled(&self) -> bool {
        self.request.is_some()
    }

    /// May the program begin, in a pod of this name or on this machine?
    ///
    /// The lease is renewed for a pod, and where it may have run out. Returns false if the database does not answer and it has: then
    /// it is not known whether the job is still ours.
    ///
    /// # Errors
    /// It is another runner's by now.
    pub async fn may_begin(
        &self,
        db: &mut Db,
        database_retry: &DatabaseRetry<'_, impl Terminal>,
        pod: Option<&AskedPod>,
    ) -> Result<bool> {
        let lease = self.lease;
        if pod.is_none() && !lease.held.has_run_out() {
            // A machine that was stopped from outside may not have counted that time. What the database does not answer now is no reason
            // to wait.
            match self.require_ours(db).await {
                Err(error) if runner::is_taken_over(&error) => return Err(error),
                _ if !lease.held.has_run_out() => return Ok(true),
                _ => {}
            }
        }
        let begun = database_retry.keep_trying(db, async |db, _| {
            let is_ours = match pod {
                Some(pod) => lease.begin(db, pod.clone()).await?,
                None => lease.renew(db).await?,
            };
            if is_ours { Ok(()) } else { self.require_ours(db).await }
        });
        match begun.await {
            Ok(()) => Ok(true),
            Err(error) if runner::is_taken_over(&error) => Err(error),
            Err(_) => Ok(false),
        }
    }

    /// Refuses a job that is another runner's by its record.
    async fn require_ours(&self, db: &mut Db) -> Result<()> {
        let heads = cancel::heads(db, self.job).await?;
        runner::require_ours(self.job, heads.runner.as_deref())
    }

    /// Who cancelled a job that is ended for that.
    ///
    /// Where it ended before the first look, or the database was silent at each, it is asked once more.
    pub async fn requester(&mut self, db: &mut Db) -> Option<String> {
        if self.request.is_some() {
            return self.request.take();
        }
        let message = cancel::requested(db, self.job).await.ok().flatten()?;
        let _ = cancel::answer(db, self.job).await;
        Some(message)
    }
}
