//! What the cluster, kubectl and helm say when something fails, as a reason.

pub mod pod_reason;
pub mod stderr;
