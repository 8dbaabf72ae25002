//! Each public function says what it does, and where it may fail when.

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

/// What the documentation of the function that begins at this line lacks.
fn lacks(lines: &[&str], at: usize) -> Option<&'static str> {
    let is_above = |line: &&&str| ["///", "#[", ")]"].iter().any(|begin| line.trim_start().starts_with(begin));
    let above: Vec<_> = lines[..at].iter().rev().take_while(is_above).collect();
    let documents: Vec<_> = above.iter().filter(|line| line.trim_start().starts_with("///")).collect();
    let mut signature = String::new();
    for line in &lines[at..] {
        signature.push_str(line.trim());
        if line.ends_with('{') || line.ends_with(';') {
            break;
        }
    }
    let answer = signature.rsplit_once(") -> ").map_or("", |(_, answer)| answer);
    let may_fail = answer.starts_with("Result") || answer.starts_with("io::Result");
    match () {
        () if documents.is_empty() => Some("no documentation"),
        () if may_fail && !documents.iter().any(|line| line.contains("# Errors")) => Some("no `# Errors`"),
        () => None,
    }
}

#[test]
fn public_functions_say_what_they_do_and_when_they_fail() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut seen = 0;
    let mut wanting = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| !path.ends_with("_tests.rs")) {
        let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        let lines: Vec<_> = text.lines().collect();
        for (at, line) in lines.iter().enumerate() {
            let begins = ["pub fn ", "pub async fn ", "pub const fn "];
            if begins.iter().any(|begin| line.trim_start().starts_with(begin)) {
                seen += 1;
                wanting.extend(lacks(&lines, at).map(|lack| format!("{path}:{}: {lack}", at + 1)));
            }
        }
    }
    assert!(seen > 500, "{seen} functions were found");
    assert!(wanting.is_empty(), "{wanting:#?}");
}
