//! What sqlx lacks of SQLite: values opened as files are (`sqlite3_blob_open`) and a wait of our own for locks, which rusqlite has;
//! and what is set once for the process: memory for statements that may fail, one heap for its thread and ours.

use std::io::{self, Read, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, MAIN_DB};
use sqlx::SqliteConnection;
use sqlx::sqlite::LockedSqliteHandle;

use crate::db::dialect::errors;
use crate::error::{Error, Result};

/// Where a value is.
#[derive(Clone, Copy)]
pub struct CellAddress {
    pub table: &'static str,
    pub column: &'static str,
    pub row: i64,
}

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

/// By how much a heap grows at least.
#[cfg(target_env = "gnu")]
const HEAP_STEP: nix::libc::c_int = 1 << 20;

/// Keeps what a statement changes inside a transaction in memory, for the case that it fails halfway.
///
/// By itself SQLite makes a file of it in the temporary folder from 64 KiB on, which the indexes of one new job are: no job
/// could be made where that folder is full. What is sorted goes there as before.
const STATEMENT_JOURNAL_IN_MEMORY: nix::libc::c_int = -1;

/// Sets what holds for all connections of this process, before the first of them.
///
/// The thread on which sqlx runs SQLite takes its memory from the same heap as ours does, and that grows by a mebibyte. By itself
/// glibc makes a second heap, in which each value of a row is taken by one thread and freed by the other (a tenth of a long listing
/// and of `company get`), and grows it by 4 KiB, 50 to 70 times until SQLite has read the schema. Memory that is not used is
/// not taken. Another C library than glibc has an allocator of its own.
#[allow(unsafe_code)]
pub fn set_up() {
    static DONE: Once = Once::new();
    DONE.call_once(|| {
        // SAFETY: nobody calls SQLite meanwhile, as all connections are opened after this; it takes one int for this option. Where it
        // does not take that, all is as it was. mallopt sets numbers of glibc's allocator, under its own lock.
        unsafe {
            rusqlite::ffi::sqlite3_config(rusqlite::ffi::SQLITE_CONFIG_STMTJRNL_SPILL, STATEMENT_JOURNAL_IN_MEMORY);
            #[cfg(target_env = "gnu")]
            {
                nix::libc::mallopt(nix::libc::M_ARENA_MAX, 1);
                nix::libc::mallopt(nix::libc::M_TOP_PAD, HEAP_STEP);
            }
        }
    });
}

/// How often a lock is tried for in short steps, and how long these are; then, in the longer ones.
///
/// A transaction of ours holds it for less than a millisecond, and SQLite's own steps grow to 25 ms at once: with four runners
/// it slept more than it worked.
const SHORT_STEPS: u32 = 400;
const SHORT: Duration = Duration::from_micros(250);
const LONG: Duration = Duration::from_millis(5);

/// How long a lock is waited for, in milliseconds: of all connections of this process, since SQLite calls a plain function.
static LOCK_LIMIT: AtomicU64 = AtomicU64::new(0);

/// From here on the connection tries for a lock in short steps, for so long.
///
/// # Errors
/// SQLite does not take that.
pub async fn wait_in_short_steps(connection: &mut SqliteConnection, limit: Duration) -> Result<()> {
    LOCK_LIMIT.store(u64::try_from(limit.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    let mut handle = connection.lock_handle().await.map_err(|cause| errors::query_error(&cause))?;
    through_rusqlite(&mut handle, |view| view.busy_handler(Some(step))).map_err(|cause| explained(&cause))
}

/// Waits for a step, unless it has been as many as the limit allows. As SQLite's own, it counts what it slept.
fn step(before: i32) -> bool {
    let before = u32::try_from(before).unwrap_or_default();
    let slept = SHORT * before.min(SHORT_STEPS) + LONG * before.saturating_sub(SHORT_STEPS);
    if slept.as_millis() >= LOCK_LIMIT.load(Ordering::Relaxed).into() {
        return false;
    }
    std::thread::sleep(if before < SHORT_STEPS { SHORT } else { LONG });
    true
}

/// Hands a value to `take`, in pieces of at most so many bytes.
///
/// # Errors
/// It is gone, or cannot be read; or `take` ends it.
pub async fn read(
    connection: &mut SqliteConnection,
    cell: CellAddress,
    piece: usize,
    mut take: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut handle = connection.lock_handle().await.map_err(|cause| errors::query_error(&cause))?;
    let done = through_rusqlite(&mut handle, |view| {
        let mut blob = view.blob_open(MAIN_DB, cell.table, cell.column, cell.row, true)?;
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
    cell: CellAddress,
    piece: usize,
    source: &mut impl Read,
    unreadable: impl Fn(io::Error) -> Error,
) -> Result<()> {
    let mut handle = connection.lock_handle().await.map_err(|cause| errors::query_error(&cause))?;
    let done = through_rusqlite(&mut handle, |view| {
        let mut blob = view.blob_open(MAIN_DB, cell.table, cell.column, cell.row, false)?;
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
