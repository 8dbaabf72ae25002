//! `runtemplate get --export`: a runtemplate in terms that another database has too. For people it is the command that makes
//! it there, for programs the values.

use serde_json::{Map, Value as Json};

use crate::commands::runtemplate::{TABLE, config, credentials};
use crate::commands::{application, company};
use crate::db::{Db, Row};
use crate::error::Result;
use crate::output::{Outcome, steers};
use crate::secret::field_is_secret;
use crate::shell::quote_word;

/// Exports a runtemplate: its application by UUID, its company by slug, its settings.
///
/// Settings that are secret are left out, and named.
///
/// # Errors
/// Its application or company does not exist.
pub async fn export(db: &mut Db, row: &Row) -> Result<Outcome> {
    let application = application::TABLE.require(db, row.id("app_id")?).await?;
    let company = company::TABLE.require(db, row.id("company_id")?).await?;
    let mut options: Vec<(&str, String)> = Vec::new();
    let mut named = |option, text: Option<String>| options.extend(text.map(|text| (option, text)));
    match application.filled("uuid") {
        Some(uuid) => named("app_uuid", Some(uuid)),
        None => named("app", application.text("name")),
    }
    named("company", company.filled("slug").or_else(|| company.text("id")));
    for column in TABLE.columns {
        named(column.option, row.filled(column.name));
    }
    let fields = config::fields_of(db, row.id("app_id")?).await?;
    let (mut settings, mut secrets) = (Map::new(), Vec::new());
    for setting in config::values_of(db, row.id("id")?).await? {
        let (Some(key), value) = (setting.text("name"), setting.text("value").unwrap_or_default()) else { continue };
        let field = fields.iter().find(|field| field.text("keyname").as_deref() == Some(&key));
        let kind = field.and_then(|field| field.text("type")).unwrap_or_else(|| "string".into());
        if field_is_secret(&key, field.is_some_and(|field| field.truth("secret")), &kind, &value) {
            secrets.push(key);
        } else {
            settings.insert(key, value.into());
        }
    }
    let credentials = credentials::names(db, row.id("id")?).await?;
    let mut text = "multiflexi-cli runtemplate create".to_owned();
    for (option, value) in &options {
        text.push_str(&format!(" --{option}={}", quote_printable(value)));
    }
    for (key, value) in &settings {
        let pair = format!("{key}={}", value.as_str().unwrap_or_default());
        text.push_str(&format!(" --config={}", quote_printable(&pair)));
    }
    for (what, names) in
        [("secret settings, which are not exported", &secrets), ("credentials to assign", &credentials)]
    {
        if !names.is_empty() {
            text.push_str(&format!("\n# {what}: {}", names.join(", ")));
        }
    }
    let mut json: Map<String, Json> =
        options.into_iter().map(|(option, value)| (option.to_owned(), value.into())).collect();
    json.insert("config".into(), settings.into());
    json.insert("secrets".into(), secrets.into());
    json.insert("credentials".into(), credentials.into());
    Ok(Outcome::Report { text, json: json.into() })
}

/// A value as an argument. What would steer the terminal that shows the command is written in the shell's own escapes.
fn quote_printable(value: &str) -> String {
    if !value.contains(|c: char| steers(c) && c != '\n') {
        return quote_word(value);
    }
    let escaped = |byte: u8| match byte {
        b'\'' | b'\\' => format!("\\{}", char::from(byte)),
        b' '..=b'~' => char::from(byte).to_string(),
        _ => format!("\\x{byte:02x}"),
    };
    format!("$'{}'", value.bytes().map(escaped).collect::<String>())
}
