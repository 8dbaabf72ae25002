//! What points where: imports go from floor to floor downwards, and no circle of them has more than two files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The floors of the house, from the roof down: a module imports what lies on floors below its own.
const FLOORS: [&[&str]; 7] = [
    &["cli"],
    &["commands"],
    &["job", "table", "definition"],
    &["context", "audit", "executor", "encryption", "telemetry"],
    &["output", "config", "state", "db", "clock"],
    &["database", "row", "schedule", "log", "proc", "unix_user", "systemd", "shell", "open_files"],
    &[
        "argv", "chart_values", "count", "error", "secret", "foreign_name", "hex", "http", "id", "limited_file",
        "nearest", "php", "failpoint", "field_kind", "span", "utf8", "width",
    ],
];

/// The floors inside `job`, likewise.
const JOB_FLOORS: [&[&str]; 9] = [
    &["run", "follow", "health"],
    &["recovery", "waits"],
    &["action", "credential_check"],
    &["queue", "result"],
    &["cancel"],
    &["task", "output_rows"],
    &["create", "runner", "verdict"],
    &["delete", "files", "scheduled_moment", "state", "stored_environment", "tail"],
    &["exit_code", "field", "heartbeat", "hints", "model", "output_kind"],
];

/// Where statements are built. Others name rows and conditions, and take what `db::select` makes of them.
const BUILDS_STATEMENTS: &[&str] = &["db", "table", "job"];

/// Who knows the servers by name beside `db` itself, which holds their connections: where they need other steps, and not other words
/// alone.
const NAMES_SERVERS: &[&str] = &["db::dialect", "db::content", "db::copy", "db::migrate"];

/// A module's path, `["job", "run"]`.
type Module = Vec<String>;

/// The sources of this program.
struct Sources {
    texts: BTreeMap<Module, String>,
    /// What a module shows that is another's: the path that it stands for.
    exports: BTreeMap<(Module, String), Module>,
}

fn segments(path: &str) -> Module {
    path.split("::").map(|segment| segment.trim().to_owned()).collect()
}

/// The text without comments and tests, which may look everywhere.
fn bare(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let is_test = |at: usize| {
        let mut after = lines[at + 1..].iter().skip_while(|line| line.starts_with("#["));
        lines[at] == "#[cfg(test)]" && after.next().is_some_and(|line| line.starts_with("mod "))
    };
    let end = (0..lines.len()).find(|at| is_test(*at)).unwrap_or(lines.len());
    lines[..end].join("\n")
}

/// The paths of a use declaration, its braces taken apart.
fn expand(before: &str, tree: &str, paths: &mut Vec<String>) {
    let (mut depth, mut from) = (0, 0);
    let ends = tree.char_indices().filter_map(|(at, c)| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        (c == ',' && depth == 0).then_some(at)
    });
    for end in ends.chain([tree.len()]).collect::<Vec<_>>() {
        let part = tree[from..end].trim();
        from = (end + 1).min(tree.len());
        match part.split_once('{') {
            Some((head, rest)) => {
                expand(&format!("{before}{}", head.trim()), rest.trim_end().strip_suffix('}').unwrap_or(rest), paths);
            }
            None if part.is_empty() => {}
            None => paths.push(format!("{before}{}", part.split(" as ").next().unwrap_or_default().trim())),
        }
    }
}

/// The use declarations of a text, and what is left of it.
fn uses(text: &str) -> (Vec<(bool, Vec<String>)>, String) {
    let (mut found, mut rest) = (Vec::new(), String::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let trimmed = line.trim_start();
        let after = ["use ", "pub use ", "pub(crate) use "].into_iter().find_map(|word| trimmed.strip_prefix(word));
        let Some(first) = after else {
            rest.push_str(line);
            rest.push('\n');
            continue;
        };
        let mut whole = first.to_owned();
        while !whole.contains(';') {
            whole.push(' ');
            whole.push_str(lines.next().unwrap_or(";").trim());
        }
        let mut paths = Vec::new();
        expand("", whole.split(';').next().unwrap_or_default(), &mut paths);
        found.push((trimmed.starts_with("pub"), paths));
    }
    (found, rest)
}

/// Each path that the text has in the middle of code: `crate::db::Db`, `super::tidy`, `child::of`.
fn inline(text: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    text.split(|c| !is_word(c))
        .filter(|word| word.contains("::"))
        .map(|word| word.trim_end_matches(':').to_owned())
        .collect()
}

