//! What a job that a credential blocks lacks, and the commands that give it that.
//!
//! Asked of the database as it is now: why the job was blocked is a sentence of then, the suite's or ours.

use std::collections::{BTreeMap, HashMap, HashSet};

use sea_query::{Expr, ExprTrait, JoinType, Order};

use crate::db::{Db, Row, select};
use crate::error::Result;
use crate::id::{CredentialId, RunTemplateId};
use crate::shell::quote_word;

/// What the jobs of a runtemplate lack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// A credential that is assigned has no value for a field.
    Value { credential: CredentialId, keyword: String },
    /// The runtemplate's company has a credential that is not assigned.
    Assignment { runtemplate: RunTemplateId, credential: CredentialId },
    /// The company has none of the prototype that the application asks for.
    Credential { runtemplate: RunTemplateId, company: i64, kind: CredentialKind, keyword: String },
}

/// Of what a credential is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A credential type of the company, by its id.
    Type(i64),
    /// A prototype of which the company has no type, by its code.
    Prototype(String),
}

impl Lack {
    /// The commands that give it, in their order and without the program's name. `ID` is what the one before tells.
    pub fn commands(&self) -> Vec<String> {
        let assign = |runtemplate: RunTemplateId, credential: &str| {
            format!("runtemplate assign-credential --id={runtemplate} --credential_id={credential}")
        };
        // A value is asked for, or comes from stdin.
        let value = |keyword: &str| quote_word(&format!("--field={keyword}=-"));
        match self {
            Lack::Value { credential, keyword } => {
                vec![format!("credential update --id={credential} {}", value(keyword))]
            }
            Lack::Assignment { runtemplate, credential } => vec![assign(*runtemplate, &credential.to_string())],
            Lack::Credential { runtemplate, company, kind, keyword } => {
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

/// For each of these runtemplates what its jobs lack first; none where they lack nothing that is known of.
///
/// # Errors
/// The database cannot be asked.
pub async fn first_lacks(db: &mut Db, runtemplates: &[RunTemplateId]) -> Result<HashMap<RunTemplateId, Lack>> {
    let mut lacks = HashMap::new();
    if runtemplates.is_empty() {
        return Ok(lacks);
    }
    let required = required_fields(db).await?;
    let assigned = assigned(db, runtemplates).await?;
    let credentials: Vec<CredentialId> = assigned.iter().map(|it| it.credential).collect();
    let values = values(db, &credentials).await?;
    for Assigned { runtemplate, credential, code } in &assigned {
        let keywords = required.get(code).into_iter().flatten();
        if let Some(keyword) = keywords.clone().find(|keyword| !values.contains(&(*credential, (*keyword).clone()))) {
            let lack = Lack::Value { credential: *credential, keyword: keyword.clone() };
            lacks.entry(*runtemplate).or_insert(lack);
        }
    }
    let mut select = select::from("runtemplate").take();
    select.columns([("runtemplate", "id"), ("runtemplate", "company_id"), ("apps", "requirements")]).join(
        JoinType::InnerJoin,
        "apps",
        Expr::col(("apps", "id")).equals(("runtemplate", "app_id")),
    );
    for row in db.fetch_for(&select, ("runtemplate", "id"), runtemplates).await? {
        let (Some(id), Some(company)) = (row.int("id").map(RunTemplateId), row.int("company_id")) else { continue };
        let codes = row.text("requirements").unwrap_or_default();
        let is_assigned = |code: &str| assigned.iter().any(|it| it.runtemplate == id && it.code == code);
        let missing = codes.split(',').map(|code| code.trim().to_lowercase()).find_map(|code| {
            let keyword = required.get(&code)?.first()?.clone();
            (!is_assigned(&code)).then_some((code, keyword))
        });
        if let Some((code, keyword)) = missing.filter(|_| !lacks.contains_key(&id)) {
            lacks.insert(id, unassigned(db, id, company, &code, keyword).await?);
        }
    }
    Ok(lacks)
}

/// The fields that prototypes require, by the prototype's code in small letters: that compares without regard to case.
async fn required_fields(db: &mut Db) -> Result<BTreeMap<String, Vec<String>>> {
    let mut select = select::from("credential_prototype_field").take();
    let prototype =
        Expr::col(("credential_prototype", "id")).equals(("credential_prototype_field", "credential_prototype_id"));
    select
        .columns([("credential_prototype", "code"), ("credential_prototype_field", "keyword")])
        .join(JoinType::InnerJoin, "credential_prototype", prototype)
        .and_where(Expr::col(("credential_prototype_field", "required")).eq(true))
        .order_by(("credential_prototype_field", "id"), Order::Asc);
    let mut required: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in db.fetch_all(&select).await? {
        if let (Some(code), Some(keyword)) = (row.text("code"), row.filled("keyword")) {
            required.entry(code.to_lowercase()).or_default().push(keyword);
        }
    }
    Ok(required)
}

struct Assigned {
    runtemplate: RunTemplateId,
    credential: CredentialId,
    /// Of its prototype, in small letters.
    code: String,
}

async fn assigned(db: &mut Db, runtemplates: &[RunTemplateId]) -> Result<Vec<Assigned>> {
    let mut select = select::from("runtplcreds").take();
    let credential = Expr::col(("credentials", "id")).equals(("runtplcreds", "credentials_id"));
    let of_type = Expr::col(("credential_type", "id")).equals(("credentials", "credential_type_id"));
    select
        .columns([("runtplcreds", "runtemplate_id"), ("credentials", "id"), ("credential_type", "prototype")])
        .join(JoinType::InnerJoin, "credentials", credential)
        .join(JoinType::InnerJoin, "credential_type", of_type)
        .order_by(("credentials", "id"), Order::Asc);
    let rows = db.fetch_for(&select, ("runtplcreds", "runtemplate_id"), runtemplates).await?;
    let assigned = |row: &Row| {
        Some(Assigned {
            runtemplate: RunTemplateId(row.int("runtemplate_id")?),
            credential: CredentialId(row.int("id")?),
            code: row.filled("prototype")?.to_lowercase(),
        })
    };
    Ok(rows.iter().filter_map(assigned).collect())
}

/// Which fields of these credentials have a value.
async fn values(db: &mut Db, credentials: &[CredentialId]) -> Result<HashSet<(CredentialId, String)>> {
    let mut select = select::columns("credata", ["credential_id", "name"]);
    select.and_where(Expr::col("value").ne(""));
    let rows = db.fetch_for(&select, "credential_id", credentials).await?;
    Ok(rows.iter().filter_map(|row| row.int("credential_id").map(CredentialId).zip(row.text("name"))).collect())
}

/// What leads to a credential of this prototype, of which none is assigned.
async fn unassigned(
    db: &mut Db,
    runtemplate: RunTemplateId,
    company: i64,
    code: &str,
    keyword: String,
) -> Result<Lack> {
    let select = select::rows("credential_type", Expr::col("company_id").eq(company));
    let types = db.fetch_all(select.clone().order_by("id", Order::Asc)).await?;
    let is_of_code = |row: &&Row| row.text("prototype").is_some_and(|prototype| prototype.to_lowercase() == code);
    let types: Vec<i64> = types.iter().filter(is_of_code).filter_map(|row| row.int("id")).collect();
    let is_made = Expr::col("company_id").eq(company).and(Expr::col("credential_type_id").is_in(types.iter().copied()));
    let mut made = select::column("credentials", "id", is_made);
    let known = db.fetch_optional(made.order_by("id", Order::Asc).limit(1)).await?.and_then(|row| row.int("id"));
    Ok(match (known, types.first()) {
        (Some(id), _) => Lack::Assignment { runtemplate, credential: CredentialId(id) },
        (None, kind) => {
            let kind = kind.map_or_else(|| CredentialKind::Prototype(code.to_owned()), |id| CredentialKind::Type(*id));
            Lack::Credential { runtemplate, company, kind, keyword }
        }
    })
}
