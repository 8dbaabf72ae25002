//! Users, their tokens, companies and roles, and the erasure of their data.

use serde_json::json;

use crate::env::{Env, Server, on_each_database};

fn alice(env: &Env) {
    let call =
        ["user", "create", "--login=alice", "--email=alice@example.org", "--firstname=Alice", "--plaintext=marker"];
    env.run(&call).ok();
}

on_each_database!(a_password_is_hashed_and_never_shown, |env| {
    alice(env);
    let stored = env.sql("select password from \"user\" where login = 'alice'".replace('"', env.quote()).as_str());
    assert!(stored.starts_with("$2y$12$"), "{stored}");
    for call in
        [&["user", "get", "--login=alice", "-f", "json"][..], &["user", "list", "-f", "json"], &["user", "list"]]
    {
        let output = env.run(call).ok();
        assert!(!output.stdout.contains("$2y$") && !output.stdout.contains("marker"), "{output:?}");
    }
    env.run(&["user", "create", "--login=bob", "--email=nobody"]).refused(2, "e-mail");
    env.run(&["user", "update", "--login=alice", "--lastname=Liddell"]).ok();
    assert_eq!(env.json(&["user", "get", "--id=1"])["lastname"], "Liddell");
    env.run(&["user", "get", "--login=nobody"]).refused(1, "not found");
});

on_each_database!(a_token_is_shown_once, |env| {
    alice(env);
    let made = env.json(&["token", "generate", "--user=1"]);
    let value = made["token"].as_str().unwrap().to_owned();
    assert_eq!(value.len(), 20);
    for call in [&["token", "get", "--id=1", "-f", "json"][..], &["token", "list", "-f", "json"], &["token", "list"]] {
        let output = env.run(call).ok();
        assert!(!output.stdout.contains(&value), "{output:?}");
    }
    env.run(&["token", "create", "--user=9"]).refused(1, "User with id 9 not found");
    env.run(&["token", "update", "--id=1", "--token=mine"]).ok();
    // A token tells who somebody is: it cannot stand for two, and the refusal does not repeat it.
    let twice = env.run(&["token", "create", "--user=1", "--token=mine"]).refused(1, "this token exists already");
    assert!(!twice.stderr.contains("mine"), "{twice:?}");
    env.run(&["token", "delete", "--id=1"]).ok();
    assert_eq!(env.json(&["token", "list"]), json!([]));
    env.run(&["token", "generate", "--user=1"]).ok();
    env.run(&["user", "delete", "--login=alice"]).ok();
    assert_eq!(env.sql("select count(*) from token").trim(), "0");
});

// The token's key keeps the user: a lock of theirs would take a right that whoever makes tokens need not have.
#[needs::needs(postgres)]
#[test]
fn a_token_is_made_without_the_right_to_change_users() {
    let mut env = Env::on(Server::Postgres, "token_rights");
    alice(&env);
    let role = env.reader("");
    env.sql(&format!(
        "GRANT INSERT ON ALL TABLES IN SCHEMA public TO {role}; GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {role};"
    ));
    env.set("DB_USERNAME", &role);
    env.set("DB_PASSWORD", "x");
    env.run(&["token", "create", "--user=1"]).ok();
}

on_each_database!(a_user_of_a_company, |env| {
    alice(env);
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let assign = |role: &str| env.json(&["user-company", "assign", "--company=acme", "--login=alice", role]);
    assert_eq!(assign("--role=admin")["assigned"], true);
    assert_eq!(assign("--role=viewer")["assigned"], false);
    assert_eq!(env.sql("select role from company_user").trim(), "viewer");
    env.run(&["user-company", "assign", "--company=nosuch", "--login=alice"]).refused(1, "nosuch");
    env.run(&["user-company", "assign", "--company=acme", "--login=bob"]).refused(1, "bob");
    env.run(&["user-company", "assign", "--company=acme"]).refused(2, "--login");
    let list = env.json(&["user-company", "list", "--company=acme"]);
    assert_eq!(
        (&list[0]["login"], &list[0]["company_slug"], list.as_array().unwrap().len()),
        (&json!("alice"), &json!("acme"), 1)
    );
    assert_eq!(
        env.json(&["user-company", "list", "--login=alice", "--fields=company_name"])[0]["company_name"],
        "Acme"
    );
    env.run(&["user-company", "list", "--login=nobody"]).refused(1, "nobody");
    let unassign = || env.json(&["user-company", "unassign", "--company=acme", "--email=alice@example.org"]);
    assert_eq!(unassign()["deleted"], 1);
    assert_eq!(env.json(&["user-company", "list"]), json!([]));
    let again = unassign();
    assert_eq!((&again["status"], &again["deleted"]), (&json!("success"), &json!(0)), "{again}");
    assert_eq!(again["message"], "No assignment found");
    env.run(&["user-company", "unassign", "--company=nosuch", "--login=alice"]).refused(1, "nosuch");
});

