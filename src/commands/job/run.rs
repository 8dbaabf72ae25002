//! `job run`: one job, here and now, to its end.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use serde_json::json;
use tokio::time::timeout;

use crate::commands::job::live::Live;
use crate::commands::job::series;
use crate::config;
use crate::context::Context;
use crate::definition;
use crate::error::{Error, Kind, Result, exit};
use crate::executor::artifacts::{LimitSetBy, SizeLimit};
use crate::executor::container::{Container, Engine};
use crate::executor::kubernetes::{Kubernetes, Settings, check_overrides, merge_overrides};
use crate::executor::native::Native;
use crate::executor::workdir::Directory;
use crate::executor::{self, Cancel, Earlier, Ended, Ending, Executor, Stream};
use crate::foreign_name::ForeignName;
use crate::id::JobId;
use crate::job::action::{self, After};
use crate::job::create;
use crate::job::model::JobState;
use crate::job::recovery::crashed::Taken;
use crate::job::recovery::leftovers;
use crate::job::run::claim::{self, Claim, Terms};
use crate::job::run::lease::Term;
use crate::job::run::leave;
use crate::job::run::signals::Signals;
use crate::job::run::{self as life, Facts, Hold, Terminal as _};
use crate::job::run::{credential_check, overlap, runner};
use crate::job::verdict::Verdict;
use crate::output::{Outcome, Printer, Standard};
use crate::schedule::parse_limit;
use crate::table::args;
use crate::telemetry::Collector;

#[derive(clap::Args)]
#[command(after_help = EXIT_CODES)]
pub struct Run {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Run a job that has no queue row (`job create` makes such)
    #[arg(long)]
    unqueued: bool,
    /// Leave the job in the queue while another one of its runtemplate runs, as `queue run` does
    #[arg(long = "no-overlap")]
    no_overlap: bool,
    /// Kubernetes: finish the job of a runner on another machine, which died, before its lease lapses
    #[arg(help_heading = KUBERNETES, long = "take-over")]
    take_over: bool,
    #[command(flatten)]
    how: How,
    /// Then run the jobs whose numbers come on stdin, one after the other: for `queue run`
    #[arg(long = "further-from-stdin", hide = true)]
    further: bool,
}

/// What `--help` of a command that runs one job says of its end.
pub const EXIT_CODES: &str = "Exit codes: the job's own; 1 it was refused, 75 a credential is missing, 124 the time limit was reached, \
                              125 the job could not be run or its result not be learned, 130 or 143 it was cancelled.";

/// Above the options that only jobs in Kubernetes have.
const KUBERNETES: &str = "Kubernetes";

/// How a job is to be run.
#[derive(clap::Args, Default)]
pub struct How {
    /// End the program after so long: 90, 90s, 15m, 2h; without a limit unless given
    #[arg(long, value_name = "TIME", value_parser = duration)]
    timeout: Option<Duration>,
    #[command(flatten)]
    cluster: Cluster,
    /// Kubernetes: JSON that is merged into the pod (strategic merge); its container without a name is the job's
    #[arg(help_heading = KUBERNETES, long = "pod-overrides", value_name = "FILE")]
    pod_overrides: Option<PathBuf>,
    /// Kubernetes: an image with a static busybox (busybox:musl), which lends the recorder shell and tools where the application's has none
    #[arg(help_heading = KUBERNETES, long = "recorder-image", value_name = "IMAGE", value_parser = image)]
    recorder_image: Option<String>,
    /// Kubernetes: mend a release that a killed helm left pending
    #[arg(help_heading = KUBERNETES, long = "repair-release")]
    repair_release: bool,
    /// Kubernetes: how long the pod holds its results for us; 15m unless given
    #[arg(help_heading = KUBERNETES, long, value_name = "TIME", value_parser = duration)]
    hold: Option<Duration>,
    /// Show the job's streams as they are on a terminal too, whatever they do to it
    #[arg(long)]
    raw: bool,
    /// The largest artifact to store, in MiB; 64 unless given
    #[arg(long = "artifact-limit", value_name = "MIB", value_parser = clap::value_parser!(u64).range(1..=1024))]
    artifact_limit: Option<u64>,
}

impl How {
    fn artifact_limit(&self) -> SizeLimit {
        SizeLimit { bytes: self.artifact_limit.unwrap_or(64) << 20, set_by: LimitSetBy::Option }
    }
}

