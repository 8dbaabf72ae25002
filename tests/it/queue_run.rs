//! `queue run`: many jobs, at once and one after the other, and what becomes of them when somebody interferes.

use std::process::{Child, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::env::{Env, on_each_database};
use crate::job::wait_until;

/// Another runtemplate of the application; its id.
fn runtemplate(env: &Env, name: &str, options: &[&str]) -> String {
    let name = format!("--name={name}");
    let arguments = ["runtemplate", "create", "--app_id=1", "--company_id=1", &name];
    env.json(&arguments.iter().chain(options).copied().collect::<Vec<_>>())["runtemplate_id"].to_string()
}

/// Makes a job of a runtemplate; its id.
fn schedule(env: &Env, runtemplate: &str, options: &[&str]) -> i64 {
    let id = format!("--id={runtemplate}");
    let arguments = ["runtemplate", "schedule", &id];
    env.json(&arguments.iter().chain(options).copied().collect::<Vec<_>>())["job_id"].as_i64().unwrap()
}

fn column(run: &Value, name: &str) -> Vec<Value> {
    run["jobs"].as_array().unwrap().iter().map(|job| job[name].clone()).collect()
}

/// A full disk under cron's log stops no job.
#[test]
fn a_report_that_cannot_be_written_stops_no_job() {
    let env = Env::new();
    env.prepare("Native", "exit 0", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Daily", "--interv=d"]).ok();
    for options in [&[][..], &["--fill"]] {
        (0..3).for_each(|_| drop(env.schedule()));
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let ran = env.command(&[&["queue", "run"], options].concat()).stdout(full).output().unwrap();
        let told = String::from_utf8(ran.stderr).unwrap();
        assert_eq!((ran.status.code(), told.matches("cannot write to stdout").count()), (Some(1), 1), "{told}");
        assert_eq!(env.sql("SELECT count(*) FROM job WHERE exitcode IS NULL AND runtemplate_id = 1").trim(), "0");
    }
    assert_eq!(env.sql("SELECT count(*) FROM job WHERE runtemplate_id = 2").trim(), "1");
}

pub fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).arg("--format=json").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

pub fn ended(child: Child) -> (i32, Value) {
    let output = child.wait_with_output().unwrap();
    (output.status.code().unwrap_or(-1), serde_json::from_slice(&output.stdout).unwrap_or_default())
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
}

fn is_running(env: &Env, job: i64) -> bool {
    let job = env.json(&["job", "get", &format!("--id={job}")]);
    job["stdout"] == "begun\n" && job["exitcode"].is_null()
}

/// Ends well only while three jobs run at once.
const THREE_MEET: &str = "mkdir -p $HOME/there; touch $HOME/there/$MULTIFLEXI_JOB_ID; n=0; \
     while [ $(ls $HOME/there | wc -l) -lt 3 ]; do n=$((n+1)); [ $n -lt 150 ] || exit 9; sleep 0.1; done";

/// Ends well only while no other one runs.
const ALONE: &str = "mkdir $HOME/lock || exit 9; sleep 0.2; rmdir $HOME/lock";

on_each_database!(jobs_run_at_once, |env| {
    env.prepare("Native", THREE_MEET, json!(null));
    for name in ["Two", "Three"] {
        schedule(env, &runtemplate(env, name, &[]), &[]);
    }
    env.schedule();
    let run = env.json(&["queue", "run", "--parallel=3"]);
    assert_eq!((&run["success"], &run["failed"], &run["left"]), (&json!(3), &json!(0), &json!(0)), "{run}");
    for job in run["jobs"].as_array().unwrap() {
        assert!(job["duration"].as_f64().unwrap() > 0.0 && job["runtemplate"].is_string(), "{run}");
    }
});

on_each_database!(jobs_of_one_runtemplate_run_one_after_the_other, |env| {
    env.prepare("Native", ALONE, json!(null));
    let jobs: Vec<_> = (0..4).map(|_| env.schedule()).collect();
    let run = env.json(&["queue", "run", "--parallel=4"]);
    assert_eq!((&run["success"], column(&run, "exitcode")), (&json!(4), vec![json!(0); 4]), "{run}");
    let ran: Vec<String> = column(&run, "job_id").iter().map(Value::to_string).collect();
    assert_eq!(ran, jobs);
});

on_each_database!(several_queue_runs_share_the_queue, |env| {
    env.prepare("Native", ALONE, json!(null));
    for _ in 0..4 {
        env.schedule();
    }
    let runs: Vec<_> = (0..3).map(|_| start(env, &["queue", "run", "--parallel=2"])).collect();
    let mut success = 0;
    for run in runs {
        let (code, run) = ended(run);
        assert_eq!((code, &run["failed"], &run["not_run"]), (0, &json!(0), &json!(0)), "{run}");
        success += run["success"].as_i64().unwrap();
    }
    // A run that finds a job of the runtemplate running leaves the others; the next one runs them.
    success += env.json(&["queue", "run"])["success"].as_i64().unwrap();
    assert_eq!(success, 4);
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["successfull_jobs_count"], 4);
});

