//! Colours are there where they are seen, and say nothing that the words do not.

use crate::env::{Env, Output};

/// A command's two streams with these variables set.
fn run(env: &Env, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    env.command(arguments).envs(variables.iter().copied()).output().unwrap().into()
}

fn is_coloured(text: &str) -> bool {
    text.contains("\u{1b}[")
}

/// A text without its colours.
fn plain(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn colours_come_where_they_are_asked_for() {
    let env = Env::new();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    let force = [("CLICOLOR_FORCE", "1")];
    for call in [
        &["company", "list"][..],
        &["company", "get", "acme"],
        &["company", "get", "nope"],
        &["company", "--help"],
        &["nosuch"],
    ] {
        let usual = env.run(call);
        assert!(!is_coloured(&usual.stdout) && !is_coloured(&usual.stderr), "{usual:?}");
        let forced = run(&env, call, &force);
        assert!(is_coloured(&forced.stdout) || is_coloured(&forced.stderr), "{call:?}: {forced:?}");
        assert_eq!((plain(&forced.stdout), plain(&forced.stderr)), (usual.stdout.clone(), usual.stderr.clone()));
        // Whoever wants none is heard before whoever wants some.
        let output = run(&env, call, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]);
        assert_eq!((output.stdout, output.stderr), (usual.stdout, usual.stderr));
    }
    for option in ["--color=always", "--ansi"] {
        assert!(is_coloured(&env.run(&["company", "get", "acme", option]).ok().stdout), "{option}");
        assert!(is_coloured(&run(&env, &["company", "get", "acme", option], &[("NO_COLOR", "1")]).ok().stdout));
    }
    for option in ["--color=never", "--no-ansi"] {
        assert!(!is_coloured(&run(&env, &["company", "get", "acme", option], &force).ok().stdout), "{option}");
    }
    env.run(&["company", "list", "--color=pink"]).refused(2, "auto, always, never");
    // JSON and CSV are for programs.
    for format in ["--format=json", "--format=csv"] {
        assert!(!is_coloured(&run(&env, &["company", "list", format], &force).ok().stdout), "{format}");
    }
}

#[test]
fn a_terminal_is_coloured_unless_it_is_dumb() {
    let mut env = Env::new();
    env.set("TERM", "xterm");
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    assert!(is_coloured(&env.on_terminal(&["company", "get", "acme"], "").ok().stdout));
    assert!(is_coloured(&env.on_terminal(&["company", "get", "nope"], "").exits(1).stdout));
    let list = env.on_terminal(&["company", "list"], "").ok().stdout;
    assert!(is_coloured(&list) && !list.contains("\\u{1b}"), "{list}");
    env.set("TERM", "dumb");
    assert!(!is_coloured(&env.on_terminal(&["company", "get", "acme"], "").ok().stdout));
    env.set("TERM", "xterm");
    env.set("NO_COLOR", "1");
    assert!(!is_coloured(&env.on_terminal(&["company", "get", "acme"], "").ok().stdout));
}
