//! `doctor`: what of a set-up is wrong, and what mends it.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

/// What a check says: its state, its words and the remedy, of each finding with that name.
fn of<'f>(found: &'f Value, check: &str) -> Vec<(&'f str, &'f str, &'f str)> {
    let text = |finding: &'f Value, key: &str| finding[key].as_str().unwrap_or_default();
    let all = found.as_array().unwrap().iter().filter(|finding| finding["check"] == check);
    all.map(|finding| (text(finding, "state"), text(finding, "message"), text(finding, "remedy"))).collect()
}

/// A check that has one finding, in this state, with these words in its message or its remedy.
#[track_caller]
fn says(found: &Value, check: &str, state: &str, words: &str) {
    let of = of(found, check);
    let [(is, message, remedy)] = of.as_slice() else { panic!("{check}: {found:#}") };
    assert_eq!(*is, state, "{check}: {message} ({remedy})");
    assert!(message.contains(words) || remedy.contains(words), "no {words:?} in {check}: {message} ({remedy})");
    assert!(matches!(*is, "ok" | "unused") == remedy.is_empty(), "what is wrong has a remedy: {check}: {message}");
}

/// No kubectl, no helm, no engine.
fn without_programs(env: &Env) -> String {
    let empty = env.path().join("empty");
    std::fs::create_dir_all(&empty).unwrap();
    empty.to_str().unwrap().to_owned()
}

fn examine(env: &Env, more: &[(&str, &str)], code: i32) -> Value {
    let empty = without_programs(env);
    let mut command = env.command(&["doctor", "--format=json"]);
    command.env("PATH", empty).envs(more.iter().copied());
    let output: crate::env::Output = command.output().unwrap().into();
    let found = output.exits(code).json();
    for finding in found.as_array().unwrap() {
        let keys: Vec<_> = finding.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, ["check", "state", "message", "remedy"]);
    }
    found
}

on_each_database!(what_is_not_needed_is_no_fault, |env| {
    env.prepare("Native", "true", json!(null));
    let found = examine(env, &[("ENCRYPTION_MASTER_KEY", "of a test")], 0);
    for program in ["kubectl", "helm", "podman", "docker"] {
        says(&found, program, "unused", "no active runtemplate needs it");
    }
    for check in ["settings", "state folder", "temp folder", "zone", "database", "schema", "waiting", "runners"] {
        says(&found, check, "ok", "");
    }
    says(&found, "database rights", "ok", "reading and writing");
    says(&found, "key", "warn", "encryption init");
    if env.variable("DB_CONNECTION").is_some() {
        says(&found, "clock", "ok", "");
        says(&found, "tls", "ok", "");
    }
    // A runtemplate that needs what is not here.
    for (executor, needed) in
        [("Kubernetes", &["kubectl", "helm"][..]), ("Podman", &["podman"]), ("Docker", &["docker"])]
    {
        env.run(&["runtemplate", "update", "1", &format!("--executor={executor}")]).ok();
        let found = examine(env, &[], 1);
        for program in ["kubectl", "helm", "podman", "docker"] {
            let state = if needed.contains(&program) { "fail" } else { "unused" };
            says(&found, program, state, "not found in PATH");
        }
    }
    env.run(&["runtemplate", "update", "1", "--active=0"]).ok();
    says(&examine(env, &[], 0), "docker", "unused", "");
});

on_each_database!(the_queue_and_its_runners, |env| {
    env.prepare("Native", "true", json!(null));
    let found = examine(env, &[], 0);
    says(&found, "queue run", "ok", "never, and nothing waits");
    env.run(&["runtemplate", "update", "1", "--interv=y"]).ok();
    says(&examine(env, &[], 0), "queue fill", "warn", "queue run --fill -q");
    env.run(&["queue", "fill"]).ok();
    env.run(&["queue", "run"]).ok();
    let found = examine(env, &[], 0);
    says(&found, "queue fill", "ok", "last ");
    says(&found, "queue run", "ok", "last ");
    let id = env.schedule();
    env.sql(&format!("update schedule set after = '2020-01-01 00:00:00' where job = {id}"));
    let quote = env.quote();
    env.sql(&format!("update modconfig set {quote}DatSave{quote} = '2020-01-01 00:00:00' where cfg = 'queue run'"));
    let found = examine(env, &[], 1);
    says(&found, "waiting", "fail", &format!("job {id} has waited since 2020-01-01 00:00:00"));
    says(&found, "queue run", "warn", " y ago");
    env.sql(&format!(
        "update job set {quote}begin{quote} = '2020-01-01 00:00:00' where id = {id}; delete from schedule where job = {id}; \
         insert into job_output_lines (job_id, seq, type, line, created_at) values ({id}, 0, 'runner', 'damaged', '2020-01-01 00:00:00');"
    ));
    let found = examine(env, &[], 0);
    says(&found, "waiting", "ok", "");
    says(&found, "runners", "warn", &format!("lost: job {id}"));
});

