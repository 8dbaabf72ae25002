//! A job, or what it is made of, that somebody changes while others are about to run, count or save it.

use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use super::{Session, counted, is_stopped, job, pauses_at, run_files, runs, signal, waits_for_lock};
use crate::env::{Env, Output, definition, on_each_database, on_each_server, set_script};
use crate::job::wait_until;

fn start(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Output {
    child.wait_with_output().unwrap().into()
}

/// The moments of the queue.
fn moments(env: &Env) -> String {
    env.sql("SELECT after FROM schedule").trim().to_owned()
}

fn has_not_begun(env: &Env, id: &str) {
    let record = job(env, id);
    assert_eq!(
        (&record["begin"], &record["exitcode"], &record["pid"]),
        (&json!(null), &json!(null), &json!(null)),
        "{record:#}"
    );
}

fn login() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

// What waits behind a job that runs for long was read when that began.
on_each_database!(what_is_changed_while_the_queue_runs_is_left, |env| {
    env.prepare("Native", &counted(env, "while [ ! -e $HOME/go ]; do sleep 0.1; done"), json!(null));
    let ids: Vec<String> = (0..4).map(|_| env.schedule()).collect();
    let queue = start(env.command(&["queue", "run", "--executor=Native", "--format=json"]));
    wait_until(|| runs(env) == 1);
    let change = |id: &str, change: &str| env.run(&["job", "update", &format!("--id={id}"), change]).ok();
    change(&ids[1], "--scheduled=2037-06-10 06:00");
    change(&ids[2], "--executor=Kubernetes");
    env.file("go", "");
    let ran = end(queue).ok().json();
    assert_eq!((&ran["run"], &ran["success"], runs(env)), (&json!(2), &json!(2), 2), "{ran:#}");
    has_not_begun(env, &ids[1]);
    has_not_begun(env, &ids[2]);
    assert_eq!(job(env, &ids[3])["exitcode"], json!(0));
    assert!(moments(env).contains("2037-06-10 06:00:00"), "{}", moments(env));
});

/// The process that `queue run` starts for a job, which is to be taken only while it is due.
fn taken_by_the_queue(env: &Env, id: &str, options: &[&str]) -> Command {
    let mut command = env.command(&["job", "run", "--further-from-stdin", "--format=json", &format!("--id={id}")]);
    command.args(options).stdin(Stdio::piped());
    command
}

on_each_server!(a_job_that_is_moved_while_it_is_claimed_waits, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    let id = env.schedule();
    let runner = pauses_at(taken_by_the_queue(env, &id, &[]), "claiming");
    env.run(&["job", "update", &format!("--id={id}"), "--scheduled=2037-06-10 06:00"]).ok();
    signal(&runner, "CONT");
    let answer = end(runner).json();
    let said = &answer["said"];
    assert_eq!((&said["is_taken"], &said["exitcode"]), (&json!(true), &json!(null)), "{answer:#}");
    assert!(said["message"].as_str().unwrap().contains("waits until 2037-06-10 06:00:00"), "{answer:#}");
    has_not_begun(env, &id);
    assert_eq!((moments(env).contains("2037-06-10 06:00:00"), runs(env)), (true, 0));
    // By hand it is run all the same, whenever its moment is.
    env.run(&["job", "run", &format!("--id={id}")]).ok();
    assert_eq!(runs(env), 1);
});

on_each_server!(a_job_that_is_changed_while_it_is_claimed_is_left, |env| {
    env.prepare("Native", &counted(env, "true"), json!(null));
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Other"]).ok();
    let changes = [("--executor=Podman", "for the executor Podman"), ("--runtemplate_id=2", "it was changed while")];
    for (change, words) in changes {
        let id = env.schedule();
        let argument = format!("--id={id}");
        let runner = pauses_at(env.command(&["job", "run", &argument]), "claiming");
        env.run(&["job", "update", &argument, change]).ok();
        signal(&runner, "CONT");
        end(runner).refused(1, words);
        has_not_begun(env, &id);
        assert_eq!((env.json(&["queue", "list"])[0]["job"].to_string(), runs(env)), (id, 0), "{change}");
        env.run(&["job", "delete", &argument, "--yes"]).ok();
    }
});

// It is for another executor when its runner begins to look at it.
on_each_database!(a_runner_of_one_executor_leaves_the_jobs_of_another, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let runner = start(taken_by_the_queue(env, &id, &["--only-executor=Native"]));
    let answer = end(runner).json();
    assert_eq!((&answer["said"]["is_taken"], &answer["said"]["code"]), (&json!(true), &json!("refused")), "{answer:#}");
    has_not_begun(env, &id);
});

