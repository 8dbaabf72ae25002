//! `credential get`: a credential with its values, its secrets masked unless `--reveal` asks for them.

use clap::ArgMatches;

use super::TABLE;
use super::values;
use crate::audit;
use crate::context::Context;
use crate::db::tables;
use crate::encryption::keyring;
use crate::error::Result;
use crate::output::Outcome;
use crate::table::{crud, mask};

#[derive(clap::Args)]
pub struct Reveal {
    /// Show secrets, after a question; the audit log records it
    #[arg(long)]
    reveal: bool,
    /// Answer yes to that question; --no-interaction alone reveals nothing
    #[arg(long, requires = "reveal")]
    yes: bool,
}

/// Shows a credential with its values; its secrets are masked unless `--reveal` is given.
///
/// # Errors
/// No option names a credential, there is no such credential, or `--fields` names a field that it does not have. With
/// `--reveal` also where nobody consents, a value cannot be decrypted, or the audit log cannot be written: no secret is shown
/// then.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, args: Reveal) -> Result<Outcome> {
    if args.reveal && !args.yes {
        ctx.consent("This shows the credential's secrets in the terminal and its history.")?;
    }
    let master_key = keyring::master_key(&ctx.settings);
    let now = ctx.now();
    let db = ctx.db().await?;
    let row = crud::pick_to_show(db, &TABLE, matches).await?;
    let id = row.id("id")?;
    let fields = match db.find_referred(tables::CREDENTIAL_TYPE, row.int("credential_type_id")).await? {
        Some(credential_type) => values::fields_of(db, &credential_type).await?,
        None => Vec::new(),
    };
    let mut record = TABLE.show(&row);
    for value in values::load(db, id).await? {
        let name = value.text("name").unwrap_or_default();
        let shown = if !values::is_secret(&value, &fields) {
            value.get("value").to_json()
        } else if !args.reveal {
            mask(value.get("value")).to_json()
        } else if value.truth("is_encrypted") {
            let text = value.text("value").unwrap_or_default();
            let opened = keyring::open(db, master_key.as_ref(), &text)
                .await
                .map_err(|error| error.within(format!("the value {name} of credential {id} cannot be decrypted")))?;
            opened.into()
        } else {
            value.get("value").to_json()
        };
        // A value named as a column stays in the shade: scripts rely on the columns.
        record.entry(name).or_insert(shown);
    }
    if args.reveal {
        db.transaction(async |db| audit::revealed(db, id, now).await).await?;
    }
    crud::record(record, matches)
}
