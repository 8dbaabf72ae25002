//! What is wrong on this machine, whatever the job, ends no job: it waits in the queue, and each try says in one line why.

use needs::needs;
use serde_json::{Value, json};

use crate::env::{Env, Output, on_each_database};

/// Runs the command where no program is found.
fn without_programs(env: &Env, arguments: &[&str]) -> Output {
    env.command(arguments).env("PATH", "/nonexistent").output().unwrap().into()
}

fn queued(env: &Env) -> Vec<String> {
    env.json(&["queue", "list"]).as_array().unwrap().iter().map(|row| row["job"].to_string()).collect()
}

#[track_caller]
fn waits(env: &Env, id: &str, code: &str) {
    is_as_before(&env.json(&["job", "get", &format!("--id={id}")]), code);
    assert_eq!(crate::crash::run_files(env), 0);
}

/// The record of a job that waits, and was tried in vain for a reason with this code.
#[track_caller]
pub fn is_as_before(record: &Value, code: &str) {
    let state = (&record["begin"], &record["exitcode"], &record["pid"], &record["notices"]);
    assert_eq!(state, (&Value::Null, &Value::Null, &Value::Null, &Value::Null), "{record:#}");
    assert!(record["reason"].as_str().unwrap_or_default().starts_with(&format!("{code}: ")), "{record:#}");
}

on_each_database!(a_job_that_cannot_be_begun_here_waits, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let run = format!("--id={id}");
    let ran = without_programs(env, &["job", "run", &run, "--format=json"]).exits(125).json();
    assert_eq!((&ran["code"], &ran["reason"], &ran["tries"]), (&json!("not_run"), &json!("KubectlMissing"), &json!(1)));
    waits(env, &id, "KubectlMissing");
    for turn in 2..=11 {
        let ran = without_programs(env, &["queue", "run", "-q"]).exits(1);
        let lines: Vec<&str> = ran.stderr.lines().collect();
        assert!(ran.stdout.is_empty() && lines.len() == 1, "{ran:?}");
        assert!(lines[0].contains(&format!("job {id}")) && lines[0].contains("KubectlMissing: "), "{ran:?}");
        assert!(!ran.stderr.contains("died") && !ran.stderr.contains("delete"), "{ran:?}");
        // After ten tries somebody is told to see to it.
        assert_eq!(ran.stderr.contains(&format!("was tried {turn} times since ")), turn >= 10, "{ran:?}");
        waits(env, &id, "KubectlMissing");
        assert_eq!(queued(env), [id.as_str()]);
    }
    assert!(!env.run(&["queue", "fix"]).ok().stdout.contains(&id));

    // What is right again by then runs as if nothing had been.
    env.sql(&format!("UPDATE job SET executor = 'Native' WHERE id = {id}"));
    let ran = env.json(&["queue", "run"]);
    assert_eq!((&ran["success"], &ran["not_run"]), (&json!(1), &json!(0)), "{ran:#}");
    let record = env.json(&["job", "get", &run]);
    assert_eq!((&record["exitcode"], &record["reason"]), (&json!(0), &Value::Null), "{record:#}");
});

// Rootless podman without newuidmap: there, and makes no container for anybody.
#[test]
fn a_job_of_an_engine_that_is_set_up_badly_waits() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut env = Env::new();
    env.prepare("Podman", "true", json!(null));
    let id = env.schedule();
    let fault = "Error: command required for rootless mode with multiple IDs: exec: \"newuidmap\": not found in $PATH";
    let podman = env.file("bin/podman", &format!("#!/bin/sh\necho '{fault}' >&2\nexit 125\n"));
    std::fs::set_permissions(&podman, std::fs::Permissions::from_mode(0o755)).unwrap();
    env.set("PATH", &format!("{}:/usr/bin:/bin", env.path().join("bin").display()));
    for _ in 0..2 {
        let ran = env.run(&["queue", "run", "-q"]).exits(1);
        let words = ["EngineUnreachable: podman does not answer: command required", "`podman info`"];
        assert!(words.iter().all(|words| ran.stderr.contains(words)) && ran.stderr.lines().count() == 1, "{ran:?}");
        waits(&env, &id, "EngineUnreachable");
        assert_eq!(queued(&env), [id.as_str()]);
    }
    // An engine that works, and takes only this job's container ill.
    env.file("bin/podman", &format!("#!/bin/sh\n[ $1 = info ] && exit\necho '{fault}' >&2\nexit 125\n"));
    env.run(&["queue", "run", "-q"]).exits(1);
    let record = env.json(&["job", "get", &format!("--id={id}")]);
    assert!(record["reason"].as_str().unwrap().starts_with("StartError: "), "{record:#}");
}

