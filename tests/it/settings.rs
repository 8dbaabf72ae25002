//! Settings and the database's file: how they are read, and what is said where they cannot be.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use crate::env::Env;

#[test]
fn an_environment_file_is_read_as_people_write_them() {
    let env = Env::new();
    let path = |name: &str| env.path().join(name).display().to_string();
    let line = |name: &str| format!("DB_DATABASE={}", path(name));
    let files: &[(&str, Vec<u8>)] = &[
        ("bom.env", format!("\u{feff}DB_CONNECTION=sqlite\n{}\n", line("bom.db")).into_bytes()),
        ("crlf.env", format!("DB_CONNECTION=sqlite\r\n{}\r\n", line("crlf.db")).into_bytes()),
        ("export.env", format!("export DB_CONNECTION=\"sqlite\"\n  export {}  \n", line("export.db")).into_bytes()),
        (
            "latin.env",
            [b"# p\xf8ipojen\xed\n".as_slice(), format!("DB_CONNECTION='sqlite'\n{}", line("latin.db")).as_bytes()]
                .concat(),
        ),
        (
            "bom.json",
            format!("\u{feff}{}", json!({"DB_CONNECTION": "sqlite", "DB_DATABASE": path("json.db"), "DB_PORT": null}))
                .into_bytes(),
        ),
    ];
    for (name, content) in files {
        let file = env.file_of_bytes(name, content);
        env.run(&["database", "migrate", "-e", file.to_str().unwrap()]).ok();
        let status = env.json(&["database", "status", "-e", file.to_str().unwrap()]);
        let wanted = if *name == "bom.json" { "json.db".into() } else { name.replace(".env", ".db") };
        assert_eq!(status["database"], path(&wanted), "{name}");
    }
    let file = env.file_of_bytes("bad.env", b"A=1\nDB_PASSWORD=\xf8\n");
    env.run(&["company", "list", "-e", file.to_str().unwrap()]).refused(1, "line 2 is not UTF-8");
}

#[test]
fn a_settings_file_that_cannot_be_read_is_not_passed_over() {
    // Root may read every file: what is no text stands for one that may not be read.
    let mut env = Env::new();
    env.file_of_bytes(".env", b"DB_CONNECTION=mysql\nDB_PASSWORD=\xf8\n");
    env.run(&["company", "list"]).refused(1, "cannot read the environment file .env");
    assert!(!env.database().exists(), "not the embedded database in place of the configured one");
    // systemd reads the file and hands its settings over.
    env.set("DB_CONNECTION", "sqlite");
    env.set("DB_DATABASE", env.path().join("given.db").to_str().unwrap().to_owned().as_str());
    env.run(&["company", "list"]).ok();
    // A Python environment's folder.
    let env = Env::new();
    std::fs::create_dir(env.path().join(".env")).unwrap();
    env.run(&["company", "list"]).ok();
}

/// The command as a user who is kept off by permissions: root is not, unless it gives up its right to pass them over.
fn obeying_permissions(env: &Env, arguments: &[&str]) -> Command {
    let plain = env.command(arguments);
    if !is_root() {
        return plain;
    }
    let mut command = Command::new("setpriv");
    command.args(["--bounding-set=-dac_override,-dac_read_search", "--"]).arg(plain.get_program()).args(arguments);
    command.env_clear().envs(plain.get_envs().filter_map(|(key, value)| Some((key, value?)))).current_dir(env.path());
    command
}

fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

#[test]
fn a_database_that_may_only_be_read_is_read() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme"]).ok();
    // As a copy on a read-only disk is; a reader of the other mode needs a file beside it that a writer made.
    env.sql("pragma journal_mode=delete;");
    let folder = env.database().parent().unwrap().to_owned();
    let permit = |file: u32, of_folder: u32| {
        std::fs::set_permissions(env.database(), std::fs::Permissions::from_mode(file)).unwrap();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(of_folder)).unwrap();
    };
    permit(0o400, 0o500);
    let list = obeying_permissions(&env, &["company", "list", "--format=json"]).output().unwrap();
    let create = obeying_permissions(&env, &["company", "create", "--name=Beta"]).output().unwrap();
    permit(0o000, 0o500);
    let unreadable = obeying_permissions(&env, &["company", "list"]).output().unwrap();
    permit(0o600, 0o700);
    assert!(String::from_utf8_lossy(&list.stdout).contains("Acme"), "{list:?}");
    let words = String::from_utf8_lossy(&create.stderr).into_owned();
    assert_eq!(create.status.code(), Some(1));
    assert!(words.contains("this user may only read the database") && words.contains("hint:"), "{words}");
    let words = String::from_utf8_lossy(&unreadable.stderr).into_owned();
    assert_eq!(unreadable.status.code(), Some(1));
    assert!(words.contains("cannot open the database"), "{words}");
}

