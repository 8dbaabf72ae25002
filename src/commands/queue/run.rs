//! `queue run`: runs what is due, for cron.

use std::collections::HashSet;
use std::ffi::OsString;
use std::time::Duration;

use clap::{ArgMatches, Args as _, Command};
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::time::Instant;

use crate::commands::job::run::RunOptions;
use crate::commands::queue::child::{EndedChild, Runner};
use crate::commands::queue::poll::{Children, Pass, QueuePoll, line_always};
use crate::commands::queue::summary::{Detail, JobOutcome, Summary};
use crate::commands::reference;
use crate::context::Context;
use crate::db::{Db, LockWaits};
use crate::error::{Error, Fact, Kind, Result, exit};
use crate::executor::ExecutorName;
use crate::executor::deadline::sleep_until_some;
use crate::failpoint;
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::queue::due::Waiting;
use crate::job::run::signals::Signals;
use crate::job::runner::lease;
use crate::job::task::RetryContext;
use crate::output::{Format, Outcome, Printer};
use crate::table::args;

#[derive(clap::Args)]
pub struct Run {
    /// Run at most N jobs
    #[arg(long, value_name = "N", value_parser = args::number::<u64>(1, i32::MAX.into()))]
    limit: Option<u64>,
    /// How many jobs to run at once
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = args::number::<u64>(1, 1000))]
    parallel: u64,
    /// Let jobs of one runtemplate run side by side
    #[arg(long = "allow-overlap", hide_short_help = true)]
    allow_overlap: bool,
    /// Only jobs for this executor
    #[arg(long, value_parser = ExecutorName::parse)]
    executor: Option<ExecutorName>,
    /// Exit with 1 if a job failed
    #[arg(long = "fail-on-job-error", hide_short_help = true)]
    fail_on_job_error: bool,
    /// Fill the queue first, as `queue fill` does
    #[arg(long)]
    fill: bool,
    /// Keep filling and running the queue
    ///
    /// It ends at a signal
    #[arg(long, conflicts_with_all = ["limit", "fail_on_job_error"])]
    watch: bool,
    /// With --watch: how often to look
    ///
    /// It takes 10, 10s or 1m
    #[arg(long, value_name = "DURATION", default_value = "10s", requires = "watch", value_parser = args::limit)]
    interval: Duration,
    /// After a signal, wait for the running jobs
    ///
    /// No more jobs are started; a second signal ends those that run
    #[arg(long)]
    drain: bool,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    _options: RunOptions,
}

/// How far signals have got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stopping {
    No,
    /// No job is begun any more, and those that run may end.
    Draining(i32),
    /// Those that run were told to end.
    Ending(i32),
    /// That was one signal too many: we leave at once.
    Leaving(i32),
}

impl Stopping {
    fn signal(self) -> Option<i32> {
        match self {
            Stopping::No => None,
            Stopping::Draining(signal) | Stopping::Ending(signal) | Stopping::Leaving(signal) => Some(signal),
        }
    }
}

/// A `queue run` at work.
struct QueueRun<'a> {
    args: Run,
    printer: &'a Printer,
    /// What each runner is given.
    options: Vec<OsString>,
    poll: QueuePoll,
    pass: Pass,
    /// When the queue is looked at again, under `--watch`.
    next_pass: Option<Instant>,
    running: Children,
    ends: FuturesUnordered<LocalBoxFuture<'a, EndedChild>>,
    /// Jobs that ended while the database was asked, and are still to be entered.
    ended: Vec<EndedChild>,
    /// Runners whose job has ended, and that take another one.
    idle: Vec<Runner>,
    /// Runners that were told to go.
    dismissed: FuturesUnordered<LocalBoxFuture<'a, ()>>,
    summary: Summary,
    /// Locks that jobs of this pass waited for in vain.
    lock_waits: LockWaits,
    /// How many jobs were begun, for `--limit`.
    tried: u64,
    stopping: Stopping,
    /// Why no more jobs are begun.
    failure: Option<Error>,
    /// That stood in the line of a job already.
    is_failure_told: bool,
}