impl Sources {
    fn read() -> Sources {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut texts = BTreeMap::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(&root).unwrap().with_extension("");
                    let mut module: Module = name.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
                    if module.last().is_some_and(|last| last.ends_with("_tests")) {
                        continue;
                    }
                    module.pop_if(|last| last == "mod" || last == "main");
                    texts.insert(module, bare(&std::fs::read_to_string(&path).unwrap()));
                }
            }
        }
        let mut sources = Sources { texts, exports: BTreeMap::new() };
        let mut exports = BTreeMap::new();
        for (module, text) in &sources.texts {
            for path in uses(text).0.into_iter().filter(|(is_public, _)| *is_public).flat_map(|(_, paths)| paths) {
                if let (Some(target), Some((_, name))) = (sources.absolute(module, &path), path.rsplit_once("::")) {
                    exports.insert((module.clone(), name.to_owned()), target);
                }
            }
        }
        sources.exports = exports;
        sources
    }

    /// A path as it is written in a module, from the root; None where it leads to another crate.
    fn absolute(&self, module: &Module, path: &str) -> Option<Module> {
        let mut path = segments(path);
        let mut from = match path.first()?.as_str() {
            "crate" => Vec::new(),
            "self" | "super" => module.clone(),
            child if self.texts.contains_key(&[module.as_slice(), &[child.to_owned()]].concat()) => {
                return Some([module.as_slice(), &path].concat());
            }
            _ => return None,
        };
        if path[0] != "super" {
            path.remove(0);
        }
        while path.first().is_some_and(|segment| segment == "super") {
            path.remove(0);
            from.pop()?;
        }
        path.retain(|segment| segment != "self");
        from.append(&mut path);
        Some(from)
    }

    /// The module in which the end of a path is at home.
    fn home(&self, from: &Module, path: &Module) -> Option<Module> {
        let mut path = path.clone();
        loop {
            let known = (0..=path.len()).rev().find(|len| self.texts.contains_key(&path[..*len]))?;
            let (module, rest) = (path[..known].to_vec(), &path[known..]);
            let shown = rest.first().and_then(|name| self.exports.get(&(module.clone(), name.clone())));
            match shown.filter(|_| module != *from) {
                Some(target) => path = target.clone(),
                None => return Some(module),
            }
        }
    }

    /// What each module imports. Where a module as a whole is, what counts is what is taken of it.
    fn imports(&self) -> BTreeMap<&Module, BTreeSet<Module>> {
        let of = |module: &Module, text: &String| {
            let (declared, rest) = uses(text);
            let inline = inline(&rest);
            let mut paths = inline.clone();
            for path in declared.into_iter().flat_map(|(_, paths)| paths) {
                let path = path.trim_end_matches("::self").to_owned();
                let name = path.rsplit("::").next().unwrap_or_default();
                let taken = inline.iter().filter_map(|used| used.strip_prefix(name)?.strip_prefix("::"));
                let taken: Vec<_> = taken.map(|rest| format!("{path}::{rest}")).collect();
                let is_module = self.absolute(module, &path).is_some_and(|path| self.texts.contains_key(&path));
                if is_module && !taken.is_empty() { paths.extend(taken) } else { paths.push(path) }
            }
            let homes = paths.iter().filter_map(|path| self.home(module, &self.absolute(module, path)?));
            homes.filter(|home| home != module).collect()
        };
        self.texts.iter().map(|(module, text)| (module, of(module, text))).collect()
    }
}

fn shown(module: &[String]) -> String {
    if module.is_empty() { "main".into() } else { module.join("::") }
}

/// Looks that the modules inside of this one import what lies on floors below their own.
fn assert_downwards(house: &[&str], floors: &[&[&str]]) {
    let room = |module: &[String]| {
        let is_inside = module.len() > house.len() && module.iter().zip(house).all(|(own, part)| own == part);
        is_inside.then(|| module[house.len()].clone())
    };
    let floor = |name: &String| floors.iter().position(|modules| modules.contains(&name.as_str()));
    let (mut wrong, mut seen) = (Vec::new(), BTreeSet::new());
    for (module, imports) in Sources::read().imports() {
        let Some(from) = room(module) else { continue };
        if floor(&from).is_none() {
            wrong.push(format!("{from} is on no floor"));
        }
        seen.insert(from.clone());
        for import in imports {
            let Some(to) = room(&import).filter(|to| *to != from) else { continue };
            if !matches!((floor(&from), floor(&to)), (Some(own), Some(other)) if own < other) {
                wrong.push(format!("{} imports {}", shown(module), shown(&import)));
            }
        }
    }
    let gone = floors.concat().into_iter().filter(|room| !seen.contains(*room));
    wrong.extend(gone.map(|room| format!("{room} is not there")));
    wrong.dedup();
    assert!(
        wrong.is_empty(),
        "these do not point downwards (the floors above say what lies where):\n{}",
        wrong.join("\n")
    );
}

#[test]
fn imports_point_downwards() {
    assert_downwards(&[], &FLOORS);
}

