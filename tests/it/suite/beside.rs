//! Where the suite's commands do something, ours do it too: found by running both on one database.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::env::{Env, Output, definition, on_each_database, set_script};

const MASK: &str = "••••••••";

/// The call as the suite writes it, its words parted by blanks.
fn call<'a>(env: &Env, line: &'a str) -> (Vec<&'a str>, Output) {
    let words: Vec<&str> = line.split(' ').collect();
    let output = env.run(&words);
    (words, output)
}

/// A prototype whose fields have defaults, a type and a credential of it, assigned to runtemplate 1, whose job prints its variables.
fn prepare_defaults(env: &Env) {
    env.prepare("Native", "env", json!(null));
    let field = |keyword: &str, kind: &str, default: &str| json!({"keyword": keyword, "name": keyword, "type": kind, "required": true, "default_value": default});
    let prototype = json!({
        "$schema": "https://multiflexi.eu/schema/credential-prototype.json",
        "uuid": "6f3a8b0c-0d0f-4b64-9d5e-0f6a3c1d2e01", "id": "Server", "code": "Server", "name": "Server", "description": "A server",
        "version": "1.0.0",
        "fields": [field("SRV_HOST", "string", "127.0.0.1"), field("SRV_PASSWORD", "password", "default-marker"), field("SRV_USER", "string", "nobody")],
    });
    let file = env.file("server.credprototype.json", &prototype.to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Server"]).ok();
    env.run(&[
        "credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1", "--field=SRV_USER=me",
    ])
    .ok();
}

on_each_database!(s1_the_defaults_of_a_prototypes_fields_reach_the_job, |env| {
    prepare_defaults(env);
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    let (ran, job) = env.run_job(&[]);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    for wanted in ["SRV_HOST=127.0.0.1", "SRV_PASSWORD=default-marker", "SRV_USER=me"] {
        assert!(lines.contains(&wanted), "{wanted}: {ran:#?}");
    }
    assert_eq!((&job["env"]["SRV_HOST"], &job["env"]["SRV_PASSWORD"]), (&json!("127.0.0.1"), &json!(MASK)));
    // What somebody set wins over a default.
    env.run(&["runtemplate", "update", "--id=1", "--config=SRV_HOST=db.example.org"]).ok();
    let (ran, _) = env.run_job(&[]);
    assert!(ran.stdout.lines().any(|line| line == "SRV_HOST=db.example.org"), "{ran:#?}");
});

on_each_database!(s1_a_default_of_a_credential_that_is_not_assigned_is_not_there, |env| {
    prepare_defaults(env);
    env.sql("update apps set requirements = 'Server' where id = 1;");
    let id = format!("--id={}", env.schedule());
    let blocked = env.run(&["job", "run", &id]).exits(75);
    assert!(blocked.stderr.contains("SRV_HOST"), "{blocked:#?}");
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run_job(&[]).0.ok();
});

on_each_database!(s2_not_found_is_the_status_that_the_suite_has, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    for line in [
        "application:get --id 9",
        "application:get --uuid 0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001",
        "application:get --name none",
        "company:get --id 9",
        "company:get --slug none",
        "company:get --ic none",
        "company:get --name none",
        "user:get --id 9",
        "user:get --login none",
        "user:get --email none@example.org",
        "credential:get --id 9",
        "credential:remove --id 9",
        "credential:update --id 9 --name x",
        "credential-prototype:get --code none",
        "credential-type:get --id 9",
        "event-source:get --id 9",
        "event-rule:get --id 9",
        "run-template:get --id 9",
        "run-template:get --name none",
        "job:get --id 9",
        "token:get --id 9",
        "task:get --id 9",
    ] {
        let (_, output) = call(env, &format!("{line} --verbose --format json"));
        let error = output.exits(1).json();
        assert_eq!((&error["status"], &error["code"]), (&json!("not found"), &json!("not_found")), "{line}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains("not found")), "{line}: {error}");
    }
    // A reference that leads nowhere is an error of the call, as in the suite.
    for line in
        ["run-template:create --name=x --app_id=9 --company_id=1", "company:remove --id=9", "token:create --user=9"]
    {
        let error = call(env, &format!("{line} --format=json")).1.exits(1).json();
        assert_eq!((&error["status"], &error["code"]), (&json!("error"), &json!("not_found")), "{line}");
    }
});

on_each_database!(s3_the_mask_means_unchanged, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["user", "create", "--login=a", "--plaintext=marker"]).ok();
    let hash = env.sql(&format!("select password from {0}user{0} where login = 'a'", env.quote()));
    env.run(&["token", "create", "--user=1", "--token=marker-token"]).ok();
    env.run(&["event-source", "create", "--name=s", "--db_database=d", "--db_password=marker-db"]).ok();
    env.run(&["company", "env-set", "--company=acme", "--env=API_TOKEN=marker-env"]).ok();
    env.run(&["runtemplate", "update", "--id=1", "--config=API_TOKEN=marker-config"]).ok();
    let mask = |option: &str| format!("--{option}={MASK}");
    let pair = |option: &str| format!("--{option}=API_TOKEN={MASK}");
    for words in [
        vec!["token:update", "--id=1", &mask("token")],
        vec!["token:update", "--id=1", "--user=1", &mask("token")],
        vec!["event-source:update", "--id=1", &mask("db_password")],
        vec!["event-source:update", "--id=1", "--name=t", &mask("db_password")],
        vec!["user:update", "--login=a", &mask("password")],
        vec!["user:update", "--login=a", &mask("plaintext")],
        vec!["user:update", "--login=a", "--firstname=Ann", &mask("plaintext")],
        vec!["company", "env-set", "--company=acme", &pair("env")],
        vec!["runtemplate", "update", "--id=1", &pair("config")],
        vec!["runtemplate", "schedule", "--id=1", &pair("env"), &pair("config")],
    ] {
        env.run(&words).ok();
    }
    assert_eq!(env.sql("select token from token").trim(), "marker-token");
    assert_eq!(env.sql("select db_password, name from event_source").trim().replace('\t', "|"), "marker-db|t");
    assert_eq!(env.sql(&format!("select password from {0}user{0} where login = 'a'", env.quote())), hash);
    assert_eq!(env.sql("select value from companyenv").trim(), "marker-env");
    assert_eq!(env.sql("select value from configuration where name = 'API_TOKEN'").trim(), "marker-config");
    assert!(env.stored_environment("1").contains("marker-env"), "the job has what it would have had");
    // Where nothing is set yet, the mask is no value.
    for words in [
        vec!["token:create", "--user=1", &mask("token")],
        vec!["event-source:create", "--name=u", "--db_database=d", &mask("db_password")],
        vec!["user:create", "--login=b", &mask("plaintext")],
        vec!["user:create", "--login=b", &mask("password")],
        vec!["company", "env-set", "--company=acme", &format!("--env=OTHER_TOKEN={MASK}")],
        vec!["runtemplate", "update", "--id=1", &format!("--config=OTHER_TOKEN={MASK}")],
        vec!["runtemplate", "create", "--name=x", "--app_id=1", "--company_id=1", &pair("config")],
    ] {
        env.run(&words).refused(2, "stands for a value");
    }
    assert_eq!(env.sql("select count(*) from token").trim(), "1");
    assert_eq!(env.sql("select count(*) from runtemplate").trim(), "1");
});

