//! Brings an application's definition into the database: found by UUID, else by name; updated or inserted, in one
//! transaction. What a definition does not speak of is left as it is.

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait};

use super::application::{Application, helm_chart};
use crate::audit::{self, Action};
use crate::db::rows::{Values, Writer, json};
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};

/// The width of `apps.deffile`.
const FILE_WIDTH: usize = 255;

/// What an import did.
#[derive(Debug)]
pub struct Imported {
    pub id: i64,
    /// Inserted, not updated.
    pub created: bool,
    /// What the user should know of it, a sentence each.
    pub notes: Vec<String>,
}

/// Writes an application and all that its definition says.
///
/// `file` is stored as the definition's place, `now` is local; `check` may refuse the columns of a row that is new or stands so
/// far, and `then` is given the application's id, both inside the same transaction.
///
/// # Errors
/// A name, code or chart that another application has, or a value that is too long for its column.
pub async fn import<T>(
    db: &mut Db,
    application: &Application,
    file: &str,
    now: NaiveDateTime,
    check: impl AsyncFn(&mut Db, &Values, Option<&Row>) -> Result<()>,
    then: impl AsyncFn(&mut Db, i64) -> Result<T>,
) -> Result<(Imported, T)> {
    db.transaction_looking_first(async |db| {
        let imported = write(&mut Writer::new(db), application, file, now, &check).await?;
        let followed = then(db, imported.id).await?;
        Ok((imported, followed))
    })
    .await
    .map_err(|error| name_application(error, application))
}

/// The application that a definition describes: by its UUID, else by its name.
///
/// # Errors
/// The UUID is one application's, and the name another one's.
pub async fn find(db: &mut Db, application: &Application) -> Result<Option<Row>> {
    let (uuid, name) = (application.uuid.as_deref(), application.name.main());
    find_described(db, tables::APPS, uuid, ("name", name), |uuid, found, named| {
        let message = format!(
            "the definition's UUID {uuid} is that of application {found}, and its name {name:?} that of application {named}"
        );
        Error::refused(message).hint(format!(
            "Mend the definition; or give application {named} another name by `multiflexi-cli application update --id={named} \
             --name=NAME`, or delete it"
        ))
    })
    .await
}