#[test]
fn imports_inside_job_point_downwards() {
    assert_downwards(&["job"], &JOB_FLOORS);
}

#[test]
fn statements_are_built_where_the_tables_are_known() {
    let sources = Sources::read();
    let elsewhere = sources.texts.iter().filter(|(module, text)| {
        let lies_there = module.first().is_some_and(|first| BUILDS_STATEMENTS.contains(&first.as_str()));
        !lies_there && bare(text).contains("Query::")
    });
    let elsewhere: Vec<_> = elsewhere.map(|(module, _)| shown(module)).collect();
    assert!(elsewhere.is_empty(), "only {BUILDS_STATEMENTS:?} build statements: {elsewhere:?}");
}

#[test]
fn what_is_written_in_sql_stands_in_db() {
    let sources = Sources::read();
    let writes = |text: &str| ["Expr::cust", "SELECT "].iter().any(|sql| text.contains(sql));
    let elsewhere = sources.texts.iter().filter(|(module, text)| {
        let is_test = module.last().is_some_and(|last| last.ends_with("_tests"));
        module.first().is_some_and(|first| first != "db") && !is_test && writes(&bare(text))
    });
    let elsewhere: Vec<_> = elsewhere.map(|(module, _)| shown(module)).collect();
    assert!(elsewhere.is_empty(), "only db writes SQL, see db::expression: {elsewhere:?}");
}

#[test]
fn names_of_tables_stand_once() {
    // Words such as "job" name columns, nouns and properties too: what counts is where a statement takes a table.
    const TAKES_TABLE: &[&str] = &[
        "select::from(", "select::columns(", "select::column(", "select::rows(", "select::into(", "_where(", "_table(",
        ".table(", ".from(", "_row(", "db.find(", "find_referred(", "db.columns(", "has_column(", "Expr::col((",
        ".equals((", "Join, ",
    ];
    let sources = Sources::read();
    let named = sources.texts[&segments("db::tables")]
        .lines()
        .filter_map(|line| line.trim().split_once(" = \"")?.1.strip_suffix("\","));
    let tables: Vec<_> = named.collect();
    assert!(tables.len() > 40, "{tables:?}");
    let mut wrong = Vec::new();
    for (module, text) in &sources.texts {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("( ", "(");
        for before in TAKES_TABLE {
            let quoted = format!("{before}\"");
            let literals = text.match_indices(&quoted).filter_map(|(at, taken)| {
                text[at + taken.len()..].split('"').next().filter(|literal| tables.contains(literal))
            });
            wrong.extend(literals.map(|table| format!("{}: {before}\"{table}\"", shown(module))));
        }
    }
    assert!(wrong.is_empty(), "src/db/tables.rs has the names of tables: {wrong:#?}");
}

#[test]
fn a_server_is_asked_what_it_can_and_not_which_it_is() {
    let sources = Sources::read();
    let asks =
        |text: &str| ["Dialect::Sqlite", "Dialect::MySql", "Dialect::Postgres"].iter().any(|name| text.contains(name));
    let may = |module: &str| NAMES_SERVERS.iter().any(|it| module == *it || module.starts_with(&format!("{it}::")));
    let elsewhere = sources.texts.iter().filter(|(module, text)| !may(&shown(module)) && asks(text));
    let elsewhere: Vec<_> = elsewhere.map(|(module, _)| shown(module)).filter(|module| module != "db").collect();
    assert!(elsewhere.is_empty(), "only db and {NAMES_SERVERS:?} know the servers by name: {elsewhere:?}");
}

#[test]
fn only_the_command_line_knows_clap() {
    let sources = Sources::read();
    let may =
        |module: &Module| module.first().is_none_or(|first| ["cli", "commands", "table"].contains(&first.as_str()));
    let elsewhere = sources.texts.iter().filter(|(module, text)| !may(module) && text.contains("clap::"));
    let elsewhere: Vec<_> = elsewhere.map(|(module, _)| shown(module)).collect();
    assert_eq!(elsewhere, ["job::state", "output", "output::colour"], "as docs/architecture.md says");
}

#[test]
fn the_architecture_names_each_module_on_its_floor() {
    let document = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")).unwrap();
    let rows = document.lines().filter_map(|line| {
        let (floor, rest) = line.strip_prefix("| ")?.split_once(" | `")?;
        Some((floor.parse::<usize>().ok()?, rest.split_once('`')?.0))
    });
    let numbered = |floors: &[&'static [&'static str]]| -> Vec<(usize, &str)> {
        let floors = floors.iter().zip((1..=floors.len()).rev());
        floors.flat_map(|(modules, floor)| modules.iter().map(move |module| (floor, *module))).collect()
    };
    let wanted = [numbered(&FLOORS), numbered(&JOB_FLOORS)].concat();
    assert_eq!(rows.collect::<Vec<_>>(), wanted, "the tables of docs/architecture.md, FLOORS and JOB_FLOORS");
}

