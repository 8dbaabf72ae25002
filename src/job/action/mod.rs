//! Actions after a job's end: what its runtemplate says is to be done after a success or a failure.
//!
//! They are performed once the result is saved, so none can leave a job unfinished; each is limited in time, and one that
//! fails is a notice in the job's record. The suite's actions that need another product (Zabbix, GitHub, Jenkins, …) are not
//! ours to perform.

mod after;
mod command;
mod configured;
mod follow_up;
mod webhook;

use std::time::Duration;

use crate::clock;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::executor::{Cancel, Ending};
use crate::failpoint;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::state::run_file::Progress;
use configured::Action;

pub use after::After;

/// `Sleep` waits no longer, whatever it is told.
const SLEEP_LIMIT: u64 = 86_400;

/// Performs what is to be done after this end. `say` is given a line for each action.
pub async fn perform(db: &mut Db, after: &After<'_>, cancel: &Cancel, say: impl Fn(&str)) {
    let (wanted, mut notices) = match configured::read(db, after.job, after.ended.ending.exit_code().into()).await {
        Ok(read) => read,
        Err(error) => (Vec::new(), vec![format!("the actions after this job cannot be read: {}", error.line())]),
    };
    if matches!(after.ended.ending, Ending::Cancelled(_)) {
        let names: Vec<_> = wanted.iter().map(|action| action.module.as_str()).collect();
        if !names.is_empty() {
            notices.push(format!("cancelled: its actions are not performed ({})", names.join(", ")));
        }
    } else {
        for (action, count) in wanted.iter().zip(1..) {
            let done = tokio::select! {
                biased;
                _ = cancel.cancelled() => Err(Error::refused("a signal ended it")),
                done = perform_one(db, after, action) => done,
            };
            notices.push(match done {
                Ok(message) => format!("action {}: {message}", action.module),
                Err(error) => format!("warning: action {} failed: {}", action.module, error.line()),
            });
            record_notice(db, after, &mut notices, &say).await;
            note(after, count);
            failpoint::at("acted");
        }
    }
    record_notice(db, after, &mut notices, &say).await;
    note(after, wanted.len());
}

/// Notes in the run file of how many actions the record has the outcome, for the recovery of the job.
fn note(after: &After<'_>, count: usize) {
    if let Some(file) = &after.executor_job.run_file {
        // Where that fails it is said that they may not have been performed.
        let _ = file.note(&Progress::Acted(count));
    }
}

/// The actions after a job that ended, but for the first `reported` of them: its runner died before it could tell of the others.
///
/// # Errors
/// The database cannot be asked.
pub async fn unreported(db: &mut Db, job: &Job, reported: usize) -> Result<Vec<String>> {
    let Some(code) = job.exit_code() else { return Ok(Vec::new()) };
    let (wanted, _) = configured::read(db, job, code).await?;
    Ok(wanted.into_iter().skip(reported).map(|action| action.module).collect())
}

/// Says the notices and stores them, without the job's secrets; what cannot be stored was said.
async fn record_notice(db: &mut Db, after: &After<'_>, notices: &mut Vec<String>, say: &impl Fn(&str)) {
    for notice in notices.drain(..) {
        let notice = after.redactor.redact(&notice);
        say(&notice);
        let now = clock::now(after.zone);
        // An action may have taken longer than a server keeps an idle connection.
        let store = async |db: &mut Db| output_rows::add(db, after.id(), kind::NOTICE, &notice, now).await;
        let _ = db.over_new_connection(store).await;
    }
}

/// Performs one action and tells what was done.
async fn perform_one(db: &mut Db, after: &After<'_>, action: &Action) -> Result<String> {
    match action.module.as_str() {
        "Sleep" => {
            let seconds = std::cmp::min(action.number("seconds", 60)?, SLEEP_LIMIT);
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok(format!("slept for {seconds} s"))
        }
        "Stop" => follow_up::stop(db, after).await,
        "Reschedule" => follow_up::reschedule(db, after, action.number("delay", 3600)?).await,
        "ChainRuntemplate" => follow_up::chain(db, after, action.number("rtid", 0)?).await,
        "LaunchJob" => follow_up::launch(db, after, action.number("jobid", 0)?).await,
        "CustomCommand" => command::run(after, action.text("command")).await,
        "WebHook" => webhook::post(db, after, action.text("uri")).await,
        _ => Ok("not performed: this tool does not know it, the suite's executor may".into()),
    }
}
