//! `status`, `prune`, `artifact`, `company-app` and a company's variables.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

on_each_database!(status_counts_what_there_is, |env| {
    env.prepare("Native", "true", json!(null));
    env.schedule();
    let status = env.json(&["status"]);
    // The row of a new database is no key.
    assert_eq!(status["encryption"], "broken (no master key)");
    assert_eq!((&status["companies"], &status["apps"], &status["runtemplates"]), (&json!(1), &json!(1), &json!(1)));
    assert!(status["jobs"].as_str().unwrap().starts_with("total: 1, monthly: 0"), "{status}");
    assert!(status["db-migration"].as_str().unwrap().contains("2026"), "{status}");
    assert_eq!(env.json(&["appstatus"])["apps"], 1);
});

on_each_database!(status_tells_what_an_alarm_needs, |env| {
    env.prepare("Native", "exit 3", json!(null));
    let of = |keys: &[&str]| -> Vec<Value> {
        let status = env.json(&["status"]);
        keys.iter().map(|key| status[*key].clone()).collect()
    };
    let jobs = ["due_jobs", "oldest_waiting_job", "oldest_waiting_seconds", "failed_last_day", "lost_runners"];
    let rounds = ["last_queue_fill", "last_queue_run", "seconds_since_queue_fill", "seconds_since_queue_run"];
    assert_eq!(of(&jobs), [json!(0), json!(null), json!(0), json!(0), json!(0)]);
    assert_eq!(of(&rounds), vec![json!(null); 4]);
    env.run(&["queue", "fill"]).ok();
    env.run(&["runtemplate", "schedule", "1", "--schedule_time=now"]).ok();
    let _ = env.run(&["queue", "run"]);
    assert_eq!(of(&jobs), [json!(0), json!(null), json!(0), json!(1), json!(0)]);
    let begun = of(&rounds);
    assert!(begun[0].as_str().unwrap().ends_with("+00:00") && begun[1].is_string(), "{begun:?}");
    assert!(begun[2].as_i64().unwrap() < 600 && begun[3].as_i64().unwrap() < 600, "{begun:?}");
    // Many calls in a row leave one row each, which is not the suite's.
    let _ = env.run(&["queue", "run"]);
    let rows = env.sql("select cfg from modconfig where module = 'multiflexi-cli' order by cfg");
    assert_eq!(rows.lines().collect::<Vec<_>>(), ["queue fill", "queue run"]);
    // One that nobody has run for two hours, and one whose runner is gone.
    env.schedule();
    let waiting = env.schedule();
    let past = "'2020-01-01 00:00:00'";
    env.sql(&format!("update schedule set after = {past} where job = {waiting}"));
    let record = json!({"host": "x", "pid": "none"});
    env.sql(&format!(
        "update job set {0}begin{0} = {past} where id = 2; delete from schedule where job = 2;\n\
         insert into job_output_lines (job_id, seq, type, line, created_at) values (2, 0, 'runner', '{record}', {past});",
        env.quote()
    ));
    let told = of(&jobs);
    assert_eq!((&told[0], &told[1], &told[3], &told[4]), (&json!(1), &json!(3), &json!(1), &json!(1)));
    assert!(told[2].as_i64().unwrap() > 86_400, "{told:?}");
});

