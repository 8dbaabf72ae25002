//! The folders that jobs need: whether they are there, whose they are, and whether something fits into them.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use nix::sys::statvfs::statvfs;
use nix::unistd::{AccessFlags, access, geteuid};

use crate::commands::doctor::finding::{CheckState, Finding};
use crate::job::files::{PACKAGED, TemporaryDirectory};
use crate::state::StateHome;
use crate::unix_user::name_of;

/// Less free space than this is soon none.
const LOW: u64 = 512 << 20;
/// Less space than this counts as none: not one job's output fits.
const NONE: u64 = 32 << 20;
const OTHERS_WRITE: u32 = 0o002;
const STICKY: u32 = 0o1000;

/// Looks at the state folder and the folder for temporary files: owner, mode and free space.
pub fn examine() -> Vec<Finding> {
    vec![state(), temporary()]
}

fn state() -> Finding {
    const CHECK: &str = "state folder";
    const REMEDY: &str = "Set XDG_STATE_HOME to a folder of this user's";
    let home = match StateHome::own() {
        Ok(home) => home,
        Err(cause) => return Finding::bad(CHECK, cause.to_string(), REMEDY),
    };
    let path = home.path();
    match FolderFacts::read(path) {
        // Root makes its own folders in that of another one, such as the package's.
        Ok(facts) if facts.owner != geteuid().as_raw() && !geteuid().is_root() => {
            Finding::bad(CHECK, format!("{} is not this user's: {facts}", path.display()), REMEDY)
        }
        Ok(facts) => facts.judge(CHECK, path, REMEDY),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => to_be_made(CHECK, path, REMEDY),
        Err(cause) => Finding::bad(CHECK, format!("{} cannot be looked at: {cause}", path.display()), REMEDY),
    }
}

/// One that the first job makes, if it can.
fn to_be_made(check: &'static str, path: &Path, remedy: &str) -> Finding {
    match obstacle(path) {
        Some(message) => Finding::bad(check, message, remedy),
        None => Finding::good(check, format!("{} does not exist yet; the first job creates it", path.display())),
    }
}

/// Why this user cannot make what is not at this path.
pub fn obstacle(path: &Path) -> Option<String> {
    let there = path.ancestors().skip(1).find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let takes_some = there.is_dir() && access(there, AccessFlags::W_OK | AccessFlags::X_OK).is_ok();
    let why = if there.is_dir() { "this user may not write to" } else { "there is no folder at" };
    (!takes_some).then(|| format!("{} is not there and cannot be made: {why} {}", path.display(), there.display()))
}

fn temporary() -> Finding {
    const CHECK: &str = "temp folder";
    const REMEDY: &str = "Set TMPDIR to a folder that this user may write, or make /var/lib/multiflexi/tmp one";
    let TemporaryDirectory { path, passed_over } = TemporaryDirectory::find();
    match FolderFacts::read(&path) {
        Ok(facts) if facts.mode & OTHERS_WRITE != 0 && facts.mode & STICKY == 0 => {
            let message = format!("in {} everybody may put something in another one's place: {facts}", path.display());
            Finding::doubtful(CHECK, message, format!("`chmod +t {}`", path.display()))
        }
        Ok(facts) => match (passed_over, facts.judge(CHECK, &path, REMEDY)) {
            (Some(why), judged) if judged.state == CheckState::Good => {
                let message = format!("{}: {facts}; jobs' files are not kept in {PACKAGED}, for {why}", path.display());
                Finding::good(CHECK, message)
            }
            (_, judged) => judged,
        },
        Err(cause) => Finding::bad(CHECK, format!("{} cannot be looked at: {cause}", path.display()), REMEDY),
    }
}

/// Tells where the file of a database has no room to grow: full, it cannot even be read.
pub fn room_of_database(file: &Path) -> Option<Finding> {
    const CHECK: &str = "database folder";
    let path = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let facts = FolderFacts::read(path).ok()?;
    let shown = format!("{}: {facts}", path.display());
    match facts.free? {
        0..NONE => Some(Finding::bad(CHECK, shown, "Make room there")),
        NONE..LOW => Some(Finding::doubtful(CHECK, shown, "Make room there")),
        _ => None,
    }
}

/// What is known of a folder.
struct FolderFacts {
    owner: u32,
    mode: u32,
    is_folder: bool,
    is_writable: bool,
    /// Bytes that this user may still write. None where the system does not tell.
    free: Option<u64>,
}

impl FolderFacts {
    fn read(path: &Path) -> io::Result<FolderFacts> {
        let metadata = std::fs::metadata(path)?;
        let space = statvfs(path).ok();
        Ok(FolderFacts {
            owner: metadata.uid(),
            mode: metadata.mode() & 0o7777,
            is_folder: metadata.is_dir(),
            is_writable: access(path, AccessFlags::W_OK | AccessFlags::X_OK).is_ok(),
            free: space.map(|space| space.blocks_available().saturating_mul(space.fragment_size())),
        })
    }

    fn judge(&self, check: &'static str, path: &Path, remedy: &str) -> Finding {
        let shown = format!("{}: {self}", path.display());
        match self.free.unwrap_or(u64::MAX) {
            _ if !self.is_folder => Finding::bad(check, format!("{} is no folder", path.display()), remedy),
            _ if !self.is_writable => Finding::bad(check, format!("{shown}; this user may not write there"), remedy),
            0..NONE => Finding::bad(check, shown, "Make room there: no job's output fits"),
            NONE..LOW => Finding::doubtful(check, shown, "Make room there"),
            _ => Finding::good(check, shown),
        }
    }
}

impl std::fmt::Display for FolderFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "of {}, mode {:04o}", name_of(self.owner), self.mode)?;
        match self.free {
            Some(free) => write!(f, ", {} free", size(free)),
            None => Ok(()),
        }
    }
}

/// `1.4 GiB`
fn size(bytes: u64) -> String {
    let mebibytes = bytes >> 20;
    if mebibytes < 1024 {
        format!("{mebibytes} MiB")
    } else {
        format!("{}.{} GiB", mebibytes >> 10, (mebibytes & 1023).saturating_mul(10) >> 10)
    }
}
