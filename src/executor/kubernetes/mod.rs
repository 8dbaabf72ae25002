//! Runs a job as one pod in a Kubernetes cluster, by way of kubectl and helm: the order of the steps.

mod artifacts;
mod attempt;
mod cancel;
mod errors;
mod helm;
pub mod kubectl;
mod own_pod;
mod pod;
mod result;
mod settings;
mod stream;
mod take_over;

pub use pod::overrides::{check as check_overrides, merge as merge_overrides};
pub use pod::sweep::{Swept, sweep, way};
pub use settings::{KubernetesSettings, Unfit};

use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

use attempt::running_pod::RunningPod;
use attempt::{Attempt, PodResult};
use helm::{CancelGuard, Deployment, Release, upgrade};
use kubectl::client::Cluster;
use kubectl::node;
use kubectl::own_version;
use own_pod::{OwnPod, Progress};
use pod::standby::Standby;
use pod::{DeletionWait, Pod, Recording, files, manifest, overrides, secret, variables};
use result::learn;
use stream::attach::Gate;
use stream::recorder::Mark;

use super::{AskedPod, Cancel, EarlierRun, Ended, Ending, Job, Output, PodPlace, Reason, Step, Versions, size};
use crate::failpoint;

/// How often a pod that could not be attached to, and so never let its program go, is made anew.
const ATTEMPTS: usize = 3;
/// Where helm fails, the kubectl that makes the pod meanwhile fails as soon, and says whether it made it.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(3);

/// How long the output and artifacts of a program that had ended by itself are still fetched once its job is cancelled.
const FETCH_LIMIT: Duration = Duration::from_secs(10);

/// A program that ran for a moment only does not wait for longer until its versions are told.
const VERSIONS: Duration = Duration::from_secs(2);

/// Lets the versions be asked for, once it is known in which cluster the job is run. Dropping it ends the wait for them.
struct AskVersions {
    /// Of helm too.
    helm: bool,
    ask: Option<oneshot::Sender<Cluster>>,
}

impl AskVersions {
    fn ask(&mut self, cluster: &Cluster) {
        if let Some(ask) = self.ask.take() {
            let _ = ask.send(cluster.clone());
        }
    }
}

/// What one pod came to.
enum AttemptOutcome {
    /// The job's result was learned, or why it cannot be.
    Done,
    NotStarted,
    WithoutRecorder,
    /// The release is not deployed, and the pod is gone without having run anything.
    Undeployed(Release),
}

/// The executor `Kubernetes` for one job.
pub struct Kubernetes {
    settings: KubernetesSettings,
    cluster: Cluster,
    own: OwnPod,
    /// Where an earlier pod, or its Secret, may still be: its deletion failed.
    left_behind: Vec<Cluster>,
    /// Where an earlier runner asked for its pod, if that was elsewhere.
    earlier_place: Option<Cluster>,
    standby: Standby,
    running: RunningPod,
    progress: Progress,
    /// How the job ends, or ended, cannot be learned now, but a later run may.
    unsettled: bool,
}

impl Kubernetes {
    /// The executor for a job with these settings: in the namespace of our own pod where they name none.
    ///
    /// The cluster is not asked for anything yet.
    pub fn new(mut settings: KubernetesSettings) -> Kubernetes {
        let mut cluster = Cluster::new(&settings);
        if !settings.is_namespace_named
            && let Some(own) = cluster.own_namespace()
        {
            own.clone_into(&mut cluster.namespace);
            settings.namespace = own;
        }
        let standby = Standby::default();
        Kubernetes {
            settings,
            cluster,
            own: OwnPod::None,
            left_behind: Vec::new(),
            earlier_place: None,
            standby,
            running: RunningPod::default(),
            progress: Progress::Running,
            unsettled: false,
        }
    }

    /// Has the job not come to its end, though the run has? Its pod stays, and what becomes of the job is for a later run.
    pub fn is_unsettled(&self) -> bool {
        self.unsettled
    }

