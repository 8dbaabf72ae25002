//! The recovery file: where output and result go that the database does not take, so that they are never lost, and bringing
//! them back from there. A JSON value a line: output, artifacts, and at last the result, which makes the file whole.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::db::Db;
use crate::db::row::{TIME_FORMAT, parse_time};
use crate::error::{Error, Result};
use crate::executor::run_file::state_directory;
use crate::executor::{Artifact, Stream};
use crate::job::artifact::Storable;
use crate::job::finish::{Finished, finish};
use crate::job::output::{Store, last_seq};
use crate::job::runner::{self, Recorded};

/// Where recovery files lie among what outlives a process.
const FOLDER: &str = "recovery";

/// What the recovery file is called that a process writes of a job.
fn name(database: &str, job: i64, runner: i64) -> String {
    format!("job-{database}-{job}-{runner}.jsonl")
}

/// The recovery file that a runner wrote of a job, if it is there; those from before name no database.
pub fn left_by(runner: &Recorded, job: i64, pid: i64) -> Option<PathBuf> {
    let directory = match &runner.state {
        Some(state) => state.join(FOLDER),
        None => state_directory(FOLDER).ok()?,
    };
    let names = [name(&runner.database, job, pid), format!("job-{job}-{pid}.jsonl")];
    names.into_iter().map(|name| directory.join(name)).find(|path| path.is_file())
}

/// The recovery file that this process wrote of a job, if it is there.
pub fn written(database: &str, job: i64) -> Option<PathBuf> {
    let path = state_directory(FOLDER).ok()?.join(name(database, job, std::process::id().into()));
    path.is_file().then_some(path)
}

/// Does the file hold a result, and not only the output before it?
pub fn is_whole(path: &Path) -> bool {
    let last = Lines::of(path).ok().and_then(Iterator::last);
    last.is_some_and(|line| line.is_ok_and(|line| line["exitcode"].is_i64()))
}

/// A recovery file that is being written.
pub struct Spill {
    database: String,
    job: i64,
    file: File,
    /// How much of it is whole lines.
    size: u64,
    pub path: PathBuf,
}

impl Spill {
    /// Makes the file, for the owner's eyes only.
    ///
    /// # Errors
    /// It cannot be made; the words name it.
    pub fn new(database: &str, job: i64) -> Result<Spill> {
        let made = state_directory(FOLDER).and_then(|directory| {
            let path = directory.join(name(database, job, std::process::id().into()));
            let file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
            Ok(Spill { database: database.to_owned(), job, file, size: 0, path })
        });
        made.map_err(|cause| {
            Error::file(format!("cannot make a recovery file for job {job}"), cause)
                .hint("Set XDG_STATE_HOME to a folder that you may write")
        })
    }

    /// Takes what the database did not.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn take(&mut self, store: &mut Store) -> Result<()> {
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
    pub fn end(&mut self, store: &mut Store, finished: &Finished<'_>) -> Result<()> {
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

    fn take_artifact(&mut self, artifact: &Artifact) -> Result<()> {
        let content = std::fs::read(&artifact.file)
            .map_err(|cause| Error::file(format!("cannot read {}", artifact.file.display()), cause))?;
        let line = json!({
            "job": self.job, "artifact": artifact.path, "note": artifact.note, "content": BASE64.encode(content),
        });
        self.write(format!("{line}\n").as_bytes())
    }

    /// Writes whole lines, or nothing.
    fn write(&mut self, text: &[u8]) -> Result<()> {
        let written = self.file.write_all(text);
        if let Err(cause) = written {
            let _ = self.file.set_len(self.size);
            let _ = self.file.seek(SeekFrom::Start(self.size));
            return Err(self.error(cause));
        }
        self.size += text.len() as u64;
        Ok(())
    }

    fn error(&self, cause: io::Error) -> Error {
        Error::file(format!("cannot write the recovery file {}", self.path.display()), cause)
    }
}

/// The lines of a recovery file.
struct Lines<'a> {
    path: &'a Path,
    lines: std::iter::Zip<std::ops::RangeFrom<usize>, io::Lines<BufReader<File>>>,
}

impl<'a> Lines<'a> {
    fn of(path: &'a Path) -> Result<Lines<'a>> {
        let file = File::open(path)
            .map_err(|cause| Error::file(format!("cannot read the recovery file {}", path.display()), cause))?;
        Ok(Lines { path, lines: (1..).zip(BufReader::new(file).lines()) })
    }

    fn damaged(&self, why: impl std::fmt::Display) -> Error {
        damaged(self.path, why)
    }
}

fn damaged(path: &Path, why: impl std::fmt::Display) -> Error {
    Error::refused(format!("{} is not a whole recovery file: {why}", path.display()))
        .hint("`job run` says where it wrote one; its last line holds the result")
}

impl Iterator for Lines<'_> {
    type Item = Result<Value>;

