//! Why a job failed for want of something: a value with its facts. The sentence is made from it when somebody is told.

mod facts;

use std::borrow::Cow;
use std::time::Duration;

use nix::sys::signal::Signal;
use strum::{EnumDiscriminants, EnumString, IntoStaticStr, VariantArray};
use thiserror::Error;

pub use facts::{
    Access, Cancellation, ChartLogin, ChartSource, Drain, Failure, InvalidImage, Login, NodeLost, NotByEngine,
    NotStarted, OutOfMemory, PendingRelease, Permission, Probe, Pull, PullFault, Route, Unreachable, Unusable,
};

use crate::executor::namespace::Namespace;
use crate::id::JobId;
use crate::secret::Redactor;
use facts::after_colon;

/// How long a line of a file of variables may be: the engines take what is shorter than 64 KiB.
pub const LINE_MAX: usize = 60_000;

/// Why a job failed for want of something, or what is wrong with its record.
///
/// Shown, it is a sentence: what failed, on what, why, and what to do. [`line`](Reason::line) has its [`Code`] before it.
#[derive(Clone, Debug, PartialEq, Eq, Error, EnumDiscriminants)]
#[strum_discriminants(
    name(Code),
    doc = "A reason in one CamelCase word, as Kubernetes has them: `ImagePull`, `Unschedulable`, `OOMKilled`.",
    derive(EnumString, IntoStaticStr, VariantArray, strum::Display)
)]
pub enum Reason {
    /// Another one, without the secrets that its sentence would show. Its code is that one's.
    #[error("{text}")]
    Redacted { text: String, reason: Box<Reason> },
    /// What another runner noted of the job before it died. Its code is the noted one.
    #[error("{sentence}")]
    Noted { code: Code, sentence: String },