/// The cluster of a Kubernetes job.
#[derive(clap::Args, Clone, Default)]
pub struct Cluster {
    /// Kubernetes: the kubeconfig to use
    #[arg(help_heading = KUBERNETES, long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// Kubernetes: the context to use
    #[arg(help_heading = KUBERNETES, long, value_name = "NAME", value_parser = context)]
    context: Option<String>,
}

fn duration(text: &str) -> Result<Duration, String> {
    parse_limit(text).map_err(|error| error.advice())
}

fn image(text: &str) -> Result<String, String> {
    ForeignName::Image.option(text)
}

fn context(text: &str) -> Result<String, String> {
    ForeignName::Context.option(text)
}

/// What running a job came to.
pub enum Execution {
    Ended(Ended),
    /// A second signal came, and the job was left in the middle.
    Left(Left),
}

/// A job that was left in the middle.
pub struct Left {
    /// The number of the signal.
    pub signal: i32,
    /// What is left of it, and how it is finished.
    pub words: String,
}

pub async fn run(ctx: &mut Context, args: Run) -> Result<Outcome> {
    let Run { id, unqueued, no_overlap, take_over, ref how, further } = args;
    let which = Which { unqueued, no_overlap, take_over, ..Which::default() };
    if further {
        return series::run(ctx, id, which, how).await;
    }
    let execution = execute(ctx, id, which, how).await?;
    tell_verdict(ctx, id, &execution).await;
    Ok(shown(&ctx.printer, id, &execution))
}

/// Says on a terminal what the job came to, with the application's own text for its exit code, and what to do next. Why it failed
/// was told before, as a notice.
pub async fn tell_verdict(ctx: &mut Context, id: JobId, execution: &Execution) {
    let is_seen = ctx.printer.is_terminal(Standard::Err) && !ctx.printer.quiet && !ctx.printer.format.is_one_value();
    if !is_seen || !matches!(execution, Execution::Ended(_)) {
        return;
    }
    let now = ctx.now();
    // The result is saved and its exit code is ours: that it cannot be told is no failure.
    let Ok((db, printer)) = ctx.open().await else { return };
    if let Ok(Some(verdict)) = Verdict::of(db, id).await {
        let also = match verdict.state {
            JobState::Ended(0) => String::new(),
            _ => format!(", `job retry {id}` tries it again"),
        };
        let verdict = verdict.brief(now);
        printer.note(&format!("multiflexi: {verdict}. `multiflexi-cli job get {id}` shows it{also}"));
    }
}

/// Which jobs are taken, and how they are shown.
#[derive(Clone, Copy, Default)]
pub struct Which {
    /// Also one that is not in the queue.
    pub unqueued: bool,
    /// It was made for this: where it cannot be run it goes, and does not wait in the queue.
    pub is_new: bool,
    /// Not while another one of its runtemplate runs.
    pub no_overlap: bool,
    /// Also one of a runner on another machine, which is known to be dead.
    pub take_over: bool,
    /// Also one whose runner lives on this machine and does not answer.
    pub silent: bool,
    /// Its streams go to the database alone.
    pub quiet: bool,
}

/// Claims a job and runs it to its end.
///
/// # Errors
/// It cannot be claimed or run, or its result cannot be saved.
pub async fn execute(ctx: &mut Context, id: JobId, which: Which, how: &How) -> Result<Execution> {
    execute_after(ctx, None, id, which, how).await
}

