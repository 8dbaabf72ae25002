//! Podman jobs with the real podman. Docker jobs share all of their code; only what needs no daemon is tested with docker.

use std::process::Stdio;
use std::time::{Duration, Instant};

use needs::needs;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::crash::signal;
use crate::env::{Env, Output, definition, set_script};
use crate::files::upload;
use crate::job::wait_until;

/// Imports a script as an application that runs in the tests' image, changed; company and Podman runtemplate with it.
pub fn prepare(env: &Env, script: &str, change: impl FnOnce(&mut Value)) {
    import(env, script, change);
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test", "--executor=podman"]).ok();
}

fn import(env: &Env, script: &str, change: impl FnOnce(&mut Value)) {
    let mut definition = definition("Test");
    set_script(&mut definition, script);
    change(&mut definition);
    env.import_definition(&definition).ok();
}

fn field(kind: &str, default: &str) -> Value {
    json!({"type": kind, "description": "f", "defval": default, "required": false})
}

/// Asks podman; the containers of other tests are there too.
fn podman(env: &Env, arguments: &[&str]) -> String {
    // Only for its environment.
    let ours = env.command(&[]);
    let mut command = std::process::Command::new("podman");
    for (key, value) in ours.get_envs().filter_map(|(key, value)| Some((key, value?))) {
        command.env(key, value);
    }
    let output = command.args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The containers of this test's database.
fn containers(env: &Env) -> Vec<String> {
    let database = std::fs::canonicalize(env.database()).unwrap();
    let sum = std::process::Command::new("sh")
        .args(["-c", "printf %s \"$1\" | sha256sum | cut -c1-12", "sh", database.to_str().unwrap()])
        .output()
        .unwrap();
    let label = format!("label=multiflexi.eu/database={}", String::from_utf8(sum.stdout).unwrap().trim());
    podman(env, &["ps", "--all", "--filter", &label, "--format", "{{.Names}}"]).lines().map(str::to_owned).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

pub fn notices(record: &Value) -> String {
    record["notices"].as_array().into_iter().flatten().map(text).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn not_run((output, record): &(Output, Value), code: &str, words: &[&str]) {
    assert_eq!((output.code, &record["exitcode"]), (125, &json!(125)), "{output:#?} {record:#}");
    let reason = text(&record["reason"]);
    assert!(reason.starts_with(&format!("{code}: ")), "{reason}");
    for word in words {
        assert!(reason.contains(word), "no {word:?} in {reason}");
    }
    assert_eq!((text(&record["stdout"]), output.stdout.as_str()), (String::new(), ""), "{output:#?}");
}

#[needs(podman)]
#[test]
fn streams_code_and_environment_of_a_podman_job() {
    let env = Env::on_podman();
    let script = r#"for i in 1 2 3; do echo "out $i"; echo "err $i" >&2; done
        printf '%s|' "$VALUE" "$LINES" "$MULTIFLEXI_JOB_ID" "$MULTIFLEXI_EXECUTOR" "$MULTIFLEXI_TMP" "$HOME"
        printf %s "$LARGE" | wc -c; printf %s "$PASSWORD" | wc -c; exit 3"#;
    let value = r#" it's "$HOME" `id` \n ž# "#;
    prepare(&env, script, |definition| {
        definition["environment"] = json!({
            "VALUE": field("string", value), "LINES": field("text", "one\ntwo\r\n"), "LARGE": field("text", &"x".repeat(100_000)),
            "PASSWORD": field("password", "marker-secret"),
        });
    });
    let (output, record) = env.run_job(&[]);
    let wanted = format!("out 1\nout 2\nout 3\n{value}|one\ntwo\r\n|1|Podman|/tmp|/|100000\n13\n");
    assert_eq!((output.code, output.stdout.as_str()), (3, wanted.as_str()), "{output:#?}");
    assert_eq!((text(&record["stdout"]), text(&record["stderr"])), (wanted, "err 1\nerr 2\nerr 3\n".into()));
    assert!(text(&record["command"]).starts_with("podman create --name=mf-job-1-"), "{record:#}");
    assert!(!format!("{output:?}{record}").contains("marker-secret"), "{record:#}");
    assert_eq!(containers(&env), Vec::<String>::new());
}

#[needs(podman)]
#[test]
fn an_image_that_is_long_in_coming_is_shown() {
    // A registry that takes the connection and never says a word.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let image = format!("127.0.0.1:{}/later:1", silent.local_addr().unwrap().port());
    let mut env = Env::on_podman();
    env.set("TERM", "xterm");
    prepare(&env, "", |definition| definition["ociimage"] = image.as_str().into());
    env.schedule();
    let written = std::thread::scope(|scope| {
        let run = scope.spawn(|| env.on_terminal(&["job", "run", "1", "--color=never"], "").stdout);
        silent.accept().unwrap();
        std::thread::sleep(Duration::from_secs(5));
        env.run(&["job", "cancel", "1"]).ok();
        run.join().unwrap()
    });
    assert!(written.contains(&format!("pulling the image {image} (")), "{written:?}");
}

#[needs(podman)]
#[test]
fn much_output_of_a_podman_job_is_all_there() {
    let env = Env::on_podman();
    prepare(&env, "seq 1 100000; printf end", |_| {});
    let (output, record) = env.run_job(&["--format=json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let wanted: String = (1..=100_000).map(|n| format!("{n}\n")).chain(["end".to_owned()]).collect();
    assert!(record["stdout"] == wanted.as_str(), "the output differs");
}

// The runner is stopped until the program has ended by itself.
#[needs(podman)]
#[test]
fn a_podman_job_that_ended_meanwhile_keeps_its_exit_code() {
    let env = Env::on_podman();
    prepare(&env, "echo up; sleep 3; echo done; exit 3", |_| {});
    for (option, is_told) in [("--timeout=5", false), ("--timeout=1h", true)] {
        let id = env.schedule();
        let mut command = env.command(&["job", "run", &format!("--id={id}"), option]);
        let runner = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        wait_until(|| env.json(&["job", "get", &format!("--id={id}")])["stdout"] == "up\n");
        signal(&runner, "STOP");
        podman(&env, &["wait", &containers(&env).remove(0)]);
        if is_told {
            signal(&runner, "TERM");
        } else {
            std::thread::sleep(Duration::from_secs(3));
        }
        signal(&runner, "CONT");
        let output = runner.wait_with_output().unwrap();
        let record = env.json(&["job", "get", &format!("--id={id}")]);
        let known = (output.status.code(), &record["exitcode"], &record["reason"], &record["stdout"]);
        assert_eq!(known, (Some(3), &json!(3), &json!(null), &json!("up\ndone\n")), "{output:?} {record:#}");
    }
}

#[needs(podman)]
#[test]
fn a_podman_job_is_ended_by_time_limit_and_signal() {
    let env = Env::on_podman();
    let script = "trap 'echo told; exit 0' TERM; echo up; while :; do sleep 0.1; done";
    prepare(&env, script, |_| {});
    // It counts from the start of podman, which takes its time where all run at once.
    let (output, record) = env.run_job(&["--timeout=5"]);
    assert_eq!((output.code, output.stdout.as_str()), (124, "up\ntold\n"), "{output:?}");
    assert!(text(&record["reason"]).contains("time limit of 5 s"), "{record:#}");
    for (signals, code) in [(1, 143), (2, 143)] {
        let id = format!("--id={}", env.schedule());
        let mut command = env.command(&["job", "run", &id]);
        let child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        wait_until(|| env.json(&["job", "get", &id])["stdout"] == "up\n");
        let names = containers(&env);
        assert_eq!(names.len(), 1, "{names:?}");
        for _ in 0..signals {
            kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
            std::thread::sleep(Duration::from_millis(30));
        }
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(code));
        if signals == 1 {
            let record = env.json(&["job", "get", &id]);
            assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(143), &json!("up\ntold\n")), "{record:#}");
        }
        wait_until(|| containers(&env).is_empty());
    }
}

#[needs(podman)]
#[test]
fn a_container_does_not_outlive_a_killed_runner_s_job() {
    let env = Env::on_podman();
    prepare(&env, "echo up; while :; do sleep 0.1; done", |_| {});
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    wait_until(|| env.json(&["job", "get", &id])["stdout"] == "up\n");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(containers(&env).len(), 1);
    env.run(&["queue", "fix"]).ok();
    assert_eq!(containers(&env), Vec::<String>::new());
    let record = env.json(&["job", "get", &id]);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(125), &json!("up\n")), "{record:#}");
}

