//! Moving all that one database holds into another one, of whatever kind.
//!
//! Rows go over in batches, as values that each server casts to what its column is, and long files by themselves, inside one
//! transaction of the target. At the end both sides are counted and summed up table by table, the target by reading back what it
//! really holds; only then is it committed. What the source shows is its state at one moment.
//!
//! The source is [examined](examine) before anything is made or changed in the target. [`fit`] says as what a value goes over, and which does not; [`misfits`] looks for those before; [`binary_artifacts`] takes artifacts whose
//! bytes are no text.

mod binary_artifacts;
mod column;
mod fit;
mod foreign_keys;
pub mod misfits;
mod seed;
mod sum;
pub mod target;

use sea_query::{Alias, Cond, Expr, ExprTrait, InsertStatement, Order, Query, SelectStatement};

use crate::db::content::{Content, Limit};
use crate::db::{Db, Dialect, Row, Value, long_contents, migrate, references, select};
use crate::error::{Error, Kind, Result};
use column::{CopyColumn, Form};
use fit::{Fitted, Transfer};
use sum::{Digest, Sum};

/// Rows of a statement at most, and their bytes and parameters: what every server takes.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;
const PARAMETERS: usize = 30_000;

/// A table that was copied.
pub struct CopiedTable {
    pub table: String,
    pub rows: u64,
    /// Of all rows as the source has them, whatever their order.
    pub checksum: String,
    /// In how many of its values the target has U+FFFD for bytes that it does not take.
    pub replaced: u64,
    /// How many of its artifacts have their bytes in the file store now, since they are no text.
    pub stored_apart: u64,
}

/// What a copy came to.
pub struct Report {
    pub tables: Vec<CopiedTable>,
    /// Tables of the source that are not the suite's, which were left.
    pub left: Vec<String>,
}

/// A table as both sides have it.
struct Plan {
    name: String,
    source: Vec<CopyColumn>,
    target: Vec<CopyColumn>,
    /// Rows of the source.
    rows: u64,
    /// The rows of the target that become those of the source: all, where it keeps none of its own.
    replaced: Cond,
}

impl Db {
    async fn count_rows(&mut self, table: &str) -> Result<u64> {
        self.count_where(Alias::new(table), select::all()).await
    }

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
}

/// A value of a server's column as a statement has it.
fn bound(dialect: Dialect, value: Value, column: &CopyColumn) -> Expr {
    let cast = |expr: Expr| match dialect {
        Dialect::Postgres => expr.cast_as(Alias::new(column.kind.as_str())),
        Dialect::Sqlite | Dialect::MySql => expr,
    };
    match value {
        Value::Null if column.form == Form::Bytes => Expr::val(None::<Vec<u8>>),
        Value::Null => cast(Expr::val(None::<String>)),
        Value::Bool(value) => Expr::val(value),
        Value::Int(value) => Expr::val(value),
        Value::Float(value) => Expr::val(value),
        Value::Text(text) => cast(Expr::val(text)),
        Value::Bytes(bytes) => Expr::val(bytes),
        // Only SQLite has such: the driver binds no text that is not UTF-8.
        Value::RawText(bytes) => Expr::cust_with_values("CAST(? AS TEXT)", [bytes]),
    }
}

/// All rows of a table, in any order.
fn rows(dialect: Dialect, table: &str, columns: &[CopyColumn]) -> SelectStatement {
    let mut select = Query::select();
    for column in columns {
        select.expr_as(column.read(dialect, table), Alias::new(column.name.as_str()));
    }
    select.from(Alias::new(table)).take()
}

fn all_rows(dialect: Dialect, table: &str, columns: &[CopyColumn]) -> SelectStatement {
    let mut select = rows(dialect, table, columns);
    if columns.iter().any(|column| column.name == "id") {
        // Rows that refer to earlier ones of their table come after them.
        select.order_by("id", Order::Asc);
    }
    select
}

