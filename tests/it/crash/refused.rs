//! The database answers, but refuses what a runner writes: waiting does not help.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{counted, is_stopped, job, recovery_files, runs, signal};
use crate::env::{Env, definition, on_each_database, set_script};
use crate::job::wait_until;

/// Prints, and goes on until it is told to end.
const SCRIPT: &str = "echo one; while [ ! -e $HOME/next ]; do sleep 0.1; done; echo two; while [ -d $HOME ] && [ ! -e $HOME/stop ]; do \
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

// Neither the database nor a file takes the output: what came is lost from there on, and nothing else is.
on_each_database!(a_result_is_saved_though_output_was_lost, |env| {
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    // No folder can be made there.
    env.file("state/multiflexi/recovery", "");
    let mut run = start(env, &id);
    wait_until(|| job(env, &id)["stdout"] == "one\n");
    hide(env);
    env.file("next", "");
    let mut said = String::new();
    let mut stderr = BufReader::new(run.stderr.take().unwrap());
    while !said.contains("cannot make a recovery file") {
        assert!(stderr.read_line(&mut said).unwrap() > 0, "{said}");
    }
    show(env);
    env.file("stop", "");
    assert_eq!(run.wait().unwrap().code(), Some(3), "{said}");
    let record = job(env, &id);
    assert_eq!((&record["exitcode"], &record["stdout"], runs(env)), (&json!(3), &json!("one\ntwo\n"), 1), "{record:#}");
    let notices = record["notices"].to_string();
    assert!(notices.contains("the output is incomplete from here on: cannot make"), "{notices}");
});

// An artifact that goes away before the recovery file is written does not take the result with it.
on_each_database!(an_artifact_that_is_lost_is_a_notice, |env| {
    let mut definition = definition("Test");
    let script =
        format!("echo $MULTIFLEXI_TMP >>{0}/tmp; echo kept >kept; echo lost >lost; exit 3", env.path().display());
    set_script(&mut definition, &script);
    let artifact =
        |path| json!({"name": path, "path": path, "type": "file", "description": {"en": format!("The {path}")}});
    definition["artifacts"] = ["kept", "lost"].into_iter().map(artifact).collect();
    let file = env.file("test.multiflexi.app.json", &definition.to_string());
    env.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"]).ok();
    let id = env.schedule();
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    command.env("MULTIFLEXI_TEST_PAUSE_AT", "examined").stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = command.spawn().unwrap();
    wait_until(|| is_stopped(&run));
    hide(env);
    let work = std::fs::read_to_string(env.path().join("tmp")).unwrap();
    std::fs::remove_file(std::path::Path::new(work.trim()).join("lost")).unwrap();
    signal(&run, "CONT");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    let [file] = &recovery_files(env)[..] else { panic!("not one recovery file: {output:?}") };
    show(env);
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    let record = job(env, &id);
    assert_eq!(record["exitcode"], json!(3));
    assert!(record["notices"].to_string().contains("artifact missing: lost was lost"), "{record:#}");
    let artifacts = env.json(&["artifact", "list"]);
    assert_eq!((artifacts.as_array().unwrap().len(), &artifacts[0]["filename"]), (1, &json!("kept")), "{artifacts:#}");
    assert_eq!(env.json(&["artifact", "get", "--id=1"])["note"], "The kept");
});
