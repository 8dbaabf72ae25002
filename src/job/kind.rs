//! The words in `job_output_lines.type`. The suite knows the first two; readers that know only those miss nothing of the
//! job's own output.

pub const STDOUT: &str = "stdout";
pub const STDERR: &str = "stderr";
/// The executor's own words, one a row.
pub const NOTICE: &str = "notice";
/// Why the job failed: a code and words, one row at most.
pub const REASON: &str = "reason";
/// The versions of what it ran with, as JSON, one row at most.
pub const VERSIONS: &str = "versions";
/// Somebody wants the job ended: a row of its own, which becomes a notice once its runner has seen it.
pub const CANCEL: &str = "cancel";
/// Which process runs the job, as JSON, one row at most, numbered 0.
pub const RUNNER: &str = "runner";
/// How often a job that waits was tried in vain, as JSON, one row at most, numbered 0.
pub const TRIES: &str = "tries";
