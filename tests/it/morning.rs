//! A morning at a terminal of 80 and of 200 columns: what ran, what failed and why, what runs next, each asked by one command. What
//! the terminal shows is held to the letter, and stands in docs/morning.md.
//!
//! After a change that is meant: `INSTA_UPDATE=always UPDATE=1 cargo test morning`, and look at the difference.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use chrono::{Datelike as _, Duration, NaiveDateTime};
use regex::Regex;
use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use crate::env::{Env, definition, root, set_script};

/// 2026-05-05 07:30:00, a Tuesday.
const NOW: i64 = 1_777_966_200;

/// What an operator asks, how, and what is typed into the terminal then.
const MORNING: &[(&str, &str, &str)] = &[
    ("What failed last night, and why?", "job list --since=\"yesterday 22:00\" --state=failed", ""),
    ("What happened in that job?", "job get 10190", ""),
    ("What ran last, and what comes next?", "job list --limit=8", ""),
    ("What runs next, and how did it go lately?", "runtemplate list", ""),
    ("How reliable is it, and how long does it take?", "runtemplate stats", ""),
    ("What waits?", "queue list", ""),
    ("Is the installation all right?", "doctor", ""),
    ("How is the installation as a whole?", "status", ""),
    ("Run it again, now.", "runtemplate run \"Acme reminders\"", ""),
    ("What would be deleted with it?", "runtemplate delete 4", "n\n"),
];

/// Two companies, four runtemplates, of which the last is not active, and what they did in the last weeks.
fn prepare() -> Env {
    // Its path has as many letters as the one that stands for it.
    let home = tempfile::Builder::new().prefix("mfx").rand_bytes(6).tempdir_in("/tmp").unwrap();
    let mut env = Env::at(home);
    env.set("MULTIFLEXI_TEST_NOW", &NOW.to_string());
    let temporary = env.path().join("tmp");
    std::fs::create_dir(&temporary).unwrap();
    env.set("TMPDIR", temporary.to_str().unwrap());
    let mut reminders = definition("Reminders");
    set_script(&mut reminders, "echo 11 letters sent; exit 3");
    reminders["exitCodes"] = json!({
        "3": {"description": {"en": "No connection to the accounting server"}, "severity": "error", "retry": true},
    });
    let mut statements = definition("Bank statements");
    statements["uuid"] = "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12".into();
    for (file, definition) in [("a.multiflexi.app.json", reminders), ("b.multiflexi.app.json", statements)] {
        env.file(file, &definition.to_string());
        env.run(&["application", "import-json", "--file", file]).ok();
    }
    for (name, slug) in [("Acme", "acme"), ("Žluťoučký kůň a synové, s. r. o.", "kun")] {
        env.run(&["company", "create", "--name", name, "--slug", slug, "--enabled=1"]).ok();
    }
    for options in [
        &["--name=Acme reminders", "--app_id=1", "--company=acme", "--executor=Native", "--interv=d"][..],
        &[
            "--name=Statements of the whole group",
            "--app_id=2",
            "--company=kun",
            "--executor=Kubernetes",
            "--interv=c",
            "--cron=0 23 * * 1-5",
        ],
        &["--name=Exchange rates", "--app_id=2", "--company=acme", "--executor=Podman", "--interv=h"],
        &["--name=Reminders of old", "--app_id=1", "--company=kun", "--executor=Native", "--interv=w", "--active=0"],
    ] {
        env.run(&[&["runtemplate", "create"], options].concat()).ok();
    }
    history(&env);
    env.run(&["queue", "fill"]).exits(0);
    env
}

/// The jobs of some weeks, in the order in which they began, and the reasons of those that failed for want of something.
fn history(env: &Env) {
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap().naive_utc();
    let midnight = now.date().and_hms_opt(0, 0, 0).unwrap();
    let mut jobs: Vec<(NaiveDateTime, u8)> = Vec::new();
    jobs.extend((0..40).map(|day| (midnight - Duration::days(day), 1)));
    let nights = (1..40).map(|day| midnight - Duration::days(day) + Duration::hours(23));
    jobs.extend(nights.filter(|night| night.weekday().num_days_from_monday() < 5).map(|night| (night, 2)));
    jobs.extend((0..120).map(|hour| (midnight + Duration::hours(7 - hour), 3)));
    jobs.extend((10..22).map(|week| (midnight - Duration::weeks(week), 4)));
    jobs.sort();
    let mut sql = String::from("begin;\n");
    for (job, (begin, runtemplate)) in (10_000_u32..).zip(&jobs) {
        let (app, company, executor, kind, usual) = match runtemplate {
            1 => (1, 1, "Native", "daily", 130),
            2 => (2, 2, "Kubernetes", "custom", 840),
            3 => (2, 1, "Podman", "hourly", 4),
            _ => (1, 2, "Native", "weekly", 15),
        };
        let seconds = usual + job * 7919 % (usual / 2 + 1);
        let (code, reason) = match (runtemplate, job % 17) {
            (1, 3 | 11) => (3, None),
            (2, 5) => (137, Some("OOMKilled: the pod used more memory than its limit of 512Mi")),
            (2, 9) => (125, Some("ImagePull: the image registry.example/bank:1.4 cannot be pulled: not found")),
            (3, 8) => (1, None),
            _ => (0, None),
        };
        // Somebody had to see to this night.
        let (code, reason) = match (runtemplate, *begin > now - Duration::hours(10)) {
            (1, true) => (3, None),
            (2, true) => (125, Some("ImagePull: the image registry.example/bank:1.5 cannot be pulled: not found")),
            _ => (code, reason),
        };
        let end = *begin + Duration::seconds(seconds.into());
        writeln!(
            sql,
            "insert into job (id, app_id, company_id, runtemplate_id, launched_by, begin, \"end\", exitcode, executor, schedule, \
             schedule_type) values ({job}, {app}, {company}, {runtemplate}, 1, '{begin}', '{end}', {code}, '{executor}', \
             '{begin}', '{kind}');"
        )
        .unwrap();
        for (kind, line) in reason
            .into_iter()
            .map(|line| ("reason", line))
            .chain((code == 3).then_some(("stderr", "connecting to accounting.example:5434\nno answer after 120 s\n")))
        {
            writeln!(
                sql,
                "insert into job_output_lines (job_id, seq, type, line, created_at) values ({job}, 1, '{kind}', '{line}', '{end}');"
            )
            .unwrap();
        }
    }
    env.sql(&(sql + "commit;\n"));
}

