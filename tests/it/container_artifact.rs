//! Artifacts of Podman jobs that wrote much.

use std::time::{Duration, Instant};

use needs::needs;
use serde_json::json;

use crate::container::{notices, prepare};
use crate::env::Env;

fn names(env: &Env) -> Vec<String> {
    env.sql("SELECT file_name FROM file_store ORDER BY file_name").lines().map(str::to_owned).collect()
}

fn wanting(env: &Env, script: &str, paths: &[&str]) {
    let artifact = |path: &&str| json!({"name": "a", "path": path, "type": "file", "description": "It"});
    prepare(env, script, |definition| definition["artifacts"] = paths.iter().map(artifact).collect());
}

#[needs(podman)]
#[test]
fn an_artifact_among_thousands_of_files_is_found() {
    let env = Env::on_podman();
    let script = "cd /tmp; for i in $(seq 1000 3000); do : >/tmp/between-the-first-and-the-last-$i; done; echo >aaa.txt; echo >zzz.txt";
    wanting(&env, script, &["aaa.txt", "/tmp/zzz.txt"]);
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, names(&env)), (0, vec!["aaa.txt".to_owned(), "zzz.txt".into()]), "{record:#}");
    assert_eq!(notices(&record), "");
}

#[needs(podman)]
#[test]
fn a_file_over_the_limit_is_not_copied_before_that_is_told() {
    let env = Env::on_podman();
    // Nothing but a length: a copy of it would take minutes.
    wanting(&env, "truncate -s 100G /tmp/large.bin; printf ab >/tmp/small.bin", &["large.bin", "small.bin"]);
    let started = Instant::now();
    let (output, record) = env.run_job(&["--artifact-limit=1"]);
    assert_eq!((output.code, names(&env)), (0, vec!["small.bin".to_owned()]), "{record:#}");
    assert!(notices(&record).contains("/tmp/large.bin has 107374182400 bytes"), "{record:#}");
    assert!(started.elapsed() < Duration::from_secs(40), "{:?}", started.elapsed());
}
