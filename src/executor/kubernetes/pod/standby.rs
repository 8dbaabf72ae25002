//! A kubectl that is started before it is needed, for the removal.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::executor::kubernetes::kubectl::client::Cluster;
use crate::executor::process::Group;

/// While a pod comes up the machine has its hands full for so long.
const BUSY: Duration = Duration::from_millis(400);
/// A program that takes longer does not care for the tenth of a second that is saved.
const READY: Duration = Duration::from_secs(5);
/// A pod that takes longer to come up is that of a long job.
const COMING_UP: Duration = Duration::from_secs(60);
/// For a kubectl that was ready.
const LIMIT: Duration = Duration::from_secs(10);

/// A `kubectl delete` that waits on its stdin for what it is to delete.
///
/// Half of a short call of kubectl's is its start, which is done while the pod comes up: the removal of a short job's pod takes
/// a third of the time.
#[derive(Default)]
pub struct Standby(Option<Group>);

impl Standby {
    /// Holds a kubectl ready until the program has run for a short while; never ends.
    pub async fn hold(&mut self, cluster: &Cluster, mut begun: watch::Receiver<bool>) -> std::convert::Infallible {
        sleep(BUSY).await;
        let mut command = cluster.kubectl();
        command.args(["delete", "--wait=false", "--ignore-not-found", "-f", "-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Where it cannot be started, the removal will say so.
        self.0 = Group::spawn(&mut command).ok();
        let _ = timeout(COMING_UP, begun.wait_for(|begun| *begun)).await;
        sleep(READY).await;
        self.0 = None;
        std::future::pending().await
    }

    /// Removes the objects, where a kubectl is ready. Returns false if that did not succeed.
    pub async fn remove(&mut self, objects: &[(&str, &str)]) -> bool {
        let Some(mut group) = self.0.take() else { return false };
        let Some(mut stdin) = group.child.stdin.take() else { return false };
        let items: Vec<Value> = objects
            .iter()
            .map(|(kind, name)| json!({"apiVersion": "v1", "kind": kind, "metadata": {"name": name}}))
            .collect();
        let list = json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string();
        if stdin.write_all(list.as_bytes()).await.is_err() {
            return false;
        }
        drop(stdin);
        timeout(LIMIT, group.wait()).await.is_ok_and(|status| status.is_ok_and(|status| status.success()))
    }
}
