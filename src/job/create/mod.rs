//! Making a job of a runtemplate: its row, its environment, its place in the queue, in one transaction.

pub mod command_line;
pub mod credentials;
pub mod environment;
pub mod macros;
pub mod retry;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};

use crate::audit;
use crate::config;
use crate::db::rows::Values;
use crate::db::{Db, Row, select, tables};
use crate::encryption::keyring;
use crate::error::{Error, Result};
use crate::executor::ExecutorName;
use crate::field_kind;
use crate::id::{AppId, CompanyId, JobId, RunTemplateId, TaskId};
use crate::job::create::environment::{JobFacts, Layers};
use crate::job::field::{self, Field, OVERRIDE_SOURCE};
use crate::job::files::temporary_directory;
use crate::job::model::{Origin, executor_name};
use crate::job::stored_environment;

/// What making a job takes from outside the database.
pub struct CreateSettings {
    pub now: NaiveDateTime,
    /// The directory in which jobs keep files.
    pub temporary: String,
    /// Opens encrypted credential values.
    pub master_key: Option<crate::secret::Secret>,
}

impl CreateSettings {
    /// For a job whose environment is another's, so that no credential need be opened.
    pub fn without_key(now: NaiveDateTime) -> CreateSettings {
        CreateSettings { now, temporary: temporary_directory().display().to_string(), master_key: None }
    }

    /// With the master key that the settings name.
    pub fn with_key(now: NaiveDateTime, settings: &config::Settings) -> CreateSettings {
        CreateSettings { master_key: keyring::master_key(settings), ..CreateSettings::without_key(now) }
    }
}

/// The job to be made.
pub struct JobOrder {
    pub runtemplate: Row,
    /// When it is to run.
    pub after: NaiveDateTime,
    /// Instead of the runtemplate's.
    pub executor: Option<ExecutorName>,
    /// Variables for this job only.
    pub overrides: Vec<(String, String)>,
    pub origin: Origin,
    /// The task that the job is an attempt at.
    pub task: Option<TaskId>,
    /// Put it into the queue, where runners find it.
    pub queued: bool,
}

impl JobOrder {
    /// A job that waits in the queue, by its runtemplate alone.
    pub fn new(runtemplate: Row, after: NaiveDateTime, origin: impl Into<Origin>) -> JobOrder {
        let origin = origin.into();
        JobOrder { runtemplate, after, executor: None, overrides: Vec::new(), origin, task: None, queued: true }
    }
}

/// A job that was made.
pub struct Created {
    pub id: JobId,
    pub executor: ExecutorName,
}

/// Makes a job; call inside a transaction.
///
/// # Errors
/// The runtemplate's application or company is gone, a credential cannot be opened, or the command line cannot be made.
pub async fn create(db: &mut Db, settings: &CreateSettings, order: &JobOrder) -> Result<Created> {
    let runtemplate = &order.runtemplate;
    let application = referred(db, runtemplate, tables::APPS, "app_id").await?;
    let company = referred(db, runtemplate, tables::COMPANY, "company_id").await?;
    let executor = order.executor.clone().unwrap_or_else(|| executor_name(runtemplate));
    let id = insert(
        db,
        &NewJob {
            app_id: application.int("id").map(AppId),
            company_id: company.int("id").map(CompanyId),
            runtemplate_id: runtemplate.int("id").map(RunTemplateId),
            after: order.after,
            origin: &order.origin,
            executor: &executor,
            task: order.task,
        },
        settings.now,
    )
    .await?;
    let parents = JobParents { runtemplate, application: &application, company: &company, executor: &executor };
    let fields = fields(db, settings, &parents, &order.overrides, Some(id)).await?;
    describe(db, id, &application, &fields).await?;
    if order.queued {
        enqueue(db, id, order.after).await?;
    }
    Ok(Created { id, executor })
}

