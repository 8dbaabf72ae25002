//! The command line itself: spellings, formats, exit codes, start-up.

use serde_json::json;

use crate::env::Env;

#[test]
fn spellings_mean_the_same() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let wanted = env.json(&["runtemplate", "list"]);
    for call in [
        &["runtemplate:list"][..],
        &["run-template:list"],
        &["run-template", "list"],
        &["run_template", "list"],
        &["runt", "list"],
        &["runtemplate", "list", "--company-id=1"],
        &["runtemplate", "list", "--company_id=1"],
    ] {
        assert_eq!(env.json(call), wanted, "{call:?}");
    }
    for call in [
        &["-f", "json", "runtemplate", "list"][..],
        &["--format=json", "runtemplate:list"],
        &["runtemplate", "list", "-fjson"],
        &["runtemplate", "--format", "JSON", "list"],
    ] {
        assert_eq!(env.run(call).ok().json(), wanted, "{call:?}");
    }
}

#[test]
fn old_nouns_and_the_lists_of_commands() {
    let env = Env::new();
    for noun in [
        "credtype", "credentialtype", "crprototype", "companyapp", "eventsource", "eventrule", "userdataerasure",
        "user:data-erasure",
    ] {
        assert_eq!(env.json(&[noun, "list"]), json!([]), "{noun}");
    }
    assert_eq!(env.json(&["list"]), env.json(&["describe"]));
    assert_eq!(env.run(&["list", "run-template"]).ok().stdout, env.run(&["run-template", "--help"]).ok().stdout);
    assert_eq!(env.run(&["list"]).ok().stdout, env.run(&["--help"]).ok().stdout);
}

#[test]
fn what_is_not_understood_is_refused_with_words() {
    let env = Env::new();
    env.run(&["nosuch:command"]).refused(2, "there is no command `nosuch`");
    env.run(&["company", "nosuch"]).refused(2, "`company` has no command `nosuch`");
    env.run(&["compnay", "list"]).refused(2, "Did you mean company");
    env.run(&["company", "list", "--nosuch"]).refused(2, "--nosuch");
    env.run(&["company", "list", "--format=xml"]).refused(2, "xml");
    assert!(!env.database().exists());
}

