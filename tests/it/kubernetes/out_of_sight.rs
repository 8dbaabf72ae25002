//! What a program does while nobody can see it: its runner is dead, stopped or cut off, its container over, its log rotated.

use needs::needs;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::connection::Relay;
use super::ended_meanwhile::cut_off;
use super::stub::Stub;
use super::{Place, notices, on_cluster, until_told};
use crate::at_once::at_once;
use crate::crash::{dies_at, is_stopped, signal};
use crate::env::set_script;
use crate::job::wait_until;

/// What prints so much that its node rotates the log away while the recorder still holds the container.
const LONG_LOG: &str =
    "echo ran >>/trace/runs; head -c 7600000 /dev/zero | tr '\\0' x | fold -w 99; echo ended >>/trace/runs; exit 5";

#[needs(cluster)]
#[test]
fn a_program_whose_log_was_rotated_away_is_not_run_again() {
    at_once(["run", "cancel"], |verb| {
        let place = Place::new();
        let trace = place.env.path().join("trace");
        std::fs::create_dir_all(&trace).unwrap();
        place.prepare_with(|definition| {
            set_script(definition, LONG_LOG);
            definition["kubernetes"]["podOverrides"] = json!({"spec": {
                "volumes": [{"name": "trace", "hostPath": {"path": trace}}],
                "containers": [{"volumeMounts": [{"name": "trace", "mountPath": "/trace"}]}],
            }});
        });
        let id = place.env.schedule();
        dies_at(&place.env, "let-go", &["job", "run", &format!("--id={id}"), "--hold=45"]);
        place.wait_for_end();
        place.env.run(&["job", verb, "--id", &id]).exits(if verb == "run" { 5 } else { 1 });
        let record = place.record(&id);
        assert_eq!(record["exitcode"], 5, "{verb}: {}", notices(&record));
        assert_eq!(std::fs::read_to_string(trace.join("runs")).unwrap(), "ran\nended\n", "{verb}");
        // A node may have been too slow to rotate it.
        let is_whole = record["stdout"].as_str().unwrap().len() > 7_600_000;
        assert_eq!(is_whole, notices(&record).is_empty(), "{verb}: {}", notices(&record));
        place.nothing_is_left();
    });
}

#[needs(cluster)]
#[test]
fn a_pod_s_deadline_that_passes_after_the_program_s_end_is_no_reason() {
    at_once([0, 3], |code| {
        let place = Place::new();
        place.prepare_with(|definition| {
            set_script(definition, &format!("echo done; exit {code}"));
            definition["kubernetes"]["podOverrides"] = json!({"spec": {"activeDeadlineSeconds": 20}});
        });
        let id = place.env.schedule();
        dies_at(&place.env, "let-go", &["job", "run", &format!("--id={id}")]);
        place.wait_for_end();
        place.env.run(&["job", "run", &format!("--id={id}")]).exits(code);
        let record = place.record(&id);
        let known = (&record["exitcode"], &record["stdout"], &record["reason"]);
        assert_eq!(known, (&json!(code), &json!("done\n"), &Value::Null), "{record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(what_a_program_printed_until_its_hold_was_over_is_read_by_a_runner_that_was_stopped, |place| {
    place.prepare(concat!("echo early; ", until_told!(), "; echo late; echo err >&2; exit 4"), json!(null));
    let id = place.env.schedule();
    let runner = place.start(&id, &["--hold=1"]);
    place.wait_for_output(&id, "early\n", "");
    signal(&runner, "STOP");
    wait_until(|| is_stopped(&runner));
    cut_off(&runner);
    place.tell(&place.pods()[0]);
    place.wait_for_end();
    signal(&runner, "CONT");
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{output:?} {record:#}");
    // In the log both streams are one: which of two lines of the same moment comes first, the kubelet says.
    assert!([json!("early\nlate\nerr\n"), json!("early\nerr\nlate\n")].contains(&record["stdout"]), "{record:#}");
    assert_eq!(record["reason"], Value::Null, "{record:#}");
    assert!(notices(&record).contains("complete, but with stdout and stderr in one"), "{record:#}");
    place.nothing_is_left();
});

on_cluster!(a_time_limit_that_passes_while_the_cluster_is_away_ends_nothing, |mut place| {
    let mut relay = Relay::before(&mut place, &["--down", "40"]);
    place.prepare(concat!("echo begun; ", until_told!(), "; echo done"), json!(null));
    let id = place.env.schedule();
    let runner = place.start(&id, &["--timeout=20"]);
    place.wait_for_output(&id, "begun\n", "");
    let pod = place.pods().remove(0);
    relay.fault(Signal::SIGUSR1);
    place.tell(&pod);
    let output = runner.wait_with_output().unwrap();
    let record = place.record(&id);
    let known = (&record["exitcode"], &record["stdout"], &record["reason"]);
    assert_eq!(known, (&json!(0), &json!("begun\ndone\n"), &Value::Null), "{output:?} {record:#}");
    place.nothing_is_left();
});

/// What kubectl brings home comes so many seconds late, while the pod has a sidecar or none.
const LATE: [(&str, u64, bool); 2] =
    [("of a pod with nothing else", 30, false), ("of one whose sidecar ends", 7, true)];

#[needs(cluster)]
#[test]
fn word_of_its_start_that_comes_late_is_no_program_that_never_began() {
    at_once(LATE, |(what, seconds, has_sidecar)| {
        let mut place = Place::new();
        let late = format!("exec \"$real\" \"$@\" > >(sleep {seconds}; exec cat) 2> >(sleep {seconds}; exec cat >&2)");
        Stub::of("kubectl").at("run mf-job-* --attach", &late).install(&mut place);
        place.env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
        place.prepare_with(|definition| {
            set_script(definition, "i=0; while [ $i -lt 25 ]; do echo $i; i=$((i+1)); sleep 1; done; exit 5");
            if has_sidecar {
                definition["kubernetes"]["podOverrides"] = json!({"spec": {"containers": [
                    {"name": "side", "image": "localhost/mfx-shell:1", "command": ["sleep", "4"]},
                ]}});
            }
        });
        let (output, record) = place.env.run_job(&[]);
        let lines: String = (0..25).map(|line| format!("{line}\n")).collect();
        let known = (&record["exitcode"], &record["stdout"], &record["reason"]);
        assert_eq!(known, (&json!(5), &json!(lines), &Value::Null), "{what}: {output:?} {record:#}");
        place.nothing_is_left();
    });
}
