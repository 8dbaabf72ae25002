//! The recovery file: where output and result go that the database does not take, so that they are never lost, and bringing
//! them back from there. A JSON value a line: output, artifacts, and at last the result, which makes the file whole.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use nix::fcntl::OFlag;
use serde_json::{Value, json};

use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::executor::{Artifact, Stream};
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::output_rows::{OutputStore, SEQ_END, last_seq};
use crate::job::run::artifacts::StorableArtifact;
use crate::job::run::runner::{self, Recorded};
use crate::job::run::save_result::{Finished, finish};
use crate::row::{TIME_FORMAT, parse_time};
use crate::state::Folder;

/// Where recovery files lie among what outlives a process.
const FOLDER: &str = "recovery";
/// Behind the name of a file that was not whole, once what it held was loaded.
const ASIDE: &str = ".not-whole";

/// So many bytes of an artifact are in a line.
const PIECE: u64 = 1 << 20;

/// What the recovery file is called that a process writes of a job.
fn name(database: &str, job: JobId, runner: i64) -> String {
    format!("job-{database}-{job}-{runner}.jsonl")
}

/// A recovery file that was written.
pub struct SpillFile {
    pub path: PathBuf,
    /// The folder and the name there of one that a runner left. None for one that the user names.
    kept: Option<(Folder, String)>,
}

impl SpillFile {
    /// The file that the user names.
    pub fn given(path: &Path) -> SpillFile {
        SpillFile { path: path.to_owned(), kept: None }
    }

    /// The one that a runner wrote of a job, if there is one; those from before name no database.
    ///
    /// # Errors
    /// It cannot be looked for where that runner kept it.
    pub fn left_by(runner: &Recorded, job: JobId, pid: i64) -> io::Result<Option<SpillFile>> {
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
        Ok(there.map(|name| SpillFile { path: folder.join(&name), kept: Some((folder, name)) }))
    }

    /// The one that this process wrote of a job, if there is one.
    pub fn written(database: &str, job: JobId) -> Option<SpillFile> {
        let folder = Folder::own(FOLDER).ok()?;
        let name = name(database, job, std::process::id().into());
        folder.has(&name).then(|| SpillFile { path: folder.join(&name), kept: Some((folder, name)) })
    }

    fn open(&self) -> Result<File> {
        let opened = match &self.kept {
            Some((folder, name)) => folder.file(name, OFlag::O_RDONLY),
            None => File::open(&self.path),
        };
        opened
            .and_then(|file| if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is no file")) })
            .map_err(|cause| Error::file(format!("cannot read the recovery file {}", self.path.display()), cause))
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
        Ok(last["exitcode"].is_i64())
    }

    /// It is loaded, and of no more use; one that stays is refused when it is loaded again.
    pub fn remove(&self) {
        let _ = match &self.kept {
            Some((folder, name)) => folder.remove(name),
            None => std::fs::remove_file(&self.path),
        };
    }

    /// Gives a file that was not whole another name, by which nobody loads it again. Tells where it is.
    pub fn put_aside(&self) -> PathBuf {
        let Some((folder, name)) = &self.kept else { return self.path.clone() };
        let aside = format!("{name}{ASIDE}");
        match folder.rename(name, &aside) {
            Ok(()) => folder.join(&aside),
            Err(_) => self.path.clone(),
        }
    }

    fn lines(&self) -> Result<SpillLines<'_>> {
        Ok(SpillLines { path: &self.path, lines: (1..).zip(BufReader::new(self.open()?).lines()) })
    }
}

/// A recovery file that is being written.
pub struct Spill {
    database: String,
    job: JobId,
    file: File,
    /// How much of it is whole lines.
    size: u64,
    pub written: SpillFile,
}

