//! `status`, `prune`, `artifact`, `company-app` and a company's variables.

use serde_json::{Value, json};

use crate::env::{Env, on_each_database};

on_each_database!(status_counts_what_there_is, |env| {
    env.prepare("Native", "true", json!(null));
    env.schedule();
    let status = env.json(&["status"]);
    // The row of a new database is no key.
    assert_eq!(status["encryption"], "broken (no master key)");
    assert_eq!((&status["companies"], &status["apps"], &status["runtemplates"]), (&json!(1), &json!(1), &json!(1)));
    assert!(status["jobs"].as_str().unwrap().starts_with("total: 1, monthly: 0"), "{status}");
    assert!(status["db-migration"].as_str().unwrap().contains("2026"), "{status}");
    assert_eq!(env.json(&["appstatus"])["apps"], 1);
});

on_each_database!(status_tells_what_an_alarm_needs, |env| {
    env.prepare("Native", "exit 3", json!(null));
    let of = |keys: &[&str]| -> Vec<Value> {
        let status = env.json(&["status"]);
        keys.iter().map(|key| status[*key].clone()).collect()
    };
    let jobs = ["due_jobs", "oldest_waiting_job", "oldest_waiting_seconds", "failed_last_day", "lost_runners"];
    let rounds = ["last_queue_fill", "last_queue_run", "seconds_since_queue_fill", "seconds_since_queue_run"];
    assert_eq!(of(&jobs), [json!(0), json!(null), json!(0), json!(0), json!(0)]);
    assert_eq!(of(&rounds), vec![json!(null); 4]);
    env.run(&["queue", "fill"]).ok();
    env.run(&["runtemplate", "schedule", "1", "--schedule_time=now"]).ok();
    let _ = env.run(&["queue", "run"]);
    assert_eq!(of(&jobs), [json!(0), json!(null), json!(0), json!(1), json!(0)]);
    let begun = of(&rounds);
    assert!(begun[0].as_str().unwrap().ends_with("+00:00") && begun[1].is_string(), "{begun:?}");
    assert!(begun[2].as_i64().unwrap() < 600 && begun[3].as_i64().unwrap() < 600, "{begun:?}");
    // Many calls in a row leave one row each, which is not the suite's.
    let _ = env.run(&["queue", "run"]);
    let rows = env.sql("select cfg from modconfig where module = 'multiflexi-cli' order by cfg");
    assert_eq!(rows.lines().collect::<Vec<_>>(), ["queue fill", "queue run"]);
    // One that nobody has run for two hours, and one whose runner is gone.
    env.schedule();
    let waiting = env.schedule();
    let past = "'2020-01-01 00:00:00'";
    env.sql(&format!("update schedule set after = {past} where job = {waiting}"));
    let record = json!({"host": "x", "pid": "none"});
    env.sql(&format!(
        "update job set {0}begin{0} = {past} where id = 2; delete from schedule where job = 2;\n\
         insert into job_output_lines (job_id, seq, type, line, created_at) values (2, 0, 'runner', '{record}', {past});",
        env.quote()
    ));
    let told = of(&jobs);
    assert_eq!((&told[0], &told[1], &told[3], &told[4]), (&json!(1), &json!(3), &json!(1), &json!(1)));
    assert!(told[2].as_i64().unwrap() > 86_400, "{told:?}");
});

// The suite's executor may end a job and leave its row in the queue. An alarm would never cease.
on_each_database!(what_ended_before_it_began_is_not_due, |env| {
    env.prepare("Native", "true", json!(null));
    let ended = env.schedule();
    env.sql(&format!(
        "update schedule set after = '2020-01-01 00:00:00'; update job set exitcode = 143 where id = {ended}"
    ));
    let status = env.json(&["status"]);
    assert_eq!(
        (&status["due_jobs"], &status["oldest_waiting_job"], &status["oldest_waiting_seconds"]),
        (&json!(0), &json!(null), &json!(0))
    );
    assert_eq!(env.json(&["queue", "run"])["run"], 0);
});

