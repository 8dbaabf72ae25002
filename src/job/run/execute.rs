//! One job, here and now, to its end: prepared, claimed, attended while it runs, and put away.

use std::time::Instant;

use chrono::NaiveDateTime;
use futures_util::FutureExt as _;
use serde_json::Value;
use tokio::time::timeout;

use crate::clock;
use crate::context::Context;
use crate::db::{Db, Fingerprint, Row};
use crate::error::{Error, Kind, Result};
use crate::executor::artifacts::{LimitSetBy, SizeLimit};
use crate::executor::kubernetes::Kubernetes;
use crate::executor::workdir::Directory;
use crate::executor::{self, Cancel, EarlierRun, Ended, Executor, PodHistory, Questions, Stream};
use crate::id::JobId;
use crate::job::action::{self, After};
use crate::job::cancel;
use crate::job::create::CreateSettings;
use crate::job::credential_check;
use crate::job::hints;
use crate::job::model::{Job, JobState};
use crate::job::queue::requeue::Return;
use crate::job::recovery::leftovers;
use crate::job::run::claim::{self, ClaimKind, ClaimRequest};
use crate::job::run::facts::RunFacts;
use crate::job::run::held_run_file::{Handover, HeldRunFile};
use crate::job::run::live::Live;
use crate::job::run::make_executor::make_executor;
use crate::job::run::options::{Options, Source, StreamsShown, TakeOver};
use crate::job::run::signals::Signals;
use crate::job::run::{self, Terminal as _, leave};
use crate::job::runner::lease::{Lease, LeaseDuration};
use crate::job::runner::overlap;
use crate::job::runner::record;
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::task::RetryContext;
use crate::output::Printer;

/// What running a job came to.
pub enum Execution {
    Ended(Box<Ended>),
    /// A second signal came, and the job was left in the middle.
    Abandoned(Abandoned),
}

/// A job that was left in the middle.
pub struct Abandoned {
    /// The number of the signal.
    pub signal: i32,
    /// What is left of it, and how it is finished.
    pub message: String,
}

/// Claims a job and runs it to its end.
///
/// `definition` reads the `kubernetes` object of an application's row; `signals` are those of a process that ran another job
/// before and listens since.
///
/// # Errors
/// It cannot be claimed or run, or its result cannot be saved; or a signal came before it was claimed.
pub async fn execute(
    ctx: &mut Context,
    signals: Option<&mut Signals>,
    id: JobId,
    options: &Options,
    definition: impl AsyncFn(&mut Db, &Row) -> Result<Option<Value>>,
) -> Result<Execution> {
    let (now, retry, is_verbose) = (ctx.now(), RetryContext::new(ctx), ctx.verbose > 0);
    let lease = LeaseDuration::from_settings(&ctx.settings)?;
    let (db, printer) = ctx.open().await?;
    let settings = retry.create_settings(now);
    let context = RunContext { printer, options, now, retry, is_verbose, settings, lease };
    let facts = match signals {
        // The job before may have lasted longer than a server keeps a connection.
        Some(_) => db.over_new_connection(async |db| RunFacts::load(db, id).await).await?,
        None => RunFacts::load(db, id).await?,
    };
    if let Source::QueueRun { executor: Some(executor) } = &options.source {
        // By now it may be for another one, which may not even be there on this machine.
        claim::require_executor(&facts.job, executor)?;
    }
    credential_check::check(db, &facts.job, &facts.application, &facts.fields, context.now).await?;
    let mut executor = make_executor(db, &facts, &options.kubernetes, definition).await?;
    if let Executor::Kubernetes(kubernetes) = &mut executor
        && let Some(earlier) = lost_elsewhere(db, &facts.job, options.take_over).await?
    {
        let database = earlier.recorded(db)?.database;
        check_earlier(&facts, database, kubernetes, &earlier).await?;
    }
    let mut listening = None;
    let signals = match signals {
        Some(signals) => signals,
        None => listening.insert(Signals::listen()?),
    };
    let prepared = prepare(db, &context, facts).await?;
    if let Some(signal) = signals.next().now_or_never() {
        return Err(Error::new(Kind::Signalled(signal), format!("ended by signal {signal} before job {id} was begun"))
            .hint("It stays in the queue"));
    }
    let held = claim(db, &context, prepared).await?;
    let execution = attend(db, &context, held, executor, signals).await;
    if matches!(execution, Ok(Execution::Abandoned(_))) {
        ctx.abandon();
    }
    execution
}

