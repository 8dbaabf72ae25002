//! `queue run`: runs what is due, for cron.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, JoinType, Order, Query};
use serde_json::{Value, json};

use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::{Kind, Result, exit};
use crate::executor::Ending;
use crate::job::left::{self, Fate};
use crate::nouns::job::run::{self, Execution, How};
use crate::nouns::reference;
use crate::output::Outcome;
use crate::stop;

#[derive(clap::Args)]
pub struct Run {
    /// Run at most so many jobs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=i32::MAX as u64))]
    limit: Option<u64>,
    /// How many at a time; only 1 yet
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1))]
    parallel: u64,
    /// Only jobs for this executor
    #[arg(long, value_parser = crate::nouns::runtemplate::executor)]
    executor: Option<String>,
    /// Exit with 1 when a job failed
    #[arg(long = "fail-on-job-error")]
    fail_on_job_error: bool,
    #[command(flatten)]
    company: reference::Company,
    #[command(flatten)]
    how: How,
}

/// Which jobs are looked for.
struct Due {
    now: NaiveDateTime,
    company: Option<i64>,
    executor: Option<String>,
}

impl Due {
    /// The first that is due behind the one that was looked at last, in order of the queue.
    async fn next(&self, db: &mut Db, last: Option<(NaiveDateTime, i64)>) -> Result<Option<Row>> {
        let after = || Expr::col(("schedule", "after"));
        let mut select = Query::select();
        select
            .columns([("schedule", "id"), ("schedule", "after"), ("schedule", "job")])
            .from("schedule")
            .join(JoinType::InnerJoin, "job", Expr::col(("job", "id")).equals(("schedule", "job")))
            .and_where(after().lte(self.now))
            .and_where(Expr::col(("job", "begin")).is_null())
            .and_where(Expr::col(("job", "exitcode")).is_null());
        if let Some((moment, id)) = last {
            let later = after().gt(moment);
            select.and_where(later.or(after().eq(moment).and(Expr::col(("schedule", "id")).gt(id))));
        }
        if let Some(company) = self.company {
            select.and_where(Expr::col(("job", "company_id")).eq(company));
        }
        if let Some(executor) = &self.executor {
            select.and_where(Expr::col(("job", "executor")).eq(executor.as_str()));
        }
        select.order_by(("schedule", "after"), Order::Asc).order_by(("schedule", "id"), Order::Asc).limit(1);
        db.fetch_optional(&select).await
    }
}

#[derive(Default)]
struct Summary {
    success: u64,
    failed: u64,
    not_run: u64,
    /// Another executor was first.
    taken: u64,
    jobs: Vec<Value>,
}

pub async fn run(ctx: &mut Context, args: Run) -> Result<Outcome> {
    let now = ctx.now();
    let company = args.company.find(ctx.db().await?).await?.and_then(|row| row.int("id"));
    let due = Due { now, company, executor: args.executor };
    let mut left = left_behind(ctx, &due).await?.into_iter();
    let (mut summary, mut last, mut stopped) = (Summary::default(), None, None);
    while args.limit.is_none_or(|limit| summary.jobs.len() < usize::try_from(limit).unwrap_or(usize::MAX)) {
        let job = match left.next() {
            Some(job) => job,
            None => {
                let Some(row) = due.next(ctx.db().await?, last).await? else { break };
                last = row.time("after").zip(row.int("id"));
                let Some(job) = row.int("job") else { continue };
                job
            }
        };
        match run::execute(ctx, job, false, &args.how, true).await {
            Ok(Execution::Killed(signal)) => return Ok(Outcome::Exit(signal_code(signal))),
            Ok(Execution::Ended(ended)) => {
                let (code, status) = (ended.ending.exit_code(), run::status(&ended.ending));
                match code {
                    0 => summary.success += 1,
                    _ => summary.failed += 1,
                }
                ctx.printer.note(&format!("job {job}: {status}, exit code {code}"));
                summary.jobs.push(json!({"job_id": job, "status": status, "exitcode": code}));
                // A signal to us ends the queue; `job cancel` ends the one job, and is its reason.
                if let (Ending::Cancelled(signal), None) = (ended.ending, ended.reason) {
                    stopped = Some(signal);
                    break;
                }
            }
            // Somebody else was first, or it went away: its result is not ours to tell.
            Err(error) if matches!(error.kind, Kind::Refused | Kind::NotFound) => {
                summary.taken += 1;
                ctx.printer.note(&format!("job {job} is left: {}", error.line()));
            }
            Err(error) if error.kind == Kind::Database => return Err(error),
            Err(error) => {
                summary.not_run += 1;
                ctx.printer.note(&format!("error: {error}"));
                summary.jobs.push(json!({"job_id": job, "status": "not_run", "message": error.line()}));
            }
        }
        stop::at("next");
    }
    show(ctx, &summary, args.fail_on_job_error, stopped)
}

/// Settles jobs whose runner died on this machine, and tells those of them that are to be taken over.
async fn left_behind(ctx: &mut Context, due: &Due) -> Result<Vec<i64>> {
    let zone = ctx.zone;
    let (db, printer) = ctx.open().await?;
    let mut in_pods = Vec::new();
    for (id, fate) in left::settle_all(db, zone, false).await {
        match fate {
            Ok(Fate::InPod) => {
                let job = db.find("job", id).await?;
                let is_wanted =
                    |wanted: Option<i64>| wanted.is_none() || job.is_some_and(|job| job.int("company_id") == wanted);
                if due.executor.as_deref().is_none_or(|executor| executor == "Kubernetes") && is_wanted(due.company) {
                    in_pods.push(id);
                }
            }
            Ok(fate) => {
                if let Some(words) = fate.words(id, false) {
                    printer.note(&words);
                }
            }
            // The next run tries again; the jobs that wait must not wait for that.
            Err(error) => printer.note(&format!("error: {error}")),
        }
    }
    Ok(in_pods)
}

fn show(ctx: &Context, summary: &Summary, fail_on_job_error: bool, stopped: Option<i32>) -> Result<Outcome> {
    let Summary { success, failed, not_run, taken, jobs } = summary;
    let text = format!("Jobs run: {}, success: {success}, failed: {failed}, not run: {not_run}", success + failed);
    let json = json!({
        "run": success + failed, "success": success, "failed": failed, "not_run": not_run, "left": taken, "jobs": jobs,
    });
    ctx.printer.show(Outcome::message(text, json))?;
    Ok(match stopped {
        Some(signal) => Outcome::Exit(signal_code(signal)),
        None if *not_run > 0 || (fail_on_job_error && *failed > 0) => Outcome::Exit(exit::FAILED),
        None => Outcome::Written,
    })
}

fn signal_code(signal: i32) -> u8 {
    exit::SIGNAL_BASE + u8::try_from(signal).unwrap_or_default()
}
