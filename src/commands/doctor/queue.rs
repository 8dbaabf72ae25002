//! The queue: whether somebody fills and runs it, and what is stuck.

use std::path::{Path, PathBuf};

use chrono::{Duration, NaiveDateTime};

use crate::clock::Clock;
use crate::commands::PROGRAM;
use crate::commands::doctor::finding::Finding;
use crate::count::counted;
use crate::db::{Db, tables};
use crate::error::Result;
use crate::executor::process::in_path;
use crate::id::JobId;
use crate::job::health::Health;
use crate::job::queue::schedule::scheduled;
use crate::job::recovery::obstacles;
use crate::systemd;
use crate::width::first_of;

/// Somebody who runs it each few minutes has run it within.
const LATELY: Duration = Duration::minutes(15);
/// A job that has waited for so long is to be looked at.
const LONG: Duration = Duration::minutes(10);
/// And here nobody runs it.
const TOO_LONG: Duration = Duration::hours(1);
/// How many jobs are named.
const SHOWN: usize = 5;

/// Looks at who fills and runs the queue, at what waits too long, and for lost runners; adds it to `found`.
///
/// # Errors
/// The database cannot be asked; nothing is added to `found` then.
pub async fn examine(db: &mut Db, clock: Clock, found: &mut Vec<Finding>) -> Result<()> {
    let health = Health::read(db, clock.now).await?;
    let scheduled = db.count_where(tables::RUNTEMPLATE, scheduled()).await?;
    let is_run_needed = scheduled > 0 || health.due > 0;
    found.push(round("queue fill", health.last_fill, scheduled > 0, "multiflexi-scheduler", clock));
    found.push(round("queue run", health.last_run, is_run_needed, "multiflexi-executor", clock));
    found.push(waiting(&health, clock));
    let (dead, vain) = (health.stuck.len(), obstacles::stale_rows(db).await?.len());
    if dead + vain > 0 {
        let message =
            format!("schedules that wait for a job that is gone: {dead}; queue rows of jobs that do not wait: {vain}");
        found.push(Finding::doubtful(
            "queue",
            message,
            "`multiflexi-cli queue fix` lets the schedules go on, and removes the rows",
        ));
    }
    if !health.blocked.is_empty() {
        let message = format!("waiting for a credential: {}", jobs(&health.blocked));
        found.push(Finding::doubtful(
            "blocked",
            message,
            "`multiflexi-cli queue run` says of each what is missing, and what to do",
        ));
    }
    found.push(match health.lost.as_slice() {
        [] => Finding::good("runners", "none is lost"),
        lost => {
            let message = format!("lost: {}", jobs(lost));
            Finding::doubtful(
                "runners",
                message,
                "`multiflexi-cli queue run` or `multiflexi-cli queue fix` brings them to their end",
            )
        }
    });
    Ok(())
}

/// The line for a crontab, with the program's whole path where cron does not look by itself.
///
/// Called by another name it is left to be found by its own, behind which its printer puts `-e`.
fn cron_line() -> String {
    let name = std::env::args_os().next().map(PathBuf::from).unwrap_or_default();
    let path =
        if name.components().count() > 1 { std::path::absolute(&name).ok() } else { name.to_str().and_then(in_path) };
    let found_by_cron =
        |path: &PathBuf| [Some(Path::new("/usr/bin")), Some(Path::new("/bin"))].contains(&path.parent());
    let is_ours = |path: &PathBuf| path.file_name().is_some_and(|name| name == PROGRAM);
    let program = match path.filter(|path| is_ours(path) && !found_by_cron(path)) {
        // To cron a `%` is a line end.
        Some(path) => path.display().to_string().replace(' ', "\\ ").replace('%', "\\%"),
        None => PROGRAM.to_owned(),
    };
    format!("Let cron run it every minute: `* * * * * {program} queue run --fill -q`")
}

/// Whether somebody has filled or run the queue lately, this tool or the suite's daemon.
fn round(
    check: &'static str,
    last: Option<NaiveDateTime>,
    is_needed: bool,
    daemon: &'static str,
    clock: Clock,
) -> Finding {
    match last {
        Some(last) if !is_needed || passed(last, clock) <= LATELY => {
            Finding::good(check, format!("last {}", clock.relative(last)))
        }
        _ if !systemd::service(daemon).is_empty() => Finding::good(check, format!("the suite's {daemon} runs here")),
        Some(last) => Finding::doubtful(check, format!("last {}", clock.relative(last)), cron_line()),
        None if is_needed => Finding::doubtful(check, "never, by this tool", cron_line()),
        None => Finding::good(check, "never, and nothing waits for it"),
    }
}

/// `job 6`, `2 jobs (6, 7)`
fn jobs(ids: &[JobId]) -> String {
    match ids {
        [only] => format!("job {only}"),
        _ => format!("{} jobs ({})", ids.len(), first_of(ids, SHOWN)),
    }
}

/// Whether a job waits for too long.
fn waiting(health: &Health, clock: Clock) -> Finding {
    let Some((job, since)) = health.oldest else {
        return Finding::good("waiting", "no job waits whose time has come");
    };
    let due = counted(health.due, "jobs");
    let message = format!("{due} whose time has come; job {job} has waited since {since}, {}", clock.relative(since));
    match passed(since, clock) {
        waited if waited <= LONG => Finding::good("waiting", message),
        waited if waited <= TOO_LONG => Finding::doubtful("waiting", message, why_it_waits(job)),
        _ => Finding::bad("waiting", message, why_it_waits(job)),
    }
}

fn passed(since: NaiveDateTime, clock: Clock) -> Duration {
    Duration::seconds(clock.seconds_since(since))
}

fn why_it_waits(job: JobId) -> String {
    format!("Run the queue; `multiflexi-cli job run --id={job}` runs it here and now, and says what keeps it")
}
