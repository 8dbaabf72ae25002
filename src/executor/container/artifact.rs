//! Brings the artifacts out of a container that ended, by the engine's `cp`.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::tar::{self, Member};
use super::{Container, SHORT, WORDS, message_of, tidy};
use crate::executor::artifacts::{Artifact, Files, SizeLimit};
use crate::executor::process::{self, CHUNK, Group};
use crate::executor::{Ended, Output};

/// Where a program's files go whose names are no paths.
const TMP: &str = "/tmp";
/// What is kept of the list of changed files: some 100,000 names.
const CHANGES: usize = 8 * 1024 * 1024;

/// Fetches what is wanted; of what cannot be had a notice says why.
///
/// What was fetched is in `ended` at once, for the job may be cancelled before all of it is.
pub async fn collect(container: &Container, name: &str, files: &Files, output: &Output, ended: &mut Ended) {
    if files.patterns.is_empty() && files.result.is_none() {
        return;
    }
    ended.to_fetch = files.patterns.iter().map(|pattern| pattern.path.clone()).chain(files.result.clone()).collect();
    let (paths, mut notices) = match changed(container, name).await {
        Ok(changed) => files.find(Path::new(TMP), &changed, &[]),
        Err(why) => {
            (Vec::new(), vec![format!("artifacts missing: it cannot be learned what the program wrote: {why}")])
        }
    };
    ended.to_fetch = paths.iter().map(|(path, _)| path.clone()).collect();
    for (path, note) in paths {
        match copy(container, name, &path, files.artifact_limit).await {
            Ok(mut artifact) => {
                artifact.note = note;
                ended.artifacts.push(artifact);
            }
            Err(why) => notices.push(format!("artifact missing: {path} {why}")),
        }
        ended.to_fetch.remove(0);
    }
    for message in notices {
        output.notice(message).await;
    }
}

/// The files that the program wrote: lines of a letter and a path.
async fn changed(container: &Container, name: &str) -> Result<Vec<String>, String> {
    let mut command = container.command();
    command.args(["diff", name]);
    let captured = container.call_keeping(CHANGES, command, None, SHORT).await.map_err(|reason| reason.to_string())?;
    if !captured.ok() {
        return Err(message_of(&captured));
    }
    if captured.stdout.len() >= CHANGES {
        return Err(format!(
            "the list of changed files is longer than {} MiB; let the program write fewer, or remove what it does not need",
            CHANGES >> 20
        ));
    }
    let text = captured.stdout_text();
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('D'))
        .filter_map(|line| Some(line.split_once(' ')?.1.to_owned()))
        .collect())
}

/// Copies a file out of the container; the words say why not. Its size is known before any of it comes.
async fn copy(container: &Container, name: &str, path: &str, limit: SizeLimit) -> Result<Artifact, String> {
    let kept = |error: std::io::Error| format!("could not be kept here: {error}");
    let failed = |why: &str| format!("could not be copied from the container: {why}");
    let file_copy = tempfile::tempfile().map_err(kept)?;
    let mut file = tokio::fs::File::from_std(file_copy.try_clone().map_err(kept)?);
    let mut command = container.command();
    command.arg("cp").arg(format!("{name}:{path}")).arg("-");
    let mut group = Group::spawn(process::pipe(&mut command, Stdio::null()))
        .map_err(|error| container.missing(&error).to_string())?;
    let (Some(mut stdout), Some(stderr)) = (group.child.stdout.take(), group.child.stderr.take()) else {
        return Err(failed("the engine's streams are not there"));
    };
    let read_file = async {
        let size = match within(tar::first(&mut stdout)).await? {
            Some(Member::File(size)) if size > limit.bytes => return Err(limit.refusal(Some(size))),
            Some(Member::File(size)) => size,
            // A link of the container's would lead to a file of ours.
            Some(Member::Other) => return Err("is no file; name one".to_owned()),
            None => return Ok(false),
        };
        let mut content = (&mut stdout).take(size);
        let mut buffer = vec![0; CHUNK];
        let mut left = size;
        while left > 0 {
            let n = within(content.read(&mut buffer)).await?;
            if n == 0 {
                return Ok(false);
            }
            file.write_all(&buffer[..n]).await.map_err(kept)?;
            left = left.saturating_sub(n as u64);
        }
        file.flush().await.map_err(kept)?;
        // What follows fills the tar up.
        while within(stdout.read(&mut buffer)).await? > 0 {}
        Ok(true)
    };
    let mut message = Vec::new();
    let mut stderr = stderr.take(WORDS as u64);
    let read_words = async { Ok(stderr.read_to_end(&mut message).await.unwrap_or(0)) };
    let (whole, _) = tokio::try_join!(read_file, read_words)?;
    let ended = timeout(SHORT, group.wait()).await;
    if whole && ended.is_ok_and(|status| status.is_ok_and(|status| status.success())) {
        return Ok(Artifact::copy(path, file_copy));
    }
    Err(failed(&tidy(&String::from_utf8_lossy(&message))))
}

/// A read from an engine that is not silent for too long.
async fn within<T>(read: impl Future<Output = std::io::Result<T>>) -> Result<T, String> {
    let failed = |why: &str| format!("could not be copied from the container: {why}");
    match timeout(SHORT, read).await {
        Ok(read) => read.map_err(|error| failed(&error.to_string())),
        Err(_) => Err(failed("the engine fell silent")),
    }
}
