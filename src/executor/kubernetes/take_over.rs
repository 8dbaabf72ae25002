//! Takes over a job whose runner died: its pod still carries the job's labels.

use std::time::Duration;

use tokio::time::sleep;

use super::Kubernetes;
use super::pod::{self, Pod};
use super::pod_state::PodState;
use super::run::{Learned, Run};
use crate::executor::{Earlier, Ended, Job, Output, Reason};

/// How long a dead runner's kubectl may take to come to its end.
const ORPHAN: Duration = Duration::from_millis(1500);

impl Kubernetes {
    /// Looks for what an earlier runner left and finishes it. Says no when there is nothing to finish: the program never
    /// started, and may be started now. Where that is not certain, it is an error.
    pub async fn take_over(&mut self, job: &Job, output: &Output, ended: &mut Ended) -> Result<bool, Reason> {
        let mut pods = self.cluster.pods(&pod::selector(job)).await?;
        if pods.is_empty() {
            // The dead runner's kubectl may have been in the middle of making it.
            sleep(ORPHAN).await;
            pods = self.cluster.pods(&pod::selector(job)).await?;
        }
        if pods.is_empty() && job.earlier == (Earlier::Finish { may_have_run: true }) {
            let message = format!(
                "its earlier runner died, and the pod that it may have made is gone from namespace {}: how the job ended cannot be learned; look at what it does, and run it again with `multiflexi-cli job retry --id={}`",
                self.settings.namespace, job.id
            );
            return Err(Reason { code: "RunnerDied", message });
        }
        if pods.is_empty() {
            // Nor may its Secret stay, made before the pod that was to own it.
            let _ = self.cluster.ask(&["delete", "secret", "--wait=false", "-l", &pod::selector(job)]).await;
        }
        for state in pods {
            let name = state.metadata.name.clone();
            let pod = Pod::found(&state);
            self.pod = Some(pod.clone());
            // Without the recorder there is no gate: its program has run, or will.
            if pod.recorded && !self.settled(state).await? {
                self.delete().await;
                continue;
            }
            output.notice(format!("taking over the pod {name} of an earlier runner that died")).await;
            let mut run = Run::new(&self.cluster, &self.settings, job, output, pod);
            let learned = match run.adopt().await? {
                // The dead runner's kubectl may outlive it, and be about to let the program go.
                Learned::NotLetGo => {
                    sleep(ORPHAN).await;
                    run.adopt().await?
                }
                learned => learned,
            };
            match learned {
                Learned::NotLetGo => {
                    self.delete().await;
                }
                learned => {
                    self.leave = super::learn(&run, learned, ended).await;
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// Gives a pod that is not up yet a moment, for the dead runner's kubectl may outlive it and let the program go. Says no
    /// where the pod will not start.
    async fn settled(&self, mut state: PodState) -> Result<bool, Reason> {
        for _ in 0..4 {
            if state.status.phase != "Pending" {
                return Ok(true);
            }
            if state.metadata.deletion_timestamp.is_some() {
                return Ok(false);
            }
            sleep(ORPHAN).await;
            match self.cluster.pod(&state.metadata.name).await? {
                Some(now) => state = now,
                None => return Ok(false),
            }
        }
        Ok(false)
    }
}
