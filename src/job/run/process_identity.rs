//! Whether the process that a record names is still the same one, on this machine.

use std::path::Path;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

/// Is there a process of this number that started at this tick? Numbers are given out again.
pub fn is_alive(pid: Pid, start: Option<u64>) -> bool {
    // Where /proc hides other users' processes, that there is one has to do.
    kill(pid, None) != Err(Errno::ESRCH)
        && start_of(pid.as_raw().into()).is_none_or(|found| start.is_none_or(|start| start == found))
}

/// When a process started, in ticks since the machine did. None where that is hidden; a process that ended and was not
/// waited for yet has no start either: nothing runs any more.
pub fn start_of(pid: i64) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) { Some(0) } else { fields.get(19)?.parse().ok() }
}

/// The PID namespace of this process: containers have their own.
pub fn space() -> String {
    std::fs::read_link(Path::new("/proc/self/ns/pid")).unwrap_or_default().to_string_lossy().into_owned()
}

/// Is this a living process of this program? Only then is a job that it began still looked after.
pub fn is_our_runner(pid: i64) -> bool {
    let own = std::fs::read_link("/proc/self/exe").ok();
    let name = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().replace(" (deleted)", ""));
    let other = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    pid != i64::from(std::process::id())
        && other.is_some()
        && other.as_deref().and_then(name) == own.as_deref().and_then(name)
}
