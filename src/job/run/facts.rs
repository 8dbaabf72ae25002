//! What is known of a job that is to be run: its row, and all that running it takes.

use std::time::Duration;

use sea_query::{Expr, ExprTrait};

use crate::db::{Db, Fingerprint, Row, select, tables};
use crate::error::Result;
use crate::executor::{self, PodHistory};
use crate::id::{JobId, RunTemplateId};
use crate::job::create::{command_line, environment, macros};
use crate::job::field::Field;
use crate::job::files::JobFiles;
use crate::job::hints;
use crate::job::model::{Job, JobState};
use crate::job::queue::requeue::Return;
use crate::job::stored_environment;

/// A job with all that running it takes, read before it is claimed.
pub struct RunFacts {
    pub job: Job,
    pub application: Row,
    pub fields: Vec<Field>,
    pub command: command_line::CommandLine,
    pub files: JobFiles,
    /// An earlier job of the same runtemplate succeeded. Only a Kubernetes job is asked that.
    pub succeeded_before: bool,
    /// Where the job is put back when it cannot be begun.
    pub back: Return,
}

impl RunFacts {
    /// Reads a job and what it refers to.
    ///
    /// # Errors
    /// There is no such job, its application is gone, or its environment, command line or private directory cannot
    /// be made.
    pub async fn load(db: &mut Db, id: JobId) -> Result<RunFacts> {
        let job = Job::require(db, id).await?;
        let application = job.require_application(db).await;
        let application = application.map_err(|error| match job.state {
            // What its runner left is not looked for by a job's number alone.
            JobState::Running => error.hint(format!("If nobody runs it any more, {}", hints::force_delete(id))),
            JobState::Waiting | JobState::Ended(_) => {
                error.hint(format!("`multiflexi-cli job delete --id={id}` removes it"))
            }
        })?;
        let mut fields = stored_environment::read(job.environment.as_bytes())?;
        let files = JobFiles::load(db, &job).await?;
        files.set_paths(&mut fields);
        macros::expand_values(&mut fields);
        files.set_results(&mut fields);
        let executable = application.text("executable").unwrap_or_default();
        let parameters = application.text("cmdparams").unwrap_or_default();
        let command = command_line::build(&executable, &parameters, &fields)?;
        let succeeded_before = job.is_kubernetes() && has_success(db, job.runtemplate).await?;
        Ok(RunFacts { job, application, fields, command, files, succeeded_before, back: Return::ToQueue })
    }

    /// What an executor is told of a job.
    ///
    /// # Errors
    /// A variable has a name or a value that no environment can hold; the hint says where it comes from.
    pub fn executor_job(
        &self,
        database: Fingerprint,
        time_limit: Option<Duration>,
        files: executor::Files,
    ) -> Result<executor::Job> {
        let mut environment = environment::to_variables(&self.fields)?;
        let alias = |(name, code): &(String, String)| {
            let field = environment.iter().find(|variable| variable.name == *code)?;
            Some(executor::Variable { name: name.clone(), value: field.value.clone(), secret: field.secret })
        };
        let aliases: Vec<_> = self.command.aliases.iter().filter_map(alias).collect();
        environment.extend(aliases);
        Ok(executor::Job {
            id: self.job.id,
            database,
            application: self.application.text("name").unwrap_or_default(),
            command: self.command.argv.clone(),
            environment,
            time_limit,
            files,
            run_file: None,
            pods: PodHistory { succeeded_before: self.succeeded_before, ..PodHistory::default() },
            leftovers: executor::Leftovers::default(),
            permit: executor::Permit::default(),
        })
    }
}

/// Did an earlier job of the runtemplate succeed?
async fn has_success(db: &mut Db, runtemplate: Option<RunTemplateId>) -> Result<bool> {
    let Some(id) = runtemplate else { return Ok(false) };
    let counter = select::column(tables::RUNTEMPLATE, "successfull_jobs_count", Expr::col("id").eq(id));
    Ok(db.number(&counter).await? > 0)
}
