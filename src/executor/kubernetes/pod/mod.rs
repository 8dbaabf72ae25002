//! The job's pod: its name and labels, and the kubectl command that makes it.

pub mod ended_by;
pub mod files;
pub mod manifest;
pub mod overrides;
pub mod ready;
pub mod removal;
pub mod secret;
pub mod startup;
pub mod sweep;

use std::borrow::Cow;

use super::kubectl::pod_status::PodState;
use super::settings::KubernetesSettings;
use super::stream::recorder::{self, Tools};
use crate::executor::{ClaimId, Job, Variable};
use crate::id::{JobId, random_hex};

const MANAGED_BY: &str = "app.kubernetes.io/managed-by=multiflexi-cli";
/// Says in the pod's annotations which nonce its recorder was given.
pub const NONCE: &str = "multiflexi.eu/recorder";
/// A value longer than that does not go through kubectl's argv (Linux takes 128 KiB an argument).
const ARGUMENT_MAX: usize = 60 * 1024;
/// All values together that go through argv.
const ARGUMENTS_MAX: usize = 512 * 1024;

/// By what a pod's output is learned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// The recorder runs the program, and keeps both streams.
    Recorder,
    /// The program is the container's own, and its output is in the pod's log.
    Log,
}

/// When a deletion is over for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeletionWait {
    /// As soon as the server knows of it.
    UntilAccepted,
    /// When the objects are gone, or 20 s have passed.
    UntilGone,
}

/// The pod of one attempt at a job.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Name of the pod, its container and its Secret.
    pub name: String,
    pub nonce: String,
    /// Is the program run by the recorder?
    pub recorded: bool,
    /// Where the recorder's tools are.
    pub tools: Tools,
    /// Is there a Secret of that name?
    pub secret: bool,
}

impl Pod {
    /// A pod for one attempt at the job, under a new name and with a new nonce; it is not made here.
    pub fn new(job: JobId, recording: Recording, settings: &KubernetesSettings) -> Pod {
        let recorded = recording == Recording::Recorder;
        let tools = if settings.recorder_image.is_some() { Tools::Lent } else { Tools::Image };
        Pod { name: format!("mf-job-{job}-{}", random_hex(3)), nonce: random_hex(8), recorded, tools, secret: false }
    }

    /// By what its output is learned.
    pub fn recording(&self) -> Recording {
        if self.recorded { Recording::Recorder } else { Recording::Log }
    }

    /// The pod of an earlier runner. Whether it has a Secret is not known; deleting one that is not there does no harm.
    pub fn from_state(state: &PodState) -> Pod {
        let nonce = state.metadata.annotations.get(NONCE).cloned();
        let lent = state.spec.init_containers.iter().any(|container| container.name == recorder::LENDER);
        Pod {
            name: state.metadata.name.clone(),
            recorded: nonce.is_some(),
            nonce: nonce.unwrap_or_default(),
            tools: if lent { Tools::Lent } else { Tools::Image },
            secret: true,
        }
    }

    /// The arguments of a `kubectl exec` that runs a script of ours in it.
    pub fn exec<'a>(&'a self, script: &'a str) -> Vec<&'a str> {
        vec!["exec", &self.name, "-c", &self.name, "--", self.tools.shell(), "-c", script]
    }

    /// What the user is told where this run is left before it could remove its pod.
    pub fn trace(&self, namespace: &str) -> String {
        format!("its pod {name} in namespace {namespace} may still be there", name = self.name)
    }
}

/// The label selector of all pods of a job.
pub fn selector(job: &Job) -> String {
    selector_of(job.id, &job.database, job.claim.as_ref())
}

/// The argument by which `kubectl run` labels a job's pod.
pub fn label_argument(job: &Job) -> String {
    format!("--labels={}", selector(job))
}

/// The label selector of all pods of a job in this database; without a claim, of those of any claim.
pub fn selector_of(job: JobId, database: &str, claim: Option<&ClaimId>) -> String {
    let claim = claim.map(|claim| format!(",multiflexi.eu/claim={claim}")).unwrap_or_default();
    format!("{MANAGED_BY},multiflexi.eu/job={job},multiflexi.eu/database={database}{claim}")
}

/// A variable that a shell would act on is called so in a pod with a recorder, which gives it its own name for the program.
pub const HIDDEN: &str = "mfx_is_";

