//! What a job has to do with files: those that were uploaded for it, and the artifacts that it leaves behind.

use std::fmt;
use std::os::fd::AsRawFd as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::Output;

/// Where uploaded files lie in a container.
pub const IN_CONTAINER: &str = "/.multiflexi-files";

/// What an executor is told of a job's files.
#[derive(Clone, Debug, Default)]
pub struct Files {
    pub uploaded: Vec<Uploaded>,
    /// The program's working directory, private to the job; native jobs have one.
    pub work: Option<PathBuf>,
    /// The artifacts that the application says it makes.
    pub patterns: Vec<ArtifactPattern>,
    /// The path that `RESULT_FILE` tells the program.
    pub result: Option<String>,
    pub artifact_limit: SizeLimit,
}

/// The largest artifact that is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SizeLimit {
    pub bytes: u64,
    pub set_by: LimitSetBy,
}

/// What says how large an artifact may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LimitSetBy {
    /// `--artifact-limit`, or what stands for it.
    #[default]
    Option,
    /// SQLite takes no longer row.
    Sqlite,
    /// PostgreSQL could neither dump nor show a longer value.
    Postgres,
    /// The server's `max_allowed_packet`, of so many bytes.
    Packet(u64),
}

impl SizeLimit {
    /// Why an artifact of this size is not stored. None where all that is known is that it is larger than the limit.
    pub fn refusal(self, size: Option<u64>) -> String {
        let limit = self.bytes;
        let size = match size {
            Some(size) => size.to_string(),
            None => format!("at least {}", limit.saturating_add(1)),
        };
        match self.set_by {
            LimitSetBy::Option => format!("has {size} bytes, more than the limit of {limit}; raise --artifact-limit"),
            set_by => format!("has {size} bytes, more than the {limit} that {set_by}"),
        }
    }
}

impl fmt::Display for LimitSetBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LimitSetBy::Option => f.write_str("--artifact-limit allows"),
            LimitSetBy::Sqlite => f.write_str("SQLite takes of one row; let the program split it"),
            LimitSetBy::Postgres => {
                f.write_str("PostgreSQL can take and dump again of one value; let the program split it")
            }
            LimitSetBy::Packet(bytes) => {
                write!(f, "the database server takes; raise its max_allowed_packet of {bytes}")
            }
        }
    }
}

/// A file that was uploaded for the job.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Tells the program its path.
    pub variable: String,
    /// Where it lies here.
    pub source: PathBuf,
    /// Where it has to lie for the program.
    pub path: String,
    pub size: u64,
}

impl Files {
    /// Looks for what is wanted among the files that the program wrote; a name is meant in the folder `work`.
    ///
    /// Gives path and description of each file that is to be stored, then a sentence for each thing that is wanted and not
    /// there.
    pub fn find(
        &self,
        work: &Path,
        written: &[String],
        unnameable: &[Vec<u8>],
    ) -> (Vec<(String, String)>, Vec<String>) {
        let (mut found, mut missing): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
        for pattern in &self.patterns {
            let paths = pattern.matching(&[work], written);
            let unnameable = pattern.unnameable(&[work], unnameable);
            if paths.is_empty() && unnameable.is_empty() {
                missing.push(pattern.missing_message(work));
            }
            missing.extend(unnameable);
            for path in paths {
                if !found.iter().any(|(known, _)| known == path) {
                    found.push((path.clone(), pattern.note.clone()));
                }
            }
        }
        if let Some(path) = self.result.as_ref().filter(|path| !is_device(path)) {
            let is_told = |pattern: &ArtifactPattern| {
                pattern.path == *path || name_in(work, path).is_some_and(|name| pattern.matches_name(&name))
            };
            if written.contains(path) && !found.iter().any(|(known, _)| known == path) {
                found.push((path.clone(), String::new()));
            } else if !written.contains(path) && !self.patterns.iter().any(is_told) {
                missing.push(missing_message(&short(work, path).unwrap_or(path.clone())));
            }
        }
        (found, missing)
    }
}

/// The name of a file that lies in this folder, and not deeper.
fn name_in(folder: &Path, path: &str) -> Option<String> {
    short(folder, path).filter(|name| !name.contains('/'))
}

/// A path without the folder `work`; None where it lies elsewhere.
fn short(work: &Path, path: &str) -> Option<String> {
    Some(Path::new(path).strip_prefix(work).ok()?.display().to_string())
}

