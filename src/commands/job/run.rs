//! `job run`: one job, here and now, to its end.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;

use crate::commands::job::series;
use crate::context::Context;
use crate::definition;
use crate::error::{Error, Kind, Result, exit};
use crate::executor::ExecutorName;
use crate::foreign_name::ForeignName;
use crate::id::JobId;
use crate::job::model::JobState;
use crate::job::run::execute;
pub use crate::job::run::execute::Execution;
use crate::job::run::options::{KubernetesOptions, Options, Source, StreamsShown, TakeOver};
use crate::job::run::run_result::RunResult;
use crate::job::run::signals::Signals;
use crate::job::state::State;
use crate::job::verdict::Verdict;
use crate::limited_file;
use crate::output::{Outcome, Printer, Standard};
use crate::table::args;

#[derive(clap::Args)]
pub struct Run {
    /// The job
    #[arg(long, value_parser = args::row_id::<JobId>())]
    id: JobId,
    /// Run a job that is not in the queue
    ///
    /// As `job create` makes them
    #[arg(long)]
    unqueued: bool,
    /// Not while another job of its runtemplate runs
    ///
    /// It stays in the queue then, as with `queue run`
    #[arg(long = "no-overlap")]
    no_overlap: bool,
    /// Take over the job of a runner that died elsewhere
    ///
    /// Only for Kubernetes, and only needed before the lease of that runner has lapsed
    #[arg(help_heading = KUBERNETES, long = "take-over")]
    take_over: bool,
    #[command(flatten)]
    options: RunOptions,
    /// Then run the jobs whose numbers come on stdin, one after the other: for `queue run`
    #[arg(long = "further-from-stdin", hide = true)]
    further: bool,
    /// Of those that wait only the ones for this executor: for `queue run`
    #[arg(long = "only-executor", value_name = "WORD", hide = true, requires = "further")]
    only_executor: Option<ExecutorName>,
}

/// What `--help` of a command that runs one job says of its end.
pub const EXIT_CODES: &str = "Exit codes: the job's own; 1 it was refused, 75 a credential is missing, 124 the time limit was reached, \
                              125 the job could not be run or its result is unknown, 130 or 143 it was cancelled.";

/// Above the options that only jobs in Kubernetes have.
const KUBERNETES: &str = "Kubernetes";

/// How a job is to be run.
#[derive(clap::Args, Default)]
pub struct RunOptions {
    /// End the program after this time: 90s, 15m, 2h
    ///
    /// A number alone is seconds. By default there is no limit
    #[arg(long, value_name = "TIME", value_parser = args::limit)]
    timeout: Option<Duration>,
    #[command(flatten)]
    cluster: Cluster,
    /// JSON file to merge into the job's pod
    ///
    /// By strategic merge; a container without a name is the job's
    #[arg(help_heading = KUBERNETES, long = "pod-overrides", value_name = "FILE")]
    pod_overrides: Option<PathBuf>,
    /// Image with a shell for the pod's recorder
    ///
    /// It needs a static busybox, such as busybox:musl. Use it if the application's own image has no shell
    #[arg(help_heading = KUBERNETES, hide_short_help = true, long = "recorder-image", value_name = "IMAGE", value_parser = image)]
    recorder_image: Option<String>,
    /// Repair a release that a killed helm left pending
    #[arg(help_heading = KUBERNETES, hide_short_help = true, long = "repair-release")]
    repair_release: bool,
    /// How long the pod keeps its results [default: 15m]
    #[arg(help_heading = KUBERNETES, hide_short_help = true, long, value_name = "TIME", value_parser = args::limit)]
    hold: Option<Duration>,
    /// Do not escape control sequences in the output on a terminal
    #[arg(long, hide_short_help = true)]
    raw: bool,
    /// The largest artifact to store, in MiB [default: 64]
    #[arg(hide_short_help = true, long = "artifact-limit", value_name = "MIB", value_parser = args::number::<u64>(1, 1024))]
    artifact_limit: Option<u64>,
}

impl RunOptions {
    /// What these options say, of a job that waits in the queue.
    ///
    /// # Errors
    /// The file of --pod-overrides is no JSON.
    pub fn options(&self) -> Result<Options> {
        let read = |file: &PathBuf| Ok::<_, Error>((file.clone(), read_json(file)?));
        Ok(Options {
            streams: if self.raw { StreamsShown::Raw } else { StreamsShown::Filtered },
            time_limit: self.timeout,
            artifact_limit: self.artifact_limit,
            kubernetes: KubernetesOptions {
                kubeconfig: self.cluster.kubeconfig.clone(),
                context: self.cluster.context.clone(),
                pod_overrides: self.pod_overrides.as_ref().map(read).transpose()?,
                recorder_image: self.recorder_image.clone(),
                repair_release: self.repair_release,
                hold: self.hold,
            },
            ..Options::default()
        })
    }
}

/// The cluster of a Kubernetes job.
#[derive(clap::Args, Clone, Default)]
pub struct Cluster {
    /// The kubeconfig of the job's cluster
    #[arg(help_heading = KUBERNETES, long, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig to use
    #[arg(help_heading = KUBERNETES, long, value_name = "NAME", value_parser = args::kubernetes_context)]
    context: Option<String>,
}

fn image(text: &str) -> Result<String, String> {
    ForeignName::Image.option(text)
}

