//! Who runs a job, and whether that process is still alive. The suite's tables say nothing of it, so the claim leaves a
//! record among the job's output rows, of a type that the suite does not read.

pub mod lease;
pub mod overlap;
pub mod record;

use chrono::NaiveDateTime;
use nix::unistd::Pid;
use sea_query::{Expr, ExprTrait, LockType, Query, SimpleExpr};

use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Fact, Kind, Result};
use crate::executor::{ClaimId, ExecutorName, LastPod, PodPlace};
use crate::id::{CompanyId, JobId, RunTemplateId};
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::runner::record::{LEASE_MAX, ProcessIdentity, RELEASED, Record, Recorded};
use crate::job::state::State;
use crate::proc::{self, boot, space};
use crate::state::run_file;
use crate::unix_user::host;

/// Where the process is that runs a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunnerPlace {
    /// It lives on this machine.
    Here(i64),
    /// It was on this machine and died.
    Gone,
    /// It has not renewed its lease, or has let go of it, and does not hold the job any more.
    ///
    /// It ran on the machine of this name or in another container, and may have died, or hang there.
    Lapsed(String),
    /// On the machine of this name, or in another container: it may live.
    Elsewhere(String),
    /// Another program runs the job, the suite's executor for instance, or an older version of this one.
    Unknown,
    /// The record of it is none of ours: what is wrong with it.
    Damaged(&'static str),
}

/// Refuses a job that is another runner's by this record, or nobody's where there is none.
///
/// # Errors
/// It is not ours ([`is_taken_over`]).
pub fn require_ours(job: JobId, record: Option<&str>) -> Result<()> {
    let lost =
        |who: &str| format!("job {job} is not this runner's any more{who}; nothing more of it is done or saved here");
    let (who, by) = match record.map(Record::parse).transpose() {
        Ok(Some(Record { process, .. })) if process == *ProcessIdentity::own() => return Ok(()),
        Ok(Some(Record { process: ProcessIdentity { host, pid, .. }, .. })) => {
            (format!(": process {pid} on {host} has taken it over"), Some(pid.as_raw()))
        }
        Ok(None) => (": its record is gone".to_owned(), None),
        Err(why) => {
            return Err(record::damaged(job, why).within(lost("")).fact(Fact::TakenOver { by: None }));
        }
    };
    let hint = format!("`multiflexi-cli job get --id={job}` shows what became of it");
    Err(Error::refused(lost(&who)).hint(hint).fact(Fact::TakenOver { by }))
}

/// Is it the error of a job that another runner has taken over, by [`require_ours`]?
pub fn is_taken_over(error: &Error) -> bool {
    matches!(error.fact, Some(Fact::TakenOver { .. }))
}

/// Locks the job and the record of its runner, and checks that the record is this process's; call inside a transaction.
///
/// Returns the job's row as it is now; None where it was deleted.
///
/// # Errors
/// Another runner has taken it over.
pub async fn lock_held(db: &mut Db, job: JobId) -> Result<Option<Job>> {
    // The job's row first, as whoever takes it over does.
    let row = Job::lock(db, job).await?;
    let record = select::column(tables::JOB_OUTPUT_LINES, "line", kind::head_row(job, kind::RUNNER))
        .lock(LockType::Update)
        .take();
    let record = db.fetch_optional(&record).await?.and_then(|row| row.text("line"));
    require_ours(job, record.as_deref())?;
    Ok(row)
}

/// A job that began and did not end.
#[derive(Clone, Debug)]
pub struct UnfinishedJob {
    pub id: JobId,
    pub runtemplate: Option<RunTemplateId>,
    pub company: Option<CompanyId>,
    /// The number of its runner's process.
    pub pid: Option<i64>,
    pub begin: Option<NaiveDateTime>,
    /// The text of the column `begin`, for messages.
    pub began: String,
    pub executor: ExecutorName,
    record: Option<Result<Record, &'static str>>,
    /// The record as text: a takeover replaces it only where it is still this.
    line: Option<String>,
    /// The server's clock when it was read.
    now: i64,
}

impl UnfinishedJob {
    /// Reads a row of [`unfinished_jobs`]; the columns that only a whole job has are not kept.
    fn read(row: &Row) -> Result<UnfinishedJob> {
        let Job { id, runtemplate, company, pid, begin, executor, .. } = Job::read(row)?;
        let now = row.int("server_now");
        Ok(UnfinishedJob {
            id,
            runtemplate,
            company,
            pid: pid.filter(|pid| *pid > 0),
            begin,
            began: row.text("begin").unwrap_or_default(),
            executor,
            record: row.text("runner").map(|line| Record::parse(&line)),
            line: row.text("runner"),
            now: now.ok_or_else(|| Error::new(Kind::Statement, "the database did not tell the time by its clock"))?,
        })
    }

