//! Runs a job as one pod in a Kubernetes cluster, by way of kubectl and helm: the order of the steps.

mod artifact;
mod attach;
mod cancel;
mod cluster;
mod helm;
mod plain;
mod pod;
mod read_on;
mod reason;
mod recorder;
mod run;
mod secret;
mod settings;
mod take_over;
mod watch;

pub use settings::Settings;

use std::time::Duration;

use cluster::{Cluster, SHORT};
use pod::Pod;
use recorder::Mark;
use run::{Learned, Run};

use super::{Cancel, Earlier, Ended, Ending, Job, Output, Reason, process};
use crate::stop;

/// How often a pod that could not be attached to, and so never let its program go, is made anew.
const ATTEMPTS: usize = 3;

/// The executor `Kubernetes` for one job.
pub struct Kubernetes {
    settings: Settings,
    cluster: Cluster,
    /// The pod we answer for.
    pod: Option<Pod>,
    /// A run has come to its end, whatever that was: the pod is clean_up's business, and a later take-over's.
    over: bool,
    /// The pod may still run, and a later run can learn its result: it must not be removed.
    leave: bool,
}

impl Kubernetes {
    pub fn new(settings: Settings) -> Kubernetes {
        let cluster = Cluster {
            context: settings.context.clone(),
            kubeconfig: settings.kubeconfig.clone(),
            namespace: settings.namespace.clone(),
        };
        Kubernetes { settings, cluster, pod: None, over: false, leave: false }
    }

    /// Deploys the chart where needed, runs the job's pod and brings back what it made. The pod stays until
    /// [`clean_up`](Self::clean_up), but for a cancelled job, whose pod is deleted here.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        let command = super::shell_line(&job.command, &job.environment);
        let mut ended = Ended { ending: Ending::NotRun, reason: None, started: false, command, artifacts: Vec::new() };
        let signal = tokio::select! {
            biased;
            signal = cancel.cancelled() => Some(signal),
            result = self.steps(job, output, &mut ended) => {
                if let Err(reason) = result {
                    ended.reason = Some(reason);
                }
                None
            }
        };
        if let Some(signal) = signal {
            ended.ending = Ending::Cancelled(signal);
            if let Some(warning) = self.delete_cancelled().await {
                output.notice(warning).await;
            }
        }
        self.over = true;
        ended
    }

    async fn steps(&mut self, job: &Job, output: &Output, ended: &mut Ended) -> Result<(), Reason> {
        if self.settings.image.is_empty() {
            let message = format!("the application {} names no image: set its ociimage", job.application);
            return Err(Reason { code: "NoImage", message });
        }
        if job.command.is_empty() {
            let message = format!("the application {} names no program to run: set its executable", job.application);
            return Err(Reason { code: "NoCommand", message });
        }
        let helm = self.settings.helm_enabled && self.settings.chart.is_some();
        let release = if helm {
            let (context, release) =
                tokio::join!(self.cluster.read_context(), helm::status(&self.cluster, &self.settings));
            self.cluster.context = context?;
            Some(release?)
        } else {
            self.cluster.context = self.cluster.read_context().await?;
            None
        };
        if matches!(job.earlier, Earlier::Finish { .. }) && self.take_over(job, output, ended).await? {
            return Ok(());
        }
        if let Some(release) = release.filter(|release| *release != helm::Release::Deployed) {
            helm::deploy(&self.cluster, &self.settings, release, output).await?;
        }
        let mut recorded = true;
        for _ in 0..ATTEMPTS {
            let pod = self.make_pod(job, output, recorded).await?;
            stop::at("secret-made");
            job.note_start();
            let (arguments, shown) = pod::run_arguments(&pod, job, &self.settings);
            ended.command = shown;
            let mut command = self.cluster.kubectl();
            command.args(&arguments);
            let mut run = Run::new(&self.cluster, &self.settings, job, output, pod);
            let learned = if recorded { run.recorded(command).await? } else { run.plain(command).await? };
            match learned {
                Learned::NotLetGo => {
                    output
                        .notice("the attach did not stand before the program was let go; trying again with a new pod")
                        .await;
                }
                Learned::NoRecorder(mark) => {
                    recorded = false;
                    let lacks = if let Mark::Unusable(tool) = mark { tool } else { "sh".to_owned() };
                    output
                        .notice(format!(
                            "the image {} has no {lacks}: running without the recorder; stdout and stderr come merged, from the pod's log, and no artifact can be fetched",
                            self.settings.image
                        ))
                        .await;
                }
                learned => {
                    self.leave = learn(&run, learned, ended).await;
                    return Ok(());
                }
            }
            if let Some(warning) = self.delete().await {
                output.notice(warning).await;
            }
        }
        let message = "the job's pod could not be attached to; see the notices, and check the network between here and the cluster";
        Err(Reason { code: "AttachFailed", message: message.into() })
    }

    /// Makes a new pod ours, and its Secret where it needs one.
    async fn make_pod(&mut self, job: &Job, output: &Output, recorded: bool) -> Result<Pod, Reason> {
        let mut pod = Pod::new(job.id, recorded);
        let variables = pod::sort(&job.environment);
        for name in &variables.refused {
            output
                .notice(format!("the variable {name:?} is not handed to the pod: Kubernetes does not take such a name"))
                .await;
        }
        pod.secret = !variables.secret.is_empty();
        self.pod = Some(pod.clone());
        if pod.secret {
            secret::create(&self.cluster, &pod, job, &variables.secret).await?;
        }
        Ok(pod)
    }

    /// Removes pod and Secret, or ends and keeps the pod where that is wanted. Says what the user should know.
    pub async fn clean_up(&mut self, ended: &Ended) -> Vec<String> {
        let Some(pod) = self.pod.clone() else { return Vec::new() };
        let (name, namespace) = (&pod.name, &self.settings.namespace);
        if self.leave {
            return vec![format!(
                "the pod {name} in namespace {namespace} is left alone: `job run` of this job can still learn its result"
            )];
        }
        // Then nothing was made, and nothing could be deleted.
        let never = ["KubectlMissing", "NoKubeconfig", "BadKubeconfig", "UnknownContext", "Unauthorized"];
        if !ended.started && ended.reason.as_ref().is_some_and(|reason| never.contains(&reason.code)) {
            self.pod = None;
            return Vec::new();
        }
        let failed = !matches!(ended.ending, Ending::Exited(0) | Ending::Cancelled(_));
        if !(self.settings.keep_pod_on_failure && failed) {
            return self.delete().await.into_iter().collect();
        }
        let mut warnings = vec![format!(
            "the pod {name} in namespace {namespace} is kept because the job failed (keepPodOnFailure); remove it with `kubectl -n {namespace} delete pod {name}`"
        )];
        if pod.recorded && ended.started {
            let _ = self.cluster.ask(&["exec", name, "-c", name, "--", "/bin/sh", "-c", ": >/.multiflexi/done"]).await;
        }
        if pod.secret {
            warnings.extend(self.remove(&[format!("secret/{name}")]).await);
        }
        self.pod = None;
        warnings
    }

    async fn delete(&mut self) -> Option<String> {
        let pod = self.pod.take()?;
        self.remove(&objects(&pod)).await
    }

    /// A pod may come into being after we looked for it, if its kubectl was ended in the middle of asking.
    async fn delete_cancelled(&mut self) -> Option<String> {
        let pod = self.pod.take()?;
        let warning = self.remove(&objects(&pod)).await;
        if matches!(self.cluster.pod(&pod.name).await, Ok(None)) {
            tokio::time::sleep(Duration::from_millis(500)).await;
            return self.remove(&objects(&pod)).await;
        }
        warning
    }

    async fn remove(&self, objects: &[String]) -> Option<String> {
        let mut command = self.cluster.kubectl();
        command.args(["delete", "--wait=false", "--ignore-not-found"]).args(objects);
        let what = format!("{} in namespace {} could not be deleted", objects.join(" and "), self.settings.namespace);
        match self.cluster.call(command, "kubectl delete", None, SHORT).await {
            Ok(said) if said.ok() => None,
            Ok(said) => Some(self.cluster.explain(&what, &said).message),
            Err(reason) => Some(reason.message),
        }
    }
}

