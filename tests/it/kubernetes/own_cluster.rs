//! A cluster that a test starts beside the others' one and may break: its parts can be killed and started again.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::{Value, json};

use super::tools;
use crate::env::{Env, Output, root};

pub struct OwnCluster {
    home: PathBuf,
    /// More lines of the kubelet's configuration.
    kubelet: &'static str,
    /// So many seconds a node may be silent before it counts as lost.
    grace: u32,
}

impl OwnCluster {
    /// Starts it. Its test needs a cluster, whose programs it has, and root.
    pub fn up(name: &str, kubelet: &'static str, grace: u32) -> OwnCluster {
        OwnCluster::up_on_bus(name, kubelet, grace, None)
    }

    /// The same, with a system bus of its own, by which its kubelet learns that the node shuts down.
    pub fn up_on_bus(name: &str, kubelet: &'static str, grace: u32, bus: Option<&str>) -> OwnCluster {
        let other = std::env::var("MFX_TEST_CLUSTER").unwrap();
        let home = PathBuf::from(format!("{other}-{name}"));
        std::fs::create_dir_all(&home).unwrap();
        let _ = std::os::unix::fs::symlink(tools(), home.join("bin"));
        let cluster = OwnCluster { home, kubelet, grace };
        cluster.script("up", bus);
        cluster
    }

    fn script(&self, verb: &str, bus: Option<&str>) {
        let mut command = Command::new(root().join("tests/cluster/cluster"));
        command.arg(verb).env("MFX_CLUSTER_HOME", &self.home).env("MFX_KUBELET", self.kubelet);
        command.env("MFX_NODE_GRACE", self.grace.to_string()).envs(bus.map(|bus| ("DBUS_SYSTEM_BUS_ADDRESS", bus)));
        let output = command.env_remove("MFX_CLUSTER_PORT").stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{verb}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// A home with a runtemplate of this script.
    pub fn env(&self, script: &str) -> Env {
        self.env_with(script, json!({"helm": {"enabled": false}}))
    }

    pub fn env_with(&self, script: &str, kubernetes: Value) -> Env {
        let mut env = Env::new();
        env.set("KUBECONFIG", self.kubeconfig().to_str().unwrap());
        env.prepare("Kubernetes", script, kubernetes);
        env
    }

    pub fn kubeconfig(&self) -> PathBuf {
        self.home.join("kubeconfig")
    }

    /// Asks kubectl, in the namespace of the jobs.
    pub fn kubectl(&self, arguments: &[&str]) -> Output {
        let kubeconfig = format!("--kubeconfig={}", self.kubeconfig().display());
        super::outside("kubectl", &[&[kubeconfig.as_str(), "-n", "multiflexi"], arguments].concat())
    }

    /// Kills a container's processes, as the death of its node does.
    pub fn kill_container(&self, pod: &str) {
        let id = self.kubectl(&["get", "pod", pod, "-o", "jsonpath={.status.containerStatuses[0].containerID}"]).ok();
        let id = id.stdout.trim_start_matches("containerd://").to_owned();
        let configuration = std::fs::read_to_string(self.home.join("data/containerd.toml")).unwrap();
        let socket = configuration.split("address = \"").nth(1).unwrap().split('"').next().unwrap();
        let arguments = ["-a", socket, "-n", "k8s.io", "tasks", "kill", "-a", "-s", "SIGKILL", &id];
        super::outside("ctr", &arguments).ok();
    }

    fn pid(&self, part: &str) -> i32 {
        std::fs::read_to_string(self.pid_file(part)).unwrap().trim().parse().unwrap()
    }

    fn pid_file(&self, part: &str) -> PathBuf {
        self.home.join(format!("run/{part}.pid"))
    }

    pub fn signal(&self, part: &str, signal: Signal) {
        kill(Pid::from_raw(self.pid(part)), signal).unwrap();
    }

    /// Kills a part, and tells the words that start it again.
    pub fn kill(&self, part: &str) -> Vec<String> {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.pid(part))).unwrap();
        let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
        let mut words: Vec<String> = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
        if part == "kubelet" {
            // It sees mounts of its own.
            let target = format!("--target={}", self.pid("mounts"));
            words.splice(0..0, ["nsenter", &target, "--mount", "--root"].map(str::to_owned));
        }
        self.signal(part, Signal::SIGKILL);
        words
    }

    pub fn start(&self, part: &str, words: &[String]) {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).env("MFX_CLUSTER_PART", self.home.join(part)).process_group(0);
        let log = std::fs::File::options().append(true).open(self.home.join(format!("log/{part}.log"))).unwrap();
        let mut server = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        std::fs::write(self.pid_file(part), format!("{}\n", server.id())).unwrap();
        std::thread::spawn(move || server.wait());
    }
}

impl Drop for OwnCluster {
    fn drop(&mut self) {
        self.script("down", None);
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

/// Starts a job and waits for its first output; `stderr` is what it prints there at once.
pub fn begin(env: &Env, stderr: &str) -> (String, Child) {
    let id = format!("--id={}", env.schedule());
    let mut command = env.command(&["job", "run", &id]);
    let job = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    crate::job::wait_until(|| {
        let record = env.json(&["job", "get", &id]);
        record["stdout"] != "" && record["stderr"] == stderr
    });
    (id, job)
}
