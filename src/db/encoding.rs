//! Characters that a database's encoding lacks: replaced where a result must not be lost for them.
//!
//! What an operator gives is refused in words. What a job printed is kept as far as it can be: the rest becomes U+FFFD, or `?`
//! where the encoding lacks that too.

use std::collections::{BTreeSet, HashSet};

use sea_query::Value;
use sea_query_sqlx::SqlxValues;

use crate::db::{Db, Sql};
use crate::error::{Kind, Result};

/// Tells what to put in a character's place.
type Replace<'a> = &'a dyn Fn(char) -> Option<char>;

fn replace(values: &mut SqlxValues, with: Replace) -> bool {
    let mut is_changed = false;
    for value in &mut values.0.0 {
        if let Value::String(Some(text)) = value
            && text.chars().any(|c| with(c).is_some())
        {
            *text = text.chars().map(|c| with(c).unwrap_or(c)).collect();
            is_changed = true;
        }
    }
    is_changed
}

/// The texts among the values.
fn texts(values: &SqlxValues) -> impl Iterator<Item = &str> {
    values.0.iter().filter_map(|value| match value {
        Value::String(Some(text)) => Some(text.as_str()),
        _ => None,
    })
}

/// The characters beyond ASCII of all texts.
fn beyond_ascii(values: &SqlxValues) -> BTreeSet<char> {
    texts(values).flat_map(str::chars).filter(|c| !c.is_ascii()).collect()
}

/// How many characters of the texts are among these.
fn count_among(values: &SqlxValues, lacking: &HashSet<char>) -> usize {
    texts(values).flat_map(str::chars).filter(|c| lacking.contains(c)).count()
}

fn has_beyond_ascii(values: &SqlxValues) -> bool {
    texts(values).any(|text| !text.is_ascii())
}

fn is_unstorable<T>(done: &Result<T>) -> bool {
    done.as_ref().is_err_and(|error| error.kind == Kind::Unstorable)
}

impl Db {
    /// From here on a character that the encoding lacks is replaced, and not refused.
    pub fn replace_unstorable(&mut self) {
        self.lossy.is_on = true;
    }

    /// Works with such characters being replaced, and leaves the connection as it was.
    pub async fn replacing_unstorable<T>(&mut self, work: impl AsyncFnOnce(&mut Db) -> T) -> T {
        let was_on = std::mem::replace(&mut self.lossy.is_on, true);
        let done = work(self).await;
        self.lossy.is_on = was_on;
        done
    }

