//! `queue run`: runs what is due, for cron.

use std::collections::HashSet;
use std::ffi::OsString;
use std::time::Duration;

use chrono_tz::Tz;
use clap::{ArgMatches, Args as _, Command};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use nix::unistd::Pid;
use tokio::time::Instant;

use crate::commands::job::run::How;
use crate::commands::queue::child::{self, Dismissed, Runner};
use crate::commands::queue::summary::{Fate, Summary};
use crate::commands::reference;
use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Kind, Result, exit};
use crate::job::heartbeat::{self, Round};
use crate::job::queue::due::{Due, Waiting};
use crate::job::recovery::crashed::{self, Mended};
use crate::job::recovery::leftovers;
use crate::job::run::signals::Signals;
use crate::output::{Format, Outcome, Printer};
use crate::stop;

#[derive(clap::Args)]
pub struct Run {
    /// Run at most so many jobs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=i32::MAX as u64))]
    limit: Option<u64>,
    /// How many at a time
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1000))]
    parallel: u64,
    /// Let jobs of one runtemplate run side by side
    #[arg(long = "allow-overlap")]
    allow_overlap: bool,
    /// Only jobs for this executor
    #[arg(long, value_parser = crate::commands::runtemplate::executor)]
    executor: Option<String>,
    /// Exit with 1 when a job failed
    #[arg(long = "fail-on-job-error")]
    fail_on_job_error: bool,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    _how: How,
}

/// The jobs that are being run.
struct Running {
    jobs: Vec<(Waiting, Option<Pid>)>,
    /// Runtemplates of which somebody else runs a job: theirs are left to the next `queue run`.
    busy: HashSet<i64>,
    allow_overlap: bool,
}

impl Running {
    fn is_free(&self, runtemplate: i64) -> bool {
        self.allow_overlap
            || !(self.busy.contains(&runtemplate)
                || self.jobs.iter().any(|(waiting, _)| waiting.runtemplate == Some(runtemplate)))
    }

    fn signal(&self, number: i32) {
        for pid in self.jobs.iter().filter_map(|(_, pid)| *pid) {
            child::signal(pid, number);
        }
    }
}

pub async fn run(ctx: &mut Context, matches: &ArgMatches, args: Run) -> Result<Outcome> {
    let begun = Instant::now();
    let (now, zone) = (ctx.now(), ctx.zone);
    let mut options = passed_on(matches);
    if !args.allow_overlap {
        options.push("--no-overlap".into());
    }
    options.extend(
        ctx.settings.file.iter().map(|file| [OsString::from("--environment="), file.into()].into_iter().collect()),
    );
    options.extend(ctx.database_limit.map(|limit| format!("--db-timeout={}", limit.as_secs()).into()));
    let mut signals = Signals::listen()?;
    let (db, printer) = ctx.open().await?;
    let company = args.company.find(db).await?.and_then(|row| row.int("id"));
    let mut summary = Summary::default();
    let mut resumed = end_lost(db, zone, printer, &mut summary).await?;
    heartbeat::beat(db, Round::Run, now).await;
    let mut due = Due::new(now, company, args.executor);
    let mut running = Running { jobs: Vec::new(), busy: HashSet::new(), allow_overlap: args.allow_overlap };
    let mut ends = FuturesUnordered::new();
    // Runners whose job has ended: those that take another one, and those that are told to go.
    let (mut idle, mut dismissed): (Vec<Runner>, Vec<Dismissed>) = (Vec::new(), Vec::new());
    let (mut tried, mut stopped, mut failure) = (0, None, None);
    loop {
        while stopped.is_none() && failure.is_none() && (ends.len() as u64) < args.parallel {
            if args.limit.is_some_and(|limit| tried >= limit) {
                break;
            }
            let next = match resumed.pop() {
                Some(waiting) => Ok(Some(waiting)),
                None => tokio::select! {
                    biased;
                    // The database may not answer, and the running jobs have to learn of it all the same.
                    signal = signals.next() => {
                        stopping(printer, &running, signal);
                        stopped = Some(signal);
                        break;
                    }
                    taken = due.take(db, |runtemplate| running.is_free(runtemplate)) => taken,
                },
            };
            let waiting = match next {
                Ok(Some(waiting)) => waiting,
                Ok(None) => break,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            };
            let job = waiting.job;
            let (ready, spent): (Vec<_>, Vec<_>) = idle.drain(..).partition(Runner::is_ready);
            idle = ready;
            dismissed.extend(spent.into_iter().map(Runner::dismiss));
            match idle.pop().map_or_else(|| Runner::start(job, &options), Ok) {
                Ok(runner) => {
                    tried += 1;
                    running.jobs.push((waiting.clone(), runner.pid()));
                    ends.push(runner.run(waiting, printer));
                }
                Err(error) => {
                    // Its words come with the failure's.
                    let _ = trouble(printer, &summary.not_started(job, &error));
                    failure = Some(error);
                }
            }
        }
        // What is not needed now does not wait with an open database.
        dismissed.extend(idle.drain(..).map(Runner::dismiss));
        if ends.is_empty() {
            break;
        }
        stop::at("next");
        tokio::select! {
            Some(mut ended) = ends.next() => {
                idle.extend(ended.runner.take());
                running.jobs.retain(|(waiting, _)| waiting.job != ended.waiting.job);
                let told = summary.enter(&ended);
                let written = match told.fate {
                    // What another executor took is its to tell.
                    Fate::Left if !told.is_busy => {
                        printer.note(&told.line);
                        Ok(())
                    }
                    Fate::Left | Fate::Success | Fate::Failed => printer.line(&told.line),
                    Fate::NotRun | Fate::Blocked => trouble(printer, &told.line),
                };
                if let Err(error) = written {
                    // The jobs that run are still waited for.
                    failure.get_or_insert(error);
                }
                if told.fate == Fate::Left {
                    tried -= 1;
                }
                if told.is_busy {
                    running.busy.extend(ended.waiting.runtemplate);
                }
                if told.is_database {
                    failure.get_or_insert_with(|| Error::new(Kind::Database, told.line));
                }
            }
            signal = signals.next() => {
                if stopped.replace(signal).is_some() {
                    running.signal(signal);
                    return Ok(Outcome::Written.with_code(signal_code(signal)));
                }
                stopping(printer, &running, signal);
            }
        }
    }
    for runner in dismissed {
        runner.gone().await;
    }
    let code = match stopped {
        Some(signal) => signal_code(signal),
        None if summary.is_trouble() || failure.is_some() => exit::FAILED,
        None if args.fail_on_job_error && summary.failed > 0 => exit::FAILED,
        None => exit::DONE,
    };
    Ok(outcome(printer, summary, begun.elapsed(), failure).with_code(code))
}