on_each_database!(roles_need_tables_that_no_published_migration_makes, |env| {
    alice(env);
    let output = env.run(&["user-role", "set", "--login=alice", "--roles=admin"]).refused(1, "rbac_roles");
    assert!(output.stderr.contains("RBAC") && output.stderr.contains("multiflexi-database"), "{output:?}");
    // As the suite's own code uses them.
    env.sql(
        "create table rbac_roles (id integer primary key, name varchar(50));
         create table rbac_user_roles (user_id integer, role_id integer, assigned_by integer);
         insert into rbac_roles values (1, 'admin'), (2, 'viewer');",
    );
    env.run(&["user-role", "set", "--login=alice", "--roles=admin,viewer"]).ok();
    let list = env.json(&["user-role", "list", "--login=alice"]);
    let roles: Vec<_> = list.as_array().unwrap().iter().map(|row| (&row["login"], &row["role"])).collect();
    assert_eq!(roles, [(&json!("alice"), &json!("admin")), (&json!("alice"), &json!("viewer"))]);
    env.run(&["user-role", "set", "--login=alice", "--roles=viewer"]).ok();
    assert_eq!(env.sql("select role_id from rbac_user_roles").trim(), "2");
    env.run(&["user-role", "set", "--login=alice", "--roles=admin", "--replace=false"]).ok();
    assert_eq!(env.sql("select count(*) from rbac_user_roles").trim(), "2");
    // Who gave a role that stays is still known.
    env.sql("update rbac_user_roles set assigned_by = 7 where role_id = 2;");
    env.run(&["user-role", "set", "--login=alice", "--roles=viewer", "--replace=false"]).ok();
    assert_eq!(env.sql("select assigned_by from rbac_user_roles where role_id = 2").trim(), "7");
    env.run(&["user-role", "set", "--login=alice", "--roles=king"]).refused(1, "king");
    assert_eq!(env.sql("select count(*) from rbac_user_roles").trim(), "2", "what is refused changes nothing");
});

on_each_database!(a_role_that_stays_keeps_what_is_noted_of_it, |env| {
    alice(env);
    env.sql(
        "create table rbac_roles (id integer primary key, name varchar(50), is_active integer);
         create table rbac_user_roles (user_id integer, role_id integer, assigned_by integer, expires_at varchar(20));
         insert into rbac_roles values (1, 'admin', 1), (2, 'viewer', 1), (3, 'king', 0);
         insert into rbac_user_roles values (1, 1, 7, '2030-01-01'), (1, 2, 7, '2030-01-01');",
    );
    let set = |options: &[&str]| env.json(&[&["user-role", "set", "--login=alice"], options].concat());
    let roles = set(&["--roles=admin"]);
    assert_eq!((&roles["replace"], &roles["roles"]), (&json!(true), &json!(["admin"])));
    let detail = &roles["role_details"][0];
    assert_eq!((&detail["name"], &detail["assigned_by"]), (&json!("admin"), &json!(7)), "{roles:#}");
    assert_eq!(env.sql("select expires_at from rbac_user_roles").trim(), "2030-01-01");
    let roles = set(&["--roles=viewer", "--replace=false"]);
    assert_eq!((&roles["replace"], &roles["roles"]), (&json!(false), &json!(["admin", "viewer"])));
    env.run(&["user-role", "set", "--login=alice", "--roles=king"]).refused(1, "switched off");
    assert_eq!(env.sql("select count(*) from rbac_user_roles").trim(), "2");
    assert_eq!(set(&["--roles", "", "--replace", "true"])["roles"], json!([]));
    assert_eq!(env.sql("select count(*) from rbac_user_roles").trim(), "0");
});

