//! Files of native jobs: the private directory, artifacts and the result file, uploaded files.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use needs::needs;
use serde_json::{Value, json};

use crate::disk::Disk;
use crate::env::{Env, Output, definition, on_each_database, set_script};

/// Imports an application with artifacts of these patterns, a `RESULT_FILE` with this default, and a shell script.
fn prepare(env: &Env, script: &str, result: &str, artifacts: &[&str]) {
    import(env, script, result, artifacts);
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
}

fn import(env: &Env, script: &str, result: &str, artifacts: &[&str]) {
    let mut definition = definition("Test");
    set_script(&mut definition, script);
    if !result.is_empty() {
        definition["environment"]["RESULT_FILE"] =
            json!({"type": "string", "description": "r", "defval": result, "required": false});
    }
    let artifact = |path| json!({"name": "a", "path": path, "type": "file", "description": {"en": "The report"}});
    definition["artifacts"] = artifacts.iter().map(artifact).collect();
    env.import_definition(&definition).ok();
}

/// What is stored of a job: names and contents.
fn stored(env: &Env, job: i64) -> Vec<(String, String)> {
    let list = env.json(&["artifact", "list", &format!("--job_id={job}")]);
    let mut artifacts: Vec<_> = list.as_array().unwrap().iter().map(|row| text(row, "filename")).collect();
    artifacts.sort();
    let content = |name: String| {
        let row = list.as_array().unwrap().iter().find(|row| row["filename"] == name.as_str()).unwrap();
        let target = env.path().join("saved");
        let id = format!("--id={}", row["id"]);
        env.run(&["artifact", "save", &id, "--file", target.to_str().unwrap()]).ok();
        (name, String::from_utf8_lossy(&std::fs::read(target).unwrap()).into_owned())
    };
    artifacts.into_iter().map(content).collect()
}

fn text(row: &Value, key: &str) -> String {
    row[key].as_str().unwrap_or_default().to_owned()
}

fn notices(record: &Value) -> String {
    record["notices"].as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
}

/// A job's private directory, which has to be gone.
#[track_caller]
fn is_gone(directory: &str) {
    assert!(directory.contains("/multiflexi-job-"), "{directory}");
    let root = std::path::Path::new(directory).parent().unwrap();
    assert!(!root.exists(), "{root:?} is still there");
}

fn lines(output: &Output) -> Vec<&str> {
    output.stdout.lines().collect()
}

on_each_database!(the_result_of_this_job_alone_is_stored, |env| {
    let script = r#"echo "$RESULT_FILE"; pwd; echo "$MULTIFLEXI_TMP"; stat -c %a "$(dirname "$PWD")"; ls -A
        echo "{\"job\":$MULTIFLEXI_JOB_ID}" >"$RESULT_FILE"; echo no >other.txt"#;
    prepare(env, script, "result_{MULTIFLEXI_JOB_ID}.json", &[r"result_\d+\.json"]);
    let mut directories = Vec::new();
    for job in 1..=2 {
        let (output, record) = env.run_job(&[]);
        let output = output.ok();
        let lines = lines(&output);
        let [result, directory, temporary, mode] = lines[..] else { panic!("{lines:?}") };
        assert_eq!(result, format!("{directory}/result_{job}.json"));
        assert_eq!((temporary, mode), (directory, "700"));
        assert_eq!(stored(env, job), [(format!("result_{job}.json"), format!("{{\"job\":{job}}}\n"))]);
        assert_eq!(notices(&record), "");
        is_gone(directory);
        directories.push(directory.to_owned());
    }
    assert_ne!(directories[0], directories[1]);
    let row = env.json(&["artifact", "get", "--id=1"]);
    assert_eq!((text(&row, "content_type"), text(&row, "note")), ("application/json".into(), "The report".into()));
});

