//! `database backup`: a copy of the SQLite file as it is at one moment, while others write.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::context::Context;
use crate::db::Database;
use crate::error::{Error, Result};
use crate::output::Outcome;

#[derive(clap::Args)]
pub struct Backup {
    /// The file to write; it must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub async fn backup(ctx: &mut Context, args: Backup) -> Result<Outcome> {
    let target = ctx.settings.database()?;
    let Database::Sqlite { .. } = &target else {
        return Err(Error::refused(format!("{target} is on a server, which has a tool of its own for that")).hint(
            "Use mariadb-dump --single-transaction or pg_dump; `multiflexi-cli database copy` makes a SQLite file of it",
        ));
    };
    let file = &args.file;
    if file.symlink_metadata().is_ok() {
        return Err(Error::refused(format!("{} is there already", file.display()))
            .hint("Name a new file: a backup replaces none"));
    }
    let mut part = file.as_os_str().to_owned();
    part.push(format!(".{}.part", std::process::id()));
    let part = PathBuf::from(part);
    let cannot = |cause| Error::file(format!("cannot write the backup {}", file.display()), cause);
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(cannot)?;
    let written = write(ctx, &part, file).await;
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    let bytes = written?;
    let text = format!("{target} is in {}: {bytes} bytes", file.display());
    Ok(Outcome::message(
        text,
        json!({"database": target.to_string(), "file": file.display().to_string(), "bytes": bytes}),
    ))
}

/// Writes beside the place where it is to be, so that what is there under its name is whole.
async fn write(ctx: &mut Context, part: &Path, file: &Path) -> Result<u64> {
    let db = ctx.db().await?;
    db.require_columns("job").await?;
    let name = part.to_str().ok_or_else(|| Error::usage("the file's name is not UTF-8"))?.replace('\'', "''");
    let done = db.control(&format!("VACUUM INTO '{name}'")).await;
    done.map_err(|error| error.within(format!("cannot write the backup {}", file.display())))?;
    let cannot = |cause| Error::file(format!("cannot write the backup {}", file.display()), cause);
    let written = File::open(part).map_err(cannot)?;
    written.sync_all().map_err(cannot)?;
    let bytes = written.metadata().map_err(cannot)?.len();
    fs::hard_link(part, file).or_else(|_| fs::rename(part, file)).map_err(cannot)?;
    let _ = fs::remove_file(part);
    Ok(bytes)
}
