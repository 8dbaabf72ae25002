//! Jobs whose runner died on this machine. What it left there (see [`run_file`](crate::executor::run_file)) decides what
//! becomes of them. None is run again whose program may have begun: that is for an operator, or a task's next attempt.

use std::rc::Rc;

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, Query};

use crate::config;
use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result, exit};
use crate::executor::run_file::{self, Left, Progress, RunFile};
use crate::executor::{self, Earlier};
use crate::job::claim::{self, Claim};
use crate::job::finish::{Finished, finish};
use crate::job::output::{Store, last_seq};
use crate::job::{cancel, create, recovery};
use crate::output::Printer;

/// What becomes of a job whose runner died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It waits, ended, or is gone: the runner died before it claimed it or after it saved its result.
    Settled,
    /// Its program had not begun: it is in the queue again.
    Requeued,
    /// Its program had begun: it ended with the code that was noted, or as one whose result is not known.
    Closed(Option<i32>),
    /// Its result was in a recovery file, and is saved now.
    Recovered(i32),
    /// What its pod holds tells how it ended: whoever runs it learns that.
    InPod,
    /// Somebody else has begun it, perhaps on another machine.
    Foreign,
}

/// The code in a job's reason.
const CODE: &str = "RunnerDied";

/// What is to become of a job.
fn fate(job: Option<&Row>, left: Option<&Left>) -> Fate {
    let Some(job) = job.filter(|job| !job.get("begin").is_null() && job.get("exitcode").is_null()) else {
        return Fate::Settled;
    };
    match left {
        Some(left) if job.int("pid") == Some(left.runner) => match left.progress {
            Progress::Saved(_) => Fate::Recovered(0),
            _ if job.text("executor").as_deref() == Some("Kubernetes") => Fate::InPod,
            Progress::Claimed => Fate::Requeued,
            Progress::Started => Fate::Closed(None),
            Progress::Ended(code) => Fate::Closed(Some(code)),
        },
        _ => Fate::Foreign,
    }
}

/// Does to a job, whose run file we hold, what is to be done, and tells it.
///
/// # Errors
/// The database does not take it, or a recovery file cannot be loaded: then all stays as it is.
async fn settle(db: &mut Db, zone: Tz, id: i64, left: Option<&Left>) -> Result<Fate> {
    let job = db.find("job", id).await?;
    let mut fate = fate(job.as_ref(), left);
    if let (Some(job), Some(left)) = (&job, left) {
        match &left.progress {
            Progress::Saved(path) if fate == Fate::Recovered(0) => {
                let (_, code) = recovery::load(db, zone, path).await?;
                let _ = std::fs::remove_file(path);
                fate = Fate::Recovered(code);
            }
            _ => match fate {
                Fate::Requeued => requeue(db, zone, job, left).await?,
                Fate::Closed(code) => close(db, zone, job, left, code).await?,
                _ => {}
            },
        }
    }
    Ok(fate)
}

/// Settles all jobs whose runner died on this machine, and tells what became of each. With `dry_run` nothing is changed.
pub async fn settle_all(db: &mut Db, zone: Tz, dry_run: bool) -> Vec<(i64, Result<Fate>)> {
    let database = db.target().fingerprint();
    let mut settled = Vec::new();
    for id in run_file::left(&database) {
        // Somebody else may have been quicker.
        let Ok(Some((file, left))) = RunFile::take(&database, id) else { continue };
        let done = match dry_run {
            true => db.find("job", id).await.map(|job| fate(job.as_ref(), left.as_ref())),
            false => settle(db, zone, id, left.as_ref()).await,
        };
        if !dry_run && done.as_ref().is_ok_and(|fate| *fate != Fate::InPod) {
            file.remove();
        }
        settled.push((id, done));
    }
    settled
}

/// Makes a job ours, with a file that tells the next runner how far it came. One whose runner died is settled first.
///
/// # Errors
/// As [`claim::claim`]; or it is one whose runner died, and has ended by that.
pub async fn claim(db: &mut Db, zone: Tz, job: &mut executor::Job, unqueued: bool, printer: &Printer) -> Result<()> {
    let id = job.id;
    let (file, left) = match RunFile::take(&job.database, id) {
        Ok(Some((file, left))) => (Some(file), left),
        Ok(None) => return Err(running(db, id).await?),
        Err(cause) => {
            printer.note(&format!(
                "warning: no file can be kept about job {id} ({cause}): if this process is killed, the job's end has to be \
                 looked into by hand"
            ));
            (None, None)
        }
    };
    let fate = match &file {
        Some(_) => settle(db, zone, id, left.as_ref()).await?,
        None => Fate::Foreign,
    };
    let remove = || {
        if let Some(file) = &file {
            file.remove();
        }
    };
    let mut progress = Progress::Claimed;
    let mut dead_runner = None;
    match &fate {
        Fate::Closed(_) | Fate::Recovered(_) => {
            remove();
            return Err(Error::new(
                Kind::NotRun,
                format!("job {id} is not run again, and has ended: {}", fate.why(id)),
            ));
        }
        Fate::InPod => {
            dead_runner = left.as_ref().map(|left| left.runner);
            progress = left.map_or(Progress::Started, |left| left.progress);
        }
        Fate::Requeued | Fate::Settled | Fate::Foreign => {}
    }
    // Noted before the claim with our number: it is believed only where the claim has the same.
    let note = |progress: &Progress| {
        if file.as_ref().is_some_and(|file| file.note(progress).is_err()) {
            remove();
        }
    };
    note(&progress);
    let claimed = claim::claim(db, id, config::now(zone), unqueued, dead_runner).await;
    if let Err(error) = &claimed
        && error.kind != Kind::Database
    {
        remove();
    }
    if claimed? == Claim::Resumed {
        let may_have_run = fate != Fate::InPod || progress != Progress::Claimed;
        if may_have_run {
            note(&Progress::Started);
        }
        job.earlier = match cancel::requested(db, id).await? {
            Some(_) => Earlier::End,
            None => Earlier::Finish { may_have_run },
        };
    }
    job.run_file = file.map(Rc::new);
    Ok(())
}

