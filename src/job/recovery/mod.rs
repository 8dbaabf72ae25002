//! What a runner left that died: its job, its pods and containers, and the output and result that it could not save.

pub mod crashed;
pub mod leftovers;
pub mod resolution;
pub mod spill_file;
pub mod spill_load;
