//! Runtemplates and making jobs of them.

use std::process::Command;

use serde_json::json;

use crate::env::{Env, on_each_database};

on_each_database!(settings_are_stored_and_secrets_masked, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=a=b", "--config=API_TOKEN=marker-secret"]).ok();
    let output = env.run(&["runtemplate", "get", "--id=1", "--format=json"]).ok();
    assert_eq!(output.json()["GREETING"], "a=b");
    assert!(!output.stdout.contains("marker-secret"), "{output:?}");
    env.run(&["runtemplate", "update", "--id=1", "--config=GREETING=ahoj"]).ok();
    assert_eq!(env.json(&["runtemplate", "get", "--name=Test"])["GREETING"], "ahoj");
});

on_each_database!(a_job_is_made_with_the_runtemplates_executor, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let job = env.json(&["run-template:schedule", "--id=1", "--schedule_time=2037-01-02 03:04"]);
    assert_eq!(
        job,
        json!({"runtemplate_id": "1", "scheduled": "2037-01-02 03:04:00", "executor": "Kubernetes", "job_id": 1})
    );
    let job =
        env.json(&["runtemplate", "schedule", "--id=1", "--executor=Native", "--env=EXTRA=1", "--config=GREETING=x"]);
    assert_eq!(job["executor"], "Native");
    let record = env.json(&["job", "get", "--id=2"]);
    assert_eq!((&record["env"]["EXTRA"], &record["env"]["GREETING"]), (&json!("1"), &json!("x")));
    assert_eq!(record["schedule_type"], "adhoc-cli");
    assert_eq!(env.json(&["job", "list", "--status=pending"]).as_array().unwrap().len(), 2);
});

#[test]
fn bad_input_is_refused() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let create = ["runtemplate", "create", "--name=X", "--app_id=1", "--company_id=1"];
    for (option, words) in [
        ("--executor=Nosuch", "Kubernetes"),
        ("--interv=x", "--interv"),
        ("--interv=c", "--cron"),
        ("--cron=61 * * * *", "minute"),
        ("--cron=not a cron", "--cron"),
        ("--active=maybe", "true or false"),
        ("--config=NOVALUE", "KEY=VALUE"),
        ("--max_attempts=-1", "--max_attempts"),
    ] {
        let call: Vec<&str> = create.iter().copied().chain([option]).collect();
        env.run(&call).refused(2, words);
    }
    env.run(&["runtemplate", "create", "--name=X", "--app_id=99", "--company_id=1"]).refused(1, "99 not found");
    env.run(&["runtemplate", "create", "--name=X", "--app_id=1", "--company=nosuch"]).refused(1, "nosuch");
    env.run(&["runtemplate", "create", "--name=X", "--app_id=1"]).refused(2, "--company_id");
    env.run(&["runtemplate", "schedule", "--id=99"]).refused(1, "99 not found");
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=whenever"]).refused(2, "whenever");
    let output = env.run(&["runtemplate", "schedule", "--id=1", "--env=1X=marker-secret"]).refused(2, "--env");
    assert!(!output.stderr.contains("marker-secret"), "{output:?}");
    assert_eq!(env.json(&["runtemplate", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(env.json(&["job", "list"]), json!([]));
}

#[test]
fn an_inactive_runtemplate_makes_no_job() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--active=0"]).ok();
    env.run(&["runtemplate", "schedule", "--id=1"]).refused(1, "not active");
    assert_eq!(env.json(&["job", "list"]), json!([]));
}

#[test]
fn names_of_intervals_and_cron_are_taken() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    for (option, letter) in [("--interv=daily", "d"), ("--interv=@hourly", "h"), ("--interv=n", "n")] {
        env.run(&["runtemplate", "update", "--id=1", option]).ok();
        assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["interv"], letter);
    }
    env.run(&["runtemplate", "update", "--id=1", "--interv=c", "--cron=0 5 * * MON-FRI"]).ok();
}

