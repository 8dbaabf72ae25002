//! A pod that takes its time to start: one kubectl watches it, and where it cannot the pod is asked for.

use needs::needs;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, not_run, on_cluster};
use crate::at_once::at_once;

/// So many looks at pods by watching, and by asking.
fn looks(calls: &std::path::Path) -> (usize, usize) {
    let calls = std::fs::read_to_string(calls).unwrap_or_default();
    let looks = calls.lines().filter(|call| call.contains(" get pod"));
    let (watches, asks): (Vec<_>, Vec<_>) = looks.partition(|look| look.contains(" --watch "));
    (watches.len(), asks.len())
}

on_cluster!(a_pod_that_takes_its_time_is_watched_by_one_kubectl, |mut place| {
    let calls = place.env.path().join("calls");
    Stub::of("kubectl").logs(&calls).install(&mut place);
    // A busy machine would leave it alone for longer.
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "4");
    let slow = json!({"name": "slow", "image": "localhost/mfx-shell:1", "command": ["sleep", "8"]});
    let overrides = json!({"spec": {"initContainers": [slow]}});
    let file = place.env.file("overrides.json", &overrides.to_string());
    let (output, record) = place.run("echo ran", json!(null), &["--pod-overrides", file.to_str().unwrap()]);
    assert_eq!((output.code, &record["stdout"], &record["notices"]), (0, &json!("ran\n"), &Value::Null), "{record:#}");
    let (watches, asks) = looks(&calls);
    assert!(watches == 1 && asks <= 2, "{watches} watches, {asks} asked");
});

on_cluster!(where_it_cannot_be_watched_it_is_asked_for, |mut place| {
    let calls = place.env.path().join("calls");
    Stub::of("kubectl").logs(&calls).fails("get pods * --watch", "error: no watching today").install(&mut place);
    place.prepare_with(|definition| definition["ociimage"] = "localhost/mfx-nowhere:1".into());
    let ran = place.env.run_job(&[]);
    not_run(&ran, "ImagePull", &["localhost/mfx-nowhere:1"]);
    let (watches, asks) = looks(&calls);
    assert!(watches == 1 && asks >= 1, "{watches} watches, {asks} asked");
    place.nothing_is_left();
});

/// What a server, or who gives the credentials, says once and not again.
const FAULTS: [&str; 3] = [
    "Error from server (InternalError): an error on the server (\"no\") has prevented the request from succeeding (get pods)",
    "Error from server (Timeout): the server was unable to return a response in the time allotted, but may still be processing the request",
    "error: You must be logged in to the server (Unauthorized)",
];

#[needs(cluster)]
#[test]
fn one_look_that_fails_does_not_end_a_pod_that_comes_up() {
    at_once(FAULTS, |words| {
        let mut place = Place::new();
        let failed = place.env.path().join("failed");
        let kubectl = Stub::of("kubectl").fails("get pods * --watch", "error: no watching today");
        kubectl.fails_once("get pod mf-job-*", words, &failed).install(&mut place);
        place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "4");
        let slow = json!({"name": "slow", "image": "localhost/mfx-shell:1", "command": ["sleep", "8"]});
        let file = place.env.file("overrides.json", &json!({"spec": {"initContainers": [slow]}}).to_string());
        let (output, record) = place.run("echo ran", json!(null), &["--pod-overrides", file.to_str().unwrap()]);
        assert!(failed.exists(), "the pod was never asked for");
        assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
        place.nothing_is_left();
    });
}
