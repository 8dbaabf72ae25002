//! Actions after a job's end, as the suite's web interface stores them.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::env::{Env, NOWHERE, on_each_database};
use crate::job::wait_until;

/// Switches actions of runtemplate 1 on, with the settings of each.
pub fn switch_on(env: &Env, mode: &str, actions: &[(&str, &[(&str, &str)])]) {
    let mut stored = format!("a:{}:{{", actions.len());
    let mut rows = String::new();
    for (module, settings) in actions {
        stored.push_str(&format!("s:{}:\"{module}\";b:1;", module.len()));
        for (key, value) in *settings {
            rows.push_str(&format!(
                "INSERT INTO actionconfig (module, keyname, value, mode, runtemplate_id) VALUES ('{module}', '{key}', \
                 '{}', '{mode}', 1);",
                value.replace('\'', "''")
            ));
        }
    }
    env.sql(&format!("UPDATE runtemplate SET {mode} = '{stored}}}' WHERE id = 1; {rows}"));
}

pub fn notices(record: &Value) -> String {
    let notices = record["notices"].as_array().cloned().unwrap_or_default();
    notices.iter().map(|notice| format!("{}\n", notice.as_str().unwrap())).collect()
}

on_each_database!(jobs_follow_and_schedules_end, |env| {
    env.prepare("Native", "echo $WORD; exit ${CODE:-0}", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=y", "--config=WORD=hello"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Next"]).ok();
    switch_on(env, "success", &[("ChainRuntemplate", &[("rtid", "2")]), ("Stop", &[]), ("Zabbix", &[])]);
    switch_on(env, "fail", &[("Reschedule", &[("delay", "7200")]), ("ChainRuntemplate", &[("rtid", "9")])]);
    let (output, record) = env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:?}");
    let said = notices(&record);
    assert!(said.contains("action ChainRuntemplate: job 2 of runtemplate 2 is in the queue"), "{said}");
    assert!(said.contains("action Stop: runtemplate 1 runs no more by its schedule"), "{said}");
    assert!(said.contains("action Zabbix: not performed"), "{said}");
    assert!(output.stderr.contains("multiflexi: action Zabbix"), "{output:?}");
    let chained = env.json(&["job", "get", "--id=2"]);
    assert_eq!((&chained["schedule_type"], &chained["runtemplate_id"]), (&json!("chained"), &json!(2)));
    assert_eq!(env.json(&["queue", "fill"])["created"], 0);

    let failing = env.json(&["runtemplate", "schedule", "--id=1", "--config=CODE=3", "--config=WORD=once"]);
    let failing = format!("--id={}", failing["job_id"]);
    env.run(&["job", "run", &failing]).exits(3);
    let said = notices(&env.json(&["job", "get", &failing]));
    assert!(said.contains("warning: action ChainRuntemplate failed: runtemplate 9 does not exist"), "{said}");
    let queue = env.json(&["queue", "list"]);
    let again = queue.as_array().unwrap().last().unwrap()["job"].to_string();
    let again = env.json(&["job", "get", &format!("--id={again}")]);
    assert_eq!(
        (&again["schedule_type"], &again["env"]["WORD"], &again["begin"]),
        (&json!("reschedule"), &json!("once"), &json!(null)),
        "{said}{again}"
    );
});

on_each_database!(a_job_of_another_application_is_launched, |env| {
    env.prepare("Native", "true", json!(null));
    let mut other = crate::env::definition("Other");
    other["uuid"] = "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12".into();
    env.import_definition(&other).ok();
    switch_on(env, "success", &[("LaunchJob", &[("jobid", "2")])]);
    assert!(
        notices(&env.run_job(&[]).1).contains("warning: action LaunchJob failed: application 2 has no other active")
    );
    env.run(&["runtemplate", "create", "--app_id=2", "--company_id=1", "--name=Launched"]).ok();
    assert!(notices(&env.run_job(&[]).1).contains("of runtemplate 2 is in the queue"));
    let run = env.json(&["queue", "run"]);
    assert_eq!((&run["success"], &run["jobs"][0]["runtemplate"]), (&json!(1), &json!("Launched")), "{run}");
});

