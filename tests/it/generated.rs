//! Completions and man pages in the repository are what the commands say. `UPDATE=1` writes them anew.

use std::collections::BTreeMap;
use std::path::Path;

use crate::env::{Env, root};

/// The files of a folder by their names.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return BTreeMap::new() };
    entries
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read_to_string(entry.path()).unwrap()))
        .collect()
}

/// Compares a folder of the repository with what it should hold, or writes it.
#[track_caller]
fn check(folder: &str, wanted: &BTreeMap<String, String>) {
    let path = root().join(folder);
    if std::env::var_os("UPDATE").is_some() {
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        for (name, content) in wanted {
            std::fs::write(path.join(name), content).unwrap();
        }
    }
    let there = files(&path);
    let stale: Vec<_> =
        wanted.iter().filter(|(name, content)| there.get(*name) != Some(content)).map(|(name, _)| name).collect();
    let left: Vec<_> = there.keys().filter(|name| !wanted.contains_key(*name)).collect();
    assert!(
        stale.is_empty() && left.is_empty(),
        "{folder}/ is stale ({stale:?}, {left:?}): `UPDATE=1 cargo test generated`"
    );
}

#[test]
fn completions_are_up_to_date() {
    let env = Env::new();
    let wanted = [("bash", "multiflexi-cli.bash"), ("zsh", "_multiflexi-cli"), ("fish", "multiflexi-cli.fish")]
        .map(|(shell, name)| (name.to_owned(), env.run(&["completion", shell]).ok().stdout));
    check("completions", &BTreeMap::from(wanted));
}

#[test]
fn man_pages_are_up_to_date() {
    let env = Env::new();
    let folder = env.path().join("man");
    let _ = env.run(&["man", folder.to_str().unwrap()]).ok();
    check("man", &files(&folder));
}

/// A completion that the shell itself refuses is worth nothing.
#[test]
fn bash_loads_its_completion() {
    let script = root().join("completions/multiflexi-cli.bash");
    let status = std::process::Command::new("bash").arg("-n").arg(script).status().unwrap();
    assert!(status.success());
}
