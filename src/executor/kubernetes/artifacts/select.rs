//! Which files are fetched from the pod: a path or a plain name is fetched as it is, a pattern is matched with what the
//! program wrote, as with the other executors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::fetch::{self, FetchError, Fetched};
use crate::executor::artifacts::{Artifact, ArtifactPattern, is_device};
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::settings::KubernetesSettings;
use crate::executor::kubernetes::stream::recorder::{LIST, SIZE_ALONE};
use crate::executor::{Ended, Job};
use crate::failpoint;

/// Each file is a call of its own: a pattern that fits more was not meant so.
const FILES_MAX: usize = 100;
/// Where a program writes that has no folder of its own.
const TMP: &str = "/tmp";

/// The artifacts that are to be fetched.
enum Target<'a> {
    /// A path, or a name in the working directory or in [`TMP`].
    File(&'a str),
    Named(&'a ArtifactPattern),
}

impl Target<'_> {
    fn path(&self) -> &str {
        match self {
            Target::File(path) => path,
            Target::Named(pattern) => &pattern.path,
        }
    }
}

/// The files that the program wrote.
struct WrittenFiles {
    folder: PathBuf,
    paths: Vec<String>,
    /// Paths that are no text.
    unnameable: Vec<Vec<u8>>,
}

impl WrittenFiles {
    /// The file of this name in the working directory, else in [`TMP`].
    fn find(&self, name: &str) -> Option<&String> {
        let written = |folder: &Path| {
            let path = folder.join(name.strip_prefix("./").unwrap_or(name));
            self.paths.iter().find(|it| Path::new(it) == path)
        };
        written(&self.folder).or_else(|| written(Path::new(TMP)))
    }
}

/// May it be asked, once the program has ended, which files it wrote? Then the recorder notes what is there before.
pub fn may_ask_for_list(job: &Job, settings: &KubernetesSettings) -> bool {
    settings.artifacts_enabled
        && settings.artifact.is_none()
        && job.files.patterns.iter().any(|pattern| !pattern.is_path())
}

/// Fetches what is wanted, where the container is still at hand.
///
/// Of what cannot be had a notice says why. What was fetched is in `ended` at once, for the job may be cancelled before all of
/// it is.
pub async fn fetch_artifacts(attempt: &Attempt<'_>, at_hand: bool, ended: &mut Ended) {
    let targets = targets(attempt);
    ended.to_fetch = targets.iter().map(|target| target.path().to_owned()).collect();
    let mut fetcher =
        Fetcher { attempt, artifacts: &mut ended.artifacts, fetched: BTreeSet::new(), unproven: 0, written: None };
    for target in &targets {
        fetch_target(&mut fetcher, target, at_hand).await;
        ended.to_fetch.remove(0);
    }
    fetcher.report_unproven().await;
}

async fn fetch_target(fetcher: &mut Fetcher<'_>, target: &Target<'_>, at_hand: bool) {
    let path = target.path();
    if !at_hand {
        let message = format!("artifact missing: {path} cannot be fetched, for the container is not there any more");
        return fetcher.notice(message).await;
    }
    match target {
        // What lies deeper is not among what is listed.
        Target::Named(pattern) if pattern.is_plain() && path.contains('/') => {
            fetcher.fetch(path, path, &pattern.note).await
        }
        Target::Named(pattern) => fetcher.fetch_named(pattern).await,
        Target::File(_) => fetcher.fetch(path, path, "").await,
    }
}

/// What the definition names for Kubernetes, else what the application says it makes and its `RESULT_FILE`.
fn targets<'a>(attempt: &Attempt<'a>) -> Vec<Target<'a>> {
    let (settings, files) = (attempt.settings, &attempt.job.files);
    if !settings.artifacts_enabled {
        return Vec::new();
    }
    if let Some(path) = &settings.artifact {
        return vec![Target::File(path)];
    }
    let mut targets: Vec<Target> = files.patterns.iter().map(Target::Named).collect();
    if let Some(path) = files.result.as_deref().filter(|path| !is_device(path)) {
        let name = Some(path.strip_prefix("/tmp/").unwrap_or(path)).filter(|name| !name.contains('/'));
        // What fits it fetches it, or says that it is not there.
        let fits =
            |pattern: &ArtifactPattern| pattern.path == path || name.is_some_and(|name| pattern.matches_name(name));
        if !files.patterns.iter().any(fits) {
            targets.push(Target::File(path));
        }
    }
    targets
}

struct Fetcher<'a> {
    attempt: &'a Attempt<'a>,
    artifacts: &'a mut Vec<Artifact>,
    /// Where in the pod each of them lay.
    fetched: BTreeSet<String>,
    /// How many of them have nothing but their size to prove them.
    unproven: usize,
    /// Asked for once.
    written: Option<Result<WrittenFiles, String>>,
}