on_each_database!(a_command_runs_with_the_jobs_environment, |env| {
    env.prepare("Native", "exit 4", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--config=WORD=it's"]).ok();
    let command = r#"echo "$WORD $MULTIFLEXI_JOB_EXITCODE" > $HOME/said; echo no >&2; exit 7"#;
    switch_on(env, "fail", &[("CustomCommand", &[("command", command)])]);
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (4, &json!(4)), "{output:?}");
    assert_eq!(std::fs::read_to_string(env.path().join("said")).unwrap(), "it's 4\n");
    let said = notices(&record);
    assert!(said.contains("warning: action CustomCommand failed: the command ended with 7: no"), "{said}");
    assert_eq!(record["stderr"], "");
});

on_each_database!(what_is_said_of_an_action_shows_no_secret, |env| {
    env.prepare("Native", "exit ${CODE:-1}", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--config=API_TOKEN=S3CRaa11", "--config=OWN_PASSWORD=geheim-bb22"])
        .ok();
    // The first 2000 bytes are told: the cut lies inside of a secret.
    let command = "echo login with $API_TOKEN failed; printf '%01967d' 0; echo $OWN_PASSWORD; exit ${CODE:-1}";
    let actions: &[(&str, &[(&str, &str)])] = &[
        ("CustomCommand", &[("command", command)]),
        ("Sleep", &[("seconds", "S3CRaa11")]),
        ("WebHook", &[("uri", "S3CRaa11://geheim-bb22")]),
    ];
    switch_on(env, "fail", actions);
    switch_on(env, "success", actions);
    for code in ["1", "0"] {
        let code = format!("--env=CODE={code}");
        let id = env.json(&["runtemplate", "schedule", "--id=1", &code])["job_id"].to_string();
        let id = format!("--id={id}");
        let ran = env.run(&["job", "run", &id]);
        let record = env.json(&["job", "get", &id]);
        let said = notices(&record);
        assert!(said.contains("login with •••••••• failed") && said.contains("action WebHook failed"), "{said}");
        let shown = format!("{ran:?}{said}{:?}", env.run(&["job", "output", &id, "--follow"]));
        let stored = env.sql("SELECT line FROM job_output_lines");
        for part in ["S3CRaa11", "S3CR", "geheim"] {
            assert!(!shown.contains(part) && !stored.contains(part), "{part}: {shown} {stored}");
        }
        assert!(said.contains("0••••••••\n"), "{said}");
    }
});

/// Answers one request with a status, and gives back what it was sent.
fn server(status: &'static str) -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/secret-path", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut sent = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&sent).contains("end\n") {
            match stream.read(&mut buffer).unwrap() {
                0 => break,
                count => sent.extend_from_slice(&buffer[..count]),
            }
        }
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&sent).into_owned()
    });
    (address, thread)
}

on_each_database!(the_output_is_posted, |env| {
    env.prepare("Native", "echo '{}'; echo unseen >&2; sleep 0.3; echo end", json!(null));
    let (address, thread) = server("204 No Content");
    switch_on(env, "success", &[("WebHook", &[("uri", &address)])]);
    let (output, record) = env.run_job(&[]);
    let sent = thread.join().unwrap();
    assert!(sent.starts_with("POST /secret-path HTTP/1.1\r\n") && sent.ends_with("\r\n\r\n{}\nend\n"), "{sent}");
    let head = sent.to_lowercase();
    assert!(head.contains("\r\nx-multiflexi-job: 1\r\n") && head.contains("content-type: application/json"), "{sent}");
    let said = notices(&record);
    assert!(said.contains("action WebHook: posted the output to 127.0.0.1: HTTP 204"), "{said}");

    let (address, thread) = server("500 Internal Server Error");
    env.sql(&format!("UPDATE actionconfig SET value = '{address}'"));
    let said = notices(&env.run_job(&[]).1);
    assert!(
        said.contains("warning: action WebHook failed: 127.0.0.1 did not take it: it answered with HTTP 500"),
        "{said}"
    );
    thread.join().unwrap();
    env.sql(&format!("UPDATE actionconfig SET value = 'http://{NOWHERE}/secret-path'"));
    let (again, record) = env.run_job(&[]);
    assert_eq!((again.code, &record["exitcode"]), (0, &json!(0)));
    let said = format!("{}{}{}{}", output.stderr, again.stderr, notices(&record), said);
    assert!(notices(&record).contains("warning: action WebHook failed") && !said.contains("secret-path"), "{said}");
});

