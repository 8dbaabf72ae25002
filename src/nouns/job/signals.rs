//! The signals that end what we do: the first asks for an orderly end, a second one for an immediate one.

use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::Instant;

use crate::error::{Error, Kind, Result};

/// A service manager signals every process of a service, and so does `queue run` its jobs: what comes so soon after the first
/// is the same wish.
const ONE_WISH: Duration = Duration::from_millis(250);

pub struct Signals {
    kinds: [(Signal, i32); 3],
    first: Option<Instant>,
}

impl Signals {
    pub fn listen() -> Result<Signals> {
        let open = |kind: SignalKind| Ok::<_, std::io::Error>((signal(kind)?, kind.as_raw_value()));
        // A terminal that went away asks for an orderly end too.
        let opened =
            (|| Ok([open(SignalKind::interrupt())?, open(SignalKind::terminate())?, open(SignalKind::hangup())?]))();
        let kinds = opened
            .map_err(|cause: std::io::Error| Error::new(Kind::Internal, "cannot listen to signals").because(cause))?;
        Ok(Signals { kinds, first: None })
    }

    /// The number of the next signal that counts.
    pub async fn next(&mut self) -> i32 {
        loop {
            let [(interrupt, a), (terminate, b), (hangup, c)] = &mut self.kinds;
            let number = tokio::select! {
                _ = interrupt.recv() => *a,
                _ = terminate.recv() => *b,
                _ = hangup.recv() => *c,
            };
            if self.first.is_none_or(|first| first.elapsed() > ONE_WISH) {
                self.first.get_or_insert_with(Instant::now);
                return number;
            }
        }
    }
}
