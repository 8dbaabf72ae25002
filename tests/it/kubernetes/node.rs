//! The node is lost: its kubelet is killed and started again, or stands still, so that no connection ends.

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use needs::needs;
use nix::sys::signal::Signal;
use serde_json::{Value, json};

use super::own_cluster::{OwnCluster, begin};
use super::{artifact, notices};
use crate::env::{Env, definition, root};

/// A notice comes within five seconds after the cluster knows. A machine on which everything runs at once gets ten times as many:
/// still far less than a lost node is waited for.
const TOLD: Duration = Duration::from_secs(60);
/// So many seconds after its last word the node is lost: enough for the cluster to schedule one more pod meanwhile.
const GRACE: u32 = 25;

/// Silent for so many seconds, in which the node must be lost: so many other jobs may have to begin first.
fn script(seconds: u32) -> String {
    format!("echo A; echo e >&2; sleep {seconds}; echo B; echo made >/tmp/report; exit 4")
}

fn with_report() -> Value {
    json!({"helm": {"enabled": false}, "artifacts": {"enabled": true, "outputPath": "/tmp/report"}})
}

/// A job that has printed its first line.
struct Job {
    env: Env,
    id: String,
    child: Child,
    pod: String,
}

impl Job {
    fn begin(cluster: &OwnCluster, env: Env) -> Job {
        let (id, child) = begin(&env, "e\n");
        let pod = String::new();
        let mut job = Job { env, id, child, pod };
        // Each home's first job has the number 1: the newest pod is this one's.
        let sort = ["get", "pods", super::OURS, "--sort-by=.metadata.creationTimestamp", "-o", "name"];
        let pods = cluster.kubectl(&sort).ok().stdout;
        job.pod = pods.lines().last().unwrap().trim_start_matches("pod/").to_owned();
        job
    }

