//! Each public item says in one line what it is or does; a function, where it may fail, also when.

use std::path::Path;

/// The sources of this program, each with its path.
fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The words that a documented item begins with.
const ITEMS: [&str; 7] =
    ["pub fn ", "pub async fn ", "pub const fn ", "pub struct ", "pub enum ", "pub trait ", "pub const "];

/// The lines of documentation and attributes above an item. An attribute may take several lines.
fn above<'t>(lines: &[&'t str], at: usize) -> Vec<&'t str> {
    let belongs = |line: &&str| line.starts_with("///") || !(line.is_empty() || line.ends_with([';', '{', '}']));
    let mut above: Vec<&str> = lines[..at].iter().rev().map(|line| line.trim()).take_while(belongs).collect();
    above.reverse();
    above
}

/// Do the words about the item stand elsewhere? A noun's constant holds its own help, that of clap's options stands at the
/// fields, and what a macro makes is documented where the macro is called.
fn is_described_elsewhere(line: &str, above: &[&str]) -> bool {
    let derives_args = |line: &&str| line.starts_with("#[derive(") && line.contains("Args");
    let is_handed_on = |line: &&str| line.starts_with("$(#[");
    line.contains(": Noun = ") || above.iter().any(|line| derives_args(line) || is_handed_on(line))
}

/// What the documentation of the item that begins at this line lacks.
fn lacks(lines: &[&str], at: usize) -> Option<&'static str> {
    let above = above(lines, at);
    let documents: Vec<_> = above.iter().filter_map(|line| line.strip_prefix("///")).map(str::trim).collect();
    let mut signature = String::new();
    for line in &lines[at..] {
        signature.push_str(line.trim());
        if line.ends_with(['{', '}', ';']) {
            break;
        }
    }
    let answer = signature.rsplit_once(") -> ").map_or("", |(_, answer)| answer);
    let may_fail = signature.contains("fn ") && (answer.starts_with("Result") || answer.starts_with("io::Result"));
    match documents[..] {
        [] if is_described_elsewhere(lines[at], &above) => None,
        [] => Some("no documentation"),
        [first, ..] if first.starts_with("# ") => Some("a title in the place of a summary"),
        [first, ..] if first.starts_with("The same") => {
            Some("a summary that says nothing in a list: the same as what?")
        }
        [_, second, ..] if !second.is_empty() => Some("a summary of more than one line"),
        _ if may_fail && !documents.contains(&"# Errors") => Some("no `# Errors`"),
        _ => None,
    }
}

#[test]
fn public_items_say_what_they_are_and_functions_when_they_fail() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut seen = 0;
    let mut wanting = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("_tests.rs")) {
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            if ITEMS.iter().any(|begin| line.trim_start().starts_with(begin)) {
                seen += 1;
                wanting.extend(lacks(&lines, at).map(|lack| format!("{path}:{}: {lack}", at + 1)));
            }
        }
    }
    assert!(seen > 800, "{seen} items were found");
    assert!(wanting.is_empty(), "{wanting:#?}");
}
