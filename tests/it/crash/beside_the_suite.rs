//! The suite's executor daemon on the same database: its claim is the DELETE of the queue row, without a look at the count.

use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::json;

use super::{counted, job, runs};
use crate::env::{Env, on_each_database};
use crate::job::wait_until;

/// The queue rows of a job, as the daemon reads them.
fn queued(env: &Env, id: &str) -> Vec<String> {
    env.sql(&format!("SELECT id FROM schedule WHERE job = {id}")).lines().map(str::to_owned).collect()
}

/// What the daemon does with a row that it has read.
fn daemon_takes(env: &Env, row: &str) {
    env.sql(&format!("DELETE FROM schedule WHERE id = {row}"));
}

/// What its executor does then: it begins, and ends, without looking at either.
fn daemon_runs(env: &Env, id: &str) {
    env.sql(&format!("UPDATE job SET \"begin\" = CURRENT_TIMESTAMP WHERE id = {id}").replace('"', env.quote()));
}

fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

on_each_database!(a_job_that_the_daemon_took_is_left_to_it, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let [row] = &queued(env, &id)[..] else { panic!("the job is not queued once") };
    // It took the job, and its executor has not begun yet: it may never do, but that is not ours to guess.
    daemon_takes(env, row);
    env.run(&["job", "run", &argument]).refused(1, "not in the queue");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    let fix = env.run(&["queue", "fix"]).ok();
    assert!(fix.stdout.contains("an executor may be starting it; from "), "{fix:?}");
    // What it keeps is no finding yet.
    assert_eq!(env.json(&["database", "check"])["findings"], json!([]));
    assert!(job(env, &id)["begin"].is_null());
    // Now it runs.
    daemon_runs(env, &id);
    env.run(&["job", "run", &argument]).refused(1, "did not end");
    env.run(&["job", "run", &argument, "--unqueued"]).refused(1, "did not end");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    env.run(&["queue", "fix"]).ok();
    assert_eq!((runs(env), &job(env, &id)["exitcode"]), (0, &json!(null)));
});

on_each_database!(a_job_that_we_took_is_not_there_for_the_daemon, |env| {
    env.prepare("Native", &counted(env, "sleep 1"), json!(null));
    let id = env.schedule();
    // The daemon has read the queue, and is slower than we are.
    let rows = queued(env, &id);
    let run = start(env, &["job", "run", &format!("--id={id}")]);
    wait_until(|| runs(env) == 1);
    assert_eq!(queued(env, &id), Vec::<String>::new());
    daemon_takes(env, &rows[0]);
    assert!(run.wait_with_output().unwrap().status.success());
    assert_eq!((&job(env, &id)["exitcode"], queued(env, &id).len()), (&json!(0), 0));
});

// Both want each job, again and again, in no order: whoever deletes the queue row has it. The daemon does not look at the
// count, so it is asked for it here: that is who would have started the job.
on_each_database!(of_both_at_once_one_has_each_job, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let changes = match env.variable("DB_CONNECTION") {
        Some("mysql") => "DELETE FROM schedule WHERE id = NUMBER; SELECT ROW_COUNT()",
        Some("pgsql") => "WITH gone AS (DELETE FROM schedule WHERE id = NUMBER RETURNING id) SELECT count(*) FROM gone",
        _ => "DELETE FROM schedule WHERE id = NUMBER; SELECT changes()",
    };
    let mut theirs = 0;
    const JOBS: usize = 12;
    for turn in 0..JOBS {
        let id = env.schedule();
        let rows = queued(env, &id);
        let run = start(env, &["job", "run", &format!("--id={id}")]);
        std::thread::sleep(Duration::from_millis(turn as u64 * 4));
        let is_theirs = env.sql(&changes.replace("NUMBER", &rows[0])).trim() == "1";
        let ours = run.wait_with_output().unwrap();
        assert_eq!(ours.status.code(), Some(if is_theirs { 1 } else { 0 }), "theirs: {is_theirs}, {ours:?}");
        assert_eq!(job(env, &id)["begin"].is_null(), is_theirs);
        theirs += usize::from(is_theirs);
    }
    assert_eq!(runs(env), JOBS - theirs);
});
