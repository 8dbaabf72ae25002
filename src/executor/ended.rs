//! How a run ended.

use crate::executor::artifacts::Artifact;
use crate::executor::reason::Reason;
use crate::executor::versions::Versions;

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The program ended by itself with this code (128 + N by signal N, as shells tell it).
    Exited(i32),
    TimeLimit,
    /// By this signal to us.
    Cancelled(i32),
    /// The program never started, or its result cannot be learned.
    NotRun,
}

impl Ending {
    /// What is saved as the job's exit code and what `job run` exits with.
    pub fn exit_code(&self) -> i32 {
        use crate::error::exit;
        match self {
            Ending::Exited(code) => *code,
            Ending::TimeLimit => exit::TIME_LIMIT.into(),
            Ending::Cancelled(signal) => exit::of_signal(*signal).into(),
            Ending::NotRun => exit::NOT_RUN.into(),
        }
    }
}

/// The result of a run.
#[derive(Debug)]
pub struct Ended {
    pub ending: Ending,
    pub reason: Option<Reason>,
    /// Did the program start at all? When not, the reason is told on stderr too.
    pub started: bool,
    /// The command line that ran the job, secrets masked.
    pub command: String,
    pub artifacts: Vec<Artifact>,
    /// Of what it ran with, in Kubernetes.
    pub versions: Versions,
}

impl Ended {
    /// Nothing has run yet.
    pub fn not_run(command: String) -> Ended {
        Ended {
            ending: Ending::NotRun,
            reason: None,
            started: false,
            command,
            artifacts: Vec::new(),
            versions: Versions::default(),
        }
    }
}