#[test]
fn an_error_in_json_is_one_object_on_stdout() {
    let env = Env::new();
    for (call, code, word) in [
        (&["company", "remove", "--id=9", "-f", "json"][..], 1, "not_found"),
        (&["company", "get", "--id=x", "--format=json"], 2, "usage"),
        (&["--format", "json", "nosuch"], 2, "usage"),
    ] {
        let output = env.run(call).exits(code);
        let error = output.json();
        assert_eq!((&error["status"], &error["code"]), (&json!("error"), &json!(word)), "{output:?}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "{output:?}");
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn a_listing_can_be_csv() {
    let env = Env::new();
    env.run(&["company", "create", "--name=A, \"B\" and C", "--slug=abc"]).ok();
    let list = env.run(&["company", "list", "--fields=id,name,email", "--format=csv"]).ok();
    assert_eq!(list.stdout, "id,name,email\n1,\"A, \"\"B\"\" and C\",\n");
    let empty = env.run(&["job", "list", "--fields=id,env", "--format=csv"]).ok();
    assert_eq!((empty.stdout.as_str(), empty.stderr.as_str()), ("id,env\n", ""));
    env.prepare("Native", "true", json!(null));
    for call in [&["application", "show-config", "--id=1"][..], &["runtemplate", "list-credentials", "--id=1"]] {
        assert!(env.run(&[call, &["--format=csv"]].concat()).ok().stdout.starts_with("id,"), "{call:?}");
    }
    env.run(&["company", "get", "--id=1", "--format=csv"]).refused(2, "text, json");
}

#[test]
fn help_and_version_touch_no_database() {
    let env = Env::new();
    for call in [
        &["--help"][..],
        &["--version"],
        &["company", "--help"],
        &["company", "create", "--help"],
        &["-e", "test.env", "-q", "company", "--help"],
        &["help", "job", "run"],
        &[],
    ] {
        let output = env.run(call).ok();
        assert!(!output.stdout.is_empty());
    }
    assert!(!env.database().exists());
}

#[test]
fn what_is_about_the_program_itself_reads_no_settings() {
    let mut env = Env::new();
    env.set("MULTIFLEXI_TIMEZONE", "No/Where");
    env.file(".env", "DB_CONNECTION=nonsense\n");
    env.run(&["company", "list"]).exits(1);
    let folder = env.path().join("man");
    for call in [&["describe"][..], &["completion", "bash"], &["man", folder.to_str().unwrap()]] {
        let _ = env.run(call).ok();
    }
    assert!(!env.database().exists());
}

#[test]
fn a_listing_cut_by_its_reader_is_no_failure() {
    let env = Env::new();
    for n in 0..5 {
        env.run(&["company", "create", &format!("--name=Company {n}"), &format!("--slug=c{n}")]).ok();
    }
    let mut command = env.command(&["company", "list", "--format=json"]);
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0), "{output:?}");
}

#[test]
fn a_database_that_cannot_be_reached_is_named() {
    let mut env = Env::new();
    for (key, value) in [
        ("DB_CONNECTION", "mysql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", "1"),
        ("DB_DATABASE", "multiflexi"),
        ("DB_USERNAME", "someone"),
        ("DB_PASSWORD", "marker-secret"),
    ] {
        env.set(key, value);
    }
    let output = env.run(&["company", "list"]).refused(1, "127.0.0.1:1");
    assert!(!output.stderr.contains("marker-secret"), "{output:?}");
    env.set("DB_CONNECTION", "oracle");
    env.run(&["company", "list"]).refused(1, "oracle");
}

#[test]
fn the_environment_file_wins_over_the_environment() {
    let mut env = Env::new();
    env.set("DB_CONNECTION", "mysql");
    let database = env.path().join("other.sqlite3");
    let file =
        env.file("mine.env", &format!("# a comment\nDB_CONNECTION='sqlite'\nDB_DATABASE=\"{}\"\n", database.display()));
    env.run(&["company", "create", "--name=A", "-e", file.to_str().unwrap()]).ok();
    assert!(database.exists());
    env.run(&["company", "list", "-e", "/nonexistent.env"]).refused(1, "/nonexistent.env");
}

#[test]
fn an_option_given_twice_counts_as_it_stands_last() {
    let env = Env::new();
    env.run(&["company", "create", "--name=First", "--name=Second", "--format=text", "--format=json"]).ok().json();
    assert_eq!(env.json(&["company", "list"])[0]["name"], "Second");
    assert_eq!(env.run(&["company", "get", "--id=9", "--format=json", "--format=text"]).exits(1).stdout, "");
}

#[test]
fn an_error_of_the_command_line_comes_in_the_format_that_it_asks_for() {
    let env = Env::new();
    for format in [&["-vf", "json"][..], &["-qfjson"], &["-f=json"], &["--format=text", "-fjson"], &["-F", "JSON"]] {
        let output = env.run(&[&["company", "list", "--nosuch"], format].concat()).exits(2);
        assert_eq!(output.json()["code"], "usage", "{format:?}");
    }
    env.run(&["company", "list", "--nosuch", "--format=json", "-f", "text"]).refused(2, "--nosuch");
}

#[test]
fn no_value_steers_the_terminal() {
    let env = Env::new();
    env.run(&["company", "create", "--name=a\u{1b}[31mb", "--settings=one\ntwo"]).ok();
    for call in [&["company", "list"][..], &["company", "get", "--id=1"]] {
        let output = env.run(call).ok();
        assert!(output.stdout.contains("a\\u{1b}[31mb") && !output.stdout.contains('\u{1b}'), "{output:?}");
    }
    assert!(env.run(&["company", "get", "--id=1"]).ok().stdout.contains("settings: one\ntwo\n"));
    assert_eq!(env.json(&["company", "get", "--id=1"])["name"], "a\u{1b}[31mb");
}

/// Runs a command on a terminal of this width and tells what it printed there.
pub fn on_terminal(env: &Env, columns: u32, arguments: &str) -> String {
    let binary = env!("CARGO_BIN_EXE_multiflexi-cli");
    let line = format!("stty cols {columns} rows 30; '{binary}' {arguments}");
    let mut command = env.command(&[]);
    let mut script = std::process::Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).current_dir(env.path()).stdin(std::process::Stdio::null());
    script.envs(command.env("SHELL", "/bin/sh").get_envs().filter_map(|(key, value)| Some((key, value?))));
    String::from_utf8_lossy(&script.output().unwrap().stdout).replace('\r', "")
}