on_each_database!(s3_the_mask_of_a_credentials_value_means_unchanged, |env| {
    prepare_defaults(env);
    env.run(&["credential", "update", "--id=1", &format!("--field=SRV_USER={MASK}"), "--name=Theirs"]).ok();
    assert_eq!(env.sql("select value from credata where name = 'SRV_USER'").trim(), "me");
    let none = format!("--field=SRV_PASSWORD={MASK}");
    env.run(&["credential", "update", "--id=1", "--name=Nobodys", &none]).refused(2, "stands for a value");
    assert_eq!(env.sql("select name from credentials").trim(), "Theirs", "a refused call changes nothing");
    env.run(&["credential", "create", "--name=N", "--company-id=1", "--credential-type-id=1", &none])
        .refused(2, "stands for a value");
});

on_each_database!(s5_records_and_reports_have_what_the_suites_have, |env| {
    prepare_defaults(env);
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    let record = env.json(&["run-template:get", "--id=1"]);
    assert_eq!(
        (&record["SRV_USER"], &record["SRV_HOST"], &record["SRV_PASSWORD"]),
        (&json!("me"), &json!("127.0.0.1"), &json!(MASK))
    );
    let text = env.run(&["run-template:get", "--id=1"]).ok().stdout;
    assert!(text.contains("SRV_USER: me\n") && !text.contains("default-marker"), "{text}");

    env.sql("update runtemplate set interv = 'd', next_schedule = '2020-01-01 00:00:00' where id = 1;");
    let stale = env.json(&["run-template:stale"]);
    let row = stale["stale"][0].as_object().unwrap();
    let whole = env.json(&["run-template:list"])[0]
        .as_object()
        .unwrap()
        .keys()
        .filter(|key| !["app_uuid", "company_slug"].contains(&key.as_str()))
        .count();
    assert_eq!(row.len(), whole, "{row:?}");
    assert_eq!((&stale["count"], &row["executor"]), (&json!(1), &json!("Native")));

    let status = env.json(&["encryption:status"]);
    assert_eq!((&status["status"], &status["message"]), (&json!("success"), &json!("Encryption status retrieved")));
    assert_eq!((&status["master_key"], &status["active_keys"]), (&json!("missing"), &status["total_keys"]));
    assert_eq!(status["total_keys"], status["keys"].as_array().unwrap().len());
    let with_key =
        env.command(&["encryption:status", "--format=json"]).env("ENCRYPTION_MASTER_KEY", "x").output().unwrap();
    assert_eq!(Output::from(with_key).ok().json()["master_key"], "configured");

    let status = env.json(&["status"]);
    let texts = [
        "version-cli", "db-migration", "user", "php", "os", "jobs", "database", "encryption", "zabbix", "telemetry",
        "executor", "scheduler", "timestamp",
    ];
    for key in texts {
        assert!(status[key].is_string(), "{key}: {status:#}");
    }
    assert_eq!(status["encryption"], "broken (no master key)");
});