on_each_database!(jobs_of_one_runtemplate_overlap_where_that_is_allowed, |env| {
    env.prepare("Native", THREE_MEET, json!(null));
    for _ in 0..3 {
        env.schedule();
    }
    let run = env.json(&["queue", "run", "--parallel=3", "--allow-overlap"]);
    assert_eq!(run["success"], 3, "{run}");
});

on_each_database!(a_job_run_by_hand_is_seen, |env| {
    env.prepare("Native", "echo begun; while [ -e $HOME/go-on ]; do sleep 0.1; done", json!(null));
    let flag = env.file("go-on", "");
    let (first, second) = (schedule(env, "1", &[]), schedule(env, "1", &[]));
    let by_hand = start(env, &["job", "run", &format!("--id={first}")]);
    wait_until(|| is_running(env, first));

    let run = env.json(&["queue", "run"]);
    assert_eq!(
        (&run["run"], &run["left"], column(&run, "status")),
        (&json!(0), &json!(1), vec![json!("left")]),
        "{run}"
    );
    assert!(run["jobs"][0]["message"].as_str().unwrap().contains(&format!("job {first} of the same runtemplate")));
    let id = format!("--id={second}");
    env.run(&["job", "run", &id, "--no-overlap"]).refused(1, "is left");
    assert_eq!(env.json(&["queue", "list"])[0]["job"], second);

    let beside = start(env, &["job", "run", &id]);
    wait_until(|| is_running(env, second));
    std::fs::remove_file(flag).unwrap();
    let beside = beside.wait_with_output().unwrap();
    assert!(beside.status.success());
    let words = String::from_utf8(beside.stderr).unwrap();
    assert!(words.contains(&format!("warning: job {first} of the same runtemplate is running")), "{words}");
    assert_eq!(ended(by_hand).0, 0);
});

on_each_database!(a_signal_ends_the_running_jobs_and_starts_no_more, |env| {
    env.prepare("Native", "echo begun; sleep 60", json!(null));
    let two = runtemplate(env, "Two", &[]);
    let jobs = [schedule(env, "1", &[]), schedule(env, &two, &[]), schedule(env, "1", &[])];
    let run = start(env, &["queue", "run", "--parallel=2"]);
    wait_until(|| is_running(env, jobs[0]) && is_running(env, jobs[1]));
    send(&run, Signal::SIGTERM);
    let (code, run) = ended(run);
    assert_eq!((code, &run["failed"], column(&run, "status")), (143, &json!(2), vec![json!("cancelled"); 2]), "{run}");
    for (job, code) in jobs.iter().zip([json!(143), json!(143), json!(null)]) {
        assert_eq!(env.json(&["job", "get", &format!("--id={job}")])["exitcode"], code);
    }
    // The record says so by itself.
    let cancelled = env.json(&["job", "list", "--state=cancelled", "--sort=id"]);
    let ids: Vec<&Value> = cancelled.as_array().unwrap().iter().map(|job| &job["id"]).collect();
    assert_eq!(ids, [&json!(jobs[0]), &json!(jobs[1])]);
    let record = env.json(&["job", "get", &format!("--id={}", jobs[0])]);
    assert_eq!(record["reason"], "Interrupted: the runner was told to end by SIGTERM, and ended the job");
    assert_eq!(env.json(&["queue", "list"])[0]["job"], jobs[2]);
});

