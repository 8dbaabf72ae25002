//! A signal, or the death of a helper, at each stage of `job run`: the record says what happened, and nothing is left.

use std::path::Path;
use std::process::Child;

use needs::needs;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::interrupt::{cancel, send};
use super::release::{CONFIG, DEPLOYMENT, release, with_chart};
use super::stub::Stub;
use super::{Place, artifact, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::crash::Locked;

/// The processes whose command line holds all of these words.
pub fn processes(words: &[&str]) -> Vec<Pid> {
    let running = std::fs::read_dir("/proc").unwrap().flatten();
    running
        .filter_map(|process| {
            let line = std::fs::read(process.path().join("cmdline")).ok()?;
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            let id = process.file_name().to_str()?.parse().ok()?;
            words.iter().all(|word| line.contains(word)).then(|| Pid::from_raw(id))
        })
        .collect()
}

/// Kills the one helper of this place whose command line holds these words.
pub fn kill_helper(place: &Place, words: &[&str]) {
    let found = processes(&[&[place.namespace.as_str()], words].concat());
    assert_eq!(found.len(), 1, "{words:?}");
    kill(found[0], Signal::SIGKILL).unwrap();
}

/// Puts a kubectl in front that touches a file and waits before this call; for less than is waited for a kubectl, so that
/// nothing but the signal ends it.
fn slow_kubectl(place: &mut Place, call: &str) {
    let slow = format!(": >{}; sleep 20", place.env.path().join("stage").display());
    Stub::of("kubectl").at(call, &slow).install(place);
}

/// A job whose helm waits for a pod that will never be ready: its id, and its runner.
pub fn deploying(place: &Place) -> (String, Child) {
    place.chart(&[("pod", &DEPLOYMENT.replace("IMAGE", "localhost/absent:1"))]);
    place.prepare("echo ran", with_chart(place, json!({})));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| {
        let status = place.helm(&["status", "test", "-o", "json"]);
        status.code == 0 && status.json()["info"]["status"] == "pending-install"
    });
    (id, job)
}

fn reached(place: &Place) -> bool {
    Path::new(&place.env.path().join("stage")).exists()
}

#[needs(cluster)]
#[test]
fn a_signal_while_helm_deploys_ends_helm_in_good_order() {
    at_once([(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)], |(signal, code)| {
        let place = Place::new();
        let (id, job) = deploying(&place);
        let record = cancel(&place, &id, job, signal, code);
        assert_eq!((&record["stdout"], place.pods().len()), (&json!(""), 0), "{record:#}");
        assert_eq!(processes(&["helm", &place.namespace]), []);
        // Nobody has to mend it: the next job deploys it again.
        assert_eq!(release(&place).0, "failed");
        place.chart(&[("pod", CONFIG)]);
        let (output, record) = place.env.run_job(&[]);
        assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
    });
}

on_cluster!(a_signal_while_the_secret_is_made_leaves_nothing, |mut place| {
    place.prepare_with(|definition| {
        crate::env::set_script(definition, "echo ran");
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "marker", "required": false}});
    });
    slow_kubectl(&mut place, "create -f -");
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| reached(&place));
    let record = cancel(&place, &id, job, Signal::SIGTERM, 143);
    assert_eq!(record["stdout"], "", "{record:#}");
});

on_cluster!(a_signal_while_the_artifact_is_fetched_keeps_the_output, |mut place| {
    place.prepare(
        "echo ran; echo made >/tmp/report",
        json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}),
    );
    slow_kubectl(&mut place, "exec mf-job-* artifact /tmp/report");
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| reached(&place));
    let record = cancel(&place, &id, job, Signal::SIGINT, 130);
    assert_eq!(record["stdout"], "ran\n", "{record:#}");
    assert_eq!(artifact::stored(&place, &id), []);
});

on_cluster!(a_signal_while_the_result_is_saved_does_not_change_it, |place| {
    place.prepare("echo ran; exit 3", json!(null));
    let id = place.env.schedule();
    let job = place.pauses_at(&id, "ended");
    // Somebody holds the database while the result is to be saved.
    let lock = Locked::new(&place.env.database());
    send(&job, Signal::SIGCONT);
    std::thread::sleep(std::time::Duration::from_secs(2));
    send(&job, Signal::SIGTERM);
    std::thread::sleep(std::time::Duration::from_secs(2));
    drop(lock);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(3), &json!(3)), "{output:?} {record:#}");
    place.nothing_is_left();
});

on_cluster!(a_terminal_that_closes_ends_the_job_in_good_order, |place| {
    let (id, job) = place.begun("echo before; sleep 300", "before\n", "");
    let record = cancel(&place, &id, job, Signal::SIGHUP, 129);
    assert_eq!(record["stdout"], "before\n", "{record:#}");
});

on_cluster!(a_helm_that_is_killed_is_said_to_be, |place| {
    place.chart(&[("pod", &DEPLOYMENT.replace("IMAGE", "localhost/absent:1"))]);
    place.prepare("echo ran", with_chart(&place, json!({})));
    let id = place.env.schedule();
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| place.helm(&["status", "test"]).code == 0);
    kill_helper(&place, &["helm", "upgrade"]);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(125), &json!(125)), "{output:?} {record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("release test") && reason.contains("killed"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_kubectl_that_is_killed_costs_nothing, |place| {
    let script = concat!("echo A; echo e >&2; ", until_told!(), "; echo B; exit 4");
    let (id, job) = place.begun(script, "A\n", "e\n");
    kill_helper(&place, &["kubectl", "--attach"]);
    // It is noticed while the program runs.
    std::thread::sleep(std::time::Duration::from_secs(3));
    place.tell(&place.pods()[0]);
    let output = job.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{output:?} {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!("e\n")), "{record:#}");
    assert_eq!(record["notices"], Value::Null, "{}", notices(&record));
    place.nothing_is_left();
});
