//! The suite's audit log: a row for each thing that a command makes, changes or deletes, and the user by whom.

use chrono::NaiveDateTime;
use sea_query::{Expr, LockType, SelectStatement, Value};

use crate::db::rows::{Values, Writer};
use crate::db::{Db, Row, same_key, select, tables};
use crate::error::{Error, Kind, Result};
use crate::unix_user;

/// Where the suite's own tools write too.
const LOG: &str = tables::SECURITY_AUDIT_LOG;

/// The tables whose changes the suite logs, and the name by which it does.
const ENTITIES: &[(&str, &str)] = &[
    (tables::APPS, "Application"),
    (tables::COMPANY, "Company"),
    (tables::CREDENTIAL_PROTOTYPE, "CredentialProtoType"),
    (tables::CREDENTIAL_TYPE, "CredentialType"),
    (tables::CREDENTIALS, "Credential"),
    (tables::EVENT_RULE, "EventRule"),
    (tables::EVENT_SOURCE, "EventSource"),
    (tables::JOB, "Job"),
    (tables::RUNTEMPLATE, "RunTemplate"),
    (tables::USER, "User"),
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

/// Logs a change of a row; call inside the change's transaction. A schema without the log keeps none.
///
/// # Errors
/// The log cannot be written: the change is not made either.
pub async fn changed(db: &mut Db, table: &str, id: i64, action: Action, now: impl Into<Value>) -> Result<()> {
    let Some(entity) = entity_of(table) else { return Ok(()) };
    let mut writer = Writer::new(db);
    if !writer.has(LOG).await? {
        return Ok(());
    }
    let user = known_user_id(writer.db).await?;
    let description = format!("{}{id}", beginning(entity, action));
    let row: Values = entry(user, entity, action, id.into(), description.into(), now.into()).into();
    writer.add(LOG, row).await
}

/// Logs that rows are deleted, each by itself; call inside the transaction, before they are gone.
///
/// # Errors
/// The log cannot be written: the rows are not deleted either.
pub async fn deleted(db: &mut Db, table: &'static str, rows: Expr, now: impl Into<Value>) -> Result<()> {
    let Some(entity) = entity_of(table) else { return Ok(()) };
    let there = db.columns(LOG).await?;
    if there.is_empty() {
        return Ok(());
    }
    let user = known_user_id(db).await?;
    let action = Action::Delete;
    let description = db.dialect.text_and_number(beginning(entity, action), Expr::col("id"), "");
    let values: [(_, Expr); _] = entry(user, entity, action, Expr::col("id"), description, now.into());
    let (mut columns, mut select) = (Vec::new(), select::from(table));
    for (column, value) in values.into_iter().filter(|(column, _)| there.iter().any(|known| known == column)) {
        columns.push(column);
        select.expr(value);
    }
    db.execute(&select::into(LOG, columns, select.and_where(rows).take())?).await.map(drop)
}

/// The name by which the suite logs a table's rows; None where it does not.
fn entity_of(table: &str) -> Option<&'static str> {
    ENTITIES.iter().find(|(logged, _)| *logged == table).map(|(_, entity)| *entity)
}

/// What an entry's description begins with, before the row's id.
fn beginning(entity: &str, action: Action) -> String {
    format!("{entity} {} #", action.word())
}

/// The columns of an entry. Id and description are values, or where one statement logs many rows what it makes of each.
fn entry<T: From<Value>>(
    user: Option<i64>,
    entity: &str,
    action: Action,
    id: T,
    description: T,
    now: Value,
) -> [(&'static str, T); 8] {
    let word = action.word();
    let value = |value: Value| T::from(value);
    [
        ("user_id", value(user.into())),
        ("entity_type", value(entity.into())),
        ("entity_id", id),
        ("action", value(word.into())),
        ("event_type", value(format!("entity_{word}").into())),
        ("event_description", description),
        ("severity", value("low".into())),
        ("created_at", value(now)),
    ]
}

/// Logs that somebody was shown the secrets of a credential. Without a note of it nothing is shown.
///
/// # Errors
/// The log is there and cannot be written, or the Unix user's row cannot be made: then nothing may be shown.
pub async fn revealed(db: &mut Db, credential: i64, now: NaiveDateTime) -> Result<()> {
    let mut writer = Writer::new(db);
    if !writer.has(LOG).await? {
        return Ok(());
    }
    let user = user_id(writer.db, now).await?;
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

/// The id of the Unix user's row in `user`, made where it is missing: without one no job can be made.
///
/// # Errors
/// The database cannot be asked, or does not take the new row.
pub async fn user_id(db: &mut Db, now: NaiveDateTime) -> Result<i64> {
    if let Some(id) = known_user_id(db).await? {
        return Ok(id);
    }
    let login = unix_user::login();
    let email = unix_user::at_host(&login);
    let row = vec![
        ("enabled", false.into()),
        ("email", email.into()),
        ("password", "".into()),
        ("login", login.into()),
        ("DatCreate", now.into()),
    ];
    // Another process may be making it in this very moment, and then that one is ours.
    db.add_row_unless_taken(tables::USER, row).await?;
    if let Some(id) = known_user_id(db).await? {
        return Ok(id);
    }
    // A server that shows a transaction only what was there at its first reading shows it to one that locks.
    let user = own_rows().lock(LockType::Share).take();
    let id = user_in(&db.fetch_all(&user).await?);
    id.ok_or_else(|| {
        Error::new(Kind::Database, format!("the row of the Unix user {} in `user` is gone again", unix_user::login()))
    })
}

/// The id of the Unix user's row, if there is one.
async fn known_user_id(db: &mut Db) -> Result<Option<i64>> {
    Ok(user_in(&db.fetch_all(&own_rows()).await?))
}

/// The rows that stand in the way of the Unix user's own.
///
/// A server whose unique key ignores case takes those of `Root` and `root` for one.
fn own_rows() -> SelectStatement {
    select::columns(tables::USER, ["id", "login"]).and_where(same_key("login", unix_user::login())).take()
}

/// The one of them that is the Unix user's: of several, where no unique key keeps them apart, the one of that very name.
fn user_in(rows: &[Row]) -> Option<i64> {
    let login = Some(unix_user::login());
    rows.iter().find(|row| row.text("login") == login).or(rows.first())?.int("id")
}
