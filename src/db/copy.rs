//! Moving all that one database holds into another one, of whatever kind.
//!
//! Rows go over in batches, as values that each server casts to what its column is, and long files by themselves, inside one
//! transaction of the target. At the end both sides are counted and summed up table by table, the target by reading back what it
//! really holds; only then is it committed. What the source shows is its state at one moment.

use std::collections::{HashMap, HashSet};

use chrono::Timelike as _;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};
use sha2::{Digest as _, Sha256};

use crate::db::{Db, Dialect, Row, Sql, Value, long_contents, migrate, references, select};
use crate::error::{Error, Kind, Result};
use crate::php;
use crate::row::{self, TIME_FORMAT};
use crate::secret;

/// Rows of a statement at most, and their bytes and parameters: what every server takes.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;
const PARAMETERS: usize = 30_000;

/// Tables in which a new schema has rows, and how many at most. Rows of the same kind as these are in the way of nobody.
const SEEDED: &[(&str, u64)] =
    &[("phinxlog", u64::MAX), ("user_roles", 3), ("encryption_keys", 1), ("data_retention_policies", 7)];

/// A table that was copied.
pub struct Copied {
    pub table: String,
    pub rows: u64,
    /// Of all rows, whatever their order.
    pub checksum: String,
}

/// What a copy came to.
pub struct Report {
    pub tables: Vec<Copied>,
    /// Tables of the source that are not the suite's, which were left.
    pub left: Vec<String>,
}

/// How a column holds its values, as far as that decides how they compare.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Bool,
    Bytes,
    Time,
    Json,
    Number,
    Text,
}

#[derive(Clone)]
struct Column {
    name: String,
    /// The server's word for its type.
    kind: String,
    form: Form,
    /// Of a time: how many digits of a second's fraction it keeps.
    fraction: usize,
}

impl Column {
    fn new(name: String, kind: String, fraction: usize) -> Column {
        let word = kind.to_ascii_lowercase();
        let form = match word.as_str() {
            "bool" => Form::Bool,
            _ if word.contains("json") => Form::Json,
            _ if word.contains("bytea") || word.contains("blob") || word.contains("binary") => Form::Bytes,
            _ if word.contains("time") || word.contains("date") => Form::Time,
            _ if word.contains("int") => Form::Number,
            _ => Form::Text,
        };
        Column { name, kind, form, fraction }
    }

    /// Asks for its values as the server has them: the driver's times have no fraction. Long contents are none.
    fn read(&self, dialect: Dialect, table: &str) -> Expr {
        let column = Expr::col(Alias::new(self.name.as_str()));
        if long_contents::column_of(table).is_some_and(|content| content.column == self.name) {
            return Expr::cust(long_contents::unless_long(&self.name));
        }
        let is_time = matches!(self.kind.as_str(), "datetime" | "timestamp") && self.fraction > 0;
        match dialect {
            Dialect::MySql if is_time => column.cast_as(Alias::new("CHAR")),
            Dialect::Postgres if is_time => column.cast_as(Alias::new("text")),
            _ => column,
        }
    }
}

/// A table as both sides have it.
struct Plan {
    name: String,
    source: Vec<Column>,
    target: Vec<Column>,
    /// Rows of the source.
    rows: u64,
    /// The target takes no NUL in a text.
    is_without_nul: bool,
}

/// Sums up rows without regard to their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    digest: u128,
}

impl Sum {
    fn add(&mut self, plan: &Plan, row: &Row) {
        let mut hash = Sha256::new();
        for ((value, one), other) in row.values.iter().zip(&plan.source).zip(&plan.target) {
            let text = canonical(value, [one, other], plan.is_without_nul);
            match &text {
                None => hash.update([0]),
                Some(bytes) => {
                    hash.update([1]);
                    hash.update((bytes.len() as u64).to_le_bytes());
                    hash.update(bytes);
                }
            }
        }
        self.rows = self.rows.saturating_add(1);
        self.add_digest(hash.finalize().into());
    }

