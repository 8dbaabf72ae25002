//! Runs the program without the recorder, in an image that lacks what the recorder needs. Its output comes from the pod's
//! log, complete, but with both streams in one.

use std::time::Duration;

use tokio::process::Command;
use tokio::time::{Instant, sleep, timeout};

use super::attach;
use super::node::Node;
use super::reason;
use super::run::{Learned, Run};
use crate::executor::{Reason, Stream};

const UNREACHABLE: Duration = Duration::from_secs(180);
/// A job that takes longer is worth a kubectl that waits for news of its node.
const SHORT_JOB: Duration = Duration::from_secs(10);
/// So long the log of a pod on a lost node is read before the node is looked at again.
const LOST: Duration = Duration::from_secs(10);

impl Run<'_> {
    /// Runs the program as the container's own. An error means that it never started.
    pub async fn plain(&mut self, command: Command) -> Result<Learned, Reason> {
        let side = self.side_tasks();
        tokio::select! {
            biased;
            learned = self.logged(command) => learned,
            () = side => {
                let message = format!("the program in pod {} was ended by its time limit", self.pod.name);
                Ok(Learned::Lost(Reason { code: "TimeLimit", message }))
            }
        }
    }

    async fn logged(&mut self, command: Command) -> Result<Learned, Reason> {
        let said = self.cluster.call(command, "kubectl run", None, super::cluster::SHORT).await?;
        if !said.ok() {
            let what = format!("the job's pod could not be run in namespace {}", self.settings.namespace);
            return Err(self.cluster.explain(&what, &said));
        }
        let (cluster, name, image) = (self.cluster.clone(), self.pod.name.clone(), self.settings.image.clone());
        let output = self.output.clone();
        let watch = attach::watch_start(&cluster, &name, &image, self.settings.start_limit, &output);
        tokio::pin!(watch);
        tokio::select! {
            reason = &mut watch => return Err(reason),
            _ = self.wait_for(false) => {}
        }
        let mut delivered = 0;
        let mut unreachable_since: Option<Instant> = None;
        let mut node = Node::new(self);
        loop {
            // Looked at first, so that a log read after the end holds everything.
            match self.cluster.pod(&self.pod.name).await {
                Ok(None) => return Ok(Learned::Lost(reason::deleted(&self.pod.name))),
                Ok(Some(state)) => {
                    unreachable_since = None;
                    let over =
                        state.terminated().is_some() || matches!(state.status.phase.as_str(), "Failed" | "Succeeded");
                    if over && reason::of_end(&state).is_some_and(|reason| reason.code == "StartError") {
                        return Err(reason::of_end(&state).unwrap_or_else(|| reason::deleted(&self.pod.name)));
                    }
                    self.set_started();
                    if !state.on_lost_node() {
                        node.answers(self).await;
                    } else if let Some(reason) = node.look(self, &state).await {
                        return Ok(Learned::Unknown(reason));
                    }
                    let read = if node.is_lost() {
                        timeout(LOST, self.follow_log(&mut delivered)).await.unwrap_or(false)
                    } else {
                        let lost = async {
                            sleep(SHORT_JOB).await;
                            node.lost().await;
                        };
                        tokio::select! {
                            read = self.follow_log(&mut delivered) => read,
                            () = lost => false,
                        }
                    };
                    if over && read {
                        let code = state.terminated().map_or(137, |terminated| terminated.exit_code);
                        return Ok(Learned::Container { code, reason: reason::of_end(&state) });
                    }
                }
                Err(reason) => {
                    let since = *unreachable_since.get_or_insert_with(Instant::now);
                    if since.elapsed() > UNREACHABLE {
                        return Ok(Learned::Unknown(reason));
                    }
                }
            }
            sleep(Duration::from_millis(300)).await;
        }
    }

    /// Waits until the container runs or has ended.
    async fn wait_for(&self, ended: bool) {
        loop {
            if let Ok(Some(state)) = self.cluster.pod(&self.pod.name).await
                && (state.terminated().is_some() || !ended && state.running() || state.status.phase == "Failed")
            {
                return;
            }
            sleep(Duration::from_millis(300)).await;
        }
    }

    /// Reads the log from its beginning, hands on what is new, and follows it to its end. Dropped in the middle, it has
    /// counted what it handed on.
    pub async fn follow_log(&self, delivered: &mut u64) -> bool {
        let mut skip = *delivered;
        self.read_log(true, async |bytes| {
            let old = usize::try_from(skip).unwrap_or(usize::MAX).min(bytes.len());
            skip -= old as u64;
            if old < bytes.len() {
                self.output.write(Stream::Stdout, &bytes[old..]).await;
                *delivered += (bytes.len() - old) as u64;
            }
        })
        .await
    }
}