on_each_database!(s6_an_empty_value_takes_a_field_away, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme", "--email=a@example.org", "--ic=123", "--customer=1"])
        .ok();
    env.run(&[
        "company:update", "--id", "1", "--name", "Acme", "--email", "", "--ic", "", "--slug", "", "--customer", "",
    ])
    .ok();
    let company = env.json(&["company", "get", "--id=1"]);
    assert_eq!((&company["email"], &company["ic"], &company["slug"]), (&json!(""), &json!(""), &json!("")));
    assert_eq!(company["customer"], Value::Null);
    env.run(&["user", "create", "--login=a", "--email=a@example.org", "--firstname=A"]).ok();
    env.run(&[
        "user:update", "--id", "1", "--login", "a", "--firstname", "", "--lastname", "", "--email", "", "--enabled",
        "1",
    ])
    .ok();
    let user = env.json(&["user", "get", "--id=1"]);
    assert_eq!((&user["email"], &user["firstname"]), (&json!(""), &json!("")));
    env.run(&["event-source:create", "--name=s"]).ok();
    let source = env.json(&["event-source:get", "--id=1"]);
    assert_eq!((&source["db_database"], &source["db_connection"]), (&json!(""), &json!("mysql")));
    // What has to say something still has to.
    env.run(&["company:update", "--id=1", "--name="]).refused(2, "empty");
    env.run(&["user:update", "--id=1", "--email=nobody"]).refused(2, "e-mail");
    // What is looked for need not fit into the column.
    for line in [
        "company:get --slug=nonexistent",
        "company:get --name=a-name-of-more-than-the-thirty-two-characters-that-fit",
        "user:get --login=a-login-of-more-than-the-thirty-two-characters-that-fit",
        "user:get --email=nobody",
        "application:get --uuid=none",
        "user-company:assign --company_id=1 --email=nobody",
        "user-company:assign --company_id=1 --login=a-login-of-more-than-the-thirty-two-characters-that-fit",
    ] {
        let error = call(env, line).1.refused(1, "not found");
        assert!(error.stderr.contains("hint"), "{error:?}");
    }
    env.run(&["company:get", "--slug="]).refused(2, "Missing");
    env.run(&["company:remove", "--slug="]).refused(2, "Missing");
});

on_each_database!(s7_sync_makes_the_suites_own_prototypes, |env| {
    let made = env.json(&["crprototype", "sync"]);
    assert_eq!(made, json!({"processed": 3, "created": 3, "updated": 0, "errors": 0, "skipped": 1}));
    let list = env.json(&["credential-prototype:list", "--order=code", "--fields=code,uuid,logo,version"]);
    let codes: Vec<&str> = list.as_array().unwrap().iter().filter_map(|row| row["code"].as_str()).collect();
    assert_eq!(codes, ["EnvFile", "FioBank", "SQLServer"]);
    let server = env.json(&["credential-prototype:get", "--uuid=84c157ce-57d5-45cd-ae67-75fdfedab57f"]);
    let fields = server["fields"].as_array().unwrap();
    assert_eq!(fields.len(), 7, "{server:#}");
    let host = fields.iter().find(|field| field["keyword"] == "DB_HOST").unwrap();
    assert_eq!((&host["default_value"], &host["hint"]), (&json!("127.0.0.1"), &json!("127.0.0.1")));
    assert_eq!(env.json(&["credential-prototype:sync", "--format", "json"])["updated"], 3);
    // Homepage and tags of a definition that was imported stay, as in the suite.
    env.sql("update credential_prototype set homepage = 'https://example.org/' where code = 'FioBank';");
    env.run(&["credential-prototype:sync"]).ok();
    assert_eq!(env.json(&["credential-prototype:get", "--code=FioBank"])["homepage"], "https://example.org/");
});