#[test]
fn an_address_with_https_is_checked_against_what_the_system_trusts() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let (address, _thread) = server("200 OK");
    let address = address.replace("http://", "https://");
    switch_on(&env, "success", &[("WebHook", &[("uri", &address)])]);
    let (output, record) = env.run_job(&[]);
    assert_eq!(output.code, 0, "{output:?}");
    // What answers there speaks no TLS.
    assert!(notices(&record).contains("warning: action WebHook failed: 127.0.0.1 did not take it"), "{record}");
}

on_each_database!(what_hangs_is_ended_by_a_signal_and_the_result_is_saved, |env| {
    env.prepare("Native", "echo done", json!(null));
    switch_on(
        env,
        "success",
        &[("Sleep", &[("seconds", "60")]), ("CustomCommand", &[("command", "touch $HOME/late")])],
    );
    let id = format!("--id={}", env.schedule());
    let started = Instant::now();
    let runner = env.command(&["job", "run", &id]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until(|| env.json(&["job", "get", &id])["exitcode"] == 0);
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(runner.id().try_into().unwrap()), nix::sys::signal::SIGTERM)
        .unwrap();
    assert_eq!(runner.wait_with_output().unwrap().status.code(), Some(0));
    assert!(started.elapsed().as_secs() < 55);
    let said = notices(&env.json(&["job", "get", &id]));
    assert!(said.contains("warning: action Sleep failed: a signal ended it"), "{said}");
    assert!(!env.path().join("late").exists());
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["successfull_jobs_count"], 1);
});

on_each_database!(actions_that_cannot_be_read_do_no_harm, |env| {
    env.prepare("Native", "true", json!(null));
    env.sql("UPDATE runtemplate SET success = 'a:2:{s:5:\"Sleep\";b:1;s:4:\"S'");
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"]), (0, &json!(0)), "{output:?}");
    assert!(notices(&record).contains("the actions after a success of runtemplate 1 cannot be read"), "{record}");
});

// Nobody performs them any more: that is told, once.
on_each_database!(actions_of_a_runner_that_died_are_told, |env| {
    env.prepare("Native", "true", json!(null));
    switch_on(env, "success", &[("Zabbix", &[]), ("Stop", &[])]);
    for (point, lost) in [("finished", "Zabbix, Stop"), ("acted", "Stop")] {
        for mender in [["queue", "run"], ["queue", "fix"]] {
            let id = env.schedule();
            crate::crash::dies_at(env, point, &["job", "run", &format!("--id={id}")]);
            let words = format!("the actions after it: {lost} may not have been performed");
            let mended = env.run(&mender).ok();
            assert!(mended.stdout.contains(&words) && mended.stdout.contains(&id), "{point}: {mended:?}");
            let record = env.json(&["job", "get", &format!("--id={id}")]);
            assert_eq!((&record["exitcode"], notices(&record).matches(&words).count()), (&json!(0), 1), "{record:#}");
            assert!(!env.run(&mender).ok().stdout.contains("died"));
        }
    }
    // What was told is nothing to be told again.
    let id = env.schedule();
    env.sql("UPDATE runtemplate SET success = 'a:1:{s:6:\"Zabbix\";b:1;}'");
    crate::crash::dies_at(env, "acted", &["job", "run", &format!("--id={id}")]);
    let run = env.run(&["queue", "run"]).ok();
    assert!(!run.stdout.contains("died") && crate::crash::run_files(env) == 0, "{run:?}");
});
