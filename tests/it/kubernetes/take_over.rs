//! A runner that was killed: the next run brings its job's result home (F18).

use needs::needs;
use serde_json::json;

use super::{Place, artifact, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::env::Output;

const SCRIPT: &str = concat!("echo one; echo e >&2; ", until_told!(), "; echo two; echo made >/tmp/report; exit 3");

/// A job whose runner is killed once its first line is saved; its program waits.
fn killed(place: &Place) -> String {
    place.prepare(SCRIPT, json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}));
    let id = place.env.schedule();
    let mut job = place.start(&id, &[]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "one\n");
    job.kill().unwrap();
    job.wait().unwrap();
    assert!(place.record(&id)["exitcode"].is_null());
    id
}

/// The job is run again: nothing runs twice, nothing is lost.
#[track_caller]
fn is_brought_home(place: &Place, id: &str, run: impl Fn() -> Output) {
    let pods = place.pods();
    assert_eq!(pods.len(), 1);
    let output = run();
    let record = place.record(id);
    assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:#?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("one\ntwo\n"), &json!("e\n")), "{record:#}");
    assert!(notices(&record).contains(&pods[0]), "{record:#}");
    assert_eq!(artifact::stored(place, id), [("report".to_owned(), b"made\n".to_vec(), "made\n".to_owned())]);
    place.nothing_is_left();
}

on_cluster!(a_running_job_is_taken_over, |place| {
    let id = killed(&place);
    is_brought_home(&place, &id, || place.take_over(&id));
});

on_cluster!(a_job_that_ended_meanwhile_is_taken_over, |place| {
    let id = killed(&place);
    let pod = place.pods().remove(0);
    place.tell(&pod);
    // The pod holds its results.
    place.wait_for_file(&pod, "rc");
    is_brought_home(&place, &id, || place.env.run(&["job", "run", "--id", &id]));
});

/// What the program prints, whether its container ends by itself, what is saved of both streams, the notice, and the
/// reason.
const ENDED: [(&str, bool, &str, &str, &str, &str); 3] = [
    (concat!("echo one; ", until_told!(), "; echo two; exit 3"), true, "one\ntwo\n", "", "artifact missing", ""),
    (
        concat!("echo one; ", until_told!(), "; echo e >&2; exit 3"),
        true,
        "one\ne\n",
        "",
        "complete, but with stdout and stderr in one",
        "",
    ),
    // The recorder has no time to write its marks.
    ("echo one; trap '' TERM; sleep 300", false, "one\n", "", "incomplete", "DeadlineExceeded"),
];

#[needs(cluster)]
#[test]
fn a_container_that_ended_is_read_from_its_log() {
    at_once(ENDED, |(script, by_itself, stdout, stderr, notice, reason)| {
        let place = Place::new();
        place.prepare(script, json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}));
        let id = place.env.schedule();
        let overrides = json!({"spec": {"activeDeadlineSeconds": 40, "terminationGracePeriodSeconds": 1}});
        let overrides = place.env.file("overrides.json", &overrides.to_string());
        let options = [&["--hold=1"], ["--pod-overrides", overrides.to_str().unwrap()].as_slice()].concat();
        let mut job = place.start(&id, if by_itself { &options[..1] } else { &options });
        crate::job::wait_until(|| place.record(&id)["stdout"] == "one\n");
        job.kill().unwrap();
        job.wait().unwrap();
        if by_itself {
            place.tell(&place.pods()[0]);
        }
        place.wait_for_end();
        let output = place.env.run(&["job", "run", &format!("--id={id}")]);
        let record = place.record(&id);
        let code = if by_itself { 3 } else { 137 };
        assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{script}: {output:#?} {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!(stdout), &json!(stderr)), "{record:#}");
        assert!(notices(&record).contains(notice), "{script}: {record:#}");
        assert!(record["reason"].as_str().unwrap_or_default().starts_with(reason), "{script}: {record:#}");
        assert_eq!(record["reason"].is_null(), reason.is_empty(), "{script}: {record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_stranger_s_pod_is_left_alone, |place| {
    // Our label and the job's number, but another database's.
    place.apply(
        "{apiVersion: v1, kind: Pod, metadata: {name: mf-job-1-stranger, labels: {app.kubernetes.io/managed-by: \
         multiflexi-cli, multiflexi.eu/job: '1', multiflexi.eu/database: '000000000000'}}, spec: \
         {terminationGracePeriodSeconds: 1, containers: [{name: x, image: 'localhost/mfx-shell:1', command: [sleep, '300']}]}}",
    );
    let id = killed(&place);
    place.tell(place.pods().iter().find(|pod| *pod != "mf-job-1-stranger").unwrap());
    let output = place.env.run(&["job", "run", &format!("--id={id}")]);
    assert_eq!(output.code, 3, "{output:#?}");
    assert_eq!(place.pods(), ["mf-job-1-stranger"]);
});

on_cluster!(of_two_runners_one_takes_over, |place| {
    let id = killed(&place);
    let pod = place.pods().remove(0);
    let runners: Vec<_> = (0..2).map(|_| place.start(&id, &[])).collect();
    place.tell(&pod);
    let codes: Vec<_> = runners.into_iter().map(|it| it.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert!(codes == [3, 1] || codes == [1, 3], "{codes:?}");
    assert_eq!(place.record(&id)["stdout"], "one\ntwo\n");
});

/// Says how many seconds it lived, when it is told to end.
const LIVED: &str = "trap 'now=$(date +%s); echo $((now-began)); exit 3' TERM; began=$(date +%s); echo one; while :; do sleep 0.2; done";

on_cluster!(a_time_limit_goes_on_from_the_program_s_start, |place| {
    let (id, runner) = place.begun(LIVED, "one\n", "");
    super::kill(runner);
    std::thread::sleep(std::time::Duration::from_secs(15));
    let output = place.env.run(&["job", "run", "--id", &id, "--timeout=25"]).exits(124);
    let record = place.record(&id);
    let lived = record["stdout"].as_str().unwrap().trim_start_matches("one\n").trim().parse::<u64>().unwrap();
    assert!((24..36).contains(&lived), "it lived for {lived} s: {output:#?}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with("TimeLimit: "), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(so_it_does_without_a_recorder, |place| {
    place.prepare_with(|definition| {
        definition["ociimage"] = "localhost/mfx-noshell:1".into();
        definition["executable"] = "/bin/sleep".into();
        definition["cmdparams"] = "600".into();
    });
    let id = place.env.schedule();
    let runner = place.start(&id, &[]);
    crate::job::wait_until(|| {
        let phases = place.kubectl(&["get", "pods", "-o", "jsonpath={.items[*].status.phase}"]).ok().stdout;
        notices(&place.record(&id)).contains("no /bin/sh") && phases.contains("Running")
    });
    super::kill(runner);
    std::thread::sleep(std::time::Duration::from_secs(35));
    let begun = std::time::Instant::now();
    place.env.run(&["job", "run", "--id", &id, "--timeout=40"]).exits(124);
    // `sleep` obeys no TERM as the first process of its container, and has ten seconds for it.
    assert!(begun.elapsed().as_secs() < 32, "it took {:?}", begun.elapsed());
});
