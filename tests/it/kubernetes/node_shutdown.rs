//! A node that shuts down, in a cluster of the test's own: its kubelet hears of it on the system bus, as from systemd's logind.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use needs::needs;
use serde_json::json;

use super::notices;
use super::own_cluster::{OwnCluster, begin};

/// A system bus of the test's own with a logind on it.
struct Logind {
    bus: Child,
    logind: Child,
    address: String,
}

impl Logind {
    fn start() -> Logind {
        let mut bus = Command::new("dbus-daemon");
        let mut bus = bus.args(["--session", "--nofork", "--print-address"]).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap()).read_line(&mut address).unwrap();
        let address = address.trim().to_owned();
        // Debian's own Python, for which Debian has the module.
        let mut logind = Command::new("/usr/bin/python3");
        logind.args(["-m", "dbusmock", "--system", "--template", "logind"]).env("DBUS_SYSTEM_BUS_ADDRESS", &address);
        let logind = Logind { bus, logind: logind.stdin(Stdio::null()).spawn().unwrap(), address };
        // Where this is less than a kubelet asks for, it writes a configuration for the machine's own logind.
        let delay = [
            "--print-reply",
            "--dest=org.freedesktop.login1",
            "org.freedesktop.DBus.Mock.AddProperty",
            "string:org.freedesktop.login1.Manager",
            "string:InhibitDelayMaxUSec",
            "variant:uint64:60000000",
        ];
        crate::job::wait_until(|| logind.send(&delay));
        logind
    }

    /// Sends a message to, or of, the logind.
    fn send(&self, arguments: &[&str]) -> bool {
        let (options, message) = arguments.split_at(arguments.iter().take_while(|word| word.starts_with('-')).count());
        let bus = format!("--bus={}", self.address);
        let output =
            Command::new("dbus-send").arg(bus).args(options).arg("/org/freedesktop/login1").args(message).output();
        output.unwrap().status.success()
    }

    fn shut_down(&self) {
        assert!(self.send(&["--type=signal", "org.freedesktop.login1.Manager.PrepareForShutdown", "boolean:true"]));
    }
}

impl Drop for Logind {
    fn drop(&mut self) {
        for server in [&mut self.logind, &mut self.bus] {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

#[needs(cluster, root, program dbus-daemon)]
#[test]
fn a_node_that_shuts_down_is_told() {
    let logind = Logind::start();
    let kubelet =
        "shutdownGracePeriod: 20s\nshutdownGracePeriodCriticalPods: 10s\nfeatureGates: {GracefulNodeShutdown: true}";
    let cluster = OwnCluster::up_on_bus("shutdown", kubelet, 60, Some(&logind.address));
    let obeys = "echo before; echo e >&2; sleep 600";
    let ignores = "trap '' TERM; echo before; echo e >&2; while :; do sleep 1; done";
    let jobs = [(143, obeys), (137, ignores)].map(|(code, script)| {
        let env = cluster.env(script);
        let (id, job) = begin(&env, "e\n");
        (code, env, id, job)
    });
    logind.shut_down();
    for (code, env, id, job) in jobs {
        let output = job.wait_with_output().unwrap();
        let record = env.json(&["job", "get", &id]);
        assert_eq!((output.status.code(), &record["exitcode"]), (Some(code), &json!(code)), "{output:?} {record:#}");
        assert!(record["reason"].as_str().unwrap_or_default().starts_with("NodeShutdown: "), "{record:#}");
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("before\n"), &json!("e\n")), "{record:#}");
        // The kubelet kills a recorder with its program.
        assert_eq!(notices(&record).contains("incomplete"), code == 137, "{record:#}");
    }
}
