//! `runtemplate get`.

use std::collections::BTreeMap;

use clap::ArgMatches;

use crate::commands::runtemplate::{TABLE, config, export};
use crate::context::Context;
use crate::db::{Value, tables};
use crate::error::Result;
use crate::id::RunTemplateId;
use crate::job::create::credentials;
use crate::output::Outcome;
use crate::secret::{field_is_secret, name_looks_secret};
use crate::table::crud;
use crate::table::mask;

#[derive(clap::Args)]
pub struct GetArgs {
    /// Print the command that creates it in another database, without secrets
    #[arg(long, conflicts_with = "fields")]
    export: bool,
}

/// The record, and behind its columns the settings that a job would get, with secrets masked.
///
/// The application's defaults, over them those of the assigned credentials, the runtemplate's own values, and the credentials'
/// values.
///
/// # Errors
/// No option names a runtemplate, there is no such runtemplate, or `--fields` names a field that it does not have; with
/// `--export` also where its application or company is gone.
pub async fn get(ctx: &mut Context, matches: &ArgMatches, args: GetArgs) -> Result<Outcome> {
    let db = ctx.db().await?;
    let row = crud::pick_to_show(db, &TABLE, matches).await?;
    if args.export {
        return export::export(db, &row).await;
    }
    let id = row.id("id")?;
    let mut settings: BTreeMap<String, Setting> = BTreeMap::new();
    let app_id = row.int("app_id");
    let fields = match app_id {
        Some(app_id) => config::fields_of(db, app_id).await?,
        None => Vec::new(),
    };
    for field in fields {
        let Some(key) = field.text("keyname") else { continue };
        let kind = field.text("type").unwrap_or_default();
        settings.insert(key, Setting { value: field.get("defval").clone(), marked: field.truth("secret"), kind });
    }
    for field in credentials::defaults(db, RunTemplateId(id)).await? {
        let value = field.default.map_or(Value::Null, Value::Text);
        settings.insert(field.code, Setting { value, marked: field.secret, kind: field.kind });
    }
    for row in config::values_of(db, id).await? {
        let Some(key) = row.text("name") else { continue };
        // A key that the application does not describe may be a secret for all we know.
        let setting = settings.entry(key).or_insert_with(|| Setting::of_kind("string"));
        if !row.get("value").is_null() {
            setting.value = row.get("value").clone();
        }
    }
    for row in credentials::stored(db, RunTemplateId(id)).await? {
        let Some(key) = row.filled("name") else { continue };
        let was_marked = settings.get(&key).is_some_and(|setting| setting.marked);
        let marked = was_marked || row.truth("is_encrypted") || name_looks_secret(&key);
        let kind = row.text("type").unwrap_or_default();
        settings.insert(key, Setting { value: row.get("value").clone(), marked, kind });
    }
    let mut record = TABLE.show(&row);
    // The suite's modules for Ansible compare it, to know whether something is to be changed.
    let application = db.find_referred(tables::APPS, app_id).await?;
    record.insert("app_uuid".into(), application.and_then(|application| application.text("uuid")).into());
    for (key, Setting { value, marked, kind }) in settings {
        let is_secret = field_is_secret(&key, marked, &kind, &value.to_text());
        let shown = if is_secret { mask(&value) } else { value };
        // A field named as a column of the table stays in the shade: scripts rely on the columns.
        record.entry(key).or_insert_with(|| shown.to_json());
    }
    crud::record(record, matches)
}

/// A setting that a job would get, and what tells whether it is secret.
struct Setting {
    value: Value,
    marked: bool,
    kind: String,
}

impl Setting {
    fn of_kind(kind: &str) -> Setting {
        Setting { value: Value::Null, marked: false, kind: kind.into() }
    }
}