    /// A job that is not waited for; `id` is its number.
    fn start(env: Env, id: &str) -> Job {
        let id = format!("--id={id}");
        let mut command = env.command(&["job", "run", &id]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        Job { env, id, child, pod: String::new() }
    }

    fn record(&self) -> Value {
        self.env.json(&["job", "get", &self.id])
    }

    /// The end of `job run`, and what the record says then.
    #[track_caller]
    fn ends(&mut self, code: i32) -> Value {
        let status = self.child.wait().unwrap();
        let record = self.record();
        assert_eq!((status.code(), &record["exitcode"]), (Some(code), &json!(code)), "{record:#}");
        record
    }

    #[track_caller]
    fn is_exact(&self, record: &Value) {
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\nB\n"), &json!("e\n")), "{record:#}");
        let stored = artifact::stored_by(&self.env, "1");
        assert_eq!(stored, [("report".to_owned(), b"made\n".to_vec(), "made\n".to_owned())], "{record:#}");
    }

    /// The result cannot be learned, and the record says why.
    #[track_caller]
    fn is_lost(&self, record: &Value, words: &[&str]) {
        let reason = record["reason"].as_str().unwrap_or_default();
        assert!(reason.starts_with("NodeLost: the node localhost "), "{record:#}");
        for word in words.iter().copied().chain([self.pod.as_str(), "job retry --id=1"]) {
            assert!(reason.contains(word), "no {word:?} in {reason}");
        }
        assert_eq!((&record["stdout"], &record["stderr"]), (&json!("A\n"), &json!("e\n")), "{record:#}");
        assert!(record["end"].is_string(), "{record:#}");
    }

    /// Waits for the notice, and tells the words.
    #[track_caller]
    fn is_told(&self, since: Instant) -> String {
        loop {
            let told = notices(&self.record());
            if told.contains(&format!("waiting: the node localhost of pod {} does not answer", self.pod)) {
                eprintln!("{} was told after {:?}", self.pod, since.elapsed());
                return told;
            }
            assert!(since.elapsed() < TOLD, "nothing told within {:?}: {told}", since.elapsed());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A job in an image that has no shell, once its pod runs.
fn start_without_recorder(cluster: &OwnCluster) -> Job {
    let env = cluster.env("true");
    let mut definition = definition("Test");
    definition["executable"] = "/bin/sleep".into();
    definition["cmdparams"] = "100".into();
    definition["ociimage"] = "localhost/mfx-noshell:1".into();
    definition["kubernetes"] = json!({"helm": {"enabled": false}});
    let file = env.file("sleep.multiflexi.app.json", &definition.to_string());
    env.run(&["application", "import-json", "--file", file.to_str().unwrap()]).ok();
    let id = env.schedule();
    let mut job = Job::start(env, &id);
    let path = "jsonpath={range .items[?(@.spec.containers[0].image==\"localhost/mfx-noshell:1\")]}{.metadata.name} \
                {.status.phase}\n{end}";
    crate::job::wait_until(|| {
        let pods = cluster.kubectl(&["get", "pods", super::OURS, "-o", path]).ok().stdout;
        let running = pods.lines().find_map(|line| line.trim().strip_suffix(" Running"));
        // The first one was made for the recorder, and could not start.
        running.inspect(|pod| job.pod = pod.trim().to_owned()).is_some()
    });
    job
}

fn ready(cluster: &OwnCluster) -> String {
    let path = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
    cluster.kubectl(&["get", "node", "localhost", "-o", path]).ok().stdout
}

fn wait_for(cluster: &OwnCluster, state: &str) -> Instant {
    crate::job::wait_until(|| ready(cluster) == state);
    Instant::now()
}

/// Has this environment act as the documented role's account, which may not look at nodes.
fn without_rights(cluster: &OwnCluster, env: &mut Env) {
    let role = root().join("examples/kubernetes-role.yaml");
    cluster.kubectl(&["apply", "-f", role.to_str().unwrap()]).ok();
    let token = cluster.kubectl(&["create", "token", "multiflexi-runner"]).ok();
    let kubeconfig = std::fs::read_to_string(cluster.kubeconfig()).unwrap();
    let file = env.file("kubeconfig", &kubeconfig.replace("mfx-cluster-admin", token.stdout.trim()));
    env.set("KUBECONFIG", file.to_str().unwrap());
}

#[needs(cluster, root)]
#[test]
fn a_node_that_is_lost_is_told_and_waited_for() {
    let cluster = OwnCluster::up("node", "", GRACE);
    a_kubelet_that_is_killed(&cluster);
    a_kubelet_that_stands_still(&cluster);
}

fn a_kubelet_that_is_killed(cluster: &OwnCluster) {
    let start = |seconds: Option<&str>, rights: bool| {
        let mut env = cluster.env_with(&script(100), with_report());
        if let Some(seconds) = seconds {
            env.set("MULTIFLEXI_TEST_LIMIT_SECONDS", seconds);
        }
        if !rights {
            without_rights(cluster, &mut env);
        }
        Job::begin(cluster, env)
    };
    let (mut comes_back, mut given_up) = (start(None, true), start(Some("5"), false));
    let (mut dead, mut removed) = (start(None, true), start(None, true));
    let mut without_recorder = start_without_recorder(cluster);
    // Its pod is to be made before the cluster knows: all else is done first. It is never started.
    let late = cluster.env_with(&script(100), with_report());
    let id = late.schedule();
    let kubelet = cluster.kill("kubelet");
    let killed = Instant::now();
    let mut too_late = Job::start(late, &id);
    let lost = wait_for(cluster, "Unknown");
    for job in [&comes_back, &given_up, &dead, &removed, &without_recorder] {
        let told = job.is_told(lost);
        let may_ask = !std::ptr::eq(job, &given_up);
        assert_eq!(told.contains("(Kubelet stopped posting node status)"), may_ask, "{told}");
    }
    // One that may wait no longer leaves its pod alone.
    assert_eq!(given_up.child.wait().unwrap().code(), Some(125));
    let record = given_up.record();
    assert_eq!((&record["exitcode"], &record["end"]), (&Value::Null, &Value::Null), "{record:#}");
    let told = notices(&record);
    let words = format!("NodeLost: the node localhost of pod {} has not answered for 5 s", given_up.pod);
    assert!(told.contains(&words) && told.contains("may still run") && told.contains("job run --id=1"), "{told}");
    let going = ["get", "pod", &given_up.pod, "-o", "jsonpath={.metadata.deletionTimestamp}"];
    assert_eq!(cluster.kubectl(&going).ok().stdout, "");
    // A pod that is removed takes the result with it.
    cluster.kubectl(&["delete", "pod", &removed.pod, "--force", "--grace-period=0"]).ok();
    let record = removed.ends(125);
    removed.is_lost(&record, &["has been removed"]);
    cluster.kill_container(&dead.pod);
    let record = too_late.ends(125);
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("NodeLost: the node localhost of pod mf-job-1-"), "{record:#}");
    assert!(
        reason.contains("does not answer (Kubelet stopped posting node status), and has not started it"),
        "{reason}"
    );
    std::thread::sleep(Duration::from_secs(60).saturating_sub(killed.elapsed()));
    assert!(comes_back.child.try_wait().unwrap().is_none(), "{:#}", comes_back.record());
    cluster.start("kubelet", &kubelet);
    let record = comes_back.ends(4);
    comes_back.is_exact(&record);
    assert!(notices(&record).contains("answers again"), "{record:#}");
    let record = without_recorder.ends(0);
    assert!(notices(&record).contains("answers again"), "{record:#}");
    let record = dead.ends(125);
    dead.is_lost(&record, &["not alive any more"]);
    // The later run brings home what the first one could not learn.
    let output = given_up.env.command(&["job", "run", &given_up.id]).stderr(Stdio::inherit()).output().unwrap();
    let record = given_up.record();
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(4), &json!(4)), "{record:#}");
    given_up.is_exact(&record);
    assert!(record["reason"].is_null() && notices(&record).contains("NodeLost: "), "{record:#}");
    let again = given_up.env.run(&["job", "run", &given_up.id]);
    again.refused(1, "ended already, with exit code 4");
    let pods = || cluster.kubectl(&["get", "pods", super::OURS, "-o", "name"]).ok().stdout;
    crate::job::wait_until(|| pods().is_empty());
}

fn a_kubelet_that_stands_still(cluster: &OwnCluster) {
    let mut job = Job::begin(cluster, cluster.env_with(&script(30), with_report()));
    cluster.signal("kubelet", Signal::SIGSTOP);
    let lost = wait_for(cluster, "Unknown");
    job.is_told(lost);
    std::thread::sleep(Duration::from_secs(15));
    cluster.signal("kubelet", Signal::SIGCONT);
    let record = job.ends(4);
    job.is_exact(&record);
    assert!(notices(&record).contains("answers again"), "{record:#}");
}
