//! `queue fill`: makes the jobs whose moment has come.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::clock;
use crate::context::Context;
use crate::db::{Db, LockWaits};
use crate::error::{Error, Kind, Result, exit};
use crate::id::RunTemplateId;
use crate::job::create::CreateSettings;
use crate::job::credential_check;
use crate::job::heartbeat::{self, Round};
use crate::job::queue::fill;
use crate::job::queue::fill::CorrectedSchedule;
use crate::job::task;
use crate::output::{Outcome, Printer};
use crate::row::TIME_FORMAT;

#[derive(clap::Args)]
pub struct Fill {
    /// Show which jobs would be created, without creating them
    #[arg(long = "dry-run")]
    dry_run: bool,
}

/// Makes the jobs whose moment has come; exits with 1 where one could not be made.
///
/// # Errors
/// The database cannot be worked with. What is wrong with one runtemplate is told, and keeps no other from running.
pub async fn fill(ctx: &mut Context, args: Fill) -> Result<Outcome> {
    if args.dry_run {
        return look(ctx).await;
    }
    ctx.follow_server_clock().await?;
    let settings = CreateSettings::with_key(ctx.now(), &ctx.settings);
    let zone = ctx.zone;
    let (db, printer) = ctx.open().await?;
    let filled = make(db, printer, &settings, zone).await?;
    let mut lines = filled.lines;
    lines.push(format!("Jobs made: {}", filled.made));
    Ok(Outcome::message(lines.join("\n"), filled.json).with_code(if filled.failed == 0 {
        exit::DONE
    } else {
        exit::FAILED
    }))
}

/// A clock that shows less has not been set since the machine was started: such a one begins in 1970, 1980 or 2000.
const EARLIEST: NaiveDate = NaiveDate::from_ymd_opt(2010, 1, 1).expect("it is a day");

/// Refuses to plan by a clock that cannot be right: each schedule would run once more as soon as it is.
fn require_clock(now: &DateTime<Tz>) -> Result<()> {
    if now.naive_local().date() >= EARLIEST {
        return Ok(());
    }
    let shown = now.format(TIME_FORMAT);
    Err(Error::refused(format!("this machine's clock says {shown}, which is over: no jobs are made by it"))
        .hint("Set the clock, and try it again; at a machine's start let this wait for its clock (systemd's time-sync.target)"))
}

/// A job that could not be made was waited for if it took longer.
const LONG: Duration = Duration::from_secs(1);

fn tell_corrected(printer: &Printer, CorrectedSchedule { runtemplate, moment }: &CorrectedSchedule, is: &str) {
    let moment = moment.format(TIME_FORMAT);
    printer.note(&format!(
        "RunTemplate {runtemplate}: its next job waited for {moment}, which is beyond its schedule's next moment: it {is} made anew"
    ));
}

/// The runtemplates for which something could not be done.
#[derive(Default)]
struct Failures {
    /// What was told.
    shown: HashSet<String>,
    waits: LockWaits,
    json: Vec<Value>,
}

impl Failures {
    /// Tells what is wrong with one runtemplate, for which was worked since then.
    ///
    /// # Errors
    /// It is wrong with each: they would be waited for one by one.
    async fn enter(
        &mut self,
        db: &Db,
        printer: &Printer,
        id: RunTemplateId,
        begun: Instant,
        error: Error,
    ) -> Result<()> {
        // One row may be locked by itself, a file is as a whole.
        if error.may_pass()
            && begun.elapsed() >= LONG
            && (!self.waits.goes_on_after() || !db.dialect.is_server() || !db.is_reachable().await)
        {
            return Err(error.within(format!("the queue is filled up to RunTemplate {id} alone")));
        }
        let error = if error.is_locked() { error.within(format!("RunTemplate {id} is left as it is")) } else { error };
        // What is wrong with the database is the same for each.
        if self.shown.insert(error.to_string()) {
            printer.note_always(&format!("error: {error}"));
        }
        self.json.push(json!({"runtemplate_id": id, "message": error.line(), "hint": error.hint}));
        Ok(())
    }
}

/// What one filling of the queue came to.
pub struct Filled {
    pub made: usize,
    /// Runtemplates whose job could not be made; each was told.
    pub failed: usize,
    /// A line for each job that was made, and for the tasks that were missed.
    pub lines: Vec<String>,
    pub json: Value,
}

