//! Brings the artifacts out of a container that ended, by the engine's `cp`.

use std::path::Path;

use super::{Container, said_words};
use crate::executor::Output;
use crate::executor::files::{Artifact, Files, too_large};

/// Where a program's files go whose names are no paths.
const TMP: &str = "/tmp";

/// Fetches what is wanted; of what cannot be had a notice says why.
pub async fn collect(container: &Container, name: &str, files: &Files, output: &Output) -> Vec<Artifact> {
    let mut artifacts = Vec::new();
    if files.wanted.is_empty() && files.result.is_none() {
        return artifacts;
    }
    let (paths, mut notices) = match changed(container, name).await {
        Ok(changed) => files.find(Path::new(TMP), &changed),
        Err(why) => {
            (Vec::new(), vec![format!("artifacts missing: it cannot be learned what the program wrote: {why}")])
        }
    };
    for (path, note) in paths {
        match copy(container, name, &path, files.artifact_limit).await {
            Ok(mut artifact) => {
                artifact.note = note;
                artifacts.push(artifact);
            }
            Err(why) => notices.push(format!("artifact missing: {path} {why}")),
        }
    }
    for words in notices {
        output.notice(words).await;
    }
    artifacts
}

/// The files that the program wrote: lines of a letter and a path.
async fn changed(container: &Container, name: &str) -> Result<Vec<String>, String> {
    let said = container.ask(&["diff", name]).await.map_err(|reason| reason.message)?;
    if !said.ok() {
        return Err(said_words(&said));
    }
    let text = said.stdout_text();
    Ok(text
        .lines()
        .filter(|line| !line.starts_with('D'))
        .filter_map(|line| Some(line.split_once(' ')?.1.to_owned()))
        .collect())
}

async fn copy(container: &Container, name: &str, path: &str, limit: u64) -> Result<Artifact, String> {
    let kept = |error: std::io::Error| format!("could not be kept here: {error}");
    let temp = tempfile::NamedTempFile::new().map_err(kept)?.into_temp_path();
    let mut command = container.command();
    command.arg("cp").arg(format!("{name}:{path}")).arg(&temp);
    let said = container.call(command, None, super::SHORT).await.map_err(|reason| reason.message)?;
    if !said.ok() {
        return Err(format!("could not be copied from the container: {}", said_words(&said)));
    }
    // A link of the container's would lead to a file of ours.
    let facts = std::fs::symlink_metadata(&temp).map_err(kept)?;
    if !facts.is_file() {
        return Err("is no file; name one".into());
    }
    if facts.len() > limit {
        return Err(too_large(facts.len(), limit));
    }
    Ok(Artifact::copy(path, temp))
}
