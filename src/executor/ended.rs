//! How a run ended.

use crate::executor::artifacts::Artifact;
use crate::executor::job::{Job, shell_line};
use crate::executor::reason::{Reason, signal_name};
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
    /// The artifacts that are still to be fetched once the program has ended, by their paths.
    pub to_fetch: Vec<String>,
    /// The versions of what it ran with, in Kubernetes.
    pub versions: Versions,
    /// What was made for it elsewhere could not be removed: its program may still run, whatever the ending says.
    pub is_left_behind: bool,
}

impl Ended {
    /// The notices of a job that is cancelled after its program ended.
    ///
    /// One has the program's exit code, and one each artifact that is not here.
    pub fn forgo_artifacts(&mut self, signal: i32) -> Vec<String> {
        let code = match self.ending {
            Ending::Exited(code) if self.started => {
                Some(format!("its program had ended with exit code {code} before the job was cancelled"))
            }
            _ => None,
        };
        let message = |path: String| {
            format!(
                "artifact missing: {path} was not fetched, for the job was cancelled ({}) after its program had ended",
                signal_name(signal)
            )
        };
        code.into_iter().chain(std::mem::take(&mut self.to_fetch).into_iter().map(message)).collect()
    }

    /// Nothing of the job has run yet.
    pub fn not_run(job: &Job) -> Ended {
        Ended {
            ending: Ending::NotRun,
            reason: None,
            started: false,
            command: shell_line(&job.command, &job.environment),
            artifacts: Vec::new(),
            to_fetch: Vec::new(),
            versions: Versions::default(),
            is_left_behind: false,
        }
    }
}
