//! What an engine's runtime finds wrong with the program itself, by its own words: the names in them say nothing.

use crate::executor::known_words::Table;

/// What is wrong with a program that a container's runtime cannot start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NotFound,
    NotExecutable,
    /// It is of another processor, or none.
    Foreign,
    /// Its arguments and variables are more than the system takes.
    TooLarge,
}

/// What runc and crun say, and podman behind them.
static KNOWN: Table<Fault> = Table::new(&[
    (r"OCI runtime attempted to invoke a command that was not found$", Fault::NotFound),
    (
        r#"exec: \\?"[^"\\]*\\?": (?:stat [^"]*: no such file or directory|executable file not found in \$PATH)"#,
        Fault::NotFound,
    ),
    (r"executable file `[^`]*` not found", Fault::NotFound),
    (r"OCI permission denied$", Fault::NotExecutable),
    (r#"(?:exec: \\?"[^"\\]*\\?"|open executable): [Pp]ermission denied"#, Fault::NotExecutable),
    (r"[:`] [Ee]xec format error\b", Fault::Foreign),
    (r"[:`] [Aa]rgument list too long", Fault::TooLarge),
]);

impl Fault {
    /// What these words say; none where they speak of something else.
    pub fn classify(message: &str) -> Option<Fault> {
        KNOWN.look([message]).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Fault::{self, Foreign, NotExecutable, NotFound};
    use super::KNOWN;

    #[test]
    fn what_the_runtimes_say() {
        for (message, fault) in [
            (
                r#"unable to start container 1: time="x" level=error msg="runc create failed: unable to start container process: exec: \"/nope\": stat /nope: no such file or directory": OCI runtime attempted to invoke a command that was not found"#,
                Some(NotFound),
            ),
            (
                "crun: executable file `nope` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found",
                Some(NotFound),
            ),
            (
                r#"OCI runtime create failed: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: unknown"#,
                Some(NotFound),
            ),
            ("crun: open executable: Permission denied: OCI permission denied", Some(NotExecutable)),
            (
                r#"runc create failed: unable to start container process: exec: "/not found": permission denied: unknown"#,
                Some(NotExecutable),
            ),
            (r#"exec: "/no such file or directory": exec format error"#, Some(Foreign)),
            ("error mounting /tmp/x: statfs /tmp/x: no such file or directory", None),
            ("workdir /not found exec permission denied does not exist", None),
            ("unable to find user jana: no matching entries in passwd file", None),
        ] {
            assert_eq!(Fault::classify(message), fault, "{message}");
        }
        assert!(KNOWN.compiles());
    }
}
