//! `encryption`: the key that secret values of credentials are encrypted with.

use sea_query::{Expr, ExprTrait, Order};
use serde_json::json;

use crate::commands::{NoArgs, Noun, Scope, verb};
use crate::context::Context;
use crate::db::rows::Values;
use crate::db::{Db, Row, select, tables};
use crate::encryption::{Key, keyring, unwrap_key, wrap_key};
use crate::error::{Error, Kind, Result};
use crate::failpoint;
use crate::output::loss::Loss;
use crate::output::{Outcome, record, success};
use crate::secret::Secret;

/// The suite's words, for programs that compare them. What they say of `--force` is not so: old values stay readable.
const ALREADY: &str = "Credentials encryption key is already initialized; skipping. Use --force to rotate it (this invalidates existing encrypted credentials).";

#[derive(clap::Args)]
pub struct Init {
    /// Make a new version of the key although there is one; values under older versions stay readable
    #[arg(long)]
    force: bool,
}

/// Tells which keys there are, whether the master key fits, and whether values can be stored encrypted.
///
/// # Errors
/// The database cannot be asked.
async fn status(ctx: &mut Context, _: NoArgs) -> Result<Outcome> {
    let master_key = keyring::master_key(&ctx.settings);
    let db = ctx.db().await?;
    let can_encrypt = db.has_column(tables::CREDATA, "is_encrypted").await?;
    let select = select::rows(keyring::TABLE, select::all()).order_by("id", Order::Asc).take();
    let mut keys = Vec::new();
    for row in db.fetch_all(&select).await? {
        let data = row.text("key_data").unwrap_or_default();
        let fits = match &master_key {
            Some(master_key) if keyring::is_initialized(&row) => Some(unwrap_key(&data, master_key).is_ok()),
            _ => None,
        };
        let mut key = record(&row);
        key.remove("key_data");
        key.insert("initialized".into(), keyring::is_initialized(&row).into());
        key.insert("master_key_fits".into(), fits.into());
        keys.push(key);
    }
    let mut text = format!(
        "Master key: {}\nColumns for encrypted values: {}\n",
        if master_key.is_some() { "set" } else { "not set (ENCRYPTION_MASTER_KEY)" },
        if can_encrypt {
            "there"
        } else {
            "missing: values are stored in clear (`multiflexi-cli database migrate` adds them)"
        },
    );
    for key in &keys {
        let word = |name: &str| {
            key.get(name).map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).unwrap_or_default()
        };
        let state = match (key["initialized"].as_bool(), key["master_key_fits"].as_bool()) {
            (Some(false), _) => "not made yet (`multiflexi-cli encryption init`)",
            (_, Some(false)) => "does not fit the master key",
            (_, Some(true)) => "ready",
            (_, None) => "made",
        };
        let active = if word("is_active") == "1" { "" } else { ", no longer active" };
        let version = if key.contains_key("version") { format!(" version {}", word("version")) } else { String::new() };
        text.push_str(&format!("Key {}{version}: {state}{active}\n", word("key_name")));
    }
    let active = keys.iter().filter(|key| key.get("is_active").and_then(serde_json::Value::as_i64) == Some(1)).count();
    let json = json!({
        "status": "success", "message": "Encryption status retrieved",
        "master_key": if master_key.is_some() { "configured" } else { "missing" },
        "total_keys": keys.len(), "active_keys": active, "columns": can_encrypt, "keys": keys,
    });
    Ok(Outcome::Report { text, json })
}

/// What `init` is to do, as the keys stand.
enum InitStep {
    /// There is a key, and nobody wants another one.
    Keep,
    Make,
    /// The key of this version gives way.
    Replace(i64),
}

/// What is to be done, and the row that holds the present key.
///
/// # Errors
/// It cannot be done.
async fn step(db: &mut Db, force: bool, master_key: Option<&Secret>) -> Result<(InitStep, Option<Row>)> {
    let found = keyring::active_row(db).await?;
    let has_key = found.as_ref().is_some_and(keyring::is_initialized);
    if has_key && !force {
        return Ok((InitStep::Keep, found));
    }
    if master_key.is_none() {
        return Err(Error::refused("the key for credentials cannot be made: no master key is set").hint(
            "Set ENCRYPTION_MASTER_KEY, in the environment or the settings file, to a long random text, and keep a copy: without it nothing can be decrypted",
        ));
    }
    if let Some(master_key) = master_key {
        keyring::require_fit(db, master_key).await?;
    }
    if !has_key {
        return Ok((InitStep::Make, found));
    }
    if !keyring::has_versions(db).await? {
        return Err(Error::refused("the key cannot be replaced: this schema keeps one version of a key")
            .hint("`multiflexi-cli database migrate` adds the columns that newer suites use"));
    }
    let version = found.as_ref().and_then(|row| row.int("version")).unwrap_or(1);
    Ok((InitStep::Replace(version), found))
}

