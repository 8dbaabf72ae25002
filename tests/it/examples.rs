//! Every example of the help is run; help stays on a screen, and the man pages are readable.

use std::path::Path;
use std::process::Command;

use needs::needs;
use serde_json::json;

use crate::env::{Env, Output, root};

/// What examples speak of: a company acme, an application Reminder, its runtemplates nightly and weekly, jobs that ended well
/// and badly and one that waits, and one of everything else.
fn prepare(env: &Env) {
    let run = |call: &[&str]| {
        let _ = env.run(call).ok();
    };
    let definition = |name: &str, uuid: &str, script: &str| {
        let mut definition = crate::env::definition(name);
        crate::env::set_script(&mut definition, script);
        definition["uuid"] = uuid.into();
        definition["environment"] =
            json!({"MODE": {"type": "string", "description": "How to do it", "required": false}});
        definition["artifacts"] =
            json!([{"path": "report.txt", "name": "Report", "type": "file", "description": "The report"}]);
        definition.to_string()
    };
    let script = "echo ran >&1; echo warned >&2; echo a > report.txt; test \"$MODE\" != bad";
    for (file, name, uuid) in [
        ("reminder.multiflexi.app.json", "Reminder", "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a11"),
        ("spare.multiflexi.app.json", "Spare", "7f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a12"),
    ] {
        env.file(file, &definition(name, uuid, script));
        run(&["application", "import-json", "--file", file]);
    }
    for (name, slug) in [("Acme", "acme"), ("Beta", "beta"), ("Spare", "spare")] {
        run(&["company", "create", "--name", name, "--slug", slug]);
    }
    run(&["company", "env", "set", "--company=acme", "--env=CURRENCY=EUR"]);
    run(&["company", "env", "set", "--company=spare", "--env=A=1"]);
    run(&["runtemplate", "create", "--app=Reminder", "--company=acme", "--name=nightly"]);
    run(&[
        "runtemplate", "create", "--app=Reminder", "--company=acme", "--name=weekly", "--interv=y", "--max_attempts=3",
    ]);
    run(&["runtemplate", "run", "nightly"]);
    let _ = env.run(&["runtemplate", "run", "nightly", "--config=MODE=bad"]).exits(1);
    run(&["runtemplate", "schedule", "nightly"]);
    for login in ["jane", "joan", "june"] {
        run(&["user", "create", "--login", login, "--email", &format!("{login}@example.org")]);
    }
    let id = env.json(&["user", "get", "jane"])["id"].to_string();
    assert_eq!(id, "2", "the examples speak of user 2");
    run(&["user-company", "assign", "--company=acme", "--login=joan"]);
    run(&["token", "generate", "--user=2"]);
    for login in ["joan", "june"] {
        let login = format!("--user-login={login}");
        run(&["user-erasure", "create", &login, "--deletion-type=soft", "--reason=test", "--force"]);
    }
    run(&["user-erasure", "approve", "--request-id=2", "--force"]);
    let prototype = json!({
        "uuid": "2f1c9b1e-52a1-4a36-9d0d-0c1b7c6f3a13", "code": "Mail", "name": "Mail", "description": "Of a test",
        "version": "1.0", "logo": "mail.svg", "url": "https://example.org/",
        "fields": [
            {"keyword": "MAIL_HOST", "name": "Host", "type": "string", "description": "Its host", "required": true},
            {"keyword": "MAIL_PASSWORD", "name": "Password", "type": "password", "description": "Its password"},
        ],
    });
    env.file("mail.credprototype.json", &prototype.to_string());
    // Found from the folder in which the examples run.
    env.file("secret.txt", "a secret\n");
    env.file("sqlite.env", "DB_CONNECTION=sqlite\nDB_DATABASE=data/multiflexi/multiflexi.sqlite3\n");
    env.file("server.env", "DB_CONNECTION=sqlite\nDB_DATABASE=copy.sqlite3\n");
    let mut kind = prototype.clone();
    kind.as_object_mut().unwrap().retain(|key, _| key != "logo" && key != "url");
    env.file("mail.credtype.json", &kind.to_string());
    env.file("prototypes/mail.credprototype.json", &prototype.to_string());
    run(&["credential-prototype", "import-json", "--file=mail.credprototype.json"]);
    run(&["credential-prototype", "create", "--code=Spare", "--name=Spare"]);
    for _ in 0..2 {
        run(&["credential-type", "create", "--company=acme", "--class=Mail"]);
    }
    for name in ["mail", "spare"] {
        let host = "--field=MAIL_HOST=mail.example.org";
        run(&["credential", "create", "--company=acme", "--name", name, "--credential-type-id=1", host]);
    }
    run(&["runtemplate", "assign-credential", "weekly", "--credential_id=1"]);
    for name in ["changes", "spare"] {
        run(&[
            "event-source",
            "create",
            "--name",
            name,
            "--adapter_type=abraflexi-webhook-acceptor",
            "--db_database=d",
        ]);
    }
    run(&["event-rule", "create", "--event_source_id=1", "--runtemplate_id=1"]);
    run(&["encryption", "init"]);
    for folder in [".local/share/bash-completion/completions", ".config/fish/completions"] {
        std::fs::create_dir_all(env.path().join(folder)).unwrap();
    }
    // Last: what is changed of a runtemplate takes its next job back.
    run(&["queue", "fill"]);
}

/// The examples of a command's `--help`: each a command line, its continued lines joined.
fn examples(help: &str) -> Vec<String> {
    let Some((_, text)) = help.split_once("Examples:\n") else { return Vec::new() };
    // A backslash joins lines, as in shells.
    let text = text.split(" \\\n").map(str::trim_start).collect::<Vec<_>>().join(" ");
    text.lines().map(str::trim).filter(|line| line.starts_with("multiflexi-cli ")).map(str::to_owned).collect()
}

