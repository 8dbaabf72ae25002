//! Child processes: each in a process group of its own, so that a terminal's Ctrl-C does not reach helm or kubectl behind
//! our back, ended with everything they started, and never left running when we return early or panic.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use super::{Output, Stream};
use crate::log;
use crate::secret::OWN_VARIABLES;

/// What is read of a stream at once.
pub const CHUNK: usize = 64 * 1024;
/// After a program ended, how long its streams may stay silent before the processes that still hold them are left behind.
const SILENCE: Duration = Duration::from_millis(500);
/// After a program ended, how long what it left running may go on writing.
const GRACE: Duration = Duration::from_secs(3);

/// How long a helper that was asked to end may take.
const STOPPING: Duration = Duration::from_secs(10);

/// A command for a child that must not see our secrets.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for name in OWN_VARIABLES {
        command.env_remove(name);
    }
    command
}

/// The program of this name that PATH has first.
pub fn in_path(program: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file() && nix::unistd::access(file, nix::unistd::AccessFlags::X_OK).is_ok())
}

/// Would a program of this name be found in PATH?
pub fn is_in_path(program: &str) -> bool {
    // Without PATH the system looks in places of its own.
    std::env::var_os("PATH").is_none() || in_path(program).is_some()
}

/// The children that we started and still wait for; every other child of ours was left behind by one of them.
static OWN: Mutex<BTreeSet<Pid>> = Mutex::new(BTreeSet::new());

/// The process ids of these children. While the lock is held no [`Group`] starts a child or is done with one.
pub fn own_children() -> MutexGuard<'static, BTreeSet<Pid>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running child and its process group. Dropped while the child runs, it kills the group, unless that is spared.
pub struct Group {
    pub child: Child,
    id: Option<Pid>,
    ended: bool,
    spared: bool,
    logged: log::Child,
}

impl Group {
    /// Starts the child as the leader of a new process group.
    ///
    /// The group is killed with all that is in it when this is dropped before the child was [waited for](Self::wait). The
    /// streams are as the command has them; piped ones have to be taken and read, or the child stands still.
    ///
    /// # Errors
    /// The system's word that the program cannot be started.
    pub fn spawn(command: &mut Command) -> io::Result<Group> {
        let logged = log::Child::begin(command.as_std());
        let mut own = own_children();
        let child = match command.process_group(0).spawn() {
            Ok(child) => child,
            Err(error) => {
                logged.fail(&error);
                return Err(error);
            }
        };
        let id = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        own.extend(id);
        Ok(Group { child, id, ended: false, spared: false, logged })
    }

    /// Sends a signal to the whole group. A group that is gone is no error.
    pub fn signal(&self, signal: Signal) {
        if let Some(id) = self.id {
            let _ = killpg(id, signal);
        }
    }

    /// The child's process, which the group is called after.
    pub fn leader(&self) -> Option<i32> {
        self.id.map(Pid::as_raw)
    }

    /// From now on it is left running when it is dropped.
    pub fn spare(&mut self) {
        self.spared = true;
    }

    /// Waits for the child itself, not for what it started.
    ///
    /// # Errors
    /// The system does not tell how it ended. It counts as running then, and is killed when this is dropped.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.note_end(status);
        Ok(status)
    }

    /// How the child ended, where it has: without waiting, and without what it started.
    ///
    /// # Errors
    /// Same as [`wait`](Self::wait).
    pub fn ended(&mut self) -> io::Result<Option<ExitStatus>> {
        let status = self.child.try_wait()?;
        if let Some(status) = status {
            self.note_end(status);
        }
        Ok(status)
    }

    fn note_end(&mut self, status: ExitStatus) {
        self.ended = true;
        self.logged.end(status);
        self.disown();
    }

    fn disown(&self) {
        if let Some(id) = self.id {
            own_children().remove(&id);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        if !self.ended {
            self.logged.leave(if self.spared { "left to itself" } else { "killed" });
        }
        if !self.ended && !self.spared {
            self.signal(Signal::SIGKILL);
            self.disown();
        }
    }
}

