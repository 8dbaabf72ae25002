//! Recovery files that come too late: somebody else ended their jobs, or deleted them, before they were loaded.

use chrono_tz::Tz;

use crate::clock;
use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::id::JobId;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::recovery::recovery_file::{self, RecoveryFile, SUPERSEDED};
use crate::job::runner::record;
use crate::state::run_file::RunFile;

/// A recovery file of a job that has another result by now, or is gone.
pub struct Superseded {
    pub job: JobId,
    /// The file's name in this user's folder.
    pub name: String,
    /// The exit code that is saved of the job; None where the job was deleted.
    saved: Option<i64>,
    /// Held: whoever holds it writes the file, loads it, or puts it aside.
    run_file: RunFile,
}

/// Finds this user's recovery files of this database that come too late.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db) -> Result<Vec<Superseded>> {
    let files = recovery_file::to_be_loaded();
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let jobs: Vec<JobId> = files.iter().map(|(_, job, _)| *job).collect();
    let rows = db.fetch_for(&select::columns(tables::JOB, ["id", "begin", "exitcode"]), "id", &jobs).await?;
    let own = db.target().fingerprint();
    let mut found = Vec::new();
    for (database, job, name) in files {
        let row = rows.iter().find(|row| row.int("id") == Some(job.0)).map(Job::read).transpose()?;
        let saved = match row.map(|row| row.state) {
            Some(JobState::Ended(code)) => Some(code),
            // It is still to be loaded.
            Some(JobState::Running | JobState::Waiting) => continue,
            None => None,
        };
        // A runner may have known this database by another name, which a job that was deleted does not tell any more.
        if database != own {
            if saved.is_none() {
                continue;
            }
            match record::read_record(db, job).await {
                Ok(recorded) if recorded.database == database => {}
                Err(error) if error.may_pass() => return Err(error),
                _ => continue,
            }
        }
        let Ok(Some(run_file)) = RunFile::take(&database, job) else { continue };
        let superseded = Superseded { job, name, saved, run_file };
        // Whoever held the run file may have loaded it, or put it aside.
        if RecoveryFile::own(&superseded.name).is_ok_and(|file| file.path.exists()) {
            found.push(superseded);
        }
    }
    Ok(found)
}

impl Superseded {
    /// Notes in the job's record what its runner reported, and renames the file. Returns a line that says so.
    ///
    /// # Errors
    /// The database cannot be asked, or the file cannot be renamed.
    pub async fn put_aside(self, db: &mut Db, zone: Tz) -> Result<String> {
        let (job, name, saved) = (self.job, &self.name, self.saved);
        let stuck = |cause| Error::file(format!("the recovery file {name}, which is of no more use, stays"), cause);
        let file = RecoveryFile::own(name).map_err(stuck)?;
        let code = file.known_code(job);
        let reported = match code {
            Some(code) => format!("reported exit code {code}"),
            None => "left output, and not how its program ended".to_owned(),
        };
        // Of one with the same code the file may have been loaded, and only not been removed.
        if let Some(saved) = saved.filter(|saved| code.map(i64::from) != Some(*saved)) {
            let notice = format!("its runner later {reported}; exit code {saved} was saved by then, and stays");
            // Where the file could not be renamed it is noted already.
            if output_rows::last_line(db, job, kind::NOTICE).await?.as_ref() != Some(&notice) {
                output_rows::add(db, job, kind::NOTICE, &notice, clock::now(zone)).await?;
            }
        }
        let path = file.put_aside(SUPERSEDED).map_err(stuck)?;
        let (path, kept) = (path.display(), "`job cleanup` removes it once it is old");
        Ok(match saved {
            Some(saved) => format!(
                "its runner here {reported} after the job had been ended with exit code {saved}, which stays; its output is in {path}: see \
                 what the program did before `multiflexi-cli job retry --id={job}`; {kept}"
            ),
            None => format!("its runner here {reported}, and the job was deleted; its output is in {path}: {kept}"),
        })
    }
}

impl Drop for Superseded {
    /// The run file is removed where it was made by being taken.
    fn drop(&mut self) {
        if self.run_file.left().is_none() {
            self.run_file.remove();
        }
    }
}
