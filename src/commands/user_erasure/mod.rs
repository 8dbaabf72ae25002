//! `user-erasure`: requests to erase a user's personal data (GDPR, article 17), from request to proof.

mod audit;
mod process;
mod request;
mod table;
mod traces;

use sea_query::{Expr, ExprTrait};

use crate::commands::{Noun, Scope, mixed_verb, verb};
use crate::context::Context;
use crate::error::Result;
use crate::output::Outcome;
use crate::table::crud;
use crate::table::paging::Paging;
use table::Status;
pub use table::TABLE;

#[derive(clap::Args)]
pub struct List {
    /// Only requests with this status
    #[arg(short, long, value_enum)]
    status: Option<Status>,
}

/// Lists erasure requests.
///
/// # Errors
/// The database cannot be asked, `--fields` or the order names a column that is not there, or stdout cannot be written.
async fn list(ctx: &mut Context, matches: &clap::ArgMatches, args: List) -> Result<Outcome> {
    let (db, printer) = ctx.open().await?;
    let mut select = crud::filtered(db, &TABLE, matches).await?;
    if let Some(status) = args.status {
        select.and_where(Expr::col("status").eq(status));
    }
    crud::stream(db, printer, &TABLE, select, &Paging::from_args(matches)).await
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
        verb!("process", "Erase the data of an approved request", request::Request, process::process).destroying(),
        verb!("audit", "Show what an erasure did", audit::Audit, audit::audit).listing(),
        verb!("cleanup", "Delete audit entries older than 7 years", crate::commands::NoArgs, audit::cleanup)
            .destroying(),
    ],
};
