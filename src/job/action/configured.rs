//! Which actions a runtemplate asks for, and their settings, as the suite stores them.

use sea_query::{Cond, Expr, ExprTrait};

use crate::db::{Db, select, tables};
use crate::error::{Error, Result};
use crate::id::RunTemplateId;
use crate::job::model::Job;
use crate::php::{Value, parse};

/// An action that is to be performed.
pub struct Action {
    pub module: String,
    /// Keys and values; of one key the last counts.
    settings: Vec<(String, String)>,
}

impl Action {
    /// A setting, empty where there is none.
    pub fn text(&self, key: &str) -> &str {
        // The suite's forms name some keys by the path of the field: `RunTemplate[rtid]`.
        let is_it = |name: &str| name == key || name.ends_with(&format!("[{key}]"));
        self.settings.iter().rev().find(|(name, _)| is_it(name)).map_or("", |(_, value)| value.trim())
    }

    /// A setting that is a whole number; `default` where it is empty or not set.
    ///
    /// # Errors
    /// Something else is set; the words quote it.
    pub fn number(&self, key: &str, default: u64) -> Result<u64> {
        match self.text(key) {
            "" => Ok(default),
            text => {
                text.parse().map_err(|_| Error::refused(format!("its setting {key} is {text:?}, which is no number")))
            }
        }
    }
}

/// The actions after this job's end with this exit code, and what is to be said of those that cannot be read.
///
/// # Errors
/// The database cannot be asked. A list of actions that cannot be read is no failure: a warning says so in the second part.
pub async fn read(db: &mut Db, job: &Job, exit_code: i64) -> Result<(Vec<Action>, Vec<String>)> {
    let Some(id) = job.runtemplate else { return Ok(Default::default()) };
    let Some(runtemplate) = db.find(tables::RUNTEMPLATE, id).await? else { return Ok(Default::default()) };
    let mode = if exit_code == 0 { "success" } else { "fail" };
    let Some(stored) = runtemplate.filled(mode) else { return Ok(Default::default()) };
    let names = match switched_on(&stored) {
        Ok(names) => names,
        Err(why) => {
            let message = format!("warning: the actions after a {mode} of runtemplate {id} cannot be read: {why}");
            return Ok((Vec::new(), vec![message]));
        }
    };
    let mut wanted = Vec::new();
    for module in names {
        let settings = settings(db, &module, mode, id).await?;
        wanted.push(Action { module, settings });
    }
    Ok((wanted, Vec::new()))
}

/// The names of a serialised array name => whether.
fn switched_on(stored: &str) -> Result<Vec<String>, String> {
    let entries = match parse(stored.as_bytes()) {
        Ok(Value::Array(entries)) => entries,
        Ok(Value::Bool(false) | Value::Null) => Vec::new(),
        Ok(_) => return Err("it is no array".into()),
        Err(error) => return Err(error.to_string()),
    };
    let is_on = |value: &Value| match value {
        Value::Bool(on) => *on,
        Value::Int(number) => *number != 0,
        Value::String(text) => !matches!(text.as_slice(), b"" | b"0" | b"false" | b"off"),
        _ => false,
    };
    Ok(entries.into_iter().filter(|(_, value)| is_on(value)).map(|(name, _)| name.to_text()).collect())
}

/// A module's settings: those of the whole installation, then the runtemplate's, then those for this kind of end.
async fn settings(db: &mut Db, module: &str, mode: &str, runtemplate: RunTemplateId) -> Result<Vec<(String, String)>> {
    let mut settings = Vec::new();
    let of_all = select::from(tables::MODCONFIG)
        .expr_as(Expr::col("cfg"), "name")
        .column("value")
        .and_where(Expr::col("module").eq(module))
        .take();
    // The form of ChainRuntemplate stores its one field as if `RunTemplate` were the module.
    let modules = if module == "ChainRuntemplate" { vec![module, "RunTemplate"] } else { vec![module] };
    let own = |mode: Cond| {
        let mut select = select::from(tables::ACTIONCONFIG)
            .expr_as(Expr::col("keyname"), "name")
            .column("value")
            .and_where(Expr::col("module").is_in(modules.iter().copied()))
            .cond_where(mode)
            .take();
        select.and_where(Expr::col("runtemplate_id").eq(runtemplate)).take()
    };
    let of_any_mode = own(Cond::any().add(Expr::col("mode").is_null()).add(Expr::col("mode").eq("")));
    let of_this_mode = own(Cond::all().add(Expr::col("mode").eq(mode)));
    for select in [of_all, of_any_mode, of_this_mode] {
        db.for_each(&select, |row| {
            settings.extend(row.text("name").zip(row.text("value")));
            Ok(())
        })
        .await?;
    }
    Ok(settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_as_the_suite_stores_them() {
        let read = |text| switched_on(text).map_err(drop);
        let stored = r#"a:3:{s:5:"Sleep";b:1;s:4:"Stop";b:0;s:7:"WebHook";s:2:"on";}"#;
        assert_eq!(read(stored), Ok(vec!["Sleep".to_owned(), "WebHook".to_owned()]));
        assert_eq!((read("a:0:{}"), read("b:0;"), read("N;")), (Ok(vec![]), Ok(vec![]), Ok(vec![])));
        // The column takes 250 characters: what was longer was cut off.
        assert_eq!((read(r#"a:2:{s:5:"Sleep";b:1;s:4:"S"#), read("i:1;")), (Err(()), Err(())));
    }

    #[test]
    fn settings_by_name() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        let settings =
            vec![pair("seconds", "5"), pair("seconds", " 7 "), pair("RunTemplate[rtid]", "3"), pair("x", "y")];
        let wanted = Action { module: "Sleep".into(), settings };
        assert_eq!((wanted.number("seconds", 60).ok(), wanted.number("rtid", 0).ok()), (Some(7), Some(3)));
        assert_eq!((wanted.number("delay", 60).ok(), wanted.number("x", 1).is_err()), (Some(60), true));
    }
}
