//! A file for each job that is being run on this machine: what the next runner knows if this one is killed.
//!
//! The runner holds a lock on it, and so do a native program with all it started and the client that makes a container, since
//! they inherit the file. A lock that is free therefore means that all of them are gone; process numbers, which are used again,
//! cannot deceive. What stands in the file tells whether the program may have begun, and what was made elsewhere that has to go
//! when the job has ended. It is written without syncing: after a power cut it is not believed, for it names the boot that it
//! was written in.

use std::cell::Cell;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, OFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::{Pid, geteuid};

use super::{Folder, StateHome};
use crate::database::Fingerprint;
use crate::id::JobId;
use crate::proc::{self, boot};

/// How often a lock that is held is asked for again.
const TRIES: usize = 5;

/// How far a job had come when its file was written last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Its program had certainly not begun.
    Claimed,
    /// It may have begun.
    Started,
    /// It ended with this code, which is not saved yet. Why is noted beside it.
    Ended(i32),
    /// Its runner was told to end by this signal, and ends it by that: what becomes of the program from here on is that runner's doing.
    Cancelled(i32),
    /// Its result is saved. What is to be done after a job may not have been done.
    Saved,
    /// What became of the first so many actions after it is in its record.
    Acted(usize),
}

/// The longest word of a [`Progress`] has so many characters.
const WORD: usize = 20;

/// What runners that died left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeadRun {
    /// How far the job had come under which process.
    ///
    /// The last one that had it, and one whose claim may not have succeeded.
    records: Vec<(i64, Progress)>,
    /// What its executor made and has not removed, in the executor's own words.
    pub made: Option<String>,
    /// Why it ended, as it would stand in its record, where that is more than an exit code.
    pub reason: Option<String>,
}

impl DeadRun {
    /// How far the job had come under this process, by the database its runner. None where that is not known.
    pub fn progress(&self, runner: Option<i64>) -> Option<Progress> {
        self.records.iter().find(|(process, _)| Some(*process) == runner).map(|(_, progress)| *progress)
    }

    /// What became of so many actions after the job stands in its record.
    pub fn acted(&self) -> usize {
        let acted =
            |(_, progress): &(i64, Progress)| if let Progress::Acted(count) = progress { Some(*count) } else { None };
        self.records.iter().find_map(acted).unwrap_or_default()
    }
}

/// The file of a job that we run. Dropped, it stays; a job that came to its end [removes](RunFile::remove) it.
#[derive(Debug)]
pub struct RunFile {
    /// None of one that lies in memory.
    folder: Option<Folder>,
    name: String,
    file: File,
    /// What stood in it when it was taken.
    left: Option<DeadRun>,
    /// The job's result is saved: what begins after that is not its program.
    is_saved: Cell<bool>,
    /// Something that was made for the job is still there: it outlives the job's end.
    is_kept: Cell<bool>,
}

const FOLDER: &str = "running";

/// The folder of this user's files, or of those that another runner keeps.
fn folder(state: Option<&StateHome>) -> io::Result<Folder> {
    state.map_or_else(|| Folder::own(FOLDER), |state| Folder::in_home(state, FOLDER))
}

fn name(database: &Fingerprint, job: JobId) -> String {
    format!("{database}-{job}")
}

/// What the file of a job is called that lies in memory.
fn name_in_memory(database: &Fingerprint, job: JobId) -> String {
    format!("multiflexi-run-{}", name(database, job))
}

impl RunFile {
    /// Takes the file of a job.
    ///
    /// None where somebody holds it: a runner, or a program that outlived its runner.
    ///
    /// # Errors
    /// Same as [`take_in`](RunFile::take_in).
    pub fn take(database: &Fingerprint, job: JobId) -> io::Result<Option<RunFile>> {
        RunFile::take_in(None, database, job)
    }

