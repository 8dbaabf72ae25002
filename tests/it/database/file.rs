//! SQLite files: those that may only be read, those of other programs, those that somebody made before.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

use crate::env::Env;

fn mode(path: &std::path::Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// All that lies in the database's folder, with its bytes.
fn folder(env: &Env) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(env.database().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

const READERS: &[&[&str]] = &[
    &["company", "list"],
    &["company", "get", "--id=1"],
    &["application", "list"],
    &["runtemplate", "list"],
    &["job", "list"],
    &["job", "status"],
    &["queue", "list"],
    &["queue", "overview"],
    &["status"],
    &["database", "status"],
    &["database", "check"],
];

/// A file system that may only be read; None, with words, where this user may not make one.
struct ReadOnly(PathBuf);

impl ReadOnly {
    fn new(folder: PathBuf) -> Option<ReadOnly> {
        let mount = |arguments: &[&str]| {
            Command::new("mount").args(arguments).args([&folder]).output().is_ok_and(|output| output.status.success())
        };
        let path = folder.to_str().unwrap().to_owned();
        if !mount(&["--bind", &path]) || !mount(&["-o", "remount,bind,ro"]) {
            eprintln!("skipped, as only root can mount a file system");
            return None;
        }
        Some(ReadOnly(folder))
    }
}

impl Drop for ReadOnly {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

#[test]
fn what_may_only_be_read_is_read() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme"]).ok();
    for wal in [true, false] {
        env.sql(if wal { "pragma journal_mode=wal;" } else { "pragma journal_mode=delete;" });
        let before = folder(&env);
        assert_eq!(before.len(), 1, "{before:?}");
        let Some(mounted) = ReadOnly::new(env.database().parent().unwrap().to_owned()) else { return };
        for command in READERS {
            env.run(command).ok();
        }
        assert_eq!(env.json(&["company", "list"])[0]["name"], "Acme");
        env.run(&["company", "create", "--name=Beta"]).refused(1, "this user may only read the database");
        drop(mounted);
        assert_eq!(folder(&env), before);
    }
}

#[test]
fn what_a_dead_writer_left_needs_one_that_may_write() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme"]).ok();
    let folder = env.database().parent().unwrap().to_owned();
    let left = |file: &str| folder.join(format!("multiflexi.sqlite3{file}"));
    env.sql(&format!(
        "PRAGMA journal_mode=wal; UPDATE company SET name = 'Beta';\n.system cp {0}-wal {0}-kept\n",
        env.database().display()
    ));
    std::fs::rename(left("-kept"), left("-wal")).unwrap();
    let Some(_mounted) = ReadOnly::new(folder) else { return };
    env.run(&["company", "list"]).refused(1, "whoever may write there has to open it once");
}

/// Whoever reads needs a file beside it, too.
#[needs::needs(root)]
#[test]
fn a_full_disk_is_named_to_who_reads() {
    let disk = crate::disk::Disk::new("4m");
    let mut env = Env::new();
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", disk.path().join("db").to_str().unwrap());
    env.run(&["company", "create", "--name=Acme"]).ok();
    disk.leave(0);
    env.run(&["company", "list"]).refused(1, "its disk is full");
    let told = env.run(&["doctor"]).exits(1).stdout;
    assert!(told.contains("database folder") && told.contains("0 MiB free"), "{told}");
}

#[test]
fn reading_changes_nothing() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme"]).ok();
    // As the suite's web leaves it where its PHP sets nothing.
    env.sql("pragma journal_mode=delete;");
    let before = folder(&env);
    for command in READERS {
        env.run(command).ok();
    }
    assert_eq!(folder(&env), before);
    assert_eq!(env.sql("pragma journal_mode;"), "delete\n");
}

