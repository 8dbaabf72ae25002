//! The wish that a job be ended, on its way to an executor.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// How long a database may still take when the user wants us gone at once.
const HURRY: Duration = Duration::from_millis(500);

/// Tells an executor that the user wants the job ended: the number of the signal that said so (2 or 15).
#[derive(Clone, Default)]
pub struct Cancel {
    signal: watch::Sender<Option<i32>>,
    /// The user wants us gone at once; until when anything may take.
    hurry: watch::Sender<Option<Instant>>,
}

impl Cancel {
    /// From now on the job is to be ended, for all who wait for that or ask.
    ///
    /// It cannot be taken back; of several signals the last one counts.
    pub fn cancel(&self, signal: i32) {
        self.signal.send_replace(Some(signal));
    }

    /// Has the user wanted that? Says nothing of whether the job has ended.
    pub fn is_cancelled(&self) -> bool {
        self.signal.borrow().is_some()
    }

    /// The user wants us gone at once.
    pub fn abort(&self) {
        self.hurry.send_replace(Some(Instant::now() + HURRY));
    }

    /// Waits until there is no time left to wait for a database; never ends where there is no hurry.
    pub async fn aborted(&self) {
        let mut receiver = self.hurry.subscribe();
        match receiver.wait_for(Option::is_some).await.map(|until| *until) {
            Ok(Some(until)) => sleep_until(until).await,
            _ => std::future::pending().await,
        }
    }

    /// Waits until the job is cancelled; never ends where that does not happen.
    pub async fn cancelled(&self) -> i32 {
        let mut receiver = self.signal.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(signal) => signal.unwrap_or(nix::libc::SIGTERM),
            Err(_) => std::future::pending().await,
        }
    }
}