#[needs(podman)]
#[test]
fn a_container_of_a_job_that_was_saved_is_swept() {
    let env = Env::on_podman();
    prepare(&env, "echo up; exit 3", |_| {});
    let id = format!("--id={}", env.schedule());
    crate::crash::dies_at(&env, "finished", &["job", "run", &id]);
    assert_eq!((containers(&env).len(), &env.json(&["job", "get", &id])["exitcode"]), (1, &json!(3)));
    env.run(&["queue", "run"]).ok();
    assert_eq!((containers(&env), crate::crash::run_files(&env)), (Vec::<String>::new(), 0));
}

// Whoever ends the job asks another engine than its runner did.
#[needs(podman)]
#[test]
fn a_container_that_is_not_found_is_not_said_to_have_been_ended() {
    let mut env = Env::on_podman();
    prepare(&env, "echo up; while :; do sleep 0.1; done", |_| {});
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| env.json(&["job", "get", &id])["stdout"] == "up\n");
    child.kill().unwrap();
    child.wait().unwrap();
    let (storage, home) = (env.variable("CONTAINERS_STORAGE_CONF").unwrap().to_owned(), env.path().display());
    let other = format!("[storage]\ndriver = \"vfs\"\ngraphroot = \"{home}/store\"\nrunroot = \"{home}/run\"\n");
    let other = env.file("storage.conf", &other);
    env.set("CONTAINERS_STORAGE_CONF", other.to_str().unwrap());
    env.run(&["queue", "fix"]).ok();
    env.set("CONTAINERS_STORAGE_CONF", &storage);
    let (record, left) = (env.json(&["job", "get", &id]), containers(&env));
    for name in &left {
        podman(&env, &["rm", "--force", "--time=0", name]);
    }
    let reason = text(&record["reason"]);
    assert_eq!((&record["exitcode"], left.len()), (&json!(125), 1), "{record:#}");
    assert!(reason.contains("lists no container of this job") && !reason.contains("has been ended"), "{reason}");
    assert!(reason.starts_with("RunnerLost: ") && reason.contains("CONTAINERS_STORAGE_CONF"), "{reason}");
}

