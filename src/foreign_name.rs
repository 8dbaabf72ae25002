//! Names that are handed to programs of others: podman, docker, helm, kubectl. One that begins with a dash would be an option
//! there, and could give a job the host's files.
//!
//! They come from commands, definitions and rows of the database, and are checked where each comes in.

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForeignName {
    /// Of a container.
    Image,
    /// A path, `oci://…` or `repository/chart`.
    Chart,
    /// Of helm.
    Release,
    Namespace,
    /// Of a kubeconfig.
    Context,
    /// A file of values for a chart.
    ValuesFile,
}

impl ForeignName {
    /// As sentences name it.
    fn noun(self) -> &'static str {
        match self {
            ForeignName::Image => "an image",
            ForeignName::Chart => "a chart",
            ForeignName::Release => "a release",
            ForeignName::Namespace => "a namespace",
            ForeignName::Context => "a context",
            ForeignName::ValuesFile => "a values file",
        }
    }

    /// Checks a name.
    ///
    /// What Kubernetes has rules for has to keep to them, apart from lengths; an empty name is left to who needs one.
    ///
    /// # Errors
    /// Why it is not valid, as the rest of a sentence that begins with the name.
    pub fn check(self, name: &str) -> Result<(), String> {
        if name.starts_with('-') {
            return Err(format!("is no name of {}: it begins with a dash", self.noun()));
        }
        if name.contains(char::is_control) {
            return Err(format!("is no name of {}: it holds a control character", self.noun()));
        }
        match self {
            ForeignName::Image if name.contains(char::is_whitespace) => {
                Err("is no name of an image: it holds a blank".to_owned())
            }
            ForeignName::Release if !name.split('.').all(is_label) && !name.is_empty() => {
                Err("is no name of a release: it takes lower-case letters, digits and, between them, dashes and dots"
                    .to_owned())
            }
            ForeignName::Namespace if !is_label(name) && !name.is_empty() => {
                Err("is no name of a namespace: it takes lower-case letters, digits and, between them, dashes"
                    .to_owned())
            }
            _ => Ok(()),
        }
    }

    /// As [`ForeignName::check`] for an option's value.
    ///
    /// # Errors
    /// Why it is not valid, as a sentence.
    pub fn option(self, name: &str) -> Result<String, String> {
        self.check(name).map(|()| name.to_owned()).map_err(|why| format!("this {why}"))
    }
}

/// A label of DNS, whatever its length.
fn is_label(text: &str) -> bool {
    let is_end = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(is_end) && text.ends_with(is_end) && text.chars().all(|c| is_end(c) || c == '-')
}

#[cfg(test)]
mod tests {
    use super::ForeignName::{Chart, Context, Image, Namespace, Release, ValuesFile};

    #[test]
    fn no_name_is_an_option() {
        for kind in [Image, Chart, Release, Namespace, Context, ValuesFile] {
            for name in ["-x", "--volume=/:/host", "-", "a\nb", "\u{1b}"] {
                assert!(kind.check(name).is_err(), "{kind:?} {name:?}");
            }
        }
    }

    #[test]
    fn names_that_there_are() {
        for (kind, name) in [
            (Image, "registry.example.org:5000/a/b@sha256:0123"),
            (Image, ""),
            (Chart, "oci://registry.example.org/chart"),
            (Chart, "./my chart"),
            (Release, "my.release-1"),
            (Namespace, "multiflexi"),
            (Context, "arn:aws:eks:eu-west-1:1:cluster/a b"),
            (ValuesFile, "/etc/values-1.yaml"),
        ] {
            assert_eq!(kind.check(name), Ok(()), "{name}");
        }
        for (kind, name) in [
            (Namespace, "a.b"),
            (Namespace, "A"),
            (Namespace, "a-"),
            (Release, "a..b"),
            (Release, ".a"),
            (Image, "a b"),
        ] {
            assert!(kind.check(name).is_err(), "{name}");
        }
    }
}
