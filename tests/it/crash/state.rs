//! Where files about jobs lie: not where somebody else on the machine can make them first, and no link is followed.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;
use std::process::Command;

use needs::needs;
use serde_json::json;

use super::{counted, dies_at, job, runs};
use crate::env::{Env, Output};

const NOBODY: u32 = 65534;

/// Runs a command without some of its variables.
fn without(env: &Env, names: &[&str], arguments: &[&str]) -> Output {
    let mut command = env.command(arguments);
    for name in names {
        command.env_remove(name);
    }
    command.output().unwrap().into()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o7777
}

fn prepared() -> Env {
    let env = Env::new();
    env.prepare("Native", &counted(&env, "exit 3"), json!(null));
    env
}

#[test]
fn an_empty_variable_is_none() {
    let mut env = prepared();
    env.set("XDG_STATE_HOME", "");
    let id = env.schedule();
    dies_at(&env, "ended", &["job", "run", &format!("--id={id}")]);
    assert!(!env.path().join("multiflexi").exists());
    let folder = env.path().join(".local/state/multiflexi/running");
    assert_eq!((mode(&folder), std::fs::read_dir(&folder).unwrap().count()), (0o700, 1));
    // A relative one is ignored, as its specification has it.
    env.set("XDG_STATE_HOME", "here");
    env.run(&["queue", "run"]).ok();
    assert!(!env.path().join("here").exists());
    assert_eq!(job(&env, &id)["exitcode"], 3);
}

/// The runner's record names the folder, and whoever reads that takes no path that leads upwards.
#[test]
fn a_state_folder_may_be_given_by_a_path_that_leads_upwards() {
    let mut env = prepared();
    std::fs::create_dir(env.path().join("inner")).unwrap();
    env.set("XDG_STATE_HOME", env.path().join("inner/../upwards").to_str().unwrap());
    let id = env.schedule();
    dies_at(&env, "ended", &["job", "run", &format!("--id={id}")]);
    // Whoever mends it may have another one.
    env.set("XDG_STATE_HOME", env.path().join("another").to_str().unwrap());
    env.run(&["queue", "run"]).ok();
    assert_eq!((&job(&env, &id)["exitcode"], runs(&env)), (&json!(3), 1));
    assert_eq!(std::fs::read_dir(env.path().join("upwards/multiflexi/running")).unwrap().count(), 0);
}

#[test]
fn a_unit_s_state_directory_is_taken() {
    let mut env = prepared();
    env.set("STATE_DIRECTORY", env.path().join("unit").to_str().unwrap());
    std::fs::create_dir(env.path().join("unit")).unwrap();
    let id = env.schedule();
    let mut command = env.command(&["job", "run", &format!("--id={id}")]);
    let output = command.env_remove("XDG_STATE_HOME").env("MULTIFLEXI_TEST_STOP_AT", "ended").output().unwrap();
    assert_eq!(output.status.code(), None, "{output:?}");
    assert_eq!(std::fs::read_dir(env.path().join("unit/running")).unwrap().count(), 1);
    // Whoever mends it may have another one.
    env.run(&["queue", "run"]).ok();
    assert_eq!((&job(&env, &id)["exitcode"], runs(&env)), (&json!(3), 1));
    assert_eq!(std::fs::read_dir(env.path().join("unit/running")).unwrap().count(), 0);
}

/// As a unit without `User=` runs us.
#[needs(root)]
#[test]
fn root_without_a_home_keeps_it_in_var_lib() {
    let env = prepared();
    let id = env.schedule();
    let program = env.command(&[]).get_program().to_owned();
    let run = |script: &str| {
        let mut command = env.command(&[]);
        let variables: Vec<_> = command.get_envs().map(|(k, v)| (k.to_owned(), v.map(ToOwned::to_owned))).collect();
        command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &format!("mount -t tmpfs none /var/lib && {script}"), "sh"]).arg(&program);
        command.env_clear().envs(variables.into_iter().filter_map(|(k, v)| Some((k, v?))));
        command.env("DB_CONNECTION", "sqlite").env("DB_DATABASE", env.database());
        command.env_remove("HOME").env_remove("XDG_STATE_HOME").env_remove("XDG_DATA_HOME");
        Output::from(command.current_dir(env.path()).output().unwrap())
    };
    let script = format!(
        "MULTIFLEXI_TEST_STOP_AT=ended $1 job run --id={id}; ls -A /tmp/multiflexi 2>/dev/null; \
         stat -c '%a %n' /var/lib/multiflexi/running; ls /var/lib/multiflexi/running | wc -l; $1 queue run"
    );
    let output = run(&script);
    assert!(output.stdout.contains("700 /var/lib/multiflexi/running\n1\n"), "{output:#?}");
    assert_eq!(job(&env, &id)["exitcode"], 3, "{output:#?}");
}

