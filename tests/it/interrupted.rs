//! Work that takes its time shows a bar on a terminal, and says how far it came where a signal ends it; what is whole stays.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::crash::{Locked, is_stopped, pauses_at, signal};
use crate::env::{Env, Output, definition, on_each_database};
use crate::job::wait_until;

/// So many jobs that ended long ago, and a log record of each.
fn fill(env: &Env, jobs: usize) {
    env.prepare("Native", "true", json!(null));
    let q = env.quote();
    // The servers want to know who began a job, and there is nobody before the first.
    let id = format!("--id={}", env.schedule());
    let user = env.sql("select launched_by from job").trim().to_owned();
    env.run(&["job", "delete", &id]).ok();
    for from in (0..jobs).step_by(500) {
        let ids = || from + 1..=(from + 500).min(jobs);
        let rows: Vec<_> = ids()
            .map(|id| format!("({id}, 1, 1, 1, {user}, '2020-01-01 10:00:00', '2020-01-01 10:00:01', 0, 'Native')"))
            .collect();
        env.sql(&format!(
            "insert into job (id, app_id, company_id, runtemplate_id, launched_by, {q}begin{q}, {q}end{q}, exitcode, executor) values {};",
            rows.join(",")
        ));
    }
}

fn jobs(env: &Env) -> usize {
    env.sql("select count(*) from job").trim().parse().unwrap()
}

/// Interrupts a command that pauses at a point of its work, and lets it go on whenever it pauses again.
#[track_caller]
fn interrupt(command: Command, point: &str, name: &str) -> Output {
    let mut child: Child = pauses_at(command, point);
    signal(&child, name);
    wait_until(|| {
        if child.try_wait().unwrap().is_none() && is_stopped(&child) {
            signal(&child, "CONT");
        }
        child.try_wait().unwrap().is_some()
    });
    child.wait_with_output().unwrap().into()
}

/// How many of how many, as the words of an interruption have it.
#[track_caller]
fn how_far(output: &Output, signal: &str, words: &str) -> (usize, usize) {
    let begin = format!("error: interrupted by {signal}: ");
    let counts = output.stderr.split_once(&begin).and_then(|(_, rest)| rest.split_once(words));
    let (counts, _) = counts.unwrap_or_else(|| panic!("no {words:?} in {output:#?}"));
    let (done, all) = counts.split_once(" of ").unwrap();
    let number = |text: &str| text.trim().replace(',', "").parse().unwrap();
    (number(done), number(all))
}

on_each_database!(old_jobs_that_were_deleted_stay_so, |env| {
    fill(env, 2800);
    let output = interrupt(env.command(&["job", "cleanup", "--older-than=30d"]), "batch", "TERM").exits(143);
    let (done, all) = how_far(&output, "SIGTERM", "jobs are deleted");
    assert!(all == 2800 && (500..=1000).contains(&done) && jobs(env) == 2800 - done, "{output:#?}");
    assert!(output.stderr.contains("the same command does the rest") && output.stdout.is_empty(), "{output:#?}");
    let left = jobs(env);
    let output = interrupt(env.command(&["prune", "--jobs", "--keep=1", "--format=json"]), "batch", "INT").exits(130);
    let value = output.json();
    assert_eq!((&value["code"], &value["all"]), (&json!("interrupted"), &json!(left - 1)));
    assert_eq!(jobs(env), left - usize::try_from(value["done"].as_u64().unwrap()).unwrap());
    // Nobody is told of progress off a terminal.
    let rest = env.run(&["job", "cleanup", "--older-than=30d"]).ok();
    assert_eq!((jobs(env), rest.stderr.as_str()), (0, ""));
});

