//! The check before a job: are the credentials there that it needs?
//!
//! The suite asks each assigned credential's prototype, a PHP class, whether its service answers; those checks are not ours
//! to make, and what is not known never blocks. What can be told from the database is what the suite calls misconfigured: a
//! value that a prototype requires and the job does not have. Such a job is not run, leaves the queue and says why.

mod remedy;

use std::collections::{BTreeMap, HashSet};

use chrono::NaiveDateTime;
use sea_query::{Asterisk, Cond, Expr, ExprTrait, JoinType, Order};

use crate::db::{Db, Row, select};
use crate::error::{Error, Kind, Result};
use crate::id::{CredentialId, JobId, RunTemplateId};
use crate::job::create::{self, CreateSettings};
use crate::job::field::Field;
use crate::job::model::{Job, JobState};
use crate::job::output_kind as kind;
use crate::job::output_rows;
use crate::job::queue::withdraw::{Changed, withdraw};
use crate::job::queue::{lock_waiting, pending};
use crate::job::credential_check::remedy::{Lack, first_lacks};

/// Where a prototype's values come from.
enum ValueSource {
    /// An assigned credential: its id and name.
    Credential(CredentialId, String),
    /// The application asks for it, and none is assigned.
    Requirement,
}

/// Returns whether a job may run, and saves why if it may not. A job that began is let through.
///
/// # Errors
/// A credential that it needs is missing ([`Kind::Blocked`]), and each is named.
pub async fn check(db: &mut Db, job: &Job, application: &Row, fields: &[Field], now: NaiveDateTime) -> Result<()> {
    if job.state != JobState::Waiting {
        return Ok(());
    }
    let (id, runtemplate) = (job.id, job.runtemplate);
    let lacks = lacks(db, application, fields, runtemplate).await?;
    let missing = describe_lacks(db, id, lacks).await?;
    if missing.is_empty() {
        return match &job.block_reason {
            Some(_) => db.transaction(async |db| save(db, id, None, now).await).await,
            None => Ok(()),
        };
    }
    let reason = missing.join("; ");
    let is_ours = db.transaction(async |db| {
        if lock_waiting(db, &[id]).await?.is_empty() {
            return Ok(false);
        }
        db.delete_where("schedule", Expr::col("job").eq(id)).await?;
        save(db, id, Some(&reason), now).await?;
        output_rows::add(db, id, kind::NOTICE, &format!("blocked: {reason}"), now).await?;
        Ok(true)
    });
    if !is_ours.await? {
        // Somebody else has it by now, as the claim will tell.
        return Ok(());
    }
    let blocked = find_blocked(db, id).await?;
    let blocked = match blocked {
        Some(blocked) => blocked,
        // A schema of before the check does not say of the job that it is blocked.
        None => {
            let mut lacks = first_lacks(db, runtemplate.as_slice()).await?;
            let lack = runtemplate.and_then(|id| lacks.remove(&id));
            BlockedJob { job: id, runtemplate, name: String::new(), reason, lack, is_scheduled: false }
        }
    };
    Err(Error::new(Kind::Blocked, format!("job {id} is blocked by a credential: {}", blocked.reason))
        .hint(format!("It is out of the queue. {}", blocked.remedy())))
}

/// A job that waits for a credential, outside of the queue.
pub struct BlockedJob {
    pub job: JobId,
    pub runtemplate: Option<RunTemplateId>,
    /// The runtemplate's name.
    pub name: String,
    /// What is missing.
    pub reason: String,
    /// What its runtemplate lacks now, as far as it is known.
    lack: Option<Lack>,
    /// Is it the next job of its runtemplate's schedule, which is made anew once nothing is missing any more?
    is_scheduled: bool,
}