/// Runs a Native job that leaves files whose names are patterns of the application's.
fn leave_files(env: &Env, script: &str, patterns: &[&str]) {
    let mut definition = definition("Test");
    set_script(&mut definition, script);
    let artifact = |path: &&str| json!({"name": "a", "path": path, "type": "file", "description": {"en": "a"}});
    definition["artifacts"] = patterns.iter().map(artifact).collect();
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
    env.run_job(&[]).0.ok();
}

/// Saves an artifact and tells its bytes.
fn saved(env: &Env, id: i64) -> Vec<u8> {
    let target = env.path().join(format!("saved-{id}"));
    env.run(&["artifact:save", "--id", &id.to_string(), "--file", target.to_str().unwrap()]).ok();
    std::fs::read(target).unwrap()
}

on_each_database!(s8_a_binary_artifact_is_given_from_wherever_it_is, |env| {
    leave_files(env, r"printf 'a\000\377b' > one.bin; printf 'text' > two.txt", &["one.bin", "two.txt"]);
    let listed = env.json(&["artifact:list", "--fields=id,filename"]);
    let id_of = |name: &str| {
        let row = listed.as_array().unwrap().iter().find(|row| row["filename"] == name);
        row.unwrap_or_else(|| panic!("{listed}"))["id"].as_i64().unwrap()
    };
    assert_eq!(saved(env, id_of("one.bin")), b"a\0\xffb");
    assert_eq!(saved(env, id_of("two.txt")), b"text");
    // Two of one name: each its own bytes.
    let job = "(select max(job_id) from artifacts)";
    let bytes = |hex: &str| match env.variable("DB_CONNECTION") {
        Some("pgsql") => format!("'\\x{hex}'"),
        _ => format!("x'{hex}'"),
    };
    for hex in ["00ff01", "00ff02"] {
        env.sql(&format!(
            "insert into file_store (job_id, runtemplate_id, field, file_name, file_path, file_data) values ({job}, 1, 'artifact', 'same.bin', 'x/same.bin', {});",
            bytes(hex)
        ));
        env.sql("insert into artifacts (job_id, filename, content_type, artifact, note) select max(job_id), 'same.bin', 'application/octet-stream', '', '' from artifacts;");
    }
    let same = env.json(&["artifact:list", "--fields=id,filename"]);
    let ids = same
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["filename"] == "same.bin")
        .filter_map(|row| row["id"].as_i64());
    let contents: Vec<Vec<u8>> = ids.map(|id| saved(env, id)).collect();
    assert_eq!(contents, [vec![0, 0xff, 1], vec![0, 0xff, 2]]);
    // One of which nothing is kept is an error, as in the suite.
    env.sql("insert into artifacts (job_id, filename, content_type, artifact, note) select max(job_id), 'none.bin', 'text/plain', '', '' from artifacts;");
    let none = env.json(&["artifact:list", "--fields=id"]).as_array().unwrap().last().unwrap()["id"].to_string();
    let target = env.path().join("none");
    env.run(&["artifact:save", "--id", &none, "--file", target.to_str().unwrap()]).refused(1, "no content");
    assert!(!target.exists());
});

/// The suite binds what it stores as text, whatever the bytes are.
#[test]
fn s8_an_artifact_that_the_suite_stored_comes_out_byte_for_byte() {
    let env = Env::new();
    leave_files(&env, "true", &[]);
    env.sql("insert into artifacts (job_id, filename, content_type, artifact, note) values (1, 'x.pdf', 'application/pdf', cast(x'255044460a00ff80e2' as text), '');");
    env.sql("insert into artifacts (job_id, filename, content_type, artifact, note) values (1, 'y.pdf', 'application/pdf', x'00ff', '');");
    assert_eq!(saved(&env, 1), b"%PDF\n\0\xff\x80\xe2");
    assert_eq!(saved(&env, 2), b"\0\xff");
}

/// A text as PHP serialises it.
fn sized(text: &str) -> String {
    format!("s:{}:\"{text}\"", text.len())
}

