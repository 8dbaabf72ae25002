//! Jobs of the queue in processes of their own: this program's `job run`. What one job does to its runner does nothing to the
//! others that run meanwhile, and a killed `queue run` takes no job with it. A process whose job ended in good order is given
//! the next one (see [`series`]).

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Split};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::{Instant, timeout};

use crate::commands::job::series::{self, SeriesAnswer};
use crate::error::{Error, Kind, Result};
use crate::id::JobId;
use crate::job::queue::due::Waiting;
use crate::job::run::run_result::RunResult;
use crate::output::Printer;

/// After a runner ended, how long its streams may stay open: something it left behind may hold them.
///
/// And how long one that is dismissed may take.
const LINGER: Duration = Duration::from_secs(2);
/// After so long a runner gets no more jobs: a program that was put into its place, or a schema that changed, is then seen.
const SERVICE: Duration = Duration::from_secs(60);

/// A process that runs one job after the other.
pub struct Runner {
    child: Child,
    pid: Option<Pid>,
    numbers: ChildStdin,
    stdout: Split<BufReader<ChildStdout>>,
    stderr: Split<BufReader<ChildStderr>>,
    since: Instant,
    /// It was started for this job, and knows it.
    first: Option<JobId>,
}

/// What became of a job.
pub struct EndedChild {
    pub waiting: Waiting,
    pub took: Duration,
    /// What its runner told of it; None where it told nothing.
    pub result: Option<RunResult>,
    /// How its runner ended; None where that takes another job, or cannot be waited for.
    pub status: Option<ExitStatus>,
    /// Its runner, which takes another job.
    pub runner: Option<Runner>,
}

impl Runner {
    /// Starts `job run` for a job. `options` go with it.
    ///
    /// # Errors
    /// No process can be started: the job stays in the queue.
    pub fn start(job: JobId, options: &[OsString]) -> Result<Runner> {
        let mut command = Command::new(program());
        command.args(["job", "run", "--further-from-stdin", "--format=json"]).arg(format!("--id={job}")).args(options);
        // Its own process group: a terminal's Ctrl-C reaches it through us, once.
        command.process_group(0).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|cause| {
            Error::new(Kind::NotRun, format!("cannot start a process for job {job}"))
                .because(cause)
                .hint("It stays in the queue; check the limits on processes and memory")
        })?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        let (Some(numbers), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Error::new(Kind::Internal, "a process was started without its streams"));
        };
        let (stdout, stderr) = (BufReader::new(stdout).split(b'\n'), BufReader::new(stderr).split(b'\n'));
        Ok(Runner { child, pid, numbers, stdout, stderr, since: Instant::now(), first: Some(job) })
    }

    /// A handle for signals, for as long as the runner is not waited for to its end.
    pub fn pid(&self) -> Option<Pid> {
        self.pid
    }

    /// May it be given another job?
    pub fn is_ready(&self) -> bool {
        self.since.elapsed() < SERVICE
    }

    /// Has it run a job, unless it was started for that, and waits for the job's end.
    ///
    /// Shows meanwhile what the executor has to say.
    pub async fn run(mut self, waiting: Waiting, printer: &Printer) -> EndedChild {
        let begun = Instant::now();
        if self.first.take() != Some(waiting.job) {
            // One that is gone says nothing, and so nothing is made of the job.
            let _ = self.numbers.write_all(format!("{}\n", waiting.job).as_bytes()).await;
        }
        let mut answer = None;
        let status = {
            let Runner { child, stdout, stderr, .. } = &mut self;
            let hear = async { tokio::join!(answer_of(stdout), show(stderr, waiting.job, printer)).0 };
            tokio::pin!(hear);
            let mut open = true;
            let status = loop {
                tokio::select! {
                    heard = &mut hear, if open => {
                        open = false;
                        answer = heard;
                        if answer.as_ref().is_some_and(|answer| answer.goes_on) {
                            break None;
                        }
                    }
                    status = child.wait() => break Some(status.ok()),
                }
            };
            if open {
                answer = timeout(LINGER, hear).await.ok().flatten();
            }
            status
        };
        let result = answer.map(|answer| answer.result);
        let runner = status.is_none().then_some(self);
        EndedChild { waiting, took: begun.elapsed(), result, status: status.flatten(), runner }
    }

    /// There are no more jobs for it, as it hears at once. Waits until it is gone, and has let go of the database.
    pub fn dismiss(self) -> impl Future<Output = ()> {
        let Runner { mut child, .. } = self;
        async move { drop(timeout(LINGER, child.wait()).await) }
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

/// What a runner says of a job; None where it ends before.
async fn answer_of(stdout: &mut Split<BufReader<ChildStdout>>) -> Option<SeriesAnswer> {
    while let Ok(Some(line)) = stdout.next_segment().await {
        if let Some(answer) = SeriesAnswer::parse(&line) {
            return Some(answer);
        }
    }
    None
}

/// Shows what a runner says, behind the job it says it of.
async fn show(stderr: &mut Split<BufReader<ChildStderr>>, job: JobId, printer: &Printer) {
    while let Ok(Some(line)) = stderr.next_segment().await {
        if series::END.strip_suffix(b"\n") == Some(&line) {
            return;
        }
        printer.note(&format!("job {job}: {}", String::from_utf8_lossy(&line)));
    }
}
