//! Jobs that wait for a credential.

use serde_json::json;

use crate::env::{Env, on_each_database};

/// A credential with the value that is missing, for the runtemplate.
fn assign_bank(env: &Env) {
    env.run(&[
        "credential", "create", "--name=Main bank", "--company-id=1", "--credential-type-id=1",
        "--field=BANK_ACCOUNT=marker",
    ])
    .ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
}

/// An application that requires a credential of a bank, whose account is required; its runtemplate has the id 1.
pub fn prepare(env: &Env) {
    let mut definition = crate::env::definition("Bank");
    crate::env::set_script(&mut definition, "echo \"account $BANK_ACCOUNT\" | tr a-z A-Z");
    definition["requirements"] = json!(["Bank", "Unheard"]);
    env.import_definition(&definition).ok();
    let field = |keyword: &str, required: bool| {
        json!({"keyword": keyword, "type": "string", "name": {"en": keyword}, "description": {"en": keyword},
            "required": required})
    };
    let prototype = json!({
        "$schema": "https://multiflexi.eu/schema/credential-prototype.json",
        "uuid": "d3d3ae58-d64a-4ab4-afb5-ba439ffc8588", "version": "1.0.0", "code": "Bank",
        "name": {"en": "Bank"}, "description": {"en": "A bank"},
        "fields": [field("BANK_ACCOUNT", true), field("BANK_NOTE", false)],
    });
    let file = env.file("bank.credprototype.json", &prototype.to_string());
    env.run(&["credential-prototype", "import-json", "--file", file.to_str().unwrap()]).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Main"]).ok();
    env.run(&["credential-type", "create", "--company-id=1", "--class=Bank"]).ok();
}

on_each_database!(a_job_without_its_credential_waits, |env| {
    prepare(env);
    let id = format!("--id={}", env.schedule());
    let words = "the application requires a credential of Bank; runtemplate 1 has none, and no BANK_ACCOUNT";
    env.run(&["job", "run", &id]).refused(75, words);
    let record = env.json(&["job", "get", &id]);
    assert_eq!(
        (&record["begin"], &record["exitcode"], &record["block_reason"]),
        (&json!(null), &json!(null), &json!(words))
    );
    assert!(record["blocked_at"].is_string() && record["notices"][0] == format!("blocked: {words}"), "{record}");
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    let mended = env.json(&["queue", "fix"]);
    assert!(mended["messages"][0]["message"].as_str().unwrap().contains("it is blocked: the application"), "{mended}");

    // A credential that is assigned and has no value is named.
    env.run(&["credential", "create", "--name=Main bank", "--company-id=1", "--credential-type-id=1"]).ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    let second = env.schedule();
    let run = env.run(&["queue", "run", "--format=json"]).exits(1).json();
    // The first one is told of again.
    let told = [0, 1].map(|at| run["jobs"][at]["status"].clone());
    assert_eq!(
        (&run["blocked"], &run["run"], told),
        (&json!(2), &json!(0), [json!("blocked"), json!("blocked")]),
        "{run}"
    );
    let message = run["jobs"][1]["message"].as_str().unwrap();
    assert!(message.contains("credential 1 (Main bank) of Bank has no value for BANK_ACCOUNT"), "{message}");
    assert_eq!(
        env.run(&["job", "run", "--unqueued", &format!("--id={second}"), "--format=json"]).exits(75).json()["code"],
        "blocked"
    );

    env.run(&["credential", "update", "--id=1", "--field=BANK_ACCOUNT=marker"]).ok();
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["stdout"]), (0, &json!("ACCOUNT MARKER\n")), "{output:?}");
    env.run(&["job", "delete", &id]).ok();
});

on_each_database!(a_value_from_elsewhere_will_do, |env| {
    prepare(env);
    env.run(&["runtemplate", "update", "--id=1", "--config=BANK_ACCOUNT=own"]).ok();
    assert_eq!(env.run_job(&[]).1["stdout"], "ACCOUNT OWN\n");
    // A database of before the gate has no columns for it, and no index of them.
    if env.variable("DB_CONNECTION").is_none() {
        env.sql("DROP INDEX mfx_job_blocked;");
    }
    env.sql("ALTER TABLE job DROP COLUMN block_reason; ALTER TABLE job DROP COLUMN blocked_at;");
    let job = env.json(&["runtemplate", "schedule", "--id=1", "--config=BANK_ACCOUNT="])["job_id"].to_string();
    let id = format!("--id={job}");
    env.run(&["job", "run", &id]).refused(75, "BANK_ACCOUNT");
    assert!(env.json(&["job", "get", &id])["notices"][0].as_str().unwrap().starts_with("blocked: "));
});

on_each_database!(a_schedule_goes_on_once_its_credential_has_its_value, |env| {
    prepare(env);
    env.run(&["credential", "create", "--name=Main bank", "--company-id=1", "--credential-type-id=1"]).ok();
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["runtemplate", "update", "--id=1", "--interv=y"]).ok();
    let blocked = |env: &Env| {
        assert_eq!(env.json(&["queue", "fill"])["created"], 1);
        // Under cron these words are all there is.
        let run = env.run(&["queue", "run", "-q"]).exits(1);
        assert!(run.stderr.contains("blocked") && run.stderr.contains("BANK_ACCOUNT"), "{run:?}");
        // While it is missing, nothing is made anew.
        assert_eq!(env.json(&["queue", "fill"])["created"], 0);
    };
    blocked(env);
    let updated = env.json(&["credential", "update", "--id=1", "--field=BANK_ACCOUNT=marker"]);
    assert_eq!(updated["jobs_withdrawn"], json!([1]), "{updated}");
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert_eq!(env.json(&["queue", "run"])["success"], 1);

    // The same where somebody else gave it the value.
    env.sql("UPDATE credata SET value = ''; UPDATE runtemplate SET next_schedule = NULL, last_schedule = NULL");
    env.sql("UPDATE job SET schedule = '2001-01-01 00:00:00', task_id = NULL");
    blocked(env);
    env.sql("UPDATE credata SET value = 'elsewhere', is_encrypted = (1 = 0)");
    assert_eq!(env.json(&["queue", "fill"])["created"], 1);
    assert_eq!(env.json(&["queue", "run"])["success"], 1);
});

