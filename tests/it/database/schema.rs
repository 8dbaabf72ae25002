//! What a schema lacks is told, and added by `database migrate`.

use crate::env::on_each_database;

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
