//! The parts of a pod that are read from `kubectl get pod -o json`.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

/// What `kubectl get pod -o json` says, as far as we care.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodState {
    pub metadata: Metadata,
    pub spec: Spec,
    pub status: PodStatus,
}

/// `metadata`, of a pod or of what owns one.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    pub name: String,
    /// Differs for every object that ever was, of one name too.
    pub uid: String,
    /// RFC 3339, by the server's clock.
    pub creation_timestamp: String,
    /// Set once somebody asked for its deletion; the pod goes some time after.
    pub deletion_timestamp: Option<String>,
    pub labels: std::collections::BTreeMap<String, String>,
    /// The recorder's nonce, and the release that helm made it for.
    pub annotations: std::collections::BTreeMap<String, String>,
    /// `ownerReferences`, as they come: of them only `uid` is read.
    pub owner_references: Vec<Value>,
}

/// `spec`: what was asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    /// `nodeName`; empty while it is not scheduled.
    pub node_name: String,
    /// `activeDeadlineSeconds`: how long after its start the kubelet ends it.
    pub active_deadline_seconds: Option<i64>,
    /// `initContainers`, by which a borrowed recorder is recognised.
    pub init_containers: Vec<Init>,
}

/// An element of `spec.initContainers`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Init {
    pub name: String,
    /// `restartPolicy`; `Always` makes it a sidecar, which runs beside the others and is ended after them.
    pub restart_policy: String,
}

/// `status`: what has become of it, by the kubelet's last word.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`; empty for what is no pod.
    pub phase: String,
    /// `nominatedNodeName`: where room is being made for it.
    pub nominated_node_name: String,
    /// `startTime`: when the kubelet took it, by the node's clock.
    pub start_time: Option<String>,
    /// Why the pod as a whole ended, in one word: `Evicted`, `DeadlineExceeded`, `NodeLost`; mostly empty.
    pub reason: String,
    pub message: String,
    /// `PodScheduled`, `Ready`, `ContainersReady`, …
    pub conditions: Vec<Condition>,
    /// `containerStatuses`, in no certain order; empty until the kubelet took the pod.
    pub container_statuses: Vec<ContainerStatus>,
    /// `initContainerStatuses`.
    pub init_container_statuses: Vec<ContainerStatus>,
}

/// An element of `status.conditions`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Condition {
    /// `type`.
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub reason: String,
    pub message: String,
}

/// An element of `status.containerStatuses` or `status.initContainerStatuses`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContainerStatus {
    pub name: String,
    /// As the runtime calls it, which may be another name than the one asked for.
    pub image: String,
    /// Has it passed its readiness probe?
    pub ready: bool,
    /// `restartCount`.
    pub restart_count: i64,
    /// `state`: now.
    pub state: ContainerState,
    /// `lastState`: before its last restart.
    pub last_state: ContainerState,
}

/// `state` of a container: one of the three is set, or none before the kubelet's first word.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ContainerState {
    /// Why it has not started.
    pub waiting: Option<Detail>,
    /// Holds since when.
    pub running: Option<Value>,
    /// How it ended.
    pub terminated: Option<Detail>,
}

/// `state.waiting` or `state.terminated`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Detail {
    /// In one word: `ErrImagePull`, `OOMKilled`, `StartError`, `Completed`, …
    pub reason: String,
    pub message: String,
    /// `exitCode`, of `terminated` only.
    pub exit_code: i32,
    /// `finishedAt`, of `terminated` only, by the node's clock.
    pub finished_at: Option<String>,
}

impl PodState {
    /// The job's own container, which has the pod's name.
    pub fn container(&self) -> Option<&ContainerStatus> {
        self.status.container_statuses.iter().find(|container| container.name == self.metadata.name)
    }

    /// The containers beside it.
    fn others(&self) -> impl Iterator<Item = &ContainerStatus> {
        self.status.container_statuses.iter().filter(|container| container.name != self.metadata.name)
    }

    /// How the job's container ended; none while it has not.
    pub fn terminated(&self) -> Option<&Detail> {
        self.container()?.state.terminated.as_ref()
    }

    /// The exit code of the job's container; where its end is not told, that of a program that was killed.
    pub fn exit_code(&self) -> i32 {
        self.terminated().map_or(137, |terminated| terminated.exit_code)
    }

