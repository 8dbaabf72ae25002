//! Loading a recovery file into the database.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono_tz::Tz;
use serde_json::Value;

use crate::db::Db;
use crate::error::{Error, Fact, Result};
use crate::executor::Stream;
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::output_rows::{OutputStore, SEQ_END, last_seq};
use crate::job::recovery::recovery_file::{MalformedLine, RecoveryFile, RecoveryResult, damaged};
use crate::job::result::artifacts::StorableArtifact;
use crate::job::result::{Finished, Saver, finish};
use crate::job::runner::record;
use crate::job::task::RetryContext;

/// Is what a recovery file says wrong in itself, so that it is refused whenever it is loaded?
pub fn is_malformed(error: &Error) -> bool {
    error.fact == Some(Fact::Malformed)
}

/// Loads a recovery file into the database and returns which job it was of, and its exit code.
///
/// `owner` is the job that it has to be of, where that is known. Doing so again after a failure doubles nothing.
///
/// # Errors
/// The file is none, or is not whole, or is of another database or job; the job is gone, has not begun, or has a result already; or
/// its own runner loads it, and the job is another runner's by now. [`is_malformed`] tells whether the file is wrong in itself.
pub async fn load(
    db: &mut Db,
    retry: &RetryContext,
    file: &RecoveryFile,
    owner: Option<JobId>,
    saver: Saver,
) -> Result<(JobId, i32)> {
    let loading = match saver {
        Saver::Runner => Loading::ByRunner,
        Saver::Loader => Loading::Whole,
    };
    let path = &file.path;
    // Once over all of it, to see that it is whole before anything is written.
    let (mut last, mut count) = (Value::Null, 0);
    for line in file.lines()? {
        last = line?;
        count += 1;
    }
    let result = RecoveryResult::read(&last, path)?;
    let job = result.job;
    if let Some(owner) = owner.filter(|owner| *owner != job) {
        return Err(Error::refused(format!("{} is of job {job}, and not of job {owner}", path.display())).hint(
            "Move it away; where it is of another database, `multiflexi-cli job recover FILE` loads it with the settings of the runner that \
             wrote it (-e FILE). The next `multiflexi-cli queue run` ends the job with what is known without it",
        ));
    }
    check(db, &result, path).await?;
    let what = Part { job, count: count - 1, loading };
    // A result is not lost for characters that the database's encoding lacks.
    db.replacing_unstorable(async |db| {
        let (mut store, artifacts) = restore(db, retry.zone, file, what).await?;
        flush(db, &mut store, loading).await?;
        let finished = Finished {
            job,
            end: result.end,
            exit_code: result.exit_code,
            command: &result.command,
            app_version: result.app_version.clone(),
            artifacts: &artifacts,
            retry,
        };
        finish(db, &mut store, &finished, saver).await
    })
    .await?;
    Ok((job, result.exit_code))
}

