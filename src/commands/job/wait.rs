//! `job wait`: waits until jobs have ended, for scripts.

use std::time::Duration;

use chrono_tz::Tz;
use clap::ArgMatches;
use serde_json::Value;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Result, exit};
use crate::id::JobId;
use crate::job::follow::{self, Pace, WaitReporter};
use crate::job::model::{Job, JobState};
use crate::job::queue::requeue;
use crate::job::verdict::{self, Verdict};
use crate::output::{Outcome, Printer};
use crate::table::args;

#[derive(clap::Args)]
pub struct Wait {
    /// The jobs
    #[arg(value_name = "ID", required_unless_present = "id", value_parser = job_id)]
    ids: Vec<JobId>,
    /// A job; may be given several times
    #[arg(long, value_name = "ID", value_parser = args::row_id::<JobId>())]
    id: Vec<JobId>,
    /// Give up after this time, with exit code 124: 90, 90s, 15m, 2h; by default never
    #[arg(long, value_name = "TIME", value_parser = args::limit)]
    timeout: Option<Duration>,
    /// Exit with the job's own exit code; for one job only
    ///
    /// With 125 where that could not be learned
    #[arg(long = "exit-status")]
    exit_status: bool,
}

fn job_id(text: &str) -> Result<JobId, String> {
    let id = text.parse().ok().filter(|id: &i64| *id > 0).map(JobId);
    id.ok_or_else(|| "it takes a number from 1 up, several with blanks between".to_owned())
}

/// The jobs, in the order in which they are named.
fn each_once<'j>(ids: impl IntoIterator<Item = &'j JobId>) -> Vec<JobId> {
    let mut jobs: Vec<JobId> = Vec::new();
    for id in ids {
        if !jobs.contains(id) {
            jobs.push(*id);
        }
    }
    jobs
}

/// The jobs that are waited for.
pub fn watched(matches: &ArgMatches) -> Vec<JobId> {
    each_once(["ids", "id"].into_iter().filter_map(|name| matches.get_many::<JobId>(name)).flatten())
}

/// What waiting for one job came to.
enum End {
    /// It has ended, or not within the time.
    Is(Verdict),
    /// It was deleted meanwhile.
    Gone(JobId),
}

impl End {
    fn line(&self, zone: Tz) -> String {
        match self {
            End::Is(verdict) => verdict.line(Clock::in_zone(zone)),
            End::Gone(job) => verdict::deleted_error(*job).message,
        }
    }

    fn to_json(&self) -> Value {
        match self {
            End::Is(verdict) => verdict.to_json(),
            End::Gone(job) => verdict::deleted_json(*job),
        }
    }
}

/// Waits until jobs have ended, and tells what each came to.
///
/// It exits with 0 where all succeeded, with 124 where the time was over first, and else with 1; with `--exit-status` and one
/// job, with that job's own exit code, and with 125 where that could not be learned.
///
/// # Errors
/// `--exit-status` is given for several jobs, one of them does not exist at the beginning, or the database cannot be asked.
pub async fn wait(ctx: &mut Context, args: Wait) -> Result<Outcome> {
    let is_status_wanted = args.exit_status;
    let done = wait_to_end(ctx, args).await;
    if is_status_wanted { follow::exit_status(&ctx.printer, done) } else { done }
}

