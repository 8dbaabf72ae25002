//! Reads an application or a credential prototype back from the database, as its definition would describe it.

use std::path::Path;

use indexmap::IndexMap;
use sea_query::{Expr, ExprTrait, Order};
use serde_json::{Value, json};

use super::application::{Application, Artifact, ExitCode, Product, Supply};
use super::coerce::split;
use super::credential::{Prototype, PrototypeField};
use super::localized::Localized;
use super::variable::Variable;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Result};

/// The application with this id. [`Application::export`] makes a definition of it.
///
/// # Errors
/// There is no such application.
pub async fn application(db: &mut Db, id: i64) -> Result<Application> {
    let row = db.find(tables::APPS, id).await?.ok_or_else(|| {
        Error::not_found(format!("Application with id {id} not found"))
            .hint("`multiflexi-cli application list` shows what there is")
    })?;
    let translations = rows_of(db, tables::APP_TRANSLATIONS, "app_id", id).await?;
    let mut application = Application::default();
    application.image = row.filled("image");
    application.name = text(&row, "name", &translations);
    application.title = Some(text(&Row::default(), "title", &translations)).filter(|title| !title.main().is_empty());
    application.description = text(&row, "description", &translations);
    application.executable = row.text("executable").unwrap_or_default();
    application.setup = row.filled("setup");
    application.cmdparams = row.filled("cmdparams");
    application.deploy = row.filled("deploy");
    application.homepage = row.filled("homepage");
    application.ociimage = row.filled("ociimage");
    application.uuid = row.filled("uuid");
    application.code = row.filled("code");
    application.version = row.filled("version");
    application.tags = split(&row.text("tags").unwrap_or_default());
    application.requirements = split(&row.text("requirements").unwrap_or_default());
    application.resultfile = row.filled("resultfile");
    application.environment = rows_of(db, tables::CONFFIELD, "app_id", id).await?.iter().map(variable).collect();
    application.artifacts = Some(artifacts(db, id).await?).filter(|artifacts| !artifacts.is_empty());
    application.exit_codes = none_if_empty(exit_codes(&rows_of(db, tables::APP_EXIT_CODES, "app_id", id).await?));
    let products = rows_of(db, tables::APP_PRODUCES, "app_id", id).await?;
    application.produces = none_if_empty(products.iter().map(product).collect());
    let supplies = rows_of(db, tables::APP_CONSUMES, "app_id", id).await?;
    application.consumes = none_if_empty(supplies.iter().map(supply).collect());
    application.kubernetes = kubernetes(db, id).await?;
    if let Some(chart) = row.filled("helmchart") {
        // The column is what counts: it may have been set directly.
        let kubernetes = application.kubernetes.get_or_insert_with(|| json!({}));
        let helm = &mut kubernetes["helm"];
        if !helm.is_object() {
            *helm = json!({});
        }
        helm["chart"] = chart.into();
    }
    Ok(application)
}

/// The credential prototype with this id. [`Prototype::export`] makes a definition of it.
///
/// # Errors
/// There is no such prototype.
pub async fn prototype(db: &mut Db, id: i64) -> Result<Prototype> {
    let row = db.find(tables::CREDENTIAL_PROTOTYPE, id).await?.ok_or_else(|| {
        Error::not_found(format!("Credential prototype with id {id} not found"))
            .hint("`multiflexi-cli credential-prototype list` shows what there is")
    })?;
    let translations = rows_of(db, tables::CREDENTIAL_PROTOTYPE_TRANSLATIONS, "credential_prototype_id", id).await?;
    let mut prototype = Prototype::default();
    prototype.uuid = row.text("uuid").unwrap_or_default();
    prototype.code = row.text("code").unwrap_or_default();
    prototype.name = text(&row, "name", &translations);
    prototype.description = Some(text(&row, "description", &translations));
    prototype.version = row.text("version").unwrap_or_default();
    prototype.logo = row.filled("logo");
    prototype.url = row.filled("url");
    prototype.homepage = row.filled("homepage");
    prototype.tags = split(&row.text("tags").unwrap_or_default());
    for field in rows_of(db, tables::CREDENTIAL_PROTOTYPE_FIELD, "credential_prototype_id", id).await? {
        let field_id = field.id("id")?;
        let texts =
            rows_of(db, tables::CREDENTIAL_PROTOTYPE_FIELD_TRANSLATIONS, "credential_prototype_field_id", field_id)
                .await?;
        let some_text = |column| Some(text(&field, column, &texts)).filter(|text| !text.main().is_empty());
        prototype.fields.push(PrototypeField {
            keyword: field.text("keyword").unwrap_or_default(),
            kind: field.text("type").unwrap_or_default(),
            name: some_text("name"),
            description: some_text("description"),
            hint: some_text("hint"),
            default_value: field.filled("default_value").map_or(Value::Null, Value::from),
            required: field.truth("required"),
            // The suite stores `{}` where a field has no options.
            options: parse_json(&field, "options").filter(Value::is_array),
        });
    }
    Ok(prototype)
}

/// What the database knows of an application's `kubernetes` object. None where the row holds something else.
///
/// # Errors
/// The database cannot be asked.
pub async fn kubernetes(db: &mut Db, id: i64) -> Result<Option<Value>> {
    let rows = rows_of(db, tables::APP_KUBERNETES, "app_id", id).await?;
    Ok(rows.first().and_then(|row| parse_json(row, "definition")).filter(Value::is_object))
}