#[test]
fn status_answers_when_the_database_is_down() {
    let mut env = Env::new();
    env.prepare("Native", "true", json!(null));
    let up = env.json(&["status"]);
    for (key, value) in [
        ("DB_CONNECTION", "mysql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", "9"),
        ("DB_USERNAME", "u"),
        ("DB_PASSWORD", "marker"),
        ("DB_DATABASE", "d"),
    ] {
        env.set(key, value);
    }
    let down = env.json_of(&["status"], 1);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(keys(&down).starts_with(&keys(&up)), "{down}");
    assert_eq!((&up["database_up"], &down["database_up"]), (&json!(true), &json!(false)));
    assert_eq!(down["database"], "mysql d on 127.0.0.1:9 as u (down)");
    assert_eq!((&down["companies"], &down["jobs"], &down["due_jobs"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!((&down["status"], &down["code"]), (&json!("error"), &json!("database")));
    assert!(down["message"].as_str().unwrap().contains("cannot open the database") && down["hint"].is_string());
    let text = env.run(&["status"]).exits(1);
    assert!(text.stdout.contains("\ndatabase: mysql d on 127.0.0.1:9 as u (down)\n"), "{text:?}");
    assert!(text.stderr.contains("because:") && text.stderr.contains("hint:"), "{text:?}");
    assert!(!format!("{text:?}{down}").contains("marker"));
    // Nothing names a database at all.
    env.unset("DB_CONNECTION");
    assert_eq!(env.json_of(&["status"], 1)["database"], "not configured");
}

on_each_database!(prune_keeps_the_newest, |env| {
    env.prepare("Native", "echo out", json!(null));
    for _ in 0..3 {
        env.run_job(&[]).0.ok();
    }
    env.schedule();
    env.run(&["prune"]).refused(2, "--logs");
    env.run(&["prune", "--jobs", "--keep=-1"]).refused(2, "--keep");
    let pruned = env.json(&["prune", "--jobs", "--logs", "--keep=2"]);
    assert_eq!(pruned["kept"], 2);
    let left = env.json(&["job", "list", "--fields=id"]);
    assert!(left.as_array().unwrap().contains(&json!({"id": 4})), "what waits is not pruned: {left}");
    assert_eq!(pruned["deleted_jobs"].as_u64().unwrap() + left.as_array().unwrap().len() as u64, 4);
    assert_eq!(env.sql("select count(*) from job_output_lines where job_id not in (select id from job)").trim(), "0");
});

on_each_database!(an_artifact_is_listed_shown_and_saved, |env| {
    env.prepare("Native", "true", json!(null));
    let job = env.schedule();
    env.sql(&format!(
        "insert into artifacts (job_id, filename, content_type, artifact, note) values ({job}, 'a.json', 'application/json', '{{}}', 'N');"
    ));
    let list = env.json(&["artifact", "list", &format!("--job_id={job}"), "--fields=id,filename"]);
    assert_eq!(list, json!([{"id": 1, "filename": "a.json"}]));
    assert_eq!(env.json(&["artifact", "get", "--id=1"])["content_type"], "application/json");
    let file = env.path().join("new/folder/a.json");
    let saved = env.json(&["artifact", "save", "--id=1", "--file", file.to_str().unwrap()]);
    assert_eq!((&saved["size"], std::fs::read_to_string(&file).unwrap().as_str()), (&json!(2), "{}"));
    env.run(&["artifact", "save", "--id=9", "--file=/dev/null"]).refused(1, "Artifact with id 9 not found");
    env.run(&["artifact", "save", "--id=1", "--file=/proc/nowhere/a"]).refused(1, "/proc/nowhere/a");
    env.run(&["job", "delete", &format!("--id={job}")]).ok();
    assert_eq!(env.json(&["artifact", "list"]), json!([]));
});

on_each_database!(an_application_is_assigned_to_a_company_and_taken_away, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.import("true", json!(null));
    let assign = |env: &Env| env.json(&["company-app", "assign", "--company=acme", "--app_id=1"]);
    assert_eq!(assign(env)["runtemplate_id"], 1);
    assert_eq!(assign(env)["runtemplate_id"], json!(null));
    assert_eq!(env.json(&["company-app", "list", "--company=acme"])[0]["app_name"], "Test");
    env.schedule();
    env.run(&["application", "delete", "--id=1"]).refused(1, "still used by 1 runtemplate, 1 job");
    env.run(&["company-app", "assign", "--company=nosuch", "--app_id=1"]).refused(1, "nosuch");
    env.run(&["company-app", "assign", "--company=acme"]).refused(2, "--app_id");
    let taken = env.json(&["company-app", "unassign", "--company=acme", "--app=Test"]);
    assert_eq!(taken["removed_runtemplates"], json!([1]));
    assert_eq!(env.json(&["job", "list"]), json!([]), "jobs of the runtemplates go along");
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    env.run(&["application", "delete", "--id=1"]).ok();
});

on_each_database!(a_companys_variables, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "env-set", "--company=acme", "--env=COLOUR=blue", "--env=API_TOKEN=marker"]).ok();
    env.run(&["company", "env-set", "--company=acme", "--env=COLOUR=red"]).ok();
    let list = env.run(&["company", "env-list", "--company=acme", "--format=json"]).ok();
    assert!(
        list.stdout.contains("red") && !list.stdout.contains("blue") && !list.stdout.contains("marker"),
        "{list:?}"
    );
    env.run(&["company", "env-set", "--company=acme", "--env=1X=a"]).refused(2, "KEY");
    let long = format!("--env=LONG={}", "x".repeat(256));
    env.run(&["company", "env-set", "--company=acme", "--env=OK=1", &long]).refused(2, "LONG");
    env.run(&["company", "env-unset", "--company=acme", "--name=COLOUR"]).ok();
    env.run(&["company", "env-unset", "--company=acme", "--name=COLOUR"]).refused(1, "COLOUR");
    assert_eq!(env.json(&["company", "env-list", "--company_id=1"]).as_array().unwrap().len(), 1);
    env.run(&["company", "remove", "--id=1"]).ok();
    assert_eq!(env.sql("select count(*) from companyenv").trim(), "0");
});
