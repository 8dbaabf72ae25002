//! Two runners that claim one job in the same moment.

use std::process::{Child, Stdio};

use serde_json::json;

use super::{Locked, Session, counted, job, runs};
use crate::env::{Env, Output, on_each_database};
use crate::job::wait_until;

/// A program that goes on until the test ends it.
const WAITS: &str = "while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; exit 3";

fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Keeps a job's row, of a file all of it, from being claimed for three seconds, in which all this is begun.
fn held<T>(env: &Env, id: &str, begin: impl FnOnce() -> T) -> T {
    let wait = std::time::Duration::from_secs(3);
    if env.variable("DB_CONNECTION").is_none() {
        let lock = Locked::new(&env.database());
        let begun = begin();
        std::thread::sleep(wait);
        drop(lock);
        return begun;
    }
    let mut other = Session::new(env);
    other.run(&format!("BEGIN; SELECT id FROM job WHERE id = {id} FOR UPDATE"));
    let begun = begin();
    std::thread::sleep(wait);
    other.run("COMMIT");
    begun
}

// Whoever comes second is told who runs it, and takes nothing from them.
on_each_database!(one_runs_the_job_and_the_other_is_told_so, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    for (turn, option) in [None, Some("--no-overlap")].into_iter().enumerate() {
        let _ = std::fs::remove_file(env.path().join("stop"));
        let id = env.schedule();
        let id_option = format!("--id={id}");
        let arguments: Vec<&str> = ["job", "run", &id_option].into_iter().chain(option).collect();
        let mut runners = held(env, &id, || [start(env, &arguments), start(env, &arguments)]);
        let mut ended = None;
        wait_until(|| {
            ended = runners.iter_mut().position(|runner| runner.try_wait().unwrap().is_some());
            ended.is_some()
        });
        let [first, second] = runners;
        let (refused, runs_it) = if ended == Some(0) { (first, second) } else { (second, first) };
        let refused = Output::from(refused.wait_with_output().unwrap());
        let refused = refused.refused(1, &format!("job {id} is running since "));
        assert!(refused.stderr.contains(&format!("by process {}", runs_it.id())), "{refused:#?}");
        let records = format!("SELECT count(*) FROM job_output_lines WHERE job_id = {id} AND type = 'runner'");
        assert_eq!(env.sql(&records).trim(), "1");
        wait_until(|| runs(env) == turn + 1);
        env.file("stop", "");
        assert_eq!(runs_it.wait_with_output().unwrap().status.code(), Some(3));
        assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), turn + 1));
    }
});

// It begins when it is claimed, and not before what is waited for.
on_each_database!(a_job_begins_when_its_row_is_had, |env| {
    env.prepare("Native", "true", json!(null));
    let id = env.schedule();
    let runner = held(env, &id, || start(env, &["job", "run", &format!("--id={id}")]));
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(0));
    let record = job(env, &id);
    let second_of_day = |key: &str| {
        let time = record[key].as_str().and_then(|time| time.split_once(' ')).unwrap().1.to_owned();
        time.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
    };
    assert!((second_of_day("end") - second_of_day("begin")).rem_euclid(86_400) <= 2, "{record:#}");
});

// Of a job that is just being claimed, somebody who cancels it learns that it runs, and it is ended.
on_each_database!(a_job_that_is_just_claimed_can_be_cancelled, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let (runner, cancel) = held(env, &id, || {
        let runner = start(env, &["job", "run", &argument]);
        std::thread::sleep(std::time::Duration::from_secs(1));
        (runner, start(env, &["job", "cancel", &argument]))
    });
    Output::from(cancel.wait_with_output().unwrap()).ok();
    let code = runner.wait_with_output().unwrap().status.code();
    // Of a file the one who cancels may be first.
    assert!(matches!(code, Some(143 | 1)), "{code:?}");
    assert_eq!(job(env, &id)["exitcode"], json!(143));
});
