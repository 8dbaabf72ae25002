//! The values of a credential: which of them are secret, and how they are stored.

use sea_query::{Expr, ExprTrait};

use crate::config::Settings;
use crate::config::parse_bool;
use crate::db::{Db, Row, select, tables};
use crate::encryption::{Envelope, Key, keyring};
use crate::error::{Error, Kind, Result};
use crate::field_kind;
use crate::secret::{self, Secret, looks_secret, name_looks_secret};
use crate::table::{Values, args};

/// The table of credentials' values.
pub const TABLE: &str = tables::CREDATA;

/// A field that a credential of some type has.
pub struct CredentialField {
    pub name: String,
    /// `password`, `string`, `integer`, …
    pub kind: String,
    /// A credential has to have a value for it: there is no default.
    pub required: bool,
}

/// The fields of a credential type: its own, and those of its prototype. None where neither describes any.
///
/// # Errors
/// The database cannot be asked.
pub async fn fields_of(db: &mut Db, credential_type: &Row) -> Result<Vec<CredentialField>> {
    let select = select::from(tables::CRTYPEFIELD)
        .expr_as(Expr::col("keyname"), "name")
        .expr_as(Expr::col("defval"), "default_value")
        .columns(["type", "required"])
        .and_where(Expr::col("credential_type_id").eq(credential_type.int("id")))
        .take();
    let mut rows = db.fetch_all(&select).await?;
    if let Some(code) = credential_type.filled("prototype") {
        let prototype = select::column(tables::CREDENTIAL_PROTOTYPE, "id", Expr::col("code").eq(code));
        let select = select::from(tables::CREDENTIAL_PROTOTYPE_FIELD)
            .expr_as(Expr::col("keyword"), "name")
            .columns(["default_value", "type", "required"])
            .and_where(Expr::col("credential_prototype_id").in_subquery(prototype))
            .take();
        rows.extend(db.fetch_all(&select).await?);
    }
    let field = |row: &Row| {
        let required = row.truth("required") && row.filled("default_value").is_none();
        Some(CredentialField { name: row.filled("name")?, kind: row.text("type").unwrap_or_default(), required })
    };
    Ok(rows.iter().filter_map(field).collect())
}

/// Whether a stored value must not be shown or stored in clear. A prototype may call a token a string.
pub fn is_secret(row: &Row, fields: &[CredentialField]) -> bool {
    let name = row.text("name").unwrap_or_default();
    row.truth("is_encrypted") || secret_field(&name, &row.text("type").unwrap_or_default(), fields)
}

/// Whether the values of a field must not be shown or stored in clear.
pub fn secret_field(name: &str, kind: &str, fields: &[CredentialField]) -> bool {
    let described = fields.iter().find(|field| field.name == name);
    looks_secret(false, kind)
        || described.is_some_and(|field| looks_secret(false, &field.kind))
        || name_looks_secret(name)
}

/// The stored values of a credential, by their names.
///
/// # Errors
/// The database cannot be asked.
pub async fn load(db: &mut Db, credential: i64) -> Result<Vec<Row>> {
    let mut select = select::rows(TABLE, Expr::col("credential_id").eq(credential));
    db.fetch_all(select.order_by("name", sea_query::Order::Asc)).await
}

/// What storing values takes, looked up once.
pub struct ValueStore {
    master_key: Option<Secret>,
    /// `DATA_ENCRYPTION_ENABLED`, which is on unless it is switched off.
    pub is_enabled: bool,
    now: i64,
    /// Once it is needed: the key to encrypt with and its version, and whether the schema has columns for encrypted values.
    key: Option<(Key, i64)>,
    has_columns: Option<bool>,
}

impl ValueStore {
    /// What the settings say of storing values: the master key, and whether values are to be encrypted.
    pub fn from_settings(settings: &Settings) -> ValueStore {
        let is_enabled = settings.get("DATA_ENCRYPTION_ENABLED").and_then(|text| parse_bool(&text)).unwrap_or(true);
        let (master_key, now) = (keyring::master_key(settings), chrono::Utc::now().timestamp());
        ValueStore { master_key, is_enabled, now, key: None, has_columns: None }
    }