/// The columns of a new job.
pub struct NewJob<'a> {
    pub app_id: Option<AppId>,
    pub company_id: Option<CompanyId>,
    pub runtemplate_id: Option<RunTemplateId>,
    pub after: NaiveDateTime,
    pub origin: &'a Origin,
    pub executor: &'a ExecutorName,
    pub task: Option<TaskId>,
}

/// Inserts a job's row, yet without an environment, and returns its id; call inside a transaction.
///
/// # Errors
/// The database does not take the row, or that of the Unix user, which is made where it is missing.
pub async fn insert(db: &mut Db, facts: &NewJob<'_>, now: NaiveDateTime) -> Result<JobId> {
    let launched_by = audit::user_id(db, now).await?;
    let row: Values = vec![
        ("app_id", facts.app_id.into()),
        ("company_id", facts.company_id.into()),
        ("runtemplate_id", facts.runtemplate_id.into()),
        ("launched_by", launched_by.into()),
        ("schedule", facts.after.into()),
        ("schedule_type", facts.origin.0.clone().into()),
        ("executor", facts.executor.as_str().into()),
        ("task_id", facts.task.into()),
    ];
    db.insert_row(tables::JOB, row).await.map(JobId)
}

/// Stores a job's environment, and the command line that follows from it.
///
/// # Errors
/// The command line cannot be made of the application's, a value is not UTF-8, or the database does not take it.
pub async fn describe(db: &mut Db, id: JobId, application: &Row, fields: &[Field]) -> Result<()> {
    let mut expanded = fields.to_vec();
    macros::expand_values(&mut expanded);
    let executable = application.text("executable").unwrap_or_default();
    let parameters = application.text("cmdparams").unwrap_or_default();
    let mut command = command_line::build(&executable, &parameters, &expanded)?.display;
    if parameters.is_empty() {
        // As the suite writes it: the executable, a blank, the parameters.
        command.push(' ');
    }
    db.update_where(
        tables::JOB,
        Expr::col("id").eq(id),
        [("env", serialized(db, fields)?.into()), ("command", command.into())],
    )
    .await
    .map(drop)
}

/// Puts a job into the queue.
///
/// # Errors
/// The database does not take the row.
pub async fn enqueue(db: &mut Db, job: JobId, after: NaiveDateTime) -> Result<()> {
    db.add_row(tables::SCHEDULE, vec![("after", after.into()), ("job", job.into())]).await
}

async fn referred(db: &mut Db, runtemplate: &Row, table: &'static str, column: &'static str) -> Result<Row> {
    let id = runtemplate.id(column)?;
    let runtemplate_id = runtemplate.id("id")?;
    db.find(table, id).await?.ok_or_else(|| {
        Error::refused(format!("RunTemplate {runtemplate_id} refers to {table} {id}, which does not exist"))
            .hint(format!("Give it another: `multiflexi-cli runtemplate update --id={runtemplate_id} --{column}=ID`"))
    })
}

/// The environment as the suite stores it.
///
/// # Errors
/// A value is not UTF-8.
pub fn serialized(db: &Db, fields: &[Field]) -> Result<String> {
    let bytes = if db.dialect.takes_nul() {
        stored_environment::write(fields)
    } else {
        stored_environment::write_without_nul(fields)
    };
    String::from_utf8(bytes).map_err(|_| Error::refused("a value of the job's environment is not UTF-8"))
}

/// The application of a runtemplate, and the variables that a job of it would get now.
///
/// # Errors
/// Creates a job as [`create`] does, but makes no command line.
pub async fn environment(db: &mut Db, settings: &CreateSettings, runtemplate: Row) -> Result<(Row, Vec<Field>)> {
    let application = referred(db, &runtemplate, tables::APPS, "app_id").await?;
    let company = referred(db, &runtemplate, tables::COMPANY, "company_id").await?;
    let executor = executor_name(&runtemplate);
    let parents =
        JobParents { runtemplate: &runtemplate, application: &application, company: &company, executor: &executor };
    let fields = fields(db, settings, &parents, &[], None).await?;
    Ok((application, fields))
}

