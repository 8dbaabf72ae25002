//! Files of any size go into the database and out of it piece by piece: our processes need no more memory for a large one.

use std::process::{Child, Stdio};
use std::time::Duration;

use serde_json::json;

use crate::env::{Env, definition, on_each_database, set_script};

const MIB: u64 = 1 << 20;
/// So much more a process may need than for a file of no size: some copies of a piece.
const MORE: u64 = 32;

/// The most resident memory that a process has had so far, in KiB.
fn peak_of(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

/// Runs a command, which has to end well, and tells the most memory that it was seen to have, in MiB.
fn peak(env: &Env, arguments: &[&str]) -> u64 {
    let mut child = env.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut most = 0;
    let status = loop {
        most = most.max(peak_of(&child).unwrap_or_default());
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    assert!(status.success(), "{arguments:?}: {status}");
    most / 1024
}

fn sum(path: &std::path::Path) -> String {
    let output = std::process::Command::new("sha256sum").arg(path).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split_whitespace().next().unwrap().to_owned()
}

/// Makes a job whose artifacts have so many bytes: one of noise, and one of text.
fn schedule(env: &Env, bytes: u64) -> String {
    let mut definition = definition("Test");
    // A character that no piece's end stands before.
    let script = format!(
        "head -c {bytes} /dev/urandom >noise.bin; yes \"žluťoučký kůň\" | head -c {bytes} >text.txt; sha256sum noise.bin text.txt"
    );
    set_script(&mut definition, &script);
    let artifact = |path| json!({"name": "a", "path": path, "type": "file", "description": {"en": "It"}});
    definition["artifacts"] = json!([artifact("noise.bin"), artifact("text.txt")]);
    env.import_definition(&definition).ok();
    env.schedule()
}

on_each_database!(a_large_artifact_needs_no_memory_of_its_size, |env| {
    env.prepare("Native", "true", json!(null));
    // MariaDB's packet bounds what it takes; of a text the last character must not be cut.
    let size = if env.variable("DB_CONNECTION") == Some("mysql") { 15 } else { 48 } * MIB / 20 * 20;
    let small = peak(env, &["job", "run", &format!("--id={}", schedule(env, 0))]);
    let job = schedule(env, size);
    let large = peak(env, &["job", "run", &format!("--id={job}")]);
    assert!(large <= small + MORE, "{large} MiB for an artifact of {size} bytes, {small} MiB for none");
    let printed = env.run(&["job", "output", &format!("--id={job}")]).ok().stdout;
    let sums: Vec<_> = printed.lines().filter_map(|line| line.split_once("  ")).collect();
    let list = env.json(&["artifact", "list", &format!("--job_id={job}")]);
    assert_eq!(list.as_array().unwrap().len(), 2, "{list:#}");
    let target = env.path().join("saved");
    for row in list.as_array().unwrap() {
        let (id, name) = (row["id"].as_i64().unwrap(), row["filename"].as_str().unwrap());
        let save = ["artifact", "save", &format!("--id={id}"), "--file", target.to_str().unwrap()];
        let large = peak(env, &save);
        assert!(large <= small + MORE, "{large} MiB to write {name} out, {small} MiB for none");
        assert_eq!(std::fs::metadata(&target).unwrap().len(), size, "{name}");
        assert!(sums.contains(&(&sum(&target), name)), "{name} differs: {sums:?}");
    }
});

/// The settings of a database, in a file.
fn settings(env: &Env, name: &str) -> String {
    let variables = ["DB_CONNECTION", "DB_HOST", "DB_PORT", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"];
    let lines = variables.iter().filter_map(|key| Some(format!("{key}={}\n", env.variable(key)?)));
    env.file(name, &lines.collect::<String>()).display().to_string()
}

on_each_database!(a_large_artifact_is_copied_without_memory_of_its_size, |env| {
    env.prepare("Native", "true", json!(null));
    let size = if env.variable("DB_CONNECTION") == Some("mysql") { 15 } else { 48 } * MIB / 20 * 20;
    env.run(&["job", "run", &format!("--id={}", schedule(env, size))]).ok();
    let there =
        env.file("there.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}/there.sqlite3\n", env.path().display()));
    let back =
        env.file("back.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}/back.sqlite3\n", env.path().display()));
    let from = match env.variable("DB_CONNECTION") {
        Some(_) => settings(env, "from.env"),
        None => {
            let database = env.database().display().to_string();
            env.file("from.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={database}\n")).display().to_string()
        }
    };
    for (from, to) in [(from, &there), (there.display().to_string(), &back)] {
        let copy = ["database", "copy", &format!("--from={from}"), &format!("--to={}", to.display())];
        let most = peak(env, &copy);
        assert!(most <= 64 + MORE, "{most} MiB to copy an artifact of {size} bytes from {from}");
    }
    let sums = env.run(&["job", "output", "--id=1"]).ok().stdout;
    for id in 1..=2 {
        let target = env.path().join("saved");
        let copied = [
            "artifact",
            "save",
            &format!("--id={id}"),
            "--file",
            target.to_str().unwrap(),
            "-e",
            back.to_str().unwrap(),
        ];
        let mut command = env.command(&copied);
        command.env_remove("DB_CONNECTION").env_remove("DB_DATABASE");
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(sums.contains(&sum(&target)), "artifact {id} differs");
    }
});

