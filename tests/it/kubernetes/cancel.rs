//! `job cancel` of a job that another process runs, or that nobody runs any more.

use std::process::Child;

use serde_json::{Value, json};

use super::pull::silent_registry;
use super::{Place, notices, on_cluster};

/// Starts a job and waits until its first line is saved.
fn begun(place: &Place, script: &str) -> (String, Child) {
    place.prepare(script, json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "before\n");
    (id, job)
}

fn kill(mut runner: Child) {
    runner.kill().unwrap();
    runner.wait().unwrap();
}

#[track_caller]
fn is_cancelled(place: &Place, id: &str) -> Value {
    let record = place.record(id);
    assert_eq!(
        (&record["exitcode"], &record["stdout"], &record["stderr"]),
        (&json!(143), &json!("before\n"), &json!("e\n")),
        "{record:#}"
    );
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("Cancelled: cancelled by "), "{record:#}");
    assert!(record["end"].is_string(), "{record:#}");
    place.nothing_is_left();
    record
}

const SCRIPT: &str = "echo before; echo e >&2; sleep 300; echo after";

on_cluster!(a_job_is_cancelled_by_another_process, |place| {
    let (id, runner) = begun(&place, SCRIPT);
    let cancelled = place.env.json(&["job", "cancel", "--id", &id]);
    assert_eq!((&cancelled["cancelled"], &cancelled["exitcode"]), (&json!(true), &json!(143)), "{cancelled:#}");
    let output = runner.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("cancelled by "), "{output:?}");
    is_cancelled(&place, &id);
    place.env.run(&["job", "cancel", "--id", &id]).refused(1, "ended already");
});

on_cluster!(a_job_whose_image_is_pulled_is_cancelled, |place| {
    let (_registry, image) = silent_registry();
    place.prepare_with(|definition| definition["ociimage"] = image.as_str().into());
    let id = place.env.schedule();
    let runner = place.start(&id, &[]);
    crate::job::wait_until(|| !place.pods().is_empty());
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(143));
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(143), &json!("")), "{record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("Cancelled: "), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_job_whose_runner_died_is_cancelled_by_its_pod, |place| {
    let (id, runner) = begun(&place, SCRIPT);
    kill(runner);
    // The pod is found wherever the definition points by now.
    place.import_with(|definition| {
        definition["kubernetes"] = json!({"helm": {"enabled": false, "namespace": "default"}});
    });
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    let record = is_cancelled(&place, &id);
    assert!(notices(&record).contains("cancelled by "), "{record:#}");
});

on_cluster!(a_job_that_ended_by_itself_keeps_its_result, |place| {
    let (id, runner) = begun(&place, "echo before; sleep 2; echo after; exit 3");
    kill(runner);
    std::thread::sleep(std::time::Duration::from_secs(3));
    place.env.run(&["job", "cancel", "--id", &id]).exits(1);
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("before\nafter\n")), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_job_whose_pod_cannot_be_found_stays_as_it_is, |mut place| {
    let (id, runner) = begun(&place, SCRIPT);
    kill(runner);
    let kubeconfig = std::env::var("KUBECONFIG").unwrap();
    place.env.unset("KUBECONFIG");
    place.env.run(&["job", "cancel", "--id", &id]).refused(1, "kubeconfig");
    assert!(place.record(&id)["exitcode"].is_null());
    // The same request, now with the cluster named.
    place.env.run(&["job", "cancel", "--id", &id, "--kubeconfig", &kubeconfig]).ok();
    is_cancelled(&place, &id);
});

on_cluster!(a_job_without_a_pod_is_not_said_to_be_cancelled, |place| {
    let (id, runner) = begun(&place, SCRIPT);
    kill(runner);
    place.kubectl(&["delete", "pods", "--all", "--grace-period=0", "--force"]).ok();
    place.env.run(&["job", "cancel", "--id", &id]).refused(1, "no pod of it");
    assert!(place.record(&id)["exitcode"].is_null());
});
