//! Whoever does not answer is waited for, and not for ever: a kubectl or helm hangs at each step of a run. How long each of the
//! waits lasts, and what ends it, stands in docs/kubernetes.md.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::{Value, json};

use super::release::{CONFIG, with_chart};
use super::stages::kill_helper;
use super::stub::Stub;
use super::{Place, notices, until_told};
use crate::at_once::at_once;
use crate::env::{Output, set_script};
use crate::job::wait_until;

/// So many seconds at most are waited for what would be waited for longer.
const LIMIT: &str = "3";

/// Puts a kubectl or helm in front that never comes to an end at these calls, once it may hang.
fn hang(place: &mut Place, program: &'static str, calls: &str) {
    let may = place.env.path().join("may-hang");
    Stub::of(program).at(calls, &format!("[ ! -e {} ] || exec sleep 1000", may.display())).install(place);
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", LIMIT);
}

fn may_hang(place: &Place) {
    place.env.file("may-hang", "");
}

/// Runs a job, and tells how that ended and the reason and the notices of its record.
#[track_caller]
fn run(place: &Place, options: &[&str]) -> (Output, Value, String) {
    may_hang(place);
    let begun = Instant::now();
    let (output, record) = place.env.run_job(options);
    assert!(begun.elapsed() < Duration::from_secs(120), "it took {:?}: {record:#}", begun.elapsed());
    let told = format!("{} {}", record["reason"].as_str().unwrap_or_default(), notices(&record));
    (output, record, told)
}

fn helm() {
    let mut place = Place::new();
    hang(&mut place, "helm", "status");
    place.chart(&[("config", CONFIG)]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let (output, record, told) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (125, &json!("")), "{record:#}");
    assert!(told.contains("ClusterUnreachable: ") && told.contains("did not answer in time"), "{told}");
}

fn secret() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "create");
    place.prepare_with(|definition| {
        set_script(definition, "echo ran");
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "secret", "required": false}});
    });
    let (output, record, told) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (125, &json!("")), "{record:#}");
    assert!(told.contains("ClusterUnreachable: the Secret"), "{told}");
}

fn pod() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "run mf-job-*");
    place.prepare("echo ran", json!(null));
    let (output, record, told) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (125, &json!("")), "{record:#}");
    assert!(told.contains("DidNotStart: ") && told.contains(" within 20 s"), "{told}");
}

/// The connection broke, and the pod can be asked for nothing any more.
fn cluster() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "exec|get pod|wait");
    let (id, job) = place.begun(concat!("echo A; echo e >&2; ", until_told!()), "A\n", "e\n");
    may_hang(&place);
    kill_helper(&place, &["kubectl", "--attach"]);
    let begun = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(120), "it took {:?}", begun.elapsed());
    let record = place.record(&id);
    // The pod may still run: a later run looks again.
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(125), &Value::Null), "{record:#}");
    assert!(notices(&record).contains("ClusterUnreachable"), "{record:#}");
    assert_eq!(place.pods().len(), 1);
}

/// The connection broke, and what the pod holds cannot be read before it goes.
fn reading_on() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "exec");
    place.prepare(concat!("echo A; echo e >&2; ", until_told!(), "; exit 4"), json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &["--hold=2"]);
    place.wait_for_output(&id, "A\n", "e\n");
    may_hang(&place);
    kill_helper(&place, &["kubectl", "--attach"]);
    place.tell(&place.pods()[0]);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\n"), &json!("e\n")), "{record:#}");
    // The marks in the container's log prove that all had come.
    assert!(!notices(&record).contains("incomplete") && record["reason"].is_null(), "{record:#}");
}

fn log() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "get --raw *follow=*");
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/seq".into();
        definition["cmdparams"] = "3".into();
    });
    let (output, record, told) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("")), "{record:#}");
    assert!(told.contains("the container's log cannot be read any more"), "{told}");
}

fn artifact() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "exec * artifact");
    let kubernetes = json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}});
    place.prepare("echo A; echo made >/tmp/report; exit 3", kubernetes);
    let (output, record, told) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (3, &json!("A\n")), "{record:#}");
    assert!(told.contains("artifact missing: /tmp/report") && told.contains("fell silent"), "{told}");
}

fn removal() {
    let mut place = Place::new();
    hang(&mut place, "kubectl", "delete");
    place.prepare("echo A; exit 3", json!(null));
    let (output, record, _) = run(&place, &[]);
    assert_eq!((output.code, &record["stdout"]), (3, &json!("A\n")), "{record:#}");
    assert!(output.stderr.contains("could not be deleted"), "{output:#?}");
}

/// What hangs.
const STEPS: [(&str, fn()); 8] = [
    ("the look at the release", helm),
    ("the making of the Secret", secret),
    ("the making of the pod", pod),
    ("everything about the pod", cluster),
    ("the reading on of the record", reading_on),
    ("the reading of the log", log),
    ("the copy of an artifact", artifact),
    ("the removal of the pod", removal),
];

#[needs(cluster)]
#[test]
fn whoever_does_not_answer_is_waited_for_and_not_for_ever() {
    at_once(STEPS, |(_, step)| step());
}

/// A pod that nobody is told of any more, before its program was let go.
#[needs(cluster)]
#[test]
fn a_pod_that_is_gone_before_its_program_began_ends_the_job() {
    // Long enough for the pod to be seen, where the machine is not busy.
    gone_before_its_program_began(Duration::from_secs(4));
}

#[needs(cluster)]
#[test]
fn a_pod_that_is_gone_before_it_was_seen_ends_the_job() {
    // Scheduled it is by then: there are events of it.
    gone_before_its_program_began(Duration::from_secs(1));
}

fn gone_before_its_program_began(lives: Duration) {
    let mut place = Place::new();
    // It never says that the attach stands, and never ends.
    let silent = "\"$real\" \"$@\" <&- >&- 2>&- & exec sleep 1000";
    Stub::of("kubectl").at("run * --attach", silent).install(&mut place);
    place.prepare("echo ran", json!(null));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    wait_until(|| !place.pods().is_empty());
    std::thread::sleep(lives);
    let begun = Instant::now();
    place.kubectl(&["delete", "pods", super::OURS, "--grace-period=0", "--force"]).ok();
    let output = job.wait_with_output().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(60), "it took {:?}", begun.elapsed());
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["stdout"]), (Some(125), &json!("")), "{record:#}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("PodDeleted: "), "{record:#}");
}