/// Writes the last batch, and notes in the record where something in the output was replaced.
async fn flush(db: &mut Db, store: &mut OutputStore, loading: Loading) -> Result<()> {
    if loading == Loading::ByRunner {
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
async fn check(db: &mut Db, result: &RecoveryResult, path: &Path) -> Result<()> {
    let job = result.job;
    let found = Job::find(db, job).await?;
    let found = found.ok_or_else(|| Error::not_found(format!("job {job} is not in this database")))?;
    // Files from before do not say of which database they are.
    if let Some(database) = result.database.as_deref() {
        let own = record::read_record(db, job).await?.database;
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
        JobState::Ended(code) => Err(Error::refused(format!("job {job} has a result already: exit code {code}"))
            .hint(format!(
                "That stays. By the file the program ended with {}; the next `multiflexi-cli queue run` of its runner's user and machine adds \
                 that to the job's notices and puts the file aside",
                result.exit_code
            ))),
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
pub async fn load_output(db: &mut Db, zone: Tz, file: &RecoveryFile, job: JobId) -> Result<()> {
    let what = Part { job, count: usize::MAX, loading: Loading::ByRunner };
    let (mut store, _) = restore(db, zone, file, what).await?;
    store.flush_as_runner(db).await
}

/// Loads what a file holds that is not whole, up to where it breaks off, and tells the artifacts in it.
///
/// What of it cannot be read is left out, and an artifact that is missing for that is told in the job's record. Doing so again
/// doubles nothing.
///
/// # Errors
/// The file cannot be read, or the database does not take what it holds.
pub async fn salvage(db: &mut Db, zone: Tz, file: &RecoveryFile, job: JobId) -> Result<Vec<StorableArtifact>> {
    let loading = Loading::Salvage;
    let what = Part { job, count: usize::MAX, loading };
    db.replacing_unstorable(async |db| {
        let (mut store, artifacts) = restore(db, zone, file, what).await?;
        flush(db, &mut store, loading).await?;
        Ok(artifacts)
    })
    .await
}

/// What is to be brought back of a file.
struct Part {
    job: JobId,
    /// So many of its lines.
    count: usize,
    loading: Loading,
}

/// Who loads a file, and what it has to be for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Loading {
    /// The job's own runner: only while the job is still its, and only where all lines are whole.
    ByRunner,
    /// Anybody else, where all lines are whole.
    Whole,
    /// Anybody else, after its writer died in the middle, or where it is damaged: up to the first line that is none.
    Salvage,
}

/// An artifact of which more is to come.
struct BegunArtifact {
    path: String,
    note: String,
    file: File,
    /// So many bytes; files from before hold all in one line, and do not say.
    left: Option<u64>,
}

impl BegunArtifact {
    fn new(path: &str, note: &str, size: Option<u64>) -> Result<BegunArtifact> {
        let file = tempfile::tempfile().map_err(|cause| unkept(path, cause))?;
        Ok(BegunArtifact { path: path.to_owned(), note: note.to_owned(), file, left: size })
    }

    /// Takes a piece. True where it is whole.
    fn take(&mut self, content: &[u8], file: &Path) -> Result<bool> {
        let left = self.left.map(|left| left.checked_sub(content.len() as u64));
        self.left = left
            .map(|left| left.ok_or_else(|| damaged(file, format!("the artifact {} is longer than it says", self.path))))
            .transpose()?;
        self.file.write_all(content).map_err(|cause| unkept(&self.path, cause))?;
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
async fn restore(
    db: &mut Db,
    zone: Tz,
    file: &RecoveryFile,
    what: Part,
) -> Result<(OutputStore, Vec<StorableArtifact>)> {
    let Part { job, count, loading } = what;
    let mut restored = Restored {
        job,
        zone,
        path: &file.path,
        loading,
        store: None,
        artifacts: Vec::new(),
        begun: None,
        damaged: Vec::new(),
    };
    for line in file.lines()?.take(count) {
        let line = match line {
            Err(MalformedLine::Damaged(_)) if loading == Loading::Salvage => break,
            line => line?,
        };
        if line["job"].as_i64() != Some(job.0) {
            match loading {
                Loading::Salvage => break,
                _ => return Err(damaged(&file.path, format!("it has lines of another job than {job}"))),
            }
        }
        let taken = if line["artifact"].is_string() || line["more_of"].is_string() {
            restored.take_artifact(&line)
        } else if RecoveryResult::is_its_line(&line) {
            Ok(())
        } else {
            restored.take_output(db, &line).await
        };
        match taken {
            Err(error) if loading == Loading::Salvage && is_malformed(&error) => restored.leave_out(&line),
            taken => taken?,
        }
    }
    restored.end(db).await
}

/// What has been brought back of a file.
struct Restored<'a> {
    job: JobId,
    zone: Tz,
    path: &'a Path,
    loading: Loading,
    /// None before the first line of output.
    store: Option<OutputStore>,
    artifacts: Vec<StorableArtifact>,
    begun: Option<BegunArtifact>,
    /// Artifacts that are left out, since what the file has of them is damaged.
    damaged: Vec<String>,
}

impl Restored<'_> {
    /// A line that cannot be read is left out; what is told of it is which artifact is missing.
    fn leave_out(&mut self, line: &Value) {
        self.begun = None;
        let path = line["artifact"].as_str().or(line["more_of"].as_str()).map(str::to_owned);
        self.damaged.extend(path.filter(|path| !self.damaged.contains(path)));
    }

    fn take_artifact(&mut self, line: &Value) -> Result<()> {
        if let Some(path) = line["artifact"].as_str() {
            self.begun = Some(BegunArtifact::new(path, text(line, "note"), line["size"].as_u64())?);
        }
        let content = BASE64_STANDARD.decode(text(line, "content"));
        let content = content.map_err(|cause| damaged(self.path, cause.to_string()))?;
        let artifact = self.begun.take();
        let mut artifact = artifact.ok_or_else(|| damaged(self.path, "it has a part of no artifact".to_owned()))?;
        match artifact.take(&content, self.path)? {
            true => self.artifacts.push(artifact.end()?),
            false => self.begun = Some(artifact),
        }
        Ok(())
    }

    async fn take_output(&mut self, db: &mut Db, line: &Value) -> Result<()> {
        let (job, zone) = (self.job, self.zone);
        let store = match &mut self.store {
            Some(store) => store,
            // What a failed attempt at loading it wrote begins with the same number.
            None => match line["seq"].as_i64().filter(|seq| (1..SEQ_END).contains(seq)) {
                Some(seq) => self.store.insert(OutputStore::resume(job, zone, seq.saturating_sub(1))),
                None => self.store.insert(OutputStore::new(job, zone, last_seq(db, job).await?)),
            },
        };
        if line["restart"].as_bool() == Some(true) {
            store.push(Stream::Restart, &[]);
        } else {
            store.push_stored(text(line, "type"), text(line, "line")).map_err(|why| damaged(self.path, why))?;
        }
        match (store.is_full(), self.loading) {
            (false, _) => Ok(()),
            (true, Loading::ByRunner) => store.flush_as_runner(db).await,
            (true, Loading::Whole | Loading::Salvage) => store.flush(db).await,
        }
    }

    /// Nothing more comes: the last batch of the output, and the artifacts.
    async fn end(mut self, db: &mut Db) -> Result<(OutputStore, Vec<StorableArtifact>)> {
        if let Some(artifact) = self.begun.take() {
            if self.loading != Loading::Salvage {
                return Err(damaged(self.path, format!("the artifact {} breaks off", artifact.path)));
            }
            self.damaged.push(artifact.path);
        }
        let mut store = match self.store {
            Some(store) => store,
            None => OutputStore::new(self.job, self.zone, last_seq(db, self.job).await?),
        };
        for path in self.damaged {
            store.push_notice(&format!("artifact missing: {path} is not whole in {}", self.path.display()));
        }
        Ok((store, self.artifacts))
    }
}

fn text<'l>(line: &'l Value, key: &str) -> &'l str {
    line[key].as_str().unwrap_or_default()
}
