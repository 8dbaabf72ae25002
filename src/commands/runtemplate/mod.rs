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
mod table;

use crate::commands::job::run::EXIT_CODES;
use crate::commands::{NoArgs, Noun, Scope, Shows, mixed_verb, verb};
pub use table::{TABLE, executors};

pub const NOUN: Noun = Noun {
    name: TABLE.noun,
    aliases: &["run-template", "rt"],
    about: "Runtemplates: which application runs for which company, when, with what, by which executor",
    scope: Scope::Data,
    verbs: &[
        mixed_verb!("list", paging, TABLE, list::ListArgs, list::list, "List runtemplates")
            .listing()
            .showing(Shows::TableAnd(list::JOINED)),
        mixed_verb!("get", get, TABLE, show::GetArgs, show::get, "Show a runtemplate with its settings").reading(),
        mixed_verb!("create", create, TABLE, save::Save, save::create, "Create a runtemplate"),
        mixed_verb!("update", update, TABLE, save::Save, save::update, "Change a runtemplate"),
        mixed_verb!("delete", pick, TABLE, NoArgs, delete::delete, "Delete a runtemplate with its jobs and settings")
            .deleting(),
        verb!("schedule", "Queue a job of a runtemplate", schedule::Schedule, schedule::schedule),
        verb!("run", "Create a job of a runtemplate and run it at once", run::Run, run::run).exiting(EXIT_CODES),
        mixed_verb!("clone", pick, TABLE, copy::Clone, copy::clone, "Copy a runtemplate; the copy is not active"),
        verb!("stats", "Show success rates and durations of runtemplates", stats::Stats, stats::stats).listing(),
        verb!("stale", "List runtemplates whose next run lies in the past", stale::Stale, stale::stale).listing(),
        verb!("assign-credential", "Assign a credential to a runtemplate", credentials::Pair, credentials::assign),
        verb!(
            "unassign-credential",
            "Unassign a credential from a runtemplate",
            credentials::Pair,
            credentials::unassign
        )
        .destroying(),
        verb!("list-credentials", "List a runtemplate's credentials", credentials::ListArgs, credentials::list)
            .listing(),
    ],
};
