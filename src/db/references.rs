//! Numbers that have to agree: the sequences that give ids, and the ids that rows refer to.

use std::collections::HashMap;

use sea_query::{Alias, Expr, ExprTrait};

use crate::db::expression::row_count;
use crate::db::{Db, Row, Sql, select, tables};
use crate::error::Result;

/// PostgreSQL's sequence of a column, which is behind what the column holds. The next row would get an id that is in use.
pub struct LaggingSequence {
    pub table: String,
    pub column: String,
    pub sequence: String,
    /// What it would give next.
    pub next: i64,
    /// The largest number in use.
    pub highest: i64,
}

/// Both kinds: of an identity, and of a default that takes its next value, even if another column owns it.
const SEQUENCES: &str = "
    SELECT t.relname::text AS table_name, a.attname::text AS name, s.oid::regclass::text AS sequence,
        CASE WHEN has_sequence_privilege(s.oid, 'SELECT') THEN 1 ELSE 0 END AS is_readable
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype = 'i'
    JOIN pg_class t ON t.oid = d.refobjid AND pg_table_is_visible(t.oid)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S'
    UNION
    SELECT t.relname::text, a.attname::text, s.oid::regclass::text,
        CASE WHEN has_sequence_privilege(s.oid, 'SELECT') THEN 1 ELSE 0 END
    FROM pg_class s
    JOIN pg_depend d ON d.refobjid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_attrdef'::regclass
    JOIN pg_attrdef v ON v.oid = d.objid
    JOIN pg_class t ON t.oid = v.adrelid AND pg_table_is_visible(t.oid)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = v.adnum
    WHERE s.relkind = 'S'
    ORDER BY 1, 2";

/// What is known of the sequences.
#[derive(Default)]
pub struct Sequences {
    pub behind: Vec<LaggingSequence>,
    /// The names of those that this user may not read.
    pub unreadable: Vec<String>,
}

/// Looks for sequences that are behind. Only PostgreSQL has such: the others look at what a table holds.
///
/// # Errors
/// The database cannot be asked.
pub async fn sequences(db: &mut Db) -> Result<Sequences> {
    let mut found = Sequences::default();
    if !db.dialect.has_sequences() {
        return Ok(found);
    }
    for row in db.fetch_all(&Sql(SEQUENCES)).await? {
        let text = |name| row.text(name).unwrap_or_default();
        let (table, column, sequence) = (text("table_name"), text("name"), text("sequence"));
        if row.int("is_readable") != Some(1) {
            found.unreadable.push(sequence);
            continue;
        }
        let quoted = |name: &str| db.dialect.quoted(name);
        let sql = format!(
            "SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END AS next, \
             (SELECT max({})::bigint FROM {}) AS highest FROM {sequence}",
            quoted(&column),
            quoted(&table)
        );
        let Some(row) = db.fetch_optional(&Sql(&sql)).await? else { continue };
        if let (Some(next), Some(highest)) = (row.int("next"), row.int("highest"))
            && next <= highest
        {
            found.behind.push(LaggingSequence { table, column, sequence, next, highest });
        }
    }
    Ok(found)
}

/// Lets a sequence go on behind what is in use.
///
/// # Errors
/// The database does not take it.
pub async fn advance(db: &mut Db, behind: &LaggingSequence) -> Result<()> {
    let name = behind.sequence.replace('\'', "''");
    db.control(&format!("SELECT setval('{name}', {})", behind.highest)).await
}

/// What a row is without the one that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tie {
    /// A part of it, and of no use.
    Part,
    /// What it was, but that nothing is said there any more: its column may be empty.
    Loose,
    /// Wrong, and only somebody who knows can say what should stand there.
    Fact,
}

/// A column that refers to a row of another table.
pub struct Reference {
    pub table: &'static str,
    pub column: &'static str,
    pub parent: &'static str,
    pub tie: Tie,
}

const fn part(table: &'static str, column: &'static str, parent: &'static str) -> Reference {
    Reference { table, column, parent, tie: Tie::Part }
}

const fn loose(table: &'static str, column: &'static str, parent: &'static str) -> Reference {
    Reference { table, column, parent, tie: Tie::Loose }
}

const fn fact(table: &'static str, column: &'static str, parent: &'static str) -> Reference {
    Reference { table, column, parent, tie: Tie::Fact }
}