/// Neither root nor anybody with a home: it says which variable is missing, and the job waits on.
#[needs(root)]
#[test]
fn without_any_place_the_job_is_not_run() {
    let env = prepared();
    let id = env.schedule();
    for entry in [env.path(), &env.path().join("data"), &env.path().join("data/multiflexi"), &env.database()] {
        chown(entry, Some(NOBODY), Some(NOBODY)).unwrap();
    }
    let inner = env.command(&["job", "run", &format!("--id={id}")]);
    let mut command = Command::new("setpriv");
    command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]);
    command.arg(inner.get_program()).args(inner.get_args()).current_dir(env.path()).env_clear();
    command.envs(inner.get_envs().filter_map(|(k, v)| Some((k, v?))));
    let output: Output = command.env_remove("HOME").env_remove("XDG_STATE_HOME").output().unwrap().into();
    if output.stderr.contains("ermission denied") && output.code > 125 {
        eprintln!("without_any_place_the_job_is_not_run: skipped, as the binary lies where nobody else may go");
        return;
    }
    output.refused(1, "XDG_STATE_HOME");
    assert_eq!((env.json(&["queue", "list"]).as_array().unwrap().len(), runs(&env)), (1, 0));
}

/// What somebody else made first is not taken, be it a folder or a link to one.
#[needs(root)]
#[test]
fn another_user_s_folder_is_refused() {
    for link in [false, true] {
        let mut env = prepared();
        let id = env.schedule();
        let shared = env.path().join("shared");
        std::fs::create_dir(&shared).unwrap();
        std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).unwrap();
        let folder = shared.join("multiflexi");
        if link {
            std::fs::create_dir(env.path().join("ours")).unwrap();
            symlink(env.path().join("ours"), &folder).unwrap();
            std::os::unix::fs::lchown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        } else {
            std::fs::create_dir_all(folder.join("running")).unwrap();
            chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
            chown(folder.join("running"), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        env.set("XDG_STATE_HOME", shared.to_str().unwrap());
        let output = env.run(&["job", "run", &format!("--id={id}")]);
        output.refused(1, folder.to_str().unwrap());
        assert_eq!((env.json(&["queue", "list"]).as_array().unwrap().len(), runs(&env)), (1, 0));
    }
}

/// Nor is a file that is a link, or has another name: what is behind it stays as it is.
#[test]
fn a_link_in_place_of_a_run_file_is_not_followed() {
    for hard in [false, true] {
        let env = prepared();
        let id = env.schedule();
        dies_at(&env, "claimed", &["job", "run", &format!("--id={id}")]);
        let folder = env.path().join("state/multiflexi/running");
        let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(&file).unwrap();
        let victim = env.file("victim", "precious");
        if hard {
            std::fs::hard_link(&victim, &file).unwrap()
        } else {
            symlink(&victim, &file).unwrap()
        }
        env.run(&["queue", "run"]).exits(1);
        let _ = env.run(&["job", "run", &format!("--id={id}")]);
        assert_eq!(std::fs::read_to_string(&victim).unwrap(), "precious");
        assert_eq!(runs(&env), 0);
    }
}

/// A folder that others may write to is closed to them.
#[test]
fn a_folder_that_is_open_is_closed() {
    let env = prepared();
    let folder = env.path().join("state/multiflexi/running");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777)).unwrap();
    let id = env.schedule();
    env.run(&["job", "run", &format!("--id={id}")]).exits(3);
    assert_eq!(mode(&folder), 0o700);
    let _ = without(&env, &[], &["queue", "run"]).ok();
}

/// The suite's folder for jobs' files, where that is the suite's user's, who could put a link in place of root's: another one is taken.
#[needs(root)]
#[test]
fn root_keeps_no_files_of_jobs_where_somebody_else_could_replace_them() {
    let env = prepared();
    let program = env.command(&[]).get_program().to_owned();
    let run = |owner: u32, mode: &str, arguments: &str| {
        let script = format!(
            "mount -t tmpfs none /var/lib && mkdir -p /var/lib/multiflexi/tmp && chmod {mode} /var/lib/multiflexi/tmp && \
             chown -R {owner} /var/lib/multiflexi && $1 {arguments}"
        );
        let mut command = Command::new("unshare");
        command.args(["--mount", "sh", "-c", &script, "sh"]).arg(&program).env_clear();
        command.envs(env.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
        Output::from(command.current_dir(env.path()).output().unwrap())
    };
    env.import("pwd; exit 3", json!(null));
    for (owner, mode, is_taken) in
        [(0, "755", true), (0, "1777", true), (0, "777", false), (NOBODY, "755", false), (NOBODY, "1777", false)]
    {
        let ran = run(owner, mode, "runtemplate run --id=1").exits(3);
        assert_eq!(ran.stdout.starts_with("/var/lib/multiflexi/tmp/"), is_taken, "{owner} {mode}: {ran:#?}");
        let found = run(owner, mode, "doctor --format=json").json();
        let told = found.as_array().unwrap().iter().find(|finding| finding["check"] == "temp folder").unwrap();
        let message = told["message"].as_str().unwrap();
        assert_eq!(
            message.contains("jobs' files are not kept in /var/lib/multiflexi/tmp"),
            !is_taken,
            "{owner} {mode}: {message}"
        );
    }
}
