//! `#[needs(…)]` above `#[test]`: what must be up for this test. Where it is not, the test is ignored, with the reason, and never
//! counts as passed.
//!
//! - `mariadb`, `postgres`, `podman`, `debian`: named in `MFX_TEST_SERVERS`
//! - `cluster`: there is `MFX_TEST_CLUSTER`; `cluster 1.30`: and `MFX_TEST_KUBERNETES`, its version, is not older
//! - `program zsh`: there is such a program in PATH
//! - `root`: the tests run as root
//!
//! `tests/run` starts all that can be started here and sets the variables. What is ignored is settled when the tests are compiled,
//! since Rust's own test program knows no other way; they are compiled anew when a variable changes.
//!
//! With `MFX_TEST_REQUIRE=1`, as the gate has it, nothing may be left out in silence: what is not there is a compile error. Not so an
//! older cluster, of which a gate has one; nor a program, for what brings it (helm comes with the cluster) may still be on its way
//! while this is compiled: its test is run, and fails where there is none by then.

use std::os::unix::fs::MetadataExt as _;

use proc_macro::TokenStream;

#[proc_macro_attribute]
pub fn needs(what: TokenStream, test: TokenStream) -> TokenStream {
    let needs = what.to_string();
    let missing: Vec<&str> = needs.split(',').map(str::trim).filter(|need| !is_there(need)).collect();
    let must_be_there = std::env::var("MFX_TEST_REQUIRE").is_ok_and(|value| value == "1");
    let has_to = |need: &&str| must_be_there && !need.contains(' ');
    if let Some(need) = missing.iter().copied().find(has_to) {
        let why = format!("MFX_TEST_REQUIRE=1, and there is no {need}, which this test needs: see tests/run");
        return with(&format!("::core::compile_error!({why:?});"), test);
    }
    match missing.iter().find(|need| !(must_be_there && need.starts_with("program "))) {
        Some(need) => with(&format!("#[ignore = {:?}]", format!("needs {need}, see tests/run")), test),
        None => test,
    }
}

/// The test with this before it.
fn with(code: &str, test: TokenStream) -> TokenStream {
    let mut both: TokenStream = code.parse().unwrap_or_default();
    both.extend(test);
    both
}

/// Is there what a test needs?
fn is_there(need: &str) -> bool {
    let variable = |name| std::env::var(name).unwrap_or_default();
    let mut words = need.split_whitespace();
    match (words.next().unwrap_or_default(), words.next()) {
        ("root", None) => std::fs::metadata("/proc/self").is_ok_and(|file| file.uid() == 0),
        ("cluster", None) => !variable("MFX_TEST_CLUSTER").is_empty(),
        ("cluster", Some(oldest)) => version(&variable("MFX_TEST_KUBERNETES")) >= version(oldest),
        ("program", Some(program)) => is_in_path(program),
        (server, None) => variable("MFX_TEST_SERVERS").split_whitespace().any(|name| name == server),
        _ => panic!("#[needs({need})] is not known"),
    }
}

fn is_in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// `1.30` as numbers that can be compared; nothing is older than everything.
fn version(text: &str) -> Vec<u32> {
    text.split('.').map_while(|number| number.parse().ok()).collect()
}
