//! A job's output on its way from the pod: the recorder that keeps it, the attached streams, and the rest of them after a break.

pub mod attach;
pub mod checksum;
pub mod klog;
pub mod log;
pub mod marks;
pub mod recorder;
pub mod resume;
pub mod unrecorded;
