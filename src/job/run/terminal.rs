//! Where a running job's output goes beside the database.

use crate::executor::Stream;

/// Where a running job's output goes beside the database.
pub trait Terminal {
    fn show(&self, stream: Stream, bytes: &[u8]);
}