on_each_database!(a_key_that_does_not_fit, |env| {
    let key = [("ENCRYPTION_MASTER_KEY", "of a test")];
    let mut init = env.command(&["encryption", "init"]);
    assert!(init.envs(key).output().unwrap().status.success());
    says(&examine(env, &key, 0), "key", "ok", "version 1 fits");
    says(&examine(env, &[("ENCRYPTION_MASTER_KEY", "another")], 1), "key", "fail", "does not fit");
    says(&examine(env, &[("DATA_ENCRYPTION_ENABLED", "false")], 0), "key", "ok", "none is needed");
    says(&examine(env, &[], 0), "key", "warn", "cannot be stored");
});

on_each_database!(a_user_who_may_not_write, |env| {
    if env.variable("DB_DATABASE").is_none() {
        return;
    }
    let user = env.reader("");
    let found = examine(env, &[("DB_USERNAME", &user), ("DB_PASSWORD", "x")], 1);
    says(&found, "database", "ok", "answers");
    says(&found, "database rights", "fail", "SELECT, INSERT, UPDATE and DELETE");
    says(&found, "runners", "ok", "");
});

#[test]
fn settings_that_nobody_reads() {
    let env = Env::new();
    let file = env.file("typo.env", "DB_CONNECION=mysql\nDB_USER=x\n");
    let empty = without_programs(&env);
    let examine = |arguments: &[&str], code: i32| {
        let arguments: Vec<_> = ["doctor", "--format=json"].iter().chain(arguments).copied().collect();
        let output: crate::env::Output = env.command(&arguments).env("PATH", &empty).output().unwrap().into();
        output.exits(code).json()
    };
    let found = examine(&["-e", file.to_str().unwrap()], 0);
    let told = of(&found, "settings");
    assert!(told.len() == 3 && told.iter().all(|(state, ..)| *state == "warn"), "{found:#}");
    assert!(told[0].1.contains("typo.env names no database") && told[0].1.contains("embedded"), "{found:#}");
    assert!(told[1].1.contains("DB_CONNECION is set") && told[1].2.contains("DB_CONNECTION"), "{found:#}");
    assert!(told[2].1.contains("DB_USER is set") && told[2].2.contains("DB_USERNAME"), "{found:#}");
    // Looking makes nothing.
    assert!(!env.database().exists());
    says(&found, "database", "ok", "does not exist yet");
    let half = env.file("half.env", "DB_CONNECTION=pgsql\n");
    let found = examine(&["-e", half.to_str().unwrap()], 1);
    let told = of(&found, "settings");
    assert!(told[1].0 == "fail" && told[1].1.contains("DB_HOST, DB_DATABASE, DB_USERNAME"), "{found:#}");
    let whole = env.file("whole.env", "DB_CONNECTION=sqlite\nDB_DATABASE=nowhere.sqlite3\n");
    let found = examine(&["-e", whole.to_str().unwrap()], 0);
    says(&found, "settings", "ok", "sets DB_CONNECTION, DB_DATABASE");
    says(&found, "database", "warn", "Check DB_DATABASE");
}

#[test]
fn settings_that_cannot_be_used_are_lines_with_a_remedy() {
    let mut env = Env::new();
    env.prepare("Native", "true", json!(null));
    let empty = without_programs(&env);
    let examine = |env: &Env, arguments: &[&str]| {
        let arguments: Vec<_> = ["doctor", "--format=json"].iter().chain(arguments).copied().collect();
        let output: crate::env::Output = env.command(&arguments).env("PATH", &empty).output().unwrap().into();
        output.exits(1).json()
    };
    let folder = env.path().to_str().unwrap();
    let broken = env.file("broken.json", "{\"DB_CONNECTION\": ");
    for file in ["nowhere.env", folder, broken.to_str().unwrap()] {
        let found = examine(&env, &["-e", file]);
        says(&found, "settings", "fail", "-e FILE takes a file of KEY=VALUE lines");
        assert!(of(&found, "settings")[0].1.contains(file), "{found:#}");
        // Which database is meant is not known, so that no other one is told of in its place. All the rest is looked at.
        assert!(of(&found, "database").is_empty() && of(&found, "schema").is_empty(), "{found:#}");
        says(&found, "temp folder", "ok", "");
        says(&found, "kubectl", "unused", "not found in PATH");
    }
    // Other commands are refused as ever.
    env.run(&["company", "list", "-e", "nowhere.env"]).refused(1, "cannot read the environment file nowhere.env");
    // An alarm has to learn of it.
    let status = env.run(&["status", "-e", "nowhere.env", "--format=json"]).exits(1).json();
    assert_eq!((&status["database_up"], &status["status"]), (&json!(null), &json!("error")), "{status:#}");
    env.set("MULTIFLEXI_LOG", "loud");
    says(&examine(&env, &[]), "database", "ok", "answers");
    assert_eq!(of(&examine(&env, &[]), "settings")[1].2, "It takes off, error, warn, info, debug or trace");
    env.unset("MULTIFLEXI_LOG");
    env.set("MULTIFLEXI_TIMEZONE", "Mars/Olympus");
    says(&examine(&env, &[]), "zone", "fail", "no time zone");
    let status = env.run(&["status", "--format=json"]).exits(1).json();
    assert_eq!(status["database_up"], json!(null), "{status:#}");
    let shown = status["database"].as_str().unwrap();
    assert!(shown.contains(".sqlite3 (not asked: ") && shown.contains("Mars/Olympus"), "{status:#}");
    env.run(&["job", "list"]).refused(1, "Mars/Olympus");
}