#[test]
fn a_settings_file_that_this_user_may_not_read_is_told() {
    let env = Env::new();
    let file = env.file(".env", "DB_CONNECTION=mysql\n");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o000)).unwrap();
    let output = obeying_permissions(&env, &["company", "list"]).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && words.contains("-e") && words.contains(".env"), "{output:?}");
    assert!(!env.database().exists());
}

#[test]
fn a_file_of_settings_that_names_no_database_is_told() {
    let env = Env::new();
    for key in ["DB_HOST", "DB_USERNAME", "DB_PASSWORD", "DB_DATABASE"] {
        env.file("near.env", &format!("DB_CONNECION=mysql\n{key}=localhost\n"));
        let create = ["-e", "near.env", "company", "create", "--name=Lost"];
        env.run(&create).refused(1, &format!("{key} is set, but DB_CONNECTION is not"));
    }
    assert!(!env.database().exists());
    env.file("near.env", "MULTIFLEXI_LOG=error\n");
    let listed = env.run(&["-e", "near.env", "company", "list"]).ok();
    assert!(listed.stderr.contains("warning: near.env names no database, nor does the environment"), "{listed:?}");
    assert!(!env.run(&["company", "list"]).ok().stderr.contains("warning"));
    // The file that is given is the one to copy from.
    env.file("server.env", "DB_CONNECTION=mysql\nDB_HOST=127.0.0.1\nDB_PORT=9\nDB_USERNAME=u\nDB_DATABASE=d\n");
    env.run(&["-e", "server.env", "database", "backup", "a.db"]).refused(1, "--from=server.env --to=FILE`");
}

/// A command that is suggested acts on the same database when it is copied.
#[test]
fn what_is_suggested_has_the_file_of_settings() {
    let env = Env::new();
    env.prepare("Native", "exit 3", json!(null));
    let file = env.file("it's other.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", env.database().display()));
    let quoted = format!("-e '{}'", file.display().to_string().replace('\'', r"'\''"));
    let file = file.to_str().unwrap();
    let missing = env.run(&["job", "get", "99", "-e", file, "--format=json"]).exits(1).json();
    assert_eq!(missing["hint"], format!("`multiflexi-cli {quoted} job list` shows what there is"));
    let failed = env.on_terminal(&["-e", file, "runtemplate", "run", "1"], "").exits(3);
    assert!(failed.stdout.contains(&format!("`multiflexi-cli {quoted} job get 1`")), "{failed:?}");
    let page = env.screen(200, &["job", "get", "1", "-e", file]).join("\n");
    assert!(page.contains(&format!("\n  multiflexi-cli {quoted} job retry 1")), "{page}");
    let wrong = env.run(&["-e", file, "job", "del", "--id=1"]).exits(2);
    assert!(wrong.stderr.contains(&format!("`multiflexi-cli {quoted} job delete`")), "{wrong:?}");
    // cron works in another folder.
    env.run(&["runtemplate", "update", "--id=1", "--interv=d", "--active=1"]).ok();
    let name = "it's other.env";
    let doctor = env.command(&["doctor", "-e", name]).current_dir(env.path()).output().unwrap();
    let doctor = String::from_utf8_lossy(&doctor.stdout).into_owned();
    let program = env!("CARGO_BIN_EXE_multiflexi-cli");
    assert!(doctor.contains(&format!("`* * * * * {program} {quoted} queue run --fill -q`")), "{doctor}");
    let plain = env.run(&["job", "get", "99"]).exits(1);
    assert!(plain.stderr.contains("`multiflexi-cli job list`"), "{plain:?}");
}

