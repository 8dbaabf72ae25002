//! Schedules, tasks and retries: which jobs `queue fill` makes, and what becomes of a window.

use chrono::{NaiveDateTime, Utc};
use serde_json::{Value, json};

use crate::env::{Env, on_each_database};
use crate::job::wait_until;

/// A runtemplate with a schedule, the second one; its `--id=`.
fn scheduled(env: &Env, options: &[&str]) -> String {
    let arguments = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled"];
    let made = env.json(&arguments.iter().chain(options).copied().collect::<Vec<_>>());
    format!("--id={}", made["runtemplate_id"])
}

/// The moments of the queue, in order.
fn moments(env: &Env) -> Vec<NaiveDateTime> {
    let rows = env.json(&["queue", "list"]);
    let text = |row: &Value| row["after"].as_str().unwrap()[..19].to_owned();
    rows.as_array().unwrap().iter().map(|row| NaiveDateTime::parse_from_str(&text(row), "%F %T").unwrap()).collect()
}

/// Makes all that waits due.
fn make_due(env: &Env) {
    env.sql("UPDATE schedule SET after = '2020-01-01 00:00:00'");
}

fn task(env: &Env) -> Value {
    env.json(&["task", "get", "--id=1"])
}

on_each_database!(intervals_are_letters_or_words, |env| {
    env.prepare("Native", "true", json!(null));
    for (given, letter) in [("daily", "d"), ("@hourly", "h"), ("Weekly", "w"), ("minutely", "i"), ("n", "n")] {
        env.run(&["runtemplate", "update", "--id=1", &format!("--interv={given}")]).ok();
        assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["interv"], letter);
    }
    env.run(&["runtemplate", "update", "--id=1", "--interv=often"]).refused(2, "`often` is not an interval");
    env.run(&["runtemplate", "update", "--id=1", "--interv=c", "--cron=61 * * * *"]).refused(2, "61 is out of range");
    // What the field takes reaches whoever typed it.
    let words = env
        .run(&["runtemplate", "update", "--id=1", "--interv=c", "--cron=0 6 * * 9"])
        .refused(2, "9 is out of")
        .stderr;
    assert!(words.contains("weekday takes 0-7 (0 and 7 are Sunday) or sun-sat, 5L"), "{words}");
    env.run(&["runtemplate", "update", "--id=1", "--interv=custom", "--cron=30 6 1 jan mon-fri"]).ok();
});

on_each_database!(schedules_that_the_suites_web_stored_run, |env| {
    env.prepare("Native", "true", json!(null));
    let lines = ["0 6 L * *", "0 6 ? * MON-FRI", "0 6 * * 1#1", "0 6 * * 5L", "0 6 15W * ?"];
    let ids = lines.map(|line| {
        let id = scheduled(env, &["--interv=c", "--cron=0 6 * * *"]);
        env.sql(&format!("UPDATE runtemplate SET cron = '{line}' WHERE id = {}", &id["--id=".len()..]));
        id
    });
    assert_eq!(env.json(&["queue", "fill"])["created"], 5);
    assert!(moments(env).iter().all(|moment| moment.format("%H:%M").to_string() == "06:00"));
    // And are taken on the command line.
    for (id, line) in ids.iter().zip(lines) {
        env.run(&["runtemplate", "update", id, &format!("--cron={line}")]).ok();
    }
});

on_each_database!(jobs_are_made_for_schedules_of_the_suite, |env| {
    env.prepare("Native", "true", json!(null));
    let id = scheduled(env, &["--interv=d"]);
    // As the suite's own commands leave it, with a delay that only its web interface sets.
    env.sql("UPDATE runtemplate SET cron = NULL, delay = 90 WHERE interv = 'd'");
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert_eq!(moments(env)[0].time().to_string(), "00:01:30");
    assert_eq!(env.json(&["runtemplate", "get", &id])["next_schedule"], moments(env)[0].format("%F %T").to_string());

    // One that cannot be read is told, and keeps no other from running.
    let broken = scheduled(env, &["--interv=c", "--cron=0 6 * * *"]);
    scheduled(env, &["--interv=h"]);
    env.sql("UPDATE runtemplate SET cron = 'at noon' WHERE interv = 'c'");
    let filled = env.run(&["queue", "fill", "--format=json"]).exits(1).json();
    assert_eq!((&filled["created"], &filled["failed"]), (&json!(1), &json!(1)), "{filled}");
    assert!(filled["errors"][0]["message"].as_str().unwrap().contains("`at noon`"), "{filled}");
    env.sql("UPDATE runtemplate SET cron = '' WHERE interv = 'c'");
    let words = env.run(&["queue", "fill"]).exits(1).stderr;
    assert!(words.contains("has none") && words.contains(&broken), "{words}");
    env.run(&["runtemplate", "update", &broken, "--interv=n"]).ok();
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
});

