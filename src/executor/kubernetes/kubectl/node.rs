//! The node of a running pod: whether the cluster still hears of it, how long it is waited for, and what is told of it.

use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::client::Cluster;
use super::pod_status::PodState;
use crate::executor::Reason;
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::reason::NodeLost;
use crate::failpoint;

/// How long Kubernetes itself leaves the pods of a silent node alone.
///
/// It is the toleration that each pod is given: a node that comes back sooner still has its programs.
const LIMIT: Duration = Duration::from_secs(300);
/// kubectl waits for so long at most, then anew: it outlives a runner that is killed.
const WAIT: Duration = Duration::from_secs(300);
/// Between two waits: one that cannot wait must not keep the machine busy.
const PAUSE: Duration = Duration::from_secs(10);
/// A kubelet takes on a pod sooner than that.
const TAKEN_ON: Duration = Duration::from_secs(8);

/// A machine on which many pods start at once has no time to be asked each second.
const ASKED_AGAIN: Duration = Duration::from_secs(10);

/// What is known of the node of one running pod.
pub struct Node {
    /// Ends when the cluster says that it lost the node; none while that is known.
    watch: Option<Pin<Box<dyn Future<Output = ()>>>>,
    lost: Option<LostNode>,
}

struct LostNode {
    since: Instant,
    name: String,
    /// Somebody, mostly the cluster itself, told the pod to go: the kubelet ends it once the node is back.
    is_deleted: bool,
}

impl Node {
    /// The node of the attempt's pod, not known to be lost. It is watched once [`until_lost`](Node::until_lost) is waited for.
    pub fn new(attempt: &Attempt<'_>) -> Node {
        Node { watch: Some(watch(attempt)), lost: None }
    }

    /// Waits until the cluster says that it lost the node; never ends while that is known. It may be dropped and called again.
    pub async fn until_lost(&mut self) {
        match &mut self.watch {
            Some(watch) => watch.await,
            None => std::future::pending().await,
        }
        self.watch = None;
    }

    /// Did the last [`look`](Node::look) find that the cluster does not hear of it, with no answer since?
    pub fn is_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// The pod was read from, so its node answers.
    pub async fn answers(&mut self, attempt: &Attempt<'_>) {
        if let Some(lost) = self.lost.take() {
            let (name, seconds) = (&lost.name, lost.since.elapsed().as_secs());
            attempt
                .output
                .notice(format!("the node {name} of pod {} answers again, after {seconds} s", attempt.pod.name))
                .await;
        }
        self.watch.get_or_insert_with(|| watch(attempt));
    }

    /// Judges a pod that cannot be read from. Gives the reason once its node was waited for long enough.
    pub async fn look(&mut self, attempt: &Attempt<'_>, pod: &PodState) -> Option<Reason> {
        if !pod.on_lost_node() {
            // The kubelet is back before it can be read from.
            return None;
        }
        self.watch = None;
        let (limit, name, is_deleted) =
            (failpoint::at_most(LIMIT), &pod.spec.node_name, pod.metadata.deletion_timestamp.is_some());
        let pod = &attempt.pod.name;
        let Some(lost) = &mut self.lost else {
            self.lost = Some(LostNode { since: Instant::now(), name: name.clone(), is_deleted });
            let message =
                not_ready(&attempt.cluster, name).await.map(|message| format!(" ({message})")).unwrap_or_default();
            let waits = limit.as_secs();
            let message = format!(
                "waiting: the node {name} of pod {pod} does not answer{message}; the program may go on there, and the node is waited for up to {waits} s"
            );
            attempt.output.notice(message).await;
            return None;
        };
        if is_deleted && !std::mem::replace(&mut lost.is_deleted, true) {
            let message = format!(
                "the pod {pod} was told to go because its node {name} does not answer: the program is ended once the node is back"
            );
            attempt.output.notice(message).await;
        }
        (lost.since.elapsed() >= limit).then(|| self.given_up(attempt, limit))
    }