on_each_database!(artifacts_of_any_content_and_size, |env| {
    // Larger than what is written at once, characters across the borders, bytes that are no text, nothing.
    let script = r#"for i in $(seq 150000); do echo "žluťoučký $i"; done >large.txt
        printf 'a\000\377' >bytes.bin; : >empty.txt; head -c 1200000 /dev/zero >zeros.bin"#;
    prepare(env, script, "", &[r"\.txt", "bytes.bin", "zeros.bin"]);
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, notices(&record)), (0, String::new()), "{output:?}");
    let large: String = (1..=150_000).map(|n| format!("žluťoučký {n}\n")).collect();
    let stored = stored(env, 1);
    let names: Vec<_> = stored.iter().map(|(name, content)| (name.as_str(), content.len())).collect();
    // `stored` shows each byte that is no text as three.
    assert_eq!(names, [("bytes.bin", 5), ("empty.txt", 0), ("large.txt", large.len()), ("zeros.bin", 1_200_000)]);
    assert!(stored[2].1 == large, "large.txt differs");
    let row = env.json(&["artifact", "get", "--id=2"]);
    assert_eq!((text(&row, "filename"), text(&row, "content_type")), ("large.txt".into(), "text/plain".into()));
    assert_eq!(row["artifact"].as_str().unwrap().len(), large.len());
});

