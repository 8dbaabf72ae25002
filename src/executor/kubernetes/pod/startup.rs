//! A pod that takes its time to start: how long it is waited for, and what is shown meanwhile.

use std::cell::Cell;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::executor::kubernetes::errors::pod_reason::{self, Start};
use crate::executor::kubernetes::errors::stderr;
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::kubectl::node;
use crate::executor::kubernetes::kubectl::pod_status::PodState;
use crate::executor::kubernetes::kubectl::pod_watch::PodWatch;
use crate::executor::kubernetes::kubectl::queries::Event;
use crate::executor::kubernetes::stream::resume::UNREACHABLE;
use crate::executor::reason::{Code, Pull, PullFault};
use crate::executor::{Output, Reason, Step};
use crate::failpoint;

/// A pod that started within this time is not asked about.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// A pod is not asked about for so long while this machine has more to do than it can.
///
/// Where twenty jobs start at once, looking at each of their pods would be a fifth of what their kubectls cost, and keep them
/// from starting.
const LOOK_AFTER_WHEN_BUSY: Duration = Duration::from_secs(15);
/// How often a pod that does not change is judged again: its time may be over.
const TICK: Duration = Duration::from_secs(1);
/// A pod that is not there for so long may have come and gone before it was looked at.
const ABSENT: Duration = Duration::from_secs(10);
/// A fault that may pass by itself, but seldom does, is believed after this time.
const OBSTACLE_LIMIT: Duration = Duration::from_secs(15);
/// A test may wait for less of everything else, but not for less than a busy machine needs to start a pod.
const LIMIT_MIN: Duration = Duration::from_secs(20);
/// A node that is being made takes minutes.
const SCALING_UP: Duration = Duration::from_secs(10);
/// A pod that is not up after this time is asked for its events, and as often again: what else delays it stands in them alone.
const EVENTS: Duration = Duration::from_secs(10);
/// A registry's passing fault is believed after this time.
const PULL: Duration = Duration::from_secs(120);

/// What ends the watch of a pod that takes its time.
pub enum StartWatch {
    /// The program will not start.
    Hopeless(Reason),
    /// Its container runs, but another one has ended, or it is not ready itself; or it has ended, and another one runs: `kubectl run` waits
    /// in vain for the pod to be ready as a whole.
    NeverReady,
}

/// What kubectl is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachTarget {
    /// The pod, once it is ready as a whole (`kubectl run`).
    Pod,
    /// The job's container (`kubectl attach`). That another one has ended does not matter.
    Container,
}

/// Looks at a pod that takes its time, and to which kubectl is attached, or tries to be.
pub async fn watch_start(startup: Startup<'_>, limit: Duration, target: AttachTarget) -> StartWatch {
    let output = startup.output;
    let begun = Instant::now();
    sleep(LOOK_AFTER).await;
    // A person who watches wants to know what it is at.
    while !output.is_watched() && begun.elapsed() < failpoint::at_most(LOOK_AFTER_WHEN_BUSY) && is_machine_busy() {
        sleep(TICK).await;
    }
    let is_never_ready =
        |state: &PodState| state.is_partly_over() || state.waits_for_its_program() || state.goes_on_without_it();
    match startup.watch(begun, limit, |state| target == AttachTarget::Pod && is_never_ready(state)).await {
        Err(reason) => StartWatch::Hopeless(reason),
        Ok(()) => StartWatch::NeverReady,
    }
}

/// Do more processes want to run here than there are processors?
fn is_machine_busy() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    // `0.82 3.03 5.34 3/290 9441`: three run or want to, of 290.
    let running = load.split(' ').nth(3).and_then(|field| field.split('/').next()?.parse::<usize>().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    running.is_some_and(|running| running > processors)
}

