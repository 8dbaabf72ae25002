//! `credential-prototype get` and `credential-prototype delete`.

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Value, json};

use super::TABLE;
use crate::commands::NoArgs;
use crate::context::Context;
use crate::db::{Db, select, tables};
use crate::error::{Error, Kind, Result};
use crate::output::{Outcome, changed, record};
use crate::secret::field_is_secret;
use crate::table::deletion;
use crate::table::{crud, mask, now};

const FIELDS: &str = tables::CREDENTIAL_PROTOTYPE_FIELD;

/// Shows a credential prototype with its fields; the defaults of secret ones are masked.
///
/// # Errors
/// No option names a prototype, there is no such prototype, or `--fields` names a field that it does not have.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick_to_show(db, &TABLE, matches).await?;
    let mut select = select::rows(FIELDS, Expr::col("credential_prototype_id").eq(row.int("id")));
    let rows = db.fetch_all(select.order_by("id", Order::Asc)).await?;
    let fields: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut field = record(row);
            let text = |column| row.text(column).unwrap_or_default();
            if field_is_secret(&text("keyword"), false, &text("type"), &text("default_value")) {
                field.insert("default_value".into(), mask(row.get("default_value")).to_json());
            }
            Value::Object(field)
        })
        .collect();
    let mut record = TABLE.show(&row);
    record.insert("fields".into(), fields.into());
    crud::record(record, matches)
}

/// Deletes a credential prototype with its fields.
///
/// # Errors
/// No prototype is named, or several are; credential types use it; or somebody answers no. Nothing is deleted then.
pub async fn delete(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let row = crud::pick_to_delete(ctx.db().await?, &TABLE, matches).await?;
    let (id, code) = (row.id("id")?, row.text("code").unwrap_or_default());
    let json = json!({"credential_prototype_id": id.to_string(), "code": code, "deleted": false});
    let loss = async |db: &mut Db| {
        refuse_used(db, &code).await?;
        let fields = db.count_where(FIELDS, Expr::col("credential_prototype_id").eq(id)).await?;
        Ok(deletion::loss(db, &TABLE, &row).await?.with(fields, "fields"))
    };
    if let Some(answer) = ctx.guard("deleted", json, loss).await? {
        return Ok(answer);
    }
    let now = now(ctx);
    ctx.db().await?.transaction(async |db| remove(db, id, &code, now.clone()).await).await?;
    let mut json = changed("deleted", TABLE.id_key, id);
    json["code"] = code.as_str().into();
    Ok(Outcome::message(format!("Credential prototype deleted: {code} (ID: {id})"), json))
}

/// Credential types name a prototype by its code.
async fn refuse_used(db: &mut Db, code: &str) -> Result<()> {
    let count = db.count_where(tables::CREDENTIAL_TYPE, Expr::col("prototype").eq(code)).await?;
    if count > 0 {
        let message = format!("Credential prototype {code} is still used by {count} credential types");
        return Err(Error::new(Kind::InUse, message).hint("`multiflexi-cli credential-type list` shows them"));
    }
    Ok(())
}

/// Deletes a prototype with its fields.
async fn remove(db: &mut Db, id: i64, code: &str, now: sea_query::Value) -> Result<()> {
    TABLE.lock(db, id).await?;
    refuse_used(db, code).await?;
    deletion::remove(db, &TABLE, id, now).await
}
