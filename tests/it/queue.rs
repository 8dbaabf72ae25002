//! The queue, schedules and tasks; and jobs that are tried again, cancelled and removed.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

/// A runtemplate with a schedule; its id follows.
fn scheduled(env: &Env, options: &[&str]) -> String {
    let arguments = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled"];
    let made = env.json(&arguments.iter().chain(options).copied().collect::<Vec<_>>());
    format!("--id={}", made["runtemplate_id"])
}

fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

on_each_database!(a_moment_has_one_job_however_many_fill, |env| {
    env.prepare("Native", "true", json!(null));
    // None whose next moment may come while the test runs.
    for interval in ["--interv=monthly", "--interv=w", "--interv=y"] {
        scheduled(env, &[interval]);
    }
    let fills: Vec<_> = (0..5)
        .map(|_| env.command(&["queue", "fill"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
        .collect();
    for mut fill in fills {
        assert!(fill.wait().unwrap().success());
    }
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    assert_eq!(column(&env.json(&["queue", "list"]), "runtemplate_id").len(), 3);
    assert_eq!(env.json(&["task", "status"])["running"], 3);

    // The missed moment is caught up once; then comes the next one.
    let run = env.json(&["queue", "run"]);
    assert_eq!((&run["success"], &run["failed"]), (&json!(3), &json!(0)), "{run}");
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
    assert_eq!(env.json(&["task", "status"])["fulfilled"], 3);
    assert_eq!(env.json(&["queue", "fill"])["created"], 3);
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
});

on_each_database!(a_failed_job_is_tried_again, |env| {
    env.prepare("Native", "echo $SAID; exit 3", json!(null));
    scheduled(env, &["--interv=y", "--max_attempts=2", "--retry_backoff=fixed", "--config=SAID=hello"]);
    env.run(&["queue", "fill"]).ok();
    let run = env.json(&["queue", "run", "--limit=1"]);
    assert_eq!(column(&run["jobs"], "exitcode"), [3]);
    assert_eq!(env.json(&["task", "list"])[0]["state"], "running");
    env.run(&["queue", "run", "--fail-on-job-error"]).exits(1);
    let task = env.json(&["task", "get", "--id=1", "--with-jobs"]);
    assert_eq!((&task["state"], &task["attempts"]), (&json!("failed"), &json!(2)), "{task}");
    let jobs = &task["jobs"];
    assert_eq!(column(jobs, "exitcode"), [3, 3]);
    assert_eq!(jobs[1]["env"]["SAID"], "hello");
    assert_eq!(jobs[1]["env"]["MULTIFLEXI_JOB_ID"], jobs[1]["id"].to_string());
    assert!(jobs[1]["env"].get("PATH").is_none(), "{jobs}");
});

on_each_database!(a_schedule_that_cannot_be_read_keeps_no_other_from_running, |env| {
    env.prepare("Native", "true", json!(null));
    let broken = scheduled(env, &["--interv=c", "--cron=0 6 * * *"]);
    scheduled(env, &["--interv=d"]);
    env.run(&["runtemplate", "update", &broken, "--active=0"]).ok();
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
});

on_each_database!(a_waiting_job_is_cancelled, |env| {
    env.prepare("Native", "true", json!(null));
    let id = format!("--id={}", env.schedule());
    let cancelled = env.json(&["job", "cancel", &id]);
    assert_eq!((&cancelled["was"], &cancelled["exitcode"]), (&json!("pending"), &json!(143)));
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    assert!(env.json(&["job", "get", &id])["reason"].as_str().unwrap().contains("before it began"));
    env.run(&["job", "cancel", &id]).refused(1, "ended already");
    env.run(&["job", "run", &id]).refused(1, "ended already");
    let retry = env.json(&["job", "retry", &id]);
    env.run(&["job", "run", &format!("--id={}", retry["job_id"])]).ok();
});

on_each_database!(a_running_job_is_cancelled_and_its_output_followed, |env| {
    env.prepare("Native", "echo begun; sleep 60", json!(null));
    let id = format!("--id={}", env.schedule());
    let mut runner = env.command(&["job", "run", &id]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crate::job::wait_until(|| env.run(&["job", "output", &id]).stdout == "begun\n");
    let follow = env.command(&["job", "output", &id, "--follow"]).stdout(Stdio::piped()).spawn().unwrap();
    env.run(&["job", "delete", &id]).refused(1, "is running");
    env.run(&["job", "retry", &id]).refused(1, "has not ended yet");
    assert_eq!(env.json(&["job", "cancel", &id])["exitcode"], 143);
    assert_eq!(runner.wait().unwrap().code(), Some(143));
    assert_eq!(follow.wait_with_output().unwrap().stdout, b"begun\n");
});

on_each_database!(cancelling_one_job_lets_the_queue_go_on, |env| {
    env.prepare("Native", "echo begun; if [ $MULTIFLEXI_JOB_ID = 1 ]; then sleep 60; fi", json!(null));
    let jobs = [env.schedule(), env.schedule()];
    let mut queue = env.command(&["queue", "run"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let first = format!("--id={}", jobs[0]);
    crate::job::wait_until(|| env.run(&["job", "output", &first]).stdout == "begun\n");
    env.run(&["job", "cancel", &first]).ok();
    assert_eq!(queue.wait().unwrap().code(), Some(0));
    let codes: Vec<_> = jobs.iter().map(|id| env.json(&["job", "get", "--id", id])["exitcode"].clone()).collect();
    assert_eq!(codes, [143, 0]);
});

// Nobody has to answer for it, and what is left of its program is ended.
on_each_database!(a_native_job_whose_runner_died_is_cancelled, |env| {
    env.prepare("Native", "echo begun; exec sleep 20", json!(null));
    let id = format!("--id={}", env.schedule());
    let mut runner = env.command(&["job", "run", &id]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    crate::job::wait_until(|| env.run(&["job", "output", &id]).stdout == "begun\n");
    runner.kill().unwrap();
    runner.wait().unwrap();
    assert_eq!(env.json(&["job", "cancel", &id])["exitcode"], 143);
    let record = env.json(&["job", "get", &id]);
    assert_eq!(record["exitcode"], 143, "{record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("Cancelled: cancelled by "), "{record:#}");
});

// A count is worth less than what it stands beside.
on_each_database!(a_counter_at_its_end_costs_no_result, |env| {
    env.prepare("Native", "exit $CODE", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=y", "--max_attempts=2147483647"]).ok();
    let full: i64 = if env.variable("DB_CONNECTION") == Some("mysql") { 4_294_967_295 } else { 2_147_483_647 };
    env.sql(&format!("update runtemplate set successfull_jobs_count = {full}, failed_jobs_count = {full}"));
    env.run(&["queue", "fill"]).ok();
    env.sql("update task set attempts = 2147483647");
    let run = |code: i32| env.run(&["runtemplate", "run", "--id=1", &format!("--env=CODE={code}")]).exits(code);
    run(0);
    run(4);
    // Of the task: it has no program to run without its variable, and fails.
    env.run(&["queue", "run"]).ok();
    assert_eq!(env.json(&["job", "list", "--fields=exitcode"]).as_array().unwrap().len(), 3);
    assert_eq!(env.sql("select count(*) from job where exitcode is null").trim(), "0");
    let counts = env.sql("select successfull_jobs_count, failed_jobs_count from runtemplate");
    assert_eq!(counts.matches(&full.to_string()).count(), 2, "{counts}");
    assert_eq!(env.sql("select attempts from task").trim(), "2147483647");
});

on_each_database!(the_queue_is_mended, |env| {
    env.prepare("Native", "true", json!(null));
    let kept = env.schedule();
    let outside = env.json(&["job", "create", "--runtemplate_id=1", "--scheduled=2037-01-01 00:00"]);
    let outside = format!("--id={}", outside["job_id"]);
    assert_eq!(env.json(&["queue", "overview"])["comprehensive_queue_metrics"]["orphaned_jobs"], 1);
    let would = env.json(&["queue", "fix", "--dry-run"]);
    assert!(would["messages"][0]["message"].as_str().unwrap().starts_with("Would remove"), "{would}");
    env.run(&["job", "get", &outside]).ok();
    assert_eq!(env.json(&["queue", "fix"])["messages"].as_array().unwrap().len(), 1);
    env.run(&["job", "get", &outside]).refused(1, "not found");
    assert_eq!(column(&env.json(&["queue", "list"]), "job"), [kept.parse::<i64>().unwrap()]);
    env.run(&["queue", "list", "--order=nosuch"]).refused(2, "--order");
    assert_eq!(env.json(&["queue", "truncate"])["waiting"], 1);
    assert_eq!(env.json(&["queue", "list"]), json!([]));

    // The window of a job that goes is not kept open for ever.
    scheduled(env, &["--interv=y"]);
    env.run(&["queue", "fill"]).ok();
    env.run(&["queue", "truncate"]).ok();
    assert_eq!(env.json(&["task", "get", "--id=1"])["state"], "running");
    env.sql("UPDATE job SET schedule = '2001-01-01 00:00:00'");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(env.json(&["task", "get", "--id=1"])["state"], "failed");
});

on_each_database!(a_job_that_nothing_runs_is_told_and_named_before_it_is_deleted, |env| {
    env.prepare("Native", "true", json!(null));
    let create = env.run(&["job", "create", "--runtemplate_id=1", "--scheduled=tomorrow 06:00"]).ok();
    let words = "job 1 is in no queue: `multiflexi-cli job run --id=1 --unqueued` runs it, `multiflexi-cli queue fix` deletes it; \
                 `multiflexi-cli runtemplate schedule --id=1 --schedule_time=TIME`";
    assert!(create.stderr.contains(words), "{create:?}");
    let update = env.run(&["job", "update", "1", "--scheduled=2037-01-01 00:00"]).ok();
    assert!(update.stderr.contains(words), "{update:?}");
    let queued = env.schedule();
    assert_eq!(env.run(&["job", "update", &queued, "--scheduled=2037-01-01 00:00"]).ok().stderr, "");
    let question = || {
        let shown = env.on_terminal(&["queue", "fix"], "n\n").exits(1).stdout;
        shown.lines().find(|line| line.contains("Continue?")).unwrap_or_default().to_owned()
    };
    assert!(question().starts_with("1 waiting job (1) will be deleted. Continue?"), "{}", question());
    env.sql("UPDATE runtemplate SET next_schedule = '2036-01-01 00:00:00'; DELETE FROM schedule");
    let asked = "2 waiting jobs will be deleted (1, 2); 1 other fault will be mended. Continue?";
    assert!(question().starts_with(asked), "{}", question());
});

on_each_database!(old_jobs_go_with_what_hangs_on_them, |env| {
    env.prepare("Native", "echo out; exit 1", json!(null));
    for _ in 0..3 {
        env.run_job(&[]);
    }
    let waiting = env.schedule();
    assert_eq!(env.json(&["job", "cleanup", "--older-than=1h"])["deleted_jobs"], 0);
    std::thread::sleep(Duration::from_millis(2100));
    assert_eq!(env.json(&["job", "cleanup", "--older-than=1s", "--keep-failed"])["deleted_jobs"], 0);
    assert_eq!(env.json(&["job", "cleanup", "--older-than=1s", "--dry-run"])["deleted_jobs"], 3);
    env.run(&["job", "delete", "--id=1"]).ok();
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["failed_jobs_count"], 2);
    assert_eq!(env.json(&["prune", "--jobs", "--keep=2"])["deleted_jobs"], 1);
    assert_eq!(env.json(&["job", "cleanup", "--older-than=1s"])["deleted_jobs"], 1);
    assert_eq!(column(&env.json(&["job", "list"]), "id"), [waiting.parse::<i64>().unwrap()]);
    env.run(&["prune"]).refused(2, "--logs");
});

on_each_database!(a_copy_is_called_as_it_is_to_be, |env| {
    env.prepare("Native", "true", json!(null));
    assert_eq!(env.json(&["runtemplate", "clone", "1", "--name=Second"])["name"], "Second");
    assert_eq!(env.json(&["runtemplate", "clone", "--name=Test", "--new_name=Third"])["cloned_from"], 1);
    assert_eq!(env.json(&["runtemplate", "clone", "Second", "--name=Fourth"])["cloned_from"], 2);
    assert_eq!(env.json(&["runtemplate", "clone", "--name=Fourth"])["name"], "Fourth (copy)");
    env.run(&["runtemplate", "clone", "1", "--name=a", "--new_name=b"]).refused(2, "both name the copy");
    env.run(&["runtemplate", "clone", "1", "--name="]).refused(2, "");
});

on_each_database!(a_copy_does_not_run_until_it_is_activated, |env| {
    env.prepare("Native", "exit $CODE", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--config=CODE=5"]).ok();
    env.run(&["runtemplate", "run", "--id=1"]).exits(5);
    let copy = env.json(&["runtemplate", "clone", "--id=1", "--new_name=Other"]);
    let id = format!("--id={}", copy["runtemplate_id"]);
    let record = env.json(&["runtemplate", "get", &id]);
    assert_eq!(
        (&record["name"], &record["CODE"], &record["failed_jobs_count"]),
        (&json!("Other"), &json!("5"), &json!(0))
    );
    env.run(&["runtemplate", "run", &id]).refused(1, "not active");
    env.run(&["runtemplate", "update", &id, "--active=1"]).ok();
    env.run(&["runtemplate", "run", "--name=Other"]).exits(5);
});

on_each_database!(companies_have_applications_and_variables, |env| {
    env.prepare("Native", "echo $GREETING $API_TOKEN", json!(null));
    env.run(&["company", "env", "set", "--company=acme", "--env=GREETING=x", "--env=API_TOKEN=marker"]).ok();
    env.run(&["company", "env-set", "--company_id=1", "--env=GREETING=ahoj"]).ok();
    let listed = env.json(&["company", "env", "list", "--company=acme"]);
    assert_eq!(column(&listed, "value"), ["••••••••", "ahoj"]);
    env.run(&["company", "env", "unset", "--company=acme", "--name=API_TOKEN"]).ok();
    env.run(&["company", "env", "unset", "--company=acme", "--name=API_TOKEN"]).refused(1, "no variable");
    assert_eq!(env.run_job(&[]).1["stdout"], "ahoj\n");

    let assigned = env.json(&["company-app", "assign", "--company=acme", "--app_id=1"]);
    assert_eq!(assigned["runtemplate_id"], 2);
    assert_eq!(env.json(&["company-app", "assign", "--company=acme", "--app_id=1"])["runtemplate_id"], json!(null));
    assert_eq!(column(&env.json(&["company-app", "list", "--order=app_name"]), "company_slug"), ["acme", "acme"]);
    let removed = env.json(&["company-app", "unassign", "--company=acme", "--app_id=1"]);
    assert_eq!(removed["removed_runtemplates"], json!([1, 2]));
    assert_eq!(env.json(&["job", "list"]), json!([]));
    env.run(&["company-app", "assign", "--company=acme", "--app_id=99"]).refused(1, "99 not found");
    let status = env.json(&["status"]);
    assert_eq!((&status["companies"], &status["runtemplates"]), (&json!(1), &json!(0)));
});
