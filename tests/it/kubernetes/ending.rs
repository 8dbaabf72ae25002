//! Pods that end otherwise than by themselves, and pods that will not go.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::{Value, json};

use super::{Place, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::env::Output;

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
    // Kubelets of today let the program end by TERM, and its record can be read to the end; older ones kill it.
    let is_incomplete = notices(&record).contains("incomplete");
    assert_eq!(is_incomplete, record["exitcode"] != 143, "{record:#}");
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

/// Prints lines to both streams for as long as it lives.
const PRINTS_ON: &str = "trap '' TERM; i=0; while :; do i=$((i+1)); echo out $i; echo err $i >&2; sleep 0.3; done";

/// Goes on printing while its pod is made to go: all that came stands in the record as it was printed, and nothing else does.
#[track_caller]
fn prints_on(place: &Place, grace: u32, end: impl FnOnce()) {
    let overrides = json!({"spec": {"terminationGracePeriodSeconds": grace}}).to_string();
    let file = place.env.file("overrides.json", &overrides);
    place.prepare(PRINTS_ON, json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    crate::job::wait_until(|| place.record(&id)["stderr"].as_str().unwrap().contains("err 3\n"));
    end();
    let deleted = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(deleted.elapsed() < Duration::from_secs(90), "it took {:?}", deleted.elapsed());
    let record = place.record(&id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{output:?} {record:#}");
    let told = notices(&record);
    assert!(told.contains("the output is incomplete"), "{record:#}");
    for (stream, word) in [("stdout", "out"), ("stderr", "err")] {
        let text = record[stream].as_str().unwrap();
        let printed: String = (1..=text.lines().count()).map(|n| format!("{word} {n}\n")).collect();
        assert!(printed.starts_with(text) && text.lines().count() >= 3, "{stream}: {record:#}");
        assert!(told.contains(&format!("{} ", text.len())), "{stream} has {} bytes: {told}", text.len());
    }
}

on_cluster!(a_program_that_prints_on_without_its_pod_loses_nothing_unsaid, |place| {
    let delete = || {
        place.kubectl(&["delete", "pod", &place.pods()[0], "--grace-period=0", "--force"]).ok();
    };
    prints_on(&place, 3600, delete);
});

on_cluster!(a_program_that_prints_on_without_its_namespace_loses_nothing_unsaid, |place| {
    let delete = || {
        place.kubectl(&["delete", "namespace", &place.namespace, "--wait=false"]).ok();
    };
    prints_on(&place, 3, delete);
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
fn is_told_as_deleted(place: &Place, id: &str, job: std::process::Child) {
    let deleted = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(deleted.elapsed() < Duration::from_secs(90), "it took {:?}", deleted.elapsed());
    let record = place.record(id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{output:?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("e\n")), "{record:#}");
    assert!(notices(&record).contains("incomplete"), "{record:#}");
}

/// A program that obeys TERM, and what it printed before.
const OBEYS: &str = concat!("echo before; echo e >&2; ", until_told!());

/// Starts a job in a pod with these overrides, and waits until it printed something.
fn begin(place: &Place, overrides: &Value) -> (String, std::process::Child, String) {
    let file = place.env.file("overrides.json", &overrides.to_string());
    place.prepare(OBEYS, json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    place.wait_for_output(&id, "before\n", "e\n");
    let pod = place.pods().remove(0);
    (id, job, pod)
}

/// The program got a TERM: its code is kept, all that it printed too, and who sent it is told.
#[track_caller]
fn was_ended(place: &Place, id: &str, job: std::process::Child, code: &str, words: &str) {
    let output = job.wait_with_output().unwrap();
    let record = place.record(id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(143), &json!(143)), "{output:?} {record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with(&format!("{code}: ")) && reason.contains(words), "{record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("before\n"), &json!("e\n")), "{record:#}");
    place.nothing_is_left();
}

on_cluster!(a_pod_that_somebody_deletes_is_told, |place| {
    let (id, job, pod) = begin(&place, &json!({}));
    place.kubectl(&["delete", "pod", &pod, "--wait=false"]).ok();
    was_ended(&place, &id, job, "PodDeleted", &pod);
});

/// Has a pod reach its own deadline: given at its start, it might be over before the program printed anything.
#[track_caller]
fn reach_deadline(place: &Place, pod: &str) {
    place.kubectl(&["patch", "pod", pod, "--type=merge", "-p", r#"{"spec": {"activeDeadlineSeconds": 1}}"#]).ok();
}

on_cluster!(a_pod_s_own_deadline_is_told, |place| {
    let (id, job, pod) = begin(&place, &json!({}));
    reach_deadline(&place, &pod);
    was_ended(&place, &id, job, "DeadlineExceeded", &pod);
});

/// Why a pod was ended stands in it, and in its events, only once they were asked for so often. Each look is noted.
fn tell_late(place: &mut Place, looks: usize) -> std::path::PathBuf {
    let (kubectl, noted) = (super::tools().join("kubectl"), place.env.path().join("looks"));
    let script = format!(
        r#"#!/bin/sh
is_late() {{ [ "$(cat '{noted}' 2>/dev/null | wc -l)" -gt {looks} ]; }}
case " $* " in
*" get events "*) echo >>'{noted}'; is_late || {{ echo '{{"items": []}}'; exit; }} ;;
*" get pod "*) is_late || {{ '{kubectl}' "$@" | sed 's/"DeadlineExceeded"/""/'; exit; }} ;;
esac
exec '{kubectl}' "$@"
"#,
        kubectl = kubectl.display(),
        noted = noted.display(),
    );
    place.put_script_first("kubectl", &script);
    noted
}

on_cluster!(a_cause_that_is_told_late_is_waited_for, |place| {
    // A kubelet with many pods was seen to mark one seconds after it had ended the program.
    let mut place = place;
    tell_late(&mut place, 5);
    let (id, job, pod) = begin(&place, &json!({}));
    reach_deadline(&place, &pod);
    was_ended(&place, &id, job, "DeadlineExceeded", &pod);
});

on_cluster!(who_ended_a_program_that_says_so_by_a_code_of_its_own_is_told, |place| {
    let script = concat!("trap 'exit 7' TERM; echo before; echo e >&2; ", until_told!());
    place.prepare(script, json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    place.wait_for_output(&id, "before\n", "e\n");
    place.kubectl(&["delete", "pod", &place.pods()[0], "--wait=false"]).ok();
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(7), &json!(7)), "{output:?} {record:#}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{record:#}");
});

on_cluster!(a_container_that_nobody_says_why_it_was_told_to_end_is_said_to_be, |place| {
    let mut place = place;
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    let (id, job, pod) = begin(&place, &json!({}));
    // As an operator does it on the node: neither the pod nor its events know of it.
    place.kubectl(&["exec", &pod, "--", "/bin/sh", "-c", "kill -TERM 1"]).ok();
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["reason"]), (Some(143), &Value::Null), "{output:?} {record:#}");
    assert!(notices(&record).contains("the container was told to end"), "{record:#}");
});

/// Asks the API to evict a pod, as `kubectl drain` does.
fn evict(place: &Place, pod: &str) {
    let eviction = json!({
        "apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": place.namespace},
    });
    let file = place.env.file("eviction.json", &eviction.to_string());
    let path = format!("/api/v1/namespaces/{}/pods/{pod}/eviction", place.namespace);
    place.kubectl(&["create", "--raw", &path, "-f", file.to_str().unwrap()]).ok();
}

#[needs(cluster 1.30)]
#[test]
fn a_pod_that_is_evicted_by_the_api_is_told() {
    let place = Place::new();
    let (id, job, pod) = begin(&place, &json!({}));
    evict(&place, &pod);
    was_ended(&place, &id, job, "Drained", &pod);
}

#[needs(cluster 1.30)]
#[test]
fn so_is_one_of_which_the_program_ignores_it() {
    let place = Place::new();
    let file = place.env.file("overrides.json", r#"{"spec": {"terminationGracePeriodSeconds": 2}}"#);
    place.prepare("trap '' TERM; echo ran; echo e >&2; while :; do sleep 1; done", json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    place.wait_for_output(&id, "ran\n", "e\n");
    evict(&place, &place.pods()[0]);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("Drained: "), "{output:?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("e\n")), "{record:#}");
}

on_cluster!(a_pod_that_makes_room_for_another_is_told, |place| {
    // Nobody else wants this port of the node.
    let port = 20_000 + std::process::id() % 9_000;
    let ports = json!([{"containerPort": port, "hostPort": port}]);
    let (id, job, pod) = begin(&place, &json!({"spec": {"containers": [{"ports": ports}]}}));
    place.create_priority_class();
    let other = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other"},
        "spec": {
            "priorityClassName": place.namespace, "terminationGracePeriodSeconds": 1,
            "containers": [{"name": "other", "image": "localhost/mfx-shell:1", "command": ["sleep", "600"], "ports": ports}],
        },
    });
    place.apply(&other.to_string());
    was_ended(&place, &id, job, "Preempted", &pod);
});

on_cluster!(a_program_that_ends_itself_by_a_signal_has_no_other_reason, |place| {
    let mut place = place;
    let looks = tell_late(&mut place, 0);
    let (output, record) = place.run("echo ran; kill -TERM $$", json!(null), &[]);
    assert_eq!((output.code, &record["reason"]), (143, &Value::Null), "{record:#}");
    assert_eq!(
        (notices(&record), std::fs::read_to_string(looks).unwrap()),
        (String::new(), "\n".to_owned()),
        "{record:#}"
    );
});

/// A sidecar, as Kubernetes has them since 1.29, that ends so when it is told to.
fn sidecar(code: i32) -> Value {
    let script = format!("trap 'exit {code}' TERM; while :; do sleep 0.2; done");
    json!({"spec": {"initContainers": [{
        "name": "side", "image": "localhost/mfx-shell:1", "restartPolicy": "Always", "command": ["sh", "-c", script],
    }]}})
}

#[needs(cluster 1.30)]
#[test]
fn a_sidecar_s_end_says_nothing_of_the_job() {
    at_once([0, 3, 143], |code| {
        let place = Place::new();
        let file = place.env.file("overrides.json", &sidecar(code).to_string());
        let options = ["--pod-overrides", file.to_str().unwrap()];
        let (output, record) = place.run("echo mine; echo e >&2; exit 6", json!(null), &options);
        assert_eq!((output.code, &record["stdout"]), (6, &json!("mine\n")), "{code}: {output:#?} {record:#}");
        assert_eq!((&record["stderr"], &record["reason"]), (&json!("e\n"), &Value::Null), "{code}: {record:#}");
        // Without a shell the program is the container's own.
        place.import_with(|definition| {
            definition["ociimage"] = "localhost/mfx-noshell:1".into();
            definition["executable"] = "/bin/cat".into();
            definition["cmdparams"] = "/etc/hostname /nowhere".into();
        });
        let (output, record) = place.env.run_job(&options);
        assert_eq!((output.code, &record["reason"]), (1, &Value::Null), "{code}: {output:#?} {record:#}");
        assert!(record["stdout"].as_str().unwrap().contains("mf-job-"), "{code}: {record:#}");
        place.nothing_is_left();
    });
}

#[needs(cluster 1.30)]
#[test]
fn a_sidecar_that_fails_at_once_does_not_keep_a_program_from_running() {
    // The pod as a whole is ready for a moment, or at no time.
    at_once([("exit 1", "true"), ("sleep 1; exit 1", "false")], |(script, probe)| {
        let place = Place::new();
        let overrides = json!({"spec": {"initContainers": [{
            "name": "side", "image": "localhost/mfx-shell:1", "restartPolicy": "Always", "command": ["sh", "-c", script],
            "readinessProbe": {"exec": {"command": [probe]}},
        }]}});
        let file = place.env.file("overrides.json", &overrides.to_string());
        let options = ["--pod-overrides", file.to_str().unwrap()];
        let (output, record) = place.run("sleep 8; echo mine; exit 6", json!(null), &options);
        assert_eq!((output.code, &record["stdout"]), (6, &json!("mine\n")), "{script}: {output:#?} {record:#}");
        assert_eq!(record["reason"], Value::Null, "{script}: {record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_program_that_ends_well_when_its_pod_is_told_to_go_is_said_to_have_been, |place| {
    let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 1; done";
    let check = |id: &str, job: std::process::Child, words: &str| {
        let output: Output = job.wait_with_output().unwrap().into();
        let record = place.record(id);
        assert_eq!((output.code, &record["reason"]), (0, &json!(null)), "{output:#?} {record:#}");
        assert_eq!(record["stdout"], "up\nbye\n", "{record:#}");
        assert!(notices(&record).contains(words), "no {words:?} in {record:#}");
    };
    let (id, job) = place.begun(script, "up\n", "");
    place.kubectl(&["delete", "pod", &place.pods()[0], "--wait=false"]).ok();
    check(&id, job, "somebody deleted the pod");
    let file = place.env.file("overrides.json", r#"{"spec": {"activeDeadlineSeconds": 8}}"#);
    let id = place.env.schedule();
    let job = place.start(&id, &["--pod-overrides", file.to_str().unwrap()]);
    check(&id, job, "its deadline (activeDeadlineSeconds)");
});
