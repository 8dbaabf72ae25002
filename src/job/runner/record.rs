//! Who runs a job, as its record says it to all that use the database.

use std::sync::OnceLock;
use std::time::Duration;

use nix::unistd::Pid;
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::{Value, json};

use crate::db::{Db, Fingerprint, select, tables};
use crate::error::{Error, Result};
use crate::executor::{AskedPod, ClaimId, LastPod, PodPlace};
use crate::id::JobId;
use crate::job::hints;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::output::escaped_json;
use crate::proc::{self, boot, space};
use crate::state::StateHome;
use crate::unix_user::{self, host};

/// What tells one process from all others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProcessIdentity {
    pub host: String,
    pub boot: String,
    pub space: String,
    pub pid: Pid,
    pub start: Option<u64>,
}

impl ProcessIdentity {
    /// This process. A machine that is renamed meanwhile does not make it another one.
    pub fn own() -> &'static ProcessIdentity {
        static OWN: OnceLock<ProcessIdentity> = OnceLock::new();
        OWN.get_or_init(|| {
            let pid = Pid::this();
            let start = proc::stat(pid).map(|stat| stat.start);
            ProcessIdentity { host: host(), boot: boot(), space: space(), pid, start }
        })
    }
}

/// The record that a runner leaves of itself.
///
/// It stands in a row that others may write to, so its form is checked when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub process: ProcessIdentity,
    pub database: Option<Fingerprint>,
    /// None in the records of older versions.
    pub claim: Option<ClaimId>,
    pub user: String,
    pub state: Option<StateHome>,
    /// The pod that was asked for last, in Kubernetes. Unknown in the records of older versions.
    pub pod: LastPod,
    /// Until when it holds the job, in seconds of the server's clock. None in the records of older versions.
    pub lease: Option<i64>,
}

/// The lease of a job whose runner has let go of it.
///
/// Nobody holds it, and nobody has to wait whether that runner renews it. Older versions take it for one that lapsed long ago.
pub const RELEASED: i64 = 0;

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
        let process = ProcessIdentity {
            host: name("host").ok_or("host is no name")?,
            boot: name("boot").ok_or("boot is no name")?,
            space: name("space").ok_or("space is no name")?,
            pid: Pid::from_raw(pid.ok_or("pid is no process number")?),
            start,
        };
        let user = name("user").ok_or("user is no name")?;
        Ok(Record { process, database, claim, user, state, pod, lease })
    }

    /// That of this process, for a job in a database of this name. Its lease is the server's to add.
    pub fn own(database: Fingerprint, claim: Option<ClaimId>, pod: LastPod) -> Record {
        let state = StateHome::own().ok().and_then(|state| state.for_record());
        let (process, user) = (ProcessIdentity::own().clone(), unix_user::login());
        Record { process, database: Some(database), claim, user, state, pod, lease: None }
    }

    /// The beginning of its JSON, which stays as it is while its process holds the job: all but the pod and the lease.
    pub fn head(&self) -> String {
        let record = Record { pod: LastPod::Unknown, lease: None, ..self.clone() };
        record.open_json()
    }

    /// Its JSON as far as the number of its lease; behind that it ends with a brace.
    pub fn up_to_lease(&self) -> String {
        let record = Record { lease: None, ..self.clone() };
        format!("{},\"lease\":", record.open_json())
    }

    /// Its JSON but for the last brace: more may follow.
    fn open_json(&self) -> String {
        let mut text = ascii_json(&json!(self).to_string());
        text.pop();
        text
    }
}

/// The keys stand in the order in which older versions wrote them. What is not known has none.
impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Record { process, database, claim, user, state, pod, lease } = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("host", &process.host)?;
        map.serialize_entry("boot", &process.boot)?;
        map.serialize_entry("space", &process.space)?;
        map.serialize_entry("pid", &process.pid.as_raw())?;
        map.serialize_entry("start", &process.start)?;
        if let Some(database) = database {
            map.serialize_entry("database", &**database)?;
        }
        if let Some(claim) = claim {
            map.serialize_entry("claim", claim)?;
        }
        map.serialize_entry("user", user)?;
        if let Some(state) = state {
            map.serialize_entry("state", state.path())?;
        }
        match pod {
            LastPod::Unknown => {}
            LastPod::None => map.serialize_entry("pod", &Value::Null)?,
            LastPod::Named(AskedPod { name, place }) => {
                map.serialize_entry("pod", name)?;
                if let Some(place) = place {
                    map.serialize_entry("place", place)?;
                }
            }
        }
        if let Some(lease) = lease {
            map.serialize_entry("lease", lease)?;
        }
        map.end()
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
    .hint(format!("If its runner died, {}", hints::force_delete(job)))
}

/// What the record of a job says.
///
/// # Errors
/// The database cannot be asked, or the record is damaged.
pub async fn read_record(db: &mut Db, job: JobId) -> Result<Recorded> {
    let select = select::column(tables::JOB_OUTPUT_LINES, "line", kind::head_row(job, kind::RUNNER));
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

/// The same JSON without a character beyond ASCII.
///
/// No encoding of a database lacks one of these, so that no job fails because of a folder's name.
fn ascii_json(json: &str) -> String {
    escaped_json(json, |c| !c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::executor::PodPlace;

    #[test]
    fn what_is_written_is_read_again() {
        let place = PodPlace { context: Some("a\"b".into()), namespace: "jobs".into(), cluster: None };
        let named = |place| LastPod::Named(AskedPod { name: "mf-job-1-0a".into(), place });
        let database = Fingerprint::parse("0123456789ab").unwrap();
        for pod in [LastPod::None, named(None), named(Some(place)), LastPod::Unknown] {
            for claim in [None, Some(ClaimId::random())] {
                let mut record = Record::own(database.clone(), claim, pod.clone());
                assert!(record.up_to_lease().starts_with(&record.head()));
                let text = format!("{}7}}", record.up_to_lease());
                record.lease = Some(7);
                assert_eq!((Record::parse(&text).as_ref(), json!(record).to_string()), (Ok(&record), text));
            }
        }
    }

    /// Runners of several versions use one database.
    #[test]
    fn a_record_is_written_as_older_versions_wrote_it() {
        let text = r#"{"host":"a","boot":"b","space":"c","pid":1,"start":2,"database":"0123456789ab","claim":"0123456789ac","user":"d","state":"/e","pod":"p","place":{"context":null,"namespace":"n","cluster":null},"lease":3}"#;
        assert_eq!(json!(Record::parse(text).unwrap()).to_string(), text);
        let text = r#"{"host":"a","boot":"b","space":"c","pid":1,"start":null,"user":"","pod":null}"#;
        assert_eq!(json!(Record::parse(text).unwrap()).to_string(), text);
    }

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
