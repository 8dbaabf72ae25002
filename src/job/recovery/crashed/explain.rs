//! What is told in its record of a job whose runner died.

use chrono::NaiveDateTime;

use crate::db::Db;
use crate::error::Result;
use crate::executor;
use crate::executor::reason::Cancellation;
use crate::job::cancel;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::recovery::resolution::{self, EndReason};
use crate::job::runner::{RunnerPlace, UnfinishedJob};

/// Notes how the job came to its end; `noted` is the reason that its runner had noted of a program that had ended.
///
/// # Errors
/// The database does not take it.
pub async fn explain_end(
    db: &mut Db,
    job: &Job,
    unfinished: &UnfinishedJob,
    reason: EndReason,
    noted: Option<&str>,
    now: NaiveDateTime,
) -> Result<()> {
    let (id, runner) = (job.id, job.pid.map(|pid| pid.to_string()).unwrap_or_default());
    let unended = || format!("process {runner}, which ran this job, died before it could end it");
    let ended = || {
        format!(
            "process {runner}, which ran this job, died when the program had ended; the last of its output may be missing"
        )
    };
    match reason {
        EndReason::Exited(code) => {
            let notice = if code == resolution::EXIT_CODE { unended() } else { ended() };
            output_rows::add(db, id, kind::NOTICE, &notice, now).await?;
            match noted {
                Some(line) => output_rows::add(db, id, kind::REASON, line, now).await,
                None => Ok(()),
            }
        }
        EndReason::Cancelled => {
            let by = cancel::requester(db, id).await?.unwrap_or_default();
            output_rows::add(db, id, kind::NOTICE, &unended(), now).await?;
            let reason = executor::Reason::Cancelled(Cancellation::Requested(by));
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await?;
            cancel::answer(db, id).await
        }
        EndReason::Interrupted(signal) => {
            output_rows::add(db, id, kind::NOTICE, &unended(), now).await?;
            let reason = executor::Reason::Interrupted(signal);
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await
        }
        EndReason::Unknown | EndReason::Lapsed => {
            let host = match unfinished.place() {
                RunnerPlace::Lapsed(host) => Some(host),
                _ => None,
            };
            let reason = executor::Reason::RunnerLost { runner, host, job: id };
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await
        }
    }
}
