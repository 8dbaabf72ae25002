//! What stands in a row was written by whoever may write to the database: no path and no process is taken from it as it is.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{counted, dies_at, job, pauses_at, runs, signal};
use crate::env::{Env, Output, on_each_database};
use crate::job::{process_state, wait_until};

/// Changes the record of who runs a job.
fn change(env: &Env, id: &str, change: impl FnOnce(&mut Value)) {
    let row = format!("job_id = {id} AND type = 'runner'");
    let record = env.sql(&format!("SELECT line FROM job_output_lines WHERE {row}"));
    let mut record: Value = serde_json::from_str(record.trim()).unwrap();
    change(&mut record);
    env.sql(&format!("UPDATE job_output_lines SET line = '{record}' WHERE {row}"));
}

/// The commands that look after lost jobs.
fn menders(id: &str) -> Vec<Vec<String>> {
    let words = |text: &str| text.split(' ').map(str::to_owned).collect();
    [format!("job run --id={id}"), format!("job cancel --id={id}"), "queue run".into(), "queue fix".into()]
        .iter()
        .map(|text| words(text))
        .collect()
}

/// Each of these commands leaves this file as it is.
#[track_caller]
fn is_left(env: &Env, id: &str, victim: &Path, menders: &[Vec<String>]) {
    for arguments in menders {
        let arguments: &[&str] = &arguments.iter().map(String::as_str).collect::<Vec<_>>();
        let output = env.run(arguments);
        assert_eq!(std::fs::read_to_string(victim).unwrap_or_default(), "precious", "{arguments:?}: {output:#?}");
        assert_eq!(job(env, id)["exitcode"], json!(null), "{arguments:?}: {output:#?}");
        assert_eq!(output.code, 1, "{arguments:?}: {output:#?}");
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains("damaged"), "{arguments:?}: {said}");
    }
    if menders.len() > 1 {
        let quiet = env.run(&["queue", "run", "-q"]).exits(1);
        assert!(quiet.stderr.contains(&format!("job {id}")), "{quiet:#?}");
    }
}

on_each_database!(no_path_is_made_of_a_database_s_name, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let id = env.schedule();
    dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    let victim = env.file(&format!("backup-{id}"), "precious");
    let names = [
        json!(env.path().join("backup").to_str().unwrap()),
        json!("../../../backup"),
        json!("0123456789AB"),
        json!("0123456789abc"),
        json!(7),
        json!({"a": 1}),
    ];
    for (at, name) in names.into_iter().enumerate() {
        change(env, &id, |record| record["database"] = name);
        is_left(env, &id, &victim, &menders(&id)[if at == 0 { 0 } else { 3 }..]);
    }
    assert_eq!(runs(env), 0);
});

on_each_database!(no_folder_is_taken_that_is_none_of_a_runner_s, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let id = env.schedule();
    dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    let own = env.path().join("state/multiflexi/running");
    let name = std::fs::read_dir(&own).unwrap().next().unwrap().unwrap().file_name().into_string().unwrap();
    let victim = env.file("victim/precious", "precious");
    // A link where the run file is to be, and one in place of its folder.
    let state = env.path().join("theirs");
    std::fs::create_dir_all(state.join("running")).unwrap();
    std::os::unix::fs::symlink(&victim, state.join("running").join(&name)).unwrap();
    change(env, &id, |record| record["state"] = json!(state.to_str().unwrap()));
    for arguments in [&["queue", "fix"], &["queue", "run"]] {
        let output = env.run(arguments).exits(1);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains("cannot be read"), "{said}");
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
    }
    for state in [json!("relative/multiflexi"), json!("/tmp/../etc"), json!(""), json!(7)] {
        change(env, &id, |record| record["state"] = state);
        is_left(env, &id, &victim, &menders(&id)[3..]);
    }
});

on_each_database!(no_process_is_taken_from_a_row, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let id = env.schedule();
    dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    let victim = env.file("victim", "precious");
    for pid in [json!(-1), json!(0), json!("1"), json!(4_294_967_297_i64), json!(1.5), json!(null)] {
        change(env, &id, |record| record["pid"] = pid);
        is_left(env, &id, &victim, &menders(&id)[3..]);
    }
    env.sql(&format!("UPDATE job_output_lines SET line = 'none' WHERE job_id = {id} AND type = 'runner'"));
    is_left(env, &id, &victim, &menders(&id));
});

/// A process's number is given out again, be it to one whose name is no UTF-8.
#[test]
fn another_process_of_the_runner_s_number_is_not_the_runner() {
    let env = Env::new();
    env.prepare("Native", &counted(&env, "true"), json!(null));
    let id = env.schedule();
    dies_at(&env, "claimed", &["job", "run", &format!("--id={id}")]);
    let program = env.path().join(std::ffi::OsStr::from_bytes(b"sl\xffeep"));
    std::fs::copy("/bin/sleep", &program).unwrap();
    let mut other = Command::new(&program).arg("300").spawn().unwrap();
    change(&env, &id, |record| record["pid"] = json!(other.id()));
    let plan = env.run(&["queue", "fix", "--dry-run"]).ok();
    assert!(plan.stdout.contains(&format!("Would mend job #{id}")), "{plan:#?}");
    // One that ended and was not waited for is no runner either.
    other.kill().unwrap();
    wait_until(|| process_state(other.id()).is_some_and(|(state, _)| state == 'Z'));
    let (_, start) = process_state(other.id()).unwrap();
    change(&env, &id, |record| record["start"] = json!(start));
    let plan = env.run(&["queue", "fix", "--dry-run"]).ok();
    assert!(plan.stdout.contains(&format!("Would mend job #{id}")), "{plan:#?}");
    other.wait().unwrap();
}

/// What stands in a damaged record is not put on a terminal by the runner that finds it in the place of its own.
#[test]
fn a_runner_whose_record_was_damaged_says_so_and_shows_nothing_of_it() {
    let env = Env::new();
    env.prepare("Native", &counted(&env, "true"), json!(null));
    let id = env.schedule();
    let runner = pauses_at(env.command(&["job", "run", &format!("--id={id}")]), "claimed");
    change(&env, &id, |record| {
        record["host"] = json!("evil\u{1b}[31m\nfake: all is well");
        record["pid"] = json!(-5);
    });
    signal(&runner, "CONT");
    let output = Output::from(runner.wait_with_output().unwrap()).refused(1, "is damaged (");
    assert!(!output.stderr.contains('\u{1b}') && !output.stderr.contains("fake"), "{output:#?}");
    assert_eq!(job(&env, &id)["exitcode"], json!(null));
}