#[test]
fn a_table_keeps_words_whole_where_the_terminal_is_narrow() {
    let mut env = Env::new();
    // What colours add to a line has no width.
    env.set("NO_COLOR", "1");
    env.prepare("Kubernetes", "true", json!(null));
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=2031-02-03 04:05:06"]).ok();
    for (columns, words) in [(80, &["Kubernetes", "2031-02-03", "04:05:06"][..]), (200, &["2031-02-03 04:05:06"])] {
        let fields = "id,runtemplate_id,executor,schedule,begin,end,exitcode,command";
        let table = on_terminal(&env, columns, &format!("job list --fields={fields}"));
        assert!(words.iter().all(|word| table.contains(word)), "{table}");
        assert!(table.lines().all(|line| line.chars().count() <= columns as usize), "{table}");
    }
    // Where nothing helps, each row is a record.
    let records = on_terminal(&env, 30, "job list --fields=id,executor,schedule,command,exitcode");
    assert!(records.starts_with("id: 1\nexecutor: Kubernetes\n") && records.ends_with("\n\n"), "{records}");
}

#[test]
fn an_argument_that_is_not_utf8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let env = Env::new();
    let mut command = env.command(&["company", "create", "--format=json"]);
    let output = command.arg(std::ffi::OsStr::from_bytes(b"--name=p\xf8i")).output().unwrap();
    let error: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &error["code"]), (Some(2), &json!("usage")), "{output:?}");
    assert!(error["message"].as_str().unwrap().contains("argument 4 is not UTF-8"), "{error}");
    assert!(!env.database().exists());
}

/// What the first page shows is what happens: each of its commands is run, in a home of their own.
#[test]
fn the_first_five_minutes_of_the_readme() {
    let env = Env::new();
    let readme = std::fs::read_to_string(crate::env::root().join("README.md")).unwrap();
    let section = readme.split("## The first five minutes").nth(1).unwrap().split("\n## ").next().unwrap();
    let lines: Vec<&str> = section.lines().filter_map(|line| line.strip_prefix("    multiflexi-cli ")).collect();
    assert!(lines.len() > 5, "{section}");
    let program = env.command(&[]).get_program().to_owned();
    for line in lines {
        let own = env.command(&[]);
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &format!("exec \"$0\" {line}")]).arg(&program).env_clear().current_dir(env.path());
        let output = command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?)))).output().unwrap();
        crate::env::Output::from(output).ok();
    }
    assert_eq!(env.json(&["job", "get", "--id=1"])["exitcode"], 0);
}

#[test]
fn help_is_one_value_where_that_is_asked_for() {
    let env = Env::new();
    let all = env.json(&["help"]);
    assert_eq!(all, env.json(&["describe"]));
    assert_eq!(env.run(&["-f", "json", "help"]).ok().json(), all);
    assert_eq!(env.json(&["help", "company", "list"]), all["company:list"]);
    assert!(env.run(&["help"]).ok().stdout.contains("Usage: "));
}

/// A low limit of open files is raised where the hard one lets us, and is told else.
#[test]
fn few_open_files_are_raised_or_told() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme"]).ok();
    let limited = |limit: &str, arguments: &str| -> crate::env::Output {
        let own = env.command(&[]);
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &format!("ulimit {limit} && exec \"$0\" {arguments}")]).arg(own.get_program()).env_clear();
        command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?)))).current_dir(env.path());
        command.output().unwrap().into()
    };
    assert!(limited("-S -n 6", "company list").ok().stdout.contains("Acme"));
    assert!(limited("-n 6", "--version").ok().stdout.contains("multiflexi-cli"));
    for files in 4..13 {
        let output = limited(&format!("-n {files}"), "company list").refused(1, "as many files as a command needs");
        assert!(output.stderr.contains("ulimit -n 1024"), "{output:#?}");
    }
    for files in 13..20 {
        let output = limited(&format!("-n {files}"), "company list --format=json");
        let is_told = output.code == 1 && output.json()["message"].to_string().contains("as many files");
        assert!(output.code == 0 || is_told, "{files}: {output:#?}");
    }
}
