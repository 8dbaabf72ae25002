//! The job that a schedule waits for is moved, taken out of the schedule or gone: the schedule goes on, and no moment has two jobs.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};
use crate::moments::{at, on_the_day};

/// Runtemplate 1 runs each hour, and its job 1 waits for 12:00.
fn waits(env: &Env, script: &str, options: &[&str]) {
    env.prepare("Native", script, json!(null));
    let update = ["runtemplate", "update", "--id=1", "--interv=h", "--from=next"];
    on_the_day(env, "11:30:00", &update.iter().chain(options).copied().collect::<Vec<_>>()).ok();
    assert_eq!(filled(env, "11:40:00"), ["12:00:00"]);
}

/// Fills the queue: for which moments it made jobs.
fn filled(env: &Env, time: &str) -> Vec<String> {
    let made = on_the_day(env, time, &["queue", "fill", "--format=json"]).ok().json();
    let moment = |job: &Value| job["scheduled"].as_str().unwrap()[11..19].to_owned();
    made["jobs"].as_array().unwrap().iter().map(moment).collect()
}

/// Runs what is due: how many jobs that were.
fn run(env: &Env, time: &str) -> Value {
    on_the_day(env, time, &["queue", "run", "--format=json"]).ok().json()["run"].clone()
}

fn update(env: &Env, options: &[&str]) {
    let call = ["job", "update", "--id=1"];
    on_the_day(env, "11:45:00", &call.iter().chain(options).copied().collect::<Vec<_>>()).ok();
}

fn next(env: &Env) -> Value {
    env.json(&["runtemplate", "get", "--id=1"])["next_schedule"].clone()
}

/// `database check` and `status` find no schedule that waits in vain.
fn goes_on(env: &Env) {
    let checked = env.run(&["database", "check"]);
    assert!(!checked.stdout.contains("wait for the end of a job"), "{checked:?}");
    assert_eq!(env.json(&["status"])["stuck_schedules"], 0);
}

on_each_database!(a_job_that_is_moved_ahead_takes_its_moment_along, |env| {
    waits(env, "true", &[]);
    update(env, &["--scheduled=now"]);
    assert_eq!(next(env), "2026-06-10 11:45:00");
    assert_eq!(run(env, "11:45:10"), 1);
    assert_eq!(next(env), Value::Null);
    // Noon has had its job.
    assert_eq!(filled(env, "11:46:00"), [""; 0]);
    assert_eq!(filled(env, "12:05:00"), ["13:00:00"]);
    assert_eq!(run(env, "13:00:05"), 1);
    goes_on(env);
});

on_each_database!(a_job_that_is_moved_away_is_waited_for_there, |env| {
    waits(env, "true", &[]);
    update(env, &["--scheduled=2026-06-10 15:30"]);
    for time in ["11:50:00", "12:10:00", "13:10:00"] {
        assert_eq!((filled(env, time), next(env)), (vec![], json!("2026-06-10 15:30:00")), "{time}");
    }
    assert_eq!(run(env, "15:29:00"), 0);
    assert_eq!(run(env, "15:30:05"), 1);
    // The moments that came meanwhile are caught up once, as after a job that ran for so long.
    assert_eq!(filled(env, "15:31:00"), ["15:00:00"]);
    assert_eq!(run(env, "15:31:10"), 1);
    assert_eq!(filled(env, "15:32:00"), ["16:00:00"]);
    goes_on(env);
});

on_each_database!(a_moved_job_that_is_given_up_lets_the_schedule_go_on, |env| {
    for verb in ["cancel", "delete"] {
        if verb == "cancel" {
            waits(env, "true", &[]);
        } else {
            on_the_day(env, "12:02:00", &["runtemplate", "update", "--id=1", "--interv=n"]).ok();
            on_the_day(
                env,
                "11:30:00",
                &["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other", "--interv=h", "--from=next"],
            )
            .ok();
            assert_eq!(filled(env, "11:40:00"), ["12:00:00"]);
        }
        let jobs = env.json(&["job", "list", "--order=D", "--limit=1", "--fields=id"]);
        let id = format!("--id={}", jobs[0]["id"]);
        on_the_day(env, "11:45:00", &["job", "update", &id, "--scheduled=2026-06-10 20:00"]).ok();
        on_the_day(env, "11:50:00", &["job", verb, &id, "--yes"]).ok();
        assert_eq!(filled(env, "11:51:00"), [""; 0], "{verb}");
        assert_eq!(filled(env, "12:01:00"), ["13:00:00"], "{verb}");
        goes_on(env);
    }
});

