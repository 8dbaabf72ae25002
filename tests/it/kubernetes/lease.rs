//! Jobs of a runner on another machine whose lease lapsed: any other finishes them, and their programs run once.

use std::process::{Command, Stdio};

use needs::needs;
use serde_json::json;

use super::{Place, kill};
use crate::at_once::at_once;
use crate::crash::{pauses_at, signal};
use crate::env::set_script;
use crate::job::wait_until;

/// A command on the machine of this name, where leases lapse soon.
fn on(place: &Place, machine: &str, arguments: &[&str]) -> Command {
    let mut command = place.env.command(arguments);
    command
        .env("MULTIFLEXI_TEST_MACHINE", machine)
        .env("XDG_STATE_HOME", place.env.path().join("machines").join(machine));
    command.env("MULTIFLEXI_TEST_LIMIT_SECONDS", "3").stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A runtemplate whose program enters its run into a file outside the pod.
fn prepare(place: &Place, script: &str) {
    let trace = place.env.path().join("trace");
    std::fs::create_dir_all(&trace).unwrap();
    place.prepare_with(|definition| {
        set_script(definition, &format!("echo ran >>/trace/runs; {script}"));
        definition["kubernetes"] = json!({
            "helm": {"enabled": false},
            "podOverrides": {"spec": {
                "terminationGracePeriodSeconds": 1,
                "volumes": [{"name": "trace", "hostPath": {"path": trace}}],
                "containers": [{"volumeMounts": [{"name": "trace", "mountPath": "/trace"}]}],
            }},
        });
    });
}

fn runs(place: &Place) -> usize {
    std::fs::read_to_string(place.env.path().join("trace/runs")).unwrap_or_default().lines().count()
}

/// Runs the queue on the other machine until the job has ended: nobody's hand is needed.
fn ends_elsewhere(place: &Place, id: &str) {
    wait_until(|| {
        let output = on(place, "two", &["queue", "run"]).output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        !place.record(id)["exitcode"].is_null()
    });
}

/// The points at which a runner dies, and what its job ends with: its program's own code wherever it is known whether the program
/// began.
const POINTS: [(&str, i32, usize); 5] =
    [("claimed", 3, 1), ("secret-made", 3, 1), ("permitted", 125, 0), ("let-go", 3, 1), ("ended", 3, 1)];

#[needs(cluster)]
#[test]
fn whoever_comes_next_finishes_what_a_lost_machine_left() {
    at_once(POINTS, |(point, code, ran)| {
        let place = Place::new();
        prepare(&place, "echo said; sleep 2; exit 3");
        let id = place.env.schedule();
        kill(pauses_at(on(&place, "one", &["job", "run", &format!("--id={id}")]), point));
        ends_elsewhere(&place, &id);
        let record = place.record(&id);
        assert_eq!((&record["exitcode"], runs(&place)), (&json!(code), ran), "{point}: {record:#}");
        if code == 3 {
            assert_eq!(record["stdout"], "said\n", "{point}: {record:#}");
        } else {
            assert!(record["reason"].as_str().unwrap().starts_with("RunnerDied: "), "{point}: {record:#}");
        }
        place.nothing_is_left();
    });
}

// It is stopped before and after its program began, and comes back when the job has ended.
#[needs(cluster)]
#[test]
fn a_runner_that_was_stopped_changes_nothing_when_it_comes_back() {
    at_once(["claimed", "secret-made", "let-go", "ended"], |point| {
        let place = Place::new();
        prepare(&place, "echo said; sleep 2; exit 3");
        let id = place.env.schedule();
        let runner = pauses_at(on(&place, "one", &["job", "run", &format!("--id={id}")]), point);
        ends_elsewhere(&place, &id);
        let record = place.record(&id);
        assert_eq!((&record["exitcode"], runs(&place)), (&json!(3), 1), "{point}: {record:#}");
        signal(&runner, "CONT");
        let output = runner.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains("has taken it over"), "{point}: {output:?}");
        assert_eq!((place.record(&id), runs(&place)), (record, 1), "{point}");
        place.nothing_is_left();
    });
}