/// The same in a process that ran another job before, and listens to these signals since.
///
/// # Errors
/// As [`execute`]; or a signal came before the job was claimed.
pub async fn execute_after(
    ctx: &mut Context,
    heard: Option<&mut Signals>,
    id: JobId,
    which: Which,
    how: &How,
) -> Result<Execution> {
    let (now, zone) = (ctx.now(), ctx.zone);
    let settings = create::Settings::with_key(ctx.now(), &ctx.settings);
    let term = Term::of(&ctx.settings)?;
    let is_verbose = ctx.verbose > 0;
    let overrides = how.pod_overrides.as_deref().map(read_json).transpose()?;
    let collector = Collector::of(&ctx.settings);
    let (db, printer) = ctx.open().await?;
    let mut facts = match life::load(db, id).await {
        // The job before may have lasted longer than a server keeps a connection, or a server been started again since.
        Err(error) if heard.is_some() && error.may_pass() => {
            db.reconnect().await?;
            life::load(db, id).await?
        }
        loaded => loaded?,
    };
    credential_check::check(db, &facts, now).await?;
    let executor = executor_of(db, &facts, id, how, overrides).await?;
    let runtemplate = facts.job.runtemplate;
    let terms = Terms {
        unqueued: which.unqueued,
        alone_of: runtemplate.filter(|_| which.no_overlap),
        take_over: which.take_over,
        silent: which.silent,
        term,
    };
    let mut listening = None;
    let signals = match heard {
        Some(signals) => signals,
        None => listening.insert(Signals::listen()?),
    };
    let files = facts.files.lay_out(db, &facts.fields, how.artifact_limit()).await?;
    let SizeLimit { bytes, set_by } = files.artifact_limit;
    if how.artifact_limit.is_some() && set_by != LimitSetBy::Option {
        printer.note(&format!(
            "multiflexi: artifacts of more than {bytes} bytes will not be stored, whatever --artifact-limit says: that is all that {set_by}"
        ));
    }
    let database = runner::database_name(db, &facts.job).await?;
    let mut job = life::for_executor(&facts, database.to_string(), how.timeout, files)?;
    let mut taken = Taken::of(db, zone, &facts.job, &database, printer).await?;
    taken.believe_dead(which.take_over && !which.silent);
    if let Some(signal) = signals.next().now_or_never() {
        return Err(Error::new(Kind::Interrupted, format!("ended by signal {signal} before job {id} was begun"))
            .hint("It stays in the queue"));
    }
    taken.note();
    let (claimed, lease) = match claim::claim(db, id, now, terms).await {
        Ok(claimed) => claimed,
        Err(error) => {
            let remains = taken.refused(&error, &facts.job, &database).into_iter().collect();
            let tell = |_, words: Result<String, String>| {
                printer.note(&format!("multiflexi: {}", words.unwrap_or_else(|words| words)));
            };
            leftovers::settle(db, zone, remains, tell).await?;
            return Err(error);
        }
    };
    facts.was_queued = claimed != Claim::Fresh { was_queued: false } && !which.is_new;
    taken.hand_over(db, zone, claimed, &mut job).await?;
    let (permit, questions) = executor::Permit::channel(lease.held.clone());
    job.permit = permit;
    if let Some(runtemplate) = runtemplate.filter(|_| !which.no_overlap)
        && let Some(running) = overlap::find(db, runtemplate, id, now).await?
    {
        // Whoever runs a job by hand decides; that two run side by side should be known.
        let words = format!("job {} of the same runtemplate is running {}", running.job, running.words);
        printer.note(&format!("multiflexi: warning: {words}"));
    }
    let cancel = Cancel::default();
    let live = Live::new(printer, which.quiet, how.raw);
    // Boxed, so that it can be dropped: a job that is left must not hold on to the database.
    let mut running = Box::pin(async {
        let hold = Hold { lease: &lease, questions, cancel: &cancel };
        let begun = Instant::now();
        let ended = life::run(db, zone, &facts, &job, executor, hold, &live).await?;
        let took = begun.elapsed();
        for words in ended.versions.untried().iter().filter(|_| is_verbose) {
            live.show(Stream::Notice, words.as_bytes());
        }
        let after = After { settings: &settings, zone, job: &facts.job, told: &job, ended: &ended };
        action::perform(db, &after, &cancel, |words| live.show(Stream::Notice, words.as_bytes())).await;
        if let Some(collector) = &collector
            && let Err(error) = collector.tell(db, id, took).await
        {
            // The result is saved; what is not measured is no failure of the job.
            printer.note(&format!("multiflexi: warning: {}", error.line()));
        }
        Ok::<_, Error>(Execution::Ended(ended))
    });
    let (second, ended) = tokio::select! {
        biased;
        signal = second_signal(signals, &cancel) => {
            cancel.hurry();
            (Some(signal), timeout(leave::MOMENT, &mut running).await.ok())
        }
        ended = &mut running => (None, Some(ended)),
        () = live.draw() => unreachable!("it is drawn for as long as the job runs"),
    };
    drop(running);
    live.clear();
    let execution = match (second, ended) {
        (Some(signal), None) => {
            let words = leave::leave(db, &job, config::now(zone)).await;
            Ok(Execution::Left(Left { signal, words }))
        }
        (Some(signal), Some(Err(error))) => {
            let hint = error.hint.as_deref().map(|hint| format!(". {hint}")).unwrap_or_default();
            Ok(Execution::Left(Left { signal, words: format!("{}{hint}", error.line()) }))
        }
        (_, Some(ended)) => ended,
        (None, None) => unreachable!("only a second signal leaves a job in the middle"),
    };
    if let Some(Err((path, cause))) = facts.files.directory.map(Directory::remove) {
        printer.note(&format!("warning: the job's directory {} cannot be removed: {cause}", path.display()));
    }
    match (&execution, &job.run_file) {
        (Ok(Execution::Ended(_)), Some(file)) => file.end(),
        // Whoever took it over answers for it.
        (Err(error), Some(file)) if runner::is_taken(error) => file.remove(),
        _ => {}
    }
    if matches!(execution, Ok(Execution::Left(_))) {
        ctx.abandon();
    }
    execution
}

