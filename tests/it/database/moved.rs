//! Moving a database, backing it up, and looking for what does not agree in it.

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::crash::database::Own;
use crate::disk::Disk;
use crate::env::{Env, Server, on_each_database};

/// An environment file with the settings of a place.
pub fn settings(env: &Env, name: &str) -> PathBuf {
    let keys = ["DB_CONNECTION", "DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"];
    let lines = keys.iter().filter_map(|key| Some(format!("{key}={}\n", env.variable(key)?)));
    env.file(name, &lines.collect::<String>())
}

pub fn sqlite() -> Env {
    let mut env = Env::new();
    let path = env.path().join("moved.db");
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", path.to_str().unwrap());
    env
}

pub fn fill(env: &Env) {
    env.prepare("Native", "echo \"ž😀 \\\\ \\t\"; echo e >&2; exit 3", json!(null));
    env.run_job(&[]).0.exits(3);
    env.schedule();
    env.run(&["company", "env-set", "--company_id=1", "--env=KEY=it's \"a\" \\ value"]).ok();
    env.run(&["user", "create", "--login=anna", "--email=anna@example.org"]).ok();
}

const SHOWN: &[&[&str]] = &[
    &["application", "list"],
    &["company", "list"],
    &["company", "env-list", "--company_id=1"],
    &["runtemplate", "list"],
    &["job", "list"],
    &["job", "get", "--id=1"],
    &["job", "get", "--id=2"],
    &["queue", "list"],
    &["user", "list"],
];

