//! Running a job that is ours: its facts to the executor, its output into the database while it runs, its result saved.

use std::time::Duration;

use chrono_tz::Tz;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::config;
use crate::db::{Db, Row};
use crate::definition;
use crate::error::{Error, Kind, Result};
use crate::executor::{self, Cancel, Ended, Executor, Output, Stream};
use crate::job::files::Files;
use crate::job::finish::{Finished, finish};
use crate::job::output::Store;
use crate::job::{artifact, cancel, command_line, environment, macros, output, recovery};
use crate::php::{Field, read_job_env};

/// How long saving is tried again when the database went away.
const SAVE_LIMIT: Duration = Duration::from_secs(60);
const SAVE_PAUSE: Duration = Duration::from_secs(2);
/// The code of the reason of a job that was cancelled by `job cancel`, not by a signal to its runner.
pub const CANCELLED: &str = "Cancelled";
/// How often a runner looks whether its job was cancelled.
const LOOK: Duration = Duration::from_secs(1);
/// Chunks of output between an executor and the database at most; each is 64 KiB at most.
const CHUNKS: usize = 16;

/// A job with all that running it takes, read before it is claimed.
pub struct Facts {
    pub job: Row,
    pub application: Row,
    pub executor: String,
    pub fields: Vec<Field>,
    pub command: command_line::CommandLine,
    pub files: Files,
    /// An earlier job of the same runtemplate succeeded.
    pub succeeded_before: bool,
}

/// Reads a job and what it refers to.
///
/// # Errors
/// There is no such job, its application is gone, or its environment, command line or private directory cannot
/// be made.
pub async fn load(db: &mut Db, id: i64) -> Result<Facts> {
    let job = db.find("job", id).await?.ok_or_else(|| {
        Error::not_found(format!("Job with id {id} not found")).hint("`multiflexi-cli job list` shows what there is")
    })?;
    let application_id = job.int("app_id").unwrap_or_default();
    let application = db.find("apps", application_id).await?.ok_or_else(|| {
        Error::refused(format!("job {id} is of application {application_id}, which does not exist"))
            .hint("`multiflexi-cli job delete` removes it")
    })?;
    let stored = job.filled("env").unwrap_or_default();
    let mut fields = if stored.is_empty() { Vec::new() } else { read_job_env(stored.as_bytes())? };
    let executor = job.filled("executor").unwrap_or_else(|| executor::NATIVE.into());
    let files = Files::of(db, &job, &executor).await?;
    files.set_paths(&mut fields);
    macros::expand_values(&mut fields);
    files.set_results(&mut fields);
    let executable = application.text("executable").unwrap_or_default();
    let parameters = application.text("cmdparams").unwrap_or_default();
    let command = command_line::build(&executable, &parameters, &fields)?;
    let runtemplate = db.find("runtemplate", job.int("runtemplate_id").unwrap_or_default()).await?;
    let succeeded_before = runtemplate.and_then(|row| row.int("successfull_jobs_count")).is_some_and(|count| count > 0);
    Ok(Facts { job, application, executor, fields, command, files, succeeded_before })
}

/// Where a running job's output goes beside the database.
pub trait Terminal {
    fn show(&self, stream: Stream, bytes: &[u8]);
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
    cancel: &Cancel,
    terminal: &impl Terminal,
) -> Result<Ended> {
    let mut store = Store::new(job.id, zone, output::last_seq(db, job.id).await?);
    let (sender, receiver) = Output::channel(CHUNKS);
    let running = async {
        let ended = executor.run(job, &sender, cancel).await;
        drop(sender);
        ended
    };
    let mut requests = Requests { job: job.id, next: Some(Instant::now()), cancel, words: None };
    let (mut ended, kept) = tokio::join!(running, keep(db, &mut store, receiver, terminal, &mut requests));
    if let Some(reason) = &ended.reason {
        store.push_reason(reason.code, &reason.message);
        terminal.show(Stream::Notice, format!("{}: {}", reason.code, reason.message).as_bytes());
        // Readers that know only stdout and stderr should see too why nothing ran.
        if !ended.started {
            store.push(Stream::Stderr, format!("{}: {}\n", reason.code, reason.message).as_bytes());
            store.end();
        }
    }
    if let (executor::Ending::Cancelled(_), None, Some(words)) = (&ended.ending, &ended.reason, requests.words) {
        store.push_reason(CANCELLED, &words);
        ended.reason = Some(executor::Reason { code: CANCELLED, message: words });
    }
    let (artifacts, notices) = artifact::examine(db, std::mem::take(&mut ended.artifacts)).await;
    for words in notices {
        terminal.show(Stream::Notice, words.as_bytes());
        store.push(Stream::Notice, words.as_bytes());
    }
    let finished = Finished {
        job: job.id,
        end: config::now(zone),
        exit_code: ended.ending.exit_code(),
        command: if ended.command.is_empty() { &facts.command.display } else { &ended.command },
        app_version: facts.application.filled("version"),
        artifacts: &artifacts,
    };
    let saved = match kept {
        Ok(()) => save(db, &mut store, &finished).await,
        Err(error) => Err(error),
    };
    let saved = match saved {
        Ok(()) => Ok(()),
        Err(error) => Err(match recovery::write(&store, &finished) {
            Ok(path) => Error::new(
                Kind::NotRun,
                format!("the result of job {} cannot be saved; it is in {}", job.id, path.display()),
            )
            .because(error)
            .hint("Load it when the database is back: `multiflexi-cli job recover FILE`"),
            Err(worse) => worse.because(error),
        }),
    };
    for warning in executor.clean_up(&ended).await {
        terminal.show(Stream::Notice, warning.as_bytes());
        if saved.is_ok() {
            store.push(Stream::Notice, warning.as_bytes());
        }
    }
    saved?;
    store.flush(db).await?;
    Ok(ended)
}

