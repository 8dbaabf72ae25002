//! Making a job ours: one transaction in which the row counts decide who was first.

use chrono::{NaiveDateTime, TimeDelta};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, Query};

use crate::clock;
use crate::db::{Db, select, tables};
use crate::error::{Error, Fact, Result};
use crate::executor::{ClaimId, ExecutorName, LastPod};
use crate::failpoint;
use crate::id::{JobId, RunTemplateId};
use crate::job::hints;
use crate::job::model::{Job, JobState};
use crate::job::run::options::{Source, TakeOver};
use crate::job::runner::lease::{Lease, LeaseDuration};
use crate::job::runner::overlap;
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};

/// A job that became ours.
pub struct Claim {
    pub kind: ClaimKind,
    /// By which it is ours.
    pub lease: Lease,
}

/// How a job became ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimKind {
    /// From the queue.
    Queued,
    /// From outside of the queue.
    Unqueued,
    /// An earlier runner began it and died.
    Resumed,
}

/// What a claim asks for.
#[derive(Clone, Copy)]
pub struct ClaimRequest<'a> {
    pub source: &'a Source,
    /// Leave the job while another one of this runtemplate, which is its own, runs.
    pub alone_of: Option<RunTemplateId>,
    pub take_over: TakeOver,
    /// The job when it was looked at what its earlier runner left, where it had begun by then.
    pub seen: Option<&'a UnfinishedJob>,
    /// How long the lease is to be.
    pub lease: LeaseDuration,
}

/// Claims a job that was read before.
///
/// The suite's daemon claims by deleting the queue row, so that row has to be ours too.
///
/// The job begins when its row is ours: its lock may have been waited for.
///
/// # Errors
/// There is no such job, it ended, it runs elsewhere, another one of its runtemplate runs, somebody else was first, or it is not what it
/// was any more when it was read.
pub async fn claim(db: &mut Db, read: &Job, zone: Tz, request: ClaimRequest<'_>) -> Result<Claim> {
    let id = read.id;
    let for_queue_run = matches!(request.source, Source::QueueRun { .. });
    db.transaction(async |db| {
        failpoint::at("claiming");
        if let Some(runtemplate) = request.alone_of {
            overlap::lock(db, runtemplate).await?;
        }
        // Lock first: later reads must not be stale.
        let job = Job::lock(db, id).await?.ok_or_else(|| Job::unknown(id))?;
        let now = clock::now(zone);
        // One that began runs already, if at all: to finish it makes nothing run side by side.
        if let (Some(runtemplate), true) = (request.alone_of, job.state != JobState::Running)
            && let Some(running) = overlap::find(db, runtemplate, id, now).await?
        {
            return Err(overlap::refused(id, runtemplate, &running));
        }
        refuse_ended(&job)?;
        refuse_changed(&job, read)?;
        let mut update = Query::update();
        update.table(tables::JOB).value("begin", now).value("pid", i64::from(std::process::id()));
        update.and_where(Expr::col("id").eq(id)).and_where(Expr::col("begin").is_null());
        update.and_where(Expr::col("exitcode").is_null());
        if for_queue_run {
            // Another process found it due, by a clock that may have been measured a little otherwise.
            let now = now.checked_add_signed(TimeDelta::seconds(clock::TOLERANCE)).unwrap_or(now);
            let due = select::from(tables::SCHEDULE)
                .expr(Expr::val(1))
                .and_where(Expr::col((tables::SCHEDULE, "job")).eq(id))
                .and_where(Expr::col((tables::SCHEDULE, "after")).lte(now))
                .take();
            update.and_where(Expr::exists(due));
        }
        if db.execute(&update).await? == 0 {
            if for_queue_run && job.state == JobState::Waiting {
                return Err(not_due(db, id).await?);
            }
            return resume(db, &job, read, now, request).await;
        }
        let queued = db.delete_where(tables::SCHEDULE, Expr::col("job").eq(id)).await?;
        if queued == 0 && matches!(request.source, Source::Queue | Source::QueueRun { .. }) {
            return Err(not_queued(id));
        }
        let lease = Lease::new(id, db.target().fingerprint(), request.lease, LastPod::None, Some(ClaimId::random()));
        lease.take(db, now).await?;
        Ok(Claim { kind: if queued > 0 { ClaimKind::Queued } else { ClaimKind::Unqueued }, lease })
    })
    .await
}

fn elsewhere(message: String) -> Error {
    Error::refused(message).fact(Fact::NotOurs)
}

fn not_queued(id: JobId) -> Error {
    elsewhere(format!("job {id} is not in the queue: another executor has just taken it, or its queue row is lost"))
        .hint(format!("`multiflexi-cli job run --id={id} --unqueued` runs it all the same"))
}

/// Why a job that waits is not to be run now, though it was due when it was read: somebody moved it, or took it out of the queue.
async fn not_due(db: &mut Db, id: JobId) -> Result<Error> {
    let row = db.fetch_optional(&select::column(tables::SCHEDULE, "after", Expr::col("job").eq(id))).await?;
    let Some(after) = row.and_then(|row| row.text("after")) else { return Ok(not_queued(id)) };
    Ok(elsewhere(format!("job {id} is left: it was moved meanwhile, and waits until {after}")))
}