on_each_database!(what_a_person_scheduled_stays, |env| {
    env.prepare("Native", "true", json!(null));
    let id = scheduled(env, &["--interv=i"]);
    let far = env.json(&["runtemplate", "schedule", &id, "--schedule_time=2037-01-01 06:00"])["job_id"].clone();
    for _ in 0..3 {
        env.run(&["queue", "fill"]).ok();
        env.run(&["queue", "run"]).ok();
        env.run(&["queue", "fix"]).ok();
    }
    let queue = env.json(&["queue", "list"]);
    assert_eq!(queue.as_array().unwrap().last().unwrap()["job"], far, "{queue}");
    // An ad hoc job leaves the schedule alone.
    let next = env.json(&["runtemplate", "get", &id])["next_schedule"].clone();
    env.run(&["runtemplate", "run", &id]).ok();
    assert_eq!(env.json(&["runtemplate", "get", &id])["next_schedule"], next);
});

on_each_database!(pauses_between_attempts_grow, |env| {
    for (backoff, factors) in [("fixed", [1, 1]), ("linear", [1, 2]), ("exponential", [2, 4])] {
        if backoff == "fixed" {
            env.prepare("Native", "exit 1", json!(null));
        }
        let backoff = format!("--retry_backoff={backoff}");
        let id = scheduled(env, &["--interv=y", "--max_attempts=3", "--retry_min_gap=1000", &backoff]);
        env.run(&["queue", "fill"]).ok();
        for factor in factors {
            let begun = Utc::now().naive_utc();
            let run = env.json(&["queue", "run"]);
            assert_eq!(run["failed"], 1, "{backoff} {run}");
            let pause = (moments(env)[0] - begun).num_seconds();
            assert!((1000 * factor - 2..1000 * factor + 120).contains(&pause), "{backoff} {pause}");
            make_due(env);
        }
        // The third attempt was the last.
        assert_eq!(env.json(&["queue", "run"])["failed"], 1);
        assert_eq!(moments(env), []);
        env.run(&["runtemplate", "update", &id, "--interv=n"]).ok();
    }
    let states: Vec<_> = env.json(&["task", "list"]).as_array().unwrap().iter().map(|t| t["state"].clone()).collect();
    assert_eq!(states, ["failed"; 3]);
});

on_each_database!(no_attempt_is_made_behind_the_deadline, |env| {
    env.prepare("Native", "exit 1", json!(null));
    scheduled(env, &["--interv=y", "--max_attempts=9", "--retry_backoff=fixed", "--deadline_offset=+1m"]);
    env.run(&["queue", "fill"]).ok();
    assert_eq!(env.json(&["queue", "run"])["failed"], 1);
    let task = task(env);
    assert_eq!((&task["state"], &task["attempts"], moments(env)), (&json!("failed"), &json!(1), vec![]), "{task}");
});

on_each_database!(a_late_success_counts_where_it_may, |env| {
    env.prepare("Native", "true", json!(null));
    let ids = [
        scheduled(env, &["--interv=y", "--deadline_offset=+1m"]),
        scheduled(env, &["--interv=y", "--deadline_offset=+1m", "--allow_late=1"]),
        scheduled(env, &["--interv=y"]),
    ];
    env.run(&["queue", "fill"]).ok();
    assert_eq!(env.json(&["queue", "run"])["success"], 3);
    for (id, state, is_fulfilled) in
        [(&ids[0], "missed", false), (&ids[1], "fulfilled_late", true), (&ids[2], "fulfilled", true)]
    {
        let runtemplate: i64 = id.trim_start_matches("--id=").parse().unwrap();
        let tasks = env.json(&["task", "list"]);
        let task = tasks.as_array().unwrap().iter().find(|task| task["runtemplate_id"] == runtemplate).unwrap();
        assert_eq!((&task["state"], task["fulfilled_by_job_id"].is_number()), (&json!(state), is_fulfilled), "{task}");
    }
});

