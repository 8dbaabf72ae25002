//! Brings the artifact out of the pod while the recorder holds it.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{sleep, timeout};

use crate::executor::artifacts::Artifact;
use crate::executor::kubernetes::attempt::Attempt;
use crate::executor::kubernetes::stream::checksum::{Checksum, RunningChecksum};
use crate::executor::process::{CHUNK, Group, pipe};
use crate::failpoint;

/// A copy that says nothing for so long is dead.
const SILENCE: Duration = Duration::from_secs(60);
const TRIES: usize = 3;
/// What passes mostly takes a moment to.
const TRY_PAUSE: Duration = Duration::from_secs(1);

/// Prints a file on stdout and then, where that went well, its size and its checksum on stderr, in a line of its own.
///
/// A name that is no path is looked for in the working directory, then in `/tmp`. Why a file cannot be had is told by the exit
/// code: `kubectl cp` would need tar, and says nothing of a file that is missing.
const SCRIPT: &str = r#"PATH=${PATH:+$PATH:}/.multiflexi/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin f=$1
[ -e "$f" ] || case $f in /*) exit 64 ;; *) f=/tmp/$f ;; esac
[ -e "$f" ] || exit 64
[ -d "$f" ] && exit 65
[ -f "$f" ] || exit 69
[ -r "$f" ] || exit 66
# Who still writes into it may write faster than it is read.
part() {
  if command -v head >/dev/null; then head -c "$1"
  else dd bs=65536 count=$(($1/65536)) && dd bs=1 count=$(($1%65536)); fi <"$f" 2>/dev/null
}
# Some programs read a file to its end to count it, and the kernel's own files have another size than they say.
count() {
  m=$(stat -Lc %s -- "$f" 2>/dev/null); case $m in ''|*[!0-9]*) m=0 ;; esac
  n=$m; [ "$m" -gt "$1" ] || n=$(($(part $(($1+1)) | wc -c)))
}
count "$2"; s=$n
[ "$s" -gt "$2" ] && { [ "$m" -gt "$2" ] && echo "size=$s:-" >&2; exit 67; }
part "$s" || exit 68
k=-
if command -v cksum >/dev/null; then k=$(part "$s" | cksum)
elif command -v crc32 >/dev/null; then k="crc32 $(part "$s" | crc32) $s"; fi 2>/dev/null
count "$s"; [ "$n" -gt "$s" ] && echo "grown=$n" >&2
echo "size=$s:$k" >&2"#;

const DIRECTORY: &str = "is a directory; name a file";
const SPECIAL: &str = "is a pipe, a socket or a device; name a file";
/// Says what has this name in the working directory, else in `/tmp`.
const KIND: &str = r#"f=$1; [ -e "$f" ] || [ -L "$f" ] || f=/tmp/$f
if [ -L "$f" ]; then echo link; elif [ -d "$f" ]; then echo directory; elif [ -f "$f" ]; then echo file
elif [ -e "$f" ]; then echo other; fi"#;

/// Why a file is not fetched.
pub enum FetchError {
    /// There is no such file.
    NotFound,
    /// Anything else, in words.
    Permanent(String),
    /// What may go well another time.
    Transient(String),
}

impl FetchError {
    /// What the user is told.
    pub fn message(self, path: &str) -> String {
        match self {
            FetchError::NotFound => format!(
                "artifact missing: {path} does not exist in the pod; correct the artifact's path, or let the program write it"
            ),
            FetchError::Permanent(message) | FetchError::Transient(message) => message,
        }
    }
}

/// What the pod says of a file that it has handed out.
#[derive(Clone, Copy, Debug)]
struct Proof {
    size: u64,
    /// None where the image has no program that takes one.
    checksum: Option<Checksum>,
    /// The size that it had by then, where that was more.
    grown_to: Option<u64>,
}

impl Proof {
    /// Reads `size=SIZE:CHECKSUM`, and maybe `grown=SIZE`, among kubectl's own words.
    ///
    /// The checksum is `-` where there is none.
    fn find(message: &str) -> Option<Proof> {
        let (size, checksum) = message.lines().find_map(|line| line.strip_prefix("size="))?.split_once(':')?;
        let grown_to = message.lines().find_map(|line| line.strip_prefix("grown=")?.parse().ok());
        Some(Proof { size: size.parse().ok()?, checksum: Checksum::parse(checksum), grown_to })
    }

    /// Is this the file that came?
    ///
    /// # Errors
    /// What differs, in words.
    fn check(&self, came: &RunningChecksum) -> Result<(), String> {
        if came.length() != self.size {
            return Err(format!("{} bytes came of {}", came.length(), self.size));
        }
        match &self.checksum {
            Some(checksum) if !came.is(checksum) => Err("what came is not what the file holds".to_owned()),
            _ => Ok(()),
        }
    }
}

/// A file that was fetched.
pub struct Fetched {
    pub artifact: Artifact,
    /// By more than its size.
    pub is_proven: bool,
    /// What is to be said of it: something wrote into it while it was fetched.
    pub note: Option<String>,
}

/// Why there is no file of this name among those that the program wrote.
pub async fn why_not_written(attempt: &Attempt<'_>, name: &str) -> FetchError {
    let arguments = [&attempt.pod.exec(KIND)[..], &["artifact", name]].concat();
    let kind = attempt.cluster.query(&arguments).await.map(|captured| captured.stdout_text()).unwrap_or_default();
    let why = match kind.trim() {
        "link" => "is a link; name the file that it leads to, or let the program write one of that name",
        "directory" => DIRECTORY,
        "file" => "was there before the program began, and it did not write it",
        "other" => SPECIAL,
        _ => return FetchError::NotFound,
    };
    FetchError::Permanent(format!("artifact missing: {name} {why}"))
}

/// Fetches the file.
///
/// # Errors
/// There is no such file, it may not be read or is larger than may be stored, or each of three tries at copying it failed.
pub async fn fetch(attempt: &Attempt<'_>, path: &str) -> Result<Fetched, FetchError> {
    let mut fetched = copy(attempt, path).await;
    for _ in 1..TRIES {
        if !matches!(fetched, Err(FetchError::Transient(_))) {
            break;
        }
        sleep(TRY_PAUSE).await;
        fetched = copy(attempt, path).await;
    }
    fetched
}

async fn copy(attempt: &Attempt<'_>, path: &str) -> Result<Fetched, FetchError> {
    let failed = |why: String| {
        FetchError::Transient(format!("artifact missing: {path} could not be copied from the pod: {why}"))
    };
    let local = |error: std::io::Error| {
        FetchError::Permanent(format!("artifact missing: {path} could not be kept here: {error}"))
    };
    let limit = attempt.job.files.artifact_limit;
    let copy = tempfile::tempfile().map_err(local)?;
    let mut file = tokio::fs::File::from_std(copy.try_clone().map_err(local)?);
    let mut command = attempt.cluster.kubectl();
    command.args(attempt.pod.exec(SCRIPT)).args(["artifact", path, &limit.bytes.to_string()]);
    let mut group = Group::spawn(pipe(&mut command, Stdio::null())).map_err(|error| failed(error.to_string()))?;
    let (Some(mut stdout), Some(stderr)) = (group.child.stdout.take(), group.child.stderr.take()) else {
        return Err(failed("kubectl's streams are not there".into()));
    };
    let mut message = String::new();
    let mut came = RunningChecksum::default();
    {
        let mut stderr = stderr.take(16 * 1024);
        let read_words = stderr.read_to_string(&mut message);
        let read_file = async {
            let mut buffer = vec![0; CHUNK];
            loop {
                match timeout(failpoint::at_most(SILENCE), stdout.read(&mut buffer)).await {
                    Err(_) => return Err(failed("the connection fell silent".into())),
                    Ok(Err(error)) => return Err(failed(error.to_string())),
                    Ok(Ok(0)) => return file.flush().await.map_err(local),
                    Ok(Ok(n)) => {
                        file.write_all(&buffer[..n]).await.map_err(local)?;
                        came.add(&buffer[..n]);
                    }
                }
            }
        };
        tokio::try_join!(read_file, async { Ok(read_words.await.unwrap_or(0)) })?;
    }
    let code = timeout(SILENCE, group.wait()).await.ok().and_then(Result::ok).and_then(|status| status.code());
    let message = message.trim();
    let missing = |why: &str| FetchError::Permanent(format!("artifact missing: {path} {why}"));
    match (code, Proof::find(message)) {
        (Some(0), Some(proof)) => {
            proof.check(&came).map_err(failed)?;
            let note = proof.grown_to.map(|now| {
                format!(
                    "the artifact {path} grew while it was fetched: its first {} bytes of now {now} are stored; let the program end \
                     once nothing writes into it any more",
                    proof.size
                )
            });
            Ok(Fetched { artifact: Artifact::copy(path, copy), is_proven: proof.checksum.is_some(), note })
        }
        (Some(0), None) => Err(failed(format!("its size was not told; {} bytes came", came.length()))),
        (Some(64), _) => Err(FetchError::NotFound),
        (Some(65), _) => Err(missing(DIRECTORY)),
        (Some(69), _) => Err(missing(SPECIAL)),
        (Some(66), _) => Err(missing("is not readable for the pod's user")),
        // Where nothing in the image tells a size, it was counted up to the first byte too many.
        (Some(67), proof) => Err(missing(&limit.refusal(proof.map(|proof| proof.size)))),
        _ => Err(failed(crate::executor::kubernetes::errors::stderr::tidy(message))),
    }
}
