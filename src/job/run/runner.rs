//! Who runs a job, and whether that process is still alive. The suite's tables say nothing of it, so the claim leaves a
//! record among the job's output rows, of a type that the suite does not read.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use chrono::NaiveDateTime;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use sea_query::{Expr, ExprTrait, JoinType, LockType, Order, Query, SimpleExpr};
use serde_json::{Value, json};

use crate::db::Fingerprint;
use crate::db::{Db, Row, select};
use crate::error::{Error, Result};
use crate::executor::{self, AskedPod, ClaimId, LastPod, PodPlace};
use crate::id::{JobId, RunTemplateId};
use crate::job::model::{Job, JobState};
use crate::job::output_rows::kind;
use crate::state::StateHome;
use crate::state::run_file::boot;
use crate::unix_user::{self, host};

/// Where the process is that runs a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunnerPlace {
    /// It lives on this machine.
    Here(i64),
    /// It was on this machine and died.
    Gone,
    /// It has not renewed its lease, on the machine of this name or in another container: it may have died, or hang there, and
    /// does not hold the job any more.
    Lapsed(String),
    /// On the machine of this name, or in another container: it may live.
    Elsewhere(String),
    /// Another program runs the job, the suite's executor for instance, or an older version of this one.
    Unknown,
    /// The record of it is none of ours: what is wrong with it.
    Damaged(&'static str),
}

/// The record that a runner leaves of itself. It stands in a row that others may write to, so its form is checked when it is
/// read.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Record {
    host: String,
    boot: String,
    space: String,
    pid: Pid,
    start: Option<u64>,
    database: Option<Fingerprint>,
    state: Option<StateHome>,
    user: String,
    /// Until when it holds the job, in seconds of the server's clock. None in the records of older versions.
    lease: Option<i64>,
    /// The pod that was asked for last, in Kubernetes. Unknown in the records of older versions.
    pod: LastPod,
    /// None in the records of older versions.
    claim: Option<ClaimId>,
}

/// No lease lasts longer.
pub const LEASE_MAX: Duration = Duration::from_secs(3600);
/// A name in a record has so many characters at most.
const NAME_MAX: usize = 255;

impl Record {
    /// Reads a record; the error says what of it is damaged. What records of older versions lack is no fault.
    fn parse(text: &str) -> Result<Record, &'static str> {
        let record: Value = serde_json::from_str(text).map_err(|_| "it is no JSON")?;
        if !record.is_object() {
            return Err("it is no JSON object");
        }
        let name = |key: &str| match &record[key] {
            Value::Null => Some(String::new()),
            Value::String(name) if name.len() <= NAME_MAX && !name.chars().any(char::is_control) => Some(name.clone()),
            _ => None,
        };
        let pid = record["pid"].as_i64().and_then(|pid| i32::try_from(pid).ok()).filter(|pid| *pid > 0);
        let start = match &record["start"] {
            Value::Null => None,
            start => Some(start.as_u64().ok_or("start is no number")?),
        };
        let database = match &record["database"] {
            Value::Null => None,
            name => Some(name.as_str().and_then(Fingerprint::parse).ok_or("database is not 12 hex digits")?),
        };
        let state = match &record["state"] {
            Value::Null => None,
            path => Some(path.as_str().and_then(StateHome::parse).ok_or("state is no absolute path")?),
        };
        let lease = match &record["lease"] {
            Value::Null => None,
            until => Some(until.as_i64().ok_or("lease is no number")?),
        };
        let pod = match record.get("pod") {
            None => LastPod::Unknown,
            Some(Value::Null) => LastPod::None,
            Some(_) => {
                let place = match &record["place"] {
                    Value::Null => None,
                    place => Some(PodPlace::read(place.clone()).ok_or("place is none of a pod")?),
                };
                LastPod::Named(AskedPod { name: name("pod").ok_or("pod is no name")?, place })
            }
        };
        let claim = match &record["claim"] {
            Value::Null => None,
            id => Some(id.as_str().and_then(ClaimId::parse).ok_or("claim is not 12 hex digits")?),
        };
        Ok(Record {
            lease,
            pod,
            claim,
            host: name("host").ok_or("host is no name")?,
            boot: name("boot").ok_or("boot is no name")?,
            space: name("space").ok_or("space is no name")?,
            pid: Pid::from_raw(pid.ok_or("pid is no process number")?),
            start,
            database,
            state,
            user: name("user").ok_or("user is no name")?,
        })
    }
}

