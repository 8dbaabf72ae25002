//! The executors' names, as the suite writes them.

pub const NATIVE: &str = "Native";
pub const KUBERNETES: &str = "Kubernetes";
pub const DOCKER: &str = "Docker";
pub const PODMAN: &str = "Podman";
