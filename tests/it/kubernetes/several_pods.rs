//! More than one pod of a job: a kubectl that outlived its runner made one more.

use serde_json::json;

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
    let kubectl = super::tools().join("kubectl");
    // Once: what is left at the job's end can be deleted again.
    let refuses = format!(
        "#!/bin/sh\ncase \"$*\" in *' delete '*' -l '*) mkdir \"$0.refused\" 2>/dev/null && {{ echo 'error: no deletion today' >&2; exit 1; }};; esac\nexec {} \"$@\"\n",
        kubectl.display()
    );
    place.put_script_first("kubectl", &refuses);
    place.env.run(&["job", "run", &format!("--id={id}")]).ok();
    let record = place.record(&id);
    assert_eq!(record["stdout"], "ran\n", "{record:#}");
    assert!(notices(&record).contains("could not be deleted: no deletion today"), "{record:#}");
});
