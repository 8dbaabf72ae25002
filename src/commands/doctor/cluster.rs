//! The cluster: its context, whether it answers, its namespaces, and what we may do there.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::commands::doctor::finding::{Finding, Needs, limit};
use crate::commands::doctor::tools::{failure_line, no_answer};
use crate::executor::kubernetes::KubernetesSettings;
use crate::executor::kubernetes::kubectl::client::{Cluster, is_in_pod};
use crate::executor::kubernetes::kubectl::own_version;
use crate::executor::process::Captured;
use crate::executor::versions::{self, SERVER};
use crate::executor::{ExecutorName, Reason};

/// What a job needs, as `examples/kubernetes-role.yaml` gives it: a resource, and what is done with it.
const RIGHTS: &[(&str, &[&str])] = &[
    ("pods", &["create", "get", "list", "watch", "delete"]),
    ("pods/attach", &["create", "get"]),
    ("pods/exec", &["create", "get"]),
    ("pods/log", &["get"]),
    ("secrets", &["create", "get", "list", "patch", "delete"]),
    ("events", &["list"]),
];

/// Which cluster is looked at.
pub struct ClusterChoice {
    pub kubeconfig: Option<PathBuf>,
    pub context: Option<String>,
}

/// Looks at the cluster: context, version, whether each namespace is there, and what we may do in it.
pub async fn examine(asked: ClusterChoice, needs: Option<&Needs>) -> Vec<Finding> {
    let is_needed = needs.is_some_and(|needs| needs.executor(&ExecutorName::Kubernetes)) || asked.context.is_some();
    let mut settings = KubernetesSettings::new("", "", None, &Value::Null);
    (settings.context, settings.kubeconfig) = (asked.context, asked.kubeconfig);
    let mut cluster = Cluster::new(&settings);
    match tokio::time::timeout(limit(), cluster.read_context()).await {
        Err(_) => {
            return vec![Finding::missing("context", is_needed, no_answer("kubectl", limit()), "See what keeps it")];
        }
        Ok(Ok(context)) => cluster.context = context,
        Ok(Err(_)) if !is_needed => {
            return vec![Finding::unused("context", format!("no kubeconfig names one; {}", Needs::none(needs)))];
        }
        Ok(Err(reason)) => {
            let remedy = "Set KUBECONFIG to a kubeconfig that has a current context, or name one by --context";
            return vec![Finding::bad("context", reason.to_string(), remedy)];
        }
    }
    let context = match &cluster.context {
        Some(context) => context.clone(),
        None if is_in_pod() => "this pod's own service account".into(),
        None => "kubectl's default".into(),
    };
    let mut found = vec![Finding::good("context", context)];
    let mut namespaces = needs.map(|needs| needs.namespaces.clone()).unwrap_or_default();
    if namespaces.is_empty() {
        namespaces.push(cluster.own_namespace().unwrap_or_else(|| cluster.namespace.clone()));
    }
    let looks = namespaces.iter().map(|namespace| {
        let cluster = Cluster { namespace: namespace.clone(), ..cluster.clone() };
        async move { tokio::join!(place(&cluster, is_needed), rights(&cluster, is_needed)) }
    });
    let (looks, server) = tokio::join!(futures_util::future::join_all(looks), server(&cluster));
    found.extend(server);
    for (place, rights) in looks {
        found.push(place);
        // A cluster that does not answer has been told of.
        found.extend(rights.filter(|_| found.iter().all(|finding| finding.check != "cluster")));
    }
    // One silence is told once.
    found.dedup_by(|next, finding| next.check == "cluster" && finding.check == "cluster");
    found
}

/// The server's version; none where it does not answer.
async fn server(cluster: &Cluster) -> Option<Finding> {
    let (_, version) = own_version::read(&ask(cluster, &own_version::BOTH, None).await.ok()?.stdout);
    let version = version?;
    if versions::parse(&version).is_some_and(|version| SERVER.has(version)) {
        return Some(Finding::good(SERVER.name, version));
    }
    let remedy = format!("It will most likely work; the tested versions are {}", SERVER.lines());
    Some(Finding::doubtful(SERVER.name, format!("{version}, which was never tested with this tool"), remedy))
}

