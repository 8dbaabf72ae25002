//! What is asked of the cluster about a pod.

use std::time::Duration;

use serde::Deserialize;

use super::client::Cluster;
use super::pod_status::PodState;
use crate::executor::Reason;
use crate::executor::kubernetes::errors::pod_reason;
use crate::executor::reason::{Pull, Unreachable};

/// For looks that are soon taken again. kubectl's own --request-timeout would keep it from using a pod's service account.
const LOOK: Duration = Duration::from_secs(15);

/// An event of a pod.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Event {
    /// In one word: `Pulled`, `Failed`, `Killing`, `Evicted`, …
    pub reason: String,
    pub message: String,
    /// `involvedObject`.
    pub involved_object: EventObject,
}

/// What an event is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EventObject {
    /// `spec.containers{NAME}`, where it is a part of the pod.
    pub field_path: String,
}

impl Event {
    /// Is it of the job's own container, which is called as the pod is?
    pub fn is_of_own_container(&self, pod: &str) -> bool {
        self.involved_object.field_path == format!("spec.containers{{{pod}}}")
    }
}

impl Cluster {
    /// The pod as the API server knows it; none where there is no such pod, or not even its namespace any more.
    ///
    /// # Errors
    /// kubectl cannot be started, the API server does not answer within 15 s or refuses, or what it says cannot be read.
    pub async fn pod(&self, name: &str) -> Result<Option<PodState>, Reason> {
        let captured = self.query_within(LOOK, &["get", "pod", name, "-o", "json"]).await?;
        if captured.ok() {
            return serde_json::from_slice(&captured.stdout).map(Some).map_err(|error| {
                let (pod, cause) = (name.to_owned(), error.to_string());
                Reason::ClusterUnreachable(Unreachable::Unreadable { pod, cause })
            });
        }
        let message = captured.stderr_text();
        if ["(NotFound): pods \"", "(NotFound): namespaces \""].iter().any(|known| message.contains(known)) {
            return Ok(None);
        }
        Err(self.explain(&format!("the pod {name} cannot be looked at"), &captured))
    }

    /// The pods that carry the labels, newest first.
    ///
    /// # Errors
    /// kubectl cannot be started, the API server does not answer within 30 s or refuses, or what it says cannot be read.
    pub async fn pods(&self, selector: &str) -> Result<Vec<PodState>, Reason> {
        #[derive(Deserialize)]
        struct List {
            items: Vec<PodState>,
        }
        let captured = self.query(&["get", "pods", "-l", selector, "-o", "json"]).await?;
        if !captured.ok() {
            return Err(self.explain("the job's pods cannot be looked for", &captured));
        }
        let list: List = serde_json::from_slice(&captured.stdout).map_err(|error| {
            Reason::Failed(self.failure("kubectl's list of pods cannot be read", error.to_string()))
        })?;
        let mut pods = list.items;
        pods.sort_by(|a, b| b.metadata.creation_timestamp.cmp(&a.metadata.creation_timestamp));
        Ok(pods)
    }

    /// What was said of a pod, the oldest first; nothing where the cluster does not answer, or not to us.
    pub async fn events(&self, pod: &str) -> Vec<Event> {
        #[derive(Deserialize)]
        struct List {
            items: Vec<Event>,
        }
        let selector = format!("--field-selector=involvedObject.name={pod}");
        let Ok(captured) = self.query_within(LOOK, &["get", "events", &selector, "-o", "json"]).await else {
            return Vec::new();
        };
        serde_json::from_slice::<List>(&captured.stdout).map(|list| list.items).unwrap_or_default()
    }

    /// Why the image could not be pulled, from the pod's events.
    pub async fn pull_failure(&self, pod: &str, image: &str) -> Option<Pull> {
        let events = self.events(pod).await;
        let failed = |event: &&Event| event.reason == "Failed" && event.message.starts_with("Failed to pull image");
        let message = &events.iter().rev().find(failed)?.message;
        Some(pod_reason::failed_pull(message.split('"').nth(1).unwrap_or(image), message))
    }

    /// Is an autoscaler making room for the pod?
    pub async fn scaling_up(&self, pod: &str) -> bool {
        self.events(pod).await.iter().any(|event| matches!(event.reason.as_str(), "TriggeredScaleUp" | "Nominated"))
    }
}