on_each_database!(the_many_jobs_of_a_runtemplate_go_in_parts, |env| {
    fill(env, 3300);
    let of_two =
        [&["runtemplate", "delete", "--id=1"][..], &["company-app", "unassign", "--company_id=1", "--app_id=1"]];
    // What is refused is refused before anything is deleted.
    env.sql("update job set exitcode = null where id = 3300;");
    for call in of_two {
        env.run(call).refused(1, "its job 3300 is running");
        assert_eq!(jobs(env), 3300);
    }
    env.sql("update job set exitcode = 0 where id = 3300;");
    for call in of_two {
        let before = jobs(env);
        let output = interrupt(env.command(call), "batch", "TERM").exits(143);
        let (done, all) = how_far(&output, "SIGTERM", "jobs are deleted");
        assert!(all == before && (500..=1000).contains(&done) && jobs(env) == before - done, "{output:#?}");
        assert!(output.stderr.contains("the same command does the rest"), "{output:#?}");
        assert_eq!(env.json(&["runtemplate", "list"]).as_array().unwrap().len(), 1);
    }
    let left = jobs(env);
    assert!(left > 1000, "{left}");
    env.schedule();
    let done = env.json(&["runtemplate", "delete", "--id=1"]);
    assert_eq!((&done["deleted"], &done["deleted_jobs"]), (&json!(true), &json!(left + 1)));
    assert_eq!((jobs(env), env.sql("select count(*) from runtemplate").trim()), (0, "0"));
});

#[test]
fn files_that_were_imported_stay_so() {
    let env = Env::new();
    for n in 0..9 {
        let mut one = definition(&format!("Application {n}"));
        one["uuid"] = format!("7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a{n:02}").into();
        env.file(&format!("apps/{n}.multiflexi.app.json"), &one.to_string());
    }
    let output = interrupt(env.command(&["application", "import-json", "apps"]), "batch", "TERM").exits(143);
    let (done, all) = how_far(&output, "SIGTERM", "files are done");
    assert!(all == 9 && (1..9).contains(&done), "{output:#?}");
    assert_eq!(output.stdout.lines().count(), done);
    assert_eq!(env.json(&["application", "list"]).as_array().unwrap().len(), done);
    env.run(&["application", "import-json", "apps"]).ok();
    assert_eq!(env.json(&["application", "list"]).as_array().unwrap().len(), 9);
}

on_each_database!(a_schema_is_made_whole_by_the_next_call, |env| {
    if env.variable("DB_CONNECTION").is_none() {
        // The embedded database is made by the first command.
        env.run(&["status"]).ok();
    }
    env.sql("drop table event_rule; drop table event_source; drop table user_role_assignments;");
    let output = interrupt(env.command(&["database", "migrate"]), "migrated", "INT").exits(130);
    let (done, all) = how_far(&output, "SIGINT", "statements had been run");
    assert!(done >= 1 && done < all, "{output:#?}");
    let is_complete = || env.json(&["database", "status"])["complete"] == true;
    assert!(!is_complete());
    let stays = env.variable("DB_CONNECTION") == Some("mysql");
    assert_eq!(output.stderr.contains("What is done stays"), stays, "{output:#?}");
    env.run(&["database", "migrate"]).ok();
    assert!(is_complete());
});

#[test]
fn a_terminal_shows_a_bar_while_it_lasts() {
    let mut env = Env::new();
    fill(&env, 3);
    env.set("TERM", "xterm");
    let locked = Locked::new(&env.database());
    let program = env!("CARGO_BIN_EXE_multiflexi-cli");
    let mut command = Command::new("script");
    let line = format!("stty cols 80 rows 40; {program} job cleanup --older-than=30d --yes");
    command.args(["-q", "-e", "-c", &line, "/dev/null"]).current_dir(env.path()).env_clear().env("SHELL", "/bin/sh");
    command.envs(env.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut screen = child.stdout.take().unwrap();
    let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
    while !String::from_utf8_lossy(&shown).contains("0 of 3 jobs") {
        let read = screen.read(&mut piece).unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&shown));
        shown.extend_from_slice(&piece[..read]);
    }
    drop(locked);
    screen.read_to_end(&mut shown).unwrap();
    assert!(child.wait().unwrap().success());
    let shown = String::from_utf8(shown).unwrap();
    // It goes away when it is over.
    assert!(shown.contains("\u{1b}[2K") || shown.contains("\r\u{1b}["), "{shown:?}");
    assert!(shown.contains("3 jobs that ended before ") && shown.ends_with(" deleted\r\n"), "{shown:?}");
    assert_eq!(jobs(&env), 0);
}
