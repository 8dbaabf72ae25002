//! Ends a cancelled job whose runner does not answer: finds its pods by their labels, fetches what came so far, and
//! deletes them.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Kubernetes;
use super::attempt::{Attempt, PodResult};
use super::errors::{pod_reason, stderr};
use super::kubectl::orphan;
use super::kubectl::pod_status::PodState;
use super::own_pod::OwnPod;
use super::pod::removal::delete_all;
use super::pod::{self, Pod};
use super::result::learn;
use super::stream::resume;
use crate::executor::{Ended, Ending, Job, Output, Reason};
use crate::failpoint;

/// How long it is tried to read the record of a pod that runs.
const READ: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_secs(1);

impl Kubernetes {
    /// Looks for the job's pods in its namespace, else in the whole cluster, and goes there. Returns whether there are any.
    ///
    /// # Errors
    /// kubectl cannot be started, or the cluster cannot be asked for the job's pods. Where this user may not look through all of it, only
    /// those of the namespace count.
    pub async fn find(&mut self, job: &Job) -> Result<bool, Reason> {
        self.go_to_pod(job);
        self.cluster.context = self.cluster.read_context().await?;
        let selector = pod::selector(job);
        if !self.cluster.pods(&selector).await?.is_empty() {
            return Ok(true);
        }
        // The definition's namespace may be another one since the job began. Not everybody may look everywhere.
        let everywhere = ["get", "pods", "--all-namespaces", "-l", &selector, "-o"];
        let namespaces = "jsonpath={range .items[*]}{.metadata.namespace}{\"\\n\"}{end}";
        let captured = self.cluster.query(&[&everywhere[..], &[namespaces]].concat()).await?;
        if !captured.ok() {
            return match self.cluster.explain("the job's pods cannot be looked for in the whole cluster", &captured) {
                Reason::Forbidden { .. } => Ok(false),
                unknown => Err(unknown),
            };
        }
        let namespaces = captured.stdout_text();
        let Some(namespace) = namespaces.lines().next() else { return Ok(false) };
        namespace.clone_into(&mut self.cluster.namespace);
        namespace.clone_into(&mut self.settings.namespace);
        Ok(true)
    }

    /// The cluster in which the job's pods are looked for, for messages.
    pub fn place(&self) -> String {
        format!("the cluster {}", self.cluster.name())
    }

    /// Ends what an earlier runner left.
    ///
    /// A program that ended by itself meanwhile has its own result. Where its pods cannot be looked for, the job stays
    /// [unsettled](Kubernetes::is_unsettled).
    pub async fn end(&mut self, job: &Job, output: &Output) -> Ended {
        self.end_earlier(nix::libc::SIGTERM, job, output).await
    }

    /// Ends what an earlier runner left of a job that was ended by this signal.
    pub async fn end_earlier(&mut self, signal: i32, job: &Job, output: &Output) -> Ended {
        let mut ended = Ended { ending: Ending::Cancelled(signal), ..Ended::not_run(job) };
        self.unsettled = false;
        self.own = OwnPod::None;
        orphan::end(job).await;
        match self.pods_to_end(job).await {
            Ok(pods) => {
                let (mut kept, mut is_gone) = (OwnPod::None, true);
                for state in pods {
                    is_gone &= self.end_pod(job, output, state, &mut ended).await;
                    // One that was deleted is not ours any more.
                    if self.own.is_made() {
                        kept = std::mem::take(&mut self.own);
                    }
                }
                self.own = kept;
                let elsewhere = if ended.started { None } else { self.elsewhere(job) };
                if let Some(reason) = elsewhere {
                    output.notice(format!("{reason}; its pod may still run")).await;
                } else if is_gone && !self.own.is_made() {
                    match delete_all(&self.cluster, job).await {
                        None => job.forget_made(),
                        // It is tried once more, and then told, when the result is saved.
                        Some(_) => self.left_behind.push(self.cluster.clone()),
                    }
                }
            }
            Err(reason) => {
                self.unsettled = true;
                ended.reason = Some(reason);
            }
        }
        self.finish(job);
        ended
    }