/// Runs the jobs that are due, in order of their moments; with `--watch` until a signal comes.
///
/// # Errors
/// The setting of the leases makes no sense, the company that is named does not exist, or the first look at the queue fails; not where
/// the database is only away, and a watch asks it again. What goes wrong after that is told, and is in the exit code.
pub async fn run(ctx: &mut Context, matches: &ArgMatches, args: Run) -> Result<Outcome> {
    let begun = Instant::now();
    let options = options_of_runners(ctx, matches, &args);
    let retry = RetryContext::new(ctx);
    let fill = (args.fill || args.watch).then(|| retry.create_settings(ctx.now()));
    lease::LeaseDuration::from_settings(&ctx.settings)?;
    let mut signals = Signals::listen()?;
    let mut summary = Summary::new(match ctx.printer.format.is_one_value() {
        _ if args.watch => Detail::Numbers,
        true => Detail::EachJob,
        false => Detail::Failures,
    });
    let company = loop {
        match find_company(ctx, &args).await {
            Err(error) if args.watch && may_pass(&error) => note_retry(&ctx.printer, &error),
            found => break found?,
        }
        tokio::select! {
            signal = signals.next() => {
                let outcome = outcome(&ctx.printer, summary, begun.elapsed(), None, false);
                return Ok(outcome.with_code(exit::of_signal(signal)));
            }
            () = tokio::time::sleep(args.interval) => {}
        }
    };
    let (db, printer) = ctx.open().await?;
    let mut poll = QueuePoll { fill, retry, company, executor: args.executor.clone(), lapsed: None, obstacles: None };
    let running = Children { jobs: Vec::new(), busy: HashSet::new(), allow_overlap: args.allow_overlap };
    let pass = match poll.begin(db, printer, &running, &mut summary).await {
        Err(error) if args.watch && may_pass(&error) => {
            note_retry(printer, &error);
            poll.nothing()
        }
        begun => begun?,
    };
    let mut queue = QueueRun {
        next_pass: args.watch.then(|| Instant::now() + args.interval),
        args,
        printer,
        options,
        poll,
        pass,
        running,
        ends: FuturesUnordered::new(),
        ended: Vec::new(),
        idle: Vec::new(),
        dismissed: FuturesUnordered::new(),
        summary,
        lock_waits: LockWaits::default(),
        tried: 0,
        stopping: Stopping::No,
        failure: None,
        is_failure_told: false,
    };
    loop {
        queue.start_jobs(db, &mut signals).await;
        queue.dismiss_idle();
        let (next_pass, second_look) = queue.looks();
        if let Stopping::Leaving(signal) = queue.stopping {
            return Ok(Outcome::Written.with_code(exit::of_signal(signal)));
        }
        if queue.ends.is_empty() && next_pass.is_none() && second_look.is_none() {
            break;
        }
        failpoint::at("next");
        tokio::select! {
            Some(ended) = queue.ends.next(), if !queue.ends.is_empty() => queue.end(db, ended).await,
            signal = signals.next() => queue.heed(signal),
            Some(()) = queue.dismissed.next(), if !queue.dismissed.is_empty() => {}
            () = sleep_until_some(second_look) => queue.look_again(db).await,
            () = sleep_until_some(next_pass) => queue.begin_next_pass(db, &mut signals).await,
        }
    }
    while queue.dismissed.next().await.is_some() {}
    Ok(queue.outcome(begun.elapsed()))
}

