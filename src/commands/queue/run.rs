//! `queue run`: runs what is due, for cron.

use std::collections::HashSet;
use std::ffi::OsString;
use std::time::Duration;

use chrono_tz::Tz;
use clap::{ArgMatches, Args as _, Command};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use nix::unistd::Pid;
use tokio::time::{Instant, sleep_until};

use crate::clock;
use crate::commands::job::run::How;
use crate::commands::queue::child::{self, Runner};
use crate::commands::queue::fill;
use crate::commands::queue::summary::{Fate, Summary};
use crate::commands::reference;
use crate::context::Context;
use crate::db::Db;
use crate::error::{Error, Kind, Result, exit};
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::create::Settings;
use crate::job::heartbeat::{self, Round};
use crate::job::queue::due::{Due, Waiting};
use crate::job::recovery::crashed::{self, Lost};
use crate::job::recovery::leftovers;
use crate::job::run::lease;
use crate::job::run::runner::Unfinished;
use crate::job::run::signals::Signals;
use crate::output::{Format, Outcome, Printer};
use crate::stop;
use crate::table::args;

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
    /// Make the jobs whose moment has come first, as `queue fill` does
    #[arg(long)]
    fill: bool,
    /// Go on until a signal comes: fill and run the queue again and again
    #[arg(long, conflicts_with_all = ["limit", "fail_on_job_error"])]
    watch: bool,
    /// With --watch: how long after a look the next one is: 10, 10s or 1m
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "watch", value_parser = args::limit)]
    interval: Duration,
    /// Let the running jobs end when a signal comes, and start no more; a second signal ends them
    #[arg(long)]
    drain: bool,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    _how: How,
}

/// The jobs that are being run.
struct Running {
    jobs: Vec<(Waiting, Option<Pid>)>,
    /// Runtemplates of which somebody else runs a job: theirs are left to the next `queue run`.
    busy: HashSet<RunTemplateId>,
    allow_overlap: bool,
}

impl Running {
    fn is_free(&self, runtemplate: RunTemplateId) -> bool {
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

/// How far signals have got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopping {
    No,
    /// No job is begun any more, and those that run may end.
    Draining(i32),
    /// Those that run were told to end.
    Ending(i32),
}

impl Stopping {
    fn signal(self) -> Option<i32> {
        match self {
            Stopping::No => None,
            Stopping::Draining(signal) | Stopping::Ending(signal) => Some(signal),
        }
    }

    /// Takes a signal. None: it was one too many, and we leave at once.
    fn heed(self, signal: i32, drain: bool, printer: &Printer, running: &Running) -> Option<Stopping> {
        let is_idle = running.jobs.is_empty();
        match self {
            Stopping::No if drain => {
                if !is_idle {
                    printer.note("waiting for the running jobs; a second signal ends them");
                }
                Some(Stopping::Draining(signal))
            }
            Stopping::No | Stopping::Draining(_) => {
                running.signal(signal);
                if !is_idle {
                    printer.note("ending the running jobs; a second signal leaves at once");
                }
                Some(Stopping::Ending(signal))
            }
            Stopping::Ending(_) => {
                running.signal(signal);
                None
            }
        }
    }
}

/// One look at the queue: what is to be run by it.
struct Pass {
    /// Jobs of dead runners whose result is still in the cluster, the oldest last.
    resumed: Vec<Waiting>,
    due: Due,
}

impl Pass {
    async fn next(&mut self, db: &mut Db, running: &Running) -> Result<Option<Waiting>> {
        match self.resumed.pop() {
            Some(waiting) => Ok(Some(waiting)),
            None => self.due.take(db, |runtemplate| running.is_free(runtemplate)).await,
        }
    }

    /// Nothing more is begun by it.
    fn give_up(&mut self) {
        self.resumed.clear();
        self.due.give_up();
    }
}

/// What each look at the queue is made with.
struct QueuePoll {
    /// Set where the queue is to be filled.
    fill: Option<Settings>,
    zone: Tz,
    company: Option<CompanyId>,
    executor: Option<String>,
    /// Jobs whose leases had lapsed, and when they are to be looked at again.
    lapsed: Option<(Instant, Vec<Unfinished>)>,
}

impl QueuePoll {
    /// Fills the queue where that is wanted, ends the jobs whose runner died, and looks for what is due.
    async fn begin(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &Running,
        summary: &mut Summary,
    ) -> Result<Pass> {
        let now = clock::now(self.zone);
        summary.begin_pass();
        if let Some(settings) = &mut self.fill {
            settings.now = now;
            let filled = fill::make(db, printer, settings, self.zone).await?;
            for line in filled.text.lines() {
                printer.line(line)?;
            }
            summary.enter_fill(filled);
        }
        let begun: HashSet<JobId> = running.jobs.iter().map(|(waiting, _)| waiting.job).collect();
        let mut lost = crashed::find(db).await?;
        if self.lapsed.is_none() && !lost.lapsed.is_empty() {
            self.lapsed = Some((Instant::now() + lease::second_look(), std::mem::take(&mut lost.lapsed)));
        }
        let mut resumed = end_lost(db, self.zone, printer, summary, lost).await?;
        heartbeat::beat(db, Round::Run, now).await;
        resumed.retain(|waiting| !begun.contains(&waiting.job));
        Ok(Pass { resumed, due: Due::new(now, self.company, self.executor.clone(), begun) })
    }

