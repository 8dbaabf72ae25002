//! `job output --follow` and `job wait`: watching jobs from outside.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::time::Instant;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::env::{Env, Output, definition, on_each_database, on_each_server, set_script};
use crate::job::wait_until;

/// An application that says what its exit code 3 means, and a runtemplate of it.
fn prepare(env: &Env, script: &str) {
    let mut definition = definition("Test");
    set_script(&mut definition, script);
    definition["exitCodes"] = json!({
        "0": {"description": {"en": "All sent"}, "severity": "success"},
        "3": {"description": {"cs": "Bez spojení", "en": "No connection"}, "severity": "error", "retry": true},
    });
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=nightly"]).ok();
}

fn spawn(env: &Env, arguments: &[&str]) -> Child {
    env.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The next line of a child's stderr.
fn line(reader: &mut impl std::io::BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    line
}

on_each_database!(a_job_that_waits_is_followed_to_its_verdict, |env| {
    let script = "echo out 1; echo err 1 >&2; sleep 0.4; echo out 2; printf err >&2; exit 3";
    prepare(env, script);
    env.schedule();
    let mut follow = spawn(env, &["job", "output", "1", "--follow", "--exit-status"]);
    let mut stderr = BufReader::new(follow.stderr.take().unwrap());
    let waits = line(&mut stderr);
    assert!(waits.starts_with("multiflexi: job 1 waits in the queue since 20"), "{waits}");
    env.run(&["job", "run", "1"]).exits(3);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    let output = follow.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "out 1\nout 2\n");
    assert_eq!(output.status.code(), Some(3), "{rest}");
    assert!(rest.contains("err 1\n"), "{rest}");
    let verdict = rest.rsplit("multiflexi: ").next().unwrap();
    assert!(
        verdict.starts_with("job 1 (nightly) failed after ") && verdict.ends_with(": exit code 3 (No connection)\n")
    );
    assert_eq!(rest.matches("multiflexi: job 1 (").count(), 1, "{rest}");

    let again = env.run(&["job", "output", "1", "--follow", "-q"]).ok();
    assert_eq!((again.stdout.as_str(), again.stderr.as_str()), ("out 1\nout 2\n", "err 1\nerr"));
    for (option, stdout) in [("--stdout", "out 1\nout 2\n"), ("--stderr", "err 1\nerr")] {
        let one = env.run(&["job", "output", "1", "--follow", option]).ok();
        assert_eq!(one.stdout, stdout, "{option}");
        assert_eq!(one.stderr, format!("multiflexi: {verdict}"), "{option}");
        assert_eq!(env.run(&["job", "output", "1", option]).ok().stdout, stdout, "{option}");
    }
    let value = env.json(&["job", "output", "1", "--follow"]);
    assert_eq!((&value["stdout"], &value["exitcode"]), (&json!("out 1\nout 2\n"), &json!(3)), "{value}");
    assert_eq!((&value["meaning"], &value["status"]), (&json!("No connection"), &json!("failed")), "{value}");
    assert_eq!(env.json(&["job", "output", "1"]), json!({"job_id": 1, "stdout": "out 1\nout 2\n"}));
});

#[test]
fn a_job_waits_for_its_moment_and_goes_on_without_whoever_followed_it() {
    let env = Env::new();
    prepare(&env, "true");
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=2031-01-01 06:00"]).ok();
    env.run(&["job", "create", "--runtemplate_id=1", "--scheduled=now"]).ok();
    for (job, words) in [
        ("1", "multiflexi: job 1 waits for its moment at 2031-01-01 06:00:00 (in "),
        ("2", "multiflexi: job 2 stands in no queue: `multiflexi-cli job run --id=2 --unqueued` runs it"),
    ] {
        let mut follow = spawn(&env, &["job", "output", job, "--follow"]);
        let mut stderr = BufReader::new(follow.stderr.take().unwrap());
        let waits = line(&mut stderr);
        assert!(waits.starts_with(words), "{waits}");
        kill(Pid::from_raw(follow.id().cast_signed()), Signal::SIGINT).unwrap();
        let begun = Instant::now();
        follow.wait().unwrap();
        assert!(begun.elapsed().as_secs() < 60);
        assert_eq!(env.json(&["job", "get", job])["exitcode"], Value::Null);
    }
    assert_eq!(env.json(&["queue", "list"])[0]["job"], 1);
}