/// Begins to read the source, and refuses one that no target of this kind could be filled from.
///
/// Nothing is asked of the target, which need not be there yet.
///
/// # Errors
/// It is not the suite's, has values that fit no database of the target's kind, or cannot be asked.
pub async fn examine(source: &mut Db, target: Dialect) -> Result<()> {
    source.raw(source.dialect.begin_reading()).await?;
    if !migrate::has_ours(&source.tables().await?) {
        return Err(Error::refused(format!("{} is not a database of MultiFlexi", source.target()))
            .hint("--from names the environment file of the database to copy: check its DB_ settings"));
    }
    // A database of the same kind takes whatever the source did.
    if target != source.dialect
        && let Some(misfit) = misfits::find(source).await?.first()
    {
        return Err(misfit.refusal());
    }
    Ok(())
}

/// Copies all rows of `source` into `target`, which has the suite's schema and no rows of its own.
///
/// The source was examined. `progress` is told of each batch: the table, and how many of how many rows are there.
///
/// # Errors
/// The target has rows or lacks a column, the source has rows that it does not take, or what it holds at the end differs. Nothing
/// of it is left in the target then.
pub async fn copy(source: &mut Db, target: &mut Db, progress: impl Fn(&str, u64, u64)) -> Result<Report> {
    let (plans, left) = plan(source, target).await?;
    let all: u64 = plans.iter().map(|plan| plan.rows).fold(0, u64::saturating_add);
    let keys = target.enforced_keys().await?;
    foreign_keys::require_parents(source, &keys).await?;
    target.prepare_for_copy().await?;
    let tables = target
        .transaction_once(async |target| {
            target.defer_keys(&keys).await?;
            for plan in plans.iter().filter(|plan| seed::TABLES.contains(&plan.name.as_str())) {
                target.delete_where(Alias::new(plan.name.as_str()), plan.replaced.clone()).await?;
            }
            let (mut copied, mut done) = (Vec::new(), 0);
            for plan in &plans {
                let moved =
                    copy_table(source, target, plan, |rows| progress(&plan.name, rows.saturating_add(done), all))
                        .await?;
                done = done.saturating_add(moved.read.rows);
                copied.push((plan, moved));
            }
            target.check_keys(&keys).await?;
            for behind in references::sequences(target).await?.behind {
                references::advance(target, &behind).await?;
            }
            let mut tables = Vec::new();
            for (plan, moved) in &copied {
                compare(plan, &moved.sent, &summed(target, plan).await?)?;
                tables.push(CopiedTable {
                    table: plan.name.clone(),
                    rows: moved.read.rows,
                    checksum: format!("{:032x}", moved.read.digest),
                    replaced: moved.replaced,
                    stored_apart: moved.apart.len() as u64,
                });
            }
            for (_, moved) in &copied {
                binary_artifacts::store(source, target, &moved.apart).await?;
            }
            Ok(tables)
        })
        .await?;
    source.raw("COMMIT").await?;
    Ok(Report { tables, left })
}

fn compare(plan: &Plan, sent: &Sum, there: &Sum) -> Result<()> {
    if sent == there {
        return Ok(());
    }
    let differs = anyhow::anyhow!(
        "{} rows with the checksum {:032x} were sent, {} with {:032x} are there",
        sent.rows,
        sent.digest,
        there.rows,
        there.digest
    );
    let error = Error::new(Kind::Statement, format!("the copy of the table {} differs", plan.name)).because(differs);
    Err(error.hint(
        "Nothing of it is left in the target. Something there changes rows as they are written, such as a trigger, or a server that cuts or \
         rounds values: take it away, or copy into another database",
    ))
}

/// What is to be copied, table by table, after all that can be checked before.
async fn plan(source: &mut Db, target: &mut Db) -> Result<(Vec<Plan>, Vec<String>)> {
    let (from, mut to) = (source.columns_by_table().await?, target.columns_by_table().await?);
    for table in to.keys() {
        let rows = target.count_rows(table).await?;
        if rows > 0 && !seed::holds_only_seeds(target, table).await? {
            let mut error = Error::refused(format!("{} has rows already: {rows} in {table}", target.target()));
            if seed::TABLES.contains(&table.as_str()) {
                error = error.because(anyhow::anyhow!("not all of them are as a new schema has them"));
            }
            return Err(error.hint("A copy goes into an empty database: make a new one, and name it by --to"));
        }
    }
    let mut names: Vec<String> = from.keys().cloned().collect();
    names.sort();
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
        let replaced = replaced_rows(source, &name).await?;
        plans.push(Plan { name, source: one, target: other, rows, replaced });
    }
    Ok((plans, left))
}

