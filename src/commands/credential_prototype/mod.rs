//! `credential-prototype`: what kinds of credentials there are, and the fields of each.

pub mod file;
mod show;
mod sync;
mod table;

use serde_json::json;

use clap::ArgMatches;

use crate::commands::definition_files::Files;
use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb, verb};
use crate::context::Context;
use crate::error::Result;
use crate::output::{Outcome, success};
use crate::table::{args, crud, now};
pub use table::TABLE;

async fn create(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    let values = args::created(matches, &TABLE)?;
    let now = now(ctx);
    let id = ctx.db().await?.transaction(async |db| crud::insert(db, &TABLE, values, now).await).await?;
    if ctx.verbose > 0 {
        return crud::created(ctx, &TABLE, id).await;
    }
    let row = TABLE.require(ctx.db().await?, id).await?;
    let more = json!({"id": id, "code": row.text("code"), "uuid": row.text("uuid")});
    let done = "Credential prototype created successfully";
    Ok(Outcome::message(format!("{done} (ID: {id})"), success(done, &more)))
}

async fn update(ctx: &mut Context, matches: &ArgMatches, _: NoArgs) -> Result<Outcome> {
    crud::update_by_lookup(ctx, &TABLE, matches, async |_| Ok(())).await
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["crprototype"],
    about: "Credential prototypes: what kinds of credentials there are",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List credential prototypes").listing(),
        mixed_verb!("get", get, TABLE, NoArgs, show::get, "Show a credential prototype with its fields"),
        mixed_verb!("create", create, TABLE, NoArgs, create, "Create a credential prototype"),
        mixed_verb!("update", update_by_lookup, TABLE, NoArgs, update, "Change a credential prototype"),
        mixed_verb!("delete", pick, TABLE, NoArgs, show::delete, "Delete a credential prototype that no type uses")
            .destroying(),
        verb!("import-json", "Import a credential prototype from its definition", Files, file::import),
        mixed_verb!(
            "export-json",
            pick,
            TABLE,
            file::Export,
            file::export,
            "Write a credential prototype's definition"
        ),
        verb!("validate-json", "Check a definition against the schema", Files, file::validate),
        verb!("sync", "Bring in the built-in prototypes and those that are installed", sync::Sync, sync::sync),
    ],
};
