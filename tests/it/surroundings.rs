//! What lies around a command: the folder that it is called in, its variables, the machine's clock, and signals.

use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::process::{Command, Stdio};

use serde_json::json;

use crate::env::{Env, Output, on_each_database};
use crate::pty::Pty;

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

fn folder(env: &Env, name: &str, mode: u32) -> std::path::PathBuf {
    let folder = env.path().join(name);
    std::fs::create_dir(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    folder
}

/// A command that is called in this folder.
fn called_in(env: &Env, folder: &std::path::Path, arguments: &[&str]) -> Output {
    env.command(arguments).current_dir(folder).output().unwrap().into()
}

/// It would say which database is meant, and so which programs `queue run` runs.
#[test]
fn a_settings_file_that_somebody_else_put_into_a_shared_folder_is_not_read() {
    if !is_root() {
        return;
    }
    let env = Env::new();
    env.run(&["company", "create", "--name=Own"]).ok();
    let theirs = env.path().join("theirs.sqlite3");
    let shared = folder(&env, "shared", 0o1777);
    let settings = format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", theirs.display());
    std::fs::write(shared.join(".env"), &settings).unwrap();
    chown(shared.join(".env"), Some(65534), Some(65534)).unwrap();
    let refused = called_in(&env, &shared, &["company", "list"]).refused(1, "where everybody may write, is that of");
    assert!(refused.stderr.contains("-e .env"), "{refused:#?}");
    assert!(!theirs.exists());
    // Who names it means it; and in a folder of somebody's own root works as they do.
    called_in(&env, &shared, &["-e", ".env", "company", "list"]).ok();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o755)).unwrap();
    called_in(&env, &shared, &["company", "list"]).ok();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).unwrap();
    // Theirs is a link as well, wherever it leads.
    std::fs::rename(shared.join(".env"), env.path().join("mine.env")).unwrap();
    chown(env.path().join("mine.env"), Some(0), Some(0)).unwrap();
    std::os::unix::fs::symlink("../mine.env", shared.join(".env")).unwrap();
    std::os::unix::fs::lchown(shared.join(".env"), Some(65534), Some(65534)).unwrap();
    called_in(&env, &shared, &["company", "list"]).refused(1, "is that of");
    std::os::unix::fs::lchown(shared.join(".env"), Some(0), Some(0)).unwrap();
    called_in(&env, &shared, &["company", "list"]).ok();
}

#[test]
fn a_pipe_called_env_holds_no_command() {
    let env = Env::new();
    let place = folder(&env, "place", 0o755);
    assert!(Command::new("mkfifo").arg(place.join(".env")).status().unwrap().success());
    let ours = env.command(&["company", "list"]);
    let mut command = Command::new("timeout");
    command.arg("10").arg(ours.get_program()).args(ours.get_args()).current_dir(place).env_clear();
    command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?)))).stdin(Stdio::null());
    Output::from(command.output().unwrap()).ok();
}

/// Taken for one that is not set, it would lead to another database.
#[test]
fn a_setting_that_is_no_text_is_refused() {
    let env = Env::new();
    let no_text = std::ffi::OsStr::from_bytes(b"/srv/caf\xe9.sqlite3");
    for key in ["DB_CONNECTION", "DB_DATABASE", "DB_PASSWORD", "ENCRYPTION_MASTER_KEY", "MULTIFLEXI_TIMEZONE"] {
        let mut command = env.command(&["company", "list"]);
        let output: Output = command.env(key, no_text).output().unwrap().into();
        output.refused(1, &format!("{key} in the environment is not UTF-8"));
    }
    assert!(!env.database().exists());
    // What a file says counts.
    let file = env.file("own.env", "DB_CONNECTION=sqlite\nDB_DATABASE=own.sqlite3\n");
    let mut command = env.command(&["-e", file.to_str().unwrap(), "company", "list"]);
    Output::from(command.env("DB_DATABASE", no_text).output().unwrap()).ok();
}

#[test]
fn the_embedded_database_is_the_same_in_each_folder() {
    let env = Env::new();
    let place = folder(&env, "place", 0o755);
    let mut command = env.command(&["company", "create", "--name=One"]);
    Output::from(command.env("XDG_DATA_HOME", "data").current_dir(&place).output().unwrap()).ok();
    assert!(!place.join("data").exists());
    assert!(env.path().join(".local/share/multiflexi/multiflexi.sqlite3").exists());
    let mut command = env.command(&["company", "list"]);
    let nowhere = command.env("XDG_DATA_HOME", "data").env("HOME", "home").current_dir(&place);
    Output::from(nowhere.output().unwrap()).refused(1, "neither XDG_DATA_HOME nor HOME");
}

