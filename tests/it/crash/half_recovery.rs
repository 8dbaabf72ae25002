//! A recovery file that is not whole: its runner was killed, or its disk was full, in the middle of it.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use needs::needs;
use serde_json::{Value, json};

use super::{counted, is_stopped, job, recovery_files, run_files, runs, signal};
use crate::disk::Disk;
use crate::env::{Env, definition, on_each_database, set_script};
use crate::job::wait_until;

/// A job that printed and ended with 3, whose result went to a recovery file, since the database refused it.
pub fn recovery_file(env: &Env) -> (String, PathBuf) {
    let id = env.schedule();
    let file = recovery_file_of(env, &id);
    (id, file)
}

/// The same of this job.
pub fn recovery_file_of(env: &Env, id: &str) -> PathBuf {
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    let run = command.env("MULTIFLEXI_TEST_PAUSE_AT", "ended").stderr(Stdio::piped()).spawn().unwrap();
    wait_until(|| is_stopped(&run));
    env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
    signal(&run, "CONT");
    let output = run.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
    let whole = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "jsonl");
    recovery_files(env).into_iter().find(whole).unwrap()
}

/// What is left of a file that was being written.
fn cut(path: &Path, size: usize) {
    let text = std::fs::read(path).unwrap();
    std::fs::write(path, &text[..size.min(text.len())]).unwrap();
}

on_each_database!(what_the_run_file_says_is_saved, |env| {
    // It prints once its first batch was written, so that the rest goes to the file alone.
    env.prepare("Native", &counted(env, "echo said; sleep 0.5; echo more; exit 3"), Value::Null);
    for (ran, mender) in
        (1..).zip([&["queue", "run", "-q"][..], &["queue", "fix"], &["job", "run"], &["job", "cancel"]])
    {
        let (id, file) = recovery_file(env);
        let size = std::fs::metadata(&file).unwrap().len() as usize;
        // Nothing; a line and a half; all but its end.
        cut(&file, [0, size - 20, size - 2, 0][ran - 1]);
        env.run(&["job", "recover", file.to_str().unwrap()]).refused(1, "not a whole recovery file");
        let argument = format!("--id={id}");
        let output = match mender[0] {
            "job" => env.run(&[mender, &[&argument]].concat()),
            _ => env.run(mender),
        };
        assert_eq!(output.code, [0, 0, 125, 1][ran - 1], "{mender:?}: {output:#?}");
        let record = job(env, &id);
        assert_eq!((&record["exitcode"], runs(env)), (&json!(3), ran), "{mender:?}: {output:#?} {record:#}");
        assert!(record["stdout"].as_str().unwrap().starts_with("said\n"), "{record:#}");
        let notices = record["notices"].to_string();
        assert!(notices.contains("not whole"), "{mender:?}: {record:#}");
        assert!(!file.exists() && recovery_files(env).len() == ran, "{:?}", recovery_files(env));
        assert_eq!(run_files(env), 0, "{mender:?}");
        assert_eq!(env.json(&["queue", "run"])["run"], 0);
        assert_eq!(env.json(&["queue", "fix"])["messages"], json!([]));
    }
});

on_each_database!(after_a_recovery_no_run_file_stays, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), Value::Null);
    let (id, file) = recovery_file(env);
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    assert_eq!((&job(env, &id)["exitcode"], run_files(env), recovery_files(env).len()), (&json!(3), 0, 0));
    let (id, _) = recovery_file(env);
    env.run(&["queue", "run"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], run_files(env), recovery_files(env).len()), (&json!(3), 0, 0));
});

/// An application that prints, leaves two artifacts and ends with 3.
fn prepare_with_artifacts(env: &Env) {
    let mut definition = definition("Test");
    let script = "echo said; echo kept >kept; echo lost >lost; exit 3";
    set_script(&mut definition, &counted(env, script));
    let artifact = |name: &str| json!({"name": name, "path": name, "type": "file"});
    definition["artifacts"] = ["kept", "lost"].into_iter().map(artifact).collect();
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=Native"]).ok();
}