impl Spill {
    /// Makes the file, for the owner's eyes only.
    ///
    /// # Errors
    /// It cannot be made; the words name it.
    pub fn new(database: &str, job: JobId) -> Result<Spill> {
        let made = Folder::own(FOLDER).and_then(|folder| {
            let name = name(database, job, std::process::id().into());
            let file = folder.file(&name, OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL)?;
            let written = SpillFile { path: folder.join(&name), kept: Some((folder, name)) };
            Ok(Spill { database: database.to_owned(), job, file, size: 0, written })
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

    /// Makes the file whole, and durable. An artifact that cannot be written there is a notice, and does not take the result
    /// with it.
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
            "job": self.job, "database": self.database, "end": end, "exitcode": finished.exit_code,
            "command": finished.command, "app_version": finished.app_version,
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
            line["content"] = BASE64.encode(&piece).into();
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
struct SpillLines<'a> {
    path: &'a Path,
    lines: std::iter::Zip<std::ops::RangeFrom<usize>, io::Lines<BufReader<File>>>,
}

/// Why a line of a recovery file is none.
enum MalformedLine {
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

fn damaged(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::refused(format!("{} is not a whole recovery file: {why}", path.display())).hint(
        "If its runner died, `multiflexi-cli queue run` or `queue fix` ends the job with what it holds; its last line is to hold the result",
    )
}

impl Iterator for SpillLines<'_> {
    type Item = Result<Value, MalformedLine>;

    fn next(&mut self) -> Option<Result<Value, MalformedLine>> {
        let (number, line) = self.lines.next()?;
        let damaged = |why: String| MalformedLine::Damaged(damaged(self.path, format!("line {number}: {why}")));
        Some(match line {
            Ok(line) => serde_json::from_str(&line).map_err(|cause| damaged(cause.to_string())),
            Err(cause) if cause.kind() == io::ErrorKind::InvalidData => Err(damaged(cause.to_string())),
            Err(cause) => {
                Err(MalformedLine::Unreadable(Error::file(format!("cannot read {}", self.path.display()), cause)))
            }
        })
    }
}

/// Loads a recovery file into the database and tells which job it was of, and its exit code. Doing so again after a failure
/// doubles nothing. The job's own runner, `by_runner`, does so only while the job is still its.
///
/// # Errors
/// The file is none, or is not whole, or is of another database; the job is gone, has not begun, or has a result already.
pub async fn load(db: &mut Db, zone: Tz, file: &SpillFile, by_runner: bool) -> Result<(JobId, i32)> {
    let path = &file.path;
    // Once over all of it, to see that it is whole before anything is written.
    let (mut result, mut count) = (Value::Null, 0);
    for line in file.lines()? {
        result = line?;
        count += 1;
    }
    let number = |key: &str| result[key].as_i64().ok_or_else(|| damaged(path, format!("its last line has no {key}")));
    let (job, code) = (JobId(number("job")?), number("exitcode")?);
    let code = i32::try_from(code).map_err(|_| damaged(path, "its exit code is none"))?;
    let end = result["end"].as_str().and_then(parse_time);
    let end = end.ok_or_else(|| damaged(path, "its last line has no end"))?;
    check(db, job, path, result["database"].as_str()).await?;
    let what = Part { job, count: count - 1, by_runner, as_far_as_it_goes: false };
    let app_version = result["app_version"].as_str().map(str::to_owned);
    let command = result["command"].as_str().unwrap_or_default();
    as_far_as_it_can_be_stored(db, by_runner, async |db| {
        let (mut store, artifacts) = restore(db, zone, file, what).await?;
        flush(db, &mut store, by_runner).await?;
        let finished = Finished {
            job,
            end,
            exit_code: code,
            command,
            app_version,
            artifacts: &artifacts,
            by_runner,
            zone,
            master_key: None,
        };
        finish(db, &mut store, &finished).await
    })
    .await?;
    Ok((job, code))
}

/// Loads with characters replaced that the database's encoding lacks, as the job's own runner does: a result is not lost for them.
async fn as_far_as_it_can_be_stored<T>(
    db: &mut Db,
    by_runner: bool,
    load: impl AsyncFnOnce(&mut Db) -> Result<T>,
) -> Result<T> {
    if by_runner {
        return load(db).await;
    }
    db.replace_unstorable();
    let loaded = load(db).await;
    // What comes over this connection after that is somebody's input again.
    db.refuse_unstorable();
    loaded
}

/// Writes the last batch, and notes in the record where something in the output was replaced.
async fn flush(db: &mut Db, store: &mut OutputStore, by_runner: bool) -> Result<()> {
    if by_runner {
        return Ok(());
    }
    store.flush(db).await?;
    if let Some(message) = db.replaced() {
        store.push(Stream::Notice, message.as_bytes());
        store.flush(db).await?;
    }
    Ok(())
}

/// Is the file one of this job's, here, and has that no result yet?
async fn check(db: &mut Db, job: JobId, path: &Path, database: Option<&str>) -> Result<()> {
    let found = Job::find(db, job).await?;
    let found = found.ok_or_else(|| Error::not_found(format!("job {job} is not in this database")))?;
    // Files from before do not say of which database they are.
    if let Some(database) = database {
        let own = runner::read_record(db, job).await?.database;
        if database != &*own && database != &*db.target().fingerprint() {
            return Err(Error::refused(format!(
                "{} is of job {job} in another database than {}",
                path.display(),
                db.target()
            ))
            .hint("Load it with the settings of the runner that wrote it (-e FILE)"));
        }
    }
    match found.state {
        JobState::Running => Ok(()),
        JobState::Ended(code) => Err(Error::refused(format!("job {job} has a result already: exit code {code}"))),
        JobState::Waiting => {
            Err(Error::refused(format!("job {job} of {} has not begun: {} is not of it", db.target(), path.display()))
                .hint("Is it of another database? Load it with the settings of the runner that wrote it (-e FILE)"))
        }
    }
}

/// Loads what a file has that could not be made whole.
///
/// # Errors
/// The database does not take it, or the job is another runner's by now.
pub async fn load_output(db: &mut Db, zone: Tz, file: &SpillFile, job: JobId) -> Result<()> {
    let what = Part { job, count: usize::MAX, by_runner: true, as_far_as_it_goes: false };
    let (mut store, _) = restore(db, zone, file, what).await?;
    store.flush_as_runner(db).await
}

/// Loads what a file holds whose writer did not come to its end, up to where it breaks off, and tells the artifacts in it.
/// Doing so again doubles nothing.
///
/// # Errors
/// The file cannot be read, or the database does not take what it holds.
pub async fn load_what_there_is(db: &mut Db, zone: Tz, file: &SpillFile, job: JobId) -> Result<Vec<StorableArtifact>> {
    let what = Part { job, count: usize::MAX, by_runner: false, as_far_as_it_goes: true };
    as_far_as_it_can_be_stored(db, false, async |db| {
        let (mut store, artifacts) = restore(db, zone, file, what).await?;
        flush(db, &mut store, false).await?;
        Ok(artifacts)
    })
    .await
}

/// What is to be brought back of a file.
struct Part {
    job: JobId,
    /// So many of its lines.
    count: usize,
    /// The job's own runner does it: only while the job is still its.
    by_runner: bool,
    /// Up to the first line that is none, and not only where all of them are whole.
    as_far_as_it_goes: bool,
}

/// An artifact of which more is to come.
struct Begun {
    path: String,
    note: String,
    file: File,
    /// So many bytes; files from before hold all in one line, and do not say.
    left: Option<u64>,
}

impl Begun {
    fn new(path: &str, note: &str, size: Option<u64>) -> Result<Begun> {
        let file = tempfile::tempfile().map_err(|cause| unkept(path, cause))?;
        Ok(Begun { path: path.to_owned(), note: note.to_owned(), file, left: size })
    }

    /// Takes a piece. True where it is whole.
    fn take(&mut self, content: &[u8]) -> Result<bool> {
        self.file.write_all(content).map_err(|cause| unkept(&self.path, cause))?;
        self.left = self.left.map(|left| left.saturating_sub(content.len() as u64));
        Ok(self.left.is_none_or(|left| left == 0))
    }

    fn end(self) -> Result<StorableArtifact> {
        StorableArtifact::restored(&self.path, &self.note, self.file).map_err(|cause| unkept(&self.path, cause))
    }
}

fn unkept(artifact: &str, cause: io::Error) -> Error {
    Error::file(format!("cannot keep the artifact {artifact} here"), cause)
}

/// Brings lines back: output into the database but for the last batch of it, artifacts into files of ours.
async fn restore(db: &mut Db, zone: Tz, file: &SpillFile, what: Part) -> Result<(OutputStore, Vec<StorableArtifact>)> {
    let Part { job, count, by_runner, as_far_as_it_goes } = what;
    let path = &file.path;
    let (mut store, mut artifacts, mut begun) = (None::<OutputStore>, Vec::new(), None::<Begun>);
    for line in file.lines()?.take(count) {
        let line = match line {
            Err(MalformedLine::Damaged(_)) if as_far_as_it_goes => break,
            line => line?,
        };
        if line["job"].as_i64() != Some(job.0) {
            match as_far_as_it_goes {
                true => break,
                false => return Err(damaged(path, format!("it has lines of another job than {job}"))),
            }
        }
        let damaged = |why: String| damaged(path, why);
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        if let Some(path) = line["artifact"].as_str() {
            begun = Some(Begun::new(path, text("note"), line["size"].as_u64())?);
        }
        if line["artifact"].is_string() || line["more_of"].is_string() {
            let content = BASE64.decode(text("content")).map_err(|cause| damaged(cause.to_string()))?;
            let mut artifact = begun.take().ok_or_else(|| damaged("it has a part of no artifact".to_owned()))?;
            match artifact.take(&content)? {
                true => artifacts.push(artifact.end()?),
                false => begun = Some(artifact),
            }
            continue;
        }
        if line["exitcode"].is_i64() {
            continue;
        }
        let store = match &mut store {
            Some(store) => store,
            // What a failed attempt at loading it wrote begins with the same number.
            None => match line["seq"].as_i64().filter(|seq| (1..SEQ_END).contains(seq)) {
                Some(seq) => store.insert(OutputStore::resume(job, zone, seq.saturating_sub(1))),
                None => store.insert(OutputStore::new(job, zone, last_seq(db, job).await?)),
            },
        };
        if line["restart"].as_bool() == Some(true) {
            store.push(Stream::Restart, &[]);
        } else {
            store.push_stored(text("type"), text("line")).map_err(damaged)?;
        }
        match (store.is_full(), by_runner) {
            (false, _) => {}
            (true, true) => store.flush_as_runner(db).await?,
            (true, false) => store.flush(db).await?,
        }
    }
    if let Some(artifact) = begun.filter(|_| !as_far_as_it_goes) {
        return Err(damaged(path, format!("the artifact {} breaks off", artifact.path)));
    }
    let store = match store {
        Some(store) => store,
        None => OutputStore::new(job, zone, last_seq(db, job).await?),
    };
    Ok((store, artifacts))
}
