//! Running jobs natively, and what is saved of them.

use std::time::Instant;

use serde_json::json;

use crate::env::{Env, on_each_database};

on_each_database!(both_streams_the_code_and_the_command_are_saved, |env| {
    env.prepare(
        "Native",
        r#"for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done; printf end; exit 3"#,
        json!(null),
    );
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, output.stdout.as_str()), (3, "out 1\nout 2\nout 3\nend"), "{output:?}");
    assert_eq!(record["exitcode"], 3);
    assert_eq!(record["stdout"], "out 1\nout 2\nout 3\nend");
    assert_eq!(record["stderr"], "err 1\nerr 2\nerr 3\n");
    assert!(record["begin"].is_string() && record["end"].is_string(), "{record}");
    let runtemplate = env.json(&["runtemplate", "get", "--id=1"]);
    assert_eq!((&runtemplate["failed_jobs_count"], &runtemplate["successfull_jobs_count"]), (&json!(1), &json!(0)));
});

on_each_database!(bytes_that_are_no_text_are_visibly_replaced, |env| {
    env.prepare("Native", r"printf 'caf\351\n\342\202'; sleep 0.4; printf '\254\000.'", json!(null));
    let (output, record) = env.run_job(&["--format=json"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(record["stdout"], "caf\u{FFFD}\n€\u{FFFD}.");
});

on_each_database!(a_job_runs_once, |env| {
    env.prepare("Native", "true", json!(null));
    let id = format!("--id={}", env.schedule());
    env.run(&["job", "run", &id]).ok();
    env.run(&["job", "run", &id]).refused(1, "ended already");
    env.run(&["job", "run", "--id=99"]).refused(1, "99 not found");
    env.run(&["job", "run", "--id=x"]).refused(2, "--id");
});

on_each_database!(of_many_runners_one_wins, |env| {
    env.prepare("Native", "echo once; sleep 0.5", json!(null));
    let id = format!("--id={}", env.schedule());
    let runners: Vec<_> = (0..6)
        .map(|_| {
            env.command(&["job", "run", &id])
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let codes: Vec<_> =
        runners.into_iter().map(|runner| runner.wait_with_output().unwrap().status.code().unwrap()).collect();
    assert_eq!(codes.iter().filter(|code| **code == 0).count(), 1, "{codes:?}");
    assert!(codes.iter().all(|code| matches!(code, 0 | 1)), "{codes:?}");
    assert_eq!(env.json(&["job", "get", &id])["stdout"], "once\n");
});

#[test]
fn values_cannot_change_the_command_line() {
    let env = Env::new();
    let mut definition = crate::env::definition("Quoting");
    definition["executable"] = "/usr/bin/printf".into();
    definition["cmdparams"] = r#"'[%s]' {VALUE} "{VALUE}" x{VALUE} {NOSUCH}"#.into();
    definition["environment"] =
        json!({"VALUE": {"type": "string", "description": "v", "defval": "d", "required": false}});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=T"]).ok();
    for value in ["plain", "two words", "it's", r#"a"b"#, "$(touch /tmp/x); `id` & |", r"back\slash", "$HOME"] {
        env.run(&["runtemplate", "update", "--id=1", &format!("--config=VALUE={value}")]).ok();
        let (output, record) = env.run_job(&[]);
        assert_eq!(record["stdout"], format!("[{value}][{value}][x{value}][{{NOSUCH}}]"), "{output:?}");
    }
}

#[test]
fn a_secret_is_shown_nowhere() {
    let env = Env::new();
    let mut definition = crate::env::definition("Secret");
    definition["executable"] = "/bin/sh".into();
    definition["cmdparams"] = "-c 'printf %s \"$PASSWORD\" | wc -c' {PASSWORD}".into();
    definition["environment"] =
        json!({"PASSWORD": {"type": "password", "description": "p", "defval": "", "required": false}});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=T", "--config=PASSWORD=marker-secret"])
        .ok();
    let (output, record) = env.run_job(&[]);
    assert_eq!(record["stdout"].as_str().unwrap().trim(), "13", "{output:?}");
    let list = env.run(&["job", "list", "--format=json"]).ok();
    let shown = format!("{record}{}{}{}", output.stdout, output.stderr, list.stdout);
    assert!(!shown.contains("marker-secret"), "{shown}");
}

#[test]
fn a_program_that_is_not_there_is_125_with_words() {
    let env = Env::new();
    let definition = {
        let mut value = crate::env::definition("Absent");
        value["executable"] = "/nonexistent/program".into();
        value
    };
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=T"]).ok();
    let (output, record) = env.run_job(&[]);
    assert_eq!(output.code, 125);
    assert!(output.stderr.contains("/nonexistent/program"), "{output:?}");
    assert_eq!(record["exitcode"], 125);
    assert!(record["reason"].as_str().unwrap().contains("/nonexistent/program"), "{record}");
}

#[test]
fn the_time_limit_ends_the_program_and_its_children() {
    let env = Env::new();
    env.prepare("Native", "echo before; sleep 300 & sleep 300", json!(null));
    let started = Instant::now();
    let (output, record) = env.run_job(&["--timeout=3"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:?}");
    assert_eq!(record["stdout"], "before\n");
    assert!(started.elapsed().as_secs() < 100);
}

#[test]
fn a_signal_cancels_the_job_and_saves_what_came() {
    let env = Env::new();
    env.prepare("Native", "echo before; sleep 300", json!(null));
    for (signal, code) in [(nix::sys::signal::Signal::SIGINT, 130), (nix::sys::signal::Signal::SIGTERM, 143)] {
        let id = format!("--id={}", env.schedule());
        let child = env
            .command(&["job", "run", &id])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        wait_until(|| env.json(&["job", "get", &id])["stdout"] == "before\n");
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
        let status = child.wait_with_output().unwrap().status;
        assert_eq!(status.code(), Some(code));
        let record = env.json(&["job", "get", &id]);
        assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(code), &json!("before\n")));
    }
}

#[test]
fn much_output_is_all_there() {
    let env = Env::new();
    env.prepare("Native", "seq 1 200000; printf end", json!(null));
    let (output, record) = env.run_job(&["--format=json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let wanted: String = (1..=200_000).map(|n| format!("{n}\n")).chain(["end".to_owned()]).collect();
    assert!(record["stdout"] == wanted.as_str(), "the output differs");
}

on_each_database!(a_recovery_file_is_loaded_once, |env| {
    env.prepare("Native", "true", json!(null));
    let id = env.schedule();
    let lines = [
        json!({"job": 1, "type": "stdout", "line": "kept\n"}),
        json!({"job": 1, "artifact": "/tmp/a.txt", "content": "aGVsbG8="}),
        json!({"job": 1, "end": "2026-01-02 03:04:05", "exitcode": 3, "command": "true"}),
    ];
    let whole = env.file("whole.jsonl", &lines.map(|line| format!("{line}\n")).concat());
    let cut = env.file("cut.jsonl", &format!("{}\n", json!({"job": 1, "type": "stdout", "line": "kept\n"})));
    env.run(&["job", "recover", cut.to_str().unwrap()]).refused(1, "not a whole recovery file");
    // A line that nobody wrote is not read to its end.
    let zeros = env.file("zeros.jsonl", "");
    std::fs::File::create(&zeros).unwrap().set_len(8 << 30).unwrap();
    let refused = env.run(&["job", "recover", zeros.to_str().unwrap()]).refused(1, "not a whole recovery file");
    assert!(refused.stderr.contains("line 1: it is longer than 4 MiB"), "{refused:?}");
    env.run(&["job", "recover", whole.to_str().unwrap()]).refused(1, "has not begun");
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}begin{q} = '2026-01-02 03:04:00' WHERE id = {id}"));
    env.run(&["job", "recover", whole.to_str().unwrap()]).ok();
    let record = env.json(&["job", "get", &format!("--id={id}")]);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(3), &json!("kept\n")));
    assert_eq!(env.json(&["artifact", "list"])[0]["filename"], "a.txt");
    assert!(!whole.exists());
    env.run(&["job", "recover", "/nonexistent.jsonl"]).refused(1, "/nonexistent.jsonl");
});

/// How a process is, as one letter, and when it started: fields of `/proc/PID/stat` behind its name, which may hold any byte.
pub fn process_state(pid: u32) -> Option<(char, u64)> {
    let stat = std::fs::read(format!("/proc/{pid}/stat")).ok()?;
    let stat = String::from_utf8_lossy(&stat);
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    Some((fields.next()?.parse().ok()?, fields.nth(18)?.parse().ok()?))
}

/// Waits until it is so.
#[track_caller]
pub fn wait_until(mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        // Long enough for a machine on which everything runs at once; only a test that fails waits for so long.
        assert!(started.elapsed().as_secs() < 180, "it did not happen within 180 s");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn fields_that_only_some_jobs_have_can_be_asked_of_all() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let (_, record) = env.run_job(&[]);
    let id = format!("--id={}", record["id"]);
    let picked = env.json(&["job", "get", &id, "--fields=reason,notices,exitcode"]);
    assert_eq!(picked, json!({"reason": null, "notices": [], "exitcode": 0}));
}