/// The `kubernetes` object of an application's row: our own table's where there is one, else that of the definition's file.
///
/// # Errors
/// Our own table's row is no JSON, or what is named as the definition's file is no regular file. A file that is not there, or
/// is no JSON, is no error.
pub async fn kubernetes_of(db: &mut Db, application: &Row) -> Result<Option<Value>> {
    let id = application.id("id")?;
    let own = rows_of(db, tables::APP_KUBERNETES, "app_id", id).await?;
    if let Some(text) = own.first().and_then(|row| row.filled("definition")) {
        // Not the defaults in its place: they may mean another namespace, or an application without its chart.
        let definition: Value = serde_json::from_str(&text).map_err(|cause| {
            let name = application.text("name").unwrap_or_default();
            Error::refused(format!("the kubernetes settings of the application {name} (app_kubernetes) are not JSON"))
                .because(cause)
                .hint("import the application's definition again")
        })?;
        if definition != Value::Null {
            return Ok(Some(definition));
        }
    }
    let Some(path) = application.filled("deffile") else { return Ok(None) };
    let definition = super::file::read_stored(Path::new(&path)).map_err(|error| {
        let name = application.text("name").unwrap_or_default();
        error.within(format!("the definition of the application {name} cannot be used"))
    })?;
    let kubernetes = definition.and_then(|mut definition| definition.get_mut("kubernetes").map(Value::take));
    Ok(kubernetes.filter(|kubernetes| *kubernetes != Value::Null))
}

/// The rows of a table that belong to `id`; none where the database has no such table.
async fn rows_of(db: &mut Db, table: &'static str, key: &'static str, id: i64) -> Result<Vec<Row>> {
    let columns = db.columns(table).await?;
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = select::rows(table, Expr::col(key).eq(id));
    if columns.iter().any(|column| column == "id") {
        select.order_by("id", Order::Asc);
    }
    db.fetch_all(&select).await
}

/// A text from its main column and the rows of its translations.
fn text(row: &Row, column: &str, translations: &[Row]) -> Localized {
    let texts: Vec<(String, String)> = translations
        .iter()
        .filter_map(|translation| Some((translation.text("lang")?, translation.filled(column)?)))
        .collect();
    let texts = texts.iter().map(|(language, text)| (language.as_str(), text.as_str()));
    Localized::from_rows(&row.text(column).unwrap_or_default(), texts)
}

fn none_if_empty<T>(members: IndexMap<String, T>) -> Option<IndexMap<String, T>> {
    Some(members).filter(|members| !members.is_empty())
}

fn parse_json(row: &Row, column: &str) -> Option<Value> {
    serde_json::from_str(&row.filled(column)?).ok()
}

fn variable(row: &Row) -> (String, Variable) {
    let plain = |column| Localized::Plain(row.text(column).unwrap_or_default());
    let variable = Variable {
        kind: row.text("type").unwrap_or_default(),
        description: plain("description"),
        defval: row.text("defval").unwrap_or_default().into(),
        required: row.truth("required"),
        category: row.text("category").unwrap_or_default(),
        hint: plain("hint"),
        note: plain("note"),
        secret: row.truth("secret"),
        multiline: row.truth("multiline"),
        expiring: row.truth("expiring"),
    };
    (row.text("keyname").unwrap_or_default(), variable)
}

async fn artifacts(db: &mut Db, id: i64) -> Result<Vec<Artifact>> {
    let mut artifacts = Vec::new();
    for row in rows_of(db, tables::APP_ARTIFACTS, "app_id", id).await? {
        let artifact_id = row.id("id")?;
        let texts = rows_of(db, tables::APP_ARTIFACT_TRANSLATIONS, "app_artifact_id", artifact_id).await?;
        let text = |column| plain_english(text(&Row::default(), column, &texts));
        artifacts.push(Artifact {
            name: text("name"),
            path: row.text("path").unwrap_or_default(),
            kind: row.text("type").unwrap_or_default(),
            description: Some(text("description")).filter(|text| !text.main().is_empty()),
        });
    }
    Ok(artifacts)
}

fn exit_codes(rows: &[Row]) -> IndexMap<String, ExitCode> {
    let mut codes: IndexMap<String, ExitCode> = IndexMap::new();
    for row in rows {
        let text = |column| row.text(column).unwrap_or_default();
        let code = codes.entry(text("exit_code")).or_insert_with(|| ExitCode {
            description: Localized::Languages(IndexMap::new()),
            severity: text("severity"),
            retry: row.truth("retry"),
        });
        if let Localized::Languages(texts) = &mut code.description {
            texts.insert(text("lang"), text("description"));
        }
    }
    for code in codes.values_mut() {
        code.description = plain_english(std::mem::take(&mut code.description));
    }
    codes
}

/// A text in English alone is written without its language, as the tables take a plain text for English.
fn plain_english(text: Localized) -> Localized {
    match &text {
        Localized::Languages(texts) if texts.len() == 1 && texts.contains_key("en") => text.main().into(),
        _ => text,
    }
}

fn product(row: &Row) -> (String, Product) {
    let product = Product {
        format: row.text("format").unwrap_or_default(),
        description: parse_json(row, "description_json"),
        patterns: parse_json(row, "patterns_json"),
        fields: parse_json(row, "fields_json"),
    };
    (row.text("name").unwrap_or_default(), product)
}

fn supply(row: &Row) -> (String, Supply) {
    let supply = Supply {
        format: row.text("format").unwrap_or_default(),
        description: parse_json(row, "description_json"),
        required: Some(row.truth("required")),
        target: row.filled("target_env_key"),
        fields: parse_json(row, "fields_json"),
    };
    (row.text("name").unwrap_or_default(), supply)
}
