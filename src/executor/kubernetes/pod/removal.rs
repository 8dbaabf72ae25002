//! Removing what a job's pod was made of.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::sleep;

use super::{DeletionWait, Pod};
use crate::executor::kubernetes::kubectl::client::{Cluster, SHORT};
use crate::executor::kubernetes::own_pod::{OwnPod, Progress};
use crate::executor::kubernetes::stream::recorder;
use crate::executor::kubernetes::{Kubernetes, pod};
use crate::executor::process;
use crate::executor::{EarlierRun, Ended, Ending, Job};

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
        let warning = match !objects.is_empty() && self.standby.remove(&objects).await {
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
        command.args(["delete", wait, "--ignore-not-found", "-o", "name"]).args(&objects);
        delete_by(&self.cluster, command, &objects).await
    }

    /// The containers beside the job's that run in this pod, where it is still there and stays. Where nobody answers, it is believed to
    /// be.
    async fn kept_beside(&self, pod: &Pod) -> Option<Vec<String>> {
        if pod.is_replaced {
            return None;
        }
        match self.cluster.pod(&pod.name).await {
            Ok(Some(state)) => state.metadata.deletion_timestamp.is_none().then(|| state.others_running()),
            Ok(None) => None,
            Err(_) => Some(Vec::new()),
        }
    }

    /// There may be several pods, and a kubectl that outlived the runner before us may have made one more since we looked.
    pub fn remember_earlier_place(&mut self, job: &Job) {
        if job.pods.earlier != EarlierRun::Nothing {
            let place = self.earlier_place.take().unwrap_or_else(|| self.cluster.clone());
            self.left_behind.push(place);
        }
    }

    /// Removes pod and Secret, or ends and keeps the pod where that is wanted. Returns what the user should know.
    pub async fn clean_up(&mut self, job: &Job, ended: &Ended) -> Vec<String> {
        let Some(pod) = self.own.pod().cloned() else {
            return if self.left_behind.is_empty() { Vec::new() } else { self.sweep(job).await };
        };
        let (name, namespace) = (&pod.name, self.cluster.namespace.clone());
        if self.progress == Progress::PodLeft {
            return vec![format!("the pod {name} in namespace {namespace} is left alone, for it may still run")];
        }
        if !self.own.is_made() {
            self.own = OwnPod::None;
            return self.sweep(job).await;
        }
        let failed = !matches!(ended.ending, Ending::Exited(0) | Ending::Cancelled(_));
        // One whose program never began has nothing to look at, and might begin it later; one whose program outlived its end runs on.
        let is_worth_keeping = failed && ended.started && self.progress != Progress::Outlived;
        let is_kept = self.settings.keep_pod_on_failure && is_worth_keeping;
        let Some(others) = (if is_kept { self.kept_beside(&pod).await } else { None }) else {
            // Dropped from here on, it goes all the same: the result is where it belongs.
            self.progress = Progress::Running;
            self.note_removal(job);
            self.remember_earlier_place(job);
            return match self.delete().await {
                None => self.sweep(job).await,
                Some(failed) => vec![failed],
            };
        };
        let run_on = match others.as_slice() {
            [] => String::new(),
            others => format!(", and beside the job's container runs on, until then: {}", others.join(", ")),
        };
        let mut warnings = vec![format!(
            "the pod {name} in namespace {namespace} is kept because the job failed (keepPodOnFailure){run_on}; remove it with `{} delete pod {name}`",
            self.cluster.namespace().kubectl()
        )];
        if pod.is_recorded() {
            let _ = self.cluster.query(&pod.exec(recorder::RELEASE)).await;
        }
        if pod.secret {
            warnings.extend(self.remove(&[("Secret", name.as_str())], DeletionWait::UntilAccepted).await);
        }
        if self.left_behind.is_empty() {
            job.forget_made();
        }
        self.own = OwnPod::None;
        warnings
    }
}

/// Deletes all that carries the job's labels. Returns what the user should know.
pub async fn delete_all(cluster: &Cluster, job: &Job) -> Option<String> {
    let mut command = cluster.kubectl();
    command.args(["delete", "pods,secrets", "--wait=false", "--ignore-not-found", "-l", &pod::selector(job)]);
    delete_by(cluster, command, &[format!("what is left of job {}", job.id)]).await
}

/// Returns what the user should know of the objects that kubectl does not say it deleted; of all where it says so of each.
async fn delete_by(cluster: &Cluster, command: Command, objects: &[String]) -> Option<String> {
    match cluster.call(command, "kubectl delete", None, SHORT).await {
        Ok(captured) if captured.ok() => None,
        Ok(captured) => {
            let stdout = captured.stdout_text();
            let left = objects.iter().filter(|object| !stdout.lines().any(|line| line == *object));
            let mut left: Vec<&str> = left.map(String::as_str).collect();
            let mut fate = "could not be deleted";
            // It says so when the deletion is accepted, and waits then.
            if left.is_empty() {
                left = objects.iter().map(String::as_str).collect();
                fate = if left.len() == 1 { "is not gone yet" } else { "are not gone yet" };
            }
            let what = format!("{} in namespace {} {fate}", left.join(" and "), cluster.namespace);
            Some(cluster.explain(&what, &captured).to_string())
        }
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
