//! A program that the system does not take, being of another processor or none: a runtime has made its container before it learns
//! that, and says so in the program's place.

use crate::executor::known_words::Table;

/// What runtimes print then, and nothing else.
static KNOWN: Table<()> = Table::new(&[
    // runc, the older one behind the place in its own source.
    (r"^exec \S.*: exec format error$", ()),
    (r#"^standard_init_linux\.go:\d+: exec user process caused:? "?exec format error"?$"#, ()),
    // crun, which podman has write JSON.
    (r#"^(?:\{"msg":")?exec container process `[^`]*`: Exec format error(?:"[^{}]*\})?$"#, ()),
]);

/// A runtime's own exit codes for a program that it could not begin.
const CODES: [i32; 2] = [1, 255];

/// Did a container with this exit code and this output come to no program, for the system did not take its file?
pub fn is_told(code: i32, output: &str) -> bool {
    let output = output.trim_end();
    CODES.contains(&code) && !output.contains('\n') && KNOWN.look([output]).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runtimes_print() {
        for output in [
            "exec /usr/bin/import: exec format error\n",
            "standard_init_linux.go:219: exec user process caused: exec format error\n",
            "standard_init_linux.go:211: exec user process caused \"exec format error\"\n",
            "exec container process `/bad`: Exec format error\n",
            r#"{"msg":"exec container process `/bad`: Exec format error","level":"error","time":"2026-11-28T12:00:00Z"}"#,
        ] {
            assert!(is_told(1, output) && is_told(255, output), "{output}");
            assert!(!is_told(0, output) && !is_told(126, output), "{output}");
            assert!(!is_told(1, &format!("began\n{output}")), "{output}");
        }
        // Of what a program started itself, by its own words.
        for output in ["", "fork/exec /bad: exec format error", "sh: 1: exec: /bad: Exec format error"] {
            assert!(!is_told(1, output), "{output}");
        }
        assert!(KNOWN.compiles());
    }
}
