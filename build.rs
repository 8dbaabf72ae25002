//! Links the program to a fixed address.
//!
//! A position-independent executable of this size has some 50,000 addresses that the dynamic loader has to put right before
//! `main`, at every start: half of what `--version` takes (measured least of 80: 2.7 ms, so linked 1.6, where `true` needs
//! 0.8; `-z pack-relative-relocs` makes the list small but the work no less: 2.5). What it costs: the program's own code and
//! constants lie where an attacker expects them. Stack, heap and libraries are at random addresses as before, and what the
//! loader fills in is read-only afterwards (full RELRO).

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |key: &str, value: &str| std::env::var(key).is_ok_and(|set| set == value);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("CARGO_CFG_TARGET_ENV", "gnu") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
        link_unwinder();
    }
}

/// Links what unwinds the stack into the program, where the compiler has it for that: one library less to load at every start
/// (0.1 ms of the 0.9 that a program takes that does nothing).
fn link_unwinder() {
    let Ok(found) = std::process::Command::new("cc").arg("-print-file-name=libgcc_eh.a").output() else { return };
    let path = std::path::PathBuf::from(String::from_utf8_lossy(&found.stdout).trim());
    // A compiler that has none prints the bare name.
    if let Some(folder) = path.parent().filter(|_| path.is_absolute()) {
        println!("cargo::rustc-link-search=native={}", folder.display());
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
}
