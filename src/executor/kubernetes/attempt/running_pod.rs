//! The pod whose program runs, for whoever is about to end that: it may have ended by itself, unseen while we were stopped, the
//! machine asleep or the connection broken.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::Attempt;
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::pod::Pod;
use crate::executor::kubernetes::stream::recorder;
use crate::executor::process::Captured;
use crate::failpoint;

/// A job that is cancelled is not kept for longer by the question; a kubectl on a machine that is busy may take a second.
const LOOK: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_secs(1);
/// Between two questions how long a program has run.
const AGE_PAUSE: Duration = Duration::from_secs(5);

/// The pod whose program runs, as far as is known; shared by who runs it and who ends it.
#[derive(Clone, Default)]
pub struct RunningPod(Rc<RefCell<Option<Watched>>>);

#[derive(Clone)]
struct Watched {
    cluster: Cluster,
    pod: Pod,
    begun: watch::Receiver<bool>,
    /// An earlier runner may have let its program go, be it that nothing of it came here yet.
    may_have_begun: bool,
}

impl RunningPod {
    /// From now on it is this attempt's.
    pub fn set(&self, attempt: &Attempt<'_>) {
        let (cluster, pod, begun) = (attempt.cluster.clone(), attempt.pod.clone(), attempt.begun());
        let may_have_begun = attempt.is_earlier_runners();
        self.0.replace(Some(Watched { cluster, pod, begun, may_have_begun }));
    }

    /// What its program came to is known, or will not be.
    pub fn clear(&self) {
        self.0.replace(None);
    }

    /// Has its program been let go, and ended by itself? Where that is not told in time, it counts as running.
    pub async fn has_ended(&self) -> bool {
        let watched = self.0.borrow().clone();
        match watched.filter(|watched| watched.may_have_begun || *watched.begun.borrow()) {
            Some(Watched { cluster, pod, .. }) => {
                timeout(LOOK, has_ended(&cluster, &pod, LOOK)).await.unwrap_or_default()
            }
            None => false,
        }
    }
}

/// Has the program in this pod ended? That is asked until it is known, each time for so long.
pub async fn has_ended(cluster: &Cluster, pod: &Pod, limit: Duration) -> bool {
    loop {
        match look(cluster, pod, limit).await {
            ProgramState::Ended => return true,
            ProgramState::Runs => return false,
            ProgramState::Unknown => sleep(PAUSE).await,
        }
    }
}

/// How long the program in this pod has run by now, for a runner that did not let it go. None where nobody tells.
async fn age(cluster: &Cluster, pod: &Pod) -> Option<Duration> {
    if pod.is_recorded() {
        let captured = cluster.query(&pod.exec(recorder::AGE)).await.ok().filter(Captured::ok)?;
        let text = captured.stdout_text();
        let (began, now) = text.trim().split_once(' ')?;
        let seconds = now.parse::<f64>().ok()? - began.parse::<f64>().ok()? / 100.0;
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let state = cluster.pod(&pod.name).await.ok().flatten()?;
    (failpoint::now() - state.began()?).to_std().ok()
}

/// How long the program has run: asked again for as long as nobody tells, but not for longer than this.
pub async fn wait_for_age(cluster: &Cluster, pod: &Pod, limit: Duration) -> Duration {
    let begun = Instant::now();
    loop {
        match age(cluster, pod).await {
            Some(age) => return age,
            None if begun.elapsed() >= limit => return begun.elapsed(),
            None => sleep(AGE_PAUSE).await,
        }
    }
}

/// What is known of a program that was let go.
enum ProgramState {
    Ended,
    Runs,
    /// Neither the pod nor the cluster says so in time, or the pod's node is lost.
    Unknown,
}

/// Asks the pod, and where that does not answer the cluster; each may take so long.
async fn look(cluster: &Cluster, pod: &Pod, limit: Duration) -> ProgramState {
    let recorder = async || {
        if !pod.is_recorded() {
            return None;
        }
        let asked = async { cluster.query(&pod.exec(recorder::ENDED)).await.ok().filter(Captured::ok) };
        let captured = timeout(limit, asked).await.ok().flatten()?;
        Some(if captured.stdout_text().trim() == "ended" { ProgramState::Ended } else { ProgramState::Runs })
    };
    if let Some(state) = recorder().await {
        return state;
    }
    match timeout(limit, cluster.pod(&pod.name)).await {
        Ok(Ok(Some(state))) if state.is_silent() => ProgramState::Ended,
        // The cluster may have come back between both questions.
        Ok(Ok(Some(state))) if !state.on_lost_node() => recorder().await.unwrap_or(ProgramState::Runs),
        // Of one that is gone the reader of its output tells.
        Ok(Ok(None)) => ProgramState::Ended,
        Ok(Ok(Some(_)) | Err(_)) | Err(_) => ProgramState::Unknown,
    }
}