/// Changes the lines of a recovery file in which this stands.
fn change_lines(path: &Path, with: &str, change: impl Fn(&mut Value)) {
    let text = std::fs::read_to_string(path).unwrap();
    let mut changed = 0;
    let line = |line: &str| {
        let mut value: Value = serde_json::from_str(line).unwrap();
        if line.contains(with) {
            change(&mut value);
            changed += 1;
        }
        format!("{value}\n")
    };
    let text: String = text.lines().map(line).collect();
    assert!(changed > 0, "no {with:?} in {text}");
    std::fs::write(path, text).unwrap();
}

// Its last line is there, and trying it again would come to the same for ever.
on_each_database!(one_that_is_damaged_ends_its_job_all_the_same, |env| {
    prepare_with_artifacts(env);
    let (artifact, result) = ("\"artifact\":\"lost\"", "\"exitcode\"");
    let changes: [(&str, &str, Value); 7] = [
        (artifact, "content", json!("%%%%")),
        (artifact, "size", json!(99)),
        (artifact, "size", json!(1)),
        ("\"line\"", "type", json!("other")),
        (result, "end", json!("2026-13-45")),
        (result, "exitcode", json!("4")),
        (result, "exitcode", json!(99_999_999_999_i64)),
    ];
    for (ran, (line, key, value)) in (1..).zip(changes) {
        let (id, file) = recovery_file(env);
        change_lines(&file, line, |line| line[key] = value.clone());
        let advice =
            env.run(&["job", "recover", file.to_str().unwrap()]).refused(1, "not a whole recovery file").stderr;
        assert!(advice.contains("queue run"), "{advice}");
        let run = env.run(&["queue", "run", "-q"]).ok();
        let record = job(env, &id);
        assert_eq!((&record["exitcode"], runs(env)), (&json!(3), ran), "{key} {value}: {run:#?} {record:#}");
        assert!(record["notices"].to_string().contains("not whole"), "{key} {value}: {record:#}");
        let stored = env.json(&["artifact", "list", &format!("--job_id={id}")]);
        let names: Vec<&str> =
            stored.as_array().unwrap().iter().map(|artifact| artifact["filename"].as_str().unwrap()).collect();
        if line == artifact {
            assert_eq!(names, ["kept"], "{key} {value}");
            assert!(record["notices"].to_string().contains("artifact missing: lost"), "{key} {value}: {record:#}");
        } else {
            assert_eq!(names, ["kept", "lost"], "{key} {value}");
        }
        let output = if key == "type" { "" } else { "said\n" };
        assert_eq!(record["stdout"], output, "{key} {value}: {record:#}");
        assert!(!file.exists(), "{key} {value}");
        let aside = recovery_files(env).into_iter().filter(|path| path.to_string_lossy().ends_with(".not-whole"));
        assert_eq!((aside.count(), run_files(env)), (ran, 0), "{key} {value}");
        assert_eq!(env.json(&["queue", "run"])["unmended"], json!([]));
    }
});

// The code that it has is of use where the run file is gone.
on_each_database!(the_code_of_one_that_is_damaged_is_known, |env| {
    prepare_with_artifacts(env);
    let (id, file) = recovery_file(env);
    change_lines(&file, "\"artifact\":\"lost\"", |line| line["content"] = json!("%%%%"));
    std::fs::remove_dir_all(env.path().join("state/multiflexi/running")).unwrap();
    env.run(&["queue", "run", "-q"]).ok();
    assert_eq!(job(env, &id)["exitcode"], 3);
});