#[test]
fn a_terminal_gets_colours_and_no_line_that_is_too_wide() {
    let mut env = Env::new();
    env.prepare("Kubernetes", "true", json!(null));
    let empty = without_programs(&env);
    env.set("TERM", "xterm");
    env.set("LANG", "C.UTF-8");
    // `script` itself and `stty` are found before.
    let line = format!("stty cols 60 rows 40; PATH={empty} {} doctor", env!("CARGO_BIN_EXE_multiflexi-cli"));
    let mut command = std::process::Command::new("script");
    command.args(["-q", "-e", "-c", &line, "/dev/null"]).current_dir(env.path()).env_clear().env("SHELL", "/bin/sh");
    command.envs(env.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
    let output: crate::env::Output = command.stdin(std::process::Stdio::null()).output().unwrap().into();
    let shown = output.exits(1).stdout.replace("\r\n", "\n");
    assert!(shown.contains("\u{1b}[31m✗\u{1b}[0m kubectl "), "{shown:?}");
    assert!(shown.contains("\u{1b}[32m✓\u{1b}[0m database "), "{shown:?}");
    assert!(shown.contains("\n                  \u{1b}[36mInstall kubectl 1.32 or newer"), "{shown:?}");
    let plain = regex::Regex::new("\u{1b}\\[[0-9;]*m").unwrap().replace_all(&shown, "").into_owned();
    let wide = plain.lines().find(|line| line.chars().count() > 60 && !line.contains('/') && !line.contains('`'));
    assert_eq!(wide, None, "{plain}");
}

#[test]
fn folders_that_jobs_cannot_use() {
    let env = Env::new();
    let file = env.file("taken", "");
    let found = examine(&env, &[("XDG_STATE_HOME", file.to_str().unwrap())], 1);
    says(&found, "state folder", "fail", "XDG_STATE_HOME");
    let found = examine(&env, &[("TMPDIR", file.to_str().unwrap())], 1);
    says(&found, "temp folder", "fail", "TMPDIR");
    let open = env.path().join("open");
    std::fs::create_dir(&open).unwrap();
    std::fs::set_permissions(&open, std::os::unix::fs::PermissionsExt::from_mode(0o777)).unwrap();
    let found = examine(&env, &[("TMPDIR", open.to_str().unwrap())], 0);
    says(&found, "temp folder", "warn", "chmod +t");
    env.prepare("Native", "true", json!(null));
    let _ = env.run_job(&[]).0.ok();
    let found = examine(&env, &[], 0);
    says(&found, "state folder", "ok", "mode 0700");
}

#[test]
fn a_line_each_with_a_sign_or_a_letter() {
    let env = Env::new();
    env.prepare("Kubernetes", "true", json!(null));
    let empty = without_programs(&env);
    let run = |locale: &str, more: &[&str]| -> crate::env::Output {
        let arguments: Vec<_> = ["doctor"].iter().chain(more).copied().collect();
        let mut command = env.command(&arguments);
        command.env("PATH", &empty).env("LC_ALL", locale).output().unwrap().into()
    };
    let shown = run("C.UTF-8", &[]).exits(1).stdout;
    for begin in ["✓ database ", "✗ kubectl ", "! key "] {
        assert!(shown.lines().any(|line| line.starts_with(begin)), "no {begin:?} in {shown}");
    }
    assert!(shown.contains("\n                 Install kubectl 1.32 or newer"), "{shown}");
    let shown = run("C", &[]).exits(1).stdout;
    for begin in ["ok   database ", "FAIL kubectl ", "warn key "] {
        assert!(shown.lines().any(|line| line.starts_with(begin)), "no {begin:?} in {shown}");
    }
    assert!(shown.is_ascii(), "{shown}");
    let quiet = run("C", &["-q"]).exits(1).stdout;
    assert!(quiet.contains("FAIL kubectl") && !quiet.contains("ok   "), "{quiet}");
}

/// A server that takes a connection and says nothing.
fn silent_port() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

#[test]
fn a_silent_database_and_a_silent_kubectl_are_told() {
    let mut env = Env::new();
    let (_listener, port) = silent_port();
    for (key, value) in [
        ("DB_CONNECTION", "pgsql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", &port),
        ("DB_USERNAME", "u"),
        ("DB_PASSWORD", "marker"),
        ("DB_DATABASE", "d"),
        ("MULTIFLEXI_TEST_LIMIT_SECONDS", "2"),
    ] {
        env.set(key, value);
    }
    let programs = env.path().join("bin");
    std::fs::create_dir_all(&programs).unwrap();
    for name in ["kubectl", "helm"] {
        let program = programs.join(name);
        std::fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:/usr/bin:/bin", programs.display());
    let output: crate::env::Output =
        env.command(&["doctor", "--format=json"]).env("PATH", path).output().unwrap().into();
    let output = output.exits(1);
    let found = output.json();
    says(&found, "database", "fail", "has not answered");
    says(&found, "kubectl", "warn", "has not answered");
    says(&found, "helm", "warn", "has not answered");
    assert!(!output.stdout.contains("marker"));
}

on_each_database!(what_others_may_read_along_is_told, |env| {
    if env.variable("DB_CONNECTION").is_none() {
        return;
    }
    // A name of this machine that does not show it: to the tool it is any other one.
    let far = ("DB_HOST", "127.1");
    let prefer = examine(env, &[far], 0);
    says(&prefer, "tls", "warn", "Set DB_SSLMODE to require");
    // The tests' servers encrypt nothing.
    says(
        &examine(env, &[far, ("DB_SSLMODE", "disable")], 0),
        "tls",
        "warn",
        "can be read on its way (DB_SSLMODE disable)",
    );
    says(&examine(env, &[("DB_SSLMODE", "disable")], 0), "tls", "ok", "on this machine");
});

#[test]
fn a_database_that_cannot_be_made_is_a_fault() {
    let env = Env::new();
    let file = env.file("plain", "");
    let below = file.join("x.sqlite3");
    let found = examine(&env, &[("DB_CONNECTION", "sqlite"), ("DB_DATABASE", below.to_str().unwrap())], 1);
    says(&found, "database", "fail", "cannot be made");
    let found = examine(&env, &[("XDG_DATA_HOME", file.to_str().unwrap())], 1);
    says(&found, "database", "fail", "cannot be made");
}

// A server that stores times by its own clock takes none that this clock does not show.
#[needs::needs(mariadb)]
#[test]
fn a_server_in_another_zone_is_told() {
    let mut own = crate::crash::database::Own::new("mariadb");
    let mut zones = std::process::Command::new("mariadb-tzinfo-to-sql");
    let zones = zones.args(["/usr/share/zoneinfo/Europe/Prague", "Europe/Prague"]).output().unwrap();
    own.admin(&format!("USE mysql; {}", String::from_utf8(zones.stdout).unwrap()));
    own.admin("SET GLOBAL time_zone = 'Europe/Prague'");
    own.env.prepare("Native", "exit 3", json!(null));
    let of_zone = |env: &Env| of(&examine(env, &[], 0), "server zone").len();
    assert_eq!(of_zone(&own.env), 1);
    let gap = [("MULTIFLEXI_TEST_NOW", "1806201000")];
    let mut schedule = own.env.command(&["runtemplate", "schedule", "--id=1"]);
    let refused: crate::env::Output = schedule.envs(gap).output().unwrap().into();
    refused.refused(1, "`multiflexi-cli doctor` tells where that zone is not MULTIFLEXI_TIMEZONE's");
    own.env.set("MULTIFLEXI_TIMEZONE", "Europe/Prague");
    assert_eq!(of_zone(&own.env), 0);
    own.admin("SET GLOBAL time_zone = '+00:00'");
    assert_eq!(of_zone(&own.env), 0);
}

on_each_database!(a_schema_is_examined_by_few_statements, |env| {
    env.run(&["company", "create", "--name=Acme"]).ok();
    let told = env.run(&["doctor", "-vv"]).stderr;
    let mut times = std::collections::HashMap::new();
    for sql in told.lines().filter_map(|line| line.split_once(" sql=")).map(|(_, sql)| sql) {
        *times.entry(sql).or_insert(0) += 1;
    }
    assert!(times.len() > 5, "{told}");
    let often: Vec<_> = times.iter().filter(|(_, times)| **times > 4).collect();
    assert!(often.is_empty(), "{often:?}");
});
