//! What others change while `queue fill` makes jobs of it.

use std::process::{Child, Stdio};

use serde_json::json;

use super::{Session, pauses_at, signal, waits_for_lock};
use crate::env::{Env, Output, on_each_database, on_each_server};
use crate::job::wait_until;

fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ends(child: Child) -> Output {
    Output::from(child.wait_with_output().unwrap()).ok()
}

/// The variable of the job that waits, one alone.
fn greeting(env: &Env) -> String {
    let waiting = env.json(&["queue", "list"]);
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    let record = env.json(&["job", "get", &format!("--id={}", waiting[0]["job"])]);
    let variables =
        record["env"].as_str().map_or_else(|| record["env"].clone(), |text| serde_json::from_str(text).unwrap());
    variables["GREETING"].as_str().unwrap_or_default().to_owned()
}

// A job that is being made in that very moment is not made of what was there before.
on_each_database!(a_change_reaches_the_job_that_is_being_made, |env| {
    env.prepare("Native", "echo \"[$GREETING]\"", json!(null));
    let options = ["--name=Waits", "--interv=y", "--from=next"];
    env.run(&[&["runtemplate", "create", "--app_id=1", "--company_id=1"], &options[..]].concat()).ok();
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    env.run(&["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"]).ok();
    env.sql("insert into credata (credential_id, name, value, type) values (1, 'GREETING', 'first', 'string')");
    let changes: [(&[&str], Option<&str>); 7] = [
        (&["company", "env", "set", "--company_id=1", "--env=GREETING=company"], Some("company")),
        (&["company", "env", "unset", "--company_id=1", "--name=GREETING"], Some("")),
        (&["runtemplate", "update", "--id=2", "--config=GREETING=own"], Some("own")),
        (&["runtemplate", "assign-credential", "--id=2", "--credential_id=1"], Some("first")),
        (&["credential", "update", "--id=1", "--field=GREETING=second"], Some("second")),
        (&["runtemplate", "update", "--id=2", "--interv=n"], None),
        (&["runtemplate", "update", "--id=2", "--active=0"], None),
    ];
    for (change, wanted) in changes {
        let fill = pauses_at(env.command(&["queue", "fill"]), "job-made");
        let changing = start(env, change);
        wait_until(|| waits_for_lock(env));
        signal(&fill, "CONT");
        assert!(ends(fill).stdout.contains("Jobs made: 1"), "{change:?}");
        let changed = ends(changing);
        assert!(changed.stderr.contains(" is withdrawn; "), "{change:?} {changed:#?}");
        assert_eq!(env.json(&["queue", "list"]), json!([]), "{change:?}");
        let made = env.json(&["queue", "fill"])["created"].clone();
        assert_eq!(made, i32::from(wanted.is_some()), "{change:?}");
        if let Some(wanted) = wanted {
            assert_eq!(greeting(env), wanted, "{change:?}");
        }
        // As if nothing had been made yet.
        env.run(&["runtemplate", "update", "--id=2", "--active=0"]).ok();
        env.run(&["runtemplate", "update", "--id=2", "--active=1", "--interv=y"]).ok();
    }
});

on_each_server!(a_schedule_that_was_switched_off_meanwhile_makes_no_job, |env| {
    env.prepare("Native", "true", json!(null));
    for (column, off, options) in [
        ("interv", "'n'", &["--interv=h"][..]),
        ("interv", "'n'", &["--interv=c", "--cron=0 6 * * *"]),
        ("active", "FALSE", &["--interv=h"]),
    ] {
        env.run(&[&["runtemplate", "update", "--id=1", "--active=1"], options].concat()).ok();
        let mut other = Session::new(env);
        other.run(&format!("BEGIN; UPDATE runtemplate SET {column} = {off} WHERE id = 1"));
        let fill = start(env, &["queue", "fill"]);
        wait_until(|| waits_for_lock(env));
        other.run("COMMIT");
        assert!(ends(fill).stdout.contains("Jobs made: 0"), "{column} {options:?}");
        assert_eq!(env.json(&["job", "list"]), json!([]));
    }
});

// A server undoes one of two that wait for each other; that is no reason to end the whole round.
on_each_server!(a_deadlock_over_the_tasks_ends_no_round, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Waits", "--interv=h"]).ok();
    let task = |number: usize, year: u16| {
        format!(
            "(1, '{year}-01-01 00:00:{:02}', '{year}-01-01 01:00:00', '{year}-01-01 01:00:00', 'open', '{year}-01-01 00:00:00')",
            number
        )
    };
    let insert = "INSERT INTO task (runtemplate_id, window_start, window_end, deadline, state, created_at) VALUES";
    env.sql(&format!("{insert} {}, {}", task(1, 2020), task(2, 2020)));
    let mut other = Session::new(env);
    // MariaDB undoes the one that has written less.
    let many: Vec<String> = (0..50).map(|number| task(number, 2037)).collect();
    other.run(&format!("BEGIN; {insert} {}; UPDATE task SET attempts = 1 WHERE id = 2", many.join(", ")));
    let fill = start(env, &["queue", "fill"]);
    wait_until(|| waits_for_lock(env));
    other.send("UPDATE task SET attempts = 1 WHERE id = 1");
    other.run("COMMIT");
    let filled = ends(fill);
    assert!(filled.stdout.contains("Jobs made: 1") && filled.stdout.contains("Tasks missed: 2"), "{filled:#?}");
    assert_eq!(env.sql("SELECT count(*) FROM task WHERE state = 'missed' AND attempts = 1").trim(), "2");
});
