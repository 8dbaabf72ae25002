//! Commands that texts name can be pasted: each begins with the program's name, and is one that it takes.

use std::path::{Path, PathBuf};

use crate::commands::{PROGRAM, registry};

/// The sources that speak to people; examples leave the program's name out and are tested for themselves.
fn sources() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() {
                folders.push(path);
            } else if name.ends_with(".rs") && !name.ends_with("_tests.rs") && name != "examples.rs" {
                files.push(path);
            }
        }
    }
    files
}

/// The text of a source without comments and tests, each string in one line.
fn texts(path: &Path) -> String {
    let source = std::fs::read_to_string(path).unwrap();
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let mut text = String::new();
    for line in lines {
        match text.strip_suffix("\\\n") {
            Some(begun) => text = format!("{begun}{}\n", line.trim_start()),
            None => text.push_str(&format!("{line}\n")),
        }
    }
    text.replace("\\\"", "\"")
}

/// What stands between back quotes in one line.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('`').filter_map(|(at, _)| text[at + 1..].split(['`', '\n']).next())
}

/// The words of a command, with a number in the place of what is put in: `{id}`, `ID`.
fn words(command: &str) -> Vec<String> {
    let (mut word, mut words) = (String::new(), Vec::new());
    let (mut depth, mut is_quoted) = (0, false);
    for c in command.chars() {
        match c {
            '{' => {
                depth += 1;
                word.push('1');
            }
            '}' => depth -= 1,
            _ if depth > 0 => {}
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    words.push(word);
    // Which option it is, is put in.
    words.retain(|word| !word.starts_with("--1"));
    let is_placeholder = |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_uppercase());
    let filled = |word: String| match word.rsplit_once('=') {
        Some((option, value)) if is_placeholder(value) && !option.contains('=') => format!("{option}=1"),
        None if is_placeholder(&word) => "1".to_owned(),
        _ => word,
    };
    words.into_iter().map(filled).collect()
}

fn is_command(words: &[String]) -> bool {
    let [noun, verb, ..] = words else { return false };
    let noun = registry::ALL.iter().find(|known| known.name == noun);
    noun.is_some_and(|noun| noun.verbs.iter().any(|known| known.name == verb))
}

#[test]
fn commands_in_texts_can_be_pasted() {
    let mut wrong = Vec::new();
    for path in sources() {
        for command in quoted(&texts(&path)).filter(|command| !command.ends_with("--help")) {
            let words = words(command);
            let place = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display();
            match words.split_first() {
                Some((program, line)) if program == PROGRAM => {
                    // What is about any noun can only be tried with one.
                    let is_known =
                        line.first().is_some_and(|noun| noun != "1") && line.get(1).is_none_or(|it| it != "1");
                    if is_known && let Err(error) = super::parse(line.to_vec()) {
                        wrong.push(format!("{place}: `{command}`: {}", error.line()));
                    }
                }
                // A noun and a verb alone may be spoken of.
                _ if words.len() > 2 && is_command(&words) => {
                    wrong.push(format!("{place}: `{command}` does not begin with {PROGRAM}"));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
