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

on_each_database!(a_prototype_s_new_code_takes_its_types_along, |env| {
    let prototype = |code: &str| {
        json!({
            "uuid": "1b4e28ba-2fa1-4d3c-883f-0016d3cca427", "code": code, "name": "Cloud", "version": "1.0",
            "fields": [{"keyword": "KLIC", "type": "password", "required": true}],
        })
    };
    let import = |code: &str| {
        let file = env.file("given.json", &prototype(code).to_string());
        env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    };
    import("Cloud");
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    with_key(env, &["encryption", "init"]);
    let renames: [(&str, &dyn Fn()); 3] = [
        ("Sky", &|| {
            env.run(&["credential-prototype", "update", "1", "--code=Sky"]).ok();
        }),
        ("Air", &|| import("Air")),
        ("Wind", &|| {
            let uuid = "--uuid=1b4e28ba-2fa1-4d3c-883f-0016d3cca427";
            env.run(&["credential-prototype", "update", uuid, "--code=Wind"]).ok();
        }),
    ];
    for (number, (code, rename)) in (1..).zip(renames) {
        rename();
        assert_eq!(env.json(&["credential-type", "get", "--id=1"])["prototype"], code);
        env.run(&["database", "check"]).ok();
        let create = ["credential", "create", "--company-id=1", "--credential-type-id=1"];
        let name = format!("--name=Ours{number}");
        with_key(env, &[&create[..], &[&name, "--field=KLIC=marker:3"]].concat());
        let stored = env.sql(&format!("select value from credata where credential_id = {number}"));
        assert!(stored.contains("AES-256-GCM") && !stored.contains("marker"), "{stored}");
    }
    env.sql("update credential_type set prototype = 'Gone'");
    let found = env.json_of(&["database", "check"], 1);
    assert_eq!(found["findings"][0]["column"], "prototype", "{found:#}");
    assert!(found["findings"][0]["message"].as_str().unwrap().contains("\"Gone\""), "{found:#}");
    // The suite has a class of that name.
    env.sql("update credential_type set prototype = 'FioBank'");
    env.run(&["database", "check"]).ok();
});

on_each_database!(no_key_is_made_beside_one_that_the_master_key_does_not_fit, |env| {
    prepare(env);
    with_key(env, &["encryption", "init", "--force", "--no-interaction"]);
    let keys = || env.sql("select id, key_data, is_active, version from encryption_keys order by id");
    let before = keys();
    for options in [&["--no-interaction"][..], &["--dry-run"]] {
        let call = [&["encryption", "init", "--force"], options].concat();
        let refused = env.command(&call).env("ENCRYPTION_MASTER_KEY", "another").output().unwrap();
        let words = String::from_utf8_lossy(&refused.stderr);
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(
            words.contains("does not fit the one for credentials, version 1") && words.contains("hint: Set ENC"),
            "{words}"
        );
    }
    assert_eq!(keys(), before);
    with_key(env, &["credential", "update", "--id=1", "--field=KLIC=marker:2"]);
});

on_each_database!(a_damaged_envelope_says_what_to_do, |env| {
    prepare(env);
    with_key(env, &["credential", "encrypt-existing"]);
    let whole: serde_json::Value = serde_json::from_str(stored(env).trim()).unwrap();
    for (member, value) in
        [("iv", "AAAA"), ("tag", "!"), ("algorithm", "ROT13"), ("ciphertext", "?"), ("key_name", "gone")]
    {
        let mut damaged = whole.clone();
        damaged[member] = value.into();
        env.sql(&format!("update credata set value = '{damaged}' where name = 'KLIC'"));
        let call = ["credential", "get", "--id=1", "--reveal", "--yes", "--format=json"];
        let refused = env.command(&call).env("ENCRYPTION_MASTER_KEY", "of the test").output().unwrap();
        let told: serde_json::Value = serde_json::from_slice(&refused.stdout).unwrap();
        assert_eq!(refused.status.code(), Some(1), "{told}");
        assert!(told["hint"].is_string(), "{member}: {told}");
    }
});

on_each_database!(types_are_stored_in_the_suites_words, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    let fields = [
        ("A", "boolean", "bool"),
        ("B", "select", "set"),
        ("C", "textarea", "text"),
        ("D", "file", "file-path"),
        ("E", "number", "integer"),
        ("F", "url", "url"),
    ];
    let mut create =
        vec!["credential".to_owned(), "create".into(), "--company-id=1".into(), "--credential-type-id=1".into()];
    for (name, kind, _) in fields {
        env.sql(&format!(
            "insert into credential_prototype_field (credential_prototype_id, keyword, type, name) \
             select id, '{name}', '{kind}', '{name}' from credential_prototype where code = 'Cloud'"
        ));
        create.push(format!("--field={name}=1"));
    }
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    env.run(&create.iter().map(String::as_str).collect::<Vec<_>>()).ok();
    // Without a name it has its company's, as the suite has it.
    assert_eq!(env.json(&["credential", "get", "--id=1"])["name"], "Acme");
    env.run(&["credential", "update", "--id=1", "--name="]).refused(2, "--name");
    for (name, _, word) in fields {
        assert_eq!(env.sql(&format!("select type from credata where name = '{name}'")).trim(), word, "{name}");
    }
    env.import("true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"]).ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["runtemplate", "schedule", "--id=1"]).ok();
    let stored = env.stored_environment("1");
    for (_, kind, word) in &fields[..5] {
        assert!(
            stored.contains(&format!(":\"{word}\"")) && !stored.contains(&format!(":\"{kind}\"")),
            "{kind}: {stored}"
        );
    }
});