/// Waits until the container runs or has ended. An error means that the program will not start.
///
/// # Errors
/// The pod is deleted, cannot start (for want of its image, for instance), is not up within `limit`, or the cluster stopped
/// answering. The pod itself stays.
pub async fn until_it_runs(startup: Startup<'_>, limit: Duration) -> Result<(), Reason> {
    startup.watch(Instant::now(), limit, |state| state.running() || state.ended()).await
}

/// A pod that is to start.
#[derive(Clone, Copy)]
pub struct Startup<'a> {
    pub cluster: &'a Cluster,
    pub name: &'a str,
    pub image: &'a str,
    pub output: &'a Output,
    /// Set once the cluster was seen to have it.
    pub seen: &'a Cell<bool>,
}

impl Startup<'_> {
    /// Looks until the pod is as wanted, or hopeless.
    async fn watch(
        &self,
        begun: Instant,
        limit: Duration,
        is_wanted: impl Fn(&PodState) -> bool,
    ) -> Result<(), Reason> {
        let Startup { cluster, name, image, output, seen } = *self;
        let limit = failpoint::at_most(limit).max(LIMIT_MIN.min(limit));
        let mut obstacle = StartObstacle { startup: *self, told: None, since: None, pull: None, scaling_up: None };
        let mut delay = Delay { startup: *self, asked: begun, told: None };
        let mut node = node::StartingNode::new(cluster, begun);
        let mut watch = PodWatch::new(cluster, name);
        let mut presence = Presence { was_there: false, absence_checked: Instant::now(), unreachable: None };
        let unknown = PodState::default();
        loop {
            let state = match watch.look(Instant::now() + TICK).await {
                Ok(Some(state)) if is_wanted(state) => return Ok(()),
                Ok(state) => {
                    seen.set(seen.get() || state.is_some());
                    presence.answered(self, state.is_some()).await?;
                    // Somebody's finalizer may keep it for ever.
                    if let Some(gone) = state.filter(|state| state.goes_unstarted()) {
                        return Err(pod_reason::disruption(gone).unwrap_or_else(|| pod_reason::deleted(name)));
                    }
                    state.unwrap_or(&unknown)
                }
                Err(reason) => {
                    presence.not_answered(self, reason).await?;
                    &unknown
                }
            };
            report_step(cluster, state, image, output).await;
            let is_late = begun.elapsed() >= limit;
            let mut start = pod_reason::start_progress(state, image);
            if start == Start::Coming
                && let Some(reason) = node.fault(state).await
            {
                start = Start::Obstacle(reason);
            }
            match start {
                Start::Hopeless(reason) => return Err(reason),
                Start::Obstacle(reason) => {
                    if let Some(reason) = obstacle.judge(reason, is_late).await {
                        return Err(reason);
                    }
                }
                Start::Coming if is_late => {
                    delay.look(state).await;
                    let why = match delay.told {
                        Some(told) => Some(told),
                        None => pulling(&cluster.events(name).await),
                    };
                    return Err(did_not_start(cluster, name, state, why, limit));
                }
                Start::Coming => {
                    obstacle.since = None;
                    if delay.asked.elapsed() >= failpoint::at_most(EVENTS) {
                        delay.look(state).await;
                    }
                }
            }
        }
    }

    /// Is there no such pod, though there are events of one?
    async fn came_and_went(&self) -> bool {
        matches!(self.cluster.pod(self.name).await, Ok(None)) && !self.cluster.events(self.name).await.is_empty()
    }
}

/// Whether the cluster answers, and has the pod.
struct Presence {
    was_there: bool,
    /// When it was last asked whether a pod that is not there has been there.
    absence_checked: Instant,
    /// Since when it does not answer, and whether that was told.
    unreachable: Option<(Instant, bool)>,
}