/// Where the files, pods and containers of a runner are to be looked for, by its record.
pub struct Recorded {
    /// The name of the database that pods, containers and files of the job have: another way to it may be named otherwise.
    pub database: Fingerprint,
    /// Where it keeps files about jobs. None in the records of older versions, and where it can keep none.
    pub state: Option<StateHome>,
    pub user: String,
}

impl Recorded {
    fn from_record(db: &Db, record: Option<&Record>) -> Recorded {
        Recorded {
            database: record.and_then(|it| it.database.clone()).unwrap_or_else(|| db.target().fingerprint()),
            state: record.and_then(|record| record.state.clone()),
            user: record.map_or_else(String::new, |record| record.user.clone()),
        }
    }
}

/// The error of a job whose record of its runner is damaged.
fn damaged(job: JobId, why: &str) -> Error {
    Error::refused(format!(
        "the record of who runs job {job} is damaged ({why}): neither its runner nor what that left is looked for"
    ))
    .hint(format!("If its runner died, `multiflexi-cli job delete --id={job} --force` removes the job"))
}

/// What the record of a job says.
///
/// # Errors
/// The database cannot be asked, or the record is damaged.
pub async fn read_record(db: &mut Db, job: JobId) -> Result<Recorded> {
    let select = select::column("job_output_lines", "line", kind::head_row(job, kind::RUNNER));
    let row = db.fetch_optional(&select).await?;
    let record = row.and_then(|row| row.text("line")).map(|line| Record::parse(&line)).transpose();
    Ok(Recorded::from_record(db, record.map_err(|why| damaged(job, why))?.as_ref()))
}

/// The name of the database in labels and file names of a job. Of a job that began it is the name that its runner used.
///
/// # Errors
/// The database cannot be asked, or the record is damaged.
pub async fn database_name(db: &mut Db, job: &Job) -> Result<Fingerprint> {
    match job.state {
        JobState::Waiting => Ok(db.target().fingerprint()),
        JobState::Running | JobState::Ended(_) => Ok(read_record(db, job.id).await?.database),
    }
}

/// What tells one process from all others.
const IDENTITY: [&str; 5] = ["host", "boot", "space", "pid", "start"];

/// This process. A machine that is renamed meanwhile does not make it another one.
fn this_process() -> &'static Value {
    static OWN: OnceLock<Value> = OnceLock::new();
    OWN.get_or_init(|| {
        let pid = i64::from(std::process::id());
        json!({"host": host(), "boot": boot(), "space": space(), "pid": pid, "start": start_of(pid)})
    })
}

/// The record of this process for a job in a database of this name, but for its lease and its last brace.
pub fn record_head(database: &str, claim: Option<&ClaimId>) -> String {
    let mut record = this_process().clone();
    record["database"] = database.into();
    if let Some(claim) = claim {
        record["claim"] = json!(claim);
    }
    record["user"] = unix_user::login().into();
    if let Ok(state) = StateHome::own() {
        record["state"] = state.path().display().to_string().into();
    }
    let mut text = record.to_string();
    text.pop();
    text
}

/// The key in an error's JSON that tells which process has taken the job over.
const TAKEN_BY: &str = "taken_by";

/// The error of a job that is another runner's by this record, or nobody's where there is none; None where it is ours.
pub fn taken_over_error(job: JobId, record: &str) -> Option<Error> {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    if record.is_object() && IDENTITY.iter().all(|key| record[*key] == this_process()[*key]) {
        return None;
    }
    let (host, pid) = (record["host"].as_str().unwrap_or_default(), record["pid"].as_i64().unwrap_or_default());
    let who = match record.is_object() {
        true => format!("process {pid} on {host} has taken it over"),
        false => "its record is gone".to_owned(),
    };
    Some(
        Error::refused(format!(
            "job {job} is not this runner's any more: {who}; nothing more of it is done or saved here"
        ))
        .hint(format!("`multiflexi-cli job get --id={job}` shows what became of it"))
        .detail(TAKEN_BY, pid),
    )
}

/// Is it the error of a job that another runner has taken over, as [`taken_over_error`] makes it?
pub fn is_taken_over(error: &Error) -> bool {
    error.details.iter().any(|(key, _)| *key == TAKEN_BY)
}