/// The rows of a table of the target that become those of the source. Migrations that only the target knows of were made there, and
/// would be made a second time if it forgot them.
async fn replaced_rows(source: &mut Db, table: &str) -> Result<Cond> {
    if table != seed::MIGRATIONS {
        return Ok(select::all());
    }
    let versions = source.fetch_all(&select::columns(seed::MIGRATIONS, ["version"])).await?;
    let versions: Vec<i64> = versions.iter().filter_map(|row| row.int("version")).collect();
    Ok(Cond::all().add(Expr::col("version").is_in(versions)))
}

/// What became of a table's rows.
#[derive(Default)]
struct Moved {
    /// As the source has them.
    read: Sum,
    /// As they were sent.
    sent: Sum,
    replaced: u64,
    /// The ids of artifacts whose bytes go into the file store.
    apart: Vec<i64>,
}

impl Moved {
    /// The values of a row as the target takes them.
    fn enter(&mut self, plan: &Plan, dialects: [Dialect; 2], row: Row) -> Result<Vec<Value>> {
        let read = Digest::of_row(plan, &row.values);
        let (label, id) = (misfits::label(&row), row.int("id"));
        let mut is_changed = false;
        let mut values = Vec::with_capacity(row.values.len());
        for ((value, source), column) in row.values.into_iter().zip(&plan.source).zip(&plan.target) {
            let [from, to] = dialects;
            let way = Transfer { table: &plan.name, source, target: column, from, to };
            let before = (dialects != [Dialect::Sqlite; 2]).then(|| value.clone());
            let fitted = fit::fit(way, value).map_err(|misfit| {
                misfits::refusal(misfit, &plan.name, &source.name, &label, &before.clone().unwrap_or(Value::Null))
            })?;
            let value = match fitted {
                Fitted::Same(value) => value,
                Fitted::Replaced(value) => {
                    self.replaced = self.replaced.saturating_add(1);
                    value
                }
                Fitted::Apart => {
                    self.apart.extend(id);
                    Value::Text(String::new())
                }
            };
            is_changed |= before.is_some_and(|before| before != value);
            values.push(value);
        }
        self.read.add(read);
        self.sent.add(if is_changed { Digest::of_row(plan, &values) } else { read });
        Ok(values)
    }
}

async fn copy_table(source: &mut Db, target: &mut Db, plan: &Plan, progress: impl Fn(u64)) -> Result<Moved> {
    let mut moved = Moved::default();
    let most = ROWS.min(PARAMETERS / plan.source.len().max(1)).max(1);
    let dialects = [source.dialect, target.dialect];
    source
        .for_each_batch(&all_rows(source.dialect, &plan.name, &plan.source), most, BYTES, async |rows| {
            let labels: Vec<String> = rows.iter().map(misfits::label).collect();
            let rows: Vec<_> = rows.into_iter().map(|row| moved.enter(plan, dialects, row)).collect::<Result<_>>()?;
            insert_rows(target, plan, rows, &labels).await?;
            progress(moved.read.rows);
            Ok(())
        })
        .await?;
    if let Some((from, to)) = contents(plan) {
        for content in long_contents::copy(source, target, from, to).await? {
            moved.read.add_digest(content.digest);
            if content.is_apart {
                moved.apart.push(content.id);
            } else {
                moved.sent.add_digest(content.digest);
            }
        }
    }
    Ok(moved)
}

/// The column that holds files, as each side has it.
fn contents(plan: &Plan) -> Option<(Content, Content)> {
    let content = long_contents::column_of(&plan.name)?;
    let side = |columns: &[CopyColumn]| {
        let column = columns.iter().find(|column| column.name == content.column)?;
        Some(Content { is_text: column.form != Form::Bytes, ..content })
    };
    Some((side(&plan.source)?, side(&plan.target)?))
}

