//! Programs that reach what their recorder works with: they run once, and what is not proven is said not to be.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::json;

use super::stub::Stub;
use super::{Place, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::env::set_script;

/// What the program removes of the recorder's files.
const REMOVED: [&str; 3] = ["go", "*", "[!oe]*"];

/// A record that is removed before its writer has opened it is made anew by that, and is whole.
const RECORDED: &str = "until [ -s /.multiflexi/out ]; do sleep 0.1; done";

#[needs(cluster)]
#[test]
fn a_program_that_removes_its_recorder_s_files_runs_once() {
    at_once(["shell", "debian"].into_iter().flat_map(|image| REMOVED.map(|it| (image, it))), |(image, removed)| {
        let place = Place::new();
        place.prepare_with(|definition| {
            set_script(definition, &format!("echo ran; {RECORDED}; rm -f /.multiflexi/{removed}; exit 3"));
            definition["ociimage"] = format!("localhost/mfx-{image}:1").into();
        });
        let (output, record) = place.env.run_job(&[]);
        assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{removed}: {output:#?} {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("")), "{removed}");
        let is_told = notices(&record).contains("incomplete as far as can be told");
        assert_eq!(is_told, removed == "*", "{image}, {removed}: {record:#}");
        place.nothing_is_left();
    });
}

#[needs(cluster)]
#[test]
fn a_program_that_removed_its_recorder_s_files_is_taken_over() {
    at_once(REMOVED, |removed| {
        let place = Place::new();
        let script = format!(concat!("rm -f /.multiflexi/{}; echo ran; ", until_told!(), "; exit 7"), removed);
        let (id, mut job) = place.begun(&script, "ran\n", "");
        job.kill().unwrap();
        job.wait().unwrap();
        let output = place.take_over(&id);
        let record = place.record(&id);
        assert_eq!((output.code, &record["exitcode"]), (7, &json!(7)), "{removed}: {output:#?} {record:#}");
        assert_eq!(record["stdout"], "ran\n", "{removed}: {record:#}");
        let is_told = notices(&record).contains("incomplete as far as can be told");
        assert_eq!(is_told, removed == "*", "{removed}: {record:#}");
        place.nothing_is_left();
    });
}

#[needs(cluster)]
#[test]
fn what_a_program_leaves_behind_that_removed_its_record_does_not_hold_the_job() {
    at_once(["shell", "debian"], |image| {
        let place = Place::new();
        place.prepare_with(|definition| {
            let script = format!("echo; {RECORDED}; rm -f /.multiflexi/*; (sleep 300; echo late) & seq 20000; exit 3");
            set_script(definition, &script);
            definition["ociimage"] = format!("localhost/mfx-{image}:1").into();
        });
        let begun = Instant::now();
        let (output, record) = place.env.run_job(&[]);
        // What it left is waited for no longer than two minutes in any case.
        assert!(begun.elapsed() < Duration::from_secs(90), "{image}: it took {:?}", begun.elapsed());
        assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{image}: {output:#?} {record:#}");
        let stdout = record["stdout"].as_str().unwrap();
        assert!(stdout.ends_with("19999\n20000\n") && stdout.lines().count() == 20_001, "{image}: {record:#}");
        assert!(notices(&record).contains("incomplete as far as can be told"), "{image}: {record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_record_whose_writer_was_killed_is_said_to_be_incomplete, |place| {
    // Neither size nor checksum of the record can tell: both are of what was written.
    place.prepare_with(|definition| {
        let script = "head -c 200000 /dev/zero | tr '\\0' x; kill -9 -1; exit 5";
        set_script(definition, script);
        definition["ociimage"] = "localhost/mfx-debian:1".into();
    });
    let (output, record) = place.env.run_job(&[]);
    let stdout = record["stdout"].as_str().unwrap();
    assert!(stdout.len() <= 200_000 && stdout.bytes().all(|byte| byte == b'x'), "{} bytes", stdout.len());
    assert_eq!((output.code, &record["exitcode"]), (5, &json!(5)), "{}", output.stderr);
    assert!(notices(&record).contains("incomplete as far as can be told"), "{}", notices(&record));

    // What came already stays.
    place.import_with(|definition| set_script(definition, "echo a; sleep 1; killall -9 tee; exit 5"));
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (5, &json!("a\n")), "{output:#?}");
    assert!(notices(&record).contains("incomplete as far as can be told"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_record_that_something_else_wrote_into_is_told_of, |place| {
    let (output, record) = place.run("echo a; sleep 1; echo b >>/.multiflexi/out", json!(null), &[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("a\nb\n")), "{output:#?}");
    assert!(notices(&record).contains("not what its record in the pod holds"), "{record:#}");
});

on_cluster!(a_container_beside_it_that_has_ended_does_not_keep_a_program_from_running, |place| {
    let overrides = json!({"podOverrides": {"spec": {
        "containers": [{"name": "side", "image": "localhost/mfx-shell:1", "command": ["true"]}],
    }}});
    let begun = Instant::now();
    let (output, record) = place.run("echo ran; echo e >&2; sleep 1; exit 6", overrides, &[]);
    assert!(begun.elapsed() < Duration::from_secs(90), "it took {:?}", begun.elapsed());
    assert_eq!((output.code, &record["exitcode"]), (6, &json!(6)), "{output:#?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("ran\n"), &json!("e\n")), "{record:#}");
    assert!(record["notices"].is_null(), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_pod_that_kubectl_itself_does_not_find_any_more_was_deleted, |mut place| {
    // As after the deletion of its namespace right behind the start.
    let not_found =
        format!("set -- $call; sed \"s/NAME/$2/\" {} >&2; exit 1", place.env.path().join("words").display());
    Stub::of("kubectl").at("run mf-job-* --attach", &not_found).install(&mut place);
    place.prepare("echo ran", json!(null));
    for words in [
        "pods \"NAME\" not found",
        "pods \"\" not found",
        "the server could not find the requested resource ( pods/log NAME)",
    ] {
        place.env.file("words", &format!("Error from server (NotFound): {words}\n"));
        super::not_run(&place.env.run_job(&[]), "PodDeleted", &["somebody deleted the pod"]);
    }
});