#[needs(podman)]
#[test]
fn a_program_that_ignores_term_is_killed() {
    let env = Env::on_podman();
    prepare(&env, "trap '' TERM; echo up; while :; do sleep 0.1; done", |_| {});
    let started = Instant::now();
    let (output, _) = env.run_job(&["--timeout=5"]);
    assert_eq!((output.code, output.stdout.as_str()), (124, "up\n"), "{output:?}");
    assert!((15..90).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
    assert_eq!(containers(&env), Vec::<String>::new());
}

#[needs(podman)]
#[test]
fn what_keeps_a_podman_job_from_running_is_told() {
    let mut env = Env::on_podman();
    prepare(&env, "true", |definition| definition["ociimage"] = "localhost/nosuch:1".into());
    not_run(&env.run_job(&[]), "ImagePull", &["localhost/nosuch:1", "cannot be pulled"]);
    import(&env, "true", |definition| definition["executable"] = "/nosuch/program".into());
    not_run(&env.run_job(&[]), "ProgramNotFound", &["/nosuch/program", "localhost/mfx-shell:1"]);
    import(&env, "true", |definition| definition["executable"] = "/etc".into());
    not_run(&env.run_job(&[]), "ProgramNotExecutable", &["/etc"]);
    import(&env, "true", |definition| {
        definition["environment"] = json!({"HOME": field("text", "two\nlines")});
    });
    not_run(&env.run_job(&[]), "Variable", &["HOME"]);
    import(&env, "true", |_| {});
    env.sql("UPDATE apps SET ociimage = ''");
    not_run(&env.run_job(&[]), "NoImage", &["ociimage"]);
    assert_eq!(containers(&env), Vec::<String>::new());
    env.set("PATH", "/nonexistent");
    import(&env, "true", |_| {});
    let (output, record) = env.run_job(&[]);
    assert!(output.code == 125 && output.stderr.contains("EngineMissing: podman cannot be started"), "{output:?}");
    crate::put_back::is_as_before(&record, "EngineMissing");
}

#[needs(podman)]
#[test]
fn a_program_of_another_processor_is_named() {
    let env = Env::on_podman();
    // Its header says AArch64.
    let mut program = std::fs::read("/bin/busybox").unwrap()[..4096].to_vec();
    program[18..20].copy_from_slice(&[0xb7, 0]);
    let tree = env.path().join("tree");
    std::fs::create_dir(&tree).unwrap();
    std::fs::write(tree.join("program"), program).unwrap();
    let pack = "chmod 755 tree/program; tar -C tree -cf tree.tar .";
    assert!(std::process::Command::new("sh").args(["-ec", pack]).current_dir(env.path()).status().unwrap().success());
    let image = format!("localhost/mfx-foreign:{}", std::process::id());
    podman(&env, &["import", "--quiet", env.path().join("tree.tar").to_str().unwrap(), &image]);
    prepare(&env, "true", |definition| {
        definition["ociimage"] = image.as_str().into();
        definition["executable"] = "/program".into();
    });
    let ended = env.run_job(&[]);
    podman(&env, &["rmi", "--force", &image]);
    not_run(&ended, "ExecFormatError", &["/program", &image, "built for it"]);
    assert_eq!(containers(&env), Vec::<String>::new());
}

#[test]
fn a_docker_job_without_docker_is_told() {
    let mut env = Env::new();
    prepare(&env, "true", |_| {});
    env.run(&["runtemplate", "update", "--id=1", "--executor=Docker"]).ok();
    env.set("DOCKER_HOST", "unix:///nonexistent/docker.sock");
    let (output, record) = env.run_job(&[]);
    let reason = text(&record["reason"]);
    let known = ["EngineMissing: docker cannot be started", "EngineUnreachable: docker does not answer"];
    assert!(output.code == 125 && known.iter().any(|words| reason.starts_with(words)), "{output:?} {record:#}");
}

#[needs(podman)]
#[test]
fn artifacts_of_a_podman_job_are_stored() {
    let env = Env::on_podman();
    let script = r#"echo "{}" >"$RESULT_FILE"; printf 'a\000b' >/work/data.bin; ln -s /etc/shadow /tmp/link.txt
        head -c 2000000 /dev/zero >/tmp/large.txt; echo "$RESULT_FILE""#;
    let artifact = |path| json!({"name": "a", "path": path, "type": "file", "description": {"en": "It"}});
    prepare(&env, script, |definition| {
        definition["environment"] = json!({"RESULT_FILE": field("string", "report_{MULTIFLEXI_JOB_ID}.json")});
        definition["artifacts"] =
            ["report_.*", "/work/data.bin", "link.txt", "large.txt", "/work/nosuch"].map(artifact).into();
    });
    let (output, record) = env.run_job(&["--artifact-limit=1"]);
    assert_eq!((output.code, output.stdout.as_str()), (0, "/tmp/report_1.json\n"), "{output:?}");
    let list = env.json(&["artifact", "list"]);
    let names: Vec<_> = list.as_array().unwrap().iter().map(|row| text(&row["filename"])).collect();
    assert_eq!(names, ["report_1.json", "data.bin"]);
    assert_eq!(env.sql("SELECT hex(file_data) FROM file_store ORDER BY id"), "7B7D0A\n610062\n");
    for words in ["/tmp/link.txt", "/tmp/large.txt has 2000000 bytes", "/work/nosuch"] {
        assert!(notices(&record).contains(words), "no {words:?} in {record:#}");
    }
    assert_eq!(containers(&env), Vec::<String>::new());
}

#[needs(podman)]
#[test]
fn uploaded_files_lie_in_the_container() {
    let env = Env::on_podman();
    let script = r#"for f in "$STATEMENT" "$CERTIFICATE"; do echo "$f"; od -An -tx1 "$f"; done"#;
    prepare(&env, script, |_| {});
    upload(&env, "NULL", 1, "STATEMENT", "my výpis.xml", "c3bd0a");
    upload(&env, "NULL", 1, "CERTIFICATE", "it's.pem", "00ff0d0a");
    let (output, _) = env.run_job(&[]);
    let wanted = "/.multiflexi-files/0/my výpis.xml\n c3 bd 0a\n/.multiflexi-files/1/it's.pem\n 00 ff 0d 0a\n";
    assert_eq!(output.ok().stdout, wanted);
}

#[needs(podman)]
#[test]
fn variables_that_no_program_takes_are_named() {
    let env = Env::on_podman();
    prepare(&env, "true", |_| {});
    for (count, bytes, code, words) in [
        (1, 70_000, 125, &["TooLarge: ", "the variable V0 has 140", "128 KiB of one"][..]),
        (
            60,
            50_000,
            125,
            &["TooLarge: ", "bytes together, more than the ", "hand the largest over in files, the variable V"],
        ),
        (100, 25_000, 125, &["TooLarge: ", "bytes together, more than the "]),
        (30, 25_000, 0, &[]),
    ] {
        variables(&env, count, bytes);
        let (ran, job) = env.run_job(&[]);
        let told = ran.exits(code).stderr;
        assert!(words.iter().all(|words| told.contains(words)), "{count}: {told}");
        assert_eq!(job["exitcode"], code, "{job:#}");
    }
    assert_eq!(containers(&env), [""; 0]);
}

/// So many variables of the company in place of those it has, each of twice as many bytes.
pub fn variables(env: &Env, count: usize, bytes: usize) {
    env.sql("DELETE FROM companyenv");
    let value = format!("replace(hex(zeroblob({bytes})), '00', 'xx')");
    for n in 0..count {
        env.sql(&format!("INSERT INTO companyenv (company_id, keyword, value) VALUES (1, 'V{n}', {value})"));
    }
}

#[needs(podman)]
#[test]
fn a_container_that_a_dead_runner_asked_for_does_not_come_later() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut env = Env::on_podman();
    prepare(&env, "echo up", |_| {});
    // A client that takes its time.
    let slow =
        "#!/bin/sh\n[ \"$1\" != create ] || { echo >>$HOME/asked; sleep 2; }\nPATH=${PATH#*:}\nexec podman \"$@\"\n";
    let slow = env.file("slow/podman", slow);
    std::fs::set_permissions(&slow, std::fs::Permissions::from_mode(0o755)).unwrap();
    let folders = format!("{}:{}", slow.parent().unwrap().display(), std::env::var("PATH").unwrap());
    env.set("PATH", &folders);
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let mut runner = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    wait_until(|| env.path().join("asked").exists());
    runner.kill().unwrap();
    runner.wait().unwrap();
    let run = env.run(&["queue", "run"]).ok();
    assert!(run.stdout.contains("its runner died before its program began"), "{run:?}");
    let record = env.json(&["job", "get", &id]);
    assert_eq!((&record["exitcode"], &record["stdout"]), (&json!(0), &json!("up\n")), "{record:#}");
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!((containers(&env), crate::crash::run_files(&env)), (Vec::<String>::new(), 0));
}