    fn add_digest(&mut self, digest: [u8; 32]) {
        let mut first = [0; 16];
        first.copy_from_slice(&digest[..16]);
        self.digest = self.digest.wrapping_add(u128::from_le_bytes(first));
    }
}

/// A value as both columns hold it, the same on all servers: `true` is 1, a date its midnight, a time has the digits that both
/// keep, JSON no blanks.
fn canonical(value: &Value, columns: [&Column; 2], is_without_nul: bool) -> Option<Vec<u8>> {
    let forms = columns.map(|column| column.form);
    let text = match value {
        Value::Null => return None,
        Value::Bytes(bytes) if forms.contains(&Form::Bytes) => return Some(bytes.clone()),
        value => value.to_text(),
    };
    if is_without_nul && !forms.contains(&Form::Bytes) && text.contains('\0') {
        // PHP has another way to write the same object; any other text is what it becomes in a job's output.
        return Some(match php::parse(text.as_bytes()) {
            Ok(value) => value.to_bytes_without_nul(),
            Err(_) => text.replace('\0', "\u{FFFD}").into_bytes(),
        });
    }
    if forms.contains(&Form::Time) {
        // MySQL's word for no time at all.
        if text.starts_with("0000-00-00") {
            return None;
        }
        if let Some(time) = row::parse_time(&text) {
            let digits = columns.map(|column| column.fraction).into_iter().min().unwrap_or_default();
            let fraction = format!("{:09}", time.nanosecond() % 1_000_000_000);
            let fraction = fraction.get(..digits).unwrap_or(&fraction).trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            return Some(format!("{}{point}{fraction}", time.format(TIME_FORMAT)).into_bytes());
        }
    }
    if forms.contains(&Form::Json)
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(&text)
    {
        return Some(value.to_string().into_bytes());
    }
    Some(text.into_bytes())
}

/// A value as the target's column takes it.
fn bound(dialect: Dialect, value: &Value, source: &Column, column: &Column) -> Expr {
    let is_postgres = dialect == Dialect::Postgres;
    let cast = |expr: Expr| if is_postgres { expr.cast_as(Alias::new(column.kind.as_str())) } else { expr };
    let Some(bytes) = canonical(value, [source, column], is_postgres) else {
        return if column.form == Form::Bytes { Expr::val(None::<Vec<u8>>) } else { cast(Expr::val(None::<String>)) };
    };
    match (column.form, value) {
        (Form::Bytes, _) => Expr::val(bytes),
        (Form::Bool, value) => Expr::val(value.to_int().is_some_and(|number| number != 0)),
        (Form::Number, value) if value.to_int().is_some() => Expr::val(value.to_int()),
        (_, Value::Float(number)) => Expr::val(*number),
        _ => cast(Expr::val(String::from_utf8_lossy(&bytes).into_owned())),
    }
}

impl Db {
    async fn columns_by_table(&mut self) -> Result<HashMap<String, Vec<Column>>> {
        let mut tables: HashMap<String, Vec<Column>> = HashMap::new();
        for row in self.fetch_all(&Sql(self.dialect.all_columns())).await? {
            let text = |name| row.text(name).unwrap_or_default();
            let fraction = row.int("fraction").and_then(|digits| usize::try_from(digits).ok()).unwrap_or_default();
            tables.entry(text("table_name")).or_default().push(Column::new(text("name"), text("kind"), fraction));
        }
        tables.retain(|name, _| !name.starts_with("sqlite_"));
        Ok(tables)
    }

    async fn count_rows(&mut self, table: &str) -> Result<u64> {
        self.count_where(Alias::new(table), select::all()).await
    }
}

