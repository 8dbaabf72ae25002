//! The recovery file: where a result goes that was learned while the database was away, so that it is never lost, and
//! bringing it back from there. A JSON value a line: unwritten output, artifacts, and at last the result.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::db::Db;
use crate::db::row::{TIME_FORMAT, parse_time};
use crate::error::{Error, Result};
use crate::job::artifact::Storable;
use crate::job::finish::{Finished, finish};
use crate::job::output::{Store, last_seq};

/// Where this user's recovery files are.
fn directory() -> PathBuf {
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let state = state.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")));
    state.unwrap_or_else(std::env::temp_dir).join("multiflexi/recovery")
}

fn name(job: i64, runner: i64) -> String {
    format!("job-{job}-{runner}.jsonl")
}

/// The recovery file that this process wrote of a job, if it is there.
pub fn left_by(job: i64, runner: i64) -> Option<PathBuf> {
    Some(directory().join(name(job, runner))).filter(|path| path.is_file())
}

/// Writes what is not in the database.
///
/// # Errors
/// The file cannot be written either; then the words hold the result itself.
pub fn write(store: &Store, finished: &Finished<'_>) -> Result<PathBuf> {
    let directory = directory();
    let path = directory.join(name(finished.job, std::process::id().into()));
    let written = (|| {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
        for (kind, text) in store.unwritten() {
            writeln!(file, "{}", json!({"job": finished.job, "type": kind, "line": text}))?;
        }
        for artifact in finished.artifacts.iter().map(|storable| &storable.artifact) {
            let content = BASE64.encode(std::fs::read(&artifact.file)?);
            writeln!(file, "{}", json!({"job": finished.job, "artifact": artifact.path, "content": content}))?;
        }
        let end = finished.end.format(TIME_FORMAT).to_string();
        let result = json!({
            "job": finished.job, "end": end, "exitcode": finished.exit_code, "command": finished.command,
            "app_version": finished.app_version,
        });
        writeln!(file, "{result}")?;
        file.sync_all()
    })();
    written.map(|()| path.clone()).map_err(|cause| {
        let (job, code) = (finished.job, finished.exit_code);
        let what = format!("cannot write the recovery file {}: job {job} ended with exit code {code}", path.display());
        Error::file(what, cause)
    })
}

/// Loads a recovery file into the database and tells which job it was of, and its exit code.
///
/// # Errors
/// The file is none, or is not whole; the job is gone or has a result already.
pub async fn load(db: &mut Db, zone: Tz, path: &Path) -> Result<(i64, i32)> {
    let damaged = |why: String| {
        Error::refused(format!("{} is not a whole recovery file: {why}", path.display()))
            .hint("`job run` says where it wrote one; its last line holds the result")
    };
    let file = std::fs::File::open(path)
        .map_err(|cause| Error::file(format!("cannot read the recovery file {}", path.display()), cause))?;
    let mut lines = Vec::new();
    for (number, line) in (1..).zip(std::io::BufReader::new(file).lines()) {
        let line = line.map_err(|cause| Error::file(format!("cannot read {}", path.display()), cause))?;
        lines.push(serde_json::from_str::<Value>(&line).map_err(|cause| damaged(format!("line {number}: {cause}")))?);
    }
    let result = lines.pop().unwrap_or_default();
    let number = |key: &str| result[key].as_i64().ok_or_else(|| damaged(format!("its last line has no {key}")));
    let (job, code) = (number("job")?, number("exitcode")?);
    let code = i32::try_from(code).map_err(|_| damaged("its exit code is none".into()))?;
    let end = result["end"].as_str().and_then(parse_time).ok_or_else(|| damaged("its last line has no end".into()))?;
    let row =
        db.find("job", job).await?.ok_or_else(|| Error::not_found(format!("job {job} is not in this database")))?;
    if let Some(code) = row.int("exitcode") {
        return Err(Error::refused(format!("job {job} has a result already: exit code {code}")));
    }
    let mut store = Store::new(job, zone, last_seq(db, job).await?);
    let mut artifacts = Vec::new();
    for line in &lines {
        let text = |key: &str| line[key].as_str().unwrap_or_default();
        match line["artifact"].as_str() {
            Some(artifact) => {
                let content = BASE64.decode(text("content")).map_err(|cause| damaged(cause.to_string()))?;
                let kept = Storable::from_content(artifact, &content);
                let kept =
                    kept.map_err(|cause| Error::file(format!("cannot keep the artifact {artifact} here"), cause));
                artifacts.push(kept?);
            }
            None => store.push_stored(text("type"), text("line")).map_err(damaged)?,
        }
    }
    let app_version = result["app_version"].as_str().map(str::to_owned);
    let command = result["command"].as_str().unwrap_or_default();
    store.flush(db).await?;
    finish(db, &Finished { job, end, exit_code: code, command, app_version, artifacts: &artifacts }).await?;
    Ok((job, code))
}
