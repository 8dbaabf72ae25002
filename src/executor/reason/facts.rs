//! The facts of reasons: who failed, at what, and what of it is known. Each is the part of a sentence.

use std::io;
use std::time::Duration;

use thiserror::Error;

use crate::executor::namespace::Namespace;
use crate::id::JobId;

/// A helper's words behind a colon, where it said any.
pub(super) fn after_colon(message: &str) -> String {
    // Advice follows it.
    let message = message.strip_suffix('.').unwrap_or(message);
    if message.is_empty() { String::new() } else { format!(": {message}") }
}

/// How it is known that a pod had to leave its node.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Drain {
    /// Its condition, or an event, in these words.
    #[error("evicted by way of the API, as when its node is drained{}", after_colon(.0))]
    Told(String),
    /// It was deleted, and its node takes no new pods.
    #[error("deleted, and its node {0} takes no new pods (it is cordoned), as when it is drained")]
    NodeCordoned(String),
}

/// Why a variable may not stand in the environment of an engine's own process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotByEngine {
    #[error("which takes only letters, digits and _ in such a name")]
    Form,
    /// The engine does, or what loads it, or what it starts.
    #[error("which reads a variable of that name")]
    Read,
    #[error("which has a variable of that name from multiflexi-cli's own environment")]
    Ours,
}

/// A program that could not be started, by where that was tried.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotStarted {
    #[error("the program {program} cannot be started on this machine: {cause}; {advice}")]
    Here { program: String, cause: String, advice: String },
    #[error("the program {program} cannot be started in the image {image}: {message}; {advice}")]
    InImage { program: String, image: String, message: String, advice: &'static str },
    /// By what of it the system does not take.
    #[error("the program cannot be started: {0}")]
    TooLong(String),
    #[error("{engine} could not make a container of {image}: {message}")]
    NoContainer { engine: &'static str, image: String, message: String },
    /// The recorder did not find it.
    #[error("the program {program} is not in the image {image}: correct the application's executable or its ociimage")]
    NotInImage { program: String, image: String },
    /// The recorder saw that it is no program.
    #[error(
        "the program {program} of the image {image} is a directory, or not executable for the pod's user: make it executable in the \
         image, or correct the application's executable"
    )]
    NotExecutableInImage { program: String, image: String },
    /// By the runtime's word, or the recorder's.
    #[error(
        "the program {program} of the image {image} is not for the processor of the pod's node (exec format error): name an image \
         that is built for it, or a node of the image's kind (`kubernetes.io/arch` as nodeSelector in the podOverrides; `kubectl get \
         nodes -L kubernetes.io/arch` shows them); a script has to begin with a line #!INTERPRETER"
    )]
    ForeignInPod { program: String, image: String },
    /// By the runtime's word; `is_shell` where what it did not find, or could not run, is the recorder's shell.
    #[error("the program cannot be started in the container ({state}){}", after_colon(message))]
    InPod { state: String, message: String, is_shell: bool },
}

/// Who ended the program for want of memory.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OutOfMemory {
    #[error(
        "the program was killed because it used more memory than its limit allows (OOMKilled, exit code {code}); raise the pod's \
         memory limit"
    )]
    Pod { code: i32 },
    #[error("the kernel killed the program because its memory limit was reached (OOM, exit code {code})")]
    Container { code: i32 },
}

/// How a job was cancelled, other than by a signal to its runner.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Cancellation {
    #[error("cancelled before it began")]
    Waiting,
    /// As its `job cancel` put it.
    #[error("{0}")]
    Requested(String),
    #[error("the job was cancelled while helm deployed the release {release}")]
    Deploying { release: String },
}