    // The job as it is set up.
    #[error("the application {0} names no image: set its ociimage")]
    NoImage(String),
    #[error("the application {0} names no program to run: set its executable")]
    NoCommand(String),
    #[error("the job has no directory to run in: this is a fault of multiflexi-cli, please report it")]
    NoDirectory,
    #[error(
        "the variable {name} cannot be handed to the container: its value has a line break or more than {LINE_MAX} bytes, or its name \
         begins with #, so that it would have to go by the environment of {engine} itself, {why}: give the variable another name, or \
         let the program read the value from a file"
    )]
    Variable { name: String, engine: &'static str, why: NotByEngine },
    #[error(
        "the files that were uploaded for the job have {size} bytes, with the secret variables; Kubernetes takes {limit} in a \
         Secret. The largest is that of {largest} with {largest_size} bytes: put it where the pod can fetch it, or run the job \
         with another executor"
    )]
    FilesTooLarge { size: u64, limit: u64, largest: String, largest_size: u64 },
    #[error(
        "the job's secret and long variables have {size} bytes together; Kubernetes takes {limit} in a Secret. The largest is \
         {largest} with {largest_size} bytes: hand it over in a file that the pod can fetch, or run the job with another executor"
    )]
    VariablesTooLarge { size: u64, limit: u64, largest: String, largest_size: u64 },
    #[error("the uploaded file of {variable} cannot be read here: {cause}")]
    FileUnreadable { variable: String, cause: String },
    #[error("the files that were uploaded for the job cannot be copied into its container: {0}")]
    FilesNotCopied(String),
    #[error("the chart's values (helm.set) cannot be used: {0}; correct the application's definition")]
    ChartValues(String),
    #[error(
        "the release name {name} has {} characters, helm takes at most {limit}: shorten releaseName", name.len()
    )]
    ReleaseName { name: String, limit: usize },
    #[error("{0}")]
    PodOverrides(String),
    #[error("the chart's values cannot be written to a temporary file: {0}; check TMPDIR and its free space")]
    TemporaryFile(String),

    // The program.
    #[error("{0}")]
    ProgramNotFound(NotStarted),
    #[error("{0}")]
    ProgramNotExecutable(NotStarted),
    /// The system takes it for no program of this machine.
    #[error("{0}")]
    ExecFormatError(NotStarted),
    #[error("{0}")]
    TooLarge(NotStarted),
    #[error("{0}")]
    StartError(NotStarted),
    /// None where only its end is known, and not the limit.
    #[error("the program was ended because its time limit{} was reached", .0.map(|limit| format!(" of {} s", limit.as_secs())).unwrap_or_default())]
    TimeLimit(Option<Duration>),
    #[error("{}", signal_words(*.0))]
    Signal(i32),
    #[error("{0}")]
    OOMKilled(OutOfMemory),
    #[error("{0}")]
    Cancelled(Cancellation),
    #[error("the runner was told to end by {}, and ended the job", signal_name(*.0))]
    Interrupted(i32),
    #[error("{0}")]
    ResultUnknown(String),
    #[error("{}", lost_words(runner, host.as_deref(), *unseen, *job))]
    RunnerLost {
        runner: String,
        /// The machine that it was on, where that is another one.
        host: Option<String>,
        /// The engine that lists no container of the job here.
        unseen: Option<&'static str>,
        job: JobId,
    },
    #[error(
        "its earlier runner died, and the pod that it may have made is gone from namespace {namespace}: how the job ended cannot be \
         learned; look at what it does, and run it again with `multiflexi-cli job retry --id={job}`"
    )]
    RunnerDied { namespace: String, job: JobId },
    #[error(
        "its earlier runner asked for its pod in namespace {namespace} of {}, which is another cluster than the one {looked_at}: run it \
         where that one can be reached, or name it by `multiflexi-cli job run --id={job} --context=CONTEXT`; `job cancel` ends the job \
         where that cluster is no more",
        context_words(context)
    )]
    OtherCluster {
        /// As that runner called it; empty where it ran in that cluster.
        context: String,
        namespace: String,
        looked_at: String,
        job: JobId,
    },

    #[error(
        "the database did not answer, so that it is not known whether the job is still this runner's, and its program was not begun"
    )]
    DatabaseAway,

    // Podman and Docker.
    #[error("{engine} cannot be started: {cause}; install it, correct PATH, or run the job with another executor")]
    EngineMissing { engine: &'static str, cause: String },
    #[error(
        "{engine} does not answer: {message}; start its service, or give this user access to it, until `{engine} info` works"
    )]
    EngineUnreachable { engine: &'static str, message: String },
    #[error("{0}")]
    ContainerLeft(String),

    // The image, by whatever pulls it.
    #[error("{0}")]
    ImagePull(Pull),
    #[error("{0}")]
    InvalidImageName(InvalidImage),
    #[error(
        "the image {image} is not on the node and its pull policy is Never (ErrImageNeverPull){}; load it there, or change the policy",
        after_colon(message)
    )]
    ErrImageNeverPull { image: String, message: String },

    // kubectl and helm, and how they reach the cluster.
    #[error("{what} cannot be run: {fault}")]
    KubectlMissing { what: String, fault: Unusable },
    #[error("{what} cannot be run: {fault}")]
    HelmMissing { what: String, fault: Unusable },
    #[error("{what}: there is no usable kubeconfig: looked for {place}{}: {message}; put one there, or name it in KUBECONFIG{}",
        token.map(|path| format!(", and in this pod for the service account's token {path}")).unwrap_or_default(),
        if token.is_some() { ", or let the token be mounted (automountServiceAccountToken)" } else { "" })]
    NoKubeconfig {
        /// What could not be done.
        what: String,
        place: String,
        /// Where a pod that we run in has its service account's token.
        token: Option<&'static str>,
        message: String,
    },
    #[error("{0}; correct the kubeconfig")]
    BadKubeconfig(Box<Failure>),
    #[error("{0}; name a context that `{kubectl} config get-contexts` lists", kubectl = .0.namespace.kubectl_of_config())]
    UnknownContext(Box<Failure>),
    #[error("{0}")]
    Unauthorized(Login),
    #[error("{failure}; {access}")]
    Forbidden { failure: Box<Failure>, access: Access },
    #[error("{0}")]
    ClusterUnreachable(Unreachable),
    #[error("{0}")]
    Failed(Box<Failure>),

    // What the cluster does not take.
    #[error("{0}; the namespace {ns} is being deleted (terminating): wait until it is gone, or use another", ns = .0.namespace)]
    NamespaceTerminating(Box<Failure>),
    #[error("{0}; create it: `{kubectl} create namespace {ns}`", ns = .0.namespace, kubectl = .0.namespace.kubectl_of_cluster())]
    NamespaceNotFound(Box<Failure>),
    #[error("{0}; see `{kubectl} get resourcequota`; raise the quota, or give the pod requests and limits", kubectl = .0.namespace.kubectl())]
    QuotaExceeded(Box<Failure>),
    #[error(
        "{0}; give the pod a security context that the namespace {ns} admits: --pod-overrides=FILE, or podOverrides in the \
         application's definition (examples/restricted-pod.json has what `restricted` asks for)",
        ns = .0.namespace
    )]
    PodSecurity(Box<Failure>),
    #[error(
        "{0}; a rule of the cluster does not admit it: change what the podOverrides or the chart ask for, or ask whoever runs the cluster about the rule"
    )]
    AdmissionDenied(Box<Failure>),
    #[error("{0}; see `{kubectl} get limitrange`; change the pod's requests and limits", kubectl = .0.namespace.kubectl())]
    LimitRange(Box<Failure>),
    #[error(
        "{failure}; make it: `{} create serviceaccount {account}`; or correct the pod's serviceAccountName",
        failure.namespace.kubectl()
    )]
    ServiceAccountNotFound { failure: Box<Failure>, account: String },
    #[error("{0}; remove what is in the way")]
    AlreadyExists(Box<Failure>),

    // helm and the release.
    #[error("{failure}{}; the limit is {} s (timeoutSeconds)", not_ready(faults, &failure.namespace), limit.as_secs())]
    HelmNotReady { failure: Box<Failure>, faults: Vec<String>, limit: Duration },
    #[error("{failure}; {origin}")]
    ChartNotFound { failure: Box<Failure>, origin: ChartSource },
    #[error(
        "{0}; name a file that this user may read, and YAML in it, in helm.valuesFiles of the application's definition"
    )]
    ValuesFile(Box<Failure>),
    #[error("{failure}; {login}")]
    ChartLogin { failure: Box<Failure>, login: ChartLogin },
    #[error(
        "{0}; this machine does not know who signed the certificate: name that authority's file in kubernetes.helm.caFile, or make \
         it known to the system"
    )]
    ChartUntrusted(Box<Failure>),
    #[error(
        "{0}; where the chart should come from cannot be reached: check its name and the network, or use a local chart path"
    )]
    ChartUnreachable(Box<Failure>),
    #[error(
        "the application's definition names {path} as kubernetes.helm.{key}, and that cannot be read here: {cause}; put it there, \
         readable for the user that runs this, or correct the definition"
    )]
    HelmFile { key: &'static str, path: String, cause: String },
    #[error("{failure}{}", if faults.is_empty() { String::new() } else { format!("; {}", faults.join("; ")) })]
    HelmFailed { failure: Box<Failure>, faults: Vec<String> },
    #[error(
        "{failure}; a hook of the chart failed: see `{} get pods` and its log, and correct the chart or its values",
        failure.namespace.kubectl()
    )]
    HelmHookFailed { failure: Box<Failure> },
    #[error(
        "the helm release {release} in namespace {namespace} could not be deployed within {} s, for somebody else works on it all \
         the time; see `{} history {release}`, and run the job again",
        waited.as_secs(),
        namespace.helm()
    )]
    HelmBusy { release: String, namespace: Namespace, waited: Duration },
    #[error(
        "{0}; mend it with `{helm} {verb} {release}`, or run the job with --repair-release",
        helm = .0.namespace.helm(),
        verb = .0.verb,
        release = .0.release
    )]
    ReleasePending(Box<PendingRelease>),

    // The pod, from its start to its end.
    #[error("the container cannot be made ({state}){}; correct the pod's settings", after_colon(message))]
    ContainerConfig { state: String, message: String },
    #[error("the container {container} crashes again and again{}", after_colon(message))]
    CrashLoop { container: String, message: String },
    #[error("no node can take the pod ({state}): {message}; {}", unschedulable_advice(message))]
    Unschedulable { state: String, message: String },
    #[error(
        "the pod {pod} did not start within {} s (phase {phase}){}; see `{} describe pod {pod}`",
        limit.as_secs(),
        after_colon(why),
        namespace.kubectl()
    )]
    DidNotStart {
        pod: String,
        namespace: Box<Namespace>,
        phase: String,
        /// What its events say of that; may be empty.
        why: String,
        limit: Duration,
    },
    #[error(
        "the job's pod could not be attached to; see the notices, and check the network between here and the cluster"
    )]
    AttachFailed,
    #[error("the init container {container} ended with code {code} ({state}); {advice}")]
    InitContainer { container: String, code: i32, state: String, advice: String },
    #[error("the container of pod {pod} ended with code {code} {}", before_its_end(*started, message))]
    RecorderLost { pod: String, code: i32, started: bool, message: String },
    #[error(
        "the pod {pod} was evicted from its node{}; give it more of what it lacked, or ask for less",
        after_colon(message)
    )]
    Evicted { pod: String, message: String },
    #[error("the pod {pod} was ended by its deadline (activeDeadlineSeconds){}", after_colon(message))]
    DeadlineExceeded { pod: String, message: String },
    #[error("the pod {pod} was {how}; the program was told to end by that. `job retry` makes a new job")]
    Drained { pod: String, how: Drain },
    #[error(
        "the pod {pod} had to make room for one of a higher priority{}; give it a priorityClassName by the pod overrides",
        after_colon(message)
    )]
    Preempted { pod: String, message: String },
    #[error(
        "the pod {pod} was ended because its node is shut down{}; `job retry` makes a new job",
        after_colon(message)
    )]
    NodeShutdown { pod: String, message: String },
    #[error("the pod {pod} was ended by its node ({state}){}", after_colon(message))]
    NodeFault { pod: String, state: String, message: String },
    #[error("{0}")]
    NodeLost(Box<NodeLost>),
    #[error(
        "the {probe} probe of pod {pod} failed{}, so its node ended the program; correct the probe in the podOverrides, or let it \
         bear more (failureThreshold, timeoutSeconds)",
        after_colon(message)
    )]
    ProbeFailed { pod: String, probe: Probe, message: String },
    #[error(
        "the postStart hook of pod {pod} failed{}, so its node ended the container; correct the hook in the podOverrides",
        after_colon(message)
    )]
    HookFailed { pod: String, message: String },
    #[error("somebody deleted the pod {pod} while the job ran")]
    PodDeleted { pod: String },
    #[error("{0}")]
    Internal(&'static str),
}

