//! The signals that end what we do: the first asks for an orderly end, a second one for an immediate one. A command that waits and
//! does not listen itself is ended in words all the same; one that is over at once leaves them to the system.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use nix::libc::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Kind, Result};
use crate::proc;

/// A service manager signals every process of a service, and so does `queue run` its jobs: what comes so soon after the first
/// is the same wish.
const ONE_WISH: Duration = Duration::from_millis(250);

/// What listens may be busy with something that does not answer: so long after a signal that nobody took, the process is ended.
const UNHEARD: Duration = Duration::from_millis(1000);

/// A command that lasts longer waits for something. To begin with, the system ends the process by itself.
const AT_ONCE: Duration = Duration::from_millis(50);

/// So long a command that waits may take to leave in words. It may be held up by what it does itself: a reader of stdout that reads
/// no more, a question that nobody answers.
const LEAVING: Duration = Duration::from_millis(600);

/// Signals are the process's, and so is what is known of them: that somebody listens, and when the last one was taken.
static LISTENING: Notify = Notify::const_new();
static IS_HEARD: AtomicBool = AtomicBool::new(false);
static TAKEN: Mutex<Option<Instant>> = Mutex::new(None);

/// Was a signal that came then taken, or is it one wish with the one that was?
fn is_taken(arrived: Instant) -> bool {
    let taken = TAKEN.lock().map_or(None, |taken| *taken);
    taken.is_some_and(|taken| taken + ONE_WISH >= arrived)
}

/// A file that reaches a limit (`ulimit -f`) would end this process without a word; with a handler it is an error of the write.
/// Programs that are started have the signal as it was.
pub fn survive_file_limit() {
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
}

/// The signals that ask for an end. A hangup does so too, unless whoever started us wants it ignored (`nohup`).
fn numbers() -> impl Iterator<Item = i32> {
    let hangup = (!proc::ignores(SIGHUP)).then_some(SIGHUP);
    [SIGINT, SIGTERM].into_iter().chain(hangup)
}

/// A signal that no command took.
pub struct Unheard {
    pub signal: i32,
    /// The command listens, and is held up by something.
    pub is_held_up: bool,
}

pub struct Signals {
    kinds: Vec<(Signal, i32)>,
    first: Option<Instant>,
}

impl Signals {
    /// From now on SIGINT, SIGTERM and SIGHUP are the caller's to answer, and do not end the process by themselves.
    ///
    /// # Errors
    /// The system does not let this process listen to one of them.
    pub fn listen() -> Result<Signals> {
        let signals = Signals::open()?;
        IS_HEARD.store(true, Ordering::SeqCst);
        LISTENING.notify_one();
        Ok(signals)
    }

    fn open() -> Result<Signals> {
        let open = |number| Ok((signal(SignalKind::from_raw(number))?, number));
        let kinds = numbers().map(open).collect::<std::io::Result<_>>();
        let kinds = kinds.map_err(|cause| Error::new(Kind::Internal, "cannot listen to signals").because(cause))?;
        Ok(Signals { kinds, first: None })
    }

    /// A signal that came and that nobody takes: at once where no command listens, though this one waits; else once it was held
    /// up for a second by something, and has to be left.
    pub async fn unheard() -> Unheard {
        let _ = tokio::time::timeout(AT_ONCE, LISTENING.notified()).await;
        let Ok(mut signals) = Signals::open() else { return std::future::pending().await };
        end_what_does_not_leave();
        loop {
            let signal = signals.any().await;
            if !IS_HEARD.load(Ordering::SeqCst) {
                return Unheard { signal, is_held_up: false };
            }
            let mut arrived = Instant::now();
            let mut latest = arrived;
            loop {
                tokio::select! {
                    _ = signals.any() => latest = Instant::now(),
                    () = sleep_until(arrived + UNHEARD) => {
                        if !is_taken(arrived) {
                            return Unheard { signal, is_held_up: true };
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
        let received = self.kinds.iter_mut().map(|(signal, number)| {
            let number = *number;
            Box::pin(signal.recv().map(move |_| number))
        });
        futures_util::future::select_all(received).await.0
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

/// Ends the process, as the system would, where no command listens and a signal is not answered in words soon: what holds us up lets
/// no task have its turn. A thread of its own sees that.
fn end_what_does_not_leave() {
    let Ok(mut signals) = signal_hook::iterator::Signals::new(numbers()) else { return };
    std::thread::spawn(move || {
        for signal in signals.forever() {
            std::thread::sleep(LEAVING);
            if !IS_HEARD.load(Ordering::SeqCst) {
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        }
    });
}
