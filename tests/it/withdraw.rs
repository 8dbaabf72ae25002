//! What waits was made of settings, credentials and a schedule: when those change, it is made anew.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

/// A runtemplate with a schedule whose job waits: the second one. Tells `--id=` of it.
fn waits(env: &Env) -> String {
    env.prepare("Native", "echo \"[$GREETING]\"", json!(null));
    let made = env.json(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Waits", "--interv=y"]);
    let id = format!("--id={}", made["runtemplate_id"]);
    // The year that began is caught up, then the next one waits.
    runs(env);
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert!(waiting(env)["after"].as_str().unwrap().contains("-01-01 00:00:00"));
    id
}

/// Makes what is due, runs it, and tells what the newest job printed.
fn runs(env: &Env) -> Value {
    env.run(&["queue", "fill"]).ok();
    env.run(&["queue", "run"]).ok();
    let jobs = env.json(&["job", "list", "--order=D", "--limit=1", "--fields=id"]);
    env.json(&["job", "get", &format!("--id={}", jobs[0]["id"])])["stdout"].clone()
}

/// The queue's one row.
fn waiting(env: &Env) -> Value {
    let rows = env.json(&["queue", "list"]);
    assert_eq!(rows.as_array().unwrap().len(), 1, "{rows}");
    rows[0].clone()
}

on_each_database!(a_new_schedule_counts_at_once, |env| {
    let id = waits(env);
    let tasks = env.json(&["task", "list"]).as_array().unwrap().len();
    let updated = env.run(&["runtemplate", "update", &id, "--interv=i"]).ok();
    assert!(updated.stderr.contains("job 2 is withdrawn; the next `queue fill` creates it again"), "{updated:?}");
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    assert_eq!(env.json(&["task", "list"]).as_array().unwrap().len(), tasks - 1);
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert!(!waiting(env)["after"].as_str().unwrap().contains("-01-01 00:00:00"));

    // What is switched off does not run.
    let off = ", which waited, is withdrawn; the schedule is off and makes no other";
    let updated = env.run(&["runtemplate", "update", &id, "--interv=n"]).ok();
    assert!(updated.stderr.contains(off), "{updated:?}");
    env.run(&["runtemplate", "update", &id, "--interv=i"]).ok();
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    let updated = env.run(&["runtemplate", "update", &id, "--active=0", "--format=json"]).ok();
    assert!(updated.stderr.contains(off), "{updated:?}");
    assert_eq!(updated.json()["jobs_withdrawn"].as_array().unwrap().len(), 1, "{updated:?}");
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    assert_eq!(env.json(&["queue", "list"]), json!([]));
});

on_each_database!(what_waits_gets_new_settings, |env| {
    let id = waits(env);
    let prints = |wanted: &str| {
        env.run(&["queue", "fill"]).ok();
        let job = format!("--id={}", waiting(env)["job"]);
        env.run(&["job", "run", &job]).ok();
        assert_eq!(env.json(&["job", "get", &job])["stdout"], wanted);
        // As if that had been another moment's.
        env.sql("UPDATE job SET schedule = '2001-01-01 00:00:00', task_id = NULL; UPDATE runtemplate SET last_schedule = NULL");
        env.run(&["queue", "fill"]).ok();
    };
    env.run(&["runtemplate", "update", &id, "--config=GREETING=set"]).ok();
    prints("[set]\n");
    let set = env.json(&["company", "env", "set", "--company_id=1", "--env=GREETING=company"]);
    assert_eq!(set["jobs_withdrawn"].as_array().unwrap().len(), 1, "{set}");
    prints("[company]\n");
    env.run(&["company", "env", "unset", "--company_id=1", "--name=GREETING"]).ok();
    prints("[set]\n");
    env.import("echo again", json!(null));
    prints("again\n");
});

on_each_database!(jobs_by_hand_keep_what_they_were_made_with, |env| {
    env.prepare("Native", "echo \"[$GREETING]\"", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=old"]).ok();
    let job = env.schedule();
    let updated = env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=new"]).ok();
    let words = format!("keeps the values from before this change: job {job}");
    assert!(updated.stderr.contains(&words), "{updated:?}");
    let second = env.schedule();
    let updated = env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=newer"]).ok();
    assert!(updated.stderr.contains(&format!(": jobs {job}, {second}, which wait;")), "{updated:?}");
    env.run(&["job", "run", &format!("--id={job}")]).ok();
    assert_eq!(env.json(&["job", "get", &format!("--id={job}")])["stdout"], "[old]\n");
});

on_each_database!(what_waits_is_made_of_its_application_and_company, |env| {
    let _ = waits(env);
    env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=x"]).ok();
    let by_hand = env.schedule();
    let kept = format!("keeps the values from before this change: job {by_hand}");
    for update in [
        &["application", "update", "--id=1", "--executable=/bin/echo"][..],
        &["application", "update", "--id=1", "--cmdparams=hello"],
        &["application", "update", "--id=1", "--name=Renamed"],
        &["company", "update", "--id=1", "--name=Renamed"],
        &["company", "update", "--id=1", "--slug=renamed"],
    ] {
        assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 2);
        let updated = env.run(update).ok();
        assert!(updated.stderr.contains(" is withdrawn; the next `queue fill` creates it again"), "{updated:?}");
        assert!(updated.stderr.contains(&kept), "{updated:?}");
        assert_eq!(env.json(&["queue", "fill"])["created"], 1, "{update:?}");
        // The same once more changes nothing, and neither does what no job is made of.
        let again = env.run(update).ok();
        assert_eq!(again.stderr, "", "{again:?}");
    }
    let updated = env.json(&["application", "update", "--id=1", "--name=Again"]);
    assert_eq!(updated["jobs_kept"], json!([by_hand.parse::<i64>().unwrap()]), "{updated}");
    assert_eq!(updated["jobs_withdrawn"].as_array().unwrap().len(), 1, "{updated}");
    env.run(&["queue", "fill"]).ok();
    assert_eq!(env.run(&["application", "update", "--id=1", "--homepage=https://example.org/"]).ok().stderr, "");
    assert_eq!(env.run(&["company", "update", "--id=1", "--email=a@example.org"]).ok().stderr, "");
});
