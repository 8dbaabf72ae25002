//! Work that takes its time: a bar on a terminal, and where a signal ends it, how far it came.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use nix::sys::signal::Signal;
use tokio::time::sleep;

use crate::count::thousands;
use crate::error::{Error, Kind, Result};
use crate::failpoint;
use crate::job::run::signals::Signals;
use crate::output::Printer;

/// What is over sooner needs no bar.
const SHOW_AFTER: Duration = Duration::from_millis(500);
const TICK: Duration = Duration::from_millis(250);
/// How long a step that was begun may take to end once a signal came.
const FAREWELL: Duration = Duration::from_secs(10);

/// Work on a number of things, which may be learned only after it has begun.
pub struct Work {
    bar: ProgressBar,
    begun: Instant,
    /// Somebody sees the bar.
    is_seen: bool,
    signals: Signals,
    /// The signal that asks for an end.
    asked: Option<i32>,
    /// What it is done to, and what is done: `jobs`, `are deleted`.
    words: (&'static str, &'static str),
    /// What becomes of what was done, and what to do next.
    hint: &'static str,
}

/// The hint of work whose steps stay done when it is interrupted.
pub const STAYS: &str = "What is done stays; the same command does the rest";

impl Work {
    /// Begins to listen for signals. The bar comes once it is worth it. Of 0 things it is still to be learned how many they are.
    ///
    /// # Errors
    /// Signals cannot be listened to.
    pub fn begin(printer: &Printer, all: u64, words: (&'static str, &'static str), hint: &'static str) -> Result<Work> {
        let all = Some(all).filter(|all| *all > 0);
        let bar = ProgressBar::with_draw_target(all, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {how_far} {msg}") {
            let how_far = move |state: &ProgressState, out: &mut dyn fmt::Write| {
                let _ = match state.len() {
                    Some(all) => {
                        let (done, left) = (HumanCount(state.pos()), HumanDuration(state.eta()));
                        write!(out, "{done} of {} {}, {left:#} left", HumanCount(all), words.0)
                    }
                    None => write!(out, "counting the {}", words.0),
                };
            };
            bar.set_style(style.with_key("how_far", how_far));
        }
        let (begun, is_seen) = (Instant::now(), printer.shows_progress());
        Ok(Work { bar, begun, is_seen, signals: Signals::listen()?, asked: None, words, hint })
    }

    /// To be moved while a step goes on.
    pub fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    /// Does steps until one has nothing more to do; tells how much all did. Between two steps a signal ends it.
    ///
    /// # Errors
    /// A step's own; a signal came.
    pub async fn batches(&mut self, mut step: impl AsyncFnMut() -> Result<u64>) -> Result<u64> {
        let mut done: u64 = 0;
        loop {
            match self.step(step()).await? {
                0 => return Ok(done),
                count => {
                    done = done.saturating_add(count);
                    self.advance(count)?;
                }
            }
        }
    }

    /// This many more are done.
    ///
    /// # Errors
    /// A signal came, and something is left to do.
    pub fn advance(&mut self, count: u64) -> Result<()> {
        self.bar.inc(count);
        failpoint::at("batch");
        match self.asked {
            Some(signal) if Some(self.bar.position()) < self.bar.length() => Err(self.interrupted(signal)),
            _ => Ok(()),
        }
    }

    /// Does one step, to its end also where a signal comes meanwhile; only what does not end is left, or at a second signal.
    ///
    /// # Errors
    /// The step's own; it was left.
    pub async fn step<T>(&mut self, step: impl Future<Output = Result<T>>) -> Result<T> {
        let mut step = pin!(step);
        loop {
            let wait = if self.asked.is_some() { FAREWELL } else { self.until_seen() };
            tokio::select! {
                biased;
                done = &mut step => return done,
                signal = self.signals.next() => {
                    if self.asked.replace(signal).is_some() {
                        return Err(self.interrupted(signal));
                    }
                }
                () = sleep(wait) => match self.asked {
                    Some(signal) => return Err(self.interrupted(signal)),
                    None => self.show(),
                },
            }
        }
    }

    /// Does all of it at once, which a signal ends in the middle.
    ///
    /// # Errors
    /// Its own; a signal came.
    pub async fn at_once<T>(&mut self, work: impl Future<Output = Result<T>>) -> Result<T> {
        let mut work = pin!(work);
        loop {
            let wait = self.until_seen();
            tokio::select! {
                biased;
                done = &mut work => return done,
                signal = self.signals.next() => return Err(self.interrupted(signal)),
                () = sleep(wait) => self.show(),
            }
        }
    }

    /// Writes to the terminal with the progress bar out of the way.
    pub fn aside<T>(&self, write: impl FnOnce() -> T) -> T {
        self.bar.suspend(write)
    }

    fn until_seen(&self) -> Duration {
        match self.is_seen && self.bar.is_hidden() {
            true => SHOW_AFTER.saturating_sub(self.begun.elapsed()),
            false => Duration::MAX,
        }
    }

    fn show(&self) {
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
        self.bar.enable_steady_tick(TICK);
    }

    fn interrupted(&self, signal: i32) -> Error {
        // A bar that is finished is at its end, however far it came.
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
        self.bar.finish_and_clear();
        let name = Signal::try_from(signal).map_or_else(|_| format!("signal {signal}"), |signal| signal.to_string());
        let (what, are_done) = self.words;
        let message = format!("interrupted by {name}: {} of {} {what} {are_done}", thousands(done), thousands(all));
        Error::new(Kind::Signalled(signal), message).hint(self.hint).detail("done", done).detail("all", all)
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