#[test]
fn an_artifact_that_cannot_be_had_is_named() {
    let env = Env::new();
    let there = env.file("there.json", "of another job");
    let cases = [
        ("true", "", "report.json", "no file report.json"),
        ("head -c 2000000 /dev/zero >report.json", "", "report.json", "report.json has 2000000 bytes"),
        ("mkdir report.json", "", "report.json", "no file report.json"),
        (r#"echo x >"$(printf 'q\377.txt')""#, "", r"q.\.txt", r"q\xff.txt has a name that is no text"),
        ("ln -s /etc/passwd report.json; mkfifo report.fifo", "", "report", "no file report"),
        ("true", "out/report.json", "x?nothing", "did not write out/report.json"),
        ("true", there.to_str().unwrap(), "x?nothing", "not this job's"),
        ("true", "", there.to_str().unwrap(), "not this job's"),
        ("true", "", "/nonexistent/report", "did not write /nonexistent/report"),
    ];
    prepare(&env, "true", "", &[]);
    for (job, (script, result, artifact, words)) in (1..).zip(cases) {
        import(&env, script, result, &[artifact]);
        let (output, record) = env.run_job(&["--artifact-limit=1"]);
        assert_eq!((output.code, &record["exitcode"]), (0, &json!(0)), "{output:?}");
        assert!(notices(&record).contains(words) && notices(&record).contains("artifact missing"), "{record:#}");
        assert!(output.stderr.contains(words), "{output:?}");
        assert_eq!(stored(&env, job), [], "{words}");
    }
}

#[test]
fn results_at_paths_of_their_own_are_stored() {
    let env = Env::new();
    let absolute = env.file("deep/report.json", "old");
    prepare(&env, "echo new >\"$RESULT_FILE\"; exit 3", absolute.to_str().unwrap(), &[]);
    let (output, record) = env.run_job(&[]);
    assert_eq!((output.code, notices(&record)), (3, String::new()), "{output:?}");
    assert_eq!(stored(&env, 1), [("report.json".to_owned(), "new\n".to_owned())]);
    assert!(absolute.exists());
    import(&env, "echo deep >\"$RESULT_FILE\"", "out/{MULTIFLEXI_JOB_ID}/report.json", &[]);
    env.run_job(&[]).0.ok();
    assert_eq!(stored(&env, 2), [("report.json".to_owned(), "deep\n".to_owned())]);
    // Nothing to be had of these, and nothing to be said.
    for result in ["php://stdout", "/dev/null"] {
        import(&env, "true", result, &[]);
        let (_, record) = env.run_job(&[]);
        assert_eq!(notices(&record), "");
    }
}

#[test]
fn other_values_stay_as_they_are() {
    let env = Env::new();
    // The pattern is a part of other values, but not all of them.
    prepare(&env, r#"echo "$EASE_LOGGER $MULTIFLEXI_APPLICATION_NAME"; : >log"#, "", &["log"]);
    let (output, _) = env.run_job(&[]);
    assert_eq!(output.ok().stdout, "syslog|console|console Test\n");
}

/// Puts a file into the file store, as the suite's web interface does.
pub fn upload(env: &Env, job: &str, runtemplate: i64, field: &str, name: &str, hex: &str) {
    let data = if env.is_postgres() { format!("'\\x{hex}'") } else { format!("x'{hex}'") };
    env.sql(&format!(
        "INSERT INTO file_store (job_id, runtemplate_id, field, file_name, file_path, file_data) \
         VALUES ({job}, {runtemplate}, '{field}', '{}', '/tmp/phpAbc', {data})",
        name.replace('\'', "''")
    ));
}

on_each_database!(uploaded_files_are_laid_out_and_removed, |env| {
    let script =
        r#"for f in "$STATEMENT" "$CERTIFICATE" "$OTHER"; do echo "$f"; stat -c %a "$f"; od -An -tx1 "$f"; done"#;
    prepare(env, script, "", &[]);
    // The file of the runtemplate is for all its jobs; what is uploaded for a job wins.
    upload(env, "NULL", 1, "CERTIFICATE", "my cert.pem", "00ff0d0a");
    upload(env, "NULL", 1, "STATEMENT", "old.xml", "01");
    let first = env.schedule();
    let second = env.schedule();
    upload(env, &first, 1, "STATEMENT", "../výpis.xml", "c3bd0a");
    upload(env, &first, 1, "OTHER", "výpis.xml", "");
    let output = env.run(&["job", "run", &format!("--id={first}")]).ok();
    let lines = lines(&output);
    let [statement, mode, content, certificate, mode2, content2, other, mode3] = lines[..] else {
        panic!("{output:?}")
    };
    assert!(statement.ends_with("/výpis.xml") && other.ends_with("/výpis.xml") && statement != other, "{output:?}");
    assert!(certificate.ends_with("/my cert.pem"), "{output:?}");
    assert_eq!([mode, mode2, mode3], ["600"; 3]);
    assert_eq!([content, content2], [" c3 bd 0a", " 00 ff 0d 0a"]);
    assert!(!std::path::Path::new(statement).exists());
    let other = env.run(&["job", "run", &format!("--id={second}")]);
    assert!(other.stdout.contains("/old.xml\n600\n 01\n"), "{other:?}");
});

on_each_database!(a_large_uploaded_file_arrives_whole, |env| {
    prepare(env, "wc -c <\"$DATA\"; sha256sum <\"$DATA\"", "", &[]);
    upload(env, "NULL", 1, "DATA", "data.bin", &"0badcafe00ff".repeat(450_000));
    let (output, _) = env.run_job(&[]);
    let bytes = [0x0b, 0xad, 0xca, 0xfe, 0x00, 0xff].repeat(450_000);
    let sum = std::process::Command::new("sha256sum").arg(env.file_of_bytes("data.bin", &bytes)).output().unwrap();
    let sum = String::from_utf8(sum.stdout).unwrap();
    let output = output.ok();
    assert_eq!(lines(&output), ["2700000", &format!("{}  -", sum.split_whitespace().next().unwrap())]);
});

#[test]
fn an_uploaded_file_stands_in_the_parameters() {
    let env = Env::new();
    let mut definition = definition("Test");
    definition["executable"] = "cat".into();
    definition["cmdparams"] = "{STATEMENT} /dev/null".into();
    definition["environment"]["STATEMENT"] =
        json!({"type": "file-path", "description": "s", "defval": "/etc/hostname", "required": false});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=Test"]).ok();
    upload(&env, "NULL", 1, "STATEMENT", "it's $HOME.txt", "61686f6a");
    assert_eq!(env.run_job(&[]).0.ok().stdout, "ahoj");
    // The artifacts of earlier jobs are in the same table; they are no uploads.
    env.sql("DELETE FROM file_store");
    upload(&env, "NULL", 1, "artifact", "report.json", "61");
    assert_ne!(env.run_job(&[]).0.ok().stdout, "");
}

#[test]
fn a_directory_that_the_program_closed_is_removed() {
    let env = Env::new();
    prepare(&env, "pwd; mkdir -p a/b; touch a/b/c; chmod 0 a/b a", "", &[]);
    let (output, _) = env.run_job(&[]);
    let output = output.ok();
    is_gone(lines(&output)[0]);
}

#[test]
fn without_a_place_for_its_directory_a_job_stays_in_the_queue() {
    let mut env = Env::new();
    prepare(&env, "true", "", &[]);
    let id = format!("--id={}", env.schedule());
    env.set("TMPDIR", "/nonexistent");
    env.run(&["job", "run", &id]).refused(1, "private directory");
    env.unset("TMPDIR");
    env.run(&["job", "run", &id]).ok();
}

#[needs(mariadb)]
#[test]
fn an_artifact_larger_than_the_server_takes_is_named_and_the_result_saved() {
    let test = "an_artifact_larger_than_the_server_takes";
    let env = Env::on(crate::env::Server::MariaDb, test);
    let packet: u64 = env.sql("SELECT @@max_allowed_packet").trim().parse().unwrap();
    prepare(
        &env,
        &format!("head -c {packet} /dev/zero >large.bin; echo small >small.txt"),
        "",
        &["large.bin", "small.txt"],
    );
    let (output, record) = env.run_job(&["--artifact-limit=1024"]);
    assert_eq!((output.code, &record["exitcode"]), (0, &json!(0)), "{output:?}");
    assert!(notices(&record).contains("large.bin") && notices(&record).contains("max_allowed_packet"), "{record:#}");
    assert_eq!(stored(&env, 1), [("small.txt".to_owned(), "small\n".to_owned())]);
}

/// What was there before stays where the new file cannot be whole; so do a link and a file's mode.
#[needs(root)]
#[test]
fn a_file_that_was_named_is_whole_or_as_it_was() {
    let env = Env::new();
    prepare(&env, "head -c 2000000 /dev/zero | tr '\\0' x >big.txt", "", &["big.txt"]);
    env.run_job(&[]).0.ok();
    let disk = Disk::new("4m");
    let [old, link, new] = ["old", "link", "new"].map(|name| disk.path().join(name));
    std::fs::write(&old, "old").unwrap();
    std::fs::set_permissions(&old, Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("old", &link).unwrap();
    disk.leave(1_000_000);
    let save = |file: &Path| env.run(&["artifact", "save", "--id=1", "--file", file.to_str().unwrap()]);
    for file in [&old, &link, &new] {
        save(file).refused(1, "No space left on device");
    }
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    assert_eq!(disk.names(), ["ballast", "link", "old"]);
    disk.leave(0);
    env.run(&["application", "export-json", "--id=1", "--file", link.to_str().unwrap()])
        .refused(1, "No space left on device");
    assert_eq!(std::fs::read_to_string(&old).unwrap(), "old");
    disk.remount("size=20m");
    save(&link).ok();
    let facts = std::fs::metadata(&old).unwrap();
    assert_eq!((facts.len(), facts.mode() & 0o777), (2_000_000, 0o640));
    assert!(link.is_symlink());
    assert_eq!(disk.names(), ["ballast", "link", "old"]);
}

/// What somebody else laid for us where everybody may make files is neither followed nor written, as the kernel has it.
#[needs(root)]
#[test]
fn nobody_else_s_link_is_followed_in_a_folder_for_all() {
    use std::os::unix::fs::{PermissionsExt as _, lchown, symlink};
    const NOBODY: u32 = 65534;
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let shared = env.path().join("shared");
    std::fs::create_dir(&shared).unwrap();
    std::fs::set_permissions(&shared, std::fs::Permissions::from_mode(0o1777)).unwrap();
    let target = env.file("target", "precious");
    let export = |name: &str| {
        env.run(&["application", "export-json", "--id=1", &format!("--file={}", shared.join(name).display())])
    };
    for name in ["theirs", "ours", "chained"] {
        symlink(&target, shared.join(name)).unwrap();
    }
    lchown(shared.join("theirs"), Some(NOBODY), Some(NOBODY)).unwrap();
    std::fs::remove_file(shared.join("chained")).unwrap();
    symlink("theirs", shared.join("chained")).unwrap();
    for name in ["theirs", "chained"] {
        let refused = export(name).exits(1);
        assert!(
            refused.stderr.contains("theirs is a link of nobody") && refused.stderr.contains("not followed"),
            "{refused:?}"
        );
    }
    std::fs::write(shared.join("file"), "theirs").unwrap();
    lchown(shared.join("file"), Some(NOBODY), Some(NOBODY)).unwrap();
    let refused = export("file").exits(1);
    assert!(
        refused.stderr.contains("file is a file of nobody") && refused.stderr.contains("not written"),
        "{refused:?}"
    );
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "precious");
    assert_eq!(std::fs::read_to_string(shared.join("file")).unwrap(), "theirs");
    export("ours").ok();
    export("new").ok();
    assert!(std::fs::read_to_string(&target).unwrap().contains("\"name\""));
    assert!(shared.join("ours").is_symlink() && shared.join("new").is_file());
}
