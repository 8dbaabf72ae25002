//! Jobs of a runner on another machine whose lease lapsed: any other finishes them, and their programs run once.

use std::process::{Child, Command, Stdio};

use needs::needs;
use serde_json::json;

use super::{Place, kill};
use crate::at_once::at_once;
use crate::crash::{pauses_at, signal};
use crate::env::{Output, set_script};
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

/// Has a machine find no kubectl.
fn without_kubectl(command: &mut Command) -> &mut Command {
    command.env("PATH", "/nonexistent")
}

/// A job whose runner, on the machine of this name, was killed while its program ran.
fn lost(place: &Place, machine: &str) -> String {
    prepare(place, "echo said; sleep 2; exit 3");
    let id = place.env.schedule();
    kill(pauses_at(on(place, machine, &["job", "run", &format!("--id={id}")]), "let-go"));
    id
}

fn runner_row(place: &Place, id: &str) -> String {
    place.env.sql(&format!("SELECT line FROM job_output_lines WHERE job_id = {id} AND type = 'runner'"))
}

fn notices(place: &Place, id: &str, code: &str) -> usize {
    let count = format!(
        "SELECT count(*) FROM job_output_lines WHERE job_id = {id} AND type = 'notice' AND line LIKE '%{code}%'"
    );
    place.env.sql(&count).trim().parse().unwrap()
}

#[track_caller]
fn is_home(place: &Place, id: &str) {
    let record = place.record(id);
    assert_eq!((&record["exitcode"], &record["stdout"], runs(place)), (&json!(3), &json!("said\n"), 1), "{record:#}");
    place.nothing_is_left();
}

fn end(mut watch: Child) {
    let _ = watch.kill();
    watch.wait().unwrap();
}

// It looks at the queue more often than a lease lapses, and knows at once of each of its own runners that it is gone.
#[needs(cluster)]
#[test]
fn a_machine_without_kubectl_keeps_a_job_from_nobody() {
    let place = Place::new();
    let id = lost(&place, "one");
    let watch = ["queue", "run", "--watch", "--interval=1s", "--format=json"];
    let mut watch = without_kubectl(&mut on(&place, "two", &watch)).spawn().unwrap();
    // It has had the job in its hands, or not, for longer than a lease lasts and a second look waits.
    std::thread::sleep(std::time::Duration::from_secs(15));
    assert!(watch.try_wait().unwrap().is_none());
    let output = on(&place, "three", &["queue", "run"]).output().unwrap();
    end(watch);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
    is_home(&place, &id);
    assert_eq!(notices(&place, &id, "KubectlMissing"), 0);
}

#[needs(cluster)]
#[test]
fn a_queue_run_for_other_executors_leaves_a_lost_job_alone() {
    let place = Place::new();
    let id = lost(&place, "one");
    let before = runner_row(&place, &id);
    place.env.run(&["company", "create", "--name=Other", "--slug=other"]).ok();
    for option in ["--executor=Native", "--company=other"] {
        // On the machine where its runner died as on others.
        for machine in ["one", "two"] {
            let output: Output =
                on(&place, machine, &["queue", "run", option, "--format=json"]).output().unwrap().into();
            assert_eq!((output.code, &output.ok().json()["run"]), (0, &json!(0)), "{option} {machine}");
            assert_eq!(runner_row(&place, &id), before, "{option} {machine}");
        }
    }
    ends_elsewhere(&place, &id);
    is_home(&place, &id);
}

// What its runner can learn no more is for whoever comes next: no lease has to lapse.
#[needs(cluster)]
#[test]
fn a_runner_that_cannot_learn_the_end_lets_go_of_the_job() {
    let place = Place::new();
    let id = lost(&place, "one");
    for _ in 0..3 {
        let output = without_kubectl(&mut on(&place, "one", &["queue", "run", "-q"])).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains("KubectlMissing: "), "{output:?}");
    }
    assert_eq!(notices(&place, &id, "KubectlMissing"), 1);
    let status = place.env.json(&["status"]);
    assert_eq!(status["lost_runners"], 1, "{status:#}");
    let begun = std::time::Instant::now();
    let output = on(&place, "two", &["queue", "run", "--format=json"]).output().unwrap();
    assert_eq!(Output::from(output).json()["run"], 1);
    assert!(begun.elapsed().as_secs() < 30);
    is_home(&place, &id);
}

// A runner that was slow for a moment has its job still.
#[needs(cluster)]
#[test]
fn job_run_looks_twice_before_it_takes_a_job_over() {
    let place = Place::new();
    prepare(&place, "echo said; while [ ! -e /trace/stop ]; do sleep 0.1; done; exit 3");
    let id = place.env.schedule();
    let argument = format!("--id={id}");
    let runner = on(&place, "one", &["job", "run", &argument]).spawn().unwrap();
    wait_until(|| place.record(&id)["stdout"] == "said\n");
    signal(&runner, "STOP");
    let status = || place.env.json(&["status"])["lost_runners"].clone();
    wait_until(|| status() == 1);
    let other = on(&place, "two", &["job", "run", &argument]).spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_secs(1));
    signal(&runner, "CONT");
    Output::from(other.wait_with_output().unwrap()).refused(1, "is running since");
    std::fs::write(place.env.path().join("trace/stop"), "").unwrap();
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(3));
    is_home(&place, &id);
}
