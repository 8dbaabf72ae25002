//! `runtemplate`: which application runs for which company, when, with what, by which executor.

mod config;
mod copy;
mod credentials;
pub mod delete;
mod export;
mod list;
mod recent;
mod run;
mod save;
mod schedule;
mod show;
mod stale;
mod stats;

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, verb};
use crate::executor;
use crate::schedule::{DeadlineOffset, Interval};
use crate::table::{Column, Kind, Table, nothing_to_derive};

/// The executors that the suite knows.
pub const EXECUTORS: &[&str] = &[executor::NATIVE, executor::KUBERNETES, executor::DOCKER, executor::PODMAN, "Azure"];
const BACKOFFS: &[&str] = &["none", "fixed", "linear", "exponential"];

pub static TABLE: Table = Table {
    sql: "runtemplate",
    noun: "runtemplate",
    label: "RunTemplate",
    id_key: "runtemplate_id",
    listing: &["id", "name", "app_id", "company_id", "interv", "cron", "executor", "active", "next_schedule"],
    columns: &[
        Column::new("name", Kind::Name(250), "Its name").required().lookup(),
        Column::new("interv", Kind::Custom { takes: "INTERVAL", parse: interval }, INTERVAL_HELP).default("n"),
        Column::new(
            "cron",
            Kind::Custom { takes: "CRON", parse: cron },
            "When to run, for --interv=c: five cron fields",
        ),
        Column::new("active", Kind::Bool, "May it run?").default("1"),
        Column::new("executor", Kind::Choice(EXECUTORS), "What runs it").default(executor::NATIVE),
        Column::new("deadline_offset", Kind::Custom { takes: "OFFSET", parse: deadline }, DEADLINE_HELP),
        Column::new("max_attempts", Kind::Number, "How often a failed job of one window is tried").default("1"),
        Column::new("retry_backoff", Kind::Choice(BACKOFFS), "How the pause between attempts grows").default("none"),
        Column::new("retry_min_gap", Kind::Number, "Seconds between attempts at least").default("0"),
        Column::new("allow_late", Kind::Bool, "Does a success after the deadline count?").default("0"),
    ],
    created: Some("DatCreate"),
    changed: Some("DatSave"),
    dependents: &[],
    before_create: nothing_to_derive,
};

const INTERVAL_HELP: &str = "How often: n (never), i (each minute), h, d, w, m, y, c (by --cron), or the word (daily)";
const DEADLINE_HELP: &str =
    "When a window's job must be done: +3h or +30m from its start, or 08:00; '' for the window's end";

/// Reads the name of an executor.
pub fn executor(text: &str) -> Result<String, String> {
    let name = EXECUTORS.iter().find(|name| name.eq_ignore_ascii_case(text));
    name.map(|name| (*name).to_owned()).ok_or_else(|| format!("it takes one of {}", EXECUTORS.join(", ")))
}

/// As [`executor()`], for an option of which help and shells are to name the words; it has to ignore the case.
pub fn executors() -> impl TypedValueParser<Value = String> {
    PossibleValuesParser::new(EXECUTORS).try_map(|text| executor(&text).map_err(anyhow::Error::msg))
}

fn interval(text: &str) -> Result<String, String> {
    text.parse().map(|interval: Interval| interval.letter().to_string()).map_err(|error| error.advice())
}

fn cron(text: &str) -> Result<String, String> {
    if text.chars().count() > 64 {
        return Err("it takes at most 64 characters".into());
    }
    match crate::schedule::Cron::parse(text) {
        // Takes it away.
        _ if text.is_empty() => Ok(String::new()),
        Ok(_) => Ok(text.into()),
        Err(error) => Err(error.advice()),
    }
}

fn deadline(text: &str) -> Result<String, String> {
    // Nothing takes it away: the window's end counts.
    if text.is_empty() { Ok(String::new()) } else { text.parse().map(|_: DeadlineOffset| text.to_owned()) }
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["run-template"],
    about: "Runtemplates: which application runs for which company, when, with what, by which executor",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, TABLE, list::ListArgs, list::list, "List runtemplates").listing(),
        mixed_verb!("get", get, TABLE, show::GetArgs, show::get, "Show a runtemplate with its settings"),
        mixed_verb!("create", create, TABLE, save::Save, save::create, "Create a runtemplate"),
        mixed_verb!("update", update, TABLE, save::Save, save::update, "Change a runtemplate"),
        mixed_verb!("delete", pick, TABLE, NoArgs, delete::delete, "Delete a runtemplate and all that hangs on it")
            .destroying(),
        verb!("schedule", "Make a job of a runtemplate", schedule::Schedule, schedule::schedule),
        verb!("run", "Make a job of a runtemplate and run it at once", run::Run, run::run),
        mixed_verb!("clone", pick, TABLE, copy::Clone, copy::clone, "Copy a runtemplate; the copy is not active"),
        verb!("stats", "Show how often and how long runtemplates ran", stats::Stats, stats::stats).listing(),
        verb!("stale", "List runtemplates whose next run lies in the past", stale::Stale, stale::stale),
        verb!("assign-credential", "Give a runtemplate's jobs a credential", credentials::Pair, credentials::assign),
        verb!("unassign-credential", "Take a credential from a runtemplate", credentials::Pair, credentials::unassign)
            .destroying(),
        verb!("list-credentials", "List a runtemplate's credentials", credentials::Of, credentials::list).listing(),
    ],
};
