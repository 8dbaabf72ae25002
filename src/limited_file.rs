//! Reading what is to be short: a device or a pipe that never ends would fill the memory.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// What is larger is a mistake: 16 MiB.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// Reads a file to its end.
///
/// # Errors
/// It cannot be read; or it is larger than [`SIZE_LIMIT`], which is [`io::ErrorKind::FileTooLarge`].
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    read_from(File::open(path)?)
}

/// Reads what is open to its end, which may have no length, such as a pipe.
///
/// # Errors
/// Same as [`read`].
pub fn read_from(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than allowed tells it.
    file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 16 MiB"));
    }
    Ok(bytes)
}
