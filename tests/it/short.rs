//! What hands type: a word in place of `--id`, short names of commands, and what was meant by a slip.

use serde_json::json;

use crate::env::{Env, on_each_database};

on_each_database!(a_word_names_the_row, |env| {
    env.prepare("Native", "echo ran", json!(null));
    env.run(&["company", "create", "--name=Other Company", "--slug=other"]).ok();
    let uuid = env.json(&["application", "get", "--id=1"])["uuid"].as_str().unwrap().to_owned();
    for (call, column, wanted) in [
        (&["company", "get", "2"][..], "slug", json!("other")),
        (&["company", "get", "other"], "name", json!("Other Company")),
        (&["company", "get", "Other Company"], "slug", json!("other")),
        (&["--format=json", "company:get", "other", "--fields=name,slug"], "slug", json!("other")),
        (&["runtemplate", "get", "Test"], "executor", json!("Native")),
        (&["application", "get", "Test"], "uuid", json!(uuid)),
        (&["application", "get", &uuid], "name", json!("Test")),
    ] {
        assert_eq!(env.json(call)[column], wanted, "{call:?}");
    }
    env.run(&["company", "update", "other", "--name=Renamed"]).ok();
    assert_eq!(env.json(&["company", "get", "2"])["name"], "Renamed");
    assert_eq!(env.json(&["runtemplate", "schedule", "Test"])["job_id"], 1);
    assert_eq!(env.run(&["job", "run", "1"]).ok().stdout, "ran\n");
    assert_eq!(env.run(&["runtemplate", "run", "Test", "--env=A=1"]).ok().stdout, "ran\n");
    assert_eq!(env.run(&["job", "logs", "2"]).ok().stdout, "ran\n");
    assert_eq!(env.json(&["job", "show", "2"])["exitcode"], 0);
    env.run(&["job", "retry", "2"]).ok();
    env.run(&["job", "stop", "3"]).ok();
    assert_eq!(env.json(&["job", "get", "3"])["exitcode"], 143);
    env.run(&["job", "rm", "3"]).ok();
    assert_eq!(env.json(&["job", "ls", "--order=D"])[0]["id"], 2);
});

#[test]
fn a_word_that_names_no_row_or_several_is_refused() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
    env.run(&["company", "get", "nope"]).refused(1, "\"nope\" not found");
    env.run(&["company", "get", ""]).refused(1, "not found");
    env.run(&["runtemplate", "run", "Test"]).refused(1, "several have the name \"Test\": RunTemplate 1, 2");
    env.run(&["job", "get", "x"]).refused(2, "\"x\" is no id");
    env.run(&["job", "get", "0"]).refused(2, "it takes a number from 1 up");
    env.run(&["company", "get", "acme", "--id=1"]).refused(2, "both name");
    env.run(&["company", "get", "1", "2"]).refused(2, "'2'");
    env.run(&["company", "get"]).refused(2, "Missing --id");
    env.run(&["job", "get"]).refused(2, "--id");
    env.run(&["job", "delete"]).refused(2, "--id");
    // A word behind an option is the option's.
    assert_eq!(env.run(&["company", "get", "--fields", "name", "1"]).ok().stdout, "name: Acme\n");
    assert_eq!(env.run(&["company", "get", "--fields", "name", "--", "acme"]).ok().stdout, "name: Acme\n");
}

#[test]
fn short_names_do_not_change_what_beginnings_mean_to_the_suite() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    assert_eq!(env.json(&["application:show", "--id=1"]), env.json(&["application", "show-config", "--id=1"]));
    assert_eq!(env.json(&["application", "show", "1"]), env.json(&["application", "get", "--id=1"]));
    assert_eq!(env.run(&["version"]).ok().stdout, env.run(&["--version"]).ok().stdout);
}

