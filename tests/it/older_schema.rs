//! Databases of other generations of the suite: without what newer ones have, with what we do not know.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database, on_each_server};

/// What no published migration makes.
const NEWER: &[(&str, &str)] = &[
    ("job", "block_reason"),
    ("job", "blocked_at"),
    ("credata", "is_encrypted"),
    ("credata", "encryption_key_version"),
    ("encryption_keys", "version"),
    ("security_audit_log", "entity_type"),
    ("security_audit_log", "entity_id"),
    ("security_audit_log", "action"),
];

/// Takes away what newer schemas have, ours included, and adds what no schema of today has.
fn make_old_and_strange(env: &Env) {
    for (table, index) in
        [("encryption_keys", "encryption_keys_key_name_version_index"), ("schedule", "mfx_schedule_job")]
    {
        match env.variable("DB_CONNECTION") {
            Some("mysql") => env.sql(&format!("alter table {table} drop index {index};")),
            _ => env.sql(&format!("drop index {index};")),
        };
    }
    if env.variable("DB_CONNECTION").is_none() {
        // SQLite keeps a column for as long as an index speaks of it.
        env.sql("drop index mfx_job_blocked;");
    }
    for (table, column) in NEWER {
        env.sql(&format!("alter table {table} drop column {column};"));
    }
    env.sql("drop table app_kubernetes;");
    for table in ["apps", "company", "runtemplate", "job", "task", "credentials"] {
        env.sql(&format!("alter table {table} add column of_tomorrow varchar(20) default 'new';"));
    }
    env.sql("create table of_tomorrow (id integer primary key);");
}

const LISTS: &[&str] = &[
    "application", "company", "company-app", "runtemplate", "job", "queue", "task", "artifact", "credential",
    "credential-type", "credential-prototype", "user", "token", "user-erasure", "event-source", "event-rule",
];

on_each_database!(an_older_schema_works_as_it_is, |env| {
    env.prepare("Native", "echo out; echo err >&2; exit 3", json!(null));
    make_old_and_strange(env);
    let before = env.json(&["database", "status"]);
    // Everything can be read, and what has a row can be shown.
    for noun in LISTS {
        for format in ["--format=json", "--format=text", "--format=csv"] {
            env.run(&[noun, "list", format]).ok();
        }
    }
    for noun in ["application", "company", "runtemplate"] {
        assert_eq!(env.json(&[noun, "get", "--id=1"])["of_tomorrow"], "new");
    }
    for call in
        [&["status"][..], &["job", "status"], &["task", "status"], &["queue", "overview"], &["encryption", "status"]]
    {
        env.run(call).ok();
    }
    // A job runs, and what it printed is kept.
    let (output, job) = env.run_job(&[]);
    output.exits(3);
    assert_eq!((&job["exitcode"], &job["stdout"], &job["stderr"]), (&json!(3), &json!("out\n"), &json!("err\n")));
    assert_eq!(env.json(&["job", "list"])[0]["of_tomorrow"], "new");
    // What is written is written, and what cannot be kept is no hindrance.
    env.import("true", json!({"helm": {"chart": "oci://example.org/chart", "namespace": "elsewhere"}}));
    env.run(&["application", "export-json", "--id=1", "--file=/dev/null"]).ok();
    env.run(&["job", "delete", "--id=1"]).ok();
    env.run(&["runtemplate", "delete", "--id=1"]).ok();
    env.run(&["application", "delete", "--id=1"]).ok();
    env.run(&["company", "remove", "--id=1"]).ok();
    // Nothing but `database migrate` changes the schema.
    assert_eq!(env.json(&["database", "status"]), before);
});

on_each_database!(migrate_adds_what_is_missing_and_leaves_the_rest, |env| {
    env.prepare("Native", "true", json!(null));
    make_old_and_strange(env);
    let status = env.json(&["database", "status"]);
    let missing: Vec<Value> = NEWER.iter().map(|(table, column)| json!(format!("{table}.{column}"))).collect();
    let missing_now = status["missing_columns"].as_array().unwrap();
    assert!(missing.len() == missing_now.len() && missing.iter().all(|name| missing_now.contains(name)), "{status}");
    assert_eq!(status["missing_tables"], json!(["app_kubernetes"]));
    assert_eq!(status["unknown_tables"], json!(["of_tomorrow"]));
    let missing = match env.variable("DB_CONNECTION") {
        None => json!(["mfx_schedule_job", "mfx_job_blocked"]),
        Some(_) => json!(["mfx_schedule_job"]),
    };
    assert_eq!(status["missing_indexes"], missing);
    let doctor = env.run(&["doctor", "--format=json"]).json().to_string();
    assert!(
        doctor.contains("mfx_schedule_job") && doctor.contains("without an index each job costs the more"),
        "{doctor}"
    );
    let dry = env.json(&["database", "migrate", "--dry-run"]);
    assert_eq!(env.json(&["database", "status"]), status, "a dry run changes nothing");
    let done = env.json(&["database", "migrate"]);
    assert_eq!(done["statements"], dry["statements"]);
    let after = env.json(&["database", "status"]);
    assert_eq!((&after["complete"], &after["unknown_tables"]), (&json!(true), &json!(["of_tomorrow"])));
    assert_eq!(after["missing_indexes"], json!([]));
    assert_eq!(env.json(&["company", "get", "--id=1"])["of_tomorrow"], "new");
    assert_eq!(env.json(&["database", "migrate"])["statements"], json!([]));
});

