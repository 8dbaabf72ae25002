//! The permission to begin a job's program, which ends when another runner may have the job.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use tokio::sync::{mpsc, oneshot};

use super::{AskedPod, Reason};

/// Until when the job is ours for certain, by no clock that somebody sets.
#[derive(Clone, Debug, Default)]
pub struct LeaseTerm(Rc<Cell<Duration>>);

impl LeaseTerm {
    /// How long this machine has been up, sleep included.
    pub fn uptime() -> Duration {
        clock_gettime(ClockId::CLOCK_BOOTTIME).map_or(Duration::MAX, Duration::from)
    }

    /// It is ours for so long since then, an [`uptime`](LeaseTerm::uptime).
    pub fn extend(&self, since: Duration, term: Duration) {
        self.0.set(since.saturating_add(term));
    }

    /// May the job be another runner's by now?
    pub fn has_run_out(&self) -> bool {
        LeaseTerm::uptime() >= self.0.get()
    }
}

/// Asks whoever keeps the job whether it is still ours, so that its program may begin.
///
/// Call it right before anything is started or made that begins the program.
#[derive(Clone, Debug, Default)]
pub struct Permit(Option<mpsc::Sender<Question>>);

/// Where a [`Permit`] asks; each question is to be answered.
pub type Questions = mpsc::Receiver<Question>;

/// What a [`Permit`] asks.
pub struct Question {
    /// The pod that is to be made, which lives on without us. None for what begins on this machine.
    pub pod: Option<AskedPod>,
    pub answer: oneshot::Sender<bool>,
}

impl Permit {
    /// The two ends of such questions. A default one has nobody to ask, and is always granted.
    pub fn channel() -> (Permit, Questions) {
        let (sender, receiver) = mpsc::channel(1);
        (Permit(Some(sender)), receiver)
    }

    /// May the program begin now?
    ///
    /// # Errors
    /// It is not known whether the job is still ours.
    pub async fn to_begin(&self) -> Result<(), Reason> {
        self.ask(None).await
    }

    /// May this pod be made, in which the program begins? From here on a runner that takes the job over knows of it.
    ///
    /// # Errors
    /// It is not known whether the job is still ours.
    pub async fn to_make(&self, pod: AskedPod) -> Result<(), Reason> {
        self.ask(Some(pod)).await
    }

    /// Waits for the answer. If the job is another runner's by now, none comes, and this run is about to be dropped.
    async fn ask(&self, pod: Option<AskedPod>) -> Result<(), Reason> {
        let Some(asked) = &self.0 else { return Ok(()) };
        let (answer, answered) = oneshot::channel();
        if asked.send(Question { pod, answer }).await.is_ok()
            && let Ok(is_granted) = answered.await
        {
            return if is_granted { Ok(()) } else { Err(Reason::DatabaseAway) };
        }
        std::future::pending().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hold_runs_out_by_itself() {
        let held = LeaseTerm::default();
        assert!(held.has_run_out(), "it has not begun");
        let term = Duration::from_secs(10);
        held.extend(LeaseTerm::uptime(), term);
        assert!(!held.has_run_out());
        held.extend(LeaseTerm::uptime().saturating_sub(term), term);
        assert!(held.has_run_out());
    }
}
