//! The keys of `encryption_keys`: which one encrypts now, which one opens an envelope, and the master key that guards them.

use sea_query::{Expr, ExprTrait, Order};

use super::{Envelope, Key, unwrap_key};
use crate::config::Settings;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};
use crate::secret::{MASTER_KEY_VARIABLES, Secret, is_placeholder_key};

/// The key that credentials are encrypted with.
pub const KEY_NAME: &str = "credentials";
/// The table of the keys.
pub const TABLE: &str = tables::ENCRYPTION_KEYS;

/// The master key. Here the environment beats the file, as the suite has it.
pub fn master_key(settings: &Settings) -> Option<Secret> {
    let from_environment =
        MASTER_KEY_VARIABLES.into_iter().find_map(|key| std::env::var(key).ok().filter(|value| !value.is_empty()));
    from_environment.or_else(|| settings.get(MASTER_KEY_VARIABLES[0])).map(Secret::new)
}

/// What is told where there is no master key.
fn no_master_key() -> Error {
    Error::refused("no master key is set").hint("Set ENCRYPTION_MASTER_KEY as the suite on this database has it")
}

/// Whether keys have versions: so they do in newer schemas.
///
/// # Errors
/// The database cannot be asked.
pub async fn has_versions(db: &mut Db) -> Result<bool> {
    db.has_column(TABLE, "version").await
}

/// The newest active row of the key, if there is one.
///
/// # Errors
/// The database cannot be asked.
pub async fn active_row(db: &mut Db) -> Result<Option<Row>> {
    let mut select = select::rows(TABLE, Expr::col("key_name").eq(KEY_NAME).and(Expr::col("is_active").eq(true)));
    if has_versions(db).await? {
        select.order_by("version", Order::Desc);
    }
    db.fetch_optional(select.order_by("id", Order::Desc).limit(1)).await
}

/// Whether a row holds a key, not what a new database holds until keys are made.
pub fn is_initialized(row: &Row) -> bool {
    !is_placeholder_key(&row.text("key_data").unwrap_or_default())
}

/// Looks whether a master key fits every version of the key that was made.
///
/// Beside one that it does not fit, another key would be of no use to those who have the right one, and what is under the
/// others could be read by nobody who has this one.
///
/// # Errors
/// One of them cannot be unwrapped by it.
pub async fn require_fit(db: &mut Db, master_key: &Secret) -> Result<()> {
    let select = select::rows(TABLE, Expr::col("key_name").eq(KEY_NAME)).order_by("id", Order::Asc).take();
    for row in db.fetch_all(&select).await?.iter().filter(|row| is_initialized(row)) {
        let Err(error) = unwrap_key(&row.text("key_data").unwrap_or_default(), master_key) else { continue };
        let version = row.int("version").unwrap_or(1);
        return Err(error
            .within(format!("no other key is made: the master key does not fit the one for credentials, version {version}"))
            .hint(
                "Set ENCRYPTION_MASTER_KEY to the master key that it was made with. If that is lost, so are the values under it: delete the \
                 rows of encryption_keys whose key_name is credentials, make a new key, and enter the credentials anew",
            ));
    }
    Ok(())
}

/// The key to encrypt with, and its version.
///
/// # Errors
/// There is no key, no master key, or another one.
pub async fn active(db: &mut Db, master_key: Option<&Secret>) -> Result<(Key, i64)> {
    let Some(row) = active_row(db).await?.filter(is_initialized) else {
        return Err(Error::refused("the database has no key to encrypt secret values with")
            .hint("`multiflexi-cli encryption init` makes one; it needs ENCRYPTION_MASTER_KEY"));
    };
    let key = unwrap_key(&row.text("key_data").unwrap_or_default(), master_key.ok_or_else(no_master_key)?)?;
    Ok((key, row.int("version").unwrap_or(1)))
}

/// Opens the text of an envelope.
///
/// # Errors
/// The text is no envelope, its key is not there, or does not fit.
pub async fn open(db: &mut Db, master_key: Option<&Secret>, text: &str) -> Result<String> {
    let envelope = Envelope::parse(text).ok_or_else(|| {
        Error::refused("it is marked as encrypted, but is no envelope").hint("Enter the credential anew")
    })?;
    let master_key = master_key.ok_or_else(no_master_key)?;
    let mut select = select::column(TABLE, "key_data", Expr::col("key_name").eq(envelope.key_name.as_str()));
    if has_versions(db).await? {
        select.and_where(Expr::col("version").eq(envelope.key_version));
    }
    let key = db.fetch_optional(&select).await?.and_then(|row| row.filled("key_data"));
    let key = key.ok_or_else(|| {
        Error::refused(format!("the database has no key {:?} of version {}", envelope.key_name, envelope.key_version))
            .hint("Restore the row of encryption_keys, or enter the credential anew")
    })?;
    Ok(envelope.decrypt(&unwrap_key(&key, master_key)?)?.expose().to_owned())
}