on_each_database!(a_job_that_leaves_its_schedule_frees_it, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    for (count, change) in ["--schedule_type=adhoc", "--runtemplate_id=2"].into_iter().enumerate() {
        let name = format!("--name=Hourly {count}");
        let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--interv=h", "--from=next", &name];
        let made = on_the_day(env, "11:30:00", &[&create[..], &["--format=json"]].concat()).ok().json();
        let of = format!("--id={}", made["runtemplate_id"]);
        assert_eq!(filled(env, "11:40:00"), ["12:00:00"]);
        let job = env.json(&["job", "list", "--order=D", "--limit=1", "--fields=id"])[0]["id"].clone();
        let id = format!("--id={job}");
        on_the_day(env, "11:45:00", &["job", "update", &id, change]).ok();
        let next = || env.json(&["runtemplate", "get", &of])["next_schedule"].clone();
        assert_eq!(next(), Value::Null, "{change}");
        assert_eq!(filled(env, "12:01:00"), ["13:00:00"], "{change}");
        let shown = env.json(&["job", "get", &id]);
        assert_eq!((&shown["schedule_type"].as_str().unwrap()[..5], &shown["task_id"]), ("adhoc", &Value::Null));
        // It runs all the same, and its end is none of the schedule's.
        assert_eq!(run(env, "12:02:00"), 1, "{change}");
        assert_eq!(next(), "2026-06-10 13:00:00", "{change}");
        goes_on(env);
        on_the_day(env, "12:03:00", &["runtemplate", "update", &of, "--interv=n"]).ok();
    }
});

on_each_database!(a_moved_job_is_made_anew_with_its_runtemplate, |env| {
    waits(env, "true", &[]);
    update(env, &["--scheduled=2026-06-10 15:30"]);
    let updated = ["runtemplate", "update", "--id=1", "--name=Other", "--format=json"];
    assert_eq!(on_the_day(env, "12:30:00", &updated).ok().json()["jobs_withdrawn"], json!([1]));
    assert_eq!(filled(env, "12:31:00"), ["12:00:00"]);
    goes_on(env);
});

on_each_database!(an_attempt_that_is_moved_is_waited_for, |env| {
    let tries = ["--deadline_offset=+3h", "--max_attempts=2", "--retry_backoff=fixed", "--retry_min_gap=600"];
    waits(env, "exit 1", &tries);
    assert_eq!(run(env, "12:55:00"), 1);
    on_the_day(env, "12:56:00", &["job", "update", "--id=2", "--scheduled=2026-06-10 14:30"]).ok();
    assert_eq!((filled(env, "13:01:00"), next(env)), (vec![], json!("2026-06-10 14:30:00")));
    assert_eq!(run(env, "14:30:05"), 1);
    assert_eq!(filled(env, "14:31:00"), ["14:00:00"]);
    goes_on(env);
});

on_each_database!(a_moment_behind_a_delay_has_no_second_job, |env| {
    env.prepare("Native", "true", json!(null));
    // As only the suite's web interface sets it.
    env.sql("UPDATE runtemplate SET delay = 90");
    on_the_day(env, "11:30:00", &["runtemplate", "update", "--id=1", "--interv=h", "--from=next"]).ok();
    assert_eq!(filled(env, "11:40:00"), ["12:01:30"]);
    update(env, &["--scheduled=now"]);
    assert_eq!(run(env, "11:45:10"), 1);
    assert_eq!(filled(env, "11:46:00"), [""; 0]);
    assert_eq!(filled(env, "12:02:00"), ["13:01:30"]);
});

on_each_database!(the_suites_executor_ends_a_moved_job, |env| {
    waits(env, "true", &[]);
    update(env, &["--scheduled=2026-06-10 12:30"]);
    let q = env.quote();
    env.sql(&format!(
        "UPDATE job SET {q}begin{q} = '2026-06-10 12:30:00', {q}end{q} = '2026-06-10 12:30:09', exitcode = 0;
         DELETE FROM schedule; UPDATE runtemplate SET next_schedule = NULL;"
    ));
    assert_eq!(filled(env, "12:31:00"), ["13:00:00"]);
});

