//! `user-erasure create`, `approve` and `reject`: a request and its review.

use sea_query::{Expr, ExprTrait};
use serde_json::json;

use super::table::{Deletion, Status, TABLE};
use crate::commands::user;
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};
use crate::output::loss::Loss;
use crate::output::{Outcome, success};
use crate::table::Values;
use crate::table::args;

/// The suite's own words for why data may be erased.
const LEGAL_BASIS: &str = "GDPR Art. 17";

/// The request that a command is about.
#[derive(clap::Args)]
pub struct Request {
    /// The request's id
    #[arg(short = 'r', long = "request-id", value_name = "ID", value_parser = args::row_id::<i64>())]
    pub request_id: i64,
}

#[derive(clap::Args)]
pub struct Create {
    /// The user, by their id
    #[arg(short = 'u', long = "user-id", value_name = "ID", value_parser = args::row_id::<i64>(), required_unless_present = "user_login")]
    user_id: Option<i64>,
    /// The user, by their login
    #[arg(short = 'l', long = "user-login", value_name = "NAME", conflicts_with = "user_id")]
    user_login: Option<String>,
    /// soft: disabled, data kept; anonymize: personal data replaced; hard: user deleted
    #[arg(short = 't', long = "deletion-type", value_name = "WORD", value_enum, default_value_t = Deletion::Soft)]
    deletion_type: Deletion,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Do not ask for confirmation; --yes is the same
    #[arg(short = 'f', long, alias = "yes", short_alias = 'y')]
    force: bool,
}

#[derive(clap::Args)]
pub struct Approve {
    #[command(flatten)]
    request: Request,
    /// What the review found
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
    /// Do not ask for confirmation; --yes is the same
    #[arg(short = 'f', long, alias = "yes", short_alias = 'y')]
    force: bool,
}

#[derive(clap::Args)]
pub struct Reject {
    #[command(flatten)]
    request: Request,
    /// Why it is rejected
    #[arg(long, value_name = "TEXT", required = true)]
    reason: String,
    /// Do not ask for confirmation; --yes is the same
    #[arg(short = 'f', long, alias = "yes", short_alias = 'y')]
    force: bool,
}

/// The user whose data a request is about.
async fn user(db: &mut Db, args: &Create) -> Result<Row> {
    match (args.user_id, &args.user_login) {
        (Some(id), _) => user::TABLE.require(db, id).await,
        (None, login) => {
            let login = login.as_deref().unwrap_or_default();
            user::TABLE.require_only(db, "login", login, login).await
        }
    }
}

/// What an erasure does to its user, behind "will be".
fn consequence(kind: Deletion) -> &'static str {
    match kind {
        Deletion::Soft => "disabled",
        Deletion::Hard => "deleted",
        Deletion::Anonymize => "anonymized",
    }
}

/// The user of a request, and what is to be done to them.
async fn subject(db: &mut Db, id: i64) -> Result<(Loss, &'static str)> {
    let row = TABLE.require(db, id).await?;
    let user_id = row.id("user_id")?;
    let who = match user::TABLE.find_by(db, "id", user_id.into()).await? {
        Some(user) => Loss::of_row(user::TABLE.noun, &user)?,
        None => Loss::new(format!("user {user_id}")),
    };
    let kind = row.text("deletion_type").and_then(|kind| kind.parse().ok());
    Ok((who, kind.map_or("erased", consequence)))
}

