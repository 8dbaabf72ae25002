//! `queue fill`: makes the jobs whose moment has come.

use std::collections::HashSet;

use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::clock;
use crate::context::Context;
use crate::db::Db;
use crate::error::{Kind, Result, exit};
use crate::job::create::CreateSettings;
use crate::job::heartbeat::{self, Round};
use crate::job::queue::fill;
use crate::job::queue::fill::CorrectedSchedule;
use crate::job::run::credential_check;
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
/// The database cannot be worked with. What is wrong with one runtemplate is told, and keeps no other from running.
pub async fn make(db: &mut Db, printer: &Printer, settings: &CreateSettings, zone: Tz) -> Result<Filled> {
    let now = clock::instant(zone);
    heartbeat::beat(db, Round::Fill, now.naive_local()).await;
    let (mut made, mut failed, mut lines) = (Vec::<Value>::new(), Vec::<Value>::new(), Vec::new());
    let mut shown = HashSet::new();
    for id in credential_check::reopen(db, settings).await? {
        printer.note(&format!("RunTemplate {id}: its job was blocked, and what it lacked is there: it is made anew"));
    }
    for CorrectedSchedule { runtemplate, moment } in fill::recall(db, &now).await? {
        let moment = moment.format(TIME_FORMAT);
        printer.note(&format!(
            "RunTemplate {runtemplate}: its next job waited for {moment}, which is beyond its schedule's next moment: it is made anew"
        ));
    }
    for id in fill::candidates(db).await? {
        match fill::fill(db, settings, &now, id).await {
            Ok(None) => {}
            Ok(Some(filled)) => {
                let after = filled.after.format(TIME_FORMAT).to_string();
                lines.push(format!("RunTemplate {id}: job {} for {after}", filled.job.id));
                made.push(json!({"runtemplate_id": filled.runtemplate, "job_id": filled.job.id, "scheduled": after,
                    "executor": filled.job.executor}));
            }
            Err(error) => {
                // What is wrong with the database is the same for each.
                if shown.insert(error.to_string()) {
                    printer.trouble(&format!("error: {error}"));
                }
                failed.push(json!({"runtemplate_id": id, "message": error.line(), "hint": error.hint}));
            }
        }
    }
    let missed = match task::miss(db, settings.now).await {
        // One that may only be read takes this no more than the jobs.
        Err(error) if shown.contains(&error.to_string()) => 0,
        // They are as much missed at the next round.
        Err(error) if error.kind == Kind::Contended => {
            printer.remark(&format!("warning: tasks that were missed are not marked yet: {}", error.line()));
            0
        }
        missed => missed?,
    };
    if missed > 0 {
        lines.push(format!("Tasks missed: {missed}"));
    }
    let (count, failures) = (made.len(), failed.len());
    let json = json!({"created": count, "failed": failures, "jobs": made, "errors": failed, "missed_tasks": missed});
    Ok(Filled { made: count, failed: failures, lines, json })
}

/// What `--dry-run` answers: the jobs that would be made, and what would keep one from being made. Nothing is written.
async fn look(ctx: &mut Context) -> Result<Outcome> {
    let now = ctx.instant();
    let settings = CreateSettings::with_key(ctx.now(), &ctx.settings);
    let (db, printer) = ctx.open().await?;
    for id in credential_check::reopenable(db, &settings).await? {
        printer.note(&format!(
            "RunTemplate {id}: its job was blocked, and what it lacked is there: it would be made anew"
        ));
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
                printer.trouble(&format!("error: {error}"));
                failed.push(json!({"runtemplate_id": id, "message": error.line(), "hint": error.hint}));
            }
        }
    }
    text.push_str(&format!("Jobs that would be made: {} (dry run)", due.len()));
    let is_whole = failed.is_empty();
    let json = json!({"created": 0, "failed": failed.len(), "jobs": due, "errors": failed, "dry_run": true});
    Ok(Outcome::message(text, json).with_code(if is_whole { exit::DONE } else { exit::FAILED }))
}
