//! What becomes of a job whose runner died.

use crate::error::{Error, Kind, Result, exit};
use crate::id::JobId;
use crate::job::cancel;
use crate::state::run_file::{DeadRun, Progress};

/// What is saved where it is not known how the program ended.
pub const EXIT_CODE: i32 = exit::NOT_RUN as i32;

/// What became of a job whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Its program had not begun: it is in the queue again.
    Requeued,
    /// The runner had written its result to a recovery file, which is loaded now.
    Recovered(i32),
    /// Its program had ended, with this exit code, before the runner died.
    Ended(i32),
    /// The runner was told to end by this signal, and was ending it.
    Interrupted(i32),
    /// How its program ended is not known. Whatever still ran of it has been killed.
    Unknown,
    /// Its runner, on another machine, does not hold it any more. How its program ended, or whether it did, is not known.
    Lapsed,
    /// Somebody had cancelled it, and it is ended as such.
    Cancelled,
    /// Somebody else ended it meanwhile.
    EndedElsewhere,
}

impl Resolution {
    /// Is it known what the program came to, as far as it ran?
    pub fn is_known(self) -> bool {
        !matches!(self, Resolution::Unknown | Resolution::Lapsed)
    }

    /// The exit code that the job has by this; None where it waits again.
    pub fn exit_code(self) -> Option<i32> {
        match self {
            Resolution::Requeued | Resolution::EndedElsewhere => None,
            Resolution::Recovered(code) | Resolution::Ended(code) => Some(code),
            Resolution::Interrupted(signal) => Some(exit::of_signal(signal).into()),
            Resolution::Unknown | Resolution::Lapsed => Some(EXIT_CODE),
            Resolution::Cancelled => Some(cancel::EXIT_CODE),
        }
    }

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
        Some(match self {
            Resolution::EndedElsewhere => return None,
            Resolution::Requeued => "its runner died before its program began; it is in the queue again".to_owned(),
            Resolution::Recovered(code) => {
                format!("its runner could not save its result; its recovery file is loaded, exit code {code}")
            }
            Resolution::Interrupted(signal) => {
                format!(
                    "its runner died while it ended the job by signal {signal}; exit code {}",
                    exit::of_signal(signal)
                )
            }
            Resolution::Ended(code) => format!("its runner died when the program had ended; exit code {code}"),
            Resolution::Cancelled => {
                format!("its runner died before it ended the cancelled job; exit code {}", cancel::EXIT_CODE)
            }
            Resolution::Lapsed => format!(
                "its runner on another machine has not renewed its lease; how its program ended cannot be learned, exit code {EXIT_CODE}"
            ),
            Resolution::Unknown => {
                format!(
                    "its runner died while its program ran; how that ended cannot be learned, exit code {EXIT_CODE}"
                )
            }
        })
    }
}

/// What is to become of a job whose runner died, by what it left.
pub fn judge(left: Option<&DeadRun>, runner: Option<i64>) -> Resolution {
    match left.and_then(|left| left.progress(runner)) {
        Some(Progress::Claimed) => Resolution::Requeued,
        Some(Progress::Ended(code)) => Resolution::Ended(code),
        Some(Progress::Cancelled(signal)) => Resolution::Interrupted(signal),
        // A result that was saved would have ended the job.
        Some(Progress::Started | Progress::Saved | Progress::Acted(_)) | None => Resolution::Unknown,
    }
}
