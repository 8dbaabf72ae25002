//! Creating the suite's schema in a new SQLite file, and completing a schema on demand.

use std::path::Path;

use crate::config::Database;
use crate::db::{Db, Dialect, Sql};
use crate::error::{Error, Result};

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
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            mysql: include_str!(concat!("../../migrations/mysql/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
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
];

impl Migration {
    pub fn sql(&self, dialect: Dialect) -> &'static str {
        match dialect {
            Dialect::Sqlite => self.sqlite,
            Dialect::MySql => self.mysql,
            Dialect::Postgres => self.postgres,
        }
    }
}

/// Makes the directory of a SQLite file, and tells whether the file has to be filled. The file is made readable by its
/// owner only, since it will hold credentials.
pub fn prepare_file(target: &Database) -> Result<bool> {
    let Database::Sqlite { path } = target else { return Ok(false) };
    match std::fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            Err(Error::refused(format!("{} is a directory, not a SQLite file", path.display()))
                .hint("Set DB_DATABASE to the path of a file"))
        }
        Ok(found) => Ok(found.len() == 0),
        Err(_) => create_file(path).map(|()| true).map_err(|cause| {
            Error::file(format!("cannot create the database file {}", path.display()), cause)
                .hint("Set DB_DATABASE to a path that you may write")
        }),
    }
}

fn create_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}

/// Fills a new SQLite file with the suite's schema and seed rows. Two first commands at once make one schema.
pub async fn create(db: &mut Db) -> Result<()> {
    db.transaction(async |db| {
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
