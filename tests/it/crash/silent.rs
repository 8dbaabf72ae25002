//! A runner that falls silent for a while, as on a machine that was suspended, and comes back.

use std::process::Stdio;

use serde_json::json;

use super::{counted, is_stopped, job, pauses_at, recovery_files, run_files, runs, signal};
use crate::env::on_each_database;
use crate::job::wait_until;

on_each_database!(a_native_job_is_cancelled_once_its_runner_comes_back, |env| {
    env.prepare("Native", &counted(env, "echo said; sleep 300"), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let mut command = env.command(&["job", "run", &argument]);
    let runner = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| job(env, &id)["stdout"] == "said\n");
    signal(&runner, "STOP");
    wait_until(|| is_stopped(&runner));
    env.run(&["job", "cancel", &argument]).refused(1, "its runner does not answer");
    // Nobody else takes a job whose runner lives.
    env.run(&["job", "run", &argument]).refused(1, "is running since");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    env.run(&["queue", "fix"]).ok();
    assert!(job(env, &id)["exitcode"].is_null());
    signal(&runner, "CONT");
    let output = runner.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    let record = job(env, &id);
    assert_eq!((&record["exitcode"], &record["stdout"], runs(env)), (&json!(143), &json!("said\n"), 1), "{record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("Cancelled: cancelled by "), "{record:#}");
    assert_eq!((run_files(env), recovery_files(env).len()), (0, 0));
});

// The result of a job that another runner has taken over is not this one's to save, whatever it learned meanwhile.
on_each_database!(a_job_that_was_taken_over_is_left_alone, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), json!(null));
    // Before its program begins it looks, be its lease over by its own clock or not.
    for (point, ran) in [("claimed", 0), ("ended", 1)] {
        let id = env.schedule();
        let runner = pauses_at(env.command(&["job", "run", &format!("--id={id}")]), point);
        let other = json!({"host": "far-away", "boot": "theirs", "space": "pid:[1]", "pid": runner.id(), "start": 1});
        env.sql(&format!("UPDATE job_output_lines SET line = '{other}' WHERE job_id = {id} AND type = 'runner'"));
        let rows = format!("SELECT seq, type, line FROM job_output_lines WHERE job_id = {id} ORDER BY seq, type");
        let before = env.sql(&rows);
        signal(&runner, "CONT");
        let output = runner.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("on far-away has taken it over"), "{output:?}");
        assert_eq!((env.sql(&rows), &job(env, &id)["exitcode"]), (before, &json!(null)), "{point}");
        assert_eq!(runs(env), ran, "{point}");
        assert_eq!((run_files(env), recovery_files(env).len()), (0, 0));
    }
});