impl BlockedJob {
    /// What to do, in sentences.
    pub fn remedy(&self) -> String {
        let id = self.job;
        let Some(runtemplate) = self.runtemplate else {
            return format!(
                "It has no runtemplate that a credential could be assigned to: schedule one of the application, and remove this job \
                 (`multiflexi-cli job delete --id={id}`)"
            );
        };
        let give: Vec<String> = self.lack.iter().flat_map(Lack::commands).collect();
        let give = match give.as_slice() {
            [] => "Once nothing is missing any more,".to_owned(),
            commands => {
                let commands: Vec<_> = commands.iter().map(|command| format!("`multiflexi-cli {command}`")).collect();
                format!("Give it what it lacks: {}; then", commands.join(", "))
            }
        };
        match self.is_scheduled {
            true => format!("{give} `multiflexi-cli queue fill` makes this job of its schedule anew"),
            false => format!(
                "{give} make a new job (`multiflexi-cli runtemplate schedule --id={runtemplate}`), and remove this one \
                 (`multiflexi-cli job delete --id={id}`)"
            ),
        }
    }

    /// The commands that lead on, without the program's name: what gives it what is missing comes first.
    pub fn commands(&self) -> Vec<String> {
        let delete = format!("job delete {}", self.job);
        let mut commands: Vec<String> = self.lack.iter().flat_map(Lack::commands).collect();
        commands.extend(match self.runtemplate {
            Some(_) if self.is_scheduled => vec!["queue fill".into()],
            Some(runtemplate) => vec![format!("runtemplate schedule {runtemplate}"), delete],
            None => vec![delete],
        });
        commands
    }
}

/// Has the schema a column for what blocks a job? Schemas older than the credential check lack it.
///
/// # Errors
/// The database cannot be asked.
pub async fn can_block(db: &mut Db) -> Result<bool> {
    db.has_column("job", "block_reason").await
}

/// The blocked jobs of which this is so, the oldest first.
///
/// # Errors
/// The database cannot be asked.
pub async fn blocked(db: &mut Db, only: Cond) -> Result<Vec<BlockedJob>> {
    if !can_block(db).await? {
        return Ok(Vec::new());
    }
    let mut select =
        select::columns("job", ["id", "runtemplate_id", "schedule", "block_reason"].map(|name| ("job", name)));
    select.columns(["name", "next_schedule", "active"].map(|name| ("runtemplate", name)));
    let is_of_job = Expr::col(("runtemplate", "id")).equals(("job", "runtemplate_id"));
    select
        .join(JoinType::LeftJoin, "runtemplate", is_of_job)
        .cond_where(pending())
        .cond_where(is_blocked())
        .cond_where(only);
    let rows = db.fetch_all(select.order_by(("job", "id"), Order::Asc)).await?;
    let mut runtemplates: Vec<_> = rows.iter().filter_map(|row| row.int("runtemplate_id").map(RunTemplateId)).collect();
    runtemplates.dedup();
    let lacks = first_lacks(db, &runtemplates).await?;
    let blocked = |row: &Row| {
        let next = row.time("next_schedule");
        Some(BlockedJob {
            job: JobId(row.int("id")?),
            runtemplate: row.int("runtemplate_id").map(RunTemplateId),
            lack: row.int("runtemplate_id").and_then(|id| lacks.get(&RunTemplateId(id)).cloned()),
            name: row.text("name").unwrap_or_default(),
            reason: row.text("block_reason")?,
            is_scheduled: row.truth("active") && next.is_some() && next == row.time("schedule"),
        })
    };
    Ok(rows.iter().filter_map(blocked).collect())
}

/// The jobs that are blocked, the oldest first.
///
/// # Errors
/// The database cannot be asked.
pub async fn blocked_ids(db: &mut Db) -> Result<Vec<JobId>> {
    if !can_block(db).await? {
        return Ok(Vec::new());
    }
    let mut select = select::from("job").column("id").cond_where(pending().add(is_blocked())).take();
    let rows = db.fetch_all(select.order_by("id", Order::Asc)).await?;
    rows.iter().map(|row| row.id("id").map(JobId)).collect()
}

/// How many jobs are blocked.
///
/// # Errors
/// The database cannot be asked.
pub async fn count_blocked(db: &mut Db) -> Result<u64> {
    if !can_block(db).await? {
        return Ok(0);
    }
    db.count_where("job", pending().add(is_blocked())).await
}