on_each_database!(who_cancels_wants_no_other_attempt, |env| {
    env.prepare("Native", "echo begun; sleep 60", json!(null));
    let id = scheduled(env, &["--interv=y", "--max_attempts=5"]);
    env.run(&["queue", "fill"]).ok();
    let runner =
        env.command(&["queue", "run"]).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn();
    wait_until(|| env.json(&["job", "get", "--id=1"])["stdout"] == "begun\n");
    env.run(&["job", "cancel", "--id=1"]).ok();
    assert!(runner.unwrap().wait().unwrap().success());
    assert_eq!((&task(env)["state"], moments(env)), (&json!("failed"), vec![]));

    // One that waits: its window is over, and the next one comes.
    env.run(&["queue", "fill"]).ok();
    env.run(&["job", "cancel", "--id=2"]).ok();
    let record = env.json(&["runtemplate", "get", &id]);
    assert_eq!(record["next_schedule"], json!(null), "{record}");
    assert_eq!(env.json(&["task", "get", "--id=2"])["state"], "failed");
});

on_each_database!(a_deleted_job_does_not_stop_its_schedule, |env| {
    env.prepare("Native", "true", json!(null));
    let id = scheduled(env, &["--interv=d"]);
    env.run(&["queue", "fill"]).ok();
    let dry = env.json(&["job", "delete", "--id=1", "--dry-run"]);
    assert_eq!((&dry["deleted"], &env.json(&["job", "get", "--id=1"])["id"]), (&json!(false), &json!(1)));
    env.run(&["job", "delete", "--id=1"]).ok();
    assert_eq!(env.json(&["runtemplate", "get", &id])["next_schedule"], json!(null));
    // The slot of the deleted job is over: the next one is in the future.
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert!(moments(env)[0] > Utc::now().naive_utc());
});

on_each_database!(stale_runtemplates_are_told, |env| {
    env.prepare("Native", "true", json!(null));
    let id = scheduled(env, &["--interv=d"]);
    assert_eq!(env.json(&["runtemplate", "stale"])["count"], 0);
    env.sql("UPDATE runtemplate SET next_schedule = '2026-01-01 00:00:00' WHERE interv = 'd'");
    let stale = env.json(&["runtemplate", "stale", "--tolerance-hours=1"]);
    assert_eq!((&stale["count"], format!("--id={}", stale["stale"][0]["id"])), (&json!(1), id), "{stale}");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(env.json(&["runtemplate", "stale"])["count"], 0);
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
});

on_each_database!(a_copy_has_the_files_of_the_original_and_not_of_its_jobs, |env| {
    env.prepare("Native", "true", json!(null));
    let job = env.schedule();
    env.sql(&format!(
        "INSERT INTO file_store (runtemplate_id, field, file_name, file_path, file_data) VALUES (1, 'INPUT', 'a', '/tmp/a', 'x'); \
         INSERT INTO file_store (runtemplate_id, job_id, field, file_name, file_path, file_data) VALUES (1, {job}, 'artifact', \
         'b', '/tmp/b', 'y');"
    ));
    let copy = env.json(&["runtemplate", "clone", "--id=1"])["runtemplate_id"].clone();
    let names = env.sql(&format!("SELECT file_name FROM file_store WHERE runtemplate_id = {copy};"));
    assert_eq!(names.trim(), "a");
});