fn shown(env: &Env) -> Vec<Value> {
    SHOWN.iter().map(|command| env.json(command)).collect()
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn a_database_goes_round_and_is_the_same() {
    let places = [
        sqlite(),
        Env::on(Server::MariaDb, "moved_round"),
        Env::on(Server::Postgres, "moved_round"),
        Env::on(Server::MariaDb, "moved_again"),
        sqlite(),
        Env::on(Server::Postgres, "moved_end"),
        sqlite(),
    ];
    fill(&places[0]);
    let wanted = shown(&places[0]);
    for pair in places.windows(2) {
        let (from, to) = (settings(&pair[0], "from.env"), settings(&pair[1], "to.env"));
        let (from, to) = (format!("--from={}", from.display()), format!("--to={}", to.display()));
        let report = pair[0].json(&["database", "copy", &from, &to]);
        let jobs = report["tables"].as_array().unwrap().iter().find(|table| table["table"] == "job").unwrap();
        assert_eq!(jobs["rows"], 2, "{report:#}");
        for (command, (one, other)) in SHOWN.iter().zip(wanted.iter().zip(shown(&pair[1]))) {
            assert_eq!(one, &other, "{command:?} of {:?}", pair[1].variable("DB_CONNECTION"));
        }
        // What is there is not written over.
        pair[0].run(&["database", "copy", &from, &to]).refused(1, "has rows already");
        // Ids go on behind those that came.
        pair[1].run(&["database", "check"]).ok();
    }
    let last = &places[places.len() - 2];
    assert_eq!(last.json(&["company", "create", "--name=Beta"])["company_id"], 2);
    last.run_job(&[]).0.exits(3);
}

/// Copies one database into another.
pub fn copy(from: &Env, to: &Env) -> crate::env::Output {
    let (one, other) = (settings(from, "from.env"), settings(to, "to.env"));
    from.run(&["database", "copy", &format!("--from={}", one.display()), &format!("--to={}", other.display())])
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn a_second_s_fraction_is_kept_where_a_column_can() {
    let places = [
        Env::on(Server::MariaDb, "moved_fraction"),
        Env::on(Server::Postgres, "moved_fraction"),
        sqlite(),
        Env::on(Server::MariaDb, "moved_fraction_end"),
    ];
    fill(&places[0]);
    let [exact, whole] = ["2026-01-02 03:04:05.120456", "2026-01-02 03:04:06"];
    places[0].sql(&format!(
        "UPDATE job_output_lines SET created_at = '{whole}'; UPDATE job_output_lines SET created_at = '{exact}' WHERE type = 'stdout';"
    ));
    for pair in places.windows(2) {
        copy(&pair[0], &pair[1]).ok();
    }
    for place in &places {
        let time = |kind: &str| {
            let time =
                place.sql(&format!("SELECT created_at FROM job_output_lines WHERE job_id = 1 AND type = '{kind}';"));
            time.trim().trim_end_matches(".000000").to_owned()
        };
        assert_eq!([time("stdout"), time("stderr")], [exact, whole], "{:?}", place.variable("DB_CONNECTION"));
    }
    // A column without one cuts it, and does not round up: SQLite keeps any text.
    places[2].sql("UPDATE job SET \"begin\" = '2026-01-02 03:04:05.9';");
    let end = Env::on(Server::MariaDb, "moved_fraction_cut");
    copy(&places[2], &end).ok();
    assert!(end.sql("SELECT begin FROM job WHERE id = 1;").starts_with("2026-01-02 03:04:05\n"));
}

/// A database that has some megabytes of output.
fn much() -> Env {
    let env = sqlite();
    fill(&env);
    env.sql(
        "INSERT INTO job_output_lines (job_id, seq, type, line) WITH RECURSIVE n(x) AS (SELECT 10 UNION ALL SELECT x + 1 \
         FROM n WHERE x < 300) SELECT 1, x, 'stdout', hex(randomblob(25000)) FROM n;",
    );
    env
}

#[needs::needs(root)]
#[test]
fn a_file_on_a_disk_that_fills_is_taken_away() {
    let disk = Disk::new("6m");
    let (source, mut target) = (much(), sqlite());
    let path = disk.path().join("moved.db");
    target.set("DB_DATABASE", path.to_str().unwrap());
    copy(&source, &target).refused(1, "full");
    assert_eq!(std::fs::read_dir(disk.path()).unwrap().count(), 0);
    // Neither is one whose schema was there changed.
    target.run(&["database", "migrate"]).ok();
    let before = target.sql(".dump");
    let refused = copy(&source, &target).refused(1, "full");
    assert!(refused.stderr.contains("hint: Make room"), "{refused:?}");
    // Nor is what was undone kept on the full disk.
    assert!(std::fs::metadata(disk.path().join("moved.db-wal")).map_or(0, |log| log.len()) < 100_000);
    assert_eq!(target.sql(".dump"), before);
    // A backup that fails leaves nothing beside either.
    let file = disk.path().join("backup.db");
    let names = || disk.names().into_iter().filter(|name| name.contains("backup")).collect::<Vec<_>>();
    let failed = source.run(&["database", "backup", file.to_str().unwrap()]).refused(1, "full");
    assert!(failed.stderr.contains("hint: Make room"), "{failed:?}");
    assert_eq!(names(), [""; 0]);
}

/// The same on a server of its own.
fn fills(kind: &'static str) {
    let disk = Disk::new("600m");
    let source = much();
    let own = Own::in_folder(kind, disk.path());
    let counted = || {
        own.env.sql("SELECT count(*) FROM job; SELECT count(*) FROM job_output_lines; SELECT count(*) FROM phinxlog;")
    };
    let before = counted();
    disk.leave(2_000_000);
    copy(&source, &own.env).refused(1, "");
    std::fs::remove_file(disk.path().join("ballast")).unwrap();
    // MariaDB may give up when its disk is full; PostgreSQL does not.
    own.stop();
    own.start();
    assert_eq!(counted(), before);
    copy(&source, &own.env).ok();
}

#[needs::needs(root, mariadb)]
#[test]
fn a_mariadb_whose_disk_fills_is_as_before() {
    fills("mariadb");
}

#[needs::needs(root, postgres)]
#[test]
fn a_postgresql_whose_disk_fills_is_as_before() {
    fills("postgres");
}

#[needs::needs(mariadb)]
#[test]
fn texts_that_may_have_been_cut_are_told() {
    let env = Env::on(Server::MariaDb, "moved_cut");
    fill(&env);
    env.run(&["database", "check"]).ok();
    // As a server that is not strict leaves what is too long.
    env.sql(
        "SET sql_mode = ''; UPDATE job SET command = REPEAT('č', 40000) WHERE id = 1; \
         UPDATE companyenv SET value = REPEAT('x', 300); UPDATE runtemplate SET name = REPEAT('y', 20);",
    );
    let found = env.json_of(&["database", "check"], 1);
    let places: Vec<_> =
        found["findings"].as_array().unwrap().iter().map(|it| (&it["kind"], &it["table"], &it["column"])).collect();
    let (cut, job, env_, command, value) =
        (json!("cut"), json!("job"), json!("companyenv"), json!("command"), json!("value"));
    assert_eq!(places, [(&cut, &env_, &value), (&cut, &job, &command)], "{found:#}");
}

#[test]
fn a_copy_that_cannot_be_leaves_nothing() {
    let source = sqlite();
    let from = format!("--from={}", settings(&source, "from.env").display());
    let target = sqlite();
    let to = format!("--to={}", settings(&target, "to.env").display());
    source.run(&["database", "copy", &from, &to]).refused(1, "there is no database");
    fill(&source);
    source.run(&["database", "copy", &from, &from.replace("from=", "to=")]).refused(1, "are one database");
    source.sql("ALTER TABLE job ADD COLUMN of_tomorrow varchar(10) DEFAULT 'x';");
    source.run(&["database", "copy", &from, &to]).refused(1, "has no column job.of_tomorrow");
    assert!(!PathBuf::from(target.variable("DB_DATABASE").unwrap()).exists());
}

#[test]
fn a_backup_is_whole_while_others_write() {
    let env = sqlite();
    fill(&env);
    let mut writers: Vec<_> =
        (0..20).map(|n| env.command(&["company", "create", &format!("--name=C{n}")]).spawn().unwrap()).collect();
    let file = env.path().join("backup.db");
    env.run(&["database", "backup", file.to_str().unwrap()]).ok();
    assert!(writers.iter_mut().all(|writer| writer.wait().unwrap().success()));
    env.run(&["database", "backup", file.to_str().unwrap()]).refused(1, "is there already");
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777,
        0o600
    );
    let mut other = sqlite();
    other.set("DB_DATABASE", file.to_str().unwrap());
    assert_eq!(other.json(&["job", "get", "--id=1"])["exitcode"], 3);
    assert_eq!(other.sql("pragma integrity_check;"), "ok\n");
    env.run(&["database", "backup", "/nowhere/backup.db"]).refused(1, "cannot write the backup");
}

#[test]
fn a_backup_has_the_name_that_was_given() {
    let env = sqlite();
    fill(&env);
    for name in ["file:y.db", "file:y.db?mode=ro", "it's one.db", "a%20b.db", "-y.db"] {
        let said = env.run(&["database", "backup", "--format=json", "--", name]).ok().json();
        let file = env.path().join(name);
        let written = file.metadata().unwrap();
        assert_eq!(said["bytes"], written.len(), "{name}");
        assert!(written.len() > 10_000, "{name}");
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&written.permissions()) & 0o777, 0o600, "{name}");
        assert!(std::fs::read(&file).unwrap().starts_with(b"SQLite format 3\0"), "{name}");
    }
    let names = std::fs::read_dir(env.path()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.contains("part")).collect::<Vec<_>>(), [""; 0]);
}