on_each_database!(s9_the_result_file_of_the_suites_retry_is_made_anew, |env| {
    let mut definition = definition("Test");
    set_script(
        &mut definition,
        r#"case "$RESULT_FILE" in "$PWD"/*) ;; *) echo "not mine: $RESULT_FILE"; exit 9 ;; esac; echo '{}' > "$RESULT_FILE""#,
    );
    definition["environment"]["RESULT_FILE"] =
        json!({"type": "string", "description": "r", "defval": "of-the-retry.json", "required": false});
    definition["artifacts"] =
        json!([{"name": "a", "path": "of-the-retry.json", "type": "file", "description": {"en": "a"}}]);
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
    // As its daemon leaves it: the temporary folder in front of the name, and all of it from its own process.
    let name = "of-the-retry.json";
    for folder in ["/tmp", "/var/lib/multiflexi/tmp"] {
        let id = env.schedule();
        let stored = env.stored_environment(&id);
        let path = format!("{folder}/{name}");
        let changed = stored.replace(&sized(name), &sized(&path));
        assert_ne!(changed, stored);
        let changed = changed.replace(&sized("ease://MultiFlexi/Application#1"), &sized("ExecutorNative"));
        env.store_environment(&id, &changed);
        let id = format!("--id={id}");
        let ran = env.run(&["job", "run", &id]).ok();
        let job = env.json(&["job", "get", &id]);
        assert!(!job["notices"].to_string().contains("missing"), "{job:#} {ran:#?}");
    }
    assert_eq!(env.sql("select count(*) from artifacts where filename = 'of-the-retry.json'").trim(), "2");
    // A path that somebody gave stays.
    let own = env.path().join("own.json");
    let (_, job) = env.run_job(&[]);
    assert_eq!(job["exitcode"], 0);
    let words = format!("--env=RESULT_FILE={}", own.display());
    let id = env.json(&["runtemplate", "schedule", "--id=1", &words])["job_id"].to_string();
    env.run(&["job", "run", "--id", &id]).exits(9);
});

on_each_database!(s10_what_lies_in_other_tables_is_a_change_of_its_owner, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["credential-prototype", "create", "--code=Cloud", "--name=Cloud"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Cloud"]).ok();
    env.run(&["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"]).ok();
    env.run(&["event-source", "create", "--name=s", "--adapter_type=x", "--db_database=d"]).ok();
    env.run(&["event-rule", "create", "--event_source_id=1", "--runtemplate_id=1"]).ok();
    let (_, job) = env.run_job(&[]);
    env.sql("DELETE FROM security_audit_log");
    env.run(&["credential", "update", "--id=1", "--field=LOGIN=me"]).ok();
    env.run(&["runtemplate", "update", "--id=1", "--undeclared", "--config=COLOUR=red"]).ok();
    env.run(&["job", "delete", &format!("--id={}", job["id"])]).ok();
    env.run(&["company", "env-set", "--company_id=1", "--env=COLOUR=red"]).ok();
    env.run(&["company", "env-unset", "--company_id=1", "--name=COLOUR"]).ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["runtemplate", "unassign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["user", "create", "--login=new"]).ok();
    let of_new = ["--company_id=1", "--login=new"];
    env.run(&[&["user-company", "assign"], &of_new[..]].concat()).ok();
    // Nothing changes.
    env.run(&[&["user-company", "assign"], &of_new[..]].concat()).ok();
    env.run(&[&["user-company", "unassign"], &of_new[..]].concat()).ok();
    env.run(&["application", "create", "--name=More", "--executable=true"]).ok();
    env.run(&["company-app", "assign", "--company_id=1", "--app_id=2"]).ok();
    env.run(&["company-app", "unassign", "--company_id=1", "--app_id=2"]).ok();
    env.run(&["event-rule", "update", "--id=1", "--priority=2"]).ok();
    env.run(&["event-rule", "delete", "--id=1"]).ok();
    env.run(&["event-source", "delete", "--id=1"]).ok();
    env.run(&["credential", "remove", "--id=1"]).ok();
    env.run(&["credential-type", "remove", "--id=1"]).ok();
    env.run(&["credential-prototype", "delete", "--code=Cloud"]).ok();
    let log = env.sql("select entity_type, action from security_audit_log order by id");
    let lines: Vec<String> = log.lines().map(|line| line.replace(['\t', '|'], " ")).collect();
    assert_eq!(
        lines,
        [
            "Credential update", "RunTemplate update", "Job delete", "Company update", "Company update",
            "RunTemplate update", "RunTemplate update", "User create", "User update", "User update",
            "Application create", "RunTemplate create", "Company update", "RunTemplate delete", "Company update",
            "EventRule update", "EventRule delete", "EventSource delete", "Credential delete", "CredentialType delete",
            "CredentialProtoType delete",
        ]
    );
});

on_each_database!(s10_changes_are_in_the_audit_log, |env| {
    env.run(&["user", "create", "--login=auditor"]).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "update", "--id=1", "--ic=1"]).ok();
    env.run(&["user", "update", "--id=1", "--firstname=A"]).ok();
    env.run(&["application", "create", "--name=App", "--executable=/bin/true"]).ok();
    env.run(&["runtemplate", "create", "--name=R", "--app_id=1", "--company_id=1"]).ok();
    env.run(&["runtemplate", "update", "--id=1", "--active=0"]).ok();
    env.run(&["runtemplate", "delete", "--id=1"]).ok();
    env.run(&["application", "delete", "--id=1"]).ok();
    env.run(&["company", "remove", "--id=1"]).ok();
    env.run(&["user", "delete", "--id=1"]).ok();
    // What is refused, or changes nothing, is no change.
    env.run(&["company", "remove", "--id=1"]).refused(1, "not found");
    let log =
        env.sql("select entity_type, entity_id, action, event_type, severity from security_audit_log order by id");
    let lines: Vec<String> = log.lines().map(|line| line.replace(['\t', '|'], " ")).collect();
    let wanted = [
        "User 1 create", "Company 1 create", "Company 1 update", "User 1 update", "Application 1 create",
        "RunTemplate 1 create", "RunTemplate 1 update", "RunTemplate 1 delete", "Application 1 delete",
        "Company 1 delete", "User 1 delete",
    ];
    let wanted: Vec<String> =
        wanted.iter().map(|line| format!("{line} entity_{} low", line.rsplit(' ').next().unwrap())).collect();
    assert_eq!(lines, wanted);
    assert_eq!(
        env.sql("select event_description from security_audit_log order by id").lines().next(),
        Some("User create #1")
    );
    // An older schema has no table or lacks the columns, and the change is made all the same.
    env.sql("alter table security_audit_log drop column entity_type;");
    env.run(&["company", "create", "--name=B", "--slug=b"]).ok();
    env.sql("drop table security_audit_log;");
    env.run(&["company", "create", "--name=C", "--slug=c"]).ok();
});

