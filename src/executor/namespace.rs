//! A namespace of a cluster, and the commands that somebody is to type about it.

use std::fmt;
use std::path::PathBuf;

use crate::shell::quote_word;

/// A namespace, and how kubectl and helm are told of its cluster. Shown, it is its name.
///
/// A user who copies a command may use another kubeconfig or context, where a release or pod of that name is another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Namespace {
    pub name: String,
    /// None for what the tools take by themselves, as in a pod.
    pub context: Option<String>,
    /// None for what the tools take by themselves.
    pub kubeconfig: Option<PathBuf>,
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Namespace {
    /// `kubectl --kubeconfig=FILE --context=NAME -n NAMESPACE`, for a shell.
    pub fn kubectl(&self) -> String {
        format!("{} -n {}", self.kubectl_of_cluster(), quote_word(&self.name))
    }

    /// `kubectl --kubeconfig=FILE --context=NAME`, for what lies in no namespace.
    pub fn kubectl_of_cluster(&self) -> String {
        self.with_context(self.kubectl_of_config(), "--context")
    }

    /// `kubectl --kubeconfig=FILE`, for what is asked of the kubeconfig itself.
    pub fn kubectl_of_config(&self) -> String {
        self.with_kubeconfig("kubectl")
    }

    /// `helm --kubeconfig=FILE --kube-context=NAME -n NAMESPACE`, for a shell.
    pub fn helm(&self) -> String {
        format!("{} -n {}", self.with_context(self.with_kubeconfig("helm"), "--kube-context"), quote_word(&self.name))
    }

    fn with_kubeconfig(&self, program: &str) -> String {
        let Some(path) = &self.kubeconfig else { return program.to_owned() };
        format!("{program} {}", quote_word(&format!("--kubeconfig={}", path.display())))
    }

    fn with_context(&self, command: String, option: &str) -> String {
        let Some(context) = &self.context else { return command };
        format!("{command} {}", quote_word(&format!("{option}={context}")))
    }
}

#[cfg(test)]
mod tests {
    use super::Namespace;

    #[test]
    fn what_is_suggested_acts_where_the_job_did() {
        let mut namespace =
            Namespace { name: "jobs".into(), context: Some("a b".into()), kubeconfig: Some("/k".into()) };
        assert_eq!(namespace.kubectl(), "kubectl --kubeconfig=/k '--context=a b' -n jobs");
        assert_eq!(namespace.helm(), "helm --kubeconfig=/k '--kube-context=a b' -n jobs");
        assert_eq!(namespace.kubectl_of_config(), "kubectl --kubeconfig=/k");
        (namespace.context, namespace.kubeconfig) = (None, None);
        assert_eq!((namespace.kubectl().as_str(), namespace.to_string().as_str()), ("kubectl -n jobs", "jobs"));
    }
}
