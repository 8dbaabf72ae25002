//! Faults of the node and of the API server. They need a cluster of their own, which the test starts beside the others' one:
//! its kubelet rotates the containers' logs after 1 MiB and ends a silent connection after 10 s.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::stages::processes;
use super::{notices, tools};
use crate::env::{Env, root};

const KUBELET: &str = "containerLogMaxSize: 1Mi\ncontainerLogMaxFiles: 2\nstreamingConnectionIdleTimeout: 10s";

struct Cluster(PathBuf);

impl Cluster {
    /// None, with words, where it cannot be started.
    fn up() -> Option<Cluster> {
        let Ok(other) = std::env::var("MFX_TEST_CLUSTER") else {
            eprintln!("skipped, as there is no cluster: `tests/run` starts one");
            return None;
        };
        if !nix::unistd::geteuid().is_root() {
            eprintln!("skipped, as only root can start a cluster");
            return None;
        }
        let home = PathBuf::from(format!("{other}-faults"));
        std::fs::create_dir_all(&home).unwrap();
        let _ = std::os::unix::fs::symlink(tools(), home.join("bin"));
        let cluster = Cluster(home);
        cluster.script("up");
        Some(cluster)
    }

    fn script(&self, verb: &str) {
        let mut command = Command::new(root().join("tests/cluster/cluster"));
        command.arg(verb).env("MFX_CLUSTER_HOME", &self.0).env("MFX_KUBELET", KUBELET).env_remove("MFX_CLUSTER_PORT");
        let output = command.stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A home with a runtemplate of this script.
    fn env(&self, script: &str) -> Env {
        let mut env = Env::new();
        env.set("KUBECONFIG", self.0.join("kubeconfig").to_str().unwrap());
        env.prepare("Kubernetes", script, json!({"helm": {"enabled": false}}));
        env
    }

    /// Ends the API server and starts it again a few seconds later.
    fn restart_api_server(&self) {
        let file = self.0.join("run/kube-apiserver.pid");
        let id: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap();
        let words: Vec<String> =
            line.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        let words: Vec<&String> = words.iter().filter(|word| !word.is_empty()).collect();
        kill(Pid::from_raw(id), Signal::SIGKILL).unwrap();
        std::thread::sleep(Duration::from_secs(4));
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).env("MFX_CLUSTER_PART", self.0.join("kube-apiserver")).process_group(0);
        let server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::fs::write(file, format!("{}\n", server.id())).unwrap();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.script("down");
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Starts a job and waits for its first output.
fn begin(env: &Env) -> (String, std::process::Child) {
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let job = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| env.json(&["job", "get", &id])["stdout"] != "");
    (id, job)
}

#[test]
fn faults_of_the_node_and_of_the_server_lose_nothing() {
    let Some(cluster) = Cluster::up() else { return };
    // F11, F12: nothing passes for longer than the kubelet lets a connection be silent, and the server goes away meanwhile.
    let silent = || {
        let env = cluster.env("echo A; echo e >&2; sleep 40; echo B; exit 4");
        let (id, job) = begin(&env);
        std::thread::sleep(Duration::from_secs(18));
        cluster.restart_api_server();
        let output = job.wait_with_output().unwrap();
        let record = env.json(&["job", "get", &id]);
        assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{output:?} {record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!("e\n")), "{record:#}");
    };
    // F03: 60 MB, which the kubelet keeps the last two of; the attach of the second job is cut in the middle.
    let large = |cut: bool| {
        let script = "i=0; while [ $i -lt 60 ]; do seq $((1000000+i*125000)) $((1124999+i*125000)); sleep 0.3; i=$((i+1)); done; echo END";
        let env = cluster.env(script);
        let (id, job) = begin(&env);
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
