//! Help that is read on a terminal: `-h` is a screen, no line is wider than one, and the man pages leave out nothing.

use unicode_width::UnicodeWidthStr as _;

use crate::env::{Env, root};

/// The verbs that are used most.
const DAILY: &[&str] = &[
    "runtemplate update", "runtemplate create", "runtemplate run", "runtemplate list", "job list", "job run",
    "queue run", "queue list",
];

#[test]
fn the_help_of_each_command_is_a_screen() {
    let env = Env::new();
    let described = env.json(&["describe"]);
    let mut long = Vec::new();
    // What shells alone call is not in the help.
    for name in described.as_object().unwrap().keys().filter(|name| !name.starts_with('_')) {
        let words: Vec<&str> = name.split(':').collect();
        let screen = env.screen(80, &[&words[..], &["-h"]].concat());
        if let Some(wide) = screen.iter().find(|line| line.width() > 80) {
            long.push(format!("{name}: {wide}"));
        }
        if screen.len() > 30 {
            long.push(format!("{name}: {} lines", screen.len()));
        }
        if screen.last().map(String::as_str) != Some("`--help` shows all options and examples.") {
            long.push(format!("{name}: {:?}", screen.last()));
        }
    }
    assert!(long.is_empty(), "{long:#?}");
    for verb in DAILY {
        let words: Vec<&str> = verb.split(' ').collect();
        let screen = env.screen(80, &[&words[..], &["-h"]].concat());
        assert!(screen.len() <= 24, "{screen:#?}");
        // What is not there is in the other help.
        let all = env.screen(80, &[&words[..], &["--help"]].concat()).join("\n");
        for option in ["--db-timeout", "--color", "--format"] {
            assert!(all.contains(option), "{all}");
        }
    }
    let usage = env.screen(80, &["user-role", "set", "--help"]);
    let at = usage.iter().position(|line| line.starts_with("Usage: ")).unwrap();
    assert_eq!(
        usage[at..at + 2],
        [
            "Usage: multiflexi-cli user-role set [OPTIONS] --roles <NAMES> <--user_id <ID>|",
            "       --login <NAME>|--email <EMAIL>>"
        ]
    );
}

#[test]
fn the_help_of_the_program_fits_a_terminal() {
    let env = Env::new();
    for option in ["-h", "--help"] {
        let screen = env.screen(80, &[option]);
        let wide: Vec<_> = screen.iter().filter(|line| line.width() > 80).collect();
        assert!(wide.is_empty() && screen.len() > 15, "{option}: {screen:#?}");
    }
    assert!(env.screen(80, &["-h"]).len() <= 24);
}

#[test]
fn man_pages_say_what_each_option_does() {
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(root().join("man")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let title = format!("\"multiflexi-cli {}\"", env!("CARGO_PKG_VERSION"));
        for wanted in [".SH ENVIRONMENT", ".SH FILES", ".SH EXAMPLES", ".SH \"EXIT STATUS\"", &title] {
            let bare = wanted.replace('"', "");
            if !text.contains(wanted) && !text.contains(&bare) {
                faults.push(format!("{name}: {wanted}"));
            }
        }
        // Below the name of what is listed stands what it means.
        let lines: Vec<&str> = text.lines().collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| **line == ".TP") {
            let meaning = lines.get(at + 2).unwrap_or(&"");
            if meaning.is_empty() || meaning.starts_with(".TP") || meaning.starts_with(".SH") {
                faults.push(format!("{name}: {line} {}", lines[at + 1]));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    let page = std::fs::read_to_string(root().join("man/multiflexi-cli-job-list.1")).unwrap();
    assert!(page.contains("[\\fB\\-\\-limit\\fR \\fI<N>\\fR]"), "{page}");
    let program = std::fs::read_to_string(root().join("man/multiflexi-cli.1")).unwrap();
    let help = Env::new().run(&["--help"]).ok().stdout;
    for option in ["environment", "verbose", "db-timeout", "quiet", "silent", "no-interaction", "color"] {
        assert!(program.contains(&format!("\\-\\-{}", option.replace('-', "\\-"))), "{option}");
        assert!(help.contains(&format!("--{option}")), "{option}");
    }
}
