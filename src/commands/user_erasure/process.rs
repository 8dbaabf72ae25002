//! `user-erasure process`: erases the data of an approved request, all of it in one transaction, and keeps what was done.

use chrono::NaiveDateTime;
use sea_query::{Cond, Expr, ExprTrait};
use serde_json::json;
use strum::VariantNames as _;

use super::request::{Request, log};
use super::table::{Deletion, Status, TABLE};
use super::traces::{ACCESS, BY_NAME, MENTIONS, Names, PLACES, TRACES};
use crate::commands::user;
use crate::context::Context;
use crate::db::{Db, Row, select, tables};
use crate::error::{Error, Kind, Result};
use crate::output::loss::Loss;
use crate::output::{Outcome, success};
use crate::table::Values;
use crate::table::deletion;

/// Personal data in the user's own row.
const PERSONAL: &[&str] = &["firstname", "lastname", "settings", "last_login_ip", "security_settings"];

/// One erasure on its way.
struct Erasure {
    request: i64,
    user: i64,
    by: i64,
    now: NaiveDateTime,
    reason: Option<String>,
    names: Names,
}

/// Erases the data of an approved request's user, and keeps what was done.
///
/// # Errors
/// The request is not approved; its user is gone; a hard erasure is of yourself, or of somebody who launched jobs; or somebody
/// answers no. Nothing is erased then.
pub async fn process(ctx: &mut Context, args: Request) -> Result<Outcome> {
    let (id, now) = (args.request_id, ctx.now());
    let loss = async |db: &mut Db| {
        let (row, user_id, kind) = approved(db, id).await?;
        let user = user::TABLE.require(db, user_id).await?;
        refuse_self(user.filled("login") == Some(crate::unix_user::login()), kind)?;
        let request = row.id("id")?;
        Ok(Loss::new(format!("the data of {} ({kind}, request {request})", Loss::of_row(user::TABLE.noun, &user)?)))
    };
    let json = json!({"status": "success", "request_id": id, "erased": false});
    if let Some(answer) = ctx.guard("erased", json, loss).await? {
        return Ok(answer);
    }
    let db = ctx.db().await?;
    // What is erased is not to stand in the file's free space.
    if let Some(sql) = db.dialect.overwrite_deleted() {
        db.control(sql).await?;
    }
    let (user, kind) = db.transaction(async |db| erase(db, id, now).await).await?;
    if let Some(sql) = db.dialect.empty_log() {
        // While others read, its pages are overwritten later.
        let _ = db.control(sql).await;
    }
    let text = format!("Erasure request {id} completed: user {user}, {kind}");
    let more = json!({"request_id": id, "user_id": user, "deletion_type": kind.to_string()});
    Ok(Outcome::message(text.clone(), success(&text, &more)))
}

/// The request, its user, and how their data is to be erased.
async fn approved(db: &mut Db, id: i64) -> Result<(Row, i64, Deletion)> {
    let row = TABLE.require(db, id).await?;
    let status = row.text("status").unwrap_or_default();
    if status.parse() != Ok(Status::Approved) {
        let refused =
            Error::refused(format!("erasure request {id} is {status}, only an approved one can be processed"));
        return Err(match status.parse() {
            Ok(Status::Pending) => refused.hint(format!("`multiflexi-cli user-erasure approve --request-id={id}`")),
            _ => refused.hint("`multiflexi-cli user-erasure list` shows all requests"),
        });
    }
    let user_id = row.id("user_id")?;
    let kind = row.text("deletion_type").unwrap_or_default();
    let kind = kind.parse().map_err(|_| {
        Error::refused(format!("erasure request {id} is of the unknown type {kind:?}"))
            .hint(format!("Correct its deletion_type in the database: it is one of {}", Deletion::VARIANTS.join(", ")))
    })?;
    Ok((row, user_id, kind))
}

fn refuse_self(is_self: bool, kind: Deletion) -> Result<()> {
    if is_self && kind == Deletion::Hard {
        return Err(Error::refused("you cannot delete the user that you work as").hint("Let another Unix user do it"));
    }
    Ok(())
}