on_each_database!(a_schedule_that_waits_in_vain_is_seen, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h", "--from=next"]).ok();
    env.run(&["queue", "fill"]).ok();
    let is_stuck = || env.screen(160, &["runtemplate", "list"]).iter().any(|line| line.contains("stuck"));
    assert_eq!((is_stuck(), env.json(&["status"])["stuck_schedules"].clone()), (false, json!(0)));
    // As the suite's own command moves it.
    env.sql("UPDATE job SET schedule = '2037-01-01 00:00:00'");
    assert_eq!((is_stuck(), env.json(&["status"])["stuck_schedules"].clone()), (true, json!(1)));
    env.run(&["queue", "fix"]).ok();
    assert_eq!((is_stuck(), env.json(&["status"])["stuck_schedules"].clone()), (false, json!(0)));
});

on_each_database!(an_age_is_time_that_passed, |env| {
    env.prepare("Native", "true", json!(null));
    let prague = |moment: &str, arguments: &[&str]| at(env, moment, "Europe/Prague", arguments).ok();
    // 2:40 for the first and 2:12 for the second time, and one that waits.
    for moment in ["2027-10-31 00:40:00", "2027-10-31 01:12:00"] {
        prague(moment, &["runtemplate", "run", "--id=1"]);
    }
    prague("2027-10-31 01:15:00", &["runtemplate", "schedule", "--id=1", "--schedule_time=2027-10-31 06:00"]);
    let ids = |now: &str, option: &str| {
        let listed = prague(now, &["job", "list", option, "--order=id", "--fields=id", "--format=json"]).json();
        listed.as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect::<Vec<_>>()
    };
    // It is 2:20 for the second time.
    let now = "2027-10-31 01:20:00";
    for (option, shown) in [
        ("--since=5min", &[3][..]),
        ("--since=10min", &[2, 3]),
        ("--since=30min", &[2, 3]),
        ("--since=45min", &[1, 2, 3]),
        ("--since=2h", &[1, 2, 3]),
        ("--since=0h", &[3]),
        ("--until=5min", &[1, 2]),
        ("--until=30min", &[1]),
        ("--until=45min", &[]),
        ("--until=2h", &[]),
    ] {
        assert_eq!(ids(now, option), shown, "{option}");
    }
    for (option, shown) in
        [("--since=1 month", 3), ("--since=a year", 3), ("--until=1 month", 0), ("--until=an hour", 2)]
    {
        assert_eq!(ids("2027-10-31 03:00:00", option).len(), shown, "{option}");
    }
});

on_each_database!(a_schedule_begins_with_its_next_moment_whose_job_ran_early, |env| {
    env.prepare("Native", "true", json!(null));
    let schedule = |time: &str, interval: &str| {
        let update = ["runtemplate", "update", "--id=1", interval, "--from=next", "--format=json"];
        let updated = on_the_day(env, time, &update).ok().json();
        assert_eq!(updated["next_run_is_missed"], false, "{updated:#}");
        updated["next_run"].clone()
    };
    assert_eq!(schedule("11:30:00", "--interv=m"), "2026-07-01 00:00:00");
    assert_eq!(filled(env, "11:31:00").len(), 1);
    on_the_day(env, "11:32:00", &["job", "run", "--id=1"]).ok();
    // July has had its job.
    assert_eq!(schedule("11:33:00", "--interv=m"), "2026-08-01 00:00:00");
    assert_eq!(filled(env, "11:34:00"), [""; 0]);
    // The hour that is over by now is not made up for.
    assert_eq!(schedule("11:35:00", "--interv=h"), "2026-06-10 12:00:00");
    assert_eq!(filled(env, "11:36:00"), ["12:00:00"]);
    goes_on(env);
});

#[test]
fn a_lost_moment_in_another_spelling_is_mended() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h"]).ok();
    env.sql("UPDATE runtemplate SET next_schedule = '2037-01-01T00:00:00'");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(next(&env), Value::Null);
    goes_on(&env);
}
