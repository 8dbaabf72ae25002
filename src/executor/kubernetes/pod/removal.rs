//! Removing what a job's pod was made of.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::sleep;

use super::{DeletionWait, Pod};
use crate::executor::Job;
use crate::executor::kubernetes::kubectl::client::{Cluster, SHORT};
use crate::executor::kubernetes::{Kubernetes, OwnPod, Progress, pod};
use crate::executor::process;

/// The pod, unless another one has its name, and its Secret where it may have one.
fn objects(pod: &Pod) -> Vec<(&'static str, &str)> {
    let mut objects = Vec::new();
    if !pod.is_replaced {
        objects.push(("Pod", pod.name.as_str()));
    }
    if pod.secret {
        objects.push(("Secret", pod.name.as_str()));
    }
    objects
}

fn arguments(objects: &[(&str, &str)]) -> Vec<String> {
    objects.iter().map(|(kind, name)| format!("{}/{name}", kind.to_lowercase())).collect()
}

impl Kubernetes {
    /// Deletes what we made, without waiting until it is gone. Returns what the user should know.
    pub async fn delete(&mut self) -> Option<String> {
        // It is ours until it is deleted: dropped in the middle of this we delete it yet.
        let pod = self.own.pod().cloned()?;
        let objects = objects(&pod);
        let warning = match !objects.is_empty() && self.ready.remove(&objects).await {
            true => None,
            false => self.remove(&objects, DeletionWait::UntilAccepted).await,
        };
        self.let_go(warning)
    }

    /// Deletes what we made, and looks once more a moment later.
    ///
    /// Where kubectl was ended in the middle of asking for the pod, the server may make it after our first deletion found
    /// nothing.
    pub async fn delete_even_if_made_late(&mut self, wait: DeletionWait) -> Option<String> {
        let pod = self.own.pod().cloned()?;
        let objects = objects(&pod);
        let mut warning = self.remove(&objects, wait).await;
        if matches!(self.cluster.pod(&pod.name).await, Ok(None)) {
            sleep(Duration::from_millis(500)).await;
            warning = self.remove(&objects, wait).await;
        }
        self.let_go(warning)
    }

    /// After its deletion a pod is ours no more; where that failed it is remembered that something may be left.
    fn let_go(&mut self, warning: Option<String>) -> Option<String> {
        self.own = OwnPod::None;
        let is_here =
            |place: &Cluster| place.context == self.cluster.context && place.namespace == self.cluster.namespace;
        if warning.is_some() && !self.left_behind.iter().any(is_here) {
            self.left_behind.push(self.cluster.clone());
        }
        warning
    }

    /// Deletes what earlier pods of the job may have left, and returns what the user should know.
    ///
    /// The job's record of what was made ends where nothing is left.
    pub async fn sweep(&mut self, job: &Job) -> Vec<String> {
        let mut warnings = Vec::new();
        for place in std::mem::take(&mut self.left_behind) {
            if let Some(warning) = delete_all(&place, job).await {
                self.left_behind.push(place);
                warnings.push(warning);
            }
        }
        if warnings.is_empty() {
            job.forget_made();
        }
        warnings
    }

    /// Deletes these objects (kind and name), and returns what kept that from being done; None if nothing did.
    ///
    /// What is not there is deleted already.
    pub async fn remove(&self, objects: &[(&str, &str)], wait: DeletionWait) -> Option<String> {
        if objects.is_empty() {
            return None;
        }
        let objects = arguments(objects);
        let mut command = self.cluster.kubectl();
        let wait = match wait {
            DeletionWait::UntilAccepted => "--wait=false",
            DeletionWait::UntilGone => "--timeout=20s",
        };
        command.args(["delete", wait, "--ignore-not-found"]).args(&objects);
        delete_by(&self.cluster, command, &objects.join(" and ")).await
    }
}

/// Deletes all that carries the job's labels. Returns what the user should know.
pub async fn delete_all(cluster: &Cluster, job: &Job) -> Option<String> {
    let mut command = cluster.kubectl();
    command.args(["delete", "pods,secrets", "--wait=false", "--ignore-not-found", "-l", &pod::selector(job)]);
    delete_by(cluster, command, &format!("what is left of job {}", job.id)).await
}

async fn delete_by(cluster: &Cluster, command: Command, what: &str) -> Option<String> {
    let what = format!("{what} in namespace {} could not be deleted", cluster.namespace);
    match cluster.call(command, "kubectl delete", None, SHORT).await {
        Ok(captured) if captured.ok() => None,
        Ok(captured) => Some(cluster.explain(&what, &captured).to_string()),
        Err(reason) => Some(reason.to_string()),
    }
}

impl Drop for Kubernetes {
    /// A run that was dropped in the middle, by a panic for instance, leaves no pod behind.
    fn drop(&mut self) {
        if self.progress != Progress::Running {
            return;
        }
        if let OwnPod::Made(pod) = &self.own
            && let objects = objects(pod)
            && !objects.is_empty()
        {
            let mut command = self.cluster.kubectl();
            command.args(["delete", "--wait=false", "--ignore-not-found"]).args(arguments(&objects));
            command.as_std_mut().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            // Nobody is left to wait for it or to be told.
            process::detach(command.as_std_mut());
        }
    }
}
