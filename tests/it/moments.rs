//! Schedules over hours and days, on a clock that the test sets: what each moment gets, whatever happens in between.

use chrono::NaiveDateTime;
use serde_json::{Value, json};

use crate::env::{Env, Output, on_each_database};

/// Runs a command at a moment of UTC, with the database's zone.
pub fn at(env: &Env, moment: &str, zone: &str, arguments: &[&str]) -> Output {
    let seconds = NaiveDateTime::parse_from_str(moment, "%F %T").unwrap().and_utc().timestamp();
    let mut command = env.command(arguments);
    command.env("MULTIFLEXI_TEST_NOW", seconds.to_string()).env("MULTIFLEXI_TIMEZONE", zone);
    command.output().unwrap().into()
}

/// Runs a command at a moment of the 10th of June, in UTC.
pub fn on_the_day(env: &Env, time: &str, arguments: &[&str]) -> Output {
    at(env, &format!("2026-06-10 {time}"), "UTC", arguments)
}

/// Of each job its moment and whether it ended, in the order of their ids.
fn jobs(env: &Env) -> Vec<(String, bool)> {
    let rows = env.json(&["job", "list", "--order=id", "--fields=id,schedule,exitcode"]);
    let row = |row: &Value| (row["schedule"].as_str().unwrap()[11..19].to_owned(), !row["exitcode"].is_null());
    rows.as_array().unwrap().iter().map(row).collect()
}

fn runtemplate(env: &Env) -> Value {
    env.json(&["runtemplate", "get", "--id=1"])
}

/// Runtemplate 1 fails each hour.
fn prepare(env: &Env, options: &[&str]) {
    env.prepare("Native", "exit 1", json!(null));
    let update = ["runtemplate", "update", "--id=1", "--interv=h", "--from=next"];
    on_the_day(env, "11:30:00", &update.iter().chain(options).copied().collect::<Vec<_>>()).ok();
}

on_each_database!(the_newest_result_is_that_of_the_job_that_ended_last, |env| {
    prepare(env, &[]);
    on_the_day(env, "11:40:00", &["queue", "fill"]).ok();
    // By hand and well, before the schedule's job, which has a lower id.
    for _ in 0..11 {
        on_the_day(env, "11:42:00", &["runtemplate", "run", "--id=1"]).exits(1);
    }
    env.sql("UPDATE job SET exitcode = 0 WHERE exitcode = 1");
    on_the_day(env, "12:00:05", &["queue", "run"]).ok();
    env.sql("UPDATE job SET exitcode = 3 WHERE exitcode = 1");

    let shown = |options: &[&str]| {
        let list = ["runtemplate", "list", "--fields=id"];
        env.json(&list.iter().chain(options).copied().collect::<Vec<_>>()).as_array().unwrap().len()
    };
    assert_eq!((shown(&["--state=failed"]), shown(&["--state=success"])), (1, 0));
    assert_eq!((shown(&["--exit-code=3"]), shown(&["--exit-code=0"])), (1, 0));
    let last = env.json(&["runtemplate", "stats"])[0]["last"].clone();
    assert_eq!(last.as_array().unwrap().last().unwrap()["exitcode"], 3, "{last}");
    let screen = env.screen(200, &["runtemplate", "list"]);
    assert!(screen.iter().any(|line| line.contains("failed (3)") && line.contains("✓✓✗")), "{screen:#?}");
    // One of which nobody noted when it ended is older than all others.
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}end{q} = NULL WHERE exitcode = 3"));
    assert_eq!((shown(&["--state=failed"]), shown(&["--state=success"])), (0, 1));
    let screen = env.screen(200, &["runtemplate", "list"]);
    assert!(screen.iter().any(|line| line.contains("success") && !line.contains('✗')), "{screen:#?}");
});

on_each_database!(a_retry_by_hand_leaves_the_schedule_alone, |env| {
    prepare(env, &[]);
    for time in ["11:40:00", "12:00:10", "12:20:00"] {
        on_the_day(env, time, &["queue", "run", "--fill"]).ok();
    }
    let id = jobs(env).len();
    assert_eq!(id, 2, "{:?}", jobs(env));
    let made = on_the_day(env, "12:30:00", &["job", "retry", "1", "--format=json"]).ok().json();
    assert_eq!(env.json(&["job", "get", &format!("--id={}", made["job_id"])])["schedule_type"], "adhoc-cli");
    on_the_day(env, "12:30:05", &["queue", "run"]).ok();
    let record = runtemplate(env);
    let of = |name: &str| record[name].as_str().unwrap_or_default()[..19].to_owned();
    assert_eq!(
        (of("last_schedule"), of("next_schedule")),
        ("2026-06-10 12:00:00".into(), "2026-06-10 13:00:00".into())
    );
    // A change of the schedule takes back what waits, and what is not active does not run.
    on_the_day(env, "12:40:00", &["runtemplate", "update", "--id=1", "--active=0"]).ok();
    on_the_day(env, "13:00:10", &["queue", "run", "--fill"]).ok();
    assert_eq!(jobs(env).len(), 2, "{:?}", jobs(env));
});