fn missing_message(path: &str) -> String {
    format!(
        "artifact missing: the program did not write {path}; correct the path, or let the program write it. What lay there before is not this job's"
    )
}

/// Is it no file, but a device or a stream of the process?
pub fn is_device(path: &str) -> bool {
    ["/dev/", "/proc/"].iter().any(|folder| path.starts_with(folder))
}

/// Characters by which a pattern is more than a name.
const MEANING: [char; 13] = ['\\', '*', '+', '?', '(', ')', '[', ']', '{', '}', '|', '^', '$'];

/// Artifacts that an application says it makes: a pattern of their names, or an absolute path.
#[derive(Clone, Debug)]
pub struct ArtifactPattern {
    pub path: String,
    /// What they are, for people.
    pub note: String,
    /// The whole of a name, and any part of it. None where the name is no valid pattern.
    patterns: Option<(Regex, Regex)>,
}

impl ArtifactPattern {
    /// Reads an artifact's name, a pattern of names or an absolute path, without the space around it.
    ///
    /// What is no regular expression stands for a file of exactly that name.
    pub fn new(path: &str, note: String) -> ArtifactPattern {
        let path = path.trim();
        let whole = Regex::new(&format!("^(?:{path})$"));
        ArtifactPattern {
            path: path.to_owned(),
            note,
            patterns: whole.and_then(|whole| Ok((whole, Regex::new(path)?))).ok(),
        }
    }

    /// Is this text the name of such a file, and nothing else?
    pub fn is_name(&self, text: &str) -> bool {
        self.path == text || self.patterns.as_ref().is_some_and(|(whole, _)| whole.is_match(text))
    }

    /// Is it an absolute path? That is never a pattern.
    pub fn is_path(&self) -> bool {
        self.path.starts_with('/')
    }

    /// Is it most probably the name of one file? A dot is taken for a dot.
    pub fn is_plain(&self) -> bool {
        self.is_path() || self.patterns.is_none() || !self.path.contains(MEANING)
    }

    /// Those of these files that are wanted; names are looked for in these folders.
    pub fn matching<'a>(&self, folders: &[&Path], written: &'a [String]) -> Vec<&'a String> {
        let takes = |name: Option<String>| name.is_some_and(|name| self.matches_name(&name));
        let fits = |path: &&String| match self.is_path() {
            true => **path == self.path,
            false => folders.iter().any(|folder| takes(name_in(folder, path))),
        };
        written.iter().filter(fits).collect()
    }

    /// A sentence for each of these files that is wanted, but has a name that is no text: no database keeps it.
    pub fn unnameable(&self, folders: &[&Path], files: &[Vec<u8>]) -> Vec<String> {
        let is_wanted = |file: &&Vec<u8>| {
            let text = [String::from_utf8_lossy(file).into_owned()];
            !self.matching(folders, &text).is_empty()
        };
        let message = |file: &Vec<u8>| {
            format!(
                "artifact missing: {} has a name that is no text in UTF-8; give it another one",
                file.escape_ascii()
            )
        };
        files.iter().filter(is_wanted).map(message).collect()
    }

    /// That there is no such file, in words.
    pub fn missing_message(&self, work: &Path) -> String {
        if self.is_path() {
            return missing_message(&self.path);
        }
        format!(
            "artifact missing: the program wrote no file {} into {} (MULTIFLEXI_TMP); correct the artifact's path, or let the program write it there{}",
            self.path,
            work.display(),
            self.advice()
        )
    }

    /// What to say of a name that is probably meant as a pattern and is not valid; else nothing.
    pub fn advice(&self) -> String {
        if self.patterns.is_some() || self.is_path() {
            return String::new();
        }
        let meant = self.path.replace('.', r"\.").replace('*', ".*").replace('?', ".");
        let path = &self.path;
        if meant == *path {
            return format!(
                "; a pattern is a regular expression, and {path} is none, or one that needs too much memory"
            );
        }
        format!("; a pattern is a regular expression, which {path} is not: perhaps {meant} is meant")
    }

    /// Is a file of this name wanted? As the suite has it, a part of the name is enough.
    pub fn matches_name(&self, name: &str) -> bool {
        !self.is_path() && (self.path == name || self.patterns.as_ref().is_some_and(|(_, part)| part.is_match(name)))
    }
}

