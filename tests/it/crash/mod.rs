//! Runners that are killed, databases that go away: no job runs twice, none is lost.

use std::os::unix::process::ExitStatusExt as _;
use std::process::Child;

use serde_json::Value;

use crate::env::{Env, Output};

mod another_way;
mod beside_the_suite;
mod clock;
mod database;
mod elsewhere;
mod in_the_middle;
mod many_rows;
mod never_twice;
mod refused;
mod silent;
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

/// The same command, but waiting for nothing longer than a second.
pub fn hasty(env: &Env, arguments: &[&str]) -> Output {
    let output = env.command(arguments).env("MULTIFLEXI_TEST_LIMIT_SECONDS", "1").output().unwrap();
    Output {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

pub fn job(env: &Env, id: &str) -> Value {
    env.json(&["job", "get", &format!("--id={id}")])
}

/// Sends a signal to a command that runs.
pub fn signal(runner: &Child, name: &str) {
    let pid = nix::unistd::Pid::from_raw(runner.id().try_into().unwrap());
    nix::sys::signal::kill(pid, format!("SIG{name}").parse::<nix::sys::signal::Signal>().unwrap()).unwrap();
}

/// Was it stopped (SIGSTOP), and does it wait to be told to go on?
pub fn is_stopped(runner: &Child) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", runner.id())).unwrap();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'))
}

/// The recovery files that there are.
pub fn recovery_files(env: &Env) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(env.path().join("state/multiflexi/recovery"));
    entries.map_or_else(|_| Vec::new(), |it| it.flatten().map(|entry| entry.path()).collect())
}

/// What is noted of jobs that run on this machine.
pub fn run_files(env: &Env) -> usize {
    std::fs::read_dir(env.path().join("state/multiflexi/running")).map_or(0, Iterator::count)
}
