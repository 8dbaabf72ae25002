//! Secrets are in no output: a marker stands in each place that may hold one, and is looked for in what commands print.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

const MARKER: &str = "marker-3f9c";

/// Puts the marker wherever a command takes a secret.
fn fill(env: &Env) {
    env.prepare("Native", "true", json!(null));
    let option = |name: &str| format!("--{name}={MARKER}");
    let pair = |option: &str, key: &str| format!("--{option}={key}={MARKER}");
    env.run(&["user", "create", "--login=a", &option("plaintext")]).ok();
    env.run(&["user", "create", "--login=b", &option("password")]).ok();
    env.run(&["event-source", "create", "--name=s", "--db_database=d", &option("db_password")]).ok();
    env.run(&["company", "env-set", "--company=acme", &pair("env", "COMPANY_PASSWORD")]).ok();
    env.run(&["runtemplate", "update", "--id=1", &pair("config", "API_TOKEN")]).ok();
    env.run(&["runtemplate", "schedule", "--id=1", &pair("env", "ONCE_SECRET"), "--env=SMTP_AUTH=true"]).ok();
    env.run(&["job", "run", "--id=1"]).ok();
    env.run(&["job", "retry", "--id=1"]).ok();
    // As it is known once.
    let token = env.json(&["token", "create", "--user=1", &option("token")]);
    assert_eq!(token["token"], MARKER);
}

on_each_database!(no_listing_and_no_record_shows_a_secret, |env| {
    fill(env);
    let mut shown = 0;
    for noun in ["user", "event-source", "company", "runtemplate", "job", "token", "queue", "application"] {
        for (verb, formats) in [("list", &["text", "json", "csv"][..]), ("get", &["text", "json"])] {
            for format in formats.iter().filter(|_| (noun, verb) != ("queue", "get")) {
                let format = format!("--format={format}");
                let id: &[&str] = if verb == "get" { &["--id=1"] } else { &[] };
                let output = env.run(&[&[noun, verb, format.as_str()], id].concat()).ok();
                assert!(!output.stdout.contains(MARKER), "{noun} {verb}: {output:#?}");
                shown += output.stdout.matches("••••••••").count();
            }
        }
    }
    assert!(shown > 20, "only {shown} masks");
    for call in [
        &["company", "env-list", "--company=acme"][..],
        &["runtemplate", "clone", "--id=1", "-v"],
        &["runtemplate", "update", "--id=1", "--active=1", "-v"],
        &["event-source", "update", "--id=1", "--enabled=1", "-v"],
        &["user", "update", "--id=1", "--enabled=1", "-v"],
        &["event-source", "test", "--id=1"],
    ] {
        let output = env.run(call);
        assert!(!format!("{output:?}").contains(MARKER), "{output:#?}");
    }
    let environment = &env.json(&["job", "get", "--id=1"])["env"];
    for (name, value) in [("COMPANY_PASSWORD", "••••••••"), ("ONCE_SECRET", "••••••••"), ("SMTP_AUTH", "true")]
    {
        assert_eq!(environment[name], value, "{environment:#}");
    }
});

on_each_database!(a_secret_in_a_command_that_the_suite_stored_is_masked, |env| {
    fill(env);
    // The suite stores a command as it is run, with what is secret in it.
    env.sql(&format!("update job set command = 'tool --password={MARKER} --notes=3' where id = 1;"));
    for call in [
        &["job", "list", "--format=json"][..],
        &["job", "list"],
        &["job", "list", "--fields=id,command", "--format=csv"],
        &["job", "list", "--fields=command,command", "--format=json"],
        &["job", "get", "--id=1"],
        &["job", "get", "--id=1", "--fields=command"],
    ] {
        let output = env.run(call).ok();
        assert!(!output.stdout.contains(MARKER), "{output:#?}");
        assert!(output.stdout.contains("tool --password=•••••••• --notes=3"), "{output:#?}");
    }
    // The environment is read to know the secrets, and not shown for that.
    let rows = env.json(&["job", "list", "--fields=id,command"]);
    let keys: Vec<_> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["id", "command"]);
    assert!(env.run(&["job", "list", "--fields=id,command", "--format=csv"]).ok().stdout.starts_with("id,command\n1,"));
});

on_each_database!(a_secret_with_blanks_and_quotes_is_masked_in_a_stored_command, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "schedule", "--id=1", "--env=API_TOKEN=correct horse's"]).ok();
    for stored in [r"tool --x=correct\ horse's", r"tool --x=correct\ horse\'s", r"tool --x='correct horse'\''s'"] {
        let text = match env.variable("DB_CONNECTION") {
            Some("mysql") => stored.replace('\\', r"\\"),
            _ => stored.to_owned(),
        };
        env.sql(&format!("update job set command = '{}' where id = 1;", text.replace('\'', "''")));
        for call in [&["job", "list", "--format=json"][..], &["job", "list"], &["job", "get", "--id=1"]] {
            let output = env.run(call).ok();
            assert!(!output.stdout.contains("horse") && output.stdout.contains("--x="), "{output:#?}");
        }
    }
});

