//! The life of a job: made, claimed, run, finished. Knows what a job is in the database, and nothing of how executors work.

pub mod action;
pub mod cancel;
pub mod create;
pub mod delete;
pub mod exit_code;
pub mod field;
pub mod follow;
pub mod health;
pub mod heartbeat;
pub mod hints;
pub mod model;
pub mod output_kind;
pub mod output_rows;
pub mod queue;
pub mod recovery;
pub mod retry;
pub mod run;
pub mod scheduled_moment;
pub mod state;
pub mod stored_environment;
pub mod tail;
pub mod task;
pub mod verdict;
pub mod waits;
