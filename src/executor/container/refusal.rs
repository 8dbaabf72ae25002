//! Why an engine makes no container, by its own words. Names of images and registries stand in them too, but they have no space: each
//! pattern has one.

use crate::executor::known_words::Table;

/// Why an engine makes no container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its service does not answer, or not to us. What else breaks an engine for everybody shows in `info`.
    Unreachable,
    /// The image is not here and cannot be had.
    Image,
}

/// What podman and docker say.
static KNOWN: Table<Refusal> = Table::new(&[
    (r"(?i)cannot connect to the docker daemon", Refusal::Unreachable),
    (r"(?i)cannot connect to podman", Refusal::Unreachable),
    (r"(?i)permission denied while trying to connect", Refusal::Unreachable),
    (r"initializing source ", Refusal::Image),
    (r"pinging container registry ", Refusal::Image),
    (
        r"reading manifest |manifest unknown|no matching manifest for |no image found in (?:manifest|image) ",
        Refusal::Image,
    ),
    (r#"short-name ""#, Refusal::Image),
    (r"\S+: image not known", Refusal::Image),
    (r"(?i)no such image: ", Refusal::Image),
    (r"pull access denied for |requested access to the resource is denied", Refusal::Image),
    (r"(?:error|failed) (?:to )?(?:pull|copy|resolve reference|choose|choosing)\S* ", Refusal::Image),
    (r"invalid reference format|repository name must be lowercase|parsing reference ", Refusal::Image),
    (r#"Error response from daemon: (?:Get|Head) "https?://"#, Refusal::Image),
    (r"unauthorized: |toomanyrequests: ", Refusal::Image),
]);

impl Refusal {
    /// What these words say; none where they speak of something else.
    pub fn classify(message: &str) -> Option<Refusal> {
        KNOWN.look([message]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::KNOWN;
    use super::Refusal::{self, Image, Unreachable};

    #[test]
    fn what_the_engines_say() {
        for (message, refusal) in [
            (
                r#"initializing source docker://localhost/nosuch:1: pinging container registry localhost: Get "https://localhost/v2/": dial tcp 127.0.0.1:443: connect: connection refused"#,
                Some(Image),
            ),
            ("initializing source docker://a/b:1: reading manifest 1 in a/b: manifest unknown", Some(Image)),
            (
                r#"short-name "nosuch" did not resolve to an alias and no unqualified-search registries are defined"#,
                Some(Image),
            ),
            ("localhost/nosuch:1: image not known", Some(Image)),
            ("Error response from daemon: No such image: nosuch:latest", Some(Image)),
            (
                "Error response from daemon: pull access denied for nosuch, repository does not exist or may require 'docker login'",
                Some(Image),
            ),
            (
                r#"Error response from daemon: Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host"#,
                Some(Image),
            ),
            ("parsing reference \"a:b:c\": invalid reference format", Some(Image)),
            (
                "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
                Some(Unreachable),
            ),
            ("Cannot connect to Podman. Please verify your connection to the Linux system", Some(Unreachable)),
        ] {
            assert_eq!(Refusal::classify(message), refusal, "{message}");
        }
        assert!(KNOWN.compiles());
    }

    #[test]
    fn no_name_is_taken_for_a_fault() {
        for image in
            ["registry.example/pull/image:manifest", "image/not-known:short-name", "unauthorized/toomanyrequests:1"]
        {
            for message in [
                format!("creating container storage for {image}: no space left on device"),
                format!("{image}: the container name \"mf-job-1-abc\" is already in use"),
                format!("Error response from daemon: Conflict. The container of {image} is in use"),
            ] {
                assert_eq!(Refusal::classify(&message), None, "{message}");
            }
        }
    }
}