on_each_database!(a_secret_that_an_older_suite_marked_is_masked, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "schedule", "--id=1"]).ok();
    let stored = format!(r#"a:1:{{s:4:"KLIC";a:2:{{s:5:"value";s:11:"{MARKER}";s:6:"secret";b:1;}}}}"#);
    env.store_environment("1", &stored);
    for call in [&["job", "list", "--format=json"][..], &["job", "get", "--id=1"]] {
        let output = env.run(call).ok();
        assert!(!output.stdout.contains(MARKER) && output.stdout.contains("KLIC"), "{output:#?}");
    }
});

on_each_database!(an_address_with_a_password_is_masked_whatever_its_name, |env| {
    env.prepare("Native", "true ${DB_URL:-}", json!(null));
    let url = format!("http://joe:{MARKER}@proxy:8080/x");
    env.run(&[
        "company",
        "env-set",
        "--company=acme",
        &format!("--env=HTTP_PROXY={url}"),
        "--env=PLAIN_URL=http://h/x",
    ])
    .ok();
    env.run(&["runtemplate", "update", "--id=1", &format!("--config=DB_URL={url}")]).ok();
    env.run(&["runtemplate", "schedule", "--id=1"]).ok();
    env.run(&["job", "run", "--id=1"]).ok();
    env.sql(&format!("update job set command = 'tool --url={url} --notes=3' where id = 1;"));
    for call in [
        &["company", "env-list", "--company=acme"][..],
        &["runtemplate", "get", "--id=1"],
        &["runtemplate", "get", "--id=1", "--format=json"],
        &["job", "get", "--id=1"],
        &["job", "get", "--id=1", "--format=json"],
        &["job", "list", "--format=json"],
    ] {
        let output = env.run(call).ok();
        assert!(!output.stdout.contains(MARKER), "{output:#?}");
    }
    let environment = &env.json(&["job", "get", "--id=1"])["env"];
    assert_eq!((&environment["DB_URL"], &environment["PLAIN_URL"]), (&json!("••••••••"), &json!("http://h/x")));
    assert_eq!(env.json(&["job", "get", "--id=1"])["command"], "tool --url=•••••••• --notes=3");
});

#[test]
fn a_login_in_the_name_of_the_host_is_not_shown() {
    let mut env = Env::new();
    for (key, value) in [("DB_CONNECTION", "mysql"), ("DB_DATABASE", "x"), ("DB_USERNAME", "joe"), ("DB_PASSWORD", "x")]
    {
        env.set(key, value);
    }
    env.set("DB_HOST", &format!("joe:{MARKER}@127.0.0.1"));
    env.set("DB_PORT", "1");
    for call in [&["status"][..], &["job", "list"], &["doctor"]] {
        let output = format!("{:?}", env.run(call));
        assert!(!output.contains(MARKER) && output.contains("127.0.0.1"), "{output}");
    }
}

#[test]
fn an_error_does_not_repeat_what_may_be_secret() {
    let env = Env::new();
    env.prepare("Native", "true", Value::Null);
    let address = format!("--endpoint=http://user:{MARKER}@127.0.0.1:1");
    let ftp = format!("--endpoint=ftp://user:{MARKER}@host");
    let (colon, no_name) = (format!("--env=PASSWORD:{MARKER}"), format!("--env=1X={MARKER}"));
    for call in [
        &["telemetry", "test", &address][..],
        &["telemetry", "test", &ftp],
        &["company", "env-set", "--company=acme", &colon],
        &["runtemplate", "schedule", "--id=1", &colon],
        &["runtemplate", "schedule", "--id=1", &no_name],
    ] {
        let output = env.run(call).exits(2);
        assert!(!format!("{output:?}").contains(MARKER), "{output:#?}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_not_repeated() {
    let env = Env::new();
    let mut definition = crate::env::definition("Test");
    definition["environment"] =
        json!({"PIN": {"type": "integer", "description": "p", "defval": "1", "required": false}});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=T"];
    let output = env.run(&[&create[..], &["--config=PIN=12x34"]].concat()).refused(2, "PIN");
    assert!(output.stderr.contains("integer") && !output.stderr.contains("12x34"), "{output:?}");
    env.run(&create).ok();
    // One for one job is taken as it is: the suite's event processor puts there what it finds in a record.
    env.run(&["runtemplate", "schedule", "--id=1", "--config=PIN=12x34", "--schedule_type=event", "-f", "json"]).ok();
}

on_each_database!(nothing_is_ordered_by_a_secret, |env| {
    fill(env);
    for (noun, column) in
        [("user", "password"), ("token", "token"), ("event-source", "db_password"), ("job", "env"), ("job", "command")]
    {
        for option in [format!("--order={column}"), format!("--sort={column}"), format!("--sort=id,-{column}")] {
            let refused = env.run(&[noun, "list", &option]).refused(2, "holds secrets");
            // The hint names what may be ordered by.
            let hint = refused.stderr.split_once("hint:").unwrap().1;
            let names: Vec<&str> = hint.split([',', ' ', '\n']).collect();
            assert!(names.contains(&"id") && !names.contains(&column), "{noun} {option}: {hint}");
            env.run(&[noun, "list", &option, "--fields=id", "--format=json"]).exits(2);
        }
        env.run(&[noun, "list", "--order=id", "--format=json"]).ok();
    }
});
