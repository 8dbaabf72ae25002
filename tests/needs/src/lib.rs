//! `#[needs(…)]` above `#[test]`: what must be up for this test. Where it is not, the test is ignored, with the reason, and never
//! counts as passed.
//!
//! - `mariadb`, `postgres`, `podman`: named in `MFX_TEST_SERVERS`
//! - `cluster`: there is `MFX_TEST_CLUSTER`; `cluster 1.30`: and `MFX_TEST_KUBERNETES`, its version, is not older
//! - `program zsh`: there is such a program in PATH
//! - `root`: the tests run as root
//!
//! `tests/run` starts all that can be started here and sets the variables. What is ignored is settled when the tests are compiled,
//! since Rust's own test program knows no other way; they are compiled anew when a variable changes.

use std::os::unix::fs::MetadataExt as _;

use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn needs(what: TokenStream, test: TokenStream) -> TokenStream {
    let Some(why) = what.to_string().split(',').find_map(|need| missing(need.trim())) else { return test };
    let mut ignored: TokenStream = format!("#[ignore = {why:?}]").parse().unwrap_or_default();
    ignored.extend(test);
    ignored
}

/// Why a test with this need cannot run here.
fn missing(need: &str) -> Option<String> {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let mut words = need.split_whitespace();
    let (is_up, wanted) = match (words.next().unwrap_or_default(), words.next()) {
        ("root", None) => (std::fs::metadata("/proc/self").is_ok_and(|file| file.uid() == 0), "root"),
        ("cluster", None) => (!variable("MFX_TEST_CLUSTER").is_empty(), need),
        ("cluster", Some(oldest)) => {
            let there = version(&variable("MFX_TEST_KUBERNETES"));
            (there >= version(oldest), need)
        }
        ("program", Some(program)) => (is_in_path(program), need),
        (server, None) => (variable("MFX_TEST_SERVERS").split_whitespace().any(|name| name == server), server),
        _ => panic!("#[needs({need})] is not known"),
    };
    (!is_up).then(|| format!("needs {wanted}, see tests/run"))
}

fn is_in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// `1.30` as numbers that can be compared; nothing is older than everything.
fn version(text: &str) -> Vec<u32> {
    text.split('.').map_while(|number| number.parse().ok()).collect()
}