async fn wait_to_end(ctx: &mut Context, args: Wait) -> Result<Outcome> {
    let ids = each_once(args.ids.iter().chain(&args.id));
    if args.exit_status && ids.len() > 1 {
        return Err(Error::usage("--exit-status is of one job, and several are named")
            .hint("Without it the exit code is 0 where all succeeded, else 1"));
    }
    let zone = ctx.zone;
    let (db, printer) = ctx.open().await?;
    let ends = wait_for(db, printer, zone, &ids, args.timeout.map(|limit| Instant::now() + limit)).await?;
    let is_late = |end: &&End| matches!(end, End::Is(verdict) if !matches!(verdict.state, JobState::Ended(_)));
    let code = match ends.as_slice() {
        [End::Is(Verdict { state: JobState::Ended(code), .. })] if args.exit_status => exit::of_job(*code),
        [End::Gone(_)] if args.exit_status => exit::NOT_RUN,
        ends if ends.iter().any(|end| is_late(&end)) => exit::TIME_LIMIT,
        ends if ends.iter().all(|end| matches!(end, End::Is(Verdict { state: JobState::Ended(0), .. }))) => exit::DONE,
        _ => exit::FAILED,
    };
    if let Some(limit) = args.timeout {
        for end in ends.iter().filter(is_late) {
            printer.note_always(&format!("error: {}; it was waited for {} s", end.line(zone), limit.as_secs()));
        }
    }
    if !printer.format.is_one_value() {
        return Ok(Outcome::Written.with_code(code));
    }
    let mut values: Vec<Value> = ends.iter().map(End::to_json).collect();
    let value = if ids.len() == 1 { values.pop().unwrap_or_default() } else { values.into() };
    Ok(Outcome::message("", value).with_code(code))
}

/// Waits until all have ended or are gone, or it is `until`. Shows each as it ends.
async fn wait_for(db: &mut Db, printer: &Printer, zone: Tz, ids: &[JobId], until: Option<Instant>) -> Result<Vec<End>> {
    let mut pace = Pace::new();
    let mut open: Vec<(JobId, WaitReporter)> = ids.iter().map(|id| (*id, WaitReporter::default())).collect();
    let mut ends = Vec::new();
    let mut is_first = true;
    loop {
        let watched: Vec<JobId> = open.iter().map(|(id, _)| *id).collect();
        let snapshots = follow::ask(db, printer, until, async |db| follow::snapshot(db, &watched).await).await?;
        let found = |id: JobId| snapshots.iter().find(|snapshot| snapshot.job == id);
        if std::mem::take(&mut is_first)
            && let Some(missing) = ids.iter().find(|id| found(**id).is_none())
        {
            return Err(Job::unknown(*missing));
        }
        let has_ended = |id: JobId| found(id).is_none_or(|snapshot| matches!(snapshot.state, JobState::Ended(_)));
        let ended: Vec<JobId> = open.iter().map(|(id, _)| *id).filter(|id| has_ended(*id)).collect();
        open.retain(|(id, _)| !has_ended(*id));
        for end in follow::ask(db, printer, until, async |db| ends_of(db, &ended).await).await? {
            if !printer.format.is_one_value() {
                printer.line(&end.line(zone));
            }
            ends.push(end);
            pace.quicken();
        }
        for (id, reporter) in &mut open {
            if let Some(snapshot) = found(*id)
                && let Some(message) = follow::ask(db, printer, until, async |db| {
                    reporter.waiting_message(db, snapshot, Clock::in_zone(zone)).await
                })
                .await?
            {
                printer.job_note(&message);
            }
        }
        let is_over = until.is_some_and(|until| Instant::now() >= until);
        if is_over {
            ends.extend(ends_of(db, &open.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?);
        }
        if is_over || open.is_empty() {
            // In the order in which they were named.
            let id = |end: &End| match end {
                End::Is(verdict) => verdict.job,
                End::Gone(job) => *job,
            };
            ends.sort_by_key(|end| ids.iter().position(|known| *known == id(end)));
            return Ok(ends);
        }
        pace.pause_until(until).await;
    }
}

async fn ends_of(db: &mut Db, ids: &[JobId]) -> Result<Vec<End>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut verdicts = verdict::read_all(db, ids).await?;
    for verdict in verdicts.iter_mut().filter(|verdict| verdict.state == JobState::Waiting) {
        // Why its last try did not come to anything.
        verdict.reason = requeue::last_reason(db, verdict.job).await?;
    }
    let mut end = |id: &JobId| match verdicts.iter().position(|verdict| verdict.job == *id) {
        Some(at) => End::Is(verdicts.swap_remove(at)),
        None => End::Gone(*id),
    };
    Ok(ids.iter().map(&mut end).collect())
}
