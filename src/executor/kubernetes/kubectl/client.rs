//! How kubectl and helm are called: always with the one context that was read at the beginning, with a time limit, and
//! with every way they fail told in words.

use std::io;
use std::os::unix::fs::FileTypeExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::process::Command;

use crate::executor::Reason;
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::namespace::Namespace;
use crate::executor::process::{self, Captured};
use crate::executor::reason::{Failure, Unusable};

/// For calls that only ask or delete.
pub const SHORT: Duration = Duration::from_secs(30);
/// What is longer is no kubeconfig.
const KUBECONFIG_MAX: u64 = 4 << 20;
/// What is kept of a helper's output; `helm status -o json` holds the whole manifest.
const KEEP: usize = 8 * 1024 * 1024;

/// Where a pod finds what its service account may do.
pub const TOKEN: &str = "/var/run/secrets/kubernetes.io/serviceaccount/token";
const OWN_NAMESPACE: &str = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

/// Do we run in a pod?
pub fn is_in_pod() -> bool {
    std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()
}

/// The cluster a job runs in.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Cluster {
    pub context: Option<String>,
    pub kubeconfig: Option<PathBuf>,
    pub namespace: String,
}

impl Cluster {
    /// The beginning of an error about a job's pod that could not be made.
    pub fn pod_failed(&self) -> String {
        format!("the job's pod could not be run in namespace {}", self.namespace)
    }

    /// The cluster of these settings, its context as far as that can be read without kubectl.
    pub fn new(settings: &KubernetesSettings) -> Cluster {
        let mut cluster = Cluster {
            context: settings.context.clone(),
            kubeconfig: settings.kubeconfig.clone(),
            namespace: settings.namespace.clone(),
        };
        if cluster.context.is_none()
            && let CurrentContext::Is(context) = CurrentContext::read(&cluster.kubeconfig_files())
        {
            cluster.context = Some(context);
        }
        cluster
    }

