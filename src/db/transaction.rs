//! What is done as a whole, or not at all.

use std::time::Duration;

use super::{Connection, Db, errors, sqlite};
use crate::error::{Kind, Result};

/// How often a transaction is begun in all whose server undid it because of a deadlock.
const DEADLOCKS: u32 = 6;

impl Db {
    /// As [`Db::transaction`], for work that cannot be begun again: where a server undoes it, it has failed.
    ///
    /// # Errors
    /// Same as [`Db::transaction`].
    pub async fn transaction_once<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> Result<T>) -> Result<T> {
        self.mend().await?;
        // Not at the beginning: what only reads waits for nobody.
        if let Connection::Sqlite(connection) = &mut self.connection
            && !self.state.has_short_steps.replace(true)
        {
            sqlite::wait_in_short_steps(connection, self.limits.answer).await?;
        }
        self.state.in_transaction.set(true);
        let mut open = self.open(true);
        self.raw(self.dialect.begin()).await?;
        match work(self).await {
            Ok(value) => {
                let committed = self.raw("COMMIT").await;
                // A file is written by ourselves, and what fails there is not done.
                let is_server = !matches!(self.connection, Connection::Sqlite(_));
                committed.map_err(|error| if is_server { errors::at_commit(error) } else { error })?;
                open.has_ended = true;
                Ok(value)
            }
            Err(error) => {
                // The first error is the one worth telling; a rollback that fails means the connection is gone with it.
                open.has_ended = self.raw("ROLLBACK").await.is_ok();
                drop(open);
                Err(self.explained(error).await)
            }
        }
    }

    /// Does all that `work` does, or nothing of it.
    ///
    /// On SQLite nobody else writes meanwhile, so that reading and then writing is safe inside. A server lets others write:
    /// what is read and then relied on is to be locked there ([`lock`](sea_query::SelectStatement::lock), which SQLite does without), or
    /// asked for again by the statement that writes, whose count of rows tells who was first. Where a server undid it to let
    /// another one go on, it is begun again.
    ///
    /// # Errors
    /// `work` failed, or the database did not take what it did, or undid it each of six times: nothing of it stands. Only where the
    /// connection broke at the commit itself is it not known whether it stands.
    pub async fn transaction<T>(&mut self, mut work: impl AsyncFnMut(&mut Db) -> Result<T>) -> Result<T> {
        let mut has_looked_again = false;
        for turn in 1..DEADLOCKS {
            match self.transaction_once(async |db| work(db).await).await {
                // Not all at the same moment again.
                Err(error) if error.kind == Kind::Contended => {
                    let pause = (std::process::id() % 40).saturating_add(10).saturating_mul(turn);
                    tokio::time::sleep(Duration::from_millis(pause.into())).await;
                }
                // It is looked for once more, which tells what is not there any more, or what has it.
                Err(error) if error.kind == Kind::Referred && !has_looked_again => has_looked_again = true,
                done => return done,
            }
        }
        self.transaction_once(async |db| work(db).await).await
    }

    /// As [`Db::transaction`], for work that looks whether something is there and makes it where it is not.
    ///
    /// Where somebody else makes it at the same moment, it is begun again, and finds it there.
    ///
    /// # Errors
    /// Same as [`Db::transaction`].
    pub async fn transaction_looking_first<T>(&mut self, mut work: impl AsyncFnMut(&mut Db) -> Result<T>) -> Result<T> {
        match self.transaction(async |db| work(db).await).await {
            // Also what was seen: it may have been made between the first look, which made `work` insert it, and a second one.
            Err(error) if matches!(error.kind, Kind::Exists | Kind::Taken) => self.transaction(work).await,
            done => done,
        }
    }
}
