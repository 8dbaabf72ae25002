//! The variables that a runtemplate's assigned credentials give its jobs.

use sea_query::{Asterisk, Expr, ExprTrait};

use crate::db::{Db, Row, select, tables};
use crate::encryption::keyring;
use crate::error::Result;
use crate::field_kind;
use crate::id::{CredentialId, RunTemplateId};
use crate::job::field::{Field, source};
use crate::secret::Secret;

/// A credential's field. A prototype may call a token a string, and yet a credential's value is never shown.
fn field(name: &str, kind: Option<String>, credential: CredentialId) -> Field {
    let mut field = Field::new(name, "", source("Credential", credential));
    field.kind = field_kind::suite_word(&kind.unwrap_or_default()).into();
    field.secret = field.is_secret() || crate::secret::name_looks_secret(name);
    field
}

/// The fields of the prototypes of all credentials that are assigned to a runtemplate, with the defaults that they have.
///
/// # Errors
/// The database cannot be asked.
pub async fn defaults(db: &mut Db, runtemplate: RunTemplateId) -> Result<Vec<Field>> {
    let mut select = select::columns(
        tables::RUNTPLCREDS,
        ["keyword", "type", "default_value"].map(|column| (tables::CREDENTIAL_PROTOTYPE_FIELD, column)),
    )
    .column((tables::RUNTPLCREDS, "credentials_id"))
    .take();
    for (table, column, other) in [
        (tables::CREDENTIALS, "id", (tables::RUNTPLCREDS, "credentials_id")),
        (tables::CREDENTIAL_TYPE, "id", (tables::CREDENTIALS, "credential_type_id")),
        (tables::CREDENTIAL_PROTOTYPE, "code", (tables::CREDENTIAL_TYPE, "prototype")),
        (tables::CREDENTIAL_PROTOTYPE_FIELD, "credential_prototype_id", (tables::CREDENTIAL_PROTOTYPE, "id")),
    ] {
        select.inner_join(table, Expr::col((table, column)).equals(other));
    }
    select.and_where(Expr::col((tables::RUNTPLCREDS, "runtemplate_id")).eq(runtemplate));
    let default = |row: &Row| {
        let mut field =
            field(&row.filled("keyword")?, row.filled("type"), row.int("credentials_id").map(CredentialId)?);
        field.value = None;
        field.default = Some(row.filled("default_value")?);
        Some(field)
    };
    Ok(db.fetch_all(&select).await?.iter().filter_map(default).collect())
}

/// The stored values of all credentials that are assigned to a runtemplate, as the table has them.
///
/// # Errors
/// The database cannot be asked.
pub async fn stored(db: &mut Db, runtemplate: RunTemplateId) -> Result<Vec<Row>> {
    let select = select::from(tables::CREDATA)
        .column((tables::CREDATA, Asterisk))
        .inner_join(
            tables::RUNTPLCREDS,
            Expr::col((tables::RUNTPLCREDS, "credentials_id")).equals((tables::CREDATA, "credential_id")),
        )
        .and_where(Expr::col((tables::RUNTPLCREDS, "runtemplate_id")).eq(runtemplate))
        .take();
    db.fetch_all(&select).await
}

/// The values of a runtemplate's credentials as fields, opened where they are encrypted.
///
/// # Errors
/// A value is encrypted and cannot be opened: no master key, another key, or a damaged value. The words name the credential.
pub async fn fields(db: &mut Db, master_key: Option<&Secret>, runtemplate: RunTemplateId) -> Result<Vec<Field>> {
    let mut fields = Vec::new();
    for row in stored(db, runtemplate).await? {
        let Some(name) = row.filled("name") else { continue };
        let credential = CredentialId(row.id("credential_id")?);
        let mut field = field(&name, row.filled("type"), credential);
        field.value = if row.truth("is_encrypted") {
            let opened =
                keyring::open(db, master_key, &row.text("value").unwrap_or_default()).await.map_err(|error| {
                    error.within(format!("the value {name} of credential {credential} cannot be decrypted"))
                })?;
            field.secret = true;
            Some(opened)
        } else {
            row.text("value")
        };
        fields.push(field);
    }
    Ok(fields)
}
