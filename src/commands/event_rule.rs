//! `event-rule`: which event starts which runtemplate, and with what.

use crate::commands::{Noun, Scope, event_source, runtemplate, table_verb};
use crate::db::tables;
use crate::table::{Column, Kind, Table};

const OPERATIONS: &[&str] = &["any", "create", "update", "delete"];

pub static TABLE: Table = Table {
    sql: tables::EVENT_RULE,
    noun: "event-rule",
    label: "Event rule",
    listing: &["id", "event_source_id", "evidence", "operation", "runtemplate_id", "priority", "enabled"],
    columns: &[
        Column::new("event_source_id", Kind::Id, "The event source")
            .also(&["eventsource_id"])
            .required()
            .filter()
            .refers_to(&event_source::TABLE),
        Column::new("evidence", Kind::Text(60), "What the event is about; empty means anything").default(""),
        Column::new("operation", Kind::Choice(OPERATIONS), "What happened to it").default("any"),
        Column::new("runtemplate_id", Kind::Id, "The runtemplate to start")
            .required()
            .refers_to(&runtemplate::TABLE)
            .lacking_key(),
        Column::new("priority", Kind::Number, "Rules of higher priority come first").default("0"),
        Column::new("enabled", Kind::Bool, "Whether it applies").default("1"),
        Column::new(
            "env_mapping",
            Kind::Custom { takes: "JSON", parse: mapping },
            "Variables of the job, as JSON: VARIABLE to selector",
        )
        .default("{}"),
    ],
    created: &["created", "modified"],
    changed: Some("modified"),
    ..Table::DEFAULT
};

fn mapping(text: &str) -> Result<String, String> {
    match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text) {
        Ok(map) => {
            match map
                .iter()
                .find(|(name, selector)| !crate::job::create::environment::is_name(name) || !selector.is_string())
            {
                Some((name, _)) => Err(format!("{name:?}: it takes names of variables, each with a selector as text")),
                None => Ok(text.into()),
            }
        }
        Err(cause) => Err(format!("it takes a JSON object of VARIABLE to selector: {cause}")),
    }
}

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Event rules: which event starts which runtemplate",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List event rules").listing(),
        table_verb!(get, TABLE, "Show an event rule"),
        table_verb!(create, TABLE, "Create an event rule"),
        table_verb!(update, TABLE, "Change an event rule"),
        table_verb!(delete as "remove" "removed", TABLE, "Remove an event rule"),
    ],
};