#[test]
fn what_looks_into_a_database_makes_none() {
    let mut env = Env::new();
    let looks = [
        &["database", "backup", "backup.db"][..],
        &["database", "check"],
        &["database", "repair"],
        &["database", "repair", "--remove-dangling", "--dry-run"],
        &["database", "backup", "backup.db", "--quiet"],
    ];
    let refused = |env: &Env, words: &str, hint: &str| {
        for command in looks {
            let output = env.run(command).refused(1, words);
            assert!(output.stderr.contains(hint), "{output:?}");
        }
        assert!(!env.path().join("backup.db").exists());
    };
    // Of the user who runs it, which may be the wrong one.
    refused(&env, "there is no database", "as the user whose database it is");
    assert!(!env.database().exists());
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", "mistyped.db");
    refused(&env, "there is no database mistyped.db", "Check DB_DATABASE");
    assert!(!env.path().join("mistyped.db").exists());
    let empty = env.file("mistyped.db", "");
    refused(&env, "is empty", "Check DB_DATABASE");
    assert_eq!(empty.metadata().unwrap().len(), 0);
    env.run(&["company", "list"]).ok();
    env.run(&["database", "check"]).ok();
    env.run(&["database", "backup", "backup.db"]).ok();
}

#[test]
fn a_backup_removes_what_killed_ones_left() {
    let env = sqlite();
    fill(&env);
    let part = |name: &str, seconds: u64| {
        let file = File::options().write(true).open(env.file(name, "half")).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
        file
    };
    drop(part("monday.db.123.multiflexi-part", 120));
    drop(part("fresh.db.124.multiflexi-part", 0));
    drop(part("foreign.part", 120));
    drop(part("monday.db.123.multiflexi-part-journal", 120));
    drop(part("sunday.db.122.multiflexi-part-journal", 120));
    let alive = part("running.db.125.multiflexi-part", 120);
    drop(part("running.db.125.multiflexi-part-journal", 120));
    alive.lock().unwrap();
    env.run(&["database", "backup", env.path().join("tuesday.db").to_str().unwrap()]).ok();
    let is_there = |name: &str| env.path().join(name).exists();
    for left in [
        "monday.db.123.multiflexi-part",
        "monday.db.123.multiflexi-part-journal",
        "sunday.db.122.multiflexi-part-journal",
    ] {
        assert!(!is_there(left), "{left}");
    }
    let others = ["fresh.db.124.multiflexi-part", "foreign.part"];
    let alive = ["running.db.125.multiflexi-part", "running.db.125.multiflexi-part-journal"];
    assert!(others.into_iter().chain(alive).all(is_there));
}

