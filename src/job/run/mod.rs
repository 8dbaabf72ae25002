//! Running a job that is ours: its facts to the executor, its output into the database while it runs, its result saved.

pub mod artifacts;
pub mod cancel_poll;
pub mod claim;
pub mod credential_check;
pub mod execute;
pub mod files;
pub mod lease;
pub mod leave;
mod live;
mod make_executor;
pub mod options;
pub mod overlap;
pub mod requeue;
pub mod run_result;
pub mod runner;
pub mod save_result;
pub mod signals;
mod terminal;
pub mod writer;

use std::time::Duration;

use chrono::NaiveDateTime;
use chrono_tz::Tz;

use crate::clock;
use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result};
use crate::executor::reason::Cancellation;
use crate::executor::{self, Cancel, Ended, Executor, Output, Questions, Step, Stream};
use crate::id::JobId;
use crate::job::create::{command_line, environment, macros};
use crate::job::field::Field;
use crate::job::model::Job;
use crate::job::output_rows;
use crate::job::output_rows::Store;
use crate::job::run::cancel_poll::Requests;
use crate::job::run::files::Files;
use crate::job::run::lease::Lease;
pub use crate::job::run::requeue::Return;
use crate::job::run::requeue::Unbegun;
use crate::job::run::save_result::Finished;
use crate::job::run::writer::JobWriter;
use crate::job::stored_environment;
use crate::state::run_file::Progress;
use crate::stop;
pub use terminal::Terminal;

/// Chunks of output between an executor and the database at most; each is 64 KiB at most.
const CHUNKS: usize = 16;

/// A job with all that running it takes, read before it is claimed.
pub struct Facts {
    pub job: Job,
    pub application: Row,
    pub fields: Vec<Field>,
    pub command: command_line::CommandLine,
    pub files: Files,
    /// An earlier job of the same runtemplate succeeded.
    pub succeeded_before: bool,
    /// Where it goes when it cannot be begun.
    pub back: Return,
}

/// Reads a job and what it refers to.
///
/// # Errors
/// There is no such job, its application is gone, or its environment, command line or private directory cannot
/// be made.
pub async fn load(db: &mut Db, id: JobId) -> Result<Facts> {
    let job = Job::require(db, id).await?;
    let application = job.require_application(db).await;
    let application = application.map_err(|error| error.hint("`multiflexi-cli job delete` removes it"))?;
    let mut fields = stored_environment::read(job.environment.as_bytes())?;
    let files = Files::of(db, &job).await?;
    files.set_paths(&mut fields);
    macros::expand_values(&mut fields);
    files.set_results(&mut fields);
    let executable = application.text("executable").unwrap_or_default();
    let parameters = application.text("cmdparams").unwrap_or_default();
    let command = command_line::build(&executable, &parameters, &fields)?;
    let runtemplate = db.find_referred("runtemplate", job.runtemplate).await?;
    let succeeded_before = runtemplate.and_then(|row| row.int("successfull_jobs_count")).is_some_and(|count| count > 0);
    Ok(Facts { job, application, fields, command, files, succeeded_before, back: Return::ToQueue })
}

/// What stands between a job and others who want something of it.
pub struct JobHold<'a> {
    pub lease: &'a Lease,
    /// Where its executor asks whether the program may begin.
    pub questions: Questions,
    pub cancel: &'a Cancel,
}