    /// Whether the schema has columns for encrypted values.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn has_columns(&mut self, db: &mut Db) -> Result<bool> {
        if let Some(has_columns) = self.has_columns {
            return Ok(has_columns);
        }
        let has_columns = db.has_column(TABLE, "is_encrypted").await?;
        Ok(*self.has_columns.insert(has_columns))
    }

    /// The key to encrypt with, and its version.
    ///
    /// # Errors
    /// There is no key, no master key, or another one.
    pub async fn key(&mut self, db: &mut Db) -> Result<&(Key, i64)> {
        match &mut self.key {
            Some(key) => Ok(key),
            none => Ok(none.insert(keyring::active(db, self.master_key.as_ref()).await?)),
        }
    }

    /// Stores a value in place of the one of its name; call inside a transaction.
    ///
    /// What was secret stays so, whether or not the credential type describes it. Returns whether a secret had to be stored in
    /// clear.
    ///
    /// # Errors
    /// The schema keeps secrets encrypted and there is no key, or the column does not hold the whole value.
    pub async fn put(
        &mut self,
        db: &mut Db,
        credential: i64,
        name: &str,
        value: &str,
        fields: &[CredentialField],
    ) -> Result<bool> {
        let mut select = select::rows(TABLE, Expr::col("credential_id").eq(credential));
        let stored = db.fetch_all(select.and_where(Expr::col("name").eq(name))).await?;
        let kind = kind_of(name, &stored, fields);
        let secret = secret_field(name, &kind, fields) || stored.iter().any(|row| is_secret(row, fields));
        if secret::is_mask(value) {
            return if stored.is_empty() { Err(args::only_a_mask(&format!("--field {name}"))) } else { Ok(false) };
        }
        if secret && value.is_empty() {
            // As in the suite's forms: an empty secret means that it stays as it is.
            return Ok(false);
        }
        // A row that is marked has the column, whatever the schema was said to have: text that is marked as encrypted is lost.
        let has_columns = self.has_columns(db).await? || stored.iter().any(|row| row.truth("is_encrypted"));
        let sealed =
            if secret && has_columns && self.is_enabled { Some(self.seal(db, name, value).await?) } else { None };
        let (text, version) = sealed.map_or((value.to_owned(), None), |(envelope, version)| (envelope, Some(version)));
        let mut row: Values = vec![("value", text.as_str().into()), ("type", field_kind::suite_word(&kind).into())];
        if has_columns {
            row.push(("is_encrypted", version.is_some().into()));
            row.push(("encryption_key_version", version.into()));
        }
        if stored.is_empty() {
            row.extend([("credential_id", credential.into()), ("name", name.into())]);
            let id = db.insert_row(TABLE, row).await.map_err(|error| of_width(name, error))?;
            check_kept(db, id, name, &text).await?;
        } else {
            for id in stored.iter().filter_map(|row| row.int("id")) {
                replace(db, id, name, row.clone(), &text).await?;
            }
        }
        Ok(secret && version.is_none())
    }

    /// Encrypts a stored value in its place; call inside a transaction.
    ///
    /// # Errors
    /// As [`ValueStore::put`].
    pub async fn encrypt(&mut self, db: &mut Db, row: &Row, value: &str) -> Result<()> {
        let (id, name) = (row.id("id")?, row.text("name").unwrap_or_default());
        let (envelope, version) = self.seal(db, &name, value).await?;
        let row: Values = vec![
            ("value", envelope.as_str().into()),
            ("is_encrypted", true.into()),
            ("encryption_key_version", version.into()),
        ];
        replace(db, id, &name, row, &envelope).await
    }

    async fn seal(&mut self, db: &mut Db, name: &str, value: &str) -> Result<(String, i64)> {
        let now = self.now;
        let (key, version) =
            self.key(db).await.map_err(|error| error.within(format!("the secret value {name} cannot be stored")))?;
        let envelope = Envelope::encrypt(&Secret::new(value), key, keyring::KEY_NAME, *version, now)?;
        Ok((envelope.to_text()?, *version))
    }
}

/// The type to store with a value: a described or stored one that calls it secret, else the described one, else the stored one.
fn kind_of(name: &str, stored: &[Row], fields: &[CredentialField]) -> String {
    let described = fields.iter().filter(|field| field.name == name).map(|field| field.kind.clone());
    let kinds = described.chain(stored.iter().filter_map(|row| row.text("type"))).filter(|kind| !kind.is_empty());
    let mut kinds: Vec<String> = kinds.collect();
    match kinds.iter().position(|kind| looks_secret(false, kind)) {
        Some(at) => kinds.swap_remove(at),
        None => kinds.into_iter().next().unwrap_or_else(|| "string".into()),
    }
}

/// Changes a stored row. It keeps its id, by which [`super::encrypt`] finds its way through the table.
async fn replace(db: &mut Db, id: i64, name: &str, row: Values, text: &str) -> Result<()> {
    db.update_where(TABLE, Expr::col("id").eq(id), row.into_iter().map(|(name, value)| (name, Expr::val(value))))
        .await
        .map_err(|error| of_width(name, error))?;
    check_kept(db, id, name, text).await
}

/// A server that is not strict cuts a value off without a word; a cut envelope could never be opened.
async fn check_kept(db: &mut Db, id: i64, name: &str, text: &str) -> Result<()> {
    let kept = db.find(TABLE, id).await?.and_then(|row| row.text("value")).unwrap_or_default();
    if kept == text { Ok(()) } else { Err(too_long(name)) }
}

/// The server knows that a value is too long, but not which one. Its other errors are told as they are.
fn of_width(name: &str, error: Error) -> Error {
    if error.kind == Kind::TooLong { too_long(name) } else { error }
}

fn too_long(name: &str) -> Error {
    Error::new(Kind::Refused, format!("the value {name} is too long for the database's column credata.value"))
        .hint("Keep long content in a file that the application reads, or widen the column")
}
