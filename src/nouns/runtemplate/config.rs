//! A runtemplate's settings: the values of its application's fields, in `configuration`.

use sea_query::{Expr, ExprTrait, Query};

use crate::db::{Db, Row};
use crate::error::{Error, Result};
use crate::nouns::reference::KeyValue;
use crate::secret;
use crate::table::{Values, args};

/// The fields that an application takes, by their names.
pub async fn fields_of(db: &mut Db, app_id: i64) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select.expr(Expr::cust("*")).from("conffield").and_where(Expr::col("app_id").eq(app_id));
    db.fetch_all(select.order_by("keyname", sea_query::Order::Asc)).await
}

/// The values that a runtemplate sets, by their names.
pub async fn values_of(db: &mut Db, runtemplate_id: i64) -> Result<Vec<Row>> {
    let mut select = Query::select();
    select.expr(Expr::cust("*")).from("configuration").and_where(Expr::col("runtemplate_id").eq(runtemplate_id));
    db.fetch_all(select.order_by("name", sea_query::Order::Asc)).await
}

/// Checks that each value is of the type that its field has. A value with a macro is known only when the job runs; a key
/// that the application does not name is taken as it is, as the suite does.
pub fn check(pairs: &[KeyValue], fields: &[Row]) -> Result<()> {
    for KeyValue { key, value } in pairs {
        if value.chars().count() > 1024 {
            return Err(Error::usage(format!("--config {key}: the value is longer than 1024 characters"))
                .hint("Longer content belongs in a file that the application reads"));
        }
        let Some(field) = fields.iter().find(|field| field.text("keyname").as_deref() == Some(key)) else { continue };
        let kind = field.text("type").unwrap_or_default();
        let fits = match kind.as_str() {
            _ if value.is_empty() || value.contains('{') || secret::is_mask(value) => true,
            "integer" => value.parse::<i64>().is_ok(),
            "float" => value.parse::<f64>().is_ok(),
            "bool" => crate::table::kind::parse_bool(value).is_some(),
            _ => true,
        };
        if !fits {
            return Err(Error::usage(format!("--config {key}: the field is of type {kind}, and this value is not"))
                .hint("`multiflexi-cli application show-config` lists an application's fields"));
        }
    }
    Ok(())
}

/// Stores values, each in place of the one of its name. At create each boolean field that is not named is stored as
/// false, because the suite's executor takes a missing one for its default, which may be true.
pub async fn store(db: &mut Db, runtemplate: &Row, pairs: &[KeyValue], fields: &[Row], is_new: bool) -> Result<()> {
    let is_bool = |row: &Row| row.text("type").as_deref() == Some("bool");
    let named = |key: &str| pairs.iter().any(|pair| pair.key == key);
    let missing = fields.iter().filter(|row| is_new && is_bool(row)).filter_map(|row| row.text("keyname"));
    let missing: Vec<KeyValue> =
        missing.filter(|key| !named(key)).map(|key| KeyValue { key, value: "false".into() }).collect();
    let id = runtemplate.int("id").unwrap_or_default();
    for KeyValue { key, value } in pairs.iter().chain(&missing) {
        if secret::is_mask(value) {
            if values_of(db, id).await?.iter().all(|row| row.text("name").as_ref() != Some(key)) {
                return Err(args::only_a_mask(&format!("--config {key}")));
            }
            continue;
        }
        let value = match fields.iter().find(|row| row.text("keyname").as_deref() == Some(key)) {
            Some(field) if is_bool(field) => match crate::table::kind::parse_bool(value) {
                Some(truth) => truth.to_string(),
                None => value.clone(),
            },
            _ => value.clone(),
        };
        let mut delete = Query::delete();
        delete.from_table("configuration").and_where(Expr::col("runtemplate_id").eq(id));
        db.execute(delete.and_where(Expr::col("name").eq(key.as_str()))).await?;
        let row: Values = vec![
            ("app_id", runtemplate.int("app_id").into()),
            ("company_id", runtemplate.int("company_id").into()),
            ("name", key.as_str().into()),
            ("value", value.into()),
            ("runtemplate_id", id.into()),
            ("config_type", "string".into()),
        ];
        db.add_row("configuration", row).await?;
    }
    Ok(())
}
