//! `user-erasure`: requests to erase a user's personal data (GDPR, article 17), from request to proof.

mod audit;
mod process;
mod request;

use sea_query::{Expr, ExprTrait, Query};

use crate::commands::{Noun, Scope, mixed_verb, verb};
use crate::context::Context;
use crate::db::{Db, Row};
use crate::error::Result;
use crate::output::Outcome;
use crate::table::crud::{self, Paging};
use crate::table::{Table, Values, nothing_to_derive};

pub static TABLE: Table = Table {
    sql: "user_deletion_requests",
    noun: "user-erasure",
    label: "Erasure request",
    id_key: "request_id",
    listing: &["id", "user_id", "deletion_type", "status", "request_date", "reason", "completed_date"],
    columns: &[],
    created: None,
    changed: None,
    dependents: &[],
    before_create: nothing_to_derive,
};

/// How data is erased.
pub const TYPES: [&str; 3] = ["soft", "hard", "anonymize"];

#[derive(clap::Args)]
pub struct List {
    /// Only requests of this status
    #[arg(short, long, value_parser = ["pending", "approved", "rejected", "completed"])]
    status: Option<String>,
}

/// The request that a command is about.
#[derive(clap::Args)]
pub struct Request {
    /// The request's id
    #[arg(short = 'r', long = "request-id", value_name = "ID", value_parser = clap::value_parser!(i64).range(1..))]
    request_id: i64,
}

pub async fn list(ctx: &mut Context, matches: &clap::ArgMatches, args: List) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let mut select = Query::select();
    if let Some(status) = &args.status {
        select.and_where(Expr::col("status").eq(status.as_str()));
    }
    crud::stream(db, printer, &TABLE, select, &Paging::of(matches)).await
}

/// Notes what was done in the log that outlives the user and the request.
async fn log(db: &mut Db, row: &Row, action: &str, now: chrono::NaiveDateTime) -> Result<()> {
    let user = row.int("user_id").unwrap_or_default();
    let details = serde_json::json!({"request_id": row.int("id"), "deletion_type": row.text("deletion_type")});
    let values: Values = vec![
        ("user_id", user.into()),
        ("action", action.into()),
        ("article", "Art. 17".into()),
        ("data_subject", format!("user {user}").into()),
        ("details", details.into()),
        ("result", "success".into()),
        ("DatCreate", now.into()),
    ];
    db.insert_row("gdpr_audit_log", values).await.map(drop)
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["userdataerasure", "user-data-erasure", "user:data-erasure"],
    about: "Requests to erase a user's personal data (GDPR)",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, TABLE, List, list, "List erasure requests").listing(),
        verb!("create", "Request that a user's data be erased", request::Create, request::create),
        verb!("approve", "Approve an erasure request", request::Approve, request::approve),
        verb!("reject", "Reject an erasure request", request::Reject, request::reject),
        verb!("process", "Erase the data of an approved request", Request, process::process).destroying(),
        verb!("audit", "Show what an erasure did", audit::Audit, audit::audit).listing(),
        verb!("cleanup", "Delete audit entries older than 7 years", crate::commands::NoArgs, audit::cleanup)
            .destroying(),
    ],
};
