//! The database goes away while a job runs: for a while, and for good.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use needs::needs;
use serde_json::{Value, json};

use super::{Locked, counted, job, runs};
use crate::disk::Disk;
use crate::env::{Env, Output, root};
use crate::job::wait_until;

/// A server of the test's own, which it may stop.
pub struct Own {
    pub kind: &'static str,
    pub home: PathBuf,
    pub env: Env,
}

impl Own {
    pub fn new(kind: &'static str) -> Own {
        // The server's own user must be able to pass.
        Own::in_folder(kind, &tempfile::Builder::new().prefix("mfx-own.").tempdir().unwrap().keep())
    }

    /// The same in a folder of the caller's.
    pub fn in_folder(kind: &'static str, home: &Path) -> Own {
        let home = home.to_owned();
        let mut own = Own { kind, home, env: Env::new() };
        let said = own.script(&["env", "crash"]);
        for (key, value) in said.split_whitespace().filter_map(|word| word.split_once('=')) {
            own.env.set(key, value);
        }
        own.env.run(&["database", "migrate"]).ok();
        own
    }

    fn script(&self, arguments: &[&str]) -> String {
        let script = root().join(format!("tests/servers/{}.sh", self.kind));
        let output = Command::new(script).args(arguments).env("MFX_SERVERS_HOME", &self.home).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub fn stop(&self) {
        self.script(&["halt"]);
    }

    pub fn start(&self) {
        self.script(&["resume"]);
    }

    /// Runs SQL on MariaDB as its administrator.
    pub fn admin(&self, sql: &str) {
        let socket = format!("--socket={}", self.home.join("mariadb/socket").display());
        let mut command = Command::new("mariadb");
        command.args(["--no-defaults", "--protocol=socket", &socket, "-e", sql]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// Starts MariaDB again with further options.
    pub fn start_with(&self, options: &[String]) {
        let script = root().join(format!("tests/servers/{}.sh", self.kind));
        let mut command = Command::new(script);
        command.arg("resume").env("MFX_SERVERS_HOME", &self.home).env("MFX_SERVER_OPTIONS", options.join(" "));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        self.script(&["down"]);
    }
}

fn start(env: &Env, id: &str, limit: Option<&str>) -> Child {
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    if let Some(limit) = limit {
        command.env("MULTIFLEXI_TEST_LIMIT_SECONDS", limit);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Output {
    child.wait_with_output().unwrap().into()
}

/// Prints before, while and after the database is away.
const SCRIPT: &str = "n=0; while [ -d $HOME ] && [ ! -e $HOME/stop ]; do n=$((n+1)); echo $n; sleep 0.1; done; echo end; echo e >&2; exit 3";

/// All that the program printed is there, once.
#[track_caller]
fn is_whole(env: &Env, id: &str) {
    let record = job(env, id);
    let stdout = record["stdout"].as_str().unwrap();
    let lines: Vec<&str> = stdout.lines().collect();
    let wanted: Vec<String> = (1..lines.len()).map(|n| n.to_string()).chain(["end".to_owned()]).collect();
    assert_eq!(
        (lines, &record["stderr"], &record["exitcode"]),
        (wanted.iter().map(String::as_str).collect(), &json!("e\n"), &json!(3))
    );
    assert_eq!(runs(env), 1);
}

fn begun(env: &Env, id: &str) -> bool {
    job(env, id)["stdout"].as_str().is_some_and(|stdout| stdout.contains('3'))
}

fn comes_back(kind: &'static str) {
    let own = Own::new(kind);
    let env = &own.env;
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    let run = start(env, &id, None);
    wait_until(|| begun(env, &id));
    own.stop();
    std::thread::sleep(Duration::from_secs(5));
    env.file("stop", "");
    std::thread::sleep(Duration::from_secs(5));
    own.start();
    let output = ended(run).exits(3);
    assert!(output.stderr.contains("trying again"), "{output:?}");
    is_whole(env, &id);
}

#[needs(mariadb)]
#[test]
fn mariadb_comes_back_and_all_is_saved() {
    comes_back("mariadb");
}

#[needs(postgres)]
#[test]
fn postgres_comes_back_and_all_is_saved() {
    comes_back("postgres");
}

/// The recovery files that there are; only their owner may read them.
fn recovery_files(env: &Env) -> Vec<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let entries = std::fs::read_dir(env.path().join("state/multiflexi/recovery")).map(|it| it.flatten().collect());
    let entries: Vec<std::fs::DirEntry> = entries.unwrap_or_default();
    for entry in &entries {
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
    entries.iter().map(std::fs::DirEntry::path).collect()
}

/// The result of a run that could not save it is in a recovery file, which the words name.
#[track_caller]
fn is_in_a_file(env: &Env, output: &Output) -> PathBuf {
    let [file] = &recovery_files(env)[..] else { panic!("not one recovery file: {output:?}") };
    assert_eq!(output.code, 125, "{output:?}");
    for words in ["cannot be saved", file.to_str().unwrap(), "job recover"] {
        assert!(output.stderr.contains(words), "no {words:?} in {output:?}");
    }
    file.clone()
}

fn stays_away(kind: &'static str) {
    let own = Own::new(kind);
    let env = &own.env;
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    // The first is loaded by hand, the second by the next `queue run`.
    for by_hand in [true, false] {
        let _ = std::fs::remove_file(env.path().join("stop"));
        let _ = std::fs::remove_file(env.path().join("runs"));
        let id = env.schedule();
        let run = start(env, &id, Some("1"));
        wait_until(|| begun(env, &id));
        own.stop();
        // So long that the output goes to the file in the middle.
        wait_until(|| recovery_files(env).len() == 1);
        std::thread::sleep(Duration::from_secs(1));
        env.file("stop", "");
        let output = ended(run);
        let file = is_in_a_file(env, &output);
        own.start();
        assert!(job(env, &id)["exitcode"].is_null());
        if by_hand {
            env.run(&["job", "recover", file.to_str().unwrap()]).ok();
        } else {
            env.run(&["queue", "run"]).ok();
        }
        is_whole(env, &id);
        assert_eq!(recovery_files(env), Vec::<PathBuf>::new());
        env.run(&["job", "run", &format!("--id={id}")]).refused(1, "ended already");
    }
}

#[needs(mariadb)]
#[test]
fn mariadb_stays_away_and_a_file_has_the_result() {
    stays_away("mariadb");
}

#[needs(postgres)]
#[test]
fn postgres_stays_away_and_a_file_has_the_result() {
    stays_away("postgres");
}

/// The database is back before the program ends: the file is loaded by the runner itself.
#[needs(postgres)]
#[test]
fn what_a_file_took_meanwhile_is_loaded_at_the_end() {
    let own = Own::new("postgres");
    let env = &own.env;
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    let run = start(env, &id, Some("1"));
    wait_until(|| begun(env, &id));
    own.stop();
    wait_until(|| recovery_files(env).len() == 1);
    own.start();
    env.file("stop", "");
    ended(run).exits(3);
    is_whole(env, &id);
    assert_eq!(recovery_files(env), Vec::<PathBuf>::new());
}

#[test]
fn a_sqlite_file_that_is_locked_for_a_while_is_waited_for() {
    let env = &Env::new();
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    let run = start(env, &id, None);
    wait_until(|| begun(env, &id));
    let lock = Locked::new(&env.database());
    env.file("stop", "");
    std::thread::sleep(Duration::from_secs(5));
    drop(lock);
    ended(run).exits(3);
    is_whole(env, &id);
}

#[test]
fn a_sqlite_file_that_stays_locked_leaves_a_file() {
    let env = &Env::new();
    env.prepare("Native", &counted(env, SCRIPT), Value::Null);
    let id = env.schedule();
    let run = start(env, &id, Some("1"));
    wait_until(|| begun(env, &id));
    let lock = Locked::new(&env.database());
    env.file("stop", "");
    let output = ended(run);
    let file = is_in_a_file(env, &output);
    assert!(output.stderr.contains("locked by another process"), "{output:?}");
    drop(lock);
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    is_whole(env, &id);
}

/// The moment of a program's end is that, however long its output waits for the database.
#[test]
fn a_job_ends_when_its_program_does() {
    let env = Env::new();
    env.prepare("Native", "echo a; sleep 2; echo b; sleep 1; echo c", Value::Null);
    let id = env.schedule();
    let run = start(&env, &id, None);
    wait_until(|| job(&env, &id)["stdout"] == "a\n");
    let lock = Locked::new(&env.database());
    std::thread::sleep(Duration::from_secs(8));
    drop(lock);
    let output = run.wait_with_output().unwrap();
    let record = job(&env, &id);
    let moment =
        |key: &str| chrono::NaiveDateTime::parse_from_str(record[key].as_str().unwrap(), "%Y-%m-%d %H:%M:%S").unwrap();
    assert!((moment("end") - moment("begin")).num_seconds() < 6, "{record:#}");
    assert_eq!((output.status.code(), &record["stdout"]), (Some(0), &json!("a\nb\nc\n")), "{record:#}");
}

/// Where nothing could be noted about the job, or somebody removed that, its program is found all the same.
#[needs(root)]
#[test]
fn a_program_is_ended_whose_runner_could_note_nothing() {
    for is_full in [true, false] {
        let mut env = Env::new();
        let disk = Disk::new("100k");
        env.set("XDG_STATE_HOME", disk.path().join("state").to_str().unwrap());
        env.prepare("Native", &counted(&env, "sleep 300; exit 3"), Value::Null);
        if is_full {
            std::fs::create_dir(disk.path().join("state")).unwrap();
            disk.leave(0);
        }
        let id = env.schedule();
        let mut run = start(&env, &id, None);
        wait_until(|| runs(&env) == 1);
        run.kill().unwrap();
        let output = run.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(stderr.contains("warning: no file can be kept about job 1"), is_full, "{stderr}");
        if !is_full {
            std::fs::remove_dir_all(disk.path().join("state/multiflexi")).unwrap();
        }
        env.run(&["queue", "run"]).ok();
        let record = job(&env, &id);
        assert!(record["reason"].as_str().unwrap_or_default().starts_with("RunnerLost: "), "{record:#}");
        let left = std::process::Command::new("pgrep").args(["-f", env.path().to_str().unwrap()]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&left.stdout), "", "the program runs on");
    }
}

#[needs(root)]
#[test]
fn a_full_disk_loses_nothing() {
    let mut env = Env::new();
    let disk = Disk::new("4m");
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", disk.path().join("test.sqlite3").to_str().unwrap());
    let env = &env;
    env.prepare("Native", &counted(env, "seq 1 1000000; echo e >&2; exit 3"), Value::Null);
    let id = env.schedule();
    let output = ended(start(env, &id, Some("1")));
    let file = is_in_a_file(env, &output);
    assert!(output.stderr.contains("full"), "{}", output.stderr);
    disk.remount("size=100m");
    env.run(&["job", "recover", file.to_str().unwrap()]).ok();
    let record = job(env, &id);
    let wanted: String = (1..=1_000_000).map(|n| format!("{n}\n")).collect();
    assert!(record["stdout"] == wanted.as_str(), "the output differs");
    assert_eq!((&record["stderr"], &record["exitcode"], runs(env)), (&json!("e\n"), &json!(3), 1));
}