on_each_database!(the_last_lines_alone_are_shown, |env| {
    prepare(env, "seq 1 3000; echo err >&2; printf end");
    env.run(&["runtemplate", "run", "1"]).ok();
    let tail = |options: &[&str]| {
        let arguments = [&["job", "output", "1"], options].concat();
        env.run(&arguments).ok()
    };
    assert_eq!(tail(&["--tail=3"]).stdout, "2999\n3000\nend");
    assert_eq!(tail(&["--tail=0"]).stdout, "");
    assert_eq!(tail(&["--tail=9000"]).stdout.lines().count(), 3001);
    assert_eq!(tail(&["--tail=1", "--stderr"]).stdout, "err\n");
    let followed = tail(&["--tail=2", "--follow", "-q"]);
    assert_eq!(format!("{}\n{}", followed.stdout, followed.stderr).split_terminator('\n').count(), 2, "{followed:?}");
    assert_eq!(env.json(&["job", "output", "1", "--tail=1"]), json!({"job_id": 1, "stdout": "end"}));
});

on_each_database!(each_row_of_output_is_read_once, |env| {
    let release = env.path().join("release");
    let script = format!(
        "for i in 1 2 3 4 5 6 7 8; do echo $i; echo $i >&2; done; while ! [ -e {} ]; do sleep 0.05; done; echo last",
        release.display()
    );
    prepare(env, &script);
    env.schedule();
    let mut runner = spawn(env, &["job", "run", "1"]);
    wait_until(|| env.run(&["job", "output", "1", "--stderr"]).stdout.ends_with("8\n"));
    let mut command = env.command(&["job", "output", "1", "--follow", "--stdout"]);
    command.env("MULTIFLEXI_LOG", "debug").env("MULTIFLEXI_LOG_FORMAT", "json");
    let mut follow = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut told = BufReader::new(follow.stderr.take().unwrap()).lines().map(Result::unwrap);
    let is_look = |line: &String| line.contains("CASE WHEN") && line.contains("job_output_lines");
    let mut looks: Vec<String> = told.by_ref().filter(is_look).take(3).collect();
    std::fs::write(&release, "").unwrap();
    looks.extend(told.filter(is_look));
    let rows = |line: &String| serde_json::from_str::<Value>(line).unwrap()["rows"].as_u64().unwrap();
    let read: Vec<u64> = looks.iter().map(rows).collect();
    follow.wait().unwrap();
    runner.wait().unwrap();
    let stored: u64 =
        env.sql("SELECT count(*) FROM job_output_lines WHERE job_id = 1 AND seq > 0").trim().parse().unwrap();
    // The row that names the runner is one more.
    assert!(read.iter().sum::<u64>() <= stored + 1 && read.len() >= 3, "{read:?} of {stored}");
});

#[test]
fn on_a_terminal_streams_are_told_apart_by_colour_alone() {
    let mut env = Env::new();
    env.set("TERM", "xterm");
    prepare(&env, "echo out 1; sleep 0.5; echo err 1 >&2; sleep 0.5; printf 'out 2'");
    env.run(&["runtemplate", "run", "1"]).ok();
    let shown = env.on_terminal(&["job", "output", "1", "--follow"], "").ok().stdout.replace('\r', "");
    assert!(
        shown.starts_with("out 1\n\u{1b}[31merr 1\n\u{1b}[0mout 2\nmultiflexi: job 1 (nightly) succeeded"),
        "{shown:?}"
    );
    assert!(shown.ends_with(": All sent\n"), "{shown:?}");
    let plain = env.on_terminal(&["job", "output", "1", "--follow", "--color=never"], "").ok().stdout;
    assert!(plain.starts_with("out 1\r\nerr 1\r\nout 2\r\n"), "{plain:?}");
}

on_each_database!(jobs_are_waited_for, |env| {
    prepare(env, "[ $MULTIFLEXI_JOB_ID != 2 ] || exit 3");
    for _ in 0..3 {
        env.schedule();
    }
    let wait = spawn(env, &["job", "wait", "1", "3", "--timeout=10m"]);
    for job in ["1", "2", "3"] {
        let _ = env.run(&["job", "run", job]);
    }
    let output: Output = wait.wait_with_output().unwrap().into();
    let output = output.ok();
    assert_eq!(output.stdout.matches(" (nightly) succeeded after ").count(), 2, "{output:?}");
    let failed = env.run(&["job", "wait", "--id=1", "--id=2"]).exits(1);
    assert!(failed.stdout.ends_with(": exit code 3 (No connection)\n"), "{failed:?}");
    env.run(&["job", "wait", "2", "--exit-status"]).exits(3);
    env.sql("update job set exitcode = 256 where id = 2;");
    env.run(&["job", "wait", "2", "--exit-status"]).exits(1);
    env.sql("update job set exitcode = 3 where id = 2;");
    let value = env.json_of(&["job", "wait", "2", "1"], 1);
    assert_eq!((&value[0]["job_id"], &value[0]["exitcode"]), (&json!(2), &json!(3)), "{value}");
    assert_eq!((&value[1]["status"], &value[1]["meaning"]), (&json!("success"), &json!("All sent")), "{value}");
    assert_eq!(env.json(&["job", "wait", "1"])["exitcode"], 0);

    env.run(&["job", "wait", "1", "9"]).refused(1, "Job with id 9 not found");
    env.run(&["job", "wait", "1", "2", "--exit-status"]).refused(2, "--exit-status is of one job");
    env.run(&["job", "wait"]).refused(2, "<ID>");
    env.run(&["job", "output", "1", "--exit-status"]).refused(2, "--follow");
    env.run(&["runtemplate", "schedule", "1", "--schedule_time=2031-01-01 06:00"]).ok();
    let late = env.run(&["job", "wait", "1", "4", "--timeout=1"]).exits(124);
    assert!(late.stderr.contains("job 4 waits for its moment at 2031-01-01 06:00:00"), "{late:?}");
    assert!(late.stderr.ends_with("error: job 4 (nightly) has not begun; it was waited for 1 s\n"), "{late:?}");
    assert_eq!(env.json_of(&["job", "wait", "4", "--timeout=1"], 124)["status"], "pending");
});