    /// Is it run as a pod in a Kubernetes cluster, which may know how it ended though its runner died?
    pub fn is_kubernetes(&self) -> bool {
        self.executor == ExecutorName::Kubernetes
    }

    /// The record of its runner as it stands there: whoever takes its place names it.
    pub fn record(&self) -> Option<&str> {
        self.line.as_deref()
    }

    /// The pod that its runner asked for last. It asks for no other once somebody else's record stands in the place of its own.
    pub fn last_pod(&self) -> LastPod {
        match &self.record {
            Some(Ok(record)) => record.pod.clone(),
            _ => LastPod::Unknown,
        }
    }

    /// The id in the labels of its pods.
    pub fn claim(&self) -> Option<ClaimId> {
        match &self.record {
            Some(Ok(record)) => record.claim.clone(),
            _ => None,
        }
    }

    /// Is its runner the one that it had when it was `seen`, and has that asked for no pod since? Its lease counts for nothing here.
    pub fn is_as_seen(&self, seen: &UnfinishedJob) -> bool {
        let hands = |job: &UnfinishedJob| {
            let record = job.record.clone();
            record.map(|record| record.map(|record| Record { lease: None, ..record }))
        };
        hands(self) == hands(seen)
    }

    /// Where that pod was asked for.
    pub fn pod_place(&self) -> Option<PodPlace> {
        self.last_pod().place().cloned()
    }

    /// Where the process is that runs it.
    pub fn place(&self) -> RunnerPlace {
        match &self.record {
            Some(Ok(record)) => self.judge(record),
            Some(Err(why)) => RunnerPlace::Damaged(why),
            None => match self.pid.filter(|pid| is_of_this_program(*pid)) {
                Some(pid) => RunnerPlace::Here(pid),
                None => RunnerPlace::Unknown,
            },
        }
    }

    fn judge(&self, record: &Record) -> RunnerPlace {
        // By whoever could not learn from here how the pod's program ended.
        if self.is_released() {
            return RunnerPlace::Lapsed(record.process.host.clone());
        }
        // One that lies further ahead than any lease lasts was written by a clock that was ahead. A runner that lives renews it.
        let longest = self.now.saturating_add_unsigned(LEASE_MAX.as_secs());
        let has_lapsed = record.lease.is_some_and(|until| until < self.now || until > longest);
        match judge(&record.process) {
            RunnerPlace::Elsewhere(host) if has_lapsed => RunnerPlace::Lapsed(host),
            // It lives, but hangs: what its pod holds need not wait for it. A program of this machine goes on with it.
            RunnerPlace::Here(_) if has_lapsed && self.is_kubernetes() => {
                RunnerPlace::Lapsed(record.process.host.clone())
            }
            // Of that name there may be another machine, whose runner lives, or is stopped: what it noted here tells that it was this one.
            RunnerPlace::Gone if record.process.boot != boot() && record.lease.is_some() => {
                let host = record.process.host.clone();
                match has_lapsed {
                    false => RunnerPlace::Elsewhere(host),
                    true if self.has_run_file(record) => RunnerPlace::Gone,
                    true => RunnerPlace::Lapsed(host),
                }
            }
            place => place,
        }
    }

    fn has_run_file(&self, record: &Record) -> bool {
        let Some(database) = &record.database else { return true };
        let ProcessIdentity { boot, pid, .. } = &record.process;
        run_file::may_be_of(record.state.as_ref(), database, self.id, boot, *pid)
    }

    /// Has its runner let go of it, since it could not learn how its pod's program ended?
    pub fn is_released(&self) -> bool {
        self.is_kubernetes() && matches!(&self.record, Some(Ok(record)) if record.lease == Some(RELEASED))
    }

    /// Is its runner on another machine, and has not renewed its lease, or let go of the job?
    pub fn has_lapsed(&self) -> bool {
        matches!(self.place(), RunnerPlace::Lapsed(_))
    }

    /// The record that counts of several of one job is the greatest: whose runner lives; else the one that knows more.
    ///
    /// Two runners of an older version that claimed the job in one moment on MariaDB could leave several.
    fn claim_to_it(&self) -> (u8, bool, bool, Option<&str>) {
        let liveliness = match self.place() {
            RunnerPlace::Here(_) => 4,
            RunnerPlace::Elsewhere(_) => 3,
            RunnerPlace::Lapsed(_) => 2,
            RunnerPlace::Gone => 1,
            RunnerPlace::Unknown | RunnerPlace::Damaged(_) => 0,
        };
        let has_pod = matches!(self.last_pod(), LastPod::Named(_));
        (liveliness, has_pod, self.claim().is_some(), self.record())
    }

