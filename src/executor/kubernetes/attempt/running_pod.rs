//! The pod whose program runs, for whoever is about to end that: it may have ended by itself, unseen while we were stopped, the
//! machine asleep or the connection broken.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::Attempt;
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::pod::Pod;
use crate::executor::kubernetes::stream::recorder;

/// A job that is cancelled is not kept for longer by the question; a kubectl on a machine that is busy may take a second.
const LOOK: Duration = Duration::from_secs(3);

/// The pod whose program runs, as far as is known; shared by who runs it and who ends it.
#[derive(Clone, Default)]
pub struct RunningPod(Rc<RefCell<Option<Watched>>>);

#[derive(Clone)]
struct Watched {
    cluster: Cluster,
    pod: Pod,
    begun: watch::Receiver<bool>,
}

impl RunningPod {
    /// From now on it is this attempt's.
    pub fn set(&self, attempt: &Attempt<'_>) {
        let (cluster, pod, begun) = (attempt.cluster.clone(), attempt.pod.clone(), attempt.begun());
        self.0.replace(Some(Watched { cluster, pod, begun }));
    }

    /// What its program came to is known, or will not be.
    pub fn clear(&self) {
        self.0.replace(None);
    }

    /// Has its program been let go, and ended by itself?
    pub async fn has_ended(&self) -> bool {
        let watched = self.0.borrow().clone();
        match watched.filter(|watched| *watched.begun.borrow()) {
            Some(Watched { cluster, pod, .. }) => has_ended(&cluster, &pod, LOOK).await,
            None => false,
        }
    }
}

/// Has the program in this pod ended? Where that is not told in time, it counts as running.
pub async fn has_ended(cluster: &Cluster, pod: &Pod, limit: Duration) -> bool {
    let look = async {
        if pod.is_recorded()
            && let Ok(captured) = cluster.query(&pod.exec(recorder::ENDED)).await
            && captured.ok()
        {
            return captured.stdout_text().trim() == "ended";
        }
        matches!(cluster.pod(&pod.name).await, Ok(Some(state)) if state.ended())
    };
    timeout(limit, look).await.unwrap_or_default()
}