/// Requests, approves and processes an erasure of alice's data, which gets this id.
fn erase(env: &Env, id: u32, kind: &str) -> crate::env::Output {
    let kind = format!("--deletion-type={kind}");
    env.run(&["user-erasure", "create", "--user-login=alice", &kind, "--force"]).ok();
    let id = format!("--request-id={id}");
    env.run(&["user-erasure", "process", &id]).refused(1, "is pending");
    env.run(&["user-erasure", "approve", &id, "--force", "--notes=checked"]).ok();
    env.run(&["user-erasure", "process", &id])
}

on_each_database!(a_soft_erasure_keeps_the_data, |env| {
    alice(env);
    env.run(&["token", "generate", "--user=1"]).ok();
    erase(env, 1, "soft").ok();
    let user = env.json(&["user", "get", "--login=alice"]);
    assert_eq!((&user["enabled"], &user["firstname"]), (&json!(0), &json!("Alice")));
    assert_eq!(env.json(&["token", "list"]), json!([]));
    assert_eq!(env.json(&["user-erasure", "list", "--status=completed"]).as_array().unwrap().len(), 1);
    assert_eq!(env.json(&["user-erasure", "audit", "--request-id=1"]).as_array().unwrap().len(), 2);
    let again = env.run(&["user-erasure", "process", "--request-id=1"]).refused(1, "is completed");
    assert!(!again.stderr.contains("approve --request-id"), "{again:?}");
});

// The suite's table of requests has no key on a user's open one.
on_each_database!(of_several_who_ask_for_one_user_s_erasure_at_once_one_does, |env| {
    for user in 1..4 {
        env.run(&["user", "create", &format!("--login=user{user}")]).ok();
        let user = format!("--user-id={user}");
        let create = ["user-erasure", "create", &user, "--deletion-type=soft", "--reason=test", "--force"];
        let said = env.eight_at_once(&create);
        assert_eq!(said.iter().filter(|output| output.code == 0).count(), 1, "{said:?}");
    }
});