impl Reason {
    /// The reason that another runner noted, by its stored [`line`](Reason::line).
    pub fn noted(line: &str) -> Reason {
        let StoredReason { code, sentence, .. } = StoredReason::read(line);
        Reason::Noted { code: code.unwrap_or(Code::Noted), sentence: sentence.to_owned() }
    }

    /// The reason's code: the word by which programs know it, and which stands before its sentence.
    pub fn code(&self) -> Code {
        match self {
            Reason::Redacted { reason, .. } => reason.code(),
            Reason::Noted { code, .. } => *code,
            _ => self.into(),
        }
    }

    /// The reason without the secrets that its sentence shows.
    pub fn redacted(self, redactor: &Redactor) -> Reason {
        match redactor.redact(&self.to_string()) {
            Cow::Borrowed(_) => self,
            Cow::Owned(text) => Reason::Redacted { text, reason: Box::new(self) },
        }
    }

    /// Does a call that failed for this reason certainly leave the cluster as it was?
    ///
    /// It was not carried out, for it was refused or never sent. It says nothing of the calls before.
    pub fn nothing_was_done(&self) -> bool {
        match self {
            Reason::ClusterUnreachable(Unreachable::Refused { is_sent, .. }) => !is_sent,
            Reason::ClusterUnreachable(Unreachable::Webhook(_)) => true,
            // What it may not do to a pod that is there comes after it made it.
            Reason::Forbidden { access: Access { right: Some(right), .. }, .. } => {
                right.verb == "create" && !right.resource.contains('/')
            }
            Reason::KubectlMissing { .. }
            | Reason::NoKubeconfig { .. }
            | Reason::BadKubeconfig(_)
            | Reason::UnknownContext(_)
            | Reason::Unauthorized(_)
            | Reason::FileUnreadable { .. }
            | Reason::NamespaceNotFound(_)
            | Reason::NamespaceTerminating(_)
            | Reason::QuotaExceeded(_)
            | Reason::PodSecurity(_)
            | Reason::AdmissionDenied(_)
            | Reason::LimitRange(_)
            | Reason::ServiceAccountNotFound { .. } => true,
            _ => false,
        }
    }

