//! What a job has to do with files: those that were uploaded for it, and the artifacts that it leaves behind.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use regex::Regex;
use tempfile::TempPath;

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
    pub wanted: Vec<Wanted>,
    /// The path that `RESULT_FILE` tells the program.
    pub result: Option<String>,
    /// Bytes.
    pub artifact_limit: u64,
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
    /// Which of the files that a program wrote are wanted, with what they are; names are looked for in the folder `work`.
    /// Of what is wanted and not there, words.
    pub fn find(&self, work: &str, written: &[String]) -> (Vec<(String, String)>, Vec<String>) {
        let (mut found, mut missing): (Vec<(String, String)>, Vec<String>) = (Vec::new(), Vec::new());
        let name = |path: &str| path.strip_prefix(work).filter(|name| !name.contains('/')).map(str::to_owned);
        for wanted in &self.wanted {
            let fits = |path: &&String| match wanted.is_path() {
                true => **path == wanted.path,
                false => name(path).is_some_and(|name| wanted.takes(&name)),
            };
            let paths: Vec<&String> = written.iter().filter(fits).collect();
            if paths.is_empty() {
                let place = if wanted.is_path() { String::new() } else { format!(" into {work}") };
                missing.push(format!(
                    "artifact missing: the program wrote no file {}{place}; correct the artifact's path, or let the program write it there",
                    wanted.path
                ));
            }
            for path in paths {
                if !found.iter().any(|(known, _)| known == path) {
                    found.push((path.clone(), wanted.note.clone()));
                }
            }
        }
        let is_told =
            |path: &str| self.wanted.iter().any(|w| w.path == path || name(path).is_some_and(|n| w.takes(&n)));
        match &self.result {
            Some(path) if is_device(path) || is_told(path) => {}
            Some(path) if written.contains(path) => found.push((path.clone(), String::new())),
            Some(path) => missing.push(format!(
                "artifact missing: the program did not write {path}, the RESULT_FILE it was told; let it write it there"
            )),
            None => {}
        }
        (found, missing)
    }
}

fn is_device(path: &str) -> bool {
    ["/dev/", "/proc/"].iter().any(|folder| path.starts_with(folder))
}

/// Artifacts that an application says it makes: a pattern of their names, or an absolute path.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub path: String,
    /// What they are, for people.
    pub note: String,
    /// The whole of a name, and any part of it. None where the pattern is none.
    patterns: Option<(Regex, Regex)>,
}

impl Wanted {
    pub fn new(path: &str, note: String) -> Wanted {
        let path = path.trim();
        let whole = Regex::new(&format!("^(?:{path})$"));
        Wanted { path: path.to_owned(), note, patterns: whole.and_then(|whole| Ok((whole, Regex::new(path)?))).ok() }
    }

    /// Is this text the name of such a file, and nothing else?
    pub fn is_name(&self, text: &str) -> bool {
        self.path == text || self.patterns.as_ref().is_some_and(|(whole, _)| whole.is_match(text))
    }

    fn is_path(&self) -> bool {
        self.path.starts_with('/')
    }

    /// Is a file of this name wanted? As the suite has it, a part of the name is enough.
    fn takes(&self, name: &str) -> bool {
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
    /// Removes a copy of ours when dropped.
    _copy: Option<TempPath>,
}

impl Artifact {
    /// A copy of ours.
    pub fn copy(path: impl Into<String>, file: TempPath) -> Artifact {
        Artifact { path: path.into(), note: String::new(), file: file.to_path_buf(), _copy: Some(file) }
    }
}

/// What tells a file that was written from one that was not.
type State = (u64, u64, u64, i64, i64, i64, i64);

fn state(path: &str) -> Option<State> {
    let facts = std::fs::metadata(path).ok()?;
    Some((facts.dev(), facts.ino(), facts.size(), facts.mtime(), facts.mtime_nsec(), facts.ctime(), facts.ctime_nsec()))
}

/// The artifacts of a native job. Made before the program starts: what lay at an absolute path already, and is not
/// changed, is another job's.
pub struct Collector<'a> {
    files: &'a Files,
    before: Vec<(String, Option<State>)>,
    found: Vec<Artifact>,
}

