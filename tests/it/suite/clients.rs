//! What the suite's terminal interface and its Ansible modules send and read, each call as they make it: options parted from
//! their values by blanks, empty values for what was shown empty, and the mask for what was shown masked.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

const MASK: &str = "••••••••";

/// What a program does with a value that it reads.
#[derive(Clone, Copy, Debug)]
enum Read {
    /// Into a variable for texts: a number would end it.
    Text,
    Number,
    /// An object whose values are texts.
    Texts,
}
use Read::{Number, Text, Texts};

impl Read {
    /// NULL leaves the variable as it is.
    fn takes(self, value: &Value) -> bool {
        match self {
            _ if value.is_null() => true,
            Text => value.is_string(),
            Number => value.is_i64() || value.is_u64(),
            Texts => value.as_object().is_some_and(|members| members.values().all(Value::is_string)),
        }
    }
}

/// The fields that the terminal interface reads of each kind of thing, by the name under which it asks for them.
const FIELDS: &[(&str, &[(&str, Read)])] = &[
    (
        "application",
        &[
            ("id", Number),
            ("enabled", Number),
            ("image", Text),
            ("name", Text),
            ("description", Text),
            ("executable", Text),
            ("DatCreate", Text),
            ("DatUpdate", Text),
            ("setup", Text),
            ("cmdparams", Text),
            ("deploy", Text),
            ("homepage", Text),
            ("requirements", Text),
            ("ociimage", Text),
            ("version", Text),
            ("code", Text),
            ("uuid", Text),
            ("resultfile", Text),
            ("artifacts", Text),
        ],
    ),
    (
        "company",
        &[
            ("id", Number),
            ("enabled", Number),
            ("settings", Text),
            ("logo", Text),
            ("server", Number),
            ("name", Text),
            ("ic", Text),
            ("setup", Number),
            ("DatCreate", Text),
            ("DatUpdate", Text),
            ("customer", Number),
            ("email", Text),
            ("slug", Text),
            ("zabbix_host", Text),
            ("retention_until", Text),
            ("marked_for_deletion", Number),
        ],
    ),
    (
        "runtemplate",
        &[
            ("id", Number),
            ("app_id", Number),
            ("company_id", Number),
            ("interv", Text),
            ("prepared", Number),
            ("success", Text),
            ("fail", Text),
            ("name", Text),
            ("delay", Number),
            ("executor", Text),
            ("active", Number),
            ("cron", Text),
            ("last_schedule", Text),
            ("next_schedule", Text),
            ("note", Text),
            ("DatCreate", Text),
            ("DatSave", Text),
            ("successfull_jobs_count", Number),
            ("failed_jobs_count", Number),
        ],
    ),
    (
        "job",
        &[
            ("id", Number),
            ("app_id", Number),
            ("begin", Text),
            ("end", Text),
            ("company_id", Number),
            ("exitcode", Number),
            ("launched_by", Number),
            ("env", Texts),
            ("command", Text),
            ("schedule", Text),
            ("executor", Text),
            ("runtemplate_id", Number),
            ("app_version", Text),
            ("schedule_type", Text),
            ("pid", Number),
            ("retention_until", Text),
            ("marked_for_deletion", Number),
        ],
    ),
    ("credential", &[("id", Number), ("name", Text), ("company_id", Number), ("credential_type_id", Number)]),
    ("token", &[("id", Number), ("user", Text), ("token", Text)]),
    (
        "user",
        &[
            ("id", Number),
            ("enabled", Number),
            ("settings", Text),
            ("email", Text),
            ("firstname", Text),
            ("lastname", Text),
            ("password", Text),
            ("failed_login_attempts", Number),
            ("two_factor_enabled", Number),
            ("last_login_ip", Text),
            ("last_login_at", Text),
            ("login", Text),
            ("DatCreate", Text),
            ("DatSave", Text),
        ],
    ),
    (
        "artifact",
        &[
            ("id", Number),
            ("job_id", Number),
            ("filename", Text),
            ("content_type", Text),
            ("artifact", Text),
            ("created_at", Text),
            ("note", Text),
        ],
    ),
    (
        "credtype",
        &[
            ("id", Number),
            ("uuid", Text),
            ("name", Text),
            ("company_id", Number),
            ("logo", Text),
            ("url", Text),
            ("version", Text),
        ],
    ),
    (
        "crprototype",
        &[
            ("id", Number),
            ("uuid", Text),
            ("name", Text),
            ("code", Text),
            ("description", Text),
            ("logo", Text),
            ("url", Text),
            ("version", Text),
            ("created_at", Text),
            ("updated_at", Text),
        ],
    ),
    (
        "queue",
        &[
            ("id", Number),
            ("job", Number),
            ("schedule_type", Text),
            ("runtemplate_id", Number),
            ("runtemplate_name", Text),
            ("app_id", Number),
            ("app_name", Text),
            ("company_id", Number),
            ("company_name", Text),
            ("after", Text),
        ],
    ),
    (
        "eventsource",
        &[
            ("id", Number),
            ("name", Text),
            ("adapter_type", Text),
            ("db_connection", Text),
            ("db_host", Text),
            ("db_port", Text),
            ("db_database", Text),
            ("db_username", Text),
            ("db_password", Text),
            ("poll_interval", Number),
            ("enabled", Number),
        ],
    ),
    (
        "eventrule",
        &[
            ("id", Number),
            ("event_source_id", Number),
            ("evidence", Text),
            ("operation", Text),
            ("runtemplate_id", Number),
            ("priority", Number),
            ("enabled", Number),
            ("env_mapping", Text),
        ],
    ),
];

