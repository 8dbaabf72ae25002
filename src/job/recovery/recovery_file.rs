//! The recovery file: where output and result go that the database does not take, so that they are never lost, and bringing
//! them back from there. A JSON value a line: output, artifacts, and at last the result, which makes the file whole.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::NaiveDateTime;
use nix::fcntl::OFlag;
use serde_json::{Value, json};

use crate::db::Fingerprint;
use crate::error::{Error, Fact, Kind, Result};
use crate::executor::Artifact;
use crate::id::JobId;
use crate::job::output_rows::OutputStore;
use crate::job::result::Finished;
use crate::job::runner::record::Recorded;
use crate::row::{TIME_FORMAT, parse_time};
use crate::state::{Folder, StateHome};

/// Where recovery files lie among what outlives a process.
const FOLDER: &str = "recovery";
/// Behind the name of a file that was not whole, once what it held was loaded.
pub const NOT_WHOLE: &str = ".not-whole";
/// Behind the name of a file whose job has another result.
pub const SUPERSEDED: &str = ".superseded";
/// Behind the name of a file that is to be loaded.
const LOADABLE: &str = ".jsonl";

/// So many bytes of an artifact are in a line.
const PIECE: u64 = 1 << 20;
/// No line is longer: the longest that are written have a piece of an artifact in Base64, and its path and note.
const LINE_LIMIT: usize = 4 << 20;

/// What the recovery file is called that a process writes of a job.
fn name(database: &Fingerprint, job: JobId, runner: i64) -> String {
    format!("job-{database}-{job}-{runner}{LOADABLE}")
}

/// The names of the files in this user's folder. Where none is this user's alone, there are none.
fn own_names() -> Vec<String> {
    // It is not made for that.
    let is_there = StateHome::own().is_ok_and(|home| home.path().join(FOLDER).is_dir());
    let names = is_there.then(|| Folder::own(FOLDER).and_then(|folder| folder.names())).and_then(Result::ok);
    names.unwrap_or_default().into_iter().filter_map(|name| name.into_string().ok()).collect()
}

/// The names of the files of this user that are to be loaded, with the database and the job of each.
pub fn to_be_loaded() -> Vec<(Fingerprint, JobId, String)> {
    let parse = |name: String| {
        let mut parts = name.strip_prefix("job-")?.strip_suffix(LOADABLE)?.split('-');
        let (database, job) = (Fingerprint::parse(parts.next()?)?, JobId(parts.next()?.parse().ok()?));
        Some((database, job, name))
    };
    own_names().into_iter().filter_map(parse).collect()
}

/// The files of this user that were put aside and are of this database, if nothing was written to them since this moment.
pub fn put_aside_before(database: &Fingerprint, moment: SystemTime) -> Vec<String> {
    let is_old = |name: &String| {
        let is_aside = [NOT_WHOLE, SUPERSEDED].iter().any(|aside| name.ends_with(&format!("{LOADABLE}{aside}")));
        let written = || RecoveryFile::own(name).and_then(|file| std::fs::symlink_metadata(&file.path)?.modified());
        is_aside && name.starts_with(&format!("job-{database}-")) && written().is_ok_and(|written| written < moment)
    };
    own_names().into_iter().filter(is_old).collect()
}

/// A recovery file that was written.
pub struct RecoveryFile {
    pub path: PathBuf,
    /// The folder and the name there of one that a runner left. None for one that the user names.
    kept: Option<(Folder, String)>,
}

impl RecoveryFile {
    /// The file that the user names.
    pub fn given(path: &Path) -> RecoveryFile {
        RecoveryFile { path: path.to_owned(), kept: None }
    }

    /// The one of this name in this user's folder.
    ///
    /// # Errors
    /// There is no folder that is this user's alone.
    pub fn own(name: &str) -> io::Result<RecoveryFile> {
        let folder = Folder::own(FOLDER)?;
        Ok(RecoveryFile { path: folder.join(name), kept: Some((folder, name.to_owned())) })
    }

