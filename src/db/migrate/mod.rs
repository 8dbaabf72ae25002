//! Creating the suite's schema in a new SQLite file, and completing a schema on demand.

mod statement;

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::{Duration, Instant};

use crate::db::{Db, Dialect, Sql, tables};
use crate::error::{Error, Kind, Result};
use crate::failpoint;
use statement::{Effect, OWN_INDEX, addition, columns, effect, statements};

/// One step of the schema: its name and its SQL for each dialect.
pub struct Migration {
    pub name: &'static str,
    sqlite: &'static str,
    mysql: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sqlite: include_str!(concat!("../../../migrations/sqlite/", $name, ".sql")),
            mysql: include_str!(concat!("../../../migrations/mysql/", $name, ".sql")),
            postgres: include_str!(concat!("../../../migrations/postgres/", $name, ".sql")),
        }),*]
    };
}

/// In the order in which they apply.
pub static MIGRATIONS: &[Migration] = migrations![
    "0001_suite_users",
    "0002_suite_applications",
    "0003_suite_companies_and_credentials",
    "0004_suite_jobs",
    "0005_suite_data_protection",
    "0006_newer_suite_columns",
    "0007_app_kubernetes",
    "0008_seed",
    "0009_indexes",
    "0010_index_of_results",
    "0011_indexes_of_many_jobs",
    "0012_indexes_of_few_jobs",
];