    fn given_up(&self, attempt: &Attempt<'_>, limit: Duration) -> Reason {
        Reason::NodeLost(Box::new(NodeLost::GivenUp {
            node: self.lost.as_ref().map(|lost| lost.name.clone()).unwrap_or_default(),
            pod: attempt.pod.name.clone(),
            namespace: attempt.cluster.namespace(),
            job: attempt.job.id,
            waited: limit,
        }))
    }

    /// The pod is gone, or its container ended without the recorder's last word: the node's fault if it was lost before.
    pub fn fault(&self, attempt: &Attempt<'_>, what: &str) -> Option<Reason> {
        let lost = self.lost.as_ref()?;
        Some(Reason::NodeLost(Box::new(NodeLost::EndedWithIt {
            node: lost.name.clone(),
            silent: lost.since.elapsed(),
            what: what.to_owned(),
            job: attempt.job.id,
        })))
    }
}

/// Waits by one kubectl that does nothing meanwhile: asking again and again would cost the machine and the API server more.
fn watch(attempt: &Attempt<'_>) -> Pin<Box<dyn Future<Output = ()>>> {
    let (cluster, pod) = (attempt.cluster.clone(), attempt.pod.name.clone());
    Box::pin(async move {
        let (name, timeout) = (format!("pod/{pod}"), format!("--timeout={}s", WAIT.as_secs()));
        loop {
            let _ = cluster.query_within(WAIT * 2, &["wait", "--for=condition=Ready=False", &timeout, &name]).await;
            if matches!(cluster.pod(&pod).await, Ok(Some(state)) if state.on_lost_node()) {
                return;
            }
            sleep(PAUSE).await;
        }
    })
}

/// What the cluster says of a node that is not ready. Not everybody may ask, and nothing hangs on it.
async fn not_ready(cluster: &Cluster, name: &str) -> Option<String> {
    let ready = "jsonpath={range .status.conditions[?(@.type==\"Ready\")]}{.status} {.message}{end}";
    let captured = cluster.query(&["get", "node", name, "-o", ready]).await.ok().filter(|captured| captured.ok())?;
    let text = captured.stdout_text();
    let (status, message) = text.split_once(' ')?;
    (status != "True").then(|| message.trim().trim_end_matches('.').to_owned())
}

/// Does the node take no new pods, which is how a drain begins? Not everybody may ask.
pub async fn is_cordoned(cluster: &Cluster, name: &str) -> bool {
    let asked = cluster.query(&["get", "node", name, "-o", "jsonpath={.spec.unschedulable}"]).await;
    asked.is_ok_and(|captured| captured.ok() && captured.stdout_text().trim() == "true")
}

/// Is there no such node? Not everybody may ask.
pub async fn is_missing(cluster: &Cluster, name: &str) -> bool {
    let asked = cluster.query(&["get", "node", name, "-o", "name"]).await;
    asked.is_ok_and(|captured| !captured.ok() && captured.stderr_text().contains("(NotFound): nodes \""))
}

/// The node of a pod that waits for its kubelet.
pub struct StartingNode<'a> {
    cluster: &'a Cluster,
    begun: Instant,
    /// What was said of it last, and when.
    captured: Option<(Instant, Option<String>)>,
}

impl<'a> StartingNode<'a> {
    /// The node of a pod that was asked for at `begun`; nothing is known of it yet.
    pub fn new(cluster: &'a Cluster, begun: Instant) -> StartingNode<'a> {
        StartingNode { cluster, begun, captured: None }
    }

    /// Why the pod does not start, where its node is not ready.
    pub async fn fault(&mut self, pod: &PodState) -> Option<Reason> {
        let name = &pod.spec.node_name;
        if name.is_empty() || !pod.status.container_statuses.is_empty() || self.begun.elapsed() < TAKEN_ON {
            return None;
        }
        if self.captured.as_ref().is_none_or(|(asked, _)| asked.elapsed() >= ASKED_AGAIN) {
            self.captured = Some((Instant::now(), not_ready(self.cluster, name).await));
        }
        let message = self.captured.as_ref().and_then(|(_, message)| message.clone())?;
        Some(Reason::NodeLost(Box::new(NodeLost::NotStarted {
            node: name.clone(),
            pod: pod.metadata.name.clone(),
            namespace: self.cluster.namespace(),
            message,
        })))
    }
}
