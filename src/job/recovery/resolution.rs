//! What becomes of a job whose runner died.

use crate::error::{Error, Kind, Result, exit};
use crate::id::JobId;
use crate::job::cancel;
use crate::state::run_file::{DeadRun, Progress};

/// What is saved where it is not known how the program ended.
pub const EXIT_CODE: i32 = exit::NOT_RUN as i32;

/// What is to become of a job whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its program has not begun: it is put back into the queue.
    Requeue,
    End(EndReason),
}

impl Fate {
    /// What becomes of it where a recovery file that is not whole has the exit code all the same: its program had ended.
    pub fn with_known_code(self, code: Option<i32>) -> Fate {
        match (self, code) {
            (Fate::Requeue | Fate::End(EndReason::Unknown), Some(code)) => Fate::End(EndReason::Exited(code)),
            _ => self,
        }
    }

    /// What becomes of it where somebody has cancelled it: whoever asked for that ends it, and not the signal that its runner was sent.
    pub fn of_cancelled(self) -> Fate {
        match self {
            Fate::End(EndReason::Exited(_)) => self,
            Fate::Requeue
            | Fate::End(EndReason::Interrupted(_) | EndReason::Unknown | EndReason::Lapsed | EndReason::Cancelled) => {
                Fate::End(EndReason::Cancelled)
            }
        }
    }
}

/// By what a job ends whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// Its program had ended, with this exit code, before the runner died.
    Exited(i32),
    /// The runner was told to end by this signal, and was ending it or had done so.
    Interrupted(i32),
    /// How its program ended is not known. Whatever still ran of it has been killed.
    Unknown,
    /// Its runner, on another machine, does not hold it any more. How its program ended, or whether it did, is not known.
    Lapsed,
    /// Somebody had cancelled it, and it is ended as such.
    Cancelled,
}

impl EndReason {
    /// The exit code that the job has by this.
    pub fn exit_code(self) -> i32 {
        match self {
            EndReason::Exited(code) => code,
            EndReason::Interrupted(signal) => exit::of_signal(signal).into(),
            EndReason::Unknown | EndReason::Lapsed => EXIT_CODE,
            EndReason::Cancelled => cancel::EXIT_CODE,
        }
    }

    fn message(self) -> String {
        let code = self.exit_code();
        match self {
            // Most such programs never began.
            EndReason::Exited(EXIT_CODE) => {
                format!("its runner died before it saved how the job had ended; exit code {code}")
            }
            EndReason::Exited(_) => {
                format!("its program had ended, and its runner did not save the result; exit code {code}")
            }
            EndReason::Interrupted(signal) => {
                format!("its runner died while it ended the job by signal {signal}; exit code {code}")
            }
            EndReason::Cancelled => format!("its runner died before it ended the cancelled job; exit code {code}"),
            EndReason::Lapsed => format!(
                "its runner on another machine has not renewed its lease; how its program ended cannot be learned, exit code {code}"
            ),
            EndReason::Unknown => {
                format!("its runner died while its program ran; how that ended cannot be learned, exit code {code}")
            }
        }
    }
}

/// What became of a job whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Its program had not begun: it is in the queue again.
    Requeued,
    /// The runner had written its result to a recovery file, which is loaded now.
    Recovered(i32),
    Ended(EndReason),
    /// Somebody else ended it meanwhile.
    EndedElsewhere,
}

impl From<Fate> for Resolution {
    fn from(fate: Fate) -> Resolution {
        match fate {
            Fate::Requeue => Resolution::Requeued,
            Fate::End(reason) => Resolution::Ended(reason),
        }
    }
}

impl Resolution {
    /// Is it known what the program came to, as far as it ran?
    pub fn is_known(self) -> bool {
        !matches!(self, Resolution::Ended(EndReason::Unknown | EndReason::Lapsed))
    }

    /// The exit code that the job has by this; None where it waits again, or has its end by somebody else.
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Resolution::Requeued | Resolution::EndedElsewhere => None,
            Resolution::Recovered(code) => Some(code),
            Resolution::Ended(reason) => Some(reason.exit_code()),
        }
    }

    /// Refuses to run a job that has ended by this.
    ///
    /// # Errors
    /// The job has its end by this: it is not to be run.
    pub fn refuse_ended(self, id: JobId) -> Result<()> {
        let message = match self {
            Resolution::Requeued | Resolution::EndedElsewhere => return Ok(()),
            ended => ended.message().unwrap_or_default(),
        };
        let error = Error::new(Kind::NotRun, format!("job {id} is not run again, and has ended: {message}"));
        Err(error.hint(format!("`multiflexi-cli job retry --id={id}` makes a new job like it")))
    }

    /// What was done and why; None where nothing is to be told.
    pub fn message(self) -> Option<String> {
        match self {
            Resolution::EndedElsewhere => None,
            Resolution::Requeued => {
                Some("its runner died before its program began; it is in the queue again".to_owned())
            }
            Resolution::Recovered(code) => {
                Some(format!("its runner could not save its result; its recovery file is loaded, exit code {code}"))
            }
            Resolution::Ended(reason) => Some(reason.message()),
        }
    }
}

/// What is to become of a job whose runner died, by what it left.
pub fn judge(left: Option<&DeadRun>, runner: Option<i64>) -> Fate {
    match left.and_then(|left| left.progress(runner)) {
        Some(Progress::Claimed) => Fate::Requeue,
        Some(Progress::Ended(code)) => Fate::End(EndReason::Exited(code)),
        Some(Progress::Cancelled(signal)) => Fate::End(EndReason::Interrupted(signal)),
        // A result that was saved would have ended the job.
        Some(Progress::Started | Progress::Saved | Progress::Acted(_)) | None => Fate::End(EndReason::Unknown),
    }
}
