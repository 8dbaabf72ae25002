//! The programs that run jobs: whether they are here, and of which version.

use std::time::Duration;

use tokio::process::Command;

use crate::commands::doctor::finding::{Finding, Needs, limit};
use crate::executor::ExecutorName;
use crate::executor::kubernetes::kubectl::own_version;
use crate::executor::process::{self, Captured, capture};
use crate::executor::versions::{self, HELM, KUBECTL, Tried, Version};

/// What is kept of a program's words.
const WORDS: usize = 16 * 1024;

/// What was found of a program.
enum Probe {
    Missing,
    /// It said this of its version.
    Said(String),
    /// Why it does not work.
    Fault(String),
}

/// The programs that executors call, as they were found on this machine.
pub struct Tools {
    kubectl: Probe,
    helm: Probe,
    podman: Probe,
    docker: Probe,
}

/// Asks all of them at once.
pub async fn probe_all() -> Tools {
    let (kubectl, helm, podman, docker) = tokio::join!(
        probe("kubectl", &["version", "--client", "-o", "json"]),
        probe("helm", &own_version::HELM),
        // Not their own versions: whether jobs can be run shows in what stands behind them.
        probe("podman", &["info", "--format", "{{.Version.Version}}"]),
        probe("docker", &["version", "--format", "{{.Server.Version}}"]),
    );
    Tools { kubectl, helm, podman, docker }
}

async fn probe(program: &'static str, arguments: &[&str]) -> Probe {
    if !process::is_in_path(program) {
        return Probe::Missing;
    }
    let mut command: Command = process::command(program);
    command.args(arguments);
    match capture(command, None, limit(), WORDS).await {
        Err(cause) => Probe::Fault(format!("{program} cannot be started: {cause}")),
        Ok(said) if said.timed_out => Probe::Fault(no_answer(program, limit())),
        Ok(said) if !said.ok() => Probe::Fault(format!("{program} does not work: {}", failure_line(&said))),
        Ok(said) => Probe::Said(said.stdout_text().trim().to_owned()),
    }
}

/// That a program says nothing.
pub fn no_answer(what: &str, limit: Duration) -> String {
    format!("{what} has not answered within {} s", limit.as_secs())
}

/// The last of what a program said of why it failed.
pub fn failure_line(said: &Captured) -> String {
    let text = said.stderr_text();
    let line = text.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or_else(|| format!("it ended with {}", said.code.unwrap_or(-1)), |line| line.trim().to_owned())
}

impl Tools {
    /// Is kubectl there, and does it work?
    pub fn has_kubectl(&self) -> bool {
        matches!(self.kubectl, Probe::Said(_))
    }

    /// Without knowing what is needed, nothing is missing.
    pub fn judge(&self, needs: Option<&Needs>) -> Vec<Finding> {
        let mut found = vec![client(&KUBECTL, &self.kubectl, needs), client(&HELM, &self.helm, needs)];
        let engines = [("podman", ExecutorName::Podman, &self.podman), ("docker", ExecutorName::Docker, &self.docker)];
        found.extend(engines.map(|(program, executor, found)| engine(program, &executor, found, needs)));
        found
    }
}

fn client(tried: &Tried, found: &Probe, needs: Option<&Needs>) -> Finding {
    let is_needed = needs.is_some_and(|needs| needs.executor(&ExecutorName::Kubernetes));
    let program = tried.name;
    let (major, minor) = tried.least();
    let remedy = format!("Install {program} {major}.{minor} or newer, into a folder of PATH");
    let said = match found {
        Probe::Missing if is_needed => {
            return Finding::bad(program, "not found in PATH, and jobs in Kubernetes need it", remedy);
        }
        Probe::Missing => return Finding::unused(program, format!("not found in PATH; {}", Needs::none(needs))),
        Probe::Fault(why) => return Finding::missing(program, is_needed, why.as_str(), remedy),
        Probe::Said(said) => said,
    };
    let Some((name, version)) = version(said) else {
        return Finding::doubtful(program, format!("its version cannot be read: {said:?}"), remedy);
    };
    if version < tried.least() {
        return Finding::missing(program, is_needed, format!("{name} is too old"), remedy);
    }
    if !tried.has(version) {
        let lines = tried.lines();
        let remedy = format!("It will most likely work; if jobs are recorded oddly, try one of {lines}");
        return Finding::doubtful(program, format!("{name}, which was never tested with this tool"), remedy);
    }
    Finding::good(program, name)
}

/// The name of a version in what a program said, and its first two numbers: `v1.35.0`, or `"gitVersion": "v1.35.0"`.
fn version(said: &str) -> Option<(String, Version)> {
    let name = own_version::read(said.as_bytes()).0.unwrap_or_else(|| said.to_owned());
    let version = versions::parse(&name)?;
    Some((name, version))
}

fn engine(program: &'static str, executor: &ExecutorName, found: &Probe, needs: Option<&Needs>) -> Finding {
    let is_needed = needs.is_some_and(|needs| needs.executor(executor));
    match found {
        Probe::Missing if is_needed => Finding::bad(
            program,
            format!("not found in PATH, and active runtemplates have the executor {executor}"),
            format!("Install {program}, or give those runtemplates another executor"),
        ),
        Probe::Missing => Finding::unused(program, format!("not found in PATH; {}", Needs::none(needs))),
        Probe::Said(version) => Finding::good(program, version.as_str()),
        Probe::Fault(why) if is_needed => {
            Finding::bad(program, why.as_str(), format!("Make `{program} info` work for this user"))
        }
        Probe::Fault(why) => Finding::unused(program, format!("{why}; {}", Needs::none(needs))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let read = |said| version(said).map(|(_, version)| version);
        assert_eq!(read("{\"clientVersion\": {\"gitVersion\": \"v1.35.0-eks-1\"}}"), Some((1, 35)));
        assert_eq!(read("no version"), None);
        let needs = Needs { executors: vec![ExecutorName::Kubernetes], namespaces: Vec::new() };
        let state = |tried, said: &str, is_needed: bool| {
            client(tried, &Probe::Said(said.into()), is_needed.then_some(&needs)).state.word()
        };
        assert_eq!(state(&KUBECTL, "v1.32.0", true), "ok");
        assert_eq!(state(&KUBECTL, "v1.31.9", true), "fail");
        assert_eq!(state(&KUBECTL, "v1.31.9", false), "warn");
        assert_eq!(state(&KUBECTL, "v1.99.0", true), "warn");
        assert_eq!(state(&HELM, "v4.0.1", true), "warn");
        assert_eq!(state(&HELM, "v3.16.0", true), "fail");
    }
}
