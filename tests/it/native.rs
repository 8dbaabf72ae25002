//! How native programs are started and ended: environment, processes, time limit, what cannot be started.

use std::io::BufRead as _;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::env::{Env, Output, definition, on_each_database};
use crate::job::{process_state, wait_until};

/// An application of this executable and these parameters, and a runtemplate of it.
fn prepare(env: &Env, executable: &str, parameters: &str, variables: Value) {
    let mut definition = definition("Test");
    definition["executable"] = executable.into();
    definition["cmdparams"] = parameters.into();
    definition["environment"] = variables;
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
}

/// Imports a script, runs it, and tells what that printed and what the record says.
fn run(script: &str, options: &[&str]) -> (Env, Output, Value) {
    let env = Env::new();
    env.prepare("Native", script, json!(null));
    let (output, record) = env.run_job(options);
    (env, output, record)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn notices(record: &Value) -> String {
    record["notices"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("\n")
}

/// The processes whose numbers a job printed.
fn processes(output: &str) -> Vec<Pid> {
    output.split_whitespace().filter_map(|word| word.parse().ok()).map(Pid::from_raw).collect()
}

/// Is the process there, and no zombie?
fn lives(process: Pid) -> bool {
    process_state(process.as_raw().cast_unsigned()).is_some_and(|(state, _)| state != 'Z')
}

#[track_caller]
fn all_are_gone(output: &str, count: usize) {
    let processes = processes(output);
    assert_eq!(processes.len(), count, "{output}");
    for process in processes {
        assert!(!lives(process), "process {process} still runs");
    }
}

/// Starts children in all the ways that lose their parent, and prints their numbers.
const CHILDREN: &str = r#"sleep 300 >/dev/null 2>&1 & echo $!
    (setsid sleep 301 >/dev/null 2>&1 & echo $!)
    (setsid sh -c 'sleep 302 >/dev/null 2>&1 & echo $!')
    (env -i setsid /bin/sh -c 'trap "" TERM HUP; echo $$; exec >/dev/null 2>&1; while :; do /bin/sleep 1; done' &)
    sleep 2"#;

#[test]
fn what_the_program_left_running_is_ended() {
    let started = Instant::now();
    let (_, output, record) = run(&format!("{CHILDREN}; exit 3"), &[]);
    assert_eq!((output.code, &record["exitcode"]), (3, &json!(3)), "{output:?}");
    all_are_gone(&output.stdout, 4);
    assert!(notices(&record).contains("left running"), "{record:#}");
    assert!(started.elapsed() < Duration::from_secs(60));
}

/// Runs a command with what a shell had begun before it let the command take its place.
fn run_in_wrapper(env: &Env, begun_before: &str, arguments: &[&str]) -> Output {
    let own = env.command(arguments);
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &format!("{begun_before}; exec \"$0\" \"$@\"")]).arg(own.get_program()).args(own.get_args());
    shell.current_dir(env.path()).env_clear().stdin(std::process::Stdio::null());
    shell.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?)))).output().unwrap().into()
}

// As a wrapper does for cron that writes a log, too. What the job leaves is ended all the same.
#[test]
fn what_a_shell_began_before_it_became_the_runner_is_none_of_the_job() {
    let env = Env::new();
    env.prepare("Native", CHILDREN, json!(null));
    let before = "sleep 311 >/dev/null 2>&1 & echo $! >others; (setsid sh -c 'sleep 312; :' >/dev/null 2>&1 & echo $! >>others); \
                  exec > >(tee log) 2>&1";
    for (id, call) in [("1", &["runtemplate", "run", "--id=1", "--format=json"][..]), ("2", &["job", "run", "--id=2"])]
    {
        if id == "2" {
            env.schedule();
        }
        let output = run_in_wrapper(&env, before, call);
        let others = std::fs::read_to_string(env.path().join("others")).unwrap();
        let lost: Vec<Pid> = processes(&others).into_iter().filter(|other| !lives(*other)).collect();
        for other in processes(&others) {
            let _ = kill(other, Signal::SIGKILL);
        }
        assert_eq!((output.code, lost), (0, Vec::new()), "{output:?}");
        let record = env.json(&["job", "get", &format!("--id={id}")]);
        let printed = record["stdout"].as_str().unwrap();
        all_are_gone(printed, 4);
        let notices = notices(&record);
        assert!(notices.contains("left running") && !notices.contains("tee"), "{notices}");
        // With JSON the job's output does not come along.
        let answer = if id == "1" { "\"exitcode\": 0," } else { printed };
        let log = std::fs::read_to_string(env.path().join("log")).unwrap();
        assert!(log.contains(answer), "no {answer:?} in {log:?}");
    }
}

