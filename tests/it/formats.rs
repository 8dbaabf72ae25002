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
    env.run(&["company", "env", "set", "--company=s1", "--env=KEY=a: b"]).ok();
    env.run(&["credential-prototype", "sync"]).ok();
    env.sql(
        "INSERT INTO conffield (app_id, keyname, type, description, defval) VALUES (1, 'MODE', 'string', 'How: so', '- x')",
    );
    assert_eq!(env.json(&["application", "show-config", "1"])[0]["keyname"], "MODE");
    let _ = env.run_job(&[]).0.exits(3);
    env.schedule();
    for call in [
        &["company", "list"][..],
        &["company", "get", "--slug=s4"],
        &["job", "list"],
        &["job", "get", "1"],
        &["runtemplate", "list"],
        &["runtemplate", "get", "1"],
        &["runtemplate", "stats"],
        &["runtemplate", "list-credentials", "1"],
        &["company", "env", "list", "--company=s1"],
        &["credential-prototype", "list"],
        &["user", "list"],
        &["artifact", "list"],
        &["event-rule", "list"],
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

/// Lets what the database answers break off at a row: its column is one that cannot be computed.
fn break_row(env: &Env, table: &str, column: &str, is_broken: &str) {
    let columns = env.sql(&format!("SELECT name FROM pragma_table_info('{table}')"));
    let value = |name: &str| match name == column {
        true => format!(
            "CASE WHEN {is_broken} THEN abs(-9223372036854775807 - length(1)) ELSE \"{name}\" END AS \"{name}\""
        ),
        false => format!("\"{name}\""),
    };
    let values: Vec<String> = columns.lines().map(value).collect();
    let values = values.join(", ");
    env.sql(&format!(
        "ALTER TABLE {table} RENAME TO real_{table}; CREATE VIEW {table} AS SELECT {values} FROM real_{table}"
    ));
}

#[test]
fn an_error_in_the_middle_is_in_the_one_value() {
    let env = Env::new();
    env.prepare("Native", "echo one", json!(null));
    env.run(&["company", "create", "--name=Second"]).ok();
    let id = format!("--id={}", env.schedule());
    env.run(&["job", "run", &id]).ok();
    env.sql("INSERT INTO job_output_lines (job_id, seq, type, line) VALUES (1, 900, 'stdout', 'two')");
    break_row(&env, "company", "ic", "id = 2");
    break_row(&env, "job_output_lines", "line", "seq = 900");
    for format in ["json", "yaml"] {
        let value = |call: &[&str]| -> Value {
            let output = env.run(&[call, &["--format", format]].concat()).exits(1);
            assert_eq!(output.stderr, "", "{call:?}");
            serde_saphyr::from_str(&output.stdout).unwrap_or_else(|error| panic!("{call:?}: {error}: {output:?}"))
        };
        let list = value(&["company", "list"]);
        assert_eq!((&list[0]["id"], &list[1]["code"]), (&json!(1), &json!("database")), "{list:#}");
        for call in [&["job", "output", "1"][..], &["job", "output", "1", "--follow"], &["job", "get", "1"]] {
            let record = value(call);
            assert_eq!(
                (&record["stdout"], &record["error"]["code"]),
                (&json!("one\n"), &json!("database")),
                "{record:#}"
            );
        }
    }
}

#[test]
fn a_stdout_that_takes_nothing_is_told() {
    let env = Env::new();
    env.prepare("Native", "seq 1 30000; exit 4", json!(null));
    let full = |call: &[&str]| -> Output {
        let device = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = env.command(call);
        command.stdout(device).stderr(std::process::Stdio::piped()).output().unwrap().into()
    };
    for call in [&["company", "list", "--format=json"][..], &["company", "list"], &["--help"], &["-V"], &["job", "-h"]]
    {
        let told = full(call).exits(1).stderr;
        assert!(told.contains("cannot write to stdout") && told.contains("No space left"), "{call:?}: {told}");
    }
    let told = full(&["company", "get", "99", "--format=json"]).exits(1).stderr;
    assert!(told.starts_with("error: Company with id 99 not found\n"), "{told}");
    let told = full(&["runtemplate", "run", "1"]).exits(4).stderr;
    assert_eq!(told.matches("not all of the output could be shown").count(), 1, "{told}");
    assert!(env.json(&["job", "get", "1"])["stdout"].as_str().unwrap().ends_with("\n30000\n"));
}
