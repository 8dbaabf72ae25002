//! Containers that outlived the runner of their job.

use super::{Container, Engine, message_of};
use crate::database::Fingerprint;
use crate::executor::{ExecutorName, Reason};
use crate::id::JobId;

/// The labels by which a job's containers are found; a job's number alone says nothing of its database.
pub(super) fn labels(job: JobId, database: &Fingerprint) -> [String; 2] {
    [format!("multiflexi.eu/job={job}"), format!("multiflexi.eu/database={database}")]
}

/// Ends and removes what a dead runner left of a job for this executor; jobs of others have no containers.
///
/// Returns how many containers that were. An engine lists those of its own user, machine and storage alone.
///
/// # Errors
/// The engine cannot be asked or does not remove them; its words say why.
pub async fn remove(executor: &ExecutorName, job: JobId, database: &Fingerprint) -> Result<usize, Reason> {
    let Some(engine) = Engine::for_executor(executor) else { return Ok(0) };
    let container = Container::new(engine, "");
    let filters = labels(job, database).map(|label| format!("--filter=label={label}"));
    let captured = container.query(&["ps", "--all", "--quiet", &filters[0], &filters[1]]).await?;
    let found = captured.stdout_text();
    let names: Vec<&str> = found.split_whitespace().collect();
    if captured.ok() && names.is_empty() {
        return Ok(0);
    }
    let captured = if captured.ok() { container.query(&[&["rm", "-f"], &names[..]].concat()).await? } else { captured };
    if captured.ok() {
        return Ok(names.len());
    }
    Err(Reason::ContainerLeft(message_of(&captured)))
}
