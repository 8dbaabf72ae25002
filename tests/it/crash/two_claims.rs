//! Two runners that claim one job in the same moment.

use std::process::{Child, Stdio};

use serde_json::json;

use super::{counted, job, pauses_at, runs, signal, waits_for_lock};
use crate::env::{Env, Output, on_each_database};
use crate::job::wait_until;

/// A program that goes on until the test ends it.
const WAITS: &str = "while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; exit 3";

fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

// Whoever waited for the job's row is told who runs it, and takes nothing from them.
on_each_database!(one_runs_the_job_and_the_other_is_told_so, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    for (turn, option) in ["--allow-overlap", "--no-overlap"].into_iter().enumerate() {
        let _ = std::fs::remove_file(env.path().join("stop"));
        let id = env.schedule();
        let id_option = format!("--id={id}");
        let arguments = ["job", "run", &id_option, option];
        let arguments = if turn == 0 { &arguments[..3] } else { &arguments[..] };
        let first = pauses_at(env.command(arguments), "claiming");
        let second = start(env, arguments);
        wait_until(|| waits_for_lock(env));
        signal(&first, "CONT");
        let refused: Output = second.wait_with_output().unwrap().into();
        let refused = refused.refused(1, &format!("job {id} is running since "));
        assert!(refused.stderr.contains(&format!("by process {}", first.id())), "{refused:#?}");
        let records = format!("SELECT count(*) FROM job_output_lines WHERE job_id = {id} AND type = 'runner'");
        assert_eq!(env.sql(&records).trim(), "1");
        wait_until(|| runs(env) == turn + 1);
        env.file("stop", "");
        assert_eq!(first.wait_with_output().unwrap().status.code(), Some(3));
        assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), turn + 1));
    }
});

// It begins when it is claimed, and not before what is waited for.
on_each_database!(a_job_begins_when_its_row_is_had, |env| {
    env.prepare("Native", "true", json!(null));
    let (held, id) = (env.schedule(), env.schedule());
    // On a server another job's claim holds nothing of this one.
    let held = if env.get("DB_CONNECTION").is_some() { id.clone() } else { held };
    let first = pauses_at(env.command(&["job", "run", &format!("--id={held}")]), "claiming");
    let second = start(env, &["job", "run", &format!("--id={id}")]);
    wait_until(|| waits_for_lock(env));
    std::thread::sleep(std::time::Duration::from_secs(3));
    signal(&first, "KILL");
    drop(first.wait_with_output());
    assert_eq!(second.wait_with_output().unwrap().status.code(), Some(0));
    let record = job(env, &id);
    let second_of_day = |key: &str| {
        let time = record[key].as_str().and_then(|time| time.split_once(' ')).unwrap().1.to_owned();
        time.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
    };
    assert!((second_of_day("end") - second_of_day("begin")).rem_euclid(86_400) <= 2, "{record:#}");
});
