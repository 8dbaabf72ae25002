//! What cannot be mended is told, also with -q, and by the exit code; and what was never begun does not stay.

use std::process::Command;

use serde_json::json;

use super::{counted, dies_at, job, recovery_files, run_files, runs};
use crate::env::{Env, Output, on_each_database};

// Two jobs of one runtemplate whose runners died do not keep each other from being finished.
on_each_database!(lost_jobs_do_not_wait_for_each_other, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let ids = [env.schedule(), env.schedule(), env.schedule()];
    for id in &ids {
        dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    }
    // Here no cluster can be reached, which is another matter.
    let nowhere = env.file("nowhere", "apiVersion: v1\nkind: Config\n");
    let run = env.json_of(&["queue", "run", &format!("--kubeconfig={}", nowhere.display())], 1);
    assert_eq!((&run["left"], &run["not_run"]), (&json!(0), &json!(3)), "{run:#}");
    let quiet = env.run(&["queue", "run", "-q", &format!("--kubeconfig={}", nowhere.display())]).exits(1);
    for id in &ids {
        assert!(quiet.stderr.contains(&format!("job {id}")), "{quiet:#?}");
    }
});

// A runner that was told to end, and was killed while it ended its job: what it had noted is what the record says.
on_each_database!(what_a_signal_had_begun_to_end_is_told_as_that, |env| {
    env.prepare("Native", &counted(env, "sleep 300"), json!(null));
    for is_cancelled in [false, true] {
        let id = env.schedule();
        dies_at(env, "spawned", &["job", "run", &format!("--id={id}")]);
        let folder = env.path().join("state/multiflexi/running");
        let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
        let noted = std::fs::read_to_string(&file).unwrap();
        assert!(noted.contains(" started      "), "{noted:?}");
        std::fs::write(&file, noted.replace(" started      ", " cancelled 15 ")).unwrap();
        let (reason, code) = match is_cancelled {
            true => {
                let cancelled = env.json(&["job", "cancel", &format!("--id={id}"), "--yes"]);
                assert_eq!((&cancelled["cancelled"], &cancelled["exitcode"]), (&json!(true), &json!(143)));
                ("Cancelled: ", 143)
            }
            false => {
                let mended = env.run(&["queue", "fix"]).ok();
                assert!(mended.stdout.contains("ended the job by signal 15; exit code 143"), "{mended:#?}");
                ("Interrupted: ", 143)
            }
        };
        let record = job(env, &id);
        assert_eq!(record["exitcode"], code, "{record:#}");
        assert!(record["reason"].as_str().unwrap().starts_with(reason), "{record:#}");
        assert!(record["notices"].to_string().contains("died before it could end it"), "{record:#}");
        let cancelled = env.json(&["job", "list", "--state=cancelled", "--fields=id"]);
        assert!(cancelled.as_array().unwrap().contains(&json!({"id": id.parse::<i64>().unwrap()})), "{cancelled}");
        assert_eq!(run_files(env), 0);
    }
});

// A folder for temporary files that cannot be used: nothing of the job is left behind.
on_each_database!(a_job_that_could_not_even_begin_does_not_stay, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let mut command = env.command(&["runtemplate", "run", "--id=1"]);
    let output: Output = command.env("TMPDIR", "/nonexistent").output().unwrap().into();
    assert!(output.code == 1 && output.stderr.contains("set TMPDIR to a folder"), "{output:#?}");
    assert_eq!(env.json(&["job", "list"]), json!([]));
    // One that waits in the queue is not the worse for it.
    let id = env.schedule();
    let mut command = env.command(&["queue", "run", "-q"]);
    let output: Output = command.env("TMPDIR", "/nonexistent").output().unwrap().into();
    assert!(output.code == 1 && output.stderr.contains("TMPDIR"), "{output:#?}");
    env.run(&["queue", "run"]).ok();
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(0), 1));
});

// A moment that a clock wrote which was ahead keeps no schedule from going on.
on_each_database!(a_moment_beyond_the_schedule_is_computed_anew, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    for (id, options) in [(2, &["--interv=h"][..]), (3, &["--interv=c", "--cron=0 6 * * *"])] {
        let name = format!("--name=Scheduled {id}");
        let arguments = ["runtemplate", "create", "--app_id=1", "--company_id=1", &name];
        env.run(&[&arguments[..], options].concat()).ok();
    }
    assert_eq!(env.json(&["queue", "fill"])["created"], 2);
    // As a clock that is ahead leaves them.
    env.sql("UPDATE task SET window_start = '2037-01-01 00:00:00', window_end = '2037-01-02 00:00:00'");
    env.sql("UPDATE job SET schedule = '2037-01-01 00:00:00'");
    env.sql("UPDATE schedule SET after = '2037-01-01 00:00:00'");
    env.sql("UPDATE runtemplate SET next_schedule = '2037-01-01 00:00:00' WHERE id > 1");
    let filled = env.run(&["queue", "fill"]).ok();
    assert!(filled.stdout.contains("Jobs made: 2"), "{filled:#?}");
    assert!(format!("{}{}", filled.stdout, filled.stderr).contains("2037-01-01 00:00:00"), "{filled:#?}");
    assert_eq!(env.sql("SELECT count(*) FROM job WHERE schedule > '2036-01-01'").trim(), "0");
    assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 2);
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    // One that waits for the very next moment is as it is to be.
    env.run(&["queue", "run"]).ok();
    let (before, made) = (runs(env), env.json(&["queue", "fill"])["created"].clone());
    assert_eq!((env.json(&["queue", "fill"])["created"].clone(), before), (json!(0), runs(env)), "{made}");
});