impl<'a> Collector<'a> {
    pub fn new(files: &'a Files) -> Collector<'a> {
        let paths = files.wanted.iter().filter(|wanted| wanted.is_path()).map(|wanted| &wanted.path);
        let mut before: Vec<(String, Option<State>)> = Vec::new();
        for path in paths.chain(&files.result) {
            if !is_device(path) && !before.iter().any(|(known, _)| known == path) {
                before.push((path.clone(), state(path)));
            }
        }
        Collector { files, before, found: Vec::new() }
    }

    /// Finds what the program left. What is wanted and cannot be had is a notice that names it.
    pub async fn collect(mut self, output: &Output) -> Vec<Artifact> {
        for words in self.named().into_iter().chain(self.paths()) {
            output.notice(words).await;
        }
        self.found
    }

    /// By the patterns of names, in the job's directory.
    fn named(&mut self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let entries = self.files.work.iter().filter_map(|work| std::fs::read_dir(work).ok()).flatten().flatten();
        for entry in entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file())) {
            names.extend(entry.file_name().into_string().ok());
        }
        names.sort_unstable();
        let mut notices = Vec::new();
        let files = self.files;
        for wanted in files.wanted.iter().filter(|wanted| !wanted.is_path()) {
            let mut any = false;
            for name in names.iter().filter(|name| wanted.takes(name)) {
                any = true;
                let path = files.work.as_deref().unwrap_or(Path::new(".")).join(name);
                notices.extend(self.take(name, &path, &wanted.note).err());
            }
            if !any {
                notices.push(format!(
                    "artifact missing: the program wrote no file {} into its working directory (MULTIFLEXI_TMP); correct the artifact's path, or let the program write it there",
                    wanted.path
                ));
            }
        }
        notices
    }

    /// By their absolute paths.
    fn paths(&mut self) -> Vec<String> {
        let mut notices = Vec::new();
        for (path, before) in std::mem::take(&mut self.before) {
            let wanted = self.files.wanted.iter().find(|wanted| wanted.path == path);
            let inside = self.files.work.as_ref().and_then(|work| Path::new(&path).strip_prefix(work).ok());
            let name = inside.map_or(path.clone(), |inside| inside.display().to_string());
            // Then the pattern has found it, or has said that it is not there.
            if inside.is_some() && self.files.wanted.iter().any(|wanted| wanted.takes(&name)) {
                continue;
            }
            let after = state(&path);
            let taken = match after {
                None => Err(format!(
                    "artifact missing: {name} does not exist; correct the artifact's path, or let the program write it"
                )),
                Some(_) if after == before => Err(format!(
                    "artifact missing: {name} was there before the job and the program has not changed it; it is another job's"
                )),
                Some(_) => {
                    self.take(&name, Path::new(&path), wanted.map(|wanted| wanted.note.as_str()).unwrap_or_default())
                }
            };
            notices.extend(taken.err());
        }
        notices
    }

    /// Takes a file that is there, once; the words say why not.
    fn take(&mut self, name: &str, path: &Path, note: &str) -> Result<(), String> {
        if self.found.iter().any(|artifact| artifact.file == path) {
            return Ok(());
        }
        let missing = |why: String| format!("artifact missing: {name} {why}");
        let facts = std::fs::metadata(path).map_err(|cause| missing(format!("cannot be read: {cause}")))?;
        if !facts.is_file() {
            return Err(missing("is no file; name one".into()));
        }
        let (size, limit) = (facts.len(), self.files.artifact_limit);
        if size > limit {
            return Err(missing(too_large(size, limit)));
        }
        std::fs::File::open(path).map_err(|cause| missing(format!("cannot be read: {cause}")))?;
        self.found.push(Artifact { path: name.to_owned(), note: note.to_owned(), file: path.to_owned(), _copy: None });
        Ok(())
    }
}

/// Why an artifact of this size is not stored.
pub fn too_large(size: u64, limit: u64) -> String {
    format!("has {size} bytes, more than the limit of {limit}; raise --artifact-limit")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_are_wanted() {
        let wanted = Wanted::new(r"report_\d+\.json", String::new());
        assert!(wanted.is_name("report_1.json") && !wanted.is_name("my report_1.json"));
        assert!(wanted.takes("my report_1.json.gz") && !wanted.takes("report_x.json"));
        // No pattern at all: the name itself.
        let literal = Wanted::new("report[1.json", String::new());
        assert!(literal.takes("report[1.json") && !literal.takes("report1.json"));
        assert!(!Wanted::new("log", String::new()).is_name("syslog|console|console"));
        assert!(!Wanted::new("/tmp/report", String::new()).takes("report"));
    }
}
