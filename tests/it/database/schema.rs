//! What a schema lacks is told, and added by `database migrate`.

use crate::env::{Env, Output, Server, on_each_database, on_each_server};

on_each_database!(a_missing_column_is_told_and_added, |env| {
    env.prepare("Native", "exit 0", serde_json::json!(null));
    for (table, column) in [("runtemplate", "delay"), ("job", "command"), ("company", "email")] {
        env.sql(&format!("ALTER TABLE {table} DROP COLUMN {column};"));
    }
    let status = env.json(&["database", "status"]);
    assert_eq!(status["complete"], false, "{status:#}");
    let missing: Vec<&str> =
        status["missing_columns"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert_eq!(missing, ["company.email", "runtemplate.delay", "job.command"], "{status:#}");
    env.run(&["database", "migrate"]).ok();
    assert_eq!(env.json(&["database", "status"])["complete"], true);
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["delay"], 0);
    env.run_job(&[]).0.exits(0);
});

on_each_database!(a_core_column_that_is_missing_is_told, |env| {
    env.prepare("Native", "true", serde_json::json!(null));
    env.sql("ALTER TABLE runtemplate RENAME COLUMN interv TO spacing");
    let refused = env.run(&["queue", "fill"]).refused(1, "the database lacks a column");
    assert!(refused.stderr.contains("`multiflexi-cli database status` tells what is missing"), "{refused:?}");
});

on_each_server!(a_schema_that_wants_more_than_is_known_is_told_as_newer, |env| {
    env.run(&["database", "migrate"]).ok();
    env.sql("ALTER TABLE company ADD COLUMN weight INTEGER NOT NULL");
    env.run(&["company", "create", "--name=A"]).refused(1, "install a newer version");
    let status = env.json(&["database", "status"]);
    assert_eq!(
        (&status["complete"], &status["unknown_required_columns"][0]),
        (&false.into(), &"company.weight".into())
    );
});

/// docs/configuration.md describes such a user.
#[needs::needs(postgres)]
#[test]
fn who_may_not_read_sequences_checks_the_rest() {
    let env = Env::on(Server::Postgres, "check_rights");
    let user = env.reader("");
    for verb in ["check", "repair"] {
        let mut command = env.command(&["database", verb]);
        let output: Output = command.env("DB_USERNAME", &user).env("DB_PASSWORD", "x").output().unwrap().into();
        let output = output.ok();
        assert!((output.stdout + &output.stderr).contains("sequences may not be read by this user"));
    }
}

on_each_database!(several_migrations_at_once_make_one_schema, |env| {
    env.run(&["company", "list"]).ok();
    let off = match env.variable("DB_CONNECTION") {
        Some("mysql") => "SET foreign_key_checks = 0;",
        _ => "",
    };
    let cascade = if env.is_postgres() { " CASCADE" } else { "" };
    for table in ["app_kubernetes", "runtplcreds", "actionconfig", "event_rule", "event_source", "topic"] {
        env.sql(&format!("{off} DROP TABLE {table}{cascade};"));
    }
    let migrations: Vec<_> = (0..5).map(|_| env.command(&["database", "migrate"]).spawn().unwrap()).collect();
    for migration in migrations {
        let done = migration.wait_with_output().unwrap();
        assert!(done.status.success(), "{done:?}");
    }
    assert_eq!(env.json(&["database", "status"])["complete"], true);
});

/// An empty schema of the user's name stands before the one that has the tables, as PostgreSQL's search path has it.
#[needs::needs(postgres)]
#[test]
fn a_schema_of_the_users_name_hides_no_tables() {
    let env = Env::on(Server::Postgres, module_path!());
    env.prepare("Native", "exit 0", serde_json::json!(null));
    let key = |call: &[&str]| env.command(call).env("ENCRYPTION_MASTER_KEY", "of the test").output().unwrap();
    assert!(key(&["encryption", "init"]).status.success());
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    let create = ["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"];
    let made = key(&[&create[..], &["--field=CLOUD_PASSWORD=marker:1"]].concat());
    assert!(made.status.success(), "{made:?}");
    env.sql(r#"CREATE SCHEMA AUTHORIZATION CURRENT_USER; DROP TABLE topic CASCADE;"#);
    assert_eq!(env.json(&["company", "list"])[0]["slug"], "acme");
    env.run(&["company", "create", "--name=Beta", "--slug=beta"]).ok();
    let logged = env.sql("select count(*) from security_audit_log where entity_type = 'Company' and action = 'create'");
    assert_eq!(logged.trim(), "2");
    let updated = key(&["credential", "update", "--id=1", "--field=CLOUD_PASSWORD=marker:2"]);
    assert!(updated.status.success() && !env.sql("select value from credata").contains("marker"), "{updated:?}");
    env.run(&["database", "migrate"]).ok();
    assert_eq!(env.json(&["database", "status"])["complete"], true);
    let beside =
        "select count(distinct table_schema) from information_schema.tables where table_name in ('job', 'topic')";
    assert_eq!(env.sql(beside).trim(), "1", "what was missing comes beside what is there");
    env.run(&["database", "check"]).ok();
    env.sql("update credata set value = 'marker:3'");
    let checked = env.run(&["database", "check"]).exits(1);
    assert!(checked.stdout.contains("--field=CLOUD_PASSWORD=-") && !checked.stdout.contains("marker"), "{checked:?}");
}