// SQLite keeps a moment in whatever spelling it was given, and PostgreSQL parts of a second.
on_each_database!(a_moment_beyond_the_schedule_is_computed_anew_in_any_spelling, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h"]).ok();
    for moment in ["2037-01-01 00:00:00.5", "2037-01-01", "2037-01-01T00:00:00"] {
        env.run(&["queue", "fill"]).ok();
        env.sql("UPDATE task SET window_start = '2037-01-01 00:00:00', window_end = '2037-01-02 00:00:00'");
        for column in ["job SET schedule", "schedule SET after", "runtemplate SET next_schedule"] {
            env.sql(&format!("UPDATE {column} = '{moment}'"));
        }
        let filled = env.run(&["queue", "fill"]).ok();
        assert!(filled.stdout.contains("Jobs made: 1"), "{moment}: {filled:#?}");
        assert_eq!(env.sql("SELECT count(*) FROM job WHERE schedule > '2036-01-01'").trim(), "0", "{moment}");
        assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 1, "{moment}");
    }
});

// A moment without a job, and the next attempt at a failed one.
on_each_database!(nor_does_one_of_a_later_attempt, |env| {
    env.prepare("Native", &counted(env, "exit 1"), json!(null));
    let options = ["--name=Scheduled", "--interv=y", "--max_attempts=3"];
    env.run(&[&["runtemplate", "create", "--app_id=1", "--company_id=1"], &options[..]].concat()).ok();
    env.run(&["queue", "fill"]).ok();
    env.run(&["queue", "run", "--limit=1"]).ok();
    // As a clock that was ahead left them.
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}end{q} = '2036-12-31 23:59:00' WHERE exitcode IS NOT NULL"));
    env.sql("UPDATE job SET schedule = '2037-01-01 00:00:00' WHERE exitcode IS NULL");
    env.sql("UPDATE schedule SET after = '2037-01-01 00:00:00'");
    env.sql("UPDATE runtemplate SET next_schedule = '2037-01-01 00:00:00' WHERE id = 2");
    env.run(&["queue", "fill"]).ok();
    assert_eq!(env.sql("SELECT count(*) FROM runtemplate WHERE next_schedule > '2036-01-01'").trim(), "0");
    assert_eq!(env.json(&["queue", "fix"])["messages"], json!([]));
});

// A window that is over was missed, whether nobody began, or nobody ended it.
on_each_database!(a_task_whose_window_is_over_was_missed, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let task = |state: &str, end: &str, deadline: &str| {
        env.sql(&format!(
            "INSERT INTO task (runtemplate_id, window_start, window_end, deadline, state, created_at) VALUES (1, \
             '2020-01-01 00:00:00', '{end}', '{deadline}', '{state}', '2020-01-01 00:00:00')"
        ));
    };
    let (past, future) = ("2020-01-02 00:00:00", "2037-01-02 00:00:00");
    task("open", past, past);
    task("running", past, past);
    task("open", past, future);
    task("open", future, past);
    task("fulfilled", past, past);
    task("failed", past, past);
    task("running", past, past);
    // Its job is being run at this moment.
    let id = env.schedule();
    env.sql(&format!("UPDATE job SET task_id = 7 WHERE id = {id}"));
    dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    env.run(&["queue", "fill"]).ok();
    let states = env.sql("SELECT state FROM task ORDER BY id");
    let states: Vec<&str> = states.split_whitespace().collect();
    assert_eq!(states, ["missed", "missed", "open", "open", "fulfilled", "failed", "running"]);
});

/// A limit on the size of files ends nobody without a word.
#[test]
fn a_limit_on_files_is_told() {
    let env = Env::new();
    env.prepare("Native", &counted(&env, "head -c 3000000 /dev/zero | tr \"\\0\" x; exit 4"), json!(null));
    let id = env.schedule();
    let inner = env.command(&["job", "run", &format!("--id={id}")]);
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -f 2000; exec \"$@\"", "sh"]).arg(inner.get_program()).args(inner.get_args());
    command.env_clear().envs(inner.get_envs().filter_map(|(k, v)| Some((k, v?)))).current_dir(env.path());
    command.env("MULTIFLEXI_TEST_LIMIT_SECONDS", "3");
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(125), "{:?} {stderr}", output.status);
    env.run(&["queue", "run"]).ok();
    assert_eq!((&job(&env, &id)["exitcode"], runs(&env)), (&json!(4), 1));
    let _ = (recovery_files(&env), run_files(&env));
}
