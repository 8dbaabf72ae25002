//! The executors' names, as the suite writes them.

pub const NATIVE: &str = "Native";
pub const KUBERNETES: &str = "Kubernetes";
pub const DOCKER: &str = "Docker";
pub const PODMAN: &str = "Podman";

/// Are jobs for this executor run by this tool? The suite has others, `Azure` for one.
pub fn is_ours(name: &str) -> bool {
    [NATIVE, KUBERNETES, DOCKER, PODMAN].contains(&name)
}

/// Why a job for another executor waits.
pub fn foreign(name: &str) -> String {
    format!("this tool does not run jobs for {name}; the suite's executor does")
}