impl QueueRun<'_> {
    /// Takes a signal.
    fn heed(&mut self, signal: i32) {
        let is_idle = self.running.jobs.is_empty();
        let tell = |words: &str| {
            if !is_idle {
                self.printer.note(words);
            }
        };
        self.stopping = match self.stopping {
            Stopping::No if self.args.drain => {
                tell("waiting for the running jobs; a second signal ends them");
                Stopping::Draining(signal)
            }
            Stopping::No | Stopping::Draining(_) => {
                self.running.signal(signal);
                tell("ending the running jobs; a second signal leaves at once");
                Stopping::Ending(signal)
            }
            Stopping::Ending(_) | Stopping::Leaving(_) => {
                self.running.signal(signal);
                Stopping::Leaving(signal)
            }
        };
    }

    /// May another job be begun?
    fn goes_on(&self) -> bool {
        self.stopping == Stopping::No && self.failure.is_none()
    }

    /// Begins no more jobs because of this, unless something failed before. A watch only says what may pass, and tries again at its next
    /// look.
    fn fail(&mut self, error: Error) {
        if self.args.watch && error.may_pass() {
            note_retry(self.printer, &error);
        } else {
            self.failure.get_or_insert(error);
        }
    }

    /// When the queue is to be looked at again, and when the jobs whose leases had lapsed.
    fn looks(&self) -> (Option<Instant>, Option<Instant>) {
        let second_look = self.poll.lapsed.as_ref().map(|(at, _)| *at);
        if self.goes_on() { (self.next_pass, second_look) } else { (None, None) }
    }

    /// Begins as many jobs as may run at once.
    async fn start_jobs(&mut self, db: &mut Db, signals: &mut Signals) {
        loop {
            for ended in std::mem::take(&mut self.ended) {
                self.end(db, ended).await;
            }
            let has_place = (self.ends.len() as u64) < self.args.parallel;
            if !self.goes_on() || !has_place || self.args.limit.is_some_and(|limit| self.tried >= limit) {
                return;
            }
            let is_at_hand = self.idle.iter().any(Runner::is_ready);
            let QueueRun { pass, running, ends, ended, .. } = self;
            match meanwhile(pass.next(db, running, is_at_hand), ends, ended, signals).await {
                Ok(Ok(Some(waiting))) => self.start(waiting),
                Ok(Ok(None)) if self.ended.is_empty() => return,
                // One that ended meanwhile may let another one begin.
                Ok(Ok(None)) => {}
                Ok(Err(error)) => {
                    self.pass.give_up();
                    self.fail(error);
                }
                Err(signal) => self.heed(signal),
            }
        }
    }

    /// Hands a job to an idle runner, else to a new one.
    fn start(&mut self, waiting: Waiting) {
        let job = waiting.job;
        let (ready, spent): (Vec<_>, Vec<_>) = self.idle.drain(..).partition(Runner::is_ready);
        self.idle = ready;
        self.dismissed.extend(spent.into_iter().map(|runner| runner.dismiss().boxed_local()));
        match self.idle.pop().map_or_else(|| Runner::start(job, &self.options), Ok) {
            Ok(runner) => {
                self.tried = u64::saturating_add(self.tried, 1);
                self.running.jobs.push((waiting.clone(), runner.pid()));
                self.ends.push(runner.run(waiting, self.printer).boxed_local());
            }
            Err(error) => {
                line_always(self.printer, &self.summary.not_started(job, &error));
                self.pass.give_up();
                if !self.args.watch {
                    self.fail(error);
                }
            }
        }
    }

    /// What is not needed now does not wait with an open database.
    fn dismiss_idle(&mut self) {
        self.dismissed.extend(self.idle.drain(..).map(|runner| runner.dismiss().boxed_local()));
    }

    /// Enters what became of a job, and ends it where its runner died.
    async fn end(&mut self, db: &mut Db, ended: EndedChild) {
        let (job, has_died) = (ended.waiting.job, ended.result.is_none());
        self.enter_ended(ended);
        if has_died {
            self.mend(db, job).await;
        }
    }

    /// Enters what became of a job, and tells it.
    fn enter_ended(&mut self, mut ended: EndedChild) {
        self.idle.extend(ended.runner.take());
        self.running.jobs.retain(|(waiting, _)| waiting.job != ended.waiting.job);
        let told = self.summary.enter(&ended);
        match told.fate {
            // What another executor took is its to tell.
            JobOutcome::Left if !told.is_busy => self.printer.note(&told.line),
            JobOutcome::Left | JobOutcome::Success | JobOutcome::Failed => self.printer.line(&told.line),
            JobOutcome::NotRun | JobOutcome::Lost | JobOutcome::Blocked => line_always(self.printer, &told.line),
        }
        self.pass.enter(ended.waiting.job, &told);
        if told.fate == JobOutcome::Left {
            self.tried = self.tried.saturating_sub(1);
        }
        if told.is_busy {
            self.running.busy.extend(ended.waiting.runtemplate);
        }
        // A lost machine's job that ended here: others of its runtemplate were left for it.
        let is_resumed = ended.waiting.entry.is_none() && matches!(told.fate, JobOutcome::Success | JobOutcome::Failed);
        if is_resumed && ended.waiting.runtemplate.is_some_and(|id| self.running.busy.remove(&id)) {
            self.pass.read_again();
        }
        if told.is_locked && self.lock_waits.goes_on_after() {
            // The others of its runtemplate would wait for that too.
            self.running.busy.extend(ended.waiting.runtemplate);
            return;
        }
        if told.is_database && self.args.watch {
            self.pass.give_up();
        } else if told.is_database {
            self.is_failure_told |= self.failure.is_none();
            self.fail(Error::new(Kind::Database, told.line));
        }
    }

    /// Ends the job whose runner has just died: its program may still run, and others of its runtemplate wait for that.
    async fn mend(&mut self, db: &mut Db, job: JobId) {
        if let Err(error) = self.poll.mend(db, self.printer, &mut self.summary, job).await {
            self.fail(error);
        }
    }

    /// Looks again at the jobs whose leases had lapsed.
    async fn look_again(&mut self, db: &mut Db) {
        match self.poll.look_again(db, self.printer, &self.running, &mut self.summary).await {
            Ok(ended) => {
                self.pass.resumed.extend(ended.resumed);
                let is_freed = |id: &RunTemplateId| ended.freed.contains(id);
                if self.running.busy.extract_if(is_freed).count() > 0 {
                    self.pass.read_again();
                }
            }
            Err(error) => self.fail(error),
        }
    }

    /// Looks at the queue anew.
    async fn begin_next_pass(&mut self, db: &mut Db, signals: &mut Signals) {
        let QueueRun { poll, printer, running, summary, ends, ended, .. } = self;
        let begun = meanwhile(poll.begin_anew(db, printer, running, summary), ends, ended, signals).await;
        let begun = match begun {
            Ok(begun) => begun,
            Err(signal) => return self.heed(signal),
        };
        self.next_pass = Some(Instant::now() + self.args.interval);
        match begun {
            Ok(begun) => {
                self.pass = begun;
                self.lock_waits = LockWaits::default();
            }
            Err(error) => {
                self.pass.give_up();
                self.fail(error);
            }
        }
    }

    fn outcome(self, took: Duration) -> Outcome {
        let QueueRun { args, printer, summary, stopping, failure, is_failure_told, .. } = self;
        let code = match stopping.signal() {
            Some(signal) => exit::of_signal(signal),
            None if summary.needs_operator() || failure.is_some() => exit::FAILED,
            None if args.fail_on_job_error && summary.has_failed_jobs() => exit::FAILED,
            None => exit::DONE,
        };
        if args.fail_on_job_error && summary.has_failed_jobs() && printer.quiet && printer.format == Format::Text {
            // An exit code alone tells nobody what to look at.
            printer.note_always(&summary.failed_jobs());
        }
        outcome(printer, summary, took, failure, is_failure_told).with_code(code)
    }
}