fn insertion(dialect: Dialect, plan: &Plan, rows: impl IntoIterator<Item = Vec<Value>>) -> Result<InsertStatement> {
    let mut insert = Query::insert();
    insert.into_table(Alias::new(plan.name.as_str()));
    insert.columns(plan.target.iter().map(|column| Alias::new(column.name.as_str())));
    for row in rows {
        insert
            .values(row.into_iter().zip(&plan.target).map(|(value, column)| bound(dialect, value, column)))
            .map_err(|cause| Error::new(Kind::Internal, "a row is put together wrongly").because(cause))?;
    }
    Ok(insert)
}

/// What a value takes in a statement, about: its bytes, and what stands around them.
fn size(value: &Value) -> u64 {
    const AROUND: usize = 16;
    value.length().unwrap_or_default().saturating_add(AROUND) as u64
}

/// May these rows go by one statement? A server breaks the connection off, without a word, where a statement is larger than it takes.
///
/// # Errors
/// One of them is too large by itself, or the server does not say what it takes.
async fn fit_one_statement(target: &mut Db, plan: &Plan, rows: &[Vec<Value>], labels: &[String]) -> Result<bool> {
    let limit @ Limit::Packet(packet) = target.content_limit().await? else { return Ok(true) };
    let sizes: Vec<u64> = rows.iter().map(|row| row.iter().map(size).fold(0, u64::saturating_add)).collect();
    match sizes.iter().zip(labels).find(|(size, _)| **size > limit.bytes()) {
        None => Ok(sizes.iter().copied().fold(0, u64::saturating_add) <= limit.bytes()),
        Some((size, label)) => {
            let message = format!("the row of {} where {label} is larger than {} takes", plan.name, target.target());
            let cause = anyhow::anyhow!("it has {size} bytes, and the server's max_allowed_packet is {packet}");
            Err(Error::refused(message).because(cause).hint(
                "Raise the server's max_allowed_packet (`SET GLOBAL max_allowed_packet = BYTES`, and in its file of settings), and copy again",
            ))
        }
    }
}

/// Inserts all of them by one statement. Where that fails, each by itself: the server says what is wrong, and not with which row.
async fn insert_rows(target: &mut Db, plan: &Plan, rows: Vec<Vec<Value>>, labels: &[String]) -> Result<()> {
    if !fit_one_statement(target, plan, &rows, labels).await? {
        for (row, label) in rows.into_iter().zip(labels) {
            insert_row(target, plan, row, label).await?;
        }
        return Ok(());
    }
    target.raw("SAVEPOINT mfx_rows").await?;
    let failed = match target.execute(&insertion(target.dialect, plan, rows.iter().cloned())?).await {
        Ok(_) => return target.raw("RELEASE SAVEPOINT mfx_rows").await,
        Err(error) if error.may_pass() => return Err(error.within(format!("rows of {} cannot be copied", plan.name))),
        Err(error) => error,
    };
    target.raw("ROLLBACK TO SAVEPOINT mfx_rows").await?;
    for (row, label) in rows.into_iter().zip(labels) {
        insert_row(target, plan, row, label).await?;
    }
    Err(failed.within(format!("rows of {} cannot be copied", plan.name)))
}

async fn insert_row(target: &mut Db, plan: &Plan, row: Vec<Value>, label: &str) -> Result<()> {
    let done = target.execute(&insertion(target.dialect, plan, [row])?).await;
    done.map(drop).map_err(|error| error.within(format!("the row of {} where {label} cannot be copied", plan.name)))
}

/// What the target really holds.
async fn summed(target: &mut Db, plan: &Plan) -> Result<Sum> {
    let mut sum = Sum::default();
    let select = rows(target.dialect, &plan.name, &plan.target).cond_where(plan.replaced.clone()).take();
    target
        .for_each(&select, |row| {
            sum.add(Digest::of_row(plan, &row.values));
            Ok(())
        })
        .await?;
    if let Some((_, column)) = contents(plan) {
        for digest in long_contents::digests(target, column).await? {
            sum.add_digest(digest);
        }
    }
    Ok(sum)
}