on_each_database!(a_job_that_is_deleted_meanwhile_is_told, |env| {
    prepare(env, "true");
    env.schedule();
    let mut wait = spawn(env, &["job", "wait", "1", "--format=json"]);
    let mut stderr = BufReader::new(wait.stderr.take().unwrap());
    assert!(line(&mut stderr).contains("waits in the queue"));
    env.run(&["job", "delete", "1"]).ok();
    let output: Output = wait.wait_with_output().unwrap().into();
    assert_eq!(output.exits(1).json()["status"], "not found");
});

on_each_server!(a_connection_that_breaks_ends_no_watching, |env| {
    prepare(env, "exit 3");
    for call in [["wait", "--exit-status", "--timeout=10m"], ["output", "--exit-status", "--follow"]] {
        let id = env.schedule();
        let call = [&["job"], &call[..1], &[&id], &call[1..]].concat();
        let mut watches = spawn(env, &call);
        let mut stderr = BufReader::new(watches.stderr.take().unwrap());
        assert!(line(&mut stderr).contains("waits in the queue"));
        crate::crash::ends_connection(env);
        let told = line(&mut stderr);
        assert!(told.contains("it is asked again, and the job goes on"), "{told}");
        env.run(&["job", "run", &id]).exits(3);
        assert_eq!(watches.wait().unwrap().code(), Some(3));
        // Not to be taken for the job's own.
        let away = env.command(&call).env("DB_PORT", "1").output().unwrap();
        assert_eq!(away.status.code(), Some(125), "{away:?}");
    }
});