    /// Does the fault lie in this machine, its settings, or the way from here to the cluster or the engine?
    ///
    /// Then it is wrong for every job that would run there, and no job's own fault.
    pub fn is_of_this_place(&self) -> bool {
        match self {
            Reason::KubectlMissing { fault, .. } | Reason::HelmMissing { fault, .. } => {
                *fault != Unusable::ArgumentsTooLong
            }
            Reason::NoKubeconfig { .. }
            | Reason::BadKubeconfig(_)
            | Reason::UnknownContext(_)
            | Reason::Unauthorized(_)
            | Reason::ClusterUnreachable(_)
            | Reason::EngineMissing { .. }
            | Reason::EngineUnreachable { .. }
            | Reason::DatabaseAway => true,
            Reason::Redacted { reason, .. } => reason.is_of_this_place(),
            _ => false,
        }
    }

    /// Code and sentence, as they are stored and shown.
    pub fn line(&self) -> String {
        format!("{}: {self}", self.code())
    }
}

impl Code {
    /// May the program of a job have begun that has no exit code of its own for this reason?
    ///
    /// Of a pod that went the word alone does not say whether its program ran before: it may have.
    pub fn may_have_begun(self) -> bool {
        match self {
            Code::Signal
            | Code::TimeLimit
            | Code::OOMKilled
            | Code::Cancelled
            | Code::Interrupted
            | Code::ResultUnknown
            | Code::RunnerLost
            | Code::RunnerDied
            | Code::OtherCluster
            | Code::RecorderLost
            | Code::Evicted
            | Code::DeadlineExceeded
            | Code::Drained
            | Code::Preempted
            | Code::NodeShutdown
            | Code::NodeFault
            | Code::NodeLost
            | Code::ProbeFailed
            | Code::HookFailed
            | Code::PodDeleted => true,
            Code::Redacted
            | Code::Noted
            | Code::NoImage
            | Code::NoCommand
            | Code::NoDirectory
            | Code::Variable
            | Code::FilesTooLarge
            | Code::VariablesTooLarge
            | Code::FileUnreadable
            | Code::FilesNotCopied
            | Code::ChartValues
            | Code::ReleaseName
            | Code::PodOverrides
            | Code::TemporaryFile
            | Code::ProgramNotFound
            | Code::ProgramNotExecutable
            | Code::ExecFormatError
            | Code::TooLarge
            | Code::StartError
            | Code::DatabaseAway
            | Code::EngineMissing
            | Code::EngineUnreachable
            | Code::ContainerLeft
            | Code::ImagePull
            | Code::InvalidImageName
            | Code::ErrImageNeverPull
            | Code::KubectlMissing
            | Code::HelmMissing
            | Code::NoKubeconfig
            | Code::BadKubeconfig
            | Code::UnknownContext
            | Code::Unauthorized
            | Code::Forbidden
            | Code::ClusterUnreachable
            | Code::Failed
            | Code::NamespaceTerminating
            | Code::NamespaceNotFound
            | Code::QuotaExceeded
            | Code::PodSecurity
            | Code::AdmissionDenied
            | Code::LimitRange
            | Code::ServiceAccountNotFound
            | Code::AlreadyExists
            | Code::HelmNotReady
            | Code::ChartNotFound
            | Code::ValuesFile
            | Code::ChartLogin
            | Code::ChartUntrusted
            | Code::ChartUnreachable
            | Code::HelmFile
            | Code::HelmFailed
            | Code::HelmHookFailed
            | Code::HelmBusy
            | Code::ReleasePending
            | Code::ContainerConfig
            | Code::CrashLoop
            | Code::Unschedulable
            | Code::DidNotStart
            | Code::AttachFailed
            | Code::InitContainer
            | Code::Internal => false,
        }
    }
}

