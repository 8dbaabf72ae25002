//! Takes over a job whose runner died: its pod still carries the job's labels.

use std::time::Duration;

use tokio::time::sleep;

use super::Kubernetes;
use super::attempt::{Attempt, PodResult};
use super::kubectl::orphan;
use super::kubectl::pod_status::PodState;
use super::own_pod::OwnPod;
use super::pod::removal::delete_all;
use super::pod::{self, Pod};
use super::result::learn;
use crate::executor::{EarlierRun, Ended, Job, LastPod, Output, Reason};

/// How long a dead runner's kubectl may take to come to its end.
const ORPHAN: Duration = Duration::from_millis(1500);
/// How often that is waited for where it is seen to go on.
const TURNS: u32 = 5;

/// What could not be deleted stays, and the user is the one to know.
async fn tell(output: &Output, warning: Option<String>) {
    if let Some(warning) = warning {
        output.notice(warning).await;
    }
}

/// Follows the program of an earlier runner's pod. One that waits at its gate cannot be let go any more after this.
async fn adopt_or_close(attempt: &mut Attempt<'_>, last: &LastPod) -> Result<PodResult, Reason> {
    let learned = attempt.adopt().await?;
    if !matches!(learned, PodResult::NotStarted) {
        return Ok(learned);
    }
    // Its runner's kubectl may outlive it, and be about to let the program go.
    orphan::end(attempt.job).await;
    match attempt.close_gate().await {
        Ok(false) => attempt.adopt().await,
        // Of a runner that is dead nobody is left to let it go.
        Err(reason) if *last != LastPod::None => Err(reason),
        Ok(true) | Err(_) => Ok(PodResult::NotStarted),
    }
}

impl Kubernetes {
    /// Looks for what an earlier runner left and finishes it.
    ///
    /// Returns false if there is nothing to finish: the program never started, and may be started now. Where that is not certain,
    /// it is an error.
    ///
    /// # Errors
    /// The cluster cannot be asked, no pod is there though the program may have run, or it cannot be told whether a pod will yet
    /// let its program go. Nothing is started then.
    pub async fn take_over(&mut self, job: &Job, output: &Output, ended: &mut Ended) -> Result<bool, Reason> {
        let pods = self.earlier_pods(job).await?;
        if pods.is_empty() && matches!(job.pods.earlier, EarlierRun::Finish { may_have_run: true, .. }) {
            return Err(self.give_up_earlier(job));
        }
        if pods.is_empty() {
            // Nor may its Secret stay, made before the pod that was to own it.
            let warning = delete_all(&self.cluster, job).await;
            tell(output, warning).await;
        }
        let mut last = match &job.pods.earlier {
            EarlierRun::Finish { last, .. } => last.clone(),
            EarlierRun::Nothing | EarlierRun::End { .. } => LastPod::None,
        };
        for state in pods {
            let name = state.metadata.name.clone();
            let pod = Pod::from_state(&state);
            self.take_ownership(job, OwnPod::Made(pod.clone()));
            // Without the recorder there is no gate: its program has run, or will.
            if pod.is_recorded() && !self.settled(job, state).await? {
                let warning = self.delete().await;
                tell(output, warning).await;
                continue;
            }
            output.notice(format!("taking over the pod {name} of an earlier runner that died")).await;
            // From here on it is known whether an answer is one.
            self.unsettled = false;
            let mut attempt = Attempt::new(&self.cluster, &self.settings, job, output, pod);
            attempt.set_adopted();
            self.running.set(&attempt);
            let learned = adopt_or_close(&mut attempt, &last).await?;
            self.running.clear();
            match learned {
                PodResult::NotStarted => {
                    if matches!(&last, LastPod::Named(pod) if pod.name == name) {
                        last = LastPod::None;
                    }
                    let warning = self.delete().await;
                    tell(output, warning).await;
                    self.unsettled = true;
                }
                learned => {
                    let progress = learn(&attempt, learned, ended).await;
                    self.own.set_replaced(attempt.is_replaced());
                    self.note_learned(progress);
                    return Ok(true);
                }
            }
        }
        if last != LastPod::None {
            // That runner may be about to make its pod, or to let the program go in one that is being deleted.
            return Err(self.give_up_earlier(job));
        }
        Ok(false)
    }

