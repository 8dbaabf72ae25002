//! Who runs a job, and whether that process is still alive. The suite's tables say nothing of it, so the claim leaves a
//! record among the job's output rows, of a type that the suite does not read.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use chrono::NaiveDateTime;
use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;
use sea_query::{Expr, ExprTrait, JoinType, LockType, Order, Query, SelectStatement};
use serde_json::{Value, json};

use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::executor::run_file::{self, boot};
use crate::job::claim::is_our_runner;
use crate::job::output::{self, kind};
use crate::job::user::{self, host};

/// Where the process is that runs a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// It lives on this machine.
    Here(i64),
    /// It was on this machine and died.
    Gone,
    /// On the machine of this name, or in another container: it may live.
    Elsewhere(String),
    /// Another program runs the job, the suite's executor for instance, or an older version of this one.
    Unknown,
}

/// What the record of a runner says of where to find what it left.
pub struct Recorded {
    /// The name of the database that pods, containers and files of the job have: another way to it may be named otherwise.
    pub database: String,
    /// Where it keeps files about jobs. None in the records of older versions, and where it can keep none.
    pub state: Option<PathBuf>,
    pub user: String,
}

impl Recorded {
    fn of(db: &Db, record: Option<&str>) -> Recorded {
        let record: Value = record.and_then(|record| serde_json::from_str(record).ok()).unwrap_or_default();
        Recorded {
            database: record["database"].as_str().map_or_else(|| db.target().fingerprint(), str::to_owned),
            state: record["state"].as_str().map(PathBuf::from),
            user: record["user"].as_str().unwrap_or_default().to_owned(),
        }
    }
}

/// What the record says in a row of [`unfinished`].
pub fn recorded_in(db: &Db, job: &Row) -> Recorded {
    Recorded::of(db, job.text("runner").as_deref())
}

/// What the record of a job says.
///
/// # Errors
/// The database cannot be asked.
pub async fn recorded(db: &mut Db, job: i64) -> Result<Recorded> {
    let mut select = Query::select();
    select.column("line").from("job_output_lines").and_where(Expr::col("job_id").eq(job));
    let row = db.fetch_optional(select.and_where(Expr::col("type").eq(kind::RUNNER))).await?;
    Ok(Recorded::of(db, row.and_then(|row| row.text("line")).as_deref()))
}

/// The name of the database for what is made for a job: of one that began, that which its runner used.
///
/// # Errors
/// The database cannot be asked.
pub async fn database_name(db: &mut Db, job: &Row) -> Result<String> {
    match job.int("id").filter(|_| !job.get("begin").is_null()) {
        Some(id) => Ok(recorded(db, id).await?.database),
        None => Ok(db.target().fingerprint()),
    }
}

/// Leaves the record of this process; to be called inside the transaction that claims the job.
pub async fn record(db: &mut Db, job: i64, now: NaiveDateTime) -> Result<()> {
    let line = line(&db.target().fingerprint());
    output::insert(db, job, 0, kind::RUNNER, &line, now).await
}

/// The same for a job that is taken over, which has a record already if a runner of ours died. What that one made bears the
/// name that it gave the database, and so does what we make.
pub async fn renew(db: &mut Db, job: i64, now: NaiveDateTime) -> Result<()> {
    let line = line(&recorded(db, job).await?.database);
    let mut update = Query::update();
    update.table("job_output_lines").value("line", line).and_where(Expr::col("job_id").eq(job));
    if db.execute(update.and_where(Expr::col("type").eq(kind::RUNNER))).await? == 0 {
        record(db, job, now).await?;
    }
    Ok(())
}

/// What tells one process from all others.
const IDENTITY: [&str; 5] = ["host", "boot", "space", "pid", "start"];

/// This process. A machine that is renamed meanwhile does not make it another one.
fn own() -> &'static Value {
    static OWN: OnceLock<Value> = OnceLock::new();
    OWN.get_or_init(|| {
        let pid = i64::from(std::process::id());
        json!({"host": host(), "boot": boot(), "space": space(), "pid": pid, "start": start_of(pid)})
    })
}

/// The record of this process for a job in a database of this name.
fn line(database: &str) -> String {
    let mut record = own().clone();
    record["database"] = database.into();
    record["user"] = user::login().into();
    if let Ok(state) = run_file::state() {
        record["state"] = state.display().to_string().into();
    }
    record.to_string()
}

/// The key in an error's JSON that tells which process has taken the job over.
const TAKEN_BY: &str = "taken_by";

/// The error of a job that is another runner's by this record; None where it is ours.
pub fn taken(job: i64, record: &str) -> Option<Error> {
    let record: Value = serde_json::from_str(record).unwrap_or_default();
    if IDENTITY.iter().all(|key| record[*key] == own()[*key]) {
        return None;
    }
    let (host, pid) = (record["host"].as_str().unwrap_or_default(), record["pid"].as_i64().unwrap_or_default());
    Some(
        Error::refused(format!(
            "job {job} is not this runner's any more: process {pid} on {host} has taken it over; nothing more of it is done or \
             saved here"
        ))
        .hint(format!("`multiflexi-cli job get --id={job}` shows what became of it"))
        .detail(TAKEN_BY, pid),
    )
}

