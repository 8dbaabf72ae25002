//! A job of the queue in a process of its own: this program's `job run`. `job cancel` then ends that job alone, what one job
//! does to its runner does nothing to the others, and a killed `queue run` takes no job with it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::{Instant, timeout};

use crate::error::{Error, Kind, Result};
use crate::job::queue::due::Waiting;
use crate::output::Printer;

/// After a runner ended, how long its streams may stay open: something it left behind may hold them.
const LINGER: Duration = Duration::from_secs(2);

/// A job that is being run.
pub struct Runner {
    pub waiting: Waiting,
    child: Child,
    pid: Option<Pid>,
    since: Instant,
}

/// What became of it.
pub struct Ended {
    pub waiting: Waiting,
    pub took: Duration,
    /// What `job run --format=json` printed; null where it printed nothing.
    pub said: Value,
    pub status: Option<ExitStatus>,
}

impl Runner {
    /// Starts `job run` for a job. `options` go with it.
    pub fn start(waiting: Waiting, options: &[OsString]) -> Result<Runner> {
        let mut command = Command::new(program());
        command.args(["job", "run", "--format=json"]).arg(format!("--id={}", waiting.job)).args(options);
        // Its own process group: a terminal's Ctrl-C reaches it through us, once.
        command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().map_err(|cause| {
            Error::new(Kind::NotRun, format!("cannot start a process for job {}", waiting.job))
                .because(cause)
                .hint("It stays in the queue; check the limits on processes and memory")
        })?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Ok(Runner { waiting, child, pid, since: Instant::now() })
    }

    /// A handle for signals, for as long as the runner is not waited for to its end.
    pub fn pid(&self) -> Option<Pid> {
        self.pid
    }

    /// Waits for its end, and shows meanwhile what the executor has to say.
    pub async fn end(mut self, printer: &Printer) -> Ended {
        let (mut stdout, stderr) = (self.child.stdout.take(), self.child.stderr.take());
        let mut said = Vec::new();
        let status = {
            let read = async {
                if let Some(stdout) = &mut stdout {
                    let _ = stdout.read_to_end(&mut said).await;
                }
            };
            let streams = async { tokio::join!(read, show(stderr, self.waiting.job, printer)) };
            tokio::pin!(streams);
            let mut open = true;
            let status = loop {
                tokio::select! {
                    _ = &mut streams, if open => open = false,
                    status = self.child.wait() => break status,
                }
            };
            if open {
                let _ = timeout(LINGER, streams).await;
            }
            status.ok()
        };
        let said = serde_json::from_slice(&said).unwrap_or_default();
        Ended { waiting: self.waiting, took: self.since.elapsed(), said, status }
    }
}

/// Hands on a signal. A runner that is gone is no error.
pub fn signal(pid: Pid, number: i32) {
    if let Ok(signal) = Signal::try_from(number) {
        let _ = kill(pid, signal);
    }
}

/// This program, also where a newer one was put into its place meanwhile.
fn program() -> PathBuf {
    std::env::current_exe().ok().filter(|path| path.exists()).unwrap_or_else(|| "/proc/self/exe".into())
}

/// Shows what a runner says, behind the job it says it of.
async fn show(stderr: Option<impl AsyncRead + Unpin>, job: i64, printer: &Printer) {
    let Some(stderr) = stderr else { return };
    let mut lines = BufReader::new(stderr).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        let line = String::from_utf8_lossy(&line);
        printer.note(&format!("job {job}: {}", line.strip_prefix("multiflexi: ").unwrap_or(&line)));
    }
}
