//! A program that ends by itself while its runner is stopped, or cut off from its pod, has its own result; and a job that two
//! runners of an earlier version claimed is brought to its end.

use std::process::Child;
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Place, on_cluster, until_told};
use crate::crash::{is_stopped, signal};
use crate::job::wait_until;

/// Ends the children of a runner, which is stopped: the connections that a machine had before it slept.
pub fn cut_off(runner: &Child) {
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", runner.id())).unwrap();
    for child in children.split_whitespace() {
        let child = nix::unistd::Pid::from_raw(child.parse().unwrap());
        nix::sys::signal::kill(child, nix::sys::signal::Signal::SIGKILL).unwrap();
    }
}

#[track_caller]
fn keeps_its_result(place: &Place, limit: Option<Duration>, is_cut_off: bool) {
    place.prepare(concat!("echo begun; ", until_told!(), "; echo done; exit 3"), json!(null));
    let id = place.env.schedule();
    let option = format!("--timeout={}", limit.map_or(3600, |limit| limit.as_secs()));
    let (began, runner) = (Instant::now(), place.start(&id, &[&option]));
    place.wait_for_output(&id, "begun\n", "");
    let begun = began.elapsed();
    signal(&runner, "STOP");
    wait_until(|| is_stopped(&runner));
    let pod = place.pods().remove(0);
    place.tell(&pod);
    place.wait_for_file(&pod, "rc");
    if is_cut_off {
        cut_off(&runner);
    }
    match limit {
        Some(limit) => std::thread::sleep((limit + begun).saturating_sub(began.elapsed())),
        None => signal(&runner, "TERM"),
    }
    signal(&runner, "CONT");
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    let known = (output.status.code(), &record["exitcode"], &record["reason"], &record["stdout"]);
    assert_eq!(known, (Some(3), &json!(3), &json!(null), &json!("begun\ndone\n")), "{output:?} {record:#}");
    place.nothing_is_left();
}

on_cluster!(a_time_limit_comes_too_late, |place| {
    keeps_its_result(&place, Some(Duration::from_secs(20)), false);
});

on_cluster!(a_time_limit_comes_too_late_for_who_was_cut_off, |place| {
    keeps_its_result(&place, Some(Duration::from_secs(20)), true);
});

on_cluster!(a_signal_comes_too_late, |place| {
    keeps_its_result(&place, None, false);
});

on_cluster!(a_signal_comes_too_late_for_who_was_cut_off, |place| {
    keeps_its_result(&place, None, true);
});

/// A job whose runner died while its program runs, and beside its record that of a second runner, which knew of no pod.
fn claimed_twice(place: &Place) -> String {
    let (id, mut runner) = place.begun(concat!("echo begun; ", until_told!(), "; echo done; exit 3"), "begun\n", "");
    runner.kill().unwrap();
    runner.wait().unwrap();
    let line = place.env.sql(&format!("SELECT line FROM job_output_lines WHERE job_id = {id} AND type = 'runner'"));
    let mut record: serde_json::Value = serde_json::from_str(line.trim()).unwrap();
    for key in ["pod", "place", "claim"] {
        record.as_object_mut().unwrap().remove(key);
    }
    record["start"] = json!(1);
    place.env.sql(&format!(
        "INSERT INTO job_output_lines (job_id, seq, type, line, created_at) VALUES ({id}, 0, 'runner', '{record}', '2026-01-01 00:00:00');
         UPDATE job SET pid = {} WHERE id = {id}",
        record["pid"]
    ));
    id
}

on_cluster!(a_job_with_two_runners_is_brought_home, |place| {
    let id = claimed_twice(&place);
    place.tell(&place.pods().remove(0));
    let run = place.env.run(&["queue", "run"]).ok();
    assert_eq!(run.stdout.matches(&format!("job {id}")).count(), 1, "{run:#?}");
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("begun\ndone\n")), "{record:#}");
    let again = place.env.run(&["queue", "run"]).ok();
    assert!(!again.stdout.contains(&format!("job {id}")), "{again:#?}");
    place.nothing_is_left();
});

on_cluster!(a_job_with_two_runners_can_be_cancelled, |place| {
    let id = claimed_twice(&place);
    place.env.run(&["job", "cancel", "--id", &id]).ok();
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(143), &json!("begun\n")), "{record:#}");
    place.nothing_is_left();
});