/// Whether the namespace is there.
async fn place(cluster: &Cluster, is_needed: bool) -> Finding {
    let namespace = &cluster.namespace;
    let answer = match ask(cluster, &["get", "namespace", namespace, "-o", "name"], None).await {
        Ok(answer) => answer,
        Err(why) => return unreachable(cluster, why, is_needed),
    };
    let text = answer.stderr_text();
    if answer.ok() {
        return Finding::good("namespace", namespace.as_str());
    }
    if text.contains("(NotFound)") {
        let kubectl = cluster.namespace().kubectl_of_cluster();
        let remedy = format!("`{kubectl} create namespace {namespace}`; a chart's first deployment makes it too");
        return Finding::doubtful("namespace", format!("{namespace} is not there"), remedy);
    }
    if text.contains("(Forbidden)") {
        return Finding::good("namespace", format!("{namespace}; whether it is there may not be looked at"));
    }
    if let Reason::UnknownContext(failure) = cluster.explain("the cluster cannot be asked", &answer) {
        let kubectl = failure.namespace.kubectl_of_config();
        let remedy = format!(
            "Name a context that `{kubectl} config get-contexts` lists: `{kubectl} config use-context NAME`, or kubernetes.context of the \
             application, or --context"
        );
        return Finding::missing("cluster", is_needed, failure.to_string(), remedy);
    }
    unreachable(cluster, failure_line(&answer), is_needed)
}

fn unreachable(cluster: &Cluster, why: String, is_needed: bool) -> Finding {
    let remedy = format!(
        "See whether the cluster runs, `{} cluster-info`, and whether the kubeconfig's credentials are good",
        cluster.namespace().kubectl_of_cluster()
    );
    Finding::missing("cluster", is_needed, why, remedy)
}

/// What of the rights that a job needs we do not have: what `kubectl auth can-i` asks, of all at once.
async fn rights(cluster: &Cluster, is_needed: bool) -> Option<Finding> {
    const CHECK: &str = "rights";
    let namespace = &cluster.namespace;
    let asked: Vec<(&str, &str)> =
        RIGHTS.iter().flat_map(|(resource, verbs)| verbs.iter().map(|verb| (*resource, *verb))).collect();
    let items: Vec<Value> = asked.iter().map(|(resource, verb)| review(namespace, resource, verb)).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let arguments = ["create", "--validate=false", "-f", "-", "-o", "json"];
    let answer = ask(cluster, &arguments, Some(list.to_string().into_bytes())).await.ok()?;
    let unknown = |why: String| {
        let remedy = format!("`{} auth can-i --list` shows them", cluster.namespace().kubectl());
        Finding::doubtful(CHECK, format!("what we may do in {namespace} cannot be asked: {why}"), remedy)
    };
    if !answer.ok() {
        return Some(unknown(failure_line(&answer)));
    }
    let answers = parse_answers(&answer.stdout_text());
    if answers.len() != asked.len() {
        return Some(unknown(format!("{} answers to {} questions", answers.len(), asked.len())));
    }
    let denied: Vec<String> = asked
        .iter()
        .zip(answers)
        .filter(|(_, is_allowed)| !is_allowed)
        .map(|((resource, verb), _)| format!("{verb} {resource}"))
        .collect();
    Some(match denied.first() {
        None => Finding::good(CHECK, format!("all that a job needs in {namespace}")),
        Some(first) => Finding::missing(
            CHECK,
            is_needed,
            format!("not allowed in {namespace}: {}", denied.join(", ")),
            format!(
                "examples/kubernetes-role.yaml gives them; `{} auth can-i {first}` asks for one",
                cluster.namespace().kubectl()
            ),
        ),
    })
}

fn review(namespace: &str, resource: &str, verb: &str) -> Value {
    let (resource, part) = resource.split_once('/').unwrap_or((resource, ""));
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {
            "namespace": namespace, "verb": verb, "resource": resource, "subresource": part,
        }},
    })
}

/// kubectl prints one object after the other, or a list of them.
fn parse_answers(text: &str) -> Vec<bool> {
    let objects = serde_json::Deserializer::from_str(text).into_iter::<Value>().map_while(Result::ok);
    let mut answers = Vec::new();
    for object in objects {
        let items = object["items"].as_array().cloned().unwrap_or_else(|| vec![object]);
        answers.extend(items.iter().map(|item| item["status"]["allowed"].as_bool() == Some(true)));
    }
    answers
}

async fn ask(cluster: &Cluster, arguments: &[&str], input: Option<Vec<u8>>) -> Result<Captured, String> {
    let mut command = cluster.kubectl();
    command.arg(format!("--request-timeout={}s", limit().as_secs())).args(arguments);
    let what = format!("kubectl {}", arguments.first().unwrap_or(&""));
    let answer = cluster.call(command, &what, input, limit()).await.map_err(|reason| reason.to_string())?;
    if answer.timed_out { Err(no_answer(&format!("the cluster {}", cluster.name()), limit())) } else { Ok(answer) }
}

#[cfg(test)]
mod tests {
    use super::parse_answers;

    #[test]
    fn both_ways_to_print_several() {
        let (yes, no) = (r#"{"status": {"allowed": true}}"#, r#"{"status": {"allowed": false, "denied": true}}"#);
        assert_eq!(parse_answers(&format!("{yes}\n{no}\n")), [true, false]);
        assert_eq!(parse_answers(&format!(r#"{{"kind": "List", "items": [{no}, {yes}]}}"#)), [false, true]);
        assert_eq!(parse_answers(""), [false; 0]);
    }
}
