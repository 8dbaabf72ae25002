//! Leaving a job at once, by a second signal: what can be put in order within a moment is, and the words say what is left.

use std::time::Duration;

use chrono::NaiveDateTime;
use tokio::time::timeout;

use crate::db::Db;
use crate::executor::Job;
use crate::job::cancel;
use crate::job::recovery::recovery_file::RecoveryFile;

/// After the second signal an orderly end has so long still.
pub const MOMENT: Duration = Duration::from_secs(1);
/// For noting in the database that the job was cancelled.
const NOTE: Duration = Duration::from_millis(700);

/// Notes that a job, which was left in the middle, is cancelled, and returns how it is finished.
pub async fn leave(db: &mut Db, job: &Job, now: NaiveDateTime) -> String {
    let id = job.id;
    let there = job.leftovers.description().map(|message| format!("; {message}")).unwrap_or_default();
    let written =
        RecoveryFile::written(&job.database, id).filter(|file| file.is_whole().is_ok_and(|is_whole| is_whole));
    if let Some(file) = written {
        let file = file.path.display();
        return format!(
            "the result of job {id} is in {file}{there}: `multiflexi-cli job recover {file}` loads it, or the next `queue run` on this machine does"
        );
    }
    let noted = timeout(NOTE, async {
        // What was left in the middle may have left the connection so too.
        db.reconnect().await?;
        cancel::cancel(db, id, now).await
    });
    match noted.await {
        Ok(Ok(_)) => format!(
            "job {id} is left in the middle{there}. It is noted as cancelled: the next `queue run`, or \
             `multiflexi-cli job run --id={id}`, ends it"
        ),
        Ok(Err(error)) if !error.may_pass() => format!("{}{there}", error.line()),
        _ => format!(
            "job {id} is left in the middle{there}, and the database does not answer, so that it still counts as running. Once that \
             is back, `multiflexi-cli job cancel --id={id}` ends it; `multiflexi-cli job run --id={id}`, or the next `queue run`, brings home \
             what is left of it"
        ),
    }
}
