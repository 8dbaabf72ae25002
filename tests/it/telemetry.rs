//! `telemetry test` against a small collector.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::env::Env;

/// A collector that takes one request, answers with this status line, and tells what it was sent.
fn collector(status: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    collector_saying(status, "")
}

/// The same with this in its answer.
fn collector_saying(status: &'static str, answer: &'static str) -> (u16, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let taking = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !String::from_utf8_lossy(&request).contains("}]}]}") {
            match stream.read(&mut buffer).unwrap() {
                0 => break,
                count => request.extend_from_slice(&buffer[..count]),
            }
        }
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{answer}", answer.len()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (port, taking)
}

#[test]
fn a_metric_reaches_the_collector() {
    let (port, taking) = collector("200 OK");
    let env = Env::new();
    let sent = env.json(&["telemetry", "test", "--endpoint", &format!("http://127.0.0.1:{port}")]);
    assert_eq!((&sent["status"], &sent["http_status"]), (&json!("success"), &json!("200")));
    let request = taking.join().unwrap();
    assert!(request.starts_with("POST /v1/metrics HTTP/1.1\r\n"), "{request}");
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    let metric = &body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0];
    assert_eq!(metric["sum"]["dataPoints"][0]["asInt"], "1");
    assert!(!env.database().exists(), "it needs no database");
}

#[test]
fn a_collector_that_does_not_take_it_is_told() {
    let (port, taking) = collector("503 Service Unavailable");
    let mut env = Env::new();
    env.run(&["telemetry", "test"]).refused(1, "OTEL_EXPORTER_OTLP_ENDPOINT");
    env.set("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"));
    env.run(&["telemetry:test"]).refused(1, "503");
    taking.join().unwrap();
    env.run(&["telemetry", "test", "-e", "http://127.0.0.1:1"]).refused(1, "127.0.0.1:1");
    env.run(&["telemetry", "test", "-e", "not an address"]).refused(2, "http://");
}

#[test]
fn a_collector_that_throws_it_away_is_told() {
    let env = Env::new();
    let test = |answer| {
        let (port, taking) = collector_saying("200 OK", answer);
        let output = env.run(&["telemetry", "test", "--endpoint", &format!("http://127.0.0.1:{port}")]);
        taking.join().unwrap();
        output
    };
    for answer in [
        r#"{"partialSuccess": {"rejectedDataPoints": "1", "errorMessage": "no such tenant"}}"#,
        r#"{"partialSuccess": {"rejectedDataPoints": 1, "errorMessage": "no such tenant"}}"#,
    ] {
        test(answer).refused(1, "it rejected 1 data points: no such tenant");
    }
    for answer in ["{}", r#"{"partialSuccess": {}}"#, r#"{"partialSuccess": {"rejectedDataPoints": "0"}}"#, "no JSON"] {
        test(answer).ok();
    }
}

