//! A job is taken over, and the runner that does so is told to end: as of every other run, a program that has ended keeps its result, and
//! one that runs is ended.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::{Place, interrupt, kill, on_cluster, tools, until_told};
use crate::job::wait_until;

const SCRIPT: &str = concat!("echo one; ", until_told!(), "; echo two; exit 3");

/// A kubectl that takes its time for what this pattern of the shell fits, and notes that it was called.
fn slow(place: &mut Place, calls: &str) {
    let kubectl = tools().join("kubectl");
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in {calls}) : >\"$0.called\"; sleep 4;; esac\nexec {} \"$@\"\n",
        kubectl.display()
    );
    place.put_script_first("kubectl", &script);
}

/// Takes the job over, and is told to end while that kubectl is at it.
#[track_caller]
fn told_to_end(place: &Place, id: &str) -> (Option<i32>, Value) {
    let runner = place.start(id, &[]);
    let called = place.env.path().join("first/kubectl.called");
    wait_until(|| called.exists());
    std::thread::sleep(Duration::from_millis(300));
    interrupt::send(&runner, Signal::SIGTERM);
    let output = runner.wait_with_output().unwrap();
    (output.status.code(), place.record(id))
}

/// Ends a job by itself whose runner is dead.
fn ends(place: &Place) {
    let pod = place.pods().remove(0);
    place.tell(&pod);
    place.wait_for_file(&pod, "rc");
}

#[track_caller]
fn keeps_its_result(place: &mut Place, calls: &str) {
    let (id, runner) = place.begun(SCRIPT, "one\n", "");
    kill(runner);
    ends(place);
    slow(place, calls);
    let (code, record) = told_to_end(place, &id);
    let known = (code, &record["exitcode"], &record["stdout"]);
    assert_eq!(known, (Some(3), &json!(3), &json!("one\ntwo\n")), "{record:#}");
    place.nothing_is_left();
}

on_cluster!(a_program_runs_on_of_no_cancelled_take_over, |mut place| {
    let (id, runner) = place.begun(SCRIPT, "one\n", "");
    kill(runner);
    slow(&mut place, "*' get pods -l '*");
    let (code, record) = told_to_end(&place, &id);
    assert_eq!((code, &record["exitcode"], &record["stdout"]), (Some(143), &json!(143), &json!("one\n")), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_result_that_is_looked_for_is_not_thrown_away_by_a_signal, |mut place| {
    keeps_its_result(&mut place, "*' get pods -l '*");
});

on_cluster!(a_result_of_which_nothing_came_yet_is_not_thrown_away_by_a_signal, |mut place| {
    keeps_its_result(&mut place, "*' peek '*");
});
