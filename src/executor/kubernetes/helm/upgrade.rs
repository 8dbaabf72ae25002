//! One turn at deploying the application's chart.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd as _;

use tokio::process::Command;

use super::failure::{failure, gather_faults, is_busy, pod_faults};
use super::{Deployment, Release, timeout_argument, whole_numbers};
use crate::chart_values;
use crate::executor::kubernetes::errors::stderr;
use crate::executor::kubernetes::kubectl::client::{Cluster, SHORT};
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::process::Captured;
use crate::executor::reason::Cancellation;
use crate::executor::versions;
use crate::executor::{Output, Reason};
use crate::secret::without_url_password;

/// Lines of helm's output that become notices.
const LINES_MAX: usize = 60;

/// How one turn at deploying went.
pub enum UpgradeResult {
    Done,
    /// Somebody else is at it, in helm's words.
    Busy(String),
    /// We may not make namespaces, not even one that is there.
    NoNamespaces,
}

impl Deployment<'_> {
    /// Runs helm once; it makes what is missing, and the namespace where that is wanted.
    ///
    /// # Errors
    /// The chart's values or a file for helm cannot be used, helm cannot be started or fails, or the job was cancelled meanwhile.
    pub async fn upgrade(&self, release: &Release, create_namespace: bool) -> Result<UpgradeResult, Reason> {
        let Deployment { cluster, settings, output, .. } = *self;
        let Some(chart) = &settings.chart else { return Ok(UpgradeResult::Done) };
        let name = &settings.release;
        // Not --set for all of them: they may be secret, and argv is for everybody to read.
        let values = private_values(settings)?;
        let mut command = command(cluster, settings, release).await?;
        if create_namespace {
            command.arg("--create-namespace");
        }
        if let Some(values) = &values {
            // It has no name, so that nothing of it stays however this process ends.
            command.arg("--values").arg(format!("/proc/{}/fd/{}", std::process::id(), values.as_raw_fd()));
        }
        for argument in whole_numbers::arguments(self::values(settings)?, &self.job.environment) {
            command.arg("--set").arg(argument);
        }
        // Behind the options.
        command.args(["--", name, chart]);
        // The turn that does not make the namespace is the one before once more, and that told of it.
        if create_namespace {
            output
                .notice(format!("helm: deploying {chart} as release {name} in namespace {}", settings.namespace))
                .await;
        }
        let (captured, mut faults) = self.run_watched(command).await?;
        let stderr = captured.stderr_text();
        if create_namespace && stderr.contains("is forbidden: ") && stderr.contains("resource \"namespaces\"") {
            return Ok(UpgradeResult::NoNamespaces);
        }
        report(&captured, output).await;
        if self.stop.is_cancelled() {
            return Err(Reason::Cancelled(Cancellation::Deploying { release: name.clone() }));
        }
        if captured.ok() {
            return Ok(UpgradeResult::Done);
        }
        if is_busy(&stderr) {
            return Ok(UpgradeResult::Busy(stderr::tidy(&stderr)));
        }
        // A rollback may have removed the pods by now; then what was seen meanwhile counts.
        if settings.wait && !stderr::is_unreachable(&stderr) {
            let now = pod_faults(cluster, name).await;
            faults = if now.is_empty() { faults } else { now };
        }
        Err(failure(cluster, settings, chart, &captured, faults))
    }

    /// Runs helm, and looks meanwhile at what keeps the release's pods from being ready: the last that was seen.
    async fn run_watched(&self, command: Command) -> Result<(Captured, Vec<String>), Reason> {
        let Deployment { cluster, settings, output, .. } = *self;
        let name = &settings.release;
        let run = self.stop.run_guarded(cluster, command, settings.timeout * 2 + SHORT);
        tokio::pin!(run);
        let mut faults = std::pin::pin!(gather_faults(cluster, name, output));
        let mut seen = Vec::new();
        loop {
            tokio::select! {
                captured = &mut run => return Ok((captured?, seen)),
                found = &mut faults => { seen = found; faults.set(gather_faults(cluster, name, output)); }
            }
        }
    }
}

/// helm's call, as far as the definition says it.
async fn command(cluster: &Cluster, settings: &KubernetesSettings, release: &Release) -> Result<Command, Reason> {
    let mut command = cluster.helm();
    if settings.upgrade_install || *release == Release::Failed {
        command.args(["upgrade", "--install"]);
    } else {
        command.arg("install");
    }
    command.arg(timeout_argument(settings.timeout));
    if settings.wait {
        command.arg("--wait");
    }
    if settings.atomic {
        command.arg(atomic_flag(cluster).await?);
    }
    if let Some(version) = &settings.chart_version {
        command.arg(format!("--version={version}"));
    }
    let files = [
        ("registryConfig", "--registry-config", &settings.registry_config),
        ("caFile", "--ca-file", &settings.ca_file),
    ];
    for (key, option, path) in files {
        let Some(path) = path else { continue };
        // helm takes a login file that is not there for one without any login.
        std::fs::File::open(path).map_err(|cause| Reason::HelmFile {
            key,
            path: path.clone(),
            cause: cause.to_string(),
        })?;
        command.arg(option).arg(path);
    }
    for file in &settings.values_files {
        command.args(["--values", file]);
    }
    Ok(command)
}

/// helm 4 renamed the flag, and warns of the old name.
async fn atomic_flag(cluster: &Cluster) -> Result<&'static str, Reason> {
    let mut command = cluster.helm();
    command.args(["version", "--short"]);
    let captured = cluster.call(command, "helm version", None, SHORT).await?;
    let version = versions::parse(captured.stdout_text().trim());
    // Where it does not tell, the old name is taken by both.
    Ok(if version.is_some_and(|(major, _)| major >= 4) { "--rollback-on-failure" } else { "--atomic" })
}

/// The definition's values for the chart.
///
/// # Errors
/// The definition's values are not valid; the reason says why.
pub fn values(settings: &KubernetesSettings) -> Result<&serde_json::Value, Reason> {
    settings.values.as_ref().map_err(|why| Reason::ChartValues(why.clone()))
}

/// Looks at the names of the files of values.
///
/// # Errors
/// One is a URL: helm would try for ever to fetch it, and call that an unreachable cluster.
pub fn check_files(cluster: &Cluster, settings: &KubernetesSettings) -> Result<(), Reason> {
    for file in &settings.values_files {
        chart_values::check_file(file).map_err(|why| {
            let what = format!("the values file {} cannot be used", without_url_password(file));
            Reason::ValuesFile(cluster.failure(&what, format!("it {why}")))
        })?;
    }
    Ok(())
}

fn private_values(settings: &KubernetesSettings) -> Result<Option<File>, Reason> {
    let values = values(settings)?;
    if values.as_object().is_none_or(serde_json::Map::is_empty) {
        return Ok(None);
    }
    let make = || -> std::io::Result<File> {
        let mut file = tempfile::tempfile()?;
        file.write_all(values.to_string().as_bytes())?;
        Ok(file)
    };
    make().map(Some).map_err(|error| Reason::TemporaryFile(error.to_string()))
}

/// helm's words as notices.
async fn report(captured: &Captured, output: &Output) {
    let (stdout, stderr) = (captured.stdout_text(), captured.stderr_text());
    for line in stderr.lines().chain(stdout.lines()).map(str::trim_end).filter(|line| !line.is_empty()).take(LINES_MAX)
    {
        output.notice(format!("helm: {line}")).await;
    }
}