    /// What of its settings may not be shown: values for the chart, and variables of the pod, whose names say that they are secret.
    pub fn secrets(&self) -> Vec<String> {
        let mut secrets = Vec::new();
        if let Ok(values) = &self.settings.values {
            settings::secret_members(values, &mut secrets);
        }
        if let Some(overrides) = &self.settings.pod_overrides {
            secrets.extend(settings::take_secret_variables(&mut overrides.clone()));
        }
        secrets
    }

    /// Could something of the job not be deleted, so that its program may still run?
    pub fn has_left_behind(&self) -> bool {
        !self.left_behind.is_empty()
    }

    /// May there be something of the job in the cluster, made here or found?
    pub fn is_made(&self) -> bool {
        self.own.is_made() || !self.left_behind.is_empty()
    }

    /// The job is somebody else's by now, and so is its pod.
    pub fn abandon(&mut self) {
        self.own = OwnPod::None;
        self.progress = Progress::Over;
    }

    /// An attempt's result was learned, as far as it can be now.
    ///
    /// The pod of a program that may still run is left, and its end is for a later run.
    fn note_learned(&mut self, progress: Progress) {
        self.unsettled = progress == Progress::PodLeft;
        self.advance(progress);
    }

    /// Of several pods the one that decides what becomes of them is one that is not to be removed as usual.
    fn advance(&mut self, progress: Progress) {
        if progress != Progress::Running {
            self.progress = progress;
        }
    }

    /// The run came to its end.
    fn finish(&mut self, job: &Job) {
        match self.progress {
            Progress::PodLeft => job.forget_made(),
            Progress::Outlived => {}
            Progress::Running | Progress::Over => self.progress = Progress::Over,
        }
    }

    /// Deploys the chart where needed, runs the job's pod and brings back what it made.
    ///
    /// The pod stays until [`clean_up`](Self::clean_up), but for a cancelled job, whose pod is deleted here.
    pub async fn run(&mut self, job: &Job, output: &Output, cancel: &Cancel) -> Ended {
        let mut ended = Ended::not_run(job);
        let stop = CancelGuard::new(cancel);
        let release = self.release_left();
        let helm = self.uses_helm();
        let (ask, asked) = oneshot::channel();
        let mut versions = None;
        let learn = async {
            match asked.await {
                Ok(cluster) => own_version::learn(&cluster, helm).await,
                Err(_) => Versions::default(),
            }
        };
        tokio::pin!(learn);
        let running = self.running.clone();
        let (signal, result) = {
            let ask = AskVersions { helm, ask: Some(ask) };
            let steps = self.steps(job, output, &mut ended, stop.clone(), ask);
            tokio::pin!(steps);
            loop {
                tokio::select! {
                    biased;
                    signal = cancel.cancelled() => {
                        if stop.busy() {
                            job.leftovers.note(release);
                            // It was told too, and says in a moment that it ended.
                            let _ = steps.await;
                            break (Some(signal), Ok(()));
                        }
                        let has_ended = tokio::select! {
                            biased;
                            result = &mut steps => break (None, result),
                            has_ended = running.has_ended() => has_ended,
                        };
                        let result = if has_ended { timeout(FETCH_LIMIT, &mut steps).await.ok() } else { None };
                        break match result {
                            Some(result) => (None, result),
                            None => (Some(signal), Ok(())),
                        };
                    }
                    result = &mut steps => break (None, result),
                    told = &mut learn, if versions.is_none() => versions = Some(told),
                }
            }
        };
        if versions.is_none() && signal.is_none() && ended.started {
            versions = timeout(VERSIONS, learn).await.ok();
        }
        ended.versions = versions.unwrap_or_default();
        if let Err(reason) = result {
            ended.reason = Some(reason);
        }
        match signal {
            // What an earlier runner let go is looked for yet, and asked whether it has ended by itself.
            Some(signal) if self.unsettled => {
                job.note_cancelled(signal);
                let versions = std::mem::take(&mut ended.versions);
                return Ended { versions, ..self.end_earlier(signal, job, output).await };
            }
            Some(signal) => self.end_cancelled(signal, job, output, &mut ended).await,
            None => {}
        }
        self.finish(job);
        ended
    }

