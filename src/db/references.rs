//! Numbers that have to agree: the sequences that give ids, and the ids that rows refer to.

use sea_query::{Alias, Expr, ExprTrait};

use crate::db::{Db, Dialect, Sql, select};
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

/// Both kinds: of an identity, and of a default that takes its next value, whoever owns it.
const SEQUENCES: &str = "
    SELECT t.relname::text AS table_name, a.attname::text AS name, s.oid::regclass::text AS sequence
    FROM pg_class s
    JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype = 'i'
    JOIN pg_class t ON t.oid = d.refobjid AND t.relnamespace = current_schema()::regnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
    WHERE s.relkind = 'S'
    UNION
    SELECT t.relname::text, a.attname::text, s.oid::regclass::text
    FROM pg_class s
    JOIN pg_depend d ON d.refobjid = s.oid AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_attrdef'::regclass
    JOIN pg_attrdef v ON v.oid = d.objid
    JOIN pg_class t ON t.oid = v.adrelid AND t.relnamespace = current_schema()::regnamespace
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = v.adnum
    WHERE s.relkind = 'S'
    ORDER BY 1, 2";

/// The sequences that are behind. Only PostgreSQL has such: the others look at what a table holds.
///
/// # Errors
/// The database cannot be asked.
pub async fn behind(db: &mut Db) -> Result<Vec<LaggingSequence>> {
    let mut found = Vec::new();
    if db.dialect != Dialect::Postgres {
        return Ok(found);
    }
    for row in db.fetch_all(&Sql(SEQUENCES)).await? {
        let text = |name| row.text(name).unwrap_or_default();
        let (table, column, sequence) = (text("table_name"), text("name"), text("sequence"));
        let quoted = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
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
            found.push(LaggingSequence { table, column, sequence, next, highest });
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

/// A column that refers to a row of another table.
pub struct Reference {
    pub table: &'static str,
    pub column: &'static str,
    pub parent: &'static str,
    /// The row is a part of what it refers to, and of no use without it.
    pub is_part: bool,
}

const fn part(table: &'static str, column: &'static str, parent: &'static str) -> Reference {
    Reference { table, column, parent, is_part: true }
}

const fn fact(table: &'static str, column: &'static str, parent: &'static str) -> Reference {
    Reference { table, column, parent, is_part: false }
}

/// Databases without foreign keys (SQLite of the suite, MariaDB after a restore with its checks off) let these go.
pub static REFERENCES: &[Reference] = &[
    part("schedule", "job", "job"),
    part("job_output_lines", "job_id", "job"),
    part("artifacts", "job_id", "job"),
    part("file_store", "job_id", "job"),
    part("file_store", "runtemplate_id", "runtemplate"),
    part("configuration", "runtemplate_id", "runtemplate"),
    part("runtplcreds", "runtemplate_id", "runtemplate"),
    part("runtplcreds", "credentials_id", "credentials"),
    part("credata", "credential_id", "credentials"),
    part("companyenv", "company_id", "company"),
    part("company_user", "company_id", "company"),
    part("company_user", "user_id", "user"),
    part("conffield", "app_id", "apps"),
    part("app_artifacts", "app_id", "apps"),
    part("app_exit_codes", "app_id", "apps"),
    part("app_produces", "app_id", "apps"),
    part("app_consumes", "app_id", "apps"),
    part("app_kubernetes", "app_id", "apps"),
    part("crtypefield", "credential_type_id", "credential_type"),
    part("event_rule", "event_source_id", "event_source"),
    fact("job", "app_id", "apps"),
    fact("job", "company_id", "company"),
    fact("job", "runtemplate_id", "runtemplate"),
    fact("job", "task_id", "task"),
    fact("runtemplate", "app_id", "apps"),
    fact("runtemplate", "company_id", "company"),
    fact("credentials", "company_id", "company"),
    fact("credentials", "credential_type_id", "credential_type"),
    fact("event_rule", "runtemplate_id", "runtemplate"),
    fact("task", "runtemplate_id", "runtemplate"),
];

/// Rows of one reference that refer to nothing.
pub struct DanglingRows {
    pub reference: &'static Reference,
    pub rows: i64,
    /// The number that the first of them refers to.
    pub example: i64,
}

fn lost(reference: &Reference) -> Expr {
    let parents = select::from(reference.parent)
        .expr(Expr::val(1))
        .and_where(Expr::col((reference.parent, "id")).equals((reference.table, reference.column)))
        .take();
    // The suite writes 0 for none.
    let refers = Expr::col((reference.table, reference.column)).gt(0);
    refers.and(Expr::exists(parents).not())
}

/// The rows that refer to nothing, of the tables and columns that are there.
///
/// # Errors
/// The database cannot be asked.
pub async fn dangling(db: &mut Db) -> Result<Vec<DanglingRows>> {
    db.learn_columns().await?;
    let mut found = Vec::new();
    for reference in REFERENCES {
        let has = |columns: &[String], name: &str| columns.iter().any(|column| column == name);
        if !has(&db.columns(reference.table).await?, reference.column)
            || !has(&db.columns(reference.parent).await?, "id")
        {
            continue;
        }
        let select = select::from(reference.table)
            .expr_as(Expr::cust("count(*)"), "number")
            .expr_as(Expr::col(Alias::new(reference.column)).min(), "example")
            .and_where(lost(reference))
            .take();
        let row = db.fetch_optional(&select).await?;
        let number = |name| row.as_ref().and_then(|row| row.int(name)).unwrap_or_default();
        if number("number") > 0 {
            found.push(DanglingRows { reference, rows: number("number"), example: number("example") });
        }
    }
    Ok(found)
}

/// Deletes the parts of what is gone, to be called inside a transaction, and tells how many.
///
/// # Errors
/// The database does not take it; nothing of the transaction may stand then.
pub async fn remove(db: &mut Db, dangling: &DanglingRows) -> Result<u64> {
    db.delete_where(dangling.reference.table, lost(dangling.reference)).await
}