/// Locks the job and the record of its runner until the end of the transaction, inside which this is to be called, and checks
/// that the record is this process's. Returns the job's row as it is now; None where it was deleted.
///
/// # Errors
/// Another runner has taken it over.
pub async fn lock_held(db: &mut Db, job: JobId) -> Result<Option<Job>> {
    // The job's row first, as whoever takes it over does.
    let row = Job::lock(db, job).await?;
    let record =
        select::column("job_output_lines", "line", kind::head_row(job, kind::RUNNER)).lock(LockType::Update).take();
    let record = db.fetch_optional(&record).await?.and_then(|row| row.text("line"));
    taken_over_error(job, record.as_deref().unwrap_or_default()).map_or(Ok(row), Err)
}

/// A job that began and did not end.
#[derive(Clone, Debug)]
pub struct UnfinishedJob {
    pub id: JobId,
    pub runtemplate: Option<RunTemplateId>,
    /// The number of its runner's process.
    pub pid: Option<i64>,
    pub begin: Option<NaiveDateTime>,
    /// The text of the column `begin`, for messages.
    pub began: String,
    pub executor: String,
    record: Option<Result<Record, &'static str>>,
    /// The record as text: a takeover replaces it only where it is still this.
    line: Option<String>,
    /// The server's clock when it was read.
    now: i64,
}

impl UnfinishedJob {
    fn read(row: &Row) -> Option<UnfinishedJob> {
        Some(UnfinishedJob {
            id: JobId(row.int("id")?),
            runtemplate: row.int("runtemplate_id").map(RunTemplateId),
            pid: row.int("pid").filter(|pid| *pid > 0),
            begin: row.time("begin"),
            began: row.text("begin").unwrap_or_default(),
            executor: row.filled("executor").unwrap_or_else(|| executor::NATIVE.to_owned()),
            record: row.text("runner").map(|line| Record::parse(&line)),
            line: row.text("runner"),
            now: row.int("server_now")?,
        })
    }

    /// Is it run as a pod in a Kubernetes cluster, which may know how it ended though its runner died?
    pub fn is_kubernetes(&self) -> bool {
        self.executor == executor::KUBERNETES
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

    /// Where that pod was asked for.
    pub fn pod_place(&self) -> Option<PodPlace> {
        self.last_pod().place().cloned()
    }

    /// Where the process is that runs it.
    pub fn place(&self) -> RunnerPlace {
        match &self.record {
            Some(Ok(record)) => self.judge(record),
            Some(Err(why)) => RunnerPlace::Damaged(why),
            None => match self.pid.filter(|pid| is_our_runner(*pid)) {
                Some(pid) => RunnerPlace::Here(pid),
                None => RunnerPlace::Unknown,
            },
        }
    }

    fn judge(&self, record: &Record) -> RunnerPlace {
        // One that lies further ahead than any lease lasts was written by a clock that was ahead. A runner that lives renews it.
        let longest = self.now.saturating_add_unsigned(LEASE_MAX.as_secs());
        let has_lapsed = record.lease.is_some_and(|until| until < self.now || until > longest);
        match judge(record) {
            RunnerPlace::Elsewhere(host) if has_lapsed => RunnerPlace::Lapsed(host),
            // It lives, but hangs: what its pod holds need not wait for it. A program of this machine goes on with it.
            RunnerPlace::Here(_) if has_lapsed && self.is_kubernetes() => RunnerPlace::Lapsed(record.host.clone()),
            // Of that name there may be another machine, whose runner lives.
            RunnerPlace::Gone if record.boot != boot() && record.lease.is_some() && !has_lapsed => {
                RunnerPlace::Elsewhere(record.host.clone())
            }
            place => place,
        }
    }

    /// What the record of its runner says.
    ///
    /// # Errors
    /// That is damaged.
    pub fn recorded(&self, db: &Db) -> Result<Recorded> {
        let record = self.record.as_ref().map(Result::as_ref).transpose();
        Ok(Recorded::from_record(db, record.map_err(|why| damaged(self.id, why))?))
    }
}

/// Jobs that began and did not end, the newest first; only those of which this is so.
///
/// # Errors
/// The database cannot be asked.
pub async fn unfinished_jobs(db: &mut Db, only: Option<SimpleExpr>) -> Result<Vec<UnfinishedJob>> {
    let mut select = Query::select();
    let (job, lines) = (|column| Expr::col(("job", column)), |column| Expr::col(("job_output_lines", column)));
    select.columns(["id", "runtemplate_id", "pid", "begin", "executor"].map(|column| ("job", column)));
    select.expr_as(lines("line"), "runner").from("job");
    select.expr_as(Expr::cust(db.dialect.epoch_seconds()), "server_now");
    let record = lines("job_id").equals(("job", "id")).and(lines("seq").eq(0)).and(lines("type").eq(kind::RUNNER));
    select.join(JoinType::LeftJoin, "job_output_lines", record);
    select.and_where(job("begin").is_not_null()).and_where(job("exitcode").is_null());
    if let Some(only) = only {
        select.and_where(only);
    }
    let rows = db.fetch_all(select.order_by(("job", "id"), Order::Desc)).await?;
    Ok(rows.iter().filter_map(UnfinishedJob::read).collect())
}

/// This job, if it began and did not end.
///
/// # Errors
/// The database cannot be asked.
pub async fn unfinished_job(db: &mut Db, id: JobId) -> Result<Option<UnfinishedJob>> {
    Ok(unfinished_jobs(db, Some(Expr::col(("job", "id")).eq(id))).await?.pop())
}

fn judge(record: &Record) -> RunnerPlace {
    let same_boot = !boot().is_empty() && record.boot == boot();
    match record.host == host() {
        _ if same_boot && record.space == space() => {
            // Every runner knows when it started: without that the number may be anybody's.
            let may_be_it = record.start.is_some() || is_our_runner(record.pid.as_raw().into());
            if may_be_it && is_alive(record.pid, record.start) {
                RunnerPlace::Here(record.pid.as_raw().into())
            } else {
                RunnerPlace::Gone
            }
        }
        // The machine was started again since.
        true if !same_boot && !record.boot.is_empty() => RunnerPlace::Gone,
        _ => RunnerPlace::Elsewhere(record.host.clone()),
    }
}

/// Is there a process of this number that started at this tick? Numbers are given out again.
fn is_alive(pid: Pid, start: Option<u64>) -> bool {
    // Where /proc hides other users' processes, that there is one has to do.
    kill(pid, None) != Err(Errno::ESRCH)
        && start_of(pid.as_raw().into()).is_none_or(|found| start.is_none_or(|start| start == found))
}

/// When a process started, in ticks since the machine did. None where that is hidden; a process that ended and was not
/// waited for yet has no start either: nothing runs any more.
fn start_of(pid: i64) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) { Some(0) } else { fields.get(19)?.parse().ok() }
}

