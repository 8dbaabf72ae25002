//! The versions of what a job in Kubernetes runs with, and which of them jobs were tried with.

use serde::{Deserialize, Serialize};

/// A version's first two numbers.
pub type Version = (u32, u32);

/// The versions that jobs were tried with: from the first to the last of each line.
pub struct Tried {
    /// What it is a version of.
    pub name: &'static str,
    lines: &'static [(Version, Version)],
}

/// The versions of kubectl that jobs were tried with.
pub const KUBECTL: Tried = Tried { name: "kubectl", lines: &[((1, 32), (1, 37))] };
/// The versions of helm that jobs were tried with.
pub const HELM: Tried = Tried { name: "helm", lines: &[((3, 17), (3, 17)), ((4, 1), (4, 3))] };
/// The versions of the API server that jobs were tried with.
pub const SERVER: Tried = Tried { name: "server", lines: &[((1, 20), (1, 20)), ((1, 36), (1, 36))] };

impl Tried {
    /// The oldest one that will do.
    pub fn least(&self) -> Version {
        self.lines.first().map_or((0, 0), |(least, _)| *least)
    }

    /// Were jobs tried with this version?
    pub fn has(&self, version: Version) -> bool {
        self.lines.iter().any(|(least, most)| (*least..=*most).contains(&version))
    }

    /// The versions in words: `3.17 and 4.1 to 4.3`.
    pub fn lines(&self) -> String {
        let lines = self.lines.iter().map(|((a, b), (c, d))| match (a, b) == (c, d) {
            true => format!("{a}.{b}"),
            false => format!("{a}.{b} to {c}.{d}"),
        });
        lines.collect::<Vec<_>>().join(" and ")
    }
}

/// The first two numbers of a version such as `v1.35.0-eks-1`.
pub fn parse(name: &str) -> Option<Version> {
    let mut numbers = name.trim_start_matches('v').split(['.', '+', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// What a run was made with, as far as it is known: `v1.36.4`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Versions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubectl: Option<String>,
    /// Where a chart is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub helm: Option<String>,
    /// The API server's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

impl Versions {
    /// Is none of the versions known?
    pub fn is_empty(&self) -> bool {
        *self == Versions::default()
    }

    fn known(&self) -> impl Iterator<Item = (&'static Tried, &str)> {
        let all = [(&KUBECTL, &self.kubectl), (&HELM, &self.helm), (&SERVER, &self.server)];
        all.into_iter().filter_map(|(tried, version)| Some((tried, version.as_deref()?)))
    }

    /// In a line: `kubectl v1.36.4, server v1.36.2`.
    pub fn line(&self) -> String {
        self.known().map(|(tried, version)| format!("{} {version}", tried.name)).collect::<Vec<_>>().join(", ")
    }

    /// A sentence for each that no job was ever tried with.
    pub fn untried(&self) -> Vec<String> {
        let is_new = |(tried, version): &(&Tried, &str)| !parse(version).is_some_and(|version| tried.has(version));
        let message = |(tried, version): (&Tried, &str)| {
            let (name, lines) = (tried.name, tried.lines());
            format!("jobs were never tried with {name} {version}, but with {lines}; it will most probably do")
        };
        self.known().filter(is_new).map(message).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried() {
        assert_eq!(parse("v3.17.4"), Some((3, 17)));
        assert_eq!(parse("v1.35.0-eks-1"), Some((1, 35)));
        assert_eq!(parse("no version"), None);
        let versions =
            |server: &str| Versions { kubectl: Some("v1.36.4".into()), helm: None, server: Some(server.into()) };
        assert_eq!(versions("v1.36.2").line(), "kubectl v1.36.4, server v1.36.2");
        assert!(versions("v1.20.2").untried().is_empty());
        for server in ["v1.19.16", "v1.99.0+k3s1", "unknown"] {
            let message = versions(server).untried();
            assert!(
                message.len() == 1 && message[0].contains(server) && message[0].contains("1.20 and 1.36"),
                "{message:?}"
            );
        }
    }
}