/// The calls of the terminal interface that write, in an order in which each finds what it needs. `_` stands for a blank in a
/// value, `''` for an empty one.
const TERMINAL: &[&str] = &[
    "company:create --format=json --name Acme --email a@example.org --ic 12345678 --slug acme",
    "company:create --format=json --name Bare",
    "company:update --format=json --id 1 --name Acme --email '' --ic '' --slug ''",
    "company:update --format=json --id 1 --name Acme --email a@example.org --ic 12345678 --slug acme",
    "application:create --format=json --name App --uuid 0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001 --executable /bin/true --description d --homepage https://example.org/",
    "application:update --format=json --id 1 --name App --description d --executable /bin/echo --homepage https://example.org/ --topics a,b",
    "application showconfig --format=json --id 1",
    "companyapp assign --format=json --company_id 1 --app_id 1",
    "companyapp unassign --format=json --company_id 1 --app_id 1",
    "runtemplate:create --format=json --name Nightly --app_id 1 --company_id 1 --executor Native --interv d --cron */5_*_*_*_*",
    "runtemplate:update --format=json --id 2 --name Nightly --interv d --executor Native --active 1 --cron */5_*_*_*_*",
    "runtemplate schedule --format=json --id 2 --schedule_time now --executor Native",
    "runtemplate schedule --format=json --id 2 --schedule_time 2037-01-01_00:00:00",
    "job:create --format=json --runtemplate_id 2 --scheduled 2037-01-01_00:00:00 --executor Native --schedule_type adhoc",
    "job:update --format=json --id 1 --executor Native --schedule_type adhoc",
    "user:create --format=json --login alice --email alice@example.org --plaintext secret --firstname A --lastname L",
    "user:update --format=json --id USER --login alice --firstname '' --lastname '' --email alice@example.org --enabled 1",
    "token:create --format=json --user USER",
    "token:create --format=json --user USER --token marker-token",
    "token generate --format=json --user USER",
    "token:update --format=json --id 2 --user USER --token MASK",
    "crprototype sync --format=json",
    "crprototype:create --format=json --name Own --code Own --description d --prototype-version 1.0.0 --url https://example.org/",
    "crprototype:update --format=json --id 4 --name Own --code Own",
    "credtype:create --format=json --name Own --company-id 1 --class Own",
    "credtype:update --format=json --id 1 --name Ours --class Own",
    "credential:create --format=json --name Ours --company-id 1 --credential-type-id 1",
    "credential:update --format=json --id 1 --name Theirs",
    "eventsource:create --format=json --name Changes --adapter_type abraflexi-webhook-acceptor --enabled 1 --poll_interval 60 --db_connection mysql --db_host localhost --db_port 3306",
    "eventsource:update --format=json --id 1 --name Changes --adapter_type abraflexi-webhook-acceptor --db_connection mysql --db_host localhost --db_port 3306 --db_database '' --db_username '' --db_password marker-password --poll_interval 60 --enabled 1",
    "eventsource:update --format=json --id 1 --name Changes --adapter_type '' --db_connection mysql --db_host localhost --db_port 3306 --db_database '' --db_username '' --db_password MASK --poll_interval 60 --enabled 0",
    "eventrule:create --format=json --event_source_id 1 --evidence faktura-vydana --runtemplate_id 2 --operation any --priority 0 --enabled 1",
    "eventrule:update --format=json --id 1 --evidence '' --operation any --runtemplate_id 2 --priority 0 --enabled 1 --env_mapping {\"A\":\"$.a\"}",
    "queue fix --format=json",
];

