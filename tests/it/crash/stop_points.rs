//! `kill -9` at each step of `job run`, `queue run` and `queue fill`; then each of the commands that mend it.

use serde_json::{Value, json};

use super::{counted, dies_at, job, run_files, runs};
use crate::env::{Env, Output, on_each_database};
use crate::job::wait_until;

const SCRIPT: &str = "echo said; sleep 0.5; exit 3";

/// The ways to come upon a job whose runner died.
const MENDERS: [&str; 3] = ["job run", "queue run", "queue fix"];

fn mend(env: &Env, mender: &str, id: &str) -> Output {
    match mender {
        "job run" => env.run(&["job", "run", &format!("--id={id}")]),
        other => env.run(&other.split(' ').collect::<Vec<_>>()),
    }
}

/// The job has its one run and this result, and neither command finds more to do.
#[track_caller]
fn is_settled(env: &Env, id: &str, ran: usize, code: i64) -> Value {
    let record = job(env, id);
    assert_eq!((runs(env), &record["exitcode"]), (ran, &json!(code)), "{record:#}");
    env.run(&["job", "run", &format!("--id={id}")]).refused(1, "ended already");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    assert_eq!(env.json(&["queue", "fix"])["messages"], json!([]));
    assert_eq!((runs(env), run_files(env)), (ran, 0));
    record
}

on_each_database!(before_the_program_began_the_job_runs_after_all, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    for (ran, mender) in (1..).zip(MENDERS) {
        let id = env.schedule();
        dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
        assert_eq!((runs(env), &job(env, &id)["exitcode"]), (ran - 1, &json!(null)));
        let mended = mend(env, mender, &id);
        if mender == "queue fix" {
            assert!(
                mended.stdout.contains(&format!("Put back into the queue job #{id} - its runner died")),
                "{mended:?}"
            );
            env.run(&["queue", "run"]).ok();
        }
        let record = is_settled(env, &id, ran, 3);
        assert_eq!(record["stdout"], "said\n");
        assert!(record["notices"][0].as_str().unwrap().contains("died before its program began"), "{record:#}");
    }
});

on_each_database!(while_the_program_runs_it_is_never_started_again, |env| {
    // It prints nothing: that would end it, for nobody reads any more.
    env.prepare("Native", &counted(env, "sleep 1"), json!(null));
    for (ran, mender) in (1..).zip(MENDERS) {
        let id = env.schedule();
        dies_at(env, "spawned", &["job", "run", &format!("--id={id}")]);
        // The program has outlived its runner.
        env.run(&["job", "run", &format!("--id={id}")]).refused(1, "still runs");
        assert_eq!(job(env, &id)["exitcode"], json!(null));
        let mut said = String::new();
        wait_until(|| {
            let mended = mend(env, mender, &id);
            said.push_str(&mended.stdout);
            said.push_str(&mended.stderr);
            !job(env, &id)["exitcode"].is_null()
        });
        assert!(said.contains("its runner died while its program ran"), "{said}");
        let record = is_settled(env, &id, ran, 125);
        assert!(record["reason"].as_str().unwrap().starts_with("RunnerDied: "), "{record:#}");
    }
    let runtemplate = env.json(&["runtemplate", "get", "--id=1"]);
    assert_eq!(runtemplate["failed_jobs_count"], 3);
});

on_each_database!(when_the_program_ended_its_exit_code_is_known, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    let mut ran = 0;
    for point in ["ended", "finishing"] {
        for mender in MENDERS {
            ran += 1;
            let id = env.schedule();
            dies_at(env, point, &["job", "run", &format!("--id={id}")]);
            assert_eq!(job(env, &id)["exitcode"], json!(null));
            let mended = mend(env, mender, &id);
            let said = format!("{}{}", mended.stdout, mended.stderr);
            assert!(said.contains("before it had saved the exit code, which is 3"), "{mended:?}");
            let record = is_settled(env, &id, ran, 3);
            // It was printed long before, and so was saved.
            assert_eq!(record["stdout"], "said\n", "{record:#}");
        }
    }
});

on_each_database!(after_the_result_was_saved_all_is_done, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    for ran in 1..=2 {
        let id = env.schedule();
        dies_at(env, "finished", &["queue", "run"]);
        assert_eq!(job(env, &id)["stdout"], "said\n");
        is_settled(env, &id, ran, 3);
    }
});

on_each_database!(the_next_queue_run_goes_on_where_one_died, |env| {
    env.prepare("Native", &counted(env, "exit 3"), json!(null));
    let ids: Vec<String> = (0..5).map(|_| env.schedule()).collect();
    for (point, ran) in [("claimed", 0), ("next", 1), ("finishing", 2), ("spawned", 3)] {
        dies_at(env, point, &["queue", "run"]);
        wait_until(|| runs(env) == ran);
    }
    wait_until(|| {
        env.run(&["queue", "run"]).ok();
        !job(env, &ids[4])["exitcode"].is_null() && run_files(env) == 0
    });
    let codes: Vec<Value> = ids.iter().map(|id| job(env, id)["exitcode"].clone()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 125).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 3).count(), 4, "{codes:?}");
    assert_eq!(runs(env), 5);
});

on_each_database!(a_task_whose_runner_died_has_its_next_attempt, |env| {
    env.prepare("Native", &counted(env, "sleep 0.2"), json!(null));
    let options = ["--name=Scheduled", "--interv=y", "--max_attempts=2", "--retry_backoff=fixed"];
    env.run(&[&["runtemplate", "create", "--app_id=1", "--company_id=1"], &options[..]].concat()).ok();
    env.run(&["queue", "fill"]).ok();
    dies_at(env, "spawned", &["queue", "run"]);
    wait_until(|| {
        env.run(&["queue", "run"]).ok();
        env.json(&["task", "status"])["fulfilled"] == 1
    });
    let task = env.json(&["task", "get", "--id=1", "--with-jobs"]);
    let codes: Vec<&Value> = task["jobs"].as_array().unwrap().iter().map(|job| &job["exitcode"]).collect();
    assert_eq!((codes, runs(env)), (vec![&json!(125), &json!(0)], 2));
});

on_each_database!(queue_fill_makes_each_job_once, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    for interval in ["--interv=d", "--interv=h", "--interv=y"] {
        let arguments = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled", interval];
        env.run(&arguments).ok();
    }
    // In the middle of the first one's transaction, and between the first two.
    dies_at(env, "filling", &["queue", "fill"]);
    assert_eq!((env.json(&["queue", "list"]), env.json(&["task", "list"])), (json!([]), json!([])));
    dies_at(env, "filled", &["queue", "fill"]);
    assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(env.json(&["queue", "fill"])["created"], 2);
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    env.run(&["queue", "run"]).ok();
    assert_eq!((runs(env), env.json(&["queue", "fix"])["messages"].clone()), (3, json!([])));
});
