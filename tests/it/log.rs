//! What happens inside is told to whoever asks for it, on stderr, and holds no secret.

use needs::needs;
use serde_json::{Value, json};

use crate::env::{Env, Output, on_each_database};

/// The events of a command that was run with `MULTIFLEXI_LOG_FORMAT=json`.
fn events(output: &Output) -> Vec<Value> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|cause| panic!("{cause}: {line}"));
    output.stderr.lines().map(read).collect()
}

on_each_database!(statements_are_told_with_time_and_result, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let silent = env.run(&["company", "list"]).ok();
    assert_eq!(silent.stderr, "");
    assert_eq!(env.run(&["company", "list", "-v"]).ok().stderr, "");
    let told = env.run(&["company", "list", "-vv"]).ok();
    assert_eq!(told.stdout, silent.stdout);
    assert!(told.stderr.contains("DEBUG statement ms=") && told.stderr.contains("rows=1"), "{told:?}");
    let mut command = env.command(&["company", "get", "acme", "--format=json"]);
    command.env("MULTIFLEXI_LOG", "debug").env("MULTIFLEXI_LOG_FORMAT", "json");
    let output: Output = command.output().unwrap().into();
    assert_eq!(output.json()["name"], "Acme");
    let events = events(&output);
    assert!(events.iter().any(|event| event["message"] == "database opened"), "{events:#?}");
    let select = events.iter().find(|event| event["sql"].as_str().is_some_and(|sql| sql.contains("slug"))).unwrap();
    assert_eq!((&select["level"], &select["rows"]), (&json!("DEBUG"), &json!(1)), "{select}");
    assert!(select["ms"].is_f64(), "{select}");
});

#[test]
fn no_value_is_told() {
    let mut env = Env::new();
    env.set("MULTIFLEXI_LOG", "trace");
    env.prepare("Native", "true", json!(null));
    let marker = "marker-value-of-a-secret";
    for call in [
        vec!["company".to_owned(), "create".into(), format!("--name={}", &marker[..20])],
        vec![
            "company".into(),
            "env".into(),
            "set".into(),
            "--company=acme".into(),
            format!("--env=API_TOKEN={marker}"),
        ],
        vec!["user".into(), "create".into(), "--login=x".into(), format!("--plaintext={marker}")],
        vec!["runtemplate".into(), "run".into(), "--id=1".into(), format!("--env=PASSWORD={marker}")],
    ] {
        let call: Vec<&str> = call.iter().map(String::as_str).collect();
        let output = env.run(&call).ok();
        assert!(output.stderr.contains("statement"), "{output:?}");
        assert!(!output.stderr.contains(&marker[..20]), "{call:?}: {output:?}");
    }
}

#[test]
fn the_phases_of_a_run_and_its_processes_are_told() {
    let mut env = Env::new();
    env.prepare("Native", "exit 3", json!(null));
    env.schedule();
    env.set("MULTIFLEXI_LOG", "debug");
    env.set("MULTIFLEXI_LOG_FORMAT", "json");
    let output = env.run(&["job", "run", "1"]).exits(3);
    let events = events(&output);
    let phases: Vec<_> = events.iter().filter_map(|event| event["phase"].as_str()).collect();
    assert_eq!(phases, ["claiming", "claimed", "spawned", "ended", "examined", "finishing", "finished", "cleaned"]);
    let process = events.iter().find(|event| event["message"] == "process").unwrap();
    assert_eq!((&process["command"], &process["code"]), (&json!("sh"), &json!(3)), "{process}");
}

#[test]
fn a_wrong_word_is_refused() {
    let mut env = Env::new();
    env.set("MULTIFLEXI_LOG", "loud");
    env.run(&["company", "list"]).refused(2, "off, error, warn, info, debug or trace");
    env.set("MULTIFLEXI_LOG", "debug");
    env.set("MULTIFLEXI_LOG_FORMAT", "xml");
    env.run(&["company", "list"]).refused(2, "text or json");
    assert!(!env.database().exists());
    env.set("MULTIFLEXI_LOG", "off");
    env.set("MULTIFLEXI_LOG_FORMAT", "json");
    assert_eq!(env.run(&["company", "list"]).ok().stderr, "Nothing found\n");
}

#[needs(podman)]
#[test]
fn calls_of_podman_are_told() {
    let mut env = Env::on_podman();
    env.prepare("Podman", "true", json!(null));
    env.set("MULTIFLEXI_LOG", "debug");
    let marker = "marker-value-of-a-secret";
    let output = env.run(&["runtemplate", "run", "1", &format!("--env=PASSWORD={marker}")]).ok();
    assert!(output.stderr.contains("podman create ") && !output.stderr.contains(marker), "{output:?}");
}

#[needs(cluster)]
#[test]
fn calls_of_kubectl_are_told() {
    let mut env = Env::on_cluster();
    env.prepare("Kubernetes", "true", json!({"helm": {"enabled": false, "namespace": "default"}}));
    env.set("MULTIFLEXI_LOG", "debug");
    let marker = "marker-value-of-a-secret";
    let output = env.run(&["runtemplate", "run", "1", &format!("--env=PASSWORD={marker}"), "--env=PLAIN=plain-value"]);
    let told = &output.stderr;
    assert!(told.contains("kubectl") && told.contains(" run ") && told.contains("phase=\"asked\""), "{output:?}");
    assert!(!told.contains(marker) && !told.contains("plain-value"), "{output:?}");
}

#[test]
fn a_terminal_gets_nothing_but_what_happens() {
    let env = Env::new();
    let told = env.on_terminal(&["company", "list", "-vv"], "").ok().stdout;
    assert!(told.contains("DEBUG statement ms=") && !told.contains("tracing"), "{told:?}");
}