on_each_database!(one_job_is_cancelled_and_the_others_run_on, |env| {
    env.prepare("Native", "echo begun; [ $MULTIFLEXI_RUNTEMPLATE_ID = 1 ] && sleep 60; exit 0", json!(null));
    let first = schedule(env, "1", &[]);
    let second = schedule(env, &runtemplate(env, "Two", &[]), &[]);
    let run = start(env, &["queue", "run"]);
    wait_until(|| is_running(env, first));
    env.run(&["job", "cancel", &format!("--id={first}")]).ok();
    let (code, run) = ended(run);
    assert_eq!((code, column(&run, "job_id")), (0, vec![json!(first), json!(second)]), "{run}");
    assert_eq!(column(&run, "exitcode"), [143, 0]);
});

// Only what somebody else runs is left to them.
on_each_database!(a_job_that_is_refused_is_told_each_time, |env| {
    env.prepare("Native", "echo ran", json!(null));
    let job = schedule(env, "1", &[]);
    env.run(&["application", "update", "--id=1", "--cmdparams=--x=\"A"]).ok();
    for _ in 0..2 {
        let run = env.run(&["queue", "run", "-q"]).exits(1);
        assert!(run.stderr.starts_with(&format!("job {job}, runtemplate 1 (Test): not_run")), "{run:#?}");
    }
    let run = env.run(&["queue", "run", "--format=json"]).exits(1).json();
    assert_eq!((&run["not_run"], &run["left"], column(&run, "job_id")), (&json!(1), &json!(0), vec![json!(job)]));
});

on_each_database!(a_job_whose_runner_was_killed_is_ended_by_the_next_run, |env| {
    env.prepare("Native", "echo begun; [ -e $HOME/hang ] && sleep 60; exit 0", json!(null));
    let flag = env.file("hang", "");
    let (first, second) = (schedule(env, "1", &[]), schedule(env, "1", &[]));
    let runner = start(env, &["job", "run", &format!("--id={first}")]);
    wait_until(|| is_running(env, first));
    send(&runner, Signal::SIGKILL);
    runner.wait_with_output().unwrap();
    std::fs::remove_file(flag).unwrap();

    let told = env.json(&["queue", "fix", "--dry-run"]);
    assert!(told["messages"][0]["message"].as_str().unwrap().starts_with("Would mend job #1"), "{told}");
    let run = env.json(&["queue", "run"]);
    assert_eq!(column(&run, "job_id"), [second], "{run}");
    let record = env.json(&["job", "get", &format!("--id={first}")]);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(125), &json!("begun\n")), "{record}");
    assert!(record["reason"].as_str().unwrap().starts_with("RunnerLost"), "{record}");
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["failed_jobs_count"], 1);
});

on_each_database!(what_runs_and_in_which_order, |env| {
    env.prepare("Native", "exit $MULTIFLEXI_RUNTEMPLATE_ID", json!(null));
    env.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    let other = env.json(&["runtemplate", "create", "--app_id=1", "--company=other", "--name=Other"]);
    let other = other["runtemplate_id"].to_string();
    let late = schedule(env, "1", &["--schedule_time=-1 minute"]);
    let early = schedule(env, "1", &["--schedule_time=-1 hour"]);
    let future = schedule(env, "1", &["--schedule_time=+1 hour"]);
    let of_other = schedule(env, &other, &[]);
    let elsewhere = schedule(env, "1", &["--executor=Kubernetes"]);

    let run = env.json(&["queue", "run", "--company=other"]);
    assert_eq!((column(&run, "job_id"), column(&run, "exitcode")), (vec![json!(of_other)], vec![json!(2)]), "{run}");
    let run = env.json(&["queue", "run", "--executor=Native", "--limit=1"]);
    assert_eq!(column(&run, "job_id"), [early], "{run}");
    let run = env.run(&["queue", "run", "--executor=Native", "--fail-on-job-error", "--format=json"]).exits(1).json();
    assert_eq!((column(&run, "job_id"), &run["failed"]), (vec![json!(late)], &json!(1)), "{run}");
    let text = env.run(&["queue", "run", "--executor=Native"]).ok().stdout;
    assert_eq!(text, "Jobs run: 0, success: 0, failed: 0, not run: 0, blocked: 0, left: 0\n");
    let waiting: Vec<_> =
        env.json(&["queue", "list"]).as_array().unwrap().iter().map(|row| row["job"].clone()).collect();
    assert_eq!(waiting, [elsewhere, future]);
    env.run(&["queue", "run", "--parallel=0"]).refused(2, "--parallel");
});