    /// Takes the file of a job where a runner kept it that may have been another user's.
    ///
    /// # Errors
    /// The file cannot be opened: what it says, and whether the program has ended, is not known.
    pub fn take_in(state: Option<&StateHome>, database: &Fingerprint, job: JobId) -> io::Result<Option<RunFile>> {
        let folder = folder(state)?;
        let name = name(database, job);
        let mut tries = 0;
        loop {
            let file = folder.file(&name, OFlag::O_RDWR | OFlag::O_CREAT)?;
            match file.try_lock() {
                Ok(()) => {}
                // A process that only looks ([`without_runner`]) holds it for a moment.
                Err(TryLockError::WouldBlock) if tries < TRIES => {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(2));
                    continue;
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(cause)) => return Err(cause),
            }
            // Its last holder may have removed it between our opening and our locking it.
            let there = std::fs::symlink_metadata(folder.join(&name));
            if there.is_ok_and(|there| file.metadata().is_ok_and(|ours| ours.ino() == there.ino())) {
                let left = read(&file);
                let (is_saved, is_kept) = (Cell::default(), Cell::default());
                return Ok(Some(RunFile { folder: Some(folder), name, file, left, is_saved, is_kept }));
            }
        }
    }

    /// A run file for a job where none can be kept.
    ///
    /// What stands in it goes with its last holder, but whoever mends the job finds those that inherited it.
    ///
    /// # Errors
    /// The system has no such files.
    pub fn in_memory(database: &Fingerprint, job: JobId) -> io::Result<RunFile> {
        let name = name_in_memory(database, job);
        let file = File::from(memfd_create(name.as_str(), MFdFlags::MFD_CLOEXEC)?);
        Ok(RunFile { folder: None, name, file, left: None, is_saved: Cell::default(), is_kept: Cell::default() })
    }

    /// What runners that died left in it, as it was when it was taken; None where nobody wrote anything whole.
    pub fn left(&self) -> Option<&DeadRun> {
        self.left.as_ref()
    }

    /// Notes how far the job has come under this process.
    ///
    /// # Errors
    /// The file cannot be written: the next runner would believe what was noted before.
    pub fn note(&self, progress: &Progress) -> io::Result<()> {
        self.is_saved.set(matches!(progress, Progress::Saved | Progress::Acted(_)));
        self.file.write_all_at(head(progress).as_bytes(), 0)
    }

    /// Notes how the job ended, and why, where that is more than its exit code.
    ///
    /// # Errors
    /// The file cannot be written: the next runner would not know one of the two.
    pub fn note_end(&self, code: i32, reason: Option<&str>) -> io::Result<()> {
        // In this order: whoever reads of the end reads all of it.
        let noted = reason.map_or(Ok(()), |reason| {
            let line = format!("{}\n", serde_json::Value::from(reason));
            self.file.write_all_at(line.as_bytes(), self.file.metadata()?.len())
        });
        self.note(&Progress::Ended(code)).and(noted)
    }

    /// Will the next runner read here how the job ended under this process?
    pub fn tells_end(&self) -> bool {
        let own = Some(std::process::id().into());
        let is_end = |left: DeadRun| matches!(left.progress(own), Some(Progress::Ended(_)));
        self.folder.is_some() && read(&self.file).is_some_and(is_end)
    }

    /// Is the job's result saved, by what this process noted?
    pub fn is_saved(&self) -> bool {
        self.is_saved.get()
    }

    /// Notes how far the job will have come under this process if its claim succeeds.
    ///
    /// What earlier runners left stays beside it until then. Where the file cannot be read or written, that is all that stands there,
    /// and the cause is given.
    pub fn offer(self, progress: &Progress) -> (Offer, io::Result<()>) {
        let mut offer = Offer { file: self, at: None };
        let noted = offer.write(progress);
        if noted.is_err() {
            // A part of it may stand there.
            offer.withdraw();
        }
        (offer, noted)
    }

    /// Notes what was made elsewhere, in one line; from here on a runner's death leaves it behind.
    ///
    /// # Errors
    /// The file cannot be written: what was made would not be known to the next runner.
    pub fn note_made(&self, words: &str) -> io::Result<()> {
        self.file.write_all_at(format!("{words}\n").as_bytes(), head(&Progress::Claimed).len() as u64)
    }

    /// What was made is removed, or is to stay.
    ///
    /// # Errors
    /// The file cannot be shortened: the next runner would look for what is gone.
    pub fn forget_made(&self) -> io::Result<()> {
        self.file.set_len(head(&Progress::Claimed).len() as u64)
    }

    /// When the file was written last.
    ///
    /// # Errors
    /// The system does not tell it.
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

    /// Something that was made for the job could not be removed: the file stays behind its end, so that it is found.
    pub fn keep(&self) {
        self.is_kept.set(true);
    }

    /// The job came to its end. What could not be removed is left for another time.
    pub fn end(&self) {
        if !self.is_kept.get() && read(&self.file).is_none_or(|left| left.made.is_none()) {
            self.remove();
        }
    }

    /// There is nothing to be known of the job any more.
    pub fn remove(&self) {
        if let Some(folder) = &self.folder {
            let _ = folder.remove(&self.name);
        }
    }
}

