//! What an executor is told of a job.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::database::Fingerprint;
use crate::executor::artifacts::Files;
use crate::executor::permit::Permit;
use crate::foreign_name::ForeignName;
use crate::hex::{is_short_hex, random_hex};
use crate::id::JobId;
use crate::secret::{self, MASK};
use crate::shell::quote_word;
use crate::state::run_file::{Progress, RunFile};

/// What an executor is told of a job.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    /// Names the database in a pod's label, so that two databases' jobs of one number are never mixed up.
    pub database: Fingerprint,
    /// The application's name; the default release name is made of it.
    pub application: String,
    /// The program and its arguments, macros already expanded, one element an argument.
    pub command: Vec<String>,
    /// The job's environment, in the order of its names.
    pub environment: Vec<Variable>,
    /// After so long the program is ended (TERM, then KILL).
    pub time_limit: Option<Duration>,
    pub files: Files,
    /// What tells the next runner how far this one came; a native program inherits it.
    pub run_file: Option<Rc<RunFile>>,
    pub pods: PodHistory,
    pub leftovers: Leftovers,
    pub permit: Permit,
}

/// What is known of the pods that were made for a job, or for others of its runtemplate, before. Only a job in Kubernetes has any.
#[derive(Clone, Debug, Default)]
pub struct PodHistory {
    /// None for what older versions made.
    pub claim: Option<ClaimId>,
    pub earlier: EarlierRun,
    pub known_end: Option<KnownEnd>,
    /// An earlier job of the same runtemplate succeeded: what it needed is most probably still there.
    pub succeeded_before: bool,
}

/// How a job ended, as an earlier runner that died had noted.
#[derive(Clone, Debug)]
pub struct KnownEnd {
    pub exit_code: i32,
    /// As it would stand in the job's record.
    pub reason: Option<String>,
}

/// Names the first claim of a job in the labels of its pods: 12 random hex digits.
///
/// Two installations whose databases have one name, as two machines with a SQLite file at the same path, may share a namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClaimId(String);

impl ClaimId {
    /// A new id of 12 random hex digits.
    pub fn random() -> ClaimId {
        ClaimId(random_hex(6))
    }

    /// Reads what stands in a row of the database. None where it has not the form.
    pub fn parse(text: &str) -> Option<ClaimId> {
        is_short_hex(text).then(|| ClaimId(text.to_owned()))
    }
}

impl std::fmt::Display for ClaimId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What an executor made for a job outside of this process, in words, for a process that has to leave in the middle.
#[derive(Clone, Debug, Default)]
pub struct Leftovers(Rc<RefCell<Option<String>>>);

impl Leftovers {
    /// Puts these words in place of what was noted before.
    pub fn note(&self, message: String) {
        self.0.replace(Some(message));
    }

    /// The words noted last; None where nothing was made.
    pub fn description(&self) -> Option<String> {
        self.0.borrow().clone()
    }
}

impl Job {
    /// Call before anything of the program can run.
    pub fn note_start(&self) {
        if let Some(file) = &self.run_file
            && !file.is_saved()
            && file.note(&Progress::Started).is_err()
        {
            // Without a file nothing is known of the job, and it is not started again.
            file.remove();
        }
    }

    /// Call before a program is ended because its runner was told to end.
    pub fn note_cancelled(&self, signal: i32) {
        if let Some(file) = &self.run_file
            && !file.is_saved()
        {
            // Where it cannot be noted, only the death of this process would have another reason told.
            let _ = file.note(&Progress::Cancelled(signal));
        }
    }

    /// Starts a child that holds the job's run file.
    ///
    /// Who mends the job after the death of this process finds the child by that, and ends it before anything else.
    pub fn lends_run_file<T>(&self, spawn: impl FnOnce() -> T) -> T {
        match &self.run_file {
            Some(file) => file.inherited_by(spawn),
            None => spawn(),
        }
    }

    /// Call before anything is made elsewhere that has to go when the job has ended.
    pub fn note_made(&self, message: &str) {
        if let Some(file) = &self.run_file {
            // Where it cannot be noted, only the death of this process would leave it behind.
            let _ = file.note_made(message);
        }
    }

    /// What was made is removed, or is to stay.
    pub fn forget_made(&self) {
        if let Some(file) = &self.run_file {
            let _ = file.forget_made();
        }
    }
}

/// What the executor is to do with the pod of an earlier runner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EarlierRun {
    /// There was none.
    #[default]
    Nothing,
    /// It died, or does not hold the job any more: what it left is finished before anything is started.
    ///
    /// Where it may have let the program go (`may_have_run`), and nothing of that is found, nothing is started.
    Finish { may_have_run: bool, last: LastPod, place: Option<PodPlace> },
    /// It died, and the job was cancelled: what came so far is fetched, what it left is removed, nothing is started.
    End { place: Option<PodPlace> },
}

impl EarlierRun {
    /// Where it asked for its pod, as far as that is known.
    pub fn place(&self) -> Option<&PodPlace> {
        match self {
            EarlierRun::Nothing => None,
            EarlierRun::Finish { place, .. } | EarlierRun::End { place } => place.as_ref(),
        }
    }
}

/// Where a runner asks for its pod.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodPlace {
    /// As the runner's kubeconfig calls it. None for the cluster that the runner itself is in.
    pub context: Option<String>,
    pub namespace: String,
    /// The cluster, whatever it is called. None where that cannot be told.
    pub cluster: Option<String>,
}

impl PodPlace {
    /// Reads what stands in a row of the database. None where it has not the form.
    pub fn read(value: serde_json::Value) -> Option<PodPlace> {
        let place: PodPlace = serde_json::from_value(value).ok()?;
        let is_context = |name: &String| !name.is_empty() && ForeignName::Context.check(name).is_ok();
        let fits = ForeignName::Namespace.check(&place.namespace).is_ok()
            && place.context.as_ref().is_none_or(is_context)
            && place.cluster.as_deref().is_none_or(is_short_hex);
        fits.then_some(place)
    }
}

/// A pod that is about to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPod {
    pub name: String,
    pub place: Option<PodPlace>,
}

/// The pod that an earlier runner asked for last, and may still be about to make or to let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastPod {
    /// It asked for none, or is dead and does nothing more.
    None,
    Named(AskedPod),
    /// There may be any.
    Unknown,
}

impl LastPod {
    /// Where it was asked for, as far as that is known.
    pub fn place(&self) -> Option<&PodPlace> {
        match self {
            LastPod::Named(pod) => pod.place.as_ref(),
            LastPod::None | LastPod::Unknown => None,
        }
    }
}

/// One variable of a job's environment.
#[derive(Clone)]
pub struct Variable {
    pub name: String,
    pub value: String,
    /// Never shown, never in an argv, never in a pod's spec.
    pub secret: bool,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.name, if self.secret { MASK } else { &self.value })
    }
}

/// A command as one line that a shell would read back, secret values masked.
pub fn shell_line(command: &[String], environment: &[Variable]) -> String {
    let secrets = || environment.iter().filter(|variable| variable.secret).map(|variable| variable.value.as_str());
    let words: Vec<String> = command.iter().map(|word| quote_word(&secret::redact(word, secrets()))).collect();
    words.join(" ")
}