/// Everything that can be reached from a module.
fn reached<'a>(from: &'a Module, imports: &'a BTreeMap<&Module, BTreeSet<Module>>) -> BTreeSet<&'a Module> {
    let (mut found, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        next.extend(imports.get(module).into_iter().flatten().filter(|import| found.insert(*import)));
    }
    found
}

#[test]
fn no_circle_of_imports_has_more_than_two_files() {
    let sources = Sources::read();
    let imports = sources.imports();
    let reached: BTreeMap<_, _> = imports.keys().map(|module| (*module, reached(module, &imports))).collect();
    let mut circles = BTreeSet::new();
    for (module, found) in &reached {
        let circle: BTreeSet<String> =
            found.iter().filter(|other| reached[**other].contains(module)).map(|other| shown(other)).collect();
        if circle.len() > 2 {
            circles.insert(circle);
        }
    }
    assert!(circles.is_empty(), "circles: {circles:#?}");
}

/// What a document names between backticks and asks a reader to open: a path of ours.
fn paths_named(document: &str) -> impl Iterator<Item = &str> {
    let folders = ["src/", "tests/", "migrations/", "docs/", "charts/", "examples/", "completions/", "man/"];
    let is_path = move |word: &&str| {
        folders.iter().any(|folder| word.starts_with(folder)) && !word.contains(['{', '*', ' ', '<', '$'])
    };
    document.split('`').skip(1).step_by(2).filter(is_path)
}

#[test]
fn documents_lead_to_files_that_are_there() {
    // What the walked examples of contributing.md make.
    let made = ["src/commands/topic.rs", "src/commands/company/rename.rs", "src/executor/NAME.rs"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = root.join("docs").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = docs.chain(["README.md", "tests/cluster/README.md"].map(|name| root.join(name))).collect();
    let mut named = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "md")) {
        let document = std::fs::read_to_string(file).unwrap();
        for path in paths_named(&document).filter(|path| !made.contains(path)) {
            named += 1;
            let is_there = [path.to_owned(), format!("{path}.rs")].iter().any(|path| root.join(path).exists());
            assert!(is_there, "{} names {path}, which is not there", file.display());
        }
    }
    assert!(named > 20, "only {named} paths are named");
}

/// Does a text define this: a function, a type, a constant, a module?
fn defines(text: &str, kinds: &[&str], name: &str) -> bool {
    let words: Vec<_> =
        text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    words.windows(2).any(|pair| kinds.contains(&pair[0]) && pair[1] == name)
}

impl Sources {
    /// Is there what a document calls by a path: a module, an item of one, or what belongs to a type?
    fn has(&self, path: &Module) -> bool {
        const ITEMS: &[&str] = &["fn", "struct", "enum", "const", "static", "type", "trait", "mod"];
        let (name, place) = path.split_last().unwrap();
        let is_type = place.last().is_some_and(|last| last.starts_with(char::is_uppercase));
        self.texts.iter().any(|(module, text)| match place.split_last() {
            Some((of, place)) if is_type => {
                let is_its = defines(text, &["struct", "enum", "impl", "for"], of);
                is_its
                    && module.ends_with(place)
                    && text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
            }
            _ => {
                let shows = || defines(text, ITEMS, name) || self.exports.contains_key(&(module.clone(), name.clone()));
                module.ends_with(path) || (module.ends_with(place) && shows())
            }
        })
    }
}

#[test]
fn documents_call_functions_and_types_that_are_there() {
    // Other crates, what the walked examples of contributing.md make, and the model's own.
    let others = ["clap", "sea_query", "topic", "rename", "Step"];
    let sources = Sources::read();
    let (mut named, mut missing) = (0, Vec::new());
    let documents = ["contributing", "architecture", "glossary", "suite"].map(|name| format!("docs/{name}.md"));
    // The steps of the model stand for functions.
    for name in documents.iter().map(String::as_str).chain(["tests/model/main.rs"]) {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let mut document = std::fs::read_to_string(file).unwrap();
        if name.ends_with(".rs") {
            let comments: Vec<_> = document.lines().filter(|line| line.trim_start().starts_with("//")).collect();
            document = comments.join("\n");
        }
        for path in inline(&document).iter().map(|path| segments(path)).filter(|path| path.len() > 1) {
            named += 1;
            if !others.contains(&path[0].as_str()) && !sources.has(&path) {
                missing.push(format!("{name}: {}", shown(&path)));
            }
        }
    }
    assert!(missing.is_empty(), "these are not there: {missing:#?}");
    assert!(named > 15, "only {named} paths are named");
}
