//! The suite's audit log: a row for each thing that a command makes, changes or deletes.

use chrono::NaiveDateTime;
use sea_query::Value;

use crate::db::Db;
use crate::db::rows::{Values, Writer};
use crate::error::Result;
use crate::unix_user;

/// Where the suite's own tools write too.
pub const LOG: &str = "security_audit_log";

/// The tables whose changes the suite logs, and the name by which it does.
const ENTITIES: &[(&str, &str)] = &[
    ("apps", "Application"),
    ("company", "Company"),
    ("credential_prototype", "CredentialProtoType"),
    ("credential_type", "CredentialType"),
    ("credentials", "Credential"),
    ("event_rule", "EventRule"),
    ("event_source", "EventSource"),
    ("job", "Job"),
    ("runtemplate", "RunTemplate"),
    ("user", "User"),
];

/// What was done with a thing.
#[derive(Clone, Copy)]
pub enum Action {
    Create,
    Update,
    Delete,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Delete => "delete",
        }
    }
}

/// Logs a change of a row; to be called inside the change's transaction. A schema without the log keeps none.
///
/// # Errors
/// The log cannot be written: the change is not made either.
pub async fn changed(db: &mut Db, table: &str, id: i64, action: Action, now: impl Into<Value>) -> Result<()> {
    let Some(&(_, entity)) = ENTITIES.iter().find(|(logged, _)| *logged == table) else { return Ok(()) };
    let mut writer = Writer::new(db);
    if !writer.has(LOG).await? {
        return Ok(());
    }
    let user = unix_user::known(writer.db).await?;
    let word = action.word();
    let row: Values = vec![
        ("user_id", user.into()),
        ("entity_type", entity.into()),
        ("entity_id", id.into()),
        ("action", word.into()),
        ("event_type", format!("entity_{word}").into()),
        ("event_description", format!("{entity} {word} #{id}").into()),
        ("severity", "low".into()),
        ("created_at", now.into()),
    ];
    writer.add(LOG, row).await
}

/// Logs that somebody was shown the secrets of a credential. Without a note of it nothing is shown.
pub async fn revealed(db: &mut Db, credential: i64, now: NaiveDateTime) -> Result<()> {
    let mut writer = Writer::new(db);
    if !writer.has(LOG).await? {
        return Ok(());
    }
    let user = unix_user::id(writer.db, now).await?;
    let message = format!("The secrets of credential {credential} were shown by multiflexi-cli");
    let row: Values = vec![
        ("user_id", user.into()),
        ("event_type", "credential_revealed".into()),
        ("event_description", message.into()),
        ("severity", "high".into()),
        ("created_at", now.into()),
        ("entity_type", "credential".into()),
        ("entity_id", credential.into()),
        ("action", "reveal".into()),
    ];
    writer.add(LOG, row).await
}