/// Puts what was learned into the result, and fetches the artifact. Says whether the program may still run.
async fn learn(run: &Run<'_>, learned: Learned, ended: &mut Ended) -> bool {
    ended.started = true;
    let mut unknown = false;
    let at_hand = matches!(learned, Learned::Recorded { .. });
    match learned {
        Learned::Recorded { code, oom } => {
            ended.ending = Ending::Exited(code);
            if oom > 0 && code == 137 {
                ended.reason = Some(reason::oom(code));
            } else if oom > 0 {
                let words = format!(
                    "the kernel killed {oom} process(es) of the job because its memory limit was reached (OOM), though the program went on and ended with code {code}"
                );
                run.output.notice(words).await;
            }
        }
        Learned::Container { code, reason } => {
            ended.ending = Ending::Exited(code);
            ended.reason = reason;
        }
        Learned::Lost(reason) => ended.reason = Some(reason),
        Learned::Unknown(reason) => {
            unknown = true;
            ended.reason = Some(reason);
        }
        Learned::NotLetGo | Learned::NoRecorder(_) => {}
    }
    if run.limited() {
        let seconds = run.job.time_limit.unwrap_or_default().as_secs();
        let message = format!("the program was ended because its time limit of {seconds} s was reached");
        ended.reason = Some(Reason { code: "TimeLimit", message });
        ended.ending = Ending::TimeLimit;
    }
    let Some(path) = run.settings.artifact.as_ref().filter(|_| run.settings.artifacts_enabled) else { return unknown };
    if !at_hand {
        run.output
            .notice(format!("artifact missing: {path} cannot be fetched, for the container is not there any more"))
            .await;
        return unknown;
    }
    match artifact::fetch(run, path).await {
        Ok(artifact) => ended.artifacts.push(artifact),
        Err(words) => run.output.notice(words).await,
    }
    unknown
}

fn objects(pod: &Pod) -> Vec<String> {
    let mut objects = vec![format!("pod/{}", pod.name)];
    if pod.secret {
        objects.push(format!("secret/{}", pod.name));
    }
    objects
}

impl Drop for Kubernetes {
    /// A run that was dropped in the middle, by a panic for instance, leaves no pod behind.
    fn drop(&mut self) {
        if self.over {
            return;
        }
        if let Some(pod) = self.pod.take() {
            let mut command = self.cluster.kubectl();
            command.args(["delete", "--wait=false", "--ignore-not-found"]).args(objects(&pod));
            let null = std::process::Stdio::null;
            command.as_std_mut().stdin(null()).stdout(null()).stderr(null());
            // Nobody is left to wait for it or to be told.
            let _ = process::detach(command.as_std_mut());
        }
    }
}