#[test]
fn a_background_process_that_holds_the_output_does_not_hold_the_job() {
    let started = Instant::now();
    let (_, output, record) = run("setsid sh -c 'echo $$; exec sleep 300' & sleep 2; echo out; exit 4", &[]);
    assert_eq!((output.code, &record["exitcode"]), (4, &json!(4)), "{output:?}");
    assert!(output.stdout.contains("out\n"), "{output:?}");
    assert!(notices(&record).contains("held its output"), "{record:#}");
    all_are_gone(output.stdout.trim_end_matches("out\n"), 1);
    assert!(started.elapsed() < Duration::from_secs(60));
}

#[test]
fn the_time_limit_sends_term_and_then_kill() {
    let (_, output, record) =
        run("trap 'echo told; exit 0' TERM; echo up; while :; do sleep 0.1; done", &["--timeout=3"]);
    assert_eq!(
        (output.code, &record["exitcode"], output.stdout.as_str()),
        (124, &json!(124), "up\ntold\n"),
        "{output:?}"
    );
    assert!(text(&record["reason"]).contains("time limit of 3 s"), "{record:#}");
    let started = Instant::now();
    let (_, output, record) = run(&format!("trap '' TERM; {CHILDREN}; while :; do sleep 0.1; done"), &["--timeout=5"]);
    assert_eq!((output.code, &record["exitcode"]), (124, &json!(124)), "{output:?}");
    let seconds = started.elapsed().as_secs();
    assert!((15..60).contains(&seconds), "KILL came after {seconds} s");
    all_are_gone(&output.stdout, 4);
}

#[test]
fn a_second_signal_ends_everything_at_once() {
    let mut env = Env::new();
    let temporary = env.path().join("temporary");
    std::fs::create_dir(&temporary).unwrap();
    env.set("TMPDIR", temporary.to_str().unwrap());
    env.prepare("Native", &format!("trap '' TERM; {CHILDREN}; while :; do sleep 0.1; done"), json!(null));
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let printed = || text(&env.json(&["job", "get", &id])["stdout"]);
    wait_until(|| processes(&printed()).len() == 4);
    let pid = Pid::from_raw(child.id().try_into().unwrap());
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        // On a busy machine two of them may be seen as one.
        kill(pid, Signal::SIGTERM).unwrap();
        std::thread::sleep(Duration::from_millis(300));
    };
    assert_eq!(status.code(), Some(143));
    // Without the second one it would be killed after 10 s.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    wait_until(|| processes(&printed()).iter().all(|process| !lives(*process)));
    let left: Vec<_> = std::fs::read_dir(&temporary).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert!(left.is_empty(), "{left:?} is left");
}

#[test]
fn a_program_ended_by_a_signal_is_told() {
    for (signal, code, words) in [("KILL", 137, "signal 9 (SIGKILL)"), ("SEGV", 139, "signal 11 (SIGSEGV)")] {
        let (_, output, record) = run(&format!("echo out; kill -{signal} $$"), &[]);
        assert_eq!((output.code, &record["exitcode"]), (code, &json!(code)), "{output:?}");
        assert!(text(&record["reason"]).contains(words), "{record:#}");
        assert!(output.stderr.contains(words), "{output:?}");
        assert_eq!(record["stdout"], "out\n");
    }
}

#[test]
fn the_environment_lies_below_the_jobs_and_has_no_secrets_of_ours() {
    let mut env = Env::new();
    let fields = json!({
        "FROM_BOTH": {"type": "string", "description": "b", "defval": "the job's", "required": false},
        "DB_HOST": {"type": "string", "description": "d", "defval": "the job's", "required": false},
    });
    prepare(&env, "env", "", fields);
    env.set("FROM_BOTH", "ours");
    env.set("FROM_US", "ours");
    env.set("MULTIFLEXI_JOB_ID", "99");
    for secret in ["DB_PASSWORD", "ENCRYPTION_MASTER_KEY", "MULTIFLEXI_MASTER_KEY"] {
        env.set(secret, "marker-secret");
    }
    let (output, record) = env.run_job(&[]);
    let lines: Vec<&str> = output.stdout.lines().collect();
    for line in ["FROM_BOTH=the job's", "FROM_US=ours", "DB_HOST=the job's", "MULTIFLEXI_JOB_ID=1"] {
        assert!(lines.contains(&line), "no {line} in {output:#?}");
    }
    assert!(lines.iter().any(|line| line.starts_with("PATH=")), "{output:#?}");
    assert!(!format!("{output:?}{record}").contains("marker-secret"), "{output:#?}");
}

