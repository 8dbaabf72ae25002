//! Where a running job's output goes beside the database.

use tokio::sync::watch;

use crate::executor::{Step, Stream};

/// Where a running job's output goes beside the database.
pub trait Terminal {
    fn show(&self, stream: Stream, bytes: &[u8]);

    /// Where the run's steps go, if somebody looks on.
    fn steps(&self) -> Option<&watch::Sender<Step>> {
        None
    }

    fn step(&self, step: Step) {
        if let Some(steps) = self.steps() {
            steps.send_replace(step);
        }
    }
}
