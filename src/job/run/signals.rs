//! The signals that end what we do: the first asks for an orderly end, a second one for an immediate one.

use std::sync::Mutex;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Kind, Result};

/// A service manager signals every process of a service, and so does `queue run` its jobs: what comes so soon after the first
/// is the same wish.
const ONE_WISH: Duration = Duration::from_millis(250);

/// What listens may be busy with something that does not answer: so long after a signal that nobody took, the process is ended.
const UNHEARD: Duration = Duration::from_millis(1000);

/// Signals are the process's, and so is what is known of them: that somebody listens, and when the last one was taken.
static LISTENING: Notify = Notify::const_new();
static TAKEN: Mutex<Option<Instant>> = Mutex::new(None);

/// Was a signal that came then taken, or is it one wish with the one that was?
fn is_taken(arrived: Instant) -> bool {
    let taken = TAKEN.lock().map_or(None, |taken| *taken);
    taken.is_some_and(|taken| taken + ONE_WISH >= arrived)
}

pub struct Signals {
    kinds: [(Signal, i32); 3],
    first: Option<Instant>,
    /// A file that reaches a limit (`ulimit -f`) would end this process without a word; listened to, it is an error of the
    /// write. Programs that are started have the signal as it was.
    _file_limit: Option<Signal>,
}

impl Signals {
    /// Begins to listen to SIGINT, SIGTERM and SIGHUP, which from then on do not end the process by themselves.
    ///
    /// # Errors
    /// The system does not let this process listen to one of them.
    pub fn listen() -> Result<Signals> {
        let open = |kind: SignalKind| Ok::<_, std::io::Error>((signal(kind)?, kind.as_raw_value()));
        // A terminal that went away asks for an orderly end too.
        let opened =
            (|| Ok([open(SignalKind::interrupt())?, open(SignalKind::terminate())?, open(SignalKind::hangup())?]))();
        let kinds = opened
            .map_err(|cause: std::io::Error| Error::new(Kind::Internal, "cannot listen to signals").because(cause))?;
        LISTENING.notify_one();
        let file_limit = signal(SignalKind::from_raw(nix::libc::SIGXFSZ)).ok();
        Ok(Signals { kinds, first: None, _file_limit: file_limit })
    }

    /// The number of a signal that came while somebody listens to signals and that nobody took within a second: the command is
    /// held up by something, and has to be left. Where nobody listens the system ends the process by itself.
    pub async fn unheard() -> i32 {
        LISTENING.notified().await;
        let Ok(mut signals) = Signals::listen() else { return std::future::pending().await };
        loop {
            let number = signals.any().await;
            let mut arrived = Instant::now();
            let mut latest = arrived;
            loop {
                tokio::select! {
                    _ = signals.any() => latest = Instant::now(),
                    () = sleep_until(arrived + UNHEARD) => {
                        if !is_taken(arrived) {
                            return number;
                        }
                        if latest <= arrived {
                            break;
                        }
                        arrived = latest;
                    }
                }
            }
        }
    }

    /// The number of the next signal, whether it counts or not.
    async fn any(&mut self) -> i32 {
        let [(interrupt, a), (terminate, b), (hangup, c)] = &mut self.kinds;
        tokio::select! {
            _ = interrupt.recv() => *a,
            _ = terminate.recv() => *b,
            _ = hangup.recv() => *c,
        }
    }

    /// The number of the next signal that counts.
    pub async fn next(&mut self) -> i32 {
        loop {
            let number = self.any().await;
            if let Ok(mut taken) = TAKEN.lock() {
                *taken = Some(Instant::now());
            }
            if self.first.is_none_or(|first| first.elapsed() > ONE_WISH) {
                self.first.get_or_insert_with(Instant::now);
                return number;
            }
        }
    }
}