on_each_database!(a_runner_takes_job_after_job_until_one_does_it_harm, |env| {
    let script = "echo $PPID; case $MULTIFLEXI_JOB_ID in 2) kill $PPID; sleep 60;; 4) kill -9 $PPID; sleep 60;; 5) exit 5;; esac";
    env.prepare("Native", script, json!(null));
    let jobs: Vec<String> = (0..6).map(|_| env.schedule()).collect();
    let run = env.run(&["queue", "run", "--format=json"]).exits(1).json();
    let (code, status) = (column(&run, "exitcode"), column(&run, "status"));
    assert_eq!(code, [json!(0), json!(143), json!(0), json!(null), json!(5), json!(0)], "{run}");
    assert_eq!((&status[1], &status[3]), (&json!("cancelled"), &json!("lost")), "{run}");
    assert_eq!((&run["not_run"], &run["lost"]), (&json!(0), &json!(1)), "{run}");
    assert!(run["jobs"][3]["message"].as_str().unwrap().starts_with("its runner was ended by signal 9"), "{run}");
    let runner = |job: &String| env.json(&["job", "get", &format!("--id={job}")])["stdout"].clone();
    let runners: Vec<Value> = jobs.iter().map(runner).collect();
    // What the fourth one printed its runner took with it.
    assert_eq!((&runners[0], &runners[4]), (&runners[1], &runners[5]), "{runners:?}");
    assert!(runners[0] != runners[2] && runners[2] != runners[4] && runners[0] != runners[4], "{runners:?}");

    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    assert_eq!(env.json(&["job", "get", &format!("--id={}", jobs[3])])["exitcode"], 125);
});