#[test]
fn a_file_of_another_program_is_named_as_such() {
    let mut env = Env::new();
    let path = env.path().join("theirs.db");
    assert!(
        Command::new("sqlite3")
            .arg(&path)
            .arg("create table bookmarks (id integer, url text);")
            .status()
            .unwrap()
            .success()
    );
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", path.to_str().unwrap());
    let before = std::fs::read(&path).unwrap();
    for command in [
        &["company", "list"][..],
        &["job", "list"],
        &["queue", "list"],
        &["company", "create", "--name=A"],
        &["queue", "run"],
    ] {
        let output = env.run(command).refused(1, "is not a database of MultiFlexi");
        assert!(output.stderr.contains("bookmarks") && output.stderr.contains("DB_DATABASE"), "{output:?}");
    }
    let status = env.json(&["database", "status"]);
    assert_eq!((&status["foreign"], &status["complete"]), (&true.into(), &false.into()), "{status:#}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(
        std::fs::read_dir(env.path())
            .unwrap()
            .filter(|it| it.as_ref().unwrap().file_name().to_str().unwrap().starts_with("theirs"))
            .count(),
        1
    );
}

#[test]
fn an_empty_file_that_was_there_is_closed_to_others() {
    let mut env = Env::new();
    env.set("DB_CONNECTION", "sqlite");
    for (made, wanted) in [(0o644, 0o600), (0o666, 0o660), (0o600, 0o600), (0o660, 0o660)] {
        let path = env.file(&format!("db{made:o}"), "");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(made)).unwrap();
        env.set("DB_DATABASE", path.to_str().unwrap());
        env.run(&["company", "create", "--name=Acme"]).ok();
        assert_eq!(mode(&path), wanted, "{made:o}");
    }
}

/// A pipe, a socket and, where this user may make one, a device, that all may read and write.
fn others(env: &Env) -> Vec<(PathBuf, &'static str)> {
    let at = |name: &str| env.path().join(name);
    let _ = Command::new("mkfifo").arg(at("pipe")).status();
    let _ = std::os::unix::net::UnixListener::bind(at("socket"));
    // As /dev/null.
    let _ = Command::new("mknod").arg(at("device")).args(["c", "1", "3"]).status();
    let mut made = vec![(at("pipe"), "a named pipe"), (at("socket"), "a socket"), (at("device"), "a device")];
    made.retain(|(path, what)| path.exists() || *what != "a device");
    for (path, _) in &made {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666)).unwrap();
    }
    made
}

// A temporary folder that takes nothing, or is full, is none of the database's disk.
#[test]
fn a_job_is_made_without_a_temporary_folder() {
    let env = Env::new();
    env.prepare("Native", "true", serde_json::json!(null));
    for folder in ["/proc", "/nonexistent"] {
        let output = env.command(&["runtemplate", "schedule", "--id=1"]).env("TMPDIR", folder).output().unwrap();
        assert!(output.status.success(), "{folder}: {output:?}");
    }
}

// What is sorted may be too much for memory.
#[test]
fn a_temporary_folder_that_takes_nothing_is_named() {
    let env = Env::new();
    env.run(&["status"]).ok();
    env.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9000) \
         INSERT INTO company (name, slug, enabled, settings) SELECT hex(randomblob(100)), i, 1, hex(randomblob(1000)) FROM n;",
    );
    let list = &["company", "list", "--order=settings", "--fields=name,settings", "--format=csv"];
    let output = env.command(list).env("TMPDIR", "/proc").output().unwrap();
    assert!(
        !output.status.success() && String::from_utf8_lossy(&output.stderr).contains("TMPDIR"),
        "{:?}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn what_is_no_file_is_refused() {
    let mut env = Env::new();
    env.set("DB_CONNECTION", "sqlite");
    for name in [" ", "sqlite:///var/x.db", "~/x.db"] {
        env.set("DB_DATABASE", name);
        env.run(&["company", "list"]).refused(1, "which names no SQLite file");
    }
    for name in [":memory:", ":memory", "file::memory:", "file:x.db?mode=memory"] {
        env.set("DB_DATABASE", name);
        for command in [&["company", "create", "--name=A"][..], &["company", "list"]] {
            env.run(command).refused(1, "which is no file: nothing would be kept");
        }
    }
    for (path, what) in others(&env) {
        env.set("DB_DATABASE", path.to_str().unwrap());
        for command in [&["company", "create", "--name=A"][..], &["company", "list"]] {
            env.run(command).refused(1, &format!("is {what}, not a SQLite file"));
        }
        assert_eq!(mode(&path), 0o666, "{what}");
    }
    env.set("DB_DATABASE", "./:memory:");
    env.run(&["company", "create", "--name=A"]).ok();
    assert_eq!(env.json(&["company", "list"])[0]["name"], "A");
}
