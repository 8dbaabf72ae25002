//! Which executor a job is for.

use std::fmt;

/// Which executor a job is for, as the suite writes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ExecutorName {
    /// Runs the program on this machine.
    #[default]
    Native,
    /// Runs it in a pod.
    Kubernetes,
    /// Runs it in a container of Docker's.
    Docker,
    /// Runs it in a container of Podman's.
    Podman,
    /// One whose jobs this tool does not run, `Azure` for one.
    Foreign(String),
}

impl ExecutorName {
    /// The executors that the suite knows.
    pub const SUITE: &'static [&'static str] = &[
        ExecutorName::Native.as_str(),
        ExecutorName::Kubernetes.as_str(),
        ExecutorName::Docker.as_str(),
        ExecutorName::Podman.as_str(),
        "Azure",
    ];

    /// The word of the suite for it.
    pub const fn as_str(&self) -> &str {
        match self {
            ExecutorName::Native => "Native",
            ExecutorName::Kubernetes => "Kubernetes",
            ExecutorName::Docker => "Docker",
            ExecutorName::Podman => "Podman",
            ExecutorName::Foreign(name) => name.as_str(),
        }
    }

    /// Reads one of the suite's words in any case, as a person gives it.
    ///
    /// # Errors
    /// The suite has no such executor; the words name those that it has.
    pub fn parse(text: &str) -> Result<ExecutorName, String> {
        let word = ExecutorName::SUITE.iter().find(|word| word.eq_ignore_ascii_case(text));
        let word = word.ok_or_else(|| format!("it takes one of {}", ExecutorName::SUITE.join(", ")))?;
        Ok(ExecutorName::from(*word))
    }
}

/// Reads it as it stands in a row.
impl From<&str> for ExecutorName {
    fn from(text: &str) -> ExecutorName {
        let ours = [ExecutorName::Native, ExecutorName::Kubernetes, ExecutorName::Docker, ExecutorName::Podman];
        let found = ours.into_iter().find(|name| name.as_str() == text);
        found.unwrap_or_else(|| ExecutorName::Foreign(text.to_owned()))
    }
}

impl fmt::Display for ExecutorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::ExecutorName;

    #[test]
    fn a_row_has_the_word_itself_and_a_person_may_write_it_in_any_case() {
        let azure = ExecutorName::Foreign("Azure".into());
        for word in ExecutorName::SUITE {
            let name = ExecutorName::from(*word);
            assert_eq!((name.as_str(), name == azure), (*word, *word == "Azure"));
            assert_eq!(ExecutorName::parse(&word.to_uppercase()), Ok(name));
        }
        assert_eq!(ExecutorName::from("native"), ExecutorName::Foreign("native".into()));
        assert_eq!(ExecutorName::parse("Slurm").ok(), None);
    }
}