// It comes to nothing, and whoever cancelled the job meanwhile is not left for its next run.
on_each_database!(a_job_that_is_cancelled_and_cannot_be_begun_ends, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let mut command = env.command(&["job", "run", &argument]);
    command.env("PATH", "/nonexistent");
    let runner = pauses_at(command, "claimed");
    let cancel = start(env.command(&["job", "cancel", &argument, "--yes"]));
    wait_until(|| is_requested(env));
    signal(&runner, "CONT");
    assert_eq!(end(runner).code, 143);
    let cancelled = end(cancel).ok();
    assert!(cancelled.stdout.contains("its runner ended it with exit code 143"), "{cancelled:#?}");
    let record = job(env, &id);
    assert_eq!(record["exitcode"], json!(143), "{record:#}");
    assert!(record["reason"].as_str().unwrap().starts_with("Cancelled: cancelled by "), "{record:#}");
    assert!(record["notices"].to_string().contains("KubectlMissing: "), "{record:#}");
    assert_eq!((env.json(&["queue", "list"]), run_files(env)), (json!([]), 0));
});

fn is_requested(env: &Env) -> bool {
    env.sql("SELECT count(*) FROM job_output_lines WHERE type = 'cancel'").trim() != "0"
}

// An older runner leaves the request where it is.
on_each_database!(a_job_that_waits_again_is_cancelled_as_one_that_waits, |env| {
    env.prepare("Native", "true", json!(null));
    let id = env.schedule();
    let argument = format!("--id={id}");
    let mut runner = pauses_at(env.command(&["job", "run", &argument]), "claimed");
    let cancel = start(env.command(&["job", "cancel", &argument, "--yes"]));
    wait_until(|| is_requested(env));
    let q = env.quote();
    env.sql(&format!(
        "UPDATE job SET {q}begin{q} = NULL, pid = NULL; DELETE FROM job_output_lines WHERE type = 'runner'"
    ));
    let cancelled = end(cancel).ok();
    assert!(cancelled.stdout.contains("cancelled before it began"), "{cancelled:#?}");
    assert_eq!((&job(env, &id)["exitcode"], is_requested(env)), (&json!(143), false));
    runner.kill().unwrap();
    runner.wait().unwrap();
});

// Each Unix user has a row, which is made with the first job; two of the first may be made in one moment.
on_each_server!(the_row_of_the_unix_user_may_be_made_by_another, |env| {
    env.prepare("Native", "exit 1", json!(null));
    let options = ["--max_attempts=2", "--interv=y"];
    env.run(&[&["runtemplate", "update", "--id=1"], &options[..]].concat()).ok();
    let q = env.quote();
    let works: [&[&str]; 2] = [&["runtemplate", "schedule", "--id=1"], &["queue", "run"]];
    for work in works {
        env.sql(&format!("UPDATE {q}user{q} SET login = concat('u', id)"));
        let mut other = Session::new(env);
        other.run(&format!("BEGIN; INSERT INTO {q}user{q} (login) VALUES ('{}')", login()));
        let maker = start(env.command(work));
        wait_until(|| waits_for_lock(env));
        other.run("COMMIT");
        end(maker).ok();
        // A schedule's job, whose next attempt `queue run` makes.
        env.sql(
            "DELETE FROM schedule; UPDATE job SET exitcode = 0 WHERE exitcode IS NULL AND schedule_type LIKE 'adhoc%'",
        );
        env.run(&["queue", "fill"]).ok();
    }
    let attempts = env.sql("SELECT count(*) FROM job WHERE task_id IS NOT NULL");
    assert_eq!(attempts.trim(), "2", "{}", env.json(&["job", "list"]));
});

// To MariaDB they are the same, and to it there can be no second row.
on_each_database!(a_login_that_differs_in_case_makes_jobs, |env| {
    env.prepare("Native", "true", json!(null));
    let other: String =
        login().char_indices().map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c }).collect();
    env.run(&["user", "create", &format!("--login={other}"), "--email=r@example.org", "--plaintext=abcdefgh12345"])
        .ok();
    env.run(&["runtemplate", "run", "--id=1"]).ok();
});