/// Databases without foreign keys (SQLite of the suite, MariaDB after a restore with its checks off) let these go.
///
/// All foreign keys of the schema are here, and some that it should have; those whose rows are gone by others' going come after
/// these.
pub static REFERENCES: &[Reference] = &[
    part(tables::SCHEDULE, "job", tables::JOB),
    part(tables::JOB_OUTPUT_LINES, "job_id", tables::JOB),
    part(tables::ARTIFACTS, "job_id", tables::JOB),
    part(tables::FILE_STORE, "job_id", tables::JOB),
    part(tables::FILE_STORE, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::CONFIGURATION, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::CONFIGURATION, "app_id", tables::APPS),
    part(tables::CONFIGURATION, "company_id", tables::COMPANY),
    part(tables::CONFIGURATION_TRANSLATIONS, "configuration_id", tables::CONFIGURATION),
    part(tables::RUNTPLCREDS, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::RUNTPLCREDS, "credentials_id", tables::CREDENTIALS),
    part(tables::RUNTEMPLATE_TOPICS, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::RUNTEMPLATE_TOPICS, "topic_id", tables::TOPIC),
    part(tables::ACTIONCONFIG, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::TASK, "runtemplate_id", tables::RUNTEMPLATE),
    part(tables::CREDATA, "credential_id", tables::CREDENTIALS),
    part(tables::COMPANYENV, "company_id", tables::COMPANY),
    part(tables::COMPANY_USER, "company_id", tables::COMPANY),
    part(tables::COMPANY_USER, "user_id", tables::USER),
    part(tables::COMPANY_APPS, "company_id", tables::COMPANY),
    part(tables::COMPANY_APPS, "app_id", tables::APPS),
    part(tables::COMPANYAPP, "company_id", tables::COMPANY),
    part(tables::COMPANYAPP, "app_id", tables::APPS),
    part(tables::CONFFIELD, "app_id", tables::APPS),
    part(tables::APP_TRANSLATIONS, "app_id", tables::APPS),
    part(tables::APP_ARTIFACTS, "app_id", tables::APPS),
    part(tables::APP_ARTIFACT_TRANSLATIONS, "app_artifact_id", tables::APP_ARTIFACTS),
    part(tables::APP_EXIT_CODES, "app_id", tables::APPS),
    part(tables::APP_PRODUCES, "app_id", tables::APPS),
    part(tables::APP_CONSUMES, "app_id", tables::APPS),
    part(tables::APP_KUBERNETES, "app_id", tables::APPS),
    part(tables::CREDENTIAL_PROTOTYPE_TRANSLATIONS, "credential_prototype_id", tables::CREDENTIAL_PROTOTYPE),
    part(tables::CREDENTIAL_PROTOTYPE_FIELD, "credential_prototype_id", tables::CREDENTIAL_PROTOTYPE),
    part(
        tables::CREDENTIAL_PROTOTYPE_FIELD_TRANSLATIONS,
        "credential_prototype_field_id",
        tables::CREDENTIAL_PROTOTYPE_FIELD,
    ),
    part(tables::CREDENTIAL_TYPE_TRANSLATIONS, "credential_type_id", tables::CREDENTIAL_TYPE),
    part(tables::CRTYPEFIELD, "credential_type_id", tables::CREDENTIAL_TYPE),
    part(tables::CREDENTIAL_TYPE_FIELD_TRANSLATIONS, "crtypefield_id", tables::CRTYPEFIELD),
    part(tables::CREDTYPEDATA, "credential_type_id", tables::CREDENTIAL_TYPE),
    part(tables::EVENT_RULE, "event_source_id", tables::EVENT_SOURCE),
    part(tables::TOKEN, "user_id", tables::USER),
    part(tables::USER_ROLE_ASSIGNMENTS, "user_id", tables::USER),
    part(tables::USER_ROLE_ASSIGNMENTS, "role_id", tables::USER_ROLES),
    part(tables::USER_ROLE_ASSIGNMENTS, "assigned_by", tables::USER),
    part(tables::USER_SESSIONS, "user_id", tables::USER),
    part(tables::USER_2FA_SECRETS, "user_id", tables::USER),
    part(tables::IP_WHITELIST, "user_id", tables::USER),
    part(tables::IP_WHITELIST, "created_by", tables::USER),
    part(tables::USER_DATA_AUDIT, "user_id", tables::USER),
    part(tables::USER_DATA_CORRECTION_REQUESTS, "user_id", tables::USER),
    part(tables::USER_DELETION_REQUESTS, "user_id", tables::USER),
    part(tables::USER_DELETION_AUDIT, "deletion_request_id", tables::USER_DELETION_REQUESTS),
    part(tables::RETENTION_CLEANUP_JOBS, "policy_id", tables::DATA_RETENTION_POLICIES),
    loose(tables::JOB, "runtemplate_id", tables::RUNTEMPLATE),
    loose(tables::JOB, "task_id", tables::TASK),
    loose(tables::SECURITY_AUDIT_LOG, "user_id", tables::USER),
    loose(tables::USER_DATA_AUDIT, "changed_by_user_id", tables::USER),
    loose(tables::USER_DATA_CORRECTION_REQUESTS, "reviewed_by_user_id", tables::USER),
    loose(tables::USER_DELETION_REQUESTS, "reviewed_by_user_id", tables::USER),
    loose(tables::DATA_RETENTION_POLICIES, "created_by", tables::USER),
    loose(tables::RETENTION_CLEANUP_JOBS, "started_by", tables::USER),
    loose(tables::DATA_ARCHIVE, "retention_job_id", tables::RETENTION_CLEANUP_JOBS),
    fact(tables::JOB, "app_id", tables::APPS),
    fact(tables::JOB, "company_id", tables::COMPANY),
    fact(tables::JOB, "launched_by", tables::USER),
    fact(tables::RUNTEMPLATE, "app_id", tables::APPS),
    fact(tables::RUNTEMPLATE, "company_id", tables::COMPANY),
    fact(tables::CREDENTIALS, "company_id", tables::COMPANY),
    fact(tables::CREDENTIALS, "credential_type_id", tables::CREDENTIAL_TYPE),
    fact(tables::CREDENTIAL_TYPE, "company_id", tables::COMPANY),
    fact(tables::EVENT_RULE, "runtemplate_id", tables::RUNTEMPLATE),
    fact(tables::USER_DELETION_REQUESTS, "requested_by_user_id", tables::USER),
    fact(tables::USER_DELETION_AUDIT, "performed_by_user_id", tables::USER),
    fact(tables::DATA_ARCHIVE, "archived_by", tables::USER),
    fact(tables::RETENTION_REPORTS, "generated_by", tables::USER),
];

