//! `credential encrypt-existing`: encrypts secret values that were stored in clear, batch by batch.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sea_query::{Expr, ExprTrait, Order};
use serde_json::json;

use super::values::{self, CredentialField, ValueStore};
use crate::commands::work::{STAYS, Work};
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::output::{Outcome, success};
use crate::table::args;

#[derive(clap::Args)]
pub struct Encrypt {
    /// Count what would be encrypted, without doing it
    #[arg(long = "dry-run")]
    dry_run: bool,
    /// How many rows to process per transaction
    #[arg(long = "batch-size", value_name = "N", default_value = "200", value_parser = args::number::<u64>(1, 100_000))]
    batch_size: u64,
}

/// Encrypts the secret values that are stored in clear, batch by batch.
///
/// # Errors
/// Encryption is switched off, the schema has no columns for encrypted values, there is no key that the master key opens, the
/// database refuses, or a signal came; values that were encrypted before that stay so.
pub async fn encrypt(ctx: &mut Context, args: Encrypt) -> Result<Outcome> {
    let mut store = ValueStore::from_settings(&ctx.settings);
    let (db, printer) = ctx.open().await?;
    if !store.is_enabled {
        return Err(Error::refused("values are not encrypted: DATA_ENCRYPTION_ENABLED switches encryption off")
            .hint("Set it to true, or take it out of the environment or the settings file"));
    }
    if !store.has_columns(db).await? {
        return Err(Error::refused("values cannot be encrypted: this database has no columns for encrypted values")
            .hint("`multiflexi-cli database migrate` adds the columns that newer suites use"));
    }
    if !args.dry_run {
        store.key(db).await?;
    }
    let mut types: HashMap<i64, Vec<CredentialField>> = HashMap::new();
    let (mut last, mut count) = (0, 0_u64);
    let in_clear = db.count_where(values::TABLE, Expr::col("is_encrypted").eq(false)).await?;
    let mut work = Work::begin(printer, in_clear, ("values in clear", "are seen to"), STAYS)?;
    work.batches(async || {
        let done = db.transaction(async |db| batch(db, &mut store, &args, &mut types, last).await).await?;
        let Some(BatchResult { up_to, rows, encrypted }) = done else { return Ok(0) };
        last = up_to;
        count = encrypted.saturating_add(count);
        Ok(rows)
    })
    .await?;
    drop(work);
    let done = if args.dry_run { "would be encrypted" } else { "encrypted" };
    let text = format!("{count} values {done}");
    let more = json!({"dry_run": args.dry_run, "count": count});
    Ok(Outcome::message(text.clone(), success(&text, &more)))
}

/// What one batch came to.
struct BatchResult {
    /// The last id that it looked at.
    up_to: i64,
    rows: u64,
    encrypted: u64,
}

/// Encrypts the secrets among the next rows in clear; None when there are no more rows.
async fn batch(
    db: &mut Db,
    store: &mut ValueStore,
    args: &Encrypt,
    types: &mut HashMap<i64, Vec<CredentialField>>,
    after: i64,
) -> Result<Option<BatchResult>> {
    let select = select::rows(values::TABLE, Expr::col("id").gt(after).and(Expr::col("is_encrypted").eq(false)))
        .order_by("id", Order::Asc)
        .limit(args.batch_size)
        .take();
    let rows = db.fetch_all(&select).await?;
    let Some(up_to) = rows.last().and_then(|row| row.int("id")) else { return Ok(None) };
    let mut encrypted = 0;
    for row in &rows {
        let Some(value) = row.filled("value") else { continue };
        if !values::is_secret(row, fields_of(db, types, row).await?) {
            continue;
        }
        if !args.dry_run {
            store.encrypt(db, row, &value).await?;
        }
        encrypted = u64::saturating_add(encrypted, 1);
    }
    Ok(Some(BatchResult { up_to, rows: rows.len() as u64, encrypted }))
}

/// The fields of a value's credential type, looked up once a credential.
async fn fields_of<'t>(
    db: &mut Db,
    types: &'t mut HashMap<i64, Vec<CredentialField>>,
    row: &Row,
) -> Result<&'t [CredentialField]> {
    let credential = row.id("credential_id")?;
    if let Entry::Vacant(entry) = types.entry(credential) {
        let type_id = db.find(tables::CREDENTIALS, credential).await?.and_then(|row| row.int("credential_type_id"));
        let fields = match db.find_referred(tables::CREDENTIAL_TYPE, type_id).await? {
            Some(credential_type) => values::fields_of(db, &credential_type).await?,
            None => Vec::new(),
        };
        entry.insert(fields);
    }
    Ok(types.get(&credential).map_or(&[], Vec::as_slice))
}
