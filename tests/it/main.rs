//! All tests that go through the binary, in one test program: one link step.
//!
//! Each test has a home, an environment and a database of its own. Tests of servers and of Kubernetes use what `tests/run`
//! started, and are skipped with words where that is not there.
// Tests say why they are skipped on stderr.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod application;
mod bad_input;
mod cli;
mod company;
mod credential;
mod env;
mod event;
mod generated;
mod job;
mod kubernetes;
mod older_schema;
mod overview;
mod queue;
mod runtemplate;
mod same_everywhere;
mod telemetry;
mod user;