/// Rows of one table that are parts of others, and go with them.
pub struct DependentRows {
    pub table: &'static str,
    pub rows: Expr,
}

/// The parts of rows of `parent`, and the parts of those before them, in the order in which they can be deleted.
///
/// `refers` is the condition by which a column names one of the rows.
pub fn parts(parent: &str, refers: &dyn Fn(&'static str) -> Expr) -> Vec<DependentRows> {
    let mut found = Vec::new();
    for part in REFERENCES.iter().filter(|reference| reference.parent == parent && reference.tie == Tie::Part) {
        let rows = refers(part.column);
        let ids = select::column(part.table, "id", rows.clone());
        found.extend(parts(part.table, &|column| Expr::col(column).in_subquery(ids.clone())));
        found.push(DependentRows { table: part.table, rows });
    }
    found
}

/// The [parts] of a row that lie in one of these tables: an older schema lacks some.
pub fn existing_parts(parent: &str, id: i64, tables: &[String]) -> Vec<DependentRows> {
    let mut parts = parts(parent, &|column| Expr::col(column).eq(id));
    // A condition may look into the table of a part's parent, which comes after it.
    parts.retain(|part| tables.iter().any(|name| name == part.table));
    parts
}

/// Deletes parts; call inside a transaction, before the rows that they are parts of.
///
/// # Errors
/// The database does not take it.
pub async fn delete_parts(db: &mut Db, parts: Vec<DependentRows>) -> Result<()> {
    for part in parts {
        db.delete_where(part.table, part.rows).await?;
    }
    Ok(())
}

/// Rows of one reference that refer to nothing.
pub struct DanglingRows {
    pub reference: &'static Reference,
    pub rows: i64,
    /// The number that the first of them refers to.
    pub example: i64,
    /// The column takes no NULL.
    is_required: bool,
}

/// A column that names rows of another table.
#[derive(Clone, Copy)]
pub struct Link<'a> {
    pub table: &'a str,
    pub column: &'a str,
    pub parent: &'a str,
    /// The column takes no NULL, so that a 0 does not mean "none" either.
    pub is_required: bool,
}

/// How many rows refer to nothing, and the number that the first of them refers to.
pub struct LostRows {
    pub rows: i64,
    pub example: i64,
}

