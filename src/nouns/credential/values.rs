//! The values of a credential: which of them are secret, and how they are stored.

use sea_query::{Expr, ExprTrait, Query};

use crate::config::Settings;
use crate::db::{Db, Row};
use crate::error::{Error, Kind, Result};
use crate::secret::{Envelope, Secret, keyring, looks_secret, name_looks_secret};
use crate::table::crud::internal;
use crate::table::kind::parse_bool;

pub const TABLE: &str = "credata";

/// A field that a credential of some type has.
pub struct Field {
    pub name: String,
    /// `password`, `string`, `integer`, …
    pub kind: String,
}

/// The fields of a credential type: its own, and those of its prototype. None where neither describes any.
pub async fn fields_of(db: &mut Db, credential_type: &Row) -> Result<Vec<Field>> {
    let mut select = Query::select();
    select.expr_as(Expr::col("keyname"), "name").column("type").from("crtypefield");
    select.and_where(Expr::col("credential_type_id").eq(credential_type.int("id")));
    let mut rows = db.fetch_all(&select).await?;
    if let Some(code) = credential_type.filled("prototype") {
        let mut prototype = Query::select();
        prototype.column("id").from("credential_prototype").and_where(Expr::col("code").eq(code));
        let mut select = Query::select();
        select.expr_as(Expr::col("keyword"), "name").column("type").from("credential_prototype_field");
        select.and_where(Expr::col("credential_prototype_id").in_subquery(prototype));
        rows.extend(db.fetch_all(&select).await?);
    }
    let field = |row: &Row| Some(Field { name: row.filled("name")?, kind: row.text("type").unwrap_or_default() });
    Ok(rows.iter().filter_map(field).collect())
}

/// Whether a stored value must not be shown or stored in clear. A prototype may call a token a string.
pub fn is_secret(row: &Row, fields: &[Field]) -> bool {
    let name = row.text("name").unwrap_or_default();
    row.truth("is_encrypted") || secret_field(&name, &row.text("type").unwrap_or_default(), fields)
}

fn secret_field(name: &str, kind: &str, fields: &[Field]) -> bool {
    let described = fields.iter().find(|field| field.name == name);
    looks_secret(false, kind)
        || described.is_some_and(|field| looks_secret(false, &field.kind))
        || name_looks_secret(name)
}

/// The stored values of a credential, by their names.
pub async fn of(db: &mut Db, credential: i64) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select.expr(Expr::cust("*")).from(TABLE).and_where(Expr::col("credential_id").eq(credential));
    db.fetch_all(select.order_by("name", sea_query::Order::Asc)).await
}

/// What storing values takes, looked up once.
pub struct Store {
    master_key: Option<Secret>,
    /// `DATA_ENCRYPTION_ENABLED`, which is on unless it is switched off.
    is_enabled: bool,
    now: i64,
}

impl Store {
    pub fn of(settings: &Settings) -> Store {
        let is_enabled = settings.get("DATA_ENCRYPTION_ENABLED").and_then(|text| parse_bool(&text)).unwrap_or(true);
        Store { master_key: keyring::master_key(settings), is_enabled, now: chrono::Utc::now().timestamp() }
    }

    pub fn master_key(&self) -> Option<&Secret> {
        self.master_key.as_ref()
    }

    /// Stores a value in place of the one of its name; to be called inside a transaction. Tells whether a secret had to be
    /// stored in clear.
    ///
    /// # Errors
    /// The schema keeps secrets encrypted and there is no key, or the column does not hold the whole value.
    pub async fn put(&self, db: &mut Db, credential: i64, name: &str, value: &str, fields: &[Field]) -> Result<bool> {
        let kind = fields.iter().find(|field| field.name == name).map_or("string", |field| field.kind.as_str());
        let columns = db.columns(TABLE).await?;
        let can_encrypt = columns.iter().any(|column| column == "is_encrypted");
        let secret = secret_field(name, kind, fields);
        if secret && value.is_empty() {
            // As in the suite's forms: an empty secret means that it stays as it is.
            return Ok(false);
        }
        let encrypted =
            if secret && can_encrypt && self.is_enabled { Some(self.seal(db, name, value).await?) } else { None };
        let in_clear = secret && encrypted.is_none();
        let version = encrypted.as_ref().map(|(_, version)| *version);
        let stored = encrypted.map_or_else(|| value.to_owned(), |(envelope, _)| envelope);
        let of_it = |column: &'static str| Expr::col(column);
        let mut delete = Query::delete();
        delete.from_table(TABLE).and_where(of_it("credential_id").eq(credential));
        db.execute(delete.and_where(of_it("name").eq(name))).await?;
        let mut row = vec![
            ("credential_id", Expr::val(credential)),
            ("name", Expr::val(name)),
            ("value", Expr::val(stored.as_str())),
            ("type", Expr::val(kind)),
        ];
        if can_encrypt {
            row.push(("is_encrypted", Expr::val(version.is_some())));
            row.push(("encryption_key_version", Expr::val(version)));
        }
        let mut insert = Query::insert();
        insert.into_table(TABLE).columns(row.iter().map(|(name, _)| *name));
        insert.values(row.into_iter().map(|(_, value)| value)).map_err(internal)?;
        let id = db.insert(&mut insert).await.map_err(|_| too_long(name))?;
        // A server that is not strict cuts a value off without a word; a cut envelope could never be opened.
        let kept = db.find(TABLE, id).await?.and_then(|row| row.text("value")).unwrap_or_default();
        if kept == stored { Ok(in_clear) } else { Err(too_long(name)) }
    }

    async fn seal(&self, db: &mut Db, name: &str, value: &str) -> Result<(String, i64)> {
        let (key, version) = keyring::active(db, self.master_key()).await.map_err(|error| {
            let message = format!("the secret value {name} cannot be stored");
            Error { message, causes: std::iter::once(error.message).chain(error.causes).collect(), ..error }
        })?;
        let envelope = Envelope::encrypt(&Secret::new(value), &key, keyring::KEY_NAME, version, self.now)?;
        Ok((envelope.to_text()?, version))
    }
}

fn too_long(name: &str) -> Error {
    Error::new(Kind::Refused, format!("the value {name} is too long for the database's column credata.value"))
        .hint("Keep long content in a file that the application reads, or widen the column")
}
