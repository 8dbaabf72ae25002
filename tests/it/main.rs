//! All tests that go through the binary, in one test program: one link step.
//!
//! Each test has a home, an environment and a database of its own. Tests of servers and of Kubernetes use what `tests/run`
//! started, and are ignored where that is not there.
// Tests say on stderr what they waited for.
#![allow(clippy::unwrap_used, clippy::print_stderr)]

mod action;
mod application;
mod architecture;
mod bad_input;
mod cli;
mod colour;
mod company;
mod completion;
mod container;
mod container_artifact;
mod crash;
mod credential;
mod credential_values;
mod database;
mod declared;
mod definitions;
mod disk;
mod doctor;
mod env;
mod event;
mod examples;
mod files;
mod filter;
mod follow;
mod formats;
mod gate;
mod generated;
mod given;
mod interrupted;
mod job;
mod kubernetes;
mod large_values;
mod listing;
mod log;
mod manual;
mod masked;
mod morning;
mod native;
mod older_schema;
mod overview;
mod package;
mod progress;
mod put_back;
mod queue;
mod queue_run;
mod record;
mod redacted;
mod runtemplate;
mod safe;
mod same_everywhere;
mod schedule;
mod screen;
mod settings;
mod short;
mod snapshots;
mod stored_values;
mod suite;
mod telemetry;
mod terminal;
mod user;
mod withdraw;
