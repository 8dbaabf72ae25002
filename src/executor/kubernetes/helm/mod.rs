//! Deploys the application's chart before the job where it is not deployed yet.

pub mod failure;
pub mod upgrade;
mod whole_numbers;

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use super::errors::stderr;
use super::kubectl::client::{Cluster, SHORT};
use super::settings::{KubernetesSettings, RELEASE_NAME_MAX};
use crate::executor::process::Captured;
use crate::executor::reason::PendingRelease;
use crate::executor::{Cancel, Job, Output, Reason};
use upgrade::UpgradeResult;

/// Between two looks at a release that somebody else is working on.
const POLL: Duration = Duration::from_secs(2);
/// What a helm that keeps to the time limit may need beyond it to say that it failed.
const SLACK: Duration = Duration::from_secs(5);
/// How often a deployment is tried again because somebody else was at it.
const TURNS: usize = 5;

/// What `helm status` knows of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Release {
    Absent,
    Deployed,
    /// A deployment failed, or was taken back: to be deployed again.
    Failed,
    /// `pending-install`, `pending-upgrade`, `pending-rollback`, `uninstalling`.
    Pending {
        state: String,
        revision: i64,
        since: Option<chrono::DateTime<chrono::FixedOffset>>,
    },
}

/// Looks at the release. Only helm's plain "not found" means that it is not there: everything else that goes wrong is an error.
///
/// # Errors
/// The release's name is longer than helm takes, helm cannot be started or fails, or what it says cannot be read.
pub async fn status(cluster: &Cluster, settings: &KubernetesSettings) -> Result<Release, Reason> {
    #[derive(Deserialize)]
    struct Status {
        info: Info,
        #[serde(default)]
        version: i64,
    }
    #[derive(Deserialize)]
    struct Info {
        status: String,
        #[serde(default)]
        last_deployed: String,
    }
    let release = &settings.release;
    if release.len() > RELEASE_NAME_MAX {
        return Err(Reason::ReleaseName { name: release.clone(), limit: RELEASE_NAME_MAX });
    }
    let mut command = cluster.helm();
    command.args(["status", "-o", "json", "--", release]);
    let captured = cluster.call(command, "helm status", None, SHORT).await?;
    if !captured.ok() {
        if stderr::lines(&captured.stderr_text()).iter().any(|line| line == "release: not found") {
            return Ok(Release::Absent);
        }
        return Err(cluster.explain_helm(
            &format!("the helm release {release} in namespace {} cannot be looked at", settings.namespace),
            &captured,
        ));
    }
    let status: Status = serde_json::from_slice(&captured.stdout).map_err(|error| {
        let what = format!("what `helm status {release} -o json` says cannot be read");
        Reason::Failed(cluster.failure(&what, error.to_string()))
    })?;
    Ok(match status.info.status.as_str() {
        "deployed" => Release::Deployed,
        "failed" | "superseded" | "uninstalled" | "unknown" => Release::Failed,
        state => Release::Pending {
            state: state.to_owned(),
            revision: status.version,
            since: chrono::DateTime::parse_from_rfc3339(&status.info.last_deployed).ok(),
        },
    })
}

/// A deployment of the application's chart.
#[derive(Clone, Copy)]
pub struct Deployment<'a> {
    pub cluster: &'a Cluster,
    pub settings: &'a KubernetesSettings,
    pub job: &'a Job,
    pub output: &'a Output,
    pub stop: &'a CancelGuard,
}

