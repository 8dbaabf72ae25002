//! The gate before a job: are the credentials there that it needs?
//!
//! The suite asks each assigned credential's prototype, a PHP class, whether its service answers; those checks are not ours
//! to make, and what is not known never blocks. What can be told from the database is what the suite calls misconfigured: a
//! value that a prototype requires and the job does not have. Such a job is not run, leaves the queue and says why.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait, JoinType, Query};

use crate::db::Db;
use crate::error::{Error, Kind, Result};
use crate::job::output::{self, kind};
use crate::job::run::Facts;

/// Where a prototype's values come from.
enum Source {
    /// An assigned credential: its id and name.
    Credential(i64, String),
    /// The application asks for it, and none is assigned.
    Requirement,
}

/// Tells whether a job may run, and saves why where it may not. A job that began is let through.
///
/// # Errors
/// A credential that it needs is missing ([`Kind::Blocked`]), and each is named.
pub async fn check(db: &mut Db, facts: &Facts, now: NaiveDateTime) -> Result<()> {
    let job = &facts.job;
    if !job.get("begin").is_null() || !job.get("exitcode").is_null() {
        return Ok(());
    }
    let (id, runtemplate) = (job.int("id").unwrap_or_default(), job.int("runtemplate_id").unwrap_or_default());
    let missing = missing(db, facts, runtemplate).await?;
    if missing.is_empty() {
        return match job.filled("block_reason") {
            Some(_) => db.transaction(async |db| save(db, id, None, now).await).await,
            None => Ok(()),
        };
    }
    let reason = missing.join("; ");
    db.transaction(async |db| {
        let mut delete = Query::delete();
        db.execute(delete.from_table("schedule").and_where(Expr::col("job").eq(id))).await?;
        save(db, id, Some(&reason), now).await?;
        output::add(db, id, kind::NOTICE, &format!("blocked: {reason}"), now).await
    })
    .await?;
    Err(Error::new(Kind::Blocked, format!("job {id} is blocked by a credential: {reason}")).hint(format!(
        "It is out of the queue. Set the value (`multiflexi-cli credential update`) or assign a credential (`runtemplate \
         assign-credential --id={runtemplate}`), make a new job (`runtemplate schedule --id={runtemplate}`), and remove this \
         one (`job delete --id={id}`)"
    )))
}

/// Why and since when it is blocked; a schema of before the gate has no columns for that.
async fn save(db: &mut Db, id: i64, reason: Option<&str>, now: NaiveDateTime) -> Result<()> {
    if !db.columns("job").await?.iter().any(|column| column == "block_reason") {
        return Ok(());
    }
    let mut update = Query::update();
    update.table("job").value("block_reason", reason).value("blocked_at", reason.map(|_| now));
    update.and_where(Expr::col("id").eq(id)).and_where(Expr::col("begin").is_null());
    db.execute(&update).await.map(drop)
}

/// What the job lacks, a sentence each.
async fn missing(db: &mut Db, facts: &Facts, runtemplate: i64) -> Result<Vec<String>> {
    let mut missing = Vec::new();
    // By the prototype's code, which compares without regard to case.
    let mut sources = BTreeMap::new();
    let required = facts.application.text("requirements").unwrap_or_default();
    for code in required.split(',').map(str::trim).filter(|code| !code.is_empty()) {
        sources.insert(code.to_lowercase(), (code.to_owned(), Source::Requirement));
    }
    let mut select = Query::select();
    select
        .column(("runtplcreds", "credentials_id"))
        .expr_as(Expr::col(("credentials", "id")), "there")
        .columns([("credentials", "name"), ("credential_type", "prototype")])
        .from("runtplcreds");
    let credential = Expr::col(("credentials", "id")).equals(("runtplcreds", "credentials_id"));
    let of_type = Expr::col(("credential_type", "id")).equals(("credentials", "credential_type_id"));
    select.join(JoinType::LeftJoin, "credentials", credential).join(JoinType::LeftJoin, "credential_type", of_type);
    select.and_where(Expr::col(("runtplcreds", "runtemplate_id")).eq(runtemplate));
    for row in db.fetch_all(&select).await? {
        let id = row.int("credentials_id").unwrap_or_default();
        if row.get("there").is_null() {
            missing.push(format!("credential {id} is assigned to runtemplate {runtemplate} and does not exist"));
        } else if let Some(code) = row.filled("prototype") {
            let source = Source::Credential(id, row.text("name").unwrap_or_default());
            sources.insert(code.to_lowercase(), (code, source));
        }
    }
    if sources.is_empty() {
        return Ok(missing);
    }
    let mut select = Query::select();
    select.column(("credential_prototype", "code"));
    select.columns(["keyword", "default_value"].map(|column| ("credential_prototype_field", column)));
    select.from("credential_prototype_field");
    let prototype =
        Expr::col(("credential_prototype", "id")).equals(("credential_prototype_field", "credential_prototype_id"));
    select.join(JoinType::InnerJoin, "credential_prototype", prototype);
    select.and_where(Expr::col(("credential_prototype_field", "required")).eq(true));
    db.for_each(&select, |row| {
        let (code, keyword) = (row.text("code").unwrap_or_default(), row.text("keyword").unwrap_or_default());
        let Some((code, source)) = sources.get(&code.to_lowercase()) else { return Ok(()) };
        if row.filled("default_value").is_some() {
            return Ok(());
        }
        let is_set = facts.fields.iter().any(|f| f.code == keyword && f.effective().is_some_and(|value| !value.is_empty()));
        if !is_set {
            missing.push(match source {
                Source::Credential(id, name) => format!("credential {id} ({name}) of {code} has no value for {keyword}"),
                Source::Requirement => format!(
                    "the application requires a credential of {code}; runtemplate {runtemplate} has none, and no {keyword}"
                ),
            });
        }
        Ok(())
    })
    .await?;
    Ok(missing)
}
