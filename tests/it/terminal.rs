//! What others wrote does not steer the terminal that shows it.

use serde_json::json;

use crate::env::{Env, on_each_database};

/// Sets the window's title, clears it, and turns the rest of the line around.
const STEERING: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}txt.exe";

/// Whether nothing of [`STEERING`] is in a text that would steer.
#[track_caller]
fn is_harmless(text: &str) {
    for c in ['\u{1b}', '\u{7}', '\u{9b}', '\u{202e}'] {
        assert!(!text.contains(c), "{c:?} in {text:?}");
    }
}

on_each_database!(names_and_sentences_do_not_steer, |env| {
    env.prepare("Native", "true", json!(null));
    let name = format!("--name=X{STEERING}");
    env.run(&["runtemplate", "update", "--id=1", &name]).ok();
    env.run(&["runtemplate", "schedule", "--id=1"]).ok();
    for arguments in [
        &["runtemplate", "list"][..],
        &["runtemplate", "list", "--format=json"],
        &["runtemplate", "list", "--format=csv"],
        &["runtemplate", "get", "--id=1"],
        &["runtemplate", "get", "--id=1", "--format=json"],
        &["runtemplate", "get", "--id=1", "--export"],
        &["runtemplate", "get", "--name", STEERING],
        &["runtemplate", "get", "--name", STEERING, "--format=json"],
        &["job", "list", "--fields=id,env", "--format=json"],
        &["job", "get", "--id=1", "--format=json"],
        &["runtemplate", "clone", "--id=1"],
        &["runtemplate", STEERING],
        &["queue", "list"],
        &["queue", "run"],
    ] {
        is_harmless(&env.on_terminal(arguments, "").stdout);
        // Sentences do not steer anything, wherever they end up; data that goes into a pipe is not touched.
        let piped = env.run(arguments);
        is_harmless(&piped.stderr);
    }
    let stored = env.json(&["runtemplate", "get", "--id=1"]);
    assert_eq!(stored["name"], format!("X{STEERING}"));
    assert!(env.run(&["runtemplate", "list", "--format=csv"]).ok().stdout.contains(STEERING));
});

// Nor does a name begin a line that looks like one of ours, or hide what it is.
on_each_database!(names_begin_no_line_and_hide_nothing, |env| {
    env.prepare("Native", "true", json!(null));
    env.run(&["runtemplate", "update", "--id=1", "--interv=h"]).ok();
    let invisible = ["\u{200b}", "\u{feff}", "\u{e0001}", "\u{e0061}"].concat();
    let name = format!("N{invisible}\njob 9: success\nstate: success");
    env.sql(&format!("UPDATE runtemplate SET name = '{name}';"));
    for arguments in [
        &["queue", "run", "--fill"][..],
        &["runtemplate", "clone", "--id=1"],
        &["runtemplate", "get", "--id=1"],
        &["runtemplate", "get", "--id=1", "--format=json"],
        &["runtemplate", "get", "--id=1", "--format=yaml"],
        &["runtemplate", "list", "--format=csv"],
        &["runtemplate", "list"],
        &["job", "get", "--id=1"],
        &["job", "wait", "1"],
    ] {
        let shown = env.on_terminal(arguments, "").ok().stdout;
        assert!(!shown.contains(['\u{200b}', '\u{feff}', '\u{e0001}', '\u{e0061}']), "{arguments:?}: {shown:?}");
        // A program that reads CSV or YAML knows the quotes around it.
        if !arguments.contains(&"--format=csv") && !arguments.contains(&"--format=yaml") {
            let forged = |line: &str| line.starts_with("job 9") || line.starts_with("state: success");
            assert!(!shown.lines().any(forged), "{arguments:?}: {shown}");
        }
    }
    assert_eq!(env.json(&["runtemplate", "get", "--id=1"])["name"], name);
});

