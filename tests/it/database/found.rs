//! What `database check` finds, what mends it, and what a copy says of it.

use serde_json::{Value, json};

use super::moved::{copy, fill, sqlite as embedded};
use crate::env::{Env, Server, on_each_database, on_each_server};

/// Rows that refer to nothing are taken in this session.
fn unchecked(env: &Env, sql: &str) {
    let off = match env.variable("DB_CONNECTION") {
        Some("mysql") => "SET foreign_key_checks = 0;",
        Some("pgsql") => "SET session_replication_role = replica;",
        _ => "PRAGMA foreign_keys = OFF;",
    };
    env.sql(&format!("{off} {sql}"));
}

fn findings(env: &Env) -> Vec<Value> {
    let checked = env.run(&["database", "check", "--format=json"]);
    checked.json()["findings"].as_array().unwrap().clone()
}

fn places(env: &Env) -> Vec<String> {
    let place = |it: &Value| format!("{}.{}", it["table"].as_str().unwrap(), it["column"].as_str().unwrap());
    findings(env).iter().map(place).collect()
}

/// One row of each that refers to nothing: parts, what may be empty, and what only somebody knows.
const DANGLING: &str = "INSERT INTO companyapp (app_id, company_id) VALUES (98, 1); \
     INSERT INTO company_apps (app_id, company_id) VALUES (1, 97); \
     INSERT INTO app_translations (app_id, lang, name) VALUES (96, 'en', 'x'); \
     INSERT INTO token (token, user_id) VALUES ('x', 95); \
     INSERT INTO security_audit_log (user_id, event_type, event_description) VALUES (94, 'x', 'x'); \
     UPDATE job SET launched_by = 93 WHERE id = 1; UPDATE job SET task_id = 92 WHERE id = 1;";

on_each_database!(rows_that_refer_to_nothing_are_found_wherever_a_key_is, |env| {
    fill(env);
    assert_eq!(places(env), [""; 0]);
    unchecked(env, DANGLING);
    let all = [
        "company_apps.company_id", "companyapp.app_id", "app_translations.app_id", "token.user_id", "job.task_id",
        "security_audit_log.user_id", "job.launched_by",
    ];
    assert_eq!(places(env), all);
    env.run(&["database", "repair", "--remove-dangling", "--dry-run"]).ok();
    assert_eq!(places(env), all);
    env.run(&["database", "repair", "--remove-dangling"]).ok();
    // Who began a job nobody can know.
    assert_eq!(places(env), ["job.launched_by"]);
    assert_eq!(env.json(&["job", "get", "--id=1"])["task_id"], Value::Null);
    let user = env.sql(&format!("SELECT id FROM {q}user{q}", q = env.quote()));
    unchecked(env, &format!("UPDATE job SET launched_by = {} WHERE id = 1;", user.lines().next().unwrap()));
    assert_eq!(places(env), [""; 0]);
});

#[test]
fn a_damaged_file_is_found() {
    let env = embedded();
    fill(&env);
    env.sql(
        "INSERT INTO job (id, app_id, company_id, launched_by, exitcode) WITH RECURSIVE n(x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n WHERE x < 3000) \
         SELECT x, 1, 1, 1, x FROM n; PRAGMA wal_checkpoint(TRUNCATE);",
    );
    let page = |name: &str| {
        let sql = "SELECT max(pageno) FROM dbstat WHERE pagetype = 'leaf' AND name =";
        env.sql(&format!("{sql} '{name}'")).trim().parse::<u64>().unwrap()
    };
    let damage = |name: &str, from: u64| {
        let file = std::fs::File::options().write(true).open(env.variable("DB_DATABASE").unwrap()).unwrap();
        std::os::unix::fs::FileExt::write_all_at(&file, &[0; 2048], (page(name) - 1) * 4096 + from).unwrap();
    };
    damage("job_exitcode_index", 2048);
    let found = findings(&env);
    assert!(found.len() == 1 && found[0]["kind"] == "file", "{found:#?}");
    assert!(found[0]["message"].as_str().unwrap().contains("index job_exitcode_index"), "{found:#?}");
    assert!(found[0]["mend"].as_str().unwrap().contains(" REINDEX`"), "{found:#?}");
    env.sql("REINDEX");
    assert_eq!(places(&env), [""; 0]);
    // Rows that are lost no index brings back.
    damage("job", 0);
    let found = findings(&env);
    assert!(found.len() == 1 && found[0]["mend"].as_str().unwrap().contains("backup"), "{found:#?}");
}

