//! `telemetry test` against a small collector.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::{Value, json};

use crate::env::Env;

/// A collector that takes one request, answers with this status line, and tells what it was sent.
fn collector(status: &'static str) -> (u16, std::thread::JoinHandle<String>) {
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
        write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").unwrap();
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