impl Fetcher<'_> {
    async fn notice(&self, message: String) {
        self.attempt.output.notice(message).await;
    }

    /// A size does not prove a content.
    async fn report_unproven(&self) {
        let what = match (self.unproven, self.artifacts.first()) {
            (1, Some(artifact)) if self.artifacts.len() == 1 => format!("the artifact {} is", artifact.path),
            (1.., _) => "artifacts are".to_owned(),
            _ => return,
        };
        self.notice(format!("{what} proven by {SIZE_ALONE}")).await;
    }

    /// Fetches a file that is not here yet, and calls it so. Why it cannot be had a notice says.
    async fn fetch(&mut self, path: &str, name: &str, note: &str) {
        if self.fetched.contains(path) {
            return;
        }
        match fetch::fetch(self.attempt, path).await {
            Ok(Fetched { mut artifact, is_proven, note: growth }) => {
                self.fetched.insert(path.to_owned());
                name.clone_into(&mut artifact.path);
                self.unproven += usize::from(!is_proven);
                if let Some(growth) = growth {
                    self.notice(growth).await;
                }
                note.clone_into(&mut artifact.note);
                self.artifacts.push(artifact);
                failpoint::at("fetched");
            }
            Err(failure) => self.notice(failure.message(name)).await,
        }
    }

    /// Fetches the file of this name that the program wrote, else all of its files that match.
    ///
    /// A plain name too is a pattern, of which a part is enough.
    async fn fetch_named(&mut self, pattern: &ArtifactPattern) {
        if self.written.is_none() {
            self.written = Some(list(self.attempt).await);
        }
        let mut unnameable = Vec::new();
        let paths: Vec<String> = match &self.written {
            Some(Ok(written)) if let Some(path) = written.find(&pattern.path) => {
                let path = path.clone();
                return self.fetch(&path, &pattern.path, &pattern.note).await;
            }
            Some(Ok(WrittenFiles { folder, paths, unnameable: others })) => {
                let folders = [folder, Path::new(TMP)];
                unnameable = pattern.unnameable(&folders, others);
                pattern.matching(&folders, paths).into_iter().cloned().collect()
            }
            // An image without what it takes to look may yet have what it takes to copy.
            Some(Err(_)) if pattern.is_plain() => {
                return self.fetch(&pattern.path, &pattern.path, &pattern.note).await;
            }
            Some(Err(why)) => {
                let message = format!(
                    "artifact missing: {}: it cannot be learned which files the program wrote: {why}",
                    pattern.path
                );
                return self.notice(message).await;
            }
            None => Vec::new(),
        };
        if paths.is_empty() && unnameable.is_empty() {
            let message = if pattern.is_plain() {
                match fetch::why_not_written(self.attempt, &pattern.path).await {
                    FetchError::NotFound => FetchError::NotFound.message(&pattern.path) + &pattern.advice(),
                    why => why.message(&pattern.path),
                }
            } else {
                pattern.missing_message(Path::new(TMP))
            };
            self.notice(message).await;
        }
        for message in unnameable.into_iter().take(FILES_MAX) {
            self.notice(message).await;
        }
        for path in paths.iter().take(FILES_MAX) {
            self.fetch(path, path, &pattern.note).await;
        }
        if let Some(more) = paths.len().checked_sub(FILES_MAX).filter(|more| *more > 0) {
            let message = format!(
                "artifacts missing: {more} more files fit {}, and {FILES_MAX} are fetched at most; let the program pack them into one",
                pattern.path
            );
            self.notice(message).await;
        }
    }
}

/// Asks the pod which files the program wrote.
async fn list(attempt: &Attempt<'_>) -> Result<WrittenFiles, String> {
    let captured = attempt.cluster.query(&attempt.pod.exec(LIST)).await.map_err(|reason| reason.to_string())?;
    if !captured.ok() {
        return Err(attempt.cluster.explain("the pod does not tell", &captured).to_string());
    }
    written(&captured.stdout).ok_or_else(|| "there are too many in the working directory and in /tmp".to_owned())
}

/// Reads what [`LIST`] printed; None where its end is missing.
///
/// What was there before and is older than the program's start is not the program's. What was not there before may be of any
/// age: whatever unpacks an archive gives files their old times.
fn written(list: &[u8]) -> Option<WrittenFiles> {
    let mut texts = list.split(|byte| *byte == 0);
    let before: BTreeSet<&[u8]> = texts.by_ref().take_while(|text| !text.is_empty()).collect();
    let folder = texts.next()?;
    let folder = if folder.is_empty() { "/" } else { std::str::from_utf8(folder).ok()? };
    let (mut paths, mut unnameable) = (Vec::new(), Vec::new());
    for text in texts {
        if text == b"end" {
            paths.sort_unstable();
            return Some(WrittenFiles { folder: folder.into(), paths, unnameable });
        }
        let (age, path) = text.split_at_checked(4)?;
        let is_new = age == b"new:" || !before.is_empty() && !before.contains(path);
        match std::str::from_utf8(path) {
            _ if !is_new => {}
            Ok(path) => paths.push(path.to_owned()),
            Err(_) => unnameable.push(path.to_vec()),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_wrote() {
        let of = |list: &[u8]| written(list).map(|written| (written.folder, written.paths));
        let list = b"/w/a\0/w/b\0/tmp/*\0\0/w\0old:/w/a\0new:/w/b\0old:/w/c\n d\0new:/tmp/\xff\0new:/tmp/-e\0end\0";
        let paths = ["/tmp/-e", "/w/b", "/w/c\n d"].map(str::to_owned).to_vec();
        assert_eq!(of(list), Some(("/w".into(), paths)));
        // Nothing was noted before, by a recorder of an earlier version.
        assert_eq!(of(b"\0\0old:/a\0new:/b\0end\0"), Some(("/".into(), vec!["/b".to_owned()])));
        assert_eq!(of(b"\0/w\0new:/w/a\0"), None);
    }
}