#[test]
fn a_slip_is_told_what_was_probably_meant() {
    let env = Env::new();
    for (call, wanted) in [
        (&["jobb", "list"][..], "job"),
        (&["runtemplat", "lits"], "list"),
        (&["compnay", "list"], "company"),
        (&["company", "lst"], "list"),
        (&["company", "delet"], "delete"),
        (&["job", "delte"], "delete?"),
        (&["job", "cancle", "5"], "cancel?"),
        (&["compny", "list"], "company?"),
        (&["companies", "list"], "company?"),
        (&["job", "lst"], "list?"),
        (&["job", "stp"], "stop?"),
        (&["run", "5"], "`multiflexi-cli job run 5` or `multiflexi-cli runtemplate run 5`?"),
        (&["run", "nightly of Acme"], "`multiflexi-cli runtemplate run 'nightly of Acme'`?"),
        (&["cancel", "5"], "`multiflexi-cli job cancel 5`?"),
        (&["company", "list", "--limt=3"], "--limit"),
        (&["job", "list", "--status=runing"], "running"),
        (&["runtemplate", "create", "--executor=Kubernets"], "Kubernetes"),
    ] {
        let output = env.run(call).exits(2);
        assert!(output.stderr.contains(&format!("Did you mean {wanted}")), "{call:?}: {output:?}");
    }
    // Words of kubectl and gh, and the verb in front of the noun.
    for (call, wanted) in [
        ("get jobs", "Did you mean `multiflexi-cli job list`?"),
        ("create job", "Did you mean `multiflexi-cli job create`?"),
        ("create company acme", "Did you mean `multiflexi-cli company create`?"),
        ("get job 3", "Did you mean `multiflexi-cli job get 3`?"),
        ("get job --id=3", "Did you mean `multiflexi-cli job get --id=3`?"),
        ("delete job --id 3 --force", "Did you mean `multiflexi-cli job delete --id=3`?"),
        ("cancel --id=5", "Did you mean `multiflexi-cli job cancel --id=5`?"),
        ("set jane", "It stands behind what it is done with, one of user-role"),
        ("set company acme", "Did you mean `multiflexi-cli company update acme`?"),
        ("delete job 3", "Did you mean `multiflexi-cli job delete 3`?"),
        ("rm job 3", "Did you mean `multiflexi-cli job delete 3`?"),
        ("disable runtemplate nightly", "Did you mean `multiflexi-cli runtemplate update nightly --active=0`?"),
        ("start 5", "Did you mean `multiflexi-cli job run 5` or `multiflexi-cli runtemplate run 5`?"),
        ("job view 3", "Did you mean `multiflexi-cli job get 3`?"),
        ("job rerun 3", "Did you mean `multiflexi-cli job retry 3`?"),
        ("job kill 3", "Did you mean `multiflexi-cli job cancel 3`?"),
        ("job kill --id=3", "Did you mean `multiflexi-cli job cancel --id=3`?"),
        ("job tail 3", "Did you mean `multiflexi-cli job output 3 --follow`?"),
        ("job top", "Did you mean `multiflexi-cli job list`?"),
        ("runtemplate start 2", "Did you mean `multiflexi-cli runtemplate run 2`?"),
        ("runtemplate pause 2", "Did you mean `multiflexi-cli runtemplate update 2 --active=0`?"),
        ("company enable acme", "Did you mean `multiflexi-cli company update acme --enabled=1`?"),
        ("job list -o json", "Did you mean --format=json?"),
        ("job list --output=yaml", "Did you mean --format=yaml?"),
        ("job list --json id", "Did you mean --format=json?"),
        ("job list -L 5", "Did you mean --limit=5?"),
        ("job list -n 5", "Did you mean --limit=5?"),
        ("job list --all", "Did you mean --limit=0?"),
        ("job list --follow", "hint: See --help"),
        ("job delete 3 4", "One `job delete` takes one: call it once for each"),
        ("job delete -n 3 4", "One `job delete` takes one: call it once for each"),
        ("runtemplate update 1 --name My Job", "Quote a value that has blanks"),
        ("runtemplate update 1 --name=My Job", "Quote a value that has blanks"),
        ("runtemplate run nightly --dry-run", "`runtemplate run` has no --dry-run; nothing was done"),
        ("job get 1 -y", "`job get` asks nothing, so it has no --yes"),
    ] {
        let call: Vec<_> = call.split(' ').collect();
        let error = env.run(&call).exits(2).stderr;
        assert!(error.contains(wanted) && !error.contains("as a value"), "{call:?}: {error}");
    }
    env.run(&["rt", "--help"]).ok();
    env.run(&["company", "zzzz"]).refused(2, "It takes list, get, create");
    env.run(&["delete", "5"]).refused(2, "It stands behind what it is done with, one of application, ");
    // What destroys is no guess, and what help does not show neither.
    for call in [["job", "cncl"], ["job", "clean"], ["complet", "x"], ["mann", "x"]] {
        let error = env.run(&call).exits(2).stderr;
        assert!(!["cancel?", "cleanup?", "_complete", "mean man"].iter().any(|word| error.contains(word)), "{error}");
    }
    assert!(!env.database().exists());
}

