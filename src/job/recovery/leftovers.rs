//! What a runner left whose job's result is saved, since it was killed or could not remove it: what its run file says was made
//! elsewhere, a pod and its Secret; a container; and the actions after the job, which nobody performs any more.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono_tz::Tz;

use crate::clock;
use crate::count::counted;
use crate::db::Fingerprint;
use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::executor::container;
use crate::executor::kubernetes::{self, Swept};
use crate::id::JobId;
use crate::job::action;
use crate::job::files;
use crate::job::model::Job;
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::runner::record;
use crate::state::run_file::RunFile;

/// What cannot be removed for so long is given up.
const LIMIT: Duration = Duration::from_secs(86_400);

/// What is left of a job that ended. Dropped, its run file stays.
pub struct JobLeftovers {
    pub id: JobId,
    database: Fingerprint,
    job: Job,
    file: RunFile,
    /// So many of the actions after the job have their outcome in its record.
    acted: usize,
}

impl JobLeftovers {
    /// What a run file says was left of a job.
    ///
    /// None, and the file is removed, where it says nothing, or the job has not ended: it waits, and nothing was made for it.
    pub fn from_run_file(job: Job, database: Fingerprint, file: RunFile) -> Option<JobLeftovers> {
        let Some(left) = file.left().filter(|_| job.exit_code().is_some()) else {
            file.remove();
            return None;
        };
        let acted = left.acted();
        Some(JobLeftovers { id: job.id, database, job, file, acted })
    }

    /// What its executor made, and is to be removed.
    pub fn made(&self) -> Option<&str> {
        self.file.left().and_then(|left| left.made.as_deref())
    }

    /// Removes what was made. Adds the way to a cluster that cannot be asked to those that are known.
    async fn sweep(&self, unreachable: &mut BTreeSet<String>) -> Result<Option<String>, String> {
        container::leftover::remove(&self.job.executor, self.id, &self.database)
            .await
            .map_err(|reason| format!("its container could not be removed: {reason}"))?;
        let Some(made) = self.made() else { return Ok(None) };
        let failed = self.job.exit_code() != Some(0);
        match kubernetes::sweep(made, self.id, &self.database, failed).await {
            Ok(Swept::Removed(what)) => Ok(Some(format!("removed what it left: {}", what.join(", ")))),
            Ok(Swept::Nothing) => Ok(None),
            Err(reason) => {
                unreachable.extend(kubernetes::way(made).filter(|_| reason.is_of_this_place()));
                Err(reason.to_string())
            }
        }
    }

    fn is_old(&self) -> bool {
        self.file.written().ok().and_then(|written| written.elapsed().ok()).is_some_and(|age| age > LIMIT)
    }
}

/// Takes the run files of this database whose jobs have ended. Run files of jobs that wait or were deleted are removed.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db, files: Vec<(Fingerprint, JobId)>) -> Result<Vec<JobLeftovers>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let jobs: Vec<JobId> = files.iter().map(|(_, job)| *job).collect();
    let select = select::columns(tables::JOB, ["id", "exitcode", "runtemplate_id", "executor"]);
    let rows = db.fetch_for(&select, "id", &jobs).await?;
    let own = db.target().fingerprint();
    let mut found = Vec::new();
    for (database, job) in files {
        // A runner may have known this database by another name.
        if database != own {
            match record::read_record(db, job).await {
                Ok(recorded) if recorded.database == database => {}
                Err(error) if error.may_pass() => return Err(error),
                _ => continue,
            }
        }
        let Ok(Some(file)) = RunFile::take(&database, job) else { continue };
        let row = rows.iter().find(|row| row.int("id") == Some(job.0));
        match row {
            Some(row) => found.extend(JobLeftovers::from_run_file(Job::read(row)?, database, file)),
            None => file.remove(),
        }
    }
    Ok(found)
}

/// Removes what was made, limited in time: what is in a cluster that cannot be asked is left for the next time.
///
/// Notes in the record which actions may not have been performed. `say` is told the job and what became of it, an error being
/// what stays as it is.
///
/// # Errors
/// The database cannot be asked.
pub async fn settle(
    db: &mut Db,
    zone: Tz,
    leftovers: Vec<JobLeftovers>,
    mut say: impl FnMut(JobId, Result<String, String>),
) -> Result<()> {
    let mut unreachable = BTreeSet::new();
    let mut skipped = Vec::new();
    for leftovers in leftovers {
        if leftovers.made().and_then(kubernetes::way).is_some_and(|way| unreachable.contains(&way)) {
            skipped.push(leftovers.id);
            continue;
        }
        match leftovers.sweep(&mut unreachable).await {
            Ok(None) => {}
            Ok(Some(message)) => say(leftovers.id, Ok(message)),
            Err(why) if leftovers.is_old() => {
                say(leftovers.id, Err(format!("not all that it left is removed: {why}; that is given up")))
            }
            Err(why) => {
                let message = format!("not all that it left is removed: {why}; the next `queue run` tries again");
                say(leftovers.id, Err(message));
                continue;
            }
        }
        let actions = action::unreported(db, &leftovers.job, leftovers.acted).await?;
        if !actions.is_empty() {
            let message = format!(
                "warning: its runner died after all was saved, and before it told what became of the actions after it: {} may not have been performed",
                actions.join(", ")
            );
            output_rows::add(db, leftovers.id, kind::NOTICE, &message, clock::now(zone)).await?;
            say(leftovers.id, Err(message));
        }
        files::remove_left_directory(leftovers.id);
        leftovers.file.remove();
    }
    if let [first, others @ ..] = skipped.as_slice() {
        let others = match others.len() {
            0 => String::new(),
            count => format!(", nor what {} left there", counted(count as u64, "other jobs")),
        };
        let message = format!("what it left is not removed{others}, for the cluster could not be asked just now");
        say(*first, Err(message));
    }
    Ok(())
}