/// All rows of a table, in any order.
fn rows(dialect: Dialect, table: &str, columns: &[Column]) -> SelectStatement {
    let mut select = Query::select();
    for column in columns {
        select.expr_as(column.read(dialect, table), Alias::new(column.name.as_str()));
    }
    select.from(Alias::new(table)).take()
}

fn all_rows(dialect: Dialect, table: &str, columns: &[Column]) -> SelectStatement {
    let mut select = rows(dialect, table, columns);
    if columns.iter().any(|column| column.name == "id") {
        // Rows that refer to earlier ones of their table come after them.
        select.order_by("id", Order::Asc);
    }
    select
}

/// Copies all rows of `source` into `target`, which has the suite's schema and no rows of its own. `progress` is told of each batch:
/// the table, and how many of how many rows are there.
///
/// # Errors
/// The source is not the suite's, the target has rows or lacks a column, or what it holds at the end differs. Nothing of it is left
/// in the target then.
pub async fn copy(source: &mut Db, target: &mut Db, progress: impl Fn(&str, u64, u64)) -> Result<Report> {
    source.raw(source.dialect.begin_reading()).await?;
    let (plans, left) = plan(source, target).await?;
    let all: u64 = plans.iter().map(|plan| plan.rows).fold(0, u64::saturating_add);
    target.prepare_for_copy().await?;
    let tables = target
        .transaction(async |target| {
            let constraints = target.defer_references().await?;
            for (table, _) in SEEDED.iter().filter(|(table, _)| plans.iter().any(|plan| plan.name == *table)) {
                target.delete_where(Alias::new(*table), select::all()).await?;
            }
            let (mut copied, mut done) = (Vec::new(), 0);
            for plan in &plans {
                let sum = copy_table(source, target, plan, |rows| progress(&plan.name, rows.saturating_add(done), all))
                    .await?;
                done = done.saturating_add(sum.rows);
                copied.push((plan, sum));
            }
            target.check_references(&constraints).await?;
            for behind in references::behind(target).await? {
                references::advance(target, &behind).await?;
            }
            let mut tables = Vec::new();
            for (plan, sum) in copied {
                let there = summed(target, plan).await?;
                if there != sum {
                    return Err(Error::new(Kind::Statement, format!("the copy of the table {} differs", plan.name))
                        .because(anyhow::anyhow!(
                            "{} rows with the checksum {:032x} were sent, {} with {:032x} are there",
                            sum.rows,
                            sum.digest,
                            there.rows,
                            there.digest
                        )));
                }
                tables.push(Copied {
                    table: plan.name.clone(),
                    rows: sum.rows,
                    checksum: format!("{:032x}", sum.digest),
                });
            }
            Ok(tables)
        })
        .await?;
    source.raw("COMMIT").await?;
    Ok(Report { tables, left })
}

/// What is to be copied, table by table, after all that can be checked before.
async fn plan(source: &mut Db, target: &mut Db) -> Result<(Vec<Plan>, Vec<String>)> {
    let (from, mut to) = (source.columns_by_table().await?, target.columns_by_table().await?);
    let names: Vec<String> = from.keys().cloned().collect();
    if !migrate::has_ours(&names) {
        return Err(Error::refused(format!("{} is not a database of MultiFlexi", source.target()))
            .hint("--from names the environment file of the database to copy: check its DB_ settings"));
    }
    for table in to.keys() {
        let rows = target.count_rows(table).await?;
        if rows > 0 && !is_seed(target, table, rows).await? {
            return Err(Error::refused(format!("{} has rows already: {rows} in {table}", target.target()))
                .hint("A copy goes into an empty database: make a new one, and name it by --to"));
        }
    }
    let mut names: Vec<String> = names;
    names.sort();
    let is_without_nul = target.dialect == Dialect::Postgres;
    let (mut plans, mut left) = (Vec::new(), Vec::new());
    for name in names {
        let columns = from.get(&name).cloned().unwrap_or_default();
        let Some(there) = to.remove(&name) else {
            left.push(name);
            continue;
        };
        let rows = source.count_rows(&name).await?;
        if let Some(column) = long_contents::column_of(&name) {
            long_contents::check(source, target, column).await?;
        }
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for column in columns {
            if let Some(theirs) = there.iter().find(|theirs| theirs.name.eq_ignore_ascii_case(&column.name)) {
                other.push(theirs.clone());
                one.push(column);
                continue;
            }
            if source
                .count_where(Alias::new(name.as_str()), Expr::col(Alias::new(column.name.as_str())).is_not_null())
                .await?
                > 0
            {
                return Err(Error::refused(format!("{} has no column {name}.{}", target.target(), column.name))
                    .because(anyhow::anyhow!("the source has values there, which would be lost"))
                    .hint("`multiflexi-cli database status` on both tells what each has"));
            }
        }
        plans.push(Plan { name, source: one, target: other, rows, is_without_nul });
    }
    Ok((plans, left))
}

