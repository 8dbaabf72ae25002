//! The variables that a runtemplate's assigned credentials give its jobs.

use sea_query::{Expr, ExprTrait, JoinType, Query};

use crate::db::Db;
use crate::error::Result;
use crate::php::Field;
use crate::secret::{Secret, keyring};

/// The values of all credentials that are assigned to a runtemplate, opened where they are encrypted.
///
/// # Errors
/// A value is encrypted and cannot be opened: no master key, another key, or a damaged value. The words name the credential.
pub async fn fields(db: &mut Db, master_key: Option<&Secret>, runtemplate: i64) -> Result<Vec<Field>> {
    let mut select = Query::select();
    select
        .expr(Expr::cust("credata.*"))
        .from("credata")
        .join(
            JoinType::InnerJoin,
            "runtplcreds",
            Expr::col(("runtplcreds", "credentials_id")).equals(("credata", "credential_id")),
        )
        .and_where(Expr::col(("runtplcreds", "runtemplate_id")).eq(runtemplate));
    let mut fields = Vec::new();
    for row in db.fetch_all(&select).await? {
        let Some(name) = row.filled("name") else { continue };
        let credential = row.int("credential_id").unwrap_or_default();
        let mut field = Field::new(&name, "", crate::job::environment::source("Credential", credential));
        field.kind = row.filled("type").unwrap_or_else(|| "string".into());
        // A prototype's field may be a token and yet of another type: a credential's value is never shown.
        field.secret = field.is_secret() || crate::secret::name_looks_secret(&name);
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