/// An image that could not be pulled, by who tried it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Pull {
    #[error(
        "the image {image} cannot be pulled ({state}){}; check its name and tag (of a chart's pod: kubernetes.helm.set), and the \
         registry's credentials (imagePullSecrets in podOverrides)",
        after_colon(message)
    )]
    Kubelet { image: String, state: String, message: String, fault: PullFault },
    #[error(
        "the image {image} is not here and cannot be pulled by {engine}: {message}; correct the application's ociimage, log in to its \
         registry, or pull it by hand"
    )]
    Engine { engine: &'static str, image: String, message: String },
    #[error("{engine} could not bring the image {image} within {} minutes", limit.as_secs() / 60)]
    EngineSlow { engine: &'static str, image: String, limit: Duration },
}

/// What the kubelet says of a pull that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullFault {
    /// It waits before it tries again, and does not say why.
    BackOff,
    /// The registry may recover.
    Passing,
    /// Nothing listens where the registry should be.
    Refused,
    /// There is no such image, host or right.
    Lasting,
}

/// An invalid image name, by who says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InvalidImage {
    #[error(
        "the image name {image} is not valid (InvalidImageName){}; correct the application's ociimage",
        after_colon(message)
    )]
    Kubelet { image: String, message: String },
    #[error("{0}; correct the application's ociimage")]
    Kubectl(Box<Failure>),
}

/// Why a helper could not be started.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unusable {
    #[error("there is no {0} in PATH; install {0}, or add its directory to PATH")]
    NotInPath(String),
    #[error("the command's arguments are too long for this system; shorten the job's command")]
    ArgumentsTooLong,
    #[error("{program}: {cause}")]
    Other { program: String, cause: String },
}

impl Unusable {
    /// Why `program` could not be started, by what the system said of it.
    pub fn new(program: &str, error: &io::Error) -> Unusable {
        if error.kind() == io::ErrorKind::NotFound {
            Unusable::NotInPath(program.to_owned())
        } else if error.kind() == io::ErrorKind::ArgumentListTooLong {
            Unusable::ArgumentsTooLong
        } else {
            Unusable::Other { program: program.to_owned(), cause: error.to_string() }
        }
    }
}

/// A call of kubectl or helm that failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{what}: {message}")]
pub struct Failure {
    /// What could not be done by it.
    pub what: String,
    /// What the helper said.
    pub message: String,
    /// How the cluster is called in messages.
    pub cluster: String,
    pub namespace: Namespace,
}

/// Credentials that the cluster does not take, or that are missing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Login {
    #[error("{0}; the cluster {cluster} does not accept the kubeconfig's credentials: renew them", cluster = .0.cluster)]
    Refused(Box<Failure>),
    #[error("{0}; the credential plugin that the kubeconfig names failed: log in again, or correct it")]
    Plugin(Box<Failure>),
    /// kubectl asked for a user's name, or the cluster took us for nobody.
    #[error("{0}; the kubeconfig's user has no credentials, or its token is empty: put them there")]
    Missing(Box<Failure>),
}

/// A right that we lack.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{} may not {} in the namespace {namespace}: ask for a role that grants it (examples/kubernetes-role.yaml has \
     all that is needed)",
    user.as_deref().unwrap_or("the kubeconfig's user"),
    right.as_ref().map_or_else(|| "do this".to_owned(), Permission::to_string)
)]
pub struct Access {
    /// As the cluster calls it: `system:serviceaccount:NAMESPACE:NAME` for a service account.
    pub user: Option<String>,
    /// None where the server does not say.
    pub right: Option<Permission>,
    pub namespace: String,
}

/// What is done to which resource: `create pods/exec`.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{verb} {resource}")]
pub struct Permission {
    pub verb: String,
    pub resource: String,
}

