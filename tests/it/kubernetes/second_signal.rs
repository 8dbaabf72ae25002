//! A second signal at each stage of `job run`: it leaves at once, says what is left, and the next run puts that in order.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::connection::Relay;
use super::interrupt::send;
use super::pull::silent_registry;
use super::release::{CONFIG, release};
use super::stages::deploying;
use super::stub::{Stub, until_there};
use super::{Place, on_cluster};
use crate::crash::{Locked, is_stopped};
use crate::env::set_script;

/// Two signals that come closer together than 250 ms are one.
const APART: Duration = Duration::from_millis(1500);
/// The second one is obeyed within two seconds; a machine on which everything runs at once gets more. What goes on in the tests
/// would take longer.
const AT_ONCE: Duration = Duration::from_secs(10);

/// Sends two signals, and tells what `job run` had to say.
#[track_caller]
fn leave(job: Child, signal: Signal) -> String {
    send(&job, signal);
    std::thread::sleep(APART);
    send(&job, signal);
    let second = Instant::now();
    let output = job.wait_with_output().unwrap();
    assert!(second.elapsed() < AT_ONCE, "it took {:?}: {output:?}", second.elapsed());
    assert_eq!(output.status.code(), Some(128 + signal as i32), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[track_caller]
fn says(told: &str, words: &[&str]) {
    for word in words {
        assert!(told.contains(word), "no {word:?} in {told}");
    }
}

/// Nothing of a result is saved yet; the next run ends the job as cancelled, and nothing of it is left. The reason tells so, but
/// where the program ended itself on the TERM that its pod was sent.
#[track_caller]
fn is_ended_by_the_next_run(place: &Place, id: &str, stdout: &str, by: &[&str], is_told: bool) {
    let record = place.record(id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&Value::Null, &json!(stdout)), "{record:#}");
    let output = place.env.run(by);
    let record = place.record(id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(143), &json!(stdout)), "{output:#?} {record:#}");
    assert!(record["end"].is_string(), "{record:#}");
    let told = record["reason"].as_str();
    assert_eq!(told.is_some_and(|told| told.starts_with("Cancelled: cancelled by ")), is_told, "{record:#}");
    assert!(is_told || told.is_none(), "{record:#}");
    place.nothing_is_left();
}

/// A kubectl that touches a file before one of these calls, and then waits until it is made fast.
fn slow_kubectl(place: &mut Place, calls: &str) -> PathBuf {
    let stage = place.env.path().join("stage");
    let slow = format!(": >{}; {}", stage.display(), until_there(&fast(place)));
    Stub::of("kubectl").at(calls, &slow).install(place);
    stage
}

fn fast(place: &Place) -> PathBuf {
    place.env.path().join("fast")
}

/// From here on kubectl is as fast as ever, and what waited goes on. The script stays: a shell that was just started has yet to read it.
fn fast_kubectl(place: &Place) {
    std::fs::write(fast(place), "").unwrap();
}

/// What was told to go while we left goes without us.
fn wait_until_all_is_gone(place: &Place) {
    let there = || place.kubectl(&["get", "pods,secrets", super::OURS, "-o", "name"]).ok().stdout;
    crate::job::wait_until(|| place.pods().is_empty() && !there().contains("secret/"));
}

on_cluster!(while_the_program_runs, |mut place| {
    place.prepare("echo before; sleep 300", json!(null));
    let id = place.env.schedule();
    slow_kubectl(&mut place, "delete * pod/*");
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| place.record(&id)["stdout"] == "before\n");
    let pod = place.pods().remove(0);
    let told = leave(job, Signal::SIGINT);
    says(&told, &["job 1 is left in the middle", &pod, &place.namespace, "job run --id=1", "queue run"]);
    fast_kubectl(&place);
    wait_until_all_is_gone(&place);
    is_ended_by_the_next_run(&place, &id, "before\n", &["queue", "run"], false);
});

