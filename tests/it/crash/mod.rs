//! Runners that are killed, databases that go away: no job runs twice, none is lost.

use std::os::unix::process::ExitStatusExt as _;

use serde_json::Value;

use crate::env::Env;

mod stop_points;

/// A program that enters each of its runs into a file.
pub fn counted(env: &Env, script: &str) -> String {
    format!("echo ran >>{}; {script}", env.path().join("runs").display())
}

/// How often it ran.
pub fn runs(env: &Env) -> usize {
    std::fs::read_to_string(env.path().join("runs")).unwrap_or_default().lines().count()
}

/// Runs a command that kills itself at a point, as `kill -9` would.
#[track_caller]
pub fn dies_at(env: &Env, point: &str, arguments: &[&str]) {
    let output = env.command(arguments).env("MULTIFLEXI_TEST_STOP_AT", point).output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{arguments:?} did not come to {point}: {output:?}");
}

pub fn job(env: &Env, id: &str) -> Value {
    env.json(&["job", "get", &format!("--id={id}")])
}

/// What is noted of jobs that run on this machine.
pub fn run_files(env: &Env) -> usize {
    std::fs::read_dir(env.path().join("state/multiflexi/running")).map_or(0, Iterator::count)
}
