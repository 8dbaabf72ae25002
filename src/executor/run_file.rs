//! A file for each job that is being run on this machine: what the next runner knows if this one is killed.
//!
//! The runner holds a lock on it, and so does a native program with all it started, since they inherit the file. A lock that
//! is free therefore means that all of them are gone; process numbers, which are used again, cannot deceive. What stands in
//! the file tells whether the program may have begun, and what was made elsewhere that has to go when the job has ended. It
//! is written without syncing: after a power cut it is not believed, for it names the boot that it was written in.

use std::cell::Cell;
use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// How often a lock that is held is asked for again.
const TRIES: usize = 5;

/// How far a job had come when its file was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its program had certainly not begun.
    Claimed,
    /// It may have begun.
    Started,
    /// It ended with this code, which is not saved yet.
    Ended(i32),
    /// Its result is saved. What is to be done after a job may not have been done.
    Saved,
    /// What became of the first so many actions after it is in its record.
    Acted(usize),
}

/// The longest word of a [`Progress`] has so many characters.
const WORD: usize = 20;

/// What a runner that died left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub runner: i64,
    pub progress: Progress,
    /// What its executor made and has not removed, in the executor's own words.
    pub made: Option<String>,
}

/// The file of a job that we run. Dropped, it stays; a job that came to its end [removes](RunFile::remove) it.
#[derive(Debug)]
pub struct RunFile {
    path: PathBuf,
    file: File,
    /// The job's result is saved: what begins after that is not its program.
    is_saved: Cell<bool>,
}

/// Where files about jobs are kept that must outlive a process and a boot.
fn state_home() -> PathBuf {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")));
    let state = state.unwrap_or_else(std::env::temp_dir).join("multiflexi");
    // Whoever reads of it in a record may be somewhere else.
    std::path::absolute(&state).unwrap_or(state)
}

/// The same, made where it is not there.
pub fn state() -> io::Result<PathBuf> {
    state_directory(FOLDER).map(|_| state_home())
}

/// A folder in it, made where it is not there.
pub fn state_directory(name: &str) -> io::Result<PathBuf> {
    let directory = state_home().join(name);
    DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
    Ok(directory)
}

const FOLDER: &str = "running";

/// The folder of this user's files, or of those that another state directory has.
fn directory(state: Option<&Path>) -> io::Result<PathBuf> {
    match state {
        Some(state) if state != state_home() => Ok(state.join(FOLDER)),
        _ => state_directory(FOLDER),
    }
}

fn name(database: &str, job: i64) -> String {
    format!("{database}-{job}")
}

impl RunFile {
    /// Takes the file of a job, and tells what a runner that died left in it. None where somebody holds it: a runner, or a
    /// program that outlived its runner.
    pub fn take(database: &str, job: i64) -> io::Result<Option<(RunFile, Option<Left>)>> {
        RunFile::take_in(None, database, job)
    }

    /// The same where a runner that may have been another user's kept it.
    ///
    /// # Errors
    /// The file cannot be opened: what it says, and whether the program has ended, is not known.
    pub fn take_in(state: Option<&Path>, database: &str, job: i64) -> io::Result<Option<(RunFile, Option<Left>)>> {
        let path = directory(state)?.join(name(database, job));
        let mut tries = 0;
        loop {
            let file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(&path)?;
            match file.try_lock() {
                Ok(()) => {}
                // Whoever only looks ([`left`]) holds it for a moment.
                Err(TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(cause)) => return Err(cause),
            }
            // Its last holder may have removed it between our opening and our locking it.
            if std::fs::metadata(&path).is_ok_and(|there| file.metadata().is_ok_and(|ours| ours.ino() == there.ino())) {
                let left = read(&file);
                return Ok(Some((RunFile { path, file, is_saved: Cell::new(false) }, left)));
            }
        }
    }

    /// Notes how far the job has come under this process.
    pub fn note(&self, progress: &Progress) -> io::Result<()> {
        self.is_saved.set(matches!(progress, Progress::Saved | Progress::Acted(_)));
        self.file.write_all_at(head(progress).as_bytes(), 0)
    }

    /// Is the job's result saved, by what this process noted?
    pub fn is_saved(&self) -> bool {
        self.is_saved.get()
    }

    /// Notes what was made elsewhere, in one line; from here on a runner's death leaves it behind.
    pub fn note_made(&self, words: &str) -> io::Result<()> {
        self.file.write_all_at(format!("{words}\n").as_bytes(), head(&Progress::Claimed).len() as u64)
    }

    /// What was made is removed, or is to stay.
    pub fn forget_made(&self) -> io::Result<()> {
        self.file.set_len(head(&Progress::Claimed).len() as u64)
    }

    /// When the file was written last.
    pub fn written(&self) -> io::Result<std::time::SystemTime> {
        self.file.metadata()?.modified()
    }