#[needs::needs(postgres)]
#[test]
fn a_copy_names_the_rows_that_refer_to_nothing() {
    let source = embedded();
    fill(&source);
    unchecked(&source, "UPDATE job SET launched_by = 93 WHERE id = 1; UPDATE job SET task_id = 0;");
    let target = Env::on(Server::Postgres, "found_dangling");
    let refused =
        copy(&source, &target).refused(1, "1 rows of job refer by launched_by to a user that is not there (93)");
    assert!(refused.stderr.contains("database check"), "{refused:?}");
    assert_eq!(places(&source), ["job.launched_by"]);
    assert_eq!(target.json(&["company", "list"]), json!([]));
    // What says that there is none is no such row.
    source.sql("UPDATE job SET launched_by = (SELECT min(id) FROM user);");
    copy(&source, &target).ok();
    assert_eq!(target.json(&["job", "get", "--id=1"])["task_id"], Value::Null);
}

// SQLite takes texts of any width, so that they are no fault of it: check tells of them, and a copy names the command for one.
on_each_server!(texts_that_no_server_s_column_would_take_are_noticed_with_the_command_that_mends_them, |target| {
    let source = embedded();
    fill(&source);
    source.run(&["company", "create", "--name=Long Name Company"]).ok();
    let id = source.sql("SELECT max(id) FROM company;").trim().to_owned();
    source.sql("INSERT INTO companyenv (company_id, keyword, value) VALUES (1, 'LONG', printf('%300s', 'x'));");
    let checked = source.json(&["database", "check"]);
    assert_eq!((&checked["ok"], &checked["findings"]), (&json!(true), &json!([])));
    let mend = |at: usize| checked["notices"][at]["mend"].as_str().unwrap();
    assert!(mend(0).contains(&format!("`multiflexi-cli company update --id={id} --slug=VALUE`")), "{checked}");
    assert!(mend(1).contains("`multiflexi-cli company env set --company_id=1 --env LONG=VALUE`"), "{checked}");
    let text = source.run(&["database", "check"]).ok().stdout;
    assert!(
        text.contains(&format!(
            "notice: 1 text of company.slug is wider than a server's column, which takes 10 characters (id {id})"
        )),
        "{text}"
    );
    let refused = copy(&source, target).refused(1, "the row of company where id = ");
    assert!(refused.stderr.contains(&format!("company update --id={id} --slug=VALUE")), "{refused:?}");
    source.run(&["company", "update", &format!("--id={id}"), "--slug=long"]).ok();
    source.run(&["company", "env", "set", "--company_id=1", "--env=LONG=x"]).ok();
    assert_eq!(source.json(&["database", "check"])["notices"], json!([]));
});

/// What a copy would be refused for, check lists, and repair mends where nobody has to know more.
#[needs::needs(postgres)]
#[test]
fn numbers_that_are_no_row_s_are_found_as_a_copy_finds_them() {
    for (sql, place, is_mended) in [
        ("UPDATE job SET launched_by = -1 WHERE id = 1;", "job.launched_by", false),
        ("UPDATE job SET launched_by = 0 WHERE id = 1;", "job.launched_by", false),
        ("UPDATE runtemplate SET company_id = 0;", "runtemplate.company_id", false),
        ("UPDATE job SET runtemplate_id = -1 WHERE id = 1;", "job.runtemplate_id", true),
        ("UPDATE job SET task_id = -7 WHERE id = 1;", "job.task_id", true),
        (
            "INSERT INTO security_audit_log (user_id, event_type, event_description) VALUES (-1, 'x', 'x');",
            "security_audit_log.user_id",
            true,
        ),
        ("INSERT INTO companyapp (app_id, company_id) VALUES (0, 1);", "companyapp.app_id", true),
    ] {
        let source = embedded();
        fill(&source);
        unchecked(&source, sql);
        assert_eq!(places(&source), [place], "{sql}");
        let target = Env::on(Server::Postgres, "found_no_rows");
        copy(&source, &target).refused(1, "refer to nothing");
        source.run(&["database", "repair", "--remove-dangling"]).ok();
        assert_eq!(places(&source).is_empty(), is_mended, "{sql}");
        if is_mended {
            copy(&source, &target).ok();
        }
    }
}

on_each_database!(a_zero_where_a_row_has_to_be_is_found, |env| {
    fill(env);
    unchecked(env, "UPDATE job SET launched_by = 0 WHERE id = 1; UPDATE job SET task_id = NULL;");
    assert_eq!(places(env), ["job.launched_by"]);
    if !env.is_postgres() {
        // Where there need be none, it says so.
        unchecked(env, "UPDATE job SET task_id = 0;");
        assert_eq!(places(env), ["job.launched_by"]);
    }
});

