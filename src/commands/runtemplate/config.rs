//! A runtemplate's settings: the values of its application's fields, in `configuration`.

use sea_query::{Expr, ExprTrait};

use crate::commands::reference::KeyValue;
use crate::db::{Db, Row, select, tables};
use crate::definition::coerce::split;
use crate::error::{Error, Result};
use crate::nearest::nearest;
use crate::secret::{self, field_is_secret, name_looks_secret};
use crate::table::{Values, args};

/// The fields that an application takes, by their names.
///
/// # Errors
/// The database cannot be asked.
pub async fn fields_of(db: &mut Db, app_id: i64) -> Result<Vec<Row>> {
    let mut select = select::rows(tables::CONFFIELD, Expr::col("app_id").eq(app_id));
    db.fetch_all(select.order_by("keyname", sea_query::Order::Asc)).await
}

/// The values that a runtemplate sets, by their names.
///
/// # Errors
/// The database cannot be asked.
pub async fn values_of(db: &mut Db, runtemplate_id: i64) -> Result<Vec<Row>> {
    let mut select = select::rows(tables::CONFIGURATION, Expr::col("runtemplate_id").eq(runtemplate_id));
    db.fetch_all(select.order_by("name", sea_query::Order::Asc)).await
}

/// Checks that each value is of the type that its field has.
///
/// A value with a macro is known only when the job runs; a key that the application does not name is taken as it is, as the
/// suite does.
///
/// # Errors
/// A value is not of its field's type, or is longer than 1024 characters; the first such key is named.
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
            "bool" => crate::config::parse_bool(value).is_some(),
            _ => true,
        };
        if !fits {
            return Err(Error::usage(format!("--config {key}: the field is of type {kind}, and this value is not"))
                .hint(format!(
                    "`multiflexi-cli application show-config --id={}` lists the application's fields",
                    field.text("app_id").unwrap_or_else(|| "ID".into())
                )));
        }
    }
    Ok(())
}

/// Whether the value of a key is secret: by what the application says of it, else by its name.
pub fn is_secret(fields: &[Row], key: &str) -> bool {
    match fields.iter().find(|field| field.text("keyname").as_deref() == Some(key)) {
        Some(field) => field_is_secret(key, field.truth("secret"), &field.text("type").unwrap_or_default(), ""),
        None => name_looks_secret(key),
    }
}

/// The names of the variables that an application's jobs can use: its own, and those of the credentials that it requires.
///
/// None where it declares none, so that nothing is known.
///
/// # Errors
/// The database cannot be asked.
pub async fn declared(db: &mut Db, application: &Row, fields: &[Row]) -> Result<Vec<String>> {
    let mut names: Vec<String> = fields.iter().filter_map(|field| field.text("keyname")).collect();
    if names.is_empty() {
        return Ok(names);
    }
    let codes = split(&application.text("requirements").unwrap_or_default());
    if !codes.is_empty() {
        let prototypes = select::column(tables::CREDENTIAL_PROTOTYPE, "id", Expr::col("code").is_in(codes));
        let select = select::column(
            tables::CREDENTIAL_PROTOTYPE_FIELD,
            "keyword",
            Expr::col("credential_prototype_id").in_subquery(prototypes),
        );
        names.extend(db.fetch_all(&select).await?.iter().filter_map(|row| row.text("keyword")));
    }
    Ok(names)
}

/// The keys among these that no variable has. What every job is given may be set too.
pub fn undeclared<'p>(pairs: &'p [KeyValue], declared: &'p [String]) -> impl Iterator<Item = &'p str> {
    let is_known = |key: &str| {
        declared.is_empty()
            || declared.iter().any(|name| name == key)
            || key.starts_with("MULTIFLEXI_")
            || matches!(key, "RESULT_FILE" | "EASE_LOGGER")
    };
    pairs.iter().map(|pair| pair.key.as_str()).filter(move |key| !is_known(key))
}

