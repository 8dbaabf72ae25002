//! What stands before a cluster and answers in its place: a job of which nothing was begun waits in the queue.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use super::{on_cluster, server, waits};

/// What a front that speaks HTTP says to everything.
const ANSWERS: [&str; 3] = [
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 3\r\n\r\nno\n",
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 14\r\n\r\n<html>log in!\n",
    "HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nnone\n",
];

/// Answers each connection by this, and closes it at once where that is nothing. Its address.
fn front(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                while !answer.is_empty() && stream.read(&mut [0; 64 * 1024]).is_ok_and(|read| read > 0) {
                    let _ = stream.write_all(answer.as_bytes());
                }
            });
        }
    });
    address
}

on_cluster!(a_job_waits_where_another_program_answers_for_the_cluster, |mut place| {
    place.prepare("echo ran", serde_json::json!({"helm": {"enabled": false}}));
    let kubeconfig = std::env::var("KUBECONFIG").unwrap();
    let address = format!("https://{}", server());
    let mut fronts: Vec<String> = ANSWERS.iter().map(|answer| format!("http://{}", front(answer))).collect();
    // One that does not speak TLS, and one that hangs up.
    fronts.extend(
        ["HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", ""].map(|it| format!("https://{}", front(it))),
    );
    for front in fronts {
        place.change_kubeconfig(&address, &front);
        waits(&place.env.run_job(&[]), "ClusterUnreachable", &["cannot be reached", "waits in the queue"]);
        assert_eq!(place.pods(), Vec::<String>::new(), "{front}");
    }
    place.env.set("KUBECONFIG", &kubeconfig);
    let ran = place.env.json(&["queue", "run"]);
    assert_eq!((&ran["success"], &ran["not_run"]), (&5.into(), &0.into()), "{ran:#}");
    place.nothing_is_left();
});