/// This job, if it is blocked.
///
/// # Errors
/// The database cannot be asked.
pub async fn find_blocked(db: &mut Db, job: JobId) -> Result<Option<BlockedJob>> {
    Ok(blocked(db, Cond::all().add(Expr::col(("job", "id")).eq(job))).await?.pop())
}

/// Jobs that a credential blocks, or blocked before they were run; only for a schema that has the column.
fn is_blocked() -> Expr {
    Expr::col(("job", "block_reason")).is_not_null()
}

/// Why and since when it is blocked; a schema of before the credential check has no columns for that.
async fn save(db: &mut Db, id: JobId, reason: Option<&str>, now: NaiveDateTime) -> Result<()> {
    if !can_block(db).await? {
        return Ok(());
    }
    db.update_where(
        "job",
        Expr::col("id").eq(id).and(Expr::col("begin").is_null()),
        [("block_reason", reason.into()), ("blocked_at", reason.map(|_| now).into())],
    )
    .await
    .map(drop)
}

/// Lets schedules go on whose next job is blocked for want of values that are there by now; returns their runtemplates.
///
/// Such a job is taken back, to be made anew with the value.
///
/// # Errors
/// The database cannot be asked. A runtemplate whose variables cannot be composed stays as it is.
pub async fn reopen(db: &mut Db, settings: &CreateSettings) -> Result<Vec<RunTemplateId>> {
    let open = reopenable(db, settings).await?;
    for id in &open {
        db.transaction(async |db| withdraw(db, Changed::Runtemplate(*id)).await).await?;
    }
    Ok(open)
}

/// The runtemplates whose next job [`reopen`] would take back. Nothing is written.
///
/// # Errors
/// Same as [`reopen`].
pub async fn reopenable(db: &mut Db, settings: &CreateSettings) -> Result<Vec<RunTemplateId>> {
    if !can_block(db).await? {
        return Ok(Vec::new());
    }
    let mut select = select::from("job").column(("runtemplate", Asterisk)).take();
    let is_of_job = Expr::col(("runtemplate", "id")).equals(("job", "runtemplate_id"));
    select.join(JoinType::InnerJoin, "runtemplate", is_of_job).cond_where(pending());
    select.and_where(is_blocked());
    select.and_where(Expr::col(("runtemplate", "next_schedule")).equals(("job", "schedule")));
    select.and_where(Expr::col(("runtemplate", "active")).eq(true));
    let mut reopened = Vec::new();
    for runtemplate in db.fetch_all(&select).await? {
        let Some(id) = runtemplate.int("id").map(RunTemplateId) else { continue };
        let Ok((application, fields)) = create::environment(db, settings, runtemplate).await else { continue };
        if lacks(db, &application, &fields, Some(id)).await?.is_empty() {
            reopened.push(id);
        }
    }
    Ok(reopened)
}

/// Something that a job lacks.
struct MissingValue {
    /// The credential and its field that would have the value.
    field: Option<(CredentialId, String)>,
    /// In a sentence.
    message: String,
}

/// What a job lacks, a sentence each.
async fn describe_lacks(db: &mut Db, job: JobId, lacks: Vec<MissingValue>) -> Result<Vec<String>> {
    let credentials: Vec<CredentialId> =
        lacks.iter().filter_map(|missing_value| missing_value.field.as_ref().map(|(id, _)| *id)).collect();
    let mut there = HashSet::new();
    if !credentials.is_empty() {
        let select = select::columns("credata", ["credential_id", "name"])
            .and_where(Expr::col("credential_id").is_in(credentials))
            .and_where(Expr::col("value").ne(""))
            .take();
        for row in db.fetch_all(&select).await? {
            there.extend(row.int("credential_id").map(CredentialId).zip(row.text("name")));
        }
    }
    let sentence = |missing_value: MissingValue| match missing_value.field {
        // Its variables are those of when it was made.
        Some((id, keyword)) if there.contains(&(id, keyword.clone())) => {
            format!("job {job} was made before it was given {keyword} of credential {id}")
        }
        _ => missing_value.message,
    };
    Ok(lacks.into_iter().map(sentence).collect())
}

