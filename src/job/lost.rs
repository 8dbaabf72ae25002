//! Jobs whose runner died with them on this machine. What its run file says decides what becomes of each: none is run again
//! whose program may have begun, for that is an operator's decision, or a task's next attempt.

use std::collections::HashSet;
use std::rc::Rc;
use std::time::Duration;

use chrono_tz::Tz;
use nix::sys::signal::Signal;
use sea_query::{Expr, ExprTrait, LockType, Query};
use tokio::time::Instant;

use crate::config;
use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result, exit};
use crate::executor::run_file::{self, Left, Progress, RunFile};
use crate::executor::{self, Earlier, container};
use crate::job::claim::Claim;
use crate::job::finish::{self, Finished};
use crate::job::output::{self, kind};
use crate::job::overlap::is_kubernetes;
use crate::job::remains::{self, Remains};
use crate::job::runner::{self, Recorded, Whereabouts};
use crate::job::{cancel, put_back, recovery};
use crate::output::Printer;
use crate::stop;

/// What is saved where it is not known how the program ended.
const EXIT_CODE: i32 = exit::NOT_RUN as i32;
/// Between TERM and KILL, and between KILL and giving up.
const GRACE: Duration = Duration::from_secs(10);

/// Jobs whose runner died on this machine, the oldest first.
#[derive(Default)]
pub struct Lost {
    /// Their pods know how they ended: whoever runs them again brings it home.
    pub in_kubernetes: Vec<Row>,
    pub others: Vec<i64>,
    /// Of jobs that ended all the same: their runner died after all was saved.
    pub remains: Vec<Remains>,
}

/// Looks for them. Run files of jobs that are in order go: their runner died before the claim, or after all was done.
pub async fn find(db: &mut Db) -> Result<Lost> {
    // Before the jobs are looked at: what is claimed after that has its file still.
    let files = run_file::left();
    let mut lost = Lost::default();
    let mut unfinished = HashSet::new();
    for job in db.fetch_all(&runner::unfinished()).await?.into_iter().rev() {
        unfinished.extend(job.int("id"));
        match (runner::whereabouts(&job), is_kubernetes(&job)) {
            (Whereabouts::Gone, true) if !has_result(db, &job) => lost.in_kubernetes.push(job),
            (Whereabouts::Gone, _) => lost.others.extend(job.int("id")),
            _ => {}
        }
    }
    let settled: Vec<_> = files.into_iter().filter(|(_, id)| !unfinished.contains(id)).collect();
    lost.remains = remains::find(db, settled).await?;
    Ok(lost)
}

/// Did the runner of a job, a row of [`runner::unfinished`], write its result to a recovery file, so that its pod has nothing
/// more to tell?
fn has_result(db: &Db, job: &Row) -> bool {
    let recorded = runner::recorded_in(db, job);
    let file = job.int("id").zip(job.int("pid")).and_then(|(id, pid)| recovery::left_by(&recorded, id, pid));
    file.is_some_and(|file| recovery::is_whole(&file))
}

/// What became of a job whose runner died.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mended {
    /// Its program had not begun: it is in the queue again.
    Requeued,
    /// The runner had written its result to a recovery file, which is loaded now.
    Recovered(i32),
    /// Its program had ended with this code.
    Ended(i32),
    /// How its program ended is not known: what was left of it has been ended too.
    Unknown,
    /// Somebody else ended it meanwhile.
    Left,
}

impl Mended {
    /// What was done and why; None where nothing is to be told.
    pub fn words(self) -> Option<String> {
        Some(match self {
            Mended::Left => return None,
            Mended::Requeued => "its runner died before its program began; it is in the queue again".to_owned(),
            Mended::Recovered(code) => {
                format!("its runner could not save its result; its recovery file is loaded, exit code {code}")
            }
            Mended::Ended(code) => format!("its runner died when the program had ended; exit code {code}"),
            Mended::Unknown => {
                format!(
                    "its runner died while its program ran; how that ended cannot be learned, exit code {EXIT_CODE}"
                )
            }
        })
    }
}

/// What is to become of a job whose runner died, by what it left.
fn judge(left: Option<&Left>, runner: Option<i64>) -> Mended {
    match left.filter(|left| Some(left.runner) == runner).map(|left| left.progress) {
        Some(Progress::Claimed) => Mended::Requeued,
        Some(Progress::Ended(code)) => Mended::Ended(code),
        // A result that was saved would have ended the job.
        Some(Progress::Started | Progress::Saved | Progress::Acted(_)) | None => Mended::Unknown,
    }
}

