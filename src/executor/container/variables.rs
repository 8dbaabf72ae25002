//! How a job's variables get into its container: by a file of lines where they fit into one, else by the environment of the
//! engine's own process, which the engine copies by name. What would steer that process itself never goes there.

use crate::executor::Variable;
use crate::executor::reason::{LINE_MAX, NotByEngine};

/// The variables as the lines that both engines read, and those that fit into no line.
pub fn sort(environment: &[Variable]) -> (String, Vec<&Variable>) {
    let (mut file, mut others) = (String::new(), Vec::new());
    for variable in environment {
        let fits = variable.name.len() + variable.value.len() < LINE_MAX;
        if fits && !variable.value.contains(['\n', '\r']) && !variable.name.starts_with('#') {
            file.push_str(&format!("{}={}\n", variable.name, variable.value));
        } else {
            others.push(variable);
        }
    }
    (file, others)
}

/// May a variable of this name stand in the environment of the engine's process?
///
/// # Errors
/// It may not; the value says why.
pub fn check(name: &str) -> Result<(), NotByEngine> {
    // podman takes `NAME*` for all variables that begin so, and they would be the runner's.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !name.bytes().all(is_plain) || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(NotByEngine::Form);
    }
    let upper = name.to_ascii_uppercase();
    if READ.contains(&upper.as_str()) || FAMILIES.iter().any(|family| upper.starts_with(family)) {
        return Err(NotByEngine::Read);
    }
    if std::env::var_os(name).is_some() { Err(NotByEngine::Ours) } else { Ok(()) }
}

/// How names begin that the loader, the C library, Go, a shell, the engines, the libraries in them, or what they start read.
static FAMILIES: &[&str] = &[
    "LD_", "GLIBC_", "MALLOC_", "LC_", "BASH", "PERL5", "PYTHON", "RUBY", "NODE_", "GOD", "GOT", "CGO_", "CONTAINER",
    "_CONTAINER", "PODMAN_", "_PODMAN", "LIBPOD_", "BUILDAH_", "_BUILDAH", "BUILDKIT_", "BUILDX_", "DOCKER_",
    "COMPOSE_", "MOBY_", "STORAGE_", "REGISTRY_", "REGISTRIES_", "SIGNATURE_", "OCI_", "_OCI_", "CRUN_", "RUNC_",
    "_LIBCONTAINER_", "CNI_", "NETAVARK_", "AARDVARK_", "FUSE_", "IPTABLES", "XTABLES_", "XDG_", "DBUS_", "SYSTEMD_",
    "LISTEN_", "WATCHDOG_", "SSL_", "OPENSSL_", "SSH_", "GPG", "GNUPG", "NSS_", "KRB5", "OTEL_",
];

/// The other such names, in capitals: of the proxies' there are small ones too.
static READ: &[&str] = &[
    "HOME", "PATH", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "CDPATH", "ENV", "IFS", "PS4", "SHELLOPTS", "TERM",
    "HOSTNAME", "TMPDIR", "TMP", "TEMP", "LANG", "LANGUAGE", "TZ", "TZDIR", "ZONEINFO", "LOCPATH", "NLSPATH",
    "GCONV_PATH", "GETCONF_DIR", "HOSTALIASES", "LOCALDOMAIN", "RES_OPTIONS", "RESOLV_HOST_CONF", "GOGC", "GOMAXPROCS",
    "GOMEMLIMIT", "GORACE", "GOROOT", "GOCOVERDIR", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
    "REQUEST_METHOD", "NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM", "MAINPID", "MANAGERPID",
    "CREDENTIALS_DIRECTORY", "DISABLE_HC_SYSTEMD", "SUPPRESS_BOLTDB_WARNING", "NO_COLOR",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_go_by_lines_where_they_fit() {
        let variable = |name: &str, value: &str| Variable { name: name.into(), value: value.into(), secret: true };
        let long = "x".repeat(LINE_MAX);
        let environment =
            [variable("A", " a=b '\""), variable("B", "two\nlines"), variable("C", &long), variable("D", "")];
        let (file, others) = sort(&environment);
        assert_eq!(file, "A= a=b '\"\nD=\n");
        assert_eq!(others.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>(), ["B", "C"]);
    }

    #[test]
    fn what_steers_the_engine_does_not_go_by_its_environment() {
        for name in ["LD_PRELOAD", "CONTAINER_HOST", "DOCKER_HOST", "https_proxy", "GODEBUG", "XDG_RUNTIME_DIR", "ENV"]
        {
            assert_eq!(check(name), Err(NotByEngine::Read), "{name}");
        }
        for name in ["AWS*", "#A", "A.B", "2FA", "A B", "Ž"] {
            assert_eq!(check(name), Err(NotByEngine::Form), "{name}");
        }
        for name in ["MFX_LETTER", "GOOGLE_CREDENTIALS", "_x1", "CERTIFICATE"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }
}