/// What a run is given beside its job.
pub struct RunContext<'a> {
    pub printer: &'a Printer,
    pub options: &'a Options,
    now: NaiveDateTime,
    /// What a task's next attempt is made with, and the zone of all clocks.
    pub retry: RetryContext,
    is_verbose: bool,
    /// For the jobs that actions make.
    settings: CreateSettings,
    lease: LeaseDuration,
}

/// A job whose files are laid out, and whose run file is ours.
struct Prepared<'p> {
    facts: RunFacts,
    job: executor::Job,
    held: HeldRunFile<'p>,
}

/// A claimed job.
struct ClaimedJob {
    facts: RunFacts,
    job: executor::Job,
    /// The signal that told an earlier runner to end it, where that died before it had.
    interrupted_by: Option<i32>,
    lease: Lease,
    questions: Questions,
}

/// The earlier run of a job that a runner on another machine does not hold any more, and whose pod is to tell how it ended. None of a
/// job that was cancelled: it is ended, whatever can be learned of it.
async fn lost_elsewhere(db: &mut Db, job: &Job, take_over: TakeOver) -> Result<Option<UnfinishedJob>> {
    if job.state != JobState::Running || cancel::requested(db, job.id).await?.is_some() {
        return Ok(None);
    }
    let unfinished = runner::unfinished_job(db, job.id).await?;
    Ok(unfinished.filter(|it| match it.place() {
        RunnerPlace::Lapsed(_) => take_over != TakeOver::OfSilentRunner,
        RunnerPlace::Elsewhere(_) => take_over == TakeOver::OfLostMachine,
        // Of one that died here it is known here how far it had come.
        RunnerPlace::Gone | RunnerPlace::Here(_) | RunnerPlace::Unknown | RunnerPlace::Damaged(_) => false,
    }))
}

/// Refuses a job of which cannot be learned here how it ends, before it is claimed: there may be a machine where it can.
async fn check_earlier(
    facts: &RunFacts,
    database: Fingerprint,
    kubernetes: &mut Kubernetes,
    earlier: &UnfinishedJob,
) -> Result<()> {
    let job = facts.executor_job(database, None, executor::Files::default())?;
    let (last, place) = (earlier.last_pod(), earlier.pod_place());
    let earlier_run = EarlierRun::Finish { may_have_run: true, last, place };
    let job = executor::Job { pods: PodHistory { earlier: earlier_run, claim: earlier.claim(), ..job.pods }, ..job };
    kubernetes.check_earlier(&job).await.map_err(|reason| run::unsettled_error(job.id, Some(&reason)))
}

/// Lays out the job's files, and mends what an earlier runner left of it.
async fn prepare<'p>(db: &mut Db, context: &RunContext<'p>, facts: RunFacts) -> Result<Prepared<'p>> {
    let RunContext { printer, options, .. } = *context;
    let files = facts.files.lay_out(db, &facts.fields, options.size_limit()).await?;
    let SizeLimit { bytes, set_by } = files.artifact_limit;
    if options.artifact_limit.is_some() && set_by != LimitSetBy::Option {
        printer.job_note(&format!(
            "artifacts of more than {bytes} bytes will not be stored, whatever --artifact-limit says: that is all that {set_by}"
        ));
    }
    let database = record::database_name(db, &facts.job).await?;
    let job = facts.executor_job(database.clone(), options.time_limit, files)?;
    let held = HeldRunFile::take(db, context, &facts.job, database).await?;
    Ok(Prepared { facts, job, held })
}