    /// Can it be learned here what became of an earlier runner's pod?
    ///
    /// Ask before the job is taken over: its runner keeps it from those who can learn that.
    ///
    /// # Errors
    /// kubectl is missing, the cluster cannot be asked, or it is another one than that in which the pod was asked for.
    pub async fn check_earlier(&mut self, job: &Job) -> Result<(), Reason> {
        let own = self.cluster.clone();
        let checked = self.look_for_earlier(job).await;
        self.cluster = own;
        checked
    }

    async fn look_for_earlier(&mut self, job: &Job) -> Result<(), Reason> {
        self.cluster.preflight(&["kubectl"])?;
        self.go_to_pod(job);
        self.cluster.context = self.cluster.read_context().await?;
        let is_found = !self.cluster.pods(&pod::selector(job)).await?.is_empty();
        self.elsewhere(job).filter(|_| !is_found).map_or(Ok(()), Err)
    }

    /// What the earlier run has of pods, once nobody is seen any more who may yet make one.
    async fn earlier_pods(&self, job: &Job) -> Result<Vec<PodState>, Reason> {
        let mut pods = self.cluster.pods(&pod::selector(job)).await?;
        for turn in 0..TURNS {
            // The dead runner's kubectl may be in the middle of making it, on another machine where we do not see it.
            if !pods.is_empty() || turn > 0 && !orphan::exists(job) {
                break;
            }
            sleep(ORPHAN).await;
            pods = self.cluster.pods(&pod::selector(job)).await?;
        }
        if pods.is_empty() && orphan::exists(job) {
            orphan::end(job).await;
            pods = self.cluster.pods(&pod::selector(job)).await?;
        }
        Ok(pods)
    }

    /// Looks where the earlier runner asked for its pod, even if the current context or the definition's namespace has changed.
    ///
    /// A context that somebody named is another matter.
    pub fn go_to_pod(&mut self, job: &Job) {
        let Some(place) = job.pods.earlier.place() else { return };
        place.namespace.clone_into(&mut self.cluster.namespace);
        if self.settings.context.is_none()
            && let Some(context) = place.context.as_ref().filter(|context| self.cluster.has_context(context))
        {
            self.cluster.context = Some(context.clone());
        }
    }

    /// Why nothing is known of its pod, where that was asked for in another cluster than the one that is looked at.
    pub fn elsewhere(&self, job: &Job) -> Option<Reason> {
        let there = job.pods.earlier.place()?;
        let here = self.pod_place();
        let is_here = match (&there.cluster, &here.cluster) {
            (Some(there), Some(here)) => there == here,
            _ => there.context == here.context,
        };
        let context = there.context.clone().unwrap_or_default();
        let (namespace, looked_at) = (there.namespace.clone(), self.cluster.name());
        (!is_here).then_some(Reason::OtherCluster { context, namespace, looked_at, job: job.id })
    }

    /// Gives the dead runner's pod up that is not there: why. Of one that was asked for in another cluster nothing is known, and the job
    /// stays unsettled.
    fn give_up_earlier(&mut self, job: &Job) -> Reason {
        // A code that its runner noted on this machine is its result, wherever the pod is.
        self.elsewhere(job).filter(|_| job.pods.known_end.is_none()).unwrap_or_else(|| {
            self.unsettled = false;
            Reason::RunnerDied { namespace: self.cluster.namespace.clone(), job: job.id }
        })
    }

    /// Gives a pod that is not up yet a moment, for the dead runner's kubectl may outlive it and let the program go.
    ///
    /// Returns false if nobody will.
    async fn settled(&self, job: &Job, mut state: PodState) -> Result<bool, Reason> {
        for turn in 1..=TURNS {
            if state.status.phase != "Pending" {
                return Ok(true);
            }
            if state.metadata.deletion_timestamp.is_some() {
                return Ok(false);
            }
            if turn < TURNS {
                sleep(ORPHAN).await;
            } else {
                orphan::end(job).await;
            }
            match self.cluster.pod(&state.metadata.name).await? {
                Some(now) => state = now,
                None => return Ok(false),
            }
        }
        Ok(state.status.phase != "Pending")
    }
}
