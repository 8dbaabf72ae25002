//! Runners that are killed, databases that go away: no job runs twice, none is lost.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::env::{Env, Output};
use crate::job::{process_state, wait_until};

mod another_way;
mod beside_the_suite;
mod changed_meanwhile;
mod clock;
pub mod database;
mod elsewhere;
mod ended_meanwhile;
mod foreign_row;
pub mod half_recovery;
mod in_the_middle;
mod lease;
mod many_rows;
mod never_twice;
mod nothing_stuck;
mod refused;
mod silent;
mod state;
mod stop_points;
mod told;
mod two_claims;
mod while_filling;

/// A program that enters each of its runs into a file.
pub fn counted(env: &Env, script: &str) -> String {
    format!("echo ran >>{}; {script}", env.path().join("runs").display())
}

/// How often it ran.
pub fn runs(env: &Env) -> usize {
    std::fs::read_to_string(env.path().join("runs")).unwrap_or_default().lines().count()
}

/// Runs a command that kills itself at a point, as `kill -9` would.
#[track_caller]
pub fn dies_at(env: &Env, point: &str, arguments: &[&str]) {
    let output = env.command(arguments).env("MULTIFLEXI_TEST_STOP_AT", point).output().unwrap();
    assert_eq!(output.status.signal(), Some(9), "{arguments:?} did not come to {point}: {output:?}");
}

/// The same command, but waiting for nothing longer than three seconds.
pub fn hasty(env: &Env, arguments: &[&str]) -> Output {
    env.command(arguments).env("MULTIFLEXI_TEST_LIMIT_SECONDS", "3").output().unwrap().into()
}

pub fn job(env: &Env, id: &str) -> Value {
    env.json(&["job", "get", &format!("--id={id}")])
}

/// Sends a signal to a command that runs.
pub fn signal(runner: &Child, name: &str) {
    let pid = nix::unistd::Pid::from_raw(runner.id().try_into().unwrap());
    nix::sys::signal::kill(pid, format!("SIG{name}").parse::<nix::sys::signal::Signal>().unwrap()).unwrap();
}

/// Was it stopped (SIGSTOP), and does it wait to be told to go on?
pub fn is_stopped(runner: &Child) -> bool {
    process_state(runner.id()).is_some_and(|(state, _)| state == 'T')
}

/// Has a command stop itself at a point, and waits until it does.
#[track_caller]
pub fn pauses_at(mut command: Command, point: &str) -> Child {
    command.env("MULTIFLEXI_TEST_PAUSE_AT", point).stdout(Stdio::piped()).stderr(Stdio::piped());
    let runner = command.spawn().unwrap();
    wait_until(|| is_stopped(&runner));
    runner
}

/// Does a statement wait for a lock in this database? Of a file that cannot be seen: there it waits since it began to write.
pub fn waits_for_lock(env: &Env) -> bool {
    let sql = match (env.variable("DB_CONNECTION"), env.is_postgres()) {
        (_, true) => {
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        }
        (Some("mysql"), _) => {
            "SELECT count(*) FROM information_schema.processlist \
             WHERE db = DATABASE() AND (info LIKE '%UPDATE%' OR info LIKE 'INSERT%') AND time_ms > 300 AND id <> CONNECTION_ID()"
        }
        _ => {
            std::thread::sleep(std::time::Duration::from_secs(1));
            "SELECT 1"
        }
    };
    env.sql(sql).trim() != "0"
}

/// Ends the one connection that there is to this database of a server, as its administrator would.
pub fn ends_connection(env: &Env) {
    env.sql(if env.is_postgres() {
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    } else {
        "SET @id = (SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID() LIMIT 1); \
         EXECUTE IMMEDIATE CONCAT('KILL ', @id)"
    });
}

/// A client of a server that works until it is dropped, such as one that holds locks.
pub struct Session(Child);

impl Session {
    pub fn new(env: &Env) -> Session {
        let mut command = env.client();
        if !env.is_postgres() {
            command.arg("--unbuffered");
        }
        Session(command.spawn().unwrap())
    }

    /// Has it run this, without waiting for the end.
    pub fn send(&mut self, sql: &str) {
        std::io::Write::write_all(self.0.stdin.as_mut().unwrap(), format!("{sql};\n").as_bytes()).unwrap();
    }

    /// Has it run this to the end.
    #[track_caller]
    pub fn run(&mut self, sql: &str) {
        self.send(&format!("{sql}; SELECT 'is done'"));
        let mut said = std::io::BufReader::new(self.0.stdout.as_mut().unwrap());
        let mut line = String::new();
        while !line.contains("is done") {
            assert!(std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0, "{line}");
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Holds the write lock of a SQLite file until it is dropped.
pub struct Locked(Child);

impl Locked {
    pub fn new(database: &Path) -> Locked {
        let mut sqlite = Command::new("sqlite3");
        sqlite.arg("-batch").arg(database).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = sqlite.spawn().expect("sqlite3 is needed");
        let input = b"PRAGMA busy_timeout = 20000;\nBEGIN EXCLUSIVE;\nSELECT 'locked';\n";
        std::io::Write::write_all(child.stdin.as_mut().unwrap(), input).unwrap();
        let mut said = std::io::BufReader::new(child.stdout.as_mut().unwrap());
        let mut line = String::new();
        while !line.contains("locked") {
            assert!(std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0, "{line}");
        }
        Locked(child)
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The recovery files that there are.
pub fn recovery_files(env: &Env) -> Vec<std::path::PathBuf> {
    let state = env.variable("XDG_STATE_HOME").map_or_else(|| env.path().join("state"), std::path::PathBuf::from);
    let entries = std::fs::read_dir(state.join("multiflexi/recovery"));
    entries.map_or_else(|_| Vec::new(), |it| it.flatten().map(|entry| entry.path()).collect())
}

/// What is noted of jobs that run on this machine.
pub fn run_files(env: &Env) -> usize {
    std::fs::read_dir(env.path().join("state/multiflexi/running")).map_or(0, Iterator::count)
}