impl Migration {
    /// The statements of this migration for one of the databases.
    pub fn sql(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::MySql => self.mysql,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Are any of the suite's tables among these?
pub fn has_ours(tables: &[String]) -> bool {
    [tables::APPS, tables::COMPANY, tables::JOB, tables::RUNTEMPLATE, tables::PHINXLOG]
        .iter()
        .any(|ours| tables.iter().any(|name| name == ours))
}

/// Fills a new SQLite file with the suite's schema and seed rows. Two first commands at once make one schema.
///
/// # Errors
/// SQLite does not take it; none of the tables is there then.
pub async fn create(db: &mut Db) -> Result<()> {
    // As the suite makes its files; readers then see a job's output grow while it runs.
    db.control("PRAGMA journal_mode = WAL").await?;
    db.transaction_once(async |db| {
        if db.count(&Sql("SELECT count(*) FROM sqlite_master")).await? > 0 {
            return Ok(());
        }
        for migration in MIGRATIONS {
            db.control(migration.sql(db.dialect)).await?;
        }
        Ok(())
    })
    .await
}

/// A statement that a migration makes, and what it is about.
pub struct MigrationStep {
    pub migration: &'static str,
    pub sql: Cow<'static, str>,
}

/// What a database has, compared with the schema.
pub struct SchemaState {
    /// The suite's newest migration that the database knows of, its number and name.
    pub version: Option<String>,
    pub missing_tables: Vec<&'static str>,
    /// `table.column`.
    pub missing_columns: Vec<String>,
    pub missing_indexes: Vec<&'static str>,
    pub unknown_tables: Vec<String>,
    /// `table.column` of the suite's tables, which a newer schema wants a value of and this program has none for.
    pub unknown_required: Vec<String>,
    /// It has tables, and none of the suite's.
    pub is_foreign: bool,
    /// It has no table at all.
    pub is_empty: bool,
    /// What would make it complete, in this order.
    pub steps: Vec<MigrationStep>,
}

/// What a `TEXT` of MariaDB takes.
const TEXT_BYTES: i64 = 65_535;

/// Tables that the suite does not make: they may be missing.
pub const OWN_TABLES: [&str; 1] = [tables::APP_KUBERNETES];

/// The tables that the migrations make, each with its statement.
#[cfg(test)]
pub fn created_tables(dialect: Dialect) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = MIGRATIONS.iter().flat_map(move |migration| statements(migration.sql(dialect)));
    all.filter_map(|sql| match effect(sql) {
        Effect::CreateTable(table) => Some((table, sql)),
        _ => None,
    })
}

/// How much a text may be in a column that the servers have.
pub struct Width {
    pub table: &'static str,
    pub column: &'static str,
    pub limit: i64,
    /// The limit is one of bytes, and not of characters. Only MariaDB has such.
    pub is_bytes: bool,
}

/// How much the servers' columns of texts take, as the migrations make them.
pub fn text_widths() -> impl Iterator<Item = Width> {
    let all = MIGRATIONS.iter().flat_map(|migration| statements(migration.sql(Dialect::MySql)));
    all.flat_map(|sql| match effect(sql) {
        Effect::CreateTable(table) => columns(sql).map(|(name, definition)| (table, name, definition)).collect(),
        Effect::AddColumn(table, name) => {
            let definition = sql.split_once(" ADD COLUMN ").and_then(|(_, rest)| rest.split_once(' '));
            definition.map(|(_, definition)| (table, name, definition)).into_iter().collect()
        }
        _ => Vec::new(),
    })
    .filter_map(|(table, column, definition)| {
        let characters = definition.strip_prefix("VARCHAR(").and_then(|rest| rest.split_once(')'));
        let limit = match characters {
            Some((limit, _)) => limit.parse().ok()?,
            None if definition.split(' ').next() == Some("TEXT") => TEXT_BYTES,
            None => return None,
        };
        Some(Width { table, column, limit, is_bytes: characters.is_none() })
    })
}

/// All columns that the migrations make, each with its table.
fn made_columns(dialect: Dialect) -> HashSet<(&'static str, &'static str)> {
    let all = MIGRATIONS.iter().flat_map(|migration| statements(migration.sql(dialect)));
    all.flat_map(|sql| match effect(sql) {
        Effect::CreateTable(table) => columns(sql).map(|(name, _)| (table, name)).collect(),
        Effect::AddColumn(table, name) => vec![(table, name)],
        _ => Vec::new(),
    })
    .collect()
}

/// Compares a database with the schema.
///
/// # Errors
/// The database cannot be asked.
pub async fn inspect(db: &mut Db) -> Result<SchemaState> {
    let there = db.tables().await?;
    db.learn_columns().await?;
    let state = SchemaState {
        version: None,
        missing_tables: Vec::new(),
        missing_columns: Vec::new(),
        missing_indexes: Vec::new(),
        unknown_tables: Vec::new(),
        unknown_required: Vec::new(),
        is_foreign: !there.is_empty() && !has_ours(&there),
        is_empty: there.is_empty(),
        steps: Vec::new(),
    };
    let mut inspection = Inspection { there, known: vec!["sqlite_sequence"], touched: Vec::new(), state };
    for migration in MIGRATIONS {
        for sql in statements(migration.sql(db.dialect)) {
            if inspection.is_due(db, migration.name, sql).await? {
                inspection.add_step(migration.name, sql.into());
            }
        }
    }
    let Inspection { there, known, mut state, .. } = inspection;
    let made = made_columns(db.dialect);
    for row in db.fetch_all(&Sql(&db.dialect.required_columns())).await? {
        let (Some(table), Some(name)) = (row.text("table_name"), row.text("name")) else { continue };
        if known.contains(&table.as_str()) && !made.contains(&(table.as_str(), name.as_str())) {
            state.unknown_required.push(format!("{table}.{name}"));
        }
    }
    state.unknown_tables = there.into_iter().filter(|name| !known.contains(&name.as_str())).collect();
    if !state.missing_tables.contains(&tables::PHINXLOG) {
        state.version = newest_version(db).await?;
    }
    Ok(state)
}

/// The newest of the suite's migrations that the database knows of, by its name and number; None where it knows of none.
///
/// # Errors
/// The database cannot be asked, or has no table of migrations.
pub async fn newest_version(db: &mut Db) -> Result<Option<String>> {
    let newest = "SELECT version, migration_name FROM phinxlog ORDER BY version DESC LIMIT 1";
    let row = db.fetch_optional(&Sql(newest)).await?;
    Ok(row.map(|row| {
        format!("{} ({})", row.text("migration_name").unwrap_or_default(), row.text("version").unwrap_or_default())
    }))
}

/// How far a database has been compared with the schema.
struct Inspection {
    /// The tables that it has.
    there: Vec<String>,
    /// The tables of the migrations so far.
    known: Vec<&'static str>,
    /// Tables that get something here: what else is said of them is done too.
    touched: Vec<&'static str>,
    state: SchemaState,
}

impl Inspection {
    /// Has this statement to be run? Enters what is missing.
    async fn is_due(&mut self, db: &mut Db, migration: &'static str, sql: &'static str) -> Result<bool> {
        match effect(sql) {
            Effect::CreateTable(table) => self.is_table_due(db, migration, table, sql).await,
            Effect::AddColumn(table, column) => {
                let is_new = self.is_new(table);
                let is_due = is_new || !db.has_column(table, column).await?;
                if is_due && !is_new {
                    self.state.missing_columns.push(format!("{table}.{column}"));
                }
                if is_due {
                    self.touched.push(table);
                }
                Ok(is_due)
            }
            Effect::Alter(table) => Ok(self.touched.contains(&table)),
            Effect::OwnIndex(table, index) => {
                let is_new = self.is_new(table);
                let is_due = is_new || !db.has_index(table, index).await?;
                if is_due && !is_new {
                    self.state.missing_indexes.push(index);
                }
                Ok(is_due)
            }
            // One of ours that has to go is made no more.
            Effect::DropIndex(table, index) if self.is_new(table) => Ok(!index.starts_with(OWN_INDEX)),
            Effect::DropIndex(table, index) => db.has_index(table, index).await,
            Effect::Seed => Ok(self.is_new(tables::PHINXLOG)),
            Effect::Unknown => {
                let message = format!("migration {migration} has a statement of no known kind: {}", first_line(sql));
                Err(Error::new(Kind::Internal, message).hint("This is a fault of this program: please report it"))
            }
        }
    }