on_each_database!(what_does_not_agree_is_found_and_mended, |env| {
    fill(env);
    env.run(&["database", "check"]).ok();
    let off = match env.variable("DB_CONNECTION") {
        Some("mysql") => "SET foreign_key_checks = 0;",
        Some("pgsql") => "ALTER TABLE job_output_lines DISABLE TRIGGER ALL;",
        _ => "PRAGMA foreign_keys = OFF;",
    };
    env.sql(&format!("{off} INSERT INTO job_output_lines (job_id, seq, type, line) VALUES (99, 1, 'stdout', 'x');"));
    // What was due just now somebody may be starting: `queue fix` would leave it.
    env.sql("DELETE FROM schedule; UPDATE job SET schedule = '2020-01-01 00:00:00';");
    let found = env.json_of(&["database", "check"], 1);
    let kinds: Vec<&str> =
        found["findings"].as_array().unwrap().iter().map(|it| it["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["reference", "queue"], "{found:#}");
    env.run(&["database", "repair"]).ok();
    env.json_of(&["database", "check"], 1);
    env.run(&["database", "repair", "--remove-dangling"]).ok();
    env.sql("DELETE FROM job WHERE id = 2;");
    let found = env.json_of(&["database", "check"], 0);
    assert_eq!(found, json!({"ok": true, "findings": [], "notices": []}));
});

#[needs::needs(postgres)]
#[test]
fn a_sequence_that_is_behind_is_told_and_set() {
    let env = Env::on(Server::Postgres, "moved_sequence");
    fill(&env);
    for table in ["company", "apps", "runtemplate", "job", "\"user\""] {
        env.sql(&format!("SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1, false);"));
    }
    for command in [&["company", "create", "--name=Beta"][..], &["runtemplate", "schedule", "--id=1"]] {
        let output = env.run(command).refused(1, "the sequence that gives the rows of");
        assert!(output.stderr.contains("database repair"), "{output:?}");
    }
    let found = env.json_of(&["database", "check"], 1);
    assert!(found["findings"].as_array().unwrap().iter().all(|it| it["kind"] == "sequence"), "{found:#}");
    env.run(&["database", "repair"]).ok();
    env.run(&["database", "check"]).ok();
    env.run(&["company", "create", "--name=Beta"]).ok();
    env.run_job(&[]).0.exits(3);
}