/// Its calls that delete, which follow.
const DELETING: &[&str] = &[
    "eventrule:remove --format=json --id 1",
    "eventsource:remove --format=json --id 1",
    "credential:remove --format=json --id 1",
    "credtype:delete --format=json --id 1",
    "crprototype:delete --format=json --id 4",
    "token:delete --format=json --id 1",
    "job:delete --format=json --id 1",
    "queue truncate --format=json",
    "runtemplate:delete --format=json --id 2",
    "application:delete --format=json --id 1",
    "company:remove --format=json --id 2",
];

/// Runs a call and tells the one JSON value that it printed.
#[track_caller]
fn send(env: &Env, line: &str) -> Value {
    let user = if line.contains("USER") {
        env.sql(&format!("select max(id) from {0}user{0}", env.quote()))
    } else {
        String::new()
    };
    let word = |word: &str| match word {
        "''" => String::new(),
        "MASK" => MASK.into(),
        "USER" => user.trim().into(),
        // Only values have blanks, and names of options underscores.
        word if word.starts_with("*/5") || word.starts_with("2037") => word.replace('_', " "),
        word => word.into(),
    };
    let words: Vec<String> = line.split(' ').map(word).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = env.run(&words);
    assert_eq!(output.code, 0, "{line}: {output:#?}");
    output.json()
}

on_each_database!(the_terminal_interface, |env| {
    for line in TERMINAL {
        send(env, line);
    }
    env.sql("insert into artifacts (job_id, filename, content_type, artifact, note) values (1, 'x.txt', 'text/plain', 'text', '');");
    for (entity, fields) in FIELDS {
        let list = send(env, &format!("{entity}:list --format=json --order=D --limit=10 --offset=0"));
        let rows = list.as_array().unwrap();
        assert!(!rows.is_empty(), "{entity}");
        let mut shown: Vec<Value> = rows.clone();
        if *entity != "queue" {
            shown.push(send(env, &format!("{entity}:get --format=json --id={}", rows[0]["id"])));
        }
        for (number, row) in shown.iter().enumerate() {
            for (name, read) in *fields {
                let value = row.get(name).unwrap_or_else(|| panic!("{entity} has no {name}: {row:#}"));
                // `get` shows some truths as such, as the suite does; the interface reads them of the list.
                let is_truth = number == rows.len() && value.is_boolean();
                assert!(read.takes(value) || is_truth, "{entity}.{name} is {value}, not {read:?}");
            }
        }
    }
    assert_eq!(env.sql("select token from token where id = 2").trim(), "marker-token");
    assert_eq!(env.sql("select db_password from event_source").trim(), "marker-password");
    assert_eq!(
        send(env, "token:get --format=json --id=2")["user"],
        env.json(&["token:list"])[1]["user_id"].to_string()
    );
    let saved = env.path().join("x.txt");
    env.run(&["artifact", "save", "--id", "1", "--file", saved.to_str().unwrap()]).ok();
    let status = send(env, "status --format=json");
    for name in ["memory", "companies", "apps", "runtemplates", "topics", "credentials", "credential_types"] {
        assert!(Number.takes(&status[name]) && !status[name].is_null(), "{name}: {status:#}");
    }
    for name in [
        "version-cli", "db-migration", "user", "php", "os", "jobs", "database", "encryption", "zabbix", "telemetry",
        "executor", "scheduler", "timestamp",
    ] {
        assert!(status[name].is_string(), "{name}: {status:#}");
    }
    let commands = env.run(&["describe"]).ok().json();
    assert!(commands.as_object().unwrap().values().all(|command| command["description"].is_string()));
    env.run(&["run-template:create", "--help"]).ok();
    for line in DELETING {
        send(env, line);
    }
});

