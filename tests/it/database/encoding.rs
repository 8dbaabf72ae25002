//! Characters that the database's encoding lacks lose no result, and are refused in words where an operator gives them.

use serde_json::json;

use crate::crash::database::Own;
use crate::crash::half_recovery::recovery_file;
use crate::env::{Env, Server};

const SCRIPT: &str = "printf \"a\\360\\237\\230\\200b\\n\"; printf \"e\\360\\237\\230\\200\\n\" >&2; exit 2";

fn keeps_the_result(env: &Env, instead: &str) {
    let (output, job) = env.run_job(&[]);
    output.exits(2);
    assert_eq!(job["exitcode"], json!(2), "{job:#}");
    assert_eq!((&job["stdout"], &job["stderr"]), (&json!(format!("a{instead}b\n")), &json!(format!("e{instead}\n"))));
    assert!(job["notices"].to_string().contains("encoding lacks were replaced"), "{job:#}");
    for command in [&["company", "create", "--name=A😀"][..], &["company", "env-set", "--company_id=1", "--env=KEY=😀"]]
    {
        let output = env.run(command).refused(1, "encoding lacks a character");
        assert!(output.stderr.contains("hint:"), "{output:?}");
    }
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 1);
    assert_eq!(env.json(&["company", "env-list", "--company_id=1"]), json!([]));
}

/// The same of a result that went to a recovery file, by whoever loads it.
fn keeps_what_is_recovered(env: &Env, instead: &str) {
    for loader in [&["job", "recover"][..], &["queue", "run"]] {
        let (id, file) = recovery_file(env);
        let file = file.to_str().unwrap();
        let output = match loader[0] {
            "job" => env.run(&[loader, &[file]].concat()),
            _ => env.run(loader),
        };
        let record = env.json(&["job", "get", &format!("--id={id}")]);
        assert_eq!((output.code, &record["exitcode"]), (0, &json!(2)), "{output:?} {record:#}");
        assert_eq!(record["stdout"], format!("a{instead}b\n"), "{record:#}");
        assert!(record["notices"].to_string().contains("encoding lacks were replaced"), "{record:#}");
    }
}

#[needs::needs(mariadb)]
#[test]
fn mariadb_with_three_bytes_a_character() {
    let env = Env::on(Server::MariaDb, "encoding_three_bytes");
    env.prepare("Native", SCRIPT, json!(null));
    env.sql("SET foreign_key_checks = 0;");
    for table in ["job", "job_output_lines", "company", "companyenv"] {
        env.sql(&format!("SET foreign_key_checks = 0; ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb3;"));
    }
    keeps_the_result(&env, "\u{FFFD}");
    keeps_what_is_recovered(&env, "\u{FFFD}");
}

#[needs::needs(postgres)]
#[test]
fn postgres_with_latin2() {
    let mut own = Own::new("postgres");
    own.env.sql("CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN2' LC_COLLATE 'C' LC_CTYPE 'C';");
    own.env.set("DB_DATABASE", "latin");
    own.env.run(&["database", "migrate"]).ok();
    own.env.prepare("Native", SCRIPT, json!(null));
    keeps_the_result(&own.env, "?");
    keeps_what_is_recovered(&own.env, "?");
}

#[needs::needs(mariadb)]
#[test]
fn a_mariadb_that_is_not_strict_changes_nothing_without_a_word() {
    let own = Own::new("mariadb");
    own.admin("SET GLOBAL sql_mode = '';");
    let env = &own.env;
    env.prepare("Native", SCRIPT, json!(null));
    for table in ["job", "job_output_lines", "company", "companyenv"] {
        env.sql(&format!("SET foreign_key_checks = 0; ALTER TABLE {table} CONVERT TO CHARACTER SET utf8mb3;"));
    }
    keeps_the_result(env, "\u{FFFD}");
}