    /// Looks again at the jobs whose leases had lapsed, and ends those that nobody holds; tells which are to be resumed.
    async fn look_again(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &Running,
        summary: &mut Summary,
    ) -> Result<Vec<Waiting>> {
        let Some((_, lapsed)) = self.lapsed.take() else { return Ok(Vec::new()) };
        let lost = crashed::find_again(db, &lapsed).await?;
        let mut resumed = end_lost(db, self.zone, printer, summary, lost).await?;
        resumed.retain(|waiting| !running.jobs.iter().any(|(it, _)| it.job == waiting.job));
        Ok(resumed)
    }

    /// The same as the first one, some time after the last one.
    async fn begin_anew(
        &mut self,
        db: &mut Db,
        printer: &Printer,
        running: &mut Running,
        summary: &mut Summary,
    ) -> Result<Pass> {
        running.busy.clear();
        match self.begin(db, printer, running, summary).await {
            // The server may have closed a connection that lay idle, or have been started anew.
            Err(error) if error.may_pass() => {
                db.reconnect().await?;
                self.begin(db, printer, running, summary).await
            }
            begun => begun,
        }
    }
}

pub async fn run(ctx: &mut Context, matches: &ArgMatches, args: Run) -> Result<Outcome> {
    let begun = Instant::now();
    let zone = ctx.zone;
    let mut options = passed_on(matches);
    if !args.allow_overlap {
        options.push("--no-overlap".into());
    }
    options.extend(
        ctx.settings.file.iter().map(|file| [OsString::from("--environment="), file.into()].into_iter().collect()),
    );
    // What happens inside of them is told too, where that is asked for.
    options.extend((0..ctx.verbose).map(|_| "-v".into()));
    options.extend(ctx.database_limit.map(|limit| format!("--db-timeout={}", limit.as_secs()).into()));
    let fill = (args.fill || args.watch).then(|| Settings::with_key(ctx.now(), &ctx.settings));
    lease::LeaseDuration::of(&ctx.settings)?;
    let mut signals = Signals::listen()?;
    let (db, printer) = ctx.open().await?;
    let company = args.company.find(db).await?.and_then(|row| row.int("id")).map(CompanyId);
    let mut looks = QueuePoll { fill, zone, company, executor: args.executor, lapsed: None };
    let mut summary = Summary::new(args.watch);
    let mut running = Running { jobs: Vec::new(), busy: HashSet::new(), allow_overlap: args.allow_overlap };
    let mut pass = looks.begin(db, printer, &running, &mut summary).await?;
    let mut next_pass = args.watch.then(|| Instant::now() + args.interval);
    let mut ends = FuturesUnordered::new();
    // Runners whose job has ended: those that take another one, and those that are told to go.
    let (mut idle, mut dismissed) = (Vec::<Runner>::new(), FuturesUnordered::new());
    let (mut tried, mut stopping, mut failure) = (0, Stopping::No, None);
    loop {
        while stopping == Stopping::No && failure.is_none() && (ends.len() as u64) < args.parallel {
            if args.limit.is_some_and(|limit| tried >= limit) {
                break;
            }
            let next = tokio::select! {
                biased;
                // The database may not answer, and the running jobs have to learn of it all the same.
                signal = signals.next() => match stopping.heed(signal, args.drain, printer, &running) {
                    Some(next) => {
                        stopping = next;
                        break;
                    }
                    None => return Ok(left_at_once(signal)),
                },
                taken = pass.next(db, &running) => taken,
            };
            let waiting = match next {
                Ok(Some(waiting)) => waiting,
                Ok(None) => break,
                Err(error) => {
                    pass.give_up();
                    failure = lasting(error, args.watch, printer);
                    break;
                }
            };
            let job = waiting.job;
            let (ready, spent): (Vec<_>, Vec<_>) = idle.drain(..).partition(Runner::is_ready);
            idle = ready;
            dismissed.extend(spent.into_iter().map(|runner| runner.dismiss().gone()));
            match idle.pop().map_or_else(|| Runner::start(job, &options), Ok) {
                Ok(runner) => {
                    tried = u64::saturating_add(tried, 1);
                    running.jobs.push((waiting.clone(), runner.pid()));
                    ends.push(runner.run(waiting, printer));
                }
                Err(error) => {
                    // Its words come with the failure's.
                    let _ = trouble(printer, &summary.not_started(job, &error));
                    pass.give_up();
                    failure = Some(error).filter(|_| !args.watch);
                }
            }
        }
        // What is not needed now does not wait with an open database.
        dismissed.extend(idle.drain(..).map(|runner| runner.dismiss().gone()));
        let looks_again = next_pass.filter(|_| stopping == Stopping::No && failure.is_none());
        let second_look = looks.lapsed.as_ref().map(|(at, _)| *at);
        let second_look = second_look.filter(|_| stopping == Stopping::No && failure.is_none());
        if ends.is_empty() && looks_again.is_none() && second_look.is_none() {
            break;
        }
        stop::at("next");
        tokio::select! {
            Some(mut ended) = ends.next(), if !ends.is_empty() => {
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
                    tried = tried.saturating_sub(1);
                }
                if told.is_busy {
                    running.busy.extend(ended.waiting.runtemplate);
                }
                if told.is_database && args.watch {
                    pass.give_up();
                } else if told.is_database {
                    failure.get_or_insert_with(|| Error::new(Kind::Database, told.line));
                }
            }
            signal = signals.next() => match stopping.heed(signal, args.drain, printer, &running) {
                Some(next) => stopping = next,
                None => return Ok(left_at_once(signal)),
            },
            Some(()) = dismissed.next(), if !dismissed.is_empty() => {}
            () = moment(second_look) => match looks.look_again(db, printer, &running, &mut summary).await {
                Ok(resumed) => pass.resumed.extend(resumed),
                Err(error) => failure = lasting(error, args.watch, printer),
            },
            () = moment(looks_again) => {
                let begun = tokio::select! {
                    biased;
                    signal = signals.next() => match stopping.heed(signal, args.drain, printer, &running) {
                        Some(next) => {
                            stopping = next;
                            continue;
                        }
                        None => return Ok(left_at_once(signal)),
                    },
                    begun = looks.begin_anew(db, printer, &mut running, &mut summary) => begun,
                };
                next_pass = Some(Instant::now() + args.interval);
                match begun {
                    Ok(begun) => pass = begun,
                    Err(error) => {
                        pass.give_up();
                        failure = lasting(error, args.watch, printer);
                    }
                }
            }
        }
    }
    while dismissed.next().await.is_some() {}
    let code = match stopping.signal() {
        Some(signal) => signal_code(signal),
        None if summary.is_trouble() || failure.is_some() => exit::FAILED,
        None if args.fail_on_job_error && summary.has_failed_jobs() => exit::FAILED,
        None => exit::DONE,
    };
    Ok(outcome(printer, summary, begun.elapsed(), failure).with_code(code))
}