/// A row of alice's in each table that may tell who she is; `LOGIN`, `EMAIL` and `PLACE` stand for that.
const TRACES: &[(&str, &str, &str)] = &[
    ("token", "token, user_id", "'MARK', 1"),
    (
        "user_sessions",
        "id, user_id, ip_address, user_agent, expires_at",
        "'MARK', 1, 'PLACE', 'MARK', '2030-01-01 00:00:00'",
    ),
    ("user_2fa_secrets", "user_id, secret", "1, 'MARK'"),
    ("data_export_tokens", "user_id, token_hash, ip_address, user_agent", "1, 'MARK', 'PLACE', 'MARK'"),
    (
        "login_attempts",
        "ip_address, username, attempt_time, user_agent",
        "'PLACE', 'LOGIN', '2026-01-01 00:00:00', 'MARK'",
    ),
    (
        "login_attempts",
        "ip_address, username, attempt_time, user_agent",
        "'PLACE', 'EMAIL', '2026-01-01 00:00:00', 'MARK'",
    ),
    (
        "api_rate_limits",
        "identifier, window_start, window_end",
        "'LOGIN', '2026-01-01 00:00:00', '2026-01-01 00:00:00'",
    ),
    ("ip_whitelist", "user_id, ip_address, description, created_by", "1, 'PLACE', 'MARK', 1"),
    ("data_export_rate_limits", "user_id, ip_address", "1, 'PLACE'"),
    (
        "consent",
        "user_id, session_id, ip_address, user_agent, consent_type, consent_details",
        "1, 'MARK', 'PLACE', 'MARK', 'x', '{\"who\":\"EMAIL\"}'",
    ),
    (
        "consent_log",
        "user_id, session_id, ip_address, old_value, new_value",
        "1, 'MARK', 'PLACE', '{\"a\":\"MARK\"}', '{}'",
    ),
    (
        "user_data_audit",
        "user_id, field_name, old_value, new_value, ip_address, user_agent, reason",
        "1, 'email', 'EMAIL', 'MARK', 'PLACE', 'MARK', 'MARK'",
    ),
    (
        "user_data_correction_requests",
        "user_id, field_name, current_value, requested_value, justification, requested_by_ip, requested_by_user_agent",
        "1, 'email', 'EMAIL', 'MARK', 'I am LOGIN', 'PLACE', 'MARK'",
    ),
    (
        "security_audit_log",
        "user_id, event_type, event_description, ip_address, user_agent, additional_data",
        "1, 'login', 'User LOGIN logged in', 'PLACE', 'MARK', '{\"who\":\"MARK\"}'",
    ),
    (
        "security_audit_log",
        "user_id, event_type, event_description, additional_data",
        "NULL, 'login_failed', 'No login of EMAIL', '{\"login\":\"LOGIN\"}'",
    ),
    (
        "gdpr_audit_log",
        "user_id, action, data_subject, details, ip_address, user_agent",
        "NULL, 'export', 'EMAIL', '{\"email\":\"EMAIL\"}', NULL, NULL",
    ),
    ("gdpr_audit_log", "user_id, action, ip_address, user_agent", "1, 'export', 'PLACE', 'MARK'"),
    ("log", "user_id, message", "NULL, 'Password of LOGIN <EMAIL> was changed'"),
    (
        "data_archive",
        "archive_type, source_table, source_record_id, archived_data, archived_by",
        "'legal_hold', 'user', 1, 'EMAIL', 2",
    ),
];

fn trace(env: &Env) {
    env.run(&["user", "create", "--login=bob", "--email=bob@example.org"]).ok();
    for (table, columns, values) in TRACES {
        let values =
            values.replace("LOGIN", "alice").replace("EMAIL", "Alice@example.org").replace("PLACE", "10.9.8.7");
        env.sql(&format!("insert into {table} ({columns}) values ({});", values.replace("MARK", "marker-7")));
    }
}

/// The tables of the suite's schema, and for each whether it has a column that may tell who somebody is.
fn tables() -> Vec<(String, bool)> {
    const TELLING: [&str; 7] = ["user_id", "email", "username", "identifier", "ip_address", "user_agent", "session_id"];
    let mut tables: Vec<(String, bool)> = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("migrations/sqlite").unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                tables.push((rest.trim_end_matches([' ', '(']).trim_matches('"').to_owned(), false));
            } else if let Some((_, is_telling)) = tables.last_mut() {
                *is_telling |= line.split_whitespace().next().is_some_and(|name| TELLING.contains(&name));
            }
        }
    }
    tables
}

