//! Trying something of the database again for a minute, where it went away.

use std::time::Duration;

use tokio::time::Instant;

use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::executor::{Cancel, Stream};
use crate::failpoint;
use crate::job::run::terminal::Terminal;

/// How long something is tried.
const LIMIT: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(2);

/// How a runner waits for the database: its user is told, and may end the wait by a second signal.
pub struct DatabaseRetry<'a, T> {
    pub terminal: &'a T,
    pub cancel: &'a Cancel,
}

impl<T: Terminal> DatabaseRetry<'_, T> {
    /// Tries it, and for a minute again. `attempt` is told whether it was tried before: the database was away meanwhile.
    ///
    /// # Errors
    /// That of the last try. What the database refused, or a row says, is not tried again: it will be no other in a minute.
    pub async fn keep_trying<R>(
        &self,
        db: &mut Db,
        mut attempt: impl AsyncFnMut(&mut Db, bool) -> Result<R>,
    ) -> Result<R> {
        let limit = failpoint::at_most(LIMIT);
        let until = Instant::now() + limit;
        let mut is_again = false;
        loop {
            let error = tokio::select! {
                biased;
                done = attempt(db, is_again) => match done {
                    Ok(done) => return Ok(done),
                    Err(error) => error,
                },
                () = self.cancel.aborted() => {
                    return Err(Error::new(
                        Kind::Database,
                        "the database did not answer before the second signal ended the wait for it",
                    ));
                }
            };
            if !error.may_pass() || Instant::now() >= until {
                return Err(error);
            }
            if !std::mem::replace(&mut is_again, true) {
                let message = format!("warning: {}; trying again for {} s", error.line(), limit.as_secs());
                self.terminal.show(Stream::Notice, message.as_bytes());
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE.min(limit)) => {}
                () = self.cancel.aborted() => continue,
            }
            // A failure to connect shows when the statement is tried next.
            let _ = db.reconnect().await;
        }
    }
}
