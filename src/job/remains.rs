//! What a runner left that was killed after its job's result was saved: its run file, and what that says was made elsewhere
//! and not removed yet, a pod and its Secret.

use std::time::Duration;

use sea_query::{Expr, ExprTrait, Query};

use crate::db::Db;
use crate::error::Result;
use crate::executor::kubernetes::{self, Swept};
use crate::executor::run_file::{Left, RunFile};

/// What cannot be removed for so long is given up.
const LIMIT: Duration = Duration::from_secs(86_400);

/// What is left of a job that ended.
pub struct Remains {
    pub job: i64,
    file: RunFile,
    made: Option<String>,
    failed: bool,
}

impl Remains {
    /// Those of a job by its run file, which has been taken. None, and the file goes, where nothing was left.
    pub fn of(job: i64, exit_code: i64, file: RunFile, left: Option<Left>) -> Option<Remains> {
        let made = left.and_then(|left| left.made);
        if made.is_none() {
            file.remove();
            return None;
        }
        Some(Remains { job, file, made, failed: exit_code != 0 })
    }

    /// What is to be done about it, in words.
    pub fn words(&self) -> String {
        "its runner died after all was saved; what it left in the cluster is to be removed".to_owned()
    }

    /// Removes it, limited in time. Says what was done, or what could not be; then the run file stays for the next time.
    ///
    /// # Errors
    /// In words why that cannot be done now.
    pub async fn sweep(self, database: &str) -> Result<Option<String>, String> {
        let Some(made) = &self.made else { return Ok(None) };
        let why = match kubernetes::sweep(made, self.job, database, self.failed).await {
            Ok(swept) => {
                self.file.remove();
                return Ok(match swept {
                    Swept::Removed(what) => {
                        Some(format!("its runner died after all was saved; removed what it left: {}", what.join(", ")))
                    }
                    Swept::Nothing => None,
                });
            }
            Err(why) => format!("its runner died after all was saved; {why}"),
        };
        let age = self.file.written().ok().and_then(|written| written.elapsed().ok());
        if age.is_some_and(|age| age > LIMIT) {
            self.file.remove();
            return Err(format!("{why}; it is given up"));
        }
        Err(format!("{why}; the next `queue run` tries again"))
    }
}

/// Sweeps all of it, up to the first that cannot be: the next ones wait for another time. `say` is told the job and what
/// became of it.
pub async fn sweep_all(remains: Vec<Remains>, database: &str, mut say: impl FnMut(i64, Result<String, String>)) {
    for remains in remains {
        let job = remains.job;
        match remains.sweep(database).await {
            Ok(None) => {}
            Ok(Some(words)) => say(job, Ok(words)),
            Err(words) => return say(job, Err(words)),
        }
    }
}

/// Takes the run files of these jobs, as far as they ended; those of jobs that wait or are gone are of no use any more.
///
/// # Errors
/// The database cannot be asked.
pub async fn find(db: &mut Db, database: &str, jobs: &[i64]) -> Result<Vec<Remains>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = Query::select();
    select.columns(["id", "exitcode"]).from("job").and_where(Expr::col("id").is_in(jobs.iter().copied()));
    let rows = db.fetch_all(&select).await?;
    let code_of = |job: i64| rows.iter().find(|row| row.int("id") == Some(job)).and_then(|row| row.int("exitcode"));
    let mut found = Vec::new();
    for job in jobs.iter().copied() {
        let Ok(Some((file, left))) = RunFile::take(database, job) else { continue };
        match code_of(job) {
            Some(code) => found.extend(Remains::of(job, code, file, left)),
            None => file.remove(),
        }
    }
    Ok(found)
}
