//! A job that is cancelled while its artifact is brought home: what its program came to is told.

use needs::needs;
use nix::sys::signal::Signal;
use serde_json::json;

use super::stub::Stub;
use super::{Place, artifact, interrupt, notices};

/// How a job is ended, and the exit code that its program had.
const WAYS: [(Option<Signal>, i32, &str); 3] =
    [(Some(Signal::SIGINT), 0, "SIGINT"), (Some(Signal::SIGTERM), 7, "SIGTERM"), (None, 3, "SIGTERM")];

#[needs(cluster)]
#[test]
fn an_exit_code_that_is_known_is_told_of_a_cancelled_job() {
    for (signal, code, name) in WAYS {
        let mut place = Place::new();
        let hangs = place.env.path().join("hangs");
        let hang = format!(": >{}; exec sleep 1000", hangs.display());
        Stub::of("kubectl").at("exec * artifact /tmp/second", &hang).install(&mut place);
        place.prepare_with(|definition| {
            let artifact = |path: &str| json!({"name": "a", "path": path, "type": "file", "description": "It"});
            crate::env::set_script(
                definition,
                &format!("echo out; echo 1 >/tmp/first; echo 2 >/tmp/second; exit {code}"),
            );
            definition["artifacts"] = json!([artifact("/tmp/first"), artifact("/tmp/second")]);
        });
        let id = place.env.schedule();
        let job = place.start(&id, &[]);
        crate::job::wait_until(|| hangs.exists());
        match signal {
            Some(signal) => interrupt::send(&job, signal),
            None => drop(place.env.run(&["job", "cancel", "--id", &id]).ok()),
        }
        let output = job.wait_with_output().unwrap();
        let record = place.record(&id);
        let cancelled = if signal == Some(Signal::SIGINT) { 130 } else { 143 };
        let known = (output.status.code(), &record["exitcode"], &record["stdout"]);
        assert_eq!(known, (Some(cancelled), &json!(cancelled), &json!("out\n")), "{name}: {record:#}");
        let said = notices(&record);
        assert!(said.contains(&format!("its program had ended with exit code {code} before")), "{said}");
        assert!(said.contains(&format!("/tmp/second was not fetched, for the job was cancelled ({name})")), "{said}");
        assert!(!said.contains("/tmp/first"), "{record:#}");
        // What was home by then stays.
        let stored: Vec<String> = artifact::stored(&place, &id).into_iter().map(|artifact| artifact.0).collect();
        assert_eq!(stored, ["first"], "{record:#}");
        place.nothing_is_left();
    }
}