    /// The job's pods. That the cluster does not answer once says nothing: it is asked again.
    async fn pods_to_end(&mut self, job: &Job) -> Result<Vec<PodState>, Reason> {
        let until = Instant::now() + failpoint::at_most(READ);
        loop {
            let pods = match self.find(job).await {
                Ok(_) => self.cluster.pods(&pod::selector(job)).await,
                Err(reason) => Err(reason),
            };
            match pods {
                Err(Reason::ClusterUnreachable(_) | Reason::Failed(_)) if Instant::now() < until => sleep(PAUSE).await,
                pods => return pods,
            }
        }
    }

    /// A pod whose program ended by itself stays ours, for [`clean_up`](Self::clean_up); others are deleted.
    ///
    /// Returns false if one could not be.
    async fn end_pod(&mut self, job: &Job, output: &Output, state: PodState, ended: &mut Ended) -> bool {
        let pod = Pod::from_state(&state);
        self.take_ownership(job, OwnPod::Made(pod.clone()));
        let mut attempt = Attempt::new(&self.cluster, &self.settings, job, output, pod);
        if let Some(learned) = fetch_end(&mut attempt, state).await {
            let progress = learn(&attempt, learned, ended).await;
            self.advance(progress);
            return true;
        }
        ended.started |= attempt.started();
        self.note_removal(job);
        let Some(warning) = self.delete().await else { return true };
        output.notice(warning).await;
        false
    }
}

/// Hands on what the program printed so far, and returns how it ended where it did.
async fn fetch_end(attempt: &mut Attempt<'_>, mut state: PodState) -> Option<PodResult> {
    if attempt.pod.is_recorded() && state.running() {
        attempt.restart();
        match look_at_record(attempt).await {
            RecordLook::Ended => return attempt.follow().await.ok(),
            RecordLook::Open => return None,
            RecordLook::Closed(ended) => state = *ended,
        }
    }
    if !attempt.pod.is_recorded() && (state.running() || state.terminated().is_some()) {
        attempt.set_started();
        attempt.read_log_so_far().await;
    }
    let terminated = state.terminated()?;
    if state.metadata.deletion_timestamp.is_some() {
        // The cancelling process has deleted its pod already: that is what ended it.
        attempt.set_started();
        return None;
    }
    if attempt.pod.is_recorded() {
        let learned = attempt.learn_from_log(&state).await;
        return (!matches!(learned, PodResult::NotStarted)).then_some(learned);
    }
    Some(PodResult::Container { code: terminated.exit_code, reason: pod_reason::end_reason(&state) })
}

/// The record in a pod that ran when it was looked at.
enum RecordLook {
    /// The program has ended, and its record can be read.
    Ended,
    /// The program runs, or nothing can be learned of it.
    Open,
    /// The container ended meanwhile, and its record with it.
    Closed(Box<PodState>),
}

/// Fetches what there is so far. One call of kubectl that fails says nothing of the program: it is made again.
async fn look_at_record(attempt: &mut Attempt<'_>) -> RecordLook {
    let until = Instant::now() + failpoint::at_most(READ);
    loop {
        let message = match resume::fetch_available(attempt).await {
            Ok(true) => return RecordLook::Ended,
            Ok(false) => return RecordLook::Open,
            Err(message) => stderr::tidy(&message),
        };
        match attempt.pod_state().await {
            Ok(None) => return RecordLook::Open,
            Ok(Some(state)) if state.ended() => return RecordLook::Closed(Box::new(state)),
            Ok(Some(_)) | Err(_) => {}
        }
        if Instant::now() > until {
            let message = format!(
                "the output is incomplete: what came last, and whether the program had ended by itself, could not be read in its pod {}: {message}",
                attempt.pod.name
            );
            attempt.output.notice(message).await;
            return RecordLook::Open;
        }
        sleep(PAUSE).await;
    }
}
