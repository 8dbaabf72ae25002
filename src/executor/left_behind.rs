//! Processes that a job's program left running: in its process group, and those that left it (double-forked, `setsid`). As
//! a subreaper we become the parent of the latter, so none of them gets away.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use super::process::own_children;

/// Between TERM and KILL.
const GRACE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// So many native jobs run in this process.
static ACTIVE: AtomicUsize = AtomicUsize::new(0);

/// What one job's program leaves running. Dropped before it was ended, it is killed.
pub struct LeftBehind {
    directory: String,
    ended: bool,
}

impl LeftBehind {
    /// To be made before the program starts. From here on processes whose parents ended become our children; where the
    /// system cannot do that, only process groups are ended. `directory` is the job's own, which its environment names.
    pub fn new(directory: &Path) -> LeftBehind {
        ACTIVE.fetch_add(1, Ordering::SeqCst);
        let _ = nix::sys::prctl::set_child_subreaper(true);
        LeftBehind { directory: directory.display().to_string(), ended: false }
    }

    /// Kills all of it, without waiting.
    pub fn kill(&self) {
        for process in of(&self.directory).keys() {
            let _ = kill(Pid::from_raw(*process), Signal::SIGKILL);
        }
    }

    /// Ends all of it: TERM, then KILL. Tells the names of what was running.
    pub async fn end(&mut self) -> Vec<String> {
        self.ended = true;
        reap(&of(&self.directory));
        let mut left = of(&self.directory);
        let mut told: BTreeMap<i32, String> = BTreeMap::new();
        let begun = Instant::now();
        while !left.is_empty() && begun.elapsed() < GRACE * 2 {
            let late = begun.elapsed() >= GRACE;
            for (process, name) in &left {
                let known = told.insert(*process, name.clone()).is_some();
                if late || !known {
                    let signal = if late { Signal::SIGKILL } else { Signal::SIGTERM };
                    let _ = kill(Pid::from_raw(*process), signal);
                }
            }
            sleep(PAUSE).await;
            reap(&left);
            left = of(&self.directory);
        }
        told.into_values().collect()
    }
}

impl Drop for LeftBehind {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
        if ACTIVE.fetch_sub(1, Ordering::SeqCst) == 1 {
            let _ = nix::sys::prctl::set_child_subreaper(false);
        }
    }
}

/// Those that a job left, by their number, with their names. They are told from another job's that runs beside it in this
/// process by the directory that the job's environment names.
fn of(directory: &str) -> BTreeMap<i32, String> {
    let mine = format!("MULTIFLEXI_TMP={directory}\0");
    let own = own_children().clone();
    let alone = ACTIVE.load(Ordering::SeqCst) == 1;
    let mut found = BTreeMap::new();
    let mut parents: Vec<(i32, bool)> = vec![(std::process::id().cast_signed(), false)];
    while let Some((parent, is_ours)) = parents.pop() {
        for child in children(parent) {
            if own.contains(&child) || found.contains_key(&child) {
                continue;
            }
            let is_ours =
                is_ours || alone || environment(child).windows(mine.len()).any(|part| part == mine.as_bytes());
            if is_ours {
                found.insert(child, name(child));
            }
            parents.push((child, is_ours));
        }
    }
    found
}

fn children(parent: i32) -> Vec<i32> {
    let mut children = Vec::new();
    for task in std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
        let list = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.extend(list.split_whitespace().filter_map(|id| id.parse::<i32>().ok()));
    }
    children
}

fn environment(process: i32) -> Vec<u8> {
    std::fs::read(format!("/proc/{process}/environ")).unwrap_or_default()
}

fn name(process: i32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default().trim().to_owned()
}

/// Takes those that ended out of the process table.
fn reap(processes: &BTreeMap<i32, String>) {
    for process in processes.keys() {
        let _ = waitpid(Pid::from_raw(*process), Some(WaitPidFlag::WNOHANG));
    }
}
