//! What kubectl and helm say when they fail: what it means, and what to do about it.

use super::cluster::Cluster;
use super::reason::{no_kubeconfig, tidy, unreachable};
use crate::executor::Reason;

/// A failure that is known by its words.
struct Known {
    code: &'static str,
    /// One of these groups has to occur, with all of its parts.
    needles: &'static [&'static [&'static str]],
    /// What to do; `{cluster}` and `{namespace}` stand for their names.
    advice: &'static str,
}

/// The first that fits counts.
const KNOWN: [Known; 12] = [
    Known { code: NO_KUBECONFIG, needles: &[&["localhost:8080"], &["no configuration has been provided"]], advice: "" },
    Known {
        code: "BadKubeconfig",
        needles: &[&["error loading config file"], &["couldn't get version/kind"], &["yaml: ", "config"]],
        advice: "correct the kubeconfig",
    },
    Known { code: NO_KUBECONFIG, needles: &[&["no such file or directory", "stat "]], advice: "" },
    Known {
        code: "UnknownContext",
        needles: &[&["context", "does not exist"], &["context", "no context exists"]],
        advice: "name a context that `kubectl config get-contexts` lists",
    },
    Known {
        code: "Unauthorized",
        needles: &[&["getting credentials: exec"]],
        advice: "the credential plugin that the kubeconfig names failed: log in again, or correct it",
    },
    Known {
        code: "Unauthorized",
        needles: &[&["Unauthorized"], &["provide credentials"], &["the server has asked for the client"]],
        advice: "the cluster {cluster} does not accept the kubeconfig's credentials: renew them",
    },
    Known {
        code: "NamespaceTerminating",
        needles: &[&["being terminated"], &["is terminating"]],
        advice: "the namespace {namespace} is being deleted (terminating): wait until it is gone, or use another",
    },
    Known {
        code: "QuotaExceeded",
        needles: &[&["exceeded quota"], &["failed quota"]],
        advice: "see `kubectl -n {namespace} get resourcequota`; raise the quota, or give the pod requests and limits",
    },
    Known {
        code: "PodSecurity",
        needles: &[&["violates PodSecurity"]],
        advice: "give the pod a security context that the namespace {namespace} admits: --pod-overrides=FILE, or podOverrides in the \
                 application's definition (examples/restricted-pod.json has what `restricted` asks for)",
    },
    Known {
        code: "LimitRange",
        needles: &[&["usage per Container is"], &["usage per Pod is"], &["limit to request ratio"]],
        advice: "see `kubectl -n {namespace} get limitrange`; change the pod's requests and limits",
    },
    Known {
        code: "NamespaceNotFound",
        needles: &[&["namespaces \"", "not found"]],
        advice: "create it: kubectl create namespace {namespace}",
    },
    Known {
        code: "InvalidImageName",
        needles: &[&["Invalid image name"], &["invalid reference format"]],
        advice: "correct the application's ociimage",
    },
];

/// Where nothing else is told.
const IN_THE_WAY: Known = Known {
    code: "AlreadyExists",
    needles: &[&["AlreadyExists"], &["already exists"]],
    advice: "remove what is in the way",
};

/// Its sentence names the places that were looked at.
const NO_KUBECONFIG: &str = "NoKubeconfig";

impl Known {
    fn fits(&self, words: &str) -> bool {
        self.needles.iter().any(|group| group.iter().all(|needle| words.contains(needle)))
    }
}

/// Makes a reason of what kubectl or helm said when it failed.
pub fn reason(cluster: &Cluster, what: &str, said: &str) -> Reason {
    let words = tidy(said);
    let known = KNOWN.iter().find(|known| known.fits(&words));
    if known.is_some_and(|known| known.code == NO_KUBECONFIG) {
        return no_kubeconfig(cluster, &words);
    }
    let named = |known: &Known| {
        let advice = known.advice.replace("{namespace}", &cluster.namespace).replace("{cluster}", &cluster.name());
        (known.code, advice)
    };
    let (code, advice) = known
        .map(named)
        .or_else(|| no_service_account(cluster, &words))
        .or_else(|| forbidden(cluster, &words))
        .or_else(|| not_reached(cluster, said, &words))
        .or_else(|| IN_THE_WAY.fits(&words).then(|| named(&IN_THE_WAY)))
        .unwrap_or(("Failed", String::new()));
    let advice = if advice.is_empty() { advice } else { format!("; {advice}") };
    Reason { code, message: format!("{what}: {words}{advice}") }
}

type Verdict = (&'static str, String);

fn no_service_account(cluster: &Cluster, words: &str) -> Option<Verdict> {
    let (_, account) = words.split_once("error looking up service account ")?;
    let account = account.split(':').next().unwrap_or_default();
    let account = account.split_once('/').map_or(account, |(_, name)| name);
    let advice = format!(
        "make it: kubectl -n {} create serviceaccount {account}; or correct the pod's serviceAccountName",
        cluster.namespace
    );
    Some(("ServiceAccountNotFound", advice))
}

fn forbidden(cluster: &Cluster, words: &str) -> Option<Verdict> {
    if !words.contains("orbidden") {
        return None;
    }
    let right = missing_right(words).unwrap_or_else(|| "do this".to_owned());
    let advice = format!(
        "the kubeconfig's user may not {right} in the namespace {}: ask for a role that grants it \
         (examples/kubernetes-role.yaml has all that is needed)",
        cluster.namespace
    );
    Some(("Forbidden", advice))
}

fn not_reached(cluster: &Cluster, said: &str, words: &str) -> Option<Verdict> {
    if !unreachable(words) {
        return None;
    }
    let proxied = said.split_once("proxyconnect ").map(|(_, rest)| rest.split(['"', '\n']).next().unwrap_or_default());
    // kubectl keeps to itself that it was not the cluster that refused.
    let way = match proxied {
        Some(why) => format!("check the proxy that leads to it, {} ({why})", proxy()),
        None => "check its address in the kubeconfig, the network, and that it runs".to_owned(),
    };
    Some(("ClusterUnreachable", format!("the cluster {} cannot be reached: {way}", cluster.name())))
}

/// The proxy that kubectl and helm were told to use. What stands before its host is a user's password.
fn proxy() -> String {
    let set = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?)));
    match set {
        Some((name, value)) => {
            let (scheme, rest) = value.split_once("://").map_or(("", value.as_str()), |(scheme, rest)| (scheme, rest));
            let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
            let between = if scheme.is_empty() { "" } else { "://" };
            format!("{name}={scheme}{between}{host}, or except the cluster from it by NO_PROXY")
        }
        None => "the kubeconfig's proxy-url".to_owned(),
    }
}

/// `create pods/exec`, of the API server's words `… cannot create resource "pods/exec" in API group …`.
fn missing_right(words: &str) -> Option<String> {
    let (verb, rest) = words.split_once("cannot ")?.1.split_once(" resource \"")?;
    Some(format!("{verb} {}", rest.split_once('"')?.0))
}
