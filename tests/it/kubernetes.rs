//! Kubernetes jobs on a real cluster.
