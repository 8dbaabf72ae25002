//! `database backup`: a copy of the SQLite file as it is at one moment, while others write.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::fcntl::OFlag;
use serde_json::json;

use crate::context::Context;
use crate::db::Database;
use crate::db::tables;
use crate::error::{Error, Result};
use crate::output::Outcome;
use crate::shell::quote_word;

/// How the name of a backup ends that is not whole yet.
const PART: &str = ".multiflexi-part";

/// What each SQLite file begins with.
const HEADER: &[u8; 16] = b"SQLite format 3\0";

/// How the name of the file ends in which SQLite keeps how it was.
const JOURNAL: &str = "-journal";

#[derive(clap::Args)]
pub struct Backup {
    /// The file to write; it must not exist
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Copies the SQLite file as it is at one moment into a new file, while others write.
///
/// # Errors
/// The database is on a server or is not there, something has the file's name already, or the copy cannot be written: no part of a backup has
/// that name then.
pub async fn backup(ctx: &mut Context, args: Backup) -> Result<Outcome> {
    let target = ctx.settings.database()?;
    let Database::Sqlite { .. } = &target else {
        let named = ctx.settings.file.as_ref().filter(|_| ctx.settings.says("DB_CONNECTION"));
        let from = named.map_or_else(|| "FILE".into(), |file| quote_word(&file.display().to_string()));
        return Err(Error::refused(format!("{target} is on a server, which has a tool of its own for that")).hint(format!(
            "Use mariadb-dump --single-transaction or pg_dump; `multiflexi-cli database copy --from={from} --to=FILE` makes a SQLite \
             file of it"
        )));
    };
    ctx.require_database()?;
    let file = &args.file;
    if file.symlink_metadata().is_ok() {
        return Err(Error::refused(format!("{} is there already", file.display()))
            .hint("Name a new file: a backup replaces none"));
    }
    let mut part = file.as_os_str().to_owned();
    part.push(format!(".{}{PART}", std::process::id()));
    let part = PathBuf::from(part);
    let cannot = |cause| cannot(file, cause);
    sweep(&part);
    let held = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part).map_err(cannot)?;
    // Says to the next backup that this one lives. Where a file system has no locks, nothing is ever swept.
    let _ = held.try_lock();
    // A signal drops this in the middle.
    let unfinished = Unfinished(&part);
    let bytes = write(ctx, &part, file).await?;
    drop(unfinished);
    let text = format!("{target} is in {}: {bytes} bytes", file.display());
    Ok(Outcome::message(
        text,
        json!({"database": target.to_string(), "file": file.display().to_string(), "bytes": bytes}),
    ))
}

/// A backup that is not whole yet. Dropped, it is removed; by then one that is whole has its own name.
struct Unfinished<'p>(&'p Path);

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.0);
        let _ = fs::remove_file(journal_of(self.0));
    }
}

fn cannot(file: &Path, cause: io::Error) -> Error {
    Error::file(format!("cannot write the backup {}", file.display()), cause)
        .hint("Name a file in a folder that is there, in which this user may write, and which has room")
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// What SQLite keeps beside a file that it writes.
fn journal_of(part: &Path) -> PathBuf {
    let mut journal = part.as_os_str().to_owned();
    journal.push(JOURNAL);
    PathBuf::from(journal)
}

/// Removes what backups that were killed left in the folder.
fn sweep(part: &Path) {
    for path in fs::read_dir(folder_of(part)).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Some(name) = path.to_str() else { continue };
        let is_left = match name.strip_suffix(JOURNAL) {
            // It goes with its part, which says whether somebody writes there.
            Some(part) => part.ends_with(PART) && !Path::new(part).exists() && is_abandoned(&path).unwrap_or_default(),
            None => name.ends_with(PART) && is_abandoned(&path).unwrap_or_default(),
        };
        if is_left {
            let _ = fs::remove_file(journal_of(&path));
            let _ = fs::remove_file(path);
        }
    }
}

fn is_abandoned(part: &Path) -> io::Result<bool> {
    let file = OpenOptions::new().write(true).custom_flags(OFlag::O_NOFOLLOW.bits()).open(part)?;
    // One that was made this moment may not be locked yet.
    let is_old = file.metadata()?.modified()?.elapsed().is_ok_and(|age| age > Duration::from_mins(1));
    Ok(is_old && file.try_lock().is_ok())
}

/// Writes beside the place where it is to be, so that what is there under its name is whole.
async fn write(ctx: &mut Context, part: &Path, file: &Path) -> Result<u64> {
    let db = ctx.db().await?;
    db.require_columns(tables::JOB).await?;
    let name = part.to_str().ok_or_else(|| Error::usage("the file's name is not UTF-8"))?.replace('\'', "''");
    // SQLite takes a name that begins with `file:` as a URI, and would write another file.
    let name = if part.is_relative() { format!("./{name}") } else { name };
    let done = db.control(&format!("VACUUM INTO '{name}'")).await;
    done.map_err(|error| error.within(format!("cannot write the backup {}", file.display())))?;
    let cannot = |cause| cannot(file, cause);
    let mut written = File::open(part).map_err(cannot)?;
    let mut header = [0; HEADER.len()];
    written.read_exact(&mut header).map_err(cannot)?;
    if &header != HEADER {
        return Err(cannot(io::Error::other("what SQLite has written there is no database")));
    }
    written.sync_all().map_err(cannot)?;
    let bytes = written.metadata().map_err(cannot)?.len();
    // A link takes no other file's place. Some file systems have none.
    fs::hard_link(part, file)
        .or_else(|cause| if file.symlink_metadata().is_ok() { Err(cause) } else { fs::rename(part, file) })
        .map_err(cannot)?;
    // It is there by now, whether or not its folder can be told to keep its name through a power cut.
    let _ = File::open(folder_of(file)).and_then(|folder| folder.sync_all());
    Ok(bytes)
}
