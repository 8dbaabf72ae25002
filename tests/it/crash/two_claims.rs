//! Two runners that claim one job in the same moment.

use std::process::{Child, Stdio};

use needs::needs;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::{Locked, Session, counted, job, pauses_at, runs};
use crate::env::{Env, Output, Server, on_each_database};
use crate::job::wait_until;

/// A program that goes on until the test ends it.
const WAITS: &str = "while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; exit 3";

fn start(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Keeps a job's row, of a file all of it, from being claimed for three seconds, in which all this is begun.
fn held<T>(env: &Env, id: &str, begin: impl FnOnce() -> T) -> T {
    let wait = std::time::Duration::from_secs(3);
    if env.variable("DB_CONNECTION").is_none() {
        let lock = Locked::new(&env.database());
        let begun = begin();
        std::thread::sleep(wait);
        drop(lock);
        return begun;
    }
    let mut other = Session::new(env);
    other.run(&format!("BEGIN; SELECT id FROM job WHERE id = {id} FOR UPDATE"));
    let begun = begin();
    std::thread::sleep(wait);
    other.run("COMMIT");
    begun
}

// Whoever comes second is told who runs it, and takes nothing from them.
on_each_database!(one_runs_the_job_and_the_other_is_told_so, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    for (turn, option) in [None, Some("--no-overlap")].into_iter().enumerate() {
        let _ = std::fs::remove_file(env.path().join("stop"));
        let id = env.schedule();
        let id_option = format!("--id={id}");
        let arguments: Vec<&str> = ["job", "run", &id_option].into_iter().chain(option).collect();
        let mut runners = held(env, &id, || [start(env, &arguments), start(env, &arguments)]);
        let mut ended = None;
        wait_until(|| {
            ended = runners.iter_mut().position(|runner| runner.try_wait().unwrap().is_some());
            ended.is_some()
        });
        let [first, second] = runners;
        let (refused, runs_it) = if ended == Some(0) { (first, second) } else { (second, first) };
        let refused = Output::from(refused.wait_with_output().unwrap());
        let refused = refused.refused(1, &format!("job {id} is running since "));
        assert!(refused.stderr.contains(&format!("by process {}", runs_it.id())), "{refused:#?}");
        let records = format!("SELECT count(*) FROM job_output_lines WHERE job_id = {id} AND type = 'runner'");
        assert_eq!(env.sql(&records).trim(), "1");
        wait_until(|| runs(env) == turn + 1);
        env.file("stop", "");
        assert_eq!(runs_it.wait_with_output().unwrap().status.code(), Some(3));
        assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), turn + 1));
    }
});

// It begins when it is claimed, and not before what is waited for.
on_each_database!(a_job_begins_when_its_row_is_had, |env| {
    env.prepare("Native", "true", json!(null));
    let id = env.schedule();
    let runner = held(env, &id, || start(env, &["job", "run", &format!("--id={id}")]));
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(0));
    let record = job(env, &id);
    let second_of_day = |key: &str| {
        let time = record[key].as_str().and_then(|time| time.split_once(' ')).unwrap().1.to_owned();
        time.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap())
    };
    assert!((second_of_day("end") - second_of_day("begin")).rem_euclid(86_400) <= 2, "{record:#}");
});

// Of a job that is just being claimed, somebody who cancels it learns that it runs, and it is ended.
on_each_database!(a_job_that_is_just_claimed_can_be_cancelled, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let (runner, cancel) = held(env, &id, || {
        let runner = start(env, &["job", "run", &argument]);
        std::thread::sleep(std::time::Duration::from_secs(1));
        (runner, start(env, &["job", "cancel", &argument]))
    });
    Output::from(cancel.wait_with_output().unwrap()).ok();
    let code = runner.wait_with_output().unwrap().status.code();
    // Of a file the one who cancels may be first.
    assert!(matches!(code, Some(143 | 1)), "{code:?}");
    assert_eq!(job(env, &id)["exitcode"], json!(143));
});

