//! What is told in its record of a job whose runner died.

use chrono::NaiveDateTime;

use crate::db::Db;
use crate::error::Result;
use crate::executor;
use crate::executor::container::Engine;
use crate::executor::reason::{Cancellation, unseen_words};
use crate::job::cancel;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::recovery::resolution::{self, EndReason};
use crate::job::runner::{RunnerPlace, UnfinishedJob};

/// What is known of a dead runner's program beside its end.
#[derive(Clone, Copy, Default)]
pub struct Known<'a> {
    /// The reason that its runner had noted of a program that had ended.
    pub noted: Option<&'a str>,
    /// The engine that lists no container of the job here.
    pub unseen: Option<Engine>,
}

/// Notes how the job came to its end.
///
/// # Errors
/// The database does not take it.
pub async fn explain_end(
    db: &mut Db,
    job: &Job,
    unfinished: &UnfinishedJob,
    reason: EndReason,
    known: Known<'_>,
    now: NaiveDateTime,
) -> Result<()> {
    let (id, runner) = (job.id, job.pid.map(|pid| pid.to_string()).unwrap_or_default());
    let unended = || format!("process {runner}, which ran this job, died before it could end it");
    let ended = || {
        format!(
            "process {runner}, which ran this job, did not save its result when the program had ended; the last of its output may be missing"
        )
    };
    let unseen = known.unseen.map(Engine::program);
    if let (Some(engine), EndReason::Cancelled | EndReason::Interrupted(_)) = (unseen, reason) {
        output_rows::add(db, id, kind::NOTICE, &unseen_words(engine), now).await?;
    }
    match reason {
        EndReason::Exited(code) => {
            // With 125 and a reason it never began; a program may end with 125, too.
            let began = code != resolution::EXIT_CODE || known.noted.is_none();
            let notice = if began { ended() } else { unended() };
            output_rows::add(db, id, kind::NOTICE, &notice, now).await?;
            // What there was of a recovery file may have it.
            let last = output_rows::last_line(db, id, kind::REASON).await?;
            match known.noted {
                Some(line) if last.as_deref() != Some(line) => output_rows::add(db, id, kind::REASON, line, now).await,
                _ => Ok(()),
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
            let reason = executor::Reason::RunnerLost { runner, host, unseen, job: id };
            output_rows::add(db, id, kind::REASON, &reason.line(), now).await
        }
    }
}
