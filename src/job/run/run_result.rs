//! What a run came to, as the process that ran the job tells `queue run`.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Kind};
use crate::executor::Ending;
use crate::id::JobId;
use crate::job::run::claim::ELSEWHERE;
use crate::job::run::execute::Execution;
use crate::job::run::overlap::BUSY;
use crate::job::run::runner::is_taken_over;

/// What a run came to. A newer program may have been put into the place of the one that reads this: keys that it does not know
/// are passed over, and those that it does not find count as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunResult {
    /// How the job ended, in a word: see [`status_of`].
    pub status: String,
    /// None where no result was saved.
    pub exitcode: Option<i64>,
    /// The word of an error's [`Kind`].
    pub code: Option<String>,
    pub message: Option<String>,
    pub hint: Option<String>,
    /// Somebody else runs or ran the job.
    pub is_taken: bool,
    /// The other job of its runtemplate that runs, which it was left for.
    pub running_job: Option<JobId>,
}

impl RunResult {
    /// Did it end by an error of this kind? Kinds that share a word, such as `Refused` and `TooLong`, count as one.
    pub fn is(&self, kind: Kind) -> bool {
        self.code.as_deref() == Some(kind.code())
    }

    /// Of a job that was run.
    pub fn from_execution(execution: &Execution) -> RunResult {
        let code = |kind: Kind| Some(kind.code().to_owned());
        match execution {
            Execution::Ended(ended) => RunResult {
                status: status_of(&ended.ending).into(),
                exitcode: Some(ended.ending.exit_code().into()),
                code: (ended.ending == Ending::NotRun).then(|| Kind::NotRun.code().to_owned()),
                message: ended.reason.as_ref().map(ToString::to_string),
                ..RunResult::default()
            },
            Execution::Left(left) => RunResult {
                status: "error".into(),
                code: code(Kind::NotRun),
                message: Some(left.message.clone()),
                ..RunResult::default()
            },
        }
    }
}

impl From<&Error> for RunResult {
    fn from(error: &Error) -> RunResult {
        let busy = error.details.iter().find(|(key, _)| *key == BUSY);
        RunResult {
            status: "error".into(),
            exitcode: None,
            code: Some(error.kind.code().into()),
            message: Some(error.line()),
            hint: error.hint.clone(),
            is_taken: error.details.iter().any(|(key, _)| *key == ELSEWHERE) || is_taken_over(error),
            running_job: busy.and_then(|(_, job)| job.as_i64()).map(JobId),
        }
    }
}

/// How a job ended, in a word.
pub fn status_of(ending: &Ending) -> &'static str {
    match ending {
        Ending::Exited(0) => "success",
        Ending::Exited(_) => "failed",
        Ending::TimeLimit => "time_limit",
        Ending::Cancelled(_) => "cancelled",
        Ending::NotRun => "not_run",
    }
}