on_each_database!(a_job_from_before_its_credential_says_so, |env| {
    prepare(env);
    let job = env.schedule();
    assign_bank(env);
    let words = format!("job {job} was made before it was given BANK_ACCOUNT of credential 1");
    env.run(&["job", "run", &format!("--id={job}")]).refused(75, &words);
    assert_eq!(env.run_job(&[]).0.code, 0);
});

on_each_database!(a_blocked_job_is_told_of_until_somebody_sees_to_it, |env| {
    prepare(env);
    env.run(&["runtemplate", "update", "--id=1", "--interv=y"]).ok();
    let lines: Vec<_> = (0..3).map(|_| env.run(&["queue", "run", "--fill", "-q"]).exits(1).stderr).collect();
    for line in &lines {
        assert!(
            line.contains("job 1, runtemplate 1 (Main): blocked") && line.contains("no BANK_ACCOUNT"),
            "{lines:#?}"
        );
        let create = "`multiflexi-cli credential create --company-id=1 --credential-type-id=1 --field=BANK_ACCOUNT=-`";
        let assign = "`multiflexi-cli runtemplate assign-credential --id=1 --credential_id=ID`";
        assert!(line.contains(create) && line.contains(assign), "{lines:#?}");
        assert!(line.contains("then `multiflexi-cli queue fill`"), "{lines:#?}");
        assert_eq!(line.lines().count(), 1, "{lines:#?}");
    }
    assert_eq!(env.json_of(&["queue", "run"], 1)["blocked"], 1);
    assert_eq!(env.run(&["queue", "run", "--company=acme", "--executor=Podman", "-q"]).ok().stderr, "");
    // Where one looks for it.
    assert_eq!(env.json(&["status"])["blocked_jobs"], 1);
    let metrics = env.json(&["queue", "overview"])["comprehensive_queue_metrics"].clone();
    assert_eq!((&metrics["blocked_jobs"], &metrics["orphaned_jobs"]), (&json!(1), &json!(1)), "{metrics:#}");
    let overview = env.run(&["queue", "overview"]).ok().stdout;
    assert!(overview.contains("Blocked jobs: 1\n"), "{overview}");
    let findings = env.run(&["doctor"]).stdout;
    assert!(findings.contains("waiting for a credential: job 1"), "{findings}");
    assert_eq!(env.json(&["database", "check"])["findings"], json!([]));
    let shows = |words: &str, command: &[&str]| {
        let screen = env.screen(240, command);
        assert!(screen.iter().any(|line| line.contains(words)), "{words} {screen:#?}");
    };
    shows("blocked: the application requires", &["job", "list"]);
    shows("1 more wait for a credential", &["queue", "list"]);
    shows("multiflexi-cli queue fill", &["job", "get", "1"]);
    // The commands that lead on do.
    assign_bank(env);
    env.run(&["queue", "fill"]).ok();
    assert_eq!(env.json(&["queue", "run"])["success"], 1);
    assert_eq!(env.json(&["status"])["blocked_jobs"], 0);
    assert_eq!(env.json(&["queue", "overview"])["comprehensive_queue_metrics"]["blocked_jobs"], 0);
});

on_each_database!(what_is_advised_for_a_blocked_job_works, |env| {
    prepare(env);
    env.schedule();
    env.run(&["job", "run", "1"]).exits(75);
    env.run(&["job", "retry", "1"])
        .refused(
            1,
            "make a new job (`multiflexi-cli runtemplate schedule --id=1`), and remove this one (`multiflexi-cli job delete --id=1`)",
        );
    let advised = |env: &Env| {
        let page = env.screen(240, &["job", "get", "1"]);
        let commands = page.iter().filter_map(|line| line.trim().strip_prefix("multiflexi-cli ").map(str::to_owned));
        commands.collect::<Vec<String>>()
    };
    let create = "credential create --company-id=1 --credential-type-id=1 --field=BANK_ACCOUNT=-";
    let rest = ["runtemplate schedule 1", "job delete 1"];
    let assign = "runtemplate assign-credential --id=1 --credential_id=";
    assert_eq!(advised(env), [create, &format!("{assign}ID"), rest[0], rest[1]]);
    env.run(&["credential", "create", "--company-id=1", "--credential-type-id=1", "--name=Main bank"]).ok();
    assert_eq!(advised(env), [&format!("{assign}1"), rest[0], rest[1]]);
    env.run(&["runtemplate", "assign-credential", "--id=1", "--credential_id=1"]).ok();
    env.run(&["credential", "remove", "1"])
        .refused(1, "`multiflexi-cli runtemplate unassign-credential --id=1 --credential_id=1`");
    let update = "credential update --id=1 --field=BANK_ACCOUNT=";
    assert_eq!(advised(env), [&format!("{update}-"), rest[0], rest[1]]);
    env.run(&format!("{update}marker").split(' ').collect::<Vec<_>>()).ok();
    assert_eq!(advised(env), rest);
    for command in rest {
        env.run(
            &command.split(' ').chain(["--yes"].into_iter().filter(|_| command.contains("delete"))).collect::<Vec<_>>(),
        )
        .ok();
    }
    assert_eq!(env.json(&["queue", "run"])["success"], 1);
});
