//! Signals: the pod goes, the record stays (F17).

use std::process::Child;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::pull::silent_registry;
use super::{Place, on_cluster};

pub fn send(job: &Child, signal: Signal) {
    kill(Pid::from_raw(job.id().cast_signed()), signal).unwrap();
}

/// Sends the signal to a job of this place, and tells what its record says then.
pub fn cancel(place: &Place, id: &str, job: Child, signal: Signal, code: i32) -> Value {
    send(&job, signal);
    let output = job.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    let record = place.record(id);
    assert_eq!(record["exitcode"], code, "{record:#}");
    assert!(record["end"].is_string(), "{record:#}");
    place.nothing_is_left();
    record
}

on_cluster!(a_signal_while_it_runs_deletes_the_pod_and_saves_what_came, |place| {
    place.prepare("echo before; echo e >&2; sleep 300; echo after", json!(null));
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let id = place.env.schedule();
        let job = place.start(&id, &[]);
        place.wait_for_output(&id, "before\n", "e\n");
        let record = cancel(&place, &id, job, signal, code);
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("before\n"), &json!("e\n")), "{record:#}");
    }
});

on_cluster!(a_signal_while_the_image_is_pulled_deletes_the_pod, |place| {
    let (_registry, image) = silent_registry();
    place.prepare_with(|definition| definition["ociimage"] = image.as_str().into());
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let id = place.env.schedule();
        let job = place.start(&id, &[]);
        crate::job::wait_until(|| !place.pods().is_empty());
        let record = cancel(&place, &id, job, signal, code);
        assert_eq!(record["stdout"], "", "{record:#}");
    }
});

on_cluster!(a_runner_that_dies_while_it_deletes_the_pod_was_interrupted_all_the_same, |place| {
    place.prepare("echo before; sleep 300", json!({"podOverrides": {"spec": {"terminationGracePeriodSeconds": 5}}}));
    for point in ["cancelling", "pod-deleted"] {
        let id = place.env.schedule();
        let mut run = place.env.command(&["job", "run", &format!("--id={id}")]);
        let mut job = run.env("MULTIFLEXI_TEST_STOP_AT", point).spawn().unwrap();
        place.wait_for_output(&id, "before\n", "");
        send(&job, Signal::SIGTERM);
        assert!(!job.wait().unwrap().success());
        assert!(place.record(&id)["exitcode"].is_null());
        let _ = place.env.run(&["queue", "run"]);
        let record = place.record(&id);
        assert_eq!(record["exitcode"], 143, "{point}: {record:#}");
        let reason = record["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("Interrupted: "), "{point}: {record:#}");
        assert_eq!(record["stdout"], "before\n", "{point}: {record:#}");
        place.nothing_is_left();
    }
});

on_cluster!(the_time_limit_ends_the_program_and_keeps_its_output, |place| {
    let (output, record) = place.run("echo before; sleep 300", json!(null), &["--timeout=2"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:#?}");
    assert_eq!(record["stdout"], "before\n");
    assert!(record["reason"].as_str().unwrap().starts_with("TimeLimit: "), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_closed_stdout_does_not_lose_the_record, |place| {
    place.prepare("seq 1 50000; echo end >&2; exit 3", json!(null));
    let id = place.env.schedule();
    let mut job = place.start(&id, &[]);
    drop(job.stdout.take());
    job.wait_with_output().unwrap();
    let record = place.record(&id);
    let wanted: String = (1..=50_000).map(|n| format!("{n}\n")).collect();
    assert_eq!((&record["exitcode"], &record["stderr"]), (&json!(3), &json!("end\n")));
    assert!(record["stdout"] == wanted, "the output differs");
});
