//! Takes over a job whose runner died: its pod still carries the job's labels.

use super::pod::{self, NONCE, Pod};
use super::run::{Learned, Run};
use super::{Kubernetes, reason};
use crate::executor::{Ended, Job, Output, Reason};

impl Kubernetes {
    /// Looks for what an earlier runner left and finishes it. Says no when there is nothing to finish: the program never
    /// started, and may be started now.
    pub async fn take_over(&mut self, job: &Job, output: &Output, ended: &mut Ended) -> Result<bool, Reason> {
        let mut pods = self.cluster.pods(&pod::selector(job)).await?;
        if pods.is_empty() {
            // The dead runner's kubectl may have been in the middle of making it.
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            pods = self.cluster.pods(&pod::selector(job)).await?;
        }
        for state in pods {
            let name = state.metadata.name.clone();
            let Some(nonce) = state.metadata.annotations.get(NONCE).cloned() else {
                let message = format!(
                    "the pod {name} of an earlier run of this job is still there, and it ran without the recorder: its result cannot be taken over; look at it (`kubectl -n {} logs {name}`), delete it, and run the job again with job retry",
                    self.settings.namespace
                );
                self.leave = true;
                return Err(Reason { code: "RunnerDied", message });
            };
            // Whether it has one is not known; deleting one that is not there does no harm.
            let pod = Pod { name: name.clone(), nonce, recorded: true, secret: true };
            self.pod = Some(pod.clone());
            if state.metadata.deletion_timestamp.is_some() || state.status.phase == "Pending" {
                self.delete().await;
                continue;
            }
            output.notice(format!("taking over the pod {name} of an earlier runner that died")).await;
            let mut run = Run::new(&self.cluster, &self.settings, job, output, pod);
            let learned = if state.terminated().is_some() {
                let code = state.terminated().map_or(137, |terminated| terminated.exit_code);
                Learned::Container { code, reason: reason::of_end(&state) }
            } else {
                run.adopt().await?
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
}