#[test]
fn status_answers_when_the_database_is_down() {
    let mut env = Env::new();
    env.prepare("Native", "true", json!(null));
    let up = env.json(&["status"]);
    for (key, value) in [
        ("DB_CONNECTION", "mysql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", "9"),
        ("DB_USERNAME", "u"),
        ("DB_PASSWORD", "marker"),
        ("DB_DATABASE", "d"),
    ] {
        env.set(key, value);
    }
    let down = env.json_of(&["status"], 1);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(keys(&down).starts_with(&keys(&up)), "{down}");
    assert_eq!((&up["database_up"], &down["database_up"]), (&json!(true), &json!(false)));
    assert_eq!(down["database"], "mysql d on 127.0.0.1:9 as u (down)");
    assert_eq!((&down["companies"], &down["jobs"], &down["due_jobs"]), (&json!(null), &json!(null), &json!(null)));
    assert_eq!((&down["status"], &down["code"]), (&json!("error"), &json!("database")));
    assert!(down["message"].as_str().unwrap().contains("cannot open the database") && down["hint"].is_string());
    let text = env.run(&["status"]).exits(1);
    assert!(text.stdout.contains("\ndatabase: mysql d on 127.0.0.1:9 as u (down)\n"), "{text:?}");
    assert!(text.stderr.contains("because:") && text.stderr.contains("hint:"), "{text:?}");
    assert!(!format!("{text:?}{down}").contains("marker"));
    // Nothing names a database at all.
    env.unset("DB_CONNECTION");
    assert_eq!(env.json_of(&["status"], 1)["database"], "not configured");
}

on_each_database!(prune_keeps_the_newest, |env| {
    env.prepare("Native", "echo out", json!(null));
    for _ in 0..3 {
        env.run_job(&[]).0.ok();
    }
    env.schedule();
    env.run(&["prune"]).refused(2, "--logs");
    env.run(&["prune", "--jobs", "--keep=-1"]).refused(2, "--keep");
    let pruned = env.json(&["prune", "--jobs", "--logs", "--keep=2"]);
    assert_eq!(pruned["kept"], 2);
    let left = env.json(&["job", "list", "--fields=id"]);
    assert!(left.as_array().unwrap().contains(&json!({"id": 4})), "what waits is not pruned: {left}");
    assert_eq!(pruned["deleted_jobs"].as_u64().unwrap() + left.as_array().unwrap().len() as u64, 4);
    assert_eq!(env.sql("select count(*) from job_output_lines where job_id not in (select id from job)").trim(), "0");
});

on_each_database!(an_artifact_is_listed_shown_and_saved, |env| {
    env.prepare("Native", "true", json!(null));
    let job = env.schedule();
    env.sql(&format!(
        "insert into artifacts (job_id, filename, content_type, artifact, note) values ({job}, 'a.json', 'application/json', '{{}}', 'N');"
    ));
    let list = env.json(&["artifact", "list", &format!("--job_id={job}"), "--fields=id,filename"]);
    assert_eq!(list, json!([{"id": 1, "filename": "a.json"}]));
    assert_eq!(env.json(&["artifact", "get", "--id=1"])["content_type"], "application/json");
    let file = env.path().join("a.json");
    let saved = env.json(&["artifact", "save", "--id=1", "--file", file.to_str().unwrap()]);
    assert_eq!((&saved["size"], std::fs::read_to_string(&file).unwrap().as_str()), (&json!(2), "{}"));
    env.run(&["artifact", "save", "--id=9", "--file=/dev/null"]).refused(1, "Artifact with id 9 not found");
    env.run(&["artifact", "save", "--id=1", "--file=/proc/nowhere/a"]).refused(1, "/proc/nowhere/a");
    // A name that is mistyped makes no folder.
    let missing = env.path().join("missing/folder/a");
    let refused =
        env.run(&["artifact", "save", "--id=1", "--file", missing.to_str().unwrap()]).refused(1, "missing/folder/a");
    assert!(refused.stderr.contains("hint:") && !env.path().join("missing").exists(), "{refused:?}");
    let printed = env.run(&["artifact", "save", "--id=1", "--file=-"]).ok();
    assert_eq!(printed.stdout.into_bytes(), std::fs::read(&file).unwrap());
    env.run(&["job", "delete", &format!("--id={job}")]).ok();
    assert_eq!(env.json(&["artifact", "list"]), json!([]));
});

