//! `queue`: jobs that wait for their moment.

mod child;
mod fill;
mod list;
mod overview;
mod poll;
mod repair;
mod run;
mod summary;

use crate::commands::{NoArgs, Noun, Scope, Shows, Verb, mixed_verb, parsed, verb};
use crate::db::tables;
use crate::table::Table;

pub static TABLE: Table = Table { sql: tables::SCHEDULE, noun: "queue", label: "Queue row", ..Table::DEFAULT };

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &[],
    about: "The queue: jobs that wait for their time",
    scope: Scope::Data,
    verbs: &[
        verb!("overview", "Count what is in the queue", NoArgs, overview::overview).reading(),
        mixed_verb!("list", paging, TABLE, list::ListArgs, list::list, "List what is in the queue")
            .listing()
            .showing(Shows::Only(list::COLUMNS)),
        verb!("fill", "Create the jobs whose time has come", fill::Fill, fill::fill),
        Verb::new(
            "run",
            "Run the jobs that are due, in the order of their times",
            <run::Run as clap::Args>::augment_args,
            |ctx, _, matches| Box::pin(async move { run::run(ctx, matches, parsed(matches)?).await }),
        ),
        verb!("fix", "Remove broken entries and release blocked schedules", repair::Mend, repair::fix).destroying(),
        verb!("truncate", "Empty the queue; the jobs stay", repair::Mend, repair::truncate).destroying(),
    ],
};