on_each_database!(what_several_have_names_none_of_them, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    // Not by our own hand any more.
    env.sql("UPDATE company SET slug = 'acme' WHERE id = 2");
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=2", "--name=Test"]).ok();
    for call in [
        &["runtemplate", "delete", "--name=Test"][..],
        &["runtemplate", "clone", "--name=Test"],
        &["runtemplate", "schedule", "--name=Test"],
        &["runtemplate", "run", "--name=Test"],
    ] {
        env.run(call).refused(1, "several have the name \"Test\": RunTemplate 1, 2");
    }
    let create = ["runtemplate", "create", "--app_id=1", "--name=New", "--company=acme"];
    env.run(&create).refused(1, "several have the slug \"acme\": Company 1, 2");
    assert_eq!(env.json(&["runtemplate", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(env.json(&["job", "list"]), json!([]));
    // Looking at the first one does no harm, and the suite does so.
    assert_eq!(env.json(&["runtemplate", "get", "--name=Test"])["id"], 1);
    env.run(&["runtemplate", "create", "--app_id=1", "--name=New"]).refused(2, "Missing --company_id or --company");
    env.run(&["runtemplate", "create", "--company_id=1", "--name=New"]).refused(2, "Missing --app_id");
});

on_each_database!(a_second_runtemplate_of_a_company_s_name_is_told, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    let create = |company, name| {
        let options = [format!("--company={company}"), format!("--name={name}")];
        env.run(&["runtemplate", "create", "--app_id=1", &options[0], &options[1]]).ok().stderr
    };
    let told = |stderr: &str| {
        assert!(stderr.contains("warning: runtemplate 1 of the same company has the name \"Test\" too"), "{stderr}");
    };
    assert_eq!(create("other", "Test"), "");
    told(&create("acme", "Test"));
    assert_eq!(create("acme", "Second"), "");
    told(&env.run(&["runtemplate", "update", "--id=4", "--name=Test"]).ok().stderr);
    told(&env.run(&["runtemplate", "clone", "--id=1", "--new_name=Test"]).ok().stderr);
    told(&env.run(&["runtemplate", "update", "--id=2", "--company=acme"]).ok().stderr);
    assert_eq!(env.run(&["runtemplate", "clone", "--id=1"]).ok().stderr, "");
});

#[test]
fn a_cron_expression_that_is_not_used_is_told() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let cron = "--cron=0 6 * * *";
    for (options, told) in [
        (&["update", "--id=1", cron][..], true),
        (&["update", "--id=1", cron, "--interv=d"], true),
        (&["update", "--id=1", cron, "--interv=c"], false),
        (&["update", "--id=1", cron], false),
        (&["create", "--name=A", "--app_id=1", "--company_id=1", cron], true),
        (&["create", "--name=B", "--app_id=1", "--company_id=1", cron, "--interv=c"], false),
    ] {
        let output = env.run(&[&["runtemplate"], options].concat()).ok();
        assert_eq!(output.stderr.contains("--interv=c only"), told, "{output:?}");
    }
}

#[test]
fn cron_and_deadline_are_taken_away_by_an_empty_value() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=c", "--cron=0 6 * * *", "--deadline_offset=+3h"]).ok();
    env.run(&["runtemplate", "update", "--id=1", "--cron="]).refused(2, "Give another --interv");
    env.run(&["runtemplate", "create", "--name=A", "--app_id=1", "--company_id=1", "--interv=c", "--cron="])
        .refused(2, "--interv=c needs --cron");
    env.run(&["runtemplate", "update", "--id=1", "--interv=d", "--cron=", "--deadline_offset="]).ok();
    let record = env.json(&["runtemplate", "get", "--id=1"]);
    assert_eq!((&record["cron"], &record["deadline_offset"]), (&json!(""), &json!("")), "{record}");
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
}

on_each_database!(what_is_exported_can_be_made_elsewhere, |env| {
    env.prepare("Native", "true", json!(null));
    let settings = ["--config=GREETING=it's {APP_NAME}", "--config=API_TOKEN=marker"];
    env.run(&[&["runtemplate", "update", "--id=1", "--interv=c", "--cron=0 6 * * *"], &settings[..]].concat()).ok();
    let text = env.run(&["runtemplate", "get", "--id=1", "--export"]).ok().stdout;
    assert!(
        text.contains("# secret settings, which are not exported: API_TOKEN") && !text.contains("marker"),
        "{text}"
    );
    let exported = env.json(&["runtemplate", "get", "--id=1", "--export"]);
    assert_eq!(
        (&exported["company"], &exported["config"], &exported["secrets"]),
        (&json!("acme"), &json!({"GREETING": "it's {APP_NAME}"}), &json!(["API_TOKEN"])),
        "{exported}"
    );

    // The command is run as a shell would run it, in another database with the same application and company.
    let other = Env::new();
    other.import("true", json!(null));
    other.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    other.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let shell = text.replace("multiflexi-cli", env!("CARGO_BIN_EXE_multiflexi-cli"));
    let variables = other.command(&[]);
    let variables = variables.get_envs().filter_map(|(key, value)| Some((key, value?)));
    let made = Command::new("sh").args(["-c", &shell]).env_clear().envs(variables).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    assert_eq!(other.json(&["runtemplate", "get", "--id=1", "--export"])["config"], exported["config"]);
    assert_eq!(other.json(&["runtemplate", "get", "--id=1"])["company_id"], 2);
});