    /// The one that a runner wrote of a job, if there is one; those from before name no database.
    ///
    /// # Errors
    /// It cannot be looked for where that runner kept it.
    pub fn left_by(runner: &Recorded, job: JobId, pid: i64) -> io::Result<Option<RecoveryFile>> {
        use io::ErrorKind::{AlreadyExists, NotADirectory, NotFound};
        let folder = match &runner.state {
            Some(state) => Folder::in_home(state, FOLDER),
            None => Folder::own(FOLDER),
        };
        let folder = match folder {
            // Where something else lies than a folder, none was ever made.
            Err(cause) if matches!(cause.kind(), NotFound | NotADirectory | AlreadyExists) => return Ok(None),
            folder => folder?,
        };
        let names = [name(&runner.database, job, pid), format!("job-{job}-{pid}.jsonl")];
        let there = names.into_iter().find(|name| folder.has(name));
        Ok(there.map(|name| RecoveryFile { path: folder.join(&name), kept: Some((folder, name)) }))
    }

    /// The one that this process wrote of a job, if there is one.
    pub fn written(database: &Fingerprint, job: JobId) -> Option<RecoveryFile> {
        let file = RecoveryFile::own(&name(database, job, std::process::id().into())).ok()?;
        file.path.symlink_metadata().is_ok().then_some(file)
    }

    fn open(&self) -> Result<File> {
        let opened = match &self.kept {
            Some((folder, name)) => folder.file(name, OFlag::O_RDONLY),
            None => File::open(&self.path),
        };
        opened
            .and_then(|file| if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file")) })
            .map_err(|cause| {
                let error = Error::file(format!("cannot read the recovery file {}", self.path.display()), cause);
                // Whoever names a file is told the cause alone.
                match self.kept {
                    Some(_) => error.hint(
                        "Let the runner's user read it, or put the file itself in the place of a link; where it is moved away, the next \
                         `multiflexi-cli queue run` ends the job with what is known without it",
                    ),
                    None => error,
                }
            })
    }

    /// Does it hold a result, and not only the output before it?
    ///
    /// # Errors
    /// It cannot be read.
    pub fn is_whole(&self) -> Result<bool> {
        let mut last = Value::Null;
        for line in self.lines()? {
            match line {
                Ok(line) => last = line,
                Err(MalformedLine::Damaged(_)) => return Ok(false),
                Err(MalformedLine::Unreadable(error)) => return Err(error),
            }
        }
        Ok(RecoveryResult::read(&last, &self.path).is_ok())
    }

    /// The exit code that its last line has of this job, whatever else is wrong with the file.
    pub fn known_code(&self, job: JobId) -> Option<i32> {
        let is_read = |line: &Result<Value, MalformedLine>| !matches!(line, Err(MalformedLine::Unreadable(_)));
        let last = self.lines().ok()?.take_while(is_read).filter_map(Result::ok).last()?;
        (last["job"].as_i64() == Some(job.0)).then(|| exit_code(&last)).flatten()
    }

    /// It is loaded, and of no more use; one that stays is refused when it is loaded again.
    pub fn remove(&self) {
        let _ = match &self.kept {
            Some((folder, name)) => folder.remove(name),
            None => std::fs::remove_file(&self.path),
        };
    }

    /// Gives a file another name, by which nobody loads it: why stands behind the old one. Tells where it is.
    ///
    /// # Errors
    /// It cannot be renamed.
    pub fn put_aside(&self, why: &str) -> io::Result<PathBuf> {
        let Some((folder, name)) = &self.kept else { return Ok(self.path.clone()) };
        let aside = format!("{name}{why}");
        folder.rename(name, &aside)?;
        Ok(folder.join(&aside))
    }

    /// Its lines, in order.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn lines(&self) -> Result<RecoveryLines<'_>> {
        Ok(RecoveryLines { path: &self.path, file: BufReader::new(self.open()?), read: 0 })
    }
}

/// What the last line of a recovery file holds.
pub struct RecoveryResult {
    pub job: JobId,
    pub exit_code: i32,
    pub end: NaiveDateTime,
    pub command: String,
    pub app_version: Option<String>,
    /// Files from before do not say of which database they are.
    pub database: Option<String>,
}

