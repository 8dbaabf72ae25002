//! Where files about jobs lie that must outlive a process and a boot: below a folder that is this user's alone.
//!
//! Somebody else on the machine may have made a folder, a link or a file of that name first, above all where it lies in a
//! shared folder; and where another runner's files lie is told by a row of the database, which others may write. So folders
//! are opened before they are used and checked for what they are, nothing in them is opened through a link, and a file is
//! taken only where it is its folder's owner's and has one name.

pub mod run_file;

use std::ffi::OsString;
use std::fs::{DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Component, Path, PathBuf};

use nix::fcntl::{AtFlags, OFlag, openat, renameat};
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::{Uid, UnlinkatFlags, getegid, geteuid, unlinkat};

use crate::unix_user::name_of;

/// A path has so many bytes at most (`PATH_MAX`).
const PATH_MAX: usize = 4096;
/// Others than the owner may write.
const OTHERS_WRITE: u32 = 0o022;
/// What is another's is not to be renamed.
const STICKY: u32 = 0o1000;

/// Where a runner keeps its files about jobs.
///
/// Of another runner it is what that one left in its record: its form is checked when that is read, and what lies there when it
/// is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateHome(PathBuf);

impl StateHome {
    /// The folder of this user's runners.
    ///
    /// `$XDG_STATE_HOME/multiflexi`, else what systemd made for the unit, else `~/.local/state/multiflexi`, and for root without
    /// a home `/var/lib/multiflexi`.
    ///
    /// # Errors
    /// None of the variables says where.
    pub fn own() -> io::Result<StateHome> {
        // An empty or relative one is ignored, as their specification has it.
        let absolute = |key: &str| std::env::var_os(key).map(PathBuf::from).filter(|path| path.is_absolute());
        // Of several the first one is the unit's own.
        let unit = std::env::var("STATE_DIRECTORY").ok().and_then(|list| Some(PathBuf::from(list.split(':').next()?)));
        let home = absolute("XDG_STATE_HOME").map(|path| path.join("multiflexi"));
        let home = home.or_else(|| unit.filter(|path| path.is_absolute()));
        let home = home.or_else(|| Some(absolute("HOME")?.join(".local/state/multiflexi")));
        match home {
            Some(path) => Ok(StateHome(path)),
            None if geteuid().is_root() => Ok(StateHome("/var/lib/multiflexi".into())),
            None => Err(refused(
                "none of XDG_STATE_HOME, STATE_DIRECTORY and HOME says where: set XDG_STATE_HOME to a folder of this user's"
                    .to_owned(),
            )),
        }
    }

    /// This place under a name that [`parse`](StateHome::parse) takes; None where it has no such name.
    pub fn for_record(&self) -> Option<StateHome> {
        let named = |path: &Path| StateHome::parse(&path.display().to_string());
        named(&self.0).or_else(|| named(&self.0.canonicalize().ok()?))
    }

    /// Reads it from the text of another one's record.
    pub fn parse(text: &str) -> Option<StateHome> {
        let path = Path::new(text);
        let is_plain = |part: Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
        let is_normal = path.is_absolute() && path.components().all(is_plain) && !text.chars().any(char::is_control);
        (is_normal && text.len() < PATH_MAX && path.components().count() > 1).then(|| StateHome(path.to_owned()))
    }

    /// Where the folder lies.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

/// A folder of files about jobs, open. Others can put nothing in its place, and nothing into it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    directory: File,
    owner: u32,
}

