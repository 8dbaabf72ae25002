//! Faults of the node and of the API server. They need a cluster of their own, which the test starts beside the others' one:
//! its kubelet rotates the containers' logs after 1 MiB and ends a silent connection after 10 s.

use std::time::Duration;

use needs::needs;
use nix::sys::signal::{Signal, kill};
use serde_json::json;

use super::notices;
use super::own_cluster::{OwnCluster, begin};
use super::stages::processes;

const KUBELET: &str = "containerLogMaxSize: 1Mi\ncontainerLogMaxFiles: 2\nstreamingConnectionIdleTimeout: 10s";

#[needs(cluster, root)]
#[test]
fn faults_of_the_node_and_of_the_server_lose_nothing() {
    let cluster = OwnCluster::up("faults", KUBELET, 60);
    // F11, F12: nothing passes for longer than the kubelet lets a connection be silent, and the server goes away meanwhile.
    let silent = || {
        let env = cluster.env("echo A; echo e >&2; sleep 40; echo B; exit 4");
        let (id, job) = begin(&env, "e\n");
        std::thread::sleep(Duration::from_secs(18));
        let server = cluster.kill("kube-apiserver");
        std::thread::sleep(Duration::from_secs(4));
        cluster.start("kube-apiserver", &server);
        let output = job.wait_with_output().unwrap();
        let record = env.json(&["job", "get", &id]);
        assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{output:?} {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!("e\n")), "{record:#}");
    };
    // F03: 60 MB, which the kubelet keeps the last two of; the attach of the second job is cut in the middle.
    let large = |cut: bool| {
        let script = "i=0; while [ $i -lt 60 ]; do seq $((1000000+i*125000)) $((1124999+i*125000)); sleep 0.3; i=$((i+1)); done; echo END";
        let env = cluster.env(script);
        let (id, job) = begin(&env, "");
        if cut {
            let label = format!("multiflexi.eu/job={},", id.trim_start_matches("--id="));
            let path = env.path().display().to_string();
            let mut attached = processes(&["--attach", &label]);
            attached.retain(|process| {
                std::fs::read(format!("/proc/{process}/environ"))
                    .is_ok_and(|it| String::from_utf8_lossy(&it).contains(&path))
            });
            assert_eq!(attached.len(), 1, "{attached:?}");
            kill(attached[0], Signal::SIGKILL).unwrap();
        }
        let output = job.wait_with_output().unwrap();
        let record = env.json(&["job", "get", &id]);
        assert_eq!(
            (output.status.code(), &record["exitcode"]),
            (Some(0), &json!(0)),
            "{output:?} {}",
            notices(&record)
        );
        let wanted: String = (1_000_000..8_500_000).map(|n| format!("{n}\n")).collect();
        let stdout = record["stdout"].as_str().unwrap();
        assert!(stdout == wanted + "END\n", "{} bytes came: {}", stdout.len(), notices(&record));
    };
    std::thread::scope(|scope| {
        scope.spawn(silent);
        scope.spawn(|| large(false));
        scope.spawn(|| large(true));
    });
}