/// The rows that a job is made from.
struct JobParents<'a> {
    runtemplate: &'a Row,
    application: &'a Row,
    company: &'a Row,
    executor: &'a ExecutorName,
}

/// A job's variables in the suite's order of layers, each of which wins over those before it. `job` is its id, where it has one.
async fn fields(
    db: &mut Db,
    settings: &CreateSettings,
    parents: &JobParents<'_>,
    overrides: &[(String, String)],
    job: Option<JobId>,
) -> Result<Vec<Field>> {
    let JobParents { runtemplate, application, company, executor } = *parents;
    let runtemplate_id = RunTemplateId(runtemplate.id("id")?);
    let text = |row: &Row, column| row.text(column).unwrap_or_default();
    let defaults = conffields(db, application).await?;
    let select = select::columns(tables::CONFIGURATION, ["name", "value"])
        .and_where(Expr::col("runtemplate_id").eq(runtemplate_id))
        .take();
    let source = field::source("RunTemplate", runtemplate_id);
    let values = pairs(&db.fetch_all(&select).await?, "name", "value", &source);
    let credential_defaults = credentials::defaults(db, runtemplate_id).await?;
    let credentials = credentials::fields(db, settings.master_key.as_ref(), runtemplate_id).await?;
    let injected = environment::injected(&JobFacts {
        job_id: job,
        executor,
        version: env!("CARGO_PKG_VERSION"),
        tmp: &settings.temporary,
        application_id: AppId(application.id("id")?),
        application_name: &text(application, "name"),
        application_uuid: &text(application, "uuid"),
        company_id: CompanyId(company.id("id")?),
        company_slug: &text(company, "slug"),
        company_name: &text(company, "name"),
        runtemplate_id,
        runtemplate_name: &text(runtemplate, "name"),
    });
    let select = select::columns(tables::COMPANYENV, ["keyword", "value"])
        .and_where(Expr::col("company_id").eq(company.int("id")))
        .take();
    let company_id = company.id("id")?;
    let company = pairs(&db.fetch_all(&select).await?, "keyword", "value", &field::source("Company", company_id));
    let overrides = overrides.iter().map(|(key, value)| Field::new(key, value, OVERRIDE_SOURCE)).collect();
    let runtemplate = values;
    Ok(environment::compose(Layers {
        defaults,
        credential_defaults,
        runtemplate,
        credentials,
        injected,
        company,
        overrides,
    }))
}

fn pairs(rows: &[Row], name: &str, value: &str, source: &str) -> Vec<Field> {
    rows.iter()
        .filter_map(|row| {
            let mut field = Field::new(row.filled(name)?, "", source);
            field.value = row.text(value);
            Some(field)
        })
        .collect()
}

/// The fields that an application declares, with their defaults.
async fn conffields(db: &mut Db, application: &Row) -> Result<Vec<Field>> {
    let id = application.id("id")?;
    let select = select::rows(tables::CONFFIELD, Expr::col("app_id").eq(id));
    let rows = db.fetch_all(&select).await?;
    let text = |row: &Row, column| row.text(column).unwrap_or_default();
    let field = |row: &Row| {
        let mut field = Field::new(row.filled("keyname")?, "", field::source("Application", id));
        field.value = None;
        field.description = text(row, "description");
        field.hint = text(row, "hint");
        field.note = text(row, "note");
        field.kind = field_kind::suite_word(&row.filled("type").unwrap_or_default()).into();
        field.category = text(row, "category");
        field.default = row.text("defval");
        field.required = row.truth("required");
        field.secret = row.truth("secret");
        field.multiline = row.truth("multiline");
        field.expiring = row.truth("expiring");
        Some(field)
    };
    Ok(rows.iter().filter_map(field).collect())
}
