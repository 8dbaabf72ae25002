//! A job whose runner is on another machine: whether that lives cannot be told from here.

use serde_json::json;

use super::job;
use crate::env::on_each_database;

on_each_database!(a_job_that_runs_on_another_machine_is_left_to_it, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}begin{q} = '2026-11-25 06:00:00', pid = 4711 WHERE id = {id}"));
    env.sql(&format!("DELETE FROM schedule WHERE job = {id}"));
    let runner = json!({"host": "far-away", "boot": "theirs", "space": "pid:[1]", "pid": 4711, "start": 1});
    env.sql(&format!("INSERT INTO job_output_lines (job_id, seq, type, line) VALUES ({id}, 0, 'runner', '{runner}')"));
    let run = format!("--id={id}");
    env.run(&["job", "run", &run]).refused(1, "by a runner on far-away");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    env.run(&["queue", "fix"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], &job(env, &id)["pid"]), (&json!(null), &json!(4711)));
    // Its operator knows better; here no cluster can be reached.
    let nowhere = env.file("nowhere", "apiVersion: v1\nkind: Config\n");
    let kubeconfig = format!("--kubeconfig={}", nowhere.display());
    // What its pod holds is not given up by that.
    env.run(&["job", "run", &run, "--take-over", &kubeconfig]).refused(125, "cannot be learned now: NoKubeconfig: ");
    assert_eq!(job(env, &id)["exitcode"], json!(null));
});
