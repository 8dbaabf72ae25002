//! What a copy leaves in its target: all as before where it is refused, and what is the target's own where it is not.

use std::os::unix::fs::symlink;

use super::moved::{copy, fill, sqlite as embedded};
use crate::crash::database::Own;
use crate::env::{Env, Server, on_each_database, on_each_server};

/// A database of another program.
fn foreign() -> Env {
    let env = embedded();
    let path = env.variable("DB_DATABASE").unwrap();
    let mut client = std::process::Command::new("sqlite3");
    assert!(client.args([path, "CREATE TABLE bookmarks (id integer, url text);"]).status().unwrap().success());
    env
}

/// One that only another database refuses: once the target's schema is known.
fn of_tomorrow() -> Env {
    let env = embedded();
    fill(&env);
    env.sql("ALTER TABLE job ADD COLUMN of_tomorrow varchar(10) DEFAULT 'x';");
    env
}

fn tables(env: &Env) -> String {
    let schema = if env.is_postgres() { "current_schema()" } else { "DATABASE()" };
    env.sql(&format!("SELECT table_name FROM information_schema.tables WHERE table_schema = {schema} ORDER BY 1;"))
}

on_each_server!(a_source_that_is_refused_takes_no_table_away, |env| {
    let emptied = ["user_roles", "encryption_keys", "data_retention_policies", "phinxlog"];
    for table in emptied {
        env.sql(&format!("DELETE FROM {table};"));
    }
    env.sql("DROP TABLE app_kubernetes;");
    let before = tables(env);
    copy(&foreign(), env).refused(1, "is not a database of MultiFlexi");
    assert_eq!(tables(env), before);
    let misfit = embedded();
    fill(&misfit);
    misfit.sql("UPDATE runtemplate SET delay = 1.5;");
    copy(&misfit, env).refused(1, "runtemplate.delay");
    assert_eq!(tables(env), before);
    if env.is_postgres() {
        let dangling = embedded();
        fill(&dangling);
        dangling.sql("PRAGMA foreign_keys = OFF; INSERT INTO job_output_lines (job_id, seq, type, line) VALUES (99, 1, 'stdout', 'x');");
        copy(&dangling, env).refused(1, "refer to nothing");
        assert_eq!(tables(env), before);
    }
    // What is refused later finds the schema made anew, and leaves it.
    copy(&of_tomorrow(), env).refused(1, "has no column job.of_tomorrow");
    assert_eq!(env.json(&["database", "status"])["complete"], true);
    assert_eq!(env.sql("SELECT count(*) FROM job;").trim().trim_start_matches("count(*)").trim(), "0");
    let source = embedded();
    fill(&source);
    copy(&source, env).ok();
});

#[test]
fn a_file_that_was_there_is_there_after_a_refusal() {
    for source in [foreign(), of_tomorrow()] {
        let mut target = embedded();
        let empty = target.file("empty.db", "");
        let link = target.path().join("link.db");
        symlink("empty.db", &link).unwrap();
        let dangling = target.path().join("dangling.db");
        symlink("nothing.db", &dangling).unwrap();
        for path in [&empty, &link, &dangling] {
            target.set("DB_DATABASE", path.to_str().unwrap());
            copy(&source, &target).refused(1, "");
            let mut names: Vec<String> = std::fs::read_dir(target.path())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| name.contains(".db"))
                .collect();
            names.sort();
            assert_eq!(names, ["dangling.db", "empty.db", "link.db"]);
            assert_eq!(empty.metadata().unwrap().len(), 0);
            assert!(link.is_symlink() && dangling.is_symlink());
        }
        // And a copy that is not refused goes where the link points.
        let whole = embedded();
        fill(&whole);
        target.set("DB_DATABASE", link.to_str().unwrap());
        copy(&whole, &target).ok();
        assert!(link.is_symlink() && empty.metadata().unwrap().len() > 10_000);
    }
}

