//! A pod that takes its time to start: how long that is borne, and what is told meanwhile.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::executor::kubernetes::errors::pod_reason::{self, Start};
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::kubectl::node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::reason::{Code, Pull, PullFault};
use crate::executor::{Output, Reason};
use crate::stop;

/// A pod that started within this time is not asked about.
const PATIENCE: Duration = Duration::from_millis(1500);
/// A fault that may pass by itself, but seldom does, is believed after this time.
const HINDERED: Duration = Duration::from_secs(15);
/// A test may wait for less of everything else, but not for less than a busy machine needs to start a pod.
const LIMIT_MIN: Duration = Duration::from_secs(20);
/// A registry's passing fault is believed after this time.
const PULL: Duration = Duration::from_secs(120);

/// Looks at a pod that takes its time; ends only when the program will not start.
pub async fn watch_start(cluster: &Cluster, name: &str, image: &str, limit: Duration, output: &Output) -> Reason {
    let begun = Instant::now();
    let limit = stop::at_most(limit).max(LIMIT_MIN.min(limit));
    sleep(PATIENCE).await;
    let mut hindrance = Hindrance { cluster, name, image, output, told: None, since: None, pull: None };
    let mut unreachable_since: Option<Instant> = None;
    let mut was_there = false;
    loop {
        let state = match cluster.pod(name).await {
            // kubectl may never learn that a pod is gone which was deleted by force.
            Ok(None) if was_there => return pod_reason::deleted(name),
            Ok(state) => {
                unreachable_since = None;
                was_there = state.is_some();
                state.unwrap_or_default()
            }
            Err(reason) => {
                // kubectl run itself is stuck if nobody answers: it would wait for minutes.
                let since = *unreachable_since.get_or_insert_with(Instant::now);
                if !matches!(reason, Reason::ClusterUnreachable(_)) || since.elapsed() > HINDERED {
                    return reason;
                }
                PodState::default()
            }
        };
        let is_late = begun.elapsed() >= limit;
        let mut start = pod_reason::of_start(&state, image);
        if start == Start::Coming
            && let Some(reason) = node::of_start(cluster, &state, begun).await
        {
            start = Start::Hindered(reason);
        }
        match start {
            Start::Hopeless(reason) => return reason,
            Start::Hindered(reason) => {
                if let Some(reason) = hindrance.judge(reason, is_late).await {
                    return reason;
                }
            }
            Start::Coming if is_late => return did_not_start(cluster, name, &state, limit),
            Start::Coming => hindrance.since = None,
        }
        sleep(Duration::from_secs(1)).await;
    }
}

fn did_not_start(cluster: &Cluster, name: &str, state: &PodState, limit: Duration) -> Reason {
    let phase = if state.status.phase.is_empty() { "unknown" } else { &state.status.phase };
    let (pod, namespace, phase) = (name.to_owned(), cluster.namespace.clone(), phase.to_owned());
    Reason::DidNotStart { pod, namespace, phase, limit }
}

/// What is in the way of a pod's start.
struct Hindrance<'a> {
    cluster: &'a Cluster,
    name: &'a str,
    image: &'a str,
    output: &'a Output,
    /// What the user was told of.
    told: Option<Code>,
    /// The one that lasts, and since when.
    since: Option<(Code, Instant)>,
    /// The failure of the pull itself: once the kubelet backs off, the pod does not say it any more.
    pull: Option<Pull>,
}

impl Hindrance<'_> {
    /// Tells of it once. Gives the reason back where it is not borne any longer.
    async fn judge(&mut self, mut reason: Reason, is_late: bool) -> Option<Reason> {
        if let Reason::ImagePull(pull) = &reason {
            if !matches!(pull, Pull::Kubelet { fault: PullFault::BackOff, .. }) {
                self.pull = Some(pull.clone());
            } else if self.pull.is_none() {
                self.pull = self.cluster.pull_failure(self.name, self.image).await;
                if let Some(Start::Hopeless(reason)) = self.pull.clone().map(pod_reason::judge_pull) {
                    return Some(reason);
                }
            }
            reason = self.pull.clone().map_or(reason, Reason::ImagePull);
        }
        let code = reason.code();
        if self.told != Some(code) {
            self.told = Some(code);
            self.output.notice(format!("waiting: {reason}")).await;
        }
        let since = match self.since {
            Some((lasting, since)) if lasting == code => since,
            _ => Instant::now(),
        };
        self.since = Some((code, since));
        let patient = match &reason {
            // A registry that is overloaded may need a few of the kubelet's tries; one that refuses is hardly there.
            Reason::ImagePull(Pull::Kubelet { fault: PullFault::Refused, .. }) => false,
            Reason::ImagePull(_) => since.elapsed() < PULL,
            Reason::Unschedulable { .. } => self.cluster.scaling_up(self.name).await,
            _ => false,
        };
        (is_late || !patient && since.elapsed() >= HINDERED).then_some(reason)
    }
}
