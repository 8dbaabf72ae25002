//! The same values as JSON and as YAML.

use std::io::Write as _;
use std::process::{Command, Stdio};

use needs::needs;
use serde_json::{Value, json};

use crate::env::{Env, Output};

/// What a reader of YAML 1.1 makes of a text, as JSON. Whatever it takes for a time or a set would not become JSON at all.
fn read(yaml: &str) -> Value {
    let script = "import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)";
    let mut python = Command::new("python3");
    python.args(["-c", script]).env("PYTHONUTF8", "1").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = python.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(yaml.as_bytes()).unwrap();
    let output: Output = child.wait_with_output().unwrap().into();
    output.ok().json()
}

#[needs(program python3)]
#[test]
fn yaml_says_what_json_says() {
    let env = Env::new();
    env.prepare("Native", "printf 'a: 1\\n- b\\033[1m\\303\\251\\342\\200\\250x\\n'; echo >&2; exit 3", json!(null));
    for (at, name) in
        ["yes", "0x1f", "2026-11-28", "12:30", "- x", "a: b # c", "'q\"", "null", "ž\u{85}", " x", "1e3", "~"]
            .iter()
            .enumerate()
    {
        env.run(&["company", "create", &format!("--name={name}"), &format!("--slug=s{at}")]).ok();
    }
    let _ = env.run_job(&[]).0.exits(3);
    env.schedule();
    for call in [
        &["company", "list"][..],
        &["company", "get", "--slug=s4"],
        &["job", "list"],
        &["job", "get", "1"],
        &["runtemplate", "list"],
        &["runtemplate", "get", "1"],
        &["application", "list"],
        &["application", "show-config", "1"],
        &["user-company", "list"],
        &["queue", "list"],
        &["queue", "overview"],
        &["job", "status"],
        &["job", "output", "1"],
        &["database", "status"],
        &["encryption", "status"],
        &["describe"],
        &["job", "get", "99"],
        &["job", "nosuch"],
        &["company", "create", "--slug=s1"],
    ] {
        let run = |format: &str| env.run(&[call, &[&format!("--format={format}")]].concat());
        let (json, yaml) = (run("json"), run("yaml"));
        assert_eq!(json.code, yaml.code, "{call:?}");
        assert_eq!(read(&yaml.stdout), json.json(), "{call:?}: {yaml:?}");
    }
    assert_eq!(env.run(&["token", "list", "-f", "yml"]).ok().stdout, "[]\n");
    assert_eq!(
        env.run(&["company", "create", "--name=Last", "-f", "YAML"]).ok().stdout,
        "company_id: 14\ncreated: true\n"
    );
    env.run(&["company", "list", "--format=xml"]).refused(2, "text, json, yaml, csv");
}