on_each_database!(a_name_that_is_not_there_is_told_which_is_like_it, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["company", "create", "--name=Beta", "--slug=beta"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=nightly"]).ok();
    env.run(&["user", "create", "--login=admin", "--email=a@example.org"]).ok();
    for (call, wanted) in [
        (&["runtemplate", "run", "nigthly"][..], "\"nightly\""),
        (&["runtemplate", "get", "--name=nigthly"], "\"nightly\""),
        (&["runtemplate", "update", "nightlly", "--active=0"], "\"nightly\""),
        (&["job", "list", "--runtemplate=nigtly"], "\"nightly\""),
        (&["company", "get", "betaa"], "\"beta\""),
        (&["company", "get", "--slug=btea"], "\"beta\""),
        (&["runtemplate", "list", "--company=betta"], "\"beta\""),
        (&["user", "get", "admni"], "\"admin\""),
        (&["user-role", "list", "--login=admni"], "\"admin\""),
    ] {
        env.run(call).refused(1, &format!("Did you mean {wanted}?"));
    }
    let error = env.run(&["company", "get", "zzzzzz"]).exits(1).stderr;
    assert!(!error.contains("Did you mean") && error.contains("`multiflexi-cli company list`"), "{error}");
});

on_each_database!(a_number_names_a_row_by_its_id_or_by_what_it_is_called, |env| {
    env.prepare("Native", "true", json!(null));
    for (name, more) in [("Second", "--slug=second"), ("Third", "--slug=2"), ("Fourth", "--ic=12345678")] {
        env.run(&["company", "create", &format!("--name={name}"), more]).ok();
    }
    env.run(&["user", "create", "--login=123", "--email=a@example.org"]).ok();
    let words = "2\" may mean the company 3, whose slug it is, or 2, whose id it is";
    for call in [&["company", "get", "2"][..], &["company", "remove", "2", "-n"], &["company", "update", "2", "--ic=1"]]
    {
        let refused = env.run(call).exits(1).stderr;
        assert!(refused.contains(words) && refused.contains("Name the one you mean by --id"), "{call:?}: {refused}");
    }
    env.run(&["runtemplate", "list", "--company=2"]).refused(1, "--company=2 may mean the company 3");
    assert_eq!(env.json(&["company", "list"]).as_array().unwrap().len(), 4);
    for (call, name) in [("--id=2", "Second"), ("--slug=2", "Third"), ("12345678", "Fourth"), ("3", "Third")] {
        assert_eq!(env.json(&["company", "get", call])["name"], name, "{call}");
    }
    assert_eq!(env.json(&["user", "get", "123"])["email"], "a@example.org");
    env.run(&["company", "get", "99"]).refused(1, "Company with id 99 not found");
    env.run(&["company", "get", "0"]).refused(2, "it takes a number from 1 up");

    // An application, by a word and by --app alike; a runtemplate, by a word and in a filter.
    env.run(&["application", "create", "--name=1", "--executable=/bin/other"]).ok();
    env.run(&["application", "delete", "1"]).refused(1, "\"1\" may mean the application 2, whose name it is, or 1");
    env.run(&["runtemplate", "list", "--app=1"])
        .refused(1, "--app=1 may mean the application 2, whose name it is, or 1");
    assert_eq!(env.json(&["application", "get", "/bin/other"])["name"], "1");
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=1"]).ok();
    env.run(&["runtemplate", "get", "1"]).refused(1, "\"1\" may mean the runtemplate 2, whose name it is, or 1");
    env.run(&["job", "list", "--runtemplate=1"]).refused(1, "--runtemplate=1 may mean the runtemplate 2");
    assert_eq!(env.json(&["runtemplate", "list", "--runtemplate=2"])[0]["name"], "1");
});

