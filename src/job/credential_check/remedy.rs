//! The commands that give a job that a credential blocks what it lacks.
//!
//! Asked of the database as it is now: why the job was blocked is a sentence of then, the suite's or ours.

use std::collections::HashMap;

use sea_query::{Expr, ExprTrait, Order};

use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::Result;
use crate::id::{CredentialId, RunTemplateId};
use crate::job::credential_check::lacks::{Assigned, assigned, required, values};
use crate::shell::quote_word;

/// What gives the jobs of a runtemplate what they lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A value for a field of a credential that is assigned.
    Value { credential: CredentialId, keyword: String },
    /// A credential of the runtemplate's company that is not assigned yet.
    Assignment { runtemplate: RunTemplateId, credential: CredentialId },
    /// A new credential of the prototype that the application asks for: the company has none.
    Credential { runtemplate: RunTemplateId, company: i64, kind: CredentialKind, keyword: String },
}

/// What a credential is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A credential type of the company, by its id.
    Type(i64),
    /// A prototype of which the company has no type, by its code.
    Prototype(String),
}

impl Remedy {
    /// Its commands, in their order and without the program's name. `ID` is what the one before tells.
    pub fn commands(&self) -> Vec<String> {
        let assign = |runtemplate: RunTemplateId, credential: &str| {
            format!("runtemplate assign-credential --id={runtemplate} --credential_id={credential}")
        };
        // A value is asked for, or comes from stdin.
        let value = |keyword: &str| quote_word(&format!("--field={keyword}=-"));
        match self {
            Remedy::Value { credential, keyword } => {
                vec![format!("credential update --id={credential} {}", value(keyword))]
            }
            Remedy::Assignment { runtemplate, credential } => vec![assign(*runtemplate, &credential.to_string())],
            Remedy::Credential { runtemplate, company, kind, keyword } => {
                let (first, id) = match kind {
                    CredentialKind::Type(id) => (None, id.to_string()),
                    CredentialKind::Prototype(code) => {
                        let class = quote_word(&format!("--class={code}"));
                        (Some(format!("credential-type create --company-id={company} {class}")), "ID".to_owned())
                    }
                };
                let create =
                    format!("credential create --company-id={company} --credential-type-id={id} {}", value(keyword));
                first.into_iter().chain([create, assign(*runtemplate, "ID")]).collect()
            }
        }
    }
}

/// For each of these runtemplates the remedy for what its jobs lack first; none where they lack nothing that is known of.
///
/// # Errors
/// The database cannot be asked.
pub async fn remedies(db: &mut Db, runtemplates: &[RunTemplateId]) -> Result<HashMap<RunTemplateId, Remedy>> {
    let mut remedies = HashMap::new();
    if runtemplates.is_empty() {
        return Ok(remedies);
    }
    let required = required(db).await?;
    let keywords = |code: &str| {
        let code = code.to_lowercase();
        required.iter().filter(move |it| it.code == code).map(|it| &it.keyword)
    };
    let mut assigned = assigned(db, runtemplates).await?;
    assigned.retain(|it| it.name.is_some());
    let credentials: Vec<CredentialId> = assigned.iter().map(|it| it.credential).collect();
    let values = values(db, &credentials).await?;
    for Assigned { runtemplate, credential, code, .. } in &assigned {
        let mut keywords = code.iter().flat_map(|code| keywords(code));
        if let Some(keyword) = keywords.find(|keyword| !values.contains(&(*credential, (*keyword).clone()))) {
            let remedy = Remedy::Value { credential: *credential, keyword: keyword.clone() };
            remedies.entry(*runtemplate).or_insert(remedy);
        }
    }
    let mut select = select::from(tables::RUNTEMPLATE).take();
    select
        .columns([(tables::RUNTEMPLATE, "id"), (tables::RUNTEMPLATE, "company_id"), (tables::APPS, "requirements")])
        .inner_join(tables::APPS, refers_to((tables::RUNTEMPLATE, "app_id"), tables::APPS));
    for row in db.fetch_for(&select, (tables::RUNTEMPLATE, "id"), runtemplates).await? {
        let (Some(id), Some(company)) = (row.int("id").map(RunTemplateId), row.int("company_id")) else { continue };
        let codes = row.text("requirements").unwrap_or_default();
        let is_assigned = |code: &str| {
            assigned
                .iter()
                .filter(|it| it.runtemplate == id)
                .filter_map(|it| it.code.as_ref())
                .any(|it| it.to_lowercase() == code)
        };
        let missing = codes.split(',').map(|code| code.trim().to_lowercase()).find_map(|code| {
            let keyword = keywords(&code).next()?.clone();
            (!is_assigned(&code)).then_some((code, keyword))
        });
        if let Some((code, keyword)) = missing.filter(|_| !remedies.contains_key(&id)) {
            remedies.insert(id, unassigned(db, id, company, &code, keyword).await?);
        }
    }
    Ok(remedies)
}

/// What leads to a credential of this prototype, of which none is assigned.
async fn unassigned(
    db: &mut Db,
    runtemplate: RunTemplateId,
    company: i64,
    code: &str,
    keyword: String,
) -> Result<Remedy> {
    let select = select::rows(tables::CREDENTIAL_TYPE, Expr::col("company_id").eq(company));
    let types = db.fetch_all(select.clone().order_by("id", Order::Asc)).await?;
    let is_of_code = |row: &&Row| row.text("prototype").is_some_and(|prototype| prototype.to_lowercase() == code);
    let types: Vec<i64> = types.iter().filter(is_of_code).filter_map(|row| row.int("id")).collect();
    let is_made = Expr::col("company_id").eq(company).and(Expr::col("credential_type_id").is_in(types.iter().copied()));
    let mut made = select::column(tables::CREDENTIALS, "id", is_made);
    let known = db.fetch_optional(made.order_by("id", Order::Asc).limit(1)).await?.and_then(|row| row.int("id"));
    Ok(match (known, types.first()) {
        (Some(id), _) => Remedy::Assignment { runtemplate, credential: CredentialId(id) },
        (None, kind) => {
            let kind = kind.map_or_else(|| CredentialKind::Prototype(code.to_owned()), |id| CredentialKind::Type(*id));
            Remedy::Credential { runtemplate, company, kind, keyword }
        }
    })
}