/// What is told of one job: the metrics by their names.
fn told(env: &Env, taking: std::thread::JoinHandle<String>, code: i32) -> Value {
    let run = env.run(&["job", "run", &format!("--id={}", env.schedule())]).exits(code);
    assert!(!run.stderr.contains("warning"), "{run:?}");
    let request = taking.join().unwrap();
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(body["resourceMetrics"][0]["resource"]["attributes"][0]["value"]["stringValue"], "night shift");
    let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap().clone();
    metrics
        .into_iter()
        .map(|metric| (metric["name"].as_str().unwrap().to_owned(), metric))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[test]
fn each_run_is_told_as_the_suite_tells_it() {
    let (port, taking) = collector("200 OK");
    let mut env = Env::new();
    env.prepare("Native", "test -e ready", json!(null));
    env.set("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"));
    // Nobody has switched it on.
    let id = format!("--id={}", env.schedule());
    assert_eq!(env.run(&["job", "run", &id]).exits(1).stderr, "");
    env.set("OTEL_ENABLED", "true");
    env.set("OTEL_SERVICE_NAME", "night shift");
    let metrics = told(&env, taking, 1);
    let names: Vec<_> = metrics.as_object().unwrap().keys().collect();
    assert_eq!(names, ["multiflexi.jobs.total", "multiflexi.jobs.failed", "multiflexi.job.duration"]);
    let point = &metrics["multiflexi.jobs.failed"]["sum"]["dataPoints"][0];
    let text = |value: &Value| value.as_object().unwrap().values().next().unwrap().as_str().unwrap().to_owned();
    let attributes: Vec<(String, String)> = point["attributes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["key"].as_str().unwrap().to_owned(), text(&it["value"])))
        .collect();
    let wanted = [
        ("job_id", "2"),
        ("app_id", "1"),
        ("company_id", "1"),
        ("runtemplate_id", "1"),
        ("app_name", "Test"),
        ("company_name", "Acme"),
        ("runtemplate_name", "Test"),
        ("executor", "Native"),
        ("exitcode", "1"),
    ];
    assert_eq!(attributes, wanted.map(|(key, value)| (key.to_owned(), value.to_owned())));
    let duration = &metrics["multiflexi.job.duration"]["histogram"]["dataPoints"][0];
    let counts = duration["bucketCounts"].as_array().unwrap();
    assert_eq!(counts.len(), duration["explicitBounds"].as_array().unwrap().len() + 1);
    assert_eq!(counts.iter().filter(|count| **count == "1").count(), 1);
    assert!(duration["sum"].as_f64().unwrap() > 0.0 && duration["count"] == "1", "{duration}");
    let (port, taking) = collector("200 OK");
    env.set("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"));
    let mut definition = crate::env::definition("Test");
    crate::env::set_script(&mut definition, "true");
    env.import_definition(&definition).ok();
    let metrics = told(&env, taking, 0);
    assert!(metrics["multiflexi.jobs.success"].is_object() && metrics["multiflexi.jobs.failed"].is_null(), "{metrics}");
}

#[test]
fn a_collector_that_is_away_changes_no_job() {
    let mut env = Env::new();
    env.prepare("Native", "echo ran", json!(null));
    env.set("OTEL_ENABLED", "1");
    env.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9");
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, &record["exitcode"], &record["stdout"]), (0, &json!(0), &json!("ran\n")));
    assert!(output.stderr.contains("warning: the collector at http://127.0.0.1:9"), "{output:?}");
    // All jobs of a queue do not wait for it: it is told of once.
    for _ in 0..3 {
        env.schedule();
    }
    let run = env.run(&["queue", "run"]).ok();
    assert!(run.stderr.matches("the collector at").count() <= 1, "{run:?}");
}

/// A job whose runner died is told by whoever ends it.
#[test]
fn a_job_that_its_runner_did_not_end_is_told() {
    let mut env = Env::new();
    env.prepare("Native", "sleep 300", json!(null));
    env.set("OTEL_ENABLED", "true");
    env.set("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1");
    for (command, code) in [(&["queue", "fix"][..], "125"), (&["job", "cancel", "--yes"], "143")] {
        let id = format!("--id={}", env.schedule());
        crate::crash::dies_at(&env, "spawned", &["job", "run", &id]);
        env.sql("UPDATE job SET \"begin\" = datetime('now', '-70 seconds') WHERE \"end\" IS NULL AND \"begin\" IS NOT NULL;");
        let (port, taking) = collector("200 OK");
        env.set("OTEL_EXPORTER_OTLP_ENDPOINT", &format!("http://127.0.0.1:{port}"));
        let mut command = command.to_vec();
        if command[0] == "job" {
            command.push(&id);
        }
        env.run(&command).ok();
        // Nothing else asks it, so that it would be waited for.
        let _ = std::net::TcpStream::connect(("127.0.0.1", port));
        let request = taking.join().unwrap();
        assert!(request.contains(&format!(r#""exitcode","value":{{"intValue":"{code}"}}"#)), "{request}");
        assert!(request.contains("multiflexi.jobs.failed"), "{request}");
        let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
        let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().unwrap();
        let duration = metrics.iter().find(|metric| metric["name"] == "multiflexi.job.duration").unwrap();
        let seconds = duration["histogram"]["dataPoints"][0]["sum"].as_f64().unwrap();
        assert!((69.0..120.0).contains(&seconds), "{duration}");
    }
}
