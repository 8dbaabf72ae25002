//! A job's private directory: nobody else may look into it, no other job collects its files, and it is removed with the job.
//!
//! `tmp` in it is the program's working directory and `MULTIFLEXI_TMP`; `files` holds what was uploaded for the job. A runner
//! holds a lock on its directory while it lives. So whatever a killed runner left behind is told from a living one's, and is
//! removed by the next runner.

use crate::id::JobId;
use std::fs::{DirBuilder, File, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "multiflexi-job-";
/// A file's name has at most 255 bytes on most file systems.
const NAME_MAX: usize = 200;

/// The directory of one job. Dropped, it is removed.
pub struct Directory {
    root: TempDir,
    _lock: File,
}

impl Directory {
    /// Makes a directory below `parent`.
    ///
    /// # Errors
    /// `parent` cannot be written; what was made of the directory is removed again.
    pub fn new(parent: &Path, job: JobId) -> io::Result<Directory> {
        let private = Permissions::from_mode(0o700);
        let root =
            tempfile::Builder::new().prefix(&format!("{PREFIX}{job}-")).permissions(private).tempdir_in(parent)?;
        let lock = File::open(root.path())?;
        // A file system without locks has no abandoned directories either: none can be told from a living one's.
        let _ = lock.try_lock();
        let directory = Directory { root, _lock: lock };
        for name in [directory.work(), directory.files()] {
            DirBuilder::new().mode(0o700).create(name)?;
        }
        Ok(directory)
    }

    /// Where the program runs and what it writes is looked for.
    pub fn work(&self) -> PathBuf {
        self.root.path().join("tmp")
    }

    /// Where uploaded files lie.
    pub fn files(&self) -> PathBuf {
        self.root.path().join("files")
    }

    /// Makes the `number`th uploaded file; its name is all of it that the program may care for.
    ///
    /// # Errors
    /// The file cannot be made, or there is a file of this number already.
    pub fn create(&self, number: usize, name: &str) -> io::Result<(PathBuf, File)> {
        let path = self.files().join(uploaded(number, name));
        if let Some(folder) = path.parent() {
            DirBuilder::new().mode(0o700).create(folder)?;
        }
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&path)?;
        Ok((path, file))
    }

    /// Removes it with all that is in it.
    ///
    /// # Errors
    /// Something of it could not be removed: the path is told.
    pub fn remove(self) -> Result<(), (PathBuf, io::Error)> {
        let path = self.root.keep();
        remove(&path).map_err(|cause| (path, cause))
    }
}

/// An uploaded file's path below the folder of all: in a folder of its own, so that equal names do not meet.
pub fn uploaded(number: usize, name: &str) -> PathBuf {
    let name = name.rsplit('/').next().unwrap_or_default();
    let start = (name.len().saturating_sub(NAME_MAX)..=name.len()).find(|at| name.is_char_boundary(*at)).unwrap_or(0);
    let name = match &name[start..] {
        "" | "." | ".." => "file",
        name => name,
    };
    Path::new(&number.to_string()).join(name)
}

/// Also what lies in folders that the program closed to its own user.
fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(cause) if cause.kind() == io::ErrorKind::PermissionDenied => {
            open_folders(path);
            std::fs::remove_dir_all(path)
        }
        done => done,
    }
}

fn open_folders(path: &Path) {
    let _ = std::fs::set_permissions(path, Permissions::from_mode(0o700));
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            open_folders(&entry.path());
        }
    }
}

/// Removes what dead runners of this user left in `parent`. A failure does not concern the next job.
pub fn remove_abandoned(parent: &Path) {
    // One that was made this very moment may not be locked yet.
    let is_old = |metadata: &Metadata| {
        let age = metadata.modified().ok().and_then(|time| time.elapsed().ok());
        age.is_some_and(|age| age.as_secs() >= 60)
    };
    remove_unlocked(parent, PREFIX, is_old);
}

/// Removes what the runner of this job left in `parent`, which is known to be dead, at once.
pub fn remove_left(parent: &Path, job: JobId) {
    remove_unlocked(parent, &format!("{PREFIX}{job}-"), |_| true);
}

/// Removes this user's directories of such names that no runner has locked.
fn remove_unlocked(parent: &Path, prefix: &str, is_due: impl Fn(&Metadata) -> bool) {
    for entry in std::fs::read_dir(parent).into_iter().flatten().flatten() {
        if !entry.file_name().to_str().is_some_and(|name| name.starts_with(prefix)) {
            continue;
        }
        let Ok(metadata) = entry.metadata() else { continue };
        if !metadata.is_dir() || metadata.uid() != nix::unistd::geteuid().as_raw() {
            continue;
        }
        let Ok(directory) = File::open(entry.path()) else { continue };
        if is_due(&metadata) && directory.try_lock().is_ok() {
            let _ = remove(&entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_uploaded_files_stay_in_their_folder() {
        for (name, wanted) in
            [("a b.xml", "1/a b.xml"), ("../../etc/passwd", "1/passwd"), ("..", "1/file"), ("x/", "1/file")]
        {
            assert_eq!(uploaded(1, name), Path::new(wanted), "{name}");
        }
        let long = uploaded(0, &format!("{}.pdf", "ž".repeat(255)));
        let name = long.file_name().unwrap().to_str().unwrap();
        assert!(name.len() <= NAME_MAX && name.ends_with("ž.pdf"), "{name}");
    }

    #[test]
    fn what_a_dead_runner_left_is_removed_and_what_a_living_one_has_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let old = std::time::SystemTime::now() - std::time::Duration::from_secs(120);
        let dead = parent.path().join(format!("{PREFIX}1-abc"));
        std::fs::create_dir_all(dead.join("files/closed")).unwrap();
        std::fs::set_permissions(dead.join("files/closed"), Permissions::from_mode(0o000)).unwrap();
        let living = Directory::new(parent.path(), crate::id::JobId(2)).unwrap();
        for path in [&dead, &living.root.path().to_owned()] {
            File::open(path).unwrap().set_modified(old).unwrap();
        }
        remove_abandoned(parent.path());
        let other = Directory::new(parent.path(), crate::id::JobId(3)).unwrap();
        assert!(!dead.exists() && living.work().exists() && other.work().exists());
        // Of one job, however fresh.
        std::fs::create_dir_all(dead.join("files")).unwrap();
        let another = parent.path().join(format!("{PREFIX}11-abc"));
        std::fs::create_dir_all(&another).unwrap();
        remove_left(parent.path(), crate::id::JobId(1));
        remove_left(parent.path(), crate::id::JobId(2));
        assert!(!dead.exists() && another.exists() && living.work().exists());
        assert_eq!(living.root.path().metadata().unwrap().mode() & 0o7777, 0o700);
        let path = living.root.path().to_owned();
        living.remove().unwrap();
        assert!(!path.exists());
    }
}