/// Refuses a value of a variable that the application does not have, where one of a name like it is there: a slip of the hand.
///
/// Another one is taken, as the suite does; words that say so.
///
/// # Errors
/// The key, and the name that may be meant.
pub fn check_declared(pairs: &[KeyValue], declared: &[String], application: &Row) -> Result<Option<String>> {
    let (id, name) = (application.text("id").unwrap_or_default(), application.text("name").unwrap_or_default());
    let mut others = Vec::new();
    for key in undeclared(pairs, declared) {
        let Some(near) = nearest(key, declared.iter().map(String::as_str)) else {
            others.push(key);
            continue;
        };
        return Err(Error::refused(format!("--config {key}: the application {name} has no such variable")).hint(format!(
            "Is {near} meant? `multiflexi-cli application show-config --id={id}` lists those it has; --undeclared takes this one \
             all the same"
        )));
    }
    Ok((!others.is_empty()).then(|| format!("warning: the application {name} has no variable {}", others.join(", "))))
}

/// The required variables of an application for which a job of the runtemplate would find no value.
///
/// # Errors
/// The database cannot be asked.
pub async fn missing(db: &mut Db, runtemplate: &Row, fields: &[Row]) -> Result<Vec<String>> {
    let is_missing = |field: &&Row| field.truth("required") && field.filled("defval").is_none();
    let mut missing: Vec<String> = fields.iter().filter(is_missing).filter_map(|field| field.text("keyname")).collect();
    if missing.is_empty() {
        return Ok(missing);
    }
    let assigned =
        select::column(tables::RUNTPLCREDS, "credentials_id", Expr::col("runtemplate_id").eq(runtemplate.int("id")));
    let own = Expr::col("runtemplate_id").eq(runtemplate.int("id"));
    let companys = Expr::col("company_id").eq(runtemplate.int("company_id"));
    let places = [
        (tables::CONFIGURATION, "name", own),
        (tables::COMPANYENV, "keyword", companys),
        (tables::CREDATA, "name", Expr::col("credential_id").in_subquery(assigned)),
    ];
    for (table, name, which) in places {
        let select = select::columns(table, [name, "value"]).and_where(which).take();
        let set: Vec<String> = db
            .fetch_all(&select)
            .await?
            .iter()
            .filter(|row| row.filled("value").is_some())
            .filter_map(|row| row.text(name))
            .collect();
        missing.retain(|name| !set.contains(name));
    }
    Ok(missing)
}

/// Stores the values of a new runtemplate.
///
/// Each boolean field that is not named is stored as false, because the suite's executor takes a missing one for its default,
/// which may be true.
///
/// # Errors
/// Same as [`store`].
pub async fn store_first(db: &mut Db, runtemplate: &Row, pairs: &[KeyValue], fields: &[Row]) -> Result<()> {
    let named = |key: &str| pairs.iter().any(|pair| pair.key == key);
    let missing = fields.iter().filter(|row| is_bool(row)).filter_map(|row| row.text("keyname"));
    let missing = missing.filter(|key| !named(key)).map(|key| KeyValue { key, value: "false".into() });
    let pairs: Vec<KeyValue> = pairs.iter().cloned().chain(missing).collect();
    store(db, runtemplate, &pairs, fields).await
}

fn is_bool(field: &Row) -> bool {
    field.text("type").as_deref() == Some("bool")
}

/// Stores values, each in place of the one of its name.
///
/// # Errors
/// A mask is given for a key that has no value, or the database does not take a value: the transaction has to be undone then.
pub async fn store(db: &mut Db, runtemplate: &Row, pairs: &[KeyValue], fields: &[Row]) -> Result<()> {
    let id = runtemplate.id("id")?;
    for KeyValue { key, value } in pairs {
        if secret::is_mask(value) {
            if values_of(db, id).await?.iter().all(|row| row.text("name").as_ref() != Some(key)) {
                return Err(args::only_a_mask(&format!("--config {key}")));
            }
            continue;
        }
        let value = match fields.iter().find(|row| row.text("keyname").as_deref() == Some(key)) {
            Some(field) if is_bool(field) => match crate::config::parse_bool(value) {
                Some(truth) => truth.to_string(),
                None => value.clone(),
            },
            _ => value.clone(),
        };
        db.delete_where(
            tables::CONFIGURATION,
            Expr::col("runtemplate_id").eq(id).and(Expr::col("name").eq(key.as_str())),
        )
        .await?;
        let row: Values = vec![
            ("app_id", runtemplate.int("app_id").into()),
            ("company_id", runtemplate.int("company_id").into()),
            ("name", key.as_str().into()),
            ("value", value.into()),
            ("runtemplate_id", id.into()),
            ("config_type", "string".into()),
        ];
        db.add_row(tables::CONFIGURATION, row).await?;
    }
    Ok(())
}
