//! `queue fix`: jobs that began and did not end.

use chrono::NaiveDateTime;

use crate::clock;
use crate::db::Db;
use crate::error::Result;
use crate::job::hints;
use crate::job::recovery::crashed::{self, LostJobs, LostReport};
use crate::job::recovery::repair::{FindingKind, MEND, PUT_ASIDE, QueueFinding, REMOVE, RepairMode, repaired};
use crate::job::recovery::superseded;
use crate::job::runner::{self, RunnerPlace, UnfinishedJob};
use crate::job::runner::{lease, overlap};
use crate::job::task::RetryContext;

/// Ends the jobs whose runner died on this machine, where their result cannot be learned any more; the others are told.
///
/// Each in a transaction of its own.
///
/// # Errors
/// The database cannot be asked. The jobs that were ended before that stay ended. One that cannot be ended for another reason is a
/// [`FindingKind::Unmended`], and the others have their turn.
pub async fn end(db: &mut Db, retry: &RetryContext, mode: RepairMode) -> Result<Vec<QueueFinding>> {
    let mut found = Vec::new();
    let now = clock::now(retry.zone);
    let lost = find_lost(db, now).await?;
    match mode {
        RepairMode::DryRun => foresee_end(db, lost, &mut found).await?,
        RepairMode::Mend => {
            lost.end(db, retry, |report| found.push(lost_finding(report))).await?;
        }
    }
    report_unended(db, now, &mut found).await?;
    Ok(found)
}

/// The lost jobs; among them those whose lease had lapsed, and was not renewed until a second look.
async fn find_lost(db: &mut Db, now: NaiveDateTime) -> Result<LostJobs> {
    let mut lost = crashed::find(db, now).await?;
    if !lost.lapsed.is_empty() {
        tokio::time::sleep(lease::second_look()).await;
        let again = crashed::find_again(db, &lost.lapsed).await?;
        lost.in_kubernetes.extend(again.in_kubernetes);
        lost.others.extend(again.others);
    }
    Ok(lost)
}

fn lost_finding(report: LostReport<'_>) -> QueueFinding {
    match report {
        LostReport::Unmended(id, error) => {
            QueueFinding { kind: FindingKind::Unmended, text: format!("Job #{id}: {}", error.advice()) }
        }
        // It is not for us to fetch, and nothing is wrong with it.
        LostReport::InKubernetes(UnfinishedJob { id, began, .. }) => QueueFinding {
            kind: FindingKind::Reported,
            text: format!(
                "Job #{id} began at {began} and its runner died: `multiflexi-cli queue run`, or `multiflexi-cli job run --id={id}`, learns how it ended"
            ),
        },
        LostReport::Ended(UnfinishedJob { id, began, .. }, _, message) => {
            repaired(RepairMode::Mend, MEND, &format!("job #{id}, which began at {began}: {message}"))
        }
        LostReport::Superseded(id, message) => {
            QueueFinding { kind: FindingKind::Reported, text: format!("Job #{id}: {message}") }
        }
        LostReport::Leftovers(id, message) => QueueFinding {
            kind: if message.is_err() { FindingKind::Reported } else { FindingKind::Repaired },
            text: format!("Job #{id}: {}", message.unwrap_or_else(|message| message)),
        },
    }
}

/// What [`LostJobs::end`] would do.
async fn foresee_end(db: &mut Db, mut lost: LostJobs, found: &mut Vec<QueueFinding>) -> Result<()> {
    let unknown = std::mem::take(&mut lost.unknown).into_iter();
    found.extend(unknown.map(|(id, error)| lost_finding(LostReport::Unmended(id, error))));
    found.extend(lost.in_kubernetes.iter().map(|job| lost_finding(LostReport::InKubernetes(job))));
    for UnfinishedJob { id, began, .. } in &lost.others {
        let what = format!("job #{id}, which began at {began}: its runner died");
        found.push(repaired(RepairMode::DryRun, MEND, &what));
    }
    for file in superseded::find(db).await? {
        let what = format!("the recovery file {} of job #{}, which has another result by now", file.name, file.job);
        found.push(repaired(RepairMode::DryRun, PUT_ASIDE, &what));
    }
    for left in lost.remains(db).await?.iter().filter(|left| left.made().is_some()) {
        let what = format!("what the runner of job #{} left in the cluster", left.id);
        found.push(repaired(RepairMode::DryRun, REMOVE, &what));
    }
    Ok(())
}

/// Reports the jobs that began and did not end, and are not for us to end.
async fn report_unended(db: &mut Db, now: NaiveDateTime, found: &mut Vec<QueueFinding>) -> Result<()> {
    for job in runner::unfinished_jobs(db, None).await? {
        let UnfinishedJob { id, began, .. } = &job;
        let what = match job.place() {
            RunnerPlace::Here(_) | RunnerPlace::Gone | RunnerPlace::Lapsed(_) | RunnerPlace::Damaged(_) => continue,
            RunnerPlace::Elsewhere(host) => {
                format!("is run on {host}; if its runner died, its lease lapses, and the next `queue run` ends it")
            }
            // That was found lost.
            RunnerPlace::Unknown if overlap::is_forgotten(&job, now) => continue,
            RunnerPlace::Unknown => format!(
                "did not end; the suite's executor or an older version of this tool ran it. If it died, {}",
                hints::force_delete(*id)
            ),
        };
        found
            .push(QueueFinding { kind: FindingKind::Reported, text: format!("Job #{id} began at {began} and {what}") });
    }
    Ok(())
}