/// Runs `credential get --reveal` with this on stdin.
fn reveal(env: &Env, options: &[&str], answer: &str) -> Output {
    let words: Vec<&str> = ["credential:get", "--id=1", "--reveal"].iter().chain(options).copied().collect();
    let mut command = env.command(&words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It may end before it has read.
    let _ = child.stdin.take().unwrap().write_all(answer.as_bytes());
    child.wait_with_output().unwrap().into()
}

on_each_database!(s11_no_interaction_alone_reveals_nothing, |env| {
    prepare_defaults(env);
    env.sql("insert into credata (credential_id, name, value, type) values (1, 'SRV_PASSWORD', 'revealed-marker', 'password');");
    for (options, answer, shown) in [
        (&["-n"][..], "", false),
        (&["--no-interaction"], "y\n", false),
        (&[], "", false),
        (&[], "n\n", false),
        (&[], "\n", false),
        (&[], "y\n", true),
        (&[], "y\ny\ny\n", true),
        (&["--format=json"], "yes\n", true),
        (&["--yes"], "", true),
        (&["-n", "--yes"], "", true),
        (&["-n", "--yes", "--format=json"], "", true),
    ] {
        let output = reveal(env, options, answer).exits(if shown { 0 } else { 1 });
        assert_eq!(output.stdout.contains("revealed-marker"), shown, "{options:?} {answer:?}: {output:#?}");
        assert!(shown || !output.stderr.contains("revealed-marker"), "{output:#?}");
    }
    let count = env.sql("select count(*) from security_audit_log where event_type = 'credential_revealed'");
    assert_eq!(count.trim(), "6");
    env.run(&["credential:get", "--id=1", "--yes"]).refused(2, "--reveal");
});

#[test]
fn s12_silent_prints_nothing() {
    let env = Env::new();
    for (words, code) in [
        (&["company", "create", "--name=Acme", "--slug=acme", "--silent"][..], 0),
        (&["--silent", "company", "list"], 0),
        (&["company:list", "--format=json", "--silent"], 0),
        (&["company", "get", "--id=9", "--silent"], 1),
        (&["company", "get", "--id=9", "--silent", "--format=json"], 1),
        (&["company", "nosuch", "--silent"], 2),
        (&["status", "--silent"], 0),
    ] {
        let output = env.run(words).exits(code);
        assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""), "{words:?}");
    }
    let env = Env::new();
    env.prepare("Native", "echo out; echo err >&2; exit 3", json!(null));
    let output = env.run(&["job", "run", "--silent", "--id", &env.schedule()]).exits(3);
    assert_eq!((output.stdout.as_str(), output.stderr.as_str()), ("", ""));
    assert_eq!(env.json(&["job", "get", "--id=1"])["stdout"], "out\n");
}