on_each_database!(pruning_says_what_it_would_do, |env| {
    env.prepare("Native", "true", json!(null));
    for _ in 0..3 {
        env.run_job(&[]);
    }
    let would = env.json(&["prune", "--jobs", "--logs", "--keep=1", "--dry-run"]);
    assert_eq!((&would["deleted_jobs"], &would["dry_run"]), (&json!(2), &json!(true)), "{would}");
    assert_eq!(env.json(&["job", "list"]).as_array().unwrap().len(), 3);
    assert_eq!(env.json(&["prune", "--jobs", "--keep=1"])["deleted_jobs"], 2);
});

on_each_database!(a_schedule_says_when_it_runs_next, |env| {
    env.prepare("Native", "true", json!(null));
    // A moment that has passed is run at once; a yearly one was on 1 January.
    let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Yearly", "--interv=y", "-fjson"];
    let made = env.run(&create).ok();
    // Nobody may expect that, and so it is told off a terminal too.
    assert!(
        made.stderr
            .contains("-01-01 00:00:00, so the next `multiflexi-cli queue run --fill` runs it at once. To wait until "),
        "{made:?}"
    );
    let made = made.json();
    let this_year = made["next_run"].as_str().unwrap()[..4].to_owned();
    assert!(made["next_run"] == format!("{this_year}-01-01 00:00:00") && made["next_run_is_missed"] == true, "{made}");
    let next_year = format!("{}-01-01 00:00:00", this_year.parse::<u32>().unwrap() + 1);
    let waiting = env.json(&["runtemplate", "update", "2", "--from=next"]);
    assert_eq!((&waiting["next_run"], &waiting["next_run_is_missed"]), (&json!(next_year), &json!(false)));
    let filled = env.json(&["queue", "fill"]);
    assert_eq!(filled["jobs"][0]["scheduled"], next_year, "{filled}");
    // Also from the beginning.
    let options = ["--app_id=1", "--company_id=1", "--name=Other", "--interv=y", "--from=next"];
    let made = env.json(&[&["runtemplate", "create"], &options[..]].concat());
    assert_eq!(made["next_run"], next_year);
    assert_eq!(env.json(&["queue", "fill"])["jobs"][0]["scheduled"], next_year);
    // A schedule that is not active, or none, has no next run; one that is not there cannot begin.
    let made = env.json(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Never"]);
    assert!(made["next_run"].is_null(), "{made}");
    env.run(&["runtemplate", "update", "4", "--from=next"]).refused(1, "no schedule");
    assert!(env.json(&["runtemplate", "update", "3", "--active=0"])["next_run"].is_null());
});

#[test]
fn a_cron_line_that_is_not_used_comes_with_what_uses_it() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let remedy = "`multiflexi-cli runtemplate update --id=1 --interv=c` uses it";
    let warned = env.run(&["runtemplate", "update", "1", "--cron=0 6 * * *"]).ok().stderr;
    assert!(warned.contains("the interval is n: ") && warned.contains(remedy), "{warned}");
    let options = ["--app_id=1", "--company_id=1", "--name=Daily", "--interv=d", "--cron=0 6 * * *"];
    let warned = env.run(&[&["runtemplate", "create"], &options[..]].concat()).ok().stderr;
    assert!(warned.contains("update --id=2 --interv=c"), "{warned}");
    assert_eq!(
        env.run(&["runtemplate", "update", "--id=1", "--interv=c"]).ok().stdout,
        "RunTemplate updated successfully (ID: 1)\n"
    );
}

#[test]
fn people_are_told_when_it_runs_next() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let update =
        |options: &[&str]| env.on_terminal(&[&["runtemplate", "update", "1"], options].concat(), "").ok().stdout;
    let told = update(&["--interv=y"]);
    assert!(told.contains("it was due at ") && told.contains("--id=1 --from=next"), "{told}");
    let told = update(&["--from=next"]);
    assert!(told.contains("it runs next at ") && !told.contains("was due"), "{told}");
    // It is no news where the schedule stays as it was.
    assert!(!update(&["--name=Other"]).contains("next at"));
    assert!(!update(&["--active=0"]).contains("next at"));
    // Scripts get what they always got.
    let piped = env.run(&["runtemplate", "update", "1", "--active=1"]).ok();
    assert_eq!((piped.stdout.as_str(), piped.stderr.as_str()), ("RunTemplate updated successfully (ID: 1)\n", ""));
}
