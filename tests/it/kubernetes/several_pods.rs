//! More than one pod of a job: a kubectl that outlived its runner made one more.

use needs::needs;
use serde_json::json;

use super::stub::Stub;
use super::{Place, notices, on_cluster};

/// Makes one more pod with the labels of the job's pod; its program ends at once.
fn one_more(place: &Place) {
    let pods = place.kubectl(&["get", "pods", super::OURS, "-o", "json"]).ok().json();
    let labels = pods["items"][0]["metadata"]["labels"].as_object().unwrap();
    let labels: Vec<String> =
        labels.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())).collect();
    let labels = format!("--labels={}", labels.join(","));
    let run = ["run", "mf-job-1-000000", "--image=localhost/mfx-shell:1", "--restart=Never", &labels, "--", "true"];
    place.kubectl(&run).ok();
    crate::job::wait_until(|| {
        place.kubectl(&["get", "pod", "mf-job-1-000000", "-o", "jsonpath={.status.phase}"]).stdout == "Succeeded"
    });
}

on_cluster!(all_pods_of_a_cancelled_job_are_removed, |place| {
    let (id, mut runner) = place.begun("echo before; sleep 300", "before\n", "");
    runner.kill().unwrap();
    runner.wait().unwrap();
    one_more(&place);
    place.env.run(&["job", "cancel", "--id", &id]).exits(1);
    assert!(!place.record(&id)["exitcode"].is_null());
    place.nothing_is_left();
});

on_cluster!(what_cannot_be_deleted_before_a_new_start_is_told, |mut place| {
    place.prepare("echo ran", json!(null));
    let id = place.env.schedule();
    crate::crash::dies_at(&place.env, "secret-made", &["job", "run", &format!("--id={id}")]);
    // Once: what is left at the job's end can be deleted again.
    let failed = place.env.path().join("failed");
    Stub::of("kubectl").fails_once("delete * -l", "error: no deletion today", &failed).install(&mut place);
    place.env.run(&["job", "run", &format!("--id={id}")]).ok();
    let record = place.record(&id);
    assert_eq!(record["stdout"], "ran\n", "{record:#}");
    assert!(notices(&record).contains("could not be deleted: no deletion today"), "{record:#}");
});

/// The first pod's attach ends before its program is let go, and then the cluster is away: neither is the pod deleted nor is
/// another one made. The job does not wait in the queue as if nothing had been made.
#[needs(cluster)]
#[test]
fn a_pod_whose_deletion_failed_is_not_forgotten() {
    let mut place = Place::new();
    place.prepare("echo ran", json!(null));
    let id = place.env.schedule();
    let away = "The connection to the server 127.0.0.1:9 was refused - did you specify the right host or port?";
    let ran = place.env.path().join("ran");
    let first = format!("[ -e {0} ] || {{ : >{0}; exec \"$real\" \"$@\" </dev/null; }}", ran.display());
    Stub::of("kubectl").at("run mf-job-*", &first).fails("run mf-job-*|delete", away).install(&mut place);
    let run = place.env.run(&["job", "run", "--id", &id]).exits(125);
    assert_eq!(place.pods().len(), 1, "{run:#?}");
    assert_eq!(place.record(&id)["exitcode"], json!(125), "{run:#?}");
    assert!(run.stderr.contains("could not be deleted"), "{run:#?}");
    Stub::of("kubectl").install(&mut place);
    let queue = place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
    assert_eq!(place.record(&id)["exitcode"], json!(125), "{queue:#?}");
}
