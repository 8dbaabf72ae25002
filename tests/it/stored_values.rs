//! Rows that hold what no command of ours would have written: told in words, and never a panic, an option, or the end of others.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::env::{definition, on_each_database};

/// Gives a job the host's files, where it is taken for an option.
const OPTION: &str = "--volume=/:/host";

on_each_database!(a_name_that_begins_with_a_dash_comes_in_by_no_door, |env| {
    let option = format!("--ociimage={OPTION}");
    let create = ["application", "create", "--name=A", "--executable=/bin/true"];
    env.run(&[&create[..], &[&option]].concat()).refused(2, "begins with a dash");
    env.run(&[&create[..], &["--ociimage=-", "--format=json"]].concat()).exits(2);
    env.prepare("Podman", "true", json!(null));
    for option in [&option, "--helmchart=--post-renderer=/bin/sh"] {
        env.run(&["application", "update", "--id=1", option]).refused(2, "begins with a dash");
    }
    for option in ["--recorder-image=-x", "--context=-x", "--context=--kubeconfig=/x"] {
        env.run(&["job", "run", "--id=1", option]).refused(2, "begins with a dash");
        env.run(&["runtemplate", "run", "--id=1", option]).refused(2, "begins with a dash");
    }

    let mut bad = definition("Bad");
    bad["ociimage"] = "--volume:host".into();
    bad["kubernetes"] = json!({"recorderImage": "-x", "helm": {"chart": "-x/chart", "valuesFiles": ["a.yaml", "-x"]}});
    let file = env.file("bad.json", &bad.to_string());
    let refused = env.json_of(&["application", "import-json", "--file", file.to_str().unwrap()], 1);
    let paths: Vec<&str> = refused["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap().split(':').next().unwrap())
        .collect();
    let wanted = ["ociimage", "kubernetes.recorderImage", "kubernetes.helm.chart", "kubernetes.helm.valuesFiles[1]"];
    assert_eq!(paths, wanted, "{refused:#}");

    // A row may hold it all the same: the job is not run, and waits.
    let job = format!("--id={}", env.schedule());
    env.sql(&format!("UPDATE apps SET ociimage = '{OPTION}'"));
    env.run(&["job", "run", &job]).refused(125, "begins with a dash");
    env.sql("UPDATE apps SET ociimage = 'x', helmchart = '--post-renderer=/bin/sh'");
    env.sql("UPDATE job SET executor = 'Kubernetes'");
    env.run(&["job", "run", &job]).refused(125, "is no name of a chart: it begins with a dash");
    assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 1);
});

on_each_database!(a_delay_beyond_the_calendar_stops_no_other_schedule, |env| {
    env.prepare("Native", "true", json!(null));
    for name in ["First", "Second", "Third"] {
        let name = format!("--name={name}");
        env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", &name, "--interv=d"]).ok();
    }
    // The servers' column takes no more, and MariaDB's TIMESTAMP ends before that.
    let is_server = env.variable("DB_CONNECTION").is_some();
    let delays =
        if is_server { &["2147483647"][..] } else { &["9000000000000", "-9000000000000", "9223372036854775807"] };
    for delay in delays {
        env.sql(&format!("UPDATE runtemplate SET delay = {delay} WHERE name = 'First'"));
        let code = i32::from(!env.is_postgres());
        let filled = env.json_of(&["queue", "fill"], code);
        assert_eq!(filled["failed"], code, "{filled}");
        if !is_server {
            let words = filled["errors"][0]["message"].as_str().unwrap();
            assert!(words.contains(&format!("RunTemplate 2 has a delay of {delay} s, which leads beyond")), "{words}");
        }
    }
    for other in ["--id=3", "--id=4"] {
        assert_ne!(env.json(&["runtemplate", "get", other])["next_schedule"], json!(null));
    }
});

on_each_database!(numbers_of_a_task_that_no_window_has, |env| {
    env.prepare("Native", "exit 3", json!(null));
    let options =
        ["--interv=y", "--max_attempts=2147483647", "--retry_backoff=exponential", "--retry_min_gap=2147483647"];
    let create =
        ["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Yearly", "--deadline_offset=+65535h"];
    env.run(&[&create[..], &options[..]].concat()).ok();
    env.run(&["queue", "fill"]).ok();
    let attempts = if env.variable("DB_CONNECTION").is_none() { i64::MAX } else { 2_147_483_646 };
    env.sql(&format!("UPDATE task SET attempts = {attempts}"));
    env.sql("UPDATE schedule SET after = '2020-01-01 00:00:00'");
    env.run(&["queue", "run"]).ok();
    assert_eq!(env.json(&["task", "get", "--id=1"])["state"], "failed");
});

