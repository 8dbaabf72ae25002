//! What a dead runner left is looked for where that one put it, whoever mends: another user, or one that reaches the database
//! by another name.

use needs::needs;
use serde_json::json;

use super::{counted, dies_at, hasty, job, recovery_files, runs};
use crate::env::{Env, Output, Server, on_each_database};

/// The same command by somebody whose files about jobs are elsewhere.
fn elsewhere(env: &Env, arguments: &[&str]) -> Output {
    let mut command = env.command(arguments);
    let output = command.env("XDG_STATE_HOME", env.path().join("theirs")).output().unwrap();
    Output {
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

on_each_database!(another_user_reads_what_the_runner_left, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), json!(null));
    let id = env.schedule();
    dies_at(env, "ended", &["job", "run", &format!("--id={id}")]);
    let state = env.path().join("state/multiflexi");
    let hidden = env.path().join("hidden");
    std::fs::rename(&state, &hidden).unwrap();
    for arguments in [&["queue", "fix"][..], &["queue", "run"]] {
        let output = elsewhere(env, arguments).exits(1);
        let said = output.stdout + &output.stderr;
        assert!(said.contains(state.to_str().unwrap()) && said.contains("cannot be read"), "{said}");
        assert_eq!(job(env, &id)["exitcode"], json!(null), "{said}");
    }
    let output = elsewhere(env, &["job", "run", &format!("--id={id}")]);
    output.refused(1, "cannot be read");
    std::fs::rename(&hidden, &state).unwrap();
    elsewhere(env, &["queue", "fix"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
});

// As records were before they said where files are.
on_each_database!(a_record_of_an_older_version_is_read, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), json!(null));
    let id = env.schedule();
    dies_at(env, "ended", &["job", "run", &format!("--id={id}")]);
    let row = format!("job_id = {id} AND type = 'runner'");
    let record = env.sql(&format!("SELECT line FROM job_output_lines WHERE {row}"));
    let mut record: serde_json::Value = serde_json::from_str(record.trim()).unwrap();
    for key in ["database", "state", "user"] {
        assert!(record.as_object_mut().unwrap().remove(key).is_some(), "{record}");
    }
    env.sql(&format!("UPDATE job_output_lines SET line = '{record}' WHERE {row}"));
    env.run(&["queue", "fix"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
});

fn by_another_name(server: Server, test: &str) {
    let mut env = Env::on(server, test);
    env.prepare("Native", &counted(&env, "echo said; exit 3"), json!(null));
    let first = env.variable("DB_HOST").unwrap().to_owned();
    let other = if first == "localhost" { "127.0.0.1" } else { "localhost" };
    let id = env.schedule();
    dies_at(&env, "ended", &["job", "run", &format!("--id={id}")]);
    let finished = env.schedule();
    dies_at(&env, "finished", &["job", "run", &format!("--id={finished}")]);
    env.set("DB_HOST", other);
    hasty(&env, &["queue", "fix"]).ok();
    assert_eq!((&job(&env, &id)["exitcode"], runs(&env)), (&json!(3), 2));
    assert_eq!(super::run_files(&env), 0);
}

#[needs(mariadb)]
#[test]
fn mariadb_by_another_name() {
    by_another_name(Server::MariaDb, "another_way_by_another_name_mariadb");
}

#[needs(postgres)]
#[test]
fn postgres_by_another_name() {
    by_another_name(Server::Postgres, "another_way_by_another_name_postgres");
}

/// A recovery file of an environment's job, whose runner the database refused.
fn recovery_file(env: &Env) -> (String, std::path::PathBuf) {
    env.prepare("Native", &counted(env, "echo said; exit 3"), json!(null));
    let id = env.schedule();
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    let run = command.env("MULTIFLEXI_TEST_PAUSE_AT", "ended").stderr(std::process::Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| super::is_stopped(&run));
    env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
    super::signal(&run, "CONT");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
    let [file] = &recovery_files(env)[..] else { panic!("not one recovery file: {output:?}") };
    (id, file.clone())
}

on_each_database!(a_recovery_file_is_of_one_database, |env| {
    let (id, file) = recovery_file(env);
    let path = file.to_str().unwrap();
    // Another database, where a job of that number waits, and then began.
    let other = Env::new();
    other.prepare("Native", "true", json!(null));
    let same = other.schedule();
    assert_eq!(same, id);
    other.run(&["job", "recover", path]).refused(1, "in another database than");
    // A file from before, which names none.
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.last_mut().unwrap().as_object_mut().unwrap().remove("database").is_some());
    let old: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let old = other.file("job-1-4711.jsonl", &old);
    other.run(&["job", "recover", old.to_str().unwrap()]).refused(1, "has not begun");
    assert_eq!(
        (&job(&other, &id)["exitcode"], other.json(&["queue", "list"]).as_array().unwrap().len()),
        (&json!(null), 1)
    );
    // In its own database each of the two is taken.
    env.run(&["job", "recover", path]).ok();
    assert_eq!((&job(env, &id)["exitcode"], &job(env, &id)["stdout"]), (&json!(3), &json!("said\n")));
    env.run(&["job", "recover", old.to_str().unwrap()]).refused(1, "has a result already");
});
