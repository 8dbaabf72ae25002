//! `runtemplate assign-credential`, `unassign-credential` and `list-credentials`: the credentials that a runtemplate's jobs get.

use sea_query::{Expr, ExprTrait, Order, SelectStatement};
use serde_json::json;

use crate::audit::{self, Action};
use crate::commands::credential;
use crate::commands::runtemplate::TABLE;
use crate::context::Context;
use crate::db::expression::refers_to;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::id::RunTemplateId;
use crate::job::queue::withdraw::{self, Changed, withdraw};
use crate::output::Outcome;
use crate::output::loss::Loss;
use crate::table::args;

#[derive(clap::Args, Clone, Copy)]
pub struct Pair {
    /// The runtemplate
    #[arg(long, value_parser = args::row_id::<i64>())]
    id: i64,
    /// The credential
    #[arg(long = "credential_id", value_name = "ID", value_parser = args::row_id::<i64>())]
    credential_id: i64,
}

#[derive(clap::Args)]
pub struct ListArgs {
    /// The runtemplate
    #[arg(long, value_parser = args::row_id::<i64>())]
    id: i64,
}

/// What is assigned, with the credentials and their types.
fn assigned() -> SelectStatement {
    select::columns(
        tables::RUNTPLCREDS,
        [(tables::RUNTPLCREDS, "id"), (tables::RUNTPLCREDS, "runtemplate_id"), (tables::RUNTPLCREDS, "credentials_id")],
    )
    .expr_as(Expr::col((tables::CREDENTIALS, "name")), "credential_name")
    .expr_as(Expr::col((tables::CREDENTIAL_TYPE, "name")), "credential_type_name")
    .expr_as(Expr::col((tables::CREDENTIAL_TYPE, "prototype")), "credential_prototype")
    .expr_as(Expr::col((tables::CREDENTIAL_TYPE, "uuid")), "credential_type_uuid")
    .expr_as(Expr::col((tables::CREDENTIAL_TYPE, "logo")), "credential_type_logo")
    .left_join(tables::CREDENTIALS, refers_to((tables::RUNTPLCREDS, "credentials_id"), tables::CREDENTIALS))
    .left_join(tables::CREDENTIAL_TYPE, refers_to((tables::CREDENTIALS, "credential_type_id"), tables::CREDENTIAL_TYPE))
    .take()
}

/// Lists the credentials that are assigned to a runtemplate.
///
/// # Errors
/// There is no such runtemplate, or stdout cannot be written.
pub async fn list(ctx: &mut Context, args: ListArgs) -> Result<Outcome> {
    const COLUMNS: &[&str] = &[
        "id", "runtemplate_id", "credentials_id", "credential_name", "credential_type_name", "credential_prototype",
        "credential_type_uuid", "credential_type_logo",
    ];
    let (db, printer) = ctx.open().await?;
    TABLE.require(db, args.id).await?;
    let mut select = assigned();
    select.and_where(Expr::col((tables::RUNTPLCREDS, "runtemplate_id")).eq(args.id));
    select.order_by((tables::RUNTPLCREDS, "id"), Order::Asc);
    let mut list = printer.list(COLUMNS.iter().map(|name| (*name).to_owned()).collect());
    db.for_each(&select, |row| list.row(&row.values)).await?;
    list.finish()
}

/// The names of the credentials that are assigned to a runtemplate.
///
/// # Errors
/// The database cannot be asked.
pub async fn names(db: &mut Db, runtemplate: i64) -> Result<Vec<String>> {
    let mut select = assigned();
    select.and_where(Expr::col((tables::RUNTPLCREDS, "runtemplate_id")).eq(runtemplate));
    let rows = db.fetch_all(select.order_by((tables::RUNTPLCREDS, "id"), Order::Asc)).await?;
    Ok(rows.iter().filter_map(|row| row.text("credential_name")).collect())
}

/// Assigns a credential. One of the same prototype that was assigned goes: a job can be given one of a kind.
///
/// # Errors
/// There is no such runtemplate or credential, or the database refuses: the assignments stay as they were then.
pub async fn assign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let Pair { id, credential_id } = args;
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let assigning = db.transaction(async |db| {
        withdraw::lock(db, Changed::Runtemplate(RunTemplateId(id))).await?;
        let runtemplate = TABLE.require(db, id).await?;
        let credential = require(db, credential_id).await?;
        let prototype = credential.filled("prototype");
        for row in of_kind(db, id, &credential).await? {
            db.delete_where(tables::RUNTPLCREDS, Expr::col("id").eq(row)).await?;
        }
        let row = vec![("runtemplate_id", id.into()), ("credentials_id", credential_id.into())];
        db.add_row(tables::RUNTPLCREDS, row).await?;
        forget_settings(db, id, credential_id).await?;
        audit::changed(db, TABLE.sql, id, Action::Update, now).await?;
        let owner = credential.int("company_id");
        let is_foreign = owner.is_some() && owner != runtemplate.int("company_id");
        Ok((prototype, is_foreign, withdraw(db, Changed::Runtemplate(RunTemplateId(id))).await?))
    });
    let (prototype, is_foreign, withdrawn) = assigning.await?;
    if is_foreign {
        printer.note(&format!("warning: credential {credential_id} is another company's than RunTemplate {id}"));
    }
    let mut json =
        json!({"status": "ok", "runtemplate_id": id, "credential_id": credential_id, "prototype": prototype});
    withdrawn.tell(printer, &mut json);
    Ok(Outcome::message(format!("Credential #{credential_id} assigned to RunTemplate #{id}"), json))
}

