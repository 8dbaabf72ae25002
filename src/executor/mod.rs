//! Executors run one job's program. They know nothing of the database: they are given a [`Job`], hand both streams to an
//! [`Output`] while the program runs, and say how it [`Ended`].

pub mod artifacts;
mod cancel;
pub mod container;
pub mod deadline;
mod ended;
mod exec_format;
mod job;
mod known_words;
pub mod kubernetes;
mod name;
pub mod namespace;
pub mod native;
mod output;
mod permit;
pub mod process;
pub mod reason;
mod size;
mod step;
pub mod versions;
pub mod workdir;

pub use artifacts::{Artifact, ArtifactPattern, Files, Uploaded};
pub use cancel::Cancel;
pub use ended::{Ended, Ending};
pub use job::{AskedPod, ClaimId, EarlierRun, Job, KnownEnd, LastPod, Leftovers, PodHistory, PodPlace, Variable};
pub use name::ExecutorName;
pub use output::{Output, Stream};
pub use permit::{LeaseTerm, Permit, Question, Questions};
pub use reason::Reason;
pub use step::Step;
pub use versions::Versions;

use crate::secret::Redactor;

/// The executors there are.
pub enum Executor {
    Native(native::Native),
    Kubernetes(Box<kubernetes::Kubernetes>),
    Container(container::Container),
}

impl Executor {
    /// Runs the job to its end. Dropped before that, it leaves no helper process, no pod and no container behind.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        match self {
            Executor::Native(native) => native.run(job, output, cancel).await,
            Executor::Container(container) => container.run(job, output, cancel).await,
            Executor::Kubernetes(kubernetes) if matches!(job.pods.earlier, EarlierRun::End { .. }) => {
                kubernetes.end(job, output).await
            }
            Executor::Kubernetes(kubernetes) => kubernetes.run(job, output, cancel).await,
        }
    }

    /// Removes what the run left, a pod or a container; call once the result is saved.
    ///
    /// Limited in time. Returns what could not be removed, or is kept on purpose.
    pub async fn clean_up(&mut self, job: &Job, ended: &Ended) -> Vec<String> {
        match self {
            Executor::Native(_) => Vec::new(),
            Executor::Container(container) => container.clean_up(job).await,
            Executor::Kubernetes(kubernetes) => kubernetes.clean_up(job, ended).await,
        }
    }

    /// Could something that was made for the job not be removed, so that its program may still run?
    pub fn has_left_behind(&self) -> bool {
        matches!(self, Executor::Kubernetes(kubernetes) if kubernetes.has_left_behind())
    }

    /// Has the job not come to its end, though the run has? Then there is no result to be saved, and nothing to be removed.
    pub fn is_unsettled(&self) -> bool {
        match self {
            Executor::Native(_) | Executor::Container(_) => false,
            Executor::Kubernetes(kubernetes) => kubernetes.is_unsettled(),
        }
    }

    /// Takes out of a text what nobody may be shown of this job: its secret variables, and what its executor knows beside them.
    pub fn redactor(&self, job: &Job) -> Redactor {
        let mut secrets: Vec<String> =
            job.environment.iter().filter(|variable| variable.secret).map(|variable| variable.value.clone()).collect();
        match self {
            Executor::Native(_) | Executor::Container(_) => {}
            Executor::Kubernetes(kubernetes) => secrets.extend(kubernetes.secrets()),
        }
        Redactor::new(secrets.iter().map(String::as_str))
    }

    /// Was nothing of the job begun here, or made anywhere?
    pub fn has_made_nothing(&self, ended: &Ended) -> bool {
        let is_made = match self {
            Executor::Native(_) => false,
            Executor::Kubernetes(kubernetes) => kubernetes.is_made(),
            Executor::Container(container) => container.is_made(),
        };
        ended.ending == Ending::NotRun && !ended.started && !is_made
    }

    /// The job is somebody else's by now: what was made for it is left to them.
    pub fn abandon(&mut self) {
        match self {
            // They live on this machine, where nobody else can have taken the job over.
            Executor::Native(_) | Executor::Container(_) => {}
            Executor::Kubernetes(kubernetes) => kubernetes.abandon(),
        }
    }
}
