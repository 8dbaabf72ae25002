//! What a row of `runtemplate` is, and how its values are read.

use clap::builder::{PossibleValuesParser, TypedValueParser};

use crate::db::tables;
use crate::executor::ExecutorName;
use crate::schedule::{DeadlineOffset, Interval};
use crate::table::{Column, Kind, Table};

const BACKOFFS: &[&str] = &["none", "fixed", "linear", "exponential"];

pub static TABLE: Table = Table {
    sql: tables::RUNTEMPLATE,
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
        )
        .may_lack_value(),
        Column::new("active", Kind::Bool, "Whether its schedule is active").default("1"),
        Column::new("executor", Kind::Choice(ExecutorName::SUITE), "What runs it")
            .default(ExecutorName::Native.as_str()),
        Column::new("deadline_offset", Kind::Custom { takes: "OFFSET", parse: deadline }, DEADLINE_HELP).rare(),
        Column::new("max_attempts", Kind::Number, "How often to try a scheduled run that fails").default("1"),
        Column::new("retry_backoff", Kind::Choice(BACKOFFS), "How the pause between attempts grows")
            .default("none")
            .rare(),
        Column::new("retry_min_gap", Kind::Number, "Seconds to wait between attempts, at least").default("0").rare(),
        Column::new("allow_late", Kind::Bool, "Whether a success after the deadline counts").default("0").rare(),
    ],
    created: &["DatCreate"],
    changed: Some("DatSave"),
    ..Table::DEFAULT
};

const INTERVAL_HELP: &str = "How often: hourly, daily, c (see --cron)\n\n\
     One of n (never), i (every minute), h, d, w, m, y, c (by --cron), or its word, such as daily";
const DEADLINE_HELP: &str = "The deadline of each scheduled run\n\n+3h or +30m after the window's start, or a time such as 08:00; '' means the window's end";

/// As [`ExecutorName::parse`], for an option of which help and shells are to name the words; it has to ignore the case.
pub fn executors() -> impl TypedValueParser<Value = ExecutorName> {
    PossibleValuesParser::new(ExecutorName::SUITE)
        .try_map(|text| ExecutorName::parse(&text).map_err(anyhow::Error::msg))
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