on_each_database!(an_application_is_assigned_to_a_company_and_taken_away, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.import("true", json!(null));
    let assign = |env: &Env| env.json(&["company-app", "assign", "--company=acme", "--app_id=1"]);
    assert_eq!(assign(env)["runtemplate_id"], 1);
    assert_eq!(assign(env)["runtemplate_id"], json!(null));
    assert_eq!(env.json(&["company-app", "list", "--company=acme"])[0]["app_name"], "Test");
    env.schedule();
    env.run(&["application", "delete", "--id=1"]).refused(1, "still used by 1 runtemplate, 1 job");
    env.run(&["company-app", "assign", "--company=nosuch", "--app_id=1"]).refused(1, "nosuch");
    env.run(&["company-app", "assign", "--company=acme"]).refused(2, "--app_id");
    let taken = env.json(&["company-app", "unassign", "--company=acme", "--app=Test"]);
    assert_eq!(taken["removed_runtemplates"], json!([1]));
    assert_eq!(env.json(&["job", "list"]), json!([]), "jobs of the runtemplates go along");
    assert_eq!(env.json(&["queue", "list"]), json!([]));
    // What is not there can be taken away again, and that is no change.
    let changes = || env.sql("select count(*) from security_audit_log");
    let before = changes();
    let again = env.json(&["company-app", "unassign", "--company=acme", "--app=Test"]);
    assert_eq!((&again["message"], &again["removed_runtemplates"]), (&json!("No assignment found"), &json!([])));
    env.run(&["company-app", "unassign", "--company=acme", "--app=Test", "--dry-run"]).ok();
    assert_eq!(changes(), before);
    env.run(&["application", "delete", "--id=1"]).ok();
});

on_each_database!(a_companys_variables, |env| {
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["company", "env-set", "--company=acme", "--env=COLOUR=blue", "--env=API_TOKEN=marker"]).ok();
    env.run(&["company", "env-set", "--company=acme", "--env=COLOUR=red"]).ok();
    let list = env.run(&["company", "env-list", "--company=acme", "--format=json"]).ok();
    assert!(
        list.stdout.contains("red") && !list.stdout.contains("blue") && !list.stdout.contains("marker"),
        "{list:?}"
    );
    env.run(&["company", "env-set", "--company=acme", "--env=1X=a"]).refused(2, "KEY");
    let long = format!("--env=LONG={}", "x".repeat(256));
    env.run(&["company", "env-set", "--company=acme", "--env=OK=1", &long]).refused(2, "LONG");
    env.run(&["company", "env-unset", "--company=acme", "--name=COLOUR"]).ok();
    env.run(&["company", "env-unset", "--company=acme", "--name=COLOUR"]).refused(1, "COLOUR");
    assert_eq!(env.json(&["company", "env-list", "--company_id=1"]).as_array().unwrap().len(), 1);
    env.run(&["company", "remove", "--id=1"]).ok();
    assert_eq!(env.sql("select count(*) from companyenv").trim(), "0");
});

/// The program by its name, in a folder for PATH.
fn with_program(env: &Env) -> String {
    let programs = env.path().join("bin");
    std::fs::create_dir_all(&programs).unwrap();
    let _ = std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_multiflexi-cli"), programs.join("multiflexi-cli"));
    format!("{}:{}", programs.display(), std::env::var("PATH").unwrap())
}

