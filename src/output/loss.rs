//! What a deletion takes along: counted before it, for the question on a terminal and for `--dry-run`.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::count::counted;
use crate::error::Result;
use crate::output::Outcome;
use crate::row::Row;

/// Something that is to be deleted, and what goes with it.
pub struct Loss {
    what: String,
    along: Vec<(u64, &'static str)>,
}

impl Loss {
    /// Something that is to be deleted, as a sentence names it; so far nothing goes along with it.
    pub fn new(what: impl Into<String>) -> Loss {
        Loss { what: what.into(), along: Vec::new() }
    }

    /// Several things that counts alone name, see [`Loss::with`].
    pub fn counted() -> Loss {
        Loss::new("")
    }

    /// A row, by its id and the name that people know it by.
    ///
    /// # Errors
    /// It has no id.
    pub fn of_row(noun: &str, row: &Row) -> Result<Loss> {
        let id = row.id("id")?;
        let name = ["name", "login", "code", "slug"].into_iter().find_map(|column| row.filled(column));
        let name = name.map(|name| format!(" {name:?}")).unwrap_or_default();
        Ok(Loss::new(format!("{noun} {id}{name}")))
    }

    /// How many of what a plural names go along; nothing is said of zero.
    pub fn with(mut self, count: u64, plural: &'static str) -> Loss {
        if count > 0 {
            self.along.push((count, plural));
        }
        self
    }

    /// What `--dry-run` answers. `json` is what the deletion itself would say, with `false` for what was not done.
    pub fn would_be(&self, done: &str, mut json: Json) -> Outcome {
        let along: Map<String, Json> =
            self.along.iter().map(|(count, plural)| ((*plural).to_owned(), (*count).into())).collect();
        json["dry_run"] = true.into();
        json["would_go"] = self.what.as_str().into();
        json["would_go_along"] = along.into();
        Outcome::message(format!("{self:#} would be {done} (dry run)"), json)
    }
}

impl fmt::Display for Loss {
    /// `runtemplate 4 "Acme reminders" and its 1,954 jobs`; `{:#}` begins a sentence.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.what.chars();
        match letters.next().filter(|_| f.alternate()) {
            Some(first) => write!(f, "{}{}", first.to_uppercase(), letters.as_str())?,
            None if self.what.is_empty() && self.along.is_empty() => f.write_str("nothing")?,
            None => f.write_str(&self.what)?,
        }
        for (at, (count, plural)) in self.along.iter().enumerate() {
            let joint = match at {
                0 if self.what.is_empty() => "",
                0 => " and its ",
                at if at + 1 == self.along.len() => " and ",
                _ => ", ",
            };
            write!(f, "{joint}{}", counted(*count, plural))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_is_a_sentence() {
        let loss = || Loss::new("runtemplate 4 \"Acme reminders\"");
        assert_eq!(loss().with(0, "jobs").to_string(), "runtemplate 4 \"Acme reminders\"");
        assert_eq!(format!("{:#}", Loss::new("the queue")), "The queue");
        assert_eq!(loss().with(1954, "jobs").to_string(), "runtemplate 4 \"Acme reminders\" and its 1,954 jobs");
        assert_eq!(
            loss().with(1, "erasure entries").to_string(),
            "runtemplate 4 \"Acme reminders\" and its 1 erasure entry"
        );
        let counts = Loss::counted().with(211, "jobs").with(0, "tasks").with(1, "log records");
        assert_eq!(
            (format!("{counts:#}"), Loss::counted().to_string()),
            ("211 jobs and 1 log record".into(), "nothing".into())
        );
        let all = loss().with(1, "jobs").with(1_000_000, "tasks").with(2, "event rules").to_string();
        assert_eq!(all, "runtemplate 4 \"Acme reminders\" and its 1 job, 1,000,000 tasks and 2 event rules");
    }
}
