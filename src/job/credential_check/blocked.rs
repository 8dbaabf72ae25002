//! The jobs that a credential blocks: they wait outside of the queue, until somebody gives them what they lack.

use sea_query::{Cond, Expr, ExprTrait, Order};

use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::id::{JobId, RunTemplateId};
use crate::job::credential_check::remedy::{Remedy, remedies};
use crate::job::queue::pending;

/// A job that waits for a credential, outside of the queue.
pub struct BlockedJob {
    pub job: JobId,
    pub runtemplate: Option<RunTemplateId>,
    /// The runtemplate's name.
    pub name: String,
    /// What is missing.
    pub reason: String,
    /// What gives its runtemplate what it lacks now, as far as it is known.
    pub remedy: Option<Remedy>,
    /// Is it the next job of its runtemplate's schedule, which is made anew once nothing is missing any more?
    pub is_scheduled: bool,
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
        let give: Vec<String> = self.remedy.iter().flat_map(Remedy::commands).collect();
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
        let mut commands: Vec<String> = self.remedy.iter().flat_map(Remedy::commands).collect();
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
    db.has_column(tables::JOB, "block_reason").await
}

/// The blocked jobs of which this is so, the oldest first.
///
/// # Errors
/// The database cannot be asked.
pub async fn blocked(db: &mut Db, only: Cond) -> Result<Vec<BlockedJob>> {
    if !can_block(db).await? {
        return Ok(Vec::new());
    }
    let mut select = select::columns(
        tables::JOB,
        ["id", "runtemplate_id", "schedule", "block_reason"].map(|name| (tables::JOB, name)),
    );
    select.columns(["name", "next_schedule", "active"].map(|name| (tables::RUNTEMPLATE, name)));
    let is_of_job = refers_to((tables::JOB, "runtemplate_id"), tables::RUNTEMPLATE);
    select.left_join(tables::RUNTEMPLATE, is_of_job).cond_where(pending()).cond_where(is_blocked()).cond_where(only);
    let rows = db.fetch_all(select.order_by((tables::JOB, "id"), Order::Asc)).await?;
    let mut runtemplates: Vec<_> = rows.iter().filter_map(|row| row.int("runtemplate_id").map(RunTemplateId)).collect();
    runtemplates.dedup();
    let remedies = remedies(db, &runtemplates).await?;
    let blocked = |row: &Row| {
        let next = row.time("next_schedule");
        Some(BlockedJob {
            job: JobId(row.int("id")?),
            runtemplate: row.int("runtemplate_id").map(RunTemplateId),
            remedy: row.int("runtemplate_id").and_then(|id| remedies.get(&RunTemplateId(id)).cloned()),
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
    let mut select = select::from(tables::JOB).column("id").cond_where(pending().add(is_blocked())).take();
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
    db.count_where(tables::JOB, pending().add(is_blocked())).await
}

/// This job, if it is blocked.
///
/// # Errors
/// The database cannot be asked.
pub async fn find_blocked(db: &mut Db, job: JobId) -> Result<Option<BlockedJob>> {
    Ok(blocked(db, Cond::all().add(Expr::col((tables::JOB, "id")).eq(job))).await?.pop())
}

/// Jobs that a credential blocks, or blocked before they were run; only for a schema that has the column.
pub fn is_blocked() -> Expr {
    Expr::col((tables::JOB, "block_reason")).is_not_null()
}