#[test]
fn what_cannot_be_started_is_told_in_words() {
    let env = Env::new();
    let file = |name: &str, content: &str, mode: u32| {
        use std::os::unix::fs::PermissionsExt as _;
        let path = env.file(name, content);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let folder = env.path().join("folder");
    std::fs::create_dir(&folder).unwrap();
    let cases = [
        ("no-such-program".to_owned(), "ProgramNotFound", "install it"),
        (file("plain", "echo", 0o644), "ProgramNotExecutable", "make it executable"),
        (folder.to_str().unwrap().to_owned(), "ProgramNotExecutable", "it is a directory"),
        (file("lost", "#!/no/such/interpreter\n", 0o755), "ProgramNotFound", "first line (#!)"),
        (file("binary", "\u{1}\u{2}\u{3}no program", 0o755), "ExecFormatError", "no program for this machine"),
    ];
    prepare(&env, "true", "", json!({}));
    for (executable, code, words) in cases {
        prepare_executable(&env, &executable);
        let (output, record) = env.run_job(&[]);
        assert_eq!((output.code, &record["exitcode"]), (125, &json!(125)), "{output:?}");
        let reason = text(&record["reason"]);
        assert!(reason.starts_with(code) && reason.contains(&executable) && reason.contains(words), "{record:#}");
        assert!(text(&record["stderr"]).contains(words) && output.stderr.contains(words), "{output:?}");
    }
}

fn prepare_executable(env: &Env, executable: &str) {
    let mut definition = definition("Test");
    definition["executable"] = executable.into();
    env.import_definition(&definition).ok();
}

#[test]
fn large_environments_arrive_and_too_large_ones_are_told() {
    let env = Env::new();
    let field = json!({"type": "text", "description": "l", "defval": "", "required": false});
    let mut fields = json!({"LARGE": field});
    for number in 0..2000 {
        fields[format!("FIELD_{number}")] =
            json!({"type": "string", "description": "f", "defval": "x".repeat(100), "required": false});
    }
    prepare(&env, "/bin/sh", r#"-c 'printf %s "$LARGE" | wc -c; env | grep -c ^FIELD_'"#, fields);
    for (size, fits) in [(120_000, true), (140_000, false)] {
        let value = "y".repeat(size);
        env.sql(&format!("UPDATE conffield SET defval = '{value}' WHERE keyname = 'LARGE'"));
        let (output, record) = env.run_job(&[]);
        if fits {
            assert_eq!(output.ok().stdout.split_whitespace().collect::<Vec<_>>(), ["120000", "2000"]);
        } else {
            assert_eq!(output.code, 125, "{record}");
            let reason = text(&record["reason"]);
            assert!(reason.starts_with("TooLarge: "), "{reason}");
            assert!(
                reason.contains("the variable LARGE has 140007 bytes, and the system takes 128 KiB of one"),
                "{reason}"
            );
        }
    }
}

#[test]
fn a_relative_executable_is_meant_from_where_we_are() {
    let env = Env::new();
    let script = env.file("tools/show", "#!/bin/sh\npwd\n");
    std::process::Command::new("chmod").arg("+x").arg(&script).status().unwrap();
    prepare(&env, "tools/show", "", json!({}));
    let (output, _) = env.run_job(&[]);
    let directory = output.ok().stdout;
    assert!(directory.contains("/multiflexi-job-1-") && directory.ends_with("/tmp\n"), "{directory}");
}

on_each_database!(readers_see_the_output_grow, |env| {
    let release = env.path().join("release");
    let script = format!("echo first; while ! [ -e {} ]; do sleep 0.05; done; echo last", release.display());
    env.prepare("Native", &script, json!(null));
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let runner = command.stdout(std::process::Stdio::null()).spawn().unwrap();
    wait_until(|| env.run(&["job", "output", &id]).stdout == "first\n");
    let mut follow =
        env.command(&["job", "output", &id, "--follow"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    let mut reader = std::io::BufReader::new(follow.stdout.take().unwrap());
    reader.read_line(&mut line).unwrap();
    assert_eq!((line.as_str(), text(&env.json(&["job", "get", &id])["exitcode"])), ("first\n", String::new()));
    std::fs::write(&release, "").unwrap();
    reader.read_line(&mut line).unwrap();
    assert_eq!(line, "first\nlast\n");
    assert!(runner.wait_with_output().unwrap().status.success() && follow.wait().unwrap().success());
});

#[test]
fn a_limit_on_the_size_of_files_is_told() {
    let env = Env::new();
    env.prepare("Native", "ulimit -f 1; yes >large; echo $?", json!(null));
    let limited = |call: &str| -> Output {
        let ours = env.command(&[]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &format!("ulimit -f 1; \"$0\" {call}")]).arg(ours.get_program()).env_clear();
        shell.current_dir(env.path()).envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
        shell.output().unwrap().into()
    };
    let told = limited("describe >large").exits(1).stderr;
    assert!(told.contains("cannot write to stdout") && told.contains("File too large"), "{told}");
    assert!(limited("company create --name=Other").exits(1).stderr.starts_with("error: "));
    // A job's program has the signal as it was.
    assert_eq!(env.run(&["runtemplate", "run", "1"]).ok().stdout, "153\n");
}