on_each_database!(the_queue_is_filled_and_run_in_one_call, |env| {
    env.prepare("Native", "exit 4", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=y"]).ok();
    let run = env.json(&["queue", "run", "--fill"]);
    assert_eq!((&run["fill"]["created"], column(&run, "exitcode")), (&json!(1), vec![json!(4)]), "{run}");
    // What cannot be filled is told, keeps the others from nothing, and is the exit code's.
    let broken = runtemplate(env, "Broken", &["--interv=c", "--cron=0 6 * * *"]);
    env.sql(&format!("UPDATE runtemplate SET cron = 'x' WHERE id = {broken}"));
    let job = schedule(env, "1", &[]);
    let run = env.run(&["queue", "run", "--fill", "--format=json"]).exits(1).json();
    assert_eq!((&run["fill"]["failed"], column(&run, "job_id")), (&json!(1), vec![json!(job)]), "{run}");
});

on_each_database!(a_watch_fills_and_runs_until_it_is_told_to_end, |env| {
    env.prepare("Native", "echo begun; [ $MULTIFLEXI_RUNTEMPLATE_ID = 2 ] && sleep 300; exit 4", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=y"]).ok();
    let watch = start(env, &["queue", "run", "--watch", "--interval=1", "--parallel=2"]);
    let ended_with = |job: i64| env.json(&["job", "get", &format!("--id={job}")])["exitcode"].clone();
    // One by the schedule; one that takes long; and others beside it that come while the watch goes on.
    wait_until(|| env.run(&["job", "get", "--id=1"]).code == 0 && ended_with(1) == 4);
    let long = schedule(env, &runtemplate(env, "Long", &[]), &[]);
    wait_until(|| is_running(env, long));
    for _ in 0..2 {
        let job = schedule(env, "1", &[]);
        wait_until(|| ended_with(job) == 4);
    }
    send(&watch, Signal::SIGTERM);
    let (code, run) = ended(watch);
    assert_eq!((code, &run["run"], &run["failed"], &run["jobs"]), (143, &json!(4), &json!(4), &json!([])), "{run}");
    assert_eq!(ended_with(long), 143);
    // Beside those four the schedule's next one, which waits for its moment.
    assert_eq!(env.json(&["job", "list"]).as_array().unwrap().len(), 5);
});

#[test]
fn a_watch_counts_a_job_once_however_often_it_is_tried() {
    let mut env = Env::new();
    env.prepare("Kubernetes", "true", json!(null));
    let job = schedule(&env, "1", &[]);
    env.set("PATH", "/nonexistent");
    let watch = start(&env, &["queue", "run", "--watch", "--interval=1"]);
    let tries = || env.sql(&format!("SELECT line FROM job_output_lines WHERE job_id = {job} AND type = 'tries'"));
    wait_until(|| tries().contains(r#""count":3"#));
    send(&watch, Signal::SIGTERM);
    let (_, run) = ended(watch);
    assert_eq!((&run["not_run"], &run["run"]), (&json!(1), &json!(0)), "{run}");
}

on_each_database!(a_drained_run_lets_its_jobs_end, |env| {
    env.prepare("Native", "echo begun; while [ -e $HOME/go-on ]; do sleep 0.1; done", json!(null));
    let flag = env.file("go-on", "");
    let (first, second) = (schedule(env, "1", &[]), schedule(env, "1", &[]));
    let watch = start(env, &["queue", "run", "--watch", "--drain"]);
    wait_until(|| is_running(env, first));
    send(&watch, Signal::SIGTERM);
    // The signal may still be on its way: the job has to outlive it by what a cancelled one would take.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert!(is_running(env, first));
    std::fs::remove_file(&flag).unwrap();
    let (code, run) = ended(watch);
    assert_eq!((code, &run["success"]), (143, &json!(1)), "{run}");
    assert_eq!(env.json(&["queue", "list"])[0]["job"], second);

    // A second signal ends them, as the first one does without --drain.
    env.file("go-on", "");
    let run = start(env, &["queue", "run", "--drain"]);
    wait_until(|| is_running(env, second));
    send(&run, Signal::SIGINT);
    std::thread::sleep(std::time::Duration::from_millis(1500));
    send(&run, Signal::SIGINT);
    let (code, run) = ended(run);
    assert_eq!((code, column(&run, "status")), (130, vec![json!("cancelled")]), "{run}");
});

#[test]
fn a_watch_is_not_for_one_run_s_options() {
    let env = Env::new();
    env.run(&["queue", "run", "--watch", "--limit=1"]).refused(2, "--limit");
    env.run(&["queue", "run", "--watch", "--fail-on-job-error"]).refused(2, "--fail-on-job-error");
    env.run(&["queue", "run", "--interval=5"]).refused(2, "--watch");
    env.run(&["queue", "run", "--watch", "--interval=soon"]).refused(2, "--interval");
}

/// SQLite takes any text for a moment.
#[test]
fn a_moment_that_is_none_is_found() {
    let env = Env::new();
    env.prepare("Native", "echo ran", json!(null));
    let (job, other) = (schedule(&env, "1", &[]), schedule(&env, "1", &["--schedule_time=2030-01-01 12:00"]));
    env.sql(&format!("UPDATE schedule SET after = 'never' WHERE job = {job}"));
    let told = env.json(&["queue", "fix"]).to_string();
    assert!(told.contains(&format!("job #{job} does not wait for its moment")), "{told}");
    assert!(!told.contains(&format!("#{other}")), "{told}");
    assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 1);
}

// A page of the queue ends at a row whose moment is the same in another spelling, or has a fraction: the next one begins behind it.
on_each_database!(a_long_queue_is_read_to_its_end_however_moments_are_written, |env| {
    env.prepare("Native", "sleep 2", json!(null));
    let first = schedule(env, "1", &[]);
    env.sql("delete from schedule");
    let q = env.quote();
    let moment = match env.variable("DB_CONNECTION") {
        None => "2026-11-01T00:00:00",
        Some("mysql") => {
            env.sql(&format!("alter table schedule modify {q}after{q} datetime(6)"));
            "2026-11-01 00:00:00.25"
        }
        Some(_) => "2026-11-01 00:00:00.25",
    };
    let columns = "runtemplate_id, app_id, company_id, env, executor, launched_by";
    for _ in 0..11 {
        env.sql(&format!("insert into job ({columns}) select {columns} from job"));
    }
    env.sql(&format!("insert into schedule ({q}after{q}, job) select '{moment}', id from job where id > {first}"));
    let other = runtemplate(env, "Other", &[]);
    env.sql(&format!(
        "update job set runtemplate_id = {other} where id = (select last from (select max(id) as last from job) as l)"
    ));
    let mut run = env.command(&["queue", "run", "--parallel=3", "--limit=3", "--format=json"]);
    let mut run = run.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let begun = std::time::Instant::now();
    while run.try_wait().unwrap().is_none() {
        if begun.elapsed().as_secs() > 60 {
            run.kill().unwrap();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(
        env.sql(&format!("select count(*) from job where runtemplate_id = {other} and exitcode = 0")).trim(),
        "1"
    );
});
