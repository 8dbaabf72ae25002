//! Jobs whose runner died with them on this machine. What its run file says decides what becomes of each: none is run again
//! whose program may have begun, for that is an operator's decision, or a task's next attempt.

mod explain;
mod find;
mod resolve;

pub use find::{LostJobs, LostReport, RunnerState, find, find_again, runner_state};
pub use resolve::{find_recovery_file, forget_run_file, resolve};