impl Presence {
    /// The API server answered: forgives its earlier failures, and sees whether the pod is still there.
    ///
    /// # Errors
    /// The pod is gone.
    async fn answered(&mut self, startup: &Startup<'_>, is_there: bool) -> Result<(), Reason> {
        let deleted = || pod_reason::deleted(startup.name);
        if self.was_there && !is_there {
            // kubectl may never learn that a pod is gone which was deleted by force.
            return Err(deleted());
        }
        self.unreachable = None;
        self.was_there = is_there;
        if !is_there && self.absence_checked.elapsed() >= ABSENT {
            if startup.came_and_went().await {
                return Err(deleted());
            }
            self.absence_checked = Instant::now();
        }
        Ok(())
    }

    /// The API server did not answer, or not to us: that is tolerated for a while.
    ///
    /// # Errors
    /// It is not tolerated any longer, or is not of a kind that passes.
    async fn not_answered(&mut self, startup: &Startup<'_>, reason: Reason) -> Result<(), Reason> {
        let limit = match &reason {
            // kubectl run itself waits on, and attaches once the cluster is there again.
            Reason::ClusterUnreachable(_) => UNREACHABLE,
            Reason::Forbidden { .. } | Reason::KubectlMissing { .. } => Duration::ZERO,
            // A fault of the server, of what gives the credentials, or of a kubeconfig that is just being written.
            _ => OBSTACLE_LIMIT,
        };
        let (since, is_told) = self.unreachable.get_or_insert_with(|| (Instant::now(), false));
        if since.elapsed() >= failpoint::at_most(limit) {
            return Err(reason);
        }
        if since.elapsed() >= OBSTACLE_LIMIT && !std::mem::replace(is_told, true) {
            startup.output.notice(format!("waiting: {reason}")).await;
        }
        Ok(())
    }
}

/// Shows what the pod is at. That its image is pulled stands in its events alone.
async fn report_step(cluster: &Cluster, state: &PodState, image: &str, output: &Output) {
    if !output.is_watched() || state.status.phase != "Pending" {
        return;
    }
    let events = cluster.events(&state.metadata.name).await;
    let is_of_image = |event: &&Event| matches!(event.reason.as_str(), "Pulling" | "Pulled");
    output.step(match events.iter().rev().find(is_of_image) {
        Some(event) if event.reason == "Pulling" => Step::Pulling { image: image.to_owned() },
        _ => Step::Starting { state: state.status.phase.clone() },
    });
}

/// What keeps a pod from starting by its events, where its status says nothing: a volume that cannot be mounted, for instance.
///
/// Or a container that runs and is not ready. It may pass, and the kubelet goes on trying.
struct Delay<'a> {
    startup: Startup<'a>,
    /// When the events were asked for last, or else when the pod was.
    asked: Instant,
    /// What the user was told of.
    told: Option<String>,
}

impl Delay<'_> {
    /// Asks for the events, and tells of what is new.
    async fn look(&mut self, state: &PodState) {
        let Startup { cluster, name, output, .. } = self.startup;
        let found = delaying(&cluster.events(name).await)
            .map(|event| format!("{}: {}", event.reason, stderr::tidy(&event.message)))
            // kubectl attaches to a pod that is ready as a whole. Of a pod without a node not each server has an event.
            .or_else(|| {
                let says_more = state.status.phase == "Running" || state.spec.node_name.is_empty();
                pod_reason::unready_phrase(state).filter(|_| says_more)
            });
        self.asked = Instant::now();
        if let Some(found) = found.as_ref().filter(|found| self.told.as_ref() != Some(found)) {
            output.notice(format!("waiting: {found}")).await;
        }
        self.told = found;
    }
}

/// The first event of a fault since the start last went on. Later ones may only say that the kubelet waits for what it said before.
fn delaying(events: &[Event]) -> Option<&Event> {
    let goes_on = |event: &Event| {
        matches!(
            event.reason.as_str(),
            "Scheduled" | "SuccessfulAttachVolume" | "Pulling" | "Pulled" | "Created" | "Started"
        )
    };
    let since = events.iter().rposition(goes_on).map_or(0, |last| last + 1);
    let is_fault = |event: &&Event| {
        matches!(
            event.reason.as_str(),
            "FailedMount"
                | "FailedAttachVolume"
                | "FailedMapVolume"
                | "FailedScheduling"
                | "FailedCreatePodSandBox"
                | "FailedCreatePodContainer"
                | "NetworkNotReady"
        )
    };
    events[since..].iter().find(is_fault)
}