impl RecoveryResult {
    /// Reads the last line of the file of this path.
    ///
    /// # Errors
    /// It holds no result: its writer did not come to the end of it, or it was changed.
    pub fn read(last: &Value, path: &Path) -> Result<RecoveryResult> {
        let number = |key: &str| last[key].as_i64().ok_or_else(|| damaged(path, format!("its last line has no {key}")));
        let job = JobId(number("job")?);
        number("exitcode")?;
        let exit_code = exit_code(last).ok_or_else(|| damaged(path, "its exit code is none"))?;
        let end = last["end"].as_str().and_then(parse_time).ok_or_else(|| damaged(path, "its last line has no end"))?;
        let text = |key: &str| last[key].as_str().map(str::to_owned);
        let command = text("command").unwrap_or_default();
        Ok(RecoveryResult {
            job,
            exit_code,
            end,
            command,
            app_version: text("app_version"),
            database: text("database"),
        })
    }

    /// Is a line the one that holds the result, or is to hold it?
    pub fn is_its_line(line: &Value) -> bool {
        !line["exitcode"].is_null() || !line["end"].is_null()
    }
}

fn exit_code(line: &Value) -> Option<i32> {
    line["exitcode"].as_i64().and_then(|code| i32::try_from(code).ok())
}

/// What there is of the recovery file that a runner which died may have written.
pub enum RecoveryFileState {
    Missing,
    /// Its writer did not come to the end of it: output without a result.
    Partial(RecoveryFile),
    /// It holds the result.
    Whole(RecoveryFile),
}

impl RecoveryFileState {
    /// Looks whether this file is whole.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn read(file: RecoveryFile) -> Result<RecoveryFileState> {
        Ok(if file.is_whole()? { RecoveryFileState::Whole(file) } else { RecoveryFileState::Partial(file) })
    }
}

/// A recovery file that is being written.
pub struct RecoveryWriter {
    database: Fingerprint,
    job: JobId,
    file: File,
    /// How much of it is whole lines.
    size: u64,
    pub written: RecoveryFile,
}

impl RecoveryWriter {
    /// Makes the file, for the owner's eyes only.
    ///
    /// # Errors
    /// It cannot be made; the words name it.
    pub fn new(database: &Fingerprint, job: JobId) -> Result<RecoveryWriter> {
        let made = Folder::own(FOLDER).and_then(|folder| {
            let name = name(database, job, std::process::id().into());
            let file = folder.file(&name, OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL)?;
            let written = RecoveryFile { path: folder.join(&name), kept: Some((folder, name)) };
            Ok(RecoveryWriter { database: database.clone(), job, file, size: 0, written })
        });
        made.map_err(|cause| {
            Error::new(Kind::NotRun, format!("cannot make a recovery file for job {job}"))
                .because(cause)
                .hint("Set XDG_STATE_HOME to a folder that you may write")
        })
    }

    /// Where the recovery file lies.
    pub fn path(&self) -> &Path {
        &self.written.path
    }

    /// Nothing of it is whole: then there is nothing to be loaded.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }

