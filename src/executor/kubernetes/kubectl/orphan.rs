//! A `kubectl run` that outlived its runner. It goes on until it is attached, and may let the program go after somebody else
//! looked at the pod: before another pod is made, it has to end.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::executor::Job;
use crate::executor::kubernetes::pod;
use crate::proc;

const PAUSE: Duration = Duration::from_millis(20);
/// A process that was killed is gone after that, or never.
const LIMIT: Duration = Duration::from_secs(2);

/// Does one of this job run on this machine? To be asked while the job is ours and nothing was started for it.
pub fn exists(job: &Job) -> bool {
    !find(&pod::label_argument(job)).is_empty()
}

/// Ends those of a job on this machine, and waits until they are gone; those of another user stay.
pub async fn end(job: &Job) {
    let label = pod::label_argument(job);
    let orphans = find(&label);
    for orphan in &orphans {
        let _ = kill(*orphan, Signal::SIGKILL);
    }
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        if orphans.is_empty() || find(&label).is_empty() {
            return;
        }
        sleep(PAUSE).await;
    }
}

/// The processes with this argument.
fn find(argument: &str) -> Vec<Pid> {
    let has = |process: &Pid| {
        let line = std::fs::read(proc::folder(*process).join("cmdline")).unwrap_or_default();
        line.split(|byte| *byte == 0).any(|word| word == argument.as_bytes())
    };
    proc::all().filter(has).collect()
}
