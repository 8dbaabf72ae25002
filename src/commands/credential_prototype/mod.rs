//! `credential-prototype`: what kinds of credentials there are, and the fields of each.

pub mod file;
mod show;
mod sync;
mod table;

use clap::ArgMatches;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::json;

use crate::commands::definition_files::{ExportArgs, FilesArgs};
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
use crate::context::Context;
use crate::db::expression::row_count;
use crate::db::{Db, select, tables};
use crate::definition::import_credential;
use crate::error::Result;
use crate::output::{Outcome, success};
use crate::table::{args, crud, now, text_of};
pub use table::TABLE;

/// The codes that credential types name and no prototype has, and how many types name each.
///
/// Another program deleted or renamed them. The classes that the suite brings along need no row.
///
/// # Errors
/// The database cannot be asked.
pub async fn missing(db: &mut Db) -> Result<Vec<(String, i64)>> {
    if !db.has_column(tables::CREDENTIAL_TYPE, "prototype").await? || !db.has_column(TABLE.sql, "code").await? {
        return Ok(Vec::new());
    }
    let there = select::from(TABLE.sql)
        .expr(Expr::val(1))
        .and_where(Expr::col((TABLE.sql, "code")).equals((tables::CREDENTIAL_TYPE, "prototype")))
        .take();
    let select = select::from(tables::CREDENTIAL_TYPE)
        .column("prototype")
        .expr_as(row_count(), "number")
        .and_where(Expr::col("prototype").ne("").and(Expr::exists(there).not()))
        .group_by_col("prototype")
        .order_by("prototype", Order::Asc)
        .take();
    let built_in = sync::built_in_codes()?;
    let rows = db.fetch_all(&select).await?;
    let counted = rows.iter().filter_map(|row| Some((row.text("prototype")?, row.int("number")?)));
    Ok(counted.filter(|(code, _)| !built_in.contains(code)).collect())
}

async fn create(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let values = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let inserting = ctx
        .db()
        .await?
        .transaction_looking_first(async |db| crud::insert(db, &TABLE, values.clone(), now.clone()).await);
    let id = inserting.await?;
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    let row = TABLE.require(ctx.db().await?, id).await?;
    let more = json!({"id": id, "code": row.text("code"), "uuid": row.text("uuid")});
    let done = "Credential prototype created successfully";
    Ok(Outcome::message(format!("{done} (ID: {id})"), success(done, &more)))
}

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let now = now(ctx);
    let values = args::updated(matches, &TABLE)?;
    let changing = ctx.db().await?.transaction(async |db| {
        let (id, values) = crud::target(db, &TABLE, matches, values.clone()).await?;
        if values.is_empty() {
            return Err(crud::nothing_to_update(&TABLE, &[]));
        }
        let before = TABLE.lock(db, id).await?.filled("code");
        let after = text_of(&values, "code").map(str::to_owned);
        crud::change(db, &TABLE, id, values, now.clone()).await?;
        if let (Some(before), Some(after)) = (before, after) {
            import_credential::renamed(db, &before, &after).await?;
        }
        Ok(id)
    });
    let id = changing.await?;
    crud::updated(ctx, &TABLE, id).await
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["crprototype"],
    about: "Credential prototypes: what kinds of credentials there are",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List credential prototypes").listing(),
        mixed_verb!("get", get, TABLE, NoArgs, show::get, "Show a credential prototype with its fields").reading(),
        mixed_verb!("create", create, TABLE, NoArgs, create, "Create a credential prototype"),
        mixed_verb!("update", update_by_lookup, TABLE, NoArgs, update, "Change a credential prototype"),
        mixed_verb!("delete", pick, TABLE, NoArgs, show::delete, "Delete a credential prototype that no type uses")
            .deleting(),
        verb!("import-json", "Import a credential prototype from its definition", FilesArgs, file::import),
        mixed_verb!("export-json", pick, TABLE, ExportArgs, file::export, "Write a credential prototype's definition"),
        verb!("validate-json", "Check a definition against the schema", FilesArgs, file::validate).reading(),
        verb!("sync", "Import the built-in and installed prototypes", sync::Sync, sync::sync),
    ],
};
