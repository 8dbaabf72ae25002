//! Words about jobs that stand in more than one message.

use crate::error::Error;
use crate::id::JobId;

/// How a job goes of which nobody can tell what became of it.
pub fn force_delete(id: JobId) -> String {
    format!("`multiflexi-cli job delete --id={id} --force` removes the job")
}

/// The error of a runner's job that has a result which is not its.
pub fn ended_meanwhile(id: JobId) -> Error {
    Error::refused(format!("job {id} has been ended by somebody else meanwhile"))
}

/// The error of a job that was to be run or cancelled, and has an exit code.
pub fn ended_already(id: JobId, code: i64) -> Error {
    Error::refused(format!("job {id} ended already, with exit code {code}"))
}
