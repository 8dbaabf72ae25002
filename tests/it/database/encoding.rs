//! Characters that the database's encoding lacks lose no result, and are refused in words where an operator gives them.

use serde_json::json;

use crate::crash::database::Own;
use crate::crash::dies_at;
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

// The record of a runner names its folder. A job is claimed, and one that its runner left is brought to its end, all the same.
#[needs::needs(mariadb)]
#[test]
fn mariadb_with_latin1_and_a_folder_that_it_cannot_name() {
    let mut env = Env::on(Server::MariaDb, "encoding_latin1");
    let state = env.path().join("stav-žluť-🐎").display().to_string();
    env.set("XDG_STATE_HOME", &state);
    env.prepare("Native", SCRIPT, json!(null));
    for table in ["job", "job_output_lines"] {
        env.sql(&format!("SET foreign_key_checks = 0; ALTER TABLE {table} CONVERT TO CHARACTER SET latin1;"));
    }
    env.run_job(&[]).0.exits(2);
    let id = env.schedule();
    dies_at(&env, "ended", &["job", "run", &format!("--id={id}")]);
    env.run(&["queue", "run"]).ok();
    assert_eq!(env.json(&["job", "get", &format!("--id={id}")])["exitcode"], json!(2));
    // Its recovery file, which a notice names, is not whole.
    let (id, file) = recovery_file(&env);
    std::fs::write(&file, "").unwrap();
    env.run(&["queue", "run"]).ok();
    let record = env.json(&["job", "get", &format!("--id={id}")]);
    assert_eq!(record["exitcode"], json!(2), "{record:#}");
    assert!(record["notices"].to_string().contains("stav-"), "{record:#}");
}

#[needs::needs(mariadb)]
#[test]
fn a_name_that_the_encoding_lacks_is_not_found() {
    let env = Env::on(Server::MariaDb, "encoding_lookup");
    env.prepare("Native", "true", json!(null));
    env.run(&["company", "update", "--id=1", "--name=Žluť"]).ok();
    for (set, name) in [("utf8mb3", "😀"), ("latin1", "Řím")] {
        for table in ["company", "apps", "runtemplate"] {
            env.sql(&format!("SET foreign_key_checks = 0; ALTER IGNORE TABLE {table} CONVERT TO CHARACTER SET {set};"));
        }
        env.run(&["company", "get", &format!("--name={name}")]).refused(1, "not found");
        env.run(&["runtemplate", "run", name]).refused(1, "not found");
        env.run(&["job", "list", &format!("--app={name}")]).refused(1, "not found");
        if set == "utf8mb3" {
            assert_eq!(env.json(&["company", "get", "--name=Žluť"])["id"], 1);
        }
    }
}

// One character that the encoding lacks takes no other with it.
#[needs::needs(mariadb)]
#[test]
fn a_foreign_character_costs_no_other() {
    for (set, kept) in
        [("latin1", "? ž e ?"), ("latin2", "? ž e ř"), ("utf8mb3", "\u{FFFD} ž e ř"), ("ascii", "? ? e ?")]
    {
        let env = Env::on(Server::MariaDb, &format!("encoding_one_{set}"));
        let report = "printf '\\360\\237\\230\\200 \\305\\276 e \\305\\231'";
        let mut definition = crate::env::definition("Test");
        crate::env::set_script(&mut definition, &format!("{report}; {report} >report.txt"));
        definition["artifacts"] = json!([{"name": "Report", "path": "report.txt", "type": "text/plain"}]);
        let file = env.file("one.app.json", &definition.to_string());
        env.run(&["application", "import-json", file.to_str().unwrap()]).ok();
        env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
        env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=T", "--executor=Native"]).ok();
        for table in ["job", "job_output_lines", "artifacts"] {
            env.sql(&format!("SET foreign_key_checks = 0; ALTER TABLE {table} CONVERT TO CHARACTER SET {set};"));
        }
        let (output, record) = env.run_job(&[]);
        output.exits(0);
        assert_eq!(record["stdout"], kept, "{set}: {record:#}");
        // The file store has its bytes.
        let path = env.path().join("saved");
        env.run(&["artifact", "save", "--id=1", "--file", path.to_str().unwrap()]).ok();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "😀 ž e ř", "{set}");
    }
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
