//! Values that one database takes and another does not: what SQLite holds of PHP's, bytes that are no text, and times that no
//! calendar has.

use std::path::Path;

use serde_json::{Value, json};

use super::moved::{copy, fill, sqlite as embedded};
use crate::env::{Env, Output, Server, on_each_database};

/// As a PDF begins; no UTF-8, and with a NUL.
const BYTES: &[u8] = b"%PDF\xff\x00\xe9";
const HEX: &str = "25504446ff00e9";

/// Twice the bytes that a statement of the copy takes at once.
const LONG: usize = 9 << 20;

fn table<'a>(report: &'a Value, name: &str) -> &'a Value {
    report["tables"].as_array().unwrap().iter().find(|table| table["table"] == name).unwrap()
}

fn copied(from: &Env, to: &Env) -> Value {
    let (one, other) = (super::moved::settings(from, "from.env"), super::moved::settings(to, "to.env"));
    from.json(&["database", "copy", &format!("--from={}", one.display()), &format!("--to={}", other.display())])
}

fn saved(env: &Env, id: usize) -> Vec<u8> {
    let file = env.path().join("saved");
    env.run(&["artifact", "save", &format!("--id={id}"), "--file", file.to_str().unwrap()]).ok();
    std::fs::read(file).unwrap()
}

