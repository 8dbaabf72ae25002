//! The file of `--pod-overrides` over the definition's `podOverrides`, and both over what a job's pod is without them.

use serde_json::{Value, json};

use super::{Place, on_cluster};
use crate::env::set_script;

/// Runs a job that fails with these overrides in its definition and in the file. What it printed, and its pod, which is kept.
fn kept(place: &Place, definition: &Value, file: &Value, options: &[&str]) -> (Value, Value) {
    place.prepare_with(|app| {
        set_script(app, "echo \"PLAIN=[$PLAIN] ${OVERRIDDEN-unset}\"; exit 3");
        app["environment"] = json!({"PLAIN": {"type": "string", "description": "p", "defval": "value", "required": false}});
        app["kubernetes"] = json!({
            "helm": {"enabled": false}, "artifacts": {"enabled": false, "keepPodOnFailure": true}, "podOverrides": definition,
        });
    });
    let file = place.env.file("overrides.json", &file.to_string());
    let (output, record) = place.env.run_job(&[&["--pod-overrides", file.to_str().unwrap()], options].concat());
    let pod = place.pods().pop().unwrap_or_else(|| panic!("no pod is kept: {output:#?} {record:#}"));
    let spec = place.kubectl(&["get", "pod", &pod, "-o", "json"]).ok().json()["spec"].take();
    (record["stdout"].clone(), spec)
}

on_cluster!(a_null_in_the_overrides_takes_no_variable_from_the_program, |place| {
    let definition = json!({"spec": {"nodeSelector": {"disk": "fast"}, "containers": [
        {"image": null, "env": [{"name": "OVERRIDDEN", "value": "by the definition"}]},
    ]}});
    let file = json!({"spec": {"nodeSelector": null, "containers": [{"env": null}]}});
    let (stdout, spec) = kept(&place, &definition, &file, &[]);
    assert_eq!(stdout, "PLAIN=[value] unset\n", "{spec:#}");
    assert_eq!(spec["nodeSelector"], Value::Null);
});

on_cluster!(a_list_of_the_file_without_keys_stands_in_place_of_the_definition_s, |place| {
    let affinity = |key: &str, value: &str| {
        let terms = json!([{"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]}]);
        json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}})
    };
    let overrides = |affinity: Value, word: &str| {
        let hook = json!({"postStart": {"exec": {"command": ["sh", "-c", format!(": {word}")]}}});
        json!({"spec": {"affinity": affinity, "containers": [{"lifecycle": hook, "env": [{"name": "OVERRIDDEN", "value": word}]}]}})
    };
    let wanted = affinity("kubernetes.io/os", "linux");
    let (stdout, spec) =
        kept(&place, &overrides(affinity("disk", "fast"), "definition"), &overrides(wanted.clone(), "file"), &[]);
    assert_eq!(stdout, "PLAIN=[value] file\n", "{spec:#}");
    assert_eq!(spec["affinity"], wanted);
    assert_eq!(spec["containers"][0]["lifecycle"]["postStart"]["exec"]["command"], json!(["sh", "-c", ": file"]));
});

on_cluster!(what_the_overrides_say_of_a_deadline_and_of_links_is_not_dropped, |place| {
    let file = json!({"spec": {"activeDeadlineSeconds": 300, "enableServiceLinks": true}});
    let (_, spec) = kept(&place, &json!({}), &file, &["--timeout=3600"]);
    assert_eq!((&spec["activeDeadlineSeconds"], &spec["enableServiceLinks"]), (&json!(300), &json!(true)), "{spec:#}");
    drop(place);
    let place = Place::new();
    // The job's own end comes first.
    let file = json!({"spec": {"activeDeadlineSeconds": 9999}});
    let (_, spec) = kept(&place, &json!({}), &file, &["--timeout=60"]);
    assert_eq!((&spec["activeDeadlineSeconds"], &spec["enableServiceLinks"]), (&json!(720), &json!(false)), "{spec:#}");
});
