//! Each option of each command refuses what is not of its type: naming the option, before the database is opened.

use serde_json::Value;

use crate::env::Env;

/// What options refuse.
enum Refused {
    These(&'static [&'static str]),
    /// Text that is longer than its column, or than anybody writes.
    TooLong,
    /// Nothing that is seen without the database: which fields and which rows there are, or anything goes.
    Nothing,
}

use Refused::{Nothing, These, TooLong};

/// What each option refuses that takes a value.
const OPTIONS: &[(Refused, &[&str])] = &[
    // A row.
    (
        These(&["x", "0", "-1", "1.5", "99999999999999999999"]),
        &[
            "id", "app_id", "assigned_by", "company-id", "company_id", "credential-type-id", "credential_id",
            "customer", "event_source_id", "job_id", "request-id", "runtemplate_id", "user", "user-id", "user_id",
            "source_id",
        ],
    ),
    // A number.
    (
        These(&["x", "-1", "1.5", "99999999999999999999"]),
        &[
            "batch-size", "db_port", "keep", "limit", "max_attempts", "offset", "parallel", "poll_interval",
            "priority", "retry_min_gap", "tail", "tolerance-hours", "delay",
        ],
    ),
    // A truth.
    (These(&["maybe", "2"]), &["active", "allow_late", "enabled", "replace"]),
    // One of some words.
    (
        These(&["nosuch"]),
        &[
            "db_connection", "deletion-type", "direction", "executor", "format", "interv", "operation",
            "retry_backoff", "state", "status", "shell",
        ],
    ),
    // Other forms.
    (These(&["x", "-1"]), &["artifact-limit", "hold", "timeout"]),
    (These(&["x", "-1", "0"]), &["db-timeout", "interval"]),
    (These(&["x", "=x"]), &["env", "field"]),
    (These(&["x", "=x", "1X=x"]), &["config"]),
    (These(&["x", "123e4567-e89b-12d3-a456"]), &["app_uuid", "uuid"]),
    (These(&["whenever", "2026-13-01"]), &["schedule_time", "scheduled"]),
    (These(&["whenever", "2026-13-01", ""]), &["since", "until"]),
    (These(&["* * *", "99 * * * *", "x"]), &["cron"]),
    (These(&["soon", "25:00"]), &["deadline_offset"]),
    (These(&["nobody", "a@b@c", "@x", "a b@c"]), &["email"]),
    (These(&["x", "ftp://x"]), &["endpoint"]),
    (These(&["x", "[]", "{\"A\": 1}"]), &["env_mapping"]),
    (These(&["x", "5", "-1d"]), &["older-than"]),
    (These(&["x", "1.5", "", "99999999999999999999"]), &["exit-code"]),
    (
        TooLong,
        &[
            "adapter_type", "appversion", "class", "cmdparams", "code", "db_database", "db_host", "db_password",
            "db_username", "description", "evidence", "executable", "firstname", "helmchart", "homepage", "ic",
            "lastname", "login", "name", "new_name", "note", "ociimage", "password", "prototype-version",
            "requirements", "resultfile", "role", "schedule_type", "settings", "slug", "tags", "token", "url",
            "zabbix_host", "plaintext",
        ],
    ),
    (
        Nothing,
        &[
            "app", "company", "credential", "directory", "export", "export-audit", "fields", "file", "from", "to",
            "kubeconfig", "context", "pod-overrides", "recorder-image", "logo", "notes", "order", "sort", "reason",
            "roles", "runtemplate", "user-login",
        ],
    ),
    // Of `_complete`, which answers whatever a shell asks.
    (Nothing, &["api-version", "current", "input", "symfony"]),
];

/// What only finds a row need not be of its column's form: there is none, as in the suite.
const LOOKUPS: &[&str] = &["app_uuid", "code", "email", "ic", "login", "name", "slug", "uuid"];

/// Options that take more in some commands: a runtemplate may be named, in place of its id.
const EXCEPT: &[(&str, &str)] = &[
    ("company:env-unset", "name"),
    ("run-template:schedule", "id"),
    ("run-template:schedule", "name"),
    ("run-template:run", "id"),
    ("run-template:run", "name"),
];

fn bad_values(option: &str) -> Vec<String> {
    let refused = OPTIONS.iter().find(|(_, options)| options.contains(&option));
    match refused {
        Some((These(values), _)) => values.iter().map(ToString::to_string).collect(),
        Some((TooLong, _)) => vec!["x".repeat(70_000)],
        Some((Nothing, _)) => Vec::new(),
        None => panic!("--{option} is new: say in this file what it does not take"),
    }
}

