//! Brings the artifact out of the pod while the recorder holds it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::executor::artifacts::Artifact;
use crate::executor::kubernetes::attempt::Run;
use crate::executor::process::{CHUNK, Group};
use crate::stop;

/// A copy that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);
const TRIES: usize = 3;

/// Prints a file on stdout and then, where that went well, its size on stderr. A name that is no path is looked for in the
/// working directory, then in `/tmp`. Why a file cannot be had is told by the exit code: `kubectl cp` would need tar, and says
/// nothing of a file that is missing.
const SCRIPT: &str = r#"PATH=$PATH:/.multiflexi/bin f=$1
[ -e "$f" ] || case $f in /*) exit 64 ;; *) f=/tmp/$f ;; esac
[ -e "$f" ] || exit 64
[ -d "$f" ] && exit 65
[ -r "$f" ] || exit 66
s=$(($(wc -c <"$f"))) || exit 66
[ "$s" -gt "$2" ] && { echo "$s" >&2; exit 67; }
cat <"$f" || exit 68
echo "size=$s" >&2"#;

/// Why a file is not fetched.
pub enum Failure {
    /// There is no such file.
    Absent,
    /// Anything else, in words.
    Final(String),
    /// What may go well another time.
    Passing(String),
}

impl Failure {
    /// What the user is told.
    pub fn words(self, path: &str) -> String {
        match self {
            Failure::Absent => format!(
                "artifact missing: {path} does not exist in the pod; correct the artifact's path, or let the program write it"
            ),
            Failure::Final(words) | Failure::Passing(words) => words,
        }
    }
}

/// Fetches the file.
pub async fn fetch(run: &Run<'_>, path: &str) -> Result<Artifact, Failure> {
    let mut fetched = copy(run, path).await;
    for _ in 1..TRIES {
        if !matches!(fetched, Err(Failure::Passing(_))) {
            break;
        }
        fetched = copy(run, path).await;
    }
    fetched
}

async fn copy(run: &Run<'_>, path: &str) -> Result<Artifact, Failure> {
    let failed =
        |why: String| Failure::Passing(format!("artifact missing: {path} could not be copied from the pod: {why}"));
    let local =
        |error: std::io::Error| Failure::Final(format!("artifact missing: {path} could not be kept here: {error}"));
    let limit = run.job.files.artifact_limit;
    let copy = tempfile::tempfile().map_err(local)?;
    let mut file = tokio::fs::File::from_std(copy.try_clone().map_err(local)?);
    let mut command = run.cluster.kubectl();
    command.args(run.pod.exec(SCRIPT)).args(["artifact", path, &limit.bytes.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut group = Group::spawn(&mut command).map_err(|error| failed(error.to_string()))?;
    let (Some(mut stdout), Some(stderr)) = (group.child.stdout.take(), group.child.stderr.take()) else {
        return Err(failed("kubectl's streams are not there".into()));
    };
    let mut words = String::new();
    let mut size = 0;
    {
        let mut stderr = stderr.take(16 * 1024);
        let read_words = stderr.read_to_string(&mut words);
        let read_file = async {
            let mut buffer = vec![0; CHUNK];
            loop {
                match timeout(stop::at_most(SILENCE), stdout.read(&mut buffer)).await {
                    Err(_) => return Err(failed("the connection fell silent".into())),
                    Ok(Err(error)) => return Err(failed(error.to_string())),
                    Ok(Ok(0)) => return file.flush().await.map_err(local),
                    Ok(Ok(n)) => {
                        file.write_all(&buffer[..n]).await.map_err(local)?;
                        size += n as u64;
                    }
                }
            }
        };
        tokio::try_join!(read_file, async { Ok(read_words.await.unwrap_or(0)) })?;
    }
    let code = timeout(SILENCE, group.wait()).await.ok().and_then(Result::ok).and_then(|status| status.code());
    let words = words.trim();
    let told = words.lines().find_map(|line| line.strip_prefix("size=")).and_then(|size| size.parse::<u64>().ok());
    let missing = |why: &str| Failure::Final(format!("artifact missing: {path} {why}"));
    match (code, told) {
        (Some(0), Some(told)) if told == size => Ok(Artifact::copy(path, copy)),
        (Some(0), told) => Err(failed(format!("{size} bytes came of {}", told.unwrap_or(0)))),
        (Some(64), _) => Err(Failure::Absent),
        (Some(65), _) => Err(missing("is a directory; name a file")),
        (Some(66), _) => Err(missing("is not readable for the pod's user")),
        (Some(67), _) => {
            let size = words.lines().next().unwrap_or_default();
            Err(missing(&limit.refusal(size.parse().unwrap_or_default())))
        }
        _ => Err(failed(crate::executor::kubernetes::errors::stderr::tidy(words))),
    }
}
