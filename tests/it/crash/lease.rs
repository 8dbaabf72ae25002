//! Runners on several machines hold their jobs by leases, which lapse by the clock of the database.

use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};

use super::in_the_middle::Relay;
use super::{counted, is_stopped, job, pauses_at, runs, signal};
use crate::env::{Env, on_each_database, on_each_server};
use crate::job::wait_until;

/// The seconds after which a lease lapses here.
const TERM: &str = "3";
/// A program that goes on until [`release`].
const WAITS: &str = "while [ -d $HOME ] && [ ! -e $HOME/stop ]; do sleep 0.1; done; echo said; exit 3";

fn release(env: &Env) {
    env.file("stop", "");
}

/// A command on the machine of this name.
fn on(env: &Env, machine: &str, arguments: &[&str]) -> Command {
    let mut command = env.command(arguments);
    command.env("MULTIFLEXI_TEST_MACHINE", machine).env("XDG_STATE_HOME", env.path().join("machines").join(machine));
    command.env("MULTIFLEXI_TEST_LIMIT_SECONDS", TERM).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn queue_run(env: &Env, machine: &str) -> crate::env::Output {
    crate::env::Output::from(on(env, machine, &["queue", "run"]).output().unwrap()).ok()
}

/// `job run` on the first machine, once its program runs.
fn running(env: &Env, id: &str) -> Child {
    let runner = on(env, "one", &["job", "run", &format!("--id={id}")]).spawn().unwrap();
    wait_until(|| runs(env) == 1);
    runner
}

fn stop(runner: &Child) {
    signal(runner, "STOP");
    wait_until(|| is_stopped(runner));
}

fn goes_on(runner: Child) -> Output {
    signal(&runner, "CONT");
    runner.wait_with_output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// By the record of who runs a job: until when, by the server's clock.
fn lease(env: &Env, id: &str) -> i64 {
    let line = env.sql(&format!("SELECT line FROM job_output_lines WHERE job_id = {id} AND type = 'runner'"));
    serde_json::from_str::<Value>(line.trim()).unwrap()["lease"].as_i64().unwrap()
}

fn server_now(env: &Env) -> i64 {
    let sql = match (env.variable("DB_CONNECTION"), env.is_postgres()) {
        (_, true) => "SELECT CAST(floor(extract(epoch FROM clock_timestamp())) AS BIGINT)",
        (Some("mysql"), _) => "SELECT UNIX_TIMESTAMP()",
        _ => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
    };
    env.sql(sql).trim().parse().unwrap()
}

fn wait_for_lapse(env: &Env, id: &str) {
    wait_until(|| lease(env, id) < server_now(env));
}

fn rows(env: &Env, id: &str) -> String {
    env.sql(&format!("SELECT seq, type, line FROM job_output_lines WHERE job_id = {id} ORDER BY seq, type"))
}

#[track_caller]
fn is_lost(env: &Env, id: &str) {
    let record = job(env, id);
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("RunnerLost: ") && reason.contains(" on one, "), "{record:#}");
    assert_eq!(record["exitcode"], json!(125), "{record:#}");
}

// Nobody's hand is needed, and nothing is begun again.
on_each_database!(a_lost_machine_s_job_is_ended_by_any_other, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let (id, next) = (env.schedule(), env.schedule());
    let argument = format!("--id={id}");
    let mut runner = running(env, &id);
    // While it lives nobody else touches its job, nor runs another one of its runtemplate.
    crate::env::Output::from(on(env, "two", &["job", "run", &argument]).output().unwrap())
        .refused(1, "its runner is on one");
    assert!(queue_run(env, "two").stdout.contains("runtemplate"), "{next}");
    crate::env::Output::from(on(env, "two", &["queue", "fix"]).output().unwrap()).ok();
    assert_eq!(job(env, &id)["exitcode"], json!(null));
    runner.kill().unwrap();
    runner.wait().unwrap();
    wait_for_lapse(env, &id);
    env.sql(&format!("DELETE FROM schedule WHERE job = {next}"));
    let said = queue_run(env, "two").stdout;
    assert!(said.contains(&format!("job {id}: its runner on another machine has not renewed its lease")), "{said}");
    is_lost(env, &id);
    assert_eq!(runs(env), 1);
    // The machine comes back: the job stays as it is.
    let before = rows(env, &id);
    queue_run(env, "one");
    assert_eq!((rows(env, &id), runs(env)), (before, 1));
    is_lost(env, &id);
    release(env);
});

