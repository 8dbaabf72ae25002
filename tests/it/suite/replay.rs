//! The calls that were recorded on the suite's own tool, one after the other on one database: exit code, JSON and the tables that
//! are written are as recorded, but for what `tests/suite/expected.tsv` says and why.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::process::{Command, Stdio};

use regex::Regex;
use serde_json::Value;

use crate::env::{Env, Output, on_each_database, root};

/// One recorded call.
#[derive(serde::Deserialize)]
struct Call {
    name: String,
    code: i32,
    /// As a shell reads it.
    line: String,
    json: Option<Value>,
    /// The tables whose rows went (`-`) or came (`+`), and the highest id of those.
    #[serde(default)]
    rows: BTreeMap<String, i64>,
}

/// What a call is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    AsRecorded,
    /// Refuse, say why, write nothing.
    Fail,
    /// Succeed, whatever was recorded.
    Work,
    Skip,
}

struct Expectation {
    expected: Expected,
    why: String,
}

fn data(file: &str) -> String {
    std::fs::read_to_string(root().join("tests/suite").join(file)).unwrap()
}

fn recording() -> Vec<Call> {
    data("calls.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn expectations() -> HashMap<String, Expectation> {
    let text = data("expected.tsv");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &str| {
        let [name, word, why] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let expected = match word {
            "fail" => Expected::Fail,
            "work" => Expected::Work,
            "skip" => Expected::Skip,
            _ => panic!("{line}"),
        };
        (name.to_owned(), Expectation { expected, why: why.to_owned() })
    };
    lines.map(read).collect()
}

/// What servers do otherwise than the recording, which is of SQLite, and why.
const ON_SERVERS: &[(&str, Expected, &str)] = &[(
    "company-list-fields",
    Expected::Work,
    "a server's slug has 10 characters at most, and the one that is made of a name fits",
)];

/// Keys whose values differ from machine to machine, or from run to run.
const LOOSE: &[&str] = &[
    "env", "deffile", "password", "token", "uuid", "version-cli", "version-core", "php", "memory", "database", "user",
    "encryption", "executor-pid", "launched_by", "file", "violations", "app_version", "os", "db-migration", "log",
];
/// Tables of which both tools write another number of rows for the same thing.
const PARTS: &[&str] = &[
    "app_artifacts",
    "app_artifact_translations",
    "conffield",
    "configuration",
    "app_translations",
    "conffield_translations",
    // The suite drops what a prototype is called in other languages.
    "credential_prototype_translations",
    "credential_prototype_field_translations",
];
/// Tables that tell of the writing itself.
const LOGS: &[&str] = &["log", "security_audit_log", "_sqlx_migrations", "sqlite_sequence"];

/// A value without what is not compared: times, paths, and whether a number or a truth is a text.
fn comparable(value: &Value, key: &str) -> Value {
    if LOOSE.contains(&key) {
        return "*".into();
    }
    match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), comparable(value, key))).collect(),
        Value::Array(items) => items.iter().map(|item| comparable(item, key)).collect(),
        Value::Bool(truth) => i64::from(*truth).into(),
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 => (float as i64).into(),
            _ => value.clone(),
        },
        Value::String(text) if is_time(text) => "TIME".into(),
        Value::String(text) => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => place().replace_all(text, "DIR/").into_owned().into(),
        },
        Value::Null => Value::Null,
    }
}

fn is_time(text: &str) -> bool {
    static TIME: std::sync::OnceLock<Regex> = std::sync::OnceLock::new();
    let pattern = r"^\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d)?(\.\d+)?([+-]\d\d:\d\d|Z)?)?$";
    TIME.get_or_init(|| Regex::new(pattern).unwrap()).is_match(text)
}

fn place() -> &'static Regex {
    static PLACE: std::sync::OnceLock<Regex> = std::sync::OnceLock::new();
    PLACE.get_or_init(|| Regex::new(r"/(?:opt|tmp)/\S+/").unwrap())
}

/// What of `wanted` is not in `got`; more may be there.
fn missing(wanted: &Value, got: &Value, path: &str) -> Vec<String> {
    let is_nothing = |value: &Value| value.is_null() || value == "";
    match (wanted, got) {
        (Value::String(text), _) if text == "*" => Vec::new(),
        (Value::Object(wanted), Value::Object(got)) => wanted
            .iter()
            .flat_map(|(key, value)| match got.get(key) {
                Some(got) => missing(value, got, &format!("{path}.{key}")),
                None => vec![format!("{path}.{key} is absent")],
            })
            .collect(),
        (Value::Array(wanted), Value::Array(got)) => {
            let by_id: HashMap<String, &Value> = got.iter().map(|item| (item["id"].to_string(), item)).collect();
            if wanted.iter().chain(got).any(|item| item.get("id").is_none()) {
                return if wanted == got {
                    Vec::new()
                } else {
                    vec![format!("{path}: {wanted:?} recorded, got {got:?}")]
                };
            }
            let found: Vec<_> =
                wanted.iter().filter_map(|item| Some((item, by_id.get(&item["id"].to_string())?))).collect();
            if found.is_empty() && !wanted.is_empty() {
                return vec![format!("{path}: none of the recorded ids")];
            }
            found.iter().flat_map(|(wanted, got)| missing(wanted, got, &format!("{path}[{}]", wanted["id"]))).collect()
        }
        _ if wanted == got || is_nothing(wanted) && is_nothing(got) => Vec::new(),
        _ => vec![format!("{path}: {wanted} recorded, got {got}")],
    }
}