on_each_database!(a_retry_of_an_older_version_leaves_the_schedule_alone, |env| {
    prepare(env, &[]);
    for time in ["11:40:00", "12:00:10", "12:20:00"] {
        on_the_day(env, time, &["queue", "run", "--fill"]).ok();
    }
    on_the_day(env, "12:30:00", &["job", "retry", "1"]).ok();
    // They had the kind of the job that was tried again.
    env.sql("UPDATE job SET schedule_type = 'hourly' WHERE schedule_type = 'adhoc-cli'");
    on_the_day(env, "12:30:05", &["queue", "run"]).ok();
    assert!(runtemplate(env)["next_schedule"].as_str().unwrap().starts_with("2026-06-10 13:00:00"));
});

on_each_database!(a_queue_that_is_emptied_meanwhile_keeps_its_next_moment, |env| {
    prepare(env, &[]);
    on_the_day(env, "11:40:00", &["queue", "fill"]).ok();
    let script = env
        .file("wait.sh", &format!("cd {}; touch begun; until [ -e stop ]; do sleep 0.1; done", env.path().display()));
    env.run(&["application", "update", "--id=1", &format!("--cmdparams={}", script.display())]).ok();
    let seconds = NaiveDateTime::parse_from_str("2026-06-10 12:00:10", "%F %T").unwrap().and_utc().timestamp();
    on_the_day(env, "12:00:05", &["queue", "fill"]).ok();
    let mut run = env.command(&["queue", "run"]);
    let mut run = run.env("MULTIFLEXI_TEST_NOW", seconds.to_string()).spawn().unwrap();
    crate::job::wait_until(|| env.path().join("begun").exists());
    on_the_day(env, "12:00:20", &["queue", "truncate", "--yes"]).ok();
    on_the_day(env, "12:00:30", &["queue", "fill"]).ok();
    let next = runtemplate(env)["next_schedule"].clone();
    assert!(next.as_str().unwrap().starts_with("2026-06-10 13:00:00"), "{next}");
    env.file("stop", "");
    assert!(run.wait().unwrap().success());
    assert_eq!(runtemplate(env)["next_schedule"], next);
});

on_each_database!(an_attempt_swallows_no_moment, |env| {
    let tries = ["--deadline_offset=+3h", "--max_attempts=2", "--retry_backoff=fixed", "--retry_min_gap=600"];
    prepare(env, &tries);
    on_the_day(env, "11:40:00", &["queue", "fill"]).ok();
    for time in ["12:55:00", "13:01:00", "13:05:10", "13:06:00", "13:16:00", "13:50:00", "14:00:10"] {
        on_the_day(env, time, &["queue", "run", "--fill"]).ok();
    }
    let moments: Vec<_> = jobs(env).into_iter().map(|(moment, _)| moment).collect();
    assert_eq!(moments, ["12:00:00", "13:05:00", "13:00:00", "13:16:00", "14:00:00", "14:10:10"]);
    let windows = env.json(&["task", "list", "--fields=window_start,state"]);
    assert_eq!(windows.as_array().unwrap().len(), 3, "{windows}");
});

on_each_database!(an_attempt_that_is_cancelled_or_waits_for_the_same_second_swallows_no_moment, |env| {
    let tries = ["--deadline_offset=+3h", "--max_attempts=2", "--retry_backoff=fixed", "--retry_min_gap=600"];
    prepare(env, &tries);
    on_the_day(env, "11:40:00", &["queue", "fill"]).ok();
    on_the_day(env, "12:55:00", &["queue", "run"]).ok();
    on_the_day(env, "12:56:00", &["job", "cancel", "2", "--yes"]).ok();
    let made = on_the_day(env, "13:00:10", &["queue", "fill", "--format=json"]).ok().json();
    assert!(made["jobs"][0]["scheduled"].as_str().unwrap().ends_with("13:00:00"), "{made}");
    on_the_day(env, "13:50:00", &["queue", "run"]).ok();
    assert_eq!(jobs(env).last().unwrap().0, "14:00:00");
    on_the_day(env, "14:00:10", &["queue", "run", "--fill"]).ok();
    let made = on_the_day(env, "14:01:00", &["queue", "fill", "--format=json"]).ok().json();
    assert!(made["jobs"][0]["scheduled"].as_str().unwrap().ends_with("14:00:00"), "{made}");
});

