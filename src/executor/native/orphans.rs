//! Processes that a job's program left running: in its process group, and those that left it (double-forked, `setsid`). As
//! a subreaper we become the parent of the latter, so none of them gets away.

use std::collections::BTreeMap;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::executor::process::own_children;

/// Between TERM and KILL.
const GRACE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(20);

/// What a native job's program leaves running. Dropped before it was ended, it is killed. There is one at a time: a
/// process runs one job after the other.
pub struct Orphans {
    ended: bool,
}

impl Orphans {
    /// To be made before the program starts. From here on processes whose parents ended become our children; where the
    /// system cannot do that, only process groups are ended.
    pub fn new() -> Orphans {
        let _ = nix::sys::prctl::set_child_subreaper(true);
        Orphans { ended: false }
    }

    /// Kills all of it, without waiting.
    pub fn kill(&self) {
        for process in descendants().keys() {
            let _ = kill(Pid::from_raw(*process), Signal::SIGKILL);
        }
    }

    /// Ends all of it: TERM, then KILL. Tells the names of what was running.
    pub async fn end(&mut self) -> Vec<String> {
        self.ended = true;
        reap(&descendants());
        let mut left = descendants();
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
            left = descendants();
        }
        told.into_values().collect()
    }
}

impl Drop for Orphans {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
        let _ = nix::sys::prctl::set_child_subreaper(false);
    }
}

/// Does nothing descend from us?
pub fn is_none() -> bool {
    own_children().is_empty() && descendants().is_empty()
}

/// All that descends from us and is no child that we started ourselves, by its number, with its name.
fn descendants() -> BTreeMap<i32, String> {
    let own = own_children().clone();
    let mut found = BTreeMap::new();
    let mut parents = vec![std::process::id().cast_signed()];
    while let Some(parent) = parents.pop() {
        for child in children(parent) {
            if !own.contains(&child) && !found.contains_key(&child) {
                found.insert(child, name(child));
                parents.push(child);
            }
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

fn name(process: i32) -> String {
    std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default().trim().to_owned()
}

/// Takes those that ended out of the process table.
fn reap(processes: &BTreeMap<i32, String>) {
    for process in processes.keys() {
        let _ = waitpid(Pid::from_raw(*process), Some(WaitPidFlag::WNOHANG));
    }
}
