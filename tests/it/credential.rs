//! Credentials: their values masked, encrypted where the schema can, refused or told where not; prototypes and types.

use serde_json::json;

use crate::crash::dies_at;
use crate::crash::half_recovery::recovery_file_of;
use crate::env::{Env, on_each_database};

const MASK: &str = "••••••••";

/// A prototype with a secret field, a type of it for company 1, and a credential 1 with both values.
fn prepare(env: &Env) {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let prototype = json!({
        "$schema": "https://multiflexi.eu/schema/credential-prototype.json",
        "uuid": "6f3a8b0c-0d0f-4b64-9d5e-0f6a3c1d2e01", "id": "Cloud", "code": "Cloud", "name": "Cloud", "description": "A cloud",
        "version": "1.0.0",
        "fields": [
            {"keyword": "CLOUD_USER", "name": "User", "type": "string", "required": true},
            {"keyword": "CLOUD_PASSWORD", "name": "Password", "type": "password", "required": true},
        ],
    });
    let file = env.file("cloud.credprototype.json", &prototype.to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
}

const CREATE: &[&str] = &[
    "credential",
    "create",
    "--name=Ours",
    "--company-id=1",
    "--credential-type-id=1",
    "--field=CLOUD_USER=me",
    "--field=CLOUD_PASSWORD=marker:secret",
];

/// Runs a command that has the master key.
#[track_caller]
fn with_key(env: &Env, call: &[&str]) -> String {
    let output = env.command(call).env("ENCRYPTION_MASTER_KEY", "of the test").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

on_each_database!(a_credential_of_another_company_s_type_is_warned_of_and_noticed, |env| {
    prepare(env);
    env.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    let create = ["credential", "create", "--name=Theirs", "--company-id=2", "--credential-type-id=1"];
    let warning = "is company 2's, and its credential type 1 is company 1's";
    let created = env.run(&create).ok();
    assert!(created.stderr.contains(warning), "{created:?}");
    let checked = env.json(&["database", "check"]);
    assert_eq!((&checked["findings"], &checked["notices"][0]["kind"]), (&json!([]), &json!("company")), "{checked}");
    let update = |company: &str| env.run(&["credential", "update", "--id=1", company]).ok().stderr;
    assert!(update("--name=Renamed").contains(warning));
    assert!(!update("--company-id=1").contains("credential type"));
    assert_eq!(env.json(&["database", "check"])["notices"], json!([]));
});

on_each_database!(secrets_are_stored_encrypted_and_shown_masked, |env| {
    prepare(env);
    env.run(CREATE).refused(1, "CLOUD_PASSWORD");
    assert_eq!(env.json(&["credential", "list"]), json!([]), "a refused credential leaves nothing");
    with_key(env, &["encryption", "init"]);
    with_key(env, CREATE);
    // Servers do not give the id of the refused one again.
    let id = format!("--id={}", env.json(&["credential", "list"])[0]["id"]);
    let stored = env.sql("select value from credata where name = 'CLOUD_PASSWORD'");
    assert!(stored.contains("AES-256-GCM") && !stored.contains("marker"), "{stored}");
    assert_eq!(env.sql("select value from credata where name = 'CLOUD_USER'").trim(), "me");
    let record = env.json(&["credential", "get", &id]);
    assert_eq!((&record["CLOUD_USER"], &record["CLOUD_PASSWORD"]), (&json!("me"), &json!(MASK)));
    // An empty secret means that it stays; other values are replaced.
    with_key(env, &["credential", "update", &id, "--field=CLOUD_PASSWORD=", "--field=CLOUD_USER=you"]);
    env.run(&["credential", "get", &id, "--reveal"]).refused(1, "nothing was done");
    let shown = with_key(env, &["credential", "get", &id, "--reveal", "--yes"]);
    assert!(shown.contains("CLOUD_PASSWORD: marker:secret") && shown.contains("CLOUD_USER: you"), "{shown}");
    assert_eq!(env.sql("select count(*) from security_audit_log where event_type = 'credential_revealed'").trim(), "1");
    let output = env.command(&["credential", "get", &id, "--reveal", "--yes"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "without the master key nothing is revealed: {output:?}");
});

/// Leaves a job's environment as the suite does where it was its executor's own: the next attempt's is made anew.
fn make_anew(env: &Env, job: &str) {
    let sized = |text: &str| format!("s:{}:\"{text}\"", text.len());
    let own = sized(&format!("ease://MultiFlexi/Job#{job}"));
    let stored = env.stored_environment(job);
    assert!(stored.contains(&own), "{stored}");
    env.store_environment(job, &stored.replace(&own, &sized("ExecutorNative")));
}

on_each_database!(the_next_attempt_at_a_task_has_its_secrets, |env| {
    prepare(env);
    with_key(env, &["encryption", "init"]);
    with_key(env, CREATE);
    env.import("exit 3", json!(null));
    let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"];
    env.run(&[&create[..], &["--interv=y", "--max_attempts=2"]].concat()).ok();
    let credential = format!("--credential_id={}", env.json(&["credential", "list"])[0]["id"]);
    env.run(&["runtemplate", "assign-credential", "--id=1", &credential]).ok();
    with_key(env, &["queue", "fill"]);
    let job = env.json(&["job", "list"])[0]["id"].to_string();
    make_anew(env, &job);
    let ran = env.command(&["job", "run", "--id", &job]).env("ENCRYPTION_MASTER_KEY", "of the test").output().unwrap();
    assert_eq!(ran.status.code(), Some(3), "{ran:?}");
    let next = env.json(&["job", "list", "--state=pending"])[0]["id"].to_string();
    assert_ne!(next, job);
    assert!(env.stored_environment(&next).contains("marker:secret"));
});

// The runner died, or its result went to a recovery file: whoever brings the job to its end makes the next attempt as the runner would
// have, and where that cannot be made, the job ends all the same.
on_each_database!(the_next_attempt_after_a_lost_job_has_its_secrets, |env| {
    prepare(env);
    with_key(env, &["encryption", "init"]);
    with_key(env, CREATE);
    env.import("exit 3", json!(null));
    let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"];
    env.run(&[&create[..], &["--interv=y", "--max_attempts=9"]].concat()).ok();
    let credential = format!("--credential_id={}", env.json(&["credential", "list"])[0]["id"]);
    env.run(&["runtemplate", "assign-credential", "--id=1", &credential]).ok();
    with_key(env, &["queue", "fill"]);
    let waiting = || env.json(&["job", "list", "--state=pending"])[0]["id"].to_string();
    let mut job = waiting();
    for (mender, has_key) in [
        (&["queue", "run"][..], true),
        (&["queue", "fix"], true),
        (&["job", "cancel"], true),
        (&["job", "recover"], true),
        (&["queue", "run"], false),
    ] {
        make_anew(env, &job);
        let id = format!("--id={job}");
        let file = if mender[1] == "recover" {
            recovery_file_of(env, &job).to_str().unwrap().to_owned()
        } else {
            dies_at(env, "ended", &["job", "run", &id]);
            id.clone()
        };
        let mut command = env.command(&[mender, &[&file]].concat()[..if mender[0] == "queue" { 2 } else { 3 }]);
        if has_key {
            command.env("ENCRYPTION_MASTER_KEY", "of the test");
        }
        let output = command.output().unwrap();
        let record = env.json(&["job", "get", &id]);
        assert_eq!(record["exitcode"], json!(3), "{mender:?}: {output:?}");
        let notices = record["notices"].to_string();
        assert_eq!(notices.contains("no further attempt at its task was made"), !has_key, "{notices}");
        if !has_key {
            assert_eq!(env.json(&["job", "list", "--state=pending"]), json!([]));
            assert_eq!(env.sql("select state from task").trim(), "failed");
            break;
        }
        job = waiting();
        assert!(env.stored_environment(&job).contains("marker:secret"), "{mender:?}");
    }
});

on_each_database!(an_older_schema_keeps_secrets_in_clear_with_a_warning, |env| {
    prepare(env);
    for column in ["is_encrypted", "encryption_key_version"] {
        env.sql(&format!("alter table credata drop column {column};"));
    }
    let output = env.run(CREATE).ok();
    assert!(output.stderr.contains("stored in clear") && output.stderr.contains("CLOUD_PASSWORD"), "{output:?}");
    assert!(!output.stderr.contains("marker"), "{output:?}");
    assert_eq!(env.json(&["credential", "get", "--id=1"])["CLOUD_PASSWORD"], MASK);
    env.run(&["credential", "encrypt-existing"]).refused(1, "no columns for encrypted values");
    // Once the schema has them, what is there is encrypted on demand.
    env.run(&["database", "migrate"]).ok();
    let dry = env.json(&["credential", "encrypt-existing", "--dry-run"]);
    assert_eq!(dry["count"], 1);
    with_key(env, &["encryption", "init"]);
    with_key(env, &["credential", "encrypt-existing"]);
    assert!(!env.sql("select value from credata").contains("marker"));
});

on_each_database!(what_is_in_use_is_not_deleted, |env| {
    prepare(env);
    let call = ["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"];
    env.run(&call).ok();
    env.run(&["credential-prototype", "delete", "--code=Cloud"]).refused(1, "still used by 1 credential type");
    env.run(&["credential-type", "delete", "--id=1"]).refused(1, "still used by 1 credential");
    env.run(&["company", "remove", "--id=1"]).refused(1, "1 credential");
    env.import("true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"]).ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["credential", "remove", "--id=1"]).refused(1, "still used by 1 runtemplate");
    env.run(&["runtemplate", "unassign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["credential", "remove", "--id=1"]).ok();
    env.run(&["credential-type", "delete", "--id=1"]).ok();
    env.run(&["credential-prototype", "delete", "--code=Cloud"]).ok();
    assert_eq!(
        env.sql("select count(*) from credential_prototype_field where credential_prototype_id = 1").trim(),
        "0"
    );
});

on_each_database!(what_a_credential_needs_must_be_there, |env| {
    prepare(env);
    let call = |company, kind, field| {
        let options = [format!("--company-id={company}"), format!("--credential-type-id={kind}"), field];
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        env.run(&[&["credential", "create", "--name=x"], &options[..]].concat())
    };
    call(9, 1, "--field=CLOUD_USER=a".into()).refused(1, "Company with id 9 not found");
    call(1, 9, "--field=CLOUD_USER=a".into()).refused(1, "Credential type with id 9 not found");
    call(1, 1, "--field=OTHER=a".into()).refused(2, "no such field");
    if env.variable("DB_CONNECTION").is_some() {
        // SQLite takes any length.
        call(1, 1, format!("--field=CLOUD_USER={}", "x".repeat(300))).refused(1, "too long");
    }
    assert_eq!(env.json(&["credential", "list"]), json!([]));
    env.run(&["credential-type", "create", "--company-id=1", "--class=Nothing"]).refused(1, "Nothing");
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=x"]).refused(1, "exists already");
});

on_each_database!(a_rotated_key_leaves_old_values_readable, |env| {
    prepare(env);
    with_key(env, &["encryption", "init"]);
    with_key(env, CREATE);
    let again = with_key(env, &["encryption", "init"]);
    assert!(again.contains("already initialized"), "{again}");
    with_key(env, &["encryption", "init", "--force", "--no-interaction"]);
    let status = with_key(env, &["encryption", "status"]);
    assert!(status.contains("version 1: ready, no longer active") && status.contains("version 2: ready"), "{status}");
    let id = format!("--id={}", env.json(&["credential", "list"])[0]["id"]);
    let shown = with_key(env, &["credential", "get", &id, "--reveal", "--yes"]);
    assert!(shown.contains("marker:secret"), "{shown}");
    // What is written from now on is under the new key.
    with_key(env, &["credential", "update", &id, "--field=CLOUD_PASSWORD=marker:new"]);
    let version = env.sql("select encryption_key_version from credata where name = 'CLOUD_PASSWORD'");
    assert_eq!(version.trim(), "2");
});

on_each_database!(prototypes_of_a_folder_are_imported_and_renewed, |env| {
    prepare(env);
    let folder = format!("--directory={}", env.path().display());
    let sync = || env.json(&["credential-prototype", "sync", &folder]);
    let counts = |done: serde_json::Value| ["processed", "created", "updated", "errors"].map(|key| done[key].clone());
    assert_eq!(counts(sync()), [json!(1), json!(0), json!(1), json!(0)]);
    env.file("broken.credprototype.json", "{}");
    let output = env.run(&["credential-prototype", "sync", &folder]);
    assert!(output.code == 1 && output.stderr.contains("broken.credprototype.json"), "{output:?}");
    assert_eq!(env.json(&["credential-prototype", "list"]).as_array().map(Vec::len), Some(1));
});