on_each_database!(a_large_artifact_is_shown_without_memory_of_its_size, |env| {
    env.prepare("Native", "true", json!(null));
    let size = if env.variable("DB_CONNECTION") == Some("mysql") { 15 } else { 48 } * MIB / 20 * 20;
    env.run(&["job", "run", &format!("--id={}", schedule(env, size))]).ok();
    let rows = env.json(&["artifact", "list", "--fields=id,filename,job_id"]);
    let text = rows.as_array().unwrap().iter().find(|row| row["filename"] == "text.txt").unwrap();
    let (id, job) = (format!("--id={}", text["id"]), format!("--job_id={}", text["job_id"]));
    let small = peak(env, &["artifact", "list", "--fields=id", "--format=json"]);
    for format in ["--format=json", "--format=yaml", "--format=csv"] {
        let large = peak(env, &["artifact", "list", &job, format]);
        assert!(large <= small + MORE, "{format}: {large} MiB for a listing of {size} bytes, {small} MiB for none");
    }
    for format in ["--format=json", "--format=yaml", "--format=text"] {
        let large = peak(env, &["artifact", "get", &id, format]);
        assert!(large <= small + MORE, "{format}: {large} MiB to show {size} bytes, {small} MiB for none");
    }
    // A table has to be laid out: that it would be too large is said before any is read.
    let refused = env.run(&["artifact", "list", "--fields=id,artifact"]).refused(1, "too long for a table");
    assert!(refused.stderr.contains("--format=csv"), "{refused:#?}");
    let terminal = env.on_terminal(&["artifact", "list", "--fields=id,artifact"], "").ok().stdout;
    assert!(terminal.contains(['…', '~']) && terminal.len() < 2000, "{terminal}");
    let saved = env.path().join("saved");
    env.run(&["artifact", "save", &id, "--file", saved.to_str().unwrap()]).ok();
    let wanted = std::fs::read_to_string(&saved).unwrap();
    let listed = env.json(&["artifact", "list", &job]);
    let listed = listed.as_array().unwrap().iter().find(|row| row["filename"] == "text.txt").unwrap().clone();
    assert!(listed["artifact"] == wanted.as_str(), "the text differs");
    assert!(env.json(&["artifact", "get", &id]) == listed, "the record differs");
});