/// The company whose jobs alone are to be run. To look for it is to open the database.
async fn find_company(ctx: &mut Context, args: &Run) -> Result<Option<CompanyId>> {
    let db = ctx.db().await?;
    Ok(args.company.find(db).await?.and_then(|row| row.int("id")).map(CompanyId))
}

/// May a watch begin although this went wrong? By a wrong setting it would go on for ever.
fn may_pass(error: &Error) -> bool {
    error.may_pass() && error.fact != Some(Fact::NotLetIn)
}

fn note_retry(printer: &Printer, error: &Error) {
    printer.note_always(&format!("error: {}; the queue is looked at again", error.line()));
}

/// Asks the database and attends to the running jobs meanwhile: it may take long to answer, and not answer at all. Gives the
/// number of a signal that comes before the answer.
async fn meanwhile<T>(
    asking: impl Future<Output = T>,
    ends: &mut FuturesUnordered<LocalBoxFuture<'_, EndedChild>>,
    ended: &mut Vec<EndedChild>,
    signals: &mut Signals,
) -> Result<T, i32> {
    tokio::pin!(asking);
    loop {
        tokio::select! {
            biased;
            signal = signals.next() => return Err(signal),
            Some(child) = ends.next(), if !ends.is_empty() => ended.push(child),
            answer = &mut asking => return Ok(answer),
        }
    }
}

/// What was done in all; an error is told before it, unless that `is_told`, or in its JSON.
fn outcome(printer: &Printer, summary: Summary, took: Duration, failure: Option<Error>, is_told: bool) -> Outcome {
    let text = summary.text();
    let mut json = summary.json(took.as_secs_f64());
    if let Some(error) = failure {
        match printer.format {
            Format::Json | Format::Yaml => json["error"] = error.to_json(),
            Format::Text | Format::Csv if is_told => {}
            Format::Text | Format::Csv => printer.error(&error),
        }
    }
    Outcome::message(text, json)
}

/// What each runner is given: the options that say how a job is to be run, and what it cannot know by itself.
fn options_of_runners(ctx: &Context, matches: &ArgMatches, args: &Run) -> Vec<OsString> {
    let mut options = passed_on(matches);
    if !args.allow_overlap {
        options.push("--no-overlap".into());
    }
    options.extend(args.executor.as_ref().map(|executor| format!("--only-executor={executor}").into()));
    options.extend(
        ctx.settings.file.iter().map(|file| [OsString::from("--environment="), file.into()].into_iter().collect()),
    );
    // What happens inside of them is told too, where that is asked for.
    options.extend((0..ctx.verbose).map(|_| "-v".into()));
    options.extend(ctx.database_limit.map(|limit| format!("--db-timeout={}", limit.as_secs()).into()));
    options
}

/// The options that say how a job is to be run, as they were given.
fn passed_on(matches: &ArgMatches) -> Vec<OsString> {
    let mut options = Vec::new();
    for arg in RunOptions::augment_args(Command::new("how")).get_arguments() {
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