on_each_database!(an_erasure_leaves_nothing_that_tells_who_it_was, |env| {
    nothing_is_left(env, "anonymize");
    // What was done, and why, stays.
    assert_eq!(env.json(&["user-erasure", "list"])[0]["reason"], "erased-1 asked for it");
    assert_eq!(env.sql("select message from log").trim(), "Password of erased-1 <erased-1> was changed");
    let details = env.sql("select details from gdpr_audit_log where data_subject = 'erased-1'");
    assert_eq!(details.replace(' ', "").trim(), r#"{"email":"erased-1"}"#);
});

on_each_database!(a_hard_erasure_leaves_nothing_either, |env| {
    nothing_is_left(env, "hard");
    assert_eq!(env.sql(&format!("select count(*) from {0}user{0} where id = 1", env.quote())).trim(), "0");
});

/// Erases alice, of whom there is something in each table that may tell who she is.
fn nothing_is_left(env: &Env, kind: &str) {
    alice(env);
    trace(env);
    for (table, is_telling) in tables() {
        let others = ["user", "customer", "company", "company_user", "user_role_assignments", "user_deletion_requests"];
        let is_tried = TRACES.iter().any(|(traced, _, _)| *traced == table) || others.contains(&table.as_str());
        assert!(is_tried || !is_telling, "{table} is not tried");
    }
    env.run(&[
        "user-erasure",
        "create",
        "--user-login=alice",
        &format!("--deletion-type={kind}"),
        "--force",
        "--reason=alice asked for it",
    ])
    .ok();
    env.run(&["user-erasure", "approve", "--request-id=1", "--force"]).ok();
    env.run(&["user-erasure", "process", "--request-id=1"]).ok();
    let is_left = |text: &str| ["alice", "10.9.8.7", "marker-7"].iter().any(|mark| text.to_lowercase().contains(mark));
    for (table, _) in tables() {
        let rows = env.sql(&format!("select * from {}{table}{0};", env.quote()));
        assert!(!is_left(&rows), "{table}: {rows}");
    }
    if env.variable("DB_CONNECTION").is_none() {
        let file = std::fs::read(env.database()).unwrap();
        assert!(!is_left(&String::from_utf8_lossy(&file)), "the file's free space holds what was erased");
    }
}

#[test]
fn the_trail_of_an_erasure_is_written_for_us_alone_and_through_no_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let env = Env::new();
    alice(&env);
    erase(&env, 1, "soft").ok();
    let folder = env.file("shared/victim", "theirs").parent().unwrap().to_owned();
    let (trail, victim) = (folder.join("erasure-1.json"), folder.join("victim"));
    std::os::unix::fs::symlink(&victim, &trail).unwrap();
    let export = || {
        let mut command = env.command(&["user-erasure", "audit", "--request-id=1", "--export-audit"]);
        command.current_dir(&folder).output().unwrap()
    };
    let refused = export();
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&victim).unwrap(), "theirs");
    std::fs::remove_file(&trail).unwrap();
    assert!(export().status.success());
    let mode = || std::fs::metadata(&trail).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(), 0o600);
    std::fs::set_permissions(&trail, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(export().status.success());
    assert_eq!(mode(), 0o600, "one that is there becomes ours alone");
}

on_each_database!(a_password_that_is_no_hash_is_warned_of, |env| {
    let create = |login: &str, password: &str| {
        env.run(&[
            "user",
            "create",
            "--login",
            login,
            "--email",
            &format!("{login}@example.org"),
            "--password",
            password,
        ])
        .ok()
    };
    assert!(create("plain", "marker-Secret1").stderr.contains("this is no hash"));
    let hashes =
        ["$2y$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "d41d8cd98f00b204e9800998ecf8427e:ab"];
    for (login, hash) in ["bcrypt", "salted"].into_iter().zip(hashes) {
        assert_eq!(create(login, hash).stderr, "");
    }
});

on_each_database!(a_hard_erasure_leaves_no_personal_data, |env| {
    alice(env);
    erase(env, 1, "hard").ok();
    env.run(&["user", "get", "--login=alice"]).refused(1, "not found");
    let dump = env.run(&["user", "list", "--format=json"]).ok().stdout;
    assert!(!dump.to_lowercase().contains("alice"), "{dump}");
    // On a server the request and its audit go with the user, by the suite's own foreign keys: the log is the proof.
    let log = env.sql("select action, data_subject from gdpr_audit_log order by id");
    assert!(log.contains("user_deleted") && log.contains("erasure_completed"), "{log}");
    assert!(!log.to_lowercase().contains("alice"), "{log}");
});

on_each_database!(who_launched_jobs_is_anonymised_but_not_deleted, |env| {
    env.prepare("Native", "true", json!(null));
    alice(env);
    env.schedule();
    env.sql("update job set launched_by = 1 where 1 = 1;");
    erase(env, 1, "hard").refused(1, "still used by 1 job");
    assert_eq!(env.json(&["user", "get", "--id=1"])["login"], "alice", "a refused erasure changes nothing");
    env.run(&["user-erasure", "create", "--user-login=alice", "--force"]).refused(1, "open erasure request already: 1");
    env.run(&["user", "delete", "--login=alice"]).refused(1, "1 job that they launched");
});