/// Hands the first signal on to the jobs that run.
fn stopping(printer: &Printer, running: &Running, signal: i32) {
    running.signal(signal);
    if !running.jobs.is_empty() {
        printer.note("ending the running jobs; a second signal leaves at once");
    }
}

/// What was done in all; an error is told before it, or in its JSON.
fn outcome(printer: &Printer, summary: Summary, took: Duration, failure: Option<Error>) -> Outcome {
    let text = summary.text();
    let mut json = summary.json(took.as_secs_f64());
    if let Some(error) = failure {
        match printer.format {
            Format::Json => json["error"] = error.to_json(),
            Format::Text | Format::Csv => printer.error(&error),
        }
    }
    Outcome::message(text, json)
}

/// Tells of a job that was not run. Under `queue run -q`, cron's, that is all there is to read.
fn trouble(printer: &Printer, line: &str) -> Result<()> {
    if printer.quiet || printer.format != Format::Text {
        printer.trouble(line);
        return Ok(());
    }
    printer.line(line)
}

/// Ends the jobs whose runner died. Those whose result is still in the cluster are told, the oldest last: they are to be run
/// before anything new begins. What cannot be mended is told each time.
async fn end_lost(db: &mut Db, zone: Tz, printer: &Printer, summary: &mut Summary) -> Result<Vec<Waiting>> {
    let mut lost = crashed::find(db).await?;
    for (job, error) in std::mem::take(&mut lost.unknown) {
        trouble(printer, &summary.not_mended(job, &error))?;
    }
    for job in &lost.others {
        let id = job.id;
        match crashed::end(db, zone, id).await.map(Mended::words) {
            Ok(None) => {}
            Ok(Some(words)) => printer.line(&format!("job {id}: {words}"))?,
            Err(error) if error.may_pass() => return Err(error),
            // Those that wait must not wait for that.
            Err(error) => trouble(printer, &summary.not_mended(id, &error))?,
        }
    }
    let remains = lost.remains(db).await?;
    let mut written = Ok(());
    leftovers::settle(db, zone, remains, |job, words| {
        let words = words.unwrap_or_else(|words| words);
        let told = printer.line(&format!("job {job}: {words}"));
        written = std::mem::replace(&mut written, Ok(())).and(told);
    })
    .await?;
    written?;
    let resumed = lost.in_kubernetes.iter().rev();
    Ok(resumed.map(|job| Waiting { job: job.id, runtemplate: job.runtemplate, name: String::new() }).collect())
}

/// The options that say how a job is to be run, as they were given.
fn passed_on(matches: &ArgMatches) -> Vec<OsString> {
    let mut options = Vec::new();
    for arg in How::augment_args(Command::new("how")).get_arguments() {
        let (id, Some(long)) = (arg.get_id().as_str(), arg.get_long()) else { continue };
        let is_given = matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        match matches.try_get_raw(id) {
            Ok(Some(values)) if is_given && arg.get_action().takes_values() => {
                for value in values {
                    options.push([OsString::from(format!("--{long}=")), value.into()].into_iter().collect());
                }
            }
            Ok(Some(_)) if is_given => options.push(format!("--{long}").into()),
            _ => {}
        }
    }
    options
}

fn signal_code(signal: i32) -> u8 {
    exit::SIGNAL_BASE + u8::try_from(signal).unwrap_or_default()
}