/// Makes the jobs whose moment has come.
///
/// # Errors
/// The database cannot be worked with, or this machine's clock was never set. What is wrong with one runtemplate is told, and keeps no
/// other from running.
pub async fn make(db: &mut Db, printer: &Printer, settings: &CreateSettings, zone: Tz) -> Result<Filled> {
    let now = clock::instant(zone);
    require_clock(&now)?;
    heartbeat::beat(db, Round::Fill, now.naive_local()).await?;
    let (mut made, mut failures, mut lines) = (Vec::<Value>::new(), Failures::default(), Vec::new());
    for id in credential_check::reopenable(db, settings).await? {
        let begun = Instant::now();
        match credential_check::reopen(db, id).await {
            Ok(()) => printer
                .note(&format!("RunTemplate {id}: its job was blocked, and what it lacked is there: it is made anew")),
            Err(error) => failures.enter(db, printer, id, begun, error).await?,
        }
    }
    for (schedule, moment) in fill::recallable(db, &now).await? {
        let begun = Instant::now();
        match fill::recall(db, schedule.runtemplate, &moment, &now).await {
            Ok(true) => tell_corrected(printer, &schedule, "is"),
            Ok(false) => {}
            Err(error) => failures.enter(db, printer, schedule.runtemplate, begun, error).await?,
        }
    }
    for id in fill::candidates(db).await? {
        let begun = Instant::now();
        match fill::fill(db, settings, &now, id).await {
            Ok(None) => {}
            Ok(Some(filled)) => {
                let after = filled.after.format(TIME_FORMAT).to_string();
                lines.push(format!("RunTemplate {id}: job {} for {after}", filled.job.id));
                made.push(json!({"runtemplate_id": filled.runtemplate, "job_id": filled.job.id, "scheduled": after,
                    "executor": filled.job.executor.as_str()}));
            }
            Err(error) => {
                if let Err(error) = failures.enter(db, printer, id, begun, error).await {
                    lines.iter().for_each(|line| printer.line(line));
                    return Err(error);
                }
            }
        }
    }
    let missed = match task::miss(db, settings.now).await {
        // One that may only be read takes this no more than the jobs.
        Err(error) if failures.shown.contains(&error.to_string()) => 0,
        // They are as much missed at the next round.
        Err(error) if error.kind == Kind::Contended || error.is_locked() => {
            printer.job_note(&format!("warning: tasks that were missed are not marked yet: {}", error.line()));
            0
        }
        missed => missed?,
    };
    if missed > 0 {
        lines.push(format!("Tasks missed: {missed}"));
    }
    let (count, failed) = (made.len(), failures.json.len());
    let json =
        json!({"created": count, "failed": failed, "jobs": made, "errors": failures.json, "missed_tasks": missed});
    Ok(Filled { made: count, failed, lines, json })
}

/// What `--dry-run` answers: the jobs that would be made, and what would keep one from being made. Nothing is written.
async fn look(ctx: &mut Context) -> Result<Outcome> {
    ctx.follow_server_clock().await?;
    let now = ctx.instant();
    require_clock(&now)?;
    let settings = CreateSettings::with_key(ctx.now(), &ctx.settings);
    let (db, printer) = ctx.open().await?;
    for id in credential_check::reopenable(db, &settings).await? {
        printer.note(&format!(
            "RunTemplate {id}: its job was blocked, and what it lacked is there: it would be made anew"
        ));
    }
    for (schedule, _) in fill::recallable(db, &now).await? {
        tell_corrected(printer, &schedule, "would be");
    }
    let (mut due, mut failed, mut text) = (Vec::<Value>::new(), Vec::<Value>::new(), String::new());
    for id in fill::candidates(db).await? {
        match fill::due(db, &now, id).await {
            Ok(None) => {}
            Ok(Some(after)) => {
                let after = after.format(TIME_FORMAT).to_string();
                text.push_str(&format!("RunTemplate {id}: a job for {after} would be made\n"));
                due.push(json!({"runtemplate_id": id, "scheduled": after}));
            }
            Err(error) => {
                printer.note_always(&format!("error: {error}"));
                failed.push(json!({"runtemplate_id": id, "message": error.line(), "hint": error.hint}));
            }
        }
    }
    text.push_str(&format!("Jobs that would be made: {} (dry run)", due.len()));
    let is_whole = failed.is_empty();
    let json = json!({"created": 0, "failed": failed.len(), "jobs": due, "errors": failed, "dry_run": true});
    Ok(Outcome::message(text, json).with_code(if is_whole { exit::DONE } else { exit::FAILED }))
}
