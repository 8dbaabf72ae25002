//! `job get` on a terminal is a page for people; everywhere else it is what it was.

use std::process::Stdio;

use serde_json::json;

use crate::env::{Env, definition, on_each_database, set_script};
use crate::job::wait_until;

/// An application with a secret, an artifact and words for its exit codes, and a runtemplate of it.
fn prepare(env: &Env, script: &str) {
    let mut definition = definition("Reminder");
    set_script(&mut definition, script);
    definition["environment"] = json!({
        "MODE": {"type": "string", "description": "How", "defval": "fast", "required": false},
        "PASSWORD": {"type": "password", "description": "A secret", "defval": "marker", "required": false},
    });
    definition["exitCodes"] = json!({
        "3": {"description": {"en": "No connection to the accounting server"}, "severity": "error", "retry": true},
    });
    definition["artifacts"] = json!([{"name": "Report", "path": "report.txt", "type": "text/plain"}]);
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=nightly"]).ok();
}

/// A page without what differs from one day to the next.
fn page(env: &Env, columns: usize, arguments: &[&str]) -> String {
    let text = env.screen(columns, arguments).join("\n");
    let text = regex::Regex::new(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").unwrap().replace_all(&text, "TIME").into_owned();
    let text = regex::Regex::new(r"\bjust now|\d+ (s|min|h) ago").unwrap().replace_all(&text, "AGO").into_owned();
    let text = regex::Regex::new(r"\bin \d+ [dy]\b").unwrap().replace_all(&text, "FAR").into_owned();
    // How much is told of them depends on which of them is found first.
    let notices = regex::Regex::new(r"(?s)(\nnotices\n  processes that the program left running in).*?\n\n").unwrap();
    let text = notices.replace_all(&text, "$1 …\n\n").into_owned();
    let text = regex::Regex::new(r"(took +).*").unwrap().replace_all(&text, "${1}SO LONG").into_owned();
    text.replace(env.path().to_str().unwrap(), "HOME")
}

on_each_database!(a_record_reads_from_top_to_bottom, |env| {
    let script = "seq 1 30; printf '\\033[2Jclear\\n'; echo warned >&2; echo report >report.txt; sleep 60 & exit 3";
    prepare(env, script);
    env.run(&["runtemplate", "run", "1"]).exits(3);
    env.run(&["runtemplate", "schedule", "1", "--schedule_time=2031-01-01 06:00"]).ok();
    env.run(&["job", "create", "--runtemplate_id=1", "--scheduled=now"]).ok();
    env.run(&["runtemplate", "schedule", "1"]).ok();
    env.run(&["job", "cancel", "4"]).ok();
    let calls: &[&[&str]] = &[
        &["job", "get", "1"],
        &["job", "get", "1", "-v"],
        &["job", "get", "2"],
        &["job", "get", "3"],
        &["job", "get", "4"],
    ];
    let mut text = String::new();
    for columns in [80, 200] {
        for call in calls {
            let page = page(env, columns, call);
            assert!(page.lines().all(|line| line.chars().count() <= columns || line.contains("PATH")), "{page}");
            assert!(!page.contains("marker"), "{page}");
            text.push_str(&format!("$ multiflexi-cli {} # {columns} columns\n{page}\n\n", call.join(" ")));
        }
    }
    // Who runs the tests, and how the shell is called, differ.
    let text = regex::Regex::new(r"(?m)^(started by +|command +|  PATH=|  HOME=).*")
        .unwrap()
        .replace_all(&text, "${1}…")
        .into_owned();
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("record_page", text);
    });
});

#[test]
fn a_name_with_brackets_stays_as_it_is() {
    let env = Env::new();
    prepare(&env, "true");
    env.run(&["company", "update", "--id=1", "--name=Acme (CZ)"]).ok();
    env.run(&["runtemplate", "schedule", "1"]).ok();
    let page = env.screen(120, &["job", "get", "1"]).join("\n");
    assert!(page.contains("Acme (CZ) (acme, 1)"), "{page}");
}

#[test]
fn a_running_job_says_for_how_long_and_what_can_be_done() {
    let env = Env::new();
    let release = env.path().join("release");
    prepare(&env, &format!("echo begun; while ! [ -e {} ]; do sleep 0.05; done", release.display()));
    env.schedule();
    let mut runner = env.command(&["job", "run", "1"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| env.run(&["job", "output", "1"]).stdout == "begun\n");
    let page = env.screen(80, &["job", "get", "1"]).join("\n");
    std::fs::write(&release, "").unwrap();
    runner.wait().unwrap();
    assert!(page.contains("\nrunning for "), "{page}");
    assert!(page.contains("\nstdout\n  begun\n"), "{page}");
    assert!(page.ends_with("next\n  multiflexi-cli job output 1 --follow\n  multiflexi-cli job cancel 1"), "{page}");
}

#[test]
fn only_a_terminal_gets_the_page() {
    let mut env = Env::new();
    prepare(&env, "echo out; exit 3");
    env.run(&["runtemplate", "run", "1"]).exits(3);
    let plain = env.run(&["job", "get", "1"]).ok();
    assert!(plain.stdout.starts_with("id: 1\n") && plain.stdout.contains("\nexitcode: 3\n"), "{plain:?}");
    let unix = |text: String| text.replace("\r\n", "\n");
    assert_eq!(unix(env.on_terminal(&["job", "get", "1", "--format=text"], "").ok().stdout), plain.stdout);
    assert_eq!(unix(env.on_terminal(&["job", "get", "1", "--fields=exitcode"], "").ok().stdout), "exitcode: 3\n");
    env.set("TERM", "xterm");
    let coloured = env.on_terminal(&["job", "get", "1"], "").ok().stdout;
    assert!(coloured.contains("\u{1b}[31mfailed\u{1b}[0m: exit code 3 (No connection"), "{coloured:?}");
    env.run(&["job", "get", "9"]).refused(1, "9 not found");
}

on_each_database!(each_job_that_a_deletion_takes_along_is_logged, |env| {
    env.prepare("Native", "true", json!(null));
    for _ in 0..3 {
        env.schedule();
    }
    let logged = || {
        let rows = env.sql(
            "select event_description from security_audit_log where entity_type = 'Job' and action = 'delete' order by id",
        );
        rows.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>()
    };
    env.sql("delete from schedule where job = 2; update job set schedule = '2001-01-01 00:00:00' where id = 2;");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(logged(), ["Job delete #2"]);
    env.run(&["runtemplate", "delete", "1", "--yes"]).ok();
    assert_eq!(logged(), ["Job delete #2", "Job delete #1", "Job delete #3"]);
});

#[test]
fn why_a_job_was_not_run_stands_on_its_page_once() {
    let env = Env::new();
    env.run(&["application", "create", "--name=X", "--executable=/nope/none"]).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=nightly"]).ok();
    env.run(&["runtemplate", "run", "1"]).exits(125);
    let page = env.screen(200, &["job", "get", "1"]).join("\n");
    assert_eq!(page.matches("ProgramNotFound").count(), 1, "{page}");
    assert!(!page.contains("\nstderr\n"), "{page}");
}
