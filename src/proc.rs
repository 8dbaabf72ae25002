//! Processes of this machine, as Linux tells of them in `/proc`. None is taken for another one: a number is given out again.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;
use std::sync::OnceLock;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use crate::failpoint;

/// A line of `/proc/PID/stat`, as far as it is of use here.
#[derive(Debug, PartialEq, Eq)]
pub struct Stat {
    /// The name of its program, at most 15 bytes of it.
    pub name: OsString,
    /// One letter: `R` runs, `Z` ended and was not waited for.
    state: u8,
    /// When it started, in ticks since the machine did.
    pub start: u64,
}

impl Stat {
    fn parse(line: &[u8]) -> Option<Stat> {
        // The name stands in parentheses and may hold any byte, parentheses and spaces too.
        let begin = line.iter().position(|byte| *byte == b'(')?;
        let end = line.iter().rposition(|byte| *byte == b')')?;
        let name = OsStr::from_bytes(line.get(begin.checked_add(1)?..end)?).to_owned();
        let mut fields = std::str::from_utf8(line.get(end.checked_add(1)?..)?).ok()?.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        // It is the 22nd field; the state was the third.
        let start = fields.nth(18)?.parse().ok()?;
        Some(Stat { name, state, start })
    }

    /// Does nothing of it run any more, though it is still in the table of processes?
    pub fn has_ended(&self) -> bool {
        matches!(self.state, b'Z' | b'X')
    }
}

/// What is known of a process. None where there is none of this number, or where it is another user's and those are hidden.
pub fn stat(pid: Pid) -> Option<Stat> {
    Stat::parse(&std::fs::read(folder(pid).join("stat")).ok()?)
}

/// Does the process of this number run that started at this tick?
///
/// Without a tick any process of that number will do.
pub fn is_alive(pid: Pid, start: Option<u64>) -> bool {
    match stat(pid) {
        Some(stat) => !stat.has_ended() && start.is_none_or(|start| start == stat.start),
        // Where /proc hides the processes of others, that there is one has to do.
        None => kill(pid, None) != Err(Errno::ESRCH),
    }
}

/// Where `/proc` has what is known of a process.
pub fn folder(pid: Pid) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}"))
}

/// All processes that are not hidden from this one.
pub fn all() -> impl Iterator<Item = Pid> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).map(Pid::from_raw)
}

/// The children of a process, whichever of its threads started them.
pub fn children(parent: Pid) -> Vec<Pid> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(folder(parent).join("task")).into_iter().flatten().flatten() {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(list.split_ascii_whitespace().filter_map(|id| id.parse().ok()).map(Pid::from_raw));
    }
    children
}

/// Is it a living process of this program, and not this one itself?
pub fn is_another_of_this_program(pid: Pid) -> bool {
    let program = |pid: Pid| {
        let path = std::fs::read_link(folder(pid).join("exe")).ok()?;
        let name = path.file_name()?.as_bytes();
        // One that was replaced meanwhile, by a newer version for instance.
        Some(name.strip_suffix(b" (deleted)").unwrap_or(name).to_owned())
    };
    pid != Pid::this() && program(pid).is_some_and(|other| program(Pid::this()) == Some(other))
}

/// The PID namespace of this process: containers have their own.
pub fn space() -> String {
    std::fs::read_link("/proc/self/ns/pid").unwrap_or_default().to_string_lossy().into_owned()
}

/// Names the time since the machine was started last; empty where that cannot be told.
pub fn boot() -> String {
    // A run that goes on notes it with each of its steps.
    static BOOT: OnceLock<String> = OnceLock::new();
    let read = || std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned());
    failpoint::boot().unwrap_or_else(|| BOOT.get_or_init(|| read().unwrap_or_default()).clone())
}

/// Is a signal ignored by this process, as far as the system tells?
pub fn ignores(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let bit = u32::try_from(signal.saturating_sub(1)).ok().and_then(|at| 1_u64.checked_shl(at));
    mask.zip(bit).is_some_and(|(mask, bit)| mask & bit != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_anything() {
        let line = |name: &[u8], state: &str| {
            let rest = format!(") {state} 1 7 7 0 -1 4194304 93 0 0 0 0 0 0 0 20 0 1 0 4242 5 6\n");
            [b"7 (".as_slice(), name, rest.as_bytes()].concat()
        };
        for name in [b"sleep".as_slice(), b"(a) b\xff)", b") Z 1 2", b"", b"a\nb"] {
            let stat = Stat::parse(&line(name, "S")).unwrap();
            assert_eq!((stat.name.as_bytes(), stat.start, stat.has_ended()), (name, 4242, false));
            assert!(Stat::parse(&line(name, "Z")).unwrap().has_ended());
        }
        for damaged in [b"".as_slice(), b"7", b"7 (a", b"7 )a(", b"7 (a)", b"7 (a) S 1 2"] {
            assert_eq!(Stat::parse(damaged), None);
        }
    }

    #[test]
    fn a_process_is_known_by_when_it_started() {
        let own = stat(Pid::this()).unwrap().start;
        assert!(is_alive(Pid::this(), Some(own)) && is_alive(Pid::this(), None));
        assert!(!is_alive(Pid::this(), Some(own + 1)));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let pid = Pid::from_raw(child.id().cast_signed());
        let start = stat(pid).map(|stat| stat.start);
        while stat(pid).is_some_and(|stat| !stat.has_ended()) {
            std::thread::yield_now();
        }
        // Before it is waited for, and after.
        assert!(!is_alive(pid, start) && !is_alive(pid, None));
        child.wait().unwrap();
        assert!(!is_alive(pid, start));
    }
}