on_each_database!(a_job_is_a_number_in_each_answer_and_says_why_it_waits, |env| {
    env.prepare("Native", "sleep 5; exit 3", json!(null));
    env.schedule();
    assert_eq!(env.json(&["job", "cancel", "1"])["job_id"], 1);
    // Its engine is not there: it waits, and says so.
    env.run(&["runtemplate", "update", "1", "--executor=Podman"]).ok();
    env.sql("UPDATE apps SET ociimage = 'localhost/x:1'");
    env.schedule();
    let mut command = env.command(&["job", "run", "2"]);
    let _ = command.env("PATH", "/nonexistent").output().unwrap();
    let waited = env.json_of(&["job", "wait", "2", "--timeout=1"], 124);
    assert_eq!((&waited["job_id"], &waited["reason"]), (&json!(2), &json!("EngineMissing")), "{waited}");
    assert!(env.json(&["job", "get", "2"])["reason"].as_str().unwrap().starts_with("EngineMissing"), "{waited}");
    // What may be done with one that runs.
    let now = "2026-01-01 10:00:00";
    let q = env.quote();
    env.sql(&format!("UPDATE job SET {q}begin{q} = '{now}' WHERE id = 2"));
    let refused = env.run(&["job", "update", "2", "--executor=Native"]).exits(1);
    assert!(refused.stderr.contains("`multiflexi-cli job cancel --id=2` ends it"), "{refused:?}");
    let refused = env.run(&["job", "update", "1", "--executor=Native"]).exits(1);
    assert!(refused.stderr.contains("hint: `multiflexi-cli job retry --id=1` makes"), "{refused:?}");
});

#[test]
fn the_job_that_keeps_its_values_is_named_in_the_hint() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "schedule", "1", "--schedule_time=2031-01-01 06:00"]).ok();
    let changed = env.run(&["runtemplate", "update", "1", "--executor=Podman"]);
    let all = format!("{}{}", changed.stdout, changed.stderr);
    assert!(all.contains("job 1, which waits; `multiflexi-cli job cancel --id=1` ends it"), "{changed:?}");
}

#[test]
fn stale_runtemplates_are_rows_too() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let csv = |env: &Env| env.run(&["runtemplate", "stale", "--format=csv"]).ok().stdout;
    assert!(csv(&env).starts_with("id,") && csv(&env).lines().count() == 1, "{}", csv(&env));
    env.run(&["runtemplate", "update", "1", "--interv=d"]).ok();
    env.sql("UPDATE runtemplate SET next_schedule = '2020-01-01 00:00:00'");
    let rows = csv(&env);
    assert!(rows.lines().count() == 2 && rows.contains(",Test,"), "{rows}");
}

#[test]
fn what_is_missing_says_what_to_do() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    for (call, code, hint) in [
        (&["job", "get"][..], 2, "`multiflexi-cli job list` shows what there is"),
        (&["job", "recover", "/nope"], 1, "Name the file that `job run` or `queue run` named"),
        (&["database", "backup", "/nope/x"], 1, "Name a file in a folder that is there"),
        (&["--format=json"], 2, "`multiflexi-cli list` names the commands"),
    ] {
        let error = env.run(&[call, &["-f", "json"]].concat()).exits(code).json();
        assert!(error["hint"].as_str().is_some_and(|said| said.contains(hint)), "{call:?}: {error}");
    }
    assert!(env.run(&["-f", "json", "-V"]).ok().stdout.starts_with("multiflexi-cli "));
    let script = env.run(&["completion", "bash", "-f", "json"]).ok().json();
    assert_eq!(script["script"], env.run(&["completion", "bash"]).ok().stdout);
    assert_eq!(script["shell"], "bash");
}