/// Takes output until its streams end: to the terminal at once, to the database in batches.
async fn keep(
    db: &mut Db,
    store: &mut Store,
    mut receiver: mpsc::Receiver<(Stream, Vec<u8>)>,
    terminal: &impl Terminal,
    requests: &mut Requests<'_>,
) -> Result<()> {
    loop {
        let at = async |moment: Option<Instant>| match moment {
            Some(moment) => tokio::time::sleep_until(moment).await,
            None => std::future::pending().await,
        };
        tokio::select! {
            chunk = receiver.recv() => match chunk {
                Some((stream, bytes)) => {
                    terminal.show(stream, &bytes);
                    store.push(stream, &bytes);
                    if store.is_full() {
                        write(db, store).await?;
                    }
                }
                None => break,
            },
            () = at(store.due()) => write(db, store).await?,
            () = at(requests.next) => requests.look(db, terminal).await,
        }
    }
    store.end();
    Ok(())
}

/// Looks whether somebody cancelled the job by `job cancel`, here or elsewhere.
struct Requests<'a> {
    job: i64,
    /// When to look next; never again once there was one.
    next: Option<Instant>,
    cancel: &'a Cancel,
    /// Who cancelled it.
    words: Option<String>,
}

impl Requests<'_> {
    async fn look(&mut self, db: &mut Db, terminal: &impl Terminal) {
        self.next = None;
        match cancel::requested(db, self.job).await {
            Ok(Some(words)) => {
                self.cancel.cancel(nix::libc::SIGTERM);
                terminal.show(Stream::Notice, words.as_bytes());
                self.words = Some(words);
                // Should that fail, whoever cancelled sees it by the job's end.
                let _ = cancel::answer(db, self.job).await;
                return;
            }
            Ok(None) => {}
            // A failure to connect shows when the output or the result is written.
            Err(_) => _ = db.reconnect().await,
        }
        self.next = Some(Instant::now() + LOOK);
    }
}

/// Writes the batch; when the database went away, again over a new connection for a minute.
async fn write(db: &mut Db, store: &mut Store) -> Result<()> {
    let until = Instant::now() + SAVE_LIMIT;
    loop {
        match store.flush(db).await {
            Ok(()) => return Ok(()),
            Err(error) if Instant::now() >= until => return Err(error),
            Err(_) => again(db).await,
        }
    }
}

/// Saves the rest of the output and the result; when the database went away, again over a new connection for a minute.
async fn save(db: &mut Db, store: &mut Store, finished: &Finished<'_>) -> Result<()> {
    let until = Instant::now() + SAVE_LIMIT;
    loop {
        let saved = match store.flush(db).await {
            Ok(()) => finish(db, finished).await,
            Err(error) => Err(error),
        };
        match saved {
            // What the row says will be no other in a minute.
            Err(error) if error.kind != Kind::Database || Instant::now() >= until => return Err(error),
            Err(_) => again(db).await,
            Ok(()) => return Ok(()),
        }
    }
}

async fn again(db: &mut Db) {
    tokio::time::sleep(SAVE_PAUSE).await;
    // A failure to connect shows when the statement is tried next.
    let _ = db.reconnect().await;
}

/// What an executor is told of a job.
pub fn for_executor(
    facts: &Facts,
    database: String,
    earlier: executor::Earlier,
    time_limit: Option<Duration>,
    files: executor::Files,
) -> Result<executor::Job> {
    let environment = environment::to_variables(&facts.fields)?;
    Ok(executor::Job {
        id: facts.job.int("id").unwrap_or_default(),
        database,
        application: facts.application.text("name").unwrap_or_default(),
        command: facts.command.argv.clone(),
        environment,
        time_limit,
        files,
        earlier,
        succeeded_before: facts.succeeded_before,
    })
}

/// What the definition of an application says of Kubernetes: our own table where there is one, else the definition's file.
pub async fn kubernetes_definition(db: &mut Db, application: &Row) -> Result<Option<serde_json::Value>> {
    let id = application.int("id").unwrap_or_default();
    if let Some(definition) = definition::load::kubernetes(db, id).await? {
        return Ok(Some(definition));
    }
    let Some(file) = application.filled("deffile") else { return Ok(None) };
    let definition =
        std::fs::read(file).ok().and_then(|bytes| serde_json::from_slice::<serde_json::Value>(&bytes).ok());
    Ok(definition.and_then(|mut definition| definition.get_mut("kubernetes").map(serde_json::Value::take)))
}
