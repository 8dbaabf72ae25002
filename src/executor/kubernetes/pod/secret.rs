//! The Secret with the job's secret variables and uploaded files.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::json;

use super::Pod;
use super::files;
use super::manifest::secret_manifest;
use crate::executor::kubernetes::kubectl::client::{Cluster, SHORT};
use crate::executor::{Job, Reason, Variable};

/// Makes the Secret; its values go over stdin, never through argv.
///
/// # Errors
/// An uploaded file cannot be read, kubectl cannot be started, or the cluster does not take the Secret.
pub async fn create(cluster: &Cluster, pod: &Pod, job: &Job, variables: &[Cow<'_, Variable>]) -> Result<(), Reason> {
    let mut manifest = secret_manifest(pod, job, variables);
    files::add(&mut manifest, job)?;
    let manifest = manifest.to_string().into_bytes();
    let mut command = cluster.kubectl();
    command.args(["create", "-f", "-", "-o", "name"]);
    let captured = cluster.call(command, "kubectl create", Some(manifest), SHORT).await?;
    if captured.ok() {
        return Ok(());
    }
    Err(cluster.explain("the Secret with the job's secret variables and files could not be made", &captured))
}

/// Makes the pod the Secret's owner, so that it goes whenever somebody deletes the pod.
///
/// Done while the job runs; a failure matters only if we die, for we delete it too.
pub async fn own(cluster: &Cluster, pod: &Pod) {
    for _ in 0..3 {
        if let Ok(Some(state)) = cluster.pod(&pod.name).await {
            let owner = json!([{"apiVersion": "v1", "kind": "Pod", "name": pod.name, "uid": state.metadata.uid}]);
            let patch = json!({"metadata": {"ownerReferences": owner}}).to_string();
            let captured = cluster.query(&["patch", "secret", &pod.name, "--type=merge", "-p", &patch]).await;
            if captured.is_ok_and(|captured| captured.ok()) {
                return;
            }
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}