/// Every row by its table and first value.
type Rows = HashMap<(String, String), String>;

/// A place in which the recording is run.
struct Stage<'a> {
    env: &'a Env,
    /// Asks for all rows of all tables; made once they are there.
    snapshot: Option<String>,
    /// The highest id that was recorded of each table: the next row is to get the next.
    ids: BTreeMap<String, i64>,
    /// Ids in `ids` that the database was not told of yet.
    behind: BTreeSet<String>,
}

impl Stage<'_> {
    fn run(&self, line: &str) -> Output {
        let home = self.env.path().display().to_string();
        // Where the recording's machine had its files.
        let line =
            Regex::new(r"/opt/up/\S*?/([A-Za-z0-9._-]+\.json)").unwrap().replace_all(line, format!("{home}/apps/$1"));
        let line = line
            .replace("/opt/mfx/fixtures/", &format!("{home}/apps/"))
            .replace("/opt/mfx/out/", &format!("{home}/out/"));
        let own = self.env.command(&[]);
        let mut command = Command::new("bash");
        command
            .args(["-c", &format!("exec \"$0\" {line}")])
            .arg(own.get_program())
            .env_clear()
            .current_dir(self.env.path());
        command.envs(own.get_envs().filter_map(|(key, value)| Some((key, value?)))).env("USER", "root");
        command.stdin(Stdio::null()).output().unwrap().into()
    }

    fn is_sqlite(&self) -> bool {
        self.env.variable("DB_CONNECTION").is_none()
    }

    /// All rows without their times; nothing of a server, where only exit codes and JSON are compared.
    fn rows(&mut self) -> Rows {
        if !self.is_sqlite() || !self.env.database().exists() {
            return Rows::new();
        }
        let env = self.env;
        let snapshot = self.snapshot.get_or_insert_with(|| {
            let columns = env.sql(
                "select m.name || ' ' || p.name from sqlite_master m, pragma_table_info(m.name) p where m.type = 'table' and p.name not like 'Dat%' and p.name not like '%\\_at' escape '\\' order by m.name, p.cid",
            );
            let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
            for (table, column) in columns.lines().filter_map(|line| line.split_once(' ')) {
                tables.entry(table).or_default().push(column);
            }
            let mut sql = String::new();
            for (table, columns) in tables.iter().filter(|(table, _)| !LOGS.contains(table)) {
                let values: Vec<_> =
                    columns.iter().map(|column| format!("hex(cast(coalesce(\"{column}\", '') as blob))")).collect();
                let (first, all) = (columns[0], values.join(" || ',' || "));
                writeln!(sql, "select '{table} ' || \"{first}\" || ' ' || {all} from \"{table}\";").unwrap();
            }
            sql
        });
        let listed = env.sql(snapshot);
        let row = |line: &str| {
            let mut parts = line.splitn(3, ' ').map(str::to_owned);
            Some(((parts.next()?, parts.next()?), parts.next()?))
        };
        listed.lines().filter_map(row).collect()
    }

    /// Lets the next row of each table get the id that was recorded.
    fn give_ids(&mut self) {
        if self.is_sqlite() && !self.env.database().exists() {
            return;
        }
        let mut sql = String::new();
        for table in std::mem::take(&mut self.behind) {
            let id = self.ids[&table];
            match self.env.variable("DB_CONNECTION") {
                Some("mysql") => writeln!(sql, "alter table `{table}` auto_increment = {};", id + 1),
                Some("pgsql") => writeln!(
                    sql,
                    "select setval(pg_get_serial_sequence('\"{table}\"', 'id'), greatest({id}, (select max(id) from \"{table}\")));"
                ),
                _ => writeln!(
                    sql,
                    "insert into sqlite_sequence (name, seq) select '{table}', 0 where not exists (select 1 from sqlite_sequence where name = '{table}'); \
                     update sqlite_sequence set seq = max(seq, {id}) where name = '{table}';"
                ),
            }
            .unwrap();
        }
        if !sql.is_empty() {
            self.env.sql(&sql);
        }
    }
}

