//! `kill -9` at each step of `job run`, `queue run` and `queue fill`; then each of the commands that mend it.

use std::os::unix::process::ExitStatusExt as _;

use serde_json::{Value, json};

use super::{counted, dies_at, hasty, job, pauses_at, run_files, runs, signal};
use crate::env::{Env, Output, on_each_database};
use crate::job::wait_until;

const SCRIPT: &str = "echo said; exit 3";

/// The ways to come upon a job whose runner died.
const MENDERS: [&str; 3] = ["job run", "queue run", "queue fix"];

fn mend(env: &Env, mender: &str, id: &str) -> Output {
    match mender {
        "job run" => hasty(env, &["job", "run", &format!("--id={id}")]),
        other => hasty(env, &other.split(' ').collect::<Vec<_>>()),
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
            assert!(mended.stdout.contains("its runner died before its program began"), "{mended:?}");
            env.run(&["queue", "run"]).ok();
        }
        let record = is_settled(env, &id, ran, 3);
        assert_eq!(record["stdout"], "said\n");
        assert!(record["notices"][0].as_str().unwrap().contains("died before its program began"), "{record:#}");
    }
});

on_each_database!(what_was_made_to_be_run_at_once_is_run_by_the_queue, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    dies_at(env, "made", &["runtemplate", "run", "--id=1"]);
    // Whoever made it may still be about to begin it.
    assert_eq!((env.json(&["queue", "run"])["run"].clone(), runs(env)), (json!(0), 0));
    assert_eq!(env.json(&["database", "check"])["findings"], json!([]));
    env.sql("UPDATE schedule SET after = '2020-01-01 00:00:00'");
    assert_eq!(env.json(&["queue", "run"])["run"], 1);
    is_settled(env, "1", 1, 3);
    // One that is begun leaves the queue at once.
    env.run(&["runtemplate", "run", "--id=1"]).exits(3);
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    is_settled(env, "2", 2, 3);
});

// Whoever ends the command does not wait for the job any more.
on_each_database!(what_was_made_to_be_run_at_once_goes_with_its_command, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let made = pauses_at(env.command(&["runtemplate", "run", "--id=1"]), "made");
        signal(&made, name);
        signal(&made, "CONT");
        let output: Output = made.wait_with_output().unwrap().into();
        assert!(output.code == code && output.stderr.contains("is removed again"), "{output:#?}");
        assert_eq!((env.json(&["job", "list"]), env.json(&["queue", "list"])), (json!([]), json!([])));
    }
    assert_eq!(runs(env), 0);
});

on_each_database!(while_the_program_runs_it_is_ended_and_never_started_again, |env| {
    // It prints nothing, which would end it, for nobody reads any more. What it starts leaves its process group.
    env.prepare("Native", &counted(env, "setsid sleep 300 & trap '' TERM; sleep 300; sleep 300"), json!(null));
    for (ran, mender) in (1..).zip(MENDERS) {
        let id = env.schedule();
        dies_at(env, "spawned", &["job", "run", &format!("--id={id}")]);
        wait_until(|| runs(env) == ran);
        assert_eq!(job(env, &id)["exitcode"], json!(null));
        let mended = mend(env, mender, &id);
        let said = format!("{}{}", mended.stdout, mended.stderr);
        assert!(said.contains("its runner died while its program ran"), "{said}");
        let record = is_settled(env, &id, ran, 125);
        assert!(record["reason"].as_str().unwrap().starts_with("RunnerLost: "), "{record:#}");
        // Whoever runs all again that was not run must not run this.
        assert_eq!(env.json_of(&["job", "wait", &id], 1)["status"], "lost");
        let listed = |state: &str| env.json(&["job", "list", state, "--fields=id"]).as_array().unwrap().len();
        assert_eq!(["--state=lost", "--state=failed", "--state=not_run"].map(listed), [ran, ran, 0]);
    }
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["failed_jobs_count"], 3);
});

on_each_database!(when_the_program_ended_its_exit_code_is_known, |env| {
    env.prepare("Native", &counted(env, "echo said; sleep 2; exit 3"), json!(null));
    let mut ran = 0;
    for point in ["ended", "finishing"] {
        for mender in MENDERS {
            ran += 1;
            let id = env.schedule();
            dies_at(env, point, &["job", "run", &format!("--id={id}")]);
            assert_eq!(job(env, &id)["exitcode"], json!(null));
            let mended = mend(env, mender, &id);
            let said = format!("{}{}", mended.stdout, mended.stderr);
            assert!(said.contains("its runner did not save the result; exit code 3"), "{mended:?}");
            let record = is_settled(env, &id, ran, 3);
            // It was printed long before, and so was saved.
            assert_eq!(record["stdout"], "said\n", "{record:#}");
        }
    }
});