    /// Lets a child inherit the file, and with it the lock.
    pub fn inherited_by<T>(&self, spawn: impl FnOnce() -> T) -> T {
        let _ = fcntl(&self.file, FcntlArg::F_SETFD(FdFlag::empty()));
        let spawned = spawn();
        let _ = fcntl(&self.file, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC));
        spawned
    }

    /// The job came to its end. What could not be removed is left for another time.
    pub fn end(&self) {
        if read(&self.file).is_none_or(|left| left.made.is_none()) {
            self.remove();
        }
    }

    /// There is nothing to be known of the job any more.
    pub fn remove(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The line that says how far the job has come. It is always of one length, so that one write makes the file whole at each
/// moment.
fn head(progress: &Progress) -> String {
    let word = match progress {
        Progress::Claimed => "claimed",
        Progress::Started => "started",
        Progress::Ended(code) => &format!("ended {code}"),
        Progress::Saved => "saved",
        Progress::Acted(count) => &format!("acted {count}"),
    };
    format!("{} {:>10} {word:<WORD$}\n", boot(), std::process::id())
}

/// The jobs whose runner died on this machine, and whose program, if it began, ended, each with the name of its database.
pub fn left() -> Vec<(String, i64)> {
    let Ok(entries) = directory(None).and_then(std::fs::read_dir) else { return Vec::new() };
    let mut jobs: Vec<(String, i64)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name();
            let (database, job) = name.to_str()?.split_once('-')?;
            let job = job.parse().ok()?;
            let is_free = File::open(entry.path()).is_ok_and(|file| file.try_lock().is_ok());
            is_free.then(|| (database.to_owned(), job))
        })
        .collect();
    jobs.sort_unstable_by_key(|(_, job)| *job);
    jobs
}

/// Sends a signal to all processes that inherited a job's file: what is left of its program, and what that started. Those of
/// other users are not seen. Whoever opened the file itself is a runner, or mends the job at this moment.
pub fn signal_heirs(state: Option<&Path>, database: &str, job: i64, signal: Signal) {
    let Ok(directory) = directory(state) else { return };
    let Ok(path) = std::fs::canonicalize(directory.join(name(database, job))) else { return };
    let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten();
    for process in entries(Path::new("/proc")) {
        let Some(pid) = process.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let is_heir = |fd: std::fs::DirEntry| {
            std::fs::read_link(fd.path()).is_ok_and(|target| target == path)
                && !is_closed_on_exec(&process.path().join("fdinfo").join(fd.file_name()))
        };
        if entries(&process.path().join("fd")).any(is_heir) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
    }
}

/// All files that a process of ours opens are closed in the programs that it starts; one that such a program has was given
/// to it.
fn is_closed_on_exec(fdinfo: &Path) -> bool {
    let text = std::fs::read_to_string(fdinfo).unwrap_or_default();
    let flags = text.lines().find_map(|line| i32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
    flags.is_none_or(|flags| flags & nix::libc::O_CLOEXEC != 0)
}

/// What stands in a file. A claim of another boot is worth nothing: a start after it may not have reached the disk.
fn read(mut file: &File) -> Option<Left> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.read_to_string(&mut text).ok()?;
    // A last line without its end was being written when the runner died.
    let (head, made) = text.split_once('\n').unwrap_or((&text, ""));
    let made = made.split_once('\n').map(|(made, _)| made.to_owned());
    let (written, words) = head.split_once(' ')?;
    let (runner, word) = words.trim().split_once(' ')?;
    let progress = match word.split_once(' ') {
        Some(("ended", code)) => code.parse().map_or(Progress::Started, Progress::Ended),
        Some(("acted", count)) => count.parse().map_or(Progress::Saved, Progress::Acted),
        None if word == "claimed" && written == boot() => Progress::Claimed,
        None if word == "saved" => Progress::Saved,
        _ => Progress::Started,
    };
    Some(Left { runner: runner.parse().ok()?, progress, made })
}

/// Names the time since the machine was started last; empty where that cannot be told.
pub fn boot() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().to_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_noted_is_read_again() {
        let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
        let file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        let run_file = RunFile { path: path.to_path_buf(), file, is_saved: Cell::default() };
        let runner = i64::from(std::process::id());
        let acted = Progress::Acted(12);
        for progress in [Progress::Claimed, Progress::Started, Progress::Ended(i32::MIN), Progress::Saved, acted] {
            for made in [None, Some("a pod".to_owned())] {
                run_file.note(&progress).unwrap();
                made.as_deref().map_or_else(|| run_file.forget_made(), |made| run_file.note_made(made)).unwrap();
                assert_eq!(read(&File::open(&path).unwrap()), Some(Left { runner, progress, made }));
            }
        }
        run_file.note(&Progress::Claimed).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(&boot(), "another")).unwrap();
        assert_eq!(read(&File::open(&path).unwrap()).unwrap().progress, Progress::Started);
        std::fs::write(&path, "").unwrap();
        assert_eq!(read(&File::open(&path).unwrap()), None);
    }
}