/// Claims a job beside a runner that has its run file already, waits to claim it, too, and is let go on once `between` was done.
fn beside_a_slow_one(env: &Env, id: &str, between: impl FnOnce()) -> Output {
    let slow = pauses_at(env.command(&["job", "run", &format!("--id={id}")]), "claiming");
    between();
    // The one is reached at each turn of a transaction.
    let pid = Pid::from_raw(slow.id().try_into().unwrap());
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let _ = kill(pid, Signal::SIGCONT);
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        });
        let output = slow.wait_with_output().unwrap();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        output.into()
    })
}

/// Who claims the job does not have its run file: another one has that, who comes too late.
fn the_winner_has_a_file_all_the_same(env: &Env) {
    env.prepare("Native", &format!("echo $$ >$HOME/program; {WAITS}"), json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let mut winner = None;
    let program = env.path().join("program");
    let late = beside_a_slow_one(env, &id, || {
        let mut runner = start(env, &["job", "run", &argument]);
        wait_until(|| std::fs::read_to_string(&program).is_ok_and(|pid| pid.ends_with('\n')));
        runner.kill().unwrap();
        winner = Some(runner.wait_with_output().unwrap());
    });
    late.refused(1, &format!("job {id} began at "));
    let warned = String::from_utf8(winner.unwrap().stderr).unwrap();
    assert!(warned.contains("no file can be kept"), "{warned}");
    env.json(&["queue", "run"]);
    assert_eq!(job(env, &id)["exitcode"], json!(125));
    let pid = std::fs::read_to_string(&program).unwrap();
    // One that ended may wait for its parent to learn of it.
    let line = std::fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
    assert!(line.is_empty(), "its program goes on");
}

/// A job that another runner claimed since it was looked at, and left: what that one left was not looked at.
fn what_was_not_looked_at_is_not_resumed(env: &Env) {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let q = env.quote();
    let record = json!({"host": "lost", "boot": "b", "space": "s", "pid": 7, "start": 1, "database": "0123456789ab", "user": "u",
        "pod": "mf-job-1-0a", "lease": 1, "claim": "0123456789ab"});
    let late = beside_a_slow_one(env, &id, || {
        env.sql(&format!(
            "UPDATE job SET {q}begin{q} = '2026-11-25 06:00:00', pid = 7 WHERE id = {id}; DELETE FROM schedule; \
             INSERT INTO job_output_lines (job_id, seq, type, line) VALUES ({id}, 0, 'runner', '{record}')"
        ));
    });
    late.refused(1, &format!("job {id} was begun meanwhile by another runner"));
    assert_eq!(env.sql("SELECT line FROM job_output_lines WHERE seq = 0").trim(), record.to_string());
    // Its process may have the same number, as in each container.
    let id = env.schedule();
    super::dies_at(env, "claimed", &["job", "run", &format!("--id={id}")]);
    let of_job = format!("WHERE job_id = {id} AND seq = 0 AND type = 'runner'");
    let record = json!({"host": "lost", "boot": "b", "space": "s", "start": 1, "database": "0123456789ab", "user": "u",
        "pod": "mf-job-1-0a", "lease": 1, "claim": "0123456789ab", "pid": job(env, &id)["pid"]});
    let late = beside_a_slow_one(env, &id, || {
        env.sql(&format!("UPDATE job_output_lines SET line = '{record}' {of_job}"));
    });
    late.refused(1, &format!("job {id} was begun meanwhile by another runner"));
    assert_eq!(env.sql(&format!("SELECT line FROM job_output_lines {of_job}")).trim(), record.to_string());
}

#[needs(mariadb)]
#[test]
fn of_two_who_begin_at_once_mariadb() {
    the_winner_has_a_file_all_the_same(&Env::on(Server::MariaDb, "two_claims_file"));
    what_was_not_looked_at_is_not_resumed(&Env::on(Server::MariaDb, "two_claims_unseen"));
}

// In a file, whoever is about to claim keeps the others from it.
#[needs(postgres)]
#[test]
fn of_two_who_begin_at_once_postgres() {
    the_winner_has_a_file_all_the_same(&Env::on(Server::Postgres, "two_claims_file"));
    what_was_not_looked_at_is_not_resumed(&Env::on(Server::Postgres, "two_claims_unseen"));
}
