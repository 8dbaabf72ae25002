//! When a program has to end, and why we end it.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Between TERM and KILL.
pub const TERM_GRACE: Duration = Duration::from_secs(10);

/// Why the program is being ended by us.
pub enum Stop {
    TimeLimit,
    /// By this signal to us.
    Cancelled(i32),
}

/// A moment that may be set again, and may never come.
pub struct Deadline(Option<Instant>);

impl Deadline {
    /// After so long; never where there is no limit.
    pub fn after(limit: Option<Duration>) -> Deadline {
        Deadline(limit.map(|limit| Instant::now() + limit))
    }

    /// Waits until it has passed.
    pub async fn passed(&self) {
        sleep_until_some(self.0).await;
    }
}

/// Waits for a moment; for none, for ever.
pub async fn sleep_until_some(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