/// Refuses a job that waits, and is for another executor than this one by now.
///
/// # Errors
/// It is: the words name both.
pub fn require_executor(job: &Job, executor: &ExecutorName) -> Result<()> {
    if job.state != JobState::Waiting || job.executor == *executor {
        return Ok(());
    }
    let id = job.id;
    Err(elsewhere(format!(
        "job {id} is left: by now it is for the executor {}, and no longer for {executor}",
        job.executor
    ))
    .hint(format!("The next `queue run` for that executor, or `multiflexi-cli job run --id={id}`, runs it")))
}

/// Refuses a job that somebody changed since it was read: what is laid out for it here is of what it was.
fn refuse_changed(job: &Job, read: &Job) -> Result<()> {
    require_executor(job, &read.executor)?;
    let made_of = |job: &Job| (job.application, job.company, job.runtemplate);
    if job.state != JobState::Waiting || made_of(job) == made_of(read) && job.environment == read.environment {
        return Ok(());
    }
    let id = job.id;
    Err(elsewhere(format!("job {id} is left: it was changed while it was about to begin"))
        .hint(format!("The next `queue run`, or `multiflexi-cli job run --id={id}`, runs it as it is now")))
}

fn refuse_ended(job: &Job) -> Result<()> {
    let id = job.id;
    match job.exit_code() {
        None => Ok(()),
        Some(code) => Err(hints::ended_already(id, code)
            .fact(Fact::NotOurs)
            .hint(format!("`multiflexi-cli job retry --id={id}` makes a new job like it"))),
    }
}

/// A job that began and did not end: only a Kubernetes job whose runner is gone can be taken over, by what its pod holds.
///
/// Its row is locked; `read` is as it was read before that.
async fn resume(db: &mut Db, job: &Job, read: &Job, now: NaiveDateTime, request: ClaimRequest<'_>) -> Result<Claim> {
    let (id, pid) = (job.id, job.pid);
    // Of a locked row this is not none. Where it is, nothing is known of who runs the job, and it may not be taken from them.
    let Some(unfinished) = runner::unfinished_job(db, id).await? else {
        return Err(elsewhere(format!("job {id} began at {}, and who runs it cannot be seen", job.began()))
            .hint(format!("`multiflexi-cli job get --id={id}` shows what became of it")));
    };
    let place = unfinished.place();
    if let RunnerPlace::Damaged(_) = &place {
        unfinished.recorded(db)?;
    }
    refuse_held(job, place, request.take_over)?;
    // A number of a process may be another one's in the next container.
    let is_as_seen = request.seen.is_some_and(|seen| unfinished.is_as_seen(seen));
    if read.pid != pid || !is_as_seen {
        // What its runner left was not looked at, and tells whether the program may have begun.
        return Err(elsewhere(format!("job {id} was begun meanwhile by another runner, and that died")).hint(format!(
            "The next `queue run`, or `multiflexi-cli job run --id={id}`, brings home what its pod holds"
        )));
    }
    if db
        .update_where(
            tables::JOB,
            Expr::col("id").eq(id).and(Expr::col("exitcode").is_null()).and(match pid {
                Some(pid) => Expr::col("pid").eq(pid),
                None => Expr::col("pid").is_null(),
            }),
            [("pid", i64::from(std::process::id()).into())],
        )
        .await?
        == 0
    {
        return Err(elsewhere(format!("job {id} has just been taken over by another process")));
    }
    // What the earlier runner made bears the name that it gave the database, and so does what we make.
    let database = match unfinished.record() {
        Some(_) => unfinished.recorded(db)?.database,
        None => db.target().fingerprint(),
    };
    let lease = Lease::new(id, database, request.lease, unfinished.last_pod(), unfinished.claim());
    if !lease.take_over(db, unfinished.record(), now).await? {
        return Err(elsewhere(format!("job {id} is run by its runner again, or has just been taken over by another")));
    }
    Ok(Claim { kind: ClaimKind::Resumed, lease })
}

/// Refuses a job that its runner, in this place, still has, or that no pod knows the end of.
fn refuse_held(job: &Job, place: RunnerPlace, take_over: TakeOver) -> Result<()> {
    let (id, began, is_kubernetes) = (job.id, job.began(), job.is_kubernetes());
    if let RunnerPlace::Here(pid) = &place
        && take_over != TakeOver::OfSilentRunner
    {
        return Err(elsewhere(format!("job {id} is running since {began}, by process {pid}"))
            .hint(format!("`multiflexi-cli job get --id={id}` shows its output so far")));
    }
    if let (RunnerPlace::Elsewhere(host), true, TakeOver::DeadOnly) = (&place, is_kubernetes, take_over) {
        return Err(elsewhere(format!("job {id} is running since {began}, by a runner on {host}")).hint(format!(
            "`multiflexi-cli job cancel --id={id}` ends it; if that runner or its machine died, its lease lapses within a minute, and the next \
             `queue run` or `multiflexi-cli job run --id={id}` brings home what its pod holds"
        )));
    }
    if is_kubernetes {
        return Ok(());
    }
    let (runner, hint) = match place {
        RunnerPlace::Elsewhere(host) => (
            format!("its runner is on {host}"),
            "If that died, its lease lapses within a minute, and the next `queue run`, or `multiflexi-cli queue fix`, ends it"
                .to_owned(),
        ),
        RunnerPlace::Gone | RunnerPlace::Lapsed(_) => (
            "its runner died".to_owned(),
            "`multiflexi-cli queue fix` ends it; its result cannot be learned".to_owned(),
        ),
        _ => (
            "another program runs it or died".to_owned(),
            format!("If it died, {}", hints::force_delete(id)),
        ),
    };
    Err(elsewhere(format!("job {id} began at {began} and did not end; {runner}")).hint(hint))
}