#[test]
fn what_a_database_has_is_not_told_of_one_that_is_not_there() {
    let env = Env::new();
    env.run(&["database", "status"]).refused(1, "there is no");
    assert!(!env.database().exists());
}

// A machine without a battery for its clock begins with 1970, until it has asked for the time.
on_each_database!(a_clock_that_was_never_set_makes_no_jobs, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=d", "--from=next"]).ok();
    env.run(&["queue", "fill"]).ok();
    let before = env.sql("SELECT id, schedule FROM job; SELECT next_schedule FROM runtemplate");
    for command in [&["queue", "fill"][..], &["queue", "fill", "--dry-run"], &["queue", "run", "--fill"]] {
        let output = crate::moments::at(env, "1970-01-01 00:01:10", "UTC", command);
        output.refused(1, "clock says 1970-01-01 00:01:10");
    }
    assert_eq!(env.sql("SELECT id, schedule FROM job; SELECT next_schedule FROM runtemplate"), before);
});

// MariaDB, by which the suite compared them, takes both for one.
on_each_database!(a_capital_letter_for_never_is_never, |env| {
    env.prepare("Native", "true", json!(null));
    env.sql("UPDATE runtemplate SET interv = 'N', cron = '* * * * *'");
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);
});

on_each_database!(a_name_of_many_lines_forges_no_line_of_an_error, |env| {
    env.run(&["company", "create", "--name=Acme"]).ok();
    let mut declared = crate::env::definition("App");
    declared["environment"] = json!({"KEY": {"type": "string", "description": "A key"}});
    env.import_definition(&declared).ok();
    let end = if env.is_postgres() { "chr(10)" } else { "char(10)" };
    let joined = if env.variable("DB_CONNECTION") == Some("mysql") {
        format!("concat('App', {end}, 'hint: all is well')")
    } else {
        format!("'App' || {end} || 'hint: all is well'")
    };
    env.sql(&format!("UPDATE apps SET name = {joined}"));
    let refused = env
        .run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=R", "--config=KEZ=x"])
        .refused(1, "has no such variable");
    assert!(!refused.stderr.lines().any(|line| line.starts_with("hint: all is well")), "{refused:#?}");
});

/// `kill` from elsewhere, at a question whose answer is not shown.
#[test]
fn a_signal_at_a_hidden_question_leaves_the_terminal_as_it_was() {
    let env = Env::new();
    env.run(&["user", "create", "--login=jane", "--plaintext=first"]).ok();
    for (signal, code) in [("TERM", 143), ("HUP", 129), ("INT", 130), ("QUIT", 131)] {
        let program = env!("CARGO_BIN_EXE_multiflexi-cli");
        let ours = format!("ulimit -c 0; echo $$ > pid; exec {program} user update --id=1 --plaintext=-");
        let script = format!("trap : INT; sh -c '{ours}'; echo ended $?; stty -a; echo done");
        let mut terminal = Pty::start(&env, &script, &[]);
        terminal.read_until("--plaintext: ");
        let pid = std::fs::read_to_string(env.path().join("pid")).unwrap();
        let sent = Command::new("kill").args([&format!("-{signal}"), pid.trim()]).status().unwrap();
        assert!(sent.success());
        terminal.read_until("done\r\n");
        let shown = terminal.end();
        assert!(shown.contains(&format!("ended {code}")), "{signal}: {shown}");
        assert!(shown.contains(" echo ") && !shown.contains("-echo ") && !shown.contains("-isig"), "{signal}: {shown}");
    }
}

#[test]
fn a_backup_that_a_signal_ends_leaves_nothing() {
    let env = Env::new();
    env.run(&["company", "create", "--name=One"]).ok();
    env.sql(
        "CREATE TABLE much AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000) \
         SELECT i, hex(randomblob(500)) AS text FROM n",
    );
    let there = || {
        let names =
            std::fs::read_dir(env.path()).unwrap().flatten().map(|entry| entry.file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("backup")).collect::<Vec<_>>()
    };
    let child = env.command(&["database", "backup", "backup.db"]).stderr(Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| !there().is_empty());
    std::thread::sleep(std::time::Duration::from_millis(150));
    crate::crash::signal(&child, "TERM");
    let output = child.wait_with_output().unwrap();
    assert!(!output.status.success(), "{output:?}");
    assert_eq!(there(), Vec::<String>::new());
    env.run(&["database", "backup", "backup.db"]).ok();
}
