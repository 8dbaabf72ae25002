//! `kill -9` of the runner at each step: whoever comes next finishes the job, and its program runs once.

use needs::needs;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, artifact, on_cluster};
use crate::at_once::at_once;
use crate::crash::{dies_at, recovery_files, run_files};
use crate::env::{NOWHERE, set_script};
use crate::job::wait_until;

/// Enters its run into a file outside the pod; then what a job may have: a secret, both streams, an artifact, a code.
const SCRIPT: &str = "echo ran >>/trace/runs; echo one; echo e >&2; printf %s \"$PASSWORD\" | wc -c; \
                      echo made >/tmp/report; sleep 2; echo two; exit 3";

/// A runtemplate of that program; `helm` is the definition's.
fn prepare(place: &Place, helm: Value) {
    let trace = place.env.path().join("trace");
    std::fs::create_dir_all(&trace).unwrap();
    place.prepare_with(|definition| {
        set_script(definition, SCRIPT);
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "", "required": false}});
        definition["kubernetes"] = json!({
            "helm": helm,
            "artifacts": {"enabled": true, "outputPath": "/tmp/report"},
            "podOverrides": {"spec": {
                "terminationGracePeriodSeconds": 1,
                "volumes": [{"name": "trace", "hostPath": {"path": trace}}],
                "containers": [{"volumeMounts": [{"name": "trace", "mountPath": "/trace"}]}],
            }},
        });
    });
    place.env.run(&["runtemplate", "update", "--id=1", "--config=PASSWORD=geheim"]).ok();
}

fn runs(place: &Place) -> usize {
    std::fs::read_to_string(place.env.path().join("trace/runs")).unwrap_or_default().lines().count()
}

/// The record is exact, the program ran once, nothing is left, and nobody finds more to do, or asks the cluster.
#[track_caller]
fn is_settled(place: &Place, id: &str, point: &str) {
    let record = place.record(id);
    assert_eq!(
        (&record["exitcode"], &record["stdout"], &record["stderr"]),
        (&json!(3), &json!("one\n6\ntwo\n"), &json!("e\n")),
        "{point}: {record:#}"
    );
    assert_eq!(artifact::stored(place, id), [("report".to_owned(), b"made\n".to_vec(), "made\n".to_owned())]);
    assert_eq!(runs(place), 1, "{point}: {record:#}");
    place.nothing_is_left();
    assert_eq!((run_files(&place.env), recovery_files(&place.env).len()), (0, 0), "{point}");
    for arguments in [&["queue", "run"], &["queue", "fix"]] {
        let output = place.env.command(arguments).env("PATH", "/nowhere").output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && !said.contains("job "), "{point}: {said}");
    }
}

/// The points, and whether the job has its result then.
const POINTS: [(&str, bool); 9] = [
    ("claimed", false),
    ("secret-made", false),
    ("asked", false),
    ("let-go", false),
    ("fetched", false),
    ("ended", false),
    ("finishing", false),
    ("finished", true),
    ("cleaned", true),
];

fn at_each_point(mend: fn(&Place, &str, bool)) {
    at_once(POINTS, |(point, saved)| {
        let place = Place::new();
        prepare(&place, json!({"enabled": false}));
        let id = place.env.schedule();
        dies_at(&place.env, point, &["job", "run", &format!("--id={id}")]);
        assert_eq!(place.record(&id)["exitcode"].is_null(), !saved, "{point}");
        mend(&place, &id, saved);
        is_settled(&place, &id, point);
    });
}

#[needs(cluster)]
#[test]
fn a_run_by_hand_finishes_what_is_left() {
    at_each_point(|place, id, saved| {
        let output = place.env.run(&["job", "run", &format!("--id={id}")]);
        if saved {
            output.refused(1, "ended already");
        } else {
            output.exits(3);
        }
    });
}

#[needs(cluster)]
#[test]
fn queue_run_finishes_what_is_left() {
    at_each_point(|place, _, saved| {
        let run = place.env.json(&["queue", "run"]);
        assert_eq!(run["run"], if saved { 0 } else { 1 }, "{run:#}");
    });
}

// helm looks at the release while the pod waits at its gate.
on_cluster!(a_runner_that_dies_before_the_gate_is_open_has_let_nothing_go, |mut place| {
    let chart = place.chart(&[("config", super::release::CONFIG)]);
    prepare(&place, json!({"enabled": true, "chart": chart, "releaseName": "test"}));
    place.env.run_job(&[]).0.exits(3);
    place.env.sql("UPDATE runtemplate SET successfull_jobs_count = 1");
    std::fs::remove_file(place.env.path().join("trace/runs")).unwrap();
    Stub::of("helm").at("*", "sleep 25").install(&mut place);
    let id = place.env.schedule();
    let mut runner = place.start(&id, &[]);
    wait_until(|| !place.pods().is_empty());
    runner.kill().unwrap();
    runner.wait().unwrap();
    Stub::of("helm").install(&mut place);
    place.env.run(&["queue", "run"]).ok();
    is_settled(&place, &id, "gate");
});