    /// The namespace of the pod that we run in, where its service account is what we are: without a kubeconfig.
    pub fn own_namespace(&self) -> Option<String> {
        let is_own = is_in_pod() && self.context.is_none() && !self.kubeconfig_files().iter().any(|file| file.exists());
        let name = std::fs::read_to_string(OWN_NAMESPACE).ok().filter(|_| is_own)?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// Looks for the programs that a job needs, so that nothing is made where one is missing.
    ///
    /// # Errors
    /// One of them is not in PATH; the reason names it.
    pub fn preflight(&self, programs: &[&'static str]) -> Result<(), Reason> {
        match programs.iter().find(|program| !process::is_in_path(program)) {
            Some(missing) => Err(self.not_started(missing, "the job", &std::io::ErrorKind::NotFound.into())),
            None => Ok(()),
        }
    }

    /// Reads the context that kubectl would use, so that nobody who switches it meanwhile moves the job elsewhere.
    ///
    /// # Errors
    /// kubectl cannot be started, or has no current context; in a pod it needs none. Or what stands in a kubeconfig's place would fill
    /// the memory of each kubectl.
    pub async fn read_context(&self) -> Result<Option<String>, Reason> {
        if let Some(file) = self.kubeconfig_files().iter().find(|file| is_endless(file)) {
            let message = format!("{} is no file that ends within {} MiB", file.display(), KUBECONFIG_MAX >> 20);
            return Err(Reason::BadKubeconfig(self.failure("the kubeconfig cannot be read", message)));
        }
        if self.context.is_some() {
            return Ok(self.context.clone());
        }
        // Asking kubectl costs as much as making the pod. It is asked where the plain line is not there.
        let mut command = self.kubectl_bare();
        command.args(["config", "current-context"]);
        let captured = self.call(command, "kubectl config current-context", None, SHORT).await?;
        if captured.ok() {
            return Ok(Some(captured.stdout_text().trim().to_owned()).filter(|context| !context.is_empty()));
        }
        // In a pod with a service account there is no context and none is needed.
        if is_in_pod() {
            return Ok(None);
        }
        Err(self.explain("the cluster's context cannot be read", &captured))
    }

    /// The files kubectl would read, in its order.
    pub fn kubeconfig_files(&self) -> Vec<PathBuf> {
        if let Some(path) = &self.kubeconfig {
            return vec![path.clone()];
        }
        match std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty()) {
            Some(list) => std::env::split_paths(&list).collect(),
            None => std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".kube/config")).into_iter().collect(),
        }
    }

    fn kubectl_bare(&self) -> Command {
        let mut command = process::command("kubectl");
        // Messages are recognised by their English words.
        command.env("LC_ALL", "C").env("LANGUAGE", "C");
        // A user's preferences (kuberc) may make it ask before it deletes, or only pretend to make something.
        command.env("KUBECTL_KUBERC", "false");
        if let Some(path) = &self.kubeconfig {
            command.arg("--kubeconfig").arg(path);
        }
        command
    }

    /// kubectl with context and namespace given.
    pub fn kubectl(&self) -> Command {
        let mut command = self.kubectl_bare();
        if let Some(context) = &self.context {
            command.arg(format!("--context={context}"));
        }
        command.args(["-n", &self.namespace]);
        command
    }

    /// helm with context and namespace given.
    pub fn helm(&self) -> Command {
        let mut command = process::command("helm");
        if let Some(path) = &self.kubeconfig {
            command.arg("--kubeconfig").arg(path);
        }
        if let Some(context) = &self.context {
            command.arg(format!("--kube-context={context}"));
        }
        command.args(["-n", &self.namespace]);
        command
    }

    /// Runs a helper; an error only where it cannot be started at all.
    ///
    /// # Errors
    /// The helper cannot be started or waited for. That it failed, or was killed after `limit`, is for [`Captured`] to tell.
    pub async fn call(
        &self,
        command: Command,
        what: &str,
        input: Option<Vec<u8>>,
        limit: Duration,
    ) -> Result<Captured, Reason> {
        self.call_until(command, what, input, limit, std::future::pending()).await
    }

    /// Runs a helper, which is asked to end once `stop` is ready.
    ///
    /// # Errors
    /// Same as [`call`](Cluster::call).
    pub async fn call_until(
        &self,
        command: Command,
        what: &str,
        input: Option<Vec<u8>>,
        limit: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<Captured, Reason> {
        let program = command.as_std().get_program().to_string_lossy().into_owned();
        process::capture_until(command, input, limit, KEEP, stop)
            .await
            .map_err(|error| self.not_started(&program, what, &error))
    }

    /// Runs `kubectl ARGUMENTS` with a short limit.
    ///
    /// # Errors
    /// kubectl cannot be started or waited for; that it failed is for [`Captured`] to tell.
    pub async fn query(&self, arguments: &[&str]) -> Result<Captured, Reason> {
        self.query_within(SHORT, arguments).await
    }

    /// Runs `kubectl ARGUMENTS`, and kills it after `limit`.
    ///
    /// # Errors
    /// Same as [`query`](Cluster::query).
    pub async fn query_within(&self, limit: Duration, arguments: &[&str]) -> Result<Captured, Reason> {
        let mut command = self.kubectl();
        command.args(arguments);
        self.call(command, &format!("kubectl {}", arguments.first().unwrap_or(&"")), None, limit).await
    }

    /// The reason of a job for which kubectl or helm cannot be started: `what` is what it was needed for.
    pub fn not_started(&self, program: &str, what: &str, error: &std::io::Error) -> Reason {
        let (what, fault) = (what.to_owned(), Unusable::new(program, error));
        if program == "helm" { Reason::HelmMissing { what, fault } } else { Reason::KubectlMissing { what, fault } }
    }

    /// A call that failed, with what it said.
    pub fn failure(&self, what: &str, message: String) -> Box<Failure> {
        let (what, cluster) = (what.to_owned(), self.name());
        Box::new(Failure { what, message, cluster, namespace: self.namespace() })
    }

    /// The namespace, for commands that somebody is to type: with the kubeconfig that we use, wherever it is read.
    pub fn namespace(&self) -> Namespace {
        let from_environment = || {
            let list = std::env::var_os("KUBECONFIG").filter(|list| !list.is_empty())?;
            // Several are no value of the option.
            let mut files = std::env::split_paths(&list);
            files.next().filter(|_| files.next().is_none())
        };
        let file = self.kubeconfig.clone().or_else(from_environment);
        let kubeconfig = file.map(|file| std::path::absolute(&file).unwrap_or(file));
        Namespace { name: self.namespace.clone(), context: self.context.clone(), kubeconfig }
    }

    /// How the cluster is called in messages.
    pub fn name(&self) -> String {
        self.context
            .as_deref()
            .map_or_else(|| "that kubectl uses by default".to_owned(), |context| format!("of context {context}"))
    }
}

