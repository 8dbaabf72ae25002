//! What commands print, held to the byte: stdout, stderr and exit code of listings, records, help and errors, on one database.
//! `same_everywhere` compares the three.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test snapshots`, and look at the difference.

use serde_json::json;

use crate::env::{Env, definition};

/// What a command printed, without times and the test's own home.
fn shown(env: &Env, words: &[&str]) -> String {
    let output = env.run(words);
    let home = env.path().to_str().unwrap();
    let line: Vec<String> =
        words.iter().map(|word| if word.contains(' ') { format!("'{word}'") } else { (*word).to_owned() }).collect();
    let part = |name: &str, text: &str| if text.is_empty() { String::new() } else { format!("--- {name}\n{text}") };
    let text = format!(
        "$ multiflexi-cli {}\n{}{}--- exit {}\n",
        line.join(" "),
        part("stdout", &output.stdout),
        part("stderr", &output.stderr),
        output.code
    );
    let times = regex::Regex::new(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d").unwrap();
    times.replace_all(&text.replace(home, "HOME"), "TIME").into_owned()
}

/// Holds what these calls print, one after the other, under a name.
#[track_caller]
fn hold(env: &Env, name: &str, calls: &[&[&str]]) {
    let text = calls.iter().map(|words| shown(env, words)).collect::<Vec<_>>().join("\n");
    insta::with_settings!({snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, text);
    });
}

/// A company, an application with a secret, a runtemplate and a waiting job.
fn prepare() -> Env {
    let env = Env::new();
    let mut value = definition("Held");
    value["environment"] = json!({
        "GREETING": {"type": "string", "description": "What to say", "defval": "hello", "required": false},
        "PASSWORD": {"type": "password", "description": "A secret", "defval": "marker", "required": true},
    });
    env.file("app.multiflexi.app.json", &value.to_string());
    env.run(&["company", "create", "--name=Acme", "--slug=acme", "--ic=12345678", "--email=a@example.org"]).ok();
    env.run(&["company", "create", "--name=Žluťoučký kůň", "--slug=kun"]).ok();
    env.run(&["application", "import-json", "--file=app.multiflexi.app.json"]).ok();
    env.run(&[
        "runtemplate", "create", "--name=Daily", "--app_id=1", "--company=acme", "--interv=d", "--config=GREETING=hi",
    ])
    .ok();
    env
}

#[test]
fn listings() {
    let env = prepare();
    hold(
        &env,
        "listings",
        &[
            &["company", "list", "--format=json"],
            &["company", "list", "--format=csv"],
            &["company", "list", "--fields=id,slug", "--order=D", "--limit=1"],
            &["application", "list", "--fields=id,name,version,uuid", "--format=json"],
            &["application", "show-config", "--id=1", "--format=json"],
            &["runtemplate", "list", "--format=json"],
            &["credential", "list", "--format=json"],
            &["credential", "list"],
            &["event-rule", "list", "--format=csv"],
        ],
    );
}

#[test]
fn records() {
    let env = prepare();
    hold(
        &env,
        "records",
        &[
            &["company", "get", "--slug=acme", "--format=json"],
            &["company", "get", "--slug=acme"],
            &["company", "get", "--slug=acme", "--fields=name,email"],
            &["runtemplate", "get", "--id=1", "--format=json"],
            &["application", "get", "--id=1", "--fields=name,executable,tags", "--format=json"],
            &["company", "create", "--name=Verbose", "--slug=v", "-v", "--format=json"],
            &["company", "update", "--id=2", "--email=k@example.org", "--format=json"],
            &["company", "remove", "--id=2"],
        ],
    );
}

#[test]
fn errors() {
    let env = prepare();
    hold(
        &env,
        "errors",
        &[
            &["company", "get", "--id=9"],
            &["company", "get", "--id=9", "--format=json"],
            &["company", "remove", "--id=9", "--format=json"],
            &["company", "remove", "--id=1"],
            &["company", "create", "--name=Acme", "--slug=acme"],
            &["company", "create", "--slug=x"],
            &["company", "update", "--id=1"],
            &["company", "list", "--fields=nosuch"],
            &["company", "list", "--order=nosuch"],
            &["company", "list", "--format=xml"],
            &["company", "update", "--id=1", "--email=nobody"],
            &["user", "create", "--login=a", "--plaintext=••••••••"],
            &["runtemplate", "create", "--name=x", "--app_id=9", "--company_id=1"],
            &["runtemplate", "create", "--name=x", "--app_id=1", "--company_id=1", "--interv=c"],
            &["application", "import-json", "--file=nosuch.json"],
            &["token", "create", "--user=9", "--format=json"],
        ],
    );
}

#[test]
fn help() {
    let env = Env::new();
    // The man pages, which are held too, have the options of each command.
    hold(&env, "help", &[&["company", "--help"], &["company"], &["completion", "nosuch"]]);
    assert!(!env.database().exists());
}
