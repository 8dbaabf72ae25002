//! `user`: people and services that work with the suite.

mod save;
mod table;

use crate::commands::{NoArgs, Noun, Scope, mixed_verb, table_verb};
pub use table::TABLE;

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "Users: people and services that work with the suite",
    scope: Scope::Data,
    verbs: &[
        table_verb!(list, TABLE, "List users").listing(),
        table_verb!(get, TABLE, "Show a user"),
        mixed_verb!("create", create, TABLE, save::Plaintext, save::create, "Create a user"),
        mixed_verb!("update", update_by_lookup, TABLE, save::Plaintext, save::update, "Change a user"),
        mixed_verb!("delete", pick, TABLE, NoArgs, save::delete, "Delete a user with their tokens").deleting(),
    ],
};