/// A [`line`](Reason::line) as it is kept of a job, by this version or by another one.
pub struct StoredReason<'l> {
    /// None where this version does not know it, or the line has no code.
    pub code: Option<Code>,
    /// Does it begin with a code, even one that this version does not know?
    pub has_code: bool,
    /// What follows a known code; else all of it.
    pub sentence: &'l str,
}

impl<'l> StoredReason<'l> {
    /// Reads a stored line.
    pub fn read(line: &'l str) -> StoredReason<'l> {
        let parts = line.split_once(": ");
        match parts.and_then(|(code, sentence)| Some((code.parse().ok()?, sentence))) {
            Some((code, sentence)) => StoredReason { code: Some(code), has_code: true, sentence },
            None => StoredReason { code: None, has_code: parts.is_some(), sentence: line },
        }
    }
}

/// The words about a job whose runner died and whose container is not where it is looked for.
pub fn unseen_words(engine: &str) -> String {
    format!(
        "{engine}, as it is used here, lists no container of this job: either somebody removed it, or the runner used another {engine} (as \
         another user, or by CONTAINER_HOST, DOCKER_HOST or CONTAINERS_STORAGE_CONF), in which the program may still run"
    )
}

fn lost_words(runner: &str, host: Option<&str>, unseen: Option<&str>, job: JobId) -> String {
    let what = match (host, unseen) {
        (Some(host), _) => format!(
            "process {runner} on {host}, which ran this job, has not renewed its lease: it or its machine died, hangs, or cannot reach \
             the database. Whether the program still runs there, and how far it came, is not known"
        ),
        (None, Some(engine)) => format!(
            "process {runner}, which ran this job, died while the program ran. {}. How far it came is not known",
            unseen_words(engine)
        ),
        (None, None) => format!(
            "process {runner}, which ran this job, died while the program ran; what was left of that has been ended, and how far it \
             came is not known"
        ),
    };
    format!(
        "{what}. The output may be incomplete. Look at what it did; `multiflexi-cli job retry --id={job}` makes a new job"
    )
}

fn context_words(context: &str) -> String {
    if context.is_empty() { "the cluster that it ran in".to_owned() } else { format!("the context {context}") }
}

/// `SIGTERM` of 15.
pub fn signal_name(number: i32) -> &'static str {
    Signal::try_from(number).map_or("an unknown signal", Signal::as_str)
}

