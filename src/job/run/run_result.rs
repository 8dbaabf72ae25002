//! What a run came to, as the process that ran the job tells `queue run`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Error, Fact, Kind};
use crate::id::JobId;
use crate::job::run::execute::Execution;
use crate::job::state::State;

/// What a run came to.
///
/// A newer program may have been put into the place of the one that reads this: keys that it does not know are passed over, and
/// those that it does not find count as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunResult {
    /// The state in which the job ended, by its word.
    ///
    /// None, in JSON `error`, where no result was saved; and where a newer program has a word that this one does not know.
    #[serde(serialize_with = "write_status", deserialize_with = "read_status")]
    pub status: Option<State>,
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
    /// Somebody else holds a lock on what it needs: other jobs may be run.
    pub is_locked: bool,
}

impl RunResult {
    /// Did it end by an error of this kind? Kinds that share a word, such as `Refused` and `TooLong`, count as one.
    pub fn is(&self, kind: Kind) -> bool {
        self.code.as_deref() == Some(kind.code())
    }

    /// The result of a job that was run.
    pub fn from_execution(execution: &Execution) -> RunResult {
        match execution {
            Execution::Ended(ended) => {
                let state = State::from(&**ended);
                RunResult {
                    status: Some(state),
                    exitcode: Some(ended.ending.exit_code().into()),
                    code: matches!(state, State::NotRun | State::Lost).then(|| state.word().to_owned()),
                    message: ended.reason.as_ref().map(ToString::to_string),
                    ..RunResult::default()
                }
            }
            Execution::Abandoned(abandoned) => RunResult {
                code: Some(Kind::NotRun.code().to_owned()),
                message: Some(abandoned.message.clone()),
                ..RunResult::default()
            },
        }
    }
}

impl From<&Error> for RunResult {
    fn from(error: &Error) -> RunResult {
        RunResult {
            status: None,
            exitcode: None,
            code: Some(error.kind.code().into()),
            message: Some(error.line()),
            hint: error.hint.clone(),
            is_taken: matches!(error.fact, Some(Fact::NotOurs | Fact::TakenOver { .. })),
            running_job: match error.fact {
                Some(Fact::Busy { job }) => Some(JobId(job)),
                _ => None,
            },
            is_locked: error.is_locked(),
        }
    }
}

fn write_status<S: Serializer>(status: &Option<State>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(status.map_or("error", State::word))
}

fn read_status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<State>, D::Error> {
    String::deserialize(deserializer).map(|word| State::of_word(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_read_back_and_a_newer_word_is_none() {
        for (status, word) in [(Some(State::TimeLimit), "time_limit"), (None, "error")] {
            let result = RunResult { status, exitcode: Some(124), ..RunResult::default() };
            let json = serde_json::to_value(&result).unwrap();
            assert_eq!(json["status"], word);
            assert_eq!(serde_json::from_value::<RunResult>(json).unwrap(), result);
        }
        let newer: RunResult = serde_json::from_str(r#"{"status": "paused", "exitcode": 3, "mood": "fine"}"#).unwrap();
        assert_eq!((newer.status, newer.exitcode), (None, Some(3)));
    }
}
