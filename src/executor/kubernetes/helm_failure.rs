//! Why a chart could not be deployed: helm's words, and what keeps the release's pods from being ready.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;

use super::cluster::Cluster;
use super::pod_state::PodState;
use super::reason;
use super::settings::Settings;
use crate::executor::Reason;
use crate::executor::process::Captured;
use crate::executor::reason::ChartSource;

/// What helm's failure means, and what to do about it.
pub fn failure(cluster: &Cluster, settings: &Settings, chart: &str, said: &Captured, faults: Vec<String>) -> Reason {
    let name = &settings.release;
    let what = format!("the chart {chart} could not be deployed as release {name} in namespace {}", settings.namespace);
    let general = cluster.explain(&what, said);
    if let Reason::NamespaceTerminating(_) = general {
        return general;
    }
    let words = said.stderr_text();
    let failure = cluster.failure(&what, told(said, &words));
    let has = |needle: &str| words.contains(needle);
    let oci = chart.starts_with("oci://");
    if said.timed_out || has("deadline exceeded") || has("not ready") || has("timed out waiting") {
        Reason::HelmNotReady { failure, faults, limit: settings.timeout }
    } else if !oci
        && (has("not found") && (has("path ") || has("repo "))
            || has("no such file or directory")
            || has("Chart.yaml file is missing"))
    {
        let origin = if has("repo ") { ChartSource::Repository } else { ChartSource::Path };
        Reason::ChartNotFound { failure, origin }
    } else if oci && (has("404") || has("not found") || has("403") || has("401") || has("denied") || has("nauthorized"))
    {
        Reason::ChartNotFound { failure, origin: ChartSource::Registry }
    } else if oci && reason::unreachable(&words) {
        Reason::ChartUnreachable(failure)
    } else if let Reason::Failed(_) = general {
        Reason::HelmFailed { failure, faults }
    } else {
        general
    }
}

/// What helm said; in our words where it could not.
fn told(said: &Captured, words: &str) -> String {
    match (said.timed_out, said.code) {
        (true, _) => "helm did not come to an end".to_owned(),
        (false, None) => format!(
            "helm was killed; the release may stay pending until the next job finds that nobody works on it {}",
            reason::tidy(words)
        ),
        (false, Some(_)) => reason::tidy(words),
    }
}

/// Looks every few seconds until something of the release is in trouble.
pub async fn gather_faults(cluster: &Cluster, release: &str) -> Vec<String> {
    loop {
        sleep(Duration::from_secs(5)).await;
        let faults = faults_of(cluster, release).await;
        if !faults.is_empty() {
            return faults;
        }
    }
}

/// Why pods of the release are not ready: those whose owners, up to the top, helm made.
pub async fn faults_of(cluster: &Cluster, release: &str) -> Vec<String> {
    #[derive(Deserialize)]
    struct List {
        items: Vec<PodState>,
    }
    let kinds = "pods,replicasets,deployments,statefulsets,daemonsets,jobs";
    let Ok(said) = cluster.ask(&["get", kinds, "-o", "json"]).await else { return Vec::new() };
    let Ok(list) = serde_json::from_slice::<List>(&said.stdout) else { return Vec::new() };
    let of_release = |item: &PodState| {
        let mut item = item;
        loop {
            if item.metadata.annotations.get("meta.helm.sh/release-name").is_some_and(|name| name == release) {
                return true;
            }
            let Some(owner) = item.metadata.owner_references.first() else { return false };
            let Some(next) = list.items.iter().find(|next| owner["uid"] == next.metadata.uid) else { return false };
            item = next;
        }
    };
    let mut faults = Vec::new();
    for pod in list
        .items
        .iter()
        .filter(|item| !item.status.phase.is_empty() && item.status.phase != "Succeeded" && of_release(item))
    {
        if let Some(fault) = reason::of_unready(pod) {
            faults.push(fault);
        }
    }
    faults
}
