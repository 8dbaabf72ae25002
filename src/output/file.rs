//! A file that a user names for what a command makes: in the end it is there whole, or what was there before.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, Seek as _, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use atomic_write_file::AtomicWriteFile;
use atomic_write_file::unix::OpenOptionsExt as _;
use nix::unistd::{getegid, geteuid};
use tempfile::SpooledTempFile;

use crate::unix_user;

/// A file that is being written, and shows its new content only when that is complete.
pub enum NewFile {
    /// Takes its name when it is finished, keeping mode and owner of a file that has that name.
    Whole(AtomicWriteFile),
    /// A file that cannot be replaced; it is written when all of its content has come.
    ///
    /// A device, a pipe, a file of several names or of others, one in a folder where nothing can be made.
    InPlace { file: File, content: SpooledTempFile },
}

/// Longer content that waits for its file lies in the folder for temporary files.
const IN_MEMORY: usize = 1 << 20;
/// The mode of what is somebody's personal data.
const PRIVATE: u32 = 0o600;

/// Would a file that we make have its owner and its group?
fn is_as_we_make_it(metadata: &Metadata) -> bool {
    metadata.uid() == geteuid().as_raw() && metadata.gid() == getegid().as_raw()
}

impl NewFile {
    /// Begins a file; the folder has to be there. A link stays: what it leads to is written.
    ///
    /// # Errors
    /// No such file may be written.
    pub fn create(path: &Path) -> io::Result<NewFile> {
        NewFile::open(path, None)
    }

    /// As [`NewFile::create`], a file that nobody else may read; one that is there becomes so.
    ///
    /// # Errors
    /// No such file may be written, or its mode not be changed.
    pub fn create_private(path: &Path) -> io::Result<NewFile> {
        NewFile::open(path, Some(PRIVATE))
    }

    /// With this mode, or that of the file that is there and else the usual one.
    fn open(path: &Path, mode: Option<u32>) -> io::Result<NewFile> {
        nobody_elses(path)?;
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let is_replaceable = match fs::symlink_metadata(&target) {
            Ok(metadata) if metadata.is_file() => {
                // A folder that may be written is no leave to replace a file that may not.
                OpenOptions::new().write(true).open(&target)?;
                metadata.nlink() == 1 && (geteuid().is_root() || is_as_we_make_it(&metadata))
            }
            Ok(_) => false,
            Err(cause) => cause.kind() == io::ErrorKind::NotFound,
        };
        let mut replacing = AtomicWriteFile::options();
        let mut in_place = OpenOptions::new();
        in_place.write(true).create(true).truncate(false);
        if let Some(mode) = mode {
            replacing.preserve_mode(false).mode(mode);
            in_place.mode(mode);
        }
        if is_replaceable && let Ok(file) = replacing.open(&target) {
            return Ok(NewFile::Whole(file));
        }
        let file = in_place.open(path)?;
        if let (Some(mode), true) = (mode, file.metadata()?.is_file()) {
            file.set_permissions(Permissions::from_mode(mode))?;
        }
        Ok(NewFile::InPlace { file, content: SpooledTempFile::new(IN_MEMORY) })
    }

    /// Gives it its name, or its content.
    ///
    /// # Errors
    /// It is not whole on the disk; what could be replaced is there as before.
    pub fn finish(self) -> io::Result<()> {
        match self {
            NewFile::Whole(file) => file.commit(),
            NewFile::InPlace { mut file, mut content } => {
                if file.metadata()?.is_file() {
                    file.set_len(0)?;
                }
                content.rewind()?;
                io::copy(&mut content, &mut file).map(drop)
            }
        }
    }
}

/// Refuses what somebody else laid for us where everybody may make files, as `/tmp`.
///
/// A link that leads wherever they like, or a file that stays theirs. The kernel does so too (`protected_symlinks`,
/// `protected_regular`), where it is the one that looks.
///
/// # Errors
/// Such a thing is in the way; the words say what.
fn nobody_elses(path: &Path) -> io::Result<()> {
    const STICKY_FOR_ALL: u32 = 0o1002;
    // As many links as the kernel follows.
    const LINKS: usize = 40;
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let (Ok(metadata), Ok(of_folder)) = (fs::symlink_metadata(&path), fs::metadata(folder)) else { return Ok(()) };
        let is_open = of_folder.mode() & STICKY_FOR_ALL == STICKY_FOR_ALL;
        let is_ours = metadata.uid() == geteuid().as_raw() || metadata.uid() == of_folder.uid();
        if is_open && !is_ours && (metadata.is_symlink() || metadata.is_file()) {
            let (what, deed) = if metadata.is_symlink() { ("link", "followed") } else { ("file", "written") };
            let (path, owner) = (path.display(), unix_user::name_of(metadata.uid()));
            return Err(io::Error::other(format!(
                "{path} is a {what} of {owner} in a folder where everybody may make one: it is not {deed}; name another file"
            )));
        }
        if !metadata.is_symlink() {
            return Ok(());
        }
        path = folder.join(fs::read_link(&path)?);
    }
    Ok(())
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            NewFile::Whole(file) => file.write(bytes),
            NewFile::InPlace { content, .. } => content.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            NewFile::Whole(file) => file.flush(),
            NewFile::InPlace { content, .. } => content.flush(),
        }
    }
}