/// In front of a command a letter can only be that of every command, also where the command has it for an option of its own.
#[test]
fn in_front_of_a_command_e_is_the_file_of_settings() {
    let env = Env::new();
    let content = format!(
        "DB_CONNECTION=sqlite\nDB_DATABASE={}\nOTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1\n",
        env.path().join("other.db").display()
    );
    let file = env.file("suite.env", &content);
    let path = file.to_str().unwrap();
    env.run(&["-e", path, "user", "create", "--login=alice", "--email=alice@example.org"]).ok();
    env.run(&["-e", path, "user-erasure", "create", "--user-login=alice", "--force"]).ok();
    let attached = [format!("-e{path}"), format!("-e={path}")];
    let ways: [&[&str]; 5] =
        [&["-e", path], &[&attached[0]], &[&attached[1]], &["-ve", path], &["-vqnfjson", "-e", path]];
    for way in ways {
        env.run(&[way, &["user-erasure", "audit", "1"]].concat()).ok();
        env.run(&[way, &["user-erasure:audit", "-r", "1"]].concat()).ok();
        env.run(&[way, &["telemetry", "test"]].concat()).exits(1);
    }
    env.run(&["user-erasure", "-e", path, "audit", "1"]).ok();
    // The embedded database has no such request.
    env.run(&["user-erasure", "audit", "1"]).refused(1, "not found");
    let refused = env.run(&["-e", path, "telemetry", "test"]).exits(1);
    assert!(refused.stderr.contains("127.0.0.1:1"), "{refused:?}");
    let call = ["-fjson", "user-erasure", "reject", "--request-id=7", "--reason=x", "--force"];
    assert_eq!(env.run(&call).exits(1).json()["code"], "not_found");
    // Behind it, it is the suite's; what holds something else is not overwritten by it.
    env.run(&["-e", path, "user-erasure", "audit", "1", "-e", path]).refused(1, "is no audit trail of an erasure");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), content);
    let trail = env.path().join("trail.json");
    for _ in 0..2 {
        env.run(&["-e", path, "user-erasure", "audit", "1", "-e", trail.to_str().unwrap()]).ok();
    }
    assert!(std::fs::read_to_string(&trail).unwrap().contains("\"request\""));
}

#[test]
fn a_new_database_at_a_path_that_was_written_is_told() {
    let env = Env::new();
    let path = env.path().join("mistyped.sqlite3");
    let file = env.file("suite.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE={}\n", path.display()));
    let list = || env.run(&["-e", file.to_str().unwrap(), "company", "list", "--format=json"]).ok();
    let first = list();
    assert_eq!(first.stdout.trim(), "[]");
    assert!(first.stderr.contains(&format!("there was no {}: a new, empty database", path.display())), "{first:?}");
    assert_eq!(list().stderr, "");
    // A quiet service tells it too, by the whole path.
    let run = |file: &str| env.run(&["-e", file, "queue", "run", "--fill", "-q"]).ok();
    let file = env.file("relative.env", "DB_CONNECTION=sqlite\nDB_DATABASE=relative.sqlite3\n");
    let quiet = run(file.to_str().unwrap());
    assert!(quiet.stderr.contains("warning: there was no /"), "{quiet:?}");
    assert!(quiet.stderr.contains("/relative.sqlite3: a new, empty database was made there"), "{quiet:?}");
    assert_eq!(run(file.to_str().unwrap()).stderr, "");
    // The embedded one is made without a word.
    assert_eq!(env.run(&["company", "list", "--format=json"]).ok().stderr, "");
    assert_eq!(env.json(&["status"])["os"], "Linux");
    // A blank that is none to the suite belongs to the value.
    let other = env.path().join("other.sqlite3\u{a0}");
    let file = env.file("blank.env", &format!("DB_CONNECTION=sqlite\nDB_DATABASE= {}\t\n", other.display()));
    env.run(&["database", "migrate", "-e", file.to_str().unwrap()]).ok();
    let status = env.json(&["database", "status", "-e", file.to_str().unwrap()]);
    assert_eq!(status["database"], other.display().to_string());
}