on_each_database!(what_somebody_changed_in_a_new_schema_is_not_replaced, |env| {
    env.run(&["company", "list"]).ok();
    let source = embedded();
    fill(&source);
    let changes = [
        ("data_retention_policies", "retention_period_days", "1", "30"),
        ("data_retention_policies", "description", "'ours'", "'Sessions older than 30 days'"),
        ("data_retention_policies", "enabled", "false", "true"),
    ];
    for (table, column, new, old) in changes {
        let set = |value: &str| format!("UPDATE {table} SET {column} = {value} WHERE policy_name = 'session_data';");
        env.sql(&set(new));
        let mut target = Env::new();
        for key in ["DB_CONNECTION", "DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"] {
            if let Some(value) = env.variable(key) {
                target.set(key, value);
            }
        }
        if env.variable("DB_CONNECTION").is_none() {
            target.set("DB_CONNECTION", "sqlite");
            target.set("DB_DATABASE", env.database().to_str().unwrap());
        }
        let refused = copy(&source, &target).refused(1, &format!("has rows already: 7 in {table}"));
        assert!(refused.stderr.contains("as a new schema has them"), "{refused:?}");
        env.sql(&set(old));
    }
});

#[test]
fn what_the_suite_s_migrations_make_is_empty() {
    let (source, target) = (embedded(), embedded());
    fill(&source);
    target.run(&["database", "migrate"]).ok();
    let theirs = std::fs::read_to_string(crate::env::root().join("tests/suite/database.sqlite.sql")).unwrap();
    for table in ["user_roles", "data_retention_policies"] {
        let rows = theirs.lines().filter(|line| line.starts_with(&format!("INSERT INTO {table} ")));
        target.sql(&format!("DELETE FROM {table};\n{}", rows.collect::<Vec<_>>().join("\n")));
    }
    copy(&source, &target).ok();
}

on_each_server!(migrations_that_only_the_target_knows_are_kept, |env| {
    let source = embedded();
    fill(&source);
    let count = |env: &Env, condition: &str| {
        let told = env.sql(&format!("SELECT count(*) FROM phinxlog WHERE {condition};"));
        told.lines().filter_map(|line| line.trim().parse::<u32>().ok()).next_back().unwrap()
    };
    let all = count(env, "version > 0");
    source.sql(
        "DELETE FROM phinxlog WHERE version > 20250918115702; INSERT INTO phinxlog (version, migration_name) VALUES (20990101000000, 'Ours'); \
         UPDATE phinxlog SET start_time = '2020-02-02 02:02:02' WHERE version = 20250918115702;",
    );
    copy(&source, env).ok();
    assert_eq!(count(env, "version > 0"), all + 1);
    assert_eq!(count(env, "version = 20990101000000"), 1);
    assert_eq!(count(env, "version = 20250918115702 AND start_time = '2020-02-02 02:02:02'"), 1);
});

#[needs::needs(mariadb)]
#[test]
fn a_row_that_no_packet_holds_is_named() {
    let own = Own::new("mariadb");
    own.admin("SET GLOBAL max_allowed_packet = 2097152;");
    let source = embedded();
    fill(&source);
    // Together they are more than a packet, and each alone is not.
    source.sql(
        "INSERT INTO log (severity, venue, message, created) WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9) \
         SELECT 'info', x, hex(zeroblob(400000)), '2026-01-02 03:04:05' FROM n;",
    );
    copy(&source, &own.env).ok();
    let target = Own::new("mariadb");
    target.admin("SET GLOBAL max_allowed_packet = 2097152;");
    source.sql(
        "UPDATE job_output_lines SET line = hex(zeroblob(1500000)) WHERE id = (SELECT min(id) FROM job_output_lines);",
    );
    let id = source.sql("SELECT min(id) FROM job_output_lines;");
    let refused =
        copy(&source, &target.env).refused(1, &format!("the row of job_output_lines where id = {}", id.trim()));
    assert!(refused.stderr.contains("max_allowed_packet is 2097152"), "{refused:?}");
    assert!(refused.stderr.contains("hint: Raise the server's max_allowed_packet"), "{refused:?}");
}

#[needs::needs(postgres)]
#[test]
fn an_account_with_rights_on_rows_alone_is_told_what_it_lacks() {
    let mut env = Env::on(Server::Postgres, "refused_rights");
    let source = embedded();
    fill(&source);
    let role = env.reader("");
    env.sql(&format!(
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role};"
    ));
    env.set("DB_USERNAME", &role);
    env.set("DB_PASSWORD", "x");
    let refused = copy(&source, &env).refused(1, "must be owner of table");
    assert!(refused.stderr.contains("hint:") && refused.stderr.contains("the owner of the tables"), "{refused:?}");
}
