//! Brings the definition of a credential prototype or type into the database: found by UUID, else by code; updated or
//! inserted with its fields, in one transaction.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;
use sea_query::{Expr, ExprTrait};

use super::credential::{Prototype, PrototypeField};
use super::import::{Imported, find_described};
use super::localized::{Localized, by_language};
use crate::audit::{self, Action};
use crate::db::rows::{Values, Writer};
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};

const TABLE: &str = tables::CREDENTIAL_PROTOTYPE;
const TEXTS: &str = tables::CREDENTIAL_PROTOTYPE_TRANSLATIONS;
/// The table of a prototype's fields.
pub const FIELDS: &str = tables::CREDENTIAL_PROTOTYPE_FIELD;
const FIELD_TEXTS: &str = tables::CREDENTIAL_PROTOTYPE_FIELD_TRANSLATIONS;

/// Writes a prototype and its fields, in all the languages that the definition has.
///
/// The columns `kept` of a prototype that is there stay as they are; with [`FIELDS`] among them its fields too, where they have
/// the same names. `check` may refuse the columns of a row that is new or stands so far, inside the transaction.
///
/// # Errors
/// A UUID or code that another prototype has, or a value that is too long for its column; nothing is written then.
pub async fn import(
    db: &mut Db,
    prototype: &Prototype,
    now: NaiveDateTime,
    kept: &[&str],
    check: impl AsyncFn(&mut Db, &Values, Option<&Row>) -> Result<()>,
) -> Result<Imported> {
    let done =
        db.transaction_looking_first(async |db| write(&mut Writer::new(db), prototype, now, kept, &check).await).await;
    done.map_err(|error| match error.kind {
        Kind::Exists | Kind::Taken => {
            error.within(format!("the credential prototype {} cannot be imported", prototype.code))
        }
        _ => error,
    })
}

/// The prototype that a definition describes: by its UUID, else by its code.
///
/// # Errors
/// The UUID is one prototype's, and the code another one's.
async fn find(db: &mut Db, prototype: &Prototype) -> Result<Option<Row>> {
    let Prototype { uuid, code, .. } = prototype;
    find_described(db, TABLE, Some(uuid), ("code", code), |uuid, found, coded| {
        let message = format!(
            "the definition's UUID {uuid} is that of credential prototype {found}, and its code {code} that of {coded}"
        );
        Error::refused(message).hint(format!(
            "Mend the definition; or give prototype {coded} another code by `multiflexi-cli credential-prototype update \
             --id={coded} --code=CODE`, or delete it"
        ))
    })
    .await
}

async fn write(
    writer: &mut Writer<'_>,
    prototype: &Prototype,
    now: NaiveDateTime,
    kept: &[&str],
    check: &impl AsyncFn(&mut Db, &Values, Option<&Row>) -> Result<()>,
) -> Result<Imported> {
    let row = find(writer.db, prototype).await?;
    let found = row.as_ref().and_then(|row| row.int("id"));
    let mut values: Values = prototype.columns().into_iter().map(|(column, value)| (column, value.into())).collect();
    if found.is_some() {
        values.retain(|(column, _)| !kept.contains(column));
    }
    check(writer.db, &values, row.as_ref()).await?;
    let id = match found {
        Some(id) => {
            if !kept.contains(&"updated_at") {
                values.push(("updated_at", now.into()));
            }
            writer.update(TABLE, "id", id, values).await?;
            if let Some(old) = row.and_then(|row| row.filled("code")) {
                renamed(writer.db, &old, &prototype.code).await?;
            }
            id
        }
        None => {
            values.push(("created_at", now.into()));
            writer.insert(TABLE, values).await?
        }
    };
    let action = if found.is_some() { Action::Update } else { Action::Create };
    audit::changed(writer.db, TABLE, id, action, now).await?;
    let imported = Imported { id, created: found.is_none(), notes: Vec::new() };
    if kept.contains(&FIELDS) && has_fields(writer.db, id, prototype).await? {
        return Ok(imported);
    }
    translations(writer, prototype, id).await?;
    writer.clear(FIELDS, "credential_prototype_id", id, Some((FIELD_TEXTS, "credential_prototype_field_id"))).await?;
    for field in &prototype.fields {
        let main = |text: &Option<Localized>| text.as_ref().map_or(String::new(), |text| text.main().to_owned());
        let row: Values = vec![
            ("credential_prototype_id", id.into()),
            ("keyword", field.keyword.clone().into()),
            ("type", field.kind.clone().into()),
            ("name", field.name().into()),
            ("description", main(&field.description).into()),
            ("hint", main(&field.hint).into()),
            ("default_value", field.default_text().into()),
            ("required", field.required.into()),
            ("options", field.options_json().into()),
        ];
        let field_id = writer.insert(FIELDS, row).await?;
        field_translations(writer, field, field_id).await?;
    }
    Ok(imported)
}

/// Renames a prototype in its credential types, which name it by its code; call inside the transaction that changes it.
///
/// Without their prototype nobody would know which of their values are secret, or required.
///
/// # Errors
/// The database does not take it.
pub async fn renamed(db: &mut Db, old: &str, new: &str) -> Result<()> {
    if old == new || !db.has_column(tables::CREDENTIAL_TYPE, "prototype").await? {
        return Ok(());
    }
    db.update_where(tables::CREDENTIAL_TYPE, Expr::col("prototype").eq(old), [("prototype", new.into())])
        .await
        .map(drop)
}

/// Whether a stored prototype has the fields of this one, whatever is said of them.
async fn has_fields(db: &mut Db, id: i64, prototype: &Prototype) -> Result<bool> {
    let select = select::column(FIELDS, "keyword", Expr::col("credential_prototype_id").eq(id));
    let stored: BTreeSet<String> = db.fetch_all(&select).await?.iter().filter_map(|row| row.text("keyword")).collect();
    Ok(stored == prototype.fields.iter().map(|field| field.keyword.clone()).collect())
}

/// What the prototype is called in each language. Plain texts have no language.
async fn translations(writer: &mut Writer<'_>, prototype: &Prototype, id: i64) -> Result<()> {
    let texts = [Some(&prototype.name), prototype.description.as_ref()];
    let rows = by_language(texts.map(in_languages)).into_iter().map(|(language, [name, description])| -> Values {
        vec![("lang", language.into()), ("name", name.into()), ("description", description.into())]
    });
    writer.replace(TEXTS, "credential_prototype_id", id, rows).await
}

async fn field_translations(writer: &mut Writer<'_>, field: &PrototypeField, id: i64) -> Result<()> {
    if !writer.has(FIELD_TEXTS).await? {
        return Ok(());
    }
    let texts = [field.name.as_ref(), field.description.as_ref(), field.hint.as_ref()];
    for (language, [name, description, hint]) in by_language(texts.map(in_languages)) {
        let row: Values = vec![
            ("credential_prototype_field_id", id.into()),
            ("lang", language.into()),
            ("name", name.into()),
            ("description", description.into()),
            ("hint", hint.into()),
        ];
        writer.add(FIELD_TEXTS, row).await?;
    }
    Ok(())
}

fn in_languages(text: Option<&Localized>) -> Vec<(&str, &str)> {
    text.map_or_else(Vec::new, |text| text.translations().collect())
}
