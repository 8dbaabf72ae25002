//! What jobs must have by the prototypes of credentials, and which of it one lacks.

use std::collections::{BTreeMap, HashSet};

use sea_query::{Expr, ExprTrait, Order};

use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::id::{CredentialId, JobId, RunTemplateId};
use crate::job::field::Field;

/// Something that a job lacks.
pub enum Lack {
    /// A credential that is assigned does not exist.
    Gone { credential: CredentialId },
    /// A credential that is assigned has no value for a field that its prototype, of this code, requires.
    Value { credential: CredentialId, name: String, code: String, keyword: String },
    /// The application asks for a credential of this prototype, none is assigned, and nothing else gives the value.
    Credential { code: String, keyword: String },
}

/// What a job of this runtemplate lacks that has these variables.
///
/// # Errors
/// The database cannot be asked.
pub async fn of_job(
    db: &mut Db,
    application: &Row,
    fields: &[Field],
    runtemplate: Option<RunTemplateId>,
) -> Result<Vec<Lack>> {
    let requirements = application.text("requirements").unwrap_or_default();
    let codes = requirements.split(',').map(str::trim).filter(|code| !code.is_empty());
    // By their codes in small letters: those are compared without regard to case.
    let mut sources: BTreeMap<String, (String, Option<(CredentialId, String)>)> =
        codes.map(|code| (code.to_lowercase(), (code.to_owned(), None))).collect();
    let mut lacks = Vec::new();
    for Assigned { credential, name, code, .. } in assigned(db, runtemplate.as_slice()).await? {
        match (name, code) {
            (None, _) => lacks.push(Lack::Gone { credential }),
            (Some(name), Some(code)) => {
                sources.insert(code.to_lowercase(), (code, Some((credential, name))));
            }
            (Some(_), None) => {}
        }
    }
    if sources.is_empty() {
        return Ok(lacks);
    }
    for Required { code, keyword } in required(db).await? {
        let Some((code, source)) = sources.get(&code) else { continue };
        if fields.iter().any(|f| f.code == keyword && f.effective().is_some_and(|value| !value.is_empty())) {
            continue;
        }
        let code = code.clone();
        lacks.push(match source {
            Some((id, name)) => Lack::Value { credential: *id, name: name.clone(), code, keyword },
            None => Lack::Credential { code, keyword },
        });
    }
    Ok(lacks)
}

/// What a job lacks, a sentence each.
///
/// # Errors
/// The database cannot be asked.
pub async fn sentences(
    db: &mut Db,
    job: JobId,
    runtemplate: Option<RunTemplateId>,
    lacks: &[Lack],
) -> Result<Vec<String>> {
    let of_value = |lack: &Lack| if let Lack::Value { credential, .. } = lack { Some(*credential) } else { None };
    let credentials: Vec<_> = lacks.iter().filter_map(of_value).collect();
    let there = values(db, &credentials).await?;
    let whose = runtemplate.map_or_else(|| "the job's runtemplate".into(), |id| format!("runtemplate {id}"));
    let sentence = |lack: &Lack| match lack {
        Lack::Gone { credential } => format!("credential {credential} is assigned to {whose} and does not exist"),
        // Its variables are those of when it was made.
        Lack::Value { credential, keyword, .. } if there.contains(&(*credential, keyword.clone())) => {
            format!("job {job} was made before it was given {keyword} of credential {credential}")
        }
        Lack::Value { credential, name, code, keyword } => {
            format!("credential {credential} ({name}) of {code} has no value for {keyword}")
        }
        Lack::Credential { code, keyword } => {
            format!("the application requires a credential of {code}; {whose} has none, and no {keyword}")
        }
    };
    Ok(lacks.iter().map(sentence).collect())
}

/// A field that a prototype requires.
pub struct Required {
    /// Of the prototype, in small letters.
    pub code: String,
    pub keyword: String,
}

/// The fields that prototypes require, in their order.
///
/// # Errors
/// The database cannot be asked.
pub async fn required(db: &mut Db) -> Result<Vec<Required>> {
    let mut select = select::from(tables::CREDENTIAL_PROTOTYPE_FIELD).take();
    let prototype =
        refers_to((tables::CREDENTIAL_PROTOTYPE_FIELD, "credential_prototype_id"), tables::CREDENTIAL_PROTOTYPE);
    select
        .columns([(tables::CREDENTIAL_PROTOTYPE, "code"), (tables::CREDENTIAL_PROTOTYPE_FIELD, "keyword")])
        .inner_join(tables::CREDENTIAL_PROTOTYPE, prototype)
        .and_where(Expr::col((tables::CREDENTIAL_PROTOTYPE_FIELD, "required")).eq(true))
        .order_by((tables::CREDENTIAL_PROTOTYPE_FIELD, "id"), Order::Asc);
    let required =
        |row: &Row| Some(Required { code: row.text("code")?.to_lowercase(), keyword: row.filled("keyword")? });
    Ok(db.fetch_all(&select).await?.iter().filter_map(required).collect())
}

/// A credential that is assigned to a runtemplate.
pub struct Assigned {
    pub runtemplate: RunTemplateId,
    pub credential: CredentialId,
    /// None where it does not exist.
    pub name: Option<String>,
    /// Of its prototype; None where it has none.
    pub code: Option<String>,
}

/// The credentials that are assigned to these runtemplates, in the order of their ids.
///
/// # Errors
/// The database cannot be asked.
pub async fn assigned(db: &mut Db, runtemplates: &[RunTemplateId]) -> Result<Vec<Assigned>> {
    let mut select = select::columns(
        tables::RUNTPLCREDS,
        ["runtemplate_id", "credentials_id"].map(|name| (tables::RUNTPLCREDS, name)),
    );
    let credential = refers_to((tables::RUNTPLCREDS, "credentials_id"), tables::CREDENTIALS);
    let of_type = refers_to((tables::CREDENTIALS, "credential_type_id"), tables::CREDENTIAL_TYPE);
    select
        .expr_as(Expr::col((tables::CREDENTIALS, "id")), "there")
        .columns([(tables::CREDENTIALS, "name"), (tables::CREDENTIAL_TYPE, "prototype")])
        .left_join(tables::CREDENTIALS, credential)
        .left_join(tables::CREDENTIAL_TYPE, of_type)
        .order_by((tables::RUNTPLCREDS, "credentials_id"), Order::Asc);
    let assigned = |row: &Row| {
        Ok(Assigned {
            runtemplate: RunTemplateId(row.id("runtemplate_id")?),
            credential: CredentialId(row.id("credentials_id")?),
            name: row.int("there").map(|_| row.text("name").unwrap_or_default()),
            code: row.filled("prototype"),
        })
    };
    db.fetch_for(&select, (tables::RUNTPLCREDS, "runtemplate_id"), runtemplates).await?.iter().map(assigned).collect()
}

/// Which fields of these credentials have a value.
///
/// # Errors
/// The database cannot be asked.
pub async fn values(db: &mut Db, credentials: &[CredentialId]) -> Result<HashSet<(CredentialId, String)>> {
    let mut select = select::columns(tables::CREDATA, ["credential_id", "name"]);
    select.and_where(Expr::col("value").ne(""));
    let rows = db.fetch_for(&select, "credential_id", credentials).await?;
    Ok(rows.iter().filter_map(|row| row.int("credential_id").map(CredentialId).zip(row.text("name"))).collect())
}