/// A run file in which our own record stands beside what earlier runners left, until it is known whether our claim does.
///
/// Dropped, it stays so: the database tells which of them is believed.
#[must_use = "the claim stands or it does not"]
pub struct Offer {
    file: RunFile,
    /// Where our own record begins; None where it could not be written.
    at: Option<u64>,
}

impl Offer {
    fn write(&mut self, progress: &Progress) -> io::Result<()> {
        let file = &self.file.file;
        let end = file.metadata()?.len();
        let mut last = [b'\n'];
        if let Some(at) = end.checked_sub(1) {
            file.read_exact_at(&mut last, at)?;
        }
        // What was being written when its writer died is a line by itself.
        let gap = if last == [b'\n'] { "" } else { "\n" };
        self.at = Some(end);
        file.write_all_at(format!("{gap}{}", head(progress)).as_bytes(), end)
    }

    /// Where that fails, our record stays in it, of a claim that does not stand.
    fn withdraw(&mut self) {
        if let Some(end) = self.at.take() {
            let _ = self.file.file.set_len(end);
        }
    }

    /// The claim stands: our record takes the place of what earlier runners left, but for what they made.
    ///
    /// Where that cannot be written, ours stands beside the other one, and is the one that is believed.
    pub fn claimed(self, progress: &Progress) -> RunFile {
        let Offer { file, at } = self;
        if let Some(end) = at.filter(|end| *end > 0) {
            // What was there may be less than a record: the beginning of one, on a disk that was full.
            let length = end.max(head(progress).len() as u64);
            let _ = file.note(progress).and_then(|()| file.file.set_len(length));
        }
        file
    }

    /// The claim does not stand: what earlier runners left is all there is.
    pub fn refused(mut self) -> RunFile {
        self.withdraw();
        self.file
    }
}

/// The line that says how far the job has come.
///
/// It is always of one length, so that one write makes the file whole at each moment.
fn head(progress: &Progress) -> String {
    let word = match progress {
        Progress::Claimed => "claimed",
        Progress::Started => "started",
        Progress::Ended(code) => &format!("ended {code}"),
        Progress::Cancelled(signal) => &format!("cancelled {signal}"),
        Progress::Saved => "saved",
        Progress::Acted(count) => &format!("acted {count}"),
    };
    format!("{}{word:<WORD$}\n", head_of(&boot(), Pid::this()))
}

/// The beginning of that line: whose it is.
fn head_of(boot: &str, process: Pid) -> String {
    format!("{boot} {:>10} ", process.as_raw())
}

/// The jobs whose runner died on this machine, and whose program, if it began, ended, each with the name of its database.
///
/// # Errors
/// There is no place for such files, or none that is this user's alone.
pub fn without_runner() -> io::Result<Vec<(Fingerprint, JobId)>> {
    let folder = folder(None)?;
    let free = |name: std::ffi::OsString| {
        let name = name.to_str()?;
        let (database, job) = name.split_once('-')?;
        let is_free = folder.file(name, OFlag::O_RDONLY).is_ok_and(|file| file.try_lock().is_ok());
        is_free.then_some((Fingerprint::parse(database)?, JobId(job.parse().ok()?)))
    };
    let mut jobs: Vec<(Fingerprint, JobId)> = folder.names()?.into_iter().filter_map(free).collect();
    jobs.sort_unstable_by_key(|(_, job)| *job);
    Ok(jobs)
}

