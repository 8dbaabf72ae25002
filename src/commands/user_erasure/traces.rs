//! What a person leaves in other tables than the users': which rows go, which columns are emptied, and the texts that name them.

use sea_query::{Cond, Expr, ExprTrait, Order};

use crate::db::{Db, select, tables};
use crate::error::Result;
use crate::output::escaped_json;

/// What lets a user in: goes at every kind of erasure. The table, and its column of the user.
pub const ACCESS: &[(&str, &str)] = &[
    (tables::TOKEN, "user_id"),
    (tables::USER_SESSIONS, "user_id"),
    (tables::USER_2FA_SECRETS, "user_id"),
    (tables::DATA_EXPORT_TOKENS, "user_id"),
];

/// Rows that say nothing but where a person comes from.
pub const PLACES: &[(&str, &str)] = &[(tables::IP_WHITELIST, "user_id"), (tables::DATA_EXPORT_RATE_LIMITS, "user_id")];

/// Rows that know a person by what they typed: the table, and the column that has it.
pub const BY_NAME: &[(&str, &str)] = &[(tables::LOGIN_ATTEMPTS, "username"), (tables::API_RATE_LIMITS, "identifier")];

/// Records about a person, of which the part that tells who it is goes: table, column of the user, what is emptied.
pub const TRACES: &[(&str, &str, &[&str])] = &[
    (tables::CONSENT, "user_id", &["session_id", "ip_address", "user_agent", "consent_details"]),
    (tables::CONSENT_LOG, "user_id", &["session_id", "ip_address", "old_value", "new_value"]),
    (tables::SECURITY_AUDIT_LOG, "user_id", &["ip_address", "user_agent", "additional_data"]),
    (tables::GDPR_AUDIT_LOG, "user_id", &["ip_address", "user_agent"]),
    (tables::USER_DATA_AUDIT, "user_id", &["old_value", "new_value", "ip_address", "user_agent", "reason"]),
    (
        tables::USER_DATA_CORRECTION_REQUESTS,
        "user_id",
        &[
            "current_value", "requested_value", "justification", "reviewer_notes", "requested_by_ip",
            "requested_by_user_agent",
        ],
    ),
];

/// A table whose rows may name anybody, not only the user they belong to.
pub struct Mentions {
    pub table: &'static str,
    texts: &'static [&'static str],
    json: &'static [&'static str],
}

/// Where a name gives way to what stands for the person from now on. The row stays: it is the record of what was done, and why.
pub const MENTIONS: &[Mentions] = &[
    Mentions { table: tables::SECURITY_AUDIT_LOG, texts: &["event_description"], json: &["additional_data"] },
    Mentions { table: tables::GDPR_AUDIT_LOG, texts: &["data_subject", "error_message"], json: &["details"] },
    Mentions { table: tables::LOG, texts: &["message"], json: &[] },
    Mentions { table: tables::USER_DATA_AUDIT, texts: &["old_value", "new_value", "reason"], json: &[] },
    Mentions { table: tables::USER_DELETION_REQUESTS, texts: &["reason", "review_notes"], json: &[] },
    Mentions { table: tables::USER_DELETION_AUDIT, texts: &["reason", "data_before", "data_after"], json: &[] },
];

/// What a person is called, and what stands for them from now on.
pub struct Names {
    /// In lower case, the longest first: an address may have the login in it.
    names: Vec<String>,
    instead: String,
}

impl Names {
    /// Takes those of the names that say something.
    pub fn new(names: impl IntoIterator<Item = String>, instead: String) -> Names {
        let mut names: Vec<String> =
            names.into_iter().map(|name| name.trim().to_ascii_lowercase()).filter(|name| !name.is_empty()).collect();
        // As PHP writes them into JSON.
        let in_json = |name: &String| escaped_json(name, |c| !c.is_ascii()).replace('/', "\\/");
        let escaped: Vec<String> = names.iter().map(in_json).collect();
        names.extend(escaped);
        names.sort_by_key(|name| std::cmp::Reverse(name.len()));
        names.dedup();
        Names { names, instead }
    }

    /// The condition that a column holds one of the names, and nothing else.
    pub fn are(&self, column: &'static str) -> Expr {
        Expr::expr(sea_query::Func::lower(Expr::col(column))).is_in(self.names.iter().map(String::as_str))
    }