    /// Is a table to be made? One that is there gets the columns that it lacks.
    async fn is_table_due(
        &mut self,
        db: &mut Db,
        migration: &'static str,
        table: &'static str,
        sql: &'static str,
    ) -> Result<bool> {
        self.known.push(table);
        if !self.there.iter().any(|name| name == table) {
            self.state.missing_tables.push(table);
            self.touched.push(table);
            return Ok(true);
        }
        let has = db.columns(table).await?;
        for (name, definition) in columns(sql).filter(|(name, _)| !has.iter().any(|it| it == name)) {
            self.state.missing_columns.push(format!("{table}.{name}"));
            if let Some(sql) = addition(db.dialect, table, name, definition) {
                self.add_step(migration, sql.into());
            }
        }
        Ok(false)
    }

    /// Is it a table that is to be made?
    fn is_new(&self, table: &str) -> bool {
        self.state.missing_tables.contains(&table)
    }

    fn add_step(&mut self, migration: &'static str, sql: Cow<'static, str>) {
        self.state.steps.push(MigrationStep { migration, sql });
    }
}

/// How long another process is waited for that changes the schema, and how often it is looked for.
const LOCK_LIMIT: Duration = Duration::from_secs(600);
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// Waits until nobody else completes the schema. On SQLite the transaction sees to that.
async fn lock(db: &mut Db) -> Result<()> {
    let Some(sql) = db.dialect.lock_schema() else { return Ok(()) };
    let since = Instant::now();
    while db.number(&Sql(sql)).await? != 1 {
        if since.elapsed() > LOCK_LIMIT {
            return Err(Error::new(Kind::Database, "another process has been changing the schema for ten minutes")
                .hint("Wait for its end, or end it, and try again"));
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    Ok(())
}

/// Brings the schema up to date, and returns what was done for that.
///
/// Of several who do it at once, one does, and the others find it done. On SQLite and PostgreSQL all of it or nothing; MariaDB
/// takes each statement by itself, and a run that failed in the middle goes on where it stopped.
///
/// # Errors
/// A statement fails; the words name it.
pub async fn complete(db: &mut Db, progress: impl Fn(u64)) -> Result<Vec<MigrationStep>> {
    let completed = db.transaction_once(async |db| {
        lock(db).await?;
        let steps = inspect(db).await?.steps;
        if let Some(sql) = db.dialect.create_beside(tables::JOB) {
            db.control(&sql).await?;
        }
        for (step, done) in steps.iter().zip(1..) {
            db.control(&step.sql).await.map_err(|error| {
                error.within(format!("migration {} failed at: {}", step.migration, first_line(&step.sql)))
            })?;
            progress(done);
            failpoint::at("migrated");
        }
        Ok(steps)
    });
    let completed = completed.await;
    if let Some(sql) = db.dialect.unlock_schema() {
        // It ends with the connection at the latest.
        let _ = db.number(&Sql(sql)).await;
    }
    completed
}

/// A statement's first line: enough to know it by.
pub fn first_line(sql: &str) -> &str {
    sql.lines().next().unwrap_or_default().trim_end_matches(['(', ' '])
}

#[cfg(test)]
mod tests {
    use super::statement::unquote;
    use super::*;

    #[test]
    fn every_migration_has_statements_for_each_server() {
        for dialect in [Dialect::Sqlite, Dialect::MySql, Dialect::Postgres] {
            for migration in MIGRATIONS {
                assert!(statements(migration.sql(dialect)).count() > 0, "{} {dialect:?}", migration.name);
                for sql in statements(migration.sql(dialect)) {
                    assert_ne!(effect(sql), Effect::Unknown, "{} {dialect:?}: {sql}", migration.name);
                    // What is dropped is known by its name, with the table that it is of.
                    assert_ne!(
                        effect(sql),
                        Effect::DropIndex("", unquote(sql.split_whitespace().next_back())),
                        "{sql}"
                    );
                    if let Effect::CreateTable(table) = effect(sql) {
                        let names: Vec<_> = columns(sql).map(|(name, _)| name).collect();
                        assert!(names.len() > 1, "{table}: {names:?}");
                        assert!(
                            names.iter().all(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_')),
                            "{names:?}"
                        );
                    }
                }
            }
        }
    }
}