on_each_database!(pauses_are_time_that_passes, |env| {
    env.prepare("Native", "exit 1", json!(null));
    let prague = |moment: &str, arguments: &[&str]| at(env, moment, "Europe/Prague", arguments).ok();
    let options = ["--interv=d", "--max_attempts=3", "--retry_backoff=fixed", "--retry_min_gap=600"];
    let update: Vec<_> = ["runtemplate", "update", "--id=1"].iter().chain(&options).copied().collect();
    // The clock shows 1:55, and goes from 2:00 to 3:00.
    prague("2026-03-29 00:50:00", &update);
    prague("2026-03-29 00:55:00", &["queue", "run", "--fill"]);
    assert_eq!(jobs(env).last().unwrap(), &("03:05:00".to_owned(), false));
    assert_eq!(prague("2026-03-29 01:04:00", &["queue", "run", "--format=json"]).json()["run"], 0);
    assert_eq!(prague("2026-03-29 01:05:00", &["queue", "run", "--format=json"]).json()["run"], 1);
    // 2:55, for the second time.
    env.sql("DELETE FROM schedule");
    env.sql("UPDATE runtemplate SET next_schedule = NULL");
    prague("2026-10-25 01:55:00", &["queue", "run", "--fill"]);
    assert_eq!(jobs(env).last().unwrap(), &("03:05:00".to_owned(), false));
});

on_each_database!(a_deadline_is_time_that_passes, |env| {
    env.prepare("Native", "true", json!(null));
    let prague = |moment: &str, arguments: &[&str]| at(env, moment, "Europe/Prague", arguments).ok();
    let options = ["--interv=c", "--cron=50 1 * * *", "--deadline_offset=+30m", "--from=next"];
    let update: Vec<_> = ["runtemplate", "update", "--id=1"].iter().chain(&options).copied().collect();
    prague("2026-03-29 00:49:00", &update);
    prague("2026-03-29 00:49:30", &["queue", "fill"]);
    prague("2026-03-29 01:05:00", &["queue", "run"]);
    let task = env.json(&["task", "get", "--id=1"]);
    assert_eq!((&task["deadline"], &task["state"]), (&json!("2026-03-29 03:20:00"), &json!("fulfilled")), "{task}");
});

on_each_database!(what_never_counted_is_not_taken_off, |env| {
    env.prepare("Native", "exit 1", json!(null));
    env.run(&["runtemplate", "run", "--id=1"]).exits(1);
    let saved = runtemplate(env);
    assert!(!saved["DatSave"].is_null(), "{saved}");
    let id = env.schedule();
    env.run(&["job", "cancel", &id, "--yes"]).ok();
    env.run(&["job", "delete", &id, "--yes"]).ok();
    assert_eq!(runtemplate(env)["failed_jobs_count"], 1);
    env.run(&["job", "delete", "1", "--yes"]).ok();
    assert_eq!(runtemplate(env)["failed_jobs_count"], 0);
});

on_each_database!(the_next_run_is_the_first_of_what_waits_and_the_schedule, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h", "--from=next"]).ok();
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=2037-01-01 06:00"]).ok();
    let screen = env.screen(200, &["runtemplate", "list"]);
    assert!(screen.iter().any(|line| line.contains(":00 ") && !line.contains("2037")), "{screen:#?}");
    env.run(&["runtemplate", "update", "--id=1", "--interv=n"]).ok();
    let screen = env.screen(200, &["runtemplate", "list"]);
    assert!(screen.iter().any(|line| line.contains("2037-01-01")), "{screen:#?}");
});

