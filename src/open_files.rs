//! How many files this process may have open at once.

use std::io::PipeReader;
use std::io::PipeWriter;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

use crate::error::{Error, Kind, Result};

/// Fewer than these are not enough for any command, and are meant for nobody: somebody's limit for another program.
const FEW: u64 = 64;

/// How many there are then, where the hard limit lets us.
const USUAL: u64 = 1024;

/// So many files are open at once where a command finds what it needs: the runtime, signals, a database, a file to write.
const NEEDED: u64 = 10;

/// Raises a soft limit (`ulimit -Sn`) under which nothing can be done. Programs that are started have a usual one then, too.
pub fn raise_limit() {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    if soft < FEW.min(hard) {
        // What is too few is said by `require`.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard.min(USUAL), hard);
    }
}

/// Makes sure that a command can open what each command needs: what the runtime lacks when it starts would be a panic.
///
/// # Errors
/// The limit is too low, or whoever started us left too many files open.
pub fn require() -> Result<()> {
    if room().is_some_and(|room| room >= NEEDED) {
        return Ok(());
    }
    // Each has two ends.
    let pipes: std::io::Result<Vec<(PipeReader, PipeWriter)>> = (0..NEEDED / 2).map(|_| std::io::pipe()).collect();
    pipes.map(drop).map_err(|cause| {
        Error::new(Kind::Internal, "this process may not open as many files as a command needs").because(cause).hint(
            "Raise the limit: `ulimit -n 1024`, LimitNOFILE= of a service of systemd, --ulimit nofile= of a container",
        )
    })
}

/// How many more files may be opened, where the kernel counts those that are open: Linux does since 6.2.
fn room() -> Option<u64> {
    let open = std::fs::metadata("/proc/self/fd").ok()?.len();
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE).ok()?;
    (open > 0).then(|| soft.saturating_sub(open))
}