/// Runs a call of a module: most add these two options.
#[track_caller]
fn play(env: &Env, line: &str) -> Value {
    send(env, &format!("{line} --verbose --format json"))
}

/// The modules ask first, and tell what is not there by the status.
#[track_caller]
fn absent(env: &Env, line: &str) {
    let line = format!("{line} --verbose --format json");
    let words: Vec<&str> = line.split(' ').collect();
    let output = env.run(&words).exits(1);
    assert_eq!(output.json()["status"], "not found", "{line}");
}

on_each_database!(the_ansible_modules, |env| {
    absent(env, "company:get --slug nonexistent");
    let company = play(env, "company:create --name Acme --slug acme --ic 12345678 --email a@example.org --enabled 1");
    assert_eq!(company["id"], 1);
    for by in ["--id 1", "--ic 12345678", "--name Acme", "--slug acme"] {
        assert_eq!(play(env, &format!("company:get {by}"))["id"], 1, "{by}");
    }
    assert_eq!(play(env, "company:update --id 1 --email b@example.org --enabled 0")["email"], "b@example.org");

    absent(env, "application:get --uuid 0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001");
    let application = play(
        env,
        "application:create --name App --description d --executable /bin/true --uuid 0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001 --tags a,b",
    );
    assert_eq!(application["id"], 1);
    play(env, "application:update --id 1 --homepage https://example.org/");
    assert_eq!(play(env, "application:get --name App")["homepage"], "https://example.org/");
    let file = env.file("app.json", &crate::env::definition("Imported").to_string());
    play(env, &format!("application:import-json --file {}", file.display()));

    absent(env, "user:get --login alice");
    assert_eq!(
        send(env, "user:create --login alice --email alice@example.org --enabled 1 --plaintext secret --format json")["created"],
        true
    );
    let user = play(env, "user:get --login alice");
    let id = user["id"].to_string();
    send(env, "user:update --id USER --firstname A --enabled 0 --plaintext other --format json");
    assert_eq!(play(env, "user:get --email alice@example.org")["firstname"], "A");
    send(env, "user-company:assign --company_id 1 --login alice --role admin --format json");
    send(env, "user-company:unassign --company_id 1 --email alice@example.org --format json");
    assert_eq!(send(env, "token:create --user USER --token marker-token --format json")["created"], true);
    assert_eq!(send(env, "token:get --id 1 --format json")["id"], 1);
    send(env, "token:update --id 1 --token marker-other --format json");
    send(env, "token:delete --id 1 --format json");

    play(env, "company-app:assign --company_id 1 --app_id 1");
    play(env, "company-app:assign --company_id 1 --app_uuid 7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11");
    assert_eq!(send(env, "company-app:list --format json --company_id 1 --app_id 1").as_array().unwrap().len(), 1);
    play(env, "company-app:unassign --company_id 1 --app_id 1");

    let absent_runtemplate =
        env.run(&["run-template:get", "--name", "Nightly", "--verbose", "--format", "json"]).exits(1);
    assert!(absent_runtemplate.stdout.to_lowercase().contains("not found"), "{absent_runtemplate:?}");
    let made = play(
        env,
        "run-template:create --name Nightly --company_id 1 --active 1 --interv d --executor Native --config A=b --app_uuid 0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001",
    );
    let runtemplate = made["id"].to_string();
    let shown = play(env, &format!("run-template:get --id {runtemplate}"));
    assert_eq!((&shown["A"], &shown["app_id"], &shown["company_id"]), (&json!("b"), &json!(1), &json!(1)));
    // Where nothing differs, the module makes no call: what it gave has to read the same.
    assert_eq!(shown["app_uuid"], "0d9f6e9a-40a4-4c4f-8f44-0a8bb1b0a001");
    play(env, &format!("run-template:update --id {runtemplate} --interv w --config A=c"));
    assert_eq!(play(env, "run-template:list").as_array().unwrap().last().unwrap()["company_slug"], "acme");

    let job = play(
        env,
        &format!(
            "job:create --runtemplate_id {runtemplate} --scheduled 2037-01-01 --executor Native --schedule_type adhoc"
        ),
    );
    let job = job["id"].to_string();
    play(env, &format!("job:update --id {job} --executor Podman"));
    assert_eq!(play(env, &format!("job:get --id {job}"))["executor"], "Podman");
    play(env, &format!("job:delete --id {job}"));

    send(env, "credential-prototype:sync --format json");
    absent(env, "credential-prototype:get --code Own");
    let prototype =
        send(env, "credential-prototype:create --name Own --code Own --prototype-version 2.0 --format json")["id"]
            .to_string();
    send(env, &format!("credential-prototype:update --id {prototype} --description d --format json"));
    let exported = env.path().join("own.json");
    send(
        env,
        &format!("credential-prototype:export-json --file {} --format json --id {prototype}", exported.display()),
    );
    send(env, &format!("credential-prototype:validate-json --file {} --format json", exported.display()));
    send(env, &format!("credential-prototype:import-json --file {} --format json", exported.display()));
    absent(env, "credential-type:get --id 9");
    send(env, "credential-type:create --company-id 1 --class Own --format json");
    send(env, "credential-type:update --id 1 --name Ours --format json");
    let credential = play(env, "credential:create --name Ours --company-id 1 --credential-type-id 1");
    assert_eq!(credential["id"], 1);
    play(env, "credential:update --id 1 --name Theirs");
    assert_eq!(play(env, "credential:list")[0]["name"], "Theirs");

    assert_eq!(
        send(
            env,
            "event-source:create --name Changes --db_connection mysql --db_host localhost --db_port 3306 --poll_interval 60 --enabled 1 --format json"
        )["id"],
        1
    );
    send(env, "event-source:update --id 1 --db_password marker-password --format json");
    absent(env, "event-source:get --id 9");
    let rule = format!(
        "event-rule:create --eventsource_id 1 --runtemplate_id {runtemplate} --evidence faktura --operation any --enabled 1 --format json"
    );
    assert_eq!(send(env, &rule)["id"], 1);
    send(env, "event-rule:update --id 1 --enabled 0 --format json");
    send(env, "event-rule:remove --id 1 --format json");
    send(env, "event-source:remove --id 1 --format json");

    let status = send(env, "encryption:status --format json");
    assert_eq!(status["message"], "Encryption status retrieved");
    assert!(send(env, "status --format json")["php"].is_string());
    assert!(send(env, "status --no-interaction --format=json")["companies"].is_number());
    assert!(send(env, "queue:overview --format json").is_object());
    assert!(send(env, "queue:list --format json --limit 10 --order after --direction DESC").is_array());
    assert!(send(env, "artifact:list --format json --job_id 1").is_array());
    send(env, "queue:fix --format json");
    send(env, "queue:truncate --format json");
    env.run(&["prune", "--logs", "--jobs", "--keep", "10"]).ok();
    send(env, &format!("user-erasure:create --user-id {id} --deletion-type soft --reason r --force --format json"));
    assert_eq!(send(env, "user-erasure:list --format json --status pending").as_array().unwrap().len(), 1);
    env.run(&["user-erasure:approve", "--request-id", "1", "--force", "--notes", "n"]).ok();
    play(env, "credential:remove --id 1");
    play(env, &format!("run-template:delete --id {runtemplate}"));
    absent(env, &format!("run-template:get --id {runtemplate}"));
});