// What it could not save in time is told, and kept beside what was saved instead.
on_each_database!(a_result_that_comes_too_late_is_told_and_put_aside, |env| {
    env.prepare("Native", &counted(env, "echo said; exit 3"), json!(null));
    let id = env.schedule();
    let runner = pauses_at(on(env, "one", &["job", "run", &format!("--id={id}")]), "ended");
    env.sql("ALTER TABLE job_output_lines RENAME TO hidden");
    let output = goes_on(runner);
    env.sql("ALTER TABLE hidden RENAME TO job_output_lines");
    assert_eq!(output.status.code(), Some(125), "{output:?}");
    assert!(
        stderr(&output).contains("on this machine does; if another machine has ended the job by then"),
        "{output:?}"
    );
    wait_for_lapse(env, &id);
    queue_run(env, "two");
    is_lost(env, &id);
    let files = || -> Vec<_> {
        let folder = env.path().join("machines/one/multiflexi/recovery");
        folder.read_dir().unwrap().map(|entry| entry.unwrap().path().display().to_string()).collect()
    };
    let file = files().remove(0);
    let one = |arguments: &[&str]| crate::env::Output::from(on(env, "one", arguments).output().unwrap());
    let refused = one(&["job", "recover", &file]).refused(1, "has a result already: exit code 125");
    assert!(refused.stderr.contains("ended with 3; the next `multiflexi-cli queue run`"), "{refused:?}");
    assert!(one(&["queue", "fix", "--dry-run"]).ok().stdout.contains("Would put aside the recovery file"));
    let aside = format!("{file}.superseded");
    let told = one(&["queue", "run", "-q"]).ok().stderr;
    let words =
        format!("job {id}: its runner here reported exit code 3 after the job had been ended with exit code 125");
    assert!(told.contains(&words) && told.contains(&aside), "{told}");
    assert_eq!(one(&["queue", "run", "-q"]).ok().stderr, "");
    let record = job(env, &id);
    assert!(record["notices"].to_string().contains("its runner later reported exit code 3"), "{record:#}");
    is_lost(env, &id);
    assert_eq!(files(), [aside]);
    one(&["job", "cleanup", "--older-than=1h"]).ok();
    let dry = one(&["job", "cleanup", "--older-than=1s", "--dry-run"]).ok().stdout;
    assert!(dry.contains("and 1 old recovery file would be deleted") && files().len() == 1, "{dry}");
    one(&["job", "cleanup", "--older-than=1s"]).ok();
    assert!(files().is_empty());
});

on_each_database!(what_waited_for_a_lost_machine_s_job_begins_at_once, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let (id, next) = (env.schedule(), env.schedule());
    let mut runner = running(env, &id);
    runner.kill().unwrap();
    runner.wait().unwrap();
    release(env);
    wait_for_lapse(env, &id);
    let said = queue_run(env, "two").stdout;
    is_lost(env, &id);
    assert_eq!((&job(env, &next)["exitcode"], runs(env)), (&json!(3), 2), "{said}");
    assert!(said.contains("failed: 1, ") && said.contains("left: 0"), "{said}");
});

on_each_database!(a_paused_runner_s_result_is_not_saved, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let runner = running(env, &id);
    stop(&runner);
    wait_for_lapse(env, &id);
    queue_run(env, "two");
    is_lost(env, &id);
    release(env);
    let before = rows(env, &id);
    let output = goes_on(runner);
    assert!(output.status.code() == Some(1) && stderr(&output).contains("on two has taken it over"), "{output:?}");
    assert_eq!((rows(env, &id), &job(env, &id)["exitcode"], runs(env)), (before, &json!(125), 1));
    assert_eq!(env.path().join("machines/one/multiflexi/recovery").read_dir().map_or(0, Iterator::count), 0);
});

// Of whom nobody has taken it, the job stays its own.
on_each_database!(a_paused_runner_goes_on_with_what_is_still_its_own, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let runner = running(env, &id);
    stop(&runner);
    wait_for_lapse(env, &id);
    // It sees the lapsed lease, and looks again.
    let other = on(env, "two", &["queue", "run", "-vv"]).spawn().unwrap();
    signal(&runner, "CONT");
    wait_until(|| lease(env, &id) >= server_now(env));
    assert_eq!(other.wait_with_output().unwrap().status.code(), Some(0));
    assert_eq!(job(env, &id)["exitcode"], json!(null));
    release(env);
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(3));
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
});

on_each_database!(who_comes_back_too_late_begins_nothing, |env| {
    env.prepare("Native", &counted(env, "exit 3"), json!(null));
    for (is_taken, code) in [(true, 1), (false, 3)] {
        let id = env.schedule();
        let runner = pauses_at(on(env, "one", &["job", "run", &format!("--id={id}")]), "claimed");
        wait_for_lapse(env, &id);
        if is_taken {
            queue_run(env, "two");
            is_lost(env, &id);
        }
        let output = goes_on(runner);
        assert_eq!(output.status.code(), Some(code), "{output:?}");
        assert_eq!(runs(env), usize::from(!is_taken));
    }
});

