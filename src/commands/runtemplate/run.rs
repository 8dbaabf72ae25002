//! `runtemplate run`: makes a job and runs it at once; exits with the job's own code.

use crate::commands::job::run::{self, RunOptions};
use crate::commands::runtemplate::schedule::{self, Place, Schedule};
use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::failpoint;
use crate::id::JobId;
use crate::job::delete::delete_jobs;
use crate::job::queue::lock_waiting;
use crate::job::run::options::{Options, Source};
use crate::job::run::signals::Signals;
use crate::output::Outcome;

#[derive(clap::Args)]
#[command(mut_arg("schedule_time", |arg| arg.hide(true)))]
pub struct Run {
    #[command(flatten)]
    what: Schedule,
    #[command(flatten)]
    options: RunOptions,
}

/// Makes a job of a runtemplate and runs it at once; exits with the job's own exit code.
///
/// # Errors
/// A later time is asked for, or the job cannot be made, claimed or run, or its result cannot be saved. One that did not even
/// begin is removed again, unless it lacks a credential. That it fails is no error.
pub async fn run(ctx: &mut Context, args: Run) -> Result<Outcome> {
    if !args.what.is_now() {
        return Err(Error::usage("runtemplate run runs at once, and takes no --schedule_time")
            .hint(format!("`{}` makes a job for later", args.what.command())));
    }
    let options = Options { source: Source::MadeForThisRun, ..args.options.options()? };
    let planned = schedule::plan(ctx, args.what, Place::Hand).await?;
    // From here on there may be a job that a signal must not leave to the next `queue run`: nobody waits for it any more.
    let mut signals = Signals::listen()?;
    let job = planned.make(ctx).await?;
    failpoint::at("made");
    ctx.printer.job_note(&format!("job {}", job.id));
    match run::execute_after(ctx, Some(&mut signals), job.id, &options).await {
        Ok(execution) => {
            run::tell_verdict(ctx, job.id, &execution).await;
            Ok(run::execution_outcome(&ctx.printer, job.id, &execution))
        }
        // Its record says what it lacks, and the schedule's own job is no other.
        Err(error) if error.kind == Kind::Blocked => Err(error),
        Err(error) => match discard(ctx.db().await?, job.id).await {
            Ok(true) => {
                let removed = format!("job {}, which was made for this, is removed again", job.id);
                // Of an error before it began the hint says where it waits, which it does no more.
                let hint = error.hint.as_ref().filter(|_| !matches!(error.kind, Kind::Signalled(_)));
                let hint = hint.map_or_else(|| removed.clone(), |hint| format!("{hint}; {removed}"));
                Err(error.hint(hint))
            }
            // The error says what became of it.
            Ok(false) => Err(error),
            Err(_) => {
                let id = job.id;
                Err(error.hint(format!(
                    "job {id}, which was made for this, could not be removed: `multiflexi-cli job delete --id={id}`"
                )))
            }
        },
    }
}

/// Removes a job that did not even begin: its user was told so, and will want another one. Returns whether it did.
async fn discard(db: &mut Db, id: JobId) -> Result<bool> {
    db.transaction(async |db| {
        let waiting = lock_waiting(db, &[id]).await?;
        delete_jobs(db, &waiting).await?;
        Ok(!waiting.is_empty())
    })
    .await
}