    /// Words for what was replaced since this was asked last.
    pub fn replaced(&mut self) -> Option<&'static str> {
        std::mem::take(&mut self.lossy.is_untold)
            .then_some("warning: characters that the database's encoding lacks were replaced; the database can be converted to one that has all")
    }

    /// Runs a statement, with what the encoding lacks replaced where that is wanted.
    pub(super) async fn run_stored<T>(
        &mut self,
        sql: String,
        mut values: SqlxValues,
        run: impl AsyncFn(&mut Db, String, SqlxValues) -> Result<T>,
    ) -> Result<T> {
        if !self.lossy.is_on || !self.dialect.checks_texts() || !has_beyond_ascii(&values) {
            return run(self, sql, values).await;
        }
        if self.dialect.ends_transaction_at_error() {
            // What it lacks has to be known before.
            self.fit(&mut values).await?;
            return run(self, sql, values).await;
        }
        let mut last = run(self, sql.clone(), values.clone()).await;
        if !is_unstorable(&last) {
            return last;
        }
        for fitted in self.fitted_to_character_sets(&values).await? {
            last = run(self, sql.clone(), fitted).await;
            if !is_unstorable(&last) {
                self.lossy.is_untold |= last.is_ok();
                break;
            }
        }
        last
    }

    /// The values as each of the character sets takes them that the columns of a MySQL database have: each column has its own, and
    /// which ones a statement is about is known to the server alone. What loses least comes first.
    async fn fitted_to_character_sets(&mut self, values: &SqlxValues) -> Result<Vec<SqlxValues>> {
        let characters = beyond_ascii(values);
        let asked: Vec<char> = characters.iter().copied().chain([char::REPLACEMENT_CHARACTER]).collect();
        let mut fitted = Vec::new();
        for set in self.character_sets().await? {
            let lacking = self.lacking(&set, &asked).await?;
            fitted.push((lacking.contains(&char::REPLACEMENT_CHARACTER), lacking));
        }
        fitted.push((true, characters.into_iter().collect()));
        let mut fitted: Vec<_> = fitted
            .into_iter()
            .map(|(lacks_replacement, lacking)| (count_among(values, &lacking), lacks_replacement, lacking))
            .filter(|(lost, ..)| *lost > 0)
            .collect();
        fitted.sort_by_key(|(lost, lacks_replacement, _)| (*lost, *lacks_replacement));
        let replaced = |(_, lacks_replacement, lacking): (usize, bool, HashSet<char>)| {
            let instead = if lacks_replacement { '?' } else { char::REPLACEMENT_CHARACTER };
            let mut values = values.clone();
            replace(&mut values, &|c| lacking.contains(&c).then_some(instead));
            values
        };
        Ok(fitted.into_iter().map(replaced).collect())
    }

    /// The character sets of the columns of a MySQL database. Asked once a connection.
    async fn character_sets(&mut self) -> Result<Vec<String>> {
        if self.lossy.character_sets.is_none() {
            let sets = "SELECT DISTINCT character_set_name AS name FROM information_schema.columns \
                        WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL ORDER BY 1";
            let rows = self.fetch_all(&Sql(sets)).await?;
            self.lossy.character_sets = Some(rows.iter().filter_map(|row| row.text("name")).collect());
        }
        Ok(self.lossy.character_sets.clone().unwrap_or_default())
    }

    /// Which of these characters a character set of MySQL lacks: it puts a `?` in the place of each. Each is asked for once a
    /// connection.
    async fn lacking(&mut self, set: &str, characters: &[char]) -> Result<HashSet<char>> {
        let known = self.lossy.known_of_sets.entry(set.to_owned()).or_default();
        let unknown: String = characters.iter().filter(|c| !known.contains_key(c)).collect();
        if !unknown.is_empty() {
            let mut select = sea_query::Query::select();
            let there_and_back = format!("CONVERT(CONVERT(? USING {}) USING utf8mb4)", self.dialect.quoted(set));
            select.expr_as(sea_query::Expr::cust_with_values(there_and_back, [unknown.as_str()]), "text");
            let kept = self.fetch_optional(&select).await?.and_then(|row| row.text("text")).unwrap_or_default();
            let known = self.lossy.known_of_sets.entry(set.to_owned()).or_default();
            known.extend(unknown.chars().zip(kept.chars()).map(|(asked, kept)| (asked, asked == kept)));
        }
        let known = self.lossy.known_of_sets.get(set);
        let has = |c: &char| known.and_then(|known| known.get(c)).copied().unwrap_or_default();
        Ok(characters.iter().copied().filter(|c| !has(c)).collect())
    }

    /// Replaces what PostgreSQL's encoding lacks. Each character is tried once a connection.
    async fn fit(&mut self, values: &mut SqlxValues) -> Result<()> {
        if self.lossy.encoding.is_none() {
            let row = self.fetch_optional(&Sql("SHOW server_encoding")).await?;
            self.lossy.encoding = row.and_then(|row| row.text("server_encoding"));
        }
        if self.lossy.encoding.as_deref() == Some("UTF8") {
            return Ok(());
        }
        let unknown = beyond_ascii(values).into_iter().chain([char::REPLACEMENT_CHARACTER]);
        for c in unknown.filter(|c| !self.lossy.known.contains_key(c)).collect::<Vec<_>>() {
            let is_there = self.has_character(c).await?;
            self.lossy.known.insert(c, is_there);
        }
        let known = &self.lossy.known;
        let has = |c: char| c.is_ascii() || known.get(&c) == Some(&true);
        let instead = if has(char::REPLACEMENT_CHARACTER) { char::REPLACEMENT_CHARACTER } else { '?' };
        if replace(values, &|c| (!has(c)).then_some(instead)) {
            self.lossy.is_untold = true;
        }
        Ok(())
    }

    async fn has_character(&mut self, c: char) -> Result<bool> {
        let mut select = sea_query::Query::select();
        select.expr(sea_query::Expr::val(c.to_string()));
        let is_inside = self.state.in_transaction.get();
        if is_inside {
            self.raw("SAVEPOINT mfx_character").await?;
        }
        let tried = self.fetch_optional(&select).await;
        if is_inside {
            self.raw(if tried.is_ok() {
                "RELEASE SAVEPOINT mfx_character"
            } else {
                "ROLLBACK TO SAVEPOINT mfx_character"
            })
            .await?;
        }
        match tried {
            Ok(_) => Ok(true),
            Err(error) if error.kind == Kind::Unstorable => Ok(false),
            Err(error) => Err(error),
        }
    }
}
