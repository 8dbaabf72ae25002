//! Event sources and event rules.

use serde_json::json;

use crate::env::on_each_database;

on_each_database!(a_source_is_tested_by_connecting, |env| {
    env.run(&["company", "create", "--name=A", "--slug=a"]).ok();
    let database = env.file("changes.sqlite3", "");
    let other = crate::env::Env::new();
    other.run(&["company", "list"]).ok();
    std::fs::copy(other.database(), &database).unwrap();
    let path = format!("--db_database={}", database.display());
    env.run(&["event-source", "create", "--name=Changes", "--db_connection=sqlite", &path, "--db_password=marker"])
        .ok();
    assert_eq!(env.json(&["event-source", "test", "--id=1"])["reachable"], true);
    let shown = env.run(&["event-source", "get", "--id=1", "--format=json"]).ok();
    assert!(!shown.stdout.contains("marker"), "{shown:?}");
    env.run(&["event-source", "update", "--id=1", "--db_connection=mysql", "--db_host=127.0.0.1", "--db_port=1"]).ok();
    let refused = env.run(&["event-source", "test", "--id=1"]).refused(1, "127.0.0.1:1");
    assert!(!refused.stderr.contains("marker"), "{refused:?}");
    env.run(&["event-source", "update", "--id=1", "--db_port=70000"]).refused(2, "port");
    env.run(&["event-source", "create", "--name=Changes", &path]).refused(1, "exists already");
});

on_each_database!(a_rule_joins_a_source_and_a_runtemplate, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["event-source", "create", "--name=Changes", "--db_database=x"]).ok();
    let create = |options: &[&str]| env.run(&[&["event-rule", "create"], options].concat());
    create(&["--event_source_id=9", "--runtemplate_id=1"]).refused(1, "Event source with id 9 not found");
    create(&["--event_source_id=1", "--runtemplate_id=9"]).refused(1, "with id 9 not found");
    create(&["--event_source_id=1", "--runtemplate_id=1", "--env_mapping=[]"]).refused(2, "JSON object");
    create(&["--event_source_id=1", "--runtemplate_id=1", "--operation=explode"]).refused(2, "explode");
    create(&["--event_source_id=1", "--runtemplate_id=1", r#"--env_mapping={"ID":"$.id"}"#]).ok();
    assert_eq!(env.json(&["event-rule", "list", "--event_source_id=1"])[0]["operation"], "any");
    env.run(&["event-rule", "update", "--id=1", "--priority=5", "--enabled=0"]).ok();
    assert_eq!(env.json(&["event-rule", "get", "--id=1"])["priority"], 5);
    env.run(&["event-source", "remove", "--id=1"]).refused(1, "still used by 1 event rule");
    env.run(&["event-rule", "remove", "--id=1"]).ok();
    env.run(&["event-source", "remove", "--id=1"]).ok();
});

on_each_database!(a_new_one_was_made_and_changed_at_the_same_moment, |env| {
    env.prepare("Native", "true", json!(null));
    // The database's own clock shows another time than the one in the settings.
    let create = |call: &[&str]| {
        let made = env.command(call).env("MULTIFLEXI_TIMEZONE", "Pacific/Kiritimati").output().unwrap();
        assert!(made.status.success(), "{made:?}");
    };
    create(&["event-source", "create", "--name=Changes", "--db_database=x"]);
    create(&["event-rule", "create", "--event_source_id=1", "--runtemplate_id=1"]);
    for noun in ["event-source", "event-rule"] {
        let row = env.json(&[noun, "get", "--id=1"]);
        assert_eq!(row["created"], row["modified"], "{row:#}");
    }
});