// A job that ends soon writes its record once: with its claim.
on_each_database!(a_running_job_renews_its_lease, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let runner = running(env, &id);
    let first = lease(env, &id);
    assert!((server_now(env)..=server_now(env) + 3).contains(&first), "{first}");
    wait_until(|| lease(env, &id) > first + 2);
    release(env);
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(3));
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
    let short = env.schedule();
    env.run(&["job", "run", &format!("--id={short}")]).exits(3);
    let q = env.quote();
    let begun = env.sql(&format!("SELECT {q}begin{q} FROM job WHERE id = {short}"));
    let claimed =
        chrono::NaiveDateTime::parse_from_str(begun.trim(), "%Y-%m-%d %H:%M:%S").unwrap().and_utc().timestamp();
    let held = lease(env, &short) - claimed;
    assert!((59..=62).contains(&held), "{held}: the lease of a job that ended at once");
});

#[test]
fn the_term_is_set_and_has_limits() {
    let mut env = Env::new();
    env.prepare("Native", "true", json!(null));
    for term in ["soon", "9", "2h"] {
        env.set("MULTIFLEXI_RUNNER_LEASE", term);
        let id = env.schedule();
        for arguments in [&["job", "run", &format!("--id={id}")][..], &["queue", "run"]] {
            env.run(arguments).refused(1, "from 10 seconds to 1 hour");
        }
    }
    env.set("MULTIFLEXI_RUNNER_LEASE", "30m");
    let id = env.schedule();
    env.run(&["job", "run", &format!("--id={id}")]).ok();
    let left = lease(&env, &id) - server_now(&env);
    assert!((1700..=1800).contains(&left), "{left}");
}

/// The same database, by a way that a test can cut: the other variables of the way to it.
fn behind_relay(env: &mut Env) -> (Relay, [(&'static str, String); 2]) {
    let direct = ["DB_HOST", "DB_PORT"].map(|key| env.variable(key).unwrap().to_owned());
    let relay = Relay::before(env);
    let way = ["DB_HOST", "DB_PORT"].map(|key| (key, env.variable(key).unwrap().to_owned()));
    env.set("DB_HOST", &direct[0]);
    env.set("DB_PORT", &direct[1]);
    (relay, way)
}

// It goes on, and what it learns is too late once another one has ended its job.
on_each_server!(a_runner_that_is_cut_off_saves_nothing_over_another_s_result, |env| {
    let (relay, way) = behind_relay(env);
    env.prepare("Native", &counted(env, WAITS), json!(null));
    let id = env.schedule();
    let mut command = on(env, "one", &["job", "run", &format!("--id={id}")]);
    let runner = command.envs(way.clone()).spawn().unwrap();
    wait_until(|| runs(env) == 1);
    relay.freeze();
    wait_for_lapse(env, &id);
    queue_run(env, "two");
    is_lost(env, &id);
    let before = rows(env, &id);
    release(env);
    relay.freeze();
    let output = runner.wait_with_output().unwrap();
    assert!(output.status.code() == Some(1) && stderr(&output).contains("on two has taken it over"), "{output:?}");
    assert_eq!((rows(env, &id), runs(env)), (before, 1));
});

// It does not know whether the job is its own still: by its own count the lease has run out.
on_each_server!(a_runner_that_is_cut_off_begins_nothing_once_its_lease_ran_out, |env| {
    let (relay, way) = behind_relay(env);
    env.prepare("Native", &counted(env, "exit 3"), json!(null));
    let id = env.schedule();
    let mut command = on(env, "one", &["job", "run", &format!("--id={id}")]);
    command.envs(way);
    let runner = pauses_at(command, "claimed");
    relay.freeze();
    wait_for_lapse(env, &id);
    let output = goes_on(runner);
    assert_eq!((output.status.code(), runs(env)), (Some(125), 0), "{output:?}");
    assert!(stderr(&output).contains("Nothing of job") && stderr(&output).contains("was begun"), "{output:?}");
    drop(relay);
    assert_eq!(job(env, &id)["exitcode"], json!(null));
    // On its own machine it is known that it began nothing.
    queue_run(env, "one");
    assert_eq!((&job(env, &id)["exitcode"], runs(env)), (&json!(3), 1));
});

/// A clock that is so far from the server's, and goes on as it does.
fn with_clock<'a>(command: &'a mut Command, offset: &str) -> &'a mut Command {
    let folder = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path().join("faketime"));
    let library =
        folder.map(|it| it.join("libfaketimeMT.so.1")).find(|path| path.exists()).expect("faketime is needed");
    command.env("LD_PRELOAD", library).env("FAKETIME", offset).env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
}