/// Ends a cancelled job whose runner does not answer, by its pods.
///
/// # Errors
/// It is no Kubernetes job, or the cluster has no pod of it.
pub async fn end(ctx: &mut Context, id: JobId, cluster: Cluster) -> Result<Execution> {
    let how = How { cluster, ..How::default() };
    let db = ctx.db().await?;
    let facts = life::load(db, id).await?;
    let began = facts.job.began();
    let silent = format!("job {id} is running since {began}, and its runner does not answer");
    if !facts.job.is_kubernetes() {
        return Err(Error::refused(silent).hint(
            "Should its runner live after all, it will end the job; if it died, `multiflexi-cli queue fix` on its machine ends it",
        ));
    }
    let Executor::Kubernetes(mut kubernetes) = executor_of(db, &facts, id, &how, None).await? else {
        return Err(Error::new(Kind::Internal, format!("job {id} is no Kubernetes job")));
    };
    let database = runner::database_name(db, &facts.job).await?;
    let job = life::for_executor(&facts, database.to_string(), None, executor::Files::default())?;
    let job = executor::Job { earlier: Earlier::End, ..job };
    let which = Which { unqueued: true, take_over: true, silent: true, quiet: true, ..Which::default() };
    match kubernetes.find(&job).await {
        Ok(true) => execute(ctx, id, which, &how).await,
        Ok(false) => Err(Error::refused(format!("{silent}; {} has no pod of it", kubernetes.place())).hint(format!(
            "Name the cluster it runs in by --kubeconfig or --context; if its runner died before it made the pod, `multiflexi-cli job delete --id={id} --force` removes it"
        ))),
        Err(reason) => Err(Error::refused(format!("{silent}; its pod cannot be looked for: {reason}"))),
    }
}

impl Left {
    /// Tells what is left, and exits as the signal wants it.
    pub fn shown(&self, printer: &Printer, id: JobId) -> Outcome {
        printer.note(&format!("multiflexi: {}", self.words));
        for_programs(printer, self.told(id)).with_code(self.code())
    }

    fn told(&self, id: JobId) -> serde_json::Value {
        json!({"job_id": id, "status": "error", "code": Kind::NotRun.code(), "message": self.words})
    }

    fn code(&self) -> u8 {
        exit::SIGNAL_BASE + u8::try_from(self.signal).unwrap_or_default()
    }
}

/// A value for programs; people have seen the run itself.
fn for_programs(printer: &Printer, value: serde_json::Value) -> Outcome {
    if printer.format.is_one_value() { Outcome::message("", value) } else { Outcome::Written }
}

/// Shows what a run came to, and exits with the job's own code.
pub fn shown(printer: &Printer, id: JobId, execution: &Execution) -> Outcome {
    match execution {
        Execution::Ended(_) => for_programs(printer, told(id, execution)).with_code(code(execution)),
        Execution::Left(left) => left.shown(printer, id),
    }
}

/// The code that a process exits with when it ran this job.
pub fn code(execution: &Execution) -> u8 {
    match execution {
        // A process exits with one byte; a program's own code is one.
        Execution::Ended(ended) => u8::try_from(ended.ending.exit_code() & 0xff).unwrap_or(exit::FAILED),
        Execution::Left(left) => left.code(),
    }
}

