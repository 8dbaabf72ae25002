//! What a credential's values stay through changes: secret, of their type, in their row.

use std::time::Duration;

use serde_json::json;

use crate::env::{Env, on_each_database};

const MASK: &str = "••••••••";

/// A credential 1 whose type describes no fields, with a value of the type `password` as the suite's forms store it. Its
/// name does not say that it is secret.
fn prepare(env: &Env) {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    env.run(&["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"]).ok();
    env.sql(
        "insert into credata (credential_id, name, value, type) values (1, 'KLIC', 'marker:1', 'password'), \
         (1, 'USER', 'me', 'string');",
    );
    with_key(env, &["encryption", "init"]);
}

#[track_caller]
fn with_key(env: &Env, call: &[&str]) -> String {
    let output = env.command(call).env("ENCRYPTION_MASTER_KEY", "of the test").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn stored(env: &Env) -> String {
    env.sql("select value from credata where name = 'KLIC'")
}

on_each_database!(a_secret_that_only_its_row_calls_so_stays_secret, |env| {
    prepare(env);
    let row = || env.sql("select id, type from credata where name = 'KLIC'");
    let before = row();
    assert_eq!(env.json(&["credential", "get", "--id=1"])["KLIC"], MASK);
    let text = with_key(env, &["credential", "encrypt-existing"]);
    assert_eq!(text, "1 values encrypted\n");
    assert!(stored(env).contains("AES-256-GCM") && !stored(env).contains("marker"), "{}", stored(env));
    assert_eq!(with_key(env, &["credential", "encrypt-existing"]), "0 values encrypted\n");
    with_key(env, &["credential", "update", "--id=1", "--field=KLIC=marker:2"]);
    assert!(stored(env).contains("AES-256-GCM") && !stored(env).contains("marker"), "{}", stored(env));
    assert_eq!(row(), before, "the row keeps its id and its type");
    let shown = env.json(&["credential", "get", "--id=1"]);
    assert_eq!((&shown["KLIC"], &shown["USER"]), (&json!(MASK), &json!("me")));
    let shown = with_key(env, &["credential", "get", "--id=1", "--reveal", "--yes"]);
    assert!(shown.contains("KLIC: marker:2"), "{shown}");
});

on_each_database!(with_encryption_switched_off_a_secret_is_in_clear_but_still_masked, |env| {
    prepare(env);
    let off = |call: &[&str]| {
        let mut command = env.command(call);
        command.env("ENCRYPTION_MASTER_KEY", "of the test").env("DATA_ENCRYPTION_ENABLED", "false");
        assert_cmd::Command::from_std(command).timeout(Duration::from_secs(20)).output().unwrap()
    };
    let before = env.sql("select id, value from credata order by id");
    // Once it went round and round: each value moved behind those that were yet to come.
    for call in [&["credential", "encrypt-existing"][..], &["credential", "encrypt-existing", "--dry-run"]] {
        let output = off(call);
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && words.contains("DATA_ENCRYPTION_ENABLED"), "{output:?}");
    }
    assert_eq!(env.sql("select id, value from credata order by id"), before);
    let output = off(&["credential", "update", "--id=1", "--field=KLIC=marker:2"]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("stored in clear"), "{output:?}");
    assert_eq!(stored(env).trim(), "marker:2");
    assert_eq!(env.json(&["credential", "get", "--id=1"])["KLIC"], MASK);
});

/// A server's own words are told; only a text that is too long is called so.
#[test]
fn an_error_of_the_server_is_told_as_it_is() {
    let env = Env::new();
    prepare(&env);
    for event in ["insert", "update"] {
        env.sql(&format!(
            "create trigger no_{event} before {event} on credata begin select raise(abort, 'nothing is taken today'); end;"
        ));
    }
    for field in ["--field=USER=you", "--field=NEW=value"] {
        let output = env.run(&["credential", "update", "--id=1", field]).refused(1, "nothing is taken today");
        assert!(!output.stderr.contains("too long"), "{output:?}");
    }
}