// The engine was busy, or killed; here the first `podman rm` fails.
#[needs(podman)]
#[test]
fn a_container_that_could_not_be_removed_is_removed_later() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut env = Env::on_podman();
    prepare(&env, "echo hi", |_| {});
    let real = String::from_utf8(std::process::Command::new("which").arg("podman").output().unwrap().stdout).unwrap();
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in rm) [ -e {0}/failed ] || {{ touch {0}/failed; kill -9 $$; }};; esac\nexec {1} \"$@\"\n",
        env.path().display(),
        real.trim()
    );
    let file = env.file("bin/podman", &script);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", env.path().join("bin").display(), std::env::var("PATH").unwrap());
    env.set("PATH", &path);
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("hi\n")), "{record}");
    assert!(record["notices"].to_string().contains("could not be removed"), "{record}");
    assert_eq!(containers(&env).len(), 1);
    env.run(&["queue", "fix", "--yes"]).ok();
    assert_eq!(containers(&env), [] as [String; 0]);
}

/// What fits no line of the file goes by the environment of podman itself: there nothing may stand that it would follow.
#[needs(podman)]
#[test]
fn no_variable_of_a_job_steers_the_engine() {
    let mut env = Env::on_podman();
    prepare(&env, "true", |_| {});
    let long = "x".repeat(70_000);
    for (name, value) in [
        ("LD_PRELOAD", "/nosuch/evil.so:\n"),
        ("CONTAINER_HOST", "unix:///nosuch\n"),
        ("DOCKER_HOST", long.as_str()),
        ("GODEBUG", "x\n"),
        ("https_proxy", "x\r"),
        ("XDG_RUNTIME_DIR", "/nosuch\n"),
        ("MFX_OF_RUNNER*", "two\nlines"),
        ("#MFX", "one line"),
    ] {
        import(&env, "true", |definition| definition["environment"] = json!({name: field("text", value)}));
        not_run(&env.run_job(&[]), "Variable", &[name, "podman"]);
    }
    // In a line it is a name like any other: podman would take `NAME*` by itself for all of the runner's that begin so.
    env.set("MFX_OF_RUNNER_KEY", "marker-of-runner");
    import(&env, "tr '\\0' '\\n' </proc/1/environ; echo; echo \"$LD_LIBRARY_PATH\"", |definition| {
        definition["environment"] =
            json!({"MFX_OF_RUNNER*": field("string", "one"), "LD_LIBRARY_PATH": field("string", "/opt")});
    });
    let output = env.run_job(&[]).0.ok();
    assert!(output.stdout.contains("MFX_OF_RUNNER*=one\n") && output.stdout.ends_with("\n/opt\n"), "{output:#?}");
    assert!(!output.stdout.contains("marker-of-runner"), "{output:#?}");
    assert_eq!(containers(&env), Vec::<String>::new());
}