/// Does to a job whose runner died, and which has no pod, what is to be done.
///
/// # Errors
/// The database does not take it, or what is left of its program cannot be ended: then all stays as it is.
pub async fn end(db: &mut Db, zone: Tz, id: i64) -> Result<Mended> {
    let select = runner::unfinished().and_where(Expr::col(("job", "id")).eq(id)).take();
    let is_gone = |job: &Row| runner::whereabouts(job) == Whereabouts::Gone;
    let Some(job) = db.fetch_optional(&select).await?.filter(is_gone) else { return Ok(Mended::Left) };
    let runner = job.int("pid");
    let recorded = runner::recorded_in(db, &job);
    if let Some(file) = runner.and_then(|pid| recovery::left_by(&recorded, id, pid)) {
        let (_, code) = recovery::load(db, zone, &file, false).await?;
        // Loaded, and of no more use; one that stays is refused when it is loaded again.
        let _ = std::fs::remove_file(&file);
        return Ok(Mended::Recovered(code));
    }
    let is_still_lost = async |db: &mut Db| Ok(db.fetch_optional(&select).await?.is_some_and(|job| is_gone(&job)));
    let mut taken = None;
    for signal in [None, Some(Signal::SIGTERM), Some(Signal::SIGKILL)] {
        match take(&recorded, id, signal).await {
            Ok(Some(ours)) => {
                taken = Some(ours);
                break;
            }
            // Somebody else may be mending it, or have done so, and run it again.
            Ok(None) if !is_still_lost(db).await? => return Ok(Mended::Left),
            Ok(None) if signal == Some(Signal::SIGKILL) => {
                return Err(Error::refused(format!(
                    "the runner of job {id} died, and what is left of its program cannot be ended"
                ))
                .hint("Try it as the user who ran it, or as root"));
            }
            Ok(None) => {}
            // Whether the program goes on is not known, and its result may be there.
            Err(cause) => return Err(unreadable(id, &recorded, cause)),
        }
    }
    container::left::remove(&job.text("executor").unwrap_or_default(), id, &recorded.database).await.map_err(
        |reason| {
            Error::refused(format!("the runner of job {id} died, and its container cannot be ended: {reason}"))
                .hint("Remove it by hand, and try it again")
        },
    )?;
    let fate = judge(taken.as_ref().and_then(|(_, left)| left.as_ref()), runner);
    let mended = db
        .transaction(async |db| {
            // Whoever has no part in our run files is kept out by the row's lock.
            let mut lock = Query::select();
            lock.column("id").from("job").and_where(Expr::col("id").eq(id)).lock(LockType::Update);
            db.fetch_optional(&lock).await?;
            if !is_still_lost(db).await? {
                return Ok(Mended::Left);
            }
            let Some(job) = db.find("job", id).await? else { return Ok(Mended::Left) };
            match fate {
                Mended::Requeued => requeue(db, zone, &job).await?,
                fate => close(db, zone, &job, fate).await?,
            }
            Ok(fate)
        })
        .await?;
    if let Some((file, _)) = taken {
        file.remove();
    }
    Ok(mended)
}

/// What the runner of a job knew of it is out of our reach.
fn unreadable(id: i64, recorded: &Recorded, cause: std::io::Error) -> Error {
    let place = recorded
        .state
        .as_deref()
        .map_or_else(|| "the state directory ($XDG_STATE_HOME)".to_owned(), |state| state.display().to_string());
    let whose = Some(&recorded.user).filter(|user| !user.is_empty()).map(|user| format!(", of {user},"));
    let whose = whose.unwrap_or_default();
    Error::refused(format!(
        "the runner of job {id} died, and what it knew of the job, in {place}{whose} cannot be read; the job stays as it is"
    ))
    .because(cause)
    .hint(format!(
        "`multiflexi-cli queue fix` as the user who ran it, or as root, ends it; if that is lost for good, `multiflexi-cli job delete \
         --id={id} --force` removes the job"
    ))
}

/// Takes the run file of a job, once what is left of its program ended by this signal. None where that still holds it.
async fn take(
    recorded: &Recorded,
    id: i64,
    signal: Option<Signal>,
) -> std::io::Result<Option<(RunFile, Option<Left>)>> {
    let (state, database) = (recorded.state.as_deref(), &recorded.database);
    if let Some(signal) = signal {
        run_file::signal_heirs(state, database, id, signal);
    }
    let until = Instant::now() + signal.map_or(Duration::ZERO, |_| stop::at_most(GRACE));
    loop {
        match RunFile::take_in(state, database, id)? {
            None if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
            taken => return Ok(taken),
        }
    }
}