fn shell(env: &Env, line: &str) -> crate::env::Output {
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", line]).current_dir(env.path()).env_clear();
    shell.envs(env.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
    shell.env("PATH", with_program(env)).output().unwrap().into()
}

/// One job that failed, one that has waited for long; then a database that does not answer.
fn failed_and_waiting(env: &Env) {
    env.prepare("Native", "exit 3", json!(null));
    let _ = env.run_job(&[]).0.exits(3);
    let id = env.schedule();
    env.sql(&format!("update schedule set after = '2020-01-01 00:00:00' where job = {id}"));
}

fn is_down(env: &mut Env) {
    for (key, value) in [
        ("DB_CONNECTION", "mysql"),
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", "9"),
        ("DB_USERNAME", "u"),
        ("DB_DATABASE", "d"),
    ] {
        env.set(key, value);
    }
}

#[test]
fn prometheus_reads_what_the_example_writes() {
    let mut env = Env::new();
    failed_and_waiting(&env);
    let script = crate::env::root().join("examples/prometheus/textfile.sh");
    let run = |env: &Env| {
        assert_eq!(shell(env, &format!("'{}' multiflexi.prom", script.display())).ok().stderr, "");
        std::fs::read_to_string(env.path().join("multiflexi.prom")).unwrap()
    };
    let text = run(&env);
    for line in [
        "multiflexi_database_up 1", "multiflexi_due_jobs 1", "multiflexi_failed_last_day 1",
        "multiflexi_lost_runners 0",
    ] {
        assert!(text.lines().any(|is| is == line), "no {line} in {text}");
    }
    let waited = text.lines().find_map(|line| line.strip_prefix("multiflexi_oldest_waiting_seconds ")).unwrap();
    assert!(waited.parse::<i64>().unwrap() > 86_400, "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.split_once(' ').unwrap();
        assert!(text.contains(&format!("# TYPE {name} gauge\n")) && value.parse::<i64>().is_ok(), "{text}");
    }
    let nothing_known = "# TYPE multiflexi_database_up gauge\nmultiflexi_database_up 0\n";
    env.set("MULTIFLEXI_LOG", "verbose");
    assert_eq!(run(&env), nothing_known);
    env.unset("MULTIFLEXI_LOG");
    is_down(&mut env);
    assert_eq!(run(&env), nothing_known);
}

#[test]
fn zabbix_items_tell_their_values() {
    let mut env = Env::new();
    failed_and_waiting(&env);
    let text = std::fs::read_to_string(crate::env::root().join("examples/zabbix/userparameter.conf")).unwrap();
    // As the agent does it: `$1` is the item's parameter, and `$$` a dollar.
    let item = |env: &Env, name: &str, parameter: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(&format!("UserParameter={name},"))).unwrap();
        let line = line.replace("$$", "\0").replace("$1", parameter).replace('\0', "$");
        shell(env, &line).stdout.trim().to_owned()
    };
    let value = |env: &Env, key: &str| item(env, "multiflexi.status.value[*]", key);
    assert_eq!((value(&env, "database_up").as_str(), value(&env, "failed_last_day").as_str()), ("1", "1"));
    assert!(value(&env, "oldest_waiting_seconds").parse::<i64>().unwrap() > 86_400);
    assert_eq!(value(&env, "seconds_since_queue_run"), "-1");
    let whole: Value = serde_json::from_str(&item(&env, "multiflexi.status", "")).unwrap();
    assert_eq!(whole["due_jobs"], 1);
    assert_eq!(item(&env, "multiflexi.doctor", ""), "1");
    env.set("MULTIFLEXI_TIMEZONE", "Europe/Prag");
    assert_eq!(value(&env, "database_up"), "-1");
    env.unset("MULTIFLEXI_TIMEZONE");
    is_down(&mut env);
    assert_eq!((value(&env, "database_up").as_str(), value(&env, "due_jobs").as_str()), ("0", "-1"));
}
