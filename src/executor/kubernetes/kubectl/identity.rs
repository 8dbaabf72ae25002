//! Which cluster it is, whatever a kubeconfig calls it: what two runners have to agree on before the one says that the other's pod
//! is gone.
//!
//! A cluster is known by the authority that its server's certificate is of, which is the same in a kubeconfig and in a pod, and by
//! the path of the server's address, by which a proxy tells several clusters apart; where no authority is named, by the whole
//! address.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

use super::client::{Cluster, is_in_pod, kubeconfig_text};
use crate::executor::kubernetes::errors::stderr::proxy_variable;
use crate::hex::short_digest;

/// Where a pod finds the authority of its own cluster.
const OWN_AUTHORITY: &str = "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt";

/// What of a kubeconfig names clusters.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Kubeconfig {
    contexts: Vec<KubeconfigEntry<KubeconfigContext>>,
    clusters: Vec<KubeconfigEntry<KubeconfigCluster>>,
}

/// An entry of a list: its name, and what is under the key of its kind.
#[derive(Deserialize)]
struct KubeconfigEntry<T> {
    name: String,
    #[serde(alias = "context", alias = "cluster")]
    entry: Option<T>,
}

#[derive(Deserialize)]
struct KubeconfigContext {
    cluster: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct KubeconfigCluster {
    server: Option<String>,
    certificate_authority: Option<PathBuf>,
    certificate_authority_data: Option<String>,
    proxy_url: Option<String>,
    tls_server_name: Option<String>,
}

impl Cluster {
    /// 12 hex digits that name the cluster. None where that cannot be told.
    pub fn identity(&self) -> Option<String> {
        let facts = match &self.context {
            None if is_in_pod() => fs::read(OWN_AUTHORITY).ok()?,
            None => return None,
            Some(context) => {
                let files = self.read_kubeconfig();
                let (path, server) = server_of(&files, context)?;
                server.facts(path)?
            }
        };
        Some(short_digest(facts.trim_ascii()))
    }

    /// The API server's address, where it can be gone to straight: neither by a proxy nor under another name than the address's.
    pub fn address(&self) -> Option<String> {
        if proxy_variable().is_some() {
            return None;
        }
        let Some(context) = &self.context else {
            let (host, port) = (env::var("KUBERNETES_SERVICE_HOST").ok()?, env::var("KUBERNETES_SERVICE_PORT").ok()?);
            let host = if host.contains(':') { format!("[{host}]") } else { host };
            return Some(format!("https://{host}:{port}"));
        };
        let files = self.read_kubeconfig();
        let (_, server) = server_of(&files, context)?;
        let is_straight = server.proxy_url.is_none() && server.tls_server_name.is_none();
        server.server.clone().filter(|_| is_straight)
    }

    /// Does the kubeconfig have this context?
    pub fn has_context(&self, context: &str) -> bool {
        self.read_kubeconfig().iter().any(|(_, file)| entry(&file.contexts, context).is_some())
    }

    fn read_kubeconfig(&self) -> Vec<(PathBuf, Kubeconfig)> {
        let read = |path: PathBuf| {
            let text = kubeconfig_text(&path).ok()?;
            Some((path, serde_saphyr::from_str(&text).ok()?))
        };
        self.kubeconfig_files().into_iter().filter_map(read).collect()
    }
}

/// The server of a context, and the kubeconfig that tells of it.
fn server_of<'a>(files: &'a [(PathBuf, Kubeconfig)], context: &str) -> Option<(&'a Path, &'a KubeconfigCluster)> {
    let cluster = files.iter().find_map(|(_, file)| entry(&file.contexts, context)).map(|it| &it.cluster)?;
    files.iter().find_map(|(path, file)| Some((path.as_path(), entry(&file.clusters, cluster)?)))
}

fn entry<'a, T>(list: &'a [KubeconfigEntry<T>], name: &str) -> Option<&'a T> {
    list.iter().find(|named| named.name == name)?.entry.as_ref()
}

impl KubeconfigCluster {
    /// What it is known by. A relative path is one from the folder of the kubeconfig.
    fn facts(&self, kubeconfig: &Path) -> Option<Vec<u8>> {
        let authority = match (&self.certificate_authority_data, &self.certificate_authority) {
            (Some(data), _) => BASE64_STANDARD.decode(data.split_whitespace().collect::<String>()).ok()?,
            (None, Some(path)) => fs::read(kubeconfig.parent()?.join(path)).ok()?,
            (None, None) => return self.server.clone().map(String::into_bytes),
        };
        let server = self.server.as_deref().unwrap_or_default();
        let server = server.split_once("://").map_or(server, |(_, rest)| rest);
        let path = server.split_once('/').map_or("", |(_, path)| path).trim_end_matches('/');
        Some([authority.trim_ascii(), path.as_bytes()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cluster(text: &str, context: &str) -> (tempfile::TempDir, Cluster) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config");
        fs::write(folder.path().join("ca.crt"), "authority\n").unwrap();
        fs::write(&path, text).unwrap();
        let cluster =
            Cluster { context: Some(context.to_owned()), kubeconfig: Some(path), namespace: "default".to_owned() };
        (folder, cluster)
    }

    #[test]
    fn a_cluster_is_known_by_its_authority_else_by_its_address() {
        let text = "
apiVersion: v1
current-context: a
contexts:
- {name: a, context: {cluster: file, user: me}}
- {name: b, context: {cluster: data, namespace: x}}
- {name: c, context: {cluster: plain}}
- {name: d, context: {cluster: absent}}
- {name: p, context: {cluster: proxied}}
clusters:
- {name: file, cluster: {server: 'https://a:6443', certificate-authority: ca.crt}}
- {name: data, cluster: {server: 'https://b:6443', certificate-authority-data: YXV0aG9yaXR5}}
- {name: proxied, cluster: {server: 'https://p/clusters/x', certificate-authority: ca.crt}}
- {name: plain, cluster: {server: 'https://c:6443', insecure-skip-tls-verify: true}}
users:
- {name: me, user: {token: x}}
";
        let identity = |context| cluster(text, context).1.identity();
        let (_folder, by_file) = cluster(text, "a");
        assert_eq!(by_file.identity().map(|id| id.len()), Some(12));
        let (_other, by_data) = cluster(text, "b");
        assert_eq!(by_data.identity(), by_file.identity());
        let (_third, by_address) = cluster(text, "c");
        assert!(by_address.identity().is_some_and(|id| Some(id) != by_file.identity()));
        let (_fourth, by_path) = cluster(text, "p");
        assert!(by_path.identity().is_some_and(|id| Some(id) != by_file.identity()));
        assert_eq!((identity("d"), identity("e")), (None, None));
        assert!(by_file.has_context("d") && !by_file.has_context("e"));
    }
}