/// Puts a job back into the queue: nothing of its program has run.
async fn requeue(db: &mut Db, zone: Tz, job: &Row) -> Result<()> {
    let (id, runner) = (job.int("id").unwrap_or_default(), job.text("pid").unwrap_or_default());
    let now = config::now(zone);
    let words =
        format!("process {runner}, which had taken this job, died before its program began; it was queued again");
    output::add(db, id, kind::NOTICE, &words, now).await?;
    put_back::wait_again(db, job, now, true).await
}

/// Ends a job whose program had begun, or may have. A task's next attempt is made, as after every failure.
async fn close(db: &mut Db, zone: Tz, job: &Row, fate: Mended) -> Result<()> {
    let (id, runner) = (job.int("id").unwrap_or_default(), job.text("pid").unwrap_or_default());
    let now = config::now(zone);
    let exit_code = match fate {
        Mended::Ended(code) => {
            let words = format!(
                "process {runner}, which ran this job, died when the program had ended; the last of its output may be missing"
            );
            output::add(db, id, kind::NOTICE, &words, now).await?;
            code
        }
        _ => {
            let reason = executor::Reason::RunnerLost { runner, job: id };
            output::add(db, id, kind::REASON, &reason.line(), now).await?;
            EXIT_CODE
        }
    };
    let command = job.text("command").unwrap_or_default();
    let finished = Finished {
        job: id,
        end: now,
        exit_code,
        command: &command,
        app_version: None,
        artifacts: &[],
        by_runner: false,
    };
    finish::enter(db, &finished, true).await
}

/// A job's run file, taken before the job is claimed. One whose runner died is mended first.
pub struct Taken {
    file: Option<RunFile>,
    left: Option<Left>,
    runner: Option<i64>,
}

impl Taken {
    /// # Errors
    /// The job had begun already, and has ended by that.
    pub async fn of(db: &mut Db, zone: Tz, facts: &Row, database: &str, printer: &Printer) -> Result<Taken> {
        let id = facts.int("id").unwrap_or_default();
        let select = runner::unfinished().and_where(Expr::col(("job", "id")).eq(id)).take();
        let unfinished = match facts.get("begin").is_null() {
            true => None,
            false => db.fetch_optional(&select).await?,
        };
        if unfinished.is_some_and(|job| !is_kubernetes(&job) || has_result(db, &job)) {
            match end(db, zone, id).await? {
                Mended::Requeued | Mended::Left => {}
                mended => {
                    let words = mended.words().unwrap_or_default();
                    return Err(Error::new(Kind::NotRun, format!("job {id} is not run again, and has ended: {words}"))
                        .hint(format!("`multiflexi-cli job retry --id={id}` makes a new job like it")));
                }
            }
        }
        let runner = facts.int("pid");
        match RunFile::take(database, id) {
            Ok(Some((file, left))) => Ok(Taken { file: Some(file), left, runner }),
            // Its runner has it: the claim will tell.
            Ok(None) => Ok(Taken { file: None, left: None, runner }),
            Err(cause) => {
                printer.note(&format!(
                    "warning: no file can be kept about job {id} ({cause}): if this process is killed, it will not be known \
                     whether the program had begun"
                ));
                Ok(Taken { file: None, left: None, runner })
            }
        }
    }

    /// To be called right before the claim: the note names this process, and is believed only once the claim does too.
    pub fn note(&self) {
        if self.may_have_run() {
            self.write(&Progress::Started);
        } else {
            self.write(&Progress::Claimed);
        }
    }

    fn write(&self, progress: &Progress) {
        if let Some(file) = &self.file
            && file.note(progress).is_err()
        {
            file.remove();
        }
    }

    /// The runner that had the job before may have let the program go.
    fn may_have_run(&self) -> bool {
        self.runner.is_some() && judge(self.left.as_ref(), self.runner) != Mended::Requeued
    }

    /// The claim failed. Where that is not certain, the file stays. Tells what a runner left that died after the job ended.
    pub fn refused(self, error: &Error, facts: &Row, database: &str) -> Option<Remains> {
        let file = self.file?;
        match self.left {
            Some(left) if facts.int("exitcode").is_some() => {
                Remains::of(facts.clone(), database.to_owned(), file, left)
            }
            None if !error.may_pass() => {
                file.remove();
                None
            }
            _ => None,
        }
    }

    /// The claim succeeded: tells the executor of the file, and of an earlier runner.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn hand_over(self, db: &mut Db, claim: Claim, job: &mut executor::Job) -> Result<()> {
        job.earlier = match claim {
            Claim::Fresh { .. } => Earlier::Nothing,
            Claim::Resumed if cancel::requested(db, job.id).await?.is_some() => Earlier::End,
            Claim::Resumed => Earlier::Finish { may_have_run: self.may_have_run() },
        };
        job.run_file = self.file.map(Rc::new);
        Ok(())
    }
}
