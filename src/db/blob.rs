//! Values of SQLite, opened as files are: `sqlite3_blob_open`, which sqlx lacks and rusqlite has.

use std::io::{self, Read, Write as _};

use rusqlite::{Connection, MAIN_DB};
use sqlx::SqliteConnection;
use sqlx::sqlite::LockedSqliteHandle;

use crate::db::content::Content;
use crate::db::dialect::errors;
use crate::error::{Error, Result};

/// Runs `work` with rusqlite's view of a connection that sqlx has locked for us.
#[allow(unsafe_code)]
fn through_rusqlite<T>(
    handle: &mut LockedSqliteHandle<'_>,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    // SAFETY: sqlx keeps the connection open for as long as the handle lives, and keeps its own thread from it; we hold the handle for
    // all of this function. Nothing of rusqlite's gets out of it: what `work` opens borrows the view, and the view, which does not
    // own the connection, leaves it open when it goes. Both crates are linked to the one SQLite that cargo lets there be.
    let view = unsafe { Connection::from_handle(handle.as_raw_handle().as_ptr())? };
    work(&view)
}

/// Hands a value to `take`, in pieces of at most so many bytes.
///
/// # Errors
/// It is gone, or cannot be read; or `take` ends it.
pub async fn read(
    connection: &mut SqliteConnection,
    content: Content,
    piece: usize,
    mut take: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut handle = connection.lock_handle().await.map_err(|cause| errors::query_error(&cause))?;
    let done = through_rusqlite(&mut handle, |view| {
        let mut blob = view.blob_open(MAIN_DB, content.table, content.column, content.id, true)?;
        let mut buffer = vec![0; piece.min(blob.len())];
        loop {
            let read = blob.read(&mut buffer).map_err(of_sqlite)?;
            if read == 0 {
                return blob.close().map(Ok);
            }
            if let Err(error) = take(&buffer[..read]) {
                return Ok(Err(error));
            }
        }
    });
    done.map_err(|cause| explained(&cause))?
}

/// Writes into a value that has its size already what `source` has, in pieces of at most so many bytes.
///
/// # Errors
/// `unreadable` tells why the source cannot be read, or that it has become shorter; or the database does not take it.
pub async fn write(
    connection: &mut SqliteConnection,
    content: Content,
    piece: usize,
    source: &mut impl Read,
    unreadable: impl Fn(io::Error) -> Error,
) -> Result<()> {
    let mut handle = connection.lock_handle().await.map_err(|cause| errors::query_error(&cause))?;
    let done = through_rusqlite(&mut handle, |view| {
        let mut blob = view.blob_open(MAIN_DB, content.table, content.column, content.id, false)?;
        let mut buffer = vec![0; piece.min(blob.len())];
        let mut left = blob.len();
        while left > 0 {
            let part = &mut buffer[..piece.min(left)];
            if let Err(cause) = source.read_exact(part) {
                return Ok(Err(unreadable(cause)));
            }
            blob.write_all(part).map_err(of_sqlite)?;
            left -= part.len();
        }
        blob.close().map(Ok)
    });
    done.map_err(|cause| explained(&cause))?
}

/// What rusqlite put into an error of the standard library.
fn of_sqlite(cause: io::Error) -> rusqlite::Error {
    cause.downcast().unwrap_or_else(|cause| rusqlite::Error::ToSqlConversionFailure(Box::new(cause)))
}

fn explained(cause: &rusqlite::Error) -> Error {
    errors::sqlite_error(cause.sqlite_error().map(|error| error.extended_code), &cause.to_string())
}