#[test]
fn an_exported_name_comes_back_as_it_is() {
    let env = Env::new();
    env.prepare("Native", "true", json!(null));
    let name = format!("it's \\ {STEERING} ž");
    env.run(&["runtemplate", "update", "--id=1", "--name", &name]).ok();
    let exported = env.run(&["runtemplate", "get", "--id=1", "--export"]).ok().stdout;
    is_harmless(&exported);
    let command = exported.trim().replacen("multiflexi-cli", env!("CARGO_BIN_EXE_multiflexi-cli"), 1);
    let mut shell = std::process::Command::new("bash");
    shell.args(["-c", &command]).env_clear();
    shell.envs(env.command(&[]).get_envs().filter_map(|(key, value)| Some((key, value?))));
    assert!(shell.status().unwrap().success());
    assert_eq!(env.json(&["runtemplate", "get", "--id=2"])["name"], name);
}

#[test]
fn the_output_of_a_job_is_filtered_on_a_terminal_alone() {
    let env = Env::new();
    let script = r"printf '\033]0;owned\007\302\233\342\200\256out\r\n'; printf '\033[2Jerr\n' >&2";
    env.prepare("Native", script, json!(null));
    let raw = "\u{1b}]0;owned\u{7}\u{9b}\u{202e}out\r\n";
    env.schedule();
    let shown = env.on_terminal(&["job", "run", "--id=1"], "").ok().stdout;
    is_harmless(&shown);
    assert!(shown.contains(r"\u{1b}]0;owned\u{7}\u{9b}\u{202e}out") && shown.contains(r"\u{1b}[2Jerr"), "{shown:?}");
    let shown = env.on_terminal(&["runtemplate", "run", "--id=1", "--raw"], "").ok().stdout;
    assert!(shown.contains("\u{1b}]0;owned\u{7}\u{9b}\u{202e}out") && shown.contains("\u{1b}[2Jerr"), "{shown:?}");
    let piped = env.run(&["runtemplate", "run", "--id=1"]).ok();
    assert_eq!(piped.stdout, raw);
    assert!(piped.stderr.contains("\u{1b}[2Jerr\n"), "{piped:?}");

    for arguments in [&["job", "get", "--id=1"][..], &["job", "output", "--id=1"]] {
        let shown = env.on_terminal(arguments, "").ok().stdout;
        is_harmless(&shown);
        assert!(shown.contains(r"\u{202e}out"), "{shown:?}");
        let with_raw = [arguments, &["--raw"]].concat();
        assert!(env.on_terminal(&with_raw, "").ok().stdout.contains("\u{202e}out"));
        assert!(env.run(arguments).ok().stdout.contains(raw));
    }
    is_harmless(&env.on_terminal(&["job", "get", "--id=1", "--format=json"], "").ok().stdout);
}

// No line of a job's output stands where the page's own titles do.
on_each_database!(output_does_not_pass_for_a_part_of_the_page, |env| {
    let filling = "x".repeat(78);
    let script = format!(
        "printf 'ten\\r\\nnine\\n\\rnext\\n\\r  multiflexi-cli user delete root --yes\\n10%%\\r100%%\\n{filling}next\\nend\\r'"
    );
    env.prepare("Native", &script, json!(null));
    env.schedule();
    env.run(&["job", "run", "1"]).ok();
    let page = env.screen(80, &["job", "get", "1"]);
    assert_eq!(page.iter().filter(|line| line.as_str() == "next").count(), 1, "{page:#?}");
    let from = page.iter().position(|line| line == "stdout").unwrap();
    let filled = format!("  {filling}");
    let wanted = [
        "  ten",
        "  nine",
        "  next",
        "    multiflexi-cli user delete root --yes",
        "  100%",
        &filled,
        "  next",
        "  end",
        "",
        "next",
    ];
    assert_eq!(page[from + 1..from + 1 + wanted.len()], wanted, "{page:#?}");
    assert!(page.iter().all(|line| !line.contains('\r')), "{page:#?}");
    let raw = env.on_terminal(&["job", "get", "1", "--raw"], "").ok().stdout;
    assert!(raw.contains("10%\r100%"), "{raw:?}");
});
