//! The connection between kubectl and the API server breaks while the job runs: nothing is lost or doubled (F11, F12).

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStderr, Command, Stdio};

use needs::needs;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::{Place, on_cluster, server, until_told};
use crate::at_once::at_once;
use crate::env::root;

/// A relay to the API server; ended when it is dropped.
pub struct Relay {
    child: Child,
    /// A line for each of its faults.
    said: BufReader<ChildStderr>,
}

impl Relay {
    /// Leads this place's kubeconfig over a relay.
    pub fn before(place: &mut Place, arguments: &[&str]) -> Relay {
        let mut command = Command::new(root().join("tests/cluster/relay"));
        command.arg(server()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut port = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        place.change_kubeconfig(&server(), &format!("127.0.0.1:{}", port.trim()));
        let said = BufReader::new(child.stderr.take().unwrap());
        Relay { child, said }
    }

    /// Breaks the connections, or mends them; done when this returns.
    #[track_caller]
    pub fn fault(&mut self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
        let mut line = String::new();
        // It may say before whom it could not reach.
        while !["cut", "closed", "froze", "thawed"].iter().any(|word| line.starts_with(&format!("relay: {word}"))) {
            line.clear();
            assert!(self.said.read_line(&mut line).unwrap() > 0, "the relay has ended");
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How the connections end while the program is silent: the relay's arguments, its signal, the program's exit code.
const FAULTS: [(&str, &[&str], Signal, i32); 4] = [
    ("cut", &[], Signal::SIGUSR1, 4),
    ("closed in good order", &[], Signal::SIGUSR2, 1),
    ("closed in good order before success", &[], Signal::SIGUSR2, 0),
    ("cut, and refused for a while", &["--down", "4"], Signal::SIGUSR1, 4),
];

#[needs(cluster)]
#[test]
fn a_connection_that_ends_in_the_middle_changes_nothing() {
    at_once(FAULTS, |(what, arguments, signal, code)| {
        let mut place = Place::new();
        let mut relay = Relay::before(&mut place, arguments);
        // As many lines on stderr as a kubectl whose connection broke has words of its own, and more.
        let script =
            format!(concat!("echo A; echo e >&2; ", until_told!(), "; seq 1000 1100 >&2; echo B; exit {}"), code);
        let stderr: String = (1000..=1100).fold("e\n".into(), |lines, number| format!("{lines}{number}\n"));
        let (id, job) = place.begun(&script, "A\n", "e\n");
        relay.fault(signal);
        // Longer than the server is away.
        std::thread::sleep(std::time::Duration::from_secs(5));
        place.tell(&place.pods()[0]);
        let output = job.wait_with_output().unwrap();
        let record = place.record(&id);
        assert_eq!((output.status.code(), &record["exitcode"]), (Some(code), &json!(code)), "{what}: {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!(stderr)), "{what}: {record:#}");
        place.nothing_is_left();
    });
}

on_cluster!(a_burst_that_is_cut_is_whole, |mut place| {
    let _relay = Relay::before(&mut place, &["--cut", "--after-bytes", "400000"]);
    // So many bytes that what kubectl asks for before, on a slow machine for long, is not cut in place of it.
    let (output, record) = place.run("seq 1 150000; sleep 1; seq 150001 180000", json!(null), &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let wanted: String = (1..=180_000).map(|n| format!("{n}\n")).collect();
    assert!(record["stdout"] == wanted, "the output differs: {}", super::notices(&record));
});

on_cluster!(an_artifact_comes_over_a_connection_that_is_cut, |mut place| {
    let _relay = Relay::before(&mut place, &["--cut", "--after-bytes", "600000"]);
    let kubernetes = json!({"artifacts": {"enabled": true, "outputPath": "/tmp/report"}});
    let (output, record) = place.run("head -c 3000000 /dev/zero | tr '\\0' x >/tmp/report", kubernetes, &[]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    let stored = super::artifact::stored(&place, "1");
    assert_eq!(stored.first().map(|artifact| artifact.1.len()), Some(3_000_000), "{record:#}");
});