    /// What the record of its runner says.
    ///
    /// # Errors
    /// That is damaged.
    pub fn recorded(&self, db: &Db) -> Result<Recorded> {
        let record = self.record.as_ref().map(Result::as_ref).transpose();
        Ok(Recorded::from_record(db, record.map_err(|why| record::damaged(self.id, why))?))
    }
}

/// Jobs that began and did not end, the newest first; only those of which this is so.
///
/// # Errors
/// The database cannot be asked, or a row cannot be read: none is left out, for it would seem to run nowhere.
pub async fn unfinished_jobs(db: &mut Db, only: Option<SimpleExpr>) -> Result<Vec<UnfinishedJob>> {
    let mut select = Query::select();
    let lines = |column| Expr::col((tables::JOB_OUTPUT_LINES, column));
    select.columns(
        ["id", "runtemplate_id", "company_id", "pid", "begin", "executor"].map(|column| (tables::JOB, column)),
    );
    select.expr_as(lines("line"), "runner").from(tables::JOB);
    select.expr_as(db.dialect.epoch_seconds(), "server_now");
    let record =
        lines("job_id").equals((tables::JOB, "id")).and(lines("seq").eq(0)).and(lines("type").eq(kind::RUNNER));
    select.left_join(tables::JOB_OUTPUT_LINES, record);
    select.cond_where(State::Running.condition());
    if let Some(only) = only {
        select.and_where(only);
    }
    // They are few. Put in order by the database, they would be looked for among all that have no exit code: these are in order.
    let mut rows = db.fetch_all(&select).await?;
    rows.sort_by_key(|row| std::cmp::Reverse(row.int("id")));
    let mut jobs: Vec<UnfinishedJob> = Vec::new();
    for row in &rows {
        let job = UnfinishedJob::read(row)?;
        match jobs.last_mut().filter(|last| last.id == job.id) {
            Some(last) if job.claim_to_it() > last.claim_to_it() => *last = job,
            Some(_) => {}
            None => jobs.push(job),
        }
    }
    Ok(jobs)
}

/// This job, if it began and did not end.
///
/// # Errors
/// The database cannot be asked.
pub async fn unfinished_job(db: &mut Db, id: JobId) -> Result<Option<UnfinishedJob>> {
    Ok(unfinished_jobs(db, Some(Expr::col((tables::JOB, "id")).eq(id))).await?.pop())
}

/// Is it a living process of this program? Only then is a job that it began still looked after.
fn is_of_this_program(pid: i64) -> bool {
    i32::try_from(pid).is_ok_and(|pid| proc::is_another_of_this_program(Pid::from_raw(pid)))
}

fn judge(process: &ProcessIdentity) -> RunnerPlace {
    let same_boot = !boot().is_empty() && process.boot == boot();
    match process.host == host() {
        _ if same_boot && process.space == space() => {
            // Every runner knows when it started: without that the number may be anybody's.
            let may_be_it = process.start.is_some() || proc::is_another_of_this_program(process.pid);
            if may_be_it && proc::is_alive(process.pid, process.start) {
                RunnerPlace::Here(process.pid.as_raw().into())
            } else {
                RunnerPlace::Gone
            }
        }
        // The machine was started again since.
        true if !same_boot && !process.boot.is_empty() => RunnerPlace::Gone,
        _ => RunnerPlace::Elsewhere(process.host.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_lives_and_who_died() {
        let start_of = |pid: i64| {
            let pid = Pid::from_raw(pid.try_into().unwrap());
            proc::stat(pid).map(|stat| stat.start)
        };
        let own = i64::from(std::process::id());
        let record = |host: &str, boot: &str, pid: i64, start: Option<u64>| {
            let record = json!({"host": host, "boot": boot, "space": space(), "pid": pid, "start": start});
            judge(&Record::parse(&record.to_string()).unwrap().process)
        };
        assert_eq!(record(&host(), &boot(), own, start_of(own)), RunnerPlace::Here(own));
        assert_eq!(record(&host(), &boot(), own, Some(1)), RunnerPlace::Gone);
        assert_eq!(record(&host(), "before", own, start_of(own)), RunnerPlace::Gone);
        assert_eq!(record(&host(), &boot(), 1, None), RunnerPlace::Gone);
        assert_eq!(record("other", "theirs", own, None), RunnerPlace::Elsewhere("other".into()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let (pid, start) = (i64::from(child.id()), start_of(child.id().into()));
        child.wait().unwrap();
        assert_eq!(record(&host(), &boot(), pid, start), RunnerPlace::Gone);
    }
}