on_each_database!(a_listing_says_why_a_job_waits, |env| {
    env.prepare("Native", "touch begun; until [ -e stop ]; do sleep 0.1; done", json!(null));
    for _ in 0..2 {
        env.schedule();
    }
    for call in [
        &["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Foreign", "--executor=Azure"][..],
        &["runtemplate", "update", "--id=2", "--executor=azure"],
    ] {
        let taken = env.run(call).ok();
        assert!(taken.stderr.contains("warning: this tool does not run jobs for Azure"), "{taken:?}");
    }
    env.run(&["runtemplate", "schedule", "--id=2"]).ok();
    let script = env
        .file("wait.sh", &format!("cd {}; touch begun; until [ -e stop ]; do sleep 0.1; done", env.path().display()));
    env.run(&["application", "update", "--id=1", &format!("--cmdparams={}", script.display())]).ok();
    let ids = [env.schedule(), env.schedule()];
    let mut run = env.command(&["job", "run", &ids[0]]).spawn().unwrap();
    crate::job::wait_until(|| env.path().join("begun").exists());
    for command in [["job", "list"], ["queue", "list"]] {
        let screen = env.screen(240, &command);
        let shows = |words: &str| assert!(screen.iter().any(|line| line.contains(words)), "{words} {screen:#?}");
        shows(&format!("job {} of the same runtemplate runs", ids[0]));
        shows("this tool does not run jobs for Azure");
    }
    let page = env.screen(240, &["job", "get", "3"]);
    assert!(page.iter().any(|line| line.ends_with("multiflexi-cli job cancel 3")), "{page:#?}");
    assert!(!page.iter().any(|line| line.contains("job run 3")), "{page:#?}");
    env.file("stop", "");
    assert!(run.wait().unwrap().success());
});