// Nothing is wrong with it in itself: a person says whose it is.
on_each_database!(one_of_another_job_stays_and_is_told_with_what_to_do, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), Value::Null);
    let other = env.schedule();
    let q = env.quote();
    env.sql(&format!("DELETE FROM schedule; UPDATE job SET {q}begin{q} = '2026-06-10 12:00:00' WHERE id = {other}"));
    let id = env.schedule();
    let file = recovery_file_of(env, &id);
    let text = std::fs::read_to_string(&file).unwrap();
    let foreign = text.replace(&format!("\"job\":{id}"), &format!("\"job\":{other}"));
    std::fs::write(&file, &foreign).unwrap();
    let run = env.run(&["queue", "run", "-q"]).exits(1);
    assert!(run.stderr.contains(file.to_str().unwrap()) && run.stderr.contains("Move it away"), "{run:#?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), foreign);
    for id in [&id, &other] {
        assert_eq!(job(env, id)["exitcode"], json!(null));
    }
    std::fs::rename(&file, env.path().join("away")).unwrap();
    // Who ran the other one is not known.
    let run = env.run(&["queue", "run", "-q"]).exits(1);
    assert!(run.stderr.contains(&format!("job delete --id={other}")), "{run:#?}");
    assert_eq!(job(env, &id)["exitcode"], 3);
});

// As long as one cannot be read, cron is told.
on_each_database!(one_that_cannot_be_read_is_told_each_time, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), Value::Null);
    let (id, file) = recovery_file(env);
    let kept = env.path().join("kept");
    std::fs::rename(&file, &kept).unwrap();
    // No link is followed, wherever it leads.
    std::os::unix::fs::symlink(&kept, &file).unwrap();
    for arguments in [&["queue", "run", "-q"], &["queue", "fix", "-q"]] {
        let output = env.run(arguments).exits(1);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains(&format!("ob {}{id}", if arguments[1] == "fix" { "#" } else { "" })), "{said}");
        assert!(said.contains(file.to_str().unwrap()) && said.contains("moved away"), "{said}");
    }
    let run = env.json_of(&["queue", "run"], 1);
    assert_eq!(run["unmended"][0]["job_id"].to_string(), id, "{run:#}");
    assert_eq!(env.json_of(&["queue", "fix"], 1)["status"], "error");
    assert_eq!(job(env, &id)["exitcode"], json!(null));
    std::fs::remove_file(&file).unwrap();
    std::fs::rename(&kept, &file).unwrap();
    env.run(&["queue", "run", "-q"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
});

// Neither the database nor a file takes the result: that is told as such, and its code is known to the next.
on_each_database!(a_result_that_nothing_takes_is_125, |env| {
    env.prepare(
        "Native",
        &counted(env, "echo said; while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; exit 3"),
        Value::Null,
    );
    env.file("state/multiflexi/recovery", "");
    let mut command = env.command(&["runtemplate", "run", "--id=1"]);
    let run = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let said = "\"stdout\": \"said";
    wait_until(|| env.run(&["job", "get", "--id=1", "--format=json"]).stdout.contains(said));
    env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
    env.file("stop", "");
    let output = run.wait_with_output().unwrap();
    env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{stderr}");
    assert!(stderr.contains("the result of job 1, exit code 3, cannot be saved"), "{stderr}");
    assert!(stderr.contains("Its exit code is noted: the next `queue run` on this machine saves it"), "{stderr}");
    env.run(&["queue", "run"]).ok();
    let record = job(env, "1");
    assert_eq!((&record["exitcode"], runs(env)), (&json!(3), 1));
    assert!(record["notices"].to_string().contains("did not save its result"), "{record:#}");
});

/// The database, its journal and what outlives a process lie on a disk that is full, and then is not.
#[needs(root)]
#[test]
fn on_a_full_disk() {
    let mut env = Env::new();
    let disk = Disk::new("6m");
    env.set("XDG_DATA_HOME", disk.path().join("data").to_str().unwrap());
    env.set("XDG_STATE_HOME", disk.path().join("state").to_str().unwrap());
    let script = counted(&env, "head -c 20000000 /dev/zero | tr \"\\0\" x; exit 4");
    env.prepare("Native", &script, Value::Null);
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Scheduled", "--interv=y"]).ok();
    env.run(&["queue", "fill"]).ok();
    let run = super::hasty(&env, &["queue", "run"]);
    assert_eq!(run.code, 1, "{run:#?}");
    disk.remount("size=400m");
    let run = env.run(&["queue", "run", "-q"]);
    let record = job(&env, "1");
    assert_eq!((run.code, &record["exitcode"], runs(&env)), (0, &json!(4), 1), "{run:#?}");
}