on_each_database!(what_is_no_kubernetes_object_is_none, |env| {
    env.prepare("Kubernetes", "true", json!({"helm": {"namespace": "there"}}));
    let job = format!("--id={}", env.schedule());
    let file = env.path().join("exported.json");
    let export = ["application", "export-json", "--id=1", "--file", file.to_str().unwrap()];
    for stored in ["0", "[]", "\"x\"", "null", "true", "{\"helm\": 5}", "{\"helm\": {\"chart\": 5}, \"artifacts\": []}"]
    {
        for chart in ["NULL", "'./chart'"] {
            env.sql(&format!("UPDATE app_kubernetes SET definition = '{stored}'; UPDATE apps SET helmchart = {chart}"));
            env.run(&export).ok();
            let exported: serde_json::Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
            if chart != "NULL" {
                assert_eq!(exported["kubernetes"]["helm"]["chart"], "./chart", "{stored}");
            }
        }
    }
    for seconds in ["18446744073709551615", "9000000000000", "86401"] {
        let definition = format!("{{\"helm\": {{\"timeoutSeconds\": {seconds}}}}}");
        env.sql(&format!("UPDATE app_kubernetes SET definition = '{definition}'"));
        env.run(&["job", "run", &job]).refused(125, "is more than a day (86400 s)");
    }
});

on_each_database!(the_definitions_file_in_a_row_is_a_regular_file, |env| {
    env.prepare("Kubernetes", "true", json!(null));
    let job = format!("--id={}", env.schedule());
    let pipe = env.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let large = env.path().join("large.json");
    std::fs::File::create(&large).unwrap().set_len(16 * 1024 * 1024 + 1).unwrap();
    env.sql("DELETE FROM app_kubernetes");
    for (file, words) in [
        ("/dev/zero", "is no regular file"),
        (pipe.to_str().unwrap(), "is no regular file"),
        (env.path().to_str().unwrap(), "is no regular file"),
        (large.to_str().unwrap(), "is larger than 16 MiB"),
    ] {
        env.sql(&format!("UPDATE apps SET deffile = '{file}'"));
        let begun = Instant::now();
        env.run(&["job", "run", &job]).refused(125, words);
        assert!(begun.elapsed() < Duration::from_secs(20), "{file}: {:?}", begun.elapsed());
    }
    assert_eq!(env.json(&["queue", "list"]).as_array().unwrap().len(), 1);
});

// Output of another origin, under the highest number that the column holds.
on_each_database!(a_row_with_the_last_number_keeps_no_result_out, |env| {
    env.prepare("Native", "echo out; echo err >&2; exit 3", json!(null));
    let id = env.schedule();
    let last = match env.variable("DB_CONNECTION") {
        None => i64::MAX,
        Some("mysql") => u32::MAX.into(),
        Some(_) => i32::MAX.into(),
    };
    env.sql(&format!("INSERT INTO job_output_lines (job_id, seq, type, line) VALUES ({id}, {last}, 'notice', 'x')"));
    env.run(&["job", "run", &format!("--id={id}")]).exits(3);
    let record = env.json(&["job", "get", &format!("--id={id}")]);
    assert_eq!(
        (&record["exitcode"], &record["stdout"], &record["stderr"]),
        (&json!(3), &json!("out\n"), &json!("err\n")),
        "{record:#}"
    );
    env.run(&["job", "output", &format!("--id={id}"), "--tail=1"]).ok();
});

/// PHP writes an empty text, and MariaDB a zero date of it: nobody knows when the job began, and nobody runs it.
#[track_caller]
fn is_told_of_a_beginning_that_is_none(env: &crate::env::Env) {
    let told = env.run(&["queue", "run", "-q"]).exits(1).stderr;
    assert!(told.contains("which is no time,") && told.contains("job delete --id=1 --force"), "{told}");
    env.run(&["queue", "fix"]).exits(1);
    env.run(&["job", "delete", "--id=1", "--force"]).ok();
    env.run(&["queue", "run", "-q"]).ok();
}

#[test]
fn a_job_that_began_at_an_empty_text_is_told() {
    let env = crate::env::Env::new();
    env.prepare("Native", "true", json!(null));
    env.schedule();
    env.sql("UPDATE job SET \"begin\" = ''; DELETE FROM schedule");
    is_told_of_a_beginning_that_is_none(&env);
}

#[needs::needs(mariadb)]
#[test]
fn a_job_that_began_at_a_zero_date_is_told() {
    let env = crate::env::Env::on(crate::env::Server::MariaDb, module_path!());
    env.prepare("Native", "true", json!(null));
    env.schedule();
    env.sql("SET sql_mode = ''; UPDATE job SET `begin` = '0000-00-00 00:00:00'; DELETE FROM schedule");
    is_told_of_a_beginning_that_is_none(&env);
}

/// Its pod cannot be looked for without the application's image and settings.
#[test]
fn a_lost_job_whose_application_is_gone_can_be_removed_as_its_line_says() {
    let env = crate::env::Env::new();
    env.prepare("Native", "true", json!(null));
    env.schedule();
    crate::crash::dies_at(&env, "claimed", &["job", "run", "--id=1"]);
    env.sql("PRAGMA foreign_keys = OFF; UPDATE job SET executor = 'Kubernetes', app_id = 99");
    let told = env.run(&["queue", "run", "-q"]).exits(1).stderr;
    assert!(told.contains("of application 99, which does not exist"), "{told}");
    assert!(told.contains("job delete --id=1 --force"), "{told}");
    env.run(&["job", "delete", "--id=1", "--force"]).ok();
    env.run(&["queue", "run", "-q"]).ok();
}
