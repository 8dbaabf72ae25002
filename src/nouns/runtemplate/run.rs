//! `runtemplate run`: makes a job and runs it at once; exits with the job's own code.

use crate::context::Context;
use crate::error::{Error, Result};
use crate::nouns::job::run::{self, How, Which};
use crate::nouns::runtemplate::schedule::{self, Schedule};
use crate::output::Outcome;

#[derive(clap::Args)]
#[command(after_help = run::EXIT_CODES, mut_arg("schedule_time", |arg| arg.hide(true)))]
pub struct Run {
    #[command(flatten)]
    what: Schedule,
    #[command(flatten)]
    how: How,
}

pub async fn run(ctx: &mut Context, args: Run) -> Result<Outcome> {
    if !args.what.is_now() {
        return Err(Error::usage("runtemplate run runs at once, and takes no --schedule_time")
            .hint("`multiflexi-cli runtemplate schedule` makes a job for later"));
    }
    // Not in the queue: no other executor can take it between here and there.
    let (_, _, job) = schedule::make(ctx, args.what, false).await?;
    ctx.printer.note(&format!("multiflexi: job {}", job.id));
    let execution = run::execute(ctx, job.id, Which { unqueued: true, ..Which::default() }, &args.how).await?;
    Ok(run::shown(&ctx.printer, job.id, &execution))
}
