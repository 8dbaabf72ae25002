//! Listings on a terminal: the newest first, one line a row in 80 columns and in 200, relative times, why something failed, when
//! something runs next.

use crate::env::{Env, on_each_database};
use crate::filter::prepare;

/// No line is wider than the terminal.
#[track_caller]
fn fits(lines: &[String], columns: usize) {
    let wide = lines.iter().find(|line| line.chars().count() > columns);
    assert_eq!(wide, None, "{lines:#?}");
}

/// What stands in a line, blanks taken together.
fn words(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

on_each_database!(jobs_say_what_became_of_them_and_why, |env| {
    prepare(env);
    env.run(&["job", "cancel", "--id=5"]).ok();
    let narrow = env.screen(80, &["job", "list"]);
    fits(&narrow, 80);
    assert_eq!(words(&narrow[0]), "ID STATE RUNTEMPLATE COMPANY BEGAN TOOK WHY");
    let rows: Vec<String> = narrow[1..].iter().map(|line| words(line)).collect();
    assert_eq!(rows.len(), 5, "{rows:#?}");
    assert!(rows[0].starts_with("5 cancelled weekly Beta & Co - Cancelled:"), "{rows:#?}");
    assert!(rows[1].starts_with("4 running nightly Beta & Co ") && rows[1].contains(" d ago "), "{rows:#?}");
    assert!(rows[2].ends_with(" d ago 10 s exit code 5"), "{rows:#?}");
    // The application's own text, in the main language.
    assert!(rows[3].ends_with(" d ago 1 h 3: No connection"), "{rows:#?}");
    assert!(rows[4].starts_with("1 success nightly Acme ") && rows[4].ends_with(" d ago 1 h"), "{rows:#?}");
    // There is room for all of it, and for more.
    let wide = env.screen(200, &["job", "list"]);
    fits(&wide, 200);
    assert_eq!(words(&wide[0]), "ID STATE RUNTEMPLATE COMPANY EXECUTOR BEGAN AT TOOK APPLICATION WHY");
    assert!(
        words(&wide[4]).contains(" Native ") && words(&wide[4]).contains(" 2026-05-02 21:30:00 1 h First "),
        "{wide:#?}"
    );
    assert!(words(&wide[1]).contains(" Cancelled: cancelled before it began"), "{wide:#?}");
    assert!(wide.iter().all(|line| !line.contains('…')), "{wide:#?}");
    // What is asked for is honoured.
    let ids = |arguments: &[&str]| -> Vec<String> {
        let lines = env.screen(80, &[&["job", "list"], arguments].concat());
        lines[1..].iter().filter_map(|line| line.split_whitespace().next().map(str::to_owned)).collect()
    };
    assert_eq!(ids(&["--state=failed", "--since=2026-05-02 22:00"]), ["5", "3", "2"]);
    assert_eq!(ids(&["--order=A"]), ["1", "2", "3", "4", "5"]);
    assert_eq!(ids(&["--sort=exitcode,-id", "--limit=5"]), ["4", "1", "2", "3", "5"]);
    // The state is what the reason says, and what --state asks for.
    env.sql(
        "update job set exitcode = 124 where id = 2; update job set exitcode = 125 where id = 3;\n\
         insert into job_output_lines (job_id, seq, type, line, created_at) values \
         (2, 9, 'reason', 'TimeLimit: its time limit was reached', '2026-05-02 22:30:00'), \
         (3, 9, 'reason', 'ImagePull: there is no such image', '2026-05-02 23:00:10');",
    );
    let lines = env.screen(80, &["job", "list"]);
    assert!(words(&lines[3]).starts_with("3 not_run ") && words(&lines[4]).starts_with("2 time_limit "), "{lines:#?}");
    assert_eq!(ids(&["--state=time_limit"]), ["2"]);
    assert_eq!(ids(&["--state=not_run,cancelled"]), ["5", "3"]);
    assert_eq!(ids(&["--state=failed"]), ["5", "3", "2"]);
    env.sql("update job_output_lines set line = 'NodeLost: its node is gone' where type = 'reason' and job_id = 3;");
    assert_eq!((ids(&["--state=lost"]), ids(&["--state=not_run"])), (vec!["3".to_owned()], vec![]));
    assert!(env.screen(80, &["job", "get", "3"])[1].starts_with("lost: "));
    assert_eq!(env.screen(80, &["job", "get", "2"])[1].split(':').next(), Some("time_limit"));
    let table = env.screen(80, &["job", "list", "--fields=id,executor"]);
    assert!(table[1].contains("| id | executor |"), "{table:#?}");
    // Off a terminal all rows are there, with all columns and whole moments.
    let piped = env.run(&["job", "list"]).ok().stdout;
    assert!(piped.contains("2026-05-02 21:30:00") && !piped.contains("ago"), "{piped}");
    let rows = env.json(&["job", "list"]);
    assert_eq!((rows[0]["id"].as_i64(), rows[0]["begin"].as_str()), (Some(1), Some("2026-05-01 22:30:00")));
});

on_each_database!(the_newest_thirty_of_many, |env| {
    prepare(env);
    let q = env.quote();
    let many: String = (10..1050)
        .map(|id| format!("({id}, 1, 1, 1, 1, '2026-05-01 10:00:00', '2026-05-01 10:00:01', 0, 'Native')"))
        .collect::<Vec<_>>()
        .join(",");
    env.sql(&format!(
        "insert into job (id, app_id, company_id, runtemplate_id, launched_by, {q}begin{q}, {q}end{q}, exitcode, executor) values {many};"
    ));
    let lines = env.screen(80, &["job", "list"]);
    assert_eq!(lines.len(), 32, "{lines:#?}");
    assert!(words(&lines[1]).starts_with("1049 success "), "{lines:#?}");
    assert_eq!(lines[31], "30 of 1,045; --limit shows more");
    let lines = env.screen(80, &["job", "list", "--state=ok", "--limit=2", "--company=acme"]);
    assert_eq!(lines[3..], ["2 of 1,041; --limit shows more"], "{lines:#?}");
    // All that there is needs no such word.
    let lines = env.screen(80, &["job", "list", "--state=failed", "--limit=2"]);
    assert_eq!(lines.len(), 3, "{lines:#?}");
    let lines = env.screen(80, &["job", "list", "--limit=2000"]);
    assert_eq!(lines.len(), 1046);
    assert_eq!(env.screen(80, &["job", "list", "--state=waiting", "--exit-code=1"]), ["Nothing found"]);
    // People get thousands apart, in the question and in the answer; scripts get the suite's sentence.
    let shown = env.on_terminal(&["prune", "--jobs", "--keep=20"], "y\n").ok().stdout;
    assert!(shown.contains("old jobs will be deleted. Continue?"), "{shown}");
    assert_eq!(shown.matches("1,023 ").count(), 2, "{shown}");
    let piped = env.run(&["prune", "--jobs", "--keep=19", "--dry-run"]).ok().stdout;
    assert!(piped.starts_with("Would delete 1 records from job."), "{piped}");
});

on_each_database!(runtemplates_say_when_they_run_next_and_how_they_went, |env| {
    prepare(env);
    let q = env.quote();
    // Twelve results of which the last ten are shown, the newest at the end.
    let results: String = (0..12)
        .map(|n| {
            let code = if n % 3 == 0 { 1 } else { 0 };
            format!(
                "({}, 1, 1, 1, 1, '2026-06-{:02} 10:00:00', '2026-06-{:02} 10:00:01', {code}, 'Native')",
                20 + n,
                n + 1,
                n + 1
            )
        })
        .collect::<Vec<_>>()
        .join(",");
    env.sql(&format!(
        "insert into job (id, app_id, company_id, runtemplate_id, launched_by, {q}begin{q}, {q}end{q}, exitcode, executor) values {results};"
    ));
    env.run(&[
        "runtemplate",
        "create",
        "--name=Žluťoučký kůň 日本語 with a long name",
        "--app_id=1",
        "--company=acme",
        "--interv=n",
    ])
    .ok();
    for columns in [80, 200] {
        let lines = env.screen(columns, &["runtemplate", "list"]);
        fits(&lines, columns);
        let (more, last) = if columns == 200 { (" APPLICATION EXECUTOR SCHEDULE", " AT TOOK") } else { ("", "") };
        assert_eq!(words(&lines[0]), format!("ID NAME COMPANY{more} NEXT LEFT LAST{last} RESULT LAST TEN"));
        assert_eq!(lines.len(), 5, "{lines:#?}");
        // Nobody filled the queue: its moment of today is over, so that it would be made at once.
        let about = if columns == 200 { " First Native daily" } else { "" };
        assert!(words(&lines[1]).starts_with(&format!("1 nightly Acme{about} ")), "{lines:#?}");
        assert!(words(&lines[1]).contains(" 00:00 due "), "{lines:#?}");
        assert!(words(&lines[1]).ends_with(" success ✓✗✓✓✗✓✓✗✓✓"), "{lines:#?}");
        // Its job waits for a moment of 2030 that somebody chose; the schedule's own comes before.
        assert!(words(&lines[2]).contains(" 00:00 due ") && words(&lines[2]).ends_with(" failed (5) ✗"), "{lines:#?}");
        assert!(words(&lines[3]).contains(" inactive ") && words(&lines[3]).ends_with(" running"), "{lines:#?}");
        assert!(words(&lines[4]).ends_with(if columns == 200 { " Native by hand -" } else { " Acme -" }), "{lines:#?}");
    }
    // The one that is made is the next one; then it is the schedule's turn again.
    env.run(&["queue", "fill"]).ok();
    env.sql("delete from schedule; update job set exitcode = 0 where runtemplate_id = 1 and exitcode is null;");
    env.sql("update runtemplate set last_schedule = next_schedule, next_schedule = null where id = 1;");
    let lines = env.screen(80, &["runtemplate", "list", "--runtemplate=1"]);
    let left = words(&lines[1]);
    assert!(left.contains(" 00:00 ") && !left.contains("due"), "{lines:#?}");
    // A terminal without such signs.
    let letters = env.on_terminal(&["runtemplate", "list", "--state=failed"], "").ok().stdout;
    assert!(letters.contains("failed (5)") && letters.contains("  F"), "{letters}");
    // A job that somebody cancelled is one here too.
    env.sql("update job set exitcode = 143 where runtemplate_id = 2 and exitcode is not null;");
    env.sql("insert into job_output_lines (job_id, seq, type, line) select id, 99, 'reason', 'Cancelled: by root' from job where exitcode = 143;");
    let cancelled = env.on_terminal(&["runtemplate", "list", "--state=cancelled"], "").ok().stdout;
    assert!(cancelled.contains("cancelled (143)"), "{cancelled}");
    // Off a terminal nothing is new.
    let piped = env.run(&["runtemplate", "list"]).ok().stdout;
    assert!(piped.contains("next_schedule") && !piped.contains("LAST TEN"), "{piped}");
});

on_each_database!(the_statistics_of_runtemplates, |env| {
    prepare(env);
    let all = env.json(&["runtemplate", "stats"]);
    assert_eq!(all.as_array().unwrap().len(), 3);
    let nightly = serde_json::json!({
        "runtemplate_id": 1, "name": "nightly", "company": "Acme", "runs": 2, "succeeded": 1, "failed": 1,
        "success_rate": 0.5, "median_seconds": 3600, "p95_seconds": 3600,
        "last": [
            {"job_id": 1, "exitcode": 0, "seconds": 3600},
            {"job_id": 2, "exitcode": 3, "seconds": 3600},
        ],
    });
    assert_eq!(all[0], nightly);
    // One that has not ended yet is no run.
    assert_eq!((&all[2]["runs"], &all[2]["success_rate"]), (&0.into(), &serde_json::Value::Null));
    assert_eq!(env.json(&["runtemplate", "stats", "1"]), serde_json::json!([nightly]));
    assert_eq!(env.json(&["runtemplate", "stats", "weekly"])[0]["p95_seconds"], 10);
    assert_eq!(env.json(&["runtemplate", "stats", "--company=acme"]).as_array().unwrap().len(), 1);
    let late = env.json(&["runtemplate", "stats", "1", "--since=2026-05-02"]);
    assert_eq!((&late[0]["runs"], &late[0]["failed"]), (&1.into(), &1.into()));
    let early = env.json(&["runtemplate", "stats", "1", "--until=2026-05-02"]);
    assert_eq!((&early[0]["runs"], &early[0]["succeeded"]), (&1.into(), &1.into()));
    env.run(&["runtemplate", "stats", "9"]).refused(1, "RunTemplate with id 9 not found");
    let csv = env.run(&["runtemplate", "stats", "1", "--format=csv"]).ok().stdout;
    let head = "runtemplate_id,name,company,runs,succeeded,failed,success_rate,median_seconds,p95_seconds\n";
    assert_eq!(csv, format!("{head}1,nightly,Acme,2,1,1,0.5,3600,3600\n"));
    let lines = env.screen(80, &["runtemplate", "stats"]);
    fits(&lines, 80);
    assert_eq!(words(&lines[1]), "1 nightly Acme 2 50.0% 1 h 1 h █✗", "{lines:#?}");
    assert_eq!(words(&lines[3]), "3 nightly Beta & Co 0", "{lines:#?}");
});

#[test]
fn colours_stand_beside_the_words() {
    let mut env = Env::new();
    prepare(&env);
    env.set("TERM", "xterm");
    let coloured = env.on_terminal(&["job", "list"], "").ok().stdout;
    assert!(
        coloured.contains("\u{1b}[31mfailed\u{1b}[0m") && coloured.contains("\u{1b}[32msuccess\u{1b}[0m"),
        "{coloured}"
    );
    let plain = env.on_terminal(&["job", "list", "--color=never"], "").ok().stdout;
    assert!(plain.contains("  failed  ") && !plain.contains('\u{1b}'), "{plain}");
}

on_each_database!(the_queue_says_when_what_is_due, |env| {
    prepare(env);
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=+3 hours"]).ok();
    env.run(&["runtemplate", "schedule", "--id=1", "--schedule_time=2026-05-01"]).ok();
    for columns in [80, 200] {
        let lines = env.screen(columns, &["queue", "list"]);
        fits(&lines, columns);
        let (at, executor, native) = if columns == 200 { (" AT", " EXECUTOR", " Native") } else { ("", "", "") };
        assert_eq!(words(&lines[0]), format!("JOB DUE{at} RUNTEMPLATE COMPANY APPLICATION{executor} SCHEDULE WHY"));
        let rows: Vec<String> = lines[1..].iter().map(|line| words(line)).collect();
        assert!(
            rows[0].starts_with("7 due ") && rows[0].ends_with(&format!(" nightly Acme First{native} daily")),
            "{rows:#?}"
        );
        assert!(rows[1].starts_with("6 in 2 h ") || rows[1].starts_with("6 in 3 h "), "{rows:#?}");
        assert!(rows[2].starts_with("5 in "), "{rows:#?}");
        assert!(rows[2].ends_with(&format!(" weekly Beta & Co Second{native} daily")), "{rows:#?}");
    }
    let lines = env.screen(80, &["queue", "list", "--sort=-after", "--limit=1"]);
    assert!(words(&lines[1]).starts_with("5 in ") && lines[2..] == ["1 of 3; --limit shows more"], "{lines:#?}");
    assert!(env.screen(80, &["queue", "list", "--fields=job,after"])[1].contains("| job | after"), "{lines:#?}");
});

on_each_database!(what_answers_stays_on_a_narrow_terminal, |env| {
    prepare(env);
    let q = env.quote();
    env.sql(&format!(
        "update runtemplate set name = 'Statements of the whole group and of its daughters' where id = 2;\n\
         update job set exitcode = 124 where id = 3;\n\
         update job set schedule = {q}begin{q} where id = 3; update job set schedule = '2026-05-02 12:00:00' where id = 5;\n\
         insert into job_output_lines (job_id, seq, type, line, created_at) values \
         (3, 9, 'reason', 'TimeLimit: its time limit of 15 minutes was reached', '2026-05-02 23:00:10');"
    ));
    for (columns, titles) in [
        (120, "ID STATE RUNTEMPLATE COMPANY BEGAN TOOK WHY"),
        (80, "ID STATE RUNTEMPLATE COMPANY BEGAN TOOK WHY"),
        (60, "ID STATE RUNTEMPLATE WHY"),
        (40, "ID STATE WHY"),
    ] {
        let lines = env.screen(columns, &["job", "list"]);
        fits(&lines, columns);
        assert_eq!(words(&lines[0]), titles, "{lines:#?}");
        let why = lines.iter().find(|line| line.contains("time_limit")).unwrap();
        assert!(why.contains("TimeLimit: its time"), "{lines:#?}");
    }
    // The name gives way until the reason can be read.
    let wide = env.screen(120, &["job", "list"]).join("\n");
    assert!(wide.contains("TimeLimit: its time limit of 15 minutes"), "{wide}");
    let narrow = env.screen(40, &["runtemplate", "list"]);
    fits(&narrow, 40);
    assert_eq!(words(&narrow[0]), "ID NAME NEXT RESULT", "{narrow:#?}");
    let narrow = env.screen(40, &["queue", "list"]);
    fits(&narrow, 40);
    assert!(words(&narrow[0]).starts_with("JOB DUE") && words(&narrow[0]).ends_with("WHY"), "{narrow:#?}");
    let cut = env.screen(80, &["runtemplate", "list", "--limit=2"]);
    assert_eq!(cut[3..], ["2 of 3; --limit shows more"], "{cut:#?}");
    // Letters that a terminal lacks stand nowhere.
    let plain = env.on_terminal(&["job", "list"], "").ok().stdout;
    assert!(plain.contains("~") && !plain.contains('…'), "{plain}");
});

on_each_database!(what_was_cancelled_before_it_began_is_no_run, |env| {
    prepare(env);
    let before = env.json(&["runtemplate", "stats", "2"]);
    let failed = env.json(&["status"])["failed_last_day"].clone();
    env.run(&["job", "cancel", "5"]).ok();
    assert_eq!(env.json(&["runtemplate", "stats", "2"]), before);
    assert_eq!(env.json(&["status"])["failed_last_day"], failed);
    let lines = env.screen(80, &["runtemplate", "list", "--runtemplate=2"]);
    assert!(words(&lines[1]).ends_with(" failed (5) ✗"), "{lines:#?}");
    assert_eq!(env.json(&["runtemplate", "list", "--state=cancelled"]), serde_json::json!([]));
    // The job itself is what it is.
    assert_eq!(env.json(&["job", "list", "--state=cancelled"])[0]["id"], 5);
    // The moment of a job that was made and cancelled is not to come again.
    env.run(&["queue", "fill"]).ok();
    let job = env.json(&["job", "list", "--runtemplate=1", "--state=pending"])[0]["id"].to_string();
    env.run(&["job", "cancel", &job]).ok();
    let lines = env.screen(80, &["runtemplate", "list", "--runtemplate=1"]);
    assert!(!words(&lines[1]).contains(" due "), "{lines:#?}");
});

on_each_database!(a_runtemplate_whose_job_is_blocked_says_so, |env| {
    prepare(env);
    env.run(&["queue", "fill"]).ok();
    let next = |env: &Env| words(&env.screen(80, &["runtemplate", "list", "--runtemplate=1"])[1]);
    assert!(next(env).contains(" due "), "{}", next(env));
    env.sql(
        "delete from schedule; update job set block_reason = 'a credential is missing' where runtemplate_id = 1 and exitcode is null;",
    );
    assert!(next(env).contains(" Acme blocked "), "{}", next(env));
});

#[test]
fn a_terminal_whose_locale_has_no_ellipsis_gets_three_dots() {
    let mut env = Env::new();
    env.set("LC_ALL", "C");
    let help = env.screen(80, &["application", "create", "--help"]).join("\n");
    assert!(help.contains("oci://...") && !help.contains('…'), "{help}");
    env.set("LC_ALL", "C.UTF-8");
    let help = env.screen(80, &["application", "create", "--help"]).join("\n");
    assert!(help.contains("oci://…"), "{help}");
    // What scripts read stays as it is, whatever the locale.
    env.set("LC_ALL", "C");
    assert!(env.run(&["application", "create", "--help"]).ok().stdout.contains("oci://…"));
}

on_each_database!(a_job_in_no_queue_is_not_said_to_run_soon, |env| {
    prepare(env);
    env.run(&["queue", "fill"]).ok();
    env.run(&["job", "cancel", "5"]).ok();
    let job = env.json(&["job", "list", "--state=pending", "--runtemplate=1"])[0]["id"].to_string();
    let row = |env: &Env| {
        let lines = env.screen(80, &["job", "list"]);
        words(lines.iter().find(|line| words(line).starts_with(&format!("{job} pending "))).unwrap())
    };
    let next = |env: &Env| words(&env.screen(80, &["runtemplate", "list", "--runtemplate=1"])[1]);
    assert!(!row(env).contains("queue") && next(env).contains(" due "), "{} {}", row(env), next(env));
    assert!(!env.screen(80, &["queue", "list"]).join("\n").contains("no queue"));
    env.sql("delete from schedule;");
    assert!(row(env).ends_with(" in no queue"), "{}", row(env));
    assert!(next(env).contains(" Acme stuck "), "{}", next(env));
    let listed = env.screen(80, &["queue", "list"]).join(" ");
    assert!(listed.contains("more wait in no queue, so nothing runs them"), "{listed}");
    // Once the schedule is let go on, it is the schedule that says when.
    // It cannot mend the job of an unknown runner, and exits with 1.
    env.run(&["queue", "fix"]).exits(1);
    assert!(next(env).contains(" due "), "{}", next(env));
});