#[test]
fn s12_describe_names_every_command_and_option_of_the_suite() {
    let env = Env::new();
    let ours = env.json(&["describe"]);
    let suite = described_by_the_suite();
    let mut missing = Vec::new();
    for (command, described) in suite.as_object().unwrap() {
        if ours.get(command).is_none() {
            missing.push(command.clone());
        }
        for kind in ["options", "arguments"] {
            for (name, option) in described[kind].as_object().into_iter().flatten() {
                // Of both spellings the help shows one.
                let ours = [name.clone(), name.replace('-', "_")].map(|name| ours[command][kind][name].clone());
                let ours = ours.iter().find(|option| !option.is_null()).unwrap_or(&Value::Null);
                // The format's value is optional everywhere.
                let lacks_value = option["is_value_required"] == true && ours["is_value_required"] == false;
                if ours.is_null() || lacks_value && name != "format" && name != "input" {
                    missing.push(format!("{command} {name}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn s12_the_suites_own_completion_script_is_answered() {
    let env = Env::new();
    // As bash's script of symfony/console calls it: the words so far, and which of them the cursor is in.
    let complete = |words: &[&str], current: usize| {
        let mut call = vec![
            "_complete".to_owned(),
            "--no-interaction".into(),
            "-sbash".into(),
            format!("-c{current}"),
            "-a1".into(),
        ];
        call.extend(words.iter().map(|word| format!("-i{word}")));
        let call: Vec<&str> = call.iter().map(String::as_str).collect();
        env.run(&call).ok().stdout.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let commands = complete(&["multiflexi-cli", "company:"], 1);
    assert!(commands.contains(&"company:list".into()) && commands.contains(&"company:create".into()), "{commands:?}");
    assert!(commands.iter().all(|name| name.starts_with("company:")), "{commands:?}");
    // Where the suite lists all its commands at once, the nouns come first here.
    assert!(complete(&["multiflexi-cli"], 1).contains(&"runtemplate".into()));
    assert!(complete(&["multiflexi-cli"], 1).contains(&"status".into()));
    let options = complete(&["multiflexi-cli", "run-template:create", "--"], 2);
    assert!(options.contains(&"--app_id".into()) && options.contains(&"--format".into()), "{options:?}");
    assert_eq!(complete(&["multiflexi-cli", "run-template:create", "--max_att"], 2), ["--max_attempts"]);
    let executors = complete(&["multiflexi-cli", "run-template:create", "--executor", ""], 3);
    assert!(executors.contains(&"Kubernetes".into()), "{executors:?}");
    assert_eq!(complete(&["multiflexi-cli", "nosuch", ""], 2), Vec::<String>::new());
    assert!(!env.run(&["--help"]).ok().stdout.contains("_complete"), "it is for scripts");
    assert!(!env.database().exists());
}

#[test]
fn s12_help_and_list_are_commands() {
    let env = Env::new();
    let help = env.run(&["company", "list", "--help"]).ok().stdout;
    for words in [
        &["help", "company:list"][..],
        &["help", "company", "list"],
        &["help", "--raw", "company:list"],
        &["help", "--format=txt", "company:list"],
    ] {
        assert_eq!(env.run(words).ok().stdout, help, "{words:?}");
    }
    let raw = env.run(&["list", "--raw"]).ok().stdout;
    let line = raw.lines().find(|line| line.starts_with("company:list ")).unwrap_or_else(|| panic!("{raw}"));
    assert!(line.ends_with("List companies"), "{line}");
    let narrowed = env.run(&["list", "--raw", "company"]).ok().stdout;
    assert!(narrowed.lines().all(|line| line.starts_with("company:")), "{narrowed}");
    assert!(env.run(&["list", "--short"]).ok().stdout.contains("company"));
    let described = env.json(&["help", "company:list"]);
    assert_eq!(described["description"], "List companies");
    let short = env.run(&["list", "--format=json", "--short"]).ok().json();
    assert!(short["company:list"]["description"].is_string());
    env.run(&["help", "nosuch"]).refused(2, "no command `nosuch`");
    env.run(&["completion", "bash", "--debug"]).ok();
}

/// The suite's own description of its commands, as it was recorded.
fn described_by_the_suite() -> Value {
    serde_json::from_slice(&std::fs::read(crate::env::root().join("tests/suite/describe.json")).unwrap()).unwrap()
}

#[test]
fn s12_describe_has_the_suites_defaults() {
    // Several words are taken here; and `txt` is one more word for the default.
    const OTHERS: &[(&str, &str)] = &[("help", "command_name"), ("help", "format"), ("list", "format")];
    let env = Env::new();
    let (ours, suite) = (env.json(&["describe"]), described_by_the_suite());
    let mut wrong = Vec::new();
    for (command, described) in suite.as_object().unwrap() {
        for kind in ["options", "arguments"] {
            for (name, option) in described[kind].as_object().into_iter().flatten() {
                let ours = [name.clone(), name.replace('-', "_")].map(|name| ours[command][kind][name].clone());
                let ours = &ours.iter().find(|option| !option.is_null()).unwrap_or(&Value::Null)["default"];
                // By value and type; one that the suite has without saying so may be said.
                let has_default = option.get("default").is_some_and(|default| default != ours);
                if has_default && !OTHERS.contains(&(command, name)) {
                    wrong.push(format!("{command} {name}: {ours}, and not {}", option["default"]));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn s12_an_option_may_lack_the_value_that_may_be_absent_in_the_suite() {
    let env = Env::new();
    let (ours, suite) = (env.json(&["describe"]), described_by_the_suite());
    let mut stricter = Vec::new();
    for (command, described) in suite.as_object().unwrap() {
        for (name, option) in described["options"].as_object().into_iter().flatten() {
            let ours = [name.clone(), name.replace('-', "_")].map(|name| ours[command]["options"][name].clone());
            let ours = ours.iter().find(|option| !option.is_null()).unwrap_or(&Value::Null);
            if option["is_value_required"] == false && ours["is_value_required"] == true {
                stricter.push(format!("{command} --{name}"));
            }
        }
    }
    // Elsewhere the suite wants the slug's value too; and where nothing says how many to keep, it keeps none.
    assert_eq!(stricter, ["company:update --slug", "prune --keep"]);
    env.prepare("Native", "true", json!(null));
    env.run(&["prune", "--logs", "--keep"]).refused(2, "value is required");
    env.run(&["prune", "--keep", "--logs"]).refused(2, "--keep");
    // It is as if the option were not there.
    let company = |id: u8| env.json(&["company", "get", &format!("--id={id}")]);
    let plain = env.run(&["company", "create", "--name=Plain", "--slug=p"]).ok();
    let bare = env.run(&["company:create", "--name=Z", "--slug=z", "--enabled"]).ok();
    assert_eq!(plain.stderr, bare.stderr, "both are told that the company is not enabled");
    assert_eq!(company(2)["enabled"], company(3)["enabled"]);
    env.run(&["company:update", "--id", "3", "--logo", "--ic", "--enabled", "1", "--zabbix_host"]).ok();
    assert_eq!(
        (&company(3)["enabled"], &company(3)["ic"], &company(3)["logo"]),
        (&json!(true), &Value::Null, &json!(""))
    );
    env.run(&["company:update", "--id=3", "--enabled"]).refused(2, "No fields to update");
    // What begins with a dash and is a value, and what stands behind a `=`, stay values.
    env.run(&["company:update", "--id=3", "--ic", "-5", "--settings=--x"]).ok();
    assert_eq!((&company(3)["ic"], &company(3)["settings"]), (&json!("-5"), &json!("--x")));
    env.run(&["company:get", "--ic"]).refused(2, "Missing --id or ");
    for words in [
        &["run-template:get", "--id=1", "--fields", "--format=json"][..],
        &["run-template:get", "--format=json", "--id=1", "--fields"],
    ] {
        assert_eq!(env.run(words).ok().json()["name"], "Test", "{words:?}");
    }
    env.run(&["run-template:update", "--id=1", "--cron", "--name=Other"]).ok();
    let made = env.json(&["run-template:schedule", "--id=1", "--schedule_time", "--executor"]);
    assert_eq!(made["executor"], "Native");
    let help = env.run(&["company", "create", "--help"]).ok().stdout;
    assert!(help.contains("--enabled [<BOOL>]") || help.contains("--enabled [<"), "{help}");
}

#[test]
fn s12_what_was_done_is_told_as_the_suite_tells_it() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["application", "create", "--name=Other", "--executable=true"]).ok();
    env.run(&["event-source", "create", "--name=s", "--db_database=d"]).ok();
    env.run(&["credential-prototype", "sync"]).ok();
    env.schedule();
    for (line, text) in [
        ("application:update --id=2 --description=x", "Application updated successfully (ID: 2)\n"),
        ("application:delete --id=2", "Application deleted successfully (ID: 2)\n"),
        ("company:update --id=1 --ic=1", "Company updated: ID=1\n"),
        ("event-source:update --id=1 --name=t", "Event source updated successfully (ID: 1)\n"),
        ("event-source:remove --id=1", "Event source removed successfully (ID: 1)\n"),
        ("credential-type:create --company-id=1 --class=EnvFile", "Credential type created successfully. ID: 1\n"),
        ("queue:truncate", "Jobs waiting before truncate: 1\nQueue truncated. Previously waiting jobs: 1.\n"),
        (
            "prune --logs --jobs --keep=2000",
            "Pruning logs, keeping latest 2000 records...\nDeleted 0 records from log.\n\
             Pruning jobs, keeping latest 2000 records...\nDeleted 0 records from job.\nPrune completed.\n",
        ),
    ] {
        assert_eq!(call(&env, line).1.ok().stdout, text, "{line}");
    }
}