impl Deployment<'_> {
    /// Brings the release to `deployed`, beginning with what [`status`] said.
    ///
    /// # Errors
    /// The job was cancelled, helm cannot be started or does not bring it about, or somebody else kept the release busy for too long. A
    /// release that was begun stays as helm left it.
    pub async fn run(&self, mut release: Release) -> Result<(), Reason> {
        let begun = Instant::now();
        let mut create_namespace = true;
        for _ in 0..TURNS {
            if matches!(release, Release::Pending { .. }) {
                release = self.settle(release, begun).await?;
            }
            if release == Release::Deployed {
                return Ok(());
            }
            match self.upgrade(&release, create_namespace).await? {
                UpgradeResult::Done => return Ok(()),
                // A user who may not make namespaces has one made by somebody else.
                UpgradeResult::NoNamespaces => {
                    create_namespace = false;
                    continue;
                }
                UpgradeResult::Busy(message) => {
                    self.output.notice(format!("helm: {message}; waiting for it")).await;
                    sleep(POLL).await;
                }
            }
            release = status(self.cluster, self.settings).await?;
        }
        Err(self.busy(begun))
    }

    fn busy(&self, begun: Instant) -> Reason {
        let (release, namespace) = (self.settings.release.clone(), self.cluster.namespace());
        Reason::HelmBusy { release, namespace, waited: begun.elapsed() }
    }

    /// Waits until nobody works on the release any more.
    ///
    /// A revision that has been pending for longer than helm's own time limit is dead; how long we have waited says nothing of
    /// that, for it may be somebody's next one.
    async fn settle(&self, mut release: Release, begun: Instant) -> Result<Release, Reason> {
        let Deployment { cluster, settings, output, .. } = *self;
        let name = &settings.release;
        let limit = settings.timeout + SLACK;
        let mut told = false;
        let mut seen = (0, Instant::now());
        while let Release::Pending { state, revision, since } = &release {
            if seen.0 != *revision {
                seen = (*revision, Instant::now());
            }
            let age = since
                .and_then(|since| (chrono::Utc::now() - since.to_utc()).to_std().ok())
                .unwrap_or_else(|| seen.1.elapsed());
            if age >= limit {
                let first = *revision <= 1 || state == "pending-install" || state == "uninstalling";
                let verb = if first { "uninstall" } else { "rollback" };
                let pending = PendingRelease {
                    release: name.clone(),
                    namespace: cluster.namespace(),
                    state: state.clone(),
                    age,
                    verb,
                };
                if !settings.repair_release {
                    return Err(Reason::ReleasePending(Box::new(pending)));
                }
                output.notice(format!("{pending}; mending it with helm {verb}")).await;
                let mut command = cluster.helm();
                command.args([verb, "--wait", &timeout_argument(settings.timeout), "--", name]);
                let captured = cluster.call(command, &format!("helm {verb}"), None, settings.timeout + SHORT).await?;
                if !captured.ok() {
                    return Err(cluster.explain_helm(&format!("helm {verb} {name} failed"), &captured));
                }
                return status(cluster, settings).await;
            }
            if begun.elapsed() >= limit {
                return Err(self.busy(begun));
            }
            if !told {
                told = true;
                let end = if state == "uninstalling" { "gone" } else { "deployed" };
                output.notice(format!("helm: the release {name} is {state}; waiting until it is {end}")).await;
            }
            sleep(POLL).await;
            release = status(cluster, settings).await?;
        }
        Ok(release)
    }
}

/// The option by which helm gives up after so long: in whole seconds, and at least one.
pub fn timeout_argument(timeout: Duration) -> String {
    format!("--timeout={}s", timeout.as_secs().max(1))
}

/// Ends a helm that is deploying in good order when the job is cancelled.
///
/// A helm that is killed leaves the release pending, and every later job would have to wait for it.
#[derive(Clone)]
pub struct CancelGuard {
    cancel: Cancel,
    busy: Rc<Cell<bool>>,
}

impl CancelGuard {
    /// For the helm calls of a job that is cancelled by this; none of them runs yet.
    pub fn new(cancel: &Cancel) -> CancelGuard {
        CancelGuard { cancel: cancel.clone(), busy: Rc::default() }
    }

    /// Is a helm deploying, which is to be waited for?
    pub fn busy(&self) -> bool {
        self.busy.get()
    }

    /// Has the user wanted the job ended?
    pub fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    /// Runs a helm that may be in the middle of it when the job is cancelled.
    ///
    /// # Errors
    /// helm cannot be started or waited for. That it failed, or was asked to end, is for [`Captured`] to tell.
    pub async fn run_guarded(&self, cluster: &Cluster, command: Command, limit: Duration) -> Result<Captured, Reason> {
        self.busy.set(true);
        let captured = cluster.call_until(command, "helm upgrade", None, limit, async {
            self.cancel.cancelled().await;
        });
        let captured = captured.await;
        self.busy.set(false);
        captured
    }
}