/// Is it a device that gives bytes for ever, or a file that is much too long? An empty kubeconfig is told by `/dev/null`.
fn is_endless(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    let is_device = metadata.file_type().is_char_device() || metadata.file_type().is_block_device();
    is_device && path != Path::new("/dev/null") || metadata.is_file() && metadata.len() > KUBECONFIG_MAX
}

/// The text of a kubeconfig that is a plain file, and not too long.
///
/// # Errors
/// It is not there, or cannot be read; or it is something else.
pub fn kubeconfig_text(path: &Path) -> io::Result<String> {
    let metadata = std::fs::metadata(path)?;
    if !metadata.is_file() || metadata.len() > KUBECONFIG_MAX {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    std::fs::read_to_string(path)
}

/// What the kubeconfig files say of the current context, as far as that can be told without a reader of YAML.
#[derive(Debug, PartialEq, Eq)]
enum CurrentContext {
    Is(String),
    /// No file sets one.
    Unset,
    /// Only kubectl can tell.
    Unclear,
}

impl CurrentContext {
    /// The first file that sets one wins, as with kubectl; a file that is not there is left out.
    fn read(paths: &[PathBuf]) -> CurrentContext {
        for path in paths {
            let context = match kubeconfig_text(path) {
                Ok(text) => CurrentContext::in_text(&text),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => CurrentContext::Unset,
                Err(_) => CurrentContext::Unclear,
            };
            if context != CurrentContext::Unset {
                return context;
            }
        }
        CurrentContext::Unset
    }

    /// `current-context: NAME` in a line of its own, as all tools write it. Whatever else it may be is for kubectl to read.
    fn in_text(text: &str) -> CurrentContext {
        let mut mentions = text.lines().filter(|line| line.contains("current-context"));
        let Some(line) = mentions.next() else { return CurrentContext::Unset };
        let Some(name) = line.strip_prefix("current-context:").filter(|_| mentions.next().is_none()) else {
            return CurrentContext::Unclear;
        };
        let name = name.trim();
        let unquoted = ['"', '\''].iter().find_map(|quote| name.strip_prefix(*quote)?.strip_suffix(*quote));
        let plain = |c: char| c.is_alphanumeric() || "-_./:@+".contains(c);
        match unquoted.unwrap_or(name) {
            "" => CurrentContext::Unset,
            "null" if unquoted.is_none() => CurrentContext::Unset,
            context if context.chars().all(plain) => CurrentContext::Is(context.to_owned()),
            _ => CurrentContext::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::CurrentContext::{self, Is, Unclear, Unset};

    #[test]
    fn the_current_context_is_read_or_left_to_kubectl() {
        for (text, is) in [
            ("apiVersion: v1\ncurrent-context: a-b\nusers: []\n", Is("a-b".into())),
            ("current-context: \"arn:aws:eks:eu-1:12:cluster/x\"\r\n", Is("arn:aws:eks:eu-1:12:cluster/x".into())),
            ("current-context: 'single'", Is("single".into())),
            ("current-context: \"\"\nusers: []", Unset),
            ("current-context:\nusers: []", Unset),
            ("users: []\n", Unset),
            ("current-context: a # mine\n", Unclear),
            ("current-context: 'it''s'\n", Unclear),
            ("current-context: \"a b\"\n", Unclear),
            ("current-context: >-\n  folded\n", Unclear),
            ("{\"current-context\": \"json\", \"users\": []}", Unclear),
            ("# current-context: old\ncurrent-context: new\n", Unclear),
            (" current-context: indented\n", Unclear),
        ] {
            assert_eq!(CurrentContext::in_text(text), is, "{text}");
        }
    }
}
