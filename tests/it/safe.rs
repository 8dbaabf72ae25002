//! Nothing is destroyed by mistake: no beginnings, a question on a terminal, and `--dry-run` everywhere.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::cli::on_terminal;
use crate::env::{Env, on_each_database};

/// The commands that have an option, as `describe` names them.
fn commands_with(env: &Env, option: &str) -> BTreeSet<String> {
    let described = env.json(&["describe"]);
    let has = |command: &Value| command["options"].as_object().is_some_and(|options| options.contains_key(option));
    let all = described.as_object().unwrap().iter();
    all.filter(|(_, command)| has(command)).map(|(name, _)| name.clone()).collect()
}

/// Those that ask before they destroy. (`credential get` asks before it reveals a secret.)
fn destroying(env: &Env) -> BTreeSet<String> {
    &commands_with(env, "yes") & &commands_with(env, "dry-run")
}

#[test]
fn a_beginning_destroys_nothing() {
    let env = Env::new();
    let destroying = destroying(&env);
    assert!(destroying.len() > 15 && destroying.contains("job:delete") && destroying.contains("prune"));
    for command in destroying {
        let short = &command[..command.len() - 1];
        for call in [vec![short], short.split(':').collect()] {
            let output = env.run(&call).exits(2);
            assert!(output.stderr.contains("Did you mean") || output.stderr.contains("may mean several"), "{output:?}");
        }
    }
    assert!(!env.database().exists());
}

#[test]
fn the_suite_s_own_names_are_taken() {
    let env = Env::new();
    for call in ["company:remove", "company:delete", "comp:remove", "job:delete", "token:remove", "job:rm"] {
        let output = env.run(&[call, "--id=1"]);
        assert!(output.code == 1 || call.starts_with("comp:"), "{call}: {output:?}");
    }
}

/// Rows of everything that a runtemplate has and that can be deleted.
fn fill(env: &Env) {
    env.prepare("Native", "true", json!(null));
    for _ in 0..2 {
        env.schedule();
    }
    env.run(&["job", "run", "--id=1"]).ok();
    let company = ["--company_id=1"];
    env.run(&["company", "env", "set", company[0], "--env=A=1"]).ok();
    env.run(&["company", "create", "--name=Empty", "--slug=empty"]).ok();
    env.run(&["company", "env", "set", "--company=empty", "--env=B=1"]).ok();
    env.run(&["user", "create", "--login=jane", "--email=jane@example.org"]).ok();
    env.run(&["token", "generate", "--user=2"]).ok();
    env.run(&["user-erasure", "create", "--user-id=2", "--deletion-type=soft", "--reason=test", "--force"]).ok();
    env.run(&["user-erasure", "approve", "--request-id=1", "--force"]).ok();
    env.run(&["credential-prototype", "create", "--code=Free", "--name=Free"]).ok();
    env.run(&["credential-prototype", "create", "--code=Used", "--name=Used"]).ok();
    env.run(&["credential-type", "create", "--company_id=1", "--class=Used"]).ok();
    env.run(&["credential-type", "create", "--company_id=1", "--class=Used"]).ok();
    for name in ["mine", "spare"] {
        let name = format!("--name={name}");
        env.run(&["credential", "create", "--company_id=1", &name, "--credential-type-id=1"]).ok();
    }
    env.run(&["runtemplate", "assign-credential", "1", "--credential_id=1"]).ok();
    env.run(&["user-company", "assign", "--company=acme", "--login=jane", "--role=editor"]).ok();
    env.run(&["event-source", "create", "--name=s", "--adapter_type=x", "--db_database=d"]).ok();
    env.run(&["event-source", "create", "--name=t", "--adapter_type=x", "--db_database=d"]).ok();
    env.run(&["event-rule", "create", "--event_source_id=1", "--runtemplate_id=1"]).ok();
    let other = crate::env::definition("Other").to_string().replace("7f1c9b1e", "7f1c9b1f");
    let file = env.file("other.multiflexi.app.json", &other);
    env.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Due", "--interv=i"]).ok();
}

/// How many rows each table has, and what the queue and the schedules say.
fn state(env: &Env) -> String {
    let tables = [
        "apps", "artifacts", "company", "company_user", "companyapp", "companyenv", "credata", "credential_prototype",
        "credential_type", "credentials", "encryption_keys", "event_rule", "event_source", "gdpr_audit_log", "job",
        "job_output_lines", "log", "runtemplate", "runtplcreds", "schedule", "task", "token", "user_deletion_audit",
        "user_deletion_requests",
    ];
    let counts = tables.map(|table| format!("select '{table}', count(*) from {table};"));
    let quote = env.quote();
    let users = format!("select count(*) from {quote}user{quote};");
    env.sql(&format!("{}{users}select id, next_schedule from runtemplate order by id;", counts.concat()))
}

