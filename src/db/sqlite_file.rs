//! The file of a SQLite database, which is made where it is missing, for its owner alone.

use std::path::{Path, PathBuf};

use crate::database::Database;
use crate::error::{Error, Result};

/// What there was of a database before we connected to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A server, or a file with something in it.
    There,
    /// A file without a byte in it: it is filled like one that was not there.
    Empty,
    /// No file: it was made.
    Made,
}

/// Makes a SQLite file and its directory where they are missing, and returns what was there.
///
/// The file is made readable by its owner only, since it will hold credentials.
///
/// # Errors
/// The path is a directory, a device or whatever else is no file, or no file can be created there. A server has no file, and no
/// such error.
pub fn prepare_file(target: &Database) -> Result<Found> {
    let Database::Sqlite { path } = target else { return Ok(Found::There) };
    match std::fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let what = name_of_type(found.file_type());
            Err(Error::refused(format!("{} is {what}, not a SQLite file", path.display()))
                .hint("Set DB_DATABASE to the path of a file"))
        }
        Ok(found) if found.len() > 0 => Ok(Found::There),
        Ok(_) => {
            close_to_others(path);
            Ok(Found::Empty)
        }
        Err(_) => create_file(path).map(|()| Found::Made).map_err(|cause| {
            Error::file(format!("cannot create the database file {}", path.display()), cause)
                .hint("Set DB_DATABASE to a path that you may write")
        }),
    }
}

/// Does the log beside the file hold something?
pub fn has_log(path: &Path) -> bool {
    let log = PathBuf::from([path.as_os_str(), "-wal".as_ref()].into_iter().collect::<std::ffi::OsString>());
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// Tightens the mode of an empty file that we are about to fill, which somebody made with the usual mode.
///
/// It is made readable by its owner only; where its group may write, that is shared on purpose, and only the others are kept
/// out. A file of another owner is left as it is.
fn close_to_others(path: &Path) {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    // What is changed is what was looked at, even where somebody puts something else there meanwhile; a pipe would be waited for.
    let opened = std::fs::OpenOptions::new().read(true).custom_flags(nix::libc::O_NONBLOCK).open(path);
    let Ok(file) = opened else { return };
    let Ok(found) = file.metadata() else { return };
    let mode = found.permissions().mode() & 0o7777;
    let kept = if mode & 0o020 == 0 { 0o7700 } else { 0o7770 };
    if found.is_file() && found.len() == 0 && mode & !kept != 0 {
        let _ = file.set_permissions(std::fs::Permissions::from_mode(mode & kept));
    }
}

/// What lies there that is no file.
fn name_of_type(found: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if found.is_dir() {
        "a directory"
    } else if found.is_fifo() {
        "a named pipe"
    } else if found.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

fn create_file(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(path).map(drop)
}