/// Why a job whose run file somebody holds cannot be run.
async fn running(db: &mut Db, id: i64) -> Result<Error> {
    let job = db.find("job", id).await?;
    let text = |column| job.as_ref().and_then(|job| job.text(column)).unwrap_or_default();
    let (began, pid) = (text("begin"), text("pid"));
    if began.is_empty() || pid.parse().is_ok_and(claim::is_our_runner) {
        return Ok(Error::refused(format!("job {id} is running since {began}, by process {pid}"))
            .hint(format!("`multiflexi-cli job get --id={id}` shows its output so far")));
    }
    Ok(Error::refused(format!(
        "job {id} is running since {began}: process {pid}, which ran it, died, but its program, or what that left behind, \
         still runs"
    ))
    .hint("When that has ended, `multiflexi-cli queue fix` or the next `queue run` ends the job"))
}

/// Puts a job back into the queue: nothing of its program has run.
async fn requeue(db: &mut Db, zone: Tz, job: &Row, left: &Left) -> Result<()> {
    let id = job.int("id").unwrap_or_default();
    let now = config::now(zone);
    db.transaction(async |db| {
        let mut update = Query::update();
        update.table("job").value("begin", Option::<NaiveDateTime>::None).value("pid", Option::<i64>::None);
        update.and_where(Expr::col("id").eq(id)).and_where(Expr::col("pid").eq(left.runner));
        if db.execute(update.and_where(Expr::col("exitcode").is_null())).await? == 0 {
            return Ok(());
        }
        let mut store = Store::new(id, zone, last_seq(db, id).await?);
        store.push_notice(&format!(
            "process {}, which had taken this job, died before its program began; it was put back into the queue",
            left.runner
        ));
        store.flush(db).await?;
        create::enqueue(db, id, job.time("schedule").unwrap_or(now)).await
    })
    .await
}

/// Ends a job whose program had begun, or may have. A task's next attempt is made, as after every failure.
async fn close(db: &mut Db, zone: Tz, job: &Row, left: &Left, code: Option<i32>) -> Result<()> {
    let id = job.int("id").unwrap_or_default();
    let mut store = Store::new(id, zone, last_seq(db, id).await?);
    let runner = left.runner;
    match code {
        Some(_) => store.push_notice(&format!(
            "process {runner}, which ran this job, died when the program had ended and before that was saved; the last of what \
             it printed may be missing"
        )),
        None => store.push_reason(
            CODE,
            &format!(
                "process {runner}, which ran this job, died after its program had begun; how the program ended is not known, \
                 and what it printed is here as far as it was saved. Look at what it did; `multiflexi-cli job retry --id={id}` \
                 makes a new job"
            ),
        ),
    }
    let finished = Finished {
        job: id,
        end: config::now(zone),
        exit_code: code.unwrap_or(exit::NOT_RUN.into()),
        command: &job.text("command").unwrap_or_default(),
        app_version: None,
        artifacts: &[],
    };
    finish(db, &mut store, &finished).await
}

impl Fate {
    /// What was done, or with `dry_run` would be; None where nothing is to be told.
    pub fn words(&self, id: i64, dry_run: bool) -> Option<String> {
        let (done, would) = match self {
            Fate::Settled | Fate::Foreign => return None,
            Fate::Requeued => ("Put back into the queue", "Would put back into the queue"),
            Fate::Closed(_) => ("Ended", "Would end"),
            Fate::Recovered(_) => ("Loaded the saved result of", "Would load the saved result of"),
            Fate::InPod => ("Left", "Would leave"),
        };
        Some(format!("{} job #{id} - {}", if dry_run { would } else { done }, self.why(id)))
    }

    fn why(&self, id: i64) -> String {
        match self {
            Fate::Requeued => "its runner died before its program began".to_owned(),
            Fate::Closed(Some(code)) => format!("its runner died before it had saved the exit code, which is {code}"),
            Fate::Closed(None) => format!(
                "its runner died while its program ran, so its result is not known (exit code 125); `multiflexi-cli job retry \
                 --id={id}` makes a new one"
            ),
            Fate::Recovered(_) => "its runner could not reach the database".to_owned(),
            _ => format!(
                "its runner died; `multiflexi-cli job run --id={id}`, or the next `queue run`, learns how it ended"
            ),
        }
    }
}