/// Requests that a user's data be erased; the request then waits for its review.
///
/// # Errors
/// There is no such user, a request of theirs is open already, or the answer is no: no request is made then.
pub async fn create(ctx: &mut Context, args: Create) -> Result<Outcome> {
    if !args.force {
        let user = user(ctx.db().await?, &args).await?;
        let who = Loss::of_row(user::TABLE.noun, &user)?;
        let what = consequence(args.deletion_type);
        ctx.confirm(&format!("{who:#} will be {what} once the request is approved and processed."))?;
    }
    let now = ctx.now();
    let (id, user_id) = ctx
        .db()
        .await?
        .transaction(async |db| {
            let user_id = user(db, &args).await?.id("id")?;
            // Of two who ask at once the second one has to see the first one's request.
            user::TABLE.lock(db, user_id).await?;
            let open = select::column(
                TABLE.sql,
                "id",
                Expr::col("user_id").eq(user_id).and(Expr::col("status").is_in([Status::Pending, Status::Approved])),
            )
            .limit(1)
            .take();
            if let Some(other) = db.fetch_optional(&open).await?.and_then(|row| row.int("id")) {
                return Err(Error::new(
                    Kind::Exists,
                    format!("user {user_id} has an open erasure request already: {other}"),
                )
                .hint("Approve, process or reject that one first"));
            }
            let by = crate::audit::user_id(db, now).await?;
            let values: Values = vec![
                ("user_id", user_id.into()),
                ("requested_by_user_id", by.into()),
                ("request_date", now.into()),
                ("reason", args.reason.clone().into()),
                ("deletion_type", args.deletion_type.into()),
                ("status", Status::Pending.into()),
                ("legal_basis", LEGAL_BASIS.into()),
                ("DatCreate", now.into()),
            ];
            let id = db.insert_row(TABLE.sql, values).await?;
            let row = TABLE.require(db, id).await?;
            log(db, &row, "erasure_requested", now).await?;
            Ok((id, user_id))
        })
        .await?;
    let text = format!("Erasure request created with ID: {id}");
    let more = json!({"request_id": id, "user_id": user_id, "deletion_type": args.deletion_type.to_string()});
    Ok(Outcome::message(text.clone(), success(&text, &more)))
}

/// Approves a pending erasure request, so that it can be processed.
///
/// # Errors
/// There is no such request, it is not pending, or the answer is no: it stays as it was then.
pub async fn approve(ctx: &mut Context, args: Approve) -> Result<Outcome> {
    if !args.force {
        let id = args.request.request_id;
        let (who, what) = subject(ctx.db().await?, id).await?;
        ctx.confirm(&format!("{who:#} will be {what} once erasure request {id} is processed."))?;
    }
    review(ctx, args.request.request_id, Status::Approved, args.notes).await
}

/// Rejects a pending erasure request, and keeps why.
///
/// # Errors
/// There is no such request, it is not pending, or the answer is no: it stays as it was then.
pub async fn reject(ctx: &mut Context, args: Reject) -> Result<Outcome> {
    if !args.force {
        let id = args.request.request_id;
        let (who, what) = subject(ctx.db().await?, id).await?;
        ctx.confirm(&format!("Erasure request {id} will be rejected: {who} will not be {what}."))?;
    }
    review(ctx, args.request.request_id, Status::Rejected, Some(args.reason)).await
}

async fn review(ctx: &mut Context, id: i64, status: Status, notes: Option<String>) -> Result<Outcome> {
    let now = ctx.now();
    ctx.db()
        .await?
        .transaction(async |db| {
            // Of two reviews at once the second one has to see the first one.
            let row = TABLE.lock(db, id).await?;
            let was = row.text("status").unwrap_or_default();
            if was.parse() != Ok(Status::Pending) {
                return Err(Error::refused(format!(
                    "erasure request {id} is {was}, only a pending one can be {status}"
                ))
                .hint("`multiflexi-cli user-erasure list --status=pending` shows those"));
            }
            let by = crate::audit::user_id(db, now).await?;
            db.update_where(
                TABLE.sql,
                Expr::col("id").eq(id),
                [
                    ("status", status.into()),
                    ("reviewed_by_user_id", by.into()),
                    ("review_date", now.into()),
                    ("review_notes", notes.clone().into()),
                    ("DatSave", now.into()),
                ],
            )
            .await?;
            log(db, &row, &format!("erasure_{status}"), now).await
        })
        .await?;
    let text = format!("Erasure request {id} {status}");
    Ok(Outcome::message(text.clone(), success(&text, &json!({"request_id": id, "request_status": status.to_string()}))))
}

/// Notes what was done in the log that outlives the user and the request.
///
/// # Errors
/// The request names no user, or the database does not take the note.
pub async fn log(db: &mut Db, row: &Row, action: &str, now: chrono::NaiveDateTime) -> Result<()> {
    let user = row.id("user_id")?;
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
    db.insert_row(tables::GDPR_AUDIT_LOG, values).await.map(drop)
}