/// A file that the job made.
#[derive(Debug)]
pub struct Artifact {
    /// Its path as the application names it.
    pub path: String,
    /// What it is, for people.
    pub note: String,
    /// Where it lies here.
    pub file: PathBuf,
    /// A copy of ours, which has no name: nothing of it stays, however this process ends.
    _copy: Option<std::fs::File>,
}

impl Artifact {
    /// A copy of ours.
    pub fn copy(path: impl Into<String>, copy: std::fs::File) -> Artifact {
        let file = format!("/proc/self/fd/{}", copy.as_raw_fd()).into();
        Artifact { path: path.into(), note: String::new(), file, _copy: Some(copy) }
    }
}

/// What tells a file that was written from one that was not.
type FileStamp = (u64, u64, u64, i64, i64, i64, i64);

fn file_stamp(path: &str) -> Option<FileStamp> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((
        metadata.dev(),
        metadata.ino(),
        metadata.size(),
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ))
}

/// The artifacts of a native job.
///
/// Made before the program starts: what lay at an absolute path already, and is not changed, is another job's.
pub struct Collector<'a> {
    files: &'a Files,
    before: Vec<(String, Option<FileStamp>)>,
}

impl<'a> Collector<'a> {
    /// Notes what lies at the absolute paths that are wanted; call before the program starts.
    pub fn new(files: &'a Files) -> Collector<'a> {
        let paths = files.patterns.iter().filter(|pattern| pattern.is_path()).map(|pattern| &pattern.path);
        let mut before: Vec<(String, Option<FileStamp>)> = Vec::new();
        for path in paths.chain(&files.result) {
            if !is_device(path) && !before.iter().any(|(known, _)| known == path) {
                before.push((path.clone(), file_stamp(path)));
            }
        }
        Collector { files, before }
    }

    /// Finds what the program left. What is wanted and cannot be had is a notice that names it.
    pub async fn collect(self, output: &Output) -> Vec<Artifact> {
        let work = self.files.work.as_deref().unwrap_or(Path::new("/nonexistent"));
        let (mut written, mut unnameable) = (Vec::new(), Vec::new());
        let files = std::fs::read_dir(work)
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
        for file in files {
            match file.path().into_os_string().into_string() {
                Ok(path) => written.push(path),
                Err(path) => unnameable.push(path.into_vec()),
            }
        }
        written.sort_unstable();
        let changed = |(path, before): &(String, Option<FileStamp>)| {
            let after = file_stamp(path);
            (after.is_some() && after != *before && !written.contains(path)).then(|| path.clone())
        };
        let changed: Vec<String> = self.before.iter().filter_map(changed).collect();
        written.extend(changed);
        let (paths, mut notices) = self.files.find(work, &written, &unnameable);
        let mut artifacts = Vec::new();
        for (path, note) in paths {
            let name = short(work, &path).unwrap_or(path.clone());
            match self.check(Path::new(&path)) {
                Ok(()) => artifacts.push(Artifact { path: name, note, file: path.into(), _copy: None }),
                Err(why) => notices.push(format!("artifact missing: {name} {why}")),
            }
        }
        for message in notices {
            output.notice(message).await;
        }
        artifacts
    }

    /// Can it be stored? The words say why not.
    fn check(&self, path: &Path) -> Result<(), String> {
        let metadata = std::fs::metadata(path).map_err(|cause| format!("cannot be read: {cause}"))?;
        if !metadata.is_file() {
            return Err("is no file; name one".into());
        }
        if metadata.len() > self.files.artifact_limit.bytes {
            return Err(self.files.artifact_limit.refusal(Some(metadata.len())));
        }
        std::fs::File::open(path).map(drop).map_err(|cause| format!("cannot be read: {cause}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_are_wanted() {
        let pattern = ArtifactPattern::new(r"report_\d+\.json", String::new());
        assert!(pattern.is_name("report_1.json") && !pattern.is_name("my report_1.json"));
        assert!(pattern.matches_name("my report_1.json.gz") && !pattern.matches_name("report_x.json"));
        // No pattern at all: the name itself.
        let literal = ArtifactPattern::new("report[1.json", String::new());
        assert!(literal.matches_name("report[1.json") && !literal.matches_name("report1.json"));
        assert!(
            literal.is_plain() && ArtifactPattern::new("report.json", String::new()).is_plain() && !pattern.is_plain()
        );
        assert!(!ArtifactPattern::new("log", String::new()).is_name("syslog|console|console"));
        assert!(!ArtifactPattern::new("/tmp/report", String::new()).matches_name("report"));
    }
}
