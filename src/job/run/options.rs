//! How a job is to be run, as whoever runs it says.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::executor::ExecutorName;
use crate::executor::artifacts::{LimitSetBy, SizeLimit};

/// Whose jobs are taken beside those that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TakeOver {
    /// Those alone whose runner is known to be dead.
    #[default]
    DeadOnly,
    /// Also those of a runner on another machine, which the user knows to be dead.
    OfLostMachine,
    /// Also those of a runner that lives, here or elsewhere, and does not answer.
    OfSilentRunner,
}

/// Where a job that waits is taken from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The queue, whatever its moment there.
    #[default]
    Queue,
    /// The queue, for a `queue run`: only while its moment has come, and it is for this executor, where one is named.
    QueueRun { executor: Option<ExecutorName> },
    /// The queue, or outside of it.
    Anywhere,
    /// It was made for this run: where it cannot be run it goes, and does not wait in the queue.
    MadeForThisRun,
}

/// What a user sees of the job's own streams.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StreamsShown {
    /// All, and on a terminal what would steer it is made visible.
    #[default]
    Filtered,
    /// All, on a terminal too as they are.
    Raw,
    /// Nothing: they go to the database alone.
    Nothing,
}

/// Which jobs are taken, and how they are run and shown.
#[derive(Clone, Default)]
pub struct Options {
    pub source: Source,
    /// Leave it in the queue while another job of its runtemplate runs.
    pub no_overlap: bool,
    pub take_over: TakeOver,
    pub streams: StreamsShown,
    /// End the program after so long.
    pub time_limit: Option<Duration>,
    /// The largest artifact to store, in MiB.
    pub artifact_limit: Option<u64>,
    pub kubernetes: KubernetesOptions,
}

/// The MiB of an artifact that are stored where nobody says how many.
const ARTIFACT_LIMIT: u64 = 64;

impl Options {
    /// Is the job run for a `queue run`?
    pub fn is_queue_run(&self) -> bool {
        matches!(self.source, Source::QueueRun { .. })
    }

    /// The largest artifact that is stored, in bytes: the option's, or 64 MiB where it is not given.
    pub fn size_limit(&self) -> SizeLimit {
        SizeLimit { bytes: self.artifact_limit.unwrap_or(ARTIFACT_LIMIT) << 20, set_by: LimitSetBy::Option }
    }
}

/// What only jobs in Kubernetes heed.
#[derive(Clone, Default)]
pub struct KubernetesOptions {
    pub kubeconfig: Option<PathBuf>,
    pub context: Option<String>,
    /// JSON that is merged into the pod, and the file that it was read from.
    pub pod_overrides: Option<(PathBuf, Value)>,
    /// Lends the recorder shell and tools where the application's image has none.
    pub recorder_image: Option<String>,
    /// Repair a release that a killed helm left pending.
    pub repair_release: bool,
    /// How long the pod holds its results for us.
    pub hold: Option<Duration>,
}