/// Every command, as it is called.
fn commands(env: &Env) -> Vec<Vec<String>> {
    let described = env.json(&["describe"]);
    // `help` and `list` are ways to ask for help.
    let names =
        described.as_object().unwrap().keys().filter(|name| !["help", "list", "_complete"].contains(&name.as_str()));
    names.map(|name| name.split(':').map(str::to_owned).collect()).collect()
}

/// Examples that need what is not there in a test: how they end then, and why.
const ELSEWHERE: &[(&str, i32, &str)] = &[
    ("multiflexi-cli telemetry test", 1, "needs a collector"),
    ("multiflexi-cli doctor", 1, "a job waits whose time has long come"),
    ("multiflexi-cli event-source test", 1, "needs the other database"),
    ("multiflexi-cli user-role list", 1, "its tables are in no published migration"),
    ("multiflexi-cli user-role set", 1, "its tables are in no published migration"),
    ("multiflexi-cli job recover", 1, "needs a result that could not be saved"),
    ("multiflexi-cli credential remove mail", 1, "a runtemplate uses it"),
    ("multiflexi-cli queue run --watch", 143, "goes on until a signal comes"),
];

#[test]
fn every_example_runs() {
    let mut env = Env::new();
    env.set("ENCRYPTION_MASTER_KEY", "of a test");
    prepare(&env);
    let programs = env.path().join("bin");
    std::fs::create_dir_all(&programs).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_multiflexi-cli"), programs.join("multiflexi-cli")).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let (mut count, mut failed) = (0, Vec::new());
    for command in commands(&env) {
        let call: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let found = examples(&env.run(&call).ok().stdout);
        assert!(!found.is_empty(), "{command:?} has no examples");
        for example in found {
            // Each begins with what is there, whatever another one did.
            let place = Env::new();
            let copied = Command::new("cp").arg("-r").arg(env.path().join(".")).arg(place.path()).status().unwrap();
            assert!(copied.success());
            let mut shell = Command::new("timeout");
            let limit = if example.contains("--watch") { "2" } else { "300" };
            shell.args(["--preserve-status", limit, "sh", "-c", &example]).current_dir(place.path()).env_clear();
            shell.envs(place.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
            shell.env("PATH", &path).env("ENCRYPTION_MASTER_KEY", "of a test").stdin(std::process::Stdio::null());
            let output: Output = shell.output().unwrap().into();
            let wanted =
                ELSEWHERE.iter().find(|(begin, _, _)| example.starts_with(begin)).map_or(0, |(_, code, _)| *code);
            count += 1;
            if output.code != wanted {
                failed.push(format!("{example}: {output:?}"));
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(count > 150, "only {count} examples");
}

#[test]
fn short_help_is_a_screen_and_long_help_says_more() {
    let env = Env::new();
    let root = env.run(&["-h"]).ok().stdout;
    assert!(root.lines().count() <= 24, "{root}");
    for command in commands(&env) {
        let words: Vec<&str> = command.iter().map(String::as_str).collect();
        let short = env.run(&[&words[..], &["-h"]].concat()).ok().stdout;
        let long = env.run(&[&words[..], &["--help"]].concat()).ok().stdout;
        assert!(short.lines().count() <= 50, "{short}");
        assert!(!short.contains("Global options") && long.contains("Global options:\n"), "{words:?}");
        assert!(long.contains("\nExamples:\n"), "{words:?}");
    }
    let long = env.run(&["--help"]).ok().stdout;
    for words in ["Running:\n", "Credentials:\n", "The tool:\n", "Exit codes: 0 done"] {
        assert!(long.contains(words), "{words}: {long}");
    }
    let described = env.json(&["describe"]);
    for name in described.as_object().unwrap().keys().filter(|name| !name.starts_with('_')) {
        let noun = name.split(':').next().unwrap().replace("run-template", "runtemplate");
        assert!(long.contains(&format!("\n  {noun} ")), "{noun} is in no group");
        assert!(root.contains(&noun), "{noun} is not in -h");
    }
    let run = env.run(&["job", "run", "--help"]).ok().stdout;
    assert!(run.contains("\nKubernetes:\n") && run.contains("Exit codes: the job's own"), "{run}");
    let list = env.run(&["company", "list", "-h"]).ok().stdout;
    assert!(list.contains("\nRows and columns:\n"), "{list}");
}

#[needs(program man)]
#[test]
fn man_pages_have_their_sections_and_fit_eighty_columns() {
    let folder = Path::new(root()).join("man");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut man = Command::new("man");
        man.arg("-l").arg(&path).env("MANWIDTH", "80").env("LC_ALL", "C.UTF-8");
        let output: Output = man.env("MANROFFOPT", "-Wbreak").output().unwrap().into();
        let page = output.ok();
        assert_eq!(page.stderr, "", "{path:?}");
        let long = page.stdout.lines().find(|line| line.chars().count() > 80);
        assert_eq!(long, None, "{path:?}");
        let name = path.file_stem().unwrap().to_str().unwrap();
        let heading: Vec<&str> = page.stdout.lines().next().unwrap().split_whitespace().collect();
        let own = format!("{name}(1)");
        assert!(name.len() > 30 || heading == [own.as_str(), "MultiFlexi", own.as_str()], "{heading:?}");
        let is_program = name == "multiflexi-cli";
        let wanted = ["NAME", "SYNOPSIS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"];
        let of_program = if is_program { &["ENVIRONMENT", "FILES", "NOTES"][..] } else { &[] };
        for heading in wanted.iter().chain(of_program) {
            assert!(page.stdout.lines().any(|line| line == *heading), "{path:?} has no {heading}:\n{}", page.stdout);
        }
        count += 1;
    }
    assert!(count > 100);
}
