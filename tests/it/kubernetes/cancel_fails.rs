//! A job that is cancelled while the cluster does not do what it is asked: what may still run is not said to be deleted, and goes later.

use needs::needs;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::stub::Stub;
use super::{Place, interrupt, kill, notices, on_cluster};
use crate::env::set_script;

/// A job whose runner was killed while its program runs.
fn killed(place: &Place) -> String {
    let (id, runner) = place.begun("echo begun; sleep 300", "begun\n", "");
    kill(runner);
    id
}

/// While there is a file beside the kubectl.
const DOWN: &str = r#"[ -e "$0.down" ]"#;

/// The script of a call that fails while this condition of the shell holds.
fn refuse(when: &str) -> String {
    format!("if {when}; then echo 'etcdserver: request timed out' >&2; exit 1; fi")
}

/// A kubectl whose looks for the job's pods fail while this condition of the shell holds for `n`, the number of the look.
fn looks_fail(place: &mut Place, when: &str) {
    let when = format!("{{ echo x >>\"$0.n\"; n=$(wc -l <\"$0.n\"); [ {when} ]; }}");
    Stub::of("kubectl").at("get pods * -l|get pods -l", &refuse(&when)).install(place);
}

on_cluster!(pods_that_cannot_be_looked_for_end_no_job, |mut place| {
    let id = killed(&place);
    place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    looks_fail(&mut place, "$n -gt 2");
    let cancel = place.env.run(&["job", "cancel", "--id", &id]);
    assert!(cancel.code != 0 && !cancel.stdout.contains("is deleted"), "{cancel:#?}");
    assert!(cancel.stderr.contains("cannot be looked for"), "{cancel:#?}");
    assert_eq!((&place.record(&id)["exitcode"], place.pods().len()), (&Value::Null, 1), "{cancel:#?}");
    looks_fail(&mut place, "$n -lt 0");
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    assert_eq!(place.record(&id)["exitcode"], 143);
    place.nothing_is_left();
});

on_cluster!(pods_of_a_cancelled_job_are_looked_for_again, |mut place| {
    let id = killed(&place);
    looks_fail(&mut place, "$n -eq 3");
    let cancel = place.env.run(&["job", "cancel", "--id", &id]).ok();
    assert!(cancel.stdout.contains("its pod is deleted"), "{cancel:#?}");
    place.nothing_is_left();
});

on_cluster!(a_pod_that_could_not_be_deleted_is_not_said_to_be, |mut place| {
    let id = killed(&place);
    Stub::of("kubectl").at("delete", &refuse(DOWN)).install(&mut place);
    place.env.file("first/kubectl.down", "");
    let cancel = place.env.run(&["job", "cancel", "--id", &id]).exits(1);
    assert!(!cancel.stdout.contains("is deleted") && cancel.stderr.contains("could not be deleted"), "{cancel:#?}");
    assert_eq!((&place.record(&id)["exitcode"], place.pods().len()), (&json!(143), 1), "{cancel:#?}");
    std::fs::remove_file(place.env.path().join("first/kubectl.down")).unwrap();
    place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
});

/// A job with `keepPodOnFailure`, whose pod cannot be deleted for now, nor its program be ended.
fn cannot_be_deleted(options: &[&str], end: impl FnOnce(&std::process::Child)) -> (Place, i32, Value) {
    let mut place = Place::new();
    Stub::of("kubectl").at("delete|exec *kill", &refuse(DOWN)).install(&mut place);
    place.prepare_with(|definition| {
        set_script(definition, "echo begun; sleep 300");
        definition["kubernetes"]["artifacts"] = json!({"enabled": false, "keepPodOnFailure": true});
    });
    let id = place.env.schedule();
    let runner = place.start(&id, options);
    place.wait_for_output(&id, "begun\n", "");
    place.env.file("first/kubectl.down", "");
    end(&runner);
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!(place.pods().len(), 1, "{output:?} {record:#}");
    std::fs::remove_file(place.env.path().join("first/kubectl.down")).unwrap();
    place.env.run(&["queue", "run"]).ok();
    place.nothing_is_left();
    (place, output.status.code().unwrap(), record)
}

#[needs(cluster)]
#[test]
fn a_cancelled_job_s_pod_goes_later_though_pods_of_failed_jobs_are_kept() {
    let (_place, code, record) = cannot_be_deleted(&[], |runner| interrupt::send(runner, Signal::SIGTERM));
    assert_eq!((code, &record["exitcode"]), (143, &json!(143)), "{record:#}");
}

#[needs(cluster)]
#[test]
fn the_pod_of_a_program_that_outlived_its_time_limit_goes_later_though_pods_of_failed_jobs_are_kept() {
    let (_place, code, record) = cannot_be_deleted(&["--timeout=3"], |_| ());
    assert_eq!((code, &record["exitcode"]), (124, &json!(124)), "{record:#}");
    assert!(notices(&record).contains("the output may be incomplete: the program did not end"), "{record:#}");
}