/// What a job of this runtemplate lacks that has these variables.
async fn lacks(
    db: &mut Db,
    application: &Row,
    fields: &[Field],
    runtemplate: Option<RunTemplateId>,
) -> Result<Vec<MissingValue>> {
    let whose = runtemplate.map_or_else(|| "the job's runtemplate".into(), |id| format!("runtemplate {id}"));
    let mut missing = Vec::new();
    let sources = value_sources(db, application, runtemplate, &whose, &mut missing).await?;
    if sources.is_empty() {
        return Ok(missing);
    }
    let mut select = select::from("credential_prototype_field")
        .column(("credential_prototype", "code"))
        .column(("credential_prototype_field", "keyword"))
        .take();
    let prototype =
        Expr::col(("credential_prototype", "id")).equals(("credential_prototype_field", "credential_prototype_id"));
    select.join(JoinType::InnerJoin, "credential_prototype", prototype);
    select.and_where(Expr::col(("credential_prototype_field", "required")).eq(true));
    db.for_each(&select, |row| {
        let (code, keyword) = (row.text("code").unwrap_or_default(), row.text("keyword").unwrap_or_default());
        let Some((code, source)) = sources.get(&code.to_lowercase()) else { return Ok(()) };
        let is_set = fields.iter().any(|f| f.code == keyword && f.effective().is_some_and(|value| !value.is_empty()));
        if !is_set {
            missing.push(match source {
                ValueSource::Credential(id, name) => MissingValue {
                    message: format!("credential {id} ({name}) of {code} has no value for {keyword}"),
                    field: Some((*id, keyword)),
                },
                ValueSource::Requirement => MissingValue {
                    message: format!(
                        "the application requires a credential of {code}; {whose} has none, and no {keyword}"
                    ),
                    field: None,
                },
            });
        }
        Ok(())
    })
    .await?;
    Ok(missing)
}

/// The prototypes whose values a job of this runtemplate must have, and where each comes from.
///
/// By the prototype's code in small letters, for codes are compared without regard to case. Credentials that are assigned and
/// gone are added to `missing`.
async fn value_sources(
    db: &mut Db,
    application: &Row,
    runtemplate: Option<RunTemplateId>,
    whose: &str,
    missing: &mut Vec<MissingValue>,
) -> Result<BTreeMap<String, (String, ValueSource)>> {
    let mut sources = BTreeMap::new();
    let required = application.text("requirements").unwrap_or_default();
    for code in required.split(',').map(str::trim).filter(|code| !code.is_empty()) {
        sources.insert(code.to_lowercase(), (code.to_owned(), ValueSource::Requirement));
    }
    let Some(runtemplate) = runtemplate else { return Ok(sources) };
    let mut select = select::from("runtplcreds")
        .column(("runtplcreds", "credentials_id"))
        .expr_as(Expr::col(("credentials", "id")), "there")
        .columns([("credentials", "name"), ("credential_type", "prototype")])
        .take();
    let credential = Expr::col(("credentials", "id")).equals(("runtplcreds", "credentials_id"));
    let of_type = Expr::col(("credential_type", "id")).equals(("credentials", "credential_type_id"));
    select.join(JoinType::LeftJoin, "credentials", credential).join(JoinType::LeftJoin, "credential_type", of_type);
    select.and_where(Expr::col(("runtplcreds", "runtemplate_id")).eq(runtemplate));
    for row in db.fetch_all(&select).await? {
        let id = CredentialId(row.id("credentials_id")?);
        if row.get("there").is_null() {
            let message = format!("credential {id} is assigned to {whose} and does not exist");
            missing.push(MissingValue { field: None, message });
        } else if let Some(code) = row.filled("prototype") {
            let source = ValueSource::Credential(id, row.text("name").unwrap_or_default());
            sources.insert(code.to_lowercase(), (code, source));
        }
    }
    Ok(sources)
}