/// The suite stores `begin` and `end` on SQLite as a date without a time.
#[test]
fn dates_without_a_time_are_read() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run_job(&[]).0.ok();
    env.sql("update job set begin = date('now'), \"end\" = date('now');");
    let job = env.json(&["job", "get", "--id=1"]);
    assert_eq!(job["begin"].as_str().unwrap().len(), 10);
    for call in
        [&["job", "list"][..], &["job", "status"], &["status"], &["queue", "overview"], &["runtemplate", "stale"]]
    {
        env.run(call).ok();
    }
    assert_eq!(env.json(&["job", "list", "--status=success"]).as_array().unwrap().len(), 1);
    env.run(&["job", "run", "--id=1"]).refused(1, "job 1 ended already");
    env.run(&["job", "retry", "--id=1"]).ok();
    env.run(&["job", "cleanup", "--older-than=52w"]).ok();
    assert_eq!(env.json(&["job", "list"]).as_array().unwrap().len(), 2);
}

on_each_database!(a_time_that_a_column_cannot_hold_is_refused_with_words, |env| {
    env.prepare("Native", "true", json!(null));
    // MariaDB's columns end there: no database takes later ones, so that a move is never refused for them.
    for time in ["2045-01-01 12:00:00", "2038-01-19 23:00:00", "@2147483648", "1969-12-30 12:00:00", "-60 years"] {
        let option = format!("--schedule_time={time}");
        env.run(&["runtemplate", "schedule", "--id=1", &option]).refused(2, "2038-01-19");
        env.run(&["job", "create", "--runtemplate_id=1", &format!("--scheduled={time}")]).refused(2, "2038-01-19");
    }
    assert_eq!(env.json(&["job", "list"]), json!([]));
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=2038-01-17 12:00:00"]).ok();
    assert_eq!(env.json(&["job", "get", "--id=1"])["schedule"], "2038-01-17 12:00:00");
    env.run(&["job", "update", "--id=1", "--scheduled=2039-01-01"]).refused(2, "2038-01-19");
});

#[test]
fn a_foreign_database_is_told_by_every_listing() {
    let mut env = Env::new();
    let file = env.path().join("foreign.sqlite3");
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", file.to_str().unwrap());
    let made =
        std::process::Command::new("sqlite3").arg(&file).arg("CREATE TABLE strange (id INTEGER)").status().unwrap();
    assert!(made.success());
    for noun in ["application", "company", "runtemplate", "job", "user", "credential"] {
        env.run(&[noun, "list"]).refused(1, "is not a database of MultiFlexi");
    }
}

// A newer suite, or its operator, may have added columns of types that no table of today's has.
on_each_server!(a_column_of_another_type_fails_no_listing, |env| {
    env.run(&["company", "create", "--name=Acme"]).ok();
    let (columns, wanted) = if env.is_postgres() {
        (
            "n numeric(12,3) DEFAULT -10000.5, u uuid DEFAULT '7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11', j jsonb DEFAULT '{\"a\": 1}', \
             i interval DEFAULT '1 day', ip inet DEFAULT '10.0.0.1', t text[] DEFAULT '{a,b}', d time DEFAULT '06:00'",
            json!({"n": "-10000.500", "u": "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11", "j": "{\"a\": 1}", "d": "06:00:00"}),
        )
    } else {
        (
            "n decimal(12,3) DEFAULT -10000.5, d time DEFAULT '-838:59:58', b bit(12) DEFAULT 2049, g point NULL, e enum('x','y') DEFAULT 'y'",
            json!({"n": "-10000.500", "d": "-838:59:58", "b": 2049, "e": "y"}),
        )
    };
    for column in columns.split(", ") {
        env.sql(&format!("ALTER TABLE company ADD COLUMN {column}"));
    }
    if !env.is_postgres() {
        env.sql("UPDATE company SET g = Point(1, 2)");
    }
    let row = &env.json(&["company", "list"])[0];
    for (name, value) in wanted.as_object().unwrap() {
        assert_eq!(&row[name], value, "{row:#}");
    }
});

#[needs::needs(postgres)]
#[test]
fn a_number_in_json_that_is_too_large_fails_no_listing() {
    let env = Env::on(crate::env::Server::Postgres, module_path!());
    env.run(&["user", "create", "--login=jane"]).ok();
    env.sql("UPDATE \"user\" SET security_settings = '{\"a\": 1e999, \"a\": 2}'");
    assert_eq!(env.json(&["user", "list"])[0]["security_settings"], "{\"a\": 1e999, \"a\": 2}");
}