/// Starts a helper that nobody waits for. That it cannot be started is for the log alone: nobody is there to act on it.
pub fn detach(command: &mut std::process::Command) {
    let mut logged = log::Child::begin(command);
    match std::os::unix::process::CommandExt::process_group(command, 0).spawn() {
        Ok(child) => {
            own_children().insert(Pid::from_raw(child.id().cast_signed()));
            logged.leave("left to itself");
        }
        Err(error) => logged.fail(&error),
    }
}

/// What a finished helper (kubectl, helm) said.
#[derive(Debug, Default)]
pub struct Captured {
    /// Its exit code; none when a signal or the time limit ended it.
    pub code: Option<i32>,
    pub timed_out: bool,
    /// The beginning of each stream, as much as was asked for.
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Captured {
    /// Did it end with exit code 0?
    pub fn ok(&self) -> bool {
        self.code == Some(0)
    }
    /// What is kept of its stdout, as text with wrong UTF-8 replaced.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
    /// What is kept of its stderr, as text with wrong UTF-8 replaced and without the space around it.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }
}

/// Runs a helper to its end and keeps at most `keep` bytes of each stream. After `limit` it is killed.
///
/// # Errors
/// It cannot be started or waited for. That it failed, or was killed after `limit`, is no error here: [`Captured`] tells that.
pub async fn capture(command: Command, input: Option<Vec<u8>>, limit: Duration, keep: usize) -> io::Result<Captured> {
    capture_until(command, input, limit, keep, std::future::pending()).await
}

/// Runs a helper, which is asked to end (TERM) once `stop` is ready, and given a moment for it.
///
/// # Errors
/// Same as [`capture`].
pub async fn capture_until(
    mut command: Command,
    input: Option<Vec<u8>>,
    limit: Duration,
    keep: usize,
    stop: impl Future<Output = ()>,
) -> io::Result<Captured> {
    let stdin = if input.is_some() { Stdio::piped() } else { Stdio::null() };
    let group = Group::spawn(pipe(&mut command, stdin))?;
    capture_group(group, input, limit, keep, stop).await
}

/// Gives a command this stdin, and a pipe for each of its outputs: they have to be taken and read.
pub fn pipe(command: &mut Command, stdin: Stdio) -> &mut Command {
    command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped())
}

/// Follows a helper to its end that runs already, with the streams of [`pipe`], as [`capture_until`] does.
///
/// # Errors
/// How it ended cannot be learned.
pub async fn capture_group(
    mut group: Group,
    input: Option<Vec<u8>>,
    limit: Duration,
    keep: usize,
    stop: impl Future<Output = ()>,
) -> io::Result<Captured> {
    let mut captured = Captured::default();
    let (stdin, stdout, stderr) = (group.child.stdin.take(), group.child.stdout.take(), group.child.stderr.take());
    {
        let feed = async {
            if let (Some(mut stdin), Some(input)) = (stdin, input) {
                // A helper that does not want its input says why on stderr.
                let _ = stdin.write_all(&input).await;
            }
        };
        let streams = async {
            tokio::join!(
                feed,
                keep_head(stdout, &mut captured.stdout, keep),
                keep_head(stderr, &mut captured.stderr, keep)
            );
        };
        tokio::pin!(streams);
        let deadline = sleep(limit);
        tokio::pin!(deadline, stop);
        let mut read = false;
        let mut stopped = false;
        captured.code = loop {
            tokio::select! {
                () = &mut streams, if !read => read = true,
                status = group.wait() => break status?.code(),
                () = &mut stop, if !stopped => {
                    stopped = true;
                    group.signal(Signal::SIGTERM);
                    // A caller that cannot wait leaves it to end in good order by itself: a helm that is killed leaves a
                    // release that has to be mended.
                    group.spare();
                    deadline.as_mut().reset(Instant::now() + STOPPING);
                }
                () = &mut deadline => {
                    captured.timed_out = true;
                    group.signal(Signal::SIGKILL);
                    group.wait().await?;
                    break None;
                }
            }
        };
        if !read && timeout(SILENCE, &mut streams).await.is_err() {
            group.signal(Signal::SIGKILL);
        }
    }
    Ok(captured)
}

