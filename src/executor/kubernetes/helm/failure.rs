//! Why a chart could not be deployed: helm's words, and what keeps the release's pods from being ready.

use std::time::Duration;

use serde::Deserialize;
use tokio::time::sleep;

use crate::executor::known_words::Table;
use crate::executor::kubernetes::errors::pod_reason;
use crate::executor::kubernetes::errors::stderr::{self, unquoted};
use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::kubernetes::kubectl::pod_status::{Condition, PodState};
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::process::Captured;
use crate::executor::reason::{ChartLogin, ChartSource, Failure};
use crate::executor::{Output, Reason, Step};

/// What a line of a helm that deploys a chart means.
enum HelmFault {
    /// The chart itself is at fault, whatever it says.
    Chart,
    /// Somebody else works on the release, or was faster.
    Busy,
    Values,
    /// A hook of the chart ended in failure.
    Hook,
    NotFound(ChartSource),
    NotReady,
}

/// Lines of helm's own, of charts from anywhere. The first that fits counts.
static HELM: Table<HelmFault> = Table::new(&[
    (
        r"^(?:UPGRADE FAILED: |INSTALLATION FAILED: )?(?:template: |YAML parse error on |parse error at |execution error at |error converting YAML |values don't meet |unable to build kubernetes objects )",
        HelmFault::Chart,
    ),
    (
        // helm 3 and 4 spell it differently.
        r#"^(?:UPGRADE FAILED: |INSTALLATION FAILED: )?(?:another operation \(|release(?: name)?: already exists|cannot re-?use a name that is still in use|(?:create: )?failed to create: \w+ "sh\.helm\.release\.[^"]*" already exists)"#,
        HelmFault::Busy,
    ),
    (
        r"^open .+: no such file or directory$|^open .+: permission denied$|^read .+: is a directory$|^failed to parse .+: error ",
        HelmFault::Values,
    ),
    (r#"^path "[^"]*" not found$"#, HelmFault::NotFound(ChartSource::Path)),
    (
        r"^Chart\.yaml file is missing|^unable to detect chart at |^file '[^']*' does not appear to be a ",
        HelmFault::NotFound(ChartSource::NoChart),
    ),
    (
        r"^repo \S+ not found$|^non-absolute URLs should be in form of repo_name/path_to_chart",
        HelmFault::NotFound(ChartSource::Repository),
    ),
    (
        r#"^chart "[^"]*" (?:matching \S* |version "[^"]*" )?not found in \S+ (?:repository|index)"#,
        HelmFault::NotFound(ChartSource::List),
    ),
    (r"^no cached repo found", HelmFault::NotFound(ChartSource::List)),
    (r"context deadline exceeded$|timed out waiting", HelmFault::NotReady),
    // No limit was reached: what is waited for has failed for good. helm 3 says it otherwise in an upgrade.
    (
        r"^(?:UPGRADE FAILED: |INSTALLATION FAILED: )?(?:failed (?:pre|post)-\w+: |(?:pre|post)-\w+ hooks failed: )",
        HelmFault::Hook,
    ),
    (r"\bnot ready\. status: Failed\b", HelmFault::Chart),
    (r"not ready\b", HelmFault::NotReady),
]);

/// What a registry or a repository answers, or why it is not asked.
enum SourceAnswer {
    Untrusted,
    NoLogin,
    Missing,
}

/// In lines without what stands in quotes, addresses and paths.
static ANSWERS: Table<SourceAnswer> = Table::new(&[
    (r"\bx509: ", SourceAnswer::Untrusted),
    (r"\b40[13]\b|\bdenied\b|\b[Uu]nauthorized\b", SourceAnswer::NoLogin),
    // Of a helm that has no login to give.
    (r"\bbasic credential not found\b|\bcredential required\b|\bfailed to authorize\b", SourceAnswer::NoLogin),
    (r"\b404\b|\bnot found$|: not found\b|\bname unknown\b", SourceAnswer::Missing),
]);

/// Does helm say that somebody else works on the release, or was faster? What a chart says is not helm's.
pub fn is_busy(message: &str) -> bool {
    matches!(HELM.look(stderr::lines(message).iter().map(String::as_str)), Some(HelmFault::Busy))
}

/// What helm's failure means, and what to do about it.
pub fn failure(
    cluster: &Cluster,
    settings: &KubernetesSettings,
    chart: &str,
    captured: &Captured,
    mut faults: Vec<String>,
) -> Reason {
    let name = &settings.release;
    let what = format!("the chart {chart} could not be deployed as release {name} in namespace {}", settings.namespace);
    let message = captured.stderr_text();
    let failure = cluster.failure(&what, helm_message(captured, &message));
    if captured.timed_out {
        return Reason::HelmNotReady { failure, faults, limit: settings.timeout };
    }
    let lines = stderr::lines(&message);
    if lines.iter().any(|line| line.ends_with("has no deployed releases")) {
        faults.push(format!(
            "helm cannot go on from its last revision: see `{helm} history {name}`, and mend it with `{helm} rollback {name}` or \
             `{helm} uninstall {name}`",
            helm = cluster.namespace().helm()
        ));
    }
    let meaning = HELM.look(lines.iter().map(String::as_str));
    if meaning.is_none()
        && let Some(reason) = source_reason(chart, &lines, &failure)
    {
        return reason;
    }
    match (meaning, cluster.explain_helm(&what, captured)) {
        (Some(HelmFault::Chart), _) => Reason::HelmFailed { failure, faults },
        (Some(HelmFault::NotFound(origin)), _) => Reason::ChartNotFound { failure, origin: *origin },
        (Some(HelmFault::Values), Reason::Failed(_)) => Reason::ValuesFile(failure),
        (_, reason @ Reason::NamespaceTerminating(_)) => reason,
        (Some(HelmFault::NotReady), Reason::Failed(_)) => {
            Reason::HelmNotReady { failure, faults, limit: settings.timeout }
        }
        (Some(HelmFault::Hook), Reason::Failed(_)) => Reason::HelmHookFailed { failure },
        (_, Reason::Failed(_)) => Reason::HelmFailed { failure, faults },
        (_, general) => general,
    }
}

/// The reason where helm speaks of where the chart should come from: a registry, or a repository, of which it fetches archives.
fn source_reason(chart: &str, lines: &[String], failure: &Failure) -> Option<Reason> {
    let (login, missing, signs) = match chart.strip_prefix("oci://") {
        Some(registry) => {
            let host = registry.split('/').next().unwrap_or_default();
            (ChartLogin::Registry(host.to_owned()), ChartSource::Registry, vec![host])
        }
        None => {
            let name = chart.split('/').next().unwrap_or_default();
            (ChartLogin::Repository(name.to_owned()), ChartSource::Archive, vec![".tgz", "index.yaml"])
        }
    };
    if stderr::names_cluster(lines) {
        return None;
    }
    let names_source = |line: &&String| signs.iter().any(|sign| line.contains(sign));
    let own = |line: &String| {
        let line = unquoted(line);
        line.split_whitespace().filter(|word| !word.contains('/')).collect::<Vec<_>>().join(" ")
    };
    let own: Vec<String> = lines.iter().filter(names_source).map(own).collect();
    let failure = Box::new(failure.clone());
    match ANSWERS.look(own.iter().map(String::as_str)) {
        Some(SourceAnswer::Untrusted) => Some(Reason::ChartUntrusted(failure)),
        _ if stderr::is_unreachable(&own.join("\n")) => Some(Reason::ChartUnreachable(failure)),
        Some(SourceAnswer::NoLogin) => Some(Reason::ChartLogin { failure, login }),
        Some(SourceAnswer::Missing) => Some(Reason::ChartNotFound { failure, origin: missing }),
        None => None,
    }
}

/// What helm said; in our words where it could not.
fn helm_message(captured: &Captured, message: &str) -> String {
    match (captured.timed_out, captured.code) {
        (true, _) => "helm did not come to an end".to_owned(),
        (false, None) => format!(
            "helm was killed; the release may stay pending until the next job finds that nobody works on it {}",
            stderr::tidy(message)
        ),
        (false, Some(_)) => stderr::tidy(message),
    }
}

/// Looks every few seconds until something of the release is in trouble. Somebody who looks on is told how far it is.
pub async fn gather_faults(cluster: &Cluster, release: &str, output: &Output) -> Vec<String> {
    let step = |look: ReleaseHealth| Step::Deploying {
        release: release.to_owned(),
        ready: look.ready,
        pods: look.pods,
        faults: look.faults,
    };
    if output.is_watched() {
        output.step(step(release_health(cluster, release).await));
    }
    loop {
        sleep(if output.is_watched() { WATCHED } else { UNWATCHED }).await;
        let look = release_health(cluster, release).await;
        output.step(step(look.clone()));
        if !look.faults.is_empty() {
            return look.faults;
        }
    }
}

/// Between two looks at a release that is being deployed.
const UNWATCHED: Duration = Duration::from_secs(5);
const WATCHED: Duration = Duration::from_secs(2);

/// What one look finds of a release's pods.
#[derive(Clone, Debug, Default)]
struct ReleaseHealth {
    ready: usize,
    pods: usize,
    /// Why pods are not ready.
    faults: Vec<String>,
}

/// Why pods of the release are not ready: those whose owners, up to the top, helm made.
pub async fn pod_faults(cluster: &Cluster, release: &str) -> Vec<String> {
    release_health(cluster, release).await.faults
}

async fn release_health(cluster: &Cluster, release: &str) -> ReleaseHealth {
    #[derive(Deserialize)]
    struct List {
        items: Vec<PodState>,
    }
    let kinds = "pods,replicasets,deployments,statefulsets,daemonsets,jobs";
    let Ok(captured) = cluster.query(&["get", kinds, "-o", "json"]).await else { return ReleaseHealth::default() };
    let Ok(list) = serde_json::from_slice::<List>(&captured.stdout) else { return ReleaseHealth::default() };
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
    let mut look = ReleaseHealth::default();
    for pod in list
        .items
        .iter()
        .filter(|item| !item.status.phase.is_empty() && item.status.phase != "Succeeded" && of_release(item))
    {
        let is_ready = |condition: &Condition| condition.kind == "Ready" && condition.status == "True";
        look.pods += 1;
        look.ready += usize::from(pod.status.conditions.iter().any(is_ready));
        look.faults.extend(pod_reason::unready_phrase(pod));
    }
    look
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::reason::Code;

    /// What helm 3.17 and 4.1 were seen to say.
    const SAID: [(&str, &str, Code); 28] = [
        (
            "./c",
            "Error: failed pre-install: resource Job/n/a-h not ready. status: Failed, message: Job Failed. failed: 1/1",
            Code::HelmHookFailed,
        ),
        (
            "./c",
            "Error: failed pre-install: 1 error occurred:\n\t* job a-h failed: BackoffLimitExceeded\n\n",
            Code::HelmHookFailed,
        ),
        (
            "./c",
            "Error: failed pre-install: resource Job/n/b-h not ready. status: InProgress, message: Job in progress\ncontext deadline exceeded",
            Code::HelmNotReady,
        ),
        (
            "./c",
            "Error: failed pre-install: 1 error occurred:\n\t* timed out waiting for the condition\n\n",
            Code::HelmNotReady,
        ),
        (
            "./c",
            "Error: resource Job/n/a not ready. status: Failed, message: Job Failed. failed: 1/1",
            Code::HelmFailed,
        ),
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
            Code::ChartLogin,
        ),
        ("oci://r:401/c", "Error: GET \"https://r:401/v2/c/tags/list\": basic credential not found", Code::ChartLogin),
        (
            "oci://r:401/c",
            "Error: failed to perform \"FetchReference\" on source: r:401/c:9.9.9: not found",
            Code::ChartNotFound,
        ),
        (
            "oci://r/c",
            "Error: Get \"https://r/v2/c/tags/list\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            Code::ChartUntrusted,
        ),
        // The cluster refuses what the chart makes.
        (
            "oci://r.invalid/c",
            "Pulled: r.invalid/c:1\nError: admission webhook \"w\" denied the request: no",
            Code::AdmissionDenied,
        ),
        ("r/c", "Error: failed to fetch https://h:404/c-1.tgz : 403 Forbidden", Code::ChartLogin),
        ("r/c", "Error: failed to fetch https://h:404/c-1.tgz : 404 File not found", Code::ChartNotFound),
        (
            "r/c",
            "Error: chart \"c\" matching  not found in r index. (try 'helm repo update'): no chart name found",
            Code::ChartNotFound,
        ),
        (
            "r/c",
            "Error: no cached repo found. (try 'helm repo update'): open /h/r-index.yaml: no such file or directory",
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
        ("./c", "Error: read /tmp: is a directory", Code::ValuesFile),
    ];

    #[test]
    fn what_helm_says_of_a_chart() {
        let settings = KubernetesSettings::new("App", "img", None, &serde_json::Value::Null);
        let cluster = Cluster::new(&KubernetesSettings { context: Some("here".into()), ..settings.clone() });
        for (chart, stderr, code) in SAID {
            let captured = Captured { code: Some(1), stderr: stderr.into(), ..Captured::default() };
            assert_eq!(failure(&cluster, &settings, chart, &captured, Vec::new()).code(), code, "{stderr}");
        }
        assert!(HELM.compiles() && ANSWERS.compiles());
        let stderr = "Error: UPGRADE FAILED: \"app\" has no deployed releases";
        let captured = Captured { code: Some(1), stderr: stderr.into(), ..Captured::default() };
        let sentence = failure(&cluster, &settings, "./c", &captured, Vec::new()).to_string();
        assert!(sentence.contains(&format!("`{} rollback ", cluster.namespace().helm())), "{sentence}");
    }

    #[test]
    fn somebody_else_is_at_it_where_helm_itself_says_so() {
        for message in [
            "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
            "Error: another operation (install/upgrade/rollback) is in progress",
            "Error: INSTALLATION FAILED: cannot re-use a name that is still in use",
            "Error: cannot reuse a name that is still in use",
            "Error: release: already exists",
            "Error: INSTALLATION FAILED: create: failed to create: secrets \"sh.helm.release.v1.a.v1\" already exists",
        ] {
            assert!(is_busy(message), "{message}");
        }
        for message in [
            "Error: execution error at (c/templates/a.yaml:1:3): another operation (install/upgrade/rollback) is in progress",
            "Error: INSTALLATION FAILED: execution error at (c/templates/a.yaml:1:3): release already exists",
            "Error: UPGRADE FAILED: failed to create resource: secrets \"release\" already exists",
            "Error: admission webhook \"w\" denied the request: a name that is still in use",
        ] {
            assert!(!is_busy(message), "{message}");
        }
    }
}