    fn uses_helm(&self) -> bool {
        self.settings.helm_enabled && self.settings.chart.is_some()
    }

    /// What may go on of the release where helm was told to end.
    fn release_left(&self) -> String {
        format!(
            "helm was told to end, and may still work on the release {release} in namespace {namespace} (`{helm} status {release}`)",
            release = self.settings.release,
            namespace = self.settings.namespace,
            helm = self.cluster.namespace().helm()
        )
    }

    /// The job was cancelled: its pod is deleted.
    async fn end_cancelled(&mut self, signal: i32, job: &Job, output: &Output, ended: &mut Ended) {
        for notice in ended.forgo_artifacts(signal) {
            output.notice(notice).await;
        }
        ended.ending = Ending::Cancelled(signal);
        job.note_cancelled(signal);
        failpoint::at("cancelling");
        if self.own.is_made() {
            self.note_removal(job);
            self.remember_earlier_place(job);
            let warnings = match self.delete_even_if_made_late(DeletionWait::UntilAccepted).await {
                None => self.sweep(job).await,
                Some(failed) => vec![failed],
            };
            for warning in warnings {
                output.notice(warning).await;
            }
            failpoint::at("pod-deleted");
        }
    }

    async fn steps(
        &mut self,
        job: &Job,
        output: &Output,
        ended: &mut Ended,
        stop: CancelGuard,
        mut versions: AskVersions,
    ) -> Result<(), Reason> {
        if matches!(job.pods.earlier, EarlierRun::Finish { .. })
            && self.finish_earlier(job, output, ended, &mut versions).await?
        {
            return Ok(());
        }
        let helm = versions.helm;
        self.check(job, helm)?;
        // Most probably the release is there: then helm's look at it costs no time of its own.
        let meanwhile = helm && job.pods.succeeded_before && job.pods.earlier == EarlierRun::Nothing;
        self.cluster.context = self.cluster.read_context().await?;
        versions.ask(&self.cluster);
        let release = if helm && !meanwhile {
            Some(helm::status(&self.cluster, &self.settings).await?)
        } else {
            self.cluster.check_reachable(&self.cluster.pod_failed()).await?;
            None
        };
        overrides::refuse_unknown(&self.cluster, &self.settings).await?;
        if let Some(release) = release {
            self.deploy(release, job, output, &stop).await?;
        }
        self.attempts(job, output, ended, &stop, meanwhile).await
    }

    /// Finishes what an earlier runner let go. Returns false if the program is to be started anew.
    async fn finish_earlier(
        &mut self,
        job: &Job,
        output: &Output,
        ended: &mut Ended,
        versions: &mut AskVersions,
    ) -> Result<bool, Reason> {
        // What an earlier runner let go has a result, whatever is wrong by now with what a new pod would need.
        self.unsettled = true;
        self.cluster.preflight(&["kubectl"])?;
        let own = self.cluster.clone();
        self.go_to_pod(job);
        self.cluster.context = self.cluster.read_context().await?;
        versions.ask(&self.cluster);
        if self.take_over(job, output, ended).await? {
            return Ok(true);
        }
        self.unsettled = false;
        self.earlier_place = Some(std::mem::replace(&mut self.cluster, own));
        Ok(false)
    }

    /// What can be told without the cluster of a job that cannot be run.
    fn check(&self, job: &Job, helm: bool) -> Result<(), Reason> {
        if self.settings.image.is_empty() {
            return Err(Reason::NoImage(job.application.clone()));
        }
        if job.command.is_empty() {
            return Err(Reason::NoCommand(job.application.clone()));
        }
        size::check(job)?;
        files::check(job)?;
        if helm {
            upgrade::values(&self.settings)?;
            upgrade::check_files(&self.cluster, &self.settings)?;
        }
        self.cluster.preflight(if helm { &["kubectl", "helm"] } else { &["kubectl"] })
    }

