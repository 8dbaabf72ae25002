//! The SQL of migrations: its statements one by one, and what each of them does.

use crate::db::{Dialect, tables};

/// The statements of a migration: each ends with `;` at a line's end.
pub fn statements(sql: &'static str) -> impl Iterator<Item = &'static str> {
    sql.split_inclusive(";\n")
        .map(|text| {
            let mut text = text;
            // Comments stand before a statement, never inside.
            while let Some(rest) = text.trim_start().strip_prefix("--") {
                text = rest.split_once('\n').map_or("", |(_, rest)| rest);
            }
            text.trim()
        })
        .filter(|text| !text.is_empty())
}

/// What a statement of a migration does, as far as that decides whether it has to be run.
#[derive(Debug, PartialEq)]
pub enum Effect<'s> {
    CreateTable(&'s str),
    AddColumn(&'s str, &'s str),
    /// An index, a constraint or the like of a table.
    Alter(&'s str),
    /// An index that is ours, of a table.
    OwnIndex(&'s str, &'s str),
    /// An index of a table that has to go.
    DropIndex(&'s str, &'s str),
    /// Rows that come with a new schema.
    Seed,
    /// Nothing that is known here; no migration has such a statement.
    Unknown,
}

/// What the names of our own indexes begin with.
///
/// The suite's have other names in each of its generations, and so they are made along with their table or column only.
pub const OWN_INDEX: &str = "mfx_";

/// The indexes that migrations drop, in any of the dialects, and their tables.
const DROPPED: &[(&str, &str)] = &[
    ("encryption_keys_key_name_index", tables::ENCRYPTION_KEYS),
    ("encryption_keys_key_name", tables::ENCRYPTION_KEYS),
    ("key_name", tables::ENCRYPTION_KEYS),
    ("mfx_job_runtemplate_id_exitcode", tables::JOB),
];

/// Reads what a statement does.
pub fn effect(sql: &str) -> Effect<'_> {
    let mut words = sql.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
    match (words.next(), words.next()) {
        (Some("CREATE"), Some("TABLE")) => Effect::CreateTable(unquote(words.next())),
        (Some("ALTER"), Some("TABLE")) => {
            let table = unquote(words.next());
            match (words.next(), words.next()) {
                (Some("ADD"), Some("COLUMN")) => Effect::AddColumn(table, unquote(words.next())),
                (Some("DROP"), Some("INDEX")) => Effect::DropIndex(table, unquote(words.next())),
                _ => Effect::Alter(table),
            }
        }
        (Some("CREATE"), Some("INDEX")) if sql.contains(OWN_INDEX) => {
            let index = unquote(words.next());
            Effect::OwnIndex(unquote(words.nth(1)), index)
        }
        (Some("CREATE"), _) => Effect::Alter(unquote(words.skip_while(|word| *word != "ON").nth(1))),
        (Some("DROP"), _) => {
            let index = unquote(words.next_back());
            let known = DROPPED.iter().find(|(name, _)| *name == index);
            Effect::DropIndex(known.map_or("", |(_, table)| table), index)
        }
        (Some("INSERT" | "UPDATE"), _) => Effect::Seed,
        _ => Effect::Unknown,
    }
}

/// The columns that a `CREATE TABLE` makes: the name of each, and what is said of it. A line each.
pub fn columns(sql: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    const NO_COLUMN: [&str; 8] = ["PRIMARY", "UNIQUE", "KEY", "INDEX", "CONSTRAINT", "FOREIGN", "CHECK", "FULLTEXT"];
    sql.lines().skip(1).filter_map(|line| {
        let line = line.trim().trim_end_matches(',');
        let (name, definition) = line.split_once(char::is_whitespace)?;
        let is_column = !NO_COLUMN.contains(&name) && !name.starts_with([')', '-']);
        is_column.then(|| (name.trim_matches(['"', '`']), definition.trim()))
    })
}

/// The statement that adds a column to a table which has rows: they have no value there, and no key can be made of it.
pub fn addition(dialect: Dialect, table: &str, name: &str, definition: &str) -> Option<String> {
    if ["PRIMARY KEY", "AUTO_INCREMENT", "IDENTITY"].iter().any(|key| definition.contains(key)) {
        return None;
    }
    let mut definition = definition.to_owned();
    if !dialect.adds_computed_defaults() {
        definition = definition.replace("DEFAULT CURRENT_TIMESTAMP", "");
    }
    if !definition.contains("DEFAULT") {
        definition = definition.replace("NOT NULL", "");
    }
    let (table, name) = (dialect.quoted(table), dialect.quoted(name));
    Some(format!("ALTER TABLE {table} ADD COLUMN {name} {}", definition.trim_end()))
}

/// A name without what quotes it.
pub fn unquote(word: Option<&str>) -> &str {
    word.unwrap_or_default().trim_matches(['"', '`', ';'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart() {
        for (sql, wanted) in [
            ("CREATE TABLE apps (\n id INTEGER\n);", Effect::CreateTable("apps")),
            ("CREATE TABLE \"user\" (", Effect::CreateTable("user")),
            ("ALTER TABLE job ADD COLUMN blocked_at DATETIME NULL;", Effect::AddColumn("job", "blocked_at")),
            ("ALTER TABLE encryption_keys DROP INDEX key_name;", Effect::DropIndex("encryption_keys", "key_name")),
            ("CREATE INDEX mfx_schedule_job ON schedule (job);", Effect::OwnIndex("schedule", "mfx_schedule_job")),
            ("CREATE UNIQUE INDEX a ON apps (name);", Effect::Alter("apps")),
            ("CREATE INDEX a ON `user` (name);", Effect::Alter("user")),
            (
                "DROP INDEX IF EXISTS encryption_keys_key_name;",
                Effect::DropIndex("encryption_keys", "encryption_keys_key_name"),
            ),
            ("INSERT INTO phinxlog VALUES (1);", Effect::Seed),
            ("UPDATE phinxlog SET version = 1;", Effect::Seed),
            ("create table apps (", Effect::Unknown),
            ("DELETE FROM apps;", Effect::Unknown),
        ] {
            assert_eq!(effect(sql), wanted, "{sql}");
        }
    }
}