// Whoever fills the queue looks at application and company behind the runtemplate.
on_each_database!(an_application_or_a_company_is_changed_while_the_queue_is_filled, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=y", "--from=next"]).ok();
    let changes: [&[&str]; 3] = [
        &["application", "update", "--id=1", "--name=Other"],
        &["application", "update", "--id=1", "--executable=/bin/false"],
        &["company", "update", "--id=1", "--name=Other"],
    ];
    for change in changes {
        let fill = pauses_at(env.command(&["queue", "fill"]), "filling");
        let changing = start(env.command(change));
        wait_until(|| waits_for_lock(env));
        // It stops again where it is begun again.
        wait_until(|| {
            signal(&fill, "CONT");
            std::thread::sleep(std::time::Duration::from_millis(200));
            !is_stopped(&fill)
        });
        let filled = end(fill).ok();
        assert!(filled.stdout.contains("Jobs made: 1"), "{change:?} {filled:#?}");
        let changed = end(changing).ok();
        assert!(changed.stderr.contains(" is withdrawn; "), "{change:?} {changed:#?}");
        assert_eq!(env.json(&["queue", "list"]), json!([]), "{change:?}");
    }
});

/// An application that leaves an artifact.
fn prepare_with_artifact(env: &Env) {
    env.prepare("Native", "true", json!(null));
    let mut definition = definition("Test");
    set_script(&mut definition, "echo {} >report.json");
    definition["artifacts"] = json!([{"name": "Report", "path": "report.json", "type": "application/json"}]);
    env.import_definition(&definition).ok();
}

// Of two that have both stored their artifacts each would wait for the other, to count.
on_each_server!(jobs_with_artifacts_end_together, |env| {
    prepare_with_artifact(env);
    let [first, second] = [env.schedule(), env.schedule()].map(|id| format!("--id={id}"));
    let first = pauses_at(env.command(&["job", "run", &first]), "finishing");
    let second = start(env.command(&["job", "run", &second]));
    wait_until(|| waits_for_lock(env));
    signal(&first, "CONT");
    for runner in [first, second] {
        let ran = end(runner).ok();
        assert!(!ran.stderr.contains("trying again"), "{ran:#?}");
    }
    let counted = env.json(&["runtemplate", "get", "--id=1"])["successfull_jobs_count"].clone();
    let is_two = |value: &Value| value.to_string().trim_matches('"') == "2";
    assert!(is_two(&counted) && env.sql("SELECT count(*) FROM artifacts").trim() == "2", "{counted}");
});

// Whoever mends the queue has seen that a schedule waits in vain; by now it waits for another job.
on_each_server!(a_schedule_that_goes_on_meanwhile_is_not_mended, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h"]).ok();
    env.sql("UPDATE runtemplate SET next_schedule = '2030-01-01 00:00:00'");
    let mut other = Session::new(env);
    other.run("BEGIN; UPDATE runtemplate SET next_schedule = '2037-01-01 00:00:00' WHERE id = 1");
    let fix = start(env.command(&["queue", "fix", "--yes"]));
    wait_until(|| waits_for_lock(env));
    other.run("COMMIT");
    let fixed = end(fix).ok();
    assert!(!fixed.stdout.contains("next_schedule"), "{fixed:#?}");
    assert!(env.sql("SELECT next_schedule FROM runtemplate").contains("2037-01-01"));
});

fn credential_type(env: &Env) {
    env.run(&["credential-prototype", "sync"]).ok();
    env.run(&["credential-type", "create", "--class=SQLServer", "--company-id=1"]).ok();
}

// What somebody adds in the same moment is not left behind, and is no mere fault of a key.
on_each_server!(what_is_added_to_a_row_that_is_deleted_goes_along_or_keeps_it, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["user", "create", "--login=jane"]).ok();
    credential_type(env);
    env.run(&["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"]).ok();
    let id = env.json(&["user", "get", "--login=jane"])["id"].to_string();
    env.run(&["credential-prototype", "create", "--name=Mail", "--code=Mail"]).ok();
    let prototype = env.json(&["credential-prototype", "get", "--code=Mail"])["id"].to_string();
    let user = if env.is_postgres() { "\"user\"" } else { "user" };
    for (command, id, table, added, kept) in [
        (
            "credential remove",
            "1",
            "credentials",
            "credata (credential_id, name, value, type) VALUES (1, 'A', 'b', 'string')",
            None,
        ),
        ("user delete", &id, user, &format!("token (user_id, token) VALUES ({id}, 'abc')"), None),
        (
            "application delete",
            "1",
            "apps",
            "companyapp (company_id, app_id) VALUES (1, 1)",
            Some("is still used by 1 runtemplate"),
        ),
        (
            "credential-prototype delete",
            &prototype,
            "credential_prototype",
            "credential_type (prototype, version, company_id) VALUES ('Mail', '1', 1)",
            Some("is still used by 1 credential types"),
        ),
    ] {
        let mut other = Session::new(env);
        other.run(&format!("BEGIN; SELECT id FROM {table} WHERE id = {id} FOR UPDATE; INSERT INTO {added}"));
        let id_option = format!("--id={id}");
        let arguments: Vec<&str> = command.split(' ').chain([id_option.as_str()]).collect();
        let deleting = start(env.command(&arguments));
        wait_until(|| waits_for_lock(env));
        other.run("COMMIT");
        match kept {
            Some(message) => drop(end(deleting).refused(1, message)),
            None => drop(end(deleting).ok()),
        }
    }
    assert_eq!(
        (env.sql("SELECT count(*) FROM credata").trim(), env.sql("SELECT count(*) FROM token").trim()),
        ("0", "0")
    );
});

