//! Processes that a job's program left running: in its process group, and those that left it (double-forked, `setsid`). As
//! a subreaper we become the parent of the latter, so none of them gets away.
//!
//! Children that we have since before we were this program are others': a shell that put us into its own place (`exec`) may have
//! started some, such as the `tee` that our output goes through.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;
use tokio::time::{Instant, sleep};

use crate::executor::process::own_children;
use crate::proc::{self, Stat};

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
        note_inherited();
        let _ = nix::sys::prctl::set_child_subreaper(true);
        Orphans { ended: false }
    }

    /// Kills all of it, without waiting.
    pub fn kill(&self) {
        for process in descendants().keys() {
            let _ = kill(*process, Signal::SIGKILL);
        }
    }

    /// Ends all of it: TERM, then KILL. Tells the names of what was running.
    pub async fn end(&mut self) -> Vec<String> {
        self.ended = true;
        reap(&descendants());
        let mut left = descendants();
        let mut told: BTreeMap<Pid, String> = BTreeMap::new();
        let begun = Instant::now();
        while !left.is_empty() && begun.elapsed() < GRACE * 2 {
            let late = begun.elapsed() >= GRACE;
            for (process, name) in &left {
                let known = told.insert(*process, name.clone()).is_some();
                if late || !known {
                    let signal = if late { Signal::SIGKILL } else { Signal::SIGTERM };
                    let _ = kill(*process, signal);
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

/// Does nothing descend from us that a job may have left?
pub fn is_none() -> bool {
    own_children().is_empty() && descendants().is_empty()
}

/// A process as no other one is: its number, which is given out again, and when it started, in ticks since the machine did. None
/// where that is hidden.
type Process = (Pid, Option<u64>);

/// The children that we had before we were this program, and all that descended from them when we looked.
static INHERITED: OnceLock<BTreeSet<Process>> = OnceLock::new();

/// Notes which processes are none of a job's. To be called before the first job's program starts, and before processes whose parents
/// ended can become our children: until then each child is one that we started ourselves, or had already.
pub fn note_inherited() {
    INHERITED
        .get_or_init(|| walk(&BTreeSet::new()).into_iter().map(|(id, stat)| (id, start_of(stat.as_ref()))).collect());
}

/// All that descends from us by a job's program, by its number, with its name.
fn descendants() -> BTreeMap<Pid, String> {
    let nothing = BTreeSet::new();
    let name = |stat: Stat| stat.name.to_string_lossy().into_owned();
    let found = walk(INHERITED.get().unwrap_or(&nothing));
    found.into_iter().map(|(id, stat)| (id, stat.map(name).unwrap_or_default())).collect()
}

/// All that descends from us and is no child that we started ourselves, by its number, but for these and what descends from them.
fn walk(others: &BTreeSet<Process>) -> BTreeMap<Pid, Option<Stat>> {
    let own = own_children().clone();
    let mut found = BTreeMap::new();
    let mut parents = vec![Pid::this()];
    while let Some(parent) = parents.pop() {
        for child in proc::children(parent) {
            if own.contains(&child) || found.contains_key(&child) {
                continue;
            }
            let stat = proc::stat(child);
            if !others.contains(&(child, start_of(stat.as_ref()))) {
                found.insert(child, stat);
                parents.push(child);
            }
        }
    }
    found
}

fn start_of(stat: Option<&Stat>) -> Option<u64> {
    stat.map(|stat| stat.start)
}

/// Takes those that ended out of the process table.
fn reap(processes: &BTreeMap<Pid, String>) {
    for process in processes.keys() {
        let _ = waitpid(*process, Some(WaitPidFlag::WNOHANG));
    }
}