impl Folder {
    /// This user's folder of this name, made where it is not there.
    ///
    /// # Errors
    /// It cannot be made, or is somebody else's ([`io::ErrorKind::Other`]; the words say whose).
    pub fn own(name: &str) -> io::Result<Folder> {
        let home = StateHome::own()?;
        let path = home.path().join(name);
        DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        let own = geteuid();
        for place in [home.path(), &path] {
            no_foreign_link(place, own)?;
        }
        let folder = Folder::open(path)?;
        if folder.owner != own.as_raw() {
            return Err(refused(format!(
                "{} is not this user's, but that of {}: remove it, or set XDG_STATE_HOME to a folder of this user's",
                folder.path.display(),
                name_of(folder.owner)
            )));
        }
        if folder.directory.metadata()?.mode() & 0o077 != 0 {
            folder.directory.set_permissions(Permissions::from_mode(0o700))?;
        }
        Ok(folder)
    }

    /// The folder of this name that another runner keeps, which may be another user's. Never made.
    ///
    /// # Errors
    /// It is not there, or may not be read; or others than its owner may have put it there.
    pub fn in_home(home: &StateHome, name: &str) -> io::Result<Folder> {
        if StateHome::own().is_ok_and(|own| own == *home) {
            return Folder::own(name);
        }
        let folder = Folder::open(home.path().join(name))?;
        let owner = Uid::from_raw(folder.owner);
        let mut place = PathBuf::new();
        for part in folder.path.components() {
            place.push(part);
            no_foreign_link(&place, owner)?;
            no_open_folder(&place)?;
        }
        if folder.directory.metadata()?.mode() & OTHERS_WRITE != 0 {
            return Err(refused(format!(
                "others than {} may write to {}",
                name_of(folder.owner),
                folder.path.display()
            )));
        }
        Ok(folder)
    }

    fn open(path: PathBuf) -> io::Result<Folder> {
        let directory = File::open(&path)?;
        let metadata = directory.metadata()?;
        match metadata.is_dir() {
            true => Ok(Folder { path, directory, owner: metadata.uid() }),
            false => Err(io::ErrorKind::NotADirectory.into()),
        }
    }

    /// Where a file of this name lies.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Opens a file in it, by these flags. A new one is for its owner's eyes only.
    ///
    /// # Errors
    /// It cannot be opened; or it is a link, no file, or somebody else's.
    pub fn file(&self, name: &str, flags: OFlag) -> io::Result<File> {
        // A FIFO must not keep us waiting for its other end.
        let flags = flags | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC | OFlag::O_NONBLOCK;
        let opened = openat(&self.directory, name, flags, Mode::S_IRUSR | Mode::S_IWUSR);
        let file: File = opened.map_err(|cause| self.explain(name, cause))?.into();
        let metadata = file.metadata()?;
        let is_ours = metadata.uid() == self.owner || metadata.uid() == geteuid().as_raw();
        // One that was removed meanwhile has no name.
        if metadata.is_file() && is_ours && metadata.nlink() < 2 {
            return Ok(file);
        }
        Err(refused(format!("{} is a link, no file, or somebody else's: it is left alone", self.join(name).display())))
    }

    fn explain(&self, name: &str, cause: nix::Error) -> io::Error {
        match cause {
            nix::Error::ELOOP => refused(format!("{} is a link: it is not followed", self.join(name).display())),
            cause => cause.into(),
        }
    }

    /// Is there a file of this name, or anything else?
    pub fn has(&self, name: &str) -> bool {
        fstatat(&self.directory, name, AtFlags::AT_SYMLINK_NOFOLLOW).is_ok()
    }

    /// Removes a file, or a link and not what it leads to.
    ///
    /// # Errors
    /// It is not there, or may not be removed.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        Ok(unlinkat(&self.directory, name, UnlinkatFlags::NoRemoveDir)?)
    }

    /// Gives a file another name in the folder.
    ///
    /// # Errors
    /// It is not there, or may not be renamed.
    pub fn rename(&self, name: &str, new: &str) -> io::Result<()> {
        Ok(renameat(&self.directory, name, &self.directory, new)?)
    }

    /// The names of what lies in it.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        Ok(std::fs::read_dir(&self.path)?.flatten().map(|entry| entry.file_name()).collect())
    }

    /// The user whose folder it is.
    pub fn owner(&self) -> u32 {
        self.owner
    }
}