    fn next(&mut self) -> Option<Result<Value>> {
        let (number, line) = self.lines.next()?;
        let line = match line {
            Ok(line) => line,
            Err(cause) => return Some(Err(Error::file(format!("cannot read {}", self.path.display()), cause))),
        };
        Some(serde_json::from_str(&line).map_err(|cause| self.damaged(format!("line {number}: {cause}"))))
    }
}

/// Loads a recovery file into the database and tells which job it was of, and its exit code. Doing so again after a failure
/// doubles nothing. The job's own runner, `by_runner`, does so only while the job is still its.
///
/// # Errors
/// The file is none, or is not whole, or is of another database; the job is gone, has not begun, or has a result already.
pub async fn load(db: &mut Db, zone: Tz, path: &Path, by_runner: bool) -> Result<(i64, i32)> {
    // Once over all of it, to see that it is whole before anything is written.
    let mut lines = Lines::of(path)?;
    let (mut result, mut count) = (Value::Null, 0);
    for line in lines.by_ref() {
        result = line?;
        count += 1;
    }
    let number = |key: &str| result[key].as_i64().ok_or_else(|| lines.damaged(format!("its last line has no {key}")));
    let (job, code) = (number("job")?, number("exitcode")?);
    let code = i32::try_from(code).map_err(|_| lines.damaged("its exit code is none"))?;
    let end = result["end"].as_str().and_then(parse_time);
    let end = end.ok_or_else(|| lines.damaged("its last line has no end"))?;
    check(db, job, path, result["database"].as_str()).await?;
    let (mut store, artifacts) = restore(db, zone, path, job, count - 1, by_runner).await?;
    let app_version = result["app_version"].as_str().map(str::to_owned);
    let command = result["command"].as_str().unwrap_or_default();
    let finished = Finished { job, end, exit_code: code, command, app_version, artifacts: &artifacts, by_runner };
    finish(db, &mut store, &finished).await?;
    Ok((job, code))
}

/// Is the file one of this job's, here, and has that no result yet?
async fn check(db: &mut Db, job: i64, path: &Path, database: Option<&str>) -> Result<()> {
    let row =
        db.find("job", job).await?.ok_or_else(|| Error::not_found(format!("job {job} is not in this database")))?;
    // Files from before do not say of which database they are.
    if let Some(database) = database {
        let own = runner::recorded(db, job).await?.database;
        if database != own && database != db.target().fingerprint() {
            return Err(Error::refused(format!(
                "{} is of job {job} in another database than {}",
                path.display(),
                db.target()
            ))
            .hint("Load it with the settings of the runner that wrote it (-e FILE)"));
        }
    }
    if let Some(code) = row.int("exitcode") {
        return Err(Error::refused(format!("job {job} has a result already: exit code {code}")));
    }
    if row.get("begin").is_null() {
        return Err(Error::refused(format!(
            "job {job} of {} has not begun: {} is not of it",
            db.target(),
            path.display()
        ))
        .hint("Is it of another database? Load it with the settings of the runner that wrote it (-e FILE)"));
    }
    Ok(())
}

/// Loads what a file has that could not be made whole.
///
/// # Errors
/// The database does not take it, or the job is another runner's by now.
pub async fn load_output(db: &mut Db, zone: Tz, path: &Path, job: i64) -> Result<()> {
    let (mut store, _) = restore(db, zone, path, job, usize::MAX, true).await?;
    store.flush_as_runner(db).await
}

/// Brings so many lines back: output into the database but for the last batch of it, artifacts into files of ours.
async fn restore(
    db: &mut Db,
    zone: Tz,
    path: &Path,
    job: i64,
    count: usize,
    by_runner: bool,
) -> Result<(Store, Vec<Storable>)> {
    let mut lines = Lines::of(path)?;
    let (mut store, mut artifacts) = (None::<Store>, Vec::new());
    for line in lines.by_ref().take(count) {
        let line = line?;
        let damaged = |why: String| damaged(path, why);
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        if let Some(artifact) = line["artifact"].as_str() {
            let content = BASE64.decode(text("content")).map_err(|cause| damaged(cause.to_string()))?;
            let kept = Storable::from_content(artifact, text("note"), &content);
            let kept = kept.map_err(|cause| Error::file(format!("cannot keep the artifact {artifact} here"), cause));
            artifacts.push(kept?);
            continue;
        }
        let store = match &mut store {
            Some(store) => store,
            // What a failed attempt at loading it wrote begins with the same number.
            None => match line["seq"].as_i64() {
                Some(seq) => store.insert(Store::again(job, zone, seq - 1)),
                None => store.insert(Store::new(job, zone, last_seq(db, job).await?)),
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
    let store = match store {
        Some(store) => store,
        None => Store::new(job, zone, last_seq(db, job).await?),
    };
    Ok((store, artifacts))
}