/// The row that a definition describes: by its UUID, else by the column that is its name.
///
/// Where the UUID is one row's and the name another one's, `conflict` is made of the UUID and the ids of both.
pub(super) async fn find_described(
    db: &mut Db,
    table: &'static str,
    uuid: Option<&str>,
    (column, name): (&'static str, &str),
    conflict: impl FnOnce(&str, i64, i64) -> Error,
) -> Result<Option<Row>> {
    let named = find_by(db, table, column, name).await?;
    let Some(uuid) = uuid else { return Ok(named) };
    let Some(found) = find_by(db, table, "uuid", uuid).await? else { return Ok(named) };
    match named {
        Some(named) if named.int("id") != found.int("id") => Err(conflict(uuid, found.id("id")?, named.id("id")?)),
        _ => Ok(Some(found)),
    }
}

async fn find_by(db: &mut Db, table: &'static str, column: &'static str, value: &str) -> Result<Option<Row>> {
    let select = select::rows(table, Expr::col(column).eq(value)).limit(1).take();
    db.fetch_optional(&select).await
}

async fn write(
    writer: &mut Writer<'_>,
    application: &Application,
    file: &str,
    now: NaiveDateTime,
    check: &impl AsyncFn(&mut Db, &Values, Option<&Row>) -> Result<()>,
) -> Result<Imported> {
    let found = find(writer.db, application).await?;
    let id = found.as_ref().and_then(|row| row.int("id"));
    let mut notes = Vec::new();
    let mut values: Values = application.columns().into_iter().map(|(column, value)| (column, value.into())).collect();
    values.retain(|(column, _)| *column != "helmchart");
    values.extend(chart(writer, application, found.as_ref(), &mut notes).await?);
    check(writer.db, &values, found.as_ref()).await?;
    if file.is_empty() {
        // It came from stdin.
        values.push(("deffile", Option::<String>::None.into()));
    } else if file.chars().count() <= FILE_WIDTH {
        // One file describes one application: where it described another before, it no longer does.
        let others = Cond::all().add(Expr::col("deffile").eq(file)).add_option(id.map(|id| Expr::col("id").ne(id)));
        writer.db.update_where(tables::APPS, others, [("deffile", Option::<String>::None.into())]).await?;
        values.push(("deffile", file.into()));
    } else {
        notes.push(format!("The path of the definition is longer than {FILE_WIDTH} characters and is not stored"));
    }
    values.push(("DatUpdate", now.into()));
    let id = match id {
        Some(id) => {
            let had = found.as_ref().and_then(|row| row.filled("uuid"));
            if let (Some(had), Some(uuid)) = (had, &application.uuid)
                && !had.eq_ignore_ascii_case(uuid)
            {
                let name = application.name.main();
                notes.push(format!(
                    "The application {name} had the UUID {had}: it is the same name, but was it the same application?"
                ));
            }
            values.extend(application.image.clone().map(|image| ("image", image.into())));
            writer.update(tables::APPS, "id", id, values).await?;
            id
        }
        None => {
            values.push(("image", application.image.clone().unwrap_or_default().into()));
            values.push(("DatCreate", now.into()));
            writer.insert(tables::APPS, values).await?
        }
    };
    translations(writer, application, id).await?;
    environment(writer, application, id).await?;
    artifacts(writer, application, id, now).await?;
    exit_codes(writer, application, id, now).await?;
    products_and_supplies(writer, application, id).await?;
    kubernetes(writer, application, id, now).await?;
    let action = if found.is_some() { Action::Update } else { Action::Create };
    audit::changed(writer.db, tables::APPS, id, action, now).await?;
    Ok(Imported { id, created: found.is_none(), notes })
}

/// The column `helmchart`, if it is to change. A chart that was set directly in the database wins over the definition's.
async fn chart(
    writer: &mut Writer<'_>,
    application: &Application,
    found: Option<&Row>,
    notes: &mut Vec<String>,
) -> Result<Option<(&'static str, sea_query::Value)>> {
    let Some(kubernetes) = &application.kubernetes else { return Ok(None) };
    let wanted = helm_chart(kubernetes);
    if let Some(row) = found
        && let Some(stored) = row.filled("helmchart")
        && wanted != Some(stored.as_str())
    {
        let before = stored_kubernetes(writer, row.id("id")?).await?;
        if before.as_ref().and_then(helm_chart) != Some(stored.as_str()) {
            notes.push(match wanted {
                Some(wanted) => format!(
                    "The chart {stored} was set in the database and stays, the definition's {wanted} is not used"
                ),
                None => format!("The chart {stored} was set in the database and stays"),
            });
            return Ok(None);
        }
    }
    let Some(wanted) = wanted else { return Ok(Some(("helmchart", Option::<String>::None.into()))) };
    // The suite's schema lets only one application have a chart. The others find theirs in app_kubernetes.
    if let Some(other) = find_by(writer.db, tables::APPS, "helmchart", wanted).await?
        && other.int("id") != found.and_then(|row| row.int("id"))
        && writer.has(tables::APP_KUBERNETES).await?
    {
        let name = other.text("name").unwrap_or_default();
        notes.push(format!(
            "The application {name} has the chart {wanted} too, and the suite's tables take a chart once: it is kept with the definition, where this tool finds it"
        ));
        return Ok(Some(("helmchart", Option::<String>::None.into())));
    }
    Ok(Some(("helmchart", wanted.into())))
}

async fn stored_kubernetes(writer: &mut Writer<'_>, id: i64) -> Result<Option<serde_json::Value>> {
    if !writer.has(tables::APP_KUBERNETES).await? {
        return Ok(None);
    }
    super::load::kubernetes(writer.db, id).await
}

async fn translations(writer: &mut Writer<'_>, application: &Application, id: i64) -> Result<()> {
    let rows = application.translations().into_iter().map(|(language, [name, title, description])| -> Values {
        vec![
            ("lang", language.into()),
            ("name", name.into()),
            ("title", title.into()),
            ("description", description.into()),
        ]
    });
    writer.replace(tables::APP_TRANSLATIONS, "app_id", id, rows).await
}

async fn environment(writer: &mut Writer<'_>, application: &Application, id: i64) -> Result<()> {
    let rows = application.environment.iter().map(|(name, variable)| -> Values {
        vec![
            ("keyname", name.as_str().into()),
            ("type", variable.kind().into()),
            ("category", variable.category.clone().into()),
            ("description", variable.description.main().into()),
            ("hint", variable.hint.main().into()),
            ("note", variable.note.main().into()),
            ("defval", variable.default_text().into()),
            ("required", variable.required.into()),
            ("secret", variable.secret.into()),
            ("multiline", variable.multiline.into()),
            ("expiring", variable.expiring.into()),
        ]
    });
    // Without it the application would lack its variables.
    writer.db.require_columns(tables::CONFFIELD).await?;
    writer.replace(tables::CONFFIELD, "app_id", id, rows).await
}

async fn artifacts(writer: &mut Writer<'_>, application: &Application, id: i64, now: NaiveDateTime) -> Result<()> {
    const TEXTS: &str = tables::APP_ARTIFACT_TRANSLATIONS;
    let Some(artifacts) = &application.artifacts else { return Ok(()) };
    if !writer.has(tables::APP_ARTIFACTS).await? {
        return Ok(());
    }
    writer.clear(tables::APP_ARTIFACTS, "app_id", id, Some((TEXTS, "app_artifact_id"))).await?;
    for artifact in artifacts {
        let row: Values = vec![
            ("app_id", id.into()),
            ("path", artifact.path.clone().into()),
            ("type", artifact.kind.clone().into()),
            ("created", now.into()),
        ];
        let artifact_id = writer.insert(tables::APP_ARTIFACTS, row).await?;
        if !writer.has(TEXTS).await? {
            continue;
        }
        for (language, [name, description]) in artifact.translations() {
            let row: Values = vec![
                ("app_artifact_id", artifact_id.into()),
                ("lang", language.into()),
                ("name", name.into()),
                ("description", description.into()),
            ];
            writer.add(TEXTS, row).await?;
        }
    }
    Ok(())
}

async fn exit_codes(writer: &mut Writer<'_>, application: &Application, id: i64, now: NaiveDateTime) -> Result<()> {
    if application.exit_codes.is_none() {
        return Ok(());
    }
    let rows = application.exit_code_rows().into_iter().map(|code| -> Values {
        vec![
            ("exit_code", i64::from(code.code).into()),
            ("lang", code.language.into()),
            ("description", code.description.into()),
            ("severity", code.severity.into()),
            ("retry", code.retry.into()),
            ("DatCreate", now.into()),
        ]
    });
    writer.replace(tables::APP_EXIT_CODES, "app_id", id, rows).await
}

/// What the application makes for others and takes from them.
async fn products_and_supplies(writer: &mut Writer<'_>, application: &Application, id: i64) -> Result<()> {
    if let Some(products) = &application.produces {
        let rows = products.iter().map(|(name, product)| -> Values {
            vec![
                ("name", name.as_str().into()),
                ("format", product.format.clone().into()),
                ("description_json", json(product.description.as_ref())),
                ("patterns_json", json(product.patterns.as_ref())),
                ("fields_json", json(product.fields.as_ref())),
            ]
        });
        writer.replace(tables::APP_PRODUCES, "app_id", id, rows).await?;
    }
    if let Some(supplies) = &application.consumes {
        let rows = supplies.iter().map(|(name, supply)| -> Values {
            vec![
                ("name", name.as_str().into()),
                ("format", supply.format.clone().into()),
                ("description_json", json(supply.description.as_ref())),
                ("required", supply.required.unwrap_or(true).into()),
                ("target_env_key", supply.target.clone().into()),
                ("fields_json", json(supply.fields.as_ref())),
            ]
        });
        writer.replace(tables::APP_CONSUMES, "app_id", id, rows).await?;
    }
    Ok(())
}

async fn kubernetes(writer: &mut Writer<'_>, application: &Application, id: i64, now: NaiveDateTime) -> Result<()> {
    const TABLE: &str = tables::APP_KUBERNETES;
    let Some(definition) = &application.kubernetes else { return Ok(()) };
    if !writer.has(TABLE).await? {
        return Ok(());
    }
    let mut values: Values = vec![("definition", definition.to_string().into()), ("updated_at", now.into())];
    if writer.db.count_where(TABLE, Expr::col("app_id").eq(id)).await? > 0 {
        return writer.update(TABLE, "app_id", id, values).await;
    }
    values.extend([("app_id", id.into()), ("created_at", now.into())]);
    writer.add(TABLE, values).await
}

/// Says which application an import failed on.
fn name_application(mut error: Error, application: &Application) -> Error {
    let name = application.name.main();
    match error.kind {
        // It says already which application is in the way.
        Kind::Exists => error = error.within(format!("the application {name} cannot be imported")),
        Kind::Taken => {
            error.message =
                format!("the application {name} cannot be imported: another one has its name, code or chart");
            error.hint = Some(
                "The cause names the column; change it in the definition, or delete the other application".to_owned(),
            );
        }
        Kind::Database | Kind::Contended | Kind::Statement | Kind::NoTable => error
            .causes
            .insert(0, std::mem::replace(&mut error.message, format!("the application {name} cannot be imported"))),
        _ => {}
    }
    error
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