/// What a run came to, for programs.
pub fn told(id: JobId, execution: &Execution) -> serde_json::Value {
    let ended = match execution {
        Execution::Ended(ended) => ended,
        Execution::Left(left) => return left.told(id),
    };
    let code = ended.ending.exit_code();
    let reason = ended.reason.as_ref();
    let mut value = json!({
        "job_id": id, "status": status(&ended.ending), "exitcode": code, "command": ended.command,
        "reason": reason.map(|reason| <&str>::from(reason.code())), "message": reason.map(ToString::to_string),
    });
    if ended.ending == Ending::NotRun {
        // An error as every other: readers look for these words.
        value["status"] = "error".into();
        value["code"] = Kind::NotRun.code().into();
    }
    value
}

/// How a job ended, in a word.
pub fn status(ending: &Ending) -> &'static str {
    match ending {
        Ending::Exited(0) => "success",
        Ending::Exited(_) => "failed",
        Ending::TimeLimit => "time_limit",
        Ending::Cancelled(_) => "cancelled",
        Ending::NotRun => "not_run",
    }
}

async fn executor_of(
    db: &mut crate::db::Db,
    facts: &Facts,
    id: JobId,
    args: &How,
    overrides: Option<serde_json::Value>,
) -> Result<Executor> {
    if let Some(engine) = Engine::of(&facts.job.executor) {
        let image = facts.application.text("ociimage").unwrap_or_default();
        ForeignName::Image.check(image.trim()).map_err(|why| unfit(facts, "ociimage", &image, &why))?;
        return Ok(Executor::Container(Container::new(engine, &image)));
    }
    match facts.job.executor.as_str() {
        executor::NATIVE => Ok(Executor::Native(Native)),
        executor::KUBERNETES => {
            let definition = definition::load::kubernetes_of(db, &facts.application).await;
            let definition = definition.map_err(|error| Error { kind: Kind::NotRun, ..error })?;
            let text = |column| facts.application.text(column).unwrap_or_default();
            let chart = facts.application.filled("helmchart");
            let definition = definition.unwrap_or_default();
            let mut settings = Settings::new(&text("name"), &text("ociimage"), chart.as_deref(), &definition);
            settings.check(&definition).map_err(|(what, value, why)| unfit(facts, what, &value, &why))?;
            settings.kubeconfig = args.cluster.kubeconfig.clone();
            settings.context = args.cluster.context.clone();
            let checked = |overrides: &serde_json::Value, whose: &str| {
                check_overrides(overrides).map_err(|why| Error::refused(format!("{whose}: {why}")))
            };
            if let Some(theirs) = &settings.pod_overrides {
                checked(theirs, &format!("the podOverrides of the application {}", text("name")))?;
            }
            if let (Some(over), Some(path)) = (overrides, &args.pod_overrides) {
                checked(&over, &format!("the pod overrides {}", path.display()))?;
                merge_overrides(settings.pod_overrides.get_or_insert_with(|| json!({})), over);
            }
            if args.recorder_image.is_some() {
                settings.recorder_image.clone_from(&args.recorder_image);
            }
            settings.repair_release = args.repair_release;
            settings.hold = args.hold.unwrap_or(settings.hold);
            Ok(Executor::Kubernetes(Box::new(Kubernetes::new(settings))))
        }
        other => Err(Error::new(
            Kind::NotRun,
            format!("job {id} is for the executor {other}, which this tool cannot run yet"),
        )
        .hint("It runs Native, Kubernetes, Docker and Podman jobs; the suite's executor runs the others")),
    }
}

/// A job of an application whose row or definition holds what no program may be given.
fn unfit(facts: &Facts, what: &str, value: &str, why: &str) -> Error {
    let name = facts.application.text("name").unwrap_or_default();
    let id = facts.application.text("id").unwrap_or_default();
    Error::new(Kind::NotRun, format!("the {what} {value:?} of the application {name} {why}"))
        .hint(format!("Correct it: `multiflexi-cli application update --id={id}`, or import its definition again"))
}

fn read_json(path: &std::path::Path) -> Result<serde_json::Value> {
    let bytes = std::fs::read(path).map_err(|cause| Error::file(format!("cannot read {}", path.display()), cause))?;
    serde_json::from_slice(&bytes).map_err(|cause| {
        Error::new(Kind::File, format!("{} is not JSON", path.display()))
            .because(cause)
            .hint("--pod-overrides takes a JSON file")
    })
}

/// The first signal cancels the job; the second ends us at once, and is what this waits for.
async fn second_signal(signals: &mut Signals, cancel: &Cancel) -> i32 {
    cancel.cancel(signals.next().await);
    signals.next().await
}
