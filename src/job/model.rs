//! What a row of the table `job` means: read once, into a [`Job`].

use chrono::{NaiveDateTime, Utc};
use sea_query::{Expr, ExprTrait as _, LockType};

use crate::clock;
use crate::db::{Db, Row, seconds_ahead, select, tables};
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::id::{AppId, CompanyId, JobId, RunTemplateId, TaskId};
use crate::row::TIME_FORMAT;
use crate::schedule::Interval;

/// A job as it stands in the database.
#[derive(Clone, Debug)]
pub struct Job {
    pub id: JobId,
    pub application: Option<AppId>,
    pub company: Option<CompanyId>,
    /// None where a job of the suite has none.
    pub runtemplate: Option<RunTemplateId>,
    /// The task that it is an attempt at.
    pub task: Option<TaskId>,
    pub state: JobState,
    pub begin: Option<NaiveDateTime>,
    pub end: Option<NaiveDateTime>,
    /// The moment that it was made for.
    pub schedule: Option<NaiveDateTime>,
    pub origin: Origin,
    pub executor: ExecutorName,
    /// Its command line as people see it.
    pub command: String,
    /// Its variables as the suite stores them; empty where it has none.
    pub environment: String,
    /// The number of its runner's process.
    pub pid: Option<i64>,
    /// Why it may not be run, where a credential is missing.
    pub block_reason: Option<String>,
}

impl Job {
    /// Reads a row; a column that the query did not ask for counts as empty.
    ///
    /// # Errors
    /// The row has no id.
    pub fn read(row: &Row) -> Result<Job> {
        Ok(Job {
            id: JobId(row.id("id")?),
            application: row.int("app_id").map(AppId),
            company: row.int("company_id").map(CompanyId),
            runtemplate: row.int("runtemplate_id").map(RunTemplateId),
            task: row.int("task_id").map(TaskId),
            state: JobState::read(row),
            begin: row.time("begin"),
            end: row.time("end"),
            schedule: row.time("schedule"),
            origin: Origin(row.text("schedule_type")),
            executor: executor_name(row),
            command: row.text("command").unwrap_or_default(),
            environment: row.text("env").unwrap_or_default(),
            pid: row.int("pid"),
            block_reason: row.filled("block_reason"),
        })
    }

    /// The job with this id, if there is one.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn find(db: &mut Db, id: JobId) -> Result<Option<Job>> {
        db.find(tables::JOB, id).await?.as_ref().map(Job::read).transpose()
    }

    /// The job with this id, locked until the transaction ends; call inside one.
    ///
    /// What is done with it is done by the server's clock.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn lock(db: &mut Db, id: JobId) -> Result<Option<Job>> {
        let asked = Utc::now().timestamp();
        let now = db.dialect.epoch_seconds();
        let select =
            select::rows(tables::JOB, Expr::col("id").eq(id)).expr_as(now, "server_now").lock(LockType::Update).take();
        let Some(row) = db.fetch_optional(&select).await? else { return Ok(None) };
        if let (true, Some(theirs)) = (db.dialect.is_server(), row.int("server_now")) {
            clock::follow(seconds_ahead(theirs, asked));
        }
        Job::read(&row).map(Some)
    }

    /// The job with this id.
    ///
    /// # Errors
    /// There is none.
    pub async fn require(db: &mut Db, id: JobId) -> Result<Job> {
        Job::find(db, id).await?.ok_or_else(|| Job::unknown(id))
    }

    /// There is no job with this id.
    pub fn unknown(id: JobId) -> Error {
        Error::not_found(format!("Job with id {id} not found")).hint("`multiflexi-cli job list` shows what there is")
    }

    /// The application that it is of.
    ///
    /// # Errors
    /// It has none, or one that is gone.
    pub async fn require_application(&self, db: &mut Db) -> Result<Row> {
        let row = db.find_referred(tables::APPS, self.application).await?;
        row.ok_or_else(|| {
            let which = match self.application {
                Some(id) => format!("of application {id}, which does not exist"),
                None => "of no application".into(),
            };
            Error::refused(format!("job {} is {which}", self.id))
        })
    }

    /// Is it run as a pod in a Kubernetes cluster, which outlives the process that runs the job?
    pub fn is_kubernetes(&self) -> bool {
        self.executor == ExecutorName::Kubernetes
    }

    /// When it began, for a sentence; empty where it did not.
    pub fn began(&self) -> String {
        self.begin.map(|begin| begin.format(TIME_FORMAT).to_string()).unwrap_or_default()
    }

    /// The exit code that it ended with.
    pub fn exit_code(&self) -> Option<i64> {
        self.state.exit_code()
    }
}

/// The executor that a job or a runtemplate names in its row: Native where it names none.
pub fn executor_name(row: &Row) -> ExecutorName {
    row.filled("executor").as_deref().map(ExecutorName::from).unwrap_or_default()
}

/// Who or what a job was made by: the column `schedule_type`.
#[derive(Clone, Debug)]
pub struct Origin(pub Option<String>);

impl<T: Into<String>> From<T> for Origin {
    fn from(word: T) -> Origin {
        Origin(Some(word.into()))
    }
}

impl Origin {
    /// By somebody at a shell, or a script.
    pub const SHELL: &str = "adhoc-cli";
    /// By the suite's own command line.
    pub const COMMAND_LINE: &str = "CommandLine";
    /// By an action after another job.
    pub const CHAINED: &str = "chained";
    /// By an action that runs the job again.
    pub const RESCHEDULED: &str = "reschedule";

    /// What people are told of such a word: the suite has several for what no schedule makes.
    pub fn in_words(kind: &str) -> &str {
        let is_by_hand = kind.starts_with("adhoc") || [Self::COMMAND_LINE, Interval::Never.name()].contains(&kind);
        if is_by_hand { "by hand" } else { kind }
    }

    /// Was it made by a person, a program or an action? Such a job leaves its runtemplate's schedule alone.
    pub fn is_ad_hoc(&self) -> bool {
        let kind = self.0.as_deref().unwrap_or_default();
        kind.starts_with("adhoc") || [Self::COMMAND_LINE, Self::CHAINED, Self::RESCHEDULED].contains(&kind)
    }
}

/// How far a job came. There is no column of that: it is in `begin` and `exitcode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    Waiting,
    Running,
    /// With this exit code; it may never have begun.
    Ended(i64),
}

impl JobState {
    /// The exit code of a job that has ended.
    pub fn exit_code(self) -> Option<i64> {
        match self {
            JobState::Ended(code) => Some(code),
            JobState::Waiting | JobState::Running => None,
        }
    }

    /// Returns how far a job came, by the columns `begin` and `exitcode` of its row.
    ///
    /// An exit code counts first: a job that was cancelled before it began has one, and no beginning.
    pub fn read(job: &Row) -> JobState {
        match job.int("exitcode") {
            Some(code) => JobState::Ended(code),
            None if job.get("begin").is_null() => JobState::Waiting,
            None => JobState::Running,
        }
    }
}

/// What a job that has not begun waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// For its moment.
    Until(NaiveDateTime),
    /// In the queue, since then, for somebody who runs it.
    Queued(NaiveDateTime),
    /// For somebody who runs it by hand: it stands in no queue.
    Outside,
}

impl Wait {
    /// What a job waits for whose row in the queue has the moment `after`, which is None where it is not in the queue.
    pub fn for_moment(after: Option<NaiveDateTime>, now: NaiveDateTime) -> Wait {
        match after {
            Some(after) if after > now => Wait::Until(after),
            Some(after) => Wait::Queued(after),
            None => Wait::Outside,
        }
    }
}