/// Makes the job ours.
async fn claim(db: &mut Db, context: &RunContext<'_>, prepared: Prepared<'_>) -> Result<ClaimedJob> {
    let RunContext { printer, options, .. } = *context;
    let Prepared { mut facts, job, held } = prepared;
    let (id, now, zone, runtemplate) = (job.id, context.now, context.retry.zone, facts.job.runtemplate);
    let offered = held.offer();
    let request = ClaimRequest {
        source: &options.source,
        alone_of: runtemplate.filter(|_| options.no_overlap),
        take_over: options.take_over,
        seen: offered.seen(),
        lease: context.lease,
    };
    let claim = match claim::claim(db, &facts.job, zone, request).await {
        Ok(claim) => claim,
        Err(error) => {
            let leftovers = offered.refused(&error, &facts.job).into_iter().collect();
            let tell = |_, message: Result<String, String>| {
                printer.job_note(&message.unwrap_or_else(|message| message));
            };
            leftovers::settle(db, zone, leftovers, tell).await?;
            return Err(error);
        }
    };
    facts.back = match claim.kind {
        _ if options.source == Source::MadeForThisRun => Return::ToMaker,
        ClaimKind::Unqueued => Return::OutOfQueue,
        ClaimKind::Queued | ClaimKind::Resumed => Return::ToQueue,
    };
    let Handover { run_file, earlier, known_end, interrupted_by } = offered.claimed(db, zone, &claim).await?;
    let lease = claim.lease;
    let (permit, questions) = executor::Permit::channel();
    let pods = PodHistory { claim: lease.claim(), earlier, known_end, ..job.pods };
    let job = executor::Job { run_file, pods, permit, ..job };
    if let Some(runtemplate) = runtemplate.filter(|_| !options.no_overlap && !options.is_queue_run())
        && let Some(running) = overlap::find(db, runtemplate, id, now).await?
    {
        // A person who runs a job by hand decides; that two run side by side should be known.
        let message = format!("job {} of the same runtemplate is running {}", running.job, running.message);
        printer.job_note(&format!("warning: {message}"));
    }
    Ok(ClaimedJob { facts, job, interrupted_by, lease, questions })
}

/// Runs the claimed job while it listens to signals: the first one cancels it, the second one leaves it in the middle.
async fn attend(
    db: &mut Db,
    context: &RunContext<'_>,
    held: ClaimedJob,
    executor: Executor,
    signals: &mut Signals,
) -> Result<Execution> {
    let RunContext { printer, options, ref retry, .. } = *context;
    let ClaimedJob { facts, job, interrupted_by, lease, questions } = held;
    let cancel = Cancel::default();
    let live = Live::new(printer, options.streams);
    // Boxed, so that it can be dropped: a job that is left must not hold on to the database.
    let redactor = executor.redactor(&job);
    let run = run::Run {
        facts: &facts,
        job: &job,
        interrupted_by,
        redactor: &redactor,
        retry,
        lease: &lease,
        cancel: &cancel,
    };
    let mut running = Box::pin(run_and_act(db, context, run, executor, questions, &live));
    let (second, ended) = tokio::select! {
        biased;
        signal = second_signal(signals, &cancel) => {
            cancel.abort();
            (Some(signal), timeout(leave::MOMENT, &mut running).await.ok())
        }
        ended = &mut running => (None, Some(ended)),
        () = live.draw() => unreachable!("it is drawn for as long as the job runs"),
    };
    drop(running);
    live.clear();
    let execution = match (second, ended) {
        (Some(signal), None) => {
            let message = leave::leave(db, &job, clock::now(retry.zone)).await;
            Ok(Execution::Abandoned(Abandoned { signal, message }))
        }
        (Some(signal), Some(Err(error))) => Ok(Execution::Abandoned(Abandoned { signal, message: error.advice() })),
        (_, Some(ended)) => ended,
        (None, None) => unreachable!("only a second signal leaves a job in the middle"),
    };
    remove_files(printer, facts, &job, &execution);
    execution
}

