//! Who runs a job, as its record says it to all that use the database.

use std::sync::OnceLock;
use std::time::Duration;

use nix::unistd::Pid;
use serde_json::{Value, json};

use crate::db::{Db, Fingerprint, select};
use crate::error::{Error, Result};
use crate::executor::{AskedPod, ClaimId, LastPod, PodPlace};
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::proc::{self, boot, space};
use crate::state::StateHome;
use crate::unix_user::{self, host};

/// The record that a runner leaves of itself. It stands in a row that others may write to, so its form is checked when it is
/// read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub host: String,
    pub boot: String,
    pub space: String,
    pub pid: Pid,
    pub start: Option<u64>,
    pub database: Option<Fingerprint>,
    pub state: Option<StateHome>,
    pub user: String,
    /// Until when it holds the job, in seconds of the server's clock. None in the records of older versions.
    pub lease: Option<i64>,
    /// The pod that was asked for last, in Kubernetes. Unknown in the records of older versions.
    pub pod: LastPod,
    /// None in the records of older versions.
    pub claim: Option<ClaimId>,
}

/// No lease lasts longer.
pub const LEASE_MAX: Duration = Duration::from_secs(3600);

/// A name in a record has so many characters at most.
const NAME_MAX: usize = 255;

impl Record {
    /// Reads a record. What records of older versions lack is no fault.
    ///
    /// # Errors
    /// It is damaged: the words say what of it.
    pub fn parse(text: &str) -> Result<Record, &'static str> {
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
    /// What a record says that was found, or what holds where none was.
    pub fn from_record(db: &Db, record: Option<&Record>) -> Recorded {
        Recorded {
            database: record.and_then(|it| it.database.clone()).unwrap_or_else(|| db.target().fingerprint()),
            state: record.and_then(|record| record.state.clone()),
            user: record.map_or_else(String::new, |record| record.user.clone()),
        }
    }
}

/// The error of a job whose record of its runner is damaged.
pub fn damaged(job: JobId, why: &str) -> Error {
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
pub const IDENTITY: [&str; 5] = ["host", "boot", "space", "pid", "start"];

/// This process. A machine that is renamed meanwhile does not make it another one.
pub fn this_process() -> &'static Value {
    static OWN: OnceLock<Value> = OnceLock::new();
    OWN.get_or_init(|| {
        let start = proc::stat(Pid::this()).map(|stat| stat.start);
        json!({"host": host(), "boot": boot(), "space": space(), "pid": Pid::this().as_raw(), "start": start})
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
    let mut text = ascii_json(&record.to_string());
    text.pop();
    text
}

/// The same JSON without a character beyond ASCII: no encoding of a database lacks one of it, and no job is left for the name of a
/// folder.
pub fn ascii_json(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            // Outside of texts JSON has none.
            c if !c.is_ascii() => {
                text.extend(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            c => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_beyond_ascii_is_the_same_json() {
        let record = json!({"state": "/home/žluť 🐎", "user": "a\"\\b"});
        let text = ascii_json(&record.to_string());
        assert!(text.is_ascii(), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), record);
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
