//! The life of a job: made, claimed, run, finished. Knows what a job is in the database, and nothing of how executors work.

pub mod action;
pub mod artifact;
pub mod cancel;
pub mod claim;
pub mod command_line;
pub mod create;
pub mod credentials;
pub mod delete;
pub mod environment;
pub mod files;
pub mod fill;
pub mod finish;
pub mod gate;
pub mod keeper;
pub mod lost;
pub mod macros;
pub mod output;
pub mod overlap;
pub mod queue;
pub mod recovery;
mod reopen;
pub mod requests;
pub mod retry;
pub mod run;
pub mod runner;
pub mod task;
pub mod user;