/// What a terminal of so many columns shows of a command, without what differs from one machine to the next.
fn capture(env: &Env, columns: usize, line: &str, typed: &str) -> String {
    let ours = env.command(&[]);
    let bin = env.path().join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let _ = std::os::unix::fs::symlink(ours.get_program(), bin.join("multiflexi-cli"));
    let mut command = Command::new("script");
    let sized = format!("stty cols {columns} rows 40; PATH={}; multiflexi-cli {line}", bin.display());
    command.args(["-q", "-e", "-c", &sized, "/dev/null"]).current_dir(env.path()).env_clear();
    command.envs(ours.get_envs().filter_map(|(key, value)| Some((key, value?))));
    command.env("SHELL", "/bin/sh").env("LANG", "C.UTF-8").env("TERM", "xterm").env("NO_COLOR", "1");
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut keyboard, mut screen) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
    // Nobody answers before the question.
    while !typed.is_empty() && !shown.ends_with(b"? [y/N] ") {
        let read = screen.read(&mut piece).unwrap();
        assert_ne!(read, 0, "{}", String::from_utf8_lossy(&shown));
        shown.extend_from_slice(&piece[..read]);
    }
    keyboard.write_all(typed.as_bytes()).unwrap();
    screen.read_to_end(&mut shown).unwrap();
    drop(keyboard);
    let code = child.wait().unwrap().code().unwrap();
    let text = String::from_utf8(shown).unwrap();
    let text = text.replace("\r\n", "\n").replace(env.path().to_str().unwrap(), "/home/operator");
    let text = Regex::new(r"of \S+, mode (\d+), [\d.]+ [GM]iB free")
        .unwrap()
        .replace_all(&text, "of operator, mode $1, 41.1 GiB free")
        .into_owned();
    let text = Regex::new(r"(?m)^(user|memory|version-cli|version-core): .*$")
        .unwrap()
        .replace_all(&text, "$1: …")
        .into_owned();
    let text = Regex::new(r"(?m)^(started by +)\S+$").unwrap().replace_all(&text, "${1}operator").into_owned();
    let code = if code == 0 { String::new() } else { format!("[exit code {code}]\n") };
    format!("$ multiflexi-cli {line}\n{}\n{code}", text.trim_end())
}

/// The morning at such a terminal, a part for each question.
fn morning(columns: usize) -> String {
    let env = prepare();
    let mut parts = Vec::new();
    for (question, line, typed) in MORNING {
        let capture = capture(&env, columns, line, typed);
        // Sentences are a terminal's to break, so that they can be copied; so is a command.
        let is_sentence = |line: &&str| {
            ["multiflexi: ", "Runtemplate 4 ", "`"].iter().any(|begin| line.trim_start().starts_with(begin))
        };
        let wide = capture.lines().skip(1).find(|line| line.width() > columns && !is_sentence(line));
        assert_eq!(wide, None, "{capture}");
        parts.push(format!("# {question}\n{capture}"));
    }
    parts.join("\n")
}

#[test]
fn each_question_is_answered_by_one_command() {
    let [narrow, wide] = [80, 200].map(morning);
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!("morning_80", narrow);
        insta::assert_snapshot!("morning_200", wide);
    });
    let text = document(&narrow, &wide);
    let path = root().join("docs/morning.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let there = std::fs::read_to_string(path).unwrap_or_default();
    assert!(there == text, "docs/morning.md is stale: `UPDATE=1 cargo test morning`");
}

/// The document that has these captures.
fn document(narrow: &str, wide: &str) -> String {
    let mut text = String::from(
        "# A morning\n\n\
         The questions that an operator asks in the morning, and the one command that answers each: first on a terminal of 80 columns,\n\
         then on one of 200. A test (tests/it/morning.rs) makes these captures, with the jobs of some weeks, on a machine without\n\
         kubectl, helm and podman.\n",
    );
    for (title, captures) in [("", narrow), ("\n## With 200 columns\n", wide)] {
        text.push_str(title);
        for part in captures.split("# ").filter(|part| part.starts_with(char::is_alphabetic)) {
            let (question, capture) = part.split_once('\n').unwrap();
            let level = if title.is_empty() { "##" } else { "###" };
            let lines: Vec<_> =
                capture.trim_end().lines().map(|line| format!("    {line}").trim_end().to_owned()).collect();
            write!(text, "\n{level} {question}\n\n{}\n", lines.join("\n")).unwrap();
        }
    }
    text
}