pub fn is_taken(error: &Error) -> bool {
    error.details.iter().any(|(key, _)| *key == TAKEN_BY)
}

/// Sees to it that the job is still ours, and stays so until the transaction ends, inside which this is to be called.
///
/// # Errors
/// Another runner has taken it over.
pub async fn hold(db: &mut Db, job: i64) -> Result<()> {
    // The job's row first, as whoever takes it over does.
    let mut lock = Query::select();
    lock.column("id").from("job").and_where(Expr::col("id").eq(job)).lock(LockType::Update);
    db.fetch_optional(&lock).await?;
    let mut record = Query::select();
    record.column("line").from("job_output_lines").and_where(Expr::col("job_id").eq(job));
    record.and_where(Expr::col("seq").eq(0)).and_where(Expr::col("type").eq(kind::RUNNER)).lock(LockType::Update);
    let record = db.fetch_optional(&record).await?.and_then(|row| row.text("line"));
    record.and_then(|record| taken(job, &record)).map_or(Ok(()), Err)
}

/// Jobs that began and did not end, the newest first, with the record of who runs them.
pub fn unfinished() -> SelectStatement {
    let mut select = Query::select();
    let (job, lines) = (|column| Expr::col(("job", column)), |column| Expr::col(("job_output_lines", column)));
    select.columns(["id", "runtemplate_id", "pid", "begin", "executor"].map(|column| ("job", column)));
    select.expr_as(lines("line"), "runner").from("job");
    let record = lines("job_id").equals(("job", "id")).and(lines("type").eq(kind::RUNNER));
    select.join(JoinType::LeftJoin, "job_output_lines", record);
    select.and_where(job("begin").is_not_null()).and_where(job("exitcode").is_null());
    select.order_by(("job", "id"), Order::Desc).take()
}

/// Where the process is that runs this job: a row of [`unfinished`].
pub fn whereabouts(job: &Row) -> Whereabouts {
    match job.text("runner").and_then(|line| serde_json::from_str(&line).ok()) {
        Some(record) => judge(&record),
        None => match job.int("pid").filter(|pid| is_our_runner(*pid)) {
            Some(pid) => Whereabouts::Here(pid),
            None => Whereabouts::Unknown,
        },
    }
}

fn judge(record: &Value) -> Whereabouts {
    let text = |key: &str| record[key].as_str().unwrap_or_default();
    let same_boot = !boot().is_empty() && text("boot") == boot();
    let pid = record["pid"].as_i64().unwrap_or_default();
    match text("host") == host() {
        _ if same_boot && text("space") == space() => {
            if is_alive(pid, record["start"].as_u64()) {
                Whereabouts::Here(pid)
            } else {
                Whereabouts::Gone
            }
        }
        // The machine was started again since.
        true if !same_boot && !text("boot").is_empty() => Whereabouts::Gone,
        _ => Whereabouts::Elsewhere(text("host").into()),
    }
}

/// Is there a process of this number that started at this tick? Numbers are given out again.
fn is_alive(pid: i64, start: Option<u64>) -> bool {
    let there = match i32::try_from(pid) {
        Ok(number) if number > 0 => kill(Pid::from_raw(number), None) != Err(Errno::ESRCH),
        _ => false,
    };
    // Where /proc hides other users' processes, that there is one has to do.
    there && start_of(pid).is_none_or(|found| start.is_none_or(|start| start == found))
}

/// When a process started, in ticks since the machine did. None where that is hidden; a process that ended and was not
/// waited for yet has no start either: nothing runs any more.
fn start_of(pid: i64) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The program's name stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    if matches!(fields.first(), Some(&"Z" | &"X")) { Some(0) } else { fields.get(19)?.parse().ok() }
}

/// Names the space in which process numbers are counted: containers have their own.
fn space() -> String {
    std::fs::read_link(Path::new("/proc/self/ns/pid")).unwrap_or_default().to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_lives_and_who_died() {
        let own = i64::from(std::process::id());
        let record = |host: &str, boot: &str, pid: i64, start: Option<u64>| {
            judge(&json!({"host": host, "boot": boot, "space": space(), "pid": pid, "start": start}))
        };
        assert_eq!(record(&host(), &boot(), own, start_of(own)), Whereabouts::Here(own));
        assert_eq!(record(&host(), &boot(), own, Some(1)), Whereabouts::Gone);
        assert_eq!(record(&host(), "before", own, start_of(own)), Whereabouts::Gone);
        assert_eq!(record("other", "theirs", own, None), Whereabouts::Elsewhere("other".into()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let (pid, start) = (i64::from(child.id()), start_of(child.id().into()));
        child.wait().unwrap();
        assert_eq!(record(&host(), &boot(), pid, start), Whereabouts::Gone);
    }
}
