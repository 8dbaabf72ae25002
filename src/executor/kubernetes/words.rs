//! What kubectl and helm say when they fail: what it means, and what to do about it.

use super::cluster::Cluster;
use super::reason::{no_kubeconfig, tidy, unreachable};
use crate::executor::Reason;
use crate::executor::reason::{Access, Failure, InvalidImage, Login, Right, Unreachable, Way};

/// A failure that is known by its words.
struct Known {
    /// One of these groups has to occur, with all of its parts.
    needles: &'static [&'static [&'static str]],
    reason: Meaning,
}

/// What a known failure means.
enum Meaning {
    NoKubeconfig,
    Is(fn(Box<Failure>) -> Reason),
}

use Meaning::{Is, NoKubeconfig};

/// The first that fits counts.
const KNOWN: [Known; 12] = [
    Known { needles: &[&["localhost:8080"], &["no configuration has been provided"]], reason: NoKubeconfig },
    Known {
        needles: &[&["error loading config file"], &["couldn't get version/kind"], &["yaml: ", "config"]],
        reason: Is(Reason::BadKubeconfig),
    },
    Known { needles: &[&["no such file or directory", "stat "]], reason: NoKubeconfig },
    Known {
        needles: &[&["context", "does not exist"], &["context", "no context exists"]],
        reason: Is(Reason::UnknownContext),
    },
    Known {
        needles: &[&["getting credentials: exec"]],
        reason: Is(|failure| Reason::Unauthorized(Login::Plugin(failure))),
    },
    Known {
        needles: &[&["Unauthorized"], &["provide credentials"], &["the server has asked for the client"]],
        reason: Is(|failure| Reason::Unauthorized(Login::Refused(failure))),
    },
    Known { needles: &[&["being terminated"], &["is terminating"]], reason: Is(Reason::NamespaceTerminating) },
    Known { needles: &[&["exceeded quota"], &["failed quota"]], reason: Is(Reason::QuotaExceeded) },
    Known { needles: &[&["violates PodSecurity"]], reason: Is(Reason::PodSecurity) },
    Known {
        needles: &[&["usage per Container is"], &["usage per Pod is"], &["limit to request ratio"]],
        reason: Is(Reason::LimitRange),
    },
    Known { needles: &[&["namespaces \"", "not found"]], reason: Is(Reason::NamespaceNotFound) },
    Known {
        needles: &[&["Invalid image name"], &["invalid reference format"]],
        reason: Is(|failure| Reason::InvalidImageName(InvalidImage::Kubectl(failure))),
    },
];

/// Where nothing else is told.
const IN_THE_WAY: [&str; 2] = ["AlreadyExists", "already exists"];

impl Known {
    fn fits(&self, words: &str) -> bool {
        self.needles.iter().any(|group| group.iter().all(|needle| words.contains(needle)))
    }
}

/// Makes a reason of what kubectl or helm said when it failed.
pub fn reason(cluster: &Cluster, what: &str, said: &str) -> Reason {
    let words = tidy(said);
    let failure = cluster.failure(what, words.clone());
    match KNOWN.iter().find(|known| known.fits(&words)).map(|known| &known.reason) {
        Some(NoKubeconfig) => return no_kubeconfig(cluster, &words),
        Some(Is(reason)) => return reason(failure),
        None => {}
    }
    if let Some(account) = missing_account(&words) {
        return Reason::ServiceAccountNotFound { failure, account };
    }
    if words.contains("orbidden") {
        let access = Access { right: missing_right(&words), namespace: cluster.namespace.clone() };
        return Reason::Forbidden { failure, access };
    }
    if unreachable(&words) {
        return Reason::ClusterUnreachable(Unreachable::Refused {
            failure,
            way: way(said),
            is_sent: !never_sent(&words),
        });
    }
    if IN_THE_WAY.iter().any(|needle| words.contains(needle)) {
        return Reason::AlreadyExists(failure);
    }
    Reason::Failed(failure)
}

/// The service account that a pod was to have and that is not there.
fn missing_account(words: &str) -> Option<String> {
    let (_, account) = words.split_once("error looking up service account ")?;
    let account = account.split(':').next().unwrap_or_default();
    Some(account.split_once('/').map_or(account, |(_, name)| name).to_owned())
}

/// No connection stood, over which the call could have gone.
fn never_sent(words: &str) -> bool {
    let parts =
        ["connection refused", "did you specify the right host", "dial tcp", "proxyconnect", "x509:", "TLS handshake"];
    parts.iter().any(|part| words.contains(part))
}

/// kubectl keeps to itself that it was not the cluster that refused.
fn way(said: &str) -> Way {
    match said.split_once("proxyconnect ").map(|(_, rest)| rest.split(['"', '\n']).next().unwrap_or_default()) {
        Some(why) => Way::Proxy { proxy: proxy(), why: why.to_owned() },
        None => Way::Direct,
    }
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
fn missing_right(words: &str) -> Option<Right> {
    let (verb, rest) = words.split_once("cannot ")?.1.split_once(" resource \"")?;
    Some(Right { verb: verb.to_owned(), resource: rest.split_once('"')?.0.to_owned() })
}