/// Runs a job here and now to its end, and exits with the job's own exit code.
///
/// # Errors
/// The job cannot be claimed or run, it lacks a credential, or its result cannot be saved. That it fails is no error.
pub async fn run(ctx: &mut Context, args: Run) -> Result<Outcome> {
    let Run { id, unqueued, no_overlap, take_over, options: ref given, further, only_executor } = args;
    let take_over = if take_over { TakeOver::OfLostMachine } else { TakeOver::DeadOnly };
    let source = match (further, unqueued) {
        (true, _) => Source::QueueRun { executor: only_executor },
        (false, true) => Source::Anywhere,
        (false, false) => Source::Queue,
    };
    let options = Options { source, no_overlap, take_over, ..given.options()? };
    if further {
        return series::run(ctx, id, &options).await;
    }
    let execution = execute(ctx, id, &options).await?;
    tell_verdict(ctx, id, &execution).await;
    Ok(execution_outcome(&ctx.printer, id, &execution))
}

/// Says on a terminal what the job came to, with the application's own text for its exit code, and what to do next.
///
/// Why it failed was told before, as a notice.
pub async fn tell_verdict(ctx: &mut Context, id: JobId, execution: &Execution) {
    let is_seen = ctx.printer.is_terminal(Standard::Err) && !ctx.printer.quiet && !ctx.printer.format.is_one_value();
    if !is_seen || !matches!(execution, Execution::Ended(_)) {
        return;
    }
    let clock = ctx.clock();
    // The result is saved and its exit code is ours: that it cannot be told is no failure.
    let Ok((db, printer)) = ctx.open().await else { return };
    if let Ok(Some(verdict)) = Verdict::read(db, id).await {
        let also = match verdict.state {
            JobState::Ended(0) => String::new(),
            _ => format!(", `multiflexi-cli job retry {id}` tries it again"),
        };
        let verdict = verdict.brief(clock);
        printer.job_note(&format!("{verdict}. `multiflexi-cli job get {id}` shows it{also}"));
    }
}

/// Claims a job and runs it to its end.
///
/// # Errors
/// It cannot be claimed or run, or its result cannot be saved.
pub async fn execute(ctx: &mut Context, id: JobId, options: &Options) -> Result<Execution> {
    execute_after(ctx, None, id, options).await
}

/// Claims and runs a job in a process that ran another one before, and listens to these signals since.
///
/// # Errors
/// As [`execute()`]; or a signal came before the job was claimed.
pub async fn execute_after(
    ctx: &mut Context,
    signals: Option<&mut Signals>,
    id: JobId,
    options: &Options,
) -> Result<Execution> {
    execute::execute(ctx, signals, id, options, definition::load::kubernetes_of).await
}

/// Ends a cancelled job whose runner does not answer, by its pods.
///
/// # Errors
/// It is no Kubernetes job, or the cluster has no pod of it.
pub async fn end_by_pod(ctx: &mut Context, id: JobId, cluster: Cluster) -> Result<Execution> {
    let options = RunOptions { cluster, ..RunOptions::default() }.options()?;
    execute::end_by_pod(ctx, id, options, definition::load::kubernetes_of).await
}

/// A value for programs; people have seen the run itself.
fn for_programs(printer: &Printer, value: serde_json::Value) -> Outcome {
    if printer.format.is_one_value() { Outcome::message("", value) } else { Outcome::Written }
}

/// Shows what a run came to, and exits with the job's own code, or as the signal wants it by which the job was left.
pub fn execution_outcome(printer: &Printer, id: JobId, execution: &Execution) -> Outcome {
    if let Execution::Abandoned(abandoned) = execution {
        printer.job_note(&abandoned.message);
    }
    for_programs(printer, execution_json(id, execution)).with_code(exit_status(execution))
}

/// The code that a process exits with when it ran this job.
pub fn exit_status(execution: &Execution) -> u8 {
    match execution {
        Execution::Ended(ended) => exit::of_job(ended.ending.exit_code().into()),
        Execution::Abandoned(abandoned) => exit::of_signal(abandoned.signal),
    }
}

/// What a run came to, for programs.
fn execution_json(id: JobId, execution: &Execution) -> serde_json::Value {
    let RunResult { status, exitcode, code, message, .. } = RunResult::from_execution(execution);
    // With a code it is an error as every other: readers look for that word.
    let status = status.filter(|_| code.is_none()).map_or("error", State::word);
    match execution {
        Execution::Ended(ended) => {
            let reason = ended.reason.as_ref().map(|reason| <&str>::from(reason.code()));
            let mut value = json!({
                "job_id": id, "status": status, "exitcode": exitcode, "command": ended.command, "reason": reason, "message": message,
            });
            if let Some(code) = code {
                value["code"] = code.into();
            }
            value
        }
        Execution::Abandoned(_) => json!({"job_id": id, "status": status, "code": code, "message": message}),
    }
}

fn read_json(path: &std::path::Path) -> Result<serde_json::Value> {
    let bytes = limited_file::read(path).map_err(|cause| {
        Error::file(format!("cannot read {}", path.display()), cause).hint("--pod-overrides takes a JSON file")
    })?;
    serde_json::from_slice(&bytes).map_err(|cause| {
        Error::new(Kind::File, format!("{} is not JSON", path.display()))
            .because(cause)
            .hint("--pod-overrides takes a JSON file")
    })
}