/// Runs a job that was claimed, saves its result, and cleans up.
///
/// # Errors
/// The result could not be saved: the words say where it is instead.
pub async fn run(
    db: &mut Db,
    zone: Tz,
    facts: &Facts,
    job: &executor::Job,
    mut executor: Executor,
    mut hold: JobHold<'_>,
    terminal: &impl Terminal,
) -> Result<Ended> {
    let cancel = hold.cancel;
    let last_seq = output_rows::last_seq(db, job.id).await?;
    let store = Store::new(job.id, zone, last_seq);
    let mut job_writer = JobWriter::new(db, &job.database, terminal, cancel, store);
    stop::at("claimed");
    for message in environment::undelivered(&facts.fields, &facts.job.executor, facts.command.shell) {
        job_writer.tell(&message);
    }
    let mut requests = Requests::new(job.id, cancel, hold.lease);
    let running = run_and_keep(&mut executor, job, zone, &mut hold, &mut job_writer, &mut requests);
    let (mut ended, end) = match running.await {
        Ok(ended) => ended,
        Err(taken) => {
            executor.abandon();
            job_writer.abandon();
            return Err(taken);
        }
    };
    if let (Some(code), Some(executor::Reason::RunnerDied { .. })) = (job.known_code, &ended.reason) {
        // The pod is gone, and what its runner had learned of it is not.
        job_writer.tell(
            "its earlier runner died when the program had ended, and its pod is gone: the output may be incomplete",
        );
        ended = Ended { ending: executor::Ending::Exited(code), reason: None, started: true, ..ended };
    }
    if executor.is_unsettled() {
        if let Some(reason) = &ended.reason {
            // Of this run, not of the job: that has not come to its end.
            job_writer.store.push_notice(&reason.line());
        }
        job_writer.keep_warnings().await;
        job_writer.abandon();
        let reason = ended.reason.map(|reason| format!(": {}", reason.line())).unwrap_or_default();
        return Err(Error::new(Kind::NotRun, format!("how job {} ends cannot be learned now{reason}", job.id)).hint(
            format!(
                "It is not ended by that, and neither is its pod: the next `queue run`, or `multiflexi-cli job run --id={}`, \
                 looks again; `job cancel` ends it",
                job.id
            ),
        ));
    }
    if let Some(reason) = ended.reason.as_ref().filter(|_| executor.has_made_nothing(&ended))
        && reason.is_of_this_place()
    {
        if let Some(file) = &job.run_file {
            // Where the database does not take it back, whoever mends it knows that nothing was begun.
            let _ = file.note(&Progress::Claimed);
        }
        let unbegun = Unbegun { job: &facts.job, back: facts.back, last_seq, reason };
        let put_back = unbegun.put_back(job_writer.db, clock::now(zone)).await;
        if let Some(waits) = put_back.map_err(|error| unbegun.is_left(job.id, error))? {
            job_writer.abandon();
            if let Some(file) = &job.run_file {
                file.remove();
            }
            return Err(waits);
        }
    }
    if let Some(file) = &job.run_file {
        // Where this cannot be noted, the code is unknown to the next runner, and it says so.
        let _ = file.note(&Progress::Ended(ended.ending.exit_code()));
    }
    stop::at("ended");
    job_writer.store.push_versions(&ended.versions);
    terminal.step(Step::Saving);
    if let Some(reason) = &ended.reason {
        job_writer.store.push_reason(reason);
        terminal.show(Stream::Notice, reason.line().as_bytes());
        // Readers that know only stdout and stderr should see too why nothing ran.
        if !ended.started {
            job_writer.store.push(Stream::Stderr, format!("{}\n", reason.line()).as_bytes());
            job_writer.store.end();
        }
    }
    if let (executor::Ending::Cancelled(signal), None) = (&ended.ending, &ended.reason) {
        let reason = match requests.who(job_writer.db).await {
            Some(message) => executor::Reason::Cancelled(Cancellation::Requested(message)),
            None => executor::Reason::Interrupted(*signal),
        };
        job_writer.store.push_reason(&reason);
        ended.reason = Some(reason);
    }
    let (artifacts, notices) = artifacts::examine(std::mem::take(&mut ended.artifacts));
    for message in notices {
        job_writer.tell(&message);
    }
    let finished = Finished {
        job: job.id,
        end,
        exit_code: ended.ending.exit_code(),
        command: if ended.command.is_empty() { &facts.command.display } else { &ended.command },
        app_version: facts.application.filled("version"),
        artifacts: &artifacts,
        by_runner: true,
    };
    stop::at("examined");
    let saved = job_writer.save(zone, &finished).await;
    if let Err(taken) = &saved
        && runner::is_taken(taken)
    {
        executor.abandon();
        job_writer.abandon();
        return saved.map(|()| ended);
    }
    stop::at("finished");
    if let (Some(file), true) = (&job.run_file, saved.is_ok()) {
        let _ = file.note(&Progress::Saved);
    }
    terminal.step(Step::CleaningUp);
    for warning in executor.clean_up(job, &ended).await {
        job_writer.tell(&warning);
    }
    stop::at("cleaned");
    saved?;
    job_writer.keep_warnings().await;
    Ok(ended)
}

/// The job's run, and what it brings on its way into the database. Tells when it ended, however long the database takes.
///
/// # Errors
/// The job is another runner's by now; its run was dropped.
async fn run_and_keep(
    executor: &mut Executor,
    job: &executor::Job,
    zone: Tz,
    hold: &mut JobHold<'_>,
    job_writer: &mut JobWriter<'_, impl Terminal>,
    requests: &mut Requests<'_>,
) -> Result<(Ended, NaiveDateTime)> {
    let (sender, receiver) = Output::channel(CHUNKS);
    let sender = sender.watched(job_writer.terminal().steps());
    let running = async {
        let ended = executor.run(job, &sender, hold.cancel).await;
        drop(sender);
        (ended, clock::now(zone))
    };
    let keeping = job_writer.keep(receiver, requests, &mut hold.questions);
    tokio::pin!(running, keeping);
    tokio::select! {
        ended = &mut running => keeping.await.map(|()| ended),
        kept = &mut keeping => match kept {
            Ok(()) => Ok(running.await),
            Err(taken) => Err(taken),
        },
    }
}

/// What an executor is told of a job.
pub fn for_executor(
    facts: &Facts,
    database: String,
    time_limit: Option<Duration>,
    files: executor::Files,
) -> Result<executor::Job> {
    let mut environment = environment::to_variables(&facts.fields)?;
    let alias = |(name, code): &(String, String)| {
        let field = environment.iter().find(|variable| variable.name == *code)?;
        Some(executor::Variable { name: name.clone(), value: field.value.clone(), secret: field.secret })
    };
    let aliases: Vec<_> = facts.command.aliases.iter().filter_map(alias).collect();
    environment.extend(aliases);
    Ok(executor::Job {
        id: facts.job.id,
        database,
        claim: None,
        application: facts.application.text("name").unwrap_or_default(),
        command: facts.command.argv.clone(),
        environment,
        time_limit,
        files,
        earlier: executor::EarlierRun::Nothing,
        succeeded_before: facts.succeeded_before,
        run_file: None,
        known_code: None,
        leftovers: executor::Leftovers::default(),
        permit: executor::Permit::default(),
    })
}
