//! The recovery file: where output and result go that the database does not take, so that they are never lost, and bringing
//! them back from there. A JSON value a line: output, artifacts, and at last the result, which makes the file whole.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::db::Db;
use crate::db::row::{TIME_FORMAT, parse_time};
use crate::error::{Error, Result};
use crate::executor::Stream;
use crate::executor::run_file::state_directory;
use crate::job::artifact::Storable;
use crate::job::finish::{Finished, finish};
use crate::job::output::{Store, last_seq};

/// The path of the recovery file that this process writes of a job.
fn path(job: i64, runner: i64) -> io::Result<PathBuf> {
    Ok(state_directory("recovery")?.join(format!("job-{job}-{runner}.jsonl")))
}

/// The recovery file that a process wrote of a job, if it is there.
pub fn left_by(job: i64, runner: i64) -> Option<PathBuf> {
    path(job, runner).ok().filter(|path| path.is_file())
}

/// Does the file hold a result, and not only the output before it?
pub fn is_whole(path: &Path) -> bool {
    let last = Lines::of(path).ok().and_then(Iterator::last);
    last.is_some_and(|line| line.is_ok_and(|line| line["exitcode"].is_i64()))
}

/// A recovery file that is being written.
pub struct Spill {
    job: i64,
    file: File,
    pub path: PathBuf,
}

impl Spill {
    /// Makes the file, for the owner's eyes only.
    ///
    /// # Errors
    /// It cannot be made; the words name it.
    pub fn new(job: i64) -> Result<Spill> {
        let made = path(job, std::process::id().into()).and_then(|path| {
            let file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
            Ok(Spill { job, file, path })
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

    /// Makes the file whole, and durable.
    ///
    /// # Errors
    /// The file cannot be written; the words hold the result.
    pub fn end(&mut self, store: &mut Store, finished: &Finished<'_>) -> Result<()> {
        self.take(store)?;
        for artifact in finished.artifacts.iter().map(|storable| &storable.artifact) {
            let content = std::fs::read(&artifact.file).map_err(|cause| self.error(cause))?;
            let line = json!({"job": self.job, "artifact": artifact.path, "content": BASE64.encode(content)});
            self.write(format!("{line}\n").as_bytes())?;
        }
        let end = finished.end.format(TIME_FORMAT).to_string();
        let result = json!({
            "job": self.job, "end": end, "exitcode": finished.exit_code, "command": finished.command,
            "app_version": finished.app_version,
        });
        self.write(format!("{result}\n").as_bytes())?;
        self.file.sync_all().map_err(|cause| self.error(cause))
    }

    fn write(&mut self, text: &[u8]) -> Result<()> {
        self.file.write_all(text).map_err(|cause| self.error(cause))
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
        Error::refused(format!("{} is not a whole recovery file: {why}", self.path.display()))
            .hint("`job run` says where it wrote one; its last line holds the result")
    }
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
/// doubles nothing.
///
/// # Errors
/// The file is none, or is not whole; the job is gone or has a result already.
pub async fn load(db: &mut Db, zone: Tz, path: &Path) -> Result<(i64, i32)> {
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
    let row =
        db.find("job", job).await?.ok_or_else(|| Error::not_found(format!("job {job} is not in this database")))?;
    if let Some(code) = row.int("exitcode") {
        return Err(Error::refused(format!("job {job} has a result already: exit code {code}")));
    }
    let (mut store, mut artifacts) = (None::<Store>, Vec::new());
    for line in Lines::of(path)?.take(count - 1) {
        let line = line?;
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        if let Some(artifact) = line["artifact"].as_str() {
            let content = BASE64.decode(text("content")).map_err(|cause| lines.damaged(cause))?;
            let kept = Storable::from_content(artifact, &content);
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
            store.push_stored(text("type"), text("line")).map_err(|why| lines.damaged(why))?;
        }
        if store.is_full() {
            store.flush(db).await?;
        }
    }
    let mut store = match store {
        Some(store) => store,
        None => Store::new(job, zone, last_seq(db, job).await?),
    };
    let app_version = result["app_version"].as_str().map(str::to_owned);
    let command = result["command"].as_str().unwrap_or_default();
    let finished =
        Finished { job, end, exit_code: code, command, app_version, artifacts: &artifacts, by_runner: false };
    finish(db, &mut store, &finished).await?;
    Ok((job, code))
}
