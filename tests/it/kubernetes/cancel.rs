//! `job cancel` of a job that another process runs, or that nobody runs any more, or whose runner falls silent for a while.

use std::process::Child;

use needs::needs;
use serde_json::{Value, json};

use super::pull::silent_registry;
use super::stub::{Stub, until_there};
use super::{Place, artifact, kill, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::crash::{recovery_files, run_files, signal};

/// Starts a job and waits until its first lines are saved.
fn begun(place: &Place, script: &str) -> (String, Child) {
    place.begun(script, "before\n", "e\n")
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
    let (id, runner) = begun(&place, concat!("echo before; echo e >&2; ", until_told!(), "; echo after; exit 3"));
    kill(runner);
    let pod = place.pods().remove(0);
    place.tell(&pod);
    place.wait_for_file(&pod, "rc");
    place.env.run(&["job", "cancel", "--id", &id]).exits(1);
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("before\nafter\n")), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_look_at_its_pod_that_fails_is_no_answer, |mut place| {
    let (id, runner) = begun(&place, concat!("echo before; echo e >&2; ", until_told!(), "; echo after; exit 3"));
    kill(runner);
    let pod = place.pods().remove(0);
    place.tell(&pod);
    place.wait_for_file(&pod, "rc");
    // The first time that it is read from, the connection fails.
    let failed = place.env.path().join("failed");
    Stub::of("kubectl").fails_once("exec * peek", "error: dialing backend", &failed).install(&mut place);
    place.env.run(&["job", "cancel", "--id", &id]).exits(1);
    let record = place.record(&id);
    assert!(failed.exists());
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("before\nafter\n")), "{record:#}");
    assert!(!notices(&record).contains("incomplete"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_pod_that_cannot_be_read_is_said_to_be, |mut place| {
    let (id, runner) = begun(&place, SCRIPT);
    kill(runner);
    Stub::of("kubectl").fails("exec * peek", "error: dialing backend").install(&mut place);
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    let record = is_cancelled(&place, &id);
    let notices = notices(&record);
    assert!(notices.contains("incomplete") && notices.contains("dialing backend"), "{record:#}");
});

on_cluster!(a_job_whose_container_has_ended_keeps_its_result, |place| {
    let script = concat!("echo before; ", until_told!(), "; echo after; exit 3");
    place.prepare(script, json!(null));
    let id = place.env.schedule();
    let runner = place.start(&id, &["--hold=1"]);
    place.wait_for_output(&id, "before\n", "");
    kill(runner);
    place.tell(&place.pods()[0]);
    place.wait_for_end();
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

/// A runner that was silent goes on: its job is another one's by now. It changes nothing, and says so.
#[track_caller]
fn comes_back(place: &Place, id: &str, runner: Child) {
    let record = place.record(id);
    let rows = "SELECT seq, type, line FROM job_output_lines ORDER BY seq, type";
    let (lines, counters) = (place.env.sql(rows), place.env.json(&["runtemplate", "get", "--id=1"]));
    signal(&runner, "CONT");
    let output = runner.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("has taken it over"), "{output:?}");
    assert_eq!(
        (place.record(id), place.env.sql(rows), place.env.json(&["runtemplate", "get", "--id=1"])),
        (record, lines, counters)
    );
    nothing_is_noted(place);
}

/// Nothing is left to be mended.
#[track_caller]
fn nothing_is_noted(place: &Place) {
    let run = place.env.run(&["queue", "run"]).ok();
    assert!(run.stdout.starts_with("Jobs run: 0, ") && run.stderr.is_empty(), "{run:?}");
    assert_eq!((run_files(&place.env), recovery_files(&place.env).len()), (0, 0));
    place.nothing_is_left();
}

on_cluster!(a_silent_runner_that_comes_back_changes_nothing, |place| {
    let (id, runner) =
        begun(&place, "echo before; echo e >&2; i=0; while [ $i -lt 300 ]; do sleep 1; i=$((i+1)); done");
    signal(&runner, "STOP");
    let cancelled = place.env.json(&["job", "cancel", "--id", &id]);
    assert_eq!((&cancelled["cancelled"], &cancelled["exitcode"]), (&json!(true), &json!(143)), "{cancelled:#}");
    is_cancelled(&place, &id);
    comes_back(&place, &id, runner);
});

on_cluster!(a_runner_that_comes_back_while_its_job_is_ended_leaves_it, |mut place| {
    let (id, runner) = begun(&place, SCRIPT);
    signal(&runner, "STOP");
    // The one that ends it waits until it may go on.
    let go = place.env.path().join("go");
    Stub::of("kubectl").at("exec", &until_there(&go)).install(&mut place);
    let mut cancel = place.env.command(&["job", "cancel", "--id", &id]).spawn().unwrap();
    crate::job::wait_until(|| place.record(&id)["pid"] != runner.id());
    signal(&runner, "CONT");
    let output = runner.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(place.record(&id)["exitcode"].is_null());
    std::fs::write(go, "").unwrap();
    assert!(cancel.wait().unwrap().success());
    is_cancelled(&place, &id);
    nothing_is_noted(&place);
});

/// Where a runner falls silent that knows how its program ended.
const PAUSES: [&str; 3] = ["let-go", "fetched", "ended"];

#[needs(cluster)]
#[test]
fn what_a_silent_runner_had_learned_is_saved_once() {
    at_once(PAUSES, |point| {
        let place = Place::new();
        let script = "echo before; echo e >&2; echo made >/tmp/report; exit 3";
        place.prepare(script, json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}));
        let id = place.env.schedule();
        let runner = place.pauses_at(&id, point);
        // Its kubectl makes the pod, lets the program go and hears it end.
        crate::job::wait_until(|| !place.pods().is_empty());
        place.wait_for_file(&place.pods()[0], "rc");
        std::thread::sleep(std::time::Duration::from_secs(1));
        place.env.run(&["job", "cancel", "--id", &id]).exits(1);
        let record = place.record(&id);
        assert_eq!(
            (&record["exitcode"], &record["stdout"], &record["stderr"]),
            (&json!(3), &json!("before\n"), &json!("e\n")),
            "{point}: {record:#}"
        );
        let report = ("report".to_owned(), b"made\n".to_vec(), "made\n".to_owned());
        let report = std::slice::from_ref(&report);
        assert_eq!(artifact::stored(&place, &id), report);
        comes_back(&place, &id, runner);
        assert_eq!(artifact::stored(&place, &id), report);
    });
}
