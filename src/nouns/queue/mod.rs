//! `queue`: jobs that wait for their moment.

mod fill;
mod list;
mod mend;
mod overview;
mod run;

use crate::nouns::{NoArgs, Noun, mixed_verb, verb};
use crate::table::{Table, nothing_to_derive};

pub static TABLE: Table = Table {
    sql: "schedule",
    noun: "queue",
    label: "Queue row",
    id_key: "id",
    listing: &[],
    columns: &[],
    created: None,
    changed: None,
    dependents: &[],
    before_create: nothing_to_derive,
};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "The queue: jobs that wait for their moment",
    verbs: &[
        verb!("overview", "Count what is in the queue", NoArgs, overview::overview),
        mixed_verb!("list", paging, TABLE, list::ListArgs, list::list, "List what is in the queue"),
        verb!("fill", "Make the jobs whose moment has come", NoArgs, fill::fill),
        verb!("run", "Run the jobs that are due, one after the other", run::Run, run::run),
        verb!("fix", "Remove what is broken, and let schedules go on", mend::Mend, mend::fix),
        verb!("truncate", "Empty the queue; the jobs stay", mend::Mend, mend::truncate),
    ],
};