on_each_database!(a_dry_run_changes_nothing, |env| {
    env.file(".env", "ENCRYPTION_MASTER_KEY=of a test\n");
    fill(env);
    env.run(&["encryption", "init"]).ok();
    let before = state(env);
    let other = env.path().join("other.multiflexi.app.json");
    let remove = format!("--file={}", other.display());
    // What the suite's own commands call `run-template` is called so in `describe`.
    let calls: &[(&str, &[&str], &str)] = &[
        ("application:delete", &["2"], "Application 2 \"Other\""),
        ("application:remove-json", &[&remove], "Application 2 \"Other\""),
        ("company:remove", &["empty"], "Company 2 \"Empty\" and its 1 dependent row"),
        ("company:env-unset", &["--company=empty", "--name=B"], "B of company 2"),
        (
            "company-app:unassign",
            &["--company_id=1", "--app_id=1"],
            "and its 2 runtemplates, 2 jobs and 1 event rule would be deleted",
        ),
        ("run-template:delete", &["1"], "Runtemplate 1 \"Test\" and its 2 jobs and 1 event rule"),
        ("job:delete", &["1"], "Job 1 of \"Test\", which ended with 0,"),
        ("job:cancel", &["2"], "Job 2 of \"Test\", which has not begun, would be cancelled"),
        ("job:cleanup", &["--older-than=1s"], "deleted"),
        ("queue:fill", &[], "a job for"),
        ("queue:fix", &[], "nothing was changed"),
        ("queue:truncate", &[], "would be truncated"),
        ("prune", &["--jobs", "--logs", "--keep=0"], "Would delete 1 records from job"),
        (
            "run-template:unassign-credential",
            &["1", "--credential_id=1"],
            "Credential 1 \"mine\" of runtemplate 1 \"Test\"",
        ),
        (
            "user-company:unassign",
            &["--company=acme", "--login=jane"],
            "User 2 \"jane\", editor of company 1 \"Acme\",",
        ),
        ("encryption:init", &["--force"], "The key for credentials, version 1, would be replaced"),
        ("credential:remove", &["spare"], "Credential 2 \"spare\""),
        ("credential-type:delete", &["2"], "Credential-type 2"),
        ("credential-prototype:delete", &["Free"], "\"Free\""),
        ("credential:encrypt-existing", &[], "encrypted"),
        ("user:delete", &["jane"], "User 2 \"jane\" and its 3 dependent rows"),
        ("user-erasure:process", &["1"], "The data of user 2 \"jane\" (soft, request 1)"),
        ("user-erasure:cleanup", &[], "would be deleted"),
        ("token:delete", &["1"], "Token 1"),
        ("event-source:remove", &["t"], "Event-source 2 \"t\""),
        ("event-rule:remove", &["1"], "Event-rule 1"),
        ("database:migrate", &[], ""),
        ("database:repair", &[], ""),
    ];
    let named: BTreeSet<String> = calls.iter().map(|(name, _, _)| (*name).to_owned()).collect();
    assert_eq!(named, commands_with(env, "dry-run"), "each command that has --dry-run is tried");
    let asking: Vec<_> = commands_with(env, "yes").difference(&named).cloned().collect();
    assert_eq!(asking, ["credential:get"], "which asks before it reveals a secret");
    for (name, arguments, words) in calls {
        let call: Vec<&str> = std::iter::once(*name).chain(arguments.iter().copied()).chain(["--dry-run"]).collect();
        let output = env.run(&call).ok();
        assert!(output.stdout.contains(words), "{call:?}: no {words:?} in {output:?}");
        let told = env.json(&call);
        assert!(told["dry_run"] == true || *name == "database:migrate", "{call:?}: {told}");
        assert_eq!(state(env), before, "{call:?}");
    }
});

