//! A node that is emptied for its maintenance, in a cluster of the test's own: nobody else's pods are to leave theirs.

use needs::needs;
use serde_json::json;

use super::own_cluster::{OwnCluster, begin};
use super::{notices, server_is};

/// Drains the node of a running job: who ended its program is told in these words, and all that it printed is kept.
#[track_caller]
fn is_told(cluster: &OwnCluster, options: &[&str], words: &str) {
    let env = cluster.env(concat!("echo before; echo e >&2; ", super::until_told!()));
    let (id, job) = begin(&env, "e\n");
    let drain = ["drain", "localhost", "--force", "--ignore-daemonsets", "--delete-emptydir-data", "--grace-period=5"];
    cluster.kubectl(&[&drain[..], options, &["--timeout=90s"]].concat()).ok();
    let output = job.wait_with_output().unwrap();
    cluster.kubectl(&["uncordon", "localhost"]).ok();
    let record = env.json(&["job", "get", &id]);
    assert_eq!((output.status.code(), &record["exitcode"]), (Some(143), &json!(143)), "{output:?} {record:#}");
    let reason = record["reason"].as_str().unwrap_or_default();
    assert!(reason.starts_with("Drained: ") && reason.contains(words), "{options:?}: {record:#}");
    assert_eq!((&record["stdout"], &record["stderr"]), (&json!("before\n"), &json!("e\n")), "{record:#}");
    assert!(!notices(&record).contains("incomplete"), "{record:#}");
}

#[needs(cluster, root)]
#[test]
fn a_node_that_is_drained_is_told() {
    let cluster = OwnCluster::up("drain", "", 60);
    let cordoned = "its node localhost takes no new pods";
    // Servers before 1.26 do not say who deleted a pod by the Eviction API.
    is_told(&cluster, &[], if server_is(26) { "evicted by way of the API" } else { cordoned });
    is_told(&cluster, &["--disable-eviction"], cordoned);
}
