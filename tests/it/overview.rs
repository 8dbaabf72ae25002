//! `status`, `prune`, `artifact`, `company-app` and a company's variables.

use serde_json::json;

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
