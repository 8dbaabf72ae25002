//! What kubectl and helm mean when they fail: their own words, line by line, against tables. Names, paths and images are taken
//! out of them before a part of a line is looked for.

use std::sync::LazyLock;

use regex::Regex;

use crate::executor::Reason;
use crate::executor::known_words::Table;
use crate::executor::kubernetes::kubectl::client::{Cluster, TOKEN, is_in_pod};
use crate::executor::kubernetes::stream::klog::Klog;
use crate::executor::process::Captured;
use crate::executor::reason::{Access, Failure, InvalidImage, Login, Permission, Route, Unreachable};

/// What a known line means.
pub enum StderrMeaning {
    NoKubeconfig,
    Is(fn(Box<Failure>) -> Reason),
}

use StderrMeaning::{Is, NoKubeconfig};

/// What the client library says that both programs are made of, before it has an answer of the cluster.
static CLIENT: Table<StderrMeaning> = Table::new(&[
    (r"^stat .+: no such file or directory$", NoKubeconfig),
    (r"^current-context is not set", NoKubeconfig),
    (r"^(?:invalid configuration: )?no configuration has been provided", NoKubeconfig),
    (r#"^(?:The connection to the server localhost:8080 was refused|Get "http://localhost:8080/)"#, NoKubeconfig),
    (r#"^context "[^"]*" does not exist"#, Is(Reason::UnknownContext)),
    (
        r"^(?:Error in configuration|invalid configuration): (?:context was not found|no context exists)",
        Is(Reason::UnknownContext),
    ),
    (r#"^error loading config file ""#, Is(Reason::BadKubeconfig)),
    (r"^(?:Error in configuration|invalid configuration):", Is(Reason::BadKubeconfig)),
    (r"(?:^|: )getting credentials: ", Is(|failure| Reason::Unauthorized(Login::Plugin(failure)))),
    (r"^You must be logged in to the server", Is(|failure| Reason::Unauthorized(Login::Refused(failure)))),
    (
        r"(?:^|: )(?:the server has asked for the client to provide credentials|Unauthorized$)",
        Is(|failure| Reason::Unauthorized(Login::Refused(failure))),
    ),
]);

/// What the client library says in its last line; in others a credential plugin may say the same of itself.
static LAST: Table<StderrMeaning> = Table::new(&[
    // The file of a token. A kubeconfig that cannot be read is told above.
    (r"^(?:open|read) .+: (?:no such file or directory|permission denied|is a directory)$", Is(Reason::BadKubeconfig)),
    // kubectl asks for a user's name and password where the kubeconfig has no credentials, and nobody answers.
    (
        r"^(?:error reading input for (?:Username|Password)$|EOF$|read empty token from file )",
        Is(|failure| Reason::Unauthorized(Login::Missing(failure))),
    ),
]);

/// What the API server refuses, in lines without what stands in quotes.
static SERVER: Table<StderrMeaning> = Table::new(&[
    (r"being terminated|is terminating", Is(Reason::NamespaceTerminating)),
    (r"exceeded quota|failed quota", Is(Reason::QuotaExceeded)),
    (r"violates PodSecurity", Is(Reason::PodSecurity)),
    (r#"admission webhook "" denied the request"#, Is(Reason::AdmissionDenied)),
    (r"ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request", Is(Reason::AdmissionDenied)),
    (r"usage per (?:Container|Pod) is|limit to request ratio", Is(Reason::LimitRange)),
    (r#"namespaces "" not found"#, Is(Reason::NamespaceNotFound)),
    (
        r"^Invalid image name|: invalid reference format$",
        Is(|failure| Reason::InvalidImageName(InvalidImage::Kubectl(failure))),
    ),
]);

/// Signs of a cluster that does not answer, or not now, in lines without what stands in quotes.
///
/// `false` where no connection stood over which the call could have gone.
static TRANSPORT: Table<bool> = Table::new(&[
    (r"dial tcp|proxyconnect|connection refused|was refused - did you specify the right host", false),
    (r"no such host|server misbehaving|no route to host|network is unreachable", false),
    (r"tls: |x509: |TLS handshake timeout|server gave HTTP response to HTTPS client", false),
    (r"^(?:Unable to connect to the server: |The connection to the server )", true),
    (r"i/o timeout|connection reset|unexpected EOF|http2: client connection lost", true),
    (r"context deadline exceeded \(Client\.Timeout", true),
    (r"the server is currently unable|etcdserver: |[Tt]oo many requests|apiserver not ready", true),
    (
        r"unable to return a response in the time allotted|an error on the server|could not be completed at this time",
        true,
    ),
]);

/// Looked for last, where no other table knows a line: what was to be made is there already.
static IN_THE_WAY: Table<()> = Table::new(&[(r"\(AlreadyExists\)|already exists", ())]);

/// Do these lines of helm say that it is the cluster that cannot be reached?
pub fn names_cluster(lines: &[String]) -> bool {
    lines.iter().any(|line| UNREACHABLE.iter().any(|prefix| line.starts_with(prefix)))
}

/// helm says so before the client library's words.
const UNREACHABLE: [&str; 2] = ["kubernetes cluster unreachable: ", "Kubernetes cluster unreachable: "];

/// A line without what stands in double quotes: names, addresses, images.
pub fn unquoted(line: &str) -> String {
    static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r#""(?:[^"\\]|\\.)*""#).ok());
    QUOTED.as_ref().map_or_else(|| line.to_owned(), |quoted| quoted.replace_all(line, r#""""#).into_owned())
}

/// What a program said when it failed: on stderr, else on stdout.
fn message_of(captured: &Captured) -> String {
    let text = captured.stderr_text();
    if text.is_empty() { captured.stdout_text().trim().to_owned() } else { text }
}

/// Do these words of kubectl or helm say that the API server, or a registry, could not be reached?
pub fn is_unreachable(message: &str) -> bool {
    let lines = lines(message);
    names_cluster(&lines) || TRANSPORT.look(without_quotes(&lines).iter().map(String::as_str)).is_some()
}

/// Do these words of kubectl say that something is not there, whatever they call it?
pub fn is_not_found(message: &str) -> bool {
    lines(message).iter().any(|line| line.starts_with("Error from server (NotFound): "))
}

fn without_quotes(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| unquoted(line)).collect()
}

impl Cluster {
    /// What a kubectl that failed said, as a reason. `what` could not be done by it.
    pub fn explain(&self, what: &str, captured: &Captured) -> Reason {
        self.silent(what, captured).unwrap_or_else(|| kubectl_reason(self, what, &message_of(captured)))
    }

    /// What a helm that failed said, as a reason. `what` could not be done by it.
    pub fn explain_helm(&self, what: &str, captured: &Captured) -> Reason {
        self.silent(what, captured).unwrap_or_else(|| helm_reason(self, what, &message_of(captured)))
    }

    fn silent(&self, what: &str, captured: &Captured) -> Option<Reason> {
        let (what, cluster) = (what.to_owned(), self.name());
        captured.timed_out.then_some(Reason::ClusterUnreachable(Unreachable::Silent { what, cluster }))
    }
}

/// Makes a reason of what kubectl said when it failed.
pub fn kubectl_reason(cluster: &Cluster, what: &str, stderr: &str) -> Reason {
    let lines = lines(stderr);
    let failure = cluster.failure(what, lines.join(" "));
    let last = || LAST.look(lines.last().map(String::as_str));
    match CLIENT.look(lines.iter().map(String::as_str)).or_else(last) {
        Some(meaning) => client_reason(cluster, meaning, failure),
        None => server_reason(cluster, &lines, stderr, failure),
    }
}

/// Makes a reason of what helm said when it failed.
///
/// Only behind its word that the cluster is unreachable are these the client library's words, and not a chart's.
fn helm_reason(cluster: &Cluster, what: &str, stderr: &str) -> Reason {
    let lines = lines(stderr);
    let failure = cluster.failure(what, lines.join(" "));
    let behind = |line: &String| UNREACHABLE.iter().find_map(|prefix| line.strip_prefix(prefix).map(str::to_owned));
    let Some(client) = lines.iter().find_map(behind) else { return server_reason(cluster, &lines, stderr, failure) };
    match CLIENT.look([client.as_str()]).or_else(|| LAST.look([client.as_str()])) {
        Some(meaning) => client_reason(cluster, meaning, failure),
        None => unreachable(stderr, &lines, failure),
    }
}

fn client_reason(cluster: &Cluster, meaning: &StderrMeaning, failure: Box<Failure>) -> Reason {
    match meaning {
        NoKubeconfig => no_kubeconfig(cluster, *failure),
        Is(reason) => reason(failure),
    }
}

fn server_reason(cluster: &Cluster, lines: &[String], stderr: &str, failure: Box<Failure>) -> Reason {
    let unquoted = without_quotes(lines);
    let unquoted = || unquoted.iter().map(String::as_str);
    if let Some(Is(reason)) = SERVER.look(unquoted()) {
        // A chart may name another one than the job's.
        let mut failure = failure;
        if let Some(name) = missing_namespace(&failure.message) {
            failure.namespace.name = name.to_owned();
        }
        return reason(failure);
    }
    if let Some(account) = missing_account(&failure.message) {
        return Reason::ServiceAccountNotFound { failure, account };
    }
    // What an account may not do is told with its name; the rest is what a rule of the cluster does not let in.
    if unquoted().any(|line| line.contains("is forbidden: ") && !line.contains("is forbidden: User \"\"")) {
        return Reason::AdmissionDenied(failure);
    }
    if unquoted().any(|line| line.contains("is forbidden: ") || line.contains("(Forbidden)")) {
        let message = &failure.message;
        if denied_user(message).as_deref() == Some("system:anonymous") {
            return Reason::Unauthorized(Login::Missing(failure));
        }
        let access =
            Access { user: denied_user(message), right: missing_right(message), namespace: cluster.namespace.clone() };
        return Reason::Forbidden { failure, access };
    }
    if unquoted().any(|line| line.contains("failed calling webhook ")) {
        return Reason::ClusterUnreachable(Unreachable::Webhook(failure));
    }
    if TRANSPORT.look(unquoted()).is_some() {
        return unreachable(stderr, lines, failure);
    }
    if IN_THE_WAY.look(unquoted()).is_some() {
        return Reason::AlreadyExists(failure);
    }
    Reason::Failed(failure)
}

fn unreachable(stderr: &str, lines: &[String], failure: Box<Failure>) -> Reason {
    let unquoted = without_quotes(lines);
    let is_sent = TRANSPORT.look(unquoted.iter().map(String::as_str)).is_none_or(|is_sent| *is_sent);
    Reason::ClusterUnreachable(Unreachable::Refused { failure, way: way(stderr), is_sent })
}

/// The namespace that is not there.
fn missing_namespace(message: &str) -> Option<&str> {
    let (before, _) = message.split_once("\" not found")?;
    before.rsplit_once("namespaces \"").map(|(_, name)| name).filter(|name| !name.contains('"'))
}

/// The service account that a pod was to have and that is not there.
fn missing_account(message: &str) -> Option<String> {
    let (_, account) = message.split_once("error looking up service account ")?;
    let account = account.split(':').next().unwrap_or_default();
    Some(account.split_once('/').map_or(account, |(_, name)| name).to_owned())
}

/// kubectl keeps to itself that it was not the cluster that refused.
fn way(stderr: &str) -> Route {
    match stderr.split_once("proxyconnect ").map(|(_, rest)| rest.split(['"', '\n']).next().unwrap_or_default()) {
        Some(why) => Route::Proxy { proxy: proxy(), why: why.to_owned() },
        None => Route::Direct,
    }
}

/// The variable that tells kubectl and helm a proxy, and its value.
pub fn proxy_variable() -> Option<(&'static str, String)> {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"]
        .into_iter()
        .find_map(|name| Some((name, std::env::var(name).ok().filter(|value| !value.is_empty())?)))
}

/// The proxy that kubectl and helm were told to use. What stands before its host is a user's password.
fn proxy() -> String {
    match proxy_variable() {
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
fn missing_right(message: &str) -> Option<Permission> {
    let (verb, rest) = message.split_once("cannot ")?.1.split_once(" resource \"")?;
    let resource = rest.split_once('"')?.0;
    // Over a WebSocket, which begins with a GET, older servers ask for the right to get; with it alone newer ones refuse.
    let verb = if matches!(resource, "pods/attach" | "pods/exec") { "create" } else { verb };
    Some(Permission { verb: verb.to_owned(), resource: resource.to_owned() })
}

/// Who it was that may not, of the words `… is forbidden: User "system:serviceaccount:NAMESPACE:NAME" cannot …`.
fn denied_user(message: &str) -> Option<String> {
    let (name, _) = message.split_once("is forbidden: User \"")?.1.split_once('"')?;
    Some(name.to_owned()).filter(|name| !name.is_empty())
}

/// Where kubectl looked for a kubeconfig and found none.
fn no_kubeconfig(cluster: &Cluster, failure: Failure) -> Reason {
    let place = match (&cluster.kubeconfig, std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty())) {
        (Some(path), _) => path.display().to_string(),
        (None, Some(path)) => format!("{} (from KUBECONFIG)", path.to_string_lossy()),
        (None, None) => match std::env::var_os("HOME") {
            Some(home) => format!("{}/.kube/config", home.to_string_lossy()),
            None => "~/.kube/config (HOME is not set)".to_owned(),
        },
    };
    let Failure { what, message, .. } = failure;
    Reason::NoKubeconfig { what, place, token: is_in_pod().then_some(TOKEN), message }
}

/// A helper's words on one line, without warnings and repeated lines.
pub fn tidy(message: &str) -> String {
    lines(message).join(" ")
}

/// A helper's words line by line, without warnings and repeated lines.
pub fn lines(message: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let text = format!("{message}\n");
    let mut rest = text.as_str();
    while let Some((line, after)) = rest.split_once('\n') {
        // A log line may have values of several lines.
        if let Klog::Line { length, .. } = Klog::parse(rest.as_bytes()) {
            rest = &rest[length..];
            continue;
        }
        rest = after;
        let line = line.trim();
        let line = line.strip_prefix("Error: ").or_else(|| line.strip_prefix("error: ")).unwrap_or(line);
        let noise = line.is_empty()
            || line.starts_with("WARNING: ")
            || line.starts_with("Warning: ")
            // helm 4 logs beside its error what that says too.
            || line.starts_with("level=") && line.contains(" msg=");
        if !noise && !lines.iter().any(|known| known == line) {
            lines.push(line.to_owned());
        }
    }
    if lines.is_empty() {
        lines.push(logged_error(message).unwrap_or_else(|| message.trim().replace('\n', " ")));
    }
    lines
}

/// The error in a log line: `E1125 … "Failed to watch" err="pods \"x\" is forbidden: …" reflector="…"`.
fn logged_error(message: &str) -> Option<String> {
    let (_, rest) = message.split_once(" err=\"")?;
    let quote = |(at, _): &(usize, &str)| !rest[..*at].ends_with('\\');
    let (end, _) = rest.match_indices('"').find(quote)?;
    Some(rest[..end].replace("\\\"", "\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::kubernetes::KubernetesSettings;
    use crate::executor::reason::Code;

    fn cluster() -> Cluster {
        let mut settings = KubernetesSettings::new("App", "img", None, &serde_json::Value::Null);
        settings.context = Some("here".into());
        Cluster::new(&settings)
    }

    #[test]
    fn every_pattern_is_one() {
        assert!(CLIENT.compiles() && LAST.compiles() && SERVER.compiles());
        assert!(TRANSPORT.compiles() && IN_THE_WAY.compiles());
    }

    /// What kubectl 1.32 and 1.36 were seen to say.
    const KUBECTL: [(&str, Code); 28] = [
        ("error: open /nonexist/token: no such file or directory", Code::BadKubeconfig),
        ("error: error reading input for Password", Code::Unauthorized),
        ("error: EOF", Code::Unauthorized),
        (
            "Unable to connect to the server: getting credentials: decoding stdout: couldn't get version/kind; json parse error",
            Code::Unauthorized,
        ),
        (
            "Error from server (Forbidden): pods is forbidden: User \"system:anonymous\" cannot create resource \"pods\" in API group \"\"",
            Code::Unauthorized,
        ),
        (
            "The pods \"p\" is invalid: : ValidatingAdmissionPolicy 'x' with binding 'y' denied request: no",
            Code::AdmissionDenied,
        ),
        ("error: stat /nosuch/kc: no such file or directory", Code::NoKubeconfig),
        (
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?",
            Code::NoKubeconfig,
        ),
        (
            "error: error loading config file \"k8s.yaml\": yaml: line 1: did not find expected node content",
            Code::BadKubeconfig,
        ),
        (
            "Error in configuration: \n* unable to read client-cert /x.crt for u due to open /x.crt: no such file or directory",
            Code::BadKubeconfig,
        ),
        ("Error in configuration: context was not found for specified context: nope", Code::UnknownContext),
        ("error: context \"nope\" does not exist", Code::UnknownContext),
        (
            "no ticket\nUnable to connect to the server: getting credentials: exec: executable sh failed with exit code 7",
            Code::Unauthorized,
        ),
        ("error: You must be logged in to the server (Unauthorized)", Code::Unauthorized),
        (
            "The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?",
            Code::ClusterUnreachable,
        ),
        (
            "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority",
            Code::ClusterUnreachable,
        ),
        ("Error from server (NotFound): namespaces \"x\" not found", Code::NamespaceNotFound),
        ("error: Invalid image name \"A B\": invalid reference format", Code::InvalidImageName),
        (
            "Error from server (Forbidden): pods \"p\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1",
            Code::QuotaExceeded,
        ),
        (
            "Error from server (Forbidden): pods is forbidden: User \"u\" cannot create resource \"pods\" in API group \"\"",
            Code::Forbidden,
        ),
        (
            "Error from server (Forbidden): pods \"p\" is forbidden: pod rejected: RuntimeClass \"x\" not found",
            Code::AdmissionDenied,
        ),
        ("Error from server: admission webhook \"w.example\" denied the request: no", Code::AdmissionDenied),
        // What a credential plugin says before kubectl does.
        (
            "open /x: permission denied\nError from server (Forbidden): pods \"p\" is forbidden: exceeded quota: q",
            Code::QuotaExceeded,
        ),
        ("EOF\nError from server (NotFound): namespaces \"x\" not found", Code::NamespaceNotFound),
        (
            "open /x: no such file or directory\nUnable to connect to the server: getting credentials: exec: executable p failed with exit code 1",
            Code::Unauthorized,
        ),
        // Names that look like something else.
        (
            "Error from server (Forbidden): secrets \"eof-503-dial tcp\" is forbidden: User \"Unauthorized\" cannot get resource \"secrets\"",
            Code::Forbidden,
        ),
        ("Error from server (NotFound): pods \"exceeded quota\" not found", Code::Failed),
        ("Error from server (AlreadyExists): pods \"context x does not exist\" already exists", Code::AlreadyExists),
    ];

    /// What helm 3.17 and 4.1 were seen to say.
    const HELM: [(&str, Code); 9] = [
        ("Error: kubernetes cluster unreachable: stat /nosuch/kc: no such file or directory", Code::NoKubeconfig),
        (
            "Error: Kubernetes cluster unreachable: Get \"http://localhost:8080/version\": dial tcp 127.0.0.1:8080: connect: connection refused",
            Code::NoKubeconfig,
        ),
        (
            "Error: kubernetes cluster unreachable: error loading config file \"k\": yaml: line 1: did not",
            Code::BadKubeconfig,
        ),
        (
            "Error: Kubernetes cluster unreachable: invalid configuration: context was not found for specified context: nope",
            Code::UnknownContext,
        ),
        (
            "Error: kubernetes cluster unreachable: the server has asked for the client to provide credentials",
            Code::Unauthorized,
        ),
        (
            "Error: kubernetes cluster unreachable: the server could not find the requested resource",
            Code::ClusterUnreachable,
        ),
        // Y1 and Y2: a chart's words are a chart's.
        (
            "Error: YAML parse error on c/templates/kubeconfigmap.yaml: error converting YAML to JSON: yaml: line 3: did not",
            Code::Failed,
        ),
        ("Release \"y\" does not exist. Installing it now.\nError: context deadline exceeded", Code::Failed),
        ("Error: stat values.yaml: no such file or directory", Code::Failed),
    ];

    #[test]
    fn each_program_is_understood_by_itself() {
        for (stderr, code) in KUBECTL {
            assert_eq!(kubectl_reason(&cluster(), "x", stderr).code(), code, "{stderr}");
        }
        for (stderr, code) in HELM {
            assert_eq!(helm_reason(&cluster(), "x", stderr).code(), code, "{stderr}");
        }
    }

    #[test]
    fn no_log_line_is_quoted_be_it_of_several_lines() {
        let head = "E1130 19:30:37.671305    5566 memcache.go:265] \"Unhandled Error\" err=";
        let stderr =
            format!("{head}<\n\tgetting credentials: exec: no\n\tIt looks like\n >\n{head}\"no\"\nerror: no\nmore\n");
        assert_eq!(lines(&stderr), ["no", "more"]);
    }

    #[test]
    fn a_call_that_was_never_sent_did_nothing() {
        let nothing = |stderr| kubectl_reason(&cluster(), "x", stderr).nothing_was_done();
        assert!(nothing(
            "The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?"
        ));
        assert!(nothing("Unable to connect to the server: dial tcp: lookup nohost.invalid: no such host"));
        assert!(!nothing("Unable to connect to the server: unexpected EOF"));
        assert!(!nothing("Error from server: etcdserver: request timed out"));
    }
}