fn on_two_servers(name: &str) -> [Env; 2] {
    [Env::on(Server::MariaDb, name), Env::on(Server::Postgres, name)]
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn artifacts_of_any_bytes_keep_them() {
    let source = embedded();
    fill(&source);
    let long = format!("replace(hex(zeroblob({LONG} / 2)), '00', x'ff00')");
    source.sql(&format!(
        "INSERT INTO artifacts (job_id, filename, artifact) VALUES (1, 'text.pdf', CAST(x'{HEX}' AS TEXT)), \
         (1, 'blob.pdf', x'{HEX}'), (1, 'plain.txt', 'žluťoučký'), (1, 'long.bin', CAST({long} AS BLOB)), \
         (1, 'zip', x'{HEX}'), (1, 'zip', x'00{HEX}');"
    ));
    let wanted: Vec<Vec<u8>> = (1..=6).map(|id| saved(&source, id)).collect();
    assert_eq!(wanted[0], BYTES);
    assert_eq!(wanted[3].len(), LONG);
    let file = embedded();
    let report = copied(&source, &file);
    assert_eq!(table(&report, "artifacts")["in_file_store"], 0);
    let types = "SELECT typeof(artifact), hex(substr(artifact, 1, 7)) FROM artifacts WHERE id < 4;";
    assert_eq!(file.sql(types), source.sql(types));
    let mut places = vec![file];
    places.extend(on_two_servers("values_artifacts"));
    for place in places.iter().skip(1) {
        let report = copied(&source, place);
        assert_eq!(table(&report, "artifacts")["in_file_store"], 5, "{report:#}");
    }
    // And from there on as they are.
    let back = embedded();
    copy(&places[1], &back).ok();
    places.push(back);
    for place in &places {
        for (id, bytes) in (1..).zip(&wanted) {
            assert!(saved(place, id) == *bytes, "{id} in {:?}", place.variable("DB_CONNECTION"));
        }
        place.run(&["database", "check"]).ok();
    }
    // A column of bytes takes them where they are.
    let wide = Env::on(Server::MariaDb, "values_longblob");
    wide.run(&["database", "migrate"]).ok();
    wide.sql("ALTER TABLE artifacts MODIFY artifact LONGBLOB;");
    let report = copied(&source, &wide);
    assert_eq!(table(&report, "artifacts")["in_file_store"], 0, "{report:#}");
    let end = Env::on(Server::Postgres, "values_longblob");
    copy(&wide, &end).ok();
    for (id, bytes) in (1..).zip(&wanted) {
        assert!(saved(&wide, id) == *bytes && saved(&end, id) == *bytes, "{id}");
    }
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn bytes_that_are_no_text_are_told_or_refused() {
    let source = embedded();
    fill(&source);
    source.sql(
        "INSERT INTO job_output_lines (job_id, seq, type, line) VALUES (1, 9, 'stdout', CAST(x'41ff42' AS TEXT)), \
         (1, 10, 'stdout', CAST(x'410042' AS TEXT));",
    );
    let lines = "SELECT typeof(line), hex(line) FROM job_output_lines WHERE seq >= 9 ORDER BY seq;";
    let file = embedded();
    let exact = copied(&source, &file);
    assert_eq!(file.sql(lines), source.sql(lines));
    assert_eq!(table(&exact, "job_output_lines")["replaced"], 0);
    for (place, replaced) in on_two_servers("values_output").iter().zip([1, 2]) {
        let report = copied(&source, place);
        let output = table(&report, "job_output_lines");
        assert_eq!(output["replaced"], replaced, "{report:#}");
        // It is of what was read.
        assert_eq!(output["checksum"], table(&exact, "job_output_lines")["checksum"]);
        let shown = place.run(&["job", "output", "--id=1"]);
        assert!(shown.stdout.contains("A\u{FFFD}B"), "{shown:?}");
    }
    // Elsewhere nothing shows it so: it is not changed without a word.
    source.sql("UPDATE company SET name = CAST(x'41ff42' AS TEXT);");
    copy(&source, &embedded()).ok();
    for place in &on_two_servers("values_refused") {
        let refused = copy(&source, place).refused(1, "company.name does not fit the other database where id = 1");
        assert!(
            refused.stderr.contains("no text in UTF-8") && refused.stderr.contains("hint: Set company.name"),
            "{refused:?}"
        );
        assert_eq!(place.json(&["company", "list"]), json!([]));
    }
    source.sql("UPDATE company SET name = CAST(x'410042' AS TEXT);");
    let [mariadb, postgres] = on_two_servers("values_nul");
    copy(&source, &mariadb).ok();
    copy(&source, &postgres).refused(1, "company.name does not fit the other database where id = 1");
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn the_suite_s_own_sqlite_file_goes_to_a_server() {
    let source = embedded();
    let dump = Path::new("/work/shared/upstream/database/php-suite.sqlite.sql");
    let Ok(dump) = std::fs::read_to_string(dump) else { return };
    source.sql(&dump);
    let wanted = source.sql("SELECT count(*) FROM conffield;");
    for place in on_two_servers("values_suite") {
        let report = copied(&source, &place);
        assert_eq!(table(&report, "conffield")["rows"].to_string(), wanted.trim(), "{report:#}");
        assert_eq!(place.json(&["company", "get", "--id=1"])["enabled"], false);
    }
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn php_s_empty_texts_are_false_and_nothing() {
    let source = embedded();
    fill(&source);
    source.sql(
        "UPDATE company SET enabled = '', customer = '', DatCreate = ''; UPDATE runtemplate SET active = 'true', last_schedule = ''; \
         UPDATE event_source SET enabled = 'false';",
    );
    source.run(&["database", "check"]).ok();
    for place in on_two_servers("values_empty") {
        copied(&source, &place);
        let company = place.json(&["company", "get", "--id=1"]);
        assert_eq!([&company["enabled"], &company["DatCreate"]], [&json!(false), &Value::Null], "{company:#}");
        assert_eq!(place.json(&["runtemplate", "get", "--id=1"])["active"], 1);
    }
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn what_is_no_number_or_time_is_named() {
    let places = on_two_servers("values_misfits");
    for (sql, table, column, value) in [
        ("UPDATE company SET enabled = 'abc';", "company", "enabled", "abc"),
        ("UPDATE runtemplate SET delay = 1.5;", "runtemplate", "delay", "1.5"),
        ("UPDATE job SET schedule = 'yesterday' WHERE id = 2;", "job", "schedule", "yesterday"),
        ("UPDATE job SET \"begin\" = '2026-02-30 10:00:00' WHERE id = 2;", "job", "begin", "2026-02-30 10:00:00"),
    ] {
        let source = embedded();
        fill(&source);
        source.run(&["database", "check"]).ok();
        source.sql(sql);
        let id = if table == "job" { 2 } else { 1 };
        let found = source.json_of(&["database", "check"], 1);
        let finding = &found["findings"][0];
        assert_eq!(
            [&finding["kind"], &finding["table"], &finding["column"]],
            ["value", table, column].map(|it| json!(it)).each_ref(),
            "{found:#}"
        );
        assert!(finding["message"].as_str().unwrap().contains(value), "{found:#}");
        for place in &places {
            let words = format!("{table}.{column} does not fit the other database where id = {id}");
            let refused = copy(&source, place).refused(1, &words);
            assert!(refused.stderr.contains(value) && refused.stderr.contains("hint: Set "), "{refused:?}");
            assert_eq!(place.json(&["company", "list"]), json!([]));
        }
    }
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn what_a_server_refuses_is_told_with_its_row() {
    let [mariadb, postgres] = on_two_servers("values_rows");
    fill(&postgres);
    postgres.sql("UPDATE job SET env = repeat('x', 80000) WHERE id = 2;");
    let refused: Output = copy(&postgres, &mariadb).refused(1, "the row of job where id = 2 cannot be copied");
    assert!(!refused.stderr.contains("encoding") && refused.stderr.contains("at most 65535 bytes"), "{refused:?}");
    // The time is beyond MariaDB's TIMESTAMP, and PostgreSQL has none of that name.
    let source = embedded();
    fill(&source);
    source.sql("UPDATE job SET schedule = '2039-01-01 00:00:00' WHERE id = 2;");
    let refused = copy(&source, &Env::on(Server::MariaDb, "values_late")).refused(1, "the row of job where id = 2");
    assert!(refused.stderr.contains("2038-01-19"), "{refused:?}");
}

#[needs::needs(mariadb)]
#[test]
fn a_killed_copy_s_schema_is_made_anew() {
    let source = embedded();
    fill(&source);
    let target = Env::on(Server::MariaDb, "values_killed");
    target.run(&["database", "migrate"]).ok();
    // A kill in the middle leaves tables without a row.
    target.sql(
        "SET foreign_key_checks = 0; DROP TABLE job, schedule; DELETE FROM phinxlog; DELETE FROM user_roles; \
         DELETE FROM encryption_keys; DELETE FROM data_retention_policies; DELETE FROM credential_prototype_field; \
         DELETE FROM credential_prototype;",
    );
    copy(&source, &target).ok();
    target.run(&["database", "check"]).ok();
    assert!(target.run(&["database", "status"]).ok().stdout.contains("complete"));
}

/// A job's row holds a time that no calendar has.
fn odd_time(env: &Env) -> Option<&'static str> {
    let (sql, time) = match env.variable("DB_CONNECTION") {
        Some("mysql") => {
            ("SET sql_mode = ''; UPDATE job SET `end` = '2024-00-00 00:00:00' WHERE id = 1;", "2024-00-00")
        }
        Some("pgsql") => ("UPDATE job SET \"end\" = 'infinity' WHERE id = 1;", "infinity"),
        _ => return None,
    };
    env.sql(sql);
    Some(time)
}

on_each_database!(a_time_that_no_calendar_has_stops_nothing, |env| {
    fill(env);
    let Some(time) = odd_time(env) else { return };
    env.sql(&format!(
        "UPDATE company SET {q}DatUpdate{q} = (SELECT {q}end{q} FROM job WHERE id = 1);",
        q = env.quote()
    ));
    let jobs = env.json(&["job", "list"]);
    assert_eq!(jobs.as_array().unwrap().len(), 2);
    assert!(env.json(&["job", "get", "--id=1"])["end"].as_str().unwrap().starts_with(time));
    env.run(&["job", "get", "--id=1"]).ok();
    env.run(&["company", "list"]).ok();
    env.run(&["company", "update", "--id=1", "--name=Beta"]).ok();
    let found = env.json_of(&["database", "check"], 1);
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["table"], &finding["column"], &finding["rows"]),
        (&json!("job"), &json!("end"), &json!(1)),
        "{found:#}"
    );
    assert!(finding["message"].as_str().unwrap().contains(time), "{found:#}");
    env.run(&["status"]).ok();
    let refused = copy(env, &embedded()).refused(1, "job.end does not fit the other database where id = 1");
    assert!(refused.stderr.contains(time), "{refused:?}");
    let twin = match env.variable("DB_CONNECTION") {
        Some("mysql") => Env::on(Server::MariaDb, "values_odd_twin"),
        _ => Env::on(Server::Postgres, "values_odd_twin"),
    };
    copy(env, &twin).ok();
    assert!(twin.json(&["job", "get", "--id=1"])["end"].as_str().unwrap().starts_with(time));
});

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn a_time_that_only_postgres_takes_is_found_before_anything_is_copied() {
    let source = Env::on(Server::Postgres, "values_far");
    fill(&source);
    source.run(&["database", "check"]).ok();
    for time in ["-infinity", "12026-01-01", "0044-03-15 BC"] {
        source.sql(&format!("UPDATE job SET schedule = '{time}' WHERE id = 2;"));
        let found = source.json_of(&["database", "check"], 1);
        assert_eq!(
            (&found["findings"][0]["table"], &found["findings"][0]["column"]),
            (&json!("job"), &json!("schedule"))
        );
        for target in [embedded(), Env::on(Server::MariaDb, "values_far")] {
            let refused =
                copy(&source, &target).refused(1, "job.schedule does not fit the other database where id = 2");
            // Those of the tables before that one would have been told.
            assert!(!refused.stderr.contains("had been copied"), "{refused:?}");
        }
    }
}

#[needs::needs(mariadb)]
#[needs::needs(postgres)]
#[test]
fn mariadb_s_zero_date_is_no_time() {
    let source = Env::on(Server::MariaDb, "values_zero");
    fill(&source);
    source.sql("SET sql_mode = ''; UPDATE company SET DatCreate = '0000-00-00 00:00:00';");
    let target = Env::on(Server::Postgres, "values_zero");
    copy(&source, &target).ok();
    assert_eq!(target.json(&["company", "get", "--id=1"])["DatCreate"], Value::Null);
    // Where there has to be one, it is refused in words.
    source.sql("SET sql_mode = ''; UPDATE job_output_lines SET created_at = '0000-00-00 00:00:00' WHERE id = 1;");
    copy(&source, &Env::on(Server::Postgres, "values_zero_again"))
        .refused(1, "job_output_lines.created_at does not fit the other database where id = 1");
}