async fn erase(db: &mut Db, id: i64, now: NaiveDateTime) -> Result<(i64, Deletion)> {
    let (row, user_id, kind) = approved(db, id).await?;
    let user = user::TABLE.require(db, user_id).await?;
    let by = crate::audit::user_id(db, now).await?;
    let erasure =
        Erasure { request: id, user: user_id, by, now, reason: row.filled("reason"), names: names_of(&user)? };
    refuse_self(by == user_id, kind)?;
    for (table, column) in ACCESS {
        erasure.delete(db, table, Expr::col(*column).eq(user_id)).await?;
    }
    match kind {
        Deletion::Soft => erasure.switch_off(db).await?,
        Deletion::Anonymize => erasure.anonymize(db).await?,
        Deletion::Hard => {
            erasure.anonymize(db).await?;
            erasure.delete_user(db, &row).await?;
        }
    }
    db.update_where(
        TABLE.sql,
        Expr::col("id").eq(id),
        [("status", Status::Completed.into()), ("completed_date", now.into()), ("DatSave", now.into())],
    )
    .await?;
    log(db, &row, "erasure_completed", now).await?;
    Ok((user_id, kind))
}

/// What a user is called, and what stands for them once they are erased.
fn names_of(user: &Row) -> Result<Names> {
    let text = |column| user.text(column).unwrap_or_default();
    let (first, last) = (text("firstname"), text("lastname"));
    // A first name alone is anybody's, and an ordinary word.
    let both = [(&first, &last), (&last, &first)].map(|(one, other)| match one.is_empty() || other.is_empty() {
        true => String::new(),
        false => format!("{one} {other}"),
    });
    let instead = format!("erased-{}", user.id("id")?);
    Ok(Names::new([text("login"), text("email")].into_iter().chain(both), instead))
}

impl Erasure {
    /// Keeps what was done to a table.
    ///
    /// The data itself is not kept: it is what was to go. `action` is one of the suite's words: deleted, anonymized, retained.
    async fn note(&self, db: &mut Db, table: &str, action: &str) -> Result<()> {
        let values: Values = vec![
            ("deletion_request_id", self.request.into()),
            ("table_name", table.into()),
            ("record_id", self.user.into()),
            ("action", action.into()),
            ("performed_by_user_id", self.by.into()),
            ("performed_date", self.now.into()),
        ];
        db.insert_row(tables::USER_DELETION_AUDIT, values).await.map(drop)
    }

    async fn delete(&self, db: &mut Db, table: &'static str, rows: Expr) -> Result<()> {
        if !db.has_table(table).await? {
            return Ok(());
        }
        let count = db.delete_where(table, rows).await?;
        if count > 0 { self.note(db, table, "deleted").await } else { Ok(()) }
    }

    /// The user may no longer log in, their data stays.
    async fn switch_off(&self, db: &mut Db) -> Result<()> {
        self.set(db, vec![("deleted_at", Expr::val(self.now))]).await?;
        self.note(db, tables::USER, "retained").await
    }

    async fn anonymize(&self, db: &mut Db) -> Result<()> {
        let name = format!("erased-{}", self.user);
        let mut values = vec![
            ("login", Expr::val(name.as_str())),
            ("email", Expr::val(format!("{name}@erased.invalid"))),
            ("password", Expr::val("")),
            ("deleted_at", Expr::val(self.now)),
            ("anonymized_at", Expr::val(self.now)),
        ];
        values.extend(PERSONAL.iter().map(|column| (*column, Expr::null())));
        self.set(db, values).await?;
        self.note(db, tables::USER, "anonymized").await?;
        for (table, column) in PLACES {
            self.delete(db, table, Expr::col(*column).eq(self.user)).await?;
        }
        for (table, column) in BY_NAME {
            self.delete(db, table, self.names.are(column)).await?;
        }
        for (table, column, emptied) in TRACES {
            let mut changed = self.empty(db, table, Expr::col(*column).eq(self.user).into(), emptied).await?;
            for mentions in MENTIONS.iter().filter(|mentions| mentions.table == *table) {
                changed = changed.saturating_add(self.names.replace_in(db, mentions).await?);
            }
            if changed > 0 {
                self.note(db, table, "anonymized").await?;
            }
        }
        self.forget_copies(db).await?;
        for mentions in MENTIONS.iter().filter(|it| TRACES.iter().all(|(table, _, _)| *table != it.table)) {
            if self.names.replace_in(db, mentions).await? > 0 {
                self.note(db, mentions.table, "anonymized").await?;
            }
        }
        Ok(())
    }

