//! What a runner left that died: its job, its pods and containers, and the output and result that it could not save; and what else of
//! the queue is to be mended.

pub mod crashed;
pub mod leftovers;
pub mod lost;
pub mod obstacles;
pub mod recovery_file;
pub mod recovery_load;
pub mod repair;
pub mod resolution;
pub mod superseded;