/// Works to the end, and listens meanwhile to what a helper says on stderr: at most `keep` bytes of it.
pub async fn listening<T>(
    stderr: Option<impl AsyncRead + Unpin>,
    keep: usize,
    work: impl Future<Output = T>,
) -> (T, String) {
    let mut captured = Vec::new();
    let done = {
        let mut heard = false;
        let listen = keep_head(stderr, &mut captured, keep);
        tokio::pin!(listen, work);
        let done = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                () = &mut listen, if !heard => heard = true,
            }
        };
        if !heard {
            let _ = timeout(SILENCE, listen).await;
        }
        done
    };
    (done, String::from_utf8_lossy(&captured).into_owned())
}

async fn keep_head(reader: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>, keep: usize) {
    let Some(mut reader) = reader else { return };
    let mut buffer = vec![0; CHUNK.min(keep.max(1))];
    while let Ok(n @ 1..) = reader.read(&mut buffer).await {
        let room = keep - into.len();
        into.extend_from_slice(&buffer[..n.min(room)]);
    }
}

/// Hands a stream on as it comes, and knows since when it has been silent.
pub struct Pump {
    stream: Stream,
    silent_since: Cell<Option<Instant>>,
    handing_over_since: Cell<Option<Instant>>,
    pub bytes: Cell<u64>,
}

impl Pump {
    /// Is going to hand on what it reads as this stream.
    pub fn new(stream: Stream) -> Pump {
        Pump { stream, silent_since: Cell::new(None), handing_over_since: Cell::new(None), bytes: Cell::new(0) }
    }

    /// Reads to the end of the stream. Time spent on handing over does not count as silence.
    pub async fn run(&self, reader: Option<impl AsyncRead + Unpin>, output: &Output) {
        let Some(mut reader) = reader else { return };
        let mut buffer = vec![0; CHUNK];
        loop {
            self.silent_since.set(Some(Instant::now()));
            let read = reader.read(&mut buffer).await;
            self.silent_since.set(None);
            match read {
                Ok(n @ 1..) => {
                    self.bytes.set(self.bytes.get().saturating_add(n as u64));
                    self.handing_over_since.set(Some(Instant::now()));
                    output.write(self.stream, &buffer[..n]).await;
                    self.handing_over_since.set(None);
                }
                _ => break,
            }
        }
        self.silent_since.set(Some(Instant::now() - SILENCE));
    }

    /// Has the reader not taken a chunk for a while?
    fn stalled(&self) -> bool {
        self.handing_over_since.get().is_some_and(|since| since.elapsed() >= SILENCE)
    }

    fn silent(&self) -> bool {
        self.silent_since.get().is_some_and(|since| since.elapsed() >= SILENCE)
    }
}

/// After the program ended: reads what its streams still hold.
///
/// Children it left behind that hold them are ended by `kill` after a short grace. Returns whether there were any.
pub async fn drain(streams: impl Future<Output = ()>, pumps: [&Pump; 2], kill: impl Fn()) -> bool {
    tokio::pin!(streams);
    let mut deadline = Instant::now() + GRACE;
    let mut killed_at: Option<Instant> = None;
    loop {
        let begun = Instant::now();
        tokio::select! {
            () = &mut streams => return killed_at.is_some(),
            () = sleep(Duration::from_millis(50)) => {}
        }
        // What waits for a reader that does not take it, as when the database is away, is not to be thrown away.
        if pumps.iter().any(|pump| pump.stalled()) {
            deadline += begun.elapsed();
            killed_at = killed_at.map(|at| at + begun.elapsed());
            continue;
        }
        let silent = pumps.iter().all(|pump| pump.silent());
        match killed_at {
            // Somebody out of our reach still holds the streams: nothing of the program can follow.
            Some(at) if silent || Instant::now() >= at + GRACE => return true,
            None if silent || Instant::now() >= deadline => {
                kill();
                killed_at = Some(Instant::now());
            }
            _ => {}
        }
    }
}