    /// Runs the job in one pod after the other, until one has let the program go.
    ///
    /// The first one is made `meanwhile`, while helm looks at the release.
    async fn attempts(
        &mut self,
        job: &Job,
        output: &Output,
        ended: &mut Ended,
        stop: &CancelGuard,
        mut meanwhile: bool,
    ) -> Result<(), Reason> {
        let mut recording = Recording::Recorder;
        let mut left = ATTEMPTS;
        while left > 0 {
            left -= 1;
            let attempt = if std::mem::take(&mut meanwhile) {
                self.attempt_meanwhile(job, output, ended).await?
            } else {
                self.attempt(job, output, ended, recording, Gate::open()).await?
            };
            match attempt {
                AttemptOutcome::Done => return Ok(()),
                AttemptOutcome::NotStarted => {
                    let message = "the attach did not stand before the program was let go; trying again with a new pod";
                    output.notice(message).await;
                }
                AttemptOutcome::WithoutRecorder => recording = Recording::Log,
                AttemptOutcome::Undeployed(release) => {
                    left = ATTEMPTS;
                    self.deploy(release, job, output, stop).await?;
                }
            }
            if let Some(warning) = self.delete().await {
                output.notice(warning).await;
            }
        }
        Err(Reason::AttachFailed)
    }

    async fn deploy(&self, release: Release, job: &Job, output: &Output, stop: &CancelGuard) -> Result<(), Reason> {
        let name = self.settings.release.clone();
        output.step(Step::Deploying { release: name, ready: 0, pods: 0, faults: Vec::new() });
        Deployment { cluster: &self.cluster, settings: &self.settings, job, output, stop }.run(release).await
    }

    /// Makes the pod while helm looks at the release; its program is let go only once helm said `deployed`.
    ///
    /// Otherwise the pod goes, and what became of it does not matter.
    async fn attempt_meanwhile(
        &mut self,
        job: &Job,
        output: &Output,
        ended: &mut Ended,
    ) -> Result<AttemptOutcome, Reason> {
        let (cluster, settings) = (self.cluster.clone(), self.settings.clone());
        let (gate, opener) = Gate::closed();
        let release = {
            let look = helm::status(&cluster, &settings);
            let attempt = self.attempt(job, output, ended, Recording::Recorder, gate);
            tokio::pin!(look, attempt);
            tokio::select! {
                attempt = &mut attempt => match look.await {
                    Ok(Release::Deployed) => return attempt,
                    release => release,
                },
                release = &mut look => match release {
                    Ok(Release::Deployed) => {
                        opener.open();
                        return attempt.await;
                    }
                    Ok(release) => Ok(release),
                    Err(reason) => {
                        // What became of it is told by helm's reason.
                        drop(opener);
                        let _ = timeout(ATTEMPT_LIMIT, attempt).await;
                        Err(reason)
                    }
                },
            }
        };
        ended.command.clear();
        if self.own.is_made() {
            // What the chart makes shall find the room that the pod took.
            if let Some(warning) = self.delete_even_if_made_late(DeletionWait::UntilGone).await {
                output.notice(warning).await;
            }
        }
        self.own = OwnPod::None;
        release.map(AttemptOutcome::Undeployed)
    }

    /// Runs the job in one new pod.
    async fn attempt(
        &mut self,
        job: &Job,
        output: &Output,
        ended: &mut Ended,
        recording: Recording,
        gate: Gate,
    ) -> Result<AttemptOutcome, Reason> {
        output.step(Step::Starting { state: String::new() });
        let pod = self.permitted_pod(job, output, recording).await?;
        let (arguments, shown) = manifest::run_arguments(&pod, job, &self.settings);
        ended.command = shown;
        let mut command = self.cluster.kubectl();
        command.args(&arguments);
        let mut attempt = Attempt::new(&self.cluster, &self.settings, job, output, pod);
        self.own.set_made(true);
        let begun = attempt.begun();
        self.running.set(&attempt);
        let learned = async {
            match recording {
                Recording::Recorder => attempt.run_recorded(command, gate).await,
                Recording::Log => attempt.run_plain(command).await,
            }
        };
        let learned = tokio::select! {
            learned = learned => learned,
            never = self.standby.hold(&self.cluster, begun) => match never {},
        };
        self.running.clear();
        // Without the pod there may still be its Secret.
        self.own.set_made(attempt.made || attempt.pod.secret);
        self.own.set_replaced(attempt.is_replaced());
        let learned = match learned {
            Err(reason) => return Err(self.missing_node().await.unwrap_or(reason)),
            Ok(learned) => learned,
        };
        match learned {
            PodResult::NotStarted => Ok(AttemptOutcome::NotStarted),
            PodResult::NoRecorder(mark) => {
                output.notice(self.without_recorder(mark)).await;
                Ok(AttemptOutcome::WithoutRecorder)
            }
            learned => {
                let progress = learn(&attempt, learned, ended).await;
                self.own.set_replaced(attempt.is_replaced());
                self.note_learned(progress);
                Ok(AttemptOutcome::Done)
            }
        }
    }