#[test]
fn a_dry_run_refuses_what_would_be_refused() {
    let env = Env::new();
    fill(&env);
    env.run(&["company", "remove", "acme", "--dry-run"]).refused(1, "still used by");
    env.run(&["job", "delete", "99", "--dry-run"]).refused(1, "not found");
    env.run(&["company", "env", "unset", "--company=acme", "--name=NONE", "--dry-run"]).refused(1, "no variable NONE");
    env.run(&["credential-prototype", "delete", "Used", "--dry-run"]).refused(1, "still used by 2");
    env.run(&["job", "cancel", "1", "--dry-run"]).refused(1, "ended already");
    // What is not assigned is taken away already, and that is no failure.
    let call = ["runtemplate", "unassign-credential", "1", "--credential_id=2", "--dry-run"];
    assert_eq!(env.json(&call)["status"], "not_found");
    let call = ["user-company", "unassign", "--company=empty", "--login=jane", "--dry-run"];
    assert_eq!(env.json(&call)["message"], "No assignment found");
    env.run(&["runtemplate", "unassign-credential", "1", "--credential_id=99", "--dry-run"]).refused(1, "not found");
    env.run(&["user-company", "unassign", "--company=empty", "--login=nobody", "--dry-run"]).refused(1, "nobody");
    env.run(&["encryption", "init", "--dry-run"]).refused(1, "ENCRYPTION_MASTER_KEY");
}

#[test]
fn on_a_terminal_it_asks_and_says_what_goes() {
    let env = Env::new();
    fill(&env);
    let question = "Runtemplate 1 \"Test\" and its 2 jobs and 1 event rule will be deleted. Continue? [y/N]";
    let delete = ["runtemplate", "delete", "1"];
    for answer in ["n\n", "\n", "nein\n"] {
        let output = env.on_terminal(&delete, answer).exits(1);
        assert!(output.stdout.contains(question) && output.stdout.contains("nothing was done"), "{output:?}");
    }
    assert_eq!(env.json(&["runtemplate", "get", "1"])["name"], "Test");
    let output = env.on_terminal(&[&delete[..], &["--dry-run"]].concat(), "").ok();
    assert!(!output.stdout.contains("Continue?") && output.stdout.contains("would be deleted"), "{output:?}");
    let output = env.on_terminal(&delete, "y\n").ok();
    assert!(output.stdout.contains(question) && output.stdout.contains("deleted successfully"), "{output:?}");
    for call in [
        &["runtemplate", "delete", "2", "--yes"][..],
        &["company", "remove", "empty", "-y"],
        &["event-source", "remove", "1", "-n"],
    ] {
        assert!(!env.on_terminal(call, "").ok().stdout.contains("Continue?"), "{call:?}");
    }
    // Through a pipe, as in scripts, nothing is asked.
    let piped = on_terminal(&env, 120, "event-source remove 2 | cat");
    assert!(piped.contains("removed") && !piped.contains("Continue?"), "{piped}");
    let question = "Job 2 of \"Test\", which has not begun, will be cancelled. Continue? [y/N]";
    let env = Env::new();
    fill(&env);
    let output = env.on_terminal(&["job", "stop", "2"], "n\n").exits(1);
    assert!(output.stdout.contains(question) && output.stdout.contains("nothing was done"), "{output:?}");
    assert!(env.on_terminal(&["job", "cancel", "2"], "y\n").ok().stdout.contains("Job 2 cancelled"));
}

#[test]
fn an_erasure_s_question_says_whose_data_and_how_and_yes_answers_it() {
    let env = Env::new();
    env.run(&["user", "create", "--login=jane", "--email=jane@example.org"]).ok();
    let create = ["user-erasure", "create", "--user-login=jane", "--deletion-type=anonymize"];
    let asked = |call: &[&str], question: &str| {
        let output = env.on_terminal(call, "n\n").exits(1);
        assert!(output.stdout.contains(question), "{output:?}");
    };
    asked(&create, "User 1 \"jane\" will be anonymized once the request is approved and processed. Continue?");
    env.run(&[&create[..], &["--yes"]].concat()).ok();
    asked(
        &["user-erasure", "reject", "1", "--reason=x"],
        "Erasure request 1 will be rejected: user 1 \"jane\" will not be anonymized. Continue?",
    );
    let approve = ["user-erasure", "approve", "1"];
    asked(&approve, "User 1 \"jane\" will be anonymized once erasure request 1 is processed. Continue?");
    env.on_terminal(&[&approve[..], &["-y"]].concat(), "").ok();
}

#[test]
fn silence_is_no_answer() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let there = || env.sql("SELECT count(*) FROM runtemplate").trim().to_owned();
    assert_eq!(on_terminal(&env, 80, "runtemplate delete 1 --silent"), "");
    assert_eq!(there(), "1");
    assert_eq!(on_terminal(&env, 80, "runtemplate delete 1 --silent --yes"), "");
    assert_eq!(there(), "0");
}