fn signal_words(number: i32) -> String {
    let name = signal_name(number);
    let advice = if number == 9 { "; if nobody sent it, the system was out of memory" } else { "" };
    format!("the program was ended by signal {number} ({name}){advice}")
}

fn not_ready(faults: &[String], namespace: &Namespace) -> String {
    if faults.is_empty() {
        format!("; see `{} get pods` and `describe pod`", namespace.kubectl())
    } else {
        format!("; not ready: {}", faults.join("; "))
    }
}

fn unschedulable_advice(message: &str) -> &'static str {
    if message.contains("persistentvolumeclaim \"") && message.contains("\" not found") {
        "make the claim, or correct the pod's volumes"
    } else {
        "change its requests or node selector, or add a node"
    }
}

fn before_its_end(started: bool, message: &str) -> String {
    if started {
        "before its recorder could finish".to_owned()
    } else {
        format!("before its program started{}", after_colon(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_line_has_its_code() {
        let reason = Reason::OOMKilled(OutOfMemory::Pod { code: 137 });
        let (line, sentence) = (reason.line(), reason.to_string());
        for (line, code, has_code, sentence) in [
            (line.as_str(), Some(Code::OOMKilled), true, sentence.as_str()),
            ("whatever: it may be", None, true, "whatever: it may be"),
            ("ImagePull", None, false, "ImagePull"),
        ] {
            let read = StoredReason::read(line);
            assert_eq!((read.code, read.has_code, read.sentence), (code, has_code, sentence), "{line}");
        }
    }
}
