//! What comes between a reading and a writing, and statements that are left in the middle.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use needs::needs;
use serde_json::json;

use super::{counted, is_stopped, job, runs, signal};
use crate::env::{Env, Server, root};
use crate::job::wait_until;

fn servers(test: &str) -> impl Iterator<Item = Env> {
    let on = move |(server, name): (Server, &str)| Env::on(server, &format!("{test}_{name}"));
    [(Server::MariaDb, "mariadb"), (Server::Postgres, "postgres")].into_iter().map(on)
}

/// SQLite lets nobody write in between.
#[needs(mariadb, postgres)]
#[test]
fn a_job_that_is_cancelled_while_it_is_claimed_does_not_run() {
    for env in servers("cancelled_while_claimed") {
        env.prepare("Native", &counted(&env, "true"), json!(null));
        let id = format!("--id={}", env.schedule());
        let mut command = env.command(&["job", "run", &id, "--unqueued"]);
        command.env("MULTIFLEXI_TEST_PAUSE_AT", "claiming").stderr(Stdio::piped());
        let run = command.spawn().unwrap();
        wait_until(|| is_stopped(&run));
        env.run(&["job", "cancel", &id]).ok();
        signal(&run, "CONT");
        let output = run.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code() == Some(1) && stderr.contains("ended already, with exit code 143"), "{output:?}");
        assert_eq!((env.json(&["job", "get", &id])["exitcode"].clone(), runs(&env)), (json!(143), 0));
    }
}

/// Holds a lock on the queue until it is dropped.
struct Locked(Child);