on_cluster!(while_helm_deploys, |mut place| {
    // What helm writes to the cluster when it was told to end takes its time.
    let mut relay = Relay::before(&mut place, &[]);
    let (id, job) = deploying(&place);
    relay.fault(Signal::SIGHUP);
    let told = leave(job, Signal::SIGTERM);
    assert_eq!(release(&place).0, "pending-install");
    relay.fault(Signal::SIGHUP);
    says(&told, &["job 1 is left in the middle", "helm was told to end", "release test", "job run --id=1"]);
    // It ends in good order all the same, and nobody has to mend the release.
    crate::job::wait_until(|| release(&place).0 == "failed");
    is_ended_by_the_next_run(&place, &id, "", &["job", "run", "--id=1"], true);
    place.chart(&[("pod", CONFIG)]);
    let (output, record) = place.env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ran\n")), "{output:#?} {record:#}");
});

on_cluster!(while_the_secret_is_made, |mut place| {
    place.prepare_with(|definition| {
        set_script(definition, "echo ran");
        definition["environment"] =
            json!({"PASSWORD": {"type": "password", "description": "p", "defval": "marker", "required": false}});
    });
    let id = place.env.schedule();
    let stage = slow_kubectl(&mut place, "create -f -|delete * pod/*");
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| stage.exists());
    let told = leave(job, Signal::SIGTERM);
    says(&told, &["job 1 is left in the middle", "its pod mf-job-1-", &place.namespace, "job run --id=1"]);
    fast_kubectl(&place);
    wait_until_all_is_gone(&place);
    is_ended_by_the_next_run(&place, &id, "", &["job", "run", "--id=1"], true);
});

on_cluster!(while_the_image_is_pulled, |mut place| {
    let (_registry, image) = silent_registry();
    place.prepare_with(|definition| definition["ociimage"] = image.as_str().into());
    let id = place.env.schedule();
    slow_kubectl(&mut place, "delete * pod/*");
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| !place.pods().is_empty());
    let pod = place.pods().remove(0);
    let told = leave(job, Signal::SIGINT);
    says(&told, &["job 1 is left in the middle", &pod, "job run --id=1"]);
    fast_kubectl(&place);
    wait_until_all_is_gone(&place);
    is_ended_by_the_next_run(&place, &id, "", &["queue", "run"], true);
});

on_cluster!(while_the_artifact_is_fetched, |mut place| {
    place.prepare(
        "echo ran; echo made >/tmp/report",
        json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}),
    );
    let id = place.env.schedule();
    let stage = slow_kubectl(&mut place, "exec mf-job-* artifact /tmp/report|delete * pod/*");
    let job = place.start(&id, &[]);
    crate::job::wait_until(|| stage.exists());
    let pod = place.pods().remove(0);
    let told = leave(job, Signal::SIGINT);
    says(&told, &["job 1 is left in the middle", &pod, "job run --id=1"]);
    fast_kubectl(&place);
    wait_until_all_is_gone(&place);
    is_ended_by_the_next_run(&place, &id, "ran\n", &["job", "run", "--id=1"], true);
});

/// The result of a runner that has learned it cannot be saved: somebody holds the database until the second signal has come.
#[track_caller]
fn leave_while_saving(place: &Place, runner: Child, signal: Signal) -> String {
    let lock = Locked::new(&place.env.database());
    send(&runner, Signal::SIGCONT);
    let told = leave(runner, signal);
    drop(lock);
    told
}

on_cluster!(while_the_result_is_saved, |place| {
    place.prepare("echo ran; exit 3", json!(null));
    for (id, by) in [("1", ["job", "run", "--id=1"].as_slice()), ("2", &["queue", "run"])] {
        assert_eq!(place.env.schedule(), id);
        let told = leave_while_saving(&place, place.pauses_at(id, "ended"), Signal::SIGTERM);
        let file =
            std::fs::read_dir(place.env.path().join("state/multiflexi/recovery")).unwrap().next().unwrap().unwrap();
        says(&told, &[&format!("job {id}"), file.path().to_str().unwrap(), "job recover", "queue run"]);
        assert!(place.record(id)["exitcode"].is_null(), "{:#}", place.record(id));
        let output = place.env.run(by);
        let record = place.record(id);
        assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("ran\n")), "{output:#?} {record:#}");
        assert_eq!(record["reason"], Value::Null, "{record:#}");
        assert!(!file.path().exists());
        place.nothing_is_left();
    }
});

on_cluster!(while_a_cancelled_job_is_saved, |place| {
    place.prepare("echo ran; sleep 300", json!(null));
    let id = place.env.schedule();
    let mut command = place.env.command(&["job", "run", "--id", &id]);
    command.env("MULTIFLEXI_TEST_PAUSE_AT", "ended").stdout(Stdio::piped()).stderr(Stdio::piped());
    let runner = command.spawn().unwrap();
    place.wait_for_output(&id, "ran\n", "");
    send(&runner, Signal::SIGINT);
    crate::job::wait_until(|| is_stopped(&runner));
    wait_until_all_is_gone(&place);
    let told = leave_while_saving(&place, runner, Signal::SIGINT);
    says(&told, &["job 1", "recovery", "job recover", "queue run"]);
    assert!(place.record(&id)["exitcode"].is_null(), "{:#}", place.record(&id));
    let output = place.env.run(&["queue", "run"]);
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(130), &json!("ran\n")), "{output:#?} {record:#}");
    place.nothing_is_left();
});
