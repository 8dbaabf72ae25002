//! Jobs whose runners were killed with the `queue run` that had started them: one more `queue run` brings all home.

use std::process::Stdio;

use serde_json::json;

use super::{on_cluster, until_told};
use crate::crash::{dies_at, recovery_files, run_files};
use crate::job::wait_until;

on_cluster!(two_of_one_runtemplate_come_home, |place| {
    place.prepare(concat!("echo one; ", until_told!(), "; echo two; exit 3"), json!(null));
    let ids = [place.env.schedule(), place.env.schedule()];
    let mut command = place.env.command(&["queue", "run", "--allow-overlap", "--parallel=2"]);
    let mut run = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    for id in &ids {
        wait_until(|| place.record(id)["stdout"] == "one\n");
    }
    // As the OOM killer or a reboot does.
    run.kill().unwrap();
    run.wait().unwrap();
    for id in &ids {
        let pid = i32::try_from(place.record(id)["pid"].as_i64().unwrap()).unwrap();
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).unwrap();
    }
    for pod in place.pods() {
        place.tell(&pod);
    }
    let run = place.env.json(&["queue", "run"]);
    assert_eq!((&run["run"], &run["left"]), (&json!(2), &json!(0)), "{run:#}");
    for id in &ids {
        let record = place.record(id);
        assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("one\ntwo\n")), "{record:#}");
    }
    place.nothing_is_left();
    assert_eq!((run_files(&place.env), recovery_files(&place.env).len()), (0, 0));
});

// What is known of a dead runner outlives a claim that did not come to stand.
on_cluster!(a_claim_that_does_not_stand_destroys_nothing, |place| {
    place.prepare("echo ran; exit 3", json!(null));
    let id = place.env.schedule();
    let run = format!("--id={id}");
    dies_at(&place.env, "claimed", &["job", "run", &run]);
    for _ in 0..2 {
        dies_at(&place.env, "claiming", &["job", "run", &run]);
    }
    assert_eq!(place.env.json(&["queue", "run"])["failed"], 1);
    let record = place.record(&id);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("ran\n")), "{record:#}");
    place.nothing_is_left();
    assert_eq!(run_files(&place.env), 0);
});

// What a killed runner had fetched is not left in the folder for temporary files.
on_cluster!(no_artifact_stays_in_the_temporary_folder, |mut place| {
    place.prepare(
        "echo made >/tmp/report; exit 3",
        json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}}),
    );
    let folder = place.env.path().join("temporary");
    std::fs::create_dir(&folder).unwrap();
    place.env.set("TMPDIR", folder.to_str().unwrap());
    let id = place.env.schedule();
    dies_at(&place.env, "examined", &["job", "run", &format!("--id={id}")]);
    assert_eq!(place.env.json(&["queue", "run"])["failed"], 1);
    let left: Vec<_> = std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path()).collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(super::artifact::stored(&place, &id).len(), 1);
});
