//! Why a chart could not be deployed: helm's words, and what keeps the release's pods from being ready.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;

use super::cluster::Cluster;
use super::pod_state::PodState;
use super::reason;
use super::settings::Settings;
use super::words::{self, Table, unquoted};
use crate::executor::Reason;
use crate::executor::process::Captured;
use crate::executor::reason::{ChartSource, Failure};

/// What a line of a helm that deploys a chart means.
enum Meaning {
    /// The chart itself is at fault, whatever it says.
    Chart,
    Values,
    NotFound(ChartSource),
    NotReady,
}

/// Lines of helm's own, of charts from anywhere. The first that fits counts.
static HELM: Table<Meaning> = Table::new(&[
    (
        r"^(?:UPGRADE FAILED: |INSTALLATION FAILED: )?(?:template: |YAML parse error on |parse error at |execution error at |error converting YAML |values don't meet |unable to build kubernetes objects )",
        Meaning::Chart,
    ),
    (r"^open .+: no such file or directory$|^open .+: permission denied$|^failed to parse .+: error ", Meaning::Values),
    (r#"^path "[^"]*" not found$"#, Meaning::NotFound(ChartSource::Path)),
    (
        r"^Chart\.yaml file is missing|^unable to detect chart at |^file '[^']*' does not appear to be a ",
        Meaning::NotFound(ChartSource::Path),
    ),
    (
        r"^repo \S+ not found$|^non-absolute URLs should be in form of repo_name/path_to_chart",
        Meaning::NotFound(ChartSource::Repository),
    ),
    (
        r#"^chart "[^"]*" (?:matching \S+ |version "[^"]*" )?not found in \S+ (?:repository|index)"#,
        Meaning::NotFound(ChartSource::Repository),
    ),
    (r"context deadline exceeded$|not ready\b|timed out waiting", Meaning::NotReady),
]);

/// What a registry answers, in lines without what stands in quotes.
static REGISTRY: Table<()> =
    Table::new(&[(r"\b(?:401|403|404)\b|\bnot found$|: not found\b|\bdenied\b|\b[Uu]nauthorized\b", ())]);

/// What helm's failure means, and what to do about it.
pub fn failure(cluster: &Cluster, settings: &Settings, chart: &str, said: &Captured, faults: Vec<String>) -> Reason {
    let name = &settings.release;
    let what = format!("the chart {chart} could not be deployed as release {name} in namespace {}", settings.namespace);
    let words = said.stderr_text();
    let failure = cluster.failure(&what, told(said, &words));
    if said.timed_out {
        return Reason::HelmNotReady { failure, faults, limit: settings.timeout };
    }
    let lines = reason::lines(&words);
    let meaning = HELM.look(lines.iter().map(String::as_str));
    match (meaning, cluster.explain_helm(&what, said)) {
        (Some(Meaning::Chart), _) => Reason::HelmFailed { failure, faults },
        (Some(Meaning::NotFound(origin)), _) => Reason::ChartNotFound { failure, origin: *origin },
        (Some(Meaning::Values), Reason::Failed(_)) => Reason::ValuesFile(failure),
        (_, reason @ Reason::NamespaceTerminating(_)) => reason,
        (Some(Meaning::NotReady), Reason::Failed(_)) => {
            Reason::HelmNotReady { failure, faults, limit: settings.timeout }
        }
        (_, general) if chart.starts_with("oci://") => of_registry(&lines, failure, general),
        (_, Reason::Failed(_)) => Reason::HelmFailed { failure, faults },
        (_, general) => general,
    }
}

/// The same of a chart that a registry should have had. What is said of the cluster was said of that.
fn of_registry(lines: &[String], failure: Box<Failure>, general: Reason) -> Reason {
    let unquoted: Vec<String> = lines.iter().map(|line| unquoted(line)).collect();
    match general {
        Reason::ClusterUnreachable(_) if !words::names_cluster(lines) => Reason::ChartUnreachable(failure),
        Reason::Failed(_) if REGISTRY.look(unquoted.iter().map(String::as_str)).is_some() => {
            Reason::ChartNotFound { failure, origin: ChartSource::Registry }
        }
        Reason::Failed(_) => Reason::HelmFailed { failure, faults: Vec::new() },
        general => general,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::executor::reason::Code;

    /// What helm 3.17 and 4.1 were seen to say.
    const SAID: [(&str, &str, Code); 14] = [
        (
            "./c",
            "Error: YAML parse error on c/templates/kubeconfigmap.yaml: error converting YAML to JSON: yaml: line 3: did not",
            Code::HelmFailed,
        ),
        (
            "./c",
            "Release \"y\" does not exist. Installing it now.\nError: execution error at (c/templates/x.yaml:1:3): context deadline exceeded: context nope does not exist",
            Code::HelmFailed,
        ),
        (
            "./c",
            "Release \"y\" does not exist. Installing it now.\nError: context deadline exceeded",
            Code::HelmNotReady,
        ),
        (
            "./c",
            "Error: resource Deployment/n/x not ready. status: InProgress, message: Available: 0/1\ncontext deadline exceeded",
            Code::HelmNotReady,
        ),
        ("./c", "Error: open missing.yaml: no such file or directory", Code::ValuesFile),
        (
            "./c",
            "Error: failed to parse v.yaml: error converting YAML to JSON: yaml: line 1: did not find",
            Code::ValuesFile,
        ),
        ("./c", "Error: path \"./c\" not found", Code::ChartNotFound),
        (
            "./c",
            "Error: unable to detect chart at /c/Chart.yaml: open /c/Chart.yaml: no such file or directory",
            Code::ChartNotFound,
        ),
        ("r/c", "Error: repo r not found", Code::ChartNotFound),
        (
            "oci://r.invalid/c",
            "Error: Get \"https://r.invalid/v2/c/tags/list\": dial tcp: lookup r.invalid: no such host",
            Code::ChartUnreachable,
        ),
        (
            "oci://r/c",
            "Error: unexpected status from HEAD request to https://r/v2/c/manifests/1: 401 Unauthorized",
            Code::ChartNotFound,
        ),
        (
            "oci://r/c",
            "Error: kubernetes cluster unreachable: Get \"https://k/version\": dial tcp 127.0.0.1:9: connect: connection refused",
            Code::ClusterUnreachable,
        ),
        (
            "./c",
            "Error: kubernetes cluster unreachable: stat /nosuch/kc: no such file or directory",
            Code::NoKubeconfig,
        ),
        ("./c", "Error: UPGRADE FAILED: something else", Code::HelmFailed),
    ];

    #[test]
    fn what_helm_says_of_a_chart() {
        let settings = Settings::new("App", "img", None, &serde_json::Value::Null);
        let cluster = Cluster::new(&Settings { context: Some("here".into()), ..settings.clone() });
        for (chart, stderr, code) in SAID {
            let said = Captured { code: Some(1), stderr: stderr.into(), ..Captured::default() };
            assert_eq!(failure(&cluster, &settings, chart, &said, Vec::new()).code(), code, "{stderr}");
        }
        assert!(HELM.compiles() && REGISTRY.compiles());
    }
}