// Its kubectl outlives it, and lets the program go long after.
on_cluster!(a_kubectl_that_outlives_its_runner_is_waited_for, |mut place| {
    prepare(&place, json!({"enabled": false}));
    Stub::of("kubectl").at("run", "sleep 4").install(&mut place);
    let id = place.env.schedule();
    let run = ["job", "run", &format!("--id={id}")];
    dies_at(&place.env, "let-go", &run);
    place.env.run(&run).exits(3);
    is_settled(&place, &id, "orphan");
});

// Whoever takes it over may die as well.
on_cluster!(the_second_runner_dies_too, |place| {
    prepare(&place, json!({"enabled": false}));
    let id = place.env.schedule();
    let run = ["job", "run", &format!("--id={id}")];
    for point in ["let-go", "fetched", "finishing", "finished"] {
        dies_at(&place.env, point, &run);
    }
    place.env.run(&["queue", "run"]).ok();
    is_settled(&place, &id, "second runner");
});

// A cluster that does not answer is no reason to give a result up that it still holds.
on_cluster!(while_the_cluster_does_not_answer_the_job_waits, |mut place| {
    prepare(&place, json!({"enabled": false}));
    let id = place.env.schedule();
    let run = ["job", "run", &format!("--id={id}")];
    dies_at(&place.env, "ended", &run);
    let kubeconfig = place.env.variable("KUBECONFIG").unwrap().to_owned();
    place.change_kubeconfig(&super::server(), NOWHERE);
    for words in ["ClusterUnreachable", "looks again"] {
        place.env.run(&run).refused(125, words);
    }
    let run = place.env.json_of(&["queue", "run"], 1);
    assert_eq!((&run["not_run"], &run["jobs"][0]["status"]), (&json!(1), &json!("not_run")), "{run:#}");
    assert!(place.record(&id)["exitcode"].is_null());
    place.env.set("KUBECONFIG", &kubeconfig);
    place.env.run(&["queue", "run"]).ok();
    is_settled(&place, &id, "unreachable");
});

// Its runner had noted why it ended, and the pod that tells it, too, is gone.
on_cluster!(a_reason_that_a_dead_runner_noted_outlives_the_pod, |place| {
    place.prepare_with(|_| ());
    for (image, code, reason) in [(None, 137, "OOMKilled: "), (Some("localhost/UPPER:1"), 125, "InvalidImageName: ")] {
        place.import_with(|definition| {
            set_script(definition, "exec tail /dev/zero");
            definition["kubernetes"]["podOverrides"] =
                json!({"spec": {"containers": [{"resources": {"limits": {"memory": "32Mi"}}}]}});
            if let Some(image) = image {
                definition["ociimage"] = image.into();
            }
        });
        let id = place.env.schedule();
        dies_at(&place.env, "ended", &["job", "run", &format!("--id={id}")]);
        place.kubectl(&["delete", "pod", "--all", "--grace-period=0", "--force"]).ok();
        let told = place.env.run(&["job", "run", &format!("--id={id}"), "--format=json"]).exits(code).json();
        let record = place.record(&id);
        assert_eq!(record["exitcode"], code, "{record:#}");
        let (key, word) = if code == 125 { ("code", "not_run") } else { ("status", "failed") };
        assert_eq!(told[key], word, "{told:#}");
        let sentence = record["reason"].as_str().unwrap_or_default().strip_prefix(reason).unwrap_or_default();
        assert_eq!(told["message"], sentence, "{told:#}");
        // Of one that never began nothing is said to be missing.
        assert_eq!(record["notices"].to_string().contains("may be incomplete"), code == 137, "{record:#}");
        place.env.run(&["queue", "run"]).ok();
        place.nothing_is_left();
        assert_eq!(run_files(&place.env), 0);
    }
});

// The runner that took it over died as well, having deleted the pod: nobody can read any more that its program never began.
on_cluster!(a_pod_that_never_let_its_program_go_counts_for_nothing, |place| {
    prepare(&place, json!({"enabled": false}));
    let id = place.env.schedule();
    let run = ["job", "run", &format!("--id={id}")];
    dies_at(&place.env, "asked", &run);
    wait_until(|| !place.pods().is_empty());
    let pod = place.pods().remove(0);
    let hold = |names: &str| {
        let patch = format!("{{\"metadata\": {{\"finalizers\": [{names}]}}}}");
        place.kubectl(&["patch", "pod", &pod, "--type=merge", "-p", &patch]).ok();
    };
    hold("\"example.org/hold\"");
    let phase = ["get", "pod", &pod, "-o", "jsonpath={.status.phase}"];
    wait_until(|| place.kubectl(&phase).ok().stdout == "Failed");
    place.kubectl(&["delete", "pod", &pod, "--wait=false"]).ok();
    wait_until(|| {
        let log = place.kubectl(&["logs", &pod]);
        // A kubelet of today says nothing of a log that is gone.
        log.code != 0 || log.stdout.is_empty() || log.stdout.starts_with("unable to retrieve")
    });
    place.env.run(&run).exits(3);
    hold("");
    is_settled(&place, &id, "deleted at its gate");
});