    fn without_recorder(&self, mark: Mark) -> String {
        let lacks = if let Mark::Unusable(tool) = mark { tool } else { "sh".to_owned() };
        let image = &self.settings.image;
        let (why, advice) = match &self.settings.recorder_image {
            Some(tools_container) => (
                format!("the busybox of the recorder image {tools_container} does not run in the image {image}"),
                "Name one whose busybox is linked statically, as that of busybox:musl is",
            ),
            None => (
                format!("the image {image} has no {lacks}"),
                "A recorder image (--recorder-image) lends what is missing",
            ),
        };
        format!(
            "{why}: running without the recorder; the output comes from the pod's log, which may lack what was printed right \
             before the end, and no artifact can be fetched. {advice}"
        )
    }

    /// Why a pod never began that its overrides bind to a node that is not there: it is collected after a while, which says nothing.
    async fn missing_node(&self) -> Option<Reason> {
        let name = self.settings.pod_overrides.as_ref()?["spec"]["nodeName"].as_str()?;
        node::is_missing(&self.cluster, name).await.then(|| {
            Reason::PodOverrides(format!(
                "the cluster has no node {name}, which the pod overrides name (nodeName): correct it, see `kubectl get nodes`"
            ))
        })
    }

    /// The cluster and namespace in which this run makes its pod.
    fn pod_place(&self) -> PodPlace {
        PodPlace {
            context: self.cluster.context.clone(),
            namespace: self.cluster.namespace.clone(),
            cluster: self.cluster.identity(),
        }
    }

    /// A new pod that may be asked for: it is noted, and the job is still ours.
    async fn permitted_pod(&mut self, job: &Job, output: &Output, recording: Recording) -> Result<Pod, Reason> {
        let pod = self.own_new_pod(job, output, recording).await?;
        failpoint::at("secret-made");
        job.permit.to_make(AskedPod { name: pod.name.clone(), place: Some(self.pod_place()) }).await?;
        failpoint::at("permitted");
        if recording == Recording::Log {
            // No gate holds its program.
            job.note_start();
        }
        Ok(pod)
    }

    /// Makes a new pod ours, and its Secret where it needs one.
    async fn own_new_pod(&mut self, job: &Job, output: &Output, recording: Recording) -> Result<Pod, Reason> {
        let mut pod = Pod::new(job.id, recording, &self.settings);
        let variables = variables::sort(job, recording);
        for name in &variables.refused {
            output
                .notice(format!(
                    "the variable {name:?} is not handed to the pod: Kubernetes does not take such a name; a macro {{{name}}} in the \
                     parameters has its value"
                ))
                .await;
        }
        pod.secret = !(variables.secret.is_empty() && job.files.uploaded.is_empty());
        self.take_ownership(job, OwnPod::Planned(pod.clone()));
        job.leftovers.note(pod.trace(&self.cluster.namespace));
        if pod.secret {
            self.own.set_made(true);
            let created = secret::create(&self.cluster, &pod, job, &variables.secret).await;
            self.own.set_made(!created.as_ref().is_err_and(Reason::nothing_was_done));
            created?;
        }
        Ok(pod)
    }
}