    /// Has the cluster lost the node?
    ///
    /// Then it says that the pod is not ready, against the kubelet's last word that each of its containers is. Older clusters
    /// have a word of their own for it.
    pub fn on_lost_node(&self) -> bool {
        let condition = |kind| self.status.conditions.iter().find(|condition: &&Condition| condition.kind == kind);
        let unready = |it: &Condition| it.status == "False" && it.reason != "ReadinessGatesNotReady";
        let against = condition("Ready").is_some_and(unready)
            && condition("ContainersReady").is_some_and(|it| it.status == "True");
        self.status.reason == "NodeLost" || self.status.phase == "Unknown" || against
    }

    /// Has the job's container ended, or will it never run?
    pub fn ended(&self) -> bool {
        self.terminated().is_some() || matches!(self.status.phase.as_str(), "Failed" | "Succeeded")
    }

    /// Has it [ended](Self::ended), and prints no more?
    ///
    /// An old server calls a pod over as soon as its deadline is, while its program has its grace period yet.
    pub fn is_silent(&self) -> bool {
        self.ended() && !self.running()
    }

    /// The condition `DisruptionTarget`, where it holds: somebody ends the pod (Kubernetes 1.26 and later).
    pub fn disruption(&self) -> Option<&Condition> {
        self.status.conditions.iter().find(|it| it.kind == "DisruptionTarget" && it.status == "True")
    }

    /// Did the job's container live until the pod's own deadline? Both times are whole seconds.
    pub fn reached_its_deadline(&self) -> bool {
        let time = |text: &Option<String>| DateTime::parse_from_rfc3339(text.as_deref()?).ok();
        let ended = self.terminated().and_then(|terminated| time(&terminated.finished_at));
        let lived = ended
            .zip(time(&self.status.start_time))
            .map(|(ended, began)| (ended - began).num_seconds().saturating_add(1));
        lived.zip(self.spec.active_deadline_seconds).is_some_and(|(lived, deadline)| lived >= deadline)
    }

    /// Is the container of this name a sidecar: an init container that runs beside the others?
    pub fn is_sidecar(&self, name: &str) -> bool {
        self.spec.init_containers.iter().any(|it| it.name == name && it.restart_policy == "Always")
    }

    /// Does the job's container run, and has another one of the pod ended?
    ///
    /// As a whole it is not ready then: never, or not before a sidecar that fails does so no more.
    pub fn is_partly_over(&self) -> bool {
        let sidecars = self.status.init_container_statuses.iter().filter(|container| self.is_sidecar(&container.name));
        let has_ended = |state: &ContainerState| {
            state.terminated.is_some() || state.waiting.as_ref().is_some_and(|it| it.reason == "CrashLoopBackOff")
        };
        self.running() && self.others().chain(sidecars).any(|container| has_ended(&container.state))
    }

    /// Has the job's container ended while another one runs on?
    ///
    /// The pod as a whole is neither ready nor over then.
    pub fn goes_on_without_it(&self) -> bool {
        let sidecars = self.status.init_container_statuses.iter();
        self.terminated().is_some() && self.others().chain(sidecars).any(|container| container.state.running.is_some())
    }

    /// The names of the containers beside the job's that run.
    pub fn others_running(&self) -> Vec<String> {
        let running = self.others().filter(|container| container.state.running.is_some());
        running.map(|container| container.name.clone()).collect()
    }

    /// Does the job's container run and wait to be ready, by a probe of its own or a gate of the pod, while all beside it are?
    ///
    /// As a rule that waits for the program, which waits to be let go.
    pub fn waits_for_its_program(&self) -> bool {
        let is_gated =
            self.status.conditions.iter().any(|it| it.kind == "Ready" && it.reason == "ReadinessGatesNotReady");
        let is_unready = self.container().is_some_and(|container| !container.ready) || is_gated;
        self.running() && is_unready && self.others().all(|container| container.ready)
    }

    /// Was it told to go before the job's container began? No kubelet begins that then.
    pub fn goes_unstarted(&self) -> bool {
        self.metadata.deletion_timestamp.is_some() && !self.running() && self.terminated().is_none()
    }

    /// When the job's container began, by the node's clock; none where it does not run.
    pub fn began(&self) -> Option<DateTime<Utc>> {
        let began = self.container()?.state.running.as_ref()?["startedAt"].as_str()?;
        DateTime::parse_from_rfc3339(began).ok().map(|began| began.to_utc())
    }

    /// Does the job's container run, by the kubelet's last word?
    pub fn running(&self) -> bool {
        self.container().is_some_and(|container| container.state.running.is_some())
    }
}