impl Locked {
    fn new(env: &Env) -> Locked {
        let value = |key| env.variable(key).unwrap();
        let mut command = Command::new(if env.is_postgres() { "psql" } else { "mariadb" });
        let lock = if env.is_postgres() {
            command.args(["-X", "-q", "-At", "-h", value("DB_HOST"), "-p", value("DB_PORT")]);
            command.args(["-U", value("DB_USERNAME"), "-d", value("DB_DATABASE")]);
            "BEGIN; LOCK TABLE schedule IN ACCESS EXCLUSIVE MODE; SELECT 'locked';\n"
        } else {
            command.args(["--no-defaults", "--batch", "--skip-column-names", "--unbuffered", "-h", value("DB_HOST")]);
            command.args(["-P", value("DB_PORT"), "-u", value("DB_USERNAME"), value("DB_DATABASE")]);
            "LOCK TABLES schedule WRITE; SELECT 'locked';\n"
        };
        command.env("PGPASSWORD", value("DB_PASSWORD")).env("MYSQL_PWD", value("DB_PASSWORD"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.as_mut().unwrap().write_all(lock.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "locked\n");
        Locked(child)
    }
}

impl Drop for Locked {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An action that a signal ends in its transaction: what comes next is no part of that.
#[needs(mariadb, postgres)]
#[test]
fn an_action_that_is_ended_in_its_transaction_is_told() {
    for env in servers("action_in_transaction") {
        env.prepare("Native", &counted(&env, "true"), json!(null));
        env.sql("UPDATE runtemplate SET success = 'a:1:{s:10:\"Reschedule\";b:1;}' WHERE id = 1");
        let id = env.schedule();
        let mut command = env.command(&["job", "run", &format!("--id={id}")]);
        command.env("MULTIFLEXI_TEST_PAUSE_AT", "cleaned").stderr(Stdio::null());
        let mut run = command.spawn().unwrap();
        wait_until(|| is_stopped(&run));
        let lock = Locked::new(&env);
        signal(&run, "CONT");
        // Into the transaction, and to the lock.
        std::thread::sleep(Duration::from_secs(2));
        signal(&run, "TERM");
        // It does not wait for the lock.
        wait_until(|| run.try_wait().unwrap().is_some());
        drop(lock);
        assert_eq!(run.wait().unwrap().code(), Some(0));
        let notices = job(&env, &id)["notices"].to_string();
        assert!(notices.contains("action Reschedule failed: a signal ended it"), "{notices}");
    }
}

/// A relay to a server; ended when it is dropped.
pub struct Relay(Child);

impl Relay {
    pub fn before(env: &mut Env) -> Relay {
        let server = format!("{}:{}", env.variable("DB_HOST").unwrap(), env.variable("DB_PORT").unwrap());
        let mut command = Command::new(root().join("tests/cluster/relay"));
        let mut child = command.arg(server).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        env.set("DB_HOST", "127.0.0.1");
        env.set("DB_PORT", port.trim());
        Relay(child)
    }

    /// Nothing passes any more, and nothing is closed; by the next call all passes again.
    pub fn freeze(&self) {
        signal(&self.0, "HUP");
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Nothing passes any more, and nothing is closed, as when a firewall forgets a connection.
#[needs(mariadb, postgres)]
#[test]
fn a_server_that_falls_silent_is_not_waited_for_without_end() {
    for mut env in servers("falls_silent") {
        let direct = (env.variable("DB_HOST").unwrap().to_owned(), env.variable("DB_PORT").unwrap().to_owned());
        let relay = Relay::before(&mut env);
        let script = "echo one; while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; echo two; exit 3";
        env.prepare("Native", &counted(&env, script), json!(null));
        let id = env.schedule();
        let mut command = env.command(&["job", "run", &format!("--id={id}")]);
        command.env("MULTIFLEXI_TEST_LIMIT_SECONDS", "5").stdout(Stdio::piped()).stderr(Stdio::piped());
        let run = command.spawn().unwrap();
        wait_until(|| job(&env, &id)["stdout"] == "one\n");
        relay.freeze();
        env.file("stop", "");
        let begun = Instant::now();
        let output = run.wait_with_output().unwrap();
        let (took, stderr) = (begun.elapsed(), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.code() == Some(125) && took < Duration::from_secs(90), "{took:?} {stderr}");
        drop(relay);
        env.set("DB_HOST", &direct.0);
        env.set("DB_PORT", &direct.1);
        // By the other way to the server, which the job's record does not name.
        env.run(&["queue", "fix"]).ok();
        let record = job(&env, &id);
        assert_eq!(
            (&record["stdout"], &record["exitcode"], runs(&env)),
            (&json!("one\ntwo\n"), &json!(3), 1),
            "{stderr}"
        );
    }
}

/// A runner that is killed while the database is away has noted how its program ended, though not all of the output is saved.
#[needs(mariadb, postgres)]
#[test]
fn a_program_that_ended_while_the_database_was_away_has_its_exit_code() {
    for mut env in servers("ended_while_away") {
        let direct = ["DB_HOST", "DB_PORT"].map(|key| env.variable(key).unwrap().to_owned());
        let relay = Relay::before(&mut env);
        let script = "echo one; while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; echo two; exit 3";
        env.prepare("Native", &counted(&env, script), json!(null));
        let id = env.schedule();
        let mut run = env.command(&["job", "run", &format!("--id={id}")]).stderr(Stdio::null()).spawn().unwrap();
        wait_until(|| job(&env, &id)["stdout"] == "one\n");
        relay.freeze();
        // Until it has asked the database for something, and waits for the answer.
        std::thread::sleep(Duration::from_secs(2));
        env.file("stop", "");
        std::thread::sleep(Duration::from_secs(2));
        run.kill().unwrap();
        run.wait().unwrap();
        drop(relay);
        env.set("DB_HOST", &direct[0]);
        env.set("DB_PORT", &direct[1]);
        env.run(&["queue", "fix"]).ok();
        let record = job(&env, &id);
        assert_eq!((&record["exitcode"], runs(&env)), (&json!(3), 1), "{record:#}");
    }
}

#[needs(mariadb, postgres)]
#[test]
fn a_watch_begins_though_the_database_is_away() {
    for mut env in servers("watch_begins") {
        let relay = Relay::before(&mut env);
        env.prepare("Native", &counted(&env, "exit 3"), json!(null));
        let id = env.schedule();
        relay.freeze();
        let mut command = env.command(&["queue", "run", "--watch", "--interval=1s", "--db-timeout=1s"]);
        let mut watch = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(watch.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("; the queue is looked at again"), "{line}");
        relay.freeze();
        wait_until(|| job(&env, &id)["exitcode"] == 3);
        signal(&watch, "TERM");
        assert_eq!(watch.wait().unwrap().code(), Some(143));
        // By that nobody is let in later, either.
        env.set("DB_PASSWORD", "wrong");
        env.run(&["queue", "run", "--watch"]).refused(1, "cannot open the database");
    }
}

/// What was encrypted with a key that another one replaces could never be read again.
#[needs(mariadb, postgres)]
#[test]
fn two_that_make_the_first_key_make_one() {
    for mut env in servers("two_make_a_key") {
        env.set("ENCRYPTION_MASTER_KEY", "a long text that nobody guesses");
        let mut command = env.command(&["encryption", "init"]);
        let init = command.env("MULTIFLEXI_TEST_PAUSE_AT", "keying").stdout(Stdio::piped()).spawn().unwrap();
        wait_until(|| is_stopped(&init));
        env.run(&["encryption", "init"]).ok();
        let keys = env.sql("SELECT id, key_data FROM encryption_keys");
        signal(&init, "CONT");
        let output = init.wait_with_output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && stdout.contains("is already initialized; skipping"), "{output:?}");
        assert_eq!(env.sql("SELECT id, key_data FROM encryption_keys"), keys);
    }
}
