//! The parts of a pod that are read from `kubectl get pod -o json`.

use serde::Deserialize;
use serde_json::Value;

/// What `kubectl get pod -o json` says, as far as we care.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodState {
    pub metadata: Metadata,
    pub spec: Spec,
    pub status: Status,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Metadata {
    pub name: String,
    pub uid: String,
    pub creation_timestamp: String,
    pub deletion_timestamp: Option<String>,
    pub annotations: std::collections::BTreeMap<String, String>,
    pub owner_references: Vec<Value>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Spec {
    pub node_name: String,
    pub init_containers: Vec<Named>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Named {
    pub name: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Status {
    pub phase: String,
    pub reason: String,
    pub message: String,
    pub conditions: Vec<Condition>,
    pub container_statuses: Vec<Container>,
    pub init_container_statuses: Vec<Container>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Condition {
    #[serde(rename = "type")]
    pub kind: String,
    pub status: String,
    pub reason: String,
    pub message: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    pub name: String,
    pub image: String,
    pub ready: bool,
    pub restart_count: i64,
    pub state: State,
    pub last_state: State,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct State {
    pub waiting: Option<Detail>,
    pub running: Option<Value>,
    pub terminated: Option<Detail>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Detail {
    pub reason: String,
    pub message: String,
    pub exit_code: i32,
}

impl PodState {
    /// The job's own container, which has the pod's name.
    pub fn container(&self) -> Option<&Container> {
        self.status.container_statuses.iter().find(|container| container.name == self.metadata.name)
    }
    pub fn terminated(&self) -> Option<&Detail> {
        self.container()?.state.terminated.as_ref()
    }
    /// Has the cluster lost the node? Then it says that the pod is not ready, against the kubelet's last word that each of its
    /// containers is. Older clusters have a word of their own for it.
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
    pub fn running(&self) -> bool {
        self.container().is_some_and(|container| container.state.running.is_some())
    }
}
