//! Loading a recovery file into the database.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use serde_json::Value;

use crate::db::Db;
use crate::error::{Error, Result};
use crate::executor::Stream;
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::output_rows::{OutputStore, SEQ_END, last_seq};
use crate::job::recovery::spill_file::{MalformedLine, SpillFile, damaged};
use crate::job::run::artifacts::StorableArtifact;
use crate::job::run::runner_record;
use crate::job::run::save_result::{Finished, finish};
use crate::row::parse_time;

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
        let own = runner_record::read_record(db, job).await?.database;
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