    /// A text with what stands for the person where it names them; None where it does not.
    pub fn replaced(&self, text: &str) -> Option<String> {
        let (mut text, mut is_changed) = (text.to_owned(), false);
        for name in &self.names {
            let (mut done, mut from) = (String::new(), 0);
            let lower = text.to_ascii_lowercase();
            while let Some(at) = lower[from..].find(name.as_str()).map(|at| from.saturating_add(at)) {
                let end = at.saturating_add(name.len());
                let is_part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
                let is_whole = !is_part(text[..at].chars().next_back()) && !is_part(text[end..].chars().next());
                done.push_str(&text[from..at]);
                done.push_str(if is_whole { &self.instead } else { &text[at..end] });
                is_changed |= is_whole;
                from = end;
            }
            done.push_str(&text[from..]);
            text = done;
        }
        is_changed.then_some(text)
    }

    /// Puts what stands for the person where a table's texts name them. Returns how many rows did.
    ///
    /// # Errors
    /// The database cannot be asked, or does not take the change.
    pub async fn replace_in(&self, db: &mut Db, mentions: &Mentions) -> Result<u64> {
        let there = db.columns(mentions.table).await?;
        let columns: Vec<&'static str> = mentions.texts.iter().chain(mentions.json).copied().collect();
        let columns: Vec<&'static str> =
            columns.into_iter().filter(|name| there.iter().any(|known| known == name)).collect();
        let (mut changed, mut last) = (0_u64, 0);
        if columns.is_empty() || self.names.is_empty() {
            return Ok(changed);
        }
        let named = columns
            .iter()
            .flat_map(|column| self.names.iter().map(|name| db.dialect.holds_text(Expr::col(*column), name.as_str())));
        let named = named.fold(Cond::any(), Cond::add);
        loop {
            let mut select = select::columns(mentions.table, std::iter::once("id").chain(columns.iter().copied()));
            select.and_where(Expr::col("id").gt(last)).cond_where(named.clone());
            let select = select.order_by("id", Order::Asc).limit(select::AT_ONCE as u64).take();
            let rows = db.fetch_all(&select).await?;
            let Some(row) = rows.last() else { return Ok(changed) };
            last = row.id("id")?;
            for row in &rows {
                let value = |column: &&'static str| {
                    let text = self.replaced(&row.text(column)?)?;
                    let json = mentions.json.contains(column).then(|| serde_json::from_str::<serde_json::Value>(&text));
                    Some((*column, json.and_then(Result::ok).map_or_else(|| Expr::val(text.as_str()), Expr::val)))
                };
                let values: Vec<_> = columns.iter().filter_map(value).collect();
                if !values.is_empty() {
                    changed = changed.saturating_add(
                        db.update_where(mentions.table, Expr::col("id").eq(row.id("id")?), values).await?,
                    );
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Dialect, migrate};

    #[test]
    fn a_name_gives_way_where_it_is_a_word() {
        let names = ["alice".to_owned(), "Alice@Example.org".into(), "Žofie Dvořáková".into(), String::new()];
        let names = Names::new(names, "erased-1".into());
        for (text, replaced) in [
            ("User alice logged in", Some("User erased-1 logged in")),
            ("ALICE, alice@example.org", Some("erased-1, erased-1")),
            (r#"{"who":"\u017dofie Dvo\u0159\u00e1kov\u00e1"}"#, Some(r#"{"who":"erased-1"}"#)),
            (r#"{"who":"Žofie Dvořáková"}"#, Some(r#"{"who":"erased-1"}"#)),
            ("malice, alice-service and alice_2 stay", None),
        ] {
            assert_eq!(names.replaced(text).as_deref(), replaced, "{text}");
        }
    }

    /// Tables that have such a column and are of nobody that is erased, or tell nothing of them but a number.
    const OTHERS: &[&str] = &["user", "customer", "company", "company_user", "user_role_assignments", "event_source"];

    #[test]
    fn every_table_that_may_tell_who_somebody_is_is_seen_to() {
        const TELLING: [&str; 10] = [
            "user_id", "login", "email", "username", "identifier", "ip_address", "user_agent", "session_id",
            "data_subject", "requested_by_ip",
        ];
        let by_name = ACCESS.iter().chain(PLACES).chain(BY_NAME).map(|(table, _)| *table);
        let known: Vec<&str> = by_name
            .chain(TRACES.iter().map(|(table, _, _)| *table))
            .chain(MENTIONS.iter().map(|it| it.table))
            .chain(OTHERS.iter().copied())
            .collect();
        for (table, sql) in migrate::created_tables(Dialect::Sqlite) {
            for line in sql.lines() {
                let is_telling = line.split_whitespace().next().is_some_and(|name| TELLING.contains(&name));
                assert!(!is_telling || known.contains(&table), "{table}: {line}");
            }
        }
    }
}