/// Does the file of a job name this process, in this boot, as one that had the job? Where that cannot be looked at, it may.
pub fn may_be_of(state: Option<&StateHome>, database: &Fingerprint, job: JobId, boot: &str, process: Pid) -> bool {
    let read = || {
        let file = folder(state)?.file(&name(database, job), OFlag::O_RDONLY)?;
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).map(|_| text)
    };
    let head = head_of(boot, process);
    match read() {
        Ok(text) => text.lines().any(|line| line.starts_with(&head)),
        Err(cause) => cause.kind() != io::ErrorKind::NotFound,
    }
}

/// All processes that inherited a job's file: what is left of its program, and what that started.
///
/// Those of other users are not seen. Whoever opened the file itself is a runner, or mends the job at this moment. Somebody may
/// have removed the file: that it is not there is no proof that nobody has it.
pub fn heirs(state: Option<&StateHome>, database: &Fingerprint, job: JobId) -> Vec<Pid> {
    let Ok(folder) = folder(state) else { return Vec::new() };
    let file = folder.join(&name(database, job));
    let path = file.parent().and_then(|parent| parent.canonicalize().ok()).unwrap_or_default();
    let path = path.join(name(database, job)).display().to_string();
    let targets = [format!("{path} (deleted)"), format!("/memfd:{} (deleted)", name_in_memory(database, job)), path];
    let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten();
    let mut heirs = Vec::new();
    for process in proc::all() {
        let known = proc::folder(process);
        // Where somebody else keeps the file, only what is his.
        let is_his = || known.metadata().is_ok_and(|metadata| metadata.uid() == folder.owner());
        if folder.owner() != geteuid().as_raw() && !is_his() {
            continue;
        }
        let is_heir = |fd: std::fs::DirEntry| {
            std::fs::read_link(fd.path()).is_ok_and(|target| targets.iter().any(|known| target == Path::new(known)))
                && !is_closed_on_exec(&known.join("fdinfo").join(fd.file_name()))
        };
        if entries(&known.join("fd")).any(is_heir) {
            heirs.push(process);
        }
    }
    heirs
}

/// Is an open file closed in the programs that its process starts?
///
/// All that a process of ours opens are; one that such a program has was given to it.
fn is_closed_on_exec(fdinfo: &Path) -> bool {
    let text = std::fs::read_to_string(fdinfo).unwrap_or_default();
    let flags = text.lines().find_map(|line| i32::from_str_radix(line.strip_prefix("flags:")?.trim(), 8).ok());
    flags.is_none_or(|flags| flags & nix::libc::O_CLOEXEC != 0)
}

/// What stands in a file; None where nobody wrote anything whole.
fn read(mut file: &File) -> Option<DeadRun> {
    let mut text = String::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(LONGEST).read_to_string(&mut text).ok()?;
    let mut left = DeadRun::default();
    // A last line without its end was being written when the runner died. The executor's words are no record.
    for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
        match record(line) {
            Some(record) => left.records.push(record),
            // A text in quotes. What was made is none.
            None if line.starts_with('"') => left.reason = serde_json::from_str(line).ok(),
            None if left.made.is_none() && !left.records.is_empty() => left.made = Some(line.to_owned()),
            None => {}
        }
    }
    (!left.records.is_empty()).then_some(left)
}

/// No file of ours is longer.
const LONGEST: u64 = 1 << 20;