/// What is wrong with what a call did.
fn faults(call: &Call, expected: Expected, output: &Output, changed: &[(char, String)]) -> Vec<String> {
    let is_json = Regex::new(r"(--format[ =]|-f ?)json").unwrap().is_match(&call.line);
    let printed: Option<Value> = serde_json::from_str(&output.stdout).ok();
    let mut faults = Vec::new();
    if is_json && printed.is_none() {
        faults.push("stdout is not one JSON value".to_owned());
    }
    match expected {
        Expected::Skip => {}
        Expected::Fail => {
            if output.code == 0 {
                faults.push("exit 0".into());
            }
            if !changed.is_empty() {
                faults.push(format!("wrote {changed:?}"));
            }
            let said = if is_json {
                printed.and_then(|error| error["message"].as_str().map(str::to_owned))
            } else {
                Some(output.stderr.clone())
            };
            if said.is_none_or(|words| words.trim().is_empty()) {
                faults.push("says nothing".into());
            }
        }
        Expected::Work | Expected::AsRecorded if output.code != 0 => {
            faults.push(format!("exit {}: {output:?}", output.code))
        }
        Expected::Work => {}
        Expected::AsRecorded => {
            if let (Some(recorded), Some(printed)) = (&call.json, &printed) {
                faults.extend(missing(&comparable(recorded, ""), &comparable(printed, ""), ""));
            }
        }
    }
    faults
}

/// Whether the same tables were written as was recorded. A change of nothing but a time is not seen.
fn wrote_others(call: &Call, changed: &[(char, String)]) -> Option<String> {
    let is_compared = |table: &str| !PARTS.contains(&table) && !LOGS.contains(&table);
    let written: BTreeSet<String> =
        changed.iter().filter(|(_, table)| is_compared(table)).map(|(sign, table)| format!("{sign}{table}")).collect();
    let recorded: BTreeSet<String> = call.rows.keys().filter(|key| is_compared(&key[1..])).cloned().collect();
    let may_be_a_time = |key: &String| ["+", "-"].iter().all(|sign| recorded.contains(&format!("{sign}{}", &key[1..])));
    let is_same = written.is_subset(&recorded) && recorded.difference(&written).all(may_be_a_time);
    (!is_same).then(|| format!("wrote {written:?}, recorded {recorded:?}"))
}

fn replay(env: &Env) {
    let is_server = env.variable("DB_CONNECTION").is_some();
    let expectations = expectations();
    for (file, text) in std::fs::read_dir(root().join("tests/suite/apps")).unwrap().map(|entry| {
        let path = entry.unwrap().path();
        (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap())
    }) {
        env.file(&format!("apps/{file}"), &text);
    }
    env.file("apps/broken.app.json", r#"{"name": "Broken", "#);
    std::fs::create_dir(env.path().join("out")).unwrap();
    let mut stage = Stage { env, snapshot: None, ids: BTreeMap::new(), behind: BTreeSet::new() };
    // The recording began with one user.
    stage.ids.insert("user".into(), 1);
    stage.behind.insert("user".into());
    if is_server {
        stage.give_ids();
    }
    let (mut wrong, mut before) = (Vec::new(), stage.rows());
    for call in recording() {
        let usual = if call.code == 0 { Expected::AsRecorded } else { Expected::Fail };
        let given = expectations.get(&call.name);
        let on_server = ON_SERVERS.iter().find(|(name, ..)| is_server && *name == call.name);
        let expected = on_server.map(|row| row.1).or(given.map(|row| row.expected)).unwrap_or(usual);
        if expected == Expected::Skip {
            continue;
        }
        let had_database = !before.is_empty();
        let output = stage.run(&call.line);
        let after = stage.rows();
        let mut changed = BTreeSet::new();
        for key in before.keys().chain(after.keys()).filter(|key| before.get(*key) != after.get(*key)) {
            changed.extend(before.contains_key(key).then(|| ('-', key.0.clone())));
            changed.extend(after.contains_key(key).then(|| ('+', key.0.clone())));
        }
        let changed: Vec<_> = if had_database { changed.into_iter().collect() } else { Vec::new() };
        let mut bad = faults(&call, expected, &output, &changed);
        // A reason that begins so says that other rows are meant.
        let same_rows = given.is_none_or(|row| !row.why.starts_with("rows"));
        if had_database && expected == Expected::AsRecorded && output.code == 0 && same_rows {
            bad.extend(wrote_others(&call, &changed));
        }
        if !bad.is_empty() {
            wrong.push(format!("{} [{expected:?}] {}: {}", call.name, call.line, bad.join("; ")));
        }
        for (key, id) in call.rows.iter().filter(|(key, id)| key.starts_with('+') && **id > 0) {
            let known = stage.ids.entry(key[1..].to_owned()).or_default();
            *known = (*known).max(*id);
            stage.behind.insert(key[1..].to_owned());
        }
        stage.give_ids();
        before = after;
    }
    assert!(wrong.is_empty(), "{} calls differ:\n{}", wrong.len(), wrong.join("\n"));
}

on_each_database!(the_recorded_calls, |env| {
    replay(env);
});

#[test]
fn what_differs_on_purpose_is_recorded_and_has_a_reason() {
    let names: BTreeSet<String> = recording().into_iter().map(|call| call.name).collect();
    for (name, Expectation { why, .. }) in expectations() {
        assert!(names.contains(&name) && !why.is_empty(), "{name}: {why}");
    }
    for (name, _, why) in ON_SERVERS {
        assert!(names.contains(*name) && !why.is_empty(), "{name}: {why}");
    }
    assert!(names.len() > 450);
}