// The program of the one whose runner was killed still runs when the next one's turn comes.
on_each_database!(a_killed_runners_program_is_ended_before_the_next_job_begins, |env| {
    let log = env.path().join("log").display().to_string();
    let script =
        format!("echo begin >>{log}; [ -e {log}.first ] || {{ touch {log}.first; sleep 5; }}; echo end >>{log}");
    env.prepare("Native", &script, json!(null));
    for _ in 0..2 {
        env.schedule();
    }
    let queue = env.command(&["queue", "run", "--format=json"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| env.path().join("log.first").exists());
    let pid = env.json(&["job", "get", "--id=1"])["pid"].to_string();
    assert!(std::process::Command::new("kill").args(["-9", &pid]).status().unwrap().success());
    let output: Output = queue.wait_with_output().unwrap().into();
    let run = output.exits(1).json();
    assert_eq!((&run["success"], &run["mended"][0]["exitcode"]), (&json!(1), &json!(125)), "{run}");
    std::thread::sleep(std::time::Duration::from_secs(5));
    assert_eq!(std::fs::read_to_string(&log).unwrap(), "begin\nbegin\nend\n");
    assert_eq!(env.json(&["job", "get", "--id=1"])["exitcode"], 125);
});

on_each_database!(a_job_waits_while_a_lost_one_of_its_runtemplate_is_not_ended, |env| {
    env.prepare("Native", "true", json!(null));
    let ids = [env.schedule(), env.schedule()];
    crate::crash::dies_at(env, "claimed", &["job", "run", &ids[0]]);
    env.run(&["job", "run", &ids[1], "--no-overlap"]).refused(1, "by a runner that died");
    assert_eq!(env.json(&["queue", "run"])["success"], 2);
});

on_each_database!(a_quiet_run_names_the_jobs_that_failed, |env| {
    env.prepare("Native", "exit 3", json!(null));
    let ids = [env.schedule(), env.schedule()];
    let output = env.run(&["queue", "run", "--fail-on-job-error", "-q"]).exits(1);
    assert_eq!((output.stdout.as_str(), output.stderr.lines().count()), ("", 1), "{output:?}");
    assert!(output.stderr.contains(&format!("jobs failed: 2 ({}, {})", ids[0], ids[1])), "{output:?}");
    env.schedule();
    assert_eq!(env.run(&["queue", "run", "-q"]).ok().stderr, "");
});

/// A quiet `queue run` says this, and what to do.
fn is_told(env: &Env, words: &str) {
    let output = env.run(&["queue", "run", "--fill", "-q"]).exits(1);
    assert!(output.stderr.contains(words) && output.stderr.contains("`multiflexi-cli "), "no {words:?} in {output:#?}");
}

// The suite's executor was killed: who ran the job stands nowhere.
on_each_database!(a_job_of_an_unknown_runner_that_never_ended_is_told_each_time, |env| {
    prepare(env, &["--interv=h"]);
    let q = env.quote();
    env.run(&["queue", "fill"]).ok();
    let begun = |moment: chrono::DateTime<chrono::Utc>| {
        let moment = moment.format("%F %T");
        env.sql(&format!("DELETE FROM schedule; UPDATE job SET {q}begin{q} = '{moment}'"));
    };
    // It may still run.
    begun(chrono::Utc::now() - chrono::Duration::hours(2));
    assert_eq!(env.run(&["queue", "run", "--fill", "-q"]).ok().stderr, "");
    assert_eq!(env.json(&["status"])["lost_runners"], 0);
    begun(chrono::Utc::now() - chrono::Duration::days(2));
    is_told(env, "job delete --id=");
    is_told(env, "does not go on");
    let json: Value = env.run(&["queue", "run", "--format=json"]).exits(1).json();
    assert_eq!(json["unmended"][0]["job_id"], 1, "{json}");
    assert_eq!(env.json(&["status"])["lost_runners"], 1);
    let fixed = env.run(&["queue", "fix"]).exits(1);
    assert!(fixed.stdout.contains("job delete --id=1 --force"), "{fixed:#?}");
    env.run(&["job", "delete", "--id=1", "--force"]).ok();
    env.run(&["queue", "run", "--fill", "-q"]).ok();
    assert_eq!(env.json(&["status"])["lost_runners"], 0);
});

// What does not go on by itself is told by each `queue run`, also where it is quiet.
on_each_database!(what_keeps_a_schedule_is_told_each_time, |env| {
    prepare(env, &["--interv=h"]);
    let q = env.quote();
    let is_mended = || {
        env.run(&["queue", "fix"]).ok();
        assert_eq!(env.run(&["queue", "run", "--fill", "-q"]).ok().stderr, "");
        // The next one begins with a job that waits.
        env.sql("DELETE FROM schedule; DELETE FROM job; UPDATE runtemplate SET next_schedule = NULL");
        on_the_day(env, "11:40:00", &["queue", "fill"]).ok();
        assert_eq!(jobs(env).len(), 1);
    };
    is_mended();
    env.sql("DELETE FROM schedule; DELETE FROM job");
    is_told(env, "wait for a job which is not there");
    let json: Value = env.run(&["queue", "run", "--format=json"]).exits(1).json();
    assert_eq!(json["stuck"].as_array().unwrap().len(), 1, "{json}");
    is_mended();
    env.sql("DELETE FROM schedule");
    is_told(env, "in no queue");
    is_mended();
    env.sql(&format!("UPDATE schedule SET {q}after{q} = NULL"));
    is_told(env, "never come to be due");
    is_mended();
    // What is not active does not wait for anything.
    env.sql("DELETE FROM schedule; DELETE FROM job; UPDATE runtemplate SET active = FALSE");
    assert_eq!(env.run(&["queue", "run", "--fill", "-q"]).ok().stderr, "");
    // A job that nobody queued waits for whoever runs it.
    env.run(&["job", "create", "--runtemplate_id=1", "--scheduled=2020-01-01 00:00:00"]).ok();
    assert_eq!(env.run(&["queue", "run", "--fill", "-q"]).ok().stderr, "");
});

/// SQLite takes any value in any column.
#[test]
fn a_value_that_keeps_a_schedule_is_told_each_time() {
    let env = &Env::new();
    prepare(env, &["--interv=h"]);
    for change in [
        "UPDATE schedule SET after = 'abc'",
        "UPDATE schedule SET after = '2026-13-45 00:00:00'",
        "UPDATE schedule SET after = x'ff00'",
        "UPDATE runtemplate SET next_schedule = '0000-00-00 00:00:00'",
        "UPDATE runtemplate SET next_schedule = 'abc'",
        "UPDATE runtemplate SET next_schedule = ''",
        "UPDATE runtemplate SET next_schedule = 0",
        "UPDATE runtemplate SET next_schedule = '2020-01-01 00:00:00'",
        "UPDATE job SET exitcode = 'abc'",
    ] {
        env.sql("DELETE FROM schedule; DELETE FROM job; UPDATE runtemplate SET next_schedule = NULL");
        env.run(&["queue", "fill"]).ok();
        env.sql(change);
        is_told(env, "`multiflexi-cli queue fix`");
        env.run(&["queue", "fix"]).ok();
        assert_eq!(env.run(&["queue", "run", "--fill", "-q"]).ok().stderr, "", "{change}");
    }
}

// As PHP, by which the suite reads them, counts.
on_each_database!(a_month_later_at_a_month_s_end_is_as_in_php, |env| {
    env.prepare("Native", "true", json!(null));
    for (text, wanted) in [("+1 month", "2027-03-03 08:00:00"), ("last day of next month 6:00", "2027-02-28 06:00:00")]
    {
        let arguments = ["runtemplate", "schedule", "--id=1", &format!("--schedule_time={text}"), "--format=json"];
        let made = at(env, "2027-01-31 08:00:00", "UTC", &arguments).ok().json();
        let job = env.json(&["job", "get", &format!("--id={}", made["job_id"])]);
        assert!(job["schedule"].as_str().unwrap().starts_with(wanted), "{text}: {job:#}");
    }
});