// As by the recovery file of the runner before, which somebody loads.
on_each_database!(a_job_that_has_ended_meanwhile_is_not_put_back, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let run = format!("--id={id}");
    let mut command = env.command(&["job", "run", &run]);
    command.env("PATH", "/nonexistent");
    let runner = crate::crash::pauses_at(command, "claimed");
    env.sql(&format!("UPDATE job SET exitcode = 3 WHERE id = {id}"));
    crate::crash::signal(&runner, "CONT");
    Output::from(runner.wait_with_output().unwrap()).refused(1, "has been ended by somebody else meanwhile");
    let record = env.json(&["job", "get", &run]);
    assert!(record["exitcode"] == 3 && record["begin"] != Value::Null, "{record:#}");
    assert_eq!(queued(env), [""; 0]);
});

#[test]
fn what_never_ends_is_not_read() {
    let env = Env::new();
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let run = format!("--id={id}");
    for (options, words) in [
        (["job", "run", &run, "--pod-overrides=/dev/zero"], "larger than 16 MiB"),
        (["-e", "/dev/zero", "job", "list"], "larger than 16 MiB"),
        (["job", "run", &run, "--kubeconfig=/dev/zero"], "BadKubeconfig: "),
    ] {
        // So much and no more memory; kubectl itself would read on.
        let mut command = std::process::Command::new("prlimit");
        let limited = env.command(&options);
        command.arg("--as=2000000000").arg(limited.get_program()).args(limited.get_args()).env_clear();
        command.envs(limited.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let folder = env.path().join("programs");
        std::fs::create_dir_all(&folder).unwrap();
        let kubectl = folder.join("kubectl");
        if !kubectl.exists() {
            std::os::unix::fs::symlink("/bin/false", &kubectl).unwrap();
        }
        let output: Output =
            command.env("PATH", format!("{}:/usr/bin:/bin", folder.display())).output().unwrap().into();
        assert!(output.code != 0 && output.stderr.contains(words), "{options:?}: {output:?}");
    }
    assert!(env.json(&["job", "get", &run])["exitcode"].is_null());
}

on_each_database!(a_job_that_cannot_be_begun_ends_at_its_deadline, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let moments =
        "'2026-11-01 00:00:00', '2026-11-02 00:00:00', '2026-11-02 06:00:00', 'running', '2026-11-01 00:00:00'";
    env.sql(&format!(
        "INSERT INTO task (id, runtemplate_id, window_start, window_end, deadline, state, created_at) VALUES (1, 1, {moments}); \
         UPDATE job SET task_id = 1 WHERE id = {id}"
    ));
    without_programs(env, &["queue", "run", "-q"]).exits(1);
    let record = env.json(&["job", "get", &format!("--id={id}")]);
    assert_eq!(record["exitcode"], json!(125), "{record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("KubectlMissing: "), "{record:#}");
    assert_eq!((queued(env), crate::crash::run_files(env)), (Vec::new(), 0));
});

on_each_database!(a_job_from_outside_the_queue_is_not_put_there, |env| {
    env.prepare("Docker", "true", json!(null));
    let made = env.json(&["job", "create", "--runtemplate_id=1", "--scheduled=now"]);
    let id = made["job_id"].as_i64().or(made["id"].as_i64()).unwrap().to_string();
    let run = format!("--id={id}");
    let ran = without_programs(env, &["job", "run", &run, "--unqueued"]).exits(125);
    assert!(ran.stderr.contains("EngineMissing: docker cannot be started"), "{ran:?}");
    waits(env, &id, "EngineMissing");
    assert_eq!(queued(env), Vec::<String>::new());
});

#[needs(podman)]
#[test]
fn a_custom_command_runs_after_a_container_job() {
    let env = Env::on_podman();
    env.prepare("Podman", "echo made >\"$RESULT_FILE\"; exit 3", json!(null));
    crate::action::switch_on(
        &env,
        "fail",
        &[("CustomCommand", &[("command", "pwd; ls -d .; echo $MULTIFLEXI_JOB_EXITCODE")])],
    );
    let (output, record) = env.run_job(&[]);
    assert_eq!(output.code, 3, "{output:?}");
    let said = crate::action::notices(&record);
    assert!(said.contains("action CustomCommand: the command ended well: ") && said.contains(".\n3"), "{said}");
    // Its folder goes with it.
    let folder = said.split("well: ").nth(1).unwrap().lines().next().unwrap();
    assert!(folder.starts_with('/') && !std::path::Path::new(folder).exists(), "{folder}");
}
