//! Secrets whose names Kubernetes does not take.

use serde_json::{Value, json};

use super::{notices, on_cluster};

fn password(value: &str) -> Value {
    json!({"type": "password", "description": "p", "defval": value, "required": false})
}

on_cluster!(a_secret_of_a_name_that_kubernetes_does_not_take_is_handed_over_all_the_same, |place| {
    let marker = format!("marker-{}", place.namespace);
    place.prepare_with(|definition| {
        definition["executable"] = "/bin/sh".into();
        definition["cmdparams"] = format!("-c 'sleep 1; printf %s \"$1\" | wc -c' sh {marker}").into();
        definition["environment"] = json!({"my password": password(&marker)});
    });
    let id = place.env.schedule();
    let mut job = place.start(&id, &[]);
    let mut seen = String::new();
    while job.try_wait().unwrap().is_none() {
        seen.push_str(&place.kubectl(&["get", "pods", "-o", "yaml"]).ok().stdout);
    }
    let record = place.record(&id);
    assert_eq!(record["stdout"].as_str().unwrap().trim(), marker.len().to_string(), "{record:#}");
    assert!(notices(&record).contains("\"my password\" is not handed to the pod"), "{record:#}");
    assert!(seen.contains("mf-job-") && !seen.contains(&marker), "{seen}");
    place.nothing_is_left();
});