/// A line that says how far the job had come under which process.
///
/// A claim of another boot is worth nothing: a start after it may not have reached the disk.
fn record(line: &str) -> Option<(i64, Progress)> {
    let (written, words) = line.split_once(' ')?;
    if line.len() + 1 != head(&Progress::Claimed).len() {
        return None;
    }
    let (runner, word) = words.trim().split_once(' ')?;
    let progress = match word.split_once(' ') {
        Some(("ended", code)) => code.parse().map_or(Progress::Started, Progress::Ended),
        Some(("cancelled", signal)) => signal.parse().map_or(Progress::Started, Progress::Cancelled),
        Some(("acted", count)) => count.parse().map_or(Progress::Saved, Progress::Acted),
        None if word == "claimed" && written == boot() => Progress::Claimed,
        None if word == "saved" => Progress::Saved,
        _ => Progress::Started,
    };
    Some((runner.parse().ok()?, progress))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_noted_is_read_again() {
        let home = tempfile::tempdir().unwrap();
        let run_file = RunFile::in_test(home.path());
        let runner = i64::from(std::process::id());
        let noted = || read(&run_file.file);
        let acted = Progress::Acted(12);
        let cancelled = Progress::Cancelled(15);
        let ended = [Progress::Ended(i32::MIN), Progress::Ended(0)];
        let others = [Progress::Claimed, Progress::Started, cancelled, Progress::Saved, acted];
        for progress in others.into_iter().chain(ended) {
            for made in [None, Some("{\"a\": \"pod\"}".to_owned())] {
                run_file.note(&progress).unwrap();
                made.as_deref().map_or_else(|| run_file.forget_made(), |made| run_file.note_made(made)).unwrap();
                let records = vec![(runner, progress)];
                assert_eq!(noted(), Some(DeadRun { records, made: made.clone(), reason: None }));
                let reason = "OOMKilled: a \"limit\"\nof\u{a0}it";
                run_file.note_end(137, Some(reason)).unwrap();
                let (records, reason) = (vec![(runner, Progress::Ended(137))], Some(reason.to_owned()));
                assert_eq!(noted(), Some(DeadRun { records, made, reason }));
            }
        }
        run_file.note(&Progress::Claimed).unwrap();
        let path = home.path().join("file");
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace(&boot(), &"a".repeat(boot().len()))).unwrap();
        assert_eq!(noted().unwrap().progress(Some(runner)), Some(Progress::Started));
        std::fs::write(&path, "").unwrap();
        assert_eq!(noted(), None);
    }

    #[test]
    fn a_claim_that_does_not_stand_changes_nothing_that_is_known() {
        let home = tempfile::tempdir().unwrap();
        let run_file = RunFile::in_test(home.path());
        let dead = head(&Progress::Ended(3)).replace(&format!("{:>10}", std::process::id()), &format!("{:>10}", 7));
        let path = home.path().join("file");
        let (own, made) = (Some(i64::from(std::process::id())), "{\"pod\": 1}");
        std::fs::write(&path, format!("{dead}{made}\n")).unwrap();
        // Killed while it claimed, or right after: the database tells whose the job is.
        let offer = |file: RunFile, progress| {
            let (offer, noted) = file.offer(&progress);
            noted.unwrap();
            offer
        };
        let offered = offer(run_file, Progress::Started);
        let left = read(&offered.file.file).unwrap();
        assert_eq!((left.progress(Some(7)), left.progress(own)), (Some(Progress::Ended(3)), Some(Progress::Started)));
        assert_eq!((left.progress(None), left.made.as_deref()), (None, Some(made)));
        let run_file = offered.refused();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{dead}{made}\n"));
        let run_file = offer(run_file, Progress::Started).claimed(&Progress::Started);
        let left = read(&run_file.file).unwrap();
        assert_eq!((left.records, left.made.as_deref()), (vec![(own.unwrap(), Progress::Started)], Some(made)));
        // The first one to claim it.
        run_file.file.set_len(0).unwrap();
        let run_file = offer(run_file, Progress::Claimed).claimed(&Progress::Claimed);
        assert_eq!(read(&run_file.file).unwrap().records, [(own.unwrap(), Progress::Claimed)]);
        // The disk was full when the one before wrote.
        std::fs::write(&path, &dead[..5]).unwrap();
        let run_file = offer(run_file, Progress::Claimed).claimed(&Progress::Claimed);
        assert_eq!(read(&run_file.file).unwrap().records, [(own.unwrap(), Progress::Claimed)]);
    }

    impl RunFile {
        fn in_test(home: &Path) -> RunFile {
            let folder = Folder::for_test(home);
            let file = folder.file("file", OFlag::O_RDWR | OFlag::O_CREAT).unwrap();
            RunFile {
                folder: Some(folder),
                name: "file".into(),
                file,
                left: None,
                is_saved: Cell::default(),
                is_kept: Cell::default(),
            }
        }
    }
}
