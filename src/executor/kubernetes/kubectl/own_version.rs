//! Asking kubectl, the API server and helm for their versions. Each question is a process that costs a short job a twentieth of its
//! time, so it is asked once an hour, beside the start of a pod, and what was said is kept in a file.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::OFlag;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::client::Cluster;
use crate::executor::process;
use crate::executor::versions::Versions;
use crate::state::Folder;

/// How long a version is believed once it was told: somebody may put another kubectl in its place, or another server.
const BELIEVED: Duration = Duration::from_secs(3600);
/// While a pod comes up the machine has its hands full for so long.
const BUSY: Duration = Duration::from_millis(500);
/// Nobody waits for an answer for longer.
const LIMIT: Duration = Duration::from_secs(15);

const FOLDER: &str = "versions";
const FILE: &str = "versions.json";
/// What is kept of an answer.
const KEEP: usize = 64 * 1024;
/// Of the file.
const SIZE_MAX: u64 = 256 * 1024;

/// Asks kubectl for its own version and the server's.
pub const BOTH: [&str; 3] = ["version", "-o", "json"];
/// Asks helm for its version.
pub const HELM: [&str; 3] = ["version", "--template", "{{.Version}}"];

/// The version of kubectl and that of the server in what `kubectl version -o json` printed.
pub fn read(json: &[u8]) -> (Option<String>, Option<String>) {
    let versions: Value = serde_json::from_slice(json).unwrap_or_default();
    let version = |of: &str| versions[of]["gitVersion"].as_str().map(str::to_owned);
    (version("clientVersion"), version("serverVersion"))
}

/// What is known of each way to ask, by a name that changes with the program and its configuration.
#[derive(Default, Serialize, Deserialize)]
struct VersionCache(BTreeMap<String, CachedVersions>);

#[derive(Serialize, Deserialize)]
struct CachedVersions {
    /// In seconds since 1970.
    asked: i64,
    versions: Versions,
}

impl VersionCache {
    /// Nothing where there is no file that can be read.
    fn load(folder: &Folder) -> VersionCache {
        let mut text = Vec::new();
        let read = folder.file(FILE, OFlag::O_RDONLY).and_then(|file| file.take(SIZE_MAX).read_to_end(&mut text));
        let mut known: VersionCache = read.ok().and_then(|_| serde_json::from_slice(&text).ok()).unwrap_or_default();
        let (now, believed) = (now(), BELIEVED.as_secs().cast_signed());
        // Of a clock that was set back nothing is believed.
        known.0.retain(|_, answer| (0..believed).contains(&now.saturating_sub(answer.asked)));
        known
    }

    /// What another job learned in the same moment may be lost, and is asked for again.
    fn store(&self, folder: &Folder) -> std::io::Result<()> {
        let new = format!("{FILE}.{}", std::process::id());
        let mut file = folder.file(&new, OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC)?;
        file.write_all(&serde_json::to_vec(self)?)?;
        folder.rename(&new, FILE)
    }
}

fn now() -> i64 {
    chrono::Utc::now().timestamp()
}

/// Names a file as it is now; another one in its place has another name.
fn identity(path: &Path) -> String {
    let metadata = std::fs::metadata(path);
    let stamp = metadata.map(|found| format!("{}:{}:{}:{}", found.dev(), found.ino(), found.size(), found.mtime()));
    format!("{}={}", path.display(), stamp.unwrap_or_default())
}

/// Names what was asked of whom.
fn key(cluster: &Cluster, program: &str) -> String {
    let mut key = vec![program.to_owned(), cluster.name()];
    key.extend(process::in_path(program).as_deref().map(identity));
    key.extend(cluster.kubeconfig_files().iter().map(|file| identity(file)));
    format!("{:x}", Sha256::digest(key.join("\n")))
}

/// The versions of kubectl and of the server, and of helm where that is used.
///
/// Answers of the last hour are kept; else the programs are asked, and what does not answer soon is left out.
pub async fn learn(cluster: &Cluster, helm: bool) -> Versions {
    let folder = Folder::own(FOLDER).ok();
    let mut known = folder.as_ref().map(VersionCache::load).unwrap_or_default();
    let mut versions = Versions::default();
    let mut is_new = false;
    for program in ["kubectl", "helm"].into_iter().take(if helm { 2 } else { 1 }) {
        let key = key(cluster, program);
        let told = match known.0.get(&key) {
            Some(answer) => answer.versions.clone(),
            None => {
                if !std::mem::replace(&mut is_new, true) {
                    sleep(BUSY).await;
                }
                ask(cluster, program).await
            }
        };
        // kubectl's alone is not all that is to be known of it.
        if told.helm.is_some() || told.server.is_some() {
            known.0.entry(key).or_insert_with(|| CachedVersions { asked: now(), versions: told.clone() });
        }
        versions.kubectl = versions.kubectl.or(told.kubectl);
        versions.server = versions.server.or(told.server);
        versions.helm = versions.helm.or(told.helm);
    }
    if let Some(folder) = folder.filter(|_| is_new) {
        // Where it cannot be kept, the next job asks again.
        let _ = known.store(&folder);
    }
    versions
}

async fn ask(cluster: &Cluster, program: &str) -> Versions {
    let is_helm = program == "helm";
    let mut command = if is_helm { process::command(program) } else { cluster.kubectl() };
    command.args(if is_helm { &HELM } else { &BOTH });
    let Ok(captured) = process::capture(command, None, LIMIT, KEEP).await else { return Versions::default() };
    if is_helm {
        let version =
            Some(captured.stdout_text().trim().to_owned()).filter(|version| captured.ok() && !version.is_empty());
        return Versions { helm: version, ..Versions::default() };
    }
    let (kubectl, server) = read(&captured.stdout);
    Versions { kubectl, server, helm: None }
}