/// Are these only the rows that a new schema has?
async fn is_seed(target: &mut Db, table: &str, rows: u64) -> Result<bool> {
    let Some((_, most)) = SEEDED.iter().find(|(name, _)| *name == table) else { return Ok(false) };
    if table == "encryption_keys" {
        let keys = target.fetch_all(&select::from("encryption_keys").column("key_data").take()).await?;
        return Ok(keys.iter().all(|row| secret::is_placeholder_key(&row.text("key_data").unwrap_or_default())));
    }
    Ok(rows <= *most)
}

async fn copy_table(source: &mut Db, target: &mut Db, plan: &Plan, progress: impl Fn(u64)) -> Result<Sum> {
    let mut sum = Sum::default();
    let most = ROWS.min(PARAMETERS / plan.source.len().max(1)).max(1);
    source
        .for_each_batch(&all_rows(source.dialect, &plan.name, &plan.source), most, BYTES, async |rows| {
            let mut insert = Query::insert();
            insert.into_table(Alias::new(plan.name.as_str()));
            insert.columns(plan.target.iter().map(|column| Alias::new(column.name.as_str())));
            for row in &rows {
                sum.add(plan, row);
                let cells = row.values.iter().zip(&plan.source).zip(&plan.target);
                insert
                    .values(cells.map(|((value, one), other)| bound(target.dialect, value, one, other)))
                    .map_err(|cause| Error::new(Kind::Internal, "a row is put together wrongly").because(cause))?;
            }
            let done = target.execute(&insert).await;
            done.map_err(|error| error.within(format!("rows of {} cannot be copied", plan.name)))?;
            progress(sum.rows);
            Ok(())
        })
        .await?;
    if let Some(column) = long_contents::column_of(&plan.name) {
        for digest in long_contents::copy(source, target, column).await? {
            sum.add_digest(digest);
        }
    }
    Ok(sum)
}

/// What the target really holds.
async fn summed(target: &mut Db, plan: &Plan) -> Result<Sum> {
    let mut sum = Sum::default();
    let select = rows(target.dialect, &plan.name, &plan.target);
    target
        .for_each(&select, |row| {
            sum.add(plan, &row);
            Ok(())
        })
        .await?;
    if let Some(column) = long_contents::column_of(&plan.name) {
        for digest in long_contents::digests(target, column).await? {
            sum.add_digest(digest);
        }
    }
    Ok(sum)
}

/// A foreign key of PostgreSQL.
struct Constraint {
    table: String,
    name: String,
}

impl Db {
    /// The references are checked at the end: rows refer to each other across tables, and in circles.
    async fn prepare_for_copy(&mut self) -> Result<()> {
        match self.dialect {
            Dialect::Sqlite => self.raw("PRAGMA foreign_keys = OFF").await,
            Dialect::MySql => {
                self.raw("SET foreign_key_checks = 0, sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES')").await
            }
            Dialect::Postgres => Ok(()),
        }
    }

