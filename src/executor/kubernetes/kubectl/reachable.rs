//! Does the API server answer at all? That is asked before anything of a job is begun: of a call that makes a pod and fails for want
//! of an answer nobody can tell whether it made the pod, and the job would have to end. Of one that only asks it is plain that
//! nothing was done, and the job can wait.

use std::time::Duration;

use serde_json::Value;

use super::client::Cluster;
use super::own_version;
use crate::executor::Reason;
use crate::executor::reason::{Route, Unreachable};
use crate::http;

/// An API server answers this within some milliseconds.
const LIMIT: Duration = Duration::from_secs(3);
/// What it says of its version, or of why it does not tell, is shorter.
const KEEP: u64 = 64 * 1024;
/// kubectl says only in its log that it was a proxy which refused, and not the cluster.
const VERBOSE: &str = "-v=4";

impl Cluster {
    /// Asks the API server for its version, without a kubectl, which would cost as much as the one that makes the pod.
    ///
    /// Where that brings no answer of an API server kubectl is asked all the same: it may know a better way. `what` could not
    /// be done.
    ///
    /// # Errors
    /// The API server does not answer, or another program answers in its place; or it does not take the credentials.
    pub async fn check_reachable(&self, what: &str) -> Result<(), Reason> {
        if let Some(address) = self.address()
            && answers(&address).await
        {
            return Ok(());
        }
        let captured = self.query(&[&own_version::BOTH[..], &[VERBOSE]].concat()).await?;
        if own_version::read(&captured.stdout).1.is_some() {
            return Ok(());
        }
        match self.explain(what, &captured) {
            // Only an API server says so.
            Reason::Forbidden { .. } => Ok(()),
            // These are no words of an API server: of a proxy's error page, for instance, that it is no JSON.
            Reason::Failed(failure) => {
                Err(Reason::ClusterUnreachable(Unreachable::Refused { failure, way: Route::Direct, is_sent: false }))
            }
            reason => Err(reason),
        }
    }
}

/// Does an API server answer there? Without credentials it may only say that it does not tell.
async fn answers(server: &str) -> bool {
    let answer = http::peek(format!("{}/version", server.trim_end_matches('/')), LIMIT, KEEP).await;
    tracing::debug!(status = ?answer.as_ref().map(|(status, _)| *status), "asked whether the API server answers");
    let Ok((200..=499, body)) = answer else { return false };
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    said["gitVersion"].is_string() || said["kind"] == "Status"
}
