//! Pods that end otherwise than by themselves, and pods that will not go.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{notices, on_cluster, until_told};

on_cluster!(a_pod_that_will_not_go_does_not_hold_the_result, |place| {
    // F25: somebody's finalizer, and an hour of grace for a program that ignores TERM.
    let file = place.env.file("overrides.json", r#"{"spec": {"terminationGracePeriodSeconds": 3600}}"#);
    place.prepare(concat!("trap '' TERM; echo ran; ", until_told!(), "; exit 3"), json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "ran\n");
    let hold = r#"{"metadata":{"finalizers":["example.org/hold"]}}"#;
    let pod = &place.pods()[0];
    place.kubectl(&["patch", "pod", pod, "--type=merge", "-p", hold]).ok();
    place.tell(pod);
    let started = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(started.elapsed() < Duration::from_secs(120), "it took {:?}", started.elapsed());
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(3), &json!(3)), "{output:?} {record:#}");
    assert_eq!(record["stdout"], "ran\n", "{record:#}");
    place.nothing_is_left();
    // It was told to go, and only the finalizer keeps it.
    let pods = place.kubectl(&["get", "pods", super::OURS, "-o", "name"]).ok();
    let pod = pods.stdout.trim();
    assert!(pod.starts_with("pod/mf-job-1-"), "{pods:?}");
    let patch = r#"{"metadata":{"finalizers":null}}"#;
    place.kubectl(&["patch", pod, "--type=merge", "-p", patch]).ok();
});

on_cluster!(a_signal_ends_a_program_that_ignores_it_for_an_hour, |place| {
    let file = place.env.file("overrides.json", r#"{"spec": {"terminationGracePeriodSeconds": 3600}}"#);
    place.prepare("trap '' TERM; echo ran; sleep 600", json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "ran\n");
    super::interrupt::cancel(&place, &id, job, nix::sys::signal::SIGTERM, 143);
    // The namespace's deletion is not to wait for it either.
    place.kubectl(&["delete", "pods", super::OURS, "--grace-period=0", "--force"]).ok();
});

on_cluster!(an_evicted_pod_is_told_as_such, |place| {
    // F16: the kubelet looks at the disk every ten seconds.
    let overrides = json!({"spec": {"containers": [{"resources": {"limits": {"ephemeral-storage": "10Mi"}}}]}});
    let file = place.env.file("overrides.json", &overrides.to_string());
    place.prepare("echo before; head -c 50000000 /dev/zero >/tmp/large; sleep 600", json!(null));
    let (output, record) = place.env.run_job(&["--pod-overrides", file.to_str().unwrap()]);
    assert_ne!(output.code, 0, "{output:#?}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("Evicted: ") && reason.contains("ephemeral"), "{record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("before\n"), &json!("")), "{record:#}");
    assert!(notices(&record).contains("incomplete"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_pod_that_is_gone_while_the_attach_stays_ends_the_job, |place| {
    // kubectl's attach never returns where the API server does not know the pod any more, and its kubelet kills the container.
    let file = place.env.file("overrides.json", r#"{"spec": {"terminationGracePeriodSeconds": 3600}}"#);
    place.prepare("trap '' TERM; echo ran; echo e >&2; while :; do sleep 1; done", json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    place.wait_for_output(&id, "ran\n", "e\n");
    place.kubectl(&["delete", "pod", &place.pods()[0], "--grace-period=0", "--force"]).ok();
    is_told_as_deleted(&place, &id, job);
});

on_cluster!(a_namespace_that_is_deleted_ends_the_job, |place| {
    let file = place.env.file("overrides.json", r#"{"spec": {"terminationGracePeriodSeconds": 1}}"#);
    place.prepare("trap '' TERM; echo ran; echo e >&2; while :; do sleep 1; done", json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    place.wait_for_output(&id, "ran\n", "e\n");
    place.kubectl(&["delete", "namespace", &place.namespace, "--wait=false"]).ok();
    is_told_as_deleted(&place, &id, job);
});

/// It ends soon, and keeps what came.
#[track_caller]
fn is_told_as_deleted(place: &super::Place, id: &str, job: std::process::Child) {
    let deleted = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(deleted.elapsed() < Duration::from_secs(90), "it took {:?}", deleted.elapsed());
    let record = place.record(id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{output:?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("e\n")), "{record:#}");
    assert!(notices(&record).contains("incomplete"), "{record:#}");
}