/// Runs the job, performs its actions, and tells the collector how long it took.
async fn run_and_act(
    db: &mut Db,
    context: &RunContext<'_>,
    run: run::Run<'_>,
    executor: Executor,
    questions: Questions,
    live: &Live<'_>,
) -> Result<Execution> {
    let run::Run { facts, job, cancel, .. } = run;
    let begun = Instant::now();
    let ended = run::run(db, run, executor, questions, live).await?;
    let took = begun.elapsed();
    for message in ended.versions.untried().iter().filter(|_| context.is_verbose) {
        live.show(Stream::Notice, message.as_bytes());
    }
    let RunContext { settings, retry, .. } = context;
    let after =
        After { settings, zone: retry.zone, job: &facts.job, executor_job: job, ended: &ended, redactor: run.redactor };
    action::perform(db, &after, cancel, |message| live.show(Stream::Notice, message.as_bytes())).await;
    if let Some(collector) = &retry.collector
        && let Err(error) = collector.tell(db, job.id, took).await
    {
        // The result is saved; what is not measured is no failure of the job.
        context.printer.job_note(&format!("warning: {}", error.line()));
    }
    Ok(Execution::Ended(Box::new(ended)))
}

/// The first signal cancels the job; the second ends us at once, and is what this waits for.
async fn second_signal(signals: &mut Signals, cancel: &Cancel) -> i32 {
    cancel.cancel(signals.next().await);
    signals.next().await
}

/// Removes what is of no more use: the job's directory, and its run file.
fn remove_files(printer: &Printer, facts: RunFacts, job: &executor::Job, execution: &Result<Execution>) {
    if let Some(Err((path, cause))) = facts.files.directory.map(Directory::remove) {
        printer.note(&format!("warning: the job's directory {} cannot be removed: {cause}", path.display()));
    }
    match (execution, &job.run_file) {
        (Ok(Execution::Ended(_)), Some(file)) => file.end(),
        // The runner that took it over answers for it.
        (Err(error), Some(file)) if runner::is_taken_over(error) => file.remove(),
        _ => {}
    }
}

/// Ends a cancelled job whose runner does not answer, by its pods.
///
/// # Errors
/// It is no Kubernetes job, or the cluster has no pod of it.
pub async fn end_by_pod(
    ctx: &mut Context,
    id: JobId,
    options: Options,
    definition: impl AsyncFn(&mut Db, &Row) -> Result<Option<Value>>,
) -> Result<Execution> {
    let db = ctx.db().await?;
    let facts = RunFacts::load(db, id).await?;
    let began = facts.job.began();
    let silent = format!("job {id} is running since {began}, and its runner does not answer");
    if !facts.job.is_kubernetes() {
        return Err(Error::refused(silent).hint(
            "Should its runner live after all, it will end the job; if it died, `multiflexi-cli queue fix` on its machine ends it",
        ));
    }
    let Executor::Kubernetes(mut kubernetes) = make_executor(db, &facts, &options.kubernetes, &definition).await?
    else {
        return Err(Error::new(Kind::Internal, format!("job {id} is no Kubernetes job")));
    };
    let database = record::database_name(db, &facts.job).await?;
    let job = facts.executor_job(database, None, executor::Files::default())?;
    let earlier = runner::unfinished_job(db, id).await?;
    let (place, claim) = earlier.map_or((None, None), |job| (job.pod_place(), job.claim()));
    let job = executor::Job { pods: PodHistory { earlier: EarlierRun::End { place }, claim, ..job.pods }, ..job };
    let options = Options {
        source: Source::Anywhere,
        take_over: TakeOver::OfSilentRunner,
        streams: StreamsShown::Nothing,
        ..options
    };
    match kubernetes.find(&job).await {
        Ok(true) => execute(ctx, None, id, &options, definition).await,
        Ok(false) => Err(Error::refused(format!("{silent}; {} has no pod of it", kubernetes.place())).hint(format!(
            "Name the cluster it runs in by --kubeconfig or --context; if its runner died before it made the pod, {}",
            hints::force_delete(id)
        ))),
        Err(reason) => Err(Error::refused(format!("{silent}; its pod cannot be looked for: {reason}"))),
    }
}
