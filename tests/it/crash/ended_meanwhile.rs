//! A program that ends by itself while its runner is stopped, or its machine asleep, has its own result: whatever was to end it
//! comes too late.

use std::process::Stdio;
use std::time::Duration;

use serde_json::json;

use super::{counted, is_stopped, job, runs, signal};
use crate::env::on_each_database;
use crate::job::wait_until;

/// A program that goes on until the test says so, and then ends by itself.
const ENDS: &str = "until [ -e $HOME/go ]; do sleep 0.1; done; echo done; : >$HOME/over; exit 3";

on_each_database!(keeps_its_exit_code, |env| {
    env.prepare("Native", &counted(env, ENDS), json!(null));
    for (turn, (option, sent)) in
        [("--timeout=3", None), ("--timeout=1h", Some("TERM")), ("--timeout=1h", Some("INT"))].into_iter().enumerate()
    {
        for name in ["go", "over"] {
            let _ = std::fs::remove_file(env.path().join(name));
        }
        let id = env.schedule();
        let mut command = env.command(&["job", "run", &format!("--id={id}"), option]);
        let runner = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until(|| runs(env) == turn + 1);
        signal(&runner, "STOP");
        wait_until(|| is_stopped(&runner));
        env.file("go", "");
        wait_until(|| env.path().join("over").exists());
        match sent {
            Some(name) => {
                std::thread::sleep(Duration::from_millis(300));
                signal(&runner, name);
            }
            None => std::thread::sleep(Duration::from_secs(3)),
        }
        signal(&runner, "CONT");
        let output = runner.wait_with_output().unwrap();
        let record = job(env, &id);
        let known = (output.status.code(), &record["exitcode"], &record["reason"], &record["stdout"]);
        assert_eq!(known, (Some(3), &json!(3), &json!(null), &json!("done\n")), "{sent:?} {output:?} {record:#}");
    }
});