on_each_database!(a_dead_schedule_and_rows_of_ended_jobs_are_found, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=d"]).ok();
    env.run(&["queue", "fill"]).ok();
    assert_ne!(env.json(&["runtemplate", "get", "--id=1"])["next_schedule"], Value::Null);
    assert_eq!(places(env), [""; 0]);
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    let job = env.json(&["runtemplate", "schedule", "--id=2"])["job_id"].to_string();
    env.run(&["job", "run", "--id", &job]).ok();
    env.sql(&format!(
        "DELETE FROM schedule; DELETE FROM job WHERE id <> {job}; \
         INSERT INTO schedule (after, job) VALUES ('2026-01-01 10:00:00', {job});"
    ));
    assert_eq!(places(env), ["schedule.job", "runtemplate.next_schedule"]);
    for finding in findings(env) {
        assert!(finding["mend"].as_str().unwrap().contains("queue fix"), "{finding:#}");
    }
    let doctor = env.run(&["doctor"]);
    assert!(doctor.stdout.contains("schedules that wait for a job that is gone: 1"), "{doctor:?}");
    env.run(&["queue", "fix"]).ok();
    assert_eq!(places(env), [""; 0]);
    env.run(&["queue", "fill"]).ok();
    assert_ne!(env.json(&["runtemplate", "get", "--id=1"])["next_schedule"], Value::Null);
});

on_each_database!(quiet_commands_print_no_sentence_where_all_is_well, |env| {
    env.run(&["database", "migrate", "-q"]).ok();
    for call in [
        &["database", "migrate"][..],
        &["database", "check"],
        &["database", "repair"],
        &["database", "repair", "--dry-run"],
    ] {
        let quiet = env.run(&[call, &["-q"]].concat()).ok();
        assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""), "{call:?}");
        assert_ne!(env.run(call).ok().stdout, "", "{call:?}");
    }
    env.prepare("Native", "true", json!(null));
    unchecked(env, "INSERT INTO companyapp (app_id, company_id) VALUES (98, 1)");
    assert!(env.run(&["database", "check", "-q"]).exits(1).stdout.contains("companyapp"));
    let would = env.run(&["database", "repair", "--remove-dangling", "--dry-run", "-q"]).ok().stdout;
    assert!(would.contains("companyapp"), "{would}");
});

on_each_database!(what_mends_a_value_that_is_not_encrypted_can_be_typed, |env| {
    fill(env);
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    unchecked(
        env,
        "INSERT INTO credata (credential_id, name, value, type, is_encrypted) VALUES (91, 'A B', 'x', 'string', '1');",
    );
    let found = findings(env);
    let value = found.iter().find(|it| it["table"] == "credata" && it["kind"] == "value").unwrap();
    // There is none to be updated.
    assert!(value["mend"].as_str().unwrap().contains("repair --remove-dangling"), "{found:#?}");
    let kind = env.sql("SELECT min(id) FROM credential_type");
    unchecked(
        env,
        &format!(
            "INSERT INTO credentials (id, name, company_id, credential_type_id) VALUES (91, 'c', 1, {});",
            kind.trim()
        ),
    );
    let found = findings(env);
    let value = found.iter().find(|it| it["table"] == "credata" && it["kind"] == "value").unwrap();
    assert!(value["mend"].as_str().unwrap().contains("--id=91 '--field=A B=-'"), "{found:#?}");
    // One that is of no credential at all is not said to be of one that has the id 0.
    env.sql("UPDATE credata SET credential_id = NULL");
    let found = findings(env);
    let value = found.iter().find(|it| it["table"] == "credata" && it["kind"] == "value").unwrap();
    assert!(value["message"].as_str().unwrap().contains("(the first is A B of no credential)"), "{found:#?}");
    assert!(value["mend"].as_str().unwrap().contains("delete row "), "{found:#?}");
});

#[needs::needs(postgres)]
#[test]
fn a_copy_that_differs_says_what_may_do_that() {
    let source = embedded();
    fill(&source);
    let target = Env::on(Server::Postgres, "found_trigger");
    target.run(&["database", "migrate"]).ok();
    target.sql(
        "CREATE FUNCTION other() RETURNS trigger AS $$ BEGIN NEW.name := 'other'; RETURN NEW; END $$ LANGUAGE plpgsql; \
         CREATE TRIGGER other BEFORE INSERT ON company FOR EACH ROW EXECUTE FUNCTION other();",
    );
    let refused = copy(&source, &target).refused(1, "the copy of the table company differs");
    assert!(
        refused.stderr.contains("hint: Nothing of it is left") && refused.stderr.contains("trigger"),
        "{refused:?}"
    );
    assert_eq!(target.json(&["company", "list"]), json!([]));
}
