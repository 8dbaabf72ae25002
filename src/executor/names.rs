//! The executors' names, as the suite writes them.

/// Runs the program on this machine.
pub const NATIVE: &str = "Native";
/// Runs it in a pod.
pub const KUBERNETES: &str = "Kubernetes";
/// Runs it in a container of Docker's.
pub const DOCKER: &str = "Docker";
/// Runs it in a container of Podman's.
pub const PODMAN: &str = "Podman";

/// Are jobs for this executor run by this tool? The suite has others, `Azure` for one.
pub fn is_ours(name: &str) -> bool {
    [NATIVE, KUBERNETES, DOCKER, PODMAN].contains(&name)
}

/// Why a job for another executor waits.
pub fn foreign(name: &str) -> String {
    format!("this tool does not run jobs for {name}; the suite's executor does")
}