// How a program came to its end that did not end by itself is a fact of its runner, which dies before it tells it.
on_each_database!(when_the_program_was_ended_its_reason_is_known, |env| {
    let begun = env.path().join("begun");
    let long = format!("touch {}; sleep 30", begun.display());
    env.prepare("Native", &long, json!(null));
    let check = |id: &str, code: i32, reason: &str, state: &str| {
        assert_eq!(job(env, id)["exitcode"], json!(null), "{reason}");
        let mended = env.run(&["queue", "run"]).ok();
        let record = job(env, id);
        assert_eq!(record["exitcode"], code, "{mended:#?} {record:#}");
        assert!(record["reason"].as_str().unwrap_or_default().starts_with(reason), "{reason}: {record:#}");
        let number: i64 = id.parse().unwrap();
        let listed = env.json(&["job", "list", &format!("--state={state}"), "--fields=id"]);
        assert!(listed.as_array().unwrap().iter().any(|row| row["id"] == number), "{reason}: {listed}");
    };
    let id = env.schedule();
    dies_at(env, "ended", &["job", "run", &format!("--id={id}"), "--timeout=1"]);
    check(&id, 124, "TimeLimit: the program was ended because its time limit of 1 s was reached", "time_limit");
    // By a signal to the runner, and on request.
    for (reason, point) in [("Interrupted: ", "ended"), ("Cancelled: cancelled by ", "finishing")] {
        let id = env.schedule();
        let _ = std::fs::remove_file(&begun);
        let mut command = env.command(&["job", "run", &format!("--id={id}")]);
        let mut run = command.env("MULTIFLEXI_TEST_STOP_AT", point).spawn().unwrap();
        wait_until(|| begun.exists());
        if point == "ended" {
            signal(&run, "TERM");
        } else {
            env.run(&["job", "cancel", &format!("--id={id}")]).ok();
        }
        run.wait().unwrap();
        check(&id, 143, reason, "cancelled");
    }
    env.import("kill -9 $$", json!(null));
    let id = env.schedule();
    dies_at(env, "finishing", &["job", "run", &format!("--id={id}")]);
    check(&id, 137, "Signal: ", "failed");
    // Nothing of this one begins.
    env.run(&["application", "update", "--id=1", "--executable=/nowhere/program"]).ok();
    let id = env.schedule();
    dies_at(env, "ended", &["job", "run", &format!("--id={id}")]);
    check(&id, 125, "ProgramNotFound: ", "failed");
});

/// The directory that a program works in goes with its job, however fresh it is.
#[test]
fn the_directory_of_a_killed_runner_is_removed_with_its_job() {
    let mut env = Env::new();
    let temporary = env.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    env.set("TMPDIR", temporary.to_str().unwrap());
    env.prepare("Native", "exit 3", json!(null));
    let left = || std::fs::read_dir(&temporary).unwrap().flatten().map(|entry| entry.path()).collect::<Vec<_>>();
    for point in ["spawned", "ended", "finished"] {
        let id = env.schedule();
        dies_at(&env, point, &["job", "run", &format!("--id={id}")]);
        assert!(!left().is_empty(), "{point}");
        let _ = env.run(&["queue", "run"]).ok();
        assert_eq!(left(), Vec::<std::path::PathBuf>::new(), "{point}");
    }
}

on_each_database!(after_the_result_was_saved_all_is_done, |env| {
    env.prepare("Native", &counted(env, SCRIPT), json!(null));
    let id = env.schedule();
    dies_at(env, "finished", &["job", "run", &format!("--id={id}")]);
    assert_eq!((&job(env, &id)["stdout"], run_files(env)), (&json!("said\n"), 1));
    is_settled(env, &id, 1, 3);
});

on_each_database!(the_next_queue_run_goes_on_where_one_died, |env| {
    env.prepare("Native", &counted(env, "exit 3"), json!(null));
    let ids: Vec<String> = (0..5).map(|_| env.schedule()).collect();
    // `queue run` dies while its first job runs, and that job is none the worse for it.
    dies_at(env, "next", &["queue", "run"]);
    wait_until(|| job(env, &ids[0])["exitcode"] == 3);
    // Here its jobs die, each by itself.
    for (point, ran) in [("claimed", 1), ("finishing", 2), ("spawned", 3)] {
        let output =
            env.command(&["queue", "run", "--limit=1"]).env("MULTIFLEXI_TEST_STOP_AT", point).output().unwrap();
        // It ends the job of the one that died, and so comes to the same point.
        match point {
            "finishing" => assert_eq!(output.status.signal(), Some(9), "{output:?}"),
            _ => assert_eq!(output.status.code(), Some(1), "{output:?}"),
        }
        assert!(String::from_utf8_lossy(&output.stdout).contains("was ended by signal 9"), "{output:?}");
        wait_until(|| runs(env) == ran);
    }
    env.run(&["queue", "run"]).ok();
    let mut codes: Vec<i64> = ids.iter().filter_map(|id| job(env, id)["exitcode"].as_i64()).collect();
    codes.sort_unstable();
    assert_eq!((codes, runs(env), run_files(env)), (vec![3, 3, 3, 3, 125], 5, 0));
});

on_each_database!(a_task_whose_runner_died_has_its_next_attempt, |env| {
    env.prepare("Native", &counted(env, "sleep 0.5"), json!(null));
    let options = ["--name=Scheduled", "--interv=y", "--max_attempts=2", "--retry_backoff=fixed"];
    env.run(&[&["runtemplate", "create", "--app_id=1", "--company_id=1"], &options[..]].concat()).ok();
    env.run(&["queue", "fill"]).ok();
    dies_at(env, "spawned", &["job", "run", "--id=1"]);
    wait_until(|| runs(env) == 1);
    // The next attempt is due from the second on in which the first one was given up.
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
    // None whose next moment may come while the test runs.
    for interval in ["--interv=m", "--interv=w", "--interv=y"] {
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