on_each_server!(clocks_that_differ_by_an_hour_do_not_matter, |env| {
    env.prepare("Native", &counted(env, WAITS), json!(null));
    for (one, two) in [("+1h", "-1h"), ("-1h", "+1h")] {
        let id = env.schedule();
        let mut command = on(env, "one", &["job", "run", &format!("--id={id}"), "--unqueued"]);
        let mut runner = with_clock(&mut command, one).spawn().unwrap();
        wait_until(|| runs(env) == 1);
        let first = lease(env, &id);
        assert!((first - server_now(env)).abs() <= 3, "{first}");
        let run = |env: &Env| {
            let mut command = on(env, "two", &["queue", "run"]);
            crate::env::Output::from(with_clock(&mut command, two).output().unwrap()).ok()
        };
        run(env);
        assert_eq!(job(env, &id)["exitcode"], json!(null));
        runner.kill().unwrap();
        runner.wait().unwrap();
        release(env);
        wait_for_lapse(env, &id);
        run(env);
        is_lost(env, &id);
        for file in ["stop", "runs"] {
            std::fs::remove_file(env.path().join(file)).unwrap();
        }
        env.sql("DELETE FROM schedule");
    }
});

// By the server's clock all of them plan the same, and what is due is due on each.
on_each_server!(machines_whose_clocks_differ_do_not_undo_each_other_s_schedules, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    for interval in ["h", "d"] {
        let [name, interval] = [format!("--name={interval}"), format!("--interv={interval}")];
        env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", &name, &interval, "--from=next"]).ok();
    }
    let run = |offset: &str, arguments: &[&str]| {
        let mut command = on(env, "one", arguments);
        crate::env::Output::from(with_clock(&mut command, offset).output().unwrap()).ok()
    };
    for (offset, made) in [("+1h", 2), ("-1h", 0), ("+1h", 0)] {
        let filled = run(offset, &["queue", "fill"]);
        assert!(filled.stdout.contains(&format!("Jobs made: {made}")) && filled.stderr.is_empty(), "{filled:#?}");
        run(offset, &["queue", "run", "--fill"]);
    }
    assert_eq!(runs(env), 0);
    for (count, (one, two)) in [(1, ("+1h", "-1h")), (2, ("-1h", "+1h"))] {
        run(one, &["runtemplate", "schedule", "--id=1", "--schedule_time=now"]);
        run(two, &["queue", "run"]);
        assert_eq!(runs(env), count);
    }
});

// Of a name that is not one machine's alone, such as `localhost`: its runner may live, and only be slow.
on_each_database!(another_machine_of_the_same_name_is_another_machine, |env| {
    env.prepare("Native", &counted(env, "exit 3"), json!(null));
    let id = env.schedule();
    let runner = pauses_at(on(env, "one@a", &["job", "run", &format!("--id={id}")]), "claimed");
    wait_for_lapse(env, &id);
    // Its files lie at the same place, on another disk.
    let disk = env.path().join("machines/one@a");
    std::fs::rename(&disk, env.path().join("machines/away")).unwrap();
    let output = on(env, "one@b", &["queue", "run"]).env("XDG_STATE_HOME", disk).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    is_lost(env, &id);
    let before = rows(env, &id);
    let output = goes_on(runner);
    assert!(output.status.code() == Some(1) && stderr(&output).contains("has taken it over"), "{output:?}");
    assert_eq!((rows(env, &id), runs(env)), (before, 0));
});

// What it noted there tells that the name is its own: nobody else is waited for, and what it could not save is found.
#[test]
fn a_machine_that_was_started_again_knows_its_own_jobs() {
    let env = Env::new();
    env.prepare("Native", &counted(&env, WAITS), json!(null));
    let id = env.schedule();
    let mut runner = on(&env, "one@a", &["job", "run", &format!("--id={id}")]).spawn().unwrap();
    wait_until(|| runs(&env) == 1);
    runner.kill().unwrap();
    runner.wait().unwrap();
    release(&env);
    wait_for_lapse(&env, &id);
    let disk = env.path().join("machines/one@a");
    let output = on(&env, "one@b", &["queue", "run"]).env("XDG_STATE_HOME", disk).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let record = job(&env, &id);
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("RunnerLost: ") && !reason.contains(" on one, "), "{record:#}");
    assert_eq!((&record["exitcode"], runs(&env)), (&json!(125), 1), "{record:#}");
}

/// A clock that was ahead when the lease was written, and a machine that was started again since.
#[test]
fn a_lease_that_no_clock_reaches_has_lapsed() {
    let env = Env::new();
    env.prepare("Native", &counted(&env, WAITS), json!(null));
    let id = env.schedule();
    let mut runner = running(&env, &id);
    runner.kill().unwrap();
    runner.wait().unwrap();
    release(&env);
    env.sql("UPDATE job_output_lines SET line = json_set(line, '$.lease', 4042000000) WHERE type = 'runner'");
    queue_run(&env, "two");
    is_lost(&env, &id);
}