/// A credential with its type's prototype.
async fn require(db: &mut Db, id: i64) -> Result<Row> {
    let select = select::columns(
        tables::CREDENTIALS,
        ["id", "name", "company_id", "credential_type_id"].map(|column| (tables::CREDENTIALS, column)),
    )
    .column((tables::CREDENTIAL_TYPE, "prototype"))
    .left_join(tables::CREDENTIAL_TYPE, refers_to((tables::CREDENTIALS, "credential_type_id"), tables::CREDENTIAL_TYPE))
    .and_where(Expr::col((tables::CREDENTIALS, "id")).eq(id))
    .take();
    db.fetch_optional(&select).await?.ok_or_else(|| unknown(id))
}

fn unknown(id: i64) -> Error {
    Error::not_found(format!("Credential #{id} not found")).hint("`multiflexi-cli credential list` shows what there is")
}

/// The assignments that the new one takes the place of: of the same prototype, or of the credential itself.
async fn of_kind(db: &mut Db, runtemplate: i64, credential: &Row) -> Result<Vec<i64>> {
    let mut select = assigned();
    let same = Expr::col((tables::CREDENTIALS, "id")).eq(credential.int("id"));
    select.and_where(Expr::col((tables::RUNTPLCREDS, "runtemplate_id")).eq(runtemplate));
    select.and_where(match credential.filled("prototype") {
        Some(prototype) => same.or(Expr::col((tables::CREDENTIAL_TYPE, "prototype")).eq(prototype)),
        None => {
            same.or(Expr::col((tables::CREDENTIALS, "credential_type_id")).eq(credential.int("credential_type_id")))
        }
    });
    Ok(db.fetch_all(&select).await?.iter().filter_map(|row| row.int("id")).collect())
}

/// What the runtemplate itself says of the credential's fields gives way, as the suite has it.
async fn forget_settings(db: &mut Db, runtemplate: i64, credential: i64) -> Result<()> {
    let names = select::column(tables::CREDATA, "name", Expr::col("credential_id").eq(credential));
    db.delete_where(
        tables::CONFIGURATION,
        Expr::col("runtemplate_id").eq(runtemplate).and(Expr::col("name").in_subquery(names)),
    )
    .await
    .map(drop)
}

/// The rows that assign a credential to a runtemplate.
fn assignment(runtemplate: i64, credential: i64) -> Expr {
    Expr::col("runtemplate_id").eq(runtemplate).and(Expr::col("credentials_id").eq(credential))
}

/// Is the credential assigned to the runtemplate? Both have to be there.
///
/// # Errors
/// There is no such runtemplate or credential.
async fn is_assigned(db: &mut Db, Pair { id, credential_id }: Pair) -> Result<bool> {
    TABLE.require(db, id).await?;
    require(db, credential_id).await?;
    Ok(db.count_where(tables::RUNTPLCREDS, assignment(id, credential_id)).await? > 0)
}

/// Which credential is to be taken from which runtemplate.
///
/// # Errors
/// There is no such runtemplate or credential.
async fn loss(db: &mut Db, Pair { id, credential_id }: Pair) -> Result<Loss> {
    let runtemplate = TABLE.require(db, id).await?;
    let credential = require(db, credential_id).await?;
    let credential = Loss::of_row(credential::TABLE.noun, &credential)?;
    Ok(Loss::new(format!("{credential} of {}", Loss::of_row(TABLE.noun, &runtemplate)?)))
}

/// What is told of a credential that is not assigned: scripts see to it that it is not, and that is no failure.
fn no_assignment(Pair { id, credential_id }: Pair) -> Outcome {
    Outcome::message(
        format!("No assignment found for Credential #{credential_id} on RunTemplate #{id}"),
        json!({"status": "not_found", "runtemplate_id": id, "credential_id": credential_id}),
    )
}

/// Takes a credential from a runtemplate; scheduled jobs that wait are taken back, to be made anew.
///
/// # Errors
/// There is no such runtemplate or credential, or somebody answers no: the assignments stay as they were then.
pub async fn unassign(ctx: &mut Context, args: Pair) -> Result<Outcome> {
    let Pair { id, credential_id } = args;
    if !is_assigned(ctx.db().await?, args).await? {
        return Ok(no_assignment(args));
    }
    let json = json!({"status": "ok", "runtemplate_id": id, "credential_id": credential_id, "removed": false});
    if let Some(answer) = ctx.guard("removed", json, async |db| loss(db, args).await).await? {
        return Ok(answer);
    }
    let now = ctx.now();
    let (db, printer) = ctx.open().await?;
    let removing = db.transaction(async |db| {
        withdraw::lock(db, Changed::Runtemplate(RunTemplateId(id))).await?;
        if db.delete_where(tables::RUNTPLCREDS, assignment(id, credential_id)).await? == 0 {
            return Ok(None);
        }
        audit::changed(db, TABLE.sql, id, Action::Update, now).await?;
        withdraw(db, Changed::Runtemplate(RunTemplateId(id))).await.map(Some)
    });
    let Some(withdrawn) = removing.await? else { return Ok(no_assignment(args)) };
    let mut json = json!({"status": "ok", "runtemplate_id": id, "credential_id": credential_id});
    withdrawn.tell(printer, &mut json);
    Ok(Outcome::message(format!("Credential #{credential_id} removed from RunTemplate #{id}"), json))
}