    /// Takes what the database did not.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn take(&mut self, store: &mut OutputStore) -> Result<()> {
        let job = self.job;
        let mut text = String::new();
        if store.is_restarted() {
            text.push_str(&format!("{}\n", json!({"job": job, "seq": store.next_seq(), "restart": true})));
        }
        for (seq, kind, line) in store.unwritten() {
            text.push_str(&format!("{}\n", json!({"job": job, "seq": seq, "type": kind, "line": line})));
        }
        self.write(text.as_bytes())?;
        store.written();
        Ok(())
    }

    /// Makes the file whole, and durable.
    ///
    /// An artifact that cannot be written there is a notice, and does not take the result with it.
    ///
    /// # Errors
    /// The file cannot be written; the words hold the result.
    pub fn end(&mut self, store: &mut OutputStore, finished: &Finished<'_>) -> Result<()> {
        self.take(store)?;
        for artifact in finished.artifacts.iter().map(|storable| &storable.artifact) {
            if let Err(error) = self.take_artifact(artifact) {
                store.push_notice(&format!("artifact missing: {} was lost: {}", artifact.path, error.line()));
                // On a full disk the result may have room yet where the notice has none.
                let _ = self.take(store);
            }
        }
        let end = finished.end.format(TIME_FORMAT).to_string();
        let result = json!({
            "job": self.job, "database": *self.database, "end": end, "exitcode": finished.exit_code,
            "command": finished.stored_command(), "app_version": finished.app_version,
        });
        self.write(format!("{result}\n").as_bytes())?;
        self.file.sync_all().map_err(|cause| self.error(cause))
    }

    /// Takes an artifact, in lines of a piece each, or nothing of it.
    fn take_artifact(&mut self, artifact: &Artifact) -> Result<()> {
        let begun = self.size;
        let taken = self.take_pieces(artifact);
        if taken.is_err() {
            self.cut_to(begun);
        }
        taken
    }

    fn take_pieces(&mut self, artifact: &Artifact) -> Result<()> {
        let unreadable = |cause| Error::file(format!("cannot read {}", artifact.file.display()), cause);
        let mut content = File::open(&artifact.file).map_err(unreadable)?;
        let size = content.metadata().map_err(unreadable)?.len();
        let mut line = json!({"job": self.job, "artifact": artifact.path, "note": artifact.note, "size": size});
        let (mut left, mut piece) = (size, Vec::new());
        loop {
            let length = left.min(PIECE);
            piece.resize(usize::try_from(length).unwrap_or_default(), 0);
            content.read_exact(&mut piece).map_err(unreadable)?;
            line["content"] = BASE64_STANDARD.encode(&piece).into();
            self.write(format!("{line}\n").as_bytes())?;
            left = left.saturating_sub(length);
            if left == 0 {
                return Ok(());
            }
            line = json!({"job": self.job, "more_of": artifact.path});
        }
    }

    /// Writes whole lines, or nothing.
    fn write(&mut self, text: &[u8]) -> Result<()> {
        let written = self.file.write_all(text);
        if let Err(cause) = written {
            self.cut_to(self.size);
            return Err(self.error(cause));
        }
        self.size = self.size.saturating_add(text.len() as u64);
        Ok(())
    }

    fn cut_to(&mut self, size: u64) {
        let _ = self.file.set_len(size);
        let _ = self.file.seek(SeekFrom::Start(size));
        self.size = size;
    }

    fn error(&self, cause: io::Error) -> Error {
        Error::new(Kind::NotRun, format!("cannot write the recovery file {}", self.path().display())).because(cause)
    }
}

/// The lines of a recovery file.
pub struct RecoveryLines<'a> {
    path: &'a Path,
    file: BufReader<File>,
    /// How many lines were read.
    read: usize,
}

/// Why a line of a recovery file is none.
pub enum MalformedLine {
    /// The file cannot be read.
    Unreadable(Error),
    /// Its writer did not come to the end of it.
    Damaged(Error),
}

impl From<MalformedLine> for Error {
    fn from(broken: MalformedLine) -> Error {
        match broken {
            MalformedLine::Unreadable(error) | MalformedLine::Damaged(error) => error,
        }
    }
}

/// What is said of a file that is not whole.
pub fn damaged(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::refused(format!("{} is not a whole recovery file: {why}", path.display())).hint(
        "If its runner died, `multiflexi-cli queue run` or `multiflexi-cli queue fix` ends the job with what it holds; its last line is to hold the result",
    )
    .fact(Fact::Malformed)
}

impl Iterator for RecoveryLines<'_> {
    type Item = Result<Value, MalformedLine>;

    fn next(&mut self) -> Option<Result<Value, MalformedLine>> {
        // What a disk failure or a mistake made may have no end of a line for as long as the file is.
        let mut line = Vec::new();
        let read = self.file.by_ref().take((LINE_LIMIT as u64).saturating_add(1)).read_until(b'\n', &mut line);
        if matches!(read, Ok(0)) {
            return None;
        }
        self.read = self.read.saturating_add(1);
        let damaged = |why: String| MalformedLine::Damaged(damaged(self.path, format!("line {}: {why}", self.read)));
        Some(match read {
            Ok(length) if length > LINE_LIMIT => Err(damaged(format!("it is longer than {} MiB", LINE_LIMIT >> 20))),
            Ok(_) => serde_json::from_slice(&line).map_err(|cause| damaged(cause.to_string())),
            Err(cause) => {
                Err(MalformedLine::Unreadable(Error::file(format!("cannot read {}", self.path.display()), cause)))
            }
        })
    }
}