/// A link that neither root nor this user made leads to wherever somebody else wants.
fn no_foreign_link(place: &Path, user: Uid) -> io::Result<()> {
    let metadata = std::fs::symlink_metadata(place)?;
    let is_trusted = metadata.uid() == 0 || metadata.uid() == user.as_raw();
    if !is_trusted && metadata.is_symlink() {
        return Err(refused(format!(
            "{} is a link of {}: it is not followed",
            place.display(),
            name_of(metadata.uid())
        )));
    }
    Ok(())
}

/// In a folder that all may write to, and where each may rename what is another's, nothing stays what it was.
fn no_open_folder(place: &Path) -> io::Result<()> {
    let metadata = std::fs::metadata(place)?;
    if metadata.mode() & 0o002 != 0 && metadata.mode() & STICKY == 0 {
        return Err(refused(format!("everybody may write to {}", place.display())));
    }
    Ok(())
}

/// Is a folder, and what this user makes in it, out of reach of everybody but this user and root?
///
/// The owner of a folder may rename what others made in it, also where it is sticky.
///
/// # Errors
/// It cannot be looked at; or somebody else may put something in its place, or in that of what is in it: the words say who.
pub fn check_place(path: &Path) -> io::Result<()> {
    let own = geteuid();
    let mut place = PathBuf::new();
    for part in path.components() {
        place.push(part);
        no_foreign_link(&place, own)?;
    }
    let mut place = PathBuf::new();
    for part in std::fs::canonicalize(path)?.components() {
        place.push(part);
        let metadata = std::fs::metadata(&place)?;
        if metadata.uid() != 0 && metadata.uid() != own.as_raw() {
            return Err(refused(format!("{} is that of {}", place.display(), name_of(metadata.uid()))));
        }
        no_open_folder(&place)?;
        let is_for_group = metadata.mode() & OTHERS_WRITE != 0 && metadata.mode() & STICKY == 0;
        if is_for_group && metadata.gid() != 0 && metadata.gid() != getegid().as_raw() {
            return Err(refused(format!("the group {} may write to {}", metadata.gid(), place.display())));
        }
    }
    Ok(())
}

fn refused(message: String) -> io::Error {
    io::Error::other(message)
}

#[cfg(test)]
impl Folder {
    /// Any folder.
    pub fn for_test(path: &Path) -> Folder {
        Folder::open(path.to_owned()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_record_may_say_of_a_place() {
        for text in ["/var/lib/multiflexi", "/home/jana nová/.local/state/multiflexi", "/x"] {
            assert_eq!(StateHome::parse(text).unwrap().path(), Path::new(text));
        }
        for text in ["", "/", "x", "./x", "../x", "/a/../b", "/a\nb", "/a\0b", &format!("/{}", "x".repeat(PATH_MAX))] {
            assert_eq!(StateHome::parse(text), None, "{text}");
        }
    }

    #[test]
    fn only_a_plain_file_of_one_name_is_opened() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::open(home.path().to_owned()).unwrap();
        let flags = OFlag::O_RDWR | OFlag::O_CREAT;
        folder.file("plain", flags).unwrap();
        std::os::unix::fs::symlink("plain", folder.join("link")).unwrap();
        std::fs::hard_link(folder.join("plain"), folder.join("second")).unwrap();
        std::fs::create_dir(folder.join("folder")).unwrap();
        nix::unistd::mkfifo(&folder.join("fifo"), Mode::S_IRWXU).unwrap();
        for name in ["plain", "link", "second", "folder", "fifo"] {
            assert!(folder.file(name, flags).is_err(), "{name}");
        }
        folder.remove("second").unwrap();
        folder.rename("plain", "other").unwrap();
        assert!(folder.file("other", flags).is_ok() && !folder.has("plain"));
        assert_eq!(folder.file("other", flags).unwrap().metadata().unwrap().mode() & 0o777, 0o600);
    }
}