#[test]
fn each_option_stands_in_the_table_once() {
    let mut seen = std::collections::HashSet::new();
    let twice: Vec<_> =
        OPTIONS.iter().flat_map(|(_, options)| *options).filter(|option| !seen.insert(**option)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn each_option_refuses_what_it_does_not_take() {
    let env = Env::new();
    let commands = env.json(&["describe"]);
    let mut wrong = Vec::new();
    let mut count = 0;
    for (command, description) in commands.as_object().unwrap() {
        let options = description["options"].as_object().into_iter().flatten();
        for (option, _) in options.filter(|(_, of_it)| of_it["default"] != Value::Bool(false)) {
            if EXCEPT.contains(&(command, option)) {
                continue;
            }
            for value in bad_values(option) {
                count += 1;
                let output = env.run(&[command, &format!("--{option}={value}")]);
                let is_short = output.stderr.len() < 2000;
                let finds_nothing = LOOKUPS.contains(&option.as_str())
                    && (output.stderr.contains(" not found\n") || output.stderr.contains("Missing --"));
                let is_refused = output.stderr.contains(&format!("--{option}")) && !env.database().exists();
                if !matches!(output.code, 1 | 2) || !is_short || !(is_refused || finds_nothing) {
                    let shown: String = output.stderr.chars().take(200).collect();
                    let value: String = value.chars().take(20).collect();
                    wrong.push(format!("{command} --{option}={value}: exit {} {shown}", output.code));
                }
                // Who looks for a row makes the embedded database.
                let _ = std::fs::remove_dir_all(env.database().parent().unwrap());
            }
        }
    }
    assert!(count > 400, "only {count} were tried");
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_file_that_is_not_there_is_told_before_the_database_is_opened() {
    let env = Env::new();
    for command in [
        "application:import-json",
        "application:validate-json",
        "application:remove-json",
        "credential-prototype:import-json",
        "credential-prototype:validate-json",
        "credential-type:import-json",
        "credential-type:validate-json",
    ] {
        env.run(&[command, "--file=/nonexistent.json"]).refused(1, "/nonexistent.json");
    }
    assert!(!env.database().exists());
}

#[test]
fn an_error_repeats_no_secret() {
    let env = Env::new();
    let long = format!("marker{}", "x".repeat(300));
    for (command, option) in [
        ("user:create", "password"),
        ("token:create", "token"),
        ("event-source:create", "db_password"),
        ("user:update", "plaintext"),
    ] {
        let output = env.run(&[command, &format!("--{option}={long}")]);
        assert!(output.code != 0 && !output.stderr.contains("marker"), "{output:?}");
    }
    // Whether a name that begins with a digit is one is for the applications to say.
    env.run(&["company", "create", "--name=A", "--slug=a"]).ok();
    let output = env.run(&["company", "env-set", "--company=a", "--env=1X=marker"]).refused(2, "--env");
    assert!(!output.stderr.contains("marker"), "{output:?}");
}

#[test]
fn what_an_option_takes_is_told() {
    let env = Env::new();
    for (call, words) in [
        (&["job", "list", "--exit-code=a"][..], "it takes exit codes, whole numbers with commas between"),
        (&["job", "list", "--exit-code=1,,2"], "it takes exit codes, whole numbers with commas between"),
        (&["job", "output", "1", "--tail=-1"], "it takes a whole number from 0 to 2147483647"),
        (&["job", "output", "1", "--tail=x"], "it takes a whole number from 0 to 2147483647"),
        (&["job", "wait", "1,4"], "it takes a number from 1 up, several with blanks between"),
        (&["job", "wait", "--id=x"], "it takes a number from 1 up"),
        (&["job", "run", "--id=9999999999999999999"], "it takes a number from 1 up"),
        (&["queue", "run", "--parallel=0"], "it takes a whole number from 1 to 1000"),
        (&["runtemplate", "stale", "--tolerance-hours=-1"], "it takes a whole number from 0 to 999999"),
        (&["job", "cleanup", "--older-than=1M"], "M may mean months or minutes"),
        (&["job", "list", "--since=1M"], "M may mean months or minutes"),
        (&["job", "wait", "1", "--timeout=2M"], "M may mean months or minutes"),
    ] {
        let told = env.run(call).exits(2).stderr;
        assert!(told.contains(words) && !told.contains("invalid digit"), "{call:?}: {told}");
    }
}

#[test]
fn refusals_name_the_option_and_what_to_do() {
    let env = Env::new();
    env.prepare("Native", "true", serde_json::json!(null));
    let refused = env.run(&["runtemplate", "clone", "--id=1", "--name="]).refused(2, "--name, which names the copy");
    assert!(refused.stderr.contains("hint: "), "{refused:?}");
    let create = ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=N", "--from=next"];
    env.run(&create).refused(2, "--from=next needs a schedule");
    env.run(&[&create[..], &["--interv=n"]].concat()).refused(2, "--from=next needs a schedule");
    env.run(&[&create[..], &["--interv=d"]].concat()).ok();
    env.schedule();
    env.schedule();
    for call in [&["--id=1", "--id=2"][..], &["--id", "1", "--id=2"]] {
        env.run(&[&["job", "delete"], call].concat())
            .refused(2, "--id is given twice, 1 and 2: one `job delete` takes one");
    }
    env.run(&["company", "delete", "--slug=a", "--slug=b"]).refused(2, "--slug is given twice");
    assert_eq!(env.json(&["job", "list"]).as_array().unwrap().len(), 2);
    env.run(&["job", "delete", "--id=1", "--id=1"]).ok();
    env.run(&["job", "cancel", "--id=2"]).ok();
    let refused = env.run(&["job", "cancel", "--id=2"]).refused(1, "ended already");
    assert!(refused.stderr.contains("job get --id=2` shows its result"), "{refused:?}");
    let questions = env.on_terminal(&["prune", "--jobs", "--keep=0"], "n\n").stdout;
    assert!(questions.contains("1 old job will be deleted. Continue?"), "{questions}");
}

/// What was changed stays so, though nobody is told.
#[test]
fn an_answer_that_cannot_be_written_is_no_failure_of_the_work() {
    let env = Env::new();
    env.run(&["company", "list"]).ok();
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap();
    for format in ["--format=text", "--format=json"] {
        let name = format!("--name=A{format}");
        let output = env.command(&["company", "create", &name, format]).stdout(full()).output().unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains("the command did its work") && told.contains("look before you repeat it"), "{told}");
    }
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 2);
    let listed = env.command(&["company", "list"]).stdout(full()).output().unwrap();
    assert!(!String::from_utf8(listed.stderr).unwrap().contains("did its work"));
    let checked = env.command(&["database", "check"]).stdout(full()).output().unwrap();
    assert!(!String::from_utf8(checked.stderr).unwrap().contains("is changed"));
}