/// A file in WAL mode that nobody writes is opened as one that does not change.
#[needs::needs(root)]
#[test]
fn who_may_only_read_the_file_sees_the_job_end() {
    let env = Env::new();
    prepare(&env, "true");
    env.schedule();
    env.schedule();
    let nobody = Some(65534);
    for entry in [env.database().parent().unwrap(), &env.database()] {
        let mode = if entry.is_dir() { 0o755 } else { 0o644 };
        std::fs::set_permissions(entry, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        std::os::unix::fs::chown(entry, nobody, nobody).unwrap();
    }
    for call in [["wait", "1", "--timeout=20"], ["output", "2", "--follow"]] {
        let inner = env.command(&[&["job"], &call[..]].concat());
        let mut command = std::process::Command::new("timeout");
        // Without the right of root to write what is another's.
        command.args(["30", "setpriv", "--bounding-set=-dac_override"]);
        command.arg(inner.get_program()).args(inner.get_args()).current_dir(env.path()).env_clear();
        command.envs(inner.get_envs().filter_map(|(key, value)| Some((key, value?))));
        let mut watches = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(watches.stderr.take().unwrap());
        let waits = line(&mut stderr);
        assert!(waits.contains("waits in the queue"), "{waits}");
        env.run(&["job", "run", call[1]]).ok();
        assert_eq!(watches.wait().unwrap().code(), Some(0));
    }
}

on_each_database!(a_job_whose_runner_died_is_told_of, |env| {
    prepare(env, "echo begun; exec sleep 30");
    env.schedule();
    let mut runner = spawn(env, &["job", "run", "1"]);
    wait_until(|| env.run(&["job", "output", "1"]).stdout == "begun\n");
    runner.kill().unwrap();
    runner.wait().unwrap();
    let mut follow = spawn(env, &["job", "output", "1", "--follow", "--exit-status"]);
    let mut stderr = BufReader::new(follow.stderr.take().unwrap());
    let told = line(&mut stderr);
    assert!(told.contains("the runner of job 1 died"), "{told}");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(follow.wait().unwrap().code(), Some(125));
    assert!(line(&mut stderr).starts_with("multiflexi: job 1 (nightly) was lost"));
});

on_each_database!(a_job_that_is_deleted_meanwhile_is_no_success, |env| {
    prepare(env, "true");
    for options in [&["output", "--follow"][..], &["output", "--follow", "--exit-status"], &["wait"]] {
        for format in ["--format=text", "--format=json"] {
            let id = env.schedule().to_string();
            let call = [&["job", options[0], &id], &options[1..], &[format]].concat();
            let mut child = spawn(env, &call);
            let mut stderr = BufReader::new(child.stderr.take().unwrap());
            assert!(line(&mut stderr).contains("waits in the queue"));
            env.run(&["job", "delete", &id]).ok();
            let mut told = String::new();
            stderr.read_to_string(&mut told).unwrap();
            let code = if options.contains(&"--exit-status") { 125 } else { 1 };
            let output = Output::from(child.wait_with_output().unwrap()).exits(code);
            if format == "--format=json" {
                let value = output.json();
                assert_eq!((&value["job_id"].to_string(), &value["status"]), (&id, &json!("not found")), "{value}");
                assert_eq!(value.get("exitcode"), Some(&Value::Null), "{value}");
            } else {
                assert!((told + &output.stdout).contains(&format!("job {id} was deleted meanwhile")), "{output:?}");
            }
        }
    }
});

on_each_database!(a_signal_ends_what_waits_in_words, |env| {
    prepare(env, "true");
    env.schedule();
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143), (Signal::SIGHUP, 129)] {
        for call in [&["job", "wait", "1"][..], &["job", "output", "1", "--follow"]] {
            for format in ["--format=text", "--format=json"] {
                let mut child = spawn(env, &[call, &[format]].concat());
                let mut stderr = BufReader::new(child.stderr.take().unwrap());
                assert!(line(&mut stderr).contains("waits in the queue"));
                // To begin with, the system ends a command.
                std::thread::sleep(std::time::Duration::from_millis(500));
                let begun = Instant::now();
                kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
                let mut told = String::new();
                stderr.read_to_string(&mut told).unwrap();
                let output = Output::from(child.wait_with_output().unwrap()).exits(code);
                assert!(begun.elapsed().as_secs() < 2, "{call:?} {signal}: {:?}", begun.elapsed());
                if format == "--format=json" {
                    let value = output.json();
                    let error = value.get("error").unwrap_or(&value);
                    assert_eq!(error["code"], "interrupted", "{value}");
                    told = format!("{}{}", error["message"], error["hint"]);
                } else {
                    assert!(told.contains(&format!("error: ended by signal {}", signal as i32)), "{told}");
                }
                // Whoever only watched has begun nothing.
                assert!(told.contains("stopped watching job 1"), "{told}");
                assert!(told.contains("The job goes on; `multiflexi-cli job output 1 --follow`"), "{told}");
            }
        }
    }
});

#[test]
fn what_is_held_up_is_ended_by_a_signal_too() {
    let env = Env::new();
    prepare(&env, "head -c 3000000 /dev/zero | tr '\\0' x; sleep 60");
    env.schedule();
    let mut runner = spawn(&env, &["job", "run", "1", "-q", "--format=json"]);
    // Nobody reads what it shows.
    let mut follow = spawn(&env, &["job", "output", "1", "--follow"]);
    wait_until(|| env.sql("SELECT count(*) FROM job_output_lines WHERE type = 'stdout'").trim() != "0");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let begun = Instant::now();
    kill(Pid::from_raw(follow.id().cast_signed()), Signal::SIGTERM).unwrap();
    let status = follow.wait().unwrap();
    assert!(begun.elapsed().as_secs() < 2 && !status.success(), "{status:?} {:?}", begun.elapsed());
    kill(Pid::from_raw(runner.id().cast_signed()), Signal::SIGTERM).unwrap();
    runner.wait().unwrap();
}

#[test]
fn a_hangup_that_is_to_be_ignored_ends_nothing() {
    let env = Env::new();
    prepare(&env, "true");
    env.schedule();
    let mut command = std::process::Command::new("nohup");
    let ours = env.command(&["job", "wait", "1"]);
    command.arg(ours.get_program()).args(ours.get_args()).env_clear().current_dir(env.path());
    command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    while !line(&mut stderr).contains("waits in the queue") {}
    std::thread::sleep(std::time::Duration::from_millis(500));
    kill(Pid::from_raw(child.id().cast_signed()), Signal::SIGHUP).unwrap();
    env.run(&["job", "run", "1"]).ok();
    assert!(child.wait().unwrap().success());
}