    async fn defer_references(&mut self) -> Result<Vec<Constraint>> {
        if self.dialect != Dialect::Postgres {
            return Ok(Vec::new());
        }
        let sql = "SELECT conrelid::regclass::text AS table_name, conname::text AS name FROM pg_constraint \
                   WHERE contype = 'f' AND NOT condeferrable AND connamespace = current_schema()::regnamespace";
        let found = self.fetch_all(&Sql(sql)).await?;
        let text = |row: &Row, name| row.text(name).unwrap_or_default();
        let found: Vec<_> =
            found.iter().map(|row| Constraint { table: text(row, "table_name"), name: text(row, "name") }).collect();
        for Constraint { table, name } in &found {
            let name = name.replace('"', "\"\"");
            self.raw(&format!("ALTER TABLE {table} ALTER CONSTRAINT \"{name}\" DEFERRABLE INITIALLY DEFERRED")).await?;
        }
        Ok(found)
    }

    async fn check_references(&mut self, constraints: &[Constraint]) -> Result<()> {
        if self.dialect != Dialect::Postgres {
            return Ok(());
        }
        self.raw("SET CONSTRAINTS ALL IMMEDIATE").await.map_err(|error| {
            error
                .within("the source has rows that refer to nothing, which this database does not take")
                .hint("`multiflexi-cli database check` on the source lists them, and tells what mends each")
        })?;
        for Constraint { table, name } in constraints {
            let name = name.replace('"', "\"\"");
            self.raw(&format!("ALTER TABLE {table} ALTER CONSTRAINT \"{name}\" NOT DEFERRABLE")).await?;
        }
        Ok(())
    }
}

/// Sees to it that the target has the suite's schema. True where it had nothing at all before, and what is made here has to go
/// when the copy fails.
///
/// # Errors
/// It lacks something, but is not empty: whose it is only its operator knows.
pub async fn prepare(target: &mut Db) -> Result<bool> {
    let state = migrate::inspect(target).await?;
    let is_empty = target.tables().await?.is_empty();
    if is_empty {
        migrate::complete(target, &state.steps, |_| ()).await?;
    } else if !state.missing_tables.is_empty() || !state.missing_columns.is_empty() {
        return Err(Error::refused(format!("{} has not the whole schema", target.target()))
            .hint("Complete it by `multiflexi-cli database migrate -e FILE`, or name an empty database by --to"));
    }
    Ok(is_empty)
}

/// Has a SQLite file that nobody else uses yet written without a WAL, which would take all rows a second time and more memory
/// the more they are.
///
/// # Errors
/// SQLite does not take it, as where somebody else has the file open.
pub async fn leave_wal(target: &mut Db) -> Result<()> {
    target.control("PRAGMA journal_mode = DELETE").await
}

/// The file is as all of ours are again.
///
/// # Errors
/// SQLite does not take it.
pub async fn return_to_wal(target: &mut Db) -> Result<()> {
    target.control("PRAGMA journal_mode = WAL").await
}

/// Takes away all tables: of a database that had none before.
///
/// # Errors
/// The database cannot be asked, or does not drop them. A MySQL connection may not check foreign keys any more.
pub async fn undo(target: &mut Db) -> Result<()> {
    let tables: HashSet<String> = target.tables().await?.into_iter().collect();
    let quote = if target.dialect == Dialect::MySql { '`' } else { '"' };
    let names: Vec<String> = tables.iter().map(|name| format!("{quote}{name}{quote}")).collect();
    match target.dialect {
        Dialect::MySql => {
            target.raw("SET foreign_key_checks = 0").await?;
            target.control(&format!("DROP TABLE {}", names.join(", "))).await
        }
        Dialect::Postgres => target.control(&format!("DROP TABLE {} CASCADE", names.join(", "))).await,
        // Its file goes as a whole.
        Dialect::Sqlite => Ok(()),
    }
}