/// The image that is still being pulled. That may take its time: only of a pod that did not start it says why.
fn pulling(events: &[Event]) -> Option<String> {
    let last = events.iter().rev().find(|event| matches!(event.reason.as_str(), "Pulling" | "Pulled"))?;
    (last.reason == "Pulling").then(|| format!("Pulling: {}", stderr::tidy(&last.message)))
}

fn did_not_start(cluster: &Cluster, name: &str, state: &PodState, delay: Option<String>, limit: Duration) -> Reason {
    let phase = if state.status.phase.is_empty() { "unknown" } else { &state.status.phase };
    let (pod, namespace, phase) = (name.to_owned(), Box::new(cluster.namespace()), phase.to_owned());
    let why = delay.unwrap_or_default();
    Reason::DidNotStart { pod, namespace, phase, why, limit }
}

/// What is in the way of a pod's start.
struct StartObstacle<'a> {
    startup: Startup<'a>,
    /// What the user was told of.
    told: Option<Code>,
    /// The one that lasts, and since when.
    since: Option<(Code, Instant)>,
    /// The failure of the pull itself: once the kubelet backs off, the pod does not say it any more.
    pull: Option<Pull>,
    /// When an autoscaler was last seen to make room.
    scaling_up: Option<Instant>,
}

impl StartObstacle<'_> {
    /// Shows it once. Returns the reason once it is not tolerated any longer.
    async fn judge(&mut self, mut reason: Reason, is_late: bool) -> Option<Reason> {
        let Startup { cluster, name, image, output, .. } = self.startup;
        if let Reason::ImagePull(pull) = &reason {
            if !matches!(pull, Pull::Kubelet { fault: PullFault::BackOff, .. }) {
                self.pull = Some(pull.clone());
            } else if self.pull.is_none() {
                self.pull = cluster.pull_failure(name, image).await;
                if let Some(Start::Hopeless(reason)) = self.pull.clone().map(pod_reason::judge_pull) {
                    return Some(reason);
                }
            }
            reason = self.pull.clone().map_or(reason, Reason::ImagePull);
        }
        let code = reason.code();
        if self.told != Some(code) {
            self.told = Some(code);
            output.notice(format!("waiting: {reason}")).await;
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
            Reason::Unschedulable { .. } => since.elapsed() < OBSTACLE_LIMIT || self.is_scaling_up().await,
            _ => false,
        };
        (is_late || !patient && since.elapsed() >= OBSTACLE_LIMIT).then_some(reason)
    }

    async fn is_scaling_up(&mut self) -> bool {
        match self.scaling_up {
            Some(asked) if asked.elapsed() < SCALING_UP => true,
            _ => {
                let is_scaling_up = self.startup.cluster.scaling_up(self.startup.name).await;
                self.scaling_up = is_scaling_up.then(Instant::now);
                is_scaling_up
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_delays_a_start_by_its_events() {
        let event =
            |reason: &str, message: &str| Event { reason: reason.into(), message: message.into(), ..Event::default() };
        let found = |reasons: &[&str]| {
            let events: Vec<Event> =
                reasons.iter().enumerate().map(|(at, reason)| event(reason, &at.to_string())).collect();
            delaying(&events).map(|event| event.message.clone())
        };
        assert_eq!(found(&[]), None);
        assert_eq!(found(&["Scheduled", "MissingClusterDNS", "FailedMount", "FailedMount"]), Some("2".into()));
        assert_eq!(found(&["FailedScheduling", "Scheduled", "Pulling"]), None);
        assert_eq!(found(&["FailedMount", "Pulled", "FailedCreatePodSandBox"]), Some("2".into()));
    }
}