on_each_database!(a_long_text_is_shown_as_a_short_one_is, |env| {
    env.prepare("Native", "true", json!(null));
    let job = env.schedule();
    let is_sqlite = env.variable("DB_CONNECTION").is_none();
    let repeat = |text: &str, times: usize| match is_sqlite {
        true => format!("replace(hex(zeroblob({times})), '00', {text})"),
        false => format!("repeat({text}, {times})"),
    };
    let insert = |content: &str| {
        env.sql(&format!(
            "insert into artifacts (job_id, filename, content_type, artifact, note) values ({job}, 'a.txt', 'text/plain', {content}, 'a: note');"
        ));
    };
    // Pieces end in the middle of characters.
    insert("'=short, \"quoted\"'");
    insert(&repeat("'=žluť, \"quoted\" '", 100_000));
    insert("'last'");
    let long = "=žluť, \"quoted\" ".repeat(100_000);
    let mut wanted = vec!["=short, \"quoted\"".to_owned(), long.clone(), "last".to_owned()];
    if is_sqlite {
        // What no server takes as a text: NULs, and what is no UTF-8.
        insert("zeroblob(1200000)");
        insert(&format!("cast({} as text)", repeat("cast(x'e282' as text)", 600_000)));
        wanted.extend(["\0".repeat(1_200_000), "\u{fffd}".repeat(600_000)]);
    }
    let list = |arguments: &[&str]| env.run(&[&["artifact", "list"], arguments].concat()).ok().stdout;
    let json = list(&["--format=json"]);
    assert_eq!(json.matches(", \"artifact\": \"").count(), wanted.len());
    let rows: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(&json).unwrap();
    for (row, wanted) in rows.iter().zip(&wanted) {
        assert!(row["artifact"] == wanted.as_str(), "{} differs", row["id"]);
        assert_eq!(row.keys().collect::<Vec<_>>(), rows[0].keys().collect::<Vec<_>>());
        let shown = env.json(&["artifact", "get", &format!("--id={}", row["id"])]);
        assert!(shown.as_object() == Some(row), "artifact {} is shown otherwise", row["id"]);
        assert_eq!(shown["note"], "a: note");
    }
    assert_eq!(rows.len(), wanted.len());
    let yaml: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_saphyr::from_str(&list(&["--format=yaml", "--limit=3"])).unwrap();
    assert!(yaml == rows[..3], "YAML has other values");
    for fields in ["artifact", "artifact,id", "note,artifact"] {
        let fields = format!("--fields={fields}");
        let yaml: serde_json::Value = serde_saphyr::from_str(&list(&["--format=yaml", "--limit=3", &fields])).unwrap();
        let json: serde_json::Value = serde_json::from_str(&list(&["--format=json", "--limit=3", &fields])).unwrap();
        assert!(yaml == json && json[1]["artifact"] == long.as_str(), "{fields}: {yaml:.100}");
    }
    let csv = list(&["--format=csv", "--limit=3", "--fields=id,artifact,note"]);
    let quoted = |text: &str| text.replace('"', "\"\"");
    let lines = format!(
        "id,artifact,note\n1,\"{}\",a: note\n2,\"{}\",a: note\n3,last,a: note\n",
        quoted(&wanted[0]),
        quoted(&long)
    );
    assert!(csv == lines, "{csv:.200}");
    let escaped = list(&["--format=csv", "--offset=1", "--limit=1", "--fields=artifact", "--escape-formulas"]);
    assert!(escaped == format!("artifact\n\"'{}\"\n", quoted(&long)), "{escaped:.100}");
    // Order and limit are those of all listings.
    let turned: serde_json::Value =
        serde_json::from_str(&list(&["--format=json", "--order=D", "--fields=id,artifact"])).unwrap();
    assert_eq!(turned[0]["id"], wanted.len());
    let text = env.run(&["artifact", "get", "--id=2", "--fields=artifact,id"]).ok().stdout;
    assert!(text == format!("artifact: {long}\nid: 2\n"), "{text:.100}");
    env.run(&["artifact", "get", "--id=2", "--fields=artifacts"]).refused(2, "no field here");
    let narrow = env.json(&["artifact", "get", "--id=2", "--fields=note,id"]);
    assert_eq!(narrow.to_string(), r#"{"note":"a: note","id":2}"#);
});

// What another process is about to store, and to delete the pieces of, is not waited for.
#[needs::needs(postgres)]
#[test]
fn two_large_artifacts_are_stored_side_by_side() {
    let env = &Env::on(crate::env::Server::Postgres, module_path!());
    env.prepare("Native", "true", json!(null));
    let id = format!("--id={}", schedule(env, 9 * MIB));
    let mut other = crate::crash::Session::new(env);
    other.run("BEGIN; INSERT INTO file_store (id) VALUES (-2147483648)");
    let began = std::time::Instant::now();
    env.run(&["job", "run", &id]).ok();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
