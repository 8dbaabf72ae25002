//! Cancelling jobs: one that waits is ended here; one that runs is ended by its runner, which is told to.

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, Query};

use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result, exit};
use crate::job::claim::is_our_runner;
use crate::job::finish::is_ad_hoc;
use crate::job::output::{self, kind};

const SIGTERM: u8 = 15;
/// The exit code of a job that was cancelled before it began: as if it had been ended by TERM.
pub const EXIT_CODE: i32 = (exit::SIGNAL_BASE + SIGTERM) as i32;

/// What cancelling found.
pub enum Cancelled {
    /// It waited, and is ended now. `queued` tells whether it was in the queue.
    Pending { queued: bool },
    /// It runs; this process of ours was told to end it.
    Running { pid: i64 },
}

/// Cancels a job.
///
/// # Errors
/// There is no such job, it ended, or it runs where we cannot reach it.
pub async fn cancel(db: &mut Db, id: i64, now: NaiveDateTime) -> Result<Cancelled> {
    db.transaction(async |db| {
        let job = db.find("job", id).await?.ok_or_else(|| {
            Error::not_found(format!("Job with id {id} not found"))
                .hint("`multiflexi-cli job list` shows what there is")
        })?;
        if let Some(code) = job.int("exitcode") {
            return Err(Error::refused(format!("job {id} ended already, with exit code {code}")));
        }
        if !job.get("begin").is_null() {
            return signal(&job, id);
        }
        let mut update = Query::update();
        update.table("job").value("end", now).value("exitcode", EXIT_CODE).and_where(Expr::col("id").eq(id));
        update.and_where(Expr::col("begin").is_null()).and_where(Expr::col("exitcode").is_null());
        if db.execute(&update).await? == 0 {
            return Err(Error::refused(format!("job {id} has just begun"))
                .hint(format!("`multiflexi-cli job cancel --id={id}` again ends it")));
        }
        let mut delete = Query::delete();
        let queued = db.execute(delete.from_table("schedule").and_where(Expr::col("job").eq(id))).await? > 0;
        // Why it has an exit code though it never ran.
        output::add(db, id, kind::REASON, "Cancelled: cancelled before it began", now).await?;
        free_schedule(db, &job).await?;
        Ok(Cancelled::Pending { queued })
    })
    .await
}

/// A job of a schedule leaves its slot, as one that ended does: that lets the next one be made.
async fn free_schedule(db: &mut Db, job: &Row) -> Result<()> {
    let (Some(runtemplate), Some(slot)) = (job.int("runtemplate_id"), job.time("schedule")) else { return Ok(()) };
    if is_ad_hoc(&job.text("schedule_type").unwrap_or_default()) {
        return Ok(());
    }
    let mut update = Query::update();
    update.table("runtemplate").value("last_schedule", slot).value("next_schedule", Option::<NaiveDateTime>::None);
    update.and_where(Expr::col("id").eq(runtemplate)).and_where(Expr::col("next_schedule").eq(slot));
    db.execute(&update).await.map(drop)
}

/// Tells the process that runs a job to end it. It saves the output so far and the exit code itself.
fn signal(job: &Row, id: i64) -> Result<Cancelled> {
    let began = job.text("begin").unwrap_or_default();
    let pid = job.int("pid").filter(|pid| is_our_runner(*pid) && runs_jobs(*pid));
    let Some(pid) = pid else {
        let executor = job.text("executor").unwrap_or_default();
        let error = Error::refused(format!(
            "job {id} is running since {began}, but the process that runs it is not on this machine, is another program's, or died"
        ));
        return Err(if executor == "Kubernetes" {
            error.hint(format!(
                "`kubectl delete pod --all-namespaces -l multiflexi.eu/job={id}` ends its pod, and its runner saves that; if the \
                 runner died, `multiflexi-cli job run --id={id}` learns how it ended"
            ))
        } else {
            error.hint(format!(
                "Cancel it where it runs; if its runner died, `multiflexi-cli job delete --id={id} --force` removes it"
            ))
        });
    };
    let target = nix::unistd::Pid::from_raw(i32::try_from(pid).unwrap_or_default());
    match nix::sys::signal::kill(target, nix::sys::signal::Signal::SIGTERM) {
        Ok(()) => Ok(Cancelled::Running { pid }),
        Err(cause) => {
            Err(Error::new(Kind::Refused, format!("process {pid}, which runs job {id}, cannot be told to end"))
                .because(cause)
                .hint("Try it as the user who started it, or as root"))
        }
    }
}

/// Does this process of ours run jobs? Its number may be another's by now.
fn runs_jobs(pid: i64) -> bool {
    let line = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).any(|word| word == b"run" || word.ends_with(b":run"))
}
