//! What is asked of the cluster by way of kubectl, and how it is read.

pub mod client;
mod identity;
pub mod node;
pub mod orphan;
pub mod own_version;
pub mod pod_status;
pub mod pod_watch;
pub mod queries;
pub mod reachable;