/// Waits for a moment; for none, for ever.
async fn moment(moment: Option<Instant>) {
    match moment {
        Some(moment) => sleep_until(moment).await,
        None => std::future::pending().await,
    }
}

/// Is that the end? A watch says what is wrong, and tries again at its next look.
fn lasting(error: Error, watch: bool, printer: &Printer) -> Option<Error> {
    if watch && error.may_pass() {
        printer.trouble(&format!("error: {}; the queue is looked at again", error.line()));
        return None;
    }
    Some(error)
}

fn left_at_once(signal: i32) -> Outcome {
    Outcome::Written.with_code(signal_code(signal))
}

/// What was done in all; an error is told before it, or in its JSON.
fn outcome(printer: &Printer, summary: Summary, took: Duration, failure: Option<Error>) -> Outcome {
    let text = summary.text();
    let mut json = summary.json(took.as_secs_f64());
    if let Some(error) = failure {
        match printer.format {
            Format::Json | Format::Yaml => json["error"] = error.to_json(),
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
async fn end_lost(
    db: &mut Db,
    zone: Tz,
    printer: &Printer,
    summary: &mut Summary,
    mut lost: Lost,
) -> Result<Vec<Waiting>> {
    for (job, error) in std::mem::take(&mut lost.unknown) {
        trouble(printer, &summary.not_mended(job, &error))?;
    }
    for job in &lost.others {
        let id = job.id;
        match crashed::end(db, zone, id).await {
            Ok(resolution) => {
                let Some(message) = resolution.words() else { continue };
                let line = format!("job {id}: {message}");
                if resolution.is_known() {
                    printer.line(&line)?;
                } else {
                    // What became of it is for a person to look at.
                    trouble(printer, &line)?;
                }
                summary.enter_lost(id, resolution, &message);
            }
            Err(error) if error.may_pass() => return Err(error),
            // Those that wait must not wait for that.
            Err(error) => trouble(printer, &summary.not_mended(id, &error))?,
        }
    }
    let remains = lost.remains(db).await?;
    let mut written = Ok(());
    leftovers::settle(db, zone, remains, |job, message| {
        let message = message.unwrap_or_else(|message| message);
        let told = printer.line(&format!("job {job}: {message}"));
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
    exit::of_signal(signal)
}
