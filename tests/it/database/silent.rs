//! A database that does not answer: every command gives up in time, and ends at once when it is told to.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::env::{Env, Output, Server};

/// A lock that another client holds on a table, until it is dropped.
struct Lock(Child);

/// What others may not do meanwhile.
#[derive(Clone, Copy)]
enum Kept {
    Reading,
    Writing,
}

impl Lock {
    fn new(env: &Env, tables: &[&str], kept: Kept) -> Lock {
        let list = |mode: &str| tables.iter().map(|table| format!("{table}{mode}")).collect::<Vec<_>>().join(", ");
        let sql = match (env.is_postgres(), kept) {
            (true, Kept::Reading) => format!("BEGIN; LOCK TABLE {} IN ACCESS EXCLUSIVE MODE; SELECT 'held';", list("")),
            (true, Kept::Writing) => format!("BEGIN; LOCK TABLE {} IN EXCLUSIVE MODE; SELECT 'held';", list("")),
            (false, Kept::Reading) => format!("LOCK TABLES {}; SELECT 'held';", list(" WRITE")),
            (false, Kept::Writing) => format!("LOCK TABLES {}; SELECT 'held';", list(" READ")),
        };
        let mut command = env.client();
        if !env.is_postgres() {
            command.arg("--unbuffered");
        }
        let mut child = command.spawn().unwrap();
        writeln!(child.stdin.as_mut().unwrap(), "{sql}").unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "held\n");
        Lock(child)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// As `on_each_database!`, for what only a server can do.
macro_rules! on_each_server {
    ($name:ident, |$env:ident| $body:block) => {
        mod $name {
            use super::*;
            fn body($env: &Env) $body
            #[needs::needs(mariadb)]
            #[test]
            fn mariadb() {
                body(&Env::on(Server::MariaDb, module_path!()));
            }
            #[needs::needs(postgres)]
            #[test]
            fn postgres() {
                body(&Env::on(Server::Postgres, module_path!()));
            }
        }
    };
}

/// Every kind of statement: a listing, a look-up, a write, a transaction, a count.
const COMMANDS: &[&[&str]] = &[
    &["company", "list"],
    &["company", "get", "--id=1"],
    &["company", "create", "--name=Beta"],
    &["company", "update", "--id=1", "--name=Gamma"],
    &["company", "delete", "--id=1"],
    &["company", "env-list", "--company_id=1"],
    &["runtemplate", "schedule", "--id=1"],
    &["runtemplate", "run", "--id=1"],
    &["job", "run", "--id=1"],
    &["queue", "fill"],
    &["queue", "run"],
    &["queue", "fix"],
    &["queue", "overview"],
    &["job", "status"],
    &["status"],
    &["prune", "--jobs"],
];

on_each_server!(every_command_gives_up_in_time, |env| {
    env.prepare("Native", "exit 0", json!(null));
    env.schedule();
    let lock = Lock::new(env, &["company", "job", "schedule", "runtemplate", "apps"], Kept::Reading);
    let began = Instant::now();
    let running: Vec<_> = COMMANDS
        .iter()
        .map(|command| {
            let mut command = env.command(command);
            command.arg("--db-timeout=2").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for (command, child) in COMMANDS.iter().zip(running) {
        let output = Output::from(child.wait_with_output().unwrap());
        assert!(matches!(output.code, 1 | 125), "{command:?}: {output:?}");
        let words = "has not answered for 2 s";
        assert!(output.stderr.contains(words) && output.stderr.contains("--db-timeout"), "{command:?}: {output:?}");
    }
    // Some ask more than one thing, and begin again once.
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(lock);
    assert_eq!(env.json(&["company", "get", "--id=1"])["name"], "Acme");
});

on_each_server!(a_setting_says_how_long, |env| {
    let _lock = Lock::new(env, &["company"], Kept::Reading);
    let ask = |limit: &str| Output::from(env.command(&["company", "list"]).env("DB_TIMEOUT", limit).output().unwrap());
    ask("1s").refused(1, "has not answered for 1 s");
    ask("soon").refused(1, "DB_TIMEOUT is \"soon\"");
});

/// Ends by the signal, within two seconds of it.
fn is_ended_by(env: &Env, command: &[&str], signal: &str, code: i32) -> Output {
    let child = env.command(command).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It waits by now: for a listener of signals it is too late or too early otherwise, which is right too.
    std::thread::sleep(Duration::from_millis(1500));
    let began = Instant::now();
    crate::crash::signal(&child, signal);
    let output = child.wait_with_output().unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(2), "{command:?} took {took:?}");
    let by = std::os::unix::process::ExitStatusExt::signal(&output.status);
    assert!(output.status.code() == Some(code) || by == Some(code - 128), "{command:?}: {output:?}");
    output.into()
}

on_each_server!(a_signal_ends_every_command_that_waits, |env| {
    env.prepare("Native", "echo ran >> $HOME/runs", json!(null));
    let id = env.schedule();
    for (signal, code) in [("TERM", 143), ("INT", 130)] {
        {
            let _lock = Lock::new(env, &["schedule"], Kept::Reading);
            is_ended_by(env, &["queue", "run"], signal, code);
            // It leaves signals to the system, and a shell's background ignores INT for all that it starts.
            if signal == "TERM" {
                is_ended_by(env, &["queue", "list"], signal, code);
            }
        }
        // Its claim is what waits: whether the job is its own it does not know.
        let _lock = Lock::new(env, &["schedule"], Kept::Writing);
        is_ended_by(env, &["job", "run", &format!("--id={id}")], signal, code);
    }
    let summary = env.json(&["queue", "run"]);
    assert_eq!(summary["run"], 1, "{summary:#}");
    assert_eq!(std::fs::read_to_string(env.path().join("runs")).unwrap(), "ran\n");
});
