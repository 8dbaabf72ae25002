//! `job recover`: brings a result into the database that was learned while it was away.

use std::path::PathBuf;

use serde_json::json;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::job::recovery::crashed;
use crate::job::recovery::recovery_file::RecoveryFile;
use crate::job::recovery::recovery_load;
use crate::job::result::Saver;
use crate::job::task::RetryContext;
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Recover {
    /// The recovery file that `job run` named; it is removed once the result is saved
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Loads a result that could not be saved from its recovery file, and removes the file.
///
/// # Errors
/// The file is not a whole recovery file or is of another database, or the job is gone, has not begun or has a result already:
/// the file stays then.
pub async fn recover(ctx: &mut Context, args: Recover) -> Result<Outcome> {
    let retry = RetryContext::new(ctx);
    let (db, printer) = ctx.open().await?;
    if let Err(cause) = std::fs::metadata(&args.file) {
        return Err(Error::file(format!("cannot read {}", args.file.display()), cause).hint(
            "Name the file that `job run` or `queue run` named; they lie in recovery/ of the runner's state folder",
        ));
    }
    let (job, code) = recovery_load::load(db, &retry, &RecoveryFile::given(&args.file), None, Saver::Loader).await?;
    if let Err(cause) = std::fs::remove_file(&args.file) {
        printer.note(&format!("warning: {} cannot be removed: {cause}", args.file.display()));
    }
    crashed::forget_run_file(db, job).await;
    if let Some(collector) = &retry.collector {
        collector.tell_ended(db, job).await;
    }
    let json = json!({"job_id": job, "exitcode": code, "recovered": true});
    Ok(Outcome::message(format!("The result of job {job} is saved: exit code {code}"), json))
}