/// What is said before it is done; None where it is to be done without a word.
async fn before(ctx: &mut Context, force: bool, master_key: Option<&Secret>) -> Result<Option<Outcome>> {
    if !ctx.dry_run && !force {
        return Ok(None);
    }
    let json = json!({"key_name": keyring::KEY_NAME, "initialized": false, "rotated": false});
    let (step, _) = step(ctx.db().await?, force, master_key).await?;
    match step {
        InitStep::Replace(version) => {
            let loss = async |_: &mut Db| Ok(Loss::new(format!("the key for credentials, version {version},")));
            ctx.guard("replaced; values under it stay readable", json, loss).await
        }
        InitStep::Make if ctx.dry_run => Ok(Some(Loss::new("the key for credentials").would_be("made", json))),
        InitStep::Make | InitStep::Keep => Ok(None),
    }
}

/// Makes the key that credentials are encrypted with; with `--force` a new version of it.
///
/// # Errors
/// No master key is set, the schema has no place for a second version, another process has just replaced the key, or somebody
/// answers no: the keys stay as they are then.
async fn init(ctx: &mut Context, args: Init) -> Result<Outcome> {
    let master_key = keyring::master_key(&ctx.settings);
    let now = ctx.now();
    if let Some(answer) = before(ctx, args.force, master_key.as_ref()).await? {
        return Ok(answer);
    }
    let dry_run = ctx.dry_run;
    let made = ctx.db().await?.transaction_looking_first(async |db| {
        let (step, found) = step(db, args.force, master_key.as_ref()).await?;
        let master_key = master_key.as_ref().filter(|_| !matches!(step, InitStep::Keep) && !dry_run);
        let Some(master_key) = master_key else { return Ok(None) };
        let wrapped = wrap_key(&Key::generate()?, master_key)?;
        let Some(row) = found else {
            insert(db, vec![("key_data", wrapped.into()), ("created_at", now.into())]).await?;
            return Ok(Some((1, false)));
        };
        // A server lets another one make a key meanwhile, which values may be encrypted with already: only what was read is
        // replaced. On MariaDB even a reading in this transaction would not see it.
        let unchanged = Expr::col("id").eq(row.int("id")).and(match row.text("key_data") {
            Some(data) => Expr::col("key_data").eq(data),
            None => Expr::col("key_data").is_null(),
        });
        let first = |count: u64| match count {
            // That is the one which was to be made; nobody wants it replaced twice.
            0 => {
                let kind = if args.force { Kind::Refused } else { Kind::Taken };
                Err(Error::new(kind, "another process has just made a key for credentials")
                    .hint("`multiflexi-cli encryption status` shows it"))
            }
            _ => Ok(()),
        };
        failpoint::at("keying");
        let InitStep::Replace(version) = step else {
            let made = [("key_data", wrapped.into()), ("created_at", now.into())];
            first(db.update_where(keyring::TABLE, unchanged, made).await?)?;
            return Ok(Some((row.int("version").unwrap_or(1), false)));
        };
        let version = version.saturating_add(1);
        let active = unchanged.and(Expr::col("is_active").eq(true));
        let retired = [("is_active", false.into()), ("rotated_at", now.into())];
        first(db.update_where(keyring::TABLE, active, retired).await?)?;
        insert(db, vec![("key_data", wrapped.into()), ("created_at", now.into()), ("version", version.into())]).await?;
        Ok(Some((version, true)))
    });
    match made.await? {
        None => {
            let text = "Credentials encryption key is already initialized; skipping. Use --force to rotate it; values under older versions stay readable";
            let mut more = json!({"key_name": keyring::KEY_NAME, "initialized": false, "rotated": false});
            if dry_run {
                more["dry_run"] = true.into();
            }
            Ok(Outcome::message(text, success(ALREADY, &more)))
        }
        Some((version, rotated)) => {
            let done = if rotated { "rotated; values under older versions stay readable" } else { "initialized" };
            let text = format!("Credentials encryption key {done} (version {version})");
            let more =
                json!({"key_name": keyring::KEY_NAME, "initialized": true, "rotated": rotated, "version": version});
            Ok(Outcome::message(text.clone(), success(&text, &more)))
        }
    }
}

async fn insert(db: &mut Db, mut values: Values) -> Result<()> {
    values.push(("key_name", keyring::KEY_NAME.into()));
    db.insert_row(keyring::TABLE, values).await.map(drop)
}

pub const NOUN: Noun = Noun {
    name: "encryption",
    aliases: &[],
    about: "The key that secret values of credentials are encrypted with",
    scope: Scope::Data,
    verbs: &[
        verb!("status", "Show the keys, and whether the master key fits", NoArgs, status).reading(),
        verb!("init", "Create the key if there is none", Init, init).destroying(),
    ],
};
