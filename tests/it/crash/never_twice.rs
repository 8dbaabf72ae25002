//! Many runners on one queue, killed at random: each job is run, and none is run twice.

use std::collections::BTreeMap;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::job;
use crate::env::{Env, on_each_database};

const RUNNERS: usize = 4;
const JOBS: usize = 40;

/// So many kills at most: on a machine where each of them meets a job the queue is to come to its end all the same.
const KILLS: usize = 5 * JOBS;

/// Enters its job into a file in one write, twice: when it begins and when it ends.
const SCRIPT: &str = "echo begun $MULTIFLEXI_JOB_ID >>$HOME/log; sleep 0.05; echo ended $MULTIFLEXI_JOB_ID >>$HOME/log";

fn runner(env: &Env) -> Child {
    let mut command = env.command(&["queue", "run", "--allow-overlap", "--parallel=2"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    // So that all that it starts can be killed with it.
    std::os::unix::process::CommandExt::process_group(&mut command, 0).spawn().unwrap()
}

/// Kills a `queue run`, or one of the `job run`s that it started; whoever is killed, no program is.
fn kill_one(victim: u32) {
    // Its number may be nobody's any more.
    let _ = nix::sys::signal::kill(
        nix::unistd::Pid::from_raw(victim.try_into().unwrap()),
        nix::sys::signal::Signal::SIGKILL,
    );
}

/// The processes that this one started.
fn children(of: u32) -> Vec<u32> {
    let path = format!("/proc/{of}/task/{of}/children");
    std::fs::read_to_string(path).unwrap_or_default().split_whitespace().filter_map(|pid| pid.parse().ok()).collect()
}

on_each_database!(killed_runners_run_each_job_once, |env| {
    env.prepare("Native", SCRIPT, json!(null));
    let jobs: Vec<String> = (0..JOBS).map(|_| env.schedule()).collect();
    let mut runners: Vec<Child> = (0..RUNNERS).map(|_| runner(env)).collect();
    let (mut kills, mut turn) = (0, 0);
    let until = Instant::now() + Duration::from_secs(600);
    let is_open = |env: &Env| {
        let jobs = env.json(&["job", "list", "--fields=id,exitcode"]);
        jobs.as_array().unwrap().iter().any(|job| job["exitcode"].is_null())
    };
    while is_open(env) {
        assert!(Instant::now() < until, "the queue does not come to its end");
        std::thread::sleep(Duration::from_millis(50));
        for place in &mut runners {
            if place.try_wait().unwrap().is_some() {
                *place = runner(env);
            }
        }
        if kills == KILLS {
            continue;
        }
        turn += 1;
        let victim = &mut runners[turn % RUNNERS];
        match children(victim.id()).first() {
            Some(job_run) if turn % 2 == 0 => kill_one(*job_run),
            _ => kill_one(victim.id()),
        }
        kills += 1;
    }
    for mut runner in runners {
        let _ = runner.kill();
        runner.wait().unwrap();
    }
    let log = std::fs::read_to_string(env.path().join("log")).unwrap();
    let mut begun = BTreeMap::<&str, usize>::new();
    for id in log.lines().filter_map(|line| line.strip_prefix("begun ")) {
        *begun.entry(id).or_default() += 1;
    }
    let twice: Vec<_> = begun.iter().filter(|(_, count)| **count > 1).collect();
    let records: Vec<Value> = jobs.iter().map(|id| job(env, id)).collect();
    // A program that was ended before its first word has not run, and its record says that this is not known.
    let is_lost = |record: &&Value| record["exitcode"] != 125 && !begun.contains_key(record["id"].to_string().as_str());
    let lost: Vec<&Value> = records.iter().filter(is_lost).collect();
    let unknown = records.iter().filter(|record| record["exitcode"] == 125).count();
    assert!(twice.is_empty() && lost.is_empty(), "twice: {twice:?}, lost: {lost:?}, after {kills} kills");
    assert!(kills > 5 && unknown < JOBS, "{kills} kills, {unknown} results unknown");
    for record in &records {
        // A code that is not the program's own is told of.
        let is_told =
            record["exitcode"] == 0 || record["reason"].as_str().is_some_and(|it| it.starts_with("RunnerLost"));
        assert!(is_told, "{record:#}");
    }
});
