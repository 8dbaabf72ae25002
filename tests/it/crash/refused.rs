//! The database answers, but refuses what a runner writes: waiting does not help.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{counted, job, recovery_files, runs};
use crate::env::{Env, on_each_database};
use crate::job::wait_until;

/// Prints, and goes on until it is told to end.
const SCRIPT: &str = "echo one; while [ ! -e $HOME/next ]; do sleep 0.1; done; echo two; while [ ! -e $HOME/stop ]; do \
                      sleep 0.1; done; echo end; echo e >&2; exit 3";

fn start(env: &Env, id: &str) -> Child {
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// While this is so, the output can be neither written nor read.
fn hide(env: &Env) {
    env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
}

fn show(env: &Env) {
    env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
}

#[track_caller]
fn is_whole(env: &Env, id: &str) {
    let record = job(env, id);
    assert_eq!(
        (&record["stdout"], &record["stderr"], &record["exitcode"], runs(env)),
        (&json!("one\ntwo\nend\n"), &json!("e\n"), &json!(3), 1),
        "{record:#}"
    );
}

on_each_database!(what_is_refused_goes_to_a_file_at_once, |env| {
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    let run = start(env, &id);
    wait_until(|| job(env, &id)["stdout"] == "one\n");
    hide(env);
    let begun = Instant::now();
    env.file("next", "");
    wait_until(|| recovery_files(env).len() == 1);
    env.file("stop", "");
    let output = run.wait_with_output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{stderr}");
    assert!(begun.elapsed() < Duration::from_secs(30) && !stderr.contains("trying again"), "{stderr}");
    let [file] = &recovery_files(env)[..] else { panic!("not one recovery file: {stderr}") };
    assert!(stderr.contains("the database lacks a table") && stderr.contains(file.to_str().unwrap()), "{stderr}");
    show(env);
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    is_whole(env, &id);
});
