//! The recovery file: where a result goes that was learned while the database was away, so that it is never lost.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::json;

use crate::error::{Error, Result};
use crate::job::finish::Finished;
use crate::job::output::Store;

/// Writes what is not in the database: the unwritten output and the result, a JSON value a line.
///
/// # Errors
/// The file cannot be written either; then the words hold the result itself.
pub fn write(store: &Store, finished: &Finished<'_>) -> Result<PathBuf> {
    let directory = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")));
    let directory = directory.unwrap_or_else(std::env::temp_dir).join("multiflexi/recovery");
    let path = directory.join(format!("job-{}-{}.jsonl", finished.job, std::process::id()));
    let written = (|| {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&directory)?;
        let mut file = std::fs::OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
        for (kind, text) in store.unwritten() {
            writeln!(file, "{}", json!({"job": finished.job, "type": kind, "line": text}))?;
        }
        let result = json!({
            "job": finished.job, "end": finished.end.format(crate::db::row::TIME_FORMAT).to_string(),
            "exitcode": finished.exit_code, "command": finished.command,
        });
        writeln!(file, "{result}")?;
        file.sync_all()
    })();
    written.map(|()| path.clone()).map_err(|cause| {
        let what = format!(
            "cannot write the recovery file {}: job {} ended with exit code {}",
            path.display(),
            finished.job,
            finished.exit_code
        );
        Error::file(what, cause)
    })
}