impl Link<'_> {
    /// The rows that name no row of the other table.
    ///
    /// They may say that there is none, which PHP writes as 0 or an empty text; but not where the column is required.
    fn is_lost(self) -> Expr {
        let (table, column, parent) = (Alias::new(self.table), Alias::new(self.column), Alias::new(self.parent));
        let parents = select::from(parent.clone())
            .expr(Expr::val(1))
            .and_where(Expr::col((parent, "id")).equals((table.clone(), column.clone())))
            .take();
        let column = Expr::col((table, column));
        // A number below zero is no row's, and says nothing either.
        let refers = if self.is_required { column.is_not_null() } else { column.add(0).ne(0) };
        refers.and(Expr::exists(parents).not())
    }

    async fn count_lost(self, db: &mut Db) -> Result<Option<LostRows>> {
        let select = select::from(Alias::new(self.table))
            .expr_as(row_count(), "number")
            .expr_as(Expr::col(Alias::new(self.column)).min(), "example")
            .and_where(self.is_lost())
            .take();
        let row = db.fetch_optional(&select).await?;
        let number = |name| row.as_ref().and_then(|row| row.int(name)).unwrap_or_default();
        let lost = LostRows { rows: number("number"), example: number("example") };
        Ok(Some(lost).filter(|lost| lost.rows > 0))
    }

    /// Counts the rows that refer to nothing where a database that enforces this reference would refuse them.
    ///
    /// # Errors
    /// The database cannot be asked.
    pub async fn unenforced(self, db: &mut Db) -> Result<Option<LostRows>> {
        if !db.has_column(self.table, self.column).await? || !db.has_column(self.parent, "id").await? {
            return Ok(None);
        }
        self.count_lost(db).await
    }
}

/// The rows that refer to nothing, of the tables and columns that are there.
///
/// For the same rows a copy into a database that enforces references is refused.
///
/// # Errors
/// The database cannot be asked.
pub async fn dangling(db: &mut Db) -> Result<Vec<DanglingRows>> {
    let columns = required_columns(db).await?;
    let is_required = |table: &str, column: &str| columns.get(&(table.to_owned(), column.to_owned())).copied();
    let mut found = Vec::new();
    for reference in REFERENCES {
        let Reference { table, column, parent, .. } = *reference;
        let (Some(is_required), Some(_)) = (is_required(table, column), is_required(parent, "id")) else { continue };
        let link = Link { table, column, parent, is_required };
        if let Some(LostRows { rows, example }) = link.count_lost(db).await? {
            found.push(DanglingRows { reference, rows, example, is_required });
        }
    }
    Ok(found)
}

/// Of each table's columns whether it takes no NULL.
async fn required_columns(db: &mut Db) -> Result<HashMap<(String, String), bool>> {
    let rows = db.fetch_all(&Sql(&db.dialect.all_columns())).await?;
    let text = |row: &Row, name| row.text(name).unwrap_or_default();
    Ok(rows.iter().map(|row| ((text(row, "table_name"), text(row, "name")), row.truth("required"))).collect())
}

/// Deletes the parts of what is gone, and empties what may be empty; call inside a transaction.
///
/// Returns how many. What only a person can mend stays.
///
/// # Errors
/// The database does not take it.
pub async fn mend(db: &mut Db, dangling: &DanglingRows) -> Result<u64> {
    let Reference { table, column, parent, tie } = *dangling.reference;
    let lost = Link { table, column, parent, is_required: dangling.is_required }.is_lost();
    match tie {
        Tie::Part => db.delete_where(table, lost).await,
        Tie::Loose => db.update_where(table, lost, [(column, Expr::null())]).await,
        Tie::Fact => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::db::Dialect;
    use crate::db::migrate;

    /// The foreign keys that a table is made with: each in a line of its own.
    fn keys(
        (table, sql): (&'static str, &'static str),
    ) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
        sql.lines().filter_map(move |line| {
            let (_, rest) = line.split_once("FOREIGN KEY (")?;
            let (column, rest) = rest.split_once(") REFERENCES ")?;
            let (parent, _) = rest.split_once(" (id)")?;
            Some((table, column, parent.trim_matches('"')))
        })
    }

    #[test]
    fn every_foreign_key_is_looked_at() {
        let known: BTreeSet<_> = REFERENCES.iter().map(|it| (it.table, it.column, it.parent)).collect();
        assert_eq!(known.len(), REFERENCES.len());
        let keys: BTreeSet<_> = migrate::created_tables(Dialect::Postgres).flat_map(keys).collect();
        assert!(keys.len() >= 69, "the schema was read: {keys:?}");
        let missing: Vec<_> = keys.difference(&known).collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