/// How a cluster did not answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreachable {
    #[error("{failure}; the cluster {} cannot be reached: {way}", .failure.cluster)]
    Refused {
        failure: Box<Failure>,
        way: Route,
        /// The connection may have broken once the cluster had the call.
        is_sent: bool,
    },
    /// The API server answers, and lets nothing in that it cannot ask a webhook about.
    #[error(
        "{0}; a webhook that the cluster {cluster} has to ask about this does not answer it: see to what serves it (`{kubectl} get \
         validatingwebhookconfigurations,mutatingwebhookconfigurations`)",
        cluster = .0.cluster,
        kubectl = .0.namespace.kubectl_of_cluster()
    )]
    Webhook(Box<Failure>),
    #[error("{what}: the cluster {cluster} did not answer in time; check that it is reachable")]
    Silent { what: String, cluster: String },
    #[error("what kubectl says of pod {pod} cannot be read: {cause}")]
    Unreadable { pod: String, cause: String },
}

/// The way to a cluster that cannot be reached.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Route {
    #[error("check its address in the kubeconfig, the network, and that it runs")]
    Direct,
    #[error("check the proxy that leads to it, {proxy} ({why})")]
    Proxy { proxy: String, why: String },
}

/// A probe that ends the container where it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Probe {
    #[error("liveness")]
    Liveness,
    #[error("startup")]
    Startup,
}

/// Where a chart that was not found should have come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChartSource {
    #[error("the chart's path must exist and be readable for the user that runs this, or name an oci:// chart")]
    Path,
    #[error("what is there is no chart: name a folder with a Chart.yaml, or the .tgz that `helm package` makes of one")]
    NoChart,
    #[error("add the repository for this user (helm repo add), or name the chart by oci:// or a path")]
    Repository,
    #[error(
        "the repository's list on this machine has no such chart or version: `helm repo update` fetches it anew as this user, `helm \
         search repo --versions` shows it; or correct chart and version (kubernetes.helm.version)"
    )]
    List,
    #[error(
        "the OCI chart or this version of it does not exist, or asks for a login: correct chart and version \
         (kubernetes.helm.version), run `helm registry login` as this user, or use a local chart path"
    )]
    Registry,
    #[error(
        "the repository's list on this machine names a file that is gone: `helm repo update` fetches it anew as this user"
    )]
    Archive,
}

/// Where a chart is that this user may not read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ChartLogin {
    #[error(
        "the registry asks for a login that may read it: run `helm registry login {0}` as this user, or name the file that such a login \
         wrote in kubernetes.helm.registryConfig, or use a local chart path"
    )]
    Registry(String),
    #[error(
        "the repository asks for a login that may read it: run `helm repo add --force-update --username=USER --password-stdin {0} URL` \
         as this user, or use a local chart path"
    )]
    Repository(String),
}

/// A release that a helm which died left in the middle.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "the helm release {release} in namespace {namespace} has been {state} for {} s: whoever worked on it died", age.as_secs()
)]
pub struct PendingRelease {
    pub release: String,
    pub namespace: Namespace,
    pub state: String,
    pub age: Duration,
    /// helm's verb that mends it.
    pub verb: &'static str,
}

/// A node that does not answer, by what that means for the job.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NodeLost {
    #[error(
        "the node {node} of pod {pod} does not answer ({message}), and has not started it; see `{} describe node {node}`",
        namespace.kubectl_of_cluster()
    )]
    NotStarted { node: String, pod: String, namespace: Namespace, message: String },
    #[error(
        "the node {node} of pod {pod} has not answered for {} s: the program may still run there, and how it ends is not known. \
         See `{} describe node {node}`. Once the node is back, `multiflexi-cli job run --id={job}` brings the result home; \
         if it is gone for good, delete the pod (`{} delete pod {pod} --force`) before that",
        waited.as_secs(),
        namespace.kubectl_of_cluster(),
        namespace.kubectl()
    )]
    GivenUp { node: String, pod: String, namespace: Namespace, job: JobId, waited: Duration },
    #[error(
        "the node {node} did not answer for {} s, and {what}: how the program ended cannot be learned. Look at what it did; \
         `multiflexi-cli job retry --id={job}` makes a new job",
        silent.as_secs()
    )]
    EndedWithIt { node: String, silent: Duration, what: String, job: JobId },
}