/// The tables of roles, which no migration makes, and which need not have keys.
fn with_roles(env: &Env) {
    env.sql(
        "CREATE TABLE rbac_roles (id INTEGER PRIMARY KEY, name VARCHAR(50));
         CREATE TABLE rbac_user_roles (user_id INTEGER, role_id INTEGER);
         INSERT INTO rbac_roles VALUES (1, 'admin'), (2, 'viewer');",
    );
}

// The other way round, whether the suite's table has a key or not: nothing is added to what has just gone, and that is said.
on_each_server!(nothing_is_added_to_a_row_that_was_deleted_meanwhile, |env| {
    env.prepare("Native", "true", json!(null));
    credential_type(env);
    env.run(&["credential", "create", "--name=Ours", "--company-id=1", "--credential-type-id=1"]).ok();
    for code in ["Mail", "Bank"] {
        env.run(&["credential-prototype", "create", "--name=P", &format!("--code={code}")]).ok();
    }
    env.run(&["user", "create", "--login=jane"]).ok();
    with_roles(env);
    let of_user = format!("{0}user{0} WHERE login = 'jane'", env.quote());
    for name in ["--name=Beta", "--name=Gamma", "--name=Delta"] {
        env.run(&["company", "create", name]).ok();
        env.run(&["application", "create", name, "--executable=true"]).ok();
    }
    env.run(&["event-source", "create", "--name=Source", "--adapter_type=x", "--db_database=y"]).ok();
    for (row, command) in [
        (
            "runtemplate WHERE id = 1",
            "event-rule create --event_source_id=1 --runtemplate_id=1 --evidence=a --operation=update",
        ),
        ("company WHERE id = 3", "company env-set --company_id=3 --env=A=b"),
        ("apps WHERE id = 2", "runtemplate create --app_id=2 --company_id=1 --name=Late"),
        ("company WHERE id = 2", "credential create --name=Ours --company-id=2 --credential-type-id=1"),
        (&of_user, "user-role set --login=jane --roles=admin"),
        ("company WHERE id = 4", "credential update --id=1 --company-id=4"),
        ("credential_prototype WHERE code = 'Mail'", "credential-type create --class=Mail --company-id=1"),
        ("credential_prototype WHERE code = 'Bank'", "credential-type update --id=1 --class=Bank"),
    ] {
        let mut other = Session::new(env);
        other.run(&format!("BEGIN; DELETE FROM {row}"));
        let adding = start(env.command(&command.split(' ').collect::<Vec<_>>()));
        wait_until(|| waits_for_lock(env));
        other.run("COMMIT");
        end(adding).refused(1, "found");
    }
});

// Two who set the roles of one user: the suite's table need not have a key that would tell them.
on_each_server!(a_role_that_somebody_gives_meanwhile_is_not_given_twice, |env| {
    env.run(&["user", "create", "--login=jane"]).ok();
    with_roles(env);
    let user = if env.is_postgres() { "\"user\"" } else { "user" };
    let mut other = Session::new(env);
    other
        .run(&format!("BEGIN; SELECT id FROM {user} FOR UPDATE; INSERT INTO rbac_user_roles SELECT id, 1 FROM {user}"));
    let setting = start(env.command(&["user-role", "set", "--login=jane", "--roles=admin,viewer"]));
    wait_until(|| waits_for_lock(env));
    other.run("COMMIT");
    end(setting).ok();
    assert_eq!(env.sql("SELECT count(*) FROM rbac_user_roles").trim(), "2");
});

// It would be approved and rejected.
on_each_server!(an_erasure_request_that_somebody_reviews_meanwhile_is_not_reviewed_again, |env| {
    env.run(&["user", "create", "--login=jane"]).ok();
    env.run(&["user-erasure", "create", "--user-login=jane", "--force"]).ok();
    let mut other = Session::new(env);
    other.run("BEGIN; UPDATE user_deletion_requests SET status = 'approved'");
    let rejecting = start(env.command(&["user-erasure", "reject", "--request-id=1", "--reason=no", "--force"]));
    wait_until(|| waits_for_lock(env));
    other.run("COMMIT");
    end(rejecting).refused(1, "is approved");
});