/// Variables that the one or the other shell (bash, dash, busybox) acts on at its start, sets, or does not hand on.
const OF_SHELLS: [&str; 68] = [
    "_",
    "BASH",
    "BASHOPTS",
    "BASHPID",
    "CDPATH",
    "CHILD_MAX",
    "COLUMNS",
    "COMPREPLY",
    "COPROC",
    "DIRSTACK",
    "EMACS",
    "ENV",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "EUID",
    "EXECIGNORE",
    "FCEDIT",
    "FIGNORE",
    "FUNCNAME",
    "FUNCNEST",
    "GLOBIGNORE",
    "GLOBSORT",
    "GROUPS",
    "HISTCMD",
    "HISTCONTROL",
    "HISTFILE",
    "HISTFILESIZE",
    "HISTIGNORE",
    "HISTSIZE",
    "HISTTIMEFORMAT",
    "HOSTTYPE",
    "IFS",
    "IGNOREEOF",
    "INPUTRC",
    "INSIDE_EMACS",
    "LINENO",
    "LINES",
    "MACHTYPE",
    "MAIL",
    "MAILCHECK",
    "MAILPATH",
    "MAPFILE",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PIPESTATUS",
    "POSIXLY_CORRECT",
    "PPID",
    "PROMPT_COMMAND",
    "PROMPT_DIRTRIM",
    "PS0",
    "PS1",
    "PS2",
    "PS3",
    "PS4",
    "RANDOM",
    "REPLY",
    "SECONDS",
    "SHELL",
    "SHELLOPTS",
    "SRANDOM",
    "TIMEFORMAT",
    "TMOUT",
    "UID",
    "auto_resume",
    "histchars",
    "FPATH",
];

/// Does the name belong to shells, to the recorder, or to what loads the recorder's tools? One that no shell can write is left alone by
/// all of them.
fn is_of_shells(name: &str) -> bool {
    let prefixes = ["mfx_", "BASH_", "COMP_", "READLINE_", "LD_"];
    let is_known = OF_SHELLS.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix));
    is_known && !is_unwritable(name)
}

/// Can a shell not write a variable of this name?
pub fn is_unwritable(name: &str) -> bool {
    name.contains(['-', '.'])
}

/// The job's variables by the way they go into the pod, as they are called there.
pub struct Variables<'a> {
    /// `--env`.
    pub plain: Vec<Cow<'a, Variable>>,
    /// The Secret.
    pub secret: Vec<Cow<'a, Variable>>,
    /// Neither: Kubernetes does not take such names.
    pub refused: Vec<&'a str>,
}

/// Sorts the job's variables by the way in which each gets into the pod.
///
/// Secret values go into the Secret, and so does what is too long for kubectl's arguments. A secret one whose name Kubernetes does
/// not take, but whose value stands in the command line, is in the Secret under a name of ours. In a pod with the recorder what a
/// shell would act on is called otherwise.
pub fn sort(job: &Job, recording: Recording) -> Variables<'_> {
    let in_pod = |variable: &'_ Variable| Variable { name: format!("{HIDDEN}{}", variable.name), ..variable.clone() };
    let mut sorted = Variables { plain: Vec::new(), secret: Vec::new(), refused: Vec::new() };
    let mut total = 0;
    for variable in &job.environment {
        let name = variable.name.as_str();
        let is_hidden = recording == Recording::Recorder && is_of_shells(name);
        let named = if is_hidden { Cow::Owned(in_pod(variable)) } else { Cow::Borrowed(variable) };
        if !accepts_name(name) {
            sorted.refused.push(name);
            // Under a name of ours its value can be referred to, and stands in no command line.
            if variable.secret && !variable.value.is_empty() && is_in_command(job, &variable.value) {
                sorted.secret.push(Cow::Owned(Variable { name: unused_name(job, &sorted), ..variable.clone() }));
            }
        } else if variable.secret && !variable.value.is_empty()
            || variable.value.len() > ARGUMENT_MAX
            || total + variable.value.len() > ARGUMENTS_MAX
        {
            sorted.secret.push(named);
        } else {
            total += variable.value.len();
            sorted.plain.push(named);
        }
    }
    sorted
}

/// Does Kubernetes take a variable of this name?
fn accepts_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
        && name != "."
        && !name.starts_with("..")
}

fn is_in_command(job: &Job, value: &str) -> bool {
    job.command.iter().any(|argument| argument.contains(value))
}

/// A name that no variable of the job has.
fn unused_name(job: &Job, sorted: &Variables<'_>) -> String {
    let names = |n: usize| format!("MULTIFLEXI_SECRET_{n}");
    let is_free = |name: &String| {
        !job.environment.iter().any(|it| it.name == *name) && !sorted.secret.iter().any(|it| it.name == *name)
    };
    (1..).map(names).find(is_free).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_valid_and_differ() {
        let settings = KubernetesSettings::new("App", "img", None, &serde_json::Value::Null);
        let (a, b) = (
            Pod::new(crate::id::JobId(7), Recording::Recorder, &settings),
            Pod::new(crate::id::JobId(7), Recording::Recorder, &settings),
        );
        assert!(a.name.starts_with("mf-job-7-") && a.name.len() == 15 && a.name != b.name);
        assert_eq!(a.nonce.len(), 16);
    }
}
