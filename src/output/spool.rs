//! What a slow reader of stdout has not taken yet. It lies in a file without a name, so that no database is held open for a pager
//! that somebody looks at: SQLite without a WAL lets nobody write meanwhile, and MariaDB breaks the connection off.

use std::cell::{OnceCell, RefCell};
use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal as _, Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::fs::OpenOptionsExt as _;

use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::{SFlag, fstat};

/// A reader that takes nothing for so many milliseconds is a slow one.
const WRITE_TIMEOUT: u16 = 500;
/// What has room for anything takes so much without waiting: `PIPE_BUF` of Linux.
const PIECE: usize = 4096;
/// The file grows no larger than this; a reader of more is waited for.
const LIMIT: u64 = 1 << 28;

/// What is still to go to stdout, before anything else does.
#[derive(Default)]
pub struct Spool {
    stdout: OnceCell<Stdout>,
    rest: RefCell<Option<File>>,
}

/// What stdout is, which says how one writes to it without waiting for its reader.
enum Stdout {
    /// Nobody at its other end could be slow.
    File,
    /// Opened a second time, for writes that take what there is room for. Stdout itself is shared with other programs, which such
    /// writes would surprise.
    Pipe(File),
    /// A terminal or a socket, or a pipe that cannot be opened a second time: asked before each piece.
    InPieces,
}

impl Stdout {
    fn new() -> Stdout {
        let kind = fstat(io::stdout()).map(|metadata| SFlag::from_bits_truncate(metadata.st_mode) & SFlag::S_IFMT);
        match kind {
            Ok(SFlag::S_IFIFO) => OpenOptions::new()
                .write(true)
                .custom_flags(OFlag::O_NONBLOCK.bits())
                .open("/proc/self/fd/1")
                .map_or(Stdout::InPieces, Stdout::Pipe),
            Ok(SFlag::S_IFSOCK) => Stdout::InPieces,
            _ if io::stdout().is_terminal() => Stdout::InPieces,
            _ => Stdout::File,
        }
    }

    /// Writes until stdout takes nothing any more, and returns what is left.
    fn write_while_taken<'b>(&self, bytes: &'b [u8]) -> io::Result<&'b [u8]> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let written = match self {
                Stdout::File => write_all(rest).map(|()| rest.len()),
                Stdout::Pipe(pipe) => (&mut &*pipe).write(rest),
                Stdout::InPieces if !takes() => break,
                Stdout::InPieces => {
                    let piece = &rest[..rest.len().min(PIECE)];
                    write_all(piece).map(|()| piece.len())
                }
            };
            match written {
                Ok(written) => rest = &rest[written..],
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                Err(cause) if cause.kind() == io::ErrorKind::WouldBlock => {
                    if !takes() {
                        break;
                    }
                }
                Err(cause) => return Err(cause),
            }
        }
        Ok(rest)
    }
}

impl Spool {
    /// Writes to stdout, or into the file once stdout takes nothing.
    ///
    /// # Errors
    /// Stdout cannot be written.
    pub fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let has_rest = self.rest.borrow().is_some();
        let rest = if has_rest { bytes } else { self.stdout.get_or_init(Stdout::new).write_while_taken(bytes)? };
        if rest.is_empty() || self.keep(rest) { Ok(()) } else { self.write_through(rest) }
    }

    /// Writes to stdout behind what lies in the file, and waits for its reader.
    ///
    /// # Errors
    /// Stdout cannot be written, or the file cannot be read.
    pub fn write_through(&self, bytes: &[u8]) -> io::Result<()> {
        self.deliver()?;
        write_all(bytes)
    }

    /// Waits until the reader of stdout has taken what lies in the file.
    ///
    /// # Errors
    /// Stdout cannot be written, or the file cannot be read.
    pub fn deliver(&self) -> io::Result<()> {
        let Some(mut file) = self.rest.take() else { return Ok(()) };
        file.rewind()?;
        let mut buffer = vec![0; 1 << 16];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                read => write_all(&buffer[..read])?,
            }
        }
    }

    /// Puts all of this into the file; false where there is no room for it.
    fn keep(&self, bytes: &[u8]) -> bool {
        let mut spool = self.rest.borrow_mut();
        if spool.is_none() {
            *spool = tempfile::tempfile().ok();
        }
        let Some(file) = spool.as_mut() else { return false };
        let Ok(end) = file.stream_position() else { return false };
        if end.saturating_add(bytes.len() as u64) > LIMIT {
            return false;
        }
        let is_kept = file.write_all(bytes).is_ok();
        if !is_kept {
            // Half of it on a full disk would be written twice.
            let _ = file.set_len(end);
        }
        is_kept
    }
}

fn write_all(bytes: &[u8]) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()
}

/// Does stdout take a piece now, or soon? What tells of itself that it is broken does, too: writing says how.
fn takes() -> bool {
    let stdout = io::stdout();
    let mut polled = [PollFd::new(stdout.as_fd(), PollFlags::POLLOUT)];
    !matches!(poll(&mut polled, PollTimeout::from(WRITE_TIMEOUT)), Ok(0))
}