/// The PID namespace of this process: containers have their own.
fn space() -> String {
    std::fs::read_link(Path::new("/proc/self/ns/pid")).unwrap_or_default().to_string_lossy().into_owned()
}

/// Is this a living process of this program? Only then is a job that it began still looked after.
fn is_our_runner(pid: i64) -> bool {
    let own = std::fs::read_link("/proc/self/exe").ok();
    let name = |path: &std::path::Path| path.file_name().map(|name| name.to_string_lossy().replace(" (deleted)", ""));
    let other = std::fs::read_link(format!("/proc/{pid}/exe")).ok();
    pid != i64::from(std::process::id())
        && other.is_some()
        && other.as_deref().and_then(name) == own.as_deref().and_then(name)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_lives_and_who_died() {
        let own = i64::from(std::process::id());
        let record = |host: &str, boot: &str, pid: i64, start: Option<u64>| {
            let record = json!({"host": host, "boot": boot, "space": space(), "pid": pid, "start": start});
            judge(&Record::parse(&record.to_string()).unwrap())
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

    #[test]
    fn what_a_record_may_say() {
        let whole = json!({"host": "a", "boot": "b", "space": "c", "pid": 1, "start": 2, "database": "0123456789ab",
            "user": "d", "state": "/var/lib/multiflexi"});
        assert!(Record::parse(&whole.to_string()).is_ok());
        for key in ["start", "database", "user", "state"] {
            let mut older = whole.clone();
            older.as_object_mut().unwrap().remove(key);
            assert!(Record::parse(&older.to_string()).is_ok(), "{key}");
        }
        let wrong = [
            ("host", json!(1)),
            ("host", json!("a\u{1b}[2J")),
            ("boot", json!("x".repeat(NAME_MAX + 1))),
            ("pid", json!(0)),
            ("pid", json!(-1)),
            ("pid", json!(4_294_967_297_i64)),
            ("pid", json!("1")),
            ("pid", json!(null)),
            ("start", json!(-1)),
            ("database", json!("/etc/passwd")),
            ("database", json!("0123456789AB")),
            ("state", json!("multiflexi")),
            ("state", json!("/a/../b")),
        ];
        for (key, value) in wrong {
            let mut record = whole.clone();
            record[key] = value;
            assert!(Record::parse(&record.to_string()).is_err(), "{record}");
        }
        assert!(Record::parse("[]").is_err() && Record::parse("").is_err());
    }
}
