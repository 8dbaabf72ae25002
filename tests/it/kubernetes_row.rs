//! A row of an application's settings for Kubernetes that no import would have taken: its jobs are not run by defaults in its place.

use serde_json::json;

use crate::env::on_each_database;

/// What stands in the row, and words of the refusal.
const ROWS: [(&str, &str); 9] = [
    (r#"{"helm":"#, "are not JSON"),
    (r"[]", "the kubernetes object [] of"),
    (r#"{"helm":"x"}"#, r#"the helm "x" of"#),
    (
        r#"{"helm":{"enabled":false,"namespace":["x"]}}"#,
        r#"the helm.namespace ["x"] of the application Test is not a text"#,
    ),
    (r#"{"helm":{"enabled":"false"}}"#, "helm.enabled"),
    (r#"{"helm":{"timeoutSeconds":"30"}}"#, "a whole number of seconds"),
    (r#"{"helm":{"timeoutSeconds":-1}}"#, "the helm.timeoutSeconds -1 of"),
    (r#"{"helm":{"timeoutSeconds":1.5}}"#, "the helm.timeoutSeconds 1.5 of"),
    (r#"{"artifacts":{"keepPodOnFailure":"true"}}"#, "is not true or false"),
];

on_each_database!(a_row_of_a_wrong_kind_is_refused, |env| {
    env.prepare("Kubernetes", "true", json!({"helm": {"enabled": false, "namespace": "somewhere"}}));
    let id = env.schedule();
    for (row, words) in ROWS {
        env.sql(&format!("UPDATE app_kubernetes SET definition = '{row}'"));
        let run = env.command(&["job", "run", &format!("--id={id}")]).env("PATH", "/nonexistent").output().unwrap();
        let run: crate::env::Output = run.into();
        assert!(run.code == 125 && run.stderr.contains(words) && run.stderr.contains("hint: "), "{row}: {run:?}");
        let record = env.json(&["job", "get", &format!("--id={id}")]);
        assert!(record["begin"].is_null() && record["exitcode"].is_null(), "{row}: {record:#}");
    }
});
