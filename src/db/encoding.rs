//! Characters that a database's encoding lacks: replaced where a result must not be lost for them.
//!
//! What an operator gives is refused in words. What a job printed is kept as far as it can be: the rest becomes U+FFFD, or `?`
//! where the encoding lacks that too.

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

/// MySQL's older `utf8` has three bytes for a character.
fn beyond_three_bytes(c: char) -> Option<char> {
    (c.len_utf8() > 3).then_some(char::REPLACEMENT_CHARACTER)
}

fn beyond_ascii(c: char) -> Option<char> {
    (!c.is_ascii()).then_some('?')
}

fn has_beyond_ascii(values: &SqlxValues) -> bool {
    values.0.iter().any(|value| matches!(value, Value::String(Some(text)) if !text.is_ascii()))
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
        let steps: [Replace; 2] = [&beyond_three_bytes, &beyond_ascii];
        let mut done = run(self, sql.clone(), values.clone()).await;
        for step in steps {
            match &done {
                Err(error) if error.kind == Kind::Unstorable && replace(&mut values, step) => {
                    self.lossy.is_untold = true;
                    done = run(self, sql.clone(), values.clone()).await;
                }
                _ => break,
            }
        }
        done
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
        let texts = values.0.iter().filter_map(|value| match value {
            Value::String(Some(text)) => Some(text.as_str()),
            _ => None,
        });
        let unknown: std::collections::BTreeSet<char> = texts
            .flat_map(str::chars)
            .chain([char::REPLACEMENT_CHARACTER])
            .filter(|c| !c.is_ascii() && !self.lossy.known.contains_key(c))
            .collect();
        for c in unknown {
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