    /// Empties the columns that are there. Returns in how many rows.
    async fn empty(&self, db: &mut Db, table: &'static str, rows: Cond, columns: &[&'static str]) -> Result<u64> {
        let there = db.columns(table).await?;
        let columns: Vec<_> = columns.iter().filter(|name| there.iter().any(|column| column == *name)).collect();
        if columns.is_empty() {
            return Ok(0);
        }
        db.update_where(table, rows, columns.into_iter().map(|name| (*name, Expr::null()))).await
    }

    /// Empties what the suite copied of the user's row before it changed or deleted it, unless the law has it kept.
    async fn forget_copies(&self, db: &mut Db) -> Result<()> {
        let requests = select::column(TABLE.sql, "id", Expr::col("user_id").eq(self.user));
        let is_filled =
            Cond::any().add(Expr::col("data_before").is_not_null()).add(Expr::col("data_after").is_not_null());
        let own = Cond::all().add(Expr::col("deletion_request_id").in_subquery(requests)).add(is_filled);
        if self.empty(db, tables::USER_DELETION_AUDIT, own, &["data_before", "data_after"]).await? > 0 {
            self.note(db, tables::USER_DELETION_AUDIT, "anonymized").await?;
        }
        if !db.has_table(tables::DATA_ARCHIVE).await? {
            return Ok(());
        }
        let held = Expr::col("legal_hold_until");
        let own = Expr::col("source_table").eq(tables::USER).and(Expr::col("source_record_id").eq(self.user));
        let rows = own.and(held.clone().is_null().or(held.lte(self.now)));
        if db.update_where(tables::DATA_ARCHIVE, rows, [("archived_data", "{}".into())]).await? > 0 {
            self.note(db, tables::DATA_ARCHIVE, "anonymized").await?;
        }
        Ok(())
    }

    /// Changes the user's row, which is switched off in any case.
    async fn set(&self, db: &mut Db, mut values: Vec<(&'static str, Expr)>) -> Result<()> {
        values.push(("enabled", Expr::val(false)));
        values.push((
            "deletion_reason",
            Expr::val(self.reason.as_deref().map(|text| {
                let text = self.names.replaced(text).unwrap_or_else(|| text.to_owned());
                text.chars().take(255).collect::<String>()
            })),
        ));
        values.push(("DatSave", Expr::val(self.now)));
        let there = db.columns(tables::USER).await?;
        values.retain(|(name, _)| there.iter().any(|column| column == name));
        db.update_where(tables::USER, Expr::col("id").eq(self.user), values).await.map(drop)
    }

    /// Deletes the user's row and what hangs on it, and notes that.
    ///
    /// # Errors
    /// Jobs name the user as who launched them: the record of what ran must stay.
    async fn delete_user(&self, db: &mut Db, request: &Row) -> Result<()> {
        self.note(db, tables::USER, "deleted").await?;
        log(db, request, "user_deleted", self.now).await?;
        deletion::remove(db, &user::TABLE, self.user, self.now.into()).await.map_err(|error| {
            if matches!(error.kind, Kind::InUse | Kind::Referred) {
                let hint = "Reject this request and create one with --deletion-type=anonymize: the jobs stay, the person is gone";
                Error { hint: Some(hint.into()), ..error }
            } else {
                error
            }
        })
    }
}
