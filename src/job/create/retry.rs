//! A new job like one that ended: for an operator, and for the next attempt of a task.

use chrono::NaiveDateTime;

use crate::db::{Db, tables};
use crate::error::{Error, Result};
use crate::id::TaskId;
use crate::job::create::{self, CreateSettings, Created, JobOrder, NewJob};
use crate::job::field;
use crate::job::model::{Job, Origin};
use crate::job::stored_environment;

/// The source of fields that the suite took from its executor's process environment when it made a retry.
///
/// Its database password is among them.
const PROCESS_SOURCE: &str = "ExecutorNative";

/// What differs from the job that is tried again.
pub struct NextAttempt {
    /// When it is to run.
    pub after: NaiveDateTime,
    /// The task that it is an attempt at.
    pub task: Option<TaskId>,
    /// Instead of the job's.
    pub origin: Option<Origin>,
}

/// Makes a queued job like `job`; call inside a transaction.
///
/// Environment and executor are the job's. An environment that holds the executor's own process is made anew from the
/// runtemplate.
///
/// # Errors
/// Its application is gone, or its environment cannot be read.
pub async fn create_attempt(
    db: &mut Db,
    settings: &CreateSettings,
    job: &Job,
    NextAttempt { after, task, origin }: NextAttempt,
) -> Result<Created> {
    let old = job.id;
    let executor = job.executor.clone();
    let own = job.origin.0.clone().map_or_else(|| Origin::SHELL.into(), Origin::from);
    let origin = origin.unwrap_or(own);
    let mut fields = stored_environment::read(job.environment.as_bytes())?;
    let runtemplate_id = job.runtemplate;
    if fields.is_empty() || fields.iter().any(|field| field.source == PROCESS_SOURCE) {
        let runtemplate = db.find_referred(tables::RUNTEMPLATE, runtemplate_id).await?.ok_or_else(|| {
            Error::refused(format!("job {old} has no environment of its own, and its runtemplate is gone"))
                .hint("Schedule another runtemplate of the application")
        })?;
        let order = JobOrder { executor: Some(executor), task, ..JobOrder::new(runtemplate, after, origin) };
        return create::create(db, settings, &order).await;
    }
    let application = job
        .require_application(db)
        .await
        .map_err(|error| error.hint("Import the application, and schedule a runtemplate of it"))?;
    let facts = NewJob {
        app_id: job.application,
        company_id: job.company,
        runtemplate_id,
        after,
        origin: &origin,
        executor: &executor,
        task,
    };
    let id = create::insert(db, &facts, settings.now).await?;
    for field in &mut fields {
        match field.code.as_str() {
            "MULTIFLEXI_JOB_ID" => {
                field.value = Some(id.to_string());
                field.source = field::source("Job", id);
            }
            // It may have been given another executor after it was made.
            "MULTIFLEXI_EXECUTOR" => field.value = Some(executor.to_string()),
            _ => {}
        }
    }
    create::describe(db, id, &application, &fields).await?;
    create::enqueue(db, id, after).await?;
    Ok(Created { id, executor })
}
