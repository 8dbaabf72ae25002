//! A run on a terminal shows what it is at, and leaves nothing of that behind.

use serde_json::json;

use crate::env::{Env, definition, set_script};

/// What a terminal shows in the end of what was written to it: a return begins the line again, and a line may be cleared.
pub fn seen(written: &str) -> String {
    let (mut lines, mut line) = (Vec::new(), String::new());
    let mut rest = written;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("\r\u{1b}[2K") {
            line.clear();
            rest = after;
            continue;
        }
        rest = &rest[c.len_utf8()..];
        match c {
            '\n' => lines.push(std::mem::take(&mut line)),
            '\r' => {}
            c => line.push(c),
        }
    }
    lines.push(line);
    lines.join("\n")
}

fn prepare(script: &str) -> Env {
    let mut env = Env::new();
    env.set("TERM", "xterm");
    let mut definition = definition("Test");
    set_script(&mut definition, script);
    definition["exitCodes"] = json!({"3": {"description": {"en": "No connection"}, "severity": "error"}});
    env.import_definition(&definition).ok();
    env.run(&["company", "create", "--name=Acme", "--slug=acme"]).ok();
    env.run(&["runtemplate", "create", "--app_id=1", "--company_id=1", "--name=nightly"]).ok();
    env
}

#[test]
fn what_a_run_is_at_is_shown_and_goes_away() {
    let env = prepare("sleep 2; echo out; printf part; sleep 2; echo ial; sleep 1; echo err >&2; sleep 2; exit 3");
    env.schedule();
    let written = env.on_terminal(&["job", "run", "1", "--color=never"], "").exits(3).stdout;
    assert!(written.contains("running (1 s)\r\u{1b}[2K"), "{written:?}");
    // A line that the program has begun is left alone.
    assert!(written.contains("partial\r\n"), "{written:?}");
    let after = written.split("partial\r\n").nth(1).unwrap();
    assert!(after.contains("running ("), "{written:?}");
    let seen = seen(&written);
    let (output, verdict) = seen.split_once("multiflexi: ").unwrap();
    assert_eq!(output, "out\npartial\nerr\n", "{written:?}");
    assert!(verdict.starts_with("job 1 (nightly) failed after "), "{seen}");
    let next = ": exit code 3 (No connection). `multiflexi-cli job get 1` shows it, `multiflexi-cli job retry 1` tries it again\n";
    assert!(verdict.ends_with(next), "{seen}");
}

#[test]
fn what_is_over_at_once_needs_no_line() {
    let env = prepare("printf done");
    let written = env.on_terminal(&["runtemplate", "run", "nightly"], "").ok().stdout;
    assert_eq!(seen(&written), written.replace("\r\n", "\n"), "{written:?}");
    assert!(written.contains("done\r\nmultiflexi: job 1 (nightly) succeeded after "), "{written:?}");
    assert!(written.ends_with(". `multiflexi-cli job get 1` shows it\r\n"), "{written:?}");
}

#[test]
fn quiet_and_piped_runs_print_the_output_alone() {
    let env = prepare("sleep 2; echo out; echo err >&2");
    let quiet = env.on_terminal(&["runtemplate", "run", "1", "-q"], "").ok().stdout;
    // The two streams come each on its own.
    assert!(["out\r\nerr\r\n", "err\r\nout\r\n"].contains(&quiet.as_str()), "{quiet:?}");
    let piped = env.run(&["runtemplate", "run", "1"]).ok();
    assert_eq!((piped.stdout.as_str(), piped.stderr.as_str()), ("out\n", "multiflexi: job 2\nerr\n"));
}

#[test]
fn how_much_is_told_goes_on_to_the_runners_of_the_queue() {
    let env = prepare("true");
    env.schedule();
    let told = env.run(&["queue", "run", "-vv"]).ok().stderr;
    // Only a job's own runner claims it.
    assert!(told.contains("DEBUG") && told.lines().any(|line| line.contains("job_output_lines")), "{told}");
}
